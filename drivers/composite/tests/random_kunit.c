// SPDX-License-Identifier: GPL-2.0-only
/*
 * 100000 random sets of members against a second implementation: sums in pWh (µAh times
 * µV), for which nothing has to be rounded, and results checked by multiplication
 * instead of division.
 */
#include <linux/prandom.h>

#include "cbat_kunit.h"

#define ROUNDS		100000
#define MEMBERS		8
#define PER_MICRO	1000000LL

static const enum psy_field random_fields[] = {
	PSY_STATUS, PSY_HEALTH, PSY_CAPACITY, PSY_VOLTAGE_NOW, PSY_CURRENT_NOW, PSY_POWER_NOW,
	PSY_ENERGY_NOW, PSY_ENERGY_FULL, PSY_CHARGE_NOW, PSY_CHARGE_FULL, PSY_TEMP,
	PSY_CYCLE_COUNT, PSY_VOLTAGE_MIN_DESIGN, PSY_ENERGY_FULL_DESIGN,
};

static int random_value(struct rnd_state *rnd, enum psy_field field)
{
	u32 r = prandom_u32_state(rnd);

	switch (field) {
	case PSY_STATUS:
		return r % 5;
	case PSY_HEALTH:
		return r % 4;
	case PSY_CAPACITY:
		return r % 101;
	case PSY_VOLTAGE_NOW:
		return r % 16 ? 3000000 + r % 17000000 : 0;
	case PSY_VOLTAGE_MIN_DESIGN:
		return 3000000 + r % 17000000;
	case PSY_CURRENT_NOW:
		return (int)(r % 6000000) - 3000000;
	case PSY_POWER_NOW:
		return r % 8 ? r % 40000000 : 0;
	case PSY_TEMP:
		return (int)(r % 1000) - 300;
	case PSY_CYCLE_COUNT:
		return 1 + r % 1000;
	case PSY_ENERGY_NOW:
	case PSY_CHARGE_NOW:
		return r % 10000000;
	case PSY_CHARGE_FULL:
		return r % 16 ? r % 12000000 : 0;
	default:
		return r % 16 ? r % 60000000 : 0;
	}
}

/* Most fields are valid most of the time. */
static void random_packs(struct rnd_state *rnd, struct cbat_pack *packs, unsigned int n)
{
	unsigned int i, f;

	for (i = 0; i < n; i++) {
		packs[i] = (struct cbat_pack){ .present = prandom_u32_state(rnd) % 8 };
		for (f = 0; f < ARRAY_SIZE(random_fields); f++) {
			int val = random_value(rnd, random_fields[f]);

			if (prandom_u32_state(rnd) % 5)
				psy_values_set(&packs[i].v, random_fields[f], val);
		}
	}
}

/* struct exact - one pack, in pWh and pW; -1 and S64_MIN for unknown */
struct exact {
	bool there;
	s64 now;
	s64 full;
	s64 volts;
	s64 rate;
	int status;
};

static s64 value_or(const struct cbat_pack *p, enum psy_field field, s64 fallback)
{
	return p->v.valid & PSY_BIT(field) ? p->v.val[field] : fallback;
}

static struct exact exact_of(const struct cbat_pack *p)
{
	struct exact e = { .now = -1, .full = -1, .rate = S64_MIN };
	s64 v = value_or(p, PSY_VOLTAGE_NOW, -1), nominal = value_or(p, PSY_VOLTAGE_MIN_DESIGN, v);
	s64 ua = value_or(p, PSY_CURRENT_NOW, S64_MIN), uw = value_or(p, PSY_POWER_NOW, S64_MIN);
	s64 design = value_or(p, PSY_ENERGY_FULL_DESIGN, 0) * PER_MICRO;

	e.there = p->present && v != 0;
	e.volts = nominal > 0 ? nominal : -1;
	e.status = value_or(p, PSY_STATUS, POWER_SUPPLY_STATUS_UNKNOWN);

	if (value_or(p, PSY_ENERGY_FULL, -1) >= 0)
		e.full = value_or(p, PSY_ENERGY_FULL, 0) * PER_MICRO;
	else if (value_or(p, PSY_CHARGE_FULL, -1) >= 0 && e.volts > 0)
		e.full = value_or(p, PSY_CHARGE_FULL, 0) * e.volts;
	if (e.full < PER_MICRO)
		e.full = design ? design : -1;

