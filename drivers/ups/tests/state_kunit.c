// SPDX-License-Identifier: GPL-2.0-only
/* Tests of the framer, the state machine, and waits for a state */
#include <kunit/test.h>
#include <linux/jiffies.h>
#include <linux/string.h>
#include <linux/suspend.h>

#include "../serial.h"
#include "../ups.h"
#include "ups_kunit.h"

#define GOOD	"(230.0 230.0 230.0 010 50.0 27.0 25.0 00000001"

static void push(struct ups_framer *f, const char *data, size_t len)
{
	ups_framer_push(f, (const u8 *)data, len);
}

static void reply_found_among_garbage(struct kunit *test)
{
	static const struct {
		const char *what, *data;
		size_t len;
		bool found;
		unsigned int garbage;
	} cases[] = {
#define CASE(what, data, found, garbage) { what, data, sizeof(data) - 1, found, garbage }
		CASE("plain", GOOD "\r", true, 0),
		CASE("two in a row", GOOD "\r" GOOD "\r", true, sizeof(GOOD)),
		CASE("rest of a late reply", "0 25.0 00000001\r" GOOD "\r", true, 15),
		CASE("start of a different reply", "(230.0 230" GOOD "\r", true, 10),
		CASE("echo", "Q1\r", false, 2),
		CASE("different start byte", "#230.0 003 24.00 50.0\r", false, 21),
		CASE("embedded NUL", "(230.0\0 230.0\r", false, 13),
		CASE("byte above 127", "(230.0\xb0 230.0\r", false, 13),
		CASE("empty lines", "\r\r\r" GOOD "\r", true, 0),
		CASE("no terminator", GOOD, false, 0),
		CASE("garbage before the reply", "\x1b[31;7*zz\r" GOOD "\r", true, 9),
	};
	unsigned int i, step;
	size_t pos;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		/* The result must not depend on the size of the pieces received. */
		for (step = 1; step <= cases[i].len; step++) {
			struct ups_framer f = { .end = '\r', .restart = '(' };

			ups_framer_arm(&f, UPS_FRAMER_TEXT, '(');
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

static void endless_stream_is_dropped(struct kunit *test)
{
	struct ups_framer *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, f);
	f->end = '\r';
	ups_framer_arm(f, UPS_FRAMER_TEXT, '(');
	push(f, "(", 1);
	for (i = 0; i < 10000; i++)
		push(f, "7", 1);
	KUNIT_EXPECT_FALSE(test, f->done);
	push(f, "\r" GOOD "\r", sizeof(GOOD) + 1);
	KUNIT_EXPECT_TRUE(test, f->done);
	KUNIT_EXPECT_STREQ(test, f->buf, GOOD);
	KUNIT_EXPECT_EQ(test, (unsigned int)f->garbage, 10001U);
}

/* UPS_REPLY_LEN bytes are accepted, one more is garbage. */
static void reply_length_is_limited(struct kunit *test)
{
	struct ups_framer *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);
	char *line = kunit_kzalloc(test, UPS_REPLY_LEN + 2, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, f);
	KUNIT_ASSERT_NOT_NULL(test, line);
	memset(line, '7', UPS_REPLY_LEN + 1);
	line[0] = '(';
	f->end = '\r';
	ups_framer_arm(f, UPS_FRAMER_TEXT, '(');
	push(f, line, UPS_REPLY_LEN);
	push(f, "\r", 1);
	KUNIT_EXPECT_TRUE(test, f->done);
	KUNIT_EXPECT_EQ(test, strlen(f->buf), (size_t)UPS_REPLY_LEN);

	ups_framer_arm(f, UPS_FRAMER_TEXT, '(');
	push(f, line, UPS_REPLY_LEN + 1);
	push(f, "\r", 1);
	KUNIT_EXPECT_FALSE(test, f->done);
	KUNIT_EXPECT_EQ(test, (unsigned int)f->garbage, UPS_REPLY_LEN + 1U);
}

/* A reply may contain its start byte as filler. */
static void start_byte_inside_reply_is_data(struct kunit *test)
{
	static const char ident[] = "#ACME POWER##### SMART700## V2.06#####";
	struct ups_framer f = { .end = '\r', .restart = '(' };

	ups_framer_arm(&f, UPS_FRAMER_TEXT, '#');
	push(&f, "0 00000001\r", 11);
	push(&f, ident, sizeof(ident) - 1);
	push(&f, "\r", 1);
	KUNIT_ASSERT_TRUE(test, f.done);
	KUNIT_EXPECT_STREQ(test, f.buf, ident);
	KUNIT_EXPECT_EQ(test, (unsigned int)f.garbage, 10U);
}

