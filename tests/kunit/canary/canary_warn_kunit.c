// SPDX-License-Identifier: GPL-2.0-only
/* A warning from a case that passes. Must make the run fail. */
#include <kunit/test.h>
#include <linux/module.h>

static void canary(struct kunit *test)
{
	WARN(1, "canary");
}

static struct kunit_case canary_cases[] = {
	KUNIT_CASE(canary),
	{ }
};

static struct kunit_suite canary_suite = {
	.name = "canary_warn",
	.test_cases = canary_cases,
};

kunit_test_suite(canary_suite);

MODULE_DESCRIPTION("Proves that a detector of the unit tests is live");
MODULE_LICENSE("GPL");
