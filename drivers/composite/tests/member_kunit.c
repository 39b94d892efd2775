// SPDX-License-Identifier: GPL-2.0-only
/* Readings of one member, with a simulated clock. */
#include <linux/ktime.h>

#include "cbat_kunit.h"

struct member_test {
	struct fake_supply f;
	struct cbat_slot slot;
	ktime_t now;
};

static bool member_is(struct power_supply *psy, const void *data)
{
	return psy == data;
}

static int member_init(struct kunit *test)
{
	struct member_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, t);
	test->priv = t;
	t->now = ms_to_ktime(1000000);
	fake_supply_init(&t->f, "fake-member", 10000, 20000, 4000);
	KUNIT_ASSERT_EQ(test, fake_supply_add(&t->f, NULL), 0);
	fake_supply_settle(&t->f);
	cbat_sources_watch(t->f.psy);
	t->slot.src = cbat_source_find(member_is, t->f.psy);
	KUNIT_ASSERT_NOT_NULL(test, t->slot.src);
	return 0;
}

static void member_exit(struct kunit *test)
{
	struct member_test *t = test->priv;

	if (t->slot.src)
		cbat_source_put(t->slot.src);
	fake_supply_del(&t->f);
}

/* Read @ms later. Returns whether the last values were kept after a failure. */
static bool read_after(struct member_test *t, s64 ms)
{
	t->now = ktime_add_ms(t->now, ms);
	return cbat_slot_read(&t->slot, t->now);
}

/* A field of the last reading, INT_MIN when it is unknown */
static int reported(const struct member_test *t, enum psy_field field)
{
	int val = INT_MIN;

	if (t->slot.pack.present)
		psy_values_get(&t->slot.pack.v, field, &val);
	return val;
}

static void short_zero_voltage_is_ignored(struct kunit *test)
{
	struct member_test *t = test->priv;

	KUNIT_EXPECT_FALSE(test, read_after(t, 0));
	psy_values_set(&t->f.v, PSY_VOLTAGE_NOW, 0);
	KUNIT_EXPECT_TRUE(test, read_after(t, 1000));
	KUNIT_EXPECT_EQ(test, reported(t, PSY_VOLTAGE_NOW), 12000000);
	KUNIT_EXPECT_TRUE(test, read_after(t, 4999));
	KUNIT_EXPECT_EQ(test, reported(t, PSY_VOLTAGE_NOW), 12000000);

	/* A good sample in between restarts the grace period. */
	psy_values_set(&t->f.v, PSY_VOLTAGE_NOW, 11000000);
	KUNIT_EXPECT_FALSE(test, read_after(t, 0));
	psy_values_set(&t->f.v, PSY_VOLTAGE_NOW, 0);
	KUNIT_EXPECT_TRUE(test, read_after(t, 1000));
	KUNIT_EXPECT_EQ(test, reported(t, PSY_VOLTAGE_NOW), 11000000);

	/* After the grace period it counts. */
	KUNIT_EXPECT_FALSE(test, read_after(t, 5000));
	KUNIT_EXPECT_EQ(test, reported(t, PSY_VOLTAGE_NOW), 0);
	KUNIT_EXPECT_FALSE(test, read_after(t, 1000));
	psy_values_set(&t->f.v, PSY_VOLTAGE_NOW, 12000000);
	KUNIT_EXPECT_FALSE(test, read_after(t, 1000));
	KUNIT_EXPECT_EQ(test, reported(t, PSY_VOLTAGE_NOW), 12000000);
}

/* The first reading of a pack has 0 V; so has the first one of a different pack. */
static void initial_zero_voltage_counts_at_once(struct kunit *test)
{
	struct member_test *t = test->priv;

	psy_values_set(&t->f.v, PSY_VOLTAGE_NOW, 0);
	KUNIT_EXPECT_FALSE(test, read_after(t, 0));
	KUNIT_EXPECT_EQ(test, reported(t, PSY_VOLTAGE_NOW), 0);
	psy_values_set(&t->f.v, PSY_VOLTAGE_NOW, 12000000);
	KUNIT_EXPECT_FALSE(test, read_after(t, 0));
	psy_values_set(&t->f.v, PSY_VOLTAGE_NOW, 0);
	t->f.serial = "different";
	KUNIT_EXPECT_FALSE(test, read_after(t, 0));
	KUNIT_EXPECT_EQ(test, reported(t, PSY_VOLTAGE_NOW), 0);
}

