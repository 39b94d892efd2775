// SPDX-License-Identifier: GPL-2.0-only
/* The driver on an emulated adapter and chip; the numbers are those of the data sheets. */
#include <kunit/test.h>
#include <linux/bits.h>
#include <linux/i2c.h>
#include <linux/power/psy_miniclass.h>
#include <linux/power_supply.h>
#include <linux/property.h>
#include <linux/string.h>

#include "gauge_bus.h"

#define ADDR		0x64
#define STATUS		0x00
#define CONTROL		0x01
#define CHARGE		0x02
#define HIGH		0x04
#define LOW		0x06
#define VOLTAGE		0x08
#define TEMP_2942	0x0c
#define CURRENT		0x0e
#define TEMP_2943	0x14

#define CONTROL_POR	0x3c
#define SHUTDOWN	BIT(0)
#define UVLO		BIT(0)
#define IS_2941		BIT(7)

/* A sense resistor, mOhm, and an exponent of the prescaler */
#define PROPS(_rsense, _exponent) {						\
	PROPERTY_ENTRY_U32("lltc,resistor-sense", (u32)(_rsense)),		\
	PROPERTY_ENTRY_U32("lltc,prescaler-exponent", _exponent),		\
	{ }									\
}

/* As after power-on, "Power-Up Sequence" */
static void power_on(struct gauge_bus *bus, u8 status)
{
	bus->mem[STATUS] = status | UVLO;
	bus->mem[CONTROL] = CONTROL_POR;
	gauge_bus_set_be16(bus, CHARGE, 0x7fff);
	gauge_bus_set_be16(bus, HIGH, 0xffff);
	gauge_bus_set_be16(bus, LOW, 0);
	bus->priv = NULL;
}

/* The status is cleared by reading it, which is after this function. */
static int ltc_read(struct gauge_bus *bus, u8 reg)
{
	if (bus->priv)
		bus->mem[STATUS] &= IS_2941;
	bus->priv = reg == STATUS ? bus : NULL;
	return 0;
}

/* The charge can be written only while the counter is stopped. */
static int ltc_written(struct gauge_bus *bus, u8 reg, const u8 *data, u16 len)
{
	if (reg == CHARGE)
		KUNIT_EXPECT_TRUE(bus->test, bus->mem[CONTROL] & SHUTDOWN);
	KUNIT_EXPECT_TRUE(bus->test, reg == CONTROL || reg == CHARGE || reg == HIGH ||
			  reg == LOW);
	KUNIT_EXPECT_EQ(bus->test, len, reg == CONTROL ? 1 : reg == HIGH && len == 4 ? 4 : 2);
	return 0;
}

static int ltc_init(struct kunit *test)
{
	int ret = gauge_bus_init(test);
	struct gauge_bus *bus = test->priv;

	bus->addr = ADDR;
	bus->read = ltc_read;
	bus->written = ltc_written;
	power_on(bus, 0);
	return ret;
}

static const struct property_entry exp0[] = PROPS(50, 0);
static const struct property_entry exp3[] = PROPS(50, 3);
static const struct property_entry exp6[] = PROPS(50, 6);
static const struct property_entry exp7[] = PROPS(50, 7);

struct chip_case {
	const char *name;
	const char *model;
	u8 status;
	u8 control;
	const struct property_entry *props;
	int count_uah;	/* charge of 1000 counts with 50 mOhm */
	u16 voltage;
	int uv;
	u8 temp_reg;
	u16 temp;
	int dc;
	u16 current_raw;
	int ua;
};

/*
 * "Voltage Registers", "Temperature Registers", "Current Registers", "Coulomb Counter":
 * B01Ch of FFFFh is 4.1276 V of 6 V, 16.2353 V of 23.6 V and 48.7060 V of 70.8 V; 80C0h is
 * 301.76 K of 600 K, 9440h is 295.35 K of 510 K; 90FFh is 4352 / 32767 of 60 mV or 64 mV.
 */
