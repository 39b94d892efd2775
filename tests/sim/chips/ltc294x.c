// SPDX-License-Identifier: GPL-2.0-only
/*
 * Linear Technology LTC2941 to LTC2944, as in their data sheets (29411f, 2942fa, 2943fa,
 * 2944f): the cell powers the chip, which counts the charge that flows from then on,
 * from 7FFFh; the count can be written while it is stopped; the ADC is asleep at first;
 * the status is cleared by reading it.
 */
#include <linux/bits.h>
#include <linux/math.h>
#include <linux/math64.h>
#include <linux/minmax.h>

#include "../sim-chip.h"

/* Names of the data sheets: registers A, B, ... */
#define A_STATUS	0x00
#define A_2941		BIT(7)
#define A_OVERFLOW	BIT(5)
#define A_UVLO		BIT(0)
#define B_CONTROL	0x01
#define B_ADC		GENMASK(7, 6)
#define B_PRESCALER	GENMASK(5, 3)
#define B_SHUTDOWN	BIT(0)
#define B_POR		0x3c
#define C_CHARGE	0x02
#define E_HIGH		0x04
#define G_LOW		0x06
#define H_LOW_LSB	0x07
#define I_VOLTAGE	0x08
#define M_TEMP_2942	0x0c
#define O_CURRENT	0x0e
#define U_TEMP		0x14

#define RSENSE		50	/* mOhm */
#define KELVIN		2732	/* 0 °C, 0.1 K */

/* What "state" has: the count at a charge of the cell, mAh; the status has been read */
enum { BASE, REFERENCE, STATUS_READ };

static const struct property_entry props_2941[] = {
	PROPERTY_ENTRY_U32("lltc,resistor-sense", RSENSE),
	PROPERTY_ENTRY_U32("lltc,prescaler-exponent", 7),	/* 128 */
	{ }
};

static const struct property_entry props_2943[] = {
	PROPERTY_ENTRY_U32("lltc,resistor-sense", RSENSE),
	PROPERTY_ENTRY_U32("lltc,prescaler-exponent", 5),	/* 1024 */
	{ }
};

static void power_on(struct sim_chip *chip, u8 status)
{
	sim_chip_set8(chip, A_STATUS, status | A_UVLO);
	sim_chip_set8(chip, B_CONTROL, B_POR);
	sim_chip_set_be16(chip, C_CHARGE, 0x7fff);
	sim_chip_set_be16(chip, E_HIGH, 0xffff);
	sim_chip_set_be16(chip, G_LOW, 0);
	chip->state[BASE] = 0x7fff;
	chip->state[REFERENCE] = sim_cell_mah(&chip->cell);
}

static void power_on_2941(struct sim_chip *chip)
{
	power_on(chip, A_2941);
}

static void power_on_2942(struct sim_chip *chip)
{
	power_on(chip, 0);
}

/* Charge of one count, nAh: 85 uAh * 2^B / 2^7, or 340 uAh * 4^B / 4^6 */
static u32 count_nah(struct sim_chip *chip, bool big)
{
	unsigned int b = (sim_chip_get8(chip, B_CONTROL) & B_PRESCALER) >> 3;

	return big ? 340000 >> 2 * (6 - min(b, 6U)) : 85000 >> (7 - b);
}

static void count(struct sim_chip *chip, bool big)
{
	int mah = sim_cell_mah(&chip->cell);
	s64 counts;

	if (!(sim_chip_get8(chip, B_CONTROL) & B_SHUTDOWN)) {
		counts = div_s64((s64)(mah - (int)chip->state[REFERENCE]) * 1000000,
				 count_nah(chip, big));
		counts += chip->state[BASE];
		if (counts < 0 || counts > 0xffff)
			chip->mem[0][A_STATUS] |= A_OVERFLOW;
		sim_chip_set_be16(chip, C_CHARGE, clamp_t(s64, counts, 0, 0xffff));
		return;
	}
	chip->state[BASE] = sim_chip_get_be16(chip, C_CHARGE);
	chip->state[REFERENCE] = mah;
}

/* @val of @full_scale, in @bits bits; the lower ones of the register are 0. */
static void convert(struct sim_chip *chip, u8 reg, int val, int full_scale, int bits)
{
	u32 raw = DIV_ROUND_CLOSEST_ULL((u64)val * 0xffff, full_scale);

	sim_chip_set_be16(chip, reg, min(raw, 0xffffU) & GENMASK(15, 16 - bits));
}

static bool update_2941(struct sim_chip *chip)
{
	count(chip, false);
	return false;
}

static bool update_2942(struct sim_chip *chip)
{
	count(chip, false);
	if ((sim_chip_get8(chip, B_CONTROL) & B_ADC) != B_ADC)
		return false;
	convert(chip, I_VOLTAGE, chip->cell.mv, 6000, 14);
	convert(chip, M_TEMP_2942, chip->cell.temp + KELVIN, 6000, 10);
	return false;
}

/* The current is 60 mV or 64 mV over the resistor, around 7FFFh, in 12 bits. */
static bool update_big(struct sim_chip *chip, int mv, int sense_uv)
{
	int raw;

	count(chip, true);
	if (!(sim_chip_get8(chip, B_CONTROL) & BIT(7)))
		return false;
	convert(chip, I_VOLTAGE, chip->cell.mv, mv, 14);
	convert(chip, U_TEMP, chip->cell.temp + KELVIN, 5100, 11);
	raw = 0x7fff + (int)div_s64((s64)chip->cell.ma * RSENSE * 0x7fff, sense_uv);
	sim_chip_set_be16(chip, O_CURRENT, clamp(raw + 8, 0, 0xffff) & 0xfff0);
	return false;
}

static bool update_2943(struct sim_chip *chip)
{
	return update_big(chip, 23600, 60000);
}

static bool update_2944(struct sim_chip *chip)
{
	return update_big(chip, 70800, 64000);
}

/* With another prescaler, and from another charge, it counts from the present number. */
static int write_294x(struct sim_chip *chip, unsigned int bank, u8 reg, const u8 *data,
		      u16 len)
{
	bool stopped = sim_chip_get8(chip, B_CONTROL) & B_SHUTDOWN;

	if (reg == B_CONTROL) {
		chip->state[BASE] = sim_chip_get_be16(chip, C_CHARGE);
		chip->state[REFERENCE] = sim_cell_mah(&chip->cell);
		return 0;
	}
	if (reg == C_CHARGE || reg == C_CHARGE + 1)
		return stopped ? 0 : 1;
	return reg >= E_HIGH && reg + len - 1 <= H_LOW_LSB ? 0 : 1;
}

static void read_294x(struct sim_chip *chip, unsigned int bank, u8 reg)
{
	if (chip->state[STATUS_READ])
		chip->mem[0][A_STATUS] &= A_2941;
	chip->state[STATUS_READ] = reg == A_STATUS;
}

const struct sim_chip_model sim_ltc294x[] = {
	{ "ltc2941", 0x64, .props = props_2941, .power_on = power_on_2941,
	  .update = update_2941, .write = write_294x, .read = read_294x },
	{ "ltc2942", 0x64, .props = props_2941, .power_on = power_on_2942,
	  .update = update_2942, .write = write_294x, .read = read_294x },
	{ "ltc2943", 0x64, .props = props_2943, .power_on = power_on_2942,
	  .update = update_2943, .write = write_294x, .read = read_294x },
	{ "ltc2944", 0x64, .props = props_2943, .power_on = power_on_2942,
	  .update = update_2944, .write = write_294x, .read = read_294x },
	{ }
};
