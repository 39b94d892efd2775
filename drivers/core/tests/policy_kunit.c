// SPDX-License-Identifier: GPL-2.0-only
/* Rules of what is told, when to look, and when to worry. */
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

	/* Unknown passes nothing. */
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

static void wait_ends_on_any_other_state(struct kunit *test)
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

static void the_current_settles_contradictions(struct kunit *test)
{
	static const struct {
		int told, ua, status;
		bool odd;
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

		psy_values_set(&v, PSY_STATUS, cases[i].told);
		psy_values_set(&v, PSY_CURRENT_NOW, cases[i].ua);
		KUNIT_EXPECT_EQ(test, psy_resolve(&v, false), cases[i].odd);
		KUNIT_EXPECT_EQ(test, v.val[PSY_STATUS], cases[i].status);
		KUNIT_EXPECT_EQ(test, v.val[PSY_CURRENT_NOW], cases[i].ua);
	}
}

static void a_primary_cell_is_never_charged(struct kunit *test)
{
	struct psy_values v = { };

	psy_values_set(&v, PSY_STATUS, POWER_SUPPLY_STATUS_CHARGING);
	KUNIT_EXPECT_TRUE(test, psy_resolve(&v, true));
	KUNIT_EXPECT_EQ(test, v.val[PSY_STATUS], POWER_SUPPLY_STATUS_NOT_CHARGING);
}

static void the_reserve_is_taken_off_both(struct kunit *test)
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

/* The same for energy; the reserve of one unit does not touch the other. */
static void the_reserve_of_energy_is_taken_off_both(struct kunit *test)
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

/* 10 % of what is shown, and the reserve, which the gauge counts as well */
static void amounts_contain_the_reserve(struct kunit *test)
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

static void levels_change_at_the_alerts(struct kunit *test)
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

	/* Without a level of its own a pack has none. */
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

	/* Without a critical level of its own, a pack is Low at worst. */
	info.values.valid &= ~PSY_BIT(PSY_ALERT_CRITICAL);
	v = (struct psy_values){ };
	psy_values_set(&v, PSY_CAPACITY, 0);
	psy_level(&v, &info);
	KUNIT_EXPECT_EQ(test, v.val[PSY_CAPACITY_LEVEL], POWER_SUPPLY_CAPACITY_LEVEL_LOW);

	/* What the hardware says is not overruled by a percentage. */
	v = (struct psy_values){ };
	psy_values_set(&v, PSY_CAPACITY, 1);
	psy_values_set(&v, PSY_CAPACITY_LEVEL, POWER_SUPPLY_CAPACITY_LEVEL_NORMAL);
	psy_level(&v, &info);
	KUNIT_EXPECT_EQ(test, v.val[PSY_CAPACITY_LEVEL], POWER_SUPPLY_CAPACITY_LEVEL_NORMAL);
}

/* Level critical (or normal) at a time in ms; what is published */
static int debounced(ktime_t *since, bool critical, int ms, bool *unsure)
{
	struct psy_values v = { };

	psy_values_set(&v, PSY_CAPACITY_LEVEL, critical ? POWER_SUPPLY_CAPACITY_LEVEL_CRITICAL :
		       POWER_SUPPLY_CAPACITY_LEVEL_NORMAL);
	*unsure = psy_debounce(&v, since, ms_to_ktime(100000 + ms));
	return v.val[PSY_CAPACITY_LEVEL];
}

static void critical_must_last(struct kunit *test)
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

/* The level gets lost while it waits: the wait goes on. */
static void an_unknown_level_confirms_nothing(struct kunit *test)
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

static void a_sudden_zero_must_last(struct kunit *test)
{
	static const struct {
		int capacity, ms, shown;
		bool unsure;
	} cases[] = {
		{ 50, 0, 50 },
		{ 0, 100, 50, true },		/* one false reading */
		{ 49, 200, 49 },
		{ 0, 2000, 49, true },
		{ 0, 2999, 49, true },
		{ 0, 3000, 0 },			/* it is true */
		{ 0, 3001, 0 },
		{ 6, 4000, 6 },
		{ 0, 5000, 6, true },
		{ 5, 5100, 5 },
		{ 0, 5200, 0 },			/* no surprise */
	};
	struct psy_values last = { };
	ktime_t since = 0;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct psy_values v = { };

		psy_values_set(&v, PSY_CAPACITY, cases[i].capacity);
		psy_values_set(&v, PSY_CHARGE_NOW, cases[i].capacity * 1000);
		psy_values_set(&v, PSY_TIME_TO_EMPTY_NOW, cases[i].capacity * 60);
		KUNIT_EXPECT_EQ_MSG(test, psy_doubt_empty(&v, &last, &since,
							  ms_to_ktime(100000 + cases[i].ms)),
				    cases[i].unsure, "case %u", i);
		KUNIT_EXPECT_EQ_MSG(test, v.val[PSY_CAPACITY], cases[i].shown, "case %u", i);
		KUNIT_EXPECT_EQ(test, v.val[PSY_CHARGE_NOW], cases[i].shown * 1000);
		KUNIT_EXPECT_EQ(test, !(v.valid & PSY_BIT(PSY_TIME_TO_EMPTY_NOW)),
				cases[i].unsure);
		if (!cases[i].unsure)
			last = v;
	}
}

