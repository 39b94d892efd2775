// SPDX-License-Identifier: GPL-2.0-only
/* The driver on an emulated adapter, which checks every transfer. */
#include <kunit/resource.h>
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/gpio/driver.h>
#include <linux/gpio/machine.h>
#include <linux/i2c.h>
#include <linux/i2c-smbus.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/power/psy_miniclass.h>
#include <linux/power_supply.h>
#include <linux/property.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "../sbs.h"
#include "sbs_kunit.h"

#define ADDR		0x0b
#define REFRESH		17	/* transfers */
#define EXPIRE_MS	1100

/*
 * Sleep by the clock of the class, not by jiffies as msleep() does: after a pause of the
 * machine jiffies are behind it for a while, and msleep() returns too early.
 */
static void expire(void)
{
	usleep_range(EXPIRE_MS * 1000, (EXPIRE_MS + 10) * 1000);
}

/**
 * struct sbs_bus - emulated adapter and pack; stored in test->priv
 * @test: the test that owns it
 * @adap: the adapter
 * @client: the gauge
 * @node: its firmware properties
 * @ara: SMBALERT# device, or NULL
 * @irq: interrupt of the gauge, or 0
 * @word: registers; capacities in mAh
 * @functionality: I2C functionality of the adapter
 * @nak: bitmap of the commands that the pack refuses
 * @bad_cmd: command whose readings return @bad_word
 * @bad_skip: number of good readings of @bad_cmd before that
 * @bad_left: number of bad readings of @bad_cmd
 * @bad_word: result of the bad readings, an error if negative
 * @quiet: any transfer fails the test
 * @mode_fixed: BatteryMode() acknowledges writes, but does not change
 * @mode_refused: writes of BatteryMode() are not acknowledged
 * @no_pec: replies of the pack have no checksum
 * @silent: nothing is acknowledged
 * @block_len: length reported by blocks, 0 for the actual one
 * @reads: number of read transfers
 * @writes: number of writes of BatteryMode()
 * @alarms: number of writes of RemainingCapacityAlarm()
 * @pec: number of transfers with packet error checking
 */
struct sbs_bus {
	struct kunit *test;
	struct i2c_adapter adap;
	struct i2c_client *client;
	struct software_node node;
	struct i2c_client *ara;
	int irq;
	u16 word[0x20];
	u32 functionality;
	u64 nak;
	u8 bad_cmd;
	unsigned int bad_skip;
	unsigned int bad_left;
	int bad_word;
	bool quiet;
	bool mode_fixed;
	bool mode_refused;
	bool no_pec;
	bool silent;
	u8 block_len;
	unsigned int reads;
	unsigned int writes;
	unsigned int alarms;
	unsigned int pec;
};

static int sbs_bus_block(struct sbs_bus *bus, u8 cmd, union i2c_smbus_data *data,
			 bool raw)
{
	static const char * const text[] = { "Maker", "Model", "LION" };
	u8 *dst = data->block + 1 + raw;
	size_t len;

	if (cmd < SBS_MANUFACTURER_NAME || cmd > SBS_DEVICE_CHEMISTRY)
		return -ENXIO;

	len = strlen(text[cmd - SBS_MANUFACTURER_NAME]);
	memset(dst, 0, I2C_SMBUS_BLOCK_MAX - raw);
	memcpy(dst, text[cmd - SBS_MANUFACTURER_NAME], len);
	if (bus->block_len)
		len = bus->block_len;
	if (raw)
		data->block[1] = len;
	else
		data->block[0] = len;
	return 0;
}

/* A pack of 14.4 V: the words of section 5.1.4 in mAh or in 10 mWh. */
static u16 sbs_bus_word(const struct sbs_bus *bus, u8 cmd)
{
	switch (cmd) {
	case SBS_REMAINING_CAPACITY:
	case SBS_FULL_CHARGE_CAPACITY:
	case SBS_DESIGN_CAPACITY:
		if (bus->word[SBS_BATTERY_MODE] & SBS_MODE_CAPACITY)
			return bus->word[cmd] * 144 / 100;
		fallthrough;
	default:
		return bus->word[cmd];
	}
}

static int sbs_bus_write(struct sbs_bus *bus, u8 cmd, u16 word)
{
	switch (cmd) {
	case SBS_BATTERY_MODE:
		bus->writes++;
		if (bus->mode_refused)
			return -ENXIO;
		if (!bus->mode_fixed)
			bus->word[cmd] = word;
		return 0;
	case SBS_REMAINING_CAPACITY_ALARM:
		bus->alarms++;
		bus->word[cmd] = word;
		return 0;
	default:
		KUNIT_FAIL(bus->test, "command %#x written", cmd);
		return -ENXIO;
	}
}

static bool sbs_bus_is_bad(struct sbs_bus *bus, u8 cmd)
{
	if (!bus->bad_left || cmd != bus->bad_cmd)
		return false;
	if (bus->bad_skip) {
		bus->bad_skip--;
		return false;
	}
	bus->bad_left--;
	return true;
}

static s32 sbs_bus_xfer(struct i2c_adapter *adap, u16 addr, unsigned short flags,
			char read_write, u8 cmd, int size, union i2c_smbus_data *data)
{
	struct sbs_bus *bus = i2c_get_adapdata(adap);

	if (bus->quiet)
		KUNIT_FAIL(bus->test, "unexpected command %#x", cmd);
	if (bus->silent)
		return -ENXIO;
	if (flags & I2C_CLIENT_PEC)
		bus->pec++;
	if ((flags & I2C_CLIENT_PEC) && bus->no_pec)
		return -EBADMSG;
	if (cmd < 64 && (bus->nak & BIT_ULL(cmd)))
		return -ENXIO;

	if (read_write == I2C_SMBUS_WRITE)
		return size == I2C_SMBUS_WORD_DATA ? sbs_bus_write(bus, cmd, data->word) : -ENXIO;

	bus->reads++;
	if (sbs_bus_is_bad(bus, cmd)) {
		data->word = bus->bad_word;
		return min(bus->bad_word, 0);
	}
	switch (size) {
	case I2C_SMBUS_WORD_DATA:
		data->word = sbs_bus_word(bus, cmd);
		return 0;
	case I2C_SMBUS_BLOCK_DATA:
		return sbs_bus_block(bus, cmd, data, false);
	case I2C_SMBUS_I2C_BLOCK_DATA:
		return sbs_bus_block(bus, cmd, data, true);
	default:
		return -EOPNOTSUPP;
	}
}

static u32 sbs_bus_functionality(struct i2c_adapter *adap)
{
	struct sbs_bus *bus = i2c_get_adapdata(adap);

	return bus->functionality;
}

static const struct i2c_algorithm sbs_bus_algorithm = {
	.smbus_xfer = sbs_bus_xfer,
	.functionality = sbs_bus_functionality,
};

static void sbs_bus_del(void *data)
{
	struct sbs_bus *bus = data;

	if (!IS_ERR_OR_NULL(bus->client))
		i2c_unregister_device(bus->client);
	if (!IS_ERR_OR_NULL(bus->ara))
		i2c_unregister_device(bus->ara);
	i2c_del_adapter(&bus->adap);
}

