// SPDX-License-Identifier: GPL-2.0-only
/* Freshness, faults, insertion and removal of packs. */
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/list.h>

#include "../internal.h"
#include "fake_bus.h"

#define EXPIRE_MS	70	/* more than fresh_ms of fake_desc */
#define READERS		8

static int snapshot_init(struct kunit *test)
{
	test->priv = fake_bus_kunit(test);
	return 0;
}

static struct psy_miniclass *registered(struct kunit *test)
{
	struct psy_miniclass *mc = fake_register(test->priv, &fake_desc);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, mc);
	return mc;
}

/* Let the snapshot expire, but not the next one. */
static void expire_once(struct psy_miniclass *mc)
{
	fake_never_expire(mc);
	fake_sleep(EXPIRE_MS);
}

/* Read all properties, as the uevent file does. */
static void read_all(struct psy_miniclass *mc)
{
	union power_supply_propval val;
	unsigned int i;

	for (i = 0; i < mc->psy_desc.num_properties; i++)
		power_supply_get_property(psy_miniclass_to_psy(mc),
					  mc->psy_desc.properties[i], &val);
}

static void fresh_read_needs_no_transfer(struct kunit *test)
{
	struct psy_miniclass_desc *desc = kunit_kzalloc(test, sizeof(*desc), GFP_KERNEL);
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc;

	KUNIT_ASSERT_NOT_NULL(test, desc);
	*desc = fake_desc;
	desc->fresh_ms = 60000;
	mc = fake_register(bus, desc);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, mc);
	KUNIT_EXPECT_EQ(test, bus->reads, FAKE_INSERT);
	bus->quiet = true;
	read_all(mc);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 12000000);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CAPACITY), 50);
	bus->quiet = false;
	fake_unregister(bus);
}

static void expired_read_costs_one_refresh(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = registered(test);

	bus->reg[FAKE_VOLTAGE] = 11900;
	bus->reads = 0;
	expire_once(mc);
	read_all(mc);
	KUNIT_EXPECT_EQ(test, bus->reads, FAKE_REFRESH);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 11900000);
}

/* A change announced while the device is read may be newer than what has been read. */
static void change_during_refresh_causes_another(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = registered(test);

	memcpy(bus->swap_reg, bus->reg, sizeof(bus->reg));
	bus->swap_reg[FAKE_VOLTAGE] = 11600;
	expire_once(mc);
	bus->mc = mc;
	bus->reads = 0;
	/* The last register of the refresh */
	bus->swap_at = FAKE_REFRESH;
	bus->change_at = FAKE_REFRESH;
	fake_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW);
	KUNIT_EXPECT_GE(test, bus->reads, FAKE_REFRESH);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 11600000);
	flush_delayed_work(&mc->poll_work);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 11600000);
	KUNIT_EXPECT_EQ(test, bus->reads, 2 * FAKE_REFRESH);
}

struct reader {
	struct psy_miniclass *mc;
	struct completion *go;
	struct completion done;
	int voltage;
};

static int reader_thread(void *data)
{
	struct reader *r = data;

	wait_for_completion(r->go);
	r->voltage = fake_get(r->mc, POWER_SUPPLY_PROP_VOLTAGE_NOW);
	complete(&r->done);
	return 0;
}

static void many_readers_share_one_refresh(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = registered(test);
	struct completion go;
	struct reader *r;
	unsigned int i;

	r = kunit_kcalloc(test, READERS, sizeof(*r), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, r);
	init_completion(&go);
	bus->delay_ms = 2;
	bus->reg[FAKE_VOLTAGE] = 11800;
	expire_once(mc);
	bus->reads = 0;

	for (i = 0; i < READERS; i++) {
		r[i].mc = mc;
		r[i].go = &go;
		init_completion(&r[i].done);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, kthread_run(reader_thread, &r[i],
							       "psy-reader"));
	}
	complete_all(&go);
	for (i = 0; i < READERS; i++) {
		wait_for_completion(&r[i].done);
		KUNIT_EXPECT_EQ(test, r[i].voltage, 11800000);
	}
	KUNIT_EXPECT_EQ(test, bus->reads, FAKE_REFRESH);
	bus->delay_ms = 0;
}

