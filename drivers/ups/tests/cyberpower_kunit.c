// SPDX-License-Identifier: GPL-2.0-only
/* Test vectors of the text protocol of CyberPower. The replies are those of three units. */
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/random.h>
#include <linux/string.h>

#include "../cyberpower.h"
#include "../serial.h"
#include "ups_kunit.h"

#define STATUS_BC1200	"#I119.0O119.0L000B100T027F060.0S"
#define STATUS_PR2200	"#I118.0O118.0L029B100F060.0R0218S"
#define STATUS_CST135	"#I118.1O118.1L13B100V27.5F60.0HF60.1R65Q1.4S"
#define IDENT_BC1200	"#BC1200     ,1.600,000000000000,CYBER POWER    "
#define IDENT_CST135	"#CST135XLU,BF01403AAH2,CR7EV2002320,CyberPower Systems Inc.,,,"

/* Parse a text that has no NUL. */
static int parse(const char *reply, struct ups_status *s)
{
	memset(s, 0, sizeof(*s));
	return cyberpower_parse_status(reply, strlen(reply), s);
}

static void status_is_parsed(struct kunit *test)
{
	struct ups_status s;

	KUNIT_ASSERT_EQ(test, parse(STATUS_BC1200 "\x80\x80", &s), 0);
	KUNIT_EXPECT_EQ(test, s.valid, UPS_HAS_INPUT | UPS_HAS_OUTPUT | UPS_HAS_LOAD |
			UPS_HAS_CHARGE | UPS_HAS_TEMP | UPS_HAS_FREQUENCY);
	KUNIT_EXPECT_EQ(test, s.input_mv, 119000);
	KUNIT_EXPECT_EQ(test, s.output_mv, 119000);
	KUNIT_EXPECT_EQ(test, s.load, 0);
	KUNIT_EXPECT_EQ(test, s.charge, 100);
	KUNIT_EXPECT_EQ(test, s.temp, 270);
	KUNIT_EXPECT_EQ(test, s.frequency_millihz, 60000);
	KUNIT_EXPECT_EQ(test, s.flags, 0U);

	KUNIT_ASSERT_EQ(test, parse(STATUS_PR2200 "\x80\x80", &s), 0);
	KUNIT_EXPECT_EQ(test, s.valid, UPS_HAS_INPUT | UPS_HAS_OUTPUT | UPS_HAS_LOAD |
			UPS_HAS_CHARGE | UPS_HAS_RUNTIME | UPS_HAS_FREQUENCY);
	KUNIT_EXPECT_EQ(test, s.load, 29);
	KUNIT_EXPECT_EQ(test, s.runtime, 13080);

	KUNIT_ASSERT_EQ(test, parse(STATUS_CST135 "\x80\x84\xc0\x88\x80W", &s), 0);
	KUNIT_EXPECT_EQ(test, s.valid, UPS_HAS_INPUT | UPS_HAS_OUTPUT | UPS_HAS_LOAD |
			UPS_HAS_CHARGE | UPS_HAS_BATTERY | UPS_HAS_RUNTIME |
			UPS_HAS_FREQUENCY);
	KUNIT_EXPECT_EQ(test, s.input_mv, 118100);
	KUNIT_EXPECT_EQ(test, s.load, 13);
	KUNIT_EXPECT_EQ(test, s.battery_uv, 27500000);
	/* That of the input */
	KUNIT_EXPECT_EQ(test, s.frequency_millihz, 60000);
	KUNIT_EXPECT_EQ(test, s.runtime, 3900);
}

static void flags_are_parsed(struct kunit *test)
{
	char reply[] = STATUS_BC1200 "\x80\x80";
	struct ups_status s;
	unsigned int i;
	u32 want;

	for (i = 0; i < 256; i++) {
		memset(&s, 0, sizeof(s));
		reply[sizeof(reply) - 3] = i;
		want = (i & 0x40 ? UPS_FLAG_MAINS_FAILED : 0) |
		       (i & 0x20 ? UPS_FLAG_BATTERY_LOW : 0) |
		       (i & 0x08 ? UPS_FLAG_TESTING : 0) | (i ? 0 : UPS_FLAG_SHUTDOWN);
		KUNIT_ASSERT_EQ(test, cyberpower_parse_status(reply, sizeof(reply) - 1, &s), 0);
		KUNIT_EXPECT_EQ_MSG(test, s.flags, want, "flags %#x", i);
	}
	/* Off, without mains */
	memset(&s, 0, sizeof(s));
	KUNIT_ASSERT_EQ(test, cyberpower_parse_status("#I000.0O000.0S\0\x80", 16, &s), 0);
	KUNIT_EXPECT_EQ(test, s.flags, UPS_FLAG_SHUTDOWN | UPS_FLAG_MAINS_FAILED);
	/* The second one may be zero. */
	reply[sizeof(reply) - 3] = 0xc0;
	reply[sizeof(reply) - 2] = 0;
	memset(&s, 0, sizeof(s));
	KUNIT_ASSERT_EQ(test, cyberpower_parse_status(reply, sizeof(reply) - 1, &s), 0);
	KUNIT_EXPECT_EQ(test, s.flags, UPS_FLAG_MAINS_FAILED);
}

