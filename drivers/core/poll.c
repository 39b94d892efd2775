// SPDX-License-Identifier: GPL-2.0-only
/* Reasons to read the device: polls, notifications, external power and sleep. */
#include <kunit/visibility.h>
#include <linux/delay.h>
#include <linux/export.h>
#include <linux/interrupt.h>
#include <linux/jiffies.h>
#include <linux/lockdep.h>
#include <linux/list.h>
#include <linux/math64.h>
#include <linux/notifier.h>
#include <linux/pm.h>
#include <linux/workqueue.h>

#include "internal.h"

/* Number of successive notifications that each cause a reading */
#define PSY_NOTIFY_BURST	8

/* Instances to notify of external power changes; taken before snap_lock */
static LIST_HEAD(psy_instances);
static DEFINE_SPINLOCK(psy_instances_lock);

static void psy_event_work(struct work_struct *work)
{
	struct psy_miniclass *mc = container_of(work, struct psy_miniclass, event_work);
	unsigned long flags;
	u32 to_notify;

	spin_lock_irqsave(&mc->snap_lock, flags);
	to_notify = mc->to_notify;
	mc->to_notify = 0;
	mc->stats.events++;
	spin_unlock_irqrestore(&mc->snap_lock, flags);

	power_supply_changed(mc->psy);
	psy_polled_notify(mc, to_notify);
}

/*
 * Rate limit for notifications, as the hardware may chatter. PSY_NOTIFY_BURST
 * notifications in a row cause a reading at once, further ones at most one reading
 * per notify_gap. Returns 0 if a reading is allowed now, else the time until it
 * is, ns.
 */
static s64 psy_notify_take(struct psy_miniclass *mc)
{
	ktime_t now = ktime_get_boottime();
	s64 ahead;

	lockdep_assert_held(&mc->snap_lock);

	if (ktime_before(mc->notify_next, now))
		mc->notify_next = now;
	ahead = ktime_to_ns(ktime_sub(mc->notify_next, now));
	ahead -= ktime_to_ns(mc->notify_gap) * (PSY_NOTIFY_BURST - 1);
	if (ahead > 0)
		return ahead;
	mc->notify_next = ktime_add(mc->notify_next, mc->notify_gap);
	return 0;
}

/* Called by the worker: request the reading for a delayed notification. */
static void psy_notified_late(struct psy_miniclass *mc)
{
	lockdep_assert_held(&mc->snap_lock);

	if (mc->notified && !psy_notify_take(mc)) {
		mc->notified = false;
		mc->refresh_req++;
	}
}

static void psy_poll_work(struct work_struct *work)
{
	struct psy_miniclass *mc = container_of(to_delayed_work(work),
						struct psy_miniclass, poll_work);
	unsigned long flags;

	spin_lock_irqsave(&mc->snap_lock, flags);
	if (mc->settle_left)
		mc->settle_left--;
	psy_notified_late(mc);
	spin_unlock_irqrestore(&mc->snap_lock, flags);

	psy_suppliers_ask(mc);
	/* Also with a fresh snapshot: the next poll must be scheduled. */
	if (!psy_refresh(mc))
		psy_event_check(mc);
}

void psy_work_init(struct psy_miniclass *mc)
{
	INIT_DELAYED_WORK(&mc->poll_work, psy_poll_work);
	INIT_WORK(&mc->event_work, psy_event_work);
}

/* Start watching external power, after registration. */
void psy_work_start(struct psy_miniclass *mc)
{
	unsigned long flags;

	spin_lock_irqsave(&psy_instances_lock, flags);
	list_add_tail(&mc->node, &psy_instances);
	spin_unlock_irqrestore(&psy_instances_lock, flags);
}

/* When this returns, nothing is or can be queued, and no refresh starts any more. */
void psy_work_stop(struct psy_miniclass *mc)
{
	unsigned long flags;

	spin_lock_irqsave(&psy_instances_lock, flags);
	list_del(&mc->node);
	spin_unlock_irqrestore(&psy_instances_lock, flags);

	spin_lock_irqsave(&mc->snap_lock, flags);
	mc->dying = true;
	spin_unlock_irqrestore(&mc->snap_lock, flags);

	cancel_delayed_work_sync(&mc->poll_work);
	cancel_work_sync(&mc->event_work);
}

static void psy_kick_locked(struct psy_miniclass *mc, unsigned int settle_polls)
{
	lockdep_assert_held(&mc->snap_lock);

	mc->refresh_req++;
	mc->settle_left = max(mc->settle_left, settle_polls);
	if (mc->live && !mc->dying && !mc->asleep)
		psy_poll_in(mc, 0);
}

/* Schedule a refresh, and invalidate the snapshot until then. */
void psy_kick(struct psy_miniclass *mc, unsigned int settle_polls)
{
	unsigned long flags;

	spin_lock_irqsave(&mc->snap_lock, flags);
	psy_kick_locked(mc, settle_polls);
	spin_unlock_irqrestore(&mc->snap_lock, flags);
}

