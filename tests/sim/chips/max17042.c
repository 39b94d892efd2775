// SPDX-License-Identifier: GPL-2.0-only
/*
 * Maxim ModelGauge m3 and m5, as in the data sheets of MAX17047/MAX17050 and MAX17055:
 * words at 8-bit addresses, the less significant byte first, with a sense resistor of
 * 10 mOhm. The cell powers the chip. Flags of limits return as long as a limit is
 * exceeded. MAX17201 and MAX17205 have nonvolatile registers at a second address.
 */
#include <linux/bits.h>
#include <linux/math.h>
#include <linux/minmax.h>

#include "../sim-chip.h"

#define ADDR		0x36
#define ADDR_NV		0x0b

#define STATUS_POR	BIT(1)
#define STATUS_TMN	BIT(9)
#define STATUS_SMN	BIT(10)
#define STATUS_TMX	BIT(13)
#define STATUS_SMX	BIT(14)
#define CONFIG_AEN	BIT(2)
#define TIME_UNKNOWN	0xffff

static void set(struct sim_chip *chip, u8 reg, int val)
{
	sim_chip_set_le16(chip, reg, clamp(val, -0x8000, 0xffff));
}

/* "At power-up" of each register */
static void power_on_cell(struct sim_chip *chip)
{
	set(chip, 0x00, STATUS_POR);
	set(chip, 0x01, 0xff00);	/* limits of the voltage: disabled */
	set(chip, 0x02, 0x7f80);
	set(chip, 0x03, 0xff00);
	set(chip, 0x13, 0x4600);	/* FullSOCThr: 70 % */
	set(chip, 0x1b, 0x00ff);	/* no minimum and no maximum yet */
	set(chip, 0x1d, 0x2350);
	set(chip, 0x1e, 0x03c0);	/* 150 mA */
	set(chip, 0x2b, 0x0870);
	set(chip, 0x3c, 0x1680);
}

/* 5.625 s to move this charge */
static int show_time(int mah, int ma)
{
	return ma > 0 ? min(DIV_ROUND_CLOSEST(mah * 640, ma), 0xfffe) : TIME_UNKNOWN;
}

/* 20 mV */
static void show_extremes(struct sim_chip *chip, int mv)
{
	u16 old = sim_chip_get_le16(chip, 0x1b);

	set(chip, 0x1b, max(old >> 8, mv / 20) << 8 | min(old & 0xff, mv / 20));
}

static void show_cell(struct sim_chip *chip, int cells, int cycle_percent)
{
	const struct sim_cell *cell = &chip->cell;
	int mah = sim_cell_mah(cell), mv = cell->mv / cells;

	set(chip, 0x05, mah * 2);				/* RepCap: 0.5 mAh */
	set(chip, 0x06, cell->permille * 256 / 10);		/* RepSOC: 1/256 % */
	set(chip, 0x07, cell->full_mah * 25600 / cell->design_mah);	/* Age */
	set(chip, 0x08, DIV_ROUND_CLOSEST(cell->temp * 256, 10));	/* Temperature */
	set(chip, 0x09, mv * 64 / 5);				/* VCELL: 78.125 uV */
	set(chip, 0x0a, cell->ma * 32 / 5);			/* Current: 156.25 uA */
	set(chip, 0x0b, cell->ma * 32 / 5);
	set(chip, 0x10, cell->full_mah * 2);			/* FullCAP */
	set(chip, 0x11, show_time(mah, -cell->ma));		/* TTE */
	set(chip, 0x17, cell->cycles * 100 / cycle_percent);	/* Cycles */
	set(chip, 0x18, cell->design_mah * 2);			/* DesignCap */
	set(chip, 0x19, mv * 64 / 5);				/* AverageVCELL */
	show_extremes(chip, mv);
	set(chip, 0x4d, mah * 2 - 1000);			/* QH */
	set(chip, 0xfb, (mv * 64 / 5) & ~0xf);			/* VFOCV: 1.25 mV */
	set(chip, 0xff, cell->permille * 256 / 10);		/* SOCVF */
}

