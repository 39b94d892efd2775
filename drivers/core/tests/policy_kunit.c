// SPDX-License-Identifier: GPL-2.0-only
/* Event filtering, poll interval and alert policy */
#include <kunit/test.h>
#include <linux/string.h>

#include "../internal.h"
#include "fake_bus.h"

static void state_bits(struct kunit *test)
{
	static const struct {
		int status, level;
		u32 state;
	} cases[] = {
		{ POWER_SUPPLY_STATUS_CHARGING, POWER_SUPPLY_CAPACITY_LEVEL_NORMAL,
		  PSY_STATE_CHARGING },
		{ POWER_SUPPLY_STATUS_DISCHARGING, POWER_SUPPLY_CAPACITY_LEVEL_LOW,
		  PSY_STATE_DISCHARGING },
		{ POWER_SUPPLY_STATUS_FULL, POWER_SUPPLY_CAPACITY_LEVEL_FULL, PSY_STATE_FULL },
		{ POWER_SUPPLY_STATUS_DISCHARGING, POWER_SUPPLY_CAPACITY_LEVEL_CRITICAL,
		  PSY_STATE_DISCHARGING | PSY_STATE_CRITICAL },
		{ POWER_SUPPLY_STATUS_NOT_CHARGING, POWER_SUPPLY_CAPACITY_LEVEL_NORMAL, 0 },
	};
	struct psy_snapshot snap = { };
	unsigned int i;

	KUNIT_EXPECT_EQ(test, psy_state(&snap), 0U);
	snap.tag = 1;
	KUNIT_EXPECT_EQ(test, psy_state(&snap), PSY_STATE_PRESENT);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		psy_values_set(&snap.status, PSY_STATUS, cases[i].status);
		psy_values_set(&snap.status, PSY_CAPACITY_LEVEL, cases[i].level);
		KUNIT_EXPECT_EQ(test, psy_state(&snap), cases[i].state | PSY_STATE_PRESENT);
	}
}

static void wait_limits_are_strict(struct kunit *test)
{
	struct psy_wait w = { .tag = 7, .state = PSY_STATE_PRESENT, .low = 20, .high = 80 };
	struct psy_snapshot snap = { .tag = 7 };
	int capacity;

	/* An unknown capacity does not cross a limit. */
	KUNIT_EXPECT_EQ(test, psy_wait_over(&w, &snap), 0);
	for (capacity = 0; capacity <= 100; capacity++) {
		psy_values_set(&snap.status, PSY_CAPACITY, capacity);
		KUNIT_EXPECT_EQ_MSG(test, psy_wait_over(&w, &snap),
				    capacity < 20 || capacity > 80, "%d", capacity);
	}
	snap.tag = 8;
	KUNIT_EXPECT_EQ(test, psy_wait_over(&w, &snap), -ENODEV);
	snap.tag = PSY_TAG_NONE;
	KUNIT_EXPECT_EQ(test, psy_wait_over(&w, &snap), -ENODEV);
}

static void wait_ends_on_any_state_change(struct kunit *test)
{
	struct psy_wait w = { .tag = 7, .high = 100 };
	struct psy_snapshot snap = { .tag = 7 };
	unsigned int bit;

	psy_values_set(&snap.status, PSY_STATUS, POWER_SUPPLY_STATUS_DISCHARGING);
	w.state = psy_state(&snap);
	KUNIT_EXPECT_EQ(test, psy_wait_over(&w, &snap), 0);
	for (bit = 0; bit < 5; bit++) {
		w.state ^= BIT(bit);
		KUNIT_EXPECT_EQ(test, psy_wait_over(&w, &snap), 1);
		w.state ^= BIT(bit);
	}
}

