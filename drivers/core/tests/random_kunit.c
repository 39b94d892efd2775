// SPDX-License-Identifier: GPL-2.0-only
/*
 * Random readings, limits and events: properties of the pure functions that hold for any
 * values. A failure is reported with the seed of its round, which depends on nothing else.
 */
#include <kunit/test.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/prandom.h>

#include "../internal.h"
#include "fake_bus.h"

#define SEED		20261122
#define ROUNDS		30000
#define SEQUENCES	1000
#define STEPS		50

/* A critical level and a sudden 0 % are published after this time, and not before. */
#define CONFIRM_MS	1000

static int random_below(struct rnd_state *rnd, u32 n)
{
	return prandom_u32_state(rnd) % n;
}

static bool one_in(struct rnd_state *rnd, u32 n)
{
	return !random_below(rnd, n);
}

/* Extreme values, small ones, and those of a pack */
static int random_value(struct rnd_state *rnd)
{
	switch (random_below(rnd, 8)) {
	case 0:
		return prandom_u32_state(rnd);
	case 1:
		return one_in(rnd, 2) ? INT_MAX : INT_MIN;
	case 2:
		return random_below(rnd, 8) - 2;
	case 3:
		return -random_below(rnd, 10000000);
	default:
		return random_below(rnd, 10000000);
	}
}

static void random_reading(struct rnd_state *rnd, struct psy_values *v)
{
	unsigned int f;

	memset(v, 0, sizeof(*v));
	for (f = 0; f < PSY_NR_FIELDS; f++)
		if (PSY_STATUS_FIELDS & PSY_BIT(f) && one_in(rnd, 2))
			psy_values_set(v, f, random_value(rnd));
	if (one_in(rnd, 2))
		psy_values_set(v, PSY_STATUS, random_below(rnd, 6));
	/* Mostly plausible, or there is nothing to derive. */
	if (!one_in(rnd, 4)) {
		psy_values_set(v, PSY_CHARGE_FULL, 1 + random_below(rnd, 8000000));
		psy_values_set(v, PSY_CHARGE_NOW, random_below(rnd, 9000000));
	}
}

static bool has(const struct psy_values *v, enum psy_field field)
{
	return v->valid & PSY_BIT(field);
}

static int value(const struct psy_values *v, enum psy_field field, int none)
{
	psy_values_get(v, field, &none);
	return none;
}

static const char *check_ranges(const struct psy_values *v)
{
	static const enum psy_field magnitudes[] = {
		PSY_VOLTAGE_NOW, PSY_POWER_NOW, PSY_POWER_AVG, PSY_CHARGE_NOW, PSY_CHARGE_FULL,
		PSY_ENERGY_NOW, PSY_ENERGY_FULL, PSY_CYCLE_COUNT, PSY_TIME_TO_EMPTY_NOW,
		PSY_TIME_TO_EMPTY_AVG, PSY_TIME_TO_FULL_NOW, PSY_TIME_TO_FULL_AVG,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(magnitudes); i++)
		if (value(v, magnitudes[i], 0) < 0)
			return "a negative magnitude";
	if (value(v, PSY_CAPACITY, 0) < 0 || value(v, PSY_CAPACITY, 0) > 100)
		return "capacity out of 0..100";
	if (value(v, PSY_STATUS, 0) < 0 || value(v, PSY_STATUS, 0) > POWER_SUPPLY_STATUS_FULL)
		return "status";
	if (value(v, PSY_CAPACITY_LEVEL, 0) < 0 ||
	    value(v, PSY_CAPACITY_LEVEL, 0) > POWER_SUPPLY_CAPACITY_LEVEL_FULL)
		return "capacity level";
	if (value(v, PSY_TEMP, 0) < -2732)
		return "temperature below zero kelvin";
	return NULL;
}

