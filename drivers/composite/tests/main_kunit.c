// SPDX-License-Identifier: GPL-2.0-only
#include <kunit/test.h>
#include <linux/module.h>

#include "cbat_kunit.h"

kunit_test_suites(&cbat_aggregate_suite, &cbat_split_suite, &cbat_random_suite,
		  &cbat_member_suite, &cbat_members_suite, &cbat_firmware_suite, &cbat_nomem_suite);

MODULE_DESCRIPTION("KUnit tests of the composite battery");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS("PSY_MINICLASS");
MODULE_IMPORT_NS("EXPORTED_FOR_KUNIT_TESTING");
