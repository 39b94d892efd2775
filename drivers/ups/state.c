// SPDX-License-Identifier: GPL-2.0-only
/* Derives the state from the readings. Pure: does not access the UPS or a clock. */
#include <kunit/visibility.h>
#include <linux/bits.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <linux/suspend.h>

#include "ups.h"

/*
 * upower uses the percentage alone: by default it warns at 5 percent and acts at 2. A
 * low battery must not be reported above the first, a critical one not above the
 * second.
 */
#define UPS_CAPACITY_LOW	5
#define UPS_CAPACITY_CRITICAL	2

/*
 * Time from a low battery until user space has shut down: upower waits 20 s, systemd
 * gives services up to 90 s each.
 */
#define UPS_RACE_MS		(5 * 60 * 1000)

/* A critical power-off takes up to 90 s to stop services, by systemd's defaults. */
#define UPS_REPEAT_MS		(2 * 60 * 1000)

/* The drivers read each value more often than that. */
#define UPS_KEEP_MS		(5 * 60 * 1000)

/* Then a power-off with mains has a different reason than a low battery before it. */
#define UPS_FORGET_MS		(30 * 60 * 1000)

static unsigned int ups_lows(const struct ups_rules *r)
{
	return r->lows ?: UPS_LOWS;
}

static bool ups_is_low(const struct ups_rules *r, const struct ups_status *s)
{
	if (s->flags & UPS_FLAG_BATTERY_LOW)
		return true;
	if ((s->valid & UPS_HAS_CHARGE) && r->low_charge && s->charge <= (int)r->low_charge)
		return true;
	return (s->valid & UPS_HAS_RUNTIME) && r->low_runtime &&
	       s->runtime <= (int)r->low_runtime;
}

static bool ups_elapsed(ktime_t since, ktime_t now, unsigned int ms)
{
	return ktime_ms_delta(now, since) >= ms;
}

static enum ups_state ups_sm_set(struct ups_state_machine *sm, enum ups_state state, ktime_t now)
{
	if (state >= UPS_LOW_BATTERY || sm->last >= UPS_LOW_BATTERY) {
		sm->was_low = true;
		sm->low_seen = now;
	}
	sm->state = state;
	return state;
}

/**
 * ups_sm_reading() - update the state from a reading
 * @sm: the state machine
 * @status: the reading: flags, charge and runtime are used
 * @now: its time
 *
 * A failure or return of mains is accepted at once. A low battery counts only while
 * mains has failed (some units report it at any time), and if two consecutive
 * readings report it. If the UPS has reported it, it stays low until mains returns,
 * because an intermittent flag means a nearly empty battery. By charge or runtime it is
 * low only while they are: a load peak makes both sag. When communication is restored,
 * the previous state continues.
 *
 * Return: the state.
 */
enum ups_state ups_sm_reading(struct ups_state_machine *sm, const struct ups_status *status,
			      ktime_t now)
{
	bool low, late;

	sm->misses = 0;
	sm->lost = false;
	sm->heard = now;
	if (!(status->flags & UPS_FLAG_MAINS_FAILED)) {
		sm->lows = 0;
		sm->last = UPS_ONLINE;
		return ups_sm_set(sm, UPS_ONLINE, now);
	}

	if (sm->last <= UPS_ONLINE) {
		sm->last = UPS_ON_BATTERY;
		sm->battery_since = now;
	}
	low = ups_is_low(&sm->rules, status);
	late = sm->rules.low_after_ms &&
	       ups_elapsed(sm->battery_since, now, sm->rules.low_after_ms);
	sm->lows = low ? sm->lows + 1 : 0;
	sm->highs = low ? 0 : sm->highs + 1;
	if (sm->last == UPS_ON_BATTERY) {
		sm->flagged = false;
		if (sm->lows >= ups_lows(&sm->rules) || late) {
			sm->last = UPS_LOW_BATTERY;
			sm->low_since = now;
		}
	} else if (sm->last == UPS_LOW_BATTERY && !sm->flagged && !late &&
		   sm->highs >= ups_lows(&sm->rules)) {
		sm->last = UPS_ON_BATTERY;
	} else if (ups_elapsed(sm->low_since, now, sm->rules.critical_ms)) {
		sm->last = UPS_CRITICAL;
	}
	if (sm->last > UPS_ON_BATTERY && status->flags & UPS_FLAG_BATTERY_LOW)
		sm->flagged = true;
	return ups_sm_set(sm, sm->last, now);
}
EXPORT_SYMBOL_IF_KUNIT(ups_sm_reading);