/* As psy_kick(), but with a rate limit for storms of calls. */
static void psy_notified(struct psy_miniclass *mc, unsigned int settle_polls)
{
	s64 wait;

	lockdep_assert_held(&mc->snap_lock);

	mc->settle_left = max(mc->settle_left, settle_polls);
	if (mc->notified)
		return;
	wait = psy_notify_take(mc);
	if (!wait) {
		psy_kick_locked(mc, settle_polls);
		return;
	}
	mc->notified = true;
	if (mc->live && !mc->dying && !mc->asleep)
		psy_poll_in(mc, nsecs_to_jiffies(wait) + 1);
}

/**
 * psy_miniclass_changed() - notify the class of a change in the hardware
 * @mc: the instance
 *
 * Carries no data: the class reads the device, compares, and reports only actual
 * changes. Until then reads do not use the snapshot.
 *
 * The first eight calls in a row have the device read at once. Further calls cause
 * at most one reading per lifetime of a snapshot (1 s if that is longer), and reads
 * use the snapshot during that time. The last call is always followed by a reading.
 * For the interrupt of a level-triggered line see psy_miniclass_irq().
 *
 * A driver that calls this from an interrupt handler requests the interrupt after
 * devm_psy_miniclass_register(), so that it is freed first.
 *
 * Context: any; on PREEMPT_RT any but hard interrupt context.
 */
void psy_miniclass_changed(struct psy_miniclass *mc)
{
	unsigned long flags;

	spin_lock_irqsave(&mc->snap_lock, flags);
	mc->stats.notifies++;
	psy_notified(mc, 0);
	spin_unlock_irqrestore(&mc->snap_lock, flags);
}
EXPORT_SYMBOL_NS_GPL(psy_miniclass_changed, "PSY_MINICLASS");

/**
 * psy_miniclass_event() - report a change of an attribute of the driver
 * @mc: the instance
 *
 * As psy_miniclass_changed(), but always followed by an event, at once, even if no
 * field of the class has changed. Wakes up the pollers of
 * &psy_miniclass_config->polled.
 *
 * Context: any; on PREEMPT_RT any but hard interrupt context.
 */
void psy_miniclass_event(struct psy_miniclass *mc)
{
	unsigned long flags;

	spin_lock_irqsave(&mc->snap_lock, flags);
	mc->stats.notifies++;
	mc->event_requested = true;
	psy_kick_locked(mc, 0);
	spin_unlock_irqrestore(&mc->snap_lock, flags);
}
EXPORT_SYMBOL_NS_GPL(psy_miniclass_event, "PSY_MINICLASS");

/**
 * psy_miniclass_irq() - threaded handler for the interrupt of a device
 * @irq: the interrupt
 * @data: the instance
 *
 * As psy_miniclass_changed(), but the device has been read when it returns. For
 * devm_request_threaded_irq() with IRQF_ONESHOT and no primary handler: if the
 * device deasserts its alarm when it is read, or &psy_miniclass_ops->ack_irq clears
 * it, the line is inactive when it is unmasked. If it is still asserted, the handler
 * waits up to a second with the line masked before it reads the device again.
 *
 * Request the interrupt after devm_psy_miniclass_register().
 *
 * Context: interrupt thread.
 * Return: IRQ_HANDLED.
 */
irqreturn_t psy_miniclass_irq(int irq, void *data)
{
	struct psy_miniclass *mc = data;
	s64 wait;

	spin_lock_irq(&mc->snap_lock);
	mc->stats.notifies++;
	wait = psy_notify_take(mc);
	if (wait) {
		spin_unlock_irq(&mc->snap_lock);
		msleep(div_s64(wait, NSEC_PER_MSEC) + 1);
		spin_lock_irq(&mc->snap_lock);
		psy_notify_take(mc);
	}
	mc->refresh_req++;
	mc->irq_pending = true;
	spin_unlock_irq(&mc->snap_lock);
	psy_refresh(mc);
	return IRQ_HANDLED;
}
EXPORT_SYMBOL_NS_GPL(psy_miniclass_irq, "PSY_MINICLASS");

/**
 * psy_miniclass_drop_alarms() - do without the alarms of the device
 * @mc: the instance
 *
 * For a driver that could not request the interrupt of the device. The class polls
 * instead, and disarms what it has armed already.
 *
 * Context: any; on PREEMPT_RT any but hard interrupt context.
 */
void psy_miniclass_drop_alarms(struct psy_miniclass *mc)
{
	unsigned long flags;

	spin_lock_irqsave(&mc->snap_lock, flags);
	mc->alarms = 0;
	psy_kick_locked(mc, 0);
	spin_unlock_irqrestore(&mc->snap_lock, flags);
}
EXPORT_SYMBOL_NS_GPL(psy_miniclass_drop_alarms, "PSY_MINICLASS");

