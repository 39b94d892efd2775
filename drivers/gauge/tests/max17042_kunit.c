// SPDX-License-Identifier: GPL-2.0-only
/*
 * The driver on an emulated adapter and chip. The numbers are those of the data sheets:
 * MAX17047/MAX17050, "ModelGauge m3 Registers" and "ALRT Function".
 */
#include <kunit/test.h>
#include <linux/bits.h>
#include <linux/i2c.h>
#include <linux/power/psy_miniclass.h>
#include <linux/power_supply.h>
#include <linux/property.h>
#include <linux/unaligned.h>

#include "gauge_bus.h"

#define STATUS		0x00
#define TALRT		0x02
#define SALRT		0x03
#define REP_CAP		0x05
#define REP_SOC		0x06
#define AGE		0x07
#define TEMP		0x08
#define VCELL		0x09
#define CURRENT		0x0a
#define AVG_CURRENT	0x0b
#define FULL_CAP	0x10
#define TTE		0x11
#define CYCLES		0x17
#define DESIGN_CAP	0x18
#define AVG_VCELL	0x19
#define MINMAX_VOLT	0x1b
#define CONFIG		0x1d
#define ICHG_TERM	0x1e
#define TTF		0x20
#define DEV_NAME	0x21
#define MISC_CFG	0x2b
#define TASK_PERIOD	0x3c
#define FSTAT		0x3d
#define QH		0x4d
#define BATT		0xda
#define OCV		0xfb
#define SOC_VF		0xff

#define POR		BIT(1)
#define BST		BIT(3)
#define TMN		BIT(9)
#define SMN		BIT(10)
#define BI		BIT(11)
#define VMX		BIT(12)
#define TMX		BIT(13)
#define SMX		BIT(14)
#define OTHER		BIT(5)	/* no event, no alert */
#define TALRT_POR	0x7f80
#define SALRT_POR	0xff00

static const struct property_entry with_resistor[] = {
	PROPERTY_ENTRY_STRING("compatible", "maxim,max17047"),
	PROPERTY_ENTRY_U32("shunt-resistor-micro-ohms", 10000),
	{ }
};

static const struct property_entry without_resistor[] = {
	PROPERTY_ENTRY_STRING("compatible", "maxim,max17047"),
	{ }
};

/* The registers that contain the model of the battery, or its results, are not written. */
static int only_alerts_are_written(struct gauge_bus *bus, u8 reg, const u8 *data, u16 len)
{
	KUNIT_EXPECT_EQ(bus->test, len, 2);
	KUNIT_EXPECT_TRUE_MSG(bus->test, reg == STATUS || reg == TALRT || reg == SALRT ||
			      reg == CONFIG || reg == MISC_CFG, "register %#x", reg);
	return 0;
}

static const struct { u8 reg; u16 val; } image[] = {
	{ STATUS, 0 }, { TALRT, TALRT_POR }, { SALRT, SALRT_POR },
	{ REP_CAP, 3000 }, { FULL_CAP, 6000 }, { DESIGN_CAP, 6400 }, { QH, -200 },
	{ REP_SOC, 0x32e0 }, { SOC_VF, 0x2b80 }, { AGE, 0x5dc0 },
	{ TEMP, 0x1980 }, { VCELL, 48640 }, { AVG_VCELL, 48000 }, { OCV, 49280 },
	{ CURRENT, -1600 }, { AVG_CURRENT, -640 }, { ICHG_TERM, 640 },
	{ TTE, 960 }, { TTF, 160 }, { CYCLES, 1000 }, { MINMAX_VOLT, 0xd7a0 },
	{ CONFIG, 0x2350 }, { MISC_CFG, 0x0870 }, { TASK_PERIOD, 5760 }, { BATT, 9120 },
	{ DEV_NAME, 0x0001 },
};

static void set_nv(struct gauge_bus *bus, u8 reg, u16 val)
{
	put_unaligned_le16(val, bus->mem2 + 2 * reg);
}

static int m5_init(struct kunit *test)
{
	int ret = gauge_bus_init(test);
	struct gauge_bus *bus = test->priv;
	unsigned int i;

	bus->addr = 0x36;
	bus->addr2 = 0x0b;
	bus->width = 2;
	bus->written = only_alerts_are_written;
	for (i = 0; i < ARRAY_SIZE(image); i++)
		gauge_bus_set_le16(bus, image[i].reg, image[i].val);
	set_nv(bus, 0xcf, 1000);
	set_nv(bus, 0xbc, 0x3c26);
	set_nv(bus, 0xbd, 0x1122);
	set_nv(bus, 0xbe, 0x0033);
	set_nv(bus, 0xbf, 0xa500);
	return ret;
}

static struct psy_miniclass *bind(struct kunit *test, const char *name,
				  const struct property_entry *props)
{
	struct psy_miniclass *mc = gauge_bus_bind(test->priv, name, props);

	KUNIT_ASSERT_NOT_NULL(test, mc);
	return mc;
}

struct chip_case {
	const char *name;
	const char *model;
	bool ttf;
	bool pack;
};

static const struct chip_case chips[] = {
	{ "max17042", "MAX17042" },
	{ "max17047", "MAX17047" },
	{ "max17050", "MAX17050" },
	{ "max17055", "MAX17055", .ttf = true },
	{ "max77705-battery", "MAX77705" },
	{ "max77759-fg", "MAX77759", .ttf = true },
	{ "max77849-battery", "MAX77849" },
	{ "max17201", "MAX17201", .ttf = true, .pack = true },
	{ "max17205", "MAX17205", .ttf = true, .pack = true },
};

