// SPDX-License-Identifier: GPL-2.0-only
/* The driver on an emulated adapter and chip; the numbers are those of the data sheet. */
#include <kunit/resource.h>
#include <kunit/test.h>
#include <linux/bits.h>
#include <linux/i2c.h>
#include <linux/power/psy_miniclass.h>
#include <linux/power_supply.h>
#include <linux/property.h>
#include <linux/string.h>

#include "gauge_bus.h"

#define ADDR		0x70
#define MODE		0x00
#define CTRL		0x01
#define SOC		0x02
#define COUNTER		0x04
#define CURRENT		0x06
#define VOLTAGE		0x08
#define TEMPERATURE	0x0a
#define AVG_CURRENT	0x0b
#define OCV		0x0d
#define CC_CNF		0x0f
#define VM_CNF		0x11
#define ID		0x18
#define RAM		0x20

#define VMODE		BIT(0)
#define GG_RUN		BIT(4)
#define MODE_POR	0x09
#define GG_RST		BIT(1)
#define BATFAIL		BIT(3)
#define PORDET		BIT(4)

/* 2000 mAh and 10 mOhm: 20000 / 49.556 and 400000 / 977.78 */
#define CC_2000_10	404
#define VM_2000		409

/* As stored by the in-tree driver at 62 %: 0x53a9, 31744 / 512 %, 404, 409, 62, 1 */
static const u8 ram_62[16] = {
	0xa9, 0x53, 0x00, 0x7c, 0x94, 0x01, 0x99, 0x01, 62, 1, 0, 0, 0, 0, 0, 0xbb,
};

static const struct property_entry battery_props[] = {
	PROPERTY_ENTRY_STRING("compatible", "simple-battery"),
	PROPERTY_ENTRY_U32("charge-full-design-microamp-hours", 2000000),
	{ }
};

static const struct software_node battery = { .name = "stc-bat", .properties = battery_props };

static const struct property_entry big_battery_props[] = {
	PROPERTY_ENTRY_STRING("compatible", "simple-battery"),
	PROPERTY_ENTRY_U32("charge-full-design-microamp-hours", 4000000000u),
	{ }
};

static const struct software_node big_battery = {
	.name = "stc-big", .properties = big_battery_props
};

static const struct property_entry bare_battery_props[] = {
	PROPERTY_ENTRY_STRING("compatible", "simple-battery"),
	{ }
};

static const struct software_node bare_battery = {
	.name = "stc-bare", .properties = bare_battery_props
};

/**
 * struct stc_chip - what the emulated chip does beside storing bytes; bus->priv
 * @ocv_written: OCV was written, which sets the SOC
 * @soc_written: SOC was written
 * @resets: number of resets by the host
 * @ram_writes: number of writes to the RAM
 * @other_writes: number of other writes
 * @bad: the next two readings of MODE and CTRL are disturbed, if 2
 * @fail: writes of OCV fail
 * @battery: the reference in @props
 * @props: firmware properties
 */
struct stc_chip {
	bool ocv_written;
	bool soc_written;
	unsigned int resets;
	unsigned int ram_writes;
	unsigned int other_writes;
	unsigned int bad;
	bool fail;
	struct software_node_ref_args battery;
	struct property_entry props[3];
};

/* 30 % at 3.7 V (0x1a47), as the curve in the chip says */
#define SOC_OF_OCV	(30 * 512)

static void stc_power_on(struct gauge_bus *bus)
{
	memset(bus->mem, 0, 0x18);
	memset(bus->mem + RAM, 0, sizeof(ram_62));
	bus->mem[MODE] = MODE_POR;
	bus->mem[CTRL] = PORDET;
	bus->mem[ID] = 0x16;
	gauge_bus_set_le16(bus, OCV, 0x1a47);
	gauge_bus_set_le16(bus, VOLTAGE, 1700);
	gauge_bus_set_le16(bus, CC_CNF, 395);
	gauge_bus_set_le16(bus, VM_CNF, 321);
}

