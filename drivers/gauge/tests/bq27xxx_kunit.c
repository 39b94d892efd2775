// SPDX-License-Identifier: GPL-2.0-only
/*
 * The driver on an emulated adapter and chip. The addresses are listed here again; like
 * those of the driver, most were checked against the bq27xxx driver of Linux 7.2 only.
 */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/i2c.h>
#include <linux/power/psy_miniclass.h>
#include <linux/power_supply.h>
#include <linux/property.h>

#include "gauge_bus.h"

#define ADDR		0x55

/* Addresses of a gauge; 0 if it does not have the value. */
struct layout {
	u8 temp, volt, flags, rm, fcc, ai, tte, ttf, cc, soc, dcap;
};

static const struct layout bq27500 = {
	0x06, 0x08, 0x0a, 0x10, 0x12, 0x14, 0x16, 0x00, 0x2a, 0x2c, 0x3c
};

static const struct layout bq27500_1 = {
	0x06, 0x08, 0x0a, 0x10, 0x12, 0x14, 0x16, 0x18, 0x2a, 0x2c, 0x3c
};

static const struct layout bq27510g3 = {
	0x06, 0x08, 0x0a, 0x10, 0x12, 0x14, 0x16, 0x00, 0x1e, 0x20, 0x2e
};

static const struct layout bq27520g1 = {
	0x06, 0x08, 0x0a, 0x10, 0x12, 0x14, 0x16, 0x18, 0x00, 0x2c, 0x3c
};

static const struct layout bq27520g4 = {
	0x06, 0x08, 0x0a, 0x10, 0x12, 0x14, 0x16, 0x00, 0x1e, 0x20, 0x00
};

static const struct layout bq27521 = {
	0x0a, 0x0c, 0x08, 0x00, 0x00, 0x0e, 0x00, 0x00, 0x00, 0x00, 0x00
};

static const struct layout bq27530 = {
	0x06, 0x08, 0x0a, 0x10, 0x12, 0x14, 0x16, 0x00, 0x2a, 0x2c, 0x00
};

static const struct layout bq27421 = {
	0x02, 0x04, 0x06, 0x0c, 0x0e, 0x10, 0x00, 0x00, 0x00, 0x1c, 0x3c
};

static const struct layout bq27426 = {
	0x02, 0x04, 0x06, 0x0c, 0x0e, 0x10, 0x00, 0x00, 0x00, 0x1c, 0x00
};

static const struct layout bq34z100 = {
	0x0c, 0x08, 0x0e, 0x04, 0x06, 0x0a, 0x18, 0x1a, 0x2c, 0x02, 0x3c
};

struct chip_case {
	const char *name;
	const char *model;
	const struct layout *at;
};

static const struct chip_case chips[] = {
	{ "bq27500", "BQ27500", &bq27500 },
	{ "bq27510", "BQ27510", &bq27510g3 },
	{ "bq27520", "BQ27520", &bq27510g3 },
	{ "bq27500-1", "BQ27500-1", &bq27500_1 },
	{ "bq27510g1", "BQ27510-G1", &bq27500_1 },
	{ "bq27510g2", "BQ27510-G2", &bq27500_1 },
	{ "bq27510g3", "BQ27510-G3", &bq27510g3 },
	{ "bq27520g1", "BQ27520-G1", &bq27520g1 },
	{ "bq27520g2", "BQ27520-G2", &bq27500_1 },
	{ "bq27520g3", "BQ27520-G3", &bq27500 },
	{ "bq27520g4", "BQ27520-G4", &bq27520g4 },
	{ "bq27521", "BQ27521", &bq27521 },
	{ "bq27530", "BQ27530", &bq27530 },
	{ "bq27531", "BQ27531", &bq27530 },
	{ "bq27541", "BQ27541", &bq27500 },
	{ "bq27542", "BQ27542", &bq27500 },
	{ "bq27546", "BQ27546", &bq27500 },
	{ "bq27742", "BQ27742", &bq27500 },
	{ "bq27545", "BQ27545", &bq27530 },
	{ "bq27411", "BQ27411", &bq27421 },
	{ "bq27421", "BQ27421", &bq27421 },
	{ "bq27425", "BQ27425", &bq27421 },
	{ "bq27426", "BQ27426", &bq27426 },
	{ "bq27441", "BQ27441", &bq27421 },
	{ "bq27621", "BQ27621", &bq27421 },
	{ "bq27z561", "BQ27Z561", &bq27500_1 },
	{ "bq28z610", "BQ28Z610", &bq27500_1 },
	{ "bq34z100", "BQ34Z100", &bq34z100 },
	{ "bq78z100", "BQ78Z100", &bq27500_1 },
};

