// SPDX-License-Identifier: GPL-2.0-only
/* Change events, and when to poll next. */
#include <kunit/visibility.h>
#include <linux/export.h>
#include <linux/jiffies.h>
#include <linux/lockdep.h>
#include <linux/math.h>
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

/* Interval of the quick polls after a change of external power. */
#define PSY_SETTLE_JIFFIES	HZ

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

	if (mc->desc->backup ||
	    ev->tag != mc->last_event.tag || ev->status == mc->last_event.status ||
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
	if (mc->event_requested)
		return true;
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
			if (ev.tag != mc->last_event.tag)
				mc->to_notify |= PSY_POLLED_TAG;
			if (mc->event_requested)
				mc->to_notify |= PSY_POLLED_DRIVER;
			mc->event_requested = false;
			trace_psy_notify(mc, &ev);
			mc->last_event = ev;
			queue_work(system_freezable_power_efficient_wq, &mc->event_work);
		}
		psy_waits_wake(&mc->waits);
		delay = psy_poll_next(mc);
		if (delay != PSY_POLL_NEVER && !mc->asleep)
			psy_poll_in(mc, delay);
	}
	spin_unlock_irqrestore(&mc->snap_lock, flags);
}
