// SPDX-License-Identifier: GPL-2.0-only
/* UPSes with the Megatec protocol: Q1, or a different spelling of it, at 2400 baud */
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/power/psy_miniclass.h>
#include <linux/property.h>
#include <linux/string.h>

#include "megatec.h"

/* Attempts to get the reply to F or I */
#define MEGATEC_TRIES	5

/* Largest delay of S, seconds */
#define MEGATEC_OFF_MAX	600

/**
 * struct megatec - one UPS
 * @quirks: MEGATEC_* bits
 * @status_command: the spelling that the UPS understands; NULL until found, and again
 *	if it fails after a loss of communication
 * @rating_tries: attempts left to send F
 * @vendor_tries: attempts left to send I
 * @pack: its battery
 * @energy_full_uwh: energy of the full battery, from firmware
 * @beeper: state in the last reading
 */
struct megatec {
	u32 quirks;
	const char *status_command;
	unsigned int rating_tries;
	unsigned int vendor_tries;
	struct megatec_pack pack;
	u32 energy_full_uwh;
	bool beeper;
};

static const char * const megatec_spellings[] = { "Q1", "QS", "D" };

/*
 * A very late reply may arrive after the next spelling has been sent. Only a second
 * reply shows which of them the UPS understands.
 */
static int megatec_try_spelling(struct ups *ups, const char *spelling)
{
	char reply[UPS_REPLY_LEN + 1];
	unsigned int i;
	int ret;

	for (i = 0; i < 2; i++) {
		struct ups_status status = { };

		ret = ups_serial_query(ups, spelling, '(', reply);
		if (ret >= 0)
			ret = megatec_parse_status(reply, 0, &status);
		if (ret)
			return ret;
	}
	return 0;
}

/* Find the spelling of the status query that the UPS understands. */
static int megatec_find_spelling(struct ups *ups, struct megatec *mt)
{
	unsigned int i;
	int ret;

	/* Try the known spelling alone first: critical may have a deadline. */
	if (mt->status_command) {
		ret = megatec_try_spelling(ups, mt->status_command);
		if (ret && ret != -ESHUTDOWN && ret != -EBUSY)
			mt->status_command = NULL;
		return ret;
	}
	for (i = 0; i < ARRAY_SIZE(megatec_spellings); i++) {
		ret = megatec_try_spelling(ups, megatec_spellings[i]);
		if (!ret)
			mt->status_command = megatec_spellings[i];
		if (!ret || ret == -ESHUTDOWN || ret == -EBUSY)
			return ret;
	}
	return ret;
}

/*
 * Send a query of the ident, which the UPS may never answer. Returns true if there is a
 * reply. An attempt aborted by the UPS core does not count.
 */
static bool megatec_try(struct ups *ups, const char *command, unsigned int *tries,
			char reply[UPS_REPLY_LEN + 1])
{
	int ret;

	if (!*tries)
		return false;
	ret = ups_serial_query(ups, command, '#', reply);
	if (ret == -ESHUTDOWN || ret == -EBUSY)
		return false;
	--*tries;
	return ret > 0;
}

static void megatec_read_rating(struct ups *ups, struct megatec *mt,
				struct ups_ident *ident)
{
	struct megatec_rating rating;
	char reply[UPS_REPLY_LEN + 1];

	if (!megatec_try(ups, "F", &mt->rating_tries, reply) ||
	    megatec_parse_rating(reply, &rating))
		return;
	mt->rating_tries = 0;
	ident->rated_mv = rating.mv;
	ident->rated_ma = rating.ma;
	if (!mt->pack.nominal_uv)
		mt->pack.nominal_uv = rating.battery_uv;
}

static void megatec_read_vendor(struct ups *ups, struct megatec *mt,
				struct ups_ident *ident)
{
	char reply[UPS_REPLY_LEN + 1];

	if (megatec_try(ups, "I", &mt->vendor_tries, reply) &&
	    !megatec_parse_ident(reply, ident))
		mt->vendor_tries = 0;
}

/*
 * Do not query known values again: after a loss of communication these queries are
 * only noise, and some units lock up on F and I. But a reply lost at start must not
 * leave the charge unknown for good.
 */
