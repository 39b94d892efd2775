// SPDX-License-Identifier: GPL-2.0-only
/* The driver on an emulated adapter and chip; the numbers are those of the data sheets. */
#include <kunit/test.h>
#include <linux/bits.h>
#include <linux/i2c.h>
#include <linux/power/psy_miniclass.h>
#include <linux/power_supply.h>
#include <linux/property.h>

#include "gauge_bus.h"

#define DS2782_ADDR	0x34
#define DS2786_ADDR	0x36
#define STATUS		0x01
#define ITEMP		BIT(2)
#define CAPACITY_2786	0x02
#define RARC		0x06
#define IAVG		0x08
#define TEMP		0x0a
#define VOLT		0x0c
#define CURRENT		0x0e
#define RSNSP		0x69

/* 15 mOhm */
static const struct property_entry shunt[] = {
	PROPERTY_ENTRY_U32("shunt-resistor-micro-ohms", 15000),
	{ }
};

static int nothing_is_written(struct gauge_bus *bus, u8 reg, const u8 *data, u16 len)
{
	KUNIT_FAIL(bus->test, "register 0x%02x was written", reg);
	return 0;
}

static int ds_init(struct kunit *test)
{
	int ret = gauge_bus_init(test);
	struct gauge_bus *bus = test->priv;

	bus->addr = DS2782_ADDR;
	bus->written = nothing_is_written;
	bus->mem[STATUS] = ITEMP;
	bus->mem[CAPACITY_2786] = 150;
	bus->mem[RARC] = 75;
	gauge_bus_set_be16(bus, IAVG, 0xce00);		/* -12800: -20 mV */
	gauge_bus_set_be16(bus, TEMP, 201 << 5);	/* 25.125 degrees */
	gauge_bus_set_be16(bus, VOLT, 0x6400);		/* 800 times 4.88 mV, 3200 times 1.22 mV */
	gauge_bus_set_be16(bus, CURRENT, 9600);		/* 15 mV, both chips */
	bus->mem[RSNSP] = 50;				/* 20 mOhm */
	return ret;
}

static struct psy_miniclass *ds_bind(struct gauge_bus *bus, const char *name,
				     const struct property_entry *props)
{
	struct psy_miniclass *mc;

	bus->addr = strcmp(name, "ds2786") ? DS2782_ADDR : DS2786_ADDR;
	mc = gauge_bus_bind(bus, name, props);
	KUNIT_ASSERT_NOT_NULL(bus->test, mc);
	return mc;
}

static const char * const chips[] = { "ds2782", "ds2786" };

static void chip_desc(const char * const *name, char *desc)
{
	strscpy(desc, *name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(chip, chips, chip_desc);

static void reads_each_chip(struct kunit *test)
{
	const char * const *name = test->param_value;
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc = ds_bind(bus, *name, shunt);
	bool old = !strcmp(*name, "ds2782");

	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CAPACITY), 75);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_TEMP), 251);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 3904000);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CURRENT_NOW), 1000000);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_STATUS),
			POWER_SUPPLY_STATUS_CHARGING);
	KUNIT_EXPECT_EQ(test, gauge_has(mc, POWER_SUPPLY_PROP_CURRENT_AVG), old);
	KUNIT_EXPECT_STREQ(test, gauge_str(mc, POWER_SUPPLY_PROP_MODEL_NAME),
			   old ? "DS2782" : "DS2786");

	/* -10.5 degrees, -3 A */
	gauge_bus_set_be16(bus, TEMP, (u16)(-84 << 5));
	gauge_bus_set_be16(bus, CURRENT, (u16)-28800);
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_TEMP), -105);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CURRENT_NOW), -3000000);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_STATUS),
			POWER_SUPPLY_STATUS_DISCHARGING);

	/* Negative voltages are impossible. */
	gauge_bus_set_be16(bus, VOLT, 0xffe0);
	bus->mem[RARC] = 0xff;
	bus->mem[CAPACITY_2786] = 0xff;
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), -ENODATA);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CAPACITY), -ENODATA);
	gauge_random_images(bus, mc, 200);
}

/* Two bytes of one value are of the same moment, whatever the adapter can transfer. */
static void byte_transfers_are_sufficient(struct kunit *test)
{
	const char * const *name = test->param_value;
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc;

	bus->functionality = I2C_FUNC_SMBUS_BYTE_DATA;
	mc = ds_bind(bus, *name, shunt);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_TEMP), 251);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 3904000);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CURRENT_NOW), 1000000);
}

