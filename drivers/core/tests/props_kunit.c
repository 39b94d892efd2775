// SPDX-License-Identifier: GPL-2.0-only
#include <kunit/test.h>
#include <linux/limits.h>

#include "../internal.h"
#include "fake_bus.h"

static void status_from_current(struct kunit *test)
{
	static const struct {
		int ua;
		int status;
	} cases[] = {
		{ -1, POWER_SUPPLY_STATUS_DISCHARGING },
		{ 1, POWER_SUPPLY_STATUS_CHARGING },
		{ 0, POWER_SUPPLY_STATUS_NOT_CHARGING },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct psy_values v = { };
		int status = -1;

		psy_values_set(&v, PSY_CURRENT_NOW, cases[i].ua);
		psy_derive(&v, PSY_UNIT_CHARGE);
		KUNIT_EXPECT_EQ(test, psy_values_get(&v, PSY_STATUS, &status), 0);
		KUNIT_EXPECT_EQ(test, status, cases[i].status);
	}
}

static void device_status_overrides_derived_status(struct kunit *test)
{
	struct psy_values v = { };

	psy_values_set(&v, PSY_CURRENT_NOW, 5);
	psy_values_set(&v, PSY_STATUS, POWER_SUPPLY_STATUS_FULL);
	psy_derive(&v, PSY_UNIT_CHARGE);
	KUNIT_EXPECT_EQ(test, v.val[PSY_STATUS], POWER_SUPPLY_STATUS_FULL);
}

static void nothing_is_derived_without_values(struct kunit *test)
{
	struct psy_values v = { };

	psy_derive(&v, PSY_UNIT_ENERGY);
	KUNIT_EXPECT_EQ(test, v.valid, 0ULL);
}

static void power_from_voltage_and_current(struct kunit *test)
{
	struct psy_values v = { };

	psy_values_set(&v, PSY_VOLTAGE_NOW, 14800000);
	psy_values_set(&v, PSY_CURRENT_NOW, -1500000);
	psy_derive(&v, PSY_UNIT_CHARGE);
	KUNIT_EXPECT_FALSE(test, v.valid & PSY_BIT(PSY_POWER_NOW));
	psy_derive(&v, PSY_UNIT_ENERGY);
	KUNIT_EXPECT_TRUE(test, v.valid & PSY_BIT(PSY_POWER_NOW));
	KUNIT_EXPECT_EQ(test, v.val[PSY_POWER_NOW], 22200000);
	KUNIT_EXPECT_FALSE(test, v.valid & PSY_BIT(PSY_POWER_AVG));
}

static void power_too_large_is_unknown(struct kunit *test)
{
	struct psy_values v = { };

	psy_values_set(&v, PSY_VOLTAGE_NOW, 2000000000);
	psy_values_set(&v, PSY_CURRENT_NOW, 2000000000);
	psy_derive(&v, PSY_UNIT_ENERGY);
	KUNIT_EXPECT_FALSE(test, v.valid & PSY_BIT(PSY_POWER_NOW));
}

