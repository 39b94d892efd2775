// SPDX-License-Identifier: GPL-2.0-only
/*
 * The Megatec protocol ("Q1"), version 2.06 of its description, and deviations of units
 * in the field. Pure: does not access the port or a clock.
 */
#include <kunit/visibility.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/string.h>

#include "megatec.h"

/* Lead acid per 12 V block: 10.4 V is empty under load, 13.0 V is full. */
#define MEGATEC_EMPTY_PERMILLE	867
#define MEGATEC_FULL_PERMILLE	1083

/* Upper limit of a plausible voltage */
#define MEGATEC_MAX_MV		1000000

/* Lead acid: nominal voltage of one cell, and an upper limit for one cell */
#define MEGATEC_CELL_UV		2000000
#define MEGATEC_CELL_MAX_UV	3000000

#define MEGATEC_FIELDS		8
/* Minimum length of a reply to I: up to the firmware column */
#define MEGATEC_IDENT_LEN	28

static int megatec_flags(const char *text, size_t len, u32 quirks, u32 *flags)
{
	static const u32 bits[] = {
		UPS_FLAG_MAINS_FAILED, UPS_FLAG_BATTERY_LOW, UPS_FLAG_BYPASS, UPS_FLAG_FAULT,
		0, UPS_FLAG_TESTING, UPS_FLAG_SHUTDOWN, UPS_FLAG_BEEPER,
	};
	int ret = ups_text_flags(text, len, bits, ARRAY_SIZE(bits), flags);

	if (quirks & MEGATEC_STICKY_SHUTDOWN)
		*flags &= ~UPS_FLAG_SHUTDOWN;
	return ret;
}

/**
 * megatec_parse_status() - parse the reply to Q1, QS or D
 * @reply: text that begins with '(', without terminator
 * @quirks: MEGATEC_* bits of the unit
 * @status: where to store it; zeroed
 *
 * A field that is not a number ("--.-", "@@@") is unknown and does not affect others.
 * Fields may be wider than described, and more fields may follow. The eighth field
 * must consist of at least eight flags, 0 or 1. A battery voltage of one cell is
 * stored as reported, see megatec_battery().
 *
 * Context: any; pure.
 * Return: 0, or -EBADMSG if it is not a status.
 */
