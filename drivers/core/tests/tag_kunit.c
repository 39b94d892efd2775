// SPDX-License-Identifier: GPL-2.0-only
/* Tags: conditions for a new tag, and readings during a swap. */
#include <kunit/resource.h>
#include <kunit/test.h>
#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/console.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/lockdep.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/string.h>

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

/* Have the device read because the snapshot expired, and return the tag. */
static u32 tag_now(struct psy_miniclass *mc)
{
	fake_sleep(EXPIRE_MS);
	fake_get(mc, mc->props[0]);
	return mc->snap.tag;
}

/* The same with a notification, for a snapshot that does not expire. */
static u32 tag_announced(struct psy_miniclass *mc)
{
	psy_miniclass_changed(mc);
	fake_get(mc, mc->props[0]);
	return mc->snap.tag;
}

static void no_pack_gets_tag_none(struct kunit *test)
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
	/* The learned full capacity is a status field in this class. */
	bus->reg[FAKE_FULL] = 3900;
	KUNIT_EXPECT_EQ(test, tag_now(mc), tag);
}

static void info_change_gets_a_new_tag(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = registered(test, &fake_desc);
	u32 tag = mc->snap.tag;

	psy_miniclass_info_changed(mc);
	KUNIT_EXPECT_EQ(test, tag_now(mc), tag);

	bus->reg[FAKE_DESIGN] = 4000;
	KUNIT_EXPECT_EQ(test, tag_now(mc), tag);	/* not notified */
	psy_miniclass_info_changed(mc);
	KUNIT_EXPECT_EQ(test, tag_now(mc), tag + 1);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CHARGE_FULL_DESIGN), 4000000);
	flush_delayed_work(&mc->poll_work);
	flush_work(&mc->event_work);
	KUNIT_EXPECT_EQ(test, mc->stats.events, 1ULL);
}

static void only_a_long_silence_changes_the_tag(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = registered(test, &fake_desc);
	u32 tag = mc->snap.tag;

	bus->fail_next = INT_MAX;
	KUNIT_EXPECT_EQ(test, tag_now(mc), tag);
	bus->fail_next = 0;
	KUNIT_EXPECT_EQ(test, tag_now(mc), tag);

	bus->fail_next = INT_MAX;
	fake_set_gone(mc, 0);
	KUNIT_EXPECT_EQ(test, tag_now(mc), (u32)PSY_TAG_NONE);
	bus->fail_next = 0;
	KUNIT_EXPECT_EQ(test, tag_now(mc), tag + 1);
}

/* Lines of the kernel log about a contradiction */
static atomic_t contradiction_lines;

static void count_lines(struct console *con, const char *text, unsigned int len)
{
	if (strnstr(text, "status contradicts current", len))
		atomic_inc(&contradiction_lines);
}

static struct console line_counter = {
	.name = "psykunit",
	.write = count_lines,
	.flags = CON_ENABLED,
};

static void line_counter_del(void *con)
{
	unregister_console(con);
}

/* Wait until the log has been printed, and return the number of lines. */
static int lines_so_far(void)
{
	console_lock();
	console_unlock();
	return atomic_read(&contradiction_lines);
}

static void contradictions_are_logged_once_per_pack(struct kunit *test)
{
	static const struct psy_field_desc rows[] = {
		{ PSY_STATUS, FAKE_VOLTAGE },
		{ PSY_CURRENT_NOW, FAKE_CURRENT, .mul = 1000, .flags = PSY_ROW_SIGNED },
		{ PSY_IDENTITY, FAKE_ID },
	};
	static const struct psy_miniclass_desc desc = {
		.rows = rows, .num_rows = ARRAY_SIZE(rows), .fresh_ms = 60000,
	};
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc;

	atomic_set(&contradiction_lines, 0);
	register_console(&line_counter);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, line_counter_del,
							&line_counter), 0);
	bus->reg[FAKE_VOLTAGE] = POWER_SUPPLY_STATUS_CHARGING;
	mc = registered(test, &desc);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_STATUS),
			POWER_SUPPLY_STATUS_DISCHARGING);
	KUNIT_EXPECT_EQ(test, mc->contradiction_tag, mc->snap.tag);
	KUNIT_EXPECT_EQ(test, mc->stats.contradictions, 1ULL);
	KUNIT_EXPECT_EQ(test, lines_so_far(), 1);
	tag_announced(mc);
	KUNIT_EXPECT_EQ(test, mc->stats.contradictions, 2ULL);
	KUNIT_EXPECT_EQ(test, lines_so_far(), 1);

	bus->reg[FAKE_ID] = 0x2222;
	tag_announced(mc);
	KUNIT_EXPECT_EQ(test, mc->stats.contradictions, 3ULL);
	KUNIT_EXPECT_EQ(test, lines_so_far(), 2);
}