/* The answer to a command has no defined start byte. */
static void command_answer_may_be_any_line(struct kunit *test)
{
	struct ups_framer f = { .end = '\r', .restart = '(' };

	ups_framer_arm(&f, UPS_FRAMER_ANSWER, '\0');
	push(&f, "\r\xff\x01zz\rS01R0003\r", 15);
	KUNIT_ASSERT_TRUE(test, f.done);
	KUNIT_EXPECT_STREQ(test, f.buf, "S01R0003");
	ups_framer_arm(&f, UPS_FRAMER_ANSWER, '\0');
	push(&f, "(NAK\r", 5);
	KUNIT_ASSERT_TRUE(test, f.done);
	KUNIT_EXPECT_STREQ(test, f.buf, "(NAK");
}

static void wire_time_depends_on_speed(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, ups_wire_ms(2400), 267U);
	/* A status of 47 bytes takes 1567 ms. */
	KUNIT_EXPECT_EQ(test, ups_wire_ms(300), 2134U);
	KUNIT_EXPECT_EQ(test, ups_wire_ms(115200), 6U);
}

/* Missing values are taken from the last reading, if it has them. */
static void missing_values_are_kept(struct kunit *test)
{
	struct ups_status last = {
		.valid = UPS_HAS_CHARGE | UPS_HAS_BATTERY | UPS_HAS_TEMP | UPS_HAS_INPUT |
			 UPS_HAS_OUTPUT | UPS_HAS_LOAD | UPS_HAS_FREQUENCY,
		.flags = UPS_FLAG_BATTERY_LOW, .charge = 70, .battery_uv = 25000000,
		.temp = 250, .input_mv = 1, .output_mv = 2, .load = 3, .frequency_millihz = 4,
	};
	struct ups_status now = { .valid = UPS_HAS_CHARGE, .charge = 60,
				  .flags = UPS_FLAG_MAINS_FAILED };
	ktime_t missing[UPS_VALUES] = { };

	ups_status_keep(&now, &last, missing, 1);
	KUNIT_EXPECT_EQ(test, now.valid, last.valid);
	KUNIT_EXPECT_EQ(test, now.flags, UPS_FLAG_MAINS_FAILED);
	KUNIT_EXPECT_EQ(test, now.charge, 60);
	KUNIT_EXPECT_EQ(test, now.battery_uv, 25000000);
	KUNIT_EXPECT_EQ(test, now.temp, 250);
	KUNIT_EXPECT_EQ(test, now.input_mv, 1);
	KUNIT_EXPECT_EQ(test, now.output_mv, 2);
	KUNIT_EXPECT_EQ(test, now.load, 3);
	KUNIT_EXPECT_EQ(test, now.frequency_millihz, 4);

	now = (struct ups_status){ };
	ups_status_keep(&now, &last, missing, 1);
	KUNIT_EXPECT_EQ(test, now.charge, 70);
	KUNIT_EXPECT_FALSE(test, now.valid & UPS_HAS_RUNTIME);
	last.valid |= UPS_HAS_RUNTIME;
	last.runtime = 600;
	now = (struct ups_status){ };
	ups_status_keep(&now, &last, missing, 1);
	KUNIT_EXPECT_EQ(test, now.runtime, 600);
}