static void current_overrides_a_contradictory_status(struct kunit *test)
{
	static const struct {
		int reported, ua, status;
		bool contradiction;
	} cases[] = {
		{ POWER_SUPPLY_STATUS_CHARGING, 10, POWER_SUPPLY_STATUS_CHARGING },
		{ POWER_SUPPLY_STATUS_CHARGING, 0, POWER_SUPPLY_STATUS_CHARGING },
		{ POWER_SUPPLY_STATUS_CHARGING, -10, POWER_SUPPLY_STATUS_DISCHARGING, true },
		{ POWER_SUPPLY_STATUS_DISCHARGING, 10, POWER_SUPPLY_STATUS_CHARGING, true },
		{ POWER_SUPPLY_STATUS_DISCHARGING, -10, POWER_SUPPLY_STATUS_DISCHARGING },
		{ POWER_SUPPLY_STATUS_FULL, 10, POWER_SUPPLY_STATUS_FULL },
		{ POWER_SUPPLY_STATUS_FULL, -10, POWER_SUPPLY_STATUS_FULL },
		{ POWER_SUPPLY_STATUS_NOT_CHARGING, 3, POWER_SUPPLY_STATUS_NOT_CHARGING },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct psy_values v = { };

		psy_values_set(&v, PSY_STATUS, cases[i].reported);
		psy_values_set(&v, PSY_CURRENT_NOW, cases[i].ua);
		KUNIT_EXPECT_EQ(test, psy_resolve(&v, false), cases[i].contradiction);
		KUNIT_EXPECT_EQ(test, v.val[PSY_STATUS], cases[i].status);
		KUNIT_EXPECT_EQ(test, v.val[PSY_CURRENT_NOW], cases[i].ua);
	}
}

static void primary_cell_never_reports_charging(struct kunit *test)
{
	struct psy_values v = { };

	psy_values_set(&v, PSY_STATUS, POWER_SUPPLY_STATUS_CHARGING);
	KUNIT_EXPECT_TRUE(test, psy_resolve(&v, true));
	KUNIT_EXPECT_EQ(test, v.val[PSY_STATUS], POWER_SUPPLY_STATUS_NOT_CHARGING);
}

static void charge_reserve_is_subtracted_from_now_and_full(struct kunit *test)
{
	struct psy_values v = { };

	psy_values_set(&v, PSY_CHARGE_NOW, 2000);
	psy_values_set(&v, PSY_CHARGE_FULL, 4000);
	psy_subtract_bias(&v);
	KUNIT_EXPECT_EQ(test, v.val[PSY_CHARGE_NOW], 2000);

	psy_values_set(&v, PSY_CHARGE_EMPTY, 300);
	psy_subtract_bias(&v);
	KUNIT_EXPECT_EQ(test, v.val[PSY_CHARGE_NOW], 1700);
	KUNIT_EXPECT_EQ(test, v.val[PSY_CHARGE_FULL], 3700);

	psy_values_set(&v, PSY_CHARGE_NOW, 100);
	psy_subtract_bias(&v);
	KUNIT_EXPECT_EQ(test, v.val[PSY_CHARGE_NOW], 0);
}

static void currents_get_their_sign(struct kunit *test)
{
	const u64 currents = PSY_BIT(PSY_CURRENT_NOW) | PSY_BIT(PSY_CURRENT_AVG);
	struct psy_values v = { };
	u64 failed = 0;

	psy_values_set(&v, PSY_CURRENT_NOW, 700);
	psy_values_set(&v, PSY_CURRENT_AVG, 600);
	psy_values_set(&v, PSY_CURRENT_SIGN, 1);
	psy_apply_sign(&v, &failed);
	KUNIT_EXPECT_EQ(test, v.val[PSY_CURRENT_NOW], 700);
	psy_values_set(&v, PSY_CURRENT_SIGN, -1);
	psy_apply_sign(&v, &failed);
	KUNIT_EXPECT_EQ(test, v.val[PSY_CURRENT_NOW], -700);
	KUNIT_EXPECT_EQ(test, v.val[PSY_CURRENT_AVG], -600);
	KUNIT_EXPECT_EQ(test, v.valid, currents);
	KUNIT_EXPECT_EQ(test, failed, 0ULL);

	failed = PSY_BIT(PSY_CURRENT_SIGN);
	psy_apply_sign(&v, &failed);
	KUNIT_EXPECT_EQ(test, v.valid, 0ULL);
	KUNIT_EXPECT_EQ(test, failed, currents | PSY_BIT(PSY_CURRENT_SIGN));
}

