// SPDX-License-Identifier: GPL-2.0-only
/*
 * State of charge from voltage and current. Pure: no device access, no clock.
 *
 * Two estimates with their errors: the open circuit voltage (OCV), which is good after a
 * rest and poor under load, and the counted charge, which is good for a short time. The
 * counted charge is used as long as its error is the smaller one; else it moves towards
 * the other estimate, slowly, so that a change of the load is not a change of the charge.
 */
#include <kunit/visibility.h>
#include <linux/export.h>
#include <linux/limits.h>
#include <linux/math.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/time64.h>
#include <linux/units.h>

#include "voltage.h"

/* Without a measurement for this long, the charge in between is not counted. */
#define VOLTAGE_GAP_MS		(120 * MSEC_PER_SEC)
/* How fast one estimate moves to the other */
#define VOLTAGE_PULL_MS		(300 * MSEC_PER_SEC)
/* The same below the voltage of the empty battery, where the board will switch off */
#define VOLTAGE_EMPTY_MS	(30 * MSEC_PER_SEC)
/* A single voltage stands for no more than this. */
#define VOLTAGE_SINGLE_MS	(5LL * MSEC_PER_SEC)
/* The voltage settles for this long after a load. */
#define VOLTAGE_REST_MS		(1800 * MSEC_PER_SEC)
/* A battery that looks full for this long is full. */
#define VOLTAGE_TAPER_MS	(60 * MSEC_PER_SEC)

/* Errors of the OCV: of the measured voltage, and before it has settled; parts of it */
#define VOLTAGE_ERR_MEASURED	200
#define VOLTAGE_ERR_UNSETTLED	100
/* Drop at a current of 1 C if the resistance is not known, percent of the voltage */
#define VOLTAGE_DROP		6
/* ... at this part of 1 C if the current is not known either */
#define VOLTAGE_LOAD		5
/* Error of the table itself, and of a battery that has just been charged, percent */
#define VOLTAGE_ERR_TABLE	2
/* Errors of the counted charge: percent of it, and parts of the full charge per hour */
#define VOLTAGE_ERR_COUNTED	3
#define VOLTAGE_ERR_DRIFT	200

/**
 * voltage_interpolate() - get a value of a characteristic
 * @t: the characteristic, not empty
 * @x: where
 * @scale: factor of the result
 *
 * Return: @scale times the percentage; outside the table that of its end.
 */
int voltage_interpolate(const struct voltage_table *t, int x, int scale)
{
	const struct voltage_point *p = t->points, *q;
	unsigned int i = 0;

	while (i < t->len && p[i].x > x)
		i++;
	if (!i || i == t->len)
		return p[i ? i - 1 : 0].y * scale;
	q = &p[i];
	p = q - 1;
	return q->y * scale + div_s64((s64)(p->y - q->y) * scale * ((s64)x - q->x), p->x - q->x);
}
EXPORT_SYMBOL_IF_KUNIT(voltage_interpolate);

/**
 * voltage_ocv_ppm() - get the charge for an open circuit voltage
 * @bat: the battery
 * @uv: the open circuit voltage
 * @temp: temperature, 0.1 °C
 *
 * Between the temperatures of two tables it is interpolated.
 *
 * Return: the charge, ppm of the full charge.
 */
int voltage_ocv_ppm(const struct voltage_battery *bat, int uv, int temp)
{
	const struct voltage_table *cold = NULL, *warm = NULL, *t;
	int low, high;

	for (t = bat->tables; t < bat->tables + bat->nr_tables; t++) {
		if (t->celsius * 10 <= temp && (!cold || t->celsius > cold->celsius))
			cold = t;
		if (t->celsius * 10 >= temp && (!warm || t->celsius < warm->celsius))
			warm = t;
	}
	if (!cold || !warm || cold->celsius == warm->celsius)
		return voltage_interpolate(cold ?: warm, uv, MICRO / 100);
	low = voltage_interpolate(cold, uv, MICRO / 100);
	high = voltage_interpolate(warm, uv, MICRO / 100);
	return low + div_s64((s64)(high - low) * (temp - cold->celsius * 10),
			     (warm->celsius - cold->celsius) * 10);
}
EXPORT_SYMBOL_IF_KUNIT(voltage_ocv_ppm);

