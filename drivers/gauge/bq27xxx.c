// SPDX-License-Identifier: GPL-2.0-only
/*
 * Texas Instruments BQ27xxx fuel gauges and their relatives BQ28Z610, BQ34Z100 and
 * BQ78Z100 on I2C. The driver only reads: it never writes to a gauge, let alone to its
 * data memory.
 *
 * Data sheets and manuals: BQ27500 (SLUS785), BQ27510-G1 (SLUS927), BQ27441-G1
 * (SLUSBH1C), BQ27621-G1 (SLUSBB3E), BQ28Z610 (SLUUA65E), BQ27Z561-R2 (SLUUC54C),
 * BQ34Z100 (SLUUBW5A for the -G1). The registers of the other gauges were checked against the
 * bq27xxx driver of Linux 7.2.
 */
#include <linux/bits.h>
#include <linux/limits.h>
#include <linux/mod_devicetable.h>
#include <linux/power/psy_gauge.h>

/* All ones: "not available", or the reading of a floating bus */
#define BQ27XXX_NA		0xffff

/* Flags() of most gauges */
#define BQ27XXX_SOCF		BIT(1)	/* final threshold of the charge passed */
#define BQ27XXX_SOC1		BIT(2)	/* first threshold of the charge passed */
#define BQ27XXX_FC		BIT(9)	/* fully charged */
#define BQ27XXX_OTD		BIT(14)	/* too hot to discharge; some have UT, too cold */
#define BQ27XXX_UT		BIT(14)
#define BQ27XXX_OTC		BIT(15)	/* too hot to charge; some have OT, too hot */
#define BQ27XXX_OT		BIT(15)
#define BQ34Z100_CF		BIT(4)	/* needs a learning cycle */

/* FLAGS of the BQ27200 and BQ27210, one byte, with RSOC in the next one */
#define BQ27200_EDVF		BIT(0)	/* final end-of-discharge voltage passed */
#define BQ27200_EDV1		BIT(1)	/* first end-of-discharge voltage passed */
#define BQ27200_CI		BIT(4)	/* capacity inaccurate: needs a learning cycle */
#define BQ27200_IMIN		BIT(5)	/* taper current: fully charged */
#define BQ27200_CHGS		BIT(7)	/* charging */

/* BatteryStatus() of the BQ27Z561, BQ28Z610 and BQ78Z100 */
#define BQ27Z561_FD		BIT(4)	/* fully discharged */
#define BQ27Z561_FC		BIT(5)	/* fully charged */
#define BQ27Z561_OTA		BIT(12)	/* too hot */

#define BQ27XXX_NA_ROW(_field, _flags)					\
	PSY_UNKNOWN_IF(_field, _flags, BQ27XXX_NA, BQ27XXX_NA)
#define BQ27XXX_TEMP_ROW(_reg)						\
	{ PSY_TEMP, _reg, .offset = -2731, .flags = PSY_ROW_RANGE, .min = -500, .max = 1500 }
#define BQ27XXX_VOLT_ROW(_reg)						\
	{ PSY_VOLTAGE_NOW, _reg, .mul = 1000, .flags = PSY_ROW_HAS_NA, .na = BQ27XXX_NA }
#define BQ27XXX_CURRENT_ROW(_reg)					\
	{ PSY_CURRENT_NOW, _reg, .mul = 1000, .flags = PSY_ROW_SIGNED }
#define BQ27XXX_CHARGE_ROW(_field, _reg, _min)				\
	{ _field, _reg, .mul = 1000, .flags = PSY_ROW_HAS_NA | PSY_ROW_RANGE,	\
	  .na = BQ27XXX_NA, .min = _min, .max = INT_MAX }
#define BQ27XXX_TIME_ROW(_field, _reg)					\
	{ _field, _reg, .mul = 60, .flags = PSY_ROW_HAS_NA, .na = BQ27XXX_NA }
#define BQ27XXX_CYCLES_ROW(_reg)					\
	{ PSY_CYCLE_COUNT, _reg, .flags = PSY_ROW_HAS_NA, .na = BQ27XXX_NA }