/* The same for energy; the energy reserve does not affect charge fields. */
static void energy_reserve_is_subtracted_from_now_and_full(struct kunit *test)
{
	struct psy_values v = { };

	psy_values_set(&v, PSY_ENERGY_NOW, 20000);
	psy_values_set(&v, PSY_ENERGY_FULL, 40000);
	psy_values_set(&v, PSY_CHARGE_FULL, 4000);
	psy_values_set(&v, PSY_ENERGY_EMPTY, 3000);
	psy_subtract_bias(&v);
	KUNIT_EXPECT_EQ(test, v.val[PSY_ENERGY_NOW], 17000);
	KUNIT_EXPECT_EQ(test, v.val[PSY_ENERGY_FULL], 37000);
	KUNIT_EXPECT_EQ(test, v.val[PSY_CHARGE_FULL], 4000);
}

/* 10 % of the published amount, plus the reserve, which the gauge also counts */
static void limit_amounts_include_the_reserve(struct kunit *test)
{
	static const struct {
		enum psy_field full, empty;
	} cases[] = {
		{ PSY_CHARGE_FULL, PSY_CHARGE_EMPTY },
		{ PSY_ENERGY_FULL, PSY_ENERGY_EMPTY },
	};
	struct psy_limits l = { .low = 10, .high = 90 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct psy_values v = { };

		psy_values_set(&v, cases[i].full, 4000);
		psy_values_set(&v, cases[i].empty, 400);
		psy_subtract_bias(&v);
		psy_limits_amounts(&l, &v);
		KUNIT_EXPECT_EQ(test, l.low_amount, 360 + 400);
		KUNIT_EXPECT_EQ(test, l.high_amount, 3240 + 400);
	}
}

static void level_follows_the_alert_thresholds(struct kunit *test)
{
	static const struct {
		int capacity, level;
	} cases[] = {
		{ 0, POWER_SUPPLY_CAPACITY_LEVEL_CRITICAL },
		{ 5, POWER_SUPPLY_CAPACITY_LEVEL_CRITICAL },
		{ 6, POWER_SUPPLY_CAPACITY_LEVEL_LOW },
		{ 9, POWER_SUPPLY_CAPACITY_LEVEL_LOW },
		{ 10, POWER_SUPPLY_CAPACITY_LEVEL_NORMAL },
		{ 100, POWER_SUPPLY_CAPACITY_LEVEL_NORMAL },
	};
	struct psy_info info = { };
	struct psy_values v = { };
	unsigned int i;

	/* No level without alert levels of the pack */
	psy_values_set(&v, PSY_CAPACITY, 1);
	psy_level(&v, &info);
	KUNIT_EXPECT_FALSE(test, v.valid & PSY_BIT(PSY_CAPACITY_LEVEL));

	psy_values_set(&info.values, PSY_ALERT_LOW, 10);
	psy_values_set(&info.values, PSY_ALERT_CRITICAL, 5);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		v = (struct psy_values){ };
		psy_values_set(&v, PSY_CAPACITY, cases[i].capacity);
		psy_level(&v, &info);
		KUNIT_EXPECT_EQ(test, v.val[PSY_CAPACITY_LEVEL], cases[i].level);
	}

	/* Without a critical level of the pack, the lowest level is Low. */
	info.values.valid &= ~PSY_BIT(PSY_ALERT_CRITICAL);
	v = (struct psy_values){ };
	psy_values_set(&v, PSY_CAPACITY, 0);
	psy_level(&v, &info);
	KUNIT_EXPECT_EQ(test, v.val[PSY_CAPACITY_LEVEL], POWER_SUPPLY_CAPACITY_LEVEL_LOW);

	/* A level reported by the hardware takes precedence. */
	v = (struct psy_values){ };
	psy_values_set(&v, PSY_CAPACITY, 1);
	psy_values_set(&v, PSY_CAPACITY_LEVEL, POWER_SUPPLY_CAPACITY_LEVEL_NORMAL);
	psy_level(&v, &info);
	KUNIT_EXPECT_EQ(test, v.val[PSY_CAPACITY_LEVEL], POWER_SUPPLY_CAPACITY_LEVEL_NORMAL);
}

