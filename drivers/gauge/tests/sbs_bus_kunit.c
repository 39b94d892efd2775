// SPDX-License-Identifier: GPL-2.0-only
/* The driver on an adapter of the test's own, which sees every transfer. */
#include <kunit/resource.h>
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/i2c.h>
#include <linux/power/psy_miniclass.h>
#include <linux/power_supply.h>
#include <linux/property.h>
#include <linux/string.h>

#include "../sbs.h"
#include "sbs_kunit.h"

#define ADDR		0x0b
#define REFRESH		17	/* transfers */
#define EXPIRE_MS	1100

/**
 * struct sbs_bus - an adapter with words; lives in test->priv
 * @test: the test that owns it
 * @adap: the adapter
 * @client: the gauge
 * @word: registers
 * @functionality: what the adapter offers
 * @quiet: any transfer fails the test
 * @mode_fixed: BatteryMode() cannot be written
 * @no_pec: the pack's replies have no checksum
 * @reads: transfers that read
 * @writes: transfers that write
 * @pec: transfers with packet error checking
 */
struct sbs_bus {
	struct kunit *test;
	struct i2c_adapter adap;
	struct i2c_client *client;
	u16 word[0x20];
	u32 functionality;
	bool quiet;
	bool mode_fixed;
	bool no_pec;
	unsigned int reads;
	unsigned int writes;
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
	memcpy(dst, text[cmd - SBS_MANUFACTURER_NAME], len);
	if (raw)
		data->block[1] = len;
	else
		data->block[0] = len;
	return 0;
}

static s32 sbs_bus_xfer(struct i2c_adapter *adap, u16 addr, unsigned short flags,
			char read_write, u8 cmd, int size, union i2c_smbus_data *data)
{
	struct sbs_bus *bus = i2c_get_adapdata(adap);

	if (bus->quiet)
		KUNIT_FAIL(bus->test, "command %#x unasked", cmd);
	if (flags & I2C_CLIENT_PEC)
		bus->pec++;
	if ((flags & I2C_CLIENT_PEC) && bus->no_pec)
		return -EBADMSG;

	if (read_write == I2C_SMBUS_WRITE) {
		bus->writes++;
		if (size != I2C_SMBUS_WORD_DATA || cmd != SBS_BATTERY_MODE) {
			KUNIT_FAIL(bus->test, "command %#x written", cmd);
			return -ENXIO;
		}
		if (!bus->mode_fixed)
			bus->word[cmd] = data->word;
		return 0;
	}

	bus->reads++;
	switch (size) {
	case I2C_SMBUS_WORD_DATA:
		data->word = bus->word[cmd];
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

/* Bind the driver; NULL when it has refused. */
static struct psy_miniclass *sbs_bus_bind(struct sbs_bus *bus,
					  const struct property_entry *props)
{
	const struct software_node node = { .properties = props };
	struct i2c_board_info info = {
		I2C_BOARD_INFO("sbs-gauge", ADDR),
		.swnode = props ? &node : NULL,
	};

	bus->client = i2c_new_client_device(&bus->adap, &info);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(bus->test, bus->client);
	return bus->client->dev.driver ? i2c_get_clientdata(bus->client) : NULL;
}

static int get(struct psy_miniclass *mc, enum power_supply_property psp)
{
	union power_supply_propval val;
	int ret = power_supply_get_property(psy_miniclass_to_psy(mc), psp, &val);

	return ret ?: val.intval;
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
	msleep(EXPIRE_MS);
	get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW);
	get(mc, POWER_SUPPLY_PROP_CHARGE_NOW);
	KUNIT_EXPECT_EQ(test, bus->reads, REFRESH);
	KUNIT_EXPECT_EQ(test, bus->writes, 0U);
}

static void checksums_where_both_have_them(struct kunit *test)
{
	struct sbs_bus *bus = test->priv;
	struct psy_miniclass *mc = sbs_bus_bind(bus, NULL);

	KUNIT_ASSERT_NOT_NULL(test, mc);
	/* All but the first, which asks whether there are any */
	KUNIT_EXPECT_EQ(test, bus->pec, bus->reads - 1);
}

static void no_checksums_if_the_pack_has_none(struct kunit *test)
{
	struct sbs_bus *bus = test->priv;

	bus->word[SBS_SPECIFICATION_INFO] = 0x0021;
	KUNIT_ASSERT_NOT_NULL(test, sbs_bus_bind(bus, NULL));
	KUNIT_EXPECT_EQ(test, bus->pec, 0U);
}

static void no_checksums_if_the_adapter_has_none(struct kunit *test)
{
	struct sbs_bus *bus = test->priv;

	bus->functionality &= ~I2C_FUNC_SMBUS_PEC;
	KUNIT_ASSERT_NOT_NULL(test, sbs_bus_bind(bus, NULL));
	KUNIT_EXPECT_EQ(test, bus->pec, 0U);
}

/* The next pack in the slot may be an older one. */
static void checksums_are_settled_with_each_pack(struct kunit *test)
{
	struct sbs_bus *bus = test->priv;
	struct psy_miniclass *mc = sbs_bus_bind(bus, NULL);

	KUNIT_ASSERT_NOT_NULL(test, mc);
	bus->no_pec = true;
	bus->word[SBS_SPECIFICATION_INFO] = 0x0021;
	bus->word[SBS_SERIAL_NUMBER] = 0x00cd;
	/* Silence of 5 s, then the new pack is met without checksums. */
	msleep(EXPIRE_MS);
	get(mc, POWER_SUPPLY_PROP_PRESENT);
	msleep(5 * EXPIRE_MS);
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_PRESENT), 0);
	msleep(EXPIRE_MS);
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_PRESENT), 1);
	KUNIT_EXPECT_STREQ(test, text(mc, POWER_SUPPLY_PROP_SERIAL_NUMBER), "00cd");
}