static int sbs_bus_init(struct kunit *test)
{
	struct sbs_bus *bus = kunit_kzalloc(test, sizeof(*bus), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, bus);
	test->priv = bus;
	bus->test = test;
	bus->functionality = I2C_FUNC_SMBUS_WORD_DATA | I2C_FUNC_SMBUS_READ_BLOCK_DATA |
			     I2C_FUNC_SMBUS_PEC;
	bus->word[SBS_REMAINING_CAPACITY_ALARM] = 440;
	bus->word[SBS_TEMPERATURE] = 2981;
	bus->word[SBS_VOLTAGE] = 14800;
	bus->word[SBS_CURRENT] = (u16)-1000;
	bus->word[SBS_AVERAGE_CURRENT] = (u16)-900;
	bus->word[SBS_MAX_ERROR] = 2;
	bus->word[SBS_RELATIVE_STATE_OF_CHARGE] = 50;
	bus->word[SBS_REMAINING_CAPACITY] = 2000;
	bus->word[SBS_FULL_CHARGE_CAPACITY] = 4000;
	bus->word[SBS_RUN_TIME_TO_EMPTY] = 120;
	bus->word[SBS_AVERAGE_TIME_TO_EMPTY] = 133;
	bus->word[SBS_AVERAGE_TIME_TO_FULL] = 65535;
	bus->word[SBS_CHARGING_CURRENT] = 2000;
	bus->word[SBS_CHARGING_VOLTAGE] = 16800;
	bus->word[SBS_BATTERY_STATUS] = 0x00c0;
	bus->word[SBS_CYCLE_COUNT] = 12;
	bus->word[SBS_DESIGN_CAPACITY] = 4400;
	bus->word[SBS_DESIGN_VOLTAGE] = 14400;
	bus->word[SBS_SPECIFICATION_INFO] = 0x0031;
	bus->word[SBS_MANUFACTURE_DATE] = 43 << 9 | 7 << 5 | 14;
	bus->word[SBS_SERIAL_NUMBER] = 0x00ab;

	bus->adap.owner = THIS_MODULE;
	bus->adap.algo = &sbs_bus_algorithm;
	strscpy(bus->adap.name, "sbs-kunit", sizeof(bus->adap.name));
	i2c_set_adapdata(&bus->adap, bus);
	KUNIT_ASSERT_EQ(test, i2c_add_adapter(&bus->adap), 0);
	return kunit_add_action_or_reset(test, sbs_bus_del, bus);
}

/* Bind the driver; returns NULL if its probe failed. */
static struct psy_miniclass *sbs_bus_bind(struct sbs_bus *bus,
					  const struct property_entry *props)
{
	struct i2c_board_info info = {
		I2C_BOARD_INFO("sbs-gauge", ADDR),
		.swnode = props ? &bus->node : NULL,
		.irq = bus->irq,
	};
	struct psy_miniclass *mc;

	/* The device refers to it as long as it exists. */
	bus->node = (struct software_node){ .properties = props };
	bus->client = i2c_new_client_device(&bus->adap, &info);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(bus->test, bus->client);
	if (!bus->client->dev.driver)
		return NULL;
	mc = i2c_get_clientdata(bus->client);
	/* The core announces a new supply by a work item, which reads it. */
	flush_delayed_work(&psy_miniclass_to_psy(mc)->deferred_register_work);
	flush_work(&psy_miniclass_to_psy(mc)->changed_work);
	return mc;
}

static void sbs_bus_unbind(struct sbs_bus *bus)
{
	i2c_unregister_device(bus->client);
	bus->client = NULL;
}

/* The next four readings of a command fail: the first attempt and all retries. */
static void sbs_bus_glitch(struct sbs_bus *bus, u8 cmd)
{
	bus->bad_cmd = cmd;
	bus->bad_left = 4;
	bus->bad_word = -ENXIO;
}

static int get(struct psy_miniclass *mc, enum power_supply_property psp)
{
	union power_supply_propval val;
	int ret = power_supply_get_property(psy_miniclass_to_psy(mc), psp, &val);

	return ret ?: val.intval;
}

/* Wait until a property has this value. */
static bool gets(struct psy_miniclass *mc, enum power_supply_property psp, int want)
{
	unsigned int i;

	for (i = 0; i < 60 && get(mc, psp) != want; i++)
		expire();
	return get(mc, psp) == want;
}

static const char *text(struct psy_miniclass *mc, enum power_supply_property psp)
{
	union power_supply_propval val;

	if (power_supply_get_property(psy_miniclass_to_psy(mc), psp, &val))
		return "";
	return val.strval;
}

static void reads_a_pack(struct kunit *test)
{
	struct sbs_bus *bus = test->priv;
	struct psy_miniclass *mc = sbs_bus_bind(bus, NULL);

	KUNIT_ASSERT_NOT_NULL(test, mc);
	bus->quiet = true;
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 14800000);
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_CURRENT_NOW), -1000000);
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_CURRENT_AVG), -900000);
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_TEMP), 250);
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_CHARGE_NOW), 2000000);
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_CHARGE_FULL_DESIGN), 4400000);
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_TIME_TO_EMPTY_NOW), 7200);
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_TIME_TO_FULL_AVG), -ENODATA);
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_MANUFACTURE_YEAR), 2023);
	KUNIT_EXPECT_STREQ(test, text(mc, POWER_SUPPLY_PROP_SERIAL_NUMBER), "00ab");
	KUNIT_EXPECT_STREQ(test, text(mc, POWER_SUPPLY_PROP_MANUFACTURER), "Maker");
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_TECHNOLOGY),
			POWER_SUPPLY_TECHNOLOGY_LION);
	KUNIT_EXPECT_EQ(test, bus->writes, 0U);
	bus->quiet = false;
}

static void a_refresh_costs_17_transfers(struct kunit *test)
{
	struct sbs_bus *bus = test->priv;
	struct psy_miniclass *mc = sbs_bus_bind(bus, NULL);

	KUNIT_ASSERT_NOT_NULL(test, mc);
	bus->reads = 0;
	expire();
	get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW);
	get(mc, POWER_SUPPLY_PROP_CHARGE_NOW);
	KUNIT_EXPECT_EQ(test, bus->reads, REFRESH);
	KUNIT_EXPECT_EQ(test, bus->writes, 0U);
}

static void pec_is_used_if_pack_and_adapter_support_it(struct kunit *test)
{
	struct sbs_bus *bus = test->priv;
	struct psy_miniclass *mc = sbs_bus_bind(bus, NULL);

	KUNIT_ASSERT_NOT_NULL(test, mc);
	/* All but the first, which reads whether PEC is supported */
	KUNIT_EXPECT_EQ(test, bus->pec, bus->reads - 1);
}

static void no_pec_if_the_pack_lacks_it(struct kunit *test)
{
	struct sbs_bus *bus = test->priv;

	bus->word[SBS_SPECIFICATION_INFO] = 0x0021;
	KUNIT_ASSERT_NOT_NULL(test, sbs_bus_bind(bus, NULL));
	KUNIT_EXPECT_EQ(test, bus->pec, 0U);
}

static void no_pec_if_the_adapter_lacks_it(struct kunit *test)
{
	struct sbs_bus *bus = test->priv;

	bus->functionality &= ~I2C_FUNC_SMBUS_PEC;
	KUNIT_ASSERT_NOT_NULL(test, sbs_bus_bind(bus, NULL));
	KUNIT_EXPECT_EQ(test, bus->pec, 0U);
}

/* The next pack in the slot may be an older model. */
static void pec_is_detected_per_pack(struct kunit *test)
{
	struct sbs_bus *bus = test->priv;
	struct psy_miniclass *mc = sbs_bus_bind(bus, NULL);

	KUNIT_ASSERT_NOT_NULL(test, mc);
	bus->no_pec = true;
	bus->word[SBS_SPECIFICATION_INFO] = 0x0021;
	bus->word[SBS_SERIAL_NUMBER] = 0x00cd;
	/* Silent for 5 s, then the new pack is read without PEC. */
	KUNIT_EXPECT_TRUE(test, gets(mc, POWER_SUPPLY_PROP_PRESENT, 0));
	KUNIT_EXPECT_TRUE(test, gets(mc, POWER_SUPPLY_PROP_PRESENT, 1));
	KUNIT_EXPECT_STREQ(test, text(mc, POWER_SUPPLY_PROP_SERIAL_NUMBER), "00cd");
}

