// SPDX-License-Identifier: GPL-2.0-only
/* A shift by more bits than the type has. Must make the run fail. */
#include <kunit/test.h>
#include <linux/module.h>

static int bits = 40;
module_param(bits, int, 0400);

static void canary(struct kunit *test)
{
	unsigned int one = 1;

	KUNIT_EXPECT_GE(test, one << bits, 0U);
}

static struct kunit_case canary_cases[] = {
	KUNIT_CASE(canary),
	{ }
};

static struct kunit_suite canary_suite = {
	.name = "canary_shift",
	.test_cases = canary_cases,
};

kunit_test_suite(canary_suite);

MODULE_DESCRIPTION("Proves that a detector of the unit tests is live");
MODULE_LICENSE("GPL");