#define BQ27XXX_SOC_ROW(_reg, _shift, _bits)				\
	{ PSY_CAPACITY, _reg, .shift = _shift, .bits = _bits,		\
	  .flags = PSY_ROW_RANGE, .min = 0, .max = 110 }

/* Columns of bq27xxx_regs, in the order of the addresses of all these gauges */
enum {
	BQ27XXX_TEMP,
	BQ27XXX_VOLT,
	BQ27XXX_FLAGS,
	BQ27XXX_FLAGS_OTC,	/* Flags() of a gauge with OTC and OTD */
	BQ27XXX_FLAGS_OT,	/* Flags() of a gauge with OT and UT */
	BQ27XXX_STATUS,		/* BatteryStatus() */
	BQ27XXX_RM,		/* RemainingCapacity() */
	BQ27XXX_FCC,		/* FullChargeCapacity() */
	BQ27XXX_AI,		/* AverageCurrent() */
	BQ27XXX_TTE,		/* TimeToEmpty() */
	BQ27XXX_TTF,		/* TimeToFull() */
	BQ27XXX_CC,		/* CycleCount() */
	BQ27XXX_SOC,		/* StateOfCharge() */
	BQ27XXX_DCAP,		/* DesignCapacity() */
	BQ27XXX_NUM_REGS
};

/* StateOfCharge() is the ratio of RemainingCapacity() and FullChargeCapacity(). */
static const struct psy_field_desc bq27xxx_rows[] = {
	BQ27XXX_TEMP_ROW(BQ27XXX_TEMP),
	BQ27XXX_VOLT_ROW(BQ27XXX_VOLT),
	BQ27XXX_NA_ROW(PSY_STATUS, BQ27XXX_FLAGS),
	BQ27XXX_NA_ROW(PSY_CAPACITY_LEVEL, BQ27XXX_FLAGS),
	BQ27XXX_NA_ROW(PSY_HEALTH, BQ27XXX_FLAGS),
	BQ27XXX_NA_ROW(PSY_CURRENT_NOW, BQ27XXX_FLAGS),
	BQ27XXX_NA_ROW(PSY_STATUS, BQ27XXX_STATUS),
	BQ27XXX_NA_ROW(PSY_CAPACITY_LEVEL, BQ27XXX_STATUS),
	BQ27XXX_NA_ROW(PSY_HEALTH, BQ27XXX_STATUS),
	BQ27XXX_NA_ROW(PSY_CURRENT_NOW, BQ27XXX_STATUS),
	PSY_BITS(PSY_HEALTH, BQ27XXX_FLAGS_OTC, BQ27XXX_OTC, BQ27XXX_OTC,
		 POWER_SUPPLY_HEALTH_OVERHEAT),
	PSY_BITS(PSY_HEALTH, BQ27XXX_FLAGS_OTC, BQ27XXX_OTD, BQ27XXX_OTD,
		 POWER_SUPPLY_HEALTH_OVERHEAT),
	PSY_BITS(PSY_HEALTH, BQ27XXX_FLAGS_OT, BQ27XXX_OT, BQ27XXX_OT,
		 POWER_SUPPLY_HEALTH_OVERHEAT),
	PSY_BITS(PSY_HEALTH, BQ27XXX_FLAGS_OT, BQ27XXX_UT, BQ27XXX_UT, POWER_SUPPLY_HEALTH_COLD),
	PSY_BITS(PSY_HEALTH, BQ27XXX_FLAGS, 0, 0, POWER_SUPPLY_HEALTH_GOOD),
	PSY_BITS(PSY_STATUS, BQ27XXX_FLAGS, BQ27XXX_FC, BQ27XXX_FC, POWER_SUPPLY_STATUS_FULL),
	PSY_BITS(PSY_CAPACITY_LEVEL, BQ27XXX_FLAGS, BQ27XXX_FC, BQ27XXX_FC,
		 POWER_SUPPLY_CAPACITY_LEVEL_FULL),
	PSY_BITS(PSY_CAPACITY_LEVEL, BQ27XXX_FLAGS, BQ27XXX_SOCF, BQ27XXX_SOCF,
		 POWER_SUPPLY_CAPACITY_LEVEL_CRITICAL),
	PSY_BITS(PSY_CAPACITY_LEVEL, BQ27XXX_FLAGS, BQ27XXX_SOC1, BQ27XXX_SOC1,
		 POWER_SUPPLY_CAPACITY_LEVEL_LOW),
	PSY_BITS(PSY_CAPACITY_LEVEL, BQ27XXX_FLAGS, 0, 0, POWER_SUPPLY_CAPACITY_LEVEL_NORMAL),
	PSY_BITS(PSY_HEALTH, BQ27XXX_STATUS, BQ27Z561_OTA, BQ27Z561_OTA,
		 POWER_SUPPLY_HEALTH_OVERHEAT),
	PSY_BITS(PSY_HEALTH, BQ27XXX_STATUS, 0, 0, POWER_SUPPLY_HEALTH_GOOD),
	PSY_BITS(PSY_STATUS, BQ27XXX_STATUS, BQ27Z561_FC, BQ27Z561_FC, POWER_SUPPLY_STATUS_FULL),
	PSY_BITS(PSY_CAPACITY_LEVEL, BQ27XXX_STATUS, BQ27Z561_FC, BQ27Z561_FC,
		 POWER_SUPPLY_CAPACITY_LEVEL_FULL),
	PSY_BITS(PSY_CAPACITY_LEVEL, BQ27XXX_STATUS, BQ27Z561_FD, BQ27Z561_FD,
		 POWER_SUPPLY_CAPACITY_LEVEL_CRITICAL),
	PSY_BITS(PSY_CAPACITY_LEVEL, BQ27XXX_STATUS, 0, 0, POWER_SUPPLY_CAPACITY_LEVEL_NORMAL),
	BQ27XXX_CHARGE_ROW(PSY_CHARGE_NOW, BQ27XXX_RM, 0),
	BQ27XXX_CHARGE_ROW(PSY_CHARGE_FULL, BQ27XXX_FCC, 1),
	BQ27XXX_CURRENT_ROW(BQ27XXX_AI),
	BQ27XXX_TIME_ROW(PSY_TIME_TO_EMPTY_NOW, BQ27XXX_TTE),
	BQ27XXX_TIME_ROW(PSY_TIME_TO_FULL_NOW, BQ27XXX_TTF),
	BQ27XXX_CYCLES_ROW(BQ27XXX_CC),
	BQ27XXX_SOC_ROW(BQ27XXX_SOC, 0, 16),
	BQ27XXX_CHARGE_ROW(PSY_CHARGE_FULL_DESIGN, BQ27XXX_DCAP, 1),
};

