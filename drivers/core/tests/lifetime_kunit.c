// SPDX-License-Identifier: GPL-2.0-only
/* Registration and unregistration: checks, listed properties, names, hooks. */
#include <kunit/test.h>
#include <linux/delay.h>

#include "../internal.h"
#include "fake_bus.h"

static int lifetime_init(struct kunit *test)
{
	test->priv = fake_bus_kunit(test);
	return 0;
}

static void supported_properties_are_listed(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = fake_register(bus, &fake_desc);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, mc);
	KUNIT_EXPECT_TRUE(test, fake_lists(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW));
	KUNIT_EXPECT_TRUE(test, fake_lists(mc, POWER_SUPPLY_PROP_STATUS));
	KUNIT_EXPECT_TRUE(test, fake_lists(mc, POWER_SUPPLY_PROP_CAPACITY));
	KUNIT_EXPECT_TRUE(test, fake_lists(mc, POWER_SUPPLY_PROP_MANUFACTURE_YEAR));
	KUNIT_EXPECT_FALSE(test, fake_lists(mc, POWER_SUPPLY_PROP_CYCLE_COUNT));
	KUNIT_EXPECT_FALSE(test, fake_lists(mc, POWER_SUPPLY_PROP_MODEL_NAME));
	KUNIT_EXPECT_FALSE(test, fake_lists(mc, POWER_SUPPLY_PROP_ENERGY_NOW));
}

static void unsupported_fields_are_not_listed_or_read(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc;

	bus->dead = BIT(FAKE_TEMP);
	bus->reg[FAKE_YEAR] = 0;
	mc = fake_register(bus, &fake_desc);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, mc);
	KUNIT_EXPECT_FALSE(test, fake_lists(mc, POWER_SUPPLY_PROP_TEMP));
	KUNIT_EXPECT_FALSE(test, fake_lists(mc, POWER_SUPPLY_PROP_MANUFACTURE_YEAR));
	KUNIT_EXPECT_TRUE(test, fake_lists(mc, POWER_SUPPLY_PROP_CHARGE_FULL_DESIGN));

	bus->reads = 0;
	fake_sleep(70);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 12000000);
	KUNIT_EXPECT_EQ(test, bus->reads, FAKE_REFRESH - 1);
}

/* A transient fault during probe must not remove a property for good. */
static void transient_probe_fault_keeps_the_property(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc;

	bus->fail_skip = FAKE_INSERT - 2;	/* fail at the temperature */
	bus->fail_next = 4;			/* more than the retries */
	mc = fake_register(bus, &fake_desc);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, mc);
	KUNIT_EXPECT_TRUE(test, fake_lists(mc, POWER_SUPPLY_PROP_TEMP));
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_TEMP), 250);
}

static void empty_slot_registers_and_accepts_a_pack(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc;

	bus->fail_next = INT_MAX;
	mc = fake_register(bus, &fake_desc);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, mc);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_PRESENT), 0);
	KUNIT_EXPECT_TRUE(test, fake_lists(mc, POWER_SUPPLY_PROP_TEMP));
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_TEMP), -ENODEV);

	bus->fail_next = 0;
	fake_sleep(70);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_PRESENT), 1);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_TEMP), 250);
}

static void names_are_checked(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass_config config = { .regmap = bus->regmap };
	struct psy_miniclass *a, *b;

	config.name = "a-name-that-has-32-characters-xx";
	a = devm_psy_miniclass_register(bus->dev, &fake_desc, &config);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(a), -EINVAL);
	config.name = "";
	a = devm_psy_miniclass_register(bus->dev, &fake_desc, &config);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(a), -EINVAL);

	/* Too long for the name of a thermal zone; the fake has a temperature */
	config.name = "a-name-that-has-31-characters-x";
	a = devm_psy_miniclass_register(bus->dev, &fake_desc, &config);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, a);
	KUNIT_EXPECT_STREQ(test, a->name, "a-name-that-has-31-characters-x");
	b = devm_psy_miniclass_register(bus->dev, &fake_desc, &config);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(b), -EEXIST);

	config.name = NULL;
	a = devm_psy_miniclass_register(bus->dev, &fake_desc, &config);
	b = devm_psy_miniclass_register(bus->dev, &fake_desc, &config);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, a);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, b);
	KUNIT_EXPECT_STREQ(test, a->name, "BAT0");
	KUNIT_EXPECT_STREQ(test, b->name, "BAT1");
}