static int stc_written(struct gauge_bus *bus, u8 reg, const u8 *data, u16 len)
{
	struct stc_chip *chip = bus->priv;

	if (reg == RAM) {
		chip->ram_writes++;
		return 0;
	}
	chip->other_writes++;
	switch (reg) {
	case CTRL:
		if (data[0] & PORDET) {
			chip->resets++;
			stc_power_on(bus);
			return 1;
		}
		if (data[0] & GG_RST)
			gauge_bus_set_le16(bus, COUNTER, 0);
		bus->mem[CTRL] = 0;
		return 1;
	case OCV:
		if (chip->fail)
			return -ENXIO;
		KUNIT_EXPECT_TRUE(bus->test, bus->mem[MODE] & GG_RUN);
		chip->ocv_written = true;
		gauge_bus_set_le16(bus, SOC, SOC_OF_OCV);
		return 0;
	case SOC:
		KUNIT_EXPECT_TRUE(bus->test, bus->mem[MODE] & GG_RUN);
		chip->soc_written = true;
		return 0;
	case CC_CNF:
		KUNIT_EXPECT_FALSE(bus->test, bus->mem[MODE] & GG_RUN);
		return 0;
	case MODE:
		return 0;
	default:
		KUNIT_FAIL(bus->test, "register 0x%02x was written", reg);
		return 0;
	}
}

/* A reading of MODE and CTRL is disturbed: they are 0xff and, in the next one, not. */
static int stc_read(struct gauge_bus *bus, u8 reg)
{
	struct stc_chip *chip = bus->priv;

	if (reg != MODE || !chip->bad)
		return 0;
	bus->mem[MODE] = chip->bad == 2 ? 0xff : GG_RUN;
	bus->mem[CTRL] = chip->bad == 2 ? 0xff : 0;
	chip->bad--;
	return 0;
}

static void stc_remove_node(void *node)
{
	software_node_unregister(node);
}

static void stc_add_node(struct kunit *test, const struct software_node *node)
{
	KUNIT_ASSERT_EQ(test, software_node_register(node), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, stc_remove_node, (void *)node), 0);
}

/* A chip that runs with the right settings */
static int stc_init(struct kunit *test)
{
	struct gauge_bus *bus;
	struct stc_chip *chip;
	int ret;

	stc_add_node(test, &battery);
	stc_add_node(test, &big_battery);
	stc_add_node(test, &bare_battery);
	ret = gauge_bus_init(test);
	bus = test->priv;
	chip = kunit_kzalloc(test, sizeof(*chip), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, chip);
	bus->addr = ADDR;
	bus->priv = chip;
	bus->written = stc_written;
	bus->read = stc_read;
	stc_power_on(bus);
	bus->mem[MODE] = GG_RUN;
	bus->mem[CTRL] = 0;
	gauge_bus_set_le16(bus, SOC, 50 * 512);
	gauge_bus_set_le16(bus, COUNTER, 1000);
	gauge_bus_set_le16(bus, CURRENT, 0x3cae);	/* -850: -4.998 mV */
	gauge_bus_set_le16(bus, VOLTAGE, 1750);
	bus->mem[TEMPERATURE] = 25;
	gauge_bus_set_le16(bus, AVG_CURRENT, 0xf2b8);	/* -3400: -4.998 mV */
	gauge_bus_set_le16(bus, OCV, 7000);
	gauge_bus_set_le16(bus, CC_CNF, CC_2000_10);
	gauge_bus_set_le16(bus, VM_CNF, VM_2000);
	return ret;
}

/* A gauge with this sense resistor and battery */
static struct psy_miniclass *stc_probe(struct gauge_bus *bus, u32 micro_ohms,
				       const struct software_node *node)
{
	struct stc_chip *chip = bus->priv;

	chip->battery = SOFTWARE_NODE_REFERENCE(node);
	chip->props[0] = PROPERTY_ENTRY_U32("shunt-resistor-micro-ohms", micro_ohms);
	chip->props[1] = PROPERTY_ENTRY_REF_ARRAY_LEN("monitored-battery", &chip->battery, 1);
	return gauge_bus_bind(bus, "stc3117", chip->props);
}

static struct psy_miniclass *stc_bind(struct gauge_bus *bus)
{
	struct psy_miniclass *mc = stc_probe(bus, 10000, &battery);

	KUNIT_ASSERT_NOT_NULL(bus->test, mc);
	return mc;
}