static void set_settle(struct psy_miniclass *mc, unsigned int ms)
{
	mutex_lock(&mc->lock);
	mc->settle = ms_to_ktime(ms);
	mutex_unlock(&mc->lock);
}

static void derived_time_is_unknown_while_settling(struct kunit *test)
{
	struct psy_miniclass_desc desc = fake_desc;
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc;

	desc.settle_ms = 60000;
	mc = registered(test, &desc);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_TIME_TO_EMPTY_NOW), -ENODATA);
	set_settle(mc, 0);
	tag_now(mc);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_TIME_TO_EMPTY_NOW), 14400);
	set_settle(mc, 60000);
	bus->reg[FAKE_CURRENT] = 500;
	tag_now(mc);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_TIME_TO_EMPTY_NOW), -ENODATA);
	bus->reg[FAKE_CURRENT] = (u16)-1000;
	tag_now(mc);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_TIME_TO_EMPTY_NOW), -ENODATA);
	set_settle(mc, 0);
	tag_now(mc);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_TIME_TO_EMPTY_NOW), 7200);
	/* @desc is on the stack: unregister before it goes out of scope. */
	fake_unregister(bus);
}

static void percent_only_pack_lists_no_amounts(struct kunit *test)
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

/* A task that reads all properties like a uevent, with a stop in the middle. */
struct burst {
	struct psy_miniclass *mc;
	struct completion half, go, done;
	unsigned int stop;	/* index of the property before which it stops */
	int volt, full, design;
};

static void burst_read(struct burst *b, unsigned int i)
{
	int val = fake_get(b->mc, b->mc->props[i]);

	switch (b->mc->props[i]) {
	case POWER_SUPPLY_PROP_VOLTAGE_NOW:
		b->volt = val;
		break;
	case POWER_SUPPLY_PROP_CHARGE_FULL:
		b->full = val;
		break;
	case POWER_SUPPLY_PROP_CHARGE_FULL_DESIGN:
		b->design = val;
		break;
	default:
		break;
	}
}

static void burst_part(struct burst *b, unsigned int from, unsigned int to)
{
	unsigned int i;

	for (i = from; i < to; i++)
		burst_read(b, i);
}

static int burst_thread(void *data)
{
	struct burst *b = data;

	burst_part(b, 0, b->stop);
	complete(&b->half);
	wait_for_completion(&b->go);
	burst_part(b, b->stop, b->mc->psy_desc.num_properties);
	complete(&b->done);
	return 0;
}

static bool in_burst(struct psy_miniclass *mc)
{
	unsigned int i;

	for (i = 0; i < PSY_NR_BURSTS; i++)
		if (mc->bursts[i].reader == task_pid(current))
			return true;
	return false;
}

static unsigned int prop_index(struct psy_miniclass *mc, enum power_supply_property psp)
{
	unsigned int i = 0;

	while (mc->props[i] != psp)
		i++;
	return i;
}

static void burst_init(struct burst *b, struct psy_miniclass *mc)
{
	b->mc = mc;
	b->stop = prop_index(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW) + 1;
	init_completion(&b->half);
	init_completion(&b->go);
	init_completion(&b->done);
}

