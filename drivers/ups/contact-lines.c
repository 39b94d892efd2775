// SPDX-License-Identifier: GPL-2.0-only
/*
 * UPSes with contact closure: what the lines mean. Pure: does not access the port or a clock.
 *
 * The facts in the table are those of two programs that have used these UPSes for decades:
 * the driver genericups of NUT 2.8.0, whose numbers of types are the comments, and the
 * simple-signalling driver of apcupsd 3.14.14. Where its documentation differs from its code
 * (types 0 and 3), the code is right here: it is what has been in use. Times to hold the
 * command are those of apcupsd for its cables, of tcsendbreak() for a break, and 5 s else;
 * NUT has none, but leaves the lines as they are.
 */
#include <kunit/visibility.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/termios.h>

#include "contact.h"

#define HOLD_MS		5000
#define HOLD_APC_MS	10000

/* Longest time between two readings that counts as time on mains */
#define CONTACT_CREDIT_MS	10000

#define DTR		TIOCM_DTR
#define RTS		TIOCM_RTS
#define HIGH(_line)	{ TIOCM_##_line, true }
#define LOW(_line)	{ TIOCM_##_line, false }

#define CABLE(_name, _power, _fail, _low, _kill, _hold)				\
	{ .name = _name, .power = _power, .fail = _fail, .low = _low,		\
	  .kill = _kill, .hold_ms = _hold }

static const struct contact_cable contact_cables[] = {
	/* NUT 0 to 23 */
	CABLE("upsonic-lan-saver", DTR | RTS, HIGH(CTS), HIGH(CAR), RTS, HOLD_MS),
	CABLE("apc-940-0095a", DTR, HIGH(RNG), HIGH(CAR), RTS, HOLD_APC_MS),
	CABLE("apc-940-0020b", RTS, HIGH(CTS), HIGH(CAR), DTR | RTS, HOLD_APC_MS),
	CABLE("powertech-comp1000", DTR, HIGH(CTS), HIGH(CAR), DTR | RTS, HOLD_MS),
	CABLE("rups", RTS, LOW(CTS), LOW(CAR), 0, HOLD_MS),
	CABLE("tripplite-lan", DTR, LOW(CTS), LOW(CAR), DTR | RTS, HOLD_MS),
	CABLE("best-patriot", DTR, LOW(CTS), LOW(CAR), RTS, HOLD_MS),
	CABLE("cyberpower-power99", RTS, LOW(CTS), LOW(CAR), DTR, HOLD_MS),
	CABLE("nitram-500", DTR, LOW(CTS), LOW(CAR), CONTACT_KILL_NONE, 0),
	CABLE("apc-940-0023a", 0, HIGH(CAR), HIGH(CTS), RTS, HOLD_MS),
	CABLE("victron-lite", RTS, LOW(CTS), LOW(CAR), DTR, HOLD_MS),
	CABLE("powerware-3115", DTR, HIGH(CTS), LOW(CAR), CONTACT_KILL_BREAK, HOLD_MS),
	CABLE("apc-940-0119a", RTS, HIGH(CTS), HIGH(CAR), DTR, HOLD_APC_MS),
	CABLE("repotec-rpt", DTR | RTS, LOW(CAR), LOW(CTS), CONTACT_KILL_BREAK, HOLD_MS),
	CABLE("online-p", DTR, LOW(CAR), LOW(CTS), RTS, HOLD_MS),
	CABLE("powerware-5119", DTR, LOW(CTS), LOW(CAR), CONTACT_KILL_BREAK, HOLD_MS),
	CABLE("nitram-2002", DTR | RTS, LOW(CTS), LOW(CAR), CONTACT_KILL_NONE, 0),
	CABLE("powerkinetics-9001", DTR, LOW(CTS), LOW(CAR), CONTACT_KILL_NONE, 0),
	CABLE("tripplite-omni", DTR, LOW(CTS), HIGH(CAR), CONTACT_KILL_NONE, 0),
	CABLE("fideltronik-ares", DTR, LOW(CTS), LOW(CAR), RTS, HOLD_MS),
	CABLE("powerware-5119rm", DTR, HIGH(CTS), HIGH(CAR), CONTACT_KILL_BREAK, HOLD_MS),
	CABLE("rups-2000", RTS, LOW(CTS), LOW(CAR), DTR | RTS, HOLD_MS),
	CABLE("gamatronic", RTS, LOW(CTS), LOW(CAR), DTR, HOLD_MS),
	{
		.name = "fttx", .power = RTS, .fail = LOW(CTS), .low = LOW(CAR),
		.replace = LOW(RNG), .bypass = LOW(DSR), .kill = CONTACT_KILL_NONE,
	},
	/* apcupsd alone; its other cables differ from those above in the lines that stay high */
	{
		.name = "apc-940-0095b", .power = DTR, .fail = HIGH(RNG), .kill = DTR | RTS,
		.hold_ms = HOLD_APC_MS,
	},
	CABLE("apcupsd-simple", DTR, HIGH(CAR), LOW(CTS), DTR | RTS, HOLD_APC_MS),
	CABLE("mam", RTS, LOW(CTS), LOW(CAR), DTR, HOLD_APC_MS),
};

