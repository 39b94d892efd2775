// SPDX-License-Identifier: GPL-2.0-only
/* The driver on an emulated adapter and chip. */
#include <kunit/test.h>
#include <linux/bits.h>
#include <linux/i2c.h>
#include <linux/power/psy_miniclass.h>
#include <linux/power_supply.h>

#include "gauge_bus.h"

#define ADDR		0x55
#define TEMPERATURE	0x06
#define VOLTAGE		0x08
#define FLAGS		0x0a
#define CHARGE		0x0c
#define FULL_CHARGE	0x0e
#define CURRENT		0x14
#define TIME_TO_EMPTY	0x16
#define TIME_TO_FULL	0x18
#define CYCLES		0x2a
#define SOC		0x2c
#define DESIGN_CHARGE	0x3c

static int nothing_is_written(struct gauge_bus *bus, u8 reg, const u8 *data, u16 len)
{
	KUNIT_FAIL(bus->test, "register 0x%02x was written", reg);
	return 0;
}

static int mm_init(struct kunit *test)
{
	int ret = gauge_bus_init(test);
	struct gauge_bus *bus = test->priv;

	bus->addr = ADDR;
	bus->written = nothing_is_written;
	gauge_bus_set_le16(bus, TEMPERATURE, 2982);
	gauge_bus_set_le16(bus, VOLTAGE, 3851);
	gauge_bus_set_le16(bus, FLAGS, BIT(8) | BIT(0));
	gauge_bus_set_le16(bus, CHARGE, 2600);
	gauge_bus_set_le16(bus, FULL_CHARGE, 5100);
	gauge_bus_set_le16(bus, CURRENT, 0xfb1e);	/* -1250 */
	gauge_bus_set_le16(bus, TIME_TO_EMPTY, 125);
	gauge_bus_set_le16(bus, TIME_TO_FULL, 0xffff);
	gauge_bus_set_le16(bus, CYCLES, 300);
	gauge_bus_set_le16(bus, SOC, 51);
	gauge_bus_set_le16(bus, DESIGN_CHARGE, 5200);
	return ret;
}

static void each_value_has_its_unit(struct kunit *test)
{
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc = gauge_bus_bind(bus, "mm8013", NULL);

	KUNIT_ASSERT_NOT_NULL(test, mc);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_TEMP), 251);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 3851000);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_HEALTH), POWER_SUPPLY_HEALTH_GOOD);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CHARGE_NOW), 2600000);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CHARGE_FULL), 5100000);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CHARGE_FULL_DESIGN), 5200000);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CURRENT_NOW), -1250000);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_STATUS),
			POWER_SUPPLY_STATUS_DISCHARGING);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_TIME_TO_EMPTY_AVG), 125 * 60);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_TIME_TO_FULL_AVG), -ENODATA);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CYCLE_COUNT), 300);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CAPACITY), 51);
	KUNIT_EXPECT_STREQ(test, gauge_str(mc, POWER_SUPPLY_PROP_MODEL_NAME), "MM8013");

	gauge_bus_set_le16(bus, CURRENT, 700);
	gauge_bus_set_le16(bus, TIME_TO_EMPTY, 0xffff);
	gauge_bus_set_le16(bus, TIME_TO_FULL, 214);
	gauge_bus_set_le16(bus, TEMPERATURE, 2651);
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CURRENT_NOW), 700000);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_STATUS),
			POWER_SUPPLY_STATUS_CHARGING);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_TIME_TO_EMPTY_AVG), -ENODATA);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_TIME_TO_FULL_AVG), 214 * 60);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_TEMP), -80);
}

/* At a rate for which the chip has no estimate */
static void times_that_are_not_available(struct kunit *test)
{
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc = gauge_bus_bind(bus, "mm8013", NULL);

	KUNIT_ASSERT_NOT_NULL(test, mc);
	gauge_bus_set_le16(bus, TIME_TO_EMPTY, 0xffff);
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_TIME_TO_EMPTY_AVG), -ENODATA);
	gauge_bus_set_le16(bus, CURRENT, 5);
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_STATUS),
			POWER_SUPPLY_STATUS_CHARGING);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_TIME_TO_FULL_AVG), -ENODATA);
}

struct flags_case {
	u16 flags;
	u16 current_ma;
	int health;
	int status;
};

