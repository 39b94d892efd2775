// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mitsumi MM8013 fuel gauge of a lithium-ion pack.
 *
 * Mitsumi publishes no data sheet: registers and flags were checked against the in-tree
 * driver of 7.2. The sign of the current and the unit of the times, which differ there,
 * are those of the driver in the firmware of ChromeOS' embedded controllers.
 */
#include <linux/mod_devicetable.h>
#include <linux/power/psy_gauge.h>

/* Words, the less significant byte first */
#define MM8013_TEMPERATURE	0x06	/* 0.1 K */
#define MM8013_VOLTAGE		0x08	/* mV */
#define MM8013_FLAGS		0x0a
#define MM8013_CHARGE		0x0c	/* mAh */
#define MM8013_FULL_CHARGE	0x0e	/* mAh */
#define MM8013_CURRENT		0x14	/* mA, positive while charging */
#define MM8013_TIME_TO_EMPTY	0x16	/* minutes */
#define MM8013_TIME_TO_FULL	0x18	/* minutes */
#define MM8013_CYCLES		0x2a
#define MM8013_SOC		0x2c	/* percent */
#define MM8013_DESIGN_CHARGE	0x3c	/* mAh */

#define MM8013_NA		0xffff

/* FLAGS */
#define MM8013_OTC		BIT(15)	/* too hot to charge */
#define MM8013_OTD		BIT(14)	/* too hot to discharge */
#define MM8013_BATHI		BIT(13)	/* voltage too high */
#define MM8013_FC		BIT(9)	/* full */
#define MM8013_OCC		BIT(6)	/* charging current too high */
#define MM8013_ODC		BIT(5)	/* discharging current too high */
#define MM8013_OT		BIT(4)	/* too hot */
#define MM8013_UT		BIT(3)	/* too cold */
#define MM8013_DSG		BIT(0)	/* discharging, or at rest */

#define MM8013_ROW(_field, _reg, _mul) \
	{ _field, _reg, .mul = _mul, .flags = PSY_ROW_HAS_NA, .na = MM8013_NA }

static const struct psy_field_desc mm8013_rows[] = {
	{ PSY_TEMP, MM8013_TEMPERATURE, .offset = -2731, .flags = PSY_ROW_RANGE,
	  .min = -500, .max = 1500 },
	MM8013_ROW(PSY_VOLTAGE_NOW, MM8013_VOLTAGE, 1000),
	/* Without this flag, the class derives the status from the current. */
	PSY_BITS(PSY_STATUS, MM8013_FLAGS, MM8013_FC | MM8013_DSG, MM8013_FC,
		 POWER_SUPPLY_STATUS_FULL),
	PSY_UNKNOWN_IF(PSY_HEALTH, MM8013_FLAGS, MM8013_NA, MM8013_NA),
	PSY_BITS(PSY_HEALTH, MM8013_FLAGS, MM8013_OT, MM8013_OT, POWER_SUPPLY_HEALTH_OVERHEAT),
	PSY_BITS(PSY_HEALTH, MM8013_FLAGS, MM8013_OTC, MM8013_OTC, POWER_SUPPLY_HEALTH_OVERHEAT),
	PSY_BITS(PSY_HEALTH, MM8013_FLAGS, MM8013_OTD, MM8013_OTD, POWER_SUPPLY_HEALTH_OVERHEAT),
	PSY_BITS(PSY_HEALTH, MM8013_FLAGS, MM8013_UT, MM8013_UT, POWER_SUPPLY_HEALTH_COLD),
	PSY_BITS(PSY_HEALTH, MM8013_FLAGS, MM8013_BATHI, MM8013_BATHI,
		 POWER_SUPPLY_HEALTH_OVERVOLTAGE),
	PSY_BITS(PSY_HEALTH, MM8013_FLAGS, MM8013_OCC, MM8013_OCC, POWER_SUPPLY_HEALTH_OVERCURRENT),
	PSY_BITS(PSY_HEALTH, MM8013_FLAGS, MM8013_ODC, MM8013_ODC, POWER_SUPPLY_HEALTH_OVERCURRENT),
	PSY_BITS(PSY_HEALTH, MM8013_FLAGS, 0, 0, POWER_SUPPLY_HEALTH_GOOD),
	MM8013_ROW(PSY_CHARGE_NOW, MM8013_CHARGE, 1000),
	MM8013_ROW(PSY_CHARGE_FULL, MM8013_FULL_CHARGE, 1000),
	{ PSY_CURRENT_NOW, MM8013_CURRENT, .flags = PSY_ROW_SIGNED, .mul = 1000 },
	MM8013_ROW(PSY_TIME_TO_EMPTY_AVG, MM8013_TIME_TO_EMPTY, 60),
	MM8013_ROW(PSY_TIME_TO_FULL_AVG, MM8013_TIME_TO_FULL, 60),
	MM8013_ROW(PSY_CYCLE_COUNT, MM8013_CYCLES, 1),
	{ PSY_CAPACITY, MM8013_SOC, .flags = PSY_ROW_RANGE, .min = 0, .max = 110 },
	MM8013_ROW(PSY_CHARGE_FULL_DESIGN, MM8013_DESIGN_CHARGE, 1000),
};

static const struct psy_miniclass_desc mm8013_desc = {
	.rows = mm8013_rows,
	.num_rows = ARRAY_SIZE(mm8013_rows),
	.manufacturer = "Mitsumi",
	.model = "MM8013",
	.technology = POWER_SUPPLY_TECHNOLOGY_LION,
};

static const struct regmap_config mm8013_regmap = {
	.reg_bits = 8,
	.reg_stride = 2,
	.val_bits = 16,
	.val_format_endian = REGMAP_ENDIAN_LITTLE,
};

static int mm8013_probe(struct i2c_client *client)
{
	struct psy_miniclass_config config = {};

	return devm_psy_gauge_register(client, &mm8013_desc, &mm8013_regmap, &config);
}

static const struct of_device_id mm8013_of_match[] = {
	{ .compatible = "mitsumi,mm8013" },
	{ }
};
MODULE_DEVICE_TABLE(of, mm8013_of_match);

static const struct i2c_device_id mm8013_ids[] = {
	{ .name = "mm8013" },
	{ }
};
MODULE_DEVICE_TABLE(i2c, mm8013_ids);

static struct i2c_driver mm8013_driver = {
	.driver = {
		.name = "mm8013-gauge",
		.of_match_table = mm8013_of_match,
		.pm = pm_sleep_ptr(&psy_miniclass_pm_ops),
	},
	.I2C_PROBE = mm8013_probe,
	.id_table = mm8013_ids,
};
module_psy_gauge(mm8013_driver);

MODULE_DESCRIPTION("Mitsumi MM8013 fuel gauge driver");
MODULE_AUTHOR("The psy-miniclass developers");
MODULE_LICENSE("GPL");
MODULE_VERSION(PSY_VERSION);
MODULE_IMPORT_NS("PSY_MINICLASS");
