// SPDX-License-Identifier: GPL-2.0-only
/* The driver on an emulated adapter and chip */
#include <kunit/test.h>
#include <linux/bits.h>
#include <linux/i2c.h>
#include <linux/power/psy_miniclass.h>
#include <linux/power_supply.h>
#include <linux/property.h>
#include <linux/string.h>

#include "../cw2015.h"
#include "gauge_bus.h"

#define ADDR		0x62
#define VCELL		0x02
#define SOC		0x04
#define RRT		0x06
#define CONFIG		0x08
#define MODE		0x0a
#define BATINFO		0x10

#define CONFIG_POR	0x18	/* 3 % */
#define UPDATED		BIT(1)
#define SLEEP		0xc0
#define RESTART		0x0f
#define ALERT		BIT(7)

/* As printed in the binding */
static const u8 profile[64] = {
	0x17, 0x67, 0x80, 0x73, 0x6e, 0x6c, 0x6b, 0x63, 0x77, 0x51, 0x5c, 0x58, 0x50, 0x4c,
	0x48, 0x36, 0x15, 0x0c, 0x0c, 0x19, 0x5b, 0x7d, 0x6f, 0x69, 0x69, 0x5b, 0x0c, 0x29,
	0x20, 0x40, 0x52, 0x59, 0x57, 0x56, 0x54, 0x4f, 0x3b, 0x1f, 0x7f, 0x17, 0x06, 0x1a,
	0x30, 0x5a, 0x85, 0x93, 0x96, 0x2d, 0x48, 0x77, 0x9c, 0xb3, 0x80, 0x52, 0x94, 0xcb,
	0x2f, 0x00, 0x64, 0xa5, 0xb5, 0x11, 0xf0, 0x11,
};

static const struct property_entry with_profile[] = {
	PROPERTY_ENTRY_U8_ARRAY("cellwise,battery-profile", profile),
	{ }
};

/**
 * struct cw_log - what has been written
 * @restarts: number of restarts
 * @uploads: number of uploads of the profile
 * @bad_modes: number of readings of MODE that give ones
 * @bad_profiles: number of readings of the profile that give something else
 * @damaged: the present reading is one of these
 */
struct cw_log {
	unsigned int restarts;
	unsigned int uploads;
	unsigned int bad_modes;
	unsigned int bad_profiles;
	bool damaged;
};

/* The chip takes the profile only while it is awake, and before it is restarted. */
static int cw_written(struct gauge_bus *bus, u8 reg, const u8 *data, u16 len)
{
	struct cw_log *log = bus->priv;

	KUNIT_EXPECT_TRUE(bus->test, reg == RRT || reg == CONFIG || reg == MODE ||
			  reg == BATINFO);
	if (reg == BATINFO) {
		KUNIT_EXPECT_EQ(bus->test, len, 64);
		KUNIT_EXPECT_EQ(bus->test, bus->mem[MODE], 0);
		log->uploads++;
	}
	if (reg == MODE && (data[0] & RESTART) == RESTART) {
		KUNIT_EXPECT_TRUE(bus->test, bus->mem[CONFIG] & UPDATED);
		log->restarts++;
	}
	return 0;
}

static int cw_read(struct gauge_bus *bus, u8 reg)
{
	struct cw_log *log = bus->priv;

	if (log->damaged) {
		bus->mem[MODE] = 0;
		bus->mem[BATINFO] ^= 0x55;
		log->damaged = false;
	}
	if (reg == MODE && log->bad_modes) {
		log->bad_modes--;
		bus->mem[MODE] = 0xff;
		bus->mem[BATINFO] ^= 0x55;
		log->damaged = true;
	} else if (reg == BATINFO && log->bad_profiles) {
		log->bad_profiles--;
		bus->mem[BATINFO] ^= 0x55;
		log->damaged = true;
	}
	return 0;
}

static void power_on(struct gauge_bus *bus)
{
	bus->mem[CONFIG] = CONFIG_POR;
	bus->mem[MODE] = SLEEP;
	memset(bus->mem + BATINFO, 0, 64);
}

static int cw_init(struct kunit *test)
{
	int ret = gauge_bus_init(test);
	struct gauge_bus *bus = test->priv;

	bus->addr = ADDR;
	bus->priv = kunit_kzalloc(test, sizeof(struct cw_log), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, bus->priv);
	bus->written = cw_written;
	bus->read = cw_read;
	power_on(bus);
	gauge_bus_set_be16(bus, VCELL, 12951);		/* 3.95 V */
	gauge_bus_set_be16(bus, SOC, 50 << 8);
	gauge_bus_set_be16(bus, RRT, 0x1fff);
	return ret;
}

