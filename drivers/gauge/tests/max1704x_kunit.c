// SPDX-License-Identifier: GPL-2.0-only
/* The driver on an emulated adapter and chip; the numbers are those of the data sheets. */
#include <kunit/resource.h>
#include <kunit/test.h>
#include <linux/bits.h>
#include <linux/err.h>
#include <linux/i2c.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/module.h>
#include <linux/power/psy_miniclass.h>
#include <linux/power_supply.h>
#include <linux/property.h>
#include <linux/string.h>

#define ADDR		0x36
#define VCELL		0x02
#define SOC		0x04
#define CONFIG		0x0c
#define CONFIG_POR	0x971c
#define ALRT		BIT(5)

/**
 * struct max_bus - emulated adapter and chip; stored in test->priv
 * @test: the test that owns it
 * @adap: the adapter
 * @client: the gauge
 * @irq: interrupt of the gauge, 0 for none
 * @word: registers, by half of their address
 * @functionality: I2C functionality of the adapter
 * @stuck: bits of CONFIG that the chip does not change
 * @bad_config: number of readings of CONFIG that are all ones
 * @silent: nothing is acknowledged
 * @reads: number of read transfers
 * @writes: number of write transfers
 */
struct max_bus {
	struct kunit *test;
	struct i2c_adapter adap;
	struct i2c_client *client;
	int irq;
	u16 word[16];
	u32 functionality;
	u16 stuck;
	unsigned int bad_config;
	bool silent;
	unsigned int reads;
	unsigned int writes;
};

static void max_bus_read(struct max_bus *bus, u8 reg, u8 *buf, u16 len)
{
	u16 i, word;

	bus->reads++;
	for (i = 0; i < len; i++) {
		word = bus->word[(reg + i) / 2];
		if (reg == CONFIG && bus->bad_config)
			word = 0xffff;
		buf[i] = (reg + i) % 2 ? word : word >> 8;
	}
	if (reg == CONFIG && bus->bad_config)
		bus->bad_config--;
}

static int max_bus_write(struct max_bus *bus, const u8 *buf, u16 len)
{
	bus->writes++;
	if (buf[0] != CONFIG || len != 3) {
		KUNIT_FAIL(bus->test, "register %#x written", buf[0]);
		return -ENXIO;
	}
	bus->word[CONFIG / 2] &= bus->stuck;
	bus->word[CONFIG / 2] |= (buf[1] << 8 | buf[2]) & ~bus->stuck;
	return 0;
}

/* The I2C core turns SMBus transfers into these. */
static int max_bus_xfer(struct i2c_adapter *adap, struct i2c_msg *msgs, int num)
{
	struct max_bus *bus = i2c_get_adapdata(adap);
	int ret;

	if (bus->silent)
		return -ENXIO;
	if (num == 2 && msgs[0].len == 1 && (msgs[1].flags & I2C_M_RD)) {
		max_bus_read(bus, msgs[0].buf[0], msgs[1].buf, msgs[1].len);
		return num;
	}
	ret = num == 1 ? max_bus_write(bus, msgs[0].buf, msgs[0].len) : -EOPNOTSUPP;
	return ret ?: num;
}

static u32 max_bus_functionality(struct i2c_adapter *adap)
{
	struct max_bus *bus = i2c_get_adapdata(adap);

	return bus->functionality;
}

static const struct i2c_algorithm max_bus_algorithm = {
	.xfer = max_bus_xfer,
	.functionality = max_bus_functionality,
};

static void max_bus_del(void *data)
{
	struct max_bus *bus = data;

	if (!IS_ERR_OR_NULL(bus->client))
		i2c_unregister_device(bus->client);
	i2c_del_adapter(&bus->adap);
	if (bus->irq > 0)
		irq_free_desc(bus->irq);
}