/* A derived capacity is that of the amounts, to the nearest percent. */
static const char *check_capacity(const struct psy_values *raw, const struct psy_values *v)
{
	bool energy = has(v, PSY_ENERGY_NOW) && value(v, PSY_ENERGY_FULL, 0) > 0;
	s64 now = value(v, energy ? PSY_ENERGY_NOW : PSY_CHARGE_NOW, -1);
	s64 full = value(v, energy ? PSY_ENERGY_FULL : PSY_CHARGE_FULL, 0);
	s64 capacity = value(v, PSY_CAPACITY, -1);

	if (has(raw, PSY_CAPACITY) || now < 0 || full <= 0)
		return NULL;
	/* Nonsense: a percentage that does not fit into an int is unknown. */
	if (div64_s64(now, full) >= INT_MAX / 100)
		return NULL;
	if (capacity < 0)
		return "capacity is missing";
	if (now >= full)
		return capacity == 100 ? NULL : "more than full is not 100 %";
	return abs(200 * now - 2 * capacity * full) <= full + 1 ? NULL : "derived capacity";
}

static const char *check_reserve(const struct psy_values *raw, const struct psy_values *v)
{
	s64 now = value(raw, PSY_CHARGE_NOW, -1), empty = value(raw, PSY_CHARGE_EMPTY, 0);

	if (now >= 0 && value(v, PSY_CHARGE_NOW, -1) != max(now - empty, 0LL))
		return "reserve of the charge";
	now = value(raw, PSY_ENERGY_NOW, -1);
	empty = value(raw, PSY_ENERGY_EMPTY, 0);
	if (now >= 0 && value(v, PSY_ENERGY_NOW, -1) != max(now - empty, 0LL))
		return "reserve of the energy";
	return NULL;
}

static const char *check_flow(const struct psy_values *v, bool primary)
{
	int status = value(v, PSY_STATUS, POWER_SUPPLY_STATUS_UNKNOWN);
	int ua = value(v, PSY_CURRENT_NOW, 0);

	if (status == POWER_SUPPLY_STATUS_CHARGING && (ua < 0 || primary))
		return "charging although discharged, or a primary cell";
	if (status == POWER_SUPPLY_STATUS_DISCHARGING && ua > 0)
		return "discharging although charged";
	if (!has(v, PSY_STATUS))
		return has(v, PSY_CURRENT_NOW) ? "status was not derived" : NULL;
	if (status != POWER_SUPPLY_STATUS_DISCHARGING &&
	    (has(v, PSY_TIME_TO_EMPTY_NOW) || has(v, PSY_TIME_TO_EMPTY_AVG)))
		return "time to empty while not discharging";
	if (status != POWER_SUPPLY_STATUS_CHARGING &&
	    (has(v, PSY_TIME_TO_FULL_NOW) || has(v, PSY_TIME_TO_FULL_AVG)))
		return "time to full while not charging";
	return NULL;
}

static const char *check_reading(struct rnd_state *rnd, bool *derived)
{
	bool primary = one_in(rnd, 8);
	struct psy_values raw, v;
	struct psy_info info = { };
	const char *wrong;
	enum psy_unit unit;

	unit = one_in(rnd, 3) ? PSY_UNIT_ANY : one_in(rnd, 2) ? PSY_UNIT_CHARGE : PSY_UNIT_ENERGY;
	random_reading(rnd, &raw);
	if (one_in(rnd, 2))
		psy_values_set(&info.values, PSY_ALERT_LOW, random_below(rnd, 101));
	if (one_in(rnd, 2))
		psy_values_set(&info.values, PSY_ALERT_CRITICAL, random_below(rnd, 101));

	/* The same order as for a refresh */
	psy_drop_garbage(&raw);
	v = raw;
	psy_subtract_bias(&v);
	psy_derive(&v, unit);
	if (psy_resolve(&v, primary))
		psy_derive(&v, unit);
	psy_level(&v, &info);

	*derived = has(&v, PSY_CAPACITY) && !has(&raw, PSY_CAPACITY);
	if (raw.valid & ~v.valid & ~(PSY_BIT(PSY_TIME_TO_EMPTY_NOW) |
				     PSY_BIT(PSY_TIME_TO_EMPTY_AVG) |
				     PSY_BIT(PSY_TIME_TO_FULL_NOW) | PSY_BIT(PSY_TIME_TO_FULL_AVG)))
		return "a reported value was lost";
	wrong = check_ranges(&v);
	wrong = wrong ?: check_reserve(&raw, &v);
	wrong = wrong ?: check_capacity(&raw, &v);
	return wrong ?: check_flow(&v, primary);
}