static void one_failed_transfer_is_retried(struct kunit *test)
{
	static const int errors[] = { -ENXIO, -EBADMSG, -ETIMEDOUT, -EAGAIN, -EIO };
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = registered(test);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(errors); i++) {
		fake_sleep(EXPIRE_MS);
		bus->reads = 0;
		bus->reg[FAKE_VOLTAGE]++;
		bus->fail_err = errors[i];
		bus->fail_skip = i;
		bus->fail_next = 1;
		KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW),
				bus->reg[FAKE_VOLTAGE] * 1000);
		KUNIT_EXPECT_EQ(test, bus->reads, FAKE_REFRESH + 1);
	}
	KUNIT_EXPECT_EQ(test, mc->stats.err_nak, 1ULL);
	KUNIT_EXPECT_EQ(test, mc->stats.err_pec, 1ULL);
	KUNIT_EXPECT_EQ(test, mc->stats.err_timeout, 1ULL);
	KUNIT_EXPECT_EQ(test, mc->stats.err_other, 2ULL);
	KUNIT_EXPECT_EQ(test, mc->stats.failed_refreshes, 0ULL);
}

/* A register that fails later keeps its value for a while, then becomes unknown. */
static void dead_register_loses_only_its_value(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = registered(test);

	bus->dead = BIT(FAKE_TEMP);
	bus->reg[FAKE_VOLTAGE] = 11700;
	fake_sleep(EXPIRE_MS);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_TEMP), 250);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 11700000);
	fake_set_gone(mc, 0);
	fake_sleep(EXPIRE_MS);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_TEMP), -ENODATA);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 11700000);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_PRESENT), 1);

	bus->dead = 0;
	fake_sleep(EXPIRE_MS);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_TEMP), 250);
}

/* A current and its sign are of the same moment: the new one never gets the old sign. */
static void current_is_kept_with_its_sign(struct kunit *test)
{
	static const struct psy_field_desc rows[] = {
		{ PSY_VOLTAGE_NOW, FAKE_VOLTAGE, .mul = 1000 },
		{ PSY_CURRENT_NOW, FAKE_CURRENT, .mul = 1000 },
		PSY_BITS(PSY_CURRENT_SIGN, FAKE_TEMP, 1, 1, 1),
		PSY_BITS(PSY_CURRENT_SIGN, FAKE_TEMP, 1, 0, -1),
	};
	struct psy_miniclass_desc *desc = kunit_kzalloc(test, sizeof(*desc), GFP_KERNEL);
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc;

	KUNIT_ASSERT_NOT_NULL(test, desc);
	*desc = fake_desc;
	desc->rows = rows;
	desc->num_rows = ARRAY_SIZE(rows);
	bus->reg[FAKE_CURRENT] = 700;
	bus->reg[FAKE_TEMP] = 1;
	mc = fake_register(bus, desc);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, mc);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CURRENT_NOW), 700000);

	/* It is discharged now, but that cannot be read. */
	bus->reg[FAKE_CURRENT] = 300;
	bus->dead = BIT(FAKE_TEMP);
	psy_miniclass_event(mc);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CURRENT_NOW), 700000);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_STATUS),
			POWER_SUPPLY_STATUS_CHARGING);
	fake_set_gone(mc, 0);
	psy_miniclass_event(mc);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CURRENT_NOW), -ENODATA);

	bus->dead = 0;
	bus->reg[FAKE_TEMP] = 0;
	psy_miniclass_event(mc);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CURRENT_NOW), -300000);
	fake_unregister(bus);
}

