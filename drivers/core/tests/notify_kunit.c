// SPDX-License-Identifier: GPL-2.0-only
/* Limits, alarms of the hardware, settings, and sleep; on a bus that is watched. */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/pm.h>

#include "../internal.h"
#include "fake_bus.h"

#define EXPIRE_MS	70	/* more than fresh_ms of the fake */

static int notify_init(struct kunit *test)
{
	test->priv = fake_bus_kunit(test);
	return 0;
}

static struct psy_miniclass *with_alarms(struct kunit *test, u32 alarms)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc;

	bus->alarms = alarms;
	mc = fake_register(bus, &fake_alarm_desc);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, mc);
	flush_delayed_work(&mc->poll_work);
	return mc;
}

static int set(struct psy_miniclass *mc, enum power_supply_property psp, int val)
{
	union power_supply_propval v = { .intval = val };

	return power_supply_set_property(psy_miniclass_to_psy(mc), psp, &v);
}

/* Let what was kicked come to its end, and count what it told. */
static u64 events(struct psy_miniclass *mc)
{
	flush_delayed_work(&mc->poll_work);
	flush_work(&mc->event_work);
	return mc->stats.events;
}

/* Time until the next poll, ms; -1 when there will be none. */
static long poll_in_ms(struct psy_miniclass *mc)
{
	if (!delayed_work_pending(&mc->poll_work))
		return -1;
	return jiffies_to_msecs(max_t(long, mc->poll_work.timer.expires - jiffies, 0));
}

static bool told_level(struct psy_miniclass *mc, int level)
{
	unsigned int i;

	/* 600 polls at most: it does not depend on how long each of them takes. */
	for (i = 0; i < 600 && READ_ONCE(mc->told.capacity_level) != level; i++)
		msleep(20);
	return READ_ONCE(mc->told.capacity_level) == level;
}

/* The worker has an hour to go when a reader meets what has to be confirmed. */
static void what_a_reader_sees_first_is_confirmed_soon(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc;
	unsigned int i;

	bus->reg[FAKE_TEMP] = POWER_SUPPLY_CAPACITY_LEVEL_NORMAL;
	mc = fake_register(bus, &fake_level_desc);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, mc);
	KUNIT_EXPECT_GT(test, poll_in_ms(mc), 3000000L);

	bus->reg[FAKE_TEMP] = POWER_SUPPLY_CAPACITY_LEVEL_CRITICAL;
	msleep(EXPIRE_MS);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 12000000);
	KUNIT_EXPECT_LE(test, poll_in_ms(mc), 100L);
	/* No reader comes any more. */
	KUNIT_EXPECT_TRUE(test, told_level(mc, POWER_SUPPLY_CAPACITY_LEVEL_CRITICAL));

	/* A poll that is due earlier stays. */
	spin_lock_irq(&mc->pub);
	psy_poll_in(mc, 100 * HZ);
	psy_poll_in(mc, 50 * HZ);
	psy_poll_in(mc, 70 * HZ);
	spin_unlock_irq(&mc->pub);
	KUNIT_EXPECT_LE(test, poll_in_ms(mc), 50000L);

	bus->fail_next = INT_MAX;
	msleep(EXPIRE_MS);
	fake_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW);
	KUNIT_EXPECT_LE(test, poll_in_ms(mc), 100L);
	for (i = 0; i < 600 && READ_ONCE(mc->told.tag) != PSY_TAG_NONE; i++)
		msleep(20);
	KUNIT_EXPECT_EQ(test, mc->told.tag, (u32)PSY_TAG_NONE);
}

static unsigned int notify_storm(struct psy_miniclass *mc, unsigned int calls)
{
	ktime_t start = ktime_get();
	unsigned int i;

	for (i = 0; i < calls; i++) {
		psy_miniclass_changed(mc);
		usleep_range(500, 600);
	}
	return ktime_ms_delta(ktime_get(), start);
}