/* Receive bytes as the driver does after D. */
static void receive(struct ups_framer *f, const char *data, size_t len)
{
	*f = (struct ups_framer){ .end = '\r', .restart = '#' };
	ups_framer_arm(f, UPS_FRAMER_BINARY, '#');
	ups_framer_mark(f, 'S', CYBERPOWER_FLAGS);
	ups_framer_push(f, data, len);
}

static void flags_may_be_any_byte(struct kunit *test)
{
	char reply[] = STATUS_BC1200 "\x80\x80\r";
	char more[] = STATUS_CST135 "\x80\x84\xc0\x88\x80W\r";
	static const char others[] = { '\0', '\r', '#', 'S', '\x80' };
	struct ups_framer f;
	struct ups_status s;
	unsigned int i, j;

	for (i = 0; i < 256 * ARRAY_SIZE(others); i++) {
		reply[sizeof(reply) - 4] = i / ARRAY_SIZE(others);
		reply[sizeof(reply) - 3] = others[i % ARRAY_SIZE(others)];
		receive(&f, reply, sizeof(reply) - 1);
		KUNIT_ASSERT_TRUE_MSG(test, f.done, "flags %#x", i);
		KUNIT_ASSERT_EQ_MSG(test, f.len, sizeof(reply) - 2, "flags %#x", i);
		KUNIT_EXPECT_EQ(test, memcmp(f.buf, reply, f.len), 0);
		KUNIT_EXPECT_EQ(test, f.garbage, 0ULL);
	}
	/* Of more flags the first two count: the rest may be cut off. */
	for (i = 2; i < 6; i++) {
		for (j = 0; j < ARRAY_SIZE(others); j++) {
			more[sizeof(STATUS_CST135) - 1 + i] = others[j];
			memset(&s, 0, sizeof(s));
			receive(&f, more, sizeof(more) - 1);
			KUNIT_ASSERT_TRUE_MSG(test, f.done, "byte %u %#x", i, others[j]);
			KUNIT_EXPECT_EQ_MSG(test, cyberpower_parse_status(f.buf, f.len, &s), 0,
					    "byte %u %#x", i, others[j]);
			KUNIT_EXPECT_EQ(test, s.flags, 0U);
			KUNIT_EXPECT_EQ(test, s.input_mv, 118100);
		}
		more[sizeof(STATUS_CST135) - 1 + i] = '\x80';
	}
}

/* A reply that is not complete, with the next one after it: nothing of the first counts. */
static void broken_status_is_dropped(struct kunit *test)
{
	static const char next[] = STATUS_PR2200 "\xc0\x80\r";
	static const char first[] = STATUS_BC1200 "\x80\x80\r";
	char both[sizeof(first) + sizeof(next)];
	struct ups_framer f;
	struct ups_status s;
	size_t len;

	for (len = 0; len < sizeof(first) - 1; len++) {
		memcpy(both, first, len);
		memcpy(both + len, next, sizeof(next) - 1);
		memset(&s, 0, sizeof(s));
		receive(&f, both, len + sizeof(next) - 1);
		KUNIT_ASSERT_TRUE_MSG(test, f.done, "%zu", len);
		if (cyberpower_parse_status(f.buf, f.len, &s)) {
			/* Whether these bytes are flags cannot be known. */
			KUNIT_EXPECT_GE(test, len, sizeof(STATUS_BC1200) - 1);
			continue;
		}
		KUNIT_EXPECT_EQ_MSG(test, s.flags, (u32)UPS_FLAG_MAINS_FAILED, "%zu", len);
		KUNIT_EXPECT_EQ_MSG(test, s.input_mv, 118000, "%zu", len);
		KUNIT_EXPECT_EQ_MSG(test, f.garbage, (u64)len, "%zu", len);
	}
	/* One byte is missing: the line has no end, and is dropped before the next query. */
	receive(&f, STATUS_BC1200 "\x80\r", sizeof(STATUS_BC1200) + 1);
	KUNIT_EXPECT_FALSE(test, f.done);
	ups_framer_arm(&f, UPS_FRAMER_TEXT, '#');
	KUNIT_EXPECT_EQ(test, f.garbage, (u64)sizeof(STATUS_BC1200) + 1);
	ups_framer_push(&f, "#0\r", 3);
	KUNIT_EXPECT_STREQ(test, f.buf, "#0");
	/* Endless data stays in bounds. */
	receive(&f, "#", 1);
	f.len = UPS_REPLY_LEN - 1;
	ups_framer_push(&f, "S\r\r", 3);
	KUNIT_EXPECT_LE(test, f.len, (size_t)UPS_REPLY_LEN);
}