/* Two instances that are registered at the same time do not get the same name. */
static void names_are_reserved_before_registration(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc[4];
	unsigned int next = 0, i;

	for (i = 0; i < ARRAY_SIZE(mc); i++) {
		mc[i] = kunit_kzalloc(test, sizeof(*mc[i]), GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, mc[i]);
		mc[i]->dev = bus->dev;
		mc[i]->role = PSY_ROLE_SYSTEM;
	}
	KUNIT_ASSERT_EQ(test, psy_name_get(mc[0], "BAT0", &next), 0);
	KUNIT_EXPECT_EQ(test, psy_name_get(mc[1], "BAT0", &next), -EEXIST);
	KUNIT_ASSERT_EQ(test, psy_name_get(mc[1], NULL, &next), 0);
	KUNIT_EXPECT_STREQ(test, mc[1]->name, "BAT1");
	KUNIT_EXPECT_EQ(test, psy_name_get(mc[2], "BAT1", &next), -EEXIST);
	/* A failed request does not release the name of another instance. */
	next = 0;
	KUNIT_ASSERT_EQ(test, psy_name_get(mc[2], NULL, &next), 0);
	KUNIT_EXPECT_STREQ(test, mc[2]->name, "BAT2");
	/* Taken by another driver before it could be registered: try the next one. */
	psy_name_put(mc[2]);
	KUNIT_ASSERT_EQ(test, psy_name_get(mc[2], NULL, &next), 0);
	KUNIT_EXPECT_STREQ(test, mc[2]->name, "BAT3");

	psy_name_put(mc[0]);
	KUNIT_ASSERT_EQ(test, psy_name_get(mc[3], "BAT0", &next), 0);
	for (i = 1; i < ARRAY_SIZE(mc); i++)
		psy_name_put(mc[i]);
}

static void malformed_tables_are_refused(struct kunit *test)
{
	static const struct psy_field_desc identity_first[] = {
		{ PSY_IDENTITY, FAKE_ID }, { PSY_TEMP, FAKE_TEMP },
	};
	static const struct psy_field_desc no_such_field[] = { { PSY_NR_FIELDS, 1 } };
	static const struct psy_field_desc negative_div[] = { { PSY_TEMP, 1, .div = -1 } };
	static const struct psy_field_desc too_wide[] = { { PSY_TEMP, 1, .bits = 33 } };
	static const struct psy_miniclass_desc descs[] = {
		{ .rows = identity_first, .num_rows = 2 },
		{ .rows = no_such_field, .num_rows = 1 },
		{ .rows = negative_div, .num_rows = 1 },
		{ .rows = too_wide, .num_rows = 1 },
	};
	static const struct psy_miniclass_desc too_old = {
		.rows = fake_rows, .num_rows = 1, .fresh_ms = 60001,
	};
	struct fake_bus *bus = test->priv;
	struct psy_miniclass_config config = { };
	unsigned int i;

	bus->quiet = true;
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(fake_register(bus, &too_old)), -EINVAL);
	for (i = 0; i < ARRAY_SIZE(descs); i++)
		KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(fake_register(bus, &descs[i])), -EINVAL);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(devm_psy_miniclass_register(bus->dev, &fake_desc,
									  &config)), -EINVAL);
}

struct hooked {
	u32 tag;
	int tag_ret;
	int status_ret;
	unsigned int status_calls;
};

static int hook_tag(struct psy_miniclass *mc, u32 *tag)
{
	struct hooked *h = psy_miniclass_get_drvdata(mc);

	*tag = h->tag;
	return h->tag_ret;
}

static int hook_status(struct psy_miniclass *mc, const struct psy_info *info,
		       struct psy_values *status)
{
	struct hooked *h = psy_miniclass_get_drvdata(mc);

