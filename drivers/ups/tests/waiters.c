// SPDX-License-Identifier: GPL-2.0-only
/* Threads that wait for a change of the state */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/sched/task.h>

#include "../ups.h"
#include "ups_kunit.h"

#define WAITERS	8

static int waiter_thread(void *data)
{
	struct ups_waiter *w = data;

	w->ret = ups_wait_for_state_change(w->ups, UPS_ONLINE, w->timeout);
	complete(&w->done);
	return 0;
}

static void start_waiter(struct kunit *test, struct ups_waiter *w)
{
	unsigned int i;

	init_completion(&w->done);
	w->task = kthread_create(waiter_thread, w, "ups-waiter");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, w->task);
	get_task_struct(w->task);
	wake_up_process(w->task);
	/* Nothing before the wait sleeps interruptibly. */
	for (i = 0; i < 3000 && READ_ONCE(w->task->__state) != TASK_INTERRUPTIBLE; i++)
		msleep(20);
	KUNIT_EXPECT_FALSE(test, completion_done(&w->done));
}

/* Start threads that all are in their wait on return. */
struct ups_waiter *start_waiters(struct kunit *test, struct ups *ups)
{
	struct ups_waiter *w = kunit_kcalloc(test, WAITERS, sizeof(*w), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, w);
	for (i = 0; i < WAITERS; i++) {
		w[i].ups = ups;
		w[i].timeout = i & 1 ? UPS_WAIT_FOREVER : 600000;
		start_waiter(test, &w[i]);
	}
	KUNIT_EXPECT_EQ(test, ups->waits.nr, (unsigned int)WAITERS);
	return w;
}

/* The limit is for a thread that hangs: nothing depends on how soon a wait returns. */
void expect_waits_return(struct kunit *test, struct ups_waiter *w, int ret)
{
	unsigned int i;

	for (i = 0; i < WAITERS; i++) {
		KUNIT_EXPECT_NE(test, wait_for_completion_timeout(&w[i].done, 60 * HZ), 0UL);
		KUNIT_EXPECT_EQ(test, w[i].ret, ret);
		put_task_struct(w[i].task);
	}
}
