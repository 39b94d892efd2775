// SPDX-License-Identifier: GPL-2.0-only
/* Decoding of Smart Battery words, with examples from the specification. */
#include <kunit/test.h>
#include <linux/module.h>
#include <linux/power/psy_miniclass.h>

#include "../sbs.h"
#include "sbs_kunit.h"

struct spec_case {
	const char *desc;
	u16 raw;
	int ret;
	struct sbs_spec spec;
};

static const struct spec_case spec_cases[] = {
	/* Section 5.1.25: version 1.0, currents scaled by 10, is 4112 */
	{ "example of the specification", 4112, 0, { 1, 10, false } },
	{ "1.0", 0x0011, 0, { 1, 1, false } },
	{ "1.1 without PEC", 0x0021, 0, { 1, 1, false } },
	{ "1.1 with PEC", 0x0031, 0, { 1, 1, true } },
	{ "voltages times 1000", 0x0331, 0, { 1000, 1, true } },
	{ "currents times 100", 0x2031, 0, { 1, 100, true } },
	{ "both", 0x3121, 0, { 10, 1000, false } },
	{ "not programmed", 0x0000, 0, { 1, 1, false } },
	{ "exponent of voltage too large", 0x0431, -ERANGE, { 1, 1, true } },
	{ "exponent of current too large", 0x4031, -ERANGE, { 1, 1, true } },
	{ "floating bus", 0xffff, -ERANGE, { 1, 1, false } },
};

