// SPDX-License-Identifier: GPL-2.0-only
/* Adding up packs: a table for each rule. */
#include "cbat_kunit.h"

#define ST(s)	POWER_SUPPLY_STATUS_##s
#define LV(l)	POWER_SUPPLY_CAPACITY_LEVEL_##l
#define HL(h)	POWER_SUPPLY_HEALTH_##h

/* An energy pack: mWh, mW and a status */
static struct cbat_pack pack(int now, int full, int mw, int status)
{
	struct cbat_pack p = { .present = true };

	psy_values_set(&p.v, PSY_ENERGY_NOW, now * 1000LL);
	psy_values_set(&p.v, PSY_ENERGY_FULL, full * 1000LL);
	psy_values_set(&p.v, PSY_POWER_NOW, mw * 1000LL);
	psy_values_set(&p.v, PSY_STATUS, status);
	psy_values_set(&p.v, PSY_VOLTAGE_NOW, 12000000);
	return p;
}

static struct cbat_pack with(struct cbat_pack p, enum psy_field field, s64 val)
{
	psy_values_set(&p.v, field, val);
	return p;
}

static struct cbat_pack without(struct cbat_pack p, enum psy_field field)
{
	p.v.valid &= ~PSY_BIT(field);
	return p;
}

static const struct cbat_rules parallel = { CBAT_PARALLEL };
static const struct cbat_rules sequential = { CBAT_SEQUENTIAL };
static const struct cbat_rules series = { CBAT_SERIES };

/* A field of the sum of some packs, INT_MIN when it is unknown */
static int sum_of(const struct cbat_pack *packs, unsigned int n, const struct cbat_rules *rules,
		  enum psy_field field)
{
	struct cbat_sum *sum = kzalloc(sizeof(*sum), GFP_KERNEL);
	int val = INT_MIN;

	if (!sum)
		return INT_MIN;
	cbat_aggregate(packs, n, rules, sum);
	psy_values_get(&sum->values, field, &val);
	kfree(sum);
	return val;
}

static void expect_sum(struct kunit *test, const struct cbat_pack *packs, unsigned int n,
		       const struct cbat_rules *rules, enum psy_field field, int want)
{
	KUNIT_EXPECT_EQ_MSG(test, sum_of(packs, n, rules, field), want, "field %d", field);
}

#define EXPECT_SUM(packs_, rules, field, want) do {					\
	const struct cbat_pack *_packs = (packs_);					\
											\
	expect_sum(test, _packs, sizeof(packs_) / sizeof(*_packs), rules, field, want);	\
} while (0)
#define EXPECT_UNKNOWN(packs, rules, field)	EXPECT_SUM(packs, rules, field, INT_MIN)

static void capacity_is_weighted_by_energy(struct kunit *test)
{
	const struct cbat_pack p[] = {
		pack(10000, 20000, 4000, ST(DISCHARGING)),
		pack(24000, 30000, 6000, ST(DISCHARGING)),
	};

	EXPECT_SUM(p, &parallel, PSY_ENERGY_NOW, 34000000);
	EXPECT_SUM(p, &parallel, PSY_ENERGY_FULL, 50000000);
	EXPECT_SUM(p, &parallel, PSY_CAPACITY, 68);		/* not the mean, 65 */
	EXPECT_SUM(p, &parallel, PSY_POWER_NOW, 10000000);
	EXPECT_SUM(p, &parallel, PSY_TIME_TO_EMPTY_NOW, 12240);	/* 3.4 h */
	EXPECT_UNKNOWN(p, &parallel, PSY_TIME_TO_FULL_NOW);
	EXPECT_SUM(p, &parallel, PSY_STATUS, ST(DISCHARGING));
}

static void charge_is_converted_with_the_voltage(struct kunit *test)
{
	struct cbat_pack charge = { .present = true };
	struct cbat_pack p[2];

	psy_values_set(&charge.v, PSY_CHARGE_NOW, 2000000);
	psy_values_set(&charge.v, PSY_CHARGE_FULL, 4000000);
	psy_values_set(&charge.v, PSY_CHARGE_FULL_DESIGN, 5000000);
	psy_values_set(&charge.v, PSY_VOLTAGE_MIN_DESIGN, 10800000);
	psy_values_set(&charge.v, PSY_VOLTAGE_NOW, 12000000);
	psy_values_set(&charge.v, PSY_CURRENT_NOW, -500000);
	psy_values_set(&charge.v, PSY_STATUS, ST(DISCHARGING));

	p[0] = charge;
	p[1] = pack(10000, 20000, 3000, ST(DISCHARGING));
	EXPECT_SUM(p, &parallel, PSY_ENERGY_NOW, 31600000);
	EXPECT_SUM(p, &parallel, PSY_ENERGY_FULL, 63200000);
	EXPECT_SUM(p, &parallel, PSY_ENERGY_FULL_DESIGN, 74000000);
	/* The rate uses the present voltage, the amounts use the design voltage. */
	EXPECT_SUM(p, &parallel, PSY_POWER_NOW, 9000000);

	p[0] = without(charge, PSY_VOLTAGE_MIN_DESIGN);
	EXPECT_SUM(p, &parallel, PSY_ENERGY_NOW, 34000000);
	EXPECT_SUM(p, &parallel, PSY_ENERGY_FULL, 68000000);

	/* Without a voltage it cannot be added up, and is left out of both sums. */
	p[0] = without(p[0], PSY_VOLTAGE_NOW);
	EXPECT_SUM(p, &parallel, PSY_ENERGY_NOW, 10000000);
	EXPECT_SUM(p, &parallel, PSY_ENERGY_FULL, 20000000);
}

