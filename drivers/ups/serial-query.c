// SPDX-License-Identifier: GPL-2.0-only
/* Queries and commands on a port that carries bytes */
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/jiffies.h>
#include <linux/string.h>

#include "serial.h"

/* Attempts per query before the poll counts as a miss */
#define UPS_TRIES	2

/* Silence that ends a reply or a line of garbage; maximum wait for it */
#define UPS_QUIET_MS	100
#define UPS_NOISY_MS	600

/* Maximum wait for the answer to a command at a power-off */
#define UPS_ACK_POWEROFF_MS 300

/*
 * Time for a command to leave the port at a power-off; ten characters at 300 baud take
 * 350 ms. A port that never sends must leave time for the next command.
 */
#define UPS_DRAIN_POWEROFF_MS 600

static bool ups_framer_is_done(struct ups_port *port)
{
	unsigned long flags;
	bool done;

	spin_lock_irqsave(&port->rx_lock, flags);
	done = port->framer.done;
	spin_unlock_irqrestore(&port->rx_lock, flags);
	return done;
}

static bool ups_reply_done(struct ups *ups, struct ups_port *port)
{
	return ups_framer_is_done(port) || ups_aborted(ups);
}

static void ups_arm(struct ups_port *port, char start)
{
	unsigned long flags;

	spin_lock_irqsave(&port->rx_lock, flags);
	ups_framer_arm(&port->framer, start);
	spin_unlock_irqrestore(&port->rx_lock, flags);
}

static u64 ups_received(struct ups_port *port)
{
	unsigned long flags;
	u64 received;

	spin_lock_irqsave(&port->rx_lock, flags);
	received = port->received;
	spin_unlock_irqrestore(&port->rx_lock, flags);
	return received;
}

/*
 * Wait until nothing more is received: the interface of a UPS may not receive while
 * it sends, and the rest of a late reply must not be taken for the reply to the next
 * query.
 */
static void ups_wait_quiet(struct ups *ups, struct ups_port *port)
{
	unsigned long end = jiffies + ups_time_left(ups, UPS_NOISY_MS);
	u64 before;

	if (port->reply_pending)
		msleep(2 * UPS_QUIET_MS);
	port->reply_pending = false;
	do {
		before = ups_received(port);
		msleep(UPS_QUIET_MS);
	} while (ups_received(port) != before && time_before(jiffies, end) &&
		 ups_aborted(ups) != -ESHUTDOWN);
}

/*
 * The port may not report whether bytes are left in its buffers, but if there are, the
 * wait uses up its timeout.
 */
static int ups_drain_tx(struct ups *ups, struct ups_port *port)
{
	unsigned int ms = ups_is_powering_off(ups) ?
			  min(port->reply_ms, UPS_DRAIN_POWEROFF_MS) : port->reply_ms;
	unsigned long timeout = ups_time_left(ups, ms);
	unsigned long end = jiffies + timeout;

	if (timeout)
		port->ops->drain(port, timeout);
	return time_before(jiffies, end) ? 0 : -ETIMEDOUT;
}

static int ups_write(struct ups *ups, struct ups_port *port, const char *command)
{
	unsigned long timeout = ups_time_left(ups, port->reply_ms);
	size_t len = strlen(command);
	char text[24];
	int ret;

	if (ups_aborted(ups) == -ESHUTDOWN)
		return -ESHUTDOWN;
	if (len + 1 > sizeof(text))
		return -EMSGSIZE;
	if (!timeout)
		return -ETIMEDOUT;

	memcpy(text, command, len);
	text[len++] = port->desc->end;
	ret = port->ops->write(port, text, len, timeout);
	if (ret >= 0)
		ret = ret == len ? ups_drain_tx(ups, port) : -ETIMEDOUT;
	/* After an error the command must not be sent some time later. */
	if (ret)
		port->ops->flush(port);
	return ret;
}

