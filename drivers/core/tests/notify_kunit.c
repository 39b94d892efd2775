// SPDX-License-Identifier: GPL-2.0-only
/* Limits, hardware alarms, settings, and system sleep. */
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

/* Wait for scheduled work, and return the number of events. */
static u64 events(struct psy_miniclass *mc)
{
	flush_delayed_work(&mc->poll_work);
	flush_work(&mc->event_work);
	return mc->stats.events;
}

/* Time until the next poll, ms; -1 if none is scheduled */
static long poll_in_ms(struct psy_miniclass *mc)
{
	if (!delayed_work_pending(&mc->poll_work))
		return -1;
	return jiffies_to_msecs(max_t(long, mc->poll_work.timer.expires - jiffies, 0));
}

static bool level_sent(struct psy_miniclass *mc, int level)
{
	unsigned int i;

	/* Limit the number of iterations, not the time: the machine may be slow. */
	for (i = 0; i < 600 && READ_ONCE(mc->last_event.capacity_level) != level; i++)
		msleep(20);
	return READ_ONCE(mc->last_event.capacity_level) == level;
}

/* The next poll is an hour away when a reader causes a value to be confirmed. */
static void reader_triggers_quick_confirmation(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc;
	unsigned int i;
	bool soon;

	bus->reg[FAKE_TEMP] = POWER_SUPPLY_CAPACITY_LEVEL_NORMAL;
	mc = fake_register(bus, &fake_level_desc);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, mc);
	KUNIT_EXPECT_GT(test, poll_in_ms(mc), 3000000L);

	bus->reg[FAKE_TEMP] = POWER_SUPPLY_CAPACITY_LEVEL_CRITICAL;
	fake_sleep(EXPIRE_MS);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 12000000);
	/* Soon, or it has been confirmed already */
	soon = poll_in_ms(mc) <= 100;
	KUNIT_EXPECT_TRUE(test, soon || level_sent(mc, POWER_SUPPLY_CAPACITY_LEVEL_CRITICAL));
	/* Confirmed by the worker, without a reader */
	KUNIT_EXPECT_TRUE(test, level_sent(mc, POWER_SUPPLY_CAPACITY_LEVEL_CRITICAL));

	/* An earlier poll is kept. */
	spin_lock_irq(&mc->snap_lock);
	psy_poll_in(mc, 100 * HZ);
	psy_poll_in(mc, 50 * HZ);
	psy_poll_in(mc, 70 * HZ);
	spin_unlock_irq(&mc->snap_lock);
	KUNIT_EXPECT_LE(test, poll_in_ms(mc), 50000L);

	bus->fail_next = INT_MAX;
	fake_sleep(EXPIRE_MS);
	fake_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW);
	KUNIT_EXPECT_LE(test, poll_in_ms(mc), 100L);
	fake_set_gone(mc, 0);
	for (i = 0; i < 600 && READ_ONCE(mc->last_event.tag) != PSY_TAG_NONE; i++)
		msleep(20);
	KUNIT_EXPECT_EQ(test, mc->last_event.tag, (u32)PSY_TAG_NONE);
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

/* First calls cause a reading at once, further ones are limited, the last is not lost. */
static void chattering_alarm_is_rate_limited(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = with_alarms(test, 0);
	unsigned int ms, i;

	/* Readers of the events cause no reading: the gap of notifications is set. */
	fake_never_expire(mc);
	bus->reads = 0;
	bus->reg[FAKE_CURRENT] = 500;
	psy_miniclass_changed(mc);
	KUNIT_EXPECT_EQ(test, events(mc), 1ULL);
	KUNIT_EXPECT_EQ(test, bus->reads, FAKE_REFRESH);

	ms = notify_storm(mc, 1000);
	KUNIT_EXPECT_GT(test, bus->reads, 4 * FAKE_REFRESH);
	/* 8 at once, then one per 60 ms of the actual duration of the storm */
	KUNIT_EXPECT_LE(test, bus->reads, (8 + ms / 60 + 2) * FAKE_REFRESH);
	KUNIT_EXPECT_EQ(test, mc->stats.notifies, 1001ULL);

	bus->reg[FAKE_CURRENT] = (u16)-500;
	psy_miniclass_changed(mc);
	for (i = 0; i < 600 && (READ_ONCE(mc->notified) ||
				READ_ONCE(mc->refresh_req) != READ_ONCE(mc->refresh_done)); i++)
		msleep(20);
	KUNIT_EXPECT_FALSE(test, mc->notified);
	KUNIT_EXPECT_EQ(test, mc->last_event.status, (int)POWER_SUPPLY_STATUS_DISCHARGING);
}