static const struct chip_case chips[] = {
	{ "ltc2941", "LTC2941", IS_2941, 0x38, exp7, 85000 },
	{ "ltc2942", "LTC2942", 0, 0xf8, exp7, 85000, 0xb01c, 4127626, TEMP_2942, 0x80c0, 286 },
	{ "ltc2943", "LTC2943", 0, 0xb0, exp6, 340000, 0xb01c, 16235331, TEMP_2943, 0x9440, 221,
	  0x90ff, 159380 },
	{ "ltc2944", "LTC2944", 0, 0xb0, exp6, 340000, 0xb01c, 48705992, TEMP_2943, 0x9440, 221,
	  0x90ff, 170005 },
	/* One of them at the address of the other */
	{ "ltc2941", "LTC2942", 0, 0xf8, exp7, 85000, 0xb01c, 4127626, TEMP_2942, 0x80c0, 286 },
	{ "ltc2942", "LTC2941", IS_2941, 0x38, exp7, 85000 },
	/* A smaller prescaler: 2^3 of 2^7, 4^3 of 4^6 */
	{ "ltc2942", "LTC2942", 0, 0xd8, exp3, 5313, 0xb01c, 4127626, TEMP_2942, 0x80c0, 286 },
	{ "ltc2943", "LTC2943", 0, 0x98, exp3, 5313, 0xb01c, 16235331, TEMP_2943, 0x9440, 221,
	  0x90ff, 159380 },
	{ "ltc2944", "LTC2944", 0, 0x98, exp3, 5313, 0xb01c, 48705992, TEMP_2943, 0x9440, 221,
	  0x90ff, 170005 },
	{ "ltc2943", "LTC2943", 0, 0x80, exp0, 83, 0xb01c, 16235331, TEMP_2943, 0x9440, 221,
	  0x90ff, 159380 },
	/* The LTC2943 limits the prescaler to 4^6. */
	{ "ltc2944", "LTC2944", 0, 0xb0, exp7, 340000, 0xb01c, 48705992, TEMP_2943, 0x9440, 221,
	  0x90ff, 170005 },
};

KUNIT_ARRAY_PARAM_DESC(chip, chips, name);

static void reads_each_chip(struct kunit *test)
{
	const struct chip_case *c = test->param_value;
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc;

	power_on(bus, c->status);
	gauge_bus_set_be16(bus, VOLTAGE, c->voltage);
	if (c->temp_reg)
		gauge_bus_set_be16(bus, c->temp_reg, c->temp);
	if (c->current_raw)
		gauge_bus_set_be16(bus, CURRENT, c->current_raw);
	mc = gauge_bus_bind(bus, c->name, c->props);
	KUNIT_ASSERT_NOT_NULL(test, mc);
	KUNIT_EXPECT_EQ(test, bus->mem[CONTROL], c->control);
	KUNIT_EXPECT_STREQ(test, gauge_str(mc, POWER_SUPPLY_PROP_MODEL_NAME), c->model);

	gauge_bus_set_be16(bus, CHARGE, 0x7fff + 1000);
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CHARGE_COUNTER), c->count_uah);
	gauge_bus_set_be16(bus, CHARGE, 0x7fff - 1000);
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CHARGE_COUNTER), -c->count_uah);

	KUNIT_EXPECT_EQ(test, gauge_has(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), !!c->uv);
	KUNIT_EXPECT_EQ(test, gauge_has(mc, POWER_SUPPLY_PROP_TEMP), !!c->uv);
	KUNIT_EXPECT_EQ(test, gauge_has(mc, POWER_SUPPLY_PROP_CURRENT_NOW), !!c->ua);
	if (c->uv) {
		KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), c->uv);
		KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_TEMP), c->dc);
	}
	if (c->ua) {
		KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CURRENT_NOW), c->ua);
		KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_STATUS),
				POWER_SUPPLY_STATUS_CHARGING);
	} else {
		/* That of the charger, of which there is none */
		KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_STATUS), -ENODATA);
	}
	bus->written = NULL;
	gauge_random_images(bus, mc, 200);
}