/* The first calls are immediate, the last is not lost, all in between are few. */
static void an_alarm_that_chatters_costs_little(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = with_alarms(test, 0);
	unsigned int ms, i;

	bus->reads = 0;
	bus->reg[FAKE_CURRENT] = 500;
	psy_miniclass_changed(mc);
	KUNIT_EXPECT_EQ(test, events(mc), 1ULL);
	KUNIT_EXPECT_EQ(test, bus->reads, FAKE_REFRESH);

	ms = notify_storm(mc, 1000);
	KUNIT_EXPECT_GT(test, bus->reads, 4 * FAKE_REFRESH);
	/* 8 at once, then one in 60 ms of what the storm has really taken */
	KUNIT_EXPECT_LE(test, bus->reads, (8 + ms / 60 + 2) * FAKE_REFRESH);
	KUNIT_EXPECT_EQ(test, mc->stats.notifies, 1001ULL);

	bus->reg[FAKE_CURRENT] = (u16)-500;
	psy_miniclass_changed(mc);
	for (i = 0; i < 600 && (READ_ONCE(mc->notified) ||
				READ_ONCE(mc->asked) != READ_ONCE(mc->answered)); i++)
		msleep(20);
	KUNIT_EXPECT_FALSE(test, mc->notified);
	KUNIT_EXPECT_EQ(test, mc->told.status, (int)POWER_SUPPLY_STATUS_DISCHARGING);
}

/* A poll that comes before its time does not put it off for as long as a snapshot lives. */
static void a_notification_that_waits_is_not_put_off(struct kunit *test)
{
	struct psy_miniclass_desc *desc = kunit_kzalloc(test, sizeof(*desc), GFP_KERNEL);
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, desc);
	*desc = fake_alarm_desc;
	desc->fresh_ms = 60000;
	mc = fake_register(bus, desc);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, mc);
	for (i = 0; i < 100000 && !READ_ONCE(mc->notified); i++)
		psy_miniclass_changed(mc);
	flush_delayed_work(&mc->poll_work);

	bus->reg[FAKE_CURRENT] = 500;
	psy_miniclass_changed(mc);
	for (i = 0; i < 600 && (READ_ONCE(mc->notified) ||
				READ_ONCE(mc->asked) != READ_ONCE(mc->answered)); i++)
		msleep(20);
	KUNIT_EXPECT_FALSE(test, mc->notified);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_STATUS),
			(int)POWER_SUPPLY_STATUS_CHARGING);
	fake_unregister(bus);
}

/* The handler has read the device when it returns; a stuck line waits. */
static void an_interrupt_thread_reads_the_device(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = with_alarms(test, 0);
	ktime_t start = ktime_get();
	unsigned int i;
	s64 ms;

	bus->reads = 0;
	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_EQ(test, (int)psy_miniclass_irq(1, mc), (int)IRQ_HANDLED);
	KUNIT_EXPECT_EQ(test, bus->reads, 3 * FAKE_REFRESH);
	KUNIT_EXPECT_EQ(test, mc->stats.notifies, 3ULL);

	for (i = 0; i < 25; i++)
		psy_miniclass_irq(1, mc);
	ms = ktime_ms_delta(ktime_get(), start);
	/* 8 of 28 at once, the others one in 60 ms */
	KUNIT_EXPECT_GE(test, ms, 18LL * 60);
	KUNIT_EXPECT_EQ(test, mc->stats.notifies, 28ULL);
}

/* A reading with this current; what it announces */
static u64 with_current(struct psy_miniclass *mc, int ma)
{
	struct fake_bus *bus = psy_miniclass_get_drvdata(mc);

	bus->reg[FAKE_CURRENT] = (u16)ma;
	msleep(EXPIRE_MS);
	fake_get(mc, POWER_SUPPLY_PROP_STATUS);
	flush_work(&mc->event_work);
	return mc->stats.events;
}

static void a_current_around_zero_is_no_storm(struct kunit *test)
{
	struct psy_miniclass *mc = with_alarms(test, 0);
	unsigned int i;

	/* At rest: announced at once, and once. */
	KUNIT_EXPECT_EQ(test, with_current(mc, 0), 1ULL);
	for (i = 0; i < 30; i++)
		KUNIT_EXPECT_EQ(test, with_current(mc, (int)(i % 3) - 1), 1ULL);
	KUNIT_EXPECT_EQ(test, mc->told.status, (int)POWER_SUPPLY_STATUS_NOT_CHARGING);
	/* 4000 mAh for 500 hours */
	KUNIT_EXPECT_EQ(test, with_current(mc, 8), 1ULL);
	/* Beyond that there is no doubt. */
	KUNIT_EXPECT_EQ(test, with_current(mc, 9), 2ULL);
	KUNIT_EXPECT_EQ(test, with_current(mc, -500), 3ULL);
	KUNIT_EXPECT_EQ(test, with_current(mc, 500), 4ULL);
	/* Readers are not lied to. */
	KUNIT_EXPECT_EQ(test, with_current(mc, -1), 4ULL);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_STATUS),
			(int)POWER_SUPPLY_STATUS_DISCHARGING);
}

