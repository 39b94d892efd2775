// SPDX-License-Identifier: GPL-2.0-only
/* Test vectors of the Megatec protocol and of deviating units in the field */
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/random.h>
#include <linux/string.h>

#include "../megatec.h"
#include "ups_kunit.h"

static void status_is_parsed(struct kunit *test)
{
	struct ups_status s = { };

	/* The example in the description of the protocol */
	KUNIT_ASSERT_EQ(test, megatec_parse_status("(208.4 140.0 208.4 034 59.9 2.05 35.0 00110000",
						   0, &s), 0);
	KUNIT_EXPECT_EQ(test, s.input_mv, 208400);
	KUNIT_EXPECT_EQ(test, s.output_mv, 208400);
	KUNIT_EXPECT_EQ(test, s.load, 34);
	KUNIT_EXPECT_EQ(test, s.frequency_millihz, 59900);
	KUNIT_EXPECT_EQ(test, s.battery_uv, 2050000);
	KUNIT_EXPECT_EQ(test, s.temp, 350);
	KUNIT_EXPECT_EQ(test, s.flags, UPS_FLAG_BYPASS | UPS_FLAG_FAULT);
	KUNIT_EXPECT_EQ(test, s.valid, UPS_HAS_INPUT | UPS_HAS_OUTPUT | UPS_HAS_LOAD |
			UPS_HAS_FREQUENCY | UPS_HAS_BATTERY | UPS_HAS_TEMP);
}

static void flags_are_parsed(struct kunit *test)
{
	static const u32 bits[8] = {
		UPS_FLAG_MAINS_FAILED, UPS_FLAG_BATTERY_LOW, UPS_FLAG_BYPASS, UPS_FLAG_FAULT,
		0, UPS_FLAG_TESTING, UPS_FLAG_SHUTDOWN, UPS_FLAG_BEEPER,
	};
	char reply[] = "(230.0 230.0 230.0 010 50.0 27.0 25.0 00000000";
	char *flags = reply + sizeof(reply) - 9;
	struct ups_status s;
	unsigned int i;

	for (i = 0; i < 8; i++) {
		memset(&s, 0, sizeof(s));
		flags[i] = '1';
		KUNIT_EXPECT_EQ(test, megatec_parse_status(reply, 0, &s), 0);
		KUNIT_EXPECT_EQ(test, s.flags, bits[i]);
		flags[i] = '0';
	}
	flags[6] = '1';
	memset(&s, 0, sizeof(s));
	KUNIT_EXPECT_EQ(test, megatec_parse_status(reply, MEGATEC_STICKY_SHUTDOWN, &s), 0);
	KUNIT_EXPECT_EQ(test, s.flags, 0U);
}

/* Units fill fields that they do not support: only these values are unknown. */
static void filler_fields_are_unknown(struct kunit *test)
{
	static const char wide[] = "(0230.0 230.0 0229.9 0034 50.00 27.30 025.0 00000001";
	struct ups_status s = { };

	KUNIT_ASSERT_EQ(test, megatec_parse_status("(230.0 @@@.@ 229.9 --- 50.0 --.- @@.@ 10000000",
						   0, &s), 0);
	KUNIT_EXPECT_EQ(test, s.valid, UPS_HAS_INPUT | UPS_HAS_OUTPUT | UPS_HAS_FREQUENCY);
	KUNIT_EXPECT_EQ(test, s.flags, UPS_FLAG_MAINS_FAILED);

	memset(&s, 0, sizeof(s));
	KUNIT_ASSERT_EQ(test, megatec_parse_status(wide, MEGATEC_FIXED_TEMP, &s), 0);
	KUNIT_EXPECT_EQ(test, s.load, 34);
	KUNIT_EXPECT_EQ(test, s.battery_uv, 27300000);
	KUNIT_EXPECT_FALSE(test, s.valid & UPS_HAS_TEMP);
}

/* Fields that the description of the protocol does not have */
static void fields_after_flags_are_ignored(struct kunit *test)
{
	static const char * const good[] = {
		"(230.0 230.0 230.0 010 50.0 27.0 25.0 10000000",
		"(230.0 230.0 230.0 010 50.0 27.0 25.0 10000000 1",
		"(230.0 230.0 230.0 010 50.0 27.0 25.0 10000000 A 12.3 00000011 x",
		"(230.0 230.0 230.0 010 50.0 27.0 25.0 1000000011",
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(good); i++) {
		struct ups_status s = { };

		KUNIT_EXPECT_EQ_MSG(test, megatec_parse_status(good[i], 0, &s), 0, "%s", good[i]);
		KUNIT_EXPECT_EQ(test, s.flags, UPS_FLAG_MAINS_FAILED);
		KUNIT_EXPECT_EQ(test, s.temp, 250);
	}
}