static void spec_case_desc(const struct spec_case *c, char *desc)
{
	strscpy(desc, c->desc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(spec, spec_cases, spec_case_desc);

static void specification_info(struct kunit *test)
{
	const struct spec_case *c = test->param_value;
	struct sbs_spec spec;

	KUNIT_EXPECT_EQ(test, sbs_decode_spec(c->raw, &spec), c->ret);
	KUNIT_EXPECT_EQ(test, spec.volt_scale, c->spec.volt_scale);
	KUNIT_EXPECT_EQ(test, spec.ip_scale, c->spec.ip_scale);
	KUNIT_EXPECT_EQ(test, spec.pec, c->spec.pec);
}

struct status_case {
	const char *desc;
	u16 status;
	u16 mode;
	int ua;
	int psy_status;
	int health;
	int level;
};

#define GOOD		POWER_SUPPLY_HEALTH_GOOD
#define NORMAL		POWER_SUPPLY_CAPACITY_LEVEL_NORMAL
#define CRITICAL	POWER_SUPPLY_CAPACITY_LEVEL_CRITICAL
#define LOW		POWER_SUPPLY_CAPACITY_LEVEL_LOW
#define LEVEL_FULL	POWER_SUPPLY_CAPACITY_LEVEL_FULL
#define LEVEL_UNKNOWN	POWER_SUPPLY_CAPACITY_LEVEL_UNKNOWN
#define CHARGING	POWER_SUPPLY_STATUS_CHARGING
#define DISCHARGING	POWER_SUPPLY_STATUS_DISCHARGING
#define NOT_CHARGING	POWER_SUPPLY_STATUS_NOT_CHARGING
#define FULL		POWER_SUPPLY_STATUS_FULL

static const struct status_case status_cases[] = {
	{ "discharging", 0x00c0, 0, -1000, DISCHARGING, GOOD, NORMAL },
	{ "charging", 0x0080, 0, 1000, CHARGING, GOOD, NORMAL },
	{ "charging although the bit says discharging", 0x00c0, 0, 1, CHARGING, GOOD, NORMAL },
	{ "at rest: the bit is set as well", 0x00c0, 0, 0, NOT_CHARGING, GOOD, NORMAL },
	{ "at rest with a charger", 0x0080, 0, 0, NOT_CHARGING, GOOD, NORMAL },
	{ "full at rest", 0x00e0, 0, 0, FULL, GOOD, LEVEL_FULL },
	{ "full, trickle", 0x00a0, 0, 5, FULL, GOOD, LEVEL_FULL },
	{ "full but already discharging", 0x00e0, 0, -5, DISCHARGING, GOOD, LEVEL_FULL },
	{ "over-charged", 0x8080, 0, 1, CHARGING, POWER_SUPPLY_HEALTH_OVERVOLTAGE, NORMAL },
	{ "terminate charge is not a fault", 0x4080, 0, 1, CHARGING, GOOD, NORMAL },
	{ "over temperature", 0x10c0, 0, -1, DISCHARGING, POWER_SUPPLY_HEALTH_OVERHEAT, NORMAL },
	{ "overheat takes precedence", 0x90c0, 0, -1, DISCHARGING,
	  POWER_SUPPLY_HEALTH_OVERHEAT, NORMAL },
	{ "needs a conditioning cycle", 0x00c0, 0x0080, -1, DISCHARGING,
	  POWER_SUPPLY_HEALTH_CALIBRATION_REQUIRED, NORMAL },
	{ "terminate discharge", 0x08c0, 0, -1, DISCHARGING, GOOD, CRITICAL },
	{ "fully discharged", 0x00d0, 0, -1, DISCHARGING, GOOD, CRITICAL },
	{ "remaining capacity alarm", 0x02c0, 0, -1, DISCHARGING, GOOD, LOW },
	{ "remaining time alarm", 0x01c0, 0, -1, DISCHARGING, GOOD, LOW },
	{ "both alarms and empty", 0x0bd0, 0, -1, DISCHARGING, GOOD, CRITICAL },
	{ "error code is ignored", 0x00c7, 0, -1, DISCHARGING, GOOD, NORMAL },
	{ "not initialized", 0x0040, 0, -1, DISCHARGING, GOOD, LEVEL_UNKNOWN },
	{ "not initialized, full", 0x0060, 0, 0, FULL, GOOD, LEVEL_UNKNOWN },
	{ "not initialized, alarms", 0x1b50, 0, -1, DISCHARGING,
	  POWER_SUPPLY_HEALTH_OVERHEAT, LEVEL_UNKNOWN },
};

static void status_case_desc(const struct status_case *c, char *desc)
{
	strscpy(desc, c->desc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(status, status_cases, status_case_desc);

static void battery_status(struct kunit *test)
{
	const struct status_case *c = test->param_value;
	struct psy_values v = { };

	psy_values_set(&v, PSY_CURRENT_NOW, c->ua);
	sbs_decode_status(c->status, c->mode, &v);
	KUNIT_EXPECT_EQ(test, v.val[PSY_STATUS], c->psy_status);
	KUNIT_EXPECT_EQ(test, v.val[PSY_HEALTH], c->health);
	KUNIT_EXPECT_EQ(test, v.val[PSY_CAPACITY_LEVEL], c->level);
}

/* Without a current, FULLY_CHARGED is used only if DISCHARGING is clear. */
static void battery_status_without_current(struct kunit *test)
{
	struct psy_values v = { };

	sbs_decode_status(0x00c0, 0, &v);
	KUNIT_EXPECT_FALSE(test, v.valid & PSY_BIT(PSY_STATUS));
	sbs_decode_status(0x0080, 0, &v);
	KUNIT_EXPECT_FALSE(test, v.valid & PSY_BIT(PSY_STATUS));
	sbs_decode_status(0x00e0, 0, &v);
	KUNIT_EXPECT_FALSE(test, v.valid & PSY_BIT(PSY_STATUS));
	sbs_decode_status(0x00a0, 0, &v);
	KUNIT_EXPECT_TRUE(test, v.valid & PSY_BIT(PSY_STATUS));
	KUNIT_EXPECT_EQ(test, v.val[PSY_STATUS], FULL);
	KUNIT_EXPECT_EQ(test, v.val[PSY_HEALTH], GOOD);
}

/* Section 5.1.26: (year - 1980) * 512 + month * 32 + day */
static void manufacture_date(struct kunit *test)
{
	static const struct {
		u16 raw;
		int ret, year, month, day;
	} cases[] = {
		{ (2023 - 1980) * 512 + 7 * 32 + 14, 0, 2023, 7, 14 },
		{ 0 * 512 + 1 * 32 + 1, 0, 1980, 1, 1 },
		{ 127 * 512 + 12 * 32 + 31, 0, 2107, 12, 31 },
		{ 0, -ERANGE }, { 0xffff, -ERANGE },
		{ 40 * 512 + 0 * 32 + 1, -ERANGE }, { 40 * 512 + 13 * 32 + 1, -ERANGE },
		{ 40 * 512 + 1 * 32 + 0, -ERANGE },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct psy_values v = { };

		KUNIT_EXPECT_EQ(test, sbs_decode_date(cases[i].raw, &v), cases[i].ret);
		KUNIT_EXPECT_EQ(test, v.val[PSY_MANUFACTURE_YEAR], cases[i].year);
		KUNIT_EXPECT_EQ(test, v.val[PSY_MANUFACTURE_MONTH], cases[i].month);
		KUNIT_EXPECT_EQ(test, v.val[PSY_MANUFACTURE_DAY], cases[i].day);
		KUNIT_EXPECT_EQ(test, !v.valid, !!cases[i].ret);
	}
}

static struct kunit_case decode_cases[] = {
	KUNIT_CASE_PARAM(specification_info, spec_gen_params),
	KUNIT_CASE_PARAM(battery_status, status_gen_params),
	KUNIT_CASE(battery_status_without_current),
	KUNIT_CASE(manufacture_date),
	{ }
};

static struct kunit_suite sbs_decode_suite = {
	.name = "sbs_decode",
	.test_cases = decode_cases,
};

kunit_test_suites(&sbs_decode_suite, &sbs_bus_suite);

MODULE_DESCRIPTION("KUnit tests of sbs-gauge");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS("PSY_MINICLASS");
MODULE_IMPORT_NS("EXPORTED_FOR_KUNIT_TESTING");