static void a_pack_in_milliwatt_hours(struct kunit *test)
{
	struct sbs_bus *bus = test->priv;
	struct psy_miniclass *mc;

	bus->word[SBS_BATTERY_MODE] = SBS_MODE_CAPACITY;
	mc = sbs_bus_bind(bus, NULL);
	KUNIT_ASSERT_NOT_NULL(test, mc);
	/* 2 Ah and 4.4 Ah at 14.4 V */
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_ENERGY_NOW), 28800000);
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_ENERGY_FULL_DESIGN), 63360000);
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_POWER_NOW), 14800000);
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_POWER_AVG), 13320000);
	KUNIT_EXPECT_EQ(test, bus->writes, 0U);
}

static void changed_unit_is_restored_once(struct kunit *test)
{
	struct sbs_bus *bus = test->priv;
	struct psy_miniclass *mc = sbs_bus_bind(bus, NULL);

	KUNIT_ASSERT_NOT_NULL(test, mc);
	bus->word[SBS_BATTERY_MODE] |= SBS_MODE_CAPACITY;
	expire();
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_CHARGE_NOW), 2000000);
	KUNIT_EXPECT_EQ(test, bus->writes, 1U);
	KUNIT_EXPECT_EQ(test, bus->word[SBS_BATTERY_MODE], (u16)0);
	expire();
	get(mc, POWER_SUPPLY_PROP_CHARGE_NOW);
	KUNIT_EXPECT_EQ(test, bus->writes, 1U);
}

static void fixed_unit_hides_the_charge(struct kunit *test)
{
	struct sbs_bus *bus = test->priv;
	struct psy_miniclass *mc = sbs_bus_bind(bus, NULL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, mc);
	bus->word[SBS_BATTERY_MODE] |= SBS_MODE_CAPACITY;
	bus->mode_fixed = true;
	for (i = 0; i < 3; i++) {
		expire();
		KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_CHARGE_NOW), -ENODATA);
		KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 14800000);
		KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_CAPACITY), 50);
	}
	KUNIT_EXPECT_EQ(test, bus->writes, 1U);
}

static void scale_factors(struct kunit *test)
{
	struct sbs_bus *bus = test->priv;
	struct psy_miniclass *mc;

	bus->word[SBS_SPECIFICATION_INFO] = 0x2131;
	bus->word[SBS_VOLTAGE] = 1480;
	mc = sbs_bus_bind(bus, NULL);
	KUNIT_ASSERT_NOT_NULL(test, mc);
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 14800000);
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_CURRENT_NOW), -100000000);
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_CHARGE_FULL), 400000000);
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_CONSTANT_CHARGE_CURRENT_MAX), 2000000);
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_CONSTANT_CHARGE_VOLTAGE_MAX), 16800000);
}

static void not_available_reads_enodata(struct kunit *test)
{
	struct sbs_bus *bus = test->priv;
	struct psy_miniclass *mc;

	bus->word[SBS_TEMPERATURE] = 0xffff;
	bus->word[SBS_CYCLE_COUNT] = 0xffff;
	bus->word[SBS_RUN_TIME_TO_EMPTY] = 0xffff;
	bus->word[SBS_CHARGING_CURRENT] = 0xffff;
	bus->word[SBS_REMAINING_CAPACITY] = 0xffff;
	bus->word[SBS_MAX_ERROR] = 101;
	mc = sbs_bus_bind(bus, NULL);
	KUNIT_ASSERT_NOT_NULL(test, mc);
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_TEMP), -ENODATA);
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_CYCLE_COUNT), -ENODATA);
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_TIME_TO_EMPTY_NOW), -ENODATA);
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_CONSTANT_CHARGE_CURRENT_MAX),
			-ENODATA);
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_CHARGE_NOW), -ENODATA);
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_CAPACITY_ERROR_MARGIN), -ENODATA);
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 14800000);
}

static void strings_without_block_reads(struct kunit *test)
{
	struct sbs_bus *bus = test->priv;
	struct psy_miniclass *mc;

	bus->functionality = I2C_FUNC_SMBUS_WORD_DATA | I2C_FUNC_SMBUS_READ_I2C_BLOCK;
	mc = sbs_bus_bind(bus, NULL);
	KUNIT_ASSERT_NOT_NULL(test, mc);
	KUNIT_EXPECT_STREQ(test, text(mc, POWER_SUPPLY_PROP_MANUFACTURER), "Maker");
	KUNIT_EXPECT_STREQ(test, text(mc, POWER_SUPPLY_PROP_MODEL_NAME), "Model");
}

static void word_transfers_are_sufficient(struct kunit *test)
{
	struct sbs_bus *bus = test->priv;
	struct psy_miniclass *mc;

	bus->functionality = I2C_FUNC_SMBUS_WORD_DATA;
	mc = sbs_bus_bind(bus, NULL);
	KUNIT_ASSERT_NOT_NULL(test, mc);
	KUNIT_EXPECT_STREQ(test, text(mc, POWER_SUPPLY_PROP_SERIAL_NUMBER), "00ab");
	KUNIT_EXPECT_STREQ(test, text(mc, POWER_SUPPLY_PROP_MANUFACTURER), "");
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_CAPACITY), 50);
}

static void adapter_without_word_transfers_is_refused(struct kunit *test)
{
	struct sbs_bus *bus = test->priv;

	bus->functionality = I2C_FUNC_SMBUS_BYTE_DATA;
	bus->quiet = true;
	KUNIT_EXPECT_NULL(test, sbs_bus_bind(bus, NULL));
}

static void charger_broadcasts_are_disabled_by_property(struct kunit *test)
{
	static const struct property_entry props[] = {
		PROPERTY_ENTRY_BOOL("sbs,disable-charger-broadcasts"),
		{ }
	};
	struct sbs_bus *bus = test->priv;

	KUNIT_ASSERT_NOT_NULL(test, sbs_bus_bind(bus, props));
	KUNIT_EXPECT_EQ(test, bus->word[SBS_BATTERY_MODE], (u16)SBS_MODE_CHARGER);
	KUNIT_EXPECT_EQ(test, bus->writes, 1U);
}

static void invalid_properties_are_refused(struct kunit *test)
{
	static const u32 pair[] = { 1, 2 };
	static const struct property_entry wrong[][2] = {
		{ PROPERTY_ENTRY_U32("sbs,i2c-retry-count", 101), { } },
		{ PROPERTY_ENTRY_STRING("sbs,i2c-retry-count", "two"), { } },
		{ PROPERTY_ENTRY_U32_ARRAY("sbs,i2c-retry-count", pair), { } },
		{ PROPERTY_ENTRY_U32("sbs,poll-retry-count", 3601), { } },
		{ PROPERTY_ENTRY_U32("sbs,poll-retry-count", U32_MAX), { } },
	};
	static const struct property_entry right[] = {
		PROPERTY_ENTRY_U32("sbs,i2c-retry-count", 100),
		PROPERTY_ENTRY_U32("sbs,poll-retry-count", 3600),
		{ }
	};
	struct sbs_bus *bus = test->priv;
	unsigned int i;

	bus->quiet = true;
	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		KUNIT_EXPECT_NULL_MSG(test, sbs_bus_bind(bus, wrong[i]), "case %u", i);
		sbs_bus_unbind(bus);
	}
	bus->quiet = false;
	KUNIT_EXPECT_NOT_NULL(test, sbs_bus_bind(bus, right));
}