static void each_value_has_its_unit(struct kunit *test)
{
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc = stc_bind(bus);

	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CAPACITY), 50);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CURRENT_NOW), -499800);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CURRENT_AVG), -499800);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 3850000);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_VOLTAGE_OCV), 3850000);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_TEMP), 250);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_STATUS),
			POWER_SUPPLY_STATUS_DISCHARGING);

	/* Bits that the values do not have must not count. */
	gauge_bus_set_le16(bus, SOC, 100 * 512);
	gauge_bus_set_le16(bus, CURRENT, 0xc000 | 1000);
	gauge_bus_set_le16(bus, VOLTAGE, 0xf000 | 1900);
	gauge_bus_set_le16(bus, OCV, 0x8000 | 7600);
	bus->mem[TEMPERATURE] = 0xfb;
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CAPACITY), 100);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CURRENT_NOW), 588000);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 4180000);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_VOLTAGE_OCV), 4180000);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_TEMP), -50);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_STATUS),
			POWER_SUPPLY_STATUS_CHARGING);

	gauge_bus_set_le16(bus, SOC, 0xffff);
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CAPACITY), -ENODATA);
}

static void random_images(struct kunit *test)
{
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc = stc_bind(bus);

	bus->written = NULL;
	gauge_random_images(bus, mc, 200);
}

/* Another system, or this driver, has set up the chip. */
static void a_running_chip_is_not_disturbed(struct kunit *test)
{
	struct gauge_bus *bus = test->priv;
	struct stc_chip *chip = bus->priv;
	struct psy_miniclass *mc = stc_bind(bus);

	KUNIT_EXPECT_EQ(test, chip->other_writes, 0);
	KUNIT_EXPECT_EQ(test, chip->ram_writes, 1);
	KUNIT_EXPECT_EQ(test, bus->mem[RAM + 8], 50);

	/* MODE and CTRL, and all values; the RAM when the percentage has changed */
	bus->reads = 0;
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, bus->reads, 2);
	KUNIT_EXPECT_EQ(test, chip->ram_writes, 1);
	gauge_bus_set_le16(bus, SOC, 62 * 512);
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, chip->ram_writes, 2);
	KUNIT_EXPECT_MEMEQ(test, bus->mem + RAM, ram_62, sizeof(ram_62));
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, chip->ram_writes, 2);
}

/* A chip that runs with settings of another battery: its SOC is the best there is. */
static void other_settings(struct kunit *test)
{
	struct gauge_bus *bus = test->priv;
	struct stc_chip *chip = bus->priv;

	gauge_bus_set_le16(bus, CC_CNF, 395);
	stc_bind(bus);
	KUNIT_EXPECT_EQ(test, gauge_bus_le16(bus, CC_CNF), CC_2000_10);
	KUNIT_EXPECT_EQ(test, gauge_bus_le16(bus, VM_CNF), VM_2000);
	KUNIT_EXPECT_EQ(test, bus->mem[MODE], GG_RUN);
	KUNIT_EXPECT_TRUE(test, chip->soc_written);
	KUNIT_EXPECT_FALSE(test, chip->ocv_written);
	KUNIT_EXPECT_EQ(test, gauge_bus_le16(bus, SOC), 50 * 512);
}

/* Nothing is measured at first; 0 must not be shown as a value. */
static void a_new_battery(struct kunit *test)
{
	struct gauge_bus *bus = test->priv;
	struct stc_chip *chip = bus->priv;
	struct psy_miniclass *mc;

	stc_power_on(bus);
	mc = stc_bind(bus);
	KUNIT_EXPECT_EQ(test, bus->mem[MODE], GG_RUN);
	KUNIT_EXPECT_EQ(test, bus->mem[CTRL], 0);
	KUNIT_EXPECT_EQ(test, gauge_bus_le16(bus, CC_CNF), CC_2000_10);
	KUNIT_EXPECT_EQ(test, gauge_bus_le16(bus, VM_CNF), VM_2000);
	KUNIT_EXPECT_EQ(test, gauge_bus_le16(bus, OCV), 0x1a47);
	KUNIT_EXPECT_TRUE(test, chip->ocv_written);
	KUNIT_EXPECT_FALSE(test, chip->soc_written);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 3740000);
	gauge_bus_set_le16(bus, COUNTER, 4);
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CAPACITY), -ENODATA);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CURRENT_NOW), -ENODATA);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CURRENT_AVG), -ENODATA);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_TEMP), -ENODATA);
	KUNIT_EXPECT_EQ(test, chip->ram_writes, 0);

	gauge_bus_set_le16(bus, COUNTER, 5);
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CAPACITY), 30);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CURRENT_NOW), 0);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_TEMP), 0);
	KUNIT_EXPECT_EQ(test, chip->ram_writes, 1);
}

