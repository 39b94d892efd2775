// SPDX-License-Identifier: GPL-2.0-only
/* Hooks around a reading, constants, and the status by a charger. */
#include <kunit/device.h>
#include <kunit/test.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/power_supply.h>
#include <linux/string.h>

#include "../internal.h"
#include "fake_bus.h"

/**
 * struct hooks_test - what the hooks do, and how often they were called
 * @bus: registers of the pack
 * @prepared: number of calls of before_read
 * @reads: number of transfers at the last call of before_read
 * @prepare_err: its results: an error for the next calls
 * @prepare_fails: number of these calls
 * @resets: tag of the pack
 * @reset: the next call of before_read finds that the device was reset
 * @acked: number of calls of ack_irq
 * @ack_fails: number of calls of ack_irq that fail
 * @charger: the charger, or NULL
 * @charger_desc: its description
 * @batteries: the names of the batteries that it supplies
 * @online: what it reports
 * @status: what it reports, -1 for no status
 * @hook_status: the status of suppliers in the last call of query_status
 */
struct hooks_test {
	struct fake_bus *bus;
	unsigned int prepared;
	unsigned int reads;
	int prepare_err;
	unsigned int prepare_fails;
	u32 resets;
	bool reset;
	unsigned int acked;
	unsigned int ack_fails;
	struct power_supply *charger;
	struct power_supply_desc charger_desc;
	char *batteries[1];
	int online;
	int status;
	int hook_status;
};

static int hooks_query_tag(struct psy_miniclass *mc, u32 *tag)
{
	struct hooks_test *t = psy_miniclass_get_drvdata(mc);

	*tag = 1 + t->resets;
	return 0;
}

static int hooks_before_read(struct psy_miniclass *mc)
{
	struct hooks_test *t = psy_miniclass_get_drvdata(mc);

	t->prepared++;
	t->reads = t->bus->reads;
	if (t->prepare_fails) {
		t->prepare_fails--;
		return t->prepare_err;
	}
	t->resets += t->reset;
	t->reset = false;
	return 0;
}

static int hooks_ack_irq(struct psy_miniclass *mc)
{
	struct hooks_test *t = psy_miniclass_get_drvdata(mc);

	lockdep_assert_held(&mc->lock);
	t->acked++;
	t->reads = t->bus->reads;
	if (!t->ack_fails)
		return 0;
	t->ack_fails--;
	return -ENXIO;
}

static const struct psy_miniclass_ops hooks_ops = {
	.query_tag = hooks_query_tag,
	.before_read = hooks_before_read,
	.ack_irq = hooks_ack_irq,
};

static const struct psy_field_desc hooks_rows[] = {
	{ PSY_VOLTAGE_NOW, FAKE_VOLTAGE, .mul = 1000 },
	{ PSY_TEMP, FAKE_TEMP },
	{ PSY_CHARGE_FULL_DESIGN, FAKE_DESIGN, .mul = 1000 },
};

static const struct psy_miniclass_desc hooks_desc = {
	.rows = hooks_rows,
	.num_rows = ARRAY_SIZE(hooks_rows),
	.manufacturer = "Maker",
	.model = "Model",
	.technology = POWER_SUPPLY_TECHNOLOGY_LION,
	.ops = &hooks_ops,
	.fresh_ms = 60000,
	.poll_ms = 3600000,
	.gone_ms = FAKE_GONE_MS,
};

static int supplied_query_status(struct psy_miniclass *mc, const struct psy_info *info,
				 struct psy_values *status)
{
	struct hooks_test *t = psy_miniclass_get_drvdata(mc);

	t->hook_status = psy_miniclass_supplier_status(mc);
	return 0;
}

static const struct psy_miniclass_ops supplied_ops = {
	.query_status = supplied_query_status,
};

/* A gauge of voltage and percentage only */
static const struct psy_field_desc supplied_rows[] = {
	{ PSY_VOLTAGE_NOW, FAKE_VOLTAGE, .mul = 1000 },
	{ PSY_CAPACITY, FAKE_NOW },
};

static const struct psy_miniclass_desc supplied_desc = {
	.rows = supplied_rows,
	.num_rows = ARRAY_SIZE(supplied_rows),
	.supplied = true,
	.ops = &supplied_ops,
	.fresh_ms = 60000,
	.poll_ms = 3600000,
	.gone_ms = FAKE_GONE_MS,
};

static int hooks_init(struct kunit *test)
{
	struct hooks_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, t);
	t->bus = fake_bus_kunit(test);
	t->bus->reg[FAKE_NOW] = 50;
	test->priv = t;
	return 0;
}

static void hooks_exit(struct kunit *test)
{
	struct hooks_test *t = test->priv;

	if (t && t->charger)
		power_supply_unregister(t->charger);
}