static void regulation_is_seen(struct kunit *test)
{
	static const struct {
		const char *reply;
		u32 flags;
	} cases[] = {
		{ "#I100.0O094.9S\x80\x80", UPS_FLAG_BYPASS },
		{ "#I100.0O095.0S\x80\x80", 0 },
		{ "#I100.0O104.9S\x80\x80", 0 },
		{ "#I100.0O105.0S\x80\x80", UPS_FLAG_BYPASS },
		{ "#I100.0O049.9S\x80\x80", 0 },
		{ "#I100.0O150.0S\x80\x80", 0 },
		{ "#I000.0O119.0S\x80\x80", 0 },
		{ "#I090.0O119.0S\xc0\x80", UPS_FLAG_MAINS_FAILED },
		{ "#I090.0O119.0S\x88\x80", UPS_FLAG_TESTING },
		{ "#O119.0S\x80\x80", 0 },
	};
	struct ups_status s;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		KUNIT_EXPECT_EQ(test, parse(cases[i].reply, &s), 0);
		KUNIT_EXPECT_EQ_MSG(test, s.flags, cases[i].flags, "case %u", i);
	}
}

static void filler_is_unknown(struct kunit *test)
{
	static const char * const replies[] = {
		"#I---.-O119.0L---B---T---F--.-R----V--.-S\x80\x80",
		"#I9999.0O119.0L999B101T999F999.0R9999V0S\x80\x80",
		"#IO119.0LBTFRVXYS\x80\x80",
	};
	struct ups_status s;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(replies); i++) {
		KUNIT_EXPECT_EQ_MSG(test, parse(replies[i], &s), 0, "case %u", i);
		KUNIT_EXPECT_EQ_MSG(test, s.valid, UPS_HAS_OUTPUT, "case %u", i);
	}
}

static void other_replies_are_rejected(struct kunit *test)
{
	static const char * const bad[] = {
		"", "#", "#0", "#2", "#S", "#S\x80", STATUS_BC1200, STATUS_BC1200 "\x80",
		"I119.0O119.0S\x80\x80", "#I119.0O119.0L000B100T027F060.0", "# I119.0S\x80\x80",
		"#i119.0S\x80\x80", "#12.0,002,008.0,00", "#1200,0720,120,47,63",
		"#120,138,088,20", "#\x80\x80", "D", "#I119.0O119.0L000B100T027F060.0\x80\x80",
	};
	struct ups_status s;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		KUNIT_EXPECT_EQ_MSG(test, parse(bad[i], &s), -EBADMSG, "case %u", i);
}