KUNIT_ARRAY_PARAM_DESC(chip, chips, name);

static const struct chip_case old_chips[] = {
	{ "bq27200", "BQ27200" },
	{ "bq27210", "BQ27210" },
};

KUNIT_ARRAY_PARAM_DESC(old_chip, old_chips, name);

static int nothing_is_written(struct gauge_bus *bus, u8 reg, const u8 *data, u16 len)
{
	KUNIT_FAIL(bus->test, "%u bytes written to %#x", len, reg);
	return 0;
}

static int bq_init(struct kunit *test)
{
	int ret = gauge_bus_init(test);
	struct gauge_bus *bus = test->priv;

	bus->addr = ADDR;
	bus->written = nothing_is_written;
	/* What a driver reads at a wrong address is not a plausible value. */
	memset(bus->mem, 0xee, sizeof(bus->mem));
	return ret;
}

static void put(struct gauge_bus *bus, u8 at, u16 val)
{
	if (at)
		gauge_bus_set_le16(bus, at, val);
}

/* 25.0 C, 3.7 V, 1234 of 2000 mAh, -500 mA: 2 hours left */
static void put_discharging(struct gauge_bus *bus, const struct layout *at)
{
	put(bus, at->temp, 2981);
	put(bus, at->volt, 3700);
	put(bus, at->flags, 0x0000);
	put(bus, at->rm, 1234);
	put(bus, at->fcc, 2000);
	put(bus, at->ai, -500);
	put(bus, at->tte, 120);
	put(bus, at->ttf, 65535);
	put(bus, at->cc, 17);
	put(bus, at->soc, 62);
	put(bus, at->dcap, 2100);
}

/* @val if the chip has the value; else the property is not listed. */
static void expect(struct gauge_bus *bus, struct psy_miniclass *mc,
		   enum power_supply_property psp, u8 at, int val)
{
	KUNIT_EXPECT_EQ_MSG(bus->test, gauge_has(mc, psp), at != 0, "property %d", psp);
	if (at)
		KUNIT_EXPECT_EQ_MSG(bus->test, gauge_get(mc, psp), val, "property %d", psp);
}

static void reads_each_chip(struct kunit *test)
{
	const struct chip_case *c = test->param_value;
	const struct layout *at = c->at;
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc;

	put_discharging(bus, at);
	mc = gauge_bus_bind(bus, c->name, NULL);
	KUNIT_ASSERT_NOT_NULL(test, mc);
	expect(bus, mc, POWER_SUPPLY_PROP_TEMP, at->temp, 250);
	expect(bus, mc, POWER_SUPPLY_PROP_VOLTAGE_NOW, at->volt, 3700000);
	expect(bus, mc, POWER_SUPPLY_PROP_CHARGE_NOW, at->rm, 1234000);
	expect(bus, mc, POWER_SUPPLY_PROP_CHARGE_FULL, at->fcc, 2000000);
	expect(bus, mc, POWER_SUPPLY_PROP_CURRENT_NOW, at->ai, -500000);
	expect(bus, mc, POWER_SUPPLY_PROP_TIME_TO_FULL_NOW, at->ttf, -ENODATA);
	expect(bus, mc, POWER_SUPPLY_PROP_CYCLE_COUNT, at->cc, 17);
	expect(bus, mc, POWER_SUPPLY_PROP_CAPACITY, at->soc, 62);
	expect(bus, mc, POWER_SUPPLY_PROP_CHARGE_FULL_DESIGN, at->dcap, 2100000);
	expect(bus, mc, POWER_SUPPLY_PROP_STATUS, 1, POWER_SUPPLY_STATUS_DISCHARGING);
	expect(bus, mc, POWER_SUPPLY_PROP_HEALTH, at->soc, POWER_SUPPLY_HEALTH_GOOD);
	expect(bus, mc, POWER_SUPPLY_PROP_CAPACITY_LEVEL, at->soc,
	       POWER_SUPPLY_CAPACITY_LEVEL_NORMAL);
	if (at->tte)
		expect(bus, mc, POWER_SUPPLY_PROP_TIME_TO_EMPTY_NOW, 1, 7200);
	expect(bus, mc, POWER_SUPPLY_PROP_TECHNOLOGY, at != &bq34z100,
	       POWER_SUPPLY_TECHNOLOGY_LION);
	KUNIT_EXPECT_STREQ(test, gauge_str(mc, POWER_SUPPLY_PROP_MODEL_NAME), c->model);
	KUNIT_EXPECT_STREQ(test, gauge_str(mc, POWER_SUPPLY_PROP_MANUFACTURER),
			   "Texas Instruments");

	/* Charging for 90 minutes, 10.5 degrees below zero */
	put(bus, at->ai, 400);
	put(bus, at->tte, 65535);
	put(bus, at->ttf, 90);
	put(bus, at->temp, 2626);
	gauge_refresh(mc);
	expect(bus, mc, POWER_SUPPLY_PROP_CURRENT_NOW, at->ai, 400000);
	expect(bus, mc, POWER_SUPPLY_PROP_STATUS, 1, POWER_SUPPLY_STATUS_CHARGING);
	expect(bus, mc, POWER_SUPPLY_PROP_TIME_TO_FULL_NOW, at->ttf, 5400);
	expect(bus, mc, POWER_SUPPLY_PROP_TEMP, at->temp, -105);
	if (at->tte)
		expect(bus, mc, POWER_SUPPLY_PROP_TIME_TO_EMPTY_NOW, 1, -ENODATA);

	/* One unit per supply */
	KUNIT_EXPECT_FALSE(test, gauge_has(mc, POWER_SUPPLY_PROP_ENERGY_NOW));
	KUNIT_EXPECT_FALSE(test, gauge_has(mc, POWER_SUPPLY_PROP_POWER_AVG));
	gauge_random_images(bus, mc, 100);
}