#define NONE PSY_REG_NONE

static const u16 bq2750x_regs[BQ27XXX_NUM_REGS] = {
/*	TEMP  VOLT  FLAGS F_OTC F_OT  STAT  RM    FCC   AI    TTE   TTF   CC    SOC   DCAP */
	0x06, 0x08, 0x0a, 0x0a, NONE, NONE, 0x10, 0x12, 0x14, 0x16, NONE, 0x2a, 0x2c, 0x3c
};

static const u16 bq27500_regs[BQ27XXX_NUM_REGS] = {
	0x06, 0x08, 0x0a, 0x0a, NONE, NONE, 0x10, 0x12, 0x14, 0x16, 0x18, 0x2a, 0x2c, 0x3c
};

static const u16 bq27510g3_regs[BQ27XXX_NUM_REGS] = {
	0x06, 0x08, 0x0a, 0x0a, NONE, NONE, 0x10, 0x12, 0x14, 0x16, NONE, 0x1e, 0x20, 0x2e
};

static const u16 bq27520g1_regs[BQ27XXX_NUM_REGS] = {
	0x06, 0x08, 0x0a, 0x0a, NONE, NONE, 0x10, 0x12, 0x14, 0x16, 0x18, NONE, 0x2c, 0x3c
};

static const u16 bq27520g4_regs[BQ27XXX_NUM_REGS] = {
	0x06, 0x08, 0x0a, 0x0a, NONE, NONE, 0x10, 0x12, 0x14, 0x16, NONE, 0x1e, 0x20, NONE
};