/* Registers of pack number @n: all values are derived from the number. */
static void pack_fill(u16 *reg, u16 n)
{
	reg[FAKE_ID] = n;
	reg[FAKE_VOLTAGE] = 3000 + n;
	reg[FAKE_FULL] = 20000 + n;
	reg[FAKE_NOW] = 10000;
	reg[FAKE_DESIGN] = 40000 + n;
}

static void expect_pack(struct kunit *test, const struct burst *b, int n)
{
	KUNIT_EXPECT_EQ(test, b->volt, (3000 + n) * 1000);
	KUNIT_EXPECT_EQ(test, b->full, (20000 + n) * 1000);
	KUNIT_EXPECT_EQ(test, b->design, (40000 + n) * 1000);
}

/* A stall longer than PSY_BURST_MS: the burst keeps its pack and the values of it. */
static void stalled_reader_sees_one_pack(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc;
	struct burst b = { };

	pack_fill(bus->reg, 1);
	mc = registered(test, &fake_desc);
	burst_init(&b, mc);
	burst_part(&b, 0, b.stop);
	pack_fill(bus->reg, 2);
	fake_sleep(1500);
	KUNIT_EXPECT_EQ(test, psy_miniclass_get_snapshot(mc, &(struct psy_snapshot){ }), 0);
	burst_part(&b, b.stop, mc->psy_desc.num_properties);
	expect_pack(test, &b, 1);
	KUNIT_EXPECT_EQ(test, mc->snap.tag, 2U);

	/* From the same pack it gets newer values. */
	burst_part(&b, 0, b.stop);
	bus->reg[FAKE_FULL] = 19000;
	fake_sleep(1500);
	burst_part(&b, b.stop, mc->psy_desc.num_properties);
	KUNIT_EXPECT_EQ(test, b.full, 19000000);
	KUNIT_EXPECT_EQ(test, b.design, 40002000);

	/* A burst that starts without a pack ends without one. */
	bus->fail_next = INT_MAX;
	fake_set_gone(mc, 0);
	KUNIT_EXPECT_EQ(test, tag_now(mc), (u32)PSY_TAG_NONE);
	burst_part(&b, 0, b.stop);
	bus->fail_next = 0;
	fake_sleep(1500);
	burst_part(&b, b.stop, mc->psy_desc.num_properties);
	KUNIT_EXPECT_EQ(test, b.volt, -ENODEV);
	KUNIT_EXPECT_EQ(test, b.full, -ENODEV);
	KUNIT_EXPECT_EQ(test, mc->snap.tag, 3U);
}

/* Reads in any other order are single reads, from the newest pack. */
static void out_of_order_read_is_not_a_burst(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc;
	struct burst b = { };
	unsigned int next;

	pack_fill(bus->reg, 1);
	mc = registered(test, &fake_desc);
	next = min(prop_index(mc, POWER_SUPPLY_PROP_CHARGE_FULL),
		   prop_index(mc, POWER_SUPPLY_PROP_CHARGE_FULL_DESIGN));
	burst_init(&b, mc);
	KUNIT_ASSERT_GT(test, next, b.stop);
	burst_part(&b, 0, b.stop);
	pack_fill(bus->reg, 2);
	fake_sleep(EXPIRE_MS);
	burst_read(&b, b.stop - 1);
	KUNIT_EXPECT_EQ(test, b.volt, 3002000);

	/* Skip one that is not checked here, then continue in order. */
	burst_part(&b, 0, next - 1);
	pack_fill(bus->reg, 3);
	fake_sleep(EXPIRE_MS);
	burst_part(&b, next, mc->psy_desc.num_properties);
	KUNIT_EXPECT_EQ(test, b.full, 20003000);
	KUNIT_EXPECT_EQ(test, b.design, 40003000);
}

/* Leave some entries to workers of the core, which read uevents, too. */
#define BURSTS	(PSY_NR_BURSTS - 4)

