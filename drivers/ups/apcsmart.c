// SPDX-License-Identifier: GPL-2.0-only
/* UPSes with APC's Smart protocol ("UPS-Link"), at 2400 baud */
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/power/psy_miniclass.h>
#include <linux/property.h>
#include <linux/string.h>

#include "apcsmart.h"

/* Readings of Q until one is believed: SM means not ready, and a test sends garbage */
#define APCSMART_STATES		4

/* Polls from one reading of the other values to the next */
#define APCSMART_VALUE_POLLS	5

/* Minimum delay of S and @ by default, and its upper limit, seconds */
#define APCSMART_DEFAULT_S	60
#define APCSMART_MAX_S		900

/* From a simulated failure of mains until the UPS accepts S; longest battery test */
#define APCSMART_SIMULATE_MS	3500
#define APCSMART_TEST_MS	60000

/*
 * Everything but Q, most important first: the first two have limits, and the last two give
 * flags instead of values.
 */
#define APCSMART_LIMITS		2

static const char apcsmart_values[APCSMART_VALUES] = {
	'f', 'j', 'B', 'P', 'L', 'O', 'F', 'C', 'X', '8',
};

/*
 * Read Q until the reply makes sense: a unit that has just entered smart mode is not ready,
 * and a test of the front panel sends garbage. One that is off says so twice.
 */
static int apcsmart_read_state(struct ups *ups, u8 *state)
{
	char reply[UPS_REPLY_LEN + 1];
	bool off = false;
	unsigned int i;
	int ret;

	for (i = 0; i < APCSMART_STATES; i++) {
		ret = apcsmart_query(ups, 'Q', reply);
		if (ret < 0)
			return ret;
		ret = apcsmart_parse_hex(reply);
		if (ret < 0) {
			/* Not ready, or a reply to something else */
			if (strcmp(reply, "SM"))
				ups_serial_resync(ups);
			continue;
		}
		*state = ret;
		if (apcsmart_state_is_sane(ret) || (!ret && off))
			return 0;
		off = !ret;
	}
	return -EBADMSG;
}

/* It may have left smart mode, for example after a loss of its own power. */
static int apcsmart_read_state_again(struct ups *ups, u8 *state)
{
	int ret = apcsmart_read_state(ups, state);

	if (ret == -ETIMEDOUT && !apcsmart_enter(ups))
		ret = apcsmart_read_state(ups, state);
	return ret;
}

/* Whether the line is good: 1 or 0, or a negative error if that is unknown */
static int apcsmart_line_is_good(struct ups *ups, struct apcsmart *apc)
{
	char reply[UPS_REPLY_LEN + 1];
	int ret;

	if (!apcsmart_knows(apc, '9'))
		return -EOPNOTSUPP;
	ret = apcsmart_query(ups, '9', reply);
	if (ret >= 0)
		ret = apcsmart_parse_hex(reply);
	return ret < 0 ? ret : ret == 0xff;
}

/*
 * A test or a calibration is not a failure of mains. A UPS that is off says nothing about
 * mains.
 */
static int apcsmart_check_line(struct ups *ups, struct apcsmart *apc, u32 *flags)
{
	int good;

	if (apc->testing && (time_after(jiffies, apc->test_end) ||
			     (apc->tested && apc->state & APCSMART_ON_LINE)))
		apc->testing = false;
	if (!apc->state) {
		good = apcsmart_line_is_good(ups, apc);
		*flags |= good ? 0 : UPS_FLAG_MAINS_FAILED;
		return apcsmart_ends(good) ? good : 0;
	}
	if (!apc->testing && !(apc->state & APCSMART_CALIBRATING))
		return 0;
	if (apc->state & APCSMART_ON_BATTERY) {
		good = apcsmart_line_is_good(ups, apc);
		if (good <= 0)
			return apcsmart_ends(good) ? good : 0;
		apc->tested = true;
		*flags &= ~UPS_FLAG_MAINS_FAILED;
	}
	*flags |= UPS_FLAG_TESTING;
	return 0;
}

static int apcsmart_parse(struct apcsmart *apc, unsigned int i, const char *reply,
			  struct ups_status *status)
{
	int ret;

	switch (apcsmart_values[i]) {
	case 'X':
		return apcsmart_parse_test(reply, &apc->flags[i]);
	case '8':
		ret = apcsmart_parse_hex(reply);
		if (ret < 0)
			return ret;
		apc->flags[i] = apcsmart_register_flags(ret);
		return 0;
	default:
		return apcsmart_parse_value(apcsmart_values[i], reply, status);
	}
}

/*
 * Read the values from *@next to before @end. One that is missing stays unknown, and the
 * others are valid nevertheless. An alert ends it, as Q is then more important.
 */