/**
 * struct seen - transfers from one register
 * @reg: the register
 * @count: their number
 */
struct seen {
	u8 reg;
	unsigned int count;
};

static int count_transfers(struct gauge_bus *bus, u8 reg)
{
	struct seen *seen = bus->priv;

	seen->count += reg == seen->reg;
	return 0;
}

/* All values in one transfer; the design capacity in a transfer of its own, once */
static void a_refresh_costs_one_transfer(struct kunit *test)
{
	const struct chip_case *c = test->param_value;
	struct seen design = { .reg = c->at->dcap };
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc;

	put_discharging(bus, c->at);
	bus->read = count_transfers;
	bus->priv = &design;
	mc = gauge_bus_bind(bus, c->name, NULL);
	KUNIT_ASSERT_NOT_NULL(test, mc);
	bus->reads = 0;
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, bus->reads, 1);
	KUNIT_EXPECT_EQ(test, design.count, c->at->dcap ? 1 : 0);
	gauge_bus_unbind(bus);
}

/*
 * BQ27200 and BQ27210 with 20 mOhm: 3.57 uV / 20 mOhm = 178.5 uA. The temperature is
 * in 0.25 K, the flags and RSOC are bytes, ILMD is the upper byte of a charge.
 */
static void put_old(struct gauge_bus *bus, u8 flags)
{
	put(bus, 0x06, 1192);			/* 298.0 K = 24.9 C */
	put(bus, 0x08, 3700);
	put(bus, 0x0a, 50 << 8 | flags);
	put(bus, 0x0c, 5600);			/* 999.6 mAh */
	put(bus, 0x12, 11204);			/* 1999.914 mAh */
	put(bus, 0x14, 2801);			/* 499.9785 mA */
	put(bus, 0x16, 120);
	put(bus, 0x18, 65535);
	put(bus, 0x26, 100);
	put(bus, 0x2a, 17);
	put(bus, 0x76, 0x1100 | 45);		/* 45 * 256 * 178.5 = 2056320 */
}