/* Someone has stopped the chip: the RAM has the SOC, if its checksum is right. */
static void a_stopped_chip(struct kunit *test)
{
	struct gauge_bus *bus = test->priv;
	struct stc_chip *chip = bus->priv;

	bus->mem[MODE] = 0;
	memcpy(bus->mem + RAM, ram_62, sizeof(ram_62));
	stc_bind(bus);
	KUNIT_EXPECT_EQ(test, gauge_bus_le16(bus, SOC), 62 * 512);
	KUNIT_EXPECT_FALSE(test, chip->ocv_written);
	gauge_bus_unbind(bus);

	chip->soc_written = false;
	bus->mem[MODE] = 0;
	memcpy(bus->mem + RAM, ram_62, sizeof(ram_62));
	bus->mem[RAM + 3] ^= 1;
	stc_bind(bus);
	KUNIT_EXPECT_TRUE(test, chip->ocv_written);
	KUNIT_EXPECT_FALSE(test, chip->soc_written);
	KUNIT_EXPECT_EQ(test, gauge_bus_le16(bus, SOC), SOC_OF_OCV);
	gauge_bus_unbind(bus);

	/* All zeros have the right checksum, too. */
	bus->mem[MODE] = 0;
	memset(bus->mem + RAM, 0, sizeof(ram_62));
	stc_bind(bus);
	KUNIT_EXPECT_FALSE(test, chip->soc_written);

	/* After a reset it is that of the battery before. */
	gauge_bus_unbind(bus);
	stc_power_on(bus);
	memcpy(bus->mem + RAM, ram_62, sizeof(ram_62));
	stc_bind(bus);
	KUNIT_EXPECT_FALSE(test, chip->soc_written);
}

static void a_reset_is_a_new_pack(struct kunit *test)
{
	struct gauge_bus *bus = test->priv;
	struct stc_chip *chip = bus->priv;
	struct psy_miniclass *mc = stc_bind(bus);
	u32 tag;

	tag = gauge_tag(mc);

	/* Bad readings are not a reset, and nothing is written. */
	chip->bad = 2;
	gauge_refresh(mc);
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, chip->bad, 0);
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, gauge_tag(mc), tag);
	KUNIT_EXPECT_EQ(test, chip->other_writes, 0);

	stc_power_on(bus);
	gauge_refresh(mc);
	gauge_bus_set_le16(bus, COUNTER, 5);
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, gauge_tag(mc), tag + 1);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CAPACITY), 30);
	KUNIT_EXPECT_EQ(test, chip->resets, 0);
}

/* The chip has another supply: it reports that the battery was removed, until it is back. */
static void a_removed_battery(struct kunit *test)
{
	struct gauge_bus *bus = test->priv;
	struct stc_chip *chip = bus->priv;
	struct psy_miniclass *mc = stc_bind(bus);
	u32 tag;

	tag = gauge_tag(mc);
	bus->mem[CTRL] = BATFAIL;
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, chip->resets, 1);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_PRESENT), 0);
	bus->mem[CTRL] |= BATFAIL;
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, chip->resets, 2);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_PRESENT), 0);

	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_PRESENT), 1);
	KUNIT_EXPECT_EQ(test, gauge_tag(mc), tag + 1);
	KUNIT_EXPECT_TRUE(test, chip->ocv_written);
	KUNIT_EXPECT_EQ(test, chip->resets, 2);
}