/**
 * contact_cable_at() - get a cable by its place in the table
 * @i: the place; 0 to 23 are the types of NUT's genericups
 *
 * Return: the cable, or NULL.
 */
const struct contact_cable *contact_cable_at(unsigned int i)
{
	return i < ARRAY_SIZE(contact_cables) ? &contact_cables[i] : NULL;
}
EXPORT_SYMBOL_IF_KUNIT(contact_cable_at);

/**
 * contact_find_cable() - get a cable by its name
 * @name: the name
 *
 * Return: the cable, or NULL.
 */
const struct contact_cable *contact_find_cable(const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(contact_cables); i++)
		if (!strcmp(contact_cables[i].name, name))
			return &contact_cables[i];
	return NULL;
}
EXPORT_SYMBOL_IF_KUNIT(contact_find_cable);

/**
 * contact_parse_input() - parse the name of an input
 * @text: cts, dsr, ri or dcd, with "-" before it for a condition that is true while the line
 *	is low; or none
 * @input: the result
 *
 * Return: 0 or -EINVAL, with @input unchanged.
 */
int contact_parse_input(const char *text, struct contact_input *input)
{
	static const struct {
		const char *name;
		int line;
	} names[] = {
		{ "cts", TIOCM_CTS }, { "dsr", TIOCM_DSR }, { "ri", TIOCM_RNG },
		{ "dcd", TIOCM_CAR },
	};
	bool high = *text != '-';
	unsigned int i;

	if (!strcmp(text, "none")) {
		*input = (struct contact_input){ };
		return 0;
	}
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		if (strcmp(text + !high, names[i].name))
			continue;
		*input = (struct contact_input){ names[i].line, high };
		return 0;
	}
	return -EINVAL;
}
EXPORT_SYMBOL_IF_KUNIT(contact_parse_input);

/**
 * contact_parse_outputs() - parse the names of outputs
 * @text: dtr, rts, dtr+rts for those that are high; low if none is; for @kill also break, and
 *	none if the UPS cannot be switched off
 * @kill: whether they are those that switch it off
 * @outputs: the result, as in &struct contact_cable
 *
 * Return: 0 or -EINVAL, with @outputs unchanged.
 */
int contact_parse_outputs(const char *text, bool kill, int *outputs)
{
	static const struct {
		const char *name;
		int outputs;
	} names[] = {
		{ "dtr", DTR }, { "rts", RTS }, { "dtr+rts", DTR | RTS }, { "low", 0 },
		{ "break", CONTACT_KILL_BREAK }, { "none", CONTACT_KILL_NONE },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		if (strcmp(text, names[i].name) || (names[i].outputs < 0 && !kill))
			continue;
		*outputs = names[i].outputs;
		return 0;
	}
	return -EINVAL;
}
EXPORT_SYMBOL_IF_KUNIT(contact_parse_outputs);

/**
 * contact_from_mask() - make a cable from the option mask of the Windows UPS service
 * @mask: CONTACT_OPT_* bits
 * @cable: the result
 *
 * Vendors state this mask for models of Windows NT to XP. The lines are fixed: a failure of
 * mains at CTS, a low battery at DCD, the command to switch off at DTR. RTS powers the cable.
 *
 * Return: 0; -EINVAL for a mask without a UPS, without any signal of it, or with other bits.
 */
