// SPDX-License-Identifier: GPL-2.0-only
/* What is worth telling, when to look, when to worry. Pure: no state, no device. */
#include <kunit/visibility.h>
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/module.h>

#include "internal.h"

/* Closer to a limit than this the poll is quick, percent. */
#define PSY_NEAR		2
#define PSY_NEAR_FACTOR		5
/* While nothing flows the poll is slow. */
#define PSY_IDLE_FACTOR		3
/* No poll is quicker, whatever is wrong. */
#define PSY_POLL_FLOOR		HZ

/* Numbers are told at most so often. */
#define PSY_NUMBER_GAP_MS	5000

/* A critical level, or a sudden 0 %, is published when it has stood this long. */
#define PSY_CRITICAL_MS		1000

/* From this capacity down a 0 % is not sudden, percent. */
#define PSY_ALMOST_EMPTY	5

/**
 * psy_state() - the states that a wait can end on
 * @snap: the snapshot
 *
 * Context: any; pure.
 * Return: PSY_STATE_* bits; 0 without a pack.
 */
u32 psy_state(const struct psy_snapshot *snap)
{
	int status = POWER_SUPPLY_STATUS_UNKNOWN;
	int level = POWER_SUPPLY_CAPACITY_LEVEL_UNKNOWN;
	u32 state = PSY_STATE_PRESENT;

	if (snap->tag == PSY_TAG_NONE)
		return 0;

	psy_values_get(&snap->status, PSY_STATUS, &status);
	psy_values_get(&snap->status, PSY_CAPACITY_LEVEL, &level);
	if (status == POWER_SUPPLY_STATUS_CHARGING)
		state |= PSY_STATE_CHARGING;
	if (status == POWER_SUPPLY_STATUS_DISCHARGING)
		state |= PSY_STATE_DISCHARGING;
	if (status == POWER_SUPPLY_STATUS_FULL)
		state |= PSY_STATE_FULL;
	if (level == POWER_SUPPLY_CAPACITY_LEVEL_CRITICAL)
		state |= PSY_STATE_CRITICAL;
	return state;
}
EXPORT_SYMBOL_NS_GPL(psy_state, "PSY_MINICLASS");

/**
 * psy_wait_over() - whether a snapshot ends a wait
 * @wait: what is waited for
 * @snap: the snapshot
 *
 * An unknown capacity passes no limit. Limits are strict: equal is not passed.
 *
 * Context: any; pure.
 * Return: 1 when it does, 0 when not, -ENODEV when the pack meant is not there.
 */
int psy_wait_over(const struct psy_wait *wait, const struct psy_snapshot *snap)
{
	int capacity;

	if (snap->tag == PSY_TAG_NONE || snap->tag != wait->tag)
		return -ENODEV;
	if (psy_state(snap) != wait->state)
		return 1;
	if (psy_values_get(&snap->status, PSY_CAPACITY, &capacity))
		return 0;
	return capacity < wait->low || capacity > wait->high;
}
EXPORT_SYMBOL_IF_KUNIT(psy_wait_over);

/**
 * psy_resolve() - settle what a pack says of itself against its current
 * @s: status fields as told
 * @primary: the cells cannot be charged
 *
 * The sign of the measured current decides which way the charge flows. What the
 * current does not contradict is left alone: a full pack may draw a little.
 *
 * Context: any; pure.
 * Return: true when there was a contradiction.
 */
bool psy_resolve(struct psy_values *s, bool primary)
{
	int status, ua, resolved;

	if (psy_values_get(s, PSY_STATUS, &status))
		return false;

	resolved = status;
	if (!psy_values_get(s, PSY_CURRENT_NOW, &ua)) {
		if (status == POWER_SUPPLY_STATUS_CHARGING && ua < 0)
			resolved = POWER_SUPPLY_STATUS_DISCHARGING;
		else if (status == POWER_SUPPLY_STATUS_DISCHARGING && ua > 0)
			resolved = POWER_SUPPLY_STATUS_CHARGING;
	}
	if (primary && resolved == POWER_SUPPLY_STATUS_CHARGING)
		resolved = POWER_SUPPLY_STATUS_NOT_CHARGING;
	if (resolved == status)
		return false;

	psy_values_set(s, PSY_STATUS, resolved);
	return true;
}
EXPORT_SYMBOL_IF_KUNIT(psy_resolve);

static void psy_take_off(struct psy_values *s, enum psy_field field, int reserve)
{
	int val;

	if (!psy_values_get(s, field, &val))
		psy_values_set(s, field, max(val - reserve, 0));
}

/**
 * psy_subtract_bias() - hide the reserve of a pack
 * @s: raw status fields, among them perhaps %PSY_CHARGE_EMPTY
 *
 * To be done once, before anything is derived.
 *
 * Context: any; pure.
 */