/* An earlier poll does not postpone it by the lifetime of a snapshot. */
static void delayed_notification_is_not_postponed(struct kunit *test)
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
				READ_ONCE(mc->refresh_req) != READ_ONCE(mc->refresh_done)); i++)
		msleep(20);
	KUNIT_EXPECT_FALSE(test, mc->notified);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_STATUS),
			(int)POWER_SUPPLY_STATUS_CHARGING);
	fake_unregister(bus);
}

/* The device has been read when the handler returns; a stuck line is rate-limited. */
static void interrupt_thread_reads_the_device(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = with_alarms(test, 0);
	ktime_t start = ktime_get();
	unsigned int i;
	s64 ms;

	fake_never_expire(mc);

	bus->reads = 0;
	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_EQ(test, (int)psy_miniclass_irq(1, mc), (int)IRQ_HANDLED);
	KUNIT_EXPECT_EQ(test, bus->reads, 3 * FAKE_REFRESH);
	KUNIT_EXPECT_EQ(test, mc->stats.notifies, 3ULL);

	for (i = 0; i < 25; i++)
		psy_miniclass_irq(1, mc);
	ms = ktime_ms_delta(ktime_get(), start);
	/* 8 of 28 at once, the others one per 60 ms */
	KUNIT_EXPECT_GE(test, ms, 18LL * 60);
	KUNIT_EXPECT_EQ(test, mc->stats.notifies, 28ULL);
}

/* Read with this current, and return the number of events. */
static u64 with_current(struct psy_miniclass *mc, int ma)
{
	struct fake_bus *bus = psy_miniclass_get_drvdata(mc);

	bus->reg[FAKE_CURRENT] = (u16)ma;
	fake_sleep(EXPIRE_MS);
	fake_get(mc, POWER_SUPPLY_PROP_STATUS);
	flush_work(&mc->event_work);
	return mc->stats.events;
}

static void current_around_zero_causes_no_event_storm(struct kunit *test)
{
	struct psy_miniclass *mc = with_alarms(test, 0);
	unsigned int i;

	/* At rest: reported at once, and only once */
	KUNIT_EXPECT_EQ(test, with_current(mc, 0), 1ULL);
	for (i = 0; i < 30; i++)
		KUNIT_EXPECT_EQ(test, with_current(mc, (int)(i % 3) - 1), 1ULL);
	KUNIT_EXPECT_EQ(test, mc->last_event.status, (int)POWER_SUPPLY_STATUS_NOT_CHARGING);
	/* The limit: 4000 mAh for 500 hours */
	KUNIT_EXPECT_EQ(test, with_current(mc, 8), 1ULL);
	/* Larger currents are reported at once. */
	KUNIT_EXPECT_EQ(test, with_current(mc, 9), 2ULL);
	KUNIT_EXPECT_EQ(test, with_current(mc, -500), 3ULL);
	KUNIT_EXPECT_EQ(test, with_current(mc, 500), 4ULL);
	/* Readers see the unconfirmed status. */
	KUNIT_EXPECT_EQ(test, with_current(mc, -1), 4ULL);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_STATUS),
			(int)POWER_SUPPLY_STATUS_DISCHARGING);
}

/* A small current is reported after it has lasted. */
static void persistent_small_current_is_reported(struct kunit *test)
{
	struct psy_miniclass *mc = with_alarms(test, 0);
	ktime_t start;
	unsigned int i;

	KUNIT_EXPECT_EQ(test, with_current(mc, 0), 1ULL);
	start = ktime_get_boottime();
	for (i = 0; i < 1000 && with_current(mc, -1) == 1; i++)
		KUNIT_EXPECT_TRUE(test, mc->event_deferred);
	KUNIT_EXPECT_GE(test, i, 2U);
	KUNIT_EXPECT_GE(test, ktime_ms_delta(ktime_get_boottime(), start), 5000LL);
	KUNIT_EXPECT_EQ(test, mc->last_event.status, (int)POWER_SUPPLY_STATUS_DISCHARGING);
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
	/* @desc is on the stack: unregister before it goes out of scope. */
	fake_unregister(bus);
}

