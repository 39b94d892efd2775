// SPDX-License-Identifier: GPL-2.0-only
/*
 * The protocol of APC's Smart-UPS ("UPS-Link"), as sent and understood by NUT's driver
 * apcsmart 2.8.0 and described in the manual of apcupsd. Pure: does not access the port or
 * a clock.
 *
 * Replies do not say to which query they belong. A query that the unit does not know is
 * answered with "NA".
 */
#include <kunit/visibility.h>
#include <linux/bitmap.h>
#include <linux/bits.h>
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/module.h>
#include <linux/string.h>

#include "apcsmart.h"

/* Upper limit of a plausible voltage, mV, and of a plausible runtime, minutes */
#define APCSMART_MAX_MV		1000000
#define APCSMART_MAX_MIN	9999
/* Longest delay that three digits can express, seconds */
#define APCSMART_MAX_S		999

/* Bits of the reply to 8: relay, sleeping by @ or by S, charger, bypass relay, heat */
#define APCSMART_REG_FAULT	(BIT(2) | BIT(5) | BIT(6) | BIT(7))
#define APCSMART_REG_OFF	(BIT(3) | BIT(4))

/**
 * apcsmart_parse_hex() - parse the reply to Q, 8 or 9
 * @reply: text without terminator
 *
 * Context: any; pure.
 * Return: 0 to 255, or -EBADMSG, for example for "SM", which means not ready.
 */
int apcsmart_parse_hex(const char *reply)
{
	u8 val;

	if (strlen(reply) != 2 || !isxdigit(reply[0]) || !isxdigit(reply[1]) ||
	    kstrtou8(reply, 16, &val))
		return -EBADMSG;
	return val;
}
EXPORT_SYMBOL_IF_KUNIT(apcsmart_parse_hex);

/**
 * apcsmart_state_is_sane() - check the reply to Q
 * @state: its bits
 *
 * Old models send garbage during a test of their front panel.
 *
 * Context: any; pure.
 * Return: whether it is either on line or on battery. Also false when the unit is off.
 */
bool apcsmart_state_is_sane(u8 state)
{
	return !(state & APCSMART_ON_LINE) != !(state & APCSMART_ON_BATTERY);
}
EXPORT_SYMBOL_IF_KUNIT(apcsmart_state_is_sane);

/**
 * apcsmart_state_flags() - convert the reply to Q
 * @state: its bits
 *
 * Context: any; pure.
 * Return: UPS_FLAG_* bits. A unit that is neither on line nor on battery is off.
 */
u32 apcsmart_state_flags(u8 state)
{
	static const struct {
		u8 bit;
		u32 flag;
	} known[] = {
		{ APCSMART_TRIM | APCSMART_BOOST, UPS_FLAG_BYPASS },
		{ APCSMART_ON_BATTERY, UPS_FLAG_MAINS_FAILED },
		{ APCSMART_OVERLOAD, UPS_FLAG_FAULT },
		{ APCSMART_LOW, UPS_FLAG_BATTERY_LOW },
		{ APCSMART_REPLACE, UPS_FLAG_REPLACE },
	};
	u32 flags = 0;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(known); i++)
		if (state & known[i].bit)
			flags |= known[i].flag;
	if (!(state & (APCSMART_ON_LINE | APCSMART_ON_BATTERY)))
		flags |= UPS_FLAG_SHUTDOWN;
	return flags;
}
EXPORT_SYMBOL_IF_KUNIT(apcsmart_state_flags);

/* "023.5": a number that has lost characters would be a different one. */
static int apcsmart_number(const char *reply)
{
	const char *point = strchr(reply, '.');

	if (!point || point < reply + 2 || !point[1])
		return -EBADMSG;
	return ups_text_number(reply, strlen(reply));
}

/* "099.0" percent: one that seems empty could make a machine power off. */
static int apcsmart_charge(const char *reply)
{
	return strlen(reply) == 5 && reply[3] == '.' ? apcsmart_number(reply) : -EBADMSG;
}

/* "0327:" minutes, at least four digits */
static int apcsmart_runtime(const char *reply)
{
	size_t len = strlen(reply);
	int val;

	if (len < 5 || len > 7 || reply[len - 1] != ':' || memchr(reply, '.', len))
		return -EBADMSG;
	val = ups_text_number(reply, len - 1);
	return val < 0 || val > APCSMART_MAX_MIN * 1000 ? -EBADMSG : val / 1000 * 60;
}

/**
 * apcsmart_parse_value() - parse the reply to the query of one value
 * @command: 'B', 'C', 'F', 'L', 'O', 'P', 'f' or 'j'
 * @reply: text without terminator
 * @status: a status; the value is added
 *
 * Context: any; pure.
 * Return: 0, or -EBADMSG if it is not such a value, or not a plausible one.
 */