static void directions(struct kunit *test)
{
	static const struct property_entry forward[] = PROPS(10, 5);
	static const struct property_entry reverse[] = PROPS(-10, 5);
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc;

	/* -16384 / 32767 of 60 mV at 10 mOhm */
	gauge_bus_set_be16(bus, CURRENT, 0x3fff);
	gauge_bus_set_be16(bus, VOLTAGE, 0xb01c);
	mc = gauge_bus_bind(bus, "ltc2943", forward);
	KUNIT_ASSERT_NOT_NULL(test, mc);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CURRENT_NOW), -3000092);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_STATUS),
			POWER_SUPPLY_STATUS_DISCHARGING);

	/* 0.340 mAh * 50 / 10 * 1024 / 4096 = 0.425 mAh */
	KUNIT_EXPECT_EQ(test, gauge_set(mc, POWER_SUPPLY_PROP_CHARGE_NOW, 4250000), 0);
	KUNIT_EXPECT_EQ(test, gauge_bus_be16(bus, CHARGE), 10000);
	gauge_bus_unbind(bus);

	power_on(bus, 0);
	mc = gauge_bus_bind(bus, "ltc2943", reverse);
	KUNIT_ASSERT_NOT_NULL(test, mc);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CURRENT_NOW), 3000092);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_STATUS),
			POWER_SUPPLY_STATUS_CHARGING);
	KUNIT_EXPECT_EQ(test, gauge_set(mc, POWER_SUPPLY_PROP_CHARGE_NOW, 4250000), 0);
	KUNIT_EXPECT_EQ(test, gauge_bus_be16(bus, CHARGE), 65535 - 10000);
	KUNIT_EXPECT_EQ(test, gauge_set(mc, POWER_SUPPLY_PROP_CHARGE_FULL, 8500000), 0);
	KUNIT_EXPECT_EQ(test, gauge_bus_be16(bus, HIGH), 65535 - 20000);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CHARGE_NOW), 4250000);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CHARGE_FULL), 8500000);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CAPACITY), 50);
	/* Counts up while it is discharged */
	gauge_bus_set_be16(bus, CHARGE, 65535 - 8000);
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CHARGE_NOW), 3400000);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CHARGE_COUNTER),
			-(65535 - 8000 - 32767) * 425);
}

/* The ADC has 12 bits for the current: 7FF0h and 8000h are next to 0, 800Fh as well. */
static void no_current(struct kunit *test)
{
	static const struct property_entry props[] = PROPS(50, 6);
	static const struct {
		u16 raw;
		int ua;
		int status;
	} cases[] = {
		{ 0x7ff0, 0, POWER_SUPPLY_STATUS_NOT_CHARGING },
		{ 0x7fff, 0, POWER_SUPPLY_STATUS_NOT_CHARGING },
		{ 0x8000, 0, POWER_SUPPLY_STATUS_NOT_CHARGING },
		{ 0x8010, 623, POWER_SUPPLY_STATUS_CHARGING },
		{ 0x7fe0, -1135, POWER_SUPPLY_STATUS_DISCHARGING },
		{ 0xfff0, 1199487, POWER_SUPPLY_STATUS_CHARGING },
		{ 0x0010, -1199414, POWER_SUPPLY_STATUS_DISCHARGING },
		/* No conversion yet, and beyond the scale */
		{ 0x0000, -ENODATA, -ENODATA },
		{ 0xffff, -ENODATA, -ENODATA },
	};
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc;
	unsigned int i;

	gauge_bus_set_be16(bus, CURRENT, 0x7fff);
	mc = gauge_bus_bind(bus, "ltc2943", props);
	KUNIT_ASSERT_NOT_NULL(test, mc);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), -ENODATA);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_TEMP), -ENODATA);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		gauge_bus_set_be16(bus, CURRENT, cases[i].raw);
		gauge_refresh(mc);
		KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CURRENT_NOW), cases[i].ua);
		KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_STATUS), cases[i].status);
	}
}

/* Status and settings, and all values together */
static void a_refresh_costs_two_transfers(struct kunit *test)
{
	static const char * const names[] = { "ltc2941", "ltc2942", "ltc2943", "ltc2944" };
	static const struct property_entry props[] = PROPS(50, 6);
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		power_on(bus, i ? 0 : IS_2941);
		mc = gauge_bus_bind(bus, names[i], props);
		KUNIT_ASSERT_NOT_NULL(test, mc);
		gauge_refresh(mc);
		bus->reads = 0;
		bus->writes = 0;
		gauge_refresh(mc);
		KUNIT_EXPECT_EQ(test, bus->reads, 2);
		KUNIT_EXPECT_EQ(test, bus->writes, 0);
		gauge_bus_unbind(bus);
	}
}