/* Properties of the pack of sbs_bus_init(), and the words they depend on */
static const struct {
	enum power_supply_property psp;
	int value;
	u64 words;
} expected[] = {
	{ POWER_SUPPLY_PROP_VOLTAGE_NOW, 14800000, BIT_ULL(SBS_VOLTAGE) },
	{ POWER_SUPPLY_PROP_VOLTAGE_MIN_DESIGN, 14400000, BIT_ULL(SBS_DESIGN_VOLTAGE) },
	{ POWER_SUPPLY_PROP_CURRENT_NOW, -1000000, BIT_ULL(SBS_CURRENT) },
	{ POWER_SUPPLY_PROP_CURRENT_AVG, -900000, BIT_ULL(SBS_AVERAGE_CURRENT) },
	{ POWER_SUPPLY_PROP_TEMP, 250, BIT_ULL(SBS_TEMPERATURE) },
	{ POWER_SUPPLY_PROP_CAPACITY_ERROR_MARGIN, 2, BIT_ULL(SBS_MAX_ERROR) },
	{ POWER_SUPPLY_PROP_CAPACITY, 50, 0 },
	{ POWER_SUPPLY_PROP_CAPACITY_LEVEL, POWER_SUPPLY_CAPACITY_LEVEL_NORMAL,
	  BIT_ULL(SBS_BATTERY_STATUS) },
	{ POWER_SUPPLY_PROP_STATUS, POWER_SUPPLY_STATUS_DISCHARGING, BIT_ULL(SBS_CURRENT) },
	{ POWER_SUPPLY_PROP_HEALTH, POWER_SUPPLY_HEALTH_GOOD, BIT_ULL(SBS_BATTERY_STATUS) },
	{ POWER_SUPPLY_PROP_CHARGE_NOW, 2000000,
	  BIT_ULL(SBS_REMAINING_CAPACITY) | BIT_ULL(SBS_BATTERY_MODE) },
	{ POWER_SUPPLY_PROP_CHARGE_FULL, 4000000,
	  BIT_ULL(SBS_FULL_CHARGE_CAPACITY) | BIT_ULL(SBS_BATTERY_MODE) },
	{ POWER_SUPPLY_PROP_CHARGE_FULL_DESIGN, 4400000,
	  BIT_ULL(SBS_DESIGN_CAPACITY) | BIT_ULL(SBS_BATTERY_MODE) },
	{ POWER_SUPPLY_PROP_CYCLE_COUNT, 12, BIT_ULL(SBS_CYCLE_COUNT) },
	{ POWER_SUPPLY_PROP_CONSTANT_CHARGE_CURRENT_MAX, 2000000,
	  BIT_ULL(SBS_CHARGING_CURRENT) },
	{ POWER_SUPPLY_PROP_CONSTANT_CHARGE_VOLTAGE_MAX, 16800000,
	  BIT_ULL(SBS_CHARGING_VOLTAGE) },
	{ POWER_SUPPLY_PROP_MANUFACTURE_YEAR, 2023, BIT_ULL(SBS_MANUFACTURE_DATE) },
	{ POWER_SUPPLY_PROP_TECHNOLOGY, POWER_SUPPLY_TECHNOLOGY_LION,
	  BIT_ULL(SBS_DEVICE_CHEMISTRY) },
};

static void expect_without(struct sbs_bus *bus, u64 words)
{
	struct kunit *test = bus->test;
	struct psy_miniclass *mc;
	unsigned int i;
	int val;

	bus->nak = words;
	mc = sbs_bus_bind(bus, NULL);
	KUNIT_ASSERT_NOT_NULL(test, mc);
	KUNIT_EXPECT_EQ_MSG(test, get(mc, POWER_SUPPLY_PROP_PRESENT), 1, "without %#llx", words);
	for (i = 0; i < ARRAY_SIZE(expected); i++) {
		val = get(mc, expected[i].psp);
		/* Unknown or not listed */
		if ((val == -ENODATA || val == -EINVAL) && (expected[i].words & words))
			continue;
		KUNIT_EXPECT_EQ_MSG(test, val, expected[i].value, "property %d without %#llx",
				    expected[i].psp, words);
	}
	sbs_bus_unbind(bus);
}

/* Without a word only the properties that depend on it are lost, never the pack. */
static void any_word_may_be_missing(struct kunit *test)
{
	unsigned int cmd;

	for (cmd = SBS_REMAINING_CAPACITY_ALARM; cmd <= SBS_DEVICE_CHEMISTRY; cmd++)
		expect_without(test->priv, BIT_ULL(cmd));
}

static void any_two_adjacent_words_may_be_missing(struct kunit *test)
{
	unsigned int cmd;

	for (cmd = SBS_REMAINING_CAPACITY_ALARM; cmd < SBS_DEVICE_CHEMISTRY; cmd++)
		expect_without(test->priv, BIT_ULL(cmd) | BIT_ULL(cmd + 1));
}

static void broken_pec_is_disabled(struct kunit *test)
{
	struct sbs_bus *bus = test->priv;
	struct psy_miniclass *mc;
	unsigned int i;

	bus->no_pec = true;
	mc = sbs_bus_bind(bus, NULL);
	KUNIT_ASSERT_NOT_NULL(test, mc);
	for (i = 0; i < 4; i++) {
		KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 14800000);
		expire();
	}
	bus->pec = 0;
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 14800000);
	KUNIT_EXPECT_EQ(test, bus->pec, 0U);
}

static void pec_returns_after_a_glitch(struct kunit *test)
{
	struct sbs_bus *bus = test->priv;
	struct psy_miniclass *mc;

	/* The reading with PEC and all its retries fail, the next one succeeds. */
	bus->bad_cmd = SBS_SPECIFICATION_INFO;
	bus->bad_skip = 1;
	bus->bad_left = 4;
	bus->bad_word = -EBADMSG;
	mc = sbs_bus_bind(bus, NULL);
	KUNIT_ASSERT_NOT_NULL(test, mc);
	KUNIT_EXPECT_EQ(test, bus->bad_left, 0U);
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 14800000);
	expire();
	bus->pec = 0;
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 14800000);
	KUNIT_EXPECT_EQ(test, bus->pec, REFRESH);
}

/* Known to be broken; the in-tree driver does the same. */
static void no_pec_behind_a_cros_ec_tunnel(struct kunit *test)
{
	static const struct property_entry props[] = {
		PROPERTY_ENTRY_STRING("compatible", "google,cros-ec-i2c-tunnel"),
		{ }
	};
	static const struct software_node node = { .properties = props };
	struct sbs_bus *bus = test->priv;

	KUNIT_ASSERT_EQ(test, device_add_software_node(&bus->adap.dev, &node), 0);
	KUNIT_EXPECT_NOT_NULL(test, sbs_bus_bind(bus, NULL));
	KUNIT_EXPECT_EQ(test, bus->pec, 0U);
	sbs_bus_unbind(bus);
	device_remove_software_node(&bus->adap.dev);
}

