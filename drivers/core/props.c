// SPDX-License-Identifier: GPL-2.0-only
/* Map snapshot fields to power_supply properties. Pure: no state, no device access. */
#include <kunit/visibility.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/math.h>
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/units.h>

#include "internal.h"

#define PSY_STR_MANUFACTURER	BIT(0)
#define PSY_STR_MODEL		BIT(1)
#define PSY_STR_SERIAL		BIT(2)

static const struct {
	enum power_supply_property psp;
	enum psy_field field;
} psy_prop_map[] = {
	{ POWER_SUPPLY_PROP_STATUS,			PSY_STATUS },
	{ POWER_SUPPLY_PROP_HEALTH,			PSY_HEALTH },
	{ POWER_SUPPLY_PROP_TECHNOLOGY,			PSY_TECHNOLOGY },
	{ POWER_SUPPLY_PROP_CYCLE_COUNT,		PSY_CYCLE_COUNT },
	{ POWER_SUPPLY_PROP_VOLTAGE_MAX,		PSY_VOLTAGE_MAX },
	{ POWER_SUPPLY_PROP_VOLTAGE_MIN,		PSY_VOLTAGE_MIN },
	{ POWER_SUPPLY_PROP_VOLTAGE_MIN_DESIGN,		PSY_VOLTAGE_MIN_DESIGN },
	{ POWER_SUPPLY_PROP_VOLTAGE_MAX_DESIGN,		PSY_VOLTAGE_MAX_DESIGN },
	{ POWER_SUPPLY_PROP_VOLTAGE_NOW,		PSY_VOLTAGE_NOW },
	{ POWER_SUPPLY_PROP_VOLTAGE_AVG,		PSY_VOLTAGE_AVG },
	{ POWER_SUPPLY_PROP_VOLTAGE_OCV,		PSY_VOLTAGE_OCV },
	{ POWER_SUPPLY_PROP_CURRENT_NOW,		PSY_CURRENT_NOW },
	{ POWER_SUPPLY_PROP_CURRENT_AVG,		PSY_CURRENT_AVG },
	{ POWER_SUPPLY_PROP_POWER_NOW,			PSY_POWER_NOW },
	{ POWER_SUPPLY_PROP_POWER_AVG,			PSY_POWER_AVG },
	{ POWER_SUPPLY_PROP_CHARGE_FULL_DESIGN,		PSY_CHARGE_FULL_DESIGN },
	{ POWER_SUPPLY_PROP_CHARGE_FULL,		PSY_CHARGE_FULL },
	{ POWER_SUPPLY_PROP_CHARGE_NOW,			PSY_CHARGE_NOW },
	{ POWER_SUPPLY_PROP_CHARGE_EMPTY,		PSY_CHARGE_EMPTY },
	{ POWER_SUPPLY_PROP_CHARGE_COUNTER,		PSY_CHARGE_COUNTER },
	{ POWER_SUPPLY_PROP_CHARGE_BEHAVIOUR,		PSY_CHARGE_BEHAVIOUR },
	{ POWER_SUPPLY_PROP_CHARGE_CONTROL_START_THRESHOLD, PSY_CHARGE_START_THRESHOLD },
	{ POWER_SUPPLY_PROP_CHARGE_CONTROL_END_THRESHOLD, PSY_CHARGE_END_THRESHOLD },
	{ POWER_SUPPLY_PROP_INPUT_CURRENT_LIMIT,	PSY_INPUT_CURRENT_LIMIT },
	{ POWER_SUPPLY_PROP_CONSTANT_CHARGE_CURRENT_MAX, PSY_CHARGE_CURRENT_MAX },
	{ POWER_SUPPLY_PROP_CONSTANT_CHARGE_VOLTAGE_MAX, PSY_CHARGE_VOLTAGE_MAX },
	{ POWER_SUPPLY_PROP_ENERGY_FULL_DESIGN,		PSY_ENERGY_FULL_DESIGN },
	{ POWER_SUPPLY_PROP_ENERGY_FULL,		PSY_ENERGY_FULL },
	{ POWER_SUPPLY_PROP_ENERGY_NOW,			PSY_ENERGY_NOW },
	{ POWER_SUPPLY_PROP_ENERGY_EMPTY,		PSY_ENERGY_EMPTY },
	{ POWER_SUPPLY_PROP_CAPACITY,			PSY_CAPACITY },
	{ POWER_SUPPLY_PROP_CAPACITY_ERROR_MARGIN,	PSY_CAPACITY_ERROR_MARGIN },
	{ POWER_SUPPLY_PROP_CAPACITY_LEVEL,		PSY_CAPACITY_LEVEL },
	{ POWER_SUPPLY_PROP_TEMP,			PSY_TEMP },
	{ POWER_SUPPLY_PROP_TIME_TO_EMPTY_NOW,		PSY_TIME_TO_EMPTY_NOW },
	{ POWER_SUPPLY_PROP_TIME_TO_EMPTY_AVG,		PSY_TIME_TO_EMPTY_AVG },
	{ POWER_SUPPLY_PROP_TIME_TO_FULL_NOW,		PSY_TIME_TO_FULL_NOW },
	{ POWER_SUPPLY_PROP_TIME_TO_FULL_AVG,		PSY_TIME_TO_FULL_AVG },
	{ POWER_SUPPLY_PROP_MANUFACTURE_YEAR,		PSY_MANUFACTURE_YEAR },
	{ POWER_SUPPLY_PROP_MANUFACTURE_MONTH,		PSY_MANUFACTURE_MONTH },
	{ POWER_SUPPLY_PROP_CHARGE_TERM_CURRENT,	PSY_CHARGE_TERM_CURRENT },
	{ POWER_SUPPLY_PROP_MANUFACTURE_DAY,		PSY_MANUFACTURE_DAY },
#ifndef PSY_NO_STATE_OF_HEALTH
	{ POWER_SUPPLY_PROP_INTERNAL_RESISTANCE,	PSY_INTERNAL_RESISTANCE },
	{ POWER_SUPPLY_PROP_STATE_OF_HEALTH,		PSY_STATE_OF_HEALTH },
#endif
};