static int megatec_refine(struct ups *ups, struct ups_ident *ident)
{
	struct megatec *mt = ups_get_drvdata(ups);

	megatec_read_rating(ups, mt, ident);
	megatec_read_vendor(ups, mt, ident);
	ident->rated_battery_uv = mt->pack.nominal_uv;
	ident->energy_full_uwh = mt->energy_full_uwh;
	return mt->rating_tries || mt->vendor_tries ? UPS_INCOMPLETE : 0;
}

static int megatec_identify(struct ups *ups, struct ups_ident *ident)
{
	struct megatec *mt = ups_get_drvdata(ups);
	int ret;

	ret = megatec_find_spelling(ups, mt);
	return ret ?: megatec_refine(ups, ident);
}

static int megatec_get_status(struct ups *ups, struct ups_status *status)
{
	struct megatec *mt = ups_get_drvdata(ups);
	char reply[UPS_REPLY_LEN + 1];
	int ret;

	/* Forgotten since communication was lost: commands may come then, too. */
	if (!mt->status_command)
		return -ETIMEDOUT;
	ret = ups_serial_query(ups, mt->status_command, '(', reply);
	if (ret < 0)
		return ret;
	ret = megatec_parse_status(reply, mt->quirks, status);
	if (ret)
		return ret;
	megatec_battery(&mt->pack, status);
	mt->beeper = status->flags & UPS_FLAG_BEEPER;
	return 0;
}

static int megatec_turn_off(struct ups *ups, unsigned int seconds)
{
	struct megatec *mt = ups_get_drvdata(ups);

	return ups_text_turn_off(ups, seconds, "C", mt->quirks & MEGATEC_STICKY_SHUTDOWN ?
				 NULL : megatec_get_status);
}

static int megatec_cancel(struct ups *ups)
{
	return ups_serial_command(ups, "C");
}

static int megatec_test(struct ups *ups)
{
	return ups_serial_command(ups, "T");
}

/* The command toggles: send it only if the beeper is not in the requested state. */
static int megatec_beeper(struct ups *ups, bool on)
{
	struct megatec *mt = ups_get_drvdata(ups);
	struct ups_status status = { };
	int ret;

	ret = megatec_get_status(ups, &status);
	if (ret)
		return ret;
	return mt->beeper == on ? 0 : ups_serial_command(ups, "Q");
}

static int megatec_min_off_delay(struct ups *ups, unsigned int seconds)
{
	return ups_text_off_delay(seconds, MEGATEC_OFF_MAX);
}

static const struct ups_ops megatec_ops = {
	.identify = megatec_identify,
	.refine = megatec_refine,
	.get_status = megatec_get_status,
	.off_delay = megatec_min_off_delay,
	.turn_off = megatec_turn_off,
	.cancel = megatec_cancel,
	.test = megatec_test,
	.beeper = megatec_beeper,
};

static const char * const megatec_properties[] = {
	"voltage-nominal-microvolt", "voltage-min-design-microvolt",
	"voltage-max-design-microvolt", "runtime-calibration", "megatec,cells",
	"megatec,cable-power", "megatec,no-rating", "megatec,no-vendor",
	"megatec,sticky-shutdown", "megatec,fixed-temperature", NULL
};

static const struct ups_serial_desc megatec_desc = {
	.ups = {
		.ops = &megatec_ops,
		.poll_ms = 2000,
		/* A last digit of the voltage is 2 to 4 percent of the charge. */
		.charge_step = 3,
	},
	.verdict = megatec_verdict,
	.properties = megatec_properties,
	.speed = 2400,
	.end = '\r',
	.restart = '(',
	.reply_ms = 1000,
	.settle_ms = 500,
};

static int megatec_read_calibration(struct device *dev, struct megatec_pack *pack)
{
	static const char name[] = "runtime-calibration";
	u32 v[4];

	if (!device_property_present(dev, name))
		return 0;
	if (device_property_count_u32(dev, name) != 4 ||
	    device_property_read_u32_array(dev, name, v, 4) ||
	    !v[0] || v[0] >= v[2] || v[2] > 100 || !v[3] || v[3] >= v[1] || v[1] > 864000)
		return dev_err_probe(dev, -EINVAL,
				     "%s: must be <load seconds load seconds>, loads 1..100 rising, seconds 1..864000 falling\n",
				     name);
	pack->low_load = v[0];
	pack->low_load_s = v[1];
	pack->high_load = v[2];
	pack->high_load_s = v[3];
	return 0;
}

