// SPDX-License-Identifier: GPL-2.0-only
/*
 * CellWise CW2015 fuel gauge for one lithium-ion cell. It knows voltage, percentage and
 * remaining time, but no current; the status is that of the charger.
 *
 * The registers were checked against the in-tree driver of Linux 7.2.
 */
#include <linux/bitfield.h>
#include <linux/delay.h>
#include <linux/ktime.h>
#include <linux/mod_devicetable.h>
#include <linux/power/psy_gauge.h>
#include <linux/property.h>
#include <linux/string.h>

#include "cw2015.h"

/* Bytes; of two, the first is the more significant */
#define CW2015_VCELL		0x02	/* 14 bits of 305 uV */
#define CW2015_VCELL_MAX	4996000	/* all ones are 4997 mV */
#define CW2015_SOC		0x04	/* 1/256 percent */
#define CW2015_RRT_ALERT	0x06	/* 13 bits, minutes */
#define CW2015_CONFIG		0x08
#define CW2015_MODE		0x0a
#define CW2015_BATINFO		0x10	/* model of the battery */

#define CW2015_ALERT		BIT(7)	/* holds the alert line low until it is cleared */
#define CW2015_ATHD		GENMASK(7, 3)	/* alert threshold, percent */
#define CW2015_UPDATED		BIT(1)	/* BATINFO was written after power-on */
#define CW2015_SLEEP		GENMASK(7, 6)	/* both bits: asleep, as after power-on */
#define CW2015_RESTART		GENMASK(3, 0)

#define CW2015_BATINFO_SIZE	64
#define CW2015_RRT_INVALID	0x1fff
#define CW2015_SETTLE_MS	20	/* after a change of MODE */
#define CW2015_POLL_MS		8000
#define CW2015_POLL_MIN_MS	250
#define CW2015_POLL_MAX_MS	3600000

/**
 * struct cw2015 - a gauge
 * @desc: for the class
 * @profile: BATINFO as it should be
 * @has_profile: there is one
 * @full_design: capacity of the battery by the firmware, µAh, or 0
 * @athd: alert threshold, percent, or -1 to leave that of the chip
 * @awake: the chip was awake at the last reading
 * @set_up: it has got its settings
 * @watch: for how long the percentage is the same
 */
struct cw2015 {
	struct psy_miniclass_desc desc;
	u8 profile[CW2015_BATINFO_SIZE];
	bool has_profile;
	u32 full_design;
	int athd;
	bool awake;
	bool set_up;
	struct cw2015_watch watch;
};

/* The integral part of a percentage is up to 100; more means that it is not known yet. */
static const struct psy_field_desc cw2015_rows[] = {
	{ PSY_VOLTAGE_NOW, CW2015_VCELL, .regs = 2, .bits = 14, .mul = 305,
	  .flags = PSY_ROW_BE | PSY_ROW_HAS_NA | PSY_ROW_RANGE, .na = 0,
	  .min = 0, .max = CW2015_VCELL_MAX },
	{ PSY_CAPACITY, CW2015_SOC, .regs = 2, .div = 256,
	  .flags = PSY_ROW_BE | PSY_ROW_RANGE, .min = 0, .max = 101 },
	{ PSY_TIME_TO_EMPTY_NOW, CW2015_RRT_ALERT, .regs = 2, .bits = 13, .mul = 60,
	  .flags = PSY_ROW_BE | PSY_ROW_HAS_NA | PSY_ROW_RANGE, .na = CW2015_RRT_INVALID,
	  .min = 60, .max = CW2015_RRT_INVALID * 60 },
};

static int cw2015_write_profile(struct psy_miniclass *mc, const u8 *profile, u8 config)
{
	int ret;

	ret = psy_miniclass_bulk_write(mc, CW2015_BATINFO, profile, CW2015_BATINFO_SIZE) ?:
	      psy_miniclass_write(mc, CW2015_CONFIG, config | CW2015_UPDATED) ?:
	      psy_miniclass_write(mc, CW2015_MODE, CW2015_RESTART);
	if (ret)
		return ret;
	msleep(CW2015_SETTLE_MS);
	return psy_miniclass_write(mc, CW2015_MODE, 0);
}