/* A property that always fails is unknown, and does not affect others. */
static void secondary_properties_may_fail(struct kunit *test)
{
	struct member_test *t = test->priv;

	psy_values_set(&t->f.v, PSY_HEALTH, POWER_SUPPLY_HEALTH_GOOD);
	t->f.fails = PSY_BIT(PSY_HEALTH) | PSY_BIT(PSY_CAPACITY) | PSY_BIT(PSY_POWER_NOW);
	KUNIT_EXPECT_FALSE(test, read_after(t, 0));
	KUNIT_EXPECT_EQ(test, reported(t, PSY_ENERGY_NOW), 10000000);
	KUNIT_EXPECT_EQ(test, reported(t, PSY_HEALTH), INT_MIN);
	KUNIT_EXPECT_EQ(test, reported(t, PSY_POWER_NOW), INT_MIN);
	psy_values_set(&t->f.v, PSY_ENERGY_NOW, 9000000);
	KUNIT_EXPECT_FALSE(test, read_after(t, 1000));
	KUNIT_EXPECT_EQ(test, reported(t, PSY_ENERGY_NOW), 9000000);

	/* One that starts to fail keeps its value for a while; others are updated. */
	t->f.fails = 0;
	KUNIT_EXPECT_FALSE(test, read_after(t, 1000));
	KUNIT_EXPECT_EQ(test, reported(t, PSY_HEALTH), POWER_SUPPLY_HEALTH_GOOD);
	t->f.fails = PSY_BIT(PSY_HEALTH) | PSY_BIT(PSY_POWER_NOW);
	psy_values_set(&t->f.v, PSY_ENERGY_NOW, 8000000);
	KUNIT_EXPECT_FALSE(test, read_after(t, 1000));
	KUNIT_EXPECT_EQ(test, reported(t, PSY_ENERGY_NOW), 8000000);
	KUNIT_EXPECT_EQ(test, reported(t, PSY_HEALTH), POWER_SUPPLY_HEALTH_GOOD);
	KUNIT_EXPECT_EQ(test, reported(t, PSY_POWER_NOW), INT_MIN);
	KUNIT_EXPECT_FALSE(test, read_after(t, 4999));
	KUNIT_EXPECT_EQ(test, reported(t, PSY_HEALTH), POWER_SUPPLY_HEALTH_GOOD);
	KUNIT_EXPECT_FALSE(test, read_after(t, 1));
	KUNIT_EXPECT_EQ(test, reported(t, PSY_HEALTH), INT_MIN);
	KUNIT_EXPECT_EQ(test, reported(t, PSY_ENERGY_NOW), 8000000);
}

/* Without status or amounts nothing can be added up. */
static void essential_properties_have_a_grace_period(struct kunit *test)
{
	static const enum psy_field essential[] = {
		PSY_STATUS, PSY_ENERGY_NOW, PSY_ENERGY_FULL,
	};
	struct member_test *t = test->priv;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(essential); i++) {
		t->f.fails = 0;
		psy_values_set(&t->f.v, PSY_POWER_NOW, 4000000);
		KUNIT_EXPECT_FALSE(test, read_after(t, 1000));
		KUNIT_EXPECT_EQ(test, reported(t, PSY_POWER_NOW), 4000000);
		t->f.fails = PSY_BIT(essential[i]);
		psy_values_set(&t->f.v, PSY_POWER_NOW, 5000000);
		KUNIT_EXPECT_TRUE_MSG(test, read_after(t, 1000), "field %d", essential[i]);
		/* All values are those of the last complete reading. */
		KUNIT_EXPECT_EQ(test, reported(t, PSY_POWER_NOW), 4000000);
		KUNIT_EXPECT_TRUE(test, read_after(t, 4999));
		KUNIT_EXPECT_FALSE(test, read_after(t, 1));
		KUNIT_EXPECT_FALSE_MSG(test, t->slot.pack.present, "field %d", essential[i]);
	}
}

/* In-tree drivers on adapters without block reads list strings that always fail. */
static void strings_may_always_fail(struct kunit *test)
{
	struct member_test *t = test->priv;
	const char *serial = t->f.serial;
	u32 with, without;
	unsigned int i;

	t->f.serial = NULL;
	for (i = 0; i < 10; i++) {
		psy_values_set(&t->f.v, PSY_ENERGY_NOW, 9000000 - i);
		KUNIT_EXPECT_FALSE(test, read_after(t, 1000));
		KUNIT_EXPECT_EQ(test, reported(t, PSY_ENERGY_NOW), 9000000 - (int)i);
	}
	without = t->slot.identity;

	/* A string that fails occasionally does not indicate a different pack. */
	t->f.serial = serial;
	KUNIT_EXPECT_FALSE(test, read_after(t, 1000));
	with = t->slot.identity;
	KUNIT_EXPECT_NE(test, with, without);
	t->f.serial = NULL;
	KUNIT_EXPECT_FALSE(test, read_after(t, 20000));
	KUNIT_EXPECT_EQ(test, t->slot.identity, with);
	t->f.serial = "different";
	KUNIT_EXPECT_FALSE(test, read_after(t, 1000));
	KUNIT_EXPECT_NE(test, t->slot.identity, with);
}

static void zero_cycle_count_is_unknown(struct kunit *test)
{
	struct member_test *t = test->priv;

	psy_values_set(&t->f.v, PSY_CYCLE_COUNT, 0);
	read_after(t, 0);
	KUNIT_EXPECT_EQ(test, reported(t, PSY_CYCLE_COUNT), INT_MIN);
	psy_values_set(&t->f.v, PSY_CYCLE_COUNT, 1);
	read_after(t, 1000);
	KUNIT_EXPECT_EQ(test, reported(t, PSY_CYCLE_COUNT), 1);
}

