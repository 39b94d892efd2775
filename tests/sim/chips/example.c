// SPDX-License-Identifier: GPL-2.0-only
/* The chip of the guide for authors of drivers, which nobody makes. */
#include "../sim-chip.h"

static bool update_foo1000(struct sim_chip *chip)
{
	const struct sim_cell *cell = &chip->cell;

	sim_chip_set_be16(chip, 0x02, cell->mv * 64 / 5);	/* 78.125 uV */
	sim_chip_set_be16(chip, 0x04, cell->permille / 10);	/* percent */
	sim_chip_set_be16(chip, 0x06, cell->ma);
	return false;
}

const struct sim_chip_model sim_example[] = {
	{ "foo1000", 0x36, .update = update_foo1000 },
	{ }
};
