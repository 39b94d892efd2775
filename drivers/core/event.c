// SPDX-License-Identifier: GPL-2.0-only
/* Change events and polling. */
#include <kunit/visibility.h>
#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/jiffies.h>
#include <linux/lockdep.h>
#include <linux/list.h>
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/pm.h>
#include <linux/workqueue.h>

#include "internal.h"
#include "trace.h"

/*
 * If a full pack would last this long at the present rate, a new status must be
 * confirmed by this number of readings over this time. PSY_WEAK_UNKNOWN replaces
 * an unknown full capacity: at most 10000 µA are weak then.
 */
#define PSY_WEAK_HOURS		500
#define PSY_WEAK_READINGS	3
#define PSY_WEAK_MS		5000
#define PSY_WEAK_UNKNOWN	(10000 * PSY_WEAK_HOURS)

/* Number of successive notifications that each cause a reading */
#define PSY_NOTIFY_BURST	8

/* Interval of the quick polls after a change of external power. */
#define PSY_SETTLE_JIFFIES	HZ

/* Instances to notify of external power changes; taken before snap_lock */
static LIST_HEAD(psy_instances);
static DEFINE_SPINLOCK(psy_instances_lock);

/* Fill in the values that an event for @snap would report. */
void psy_event_fill(struct psy_event *ev, const struct psy_snapshot *snap)
{
	const u64 mask = PSY_BIT(PSY_STATUS) | PSY_BIT(PSY_HEALTH) |
			 PSY_BIT(PSY_CAPACITY) | PSY_BIT(PSY_CAPACITY_LEVEL);

	memset(ev, 0, sizeof(*ev));
	ev->tag = snap->tag;
	ev->valid = snap->status.valid & mask;
	psy_values_get(&snap->status, PSY_STATUS, &ev->status);
	psy_values_get(&snap->status, PSY_HEALTH, &ev->health);
	psy_values_get(&snap->status, PSY_CAPACITY, &ev->capacity);
	psy_values_get(&snap->status, PSY_CAPACITY_LEVEL, &ev->capacity_level);
}
EXPORT_SYMBOL_IF_KUNIT(psy_event_fill);

/*
 * True if the pack is charging or discharging, but at so low a rate (a full pack
 * would last for 500 hours) that the sign of the rate may be noise.
 */
static bool psy_flow_is_weak(const struct psy_values *s, int status)
{
	int rate, full;

	if (status != POWER_SUPPLY_STATUS_CHARGING && status != POWER_SUPPLY_STATUS_DISCHARGING)
		return false;
	if ((psy_values_get(s, PSY_CURRENT_NOW, &rate) ||
	     psy_values_get(s, PSY_CHARGE_FULL, &full)) &&
	    (psy_values_get(s, PSY_POWER_NOW, &rate) ||
	     psy_values_get(s, PSY_ENERGY_FULL, &full))) {
		if (psy_values_get(s, PSY_CURRENT_NOW, &rate))
			return false;
		full = PSY_WEAK_UNKNOWN;
	}
	return abs((s64)rate) * PSY_WEAK_HOURS <= full;
}

/*
 * A current around zero may change its sign with each reading. A status that is
 * based on such a current is reported only after several readings in a row have
 * confirmed it; until then @ev keeps the status that was reported last. The end of
 * charging or discharging, and a status with a larger current, are reported at once.
 */
static void psy_status_confirm(struct psy_miniclass *mc, struct psy_event *ev)
{
	const struct psy_snapshot *snap = &mc->snap;

	lockdep_assert_held(&mc->snap_lock);

	if (ev->tag != mc->last_event.tag || ev->status == mc->last_event.status ||
	    !(mc->last_event.valid & PSY_BIT(PSY_STATUS)) ||
	    !psy_flow_is_weak(&snap->status, ev->status)) {
		mc->weak_count = 0;
		return;
	}
	if (!mc->weak_count || mc->weak_status != ev->status) {
		mc->weak_status = ev->status;
		mc->weak_count = 1;
		mc->weak_since = snap->taken;
	} else if (snap->taken != mc->weak_last) {
		mc->weak_count++;
	}
	mc->weak_last = snap->taken;
	if (mc->weak_count >= PSY_WEAK_READINGS &&
	    ktime_ms_delta(snap->taken, mc->weak_since) >= PSY_WEAK_MS)
		return;

	ev->status = mc->last_event.status;
	/* The level Full depends on the status: keep both consistent. */
	if ((ev->capacity_level == POWER_SUPPLY_CAPACITY_LEVEL_NORMAL &&
	     mc->last_event.capacity_level == POWER_SUPPLY_CAPACITY_LEVEL_FULL) ||
	    (ev->capacity_level == POWER_SUPPLY_CAPACITY_LEVEL_FULL &&
	     mc->last_event.capacity_level == POWER_SUPPLY_CAPACITY_LEVEL_NORMAL))
		ev->capacity_level = mc->last_event.capacity_level;
}

/* Returns true if an event is due; it is stored in @ev. */
static bool psy_event_due(struct psy_miniclass *mc, struct psy_event *ev)
{
	int step = 1;

	lockdep_assert_held(&mc->snap_lock);

	psy_event_fill(ev, &mc->snap);
	ev->alerts = psy_alerts(&mc->limits, &mc->snap.status);
	ev->when = ktime_get_boottime();
	if (mc->info_ref)
		psy_values_get(&mc->info_ref->info.values, PSY_CAPACITY_STEP, &step);

	psy_status_confirm(mc, ev);
	mc->event_deferred = mc->weak_count;
	switch (psy_event_compare(&mc->last_event, ev, step)) {
	case PSY_VERDICT_NOW:
		return true;
	case PSY_VERDICT_LATER:
		mc->event_deferred = true;
		fallthrough;
	case PSY_VERDICT_SUPPRESSED:
		mc->stats.suppressed++;
		fallthrough;
	default:
		/* A limit that is no longer crossed may be crossed again. */
		mc->last_event.alerts &= ev->alerts;
		return false;
	}
}

