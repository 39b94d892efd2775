// SPDX-License-Identifier: GPL-2.0-only
/* When user space is told, and who looks for changes on its behalf. */
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
 * A status of a rate at which a full pack would last this long has to be confirmed
 * by this number of readings, over this time. In µA·h, without a full capacity:
 */
#define PSY_WEAK_HOURS		500
#define PSY_WEAK_READINGS	3
#define PSY_WEAK_MS		5000
#define PSY_WEAK_UNKNOWN	(10000 * PSY_WEAK_HOURS)

/* Notifications in a row that each cause a reading */
#define PSY_NOTIFY_BURST	8

/* Interval of the quick polls after a change of external power. */
#define PSY_SETTLE_JIFFIES	HZ

/* Instances that are told of external power; outside of psy_miniclass::pub */
static LIST_HEAD(psy_instances);
static DEFINE_SPINLOCK(psy_instances_lock);

/* What an event would say now. */
void psy_told_fill(struct psy_told *told, const struct psy_snapshot *snap)
{
	const u64 mask = PSY_BIT(PSY_STATUS) | PSY_BIT(PSY_HEALTH) |
			 PSY_BIT(PSY_CAPACITY) | PSY_BIT(PSY_CAPACITY_LEVEL);

	memset(told, 0, sizeof(*told));
	told->tag = snap->tag;
	told->valid = snap->status.valid & mask;
	psy_values_get(&snap->status, PSY_STATUS, &told->status);
	psy_values_get(&snap->status, PSY_HEALTH, &told->health);
	psy_values_get(&snap->status, PSY_CAPACITY, &told->capacity);
	psy_values_get(&snap->status, PSY_CAPACITY_LEVEL, &told->capacity_level);
}
EXPORT_SYMBOL_IF_KUNIT(psy_told_fill);

/*
 * Whether a status says that charge flows, but so little of it (at this rate the
 * pack would last for 500 hours) that the sign of the rate may be noise.
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
 * A current around zero changes its sign with each reading. A status that rests on
 * such a current is announced when several readings in a row have confirmed it;
 * until then @told keeps what was announced before. That nothing flows any more, and
 * a current beyond doubt, are announced at once.
 */
static void psy_status_confirm(struct psy_miniclass *mc, struct psy_told *told)
{
	const struct psy_snapshot *snap = &mc->snap;

	lockdep_assert_held(&mc->pub);

	if (told->tag != mc->told.tag || told->status == mc->told.status ||
	    !(mc->told.valid & PSY_BIT(PSY_STATUS)) ||
	    !psy_flow_is_weak(&snap->status, told->status)) {
		mc->weak_count = 0;
		return;
	}
	if (!mc->weak_count || mc->weak_status != told->status) {
		mc->weak_status = told->status;
		mc->weak_count = 1;
		mc->weak_since = snap->taken;
	} else if (snap->taken != mc->weak_last) {
		mc->weak_count++;
	}
	mc->weak_last = snap->taken;
	if (mc->weak_count >= PSY_WEAK_READINGS &&
	    ktime_ms_delta(snap->taken, mc->weak_since) >= PSY_WEAK_MS)
		return;

	told->status = mc->told.status;
	/* The level of a full pack follows its status. */
	if ((told->capacity_level == POWER_SUPPLY_CAPACITY_LEVEL_NORMAL &&
	     mc->told.capacity_level == POWER_SUPPLY_CAPACITY_LEVEL_FULL) ||
	    (told->capacity_level == POWER_SUPPLY_CAPACITY_LEVEL_FULL &&
	     mc->told.capacity_level == POWER_SUPPLY_CAPACITY_LEVEL_NORMAL))
		told->capacity_level = mc->told.capacity_level;
}

/* Returns true when there is something to announce. */
static bool psy_event_due(struct psy_miniclass *mc, struct psy_told *told)
{
	int step = 1;

	lockdep_assert_held(&mc->pub);

	psy_told_fill(told, &mc->snap);
	told->alerts = psy_alerts(&mc->limits, &mc->snap.status);
	told->when = ktime_get_boottime();
	if (mc->box)
		psy_values_get(&mc->box->info.values, PSY_CAPACITY_STEP, &step);

	psy_status_confirm(mc, told);
	mc->tell_later = mc->weak_count;
	switch (psy_told_check(&mc->told, told, step)) {
	case PSY_TELL_NOW:
		return true;
	case PSY_TELL_LATER:
		mc->tell_later = true;
		fallthrough;
	case PSY_TELL_SUPPRESSED:
		mc->stats.suppressed++;
		fallthrough;
	default:
		/* A limit that is left may be passed anew. */
		mc->told.alerts &= told->alerts;
		return false;
	}
}