static void random_readings_give_consistent_values(struct kunit *test)
{
	unsigned int round, derivations = 0;
	struct rnd_state rnd;
	const char *wrong;
	bool derived;

	for (round = 0; round < ROUNDS; round++) {
		prandom_seed_state(&rnd, SEED + round);
		wrong = check_reading(&rnd, &derived);
		derivations += derived;
		if (wrong) {
			KUNIT_FAIL(test, "seed %u: %s", SEED + round, wrong);
			return;
		}
	}
	KUNIT_EXPECT_GT(test, derivations, ROUNDS / 10);
}

/* A pack of which some of the raw amount is left, with limits */
static const char *check_limits(struct rnd_state *rnd, bool *crossed)
{
	bool energy = one_in(rnd, 2);
	int full = 1 + random_below(rnd, one_in(rnd, 2) ? 200 : 900000000);
	int reserve = one_in(rnd, 2) ? 0 : random_below(rnd, 100000000);
	int raw = random_below(rnd, full + full / 8 + reserve + 1);
	struct psy_limits l = {
		.valid = PSY_LIMIT_LOW | PSY_LIMIT_HIGH,
		.low = random_below(rnd, 101),
		.high = random_below(rnd, 101),
	};
	struct psy_values v = { };
	int capacity;
	u32 alerts;

	psy_values_set(&v, energy ? PSY_ENERGY_FULL : PSY_CHARGE_FULL, full + reserve);
	psy_values_set(&v, energy ? PSY_ENERGY_NOW : PSY_CHARGE_NOW, raw);
	psy_values_set(&v, energy ? PSY_ENERGY_EMPTY : PSY_CHARGE_EMPTY, reserve);
	psy_subtract_bias(&v);
	psy_derive(&v, energy ? PSY_UNIT_ENERGY : PSY_UNIT_CHARGE);
	psy_limits_amounts(&l, &v);
	alerts = psy_alerts(&l, &v);
	capacity = value(&v, PSY_CAPACITY, -1);

	*crossed = alerts;
	if (capacity < 0)
		return "no capacity";
	if (alerts != ((capacity < l.low ? PSY_LIMIT_LOW : 0) |
		       (capacity > l.high ? PSY_LIMIT_HIGH : 0)))
		return "crossed limits";
	if (alerts & PSY_LIMIT_LOW && raw >= l.low_amount)
		return "the low alarm of the hardware is late";
	if (alerts & PSY_LIMIT_HIGH && raw <= l.high_amount)
		return "the high alarm of the hardware is late";
	return NULL;
}

static void random_limits_are_never_late(struct kunit *test)
{
	unsigned int round, crossings = 0;
	struct rnd_state rnd;
	const char *wrong;
	bool crossed;

	for (round = 0; round < ROUNDS; round++) {
		prandom_seed_state(&rnd, SEED + round);
		wrong = check_limits(&rnd, &crossed);
		crossings += crossed;
		if (wrong) {
			KUNIT_FAIL(test, "seed %u: %s", SEED + round, wrong);
			return;
		}
	}
	KUNIT_EXPECT_GT(test, crossings, ROUNDS / 10);
}

/* What differs between two sets of reported values, except the capacity */
static bool states_differ(const struct psy_event *a, const struct psy_event *b)
{
	return a->tag != b->tag || a->valid != b->valid || a->status != b->status ||
	       a->health != b->health || a->capacity_level != b->capacity_level;
}

