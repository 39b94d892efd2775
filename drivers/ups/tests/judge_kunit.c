// SPDX-License-Identifier: GPL-2.0-only
/* From bytes to replies, from readings to states, and waiting for one. */
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/string.h>

#include "../ups.h"
#include "ups_kunit.h"

#define GOOD	"(230.0 230.0 230.0 010 50.0 27.0 25.0 00000001"

static void push(struct ups_framer *f, const char *data, size_t len)
{
	ups_framer_push(f, (const u8 *)data, len);
}

static void replies_are_found_in_anything(struct kunit *test)
{
	static const struct {
		const char *what, *data;
		size_t len;
		bool found;
		unsigned int garbage;
	} cases[] = {
#define CASE(what, data, found, garbage) { what, data, sizeof(data) - 1, found, garbage }
		CASE("plain", GOOD "\r", true, 0),
		CASE("glued", GOOD "\r" GOOD "\r", true, sizeof(GOOD)),
		CASE("the rest of a late one", "0 25.0 00000001\r" GOOD "\r", true, 15),
		CASE("the start of another", "(230.0 230" GOOD "\r", true, 10),
		CASE("echo", "Q1\r", false, 2),
		CASE("another kind", "#230.0 003 24.00 50.0\r", false, 21),
		CASE("NUL inside", "(230.0\0 230.0\r", false, 13),
		CASE("8 bits", "(230.0\xb0 230.0\r", false, 13),
		CASE("empty lines", "\r\r\r" GOOD "\r", true, 0),
		CASE("no end", GOOD, false, 0),
		CASE("garbage, then good", "\x1b[31;7*zz\r" GOOD "\r", true, 9),
	};
	unsigned int i, step;
	size_t pos;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		/* In pieces of any size it must come out the same. */
		for (step = 1; step <= cases[i].len; step++) {
			struct ups_framer f = { .end = '\r', .restart = '(' };

			ups_framer_arm(&f, '(');
			for (pos = 0; pos < cases[i].len; pos += step)
				push(&f, cases[i].data + pos,
				     min_t(size_t, step, cases[i].len - pos));
			KUNIT_EXPECT_EQ_MSG(test, f.done, cases[i].found, "%s", cases[i].what);
			KUNIT_EXPECT_EQ_MSG(test, (unsigned int)f.garbage, cases[i].garbage,
					    "%s", cases[i].what);
			if (f.done)
				KUNIT_EXPECT_STREQ(test, f.buf, GOOD);
		}
	}
}

static void a_stream_without_end_is_dropped(struct kunit *test)
{
	struct ups_framer *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, f);
	f->end = '\r';
	ups_framer_arm(f, '(');
	push(f, "(", 1);
	for (i = 0; i < 10000; i++)
		push(f, "7", 1);
	KUNIT_EXPECT_FALSE(test, f->done);
	push(f, "\r" GOOD "\r", sizeof(GOOD) + 1);
	KUNIT_EXPECT_TRUE(test, f->done);
	KUNIT_EXPECT_STREQ(test, f->buf, GOOD);
	KUNIT_EXPECT_EQ(test, (unsigned int)f->garbage, 10001U);
}

/* The longest reply is taken, one byte more is not. */
static void a_reply_has_a_longest_length(struct kunit *test)
{
	struct ups_framer *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);
	char *line = kunit_kzalloc(test, UPS_REPLY_LEN + 2, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, f);
	KUNIT_ASSERT_NOT_NULL(test, line);
	memset(line, '7', UPS_REPLY_LEN + 1);
	line[0] = '(';
	f->end = '\r';
	ups_framer_arm(f, '(');
	push(f, line, UPS_REPLY_LEN);
	push(f, "\r", 1);
	KUNIT_EXPECT_TRUE(test, f->done);
	KUNIT_EXPECT_EQ(test, strlen(f->buf), (size_t)UPS_REPLY_LEN);

	ups_framer_arm(f, '(');
	push(f, line, UPS_REPLY_LEN + 1);
	push(f, "\r", 1);
	KUNIT_EXPECT_FALSE(test, f->done);
	KUNIT_EXPECT_EQ(test, (unsigned int)f->garbage, UPS_REPLY_LEN + 1U);
}

