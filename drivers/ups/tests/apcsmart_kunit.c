// SPDX-License-Identifier: GPL-2.0-only
/* Test vectors of APC's Smart protocol */
#include <kunit/test.h>
#include <linux/bitmap.h>
#include <linux/errno.h>
#include <linux/random.h>
#include <linux/string.h>

#include "../apcsmart.h"
#include "ups_kunit.h"

/* A list as a Smart-UPS sends it, with alerts and commands that are not printable */
#define LIST	"3.!$%+?=#|.\x01\x0e\x1a'+-789>@ABCDEFGKLMNOPQRSUVWXYZabcefgjklmnopqrsuvxz~\x7f"

static void hex_is_parsed(struct kunit *test)
{
	static const char * const bad[] = {
		"", "0", "008", "SM", "NA", "0x", "0g", " 8", "08 ", "-1",
	};
	unsigned int i;
	char text[4];

	for (i = 0; i < 256; i++) {
		snprintf(text, sizeof(text), i % 2 ? "%02x" : "%02X", i);
		KUNIT_EXPECT_EQ_MSG(test, apcsmart_parse_hex(text), (int)i, "%s", text);
	}
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		KUNIT_EXPECT_EQ_MSG(test, apcsmart_parse_hex(bad[i]), -EBADMSG, "%s", bad[i]);
}

static void state_is_converted(struct kunit *test)
{
	static const struct {
		u8 state;
		bool sane;
		u32 flags;
	} cases[] = {
		{ 0x08, true, 0 },
		{ 0x10, true, UPS_FLAG_MAINS_FAILED },
		{ 0x50, true, UPS_FLAG_MAINS_FAILED | UPS_FLAG_BATTERY_LOW },
		{ 0x0a, true, UPS_FLAG_BYPASS },
		{ 0x0c, true, UPS_FLAG_BYPASS },
		{ 0x28, true, UPS_FLAG_FAULT },
		{ 0x88, true, UPS_FLAG_REPLACE },
		{ 0x09, true, 0 },
		{ 0x11, true, UPS_FLAG_MAINS_FAILED },
		{ 0x00, false, UPS_FLAG_SHUTDOWN },
		{ 0x18, false, UPS_FLAG_MAINS_FAILED },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		KUNIT_EXPECT_EQ_MSG(test, apcsmart_state_is_sane(cases[i].state), cases[i].sane,
				    "%02x", cases[i].state);
		KUNIT_EXPECT_EQ_MSG(test, apcsmart_state_flags(cases[i].state), cases[i].flags,
				    "%02x", cases[i].state);
	}
}

static void values_are_parsed(struct kunit *test)
{
	static const struct {
		char command;
		const char *reply;
		u32 valid;
		int wanted;
	} good[] = {
		{ 'f', "099.0", UPS_HAS_CHARGE, 99 },
		{ 'f', "099.9", UPS_HAS_CHARGE, 99 },
		{ 'f', "100.0", UPS_HAS_CHARGE, 100 },
		{ 'f', "000.0", UPS_HAS_CHARGE, 0 },
		{ 'j', "0327:", UPS_HAS_RUNTIME, 327 * 60 },
		{ 'j', "0000:", UPS_HAS_RUNTIME, 0 },
		{ 'B', "27.87", UPS_HAS_BATTERY, 27870000 },
		{ 'B', "221.0", UPS_HAS_BATTERY, 221000000 },
		{ 'C', "036.0", UPS_HAS_TEMP, 360 },
		{ 'L', "118.3", UPS_HAS_INPUT, 118300 },
		{ 'O', "000.0", UPS_HAS_OUTPUT, 0 },
		{ 'F', "60.00", UPS_HAS_FREQUENCY, 60000 },
		{ 'P', "023.5", UPS_HAS_LOAD, 23 },
	};
	static const struct {
		char command;
		const char *reply;
	} bad[] = {
		{ 'f', "100.1" }, { 'f', "0327:" }, { 'f', "NA" }, { 'f', "" }, { 'f', "-1.0" },
		{ 'f', "08a" }, { 'j', "0327" }, { 'j', "99999:" }, { 'j', ":" },
		{ 'j', "03.7:" }, { 'j', "-327:" }, { 'B', "27,87" }, { 'B', "9999.9" },
		{ 'P', "200.1" }, { 'L', "118.3V" }, { 'F', "SM" }, { 'Q', "08" },
		/* Characters are missing. */
		{ 'f', "0" }, { 'f', "09" }, { 'f', "099" }, { 'f', "099." }, { 'f', "99.0" },
		{ 'f', "0.99" }, { 'j', "0:" }, { 'j', "032:" }, { 'B', "2" }, { 'B', "27" },
		{ 'B', "27." }, { 'B', "7.87" }, { 'L', "118" }, { 'P', ".5" },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(good); i++) {
		struct ups_status s = { };

		KUNIT_EXPECT_EQ_MSG(test, apcsmart_parse_value(good[i].command, good[i].reply, &s),
				    0, "%s", good[i].reply);
		KUNIT_EXPECT_EQ_MSG(test, s.valid, good[i].valid, "%s", good[i].reply);
		/* The others are 0. */
		KUNIT_EXPECT_EQ_MSG(test, s.charge + s.runtime + s.battery_uv + s.temp +
				    s.input_mv + s.output_mv + s.frequency_millihz + s.load,
				    good[i].wanted, "%c %s", good[i].command, good[i].reply);
	}
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		struct ups_status s = { };

		KUNIT_EXPECT_EQ_MSG(test, apcsmart_parse_value(bad[i].command, bad[i].reply, &s),
				    -EBADMSG, "%c %s", bad[i].command, bad[i].reply);
		KUNIT_EXPECT_EQ_MSG(test, s.valid, 0U, "%c %s", bad[i].command, bad[i].reply);
	}
}