	if (value_or(p, PSY_ENERGY_NOW, -1) >= 0)
		e.now = value_or(p, PSY_ENERGY_NOW, 0) * PER_MICRO;
	else if (value_or(p, PSY_CHARGE_NOW, -1) >= 0 && e.volts > 0)
		e.now = value_or(p, PSY_CHARGE_NOW, 0) * e.volts;
	else if (value_or(p, PSY_CAPACITY, -1) >= 0)
		e.now = e.full / 100 * value_or(p, PSY_CAPACITY, 0);
	if (e.full < 0)
		e.now = -1;

	if (ua != S64_MIN && v >= 0)
		e.rate = ua * v;
	if (uw != S64_MIN && e.rate != S64_MIN)
		e.rate = ua < 0 ? -uw * PER_MICRO : uw * PER_MICRO;
	else if (uw != S64_MIN && (!uw || e.status == POWER_SUPPLY_STATUS_CHARGING ||
				   e.status == POWER_SUPPLY_STATUS_DISCHARGING))
		e.rate = uw * PER_MICRO;
	if (e.rate != S64_MIN && e.status == POWER_SUPPLY_STATUS_DISCHARGING)
		e.rate = e.rate < 0 ? e.rate : -e.rate;
	if (e.rate != S64_MIN && e.status == POWER_SUPPLY_STATUS_CHARGING)
		e.rate = e.rate < 0 ? -e.rate : e.rate;
	return e;
}

/* The common status, from the set of statuses of the members */
static int exact_status(const struct exact *e, unsigned int n, bool online, s64 power)
{
	unsigned int i, set = 0;
	bool unknown;

	for (i = 0; i < n; i++)
		if (e[i].there)
			set |= BIT(e[i].status);
	if (!set)
		return INT_MIN;
	unknown = set & BIT(POWER_SUPPLY_STATUS_UNKNOWN);
	set &= ~BIT(POWER_SUPPLY_STATUS_UNKNOWN);
	switch (set & (BIT(POWER_SUPPLY_STATUS_CHARGING) | BIT(POWER_SUPPLY_STATUS_DISCHARGING))) {
	case BIT(POWER_SUPPLY_STATUS_CHARGING):
		return POWER_SUPPLY_STATUS_CHARGING;
	case BIT(POWER_SUPPLY_STATUS_DISCHARGING):
		return POWER_SUPPLY_STATUS_DISCHARGING;
	case 0:
		if (set == BIT(POWER_SUPPLY_STATUS_FULL))
			return unknown ? POWER_SUPPLY_STATUS_UNKNOWN : POWER_SUPPLY_STATUS_FULL;
		return set ? POWER_SUPPLY_STATUS_NOT_CHARGING : POWER_SUPPLY_STATUS_UNKNOWN;
	default:
		if (power == S64_MIN || power < 0 || (!power && !online))
			return POWER_SUPPLY_STATUS_DISCHARGING;
		return power ? POWER_SUPPLY_STATUS_CHARGING : POWER_SUPPLY_STATUS_NOT_CHARGING;
	}
}

/*
 * The total rate of the packs of a set, S64_MIN when it is unknown. A pack at rest does
 * not need a rate.
 */
static s64 exact_power(const struct exact *e, unsigned int n, u64 set)
{
	const unsigned int rests = BIT(POWER_SUPPLY_STATUS_FULL) |
				   BIT(POWER_SUPPLY_STATUS_NOT_CHARGING);
	unsigned int i, rated = 0;
	s64 power = 0;

	for (i = 0; i < n; i++) {
		if (!e[i].there || !(set & BIT_ULL(i)))
			continue;
		if (e[i].rate != S64_MIN) {
			power += e[i].rate;
			rated++;
		} else if (!(BIT(e[i].status) & rests)) {
			return S64_MIN;
		}
	}
	return rated ? power : S64_MIN;
}

static int got(const struct cbat_sum *sum, enum psy_field field)
{
	return sum->values.valid & PSY_BIT(field) ? sum->values.val[field] : INT_MIN;
}