static const u16 bq27530_regs[BQ27XXX_NUM_REGS] = {
	0x06, 0x08, 0x0a, NONE, 0x0a, NONE, 0x10, 0x12, 0x14, 0x16, NONE, 0x2a, 0x2c, NONE
};

static const u16 bq27545_regs[BQ27XXX_NUM_REGS] = {
	0x06, 0x08, 0x0a, 0x0a, NONE, NONE, 0x10, 0x12, 0x14, 0x16, NONE, 0x2a, 0x2c, NONE
};

static const u16 bq27421_regs[BQ27XXX_NUM_REGS] = {
	0x02, 0x04, 0x06, NONE, 0x06, NONE, 0x0c, 0x0e, 0x10, NONE, NONE, NONE, 0x1c, 0x3c
};

static const u16 bq27426_regs[BQ27XXX_NUM_REGS] = {
	0x02, 0x04, 0x06, NONE, 0x06, NONE, 0x0c, 0x0e, 0x10, NONE, NONE, NONE, 0x1c, NONE
};

static const u16 bq27z561_regs[BQ27XXX_NUM_REGS] = {
	0x06, 0x08, NONE, NONE, NONE, 0x0a, 0x10, 0x12, 0x14, 0x16, 0x18, 0x2a, 0x2c, 0x3c
};

#undef NONE

/* Voltages across a sense resistor of 20 mOhm: 3.57 uV, or uVh, make 178.5 uA, or uAh. */
static const struct psy_field_desc bq27200_rows[] = {
	{ PSY_TEMP, 0x06, .mul = 5, .div = 2, .offset = -2731,
	  .flags = PSY_ROW_RANGE, .min = -500, .max = 1500 },
	BQ27XXX_VOLT_ROW(0x08),
	BQ27XXX_NA_ROW(PSY_STATUS, 0x0a),
	BQ27XXX_NA_ROW(PSY_CAPACITY_LEVEL, 0x0a),
	BQ27XXX_NA_ROW(PSY_HEALTH, 0x0a),
	BQ27XXX_NA_ROW(PSY_CURRENT_NOW, 0x0a),
	PSY_BITS(PSY_HEALTH, 0x0a, BQ27200_CI, BQ27200_CI,
		 POWER_SUPPLY_HEALTH_CALIBRATION_REQUIRED),
	PSY_BITS(PSY_HEALTH, 0x0a, 0, 0, POWER_SUPPLY_HEALTH_GOOD),
	PSY_BITS(PSY_STATUS, 0x0a, BQ27200_IMIN, BQ27200_IMIN, POWER_SUPPLY_STATUS_FULL),
	PSY_BITS(PSY_CAPACITY_LEVEL, 0x0a, BQ27200_IMIN, BQ27200_IMIN,
		 POWER_SUPPLY_CAPACITY_LEVEL_FULL),
	PSY_BITS(PSY_CAPACITY_LEVEL, 0x0a, BQ27200_EDVF, BQ27200_EDVF,
		 POWER_SUPPLY_CAPACITY_LEVEL_CRITICAL),
	PSY_BITS(PSY_CAPACITY_LEVEL, 0x0a, BQ27200_EDV1, BQ27200_EDV1,
		 POWER_SUPPLY_CAPACITY_LEVEL_LOW),
	PSY_BITS(PSY_CAPACITY_LEVEL, 0x0a, 0, 0, POWER_SUPPLY_CAPACITY_LEVEL_NORMAL),
	PSY_BITS(PSY_CURRENT_SIGN, 0x0a, BQ27200_CHGS, BQ27200_CHGS, 1),
	PSY_BITS(PSY_CURRENT_SIGN, 0x0a, BQ27200_CHGS, 0, -1),
	BQ27XXX_SOC_ROW(0x0a, 8, 8),
	{ PSY_CHARGE_NOW, 0x0c, .mul = 357, .div = 2,
	  .flags = PSY_ROW_HAS_NA, .na = BQ27XXX_NA },
	{ PSY_CHARGE_FULL, 0x12, .mul = 357, .div = 2,
	  .flags = PSY_ROW_HAS_NA | PSY_ROW_RANGE, .na = BQ27XXX_NA, .min = 1, .max = INT_MAX },
	{ PSY_CURRENT_NOW, 0x14, .mul = 357, .div = 2,
	  .flags = PSY_ROW_HAS_NA, .na = BQ27XXX_NA },
	BQ27XXX_TIME_ROW(PSY_TIME_TO_EMPTY_NOW, 0x16),
	BQ27XXX_TIME_ROW(PSY_TIME_TO_FULL_NOW, 0x18),
	BQ27XXX_TIME_ROW(PSY_TIME_TO_EMPTY_AVG, 0x26),
	BQ27XXX_CYCLES_ROW(0x2a),
	{ PSY_CHARGE_FULL_DESIGN, 0x76, .bits = 8, .mul = 256 * 357, .div = 2,
	  .flags = PSY_ROW_HAS_NA | PSY_ROW_RANGE, .na = 0xff, .min = 1, .max = INT_MAX },
};