KUNIT_ARRAY_PARAM_DESC(chip, chips, name);

static void expect(struct kunit *test, struct psy_miniclass *mc, enum power_supply_property psp,
		   int want)
{
	KUNIT_EXPECT_EQ_MSG(test, gauge_get(mc, psp), want, "property %d", psp);
}

/* 10 mOhm: 0.5 mAh, 156.25 uA. 78.125 uV, 20 mV, 1/256 degree, 5.625 s */
static void reads_each_chip(struct kunit *test)
{
	const struct chip_case *c = test->param_value;
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc;

	if (!strcmp(c->model, "MAX17205"))
		gauge_bus_set_le16(bus, DEV_NAME, 0x0005);
	mc = bind(test, c->name, c->pack ? NULL : with_resistor);

	expect(test, mc, POWER_SUPPLY_PROP_CHARGE_NOW, 1500000);
	expect(test, mc, POWER_SUPPLY_PROP_CHARGE_FULL, 3000000);
	expect(test, mc, POWER_SUPPLY_PROP_CHARGE_FULL_DESIGN, 3200000);
	expect(test, mc, POWER_SUPPLY_PROP_CHARGE_COUNTER, -100000);
	expect(test, mc, POWER_SUPPLY_PROP_CAPACITY, 50);
	expect(test, mc, POWER_SUPPLY_PROP_TEMP, 255);
	expect(test, mc, POWER_SUPPLY_PROP_CURRENT_NOW, -250000);
	expect(test, mc, POWER_SUPPLY_PROP_CURRENT_AVG, -100000);
	expect(test, mc, POWER_SUPPLY_PROP_CHARGE_TERM_CURRENT, 100000);
	expect(test, mc, POWER_SUPPLY_PROP_TIME_TO_EMPTY_AVG, 5400);
	expect(test, mc, POWER_SUPPLY_PROP_CYCLE_COUNT, c->pack ? 160 : 10);
	expect(test, mc, POWER_SUPPLY_PROP_VOLTAGE_NOW, c->pack ? 11400000 : 3800000);
	expect(test, mc, POWER_SUPPLY_PROP_STATUS, POWER_SUPPLY_STATUS_DISCHARGING);
	KUNIT_EXPECT_STREQ(test, gauge_str(mc, POWER_SUPPLY_PROP_MODEL_NAME), c->model);
	KUNIT_EXPECT_STREQ(test, gauge_str(mc, POWER_SUPPLY_PROP_SERIAL_NUMBER),
			   c->pack ? "a500003311223c26" : "");
	KUNIT_EXPECT_EQ(test, gauge_has(mc, POWER_SUPPLY_PROP_VOLTAGE_AVG), !c->pack);
	if (!c->pack) {
		expect(test, mc, POWER_SUPPLY_PROP_VOLTAGE_AVG, 3750000);
		expect(test, mc, POWER_SUPPLY_PROP_VOLTAGE_OCV, 3850000);
		expect(test, mc, POWER_SUPPLY_PROP_VOLTAGE_MIN, 3200000);
		expect(test, mc, POWER_SUPPLY_PROP_VOLTAGE_MAX, 4300000);
		expect(test, mc, POWER_SUPPLY_PROP_TECHNOLOGY, POWER_SUPPLY_TECHNOLOGY_LION);
	}

	KUNIT_EXPECT_EQ(test, gauge_has(mc, POWER_SUPPLY_PROP_TIME_TO_FULL_AVG), c->ttf);
	gauge_bus_set_le16(bus, CURRENT, 1600);
	gauge_refresh(mc);
	expect(test, mc, POWER_SUPPLY_PROP_STATUS, POWER_SUPPLY_STATUS_CHARGING);
	if (c->ttf)
		expect(test, mc, POWER_SUPPLY_PROP_TIME_TO_FULL_AVG, 900);
	KUNIT_EXPECT_EQ(test, bus->writes, 0);

	gauge_bus_set_le16(bus, TTE, 0xffff);
	gauge_bus_set_le16(bus, TTF, 0xffff);
	gauge_refresh(mc);
	KUNIT_EXPECT_LT(test, gauge_get(mc, POWER_SUPPLY_PROP_TIME_TO_FULL_AVG), 0);
	bus->written = NULL;
	gauge_random_images(bus, mc, 100);
}

static void health_of_age(struct kunit *test)
{
#ifndef PSY_NO_STATE_OF_HEALTH
	struct psy_miniclass *mc = bind(test, "max17055", with_resistor);

	expect(test, mc, POWER_SUPPLY_PROP_STATE_OF_HEALTH, 94);
	/* A new battery has more than its design charge. */
	gauge_bus_set_le16(test->priv, AGE, 104 * 256);
	gauge_refresh(mc);
	expect(test, mc, POWER_SUPPLY_PROP_STATE_OF_HEALTH, 100);
#else
	kunit_skip(test, "this kernel has no such property");
#endif
}

/* STATUS; registers 05h to 1Eh or 20h; QH; the voltage of the battery or VFOCV */
static void a_refresh_costs_four_transfers(struct kunit *test)
{
	const struct chip_case *c = test->param_value;
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc = bind(test, c->name, c->pack ? NULL : with_resistor);

	kunit_info(test, "%s: %u transfers until registered", c->name, bus->reads);
	bus->reads = 0;
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, bus->reads, 4);
	KUNIT_EXPECT_EQ(test, bus->writes, 0);
}