static void reads_old_chips(struct kunit *test)
{
	const struct chip_case *c = test->param_value;
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc;

	put_old(bus, 0x00);
	mc = gauge_bus_bind(bus, c->name, NULL);
	KUNIT_ASSERT_NOT_NULL(test, mc);
	expect(bus, mc, POWER_SUPPLY_PROP_TEMP, 1, 249);
	expect(bus, mc, POWER_SUPPLY_PROP_VOLTAGE_NOW, 1, 3700000);
	expect(bus, mc, POWER_SUPPLY_PROP_CHARGE_NOW, 1, 999600);
	expect(bus, mc, POWER_SUPPLY_PROP_CHARGE_FULL, 1, 1999914);
	expect(bus, mc, POWER_SUPPLY_PROP_CURRENT_NOW, 1, -499979);
	expect(bus, mc, POWER_SUPPLY_PROP_TIME_TO_EMPTY_NOW, 1, 7200);
	expect(bus, mc, POWER_SUPPLY_PROP_TIME_TO_EMPTY_AVG, 1, 6000);
	expect(bus, mc, POWER_SUPPLY_PROP_TIME_TO_FULL_NOW, 1, -ENODATA);
	expect(bus, mc, POWER_SUPPLY_PROP_CYCLE_COUNT, 1, 17);
	expect(bus, mc, POWER_SUPPLY_PROP_CAPACITY, 1, 50);
	expect(bus, mc, POWER_SUPPLY_PROP_CHARGE_FULL_DESIGN, 1, 2056320);
	expect(bus, mc, POWER_SUPPLY_PROP_STATUS, 1, POWER_SUPPLY_STATUS_DISCHARGING);
	KUNIT_EXPECT_STREQ(test, gauge_str(mc, POWER_SUPPLY_PROP_MODEL_NAME), c->model);

	put_old(bus, 0x80);
	bus->reads = 0;
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, bus->reads, 1);
	expect(bus, mc, POWER_SUPPLY_PROP_CURRENT_NOW, 1, 499979);
	expect(bus, mc, POWER_SUPPLY_PROP_STATUS, 1, POWER_SUPPLY_STATUS_CHARGING);

	/* No load; full; a register that the chip does not have filled in */
	put(bus, 0x14, 0);
	gauge_refresh(mc);
	expect(bus, mc, POWER_SUPPLY_PROP_STATUS, 1, POWER_SUPPLY_STATUS_NOT_CHARGING);
	put_old(bus, 0xa0);
	put(bus, 0x14, 65535);
	gauge_refresh(mc);
	expect(bus, mc, POWER_SUPPLY_PROP_STATUS, 1, POWER_SUPPLY_STATUS_FULL);
	expect(bus, mc, POWER_SUPPLY_PROP_CURRENT_NOW, 1, -ENODATA);
	gauge_random_images(bus, mc, 100);
}

struct flags_case {
	const char *desc;
	const char *chip;
	u8 at, ai;	/* addresses of the flags and of the current */
	u16 flags;
	s16 ma;
	int status, health, level;
};

#define IDLE		POWER_SUPPLY_STATUS_NOT_CHARGING
#define FULL		POWER_SUPPLY_STATUS_FULL
#define IN		POWER_SUPPLY_STATUS_CHARGING
#define OUT		POWER_SUPPLY_STATUS_DISCHARGING
#define GOOD		POWER_SUPPLY_HEALTH_GOOD
#define HOT		POWER_SUPPLY_HEALTH_OVERHEAT
#define COLD		POWER_SUPPLY_HEALTH_COLD
#define CALIBRATE	POWER_SUPPLY_HEALTH_CALIBRATION_REQUIRED
#define AT_FULL		POWER_SUPPLY_CAPACITY_LEVEL_FULL
#define AT_NORMAL	POWER_SUPPLY_CAPACITY_LEVEL_NORMAL
#define AT_LOW		POWER_SUPPLY_CAPACITY_LEVEL_LOW
#define AT_CRITICAL	POWER_SUPPLY_CAPACITY_LEVEL_CRITICAL