static void unknown_amounts_are_left_out_of_both_sums(struct kunit *test)
{
	const struct cbat_pack known = pack(10000, 20000, 4000, ST(DISCHARGING));
	struct cbat_pack p[] = { known, known };

	p[1] = without(known, PSY_ENERGY_NOW);
	EXPECT_SUM(p, &parallel, PSY_ENERGY_FULL, 20000000);
	EXPECT_SUM(p, &parallel, PSY_CAPACITY, 50);
	p[1] = without(known, PSY_ENERGY_FULL);
	EXPECT_SUM(p, &parallel, PSY_ENERGY_NOW, 10000000);

	p[0].present = false;
	p[1].present = false;
	EXPECT_UNKNOWN(p, &parallel, PSY_ENERGY_NOW);
	EXPECT_UNKNOWN(p, &parallel, PSY_CAPACITY);
	EXPECT_UNKNOWN(p, &parallel, PSY_STATUS);
	KUNIT_EXPECT_EQ(test, sum_of(p, 0, &parallel, PSY_STATUS), INT_MIN);
}

/* Time and rate are those of all counted packs, or unknown. */
static void power_covers_the_counted_packs(struct kunit *test)
{
	const struct cbat_pack known = pack(10000, 20000, 4000, ST(DISCHARGING));
	struct cbat_pack *p = kunit_kcalloc(test, 2, sizeof(*p), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, p);
	/* Half of the rate would result in twice the time. */
	p[0] = known;
	p[1] = without(known, PSY_POWER_NOW);
	expect_sum(test, p, 2, &parallel, PSY_POWER_NOW, INT_MIN);
	expect_sum(test, p, 2, &parallel, PSY_TIME_TO_EMPTY_NOW, INT_MIN);
	expect_sum(test, p, 2, &parallel, PSY_ENERGY_NOW, 20000000);
	p[1] = with(p[1], PSY_STATUS, ST(UNKNOWN));
	expect_sum(test, p, 2, &parallel, PSY_POWER_NOW, INT_MIN);
	/* A pack at rest needs no rate. */
	p[1] = with(p[1], PSY_STATUS, ST(NOT_CHARGING));
	expect_sum(test, p, 2, &parallel, PSY_POWER_NOW, 4000000);
	expect_sum(test, p, 2, &parallel, PSY_TIME_TO_EMPTY_NOW, 18000);
	p[1] = with(p[1], PSY_STATUS, ST(FULL));
	expect_sum(test, p, 2, &parallel, PSY_POWER_NOW, 4000000);
	/* A pack with an unknown amount does not shorten the time of the others. */
	p[1] = without(known, PSY_ENERGY_NOW);
	expect_sum(test, p, 2, &parallel, PSY_POWER_NOW, 4000000);
	expect_sum(test, p, 2, &parallel, PSY_TIME_TO_EMPTY_NOW, 9000);
	/* If no amounts are known, all rates count. */
	p[0] = without(known, PSY_ENERGY_NOW);
	expect_sum(test, p, 2, &parallel, PSY_POWER_NOW, 8000000);
	expect_sum(test, p, 2, &parallel, PSY_TIME_TO_EMPTY_NOW, INT_MIN);
}

/* The status is that of all packs, also of those with an unknown amount. */
static void status_uses_all_rates(struct kunit *test)
{
	struct cbat_pack *p = kunit_kcalloc(test, 2, sizeof(*p), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, p);
	p[0] = pack(10000, 20000, 4000, ST(CHARGING));
	p[1] = without(pack(10000, 20000, 6000, ST(DISCHARGING)), PSY_ENERGY_NOW);
	expect_sum(test, p, 2, &parallel, PSY_STATUS, ST(DISCHARGING));
	expect_sum(test, p, 2, &parallel, PSY_TIME_TO_EMPTY_NOW, INT_MIN);
	p[1] = without(p[1], PSY_POWER_NOW);
	expect_sum(test, p, 2, &parallel, PSY_STATUS, ST(DISCHARGING));
}

static void design_capacity_until_full_is_learned(struct kunit *test)
{
	const struct cbat_pack base = with(pack(10000, 0, 0, ST(NOT_CHARGING)),
					   PSY_ENERGY_FULL_DESIGN, 40000000);
	const struct cbat_pack p[] = { base, pack(10000, 20000, 0, ST(NOT_CHARGING)) };
	const struct cbat_pack q[] = { without(base, PSY_ENERGY_FULL) };

	EXPECT_SUM(p, &parallel, PSY_ENERGY_FULL, 60000000);
	/* Without a design capacity, the full capacity is used. */
	EXPECT_SUM(p, &parallel, PSY_ENERGY_FULL_DESIGN, 60000000);
	EXPECT_SUM(q, &parallel, PSY_ENERGY_FULL, 40000000);
}

static void dead_pack_is_left_out(struct kunit *test)
{
	const struct cbat_pack dead = with(pack(0, 50000, 0, ST(NOT_CHARGING)),
					   PSY_VOLTAGE_NOW, 0);
	const struct cbat_pack p[] = {
		with(dead, PSY_TEMP, 900), with(pack(24000, 30000, 6000, ST(DISCHARGING)),
						PSY_TEMP, 300),
	};
	struct cbat_sum sum;

	EXPECT_SUM(p, &parallel, PSY_ENERGY_FULL, 30000000);
	EXPECT_SUM(p, &parallel, PSY_CAPACITY, 80);
	EXPECT_SUM(p, &parallel, PSY_STATUS, ST(DISCHARGING));
	EXPECT_SUM(p, &parallel, PSY_TEMP, 300);
	EXPECT_SUM(p, &parallel, PSY_HEALTH, HL(DEAD));
	cbat_aggregate(p, 2, &parallel, &sum);
	KUNIT_EXPECT_EQ(test, sum.dead, 1ULL);
	KUNIT_EXPECT_EQ(test, sum.counted, 2ULL);
}