static const struct psy_field_desc bq27521_rows[] = {
	BQ27XXX_NA_ROW(PSY_STATUS, 0x08),
	BQ27XXX_NA_ROW(PSY_CURRENT_NOW, 0x08),
	PSY_BITS(PSY_STATUS, 0x08, BQ27XXX_FC, BQ27XXX_FC, POWER_SUPPLY_STATUS_FULL),
	BQ27XXX_TEMP_ROW(0x0a),
	BQ27XXX_VOLT_ROW(0x0c),
	BQ27XXX_CURRENT_ROW(0x0e),
};

static const struct psy_field_desc bq34z100_rows[] = {
	BQ27XXX_SOC_ROW(0x02, 0, 8),
	BQ27XXX_CHARGE_ROW(PSY_CHARGE_NOW, 0x04, 0),
	BQ27XXX_CHARGE_ROW(PSY_CHARGE_FULL, 0x06, 1),
	BQ27XXX_VOLT_ROW(0x08),
	BQ27XXX_CURRENT_ROW(0x0a),
	BQ27XXX_TEMP_ROW(0x0c),
	BQ27XXX_NA_ROW(PSY_STATUS, 0x0e),
	BQ27XXX_NA_ROW(PSY_CAPACITY_LEVEL, 0x0e),
	BQ27XXX_NA_ROW(PSY_HEALTH, 0x0e),
	BQ27XXX_NA_ROW(PSY_CURRENT_NOW, 0x0e),
	PSY_BITS(PSY_HEALTH, 0x0e, BQ27XXX_OTC, BQ27XXX_OTC, POWER_SUPPLY_HEALTH_OVERHEAT),
	PSY_BITS(PSY_HEALTH, 0x0e, BQ27XXX_OTD, BQ27XXX_OTD, POWER_SUPPLY_HEALTH_OVERHEAT),
	PSY_BITS(PSY_HEALTH, 0x0e, BQ34Z100_CF, BQ34Z100_CF,
		 POWER_SUPPLY_HEALTH_CALIBRATION_REQUIRED),
	PSY_BITS(PSY_HEALTH, 0x0e, 0, 0, POWER_SUPPLY_HEALTH_GOOD),
	PSY_BITS(PSY_STATUS, 0x0e, BQ27XXX_FC, BQ27XXX_FC, POWER_SUPPLY_STATUS_FULL),
	PSY_BITS(PSY_CAPACITY_LEVEL, 0x0e, BQ27XXX_FC, BQ27XXX_FC,
		 POWER_SUPPLY_CAPACITY_LEVEL_FULL),
	PSY_BITS(PSY_CAPACITY_LEVEL, 0x0e, BQ27XXX_SOCF, BQ27XXX_SOCF,
		 POWER_SUPPLY_CAPACITY_LEVEL_CRITICAL),
	PSY_BITS(PSY_CAPACITY_LEVEL, 0x0e, BQ27XXX_SOC1, BQ27XXX_SOC1,
		 POWER_SUPPLY_CAPACITY_LEVEL_LOW),
	PSY_BITS(PSY_CAPACITY_LEVEL, 0x0e, 0, 0, POWER_SUPPLY_CAPACITY_LEVEL_NORMAL),
	BQ27XXX_TIME_ROW(PSY_TIME_TO_EMPTY_NOW, 0x18),
	BQ27XXX_TIME_ROW(PSY_TIME_TO_FULL_NOW, 0x1a),
	BQ27XXX_CYCLES_ROW(0x2c),
	BQ27XXX_CHARGE_ROW(PSY_CHARGE_FULL_DESIGN, 0x3c, 1),
};

