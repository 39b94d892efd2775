// SPDX-License-Identifier: GPL-2.0-only
/* Tags: what makes another one, what does not, and readings during a swap. */
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/kthread.h>

#include "../internal.h"
#include "fake_bus.h"

#define READERS		8
#define SWAPS		10000
#define EXPIRE_MS	70	/* more than fresh_ms of the fake */

static int tag_init(struct kunit *test)
{
	test->priv = fake_bus_kunit(test);
	return 0;
}

static struct psy_miniclass *registered(struct kunit *test,
					const struct psy_miniclass_desc *desc)
{
	struct psy_miniclass *mc = fake_register(test->priv, desc);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, mc);
	return mc;
}

/* Have the device read by a new reading, and return the tag. */
static u32 tag_now(struct psy_miniclass *mc)
{
	psy_miniclass_changed(mc);
	fake_get(mc, mc->props[0]);
	return mc->snap.tag;
}

static void no_pack_has_the_tag_of_none(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = registered(test, &fake_desc);

	KUNIT_EXPECT_EQ(test, mc->snap.tag, 1U);
	mc->last_tag = U32_MAX;
	bus->reg[FAKE_ID] = 0x77;
	KUNIT_EXPECT_EQ(test, tag_now(mc), 1U);
}

static void a_change_of_status_keeps_the_tag(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = registered(test, &fake_desc);
	u32 tag = mc->snap.tag;
	int i;

	for (i = 0; i < 40; i++) {
		bus->reg[FAKE_NOW] = 2000 + 50 * i;
		bus->reg[FAKE_CURRENT] = 500 - 25 * i;
		bus->reg[FAKE_TEMP] = 250 + i;
		KUNIT_EXPECT_EQ(test, tag_now(mc), tag);
	}
	/* The learned capacity is status in this class. */
	bus->reg[FAKE_FULL] = 3900;
	KUNIT_EXPECT_EQ(test, tag_now(mc), tag);
}

static void a_change_of_info_is_another_tag(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = registered(test, &fake_desc);
	u32 tag = mc->snap.tag;

	psy_miniclass_info_changed(mc);
	KUNIT_EXPECT_EQ(test, tag_now(mc), tag);

	bus->reg[FAKE_DESIGN] = 4000;
	KUNIT_EXPECT_EQ(test, tag_now(mc), tag);	/* nobody has said so */
	psy_miniclass_info_changed(mc);
	KUNIT_EXPECT_EQ(test, tag_now(mc), tag + 1);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CHARGE_FULL_DESIGN), 4000000);
	flush_delayed_work(&mc->poll_work);
	flush_work(&mc->event_work);
	KUNIT_EXPECT_EQ(test, mc->stats.events, 1ULL);
}

static void only_a_long_silence_is_another_tag(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = registered(test, &fake_desc);
	u32 tag = mc->snap.tag;

	bus->fail_next = 20;
	KUNIT_EXPECT_EQ(test, tag_now(mc), tag);
	bus->fail_next = 0;
	KUNIT_EXPECT_EQ(test, tag_now(mc), tag);

	bus->fail_next = INT_MAX;
	tag_now(mc);
	msleep(250);
	KUNIT_EXPECT_EQ(test, tag_now(mc), (u32)PSY_TAG_NONE);
	bus->fail_next = 0;
	KUNIT_EXPECT_EQ(test, tag_now(mc), tag + 1);
}

static void contradictions_are_logged_once_a_pack(struct kunit *test)
{
	static const struct psy_field_desc rows[] = {
		{ PSY_STATUS, FAKE_VOLTAGE },
		{ PSY_CURRENT_NOW, FAKE_CURRENT, .mul = 1000, .flags = PSY_ROW_SIGNED },
		{ PSY_IDENTITY, FAKE_ID },
	};
	static const struct psy_miniclass_desc desc = {
		.rows = rows, .num_rows = ARRAY_SIZE(rows), .fresh_ms = 60,
	};
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc;

	bus->reg[FAKE_VOLTAGE] = POWER_SUPPLY_STATUS_CHARGING;
	mc = registered(test, &desc);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_STATUS),
			POWER_SUPPLY_STATUS_DISCHARGING);
	KUNIT_EXPECT_EQ(test, mc->odd_tag, mc->snap.tag);
	KUNIT_EXPECT_EQ(test, mc->stats.contradictions, 1ULL);
	tag_now(mc);
	KUNIT_EXPECT_EQ(test, mc->stats.contradictions, 2ULL);
}

static void a_time_from_a_new_rate_is_unknown_at_first(struct kunit *test)
{
	struct psy_miniclass_desc desc = fake_desc;
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc;

	desc.settle_ms = 300;
	mc = registered(test, &desc);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_TIME_TO_EMPTY_NOW), -ENODATA);
	msleep(400);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_TIME_TO_EMPTY_NOW), 14400);
	bus->reg[FAKE_CURRENT] = 500;
	tag_now(mc);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_TIME_TO_EMPTY_NOW), -ENODATA);
	bus->reg[FAKE_CURRENT] = (u16)-1000;
	tag_now(mc);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_TIME_TO_EMPTY_NOW), -ENODATA);
	msleep(400);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_TIME_TO_EMPTY_NOW), 7200);
	/* fake_unregister() in the end would be too late for a desc on this stack. */
	fake_unregister(bus);
}

