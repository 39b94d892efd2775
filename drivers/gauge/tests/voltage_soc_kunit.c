// SPDX-License-Identifier: GPL-2.0-only
/* The arithmetic of the voltage gauge; the numbers are worked out by hand. */
#include <kunit/test.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/power_supply.h>
#include <linux/prandom.h>
#include <linux/string.h>

#include "../voltage.h"

#define FULL_UAH	2000000
#define FULL		(FULL_UAH * VOLTAGE_UAH)
#define PERCENT		(FULL / 100)

/* 2 Ah, 100 mOhm, charged to 4.2 V until 100 mA, empty at 3.1 V */
static const struct voltage_point ocv[] = {
	{ 4200000, 100 }, { 3700000, 50 }, { 3500000, 20 }, { 3000000, 0 },
};

static const struct voltage_point ocv_cold[] = {
	{ 4200000, 90 }, { 3700000, 30 }, { 3500000, 0 },
};

static const struct voltage_point resist[] = { { 20, 100 }, { 0, 200 } };

static const struct voltage_battery cell = {
	.full_uah = FULL_UAH,
	.resistance_uohm = 100000,
	.empty_uv = 3100000,
	.charge_uv = 4200000,
	.term_ua = 100000,
	.nr_tables = 1,
	.tables = { { 25, ARRAY_SIZE(ocv), ocv } },
};

/* The warmer table first: the order is that of the firmware. */
static const struct voltage_battery two_tables = {
	.full_uah = FULL_UAH,
	.resistance_uohm = 100000,
	.nr_tables = 2,
	.tables = { { 20, ARRAY_SIZE(ocv), ocv }, { 0, ARRAY_SIZE(ocv_cold), ocv_cold } },
	.resist = { 0, ARRAY_SIZE(resist), resist },
};

/* @n steps of @dt_ms */
static void steps(struct voltage_soc *soc, const struct voltage_battery *bat, int uv, int ua,
		  int dt_ms, int n)
{
	const struct voltage_sample s = { uv, ua, VOLTAGE_ROOM_TEMP, true, false, dt_ms };

	while (n--)
		voltage_soc_step(soc, bat, &s);
}

/* A battery that has rested for an hour at 3.7 V, 50 % */
static struct voltage_soc rested(void)
{
	struct voltage_soc soc = {};

	steps(&soc, &cell, 3700000, 0, 1000, 3600);
	return soc;
}

struct ocv_case {
	int uv, temp, ppm;
};