static void only_dead_packs_have_no_sum(struct kunit *test)
{
	const struct cbat_pack dead = with(pack(0, 50000, 0, ST(NOT_CHARGING)),
					   PSY_VOLTAGE_NOW, 0);
	const struct cbat_pack p[] = { dead, dead };

	EXPECT_UNKNOWN(p, &parallel, PSY_ENERGY_NOW);
	EXPECT_UNKNOWN(p, &parallel, PSY_CAPACITY);
}

static void percent_is_converted_if_capacity_is_known(struct kunit *test)
{
	struct cbat_pack relative = { .present = true };
	struct cbat_pack p[2] = { };

	psy_values_set(&relative.v, PSY_CAPACITY, 25);
	psy_values_set(&relative.v, PSY_STATUS, ST(DISCHARGING));

	/* Relative packs among themselves have the same weight. */
	p[0] = relative;
	p[1] = with(relative, PSY_CAPACITY, 50);
	EXPECT_SUM(p, &parallel, PSY_CAPACITY, 38);
	EXPECT_UNKNOWN(p, &parallel, PSY_ENERGY_NOW);

	/* They cannot be added to a pack with a known energy ... */
	p[1] = pack(8000, 10000, 0, ST(NOT_CHARGING));
	EXPECT_SUM(p, &parallel, PSY_CAPACITY, 80);
	/* ... unless their capacity is known. */
	p[0] = with(relative, PSY_ENERGY_FULL_DESIGN, 30000000);
	EXPECT_SUM(p, &parallel, PSY_ENERGY_NOW, 15500000);
	EXPECT_SUM(p, &parallel, PSY_ENERGY_FULL, 40000000);
	EXPECT_SUM(p, &parallel, PSY_CAPACITY, 39);
}

static void rate_signs(struct kunit *test)
{
	static const struct {
		int status, ua, uw;	/* INT_MIN: not reported */
		s64 want;		/* S64_MIN: unknown */
	} cases[] = {
		{ ST(DISCHARGING), -500000, INT_MIN, -6000000 },
		{ ST(DISCHARGING), 500000, INT_MIN, -6000000 },
		{ ST(CHARGING), 500000, INT_MIN, 6000000 },
		{ ST(CHARGING), -500000, INT_MIN, 6000000 },
		{ ST(NOT_CHARGING), -500000, INT_MIN, -6000000 },
		{ ST(FULL), 500000, INT_MIN, 6000000 },
		{ ST(FULL), 0, INT_MIN, 0 },
		{ ST(DISCHARGING), INT_MIN, 7000000, -7000000 },
		{ ST(CHARGING), INT_MIN, 7000000, 7000000 },
		{ ST(CHARGING), INT_MIN, -7000000, 7000000 },
		{ ST(NOT_CHARGING), INT_MIN, 7000000, S64_MIN },
		{ ST(UNKNOWN), INT_MIN, 7000000, S64_MIN },
		{ ST(NOT_CHARGING), INT_MIN, 0, 0 },
		{ ST(UNKNOWN), -500000, 7000000, -7000000 },
		{ ST(UNKNOWN), INT_MIN, INT_MIN, S64_MIN },
		{ ST(DISCHARGING), INT_MAX, INT_MIN, -25769803764LL },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct psy_values v = { };
		s64 got = S64_MIN;

		psy_values_set(&v, PSY_STATUS, cases[i].status);
		psy_values_set(&v, PSY_VOLTAGE_NOW, 12000000);
		if (cases[i].ua != INT_MIN)
			psy_values_set(&v, PSY_CURRENT_NOW, cases[i].ua);
		if (cases[i].uw != INT_MIN)
			psy_values_set(&v, PSY_POWER_NOW, cases[i].uw);
		KUNIT_EXPECT_EQ_MSG(test, cbat_rate(&v, &got), cases[i].want != S64_MIN,
				    "case %u", i);
		KUNIT_EXPECT_EQ_MSG(test, got, cases[i].want, "case %u", i);
	}
}

