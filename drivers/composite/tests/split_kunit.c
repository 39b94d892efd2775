// SPDX-License-Identifier: GPL-2.0-only
/* Dividing limits among members, with every combination of signs. */
#include "cbat_kunit.h"

#define ST(s)	POWER_SUPPLY_STATUS_##s
#define NOLOW	CBAT_NEVER_LOW
#define NOHIGH	CBAT_NEVER_HIGH

/* A member with the status that belongs to its rate; in arbitrary units */
static struct cbat_part part(s64 now, s64 rate)
{
	return (struct cbat_part){
		.present = true,
		.known = true,
		.status = rate < 0 ? ST(DISCHARGING) : rate ? ST(CHARGING) : ST(NOT_CHARGING),
		.now = now,
		.rate = rate,
	};
}

struct split_case {
	struct cbat_part a, b;
	struct cbat_window limits, want_a, want_b;
};

static void split_check(struct kunit *test, const struct split_case *c, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		const struct cbat_part parts[] = { c[i].a, c[i].b };
		struct cbat_window w[2];

		cbat_split(parts, 2, &c[i].limits, w);
		KUNIT_EXPECT_EQ_MSG(test, w[0].low, c[i].want_a.low, "case %u", i);
		KUNIT_EXPECT_EQ_MSG(test, w[0].high, c[i].want_a.high, "case %u", i);
		KUNIT_EXPECT_EQ_MSG(test, w[1].low, c[i].want_b.low, "case %u", i);
		KUNIT_EXPECT_EQ_MSG(test, w[1].high, c[i].want_b.high, "case %u", i);
	}
}

static void distance_is_shared_by_rate(struct kunit *test)
{
	const struct split_case cases[] = {
		/* 20000 below the sum of 50000 + 50000, shared 6 to 4 */
		{ part(50000, -6000), part(50000, -4000), { 80000, NOHIGH },
		  { 38000, NOHIGH }, { 42000, NOHIGH } },
		{ part(50000, 6000), part(50000, 4000), { NOLOW, 120000 },
		  { NOLOW, 62000 }, { NOLOW, 58000 } },
		/* Both limits, while discharging and while charging */
		{ part(50000, -6000), part(50000, -4000), { 80000, 120000 },
		  { 38000, 62000 }, { 42000, 58000 } },
		{ part(50000, 6000), part(50000, 4000), { 80000, 120000 },
		  { 38000, 62000 }, { 42000, 58000 } },
		/* A large distance: 900000 below the sum of two millions */
		{ part(1000000, -6000), part(1000000, -4000), { 1100000, NOHIGH },
		  { 460000, NOHIGH }, { 640000, NOHIGH } },
		/* More than a member has: it will be empty before */
		{ part(10000, -9000), part(90000, -1000), { 50000, NOHIGH },
		  { NOLOW, NOHIGH }, { 85000, NOHIGH } },
	};

	split_check(test, cases, ARRAY_SIZE(cases));
}

static void sequential_packs_hand_over(struct kunit *test)
{
	const struct split_case cases[] = {
		/* All of the distance for the active pack, none for the one at rest */
		{ part(50000, -10000), part(50000, 0), { 80000, NOHIGH },
		  { 30000, NOHIGH }, { 50000, NOHIGH } },
		/* Reversed when the next pack takes over */
		{ part(0, 0), part(50000, -10000), { 20000, NOHIGH },
		  { NOLOW, NOHIGH }, { 20000, NOHIGH } },
	};

	split_check(test, cases, ARRAY_SIZE(cases));
}

static void no_distance_without_flow(struct kunit *test)
{
	const struct split_case cases[] = {
		{ part(50000, 0), part(30000, 0), { 60000, 90000 },
		  { 50000, 50000 }, { 30000, 30000 } },
		/* Charging and discharging cancel each other. */
		{ part(50000, 5000), part(30000, -5000), { 60000, 90000 },
		  { 50000, 50000 }, { 30000, 30000 } },
	};

	split_check(test, cases, ARRAY_SIZE(cases));
}

static void no_limit_against_the_flow(struct kunit *test)
{
	const struct split_case cases[] = {
		/* The total rate is -2000: the pack being charged will not reach a low limit. */
		{ part(50000, -6000), part(50000, 4000), { 90000, NOHIGH },
		  { 20000, NOHIGH }, { NOLOW, NOHIGH } },
		{ part(50000, 6000), part(50000, -4000), { NOLOW, 110000 },
		  { NOLOW, 80000 }, { NOLOW, NOHIGH } },
		/* A total rate near 0 makes distances large, not wrong. */
		{ part(50000, -6001), part(50000, 6000), { 90000, NOHIGH },
		  { NOLOW, NOHIGH }, { NOLOW, NOHIGH } },
	};

	split_check(test, cases, ARRAY_SIZE(cases));
}

static void contradictory_rate_gives_equal_shares(struct kunit *test)
{
	struct split_case cases[] = {
		{ part(50000, -6000), part(50000, 0), { 80000, 120000 },
		  { 40000, 60000 }, { 40000, 60000 } },
		{ part(50000, -6000), part(50000, 3000), { 80000, NOHIGH },
		  { 40000, NOHIGH }, { 40000, NOHIGH } },
		{ part(50000, -6000), part(50000, -3000), { 80000, NOHIGH },
		  { 40000, NOHIGH }, { 40000, NOHIGH } },
		{ part(50000, -6000), part(50000, -3000), { 80000, NOHIGH },
		  { 40000, NOHIGH }, { 40000, NOHIGH } },
	};

	cases[0].b.status = ST(DISCHARGING);	/* rate 0 */
	cases[1].b.status = ST(DISCHARGING);	/* wrong sign */
	cases[2].b.status = ST(CHARGING);
	cases[3].b.status = ST(FULL);
	split_check(test, cases, ARRAY_SIZE(cases));
}