int apcsmart_parse_value(char command, const char *reply, struct ups_status *status)
{
	/* Largest value, and what one unit of the status is, both in thousandths */
	const struct {
		char command;
		u32 bit;
		int *member;
		int max;
		int unit;
	} values[] = {
		{ 'C', UPS_HAS_TEMP, &status->temp, 200000, 100 },
		{ 'F', UPS_HAS_FREQUENCY, &status->frequency_millihz, 500000, 1 },
		{ 'L', UPS_HAS_INPUT, &status->input_mv, APCSMART_MAX_MV, 1 },
		{ 'O', UPS_HAS_OUTPUT, &status->output_mv, APCSMART_MAX_MV, 1 },
		{ 'P', UPS_HAS_LOAD, &status->load, 200000, 1000 },
		{ 'f', UPS_HAS_CHARGE, &status->charge, 100000, 1000 },
	};
	unsigned int i;
	int val;

	if (command == 'j') {
		val = apcsmart_runtime(reply);
		ups_text_set(status, UPS_HAS_RUNTIME, &status->runtime, val);
		return val < 0 ? val : 0;
	}
	val = command == 'f' ? apcsmart_charge(reply) : apcsmart_number(reply);
	if (val < 0)
		return -EBADMSG;
	if (command == 'B') {
		if (val > APCSMART_MAX_MV)
			return -EBADMSG;
		ups_text_set(status, UPS_HAS_BATTERY, &status->battery_uv, val * 1000);
		return 0;
	}
	for (i = 0; i < ARRAY_SIZE(values); i++) {
		if (values[i].command != command || val > values[i].max)
			continue;
		ups_text_set(status, values[i].bit, values[i].member, val / values[i].unit);
		return 0;
	}
	return -EBADMSG;
}
EXPORT_SYMBOL_IF_KUNIT(apcsmart_parse_value);

/**
 * apcsmart_parse_test() - parse the reply to X
 * @reply: text without terminator
 * @flags: where to store UPS_FLAG_* bits
 *
 * The result of the last battery test: OK, BT for a weak battery, NG for an overload, NO
 * for none in the last minutes.
 *
 * Context: any; pure.
 * Return: 0, or -EBADMSG if it is none of them.
 */
int apcsmart_parse_test(const char *reply, u32 *flags)
{
	*flags = 0;
	if (!strcmp(reply, "BT"))
		*flags = UPS_FLAG_REPLACE;
	else if (!strcmp(reply, "NG"))
		*flags = UPS_FLAG_FAULT;
	else if (strcmp(reply, "OK") && strcmp(reply, "NO"))
		return -EBADMSG;
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(apcsmart_parse_test);

/**
 * apcsmart_register_flags() - convert the reply to 8
 * @reg: its bits
 *
 * Context: any; pure.
 * Return: UPS_FLAG_* bits.
 */
u32 apcsmart_register_flags(u8 reg)
{
	return (reg & APCSMART_REG_FAULT ? UPS_FLAG_FAULT : 0) |
	       (reg & APCSMART_REG_OFF ? UPS_FLAG_SHUTDOWN : 0);
}
EXPORT_SYMBOL_IF_KUNIT(apcsmart_register_flags);

/**
 * apcsmart_parse_seconds() - parse the reply to p
 * @reply: text without terminator, "020"
 *
 * Context: any; pure.
 * Return: seconds, or -EBADMSG.
 */
int apcsmart_parse_seconds(const char *reply)
{
	size_t len = strlen(reply);
	int val = len && len <= 4 && !strchr(reply, '.') ? ups_text_number(reply, len) : -1;

	return val < 0 || val > APCSMART_MAX_S * 1000 ? -EBADMSG : val / 1000;
}
EXPORT_SYMBOL_IF_KUNIT(apcsmart_parse_seconds);

/**
 * apcsmart_parse_volts() - parse the reply to g or o
 * @reply: text without terminator, "024"
 *
 * Context: any; pure.
 * Return: mV, more than 0, or -EBADMSG.
 */
int apcsmart_parse_volts(const char *reply)
{
	int val = ups_text_number(reply, strlen(reply));

	return val <= 0 || val > APCSMART_MAX_MV ? -EBADMSG : val;
}
EXPORT_SYMBOL_IF_KUNIT(apcsmart_parse_volts);

/**
 * apcsmart_parse_text() - parse a reply that is one text
 * @reply: text without terminator
 * @text: where to store it, without spaces at its ends
 *
 * Replies to ^A (model), n (serial number), b and V (firmware). Answers to commands are
 * rejected: they are late.
 *
 * Context: any; pure.
 * Return: 0, or -EBADMSG if it is not a text.
 */
int apcsmart_parse_text(const char *reply, char text[UPS_STRING_LEN])
{
	static const char * const answers[] = { "NA", "NO", "OK", "SM", "BYE", "*" };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(answers); i++)
		if (!strcmp(reply, answers[i]))
			return -EBADMSG;
	ups_text_column(reply, 0, strlen(reply), text);
	return *text ? 0 : -EBADMSG;
}
EXPORT_SYMBOL_IF_KUNIT(apcsmart_parse_text);