static void composite_status(struct kunit *test)
{
	static const struct {
		int a, b, mw_a, mw_b;
		bool online;
		int want;
	} cases[] = {
		{ ST(DISCHARGING), ST(DISCHARGING), 5, 5, false, ST(DISCHARGING) },
		{ ST(DISCHARGING), ST(FULL), 5, 0, false, ST(DISCHARGING) },
		{ ST(DISCHARGING), ST(NOT_CHARGING), 5, 0, true, ST(DISCHARGING) },
		{ ST(DISCHARGING), ST(UNKNOWN), 5, 0, true, ST(DISCHARGING) },
		{ ST(CHARGING), ST(NOT_CHARGING), 5, 0, true, ST(CHARGING) },
		{ ST(CHARGING), ST(FULL), 5, 0, true, ST(CHARGING) },
		{ ST(CHARGING), ST(CHARGING), 5, 5, false, ST(CHARGING) },
		{ ST(FULL), ST(FULL), 0, 0, true, ST(FULL) },
		{ ST(FULL), ST(NOT_CHARGING), 0, 0, true, ST(NOT_CHARGING) },
		{ ST(FULL), ST(UNKNOWN), 0, 0, true, ST(UNKNOWN) },
		{ ST(NOT_CHARGING), ST(UNKNOWN), 0, 0, true, ST(NOT_CHARGING) },
		{ ST(UNKNOWN), ST(UNKNOWN), 0, 0, true, ST(UNKNOWN) },
		/* One pack charges the other, without a charger */
		{ ST(CHARGING), ST(DISCHARGING), 4, 6, false, ST(DISCHARGING) },
		{ ST(CHARGING), ST(DISCHARGING), 5, 5, false, ST(DISCHARGING) },
		/* More flows in than the other pack delivers */
		{ ST(CHARGING), ST(DISCHARGING), 6, 4, false, ST(CHARGING) },
		{ ST(CHARGING), ST(DISCHARGING), 6, 4, true, ST(CHARGING) },
		{ ST(DISCHARGING), ST(CHARGING), 4, 6, true, ST(CHARGING) },
		{ ST(CHARGING), ST(DISCHARGING), 4, 6, true, ST(DISCHARGING) },
		{ ST(CHARGING), ST(DISCHARGING), 5, 5, true, ST(NOT_CHARGING) },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct cbat_rules rules = { .online = cases[i].online };
		const struct cbat_pack p[] = {
			pack(5000, 10000, cases[i].mw_a * 1000, cases[i].a),
			pack(5000, 10000, cases[i].mw_b * 1000, cases[i].b),
		};

		KUNIT_EXPECT_EQ_MSG(test, sum_of(p, 2, &rules, PSY_STATUS), cases[i].want,
				    "case %u", i);
		KUNIT_EXPECT_EQ(test, cbat_mixed_flow(p, 2), i >= 12);
	}
}

static void opposite_rates_cancel(struct kunit *test)
{
	const struct cbat_pack p[] = {
		pack(5000, 10000, 5000, ST(CHARGING)), pack(5000, 10000, 5000, ST(DISCHARGING)),
		pack(5000, 10000, 2000, ST(DISCHARGING)),
	};
	struct cbat_sum sum;

	cbat_aggregate(p, 2, &parallel, &sum);
	KUNIT_EXPECT_TRUE(test, sum.power_known);
	KUNIT_EXPECT_EQ(test, sum.power, 0LL);
	KUNIT_EXPECT_EQ(test, sum_of(p, 2, &parallel, PSY_TIME_TO_EMPTY_NOW), INT_MIN);
	KUNIT_EXPECT_EQ(test, sum_of(p, 2, &parallel, PSY_TIME_TO_FULL_NOW), INT_MIN);
	cbat_aggregate(p, 3, &parallel, &sum);
	KUNIT_EXPECT_EQ(test, sum.power, -2000000LL);
	EXPECT_SUM(p, &parallel, PSY_POWER_NOW, 2000000);
	EXPECT_SUM(p, &parallel, PSY_TIME_TO_EMPTY_NOW, 27000);
}

static void time_to_full_from_missing_energy(struct kunit *test)
{
	const struct cbat_pack p[] = {
		pack(5000, 10000, 5000, ST(CHARGING)), pack(10000, 10000, 0, ST(FULL)),
	};

	EXPECT_SUM(p, &parallel, PSY_TIME_TO_FULL_NOW, 3600);
	EXPECT_UNKNOWN(p, &parallel, PSY_TIME_TO_EMPTY_NOW);
}

static void too_large_values_are_unknown(struct kunit *test)
{
	const struct cbat_pack p[] = {
		pack(2000000, 2100000, 2000000, ST(DISCHARGING)),
		pack(2000000, 2100000, 2000000, ST(DISCHARGING)),
	};

	EXPECT_UNKNOWN(p, &parallel, PSY_ENERGY_NOW);
	EXPECT_UNKNOWN(p, &parallel, PSY_POWER_NOW);
	EXPECT_SUM(p, &parallel, PSY_CAPACITY, 95);
	EXPECT_SUM(p, &parallel, PSY_TIME_TO_EMPTY_NOW, 3600);
}

static void voltage_depends_on_topology(struct kunit *test)
{
	const struct cbat_pack p[] = {
		with(pack(5000, 10000, 0, ST(NOT_CHARGING)), PSY_VOLTAGE_NOW, 12500000),
		with(pack(5000, 10000, 9000, ST(DISCHARGING)), PSY_VOLTAGE_NOW, 11000000),
	};
	const struct cbat_pack idle[] = {
		p[0], with(pack(5000, 10000, 0, ST(NOT_CHARGING)), PSY_VOLTAGE_NOW, 11000000),
	};

	EXPECT_SUM(p, &parallel, PSY_VOLTAGE_NOW, 12500000);
	EXPECT_SUM(p, &sequential, PSY_VOLTAGE_NOW, 11000000);
	EXPECT_SUM(idle, &sequential, PSY_VOLTAGE_NOW, 12500000);
	EXPECT_SUM(p, &series, PSY_VOLTAGE_NOW, 23500000);
}