/*
 * All values in one transfer: a gauge that is asked for one value more than twice a
 * second may be reset by its watchdog (SLUSBH1C, section 9.5.4.3). The commands in the
 * gaps only return data.
 */
#define BQ27XXX_TYPE(_model, _table, _map, _technology) {		\
	.rows = _table##_rows,						\
	.num_rows = ARRAY_SIZE(_table##_rows),				\
	.reg_map = _map,						\
	.num_regs = BQ27XXX_NUM_REGS,					\
	.run = 22,							\
	.gap = 9,							\
	.manufacturer = "Texas Instruments",				\
	.model = _model,						\
	.technology = _technology,					\
}

#define BQ27XXX_MAPPED(_model, _map)					\
	BQ27XXX_TYPE(_model, bq27xxx, _map, POWER_SUPPLY_TECHNOLOGY_LION)
#define BQ27XXX_OWN(_model, _table)					\
	BQ27XXX_TYPE(_model, _table, NULL, POWER_SUPPLY_TECHNOLOGY_LION)

static const struct psy_miniclass_desc bq27200 = BQ27XXX_OWN("BQ27200", bq27200);
static const struct psy_miniclass_desc bq27210 = BQ27XXX_OWN("BQ27210", bq27200);
static const struct psy_miniclass_desc bq27500 = BQ27XXX_MAPPED("BQ27500", bq2750x_regs);
static const struct psy_miniclass_desc bq27510 = BQ27XXX_MAPPED("BQ27510", bq27510g3_regs);
static const struct psy_miniclass_desc bq27520 = BQ27XXX_MAPPED("BQ27520", bq27510g3_regs);
static const struct psy_miniclass_desc bq27500_1 = BQ27XXX_MAPPED("BQ27500-1", bq27500_regs);
static const struct psy_miniclass_desc bq27510g1 = BQ27XXX_MAPPED("BQ27510-G1", bq27500_regs);
static const struct psy_miniclass_desc bq27510g2 = BQ27XXX_MAPPED("BQ27510-G2", bq27500_regs);
static const struct psy_miniclass_desc bq27510g3 = BQ27XXX_MAPPED("BQ27510-G3", bq27510g3_regs);
static const struct psy_miniclass_desc bq27520g1 = BQ27XXX_MAPPED("BQ27520-G1", bq27520g1_regs);
static const struct psy_miniclass_desc bq27520g2 = BQ27XXX_MAPPED("BQ27520-G2", bq27500_regs);
static const struct psy_miniclass_desc bq27520g3 = BQ27XXX_MAPPED("BQ27520-G3", bq2750x_regs);
static const struct psy_miniclass_desc bq27520g4 = BQ27XXX_MAPPED("BQ27520-G4", bq27520g4_regs);
static const struct psy_miniclass_desc bq27521 = BQ27XXX_OWN("BQ27521", bq27521);
static const struct psy_miniclass_desc bq27530 = BQ27XXX_MAPPED("BQ27530", bq27530_regs);
static const struct psy_miniclass_desc bq27531 = BQ27XXX_MAPPED("BQ27531", bq27530_regs);
static const struct psy_miniclass_desc bq27541 = BQ27XXX_MAPPED("BQ27541", bq2750x_regs);
static const struct psy_miniclass_desc bq27542 = BQ27XXX_MAPPED("BQ27542", bq2750x_regs);
static const struct psy_miniclass_desc bq27546 = BQ27XXX_MAPPED("BQ27546", bq2750x_regs);
static const struct psy_miniclass_desc bq27742 = BQ27XXX_MAPPED("BQ27742", bq2750x_regs);
static const struct psy_miniclass_desc bq27545 = BQ27XXX_MAPPED("BQ27545", bq27545_regs);
static const struct psy_miniclass_desc bq27411 = BQ27XXX_MAPPED("BQ27411", bq27421_regs);
static const struct psy_miniclass_desc bq27421 = BQ27XXX_MAPPED("BQ27421", bq27421_regs);
static const struct psy_miniclass_desc bq27425 = BQ27XXX_MAPPED("BQ27425", bq27421_regs);
static const struct psy_miniclass_desc bq27426 = BQ27XXX_MAPPED("BQ27426", bq27426_regs);
static const struct psy_miniclass_desc bq27441 = BQ27XXX_MAPPED("BQ27441", bq27421_regs);
static const struct psy_miniclass_desc bq27621 = BQ27XXX_MAPPED("BQ27621", bq27421_regs);
static const struct psy_miniclass_desc bq27z561 = BQ27XXX_MAPPED("BQ27Z561", bq27z561_regs);
static const struct psy_miniclass_desc bq28z610 = BQ27XXX_MAPPED("BQ28Z610", bq27z561_regs);
static const struct psy_miniclass_desc bq34z100 = BQ27XXX_TYPE("BQ34Z100", bq34z100, NULL, 0);
static const struct psy_miniclass_desc bq78z100 = BQ27XXX_MAPPED("BQ78Z100", bq27z561_regs);

