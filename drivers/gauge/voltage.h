/* SPDX-License-Identifier: GPL-2.0-only */
/* State of charge from voltage and current. Pure: no device access, no clock. */
#ifndef __PSY_VOLTAGE_H
#define __PSY_VOLTAGE_H

#include <linux/types.h>

/* Of POWER_SUPPLY_OCV_TEMP_MAX, which the power_supply core limits a battery to */
#define VOLTAGE_MAX_TABLES	20
#define VOLTAGE_MAX_POINTS	100

/* Where no temperature is measured, and no table is for it */
#define VOLTAGE_ROOM_TEMP	250

/**
 * struct voltage_point - a point of a characteristic
 * @x: open circuit voltage, µV; of the resistance: temperature, °C
 * @y: percent
 */
struct voltage_point {
	int x;
	int y;
};

/**
 * struct voltage_table - a characteristic, from its highest to its lowest @x
 * @celsius: temperature that it is for
 * @len: number of points
 * @points: the points
 */
struct voltage_table {
	int celsius;
	unsigned int len;
	const struct voltage_point *points;
};

/**
 * struct voltage_battery - characteristics of a battery
 * @full_uah: charge when full
 * @resistance_uohm: internal resistance, 0 if it is not known
 * @empty_uv: terminal voltage of the empty battery, 0 if it is not known
 * @charge_uv: voltage at which it is charged last, 0 if it is not known
 * @term_ua: it is full when the current at @charge_uv has fallen to this; 0 if it is not
 *	known
 * @nr_tables: number of tables of the open circuit voltage, at least 1
 * @tables: these
 * @resist: internal resistance in percent of @resistance_uohm by temperature, or empty
 */
struct voltage_battery {
	int full_uah;
	int resistance_uohm;
	int empty_uv;
	int charge_uv;
	int term_ua;
	unsigned int nr_tables;
	struct voltage_table tables[VOLTAGE_MAX_TABLES];
	struct voltage_table resist;
};

/**
 * struct voltage_sample - one measurement
 * @uv: voltage across the terminals
 * @ua: current, negative while discharging
 * @temp: temperature, 0.1 °C
 * @has_ua: the current is measured
 * @slept: the machine was asleep since the last measurement
 * @dt_ms: time since the last measurement, with the time asleep
 */
struct voltage_sample {
	int uv;
	int ua;
	int temp;
	bool has_ua;
	bool slept;
	s64 dt_ms;
};

/**
 * struct voltage_soc - state of charge. Charges are in nC: 1 µA for 1 ms.
 * @started: there was a measurement
 * @full: the battery is full
 * @charge: remaining charge
 * @margin: error that @charge may have
 * @counter: charge that has flowed into the battery
 * @ocv_uv: estimated open circuit voltage
 * @last_ua: current of the last measurement
 * @rest_ms: how long the current has been small
 * @taper_ms: how long the battery has looked full
 */
struct voltage_soc {
	bool started;
	bool full;
	s64 charge;
	s64 margin;
	s64 counter;
	int ocv_uv;
	int last_ua;
	s64 rest_ms;
	s64 taper_ms;
};

/* nC of 1 µAh */
#define VOLTAGE_UAH	3600000LL

int voltage_interpolate(const struct voltage_table *t, int x, int scale);
int voltage_ocv_ppm(const struct voltage_battery *bat, int uv, int temp);
int voltage_resistance(const struct voltage_battery *bat, int temp);
int voltage_idle_ua(const struct voltage_battery *bat);
void voltage_soc_step(struct voltage_soc *soc, const struct voltage_battery *bat,
		      const struct voltage_sample *s);

#endif /* __PSY_VOLTAGE_H */
