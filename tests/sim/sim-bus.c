// SPDX-License-Identifier: GPL-2.0-only
/* A simulated bus: see sim-bus.h, and the SMBus specification 2.0. */
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/i2c.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "sim-bus.h"
#include "sim-sbs.h"

#define BITS_PER_BYTE_AND_ACK	9

/* What a host reads when no device drives the data line */
#define RELEASED		0xff

/**
 * struct wire - a message during its transfer
 * @crc: packet error code of all bytes so far
 * @bytes: number of bytes sent
 * @conditions: number of START, repeated START and STOP
 */
struct wire {
	u8 crc;
	unsigned int bytes;
	unsigned int conditions;
};

enum fault { FAULT_NONE, FAULT_NAK, FAULT_PEC, FAULT_TIMEOUT };

/**
 * sim_bus_crc8() - add a byte to a packet error code
 * @crc: of the bytes before, 0 at first
 * @byte: the byte
 *
 * Return: the CRC with polynomial x^8 + x^2 + x + 1.
 */
u8 sim_bus_crc8(u8 crc, u8 byte)
{
	int bit;

	crc ^= byte;
	for (bit = 0; bit < 8; bit++)
		crc = crc << 1 ^ (crc & 0x80 ? 0x07 : 0);
	return crc;
}
EXPORT_SYMBOL_NS_GPL(sim_bus_crc8, "PSY_SIM");

static void send(struct wire *wire, u8 byte)
{
	wire->crc = sim_bus_crc8(wire->crc, byte);
	wire->bytes++;
}

static void start(struct wire *wire, u8 addr, bool read)
{
	wire->conditions++;
	send(wire, addr << 1 | read);
}

static bool has_cmd(const struct sim_bus_msg *msg)
{
	return msg->size != I2C_SMBUS_QUICK && !(msg->size == I2C_SMBUS_BYTE && msg->read);
}

static bool has_reply(const struct sim_bus_msg *msg)
{
	return msg->read && msg->size != I2C_SMBUS_QUICK;
}

/* Decrement a count; -1 means no limit. */
static bool take(int *count)
{
	if (*count > 0)
		return (*count)--;
	return *count;
}

/* A PEC fault needs a reply, so it waits for a transfer with one. */
static enum fault next_fault(struct sim_bus *bus, const struct sim_bus_msg *msg)
{
	bool pec = bus->pec && has_reply(msg);

	if (!bus->timeout && !bus->nak && !pec)
		return FAULT_NONE;
	if (bus->fault_cmd >= 0 && (!has_cmd(msg) || bus->fault_cmd != msg->cmd))
		return FAULT_NONE;
	if (take(&bus->fault_skip))
		return FAULT_NONE;

	if (take(&bus->timeout))
		return FAULT_TIMEOUT;
	if (take(&bus->nak))
		return FAULT_NAK;
	return take(&bus->pec) ? FAULT_PEC : FAULT_NONE;
}

/*
 * The reply of the pack, without PEC. Returns the number of bytes, or an error. The
 * length byte of a block may be wrong; after its end the line is released.
 */
static int pack_reply(struct sim_bus *bus, struct sim_sbs *sbs, u8 cmd, u8 *reply)
{
	u16 word;
	int ret;

	if (bus->floating) {
		reply[0] = RELEASED;
		reply[1] = RELEASED;
		return 2;
	}
	if (sim_sbs_is_block(cmd)) {
		ret = sim_sbs_read_block(sbs, cmd, reply + 1);
		if (ret < 0)
			return ret;
		reply[0] = bus->block_len ?: ret;
		return ret + 1;
	}

	ret = sim_sbs_read_word(sbs, cmd, &word);
	if (ret)
		return ret;
	reply[0] = word & 0xff;
	reply[1] = word >> 8;
	return 2;
}

/*
 * The byte after the reply of a pack without PEC. In one of 256 cases it would be a
 * valid code by chance: not here, as results must be reproducible.
 */
static u8 no_pec(u8 crc)
{
	return crc == RELEASED ? 0 : RELEASED;
}