/* Debounce a critical (or normal) level at a time in ms; returns the published level. */
static int debounced(ktime_t *since, bool critical, int ms, bool *unsure)
{
	struct psy_values v = { };

	psy_values_set(&v, PSY_CAPACITY_LEVEL, critical ? POWER_SUPPLY_CAPACITY_LEVEL_CRITICAL :
		       POWER_SUPPLY_CAPACITY_LEVEL_NORMAL);
	*unsure = psy_debounce(&v, since, ms_to_ktime(100000 + ms));
	return v.val[PSY_CAPACITY_LEVEL];
}

static void critical_level_is_debounced(struct kunit *test)
{
	static const struct {
		bool critical;
		int ms, level;
		bool unsure;
	} cases[] = {
		{ true, 0, POWER_SUPPLY_CAPACITY_LEVEL_LOW, true },
		{ false, 500, POWER_SUPPLY_CAPACITY_LEVEL_NORMAL },	/* a glitch */
		{ true, 2000, POWER_SUPPLY_CAPACITY_LEVEL_LOW, true },
		{ true, 2999, POWER_SUPPLY_CAPACITY_LEVEL_LOW, true },
		{ true, 3000, POWER_SUPPLY_CAPACITY_LEVEL_CRITICAL },
		{ true, 9000, POWER_SUPPLY_CAPACITY_LEVEL_CRITICAL },
		{ false, 9001, POWER_SUPPLY_CAPACITY_LEVEL_NORMAL },
		{ true, 9002, POWER_SUPPLY_CAPACITY_LEVEL_LOW, true },
	};
	ktime_t since = 0;
	unsigned int i;
	bool unsure;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		KUNIT_EXPECT_EQ_MSG(test, debounced(&since, cases[i].critical, cases[i].ms,
						    &unsure), cases[i].level, "step %u", i);
		KUNIT_EXPECT_EQ(test, unsure, cases[i].unsure);
	}
}

/* The level becomes unknown while it is being confirmed: the debounce continues. */
static void unknown_level_does_not_confirm_critical(struct kunit *test)
{
	ktime_t since = 0;
	struct psy_values v = { };
	bool unsure;

	KUNIT_EXPECT_FALSE(test, psy_debounce(&v, &since, ms_to_ktime(1)));
	debounced(&since, true, 0, &unsure);
	KUNIT_EXPECT_TRUE(test, psy_debounce(&v, &since, ms_to_ktime(100500)));
	KUNIT_EXPECT_EQ(test, v.valid, 0ULL);
	KUNIT_EXPECT_EQ(test, debounced(&since, true, 1000, &unsure),
			POWER_SUPPLY_CAPACITY_LEVEL_CRITICAL);
	KUNIT_EXPECT_FALSE(test, unsure);
}

