/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Simulated fuel gauges: a cell, and chips that measure it. Each chip is on an adapter
 * of its own. The models of chips/ are written from the data sheets, without a file in
 * common with the drivers.
 */
#ifndef __PSY_SIM_CHIP_H
#define __PSY_SIM_CHIP_H

#include <linux/bitmap.h>
#include <linux/debugfs.h>
#include <linux/i2c.h>
#include <linux/mutex.h>
#include <linux/property.h>
#include <linux/types.h>

struct sim_chip;

/** define SIM_CHIP_MEM - size of the memory at one address, bytes */
#define SIM_CHIP_MEM	512

/** define SIM_CHIP_VALUES - number of files in debugfs with a number */
#define SIM_CHIP_VALUES	12

/**
 * struct sim_cell - physical state of the battery
 * @mv: voltage across the terminals, mV
 * @ma: current, mA, negative while discharging
 * @permille: charge left, in 1/1000 of @full_mah
 * @full_mah: charge when full, mAh
 * @design_mah: charge when full and new, mAh
 * @temp: temperature, 0.1 °C
 * @cycles: number of charge cycles
 */
struct sim_cell {
	int mv;
	int ma;
	int permille;
	int full_mah;
	int design_mah;
	int temp;
	int cycles;
};

/**
 * struct sim_chip_model - a part
 * @name: its name as an I2C device
 * @addr: address
 * @addr2: second address, or 0
 * @width: number of bytes at each register address, 1 or 2; default (0): 1
 * @props: firmware properties, or NULL
 * @battery: node of the battery that @props refers to, or NULL
 * @power_on: set the registers as they are after power-on, or NULL: all 0
 * @update: set the registers that show the cell; called after the cell was changed or
 *	the host has written. Returns true if the alert line is held low.
 * @write: the host writes @len bytes at register @reg of address number @bank (0 or 1),
 *	or NULL. Returns 0 to have them stored, 1 if that was done, or an error.
 * @read: the host begins to read at register @reg, or NULL
 */
struct sim_chip_model {
	const char *name;
	u8 addr;
	u8 addr2;
	u8 width;
	const struct property_entry *props;
	const struct software_node *battery;
	void (*power_on)(struct sim_chip *chip);
	bool (*update)(struct sim_chip *chip);
	int (*write)(struct sim_chip *chip, unsigned int bank, u8 reg, const u8 *data,
		     u16 len);
	void (*read)(struct sim_chip *chip, unsigned int bank, u8 reg);
};

/**
 * struct sim_chip - a chip on its adapter
 * @model: the part
 * @adap: the adapter
 * @client: the client of the driver, unless a device tree has it
 * @node: its firmware properties
 * @irq: interrupt of the alert line
 * @lock: protects what follows
 * @cell: what the chip measures
 * @mem: contents of both addresses, in the order in which the bytes are transferred
 * @state: for the model; 0 after power-on
 * @alerting: the alert line is held low
 * @present: the chip has power
 * @nak: number of transfers that are not acknowledged, -1 for all
 * @refused: register that is not acknowledged, -1 for none
 * @garbage: number of replies of which all bytes are @garbage_byte, -1 for all
 * @garbage_byte: see above
 * @transfers: number of transfers
 * @seen: registers that the host has read, at the first address
 * @dir: directory in debugfs
 * @values: the numbers that have files there
 * @blob: @mem, for debugfs
 */
struct sim_chip {
	const struct sim_chip_model *model;
	struct i2c_adapter adap;
	struct i2c_client *client;
	struct software_node node;
	int irq;
	struct mutex lock;	/* see above */
	struct sim_cell cell;
	u8 mem[2][SIM_CHIP_MEM];
	u32 state[8];
	bool alerting;
	int present;
	int nak;
	int refused;
	int garbage;
	int garbage_byte;
	u32 transfers;
	DECLARE_BITMAP(seen, 256);
	struct dentry *dir;
	struct sim_chip_value {
		struct sim_chip *chip;
		int *val;
	} values[SIM_CHIP_VALUES];
	struct debugfs_blob_wrapper blob;
};

/* Registers at the first address */
void sim_chip_set8(struct sim_chip *chip, u8 reg, u8 val);
void sim_chip_set_le16(struct sim_chip *chip, u8 reg, u16 val);
void sim_chip_set_be16(struct sim_chip *chip, u8 reg, u16 val);
u8 sim_chip_get8(struct sim_chip *chip, u8 reg);
u16 sim_chip_get_le16(struct sim_chip *chip, u8 reg);
u16 sim_chip_get_be16(struct sim_chip *chip, u8 reg);

/* Charge left, mAh */
int sim_cell_mah(const struct sim_cell *cell);

/* The parts of a family; each list ends with an entry without a name. */
extern const struct sim_chip_model sim_bq27xxx[];
extern const struct sim_chip_model sim_cw2015[];
extern const struct sim_chip_model sim_ds278x[];
extern const struct sim_chip_model sim_example[];
extern const struct sim_chip_model sim_ina219[];
extern const struct sim_chip_model sim_ltc294x[];
extern const struct sim_chip_model sim_max17042[];
extern const struct sim_chip_model sim_max1704x[];
extern const struct sim_chip_model sim_mm8013[];
extern const struct sim_chip_model sim_stc3117[];

#endif /* __PSY_SIM_CHIP_H */