/* Values that come with some readings only are kept, those that do not come back are not. */
static void values_that_stay_away_are_dropped(struct kunit *test)
{
	const ktime_t start = ms_to_ktime(1000), minute = ms_to_ktime(60 * 1000);
	struct ups_status last = {
		.valid = UPS_HAS_CHARGE | UPS_HAS_LOAD | UPS_HAS_INPUT,
		.charge = 70, .load = 30, .input_mv = 230000,
	};
	ktime_t missing[UPS_VALUES] = { };
	struct ups_status now;
	int i;

	for (i = 0; i < 10; i++) {
		now = (struct ups_status){ .valid = UPS_HAS_INPUT, .input_mv = i };
		/* Each fourth reading has the load. */
		if (i % 4 == 3)
			now.valid |= UPS_HAS_LOAD;
		ups_status_keep(&now, &last, missing, start + i * minute);
		KUNIT_EXPECT_EQ_MSG(test, !!(now.valid & UPS_HAS_CHARGE), i < 5, "minute %d", i);
		KUNIT_EXPECT_EQ_MSG(test, now.charge, i < 5 ? 70 : 0, "minute %d", i);
		KUNIT_EXPECT_TRUE_MSG(test, now.valid & UPS_HAS_LOAD, "minute %d", i);
		KUNIT_EXPECT_EQ(test, now.input_mv, i);
		last = now;
	}
	/* It comes back, and may be missing again. */
	now = (struct ups_status){ .valid = UPS_HAS_CHARGE, .charge = 60 };
	ups_status_keep(&now, &last, missing, start + 10 * minute);
	last = now;
	now = (struct ups_status){ };
	ups_status_keep(&now, &last, missing, start + 20 * minute);
	KUNIT_EXPECT_EQ(test, now.charge, 60);
}

static void known_ident_values_never_change(struct kunit *test)
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

/* Run the state machine with one step every two seconds. */
static void run_steps(struct kunit *test, struct ups_state_machine *sm, const struct step *steps,
		      unsigned int num)
{
	unsigned int i;

	for (i = 0; i < num; i++) {
		ktime_t now = ms_to_ktime(100000 + 2000 * i);
		struct ups_status s = { .flags = steps[i].flags };
		enum ups_state state = s.flags == MISS ? ups_sm_miss(sm, now) :
				       ups_sm_reading(sm, &s, now);

		KUNIT_EXPECT_EQ_MSG(test, state, steps[i].state, "step %u", i);
		KUNIT_EXPECT_EQ(test, sm->state, state);
	}
}

static void state_follows_readings(struct kunit *test)
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
	struct ups_state_machine sm = { .rules.critical_ms = 8000 };

	run_steps(test, &sm, steps, ARRAY_SIZE(steps));
}

/* A low battery stays low until mains returns, even if its flag is cleared. */
static void low_battery_lasts_until_mains_returns(struct kunit *test)
{
	static const struct step steps[] = {
		{ OB | LB, UPS_ON_BATTERY }, { OB | LB, UPS_LOW_BATTERY },
		{ OB, UPS_LOW_BATTERY }, { OB, UPS_LOW_BATTERY }, { OB | LB, UPS_LOW_BATTERY },
		{ OB, UPS_CRITICAL }, { OB, UPS_CRITICAL }, { OB, UPS_CRITICAL },
		{ 0, UPS_ONLINE },
		/* After that, two readings are needed again. */
		{ OB | LB, UPS_ON_BATTERY }, { OB, UPS_ON_BATTERY }, { OB | LB, UPS_ON_BATTERY },
		{ OB | LB, UPS_LOW_BATTERY }, { OB | LB, UPS_LOW_BATTERY },
	};
	struct ups_state_machine sm = { .rules.critical_ms = 8000 };

	run_steps(test, &sm, steps, ARRAY_SIZE(steps));
}

/* The charge by voltage sags under a load peak, and recovers. */
static void load_peak_is_not_a_low_battery_for_good(struct kunit *test)
{
	static const struct {
		u32 flags;
		int charge;
		enum ups_state state;
	} rows[] = {
		{ OB, 4, UPS_ON_BATTERY }, { OB, 4, UPS_LOW_BATTERY },
		{ OB, 60, UPS_LOW_BATTERY }, { OB, 60, UPS_ON_BATTERY },
		{ OB, 4, UPS_ON_BATTERY }, { OB, 4, UPS_LOW_BATTERY },
		{ OB, 60, UPS_LOW_BATTERY }, { OB, 4, UPS_LOW_BATTERY },
		{ OB, 60, UPS_LOW_BATTERY }, { OB, 60, UPS_ON_BATTERY },
		/* What the UPS itself reports stays. */
		{ OB, 4, UPS_ON_BATTERY }, { OB | LB, 4, UPS_LOW_BATTERY },
		{ OB, 60, UPS_LOW_BATTERY }, { OB, 60, UPS_LOW_BATTERY },
		{ OB, 60, UPS_LOW_BATTERY }, { 0, 60, UPS_ONLINE },
		{ OB, 4, UPS_ON_BATTERY }, { OB, 4, UPS_LOW_BATTERY },
		{ OB, 60, UPS_LOW_BATTERY }, { OB, 60, UPS_ON_BATTERY },
	};
	struct ups_state_machine sm = { .rules = { .critical_ms = 100000, .low_charge = 5 } };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct ups_status s = {
			.flags = rows[i].flags, .valid = UPS_HAS_CHARGE, .charge = rows[i].charge,
		};

		KUNIT_EXPECT_EQ_MSG(test, ups_sm_reading(&sm, &s, ms_to_ktime(2000 * i)),
				    rows[i].state, "row %u", i);
	}
}