static void sudden_zero_capacity_is_debounced(struct kunit *test)
{
	static const struct {
		int capacity, ms, published;
		bool unsure;
	} cases[] = {
		{ 50, 0, 50 },
		{ 0, 100, 50, true },		/* single bad reading */
		{ 49, 200, 49 },
		{ 0, 2000, 49, true },
		{ 0, 2999, 49, true },
		{ 0, 3000, 0 },			/* confirmed */
		{ 0, 3001, 0 },
		{ 6, 4000, 6 },
		{ 0, 5000, 6, true },
		{ 5, 5100, 5 },
		{ 0, 5200, 0 },			/* not sudden */
	};
	struct psy_values last = { };
	ktime_t since = 0;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct psy_values v = { };

		psy_values_set(&v, PSY_CAPACITY, cases[i].capacity);
		psy_values_set(&v, PSY_CHARGE_NOW, cases[i].capacity * 1000);
		psy_values_set(&v, PSY_TIME_TO_EMPTY_NOW, cases[i].capacity * 60);
		KUNIT_EXPECT_EQ_MSG(test, psy_debounce_empty(&v, &last, &since,
							     ms_to_ktime(100000 + cases[i].ms)),
				    cases[i].unsure, "case %u", i);
		KUNIT_EXPECT_EQ_MSG(test, v.val[PSY_CAPACITY], cases[i].published, "case %u", i);
		KUNIT_EXPECT_EQ(test, v.val[PSY_CHARGE_NOW], cases[i].published * 1000);
		KUNIT_EXPECT_EQ(test, !(v.valid & PSY_BIT(PSY_TIME_TO_EMPTY_NOW)),
				cases[i].unsure);
		if (!cases[i].unsure)
			last = v;
	}
}

/* The capacity becomes unknown while 0 is being confirmed: the debounce continues. */
static void unknown_capacity_does_not_confirm_zero(struct kunit *test)
{
	struct psy_values last = { }, v = { };
	ktime_t since = 0;

	psy_values_set(&last, PSY_CAPACITY, 50);
	KUNIT_EXPECT_FALSE(test, psy_debounce_empty(&v, &last, &since, ms_to_ktime(1)));
	psy_values_set(&v, PSY_CAPACITY, 0);
	KUNIT_EXPECT_TRUE(test, psy_debounce_empty(&v, &last, &since, ms_to_ktime(100000)));
	v = (struct psy_values){ };
	KUNIT_EXPECT_TRUE(test, psy_debounce_empty(&v, &last, &since, ms_to_ktime(100500)));
	KUNIT_EXPECT_EQ(test, v.valid, 0ULL);
	psy_values_set(&v, PSY_CAPACITY, 0);
	KUNIT_EXPECT_FALSE(test, psy_debounce_empty(&v, &last, &since, ms_to_ktime(101000)));
}

/* A pack that is inserted at 0 % reports it at once, and is read again soon. */
static void initial_zero_capacity_is_published(struct kunit *test)
{
	static const struct psy_values none;
	struct psy_values v = { };
	ktime_t since = 0;

	psy_values_set(&v, PSY_CAPACITY, 0);
	KUNIT_EXPECT_TRUE(test, psy_debounce_empty(&v, &none, &since, ms_to_ktime(1)));
	KUNIT_EXPECT_EQ(test, v.valid, PSY_BIT(PSY_CAPACITY));
	KUNIT_EXPECT_FALSE(test, psy_debounce_empty(&v, &none, &since, ms_to_ktime(1001)));
	KUNIT_EXPECT_EQ(test, v.valid, PSY_BIT(PSY_CAPACITY));
}

static void value_equal_to_a_limit_does_not_cross_it(struct kunit *test)
{
	struct psy_limits l = { .valid = 0xf, .low = 20, .high = 80, .temp_min = 0,
				.temp_max = 600 };
	struct psy_values v = { };

	KUNIT_EXPECT_EQ(test, psy_alerts(&l, &v), 0U);
	psy_values_set(&v, PSY_CAPACITY, 20);
	psy_values_set(&v, PSY_TEMP, 600);
	KUNIT_EXPECT_EQ(test, psy_alerts(&l, &v), 0U);
	psy_values_set(&v, PSY_CAPACITY, 19);
	psy_values_set(&v, PSY_TEMP, 601);
	KUNIT_EXPECT_EQ(test, psy_alerts(&l, &v), PSY_LIMIT_LOW | PSY_LIMIT_TEMP_MAX);
	psy_values_set(&v, PSY_CAPACITY, 81);
	psy_values_set(&v, PSY_TEMP, -1);
	KUNIT_EXPECT_EQ(test, psy_alerts(&l, &v), PSY_LIMIT_HIGH | PSY_LIMIT_TEMP_MIN);
	l.valid = PSY_LIMIT_LOW;
	KUNIT_EXPECT_EQ(test, psy_alerts(&l, &v), 0U);
}