#define PSY_CHARGE_FIELDS	(PSY_BIT(PSY_CHARGE_NOW) | PSY_BIT(PSY_CHARGE_FULL) | \
				 PSY_BIT(PSY_CHARGE_FULL_DESIGN) | \
				 PSY_BIT(PSY_CHARGE_EMPTY) | PSY_BIT(PSY_CHARGE_COUNTER) | \
				 PSY_BIT(PSY_CURRENT_NOW) | PSY_BIT(PSY_CURRENT_AVG))
#define PSY_ENERGY_FIELDS	(PSY_BIT(PSY_ENERGY_NOW) | PSY_BIT(PSY_ENERGY_FULL) | \
				 PSY_BIT(PSY_ENERGY_FULL_DESIGN) | \
				 PSY_BIT(PSY_ENERGY_EMPTY) | \
				 PSY_BIT(PSY_POWER_NOW) | PSY_BIT(PSY_POWER_AVG))

/* Valid range of each field: enum ranges, and limits from the ABI of its property. */
static const struct {
	int min, max;
} psy_field_range[PSY_NR_FIELDS] = {
	[PSY_STATUS] = { POWER_SUPPLY_STATUS_UNKNOWN, POWER_SUPPLY_STATUS_FULL },
	[PSY_HEALTH] = { POWER_SUPPLY_HEALTH_UNKNOWN, PSY_HEALTH_LAST },
	[PSY_CAPACITY] = { 0, 110 },
	[PSY_CAPACITY_LEVEL] = { POWER_SUPPLY_CAPACITY_LEVEL_UNKNOWN,
				 POWER_SUPPLY_CAPACITY_LEVEL_FULL },
	[PSY_CAPACITY_ERROR_MARGIN] = { 0, 100 },
	[PSY_VOLTAGE_NOW] = { 0, INT_MAX },
	[PSY_VOLTAGE_AVG] = { 0, INT_MAX },
	[PSY_VOLTAGE_OCV] = { 0, INT_MAX },
	[PSY_VOLTAGE_MIN] = { 0, INT_MAX },
	[PSY_VOLTAGE_MAX] = { 0, INT_MAX },
	[PSY_CURRENT_NOW] = { INT_MIN, INT_MAX },
	[PSY_CURRENT_AVG] = { INT_MIN, INT_MAX },
	[PSY_CURRENT_SIGN] = { -1, 1 },
	[PSY_POWER_NOW] = { 0, INT_MAX },
	[PSY_POWER_AVG] = { 0, INT_MAX },
	[PSY_CHARGE_NOW] = { 0, INT_MAX },
	[PSY_CHARGE_FULL] = { 0, INT_MAX },
	[PSY_CHARGE_COUNTER] = { INT_MIN, INT_MAX },
	[PSY_ENERGY_NOW] = { 0, INT_MAX },
	[PSY_ENERGY_FULL] = { 0, INT_MAX },
	[PSY_TEMP] = { -2732, INT_MAX },
	[PSY_TIME_TO_EMPTY_NOW] = { 0, INT_MAX },
	[PSY_TIME_TO_EMPTY_AVG] = { 0, INT_MAX },
	[PSY_TIME_TO_FULL_NOW] = { 0, INT_MAX },
	[PSY_TIME_TO_FULL_AVG] = { 0, INT_MAX },
	[PSY_CYCLE_COUNT] = { 0, INT_MAX },
	[PSY_INTERNAL_RESISTANCE] = { 0, INT_MAX },
	[PSY_STATE_OF_HEALTH] = { 0, 130 },	/* a new pack has more than its design charge */
	[PSY_CHARGE_TERM_CURRENT] = { 0, INT_MAX },
	[PSY_CHARGE_CURRENT_MAX] = { 0, INT_MAX },
	[PSY_CHARGE_VOLTAGE_MAX] = { 0, INT_MAX },
	[PSY_CHARGE_BEHAVIOUR] = { POWER_SUPPLY_CHARGE_BEHAVIOUR_AUTO,
				   POWER_SUPPLY_CHARGE_BEHAVIOUR_FORCE_DISCHARGE },
	[PSY_CHARGE_START_THRESHOLD] = { 0, 100 },
	[PSY_CHARGE_END_THRESHOLD] = { 0, 100 },
	[PSY_INPUT_CURRENT_LIMIT] = { 0, INT_MAX },
	[PSY_CHARGE_EMPTY] = { 0, INT_MAX },
	[PSY_ENERGY_EMPTY] = { 0, INT_MAX },
	[PSY_VOLTAGE_MIN_DESIGN] = { 0, INT_MAX },
	[PSY_VOLTAGE_MAX_DESIGN] = { 0, INT_MAX },
	[PSY_CHARGE_FULL_DESIGN] = { 0, INT_MAX },
	[PSY_ENERGY_FULL_DESIGN] = { 0, INT_MAX },
	[PSY_TECHNOLOGY] = { POWER_SUPPLY_TECHNOLOGY_UNKNOWN, POWER_SUPPLY_TECHNOLOGY_LiMn },
	[PSY_MANUFACTURE_YEAR] = { INT_MIN, INT_MAX },	/* see psy_date_valid() */
	[PSY_MANUFACTURE_MONTH] = { INT_MIN, INT_MAX },
	[PSY_MANUFACTURE_DAY] = { INT_MIN, INT_MAX },
	[PSY_ALERT_LOW] = { 0, 100 },
	[PSY_ALERT_CRITICAL] = { 0, 100 },
	[PSY_CAPACITY_STEP] = { 1, 100 },
	[PSY_IDENTITY] = { INT_MIN, INT_MAX },
};