static const struct regmap_config bq27xxx_regmap = {
	.reg_bits = 8,
	.reg_stride = 2,
	.val_bits = 16,
	.val_format_endian = REGMAP_ENDIAN_LITTLE,
};

static int bq27xxx_probe(struct i2c_client *client)
{
	const struct psy_miniclass_desc *desc = i2c_get_match_data(client);
	struct psy_miniclass_config config = {};
	int ret;

	if (!desc)
		return -ENODEV;
	ret = devm_psy_gauge_register(client, desc, &bq27xxx_regmap, &config);
	if (!ret)
		devm_psy_gauge_request_irq(client);
	return ret;
}

static const struct of_device_id bq27xxx_of_match[] = {
	{ .compatible = "ti,bq27200", .data = &bq27200 },
	{ .compatible = "ti,bq27210", .data = &bq27210 },
	{ .compatible = "ti,bq27500", .data = &bq27500 },
	{ .compatible = "ti,bq27510", .data = &bq27510 },
	{ .compatible = "ti,bq27520", .data = &bq27520 },
	{ .compatible = "ti,bq27500-1", .data = &bq27500_1 },
	{ .compatible = "ti,bq27510g1", .data = &bq27510g1 },
	{ .compatible = "ti,bq27510g2", .data = &bq27510g2 },
	{ .compatible = "ti,bq27510g3", .data = &bq27510g3 },
	{ .compatible = "ti,bq27520g1", .data = &bq27520g1 },
	{ .compatible = "ti,bq27520g2", .data = &bq27520g2 },
	{ .compatible = "ti,bq27520g3", .data = &bq27520g3 },
	{ .compatible = "ti,bq27520g4", .data = &bq27520g4 },
	{ .compatible = "ti,bq27521", .data = &bq27521 },
	{ .compatible = "ti,bq27530", .data = &bq27530 },
	{ .compatible = "ti,bq27531", .data = &bq27531 },
	{ .compatible = "ti,bq27541", .data = &bq27541 },
	{ .compatible = "ti,bq27542", .data = &bq27542 },
	{ .compatible = "ti,bq27546", .data = &bq27546 },
	{ .compatible = "ti,bq27742", .data = &bq27742 },
	{ .compatible = "ti,bq27545", .data = &bq27545 },
	{ .compatible = "ti,bq27411", .data = &bq27411 },
	{ .compatible = "ti,bq27421", .data = &bq27421 },
	{ .compatible = "ti,bq27425", .data = &bq27425 },
	{ .compatible = "ti,bq27426", .data = &bq27426 },
	{ .compatible = "ti,bq27441", .data = &bq27441 },
	{ .compatible = "ti,bq27621", .data = &bq27621 },
	{ .compatible = "ti,bq27z561", .data = &bq27z561 },
	{ .compatible = "ti,bq28z610", .data = &bq28z610 },
	{ .compatible = "ti,bq34z100", .data = &bq34z100 },
	{ .compatible = "ti,bq78z100", .data = &bq78z100 },
	{ }
};
MODULE_DEVICE_TABLE(of, bq27xxx_of_match);

