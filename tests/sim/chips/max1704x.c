// SPDX-License-Identifier: GPL-2.0-only
/*
 * Maxim MAX17040 to MAX17059, as in their data sheets (19-5210, 19-4811, 19-6171,
 * 19-6172): the cell powers the chip, which is reset when it is inserted; ALRT is set
 * when the percentage falls below the threshold, and holds the line low until the host
 * clears it; registers are words, and a transfer goes on with the next one.
 */
#include <linux/bits.h>
#include <linux/math64.h>

#include "../sim-chip.h"

#define VCELL		0x02
#define SOC		0x04
#define VERSION		0x08
#define CONFIG		0x0c
#define CONFIG_POR	0x971c
#define CONFIG_ALRT	BIT(5)
#define CONFIG_ATHD	GENMASK(4, 0)
#define STATUS		0x1a
#define STATUS_RI	BIT(8)

/* What "state" has */
enum { ABOVE };

static void power_on_17040(struct sim_chip *chip)
{
	sim_chip_set_be16(chip, VERSION, 0x0002);
	sim_chip_set_be16(chip, CONFIG, 0x9700);
}

static void power_on_17043(struct sim_chip *chip)
{
	sim_chip_set_be16(chip, VERSION, 0x0003);
	sim_chip_set_be16(chip, CONFIG, CONFIG_POR);
}

static void power_on_17048(struct sim_chip *chip)
{
	sim_chip_set_be16(chip, VERSION, 0x0012);
	sim_chip_set_be16(chip, CONFIG, CONFIG_POR);
	sim_chip_set_be16(chip, STATUS, STATUS_RI);
}

static void show_soc(struct sim_chip *chip)
{
	sim_chip_set_be16(chip, SOC, chip->cell.permille * 256 / 10);
}

/* 12 bits of 1.25 mV for a cell */
static void show_17040(struct sim_chip *chip, int cells)
{
	sim_chip_set_be16(chip, VCELL, chip->cell.mv * 100 / cells / 125 << 4);
	show_soc(chip);
}

/* 78.125 uV for a cell */
static void show_17048(struct sim_chip *chip, int cells)
{
	sim_chip_set_be16(chip, VCELL, div_u64((u64)chip->cell.mv * 8000, 625 * cells));
	show_soc(chip);
}

/* The threshold is 32 minus ATHD percent. */
static bool alert(struct sim_chip *chip)
{
	u16 config = sim_chip_get_be16(chip, CONFIG);
	bool above = chip->cell.permille >= (int)(32 - (config & CONFIG_ATHD)) * 10;

	if (chip->state[ABOVE] && !above)
		sim_chip_set_be16(chip, CONFIG, config | CONFIG_ALRT);
	chip->state[ABOVE] = above;
	return sim_chip_get_be16(chip, CONFIG) & CONFIG_ALRT;
}

static bool update_17040(struct sim_chip *chip)
{
	show_17040(chip, 1);
	return false;
}

static bool update_17041(struct sim_chip *chip)
{
	show_17040(chip, 2);
	return false;
}

static bool update_17043(struct sim_chip *chip)
{
	show_17040(chip, 1);
	return alert(chip);
}

static bool update_17044(struct sim_chip *chip)
{
	show_17040(chip, 2);
	return alert(chip);
}

static bool update_17048(struct sim_chip *chip)
{
	show_17048(chip, 1);
	return alert(chip);
}

static bool update_17049(struct sim_chip *chip)
{
	show_17048(chip, 2);
	return alert(chip);
}

const struct sim_chip_model sim_max1704x[] = {
	{ "max17040", 0x36, .power_on = power_on_17040, .update = update_17040 },
	{ "max17041", 0x36, .power_on = power_on_17040, .update = update_17041 },
	{ "max17043", 0x36, .power_on = power_on_17043, .update = update_17043 },
	{ "max17044", 0x36, .power_on = power_on_17043, .update = update_17044 },
	{ "max17048", 0x36, .power_on = power_on_17048, .update = update_17048 },
	{ "max17049", 0x36, .power_on = power_on_17048, .update = update_17049 },
	{ "max17058", 0x36, .power_on = power_on_17048, .update = update_17048 },
	{ "max17059", 0x36, .power_on = power_on_17048, .update = update_17049 },
	{ "max77836-battery", 0x36, .power_on = power_on_17043, .update = update_17043 },
	{ }
};