static void random_change(struct rnd_state *rnd, struct psy_event *ev)
{
	ev->when = ktime_add_ms(ev->when, random_below(rnd, 4000));
	if (one_in(rnd, 30))
		ev->tag++;
	if (one_in(rnd, 15))
		ev->status = random_below(rnd, 5);
	if (one_in(rnd, 30))
		ev->health = random_below(rnd, 3);
	if (one_in(rnd, 20))
		ev->capacity_level = random_below(rnd, 6);
	if (one_in(rnd, 20))
		ev->valid ^= PSY_BIT(PSY_HEALTH);
	if (one_in(rnd, 3))
		ev->capacity = clamp(ev->capacity + random_below(rnd, 7) - 4, 0, 100);
	if (one_in(rnd, 50))
		ev->capacity = one_in(rnd, 2) ? 0 : 100;
}

static const char *check_verdict(const struct psy_event *sent, const struct psy_event *ev,
				 int step, enum psy_event_verdict verdict)
{
	bool now = states_differ(sent, ev) || (ev->alerts & ~sent->alerts);
	int moved = abs(ev->capacity - sent->capacity);
	s64 age = ktime_ms_delta(ev->when, sent->when);

	if (now)
		return verdict == PSY_VERDICT_NOW ? NULL : "a change of state is late";
	if (!moved)
		return verdict == PSY_VERDICT_NONE ? NULL : "an event without a change";
	if (verdict == PSY_VERDICT_NONE)
		return "a change of the capacity is ignored";
	if (verdict == PSY_VERDICT_NOW && age < 5000)
		return "an event for the capacity alone is too early";
	if (verdict == PSY_VERDICT_SUPPRESSED && moved >= 2 * step)
		return "a large change of the capacity is suppressed";
	if (verdict != PSY_VERDICT_SUPPRESSED && moved < step && ev->capacity != 0 &&
	    ev->capacity != 100)
		return "an event for a change below the resolution";
	return NULL;
}

/* As the class does: what has been sent is compared with what comes next. */
static const char *check_events(struct rnd_state *rnd, unsigned int *events)
{
	int step = 1 + random_below(rnd, 5), low = random_below(rnd, 101);
	const struct psy_limits l = { .valid = PSY_LIMIT_LOW, .low = low };
	struct psy_event sent = { .tag = 1, .capacity = 60 }, ev = sent;
	enum psy_event_verdict verdict;
	struct psy_values v = { };
	const char *wrong;
	bool warned = false;
	unsigned int i;

	for (i = 0; i < STEPS; i++) {
		random_change(rnd, &ev);
		psy_values_set(&v, PSY_CAPACITY, ev.capacity);
		ev.alerts = psy_alerts(&l, &v);
		verdict = psy_event_compare(&sent, &ev, step);
		wrong = check_verdict(&sent, &ev, step, verdict);
		if (!wrong && psy_event_compare(&ev, &ev, step) != PSY_VERDICT_NONE)
			wrong = "an event without any change";
		if (verdict == PSY_VERDICT_NOW) {
			sent = ev;
			++*events;
		} else {
			sent.alerts &= ev.alerts;
		}
		/* The reading that falls below the limit is the one that is reported. */
		warned = ev.capacity < low && (warned || verdict == PSY_VERDICT_NOW);
		if (!wrong && ev.capacity < low && !warned)
			wrong = "a warning is late";
		if (wrong)
			return wrong;
	}
	return NULL;
}

static void random_changes_cause_the_right_events(struct kunit *test)
{
	unsigned int i, events = 0;
	struct rnd_state rnd;
	const char *wrong;

	for (i = 0; i < SEQUENCES; i++) {
		prandom_seed_state(&rnd, SEED + i);
		wrong = check_events(&rnd, &events);
		if (wrong) {
			KUNIT_FAIL(test, "seed %u: %s", SEED + i, wrong);
			return;
		}
	}
	KUNIT_EXPECT_GT(test, events, SEQUENCES * STEPS / 10);
	KUNIT_EXPECT_LT(test, events, SEQUENCES * STEPS);
}