/* Writing the profile restarts the chip, so one bad reading of it must not be enough. */
static int cw2015_check_profile(struct psy_miniclass *mc, struct cw2015 *cw)
{
	u8 profile[CW2015_BATINFO_SIZE];
	unsigned int config, i;
	int ret;

	for (i = 0; i < 2; i++) {
		ret = psy_miniclass_read(mc, CW2015_CONFIG, &config);
		if (ret)
			return ret;
		ret = psy_miniclass_bulk_read(mc, CW2015_BATINFO, profile, sizeof(profile));
		if (ret)
			return ret;
		if ((config & CW2015_UPDATED) && !memcmp(profile, cw->profile, sizeof(profile)))
			return 0;
	}
	return cw2015_write_profile(mc, cw->profile, config);
}

static int cw2015_set_up(struct psy_miniclass *mc, struct cw2015 *cw)
{
	int ret = cw->has_profile ? cw2015_check_profile(mc, cw) : 0;

	if (ret || cw->athd < 0)
		return ret;
	return psy_miniclass_update_bits(mc, CW2015_CONFIG, CW2015_ATHD,
					 FIELD_PREP(CW2015_ATHD, cw->athd));
}

/*
 * A chip that was without power is asleep, and a different battery may be connected. One
 * bad reading must not be enough.
 */
static int cw2015_before_read(struct psy_miniclass *mc)
{
	struct cw2015 *cw = psy_miniclass_get_drvdata(mc);
	unsigned int mode, i;

	for (i = 0; i < 2; i++) {
		if (psy_miniclass_read(mc, CW2015_MODE, &mode))
			return 0;
		/* Nothing drives the bus: some bits are never set. */
		if (mode == 0xff)
			return -EIO;
		if ((mode & CW2015_SLEEP) != CW2015_SLEEP)
			break;
	}
	if (i < 2) {
		cw->awake = true;
	} else {
		if (cw->awake)
			psy_miniclass_replaced(mc);
		cw->awake = false;
		cw->set_up = false;
		if (psy_miniclass_write(mc, CW2015_MODE, 0))
			return 0;
	}
	if (!cw->set_up)
		cw->set_up = !cw2015_set_up(mc, cw);
	return 0;
}

static int cw2015_query_info(struct psy_miniclass *mc, struct psy_info *info)
{
	struct cw2015 *cw = psy_miniclass_get_drvdata(mc);

	if (cw->full_design)
		psy_values_set(&info->values, PSY_CHARGE_FULL_DESIGN, cw->full_design);
	return 0;
}

static int cw2015_query_status(struct psy_miniclass *mc, const struct psy_info *info,
			       struct psy_values *status)
{
	bool charging = psy_miniclass_supplier_status(mc) == POWER_SUPPLY_STATUS_CHARGING;
	struct cw2015 *cw = psy_miniclass_get_drvdata(mc);
	int capacity = CW2015_INVALID;

	psy_values_get(status, PSY_CAPACITY, &capacity);
	if (!cw2015_stuck(&cw->watch, capacity, charging, ktime_get()))
		return 0;

	/* The settings are checked before the next reading. Staying asleep is not a reset. */
	cw->set_up = false;
	cw->awake = false;
	psy_miniclass_write(mc, CW2015_MODE, CW2015_SLEEP);
	msleep(CW2015_SETTLE_MS);
	psy_miniclass_write(mc, CW2015_MODE, 0);
	return 0;
}

static int cw2015_set_alert(struct psy_miniclass *mc, int percent)
{
	struct cw2015 *cw = psy_miniclass_get_drvdata(mc);

	/* Out of reach: the class polls instead. */
	if (percent > FIELD_MAX(CW2015_ATHD))
		return -EOPNOTSUPP;
	cw->athd = percent;
	return psy_miniclass_update_bits(mc, CW2015_CONFIG, CW2015_ATHD,
					 FIELD_PREP(CW2015_ATHD, percent));
}

static int cw2015_set_notify(struct psy_miniclass *mc, const struct psy_limits *limits)
{
	return cw2015_set_alert(mc, limits->low);
}

