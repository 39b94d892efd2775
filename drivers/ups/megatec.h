/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __MEGATEC_H
#define __MEGATEC_H

#include <linux/bits.h>
#include <linux/power/ups_serial.h>
#include <linux/types.h>

#define MEGATEC_NO_RATING	BIT(0)	/* do not send F: not understood, or harmful */
#define MEGATEC_NO_VENDOR	BIT(1)	/* do not send I: not understood, or harmful */
#define MEGATEC_STICKY_SHUTDOWN	BIT(2)	/* the shutdown flag is meaningless */
#define MEGATEC_FIXED_TEMP	BIT(3)	/* the temperature is a constant */

/**
 * struct megatec_pack - parameters for charge and runtime
 * @nominal_uv: nominal voltage of the battery, µV; 0 if unknown
 * @cells: factor for the voltage that the unit reports; 0 to derive it from
 *	@nominal_uv
 * @empty_uv: voltage at 0 percent, µV
 * @full_uv: voltage at 100 percent, µV
 * @low_load: load at the first point of the calibration, percent; 0 for no
 *	calibration
 * @low_load_s: runtime of a full battery at @low_load, seconds
 * @high_load: load at the second point, percent; more than @low_load
 * @high_load_s: runtime at @high_load, seconds
 */
struct megatec_pack {
	int nominal_uv;
	u32 cells;
	int empty_uv;
	int full_uv;
	u32 low_load;
	u32 low_load_s;
	u32 high_load;
	u32 high_load_s;
};

/**
 * struct megatec_rating - reply to F
 * @mv: nominal voltage, mV
 * @ma: nominal current, mA
 * @battery_uv: nominal battery voltage, µV
 * @frequency_millihz: nominal frequency, mHz
 */
struct megatec_rating {
	int mv;
	int ma;
	int battery_uv;
	int frequency_millihz;
};

int megatec_parse_status(const char *reply, u32 quirks, struct ups_status *status);
int megatec_parse_rating(const char *reply, struct megatec_rating *rating);
int megatec_parse_ident(const char *reply, struct ups_ident *ident);
void megatec_battery(const struct megatec_pack *pack, struct ups_status *status);
int megatec_verdict(const char *command, const char *reply);

#endif /* __MEGATEC_H */