static void word_transfers_are_sufficient(struct kunit *test)
{
	const struct chip_case *c = test->param_value;
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc;

	bus->functionality = I2C_FUNC_SMBUS_WORD_DATA;
	mc = bind(test, c->name, c->pack ? NULL : with_resistor);
	expect(test, mc, POWER_SUPPLY_PROP_CHARGE_NOW, 1500000);
	expect(test, mc, POWER_SUPPLY_PROP_CURRENT_NOW, -250000);
	bus->reads = 0;
	gauge_refresh(mc);
	KUNIT_EXPECT_LE(test, bus->reads, 19);
}

static void unknown_values(struct kunit *test)
{
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc = bind(test, "max17055", with_resistor);

	gauge_bus_set_le16(bus, MINMAX_VOLT, 0x00ff);	/* as after power-on */
	gauge_bus_set_le16(bus, TTE, 0xffff);
	gauge_bus_set_le16(bus, FULL_CAP, 0);
	gauge_bus_set_le16(bus, CYCLES, 0);
	gauge_bus_set_le16(bus, REP_SOC, 0xffff);
	gauge_refresh(mc);
	expect(test, mc, POWER_SUPPLY_PROP_VOLTAGE_MIN, -ENODATA);
	expect(test, mc, POWER_SUPPLY_PROP_VOLTAGE_MAX, -ENODATA);
	expect(test, mc, POWER_SUPPLY_PROP_TIME_TO_EMPTY_AVG, -ENODATA);
	expect(test, mc, POWER_SUPPLY_PROP_CHARGE_FULL, -ENODATA);
	expect(test, mc, POWER_SUPPLY_PROP_CYCLE_COUNT, -ENODATA);
	expect(test, mc, POWER_SUPPLY_PROP_CAPACITY, -ENODATA);
	expect(test, mc, POWER_SUPPLY_PROP_VOLTAGE_NOW, 3800000);
}

/* 99.6 % is 99 %: the percentage is the upper byte. */
static void percentage_and_temperature(struct kunit *test)
{
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc = bind(test, "max17047", with_resistor);

	gauge_bus_set_le16(bus, REP_SOC, 0x6399);
	gauge_bus_set_le16(bus, TEMP, 0xf680);	/* -9.5 degrees */
	gauge_refresh(mc);
	expect(test, mc, POWER_SUPPLY_PROP_CAPACITY, 99);
	expect(test, mc, POWER_SUPPLY_PROP_TEMP, -95);
}

static void sense_resistors(struct kunit *test)
{
	static const struct property_entry five[] = {
		PROPERTY_ENTRY_STRING("compatible", "maxim,max17050"),
		PROPERTY_ENTRY_U32("maxim,rsns-microohm", 5000),
		{ }
	};
	static const struct property_entry both[] = {
		PROPERTY_ENTRY_STRING("compatible", "maxim,max17050"),
		PROPERTY_ENTRY_U32("maxim,rsns-microohm", 5000),
		PROPERTY_ENTRY_U32("shunt-resistor-micro-ohms", 20000),
		{ }
	};
	static const struct property_entry bad[] = {
		PROPERTY_ENTRY_STRING("compatible", "maxim,max17050"),
		PROPERTY_ENTRY_U32("shunt-resistor-micro-ohms", 0),
		{ }
	};
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc = bind(test, "max17050", five);

	expect(test, mc, POWER_SUPPLY_PROP_CURRENT_NOW, -500000);
	expect(test, mc, POWER_SUPPLY_PROP_CHARGE_FULL_DESIGN, 6400000);
	gauge_bus_unbind(bus);
	mc = bind(test, "max17050", both);
	expect(test, mc, POWER_SUPPLY_PROP_CURRENT_NOW, -125000);
	expect(test, mc, POWER_SUPPLY_PROP_CHARGE_NOW, 750000);
	gauge_bus_unbind(bus);
	KUNIT_EXPECT_NULL(test, gauge_bus_bind(bus, "max17050", bad));
	gauge_bus_unbind(bus);

	set_nv(bus, 0xcf, 500);
	mc = bind(test, "max17201", NULL);
	expect(test, mc, POWER_SUPPLY_PROP_CURRENT_NOW, -500000);
	gauge_bus_unbind(bus);
	set_nv(bus, 0xcf, 0);	/* not set */
	mc = bind(test, "max17201", NULL);
	expect(test, mc, POWER_SUPPLY_PROP_CURRENT_NOW, -250000);
	gauge_bus_unbind(bus);
	/* Without the resistor, the values are unknown, not those of any resistor. */
	bus->silent2 = true;
	mc = bind(test, "max17201", NULL);
	expect(test, mc, POWER_SUPPLY_PROP_CURRENT_NOW, -ENODEV);
}

/* Charges depend on the task period, currents do not. */
static void task_period(struct kunit *test)
{
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc;

	gauge_bus_set_le16(bus, TASK_PERIOD, 2880);
	mc = bind(test, "max77759-fg", with_resistor);
	expect(test, mc, POWER_SUPPLY_PROP_CHARGE_NOW, 750000);
	expect(test, mc, POWER_SUPPLY_PROP_CURRENT_NOW, -250000);
	gauge_bus_unbind(bus);
	mc = bind(test, "max17055", with_resistor);
	expect(test, mc, POWER_SUPPLY_PROP_CHARGE_NOW, 1500000);
	gauge_bus_unbind(bus);
	gauge_bus_set_le16(bus, TASK_PERIOD, 0);
	mc = bind(test, "max77759-fg", with_resistor);
	expect(test, mc, POWER_SUPPLY_PROP_CHARGE_NOW, -ENODEV);
}