/* A single bad reading of the word that scales all others */
static void single_bad_scale_is_ignored(struct kunit *test)
{
	struct sbs_bus *bus = test->priv;
	struct psy_miniclass *mc;

	bus->word[SBS_SPECIFICATION_INFO] = 0x0021;
	bus->bad_cmd = SBS_SPECIFICATION_INFO;
	bus->bad_left = 1;
	bus->bad_word = 0x1121;
	mc = sbs_bus_bind(bus, NULL);
	KUNIT_ASSERT_NOT_NULL(test, mc);
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 14800000);
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_CURRENT_NOW), -1000000);
}

/* The word fails for a moment, as when a pack is being inserted. */
static void scale_is_read_again_after_a_glitch(struct kunit *test)
{
	struct sbs_bus *bus = test->priv;
	struct psy_miniclass *mc;

	bus->word[SBS_SPECIFICATION_INFO] = 0x0131;
	bus->word[SBS_VOLTAGE] = 1480;
	sbs_bus_glitch(bus, SBS_SPECIFICATION_INFO);
	mc = sbs_bus_bind(bus, NULL);
	KUNIT_ASSERT_NOT_NULL(test, mc);
	KUNIT_EXPECT_EQ(test, bus->bad_left, 0U);
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 14800000);
}

static void design_capacity_is_read_again_after_a_glitch(struct kunit *test)
{
	struct sbs_bus *bus = test->priv;
	struct psy_miniclass *mc;

	sbs_bus_glitch(bus, SBS_DESIGN_CAPACITY);
	mc = sbs_bus_bind(bus, NULL);
	KUNIT_ASSERT_NOT_NULL(test, mc);
	KUNIT_EXPECT_EQ(test, bus->bad_left, 0U);
	KUNIT_EXPECT_TRUE(test, gets(mc, POWER_SUPPLY_PROP_CHARGE_FULL_DESIGN, 4400000));
}

/* The unit of the supply is that of its first pack, which must not be guessed. */
static void unit_is_read_again_after_a_glitch(struct kunit *test)
{
	struct sbs_bus *bus = test->priv;
	struct psy_miniclass *mc;

	bus->word[SBS_BATTERY_MODE] = SBS_MODE_CAPACITY;
	sbs_bus_glitch(bus, SBS_BATTERY_MODE);
	mc = sbs_bus_bind(bus, NULL);
	KUNIT_ASSERT_NOT_NULL(test, mc);
	KUNIT_EXPECT_EQ(test, bus->bad_left, 0U);
	KUNIT_EXPECT_TRUE(test, gets(mc, POWER_SUPPLY_PROP_ENERGY_NOW, 28800000));
	KUNIT_EXPECT_EQ(test, bus->writes, 0U);
}

static void scaled_energies(struct kunit *test)
{
	struct sbs_bus *bus = test->priv;
	struct psy_miniclass *mc;

	/* Voltages by 10, currents by 10: energies by 100 */
	bus->word[SBS_SPECIFICATION_INFO] = 0x1131;
	bus->word[SBS_BATTERY_MODE] = SBS_MODE_CAPACITY;
	bus->word[SBS_REMAINING_CAPACITY] = 500;
	bus->word[SBS_DESIGN_CAPACITY] = 1000;
	mc = sbs_bus_bind(bus, NULL);
	KUNIT_ASSERT_NOT_NULL(test, mc);
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_ENERGY_NOW), 720 * 1000000);
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_ENERGY_FULL_DESIGN), 1440 * 1000000);
}

static void failed_current_read_keeps_the_status(struct kunit *test)
{
	struct sbs_bus *bus = test->priv;
	struct psy_miniclass *mc = sbs_bus_bind(bus, NULL);

	KUNIT_ASSERT_NOT_NULL(test, mc);
	sbs_bus_glitch(bus, SBS_CURRENT);
	expire();
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_STATUS),
			POWER_SUPPLY_STATUS_DISCHARGING);
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_CURRENT_NOW), -1000000);
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_TIME_TO_EMPTY_NOW), 7200);
	KUNIT_EXPECT_EQ(test, bus->bad_left, 0U);
}

static void floating_status_is_ignored(struct kunit *test)
{
	struct sbs_bus *bus = test->priv;
	struct psy_miniclass *mc = sbs_bus_bind(bus, NULL);
	unsigned int i;
	int val;

	KUNIT_ASSERT_NOT_NULL(test, mc);
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_HEALTH), POWER_SUPPLY_HEALTH_GOOD);
	bus->word[SBS_BATTERY_STATUS] = 0xffff;
	expire();
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_HEALTH), POWER_SUPPLY_HEALTH_GOOD);
	/* If it persists, properties that depend on it are unknown, others are not. */
	bus->word[SBS_VOLTAGE] = 14000;
	for (i = 0; i < 4; i++) {
		expire();
		val = get(mc, POWER_SUPPLY_PROP_HEALTH);
		KUNIT_EXPECT_TRUE(test, val == -ENODATA || val == POWER_SUPPLY_HEALTH_GOOD);
		val = get(mc, POWER_SUPPLY_PROP_CAPACITY_LEVEL);
		KUNIT_EXPECT_TRUE(test, val == -ENODATA ||
				  val == POWER_SUPPLY_CAPACITY_LEVEL_NORMAL);
	}
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_PRESENT), 1);
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 14000000);
}

/* No device drives the lines: pull-up resistors only. */
static void floating_bus_is_an_empty_slot(struct kunit *test)
{
	struct sbs_bus *bus = test->priv;
	struct psy_miniclass *mc;

	memset(bus->word, 0xff, sizeof(bus->word));
	mc = sbs_bus_bind(bus, NULL);
	KUNIT_ASSERT_NOT_NULL(test, mc);
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_PRESENT), 0);
	KUNIT_EXPECT_EQ(test, bus->writes, 0U);
}

static void block_length_is_checked(struct kunit *test)
{
	static const u8 too_long[] = { 33, 128, 255 };
	struct sbs_bus *bus = test->priv;
	struct psy_miniclass *mc;
	unsigned int i;

	bus->functionality = I2C_FUNC_SMBUS_WORD_DATA | I2C_FUNC_SMBUS_READ_I2C_BLOCK;
	for (i = 0; i < ARRAY_SIZE(too_long); i++) {
		bus->block_len = too_long[i];
		mc = sbs_bus_bind(bus, NULL);
		KUNIT_ASSERT_NOT_NULL(test, mc);
		KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_PRESENT), 1);
		KUNIT_EXPECT_STREQ(test, text(mc, POWER_SUPPLY_PROP_MANUFACTURER), "");
		sbs_bus_unbind(bus);
	}

	/* Such an adapter gets 31 bytes of the longest block. */
	bus->block_len = 32;
	mc = sbs_bus_bind(bus, NULL);
	KUNIT_ASSERT_NOT_NULL(test, mc);
	KUNIT_EXPECT_STREQ(test, text(mc, POWER_SUPPLY_PROP_MANUFACTURER), "Maker");
}

/* A different pack, which supports the other unit only */
static void other_unit_hides_the_design_capacity(struct kunit *test)
{
	struct sbs_bus *bus = test->priv;
	struct psy_miniclass *mc = sbs_bus_bind(bus, NULL);

	KUNIT_ASSERT_NOT_NULL(test, mc);
	bus->word[SBS_BATTERY_MODE] |= SBS_MODE_CAPACITY;
	bus->word[SBS_SERIAL_NUMBER] = 0x00cd;
	bus->mode_fixed = true;
	expire();
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_CHARGE_NOW), -ENODATA);
	KUNIT_EXPECT_STREQ(test, text(mc, POWER_SUPPLY_PROP_SERIAL_NUMBER), "00cd");
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_CHARGE_FULL_DESIGN), -ENODATA);
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_CAPACITY), 50);

	/* The unit of the next pack can be changed. */
	bus->mode_fixed = false;
	bus->word[SBS_SERIAL_NUMBER] = 0x00ef;
	expire();
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_CHARGE_NOW), 2000000);
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_CHARGE_FULL_DESIGN), 4400000);
	KUNIT_EXPECT_EQ(test, bus->word[SBS_BATTERY_MODE] & SBS_MODE_CAPACITY, 0);
}