static int apcsmart_read_values(struct ups *ups, struct apcsmart *apc, unsigned int *next,
				unsigned int end, struct ups_status *status)
{
	char reply[UPS_REPLY_LEN + 1];
	unsigned int i;
	int ret = 0;

	while (*next < end && !apc->alerts) {
		i = (*next)++;
		if (!apcsmart_knows(apc, apcsmart_values[i]))
			continue;
		ret = apcsmart_try(ups, apcsmart_values[i], &apc->value_tries[i], reply);
		if (!ret && !apcsmart_parse(apc, i, reply, status))
			apc->value_tries[i] = APCSMART_TRIES;
		else if (!ret)
			ups_serial_resync(ups);
		apc->alerts |= ups_serial_alerts(ups);
		/* A UPS that is silent now would be so for each of them. */
		if (ret < 0 && ret != -EOPNOTSUPP)
			break;
	}
	return apcsmart_ends(ret) ? ret : 0;
}

/* One round, or its rest */
static int apcsmart_read_round(struct ups *ups, struct apcsmart *apc, struct ups_status *status)
{
	int ret = apcsmart_read_values(ups, apc, &apc->next, APCSMART_VALUES, status);

	if (apc->next == APCSMART_VALUES) {
		apc->next = 0;
		apc->polls = APCSMART_VALUE_POLLS - 1;
	}
	return ret;
}

/* On battery each reading has to show whether charge and runtime are within the limits. */
static int apcsmart_read_limits(struct ups *ups, struct apcsmart *apc, struct ups_status *status)
{
	unsigned int next = 0;

	if (!apc->mains_failed)
		return 0;
	return apcsmart_read_values(ups, apc, &next, APCSMART_LIMITS, status);
}

static int apcsmart_handle_alerts(struct ups *ups, struct apcsmart *apc, u32 *flags)
{
	u32 alerts = apc->alerts;
	int ret = 0;

	apc->alerts = 0;
	if (alerts & apcsmart_alert('*'))
		*flags |= UPS_FLAG_SHUTDOWN;
	/* Somebody has changed a setting. */
	if (alerts & apcsmart_alert('|'))
		ret = apcsmart_read_delay(ups, apc);
	return apcsmart_ends(ret) ? ret : 0;
}

static int apcsmart_get_status(struct ups *ups, struct ups_status *status)
{
	struct apcsmart *apc = ups_get_drvdata(ups);
	bool urgent;
	unsigned int i;
	u8 state;
	int ret;

	apc->alerts |= ups_serial_alerts(ups);
	ret = apcsmart_read_state_again(ups, &state);
	if (ret)
		return ret;
	/* What has changed is reported before the other values are read. */
	urgent = (apc->alerts || state != apc->state) && apc->urgent < APCSMART_URGENT_POLLS;
	if (state != apc->state)
		apc->next = 0;
	apc->state = state;
	status->flags = apcsmart_state_flags(state);
	ret = apcsmart_check_line(ups, apc, &status->flags);
	if (!ret)
		ret = apcsmart_handle_alerts(ups, apc, &status->flags);
	if (ret)
		return ret;
	apc->mains_failed = status->flags & UPS_FLAG_MAINS_FAILED;
	if (urgent) {
		apc->urgent++;
		apc->polls = 0;
	} else if (apc->polls) {
		apc->polls--;
		apc->urgent = 0;
		ret = apcsmart_read_limits(ups, apc, status);
	} else {
		apc->urgent = 0;
		ret = apcsmart_read_round(ups, apc, status);
	}
	for (i = 0; i < APCSMART_VALUES; i++)
		status->flags |= apc->flags[i];
	return ret;
}

static int apcsmart_off_delay(struct ups *ups, unsigned int seconds)
{
	const struct apcsmart *apc = ups_get_drvdata(ups);
	const int delay = apcsmart_off_s(apc);

	return apcsmart_pick_delay(&delay, 1, seconds);
}

/* The command that suits the present state; S is refused on line, and @ comes back alone. */
static int apcsmart_send_off(struct ups *ups, struct apcsmart *apc)
{
	int ret = -EOPNOTSUPP;

	if (apc->mains_failed)
		return apcsmart_command(ups, 'S');
	if (apcsmart_knows(apc, '@'))
		ret = ups_serial_command(ups, "@000");
	if ((ret != -EOPNOTSUPP && ret != -EIO) || !apcsmart_knows(apc, 'U'))
		return ret;
	/* Have it simulate a failure, during which it accepts S. */
	ret = apcsmart_command(ups, 'U');
	if (ret && ret != -ETIMEDOUT)
		return ret;
	msleep(jiffies_to_msecs(ups_time_left(ups, APCSMART_SIMULATE_MS)));
	return apcsmart_command(ups, 'S');
}

