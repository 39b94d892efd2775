// SPDX-License-Identifier: GPL-2.0-only
/*
 * A battery on a board that has no fuel gauge, but a monitor of its voltage and current,
 * such as the INA219. The driver of the monitor provides IIO channels; the battery is
 * described by the firmware (simple-battery).
 */
#include <linux/device.h>
#include <linux/err.h>
#include <linux/iio/consumer.h>
#include <linux/iio/iio.h>
#include <linux/ktime.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/power/psy_miniclass.h>
#include <linux/property.h>
#include <linux/units.h>

#include "voltage.h"
#include "voltage-battery.h"

/* What IIO reports, in units of the class */
enum voltage_channel {
	VOLTAGE_CHAN_VOLTAGE,	/* mV */
	VOLTAGE_CHAN_CURRENT,	/* mA */
	VOLTAGE_CHAN_TEMP,	/* 1/1000 °C */
	VOLTAGE_NR_CHANS
};

static const struct {
	const char *name;
	int type;		/* enum iio_chan_type */
	unsigned int scale;
} voltage_channels[VOLTAGE_NR_CHANS] = {
	[VOLTAGE_CHAN_VOLTAGE] = { "voltage", IIO_VOLTAGE, MILLI },
	[VOLTAGE_CHAN_CURRENT] = { "current", IIO_CURRENT, MILLI },
	[VOLTAGE_CHAN_TEMP] = { "temperature", IIO_TEMP, 1 },
};

/**
 * struct voltage_gauge - a gauge
 * @desc: for the class
 * @chan: the channels, NULL if there is none; with a voltage
 * @sign: -1 if the monitor reports the current out of the battery, else 1
 * @temp: last temperature, 0.1 °C
 * @bat: the battery
 * @soc: its state of charge
 * @last: when it was measured
 * @asleep: how long the machine had been asleep by then
 * @warned: an impossible voltage was logged
 * @dev: the device
 */
struct voltage_gauge {
	struct psy_miniclass_desc desc;
	struct iio_channel *chan[VOLTAGE_NR_CHANS];
	int sign;
	int temp;
	struct voltage_battery bat;
	struct voltage_soc soc;
	ktime_t last;
	ktime_t asleep;
	bool warned;
	struct device *dev;
};

static int voltage_read(struct psy_miniclass *mc, enum voltage_channel c, int *val)
{
	struct voltage_gauge *vg = psy_miniclass_get_drvdata(mc);
	int ret;

	do {
		ret = iio_read_channel_processed_scale(vg->chan[c], val, voltage_channels[c].scale);
	} while (psy_miniclass_retry(mc, ret));
	return psy_transfer_errno(min(ret, 0));
}

/* A different battery, or one after a long silence: nothing is known of its charge. */
static int voltage_query_info(struct psy_miniclass *mc, struct psy_info *info)
{
	struct voltage_gauge *vg = psy_miniclass_get_drvdata(mc);

	vg->soc = (struct voltage_soc){};
	info->unit = PSY_UNIT_CHARGE;
	psy_values_set(&info->values, PSY_CHARGE_FULL_DESIGN, vg->bat.full_uah);
	return 0;
}

/*
 * Far below that of an empty battery, the voltage is not that of a battery. Far above
 * that of a full one, it is a bad reading, or the battery is described wrongly.
 */
static int voltage_check(struct voltage_gauge *vg, int uv)
{
	const struct voltage_table *t = &vg->bat.tables[0];
	int top = max(t->points[0].x, vg->bat.charge_uv);

	if (uv < t->points[t->len - 1].x / 2)
		return -ENODEV;
	if (uv <= top + top / 4)
		return 0;
	if (!vg->warned)
		dev_warn(vg->dev, "%d uV is not a voltage of this battery\n", uv);
	vg->warned = true;
	return -EIO;
}

static int voltage_query_status(struct psy_miniclass *mc, const struct psy_info *info,
				struct psy_values *status)
{
	struct voltage_gauge *vg = psy_miniclass_get_drvdata(mc);
	struct voltage_sample s = {
		.has_ua = vg->chan[VOLTAGE_CHAN_CURRENT],
	};
	int milli_celsius, idle = voltage_idle_ua(&vg->bat), ret;
	ktime_t now, awake, asleep;

	ret = voltage_read(mc, VOLTAGE_CHAN_VOLTAGE, &s.uv);
	if (!ret && s.has_ua)
		ret = voltage_read(mc, VOLTAGE_CHAN_CURRENT, &s.ua);
	if (!ret)
		ret = voltage_check(vg, s.uv);
	/* One bad reading must not be a removed battery. */
	if (ret == -ENODEV)
		ret = voltage_read(mc, VOLTAGE_CHAN_VOLTAGE, &s.uv) ?: voltage_check(vg, s.uv);
	if (ret)
		return ret;
	s.ua = max(s.ua, -INT_MAX) * vg->sign;
	if (vg->chan[VOLTAGE_CHAN_TEMP] && !voltage_read(mc, VOLTAGE_CHAN_TEMP, &milli_celsius)) {
		vg->temp = milli_celsius / 100;
		psy_values_set(status, PSY_TEMP, vg->temp);
	}
	s.temp = vg->temp;

	/* Of the same moment: the difference changes only while the machine sleeps. */
	awake = ktime_get();
	now = ktime_mono_to_any(awake, TK_OFFS_BOOT);
	asleep = ktime_sub(now, awake);
	if (!vg->soc.started) {
		vg->last = now;
		vg->asleep = asleep;
	}
	s.dt_ms = ktime_ms_delta(now, vg->last);
	s.slept = asleep != vg->asleep;
	vg->asleep = asleep;
	/* What is left of the last millisecond counts the next time. */
	vg->last = ktime_add_ms(vg->last, s.dt_ms);
	voltage_soc_step(&vg->soc, &vg->bat, &s);

