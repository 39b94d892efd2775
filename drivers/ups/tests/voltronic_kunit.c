// SPDX-License-Identifier: GPL-2.0-only
/* Test vectors of the P protocols of Voltronic Power */
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/random.h>
#include <linux/string.h>

#include "../voltronic.h"
#include "ups_kunit.h"

#define STATUS "(230.5 50.0 229.7 50.1 002.3 035 380.1 379.9 054.2 ---.- 031.2 "

static void protocol_is_parsed(struct kunit *test)
{
	static const char * const bad[] = {
		"", "(", "(PI", "(PI0", "(PI0x", "(PI001", "(NAK", "PI09", "QPI",
	};
	unsigned int i;

	KUNIT_EXPECT_EQ(test, voltronic_parse_protocol("(PI09"), 9);
	KUNIT_EXPECT_EQ(test, voltronic_parse_protocol("(PI00"), 0);
	KUNIT_EXPECT_EQ(test, voltronic_parse_protocol("(PI99"), 99);
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		KUNIT_EXPECT_EQ_MSG(test, voltronic_parse_protocol(bad[i]), -EBADMSG,
				    "%s", bad[i]);
}

static void status_is_parsed(struct kunit *test)
{
	struct ups_status s = { };

	KUNIT_ASSERT_EQ(test, voltronic_parse_status(STATUS "010000000100", &s), 0);
	KUNIT_EXPECT_EQ(test, s.input_mv, 230500);
	KUNIT_EXPECT_EQ(test, s.output_mv, 229700);
	KUNIT_EXPECT_EQ(test, s.frequency_millihz, 50100);
	KUNIT_EXPECT_EQ(test, s.load, 35);
	KUNIT_EXPECT_EQ(test, s.battery_uv, 54200000);
	KUNIT_EXPECT_EQ(test, s.temp, 312);
	KUNIT_EXPECT_EQ(test, s.flags, 0U);
	KUNIT_EXPECT_EQ(test, s.valid, UPS_HAS_INPUT | UPS_HAS_OUTPUT | UPS_HAS_LOAD |
			UPS_HAS_FREQUENCY | UPS_HAS_BATTERY | UPS_HAS_TEMP);
}

/* The first two are the type of the UPS; 1 is a beeper that is off. */
static void flags_are_parsed(struct kunit *test)
{
	static const u32 bits[12] = {
		0, 0, UPS_FLAG_MAINS_FAILED, UPS_FLAG_BATTERY_LOW, UPS_FLAG_BYPASS,
		UPS_FLAG_FAULT, 0, UPS_FLAG_TESTING, UPS_FLAG_SHUTDOWN, 0, 0, 0,
	};
	char reply[] = STATUS "000000000000";
	char *flags = reply + sizeof(reply) - 13;
	struct ups_status s;
	unsigned int i;

	for (i = 0; i < 12; i++) {
		memset(&s, 0, sizeof(s));
		flags[i] = '1';
		KUNIT_EXPECT_EQ(test, voltronic_parse_status(reply, &s), 0);
		KUNIT_EXPECT_EQ_MSG(test, s.flags, bits[i] | (i == 9 ? 0 : UPS_FLAG_BEEPER),
				    "flag %u", i);
		flags[i] = '0';
	}
}

static void filler_is_unknown(struct kunit *test)
{
	static const char dashes[] =
		"(---.- --.- 229.7 --.- ---.- --- ---.- ---.- ---.- ---.- ---.- 001000000000";
	struct ups_status s = { };

	KUNIT_ASSERT_EQ(test, voltronic_parse_status(dashes, &s), 0);
	KUNIT_EXPECT_EQ(test, s.valid, UPS_HAS_OUTPUT);
	KUNIT_EXPECT_EQ(test, s.flags, UPS_FLAG_MAINS_FAILED | UPS_FLAG_BEEPER);

	memset(&s, 0, sizeof(s));
	KUNIT_ASSERT_EQ(test, voltronic_parse_battery("(054.2 04 01 --- ---", &s), 0);
	KUNIT_EXPECT_EQ(test, s.valid, 0U);
}

