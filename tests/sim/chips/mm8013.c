// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mitsumi MM8013, without a public data sheet: registers as in the in-tree driver of 7.2, signs
 * and units as in the driver of ChromeOS' embedded controllers. Words, the less
 * significant byte first.
 */
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/minmax.h>

#include "../sim-chip.h"

enum {
	CONTROL = 0x00,
	TEMPERATURE = 0x06,
	VOLTAGE = 0x08,
	FLAGS = 0x0a,
	NOMINAL_CHARGE = 0x0c,
	FULL_CHARGE = 0x0e,
	REMAINING_CHARGE = 0x10,
	AVERAGE_CURRENT = 0x14,
	TIME_TO_EMPTY = 0x16,
	TIME_TO_FULL = 0x18,
	CYCLE_COUNT = 0x2a,
	STATE_OF_CHARGE = 0x2c,
	DESIGN_CHARGE = 0x3c,
};

#define CONTROL_PACK_TYPE	0x08
#define PACK_TYPE_1		0x0101

#define DISCHARGING	BIT(0)
#define TOO_COLD	BIT(3)
#define TOO_HOT		BIT(4)
#define MAY_CHARGE	BIT(8)
#define FULL		BIT(9)
#define LOW_VOLTAGE	BIT(12)

/* In minutes, at the rate of the present current */
static u16 minutes(int mah, int ma)
{
	return ma > 0 ? min(mah * 60 / ma, 0xfffe) : 0xffff;
}

static u16 flags(const struct sim_cell *cell)
{
	u16 set = 0;

	if (cell->ma <= 0 && cell->permille < 1000)
		set |= DISCHARGING;
	if (cell->permille < 1000)
		set |= MAY_CHARGE;
	else
		set |= FULL;
	if (cell->temp > 600)
		set |= TOO_HOT;
	if (cell->temp < 0)
		set |= TOO_COLD;
	if (cell->mv < 3000)
		set |= LOW_VOLTAGE;
	return set;
}

static bool update(struct sim_chip *chip)
{
	const struct sim_cell *cell = &chip->cell;
	int mah = sim_cell_mah(cell);

	sim_chip_set_le16(chip, TEMPERATURE, cell->temp + 2731);
	sim_chip_set_le16(chip, VOLTAGE, cell->mv);
	sim_chip_set_le16(chip, FLAGS, flags(cell));
	sim_chip_set_le16(chip, NOMINAL_CHARGE, mah);
	sim_chip_set_le16(chip, FULL_CHARGE, cell->full_mah);
	sim_chip_set_le16(chip, REMAINING_CHARGE, mah);
	sim_chip_set_le16(chip, AVERAGE_CURRENT, cell->ma);
	sim_chip_set_le16(chip, TIME_TO_EMPTY, minutes(mah, -cell->ma));
	sim_chip_set_le16(chip, TIME_TO_FULL, minutes(cell->full_mah - mah, cell->ma));
	sim_chip_set_le16(chip, CYCLE_COUNT, cell->cycles);
	sim_chip_set_le16(chip, STATE_OF_CHARGE, cell->permille / 10);
	sim_chip_set_le16(chip, DESIGN_CHARGE, cell->design_mah);
	return false;
}

/* Control: a question, whose answer replaces it; only that for the type of the pack */
static int write(struct sim_chip *chip, unsigned int bank, u8 reg, const u8 *data, u16 len)
{
	if (reg != CONTROL || len != 2 || data[0] != CONTROL_PACK_TYPE || data[1])
		return -ENXIO;
	sim_chip_set_le16(chip, CONTROL, PACK_TYPE_1);
	return 1;
}

const struct sim_chip_model sim_mm8013[] = {
	{ "mm8013", 0x55, .update = update, .write = write },
	{ }
};
