// SPDX-License-Identifier: GPL-2.0-only
/* UPSes with APC's Smart protocol: what they are, and the setting of their off delay */
#include <linux/bitmap.h>
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "apcsmart.h"

/* The list of commands takes long. */
#define APCSMART_LIST_MS	4000

/* Delay of S and @ if the UPS does not report it, seconds */
#define APCSMART_FACTORY_S	20

/* Steps until all values of a setting have been seen */
#define APCSMART_STEPS		10

static const char apcsmart_ids[APCSMART_IDS] = { APCSMART_MODEL, 'n', 'b', 'g', 'o' };

bool apcsmart_ends(int ret)
{
	return ret == -ESHUTDOWN || ret == -EBUSY;
}

bool apcsmart_knows(const struct apcsmart *apc, char command)
{
	return test_bit(command, apc->commands);
}

int apcsmart_query(struct ups *ups, char command, char reply[UPS_REPLY_LEN + 1])
{
	const char text[] = { command, '\0' };

	return ups_serial_query(ups, text, '\0', reply);
}

int apcsmart_command(struct ups *ups, char command)
{
	const char text[] = { command, '\0' };

	return ups_serial_command(ups, text);
}

/*
 * Send a query that the UPS may not know. *@tries becomes 0 when it says so; an attempt
 * that the UPS core has aborted does not count.
 */
int apcsmart_try(struct ups *ups, char command, unsigned int *tries,
		 char reply[UPS_REPLY_LEN + 1])
{
	int ret;

	if (!*tries)
		return -EOPNOTSUPP;
	ret = apcsmart_query(ups, command, reply);
	if (apcsmart_ends(ret))
		return ret;
	if (ret < 0) {
		--*tries;
		return ret;
	}
	if (strcmp(reply, "NA"))
		return 0;
	*tries = 0;
	return -EOPNOTSUPP;
}

/* Enter smart mode: without it the UPS does not answer. */
int apcsmart_enter(struct ups *ups)
{
	char reply[UPS_REPLY_LEN + 1];
	int ret = apcsmart_query(ups, 'Y', reply);

	if (ret < 0)
		return ret;
	return strcmp(reply, "SM") ? -EBADMSG : 0;
}

/* The UPS may be in the middle of something, which an escape ends. */
static int apcsmart_enter_firmly(struct ups *ups)
{
	int ret = apcsmart_enter(ups);

	if (!ret || apcsmart_ends(ret))
		return ret;
	ret = apcsmart_command(ups, APCSMART_ESCAPE);
	return apcsmart_ends(ret) ? ret : apcsmart_enter(ups);
}

static int apcsmart_read_list(struct ups *ups, struct apcsmart *apc)
{
	const struct ups_serial_request request = {
		.command = "a", .reply_ms = APCSMART_LIST_MS, .raw = true,
	};
	char reply[UPS_REPLY_LEN + 1];
	int ret;

	if (!apc->list_tries)
		return -EOPNOTSUPP;
	ret = ups_serial_ask(ups, &request, reply);
	if (apcsmart_ends(ret))
		return ret;
	if (ret > 0)
		ret = apcsmart_parse_commands(reply, apc->commands);
	/* One that does not know it may say so or not. */
	apc->list_tries = ret ? apc->list_tries - 1 : 0;
	return ret;
}

/* Find out which commands the UPS knows. */
static int apcsmart_discover(struct ups *ups, struct apcsmart *apc)
{
	char reply[UPS_REPLY_LEN + 1];
	int ret;

	if (apc->listed)
		return 0;
	ret = apcsmart_query(ups, 'V', reply);
	if (ret > 0 && !strcmp(reply, "NA"))
		ret = apcsmart_query(ups, 'b', reply);
	if (apcsmart_ends(ret))
		return ret;
	if (ret > 0)
		apcsmart_parse_text(reply, apc->firmware);
	ret = apcsmart_read_list(ups, apc);
	if (apcsmart_ends(ret))
		return ret;
	if (ret)
		apcsmart_default_commands(apc->firmware, apc->commands);
	/* A list that was lost is asked for again after a loss of communication. */
	apc->listed = !ret || !apc->list_tries;
	return 0;
}

unsigned int apcsmart_off_s(const struct apcsmart *apc)
{
	return READ_ONCE(apc->off_s) ?: APCSMART_FACTORY_S;
}

static int apcsmart_query_delay(struct ups *ups)
{
	char reply[UPS_REPLY_LEN + 1];
	int ret = apcsmart_query(ups, 'p', reply);

	if (ret < 0)
		return ret;
	if (!strcmp(reply, "NA"))
		return -EOPNOTSUPP;
	ret = apcsmart_parse_seconds(reply);
	if (ret < 0)
		ups_serial_resync(ups);
	return ret;
}

/* Twice: the late reply to a different query would be a dangerous mistake. In seconds */
int apcsmart_read_delay(struct ups *ups, struct apcsmart *apc)
{
	int first, ret;

	if (!apcsmart_knows(apc, 'p'))
		return -EOPNOTSUPP;
	first = apcsmart_query_delay(ups);
	if (first < 0)
		return first;
	ret = apcsmart_query_delay(ups);
	if (ret < 0)
		return ret;
	if (ret != first) {
		ups_serial_resync(ups);
		return -EBADMSG;
	}
	WRITE_ONCE(apc->off_s, ret);
	return ret;
}