static int max_bus_init(struct kunit *test)
{
	struct max_bus *bus = kunit_kzalloc(test, sizeof(*bus), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, bus);
	test->priv = bus;
	bus->test = test;
	bus->functionality = I2C_FUNC_I2C | I2C_FUNC_SMBUS_EMUL;
	bus->word[VCELL / 2] = 0xc580;
	bus->word[SOC / 2] = 50 << 8;
	bus->word[CONFIG / 2] = CONFIG_POR;
	bus->adap.owner = THIS_MODULE;
	bus->adap.algo = &max_bus_algorithm;
	strscpy(bus->adap.name, "max1704x-kunit", sizeof(bus->adap.name));
	i2c_set_adapdata(&bus->adap, bus);
	KUNIT_ASSERT_EQ(test, i2c_add_adapter(&bus->adap), 0);
	return kunit_add_action_or_reset(test, max_bus_del, bus);
}

/* Bind the driver; returns NULL if its probe failed. */
static struct psy_miniclass *max_bus_bind(struct max_bus *bus, const char *name,
					  const struct property_entry *props)
{
	const struct software_node node = { .properties = props };
	struct i2c_board_info info = {
		.addr = ADDR,
		.irq = bus->irq,
		.swnode = props ? &node : NULL,
	};
	struct psy_miniclass *mc;

	strscpy(info.type, name, sizeof(info.type));
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

static void max_bus_unbind(struct max_bus *bus)
{
	i2c_unregister_device(bus->client);
	bus->client = NULL;
}

static void refresh(struct psy_miniclass *mc)
{
	struct psy_snapshot snap;

	psy_miniclass_changed(mc);
	psy_miniclass_get_snapshot(mc, &snap);
}

static u32 tag_of(struct psy_miniclass *mc)
{
	struct psy_snapshot snap;

	psy_miniclass_get_snapshot(mc, &snap);
	return snap.tag;
}

static int get(struct psy_miniclass *mc, enum power_supply_property psp)
{
	union power_supply_propval val;
	int ret = power_supply_get_property(psy_miniclass_to_psy(mc), psp, &val);

	return ret ?: val.intval;
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
	union power_supply_propval val = { };
	struct max_bus *bus = test->priv;
	struct psy_miniclass *mc;

	bus->word[VCELL / 2] = c->vcell;
	mc = max_bus_bind(bus, c->name, NULL);
	KUNIT_ASSERT_NOT_NULL(test, mc);
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), c->uv);
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_CAPACITY), 50);
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_TECHNOLOGY),
			POWER_SUPPLY_TECHNOLOGY_LION);
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_STATUS), -ENODATA);
	KUNIT_EXPECT_EQ(test, power_supply_get_property(psy_miniclass_to_psy(mc),
							POWER_SUPPLY_PROP_MODEL_NAME, &val), 0);
	KUNIT_EXPECT_STREQ(test, val.strval, c->model);
}

/* CONFIG, and voltage and percentage together */
static void a_refresh_costs_two_transfers(struct kunit *test)
{
	struct max_bus *bus = test->priv;
	struct psy_miniclass *mc = max_bus_bind(bus, "max17048", NULL);

	KUNIT_ASSERT_NOT_NULL(test, mc);
	bus->reads = 0;
	refresh(mc);
	KUNIT_EXPECT_EQ(test, bus->reads, 2);
	KUNIT_EXPECT_EQ(test, bus->writes, 0);
}

static void word_transfers_are_sufficient(struct kunit *test)
{
	struct max_bus *bus = test->priv;
	struct psy_miniclass *mc;

	bus->functionality = I2C_FUNC_SMBUS_WORD_DATA;
	mc = max_bus_bind(bus, "max17048", NULL);
	KUNIT_ASSERT_NOT_NULL(test, mc);
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 3950000);
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_CAPACITY), 50);
	bus->reads = 0;
	refresh(mc);
	KUNIT_EXPECT_EQ(test, bus->reads, 3);
}

static void percentages(struct kunit *test)
{
	static const struct property_entry props[] = {
		PROPERTY_ENTRY_BOOL("maxim,double-soc"),
		{ }
	};
	struct max_bus *bus = test->priv;
	struct psy_miniclass *mc = max_bus_bind(bus, "max17048", NULL);

	KUNIT_ASSERT_NOT_NULL(test, mc);
	bus->word[SOC / 2] = 0x3180;	/* 49.5 % */
	refresh(mc);
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_CAPACITY), 50);
	bus->word[SOC / 2] = 0x6580;	/* 101.5 % */
	refresh(mc);
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_CAPACITY), 100);
	/* A clone that does not know */
	bus->word[SOC / 2] = 0xffff;
	refresh(mc);
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_CAPACITY), -ENODATA);
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 3950000);
	max_bus_unbind(bus);

	bus->word[SOC / 2] = 150 << 8;
	mc = max_bus_bind(bus, "max17048", props);
	KUNIT_ASSERT_NOT_NULL(test, mc);
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_CAPACITY), 75);
}