static void byte_transfers_are_sufficient(struct kunit *test)
{
	static const struct property_entry props[] = PROPS(50, 6);
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc;

	bus->functionality = I2C_FUNC_SMBUS_BYTE_DATA;
	bus->written = NULL;
	gauge_bus_set_be16(bus, VOLTAGE, 0xb01c);
	mc = gauge_bus_bind(bus, "ltc2943", props);
	KUNIT_ASSERT_NOT_NULL(test, mc);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 16235331);
	KUNIT_EXPECT_EQ(test, gauge_set(mc, POWER_SUPPLY_PROP_CHARGE_NOW, 3400000), 0);
	KUNIT_EXPECT_EQ(test, gauge_bus_be16(bus, CHARGE), 10000);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CHARGE_NOW), 3400000);
}

static void charge_is_unknown_until_it_is_set(struct kunit *test)
{
	static const struct property_entry props[] = PROPS(50, 6);
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc = gauge_bus_bind(bus, "ltc2943", props);

	KUNIT_ASSERT_NOT_NULL(test, mc);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CHARGE_NOW), -ENODATA);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CHARGE_FULL), -ENODATA);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CAPACITY), -ENODATA);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CHARGE_COUNTER), 0);

	KUNIT_EXPECT_EQ(test, gauge_set(mc, POWER_SUPPLY_PROP_CHARGE_FULL, 6800000), 0);
	KUNIT_EXPECT_EQ(test, gauge_bus_be16(bus, HIGH), 20000);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CAPACITY), -ENODATA);
	KUNIT_EXPECT_EQ(test, gauge_set(mc, POWER_SUPPLY_PROP_CHARGE_NOW, 1700000), 0);
	KUNIT_EXPECT_EQ(test, gauge_bus_be16(bus, CHARGE), 5000);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CHARGE_NOW), 1700000);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CHARGE_FULL), 6800000);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CAPACITY), 25);
	KUNIT_EXPECT_EQ(test, bus->mem[CONTROL], 0xb0);

	/* The chip keeps it while the driver, or the system, is restarted. */
	to_i2c_driver(bus->client->dev.driver)->shutdown(bus->client);
	KUNIT_EXPECT_EQ(test, bus->mem[CONTROL], 0x30);
	gauge_bus_unbind(bus);
	gauge_bus_set_be16(bus, CHARGE, 4000);
	mc = gauge_bus_bind(bus, "ltc2943", props);
	KUNIT_ASSERT_NOT_NULL(test, mc);
	KUNIT_EXPECT_EQ(test, bus->mem[CONTROL], 0xb0);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CHARGE_NOW), 1360000);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CAPACITY), 20);
}

/* Registers count 0.340 mAh. */
static void impossible_charges_are_refused(struct kunit *test)
{
	static const struct property_entry props[] = PROPS(50, 6);
	static const struct property_entry reverse[] = PROPS(-50, 6);
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc = gauge_bus_bind(bus, "ltc2943", props);

	KUNIT_ASSERT_NOT_NULL(test, mc);
	KUNIT_EXPECT_EQ(test, gauge_set(mc, POWER_SUPPLY_PROP_CHARGE_NOW, 65536 * 340), -EINVAL);
	KUNIT_EXPECT_EQ(test, gauge_set(mc, POWER_SUPPLY_PROP_CHARGE_NOW, -1), -EINVAL);
	KUNIT_EXPECT_EQ(test, gauge_set(mc, POWER_SUPPLY_PROP_CHARGE_NOW, INT_MAX), -EINVAL);
	KUNIT_EXPECT_EQ(test, gauge_set(mc, POWER_SUPPLY_PROP_CHARGE_FULL, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, gauge_set(mc, POWER_SUPPLY_PROP_CHARGE_FULL, 65535 * 340), -EINVAL);
	KUNIT_EXPECT_EQ(test, gauge_bus_be16(bus, CHARGE), 0x7fff);
	KUNIT_EXPECT_EQ(test, gauge_bus_be16(bus, HIGH), 0xffff);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CHARGE_NOW), -ENODATA);
	KUNIT_EXPECT_EQ(test, gauge_set(mc, POWER_SUPPLY_PROP_CHARGE_NOW, 65535 * 340), 0);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CHARGE_NOW), 65535 * 340);
	KUNIT_EXPECT_EQ(test, gauge_set(mc, POWER_SUPPLY_PROP_CHARGE_NOW, 0), 0);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CHARGE_NOW), 0);
	gauge_bus_unbind(bus);

	mc = gauge_bus_bind(bus, "ltc2943", reverse);
	KUNIT_ASSERT_NOT_NULL(test, mc);
	KUNIT_EXPECT_EQ(test, gauge_set(mc, POWER_SUPPLY_PROP_CHARGE_FULL, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, gauge_set(mc, POWER_SUPPLY_PROP_CHARGE_FULL, 65535 * 340), 0);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CHARGE_FULL), 65535 * 340);
}