static struct psy_miniclass *hooks_register(struct kunit *test,
					    const struct psy_miniclass_desc *desc)
{
	struct hooks_test *t = test->priv;
	struct psy_miniclass_config config = {
		.regmap = t->bus->regmap,
		.drvdata = t,
		.name = "psy-hooks",
	};
	struct psy_miniclass *mc = devm_psy_miniclass_register(t->bus->dev, desc, &config);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, mc);
	flush_delayed_work(&mc->psy->deferred_register_work);
	flush_work(&mc->psy->changed_work);
	return mc;
}

static void hooks_refresh(struct psy_miniclass *mc)
{
	struct psy_snapshot snap;

	psy_miniclass_changed(mc);
	psy_miniclass_get_snapshot(mc, &snap);
}

static u32 hooks_tag(struct psy_miniclass *mc)
{
	struct psy_snapshot snap;

	psy_miniclass_get_snapshot(mc, &snap);
	return snap.tag;
}

static void a_hook_runs_before_each_reading(struct kunit *test)
{
	struct hooks_test *t = test->priv;
	struct psy_miniclass *mc = hooks_register(test, &hooks_desc);
	unsigned int reads = t->bus->reads;

	t->prepared = 0;
	hooks_refresh(mc);
	KUNIT_EXPECT_EQ(test, t->prepared, 1);
	KUNIT_EXPECT_EQ(test, t->reads, reads);
	KUNIT_EXPECT_EQ(test, t->bus->reads, reads + 2);
}

static void a_failed_preparation_is_a_failed_reading(struct kunit *test)
{
	struct hooks_test *t = test->priv;
	struct psy_miniclass *mc = hooks_register(test, &hooks_desc);
	unsigned int reads = t->bus->reads;

	t->bus->reg[FAKE_VOLTAGE] = 5000;
	t->prepare_err = -ENXIO;
	t->prepare_fails = 1;
	hooks_refresh(mc);
	KUNIT_EXPECT_EQ(test, t->bus->reads, reads);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 12000000);

	t->prepare_err = -EAGAIN;
	t->prepare_fails = 2;
	hooks_refresh(mc);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 5000000);
}

/* The info of a device that was reset is read again, in the same refresh. */
static void a_reset_found_by_the_hook_is_a_new_pack(struct kunit *test)
{
	struct hooks_test *t = test->priv;
	struct psy_miniclass *mc = hooks_register(test, &hooks_desc);
	u32 tag = hooks_tag(mc);

	t->bus->reg[FAKE_DESIGN] = 1234;
	t->bus->reg[FAKE_VOLTAGE] = 5000;
	t->reset = true;
	hooks_refresh(mc);
	KUNIT_EXPECT_EQ(test, hooks_tag(mc), tag + 1);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CHARGE_FULL_DESIGN), 1234000);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 5000000);
}

static void an_interrupt_is_acknowledged_before_the_reading(struct kunit *test)
{
	struct hooks_test *t = test->priv;
	struct psy_miniclass *mc = hooks_register(test, &hooks_desc);
	unsigned int reads = t->bus->reads;

	hooks_refresh(mc);
	KUNIT_EXPECT_EQ(test, t->acked, 0);
	reads = t->bus->reads;
	psy_miniclass_irq(0, mc);
	KUNIT_EXPECT_EQ(test, t->acked, 1);
	KUNIT_EXPECT_EQ(test, t->reads, reads);
	KUNIT_EXPECT_EQ(test, t->bus->reads, reads + 2);
	hooks_refresh(mc);
	KUNIT_EXPECT_EQ(test, t->acked, 1);
}

static void a_failed_acknowledgement_is_repeated(struct kunit *test)
{
	struct hooks_test *t = test->priv;
	struct psy_miniclass *mc = hooks_register(test, &hooks_desc);

	t->bus->reg[FAKE_VOLTAGE] = 5000;
	t->ack_fails = 1;
	psy_miniclass_irq(0, mc);
	KUNIT_EXPECT_EQ(test, t->acked, 1);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 5000000);
	hooks_refresh(mc);
	KUNIT_EXPECT_EQ(test, t->acked, 2);
	hooks_refresh(mc);
	KUNIT_EXPECT_EQ(test, t->acked, 2);
}

static void constants_of_a_type_of_device(struct kunit *test)
{
	struct psy_miniclass *mc = hooks_register(test, &hooks_desc);
	union power_supply_propval val = { };

	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_TECHNOLOGY),
			POWER_SUPPLY_TECHNOLOGY_LION);
	KUNIT_EXPECT_EQ(test, power_supply_get_property(mc->psy, POWER_SUPPLY_PROP_MODEL_NAME,
							&val), 0);
	KUNIT_EXPECT_STREQ(test, val.strval, "Model");
	KUNIT_EXPECT_EQ(test, power_supply_get_property(mc->psy, POWER_SUPPLY_PROP_MANUFACTURER,
							&val), 0);
	KUNIT_EXPECT_STREQ(test, val.strval, "Maker");
	KUNIT_EXPECT_FALSE(test, fake_lists(mc, POWER_SUPPLY_PROP_SERIAL_NUMBER));
	KUNIT_EXPECT_FALSE(test, fake_lists(mc, POWER_SUPPLY_PROP_STATUS));
}