/* What lasts is announced in the end, however little it is. */
static void a_small_current_that_lasts_is_announced(struct kunit *test)
{
	struct psy_miniclass *mc = with_alarms(test, 0);
	ktime_t start;
	unsigned int i;

	KUNIT_EXPECT_EQ(test, with_current(mc, 0), 1ULL);
	start = ktime_get_boottime();
	for (i = 0; i < 1000 && with_current(mc, -1) == 1; i++)
		KUNIT_EXPECT_TRUE(test, mc->tell_later);
	KUNIT_EXPECT_GE(test, i, 2U);
	KUNIT_EXPECT_GE(test, ktime_ms_delta(ktime_get_boottime(), start), 5000LL);
	KUNIT_EXPECT_EQ(test, mc->told.status, (int)POWER_SUPPLY_STATUS_DISCHARGING);
}

static void hooks_come_in_pairs(struct kunit *test)
{
	static const struct psy_miniclass_ops none;
	struct psy_miniclass_ops one = *fake_alarm_desc.ops;
	struct psy_miniclass_desc desc = fake_alarm_desc;
	struct fake_bus *bus = test->priv;

	desc.ops = &one;
	one.disable_notify = NULL;
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(fake_register(bus, &desc)), -EINVAL);
	one = *fake_alarm_desc.ops;
	one.set_notify = NULL;
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(fake_register(bus, &desc)), -EINVAL);
	one = *fake_alarm_desc.ops;
	one.set_info = NULL;
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(fake_register(bus, &desc)), -EINVAL);
	desc.settable = 0;
	desc.ops = &none;
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(fake_register(bus, &desc)), 0);
	/* Later readings would use the desc on this stack. */
	fake_unregister(bus);
}

static void a_limit_is_told_once_and_again_after_it_was_left(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = with_alarms(test, 0);

	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN), 0);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MAX), 100);
	KUNIT_EXPECT_EQ(test, set(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN, 50), 0);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN), 50);
	KUNIT_EXPECT_EQ(test, events(mc), 0ULL);	/* 50 is not below 50 */

	bus->reg[FAKE_NOW] = 1960;
	psy_miniclass_changed(mc);
	KUNIT_EXPECT_EQ(test, events(mc), 1ULL);
	KUNIT_EXPECT_EQ(test, mc->told.alerts, PSY_LIMIT_LOW);
	psy_miniclass_changed(mc);
	KUNIT_EXPECT_EQ(test, events(mc), 1ULL);

	bus->reg[FAKE_NOW] = 2000;
	psy_miniclass_changed(mc);
	KUNIT_EXPECT_EQ(test, events(mc), 1ULL);
	bus->reg[FAKE_NOW] = 1960;
	psy_miniclass_changed(mc);
	KUNIT_EXPECT_EQ(test, events(mc), 2ULL);

	/* A new limit that is passed as well is announced. */
	KUNIT_EXPECT_EQ(test, set(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN, 60), 0);
	KUNIT_EXPECT_EQ(test, events(mc), 3ULL);
	KUNIT_EXPECT_EQ(test, mc->told.alerts, PSY_LIMIT_LOW);
}

/* What a pack brings with it: its warning levels, and how coarse its gauge is. */
static const struct psy_field_desc pack_rows[] = {
	{ PSY_CURRENT_NOW, FAKE_CURRENT, .mul = 1000, .flags = PSY_ROW_SIGNED },
	{ PSY_CAPACITY, FAKE_NOW },
	{ PSY_ALERT_LOW, FAKE_DESIGN },
	{ PSY_ALERT_CRITICAL, FAKE_YEAR, .flags = PSY_ROW_HAS_NA, .na = 0 },
	{ PSY_CAPACITY_STEP, FAKE_FULL },
	{ PSY_IDENTITY, FAKE_ID },
};

static const struct psy_miniclass_desc pack_desc = {
	.rows = pack_rows,
	.num_rows = ARRAY_SIZE(pack_rows),
	.fresh_ms = 60,
	.poll_ms = 3600000,
	.gone_ms = 200,
};

static struct psy_miniclass *with_pack(struct kunit *test, int low, int critical, int step)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc;

	bus->reg[FAKE_NOW] = 50;
	bus->reg[FAKE_DESIGN] = low;
	bus->reg[FAKE_YEAR] = critical;
	bus->reg[FAKE_FULL] = step;
	mc = fake_register(bus, &pack_desc);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, mc);
	flush_delayed_work(&mc->poll_work);
	return mc;
}