/* Without a design voltage, the energy must not drop with the voltage under load. */
static void energy_is_independent_of_the_load(struct kunit *test)
{
	struct member_test *t = test->priv;
	struct cbat_amounts a = { };

	t->f.v.valid &= ~(PSY_BIT(PSY_ENERGY_NOW) | PSY_BIT(PSY_ENERGY_FULL));
	psy_values_set(&t->f.v, PSY_CHARGE_NOW, 1000000);
	psy_values_set(&t->f.v, PSY_CHARGE_FULL, 3000000);
	read_after(t, 0);
	KUNIT_EXPECT_TRUE(test, cbat_amounts(&t->slot.pack, &a));
	KUNIT_EXPECT_EQ(test, a.full, 36000000LL);
	psy_values_set(&t->f.v, PSY_VOLTAGE_NOW, 11000000);
	read_after(t, 1000);
	KUNIT_EXPECT_TRUE(test, cbat_amounts(&t->slot.pack, &a));
	KUNIT_EXPECT_EQ(test, a.full, 36000000LL);
	/* Another pack has a voltage of its own. */
	t->f.serial = "different";
	read_after(t, 1000);
	KUNIT_EXPECT_TRUE(test, cbat_amounts(&t->slot.pack, &a));
	KUNIT_EXPECT_EQ(test, a.full, 33000000LL);
}

/* Swapped between two readings: it lacks what the first one had. */
static void different_pack_gets_no_old_value(struct kunit *test)
{
	struct member_test *t = test->priv;

	psy_values_set(&t->f.v, PSY_CYCLE_COUNT, 300);
	read_after(t, 0);
	KUNIT_EXPECT_EQ(test, reported(t, PSY_CYCLE_COUNT), 300);
	t->f.serial = "different";
	t->f.v.valid &= ~(PSY_BIT(PSY_CYCLE_COUNT) | PSY_BIT(PSY_ENERGY_NOW) |
			  PSY_BIT(PSY_ENERGY_FULL));
	psy_values_set(&t->f.v, PSY_CAPACITY, 40);
	KUNIT_EXPECT_FALSE(test, read_after(t, 1000));
	KUNIT_EXPECT_EQ(test, reported(t, PSY_CYCLE_COUNT), INT_MIN);
	KUNIT_EXPECT_EQ(test, reported(t, PSY_ENERGY_NOW), INT_MIN);
	KUNIT_EXPECT_EQ(test, reported(t, PSY_CAPACITY), 40);
}

/* A driver has leaked a reference, so the core's count says that it is in use. */
static void removed_supply_is_not_read(struct kunit *test)
{
	struct member_test *t = test->priv;
	struct power_supply *psy = t->f.psy;
	int before;

	read_after(t, 0);
	KUNIT_EXPECT_TRUE(test, t->slot.pack.present);
	get_device(&psy->dev);
	fake_supply_del(&t->f);
	atomic_set(&psy->use_cnt, 1);
	before = atomic_read(&t->f.asked);
	read_after(t, 1000);
	KUNIT_EXPECT_FALSE(test, t->slot.pack.present);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->f.asked), before);
	put_device(&psy->dev);
}

/* As of a supply whose unregistration begins between two properties */
static void scope_of_a_vanishing_supply_is_kept(struct kunit *test)
{
	static const int errors[] = { -ENODEV, -EAGAIN };
	struct member_test *t = test->priv;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(errors); i++) {
		t->f.scope = POWER_SUPPLY_SCOPE_DEVICE;
		KUNIT_EXPECT_FALSE(test, read_after(t, 1000));
		KUNIT_EXPECT_FALSE(test, t->slot.system);
		t->f.scope = errors[i];
		KUNIT_EXPECT_FALSE(test, read_after(t, 1000));
		KUNIT_EXPECT_FALSE(test, t->slot.system);
	}
	/* It has no scope. */
	t->f.scope = -EINVAL;
	KUNIT_EXPECT_FALSE(test, read_after(t, 1000));
	KUNIT_EXPECT_TRUE(test, t->slot.system);
}

static struct kunit_case member_cases[] = {
	KUNIT_CASE(short_zero_voltage_is_ignored),
	KUNIT_CASE(initial_zero_voltage_counts_at_once),
	KUNIT_CASE(secondary_properties_may_fail),
	KUNIT_CASE(essential_properties_have_a_grace_period),
	KUNIT_CASE(strings_may_always_fail),
	KUNIT_CASE(zero_cycle_count_is_unknown),
	KUNIT_CASE(energy_is_independent_of_the_load),
	KUNIT_CASE(different_pack_gets_no_old_value),
	KUNIT_CASE(removed_supply_is_not_read),
	KUNIT_CASE(scope_of_a_vanishing_supply_is_kept),
	{ }
};

struct kunit_suite cbat_member_suite = {
	.name = "cbat_member",
	.init = member_init,
	.exit = member_exit,
	.test_cases = member_cases,
};