	h->status_calls++;
	psy_values_set(status, PSY_CAPACITY, 40 + h->tag);
	return h->status_ret;
}

static const struct psy_miniclass_ops hook_ops = {
	.query_tag = hook_tag,
	.query_status = hook_status,
};

static const struct psy_miniclass_desc hook_desc = {
	.extra = PSY_BIT(PSY_CAPACITY),
	.ops = &hook_ops,
	.fresh_ms = 60,
	.gone_ms = FAKE_GONE_MS,
};

/* A device without registers, whose driver provides the tag. */
static void driver_provides_the_tag(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct hooked h = { .tag = 1 };
	struct psy_miniclass_config config = { .drvdata = &h, .name = "psy-hooked" };
	struct psy_miniclass *mc;

	mc = devm_psy_miniclass_register(bus->dev, &hook_desc, &config);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, mc);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CAPACITY), 41);
	KUNIT_EXPECT_EQ(test, mc->snap.tag, 1U);

	h.tag = 2;
	fake_sleep(70);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CAPACITY), 42);
	KUNIT_EXPECT_EQ(test, mc->snap.tag, 2U);

	/* -ENODEV of the driver: gone at once, without a grace period */
	h.tag_ret = -ENODEV;
	fake_sleep(70);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_PRESENT), 0);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CAPACITY), -ENODEV);

	/* The same pack gets a new tag when it is inserted again. */
	h.tag_ret = 0;
	fake_sleep(70);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_PRESENT), 1);
	KUNIT_EXPECT_EQ(test, mc->snap.tag, 3U);
	fake_unregister(bus);
}

static void unstable_pack_fails_the_refresh(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct hooked h = { .tag = 1 };
	struct psy_miniclass_config config = { .drvdata = &h, .name = "psy-hooked" };
	struct psy_miniclass *mc;

	mc = devm_psy_miniclass_register(bus->dev, &hook_desc, &config);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, mc);
	h.status_calls = 0;
	h.status_ret = -EAGAIN;
	fake_sleep(70);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CAPACITY), 41);
	/* The worker may have refreshed, too, or be doing so. */
	mutex_lock(&mc->lock);
	KUNIT_EXPECT_GE(test, mc->stats.failed_refreshes, 1ULL);
	KUNIT_EXPECT_EQ(test, h.status_calls, 3 * (unsigned int)mc->stats.failed_refreshes);
	mutex_unlock(&mc->lock);
	fake_unregister(bus);
}

static void tag_wraparound_skips_none(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = fake_register(bus, &fake_desc);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, mc);
	mc->last_tag = U32_MAX;
	bus->reg[FAKE_ID]++;
	fake_sleep(70);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_PRESENT), 1);
	KUNIT_EXPECT_EQ(test, mc->snap.tag, 1U);
}

/* No more accesses, and no work left queued. */
static void no_access_after_unregistration(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = fake_register(bus, &fake_desc);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, mc);
	psy_miniclass_changed(mc);
	fake_unregister(bus);
	bus->quiet = true;
	fake_sleep(100);
	KUNIT_EXPECT_NULL(test, power_supply_get_by_name("psy-fake"));
}

static struct kunit_case lifetime_cases[] = {
	KUNIT_CASE(supported_properties_are_listed),
	KUNIT_CASE(unsupported_fields_are_not_listed_or_read),
	KUNIT_CASE(transient_probe_fault_keeps_the_property),
	KUNIT_CASE(empty_slot_registers_and_accepts_a_pack),
	KUNIT_CASE(names_are_checked),
	KUNIT_CASE(names_are_reserved_before_registration),
	KUNIT_CASE(malformed_tables_are_refused),
	KUNIT_CASE(driver_provides_the_tag),
	KUNIT_CASE(unstable_pack_fails_the_refresh),
	KUNIT_CASE(tag_wraparound_skips_none),
	KUNIT_CASE(no_access_after_unregistration),
	{ }
};

struct kunit_suite psy_lifetime_suite = {
	.name = "psy_lifetime",
	.init = lifetime_init,
	.test_cases = lifetime_cases,
};