/**
 * psy_drop_garbage() - mark impossible values as unknown
 * @v: values as reported by the device
 *
 * With clamping instead, a floating bus would look like a full battery. Power is a
 * magnitude here; the sign that some gauges give it is dropped.
 *
 * Context: any; pure.
 * Return: number of dropped values.
 */
unsigned int psy_drop_garbage(struct psy_values *v)
{
	unsigned int f, dropped = 0;

	for (f = 0; f < PSY_NR_FIELDS; f++) {
		if (!(v->valid & PSY_BIT(f)))
			continue;
		if (f == PSY_POWER_NOW || f == PSY_POWER_AVG)
			psy_values_set(v, f, abs((s64)v->val[f]));
		if (v->val[f] >= psy_field_range[f].min && v->val[f] <= psy_field_range[f].max)
			continue;
		v->valid &= ~PSY_BIT(f);
		dropped++;
	}
	return dropped;
}
EXPORT_SYMBOL_IF_KUNIT(psy_drop_garbage);

/* Fields that are hidden in a supply with @unit. */
static u64 psy_hidden(enum psy_unit unit)
{
	switch (unit) {
	case PSY_UNIT_ENERGY:
		return PSY_CHARGE_FIELDS;
	case PSY_UNIT_CHARGE:
		return PSY_ENERGY_FIELDS;
	default:
		return 0;
	}
}

