/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __UPS_KUNIT_H
#define __UPS_KUNIT_H

#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/sched.h>

struct ups;

/**
 * struct ups_waiter - one of several threads that wait for an instance to leave
 * UPS_ONLINE
 * @ups: the instance
 * @timeout: of its wait, ms, or UPS_WAIT_FOREVER
 * @task: the thread
 * @done: completed when the wait has returned
 * @ret: what it has returned
 */
struct ups_waiter {
	struct ups *ups;
	int timeout;
	struct task_struct *task;
	struct completion done;
	int ret;
};

struct ups_waiter *start_waiters(struct kunit *test, struct ups *ups);
void expect_waits_return(struct kunit *test, struct ups_waiter *w, int ret);

extern struct kunit_suite ups_apcsmart_suite;
extern struct kunit_suite ups_chars_suite;
extern struct kunit_suite ups_contact_suite;
extern struct kunit_suite ups_core_suite;
extern struct kunit_suite ups_cyberpower_suite;
extern struct kunit_suite ups_hid_suite;
extern struct kunit_suite ups_megatec_suite;
extern struct kunit_suite ups_port_suite;
extern struct kunit_suite ups_random_suite;
extern struct kunit_suite ups_state_suite;
extern struct kunit_suite ups_voltronic_suite;

#endif /* __UPS_KUNIT_H */