/**
 * voltage_resistance() - get the internal resistance
 * @bat: the battery
 * @temp: temperature, 0.1 °C
 *
 * Return: the resistance, µΩ; 0 if it is not known.
 */
int voltage_resistance(const struct voltage_battery *bat, int temp)
{
	int percent = 100;

	if (bat->resist.len)
		percent = voltage_interpolate(&bat->resist, temp / 10, 1);
	return div_s64((s64)bat->resistance_uohm * percent, 100);
}
EXPORT_SYMBOL_IF_KUNIT(voltage_resistance);

/**
 * voltage_idle_ua() - get the largest current that may be an offset of the measurement
 * @bat: the battery
 *
 * 15 mA are 150 µV at a shunt of 10 mΩ. Large batteries have smaller shunts.
 *
 * Return: the current, µA.
 */
int voltage_idle_ua(const struct voltage_battery *bat)
{
	return max(bat->full_uah / 2000, 15000);
}
EXPORT_SYMBOL_IF_KUNIT(voltage_idle_ua);

static s64 voltage_full(const struct voltage_battery *bat)
{
	return bat->full_uah * VOLTAGE_UAH;
}

static s64 voltage_percent(const struct voltage_battery *bat, int percent)
{
	return div_s64(voltage_full(bat) * percent, 100);
}

/* Move @from to @to with the time constant @tau_ms. */
static s64 voltage_pull(s64 from, s64 to, s64 dt_ms, s64 tau_ms)
{
	return from + div64_s64(to - from, tau_ms + dt_ms) * dt_ms;
}

/* The charge by the OCV, and the error of it */
static s64 voltage_estimate(struct voltage_soc *soc, const struct voltage_battery *bat,
			    const struct voltage_sample *s, s64 *error)
{
	s64 load = s->has_ua ? abs((s64)s->ua) : bat->full_uah / VOLTAGE_LOAD;
	s64 r = voltage_resistance(bat, s->temp), ocv = s->uv, err_uv;
	int ppm, up, down;

	err_uv = s->uv / VOLTAGE_ERR_MEASURED;
	if (r && s->has_ua) {
		ocv -= div_s64(s->ua * r, MICRO);
		err_uv += div_s64(load * r, 2 * MICRO);
	} else {
		err_uv += div_s64(div_s64(load * s->uv, bat->full_uah) * VOLTAGE_DROP, 100);
	}
	err_uv += div64_s64(s->uv / VOLTAGE_ERR_UNSETTLED * (VOLTAGE_REST_MS - soc->rest_ms),
			    VOLTAGE_REST_MS);
	err_uv = min_t(s64, err_uv, INT_MAX / 4);
	soc->ocv_uv = clamp_t(s64, ocv, 0, INT_MAX / 2);

	ppm = voltage_ocv_ppm(bat, soc->ocv_uv, s->temp);
	up = voltage_ocv_ppm(bat, soc->ocv_uv + err_uv, s->temp) - ppm;
	down = ppm - voltage_ocv_ppm(bat, soc->ocv_uv - err_uv, s->temp);
	*error = div_s64(voltage_full(bat), MICRO) * max(up, down) +
		 voltage_percent(bat, VOLTAGE_ERR_TABLE);
	return div_s64(voltage_full(bat), MICRO) * ppm;
}

/* The charge that has flowed since the last measurement, and what it adds to the error */
static void voltage_count(struct voltage_soc *soc, const struct voltage_battery *bat,
			  const struct voltage_sample *s)
{
	s64 flowed = div_s64(((s64)soc->last_ua + s->ua) * s->dt_ms, 2);

	soc->charge += flowed;
	soc->counter += flowed;
	soc->margin += div_s64(abs(flowed) * VOLTAGE_ERR_COUNTED, 100);
	soc->margin += div_s64(bat->full_uah * s->dt_ms, VOLTAGE_ERR_DRIFT);
}

/*
 * What the voltage excludes is not true, however well the charge was counted: the shunt
 * may not be the one that the monitor assumes, or the current beyond its range.
 */
static void voltage_bound(struct voltage_soc *soc, s64 estimate, s64 error, s64 dt_ms)
{
	s64 bound = clamp(soc->charge, estimate - error, estimate + error);

	if (bound == soc->charge)
		return;
	soc->charge = voltage_pull(soc->charge, bound, min(dt_ms, VOLTAGE_SINGLE_MS),
				   VOLTAGE_PULL_MS);
	soc->margin = max(soc->margin, error);
}