static u64 with_capacity(struct psy_miniclass *mc, int percent)
{
	struct fake_bus *bus = psy_miniclass_get_drvdata(mc);

	bus->reg[FAKE_NOW] = percent;
	/* Numbers are announced at most every 5 s, which is not the point here. */
	mc->told.when = 0;
	msleep(EXPIRE_MS);
	fake_get(mc, POWER_SUPPLY_PROP_CAPACITY);
	flush_work(&mc->event_work);
	return mc->stats.events;
}

static void a_pack_brings_its_own_warning_level(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = with_pack(test, 15, 5, 1);

	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN), 15);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CAPACITY_LEVEL),
			(int)POWER_SUPPLY_CAPACITY_LEVEL_NORMAL);
	/* Another pack brings another one, */
	bus->reg[FAKE_DESIGN] = 25;
	bus->reg[FAKE_ID] = 0x2222;
	msleep(EXPIRE_MS);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN), 25);
	/* unless the user has set one. */
	KUNIT_EXPECT_EQ(test, set(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN, 30), 0);
	bus->reg[FAKE_ID] = 0x3333;
	msleep(EXPIRE_MS);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN), 30);
}

/* Low without a word about critical: a percentage alone is never that. */
static void a_change_of_level_is_announced(struct kunit *test)
{
	struct psy_miniclass *mc = with_pack(test, 15, 0, 1);
	u64 before;

	/* The limit of user space is not what announces it. */
	KUNIT_EXPECT_EQ(test, set(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN, 0), 0);
	with_capacity(mc, 15);
	before = mc->stats.events;
	mc->told.capacity = 14;		/* nor is the number */
	KUNIT_EXPECT_EQ(test, with_capacity(mc, 14), before + 1);
	KUNIT_EXPECT_EQ(test, mc->told.capacity_level, (int)POWER_SUPPLY_CAPACITY_LEVEL_LOW);
	with_capacity(mc, 0);
	msleep(1500);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CAPACITY_LEVEL),
			(int)POWER_SUPPLY_CAPACITY_LEVEL_LOW);
}

static void a_coarse_gauge_announces_its_steps(struct kunit *test)
{
	struct psy_miniclass *mc = with_pack(test, 0, 0, 5);

	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CAPACITY), 50);
	KUNIT_EXPECT_EQ(test, with_capacity(mc, 49), 0ULL);
	KUNIT_EXPECT_EQ(test, with_capacity(mc, 46), 0ULL);
	KUNIT_EXPECT_GE(test, mc->stats.suppressed, 2ULL);
	KUNIT_EXPECT_EQ(test, with_capacity(mc, 45), 1ULL);
	KUNIT_EXPECT_EQ(test, with_capacity(mc, 41), 1ULL);
	KUNIT_EXPECT_EQ(test, with_capacity(mc, 40), 2ULL);
}

/* Within two percent of either limit the poll is five times as quick. */
static void the_poll_is_quick_near_either_limit(struct kunit *test)
{
	struct psy_miniclass *mc = with_alarms(test, 0);
	const long hour = 3600000;

	/* At 50 percent */
	KUNIT_EXPECT_GT(test, poll_in_ms(mc), hour / 2);
	set(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MAX, 52);
	events(mc);
	KUNIT_EXPECT_LE(test, poll_in_ms(mc), hour / 5);
	KUNIT_EXPECT_GT(test, poll_in_ms(mc), hour / 10);
	set(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MAX, 53);
	events(mc);
	KUNIT_EXPECT_GT(test, poll_in_ms(mc), hour / 2);
	set(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN, 48);
	events(mc);
	KUNIT_EXPECT_LE(test, poll_in_ms(mc), hour / 5);
	set(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN, 47);
	events(mc);
	KUNIT_EXPECT_GT(test, poll_in_ms(mc), hour / 2);
}

static void a_limit_on_the_unknown_is_refused(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = with_alarms(test, 0);

	KUNIT_EXPECT_EQ(test, set(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN, 101), -EINVAL);
	KUNIT_EXPECT_EQ(test, set(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN, -1), -EINVAL);
	bus->reg[FAKE_FULL] = 0;
	msleep(EXPIRE_MS);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CAPACITY), -ENODATA);
	KUNIT_EXPECT_EQ(test, set(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN, 10), -ENODATA);
	bus->fail_next = INT_MAX;
	msleep(300);
	fake_get(mc, POWER_SUPPLY_PROP_PRESENT);
	msleep(300);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_PRESENT), 0);
	KUNIT_EXPECT_EQ(test, set(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN, 10), -ENODEV);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN), -ENODEV);
}

