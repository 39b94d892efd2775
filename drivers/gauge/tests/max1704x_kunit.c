// SPDX-License-Identifier: GPL-2.0-only
/* The driver on an emulated adapter and chip; the numbers are those of the data sheets. */
#include <kunit/test.h>
#include <linux/bits.h>
#include <linux/i2c.h>
#include <linux/interrupt.h>
#include <linux/power/psy_miniclass.h>
#include <linux/power_supply.h>
#include <linux/property.h>

#include "gauge_bus.h"

#define ADDR		0x36
#define VCELL		0x02
#define SOC		0x04
#define CONFIG		0x0c
#define CONFIG_POR	0x971c
#define ALRT		BIT(5)

static int only_config_is_written(struct gauge_bus *bus, u8 reg, const u8 *data, u16 len)
{
	KUNIT_EXPECT_EQ(bus->test, reg, CONFIG);
	KUNIT_EXPECT_EQ(bus->test, len, 2);
	return 0;
}

/* Every other reading of CONFIG gives the word at bus->priv. */
static int bad_config(struct gauge_bus *bus, u8 reg)
{
	u16 *other = bus->priv, now = gauge_bus_be16(bus, CONFIG);

	if (reg == CONFIG) {
		gauge_bus_set_be16(bus, CONFIG, *other);
		*other = now;
	}
	return 0;
}

static int max_init(struct kunit *test)
{
	int ret = gauge_bus_init(test);
	struct gauge_bus *bus = test->priv;

	bus->addr = ADDR;
	bus->written = only_config_is_written;
	gauge_bus_set_be16(bus, VCELL, 0xc580);
	gauge_bus_set_be16(bus, SOC, 50 << 8);
	gauge_bus_set_be16(bus, CONFIG, CONFIG_POR);
	return ret;
}

struct chip_case {
	const char *name;
	const char *model;
	u16 vcell;
	int uv;
};

/* One cell at 3.95 V, or two at that voltage each */
static const struct chip_case chips[] = {
	{ "max17040", "MAX17040", 0xc580, 3950000 },
	{ "max17041", "MAX17041", 0xc580, 7900000 },
	{ "max17043", "MAX17043", 0xc58f, 3950000 },
	{ "max17044", "MAX17044", 0xc580, 7900000 },
	{ "max17048", "MAX17048", 0xc580, 3950000 },
	{ "max17049", "MAX17049", 0xc580, 7900000 },
	{ "max17058", "MAX17058", 0xc581, 3950078 },
	{ "max17059", "MAX17059", 0xc581, 7900156 },
	{ "max77836-battery", "MAX17043", 0xc580, 3950000 },
};

KUNIT_ARRAY_PARAM_DESC(chip, chips, name);

static void reads_each_chip(struct kunit *test)
{
	const struct chip_case *c = test->param_value;
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc;
	u32 tag;

	gauge_bus_set_be16(bus, VCELL, c->vcell);
	mc = gauge_bus_bind(bus, c->name, NULL);
	KUNIT_ASSERT_NOT_NULL(test, mc);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), c->uv);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CAPACITY), 50);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_TECHNOLOGY),
			POWER_SUPPLY_TECHNOLOGY_LION);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_STATUS), -ENODATA);
	KUNIT_EXPECT_STREQ(test, gauge_str(mc, POWER_SUPPLY_PROP_MODEL_NAME), c->model);

	/* A bus that nothing drives reads as ones, which are not values. */
	bus->written = NULL;
	gauge_bus_set_be16(bus, VCELL, 0xffff);
	gauge_bus_set_be16(bus, SOC, 0xffff);
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), -ENODATA);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CAPACITY), -ENODATA);
	gauge_bus_set_be16(bus, VCELL, c->vcell);
	gauge_bus_set_be16(bus, SOC, 60 << 8);
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CAPACITY), 60);
	/* Nor is it a reset: the last values stay. */
	gauge_bus_set_be16(bus, SOC, 0xffff);
	gauge_bus_set_be16(bus, CONFIG, 0xffff);
	tag = gauge_tag(mc);
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, gauge_tag(mc), tag);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CAPACITY), 60);
	gauge_random_images(bus, mc, 200);
}

/* CONFIG, and voltage and percentage together */
static void a_refresh_costs_two_transfers(struct kunit *test)
{
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc = gauge_bus_bind(bus, "max17048", NULL);

	KUNIT_ASSERT_NOT_NULL(test, mc);
	bus->reads = 0;
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, bus->reads, 2);
	KUNIT_EXPECT_EQ(test, bus->writes, 0);
}

static void word_transfers_are_sufficient(struct kunit *test)
{
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc;

	bus->functionality = I2C_FUNC_SMBUS_WORD_DATA;
	mc = gauge_bus_bind(bus, "max17048", NULL);
	KUNIT_ASSERT_NOT_NULL(test, mc);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 3950000);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CAPACITY), 50);
	bus->reads = 0;
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, bus->reads, 3);
}

