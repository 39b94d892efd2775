// SPDX-License-Identifier: GPL-2.0-only
/* A directory that already exists in debugfs. Must make the run fail. */
#include <kunit/test.h>
#include <linux/debugfs.h>
#include <linux/module.h>

static void canary(struct kunit *test)
{
	struct dentry *dir = debugfs_create_dir("canary", NULL);

	debugfs_create_dir("canary", NULL);
	debugfs_remove_recursive(dir);
}

static struct kunit_case canary_cases[] = {
	KUNIT_CASE(canary),
	{ }
};

static struct kunit_suite canary_suite = {
	.name = "canary_debugfs",
	.test_cases = canary_cases,
};

kunit_test_suite(canary_suite);

MODULE_DESCRIPTION("Proves that a detector of the unit tests is live");
MODULE_LICENSE("GPL");
