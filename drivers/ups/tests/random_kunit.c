// SPDX-License-Identifier: GPL-2.0-only
/*
 * Random readings and missed polls: properties of the state machine that hold in any
 * order of events. A failure is reported with the number of its sequence, whose events
 * depend on nothing else.
 */
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/power_supply.h>
#include <linux/prandom.h>

#include "../ups.h"
#include "ups_kunit.h"

#define SEED		20261122
#define SEQUENCES	4000
#define STEPS		60

/* Documented in Documentation/power/ups-serial.rst */
#define LOW_READINGS	2
#define LOST_POLLS	3
#define CAPACITY_LOW	5
#define CAPACITY_CRITICAL 2

/**
 * struct history - what has happened so far
 * @now: time of the current step
 * @reading: the current step is a reading
 * @mains: the last reading was with mains
 * @any: there was a reading
 * @misses: polls without a reading since the last one
 * @lows: readings in a row with a low battery, without a loss of communication
 * @highs: likewise, without a low battery
 * @flag: the UPS has reported a low battery since @low_since
 * @heard: time of the last reading
 * @failed_since: when mains failed
 * @low_since: when the battery became low
 * @low: the battery is low, or critical, according to the state after the last reading
 */
struct history {
	ktime_t now;
	bool reading;
	bool mains;
	bool any;
	unsigned int misses;
	unsigned int lows;
	unsigned int highs;
	bool flag;
	ktime_t heard;
	ktime_t failed_since;
	ktime_t low_since;
	bool low;
};

static bool one_in(struct rnd_state *rnd, u32 n)
{
	return prandom_u32_state(rnd) % n == 0;
}

static void random_rules(struct rnd_state *rnd, struct ups_rules *r)
{
	r->critical_ms = prandom_u32_state(rnd) % 60000;
	r->silence_ms = one_in(rnd, 2) ? 0 : 1 + prandom_u32_state(rnd) % 120000;
	r->low_charge = one_in(rnd, 2) ? 0 : prandom_u32_state(rnd) % 101;
	r->low_runtime = one_in(rnd, 2) ? 0 : prandom_u32_state(rnd) % 600;
	r->low_after_ms = one_in(rnd, 2) ? 0 : 1 + prandom_u32_state(rnd) % 120000;
}

/* Mains stays as it was most of the time, or no sequence would last. */
static void random_status(struct rnd_state *rnd, const struct history *h, struct ups_status *s)
{
	bool mains = h->any ? h->mains : true;

	memset(s, 0, sizeof(*s));
	if (one_in(rnd, mains ? 4 : 20))
		mains = !mains;
	s->flags = prandom_u32_state(rnd) & ~(UPS_FLAG_MAINS_FAILED | UPS_FLAG_BATTERY_LOW);
	if (!mains)
		s->flags |= UPS_FLAG_MAINS_FAILED;
	if (one_in(rnd, 5))
		s->flags |= UPS_FLAG_BATTERY_LOW;
	s->charge = prandom_u32_state(rnd) % 101;
	s->runtime = prandom_u32_state(rnd) % 900;
	if (!one_in(rnd, 4))
		s->valid |= UPS_HAS_CHARGE;
	if (one_in(rnd, 2))
		s->valid |= UPS_HAS_RUNTIME;
}

static bool reads_low(const struct ups_rules *r, const struct ups_status *s)
{
	return s->flags & UPS_FLAG_BATTERY_LOW ||
	       (r->low_charge && s->valid & UPS_HAS_CHARGE && s->charge <= (int)r->low_charge) ||
	       (r->low_runtime && s->valid & UPS_HAS_RUNTIME && s->runtime <= (int)r->low_runtime);
}

static bool passed(ktime_t since, ktime_t now, unsigned int ms)
{
	return ktime_ms_delta(now, since) >= ms;
}

static void note_reading(struct history *h, const struct ups_rules *r, const struct ups_status *s)
{
	bool mains = !(s->flags & UPS_FLAG_MAINS_FAILED);

	if (h->misses >= LOST_POLLS) {
		h->lows = 0;
		h->highs = 0;
	}
	if (mains || !h->any || h->mains)
		h->failed_since = h->now;
	if (mains) {
		h->lows = 0;
		h->low = false;
	} else if (reads_low(r, s)) {
		h->lows++;
		h->highs = 0;
	} else {
		h->lows = 0;
		h->highs++;
	}
	h->mains = mains;
	h->any = true;
	h->misses = 0;
	h->heard = h->now;
}

static const char *check_reading(const struct history *h, const struct ups_rules *r,
				 enum ups_state state)
{
	bool late = r->low_after_ms && passed(h->failed_since, h->now, r->low_after_ms);
	bool low = state == UPS_LOW_BATTERY;

	if (h->mains)
		return state == UPS_ONLINE ? NULL : "not online although mains is present";
	if (state < UPS_ON_BATTERY)
		return "not on battery although mains has failed";
	if (!h->low && state == UPS_CRITICAL)
		return "critical without having been low";
	if (!h->low && low != (late || h->lows >= LOW_READINGS))
		return "low battery by neither two readings nor time, or not low by them";
	if (!h->low)
		return NULL;
	if (state == UPS_ON_BATTERY)
		return h->flag || late || h->highs < LOW_READINGS ?
		       "low battery was left without a reason" : NULL;
	return (state == UPS_CRITICAL) == passed(h->low_since, h->now, r->critical_ms) ?
	       NULL : "critical too early or too late";
}