/**
 * ups_sm_miss() - update the state after a poll without a reading
 * @sm: the state machine
 * @now: its time
 *
 * A UPS may miss one or two polls while its relays switch; that is not a loss of
 * communication. After that, a UPS on battery may go off at any moment: a low battery
 * becomes critical after the same time as with communication, and any battery after a
 * limit of its own.
 *
 * Return: the state.
 */
enum ups_state ups_sm_miss(struct ups_state_machine *sm, ktime_t now)
{
	unsigned int misses = sm->rules.misses ?: UPS_MISSES;

	if (sm->misses < misses)
		sm->misses++;
	if (sm->misses < misses)
		return sm->state;

	sm->lost = true;
	sm->lows = 0;
	sm->highs = 0;
	if (sm->last == UPS_LOW_BATTERY && ups_elapsed(sm->low_since, now, sm->rules.critical_ms))
		sm->last = UPS_CRITICAL;
	if (sm->last == UPS_CRITICAL ||
	    (sm->last > UPS_ONLINE && sm->rules.silence_ms &&
	     ups_elapsed(sm->heard, now, sm->rules.silence_ms)))
		return ups_sm_set(sm, UPS_CRITICAL, now);
	return ups_sm_set(sm, UPS_NO_COMM, now);
}
EXPORT_SYMBOL_IF_KUNIT(ups_sm_miss);

/**
 * ups_sm_power_state() - state of the power source, as far as known
 * @sm: the state machine
 *
 * A UPS that stopped responding on battery is on battery until it reports otherwise.
 *
 * Return: the state; %UPS_NO_COMM only if mains was present in the last reading, or
 * there is no reading yet.
 */
enum ups_state ups_sm_power_state(const struct ups_state_machine *sm)
{
	return sm->state == UPS_NO_COMM && sm->last > UPS_ONLINE ? sm->last : sm->state;
}
EXPORT_SYMBOL_IF_KUNIT(ups_sm_power_state);

/**
 * ups_killpower_now() - whether to cut the outlets now that the machine powers off
 * @policy: set by the user
 * @sm: state of the UPS
 * @committed: the machine powers off because the UPS was critical
 * @now: current time
 *
 * Without communication, the last reading decides: replies may be lost while commands
 * still reach the UPS.
 *
 * A machine that powers off because of a low battery must lose its power even if
 * mains has returned by then: it would never start again. The reason is known only if
 * the power-off was started by the UPS core; any other power-off soon after a low
 * battery is assumed to have this reason.
 *
 * Return: true if they are to be cut.
 */
bool ups_killpower_now(enum ups_killpower policy, const struct ups_state_machine *sm,
		       bool committed, ktime_t now)
{
	switch (policy) {
	case UPS_KILLPOWER_ALWAYS:
		return sm->last != UPS_NO_COMM;
	case UPS_KILLPOWER_ON_BATTERY:
		return sm->last > UPS_ONLINE || committed ||
		       (sm->was_low && !ups_elapsed(sm->low_seen, now, UPS_RACE_MS));
	default:
		return false;
	}
}
EXPORT_SYMBOL_IF_KUNIT(ups_killpower_now);

/**
 * ups_poweroff_due() - whether to power off the machine because of its UPS
 * @off: the last power-off for this reason; updated
 * @state: of the UPS
 * @prevented: it must not be done now: disabled by the user, or the system sleeps
 * @now: current time
 *
 * A power-off that has started is not cancelled when mains returns. One that has come
 * to nothing is repeated, and forgotten when mains has been back for long enough.
 *
 * Return: true if it is to be started.
 */
bool ups_poweroff_due(struct ups_poweroff *off, enum ups_state state, bool prevented,
		      ktime_t now)
{
	if (state == UPS_ONLINE && off->done && ups_elapsed(off->at, now, UPS_FORGET_MS))
		off->done = false;
	if (state != UPS_CRITICAL || prevented ||
	    (off->done && !ups_elapsed(off->at, now, UPS_REPEAT_MS)))
		return false;
	off->done = true;
	off->at = now;
	return true;
}
EXPORT_SYMBOL_IF_KUNIT(ups_poweroff_due);

/**
 * ups_sleep_event() - whether tasks are, or soon will be, frozen for system sleep
 * @event: PM_* event of a PM notifier
 * @sleeping: result for the previous event
 *
 * Return: true from the preparation of sleep until after resume.
 */
bool ups_sleep_event(unsigned long event, bool sleeping)
{
	switch (event) {
	case PM_SUSPEND_PREPARE:
	case PM_HIBERNATION_PREPARE:
	case PM_RESTORE_PREPARE:
		return true;
	case PM_POST_SUSPEND:
	case PM_POST_HIBERNATION:
	case PM_POST_RESTORE:
		return false;
	default:
		return sleeping;
	}
}
EXPORT_SYMBOL_IF_KUNIT(ups_sleep_event);