static bool psy_has(u64 fields, u64 needed)
{
	return (fields & needed) == needed;
}

/* Derive @power from @current_field and the voltage, unless the device reported it. */
static void psy_derive_power(struct psy_values *s, enum psy_field power,
			     enum psy_field current_field)
{
	int uv, ua;

	if (s->valid & PSY_BIT(power))
		return;
	if (psy_values_get(s, PSY_VOLTAGE_NOW, &uv) ||
	    psy_values_get(s, current_field, &ua))
		return;

	psy_values_set(s, power, div_s64(abs((s64)uv * ua), MICRO));
}

static void psy_derive_status(struct psy_values *s)
{
	int ua, capacity, status = POWER_SUPPLY_STATUS_NOT_CHARGING;

	if ((s->valid & PSY_BIT(PSY_STATUS)) || psy_values_get(s, PSY_CURRENT_NOW, &ua))
		return;

	if (ua < 0)
		status = POWER_SUPPLY_STATUS_DISCHARGING;
	else if (ua > 0)
		status = POWER_SUPPLY_STATUS_CHARGING;
	else if (!psy_values_get(s, PSY_CAPACITY, &capacity) && capacity >= 100)
		status = POWER_SUPPLY_STATUS_FULL;
	psy_values_set(s, PSY_STATUS, status);
}

static void psy_derive_capacity(struct psy_values *s, enum psy_field now_field,
				enum psy_field full_field)
{
	int now, full;

	if (s->valid & PSY_BIT(PSY_CAPACITY))
		return;
	if (psy_values_get(s, now_field, &now) ||
	    psy_values_get(s, full_field, &full) || full <= 0 || now < 0)
		return;

	psy_values_set(s, PSY_CAPACITY, div_s64(100LL * now + full / 2, full));
}

/*
 * Derive the time until @now_field is used up at @rate_field in seconds, unless the
 * device reported it.
 */
static void psy_derive_time(struct psy_values *s, enum psy_field now_field,
			    enum psy_field rate_field)
{
	int now, rate;

	if ((s->valid & PSY_BIT(PSY_TIME_TO_EMPTY_NOW)) ||
	    psy_values_get(s, now_field, &now) ||
	    psy_values_get(s, rate_field, &rate) || !rate || now < 0)
		return;

	psy_values_set(s, PSY_TIME_TO_EMPTY_NOW, div64_s64(3600LL * now, abs((s64)rate)));
}

