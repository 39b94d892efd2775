// SPDX-License-Identifier: GPL-2.0-only
/*
 * CellWise CW2015: the cell powers the chip, which is asleep at first and has no model of
 * the battery. It measures while it is awake, and has no percentage while it is
 * restarted. ALRT is set when the percentage falls below the threshold, and holds the
 * line low until the host clears it.
 */
#include <linux/bits.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "../sim-chip.h"

#define VERSION		0x00
#define VCELL		0x02
#define SOC		0x04
#define RRT_ALRT	0x06
#define ALRT		BIT(7)
#define CONFIG		0x08
#define CONFIG_ATHD	GENMASK(7, 3)
#define CONFIG_POR	0x18
#define MODE		0x0a
#define MODE_SLEEP	GENMASK(7, 6)
#define MODE_RESTART	GENMASK(3, 0)
#define BATINFO		0x10
#define BATINFO_LAST	0x4f

#define RRT_NONE	0x1fff

/* What "state" has */
enum { ABOVE, ALERTED };

static const u8 profile[64] = {
	0x17, 0x67, 0x80, 0x73, 0x6e, 0x6c, 0x6b, 0x63, 0x77, 0x51, 0x5c, 0x58, 0x50, 0x4c,
	0x48, 0x36, 0x15, 0x0c, 0x0c, 0x19, 0x5b, 0x7d, 0x6f, 0x69, 0x69, 0x5b, 0x0c, 0x29,
	0x20, 0x40, 0x52, 0x59, 0x57, 0x56, 0x54, 0x4f, 0x3b, 0x1f, 0x7f, 0x17, 0x06, 0x1a,
	0x30, 0x5a, 0x85, 0x93, 0x96, 0x2d, 0x48, 0x77, 0x9c, 0xb3, 0x80, 0x52, 0x94, 0xcb,
	0x2f, 0x00, 0x64, 0xa5, 0xb5, 0x11, 0xf0, 0x11,
};

static const struct property_entry props[] = {
	PROPERTY_ENTRY_U8_ARRAY("cellwise,battery-profile", profile),
	{ }
};

static void power_on(struct sim_chip *chip)
{
	sim_chip_set8(chip, VERSION, 0x6f);
	sim_chip_set8(chip, CONFIG, CONFIG_POR);
	sim_chip_set8(chip, MODE, MODE_SLEEP);
	sim_chip_set_be16(chip, SOC, 0xff00);
}

/* Minutes until the cell is empty */
static u16 remaining(const struct sim_cell *cell)
{
	if (cell->ma >= 0)
		return RRT_NONE;
	return min(sim_cell_mah(cell) * 60 / -cell->ma, RRT_NONE - 1);
}

static bool update(struct sim_chip *chip)
{
	const struct sim_cell *cell = &chip->cell;
	u8 mode = sim_chip_get8(chip, MODE);
	bool above;

	if ((mode & MODE_SLEEP) == MODE_SLEEP)
		return chip->state[ALERTED];
	sim_chip_set_be16(chip, VCELL, DIV_ROUND_CLOSEST(cell->mv * 1000, 305) & 0x3fff);
	if (mode & MODE_RESTART) {
		sim_chip_set_be16(chip, SOC, 0xff00);
		return chip->state[ALERTED];
	}
	sim_chip_set_be16(chip, SOC, cell->permille * 256 / 10);

	above = cell->permille >= (sim_chip_get8(chip, CONFIG) & CONFIG_ATHD) / 8 * 10;
	if (chip->state[ABOVE] && !above)
		chip->state[ALERTED] = 1;
	chip->state[ABOVE] = above;
	sim_chip_set_be16(chip, RRT_ALRT,
			  remaining(cell) | (chip->state[ALERTED] ? ALRT << 8 : 0));
	return chip->state[ALERTED];
}

/* Of the registers of values, only ALRT can be written. */
static int write(struct sim_chip *chip, unsigned int bank, u8 reg, const u8 *data, u16 len)
{
	if (reg == RRT_ALRT) {
		chip->state[ALERTED] &= !!(data[0] & ALRT);
		return 1;
	}
	return reg == CONFIG || reg == MODE ||
	       (reg >= BATINFO && reg + len - 1 <= BATINFO_LAST) ? 0 : 1;
}

const struct sim_chip_model sim_cw2015[] = {
	{ "cw2015", 0x62, .props = props, .power_on = power_on, .update = update,
	  .write = write },
	{ }
};