/* A slot that is registered again keeps what the user has set, and nothing else. */
static void limits_of_the_user_are_carried_over(struct kunit *test)
{
	struct psy_miniclass_config config = { .drvdata = test->priv, .name = "psy-again" };
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = with_alarms(test, 0);

	KUNIT_EXPECT_EQ(test, bus->user_limits.valid, 0U);
	KUNIT_EXPECT_EQ(test, set(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN, 60), 0);
	KUNIT_EXPECT_EQ(test, set(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN, 101), -EINVAL);
	KUNIT_EXPECT_EQ(test, bus->user_limits.valid, PSY_LIMIT_LOW);
	KUNIT_EXPECT_EQ(test, bus->user_limits.low, 60);

	config.regmap = bus->regmap;
	config.user_limits = &bus->user_limits;
	mc = devm_psy_miniclass_register(bus->dev, &fake_alarm_desc, &config);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, mc);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN), 60);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MAX), 100);
	/* At 50 percent it is passed: announced, though it was so from the start. */
	KUNIT_EXPECT_EQ(test, events(mc), 1ULL);
	KUNIT_EXPECT_EQ(test, mc->told.alerts, PSY_LIMIT_LOW);

	/* Nothing was set by user space: nothing to announce. */
	config.user_limits = NULL;
	config.name = "psy-anew";
	mc = devm_psy_miniclass_register(bus->dev, &fake_alarm_desc, &config);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, mc);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN), 0);
	KUNIT_EXPECT_EQ(test, events(mc), 0ULL);

	bus->user_limits.low = 101;
	config.user_limits = &bus->user_limits;
	config.name = "psy-wrong";
	mc = devm_psy_miniclass_register(bus->dev, &fake_alarm_desc, &config);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(mc), -EINVAL);
	fake_unregister(bus);
}

static void temperature_limits_need_an_alarm(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = with_alarms(test, PSY_LIMIT_TEMP_MAX);

	KUNIT_EXPECT_FALSE(test, fake_lists(mc, POWER_SUPPLY_PROP_TEMP_ALERT_MIN));
	KUNIT_EXPECT_TRUE(test, fake_lists(mc, POWER_SUPPLY_PROP_TEMP_ALERT_MAX));
	KUNIT_EXPECT_EQ(test, set(mc, POWER_SUPPLY_PROP_TEMP_ALERT_MAX, 450), 0);
	events(mc);
	KUNIT_EXPECT_EQ(test, bus->limits.valid, PSY_LIMIT_TEMP_MAX);
	KUNIT_EXPECT_EQ(test, bus->limits.temp_max, 450);
	bus->reg[FAKE_TEMP] = 451;
	psy_miniclass_changed(mc);
	KUNIT_EXPECT_EQ(test, events(mc), 1ULL);
}

/* Arm, read again, compare: what passes in between is not lost. */
static void the_alarm_is_set_then_the_device_is_read(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = with_alarms(test, PSY_LIMIT_LOW);

	bus->pass_on_set = 1900;
	KUNIT_EXPECT_EQ(test, set(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN, 50), 0);
	KUNIT_EXPECT_EQ(test, events(mc), 1ULL);
	KUNIT_EXPECT_EQ(test, bus->sets, 1U);
	KUNIT_EXPECT_EQ(test, bus->limits.low, 50);
	KUNIT_EXPECT_EQ(test, bus->limits.low_amount, 2000000);
	KUNIT_EXPECT_EQ(test, mc->told.alerts, PSY_LIMIT_LOW);

	/* Passed: of no use to the hardware any more. */
	psy_miniclass_changed(mc);
	events(mc);
	KUNIT_EXPECT_EQ(test, bus->disables, 1U);
}

static void an_unchanged_alarm_is_not_set_again(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = with_alarms(test, PSY_LIMIT_LOW);

	set(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN, 20);
	events(mc);
	bus->reads = 0;
	psy_miniclass_changed(mc);
	events(mc);
	KUNIT_EXPECT_EQ(test, bus->reads, FAKE_REFRESH);
	KUNIT_EXPECT_EQ(test, bus->sets, 1U);

	/* Another pack knows nothing of it. */
	bus->reg[FAKE_ID] = 0x3333;
	psy_miniclass_changed(mc);
	events(mc);
	KUNIT_EXPECT_EQ(test, bus->sets, 2U);
	fake_unregister(bus);
	KUNIT_EXPECT_EQ(test, bus->disables, 1U);
}