void psy_subtract_bias(struct psy_values *s)
{
	int reserve;

	if (!psy_values_get(s, PSY_CHARGE_EMPTY, &reserve)) {
		psy_take_off(s, PSY_CHARGE_NOW, reserve);
		psy_take_off(s, PSY_CHARGE_FULL, reserve);
	}
	if (!psy_values_get(s, PSY_ENERGY_EMPTY, &reserve)) {
		psy_take_off(s, PSY_ENERGY_NOW, reserve);
		psy_take_off(s, PSY_ENERGY_FULL, reserve);
	}
}
EXPORT_SYMBOL_IF_KUNIT(psy_subtract_bias);

/**
 * psy_level() - capacity level from the pack's own alert levels
 * @s: status, derived already; the level is added unless the device told it
 * @info: info of the pack
 *
 * Without a level of the pack's maker a percentage is never called critical.
 *
 * Context: any; pure.
 */
void psy_level(struct psy_values *s, const struct psy_info *info)
{
	int capacity, low, critical = -1, status = POWER_SUPPLY_STATUS_UNKNOWN;
	int level = POWER_SUPPLY_CAPACITY_LEVEL_NORMAL;

	if ((s->valid & PSY_BIT(PSY_CAPACITY_LEVEL)) ||
	    psy_values_get(&info->values, PSY_ALERT_LOW, &low) ||
	    psy_values_get(s, PSY_CAPACITY, &capacity))
		return;

	psy_values_get(&info->values, PSY_ALERT_CRITICAL, &critical);
	psy_values_get(s, PSY_STATUS, &status);
	if (capacity <= critical)
		level = POWER_SUPPLY_CAPACITY_LEVEL_CRITICAL;
	else if (capacity < low)
		level = POWER_SUPPLY_CAPACITY_LEVEL_LOW;
	else if (status == POWER_SUPPLY_STATUS_FULL)
		level = POWER_SUPPLY_CAPACITY_LEVEL_FULL;
	psy_values_set(s, PSY_CAPACITY_LEVEL, level);
}
EXPORT_SYMBOL_IF_KUNIT(psy_level);

/**
 * psy_debounce() - do not believe a critical level at first sight
 * @s: status; a critical level that is too young becomes Low
 * @since: when the level became critical, 0 when it is not; kept by the caller
 * @now: time of @s
 *
 * A machine is powered off for a critical battery, so one odd reading must not
 * do. Low is told at once: whoever has a remedy may begin.
 *
 * Context: any; pure.
 * Return: true when a critical level waits to be confirmed.
 */
bool psy_debounce(struct psy_values *s, ktime_t *since, ktime_t now)
{
	int level;

	if (psy_values_get(s, PSY_CAPACITY_LEVEL, &level))
		return *since != 0;
	if (level != POWER_SUPPLY_CAPACITY_LEVEL_CRITICAL) {
		*since = 0;
		return false;
	}
	if (!*since)
		*since = now;
	else if (ktime_ms_delta(now, *since) >= PSY_CRITICAL_MS)
		return false;

	psy_values_set(s, PSY_CAPACITY_LEVEL, POWER_SUPPLY_CAPACITY_LEVEL_LOW);
	return true;
}
EXPORT_SYMBOL_IF_KUNIT(psy_debounce);

/**
 * psy_doubt_empty() - do not publish a sudden capacity of 0 at first sight
 * @s: status; a sudden 0 is replaced by what was published before
 * @last: capacity, charge and energy that were published last for this pack
 * @since: when the capacity fell to 0, 0 when it is not; kept by the caller
 * @now: time of @s
 *
 * One register that reads 0 must not power off a machine. Without a former
 * capacity to compare with, the 0 is published, but waits to be confirmed.
 *
 * Context: any; pure.
 * Return: true when a capacity of 0 waits to be confirmed.
 */
bool psy_doubt_empty(struct psy_values *s, const struct psy_values *last, ktime_t *since,
		     ktime_t now)
{
	const u64 held = PSY_BIT(PSY_CAPACITY) | PSY_BIT(PSY_CHARGE_NOW) |
			 PSY_BIT(PSY_ENERGY_NOW);
	int capacity, before = -1;

	if (psy_values_get(s, PSY_CAPACITY, &capacity))
		return *since != 0;
	psy_values_get(last, PSY_CAPACITY, &before);
	if (capacity || (before >= 0 && before <= PSY_ALMOST_EMPTY)) {
		*since = 0;
		return false;
	}
	if (!*since)
		*since = now;
	else if (ktime_ms_delta(now, *since) >= PSY_CRITICAL_MS)
		return false;

	if (before >= 0) {
		s->valid &= ~(held | PSY_BIT(PSY_TIME_TO_EMPTY_NOW) |
			      PSY_BIT(PSY_TIME_TO_EMPTY_AVG));
		psy_values_take(s, last, held);
	}
	return true;
}
EXPORT_SYMBOL_IF_KUNIT(psy_doubt_empty);