/* Without communication on battery, the UPS becomes critical after a limit. */
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
	struct ups_state_machine sm = { .rules = { .critical_ms = 8000, .silence_ms = 10000 } };

	run_steps(test, &sm, normal, ARRAY_SIZE(normal));

	sm = (struct ups_state_machine){ .rules = { .critical_ms = 8000, .silence_ms = 100000 } };
	run_steps(test, &sm, low, 5);
	KUNIT_EXPECT_TRUE(test, sm.lost);
	KUNIT_EXPECT_EQ(test, ups_sm_power_state(&sm), UPS_LOW_BATTERY);
	sm = (struct ups_state_machine){ .rules = { .critical_ms = 8000, .silence_ms = 100000 } };
	run_steps(test, &sm, low, ARRAY_SIZE(low));

	/* silence_ms is 0: never critical. On mains it never is. */
	sm = (struct ups_state_machine){ .rules.critical_ms = 8000 };
	run_steps(test, &sm, normal, 6);
	KUNIT_EXPECT_EQ(test, ups_sm_miss(&sm, ms_to_ktime(9000000)), UPS_NO_COMM);
	KUNIT_EXPECT_EQ(test, ups_sm_power_state(&sm), UPS_ON_BATTERY);
	sm = (struct ups_state_machine){ .rules.silence_ms = 10000 };
	run_steps(test, &sm, normal, 1);
	ups_sm_miss(&sm, ms_to_ktime(9000000));
	ups_sm_miss(&sm, ms_to_ktime(9000000));
	KUNIT_EXPECT_EQ(test, ups_sm_miss(&sm, ms_to_ktime(9000000)), UPS_NO_COMM);
	KUNIT_EXPECT_EQ(test, ups_sm_power_state(&sm), UPS_NO_COMM);
}

/* For units without a low-battery flag */
static void low_battery_by_limits(struct kunit *test)
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
	struct ups_state_machine sm;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct ups_status s = rows[i].status;

		sm = (struct ups_state_machine){ .rules = rows[i].rules };
		ups_sm_reading(&sm, &s, 0);
		KUNIT_EXPECT_EQ_MSG(test, ups_sm_reading(&sm, &s, 0), UPS_ONLINE, "row %u", i);
		s.flags = OB;
		KUNIT_EXPECT_EQ_MSG(test, ups_sm_reading(&sm, &s, 0), UPS_ON_BATTERY,
				    "row %u", i);
		want = rows[i].low ? UPS_LOW_BATTERY : UPS_ON_BATTERY;
		KUNIT_EXPECT_EQ_MSG(test, ups_sm_reading(&sm, &s, 0), want, "row %u", i);
	}

	sm = (struct ups_state_machine){ .rules = { .low_after_ms = 10000 } };
	{
		struct ups_status s = { .flags = OB };

		ups_sm_reading(&sm, &s, ms_to_ktime(5000));
		KUNIT_EXPECT_EQ(test, ups_sm_reading(&sm, &s, ms_to_ktime(14999)),
				UPS_ON_BATTERY);
		KUNIT_EXPECT_EQ(test, ups_sm_reading(&sm, &s, ms_to_ktime(15000)),
				UPS_LOW_BATTERY);
		s.flags = 0;
		ups_sm_reading(&sm, &s, ms_to_ktime(16000));
		s.flags = OB;
		KUNIT_EXPECT_EQ(test, ups_sm_reading(&sm, &s, ms_to_ktime(17000)),
				UPS_ON_BATTERY);
		KUNIT_EXPECT_EQ(test, ups_sm_reading(&sm, &s, ms_to_ktime(26999)),
				UPS_ON_BATTERY);
	}
}

