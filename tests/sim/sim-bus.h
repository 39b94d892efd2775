/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The bus between a host and a simulated pack: SMBus messages byte by byte,
 * packet error codes, transfer times, and injected faults. Plain code as in
 * sim-sbs.h.
 */
#ifndef __PSY_SIM_BUS_H
#define __PSY_SIM_BUS_H

#include <linux/i2c.h>
#include <linux/types.h>

struct sim_sbs;

/* Address of a smart battery by the standard */
#define SIM_BUS_PACK_ADDR	0x0b

#define SIM_BUS_LOG_SIZE	64
#define SIM_BUS_MAX_KHZ		5000
#define SIM_BUS_MAX_TIMEOUT_MS	10000
#define SIM_BUS_MAX_STRETCH_MS	1000

/**
 * struct sim_bus_msg - a request of the host
 * @addr: address of the device
 * @pec: the host uses packet error checking
 * @read: the host reads
 * @cmd: command, or the byte of I2C_SMBUS_BYTE
 * @size: I2C_SMBUS_QUICK, I2C_SMBUS_BYTE, ...
 */
struct sim_bus_msg {
	u8 addr;
	bool pec;
	bool read;
	u8 cmd;
	int size;
};

/**
 * struct sim_bus_entry - a transfer in the log
 * @msg: the request
 * @ret: its result
 * @corrupt: the reply was corrupted
 * @len: number of bytes of data
 * @data: as sent or received by the host, low byte first, without PEC
 */
struct sim_bus_entry {
	struct sim_bus_msg msg;
	int ret;
	bool corrupt;
	u8 len;
	u8 data[I2C_SMBUS_BLOCK_MAX + 1];
};

/**
 * struct sim_bus - a bus
 *
 * The members that are "int" may be set by the owner at any time. Fault counts
 * are numbers of transfers, or -1 for all.
 *
 * @khz: clock
 * @realtime: transfers take as long as on a real bus
 * @fault_skip: number of transfers before the first one with a fault; only counts
 *	down while a fault is set, and only for transfers that it could affect
 * @nak: transfers that are not acknowledged
 * @pec: replies of which one bit is flipped
 * @timeout: transfers that hang
 * @timeout_ms: how long they hang
 * @fault_cmd: the only command with faults, or -1 for all
 * @floating: no device drives the data line after the address: replies are all ones,
 *	and what is written is lost
 * @stretch_ms: how long the pack holds the clock in each message
 * @block_len: length byte in blocks of the pack, 0 for the actual length
 * @transfers: counter of messages, failed ones included
 * @bytes: counter of bytes on the wire, addresses and PEC included
 * @busy_ns: time for which the bus was busy
 * @log_next: counter of messages since the start
 * @log: the last messages, in a ring
 */
struct sim_bus {
	int khz;
	int realtime;
	int fault_skip;
	int nak;
	int pec;
	int timeout;
	int timeout_ms;
	int fault_cmd;
	int floating;
	int stretch_ms;
	int block_len;

	u64 transfers;
	u64 bytes;
	u64 busy_ns;

	unsigned int log_next;
	struct sim_bus_entry log[SIM_BUS_LOG_SIZE];
};

void sim_bus_init(struct sim_bus *bus);
void sim_bus_reset(struct sim_bus *bus);
u8 sim_bus_crc8(u8 crc, u8 byte);
int sim_bus_xfer(struct sim_bus *bus, struct sim_sbs *sbs, const struct sim_bus_msg *msg,
		 union i2c_smbus_data *data);
int sim_bus_format(const struct sim_bus_entry *entry, char *buf, size_t size);

#endif /* __PSY_SIM_BUS_H */