static void invalid_status_is_rejected(struct kunit *test)
{
	static const char * const bad[] = {
		"", "(", "#230.0 003 24.00 50.0", "Q1",
		"(230.0 230.0 230.0 010 50.0 27.0 25.0",
		"(230.0 230.0 230.0 010 50.0 27.0 25.0 0000000",
		"(230.0 230.0 230.0 010 50.0 27.0 25.0 0000000x",
		"(230.0 230.0 230.0 010 50.0 27.0 25.0 00000000x",
		"(230.0 230.0 230.0 010 50.0 27.0 25.0 1 00000000",
		"(230.0 230.0 230.0010 50.0 27.0 25.0 00000000",
	};
	struct ups_status s;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		KUNIT_EXPECT_EQ_MSG(test, megatec_parse_status(bad[i], 0, &s), -EBADMSG,
				    "%s", bad[i]);
}

/* Replies with random changes: rejected or parsed, never out of bounds (see KASAN). */
static void random_replies_stay_in_bounds(struct kunit *test)
{
	static const char alphabet[] = "(#0123456789.- @01 x";
	static const char good[] = "(230.0 230.0 230.0 010 50.0 27.0 25.0 00000001";
	char *reply = kunit_kzalloc(test, UPS_REPLY_LEN + 1, GFP_KERNEL);
	unsigned int i, j, changes, parsed = 0, rejected = 0;

	KUNIT_ASSERT_NOT_NULL(test, reply);
	for (i = 0; i < 20000; i++) {
		struct megatec_pack pack = { .nominal_uv = 24000000 };
		struct ups_status s = { };
		struct ups_ident id = { };
		struct megatec_rating r = { };

		memset(reply, 0, UPS_REPLY_LEN + 1);
		strscpy(reply, good, UPS_REPLY_LEN + 1);
		changes = get_random_u32() % 8;
		for (j = 0; j < changes; j++)
			reply[get_random_u32() % (sizeof(good) - 1)] =
				alphabet[get_random_u32() % (sizeof(alphabet) - 1)];
		/* Some are truncated or much too long. */
		if (!(i % 16))
			reply[get_random_u32() % sizeof(good)] = '\0';
		else if (!(i % 17))
			memset(reply + strlen(reply), '7', UPS_REPLY_LEN - strlen(reply));
		if (megatec_parse_status(reply, 0, &s)) {
			rejected++;
		} else {
			parsed++;
			megatec_battery(&pack, &s);
			KUNIT_EXPECT_TRUE(test, s.load >= 0 && s.load <= 200);
			KUNIT_EXPECT_TRUE(test, s.input_mv >= 0 && s.input_mv <= 1000000);
			KUNIT_EXPECT_TRUE(test, s.output_mv >= 0 && s.output_mv <= 1000000);
			KUNIT_EXPECT_TRUE(test, s.frequency_millihz >= 0 &&
					  s.frequency_millihz <= 100000);
			KUNIT_EXPECT_TRUE(test, s.battery_uv >= 0);
			KUNIT_EXPECT_TRUE(test, s.temp >= 0 && s.temp <= 1500);
			KUNIT_EXPECT_TRUE(test, s.charge >= 0 && s.charge <= 100);
		}
		megatec_parse_rating(reply, &r);
		reply[0] = '#';
		megatec_parse_rating(reply, &r);
		megatec_parse_ident(reply, &id);
		KUNIT_EXPECT_LT(test, strlen(id.manufacturer), (size_t)UPS_STRING_LEN);
	}
	KUNIT_EXPECT_GT(test, parsed, 1000U);
	KUNIT_EXPECT_GT(test, rejected, 1000U);
}

/* A field may have up to seven characters and three decimals. */
static void number_formats(struct kunit *test)
{
	static const struct {
		const char *field;
		int temp;	/* 0.1 °C, -1 if invalid */
	} cases[] = {
		{ "25.0", 250 }, { "025.000", 250 }, { "0025.000", -1 }, { "25.0000", -1 },
		{ "2.5.0", -1 }, { ".", 0 }, { "150.0", 1500 }, { "150.1", -1 }, { "-5.0", -1 },
	};
	char reply[64];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct ups_status s = { };

		snprintf(reply, sizeof(reply), "(230.0 230.0 230.0 010 50.0 27.0 %s 00000000",
			 cases[i].field);
		KUNIT_ASSERT_EQ(test, megatec_parse_status(reply, 0, &s), 0);
		KUNIT_EXPECT_EQ_MSG(test, s.valid & UPS_HAS_TEMP ? s.temp : -1, cases[i].temp,
				    "%s", cases[i].field);
	}
}