static int cw2015_disable_notify(struct psy_miniclass *mc)
{
	return cw2015_set_alert(mc, 0);
}

static int cw2015_ack_irq(struct psy_miniclass *mc)
{
	return psy_miniclass_update_bits(mc, CW2015_RRT_ALERT, CW2015_ALERT, 0);
}

static const struct psy_miniclass_ops cw2015_ops = {
	.before_read = cw2015_before_read,
	.ack_irq = cw2015_ack_irq,
	.query_info = cw2015_query_info,
	.query_status = cw2015_query_status,
	.set_notify = cw2015_set_notify,
	.disable_notify = cw2015_disable_notify,
};

static const struct psy_miniclass_desc cw2015_desc = {
	.rows = cw2015_rows,
	.num_rows = ARRAY_SIZE(cw2015_rows),
	.run = 6,
	.manufacturer = "CellWise",
	.model = "CW2015",
	.technology = POWER_SUPPLY_TECHNOLOGY_LION,
	.supplied = true,
	.extra = PSY_BIT(PSY_CHARGE_FULL_DESIGN),
	.ops = &cw2015_ops,
	.poll_ms = CW2015_POLL_MS,
};

static const struct regmap_config cw2015_regmap = {
	.reg_bits = 8,
	.val_bits = 8,
};

static int cw2015_read_firmware(struct cw2015 *cw, struct device *dev)
{
	u32 poll_ms = CW2015_POLL_MS;
	int ret;

	ret = psy_miniclass_fw_u32(dev, "cellwise,monitor-interval-ms", CW2015_POLL_MIN_MS,
				   CW2015_POLL_MAX_MS, &poll_ms);
	if (ret)
		return ret;
	cw->desc.poll_ms = poll_ms;

	cw->has_profile = device_property_present(dev, "cellwise,battery-profile");
	if (cw->has_profile &&
	    (device_property_count_u8(dev, "cellwise,battery-profile") != sizeof(cw->profile) ||
	     device_property_read_u8_array(dev, "cellwise,battery-profile", cw->profile,
					   sizeof(cw->profile))))
		return dev_err_probe(dev, -EINVAL,
				     "cellwise,battery-profile: must have %zu bytes\n",
				     sizeof(cw->profile));
	return psy_miniclass_fw_battery(dev, "charge-full-design-microamp-hours",
					&cw->full_design);
}

static int cw2015_probe(struct i2c_client *client)
{
	struct psy_miniclass_config config = { .alarms = PSY_LIMIT_LOW };
	struct device *dev = &client->dev;
	struct cw2015 *cw;
	int ret;

	cw = devm_kzalloc(dev, sizeof(*cw), GFP_KERNEL);
	if (!cw)
		return -ENOMEM;
	cw->desc = cw2015_desc;
	cw->athd = -1;
	ret = cw2015_read_firmware(cw, dev);
	if (ret)
		return ret;

	config.drvdata = cw;
	return devm_psy_gauge_register(client, &cw->desc, &cw2015_regmap, &config);
}

static const struct of_device_id cw2015_of_match[] = {
	{ .compatible = "cellwise,cw2015" },
	{ }
};
MODULE_DEVICE_TABLE(of, cw2015_of_match);

static const struct i2c_device_id cw2015_ids[] = {
	{ .name = "cw2015" },
	{ }
};
MODULE_DEVICE_TABLE(i2c, cw2015_ids);

static struct i2c_driver cw2015_driver = {
	.driver = {
		.name = "cw2015-gauge",
		.of_match_table = cw2015_of_match,
		.pm = pm_sleep_ptr(&psy_miniclass_pm_ops),
	},
	.I2C_PROBE = cw2015_probe,
	.id_table = cw2015_ids,
};
module_psy_gauge(cw2015_driver);

MODULE_DESCRIPTION("CellWise CW2015 fuel gauge driver");
MODULE_AUTHOR("The psy-miniclass developers");
MODULE_LICENSE("GPL");
MODULE_VERSION(PSY_VERSION);
MODULE_IMPORT_NS("PSY_MINICLASS");