/* The second transfer of a new charge fails: it is unknown then, and the counter runs. */
static int charge_is_refused(struct gauge_bus *bus, u8 reg, const u8 *data, u16 len)
{
	return reg == CHARGE ? -ENXIO : 0;
}

static void a_failed_setting_leaves_the_charge_unknown(struct kunit *test)
{
	static const struct property_entry props[] = PROPS(50, 6);
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc = gauge_bus_bind(bus, "ltc2943", props);

	KUNIT_ASSERT_NOT_NULL(test, mc);
	KUNIT_EXPECT_EQ(test, gauge_set(mc, POWER_SUPPLY_PROP_CHARGE_NOW, 3400000), 0);
	bus->written = charge_is_refused;
	KUNIT_EXPECT_EQ(test, gauge_set(mc, POWER_SUPPLY_PROP_CHARGE_NOW, 1700000), -EIO);
	KUNIT_EXPECT_EQ(test, bus->mem[CONTROL], 0xb0);
	KUNIT_EXPECT_EQ(test, gauge_bus_be16(bus, LOW), 0);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CHARGE_NOW), -ENODATA);
}

static struct psy_miniclass *bind_with_charge(struct gauge_bus *bus,
					      const struct property_entry *props)
{
	struct psy_miniclass *mc = gauge_bus_bind(bus, "ltc2943", props);

	KUNIT_ASSERT_NOT_NULL(bus->test, mc);
	KUNIT_ASSERT_EQ(bus->test, gauge_set(mc, POWER_SUPPLY_PROP_CHARGE_FULL, 6800000), 0);
	KUNIT_ASSERT_EQ(bus->test, gauge_set(mc, POWER_SUPPLY_PROP_CHARGE_NOW, 3400000), 0);
	KUNIT_ASSERT_EQ(bus->test, gauge_get(mc, POWER_SUPPLY_PROP_CAPACITY), 50);
	return mc;
}

/* The battery was replaced: the chip had no power, and has its initial settings. */
static void a_reset_loses_the_charge(struct kunit *test)
{
	static const struct property_entry props[] = PROPS(50, 6);
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc = bind_with_charge(bus, props);
	u32 tag = gauge_tag(mc);

	power_on(bus, 0);
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, gauge_tag(mc), tag + 1);
	KUNIT_EXPECT_EQ(test, bus->mem[CONTROL], 0xb0);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CHARGE_NOW), -ENODATA);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CAPACITY), -ENODATA);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CHARGE_COUNTER), 0);
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, gauge_tag(mc), tag + 1);
	KUNIT_EXPECT_EQ(test, gauge_set(mc, POWER_SUPPLY_PROP_CHARGE_NOW, 3400000), 0);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CHARGE_NOW), 3400000);
}

/* "If set to 1, a UVLO has occurred and the contents of the registers are uncertain." */
static void an_undervoltage_loses_the_charge(struct kunit *test)
{
	static const struct property_entry props[] = PROPS(50, 6);
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc = bind_with_charge(bus, props);
	u32 tag = gauge_tag(mc);

	bus->mem[STATUS] = UVLO;
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, gauge_tag(mc), tag + 1);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CHARGE_NOW), -ENODATA);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CHARGE_FULL), -ENODATA);
	KUNIT_EXPECT_EQ(test, gauge_bus_be16(bus, LOW), 0);
}