/* Polls may be further apart than gone_ms: the time counts from the first failure. */
static void first_failure_of_a_register_keeps_its_value(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = registered(test);

	fake_never_confirm(mc);
	fake_set_gone(mc, EXPIRE_MS / 2);
	bus->dead = BIT(FAKE_TEMP);
	expire_once(mc);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_TEMP), 250);
	/* It is read again soon. */
	KUNIT_EXPECT_TRUE(test, mc->unsure);
	fake_sleep(EXPIRE_MS);
	psy_miniclass_changed(mc);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_TEMP), -ENODATA);
	KUNIT_EXPECT_FALSE(test, mc->unsure);
}

/* Values are carried over as read, so that the reserve is subtracted only once. */
static void carried_over_value_loses_the_reserve_once(struct kunit *test)
{
	struct psy_miniclass_desc *desc = kunit_kzalloc(test, sizeof(*desc), GFP_KERNEL);
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, desc);
	*desc = fake_alarm_desc;
	desc->gone_ms = 3600000;
	mc = fake_register(bus, desc);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, mc);
	bus->setting = PSY_CHARGE_EMPTY;
	bus->set_val = 400000;
	psy_miniclass_changed(mc);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CHARGE_NOW), 1600000);
	bus->dead = BIT(FAKE_NOW);
	for (i = 0; i < 3; i++) {
		psy_miniclass_changed(mc);
		KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CHARGE_NOW), 1600000);
		KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CAPACITY), 44);
	}
	fake_unregister(bus);
}

/* A misread register must not power off the machine; a real 0 is published in a second. */
static void single_zero_reading_is_not_published(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = registered(test);

	/* One reading only, so that it can't be confirmed before it is checked. */
	fake_never_confirm(mc);
	bus->reg[FAKE_NOW] = 0;
	expire_once(mc);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CAPACITY), 50);
	KUNIT_EXPECT_EQ(test, mc->snap.status.val[PSY_CHARGE_NOW], 2000000);
	KUNIT_EXPECT_TRUE(test, mc->unsure);

	fake_sleep(1100);
	psy_miniclass_changed(mc);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CAPACITY), 0);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CHARGE_NOW), 0);
	KUNIT_EXPECT_FALSE(test, mc->unsure);
}

static void silent_pack_is_kept_then_gone_then_back(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = registered(test);
	u32 tag = mc->snap.tag;

	bus->fail_next = INT_MAX;
	fake_sleep(EXPIRE_MS);
	bus->reads = 0;
	read_all(mc);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 12000000);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_PRESENT), 1);
	/* Two rows, the three retries of the budget, two other rows as probe */
	KUNIT_EXPECT_EQ(test, bus->reads, 7U);

	fake_set_gone(mc, 0);
	fake_sleep(EXPIRE_MS);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_PRESENT), 0);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), -ENODEV);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_STATUS), -ENODEV);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CAPACITY), -ENODEV);

	/* No retries on an empty slot */
	fake_sleep(EXPIRE_MS);
	bus->reads = 0;
	read_all(mc);
	KUNIT_EXPECT_LE(test, bus->reads, 2U);

	bus->fail_next = 0;
	fake_sleep(EXPIRE_MS);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_PRESENT), 1);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 12000000);
	KUNIT_EXPECT_NE(test, mc->snap.tag, tag);
	KUNIT_EXPECT_NE(test, mc->snap.tag, (u32)PSY_TAG_NONE);
}

static void set_gone_after(struct psy_miniclass *mc, unsigned int ms, unsigned int misses)
{
	fake_set_gone(mc, ms);
	mutex_lock(&mc->lock);
	mc->gone_misses = misses;
	mutex_unlock(&mc->lock);
}

/* Have the device read; returns whether there is a pack. */
static int present_now(struct psy_miniclass *mc)
{
	psy_miniclass_changed(mc);
	return fake_get(mc, POWER_SUPPLY_PROP_PRESENT);
}

