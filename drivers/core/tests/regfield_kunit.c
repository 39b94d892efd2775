// SPDX-License-Identifier: GPL-2.0-only
#include <kunit/test.h>
#include <linux/limits.h>

#include "../internal.h"
#include "fake_bus.h"

struct decode_case {
	const char *desc;
	struct psy_field_desc row;
	int mul;
	int div;
	u32 raw;
	int ret;
	int val;
};

static const struct decode_case decode_cases[] = {
	{ "plain word", { .mul = 1000 }, 1, 1, 11800, 0, 11800000 },
	{ "defaults", { }, 1, 1, 57, 0, 57 },
	{ "unsigned all ones", { }, 1, 1, 0xffff, 0, 65535 },
	{ "signed minus one", { .flags = PSY_ROW_SIGNED, .mul = 1000 }, 1, 1, 0xffff, 0, -1000 },
	{ "signed lowest", { .flags = PSY_ROW_SIGNED, .mul = 1000 }, 1, 1, 0x8000, 0, -32768000 },
	{ "signed 12 bits", { .flags = PSY_ROW_SIGNED, .bits = 12 }, 1, 1, 0xf800, 0, -2048 },
	{ "upper bits are ignored", { .bits = 8 }, 1, 1, 0xab12, 0, 0x12 },
	{ "32 bits", { .bits = 32, .flags = PSY_ROW_SIGNED }, 1, 1, 0xfffffffe, 0, -2 },
	{ "32 bits unsigned do not fit", { .bits = 32 }, 1, 1, 0xfffffffe, -ERANGE, 0 },
	{ "not available", { .flags = PSY_ROW_HAS_NA, .na = 0xffff, .mul = 60 },
	  1, 1, 0xffff, -ENODATA, 0 },
	{ "one below not available", { .flags = PSY_ROW_HAS_NA, .na = 0xffff, .mul = 60 },
	  1, 1, 0xfffe, 0, 65534 * 60 },
	{ "0.1 K: freezing", { .offset = -2731 }, 1, 1, 2731, 0, 0 },
	{ "0.1 K: just above", { .offset = -2731 }, 1, 1, 2732, 0, 1 },
	{ "0.1 K: room temperature", { .offset = -2731 }, 1, 1, 2982, 0, 251 },
	{ "below range", { .flags = PSY_ROW_RANGE, .min = 1, .max = 9 }, 1, 1, 0, -ERANGE, 0 },
	{ "lowest of range", { .flags = PSY_ROW_RANGE, .min = 1, .max = 9 }, 1, 1, 1, 0, 1 },
	{ "highest of range", { .flags = PSY_ROW_RANGE, .min = 1, .max = 9 }, 1, 1, 9, 0, 9 },
	{ "above range", { .flags = PSY_ROW_RANGE, .min = 1, .max = 9 }, 1, 1, 10, -ERANGE, 0 },
	{ "range of a negative", { .flags = PSY_ROW_RANGE | PSY_ROW_SIGNED, .min = -5, .max = 9 },
	  1, 1, 0xfffa, -ERANGE, 0 },
	{ "divisor rounds up", { .div = 2 }, 1, 1, 3, 0, 2 },
	{ "divisor rounds away from 0", { .div = 2, .flags = PSY_ROW_SIGNED },
	  1, 1, 0xfffd, 0, -2 },
	{ "divisor rounds down", { .div = 3 }, 1, 1, 4, 0, 1 },
	{ "scale", { .mul = 1000, .scale = PSY_SCALE_CURRENT }, 10, 1, 120, 0, 1200000 },
	{ "scale of another group", { .mul = 1000, .scale = PSY_SCALE_VOLTAGE },
	  10, 1, 120, 0, 120000 },
	{ "scale of charges", { .mul = 1000, .scale = PSY_SCALE_CHARGE }, 10, 1, 120, 0, 180000 },
	{ "scale by a sense resistor", { .mul = 15625, .div = 10, .scale = PSY_SCALE_CURRENT },
	  10, 20, 100, 0, 78125 },
	/* 1.5625 uV over 5 mOhm: 312.5 uA per count */
	{ "one division, up", { .mul = 15625, .div = 10000, .scale = PSY_SCALE_CURRENT },
	  1000000, 5000, 1, 0, 313 },
	{ "one division, exact", { .mul = 15625, .div = 10000, .scale = PSY_SCALE_CURRENT },
	  1000000, 5000, 2, 0, 625 },
	{ "one division, negative", { .mul = 15625, .div = 10000, .flags = PSY_ROW_SIGNED,
				      .scale = PSY_SCALE_CURRENT },
	  1000000, 5000, 0xfffd, 0, -938 },
	{ "one division, down", { .mul = 1, .div = 3, .scale = PSY_SCALE_CURRENT },
	  1, 3, 4, 0, 0 },
	{ "beyond 64 bits", { .bits = 32, .mul = INT_MAX, .scale = PSY_SCALE_CURRENT },
	  INT_MAX, INT_MAX, 0xffffffff, -ERANGE, 0 },
	{ "beyond 64 bits, negative", { .bits = 32, .flags = PSY_ROW_SIGNED, .mul = INT_MAX,
					.scale = PSY_SCALE_CURRENT },
	  INT_MAX, 1, 0x80000000, -ERANGE, 0 },
	{ "largest product", { .mul = 10000, .scale = PSY_SCALE_CURRENT },
	  1000, 1, 65535, -ERANGE, 0 },
	{ "bits 4 to 15", { .shift = 4, .bits = 12, .mul = 1250 }, 1, 1, 0xabcd, 0, 0xabc * 1250 },
	{ "upper byte", { .shift = 8, .bits = 8, .mul = 20000 }, 1, 1, 0xd1a7, 0, 0xd1 * 20000 },
	{ "bits 8 to 23, signed", { .shift = 8, .flags = PSY_ROW_SIGNED },
	  1, 1, 0x12ffff34, 0, -1 },
	{ "not available is compared after the shift",
	  { .shift = 4, .bits = 4, .flags = PSY_ROW_HAS_NA, .na = 0xf },
	  1, 1, 0x00f0, -ENODATA, 0 },
	{ "bias", { .bias = 0x7fff, .mul = 100 }, 1, 1, 0x8001, 0, 200 },
	{ "below the bias", { .bias = 0x7fff, .mul = 100 }, 1, 1, 0x7ffe, 0, -100 },
	{ "bias before the scale", { .bias = 0x7fff, .mul = 3, .scale = PSY_SCALE_CURRENT },
	  -10, 4, 0x8001, 0, -15 },
	{ "negative bias, not rounded", { .bias = -1, .div = 2 }, 1, 1, 2, 0, 2 },
	{ "beyond 64 bits before the scale", { .bits = 32, .bias = INT_MIN, .mul = INT_MAX,
					       .div = INT_MAX, .scale = PSY_SCALE_CURRENT },
	  1, INT_MAX, 0xffffffff, -ERANGE, 0 },
	{ "bits match", PSY_BITS(PSY_HEALTH, 0, 0x0a00, 0x0800, 7), 1, 1, 0xf9ff, 0, 7 },
	{ "bits do not match", PSY_BITS(PSY_HEALTH, 0, 0x0a00, 0x0800, 7),
	  1, 1, 0xffff, -ENODATA, 0 },
	{ "all bits have to match", PSY_BITS(PSY_HEALTH, 0, 0x0a00, 0x0a00, 7),
	  1, 1, 0x0800, -ENODATA, 0 },
	{ "a row for all other bits", PSY_BITS(PSY_HEALTH, 0, 0, 0, 3), 1, 1, 0xffff, 0, 3 },
	{ "bits for unknown match", PSY_UNKNOWN_IF(PSY_TEMP, 0, 0x04, 0),
	  1, 1, 0xfffb, -ENOENT, 0 },
	{ "bits for unknown do not match", PSY_UNKNOWN_IF(PSY_TEMP, 0, 0x04, 0),
	  1, 1, 0x0004, -ENODATA, 0 },
	{ "factor not known", { .mul = 1000, .scale = PSY_SCALE_CURRENT }, 0, 1, 120, -ENODATA, 0 },
	{ "factor of another group not known", { .mul = 1000, .scale = PSY_SCALE_VOLTAGE },
	  0, 1, 120, 0, 120000 },
	{ "just fits", { .mul = 32767, .scale = PSY_SCALE_CURRENT }, 1, 1, 65535, 0,
	  32767 * 65535 },
};