/**
 * ups_serial_command() - send a command and check whether it is refused
 * @ups: the UPS
 * @command: text, without terminator
 *
 * Never repeated: some commands toggle. The answers of the UPS, if any, are passed
 * to &struct ups_serial_desc.verdict; no answer means success.
 *
 * Context: may sleep; from a hook.
 * Return: 0 when the command has been sent and was not refused; the error of the
 * verdict if it was; -ETIMEDOUT if the port does not accept it; -ESHUTDOWN if the
 * port is being closed.
 */
int ups_serial_command(struct ups *ups, const char *command)
{
	struct ups_port *port = ups_get_transport(ups);
	unsigned int ack_ms = ups_is_powering_off(ups) ?
			      min(port->ack_ms, UPS_ACK_POWEROFF_MS) : port->ack_ms;
	unsigned long end, now;
	int ret;

	ups_wait_quiet(ups, port);
	ups_arm(port, '\0');
	ret = ups_write(ups, port, command);
	if (ret || !port->desc->verdict)
		return ret;

	end = jiffies + ups_time_left(ups, ack_ms);
	for (now = jiffies; time_before(now, end); now = jiffies) {
		if (!wait_event_timeout(port->replied, ups_reply_done(ups, port), end - now))
			return 0;
		ret = ups_aborted(ups);
		if (ret)
			return ret == -ESHUTDOWN ? ret : 0;
		/* The framer is done and does not change its buffer. */
		ret = port->desc->verdict(command, port->framer.buf);
		if (ret < 0)
			port->stats.refused++;
		if (ret <= 0)
			return ret;
		ups_arm(port, '\0');
	}
	return 0;
}
EXPORT_SYMBOL_NS_GPL(ups_serial_command, "UPS_SERIAL");

/* One attempt */
static int ups_query_once(struct ups *ups, struct ups_port *port, const char *command,
			  char start, char *reply)
{
	/* Accept late replies. */
	unsigned int ms = port->reply_ms + port->reply_ms / 2;
	int ret;

	ret = ups_aborted(ups);
	if (ret)
		return ret;
	ups_arm(port, start);
	port->stats.queries++;
	port->reply_pending = true;
	ret = ups_write(ups, port, command);
	if (ret)
		return ret;

	wait_event_timeout(port->replied, ups_reply_done(ups, port), ups_time_left(ups, ms));
	ret = ups_aborted(ups);
	if (ret)
		return ret;
	if (!ups_framer_is_done(port)) {
		port->stats.timeouts++;
		return -ETIMEDOUT;
	}
	port->reply_pending = false;
	port->stats.replies++;
	/* The framer is done and does not change its buffer. */
	strscpy(reply, port->framer.buf, UPS_REPLY_LEN + 1);
	return strlen(reply);
}

/**
 * ups_serial_query() - send a command and wait for its reply
 * @ups: the UPS
 * @command: text, without terminator
 * @start: first character of the reply; lines that begin differently are garbage,
 *	as are late replies to an earlier query with a different start
 * @reply: where to store the reply, without terminator, NUL-terminated
 *
 * Without a reply the command is sent once more, except during a power-off. When the
 * first attempt had no reply, the function waits for late replies, and drops them.
 *
 * Context: may sleep; from a hook.
 * Return: length of the reply; -ETIMEDOUT; -EBUSY if the port is needed for a
 * power-off, or the machine is about to sleep; -ESHUTDOWN if the port is being closed.
 */
int ups_serial_query(struct ups *ups, const char *command, char start,
		     char reply[UPS_REPLY_LEN + 1])
{
	struct ups_port *port = ups_get_transport(ups);
	unsigned int tries = ups_is_powering_off(ups) ? 1 : UPS_TRIES;
	unsigned int try;
	int ret = -ETIMEDOUT;

	for (try = 0; try < tries; try++) {
		ret = ups_query_once(ups, port, command, start, reply);
		if (ret > 0 || ret == -ESHUTDOWN || ret == -EBUSY)
			break;
	}
	if (try && ret != -ESHUTDOWN && ret != -EBUSY) {
		port->reply_pending = true;
		ups_wait_quiet(ups, port);
	}
	return ret;
}
EXPORT_SYMBOL_NS_GPL(ups_serial_query, "UPS_SERIAL");