/* Filling may be the byte that a reply begins with. */
static void a_start_inside_of_a_reply_is_filling(struct kunit *test)
{
	static const char ident[] = "#ACME POWER##### SMART700## V2.06#####";
	struct ups_framer f = { .end = '\r', .restart = '(' };

	ups_framer_arm(&f, '#');
	push(&f, "0 00000001\r", 11);
	push(&f, ident, sizeof(ident) - 1);
	push(&f, "\r", 1);
	KUNIT_ASSERT_TRUE(test, f.done);
	KUNIT_EXPECT_STREQ(test, f.buf, ident);
	KUNIT_EXPECT_EQ(test, (unsigned int)f.garbage, 10U);
}

/* The answer to a command begins with anything. */
static void any_line_can_be_an_answer(struct kunit *test)
{
	struct ups_framer f = { .end = '\r', .restart = '(' };

	ups_framer_arm(&f, '\0');
	push(&f, "\r\xff\x01zz\rS01R0003\r", 15);
	KUNIT_ASSERT_TRUE(test, f.done);
	KUNIT_EXPECT_STREQ(test, f.buf, "S01R0003");
	ups_framer_arm(&f, '\0');
	push(&f, "(NAK\r", 5);
	KUNIT_ASSERT_TRUE(test, f.done);
	KUNIT_EXPECT_STREQ(test, f.buf, "(NAK");
}

static void a_slow_port_has_more_time(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, ups_wire_ms(2400), 267U);
	/* A status of 47 bytes takes 1567 ms. */
	KUNIT_EXPECT_EQ(test, ups_wire_ms(300), 2134U);
	KUNIT_EXPECT_EQ(test, ups_wire_ms(115200), 6U);
}

/* What a reading does not carry keeps its value; nothing is made up. */
static void a_value_that_is_missing_once_is_kept(struct kunit *test)
{
	struct ups_status last = {
		.valid = UPS_HAS_CHARGE | UPS_HAS_BATTERY | UPS_HAS_TEMP | UPS_HAS_INPUT |
			 UPS_HAS_OUTPUT | UPS_HAS_LOAD | UPS_HAS_FREQUENCY,
		.flags = UPS_FLAG_BATTERY_LOW, .charge = 70, .battery_uv = 25000000,
		.temp = 250, .input_mv = 1, .output_mv = 2, .load = 3, .frequency_mhz = 4,
	};
	struct ups_status now = { .valid = UPS_HAS_CHARGE, .charge = 60,
				  .flags = UPS_FLAG_MAINS_FAILED };

	ups_status_keep(&now, &last);
	KUNIT_EXPECT_EQ(test, now.valid, last.valid);
	KUNIT_EXPECT_EQ(test, now.flags, UPS_FLAG_MAINS_FAILED);
	KUNIT_EXPECT_EQ(test, now.charge, 60);
	KUNIT_EXPECT_EQ(test, now.battery_uv, 25000000);
	KUNIT_EXPECT_EQ(test, now.temp, 250);
	KUNIT_EXPECT_EQ(test, now.input_mv, 1);
	KUNIT_EXPECT_EQ(test, now.output_mv, 2);
	KUNIT_EXPECT_EQ(test, now.load, 3);
	KUNIT_EXPECT_EQ(test, now.frequency_mhz, 4);

	now = (struct ups_status){ };
	ups_status_keep(&now, &last);
	KUNIT_EXPECT_EQ(test, now.charge, 70);
	KUNIT_EXPECT_FALSE(test, now.valid & UPS_HAS_RUNTIME);
	last.valid |= UPS_HAS_RUNTIME;
	last.runtime = 600;
	now = (struct ups_status){ };
	ups_status_keep(&now, &last);
	KUNIT_EXPECT_EQ(test, now.runtime, 600);
}

