// SPDX-License-Identifier: GPL-2.0-only
/* Missing and failing registers: only their values are lost, never the pack. */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/limits.h>
#include <linux/workqueue.h>

#include "../internal.h"
#include "fake_bus.h"

/* No expiry: the device is read only on request, so that transfers can be counted. */
static struct psy_miniclass_desc refusal_desc;

static int refusal_init(struct kunit *test)
{
	refusal_desc = fake_desc;
	refusal_desc.fresh_ms = 60000;
	test->priv = fake_bus_kunit(test);
	return 0;
}

static struct psy_miniclass *registered(struct kunit *test)
{
	struct psy_miniclass *mc = fake_register(test->priv, &refusal_desc);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, mc);
	return mc;
}

/* Have the device read again, and return a property. */
static int get_new(struct psy_miniclass *mc, enum power_supply_property psp)
{
	psy_miniclass_changed(mc);
	return fake_get(mc, psp);
}

static void expect_pack(struct kunit *test, struct psy_miniclass *mc)
{
	KUNIT_EXPECT_EQ(test, get_new(mc, POWER_SUPPLY_PROP_PRESENT), 1);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 12000000);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CHARGE_NOW), 2000000);
}

static void two_refused_registers_do_not_empty_the_slot(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc;

	bus->dead = BIT(FAKE_FULL) | BIT(FAKE_TEMP);
	mc = registered(test);
	expect_pack(test, mc);
	KUNIT_EXPECT_FALSE(test, fake_lists(mc, POWER_SUPPLY_PROP_TEMP));
	KUNIT_EXPECT_FALSE(test, fake_lists(mc, POWER_SUPPLY_PROP_CAPACITY));

	/* Known to be missing now: neither is read again. */
	bus->reads = 0;
	expect_pack(test, mc);
	KUNIT_EXPECT_EQ(test, bus->reads, FAKE_REFRESH - 2);
}

/* The first two rows: no other row has been read before them. */
static void the_first_rows_may_be_refused(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc;

	bus->dead = BIT(FAKE_VOLTAGE) | BIT(FAKE_CURRENT);
	mc = registered(test);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_PRESENT), 1);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CAPACITY), 50);
}

static void two_failing_registers_lose_only_their_values(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = registered(test);
	u32 tag = mc->snap.tag;

	bus->dead = BIT(FAKE_FULL) | BIT(FAKE_TEMP);
	expect_pack(test, mc);
	fake_set_gone(mc, 0);
	expect_pack(test, mc);
	KUNIT_EXPECT_EQ(test, get_new(mc, POWER_SUPPLY_PROP_TEMP), -ENODATA);
	KUNIT_EXPECT_EQ(test, mc->snap.tag, tag);
	KUNIT_EXPECT_EQ(test, mc->stats.failed_refreshes, 0ULL);

	bus->dead = 0;
	KUNIT_EXPECT_EQ(test, get_new(mc, POWER_SUPPLY_PROP_TEMP), 250);
}

/*
 * Whichever registers fail together, one that can be read is found long before
 * gone_ms. Without an identity, which would be read in each refresh.
 */
static void any_answering_register_keeps_the_pack(struct kunit *test)
{
	static const u8 regs[] = { FAKE_VOLTAGE, FAKE_CURRENT, FAKE_NOW, FAKE_FULL, FAKE_TEMP };
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc;
	unsigned int alive, i;

	refusal_desc.num_rows = ARRAY_SIZE(regs);
	mc = registered(test);
	for (alive = 1; alive < BIT(ARRAY_SIZE(regs)); alive++) {
		bus->dead = 0;
		for (i = 0; i < ARRAY_SIZE(regs); i++)
			if (!(alive & BIT(i)))
				bus->dead |= BIT(regs[i]);
		for (i = 0; i < 3; i++)
			get_new(mc, POWER_SUPPLY_PROP_PRESENT);
		KUNIT_EXPECT_EQ_MSG(test, mc->silent_since, 0, "dead %#x", bus->dead);
		bus->dead = 0;
		get_new(mc, POWER_SUPPLY_PROP_PRESENT);
	}
}

static void eopnotsupp_means_unsupported_without_retry(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc;

	bus->dead = BIT(FAKE_TEMP);
	bus->dead_err = -EOPNOTSUPP;
	mc = registered(test);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 12000000);
	KUNIT_EXPECT_FALSE(test, fake_lists(mc, POWER_SUPPLY_PROP_TEMP));
	/* No retry, and no second reading to check whether it fails again */
	KUNIT_EXPECT_EQ(test, bus->reads, FAKE_INSERT);
	KUNIT_EXPECT_EQ(test, mc->stats.retries, 0ULL);
}

static void enodev_from_the_bus_does_not_remove_the_pack(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = registered(test);
	u32 tag = mc->snap.tag;

	/* A missing reply, as some adapters report it */
	bus->fail_err = -ENODEV;
	bus->fail_next = 1;
	KUNIT_EXPECT_EQ(test, get_new(mc, POWER_SUPPLY_PROP_PRESENT), 1);
	KUNIT_EXPECT_EQ(test, mc->stats.failed_refreshes, 0ULL);
	bus->fail_next = INT_MAX;
	KUNIT_EXPECT_EQ(test, get_new(mc, POWER_SUPPLY_PROP_PRESENT), 1);
	KUNIT_EXPECT_EQ(test, mc->snap.tag, tag);
	bus->fail_next = 0;
}