static void firmware_properties(struct kunit *test)
{
	static const u8 rcomp[] = { 0x56, 0x78 };
	const struct property_entry one[] = {
		PROPERTY_ENTRY_U8_ARRAY_LEN("maxim,rcomp", rcomp, 1),
		PROPERTY_ENTRY_U32("maxim,alert-low-soc-level", 10),
		{ }
	};
	const struct property_entry two[] = {
		PROPERTY_ENTRY_U8_ARRAY_LEN("maxim,rcomp", rcomp, 2),
		{ }
	};
	const struct property_entry high[] = {
		PROPERTY_ENTRY_BOOL("maxim,double-soc"),
		PROPERTY_ENTRY_U32("maxim,alert-low-soc-level", 17),
		{ }
	};
	struct max_bus *bus = test->priv;
	struct psy_miniclass *mc = max_bus_bind(bus, "max17043", one);

	KUNIT_ASSERT_NOT_NULL(test, mc);
	KUNIT_EXPECT_EQ(test, bus->word[CONFIG / 2], 0x5600 | (32 - 10));
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN), 10);
	max_bus_unbind(bus);
	KUNIT_EXPECT_NULL(test, max_bus_bind(bus, "max17043", two));
	max_bus_unbind(bus);
	KUNIT_EXPECT_NULL(test, max_bus_bind(bus, "max17043", high));
	max_bus_unbind(bus);
	KUNIT_EXPECT_NOT_NULL(test, max_bus_bind(bus, "max17040", two));
	KUNIT_EXPECT_EQ(test, bus->word[CONFIG / 2], 0x5678);
}

/* The battery was replaced: the chip had no power, and has its initial settings. */
static void a_reset_is_a_new_pack(struct kunit *test)
{
	static const struct property_entry props[] = {
		PROPERTY_ENTRY_U32("maxim,alert-low-soc-level", 8),
		{ }
	};
	struct max_bus *bus = test->priv;
	struct psy_miniclass *mc = max_bus_bind(bus, "max17048", props);
	u32 tag;

	KUNIT_ASSERT_NOT_NULL(test, mc);
	refresh(mc);
	tag = tag_of(mc);
	bus->word[CONFIG / 2] = CONFIG_POR;
	refresh(mc);
	KUNIT_EXPECT_EQ(test, tag_of(mc), tag + 1);
	KUNIT_EXPECT_EQ(test, bus->word[CONFIG / 2], 0x9700 | (32 - 8));
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_CAPACITY), 50);

	/* An alert that nobody has acknowledged is not a reset, nor is one bad reading. */
	bus->word[CONFIG / 2] |= ALRT;
	refresh(mc);
	KUNIT_EXPECT_EQ(test, tag_of(mc), tag + 1);
	bus->bad_config = 1;
	refresh(mc);
	KUNIT_EXPECT_EQ(test, bus->bad_config, 0);
	KUNIT_EXPECT_EQ(test, tag_of(mc), tag + 1);
}

static void a_chip_that_ignores_settings_is_no_new_pack(struct kunit *test)
{
	static const struct property_entry props[] = {
		PROPERTY_ENTRY_U32("maxim,alert-low-soc-level", 8),
		{ }
	};
	struct max_bus *bus = test->priv;
	struct psy_miniclass *mc;
	u32 tag;

	bus->stuck = 0xffff;
	mc = max_bus_bind(bus, "max17048", props);
	KUNIT_ASSERT_NOT_NULL(test, mc);
	tag = tag_of(mc);
	refresh(mc);
	refresh(mc);
	KUNIT_EXPECT_EQ(test, tag_of(mc), tag);
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_CAPACITY), 50);
}