/* Another program has changed the prescaler: the count has no meaning. */
static void a_different_prescaler_loses_the_charge(struct kunit *test)
{
	static const struct property_entry props[] = PROPS(50, 6);
	static const struct property_entry other[] = PROPS(50, 5);
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc = bind_with_charge(bus, props);

	gauge_bus_unbind(bus);
	mc = gauge_bus_bind(bus, "ltc2943", other);
	KUNIT_ASSERT_NOT_NULL(test, mc);
	KUNIT_EXPECT_EQ(test, bus->mem[CONTROL], 0xa8);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CHARGE_NOW), -ENODATA);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CHARGE_FULL), -ENODATA);
}

/* Every other reading of the status and the settings gives ones. */
static int bad_status(struct gauge_bus *bus, u8 reg)
{
	u8 *other = bus->priv, now[2] = { bus->mem[STATUS], bus->mem[CONTROL] };

	if (reg == STATUS) {
		memcpy(bus->mem, other, 2);
		memcpy(other, now, 2);
	}
	return 0;
}

static void one_bad_reading_is_no_reset(struct kunit *test)
{
	static const struct property_entry props[] = PROPS(50, 6);
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc = bind_with_charge(bus, props);
	u32 tag = gauge_tag(mc);
	u8 other[2] = { 0xff, 0xff }, good[2];

	bus->read = bad_status;
	bus->priv = other;
	bus->writes = 0;
	gauge_refresh(mc);
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, other[1], 0xff);
	KUNIT_EXPECT_EQ(test, gauge_tag(mc), tag);
	/* Also as long as it lasts: what has been set in the chip is kept. */
	bus->read = NULL;
	memcpy(good, bus->mem, 2);
	memset(bus->mem, 0xff, 2);
	gauge_refresh(mc);
	gauge_refresh(mc);
	memcpy(bus->mem, good, 2);
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, gauge_tag(mc), tag);
	KUNIT_EXPECT_EQ(test, bus->writes, 0);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CAPACITY), 50);
}

/* ADC and counter were stopped, as at shutdown. */
static void a_stopped_chip_is_started(struct kunit *test)
{
	static const struct property_entry props[] = PROPS(50, 6);
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc = bind_with_charge(bus, props);
	u32 tag = gauge_tag(mc);

	bus->mem[CONTROL] = 0x31;
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, bus->mem[CONTROL], 0xb0);
	KUNIT_EXPECT_EQ(test, gauge_tag(mc), tag);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CAPACITY), 50);
}

static void a_chip_that_ignores_settings_is_no_new_pack(struct kunit *test)
{
	static const struct property_entry props[] = PROPS(50, 6);
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc;
	u32 tag;

	bus->written = gauge_bus_ignore_write;
	gauge_bus_set_be16(bus, VOLTAGE, 0xb01c);
	mc = gauge_bus_bind(bus, "ltc2943", props);
	KUNIT_ASSERT_NOT_NULL(test, mc);
	tag = gauge_tag(mc);
	gauge_refresh(mc);
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, gauge_tag(mc), tag);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 16235331);
}

static void removed_battery(struct kunit *test)
{
	static const struct property_entry props[] = PROPS(50, 6);
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc = bind_with_charge(bus, props);

	bus->silent = true;
	gauge_bus_set_be16(bus, CHARGE, 0);
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CAPACITY), 50);
}

static void firmware_properties(struct kunit *test)
{
	static const struct property_entry bad[][3] = {
		{ PROPERTY_ENTRY_U32("lltc,prescaler-exponent", 5) },
		PROPS(0, 5),
		PROPS(10001, 5),
		PROPS(-10001, 5),
		PROPS(INT_MIN, 5),
		PROPS(50, 8),
		{ PROPERTY_ENTRY_STRING("lltc,resistor-sense", "50") },
	};
	static const struct property_entry only_resistor[] = {
		PROPERTY_ENTRY_U32("lltc,resistor-sense", 10000),
		{ }
	};
	struct gauge_bus *bus = test->priv;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		KUNIT_EXPECT_NULL_MSG(test, gauge_bus_bind(bus, "ltc2943", bad[i]), "case %u", i);
		gauge_bus_unbind(bus);
	}
	KUNIT_EXPECT_EQ(test, bus->writes, 0);
	KUNIT_EXPECT_NOT_NULL(test, gauge_bus_bind(bus, "ltc2943", only_resistor));
	KUNIT_EXPECT_EQ(test, bus->mem[CONTROL], 0xb0);
}