static void values(struct kunit *test)
{
	static const struct {
		u16 soc;
		int percent;
	} soc[] = {
		{ 0x3180, 50 }, { 0x317f, 49 }, { 0x0000, 0 }, { 0x6400, 100 },
		/* Up to the next percent it is 100; a chip that has just been restarted */
		{ 0x64ff, 100 }, { 0x6600, -ENODATA }, { 0xff00, -ENODATA },
	};
	static const struct {
		u16 rrt;
		int seconds;
	} rrt[] = {
		{ 0x003c, 3600 }, { 0x1ffe, 0x1ffe * 60 }, { 0x803c, 3600 }, { 0xe001, 60 },
		{ 0x1fff, -ENODATA }, { 0xffff, -ENODATA }, { 0x0000, -ENODATA },
	};
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc = gauge_bus_bind(bus, "cw2015", NULL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, mc);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 12951 * 305);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CAPACITY), 50);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_TECHNOLOGY),
			POWER_SUPPLY_TECHNOLOGY_LION);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_STATUS), -ENODATA);
	KUNIT_EXPECT_STREQ(test, gauge_str(mc, POWER_SUPPLY_PROP_MODEL_NAME), "CW2015");
	KUNIT_EXPECT_FALSE(test, gauge_has(mc, POWER_SUPPLY_PROP_CURRENT_NOW));
	KUNIT_EXPECT_FALSE(test, gauge_has(mc, POWER_SUPPLY_PROP_CHARGE_NOW));

	for (i = 0; i < ARRAY_SIZE(rrt); i++) {
		gauge_bus_set_be16(bus, RRT, rrt[i].rrt);
		gauge_refresh(mc);
		KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_TIME_TO_EMPTY_NOW),
				rrt[i].seconds);
	}
	/* A percentage that falls to 0 at once has to be confirmed: begin with 1 %. */
	gauge_bus_set_be16(bus, SOC, 1 << 8);
	gauge_refresh(mc);
	for (i = 0; i < ARRAY_SIZE(soc); i++) {
		if (!soc[i].percent) {
			gauge_bus_set_be16(bus, SOC, 1 << 8);
			gauge_refresh(mc);
		}
		gauge_bus_set_be16(bus, SOC, soc[i].soc);
		gauge_refresh(mc);
		KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CAPACITY), soc[i].percent);
	}
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 12951 * 305);

	bus->written = NULL;
	gauge_random_images(bus, mc, 200);
}

/* MODE, and all values together */
static void a_refresh_costs_two_transfers(struct kunit *test)
{
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc = gauge_bus_bind(bus, "cw2015", with_profile);

	KUNIT_ASSERT_NOT_NULL(test, mc);
	gauge_refresh(mc);
	bus->reads = 0;
	bus->writes = 0;
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, bus->reads, 2);
	KUNIT_EXPECT_EQ(test, bus->writes, 0);
}

static void byte_transfers_are_sufficient(struct kunit *test)
{
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc;

	bus->written = NULL;
	bus->functionality = I2C_FUNC_SMBUS_BYTE_DATA;
	mc = gauge_bus_bind(bus, "cw2015", with_profile);
	KUNIT_ASSERT_NOT_NULL(test, mc);
	KUNIT_EXPECT_EQ(test, memcmp(bus->mem + BATINFO, profile, 64), 0);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 12951 * 305);
}

static void a_sleeping_chip_is_awakened(struct kunit *test)
{
	struct gauge_bus *bus = test->priv;
	struct cw_log *log = bus->priv;

	KUNIT_ASSERT_NOT_NULL(test, gauge_bus_bind(bus, "cw2015", NULL));
	KUNIT_EXPECT_EQ(test, bus->mem[MODE], 0);
	KUNIT_EXPECT_EQ(test, bus->mem[CONFIG], CONFIG_POR);
	KUNIT_EXPECT_EQ(test, log->uploads, 0);
	KUNIT_EXPECT_EQ(test, bus->writes, 1);
}

static void the_profile_is_written_if_it_differs(struct kunit *test)
{
	struct gauge_bus *bus = test->priv;
	struct cw_log *log = bus->priv;
	unsigned int round;

	for (round = 1; round <= 3; round++) {
		/* After power-on, with a different profile, and not marked as written */
		if (round == 2)
			bus->mem[BATINFO + 63] ^= 1;
		if (round == 3)
			bus->mem[CONFIG] &= ~UPDATED;
		KUNIT_ASSERT_NOT_NULL(test, gauge_bus_bind(bus, "cw2015", with_profile));
		KUNIT_EXPECT_EQ(test, memcmp(bus->mem + BATINFO, profile, 64), 0);
		KUNIT_EXPECT_EQ(test, bus->mem[CONFIG], CONFIG_POR | UPDATED);
		KUNIT_EXPECT_EQ(test, bus->mem[MODE], 0);
		KUNIT_EXPECT_EQ(test, log->uploads, round);
		KUNIT_EXPECT_EQ(test, log->restarts, round);
		gauge_bus_unbind(bus);
	}

	/* The percentage is kept if it is the same. */
	bus->writes = 0;
	log->bad_profiles = 1;
	KUNIT_ASSERT_NOT_NULL(test, gauge_bus_bind(bus, "cw2015", with_profile));
	KUNIT_EXPECT_EQ(test, log->bad_profiles, 0);
	KUNIT_EXPECT_EQ(test, bus->writes, 0);
}