/* Two readings that fail, one before and one after a stall, are not a removal. */
static void failures_far_apart_do_not_remove_the_pack(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = registered(test);
	u32 tag = mc->snap.tag;
	unsigned int i;

	fake_never_confirm(mc);
	set_gone_after(mc, 300, 2);
	fake_set_fresh(mc, 0);
	bus->fail_next = INT_MAX;
	/* One refresh each: nothing but a read causes one. */
	for (i = 0; i < 4; i++) {
		fake_sleep(400);
		KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_PRESENT), 1);
	}
	KUNIT_EXPECT_EQ(test, mc->stats.failed_refreshes, 4ULL);
	KUNIT_EXPECT_EQ(test, mc->stats.removals, 0ULL);
	/* Failures in succession are. */
	for (i = 0; i < 600 && fake_get(mc, POWER_SUPPLY_PROP_PRESENT); i++)
		fake_sleep(20);
	KUNIT_EXPECT_EQ(test, mc->stats.removals, 1ULL);
	bus->fail_next = 0;
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_PRESENT), 1);
	KUNIT_EXPECT_EQ(test, mc->snap.tag, tag + 1);
}

/* However slow they are, one or two failed readings are not a removal. */
static void several_failures_remove_the_pack(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = registered(test);

	fake_never_confirm(mc);
	fake_set_fresh(mc, 60000);
	KUNIT_EXPECT_EQ(test, mc->gone_misses, 3U);
	set_gone_after(mc, 0, 3);
	bus->fail_next = INT_MAX;
	KUNIT_EXPECT_EQ(test, present_now(mc), 1);
	KUNIT_EXPECT_EQ(test, present_now(mc), 1);
	bus->fail_next = 0;
	KUNIT_EXPECT_EQ(test, present_now(mc), 1);
	bus->fail_next = INT_MAX;
	KUNIT_EXPECT_EQ(test, present_now(mc), 1);
	KUNIT_EXPECT_EQ(test, present_now(mc), 1);
	KUNIT_EXPECT_EQ(test, mc->stats.removals, 0ULL);
	KUNIT_EXPECT_EQ(test, present_now(mc), 0);
	KUNIT_EXPECT_EQ(test, mc->stats.removals, 1ULL);
}

static void insert_other_pack(u16 *reg)
{
	reg[FAKE_ID] = 0x2222;
	reg[FAKE_VOLTAGE] = 7400;
	reg[FAKE_NOW] = 100;
	reg[FAKE_FULL] = 1000;
	reg[FAKE_DESIGN] = 1100;
}

static void different_pack_gets_a_new_tag(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = registered(test);
	u32 tag = mc->snap.tag;

	insert_other_pack(bus->reg);
	fake_sleep(EXPIRE_MS);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CHARGE_FULL_DESIGN), 1100000);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 7400000);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CAPACITY), 10);
	KUNIT_EXPECT_EQ(test, mc->snap.tag, tag + 1);
}

/* A swap during any transfer never mixes values of two packs. */
static void swap_during_a_refresh_is_not_mixed(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = registered(test);
	u16 first[FAKE_REGS];
	unsigned int at;

	memcpy(first, bus->reg, sizeof(first));
	for (at = 1; at <= FAKE_REFRESH; at++) {
		memcpy(bus->reg, first, sizeof(first));
		psy_miniclass_changed(mc);
		read_all(mc);
		memcpy(bus->swap_reg, first, sizeof(first));
		insert_other_pack(bus->swap_reg);
		bus->reads = 0;
		bus->swap_at = at;
		fake_sleep(EXPIRE_MS);
		KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 7400000);
		KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CHARGE_NOW), 100000);
		KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CHARGE_FULL_DESIGN),
				1100000);
		bus->swap_at = 0;
	}
}