static void tests_and_registers_are_parsed(struct kunit *test)
{
	static const char * const bad[] = { "", "NA", "SM", "08", "ok", "OKOK" };
	unsigned int i;
	u32 flags;

	KUNIT_EXPECT_EQ(test, apcsmart_parse_test("OK", &flags), 0);
	KUNIT_EXPECT_EQ(test, flags, 0U);
	KUNIT_EXPECT_EQ(test, apcsmart_parse_test("NO", &flags), 0);
	KUNIT_EXPECT_EQ(test, flags, 0U);
	KUNIT_EXPECT_EQ(test, apcsmart_parse_test("BT", &flags), 0);
	KUNIT_EXPECT_EQ(test, flags, UPS_FLAG_REPLACE);
	KUNIT_EXPECT_EQ(test, apcsmart_parse_test("NG", &flags), 0);
	KUNIT_EXPECT_EQ(test, flags, UPS_FLAG_FAULT);
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		KUNIT_EXPECT_EQ_MSG(test, apcsmart_parse_test(bad[i], &flags), -EBADMSG, "%s",
				    bad[i]);
	for (i = 0; i < 8; i++)
		KUNIT_EXPECT_EQ_MSG(test, apcsmart_register_flags(BIT(i)),
				    i == 3 || i == 4 ? UPS_FLAG_SHUTDOWN :
				    i < 2 ? 0 : UPS_FLAG_FAULT, "bit %u", i);
}

static void settings_are_parsed(struct kunit *test)
{
	static const char * const bad[] = { "", "NA", "1.5", "02O", "-20", "00020", "1000" };
	unsigned int i;

	KUNIT_EXPECT_EQ(test, apcsmart_parse_seconds("020"), 20);
	KUNIT_EXPECT_EQ(test, apcsmart_parse_seconds("600"), 600);
	KUNIT_EXPECT_EQ(test, apcsmart_parse_seconds("000"), 0);
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		KUNIT_EXPECT_EQ_MSG(test, apcsmart_parse_seconds(bad[i]), -EBADMSG, "%s", bad[i]);
	KUNIT_EXPECT_EQ(test, apcsmart_parse_volts("024"), 24000);
	KUNIT_EXPECT_EQ(test, apcsmart_parse_volts("230"), 230000);
	KUNIT_EXPECT_EQ(test, apcsmart_parse_volts("000"), -EBADMSG);
	KUNIT_EXPECT_EQ(test, apcsmart_parse_volts("NA"), -EBADMSG);
}

static void texts_are_parsed(struct kunit *test)
{
	static const char * const bad[] = { "", "NA", "NO", "OK", "SM", "BYE", "*", "   ", "---" };
	char text[UPS_STRING_LEN];
	unsigned int i;

	KUNIT_EXPECT_EQ(test, apcsmart_parse_text("SMART-UPS 700  ", text), 0);
	KUNIT_EXPECT_STREQ(test, text, "SMART-UPS 700");
	KUNIT_EXPECT_EQ(test, apcsmart_parse_text("50.9.D", text), 0);
	KUNIT_EXPECT_STREQ(test, text, "50.9.D");
	KUNIT_EXPECT_EQ(test, apcsmart_parse_text(LIST, text), 0);
	KUNIT_EXPECT_EQ(test, strlen(text), (size_t)UPS_STRING_LEN - 1);
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		KUNIT_EXPECT_EQ_MSG(test, apcsmart_parse_text(bad[i], text), -EBADMSG, "%s",
				    bad[i]);
}

