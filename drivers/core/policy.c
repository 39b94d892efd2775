// SPDX-License-Identifier: GPL-2.0-only
/* Event filtering, poll interval and alert policy. Pure: no state, no device access. */
#include <kunit/visibility.h>
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/module.h>

#include "internal.h"

/* Poll faster within this distance of a limit, percent. */
#define PSY_NEAR		2
#define PSY_NEAR_FACTOR		5
/* Poll slower while no current flows. */
#define PSY_IDLE_FACTOR		3
/* Shortest poll interval, except to confirm a value */
#define PSY_POLL_FLOOR		HZ

/* Minimum interval between capacity events */
#define PSY_NUMBER_GAP_MS	5000

/* A critical level, or a sudden 0 %, is published after this long. */
#define PSY_CRITICAL_MS		1000

/* A drop to 0 % from this capacity or less is not sudden, percent. */
#define PSY_ALMOST_EMPTY	5

/**
 * psy_state() - get the state bits of a snapshot
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
 * psy_wait_over() - check whether a snapshot ends a wait
 * @wait: the conditions of the wait
 * @snap: the snapshot
 *
 * An unknown capacity does not cross a limit, and neither does a capacity equal to
 * the limit.
 *
 * Context: any; pure.
 * Return: 1 if it ends the wait, 0 if not, -ENODEV if the requested pack is not
 * present.
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
 * psy_status_supplied() - add the status by the suppliers of a battery
 * @s: derived status; without a status unless the device has one or reports a current
 * @supplier_status: by the suppliers; %POWER_SUPPLY_STATUS_UNKNOWN if there are none
 *
 * A supplier that charges does not know that the battery is full: the battery does. It
 * does not know that the supplier is gone.
 *
 * Context: any; pure.
 * Return: true if the status was changed.
 */
bool psy_status_supplied(struct psy_values *s, int supplier_status)
{
	int capacity, status;

	if (supplier_status == POWER_SUPPLY_STATUS_UNKNOWN)
		return false;
	if (!psy_values_get(s, PSY_STATUS, &status) &&
	    (status != POWER_SUPPLY_STATUS_FULL ||
	     supplier_status != POWER_SUPPLY_STATUS_DISCHARGING))
		return false;

	if (supplier_status == POWER_SUPPLY_STATUS_CHARGING &&
	    !psy_values_get(s, PSY_CAPACITY, &capacity) && capacity >= 100)
		supplier_status = POWER_SUPPLY_STATUS_FULL;
	psy_values_set(s, PSY_STATUS, supplier_status);
	return true;
}
EXPORT_SYMBOL_IF_KUNIT(psy_status_supplied);

/**
 * psy_resolve() - correct a status that contradicts the current
 * @s: status fields as reported
 * @primary: the cells cannot be charged
 *
 * The sign of the measured current determines the direction of the flow. A status
 * that the current does not contradict is kept: a full pack may draw a small
 * current.
 *
 * Context: any; pure.
 * Return: true if there was a contradiction.
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

/**
 * psy_apply_sign() - give currents that are reported as magnitudes their sign
 * @s: raw status fields; %PSY_CURRENT_SIGN is removed
 * @failed: %PSY_BIT() of the fields that could not be read; if the sign is one of them,
 *	so are the currents
 *
 * Must be called exactly once, before values of an earlier reading are added: the sign
 * is that of the current at the same time. Without a sign the currents are unknown.
 *
 * Context: any; pure.
 */
void psy_apply_sign(struct psy_values *s, u64 *failed)
{
	static const enum psy_field currents[] = { PSY_CURRENT_NOW, PSY_CURRENT_AVG };
	unsigned int i;
	int val, sign;

	for (i = 0; i < ARRAY_SIZE(currents); i++) {
		if (psy_values_get(s, PSY_CURRENT_SIGN, &sign))
			s->valid &= ~PSY_BIT(currents[i]);
		else if (!psy_values_get(s, currents[i], &val))
			psy_values_set(s, currents[i], (s64)val * sign);
		if (*failed & PSY_BIT(PSY_CURRENT_SIGN))
			*failed |= PSY_BIT(currents[i]);
	}
	s->valid &= ~PSY_BIT(PSY_CURRENT_SIGN);
}
EXPORT_SYMBOL_IF_KUNIT(psy_apply_sign);

static void psy_subtract(struct psy_values *s, enum psy_field field, int reserve)
{
	int val;

	if (!psy_values_get(s, field, &val))
		psy_values_set(s, field, max(val - reserve, 0));
}

/**
 * psy_subtract_bias() - subtract the reserve of a pack
 * @s: raw status fields, with or without %PSY_CHARGE_EMPTY or %PSY_ENERGY_EMPTY
 *
 * Must be called exactly once, before other values are derived.
 *
 * Context: any; pure.
 */
void psy_subtract_bias(struct psy_values *s)
{
	int reserve;

	if (!psy_values_get(s, PSY_CHARGE_EMPTY, &reserve)) {
		psy_subtract(s, PSY_CHARGE_NOW, reserve);
		psy_subtract(s, PSY_CHARGE_FULL, reserve);
	}
	if (!psy_values_get(s, PSY_ENERGY_EMPTY, &reserve)) {
		psy_subtract(s, PSY_ENERGY_NOW, reserve);
		psy_subtract(s, PSY_ENERGY_FULL, reserve);
	}
}
EXPORT_SYMBOL_IF_KUNIT(psy_subtract_bias);