/* Almost as many bursts as there are entries, each with a different pack. */
static void concurrent_bursts_keep_their_pack(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc;
	struct burst *b;
	unsigned int i;

	pack_fill(bus->reg, 1);
	mc = registered(test, &fake_desc);
	b = kunit_kcalloc(test, BURSTS, sizeof(*b), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, b);
	for (i = 0; i < BURSTS; i++) {
		pack_fill(bus->reg, 1 + i);
		fake_sleep(EXPIRE_MS);
		burst_init(&b[i], mc);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, kthread_run(burst_thread, &b[i], "psy-burst"));
		wait_for_completion(&b[i].half);
	}
	for (i = 0; i < BURSTS; i++)
		complete(&b[i].go);
	for (i = 0; i < BURSTS; i++) {
		wait_for_completion(&b[i].done);
		expect_pack(test, &b[i], 1 + i);
	}
	KUNIT_EXPECT_EQ(test, mc->snap.tag, (u32)BURSTS);
	fake_unregister(bus);
}

/* Reads the first property only, like "cat" of one file. */
static int single_thread(void *data)
{
	struct burst *b = data;

	burst_read(b, 0);
	complete(&b->done);
	return 0;
}

/* Tag read by another task, which must not affect the burst of this one. */
static u32 tag_of_another_task(struct kunit *test, struct psy_miniclass *mc)
{
	struct burst *b = kunit_kzalloc(test, sizeof(*b), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, b);
	burst_init(b, mc);
	psy_miniclass_changed(mc);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, kthread_run(single_thread, b, "psy-other"));
	wait_for_completion(&b->done);
	return mc->snap.tag;
}

/* Tasks that have exited in the middle of a burst do not displace active bursts. */
static void exited_tasks_release_their_bursts(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc;
	struct burst b = { }, *gone;
	struct task_struct *task;
	unsigned int i;

	pack_fill(bus->reg, 1);
	mc = registered(test, &fake_desc);
	burst_init(&b, mc);
	burst_part(&b, 0, b.stop);
	KUNIT_EXPECT_TRUE(test, in_burst(mc));

	gone = kunit_kcalloc(test, 2 * PSY_NR_BURSTS, sizeof(*gone), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, gone);
	for (i = 0; i < 2 * PSY_NR_BURSTS; i++) {
		burst_init(&gone[i], mc);
		task = kthread_create(single_thread, &gone[i], "psy-single");
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, task);
		get_task_struct(task);
		wake_up_process(task);
		while (!READ_ONCE(task->exit_state))
			msleep(20);
		put_task_struct(task);
	}
	pack_fill(bus->reg, 2);
	KUNIT_EXPECT_EQ(test, tag_of_another_task(test, mc), 2U);
	burst_part(&b, b.stop, mc->psy_desc.num_properties);
	expect_pack(test, &b, 1);
}

/* The info lives as long as a burst that uses it, and no longer. */
static void burst_holds_an_info_reference(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_info_ref *info_ref;
	struct psy_miniclass *mc;
	struct burst b = { };

	pack_fill(bus->reg, 1);
	mc = registered(test, &fake_desc);
	burst_init(&b, mc);
	info_ref = mc->info_ref;
	kref_get(&info_ref->ref);
	KUNIT_EXPECT_EQ(test, kref_read(&info_ref->ref), 2U);
	burst_part(&b, 0, b.stop);
	KUNIT_EXPECT_EQ(test, kref_read(&info_ref->ref), 3U);
	pack_fill(bus->reg, 2);
	fake_sleep(EXPIRE_MS);
	KUNIT_EXPECT_EQ(test, tag_of_another_task(test, mc), 2U);
	KUNIT_EXPECT_PTR_NE(test, mc->info_ref, info_ref);
	KUNIT_EXPECT_EQ(test, kref_read(&info_ref->ref), 2U);
	burst_part(&b, b.stop, mc->psy_desc.num_properties);
	KUNIT_EXPECT_EQ(test, kref_read(&info_ref->ref), 1U);
	psy_info_ref_put(info_ref);
}

/* A hook that reads SCOPE of all supplies, like STATUS of ACPI batteries. */
struct scope_hook {
	struct fake_bus *bus;
	struct psy_miniclass *mc;
	unsigned int queries;
	int scope;
};