static void expect_voltage_only(struct kunit *test, struct psy_miniclass *mc)
{
	static const enum power_supply_property none[] = {
		POWER_SUPPLY_PROP_CURRENT_NOW, POWER_SUPPLY_PROP_CURRENT_AVG,
		POWER_SUPPLY_PROP_CHARGE_NOW, POWER_SUPPLY_PROP_CHARGE_FULL,
		POWER_SUPPLY_PROP_CHARGE_COUNTER, POWER_SUPPLY_PROP_TIME_TO_EMPTY_AVG,
		POWER_SUPPLY_PROP_CYCLE_COUNT,
	};
	unsigned int i;

	expect(test, mc, POWER_SUPPLY_PROP_CAPACITY, 43);
	expect(test, mc, POWER_SUPPLY_PROP_VOLTAGE_NOW, 3800000);
	expect(test, mc, POWER_SUPPLY_PROP_STATUS, -ENODATA);
	for (i = 0; i < ARRAY_SIZE(none); i++)
		KUNIT_EXPECT_FALSE(test, gauge_has(mc, none[i]));
}

static void voltage_only(struct kunit *test)
{
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc = bind(test, "max17047", without_resistor);

	expect_voltage_only(test, mc);
	KUNIT_EXPECT_FALSE(test, gauge_has(mc, POWER_SUPPLY_PROP_HEALTH));
	KUNIT_EXPECT_EQ(test, bus->writes, 0);
	gauge_bus_unbind(bus);

	/* Not described: the firmware has set up the chip, as on machines with ACPI. */
	gauge_bus_set_le16(bus, MISC_CFG, 0x0873);
	mc = bind(test, "max17047", NULL);
	expect_voltage_only(test, mc);
	gauge_bus_unbind(bus);
	gauge_bus_set_le16(bus, MISC_CFG, 0x0870);
	mc = bind(test, "max17047", NULL);
	expect(test, mc, POWER_SUPPLY_PROP_CURRENT_NOW, -250000);
	expect(test, mc, POWER_SUPPLY_PROP_HEALTH, POWER_SUPPLY_HEALTH_GOOD);
}

static void expect_health(struct kunit *test, struct psy_miniclass *mc, u8 reg, int val, int want)
{
	struct gauge_bus *bus = test->priv;
	u16 old = gauge_bus_le16(bus, reg);

	gauge_bus_set_le16(bus, reg, val);
	gauge_refresh(mc);
	expect(test, mc, POWER_SUPPLY_PROP_HEALTH, want);
	gauge_bus_set_le16(bus, reg, old);
}

static void health_by_limits(struct kunit *test)
{
	static const struct property_entry limits[] = {
		PROPERTY_ENTRY_STRING("compatible", "maxim,max17047"),
		PROPERTY_ENTRY_U32("maxim,dead-volt", 3100),
		PROPERTY_ENTRY_U32("maxim,over-volt", 4200),
		PROPERTY_ENTRY_U32("maxim,cold-temp", -50),
		PROPERTY_ENTRY_U32("maxim,over-heat-temp", 500),
		{ }
	};
	static const struct property_entry one[] = {
		PROPERTY_ENTRY_STRING("compatible", "maxim,max17047"),
		PROPERTY_ENTRY_U32("maxim,over-heat-temp", 500),
		{ }
	};
	static const struct property_entry bad[] = {
		PROPERTY_ENTRY_U32("maxim,cold-temp", -1001),
		{ }
	};
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc = bind(test, "max17047", limits);

	expect(test, mc, POWER_SUPPLY_PROP_HEALTH, POWER_SUPPLY_HEALTH_GOOD);
	expect_health(test, mc, AVG_VCELL, 39679, POWER_SUPPLY_HEALTH_DEAD);
	expect_health(test, mc, AVG_VCELL, 39680, POWER_SUPPLY_HEALTH_GOOD);
	expect_health(test, mc, VCELL, 54401, POWER_SUPPLY_HEALTH_OVERVOLTAGE);
	expect_health(test, mc, VCELL, 54400, POWER_SUPPLY_HEALTH_GOOD);	/* 4.25 V */
	expect_health(test, mc, TEMP, -6 * 256, POWER_SUPPLY_HEALTH_COLD);
	expect_health(test, mc, TEMP, -5 * 256, POWER_SUPPLY_HEALTH_GOOD);
	expect_health(test, mc, TEMP, 51 * 256, POWER_SUPPLY_HEALTH_OVERHEAT);
	expect_health(test, mc, TEMP, 50 * 256, POWER_SUPPLY_HEALTH_GOOD);
	gauge_bus_unbind(bus);
	mc = bind(test, "max17047", one);
	expect_health(test, mc, AVG_VCELL, 0, POWER_SUPPLY_HEALTH_GOOD);
	expect_health(test, mc, TEMP, 51 * 256, POWER_SUPPLY_HEALTH_OVERHEAT);
	gauge_bus_unbind(bus);
	KUNIT_EXPECT_NULL(test, gauge_bus_bind(bus, "max17047", bad));
}