static void percentages(struct kunit *test)
{
	static const struct property_entry props[] = {
		PROPERTY_ENTRY_BOOL("maxim,double-soc"),
		{ }
	};
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc = gauge_bus_bind(bus, "max17048", NULL);

	KUNIT_ASSERT_NOT_NULL(test, mc);
	gauge_bus_set_be16(bus, SOC, 0x3180);	/* 49.5 % */
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CAPACITY), 50);
	gauge_bus_set_be16(bus, SOC, 0x6580);	/* 101.5 % */
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CAPACITY), 100);
	/* A clone that does not know */
	gauge_bus_set_be16(bus, SOC, 0xffff);
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CAPACITY), -ENODATA);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 3950000);
	gauge_bus_unbind(bus);

	gauge_bus_set_be16(bus, SOC, 150 << 8);
	mc = gauge_bus_bind(bus, "max17048", props);
	KUNIT_ASSERT_NOT_NULL(test, mc);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CAPACITY), 75);
}

static void firmware_properties(struct kunit *test)
{
	static const u8 rcomp[] = { 0x56, 0x78 };
	static const struct property_entry one[] = {
		PROPERTY_ENTRY_U8_ARRAY_LEN("maxim,rcomp", rcomp, 1),
		PROPERTY_ENTRY_U32("maxim,alert-low-soc-level", 10),
		{ }
	};
	static const struct property_entry two[] = {
		PROPERTY_ENTRY_U8_ARRAY_LEN("maxim,rcomp", rcomp, 2),
		{ }
	};
	static const struct property_entry high[] = {
		PROPERTY_ENTRY_BOOL("maxim,double-soc"),
		PROPERTY_ENTRY_U32("maxim,alert-low-soc-level", 17),
		{ }
	};
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc = gauge_bus_bind(bus, "max17043", one);

	KUNIT_ASSERT_NOT_NULL(test, mc);
	KUNIT_EXPECT_EQ(test, gauge_bus_be16(bus, CONFIG), 0x5600 | (32 - 10));
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN), 10);
	gauge_bus_unbind(bus);
	KUNIT_EXPECT_NULL(test, gauge_bus_bind(bus, "max17043", two));
	gauge_bus_unbind(bus);
	KUNIT_EXPECT_NULL(test, gauge_bus_bind(bus, "max17043", high));
	gauge_bus_unbind(bus);
	KUNIT_EXPECT_NOT_NULL(test, gauge_bus_bind(bus, "max17040", two));
	KUNIT_EXPECT_EQ(test, gauge_bus_be16(bus, CONFIG), 0x5678);
}

/* The battery was replaced: the chip had no power, and has its initial settings. */
static void a_reset_is_a_new_pack(struct kunit *test)
{
	static const struct property_entry props[] = {
		PROPERTY_ENTRY_U32("maxim,alert-low-soc-level", 8),
		{ }
	};
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc = gauge_bus_bind(bus, "max17048", props);
	u16 other = 0xffff;
	u32 tag;

	KUNIT_ASSERT_NOT_NULL(test, mc);
	gauge_refresh(mc);
	tag = gauge_tag(mc);
	gauge_bus_set_be16(bus, CONFIG, CONFIG_POR);
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, gauge_tag(mc), tag + 1);
	KUNIT_EXPECT_EQ(test, gauge_bus_be16(bus, CONFIG), 0x9700 | (32 - 8));
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CAPACITY), 50);

	/* An alert that nobody has acknowledged is not a reset, nor is one bad reading. */
	gauge_bus_set_be16(bus, CONFIG, gauge_bus_be16(bus, CONFIG) | ALRT);
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, gauge_tag(mc), tag + 1);
	bus->read = bad_config;
	bus->priv = &other;
	gauge_refresh(mc);
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, other, 0xffff);
	KUNIT_EXPECT_EQ(test, gauge_tag(mc), tag + 1);
}

static void a_chip_that_ignores_settings_is_no_new_pack(struct kunit *test)
{
	static const struct property_entry props[] = {
		PROPERTY_ENTRY_U32("maxim,alert-low-soc-level", 8),
		{ }
	};
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc;
	u32 tag;

	bus->written = gauge_bus_ignore_write;
	mc = gauge_bus_bind(bus, "max17048", props);
	KUNIT_ASSERT_NOT_NULL(test, mc);
	tag = gauge_tag(mc);
	gauge_refresh(mc);
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, gauge_tag(mc), tag);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CAPACITY), 50);
}

static void removed_battery(struct kunit *test)
{
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc = gauge_bus_bind(bus, "max17048", NULL);

	KUNIT_ASSERT_NOT_NULL(test, mc);
	bus->silent = true;
	gauge_bus_set_be16(bus, SOC, 0);
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CAPACITY), 50);
}