/* The trip point must never be reached later than the limit. */
static void limit_amounts_are_rounded_outward(struct kunit *test)
{
	static const int fulls[] = { 4400000, 3333333, 1, INT_MAX };
	struct psy_values v = { };
	struct psy_limits l = { };
	unsigned int i;

	l.low_amount = 5;
	psy_limits_amounts(&l, &v);
	KUNIT_EXPECT_EQ(test, l.low_amount, 0);
	for (i = 0; i < ARRAY_SIZE(fulls); i++) {
		psy_values_set(&v, PSY_CHARGE_FULL, fulls[i]);
		for (l.low = 0; l.low <= 100; l.low++) {
			l.high = l.low;
			psy_limits_amounts(&l, &v);
			KUNIT_EXPECT_GE(test, 100LL * l.low_amount, (s64)fulls[i] * l.low);
			KUNIT_EXPECT_LE(test, 100LL * l.high_amount, (s64)fulls[i] * l.high);
			KUNIT_EXPECT_LE(test, l.low_amount - l.high_amount, 1);
		}
	}
}

/* A driver's Full ends with its chargers; other statuses are those of the device. */
static void full_needs_a_supplier(struct kunit *test)
{
	static const struct { int status, suppliers, result; } cases[] = {
		{ POWER_SUPPLY_STATUS_FULL, POWER_SUPPLY_STATUS_DISCHARGING,
		  POWER_SUPPLY_STATUS_DISCHARGING },
		{ POWER_SUPPLY_STATUS_FULL, POWER_SUPPLY_STATUS_CHARGING,
		  POWER_SUPPLY_STATUS_FULL },
		{ POWER_SUPPLY_STATUS_FULL, POWER_SUPPLY_STATUS_NOT_CHARGING,
		  POWER_SUPPLY_STATUS_FULL },
		{ POWER_SUPPLY_STATUS_FULL, POWER_SUPPLY_STATUS_UNKNOWN,
		  POWER_SUPPLY_STATUS_FULL },
		{ POWER_SUPPLY_STATUS_CHARGING, POWER_SUPPLY_STATUS_DISCHARGING,
		  POWER_SUPPLY_STATUS_CHARGING },
		{ POWER_SUPPLY_STATUS_DISCHARGING, POWER_SUPPLY_STATUS_CHARGING,
		  POWER_SUPPLY_STATUS_DISCHARGING },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct psy_values v = {};

		psy_values_set(&v, PSY_STATUS, cases[i].status);
		psy_values_set(&v, PSY_CAPACITY, 100);
		KUNIT_EXPECT_EQ_MSG(test, psy_status_supplied(&v, cases[i].suppliers),
				    cases[i].status != cases[i].result, "case %u", i);
		KUNIT_EXPECT_EQ_MSG(test, v.val[PSY_STATUS], cases[i].result, "case %u", i);
	}
}