/**
 * psy_poll_in() - have the worker poll the device
 * @mc: the instance
 * @delay: after this time, jiffies, unless it is due earlier already
 *
 * Context: any; held: psy_miniclass::pub.
 */
void psy_poll_in(struct psy_miniclass *mc, unsigned long delay)
{
	unsigned long due = jiffies + delay;

	lockdep_assert_held(&mc->pub);

	if (delayed_work_pending(&mc->poll_work) && !time_before(due, mc->poll_due))
		return;
	mc->poll_due = due;
	mod_delayed_work(system_freezable_power_efficient_wq, &mc->poll_work, delay);
}
EXPORT_SYMBOL_IF_KUNIT(psy_poll_in);

/* When to poll again. */
static unsigned long psy_poll_next(struct psy_miniclass *mc)
{
	struct psy_poll_in in = { .base = mc->poll, .quick = mc->quick };
	int status = POWER_SUPPLY_STATUS_UNKNOWN;
	unsigned long delay;

	lockdep_assert_held(&mc->pub);

	psy_limits_poll_in(mc, &in);
	psy_values_get(&mc->snap.status, PSY_STATUS, &status);
	in.flowing = status == POWER_SUPPLY_STATUS_CHARGING ||
		     status == POWER_SUPPLY_STATUS_DISCHARGING;
	/* A silent pack is looked after until it answers or is gone. */
	in.unsure = mc->unsure || READ_ONCE(mc->silent_since);
	delay = psy_poll_delay(&in);
	if (mc->settle_left)
		delay = min(delay, PSY_SETTLE_JIFFIES);
	if (mc->tell_later)
		delay = min(delay, mc->poll);
	/* The poll that was to answer it may have been put off by an earlier one. */
	if (mc->notified)
		delay = min(delay, nsecs_to_jiffies(ktime_to_ns(mc->notify_gap)) + 1);
	return delay;
}

/**
 * psy_event_check() - tell whoever cares if something has changed
 * @mc: the instance
 *
 * Compares with what the last event said, wakes those who wait, and sees to the
 * next poll. The event itself is sent by a worker: power_supply_changed() queues
 * work of the power_supply core, which must not happen from a reader that races
 * with unregistration.
 *
 * Context: any, without the locks of the instance.
 */
void psy_event_check(struct psy_miniclass *mc)
{
	struct psy_told told;
	unsigned long delay, flags;

	spin_lock_irqsave(&mc->pub, flags);
	if (mc->live && !mc->dying) {
		if (psy_event_due(mc, &told)) {
			if (told.status != mc->told.status || told.tag != mc->told.tag)
				mc->settle_left = 0;
			mc->to_notify |= told.alerts & ~mc->told.alerts;
			mc->notify_tag |= told.tag != mc->told.tag;
			trace_psy_notify(mc, &told);
			mc->told = told;
			queue_work(system_freezable_power_efficient_wq, &mc->event_work);
		}
		wake_up_all(&mc->waitq);
		delay = psy_poll_next(mc);
		if (delay != PSY_POLL_NEVER && !mc->asleep)
			psy_poll_in(mc, delay);
	}
	spin_unlock_irqrestore(&mc->pub, flags);
}

static void psy_event_work(struct work_struct *work)
{
	struct psy_miniclass *mc = container_of(work, struct psy_miniclass, event_work);
	unsigned long flags;
	u32 to_notify;
	bool tag;

	spin_lock_irqsave(&mc->pub, flags);
	to_notify = mc->to_notify;
	tag = mc->notify_tag;
	mc->to_notify = 0;
	mc->notify_tag = false;
	mc->stats.events++;
	spin_unlock_irqrestore(&mc->pub, flags);

	power_supply_changed(mc->psy);
	psy_polled_notify(mc, to_notify, tag);
}

/*
 * Notifications come from hardware, which may chatter. A few in a row have the
 * device read at once; then there is one reading for each lifetime of a snapshot.
 * Returns 0 when it is allowed now, or the time until it is.
 */
static s64 psy_notify_take(struct psy_miniclass *mc)
{
	ktime_t now = ktime_get_boottime();
	s64 ahead;

	lockdep_assert_held(&mc->pub);

	if (ktime_before(mc->notify_next, now))
		mc->notify_next = now;
	ahead = ktime_to_ns(ktime_sub(mc->notify_next, now));
	ahead -= ktime_to_ns(mc->notify_gap) * (PSY_NOTIFY_BURST - 1);
	if (ahead > 0)
		return ahead;
	mc->notify_next = ktime_add(mc->notify_next, mc->notify_gap);
	return 0;
}

/* The worker runs: is it for a notification that had to wait? */
static void psy_notified_late(struct psy_miniclass *mc)
{
	lockdep_assert_held(&mc->pub);

	if (mc->notified && !psy_notify_take(mc)) {
		mc->notified = false;
		mc->asked++;
	}
}