/* A critical level is published when it has lasted, as soon as that is known. */
static const char *check_critical(struct rnd_state *rnd, unsigned int *published)
{
	ktime_t now = ktime_set(100, 0), since = 0, begin = 0;
	bool pending, lasted;
	struct psy_values v;
	unsigned int i;
	int level;

	for (i = 0; i < STEPS; i++) {
		now = ktime_add_ms(now, 1 + random_below(rnd, 600));
		level = one_in(rnd, 4) ? random_below(rnd, 6) :
					 POWER_SUPPLY_CAPACITY_LEVEL_CRITICAL;
		v = (struct psy_values){ };
		psy_values_set(&v, PSY_CAPACITY_LEVEL, level);
		pending = psy_debounce(&v, &since, now);
		if (level != POWER_SUPPLY_CAPACITY_LEVEL_CRITICAL) {
			begin = 0;
			if (pending || value(&v, PSY_CAPACITY_LEVEL, -1) != level)
				return "a level that is not critical was changed";
			continue;
		}
		begin = begin ?: now;
		lasted = ktime_ms_delta(now, begin) >= CONFIRM_MS;
		*published += lasted;
		if (pending == lasted ||
		    value(&v, PSY_CAPACITY_LEVEL, -1) !=
		    (lasted ? POWER_SUPPLY_CAPACITY_LEVEL_CRITICAL :
			      POWER_SUPPLY_CAPACITY_LEVEL_LOW))
			return "critical too early or too late";
	}
	return NULL;
}

/* The same for a sudden 0 %, and nothing else is held back. */
static const char *check_empty(struct rnd_state *rnd, unsigned int *published)
{
	ktime_t now = ktime_set(100, 0), since = 0, begin = 0;
	struct psy_values v, last = { };
	int capacity, shown, before;
	bool pending, sudden;
	unsigned int i;

	for (i = 0; i < STEPS; i++) {
		now = ktime_add_ms(now, 1 + random_below(rnd, 600));
		capacity = one_in(rnd, 3) ? 1 + random_below(rnd, 100) : 0;
		before = value(&last, PSY_CAPACITY, -1);
		v = (struct psy_values){ };
		psy_values_set(&v, PSY_CAPACITY, capacity);
		pending = psy_debounce_empty(&v, &last, &since, now);
		if (!pending)
			psy_values_take(&last, &v, v.valid);
		shown = value(&v, PSY_CAPACITY, -1);
		/* Up to 5 % it may be empty a moment later. */
		sudden = !capacity && (before < 0 || before > 5);
		begin = sudden ? begin ?: now : 0;
		if (pending != (sudden && ktime_ms_delta(now, begin) < CONFIRM_MS))
			return "0 % too early or too late";
		if (shown != (pending && before >= 0 ? before : capacity))
			return "capacity";
		*published += sudden && !pending;
	}
	return NULL;
}

static void random_levels_are_confirmed_in_time(struct kunit *test)
{
	unsigned int i, levels = 0, zeros = 0;
	struct rnd_state rnd;
	const char *wrong;

	for (i = 0; i < SEQUENCES; i++) {
		prandom_seed_state(&rnd, SEED + i);
		wrong = check_critical(&rnd, &levels) ?: check_empty(&rnd, &zeros);
		if (wrong) {
			KUNIT_FAIL(test, "seed %u: %s", SEED + i, wrong);
			return;
		}
	}
	KUNIT_EXPECT_GT(test, levels, SEQUENCES);
	KUNIT_EXPECT_GT(test, zeros, SEQUENCES / 10);
}

static struct kunit_case random_cases[] = {
	KUNIT_CASE_SLOW(random_readings_give_consistent_values),
	KUNIT_CASE_SLOW(random_limits_are_never_late),
	KUNIT_CASE_SLOW(random_changes_cause_the_right_events),
	KUNIT_CASE_SLOW(random_levels_are_confirmed_in_time),
	{ }
};

struct kunit_suite psy_random_suite = {
	.name = "psy_random",
	.test_cases = random_cases,
};