static void capacity_from_charge(struct kunit *test)
{
	static const struct {
		int now, full, percent;
	} cases[] = {
		{ 0, 100, 0 }, { 1, 200, 1 }, { 99, 200, 50 }, { 150, 100, 100 },
		{ 2000000000, 2000000000, 100 }, { 5, 0, -1 }, { -5, 100, -1 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct psy_values v = { };
		int percent = -1;

		psy_values_set(&v, PSY_CHARGE_NOW, cases[i].now);
		psy_values_set(&v, PSY_CHARGE_FULL, cases[i].full);
		psy_derive(&v, PSY_UNIT_CHARGE);
		psy_values_get(&v, PSY_CAPACITY, &percent);
		KUNIT_EXPECT_EQ(test, percent, cases[i].percent);
	}
}

static void capacity_is_at_most_100(struct kunit *test)
{
	struct psy_values v = { };

	psy_values_set(&v, PSY_CAPACITY, 104);
	psy_derive(&v, PSY_UNIT_CHARGE);
	KUNIT_EXPECT_EQ(test, v.val[PSY_CAPACITY], 100);
}

static void impossible_values_are_dropped(struct kunit *test)
{
	static const struct {
		enum psy_field field;
		int val;
		bool known;
	} cases[] = {
		{ PSY_CAPACITY, 0, true }, { PSY_CAPACITY, 110, true },
		{ PSY_CAPACITY, 111 }, { PSY_CAPACITY, 256 }, { PSY_CAPACITY, -1 },
		{ PSY_STATUS, POWER_SUPPLY_STATUS_FULL, true },
		{ PSY_STATUS, POWER_SUPPLY_STATUS_FULL + 1 }, { PSY_STATUS, -1 },
		{ PSY_CAPACITY_LEVEL, 0xffff }, { PSY_HEALTH, 0xffff },
		{ PSY_TECHNOLOGY, 0xffff }, { PSY_CHARGE_BEHAVIOUR, 0xffff },
		{ PSY_CAPACITY_ERROR_MARGIN, 101 }, { PSY_CHARGE_END_THRESHOLD, 101 },
		{ PSY_CAPACITY_STEP, 0 }, { PSY_ALERT_LOW, 101 },
		{ PSY_CHARGE_NOW, -1 }, { PSY_ENERGY_FULL, -1 }, { PSY_VOLTAGE_NOW, -1 },
		{ PSY_TIME_TO_EMPTY_AVG, -1 }, { PSY_CYCLE_COUNT, -1 },
		{ PSY_TEMP, -2732, true }, { PSY_TEMP, -2733 },
		{ PSY_CURRENT_NOW, INT_MIN, true }, { PSY_IDENTITY, INT_MIN, true },
		{ PSY_POWER_NOW, INT_MIN },
		{ PSY_CHARGE_COUNTER, INT_MIN, true }, { PSY_VOLTAGE_OCV, -1 },
		{ PSY_VOLTAGE_AVG, -1 }, { PSY_VOLTAGE_MIN, -1 }, { PSY_VOLTAGE_MAX, -1 },
		{ PSY_INTERNAL_RESISTANCE, -1 }, { PSY_CHARGE_TERM_CURRENT, -1 },
		{ PSY_STATE_OF_HEALTH, 130, true }, { PSY_STATE_OF_HEALTH, 131 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct psy_values v = { };
		unsigned int dropped = !cases[i].known;

		psy_values_set(&v, cases[i].field, cases[i].val);
		KUNIT_EXPECT_EQ_MSG(test, psy_drop_garbage(&v), dropped, "case %u", i);
		KUNIT_EXPECT_EQ_MSG(test, v.valid, dropped ? 0 : PSY_BIT(cases[i].field),
				    "case %u", i);
		if (!dropped)
			KUNIT_EXPECT_EQ(test, v.val[cases[i].field], cases[i].val);
	}
}

static void power_is_a_magnitude(struct kunit *test)
{
	struct psy_values v = { };

	psy_values_set(&v, PSY_POWER_NOW, -5000000);
	psy_values_set(&v, PSY_POWER_AVG, 5000001);
	KUNIT_EXPECT_EQ(test, psy_drop_garbage(&v), 0U);
	KUNIT_EXPECT_EQ(test, v.val[PSY_POWER_NOW], 5000000);
	KUNIT_EXPECT_EQ(test, v.val[PSY_POWER_AVG], 5000001);
}

static void times_match_the_status(struct kunit *test)
{
	static const struct {
		int status;
		bool empty, full;
	} cases[] = {
		{ POWER_SUPPLY_STATUS_DISCHARGING, true, false },
		{ POWER_SUPPLY_STATUS_CHARGING, false, true },
		{ POWER_SUPPLY_STATUS_NOT_CHARGING, false, false },
		{ POWER_SUPPLY_STATUS_FULL, false, false },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct psy_values v = { };

		psy_values_set(&v, PSY_STATUS, cases[i].status);
		psy_values_set(&v, PSY_TIME_TO_EMPTY_AVG, 60);
		psy_values_set(&v, PSY_TIME_TO_FULL_AVG, 60);
		psy_derive(&v, PSY_UNIT_CHARGE);
		KUNIT_EXPECT_EQ(test, !!(v.valid & PSY_BIT(PSY_TIME_TO_EMPTY_AVG)),
				cases[i].empty);
		KUNIT_EXPECT_EQ(test, !!(v.valid & PSY_BIT(PSY_TIME_TO_FULL_AVG)),
				cases[i].full);
	}
}

static int index_of(enum power_supply_property *props, unsigned int n,
		    enum power_supply_property psp)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (props[i] == psp)
			return i;
	return -1;
}

static void only_one_unit_is_listed(struct kunit *test)
{
	enum power_supply_property props[PSY_MAX_PROPS];
	unsigned int n;

	n = psy_list_props(~0ULL, 7, PSY_UNIT_ENERGY, props);
	KUNIT_EXPECT_LE(test, n, PSY_MAX_PROPS);
	KUNIT_EXPECT_GE(test, index_of(props, n, POWER_SUPPLY_PROP_ENERGY_NOW), 0);
	KUNIT_EXPECT_GE(test, index_of(props, n, POWER_SUPPLY_PROP_POWER_NOW), 0);
	KUNIT_EXPECT_LT(test, index_of(props, n, POWER_SUPPLY_PROP_CHARGE_NOW), 0);
	KUNIT_EXPECT_LT(test, index_of(props, n, POWER_SUPPLY_PROP_CURRENT_NOW), 0);

	n = psy_list_props(~0ULL, 7, PSY_UNIT_CHARGE, props);
	KUNIT_EXPECT_LT(test, index_of(props, n, POWER_SUPPLY_PROP_ENERGY_FULL_DESIGN), 0);
	KUNIT_EXPECT_LT(test, index_of(props, n, POWER_SUPPLY_PROP_POWER_AVG), 0);
	KUNIT_EXPECT_GE(test, index_of(props, n, POWER_SUPPLY_PROP_CHARGE_FULL_DESIGN), 0);
	KUNIT_EXPECT_GE(test, index_of(props, n, POWER_SUPPLY_PROP_CURRENT_AVG), 0);
	KUNIT_EXPECT_GE(test, index_of(props, n, POWER_SUPPLY_PROP_CHARGE_COUNTER), 0);
	n = psy_list_props(~0ULL, 7, PSY_UNIT_ENERGY, props);
	KUNIT_EXPECT_LT(test, index_of(props, n, POWER_SUPPLY_PROP_CHARGE_COUNTER), 0);

	/* Programs that use the last of both need the current first. */
	n = psy_list_props(~0ULL, 7, PSY_UNIT_ANY, props);
	KUNIT_EXPECT_LT(test, index_of(props, n, POWER_SUPPLY_PROP_CURRENT_NOW),
			index_of(props, n, POWER_SUPPLY_PROP_POWER_NOW));
}

static void every_field_has_a_property(struct kunit *test)
{
	enum power_supply_property props[PSY_MAX_PROPS];
	unsigned int n = psy_list_props(~0ULL, 7, PSY_UNIT_ANY, props);

	/*
	 * All fields but the identity, two alert levels, the step and the sign of currents,
	 * and PRESENT, SCOPE, three strings; older kernels lack two properties.
	 */
#ifdef PSY_NO_STATE_OF_HEALTH
	n += 2;
#endif
	KUNIT_EXPECT_EQ(test, n, (unsigned int)PSY_NR_FIELDS - 5 + 2 + 3);
	n = psy_list_props(0, 0, PSY_UNIT_ANY, props);
	KUNIT_EXPECT_EQ(test, n, 2U);
}

static void derivable_fields(struct kunit *test)
{
	const u64 vi = PSY_BIT(PSY_VOLTAGE_NOW) | PSY_BIT(PSY_CURRENT_NOW);
	const u64 nf = PSY_BIT(PSY_CHARGE_NOW) | PSY_BIT(PSY_CHARGE_FULL);

	KUNIT_EXPECT_EQ(test, psy_derivable(vi, PSY_UNIT_CHARGE), vi | PSY_BIT(PSY_STATUS));
	KUNIT_EXPECT_EQ(test, psy_derivable(vi, PSY_UNIT_ENERGY),
			vi | PSY_BIT(PSY_STATUS) | PSY_BIT(PSY_POWER_NOW));
	KUNIT_EXPECT_EQ(test, psy_derivable(nf, PSY_UNIT_CHARGE), nf | PSY_BIT(PSY_CAPACITY));
	KUNIT_EXPECT_EQ(test, psy_derivable(PSY_BIT(PSY_CHARGE_NOW), PSY_UNIT_CHARGE),
			PSY_BIT(PSY_CHARGE_NOW));
}

static void unknown_gone_and_unsupported_errors_differ(struct kunit *test)
{
	static const struct psy_info info = { .model = "M" };
	union power_supply_propval val;
	struct psy_snapshot snap = { .tag = 3 };

	KUNIT_EXPECT_EQ(test, psy_prop_get(&snap, &info, POWER_SUPPLY_PROP_TEMP, &val), -ENODATA);
	KUNIT_EXPECT_EQ(test, psy_prop_get(&snap, &info, POWER_SUPPLY_PROP_MANUFACTURER, &val),
			-ENODATA);
	KUNIT_EXPECT_EQ(test, psy_prop_get(&snap, &info, POWER_SUPPLY_PROP_USB_TYPE, &val),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, psy_prop_get(&snap, &info, POWER_SUPPLY_PROP_MODEL_NAME, &val), 0);
	KUNIT_EXPECT_STREQ(test, val.strval, "M");
	KUNIT_EXPECT_EQ(test, psy_prop_get(&snap, &info, POWER_SUPPLY_PROP_PRESENT, &val), 0);
	KUNIT_EXPECT_EQ(test, val.intval, 1);

	snap.tag = PSY_TAG_NONE;
	KUNIT_EXPECT_EQ(test, psy_prop_get(&snap, NULL, POWER_SUPPLY_PROP_TEMP, &val), -ENODEV);
	KUNIT_EXPECT_EQ(test, psy_prop_get(&snap, NULL, POWER_SUPPLY_PROP_MODEL_NAME, &val),
			-ENODEV);
	KUNIT_EXPECT_EQ(test, psy_prop_get(&snap, NULL, POWER_SUPPLY_PROP_PRESENT, &val), 0);
	KUNIT_EXPECT_EQ(test, val.intval, 0);
}

static void full_means_no_current_and_full_charge(struct kunit *test)
{
	struct psy_values v = { };

	psy_values_set(&v, PSY_CURRENT_NOW, 0);
	psy_values_set(&v, PSY_CHARGE_NOW, 3960);
	psy_values_set(&v, PSY_CHARGE_FULL, 4000);
	psy_derive(&v, PSY_UNIT_CHARGE);
	KUNIT_EXPECT_EQ(test, v.val[PSY_STATUS], POWER_SUPPLY_STATUS_NOT_CHARGING);

	v = (struct psy_values){ };
	psy_values_set(&v, PSY_CURRENT_NOW, 0);
	psy_values_set(&v, PSY_CHARGE_NOW, 4000);
	psy_values_set(&v, PSY_CHARGE_FULL, 4000);
	psy_derive(&v, PSY_UNIT_CHARGE);
	KUNIT_EXPECT_EQ(test, v.val[PSY_STATUS], POWER_SUPPLY_STATUS_FULL);
}

static void time_to_empty_from_charge_and_rate(struct kunit *test)
{
	static const struct {
		int now, rate, seconds;
		bool known;
	} cases[] = {
		{ 2000000, -500000, 14400, true },
		{ 1, -INT_MAX, 0, true },
		{ INT_MAX, -3600, INT_MAX, true },
		{ INT_MAX, -1, 0, false },	/* does not fit: unknown, not clamped */
		{ 2000000, 500000, 0, false },	/* charging */
		{ 2000000, 0, 0, false },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct psy_values v = { };
		int s = 0;

		psy_values_set(&v, PSY_CHARGE_NOW, cases[i].now);
		psy_values_set(&v, PSY_CURRENT_NOW, cases[i].rate);
		psy_derive(&v, PSY_UNIT_CHARGE);
		KUNIT_EXPECT_EQ(test, !psy_values_get(&v, PSY_TIME_TO_EMPTY_NOW, &s),
				cases[i].known);
		KUNIT_EXPECT_EQ(test, s, cases[i].seconds);
	}
}

static void time_to_empty_from_energy_and_power(struct kunit *test)
{
	struct psy_values v = { };

	psy_values_set(&v, PSY_STATUS, POWER_SUPPLY_STATUS_DISCHARGING);
	psy_values_set(&v, PSY_ENERGY_NOW, 30000000);
	psy_values_set(&v, PSY_POWER_NOW, 12000000);
	psy_derive(&v, PSY_UNIT_ENERGY);
	KUNIT_EXPECT_TRUE(test, v.valid & PSY_BIT(PSY_TIME_TO_EMPTY_NOW));
	KUNIT_EXPECT_EQ(test, v.val[PSY_TIME_TO_EMPTY_NOW], 9000);
}

static void event_compare_ignores_other_fields(struct kunit *test)
{
	struct psy_snapshot snap = { .tag = 1 };
	struct psy_event a, b;

	psy_values_set(&snap.status, PSY_CAPACITY, 50);
	psy_values_set(&snap.status, PSY_VOLTAGE_NOW, 12000000);
	psy_event_fill(&a, &snap);

	psy_values_set(&snap.status, PSY_VOLTAGE_NOW, 11000000);
	psy_event_fill(&b, &snap);
	KUNIT_EXPECT_EQ(test, psy_event_compare(&a, &b, 1), PSY_VERDICT_NONE);

	psy_values_set(&snap.status, PSY_CAPACITY, 49);
	psy_event_fill(&b, &snap);
	b.when = ms_to_ktime(5000);
	KUNIT_EXPECT_EQ(test, psy_event_compare(&a, &b, 1), PSY_VERDICT_NOW);

	psy_values_set(&snap.status, PSY_CAPACITY, 50);
	psy_values_set(&snap.status, PSY_HEALTH, POWER_SUPPLY_HEALTH_UNKNOWN);
	psy_event_fill(&b, &snap);
	KUNIT_EXPECT_EQ(test, psy_event_compare(&a, &b, 1), PSY_VERDICT_NOW);

	snap.tag = 2;
	snap.status.valid &= ~PSY_BIT(PSY_HEALTH);
	psy_event_fill(&b, &snap);
	KUNIT_EXPECT_EQ(test, psy_event_compare(&a, &b, 1), PSY_VERDICT_NOW);
}

static struct kunit_case props_cases[] = {
	KUNIT_CASE(status_from_current),
	KUNIT_CASE(device_status_overrides_derived_status),
	KUNIT_CASE(nothing_is_derived_without_values),
	KUNIT_CASE(power_from_voltage_and_current),
	KUNIT_CASE(power_too_large_is_unknown),
	KUNIT_CASE(capacity_from_charge),
	KUNIT_CASE(capacity_is_at_most_100),
	KUNIT_CASE(impossible_values_are_dropped),
	KUNIT_CASE(power_is_a_magnitude),
	KUNIT_CASE(times_match_the_status),
	KUNIT_CASE(only_one_unit_is_listed),
	KUNIT_CASE(every_field_has_a_property),
	KUNIT_CASE(derivable_fields),
	KUNIT_CASE(unknown_gone_and_unsupported_errors_differ),
	KUNIT_CASE(full_means_no_current_and_full_charge),
	KUNIT_CASE(time_to_empty_from_charge_and_rate),
	KUNIT_CASE(time_to_empty_from_energy_and_power),
	KUNIT_CASE(event_compare_ignores_other_fields),
	{ }
};

struct kunit_suite psy_props_suite = {
	.name = "psy_props",
	.test_cases = props_cases,
};