static void what_is_shown_of_a_ups_never_changes(struct kunit *test)
{
	struct ups_ident *known = kunit_kzalloc(test, sizeof(*known), GFP_KERNEL);
	struct ups_ident *found = kunit_kzalloc(test, sizeof(*found), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, known);
	KUNIT_ASSERT_NOT_NULL(test, found);
	strscpy(known->model, "A", UPS_STRING_LEN);
	known->rated_mv = 230000;
	strscpy(found->model, "B", UPS_STRING_LEN);
	strscpy(found->firmware, "1.0", UPS_STRING_LEN);
	found->rated_mv = 110000;
	found->rated_battery_uv = 24000000;
	ups_ident_fill(known, found);
	KUNIT_EXPECT_STREQ(test, known->model, "A");
	KUNIT_EXPECT_STREQ(test, known->firmware, "1.0");
	KUNIT_EXPECT_EQ(test, known->rated_mv, 230000);
	KUNIT_EXPECT_EQ(test, known->rated_battery_uv, 24000000);
}

#define OB	UPS_FLAG_MAINS_FAILED
#define LB	UPS_FLAG_BATTERY_LOW
#define MISS	0xffffffff

struct step {
	u32 flags;
	enum ups_state state;
};

/* One step every two seconds */
static void follow(struct kunit *test, struct ups_judge *j, const struct step *steps,
		   unsigned int num)
{
	unsigned int i;

	for (i = 0; i < num; i++) {
		ktime_t now = ms_to_ktime(100000 + 2000 * i);
		struct ups_status s = { .flags = steps[i].flags };
		enum ups_state state = s.flags == MISS ? ups_judge_miss(j, now) :
				       ups_judge_reading(j, &s, now);

		KUNIT_EXPECT_EQ_MSG(test, state, steps[i].state, "step %u", i);
		KUNIT_EXPECT_EQ(test, j->state, state);
	}
}

static void states_follow_readings(struct kunit *test)
{
	static const struct step steps[] = {
		{ MISS, UPS_NO_COMM }, { 0, UPS_ONLINE }, { LB, UPS_ONLINE }, { LB, UPS_ONLINE },
		{ OB, UPS_ON_BATTERY }, { OB | LB, UPS_ON_BATTERY }, { OB, UPS_ON_BATTERY },
		{ OB | LB, UPS_ON_BATTERY }, { OB | LB, UPS_LOW_BATTERY },
		{ MISS, UPS_LOW_BATTERY }, { MISS, UPS_LOW_BATTERY },
		{ OB | LB, UPS_LOW_BATTERY },
		{ OB | LB, UPS_CRITICAL },	/* 8 s after it became low */
		{ OB | LB, UPS_CRITICAL }, { 0, UPS_ONLINE },
		{ MISS, UPS_ONLINE }, { MISS, UPS_ONLINE }, { MISS, UPS_NO_COMM },
		{ MISS, UPS_NO_COMM }, { OB | LB, UPS_ON_BATTERY },
		{ OB | LB, UPS_LOW_BATTERY }, { 0, UPS_ONLINE },
	};
	struct ups_judge j = { .rules.critical_ms = 8000 };

	follow(test, &j, steps, ARRAY_SIZE(steps));
}

/* A low battery is low until mains returns, whatever its flag does. */
static void low_ends_with_mains_only(struct kunit *test)
{
	static const struct step steps[] = {
		{ OB | LB, UPS_ON_BATTERY }, { OB | LB, UPS_LOW_BATTERY },
		{ OB, UPS_LOW_BATTERY }, { OB, UPS_LOW_BATTERY }, { OB | LB, UPS_LOW_BATTERY },
		{ OB, UPS_CRITICAL }, { OB, UPS_CRITICAL }, { OB, UPS_CRITICAL },
		{ 0, UPS_ONLINE },
		/* and begins again from nothing */
		{ OB | LB, UPS_ON_BATTERY }, { OB, UPS_ON_BATTERY }, { OB | LB, UPS_ON_BATTERY },
		{ OB | LB, UPS_LOW_BATTERY }, { OB | LB, UPS_LOW_BATTERY },
	};
	struct ups_judge j = { .rules.critical_ms = 8000 };

	follow(test, &j, steps, ARRAY_SIZE(steps));
}