/* 12 V with 2 Ah of 4 Ah, and 6 V with 3 Ah of 3 Ah: 2 Ah of 3 Ah at 18 V */
static void chain_is_limited_by_its_weakest_pack(struct kunit *test)
{
	struct cbat_pack p[] = {
		with(pack(24000, 48000, 12000, ST(DISCHARGING)), PSY_VOLTAGE_MIN_DESIGN, 12000000),
		with(pack(18000, 18000, 6000, ST(DISCHARGING)), PSY_VOLTAGE_MIN_DESIGN, 6000000),
	};

	EXPECT_SUM(p, &series, PSY_ENERGY_NOW, 36000000);
	EXPECT_SUM(p, &series, PSY_ENERGY_FULL, 54000000);
	EXPECT_SUM(p, &series, PSY_CAPACITY, 67);
	EXPECT_SUM(p, &series, PSY_VOLTAGE_MIN_DESIGN, 18000000);
	EXPECT_SUM(p, &series, PSY_TIME_TO_EMPTY_NOW, 7200);

	/* With a missing or dead pack, the values of the chain are unknown. */
	p[1].present = false;
	EXPECT_UNKNOWN(p, &series, PSY_ENERGY_NOW);
	EXPECT_UNKNOWN(p, &series, PSY_CAPACITY);
	EXPECT_UNKNOWN(p, &series, PSY_VOLTAGE_NOW);
	p[1].present = true;
	p[1] = with(p[1], PSY_VOLTAGE_NOW, 0);
	EXPECT_UNKNOWN(p, &series, PSY_ENERGY_NOW);
}

static void worst_health_is_reported(struct kunit *test)
{
	static const struct {
		int a, b, want;
	} cases[] = {
		{ HL(GOOD), HL(GOOD), HL(GOOD) },
		{ HL(GOOD), HL(UNKNOWN), HL(GOOD) },
		{ HL(UNKNOWN), HL(UNKNOWN), INT_MIN },
		{ HL(GOOD), HL(OVERHEAT), HL(OVERHEAT) },
		{ HL(OVERHEAT), HL(COLD), HL(OVERHEAT) },
		{ HL(WARM), HL(HOT), HL(HOT) },
		{ HL(UNSPEC_FAILURE), HL(OVERHEAT), HL(UNSPEC_FAILURE) },
		{ HL(UNSPEC_FAILURE), HL(DEAD), HL(DEAD) },
		{ HL(DEAD), HL(GOOD), HL(DEAD) },
		{ HL(CALIBRATION_REQUIRED), HL(GOOD), HL(CALIBRATION_REQUIRED) },
		{ 99, HL(OVERHEAT), 99 },	/* value of a newer kernel */
	};
	const struct cbat_pack base = pack(5000, 10000, 0, ST(NOT_CHARGING));
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct cbat_pack p[] = {
			with(base, PSY_HEALTH, cases[i].a), with(base, PSY_HEALTH, cases[i].b),
		};

		KUNIT_EXPECT_EQ_MSG(test, sum_of(p, 2, &parallel, PSY_HEALTH), cases[i].want,
				    "case %u", i);
	}
}

static void highest_temperature_and_cycle_count(struct kunit *test)
{
	const struct cbat_pack base = pack(5000, 10000, 0, ST(NOT_CHARGING));
	const struct cbat_pack p[] = {
		with(with(base, PSY_TEMP, -50), PSY_CYCLE_COUNT, 7),
		with(with(base, PSY_TEMP, -10), PSY_CYCLE_COUNT, 3), base,
	};

	EXPECT_SUM(p, &parallel, PSY_TEMP, -10);
	EXPECT_SUM(p, &parallel, PSY_CYCLE_COUNT, 7);
}

static struct cbat_pack made_of(int technology)
{
	return with(pack(5000, 10000, 0, ST(NOT_CHARGING)), PSY_TECHNOLOGY, technology);
}

static void technology_of_packs_that_report_it(struct kunit *test)
{
	const struct cbat_pack p[] = {
		made_of(POWER_SUPPLY_TECHNOLOGY_LION), pack(5000, 10000, 0, ST(NOT_CHARGING)),
		made_of(POWER_SUPPLY_TECHNOLOGY_LION),
	};

	EXPECT_SUM(p, &parallel, PSY_TECHNOLOGY, POWER_SUPPLY_TECHNOLOGY_LION);
}

static void technology_is_common_or_unknown(struct kunit *test)
{
	const struct cbat_pack p[] = {
		made_of(POWER_SUPPLY_TECHNOLOGY_LION), made_of(POWER_SUPPLY_TECHNOLOGY_NiMH),
		made_of(POWER_SUPPLY_TECHNOLOGY_LION),
	};

	EXPECT_SUM(p, &parallel, PSY_TECHNOLOGY, POWER_SUPPLY_TECHNOLOGY_UNKNOWN);
}

static struct cbat_pack behaving(int behaviour)
{
	return with(pack(5000, 10000, 0, ST(NOT_CHARGING)), PSY_CHARGE_BEHAVIOUR, behaviour);
}

static void behaviour_of_packs_that_support_it(struct kunit *test)
{
	const struct cbat_pack p[] = {
		behaving(POWER_SUPPLY_CHARGE_BEHAVIOUR_INHIBIT_CHARGE),
		pack(5000, 10000, 0, ST(NOT_CHARGING)),
	};

	EXPECT_SUM(p, &parallel, PSY_CHARGE_BEHAVIOUR,
		   POWER_SUPPLY_CHARGE_BEHAVIOUR_INHIBIT_CHARGE);
}

static void behaviour_is_common_or_auto(struct kunit *test)
{
	const struct cbat_pack p[] = {
		behaving(POWER_SUPPLY_CHARGE_BEHAVIOUR_INHIBIT_CHARGE),
		behaving(POWER_SUPPLY_CHARGE_BEHAVIOUR_AUTO),
	};

	EXPECT_SUM(p, &parallel, PSY_CHARGE_BEHAVIOUR, POWER_SUPPLY_CHARGE_BEHAVIOUR_AUTO);
}