/* The limits of a MAX17201 are in the chip. Its flags may have to be cleared. */
static void health_by_flags(struct kunit *test)
{
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc;

	mc = bind(test, "max17201", NULL);
	expect(test, mc, POWER_SUPPLY_PROP_HEALTH, POWER_SUPPLY_HEALTH_GOOD);
	gauge_bus_set_le16(bus, STATUS, TMN | OTHER);
	gauge_refresh(mc);
	expect(test, mc, POWER_SUPPLY_PROP_HEALTH, POWER_SUPPLY_HEALTH_COLD);
	KUNIT_EXPECT_EQ(test, gauge_bus_le16(bus, STATUS), OTHER);
	gauge_refresh(mc);
	expect(test, mc, POWER_SUPPLY_PROP_HEALTH, POWER_SUPPLY_HEALTH_GOOD);
	gauge_bus_set_le16(bus, STATUS, TMN | VMX);
	gauge_refresh(mc);
	expect(test, mc, POWER_SUPPLY_PROP_HEALTH, POWER_SUPPLY_HEALTH_OVERVOLTAGE);

	/* For a while the last flags count, but not for good. */
	bus->refused = STATUS;
	gauge_refresh(mc);
	gauge_refresh(mc);
	expect(test, mc, POWER_SUPPLY_PROP_HEALTH, POWER_SUPPLY_HEALTH_OVERVOLTAGE);
	gauge_refresh(mc);
	expect(test, mc, POWER_SUPPLY_PROP_HEALTH, -ENODATA);
	bus->refused = -1;
	gauge_refresh(mc);
	expect(test, mc, POWER_SUPPLY_PROP_HEALTH, POWER_SUPPLY_HEALTH_GOOD);
}

/* Sets VMX before the second reading of STATUS, which clears the flags. */
static int late_flag(struct gauge_bus *bus, u8 reg)
{
	unsigned int *left = bus->priv;

	if (reg == STATUS && *left && !--*left)
		gauge_bus_set_le16(bus, STATUS, gauge_bus_le16(bus, STATUS) | VMX);
	return 0;
}

static void a_flag_while_others_are_cleared(struct kunit *test)
{
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc = bind(test, "max17201", NULL);
	unsigned int second = 2;

	bus->read = late_flag;
	bus->priv = &second;
	gauge_bus_set_le16(bus, STATUS, TMN);
	gauge_refresh(mc);
	expect(test, mc, POWER_SUPPLY_PROP_HEALTH, POWER_SUPPLY_HEALTH_COLD);
	KUNIT_EXPECT_EQ(test, gauge_bus_le16(bus, STATUS), 0);
	gauge_refresh(mc);
	expect(test, mc, POWER_SUPPLY_PROP_HEALTH, POWER_SUPPLY_HEALTH_OVERVOLTAGE);
	gauge_refresh(mc);
	expect(test, mc, POWER_SUPPLY_PROP_HEALTH, POWER_SUPPLY_HEALTH_GOOD);
}

/* A chip with a model of its own sets POR at power-up; the host clears it. */
static void a_pack_that_is_replaced(struct kunit *test)
{
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc;
	u32 tag;

	gauge_bus_set_le16(bus, STATUS, POR);
	mc = bind(test, "max17201", NULL);
	tag = gauge_tag(mc);
	KUNIT_EXPECT_EQ(test, gauge_bus_le16(bus, STATUS), 0);
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, gauge_tag(mc), tag);

	set_nv(bus, 0xbc, 0x3d26);
	gauge_bus_set_le16(bus, FSTAT, 0x0001);
	gauge_bus_set_le16(bus, STATUS, POR);
	gauge_refresh(mc);
	gauge_bus_set_le16(bus, FSTAT, 0);
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, gauge_tag(mc), tag + 1);
	KUNIT_EXPECT_EQ(test, gauge_bus_le16(bus, STATUS), 0);
	KUNIT_EXPECT_STREQ(test, gauge_str(mc, POWER_SUPPLY_PROP_SERIAL_NUMBER),
			   "a500003311223d26");
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, gauge_tag(mc), tag + 1);
}

/* Acknowledging the interrupt clears the flag that it is for. */
static void health_of_an_interrupt(struct kunit *test)
{
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc;

	gauge_bus_add_irq(bus);
	mc = bind(test, "max17201", NULL);
	expect(test, mc, POWER_SUPPLY_PROP_HEALTH, POWER_SUPPLY_HEALTH_GOOD);
	gauge_bus_set_le16(bus, STATUS, TMX);
	gauge_bus_raise_irq(bus);
	KUNIT_EXPECT_EQ(test, gauge_bus_le16(bus, STATUS) & TMX, 0);
	expect(test, mc, POWER_SUPPLY_PROP_HEALTH, POWER_SUPPLY_HEALTH_OVERHEAT);
	gauge_refresh(mc);
	expect(test, mc, POWER_SUPPLY_PROP_HEALTH, POWER_SUPPLY_HEALTH_GOOD);
}

static void a_full_battery(struct kunit *test)
{
	static const struct { int rep_cap, current_now, status; } cases[] = {
		{ 5990, 100, POWER_SUPPLY_STATUS_FULL },
		{ 6003, 0, POWER_SUPPLY_STATUS_FULL },
		{ 5990, -640, POWER_SUPPLY_STATUS_FULL },
		{ 5990, -641, POWER_SUPPLY_STATUS_DISCHARGING },
		{ 5989, 100, POWER_SUPPLY_STATUS_CHARGING },
		{ 5989, 0, POWER_SUPPLY_STATUS_NOT_CHARGING },
	};
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc = bind(test, "max17047", with_resistor);
	unsigned int i;

	gauge_bus_set_le16(bus, REP_SOC, 0x63ff);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		gauge_bus_set_le16(bus, REP_CAP, cases[i].rep_cap);
		gauge_bus_set_le16(bus, CURRENT, cases[i].current_now);
		gauge_refresh(mc);
		KUNIT_EXPECT_EQ_MSG(test, gauge_get(mc, POWER_SUPPLY_PROP_STATUS),
				    cases[i].status, "case %u", i);
	}
}