/* Silence on battery does not end what was known, and does not last for ever. */
static void silence_on_battery_becomes_critical(struct kunit *test)
{
	static const struct step normal[] = {
		{ 0, UPS_ONLINE }, { OB, UPS_ON_BATTERY },
		{ MISS, UPS_ON_BATTERY }, { MISS, UPS_ON_BATTERY }, { MISS, UPS_NO_COMM },
		{ MISS, UPS_NO_COMM }, { MISS, UPS_CRITICAL },	/* 10 s of silence */
		{ MISS, UPS_CRITICAL }, { OB, UPS_ON_BATTERY },
		/* A reading that was low before the loss does not count after it. */
		{ OB | LB, UPS_ON_BATTERY }, { MISS, UPS_ON_BATTERY }, { MISS, UPS_ON_BATTERY },
		{ MISS, UPS_NO_COMM }, { OB | LB, UPS_ON_BATTERY }, { 0, UPS_ONLINE },
	};
	static const struct step low[] = {
		{ OB | LB, UPS_ON_BATTERY }, { OB | LB, UPS_LOW_BATTERY },
		{ MISS, UPS_LOW_BATTERY }, { MISS, UPS_LOW_BATTERY }, { MISS, UPS_NO_COMM },
		{ OB, UPS_CRITICAL },	/* 8 s after it became low */
		{ MISS, UPS_CRITICAL }, { MISS, UPS_CRITICAL }, { MISS, UPS_CRITICAL },
		{ MISS, UPS_CRITICAL }, { OB, UPS_CRITICAL }, { 0, UPS_ONLINE },
		{ OB | LB, UPS_ON_BATTERY }, { OB | LB, UPS_LOW_BATTERY },
		{ MISS, UPS_LOW_BATTERY }, { MISS, UPS_LOW_BATTERY }, { MISS, UPS_NO_COMM },
		{ MISS, UPS_CRITICAL },
	};
	struct ups_judge j = { .rules = { .critical_ms = 8000, .silence_ms = 10000 } };

	follow(test, &j, normal, ARRAY_SIZE(normal));

	j = (struct ups_judge){ .rules = { .critical_ms = 8000, .silence_ms = 100000 } };
	follow(test, &j, low, 5);
	KUNIT_EXPECT_TRUE(test, j.lost);
	KUNIT_EXPECT_EQ(test, ups_judge_power(&j), UPS_LOW_BATTERY);
	j = (struct ups_judge){ .rules = { .critical_ms = 8000, .silence_ms = 100000 } };
	follow(test, &j, low, ARRAY_SIZE(low));

	/* 0: silence alone is never critical. On mains it never is. */
	j = (struct ups_judge){ .rules.critical_ms = 8000 };
	follow(test, &j, normal, 6);
	KUNIT_EXPECT_EQ(test, ups_judge_miss(&j, ms_to_ktime(9000000)), UPS_NO_COMM);
	KUNIT_EXPECT_EQ(test, ups_judge_power(&j), UPS_ON_BATTERY);
	j = (struct ups_judge){ .rules.silence_ms = 10000 };
	follow(test, &j, normal, 1);
	ups_judge_miss(&j, ms_to_ktime(9000000));
	ups_judge_miss(&j, ms_to_ktime(9000000));
	KUNIT_EXPECT_EQ(test, ups_judge_miss(&j, ms_to_ktime(9000000)), UPS_NO_COMM);
	KUNIT_EXPECT_EQ(test, ups_judge_power(&j), UPS_NO_COMM);
}