/* A pack may refuse the write, but another bus master may still change its unit. */
static void refused_mode_write_keeps_the_pack(struct kunit *test)
{
	struct sbs_bus *bus = test->priv;
	struct psy_miniclass *mc = sbs_bus_bind(bus, NULL);
	unsigned int i, writes;

	KUNIT_ASSERT_NOT_NULL(test, mc);
	bus->word[SBS_BATTERY_MODE] |= SBS_MODE_CAPACITY;
	bus->mode_refused = true;
	for (i = 0; i < 4; i++) {
		expire();
		KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_CHARGE_NOW), -ENODATA);
		KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_CAPACITY), 50);
		writes = bus->writes;
	}
	expire();
	get(mc, POWER_SUPPLY_PROP_CHARGE_NOW);
	KUNIT_EXPECT_EQ(test, bus->writes, writes);

	bus->word[SBS_BATTERY_MODE] &= ~SBS_MODE_CAPACITY;
	expire();
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_CHARGE_NOW), 2000000);
}

/* Bits of a corrupted reply must not be written to the pack. */
static void bad_mode_reading_is_not_written_back(struct kunit *test)
{
	struct sbs_bus *bus = test->priv;
	struct psy_miniclass *mc = sbs_bus_bind(bus, NULL);

	KUNIT_ASSERT_NOT_NULL(test, mc);
	bus->bad_cmd = SBS_BATTERY_MODE;
	bus->bad_left = 1;
	bus->bad_word = 0x8301;
	expire();
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_CHARGE_NOW), 2000000);
	KUNIT_EXPECT_EQ(test, bus->bad_left, 0U);
	KUNIT_EXPECT_EQ(test, bus->writes, 0U);
}

static void single_bad_readback_marks_no_stuck_bits(struct kunit *test)
{
	struct sbs_bus *bus = test->priv;
	struct psy_miniclass *mc = sbs_bus_bind(bus, NULL);

	KUNIT_ASSERT_NOT_NULL(test, mc);
	bus->word[SBS_BATTERY_MODE] |= SBS_MODE_CAPACITY;
	/* The reading after the write */
	bus->bad_cmd = SBS_BATTERY_MODE;
	bus->bad_skip = 2;
	bus->bad_left = 1;
	bus->bad_word = SBS_MODE_CAPACITY;
	expire();
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_CHARGE_NOW), 2000000);
	KUNIT_EXPECT_EQ(test, bus->bad_left, 0U);
}

static void set_limit(struct psy_miniclass *mc, int percent)
{
	const union power_supply_propval val = { .intval = percent };

	power_supply_set_property(psy_miniclass_to_psy(mc),
				  POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN, &val);
	/* Wait until the limit has been armed. */
	get(mc, POWER_SUPPLY_PROP_CAPACITY);
}

/* Bind the driver on an adapter with an SMBALERT# device. */
static struct psy_miniclass *sbs_bus_bind_with_alarm(struct sbs_bus *bus)
{
	struct i2c_smbus_alert_setup setup = { };

	bus->ara = i2c_new_smbus_alert_device(&bus->adap, &setup);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(bus->test, bus->ara);
	return sbs_bus_bind(bus, NULL);
}

static void pack_alarm_is_restored(struct kunit *test)
{
	struct sbs_bus *bus = test->priv;
	struct psy_miniclass *mc = sbs_bus_bind_with_alarm(bus);
	u16 *alarm = &bus->word[SBS_REMAINING_CAPACITY_ALARM];

	KUNIT_ASSERT_NOT_NULL(test, mc);
	KUNIT_EXPECT_EQ(test, bus->alarms, 0U);
	set_limit(mc, 40);
	KUNIT_EXPECT_EQ(test, *alarm, (u16)1600);
	set_limit(mc, 5);
	KUNIT_EXPECT_EQ_MSG(test, *alarm, (u16)440, "below the original value");
	set_limit(mc, 40);
	KUNIT_EXPECT_EQ(test, *alarm, (u16)1600);
	set_limit(mc, 0);
	KUNIT_EXPECT_EQ(test, *alarm, (u16)440);
	set_limit(mc, 30);
	KUNIT_EXPECT_EQ(test, *alarm, (u16)1200);
	sbs_bus_unbind(bus);
	KUNIT_EXPECT_EQ(test, *alarm, (u16)440);
}

/* RemainingCapacityAlarm() also sets the level Low of the pack, so it stays set. */
static void crossed_limit_stays_armed(struct kunit *test)
{
	struct sbs_bus *bus = test->priv;
	struct psy_miniclass *mc = sbs_bus_bind_with_alarm(bus);
	u16 *alarm = &bus->word[SBS_REMAINING_CAPACITY_ALARM];
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, mc);
	set_limit(mc, 40);
	bus->word[SBS_RELATIVE_STATE_OF_CHARGE] = 39;
	bus->word[SBS_REMAINING_CAPACITY] = 1560;
	for (i = 0; i < 3; i++) {
		expire();
		KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_CAPACITY), 39);
		KUNIT_EXPECT_EQ(test, *alarm, (u16)1600);
	}
	set_limit(mc, 60);
	KUNIT_EXPECT_EQ_MSG(test, *alarm, (u16)2400, "a limit that is crossed from the start");
}

/* The alarm would stay in the pack when the system is off. */
static void shutdown_restores_the_alarm(struct kunit *test)
{
	struct sbs_bus *bus = test->priv;
	struct psy_miniclass *mc = sbs_bus_bind_with_alarm(bus);

	KUNIT_ASSERT_NOT_NULL(test, mc);
	set_limit(mc, 40);
	to_i2c_driver(bus->client->dev.driver)->shutdown(bus->client);
	KUNIT_EXPECT_EQ(test, bus->word[SBS_REMAINING_CAPACITY_ALARM], (u16)440);
	bus->quiet = true;
	expire();
	get(mc, POWER_SUPPLY_PROP_CAPACITY);
	sbs_bus_unbind(bus);
	bus->quiet = false;
}

/* A pack that responds again after a while may still have our alarm. */
static void own_alarm_is_not_saved_as_the_packs(struct kunit *test)
{
	struct sbs_bus *bus = test->priv;
	struct psy_miniclass *mc = sbs_bus_bind_with_alarm(bus);
	u16 *alarm = &bus->word[SBS_REMAINING_CAPACITY_ALARM];
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, mc);
	set_limit(mc, 40);
	bus->silent = true;
	for (i = 0; i < 8; i++) {
		expire();
		get(mc, POWER_SUPPLY_PROP_PRESENT);
	}
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_PRESENT), 0);
	bus->silent = false;
	expire();
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_PRESENT), 1);
	KUNIT_EXPECT_EQ(test, *alarm, (u16)1600);

	/* A different pack has an alarm of its own. It lacks a word, so is read twice. */
	bus->nak = BIT_ULL(SBS_DEVICE_CHEMISTRY);
	bus->word[SBS_SERIAL_NUMBER] = 0x00cd;
	*alarm = 300;
	expire();
	get(mc, POWER_SUPPLY_PROP_CAPACITY);
	KUNIT_EXPECT_EQ(test, *alarm, (u16)1600);
	set_limit(mc, 0);
	KUNIT_EXPECT_EQ(test, *alarm, (u16)300);
}