/* A charger that reads its battery, as some do */
static int charger_get(struct power_supply *psy, enum power_supply_property psp,
		       union power_supply_propval *val)
{
	struct hooks_test *t = power_supply_get_drvdata(psy);
	struct power_supply *battery = power_supply_get_by_name("psy-hooks");
	union power_supply_propval uv;

	if (battery) {
		power_supply_get_property(battery, POWER_SUPPLY_PROP_VOLTAGE_NOW, &uv);
		power_supply_put(battery);
	}
	switch (psp) {
	case POWER_SUPPLY_PROP_ONLINE:
		val->intval = t->online;
		return 0;
	case POWER_SUPPLY_PROP_STATUS:
		if (t->status < 0)
			return -EINVAL;
		val->intval = t->status;
		return 0;
	default:
		return -EINVAL;
	}
}

static enum power_supply_property charger_props[] = {
	POWER_SUPPLY_PROP_ONLINE,
	POWER_SUPPLY_PROP_STATUS,
};

static void add_charger(struct kunit *test)
{
	struct hooks_test *t = test->priv;
	struct power_supply_config cfg = {
		.drv_data = t,
		.supplied_to = t->batteries,
		.num_supplicants = ARRAY_SIZE(t->batteries),
	};
	struct device *parent;

	t->batteries[0] = "psy-hooks";
	t->charger_desc = (struct power_supply_desc){
		.name = "psy-hooks-charger",
		.type = POWER_SUPPLY_TYPE_MAINS,
		.properties = charger_props,
		.num_properties = ARRAY_SIZE(charger_props),
		.get_property = charger_get,
	};
	parent = kunit_device_register(test, "psy-hooks-charger");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, parent);
	t->charger = power_supply_register(parent, &t->charger_desc, &cfg);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, t->charger);
	flush_delayed_work(&t->charger->deferred_register_work);
}

/* Change the charger, and wait until the battery has this status. */
static void expect_supplied(struct kunit *test, struct psy_miniclass *mc, int online, int status,
			    int want)
{
	struct hooks_test *t = test->priv;
	unsigned int i;

	t->online = online;
	t->status = status;
	power_supply_changed(t->charger);
	for (i = 0; i < 500 && fake_get(mc, POWER_SUPPLY_PROP_STATUS) != want; i++)
		fake_sleep(20);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_STATUS), want);
}

static void status_of_a_charger(struct kunit *test)
{
	struct hooks_test *t = test->priv;
	struct psy_miniclass *mc;

	t->online = 1;
	t->status = -1;
	add_charger(test);
	mc = hooks_register(test, &supplied_desc);

	expect_supplied(test, mc, 1, -1, POWER_SUPPLY_STATUS_CHARGING);
	expect_supplied(test, mc, 1, POWER_SUPPLY_STATUS_NOT_CHARGING,
			POWER_SUPPLY_STATUS_NOT_CHARGING);
	expect_supplied(test, mc, 1, POWER_SUPPLY_STATUS_CHARGING, POWER_SUPPLY_STATUS_CHARGING);
	t->bus->reg[FAKE_NOW] = 100;
	expect_supplied(test, mc, 1, POWER_SUPPLY_STATUS_CHARGING, POWER_SUPPLY_STATUS_FULL);
	KUNIT_EXPECT_EQ(test, t->hook_status, POWER_SUPPLY_STATUS_CHARGING);
	expect_supplied(test, mc, 0, POWER_SUPPLY_STATUS_CHARGING,
			POWER_SUPPLY_STATUS_DISCHARGING);
	fake_unregister(t->bus);
}

static void no_status_without_a_charger(struct kunit *test)
{
	struct psy_miniclass *mc = hooks_register(test, &supplied_desc);

	struct hooks_test *t = test->priv;

	KUNIT_EXPECT_TRUE(test, fake_lists(mc, POWER_SUPPLY_PROP_STATUS));
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_STATUS), -ENODATA);
	KUNIT_EXPECT_EQ(test, t->hook_status, POWER_SUPPLY_STATUS_UNKNOWN);
}

static struct kunit_case hooks_cases[] = {
	KUNIT_CASE(a_hook_runs_before_each_reading),
	KUNIT_CASE(a_failed_preparation_is_a_failed_reading),
	KUNIT_CASE(a_reset_found_by_the_hook_is_a_new_pack),
	KUNIT_CASE(an_interrupt_is_acknowledged_before_the_reading),
	KUNIT_CASE(a_failed_acknowledgement_is_repeated),
	KUNIT_CASE(constants_of_a_type_of_device),
	KUNIT_CASE(status_of_a_charger),
	KUNIT_CASE(no_status_without_a_charger),
	{ }
};

struct kunit_suite psy_hooks_suite = {
	.name = "psy_hooks",
	.init = hooks_init,
	.exit = hooks_exit,
	.test_cases = hooks_cases,
};
