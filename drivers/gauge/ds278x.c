// SPDX-License-Identifier: GPL-2.0-only
/*
 * Dallas/Maxim DS2782 and DS2786 fuel gauges for one lithium-ion cell.
 *
 * Data sheets: DS2782 "Stand-Alone Fuel Gauge IC", DS2786 "Stand-Alone OCV-Based Fuel
 * Gauge": the register formats in the figures, and "Status/Config Register"
 */
#include <linux/mod_devicetable.h>
#include <linux/power/psy_gauge.h>

/* Bytes; of two, the more significant one is first */
#define DS2782_RARC		0x06	/* percent */
#define DS2782_IAVG		0x08	/* 1.5625 uV */
#define DS2782_RSNSP		0x69	/* conductance of the sense resistor, S */
#define DS2786_STATUS		0x01
#define DS2786_ITEMP		BIT(2)	/* the temperature is measured */
#define DS2786_CAPACITY		0x02	/* 0.5 percent */
#define DS278X_TEMP		0x0a	/* 0.125 degrees in the upper 11 bits */
#define DS278X_VOLT		0x0c	/* 4.88 mV in the upper 11 bits, or 1.22 mV in 13 */
#define DS278X_CURRENT		0x0e	/* 1.5625 uV, or 25 uV in the upper 12 bits */

#define DS278X_ROW(_field, _reg, ...)	\
	{ _field, _reg, .regs = 2, .flags = PSY_ROW_BE | PSY_ROW_SIGNED, __VA_ARGS__ }

/* The unit of a current is the voltage across the sense resistor, in pV divided by uOhm. */
static const struct psy_field_desc ds2782_rows[] = {
	{ PSY_CAPACITY, DS2782_RARC, .bits = 8, .flags = PSY_ROW_RANGE, .min = 0, .max = 110 },
	DS278X_ROW(PSY_CURRENT_AVG, DS2782_IAVG, .mul = 1562500, .scale = PSY_SCALE_CURRENT),
	DS278X_ROW(PSY_TEMP, DS278X_TEMP, .shift = 5, .bits = 11, .mul = 5, .div = 4),
	DS278X_ROW(PSY_VOLTAGE_NOW, DS278X_VOLT, .shift = 5, .bits = 11, .mul = 4880),
	DS278X_ROW(PSY_CURRENT_NOW, DS278X_CURRENT, .mul = 1562500, .scale = PSY_SCALE_CURRENT),
};

static const struct psy_field_desc ds2786_rows[] = {
	/* Otherwise the register has the voltage of a pin. */
	PSY_UNKNOWN_IF(PSY_TEMP, DS2786_STATUS, DS2786_ITEMP, 0),
	{ PSY_CAPACITY, DS2786_CAPACITY, .bits = 8, .div = 2, .flags = PSY_ROW_RANGE,
	  .min = 0, .max = 110 },
	DS278X_ROW(PSY_TEMP, DS278X_TEMP, .shift = 5, .bits = 11, .mul = 5, .div = 4),
	DS278X_ROW(PSY_VOLTAGE_NOW, DS278X_VOLT, .shift = 3, .bits = 13, .mul = 1220),
	DS278X_ROW(PSY_CURRENT_NOW, DS278X_CURRENT, .shift = 4, .bits = 12, .mul = 25000000,
		   .scale = PSY_SCALE_CURRENT),
};

/**
 * struct ds278x - a gauge
 * @micro_ohms: sense resistor by the firmware, 0 for none
 * @has_rsnsp: the chip has its own value
 */
struct ds278x {
	u32 micro_ohms;
	bool has_rsnsp;
};

/* Without a resistor, or if its EEPROM is empty, currents are unknown. */
static int ds278x_query_info(struct psy_miniclass *mc, struct psy_info *info)
{
	struct ds278x *ds = psy_miniclass_get_drvdata(mc);
	unsigned int siemens = 0, again;
	int ret;

	if (ds->micro_ohms) {
		psy_miniclass_set_scale(mc, PSY_SCALE_CURRENT, 1, ds->micro_ohms);
		return 0;
	}
	if (ds->has_rsnsp) {
		/* All currents depend on it: one bad reading must not be enough. */
		ret = psy_miniclass_read(mc, DS2782_RSNSP, &siemens) ?:
		      psy_miniclass_read(mc, DS2782_RSNSP, &again);
		if (ret)
			return ret;
		if (siemens != again)
			return -EIO;
	}
	psy_miniclass_set_scale(mc, PSY_SCALE_CURRENT, siemens, 1000000);
	return 0;
}

static const struct psy_miniclass_ops ds278x_ops = { .query_info = ds278x_query_info };

#define DS278X_COMMON					\
	.run = 10,					\
	.manufacturer = "Maxim",			\
	.technology = POWER_SUPPLY_TECHNOLOGY_LION,	\
	.ops = &ds278x_ops

static const struct psy_miniclass_desc ds2782 = {
	.rows = ds2782_rows,
	.num_rows = ARRAY_SIZE(ds2782_rows),
	.gap = 1,
	.model = "DS2782",
	DS278X_COMMON
};

/* Without a gap: AIN0 and AIN1, before TEMP, are not read. */
static const struct psy_miniclass_desc ds2786 = {
	.rows = ds2786_rows,
	.num_rows = ARRAY_SIZE(ds2786_rows),
	.model = "DS2786",
	DS278X_COMMON
};

static const struct regmap_config ds278x_regmap = {
	.reg_bits = 8,
	.val_bits = 8,
};

static int ds278x_probe(struct i2c_client *client)
{
	const struct psy_miniclass_desc *desc = i2c_get_match_data(client);
	struct psy_miniclass_config config = {};
	struct ds278x *ds;
	int ret;

	ds = devm_kzalloc(&client->dev, sizeof(*ds), GFP_KERNEL);
	if (!ds)
		return -ENOMEM;
	if (!desc)
		return -ENODEV;
	ds->has_rsnsp = desc == &ds2782;
	ret = psy_miniclass_fw_u32(&client->dev, "shunt-resistor-micro-ohms", 1, 1000000,
				   &ds->micro_ohms);
	if (ret)
		return ret;
	config.drvdata = ds;
	return devm_psy_gauge_register(client, desc, &ds278x_regmap, &config);
}

static const struct of_device_id ds278x_of_match[] = {
	{ .compatible = "maxim,ds2782", .data = &ds2782 },
	{ .compatible = "maxim,ds2786", .data = &ds2786 },
	{ }
};
MODULE_DEVICE_TABLE(of, ds278x_of_match);

static const struct i2c_device_id ds278x_ids[] = {
	{ .name = "ds2782", .driver_data = (kernel_ulong_t)&ds2782 },
	{ .name = "ds2786", .driver_data = (kernel_ulong_t)&ds2786 },
	{ }
};
MODULE_DEVICE_TABLE(i2c, ds278x_ids);

static struct i2c_driver ds278x_driver = {
	.driver = {
		.name = "ds278x-gauge",
		.of_match_table = ds278x_of_match,
		.pm = pm_sleep_ptr(&psy_miniclass_pm_ops),
	},
	.I2C_PROBE = ds278x_probe,
	.id_table = ds278x_ids,
};
module_psy_gauge(ds278x_driver);

MODULE_DESCRIPTION("Dallas/Maxim DS2782 and DS2786 fuel gauge driver");
MODULE_AUTHOR("The psy-miniclass developers");
MODULE_LICENSE("GPL");
MODULE_VERSION(PSY_VERSION);
MODULE_IMPORT_NS("PSY_MINICLASS");