/* For units without a flag of their own */
static void limits_make_a_battery_low(struct kunit *test)
{
	static const struct {
		struct ups_rules rules;
		struct ups_status status;
		bool low;
	} rows[] = {
		{ { .low_charge = 20 }, { .valid = UPS_HAS_CHARGE, .charge = 20 }, true },
		{ { .low_charge = 20 }, { .valid = UPS_HAS_CHARGE, .charge = 21 }, false },
		{ { .low_charge = 20 }, { .charge = 0 }, false },
		{ { }, { .valid = UPS_HAS_CHARGE, .charge = 0 }, false },
		{ { .low_runtime = 60 }, { .valid = UPS_HAS_RUNTIME, .runtime = 60 }, true },
		{ { .low_runtime = 60 }, { .valid = UPS_HAS_RUNTIME, .runtime = 61 }, false },
		{ { .low_runtime = 60 }, { .runtime = 0 }, false },
		{ { }, { .valid = UPS_HAS_RUNTIME, .runtime = 0 }, false },
	};
	enum ups_state want;
	struct ups_judge j;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct ups_status s = rows[i].status;

		j = (struct ups_judge){ .rules = rows[i].rules };
		ups_judge_reading(&j, &s, 0);
		KUNIT_EXPECT_EQ_MSG(test, ups_judge_reading(&j, &s, 0), UPS_ONLINE, "row %u", i);
		s.flags = OB;
		KUNIT_EXPECT_EQ_MSG(test, ups_judge_reading(&j, &s, 0), UPS_ON_BATTERY,
				    "row %u", i);
		want = rows[i].low ? UPS_LOW_BATTERY : UPS_ON_BATTERY;
		KUNIT_EXPECT_EQ_MSG(test, ups_judge_reading(&j, &s, 0), want, "row %u", i);
	}

	j = (struct ups_judge){ .rules = { .low_after_ms = 10000 } };
	{
		struct ups_status s = { .flags = OB };

		ups_judge_reading(&j, &s, ms_to_ktime(5000));
		KUNIT_EXPECT_EQ(test, ups_judge_reading(&j, &s, ms_to_ktime(14999)),
				UPS_ON_BATTERY);
		KUNIT_EXPECT_EQ(test, ups_judge_reading(&j, &s, ms_to_ktime(15000)),
				UPS_LOW_BATTERY);
		s.flags = 0;
		ups_judge_reading(&j, &s, ms_to_ktime(16000));
		s.flags = OB;
		KUNIT_EXPECT_EQ(test, ups_judge_reading(&j, &s, ms_to_ktime(17000)),
				UPS_ON_BATTERY);
		KUNIT_EXPECT_EQ(test, ups_judge_reading(&j, &s, ms_to_ktime(26999)),
				UPS_ON_BATTERY);
	}
}

static void power_is_cut_by_policy(struct kunit *test)
{
	static const bool cut[3][5] = {
		[UPS_KILLPOWER_OFF] = { },
		[UPS_KILLPOWER_ON_BATTERY] = {
			[UPS_ON_BATTERY] = true, [UPS_LOW_BATTERY] = true, [UPS_CRITICAL] = true,
		},
		[UPS_KILLPOWER_ALWAYS] = {
			[UPS_ONLINE] = true, [UPS_ON_BATTERY] = true, [UPS_LOW_BATTERY] = true,
			[UPS_CRITICAL] = true,
		},
	};
	unsigned int p, s;

	for (p = 0; p < 3; p++)
		for (s = 0; s < 5; s++) {
			struct ups_judge j = { .state = s, .last = s };

			KUNIT_EXPECT_EQ(test, ups_killpower_now(p, &j, false, 0), cut[p][s]);
			/* Silent since: commands may still be heard. */
			j.state = UPS_NO_COMM;
			j.lost = true;
			KUNIT_EXPECT_EQ(test, ups_killpower_now(p, &j, false, 0), cut[p][s]);
		}
}

/* Mains that returns during a shutdown does not keep the machine off for good. */
static void a_shutdown_that_has_begun_is_completed(struct kunit *test)
{
	static const struct step steps[] = {
		{ 0, UPS_ONLINE }, { OB | LB, UPS_ON_BATTERY }, { OB | LB, UPS_LOW_BATTERY },
		{ OB, UPS_LOW_BATTERY }, { 0, UPS_ONLINE },
	};
	const ktime_t low = ms_to_ktime(100000 + 3 * 2000);
	struct ups_judge j = { .rules.critical_ms = 60000 };

	follow(test, &j, steps, 2);
	KUNIT_EXPECT_FALSE(test, j.was_low);
	j = (struct ups_judge){ .rules.critical_ms = 60000 };
	follow(test, &j, steps, ARRAY_SIZE(steps));
	KUNIT_EXPECT_TRUE(test, ups_killpower_now(UPS_KILLPOWER_ON_BATTERY, &j, false, low));
	KUNIT_EXPECT_TRUE(test, ups_killpower_now(UPS_KILLPOWER_ON_BATTERY, &j, false,
						  ktime_add_ms(low, 299999)));
	KUNIT_EXPECT_FALSE(test, ups_killpower_now(UPS_KILLPOWER_ON_BATTERY, &j, false,
						   ktime_add_ms(low, 300000)));
	KUNIT_EXPECT_FALSE(test, ups_killpower_now(UPS_KILLPOWER_OFF, &j, false, low));
	/* The machine's own power-off is remembered for good. */
	KUNIT_EXPECT_TRUE(test, ups_killpower_now(UPS_KILLPOWER_ON_BATTERY, &j, true,
						  ktime_add_ms(low, 9000000)));
	KUNIT_EXPECT_FALSE(test, ups_killpower_now(UPS_KILLPOWER_OFF, &j, true, low));
}

