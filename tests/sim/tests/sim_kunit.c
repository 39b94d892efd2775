// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of the simulated battery itself: with a wrong model the tests of the
 * drivers would be worthless. Numbers are calculated by hand from the
 * Smart Battery and SMBus specifications, not taken from the code.
 */
#include <kunit/test.h>
#include <linux/i2c.h>
#include <linux/limits.h>
#include <linux/module.h>
#include <linux/string.h>

#include "../sim-bus.h"
#include "../sim-sbs.h"

#define HOUR_MS		(3600 * 1000)
#define UC_PER_MAH	3600000LL

struct sim_test {
	struct sim_sbs sbs;
	struct sim_bus bus;
};

static int sim_test_init(struct kunit *test)
{
	struct sim_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, t);
	sim_sbs_init(&t->sbs);
	sim_bus_init(&t->bus);
	test->priv = t;
	return 0;
}

static struct sim_sbs *pack(struct kunit *test)
{
	return &((struct sim_test *)test->priv)->sbs;
}

static struct sim_bus *bus(struct kunit *test)
{
	return &((struct sim_test *)test->priv)->bus;
}

/* A read by the host, which must succeed */
static u16 word(struct kunit *test, u8 cmd)
{
	u16 val = 0;

	KUNIT_EXPECT_EQ_MSG(test, 0, sim_sbs_read_word(pack(test), cmd, &val),
			    "command 0x%02x", cmd);
	return val;
}

static s16 sword(struct kunit *test, u8 cmd)
{
	return (s16)word(test, cmd);
}

static void write_word(struct kunit *test, u8 cmd, u16 val)
{
	KUNIT_EXPECT_EQ_MSG(test, 0, sim_sbs_write_word(pack(test), cmd, val),
			    "command 0x%02x", cmd);
}

static void expect_between(struct kunit *test, s64 low, s64 val, s64 high)
{
	KUNIT_EXPECT_GE(test, val, low);
	KUNIT_EXPECT_LE(test, val, high);
}

/* The pack over time */

static void sim_defaults(struct kunit *test)
{
	u8 text[SIM_SBS_BLOCK_MAX];

	KUNIT_EXPECT_EQ(test, 2592, (int)word(test, SIM_SBS_REMAINING_CAPACITY));
	KUNIT_EXPECT_EQ(test, 4180, (int)word(test, SIM_SBS_FULL_CHARGE_CAPACITY));
	KUNIT_EXPECT_EQ(test, 4400, (int)word(test, SIM_SBS_DESIGN_CAPACITY));
	KUNIT_EXPECT_EQ(test, 14400, (int)word(test, SIM_SBS_DESIGN_VOLTAGE));
	KUNIT_EXPECT_EQ(test, 62, (int)word(test, SIM_SBS_RELATIVE_STATE_OF_CHARGE));
	KUNIT_EXPECT_EQ(test, 59, (int)word(test, SIM_SBS_ABSOLUTE_STATE_OF_CHARGE));
	KUNIT_EXPECT_EQ(test, -1200, (int)sword(test, SIM_SBS_CURRENT));
	KUNIT_EXPECT_EQ(test, -1200, (int)sword(test, SIM_SBS_AVERAGE_CURRENT));
	KUNIT_EXPECT_EQ(test, 2981, (int)word(test, SIM_SBS_TEMPERATURE));
	KUNIT_EXPECT_EQ(test, 129, (int)word(test, SIM_SBS_RUN_TIME_TO_EMPTY));
	KUNIT_EXPECT_EQ(test, 57, (int)word(test, SIM_SBS_CYCLE_COUNT));
	KUNIT_EXPECT_EQ(test, 0x0031, (int)word(test, SIM_SBS_SPECIFICATION_INFO));
	KUNIT_EXPECT_EQ(test, 43 << 9 | 7 << 5 | 14, (int)word(test, SIM_SBS_MANUFACTURE_DATE));
	KUNIT_EXPECT_EQ(test, 0x1234, (int)word(test, SIM_SBS_SERIAL_NUMBER));
	KUNIT_EXPECT_EQ(test, 0x00c0, (int)word(test, SIM_SBS_BATTERY_STATUS));
	KUNIT_EXPECT_EQ(test, 440, (int)word(test, SIM_SBS_REMAINING_CAPACITY_ALARM));
	expect_between(test, 14400, word(test, SIM_SBS_VOLTAGE), 15200);

	KUNIT_ASSERT_EQ(test, 4, sim_sbs_read_block(pack(test), SIM_SBS_MANUFACTURER_NAME, text));
	KUNIT_EXPECT_EQ(test, 0, memcmp(text, "ACME", 4));
	KUNIT_ASSERT_EQ(test, 6, sim_sbs_read_block(pack(test), SIM_SBS_DEVICE_NAME, text));
	KUNIT_EXPECT_EQ(test, 0, memcmp(text, "SIM-4S", 6));
	KUNIT_ASSERT_EQ(test, 4, sim_sbs_read_block(pack(test), SIM_SBS_DEVICE_CHEMISTRY, text));
	KUNIT_EXPECT_EQ(test, 0, memcmp(text, "LION", 4));
}

struct steps {
	const char *name;
	unsigned int ms;
};

static const struct steps steps[] = {
	{ "at once", HOUR_MS },
	{ "seconds", 1000 },
	{ "odd parts of a second", 375 },
	{ "longer than the model's step", 24000 },
};