/**
 * psy_poll_in() - schedule the next poll
 * @mc: the instance
 * @delay: delay in jiffies; ignored if an earlier poll is pending
 *
 * Context: any; held: psy_miniclass::snap_lock.
 */
void psy_poll_in(struct psy_miniclass *mc, unsigned long delay)
{
	unsigned long due = jiffies + delay;

	lockdep_assert_held(&mc->snap_lock);

	if (delayed_work_pending(&mc->poll_work) && !time_before(due, mc->poll_due))
		return;
	mc->poll_due = due;
	mod_delayed_work(system_freezable_power_efficient_wq, &mc->poll_work, delay);
}
EXPORT_SYMBOL_IF_KUNIT(psy_poll_in);

/* Returns the delay until the next poll, in jiffies. */
static unsigned long psy_poll_next(struct psy_miniclass *mc)
{
	struct psy_poll_in in = { .base = mc->poll, .quick = mc->quick };
	int status = POWER_SUPPLY_STATUS_UNKNOWN;
	unsigned long delay;

	lockdep_assert_held(&mc->snap_lock);

	psy_limits_poll_in(mc, &in);
	psy_values_get(&mc->snap.status, PSY_STATUS, &status);
	in.flowing = status == POWER_SUPPLY_STATUS_CHARGING ||
		     status == POWER_SUPPLY_STATUS_DISCHARGING;
	/* Keep polling an unresponsive pack until it responds or is gone. */
	in.unsure = mc->unsure || READ_ONCE(mc->silent_since);
	delay = psy_poll_delay(&in);
	if (mc->settle_left)
		delay = min(delay, PSY_SETTLE_JIFFIES);
	if (mc->event_deferred)
		delay = min(delay, mc->poll);
	/* An earlier poll may have postponed the one for the notification. */
	if (mc->notified)
		delay = min(delay, nsecs_to_jiffies(ktime_to_ns(mc->notify_gap)) + 1);
	return delay;
}

/* After a change of external power the current may stop before it flows again. */
static bool psy_has_settled(const struct psy_miniclass *mc, const struct psy_event *ev)
{
	if (ev->tag != mc->last_event.tag)
		return true;
	return ev->status != mc->last_event.status &&
	       ev->status != POWER_SUPPLY_STATUS_NOT_CHARGING &&
	       ev->status != POWER_SUPPLY_STATUS_UNKNOWN;
}

/**
 * psy_event_check() - report changes since the last event
 * @mc: the instance
 *
 * Compares the snapshot with the last event, wakes up waiters, and schedules the
 * next poll. The event itself is sent by a worker: power_supply_changed() queues
 * work of the power_supply core, which must not happen from a reader that races
 * with unregistration.
 *
 * Context: any, without the locks of the instance.
 */
void psy_event_check(struct psy_miniclass *mc)
{
	struct psy_event ev;
	unsigned long delay, flags;

	spin_lock_irqsave(&mc->snap_lock, flags);
	if (mc->live && !mc->dying) {
		if (psy_event_due(mc, &ev)) {
			if (psy_has_settled(mc, &ev))
				mc->settle_left = 0;
			mc->to_notify |= ev.alerts & ~mc->last_event.alerts;
			mc->notify_tag |= ev.tag != mc->last_event.tag;
			trace_psy_notify(mc, &ev);
			mc->last_event = ev;
			queue_work(system_freezable_power_efficient_wq, &mc->event_work);
		}
		wake_up_all(&mc->waitq);
		delay = psy_poll_next(mc);
		if (delay != PSY_POLL_NEVER && !mc->asleep)
			psy_poll_in(mc, delay);
	}
	spin_unlock_irqrestore(&mc->snap_lock, flags);
}

static void psy_event_work(struct work_struct *work)
{
	struct psy_miniclass *mc = container_of(work, struct psy_miniclass, event_work);
	unsigned long flags;
	u32 to_notify;
	bool tag;

	spin_lock_irqsave(&mc->snap_lock, flags);
	to_notify = mc->to_notify;
	tag = mc->notify_tag;
	mc->to_notify = 0;
	mc->notify_tag = false;
	mc->stats.events++;
	spin_unlock_irqrestore(&mc->snap_lock, flags);

	power_supply_changed(mc->psy);
	psy_polled_notify(mc, to_notify, tag);
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
 * psy_miniclass_irq() - threaded handler for the interrupt of a device
 * @irq: the interrupt
 * @data: the instance
 *
 * As psy_miniclass_changed(), but the device has been read when it returns. For
 * devm_request_threaded_irq() with IRQF_ONESHOT and no primary handler: if the
 * device deasserts its alarm when it is read, or a hook acknowledges it, the line
 * is inactive when it is unmasked. If it is still asserted, the handler waits up to
 * a second with the line masked before it reads the device again.
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
	spin_unlock_irq(&mc->snap_lock);
	psy_refresh(mc);
	return IRQ_HANDLED;
}
EXPORT_SYMBOL_NS_GPL(psy_miniclass_irq, "PSY_MINICLASS");

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

int psy_event_init(void)
{
	return power_supply_reg_notifier(&psy_notifier);
}

void psy_event_exit(void)
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
	wake_up_all(&mc->waitq);
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
