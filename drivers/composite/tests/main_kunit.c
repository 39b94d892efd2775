// SPDX-License-Identifier: GPL-2.0-only
#include <kunit/test.h>
#include <linux/module.h>

#include "comp_kunit.h"

kunit_test_suites(&comp_aggregate_suite, &comp_split_suite, &comp_random_suite,
		  &comp_member_suite, &comp_members_suite, &comp_firmware_suite);

MODULE_DESCRIPTION("KUnit tests of the composite battery");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS("PSY_MINICLASS");
MODULE_IMPORT_NS("EXPORTED_FOR_KUNIT_TESTING");
