/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An emulated I2C adapter with one gauge, whose registers are plain memory. The
 * drivers bind to it as to a real one.
 */
#ifndef __GAUGE_BUS_H
#define __GAUGE_BUS_H

#include <kunit/test.h>
#include <linux/i2c.h>
#include <linux/power/psy_miniclass.h>
#include <linux/property.h>
#include <linux/types.h>

/**
 * struct gauge_bus - emulated adapter and chip; stored in test->priv
 * @test: the test that owns it
 * @adap: the adapter
 * @client: the gauge
 * @node: its firmware properties
 * @addr: its address
 * @addr2: second address, for reading only, or 0
 * @irq: interrupt of the gauge, 0 for none; see gauge_bus_add_irq()
 * @functionality: I2C functionality of the adapter
 * @width: number of bytes at each register address, 1 (default) or 2. A transfer goes
 *	on with the next byte.
 * @mem: the bytes, in the order in which they are transferred
 * @mem2: the bytes at the second address
 * @written: called before @len bytes at register @reg are stored, or NULL. Returns 0 to
 *	store them, 1 to ignore them, or an error.
 * @read: called before a read of register @reg, or NULL; an error fails the transfer
 * @priv: for these functions
 * @refused: register that is not acknowledged, or -1
 * @silent: nothing is acknowledged
 * @silent2: nothing is acknowledged at the second address
 * @reads: number of read transfers
 * @writes: number of write transfers
 */
struct gauge_bus {
	struct kunit *test;
	struct i2c_adapter adap;
	struct i2c_client *client;
	struct software_node node;
	u8 addr;
	u8 addr2;
	int irq;
	u32 functionality;
	u8 width;
	u8 mem[512];
	u8 mem2[512];
	int (*written)(struct gauge_bus *bus, u8 reg, const u8 *data, u16 len);
	int (*read)(struct gauge_bus *bus, u8 reg);
	void *priv;
	int refused;
	bool silent;
	bool silent2;
	unsigned int reads;
	unsigned int writes;
};

int gauge_bus_init(struct kunit *test);
void gauge_bus_add_irq(struct gauge_bus *bus);
void gauge_bus_raise_irq(struct gauge_bus *bus);
struct psy_miniclass *gauge_bus_bind(struct gauge_bus *bus, const char *name,
				     const struct property_entry *props);
void gauge_bus_unbind(struct gauge_bus *bus);
int gauge_bus_ignore_write(struct gauge_bus *bus, u8 reg, const u8 *data, u16 len);
void gauge_bus_set_le16(struct gauge_bus *bus, u8 reg, u16 val);
void gauge_bus_set_be16(struct gauge_bus *bus, u8 reg, u16 val);
u16 gauge_bus_le16(const struct gauge_bus *bus, u8 reg);
u16 gauge_bus_be16(const struct gauge_bus *bus, u8 reg);

void gauge_refresh(struct psy_miniclass *mc);
u32 gauge_tag(struct psy_miniclass *mc);
int gauge_get(struct psy_miniclass *mc, enum power_supply_property psp);
const char *gauge_str(struct psy_miniclass *mc, enum power_supply_property psp);
int gauge_set(struct psy_miniclass *mc, enum power_supply_property psp, int val);
int gauge_set_limit(struct psy_miniclass *mc, int percent);
bool gauge_has(struct psy_miniclass *mc, enum power_supply_property psp);
void gauge_random_images(struct gauge_bus *bus, struct psy_miniclass *mc, unsigned int n);

#endif /* __GAUGE_BUS_H */
