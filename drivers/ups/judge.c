// SPDX-License-Identifier: GPL-2.0-only
/* From bytes to replies, from readings to states. Pure: no port, no clock. */
#include <kunit/visibility.h>
#include <linux/minmax.h>
#include <linux/module.h>

#include "ups.h"

/*
 * upower goes by the percentage alone: a battery that the UPS calls low must not
 * be shown above the level at which it acts (2 percent by default), nor one that
 * is about to end.
 */
#define UPS_CAPACITY_LOW	5
#define UPS_CAPACITY_CRITICAL	2

/**
 * ups_framer_arm() - wait for another reply
 * @f: the framer
 * @start: first byte of the reply
 *
 * What has come before belongs to a former query.
 */
void ups_framer_arm(struct ups_framer *f, char start)
{
	if (!f->done)
		f->garbage += f->len;
	f->start = start;
	f->len = 0;
	f->skip = false;
	f->done = false;
}
EXPORT_SYMBOL_IF_KUNIT(ups_framer_arm);

static void ups_framer_byte(struct ups_framer *f, u8 c)
{
	if (f->done) {
		f->garbage++;
		return;
	}
	if (c == f->end) {
		if (!f->skip && f->len) {
			f->buf[f->len] = '\0';
			f->done = true;
			return;
		}
		f->skip = false;
		f->len = 0;
		return;
	}
	/* A new start wins: what came before it was the rest of something else. */
	if (c == f->start) {
		f->garbage += f->len;
		f->len = 0;
		f->skip = false;
	} else if (f->skip || !f->len || c < ' ' || c > '~' || f->len == UPS_REPLY_LEN) {
		f->garbage += f->len + 1;
		f->len = 0;
		f->skip = true;
		return;
	}
	f->buf[f->len++] = c;
}

/**
 * ups_framer_push() - take bytes from the port
 * @f: the framer
 * @data: the bytes
 * @len: how many
 *
 * A reply begins with its start and holds printable characters only; anything
 * else makes the whole line garbage. A stream without an end is dropped as it
 * comes.
 *
 * Context: any; the caller serialises.
 */
void ups_framer_push(struct ups_framer *f, const u8 *data, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		ups_framer_byte(f, data[i]);
}
EXPORT_SYMBOL_IF_KUNIT(ups_framer_push);

/**
 * ups_judge_reading() - take a reading into account
 * @j: the judge
 * @flags: flags of the reading
 * @now: its time
 *
 * Mains that fails or returns is believed at once. A low battery counts only
 * while mains has failed (some units say so at any time), and when two readings
 * in a row say so.
 *
 * Return: the state.
 */
enum ups_state ups_judge_reading(struct ups_judge *j, u32 flags, ktime_t now)
{
	j->misses = 0;
	if (!(flags & UPS_FLAG_MAINS_FAILED)) {
		j->lows = 0;
		j->state = UPS_ONLINE;
		return j->state;
	}

	j->lows = flags & UPS_FLAG_BATTERY_LOW ? j->lows + 1 : 0;
	if (j->lows < UPS_LOWS) {
		j->state = UPS_ON_BATTERY;
		return j->state;
	}

	if (j->state < UPS_LOW_BATTERY) {
		j->state = UPS_LOW_BATTERY;
		j->low_since = now;
	} else if (ktime_ms_delta(now, j->low_since) >= j->critical_ms) {
		j->state = UPS_CRITICAL;
	}
	return j->state;
}
EXPORT_SYMBOL_IF_KUNIT(ups_judge_reading);

/**
 * ups_judge_miss() - a poll has brought no reading
 * @j: the judge
 *
 * Relays that switch keep a UPS busy for a moment, so one or two are no loss.
 *
 * Return: the state.
 */
enum ups_state ups_judge_miss(struct ups_judge *j)
{
	if (j->misses < UPS_MISSES)
		j->misses++;
	if (j->misses == UPS_MISSES) {
		j->state = UPS_NO_COMM;
		j->lows = 0;
	}
	return j->state;
}
EXPORT_SYMBOL_IF_KUNIT(ups_judge_miss);

/**
 * ups_killpower_now() - whether to cut the outlets as the machine powers off
 * @policy: what the user wants
 * @state: of the UPS
 *
 * Without communication nothing is known, and nothing can be commanded.
 *
 * Return: true when they are to be cut.
 */
bool ups_killpower_now(enum ups_killpower policy, enum ups_state state)
{
	switch (policy) {
	case UPS_KILLPOWER_ALWAYS:
		return state != UPS_NO_COMM;
	case UPS_KILLPOWER_ON_BATTERY:
		return state == UPS_ON_BATTERY || state == UPS_LOW_BATTERY ||
		       state == UPS_CRITICAL;
	default:
		return false;
	}
}
EXPORT_SYMBOL_IF_KUNIT(ups_killpower_now);

/**
 * ups_capacity() - percentage for user space
 * @state: of the UPS
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
 * ups_battery_status() - status of the battery for user space
 * @state: of the UPS
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
		if ((status->valid & UPS_HAS_CHARGE) && status->charge < 100)
			return POWER_SUPPLY_STATUS_CHARGING;
		return POWER_SUPPLY_STATUS_FULL;
	default:
		return POWER_SUPPLY_STATUS_DISCHARGING;
	}
}
EXPORT_SYMBOL_IF_KUNIT(ups_battery_status);