static void psy_poll_work(struct work_struct *work)
{
	struct psy_miniclass *mc = container_of(to_delayed_work(work),
						struct psy_miniclass, poll_work);
	unsigned long flags;

	spin_lock_irqsave(&mc->pub, flags);
	if (mc->settle_left)
		mc->settle_left--;
	psy_notified_late(mc);
	spin_unlock_irqrestore(&mc->pub, flags);

	/* Also when the snapshot is fresh: the poll must go on. */
	if (!psy_refresh(mc))
		psy_event_check(mc);
}

void psy_work_init(struct psy_miniclass *mc)
{
	INIT_DELAYED_WORK(&mc->poll_work, psy_poll_work);
	INIT_WORK(&mc->event_work, psy_event_work);
}

/* The instance is registered: watch external power. */
void psy_work_start(struct psy_miniclass *mc)
{
	unsigned long flags;

	spin_lock_irqsave(&psy_instances_lock, flags);
	list_add_tail(&mc->node, &psy_instances);
	spin_unlock_irqrestore(&psy_instances_lock, flags);
}

/*
 * After this returns nothing is queued, nothing can be, and no refresh begins.
 */
void psy_work_stop(struct psy_miniclass *mc)
{
	unsigned long flags;

	spin_lock_irqsave(&psy_instances_lock, flags);
	list_del(&mc->node);
	spin_unlock_irqrestore(&psy_instances_lock, flags);

	spin_lock_irqsave(&mc->pub, flags);
	mc->dying = true;
	spin_unlock_irqrestore(&mc->pub, flags);

	cancel_delayed_work_sync(&mc->poll_work);
	cancel_work_sync(&mc->event_work);
}

static void psy_kick_locked(struct psy_miniclass *mc, unsigned int settle_polls)
{
	lockdep_assert_held(&mc->pub);

	mc->asked++;
	mc->settle_left = max(mc->settle_left, settle_polls);
	if (mc->live && !mc->dying && !mc->asleep)
		psy_poll_in(mc, 0);
}

/* Have the device read soon, and not trust the snapshot until then. */
void psy_kick(struct psy_miniclass *mc, unsigned int settle_polls)
{
	unsigned long flags;

	spin_lock_irqsave(&mc->pub, flags);
	psy_kick_locked(mc, settle_polls);
	spin_unlock_irqrestore(&mc->pub, flags);
}

/* As psy_kick(), but a storm of calls costs a bounded number of readings. */
static void psy_notified(struct psy_miniclass *mc, unsigned int settle_polls)
{
	s64 wait;

	lockdep_assert_held(&mc->pub);

	if (mc->notified)
		return;
	wait = psy_notify_take(mc);
	if (!wait) {
		psy_kick_locked(mc, settle_polls);
		return;
	}
	mc->notified = true;
	mc->settle_left = max(mc->settle_left, settle_polls);
	if (mc->live && !mc->dying && !mc->asleep)
		psy_poll_in(mc, nsecs_to_jiffies(wait) + 1);
}

/**
 * psy_miniclass_changed() - the hardware says that something has changed
 * @mc: the instance
 *
 * Carries no data: the class reads the device, compares, and announces only what
 * is really different. Until then reads do not trust the snapshot.
 *
 * The first calls in a row have the device read at once. Of more of them, up to
 * one for each lifetime of a snapshot has, the last one included; reads trust a
 * snapshot during that time. For the interrupt of a level-triggered line see
 * psy_miniclass_irq().
 *
 * A driver that calls this from an interrupt handler requests the interrupt
 * after devm_psy_miniclass_register(), so that it is freed first.
 *
 * Context: any; on PREEMPT_RT any but hard interrupt context.
 */
void psy_miniclass_changed(struct psy_miniclass *mc)
{
	unsigned long flags;

	spin_lock_irqsave(&mc->pub, flags);
	mc->stats.notifies++;
	psy_notified(mc, 0);
	spin_unlock_irqrestore(&mc->pub, flags);
}
EXPORT_SYMBOL_NS_GPL(psy_miniclass_changed, "PSY_MINICLASS");

/**
 * psy_miniclass_irq() - threaded handler of the device's interrupt
 * @irq: the interrupt
 * @data: the instance
 *
 * As psy_miniclass_changed(), but the device has been read when it returns. For
 * devm_request_threaded_irq() with IRQF_ONESHOT and no primary handler: the line
 * of a device that takes its alarm back when it is read, or that a hook
 * acknowledges, is no longer asserted when it is unmasked. If it is, the handler
 * waits up to a second with the line masked before it reads the device again.
 *
 * To be requested after devm_psy_miniclass_register().
 *
 * Context: interrupt thread.
 * Return: IRQ_HANDLED.
 */