static void killpower_policies(struct kunit *test)
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
			struct ups_state_machine sm = { .state = s, .last = s };

			KUNIT_EXPECT_EQ(test, ups_killpower_now(p, &sm, false, 0), cut[p][s]);
			/* Communication lost: the UPS may still receive commands. */
			sm.state = UPS_NO_COMM;
			sm.lost = true;
			KUNIT_EXPECT_EQ(test, ups_killpower_now(p, &sm, false, 0), cut[p][s]);
		}
}

/* Without a cut the machine would stay off if mains returns during its shutdown. */
static void power_is_cut_after_recent_low_battery(struct kunit *test)
{
	static const struct step steps[] = {
		{ 0, UPS_ONLINE }, { OB | LB, UPS_ON_BATTERY }, { OB | LB, UPS_LOW_BATTERY },
		{ OB, UPS_LOW_BATTERY }, { 0, UPS_ONLINE },
	};
	const ktime_t low = ms_to_ktime(100000 + 3 * 2000);
	struct ups_state_machine sm = { .rules.critical_ms = 60000 };

	run_steps(test, &sm, steps, 2);
	KUNIT_EXPECT_FALSE(test, sm.was_low);
	sm = (struct ups_state_machine){ .rules.critical_ms = 60000 };
	run_steps(test, &sm, steps, ARRAY_SIZE(steps));
	KUNIT_EXPECT_TRUE(test, ups_killpower_now(UPS_KILLPOWER_ON_BATTERY, &sm, false, low));
	KUNIT_EXPECT_TRUE(test, ups_killpower_now(UPS_KILLPOWER_ON_BATTERY, &sm, false,
						  ktime_add_ms(low, 299999)));
	KUNIT_EXPECT_FALSE(test, ups_killpower_now(UPS_KILLPOWER_ON_BATTERY, &sm, false,
						   ktime_add_ms(low, 300000)));
	KUNIT_EXPECT_FALSE(test, ups_killpower_now(UPS_KILLPOWER_OFF, &sm, false, low));
	/* There is no time limit after a power-off by critical_action. */
	KUNIT_EXPECT_TRUE(test, ups_killpower_now(UPS_KILLPOWER_ON_BATTERY, &sm, true,
						  ktime_add_ms(low, 9000000)));
	KUNIT_EXPECT_FALSE(test, ups_killpower_now(UPS_KILLPOWER_OFF, &sm, true, low));
}

static void low_battery_limits_capacity(struct kunit *test)
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

/* An instance without a port, initialised for waits only */
static struct ups *waitable_ups(struct kunit *test)
{
	struct ups *ups = kunit_kzalloc(test, sizeof(*ups), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, ups);
	spin_lock_init(&ups->lock);
	psy_waits_init(&ups->waits);
	ups->sm.state = UPS_ONLINE;
	return ups;
}

static void wait_returns_at_once_if_state_differs(struct kunit *test)
{
	struct ups *ups = waitable_ups(test);

	KUNIT_EXPECT_EQ(test, ups_wait_for_state_change(ups, UPS_ON_BATTERY, UPS_WAIT_FOREVER),
			0);
	KUNIT_EXPECT_EQ(test, ups_wait_for_state_change(ups, UPS_ONLINE, 0), 0);
}

static void wait_times_out(struct kunit *test)
{
	struct ups *ups = waitable_ups(test);
	unsigned long begin = jiffies;

	KUNIT_EXPECT_EQ(test, ups_wait_for_state_change(ups, UPS_ONLINE, 100), 0);
	KUNIT_EXPECT_TRUE(test, time_after_eq(jiffies, begin + msecs_to_jiffies(100)));
	KUNIT_EXPECT_EQ(test, ups_get_state(ups), UPS_ONLINE);
}

static void cancel_ends_all_waits(struct kunit *test)
{
	struct ups *ups = waitable_ups(test);
	struct ups_waiter *w = start_waiters(test, ups);

	ups_cancel_wait(ups);
	expect_waits_return(test, w, -ECANCELED);
	/* Later waits are not affected. */
	KUNIT_EXPECT_EQ(test, ups_wait_for_state_change(ups, UPS_ONLINE, 50), 0);
}