static const struct flags_case flags[] = {
	/* Flags() with OTC and OTD: data sheet of the BQ27545-G1 */
	{ "otc none", "bq27500", 0x0a, 0x14, 0x0000, 0, IDLE, GOOD, AT_NORMAL },
	{ "otc chg", "bq27500", 0x0a, 0x14, 0x0100, 400, IN, GOOD, AT_NORMAL },
	{ "otc fc", "bq27500", 0x0a, 0x14, 0x0201, 0, FULL, GOOD, AT_FULL },
	{ "otc fc hot", "bq27545", 0x0a, 0x14, 0x8200, 0, FULL, HOT, AT_FULL },
	{ "otc otd", "bq27742", 0x0a, 0x14, 0x4001, -400, OUT, HOT, AT_NORMAL },
	{ "otc soc1", "bq27510g3", 0x0a, 0x14, 0x0005, -400, OUT, GOOD, AT_LOW },
	{ "otc socf", "bq27520g4", 0x0a, 0x14, 0x0003, -400, OUT, GOOD, AT_CRITICAL },
	{ "otc others", "bq27545", 0x0a, 0x14, 0x3d79, -400, OUT, GOOD, AT_NORMAL },
	/* Flags() with OT and UT: technical reference of the BQ27441-G1, section 4.4 */
	{ "ot none", "bq27421", 0x06, 0x10, 0x0000, 0, IDLE, GOOD, AT_NORMAL },
	{ "ot ot", "bq27441", 0x06, 0x10, 0x8100, 400, IN, HOT, AT_NORMAL },
	{ "ot ut", "bq27426", 0x06, 0x10, 0x4009, -400, OUT, COLD, AT_NORMAL },
	{ "ot fc", "bq27621", 0x06, 0x10, 0x0209, 0, FULL, GOOD, AT_FULL },
	{ "ot soc1", "bq27425", 0x06, 0x10, 0x000d, -400, OUT, GOOD, AT_LOW },
	{ "ot socf", "bq27411", 0x06, 0x10, 0x000f, -400, OUT, GOOD, AT_CRITICAL },
	{ "ot ut bq27530", "bq27530", 0x0a, 0x14, 0x4001, -400, OUT, COLD, AT_NORMAL },
	{ "ot others", "bq27421", 0x06, 0x10, 0x3df9, -400, OUT, GOOD, AT_NORMAL },
	/* BatteryStatus(): SLUUA65E, 0x0A */
	{ "status none", "bq27z561", 0x0a, 0x14, 0x0000, 0, IDLE, GOOD, AT_NORMAL },
	{ "status fc", "bq28z610", 0x0a, 0x14, 0x0020, 0, FULL, GOOD, AT_FULL },
	{ "status fd", "bq78z100", 0x0a, 0x14, 0x0050, -400, OUT, GOOD, AT_CRITICAL },
	{ "status ota", "bq28z610", 0x0a, 0x14, 0x1000, 400, IN, HOT, AT_NORMAL },
	{ "status others", "bq28z610", 0x0a, 0x14, 0xebcf, -400, OUT, GOOD, AT_NORMAL },
	/* Flags() of the BQ34Z100-G1 and -R2 (SLUUCO5A), with CF */
	{ "cf none", "bq34z100", 0x0e, 0x0a, 0x0000, 0, IDLE, GOOD, AT_NORMAL },
	{ "cf cf", "bq34z100", 0x0e, 0x0a, 0x0011, -400, OUT, CALIBRATE, AT_NORMAL },
	{ "cf hot", "bq34z100", 0x0e, 0x0a, 0x8010, 400, IN, HOT, AT_NORMAL },
	{ "cf otd fc", "bq34z100", 0x0e, 0x0a, 0x4200, 0, FULL, HOT, AT_FULL },
	{ "cf soc1", "bq34z100", 0x0e, 0x0a, 0x0005, -400, OUT, GOOD, AT_LOW },
	{ "cf socf", "bq34z100", 0x0e, 0x0a, 0x0007, -400, OUT, GOOD, AT_CRITICAL },
	{ "cf others", "bq34z100", 0x0e, 0x0a, 0x3de9, -400, OUT, GOOD, AT_NORMAL },
	/* FLAGS of the BQ27200: a byte, with 50 % in the next one */
	{ "byte none", "bq27200", 0x0a, 0x14, 0x3280, 0, IDLE, GOOD, AT_NORMAL },
	{ "byte imin", "bq27200", 0x0a, 0x14, 0x32a0, 0, FULL, GOOD, AT_FULL },
	{ "byte ci", "bq27210", 0x0a, 0x14, 0x3290, 400, IN, CALIBRATE, AT_NORMAL },
	{ "byte edv1", "bq27210", 0x0a, 0x14, 0x3202, 0, IDLE, GOOD, AT_LOW },
	{ "byte edvf", "bq27200", 0x0a, 0x14, 0x3203, 0, IDLE, GOOD, AT_CRITICAL },
	{ "byte others", "bq27200", 0x0a, 0x14, 0x324c, 0, IDLE, GOOD, AT_NORMAL },
};

KUNIT_ARRAY_PARAM_DESC(flags, flags, desc);