irqreturn_t psy_miniclass_irq(int irq, void *data)
{
	struct psy_miniclass *mc = data;
	s64 wait;

	spin_lock_irq(&mc->pub);
	mc->stats.notifies++;
	wait = psy_notify_take(mc);
	if (wait) {
		spin_unlock_irq(&mc->pub);
		msleep(div_s64(wait, NSEC_PER_MSEC) + 1);
		spin_lock_irq(&mc->pub);
		psy_notify_take(mc);
	}
	mc->asked++;
	spin_unlock_irq(&mc->pub);
	psy_refresh(mc);
	return IRQ_HANDLED;
}
EXPORT_SYMBOL_NS_GPL(psy_miniclass_irq, "PSY_MINICLASS");

/**
 * psy_miniclass_info_changed() - what should not change has changed
 * @mc: the instance
 *
 * For devices that say so. The info is read again; if it is different, the pack
 * counts as another one and gets another tag.
 *
 * Context: any; on PREEMPT_RT any but hard interrupt context.
 */
void psy_miniclass_info_changed(struct psy_miniclass *mc)
{
	unsigned long flags;

	spin_lock_irqsave(&mc->pub, flags);
	mc->info_stale = true;
	psy_notified(mc, 0);
	spin_unlock_irqrestore(&mc->pub, flags);
}
EXPORT_SYMBOL_NS_GPL(psy_miniclass_info_changed, "PSY_MINICLASS");

/*
 * A pack takes a while to notice that its charger has come or gone. One notifier
 * for all instances, because the callback external_power_changed() of a supply may
 * run after the supply has been unregistered on kernels before 6.15, and does not
 * run at all for a charger that is not linked to it, such as an ACPI adapter.
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
		spin_lock(&mc->pub);
		psy_notified(mc, mc->settle_polls);
		spin_unlock(&mc->pub);
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

/* From here on the device may be without power: do not access it. */
static void psy_leave_alone(struct psy_miniclass *mc)
{
	unsigned long flags;

	spin_lock_irqsave(&mc->pub, flags);
	mc->asleep = true;
	spin_unlock_irqrestore(&mc->pub, flags);
	cancel_delayed_work_sync(&mc->poll_work);
	/* Wait for a transfer in progress. */
	mutex_lock(&mc->lock);
	mutex_unlock(&mc->lock);
}

int psy_suspend(struct device *dev)
{
	struct psy_miniclass *mc = dev_get_drvdata(dev);
	unsigned long flags;
	bool asked;

	if (!mc)
		return 0;

	/*
	 * The worker is frozen already. What it has not come to is done here: a limit
	 * that was set just before must be armed, as its alarm may wake the system.
	 */
	spin_lock_irqsave(&mc->pub, flags);
	asked = mc->asked != mc->answered;
	spin_unlock_irqrestore(&mc->pub, flags);
	if (asked)
		psy_refresh(mc);

	psy_leave_alone(mc);
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(psy_suspend);

/**
 * psy_miniclass_shutdown() - leave the device as the next system should find it
 * @mc: the instance, or NULL
 *
 * For the shutdown routine of a driver whose alarms outlive the system: disarms
 * them through &psy_miniclass_ops->disable_notify and does not access the device
 * afterwards.
 *
 * Context: may sleep.
 */
void psy_miniclass_shutdown(struct psy_miniclass *mc)
{
	if (!mc)
		return;
	psy_leave_alone(mc);
	psy_limits_disarm(mc);
}
EXPORT_SYMBOL_NS_GPL(psy_miniclass_shutdown, "PSY_MINICLASS");

/* One reading for all that happened, with the alarms set anew. */
int psy_resume(struct device *dev)
{
	struct psy_miniclass *mc = dev_get_drvdata(dev);
	unsigned long flags;

	if (!mc)
		return 0;

	mutex_lock(&mc->lock);
	mc->armed_tag = PSY_TAG_NONE;
	mutex_unlock(&mc->lock);

	spin_lock_irqsave(&mc->pub, flags);
	mc->asleep = false;
	wake_up_all(&mc->waitq);
	spin_unlock_irqrestore(&mc->pub, flags);
	psy_kick(mc, 0);
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(psy_resume);

/*
 * Sleep of the system.
 *
 * For the driver of the device, whose drvdata is then the instance. Alarms that
 * come in while the system sleeps count as one after it.
 */
const struct dev_pm_ops psy_miniclass_pm_ops = {
	SYSTEM_SLEEP_PM_OPS(psy_suspend, psy_resume)
};
EXPORT_SYMBOL_NS_GPL(psy_miniclass_pm_ops, "PSY_MINICLASS");
