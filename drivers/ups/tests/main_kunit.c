// SPDX-License-Identifier: GPL-2.0-only
#include <kunit/test.h>
#include <linux/module.h>

#include "ups_kunit.h"

kunit_test_suites(&ups_apcsmart_suite, &ups_chars_suite, &ups_contact_suite, &ups_core_suite,
		  &ups_cyberpower_suite, &ups_hid_suite, &ups_megatec_suite, &ups_port_suite,
		  &ups_random_suite, &ups_state_suite, &ups_voltronic_suite);

MODULE_DESCRIPTION("KUnit tests of the UPS drivers");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS("PSY_MINICLASS");
MODULE_IMPORT_NS("UPS");
MODULE_IMPORT_NS("UPS_SERIAL");
MODULE_IMPORT_NS("EXPORTED_FOR_KUNIT_TESTING");