static int apcsmart_turn_off(struct ups *ups, unsigned int seconds)
{
	struct apcsmart *apc = ups_get_drvdata(ups);
	unsigned int i;
	u8 state;
	int ret = 0;

	if (seconds != apcsmart_off_s(apc))
		return -EINVAL;
	for (i = 0; i < 2; i++) {
		/* Without an answer, mains is as it was in the last reading. */
		if (!apcsmart_read_state_again(ups, &state))
			apc->mains_failed = !(state & APCSMART_ON_LINE);
		ret = apcsmart_send_off(ups, apc);
		/* Refused: mains may have failed or returned since the reading. */
		if (ret != -EOPNOTSUPP && ret != -EIO)
			break;
	}
	return ret;
}

static int apcsmart_cancel(struct ups *ups)
{
	const struct apcsmart *apc = ups_get_drvdata(ups);

	if (!apcsmart_knows(apc, APCSMART_CANCEL))
		return -EOPNOTSUPP;
	return apcsmart_command(ups, APCSMART_CANCEL);
}

/* The command also ends a test. */
static int apcsmart_test(struct ups *ups)
{
	struct apcsmart *apc = ups_get_drvdata(ups);
	int ret;

	if (apc->testing)
		return -EBUSY;
	ret = apcsmart_command(ups, 'W');
	if (ret)
		return ret;
	apc->testing = true;
	apc->tested = false;
	apc->test_end = jiffies + msecs_to_jiffies(APCSMART_TEST_MS);
	return 0;
}

static void apcsmart_stop(struct ups *ups)
{
	char reply[UPS_REPLY_LEN + 1];

	/* It leaves smart mode, and says "BYE". */
	apcsmart_query(ups, 'R', reply);
}

static const struct ups_ops apcsmart_ops = {
	.identify = apcsmart_identify,
	.refine = apcsmart_refine,
	.get_status = apcsmart_get_status,
	.off_delay = apcsmart_off_delay,
	.turn_off = apcsmart_turn_off,
	.cancel = apcsmart_cancel,
	.test = apcsmart_test,
	.stop = apcsmart_stop,
};

static const char * const apcsmart_properties[] = { "apc,off-delay-sec", NULL };

static const struct ups_serial_desc apcsmart_desc = {
	.ups = {
		.ops = &apcsmart_ops,
		.poll_ms = 2000,
		/* A simulated failure takes most of it. */
		.cut_ms = 10000,
		.hides_shutdown = true,
	},
	.verdict = apcsmart_verdict,
	.properties = apcsmart_properties,
	.speed = 2400,
	.end = '\n',
	.ignore = '\r',
	.char_ms = 50,
	.peek_ms = 200,
	.answers = true,
	.ack = '*',
	.alerts = APCSMART_ALERTS,
	.reply_ms = 1000,
	.settle_ms = 100,
};

static int apcsmart_probe(struct device *dev, struct ups_port *port)
{
	/* What the cable 940-0095B needs; with 940-0024C these lines are not used. */
	struct ups_serial_config config = { .dtr = true };
	static const char delay[] = "apc,off-delay-sec";
	struct apcsmart *apc;
	unsigned int i;
	int ret;

	apc = devm_kzalloc(dev, sizeof(*apc), GFP_KERNEL);
	if (!apc)
		return -ENOMEM;
	apc->dev = dev;
	apc->list_tries = 2;
	apc->step_tries = 3;
	apc->wanted_s = APCSMART_DEFAULT_S;
	for (i = 0; i < APCSMART_IDS; i++)
		apc->id_tries[i] = APCSMART_TRIES;
	for (i = 0; i < APCSMART_VALUES; i++)
		apc->value_tries[i] = APCSMART_TRIES;
	apc->exact = device_property_present(dev, delay);
	ret = psy_miniclass_fw_u32(dev, delay, 0, APCSMART_MAX_S, &apc->wanted_s);
	if (!ret)
		ret = psy_miniclass_fw_u32(dev, "energy-full-design-microwatt-hours", 1000000,
					   INT_MAX, &apc->energy_full_uwh);
	if (ret)
		return ret;
	config.drvdata = apc;
	return PTR_ERR_OR_ZERO(devm_ups_serial_register(port, &apcsmart_desc, &config));
}

static const struct of_device_id apcsmart_of_match[] = {
	{ .compatible = "apc,smart-ups" },
	{ }
};
MODULE_DEVICE_TABLE(of, apcsmart_of_match);

module_ups_serial(apcsmart, "apcsmart-ups", apcsmart_of_match);

MODULE_ALIAS("platform:apcsmart-ups");
MODULE_DESCRIPTION("Driver for UPSes with APC's Smart protocol (UPS-Link)");
MODULE_AUTHOR("The psy-miniclass developers");
MODULE_LICENSE("GPL");
MODULE_VERSION(PSY_VERSION);
MODULE_IMPORT_NS("PSY_MINICLASS");
MODULE_IMPORT_NS("UPS");
MODULE_IMPORT_NS("UPS_SERIAL");