static const char *check_miss(const struct history *h, const struct ups_rules *r,
			      enum ups_state before, enum ups_state state)
{
	bool critical = (h->low && passed(h->low_since, h->now, r->critical_ms)) ||
			(h->any && !h->mains && r->silence_ms &&
			 passed(h->heard, h->now, r->silence_ms));

	if (h->misses < LOST_POLLS)
		return state == before ? NULL : "one missed poll has changed the state";
	if (state != UPS_NO_COMM && state != UPS_CRITICAL)
		return "not lost after three missed polls";
	if (critical && state != UPS_CRITICAL)
		return "not critical in time without communication";
	if (state == UPS_CRITICAL && !critical && before != UPS_CRITICAL)
		return "critical too early without communication";
	return NULL;
}

static const char *check_reported(const struct ups_state_machine *sm, const struct history *h,
				  const struct ups_status *s)
{
	enum ups_state power = ups_sm_power_state(sm);
	bool discharging = ups_battery_status(power, s) == POWER_SUPPLY_STATUS_DISCHARGING;
	int charge = s->valid & UPS_HAS_CHARGE ? s->charge : -ENODATA;
	int capacity = ups_capacity(power, s);

	if (h->any && !h->mains && power < UPS_ON_BATTERY)
		return "power state forgets that mains has failed";
	if (power == UPS_ONLINE && !(h->any && h->mains))
		return "online without a reading that says so";
	if (power > UPS_ONLINE ? !discharging : discharging)
		return "battery status";
	if (power == UPS_CRITICAL && (capacity < 0 || capacity > CAPACITY_CRITICAL))
		return "capacity while critical";
	if (power == UPS_LOW_BATTERY && (capacity < 0 || capacity > CAPACITY_LOW))
		return "capacity while low";
	if (charge >= 0 && capacity > charge)
		return "capacity above the charge";
	if (power < UPS_LOW_BATTERY && capacity != charge)
		return "capacity";
	return NULL;
}

/* After a reading: since when is the battery low? */
static void note_state(struct history *h, enum ups_state state, const struct ups_status *s)
{
	bool low = state >= UPS_LOW_BATTERY;

	if (low && !h->low) {
		h->low_since = h->now;
		h->flag = false;
	}
	h->low = low;
	h->flag |= low && s->flags & UPS_FLAG_BATTERY_LOW;
}

static const char *random_step(struct rnd_state *rnd, struct ups_state_machine *sm,
			       struct history *h, struct ups_status *last)
{
	enum ups_state before = sm->state, state;
	struct ups_status s;
	const char *wrong;

	h->now = ktime_add_ms(h->now, one_in(rnd, 30) ? prandom_u32_state(rnd) % 300000 :
						       prandom_u32_state(rnd) % 6000);
	h->reading = h->misses ? one_in(rnd, 3) : !one_in(rnd, 5);
	if (h->reading) {
		random_status(rnd, h, &s);
		note_reading(h, &sm->rules, &s);
		state = ups_sm_reading(sm, &s, h->now);
		wrong = check_reading(h, &sm->rules, state);
		note_state(h, state, &s);
		*last = s;
	} else {
		h->misses++;
		state = ups_sm_miss(sm, h->now);
		wrong = check_miss(h, &sm->rules, before, state);
	}
	if (!wrong && state != sm->state)
		wrong = "returned state";
	return wrong ?: check_reported(sm, h, last);
}

static void random_events_keep_the_rules(struct kunit *test)
{
	unsigned int i, step, lost = 0, critical = 0, left = 0;
	enum ups_state before;

	for (i = 0; i < SEQUENCES; i++) {
		struct ups_state_machine sm = { .lost = true };
		struct history h = { .now = ktime_set(1000, 0) };
		struct ups_status last = { };
		const char *wrong = NULL;
		struct rnd_state rnd;

		prandom_seed_state(&rnd, SEED + i);
		random_rules(&rnd, &sm.rules);
		for (step = 0; step < STEPS && !wrong; step++) {
			before = sm.state;
			wrong = random_step(&rnd, &sm, &h, &last);
			lost += sm.state == UPS_NO_COMM;
			critical += sm.state == UPS_CRITICAL && before != UPS_CRITICAL;
			left += sm.state == UPS_ON_BATTERY && before == UPS_LOW_BATTERY;
		}
		if (wrong) {
			KUNIT_FAIL(test, "seed %u, step %u, from %d to %d: %s", SEED + i, step,
				   before, sm.state, wrong);
			return;
		}
	}
	/* Make sure that the sequences get there. */
	KUNIT_EXPECT_GT(test, lost, SEQUENCES);
	KUNIT_EXPECT_GT(test, critical, SEQUENCES / 4);
	KUNIT_EXPECT_GT(test, left, SEQUENCES / 20);
}

static struct kunit_case random_cases[] = {
	KUNIT_CASE_SLOW(random_events_keep_the_rules),
	{ }
};

struct kunit_suite ups_random_suite = {
	.name = "ups_random",
	.test_cases = random_cases,
};
