/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __UPS_CONTACT_H
#define __UPS_CONTACT_H

#include <linux/bits.h>
#include <linux/ktime.h>
#include <linux/power/ups_serial.h>
#include <linux/types.h>

/* Inputs that a cable can use, as TIOCM_* bits */
#define CONTACT_INPUTS	(TIOCM_CTS | TIOCM_DSR | TIOCM_RNG | TIOCM_CAR)
#define CONTACT_OUTPUTS	(TIOCM_DTR | TIOCM_RTS)

/* Values of contact_cable::kill that are not levels of the outputs */
#define CONTACT_KILL_NONE	(-1)
#define CONTACT_KILL_BREAK	(-2)

/* Bits of the option mask, see contact_from_mask() */
#define CONTACT_OPT_INSTALLED	BIT(0)
#define CONTACT_OPT_FAIL	BIT(1)
#define CONTACT_OPT_LOW		BIT(2)
#define CONTACT_OPT_KILL	BIT(3)
#define CONTACT_OPT_FAIL_HIGH	BIT(4)
#define CONTACT_OPT_LOW_HIGH	BIT(5)
#define CONTACT_OPT_KILL_HIGH	BIT(6)
#define CONTACT_OPT_ALL		0x7f

/**
 * struct contact_input - a condition that the UPS signals
 * @line: one of %CONTACT_INPUTS; 0 if the UPS does not signal it
 * @high: whether it is true while the line is high
 */
struct contact_input {
	int line;
	bool high;
};

/**
 * struct contact_cable - which line has which meaning
 * @name: value of the property "contact,cable"
 * @power: outputs that are high while the UPS is monitored; the others are low
 * @fail: mains has failed
 * @low: the battery is low
 * @replace: the battery needs replacement
 * @bypass: the battery is bypassed, or missing
 * @kill: outputs that are high to switch the UPS off, with the others low, or
 *	CONTACT_KILL_*
 * @hold_ms: how long the command to switch off has to last
 */
struct contact_cable {
	const char *name;
	int power;
	struct contact_input fail;
	struct contact_input low;
	struct contact_input replace;
	struct contact_input bypass;
	int kill;
	unsigned int hold_ms;
};

const struct contact_cable *contact_find_cable(const char *name);
const struct contact_cable *contact_cable_at(unsigned int i);
int contact_parse_input(const char *text, struct contact_input *input);
int contact_parse_outputs(const char *text, bool kill, int *outputs);
int contact_from_mask(u32 mask, struct contact_cable *cable);
u32 contact_flags(const struct contact_cable *cable, int lines);
bool contact_is_silent(const struct contact_cable *cable, int lines);
bool contact_opening_kills(const struct contact_cable *cable);
bool contact_closing_kills(const struct contact_cable *cable);

/**
 * struct contact_debounce - a condition that counts when it lasts
 * @ms: for this time
 * @known: there has been a reading
 * @failed: the condition that counts
 * @changed: the last readings were different
 * @since: time of the first of them
 */
struct contact_debounce {
	unsigned int ms;
	bool known;
	bool failed;
	bool changed;
	ktime_t since;
};

bool contact_debounce(struct contact_debounce *d, bool failed, ktime_t now);

/**
 * struct contact_estimate - run time of a UPS that does not report a low battery
 * @full_s: run time of the full battery, seconds; 0 for no estimate
 * @ratio: seconds on mains for each second of run time
 * @known: there has been a reading
 * @failed: mains had failed at the last one
 * @left_ms: run time left
 * @rest_ms: time on mains that is less than 1 ms of run time
 * @awake: time of the last reading, without time asleep
 * @now: the same, with time asleep
 */
struct contact_estimate {
	u32 full_s;
	u32 ratio;
	bool known;
	bool failed;
	s64 left_ms;
	s64 rest_ms;
	ktime_t awake;
	ktime_t now;
};

/* Run time left at which the battery is low, seconds */
#define CONTACT_LOW_S	120

int contact_estimate(struct contact_estimate *e, bool failed, ktime_t awake, ktime_t now);

#endif /* __UPS_CONTACT_H */