/**
 * psy_alerts() - which limits are passed
 * @limits: the limits
 * @s: status; what is unknown passes nothing
 *
 * Context: any; pure.
 * Return: PSY_LIMIT_* bits.
 */
u32 psy_alerts(const struct psy_limits *limits, const struct psy_values *s)
{
	u32 passed = 0;
	int val;

	if (!psy_values_get(s, PSY_CAPACITY, &val)) {
		if (val < limits->low)
			passed |= PSY_LIMIT_LOW;
		if (val > limits->high)
			passed |= PSY_LIMIT_HIGH;
	}
	if (!psy_values_get(s, PSY_TEMP, &val)) {
		if (val < limits->temp_min)
			passed |= PSY_LIMIT_TEMP_MIN;
		if (val > limits->temp_max)
			passed |= PSY_LIMIT_TEMP_MAX;
	}
	return passed & limits->valid;
}
EXPORT_SYMBOL_IF_KUNIT(psy_alerts);

/**
 * psy_limits_amounts() - put limits into the unit of the pack
 * @limits: limits in percent; the amounts are filled in
 * @s: published status with the full capacity, or without
 *
 * The hardware knows nothing of the reserve that psy_subtract_bias() has hidden:
 * it is part of the amounts. They are rounded so that the hardware is never late,
 * the low one up, the high one down.
 *
 * Context: any; pure.
 */
void psy_limits_amounts(struct psy_limits *limits, const struct psy_values *s)
{
	int full, reserve = 0;

	limits->low_amount = 0;
	limits->high_amount = 0;
	if (!psy_values_get(s, PSY_ENERGY_FULL, &full))
		psy_values_get(s, PSY_ENERGY_EMPTY, &reserve);
	else if (!psy_values_get(s, PSY_CHARGE_FULL, &full))
		psy_values_get(s, PSY_CHARGE_EMPTY, &reserve);
	else
		return;
	limits->low_amount = min_t(s64, div_s64((s64)full * limits->low + 99, 100) + reserve,
				   INT_MAX);
	limits->high_amount = min_t(s64, div_s64((s64)full * limits->high, 100) + reserve,
				    INT_MAX);
}
EXPORT_SYMBOL_IF_KUNIT(psy_limits_amounts);

/* A step against the flow is noise more often than not: it takes two. */
static bool psy_number_moved(const struct psy_told *old, const struct psy_told *new, int step)
{
	int moved = new->capacity - old->capacity;
	bool against = (moved > 0 && new->status == POWER_SUPPLY_STATUS_DISCHARGING) ||
		       (moved < 0 && new->status == POWER_SUPPLY_STATUS_CHARGING);

	/* The ends are told even with a coarse step. */
	if (!against && (new->capacity == 0 || new->capacity == 100))
		return moved;
	return abs(moved) >= (against ? 2 * step : step);
}

/**
 * psy_told_check() - whether a change is worth an event
 * @old: what the last event said, and when
 * @new: what there is to say now, and when
 * @step: coarseness of the capacity, percent
 *
 * States are told at once. The capacity is told when it has moved by a step, and
 * not more often than every 5 s.
 *
 * Context: any; pure.
 * Return: %PSY_TELL_NOW, %PSY_TELL_LATER when only the rate forbids it,
 * %PSY_TELL_NOTHING, or %PSY_TELL_SUPPRESSED when something small has changed.
 */
enum psy_tell psy_told_check(const struct psy_told *old, const struct psy_told *new, int step)
{
	if (old->tag != new->tag || old->valid != new->valid || old->status != new->status ||
	    old->health != new->health || old->capacity_level != new->capacity_level ||
	    (new->alerts & ~old->alerts))
		return PSY_TELL_NOW;
	if (old->capacity == new->capacity)
		return PSY_TELL_NOTHING;
	if (!psy_number_moved(old, new, step))
		return PSY_TELL_SUPPRESSED;
	return ktime_ms_delta(new->when, old->when) < PSY_NUMBER_GAP_MS ?
	       PSY_TELL_LATER : PSY_TELL_NOW;
}
EXPORT_SYMBOL_IF_KUNIT(psy_told_check);

/**
 * psy_poll_delay() - when to look again
 * @in: what there is to look for
 *
 * Context: any; pure.
 * Return: jiffies, or %PSY_POLL_NEVER when the hardware will tell everything.
 */
unsigned long psy_poll_delay(const struct psy_poll_in *in)
{
	unsigned long delay = in->base;

	if (in->unsure)
		return min(in->base, in->quick);
	if (in->covered)
		return PSY_POLL_NEVER;
	if (in->distance <= PSY_NEAR)
		delay = in->base / PSY_NEAR_FACTOR;
	else if (!in->flowing)
		delay = in->base * PSY_IDLE_FACTOR;
	return max(delay, min(in->base, (unsigned long)PSY_POLL_FLOOR));
}
EXPORT_SYMBOL_IF_KUNIT(psy_poll_delay);