static void an_alarm_that_fails_is_no_busy_loop(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = with_alarms(test, PSY_LIMIT_LOW | PSY_ALARM_STATE);

	bus->set_err = -EIO;
	set(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN, 20);
	events(mc);
	bus->sets = 0;
	bus->reads = 0;
	msleep(500);
	KUNIT_EXPECT_EQ(test, bus->sets, 0U);
	KUNIT_EXPECT_EQ(test, bus->reads, 0U);
	/* It is looked for by the poll instead. */
	KUNIT_EXPECT_TRUE(test, delayed_work_pending(&mc->poll_work));
	KUNIT_EXPECT_EQ(test, mc->stats.arm_errors, 1ULL);
}

static void one_trip_point_follows_the_flow(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = with_alarms(test, PSY_LIMIT_LOW | PSY_LIMIT_HIGH |
					       PSY_ALARM_SINGLE);

	set(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN, 20);
	set(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MAX, 80);
	events(mc);
	KUNIT_EXPECT_EQ(test, bus->limits.valid, PSY_LIMIT_LOW);
	KUNIT_EXPECT_EQ(test, bus->limits.low_amount, 800000);
	bus->reg[FAKE_CURRENT] = 500;
	psy_miniclass_changed(mc);
	events(mc);
	KUNIT_EXPECT_EQ(test, bus->limits.valid, PSY_LIMIT_HIGH);
	KUNIT_EXPECT_EQ(test, bus->limits.high_amount, 3200000);
}

static void alarms_for_everything_silence_the_bus(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = with_alarms(test, PSY_LIMIT_LOW | PSY_ALARM_STATE);

	set(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN, 20);
	events(mc);
	KUNIT_EXPECT_FALSE(test, delayed_work_pending(&mc->poll_work));
	bus->quiet = true;
	msleep(1000);
	bus->quiet = false;

	/* A limit that the alarm cannot watch brings the poll back, */
	set(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MAX, 80);
	events(mc);
	KUNIT_EXPECT_TRUE(test, delayed_work_pending(&mc->poll_work));
	set(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MAX, 100);
	events(mc);
	KUNIT_EXPECT_FALSE(test, delayed_work_pending(&mc->poll_work));
	/* and so does one that is passed: its end must be seen. */
	bus->reg[FAKE_NOW] = 700;
	psy_miniclass_changed(mc);
	events(mc);
	KUNIT_EXPECT_TRUE(test, delayed_work_pending(&mc->poll_work));
}

/* What must be announced: another pack, none, flow that turns; levels see above. */
static void mandatory_causes_are_told(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = with_alarms(test, 0);

	bus->reg[FAKE_CURRENT] = 0;
	psy_miniclass_changed(mc);
	KUNIT_EXPECT_EQ(test, events(mc), 1ULL);
	bus->reg[FAKE_CURRENT] = 500;
	psy_miniclass_changed(mc);
	KUNIT_EXPECT_EQ(test, events(mc), 2ULL);
	bus->reg[FAKE_ID] = 0x4444;
	psy_miniclass_changed(mc);
	KUNIT_EXPECT_EQ(test, events(mc), 3ULL);
	bus->fail_next = INT_MAX;
	psy_miniclass_changed(mc);
	msleep(600);
	KUNIT_EXPECT_EQ(test, events(mc), 4ULL);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_PRESENT), 0);
	bus->fail_next = 0;
	psy_miniclass_changed(mc);
	KUNIT_EXPECT_EQ(test, events(mc), 5ULL);
}

static void settings_reach_the_device(struct kunit *test)
{
	static const struct {
		enum power_supply_property psp;
		enum psy_field field;
		int good, bad;
	} cases[] = {
		{ POWER_SUPPLY_PROP_CHARGE_BEHAVIOUR, PSY_CHARGE_BEHAVIOUR,
		  POWER_SUPPLY_CHARGE_BEHAVIOUR_FORCE_DISCHARGE,
		  POWER_SUPPLY_CHARGE_BEHAVIOUR_INHIBIT_CHARGE },
		{ POWER_SUPPLY_PROP_CHARGE_CONTROL_END_THRESHOLD, PSY_CHARGE_END_THRESHOLD,
		  80, 101 },
		{ POWER_SUPPLY_PROP_INPUT_CURRENT_LIMIT, PSY_INPUT_CURRENT_LIMIT, 1500000, -1 },
		{ POWER_SUPPLY_PROP_CHARGE_EMPTY, PSY_CHARGE_EMPTY, 400000, -1 },
	};
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = with_alarms(test, 0);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		KUNIT_EXPECT_EQ(test, set(mc, cases[i].psp, cases[i].bad), -EINVAL);
		KUNIT_EXPECT_EQ(test, set(mc, cases[i].psp, cases[i].good), 0);
		KUNIT_EXPECT_EQ(test, (int)bus->setting, (int)cases[i].field);
		KUNIT_EXPECT_EQ(test, fake_get(mc, cases[i].psp), cases[i].good);
	}
	/* The reserve that was set last is taken off. */
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CHARGE_NOW), 1600000);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CHARGE_FULL), 3600000);
}

