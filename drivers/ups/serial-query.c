// SPDX-License-Identifier: GPL-2.0-only
/* Queries and commands on a port that carries bytes */
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
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

static void ups_arm(struct ups_port *port, enum ups_framer_mode mode, char start)
{
	unsigned long flags;

	spin_lock_irqsave(&port->rx_lock, flags);
	ups_framer_arm(&port->framer, mode, start);
	spin_unlock_irqrestore(&port->rx_lock, flags);
}

static void ups_arm_request(struct ups_port *port, const struct ups_serial_request *request)
{
	enum ups_framer_mode mode = request->binary ? UPS_FRAMER_BINARY :
				    request->raw ? UPS_FRAMER_RAW : UPS_FRAMER_TEXT;
	unsigned long flags;

	spin_lock_irqsave(&port->rx_lock, flags);
	ups_framer_arm(&port->framer, mode, request->start);
	ups_framer_mark(&port->framer, request->mark, request->data);
	spin_unlock_irqrestore(&port->rx_lock, flags);
}

/**
 * ups_serial_alerts() - get the alerts received since the last call
 * @ups: the UPS
 *
 * Context: from a hook.
 * Return: bit n is set for byte n of &struct ups_serial_desc.alerts.
 */
u32 ups_serial_alerts(struct ups *ups)
{
	struct ups_port *port = ups_get_transport(ups);
	unsigned long flags;
	u32 alerts;

	spin_lock_irqsave(&port->rx_lock, flags);
	alerts = port->alerts;
	port->alerts = 0;
	spin_unlock_irqrestore(&port->rx_lock, flags);
	return alerts;
}
EXPORT_SYMBOL_NS_GPL(ups_serial_alerts, "UPS_SERIAL");

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
 * Where replies do not say what they answer, one that is late would be taken for the reply
 * to the next query, and the reply to that one for the one after it, and so on.
 */
static void ups_wait_late(struct ups *ups, struct ups_port *port)
{
	wait_event_timeout(port->replied, ups_aborted(ups), ups_time_left(ups, port->reply_ms));
	ups_wait_quiet(ups, port);
}

/**
 * ups_serial_resync() - drop late replies before the next query
 * @ups: the UPS
 *
 * For protocols whose replies do not say what they answer: when one does not fit its query,
 * the right one may still be on its way.
 *
 * Context: from a hook.
 */
void ups_serial_resync(struct ups *ups)
{
	struct ups_port *port = ups_get_transport(ups);

	port->reply_pending = true;
}
EXPORT_SYMBOL_NS_GPL(ups_serial_resync, "UPS_SERIAL");

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

static int ups_send(struct ups *ups, struct ups_port *port, const char *text, size_t len)
{
	unsigned long timeout = ups_time_left(ups, port->reply_ms);
	int ret;

	if (!timeout)
		return -ETIMEDOUT;
	ret = port->ops->write(port, text, len, timeout);
	if (ret > 0 && port->desc->pace_ms)
		port->partial = true;
	if (ret >= 0)
		ret = ret == len ? ups_drain_tx(ups, port) : -ETIMEDOUT;
	/* After an error the command must not be sent some time later. */
	if (ret)
		port->ops->flush(port);
	return ret;
}

/* The result of a line that is an answer to @command: as that of the verdict */
static int ups_judge(struct ups_port *port, const char *command)
{
	/* The framer is done and does not change its buffer. */
	int ret = port->desc->verdict(command, port->framer.buf);

	if (ret < 0)
		port->stats.refused++;
	return ret;
}

/*
 * One character after the other. What follows the first one is an argument, which the UPS
 * would take for commands if it does not know the first. Not aborted between them, as the
 * UPS would take the next command for an argument.
 */
static int ups_write_chars(struct ups *ups, struct ups_port *port, const char *command)
{
	const struct ups_serial_desc *desc = port->desc;
	int i, ret;

	ret = ups_send(ups, port, command, 1);
	if (ret || !command[1])
		return ret;
	if (wait_event_timeout(port->replied, ups_framer_is_done(port),
			       ups_time_left(ups, desc->peek_ms))) {
		ret = desc->verdict ? ups_judge(port, command) : 0;
		return ret < 0 ? ret : -EIO;
	}
	for (i = 1; command[i] && !ret; i++) {
		if (i > 1)
			msleep(desc->char_ms);
		ret = ups_send(ups, port, &command[i], 1);
	}
	return ret;
}

/* Not aborted between the characters, as the next command would be the rest of this one. */
static int ups_write_paced(struct ups *ups, struct ups_port *port, const char *text, size_t len)
{
	int ret = 0;
	size_t i;

	for (i = 0; i < len && !ret; i++) {
		if (i)
			msleep(port->desc->pace_ms);
		ret = ups_send(ups, port, &text[i], 1);
	}
	if (!ret)
		port->partial = false;
	return ret;
}

/* The UPS would take the next command for the rest of one that was not sent completely. */
static int ups_end_partial(struct ups *ups, struct ups_port *port)
{
	const char *spoil = port->desc->spoil ?: "";
	char text[8];
	int len, ret;

	if (!port->partial)
		return 0;
	if (ups_aborted(ups) == -ESHUTDOWN)
		return -ESHUTDOWN;
	len = scnprintf(text, sizeof(text), "%s%c", spoil, port->desc->end);
	ret = ups_write_paced(ups, port, text, len);
	/* What it says to that is not the answer to the next command. */
	port->reply_pending = true;
	if (!ret)
		ups_wait_late(ups, port);
	return ret;
}