/**
 * psy_miniclass_info_changed() - notify the class that the info may have changed
 * @mc: the instance
 *
 * For devices that report such changes. The info is read again; if it differs, the
 * pack is treated as a different one and gets a new tag.
 *
 * Context: any; on PREEMPT_RT any but hard interrupt context.
 */
void psy_miniclass_info_changed(struct psy_miniclass *mc)
{
	unsigned long flags;

	spin_lock_irqsave(&mc->snap_lock, flags);
	mc->info_stale = true;
	psy_notified(mc, 0);
	spin_unlock_irqrestore(&mc->snap_lock, flags);
}
EXPORT_SYMBOL_NS_GPL(psy_miniclass_info_changed, "PSY_MINICLASS");

/*
 * A pack takes a while to notice that its charger was connected or removed. One
 * notifier for all instances, because the callback external_power_changed() of a
 * supply may run after the supply has been unregistered on kernels before 6.15, and
 * does not run at all for a charger that is not linked to it, such as an ACPI
 * adapter.
 */
static int psy_supply_changed(struct notifier_block *nb, unsigned long event, void *data)
{
	struct power_supply *psy = data;
	struct psy_miniclass *mc;
	unsigned long flags;

	if (event != PSY_EVENT_PROP_CHANGED || psy->desc->type == POWER_SUPPLY_TYPE_BATTERY)
		return NOTIFY_DONE;

	spin_lock_irqsave(&psy_instances_lock, flags);
	list_for_each_entry(mc, &psy_instances, node) {
		spin_lock(&mc->snap_lock);
		psy_notified(mc, mc->settle_polls);
		spin_unlock(&mc->snap_lock);
	}
	spin_unlock_irqrestore(&psy_instances_lock, flags);
	return NOTIFY_OK;
}

static struct notifier_block psy_notifier = { .notifier_call = psy_supply_changed };

int psy_poll_init(void)
{
	return power_supply_reg_notifier(&psy_notifier);
}

void psy_poll_exit(void)
{
	power_supply_unreg_notifier(&psy_notifier);
}

/* Stop accessing the device, which may lose its power afterwards. */
static void psy_quiesce(struct psy_miniclass *mc)
{
	unsigned long flags;

	spin_lock_irqsave(&mc->snap_lock, flags);
	mc->asleep = true;
	spin_unlock_irqrestore(&mc->snap_lock, flags);
	cancel_delayed_work_sync(&mc->poll_work);
	/* Wait for a transfer in progress. */
	mutex_lock(&mc->lock);
	mutex_unlock(&mc->lock);
}

int psy_suspend(struct device *dev)
{
	struct psy_miniclass *mc = dev_get_drvdata(dev);
	unsigned long flags;
	bool pending;

	if (!mc)
		return 0;

	/*
	 * The worker is frozen already. Do its pending work here: a limit that was set
	 * just before must be armed, as its alarm may wake the system.
	 */
	spin_lock_irqsave(&mc->snap_lock, flags);
	pending = mc->refresh_req != mc->refresh_done;
	spin_unlock_irqrestore(&mc->snap_lock, flags);
	if (pending)
		psy_refresh(mc);

	psy_quiesce(mc);
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(psy_suspend);

/**
 * psy_miniclass_shutdown() - disarm the alarms and stop accessing the device
 * @mc: the instance, or NULL
 *
 * For the shutdown callback of a driver whose alarms would stay set after the
 * system is down. Calls &psy_miniclass_ops->disable_notify if an alarm is set.
 *
 * Context: may sleep.
 */
void psy_miniclass_shutdown(struct psy_miniclass *mc)
{
	if (!mc)
		return;
	psy_quiesce(mc);
	psy_limits_disarm(mc);
}
EXPORT_SYMBOL_NS_GPL(psy_miniclass_shutdown, "PSY_MINICLASS");

/* One refresh covers all changes during sleep; it also sets the alarms again. */
int psy_resume(struct device *dev)
{
	struct psy_miniclass *mc = dev_get_drvdata(dev);
	unsigned long flags;

	if (!mc)
		return 0;

	mutex_lock(&mc->lock);
	mc->armed_tag = PSY_TAG_NONE;
	/* The time asleep is not a time without a reply. */
	mc->silent_since = 0;
	mutex_unlock(&mc->lock);

	spin_lock_irqsave(&mc->snap_lock, flags);
	mc->asleep = false;
	psy_waits_wake(&mc->waits);
	spin_unlock_irqrestore(&mc->snap_lock, flags);
	psy_kick(mc, 0);
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(psy_resume);

/*
 * System sleep callbacks for a driver whose device has the instance as drvdata. All
 * alarms raised during sleep cause one refresh on resume.
 */
const struct dev_pm_ops psy_miniclass_pm_ops = {
	SYSTEM_SLEEP_PM_OPS(psy_suspend, psy_resume)
};
EXPORT_SYMBOL_NS_GPL(psy_miniclass_pm_ops, "PSY_MINICLASS");
