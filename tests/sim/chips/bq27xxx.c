// SPDX-License-Identifier: GPL-2.0-only
/*
 * TI BQ27200 to BQ27742, BQ27Z561, BQ28Z610, BQ34Z100 and BQ78Z100. Registers are bytes,
 * a word has the lower one first, and a transfer goes on with the next one.
 *
 * Commands from the manuals: BQ27500 (SLUS785), BQ27510-G1 (SLUS927), BQ27545
 * (ZHCSAB6E), BQ27546 (ZHCSDO4B), BQ34Z100-G1 (SLUUBW5A). Flags: BQ27545, BQ27441
 * (technical reference, 4.4), BQ28Z610 (SLUUA65E), BQ34Z100-R2 (SLUUCO5A). All others,
 * and the BQ27200 with its units, are as in the bq27xxx driver of Linux 7.2: for these
 * the model does not check the driver against a second source.
 */
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "../sim-chip.h"

#define CONTROL		0x00
#define NOT_FLOWING	65535	/* times */
#define UNUSED		0x5a	/* content of what these models do not have */

/* Thresholds, per mille and 0.1 degrees: a gauge has its own in data memory. */
#define SOC1_SET	100
#define SOCF_SET	20
#define OT_CHARGE	550
#define OT_DISCHARGE	600
#define UT		0

/* What "state" has */
enum { LAST_SOC };

/**
 * struct bq_commands - addresses of a generation; 0 if it does not have the command
 * @temp: Temperature(), 0.1 K
 * @volt: Voltage(), mV
 * @flags: Flags() or BatteryStatus()
 * @nac: NominalAvailableCapacity(), mAh: without a load
 * @fac: FullAvailableCapacity(), mAh: without a load
 * @rm: RemainingCapacity(), mAh
 * @fcc: FullChargeCapacity(), mAh
 * @ai: AverageCurrent(), mA
 * @tte: TimeToEmpty(), minutes
 * @ttf: TimeToFull(), minutes
 * @cc: CycleCount()
 * @soc: StateOfCharge(), percent
 * @dcap: DesignCapacity(), mAh
 */
struct bq_commands {
	u8 temp, volt, flags, nac, fac, rm, fcc, ai, tte, ttf, cc, soc, dcap;
};

static const struct bq_commands bq27500 = {
	0x06, 0x08, 0x0a, 0x0c, 0x0e, 0x10, 0x12, 0x14, 0x16, 0x18, 0x2a, 0x2c, 0x3c
};

/* 0x18 is FilteredFCC() in some of these. */
static const struct bq_commands bq27541 = {
	0x06, 0x08, 0x0a, 0x0c, 0x0e, 0x10, 0x12, 0x14, 0x16, 0x00, 0x2a, 0x2c, 0x3c
};

static const struct bq_commands bq27530 = {
	0x06, 0x08, 0x0a, 0x0c, 0x0e, 0x10, 0x12, 0x14, 0x16, 0x00, 0x2a, 0x2c, 0x00
};

static const struct bq_commands bq27510g3 = {
	0x06, 0x08, 0x0a, 0x0c, 0x0e, 0x10, 0x12, 0x14, 0x16, 0x00, 0x1e, 0x20, 0x2e
};

static const struct bq_commands bq27520g1 = {
	0x06, 0x08, 0x0a, 0x0c, 0x0e, 0x10, 0x12, 0x14, 0x16, 0x18, 0x00, 0x2c, 0x3c
};

static const struct bq_commands bq27520g4 = {
	0x06, 0x08, 0x0a, 0x0c, 0x0e, 0x10, 0x12, 0x14, 0x16, 0x00, 0x1e, 0x20, 0x00
};

static const struct bq_commands bq27421 = {
	0x02, 0x04, 0x06, 0x08, 0x0a, 0x0c, 0x0e, 0x10, 0x00, 0x00, 0x00, 0x1c, 0x3c
};

static const struct bq_commands bq27426 = {
	0x02, 0x04, 0x06, 0x08, 0x0a, 0x0c, 0x0e, 0x10, 0x00, 0x00, 0x00, 0x1c, 0x00
};

static const struct bq_commands bq27z561 = {
	0x06, 0x08, 0x0a, 0x00, 0x00, 0x10, 0x12, 0x14, 0x16, 0x18, 0x2a, 0x2c, 0x3c
};

static const struct bq_commands bq34z100 = {
	0x0c, 0x08, 0x0e, 0x14, 0x16, 0x04, 0x06, 0x0a, 0x18, 0x1a, 0x2c, 0x00, 0x3c
};

static const struct bq_commands bq27521 = {
	0x0a, 0x0c, 0x08, 0x00, 0x00, 0x00, 0x00, 0x0e, 0x00, 0x00, 0x00, 0x00, 0x00
};

