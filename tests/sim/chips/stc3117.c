// SPDX-License-Identifier: GPL-2.0-only
/*
 * STMicroelectronics STC3117, as in its data sheet (DocID025792), with a sense resistor of
 * 10 mOhm. In standby nothing is measured, and after that nothing at first: the values
 * are 0. The chip takes the percentage from the voltage when OCV is written, or as the
 * host writes it, and counts from there. Its RAM is kept in standby. Of two bytes the
 * less significant one is first.
 */
#include <linux/bits.h>
#include <linux/jiffies.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "../sim-chip.h"

enum {
	REG_MODE = 0,
	REG_CTRL = 1,
	REG_SOC = 2,
	REG_COUNTER = 4,
	REG_CURRENT = 6,
	REG_VOLTAGE = 8,
	REG_TEMPERATURE = 10,
	REG_AVG_CURRENT = 11,
	REG_OCV = 13,
	REG_CC_CNF = 15,
	REG_VM_CNF = 17,
	REG_ID = 24,
};

#define MODE_GG_RUN	BIT(4)
#define MODE_POR	0x09
#define CTRL_GG_RST	BIT(1)
#define CTRL_GG_VM	BIT(2)
#define CTRL_BATFAIL	BIT(3)
#define CTRL_PORDET	BIT(4)

/* What "state" has: when the counter was 0; the SOC when the cell had that charge */
enum { STARTED, BASE_SOC, BASE_PERMILLE };

static const struct property_entry battery_props[] = {
	PROPERTY_ENTRY_STRING("compatible", "simple-battery"),
	PROPERTY_ENTRY_U32("charge-full-design-microamp-hours", 3000000),
	{ }
};

static const struct software_node battery = {
	.name = "psy-sim-battery",
	.properties = battery_props,
};

static const struct software_node_ref_args battery_ref[] = {
	SOFTWARE_NODE_REFERENCE(&battery),
};

static const struct property_entry props[] = {
	PROPERTY_ENTRY_U32("shunt-resistor-micro-ohms", 10000),
	PROPERTY_ENTRY_REF_ARRAY("monitored-battery", battery_ref),
	{ }
};

/* 0.55 mV */
static u16 ocv(const struct sim_chip *chip)
{
	return chip->cell.mv * 100 / 55;
}

static void power_on(struct sim_chip *chip)
{
	sim_chip_set8(chip, REG_MODE, MODE_POR);
	sim_chip_set8(chip, REG_CTRL, CTRL_PORDET | CTRL_GG_VM | BIT(0));
	sim_chip_set_le16(chip, REG_OCV, ocv(chip));
	sim_chip_set_le16(chip, REG_CC_CNF, 395);
	sim_chip_set_le16(chip, REG_VM_CNF, 321);
	sim_chip_set8(chip, REG_ID, 0x16);
}

/* 10 mOhm: 5.88 uV are 0.588 mA; the average has two more bits. */
static void show(struct sim_chip *chip, bool measured)
{
	const struct sim_cell *cell = &chip->cell;
	int soc = (int)chip->state[BASE_SOC] +
		  (cell->permille - (int)chip->state[BASE_PERMILLE]) * 512 / 10;

	sim_chip_set_le16(chip, REG_VOLTAGE, cell->mv * 10 / 22);
	sim_chip_set_le16(chip, REG_OCV, ocv(chip));
	if (!measured)
		return;
	sim_chip_set_le16(chip, REG_SOC, clamp(soc, 0, 51200));
	sim_chip_set_le16(chip, REG_CURRENT,
			  DIV_ROUND_CLOSEST(cell->ma * 1000, 588) & GENMASK(13, 0));
	sim_chip_set_le16(chip, REG_AVG_CURRENT, DIV_ROUND_CLOSEST(cell->ma * 1000, 147));
	sim_chip_set8(chip, REG_TEMPERATURE, DIV_ROUND_CLOSEST(cell->temp, 10));
}

/* Two conversions in a second */
static bool update(struct sim_chip *chip)
{
	u16 count = ((u32)jiffies - chip->state[STARTED]) * 2 / HZ;

	if (!(sim_chip_get8(chip, REG_MODE) & MODE_GG_RUN))
		return false;
	sim_chip_set_le16(chip, REG_COUNTER, count);
	show(chip, count > 4);
	return false;
}

static void set_soc(struct sim_chip *chip, unsigned int soc)
{
	chip->state[BASE_SOC] = soc;
	chip->state[BASE_PERMILLE] = chip->cell.permille;
}

static int write_ctrl(struct sim_chip *chip, u8 val)
{
	if (val & CTRL_PORDET) {
		memset(chip->mem[0], 0, REG_ID);
		power_on(chip);
		return 1;
	}
	if (val & CTRL_GG_RST)
		chip->state[STARTED] = jiffies;
	sim_chip_set8(chip, REG_CTRL, sim_chip_get8(chip, REG_CTRL) &
				      ~(CTRL_PORDET | CTRL_BATFAIL));
	return 1;
}

static int write(struct sim_chip *chip, unsigned int bank, u8 reg, const u8 *data, u16 len)
{
	switch (reg) {
	case REG_CTRL:
		return write_ctrl(chip, data[0]);
	case REG_OCV:
		set_soc(chip, chip->cell.permille * 512 / 10);
		return 1;
	case REG_SOC:
		set_soc(chip, data[0] | data[1] << 8);
		return 1;
	default:
		return 0;
	}
}

static void read(struct sim_chip *chip, unsigned int bank, u8 reg)
{
	update(chip);
}

const struct sim_chip_model sim_stc3117[] = {
	{ "stc3117", 0x70, .props = props, .battery = &battery, .power_on = power_on,
	  .update = update, .write = write, .read = read },
	{ }
};