/* Number of bytes that the host reads, given the first one */
static int host_wants(const struct sim_bus_msg *msg, const union i2c_smbus_data *data, u8 first)
{
	switch (msg->size) {
	case I2C_SMBUS_BYTE_DATA:
		return 1;
	case I2C_SMBUS_WORD_DATA:
		return 2;
	case I2C_SMBUS_BLOCK_DATA:
		return 1 + first;
	default:
		return data->block[0];
	}
}

static void store(const struct sim_bus_msg *msg, union i2c_smbus_data *data, const u8 *got,
		  int len)
{
	switch (msg->size) {
	case I2C_SMBUS_BYTE:
	case I2C_SMBUS_BYTE_DATA:
		data->byte = got[0];
		break;
	case I2C_SMBUS_WORD_DATA:
		data->word = got[0] | got[1] << 8;
		break;
	case I2C_SMBUS_BLOCK_DATA:
		memcpy(data->block, got, len);
		break;
	case I2C_SMBUS_I2C_BLOCK_DATA:
		memcpy(data->block + 1, got, len);
		break;
	}
}

/*
 * The host reads: as many bytes as the protocol needs, and PEC if it is to be
 * checked. The pack sends its reply and its PEC, and then nothing.
 */
static int host_read(struct sim_bus *bus, struct wire *wire, struct sim_sbs *sbs,
		     const struct sim_bus_msg *msg, union i2c_smbus_data *data,
		     struct sim_bus_entry *log)
{
	u8 reply[I2C_SMBUS_BLOCK_MAX + 2];
	bool counted = msg->size == I2C_SMBUS_BLOCK_DATA;
	int have, want, i;
	u8 pec;

	start(wire, msg->addr, false);
	send(wire, msg->cmd);
	have = pack_reply(bus, sbs, msg->cmd, reply);
	if (have < 0)
		return have;

	start(wire, msg->addr, true);
	pec = wire->crc;
	for (i = 0; i < have; i++)
		pec = sim_bus_crc8(pec, reply[i]);
	reply[have] = sim_sbs_has_pec(sbs) && !bus->floating ? pec : no_pec(pec);
	if (log->corrupt)
		reply[have > 1 && msg->size != I2C_SMBUS_BYTE_DATA] ^= BIT(3);

	want = host_wants(msg, data, reply[0]);
	if (want > I2C_SMBUS_BLOCK_MAX + counted)
		return -EPROTO;
	for (i = 0; i < want; i++) {
		log->data[i] = i <= have ? reply[i] : RELEASED;
		send(wire, log->data[i]);
	}
	if (msg->pec && msg->size != I2C_SMBUS_I2C_BLOCK_DATA) {
		send(wire, want <= have ? reply[want] : RELEASED);
		if (wire->crc)
			return -EBADMSG;
	}

	log->len = want;
	store(msg, data, log->data, want);
	return 0;
}

/* Without a command a pack has no data to send. */
static int host_receive(struct wire *wire, const struct sim_bus_msg *msg,
			union i2c_smbus_data *data, struct sim_bus_entry *log)
{
	log->data[0] = log->corrupt ? RELEASED ^ 0xff : RELEASED;
	log->len = 1;
	start(wire, msg->addr, true);
	send(wire, log->data[0]);
	store(msg, data, log->data, 1);
	return 0;
}

/* Copies what follows the command, returns its length. */
static int host_sends(const struct sim_bus_msg *msg, const union i2c_smbus_data *data, u8 *buf)
{
	int len;

	switch (msg->size) {
	case I2C_SMBUS_BYTE:
		return 0;
	case I2C_SMBUS_BYTE_DATA:
		buf[0] = data->byte;
		return 1;
	case I2C_SMBUS_WORD_DATA:
		buf[0] = data->word & 0xff;
		buf[1] = data->word >> 8;
		return 2;
	case I2C_SMBUS_BLOCK_DATA:
		len = min_t(int, data->block[0], I2C_SMBUS_BLOCK_MAX) + 1;
		memcpy(buf, data->block, len);
		return len;
	default:
		len = min_t(int, data->block[0], I2C_SMBUS_BLOCK_MAX);
		memcpy(buf, data->block + 1, len);
		return len;
	}
}