/* Replies with 0xffff, once. */
static int one_bad_status(struct gauge_bus *bus, u8 reg)
{
	u16 *next = bus->priv;

	if (reg != STATUS || !next)
		return 0;
	gauge_bus_set_le16(bus, STATUS, *next);
	if (!*next)
		bus->priv = NULL;
	*next = 0;
	return 0;
}

static void a_reset_is_a_new_pack(struct kunit *test)
{
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc = bind(test, "max17047", with_resistor);
	u16 bad = 0xffff;
	u32 tag = gauge_tag(mc);

	bus->read = one_bad_status;
	bus->priv = &bad;
	gauge_refresh(mc);
	KUNIT_EXPECT_NULL(test, bus->priv);
	KUNIT_EXPECT_EQ(test, gauge_tag(mc), tag);
	expect(test, mc, POWER_SUPPLY_PROP_PRESENT, 1);

	/* It is never cleared: other software loads the model. */
	gauge_bus_set_le16(bus, STATUS, POR);
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, gauge_tag(mc), tag + 1);
	expect(test, mc, POWER_SUPPLY_PROP_CAPACITY, 50);
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, gauge_tag(mc), tag + 1);
	KUNIT_EXPECT_EQ(test, gauge_bus_le16(bus, STATUS), POR);
	KUNIT_EXPECT_EQ(test, bus->writes, 0);
	bus->reads = 0;
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, bus->reads, 4);

	gauge_bus_set_le16(bus, STATUS, 0);
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, gauge_tag(mc), tag + 1);
	gauge_bus_set_le16(bus, STATUS, POR);
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, gauge_tag(mc), tag + 2);
}

/* Registered after a reset, before there are results: unknown, then known. */
static void results_that_are_not_ready(struct kunit *test)
{
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc;

	gauge_bus_set_le16(bus, STATUS, POR);
	gauge_bus_set_le16(bus, FSTAT, 0x0001);
	mc = bind(test, "max17047", with_resistor);
	expect(test, mc, POWER_SUPPLY_PROP_CAPACITY, -ENODEV);
	gauge_bus_set_le16(bus, FSTAT, 0);
	gauge_refresh(mc);
	expect(test, mc, POWER_SUPPLY_PROP_CAPACITY, 50);
}

static void a_removed_battery(struct kunit *test)
{
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc = bind(test, "max17050", with_resistor);
	u32 tag = gauge_tag(mc);

	gauge_bus_set_le16(bus, STATUS, BST);
	gauge_refresh(mc);
	expect(test, mc, POWER_SUPPLY_PROP_PRESENT, 0);
	expect(test, mc, POWER_SUPPLY_PROP_CAPACITY, -ENODEV);
	gauge_bus_set_le16(bus, STATUS, BI);
	gauge_refresh(mc);
	expect(test, mc, POWER_SUPPLY_PROP_PRESENT, 1);
	KUNIT_EXPECT_EQ(test, gauge_tag(mc), tag + 1);
	KUNIT_EXPECT_EQ(test, gauge_bus_le16(bus, STATUS), 0);

	/* Replaced between two readings */
	gauge_bus_set_le16(bus, STATUS, BI);
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, gauge_tag(mc), tag + 2);
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, gauge_tag(mc), tag + 2);
}

/* All ones are a failed reading, not a removed battery. */
static void a_bus_that_floats(struct kunit *test)
{
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc;
	u32 tag;

	gauge_bus_add_irq(bus);
	mc = bind(test, "max17047", with_resistor);
	tag = gauge_tag(mc);
	memset(bus->mem, 0xff, sizeof(bus->mem));
	gauge_bus_raise_irq(bus);
	gauge_refresh(mc);
	expect(test, mc, POWER_SUPPLY_PROP_PRESENT, 1);
	expect(test, mc, POWER_SUPPLY_PROP_CAPACITY, 50);
	expect(test, mc, POWER_SUPPLY_PROP_VOLTAGE_NOW, 3800000);
	KUNIT_EXPECT_EQ(test, gauge_tag(mc), tag);
	KUNIT_EXPECT_EQ(test, bus->writes, 0);
}

static void a_flag_that_cannot_be_cleared_is_one_event(struct kunit *test)
{
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc = bind(test, "max17047", with_resistor);
	u32 tag = gauge_tag(mc);

	bus->written = gauge_bus_ignore_write;
	gauge_bus_set_le16(bus, STATUS, BI);
	gauge_refresh(mc);
	gauge_refresh(mc);
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, gauge_tag(mc), tag + 1);
	expect(test, mc, POWER_SUPPLY_PROP_CAPACITY, 50);
}