/*
 * Each "-" right after a query of a setting selects its next value, and writes that to the
 * EEPROM. After the last one comes the first: then all are known, and one of them has to
 * do. Returns the delay that is set in the end.
 */
static int apcsmart_step_delay(struct ups *ups, struct apcsmart *apc, int now)
{
	static const int usual[] = { 20, 180, 300, 600 };
	int target = apcsmart_pick_delay(usual, ARRAY_SIZE(usual), apc->wanted_s);
	int seen[APCSMART_STEPS + 1] = { now };
	unsigned int i;
	int ret;

	for (i = 1; i <= APCSMART_STEPS && now != target; i++) {
		ret = apcsmart_command(ups, '-');
		if (!ret)
			ret = apcsmart_read_delay(ups, apc);
		if (ret < 0)
			return ret;
		now = ret;
		seen[i] = now;
		if (now == seen[0]) {
			target = apcsmart_pick_delay(seen, i, apc->wanted_s);
			if (target < 0)
				break;
		}
	}
	return now;
}

/*
 * The delay of S and @ is a setting in the EEPROM of the UPS, which can be written a
 * limited number of times: only here, and only if it has to be.
 */
static int apcsmart_set_delay(struct ups *ups, struct apcsmart *apc)
{
	bool differs;
	int ret;

	if (apc->delay_set)
		return 0;
	ret = apcsmart_read_delay(ups, apc);
	if (ret < 0 && ret != -EOPNOTSUPP)
		return ret;
	differs = apc->exact && apc->wanted_s ? ret != apc->wanted_s : ret < (int)apc->wanted_s;
	if (ret >= 0 && differs)
		ret = apcsmart_step_delay(ups, apc, ret);
	if (apcsmart_ends(ret))
		return ret;
	/* A lost reply leaves it unknown, but it must not be written again and again. */
	if (ret < 0 && ret != -EOPNOTSUPP && ret != -EIO && --apc->step_tries)
		return ret;
	apc->delay_set = true;
	if (apcsmart_off_s(apc) < apc->wanted_s)
		dev_warn(apc->dev, "cuts the power %u s after a command, not %u s: set killpower_delay\n",
			 apcsmart_off_s(apc), apc->wanted_s);
	return 0;
}

static int apcsmart_parse_ident(enum apcsmart_ident id, const char *reply,
				struct ups_ident *ident)
{
	int mv;

	switch (id) {
	case APCSMART_ID_MODEL:
		return apcsmart_parse_text(reply, ident->model);
	case APCSMART_ID_SERIAL:
		return apcsmart_parse_text(reply, ident->serial);
	case APCSMART_ID_FIRMWARE:
		return apcsmart_parse_text(reply, ident->firmware);
	default:
		mv = apcsmart_parse_volts(reply);
		if (mv < 0)
			return mv;
		if (id == APCSMART_ID_BATTERY)
			ident->rated_battery_uv = mv * 1000;
		else
			ident->rated_mv = mv;
		return 0;
	}
}

/* Known values are not queried again: after a loss of communication that is only noise. */
int apcsmart_refine(struct ups *ups, struct ups_ident *ident)
{
	struct apcsmart *apc = ups_get_drvdata(ups);
	char reply[UPS_REPLY_LEN + 1];
	bool incomplete = false;
	unsigned int i;
	int ret;

	strscpy(ident->manufacturer, "APC", sizeof(ident->manufacturer));
	for (i = 0; i < APCSMART_IDS; i++) {
		if (!apcsmart_knows(apc, apcsmart_ids[i]))
			continue;
		ret = apcsmart_try(ups, apcsmart_ids[i], &apc->id_tries[i], reply);
		if (!ret) {
			ret = apcsmart_parse_ident(i, reply, ident);
			apc->id_tries[i] = ret ? apc->id_tries[i] - 1 : 0;
			if (ret)
				ups_serial_resync(ups);
		}
		incomplete |= apc->id_tries[i];
	}
	if (!apcsmart_knows(apc, 'b') || (!apc->id_tries[APCSMART_ID_FIRMWARE] &&
					  !ident->firmware[0]))
		strscpy(ident->firmware, apc->firmware, sizeof(ident->firmware));
	ident->energy_full_uwh = apc->energy_full_uwh;
	ret = apcsmart_set_delay(ups, apc);
	return ret || incomplete ? UPS_INCOMPLETE : 0;
}

/* Nothing shows that a shutdown from before is pending until the outlets are off. */
static int apcsmart_cancel_once(struct ups *ups, struct apcsmart *apc)
{
	int ret;

	if (apc->cancelled || !apcsmart_knows(apc, APCSMART_CANCEL))
		return 0;
	ret = apcsmart_command(ups, APCSMART_CANCEL);
	if (apcsmart_ends(ret))
		return ret;
	apc->cancelled = true;
	return 0;
}

int apcsmart_identify(struct ups *ups, struct ups_ident *ident)
{
	struct apcsmart *apc = ups_get_drvdata(ups);
	int ret;

	ret = apcsmart_enter_firmly(ups);
	if (!ret)
		ret = apcsmart_discover(ups, apc);
	if (!ret)
		ret = apcsmart_cancel_once(ups, apc);
	if (ret)
		return ret;
	apc->polls = 0;
	apc->urgent = APCSMART_URGENT_POLLS;
	return apcsmart_refine(ups, ident);
}
