// SPDX-License-Identifier: GPL-2.0-only
/*
 * The text protocol of CyberPower, as sent and understood by the text part of the driver
 * powerpanel of NUT 2.8.0, and with the replies that are recorded there. Pure: does not
 * access the port or a clock.
 *
 * Each reply begins with '#'. The status is a row of values, each after a letter, and ends
 * with flags, which are binary: they may have the values of '#' and of the end of a line.
 */
#include <kunit/visibility.h>
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/string.h>

#include "cyberpower.h"

#define CYBERPOWER_FIELDS	4

/* Most bytes of flags; the recorded units have two or six. */
#define CYBERPOWER_MAX_FLAGS	16

/* The first byte of the flags; 0 while the output is off */
#define CYBERPOWER_TESTING	0x08
#define CYBERPOWER_LOW		0x20
#define CYBERPOWER_ON_BATTERY	0x40

/* Upper limit of a plausible voltage, and of that of one battery */
#define CYBERPOWER_MAX_MV	1000000
#define CYBERPOWER_BATTERY_MV	60000
/* Longest plausible runtime, minutes: more is a filler */
#define CYBERPOWER_MAX_MIN	9998

/* Split at commas. Returns the number of fields, of which @max at most are stored. */
static unsigned int cyberpower_split(const char *text, const char *field[], size_t len[],
				     unsigned int max)
{
	unsigned int n = 0;

	for (;;) {
		size_t size = strcspn(text, ",");

		if (n < max) {
			field[n] = text;
			len[n] = size;
		}
		n++;
		if (!text[size])
			return n;
		text += size + 1;
	}
}

/**
 * cyberpower_parse_ident() - parse the reply to P4
 * @reply: text, without terminator
 * @ident: model, firmware, serial number and manufacturer are stored here
 *
 * Context: any; pure.
 * Return: 0, or -EBADMSG if it is not the reply to P4.
 */