static void a_pack_in_milliwatt_hours(struct kunit *test)
{
	struct sbs_bus *bus = test->priv;
	struct psy_miniclass *mc;

	bus->word[SBS_BATTERY_MODE] = SBS_MODE_CAPACITY;
	mc = sbs_bus_bind(bus, NULL);
	KUNIT_ASSERT_NOT_NULL(test, mc);
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_ENERGY_NOW), 20000000);
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_ENERGY_FULL_DESIGN), 44000000);
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_POWER_NOW), 14800000);
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_POWER_AVG), 13320000);
	KUNIT_EXPECT_EQ(test, bus->writes, 0U);
}

static void a_changed_unit_is_changed_back_once(struct kunit *test)
{
	struct sbs_bus *bus = test->priv;
	struct psy_miniclass *mc = sbs_bus_bind(bus, NULL);

	KUNIT_ASSERT_NOT_NULL(test, mc);
	bus->word[SBS_BATTERY_MODE] |= SBS_MODE_CAPACITY;
	msleep(EXPIRE_MS);
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_CHARGE_NOW), 2000000);
	KUNIT_EXPECT_EQ(test, bus->writes, 1U);
	KUNIT_EXPECT_EQ(test, bus->word[SBS_BATTERY_MODE], (u16)0);
	msleep(EXPIRE_MS);
	get(mc, POWER_SUPPLY_PROP_CHARGE_NOW);
	KUNIT_EXPECT_EQ(test, bus->writes, 1U);
}

static void a_unit_that_cannot_be_changed_hides_the_charge(struct kunit *test)
{
	struct sbs_bus *bus = test->priv;
	struct psy_miniclass *mc = sbs_bus_bind(bus, NULL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, mc);
	bus->word[SBS_BATTERY_MODE] |= SBS_MODE_CAPACITY;
	bus->mode_fixed = true;
	for (i = 0; i < 3; i++) {
		msleep(EXPIRE_MS);
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

static void not_available_is_not_a_number(struct kunit *test)
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

static void words_alone_will_do(struct kunit *test)
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

static void an_adapter_without_words_is_refused(struct kunit *test)
{
	struct sbs_bus *bus = test->priv;

	bus->functionality = I2C_FUNC_SMBUS_BYTE_DATA;
	bus->quiet = true;
	KUNIT_EXPECT_NULL(test, sbs_bus_bind(bus, NULL));
}

static void broadcasts_are_switched_off_when_asked(struct kunit *test)
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

static void wrong_firmware_is_refused(struct kunit *test)
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
		i2c_unregister_device(bus->client);
		bus->client = NULL;
	}
	bus->quiet = false;
	KUNIT_EXPECT_NOT_NULL(test, sbs_bus_bind(bus, right));
}

static struct kunit_case sbs_bus_cases[] = {
	KUNIT_CASE(reads_a_pack),
	KUNIT_CASE(a_refresh_costs_17_transfers),
	KUNIT_CASE(checksums_where_both_have_them),
	KUNIT_CASE(no_checksums_if_the_pack_has_none),
	KUNIT_CASE(no_checksums_if_the_adapter_has_none),
	KUNIT_CASE_SLOW(checksums_are_settled_with_each_pack),
	KUNIT_CASE(a_pack_in_milliwatt_hours),
	KUNIT_CASE_SLOW(a_changed_unit_is_changed_back_once),
	KUNIT_CASE_SLOW(a_unit_that_cannot_be_changed_hides_the_charge),
	KUNIT_CASE(scale_factors),
	KUNIT_CASE(not_available_is_not_a_number),
	KUNIT_CASE(strings_without_block_reads),
	KUNIT_CASE(words_alone_will_do),
	KUNIT_CASE(an_adapter_without_words_is_refused),
	KUNIT_CASE(broadcasts_are_switched_off_when_asked),
	KUNIT_CASE(wrong_firmware_is_refused),
	{ }
};

struct kunit_suite sbs_bus_suite = {
	.name = "sbs_bus",
	.init = sbs_bus_init,
	.test_cases = sbs_bus_cases,
};