static struct cbat_pack charged_to(int percent)
{
	return with(pack(5000, 10000, 0, ST(NOT_CHARGING)), PSY_CHARGE_END_THRESHOLD, percent);
}

static void thresholds_are_common_or_unknown(struct kunit *test)
{
	const struct cbat_pack same[] = {
		charged_to(80), pack(5000, 10000, 0, ST(NOT_CHARGING)), charged_to(80),
	};
	const struct cbat_pack different[] = { charged_to(80), charged_to(60), charged_to(60) };

	EXPECT_SUM(same, &parallel, PSY_CHARGE_END_THRESHOLD, 80);
	EXPECT_UNKNOWN(same, &parallel, PSY_CHARGE_START_THRESHOLD);
	EXPECT_UNKNOWN(different, &parallel, PSY_CHARGE_END_THRESHOLD);
}

static void critical_policies(struct kunit *test)
{
	static const struct {
		int level_a, level_b, status_a, want_any, want_all;
	} cases[] = {
		{ LV(NORMAL), LV(NORMAL), ST(DISCHARGING), LV(NORMAL), LV(NORMAL) },
		{ LV(CRITICAL), LV(NORMAL), ST(DISCHARGING), LV(CRITICAL), LV(NORMAL) },
		/* Emptied first, at rest now */
		{ LV(CRITICAL), LV(NORMAL), ST(NOT_CHARGING), LV(LOW), LV(NORMAL) },
		{ LV(CRITICAL), LV(LOW), ST(DISCHARGING), LV(CRITICAL), LV(LOW) },
		{ LV(CRITICAL), LV(CRITICAL), ST(NOT_CHARGING), LV(CRITICAL), LV(CRITICAL) },
		{ LV(FULL), LV(FULL), ST(FULL), LV(FULL), LV(FULL) },
		{ LV(FULL), LV(NORMAL), ST(FULL), LV(NORMAL), LV(NORMAL) },
		{ LV(UNKNOWN), LV(CRITICAL), ST(DISCHARGING), LV(CRITICAL), LV(CRITICAL) },
		{ LV(UNKNOWN), LV(UNKNOWN), ST(DISCHARGING), INT_MIN, INT_MIN },
	};
	const struct cbat_rules any = { .critical = CBAT_CRITICAL_ANY };
	const struct cbat_rules all = { .critical = CBAT_CRITICAL_ALL };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct cbat_pack p[] = {
			with(pack(100, 10000, 0, cases[i].status_a),
			     PSY_CAPACITY_LEVEL, cases[i].level_a),
			with(pack(5000, 10000, 3000, ST(DISCHARGING)),
			     PSY_CAPACITY_LEVEL, cases[i].level_b),
		};

		KUNIT_EXPECT_EQ_MSG(test, sum_of(p, 2, &any, PSY_CAPACITY_LEVEL),
				    cases[i].want_any, "case %u", i);
		KUNIT_EXPECT_EQ_MSG(test, sum_of(p, 2, &all, PSY_CAPACITY_LEVEL),
				    cases[i].want_all, "case %u", i);
		/* Without alert amounts, "energy" is the same as "all". */
		KUNIT_EXPECT_EQ_MSG(test, sum_of(p, 2, &parallel, PSY_CAPACITY_LEVEL),
				    cases[i].want_all, "case %u", i);
	}
}

static struct cbat_pack alerting(int now, int full, int low, int critical)
{
	return with(with(pack(now, full, 1000, ST(DISCHARGING)), PSY_ALERT_LOW, low),
		    PSY_ALERT_CRITICAL, critical);
}

/* 10 % of 20 Wh and 5 % of 60 Wh: 5 Wh of 80, 7 % rounded up; critical 2 Wh, 3 % */
static void alert_levels_are_weighted_by_energy(struct kunit *test)
{
	const struct cbat_pack p[] = {
		alerting(20000, 20000, 10, 4), alerting(60000, 60000, 5, 2),
	};
	const struct cbat_pack one[] = { p[0], pack(60000, 60000, 0, ST(NOT_CHARGING)) };

	EXPECT_SUM(p, &parallel, PSY_ALERT_LOW, 7);
	EXPECT_SUM(p, &parallel, PSY_ALERT_CRITICAL, 3);
	EXPECT_SUM(p, &sequential, PSY_ALERT_LOW, 4);		/* 3 of 80 Wh */
	EXPECT_SUM(p, &series, PSY_ALERT_LOW, 10);		/* the highest */
	EXPECT_SUM(one, &parallel, PSY_ALERT_LOW, 3);
	EXPECT_SUM(p, &parallel, PSY_CAPACITY_LEVEL, LV(NORMAL));
}

/* In functions of their own: the frames would be too large. */
static void low_by_energy(struct kunit *test)
{
	const struct cbat_pack low[] = { alerting(0, 20000, 10, 4), alerting(5000, 60000, 5, 2) };

	EXPECT_SUM(low, &parallel, PSY_CAPACITY_LEVEL, LV(LOW));
}

static void critical_by_energy(struct kunit *test)
{
	const struct cbat_pack crit[] = { alerting(0, 20000, 10, 4), alerting(2000, 60000, 5, 2) };

	EXPECT_SUM(crit, &parallel, PSY_CAPACITY_LEVEL, LV(CRITICAL));
}