int megatec_parse_status(const char *reply, u32 quirks, struct ups_status *status)
{
	const char *field[MEGATEC_FIELDS];
	size_t len[MEGATEC_FIELDS];
	int num[MEGATEC_FIELDS - 1];
	unsigned int i;
	int ret;

	if (reply[0] != '(' ||
	    ups_text_split(reply + 1, field, len, MEGATEC_FIELDS) < MEGATEC_FIELDS)
		return -EBADMSG;
	ret = megatec_flags(field[7], len[7], quirks, &status->flags);
	if (ret)
		return ret;
	for (i = 0; i < ARRAY_SIZE(num); i++)
		num[i] = ups_text_number(field[i], len[i]);

	if (num[0] <= MEGATEC_MAX_MV)
		ups_text_set(status, UPS_HAS_INPUT, &status->input_mv, num[0]);
	if (num[2] <= MEGATEC_MAX_MV)
		ups_text_set(status, UPS_HAS_OUTPUT, &status->output_mv, num[2]);
	if (num[3] >= 0 && num[3] <= 200000)
		ups_text_set(status, UPS_HAS_LOAD, &status->load, num[3] / 1000);
	if (num[4] > 0 && num[4] <= 100000)
		ups_text_set(status, UPS_HAS_FREQUENCY, &status->frequency_millihz, num[4]);
	if (num[5] > 0 && num[5] <= MEGATEC_MAX_MV)
		ups_text_set(status, UPS_HAS_BATTERY, &status->battery_uv, num[5] * 1000);
	if (num[6] >= 0 && num[6] <= 150000 && !(quirks & MEGATEC_FIXED_TEMP))
		ups_text_set(status, UPS_HAS_TEMP, &status->temp, num[6] / 100);
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(megatec_parse_status);

/**
 * megatec_parse_rating() - parse the reply to F
 * @reply: text that begins with '#', without terminator
 * @rating: where to store it
 *
 * Context: any; pure.
 * Return: 0, or -EBADMSG if it is not a rating.
 */
int megatec_parse_rating(const char *reply, struct megatec_rating *rating)
{
	const char *field[4];
	size_t len[4];
	int num[4];
	unsigned int i;

	if (reply[0] != '#' || ups_text_split(reply + 1, field, len, 4) != 4)
		return -EBADMSG;
	for (i = 0; i < 4; i++) {
		num[i] = ups_text_number(field[i], len[i]);
		if (num[i] < 0)
			return -EBADMSG;
	}
	/* Plausible: 60..500 V, up to 1000 A, 1..1000 V, 40..70 Hz */
	if (num[0] < 60000 || num[0] > 500000 || num[2] < 1000 || num[2] > 1000000 ||
	    num[3] < 40000 || num[3] > 70000)
		return -EBADMSG;

	rating->mv = num[0];
	rating->ma = num[1];
	rating->battery_uv = num[2] * 1000;
	rating->frequency_millihz = num[3];
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(megatec_parse_rating);

/**
 * megatec_parse_ident() - parse the reply to I
 * @reply: text that begins with '#', without terminator
 * @ident: the strings are stored here
 *
 * 15 columns of manufacturer, a space, 10 of model, a space, 10 of firmware. Trailing
 * spaces may be missing. A late reply to F begins with the same character, but is
 * shorter.
 *
 * Context: any; pure.
 * Return: 0, or -EBADMSG if it is not an ident.
 */
int megatec_parse_ident(const char *reply, struct ups_ident *ident)
{
	struct megatec_rating rating;

	if (reply[0] != '#' || strlen(reply) < MEGATEC_IDENT_LEN ||
	    !megatec_parse_rating(reply, &rating))
		return -EBADMSG;
	ups_text_column(reply, 1, 16, ident->manufacturer);
	ups_text_column(reply, 17, 27, ident->model);
	ups_text_column(reply, 28, 38, ident->firmware);
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(megatec_parse_ident);

/*
 * Online units report the voltage of one cell ("2.27"), others that of the battery. A
 * cell has 1.5 to 2.5 V, whether charged or empty, and a battery of several cells has
 * more. Readings do not show the number of cells: at different depths of discharge,
 * two numbers match the same nominal voltage.
 */
static int megatec_total(const struct megatec_pack *pack, int uv)
{
	int cells = pack->cells;

	if (!cells && uv < MEGATEC_CELL_MAX_UV && pack->nominal_uv > MEGATEC_CELL_MAX_UV)
		cells = DIV_ROUND_CLOSEST(pack->nominal_uv, MEGATEC_CELL_UV);
	return min_t(s64, (s64)uv * (cells ?: 1), INT_MAX);
}

/* Runtime of a full battery in seconds, times @charge percent */
static int megatec_runtime(const struct megatec_pack *pack, int load, int charge)
{
	/* Drain per second, in millionths of a full battery: linear in the load */
	s64 low = div_s64(1000000LL * 1000, pack->low_load_s);
	s64 high = div_s64(1000000LL * 1000, pack->high_load_s);
	s64 drain = low + div_s64((high - low) * (load - (int)pack->low_load),
				  (int)pack->high_load - (int)pack->low_load);

	/* The UPS itself draws power even without a load. */
	drain = max(drain, low / 4);
	return min_t(s64, div64_s64(1000000LL * 10 * charge, max(drain, 1LL)), INT_MAX);
}

/**
 * megatec_battery() - calculate the values that the protocol does not report
 * @pack: the battery
 * @status: a status; voltage of the battery, charge and runtime are added
 *
 * The voltage of one cell is multiplied by the number of cells from firmware, or by
 * that of the nominal voltage, 2 V per cell.
 *
 * charge = 100 * (voltage - empty) / (full - empty), limited to 0..100, where empty
 * and full are set by firmware, or are 104/120 and 130/120 of the nominal voltage. A
 * voltage below 7/10 of empty or above 13/10 of full does not belong to this battery;
 * the charge is unknown then. The result is too low under load, and too high on mains.
 *
 * runtime = charge / drain, where drain is linear in the load, through the two points
 * of the calibration. Without a calibration the runtime is unknown.
 *
 * Context: any; pure.
 */
void megatec_battery(const struct megatec_pack *pack, struct ups_status *status)
{
	int empty = pack->empty_uv, full = pack->full_uv;
	s64 uv;

	if (!(status->valid & UPS_HAS_BATTERY))
		return;
	status->battery_uv = megatec_total(pack, status->battery_uv);
	if (!empty)
		empty = div_s64((s64)pack->nominal_uv * MEGATEC_EMPTY_PERMILLE, 1000);
	if (!full)
		full = div_s64((s64)pack->nominal_uv * MEGATEC_FULL_PERMILLE, 1000);
	uv = status->battery_uv;
	if (full <= empty || uv * 10 < empty * 7LL || uv * 10 > full * 13LL)
		return;

	status->charge = clamp_t(s64, div_s64(100LL * (uv - empty), full - empty), 0, 100);
	status->valid |= UPS_HAS_CHARGE;
	if (pack->low_load && (status->valid & UPS_HAS_LOAD)) {
		status->runtime = megatec_runtime(pack, status->load, status->charge);
		status->valid |= UPS_HAS_RUNTIME;
	}
}
EXPORT_SYMBOL_IF_KUNIT(megatec_battery);

/**
 * megatec_verdict() - interpret a line received after a command
 * @command: the command
 * @reply: the line, without terminator
 *
 * Most units do not answer a command that they accept, and echo an unknown one.
 * Dialects answer ACK, OK or NAK.
 *
 * Context: any; pure.
 * Return: 0 if the unit accepts the command, -EOPNOTSUPP if it does not know it, -EIO
 * if it refuses it, 1 if the line is unrelated.
 */
int megatec_verdict(const char *command, const char *reply)
{
	if (!strcmp(reply, command))
		return -EOPNOTSUPP;
	if (*reply == '(')
		reply++;
	if (!strcmp(reply, "ACK") || !strcmp(reply, "OK"))
		return 0;
	return strcmp(reply, "NAK") ? 1 : -EIO;
}
EXPORT_SYMBOL_IF_KUNIT(megatec_verdict);