static void settings_are_refused_with_a_reason(struct kunit *test)
{
	static const struct {
		int err, told;
	} cases[] = {
		{ -EOPNOTSUPP, -EOPNOTSUPP }, { -EINVAL, -EINVAL }, { -ENODEV, -ENODEV },
		{ -EPERM, -EPERM }, { -EBUSY, -EBUSY }, { -EBADMSG, -EIO },
		{ -ENXIO, -EIO }, { -ETIMEDOUT, -EIO },
	};
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = with_alarms(test, 0);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		bus->set_err = cases[i].err;
		KUNIT_EXPECT_EQ(test, set(mc, POWER_SUPPLY_PROP_INPUT_CURRENT_LIMIT, 1000),
				cases[i].told);
	}
	KUNIT_EXPECT_LT(test, set(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW, 1), 0);
}

static int mains_get_property(struct power_supply *psy, enum power_supply_property psp,
			      union power_supply_propval *val)
{
	val->intval = 1;
	return 0;
}

static enum power_supply_property mains_props[] = { POWER_SUPPLY_PROP_ONLINE };

static const struct power_supply_desc mains_desc = {
	.name = "psy-fake-mains",
	.type = POWER_SUPPLY_TYPE_MAINS,
	.properties = mains_props,
	.num_properties = ARRAY_SIZE(mains_props),
	.get_property = mains_get_property,
};

static void a_change_of_external_power_is_one_look(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = with_alarms(test, PSY_ALARM_STATE);
	struct power_supply *mains;

	mains = power_supply_register(bus->dev, &mains_desc, &(struct power_supply_config){ });
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, mains);
	/* Registration is a change, too. */
	flush_delayed_work(&mains->deferred_register_work);
	flush_work(&mains->changed_work);
	/* From here on only what is kicked reads the device. */
	mc->fresh = ms_to_ktime(60000);
	events(mc);
	KUNIT_EXPECT_GT(test, mc->settle_left, 0U);

	mc->settle_left = 0;
	bus->reads = 0;
	bus->reg[FAKE_CURRENT] = 800;
	power_supply_changed(mains);
	flush_work(&mains->changed_work);
	KUNIT_EXPECT_EQ(test, events(mc), 1ULL);
	KUNIT_EXPECT_EQ(test, bus->reads, FAKE_REFRESH);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_STATUS),
			POWER_SUPPLY_STATUS_CHARGING);
	/* The status has moved: no more is expected. */
	KUNIT_EXPECT_EQ(test, mc->settle_left, 0U);

	/* A pack that has not noticed yet is polled each second, five times. */
	power_supply_changed(mains);
	flush_work(&mains->changed_work);
	events(mc);
	KUNIT_EXPECT_GE(test, mc->settle_left, 3U);
	KUNIT_EXPECT_GE(test, poll_in_ms(mc), 0L);
	KUNIT_EXPECT_LE(test, poll_in_ms(mc), 1000L);

	/* Other batteries say nothing about external power. */
	mc->settle_left = 0;
	power_supply_changed(psy_miniclass_to_psy(mc));
	flush_work(&mc->psy->changed_work);
	KUNIT_EXPECT_EQ(test, mc->settle_left, 0U);
	power_supply_unregister(mains);
}

/* What unregistration does first: from here on readers get what there is. */
static void no_refresh_begins_while_dying(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = with_alarms(test, 0);

	mc->dying = true;
	bus->quiet = true;
	psy_miniclass_changed(mc);
	msleep(EXPIRE_MS);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 12000000);
	KUNIT_EXPECT_EQ(test, set(mc, POWER_SUPPLY_PROP_INPUT_CURRENT_LIMIT, 1000), -ENODEV);
	/* Nothing is queued: the poll is as far away as it was. */
	KUNIT_EXPECT_GT(test, poll_in_ms(mc), 3000000L);
	bus->quiet = false;
	mc->dying = false;
}