static void commands_are_discovered(struct kunit *test)
{
	static const char * const bad[] = {
		"", "NA", "SM", "3", "3.", "3.!$", "3.!$.", "3.!$.ABC", "..Q", ".!.Q", "099.0",
		"3.!$.ABC.Q",
	};
	DECLARE_BITMAP(commands, APCSMART_COMMANDS);
	const char *c;
	unsigned int i;

	bitmap_zero(commands, APCSMART_COMMANDS);
	KUNIT_ASSERT_EQ(test, apcsmart_parse_commands(LIST, commands), 0);
	for (c = strrchr(LIST, '.') + 1; *c; c++)
		KUNIT_EXPECT_TRUE_MSG(test, test_bit(*c, commands), "%02x", *c);
	KUNIT_EXPECT_EQ(test, bitmap_weight(commands, APCSMART_COMMANDS),
			(unsigned int)strlen(strrchr(LIST, '.') + 1));

	/* With an alert before it, and with commands of two bytes after it */
	bitmap_zero(commands, APCSMART_COMMANDS);
	KUNIT_ASSERT_EQ(test, apcsmart_parse_commands("!3.!$.Qf.~z\xff", commands), 0);
	KUNIT_EXPECT_EQ(test, bitmap_weight(commands, APCSMART_COMMANDS), 2U);
	/* Bytes of 8 bits are no commands. */
	bitmap_zero(commands, APCSMART_COMMANDS);
	KUNIT_ASSERT_EQ(test, apcsmart_parse_commands("3..Q\x80\xff", commands), 0);
	KUNIT_EXPECT_EQ(test, bitmap_weight(commands, APCSMART_COMMANDS), 1U);

	bitmap_zero(commands, APCSMART_COMMANDS);
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		KUNIT_EXPECT_EQ_MSG(test, apcsmart_parse_commands(bad[i], commands), -EBADMSG,
				    "%s", bad[i]);
		KUNIT_EXPECT_TRUE_MSG(test, bitmap_empty(commands, APCSMART_COMMANDS), "%s",
				      bad[i]);
	}
}

/* Of firmware that has no list: one with a setting of the delay, and one without */
static void commands_of_old_firmware(struct kunit *test)
{
	static const struct {
		const char *firmware;
		const char *has;
		const char *lacks;
	} cases[] = {
		{ "6QD", "Qfjngp@SUW", "b8\x01-a" },
		{ "0XM", "Qfjngp@SUW8", "b\x01-a" },
		{ "9GI", "Qfg@SUWXBCFLOP", "jnpb8\x01" },
		{ "5.4.D", "Qfjngb@SUB\x01", "pCLOW8" },
		{ "42.X.I", "QfBCFLOPS", "jnpgbX8\x01" },
		{ "", "QfBCFLOPS", "jnpgbX8\x01" },
	};
	DECLARE_BITMAP(commands, APCSMART_COMMANDS);
	unsigned int i;
	const char *c;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		bitmap_zero(commands, APCSMART_COMMANDS);
		apcsmart_default_commands(cases[i].firmware, commands);
		for (c = cases[i].has; *c; c++)
			KUNIT_EXPECT_TRUE_MSG(test, test_bit(*c, commands), "%s has %c",
					      cases[i].firmware, *c);
		for (c = cases[i].lacks; *c; c++)
			KUNIT_EXPECT_FALSE_MSG(test, test_bit(*c, commands), "%s lacks %c",
					       cases[i].firmware, *c);
		/* These cut the power at once, or calibrate by a discharge. */
		for (c = "ZKD"; *c; c++)
			KUNIT_EXPECT_FALSE(test, test_bit(*c, commands));
	}
}

static void delays_are_never_too_short(struct kunit *test)
{
	static const int usual[] = { 20, 180, 300, 600 };
	static const int odd[] = { 480, 12, -ERANGE, 90, 270 };
	unsigned int s;
	int ret;

	for (s = 0; s <= 7200; s++) {
		ret = apcsmart_pick_delay(usual, ARRAY_SIZE(usual), s);
		KUNIT_ASSERT_EQ_MSG(test, ret, s <= 20 ? 20 : s <= 180 ? 180 : s <= 300 ? 300 :
				    s <= 600 ? 600 : -ERANGE, "%u", s);
		ret = apcsmart_pick_delay(odd, ARRAY_SIZE(odd), s);
		KUNIT_ASSERT_TRUE_MSG(test, ret == -ERANGE ? s > 480 : ret >= (int)s, "%u", s);
		ret = apcsmart_pick_delay(odd + 1, 1, s);
		KUNIT_ASSERT_EQ_MSG(test, ret, s <= 12 ? 12 : -ERANGE, "%u", s);
		KUNIT_ASSERT_EQ(test, apcsmart_pick_delay(odd, 0, s), -ERANGE);
	}
	KUNIT_EXPECT_EQ(test, apcsmart_pick_delay(usual, ARRAY_SIZE(usual), UINT_MAX), -ERANGE);
}