static void limit_event_is_sent_once_per_crossing(struct kunit *test)
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
	KUNIT_EXPECT_EQ(test, mc->last_event.alerts, PSY_LIMIT_LOW);
	psy_miniclass_changed(mc);
	KUNIT_EXPECT_EQ(test, events(mc), 1ULL);

	bus->reg[FAKE_NOW] = 2000;
	psy_miniclass_changed(mc);
	KUNIT_EXPECT_EQ(test, events(mc), 1ULL);
	bus->reg[FAKE_NOW] = 1960;
	psy_miniclass_changed(mc);
	KUNIT_EXPECT_EQ(test, events(mc), 2ULL);

	/* A new limit is reported even if it is crossed already. */
	KUNIT_EXPECT_EQ(test, set(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN, 60), 0);
	KUNIT_EXPECT_EQ(test, events(mc), 3ULL);
	KUNIT_EXPECT_EQ(test, mc->last_event.alerts, PSY_LIMIT_LOW);
}

/* A pack with its own alert levels and resolution */
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
	.gone_ms = FAKE_GONE_MS,
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
	/* Skip the minimum interval of 5 s between capacity events. */
	mc->last_event.when = 0;
	fake_sleep(EXPIRE_MS);
	fake_get(mc, POWER_SUPPLY_PROP_CAPACITY);
	flush_work(&mc->event_work);
	return mc->stats.events;
}

static void pack_provides_the_default_alert_level(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = with_pack(test, 15, 5, 1);

	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN), 15);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CAPACITY_LEVEL),
			(int)POWER_SUPPLY_CAPACITY_LEVEL_NORMAL);
	/* A different pack has a different level, */
	bus->reg[FAKE_DESIGN] = 25;
	bus->reg[FAKE_ID] = 0x2222;
	fake_sleep(EXPIRE_MS);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN), 25);
	/* which does not override a limit set by the user. */
	KUNIT_EXPECT_EQ(test, set(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN, 30), 0);
	bus->reg[FAKE_ID] = 0x3333;
	fake_sleep(EXPIRE_MS);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN), 30);
}

/* A pack with a low, but without a critical level: never critical. */
static void level_change_sends_an_event(struct kunit *test)
{
	struct psy_miniclass *mc = with_pack(test, 15, 0, 1);
	u64 before;

	/* The event must not be caused by the limit of user space, */
	KUNIT_EXPECT_EQ(test, set(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN, 0), 0);
	with_capacity(mc, 15);
	before = mc->stats.events;
	mc->last_event.capacity = 14;		/* nor by the capacity */
	KUNIT_EXPECT_EQ(test, with_capacity(mc, 14), before + 1);
	KUNIT_EXPECT_EQ(test, mc->last_event.capacity_level, (int)POWER_SUPPLY_CAPACITY_LEVEL_LOW);
	with_capacity(mc, 0);
	fake_sleep(1500);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CAPACITY_LEVEL),
			(int)POWER_SUPPLY_CAPACITY_LEVEL_LOW);
}

static void coarse_gauge_reports_full_steps_only(struct kunit *test)
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

/* Within two percent of a limit, polling is five times as fast. */
static void polling_is_faster_near_a_limit(struct kunit *test)
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

static void limit_on_an_unknown_value_is_refused(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = with_alarms(test, 0);

	KUNIT_EXPECT_EQ(test, set(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN, 101), -EINVAL);
	KUNIT_EXPECT_EQ(test, set(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN, -1), -EINVAL);
	bus->reg[FAKE_FULL] = 0;
	fake_sleep(EXPIRE_MS);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CAPACITY), -ENODATA);
	KUNIT_EXPECT_EQ(test, set(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN, 10), -ENODATA);
	bus->fail_next = INT_MAX;
	fake_set_gone(mc, 0);
	fake_sleep(EXPIRE_MS);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_PRESENT), 0);
	KUNIT_EXPECT_EQ(test, set(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN, 10), -ENODEV);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN), -ENODEV);
}