/**
 * psy_level() - derive the capacity level from the pack's own alert levels
 * @s: derived status; the level is added unless the device reported it
 * @info: info of the pack
 *
 * Without a level set by the manufacturer, no percentage is considered critical.
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
 * psy_debounce() - delay a critical level until it is confirmed
 * @s: status; a critical level that is not confirmed yet becomes Low
 * @since: time when the level became critical, 0 if it is not; kept by the caller
 * @now: time of @s
 *
 * User space powers off the machine when the battery is critical, so one bad
 * reading must not be enough. Low is reported at once so that user space can react.
 *
 * Context: any; pure.
 * Return: true if a critical level has to be confirmed.
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
 * psy_debounce_empty() - delay a sudden capacity of 0 until it is confirmed
 * @s: status; a sudden 0 is replaced by the values published before
 * @last: last published capacity, charge and energy of this pack
 * @since: time when the capacity fell to 0, 0 if it did not; kept by the caller
 * @now: time of @s
 *
 * A single register that reads 0 must not power off the machine. Without a previous
 * capacity to compare with, the 0 is published, but still has to be confirmed.
 *
 * Context: any; pure.
 * Return: true if a capacity of 0 has to be confirmed.
 */
bool psy_debounce_empty(struct psy_values *s, const struct psy_values *last, ktime_t *since,
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
EXPORT_SYMBOL_IF_KUNIT(psy_debounce_empty);

/**
 * psy_alerts() - get the limits that are crossed
 * @limits: the limits
 * @s: status; unknown values do not cross a limit
 *
 * Context: any; pure.
 * Return: PSY_LIMIT_* bits.
 */
u32 psy_alerts(const struct psy_limits *limits, const struct psy_values *s)
{
	u32 crossed = 0;
	int val;

	if (!psy_values_get(s, PSY_CAPACITY, &val)) {
		if (val < limits->low)
			crossed |= PSY_LIMIT_LOW;
		if (val > limits->high)
			crossed |= PSY_LIMIT_HIGH;
	}
	if (!psy_values_get(s, PSY_TEMP, &val)) {
		if (val < limits->temp_min)
			crossed |= PSY_LIMIT_TEMP_MIN;
		if (val > limits->temp_max)
			crossed |= PSY_LIMIT_TEMP_MAX;
	}
	return crossed & limits->valid;
}
EXPORT_SYMBOL_IF_KUNIT(psy_alerts);

/**
 * psy_limits_amounts() - convert limits to the unit of the pack
 * @limits: limits in percent; the amounts are filled in
 * @s: published status, with or without the full capacity
 *
 * The amounts include the reserve, which psy_subtract_bias() has subtracted but the
 * hardware counts. They are rounded so that the hardware is never late: the low one
 * up, the high one down.
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

/* A step against the direction of the flow is probably noise: require two steps. */
static bool psy_capacity_moved(const struct psy_event *old, const struct psy_event *new, int step)
{
	int moved = new->capacity - old->capacity;
	bool against = (moved > 0 && new->status == POWER_SUPPLY_STATUS_DISCHARGING) ||
		       (moved < 0 && new->status == POWER_SUPPLY_STATUS_CHARGING);

	/* Report 0 and 100 even with a coarse step. */
	if (!against && (new->capacity == 0 || new->capacity == 100))
		return moved;
	return abs(moved) >= (against ? 2 * step : step);
}

/**
 * psy_event_compare() - decide whether a change causes an event
 * @old: values and time of the last event
 * @new: present values and time
 * @step: resolution of the capacity, percent
 *
 * State changes are reported at once. The capacity is reported when it has changed
 * by @step, at most every 5 s.
 *
 * Context: any; pure.
 * Return: %PSY_VERDICT_NOW; %PSY_VERDICT_LATER if only the rate limit holds the
 * event back; %PSY_VERDICT_SUPPRESSED if the change is too small; %PSY_VERDICT_NONE
 * without a change.
 */
enum psy_event_verdict psy_event_compare(const struct psy_event *old,
					 const struct psy_event *new, int step)
{
	if (old->tag != new->tag || old->valid != new->valid || old->status != new->status ||
	    old->health != new->health || old->capacity_level != new->capacity_level ||
	    (new->alerts & ~old->alerts))
		return PSY_VERDICT_NOW;
	if (old->capacity == new->capacity)
		return PSY_VERDICT_NONE;
	if (!psy_capacity_moved(old, new, step))
		return PSY_VERDICT_SUPPRESSED;
	return ktime_ms_delta(new->when, old->when) < PSY_NUMBER_GAP_MS ?
	       PSY_VERDICT_LATER : PSY_VERDICT_NOW;
}
EXPORT_SYMBOL_IF_KUNIT(psy_event_compare);

/**
 * psy_poll_delay() - get the delay until the next poll
 * @in: state that determines the delay
 *
 * Context: any; pure.
 * Return: jiffies, or %PSY_POLL_NEVER if hardware alarms cover all changes.
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
