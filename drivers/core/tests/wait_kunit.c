// SPDX-License-Identifier: GPL-2.0-only
/* Waits inside the kernel */
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/sched.h>
#include <linux/sched/task.h>

#include "../internal.h"
#include "fake_bus.h"

#define WAITERS		8
/* For a thread that hangs: nothing depends on how soon a wait returns. */
#define DONE_LIMIT	(60 * HZ)

static int wait_init(struct kunit *test)
{
	test->priv = fake_bus_kunit(test);
	return 0;
}

struct waiter {
	struct psy_miniclass *mc;
	struct psy_wait wait;
	struct psy_snapshot snap;
	struct completion done;
	int ret;
};

static int waiter_thread(void *data)
{
	struct waiter *w = data;

	w->ret = psy_miniclass_wait_status(w->mc, &w->wait, &w->snap);
	complete(&w->done);
	return 0;
}

static struct waiter *waiters(struct kunit *test, struct psy_miniclass *mc)
{
	struct waiter *w = kunit_kcalloc(test, WAITERS, sizeof(*w), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, w);
	for (i = 0; i < WAITERS; i++) {
		w[i].mc = mc;
		w[i].wait = (struct psy_wait){
			.tag = mc->snap.tag, .timeout_ms = PSY_WAIT_FOREVER,
			.state = psy_state(&mc->snap), .high = 100,
		};
		init_completion(&w[i].done);
	}
	return w;
}

/* Start a thread that is in its wait on return. */
static void start_one(struct kunit *test, int (*thread)(void *data), struct waiter *w)
{
	struct task_struct *task = kthread_create(thread, w, "psy-waiter");
	unsigned int i;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, task);
	get_task_struct(task);
	wake_up_process(task);
	/* Nothing before the wait sleeps interruptibly. */
	for (i = 0; i < 3000 && READ_ONCE(task->__state) != TASK_INTERRUPTIBLE; i++)
		msleep(20);
	KUNIT_EXPECT_FALSE(test, completion_done(&w->done));
	put_task_struct(task);
}

static void start(struct kunit *test, struct waiter *w)
{
	unsigned int i;

	for (i = 0; i < WAITERS; i++)
		start_one(test, waiter_thread, &w[i]);
}

static struct psy_miniclass *registered(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc;

	bus->alarms = PSY_LIMIT_LOW | PSY_LIMIT_HIGH | PSY_ALARM_STATE;
	mc = fake_register(bus, &fake_alarm_desc);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, mc);
	flush_delayed_work(&mc->poll_work);
	return mc;
}

static void zero_timeout_only_checks(struct kunit *test)
{
	struct psy_miniclass *mc = registered(test);
	struct psy_wait w = { .tag = mc->snap.tag, .high = 100 };
	struct psy_snapshot snap = { };

	KUNIT_EXPECT_EQ(test, psy_miniclass_wait_status(mc, &w, &snap), 0);
	KUNIT_EXPECT_EQ(test, snap.tag, mc->snap.tag);
	KUNIT_EXPECT_EQ(test, snap.status.val[PSY_CAPACITY], 50);
	w.state = psy_state(&mc->snap);
	KUNIT_EXPECT_EQ(test, psy_miniclass_wait_status(mc, &w, &snap), 0);
	w.tag++;
	KUNIT_EXPECT_EQ(test, psy_miniclass_wait_status(mc, &w, &snap), -ENODEV);
	w.high = 101;
	KUNIT_EXPECT_EQ(test, psy_miniclass_wait_status(mc, &w, &snap), -EINVAL);
}

static void wait_ends_at_once_if_already_true(struct kunit *test)
{
	struct psy_miniclass *mc = registered(test);
	struct psy_wait w = {
		.tag = mc->snap.tag, .timeout_ms = PSY_WAIT_FOREVER,
		.state = PSY_STATE_PRESENT | PSY_STATE_CHARGING, .high = 100,
	};
	struct psy_snapshot snap;

	KUNIT_EXPECT_EQ(test, psy_miniclass_wait_status(mc, &w, &snap), 0);
	w.state = psy_state(&mc->snap);
	w.low = 51;
	KUNIT_EXPECT_EQ(test, psy_miniclass_wait_status(mc, &w, &snap), 0);
	w.low = 0;
	w.high = 49;
	KUNIT_EXPECT_EQ(test, psy_miniclass_wait_status(mc, &w, &snap), 0);
}