static void ident_is_parsed(struct kunit *test)
{
	struct ups_ident id = { };

	KUNIT_EXPECT_EQ(test, cyberpower_parse_ident(IDENT_BC1200, &id), 0);
	KUNIT_EXPECT_STREQ(test, id.model, "BC1200");
	KUNIT_EXPECT_STREQ(test, id.firmware, "1.600");
	KUNIT_EXPECT_STREQ(test, id.serial, "");
	KUNIT_EXPECT_STREQ(test, id.manufacturer, "CYBER POWER");
	KUNIT_EXPECT_EQ(test, cyberpower_parse_ident(IDENT_CST135, &id), 0);
	KUNIT_EXPECT_STREQ(test, id.model, "CST135XLU");
	KUNIT_EXPECT_STREQ(test, id.firmware, "BF01403AAH2");
	KUNIT_EXPECT_STREQ(test, id.serial, "CR7EV2002320");
	KUNIT_EXPECT_STREQ(test, id.manufacturer, "CyberPower Systems Inc.");

	KUNIT_EXPECT_EQ(test, cyberpower_parse_battery("#12.0,002,008.0,00", &id), 0);
	KUNIT_EXPECT_EQ(test, id.rated_battery_uv, 24000000);
	KUNIT_EXPECT_EQ(test, id.energy_full_uwh, 192000000);
	KUNIT_EXPECT_EQ(test, cyberpower_parse_battery("#12,2x1,12,0,1,8", &id), 0);
	KUNIT_EXPECT_EQ(test, id.rated_battery_uv, 24000000);
	KUNIT_EXPECT_EQ(test, id.energy_full_uwh, 288000000);
	KUNIT_EXPECT_EQ(test, cyberpower_parse_battery("#12,4x2,9,0,1,8", &id), 0);
	KUNIT_EXPECT_EQ(test, id.rated_battery_uv, 48000000);
	KUNIT_EXPECT_EQ(test, id.energy_full_uwh, 864000000);
	/* A capacity that is not a number does not affect the voltage. */
	id.energy_full_uwh = 0;
	KUNIT_EXPECT_EQ(test, cyberpower_parse_battery("#12.0,001,--.-,00", &id), 0);
	KUNIT_EXPECT_EQ(test, id.rated_battery_uv, 12000000);
	KUNIT_EXPECT_EQ(test, id.energy_full_uwh, 0);

	KUNIT_EXPECT_EQ(test, cyberpower_parse_rating("#1200,0720,120,47,63", &id), 0);
	KUNIT_EXPECT_EQ(test, id.rated_mv, 120000);
	KUNIT_EXPECT_EQ(test, id.rated_ma, 6000);
	KUNIT_EXPECT_EQ(test, cyberpower_parse_rating("#1350,810,120,57,63,11.3", &id), 0);
	KUNIT_EXPECT_EQ(test, id.rated_ma, 6750);

	/* A model that is a number, and fields that are missing */
	memset(&id, 0, sizeof(id));
	KUNIT_EXPECT_EQ(test, cyberpower_parse_ident("#1500,,,CPS", &id), 0);
	KUNIT_EXPECT_STREQ(test, id.model, "1500");
	KUNIT_EXPECT_STREQ(test, id.manufacturer, "CPS");
	KUNIT_EXPECT_EQ(test, cyberpower_parse_ident("#PR2200,1.0", &id), 0);
	KUNIT_EXPECT_STREQ(test, id.manufacturer, "");
	KUNIT_EXPECT_EQ(test, cyberpower_parse_battery("#12,1,7", &id), 0);
	KUNIT_EXPECT_EQ(test, cyberpower_parse_rating("#500,300,230", &id), 0);
}

/* All replies begin with the same character: a late one must not count for another query. */
static void late_replies_are_rejected(struct kunit *test)
{
	static const char * const replies[] = {
		IDENT_BC1200, "#12.0,002,008.0,00", "#1200,0720,120,47,63", "#120,138,088,20",
		"#0", STATUS_BC1200 "\x80\x80", IDENT_CST135, "#12,2x1,12,0,1,8",
		"#1350,810,120,57,63,11.3", "#120,139,100,0,300", "#", "",
	};
	struct ups_ident id = { };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(replies); i++) {
		KUNIT_EXPECT_EQ_MSG(test, !cyberpower_parse_ident(replies[i], &id),
				    i == 0 || i == 6, "%s", replies[i]);
		KUNIT_EXPECT_EQ_MSG(test, !cyberpower_parse_battery(replies[i], &id),
				    i == 1 || i == 7, "%s", replies[i]);
		KUNIT_EXPECT_EQ_MSG(test, !cyberpower_parse_rating(replies[i], &id),
				    i == 2 || i == 8, "%s", replies[i]);
	}
}