/* Nothing is written if no profile can be read. */
static int profile_is_refused(struct gauge_bus *bus, u8 reg)
{
	return reg == BATINFO ? -ENXIO : 0;
}

static void settings_that_failed_are_repeated(struct kunit *test)
{
	struct gauge_bus *bus = test->priv;
	struct cw_log *log = bus->priv;
	struct psy_miniclass *mc;

	bus->read = profile_is_refused;
	mc = gauge_bus_bind(bus, "cw2015", with_profile);
	KUNIT_ASSERT_NOT_NULL(test, mc);
	KUNIT_EXPECT_EQ(test, log->uploads, 0);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CAPACITY), 50);
	bus->read = cw_read;
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, log->uploads, 1);
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, log->uploads, 1);
}

/* The battery was replaced: the chip had no power, is asleep and has no profile. */
static void a_reset_is_a_new_pack(struct kunit *test)
{
	struct gauge_bus *bus = test->priv;
	struct cw_log *log = bus->priv;
	struct psy_miniclass *mc = gauge_bus_bind(bus, "cw2015", with_profile);
	u32 tag;

	KUNIT_ASSERT_NOT_NULL(test, mc);
	gauge_refresh(mc);
	tag = gauge_tag(mc);
	power_on(bus);
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, gauge_tag(mc), tag + 1);
	KUNIT_EXPECT_EQ(test, log->uploads, 2);
	KUNIT_EXPECT_EQ(test, bus->mem[MODE], 0);
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, gauge_tag(mc), tag + 1);

	log->bad_modes = 1;
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, log->bad_modes, 0);
	KUNIT_EXPECT_EQ(test, gauge_tag(mc), tag + 1);
	KUNIT_EXPECT_EQ(test, log->uploads, 2);
}

static void a_chip_that_stays_asleep_is_no_new_pack(struct kunit *test)
{
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc;
	u32 tag;

	bus->written = gauge_bus_ignore_write;
	mc = gauge_bus_bind(bus, "cw2015", with_profile);
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
	struct psy_miniclass *mc = gauge_bus_bind(bus, "cw2015", NULL);

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

	gauge_bus_add_irq(bus);
	mc = gauge_bus_bind(bus, "cw2015", with_profile);
	KUNIT_ASSERT_NOT_NULL(test, mc);
	KUNIT_EXPECT_EQ(test, gauge_set_limit(mc, 30), 0);
	KUNIT_EXPECT_EQ(test, bus->mem[CONFIG], 30 << 3 | UPDATED);

	/* Above the range of the chip: the class polls. */
	KUNIT_EXPECT_EQ(test, gauge_set_limit(mc, 32), 0);
	KUNIT_EXPECT_EQ(test, bus->mem[CONFIG], 30 << 3 | UPDATED);
	KUNIT_EXPECT_EQ(test, gauge_set_limit(mc, 30), 0);

	/* The chip latches its alert. */
	gauge_bus_set_be16(bus, RRT, ALERT << 8 | 60);
	gauge_bus_set_be16(bus, SOC, 30 << 8);
	gauge_bus_raise_irq(bus);
	KUNIT_EXPECT_EQ(test, gauge_bus_be16(bus, RRT), 60);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CAPACITY), 30);

	/* A reset loses the threshold, not the limit. */
	power_on(bus);
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, bus->mem[CONFIG], 30 << 3 | UPDATED);
	gauge_bus_unbind(bus);
	KUNIT_EXPECT_EQ(test, bus->mem[CONFIG] >> 3, 0);
}

static void the_threshold_of_the_chip_is_kept_without_an_interrupt(struct kunit *test)
{
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc = gauge_bus_bind(bus, "cw2015", with_profile);

	KUNIT_ASSERT_NOT_NULL(test, mc);
	KUNIT_EXPECT_EQ(test, gauge_set_limit(mc, 30), 0);
	KUNIT_EXPECT_EQ(test, bus->mem[CONFIG], CONFIG_POR | UPDATED);
}