static void low_shows_in_the_capacity(struct kunit *test)
{
	struct ups_status s = { .valid = UPS_HAS_CHARGE, .charge = 90 };

	KUNIT_EXPECT_EQ(test, ups_capacity(UPS_ONLINE, &s), 90);
	KUNIT_EXPECT_EQ(test, ups_capacity(UPS_ON_BATTERY, &s), 90);
	KUNIT_EXPECT_EQ(test, ups_capacity(UPS_LOW_BATTERY, &s), 5);
	KUNIT_EXPECT_EQ(test, ups_capacity(UPS_CRITICAL, &s), 2);
	KUNIT_EXPECT_EQ(test, ups_capacity(UPS_NO_COMM, &s), 90);
	s.charge = 1;
	KUNIT_EXPECT_EQ(test, ups_capacity(UPS_LOW_BATTERY, &s), 1);
	s.valid = 0;
	KUNIT_EXPECT_EQ(test, ups_capacity(UPS_ONLINE, &s), -ENODATA);
	KUNIT_EXPECT_EQ(test, ups_capacity(UPS_LOW_BATTERY, &s), 5);
	KUNIT_EXPECT_EQ(test, ups_capacity(UPS_CRITICAL, &s), 2);
	KUNIT_EXPECT_EQ(test, ups_battery_status(UPS_ONLINE, &s),
			POWER_SUPPLY_STATUS_NOT_CHARGING);
	s = (struct ups_status){ .valid = UPS_HAS_CHARGE, .charge = 100 };
	KUNIT_EXPECT_EQ(test, ups_battery_status(UPS_ONLINE, &s), POWER_SUPPLY_STATUS_FULL);
	s.charge = 99;
	KUNIT_EXPECT_EQ(test, ups_battery_status(UPS_ONLINE, &s), POWER_SUPPLY_STATUS_CHARGING);
	KUNIT_EXPECT_EQ(test, ups_battery_status(UPS_NO_COMM, &s), POWER_SUPPLY_STATUS_UNKNOWN);
	KUNIT_EXPECT_EQ(test, ups_battery_status(UPS_LOW_BATTERY, &s),
			POWER_SUPPLY_STATUS_DISCHARGING);
}

static void jitter_of_the_capacity_is_not_an_event(struct kunit *test)
{
	static const struct {
		int sent, now, seconds;
		bool discharging, event;
	} cases[] = {
		{ 50, 50, 1000, true, false }, { 50, 49, 9, true, false },
		{ 50, 49, 10, true, true }, { 50, 20, 9, false, false },
		{ 50, 47, 10, false, true }, { 50, 48, 10, false, false },
		{ 50, 52, 59, false, false }, { 50, 51, 60, false, true },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++)
		KUNIT_EXPECT_EQ_MSG(test,
				    ups_capacity_event(cases[i].sent, cases[i].now,
						       ms_to_ktime(5000),
						       ms_to_ktime(5000 +
								   cases[i].seconds * 1000),
						       cases[i].discharging),
				    cases[i].event, "row %u", i);
}

#define WAITERS	8

struct waiter {
	struct ups_serial *ups;
	struct completion done;
	int timeout;
	int ret;
};

static int waiter_thread(void *data)
{
	struct waiter *w = data;

	w->ret = ups_serial_wait_for_state_change(w->ups, UPS_ONLINE, w->timeout);
	complete(&w->done);
	return 0;
}