/* A slot that is registered again keeps limits set by the user, but no others. */
static void user_limits_survive_reregistration(struct kunit *test)
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
	/* Crossed at 50 percent: reported, although it was crossed from the start */
	KUNIT_EXPECT_EQ(test, events(mc), 1ULL);
	KUNIT_EXPECT_EQ(test, mc->last_event.alerts, PSY_LIMIT_LOW);

	/* Without limits set by user space there is nothing to report. */
	config.user_limits = NULL;
	config.name = "psy-fresh";
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

/* Arm, read again, compare: a limit crossed in between is not missed. */
static void device_is_read_after_arming(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = with_alarms(test, PSY_LIMIT_LOW);

	bus->charge_on_set = 1900;
	KUNIT_EXPECT_EQ(test, set(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN, 50), 0);
	KUNIT_EXPECT_EQ(test, events(mc), 1ULL);
	KUNIT_EXPECT_EQ(test, bus->sets, 1U);
	KUNIT_EXPECT_EQ(test, bus->limits.low, 50);
	KUNIT_EXPECT_EQ(test, bus->limits.low_amount, 2000000);
	KUNIT_EXPECT_EQ(test, mc->last_event.alerts, PSY_LIMIT_LOW);

	/* Crossed: the hardware alarm is not needed any more. */
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

	/* The alarm must be set for a different pack. */
	bus->reg[FAKE_ID] = 0x3333;
	psy_miniclass_changed(mc);
	events(mc);
	KUNIT_EXPECT_EQ(test, bus->sets, 2U);
	fake_unregister(bus);
	KUNIT_EXPECT_EQ(test, bus->disables, 1U);
}

static void failed_alarm_causes_no_busy_loop(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = with_alarms(test, PSY_LIMIT_LOW | PSY_ALARM_STATE);

	bus->set_err = -EIO;
	set(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN, 20);
	events(mc);
	bus->sets = 0;
	bus->reads = 0;
	fake_sleep(500);
	KUNIT_EXPECT_EQ(test, bus->sets, 0U);
	KUNIT_EXPECT_EQ(test, bus->reads, 0U);
	/* The class falls back to polling. */
	KUNIT_EXPECT_TRUE(test, delayed_work_pending(&mc->poll_work));
	KUNIT_EXPECT_EQ(test, mc->stats.arm_errors, 1ULL);
}

static void single_trip_point_follows_the_current(struct kunit *test)
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

static void no_polling_when_alarms_cover_everything(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = with_alarms(test, PSY_LIMIT_LOW | PSY_ALARM_STATE);

	set(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN, 20);
	events(mc);
	KUNIT_EXPECT_FALSE(test, delayed_work_pending(&mc->poll_work));
	bus->quiet = true;
	fake_sleep(1000);
	bus->quiet = false;

	/* A limit that the alarm cannot watch needs polling, */
	set(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MAX, 80);
	events(mc);
	KUNIT_EXPECT_TRUE(test, delayed_work_pending(&mc->poll_work));
	set(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MAX, 100);
	events(mc);
	KUNIT_EXPECT_FALSE(test, delayed_work_pending(&mc->poll_work));
	/* and so does a crossed limit: its end must be detected. */
	bus->reg[FAKE_NOW] = 700;
	psy_miniclass_changed(mc);
	events(mc);
	KUNIT_EXPECT_TRUE(test, delayed_work_pending(&mc->poll_work));
}

/* Events for a different pack, removal, and change of direction; for levels see above. */
static void mandatory_events_are_sent(struct kunit *test)
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
	fake_set_gone(mc, 0);
	psy_miniclass_changed(mc);
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
	/* The reserve that was set last is subtracted. */
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CHARGE_NOW), 1600000);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CHARGE_FULL), 3600000);
}

