// SPDX-License-Identifier: GPL-2.0-only
/* An entry that is deleted from its list twice. Must make the run fail. */
#include <kunit/test.h>
#include <linux/list.h>
#include <linux/module.h>

static LIST_HEAD(head);
static struct list_head entry;

static void canary(struct kunit *test)
{
	list_add(&entry, &head);
	list_del(&entry);
	list_del(&entry);
}

static struct kunit_case canary_cases[] = {
	KUNIT_CASE(canary),
	{ }
};

static struct kunit_suite canary_suite = {
	.name = "canary_list",
	.test_cases = canary_cases,
};

kunit_test_suite(canary_suite);

MODULE_DESCRIPTION("Proves that a detector of the unit tests is live");
MODULE_LICENSE("GPL");