/* An alarm that cannot be restored must not be written. */
static void unreadable_alarm_is_not_written(struct kunit *test)
{
	struct sbs_bus *bus = test->priv;
	struct psy_miniclass *mc;

	bus->nak = BIT_ULL(SBS_REMAINING_CAPACITY_ALARM);
	mc = sbs_bus_bind_with_alarm(bus);
	KUNIT_ASSERT_NOT_NULL(test, mc);
	set_limit(mc, 40);
	sbs_bus_unbind(bus);
	KUNIT_EXPECT_EQ(test, bus->alarms, 0U);
}

static void alarm_is_rounded_up(struct kunit *test)
{
	struct sbs_bus *bus = test->priv;
	struct psy_miniclass *mc;

	/* 33 % of 4001 mAh: 1320.33 */
	bus->word[SBS_FULL_CHARGE_CAPACITY] = 4001;
	mc = sbs_bus_bind_with_alarm(bus);
	KUNIT_ASSERT_NOT_NULL(test, mc);
	set_limit(mc, 33);
	KUNIT_EXPECT_EQ(test, bus->word[SBS_REMAINING_CAPACITY_ALARM], (u16)1321);
}

static void an_alarm_in_milliwatt_hours(struct kunit *test)
{
	struct sbs_bus *bus = test->priv;
	struct psy_miniclass *mc;

	bus->word[SBS_BATTERY_MODE] = SBS_MODE_CAPACITY;
	mc = sbs_bus_bind_with_alarm(bus);
	KUNIT_ASSERT_NOT_NULL(test, mc);
	/* A quarter of 57.6 Wh */
	set_limit(mc, 25);
	KUNIT_EXPECT_EQ(test, bus->word[SBS_REMAINING_CAPACITY_ALARM], (u16)1440);
}

static void a_scaled_alarm(struct kunit *test)
{
	struct sbs_bus *bus = test->priv;
	struct psy_miniclass *mc;

	bus->word[SBS_SPECIFICATION_INFO] = 0x1131;
	bus->word[SBS_BATTERY_MODE] = SBS_MODE_CAPACITY;
	bus->word[SBS_REMAINING_CAPACITY] = 500;
	bus->word[SBS_FULL_CHARGE_CAPACITY] = 1000;
	bus->word[SBS_REMAINING_CAPACITY_ALARM] = 100;
	mc = sbs_bus_bind_with_alarm(bus);
	KUNIT_ASSERT_NOT_NULL(test, mc);
	/* A quarter of 1440 words */
	set_limit(mc, 25);
	KUNIT_EXPECT_EQ(test, bus->word[SBS_REMAINING_CAPACITY_ALARM], (u16)360);
}

#define DETECT_LABEL	"sbs-kunit-gpio"

/**
 * struct sbs_gpio - a GPIO chip with the detect line
 * @chip: the chip
 * @lookup: assigns the line to the gauge
 * @irq: interrupt of the line, or an error
 */
struct sbs_gpio {
	struct gpio_chip chip;
	struct gpiod_lookup_table *lookup;
	int irq;
};

static int sbs_gpio_get(struct gpio_chip *chip, unsigned int offset)
{
	return 1;
}

static int sbs_gpio_direction_input(struct gpio_chip *chip, unsigned int offset)
{
	return 0;
}

static int sbs_gpio_to_irq(struct gpio_chip *chip, unsigned int offset)
{
	return container_of(chip, struct sbs_gpio, chip)->irq;
}

static void sbs_gpio_del(void *data)
{
	struct sbs_gpio *gpio = data;

	gpiod_remove_lookup_table(gpio->lookup);
	gpiochip_remove(&gpio->chip);
}

static struct sbs_gpio *sbs_gpio_add(struct sbs_bus *bus, int irq)
{
	struct kunit *test = bus->test;
	struct sbs_gpio *gpio = kunit_kzalloc(test, sizeof(*gpio), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, gpio);
	gpio->lookup = kunit_kzalloc(test, struct_size(gpio->lookup, table, 2), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, gpio->lookup);
	gpio->lookup->dev_id = kunit_kmalloc(test, 16, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, gpio->lookup->dev_id);
	snprintf((char *)gpio->lookup->dev_id, 16, "%d-%04x", bus->adap.nr, ADDR);
	gpio->lookup->table[0] = GPIO_LOOKUP(DETECT_LABEL, 0, "sbs,battery-detect",
					     GPIO_ACTIVE_HIGH);

	gpio->irq = irq;
	gpio->chip.label = DETECT_LABEL;
	gpio->chip.owner = THIS_MODULE;
	gpio->chip.base = -1;
	gpio->chip.ngpio = 1;
	gpio->chip.get = sbs_gpio_get;
	gpio->chip.direction_input = sbs_gpio_direction_input;
	gpio->chip.to_irq = sbs_gpio_to_irq;
	KUNIT_ASSERT_EQ(test, gpiochip_add_data(&gpio->chip, gpio), 0);
	gpiod_add_lookup_table(gpio->lookup);
	return gpio;
}

/* Registering and unregistering the supply in each attempt would cause many events. */
static void unready_detect_interrupt_defers_probe(struct kunit *test)
{
	struct sbs_bus *bus = test->priv;
	struct sbs_gpio *gpio = sbs_gpio_add(bus, -EPROBE_DEFER);

	bus->quiet = true;
	KUNIT_EXPECT_NULL(test, sbs_bus_bind(bus, NULL));
	bus->quiet = false;
	gpio->irq = -ENXIO;
	sbs_bus_unbind(bus);
	KUNIT_EXPECT_NOT_NULL(test, sbs_bus_bind(bus, NULL));
	sbs_bus_unbind(bus);
	sbs_gpio_del(gpio);
}

static int one_edge_set_type(struct irq_data *data, unsigned int type)
{
	return type == IRQ_TYPE_EDGE_BOTH ? -EINVAL : 0;
}

static void one_edge_nop(struct irq_data *data)
{
}

static struct irq_chip one_edge_chip = {
	.name = "one-edge",
	.irq_set_type = one_edge_set_type,
	.irq_mask = one_edge_nop,
	.irq_unmask = one_edge_nop,
};

static void single_edge_detect_line_is_polled(struct kunit *test)
{
	struct sbs_bus *bus = test->priv;
	struct psy_miniclass *mc;
	struct sbs_gpio *gpio;
	int irq = irq_alloc_desc(NUMA_NO_NODE);

	KUNIT_ASSERT_GT(test, irq, 0);
	irq_set_chip_and_handler(irq, &one_edge_chip, handle_simple_irq);
	irq_modify_status(irq, IRQ_NOREQUEST, 0);
	gpio = sbs_gpio_add(bus, irq);

	mc = sbs_bus_bind(bus, NULL);
	KUNIT_EXPECT_NOT_NULL(test, mc);
	if (mc)
		KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_PRESENT), 1);
	sbs_bus_unbind(bus);
	sbs_gpio_del(gpio);
	irq_free_desc(irq);
}

/**
 * struct sbs_line - alarm line, level-triggered
 * @irq: its interrupt
 * @active: the line is asserted
 * @masked: the interrupt is masked
 * @fired: number of interrupts
 * @raise: raises the interrupt
 */
struct sbs_line {
	int irq;
	bool active;
	bool masked;
	unsigned int fired;
	struct work_struct raise;
};

static void sbs_line_raise(struct work_struct *work)
{
	struct sbs_line *line = container_of(work, struct sbs_line, raise);

	if (!READ_ONCE(line->active) || READ_ONCE(line->masked))
		return;
	line->fired++;
	generic_handle_irq_safe(line->irq);
}