static void alerts_are_set_and_restored(struct kunit *test)
{
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc;

	gauge_bus_add_irq(bus);
	gauge_bus_set_le16(bus, SALRT, 0x6405);
	mc = bind(test, "max17047", with_resistor);
	KUNIT_EXPECT_EQ(test, bus->writes, 0);
	KUNIT_EXPECT_EQ(test, gauge_set(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN, 20), 0);
	KUNIT_EXPECT_EQ(test, gauge_bus_le16(bus, SALRT), 0xff14);
	KUNIT_EXPECT_EQ(test, gauge_bus_le16(bus, TALRT), TALRT_POR);
	KUNIT_EXPECT_EQ(test, gauge_bus_le16(bus, CONFIG), 0x2354);
	KUNIT_EXPECT_EQ(test, gauge_set(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MAX, 80), 0);
	KUNIT_EXPECT_EQ(test, gauge_bus_le16(bus, SALRT), 0x5014);

	/* Never late: -5.5 degrees is -5, 41.9 degrees is 41. */
	KUNIT_EXPECT_EQ(test, gauge_set(mc, POWER_SUPPLY_PROP_TEMP_ALERT_MIN, -55), 0);
	KUNIT_EXPECT_EQ(test, gauge_set(mc, POWER_SUPPLY_PROP_TEMP_ALERT_MAX, 419), 0);
	KUNIT_EXPECT_EQ(test, gauge_bus_le16(bus, TALRT), 0x29fb);
	KUNIT_EXPECT_EQ(test, gauge_set(mc, POWER_SUPPLY_PROP_TEMP_ALERT_MAX, 1500), 0);
	KUNIT_EXPECT_EQ(test, gauge_bus_le16(bus, TALRT), 0x7efb);
	gauge_bus_unbind(bus);
	KUNIT_EXPECT_EQ(test, gauge_bus_le16(bus, SALRT), 0x6405);
	KUNIT_EXPECT_EQ(test, gauge_bus_le16(bus, TALRT), TALRT_POR);
}

/* The percentage of the alerts is the one that is reported. */
static void alerts_by_voltage(struct kunit *test)
{
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc;

	gauge_bus_add_irq(bus);
	mc = bind(test, "max17047", without_resistor);
	KUNIT_EXPECT_EQ(test, gauge_set(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN, 20), 0);
	KUNIT_EXPECT_EQ(test, gauge_bus_le16(bus, MISC_CFG), 0x0873);
	KUNIT_EXPECT_EQ(test, gauge_bus_le16(bus, SALRT), 0xff14);
	gauge_bus_unbind(bus);
	mc = bind(test, "max17047", with_resistor);
	KUNIT_EXPECT_EQ(test, gauge_set(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN, 20), 0);
	KUNIT_EXPECT_EQ(test, gauge_bus_le16(bus, MISC_CFG), 0x0870);
}

/* A chip that raises its flags as long as a limit is exceeded would never be quiet. */
static void alerts_that_stay_are_switched_off(struct kunit *test)
{
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc;

	gauge_bus_add_irq(bus);
	mc = bind(test, "max17047", with_resistor);
	KUNIT_EXPECT_EQ(test, gauge_set(mc, POWER_SUPPLY_PROP_TEMP_ALERT_MIN, 100), 0);
	KUNIT_EXPECT_EQ(test, gauge_bus_le16(bus, TALRT), 0x7f0a);

	gauge_bus_set_le16(bus, TEMP, 9 * 256);
	gauge_bus_set_le16(bus, STATUS, TMN | VMX);
	gauge_bus_raise_irq(bus);
	KUNIT_EXPECT_EQ(test, gauge_bus_le16(bus, STATUS), 0);
	KUNIT_EXPECT_EQ(test, gauge_bus_le16(bus, TALRT), TALRT_POR);
	expect(test, mc, POWER_SUPPLY_PROP_TEMP, 90);
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, gauge_bus_le16(bus, TALRT), TALRT_POR);
	gauge_bus_set_le16(bus, TEMP, 10 * 256);
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, gauge_bus_le16(bus, TALRT), TALRT_POR);
	gauge_bus_set_le16(bus, TEMP, 11 * 256);
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, gauge_bus_le16(bus, TALRT), 0x7f0a);
}

/* The limits that have not fired stay armed. */
static void an_alert_of_one_limit(struct kunit *test)
{
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc;

	gauge_bus_add_irq(bus);
	mc = bind(test, "max17047", with_resistor);
	KUNIT_EXPECT_EQ(test, gauge_set(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN, 20), 0);
	KUNIT_EXPECT_EQ(test, gauge_set(mc, POWER_SUPPLY_PROP_TEMP_ALERT_MIN, 100), 0);
	KUNIT_EXPECT_EQ(test, gauge_set(mc, POWER_SUPPLY_PROP_TEMP_ALERT_MAX, 400), 0);
	KUNIT_EXPECT_EQ(test, gauge_bus_le16(bus, TALRT), 0x280a);

	gauge_bus_set_le16(bus, TEMP, 9 * 256);
	gauge_bus_set_le16(bus, STATUS, TMN);
	gauge_bus_raise_irq(bus);
	KUNIT_EXPECT_EQ(test, gauge_bus_le16(bus, TALRT), 0x2880);
	KUNIT_EXPECT_EQ(test, gauge_bus_le16(bus, SALRT), 0xff14);

	gauge_bus_set_le16(bus, TEMP, 41 * 256);
	gauge_bus_set_le16(bus, STATUS, TMX);
	gauge_bus_raise_irq(bus);
	KUNIT_EXPECT_EQ(test, gauge_bus_le16(bus, TALRT), 0x7f0a);
	gauge_bus_set_le16(bus, TEMP, 25 * 256);
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, gauge_bus_le16(bus, TALRT), 0x280a);
}