static void removed_battery(struct kunit *test)
{
	struct max_bus *bus = test->priv;
	struct psy_miniclass *mc = max_bus_bind(bus, "max17048", NULL);

	KUNIT_ASSERT_NOT_NULL(test, mc);
	bus->silent = true;
	bus->word[SOC / 2] = 0;
	refresh(mc);
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_CAPACITY), 50);
}

static void max_irq_nop(struct irq_data *data)
{
}

static struct irq_chip max_irq_chip = {
	.name = "max1704x-kunit",
	.irq_mask = max_irq_nop,
	.irq_unmask = max_irq_nop,
};

static void max_bus_add_irq(struct max_bus *bus)
{
	bus->irq = irq_alloc_desc(NUMA_NO_NODE);
	KUNIT_ASSERT_GT(bus->test, bus->irq, 0);
	irq_set_chip_and_handler(bus->irq, &max_irq_chip, handle_simple_irq);
	irq_modify_status(bus->irq, IRQ_NOREQUEST, 0);
}

static int set_limit(struct psy_miniclass *mc, int percent)
{
	const union power_supply_propval val = { .intval = percent };
	int ret = power_supply_set_property(psy_miniclass_to_psy(mc),
					    POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN, &val);

	refresh(mc);
	return ret;
}

static void alert_is_set_and_cleared(struct kunit *test)
{
	struct max_bus *bus = test->priv;
	struct psy_miniclass *mc;
	u32 tag;

	max_bus_add_irq(bus);
	mc = max_bus_bind(bus, "max17048", NULL);
	KUNIT_ASSERT_NOT_NULL(test, mc);
	tag = tag_of(mc);
	KUNIT_EXPECT_EQ(test, set_limit(mc, 30), 0);
	KUNIT_EXPECT_EQ(test, bus->word[CONFIG / 2], 0x9700 | (32 - 30));

	/* Above the range of the chip: the class polls. */
	KUNIT_EXPECT_EQ(test, set_limit(mc, 40), 0);
	KUNIT_EXPECT_EQ(test, bus->word[CONFIG / 2], 0x9700 | (32 - 30));
	KUNIT_EXPECT_EQ(test, set_limit(mc, 30), 0);

	/* The chip latches its alert. At 30 % the limit is not passed. */
	bus->word[CONFIG / 2] |= ALRT;
	bus->word[SOC / 2] = 30 << 8;
	generic_handle_irq_safe(bus->irq);
	synchronize_irq(bus->irq);
	KUNIT_EXPECT_EQ(test, bus->word[CONFIG / 2], 0x9700 | (32 - 30));
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_CAPACITY), 30);

	/* A limit that is passed is not set. */
	bus->word[CONFIG / 2] |= ALRT;
	bus->word[SOC / 2] = 29 << 8;
	generic_handle_irq_safe(bus->irq);
	synchronize_irq(bus->irq);
	KUNIT_EXPECT_EQ(test, bus->word[CONFIG / 2], CONFIG_POR);
	KUNIT_EXPECT_EQ(test, get(mc, POWER_SUPPLY_PROP_CAPACITY), 29);
	KUNIT_EXPECT_EQ(test, tag_of(mc), tag);
	max_bus_unbind(bus);
	KUNIT_EXPECT_EQ(test, bus->word[CONFIG / 2], CONFIG_POR);
}

/* The MAX17040 has no alert; its register has other bits there. */
static void no_alert_without_the_register(struct kunit *test)
{
	struct max_bus *bus = test->priv;
	struct psy_miniclass *mc;

	max_bus_add_irq(bus);
	bus->word[CONFIG / 2] = 0x9700;
	mc = max_bus_bind(bus, "max17040", NULL);
	KUNIT_ASSERT_NOT_NULL(test, mc);
	KUNIT_EXPECT_EQ(test, set_limit(mc, 30), 0);
	KUNIT_EXPECT_EQ(test, bus->word[CONFIG / 2], 0x9700);
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
	KUNIT_CASE(no_alert_without_the_register),
	{ }
};

static struct kunit_suite max1704x_suite = {
	.name = "max1704x",
	.init = max_bus_init,
	.test_cases = max1704x_cases,
};

kunit_test_suite(max1704x_suite);

MODULE_DESCRIPTION("KUnit tests of max1704x-gauge");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS("PSY_MINICLASS");