static void sbs_line_mask(struct irq_data *data)
{
	struct sbs_line *line = irq_data_get_irq_chip_data(data);

	WRITE_ONCE(line->masked, true);
}

/* The line is still asserted: another interrupt follows at once. */
static void sbs_line_unmask(struct irq_data *data)
{
	struct sbs_line *line = irq_data_get_irq_chip_data(data);

	WRITE_ONCE(line->masked, false);
	schedule_work(&line->raise);
}

static struct irq_chip sbs_line_chip = {
	.name = "sbs-line",
	.irq_mask = sbs_line_mask,
	.irq_unmask = sbs_line_unmask,
};

static void sbs_line_set(struct sbs_line *line, bool active)
{
	WRITE_ONCE(line->active, active);
	schedule_work(&line->raise);
}

static void sbs_line_del(void *data)
{
	struct sbs_line *line = data;

	cancel_work_sync(&line->raise);
	irq_free_desc(line->irq);
}

static struct sbs_line *sbs_line_add(struct kunit *test)
{
	struct sbs_line *line = kunit_kzalloc(test, sizeof(*line), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, line);
	line->masked = true;
	line->irq = irq_alloc_desc(NUMA_NO_NODE);
	KUNIT_ASSERT_GT(test, line->irq, 0);
	INIT_WORK(&line->raise, sbs_line_raise);
	irq_set_chip_and_handler(line->irq, &sbs_line_chip, handle_level_irq);
	irq_set_chip_data(line->irq, line);
	irq_modify_status(line->irq, IRQ_NOREQUEST, 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, sbs_line_del, line), 0);
	return line;
}

/*
 * A line that stays asserted whatever is read must not keep the bus busy, or the class
 * from working.
 */
static void stuck_alarm_line_is_rate_limited(struct kunit *test)
{
	struct sbs_line *line = sbs_line_add(test);
	struct sbs_bus *bus = test->priv;
	struct psy_miniclass *mc;
	unsigned int fired, reads, i;
	ktime_t start;
	s64 ms;

	bus->irq = line->irq;
	mc = sbs_bus_bind(bus, NULL);
	KUNIT_ASSERT_NOT_NULL(test, mc);
	get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW);
	bus->reads = 0;
	start = ktime_get_boottime();
	sbs_line_set(line, true);
	for (i = 0; i < 60 && (i < 4 || READ_ONCE(line->fired) < 8); i++)
		expire();
	/* 8 readings at once, then one per second, and as many by the polls of the class */
	fired = READ_ONCE(line->fired);
	reads = READ_ONCE(bus->reads);
	ms = ktime_ms_delta(ktime_get_boottime(), start);
	KUNIT_EXPECT_GE(test, fired, 8U);
	KUNIT_EXPECT_LE(test, (s64)fired, 8 + ms / 1000 + 2);
	KUNIT_EXPECT_LE(test, (s64)reads, (8 + 2 * (ms / 1000 + 2)) * REFRESH);

	/* Readers, limits and events work as usual. */
	bus->word[SBS_VOLTAGE] = 15000;
	KUNIT_EXPECT_TRUE(test, gets(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW, 15000000));
	set_limit(mc, 40);
	for (i = 0; i < 60 && bus->word[SBS_REMAINING_CAPACITY_ALARM] != 1600; i++)
		expire();
	KUNIT_EXPECT_EQ(test, bus->word[SBS_REMAINING_CAPACITY_ALARM], (u16)1600);

	sbs_line_set(line, false);
	for (i = 0; i < 60 && READ_ONCE(line->masked); i++)
		expire();
	KUNIT_EXPECT_FALSE(test, line->masked);

	/* Unbinding while the handler waits */
	sbs_line_set(line, true);
	for (i = 0; i < 20; i++)
		flush_work(&line->raise);
	sbs_bus_unbind(bus);
	bus->quiet = true;
	expire();
	bus->quiet = false;
	KUNIT_EXPECT_TRUE(test, line->masked);
	KUNIT_EXPECT_EQ(test, bus->word[SBS_REMAINING_CAPACITY_ALARM], (u16)440);
}

static struct kunit_case sbs_bus_cases[] = {
	KUNIT_CASE(reads_a_pack),
	KUNIT_CASE(a_refresh_costs_17_transfers),
	KUNIT_CASE(pec_is_used_if_pack_and_adapter_support_it),
	KUNIT_CASE(no_pec_if_the_pack_lacks_it),
	KUNIT_CASE(no_pec_if_the_adapter_lacks_it),
	KUNIT_CASE_SLOW(pec_is_detected_per_pack),
	KUNIT_CASE(a_pack_in_milliwatt_hours),
	KUNIT_CASE_SLOW(changed_unit_is_restored_once),
	KUNIT_CASE_SLOW(fixed_unit_hides_the_charge),
	KUNIT_CASE(scale_factors),
	KUNIT_CASE(not_available_reads_enodata),
	KUNIT_CASE(strings_without_block_reads),
	KUNIT_CASE(word_transfers_are_sufficient),
	KUNIT_CASE(adapter_without_word_transfers_is_refused),
	KUNIT_CASE(charger_broadcasts_are_disabled_by_property),
	KUNIT_CASE(invalid_properties_are_refused),
	KUNIT_CASE(any_word_may_be_missing),
	KUNIT_CASE(any_two_adjacent_words_may_be_missing),
	KUNIT_CASE_SLOW(broken_pec_is_disabled),
	KUNIT_CASE_SLOW(pec_returns_after_a_glitch),
	KUNIT_CASE(no_pec_behind_a_cros_ec_tunnel),
	KUNIT_CASE(single_bad_scale_is_ignored),
	KUNIT_CASE(scale_is_read_again_after_a_glitch),
	KUNIT_CASE(design_capacity_is_read_again_after_a_glitch),
	KUNIT_CASE(unit_is_read_again_after_a_glitch),
	KUNIT_CASE(scaled_energies),
	KUNIT_CASE_SLOW(failed_current_read_keeps_the_status),
	KUNIT_CASE_SLOW(floating_status_is_ignored),
	KUNIT_CASE(floating_bus_is_an_empty_slot),
	KUNIT_CASE(block_length_is_checked),
	KUNIT_CASE_SLOW(other_unit_hides_the_design_capacity),
	KUNIT_CASE_SLOW(refused_mode_write_keeps_the_pack),
	KUNIT_CASE_SLOW(bad_mode_reading_is_not_written_back),
	KUNIT_CASE_SLOW(single_bad_readback_marks_no_stuck_bits),
	KUNIT_CASE(pack_alarm_is_restored),
	KUNIT_CASE_SLOW(crossed_limit_stays_armed),
	KUNIT_CASE_SLOW(shutdown_restores_the_alarm),
	KUNIT_CASE_SLOW(own_alarm_is_not_saved_as_the_packs),
	KUNIT_CASE(unreadable_alarm_is_not_written),
	KUNIT_CASE(alarm_is_rounded_up),
	KUNIT_CASE(an_alarm_in_milliwatt_hours),
	KUNIT_CASE(a_scaled_alarm),
	KUNIT_CASE(unready_detect_interrupt_defers_probe),
	KUNIT_CASE(single_edge_detect_line_is_polled),
	KUNIT_CASE_SLOW(stuck_alarm_line_is_rate_limited),
	{ }
};

struct kunit_suite sbs_bus_suite = {
	.name = "sbs_bus",
	.init = sbs_bus_init,
	.test_cases = sbs_bus_cases,
};