/* Drop times that do not match the direction of the current. */
static void psy_drop_times(struct psy_values *s)
{
	int status;

	if (psy_values_get(s, PSY_STATUS, &status))
		return;
	if (status != POWER_SUPPLY_STATUS_DISCHARGING)
		s->valid &= ~(PSY_BIT(PSY_TIME_TO_EMPTY_NOW) |
			      PSY_BIT(PSY_TIME_TO_EMPTY_AVG));
	if (status != POWER_SUPPLY_STATUS_CHARGING)
		s->valid &= ~(PSY_BIT(PSY_TIME_TO_FULL_NOW) |
			      PSY_BIT(PSY_TIME_TO_FULL_AVG));
}

/**
 * psy_derive() - derive missing fields of a status
 * @status: fields reported by the device; derived fields are added
 * @unit: unit of the supply
 *
 * Only arithmetic on values of the same reading: power from voltage and current,
 * capacity from charge or energy, status from the sign of the current (a pack at
 * 100 % without current is full), time to empty from the remaining amount and the
 * rate. Times that do not match the status become unknown.
 *
 * Context: any; pure.
 */
void psy_derive(struct psy_values *status, enum psy_unit unit)
{
	psy_derive_capacity(status, PSY_ENERGY_NOW, PSY_ENERGY_FULL);
	psy_derive_capacity(status, PSY_CHARGE_NOW, PSY_CHARGE_FULL);
	psy_derive_status(status);
	if (status->valid & PSY_BIT(PSY_CAPACITY))
		status->val[PSY_CAPACITY] = min(status->val[PSY_CAPACITY], 100);
	if (status->valid & PSY_BIT(PSY_STATE_OF_HEALTH))
		status->val[PSY_STATE_OF_HEALTH] = min(status->val[PSY_STATE_OF_HEALTH], 100);
	if (unit == PSY_UNIT_ENERGY) {
		psy_derive_power(status, PSY_POWER_NOW, PSY_CURRENT_NOW);
		psy_derive_power(status, PSY_POWER_AVG, PSY_CURRENT_AVG);
	}
	psy_derive_time(status, PSY_ENERGY_NOW, PSY_POWER_NOW);
	psy_derive_time(status, PSY_CHARGE_NOW, PSY_CURRENT_NOW);
	psy_drop_times(status);
}
EXPORT_SYMBOL_IF_KUNIT(psy_derive);

/**
 * psy_derivable() - get the fields that can be derived by psy_derive() and psy_level()
 * @fields: %PSY_BIT() of the fields that the device reports
 * @unit: unit of the supply
 *
 * Context: any; pure.
 * Return: @fields and the derived fields.
 */
u64 psy_derivable(u64 fields, enum psy_unit unit)
{
	if (fields & PSY_BIT(PSY_CURRENT_NOW))
		fields |= PSY_BIT(PSY_STATUS);
	if (psy_has(fields, PSY_BIT(PSY_ENERGY_NOW) | PSY_BIT(PSY_ENERGY_FULL)) ||
	    psy_has(fields, PSY_BIT(PSY_CHARGE_NOW) | PSY_BIT(PSY_CHARGE_FULL)))
		fields |= PSY_BIT(PSY_CAPACITY);
	if (unit == PSY_UNIT_ENERGY) {
		if (psy_has(fields, PSY_BIT(PSY_VOLTAGE_NOW) | PSY_BIT(PSY_CURRENT_NOW)))
			fields |= PSY_BIT(PSY_POWER_NOW);
		if (psy_has(fields, PSY_BIT(PSY_VOLTAGE_NOW) | PSY_BIT(PSY_CURRENT_AVG)))
			fields |= PSY_BIT(PSY_POWER_AVG);
	}
	if (psy_has(fields, PSY_BIT(PSY_ENERGY_NOW) | PSY_BIT(PSY_POWER_NOW)) ||
	    psy_has(fields, PSY_BIT(PSY_CHARGE_NOW) | PSY_BIT(PSY_CURRENT_NOW)))
		fields |= PSY_BIT(PSY_TIME_TO_EMPTY_NOW);
	if (fields & PSY_BIT(PSY_ALERT_LOW) && fields & PSY_BIT(PSY_CAPACITY))
		fields |= PSY_BIT(PSY_CAPACITY_LEVEL);
	return fields;
}
EXPORT_SYMBOL_IF_KUNIT(psy_derivable);