static void small_capacity_steps_are_suppressed(struct kunit *test)
{
	static const struct {
		int from, to, step, status;
		enum psy_event_verdict verdict;
	} cases[] = {
		{ 50, 49, 1, POWER_SUPPLY_STATUS_DISCHARGING, PSY_VERDICT_NOW },
		{ 50, 51, 1, POWER_SUPPLY_STATUS_DISCHARGING, PSY_VERDICT_SUPPRESSED },
		{ 50, 52, 1, POWER_SUPPLY_STATUS_DISCHARGING, PSY_VERDICT_NOW },
		{ 50, 49, 1, POWER_SUPPLY_STATUS_CHARGING, PSY_VERDICT_SUPPRESSED },
		{ 50, 46, 5, POWER_SUPPLY_STATUS_DISCHARGING, PSY_VERDICT_SUPPRESSED },
		{ 50, 45, 5, POWER_SUPPLY_STATUS_DISCHARGING, PSY_VERDICT_NOW },
		{ 2, 0, 5, POWER_SUPPLY_STATUS_DISCHARGING, PSY_VERDICT_NOW },
		{ 98, 100, 5, POWER_SUPPLY_STATUS_CHARGING, PSY_VERDICT_NOW },
		{ 50, 50, 1, POWER_SUPPLY_STATUS_DISCHARGING, PSY_VERDICT_NONE },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct psy_event a = { .tag = 1, .status = cases[i].status };
		struct psy_event b = a;

		a.capacity = cases[i].from;
		b.capacity = cases[i].to;
		b.when = ms_to_ktime(5000);
		KUNIT_EXPECT_EQ_MSG(test, psy_event_compare(&a, &b, cases[i].step),
				    cases[i].verdict, "case %u", i);
		b.when = ms_to_ktime(4999);
		if (cases[i].verdict == PSY_VERDICT_NOW)
			KUNIT_EXPECT_EQ(test, psy_event_compare(&a, &b, cases[i].step),
					PSY_VERDICT_LATER);
		/* A state change is not subject to the rate limit. */
		b.health = POWER_SUPPLY_HEALTH_OVERHEAT;
		KUNIT_EXPECT_EQ(test, psy_event_compare(&a, &b, cases[i].step), PSY_VERDICT_NOW);
	}
}

/* 3600 readings of a gauge whose capacity flickers by one percent */
static void one_event_per_percent_of_discharge(struct kunit *test)
{
	struct psy_event last = { .tag = 1, .capacity = 100,
				 .status = POWER_SUPPLY_STATUS_DISCHARGING };
	struct psy_event now = last;
	unsigned int s, events = 0;

	for (s = 0; s <= 3600; s++) {
		now.when = ms_to_ktime(1000 * (s + 10));
		now.capacity = 100 - (s + (s % 3 ? 0 : 8)) / 36;
		now.capacity = max(now.capacity, 0);
		if (psy_event_compare(&last, &now, 1) == PSY_VERDICT_NOW) {
			events++;
			last = now;
		}
	}
	KUNIT_EXPECT_EQ(test, events, 100U);
	KUNIT_EXPECT_EQ(test, last.capacity, 0);
}

static void poll_interval_follows_the_state(struct kunit *test)
{
	const unsigned long base = 10 * HZ;
	static const struct {
		struct psy_poll_in in;
		unsigned long delay;
	} cases[] = {
		{ { .distance = 50, .flowing = true }, 10 * HZ },
		{ { .distance = 50 }, 30 * HZ },
		{ { .distance = 3, .flowing = true }, 10 * HZ },
		{ { .distance = 2, .flowing = true }, 2 * HZ },
		{ { .distance = 0 }, 2 * HZ },
		{ { .distance = 0, .covered = true }, PSY_POLL_NEVER },
		{ { .distance = 50, .covered = true, .flowing = true }, PSY_POLL_NEVER },
		{ { .distance = 50, .covered = true, .unsure = true }, HZ },
		{ { .distance = 50, .unsure = true }, HZ },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct psy_poll_in in = cases[i].in;

		in.base = base;
		in.quick = HZ;
		KUNIT_EXPECT_EQ_MSG(test, psy_poll_delay(&in), cases[i].delay, "case %u", i);
	}
}

static void poll_interval_has_a_minimum(struct kunit *test)
{
	struct psy_poll_in in = { .base = 2 * HZ, .quick = HZ, .distance = 0 };

	KUNIT_EXPECT_EQ(test, psy_poll_delay(&in), (unsigned long)HZ);
}

