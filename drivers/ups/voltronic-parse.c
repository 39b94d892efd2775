// SPDX-License-Identifier: GPL-2.0-only
/*
 * The P protocols of Voltronic Power ("QPI", "QGS"), as sent and understood by the driver
 * nutdrv_qx of NUT 2.8.0. Pure: does not access the port or a clock.
 *
 * Each reply begins with '('. A field that the unit does not have is filled with '-'.
 */
#include <kunit/visibility.h>
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/string.h>

#include "voltronic.h"

/* Upper limit of a plausible voltage */
#define VOLTRONIC_MAX_MV	1000000
/* Longest plausible runtime, minutes: more is a filler */
#define VOLTRONIC_MAX_MIN	9998

#define VOLTRONIC_STATUS_FIELDS	12
#define VOLTRONIC_BATTERY_FIELDS 5
#define VOLTRONIC_MODEL_FIELDS	8
#define VOLTRONIC_WARNINGS	64

/**
 * voltronic_parse_protocol() - parse the reply to QPI
 * @reply: text that begins with '(', without terminator
 *
 * Context: any; pure.
 * Return: number of the protocol, 0 to 99, or -EBADMSG.
 */
int voltronic_parse_protocol(const char *reply)
{
	if (strncmp(reply, "(PI", 3) || !isdigit(reply[3]) || !isdigit(reply[4]) || reply[5])
		return -EBADMSG;
	return (reply[3] - '0') * 10 + reply[4] - '0';
}
EXPORT_SYMBOL_IF_KUNIT(voltronic_parse_protocol);

/* Two characters of the type of the UPS, then the flags. The beeper's is inverted. */
static int voltronic_flags(const char *text, size_t len, u32 *flags)
{
	static const u32 bits[12] = {
		0, 0, UPS_FLAG_MAINS_FAILED, UPS_FLAG_BATTERY_LOW, UPS_FLAG_BYPASS,
		UPS_FLAG_FAULT, 0, UPS_FLAG_TESTING, UPS_FLAG_SHUTDOWN, UPS_FLAG_BEEPER,
	};
	int ret = ups_text_flags(text, len, bits, ARRAY_SIZE(bits), flags);

	if (!ret)
		*flags ^= UPS_FLAG_BEEPER;
	return ret;
}

/**
 * voltronic_parse_status() - parse the reply to QGS
 * @reply: text that begins with '(', without terminator
 * @status: where to store it; zeroed
 *
 * Voltage and frequency of the input and the output, current of the output, load, two
 * voltages of the bus and two of the battery, temperature, and flags. A field that is
 * not a number is unknown and does not affect others.
 *
 * Context: any; pure.
 * Return: 0, or -EBADMSG if it is not a status.
 */