/**
 * psy_list_props() - build the property list of a supply
 * @fields: %PSY_BIT() of the supported fields
 * @strings: the supported strings: BIT(0) manufacturer, BIT(1) model, BIT(2) serial
 *	number
 * @unit: unit of the supply; fields in the other unit are left out
 * @props: where to store the list, %PSY_MAX_PROPS long
 *
 * Context: any; pure.
 * Return: length of the list.
 */
unsigned int psy_list_props(u64 fields, unsigned int strings, enum psy_unit unit,
			    enum power_supply_property *props)
{
	unsigned int i, n = 0;

	fields &= ~psy_hidden(unit);

	props[n++] = POWER_SUPPLY_PROP_PRESENT;
	props[n++] = POWER_SUPPLY_PROP_SCOPE;
	for (i = 0; i < ARRAY_SIZE(psy_prop_map); i++)
		if (fields & PSY_BIT(psy_prop_map[i].field))
			props[n++] = psy_prop_map[i].psp;
	if (strings & PSY_STR_MODEL)
		props[n++] = POWER_SUPPLY_PROP_MODEL_NAME;
	if (strings & PSY_STR_MANUFACTURER)
		props[n++] = POWER_SUPPLY_PROP_MANUFACTURER;
	if (strings & PSY_STR_SERIAL)
		props[n++] = POWER_SUPPLY_PROP_SERIAL_NUMBER;
	return n;
}
EXPORT_SYMBOL_IF_KUNIT(psy_list_props);

static int psy_prop_string(const char *s, union power_supply_propval *val)
{
	if (!*s)
		return -ENODATA;
	val->strval = s;
	return 0;
}

/**
 * psy_prop_field() - get the field of a property
 * @psp: the property
 *
 * Context: any; pure.
 * Return: an &enum psy_field, or -EINVAL if there is none.
 */
int psy_prop_field(enum power_supply_property psp)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(psy_prop_map); i++)
		if (psy_prop_map[i].psp == psp)
			return psy_prop_map[i].field;
	return -EINVAL;
}
EXPORT_SYMBOL_IF_KUNIT(psy_prop_field);

/**
 * psy_prop_get() - get a property from a snapshot
 * @snap: the snapshot
 * @info: info of its pack, NULL without a pack
 * @psp: the property
 * @val: where to store the value
 *
 * Context: any; pure.
 * Return: 0; -ENODATA if the value is unknown; -ENODEV without a pack; -EINVAL if
 * the class does not support the property.
 */
int psy_prop_get(const struct psy_snapshot *snap, const struct psy_info *info,
		 enum power_supply_property psp, union power_supply_propval *val)
{
	int field;

	if (psp == POWER_SUPPLY_PROP_PRESENT) {
		val->intval = snap->tag != PSY_TAG_NONE;
		return 0;
	}

	if (snap->tag == PSY_TAG_NONE || !info)
		return -ENODEV;

	switch (psp) {
	case POWER_SUPPLY_PROP_MODEL_NAME:
		return psy_prop_string(info->model, val);
	case POWER_SUPPLY_PROP_MANUFACTURER:
		return psy_prop_string(info->manufacturer, val);
	case POWER_SUPPLY_PROP_SERIAL_NUMBER:
		return psy_prop_string(info->serial, val);
	default:
		break;
	}

	field = psy_prop_field(psp);
	if (field < 0)
		return field;
	if (PSY_INFO_FIELDS & PSY_BIT(field))
		return psy_values_get(&info->values, field, &val->intval);
	return psy_values_get(&snap->status, field, &val->intval);
}
EXPORT_SYMBOL_IF_KUNIT(psy_prop_get);