static void chemistry_maps_to_technology(struct kunit *test)
{
	static const struct {
		const char *text;
		int technology;
	} cases[] = {
		{ "LION", POWER_SUPPLY_TECHNOLOGY_LION },
		{ "Li-I", POWER_SUPPLY_TECHNOLOGY_LION },
		{ "lion", POWER_SUPPLY_TECHNOLOGY_LION },
		{ "LiP", POWER_SUPPLY_TECHNOLOGY_LIPO },
		{ "LIPO", POWER_SUPPLY_TECHNOLOGY_LIPO },
		{ "LiFeP", POWER_SUPPLY_TECHNOLOGY_LiFe },
		{ "LiMn", POWER_SUPPLY_TECHNOLOGY_LiMn },
		{ "NiCd", POWER_SUPPLY_TECHNOLOGY_NiCd },
		{ "NiMH", POWER_SUPPLY_TECHNOLOGY_NiMH },
		{ "NIMH", POWER_SUPPLY_TECHNOLOGY_NiMH },
		{ "PbAc", POWER_SUPPLY_TECHNOLOGY_UNKNOWN },
		{ "NiZn", POWER_SUPPLY_TECHNOLOGY_UNKNOWN },
		{ "RAM", POWER_SUPPLY_TECHNOLOGY_UNKNOWN },
		{ "", POWER_SUPPLY_TECHNOLOGY_UNKNOWN },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++)
		KUNIT_EXPECT_EQ_MSG(test, psy_chemistry_to_technology(cases[i].text),
				    cases[i].technology, "%s", cases[i].text);
}

static void impossible_dates_are_invalid(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, psy_date_valid(2024, 2, 29));
	KUNIT_EXPECT_TRUE(test, psy_date_valid(1980, 1, 1));
	KUNIT_EXPECT_FALSE(test, psy_date_valid(0, 0, 0));
	KUNIT_EXPECT_FALSE(test, psy_date_valid(2024, 0, 1));
	KUNIT_EXPECT_FALSE(test, psy_date_valid(2024, 13, 1));
	KUNIT_EXPECT_FALSE(test, psy_date_valid(2024, 4, 31));
	KUNIT_EXPECT_FALSE(test, psy_date_valid(2024, 1, 0));
	KUNIT_EXPECT_FALSE(test, psy_date_valid(65535, 12, 31));
}

static struct kunit_case policy_cases[] = {
	KUNIT_CASE(state_bits),
	KUNIT_CASE(wait_limits_are_strict),
	KUNIT_CASE(wait_ends_on_any_state_change),
	KUNIT_CASE(current_overrides_a_contradictory_status),
	KUNIT_CASE(primary_cell_never_reports_charging),
	KUNIT_CASE(charge_reserve_is_subtracted_from_now_and_full),
	KUNIT_CASE(currents_get_their_sign),
	KUNIT_CASE(energy_reserve_is_subtracted_from_now_and_full),
	KUNIT_CASE(limit_amounts_include_the_reserve),
	KUNIT_CASE(level_follows_the_alert_thresholds),
	KUNIT_CASE(critical_level_is_debounced),
	KUNIT_CASE(unknown_level_does_not_confirm_critical),
	KUNIT_CASE(sudden_zero_capacity_is_debounced),
	KUNIT_CASE(unknown_capacity_does_not_confirm_zero),
	KUNIT_CASE(initial_zero_capacity_is_published),
	KUNIT_CASE(value_equal_to_a_limit_does_not_cross_it),
	KUNIT_CASE(limit_amounts_are_rounded_outward),
	KUNIT_CASE(full_needs_a_supplier),
	KUNIT_CASE(small_capacity_steps_are_suppressed),
	KUNIT_CASE(one_event_per_percent_of_discharge),
	KUNIT_CASE(poll_interval_follows_the_state),
	KUNIT_CASE(poll_interval_has_a_minimum),
	KUNIT_CASE(chemistry_maps_to_technology),
	KUNIT_CASE(impossible_dates_are_invalid),
	{ }
};

struct kunit_suite psy_policy_suite = {
	.name = "psy_policy",
	.test_cases = policy_cases,
};
