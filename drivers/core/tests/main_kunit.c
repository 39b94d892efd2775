// SPDX-License-Identifier: GPL-2.0-only
#include <kunit/test.h>
#include <linux/module.h>

#include "fake_bus.h"

kunit_test_suites(&psy_backup_suite, &psy_hooks_suite, &psy_info_suite,
		  &psy_lifetime_suite, &psy_nomem_suite, &psy_notify_suite, &psy_policy_suite,
		  &psy_props_suite, &psy_random_suite, &psy_refusal_suite,
		  &psy_regfield_suite, &psy_role_suite, &psy_rows_suite, &psy_snapshot_suite,
		  &psy_tag_suite, &psy_wait_suite);

MODULE_DESCRIPTION("KUnit tests of psy-miniclass");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS("PSY_MINICLASS");
MODULE_IMPORT_NS("EXPORTED_FOR_KUNIT_TESTING");
