// SPDX-License-Identifier: GPL-2.0-only
/* Decoding of Smart Battery words. Pure: no state, no device access. */
#include <kunit/visibility.h>
#include <linux/bitfield.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/power/psy_miniclass.h>

#include "sbs.h"

/* Section 5.1.25: versions above 1.0 */
#define SBS_VERSION_1_1_PEC	3

/**
 * sbs_decode_spec() - decode SpecificationInfo(), section 5.1.25
 * @raw: the word
 * @spec: where to store the result; on error both factors are 1
 *
 * Return: 0, or -ERANGE if an exponent is not in the range 0 to 3.
 */
int sbs_decode_spec(u16 raw, struct sbs_spec *spec)
{
	static const int pow10[] = { 1, 10, 100, 1000 };
	unsigned int v = FIELD_GET(GENMASK(11, 8), raw);
	unsigned int ip = FIELD_GET(GENMASK(15, 12), raw);

	*spec = (struct sbs_spec){
		.volt_scale = 1,
		.ip_scale = 1,
		.pec = FIELD_GET(GENMASK(7, 4), raw) == SBS_VERSION_1_1_PEC,
	};
	if (v >= ARRAY_SIZE(pow10) || ip >= ARRAY_SIZE(pow10))
		return -ERANGE;

	spec->volt_scale = pow10[v];
	spec->ip_scale = pow10[ip];
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(sbs_decode_spec);

/*
 * DISCHARGING is set whenever the pack is not being charged, also at rest. Therefore
 * use the sign of the current, and the bits only to distinguish the states at rest.
 * Without a current, leave the status to the class, which may still have the last
 * current.
 */
static void sbs_status(u16 status, struct psy_values *values)
{
	int ua;

	if (psy_values_get(values, PSY_CURRENT_NOW, &ua)) {
		if ((status & SBS_STATUS_FULLY_CHARGED) && !(status & SBS_STATUS_DISCHARGING))
			psy_values_set(values, PSY_STATUS, POWER_SUPPLY_STATUS_FULL);
		return;
	}

	if (ua < 0)
		psy_values_set(values, PSY_STATUS, POWER_SUPPLY_STATUS_DISCHARGING);
	else if (status & SBS_STATUS_FULLY_CHARGED)
		psy_values_set(values, PSY_STATUS, POWER_SUPPLY_STATUS_FULL);
	else if (ua > 0)
		psy_values_set(values, PSY_STATUS, POWER_SUPPLY_STATUS_CHARGING);
	else
		psy_values_set(values, PSY_STATUS, POWER_SUPPLY_STATUS_NOT_CHARGING);
}

static int sbs_health(u16 status, u16 mode)
{
	if (status & SBS_STATUS_OVER_TEMP)
		return POWER_SUPPLY_HEALTH_OVERHEAT;
	if (status & SBS_STATUS_OVER_CHARGED)
		return POWER_SUPPLY_HEALTH_OVERVOLTAGE;
	if (mode & SBS_MODE_CONDITION_FLAG)
		return POWER_SUPPLY_HEALTH_CALIBRATION_REQUIRED;
	return POWER_SUPPLY_HEALTH_GOOD;
}

/* Before INITIALIZED is set, the gauge does not know the capacity of the pack. */
static int sbs_level(u16 status)
{
	if (!(status & SBS_STATUS_INITIALIZED))
		return POWER_SUPPLY_CAPACITY_LEVEL_UNKNOWN;
	if (status & (SBS_STATUS_FULLY_DISCHARGED | SBS_STATUS_TERMINATE_DISCHARGE))
		return POWER_SUPPLY_CAPACITY_LEVEL_CRITICAL;
	if (status & (SBS_STATUS_REMAINING_CAPACITY | SBS_STATUS_REMAINING_TIME))
		return POWER_SUPPLY_CAPACITY_LEVEL_LOW;
	if (status & SBS_STATUS_FULLY_CHARGED)
		return POWER_SUPPLY_CAPACITY_LEVEL_FULL;
	return POWER_SUPPLY_CAPACITY_LEVEL_NORMAL;
}

/**
 * sbs_decode_status() - decode BatteryStatus(), section 5.1.21
 * @status: the word
 * @mode: BatteryMode() from the same reading, section 5.1.4
 * @values: contains the current, if it could be read; health and level are added, and
 *	status unless the class has to derive it
 */
void sbs_decode_status(u16 status, u16 mode, struct psy_values *values)
{
	sbs_status(status, values);
	psy_values_set(values, PSY_HEALTH, sbs_health(status, mode));
	psy_values_set(values, PSY_CAPACITY_LEVEL, sbs_level(status));
}
EXPORT_SYMBOL_IF_KUNIT(sbs_decode_status);

/**
 * sbs_decode_date() - decode ManufactureDate(), section 5.1.26
 * @raw: the word
 * @values: year, month and day are added
 *
 * Return: 0, or -ERANGE for an invalid date, such as an unprogrammed 0.
 */
int sbs_decode_date(u16 raw, struct psy_values *values)
{
	unsigned int day = FIELD_GET(GENMASK(4, 0), raw);
	unsigned int month = FIELD_GET(GENMASK(8, 5), raw);
	unsigned int year = 1980 + FIELD_GET(GENMASK(15, 9), raw);

	if (!day || !month || month > 12)
		return -ERANGE;

	psy_values_set(values, PSY_MANUFACTURE_YEAR, year);
	psy_values_set(values, PSY_MANUFACTURE_MONTH, month);
	psy_values_set(values, PSY_MANUFACTURE_DAY, day);
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(sbs_decode_date);