static void battery_is_parsed(struct kunit *test)
{
	static const struct {
		const char *reply;
		u32 valid;
		int charge, runtime;
	} good[] = {
		{ "(054.2 04 01 068 255", UPS_HAS_CHARGE | UPS_HAS_RUNTIME, 68, 15300 },
		{ "(054.2 04 01 100 00255", UPS_HAS_CHARGE | UPS_HAS_RUNTIME, 100, 15300 },
		{ "(054.2 04 01 000 000", UPS_HAS_CHARGE | UPS_HAS_RUNTIME, 0, 0 },
		{ "(054.2 04 01 101 99999", 0, 0, 0 },
	};
	static const char * const bad[] = {
		"", "(", "(NAK", "(054.2 04 01 068", "(054.2 04 01 068 255 1",
		"#054.2 04 01 068 255", STATUS "000000000000",
	};
	struct ups_status s;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(good); i++) {
		memset(&s, 0, sizeof(s));
		KUNIT_EXPECT_EQ(test, voltronic_parse_battery(good[i].reply, &s), 0);
		KUNIT_EXPECT_EQ_MSG(test, s.valid, good[i].valid, "%s", good[i].reply);
		KUNIT_EXPECT_EQ(test, s.charge, good[i].charge);
		KUNIT_EXPECT_EQ(test, s.runtime, good[i].runtime);
	}
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		KUNIT_EXPECT_EQ_MSG(test, voltronic_parse_battery(bad[i], &s), -EBADMSG,
				    "%s", bad[i]);
}

static void warnings_are_parsed(struct kunit *test)
{
	char reply[] = "(0000000000000000000000000000000000000000000000000000000000000000";
	u32 flags, want;
	unsigned int i;

	for (i = 0; i < 64; i++) {
		want = i == 55 ? UPS_FLAG_REPLACE :
		       i == 0 || i == 9 || i == 13 ? UPS_FLAG_FAULT : 0;
		reply[1 + i] = '1';
		KUNIT_EXPECT_EQ(test, voltronic_parse_warnings(reply, &flags), 0);
		KUNIT_EXPECT_EQ_MSG(test, flags, want, "warning %u", i);
		reply[1 + i] = '0';
	}
	reply[64] = '\0';
	KUNIT_EXPECT_EQ(test, voltronic_parse_warnings(reply, &flags), -EBADMSG);
	KUNIT_EXPECT_EQ(test, voltronic_parse_warnings("(NAK", &flags), -EBADMSG);
}

static void ident_is_parsed(struct kunit *test)
{
	static const char model[] = "(#######OLHVT3K0 ###3000 80 1/1 230 230 04 12.0";
	struct ups_ident id = { };
	char text[UPS_STRING_LEN];

	KUNIT_EXPECT_EQ(test, voltronic_parse_rating("(230.0 013 048.0 50.0", &id), 0);
	KUNIT_EXPECT_EQ(test, id.rated_mv, 230000);
	KUNIT_EXPECT_EQ(test, id.rated_ma, 13000);
	KUNIT_EXPECT_EQ(test, voltronic_parse_model(model, &id), 0);
	KUNIT_EXPECT_STREQ(test, id.model, "OLHVT3K0");
	KUNIT_EXPECT_EQ(test, id.rated_battery_uv, 48000000);
	KUNIT_EXPECT_EQ(test, voltronic_parse_text("(#######ACME POWER", "", text), 0);
	KUNIT_EXPECT_STREQ(test, text, "ACME POWER");
	KUNIT_EXPECT_EQ(test, voltronic_parse_text("(VERFW:00322.02", "VERFW:", text), 0);
	KUNIT_EXPECT_STREQ(test, text, "00322.02");
	KUNIT_EXPECT_EQ(test, voltronic_parse_text("(83301404100013", "", text), 0);
	KUNIT_EXPECT_STREQ(test, text, "83301404100013");
}