static int percent(const struct sim_chip *chip)
{
	return DIV_ROUND_CLOSEST(chip->cell.permille, 10);
}

static int minutes_to_empty(const struct sim_chip *chip)
{
	const struct sim_cell *cell = &chip->cell;

	return cell->ma < 0 ? min(sim_cell_mah(cell) * 60 / -cell->ma, 65534) : NOT_FLOWING;
}

static int minutes_to_full(const struct sim_chip *chip)
{
	const struct sim_cell *cell = &chip->cell;

	return cell->ma > 0 ? min((cell->full_mah - sim_cell_mah(cell)) * 60 / cell->ma, 65534) :
			      NOT_FLOWING;
}

static void set(struct sim_chip *chip, u8 at, int val)
{
	if (at)
		sim_chip_set_le16(chip, at, val);
}

static void show(struct sim_chip *chip, const struct bq_commands *at, u16 flags)
{
	const struct sim_cell *cell = &chip->cell;

	set(chip, at->temp, cell->temp + 2731);
	set(chip, at->volt, cell->mv);
	set(chip, at->flags, flags);
	set(chip, at->nac, sim_cell_mah(cell) + cell->full_mah / 20);
	set(chip, at->fac, cell->full_mah + cell->full_mah / 20);
	set(chip, at->rm, sim_cell_mah(cell));
	set(chip, at->fcc, cell->full_mah);
	set(chip, at->ai, cell->ma);
	set(chip, at->tte, minutes_to_empty(chip));
	set(chip, at->ttf, minutes_to_full(chip));
	set(chip, at->cc, cell->cycles);
	set(chip, at->soc, percent(chip));
	set(chip, at->dcap, cell->design_mah);
}

/* What all Flags() have: FC, CHG, SOC1, SOCF, DSG */
static u16 charge_flags(const struct sim_cell *cell)
{
	u16 flags = cell->ma < 0 ? BIT(0) : 0;

	if (cell->permille <= SOCF_SET)
		flags |= BIT(1);
	if (cell->permille <= SOC1_SET)
		flags |= BIT(2);
	return flags | (cell->permille >= 1000 && cell->ma >= 0 ? BIT(9) : BIT(8));
}

/* OTC, OTD */
static u16 otc_flags(const struct sim_cell *cell)
{
	u16 flags = charge_flags(cell);

	if (cell->temp >= OT_CHARGE && cell->ma >= 0)
		flags |= BIT(15);
	if (cell->temp >= OT_DISCHARGE && cell->ma < 0)
		flags |= BIT(14);
	return flags;
}

/* OT, UT, and BAT_DET */
static u16 ot_flags(const struct sim_cell *cell)
{
	u16 flags = charge_flags(cell) | BIT(3);

	if (cell->temp >= OT_CHARGE)
		flags |= BIT(15);
	if (cell->temp <= UT)
		flags |= BIT(14);
	return flags;
}

/* TCA, OTA, RCA, DSG, FC, FD */
static u16 battery_status(const struct sim_cell *cell)
{
	u16 flags = cell->ma < 0 ? BIT(6) : 0;

	if (cell->temp >= OT_CHARGE)
		flags |= BIT(12);
	if (cell->permille <= SOC1_SET)
		flags |= BIT(9);
	if (cell->permille <= SOCF_SET)
		flags |= BIT(4);
	if (cell->permille >= 1000 && cell->ma >= 0)
		flags |= BIT(5) | BIT(14);
	return flags;
}

static bool update_27500(struct sim_chip *chip)
{
	show(chip, &bq27500, otc_flags(&chip->cell));
	return false;
}

static bool update_27541(struct sim_chip *chip)
{
	show(chip, &bq27541, otc_flags(&chip->cell));
	sim_chip_set_le16(chip, 0x18, chip->cell.full_mah);
	return false;
}

static bool update_27545(struct sim_chip *chip)
{
	show(chip, &bq27530, otc_flags(&chip->cell));
	sim_chip_set_le16(chip, 0x18, chip->cell.full_mah);
	return false;
}

static bool update_27530(struct sim_chip *chip)
{
	show(chip, &bq27530, ot_flags(&chip->cell));
	return false;
}

static bool update_27510g3(struct sim_chip *chip)
{
	show(chip, &bq27510g3, otc_flags(&chip->cell));
	return false;
}

static bool update_27520g1(struct sim_chip *chip)
{
	show(chip, &bq27520g1, otc_flags(&chip->cell));
	return false;
}

static bool update_27520g4(struct sim_chip *chip)
{
	show(chip, &bq27520g4, otc_flags(&chip->cell));
	return false;
}