static void steps_desc(const struct steps *s, char *desc)
{
	strscpy(desc, s->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(steps, steps, steps_desc);

/* An hour at 1200 mA takes 1200 mAh, to the microcoulomb, with any steps. */
static void sim_integrates(struct kunit *test)
{
	const struct steps *s = test->param_value;
	struct sim_sbs *sbs = pack(test);
	s64 before = sbs->charge_uc;
	unsigned int ms;

	for (ms = 0; ms < HOUR_MS; ms += s->ms)
		sim_sbs_advance(sbs, s->ms);
	KUNIT_EXPECT_EQ(test, 1200 * UC_PER_MAH, before - sbs->charge_uc);

	sbs->load_ma = 600;
	before = sbs->charge_uc;
	for (ms = 0; ms < HOUR_MS; ms += s->ms)
		sim_sbs_advance(sbs, s->ms);
	KUNIT_EXPECT_EQ(test, 600 * UC_PER_MAH, sbs->charge_uc - before);
	KUNIT_EXPECT_EQ(test, 57, sbs->cycles);
}

static void sim_runs_empty(struct kunit *test)
{
	struct sim_sbs *sbs = pack(test);
	u16 mv;

	sim_sbs_set_soc_permille(sbs, 10);
	mv = word(test, SIM_SBS_VOLTAGE);
	sim_sbs_advance(sbs, HOUR_MS);
	KUNIT_EXPECT_EQ(test, 0LL, sbs->charge_uc);
	KUNIT_EXPECT_EQ(test, 0, (int)word(test, SIM_SBS_CURRENT));
	KUNIT_EXPECT_EQ(test, 0, (int)word(test, SIM_SBS_REMAINING_CAPACITY));
	KUNIT_EXPECT_LT(test, (int)word(test, SIM_SBS_VOLTAGE), mv - 1000);
	KUNIT_EXPECT_EQ(test, (int)SIM_SBS_NO_TIME, (int)word(test, SIM_SBS_RUN_TIME_TO_EMPTY));

	/* More time changes nothing. */
	sim_sbs_advance(sbs, U64_MAX);
	KUNIT_EXPECT_EQ(test, 0LL, sbs->charge_uc);
	KUNIT_EXPECT_EQ(test, 57, sbs->cycles);

	/* The pack counts as empty until it has been charged enough. */
	sbs->load_ma = 836;
	sim_sbs_advance(sbs, HOUR_MS / 2);
	KUNIT_EXPECT_TRUE(test, word(test, SIM_SBS_BATTERY_STATUS) &
			  SIM_SBS_STATUS_FULLY_DISCHARGED);
	sim_sbs_advance(sbs, HOUR_MS);
	KUNIT_EXPECT_FALSE(test, word(test, SIM_SBS_BATTERY_STATUS) &
			   SIM_SBS_STATUS_FULLY_DISCHARGED);
}

static void sim_runs_full(struct kunit *test)
{
	struct sim_sbs *sbs = pack(test);
	int ma, last = 1500;
	int minute;

	sbs->load_ma = 1500;
	for (minute = 0; minute < 600 && !sbs->full; minute++) {
		ma = sword(test, SIM_SBS_CURRENT);
		KUNIT_ASSERT_GT(test, ma, 0);
		KUNIT_ASSERT_LE(test, ma, last);
		KUNIT_ASSERT_LE(test, (int)word(test, SIM_SBS_VOLTAGE), 16800);
		last = ma;
		sim_sbs_advance(sbs, 60000);
	}
	expect_between(test, 90, minute, 300);
	KUNIT_EXPECT_LT(test, last, 150);
	KUNIT_EXPECT_EQ(test, sbs->full_uc, sbs->charge_uc);
	KUNIT_EXPECT_EQ(test, 100, (int)word(test, SIM_SBS_RELATIVE_STATE_OF_CHARGE));
	KUNIT_EXPECT_EQ(test, 0, (int)word(test, SIM_SBS_CURRENT));
	KUNIT_EXPECT_EQ(test, 0, (int)word(test, SIM_SBS_CHARGING_CURRENT));
	KUNIT_EXPECT_EQ(test, 0, (int)word(test, SIM_SBS_CHARGING_VOLTAGE));

	/* Full until a twentieth is gone: 418 mA for half an hour are 5 %. */
	sbs->load_ma = -418;
	sim_sbs_advance(sbs, HOUR_MS / 2 - 60000);
	KUNIT_EXPECT_TRUE(test, word(test, SIM_SBS_BATTERY_STATUS) & SIM_SBS_STATUS_FULLY_CHARGED);
	sim_sbs_advance(sbs, 120000);
	KUNIT_EXPECT_FALSE(test, word(test, SIM_SBS_BATTERY_STATUS) & SIM_SBS_STATUS_FULLY_CHARGED);
	KUNIT_EXPECT_EQ(test, 2200, (int)word(test, SIM_SBS_CHARGING_CURRENT));
	KUNIT_EXPECT_EQ(test, 16800, (int)word(test, SIM_SBS_CHARGING_VOLTAGE));
}

/* A first-order filter has done 63 % of a step after its time constant. */
static void sim_averages(struct kunit *test)
{
	struct sim_sbs *sbs = pack(test);
	int s;

	sbs->load_ma = -2200;
	KUNIT_EXPECT_EQ(test, -1200, (int)sword(test, SIM_SBS_AVERAGE_CURRENT));
	for (s = 0; s < 60; s++)
		sim_sbs_advance(sbs, 1000);
	expect_between(test, 625, -1200 - sword(test, SIM_SBS_AVERAGE_CURRENT), 640);
	sim_sbs_advance(sbs, HOUR_MS / 4);
	KUNIT_EXPECT_EQ(test, -2200, (int)sword(test, SIM_SBS_AVERAGE_CURRENT));

	/* Small steps do not get lost. */
	sbs->load_ma = -1200;
	for (s = 0; s < 60000; s++)
		sim_sbs_advance(sbs, 1);
	expect_between(test, 625, sword(test, SIM_SBS_AVERAGE_CURRENT) + 2200, 640);
}

static void sim_warms(struct kunit *test)
{
	struct sim_sbs *sbs = pack(test);
	int rise_1a, rise_2a;

	sim_sbs_set_soc_permille(sbs, 1000);
	sbs->load_ma = -1000;
	sim_sbs_advance(sbs, HOUR_MS);
	rise_1a = word(test, SIM_SBS_TEMPERATURE) - 2981;
	KUNIT_EXPECT_GT(test, rise_1a, 5);

	/* Twice the current, four times the heat */
	sim_sbs_set_soc_permille(sbs, 1000);
	sbs->load_ma = -2000;
	sim_sbs_advance(sbs, HOUR_MS);
	rise_2a = word(test, SIM_SBS_TEMPERATURE) - 2981;
	expect_between(test, 4 * rise_1a - 3, rise_2a, 4 * rise_1a + 3);

	sbs->load_ma = 0;
	sim_sbs_advance(sbs, 10 * HOUR_MS);
	KUNIT_EXPECT_EQ(test, 2981, (int)word(test, SIM_SBS_TEMPERATURE));
}

/* A cycle is the design capacity, discharged in any portions. */
static void sim_wears(struct kunit *test)
{
	struct sim_sbs *sbs = pack(test);
	int i;

	sbs->load_ma = -1100;
	for (i = 0; i < 4; i++) {
		KUNIT_EXPECT_EQ(test, 57, sbs->cycles);
		sim_sbs_set_soc_permille(sbs, 900);
		sim_sbs_advance(sbs, HOUR_MS);
	}
	KUNIT_EXPECT_EQ(test, 58, sbs->cycles);
	expect_between(test, 4170, word(test, SIM_SBS_FULL_CHARGE_CAPACITY), 4179);
}

/* Units, scales and markers */

static void sim_converts_units(struct kunit *test)
{
	struct sim_sbs *sbs = pack(test);

	write_word(test, SIM_SBS_REMAINING_CAPACITY_ALARM, 500);
	write_word(test, SIM_SBS_BATTERY_MODE, SIM_SBS_MODE_CAPACITY);

	/* 4180 mAh at 14.4 V are 60.192 Wh. */
	KUNIT_EXPECT_EQ(test, 6019, (int)word(test, SIM_SBS_FULL_CHARGE_CAPACITY));
	KUNIT_EXPECT_EQ(test, 6336, (int)word(test, SIM_SBS_DESIGN_CAPACITY));
	KUNIT_EXPECT_EQ(test, 3732, (int)word(test, SIM_SBS_REMAINING_CAPACITY));
	KUNIT_EXPECT_EQ(test, 720, (int)word(test, SIM_SBS_REMAINING_CAPACITY_ALARM));
	/* Not in this unit: */
	KUNIT_EXPECT_EQ(test, -1200, (int)sword(test, SIM_SBS_CURRENT));
	KUNIT_EXPECT_EQ(test, 62, (int)word(test, SIM_SBS_RELATIVE_STATE_OF_CHARGE));

	/* Times follow power: 37.32 Wh at 14.936 V * 1.2 A */
	expect_between(test, 124, word(test, SIM_SBS_RUN_TIME_TO_EMPTY), 126);
	write_word(test, SIM_SBS_AT_RATE, (u16)-3732);
	KUNIT_EXPECT_EQ(test, 59, (int)word(test, SIM_SBS_AT_RATE_TIME_TO_EMPTY));

	write_word(test, SIM_SBS_BATTERY_MODE, 0);
	KUNIT_EXPECT_EQ(test, 4180, (int)word(test, SIM_SBS_FULL_CHARGE_CAPACITY));
	KUNIT_EXPECT_EQ(test, 500, (int)word(test, SIM_SBS_REMAINING_CAPACITY_ALARM));

	/* Every value that was written is read again, in either unit. */
	sbs->design_mv = 11100;
	sim_sbs_set_mode(sbs, SIM_SBS_MODE_CAPACITY);
	for (u16 raw = 0; raw < 10000; raw += 7) {
		write_word(test, SIM_SBS_REMAINING_CAPACITY_ALARM, raw);
		KUNIT_ASSERT_EQ(test, (int)raw, (int)word(test, SIM_SBS_REMAINING_CAPACITY_ALARM));
	}
}

struct scale {
	u16 spec;
	int mv;
	int ma;
	int mah;
	int energy;
};

static const struct scale scales[] = {
	{ 0x0031, 14400, -1200, 4180, 6019 },
	{ 0x0131, 1440, -1200, 4180, 602 },
	{ 0x1031, 14400, -120, 418, 602 },
	{ 0x1131, 1440, -120, 418, 60 },
	{ 0x2231, 144, -12, 42, 1 },
	{ 0x3331, 14, -1, 4, 0 },
	/* Undefined exponents: taken as 0 */
	{ 0x4431, 14400, -1200, 4180, 6019 },
	{ 0xff31, 14400, -1200, 4180, 6019 },
};

static void scale_desc(const struct scale *s, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%#06x", s->spec);
}

KUNIT_ARRAY_PARAM(scale, scales, scale_desc);

static void sim_scales(struct kunit *test)
{
	const struct scale *s = test->param_value;
	struct sim_sbs *sbs = pack(test);

	sbs->spec_info = s->spec;
	KUNIT_EXPECT_EQ(test, s->mv, (int)word(test, SIM_SBS_DESIGN_VOLTAGE));
	KUNIT_EXPECT_EQ(test, s->ma, (int)sword(test, SIM_SBS_CURRENT));
	KUNIT_EXPECT_EQ(test, s->ma, (int)sword(test, SIM_SBS_AVERAGE_CURRENT));
	KUNIT_EXPECT_EQ(test, s->mah, (int)word(test, SIM_SBS_FULL_CHARGE_CAPACITY));
	KUNIT_EXPECT_EQ(test, 2200, (int)word(test, SIM_SBS_CHARGING_CURRENT));
	KUNIT_EXPECT_EQ(test, 16800, (int)word(test, SIM_SBS_CHARGING_VOLTAGE));
	KUNIT_EXPECT_EQ(test, 62, (int)word(test, SIM_SBS_RELATIVE_STATE_OF_CHARGE));
	KUNIT_EXPECT_EQ(test, 129, (int)word(test, SIM_SBS_RUN_TIME_TO_EMPTY));

	sim_sbs_set_mode(sbs, SIM_SBS_MODE_CAPACITY);
	KUNIT_EXPECT_EQ(test, s->energy, (int)word(test, SIM_SBS_FULL_CHARGE_CAPACITY));
}

static void sim_says_no_time(struct kunit *test)
{
	struct sim_sbs *sbs = pack(test);
	const int none = SIM_SBS_NO_TIME;

	KUNIT_EXPECT_NE(test, none, (int)word(test, SIM_SBS_RUN_TIME_TO_EMPTY));
	KUNIT_EXPECT_NE(test, none, (int)word(test, SIM_SBS_AVERAGE_TIME_TO_EMPTY));
	KUNIT_EXPECT_EQ(test, none, (int)word(test, SIM_SBS_AVERAGE_TIME_TO_FULL));

	sbs->load_ma = 1000;
	sim_sbs_advance(sbs, 600000);
	KUNIT_EXPECT_EQ(test, none, (int)word(test, SIM_SBS_RUN_TIME_TO_EMPTY));
	KUNIT_EXPECT_EQ(test, none, (int)word(test, SIM_SBS_AVERAGE_TIME_TO_EMPTY));
	/* (4180 - 2592 - 167) mAh at 1000 mA */
	expect_between(test, 84, word(test, SIM_SBS_AVERAGE_TIME_TO_FULL), 86);

	/* At rest there is none, even while the average current is not zero yet. */
	sbs->load_ma = 0;
	KUNIT_EXPECT_GT(test, (int)sword(test, SIM_SBS_AVERAGE_CURRENT), 0);
	KUNIT_EXPECT_EQ(test, none, (int)word(test, SIM_SBS_AVERAGE_TIME_TO_FULL));
	sbs->load_ma = -1000;
	sim_sbs_advance(sbs, 600000);
	sbs->load_ma = 0;
	KUNIT_EXPECT_LT(test, (int)sword(test, SIM_SBS_AVERAGE_CURRENT), 0);
	KUNIT_EXPECT_EQ(test, none, (int)word(test, SIM_SBS_RUN_TIME_TO_EMPTY));
	KUNIT_EXPECT_EQ(test, none, (int)word(test, SIM_SBS_AVERAGE_TIME_TO_EMPTY));
	KUNIT_EXPECT_EQ(test, none, (int)word(test, SIM_SBS_AVERAGE_TIME_TO_FULL));

	/* A time that does not fit must not look like none. */
	sbs->load_ma = -1;
	KUNIT_EXPECT_EQ(test, none - 1, (int)word(test, SIM_SBS_RUN_TIME_TO_EMPTY));
}

static void sim_at_rate(struct kunit *test)
{
	const int none = SIM_SBS_NO_TIME;

	KUNIT_EXPECT_EQ(test, none, (int)word(test, SIM_SBS_AT_RATE_TIME_TO_FULL));
	KUNIT_EXPECT_EQ(test, none, (int)word(test, SIM_SBS_AT_RATE_TIME_TO_EMPTY));
	KUNIT_EXPECT_EQ(test, 1, (int)word(test, SIM_SBS_AT_RATE_OK));

	/* 2591.6 mAh at 500 mA: 5 h 11 min */
	write_word(test, SIM_SBS_AT_RATE, (u16)-500);
	KUNIT_EXPECT_EQ(test, -500, (int)sword(test, SIM_SBS_AT_RATE));
	KUNIT_EXPECT_EQ(test, 310, (int)word(test, SIM_SBS_AT_RATE_TIME_TO_EMPTY));
	KUNIT_EXPECT_EQ(test, none, (int)word(test, SIM_SBS_AT_RATE_TIME_TO_FULL));
	KUNIT_EXPECT_EQ(test, 1, (int)word(test, SIM_SBS_AT_RATE_OK));

	/* 1588.4 mAh at 500 mA */
	write_word(test, SIM_SBS_AT_RATE, 500);
	KUNIT_EXPECT_EQ(test, none, (int)word(test, SIM_SBS_AT_RATE_TIME_TO_EMPTY));
	KUNIT_EXPECT_EQ(test, 190, (int)word(test, SIM_SBS_AT_RATE_TIME_TO_FULL));

	/* 4 mAh are not enough for ten seconds of 1200 + 500 mA. */
	sim_sbs_set_soc_permille(pack(test), 1);
	write_word(test, SIM_SBS_AT_RATE, (u16)-500);
	KUNIT_EXPECT_EQ(test, 0, (int)word(test, SIM_SBS_AT_RATE_OK));
}

/* Status */

struct alarm_case {
	const char *name;
	int permille;
	int ma;
	int dk;
	u16 status;
};

#define INIT	SIM_SBS_STATUS_INITIALIZED
#define DSG	SIM_SBS_STATUS_DISCHARGING
#define FC	SIM_SBS_STATUS_FULLY_CHARGED
#define FD	SIM_SBS_STATUS_FULLY_DISCHARGED
#define OCA	SIM_SBS_STATUS_OVER_CHARGED
#define TCA	SIM_SBS_STATUS_TERMINATE_CHARGE
#define OTA	SIM_SBS_STATUS_OVER_TEMP
#define TDA	SIM_SBS_STATUS_TERMINATE_DISCHARGE
#define RCA	SIM_SBS_STATUS_REMAINING_CAPACITY
#define RTA	SIM_SBS_STATUS_REMAINING_TIME

static const struct alarm_case alarms[] = {
	{ "discharging", 500, -1000, 2981, INIT | DSG },
	{ "at rest", 500, 0, 2981, INIT | DSG },
	{ "charging", 500, 1000, 2981, INIT },
	{ "full at rest", 1000, 0, 2981, INIT | DSG | FC },
	{ "full on the charger", 1000, 1000, 2981, INIT | DSG | FC | TCA },
	{ "full in use", 1000, -1000, 2981, INIT | DSG | FC },
	{ "over-charged", 1050, 0, 2981, INIT | DSG | FC | OCA | TCA },
	{ "over-charged in use", 1050, -1000, 2981, INIT | DSG | FC },
	{ "low", 100, -1000, 2981, INIT | DSG | RCA },
	{ "low on the charger", 100, 1000, 2981, INIT | RCA },
	{ "low soon empty", 30, -1000, 2981, INIT | DSG | RCA | RTA },
	{ "nearly empty", 5, -1000, 2981, INIT | DSG | RCA | RTA | TDA },
	{ "empty in use", 0, -1000, 2981, INIT | DSG | RCA | TDA | FD },
	{ "empty at rest", 0, 0, 2981, INIT | DSG | RCA | FD },
	{ "just not hot", 500, 0, 3331, INIT | DSG },
	{ "hot", 500, -1000, 3332, INIT | DSG | OTA },
	{ "hot on the charger", 500, 1000, 3332, INIT | DSG | OTA | TCA },
};

static void alarm_desc(const struct alarm_case *a, char *desc)
{
	strscpy(desc, a->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(alarm, alarms, alarm_desc);

static void sim_alarms(struct kunit *test)
{
	const struct alarm_case *a = test->param_value;
	struct sim_sbs *sbs = pack(test);

	sim_sbs_remove(sbs);
	sim_sbs_set_soc_permille(sbs, a->permille);
	sbs->load_ma = a->ma;
	sim_sbs_set_temp_dk(sbs, a->dk);
	sim_sbs_insert(sbs);
	KUNIT_EXPECT_EQ(test, (int)a->status, (int)word(test, SIM_SBS_BATTERY_STATUS));
	if (a->status & (OTA | OCA))
		KUNIT_EXPECT_EQ(test, 0, (int)word(test, SIM_SBS_CHARGING_CURRENT));

	/* Alarms that the host turns off */
	write_word(test, SIM_SBS_REMAINING_CAPACITY_ALARM, 0);
	write_word(test, SIM_SBS_REMAINING_TIME_ALARM, 0);
	KUNIT_EXPECT_EQ(test, a->status & ~(RCA | RTA), (int)word(test, SIM_SBS_BATTERY_STATUS));
}

static void sim_mode_bits(struct kunit *test)
{
	struct sim_sbs *sbs = pack(test);

	/* Read-only bits keep what they are. */
	sim_sbs_set_mode(sbs, 0x0083);
	KUNIT_EXPECT_EQ(test, 0, sbs->mode_writes);
	write_word(test, SIM_SBS_BATTERY_MODE, 0xff7c);
	KUNIT_EXPECT_EQ(test, 0xe383, (int)word(test, SIM_SBS_BATTERY_MODE));
	KUNIT_EXPECT_EQ(test, 1, sbs->mode_writes);

	/* ALARM_MODE ends after a minute, unless it is set again. */
	sim_sbs_advance(sbs, 40000);
	write_word(test, SIM_SBS_BATTERY_MODE, SIM_SBS_MODE_ALARM);
	sim_sbs_advance(sbs, 40000);
	KUNIT_EXPECT_EQ(test, 0x2083, (int)word(test, SIM_SBS_BATTERY_MODE));
	sim_sbs_advance(sbs, 20000);
	KUNIT_EXPECT_EQ(test, 0x0083, (int)word(test, SIM_SBS_BATTERY_MODE));

	/* A pack whose unit cannot be changed */
	sim_sbs_override(sbs, SIM_SBS_BATTERY_MODE, 0);
	write_word(test, SIM_SBS_BATTERY_MODE, SIM_SBS_MODE_CAPACITY);
	KUNIT_EXPECT_EQ(test, 0, (int)word(test, SIM_SBS_BATTERY_MODE));
	KUNIT_EXPECT_EQ(test, 4180, (int)word(test, SIM_SBS_FULL_CHARGE_CAPACITY));
	KUNIT_EXPECT_EQ(test, 3, sbs->mode_writes);
}

static void expect_error(struct kunit *test, int ret, enum sim_sbs_error error)
{
	KUNIT_EXPECT_EQ(test, -ENXIO, ret);
	KUNIT_EXPECT_EQ(test, (int)error,
			(int)(word(test, SIM_SBS_BATTERY_STATUS) & SIM_SBS_STATUS_ERROR));
	/* Reported once */
	KUNIT_EXPECT_EQ(test, 0, (int)(word(test, SIM_SBS_BATTERY_STATUS) & SIM_SBS_STATUS_ERROR));
}

static void sim_errors(struct kunit *test)
{
	struct sim_sbs *sbs = pack(test);
	u8 buf[SIM_SBS_BLOCK_MAX];
	u16 val;

	expect_error(test, sim_sbs_read_word(sbs, 0x1d, &val), SIM_SBS_RESERVED);
	expect_error(test, sim_sbs_read_word(sbs, 0xff, &val), SIM_SBS_RESERVED);
	expect_error(test, sim_sbs_read_word(sbs, 0x2f, &val), SIM_SBS_UNSUPPORTED);
	expect_error(test, sim_sbs_read_word(sbs, 0x3e, &val), SIM_SBS_UNSUPPORTED);
	expect_error(test, sim_sbs_read_word(sbs, SIM_SBS_DEVICE_NAME, &val), SIM_SBS_BAD_SIZE);
	expect_error(test, sim_sbs_read_block(sbs, SIM_SBS_VOLTAGE, buf), SIM_SBS_BAD_SIZE);
	expect_error(test, sim_sbs_read_block(sbs, 0x24, buf), SIM_SBS_RESERVED);
	expect_error(test, sim_sbs_write_word(sbs, SIM_SBS_VOLTAGE, 1), SIM_SBS_ACCESS_DENIED);
	expect_error(test, sim_sbs_write_word(sbs, SIM_SBS_DEVICE_NAME, 1), SIM_SBS_ACCESS_DENIED);
	expect_error(test, sim_sbs_write_word(sbs, 0x3f, 1), SIM_SBS_UNSUPPORTED);
}

static void sim_overrides(struct kunit *test)
{
	struct sim_sbs *sbs = pack(test);

	sim_sbs_override(sbs, SIM_SBS_VOLTAGE, 0xffff);
	sim_sbs_override(sbs, SIM_SBS_MANUFACTURER_ACCESS, 7);
	KUNIT_EXPECT_EQ(test, 0xffff, (int)word(test, SIM_SBS_VOLTAGE));
	KUNIT_EXPECT_EQ(test, 7, (int)word(test, SIM_SBS_MANUFACTURER_ACCESS));
	KUNIT_EXPECT_EQ(test, 62, (int)word(test, SIM_SBS_RELATIVE_STATE_OF_CHARGE));
	sim_sbs_release(sbs, SIM_SBS_VOLTAGE);
	KUNIT_EXPECT_NE(test, 0xffff, (int)word(test, SIM_SBS_VOLTAGE));
	KUNIT_EXPECT_EQ(test, 7, (int)word(test, SIM_SBS_MANUFACTURER_ACCESS));

	sbs->status_or = 0x1003;
	KUNIT_EXPECT_EQ(test, 0x10c3, (int)word(test, SIM_SBS_BATTERY_STATUS));
}

/* Presence */

static void sim_removal(struct kunit *test)
{
	struct sim_sbs *sbs = pack(test);
	u8 buf[SIM_SBS_BLOCK_MAX];
	s64 charge;
	u16 val;

	write_word(test, SIM_SBS_BATTERY_MODE, SIM_SBS_MODE_CAPACITY);
	write_word(test, SIM_SBS_AT_RATE, 100);
	write_word(test, SIM_SBS_REMAINING_TIME_ALARM, 77);
	sim_sbs_remove(sbs);
	KUNIT_EXPECT_EQ(test, -ENXIO, sim_sbs_read_word(sbs, SIM_SBS_VOLTAGE, &val));
	KUNIT_EXPECT_EQ(test, -ENXIO, sim_sbs_write_word(sbs, SIM_SBS_AT_RATE, 1));
	KUNIT_EXPECT_EQ(test, -ENXIO, sim_sbs_read_block(sbs, SIM_SBS_DEVICE_NAME, buf));

	/* A removed pack is not discharged. */
	charge = sbs->charge_uc;
	sim_sbs_advance(sbs, HOUR_MS);
	KUNIT_EXPECT_EQ(test, charge, sbs->charge_uc);

	sim_sbs_insert(sbs);
	KUNIT_EXPECT_EQ(test, 0, (int)word(test, SIM_SBS_BATTERY_MODE));
	KUNIT_EXPECT_EQ(test, 0, (int)word(test, SIM_SBS_AT_RATE));
	KUNIT_EXPECT_EQ(test, 10, (int)word(test, SIM_SBS_REMAINING_TIME_ALARM));
	KUNIT_EXPECT_EQ(test, -1200, (int)sword(test, SIM_SBS_AVERAGE_CURRENT));
	KUNIT_EXPECT_EQ(test, 2592, (int)word(test, SIM_SBS_REMAINING_CAPACITY));
}

static void sim_swaps(struct kunit *test)
{
	struct sim_sbs *sbs = pack(test), again = *sbs;
	u8 name[SIM_SBS_BLOCK_MAX];

	write_word(test, SIM_SBS_BATTERY_MODE, SIM_SBS_MODE_CAPACITY);
	sim_sbs_advance(sbs, 12345);
	sim_sbs_swap(sbs, 777);
	KUNIT_EXPECT_EQ(test, 777, (int)word(test, SIM_SBS_SERIAL_NUMBER));
	KUNIT_EXPECT_NE(test, 4400, (int)word(test, SIM_SBS_DESIGN_CAPACITY));
	KUNIT_EXPECT_NE(test, 57, (int)word(test, SIM_SBS_CYCLE_COUNT));
	KUNIT_EXPECT_NE(test, 43 << 9 | 7 << 5 | 14, (int)word(test, SIM_SBS_MANUFACTURE_DATE));
	KUNIT_EXPECT_EQ(test, 0, (int)word(test, SIM_SBS_BATTERY_MODE));
	KUNIT_EXPECT_LT(test, (int)word(test, SIM_SBS_REMAINING_CAPACITY),
			(int)word(test, SIM_SBS_FULL_CHARGE_CAPACITY));
	KUNIT_ASSERT_EQ(test, 8, sim_sbs_read_block(sbs, SIM_SBS_DEVICE_NAME, name));
	KUNIT_EXPECT_EQ(test, 0, memcmp(name, "SIM-0309", 8));
	KUNIT_ASSERT_GT(test, sim_sbs_read_block(sbs, SIM_SBS_MANUFACTURER_NAME, name), 4);

	/* The same serial number is the same pack, whatever pack was there before. */
	sim_sbs_swap(&again, 777);
	KUNIT_EXPECT_EQ(test, sbs->charge_uc, again.charge_uc);
	KUNIT_EXPECT_EQ(test, sbs->full_uc, again.full_uc);
	KUNIT_EXPECT_EQ(test, sbs->design_uc, again.design_uc);
	KUNIT_EXPECT_EQ(test, sbs->worn_uc, again.worn_uc);
	KUNIT_EXPECT_EQ(test, sbs->date, again.date);
	KUNIT_EXPECT_EQ(test, sbs->alarm_uc, again.alarm_uc);

	sim_sbs_remove(sbs);
	sim_sbs_swap(sbs, 778);
	KUNIT_EXPECT_FALSE(test, sbs->present);
	sim_sbs_insert(sbs);
	KUNIT_EXPECT_EQ(test, 778, (int)word(test, SIM_SBS_SERIAL_NUMBER));
}

/* Every serial number makes a plausible pack. */
static void sim_swaps_any(struct kunit *test)
{
	struct sim_sbs *sbs = pack(test);
	int serial, date;

	for (serial = 0; serial <= U16_MAX; serial += 13) {
		sim_sbs_swap(sbs, serial);
		date = word(test, SIM_SBS_MANUFACTURE_DATE);
		expect_between(test, 1, date & 31, 28);
		expect_between(test, 1, date >> 5 & 15, 12);
		expect_between(test, 2000, word(test, SIM_SBS_FULL_CHARGE_CAPACITY),
			       word(test, SIM_SBS_DESIGN_CAPACITY));
		expect_between(test, 30, word(test, SIM_SBS_RELATIVE_STATE_OF_CHARGE), 80);
		KUNIT_ASSERT_EQ(test, 0x00c0, (int)word(test, SIM_SBS_BATTERY_STATUS));
	}
}

/* Commands that a pack lacks, or refuses while it is busy */
static void sim_refuses(struct kunit *test)
{
	struct sim_sbs *sbs = pack(test);
	u8 text[SIM_SBS_BLOCK_MAX];
	u16 val;

	sbs->refused = BIT_ULL(SIM_SBS_CURRENT) | BIT_ULL(SIM_SBS_DEVICE_NAME) |
		       BIT_ULL(SIM_SBS_BATTERY_MODE);
	expect_error(test, sim_sbs_read_word(sbs, SIM_SBS_CURRENT, &val), SIM_SBS_UNSUPPORTED);
	expect_error(test, sim_sbs_read_block(sbs, SIM_SBS_DEVICE_NAME, text),
		     SIM_SBS_UNSUPPORTED);
	expect_error(test, sim_sbs_write_word(sbs, SIM_SBS_BATTERY_MODE, 0),
		     SIM_SBS_UNSUPPORTED);
	KUNIT_EXPECT_EQ(test, 0x1234, (int)word(test, SIM_SBS_SERIAL_NUMBER));
	sbs->refused = 0;
	KUNIT_EXPECT_EQ(test, 4400, (int)word(test, SIM_SBS_DESIGN_CAPACITY));

	sbs->busy = 2;
	/* It refuses to report the reason, too. */
	KUNIT_EXPECT_EQ(test, -ENXIO, sim_sbs_read_word(sbs, SIM_SBS_BATTERY_STATUS, &val));
	expect_error(test, sim_sbs_read_word(sbs, SIM_SBS_CURRENT, &val), SIM_SBS_BUSY);
	sbs->busy = 1;
	expect_error(test, sim_sbs_write_word(sbs, SIM_SBS_AT_RATE, 1), SIM_SBS_BUSY);
	KUNIT_EXPECT_EQ(test, 0x1234, (int)word(test, SIM_SBS_SERIAL_NUMBER));
}

static void sim_locked_mode(struct kunit *test)
{
	struct sim_sbs *sbs = pack(test);

	sim_sbs_set_mode(sbs, SIM_SBS_MODE_CAPACITY);
	sbs->mode_locked = 1;
	write_word(test, SIM_SBS_BATTERY_MODE, 0);
	KUNIT_EXPECT_EQ(test, 0x8000, (int)word(test, SIM_SBS_BATTERY_MODE));
	/* 4.4 Ah at 14.4 V, in 10 mWh */
	KUNIT_EXPECT_EQ(test, 6336, (int)word(test, SIM_SBS_DESIGN_CAPACITY));
	sbs->mode_locked = 2;
	expect_error(test, sim_sbs_write_word(sbs, SIM_SBS_BATTERY_MODE, 0),
		     SIM_SBS_ACCESS_DENIED);
	KUNIT_EXPECT_EQ(test, 0x8000, (int)word(test, SIM_SBS_BATTERY_MODE));
	sbs->mode_locked = 0;
	write_word(test, SIM_SBS_BATTERY_MODE, 0);
	KUNIT_EXPECT_EQ(test, 4400, (int)word(test, SIM_SBS_DESIGN_CAPACITY));
}

static void sim_clears_status(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, 0x00c0, (int)word(test, SIM_SBS_BATTERY_STATUS));
	pack(test)->status_clear = SIM_SBS_STATUS_INITIALIZED;
	KUNIT_EXPECT_EQ(test, 0x0040, (int)word(test, SIM_SBS_BATTERY_STATUS));
}

static struct kunit_case sim_sbs_cases[] = {
	KUNIT_CASE(sim_defaults),
	KUNIT_CASE_PARAM(sim_integrates, steps_gen_params),
	KUNIT_CASE(sim_runs_empty),
	KUNIT_CASE(sim_runs_full),
	KUNIT_CASE(sim_averages),
	KUNIT_CASE(sim_warms),
	KUNIT_CASE(sim_wears),
	KUNIT_CASE(sim_converts_units),
	KUNIT_CASE_PARAM(sim_scales, scale_gen_params),
	KUNIT_CASE(sim_says_no_time),
	KUNIT_CASE(sim_at_rate),
	KUNIT_CASE_PARAM(sim_alarms, alarm_gen_params),
	KUNIT_CASE(sim_mode_bits),
	KUNIT_CASE(sim_errors),
	KUNIT_CASE(sim_overrides),
	KUNIT_CASE(sim_removal),
	KUNIT_CASE(sim_swaps),
	KUNIT_CASE(sim_swaps_any),
	KUNIT_CASE(sim_refuses),
	KUNIT_CASE(sim_locked_mode),
	KUNIT_CASE(sim_clears_status),
	{ }
};

static struct kunit_suite sim_sbs_suite = {
	.name = "psy_sim_sbs",
	.init = sim_test_init,
	.test_cases = sim_sbs_cases,
};

/* The bus */

static int xfer(struct kunit *test, bool pec, bool read, u8 cmd, int size,
		union i2c_smbus_data *data)
{
	const struct sim_bus_msg msg = {
		.addr = SIM_BUS_PACK_ADDR, .pec = pec, .read = read, .cmd = cmd, .size = size,
	};

	return sim_bus_xfer(bus(test), pack(test), &msg, data);
}

/* A read of SerialNumber(): 0x1234 or an error */
static int read_serial(struct kunit *test, bool pec)
{
	union i2c_smbus_data data = { };
	int ret = xfer(test, pec, true, SIM_SBS_SERIAL_NUMBER, I2C_SMBUS_WORD_DATA, &data);

	return ret ?: data.word;
}

static void sim_crc(struct kunit *test)
{
	u8 bytes[64];
	u8 crc = 0;
	int i;

	/* The check value that catalogues of CRCs give for this polynomial */
	for (i = 0; i < 9; i++)
		crc = sim_bus_crc8(crc, "123456789"[i]);
	KUNIT_EXPECT_EQ(test, 0xf4, (int)crc);

	/* The kernel has a separate implementation. */
	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = i * 37 + 11;
	for (i = 0, crc = 0; i < sizeof(bytes); i++) {
		crc = sim_bus_crc8(crc, bytes[i]);
		KUNIT_EXPECT_EQ(test, (int)i2c_smbus_pec(0, bytes, i + 1), (int)crc);
	}
}

/* Reading raw bytes shows what comes after the data. */
static void sim_wire_bytes(struct kunit *test)
{
	union i2c_smbus_data data = { .block = { 5 } };

	/* 16 1c 17 34 12 has the code 91. */
	KUNIT_ASSERT_EQ(test, 0, xfer(test, false, true, SIM_SBS_SERIAL_NUMBER,
				      I2C_SMBUS_I2C_BLOCK_DATA, &data));
	KUNIT_EXPECT_EQ(test, 0, memcmp(data.block + 1, "\x34\x12\x91\xff\xff", 5));

	/* 16 22 17 04 "LION" has the code 31. */
	data.block[0] = 7;
	KUNIT_ASSERT_EQ(test, 0, xfer(test, false, true, SIM_SBS_DEVICE_CHEMISTRY,
				      I2C_SMBUS_I2C_BLOCK_DATA, &data));
	KUNIT_EXPECT_EQ(test, 0, memcmp(data.block + 1, "\x04LION\x31\xff", 7));
}

static void sim_transfers(struct kunit *test)
{
	union i2c_smbus_data data = { };

	KUNIT_EXPECT_EQ(test, 0x1234, read_serial(test, false));
	KUNIT_EXPECT_EQ(test, 0x1234, read_serial(test, true));

	KUNIT_EXPECT_EQ(test, 0, xfer(test, true, true, SIM_SBS_DEVICE_NAME,
				      I2C_SMBUS_BLOCK_DATA, &data));
	KUNIT_EXPECT_EQ(test, 0, memcmp(data.block, "\x06SIM-4S", 7));
	/* The length alone, as read by hosts without support for blocks */
	KUNIT_EXPECT_EQ(test, 0, xfer(test, false, true, SIM_SBS_DEVICE_NAME,
				      I2C_SMBUS_BYTE_DATA, &data));
	KUNIT_EXPECT_EQ(test, 6, (int)data.byte);

	data.word = 0x8000;
	KUNIT_EXPECT_EQ(test, 0, xfer(test, true, false, SIM_SBS_BATTERY_MODE,
				      I2C_SMBUS_WORD_DATA, &data));
	KUNIT_EXPECT_EQ(test, 0x8000, pack(test)->mode);
	data.word = 0;
	KUNIT_EXPECT_EQ(test, 0, xfer(test, false, false, SIM_SBS_BATTERY_MODE,
				      I2C_SMBUS_WORD_DATA, &data));
	KUNIT_EXPECT_EQ(test, 0, pack(test)->mode);
	KUNIT_EXPECT_EQ(test, 2, pack(test)->mode_writes);

	KUNIT_EXPECT_EQ(test, -ENXIO, xfer(test, false, false, SIM_SBS_BATTERY_MODE,
					   I2C_SMBUS_BYTE_DATA, &data));
	KUNIT_EXPECT_EQ(test, -ENXIO, xfer(test, false, true, 0x3e, I2C_SMBUS_WORD_DATA, &data));

	KUNIT_EXPECT_EQ(test, 0, xfer(test, false, false, 0, I2C_SMBUS_QUICK, NULL));
	sim_sbs_remove(pack(test));
	KUNIT_EXPECT_EQ(test, -ENXIO, xfer(test, false, false, 0, I2C_SMBUS_QUICK, NULL));
	KUNIT_EXPECT_EQ(test, -ENXIO, xfer(test, false, true, 0, I2C_SMBUS_BYTE, &data));
	KUNIT_EXPECT_EQ(test, -ENXIO, read_serial(test, false));
}

/* A word that is read as a block: its low byte looks like a length. */
static void sim_wrong_protocol(struct kunit *test)
{
	union i2c_smbus_data data = { };

	sim_sbs_override(pack(test), SIM_SBS_SERIAL_NUMBER, 0x4103);
	KUNIT_EXPECT_EQ(test, 0, xfer(test, false, true, SIM_SBS_SERIAL_NUMBER,
				      I2C_SMBUS_BLOCK_DATA, &data));
	KUNIT_EXPECT_EQ(test, 3, (int)data.block[0]);
	KUNIT_EXPECT_EQ(test, 0x41, (int)data.block[1]);
	KUNIT_EXPECT_EQ(test, 0xff, (int)data.block[3]);
	KUNIT_EXPECT_EQ(test, -EBADMSG, xfer(test, true, true, SIM_SBS_SERIAL_NUMBER,
					     I2C_SMBUS_BLOCK_DATA, &data));
	sim_sbs_override(pack(test), SIM_SBS_SERIAL_NUMBER, 33);
	KUNIT_EXPECT_EQ(test, -EPROTO, xfer(test, false, true, SIM_SBS_SERIAL_NUMBER,
					    I2C_SMBUS_BLOCK_DATA, &data));
	KUNIT_EXPECT_EQ(test, -EOPNOTSUPP, xfer(test, false, true, SIM_SBS_SERIAL_NUMBER,
						I2C_SMBUS_PROC_CALL, &data));
}

static void sim_pack_without_pec(struct kunit *test)
{
	union i2c_smbus_data data = { .word = 0x8000 };
	int serial;

	pack(test)->spec_info = 0x0021;
	KUNIT_EXPECT_EQ(test, 0x1234, read_serial(test, false));
	/* Whatever the data, no code is right by chance. */
	for (serial = 0; serial < 512; serial++) {
		pack(test)->serial = serial;
		KUNIT_ASSERT_EQ(test, -EBADMSG, read_serial(test, true));
		KUNIT_ASSERT_EQ(test, serial, read_serial(test, false));
	}
	KUNIT_EXPECT_EQ(test, -ENXIO, xfer(test, true, false, SIM_SBS_BATTERY_MODE,
					   I2C_SMBUS_WORD_DATA, &data));
	KUNIT_EXPECT_EQ(test, 0, pack(test)->mode);
	KUNIT_EXPECT_EQ(test, 0, xfer(test, false, false, SIM_SBS_BATTERY_MODE,
				      I2C_SMBUS_WORD_DATA, &data));
	KUNIT_EXPECT_EQ(test, 0x8000, pack(test)->mode);
}

static void sim_accounts(struct kunit *test)
{
	union i2c_smbus_data data = { };
	struct sim_bus *b = bus(test);

	/* Five bytes of 9 bits, START, repeated START and STOP, 10 us each */
	read_serial(test, false);
	KUNIT_EXPECT_EQ(test, 1ULL, b->transfers);
	KUNIT_EXPECT_EQ(test, 5ULL, b->bytes);
	KUNIT_EXPECT_EQ(test, 480000ULL, b->busy_ns);

	sim_bus_reset(b);
	read_serial(test, true);
	KUNIT_EXPECT_EQ(test, 6ULL, b->bytes);
	KUNIT_EXPECT_EQ(test, 570000ULL, b->busy_ns);

	sim_bus_reset(b);
	xfer(test, true, true, SIM_SBS_DEVICE_CHEMISTRY, I2C_SMBUS_BLOCK_DATA, &data);
	KUNIT_EXPECT_EQ(test, 9ULL, b->bytes);

	sim_bus_reset(b);
	b->khz = 400;
	xfer(test, false, false, SIM_SBS_AT_RATE, I2C_SMBUS_WORD_DATA, &data);
	KUNIT_EXPECT_EQ(test, 4ULL, b->bytes);
	KUNIT_EXPECT_EQ(test, 95000ULL, b->busy_ns);

	/* No device: the address alone */
	sim_bus_reset(b);
	b->khz = 100;
	sim_sbs_remove(pack(test));
	read_serial(test, true);
	KUNIT_EXPECT_EQ(test, 1ULL, b->transfers);
	KUNIT_EXPECT_EQ(test, 1ULL, b->bytes);
	KUNIT_EXPECT_EQ(test, 110000ULL, b->busy_ns);
}

static void sim_faults(struct kunit *test)
{
	struct sim_bus *b = bus(test);
	int i;

	b->nak = 2;
	KUNIT_EXPECT_EQ(test, -ENXIO, read_serial(test, true));
	KUNIT_EXPECT_EQ(test, -ENXIO, read_serial(test, true));
	KUNIT_EXPECT_EQ(test, 0x1234, read_serial(test, true));
	KUNIT_EXPECT_EQ(test, 0, b->nak);

	b->pec = 2;
	KUNIT_EXPECT_EQ(test, -EBADMSG, read_serial(test, true));
	KUNIT_EXPECT_EQ(test, 0x1234 ^ 0x0800, read_serial(test, false));
	KUNIT_EXPECT_EQ(test, 0x1234, read_serial(test, true));
	KUNIT_EXPECT_EQ(test, 0, b->pec);

	sim_bus_reset(b);
	b->timeout = 1;
	b->timeout_ms = 35;
	KUNIT_EXPECT_EQ(test, -ETIMEDOUT, read_serial(test, true));
	KUNIT_EXPECT_GE(test, b->busy_ns, 35000000ULL);
	KUNIT_EXPECT_EQ(test, 0x1234, read_serial(test, true));

	/* Permanent, until it is cleared */
	b->nak = -1;
	for (i = 0; i < 100; i++)
		KUNIT_EXPECT_EQ(test, -ENXIO, read_serial(test, true));
	KUNIT_EXPECT_EQ(test, -1, b->nak);
	b->nak = 0;
	KUNIT_EXPECT_EQ(test, 0x1234, read_serial(test, true));
}

static void sim_fault_script(struct kunit *test)
{
	union i2c_smbus_data data = { };
	struct sim_bus *b = bus(test);

	/* Without a fault the count stays; with one it delays the fault. */
	b->fault_skip = 2;
	KUNIT_EXPECT_EQ(test, 0x1234, read_serial(test, true));
	KUNIT_EXPECT_EQ(test, 2, b->fault_skip);
	b->nak = 1;
	KUNIT_EXPECT_EQ(test, 0x1234, read_serial(test, true));
	KUNIT_EXPECT_EQ(test, 0x1234, read_serial(test, true));
	KUNIT_EXPECT_EQ(test, -ENXIO, read_serial(test, true));
	KUNIT_EXPECT_EQ(test, 0x1234, read_serial(test, true));

	/* One command only; the others do not count. */
	b->fault_cmd = SIM_SBS_VOLTAGE;
	b->fault_skip = 1;
	b->nak = 1;
	KUNIT_EXPECT_EQ(test, 0x1234, read_serial(test, true));
	KUNIT_EXPECT_EQ(test, 0, xfer(test, true, true, SIM_SBS_VOLTAGE, I2C_SMBUS_WORD_DATA,
				      &data));
	KUNIT_EXPECT_EQ(test, 0x1234, read_serial(test, true));
	KUNIT_EXPECT_EQ(test, -ENXIO, xfer(test, true, true, SIM_SBS_VOLTAGE,
					   I2C_SMBUS_WORD_DATA, &data));
	KUNIT_EXPECT_EQ(test, 0, b->nak);

	/* A write has no reply that could be damaged. */
	b->fault_cmd = -1;
	b->pec = 1;
	data.word = 0;
	KUNIT_EXPECT_EQ(test, 0, xfer(test, true, false, SIM_SBS_AT_RATE, I2C_SMBUS_WORD_DATA,
				      &data));
	KUNIT_EXPECT_EQ(test, 1, b->pec);
	KUNIT_EXPECT_EQ(test, -EBADMSG, read_serial(test, true));
}

static void expect_line(struct kunit *test, const char *wanted)
{
	struct sim_bus *b = bus(test);
	char line[128];

	sim_bus_format(&b->log[(b->log_next - 1) % SIM_BUS_LOG_SIZE], line, sizeof(line));
	KUNIT_EXPECT_STREQ(test, line, wanted);
}

static void sim_logs(struct kunit *test)
{
	const struct sim_bus_msg elsewhere = {
		.addr = 0x50, .read = true, .cmd = 0x09, .size = I2C_SMBUS_WORD_DATA,
	};
	union i2c_smbus_data data = { .word = 0x8000 };
	char line[128];

	read_serial(test, true);
	expect_line(test, "r 0x1c word 0x1234 ok\n");
	xfer(test, true, false, SIM_SBS_BATTERY_MODE, I2C_SMBUS_WORD_DATA, &data);
	expect_line(test, "w 0x03 word 0x8000 ok\n");
	xfer(test, true, true, SIM_SBS_DEVICE_CHEMISTRY, I2C_SMBUS_BLOCK_DATA, &data);
	expect_line(test, "r 0x22 block 044c494f4e ok\n");
	xfer(test, false, false, 0, I2C_SMBUS_QUICK, NULL);
	expect_line(test, "w - quick - ok\n");
	sim_bus_xfer(bus(test), pack(test), &elsewhere, &data);
	expect_line(test, "r 0x09 word - nak @0x50\n");
	bus(test)->pec = 2;
	read_serial(test, true);
	expect_line(test, "r 0x1c word - pec\n");
	read_serial(test, false);
	expect_line(test, "r 0x1c word 0x1a34 corrupt\n");

	/* The longest line there is, and a buffer that is too short for any */
	sim_sbs_set_text(&pack(test)->model, "0123456789abcdef0123456789abcdefXXX", 35);
	xfer(test, true, true, SIM_SBS_DEVICE_NAME, I2C_SMBUS_BLOCK_DATA, &data);
	KUNIT_EXPECT_EQ(test, 32, (int)data.block[0]);
	KUNIT_EXPECT_LT(test, sim_bus_format(&bus(test)->log[7], line, sizeof(line)), 127);
	KUNIT_EXPECT_EQ(test, 9, sim_bus_format(&bus(test)->log[7], line, 10));
}

static void sim_claims_pec(struct kunit *test)
{
	union i2c_smbus_data data = { .word = 0x8000 };

	pack(test)->pec_missing = 1;
	KUNIT_EXPECT_EQ(test, 0x0031, (int)word(test, SIM_SBS_SPECIFICATION_INFO));
	KUNIT_EXPECT_EQ(test, 0x1234, read_serial(test, false));
	KUNIT_EXPECT_EQ(test, -EBADMSG, read_serial(test, true));
	KUNIT_EXPECT_EQ(test, -ENXIO, xfer(test, true, false, SIM_SBS_BATTERY_MODE,
					   I2C_SMBUS_WORD_DATA, &data));
}

/* Addresses are acknowledged, but then no device drives the bus. */
static void sim_floats(struct kunit *test)
{
	union i2c_smbus_data data = { .word = 0x8000 };

	bus(test)->floating = 1;
	KUNIT_EXPECT_EQ(test, 0xffff, read_serial(test, false));
	KUNIT_EXPECT_EQ(test, -EBADMSG, read_serial(test, true));
	KUNIT_EXPECT_EQ(test, -EPROTO, xfer(test, false, true, SIM_SBS_DEVICE_NAME,
					    I2C_SMBUS_BLOCK_DATA, &data));
	data.word = 0x8000;
	KUNIT_EXPECT_EQ(test, 0, xfer(test, false, false, SIM_SBS_BATTERY_MODE,
				      I2C_SMBUS_WORD_DATA, &data));
	KUNIT_EXPECT_EQ(test, 0, pack(test)->mode);
}

/* The default chemistry is "LION". */
static void sim_claims_lengths(struct kunit *test)
{
	union i2c_smbus_data data = { };

	bus(test)->block_len = 6;
	KUNIT_EXPECT_EQ(test, 0, xfer(test, false, true, SIM_SBS_DEVICE_CHEMISTRY,
				      I2C_SMBUS_BLOCK_DATA, &data));
	KUNIT_EXPECT_EQ(test, 6, (int)data.block[0]);
	KUNIT_EXPECT_EQ(test, 'N', (int)data.block[4]);
	KUNIT_EXPECT_EQ(test, 0xff, (int)data.block[6]);

	bus(test)->block_len = 255;
	KUNIT_EXPECT_EQ(test, -EPROTO, xfer(test, false, true, SIM_SBS_DEVICE_CHEMISTRY,
					    I2C_SMBUS_BLOCK_DATA, &data));
	data.block[0] = I2C_SMBUS_BLOCK_MAX;
	KUNIT_EXPECT_EQ(test, 0, xfer(test, false, true, SIM_SBS_DEVICE_CHEMISTRY,
				      I2C_SMBUS_I2C_BLOCK_DATA, &data));
	KUNIT_EXPECT_EQ(test, 255, (int)data.block[1]);
	KUNIT_EXPECT_EQ(test, 'L', (int)data.block[2]);
}

static void sim_stretches(struct kunit *test)
{
	bus(test)->stretch_ms = 10;
	KUNIT_EXPECT_EQ(test, 0x1234, read_serial(test, false));
	KUNIT_EXPECT_EQ(test, 10480000ULL, bus(test)->busy_ns);
}

static struct kunit_case sim_bus_cases[] = {
	KUNIT_CASE(sim_crc),
	KUNIT_CASE(sim_wire_bytes),
	KUNIT_CASE(sim_transfers),
	KUNIT_CASE(sim_wrong_protocol),
	KUNIT_CASE(sim_pack_without_pec),
	KUNIT_CASE(sim_accounts),
	KUNIT_CASE(sim_faults),
	KUNIT_CASE(sim_fault_script),
	KUNIT_CASE(sim_logs),
	KUNIT_CASE(sim_claims_pec),
	KUNIT_CASE(sim_floats),
	KUNIT_CASE(sim_claims_lengths),
	KUNIT_CASE(sim_stretches),
	{ }
};

static struct kunit_suite sim_bus_suite = {
	.name = "psy_sim_bus",
	.init = sim_test_init,
	.test_cases = sim_bus_cases,
};

kunit_test_suites(&sim_sbs_suite, &sim_bus_suite);

MODULE_DESCRIPTION("KUnit tests of the simulated smart battery");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS("PSY_SIM");
