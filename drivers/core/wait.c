// SPDX-License-Identifier: GPL-2.0-only
/* Waiting for changes, for users inside the kernel. */
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/sched/signal.h>

#include "internal.h"

void psy_wait_init(struct psy_miniclass *mc)
{
	init_waitqueue_head(&mc->waitq);
	INIT_LIST_HEAD(&mc->waiters);
}

static int psy_waiter_add(struct psy_miniclass *mc, struct psy_waiter *w, int timeout_ms)
{
	unsigned long flags;
	int ret = 0;

	w->result = -ETIME;
	w->forever = timeout_ms < 0;
	w->end = ktime_add_ms(ktime_get_boottime(), max(timeout_ms, 0));

	spin_lock_irqsave(&mc->snap_lock, flags);
	if (mc->dying)
		ret = -ESHUTDOWN;
	else
		list_add_tail(&w->node, &mc->waiters);
	spin_unlock_irqrestore(&mc->snap_lock, flags);
	return ret;
}

/* The last waiter completes psy_wait_drain(): do not access @mc after the unlock. */
static void psy_waiter_remove(struct psy_miniclass *mc, struct psy_waiter *w)
{
	unsigned long flags;

	spin_lock_irqsave(&mc->snap_lock, flags);
	list_del(&w->node);
	wake_up_all(&mc->waitq);
	spin_unlock_irqrestore(&mc->snap_lock, flags);
}

/* Level-triggered: only the current snapshot matters. */
static bool psy_waiter_done(struct psy_miniclass *mc, struct psy_waiter *w)
{
	unsigned long flags;
	int over;

	spin_lock_irqsave(&mc->snap_lock, flags);
	w->snap = mc->snap;
	if (mc->dying)
		over = -ESHUTDOWN;
	else if (w->for_tag)
		over = mc->snap.tag != PSY_TAG_NONE;
	else
		over = psy_wait_over(&w->wait, &mc->snap);
	spin_unlock_irqrestore(&mc->snap_lock, flags);

	if (over) {
		w->result = min(over, 0);
		return true;
	}
	return !w->forever && ktime_compare(ktime_get_boottime(), w->end) >= 0;
}

/*
 * Timeouts include the time asleep, jiffies do not. Waiters are woken up on resume
 * to check for a timeout.
 */
static int psy_waiter_sleep(struct psy_miniclass *mc, struct psy_waiter *w)
{
	long left = MAX_SCHEDULE_TIMEOUT;
	s64 ms;

	while (!psy_waiter_done(mc, w)) {
		if (!w->forever) {
			ms = ktime_ms_delta(w->end, ktime_get_boottime());
			left = msecs_to_jiffies(max_t(s64, ms, 0)) + 1;
		}
		if (wait_event_interruptible_timeout(mc->waitq, psy_waiter_done(mc, w), left) < 0)
			return -EINTR;
	}
	return w->result;
}

/**
 * psy_miniclass_wait_status() - wait for a change of state or capacity of a pack
 * @mc: the instance
 * @wait: the pack and the conditions that end the wait
 * @snap: the status at the end of the wait
 *
 * Ends when the state differs from @wait->state in any bit, when the capacity is
 * below @wait->low or above @wait->high (not if it is equal), or on a timeout. A
 * condition that is already true ends the wait at once. Any number of callers may
 * wait for different conditions; the hardware alarm is set to the nearest limits.
 *
 * The timeout includes the time that the system is asleep. Unregistration ends all
 * waits; the caller makes sure that the instance exists when the wait begins.
 *
 * Context: may sleep, interruptibly; not from within a hook.
 * Return: 0 with the status, also on a timeout; -ENODEV if the pack with this tag is
 * not, or no longer, present; -ESHUTDOWN if the instance is being unregistered;
 * -EINTR on a signal; -EINVAL for limits outside of 0 to 100.
 */
int psy_miniclass_wait_status(struct psy_miniclass *mc, const struct psy_wait *wait,
			      struct psy_snapshot *snap)
{
	struct psy_waiter w = { .wait = *wait };
	int ret;

	if (wait->low < 0 || wait->low > 100 || wait->high < 0 || wait->high > 100)
		return -EINVAL;

	psy_refresh(mc);
	ret = psy_waiter_add(mc, &w, wait->timeout_ms);
	if (ret)
		return ret;

	if (wait->timeout_ms && !psy_waiter_done(mc, &w)) {
		psy_kick(mc, 0);	/* arm, read again, compare */
		ret = psy_waiter_sleep(mc, &w);
	} else {
		psy_waiter_done(mc, &w);
		ret = w.result;
	}
	psy_waiter_remove(mc, &w);

	*snap = w.snap;
	return ret == -ETIME ? 0 : ret;
}
EXPORT_SYMBOL_NS_GPL(psy_miniclass_wait_status, "PSY_MINICLASS");

/**
 * psy_miniclass_wait_tag() - wait for a pack to be inserted
 * @mc: the instance
 * @timeout_ms: timeout; 0 checks without waiting; %PSY_WAIT_FOREVER
 * @tag: the tag of the pack
 *
 * Context: may sleep, interruptibly; not from within a hook.
 * Return: 0; -ENODEV on a timeout; -ESHUTDOWN if the instance is being unregistered;
 * -EINTR on a signal.
 */
int psy_miniclass_wait_tag(struct psy_miniclass *mc, int timeout_ms, u32 *tag)
{
	struct psy_waiter w = { .for_tag = true };
	int ret;

	psy_refresh(mc);
	ret = psy_waiter_add(mc, &w, timeout_ms);
	if (ret)
		return ret;
	ret = psy_waiter_sleep(mc, &w);
	psy_waiter_remove(mc, &w);

	*tag = w.snap.tag;
	return ret == -ETIME ? -ENODEV : ret;
}
EXPORT_SYMBOL_NS_GPL(psy_miniclass_wait_tag, "PSY_MINICLASS");

static bool psy_waiters_gone(struct psy_miniclass *mc)
{
	unsigned long flags;
	bool gone;

	spin_lock_irqsave(&mc->snap_lock, flags);
	gone = list_empty(&mc->waiters);
	spin_unlock_irqrestore(&mc->snap_lock, flags);
	return gone;
}

/* End all waits. mc->dying is set already. */
void psy_wait_drain(struct psy_miniclass *mc)
{
	wake_up_all(&mc->waitq);
	wait_event(mc->waitq, psy_waiters_gone(mc));
}