/* One flipped bit in the identity, on a bus without checksums. */
static void identity_noise_keeps_the_tag(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = registered(test);
	u32 tag = mc->snap.tag;

	memcpy(bus->swap_reg, bus->reg, sizeof(bus->reg));
	bus->reg[FAKE_ID] ^= 0x40;
	bus->reads = 0;
	bus->swap_at = FAKE_REFRESH + 1;
	fake_sleep(EXPIRE_MS);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 12000000);
	KUNIT_EXPECT_EQ(test, mc->snap.tag, tag);
	KUNIT_EXPECT_EQ(test, mc->stats.insertions, 1ULL);
}

static void changed_invalidates_the_snapshot(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = registered(test);

	bus->reg[FAKE_VOLTAGE] = 11600;
	psy_miniclass_changed(mc);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 11600000);
}

static void only_changes_send_events(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = registered(test);

	/* A notification without a change */
	psy_miniclass_changed(mc);
	flush_delayed_work(&mc->poll_work);
	flush_work(&mc->event_work);
	KUNIT_EXPECT_EQ(test, mc->stats.events, 0ULL);

	/* A change of a value that causes no events */
	bus->reg[FAKE_VOLTAGE] = 11500;
	psy_miniclass_changed(mc);
	flush_delayed_work(&mc->poll_work);
	flush_work(&mc->event_work);
	KUNIT_EXPECT_EQ(test, mc->stats.events, 0ULL);

	bus->reg[FAKE_CURRENT] = 500;
	psy_miniclass_changed(mc);
	flush_delayed_work(&mc->poll_work);
	flush_work(&mc->event_work);
	KUNIT_EXPECT_EQ(test, mc->stats.events, 1ULL);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_STATUS),
			POWER_SUPPLY_STATUS_CHARGING);
}

static void garbage_is_dropped_and_counted(struct kunit *test)
{
	static const struct psy_field_desc rows[] = {
		{ PSY_VOLTAGE_NOW, FAKE_VOLTAGE, .mul = 1000 },
		{ PSY_TEMP, FAKE_TEMP, .flags = PSY_ROW_RANGE, .min = 0, .max = 1000 },
	};
	static const struct psy_miniclass_desc desc = {
		.rows = rows, .num_rows = ARRAY_SIZE(rows), .fresh_ms = 60, .gone_ms = FAKE_GONE_MS,
	};
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = fake_register(bus, &desc);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, mc);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_TEMP), 250);
	bus->reg[FAKE_TEMP] = 0xffff;
	fake_sleep(EXPIRE_MS);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_TEMP), -ENODATA);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 12000000);
	KUNIT_EXPECT_GE(test, mc->stats.garbage, 1ULL);
}

static struct kunit_case snapshot_cases[] = {
	KUNIT_CASE(fresh_read_needs_no_transfer),
	KUNIT_CASE(expired_read_costs_one_refresh),
	KUNIT_CASE(change_during_refresh_causes_another),
	KUNIT_CASE(many_readers_share_one_refresh),
	KUNIT_CASE(one_failed_transfer_is_retried),
	KUNIT_CASE(dead_register_loses_only_its_value),
	KUNIT_CASE(current_is_kept_with_its_sign),
	KUNIT_CASE(first_failure_of_a_register_keeps_its_value),
	KUNIT_CASE(carried_over_value_loses_the_reserve_once),
	KUNIT_CASE(single_zero_reading_is_not_published),
	KUNIT_CASE(silent_pack_is_kept_then_gone_then_back),
	KUNIT_CASE(failures_far_apart_do_not_remove_the_pack),
	KUNIT_CASE(several_failures_remove_the_pack),
	KUNIT_CASE(different_pack_gets_a_new_tag),
	KUNIT_CASE(swap_during_a_refresh_is_not_mixed),
	KUNIT_CASE(identity_noise_keeps_the_tag),
	KUNIT_CASE(changed_invalidates_the_snapshot),
	KUNIT_CASE(only_changes_send_events),
	KUNIT_CASE(garbage_is_dropped_and_counted),
	{ }
};

struct kunit_suite psy_snapshot_suite = {
	.name = "psy_snapshot",
	.init = snapshot_init,
	.test_cases = snapshot_cases,
};