static const struct property_entry cell_props[] = {
	PROPERTY_ENTRY_STRING("compatible", "simple-battery"),
	PROPERTY_ENTRY_U32("charge-full-design-microamp-hours", 5000000),
	{ }
};

static const struct property_entry bad_cell_props[] = {
	PROPERTY_ENTRY_STRING("compatible", "simple-battery"),
	PROPERTY_ENTRY_U32("charge-full-design-microamp-hours", 0),
	{ }
};

static const struct software_node cell_node = { .properties = cell_props };
static const struct software_node bad_cell_node = { .properties = bad_cell_props };

static const struct property_entry with_cell[] = {
	PROPERTY_ENTRY_U32("lltc,resistor-sense", 50),
	PROPERTY_ENTRY_REF("monitored-battery", &cell_node),
	{ }
};

static const struct property_entry with_bad_cell[] = {
	PROPERTY_ENTRY_U32("lltc,resistor-sense", 50),
	PROPERTY_ENTRY_REF("monitored-battery", &bad_cell_node),
	{ }
};

static void capacity_of_the_firmware(struct kunit *test)
{
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc;

	KUNIT_ASSERT_EQ(test, software_node_register(&cell_node), 0);
	KUNIT_ASSERT_EQ(test, software_node_register(&bad_cell_node), 0);
	mc = gauge_bus_bind(bus, "ltc2943", with_cell);
	KUNIT_EXPECT_NOT_NULL(test, mc);
	if (mc) {
		KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CHARGE_FULL_DESIGN), 5000000);
		KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CHARGE_FULL), 5000000);
		KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CAPACITY), -ENODATA);
		KUNIT_EXPECT_EQ(test, gauge_set(mc, POWER_SUPPLY_PROP_CHARGE_NOW, 2500000), 0);
		KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CAPACITY), 50);
		KUNIT_EXPECT_EQ(test, gauge_set(mc, POWER_SUPPLY_PROP_CHARGE_FULL, 4000000), 0);
		KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CHARGE_FULL_DESIGN), 5000000);
		KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CAPACITY), 62);
	}
	gauge_bus_unbind(bus);
	KUNIT_EXPECT_NULL(test, gauge_bus_bind(bus, "ltc2943", with_bad_cell));
	gauge_bus_unbind(bus);
	software_node_unregister(&bad_cell_node);
	software_node_unregister(&cell_node);
}

static struct kunit_case ltc294x_cases[] = {
	KUNIT_CASE_PARAM(reads_each_chip, chip_gen_params),
	KUNIT_CASE(directions),
	KUNIT_CASE(no_current),
	KUNIT_CASE(a_refresh_costs_two_transfers),
	KUNIT_CASE(byte_transfers_are_sufficient),
	KUNIT_CASE(charge_is_unknown_until_it_is_set),
	KUNIT_CASE(impossible_charges_are_refused),
	KUNIT_CASE(a_failed_setting_leaves_the_charge_unknown),
	KUNIT_CASE(a_reset_loses_the_charge),
	KUNIT_CASE(an_undervoltage_loses_the_charge),
	KUNIT_CASE(a_different_prescaler_loses_the_charge),
	KUNIT_CASE(one_bad_reading_is_no_reset),
	KUNIT_CASE(a_stopped_chip_is_started),
	KUNIT_CASE(a_chip_that_ignores_settings_is_no_new_pack),
	KUNIT_CASE(removed_battery),
	KUNIT_CASE(firmware_properties),
	KUNIT_CASE(capacity_of_the_firmware),
	{ }
};

static struct kunit_suite ltc294x_suite = {
	.name = "ltc294x",
	.init = ltc_init,
	.test_cases = ltc294x_cases,
};

kunit_test_suite(ltc294x_suite);