int cyberpower_parse_ident(const char *reply, struct ups_ident *ident)
{
	const char *field[CYBERPOWER_FIELDS] = { "", "", "", "" };
	size_t len[CYBERPOWER_FIELDS] = { };

	/* The status has no comma, and the replies to P1, P2 and P3 are numbers. */
	if (reply[0] != '#' ||
	    cyberpower_split(reply + 1, field, len, CYBERPOWER_FIELDS) < 2 ||
	    !reply[1 + strspn(reply + 1, "0123456789.,x -")])
		return -EBADMSG;
	ups_text_column(field[0], 0, len[0], ident->model);
	ups_text_column(field[1], 0, len[1], ident->firmware);
	/* Zeros are the default. */
	if (strspn(field[2], "0 ") < len[2])
		ups_text_column(field[2], 0, len[2], ident->serial);
	ups_text_column(field[3], 0, len[3], ident->manufacturer);
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(cyberpower_parse_ident);

/* "002": two in series; "2x1": one such row. Returns the number in series; 0 if unknown. */
static int cyberpower_packs(const char *text, size_t len, int *rows)
{
	const char *x = memchr(text, 'x', len);
	int series, parallel = 1000;

	series = ups_text_number(text, x ? x - text : len);
	if (x)
		parallel = ups_text_number(x + 1, text + len - x - 1);
	if (series < 1000 || series > 20000 || series % 1000 ||
	    parallel < 1000 || parallel > 20000 || parallel % 1000)
		return 0;
	*rows = parallel / 1000;
	return series / 1000;
}

/**
 * cyberpower_parse_battery() - parse the reply to P3
 * @reply: text, without terminator
 * @ident: the nominal voltage and the energy of the battery are stored here
 *
 * Voltage and number of batteries, and capacity of each, Ah.
 *
 * Context: any; pure.
 * Return: 0, or -EBADMSG if it is not the reply to P3.
 */
int cyberpower_parse_battery(const char *reply, struct ups_ident *ident)
{
	const char *field[CYBERPOWER_FIELDS];
	size_t len[CYBERPOWER_FIELDS];
	int mv, mah, series, rows;
	s64 uwh;

	if (reply[0] != '#' ||
	    cyberpower_split(reply + 1, field, len, CYBERPOWER_FIELDS) < 3)
		return -EBADMSG;
	mv = ups_text_number(field[0], len[0]);
	series = cyberpower_packs(field[1], len[1], &rows);
	if (mv <= 0 || mv > CYBERPOWER_BATTERY_MV || !series || mv * series > CYBERPOWER_MAX_MV)
		return -EBADMSG;
	ident->rated_battery_uv = mv * series * 1000;
	mah = ups_text_number(field[2], len[2]);
	uwh = (s64)mah * mv * series * rows;
	if (mah > 0 && uwh <= INT_MAX)
		ident->energy_full_uwh = uwh;
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(cyberpower_parse_battery);

/**
 * cyberpower_parse_rating() - parse the reply to P2
 * @reply: text, without terminator
 * @ident: the nominal voltage and current of the output are stored here
 *
 * Apparent power, VA; power, W; voltage.
 *
 * Context: any; pure.
 * Return: 0, or -EBADMSG if it is not the reply to P2.
 */
int cyberpower_parse_rating(const char *reply, struct ups_ident *ident)
{
	const char *field[CYBERPOWER_FIELDS];
	size_t len[CYBERPOWER_FIELDS];
	int mva, mw, mv;

	if (reply[0] != '#' ||
	    cyberpower_split(reply + 1, field, len, CYBERPOWER_FIELDS) < 3)
		return -EBADMSG;
	mva = ups_text_number(field[0], len[0]);
	mw = ups_text_number(field[1], len[1]);
	mv = ups_text_number(field[2], len[2]);
	/* Plausible: 100 VA or more, 60 to 500 V */
	if (mva < 100000 || mw <= 0 || mw > mva || mv < 60000 || mv > 500000)
		return -EBADMSG;
	ident->rated_mv = mv;
	/* The load is one of the power. */
	ident->rated_ma = mw / (mv / 1000);
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(cyberpower_parse_rating);

/* One value of the status. The first of two is that of the input: "F60.0HF60.0". */
static void cyberpower_value(char letter, const char *text, size_t len,
			     struct ups_status *s)
{
	/* In thousandths: value = number / div * mul */
	const struct {
		char letter;
		u32 bit;
		int *member;
		int min, max;
		int div, mul;
	} values[] = {
		{ 'I', UPS_HAS_INPUT, &s->input_mv, 0, CYBERPOWER_MAX_MV, 1, 1 },
		{ 'O', UPS_HAS_OUTPUT, &s->output_mv, 0, CYBERPOWER_MAX_MV, 1, 1 },
		{ 'L', UPS_HAS_LOAD, &s->load, 0, 200000, 1000, 1 },
		{ 'B', UPS_HAS_CHARGE, &s->charge, 0, 100000, 1000, 1 },
		{ 'V', UPS_HAS_BATTERY, &s->battery_uv, 1, CYBERPOWER_MAX_MV, 1, 1000 },
		{ 'T', UPS_HAS_TEMP, &s->temp, 0, 150000, 100, 1 },
		{ 'F', UPS_HAS_FREQUENCY, &s->frequency_millihz, 1, 100000, 1, 1 },
		{ 'R', UPS_HAS_RUNTIME, &s->runtime, 0, CYBERPOWER_MAX_MIN * 1000, 1000, 60 },
	};
	int num = ups_text_number(text, len);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(values); i++) {
		if (values[i].letter != letter || s->valid & values[i].bit)
			continue;
		if (num >= values[i].min && num <= values[i].max)
			ups_text_set(s, values[i].bit, values[i].member,
				     num / values[i].div * values[i].mul);
	}
}

/* The UPS does not say that it corrects the voltage, but its voltages do. */
static bool cyberpower_regulates(const struct ups_status *s)
{
	int percent;

	if (!(s->valid & UPS_HAS_INPUT) || !(s->valid & UPS_HAS_OUTPUT) || !s->input_mv)
		return false;
	percent = div_s64((s64)s->output_mv * 100, s->input_mv);
	return percent >= 50 && percent < 150 && (percent < 95 || percent >= 105);
}

static void cyberpower_flags(u8 flags, struct ups_status *s)
{
	/* Off: the other bits are not valid. */
	if (!flags)
		s->flags |= UPS_FLAG_SHUTDOWN |
			    (s->valid & UPS_HAS_INPUT && !s->input_mv ? UPS_FLAG_MAINS_FAILED : 0);
	if (flags & CYBERPOWER_ON_BATTERY)
		s->flags |= UPS_FLAG_MAINS_FAILED;
	if (flags & CYBERPOWER_LOW)
		s->flags |= UPS_FLAG_BATTERY_LOW;
	if (flags & CYBERPOWER_TESTING)
		s->flags |= UPS_FLAG_TESTING;
	if (!(flags & (CYBERPOWER_ON_BATTERY | CYBERPOWER_TESTING)) && cyberpower_regulates(s))
		s->flags |= UPS_FLAG_BYPASS;
}

/**
 * cyberpower_parse_status() - parse the reply to D
 * @reply: bytes, without terminator
 * @len: their number
 * @status: where to store it; zeroed
 *
 * Voltage of input (I), output (O) and battery (V), load (L), charge (B), temperature (T),
 * frequency (F), runtime in minutes (R), and two or more bytes of flags (S), of which the
 * first is known. Which values there are depends on the unit. One that is not a number is
 * unknown and does not affect others.
 *
 * Context: any; pure.
 * Return: 0, or -EBADMSG if it is not a status. One without flags is incomplete.
 */
int cyberpower_parse_status(const char *reply, size_t len, struct ups_status *status)
{
	size_t i = 1, n;

	if (!len || reply[0] != '#')
		return -EBADMSG;
	while (i < len && isupper(reply[i])) {
		char letter = reply[i++];

		if (letter == 'S') {
			/*
			 * Without both bytes it may be a value of a different reply; with many, a
			 * different reply follows.
			 */
			if (len - i < CYBERPOWER_FLAGS || len - i > CYBERPOWER_MAX_FLAGS)
				return -EBADMSG;
			cyberpower_flags(reply[i], status);
			return 0;
		}
		for (n = 0; i + n < len && !isupper(reply[i + n]); n++)
			;
		cyberpower_value(letter, reply + i, n, status);
		i += n;
	}
	return -EBADMSG;
}
EXPORT_SYMBOL_IF_KUNIT(cyberpower_parse_status);

/**
 * cyberpower_off_delay() - round up to a delay that Z and S can express
 * @seconds: minimum delay
 *
 * 6 to 54 s in steps of 6, then minutes.
 *
 * Context: any; pure.
 * Return: seconds, never less than @seconds; -ERANGE if that is more than
 * %CYBERPOWER_OFF_MAX.
 */
int cyberpower_off_delay(unsigned int seconds)
{
	return seconds <= 6 ? 6 : ups_text_off_delay(seconds, CYBERPOWER_OFF_MAX);
}
EXPORT_SYMBOL_IF_KUNIT(cyberpower_off_delay);

/**
 * cyberpower_off_command() - encode a command to switch off
 * @letter: Z or S
 * @seconds: a delay from cyberpower_off_delay()
 * @command: where to store it
 * @size: size of @command
 *
 * Context: any; pure.
 * Return: 0, or -EINVAL.
 */
int cyberpower_off_command(char letter, unsigned int seconds, char *command, size_t size)
{
	if (cyberpower_off_delay(seconds) != (int)seconds)
		return -EINVAL;
	if (seconds < 60)
		snprintf(command, size, "%c.%u", letter, seconds / 6);
	else
		snprintf(command, size, "%c%02u", letter, seconds / 60);
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(cyberpower_off_command);

/**
 * cyberpower_verdict() - interpret a line received after a command
 * @command: the command
 * @reply: the line, without terminator
 *
 * Context: any; pure.
 * Return: 0 if the unit accepts the command, -EIO if it refuses it, 1 if the line is
 * unrelated.
 */
int cyberpower_verdict(const char *command, const char *reply)
{
	if (!strcmp(reply, "#0"))
		return 0;
	/* Longer ones are late replies to a query. */
	return reply[0] != '#' || strlen(reply) > 3 ? 1 : -EIO;
}
EXPORT_SYMBOL_IF_KUNIT(cyberpower_verdict);