static int host_write(struct sim_bus *bus, struct wire *wire, struct sim_sbs *sbs,
		      const struct sim_bus_msg *msg, const union i2c_smbus_data *data,
		      struct sim_bus_entry *log)
{
	int i;

	log->len = host_sends(msg, data, log->data);
	start(wire, msg->addr, false);
	send(wire, msg->cmd);
	for (i = 0; i < log->len; i++)
		send(wire, log->data[i]);
	if (bus->floating)
		return 0;

	if (msg->pec && msg->size != I2C_SMBUS_I2C_BLOCK_DATA) {
		send(wire, wire->crc);
		/* To a pack without PEC this is a message that is too long. */
		if (!sim_sbs_has_pec(sbs))
			return sim_sbs_refuse(sbs, SIM_SBS_BAD_SIZE);
	}

	if (!log->len)
		return 0;
	if (log->len != 2)
		return sim_sbs_refuse(sbs, SIM_SBS_BAD_SIZE);
	return sim_sbs_write_word(sbs, msg->cmd, log->data[0] | log->data[1] << 8);
}

static int talk(struct sim_bus *bus, struct wire *wire, struct sim_sbs *sbs,
		const struct sim_bus_msg *msg, union i2c_smbus_data *data,
		struct sim_bus_entry *log)
{
	bool there = sbs->present && msg->addr == SIM_BUS_PACK_ADDR;

	if (!there || msg->size == I2C_SMBUS_QUICK) {
		start(wire, msg->addr, msg->read && !has_cmd(msg));
		return there ? 0 : -ENXIO;
	}
	if (!msg->read)
		return host_write(bus, wire, sbs, msg, data, log);
	if (!has_cmd(msg))
		return host_receive(wire, msg, data, log);
	return host_read(bus, wire, sbs, msg, data, log);
}

static int talk_with_faults(struct sim_bus *bus, struct wire *wire, struct sim_sbs *sbs,
			    const struct sim_bus_msg *msg, union i2c_smbus_data *data,
			    struct sim_bus_entry *log)
{
	switch (next_fault(bus, msg)) {
	case FAULT_TIMEOUT:
		start(wire, msg->addr, false);
		bus->busy_ns += (u64)bus->timeout_ms * NSEC_PER_MSEC;
		return -ETIMEDOUT;
	case FAULT_NAK:
		start(wire, msg->addr, false);
		return -ENXIO;
	case FAULT_PEC:
		log->corrupt = true;
		break;
	case FAULT_NONE:
		break;
	}
	return talk(bus, wire, sbs, msg, data, log);
}

static bool is_known(int size)
{
	switch (size) {
	case I2C_SMBUS_QUICK:
	case I2C_SMBUS_BYTE:
	case I2C_SMBUS_BYTE_DATA:
	case I2C_SMBUS_WORD_DATA:
	case I2C_SMBUS_BLOCK_DATA:
	case I2C_SMBUS_I2C_BLOCK_DATA:
		return true;
	default:
		return false;
	}
}

/**
 * sim_bus_xfer() - transfer one message
 * @bus: the bus
 * @sbs: the slot at SIM_BUS_PACK_ADDR; nothing else is on the bus
 * @msg: the request
 * @data: as for i2c_smbus_xfer()
 *
 * Takes no time; the time on a real bus is added to the counter.
 *
 * Return: 0 or what a bus driver returns: -ENXIO for no acknowledgment, -EBADMSG
 * for a wrong PEC, -ETIMEDOUT, -EPROTO for a block that is too long, or
 * -EOPNOTSUPP for what this bus cannot do.
 */
int sim_bus_xfer(struct sim_bus *bus, struct sim_sbs *sbs, const struct sim_bus_msg *msg,
		 union i2c_smbus_data *data)
{
	struct wire wire = { .conditions = 1 };		/* the STOP */
	struct sim_bus_entry *log;
	unsigned int bits;

	if (!is_known(msg->size))
		return -EOPNOTSUPP;