int voltronic_parse_status(const char *reply, struct ups_status *status)
{
	const char *field[VOLTRONIC_STATUS_FIELDS];
	size_t len[VOLTRONIC_STATUS_FIELDS];
	int num[VOLTRONIC_STATUS_FIELDS - 1];
	unsigned int i;
	int ret;

	if (reply[0] != '(' ||
	    ups_text_split(reply + 1, field, len, VOLTRONIC_STATUS_FIELDS) <
	    VOLTRONIC_STATUS_FIELDS)
		return -EBADMSG;
	ret = voltronic_flags(field[11], len[11], &status->flags);
	if (ret)
		return ret;
	for (i = 0; i < ARRAY_SIZE(num); i++)
		num[i] = ups_text_number(field[i], len[i]);

	if (num[0] <= VOLTRONIC_MAX_MV)
		ups_text_set(status, UPS_HAS_INPUT, &status->input_mv, num[0]);
	if (num[2] <= VOLTRONIC_MAX_MV)
		ups_text_set(status, UPS_HAS_OUTPUT, &status->output_mv, num[2]);
	if (num[3] > 0 && num[3] <= 100000)
		ups_text_set(status, UPS_HAS_FREQUENCY, &status->frequency_millihz, num[3]);
	if (num[5] >= 0 && num[5] <= 200000)
		ups_text_set(status, UPS_HAS_LOAD, &status->load, num[5] / 1000);
	if (num[8] > 0 && num[8] <= VOLTRONIC_MAX_MV)
		ups_text_set(status, UPS_HAS_BATTERY, &status->battery_uv, num[8] * 1000);
	if (num[10] >= 0 && num[10] <= 150000)
		ups_text_set(status, UPS_HAS_TEMP, &status->temp, num[10] / 100);
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(voltronic_parse_status);

/* Digits only, unlike ups_text_number(). Returns -ENODATA if it is not a number. */
static int voltronic_integer(const char *text, size_t len)
{
	int val = 0;
	size_t i;

	if (!len || len > 5)
		return -ENODATA;
	for (i = 0; i < len; i++) {
		if (!isdigit(text[i]))
			return -ENODATA;
		val = val * 10 + text[i] - '0';
	}
	return val;
}

/**
 * voltronic_parse_battery() - parse the reply to QBV
 * @reply: text that begins with '(', without terminator
 * @status: a status; charge and runtime are added
 *
 * Voltage, number of batteries in series, number of groups, charge in percent, and
 * runtime in minutes.
 *
 * Context: any; pure.
 * Return: 0, or -EBADMSG if it is not the reply to QBV.
 */
int voltronic_parse_battery(const char *reply, struct ups_status *status)
{
	const char *field[VOLTRONIC_BATTERY_FIELDS + 1];
	size_t len[VOLTRONIC_BATTERY_FIELDS + 1];
	int charge, minutes;

	if (reply[0] != '(' ||
	    ups_text_split(reply + 1, field, len, ARRAY_SIZE(field)) != VOLTRONIC_BATTERY_FIELDS)
		return -EBADMSG;
	charge = voltronic_integer(field[3], len[3]);
	minutes = voltronic_integer(field[4], len[4]);
	if (charge <= 100)
		ups_text_set(status, UPS_HAS_CHARGE, &status->charge, charge);
	if (minutes >= 0 && minutes <= VOLTRONIC_MAX_MIN)
		ups_text_set(status, UPS_HAS_RUNTIME, &status->runtime, minutes * 60);
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(voltronic_parse_battery);

/**
 * voltronic_parse_warnings() - parse the reply to QWS
 * @reply: text that begins with '(', without terminator
 * @flags: where to store UPS_FLAG_* bits
 *
 * 64 flags. Used are those of a battery that is not connected, of one that needs
 * replacement, and of a defect of the fan or the charger.
 *
 * Context: any; pure.
 * Return: 0, or -EBADMSG if it is not the reply to QWS.
 */
int voltronic_parse_warnings(const char *reply, u32 *flags)
{
	static const struct {
		unsigned int number;
		u32 flag;
	} known[] = {
		{ 0, UPS_FLAG_FAULT },		/* battery not connected */
		{ 9, UPS_FLAG_FAULT },		/* fan */
		{ 13, UPS_FLAG_FAULT },		/* charger */
		{ 55, UPS_FLAG_REPLACE },
	};
	unsigned int i;

	if (reply[0] != '(' || strspn(reply + 1, "01") != VOLTRONIC_WARNINGS ||
	    reply[1 + VOLTRONIC_WARNINGS])
		return -EBADMSG;
	*flags = 0;
	for (i = 0; i < ARRAY_SIZE(known); i++)
		if (reply[1 + known[i].number] == '1')
			*flags |= known[i].flag;
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(voltronic_parse_warnings);

/**
 * voltronic_parse_rating() - parse the reply to QRI
 * @reply: text that begins with '(', without terminator
 * @ident: the nominal voltage and current of the output are stored here
 *
 * Context: any; pure.
 * Return: 0, or -EBADMSG if it is not a rating.
 */
int voltronic_parse_rating(const char *reply, struct ups_ident *ident)
{
	const char *field[5];
	size_t len[5];
	int mv, ma;

	if (reply[0] != '(' || ups_text_split(reply + 1, field, len, 5) != 4)
		return -EBADMSG;
	mv = ups_text_number(field[0], len[0]);
	ma = ups_text_number(field[1], len[1]);
	/* Plausible: 60 to 500 V */
	if (mv < 60000 || mv > 500000 || ma < 0)
		return -EBADMSG;
	ident->rated_mv = mv;
	ident->rated_ma = ma;
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(voltronic_parse_rating);

/**
 * voltronic_parse_model() - parse the reply to QMD
 * @reply: text that begins with '(', without terminator
 * @ident: the model and the nominal voltage of the battery are stored here
 *
 * 15 columns of model, power in VA, power factor, phases, nominal voltages of input and
 * output, number of batteries in series, and nominal voltage of each.
 *
 * Context: any; pure.
 * Return: 0, or -EBADMSG if it is not the reply to QMD.
 */
int voltronic_parse_model(const char *reply, struct ups_ident *ident)
{
	const char *field[VOLTRONIC_MODEL_FIELDS];
	size_t len[VOLTRONIC_MODEL_FIELDS];
	int pieces, mv;

	if (reply[0] != '(' || strlen(reply) < 17 || reply[16] != ' ' ||
	    ups_text_split(reply + 17, field, len, VOLTRONIC_MODEL_FIELDS) !=
	    VOLTRONIC_MODEL_FIELDS - 1 || !memchr(field[2], '/', len[2]))
		return -EBADMSG;
	ups_text_column(reply, 1, 16, ident->model);
	pieces = voltronic_integer(field[5], len[5]);
	mv = ups_text_number(field[6], len[6]);
	if (pieces > 0 && mv > 0 && (s64)pieces * mv <= VOLTRONIC_MAX_MV)
		ident->rated_battery_uv = pieces * mv * 1000;
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(voltronic_parse_model);

/**
 * voltronic_parse_text() - parse a reply that is one text
 * @reply: text that begins with '(', without terminator
 * @prefix: what follows the '(', or an empty string
 * @text: where to store the rest, without filler at its ends
 *
 * Replies to QMF (manufacturer), QVFW (firmware) and QID (serial number). One that looks
 * like the reply to a different query is rejected: it is late.
 *
 * Context: any; pure.
 * Return: 0, or -EBADMSG if it is not such a reply, or has no text.
 */
int voltronic_parse_text(const char *reply, const char *prefix, char text[UPS_STRING_LEN])
{
	struct ups_status status = { };
	struct ups_ident ident = { };
	u32 flags;

	if (reply[0] != '(' || strncmp(reply + 1, prefix, strlen(prefix)) ||
	    !voltronic_parse_status(reply, &status) || !voltronic_parse_battery(reply, &status) ||
	    !voltronic_parse_warnings(reply, &flags) || !voltronic_parse_rating(reply, &ident) ||
	    !voltronic_parse_model(reply, &ident) || voltronic_parse_protocol(reply) >= 0)
		return -EBADMSG;
	if (!*prefix && !strncmp(reply, "(VERFW:", 7))
		return -EBADMSG;
	ups_text_column(reply, 1 + strlen(prefix), strlen(reply), text);
	return *text ? 0 : -EBADMSG;
}
EXPORT_SYMBOL_IF_KUNIT(voltronic_parse_text);

/**
 * voltronic_verdict() - interpret a line received after a command
 * @command: the command
 * @reply: the line, without terminator
 *
 * Context: any; pure.
 * Return: 0 if the unit accepts the command, -EIO if it refuses it, 1 if the line is
 * unrelated.
 */
int voltronic_verdict(const char *command, const char *reply)
{
	if (!strcmp(reply, "(ACK"))
		return 0;
	return strcmp(reply, "(NAK") ? 1 : -EIO;
}
EXPORT_SYMBOL_IF_KUNIT(voltronic_verdict);