static struct cbat_pack percent_pack(int percent)
{
	struct cbat_pack p = { .present = true };

	psy_values_set(&p.v, PSY_CAPACITY, percent);
	psy_values_set(&p.v, PSY_STATUS, ST(DISCHARGING));
	return p;
}

/* A percentage above 100 counts as 100, alone and with a known energy. */
static void percentages_are_limited_to_100(struct kunit *test)
{
	struct cbat_pack *p = kunit_kcalloc(test, 2, sizeof(*p), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, p);
	p[0] = percent_pack(110);
	p[1] = percent_pack(50);
	expect_sum(test, p, 2, &parallel, PSY_CAPACITY, 75);
	p[0] = with(p[0], PSY_ENERGY_FULL, 10000000);
	expect_sum(test, p, 1, &parallel, PSY_ENERGY_NOW, 10000000);
}

/* Rounded to the nearest: 33.3 is 33, 66.7 is 67. */
static void percentages_are_rounded(struct kunit *test)
{
	struct cbat_pack *p = kunit_kcalloc(test, 3, sizeof(*p), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, p);
	p[0] = percent_pack(0);
	p[1] = percent_pack(50);
	p[2] = percent_pack(50);
	expect_sum(test, p, 3, &parallel, PSY_CAPACITY, 33);
	p[0] = percent_pack(100);
	expect_sum(test, p, 3, &parallel, PSY_CAPACITY, 67);
	p[0] = percent_pack(1);
	expect_sum(test, p, 3, &parallel, PSY_CAPACITY, 34);
	p[0] = percent_pack(0);
	p[1] = percent_pack(1);
	p[2] = percent_pack(0);
	expect_sum(test, p, 3, &parallel, PSY_CAPACITY, 0);
}

/* A chain of packs that report only percentages has that of its weakest pack. */
static void percent_chain_uses_its_weakest_pack(struct kunit *test)
{
	struct cbat_pack *p = kunit_kcalloc(test, 3, sizeof(*p), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, p);
	p[0] = percent_pack(80);
	p[1] = percent_pack(30);
	p[2] = percent_pack(90);
	expect_sum(test, p, 3, &series, PSY_CAPACITY, 30);
	p[1] = without(p[1], PSY_CAPACITY);
	expect_sum(test, p, 3, &series, PSY_CAPACITY, INT_MIN);
}

/* More than full while charging: the time is unknown, not negative. */
static void no_time_to_full_above_full(struct kunit *test)
{
	struct cbat_pack *p = kunit_kcalloc(test, 1, sizeof(*p), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, p);
	p[0] = pack(10500, 10000, 5000, ST(CHARGING));
	expect_sum(test, p, 1, &parallel, PSY_TIME_TO_FULL_NOW, INT_MIN);
	expect_sum(test, p, 1, &parallel, PSY_CAPACITY, 100);
	p[0] = pack(10000, 10000, 5000, ST(CHARGING));
	expect_sum(test, p, 1, &parallel, PSY_TIME_TO_FULL_NOW, 0);
}

/* Low is strictly below its threshold, Critical includes its threshold. */
static void level_thresholds(struct kunit *test)
{
	static const struct {
		int now, want;
	} cases[] = {
		{ 1000, LV(NORMAL) }, { 900, LV(LOW) }, { 500, LV(LOW) }, { 400, LV(CRITICAL) },
	};
	struct cbat_pack *p = kunit_kcalloc(test, 1, sizeof(*p), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, p);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		p[0] = alerting(cases[i].now, 10000, 10, 4);
		KUNIT_EXPECT_EQ_MSG(test, sum_of(p, 1, &parallel, PSY_CAPACITY_LEVEL),
				    cases[i].want, "%d", cases[i].now);
	}
}

/* Sequential packs: a small one is empty, a large one is in use: 15 of 40 Wh */
static void sequential_packs_of_different_size(struct kunit *test)
{
	struct cbat_pack *p = kunit_kcalloc(test, 2, sizeof(*p), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, p);
	p[0] = pack(0, 10000, 0, ST(NOT_CHARGING));
	p[1] = pack(15000, 30000, 5000, ST(DISCHARGING));
	expect_sum(test, p, 2, &sequential, PSY_CAPACITY, 38);
	expect_sum(test, p, 2, &sequential, PSY_TIME_TO_EMPTY_NOW, 10800);
	/* The first one is in use: the second counts for the time as well. */
	p[0] = pack(5000, 10000, 5000, ST(DISCHARGING));
	p[1] = pack(15000, 30000, 0, ST(NOT_CHARGING));
	expect_sum(test, p, 2, &sequential, PSY_TIME_TO_EMPTY_NOW, 14400);
}