/* A charge that passes a threshold is low; the battery is not dead. */
static void flags_of_each_layout(struct kunit *test)
{
	const struct flags_case *c = test->param_value;
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc;

	/* 50 %, at whichever address */
	memset(bus->mem, 0, sizeof(bus->mem));
	put(bus, 0x02, 50);
	put(bus, 0x1c, 50);
	put(bus, 0x20, 50);
	put(bus, 0x2c, 50);
	put(bus, c->at, c->flags);
	put(bus, c->ai, c->ma);
	mc = gauge_bus_bind(bus, c->chip, NULL);
	KUNIT_ASSERT_NOT_NULL(test, mc);
	if (c->level == AT_CRITICAL) {
		/* For a second by the clock of the class: jiffies may be behind it. */
		usleep_range(1100000, 1110000);
		gauge_refresh(mc);
	}
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_STATUS), c->status);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_HEALTH), c->health);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CAPACITY_LEVEL), c->level);
}

/* It has nothing but a status, FC included. */
static void bq27521_has_no_charge(struct kunit *test)
{
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc;

	put_discharging(bus, &bq27521);
	put(bus, bq27521.flags, 0x8207);
	mc = gauge_bus_bind(bus, "bq27521", NULL);
	KUNIT_ASSERT_NOT_NULL(test, mc);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_STATUS),
			POWER_SUPPLY_STATUS_FULL);
	KUNIT_EXPECT_FALSE(test, gauge_has(mc, POWER_SUPPLY_PROP_HEALTH));
	KUNIT_EXPECT_FALSE(test, gauge_has(mc, POWER_SUPPLY_PROP_CAPACITY));
	KUNIT_EXPECT_FALSE(test, gauge_has(mc, POWER_SUPPLY_PROP_CAPACITY_LEVEL));
	KUNIT_EXPECT_FALSE(test, gauge_has(mc, POWER_SUPPLY_PROP_TIME_TO_EMPTY_NOW));
}

static void values_that_are_not_available(struct kunit *test)
{
	const struct layout *at = &bq27500_1;
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc;

	put_discharging(bus, at);
	mc = gauge_bus_bind(bus, "bq27500-1", NULL);
	KUNIT_ASSERT_NOT_NULL(test, mc);
	put(bus, at->temp, 65535);
	put(bus, at->volt, 65535);
	put(bus, at->rm, 65535);
	put(bus, at->fcc, 65535);
	put(bus, at->ai, 65535);
	put(bus, at->tte, 65535);
	put(bus, at->cc, 65535);
	put(bus, at->soc, 65535);
	gauge_refresh(mc);
	expect(bus, mc, POWER_SUPPLY_PROP_TEMP, 1, -ENODATA);
	expect(bus, mc, POWER_SUPPLY_PROP_VOLTAGE_NOW, 1, -ENODATA);
	expect(bus, mc, POWER_SUPPLY_PROP_CHARGE_NOW, 1, -ENODATA);
	expect(bus, mc, POWER_SUPPLY_PROP_CHARGE_FULL, 1, -ENODATA);
	expect(bus, mc, POWER_SUPPLY_PROP_CURRENT_NOW, 1, -1000);
	expect(bus, mc, POWER_SUPPLY_PROP_TIME_TO_EMPTY_NOW, 1, -ENODATA);
	expect(bus, mc, POWER_SUPPLY_PROP_CYCLE_COUNT, 1, -ENODATA);
	expect(bus, mc, POWER_SUPPLY_PROP_CAPACITY, 1, -ENODATA);

	/* A gauge that has not started yet: 0 K, no full charge */
	put(bus, at->temp, 0);
	put(bus, at->fcc, 0);
	put(bus, at->soc, 111);
	gauge_refresh(mc);
	expect(bus, mc, POWER_SUPPLY_PROP_TEMP, 1, -ENODATA);
	expect(bus, mc, POWER_SUPPLY_PROP_CHARGE_FULL, 1, -ENODATA);
	expect(bus, mc, POWER_SUPPLY_PROP_CAPACITY, 1, -ENODATA);
	gauge_bus_unbind(bus);

	/* No design capacity was stored. */
	put(bus, at->dcap, 0);
	mc = gauge_bus_bind(bus, "bq27500-1", NULL);
	KUNIT_ASSERT_NOT_NULL(test, mc);
	KUNIT_EXPECT_FALSE(test, gauge_has(mc, POWER_SUPPLY_PROP_CHARGE_FULL_DESIGN));
}