static void transfers_per_refresh(struct kunit *test)
{
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc = ds_bind(bus, "ds2782", NULL);

	bus->reads = 0;
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, bus->reads, 1);
	gauge_bus_unbind(bus);

	mc = ds_bind(bus, "ds2786", NULL);
	bus->reads = 0;
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, bus->reads, 2);
}

/* RSNSP: "the sense resistor as conductance, in mhos" */
static void resistor_of_the_chip(struct kunit *test)
{
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc = ds_bind(bus, "ds2782", NULL);

	/* 15 mV and -20 mV across 20 mOhm */
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CURRENT_NOW), 750000);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CURRENT_AVG), -1000000);
	gauge_bus_unbind(bus);

	/* 1/67 S is not 14 mOhm; 1/255 S is not 3 mOhm. */
	bus->mem[RSNSP] = 67;
	mc = ds_bind(bus, "ds2782", NULL);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CURRENT_NOW), 1005000);
	gauge_bus_unbind(bus);
	bus->mem[RSNSP] = 255;
	mc = ds_bind(bus, "ds2782", NULL);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CURRENT_NOW), 3825000);
	gauge_bus_unbind(bus);

	/* Nobody has written the EEPROM. */
	bus->mem[RSNSP] = 0;
	mc = ds_bind(bus, "ds2782", NULL);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CURRENT_NOW), -ENODATA);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CURRENT_AVG), -ENODATA);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_STATUS), -ENODATA);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CAPACITY), 75);
	gauge_bus_unbind(bus);

	/* 0x69 of the DS2786 is something else. */
	bus->mem[RSNSP] = 50;
	mc = ds_bind(bus, "ds2786", NULL);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CURRENT_NOW), -ENODATA);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CAPACITY), 75);
}

/* Ones, once */
static int one_bad_rsnsp(struct gauge_bus *bus, u8 reg)
{
	u8 *good = bus->priv;

	if (reg != RSNSP)
		return 0;
	if (*good && bus->mem[RSNSP] != 255) {
		bus->mem[RSNSP] = 255;
	} else if (*good) {
		bus->mem[RSNSP] = *good;
		*good = 0;
	}
	return 0;
}

static void a_bad_reading_of_the_resistor(struct kunit *test)
{
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc;
	u8 good = 50;

	bus->priv = &good;
	bus->read = one_bad_rsnsp;
	mc = ds_bind(bus, "ds2782", NULL);
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, good, 0);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CURRENT_NOW), 750000);
}

static void resistor_of_the_firmware(struct kunit *test)
{
	static const struct property_entry zero[] = {
		PROPERTY_ENTRY_U32("shunt-resistor-micro-ohms", 0),
		{ }
	};
	static const struct property_entry text[] = {
		PROPERTY_ENTRY_STRING("shunt-resistor-micro-ohms", "15 mOhm"),
		{ }
	};
	struct gauge_bus *bus = test->priv;

	KUNIT_EXPECT_NULL(test, gauge_bus_bind(bus, "ds2782", zero));
	gauge_bus_unbind(bus);
	KUNIT_EXPECT_NULL(test, gauge_bus_bind(bus, "ds2782", text));
	gauge_bus_unbind(bus);
	/* 1 LSB across 15 mOhm: 104.17 uA */
	gauge_bus_set_be16(bus, CURRENT, 1);
	KUNIT_EXPECT_EQ(test, gauge_get(ds_bind(bus, "ds2782", shunt),
					POWER_SUPPLY_PROP_CURRENT_NOW), 104);
}

/* ITEMP is clear: the register has the voltage of the pin AIN1. */
static void temperature_of_the_ds2786_may_be_a_voltage(struct kunit *test)
{
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc;

	bus->mem[STATUS] = (u8)~ITEMP;
	bus->mem[CAPACITY_2786] = 151;
	mc = ds_bind(bus, "ds2786", shunt);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_TEMP), -ENODATA);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CAPACITY), 76);
	bus->mem[STATUS] = ITEMP;
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_TEMP), 251);
}

static struct kunit_case ds278x_cases[] = {
	KUNIT_CASE_PARAM(reads_each_chip, chip_gen_params),
	KUNIT_CASE_PARAM(byte_transfers_are_sufficient, chip_gen_params),
	KUNIT_CASE(transfers_per_refresh),
	KUNIT_CASE(resistor_of_the_chip),
	KUNIT_CASE(a_bad_reading_of_the_resistor),
	KUNIT_CASE(resistor_of_the_firmware),
	KUNIT_CASE(temperature_of_the_ds2786_may_be_a_voltage),
	{ }
};

static struct kunit_suite ds278x_suite = {
	.name = "ds278x",
	.init = ds_init,
	.test_cases = ds278x_cases,
};

kunit_test_suite(ds278x_suite);