/* Each member may lose one unit in its conversion, and one by its percentage. */
static bool near(s64 micro, s64 exact, unsigned int n)
{
	return abs(micro * PER_MICRO - exact) <= 2 * n * PER_MICRO;
}

/* Largest value of a field over all packs, INT_MIN without any */
static int exact_max(const struct cbat_pack *p, const struct exact *e, unsigned int n,
		     enum psy_field field)
{
	s64 best = INT_MIN;
	unsigned int i;

	for (i = 0; i < n; i++)
		if (e[i].there && value_or(&p[i], field, INT_MIN) > best)
			best = value_or(&p[i], field, INT_MIN);
	return best;
}

/* Returns the name of the first difference, or NULL. */
static const char *compare_rates(const struct exact *e, unsigned int n,
				 const struct cbat_rules *rules, const struct cbat_sum *sum)
{
	/* With percentages alone there are no amounts, and the rates of all packs count. */
	u64 set = got(sum, PSY_ENERGY_NOW) == INT_MIN ? ~0ULL : sum->counted;
	s64 power = exact_power(e, n, set);
	bool known = power != S64_MIN;

	if (sum->power_known != known)
		return "power is known";
	if (known && !near(sum->power, power, n))
		return "power";
	/* Rounding can remove the last microwatts, and with them the sign. */
	power = exact_power(e, n, ~0ULL);
	if (power != S64_MIN && abs(power) <= 2 * n * PER_MICRO)
		return NULL;
	if (got(sum, PSY_STATUS) != exact_status(e, n, rules->online, power))
		return "status";
	return NULL;
}

static const char *compare_time(const struct cbat_sum *sum)
{
	s64 t = got(sum, PSY_TIME_TO_EMPTY_NOW), now = got(sum, PSY_ENERGY_NOW), p = -sum->power;
	bool should = now != INT_MIN && p > 0 &&
		      got(sum, PSY_STATUS) == POWER_SUPPLY_STATUS_DISCHARGING;

	if (!should)
		return t == INT_MIN ? NULL : "time to empty is known";
	if (t == INT_MIN)
		return 3600 * now / p > INT_MAX ? NULL : "time to empty is unknown";
	return t * p <= 3600 * now && 3600 * now < (t + 1) * p ? NULL : "time to empty";
}

static const char *compare_sums(const struct exact *e, unsigned int n, const struct cbat_sum *sum)
{
	s64 now = 0, full = 0, off;
	unsigned int i, counted = 0;
	u64 set = 0;

	for (i = 0; i < n; i++) {
		if (!e[i].there || e[i].now < 0)
			continue;
		now += e[i].now;
		full += e[i].full;
		counted++;
		set |= BIT_ULL(i);
	}
	if (!counted)
		return got(sum, PSY_ENERGY_NOW) == INT_MIN ? NULL : "energy of nothing";
	if (sum->counted != set)
		return "set of members";
	if (!near(got(sum, PSY_ENERGY_NOW), now, counted))
		return "energy_now";
	if (!near(got(sum, PSY_ENERGY_FULL), full, counted))
		return "energy_full";
	if (now >= full)
		return got(sum, PSY_CAPACITY) == 100 ? NULL : "capacity above full";
	/* Half a percent for the last digit, and the loss by conversions */
	off = got(sum, PSY_CAPACITY) * full - 100 * now;
	return abs(off) <= full / 2 + 200 * counted * PER_MICRO ? NULL : "capacity";
}

/* Whether pack @a holds less charge than @b: now/volts, cross-multiplied. */
static bool weaker(s64 a, s64 a_volts, s64 b, s64 b_volts)
{
	return (__int128)a * b_volts < (__int128)b * a_volts;
}

/*
 * Whether @micro is the energy of @amount, at @own volts, in a chain of @volts.
 * Tolerance: 1 µAh of the weakest pack, 1 mV of the chain, 1 µWh of the result.
 */
static bool chain_near(s64 micro, s64 amount, s64 own, s64 volts)
{
	const __int128 off = (__int128)micro * PER_MICRO * own - (__int128)amount * volts;
	const __int128 allowed = (__int128)2 * volts * own + (__int128)1000 * amount +
				 (__int128)3 * PER_MICRO * own;

	return off <= allowed && -off <= allowed;
}