/* GPOUT as SOC_INT: a pulse for each percent */
static bool soc_int(struct sim_chip *chip)
{
	u32 before = chip->state[LAST_SOC];

	chip->state[LAST_SOC] = percent(chip);
	return chip->state[LAST_SOC] != before;
}

static bool update_27421(struct sim_chip *chip)
{
	show(chip, &bq27421, ot_flags(&chip->cell));
	return soc_int(chip);
}

static bool update_27426(struct sim_chip *chip)
{
	show(chip, &bq27426, ot_flags(&chip->cell));
	return soc_int(chip);
}

static bool update_27z561(struct sim_chip *chip)
{
	show(chip, &bq27z561, battery_status(&chip->cell));
	return false;
}

/* A percentage and MaxError() in one word */
static bool update_34z100(struct sim_chip *chip)
{
	show(chip, &bq34z100, otc_flags(&chip->cell));
	sim_chip_set8(chip, 0x02, percent(chip));
	sim_chip_set8(chip, 0x03, 3);
	return false;
}

static bool update_27521(struct sim_chip *chip)
{
	show(chip, &bq27521, charge_flags(&chip->cell));
	return false;
}

/* mA or mAh across 20 mOhm, in units of 3.57 uV or uVh */
static int units(int milli)
{
	return DIV_ROUND_CLOSEST(milli * 20 * 100, 357);
}

/* The BQ27200 counts in its own units, without signs; some registers are bytes. */
static bool update_27200(struct sim_chip *chip)
{
	const struct sim_cell *cell = &chip->cell;
	u8 flags = cell->ma > 0 ? BIT(7) : 0;

	if (cell->permille >= 1000 && cell->ma >= 0)
		flags |= BIT(5);
	if (cell->permille <= SOC1_SET)
		flags |= BIT(1);
	if (cell->permille <= SOCF_SET)
		flags |= BIT(0);
	sim_chip_set_le16(chip, 0x06, DIV_ROUND_CLOSEST((cell->temp + 2731) * 2, 5));
	sim_chip_set_le16(chip, 0x08, cell->mv);
	sim_chip_set8(chip, 0x0a, flags);
	sim_chip_set8(chip, 0x0b, percent(chip));
	sim_chip_set_le16(chip, 0x0c, units(sim_cell_mah(cell)));
	sim_chip_set_le16(chip, 0x12, units(cell->full_mah));
	sim_chip_set_le16(chip, 0x14, units(abs(cell->ma)));
	sim_chip_set_le16(chip, 0x16, minutes_to_empty(chip));
	sim_chip_set_le16(chip, 0x18, minutes_to_full(chip));
	sim_chip_set_le16(chip, 0x26, minutes_to_empty(chip));
	sim_chip_set_le16(chip, 0x2a, cell->cycles);
	sim_chip_set8(chip, 0x76, min(DIV_ROUND_CLOSEST(units(cell->design_mah), 256), 255));
	return false;
}

static void power_on(struct sim_chip *chip)
{
	memset(chip->mem[0] + 2, UNUSED, 0x7e);
}

/* Control() is followed by a word; the rest is read-only, or sealed. */
static int write_control(struct sim_chip *chip, unsigned int bank, u8 reg, const u8 *data,
			 u16 len)
{
	return reg == CONTROL && len <= 2 ? 0 : -ENXIO;
}

#define BQ(_name, _update) \
	{ _name, 0x55, .power_on = power_on, .update = _update, .write = write_control }

const struct sim_chip_model sim_bq27xxx[] = {
	BQ("bq27200", update_27200),
	BQ("bq27210", update_27200),
	BQ("bq27500", update_27541),
	BQ("bq27510", update_27510g3),
	BQ("bq27520", update_27510g3),
	BQ("bq27500-1", update_27500),
	BQ("bq27510g1", update_27500),
	BQ("bq27510g2", update_27500),
	BQ("bq27510g3", update_27510g3),
	BQ("bq27520g1", update_27520g1),
	BQ("bq27520g2", update_27500),
	BQ("bq27520g3", update_27541),
	BQ("bq27520g4", update_27520g4),
	BQ("bq27521", update_27521),
	BQ("bq27530", update_27530),
	BQ("bq27531", update_27530),
	BQ("bq27541", update_27541),
	BQ("bq27542", update_27541),
	BQ("bq27546", update_27541),
	BQ("bq27742", update_27541),
	BQ("bq27545", update_27545),
	BQ("bq27411", update_27421),
	BQ("bq27421", update_27421),
	BQ("bq27425", update_27421),
	BQ("bq27426", update_27426),
	BQ("bq27441", update_27421),
	BQ("bq27621", update_27421),
	BQ("bq27z561", update_27z561),
	BQ("bq28z610", update_27z561),
	BQ("bq34z100", update_34z100),
	BQ("bq78z100", update_27z561),
	{ }
};
