// SPDX-License-Identifier: GPL-2.0-only
/* A task that waits for nobody, longer than tasks may. Must make the run fail. */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/sched.h>

static void canary(struct kunit *test)
{
	/* With the limit that canary.sh sets, 2 s, it is looked for every 2 s. */
	set_current_state(TASK_UNINTERRUPTIBLE);
	schedule_timeout(8 * HZ);
}

static struct kunit_case canary_cases[] = {
	KUNIT_CASE(canary),
	{ }
};

static struct kunit_suite canary_suite = {
	.name = "canary_hang",
	.test_cases = canary_cases,
};

kunit_test_suite(canary_suite);

MODULE_DESCRIPTION("Proves that a detector of the unit tests is live");
MODULE_LICENSE("GPL");