/* One low voltage may be a peak of the current, as when the machine wakes up. */
static void voltage_empty(struct voltage_soc *soc, s64 dt_ms)
{
	s64 charge = voltage_pull(soc->charge, 0, min(dt_ms, VOLTAGE_SINGLE_MS),
				  VOLTAGE_EMPTY_MS);

	soc->margin += soc->charge - charge;
	soc->charge = charge;
}

/* Of a gap, nothing is known but its end. */
static bool voltage_is_gap(const struct voltage_sample *s)
{
	return s->slept || s->dt_ms > VOLTAGE_GAP_MS;
}

/* Full is what the charger has finished: constant voltage, and a current that has fallen. */
static void voltage_detect_full(struct voltage_soc *soc, const struct voltage_battery *bat,
				const struct voltage_sample *s, s64 highest)
{
	int idle = voltage_idle_ua(bat);

	if (!s->has_ua || !bat->charge_uv || !bat->term_ua)
		return;
	if (s->uv >= bat->charge_uv - bat->charge_uv / 100 && s->ua > -idle &&
	    s->ua <= bat->term_ua)
		soc->taper_ms += voltage_is_gap(s) ? 0 : s->dt_ms;
	else
		soc->taper_ms = 0;

	/* Afterwards the voltage falls a little, and the current is the charger's leakage. */
	if (soc->taper_ms >= VOLTAGE_TAPER_MS)
		soc->full = true;
	else if (s->ua < -idle || s->ua > max(bat->term_ua, idle) ||
		 highest < voltage_percent(bat, 95))
		soc->full = false;

	if (soc->full) {
		soc->charge = voltage_full(bat);
		soc->margin = voltage_percent(bat, VOLTAGE_ERR_TABLE);
	} else {
		/* Below what is shown as 100 % */
		soc->charge = min(soc->charge, voltage_full(bat) - voltage_full(bat) / 200 - 1);
	}
}

/**
 * voltage_soc_step() - take one measurement into account
 * @soc: the state; zero at the start
 * @bat: the battery
 * @s: the measurement
 *
 * At the start the charge is that by the OCV, as accurate as that is at the present load.
 */
void voltage_soc_step(struct voltage_soc *soc, const struct voltage_battery *bat,
		      const struct voltage_sample *s)
{
	s64 full = voltage_full(bat), estimate, error;
	bool gap = voltage_is_gap(s);

	if (!soc->started || gap || !s->has_ua || abs((s64)s->ua) > bat->full_uah / 20)
		soc->rest_ms = 0;
	else
		soc->rest_ms = min_t(s64, soc->rest_ms + s->dt_ms, VOLTAGE_REST_MS);
	estimate = voltage_estimate(soc, bat, s, &error);

	if (!soc->started) {
		soc->charge = estimate;
		soc->margin = error;
	} else if (gap) {
		/* As after a sleep: only what the voltage excludes is corrected. */
		soc->charge = clamp(soc->charge, estimate - error, estimate + error);
		soc->margin = max(soc->margin, error);
	} else {
		if (s->has_ua)
			voltage_count(soc, bat, s);
		if (!s->has_ua || soc->margin > error) {
			soc->charge = voltage_pull(soc->charge, estimate, s->dt_ms,
						   VOLTAGE_PULL_MS);
			soc->margin = voltage_pull(soc->margin, error, s->dt_ms, VOLTAGE_PULL_MS);
		} else {
			voltage_bound(soc, estimate, error, s->dt_ms);
		}
	}

	/* A counted 0 % would switch off the machine: the voltage must agree. */
	if (s->uv <= bat->empty_uv && s->ua <= 0)
		voltage_empty(soc, gap ? 0 : s->dt_ms);
	else
		soc->charge = max(soc->charge, clamp(estimate - error, 0LL, full / 200 + 1));
	soc->charge = clamp(soc->charge, 0LL, full);
	voltage_detect_full(soc, bat, s, estimate + error);
	soc->margin = clamp(soc->margin, 0LL, full);
	soc->last_ua = s->ua;
	soc->started = true;
}
EXPORT_SYMBOL_IF_KUNIT(voltage_soc_step);