static void apcsmart_add(unsigned long *commands, const char *text)
{
	for (; *text && *text != '.'; text++)
		if ((u8)*text < APCSMART_COMMANDS)
			__set_bit(*text, commands);
}

/**
 * apcsmart_parse_commands() - parse the reply to a
 * @reply: text without terminator: version, alerts, commands, and perhaps more, with dots
 *	between them
 * @commands: set of %APCSMART_COMMANDS bits, zeroed; the commands are added
 *
 * Context: any; pure.
 * Return: 0, or -EBADMSG if it is not such a list. Then @commands is not changed.
 */
int apcsmart_parse_commands(const char *reply, unsigned long *commands)
{
	const char *alerts = strchr(reply, '.');
	const char *list = alerts ? strchr(alerts + 1, '.') : NULL;

	/* A unit without Q has a different protocol. */
	if (!list || alerts == reply || !isalnum(alerts[-1]) ||
	    !memchr(list + 1, 'Q', strcspn(list + 1, ".")))
		return -EBADMSG;
	apcsmart_add(commands, list + 1);
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(apcsmart_parse_commands);

/**
 * apcsmart_default_commands() - commands of a unit that does not list them
 * @firmware: reply to V or b, or an empty string
 * @commands: set of %APCSMART_COMMANDS bits, zeroed; the commands are added
 *
 * Only those that the driver uses. Units with other firmware have a few in common.
 *
 * Context: any; pure.
 */
void apcsmart_default_commands(const char *firmware, unsigned long *commands)
{
	static const char full[] = "@79ABCFGLOPQSUWXYfgjknopq";
	static const char matrix[] = "@789ABCFGLOPQSUWXYfgjknopq";
	static const char few[] = "@79ABCFGLOPQSUWXYfg";
	static const struct {
		const char *firmware;
		const char *commands;
	} known[] = {
		{ "0XI", matrix }, { "0XM", matrix }, { "0ZI", full }, { "5UI", full },
		{ "5ZM", full }, { "6QD", full }, { "6QI", full }, { "6TD", full },
		{ "6TI", full }, { "7QD", full }, { "7QI", full }, { "7TD", full },
		{ "7TI", full }, { "7II", few }, { "8II", few }, { "8GI", few },
		{ "9II", few }, { "9GI", few }, { "8QD", full }, { "8QI", full },
		{ "8TD", full }, { "8TI", full },
		{ "5.4.D", "@\1ABPQSUYbfgjn9" },	/* Back-UPS CS 350 */
	};
	const char *found = "BCFLOPQSWYf@U";
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(known); i++)
		if (!strcmp(firmware, known[i].firmware))
			found = known[i].commands;
	apcsmart_add(commands, found);
}
EXPORT_SYMBOL_IF_KUNIT(apcsmart_default_commands);

/**
 * apcsmart_pick_delay() - find the best of several delays
 * @delays: seconds, in any order
 * @num: their number
 * @seconds: minimum delay
 *
 * Context: any; pure.
 * Return: the shortest that is not shorter than @seconds, or -ERANGE if there is none.
 */
int apcsmart_pick_delay(const int delays[], size_t num, unsigned int seconds)
{
	int best = -ERANGE;
	size_t i;

	for (i = 0; i < num; i++)
		if (delays[i] >= 0 && delays[i] >= seconds && (best < 0 || delays[i] < best))
			best = delays[i];
	return best;
}
EXPORT_SYMBOL_IF_KUNIT(apcsmart_pick_delay);

/**
 * apcsmart_verdict() - interpret a line received after a command
 * @command: the command
 * @reply: the line, without terminator
 *
 * Context: any; pure.
 * Return: 0 if the unit accepts the command, -EOPNOTSUPP if it does not know it, or cannot
 * do it now, -EIO if it refuses it, 1 if the line is unrelated.
 */
int apcsmart_verdict(const char *command, const char *reply)
{
	if (!strcmp(reply, "OK") || !strcmp(reply, "*"))
		return 0;
	if (!strcmp(reply, "NA"))
		return -EOPNOTSUPP;
	return strcmp(reply, "NO") ? 1 : -EIO;
}
EXPORT_SYMBOL_IF_KUNIT(apcsmart_verdict);

/**
 * apcsmart_alert() - bit of an alert
 * @c: a character of %APCSMART_ALERTS
 *
 * Context: any; pure.
 * Return: its bit in the result of ups_serial_alerts(), or 0.
 */
u32 apcsmart_alert(char c)
{
	const char *at = c ? strchr(APCSMART_ALERTS, c) : NULL;

	return at ? BIT(at - APCSMART_ALERTS) : 0;
}
EXPORT_SYMBOL_IF_KUNIT(apcsmart_alert);