static void refused_settings_return_an_errno(struct kunit *test)
{
	static const struct {
		int err, ret;
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
				cases[i].ret);
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

static void external_power_change_causes_one_refresh(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = with_alarms(test, PSY_ALARM_STATE);
	struct power_supply *mains;

	mains = power_supply_register(bus->dev, &mains_desc, &(struct power_supply_config){ });
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, mains);
	/* The registration is a change, too. */
	flush_delayed_work(&mains->deferred_register_work);
	flush_work(&mains->changed_work);
	/* From here on only notifications cause readings. */
	fake_set_fresh(mc, 60000);
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
	/* The status has changed: no further polls */
	KUNIT_EXPECT_EQ(test, mc->settle_left, 0U);

	/* The current stops first: that is not the end of it. */
	bus->reg[FAKE_CURRENT] = 0;
	power_supply_changed(mains);
	flush_work(&mains->changed_work);
	KUNIT_EXPECT_EQ(test, events(mc), 2ULL);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_STATUS),
			POWER_SUPPLY_STATUS_NOT_CHARGING);
	KUNIT_EXPECT_GT(test, mc->settle_left, 0U);

	/* A pack that has not reacted yet is polled every second, five times. */
	power_supply_changed(mains);
	flush_work(&mains->changed_work);
	events(mc);
	KUNIT_EXPECT_GE(test, mc->settle_left, 1U);
	KUNIT_EXPECT_GE(test, poll_in_ms(mc), 0L);
	KUNIT_EXPECT_LE(test, poll_in_ms(mc), 1000L);

	/* Batteries are not external power. */
	mc->settle_left = 0;
	power_supply_changed(psy_miniclass_to_psy(mc));
	flush_work(&mc->psy->changed_work);
	KUNIT_EXPECT_EQ(test, mc->settle_left, 0U);
	power_supply_unregister(mains);
}

/* Sanitizers of the kernel report if the instance is still in a list. */
static void external_power_change_after_the_end_is_ignored(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct power_supply *mains;

	with_alarms(test, PSY_ALARM_STATE);
	mains = power_supply_register(NULL, &mains_desc, &(struct power_supply_config){ });
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, mains);
	flush_delayed_work(&mains->deferred_register_work);
	flush_work(&mains->changed_work);
	fake_unregister(bus);
	power_supply_changed(mains);
	flush_work(&mains->changed_work);
	power_supply_unregister(mains);
}

/* The first step of unregistration: readers get the last snapshot. */
static void no_refresh_begins_while_dying(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = with_alarms(test, 0);

	mc->dying = true;
	bus->quiet = true;
	psy_miniclass_changed(mc);
	fake_sleep(EXPIRE_MS);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 12000000);
	KUNIT_EXPECT_EQ(test, set(mc, POWER_SUPPLY_PROP_INPUT_CURRENT_LIMIT, 1000), -ENODEV);
	/* Nothing was queued: the next poll is as far away as before. */
	KUNIT_EXPECT_GT(test, poll_in_ms(mc), 3000000L);
	bus->quiet = false;
	mc->dying = false;
}

static void suspend_stops_access_and_resume_reads_once(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = with_alarms(test, PSY_LIMIT_LOW);

	set(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN, 20);
	events(mc);
	dev_set_drvdata(bus->dev, mc);
	psy_suspend(bus->dev);
	bus->quiet = true;
	psy_miniclass_changed(mc);
	fake_sleep(EXPIRE_MS);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 12000000);
	bus->quiet = false;

	/* Readers of the event cause no further reading. */
	fake_never_expire(mc);
	bus->reads = 0;
	bus->reg[FAKE_NOW] = 400;
	psy_resume(bus->dev);
	KUNIT_EXPECT_EQ(test, events(mc), 1ULL);
	KUNIT_EXPECT_EQ(test, mc->last_event.alerts, PSY_LIMIT_LOW);
	KUNIT_EXPECT_EQ(test, bus->reads, FAKE_REFRESH);
	dev_set_drvdata(bus->dev, NULL);
}

/* The worker that would arm it may be frozen already. */
static void a_limit_set_before_sleep_is_armed(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = with_alarms(test, PSY_LIMIT_LOW);

	dev_set_drvdata(bus->dev, mc);
	KUNIT_EXPECT_EQ(test, set(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN, 20), 0);
	/* Simulate the frozen worker. */
	cancel_delayed_work_sync(&mc->poll_work);
	psy_suspend(bus->dev);
	KUNIT_EXPECT_EQ(test, bus->sets, 1U);
	KUNIT_EXPECT_EQ(test, bus->limits.low, 20);

	/* Without pending work the device is not accessed. */
	psy_resume(bus->dev);
	events(mc);
	bus->quiet = true;
	psy_suspend(bus->dev);
	bus->quiet = false;
	psy_resume(bus->dev);
	dev_set_drvdata(bus->dev, NULL);
}