static void decode_case_desc(const struct decode_case *c, char *desc)
{
	strscpy(desc, c->desc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(decode, decode_cases, decode_case_desc);

static void row_decode(struct kunit *test)
{
	const struct decode_case *c = test->param_value;
	struct psy_scale scale[PSY_NR_SCALES] = {
		{ 1, 1 }, { 1, 1 }, { c->mul, c->div }, { 3, 2 }, { 1, 1 }, { 1, 1 },
	};
	int val = 4711;

	KUNIT_EXPECT_EQ(test, psy_row_decode(&c->row, scale, c->raw, &val), c->ret);
	KUNIT_EXPECT_EQ(test, val, c->ret ? 4711 : c->val);
}

/* 0.1 K, as in most gauges; 2731 corresponds to 0 °C. */
static void kelvin_to_celsius(struct kunit *test)
{
	static const struct psy_field_desc row = { PSY_TEMP, 0, .offset = -2731 };
	static const struct psy_scale scale[PSY_NR_SCALES] = {
		{ 1, 1 }, { 1, 1 }, { 1, 1 }, { 1, 1 }, { 1, 1 }, { 1, 1 },
	};
	static const int cases[][2] = { { 2731, 0 }, { 2732, 1 }, { 2982, 251 }, { 2631, -100 } };
	unsigned int i;
	int val;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		KUNIT_EXPECT_EQ(test, psy_row_decode(&row, scale, cases[i][0], &val), 0);
		KUNIT_EXPECT_EQ(test, val, cases[i][1]);
	}
}

static void values_out_of_range_are_unknown(struct kunit *test)
{
	struct psy_values v = { };
	int val = 7;

	KUNIT_EXPECT_EQ(test, psy_values_get(&v, PSY_TEMP, &val), -ENODATA);
	KUNIT_EXPECT_EQ(test, val, 7);
	KUNIT_EXPECT_EQ(test, psy_values_set(&v, PSY_TEMP, INT_MIN), 0);
	KUNIT_EXPECT_EQ(test, psy_values_get(&v, PSY_TEMP, &val), 0);
	KUNIT_EXPECT_EQ(test, val, INT_MIN);
	KUNIT_EXPECT_EQ(test, psy_values_set(&v, PSY_TEMP, (s64)INT_MAX + 1), -ERANGE);
	KUNIT_EXPECT_EQ(test, psy_values_get(&v, PSY_TEMP, &val), -ENODATA);
	KUNIT_EXPECT_EQ(test, psy_values_set(&v, PSY_TEMP, (s64)INT_MIN - 1), -ERANGE);
}

struct string_case {
	const char *desc;
	const char *in;
	size_t len;
	const char *out;
};

static const struct string_case string_cases[] = {
	{ "plain", "ACME", 4, "ACME" },
	{ "no NUL", "LIONxyz", 4, "LION" },
	{ "NUL inside", "AB\0CD", 5, "AB" },
	{ "spaces at both ends", "  A B  ", 7, "A B" },
	{ "not printable", "A\001B\377", 4, "A?B?" },
	{ "only spaces", "   ", 3, "" },
	{ "empty", "", 0, "" },
};

static void string_case_desc(const struct string_case *c, char *desc)
{
	strscpy(desc, c->desc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(string, string_cases, string_case_desc);

static void string_clean(struct kunit *test)
{
	const struct string_case *c = test->param_value;
	char out[PSY_STRING_LEN];

	psy_string_clean(out, (const u8 *)c->in, c->len);
	KUNIT_EXPECT_STREQ(test, out, c->out);
}

static void string_clean_long(struct kunit *test)
{
	char out[PSY_STRING_LEN];
	u8 in[200];

	memset(in, 'x', sizeof(in));
	psy_string_clean(out, in, sizeof(in));
	KUNIT_EXPECT_EQ(test, strlen(out), (size_t)PSY_STRING_LEN - 1);
}

static struct kunit_case regfield_cases[] = {
	KUNIT_CASE_PARAM(row_decode, decode_gen_params),
	KUNIT_CASE(kelvin_to_celsius),
	KUNIT_CASE(values_out_of_range_are_unknown),
	KUNIT_CASE_PARAM(string_clean, string_gen_params),
	KUNIT_CASE(string_clean_long),
	{ }
};

struct kunit_suite psy_regfield_suite = {
	.name = "psy_regfield",
	.test_cases = regfield_cases,
};