/* A pack that is met at 0 % shows it, and is read again soon. */
static void a_first_zero_is_shown_and_confirmed(struct kunit *test)
{
	static const struct psy_values none;
	struct psy_values v = { };
	ktime_t since = 0;

	psy_values_set(&v, PSY_CAPACITY, 0);
	KUNIT_EXPECT_TRUE(test, psy_doubt_empty(&v, &none, &since, ms_to_ktime(1)));
	KUNIT_EXPECT_EQ(test, v.valid, PSY_BIT(PSY_CAPACITY));
	KUNIT_EXPECT_FALSE(test, psy_doubt_empty(&v, &none, &since, ms_to_ktime(1001)));
	KUNIT_EXPECT_EQ(test, v.valid, PSY_BIT(PSY_CAPACITY));
}

static void equal_passes_no_limit(struct kunit *test)
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

/* The trip point is never on the late side of the limit. */
static void amounts_round_outward(struct kunit *test)
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

static void small_steps_are_not_told(struct kunit *test)
{
	static const struct {
		int from, to, step, status;
		enum psy_tell tell;
	} cases[] = {
		{ 50, 49, 1, POWER_SUPPLY_STATUS_DISCHARGING, PSY_TELL_NOW },
		{ 50, 51, 1, POWER_SUPPLY_STATUS_DISCHARGING, PSY_TELL_SUPPRESSED },
		{ 50, 52, 1, POWER_SUPPLY_STATUS_DISCHARGING, PSY_TELL_NOW },
		{ 50, 49, 1, POWER_SUPPLY_STATUS_CHARGING, PSY_TELL_SUPPRESSED },
		{ 50, 46, 5, POWER_SUPPLY_STATUS_DISCHARGING, PSY_TELL_SUPPRESSED },
		{ 50, 45, 5, POWER_SUPPLY_STATUS_DISCHARGING, PSY_TELL_NOW },
		{ 2, 0, 5, POWER_SUPPLY_STATUS_DISCHARGING, PSY_TELL_NOW },
		{ 98, 100, 5, POWER_SUPPLY_STATUS_CHARGING, PSY_TELL_NOW },
		{ 50, 50, 1, POWER_SUPPLY_STATUS_DISCHARGING, PSY_TELL_NOTHING },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct psy_told a = { .tag = 1, .status = cases[i].status };
		struct psy_told b = a;

		a.capacity = cases[i].from;
		b.capacity = cases[i].to;
		b.when = ms_to_ktime(5000);
		KUNIT_EXPECT_EQ_MSG(test, psy_told_check(&a, &b, cases[i].step),
				    cases[i].tell, "case %u", i);
		b.when = ms_to_ktime(4999);
		if (cases[i].tell == PSY_TELL_NOW)
			KUNIT_EXPECT_EQ(test, psy_told_check(&a, &b, cases[i].step),
					PSY_TELL_LATER);
		/* A state does not wait for a number. */
		b.health = POWER_SUPPLY_HEALTH_OVERHEAT;
		KUNIT_EXPECT_EQ(test, psy_told_check(&a, &b, cases[i].step), PSY_TELL_NOW);
	}
}

/* 3600 readings of a gauge whose last percent flickers */
static void an_hour_of_discharge_tells_each_percent_once(struct kunit *test)
{
	struct psy_told told = { .tag = 1, .capacity = 100,
				 .status = POWER_SUPPLY_STATUS_DISCHARGING };
	struct psy_told now = told;
	unsigned int s, events = 0;

	for (s = 0; s <= 3600; s++) {
		now.when = ms_to_ktime(1000 * (s + 10));
		now.capacity = 100 - (s + (s % 3 ? 0 : 8)) / 36;
		now.capacity = max(now.capacity, 0);
		if (psy_told_check(&told, &now, 1) == PSY_TELL_NOW) {
			events++;
			told = now;
		}
	}
	KUNIT_EXPECT_EQ(test, events, 100U);
	KUNIT_EXPECT_EQ(test, told.capacity, 0);
}

static void polls_are_as_rare_as_can_be(struct kunit *test)
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

static void polls_have_a_floor(struct kunit *test)
{
	struct psy_poll_in in = { .base = 2 * HZ, .quick = HZ, .distance = 0 };

	KUNIT_EXPECT_EQ(test, psy_poll_delay(&in), (unsigned long)HZ);
}

static void device_chemistry(struct kunit *test)
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

static void dates_that_cannot_be(struct kunit *test)
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
	KUNIT_CASE(wait_ends_on_any_other_state),
	KUNIT_CASE(the_current_settles_contradictions),
	KUNIT_CASE(a_primary_cell_is_never_charged),
	KUNIT_CASE(the_reserve_is_taken_off_both),
	KUNIT_CASE(the_reserve_of_energy_is_taken_off_both),
	KUNIT_CASE(amounts_contain_the_reserve),
	KUNIT_CASE(levels_change_at_the_alerts),
	KUNIT_CASE(critical_must_last),
	KUNIT_CASE(an_unknown_level_confirms_nothing),
	KUNIT_CASE(a_sudden_zero_must_last),
	KUNIT_CASE(a_first_zero_is_shown_and_confirmed),
	KUNIT_CASE(equal_passes_no_limit),
	KUNIT_CASE(amounts_round_outward),
	KUNIT_CASE(small_steps_are_not_told),
	KUNIT_CASE(an_hour_of_discharge_tells_each_percent_once),
	KUNIT_CASE(polls_are_as_rare_as_can_be),
	KUNIT_CASE(polls_have_a_floor),
	KUNIT_CASE(device_chemistry),
	KUNIT_CASE(dates_that_cannot_be),
	{ }
};

struct kunit_suite psy_policy_suite = {
	.name = "psy_policy",
	.test_cases = policy_cases,
};
