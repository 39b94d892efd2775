// SPDX-License-Identifier: GPL-2.0-only
/* Dividing limits among members, with every combination of signs. */
#include "comp_kunit.h"

#define ST(s)	POWER_SUPPLY_STATUS_##s
#define NOLOW	COMP_NEVER_LOW
#define NOHIGH	COMP_NEVER_HIGH

/* A member as its rate has it; amounts in whatever unit */
static struct comp_part part(s64 now, s64 rate)
{
	return (struct comp_part){
		.present = true,
		.known = true,
		.status = rate < 0 ? ST(DISCHARGING) : rate ? ST(CHARGING) : ST(NOT_CHARGING),
		.now = now,
		.rate = rate,
	};
}

struct split_case {
	struct comp_part a, b;
	struct comp_window whole, want_a, want_b;
};

static void split_check(struct kunit *test, const struct split_case *c, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		const struct comp_part parts[] = { c[i].a, c[i].b };
		struct comp_window w[2];

		comp_split(parts, 2, &c[i].whole, w);
		KUNIT_EXPECT_EQ_MSG(test, w[0].low, c[i].want_a.low, "case %u", i);
		KUNIT_EXPECT_EQ_MSG(test, w[0].high, c[i].want_a.high, "case %u", i);
		KUNIT_EXPECT_EQ_MSG(test, w[1].low, c[i].want_b.low, "case %u", i);
		KUNIT_EXPECT_EQ_MSG(test, w[1].high, c[i].want_b.high, "case %u", i);
	}
}

static void shares_of_the_rate(struct kunit *test)
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
		/* More than a member holds: it will be empty before */
		{ part(10000, -9000), part(90000, -1000), { 50000, NOHIGH },
		  { NOLOW, NOHIGH }, { 85000, NOHIGH } },
	};

	split_check(test, cases, ARRAY_SIZE(cases));
}

static void one_after_the_other(struct kunit *test)
{
	const struct split_case cases[] = {
		/* All of the distance to the one that works, none to the one that rests */
		{ part(50000, -10000), part(50000, 0), { 80000, NOHIGH },
		  { 30000, NOHIGH }, { 50000, NOHIGH } },
		/* The hand-over turns it round. */
		{ part(0, 0), part(50000, -10000), { 20000, NOHIGH },
		  { NOLOW, NOHIGH }, { 20000, NOHIGH } },
	};

	split_check(test, cases, ARRAY_SIZE(cases));
}

static void nothing_flows(struct kunit *test)
{
	const struct split_case cases[] = {
		{ part(50000, 0), part(30000, 0), { 60000, 90000 },
		  { 50000, 50000 }, { 30000, 30000 } },
		/* In and out are the same. */
		{ part(50000, 5000), part(30000, -5000), { 60000, 90000 },
		  { 50000, 50000 }, { 30000, 30000 } },
	};

	split_check(test, cases, ARRAY_SIZE(cases));
}

static void against_the_flow(struct kunit *test)
{
	const struct split_case cases[] = {
		/* The whole loses 2000: the one that gains will not take it down. */
		{ part(50000, -6000), part(50000, 4000), { 90000, NOHIGH },
		  { 20000, NOHIGH }, { NOLOW, NOHIGH } },
		{ part(50000, 6000), part(50000, -4000), { NOLOW, 110000 },
		  { NOLOW, 80000 }, { NOLOW, NOHIGH } },
		/* A total near nothing makes distances large, not wrong. */
		{ part(50000, -6001), part(50000, 6000), { 90000, NOHIGH },
		  { NOLOW, NOHIGH }, { NOLOW, NOHIGH } },
	};

	split_check(test, cases, ARRAY_SIZE(cases));
}

static void who_contradicts_himself_has_an_equal_share(struct kunit *test)
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

	cases[0].b.status = ST(DISCHARGING);	/* at no rate */
	cases[1].b.status = ST(DISCHARGING);	/* the wrong way */
	cases[2].b.status = ST(CHARGING);
	cases[3].b.status = ST(FULL);
	split_check(test, cases, ARRAY_SIZE(cases));
}