/* What waiting needs of an instance, and no port. */
static struct ups_serial *waitable(struct kunit *test)
{
	struct ups_serial *ups = kunit_kzalloc(test, sizeof(*ups), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, ups);
	kref_init(&ups->refs);
	spin_lock_init(&ups->pub);
	init_waitqueue_head(&ups->changed);
	ups->judge.state = UPS_ONLINE;
	return ups;
}

static struct waiter *start(struct kunit *test, struct ups_serial *ups)
{
	struct waiter *w = kunit_kcalloc(test, WAITERS, sizeof(*w), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, w);
	for (i = 0; i < WAITERS; i++) {
		w[i].ups = ups;
		w[i].timeout = i & 1 ? UPS_WAIT_FOREVER : 60000;
		init_completion(&w[i].done);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, kthread_run(waiter_thread, &w[i],
							       "ups-waiter"));
	}
	msleep(50);
	for (i = 0; i < WAITERS; i++)
		KUNIT_EXPECT_FALSE(test, completion_done(&w[i].done));
	return w;
}

static void all_end_with(struct kunit *test, struct waiter *w, int ret)
{
	unsigned int i;

	for (i = 0; i < WAITERS; i++) {
		KUNIT_EXPECT_NE(test, wait_for_completion_timeout(&w[i].done, 5 * HZ), 0UL);
		KUNIT_EXPECT_EQ(test, w[i].ret, ret);
	}
}

static void a_wait_for_what_is_already_ends_at_once(struct kunit *test)
{
	struct ups_serial *ups = waitable(test);

	KUNIT_EXPECT_EQ(test, ups_serial_wait_for_state_change(ups, UPS_ON_BATTERY,
							       UPS_WAIT_FOREVER), 0);
	KUNIT_EXPECT_EQ(test, ups_serial_wait_for_state_change(ups, UPS_ONLINE, 0), 0);
}

static void a_wait_ends_with_its_time(struct kunit *test)
{
	struct ups_serial *ups = waitable(test);
	ktime_t begin = ktime_get();

	KUNIT_EXPECT_EQ(test, ups_serial_wait_for_state_change(ups, UPS_ONLINE, 100), 0);
	KUNIT_EXPECT_GE(test, ktime_ms_delta(ktime_get(), begin), 99LL);
	KUNIT_EXPECT_EQ(test, ups_serial_get_state(ups), UPS_ONLINE);
}

static void cancelling_frees_all(struct kunit *test)
{
	struct ups_serial *ups = waitable(test);
	struct waiter *w = start(test, ups);

	ups_serial_cancel_wait(ups);
	all_end_with(test, w, -ECANCELED);
	/* and nobody who comes after it */
	KUNIT_EXPECT_EQ(test, ups_serial_wait_for_state_change(ups, UPS_ONLINE, 50), 0);
}

static struct kunit_case judge_cases[] = {
	KUNIT_CASE(replies_are_found_in_anything),
	KUNIT_CASE(a_stream_without_end_is_dropped),
	KUNIT_CASE(a_reply_has_a_longest_length),
	KUNIT_CASE(a_start_inside_of_a_reply_is_filling),
	KUNIT_CASE(any_line_can_be_an_answer),
	KUNIT_CASE(a_slow_port_has_more_time),
	KUNIT_CASE(a_value_that_is_missing_once_is_kept),
	KUNIT_CASE(what_is_shown_of_a_ups_never_changes),
	KUNIT_CASE(states_follow_readings),
	KUNIT_CASE(low_ends_with_mains_only),
	KUNIT_CASE(silence_on_battery_becomes_critical),
	KUNIT_CASE(limits_make_a_battery_low),
	KUNIT_CASE(power_is_cut_by_policy),
	KUNIT_CASE(a_shutdown_that_has_begun_is_completed),
	KUNIT_CASE(low_shows_in_the_capacity),
	KUNIT_CASE(jitter_of_the_capacity_is_not_an_event),
	KUNIT_CASE(a_wait_for_what_is_already_ends_at_once),
	KUNIT_CASE(a_wait_ends_with_its_time),
	KUNIT_CASE(cancelling_frees_all),
	{ }
};

struct kunit_suite ups_judge_suite = {
	.name = "ups_judge",
	.test_cases = judge_cases,
};