/* An overloaded unit reports more than 100 percent; more than 200 is invalid. */
static void overload_is_reported(struct kunit *test)
{
	static const struct {
		const char *field;
		int load;
	} cases[] = { { "100", 100 }, { "110", 110 }, { "200", 200 }, { "201", -1 } };
	char reply[64];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct ups_status s = { };

		snprintf(reply, sizeof(reply), "(230.0 230.0 230.0 %s 50.0 27.0 25.0 00000000",
			 cases[i].field);
		KUNIT_ASSERT_EQ(test, megatec_parse_status(reply, 0, &s), 0);
		KUNIT_EXPECT_EQ(test, s.valid & UPS_HAS_LOAD ? s.load : -1, cases[i].load);
	}
}

static void command_verdicts(struct kunit *test)
{
	static const struct {
		const char *command, *reply;
		int verdict;
	} cases[] = {
		{ "S01R0003", "S01R0003", -EOPNOTSUPP }, { "C", "C", -EOPNOTSUPP },
		{ "T", "NAK", -EIO }, { "T", "(NAK", -EIO },
		{ "T", "ACK", 0 }, { "T", "(ACK", 0 }, { "T", "OK", 0 },
		{ "T", "(230.0 230.0 230.0 010 50.0 27.0 25.0 00000000", 1 },
		{ "T", "#230.0 003 24.00 50.0", 1 }, { "T", "Q1", 1 }, { "T", "", 1 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++)
		KUNIT_EXPECT_EQ_MSG(test, megatec_verdict(cases[i].command, cases[i].reply),
				    cases[i].verdict, "%s", cases[i].reply);
}

static void rating_and_ident_are_parsed(struct kunit *test)
{
	struct megatec_rating r;
	struct ups_ident id = { };

	KUNIT_EXPECT_EQ(test, megatec_parse_rating("#220.0 000 024.0 50.0", &r), 0);
	KUNIT_EXPECT_EQ(test, r.mv, 220000);
	KUNIT_EXPECT_EQ(test, r.battery_uv, 24000000);
	KUNIT_EXPECT_EQ(test, megatec_parse_rating("#220.0 003 24.00 50.0", &r), 0);
	KUNIT_EXPECT_EQ(test, r.ma, 3000);
	KUNIT_EXPECT_EQ(test, megatec_parse_rating("#220.0 003 24.00", &r), -EBADMSG);
	KUNIT_EXPECT_EQ(test, megatec_parse_rating("#220.0 003 00.00 50.0", &r), -EBADMSG);
	KUNIT_EXPECT_EQ(test, megatec_parse_rating("F", &r), -EBADMSG);
	/* Limits of each field: voltage, battery voltage, frequency */
	KUNIT_EXPECT_EQ(test, megatec_parse_rating("#059.9 003 24.00 50.0", &r), -EBADMSG);
	KUNIT_EXPECT_EQ(test, megatec_parse_rating("#500.1 003 24.00 50.0", &r), -EBADMSG);
	KUNIT_EXPECT_EQ(test, megatec_parse_rating("#220.0 003 00.99 50.0", &r), -EBADMSG);
	KUNIT_EXPECT_EQ(test, megatec_parse_rating("#220.0 003 1001 50.0", &r), -EBADMSG);
	KUNIT_EXPECT_EQ(test, megatec_parse_rating("#220.0 003 24.00 39.9", &r), -EBADMSG);
	KUNIT_EXPECT_EQ(test, megatec_parse_rating("#220.0 003 24.00 70.1", &r), -EBADMSG);
	KUNIT_EXPECT_EQ(test, megatec_parse_rating("#060.0 003 01.00 40.0", &r), 0);
	KUNIT_EXPECT_EQ(test, megatec_parse_rating("#500.0 003 1000 70.0", &r), 0);

	KUNIT_EXPECT_EQ(test, megatec_parse_ident("#ACME POWER      SMART700   V2.06     ",
						  &id), 0);
	KUNIT_EXPECT_STREQ(test, id.manufacturer, "ACME POWER");
	KUNIT_EXPECT_STREQ(test, id.model, "SMART700");
	KUNIT_EXPECT_STREQ(test, id.firmware, "V2.06");
	KUNIT_EXPECT_EQ(test, megatec_parse_ident("#--------------- ########## ", &id), 0);
	KUNIT_EXPECT_STREQ(test, id.manufacturer, "");
	KUNIT_EXPECT_STREQ(test, id.model, "");
	KUNIT_EXPECT_EQ(test, megatec_parse_ident("#ACME POWER##### SMART700## V2.06#####",
						  &id), 0);
	KUNIT_EXPECT_STREQ(test, id.manufacturer, "ACME POWER");
	KUNIT_EXPECT_STREQ(test, id.model, "SMART700");
	KUNIT_EXPECT_STREQ(test, id.firmware, "V2.06");

	/* A late reply to F, even a long one, is not an ident. */
	memset(&id, 0, sizeof(id));
	KUNIT_EXPECT_EQ(test, megatec_parse_ident("#230.0 003 24.00 50.0", &id), -EBADMSG);
	KUNIT_EXPECT_EQ(test, megatec_parse_ident("#0230.00 0003.00 0024.00 0050.0", &id),
			-EBADMSG);
	KUNIT_EXPECT_EQ(test, megatec_parse_ident("#ACME POWER      SMART700  ", &id),
			-EBADMSG);
	KUNIT_EXPECT_STREQ(test, id.manufacturer, "");
}

static void charge_from_voltage(struct kunit *test)
{
	static const struct {
		int uv, charge, pack_uv;
	} cases[] = {
		{ 26000000, 100, 26000000 }, { 27300000, 100, 27300000 },
		{ 23400000, 50, 23400000 }, { 20808000, 0, 20808000 }, { 19000000, 0, 19000000 },
		/* Voltage of one cell of twelve */
		{ 2270000, 100, 27240000 }, { 1950000, 50, 23400000 },
	};
	struct megatec_pack pack = { .nominal_uv = 24000000 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct ups_status s = { .valid = UPS_HAS_BATTERY, .battery_uv = cases[i].uv };

		megatec_battery(&pack, &s);
		KUNIT_EXPECT_EQ(test, s.battery_uv, cases[i].pack_uv);
		KUNIT_EXPECT_EQ(test, s.charge, cases[i].charge);
		KUNIT_EXPECT_TRUE(test, s.valid & UPS_HAS_CHARGE);
		KUNIT_EXPECT_FALSE(test, s.valid & UPS_HAS_RUNTIME);
	}
	/* Without a nominal voltage the charge is unknown, not 0. */
	pack.nominal_uv = 0;
	{
		struct ups_status s = { .valid = UPS_HAS_BATTERY, .battery_uv = 24000000 };

		megatec_battery(&pack, &s);
		KUNIT_EXPECT_FALSE(test, s.valid & UPS_HAS_CHARGE);
	}
	/* Also if the voltage does not match: one block of 72 V, or a wrong value. */
	pack.nominal_uv = 72000000;
	{
		static const int wrong[] = { 13600000, 43600000, 101500000, 218000000 };

		for (i = 0; i < ARRAY_SIZE(wrong); i++) {
			struct ups_status s = { .valid = UPS_HAS_BATTERY, .battery_uv = wrong[i] };

			megatec_battery(&pack, &s);
			KUNIT_EXPECT_FALSE(test, s.valid & UPS_HAS_CHARGE);
			KUNIT_EXPECT_EQ(test, s.battery_uv, wrong[i]);
		}
	}
	/* Six blocks, if set by firmware */
	pack.cells = 6;
	{
		struct ups_status s = { .valid = UPS_HAS_BATTERY, .battery_uv = 13600000 };

		megatec_battery(&pack, &s);
		KUNIT_EXPECT_EQ(test, s.battery_uv, 81600000);
		KUNIT_EXPECT_EQ(test, s.charge, 100);
	}
}

/* The voltage of one cell is scaled correctly at any depth of discharge. */
static void cell_count_is_independent_of_charge(struct kunit *test)
{
	int cells, uv, last;

	for (cells = 6; cells <= 120; cells += 6) {
		struct megatec_pack pack = { .nominal_uv = cells * 2000000 };

		last = 0;
		for (uv = 1600000; uv <= 2450000; uv += 10000) {
			struct ups_status one = { .valid = UPS_HAS_BATTERY, .battery_uv = uv };
			struct ups_status all = { .valid = UPS_HAS_BATTERY,
						  .battery_uv = uv * cells };

			megatec_battery(&pack, &one);
			megatec_battery(&pack, &all);
			KUNIT_EXPECT_EQ_MSG(test, one.battery_uv, uv * cells, "%d V, %d uV",
					    cells * 2, uv);
			KUNIT_EXPECT_EQ(test, all.battery_uv, uv * cells);
			KUNIT_EXPECT_TRUE(test, one.valid & UPS_HAS_CHARGE);
			KUNIT_EXPECT_EQ(test, one.charge, all.charge);
			KUNIT_EXPECT_GE(test, one.charge, last);
			last = one.charge;
		}
		KUNIT_EXPECT_EQ(test, last, 100);
	}
}

static void runtime_from_calibration(struct kunit *test)
{
	static const struct {
		int load, uv, seconds;
	} cases[] = {
		{ 100, 26000000, 240 }, { 50, 26000000, 720 }, { 100, 23400000, 120 },
		{ 75, 26000000, 360 }, { 40, 23400000, 600 }, { 100, 20000000, 0 },
	};
	struct megatec_pack pack = {
		.nominal_uv = 24000000, .low_load = 50, .low_load_s = 720,
		.high_load = 100, .high_load_s = 240,
	};
	unsigned int i;
	int load, last = 0;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct ups_status s = { .valid = UPS_HAS_BATTERY | UPS_HAS_LOAD,
					.battery_uv = cases[i].uv, .load = cases[i].load };

		megatec_battery(&pack, &s);
		KUNIT_EXPECT_TRUE(test, s.valid & UPS_HAS_RUNTIME);
		KUNIT_EXPECT_LE(test, abs(s.runtime - cases[i].seconds),
				cases[i].seconds / 100 + 1);
	}
	/* The runtime never rises with the load, and is limited without a load. */
	for (load = 150; load >= 0; load--) {
		struct ups_status s = { .valid = UPS_HAS_BATTERY | UPS_HAS_LOAD,
					.battery_uv = 26000000, .load = load };

		megatec_battery(&pack, &s);
		KUNIT_EXPECT_GE(test, s.runtime, last);
		last = s.runtime;
	}
	KUNIT_EXPECT_LE(test, last, 4 * 720 + 1);
}