static void a_failed_start_is_repeated(struct kunit *test)
{
	struct gauge_bus *bus = test->priv;
	struct stc_chip *chip = bus->priv;
	struct psy_miniclass *mc;

	stc_power_on(bus);
	memcpy(bus->mem + RAM, ram_62, sizeof(ram_62));
	chip->fail = true;
	mc = stc_bind(bus);
	KUNIT_EXPECT_EQ(test, bus->mem[MODE], GG_RUN);
	chip->fail = false;
	gauge_refresh(mc);
	KUNIT_EXPECT_TRUE(test, chip->ocv_written);
	KUNIT_EXPECT_FALSE(test, chip->soc_written);
	KUNIT_EXPECT_EQ(test, bus->mem[MODE], GG_RUN);
}

static void a_different_chip_is_left_alone(struct kunit *test)
{
	struct gauge_bus *bus = test->priv;
	struct stc_chip *chip = bus->priv;
	struct psy_miniclass *mc;

	stc_power_on(bus);
	bus->mem[ID] = 0x14;	/* STC3115 */
	mc = stc_bind(bus);
	KUNIT_EXPECT_EQ(test, chip->other_writes + chip->ram_writes, 0);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_PRESENT), 0);
}

static void firmware_properties(struct kunit *test)
{
	static const struct {
		u32 micro_ohms;
		const struct software_node *node;
	} bad[] = { { 0, &battery }, { 10000, &bare_battery }, { 1000000, &big_battery } };
	static const struct property_entry alone[] = {
		PROPERTY_ENTRY_U32("shunt-resistor-micro-ohms", 10000),
		{ }
	};
	struct gauge_bus *bus = test->priv;
	struct stc_chip *chip = bus->priv;
	struct psy_miniclass *mc;
	unsigned int i;

	KUNIT_EXPECT_NULL(test, gauge_bus_bind(bus, "stc3117", NULL));
	gauge_bus_unbind(bus);
	KUNIT_EXPECT_NULL(test, gauge_bus_bind(bus, "stc3117", alone));
	gauge_bus_unbind(bus);
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		KUNIT_EXPECT_NULL(test, stc_probe(bus, bad[i].micro_ohms, bad[i].node));
		gauge_bus_unbind(bus);
	}
	/* With the battery, but without the resistor */
	chip->battery = SOFTWARE_NODE_REFERENCE(&battery);
	KUNIT_EXPECT_NULL(test, gauge_bus_bind(bus, "stc3117", chip->props + 1));
	gauge_bus_unbind(bus);
	KUNIT_EXPECT_EQ(test, chip->other_writes + chip->ram_writes, 0);

	/* 25000 / 49.556; -4.998 mV across 12.5 mOhm */
	mc = stc_probe(bus, 12500, &battery);
	KUNIT_ASSERT_NOT_NULL(test, mc);
	KUNIT_EXPECT_EQ(test, gauge_bus_le16(bus, CC_CNF), 504);
	gauge_bus_set_le16(bus, COUNTER, 5);
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CURRENT_NOW), -399840);
}

static void byte_transfers_are_sufficient(struct kunit *test)
{
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc;

	bus->functionality = I2C_FUNC_SMBUS_BYTE_DATA;
	bus->written = NULL;
	stc_power_on(bus);
	mc = stc_bind(bus);
	KUNIT_EXPECT_EQ(test, gauge_bus_le16(bus, CC_CNF), CC_2000_10);
	KUNIT_EXPECT_EQ(test, gauge_bus_le16(bus, VM_CNF), VM_2000);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 3740000);
}

static struct kunit_case stc3117_cases[] = {
	KUNIT_CASE(each_value_has_its_unit),
	KUNIT_CASE(random_images),
	KUNIT_CASE(a_running_chip_is_not_disturbed),
	KUNIT_CASE(other_settings),
	KUNIT_CASE(a_new_battery),
	KUNIT_CASE(a_stopped_chip),
	KUNIT_CASE(a_reset_is_a_new_pack),
	KUNIT_CASE(a_removed_battery),
	KUNIT_CASE(a_failed_start_is_repeated),
	KUNIT_CASE(a_different_chip_is_left_alone),
	KUNIT_CASE(firmware_properties),
	KUNIT_CASE(byte_transfers_are_sufficient),
	{ }
};

static struct kunit_suite stc3117_suite = {
	.name = "stc3117",
	.init = stc_init,
	.test_cases = stc3117_cases,
};

kunit_test_suite(stc3117_suite);
