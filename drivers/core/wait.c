// SPDX-License-Identifier: GPL-2.0-only
/* Waiting for changes of a pack, for users inside the kernel. */
#include <linux/errno.h>
#include <linux/module.h>

#include "internal.h"

static void psy_waiter_add(struct psy_miniclass *mc, struct psy_waiter *w)
{
	unsigned long flags;

	spin_lock_irqsave(&mc->snap_lock, flags);
	list_add_tail(&w->node, &mc->waiters);
	spin_unlock_irqrestore(&mc->snap_lock, flags);
}

static void psy_waiter_remove(struct psy_miniclass *mc, struct psy_waiter *w)
{
	unsigned long flags;

	spin_lock_irqsave(&mc->snap_lock, flags);
	list_del(&w->node);
	spin_unlock_irqrestore(&mc->snap_lock, flags);
}

/* Level-triggered: only the current snapshot matters. */
static bool psy_waiter_done(void *data)
{
	struct psy_waiter *w = data;
	struct psy_miniclass *mc = w->mc;
	unsigned long flags;
	int over;

	spin_lock_irqsave(&mc->snap_lock, flags);
	w->snap = mc->snap;
	if (w->for_tag)
		over = mc->snap.tag != PSY_TAG_NONE;
	else
		over = psy_wait_over(&w->wait, &mc->snap);
	spin_unlock_irqrestore(&mc->snap_lock, flags);

	w->result = min(over, 0);
	return over;
}

static int psy_waiter_sleep(struct psy_waiter *w, int timeout_ms)
{
	struct psy_miniclass *mc = w->mc;
	unsigned int cancels;
	int ret;

	psy_refresh(mc);
	ret = psy_waits_enter(&mc->waits, &cancels);
	if (ret)
		return ret;
	psy_waiter_add(mc, w);
	/* Arm the alarm for its limits, read again, compare. */
	if (!w->for_tag && timeout_ms && !psy_waiter_done(w))
		psy_kick(mc, 0);
	ret = psy_waits_sleep(&mc->waits, psy_waiter_done, w, timeout_ms);
	psy_waiter_remove(mc, w);
	psy_waits_leave(&mc->waits);
	return ret ?: w->result;
}

/**
 * psy_miniclass_wait_status() - wait for a change of state or capacity of a pack
 * @mc: the instance
 * @wait: the pack and the conditions that end the wait
 * @snap: the status at the end of the wait; not changed by -ESHUTDOWN
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
	struct psy_waiter w = { .mc = mc, .wait = *wait };
	int ret;

	if (wait->low < 0 || wait->low > 100 || wait->high < 0 || wait->high > 100)
		return -EINVAL;

	ret = psy_waiter_sleep(&w, wait->timeout_ms);
	if (ret != -ESHUTDOWN)
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
	struct psy_waiter w = { .mc = mc, .for_tag = true };
	int ret;

	ret = psy_waiter_sleep(&w, timeout_ms);
	if (ret != -ESHUTDOWN)
		*tag = w.snap.tag;
	return ret == -ETIME ? -ENODEV : ret;
}
EXPORT_SYMBOL_NS_GPL(psy_miniclass_wait_tag, "PSY_MINICLASS");
