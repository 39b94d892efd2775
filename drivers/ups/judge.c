// SPDX-License-Identifier: GPL-2.0-only
/* From bytes to replies, from readings to states. Pure: no port, no clock. */
#include <kunit/visibility.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/string.h>

#include "ups.h"

/*
 * upower goes by the percentage alone: a battery that the UPS calls low must not
 * be shown above the level at which it acts (2 percent by default), nor one that
 * is about to end.
 */
#define UPS_CAPACITY_LOW	5
#define UPS_CAPACITY_CRITICAL	2

/*
 * Time that user space takes from a low battery to the end of its shutdown: upower
 * waits 20 s, systemd gives services up to 90 s each.
 */
#define UPS_RACE_MS		(5 * 60 * 1000)

/* Events about the percentage alone: how often, and how often for a small step */
#define UPS_EVENT_MS		10000
#define UPS_EVENT_LATE_MS	60000
#define UPS_EVENT_STEP		3

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

static bool ups_framer_begins(const struct ups_framer *f, u8 c)
{
	if (!f->start)
		return !f->len && !f->skip && c >= ' ' && c <= '~';
	/* Elsewhere it may be filling: "#ACME POWER######". */
	return c == f->start && (!f->len || c == f->restart);
}

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
	if (ups_framer_begins(f, c)) {
		/* What came before it was the rest of something else. */
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
 * ups_wire_ms() - time that a long reply takes on the wire
 * @speed: baud
 *
 * 64 bytes of 10 bits: the replies that a UPS is asked for regularly are shorter.
 *
 * Return: milliseconds.
 */
unsigned int ups_wire_ms(unsigned int speed)
{
	return DIV_ROUND_UP(64 * 10 * 1000, speed);
}
EXPORT_SYMBOL_IF_KUNIT(ups_wire_ms);

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

static bool ups_is_low(const struct ups_rules *r, const struct ups_status *s)
{
	if (s->flags & UPS_FLAG_BATTERY_LOW)
		return true;
	if ((s->valid & UPS_HAS_CHARGE) && r->low_charge && s->charge <= (int)r->low_charge)
		return true;
	return (s->valid & UPS_HAS_RUNTIME) && r->low_runtime &&
	       s->runtime <= (int)r->low_runtime;
}

static bool ups_has_waited(ktime_t since, ktime_t now, unsigned int ms)
{
	return ktime_ms_delta(now, since) >= ms;
}

static enum ups_state ups_judge_end(struct ups_judge *j, enum ups_state state, ktime_t now)
{
	if (state >= UPS_LOW_BATTERY || j->last >= UPS_LOW_BATTERY) {
		j->was_low = true;
		j->low_seen = now;
	}
	j->state = state;
	return state;
}

/**
 * ups_judge_reading() - update the state from a reading
 * @j: the judge
 * @status: the reading: flags, charge and runtime are used
 * @now: its time
 *
 * Mains that fails or returns is believed at once. A low battery counts only
 * while mains has failed (some units report it at any time), and when two readings
 * in a row report it; it stays low until mains returns, because a flag that comes
 * and goes is the sign of a battery at its end. A communication that was lost
 * continues with the state before.
 *
 * Return: the state.
 */
enum ups_state ups_judge_reading(struct ups_judge *j, const struct ups_status *status,
				 ktime_t now)
{
	j->misses = 0;
	j->lost = false;
	j->heard = now;
	if (!(status->flags & UPS_FLAG_MAINS_FAILED)) {
		j->lows = 0;
		j->last = UPS_ONLINE;
		return ups_judge_end(j, UPS_ONLINE, now);
	}

	if (j->last <= UPS_ONLINE) {
		j->last = UPS_ON_BATTERY;
		j->battery_since = now;
	}
	if (j->last == UPS_ON_BATTERY) {
		j->lows = ups_is_low(&j->rules, status) ? j->lows + 1 : 0;
		if (j->lows >= UPS_LOWS ||
		    (j->rules.low_after_ms &&
		     ups_has_waited(j->battery_since, now, j->rules.low_after_ms))) {
			j->last = UPS_LOW_BATTERY;
			j->low_since = now;
		}
	} else if (ups_has_waited(j->low_since, now, j->rules.critical_ms)) {
		j->last = UPS_CRITICAL;
	}
	return ups_judge_end(j, j->last, now);
}
EXPORT_SYMBOL_IF_KUNIT(ups_judge_reading);

/**
 * ups_judge_miss() - a poll has brought no reading
 * @j: the judge
 * @now: its time
 *
 * Relays that switch keep a UPS busy for a moment, so one or two are not a loss.
 * After that a UPS that was on battery may have its end any moment: a low battery
 * becomes critical in the same time as with communication, and any battery after
 * a deadline of its own.
 *
 * Return: the state.
 */
enum ups_state ups_judge_miss(struct ups_judge *j, ktime_t now)
{
	if (j->misses < UPS_MISSES)
		j->misses++;
	if (j->misses < UPS_MISSES)
		return j->state;

	j->lost = true;
	j->lows = 0;
	if (j->last == UPS_LOW_BATTERY && ups_has_waited(j->low_since, now, j->rules.critical_ms))
		j->last = UPS_CRITICAL;
	if (j->last == UPS_CRITICAL ||
	    (j->last > UPS_ONLINE && j->rules.silence_ms &&
	     ups_has_waited(j->heard, now, j->rules.silence_ms)))
		return ups_judge_end(j, UPS_CRITICAL, now);
	return ups_judge_end(j, UPS_NO_COMM, now);
}
EXPORT_SYMBOL_IF_KUNIT(ups_judge_miss);

/**
 * ups_judge_power() - what feeds the outlets, as far as it is known
 * @j: the judge
 *
 * A UPS that fell silent on battery is on battery until it reports something else.
 *
 * Return: the state; %UPS_NO_COMM only when mains was last seen, or nothing yet.
 */
enum ups_state ups_judge_power(const struct ups_judge *j)
{
	return j->state == UPS_NO_COMM && j->last > UPS_ONLINE ? j->last : j->state;
}
EXPORT_SYMBOL_IF_KUNIT(ups_judge_power);

/**
 * ups_killpower_now() - whether to cut the outlets as the machine powers off
 * @policy: what the user wants
 * @j: state of the UPS
 * @committed: the machine powers off because the UPS was critical
 * @now: time
 *
 * A UPS that has fallen silent is judged by its last reading: its answers may be
 * lost while commands still reach it.
 *
 * A machine that powers off because its battery was low must lose its power even
 * when mains has returned by then: it would never start again. Whether that is the
 * reason is known only when the power-off was ordered here; any other one that
 * comes soon after a low battery is taken for it.
 *
 * Return: true when they are to be cut.
 */
bool ups_killpower_now(enum ups_killpower policy, const struct ups_judge *j, bool committed,
		       ktime_t now)
{
	switch (policy) {
	case UPS_KILLPOWER_ALWAYS:
		return j->last != UPS_NO_COMM;
	case UPS_KILLPOWER_ON_BATTERY:
		return j->last > UPS_ONLINE || committed ||
		       (j->was_low && !ups_has_waited(j->low_seen, now, UPS_RACE_MS));
	default:
		return false;
	}
}
EXPORT_SYMBOL_IF_KUNIT(ups_killpower_now);

static void ups_keep(struct ups_status *now, const struct ups_status *last, u32 bit, int *val,
		     int old)
{
	if ((now->valid & bit) || !(last->valid & bit))
		return;
	*val = old;
	now->valid |= bit;
}

/**
 * ups_status_keep() - keep what a reading does not carry
 * @now: the reading; what is missing is filled from @last
 * @last: the one before, filled likewise
 *
 * A field may be unreadable once. A property that can be read must stay so: programs
 * take an error of capacity for 0 percent. Flags are always those of @now.
 *
 * Context: any; pure.
 */
void ups_status_keep(struct ups_status *now, const struct ups_status *last)
{
	ups_keep(now, last, UPS_HAS_INPUT, &now->input_mv, last->input_mv);
	ups_keep(now, last, UPS_HAS_OUTPUT, &now->output_mv, last->output_mv);
	ups_keep(now, last, UPS_HAS_LOAD, &now->load, last->load);
	ups_keep(now, last, UPS_HAS_FREQUENCY, &now->frequency_mhz, last->frequency_mhz);
	ups_keep(now, last, UPS_HAS_BATTERY, &now->battery_uv, last->battery_uv);
	ups_keep(now, last, UPS_HAS_TEMP, &now->temp, last->temp);
	ups_keep(now, last, UPS_HAS_CHARGE, &now->charge, last->charge);
	ups_keep(now, last, UPS_HAS_RUNTIME, &now->runtime, last->runtime);
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
 * ups_ident_fill() - add what has been found out to what is known
 * @known: what is known; a value that is shown never changes, as user space takes
 *	a change for another battery
 * @found: what has been found out
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
 * ups_capacity() - percentage for user space
 * @state: of the UPS, see ups_judge_power()
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
 * ups_capacity_event() - whether a new percentage is worth an event
 * @sent: percentage of the last event
 * @now: percentage
 * @at: time of the last event
 * @time: time of @now
 * @discharging: it matters
 *
 * A voltage that changes by its last digit is several percent of some batteries.
 *
 * Return: true for an event.
 */
bool ups_capacity_event(int sent, int now, ktime_t at, ktime_t time, bool discharging)
{
	if (sent == now || !ups_has_waited(at, time, UPS_EVENT_MS))
		return false;
	return discharging || abs(now - sent) >= UPS_EVENT_STEP ||
	       ups_has_waited(at, time, UPS_EVENT_LATE_MS);
}
EXPORT_SYMBOL_IF_KUNIT(ups_capacity_event);

/**
 * ups_battery_status() - status of the battery for user space
 * @state: of the UPS, see ups_judge_power()
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