/* Members of &struct ups_status, in the order of their bits */
static const size_t ups_values[UPS_VALUES] = {
	offsetof(struct ups_status, input_mv), offsetof(struct ups_status, output_mv),
	offsetof(struct ups_status, load), offsetof(struct ups_status, frequency_millihz),
	offsetof(struct ups_status, battery_uv), offsetof(struct ups_status, temp),
	offsetof(struct ups_status, charge), offsetof(struct ups_status, runtime),
};

/**
 * ups_status_keep() - fill in values missing from a reading
 * @now: the reading; missing values are copied from @last
 * @last: the previous reading, filled in likewise
 * @missing: time of the first reading that lacked a value; 0 if the last one had it
 * @time: time of the reading, without that asleep
 *
 * A field may be invalid in a single reading, and some are not read each time. A readable
 * property must stay readable: programs take an error of capacity for 0 percent. What is
 * missing for five minutes is not reported any more; then the property goes.
 * Flags are always those of @now.
 *
 * Context: any; pure.
 */
void ups_status_keep(struct ups_status *now, const struct ups_status *last,
		     ktime_t missing[UPS_VALUES], ktime_t time)
{
	unsigned int i;

	for (i = 0; i < UPS_VALUES; i++) {
		if (now->valid & BIT(i)) {
			missing[i] = 0;
			continue;
		}
		if (!(last->valid & BIT(i)))
			continue;
		if (!missing[i])
			missing[i] = time;
		if (ups_elapsed(missing[i], time, UPS_KEEP_MS))
			continue;
		*(int *)((void *)now + ups_values[i]) = *(int *)((void *)last + ups_values[i]);
		now->valid |= BIT(i);
	}
}
EXPORT_SYMBOL_IF_KUNIT(ups_status_keep);

static void ups_fill_text(char *known, const char *found)
{
	if (!known[0])
		strscpy(known, found, UPS_STRING_LEN);
}

static void ups_fill_number(int *known, int found)
{
	if (!*known)
		*known = found;
}

/**
 * ups_ident_fill() - add new values to the ident
 * @known: the ident; known values never change, as user space takes a change for a
 *	different battery
 * @found: values of a new query
 *
 * Context: any; pure.
 */
void ups_ident_fill(struct ups_ident *known, const struct ups_ident *found)
{
	ups_fill_text(known->manufacturer, found->manufacturer);
	ups_fill_text(known->model, found->model);
	ups_fill_text(known->serial, found->serial);
	ups_fill_text(known->firmware, found->firmware);
	ups_fill_number(&known->rated_mv, found->rated_mv);
	ups_fill_number(&known->rated_ma, found->rated_ma);
	ups_fill_number(&known->rated_battery_uv, found->rated_battery_uv);
	ups_fill_number(&known->energy_full_uwh, found->energy_full_uwh);
}
EXPORT_SYMBOL_IF_KUNIT(ups_ident_fill);

/**
 * ups_capacity() - percentage to report
 * @state: of the UPS, see ups_sm_power_state()
 * @status: last reading
 *
 * Return: 0 to 100, or -ENODATA.
 */
int ups_capacity(enum ups_state state, const struct ups_status *status)
{
	int capacity = status->charge;

	if (state == UPS_CRITICAL)
		return status->valid & UPS_HAS_CHARGE ? min(capacity, UPS_CAPACITY_CRITICAL) :
							UPS_CAPACITY_CRITICAL;
	if (state == UPS_LOW_BATTERY)
		return status->valid & UPS_HAS_CHARGE ? min(capacity, UPS_CAPACITY_LOW) :
							UPS_CAPACITY_LOW;
	return status->valid & UPS_HAS_CHARGE ? capacity : -ENODATA;
}
EXPORT_SYMBOL_IF_KUNIT(ups_capacity);

/**
 * ups_battery_status() - battery status to report
 * @state: of the UPS, see ups_sm_power_state()
 * @status: last reading
 *
 * Return: POWER_SUPPLY_STATUS_*.
 */
int ups_battery_status(enum ups_state state, const struct ups_status *status)
{
	switch (state) {
	case UPS_NO_COMM:
		return POWER_SUPPLY_STATUS_UNKNOWN;
	case UPS_ONLINE:
		if (!(status->valid & UPS_HAS_CHARGE))
			return POWER_SUPPLY_STATUS_NOT_CHARGING;
		return status->charge < 100 ? POWER_SUPPLY_STATUS_CHARGING :
					      POWER_SUPPLY_STATUS_FULL;
	default:
		return POWER_SUPPLY_STATUS_DISCHARGING;
	}
}
EXPORT_SYMBOL_IF_KUNIT(ups_battery_status);
