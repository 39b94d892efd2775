// SPDX-License-Identifier: GPL-2.0-only
/*
 * Texas Instruments INA219 and INA226, monitors of voltage and current, as in their data
 * sheets, "Register Details" (INA219) and "Register Maps" (INA226): words, the more
 * significant byte first. The current register is the voltage of the shunt times the
 * calibration, which is 0 after power-on. Without a mode, nothing is measured.
 */
#include <linux/bits.h>
#include <linux/math64.h>
#include <linux/minmax.h>

#include "../sim-chip.h"

#define CONFIG		0x00
#define CONFIG_RESET	BIT(15)
#define CONFIG_PG	GENMASK(12, 11)	/* INA219: range 40, 80, 160 or 320 mV */
#define CONFIG_MODE	GENMASK(2, 0)	/* shunt and bus: bits 0 and 1 */
#define SHUNT		0x01
#define BUS		0x02
#define BUS_READY	BIT(1)		/* INA219 */
#define POWER		0x03
#define CURRENT		0x04
#define CALIBRATION	0x05
#define MANUFACTURER	0xfe		/* INA226 */
#define DIE		0xff

static void power_on_219(struct sim_chip *chip)
{
	sim_chip_set_be16(chip, CONFIG, 0x399f);
}

static void power_on_226(struct sim_chip *chip)
{
	sim_chip_set_be16(chip, CONFIG, 0x4127);
	sim_chip_set_be16(chip, MANUFACTURER, 0x5449);
	sim_chip_set_be16(chip, DIE, 0x2260);
}

/* All but CONFIG and CALIBRATION is read-only. */
static int write_word(struct sim_chip *chip, unsigned int bank, u8 reg, const u8 *data, u16 len)
{
	if (reg == CONFIG && len == 2 && (data[0] << 8 & CONFIG_RESET)) {
		sim_chip_set_be16(chip, CALIBRATION, 0);
		chip->model->power_on(chip);
		return 1;
	}
	return reg != CONFIG && reg != CALIBRATION;
}

static int to_word(s64 val)
{
	return clamp_t(s64, val, -0x8000, 0x7fff);
}

/* 100 mOhm: 10 uV; 4 mV, in the upper 13 bits; 1/4096 and 1/5000 */
static bool update_219(struct sim_chip *chip)
{
	u16 config = sim_chip_get_be16(chip, CONFIG);
	int range = 4000 << (config & CONFIG_PG) / BIT(11), shunt, current_lsb, bus;

	if (config & CONFIG_MODE & BIT(0)) {
		shunt = clamp(chip->cell.ma * 10, -range, range);
		sim_chip_set_be16(chip, SHUNT, shunt);
	}
	if (config & CONFIG_MODE & BIT(1))
		sim_chip_set_be16(chip, BUS, min(chip->cell.mv / 4, 0x1fff) << 3 | BUS_READY);
	shunt = (s16)sim_chip_get_be16(chip, SHUNT);
	bus = sim_chip_get_be16(chip, BUS) >> 3;
	current_lsb = to_word(div_s64((s64)shunt * sim_chip_get_be16(chip, CALIBRATION), 4096));
	sim_chip_set_be16(chip, CURRENT, current_lsb);
	sim_chip_set_be16(chip, POWER, div_s64(abs((s64)current_lsb) * bus, 5000));
	return false;
}

/* 10 mOhm: 2.5 uV; 1.25 mV; 1/2048 and 1/20000 */
static bool update_226(struct sim_chip *chip)
{
	u16 config = sim_chip_get_be16(chip, CONFIG);
	int shunt, current_lsb, bus;

	if (config & CONFIG_MODE & BIT(0))
		sim_chip_set_be16(chip, SHUNT, to_word(chip->cell.ma * 4LL));
	if (config & CONFIG_MODE & BIT(1))
		sim_chip_set_be16(chip, BUS, min(chip->cell.mv * 4 / 5, 0x7fff));
	shunt = (s16)sim_chip_get_be16(chip, SHUNT);
	bus = sim_chip_get_be16(chip, BUS);
	current_lsb = to_word(div_s64((s64)shunt * sim_chip_get_be16(chip, CALIBRATION), 2048));
	sim_chip_set_be16(chip, CURRENT, current_lsb);
	sim_chip_set_be16(chip, POWER, div_s64(abs((s64)current_lsb) * bus, 20000));
	return false;
}

const struct sim_chip_model sim_ina219[] = {
	{ "ina219", 0x42, .width = 2, .power_on = power_on_219, .update = update_219,
	  .write = write_word },
	{ "ina226", 0x40, .width = 2, .power_on = power_on_226, .update = update_226,
	  .write = write_word },
	{ }
};
