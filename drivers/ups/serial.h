/* SPDX-License-Identifier: GPL-2.0-only */
/* Internal interfaces of ups-serial.ko */
#ifndef __UPS_SERIAL_H
#define __UPS_SERIAL_H

#include <linux/power/ups_serial.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/wait.h>

struct device;
struct ups_port;

/**
 * enum ups_framer_mode - what may be received
 * @UPS_FRAMER_TEXT: a line of printable characters
 * @UPS_FRAMER_RAW: a line of any bytes except NUL
 * @UPS_FRAMER_BINARY: a line of any bytes
 * @UPS_FRAMER_ANSWER: as text, or &ups_framer.ack alone
 */
enum ups_framer_mode {
	UPS_FRAMER_TEXT,
	UPS_FRAMER_RAW,
	UPS_FRAMER_BINARY,
	UPS_FRAMER_ANSWER,
};

/**
 * struct ups_framer - finds a reply in a stream of bytes
 * @end: last byte of a reply
 * @ignore: byte that is dropped; 0 for none
 * @restart: byte that begins a reply even in the middle of a line; 0 for none
 * @ack: byte that alone is an answer to a command; 0 for none
 * @alerts: bytes that do not belong to a reply; NULL for none
 * @mode: what may be received
 * @start: first byte of the expected reply; 0 for any line
 * @mark: in a binary reply, byte before data that may have any value; 0 for none
 * @data: number of these bytes
 * @marked: @mark was received
 * @left: bytes of the data that are still missing
 * @buf: reply received so far, without @end; NUL-terminated when @done
 * @len: its length
 * @skip: the current line is garbage: drop everything up to @end
 * @done: the reply is complete; bytes after it are dropped
 * @garbage: bytes dropped so far
 * @alerted: bit n is set when byte n of @alerts is received
 */
struct ups_framer {
	char end;
	char ignore;
	char restart;
	char ack;
	const char *alerts;
	enum ups_framer_mode mode;
	char start;
	char mark;
	u8 data;
	bool marked;
	u8 left;
	char buf[UPS_REPLY_LEN + 1];
	size_t len;
	bool skip;
	bool done;
	u64 garbage;
	u32 alerted;
};

void ups_framer_arm(struct ups_framer *f, enum ups_framer_mode mode, char start);
void ups_framer_mark(struct ups_framer *f, char mark, u8 data);
unsigned int ups_wire_ms(unsigned int speed);
void ups_framer_push(struct ups_framer *f, const u8 *data, size_t len);

/**
 * struct ups_port_ops - a port that carries bytes
 * @check: Check the properties that describe the UPS, and that no driver has read. Optional.
 * @open: Open the port, without flow control; received bytes are passed to
 *	ups_serial_receive() from now on.
 * @close: Close it.
 * @set_lines: Set DTR and RTS; 0 also if the port has none.
 * @get_lines: Return the modem lines as TIOCM_* bits; -EOPNOTSUPP if the port has none.
 * @set_break: Begin or end a break, TX low; -EOPNOTSUPP if the port has none.
 * @set_speed: Set the speed, 8 data bits without parity. Return the actual speed, baud;
 *	0 if the port does not report it.
 * @write: Write within @timeout, jiffies. Return the number of accepted bytes.
 * @drain: Wait until all bytes have been sent, at most @timeout, jiffies, more than 0.
 * @flush: Drop the bytes that have not been sent.
 *
 * All may sleep. Common return values: 0 or a negative error.
 */
struct ups_port_ops {
	int (*check)(struct ups_port *port);
	int (*open)(struct ups_port *port);
	void (*close)(struct ups_port *port);
	int (*set_lines)(struct ups_port *port, bool dtr, bool rts);
	int (*get_lines)(struct ups_port *port);
	int (*set_break)(struct ups_port *port, bool on);
	int (*set_speed)(struct ups_port *port, unsigned int speed);
	int (*write)(struct ups_port *port, const u8 *data, size_t len, unsigned long timeout);
	void (*drain)(struct ups_port *port, unsigned long timeout);
	void (*flush)(struct ups_port *port);
};

/* struct ups_port_stats - counters in debugfs */
struct ups_port_stats {
	u64 queries;
	u64 replies;
	u64 timeouts;
	u64 refused;
};

/**
 * struct ups_port - a port with a UPS
 * @ops: operations
 * @dev: device of the UPS
 * @desc: its protocol
 * @ups: the UPS; NULL before it is registered and while it is removed. Written under
 *	@rx_lock.
 * @speed: its speed, baud
 * @dtr: level of its DTR
 * @rts: level of its RTS
 * @keep_lines: keep both when the port is closed, if that is possible
 * @reply_ms: time that a reply may take at the speed of the port
 * @ack_ms: time that the answer to a command may take
 * @reply_pending: a query was sent and has not been answered yet; accessed by hooks
 *	only
 * @partial: the UPS has part of a command, to which it would append the next one; accessed
 *	by hooks only
 * @rx_lock: protects @framer, @received and @alerts; taken by ups_serial_receive()
 * @framer: finds the reply in the received bytes
 * @received: bytes received so far
 * @alerts: the alerts received since the driver has asked for them, as in
 *	&ups_framer.alerted
 * @replied: the reply is complete, or the query is aborted
 * @stats: counters
 */
struct ups_port {
	const struct ups_port_ops *ops;
	struct device *dev;
	const struct ups_serial_desc *desc;
	struct ups *ups;
	unsigned int speed;
	bool dtr;
	bool rts;
	bool keep_lines;
	unsigned int reply_ms;
	unsigned int ack_ms;
	bool reply_pending;
	bool partial;
	spinlock_t rx_lock;
	struct ups_framer framer;
	u64 received;
	u32 alerts;
	wait_queue_head_t replied;
	struct ups_port_stats stats;
};

void ups_serial_receive(struct ups_port *port, const u8 *data, size_t len);
int ups_serial_again(struct ups_port *port);

#endif /* __UPS_SERIAL_H */