static int scope_query_status(struct psy_miniclass *mc, const struct psy_info *info,
			      struct psy_values *status)
{
	struct scope_hook *h = psy_miniclass_get_drvdata(mc);

	psy_values_set(status, PSY_CAPACITY, 40);
	if (!h->mc)
		return 0;
	lockdep_assert_held(&mc->lock);
	h->queries++;
	h->scope = fake_get(h->mc, POWER_SUPPLY_PROP_SCOPE);
	power_supply_is_system_supplied();
	return 0;
}

static const struct psy_miniclass_ops scope_ops = { .query_status = scope_query_status };

static const struct psy_miniclass_desc scope_desc = {
	.extra = PSY_BIT(PSY_CAPACITY),
	.ops = &scope_ops,
	.fresh_ms = 60,
};

static void scope_is_readable_during_a_refresh(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct scope_hook h = { .bus = bus };
	struct psy_miniclass_config config = { .drvdata = &h, .name = "psy-scope" };
	struct psy_miniclass *mc;

	mc = devm_psy_miniclass_register(bus->dev, &scope_desc, &config);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, mc);
	h.mc = mc;
	fake_sleep(EXPIRE_MS);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CAPACITY), 40);
	KUNIT_EXPECT_GE(test, h.queries, 1U);
	KUNIT_EXPECT_EQ(test, h.scope, (int)POWER_SUPPLY_SCOPE_SYSTEM);
	/* The data of the hook is on the stack. */
	fake_unregister(bus);
}

static void scope_needs_no_transfer_and_keeps_the_burst(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc;
	struct burst b = { };

	pack_fill(bus->reg, 1);
	mc = registered(test, &fake_desc);
	burst_init(&b, mc);
	fake_sleep(EXPIRE_MS);
	bus->quiet = true;
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_SCOPE),
			(int)POWER_SUPPLY_SCOPE_SYSTEM);
	power_supply_is_system_supplied();
	bus->quiet = false;

	/* Read SCOPE out of order, in the middle of a burst. */
	KUNIT_ASSERT_GT(test, prop_index(mc, POWER_SUPPLY_PROP_SCOPE),
			prop_index(mc, POWER_SUPPLY_PROP_CHARGE_FULL_DESIGN));
	burst_part(&b, 0, b.stop);
	pack_fill(bus->reg, 2);
	fake_sleep(EXPIRE_MS);
	KUNIT_EXPECT_EQ(test, tag_of_another_task(test, mc), 2U);
	fake_get(mc, POWER_SUPPLY_PROP_SCOPE);
	burst_part(&b, b.stop, mc->psy_desc.num_properties);
	expect_pack(test, &b, 1);
	/* The burst is complete: SCOPE was also accepted at its place in the list. */
	KUNIT_EXPECT_FALSE(test, in_burst(mc));
}

/* A value to be confirmed is dropped when the pack is removed. */
static void removal_clears_a_pending_confirmation(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc;

	bus->reg[FAKE_TEMP] = POWER_SUPPLY_CAPACITY_LEVEL_NORMAL;
	mc = registered(test, &fake_level_desc);
	fake_never_confirm(mc);
	bus->reg[FAKE_TEMP] = POWER_SUPPLY_CAPACITY_LEVEL_CRITICAL;
	tag_now(mc);
	KUNIT_EXPECT_TRUE(test, mc->unsure);
	bus->fail_next = INT_MAX;
	fake_set_gone(mc, 0);
	KUNIT_EXPECT_EQ(test, tag_now(mc), (u32)PSY_TAG_NONE);
	KUNIT_EXPECT_FALSE(test, mc->unsure);
	KUNIT_EXPECT_EQ(test, mc->critical_since, 0);
}