static void command_answers(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, apcsmart_verdict("S", "OK"), 0);
	KUNIT_EXPECT_EQ(test, apcsmart_verdict("S", "*"), 0);
	KUNIT_EXPECT_EQ(test, apcsmart_verdict("S", "NA"), -EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, apcsmart_verdict("S", "NO"), -EIO);
	KUNIT_EXPECT_EQ(test, apcsmart_verdict("S", "08"), 1);
	KUNIT_EXPECT_EQ(test, apcsmart_verdict("S", "S"), 1);
}

static void alerts_have_bits(struct kunit *test)
{
	u32 seen = 0;
	const char *c;

	for (c = APCSMART_ALERTS; *c; c++) {
		KUNIT_EXPECT_NE(test, apcsmart_alert(*c), 0U);
		KUNIT_EXPECT_EQ(test, apcsmart_alert(*c) & seen, 0U);
		seen |= apcsmart_alert(*c);
	}
	KUNIT_EXPECT_EQ(test, apcsmart_alert('Q'), 0U);
	KUNIT_EXPECT_EQ(test, apcsmart_alert('\0'), 0U);
}

static void random_replies_stay_in_bounds(struct kunit *test)
{
	static const char alphabet[] = "0123456789.:- NAOKSMQfj!$%\x01\x7f\xff";
	static const char * const good[] = { LIST, "099.0", "0327:", "08", "SMART-UPS 700" };
	static const char commands[] = "BCFLOPfjQ";
	char *reply = kunit_kzalloc(test, UPS_REPLY_LEN + 1, GFP_KERNEL);
	DECLARE_BITMAP(set, APCSMART_COMMANDS);
	unsigned int i, j, parsed = 0, rejected = 0;

	KUNIT_ASSERT_NOT_NULL(test, reply);
	for (i = 0; i < 20000; i++) {
		struct ups_status s = { };
		char text[UPS_STRING_LEN];
		size_t len;
		u32 flags;

		memset(reply, 0, UPS_REPLY_LEN + 1);
		strscpy(reply, good[i % ARRAY_SIZE(good)], UPS_REPLY_LEN + 1);
		len = strlen(reply);
		for (j = get_random_u32() % 4; j; j--)
			reply[get_random_u32() % len] =
				alphabet[get_random_u32() % (sizeof(alphabet) - 1)];
		if (!(i % 16))
			reply[get_random_u32() % len] = '\0';
		else if (!(i % 17))
			memset(reply + len, '7', UPS_REPLY_LEN - len);
		for (j = 0; j < sizeof(commands) - 1; j++) {
			if (apcsmart_parse_value(commands[j], reply, &s))
				rejected++;
			else
				parsed++;
		}
		apcsmart_parse_hex(reply);
		apcsmart_parse_test(reply, &flags);
		apcsmart_parse_seconds(reply);
		apcsmart_parse_volts(reply);
		apcsmart_parse_text(reply, text);
		bitmap_zero(set, APCSMART_COMMANDS);
		apcsmart_parse_commands(reply, set);
		apcsmart_default_commands(reply, set);
		apcsmart_verdict("S", reply);
		KUNIT_ASSERT_GE(test, s.charge, 0);
		KUNIT_ASSERT_LE(test, s.charge, 100);
		KUNIT_ASSERT_GE(test, s.runtime, 0);
		KUNIT_ASSERT_LE(test, s.load, 200);
		KUNIT_ASSERT_GE(test, s.battery_uv, 0);
	}
	KUNIT_EXPECT_GT(test, parsed, 1000U);
	KUNIT_EXPECT_GT(test, rejected, 1000U);
}

static struct kunit_case apcsmart_cases[] = {
	KUNIT_CASE(hex_is_parsed),
	KUNIT_CASE(state_is_converted),
	KUNIT_CASE(values_are_parsed),
	KUNIT_CASE(tests_and_registers_are_parsed),
	KUNIT_CASE(settings_are_parsed),
	KUNIT_CASE(texts_are_parsed),
	KUNIT_CASE(commands_are_discovered),
	KUNIT_CASE(commands_of_old_firmware),
	KUNIT_CASE(delays_are_never_too_short),
	KUNIT_CASE(command_answers),
	KUNIT_CASE(alerts_have_bits),
	KUNIT_CASE(random_replies_stay_in_bounds),
	{ }
};

struct kunit_suite ups_apcsmart_suite = {
	.name = "ups_apcsmart",
	.test_cases = apcsmart_cases,
};