/* Without a status there is nothing that a rate could contradict. */
static void an_unknown_status_contradicts_nothing(struct kunit *test)
{
	struct split_case cases[] = {
		{ part(50000, -6000), part(50000, -4000), { 80000, NOHIGH },
		  { 38000, NOHIGH }, { 42000, NOHIGH } },
	};

	cases[0].b.status = ST(UNKNOWN);
	split_check(test, cases, ARRAY_SIZE(cases));
}

/* Members that are not there have no share, and take none from the others. */
static void absent_members_do_not_count(struct kunit *test)
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
	cases[2].a.status = ST(DISCHARGING);	/* equal shares: of one */
	cases[2].b.present = false;
	split_check(test, cases, ARRAY_SIZE(cases));
}

static void limits_that_are_passed(struct kunit *test)
{
	const struct split_case cases[] = {
		{ part(50000, -6000), part(50000, -4000), { 110000, 90000 },
		  { 50000, 50000 }, { 50000, 50000 } },
		{ part(50000, -6000), part(50000, -4000), { NOLOW, NOHIGH },
		  { NOLOW, NOHIGH }, { NOLOW, NOHIGH } },
	};

	split_check(test, cases, ARRAY_SIZE(cases));
}

/* The largest numbers that there are: 64 packs of 2 kWh that all give 2 kW */
static void large_numbers_do_not_wrap(struct kunit *test)
{
	struct comp_part *parts = kunit_kcalloc(test, 64, sizeof(*parts), GFP_KERNEL);
	struct comp_window *w = kunit_kcalloc(test, 64, sizeof(*w), GFP_KERNEL);
	const s64 each = INT_MAX;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, parts);
	KUNIT_ASSERT_NOT_NULL(test, w);
	for (i = 0; i < 64; i++)
		parts[i] = part(each, -each);
	comp_split(parts, 64, &(struct comp_window){ 32 * each, NOHIGH }, w);
	for (i = 0; i < 64; i++) {
		/* Half of it; what the division rounds off makes it earlier. */
		KUNIT_EXPECT_GE(test, w[i].low, each / 2);
		KUNIT_EXPECT_LE(test, w[i].low, each / 2 + each / 1000000);
		parts[i] = part(each, each);
	}
	comp_split(parts, 64, &(struct comp_window){ NOLOW, S64_MAX - 1 }, w);
	for (i = 0; i < 64; i++)
		KUNIT_EXPECT_GT(test, w[i].high, each);
}

static void percent_calls_early(struct kunit *test)
{
	static const struct {
		s64 low, high, full;
		int capacity, want_low, want_high;
	} cases[] = {
		{ NOLOW, NOHIGH, 1000, 50, 0, 100 },
		{ 200, 800, 1000, 50, 20, 80 },
		{ 201, 809, 1000, 50, 21, 80 },
		/* At the limit is not passed: the next movement calls. */
		{ 534, 534, 1000, 53, 53, 53 },
		{ 538, 538, 1000, 54, 54, 54 },
		{ 5, 995, 1000, 50, 1, 99 },
		{ 2000, 2000, 1000, 100, 100, 100 },
		{ 200, 800, 0, 50, 0, 100 },
	};
	int low, high;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct comp_window w = { cases[i].low, cases[i].high };

		comp_window_percent(&w, cases[i].full, cases[i].capacity, &low, &high);
		KUNIT_EXPECT_EQ_MSG(test, low, cases[i].want_low, "case %u", i);
		KUNIT_EXPECT_EQ_MSG(test, high, cases[i].want_high, "case %u", i);
	}
}

static struct kunit_case split_cases[] = {
	KUNIT_CASE(shares_of_the_rate),
	KUNIT_CASE(one_after_the_other),
	KUNIT_CASE(nothing_flows),
	KUNIT_CASE(against_the_flow),
	KUNIT_CASE(who_contradicts_himself_has_an_equal_share),
	KUNIT_CASE(an_unknown_status_contradicts_nothing),
	KUNIT_CASE(absent_members_do_not_count),
	KUNIT_CASE(limits_that_are_passed),
	KUNIT_CASE(large_numbers_do_not_wrap),
	KUNIT_CASE(percent_calls_early),
	{ }
};

struct kunit_suite comp_split_suite = {
	.name = "comp_split",
	.test_cases = split_cases,
};