static const struct property_entry cell_props[] = {
	PROPERTY_ENTRY_STRING("compatible", "simple-battery"),
	PROPERTY_ENTRY_U32("charge-full-design-microamp-hours", 5000000),
	{ }
};

static const struct software_node cell_node = { .properties = cell_props };

static const struct property_entry good_props[] = {
	PROPERTY_ENTRY_U32("cellwise,monitor-interval-ms", 250),
	PROPERTY_ENTRY_REF("monitored-battery", &cell_node),
	{ }
};

static const struct property_entry short_profile[] = {
	PROPERTY_ENTRY_U8_ARRAY_LEN("cellwise,battery-profile", profile, 63),
	{ }
};

static const struct property_entry short_interval[] = {
	PROPERTY_ENTRY_U32("cellwise,monitor-interval-ms", 249),
	{ }
};

static void firmware_properties(struct kunit *test)
{
	struct gauge_bus *bus = test->priv;
	struct psy_miniclass *mc;

	KUNIT_ASSERT_EQ(test, software_node_register(&cell_node), 0);
	mc = gauge_bus_bind(bus, "cw2015", good_props);
	KUNIT_EXPECT_NOT_NULL(test, mc);
	if (mc)
		KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CHARGE_FULL_DESIGN),
				5000000);
	gauge_bus_unbind(bus);
	software_node_unregister(&cell_node);

	KUNIT_EXPECT_NULL(test, gauge_bus_bind(bus, "cw2015", short_profile));
	gauge_bus_unbind(bus);
	KUNIT_EXPECT_NULL(test, gauge_bus_bind(bus, "cw2015", short_interval));
}

#define SECOND	NSEC_PER_SEC

/* The percentage changes too late, in seconds after the first reading. */
static void stuck_chips(struct kunit *test)
{
	static const struct {
		int capacity;
		bool charging;
		s64 when;
		bool stuck;
	} readings[] = {
		{ 50, true, 1 },
		{ 50, true, 1801 },
		{ 50, true, 1802, true },
		/* The time starts again. */
		{ 50, true, 1803 },
		{ 50, true, 3602 },
		{ 51, true, 3603 },
		{ 51, true, 5000 },
		/* Not while it is discharged, or full */
		{ 51, false, 9000 },
		{ 51, true, 9001 },
		{ 51, true, 10800 },
		{ 51, true, 10801, true },
		{ 100, true, 10802 },
		{ 100, true, 20000 },
		{ 100, true, 30000 },
		/* No percentage */
		{ CW2015_INVALID, false, 30001 },
		{ CW2015_INVALID, true, 30041 },
		{ CW2015_INVALID, false, 30042, true },
		{ CW2015_INVALID, false, 30082 },
		{ 7, false, 30083 },
		{ CW2015_INVALID, false, 30084 },
		{ CW2015_INVALID, false, 30124 },
		{ CW2015_INVALID, false, 30125, true },
		/* Once for each percentage: a charger may have stopped there. */
		{ 98, true, 31000 },
		{ 98, true, 32801, true },
		{ CW2015_INVALID, true, 32802 },
		{ 98, true, 32810 },
		{ 98, true, 40000 },
		{ 98, true, 50000 },
		{ 97, true, 50001 },
		{ 98, true, 50002 },
		{ 98, true, 51803, true },
	};
	struct cw2015_watch w = {};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(readings); i++)
		KUNIT_EXPECT_EQ_MSG(test, cw2015_stuck(&w, readings[i].capacity,
						       readings[i].charging,
						       readings[i].when * SECOND),
				    readings[i].stuck, "reading %u", i);
}

static struct kunit_case cw2015_cases[] = {
	KUNIT_CASE(values),
	KUNIT_CASE(a_refresh_costs_two_transfers),
	KUNIT_CASE(byte_transfers_are_sufficient),
	KUNIT_CASE(a_sleeping_chip_is_awakened),
	KUNIT_CASE(the_profile_is_written_if_it_differs),
	KUNIT_CASE(settings_that_failed_are_repeated),
	KUNIT_CASE(a_reset_is_a_new_pack),
	KUNIT_CASE(a_chip_that_stays_asleep_is_no_new_pack),
	KUNIT_CASE(removed_battery),
	KUNIT_CASE(alert_is_set_and_cleared),
	KUNIT_CASE(the_threshold_of_the_chip_is_kept_without_an_interrupt),
	KUNIT_CASE(firmware_properties),
	KUNIT_CASE(stuck_chips),
	{ }
};

static struct kunit_suite cw2015_suite = {
	.name = "cw2015",
	.init = cw_init,
	.test_cases = cw2015_cases,
};

kunit_test_suite(cw2015_suite);
