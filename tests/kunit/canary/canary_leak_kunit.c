// SPDX-License-Identifier: GPL-2.0-only
/* Memory that is never freed, for the leak detector. Must make the run fail. */
#include <kunit/test.h>
#include <linux/module.h>
#include <linux/slab.h>

static void canary(struct kunit *test)
{
	void *p = NULL;
	int i;

	/* Several, as the stack may still contain a stale copy of one address. */
	for (i = 0; i < 20; i++) {
		p = kmalloc(97, GFP_KERNEL);
		KUNIT_EXPECT_NOT_NULL(test, p);
	}
}

static struct kunit_case canary_cases[] = {
	KUNIT_CASE(canary),
	{ }
};

static struct kunit_suite canary_suite = {
	.name = "canary_leak",
	.test_cases = canary_cases,
};

kunit_test_suite(canary_suite);

MODULE_DESCRIPTION("Proves that a detector of the unit tests is live");
MODULE_LICENSE("GPL");