static void alert_is_set_and_cleared(struct kunit *test)
{
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc;
	u32 tag;

	gauge_bus_add_irq(bus);
	mc = gauge_bus_bind(bus, "max17048", NULL);
	KUNIT_ASSERT_NOT_NULL(test, mc);
	tag = gauge_tag(mc);
	KUNIT_EXPECT_EQ(test, gauge_set_limit(mc, 30), 0);
	KUNIT_EXPECT_EQ(test, gauge_bus_be16(bus, CONFIG), 0x9700 | (32 - 30));

	/* Above the range of the chip: the class polls. */
	KUNIT_EXPECT_EQ(test, gauge_set_limit(mc, 40), 0);
	KUNIT_EXPECT_EQ(test, gauge_bus_be16(bus, CONFIG), 0x9700 | (32 - 30));
	KUNIT_EXPECT_EQ(test, gauge_set_limit(mc, 30), 0);

	/* The chip latches its alert. At 30 % the limit is not passed. */
	gauge_bus_set_be16(bus, CONFIG, gauge_bus_be16(bus, CONFIG) | ALRT);
	gauge_bus_set_be16(bus, SOC, 30 << 8);
	gauge_bus_raise_irq(bus);
	KUNIT_EXPECT_EQ(test, gauge_bus_be16(bus, CONFIG), 0x9700 | (32 - 30));
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CAPACITY), 30);

	/* A limit that is passed is not set. */
	gauge_bus_set_be16(bus, CONFIG, gauge_bus_be16(bus, CONFIG) | ALRT);
	gauge_bus_set_be16(bus, SOC, 29 << 8);
	gauge_bus_raise_irq(bus);
	KUNIT_EXPECT_EQ(test, gauge_bus_be16(bus, CONFIG), CONFIG_POR);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CAPACITY), 29);
	KUNIT_EXPECT_EQ(test, gauge_tag(mc), tag);
	gauge_bus_unbind(bus);
	KUNIT_EXPECT_EQ(test, gauge_bus_be16(bus, CONFIG), CONFIG_POR);
}

static irqreturn_t other_handler(int irq, void *data)
{
	return IRQ_NONE;
}

/* Nobody would clear the alert: the chip gets none, and the line is left to the other. */
static void no_alert_without_the_interrupt(struct kunit *test)
{
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc;

	gauge_bus_add_irq(bus);
	KUNIT_ASSERT_EQ(test, request_irq(bus->irq, other_handler, 0, "other", bus), 0);
	mc = gauge_bus_bind(bus, "max17048", NULL);
	KUNIT_EXPECT_NOT_NULL(test, mc);
	if (mc) {
		KUNIT_EXPECT_EQ(test, gauge_set_limit(mc, 30), 0);
		KUNIT_EXPECT_EQ(test, gauge_bus_be16(bus, CONFIG), CONFIG_POR);
	}
	free_irq(bus->irq, bus);
}

/* The alert outputs of several chips may be connected. */
static void an_interrupt_can_be_shared(struct kunit *test)
{
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc;

	gauge_bus_add_irq(bus);
	KUNIT_ASSERT_EQ(test, request_threaded_irq(bus->irq, NULL, other_handler,
						   IRQF_SHARED | IRQF_ONESHOT, "other", bus), 0);
	mc = gauge_bus_bind(bus, "max17048", NULL);
	KUNIT_EXPECT_NOT_NULL(test, mc);
	if (mc) {
		KUNIT_EXPECT_EQ(test, gauge_set_limit(mc, 30), 0);
		KUNIT_EXPECT_EQ(test, gauge_bus_be16(bus, CONFIG), 0x9700 | (32 - 30));
		gauge_bus_set_be16(bus, SOC, 29 << 8);
		gauge_bus_raise_irq(bus);
		KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CAPACITY), 29);
	}
	free_irq(bus->irq, bus);
}

/* The MAX17040 has no alert; its register has other bits there. */
static void no_alert_without_the_register(struct kunit *test)
{
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc;

	gauge_bus_add_irq(bus);
	gauge_bus_set_be16(bus, CONFIG, 0x9700);
	mc = gauge_bus_bind(bus, "max17040", NULL);
	KUNIT_ASSERT_NOT_NULL(test, mc);
	KUNIT_EXPECT_EQ(test, gauge_set_limit(mc, 30), 0);
	KUNIT_EXPECT_EQ(test, gauge_bus_be16(bus, CONFIG), 0x9700);
	KUNIT_EXPECT_EQ(test, bus->writes, 0);
}

static struct kunit_case max1704x_cases[] = {
	KUNIT_CASE_PARAM(reads_each_chip, chip_gen_params),
	KUNIT_CASE(a_refresh_costs_two_transfers),
	KUNIT_CASE(word_transfers_are_sufficient),
	KUNIT_CASE(percentages),
	KUNIT_CASE(firmware_properties),
	KUNIT_CASE(a_reset_is_a_new_pack),
	KUNIT_CASE(a_chip_that_ignores_settings_is_no_new_pack),
	KUNIT_CASE(removed_battery),
	KUNIT_CASE(alert_is_set_and_cleared),
	KUNIT_CASE(no_alert_without_the_interrupt),
	KUNIT_CASE(an_interrupt_can_be_shared),
	KUNIT_CASE(no_alert_without_the_register),
	{ }
};

static struct kunit_suite max1704x_suite = {
	.name = "max1704x",
	.init = max_init,
	.test_cases = max1704x_cases,
};

kunit_test_suite(max1704x_suite);