static void refused_identity_does_not_empty_the_slot(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc;

	bus->dead = BIT(FAKE_ID);
	mc = registered(test);
	expect_pack(test, mc);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CHARGE_FULL_DESIGN), 4400000);
	KUNIT_EXPECT_EQ(test, mc->stats.insertions, 1ULL);

	bus->reads = 0;
	expect_pack(test, mc);
	KUNIT_EXPECT_EQ(test, bus->reads, FAKE_REFRESH - 1);
}

/*
 * Values without the identity may belong to a different pack. If the identity stays
 * missing, the pack counts as a different one.
 */
static void lost_identity_changes_the_tag(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = registered(test);
	u32 tag = mc->snap.tag;

	bus->dead = BIT(FAKE_ID);
	bus->reg[FAKE_VOLTAGE] = 7400;
	KUNIT_EXPECT_EQ(test, get_new(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 12000000);
	KUNIT_EXPECT_EQ(test, mc->snap.tag, tag);

	fake_set_gone(mc, 0);
	KUNIT_EXPECT_EQ(test, get_new(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 7400000);
	KUNIT_EXPECT_EQ(test, mc->snap.tag, tag + 1);
	KUNIT_EXPECT_EQ(test, mc->stats.removals, 0ULL);
}

static struct psy_miniclass *empty_slot(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc;

	bus->fail_next = INT_MAX;
	mc = registered(test);
	KUNIT_EXPECT_EQ(test, mc->snap.tag, (u32)PSY_TAG_NONE);
	return mc;
}

/* An announced pack: a failed transfer is retried, as for any pack. */
static void announced_pack_gets_retries(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = empty_slot(test);

	bus->fail_next = 1;
	KUNIT_EXPECT_EQ(test, get_new(mc, POWER_SUPPLY_PROP_PRESENT), 1);
}

/* No readers, and the next regular poll is an hour away. */
static void slow_announced_pack_is_polled(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc;
	unsigned int i;

	refusal_desc.fresh_ms = 60;
	mc = empty_slot(test);
	psy_miniclass_changed(mc);
	flush_delayed_work(&mc->poll_work);
	KUNIT_EXPECT_EQ(test, READ_ONCE(mc->snap.tag), (u32)PSY_TAG_NONE);
	bus->fail_next = 0;
	for (i = 0; i < 600 && READ_ONCE(mc->snap.tag) == PSY_TAG_NONE; i++)
		msleep(100);
	KUNIT_EXPECT_NE(test, READ_ONCE(mc->snap.tag), (u32)PSY_TAG_NONE);
}

/* Not announced, so no retries at first; the first response enables them. */
static void answering_pack_gets_retries(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc;
	u64 retries;

	refusal_desc.fresh_ms = 60;
	mc = empty_slot(test);
	retries = mc->stats.retries;
	bus->fail_skip = 3;
	bus->fail_next = 1;
	fake_sleep(70);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_PRESENT), 1);
	KUNIT_EXPECT_EQ(test, mc->stats.retries, retries + 1);
}

/* Missing registers are also learned in a slot that was empty. */
static void missing_registers_are_learned_per_pack(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = empty_slot(test);

	bus->fail_next = 0;
	bus->dead = BIT(FAKE_TEMP);
	get_new(mc, POWER_SUPPLY_PROP_PRESENT);
	get_new(mc, POWER_SUPPLY_PROP_PRESENT);
	bus->reads = 0;
	expect_pack(test, mc);
	KUNIT_EXPECT_EQ(test, bus->reads, FAKE_REFRESH - 1);

	/* The next pack has it. */
	bus->dead = 0;
	bus->reg[FAKE_ID] = 0x2222;
	KUNIT_EXPECT_EQ(test, get_new(mc, POWER_SUPPLY_PROP_TEMP), 250);

	/* It fails later: read once per refresh, without retries, until it returns. */
	bus->dead = BIT(FAKE_TEMP);
	get_new(mc, POWER_SUPPLY_PROP_PRESENT);
	get_new(mc, POWER_SUPPLY_PROP_PRESENT);
	bus->reads = 0;
	expect_pack(test, mc);
	KUNIT_EXPECT_EQ(test, bus->reads, FAKE_REFRESH);
	bus->dead = 0;
	bus->reg[FAKE_TEMP] = 251;
	KUNIT_EXPECT_EQ(test, get_new(mc, POWER_SUPPLY_PROP_TEMP), 251);
}

static struct kunit_case refusal_cases[] = {
	KUNIT_CASE(two_refused_registers_do_not_empty_the_slot),
	KUNIT_CASE(the_first_rows_may_be_refused),
	KUNIT_CASE(two_failing_registers_lose_only_their_values),
	KUNIT_CASE(any_answering_register_keeps_the_pack),
	KUNIT_CASE(eopnotsupp_means_unsupported_without_retry),
	KUNIT_CASE(enodev_from_the_bus_does_not_remove_the_pack),
	KUNIT_CASE(refused_identity_does_not_empty_the_slot),
	KUNIT_CASE(lost_identity_changes_the_tag),
	KUNIT_CASE(announced_pack_gets_retries),
	KUNIT_CASE(slow_announced_pack_is_polled),
	KUNIT_CASE(answering_pack_gets_retries),
	KUNIT_CASE(missing_registers_are_learned_per_pack),
	{ }
};

struct kunit_suite psy_refusal_suite = {
	.name = "psy_refusal",
	.init = refusal_init,
	.test_cases = refusal_cases,
};
