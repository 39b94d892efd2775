// SPDX-License-Identifier: GPL-2.0-only
/* A use after free, for the address sanitizer. Must make the run fail. */
#include <kunit/test.h>
#include <linux/module.h>
#include <linux/slab.h>

static void canary(struct kunit *test)
{
	char *p = kmalloc(13, GFP_KERNEL);
	char *q = p;

	KUNIT_ASSERT_NOT_NULL(test, p);
	/* Hide the use after free from the compiler. */
	OPTIMIZER_HIDE_VAR(q);
	kfree(p);
	WRITE_ONCE(q[3], 1);
}

static struct kunit_case canary_cases[] = {
	KUNIT_CASE(canary),
	{ }
};

static struct kunit_suite canary_suite = {
	.name = "canary_kasan",
	.test_cases = canary_cases,
};

kunit_test_suite(canary_suite);

MODULE_DESCRIPTION("Proves that a detector of the unit tests is live");
MODULE_LICENSE("GPL");