static const char *compare_chain(const struct exact *e, unsigned int n, const struct cbat_sum *sum)
{
	unsigned int i, low = 0, small = 0;
	bool over = false;
	s64 volts = 0;

	for (i = 0; i < n; i++) {
		if (!e[i].there || e[i].now < 0 || e[i].volts < 0)
			return got(sum, PSY_ENERGY_NOW) == INT_MIN ? NULL : "a broken chain";
		volts += e[i].volts;
		if (weaker(e[i].now, e[i].volts, e[low].now, e[low].volts))
			low = i;
		if (weaker(e[i].full, e[i].volts, e[small].full, e[small].volts))
			small = i;
	}
	if (!n)
		return got(sum, PSY_ENERGY_NOW) == INT_MIN ? NULL : "a chain of nothing";
	if (!chain_near(got(sum, PSY_ENERGY_FULL), e[small].full, e[small].volts, volts))
		return "full energy of a chain";
	/* At most the full energy */
	over = weaker(e[small].full, e[small].volts, e[low].now, e[low].volts);
	if (!chain_near(got(sum, PSY_ENERGY_NOW), over ? e[small].full : e[low].now,
			over ? e[small].volts : e[low].volts, volts))
		return "energy of a chain";
	return NULL;
}

static const char *compare(const struct cbat_pack *p, unsigned int n,
			   const struct cbat_rules *rules, const struct cbat_sum *sum)
{
	struct exact e[MEMBERS];
	const char *wrong;
	unsigned int i;

	for (i = 0; i < n; i++)
		e[i] = exact_of(&p[i]);
	wrong = compare_rates(e, n, rules, sum);
	if (!wrong)
		wrong = rules->topology == CBAT_SERIES ? compare_chain(e, n, sum) :
							 compare_sums(e, n, sum);
	if (!wrong)
		wrong = compare_time(sum);
	if (!wrong && got(sum, PSY_TEMP) != exact_max(p, e, n, PSY_TEMP))
		wrong = "temperature";
	if (!wrong && got(sum, PSY_CYCLE_COUNT) != exact_max(p, e, n, PSY_CYCLE_COUNT))
		wrong = "cycle count";
	if (!wrong && rules->topology == CBAT_PARALLEL &&
	    got(sum, PSY_VOLTAGE_NOW) != exact_max(p, e, n, PSY_VOLTAGE_NOW))
		wrong = "voltage";
	return wrong;
}

static void random_sets_match_the_reference(struct kunit *test)
{
	struct cbat_pack *packs = kunit_kcalloc(test, MEMBERS, sizeof(*packs), GFP_KERNEL);
	struct cbat_sum *sum = kunit_kzalloc(test, sizeof(*sum), GFP_KERNEL);
	unsigned int round, n, chains = 0, sums = 0;
	struct cbat_rules rules = { };
	struct rnd_state rnd;
	const char *wrong;

	KUNIT_ASSERT_NOT_NULL(test, packs);
	KUNIT_ASSERT_NOT_NULL(test, sum);
	prandom_seed_state(&rnd, 20260921);
	for (round = 0; round < ROUNDS; round++) {
		n = prandom_u32_state(&rnd) % (MEMBERS + 1);
		rules.topology = prandom_u32_state(&rnd) % CBAT_NR_TOPOLOGIES;
		rules.online = prandom_u32_state(&rnd) % 2;
		random_packs(&rnd, packs, n);
		cbat_aggregate(packs, n, &rules, sum);
		wrong = compare(packs, n, &rules, sum);
		if (wrong) {
			KUNIT_FAIL(test, "round %u, %u members, topology %d: %s",
				   round, n, rules.topology, wrong);
			return;
		}
		if (got(sum, PSY_ENERGY_NOW) == INT_MIN)
			continue;
		if (rules.topology == CBAT_SERIES)
			chains++;
		else
			sums++;
	}
	/* Make sure that something has been compared. */
	KUNIT_EXPECT_GT(test, sums, ROUNDS / 2);
	KUNIT_EXPECT_GT(test, chains, ROUNDS / 50);
}

static struct kunit_case random_cases[] = {
	KUNIT_CASE_SLOW(random_sets_match_the_reference),
	{ }
};

struct kunit_suite cbat_random_suite = {
	.name = "cbat_random",
	.test_cases = random_cases,
};