/* All replies begin with the same character: a late one must not count for another query. */
static void late_replies_are_rejected(struct kunit *test)
{
	static const char * const replies[] = {
		"(PI09", STATUS "000000000000", "(054.2 04 01 068 255",
		"(0000000000000000000000000000000000000000000000000000000000000000",
		"(230.0 013 048.0 50.0", "(#######OLHVT3K0 ###3000 80 1/1 230 230 04 12.0",
		"(VERFW:00322.02",
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(replies); i++) {
		struct ups_status s = { };
		struct ups_ident id = { };
		char text[UPS_STRING_LEN];
		u32 flags;

		KUNIT_EXPECT_EQ(test, voltronic_parse_protocol(replies[i]) >= 0, i == 0);
		KUNIT_EXPECT_EQ(test, !voltronic_parse_status(replies[i], &s), i == 1);
		KUNIT_EXPECT_EQ(test, !voltronic_parse_battery(replies[i], &s), i == 2);
		KUNIT_EXPECT_EQ(test, !voltronic_parse_warnings(replies[i], &flags), i == 3);
		KUNIT_EXPECT_EQ(test, !voltronic_parse_rating(replies[i], &id), i == 4);
		KUNIT_EXPECT_EQ(test, !voltronic_parse_model(replies[i], &id), i == 5);
		KUNIT_EXPECT_EQ(test, !voltronic_parse_text(replies[i], "VERFW:", text), i == 6);
		KUNIT_EXPECT_NE_MSG(test, voltronic_parse_text(replies[i], "", text), 0,
				    "%s", replies[i]);
	}
}

static void random_replies_stay_in_bounds(struct kunit *test)
{
	static const char alphabet[] = "(#0123456789.- /01 xPIVERFW:";
	static const char good[] = STATUS "000000000000";
	char *reply = kunit_kzalloc(test, UPS_REPLY_LEN + 1, GFP_KERNEL);
	unsigned int i, j, changes, parsed = 0, rejected = 0;

	KUNIT_ASSERT_NOT_NULL(test, reply);
	for (i = 0; i < 20000; i++) {
		struct ups_status s = { };
		struct ups_ident id = { };
		char text[UPS_STRING_LEN];
		u32 flags;

		memset(reply, 0, UPS_REPLY_LEN + 1);
		strscpy(reply, good, UPS_REPLY_LEN + 1);
		changes = get_random_u32() % 8;
		for (j = 0; j < changes; j++)
			reply[get_random_u32() % (sizeof(good) - 1)] =
				alphabet[get_random_u32() % (sizeof(alphabet) - 1)];
		if (!(i % 16))
			reply[get_random_u32() % sizeof(good)] = '\0';
		else if (!(i % 17))
			memset(reply + strlen(reply), '7', UPS_REPLY_LEN - strlen(reply));
		if (voltronic_parse_status(reply, &s))
			rejected++;
		else
			parsed++;
		voltronic_parse_protocol(reply);
		voltronic_parse_battery(reply, &s);
		voltronic_parse_warnings(reply, &flags);
		voltronic_parse_rating(reply, &id);
		voltronic_parse_model(reply, &id);
		voltronic_parse_text(reply, "", text);
		voltronic_parse_text(reply, "VERFW:", text);
		if (s.valid & UPS_HAS_CHARGE)
			KUNIT_ASSERT_LE(test, s.charge, 100);
		if (s.valid & UPS_HAS_LOAD)
			KUNIT_ASSERT_LE(test, s.load, 200);
	}
	KUNIT_EXPECT_GT(test, parsed, 1000U);
	KUNIT_EXPECT_GT(test, rejected, 1000U);
}

static void command_verdicts(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, voltronic_verdict("T", "(ACK"), 0);
	KUNIT_EXPECT_EQ(test, voltronic_verdict("T", "(NAK"), -EIO);
	KUNIT_EXPECT_EQ(test, voltronic_verdict("T", "(PI09"), 1);
	KUNIT_EXPECT_EQ(test, voltronic_verdict("T", "T"), 1);
}

static struct kunit_case voltronic_cases[] = {
	KUNIT_CASE(protocol_is_parsed),
	KUNIT_CASE(status_is_parsed),
	KUNIT_CASE(flags_are_parsed),
	KUNIT_CASE(filler_is_unknown),
	KUNIT_CASE(battery_is_parsed),
	KUNIT_CASE(warnings_are_parsed),
	KUNIT_CASE(ident_is_parsed),
	KUNIT_CASE(late_replies_are_rejected),
	KUNIT_CASE(random_replies_stay_in_bounds),
	KUNIT_CASE(command_verdicts),
	{ }
};

struct kunit_suite ups_voltronic_suite = {
	.name = "ups_voltronic",
	.test_cases = voltronic_cases,
};