/* Two packs in succession, each critical for less than the debounce time. */
static void critical_debounce_restarts_with_each_pack(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc;
	ktime_t since;

	bus->reg[FAKE_TEMP] = POWER_SUPPLY_CAPACITY_LEVEL_CRITICAL;
	mc = registered(test, &fake_level_desc);
	since = mc->critical_since;
	KUNIT_EXPECT_NE(test, since, 0);
	fake_never_confirm(mc);
	fake_sleep(1100);
	bus->reg[FAKE_ID] = 0x2222;
	tag_now(mc);
	KUNIT_EXPECT_EQ(test, mc->snap.status.val[PSY_CAPACITY_LEVEL],
			POWER_SUPPLY_CAPACITY_LEVEL_LOW);
	KUNIT_EXPECT_NE(test, mc->critical_since, since);
	KUNIT_EXPECT_TRUE(test, mc->unsure);
}

/* A driver with a query_tag hook, and registers without an identity */
static u32 hook_tag;
static int hook_tag_step;

static int hook_query_tag(struct psy_miniclass *mc, u32 *tag)
{
	*tag = hook_tag;
	hook_tag += hook_tag_step;
	hook_tag_step = 0;
	return 0;
}

static const struct psy_miniclass_ops hook_ops = { .query_tag = hook_query_tag };

static const struct psy_field_desc hook_rows[] = {
	{ PSY_VOLTAGE_NOW, FAKE_VOLTAGE, .mul = 1000 },
	{ PSY_CURRENT_NOW, FAKE_CURRENT, .mul = 1000, .flags = PSY_ROW_SIGNED },
	{ PSY_CHARGE_FULL_DESIGN, FAKE_DESIGN, .mul = 1000 },
};

static const struct psy_miniclass_desc hook_desc = {
	.rows = hook_rows,
	.num_rows = ARRAY_SIZE(hook_rows),
	.ops = &hook_ops,
	.fresh_ms = 60000,
	.poll_ms = 3600000,
	.gone_ms = 3600000,
};

static void new_tag_survives_a_failed_refresh(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc;
	u32 tag;

	hook_tag = 1;
	mc = registered(test, &hook_desc);
	tag = mc->snap.tag;

	hook_tag = 2;
	bus->reg[FAKE_DESIGN] = 9900;
	bus->reg[FAKE_VOLTAGE] = 7400;
	bus->fail_next = INT_MAX;
	KUNIT_EXPECT_EQ(test, tag_announced(mc), tag);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 12000000);
	bus->fail_next = 0;
	KUNIT_EXPECT_EQ(test, tag_announced(mc), tag + 1);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 7400000);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CHARGE_FULL_DESIGN), 9900000);
}

/* The tag changes after query_tag, but before the pack is read. */
static void tag_is_queried_again_after_a_reading(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc;
	u32 tag;

	hook_tag = 1;
	mc = registered(test, &hook_desc);
	tag = mc->snap.tag;
	bus->reg[FAKE_DESIGN] = 9900;
	hook_tag_step = 1;
	KUNIT_EXPECT_EQ(test, tag_announced(mc), tag + 1);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CHARGE_FULL_DESIGN), 9900000);
	KUNIT_EXPECT_EQ(test, tag_announced(mc), tag + 1);
}

static void info_change_survives_a_failed_refresh(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc;

	hook_tag = 1;
	mc = registered(test, &hook_desc);
	bus->reg[FAKE_DESIGN] = 3000;
	bus->fail_next = INT_MAX;
	psy_miniclass_info_changed(mc);
	fake_get(mc, mc->props[0]);
	KUNIT_EXPECT_EQ(test, mc->stats.failed_refreshes, 1ULL);
	bus->fail_next = 0;
	tag_announced(mc);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CHARGE_FULL_DESIGN), 3000000);
}

struct swap_reader {
	struct psy_miniclass *mc;
	struct completion done;
	atomic_t *stop;
	struct burst b;
	unsigned int packs, mixed;
};