/* An alert does not hide that the chip was reset: its limits are set again. */
static void a_reset_with_an_alert(struct kunit *test)
{
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc;
	u32 tag;

	gauge_bus_add_irq(bus);
	gauge_bus_set_le16(bus, SALRT, 0x6405);
	mc = bind(test, "max17047", with_resistor);
	tag = gauge_tag(mc);
	KUNIT_EXPECT_EQ(test, gauge_set(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN, 30), 0);
	gauge_bus_set_le16(bus, STATUS, VMX | POR | BI);
	gauge_bus_set_le16(bus, SALRT, SALRT_POR);
	gauge_bus_set_le16(bus, CONFIG, 0x2350);
	gauge_bus_raise_irq(bus);
	KUNIT_EXPECT_EQ(test, gauge_bus_le16(bus, STATUS), POR);
	KUNIT_EXPECT_EQ(test, gauge_tag(mc), tag + 1);
	KUNIT_EXPECT_EQ(test, gauge_bus_le16(bus, SALRT), 0xff1e);
	KUNIT_EXPECT_EQ(test, gauge_bus_le16(bus, CONFIG), 0x2354);
	gauge_bus_unbind(bus);
	KUNIT_EXPECT_EQ(test, gauge_bus_le16(bus, SALRT), SALRT_POR);
}

/* A limit that is crossed leaves the chip. */
static void a_crossed_limit(struct kunit *test)
{
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc;

	gauge_bus_add_irq(bus);
	mc = bind(test, "max17055", with_resistor);
	KUNIT_EXPECT_EQ(test, gauge_set(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN, 50), 0);
	KUNIT_EXPECT_EQ(test, gauge_bus_le16(bus, SALRT), 0xff32);
	gauge_bus_set_le16(bus, REP_SOC, 0x31ff);
	gauge_bus_set_le16(bus, STATUS, SMN | BIT(7));
	gauge_bus_raise_irq(bus);
	KUNIT_EXPECT_EQ(test, gauge_bus_le16(bus, STATUS), 0);
	KUNIT_EXPECT_EQ(test, gauge_bus_le16(bus, SALRT), SALRT_POR);
	expect(test, mc, POWER_SUPPLY_PROP_CAPACITY, 49);
	gauge_bus_set_le16(bus, REP_SOC, 0x3200);
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, gauge_bus_le16(bus, SALRT), 0xff32);
}

/* A MAX17201 uses the limits of the temperature for its own health. */
static void temperature_limits_of_a_pack(struct kunit *test)
{
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc;

	gauge_bus_add_irq(bus);
	gauge_bus_set_le16(bus, TALRT, 0x3c00);
	mc = bind(test, "max17205", NULL);
	KUNIT_EXPECT_FALSE(test, gauge_has(mc, POWER_SUPPLY_PROP_TEMP_ALERT_MIN));
	KUNIT_EXPECT_EQ(test, gauge_set(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN, 20), 0);
	KUNIT_EXPECT_EQ(test, gauge_bus_le16(bus, SALRT), 0xff14);
	KUNIT_EXPECT_EQ(test, gauge_bus_le16(bus, TALRT), 0x3c00);
}

static void no_alerts_without_an_interrupt(struct kunit *test)
{
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc = bind(test, "max17047", with_resistor);

	KUNIT_EXPECT_EQ(test, gauge_set(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN, 20), 0);
	KUNIT_EXPECT_FALSE(test, gauge_has(mc, POWER_SUPPLY_PROP_TEMP_ALERT_MIN));
	KUNIT_EXPECT_EQ(test, bus->writes, 0);
}

static struct kunit_case max17042_cases[] = {
	KUNIT_CASE_PARAM(reads_each_chip, chip_gen_params),
	KUNIT_CASE(health_of_age),
	KUNIT_CASE_PARAM(a_refresh_costs_four_transfers, chip_gen_params),
	KUNIT_CASE_PARAM(word_transfers_are_sufficient, chip_gen_params),
	KUNIT_CASE(unknown_values),
	KUNIT_CASE(percentage_and_temperature),
	KUNIT_CASE(sense_resistors),
	KUNIT_CASE(task_period),
	KUNIT_CASE(voltage_only),
	KUNIT_CASE(health_by_limits),
	KUNIT_CASE(health_by_flags),
	KUNIT_CASE(a_flag_while_others_are_cleared),
	KUNIT_CASE(a_pack_that_is_replaced),
	KUNIT_CASE(health_of_an_interrupt),
	KUNIT_CASE(a_full_battery),
	KUNIT_CASE(a_reset_is_a_new_pack),
	KUNIT_CASE(results_that_are_not_ready),
	KUNIT_CASE(a_removed_battery),
	KUNIT_CASE(a_bus_that_floats),
	KUNIT_CASE(a_flag_that_cannot_be_cleared_is_one_event),
	KUNIT_CASE(alerts_are_set_and_restored),
	KUNIT_CASE(alerts_by_voltage),
	KUNIT_CASE(alerts_that_stay_are_switched_off),
	KUNIT_CASE(an_alert_of_one_limit),
	KUNIT_CASE(a_reset_with_an_alert),
	KUNIT_CASE(a_crossed_limit),
	KUNIT_CASE(temperature_limits_of_a_pack),
	KUNIT_CASE(no_alerts_without_an_interrupt),
	{ }
};

static struct kunit_suite max17042_suite = {
	.name = "max17042",
	.init = m5_init,
	.test_cases = max17042_cases,
};

kunit_test_suite(max17042_suite);