static int megatec_read_firmware(struct device *dev, struct megatec *mt)
{
	static const struct {
		const char *name;
		u32 bit;
	} quirks[] = {
		{ "megatec,no-rating", MEGATEC_NO_RATING },
		{ "megatec,no-vendor", MEGATEC_NO_VENDOR },
		{ "megatec,sticky-shutdown", MEGATEC_STICKY_SHUTDOWN },
		{ "megatec,fixed-temperature", MEGATEC_FIXED_TEMP },
	};
	const struct {
		const char *name;
		u32 max;
		int *val;
	} volts[] = {
		{ "voltage-nominal-microvolt", 1000000000, &mt->pack.nominal_uv },
		{ "voltage-min-design-microvolt", 1000000000, &mt->pack.empty_uv },
		{ "voltage-max-design-microvolt", 1000000000, &mt->pack.full_uv },
	};
	unsigned int i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(quirks); i++)
		if (device_property_read_bool(dev, quirks[i].name))
			mt->quirks |= quirks[i].bit;
	mt->rating_tries = mt->quirks & MEGATEC_NO_RATING ? 0 : MEGATEC_TRIES;
	mt->vendor_tries = mt->quirks & MEGATEC_NO_VENDOR ? 0 : MEGATEC_TRIES;
	for (i = 0; i < ARRAY_SIZE(volts); i++) {
		u32 val = 0;

		ret = psy_miniclass_fw_u32(dev, volts[i].name, 1000000, volts[i].max, &val);
		if (ret)
			return ret;
		*volts[i].val = val;
	}
	if (mt->pack.empty_uv && mt->pack.full_uv && mt->pack.empty_uv >= mt->pack.full_uv)
		return dev_err_probe(dev, -EINVAL,
				     "%s: is %d, must be less than %s, %d\n", volts[1].name,
				     mt->pack.empty_uv, volts[2].name, mt->pack.full_uv);

	ret = psy_miniclass_fw_u32(dev, "megatec,cells", 1, 360, &mt->pack.cells);
	if (ret)
		return ret;
	ret = psy_miniclass_fw_u32(dev, "energy-full-design-microwatt-hours", 1000000, INT_MAX,
				   &mt->energy_full_uwh);
	if (ret)
		return ret;
	return megatec_read_calibration(dev, &mt->pack);
}

/* Some interfaces are powered by DTR and RTS, with different levels. */
static int megatec_read_cable(struct device *dev, struct ups_serial_config *config)
{
	static const struct {
		const char *name;
		bool dtr, rts;
	} cables[] = {
		{ "normal", true, false }, { "reverse", false, true },
		{ "both", true, true }, { "none", false, false },
	};
	const char *name = "normal";
	unsigned int i;

	if (device_property_present(dev, "megatec,cable-power") &&
	    device_property_read_string(dev, "megatec,cable-power", &name))
		name = "";
	for (i = 0; i < ARRAY_SIZE(cables); i++) {
		if (strcmp(name, cables[i].name))
			continue;
		config->dtr = cables[i].dtr;
		config->rts = cables[i].rts;
		return 0;
	}
	return dev_err_probe(dev, -EINVAL,
			     "megatec,cable-power: must be normal, reverse, both or none\n");
}

static int megatec_probe(struct device *dev, struct ups_port *port)
{
	struct ups_serial_config config = { };
	struct megatec *mt;
	int ret;

	mt = devm_kzalloc(dev, sizeof(*mt), GFP_KERNEL);
	if (!mt)
		return -ENOMEM;
	config.drvdata = mt;

	ret = megatec_read_firmware(dev, mt);
	if (!ret)
		ret = megatec_read_cable(dev, &config);
	if (ret)
		return ret;
	return PTR_ERR_OR_ZERO(devm_ups_serial_register(port, &megatec_desc, &config));
}

static const struct of_device_id megatec_of_match[] = {
	{ .compatible = "megatec,q1-ups" },
	{ }
};
MODULE_DEVICE_TABLE(of, megatec_of_match);

module_ups_serial(megatec, "megatec-ups", megatec_of_match);

MODULE_ALIAS("platform:megatec-ups");
MODULE_DESCRIPTION("Driver for UPSes with the Megatec (Q1) protocol");
MODULE_AUTHOR("The psy-miniclass developers");
MODULE_LICENSE("GPL");
MODULE_VERSION(PSY_VERSION);
MODULE_IMPORT_NS("PSY_MINICLASS");
MODULE_IMPORT_NS("UPS");
MODULE_IMPORT_NS("UPS_SERIAL");