int contact_from_mask(u32 mask, struct contact_cable *cable)
{
	bool kill_high = mask & CONTACT_OPT_KILL_HIGH;

	if ((mask & ~CONTACT_OPT_ALL) || !(mask & CONTACT_OPT_INSTALLED) ||
	    !(mask & (CONTACT_OPT_FAIL | CONTACT_OPT_LOW)))
		return -EINVAL;
	*cable = (struct contact_cable){
		.name = "options", .power = RTS, .kill = CONTACT_KILL_NONE,
	};
	if (mask & CONTACT_OPT_FAIL)
		cable->fail = (struct contact_input){ TIOCM_CTS, mask & CONTACT_OPT_FAIL_HIGH };
	if (mask & CONTACT_OPT_LOW)
		cable->low = (struct contact_input){ TIOCM_CAR, mask & CONTACT_OPT_LOW_HIGH };
	if (mask & CONTACT_OPT_KILL) {
		cable->power |= kill_high ? 0 : DTR;
		cable->kill = RTS | (kill_high ? DTR : 0);
		cable->hold_ms = HOLD_MS;
	}
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(contact_from_mask);

static bool contact_input_is_true(const struct contact_input *input, int lines)
{
	return input->line && !!(lines & input->line) == input->high;
}

/**
 * contact_flags() - convert the lines to flags
 * @cable: the cable
 * @lines: TIOCM_* bits
 *
 * If the UPS signals only a low battery, mains fails with it.
 *
 * Return: UPS_FLAG_* bits.
 */
u32 contact_flags(const struct contact_cable *cable, int lines)
{
	bool low = contact_input_is_true(&cable->low, lines);
	u32 flags = 0;

	if (contact_input_is_true(&cable->fail, lines) || (!cable->fail.line && low))
		flags |= UPS_FLAG_MAINS_FAILED;
	if (low)
		flags |= UPS_FLAG_BATTERY_LOW;
	if (contact_input_is_true(&cable->replace, lines))
		flags |= UPS_FLAG_REPLACE;
	if (contact_input_is_true(&cable->bypass, lines))
		flags |= UPS_FLAG_BYPASS;
	return flags;
}
EXPORT_SYMBOL_IF_KUNIT(contact_flags);

/**
 * contact_is_silent() - check whether the lines may be those of an unplugged cable
 * @cable: the cable
 * @lines: TIOCM_* bits
 *
 * All inputs are then low, as they are with some cables when mains fails and the battery is
 * low. With the others, an unplugged cable looks like a UPS on mains or on battery.
 *
 * Return: true if all inputs are low, and that means a low battery.
 */
bool contact_is_silent(const struct contact_cable *cable, int lines)
{
	const u32 low = UPS_FLAG_MAINS_FAILED | UPS_FLAG_BATTERY_LOW;

	return !(lines & CONTACT_INPUTS) && (contact_flags(cable, 0) & low) == low;
}
EXPORT_SYMBOL_IF_KUNIT(contact_is_silent);

/**
 * contact_opening_kills() - check whether DTR and RTS, both high, switch the UPS off
 * @cable: the cable
 *
 * Opening a port raises both, before anything else can be done.
 *
 * Return: true if the command to switch off is a high level of a line that is low otherwise.
 */
bool contact_opening_kills(const struct contact_cable *cable)
{
	return cable->kill >= 0 && (cable->kill & ~cable->power);
}
EXPORT_SYMBOL_IF_KUNIT(contact_opening_kills);

/**
 * contact_closing_kills() - check whether DTR and RTS, both low, switch the UPS off
 * @cable: the cable
 *
 * They are when a port is closed, and while the machine is reset.
 *
 * Return: true if the command to switch off is only a low level.
 */
bool contact_closing_kills(const struct contact_cable *cable)
{
	return cable->kill >= 0 && !(cable->kill & ~cable->power);
}
EXPORT_SYMBOL_IF_KUNIT(contact_closing_kills);

/**
 * contact_debounce() - ignore a change of mains that does not last
 * @d: the state so far
 * @failed: whether mains has failed in this reading
 * @now: its time
 *
 * The first reading counts at once.
 *
 * Return: whether mains has failed.
 */
bool contact_debounce(struct contact_debounce *d, bool failed, ktime_t now)
{
	if (!d->known) {
		d->known = true;
		d->failed = failed;
		d->changed = false;
		return failed;
	}
	if (failed == d->failed) {
		d->changed = false;
		return failed;
	}
	if (!d->changed) {
		d->changed = true;
		d->since = now;
	}
	if (ktime_ms_delta(now, d->since) >= d->ms) {
		d->changed = false;
		d->failed = failed;
	}
	return d->failed;
}
EXPORT_SYMBOL_IF_KUNIT(contact_debounce);

/**
 * contact_estimate() - estimate the run time that is left
 * @e: the estimate so far
 * @failed: whether mains has failed in this reading
 * @awake: its time, without time asleep
 * @now: its time, with time asleep
 *
 * As the Windows UPS service does for a UPS that does not report a low battery: it is empty
 * at first, so that a failure soon after the boot counts as a low battery. Each time of
 * &contact_estimate.ratio on mains adds one, up to a full battery. Time on mains without
 * readings does not count; on battery, it does.
 *
 * Return: seconds, rounded down.
 */
int contact_estimate(struct contact_estimate *e, bool failed, ktime_t awake, ktime_t now)
{
	const s64 full_ms = (s64)e->full_s * 1000;
	s64 on_mains;
	s32 rest;

	if (e->known && e->failed) {
		e->left_ms -= ktime_ms_delta(now, e->now);
	} else if (e->known) {
		on_mains = ktime_ms_delta(awake, e->awake);
		if (on_mains > 0 && on_mains <= CONTACT_CREDIT_MS)
			e->rest_ms += on_mains;
		e->left_ms += div_s64_rem(e->rest_ms, e->ratio, &rest);
		e->rest_ms = rest;
	}
	e->left_ms = clamp_t(s64, e->left_ms, 0, full_ms);
	e->known = true;
	e->failed = failed;
	e->awake = awake;
	e->now = now;
	return div_s64(e->left_ms, 1000);
}
EXPORT_SYMBOL_IF_KUNIT(contact_estimate);