static void the_table_is_interpolated(struct kunit *test)
{
	static const struct ocv_case cases[] = {
		{ 4200000, 250, 1000000 }, { 3700000, 250, 500000 }, { 3000000, 250, 0 },
		{ 3950000, 250, 750000 }, { 3600000, 250, 350000 }, { 3100000, 250, 40000 },
		/* 50 + 123456 / 500000 * 50 */
		{ 3823456, 250, 623456 },
		{ 4300000, 250, 1000000 }, { 2500000, 250, 0 }, { INT_MAX, 250, 1000000 },
		{ INT_MIN, 250, 0 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++)
		KUNIT_EXPECT_EQ_MSG(test, cases[i].ppm,
				    voltage_ocv_ppm(&cell, cases[i].uv, cases[i].temp),
				    "%d uV", cases[i].uv);
}

static void temperatures_are_interpolated(struct kunit *test)
{
	static const struct ocv_case cases[] = {
		{ 3700000, 200, 500000 }, { 3700000, 0, 300000 }, { 3700000, 100, 400000 },
		{ 3700000, 50, 350000 }, { 3700000, 400, 500000 }, { 3700000, -200, 300000 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++)
		KUNIT_EXPECT_EQ_MSG(test, cases[i].ppm,
				    voltage_ocv_ppm(&two_tables, cases[i].uv, cases[i].temp),
				    "%d at %d", cases[i].uv, cases[i].temp);
	KUNIT_EXPECT_EQ(test, voltage_resistance(&two_tables, 200), 100000);
	KUNIT_EXPECT_EQ(test, voltage_resistance(&two_tables, 100), 150000);
	KUNIT_EXPECT_EQ(test, voltage_resistance(&two_tables, -100), 200000);
	KUNIT_EXPECT_EQ(test, voltage_resistance(&cell, 100), 100000);
}

/* The power_supply core has the same with whole percents. */
static void the_table_agrees_with_the_core(struct kunit *test)
{
	struct power_supply_battery_ocv_table table[ARRAY_SIZE(ocv)];
	int i, uv;

	for (i = 0; i < ARRAY_SIZE(ocv); i++)
		table[i] = (struct power_supply_battery_ocv_table){ ocv[i].x, ocv[i].y };
	for (uv = 2900000; uv < 4300000; uv += 777) {
		int ours = voltage_ocv_ppm(&cell, uv, VOLTAGE_ROOM_TEMP);
		int core = power_supply_ocv2cap_simple(table, ARRAY_SIZE(table), uv);

		KUNIT_ASSERT_LE_MSG(test, abs(ours - core * 10000), 10000, "%d uV", uv);
	}
}

/*
 * 3.6 V at -1 A: 3.7 V without the load, 50 %. Error: 18 mV of the measurement, 50 mV of
 * the drop, 36 mV of the settling: 3.596 V are 34.4 %, 15.6 less, and 2 of the table.
 */
static void starts_with_the_voltage(struct kunit *test)
{
	struct voltage_soc soc = {};

	steps(&soc, &cell, 3600000, -1000000, 12345, 1);
	KUNIT_EXPECT_EQ(test, soc.ocv_uv, 3700000);
	KUNIT_EXPECT_EQ(test, soc.charge, 50 * PERCENT);
	KUNIT_EXPECT_EQ(test, soc.margin, 176 * PERCENT / 10);
	KUNIT_EXPECT_EQ(test, soc.counter, 0);

	/* Charging: 3.8 V at 1 A are 3.7 V as well. */
	memset(&soc, 0, sizeof(soc));
	steps(&soc, &cell, 3800000, 1000000, 0, 1);
	KUNIT_EXPECT_EQ(test, soc.ocv_uv, 3700000);
	KUNIT_EXPECT_EQ(test, soc.charge, 50 * PERCENT);
}

/*
 * After a rest 18.5 mV remain: 3.6815 V are 47.225 %, 2.775 less, and 2 of the table; and
 * the drift in 5 minutes, 0.04.
 */
static void a_rest_reduces_the_error(struct kunit *test)
{
	struct voltage_soc soc = {};
	s64 last;
	int i;

	steps(&soc, &cell, 3700000, 0, 1000, 1);
	for (i = 0; i < 3600; i++) {
		last = soc.margin;
		steps(&soc, &cell, 3700000, 0, 1000, 1);
		/* Its drift of 0.5 % per hour is reached in the end. */
		KUNIT_ASSERT_LE(test, soc.margin, last + FULL / 200 / 3600);
	}
	KUNIT_EXPECT_EQ(test, div64_s64(soc.margin, PERCENT / 10), 48);
	KUNIT_EXPECT_EQ(test, soc.charge, 50 * PERCENT);
}

static void counts_the_charge(struct kunit *test)
{
	struct voltage_soc soc = rested();
	s64 charge = soc.charge, margin = soc.margin;

	/* The first second starts at 0 A: 59.5 As in a minute. The drop does not count. */
	steps(&soc, &cell, 3500000, -1000000, 1000, 60);
	KUNIT_EXPECT_EQ(test, soc.charge - charge, -59500000000LL);
	KUNIT_EXPECT_EQ(test, soc.counter, -59500000000LL);
	/* 3 % of it, and 1/60 of 0.5 % */
	KUNIT_EXPECT_EQ(test, soc.margin - margin, 1785000000LL + FULL_UAH / 200 * 60000LL);

	/* One long step is the same as many short ones. */
	charge = soc.charge;
	steps(&soc, &cell, 3500000, -1000000, 60000, 1);
	KUNIT_EXPECT_EQ(test, soc.charge - charge, -60000000000LL);
	/* The other direction, from -1 A to 1 A */
	charge = soc.charge;
	steps(&soc, &cell, 3900000, 1000000, 1000, 1);
	KUNIT_EXPECT_EQ(test, soc.charge, charge);
	steps(&soc, &cell, 3900000, 1000000, 1000, 60);
	KUNIT_EXPECT_EQ(test, soc.charge - charge, 60000000000LL);
}

/* Counted to 80 % with a large error, but the voltage after a rest says 50 %. */
static void a_rest_corrects_the_charge(struct kunit *test)
{
	struct voltage_soc soc = rested();
	s64 last;
	int i;

	soc.charge = 80 * PERCENT;
	soc.margin = 30 * PERCENT;
	for (i = 0; i < 1800; i++) {
		last = soc.charge;
		steps(&soc, &cell, 3700000, 0, 1000, 1);
		KUNIT_ASSERT_LE(test, soc.charge, last);
		/* Slowly: at most 0.1 % in a second */
		KUNIT_ASSERT_GE(test, soc.charge, last - PERCENT / 10);
	}
	KUNIT_EXPECT_GT(test, soc.charge, 50 * PERCENT);
	KUNIT_EXPECT_LT(test, soc.charge, 51 * PERCENT);
	KUNIT_EXPECT_LT(test, soc.margin, 5 * PERCENT);
}

static void a_gap_is_not_counted(struct kunit *test)
{
	struct voltage_soc soc = rested();
	s64 charge = soc.charge, counter = soc.counter;

	/* An hour later, 3.66 V: 44 %. 50 % are within the error of that. */
	steps(&soc, &cell, 3660000, -100000, 3600000, 1);
	KUNIT_EXPECT_EQ(test, soc.charge, charge);
	KUNIT_EXPECT_EQ(test, soc.counter, counter);
	KUNIT_EXPECT_GT(test, soc.margin, 8 * PERCENT);
	/* 3.2 V and 8 % exclude them. */
	steps(&soc, &cell, 3200000, 0, 3600000, 1);
	KUNIT_EXPECT_LT(test, soc.charge, 20 * PERCENT);
	KUNIT_EXPECT_GT(test, soc.charge, 8 * PERCENT);
	KUNIT_EXPECT_LE(test, soc.charge - soc.margin, 8 * PERCENT);
}

/* A short one, too: the machine draws much less while it sleeps. */
static void a_sleep_is_not_counted(struct kunit *test)
{
	struct voltage_sample s = { 3500000, -2000000, VOLTAGE_ROOM_TEMP, true, true, 60000 };
	struct voltage_soc soc = rested();
	s64 charge = soc.charge, counter = soc.counter;

	voltage_soc_step(&soc, &cell, &s);
	KUNIT_EXPECT_EQ(test, soc.charge, charge);
	KUNIT_EXPECT_EQ(test, soc.counter, counter);
	s.slept = false;
	voltage_soc_step(&soc, &cell, &s);
	KUNIT_EXPECT_EQ(test, soc.counter, counter - 2000000LL * 60000);
}

static int shown(const struct voltage_soc *soc)
{
	return div64_s64(soc->charge + PERCENT / 2, PERCENT);
}

static void a_counted_zero_needs_the_voltage(struct kunit *test)
{
	struct voltage_soc soc = rested();

	soc.charge = 0;
	steps(&soc, &cell, 3650000, -500000, 1000, 1);
	KUNIT_EXPECT_EQ(test, shown(&soc), 1);

	/* The voltage of an empty battery under load: the board is about to switch off. */
	soc.charge = 15 * PERCENT;
	steps(&soc, &cell, 3100000, -500000, 1000, 150);
	KUNIT_EXPECT_EQ(test, shown(&soc), 0);
	/* ... but a dip of a second is only that. */
	soc = rested();
	steps(&soc, &cell, 3100000, -500000, 1000, 1);
	KUNIT_EXPECT_GT(test, shown(&soc), 47);
}

/* As when the machine wakes up, or a load begins between two polls */
static void a_dip_is_not_what_happened_before(struct kunit *test)
{
	struct voltage_soc soc = rested();
	s64 charge = soc.charge;

	steps(&soc, &cell, 3100000, -500000, 100000, 1);
	KUNIT_EXPECT_GT(test, shown(&soc), 40);
	KUNIT_EXPECT_GE(test, soc.charge + soc.margin, charge - 2 * PERCENT);
	soc = (struct voltage_soc){};
	steps(&soc, &cell, 3700000, 0, 0, 1);
	charge = soc.charge;
	steps(&soc, &cell, 2990000, 0, 3600000, 1);
	KUNIT_EXPECT_GT(test, soc.charge, 0);
}

/* A monitor that assumes a different shunt counts far too much. */
static void the_voltage_bounds_the_count(struct kunit *test)
{
	struct voltage_soc soc = rested();

	steps(&soc, &cell, 3700000, -2000000, 1000, 7200);
	KUNIT_EXPECT_GT(test, shown(&soc), 20);
	KUNIT_EXPECT_GT(test, soc.margin, 10 * PERCENT);
	/* The current may be reversed, too. */
	soc = rested();
	steps(&soc, &cell, 3400000, 500000, 1000, 7200);
	KUNIT_EXPECT_LT(test, shown(&soc), 50);
}

static void an_offset_does_not_grow_with_the_battery(struct kunit *test)
{
	struct voltage_battery bat = cell;

	KUNIT_EXPECT_EQ(test, voltage_idle_ua(&bat), 15000);
	bat.full_uah = 100000000;
	KUNIT_EXPECT_EQ(test, voltage_idle_ua(&bat), 50000);
}

static void full_is_not_concluded_from_a_gap(struct kunit *test)
{
	struct voltage_soc soc = rested();

	steps(&soc, &cell, 4190000, 50000, 3600000, 1);
	KUNIT_EXPECT_FALSE(test, soc.full);
}

static void full_is_what_the_charger_has_finished(struct kunit *test)
{
	struct voltage_soc soc = {};

	/* Constant voltage, but still a high current */
	steps(&soc, &cell, 4260000, 500000, 1000, 7200);
	KUNIT_EXPECT_FALSE(test, soc.full);
	KUNIT_EXPECT_EQ(test, shown(&soc), 99);
	/* A low current, but not constant voltage */
	steps(&soc, &cell, 4100000, 90000, 1000, 7200);
	KUNIT_EXPECT_FALSE(test, soc.full);
	steps(&soc, &cell, 4190000, 100000, 1000, 59);
	KUNIT_EXPECT_FALSE(test, soc.full);
	steps(&soc, &cell, 4190000, 100000, 1000, 1);
	KUNIT_EXPECT_TRUE(test, soc.full);
	KUNIT_EXPECT_EQ(test, soc.charge, FULL);
	KUNIT_EXPECT_EQ(test, soc.margin, 2 * PERCENT);

	/* The charger has stopped. */
	steps(&soc, &cell, 4150000, -3000, 1000, 36000);
	KUNIT_EXPECT_TRUE(test, soc.full);
	/* A day later it charges again. */
	steps(&soc, &cell, 4150000, 300000, 1000, 1);
	KUNIT_EXPECT_FALSE(test, soc.full);
	KUNIT_EXPECT_EQ(test, shown(&soc), 99);
	steps(&soc, &cell, 4190000, 50000, 1000, 60);
	KUNIT_EXPECT_TRUE(test, soc.full);
	/* It is used. */
	steps(&soc, &cell, 4100000, -500000, 1000, 1);
	KUNIT_EXPECT_FALSE(test, soc.full);
	KUNIT_EXPECT_EQ(test, shown(&soc), 99);
	/* Full in spite of a voltage that is not: such as a battery that was replaced */
	soc.full = true;
	steps(&soc, &cell, 3700000, 0, 1000, 1);
	KUNIT_EXPECT_FALSE(test, soc.full);
}

/* Without the current at which it is full, the voltage alone may reach 100 %. */
static void full_needs_a_description(struct kunit *test)
{
	struct voltage_battery bat = cell;
	struct voltage_soc soc = {};

	bat.term_ua = 0;
	steps(&soc, &bat, 4200000, 0, 1000, 3600);
	KUNIT_EXPECT_FALSE(test, soc.full);
	KUNIT_EXPECT_EQ(test, shown(&soc), 100);
}

/* Almost the same voltage from 20 % to 90 % */
static void a_flat_curve_has_a_large_error(struct kunit *test)
{
	static const struct voltage_point lfp[] = {
		{ 3400000, 100 }, { 3330000, 90 }, { 3300000, 60 }, { 3280000, 20 }, { 2500000, 0 },
	};
	struct voltage_battery bat = cell;
	struct voltage_soc soc = {};

	bat.tables[0] = (struct voltage_table){ 25, ARRAY_SIZE(lfp), lfp };
	steps(&soc, &bat, 3300000, 0, 1000, 3600);
	KUNIT_EXPECT_GT(test, soc.margin, 30 * PERCENT);
}

static void an_unknown_resistance_is_an_error(struct kunit *test)
{
	struct voltage_battery bat = cell;
	struct voltage_soc soc = {}, known = {};

	bat.resistance_uohm = 0;
	steps(&soc, &bat, 3700000, -1000000, 0, 1);
	KUNIT_EXPECT_EQ(test, soc.ocv_uv, 3700000);
	steps(&known, &cell, 3600000, -1000000, 0, 1);
	KUNIT_EXPECT_GT(test, soc.margin, known.margin);
}

static void the_current_may_be_missing(struct kunit *test)
{
	struct voltage_sample s = { .uv = 3700000, .temp = VOLTAGE_ROOM_TEMP, .dt_ms = 1000 };
	struct voltage_soc soc = {};
	int i;

	voltage_soc_step(&soc, &cell, &s);
	KUNIT_EXPECT_EQ(test, soc.charge, 50 * PERCENT);
	s.uv = 3600000;
	for (i = 0; i < 3600; i++)
		voltage_soc_step(&soc, &cell, &s);
	KUNIT_EXPECT_EQ(test, shown(&soc), 35);
	KUNIT_EXPECT_GT(test, soc.margin, 10 * PERCENT);
	KUNIT_EXPECT_EQ(test, soc.counter, 0);
}

/* The OCV of a charge */
static s64 ocv_of(s64 charge)
{
	const struct voltage_point *p = ocv + 1;

	while (p < ocv + ARRAY_SIZE(ocv) - 1 && p->y * PERCENT > charge)
		p++;
	return p->x + div64_s64((charge - p->y * PERCENT) * (p[-1].x - p->x),
				(p[-1].y - p->y) * PERCENT);
}

/*
 * A battery whose resistance is 30 % higher than described, and whose voltage settles in
 * minutes; a monitor with an offset of 10 mA and an error of 2 %: the charge is never
 * further from the real one than its margin.
 */
static void the_margin_is_honest(struct kunit *test)
{
	struct voltage_soc soc = {};
	s64 real = 95 * PERCENT, slow_uv = 0, worst = 0;
	struct rnd_state rnd;
	int i, ua = 0;

	prandom_seed_state(&rnd, 1);
	for (i = 0; i < 3 * 86400; i++) {
		s64 v;

		/* A load for up to half an hour, a rest, or the charger */
		if (i % 900 == 0)
			ua = prandom_u32_state(&rnd) % 3 ?
			     -(int)(prandom_u32_state(&rnd) % 1500000) : 0;
		if (real < 15 * PERCENT)
			ua = 1000000;
		if (real > 95 * PERCENT && ua > 0)
			ua = 0;
		real += ua * 1000LL;
		v = ocv_of(real);
		/* A tenth of the drop follows with 5 minutes. */
		slow_uv += div_s64((s64)ua / 100 - slow_uv, 300);
		v += div_s64(ua * 120000LL, 1000000) + slow_uv;
		steps(&soc, &cell, v, ua + ua / 50 + 10000, 1000, 1);
		if (soc.full)
			continue;
		worst = max(worst, abs(soc.charge - real) - soc.margin);
	}
	KUNIT_EXPECT_LE(test, div64_s64(worst, PERCENT / 10), 0);
}

static void nothing_leaves_its_range(struct kunit *test)
{
	struct voltage_battery bat = cell;
	struct voltage_soc soc = {};
	struct rnd_state rnd;
	int i;

	prandom_seed_state(&rnd, 2);
	for (i = 0; i < 200000; i++) {
		struct voltage_sample s = {
			.uv = prandom_u32_state(&rnd) & (i % 2 ? INT_MAX : 0x3fffff),
			.ua = prandom_u32_state(&rnd) >> (i % 24),
			.temp = (int)prandom_u32_state(&rnd) >> (i % 24),
			.has_ua = i % 5,
			.dt_ms = prandom_u32_state(&rnd) >> (i % 32),
		};

		if (!s.has_ua || s.ua == INT_MIN)
			s.ua = 0;
		if (i % 1000 == 0) {
			bat.full_uah = 1000 + prandom_u32_state(&rnd) % 999999000;
			bat.resistance_uohm = prandom_u32_state(&rnd) % 100000001;
			memset(&soc, 0, sizeof(soc));
		}
		voltage_soc_step(&soc, &bat, &s);
		KUNIT_ASSERT_GE(test, soc.charge, 0);
		KUNIT_ASSERT_LE(test, soc.charge, bat.full_uah * VOLTAGE_UAH);
		KUNIT_ASSERT_GE(test, soc.margin, 0);
		KUNIT_ASSERT_LE(test, soc.margin, bat.full_uah * VOLTAGE_UAH);
		KUNIT_ASSERT_GE(test, soc.ocv_uv, 0);
	}
}

static struct kunit_case voltage_soc_cases[] = {
	KUNIT_CASE(the_table_is_interpolated),
	KUNIT_CASE(temperatures_are_interpolated),
	KUNIT_CASE(the_table_agrees_with_the_core),
	KUNIT_CASE(starts_with_the_voltage),
	KUNIT_CASE(a_rest_reduces_the_error),
	KUNIT_CASE(counts_the_charge),
	KUNIT_CASE(a_rest_corrects_the_charge),
	KUNIT_CASE(a_gap_is_not_counted),
	KUNIT_CASE(a_sleep_is_not_counted),
	KUNIT_CASE(a_counted_zero_needs_the_voltage),
	KUNIT_CASE(a_dip_is_not_what_happened_before),
	KUNIT_CASE(the_voltage_bounds_the_count),
	KUNIT_CASE(an_offset_does_not_grow_with_the_battery),
	KUNIT_CASE(full_is_not_concluded_from_a_gap),
	KUNIT_CASE(full_is_what_the_charger_has_finished),
	KUNIT_CASE(full_needs_a_description),
	KUNIT_CASE(a_flat_curve_has_a_large_error),
	KUNIT_CASE(an_unknown_resistance_is_an_error),
	KUNIT_CASE(the_current_may_be_missing),
	KUNIT_CASE(the_margin_is_honest),
	KUNIT_CASE(nothing_leaves_its_range),
	{ }
};

static struct kunit_suite voltage_soc_suite = {
	.name = "voltage-soc",
	.test_cases = voltage_soc_cases,
};

kunit_test_suite(voltage_soc_suite);

MODULE_IMPORT_NS("EXPORTED_FOR_KUNIT_TESTING");