static void timeout_is_not_an_error(struct kunit *test)
{
	struct psy_miniclass *mc = registered(test);
	struct psy_wait w = {
		.tag = mc->snap.tag, .timeout_ms = 200,
		.state = psy_state(&mc->snap), .low = 50, .high = 50,
	};
	struct psy_snapshot snap;
	ktime_t start = ktime_get();

	KUNIT_EXPECT_EQ(test, psy_miniclass_wait_status(mc, &w, &snap), 0);
	KUNIT_EXPECT_GE(test, ktime_ms_delta(ktime_get(), start), 200LL);
	KUNIT_EXPECT_EQ(test, snap.status.val[PSY_CAPACITY], 50);
	KUNIT_EXPECT_TRUE(test, list_empty(&mc->waiters));
}

/* Eight waiters at 40, 38, ...: each ends at its own limit, the alarm is the nearest. */
static void each_waiter_has_its_own_limit(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = registered(test);
	struct waiter *w = waiters(test, mc);
	unsigned int i, j;

	for (i = 0; i < WAITERS; i++)
		w[i].wait.low = 40 - 2 * i;
	start(test, w);
	for (i = 0; i < WAITERS; i++) {
		flush_delayed_work(&mc->poll_work);
		KUNIT_EXPECT_EQ(test, bus->limits.low, 40 - 2 * (int)i);
		bus->reg[FAKE_NOW] = 40 * (39 - 2 * i);
		psy_miniclass_changed(mc);
		KUNIT_EXPECT_NE(test, wait_for_completion_timeout(&w[i].done, DONE_LIMIT), 0UL);
		KUNIT_EXPECT_EQ(test, w[i].ret, 0);
		KUNIT_EXPECT_EQ(test, w[i].snap.status.val[PSY_CAPACITY], 39 - 2 * (int)i);
		for (j = i + 1; j < WAITERS; j++)
			KUNIT_EXPECT_FALSE(test, completion_done(&w[j].done));
	}
}

static void any_change_of_state_wakes_all(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = registered(test);
	struct waiter *w = waiters(test, mc);
	unsigned int i;

	start(test, w);
	bus->reg[FAKE_CURRENT] = 300;
	psy_miniclass_changed(mc);
	for (i = 0; i < WAITERS; i++) {
		KUNIT_EXPECT_NE(test, wait_for_completion_timeout(&w[i].done, DONE_LIMIT), 0UL);
		KUNIT_EXPECT_EQ(test, w[i].ret, 0);
		KUNIT_EXPECT_EQ(test, psy_state(&w[i].snap),
				PSY_STATE_PRESENT | PSY_STATE_CHARGING);
	}
}

static void pack_change_ends_a_wait_with_an_error(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = registered(test);
	struct waiter *w = waiters(test, mc);
	unsigned int i;

	start(test, w);
	bus->reg[FAKE_ID] = 0x5555;
	psy_miniclass_changed(mc);
	for (i = 0; i < WAITERS; i++) {
		KUNIT_EXPECT_NE(test, wait_for_completion_timeout(&w[i].done, DONE_LIMIT), 0UL);
		KUNIT_EXPECT_EQ(test, w[i].ret, -ENODEV);
	}
}

static void unregistration_ends_all_waits(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = registered(test);
	struct waiter *w = waiters(test, mc);
	unsigned int i;

	start(test, w);
	fake_unregister(bus);
	for (i = 0; i < WAITERS; i++) {
		KUNIT_EXPECT_NE(test, wait_for_completion_timeout(&w[i].done, DONE_LIMIT), 0UL);
		KUNIT_EXPECT_EQ(test, w[i].ret, -ESHUTDOWN);
	}
}