/* Read all properties in list order, as the core does for a uevent. */
static int swap_reader_thread(void *data)
{
	struct swap_reader *r = data;
	unsigned int i;
	int n;

	while (!atomic_read(r->stop)) {
		r->b.volt = -1;
		r->b.full = -1;
		r->b.design = -1;
		for (i = 0; i < r->mc->psy_desc.num_properties; i++) {
			burst_read(&r->b, i);
			/* Sleep at a different property in each round. */
			if (i == r->packs % r->mc->psy_desc.num_properties)
				usleep_range(10, 20);
		}
		if (r->b.volt < 0)
			continue;
		n = r->b.volt / 1000 - 3000;
		r->packs++;
		if (r->b.full != (20000 + n) * 1000 || r->b.design != (40000 + n) * 1000)
			r->mixed++;
	}
	complete(&r->done);
	return 0;
}

/*
 * The fake bus swaps packs after a varying number of transfers: during refreshes,
 * between them, several times in one. Transfers sleep, so that concurrent readers
 * would overlap if the class did not serialise them.
 */
static void ten_thousand_swaps_are_never_mixed(struct kunit *test)
{
	struct psy_miniclass_desc desc = fake_desc;
	struct fake_bus *bus = test->priv;
	unsigned int i, packs = 0;
	atomic_t stop = ATOMIC_INIT(0);
	struct psy_miniclass *mc;
	struct swap_reader *r;

	desc.gone_ms = 60000;
	pack_fill(bus->reg, 0);
	mc = registered(test, &desc);
	/* The first read of each burst refreshes. */
	fake_set_fresh(mc, 0);
	r = kunit_kcalloc(test, READERS, sizeof(*r), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, r);

	bus->swap_fill = pack_fill;
	bus->naps = true;
	for (i = 0; i < READERS; i++) {
		r[i].mc = mc;
		r[i].b.mc = mc;
		r[i].stop = &stop;
		init_completion(&r[i].done);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, kthread_run(swap_reader_thread, &r[i],
							       "psy-reader"));
	}
	while (READ_ONCE(bus->swaps) < SWAPS)
		msleep(20);
	atomic_set(&stop, 1);
	for (i = 0; i < READERS; i++) {
		wait_for_completion(&r[i].done);
		KUNIT_EXPECT_EQ(test, r[i].mixed, 0U);
		KUNIT_EXPECT_GT(test, r[i].packs, 100U);
		packs += r[i].packs;
	}
	KUNIT_EXPECT_GT(test, mc->stats.insertions, 1000ULL);
	KUNIT_EXPECT_EQ(test, bus->overlaps, 0U);
	kunit_info(test, "%u readings of %llu packs, %u swaps\n", packs, mc->stats.insertions,
		   bus->swaps);
	fake_unregister(bus);
}

static struct kunit_case tag_cases[] = {
	KUNIT_CASE(no_pack_gets_tag_none),
	KUNIT_CASE(a_change_of_status_keeps_the_tag),
	KUNIT_CASE(info_change_gets_a_new_tag),
	KUNIT_CASE(only_a_long_silence_changes_the_tag),
	KUNIT_CASE(contradictions_are_logged_once_per_pack),
	KUNIT_CASE(derived_time_is_unknown_while_settling),
	KUNIT_CASE(percent_only_pack_lists_no_amounts),
	KUNIT_CASE(stalled_reader_sees_one_pack),
	KUNIT_CASE(out_of_order_read_is_not_a_burst),
	KUNIT_CASE(concurrent_bursts_keep_their_pack),
	KUNIT_CASE(new_tag_survives_a_failed_refresh),
	KUNIT_CASE(tag_is_queried_again_after_a_reading),
	KUNIT_CASE(info_change_survives_a_failed_refresh),
	KUNIT_CASE(removal_clears_a_pending_confirmation),
	KUNIT_CASE(critical_debounce_restarts_with_each_pack),
	KUNIT_CASE(exited_tasks_release_their_bursts),
	KUNIT_CASE(burst_holds_an_info_reference),
	KUNIT_CASE(scope_is_readable_during_a_refresh),
	KUNIT_CASE(scope_needs_no_transfer_and_keeps_the_burst),
	KUNIT_CASE(ten_thousand_swaps_are_never_mixed),
	{ }
};

struct kunit_suite psy_tag_suite = {
	.name = "psy_tag",
	.init = tag_init,
	.test_cases = tag_cases,
};
