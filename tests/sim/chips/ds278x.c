// SPDX-License-Identifier: GPL-2.0-only
/*
 * Dallas/Maxim DS2782 and DS2786, as in their data sheets. Of two bytes the more
 * significant one is first, and values are in its upper bits. The voltage across the
 * sense resistor is positive while charging.
 */
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/math.h>
#include <linux/minmax.h>

#include "../sim-chip.h"

/* DS2782, with a sense resistor of 20 mOhm, which its EEPROM has as 50 S */
enum {
	RARC = 0x06,
	IAVG = 0x08,
	RSNSP = 0x69,
};

/* DS2786, with 15 mOhm */
enum {
	STATUS_CONFIG = 0x01,
	RELATIVE_CAPACITY = 0x02,
};

#define ITEMP	BIT(2)

enum {
	TEMP = 0x0a,
	VOLT = 0x0c,
	CURRENT = 0x0e,
};

static const struct property_entry ds2786_props[] = {
	PROPERTY_ENTRY_U32("shunt-resistor-micro-ohms", 15000),
	{ }
};

/* 0.125 degrees, in the upper 11 bits */
static void show_temp(struct sim_chip *chip)
{
	sim_chip_set_be16(chip, TEMP, DIV_ROUND_CLOSEST(chip->cell.temp * 8, 10) * 32);
}

static void power_on_2782(struct sim_chip *chip)
{
	sim_chip_set8(chip, RSNSP, 50);
}

static bool update_2782(struct sim_chip *chip)
{
	/* mA times 20 mOhm are uV; 1.5625 uV are 100/64. */
	int lsb = DIV_ROUND_CLOSEST(chip->cell.ma * 20 * 64, 100);
	s16 current_now = clamp(lsb, S16_MIN, S16_MAX);

	sim_chip_set8(chip, RARC, chip->cell.permille / 10);
	sim_chip_set_be16(chip, IAVG, current_now);
	show_temp(chip);
	sim_chip_set_be16(chip, VOLT, chip->cell.mv * 100 / 488 * 32);
	sim_chip_set_be16(chip, CURRENT, current_now);
	return false;
}

static void power_on_2786(struct sim_chip *chip)
{
	sim_chip_set8(chip, STATUS_CONFIG, 0x60 | ITEMP);
}

/* TEMP is that of AIN1 if ITEMP is not set: here, a ratio of 3/4. */
static bool update_2786(struct sim_chip *chip)
{
	int lsb = DIV_ROUND_CLOSEST(chip->cell.ma * 15, 25);

	sim_chip_set8(chip, RELATIVE_CAPACITY, chip->cell.permille / 5);
	if (sim_chip_get8(chip, STATUS_CONFIG) & ITEMP)
		show_temp(chip);
	else
		sim_chip_set_be16(chip, TEMP, 0x6000);
	sim_chip_set_be16(chip, VOLT, chip->cell.mv * 100 / 122 * 8);
	sim_chip_set_be16(chip, CURRENT, clamp(lsb, -2048, 2047) * 16);
	return false;
}

/* The drivers have nothing to write. */
static int refuse(struct sim_chip *chip, unsigned int bank, u8 reg, const u8 *data, u16 len)
{
	return -ENXIO;
}

const struct sim_chip_model sim_ds278x[] = {
	{ "ds2782", 0x34, .power_on = power_on_2782, .update = update_2782, .write = refuse },
	{ "ds2786", 0x36, .props = ds2786_props, .power_on = power_on_2786,
	  .update = update_2786, .write = refuse },
	{ }
};