static const struct i2c_device_id bq27xxx_ids[] = {
	{ .name = "bq27200", .driver_data = (kernel_ulong_t)&bq27200 },
	{ .name = "bq27210", .driver_data = (kernel_ulong_t)&bq27210 },
	{ .name = "bq27500", .driver_data = (kernel_ulong_t)&bq27500 },
	{ .name = "bq27510", .driver_data = (kernel_ulong_t)&bq27510 },
	{ .name = "bq27520", .driver_data = (kernel_ulong_t)&bq27520 },
	{ .name = "bq27500-1", .driver_data = (kernel_ulong_t)&bq27500_1 },
	{ .name = "bq27510g1", .driver_data = (kernel_ulong_t)&bq27510g1 },
	{ .name = "bq27510g2", .driver_data = (kernel_ulong_t)&bq27510g2 },
	{ .name = "bq27510g3", .driver_data = (kernel_ulong_t)&bq27510g3 },
	{ .name = "bq27520g1", .driver_data = (kernel_ulong_t)&bq27520g1 },
	{ .name = "bq27520g2", .driver_data = (kernel_ulong_t)&bq27520g2 },
	{ .name = "bq27520g3", .driver_data = (kernel_ulong_t)&bq27520g3 },
	{ .name = "bq27520g4", .driver_data = (kernel_ulong_t)&bq27520g4 },
	{ .name = "bq27521", .driver_data = (kernel_ulong_t)&bq27521 },
	{ .name = "bq27530", .driver_data = (kernel_ulong_t)&bq27530 },
	{ .name = "bq27531", .driver_data = (kernel_ulong_t)&bq27531 },
	{ .name = "bq27541", .driver_data = (kernel_ulong_t)&bq27541 },
	{ .name = "bq27542", .driver_data = (kernel_ulong_t)&bq27542 },
	{ .name = "bq27546", .driver_data = (kernel_ulong_t)&bq27546 },
	{ .name = "bq27742", .driver_data = (kernel_ulong_t)&bq27742 },
	{ .name = "bq27545", .driver_data = (kernel_ulong_t)&bq27545 },
	{ .name = "bq27411", .driver_data = (kernel_ulong_t)&bq27411 },
	{ .name = "bq27421", .driver_data = (kernel_ulong_t)&bq27421 },
	{ .name = "bq27425", .driver_data = (kernel_ulong_t)&bq27425 },
	{ .name = "bq27426", .driver_data = (kernel_ulong_t)&bq27426 },
	{ .name = "bq27441", .driver_data = (kernel_ulong_t)&bq27441 },
	{ .name = "bq27621", .driver_data = (kernel_ulong_t)&bq27621 },
	{ .name = "bq27z561", .driver_data = (kernel_ulong_t)&bq27z561 },
	{ .name = "bq28z610", .driver_data = (kernel_ulong_t)&bq28z610 },
	{ .name = "bq34z100", .driver_data = (kernel_ulong_t)&bq34z100 },
	{ .name = "bq78z100", .driver_data = (kernel_ulong_t)&bq78z100 },
	{ }
};
MODULE_DEVICE_TABLE(i2c, bq27xxx_ids);

static struct i2c_driver bq27xxx_driver = {
	.driver = {
		.name = "bq27xxx-gauge",
		.of_match_table = bq27xxx_of_match,
		.pm = pm_sleep_ptr(&psy_miniclass_pm_ops),
	},
	.I2C_PROBE = bq27xxx_probe,
	.id_table = bq27xxx_ids,
};
module_psy_gauge(bq27xxx_driver);

MODULE_DESCRIPTION("TI BQ27xxx family fuel gauge driver");
MODULE_AUTHOR("The psy-miniclass developers");
MODULE_LICENSE("GPL");
MODULE_VERSION(PSY_VERSION);
MODULE_IMPORT_NS("PSY_MINICLASS");