/* TALRT_Th and SALRT_Th: the upper byte is the maximum, the lower one the minimum. */
static bool show_alerts(struct sim_chip *chip)
{
	u16 talrt = sim_chip_get_le16(chip, 0x02), salrt = sim_chip_get_le16(chip, 0x03);
	u16 status = sim_chip_get_le16(chip, 0x00);
	s16 temp = sim_chip_get_le16(chip, 0x08);
	u16 soc = sim_chip_get_le16(chip, 0x06);
	const u16 all = STATUS_TMN | STATUS_TMX | STATUS_SMN | STATUS_SMX;

	status &= ~all;
	if (temp < (s8)talrt * 256)
		status |= STATUS_TMN;
	if (temp > (s8)(talrt >> 8) * 256)
		status |= STATUS_TMX;
	if (soc < (salrt & 0xff) * 256)
		status |= STATUS_SMN;
	if (soc > (salrt >> 8) * 256)
		status |= STATUS_SMX;
	set(chip, 0x00, status);
	return (status & all) && (sim_chip_get_le16(chip, 0x1d) & CONFIG_AEN);
}

static bool update_m3(struct sim_chip *chip)
{
	show_cell(chip, 1, 1);
	return show_alerts(chip);
}

static bool update_m5(struct sim_chip *chip)
{
	const struct sim_cell *cell = &chip->cell;

	show_cell(chip, 1, 1);
	set(chip, 0x20, show_time(cell->full_mah - sim_cell_mah(cell), cell->ma));	/* TTF */
	return show_alerts(chip);
}

static void set_nv(struct sim_chip *chip, u8 reg, u16 val)
{
	chip->mem[1][2 * reg] = val;
	chip->mem[1][2 * reg + 1] = val >> 8;
}

static void power_on_pack(struct sim_chip *chip, int device)
{
	power_on_cell(chip);
	set(chip, 0x21, 0x4000 | device);
	set_nv(chip, 0xbc, 0x0026);	/* nROMID */
	set_nv(chip, 0xbd, 0x1234);
	set_nv(chip, 0xbe, 0x5678);
	set_nv(chip, 0xbf, 0x9a00);
	set_nv(chip, 0xcf, 1000);	/* nRSense: 10 uOhm */
}

static void power_on_17201(struct sim_chip *chip)
{
	power_on_pack(chip, 1);
}

static void power_on_17205(struct sim_chip *chip)
{
	power_on_pack(chip, 5);
}

static bool update_pack(struct sim_chip *chip, int cells)
{
	const struct sim_cell *cell = &chip->cell;

	show_cell(chip, cells, 16);
	set(chip, 0x20, show_time(cell->full_mah - sim_cell_mah(cell), cell->ma));
	set(chip, 0xda, cell->mv * 4 / 5);	/* Batt: 1.25 mV */
	return show_alerts(chip);
}

static bool update_17201(struct sim_chip *chip)
{
	return update_pack(chip, 1);
}

static bool update_17205(struct sim_chip *chip)
{
	return update_pack(chip, 3);
}

static const struct property_entry resistor[] = {
	PROPERTY_ENTRY_U32("shunt-resistor-micro-ohms", 10000),
	PROPERTY_ENTRY_U32("maxim,dead-volt", 2900),
	PROPERTY_ENTRY_U32("maxim,over-heat-temp", 600),
	{ }
};

#define M3(_name) { _name, ADDR, .width = 2, .props = resistor,	\
		    .power_on = power_on_cell, .update = update_m3 }
#define M5(_name) { _name, ADDR, .width = 2, .props = resistor,	\
		    .power_on = power_on_cell, .update = update_m5 }

const struct sim_chip_model sim_max17042[] = {
	M3("max17042"),
	M3("max17047"),
	M3("max17050"),
	M5("max17055"),
	M3("max77705-battery"),
	M5("max77759-fg"),
	M3("max77849-battery"),
	{ "max17201", ADDR, ADDR_NV, .width = 2, .power_on = power_on_17201,
	  .update = update_17201 },
	{ "max17205", ADDR, ADDR_NV, .width = 2, .power_on = power_on_17205,
	  .update = update_17205 },
	{ }
};