static void word_transfers_are_sufficient(struct kunit *test)
{
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc;

	bus->functionality = I2C_FUNC_SMBUS_WORD_DATA;
	put_discharging(bus, &bq27500_1);
	mc = gauge_bus_bind(bus, "bq27500-1", NULL);
	KUNIT_ASSERT_NOT_NULL(test, mc);
	expect(bus, mc, POWER_SUPPLY_PROP_VOLTAGE_NOW, 1, 3700000);
	expect(bus, mc, POWER_SUPPLY_PROP_CURRENT_NOW, 1, -500000);
	expect(bus, mc, POWER_SUPPLY_PROP_CAPACITY, 1, 62);
	bus->reads = 0;
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, bus->reads, 10);
}

/* A gauge that refuses a command without a row: its values are read one by one. */
static void a_gap_that_cannot_be_read(struct kunit *test)
{
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc;

	bus->refused = 0x1e;
	put_discharging(bus, &bq27500);
	mc = gauge_bus_bind(bus, "bq27541", NULL);
	KUNIT_ASSERT_NOT_NULL(test, mc);
	expect(bus, mc, POWER_SUPPLY_PROP_CAPACITY, 1, 62);
	gauge_refresh(mc);
	gauge_refresh(mc);
	put(bus, bq27500.soc, 61);
	bus->reads = 0;
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, bus->reads, 9);
	expect(bus, mc, POWER_SUPPLY_PROP_CAPACITY, 1, 61);
	expect(bus, mc, POWER_SUPPLY_PROP_CYCLE_COUNT, 1, 17);
}

/* SOC_INT or GPOUT: a pulse when the charge or the state has changed */
static void interrupt_reads_the_gauge(struct kunit *test)
{
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc;

	gauge_bus_add_irq(bus);
	put_discharging(bus, &bq27421);
	mc = gauge_bus_bind(bus, "bq27421", NULL);
	KUNIT_ASSERT_NOT_NULL(test, mc);
	expect(bus, mc, POWER_SUPPLY_PROP_CAPACITY, 1, 62);
	put(bus, bq27421.soc, 61);
	gauge_bus_raise_irq(bus);
	expect(bus, mc, POWER_SUPPLY_PROP_CAPACITY, 1, 61);
}

/* The battery of the firmware does not get into the data memory of the gauge. */
static void data_memory_is_not_written(struct kunit *test)
{
	static const struct property_entry battery[] = {
		PROPERTY_ENTRY_STRING("compatible", "simple-battery"),
		PROPERTY_ENTRY_U32("charge-full-design-microamp-hours", 1340000),
		PROPERTY_ENTRY_U32("energy-full-design-microwatt-hours", 4960000),
		PROPERTY_ENTRY_U32("voltage-min-design-microvolt", 3200000),
		{ }
	};
	static const struct software_node node = { .name = "bq27xxx-kunit", .properties = battery };
	const struct property_entry props[] = {
		PROPERTY_ENTRY_REF("monitored-battery", &node),
		{ }
	};
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc;

	KUNIT_ASSERT_EQ(test, software_node_register(&node), 0);
	put_discharging(bus, &bq27421);
	mc = gauge_bus_bind(bus, "bq27421", props);
	KUNIT_EXPECT_NOT_NULL(test, mc);
	if (mc) {
		gauge_refresh(mc);
		expect(bus, mc, POWER_SUPPLY_PROP_CHARGE_FULL_DESIGN, 1, 2100000);
	}
	KUNIT_EXPECT_EQ(test, bus->writes, 0);
	gauge_bus_unbind(bus);
	software_node_unregister(&node);
}

static struct kunit_case bq27xxx_cases[] = {
	KUNIT_CASE_PARAM(reads_each_chip, chip_gen_params),
	KUNIT_CASE_PARAM(a_refresh_costs_one_transfer, chip_gen_params),
	KUNIT_CASE_PARAM(reads_old_chips, old_chip_gen_params),
	KUNIT_CASE_PARAM(flags_of_each_layout, flags_gen_params),
	KUNIT_CASE(bq27521_has_no_charge),
	KUNIT_CASE(values_that_are_not_available),
	KUNIT_CASE(word_transfers_are_sufficient),
	KUNIT_CASE(a_gap_that_cannot_be_read),
	KUNIT_CASE(interrupt_reads_the_gauge),
	KUNIT_CASE(data_memory_is_not_written),
	{ }
};

static struct kunit_suite bq27xxx_suite = {
	.name = "bq27xxx",
	.init = bq_init,
	.test_cases = bq27xxx_cases,
};

kunit_test_suite(bq27xxx_suite);