static int ups_write(struct ups *ups, struct ups_port *port, const char *command)
{
	size_t len = strlen(command);
	char text[24];

	if (ups_aborted(ups) == -ESHUTDOWN)
		return -ESHUTDOWN;
	if (!len || len + 1 > sizeof(text))
		return -EMSGSIZE;
	if (port->desc->char_ms)
		return ups_write_chars(ups, port, command);
	memcpy(text, command, len);
	text[len++] = port->desc->end;
	if (port->desc->pace_ms)
		return ups_write_paced(ups, port, text, len);
	return ups_send(ups, port, text, len);
}

/* Time to wait for the answer to a command, ms */
static unsigned int ups_answer_ms(struct ups *ups, struct ups_port *port)
{
	/* Without an answer a command has failed, which must not be the case too early. */
	if (port->desc->answers || !ups_is_powering_off(ups))
		return port->ack_ms;
	return min(port->ack_ms, UPS_ACK_POWEROFF_MS);
}

/**
 * ups_serial_command() - send a command and check whether it is refused
 * @ups: the UPS
 * @command: text, without terminator
 *
 * Never repeated: some commands toggle. The answers of the UPS, if any, are passed
 * to &struct ups_serial_desc.verdict. No answer means success, unless &struct
 * ups_serial_desc.answers is set.
 *
 * Context: may sleep; from a hook.
 * Return: 0 when the command has been sent and was not refused; the error of the
 * verdict if it was; -ETIMEDOUT if the port does not accept it, or a necessary answer is
 * missing; -EBUSY if that was not waited for, see ups_serial_query(); -ESHUTDOWN if the
 * port is being closed.
 */
int ups_serial_command(struct ups *ups, const char *command)
{
	struct ups_port *port = ups_get_transport(ups);
	int silence = port->desc->answers ? -ETIMEDOUT : 0;
	/* If all lines begin with the same byte, garbage before it does not cost the answer. */
	char start = port->desc->answers ? port->desc->restart : '\0';
	unsigned long end, now;
	int ret;

	ret = ups_end_partial(ups, port);
	if (ret)
		return ret;
	ups_wait_quiet(ups, port);
	ups_arm(port, UPS_FRAMER_ANSWER, start);
	ret = ups_write(ups, port, command);
	if (ret || !port->desc->verdict)
		return ret;

	port->reply_pending = port->desc->answers;
	end = jiffies + ups_time_left(ups, ups_answer_ms(ups, port));
	for (now = jiffies; time_before(now, end); now = jiffies) {
		if (!wait_event_timeout(port->replied, ups_reply_done(ups, port), end - now))
			return silence;
		ret = ups_aborted(ups);
		if (ret)
			return ret == -ESHUTDOWN || silence ? ret : 0;
		ret = ups_judge(port, command);
		if (ret <= 0) {
			port->reply_pending = false;
			return ret;
		}
		ups_arm(port, UPS_FRAMER_ANSWER, start);
	}
	return silence;
}
EXPORT_SYMBOL_NS_GPL(ups_serial_command, "UPS_SERIAL");

/* One attempt. Late replies are accepted. */
static int ups_query_once(struct ups *ups, struct ups_port *port,
			  const struct ups_serial_request *request, char *reply)
{
	unsigned int ms = port->reply_ms;
	int ret;

	/* With the additional time on a slower port */
	if (request->reply_ms)
		ms += request->reply_ms - port->desc->reply_ms;
	ret = ups_aborted(ups);
	if (!ret)
		ret = ups_end_partial(ups, port);
	if (ret)
		return ret;
	ups_arm_request(port, request);
	port->stats.queries++;
	port->reply_pending = true;
	ret = ups_write(ups, port, request->command);
	if (ret)
		return ret;

	wait_event_timeout(port->replied, ups_reply_done(ups, port),
			   ups_time_left(ups, ms + ms / 2));
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
	memcpy(reply, port->framer.buf, port->framer.len + 1);
	return port->framer.len;
}

/**
 * ups_serial_ask() - send a query and wait for its reply
 * @ups: the UPS
 * @request: the query
 * @reply: where to store the reply, without terminator, NUL-terminated
 *
 * As ups_serial_query(), for queries that need more than a command and a first character.
 *
 * Context: may sleep; from a hook.
 * Return: as ups_serial_query().
 */
int ups_serial_ask(struct ups *ups, const struct ups_serial_request *request,
		   char reply[UPS_REPLY_LEN + 1])
{
	struct ups_port *port = ups_get_transport(ups);
	unsigned int tries = ups_is_powering_off(ups) ? 1 : UPS_TRIES;
	unsigned int try;
	int ret = -ETIMEDOUT;

	if (!request->start && port->reply_pending)
		ups_wait_late(ups, port);
	for (try = 0; try < tries; try++) {
		ret = ups_query_once(ups, port, request, reply);
		if (ret > 0 || ret == -ESHUTDOWN || ret == -EBUSY)
			break;
	}
	/* Alerts are data for as long as a raw reply is expected. */
	if (ret < 0 && (request->raw || request->binary))
		ups_arm(port, UPS_FRAMER_TEXT, '\0');
	if (try && ret != -ESHUTDOWN && ret != -EBUSY) {
		port->reply_pending = true;
		ups_wait_quiet(ups, port);
	}
	return ret;
}
EXPORT_SYMBOL_NS_GPL(ups_serial_ask, "UPS_SERIAL");

/**
 * ups_serial_query() - send a command and wait for its reply
 * @ups: the UPS
 * @command: text, without terminator
 * @start: first character of the reply; lines that begin differently are garbage,
 *	as are late replies to an earlier query with a different start. 0 for any, with
 *	which late replies are kept apart only by waiting for them.
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
	const struct ups_serial_request request = { .command = command, .start = start };

	return ups_serial_ask(ups, &request, reply);
}
EXPORT_SYMBOL_NS_GPL(ups_serial_query, "UPS_SERIAL");