static void a_percent_pack_has_only_percent(struct kunit *test)
{
	static const struct psy_field_desc rows[] = { { PSY_CAPACITY, FAKE_NOW } };
	static const struct psy_miniclass_desc desc = { .rows = rows, .num_rows = 1 };
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc;

	bus->reg[FAKE_NOW] = 77;
	mc = registered(test, &desc);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CAPACITY), 77);
	KUNIT_EXPECT_FALSE(test, fake_lists(mc, POWER_SUPPLY_PROP_CHARGE_NOW));
	KUNIT_EXPECT_FALSE(test, fake_lists(mc, POWER_SUPPLY_PROP_ENERGY_NOW));
	KUNIT_EXPECT_FALSE(test, fake_lists(mc, POWER_SUPPLY_PROP_ENERGY_FULL));
}

struct swap_reader {
	struct psy_miniclass *mc;
	struct completion done;
	atomic_t *stop;
	unsigned int readings, mixed, packs[2];
};

/* Read all properties in their order, as the core does for a uevent. */
static int swap_reader_thread(void *data)
{
	struct swap_reader *r = data;
	union power_supply_propval val;
	unsigned int i;

	while (!atomic_read(r->stop)) {
		int volt = -1, design = -1;

		for (i = 0; i < r->mc->psy_desc.num_properties; i++) {
			enum power_supply_property psp = r->mc->props[i];

			if (power_supply_get_property(r->mc->psy, psp, &val))
				continue;
			if (psp == POWER_SUPPLY_PROP_VOLTAGE_NOW)
				volt = val.intval;
			else if (psp == POWER_SUPPLY_PROP_CHARGE_FULL_DESIGN)
				design = val.intval;
			cond_resched();
		}
		r->readings++;
		if (volt == 12000000 && design == 4400000)
			r->packs[0]++;
		else if (volt == 7400000 && design == 1100000)
			r->packs[1]++;
		else if (volt != -1 || design != -1)
			r->mixed++;
		usleep_range(50, 100);
	}
	complete(&r->done);
	return 0;
}

static void ten_thousand_swaps_are_never_mixed(struct kunit *test)
{
	struct psy_miniclass_desc desc = fake_desc;
	struct fake_bus *bus = test->priv;
	struct swap_reader *r;
	unsigned int i, packs[2] = { };
	atomic_t stop = ATOMIC_INIT(0);
	struct psy_miniclass *mc;
	u16 first[FAKE_REGS];

	desc.fresh_ms = 1;
	mc = registered(test, &desc);
	r = kunit_kcalloc(test, READERS, sizeof(*r), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, r);
	memcpy(first, bus->reg, sizeof(first));
	memcpy(bus->swap_reg, first, sizeof(first));
	bus->swap_reg[FAKE_ID] = 0x2222;
	bus->swap_reg[FAKE_VOLTAGE] = 7400;
	bus->swap_reg[FAKE_DESIGN] = 1100;

	for (i = 0; i < READERS; i++) {
		r[i].mc = mc;
		r[i].stop = &stop;
		init_completion(&r[i].done);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, kthread_run(swap_reader_thread, &r[i],
							       "psy-reader"));
	}
	for (i = 0; i < SWAPS; i++) {
		memcpy(bus->reg, i & 1 ? first : bus->swap_reg, sizeof(first));
		usleep_range(100, 300);
	}
	atomic_set(&stop, 1);
	for (i = 0; i < READERS; i++) {
		wait_for_completion(&r[i].done);
		KUNIT_EXPECT_EQ(test, r[i].mixed, 0U);
		KUNIT_EXPECT_GT(test, r[i].readings, 100U);
		packs[0] += r[i].packs[0];
		packs[1] += r[i].packs[1];
	}
	KUNIT_EXPECT_GT(test, packs[0], 0U);
	KUNIT_EXPECT_GT(test, packs[1], 0U);
	KUNIT_EXPECT_GT(test, mc->stats.insertions, 10ULL);
	KUNIT_EXPECT_EQ(test, bus->overlaps, 0U);
	fake_unregister(bus);
}

static struct kunit_case tag_cases[] = {
	KUNIT_CASE(no_pack_has_the_tag_of_none),
	KUNIT_CASE(a_change_of_status_keeps_the_tag),
	KUNIT_CASE(a_change_of_info_is_another_tag),
	KUNIT_CASE(only_a_long_silence_is_another_tag),
	KUNIT_CASE(contradictions_are_logged_once_a_pack),
	KUNIT_CASE(a_time_from_a_new_rate_is_unknown_at_first),
	KUNIT_CASE(a_percent_pack_has_only_percent),
	KUNIT_CASE(ten_thousand_swaps_are_never_mixed),
	{ }
};

struct kunit_suite psy_tag_suite = {
	.name = "psy_tag",
	.init = tag_init,
	.test_cases = tag_cases,
};