static void sleep_is_silent_and_ends_with_one_look(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = with_alarms(test, PSY_LIMIT_LOW);

	set(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN, 20);
	events(mc);
	dev_set_drvdata(bus->dev, mc);
	psy_suspend(bus->dev);
	bus->quiet = true;
	psy_miniclass_changed(mc);
	msleep(EXPIRE_MS);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 12000000);
	bus->quiet = false;

	bus->reads = 0;
	bus->reg[FAKE_NOW] = 400;
	psy_resume(bus->dev);
	KUNIT_EXPECT_EQ(test, events(mc), 1ULL);
	KUNIT_EXPECT_EQ(test, mc->told.alerts, PSY_LIMIT_LOW);
	KUNIT_EXPECT_EQ(test, bus->reads, FAKE_REFRESH);
	dev_set_drvdata(bus->dev, NULL);
}

/* The worker that would arm it may be frozen. */
static void a_limit_set_before_sleep_is_armed(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = with_alarms(test, PSY_LIMIT_LOW);

	dev_set_drvdata(bus->dev, mc);
	KUNIT_EXPECT_EQ(test, set(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN, 20), 0);
	/* As if it were */
	cancel_delayed_work_sync(&mc->poll_work);
	psy_suspend(bus->dev);
	KUNIT_EXPECT_EQ(test, bus->sets, 1U);
	KUNIT_EXPECT_EQ(test, bus->limits.low, 20);

	/* With nothing to do the device is not talked to. */
	psy_resume(bus->dev);
	events(mc);
	bus->quiet = true;
	psy_suspend(bus->dev);
	bus->quiet = false;
	psy_resume(bus->dev);
	dev_set_drvdata(bus->dev, NULL);
}

static void a_resume_sets_the_alarm_anew(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = with_alarms(test, PSY_LIMIT_LOW);

	set(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN, 20);
	events(mc);
	dev_set_drvdata(bus->dev, mc);
	psy_suspend(bus->dev);
	psy_resume(bus->dev);
	events(mc);
	KUNIT_EXPECT_EQ(test, bus->sets, 2U);
	dev_set_drvdata(bus->dev, NULL);
}

static struct kunit_case notify_cases[] = {
	KUNIT_CASE(what_a_reader_sees_first_is_confirmed_soon),
	KUNIT_CASE(an_alarm_that_chatters_costs_little),
	KUNIT_CASE(a_notification_that_waits_is_not_put_off),
	KUNIT_CASE(an_interrupt_thread_reads_the_device),
	KUNIT_CASE(a_current_around_zero_is_no_storm),
	KUNIT_CASE_SLOW(a_small_current_that_lasts_is_announced),
	KUNIT_CASE(hooks_come_in_pairs),
	KUNIT_CASE(a_limit_is_told_once_and_again_after_it_was_left),
	KUNIT_CASE(a_limit_on_the_unknown_is_refused),
	KUNIT_CASE(a_pack_brings_its_own_warning_level),
	KUNIT_CASE(a_change_of_level_is_announced),
	KUNIT_CASE(a_coarse_gauge_announces_its_steps),
	KUNIT_CASE(the_poll_is_quick_near_either_limit),
	KUNIT_CASE(limits_of_the_user_are_carried_over),
	KUNIT_CASE(temperature_limits_need_an_alarm),
	KUNIT_CASE(the_alarm_is_set_then_the_device_is_read),
	KUNIT_CASE(an_unchanged_alarm_is_not_set_again),
	KUNIT_CASE(an_alarm_that_fails_is_no_busy_loop),
	KUNIT_CASE(one_trip_point_follows_the_flow),
	KUNIT_CASE(alarms_for_everything_silence_the_bus),
	KUNIT_CASE(mandatory_causes_are_told),
	KUNIT_CASE(settings_reach_the_device),
	KUNIT_CASE(settings_are_refused_with_a_reason),
	KUNIT_CASE(a_change_of_external_power_is_one_look),
	KUNIT_CASE(no_refresh_begins_while_dying),
	KUNIT_CASE(sleep_is_silent_and_ends_with_one_look),
	KUNIT_CASE(a_limit_set_before_sleep_is_armed),
	KUNIT_CASE(a_resume_sets_the_alarm_anew),
	{ }
};

struct kunit_suite psy_notify_suite = {
	.name = "psy_notify",
	.init = notify_init,
	.test_cases = notify_cases,
};