/* A reading that fails before sleep and one after it are not a silence of hours. */
static void time_asleep_is_not_a_silence(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = with_alarms(test, 0);

	dev_set_drvdata(bus->dev, mc);
	fake_never_confirm(mc);
	fake_never_expire(mc);
	bus->fail_next = INT_MAX;
	psy_miniclass_changed(mc);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_PRESENT), 1);
	events(mc);
	psy_suspend(bus->dev);
	fake_set_gone(mc, 1);
	fake_sleep(EXPIRE_MS);
	psy_resume(bus->dev);
	events(mc);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_PRESENT), 1);
	dev_set_drvdata(bus->dev, NULL);
}

/* Some members of a composite, say, have got the limit before one has failed. */
static void failed_alarm_is_disabled_with_its_limit(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = with_alarms(test, PSY_LIMIT_LOW);

	bus->set_err = -EIO;
	KUNIT_EXPECT_EQ(test, set(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN, 20), 0);
	events(mc);
	KUNIT_EXPECT_GE(test, bus->sets, 1U);
	KUNIT_EXPECT_EQ(test, bus->disables, 0U);
	KUNIT_EXPECT_EQ(test, set(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN, 0), 0);
	events(mc);
	KUNIT_EXPECT_EQ(test, bus->disables, 1U);

	KUNIT_EXPECT_EQ(test, set(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN, 20), 0);
	events(mc);
	fake_unregister(bus);
	KUNIT_EXPECT_EQ(test, bus->disables, 2U);
}

static void resume_rearms_the_alarm(struct kunit *test)
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
	KUNIT_CASE(reader_triggers_quick_confirmation),
	KUNIT_CASE(chattering_alarm_is_rate_limited),
	KUNIT_CASE(delayed_notification_is_not_postponed),
	KUNIT_CASE(interrupt_thread_reads_the_device),
	KUNIT_CASE(current_around_zero_causes_no_event_storm),
	KUNIT_CASE_SLOW(persistent_small_current_is_reported),
	KUNIT_CASE(hooks_come_in_pairs),
	KUNIT_CASE(limit_event_is_sent_once_per_crossing),
	KUNIT_CASE(limit_on_an_unknown_value_is_refused),
	KUNIT_CASE(pack_provides_the_default_alert_level),
	KUNIT_CASE(level_change_sends_an_event),
	KUNIT_CASE(coarse_gauge_reports_full_steps_only),
	KUNIT_CASE(polling_is_faster_near_a_limit),
	KUNIT_CASE(user_limits_survive_reregistration),
	KUNIT_CASE(temperature_limits_need_an_alarm),
	KUNIT_CASE(device_is_read_after_arming),
	KUNIT_CASE(an_unchanged_alarm_is_not_set_again),
	KUNIT_CASE(failed_alarm_causes_no_busy_loop),
	KUNIT_CASE(single_trip_point_follows_the_current),
	KUNIT_CASE(no_polling_when_alarms_cover_everything),
	KUNIT_CASE(mandatory_events_are_sent),
	KUNIT_CASE(settings_reach_the_device),
	KUNIT_CASE(refused_settings_return_an_errno),
	KUNIT_CASE(external_power_change_causes_one_refresh),
	KUNIT_CASE(external_power_change_after_the_end_is_ignored),
	KUNIT_CASE(no_refresh_begins_while_dying),
	KUNIT_CASE(suspend_stops_access_and_resume_reads_once),
	KUNIT_CASE(a_limit_set_before_sleep_is_armed),
	KUNIT_CASE(time_asleep_is_not_a_silence),
	KUNIT_CASE(failed_alarm_is_disabled_with_its_limit),
	KUNIT_CASE(resume_rearms_the_alarm),
	{ }
};

struct kunit_suite psy_notify_suite = {
	.name = "psy_notify",
	.init = notify_init,
	.test_cases = notify_cases,
};