/* A power-off may come to nothing; one for a low battery long ago has a different reason. */
static void critical_poweroff_is_repeated(struct kunit *test)
{
	static const struct {
		int s;
		enum ups_state state;
		bool prevented, due, done;
	} steps[] = {
		{ 0, UPS_LOW_BATTERY, false, false, false },
		{ 5, UPS_CRITICAL, true, false, false },
		{ 10, UPS_CRITICAL, false, true, true },
		{ 12, UPS_CRITICAL, false, false, true },
		{ 129, UPS_CRITICAL, false, false, true },
		{ 130, UPS_CRITICAL, true, false, true },
		{ 131, UPS_CRITICAL, false, true, true },
		/* Mains is back, but the shutdown goes on. */
		{ 140, UPS_ONLINE, false, false, true },
		{ 250, UPS_CRITICAL, false, false, true },
		{ 251, UPS_CRITICAL, false, true, true },
		{ 251 + 1799, UPS_ONLINE, false, false, true },
		/* Forgotten with mains only */
		{ 251 + 1801, UPS_ON_BATTERY, false, false, true },
		{ 251 + 1802, UPS_NO_COMM, false, false, true },
		{ 251 + 1803, UPS_ONLINE, false, false, false },
		{ 251 + 1804, UPS_CRITICAL, false, true, true },
	};
	struct ups_poweroff off = { };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		bool due = ups_poweroff_due(&off, steps[i].state, steps[i].prevented,
					    ktime_set(1000 + steps[i].s, 0));

		KUNIT_EXPECT_EQ_MSG(test, due, steps[i].due, "%d s", steps[i].s);
		KUNIT_EXPECT_EQ_MSG(test, off.done, steps[i].done, "%d s", steps[i].s);
	}
}

/* While tasks are frozen, a power-off would not stop user space first. */
static void sleep_lasts_until_after_resume(struct kunit *test)
{
	static const struct {
		unsigned long event;
		bool sleeping;
	} steps[] = {
		{ PM_SUSPEND_PREPARE, true },
		{ PM_POST_SUSPEND, false },
		{ PM_HIBERNATION_PREPARE, true },
		{ PM_POST_HIBERNATION, false },
		{ PM_RESTORE_PREPARE, true },
		{ PM_POST_RESTORE, false },
	};
	struct ups_poweroff off = { };
	bool sleeping = false;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		sleeping = ups_sleep_event(steps[i].event, sleeping);
		KUNIT_EXPECT_EQ_MSG(test, sleeping, steps[i].sleeping, "step %u", i);
		off.done = false;
		KUNIT_EXPECT_EQ_MSG(test, ups_poweroff_due(&off, UPS_CRITICAL, sleeping, 0),
				    !sleeping, "step %u", i);
		/* An unrelated event changes nothing. */
		KUNIT_EXPECT_EQ_MSG(test, ups_sleep_event(0, sleeping), sleeping, "step %u", i);
	}
}

static struct kunit_case state_cases[] = {
	KUNIT_CASE(reply_found_among_garbage),
	KUNIT_CASE(endless_stream_is_dropped),
	KUNIT_CASE(reply_length_is_limited),
	KUNIT_CASE(start_byte_inside_reply_is_data),
	KUNIT_CASE(command_answer_may_be_any_line),
	KUNIT_CASE(wire_time_depends_on_speed),
	KUNIT_CASE(missing_values_are_kept),
	KUNIT_CASE(values_that_stay_away_are_dropped),
	KUNIT_CASE(known_ident_values_never_change),
	KUNIT_CASE(state_follows_readings),
	KUNIT_CASE(low_battery_lasts_until_mains_returns),
	KUNIT_CASE(load_peak_is_not_a_low_battery_for_good),
	KUNIT_CASE(silence_on_battery_becomes_critical),
	KUNIT_CASE(low_battery_by_limits),
	KUNIT_CASE(killpower_policies),
	KUNIT_CASE(power_is_cut_after_recent_low_battery),
	KUNIT_CASE(critical_poweroff_is_repeated),
	KUNIT_CASE(sleep_lasts_until_after_resume),
	KUNIT_CASE(low_battery_limits_capacity),
	KUNIT_CASE(wait_returns_at_once_if_state_differs),
	KUNIT_CASE(wait_times_out),
	KUNIT_CASE(cancel_ends_all_waits),
	{ }
};

struct kunit_suite ups_state_suite = {
	.name = "ups_state",
	.test_cases = state_cases,
};