	log = &bus->log[bus->log_next++ % SIM_BUS_LOG_SIZE];
	*log = (struct sim_bus_entry){ .msg = *msg };
	log->ret = talk_with_faults(bus, &wire, sbs, msg, data, log);

	bits = wire.bytes * BITS_PER_BYTE_AND_ACK + wire.conditions;
	bus->busy_ns += div_u64((u64)bits * NSEC_PER_MSEC, bus->khz) +
			(u64)bus->stretch_ms * NSEC_PER_MSEC;
	bus->bytes += wire.bytes;
	bus->transfers++;
	return log->ret;
}
EXPORT_SYMBOL_NS_GPL(sim_bus_xfer, "PSY_SIM");

static const char *size_name(int size)
{
	switch (size) {
	case I2C_SMBUS_QUICK:
		return "quick";
	case I2C_SMBUS_BYTE:
		return "byte";
	case I2C_SMBUS_BYTE_DATA:
		return "byte_data";
	case I2C_SMBUS_WORD_DATA:
		return "word";
	case I2C_SMBUS_BLOCK_DATA:
		return "block";
	default:
		return "i2c_block";
	}
}

static const char *result_name(const struct sim_bus_entry *entry)
{
	switch (entry->ret) {
	case 0:
		return entry->corrupt ? "corrupt" : "ok";
	case -ENXIO:
		return "nak";
	case -EBADMSG:
		return "pec";
	case -ETIMEDOUT:
		return "timeout";
	default:
		return "error";
	}
}

/**
 * sim_bus_format() - format a line of the log
 * @entry: the transfer
 * @buf: where to store it
 * @size: of @buf; 128 is enough
 *
 * The form is: r or w, command, kind, data, result; data is a number for bytes
 * and words and hexadecimal bytes for blocks. A dash stands for missing
 * data, and "@address" is added for addresses other than that of the pack.
 *
 * Return: length of the line.
 */
int sim_bus_format(const struct sim_bus_entry *entry, char *buf, size_t size)
{
	const struct sim_bus_msg *msg = &entry->msg;
	int n = scnprintf(buf, size, "%c ", msg->read ? 'r' : 'w');

	if (has_cmd(msg))
		n += scnprintf(buf + n, size - n, "0x%02x", msg->cmd);
	else
		n += scnprintf(buf + n, size - n, "-");
	n += scnprintf(buf + n, size - n, " %s ", size_name(msg->size));

	if (!entry->len)
		n += scnprintf(buf + n, size - n, "-");
	else if (msg->size == I2C_SMBUS_WORD_DATA)
		n += scnprintf(buf + n, size - n, "0x%02x%02x", entry->data[1], entry->data[0]);
	else if (entry->len == 1)
		n += scnprintf(buf + n, size - n, "0x%02x", entry->data[0]);
	else
		n += scnprintf(buf + n, size - n, "%*phN", entry->len, entry->data);

	n += scnprintf(buf + n, size - n, " %s", result_name(entry));
	if (msg->addr != SIM_BUS_PACK_ADDR)
		n += scnprintf(buf + n, size - n, " @0x%02x", msg->addr);
	return n + scnprintf(buf + n, size - n, "\n");
}
EXPORT_SYMBOL_NS_GPL(sim_bus_format, "PSY_SIM");

/**
 * sim_bus_reset() - set the counters to zero
 * @bus: the bus
 */
void sim_bus_reset(struct sim_bus *bus)
{
	bus->transfers = 0;
	bus->bytes = 0;
	bus->busy_ns = 0;
}
EXPORT_SYMBOL_NS_GPL(sim_bus_reset, "PSY_SIM");

/**
 * sim_bus_init() - a bus of 100 kHz without faults
 * @bus: the bus
 */
void sim_bus_init(struct sim_bus *bus)
{
	memset(bus, 0, sizeof(*bus));
	bus->khz = 100;
	bus->realtime = 1;
	bus->timeout_ms = 25;
	bus->fault_cmd = -1;
}
EXPORT_SYMBOL_NS_GPL(sim_bus_init, "PSY_SIM");