/* Delay in a command, as a unit interprets it: seconds, or -1 if invalid */
static int command_delay(const char *command)
{
	unsigned int n, back;
	char end;

	if (sscanf(command, "S.%1uR%4u%c", &n, &back, &end) == 2 && n >= 2)
		return back >= 3 ? n * 6 : -1;
	if (sscanf(command, "S%2uR%4u%c", &n, &back, &end) == 2 && n >= 1 && n <= 10)
		return back >= 3 ? n * 60 : -1;
	return -1;
}

static void off_delay_is_never_shortened(struct kunit *test)
{
	char command[16];
	int s, delay;

	for (s = 0; s <= 7200; s++) {
		delay = ups_text_off_delay(s, 600);
		if (s > 600) {
			KUNIT_EXPECT_EQ(test, delay, -ERANGE);
			continue;
		}
		KUNIT_EXPECT_GE(test, delay, s);
		KUNIT_EXPECT_LT(test, delay - s, s > 54 ? 60 : 13);
		KUNIT_ASSERT_EQ(test, ups_text_off_command(delay, command, sizeof(command)), 0);
		KUNIT_EXPECT_EQ_MSG(test, command_delay(command), delay, "%s", command);
	}
	KUNIT_EXPECT_EQ(test, ups_text_off_delay(UPS_OFF_DELAY, 600), 180);
	KUNIT_EXPECT_EQ(test, ups_text_off_command(13, command, sizeof(command)), -EINVAL);
	KUNIT_EXPECT_EQ(test, ups_text_off_command(0, command, sizeof(command)), -EINVAL);
}

static struct kunit_case megatec_cases[] = {
	KUNIT_CASE(status_is_parsed),
	KUNIT_CASE(flags_are_parsed),
	KUNIT_CASE(filler_fields_are_unknown),
	KUNIT_CASE(fields_after_flags_are_ignored),
	KUNIT_CASE(invalid_status_is_rejected),
	KUNIT_CASE(random_replies_stay_in_bounds),
	KUNIT_CASE(number_formats),
	KUNIT_CASE(overload_is_reported),
	KUNIT_CASE(command_verdicts),
	KUNIT_CASE(rating_and_ident_are_parsed),
	KUNIT_CASE(charge_from_voltage),
	KUNIT_CASE(cell_count_is_independent_of_charge),
	KUNIT_CASE(runtime_from_calibration),
	KUNIT_CASE(off_delay_is_never_shortened),
	{ }
};

struct kunit_suite ups_megatec_suite = {
	.name = "ups_megatec",
	.test_cases = megatec_cases,
};