static const struct flags_case flags_cases[] = {
	{ 0, 0, POWER_SUPPLY_HEALTH_GOOD, POWER_SUPPLY_STATUS_NOT_CHARGING },
	{ BIT(9), 0, POWER_SUPPLY_HEALTH_GOOD, POWER_SUPPLY_STATUS_FULL },
	{ BIT(9), 30, POWER_SUPPLY_HEALTH_GOOD, POWER_SUPPLY_STATUS_FULL },
	/* Charging may be allowed, and the pack full, until it is almost empty. */
	{ BIT(9) | BIT(0), 0xffff, POWER_SUPPLY_HEALTH_GOOD, POWER_SUPPLY_STATUS_DISCHARGING },
	{ BIT(8), 0, POWER_SUPPLY_HEALTH_GOOD, POWER_SUPPLY_STATUS_NOT_CHARGING },
	{ BIT(15), 0, POWER_SUPPLY_HEALTH_OVERHEAT, POWER_SUPPLY_STATUS_NOT_CHARGING },
	{ BIT(14), 1, POWER_SUPPLY_HEALTH_OVERHEAT, POWER_SUPPLY_STATUS_CHARGING },
	{ BIT(4), 0, POWER_SUPPLY_HEALTH_OVERHEAT, POWER_SUPPLY_STATUS_NOT_CHARGING },
	{ BIT(3), 0, POWER_SUPPLY_HEALTH_COLD, POWER_SUPPLY_STATUS_NOT_CHARGING },
	{ BIT(13), 0, POWER_SUPPLY_HEALTH_OVERVOLTAGE, POWER_SUPPLY_STATUS_NOT_CHARGING },
	{ BIT(6), 0, POWER_SUPPLY_HEALTH_OVERCURRENT, POWER_SUPPLY_STATUS_NOT_CHARGING },
	{ BIT(5), 0, POWER_SUPPLY_HEALTH_OVERCURRENT, POWER_SUPPLY_STATUS_NOT_CHARGING },
	/* A low voltage is not a failure. */
	{ BIT(12), 0, POWER_SUPPLY_HEALTH_GOOD, POWER_SUPPLY_STATUS_NOT_CHARGING },
};

static void flags_desc(const struct flags_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "0x%04x, %d mA", c->flags, (s16)c->current_ma);
}

KUNIT_ARRAY_PARAM(flags, flags_cases, flags_desc);

static void flags(struct kunit *test)
{
	const struct flags_case *c = test->param_value;
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc;

	gauge_bus_set_le16(bus, FLAGS, c->flags);
	gauge_bus_set_le16(bus, CURRENT, c->current_ma);
	mc = gauge_bus_bind(bus, "mm8013", NULL);
	KUNIT_ASSERT_NOT_NULL(test, mc);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_STATUS), c->status);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_HEALTH), c->health);
}

static void impossible_values_are_unknown(struct kunit *test)
{
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc = gauge_bus_bind(bus, "mm8013", NULL);

	KUNIT_ASSERT_NOT_NULL(test, mc);
	gauge_bus_set_le16(bus, TEMPERATURE, 0);
	gauge_bus_set_le16(bus, SOC, 111);
	gauge_bus_set_le16(bus, CYCLES, 0xffff);
	gauge_bus_set_le16(bus, CHARGE, 0);
	gauge_bus_set_le16(bus, FULL_CHARGE, 0);
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_TEMP), -ENODATA);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CAPACITY), -ENODATA);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CYCLE_COUNT), -ENODATA);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 3851000);
	gauge_random_images(bus, mc, 200);
}

/* Word transfers suffice; the design charge is read once. */
static void transfers(struct kunit *test)
{
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc;

	bus->functionality = I2C_FUNC_SMBUS_WORD_DATA;
	mc = gauge_bus_bind(bus, "mm8013", NULL);
	KUNIT_ASSERT_NOT_NULL(test, mc);
	bus->reads = 0;
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, bus->reads, 10);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CAPACITY), 51);
}

static void a_refused_register(struct kunit *test)
{
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc;

	bus->refused = TIME_TO_EMPTY;
	mc = gauge_bus_bind(bus, "mm8013", NULL);
	KUNIT_ASSERT_NOT_NULL(test, mc);
	KUNIT_EXPECT_FALSE(test, gauge_has(mc, POWER_SUPPLY_PROP_TIME_TO_EMPTY_AVG));
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CAPACITY), 51);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CURRENT_NOW), -1250000);
}

static struct kunit_case mm8013_cases[] = {
	KUNIT_CASE(each_value_has_its_unit),
	KUNIT_CASE(times_that_are_not_available),
	KUNIT_CASE_PARAM(flags, flags_gen_params),
	KUNIT_CASE(impossible_values_are_unknown),
	KUNIT_CASE(transfers),
	KUNIT_CASE(a_refused_register),
	{ }
};

static struct kunit_suite mm8013_suite = {
	.name = "mm8013",
	.init = mm_init,
	.test_cases = mm8013_cases,
};

kunit_test_suite(mm8013_suite);