static void too_large_energies_are_all_unknown(struct kunit *test)
{
	struct cbat_pack *p = kunit_kcalloc(test, 2, sizeof(*p), GFP_KERNEL);
	struct cbat_sum *sum = kunit_kzalloc(test, sizeof(*sum), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_ASSERT_NOT_NULL(test, sum);
	p[0] = pack(1000000, 2100000, 1000, ST(DISCHARGING));
	p[1] = pack(1000000, 2100000, 1000, ST(DISCHARGING));
	/* The energy left would fit, the full energy does not. */
	expect_sum(test, p, 2, &parallel, PSY_ENERGY_NOW, INT_MIN);
	expect_sum(test, p, 2, &parallel, PSY_ENERGY_FULL, INT_MIN);
	expect_sum(test, p, 2, &parallel, PSY_CAPACITY, 48);
	cbat_aggregate(p, 2, &parallel, sum);
	KUNIT_EXPECT_TRUE(test, sum->too_large);
	KUNIT_EXPECT_FALSE(test, cbat_fields(PSY_BIT(PSY_ENERGY_FULL), sum) &
				 PSY_BIT(PSY_ENERGY_NOW));
	cbat_aggregate(p, 1, &parallel, sum);
	KUNIT_EXPECT_FALSE(test, sum->too_large);
}

static void fields_from_property_lists(struct kunit *test)
{
	static const struct {
		u64 listed, want, never;
	} cases[] = {
		{ PSY_BIT(PSY_POWER_NOW), PSY_BIT(PSY_POWER_NOW), PSY_BIT(PSY_ENERGY_NOW) },
		{ PSY_BIT(PSY_CURRENT_NOW) | PSY_BIT(PSY_VOLTAGE_NOW),
		  PSY_BIT(PSY_POWER_NOW) | PSY_BIT(PSY_VOLTAGE_NOW), PSY_BIT(PSY_CURRENT_NOW) },
		{ PSY_BIT(PSY_CURRENT_NOW), 0, PSY_BIT(PSY_POWER_NOW) },
		{ PSY_BIT(PSY_ENERGY_FULL) | PSY_BIT(PSY_POWER_NOW),
		  PSY_BIT(PSY_ENERGY_NOW) | PSY_BIT(PSY_ENERGY_FULL) |
		  PSY_BIT(PSY_TIME_TO_EMPTY_NOW) | PSY_BIT(PSY_TIME_TO_FULL_NOW), 0 },
		{ PSY_BIT(PSY_CHARGE_FULL) | PSY_BIT(PSY_VOLTAGE_MIN_DESIGN),
		  PSY_BIT(PSY_ENERGY_NOW) | PSY_BIT(PSY_ENERGY_FULL), PSY_BIT(PSY_CHARGE_FULL) },
		{ PSY_BIT(PSY_CHARGE_FULL), 0, PSY_BIT(PSY_ENERGY_NOW) },
		{ PSY_BIT(PSY_TEMP) | PSY_BIT(PSY_HEALTH), PSY_BIT(PSY_TEMP) | PSY_BIT(PSY_HEALTH),
		  0 },
		{ PSY_BIT(PSY_CYCLE_COUNT), 0, PSY_BIT(PSY_CYCLE_COUNT) },
	};
	struct cbat_sum *sum = kunit_kzalloc(test, sizeof(*sum), GFP_KERNEL);
	unsigned int i;
	u64 fields;

	KUNIT_ASSERT_NOT_NULL(test, sum);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		fields = cbat_fields(cases[i].listed, sum);
		KUNIT_EXPECT_EQ_MSG(test, fields & cases[i].want, cases[i].want, "case %u", i);
		KUNIT_EXPECT_EQ_MSG(test, fields & cases[i].never, 0ULL, "case %u", i);
		KUNIT_EXPECT_TRUE(test, fields & PSY_BIT(PSY_STATUS));
		KUNIT_EXPECT_TRUE(test, fields & PSY_BIT(PSY_CAPACITY));
	}
}

static struct kunit_case aggregate_cases[] = {
	KUNIT_CASE(capacity_is_weighted_by_energy),
	KUNIT_CASE(charge_is_converted_with_the_voltage),
	KUNIT_CASE(unknown_amounts_are_left_out_of_both_sums),
	KUNIT_CASE(power_covers_the_counted_packs),
	KUNIT_CASE(status_uses_all_rates),
	KUNIT_CASE(design_capacity_until_full_is_learned),
	KUNIT_CASE(dead_pack_is_left_out),
	KUNIT_CASE(only_dead_packs_have_no_sum),
	KUNIT_CASE(percent_is_converted_if_capacity_is_known),
	KUNIT_CASE(rate_signs),
	KUNIT_CASE(composite_status),
	KUNIT_CASE(opposite_rates_cancel),
	KUNIT_CASE(time_to_full_from_missing_energy),
	KUNIT_CASE(too_large_values_are_unknown),
	KUNIT_CASE(voltage_depends_on_topology),
	KUNIT_CASE(chain_is_limited_by_its_weakest_pack),
	KUNIT_CASE(worst_health_is_reported),
	KUNIT_CASE(highest_temperature_and_cycle_count),
	KUNIT_CASE(technology_of_packs_that_report_it),
	KUNIT_CASE(technology_is_common_or_unknown),
	KUNIT_CASE(behaviour_of_packs_that_support_it),
	KUNIT_CASE(behaviour_is_common_or_auto),
	KUNIT_CASE(thresholds_are_common_or_unknown),
	KUNIT_CASE(critical_policies),
	KUNIT_CASE(alert_levels_are_weighted_by_energy),
	KUNIT_CASE(low_by_energy),
	KUNIT_CASE(critical_by_energy),
	KUNIT_CASE(percentages_are_limited_to_100),
	KUNIT_CASE(percentages_are_rounded),
	KUNIT_CASE(percent_chain_uses_its_weakest_pack),
	KUNIT_CASE(no_time_to_full_above_full),
	KUNIT_CASE(level_thresholds),
	KUNIT_CASE(sequential_packs_of_different_size),
	KUNIT_CASE(too_large_energies_are_all_unknown),
	KUNIT_CASE(fields_from_property_lists),
	{ }
};

struct kunit_suite cbat_aggregate_suite = {
	.name = "cbat_aggregate",
	.test_cases = aggregate_cases,
};