/* A rate cannot contradict an unknown status. */
static void unknown_status_is_not_contradictory(struct kunit *test)
{
	struct split_case cases[] = {
		{ part(50000, -6000), part(50000, -4000), { 80000, NOHIGH },
		  { 38000, NOHIGH }, { 42000, NOHIGH } },
	};

	cases[0].b.status = ST(UNKNOWN);
	split_check(test, cases, ARRAY_SIZE(cases));
}

/* Absent members have no share, and do not change those of others. */
static void absent_members_have_no_share(struct kunit *test)
{
	struct split_case cases[] = {
		{ part(50000, -6000), part(50000, -4000), { 30000, 70000 },
		  { 30000, 70000 }, { NOLOW, NOHIGH } },
		{ part(50000, -6000), part(50000, -4000), { 30000, 70000 },
		  { 30000, 70000 }, { NOLOW, NOHIGH } },
		{ part(50000, 0), part(50000, -4000), { 30000, 70000 },
		  { 30000, 70000 }, { NOLOW, NOHIGH } },
	};

	cases[0].b.present = false;
	cases[1].b.known = false;
	cases[2].a.status = ST(DISCHARGING);	/* equal shares of one member */
	cases[2].b.present = false;
	split_check(test, cases, ARRAY_SIZE(cases));
}

static void passed_limits(struct kunit *test)
{
	const struct split_case cases[] = {
		{ part(50000, -6000), part(50000, -4000), { 110000, 90000 },
		  { 50000, 50000 }, { 50000, 50000 } },
		{ part(50000, -6000), part(50000, -4000), { NOLOW, NOHIGH },
		  { NOLOW, NOHIGH }, { NOLOW, NOHIGH } },
	};

	split_check(test, cases, ARRAY_SIZE(cases));
}

/* The largest possible numbers: 64 packs with 2 kWh, each discharged at 2 kW */
static void large_numbers_do_not_overflow(struct kunit *test)
{
	struct cbat_part *parts = kunit_kcalloc(test, 64, sizeof(*parts), GFP_KERNEL);
	struct cbat_window *w = kunit_kcalloc(test, 64, sizeof(*w), GFP_KERNEL);
	const s64 each = INT_MAX;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, parts);
	KUNIT_ASSERT_NOT_NULL(test, w);
	for (i = 0; i < 64; i++)
		parts[i] = part(each, -each);
	cbat_split(parts, 64, &(struct cbat_window){ 32 * each, NOHIGH }, w);
	for (i = 0; i < 64; i++) {
		/* Half of it; rounding makes it earlier. */
		KUNIT_EXPECT_GE(test, w[i].low, each / 2);
		KUNIT_EXPECT_LE(test, w[i].low, each / 2 + each / 1000000);
		parts[i] = part(each, each);
	}
	cbat_split(parts, 64, &(struct cbat_window){ NOLOW, S64_MAX - 1 }, w);
	for (i = 0; i < 64; i++)
		KUNIT_EXPECT_GT(test, w[i].high, each);
}

static void percent_limits_are_early(struct kunit *test)
{
	static const struct {
		s64 low, high, full;
		int capacity, want_low, want_high;
	} cases[] = {
		{ NOLOW, NOHIGH, 1000, 50, 0, 100 },
		{ 200, 800, 1000, 50, 20, 80 },
		{ 201, 809, 1000, 50, 21, 80 },
		/* A limit that is reached is not passed: the next change raises the alarm. */
		{ 534, 534, 1000, 53, 53, 53 },
		{ 538, 538, 1000, 54, 54, 54 },
		{ 5, 995, 1000, 50, 1, 99 },
		{ 2000, 2000, 1000, 100, 100, 100 },
		{ 200, 800, 0, 50, 0, 100 },
	};
	int low, high;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct cbat_window w = { cases[i].low, cases[i].high };

		cbat_window_percent(&w, cases[i].full, cases[i].capacity, &low, &high);
		KUNIT_EXPECT_EQ_MSG(test, low, cases[i].want_low, "case %u", i);
		KUNIT_EXPECT_EQ_MSG(test, high, cases[i].want_high, "case %u", i);
	}
}

static struct kunit_case split_cases[] = {
	KUNIT_CASE(distance_is_shared_by_rate),
	KUNIT_CASE(sequential_packs_hand_over),
	KUNIT_CASE(no_distance_without_flow),
	KUNIT_CASE(no_limit_against_the_flow),
	KUNIT_CASE(contradictory_rate_gives_equal_shares),
	KUNIT_CASE(unknown_status_is_not_contradictory),
	KUNIT_CASE(absent_members_have_no_share),
	KUNIT_CASE(passed_limits),
	KUNIT_CASE(large_numbers_do_not_overflow),
	KUNIT_CASE(percent_limits_are_early),
	{ }
};

struct kunit_suite cbat_split_suite = {
	.name = "cbat_split",
	.test_cases = split_cases,
};