	psy_values_set(status, PSY_VOLTAGE_NOW, s.uv);
	psy_values_set(status, PSY_VOLTAGE_OCV, vg->soc.ocv_uv);
	psy_values_set(status, PSY_CHARGE_FULL, vg->bat.full_uah);
	psy_values_set(status, PSY_CHARGE_NOW, div_s64(vg->soc.charge, VOLTAGE_UAH));
	psy_values_set(status, PSY_CAPACITY_ERROR_MARGIN,
		       DIV_ROUND_UP_ULL(div_s64(vg->soc.margin, VOLTAGE_UAH) * 100,
					vg->bat.full_uah));
	if (!s.has_ua)
		return 0;
	psy_values_set(status, PSY_CURRENT_NOW, s.ua);
	psy_values_set(status, PSY_CHARGE_COUNTER, div_s64(vg->soc.counter, VOLTAGE_UAH));
	psy_values_set(status, PSY_STATUS,
		       vg->soc.full ? POWER_SUPPLY_STATUS_FULL :
		       s.ua < -idle ? POWER_SUPPLY_STATUS_DISCHARGING :
		       s.ua > idle ? POWER_SUPPLY_STATUS_CHARGING :
				     POWER_SUPPLY_STATUS_NOT_CHARGING);
	return 0;
}

static const struct psy_miniclass_ops voltage_ops = {
	.query_info = voltage_query_info,
	.query_status = voltage_query_status,
};

/* A monitor that is bound again brings the gauge back. */
static void voltage_follow(struct device *dev, const struct iio_channel *chan)
{
	struct device *monitor = chan->indio_dev->dev.parent;

	if (monitor && monitor->driver &&
	    !device_link_add(dev, monitor, DL_FLAG_AUTOPROBE_CONSUMER))
		dev_warn(dev, "cannot follow %s\n", dev_name(monitor));
}

static int voltage_get_channels(struct voltage_gauge *vg, struct device *dev)
{
	struct iio_channel *chan;
	enum iio_chan_type type;
	unsigned int i;
	int ret;

	for (i = 0; i < VOLTAGE_NR_CHANS; i++) {
		const char *name = voltage_channels[i].name;

		if (i != VOLTAGE_CHAN_VOLTAGE &&
		    device_property_match_string(dev, "io-channel-names", name) < 0)
			continue;
		chan = devm_iio_channel_get(dev, name);
		if (IS_ERR(chan))
			return dev_err_probe(dev, PTR_ERR(chan), "io-channels: no channel \"%s\"\n",
					     name);
		ret = iio_get_channel_type(chan, &type);
		if (ret || type != voltage_channels[i].type)
			return dev_err_probe(dev, -EINVAL,
					     "io-channels: \"%s\" is a channel of a different type\n",
					     name);
		vg->chan[i] = chan;
		voltage_follow(dev, chan);
	}
	return 0;
}

static int voltage_probe(struct platform_device *pdev)
{
	struct psy_miniclass_config config = {};
	struct device *dev = &pdev->dev;
	struct voltage_gauge *vg;
	struct psy_miniclass *mc;
	int ret;

	vg = devm_kzalloc(dev, sizeof(*vg), GFP_KERNEL);
	if (!vg)
		return -ENOMEM;
	ret = voltage_get_channels(vg, dev);
	if (!ret)
		ret = voltage_read_battery(dev, &vg->bat, &vg->desc.technology);
	if (ret)
		return ret;

	vg->dev = dev;
	vg->temp = VOLTAGE_ROOM_TEMP;
	vg->sign = device_property_read_bool(dev, "current-reversed") ? -1 : 1;
	vg->desc.ops = &voltage_ops;
	vg->desc.poll_ms = 5000;
	vg->desc.extra = PSY_BIT(PSY_VOLTAGE_NOW) | PSY_BIT(PSY_VOLTAGE_OCV) |
			 PSY_BIT(PSY_CHARGE_NOW) | PSY_BIT(PSY_CHARGE_FULL) |
			 PSY_BIT(PSY_CHARGE_FULL_DESIGN) | PSY_BIT(PSY_CAPACITY_ERROR_MARGIN);
	if (vg->chan[VOLTAGE_CHAN_CURRENT])
		vg->desc.extra |= PSY_BIT(PSY_CURRENT_NOW) | PSY_BIT(PSY_CHARGE_COUNTER);
	else
		vg->desc.supplied = true;
	if (vg->chan[VOLTAGE_CHAN_TEMP])
		vg->desc.extra |= PSY_BIT(PSY_TEMP);
	config.drvdata = vg;
	mc = devm_psy_miniclass_register(dev, &vg->desc, &config);
	if (IS_ERR(mc))
		return PTR_ERR(mc);
	platform_set_drvdata(pdev, mc);
	return 0;
}

static const struct of_device_id voltage_of_match[] = {
	{ .compatible = "psy-miniclass,voltage-gauge" },
	{ }
};
MODULE_DEVICE_TABLE(of, voltage_of_match);

static struct platform_driver voltage_driver = {
	.driver = {
		.name = "voltage-gauge",
		.of_match_table = voltage_of_match,
		.pm = pm_sleep_ptr(&psy_miniclass_pm_ops),
	},
	.probe = voltage_probe,
};
module_platform_driver(voltage_driver);

MODULE_DESCRIPTION("Battery gauge with a voltage and current monitor");
MODULE_AUTHOR("The psy-miniclass developers");
MODULE_LICENSE("GPL");
MODULE_VERSION(PSY_VERSION);
MODULE_IMPORT_NS("PSY_MINICLASS");