static void off_delays_are_never_shorter(struct kunit *test)
{
	static const struct {
		unsigned int seconds;
		const char *command;
	} cases[] = {
		{ 6, "Z.1" }, { 12, "Z.2" }, { 54, "Z.9" }, { 60, "Z01" }, { 600, "Z10" },
	};
	char command[16];
	unsigned int i;
	int delay;

	for (i = 0; i <= 600; i++) {
		delay = cyberpower_off_delay(i);
		KUNIT_EXPECT_GE(test, delay, (int)i);
		KUNIT_EXPECT_LE(test, delay, i <= 54 ? max((int)i + 5, 6) : (int)i + 59);
		KUNIT_EXPECT_EQ(test, cyberpower_off_command('S', delay, command,
							     sizeof(command)), 0);
	}
	KUNIT_EXPECT_EQ(test, cyberpower_off_delay(601), -ERANGE);
	KUNIT_EXPECT_EQ(test, cyberpower_off_command('S', 7, command, sizeof(command)), -EINVAL);
	KUNIT_EXPECT_EQ(test, cyberpower_off_command('S', UINT_MAX, command, sizeof(command)),
			-EINVAL);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		KUNIT_EXPECT_EQ(test, cyberpower_off_command('Z', cases[i].seconds, command,
							     sizeof(command)), 0);
		KUNIT_EXPECT_STREQ(test, command, cases[i].command);
	}
}

static void command_verdicts(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, cyberpower_verdict("T", "#0"), 0);
	KUNIT_EXPECT_EQ(test, cyberpower_verdict("T", "#2"), -EIO);
	KUNIT_EXPECT_EQ(test, cyberpower_verdict("T", "T"), 1);
	KUNIT_EXPECT_EQ(test, cyberpower_verdict("T", "x"), 1);
	KUNIT_EXPECT_EQ(test, cyberpower_verdict("T", "#"), -EIO);
	KUNIT_EXPECT_EQ(test, cyberpower_verdict("T", "#12.0,002,008.0,00"), 1);
	KUNIT_EXPECT_EQ(test, cyberpower_verdict("T", "#I119.0"), 1);
}

static void random_replies_stay_in_bounds(struct kunit *test)
{
	static const char alphabet[] = "#0123456789.,x- IOLBVTFHRSQ\x80\xc0\xa0";
	static const char good[] = STATUS_CST135 "\x80\x84\xc0\x88\x80W";
	char *reply = kunit_kzalloc(test, UPS_REPLY_LEN + 1, GFP_KERNEL);
	unsigned int i, j, changes, parsed = 0, rejected = 0;

	KUNIT_ASSERT_NOT_NULL(test, reply);
	for (i = 0; i < 20000; i++) {
		struct ups_status s = { };
		struct ups_ident id = { };
		size_t len = i % 16 ? sizeof(good) - 1 : get_random_u32() % sizeof(good);

		memset(reply, 0, UPS_REPLY_LEN + 1);
		strscpy(reply, good, UPS_REPLY_LEN + 1);
		changes = get_random_u32() % 8;
		for (j = 0; j < changes; j++)
			reply[get_random_u32() % (sizeof(good) - 1)] =
				alphabet[get_random_u32() % sizeof(alphabet)];
		if (!(i % 17)) {
			memset(reply + len, '7', UPS_REPLY_LEN - len);
			len = UPS_REPLY_LEN;
		}
		if (cyberpower_parse_status(reply, len, &s))
			rejected++;
		else
			parsed++;
		cyberpower_parse_ident(reply, &id);
		cyberpower_parse_battery(reply, &id);
		cyberpower_parse_rating(reply, &id);
		if (s.valid & UPS_HAS_CHARGE)
			KUNIT_ASSERT_LE(test, s.charge, 100);
		if (s.valid & UPS_HAS_LOAD)
			KUNIT_ASSERT_LE(test, s.load, 200);
		KUNIT_ASSERT_GE(test, id.energy_full_uwh, 0);
	}
	KUNIT_EXPECT_GT(test, parsed, 1000U);
	KUNIT_EXPECT_GT(test, rejected, 1000U);
}

static struct kunit_case cyberpower_cases[] = {
	KUNIT_CASE(status_is_parsed),
	KUNIT_CASE(flags_are_parsed),
	KUNIT_CASE(flags_may_be_any_byte),
	KUNIT_CASE(broken_status_is_dropped),
	KUNIT_CASE(regulation_is_seen),
	KUNIT_CASE(filler_is_unknown),
	KUNIT_CASE(other_replies_are_rejected),
	KUNIT_CASE(ident_is_parsed),
	KUNIT_CASE(late_replies_are_rejected),
	KUNIT_CASE(off_delays_are_never_shorter),
	KUNIT_CASE(command_verdicts),
	KUNIT_CASE(random_replies_stay_in_bounds),
	{ }
};

struct kunit_suite ups_cyberpower_suite = {
	.name = "ups_cyberpower",
	.test_cases = cyberpower_cases,
};