/* psy_waits_end() may have finished already and would miss it. */
static void no_wait_begins_while_dying(struct kunit *test)
{
	struct psy_miniclass *mc = registered(test);
	struct psy_wait w = {
		.tag = mc->snap.tag, .timeout_ms = PSY_WAIT_FOREVER,
		.state = psy_state(&mc->snap), .high = 100,
	};
	struct psy_snapshot *snap;
	u32 tag = 0x5a5a5a5a;

	snap = kunit_kzalloc(test, sizeof(*snap), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, snap);
	mc->waits.ended = true;
	KUNIT_EXPECT_EQ(test, psy_miniclass_wait_status(mc, &w, snap), -ESHUTDOWN);
	KUNIT_EXPECT_EQ(test, psy_miniclass_wait_tag(mc, PSY_WAIT_FOREVER, &tag), -ESHUTDOWN);
	/* Only a wait that has begun stores its results. */
	KUNIT_EXPECT_EQ(test, snap->tag, (u32)PSY_TAG_NONE);
	KUNIT_EXPECT_EQ(test, tag, 0x5a5a5a5aU);
	mc->waits.ended = false;
}

struct ender {
	struct psy_waits waits;
	struct completion done;
};

static int end_thread(void *data)
{
	struct ender *e = data;

	psy_waits_end(&e->waits);
	complete(&e->done);
	return 0;
}

/* The object is freed after it: no task may be left in a wait. */
static void end_waits_for_the_last_task(struct kunit *test)
{
	struct ender *e = kunit_kzalloc(test, sizeof(*e), GFP_KERNEL);
	unsigned int cancels;

	KUNIT_ASSERT_NOT_NULL(test, e);
	psy_waits_init(&e->waits);
	init_completion(&e->done);
	KUNIT_ASSERT_EQ(test, psy_waits_enter(&e->waits, &cancels), 0);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, kthread_run(end_thread, e, "psy-ender"));
	KUNIT_EXPECT_EQ(test, wait_for_completion_timeout(&e->done, HZ / 4), 0UL);
	psy_waits_leave(&e->waits);
	KUNIT_EXPECT_NE(test, wait_for_completion_timeout(&e->done, DONE_LIMIT), 0UL);
	KUNIT_EXPECT_EQ(test, psy_waits_enter(&e->waits, &cancels), -ESHUTDOWN);
}

static int tag_thread(void *data)
{
	struct waiter *w = data;

	w->ret = psy_miniclass_wait_tag(w->mc, 600000, &w->wait.tag);
	complete(&w->done);
	return 0;
}

static void a_pack_can_be_waited_for(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc;
	struct waiter *w;
	u32 tag;

	bus->fail_next = INT_MAX;
	mc = registered(test);
	KUNIT_EXPECT_EQ(test, psy_miniclass_wait_tag(mc, 0, &tag), -ENODEV);
	KUNIT_EXPECT_EQ(test, psy_miniclass_wait_tag(mc, 50, &tag), -ENODEV);

	w = waiters(test, mc);
	start_one(test, tag_thread, w);
	bus->fail_next = 0;
	psy_miniclass_changed(mc);
	KUNIT_EXPECT_NE(test, wait_for_completion_timeout(&w->done, DONE_LIMIT), 0UL);
	KUNIT_EXPECT_EQ(test, w->ret, 0);
	KUNIT_EXPECT_EQ(test, w->wait.tag, mc->snap.tag);
	KUNIT_EXPECT_EQ(test, psy_miniclass_wait_tag(mc, 0, &tag), 0);
}

static struct kunit_case wait_cases[] = {
	KUNIT_CASE(zero_timeout_only_checks),
	KUNIT_CASE(wait_ends_at_once_if_already_true),
	KUNIT_CASE(timeout_is_not_an_error),
	KUNIT_CASE(each_waiter_has_its_own_limit),
	KUNIT_CASE(any_change_of_state_wakes_all),
	KUNIT_CASE(pack_change_ends_a_wait_with_an_error),
	KUNIT_CASE(unregistration_ends_all_waits),
	KUNIT_CASE(no_wait_begins_while_dying),
	KUNIT_CASE(end_waits_for_the_last_task),
	KUNIT_CASE(a_pack_can_be_waited_for),
	{ }
};

struct kunit_suite psy_wait_suite = {
	.name = "psy_wait",
	.init = wait_init,
	.test_cases = wait_cases,
};
