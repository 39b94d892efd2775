// SPDX-License-Identifier: GPL-2.0-only
/* Queries and commands on a port that carries bytes */
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/pm.h>
#include <linux/power/psy_miniclass.h>
#include <linux/seq_file.h>
#include <linux/string.h>

#include "serial.h"

/* Attempts per query before the poll counts as a miss */
#define UPS_TRIES	2

/* Silence that ends a reply or a line of garbage; maximum wait for it */
#define UPS_QUIET_MS	100
#define UPS_NOISY_MS	600

/* Maximum wait for the answer to a command, which is short; less at power-off */
#define UPS_ACK_MS	800
#define UPS_ACK_POWEROFF_MS 300

/*
 * Time for a command to leave the port at a power-off; ten characters at 300 baud take
 * 350 ms. A port that never sends must leave time for the next command.
 */
#define UPS_DRAIN_POWEROFF_MS 600

/**
 * ups_serial_receive() - process received bytes
 * @port: the port
 * @data: the bytes
 * @len: their number
 *
 * Context: any but hard interrupt context; the driver of the port serialises.
 */
void ups_serial_receive(struct ups_port *port, const u8 *data, size_t len)
{
	unsigned long flags;
	bool done;

	spin_lock_irqsave(&port->rx_lock, flags);
	port->received += len;
	ups_framer_push(&port->framer, data, len);
	done = port->framer.done;
	spin_unlock_irqrestore(&port->rx_lock, flags);
	if (done)
		wake_up(&port->replied);
}

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

static void ups_serial_wake(void *transport)
{
	struct ups_port *port = transport;

	wake_up_all(&port->replied);
}

static void ups_serial_show(void *transport, struct seq_file *s)
{
	struct ups_port *port = transport;

	seq_printf(s, "queries %llu\nreplies %llu\ntimeouts %llu\n", port->stats.queries,
		   port->stats.replies, port->stats.timeouts);
	seq_printf(s, "garbage_bytes %llu\nrefused %llu\n", port->framer.garbage,
		   port->stats.refused);
}

static const struct ups_transport_ops ups_serial_transport = {
	.wake = ups_serial_wake,
	.show = ups_serial_show,
};

/* DTR and RTS before anything else: some cables take a low, or a high, DTR for a command. */
static int ups_serial_setup(struct ups_port *port)
{
	u32 actual, speed = port->speed;
	int ret;

	ret = port->ops->set_lines(port, port->dtr, port->rts);
	if (ret)
		return dev_err_probe(port->dev, ret, "cannot set DTR and RTS\n");
	ret = port->ops->set_speed(port, speed);
	if (ret < 0)
		return dev_err_probe(port->dev, ret, "cannot set up the port\n");
	actual = ret;
	/* A UART tolerates 2 percent. */
	if (actual && max(actual, speed) - min(actual, speed) > speed / 50)
		return dev_err_probe(port->dev, -EINVAL,
				     "current-speed: port is set to %u baud instead of %u\n",
				     actual, speed);
	return 0;
}

static int ups_serial_open(struct ups_port *port)
{
	/* Additional time on a slower port */
	int slower = max_t(int, ups_wire_ms(port->speed) - ups_wire_ms(port->desc->speed), 0);
	int ret;

	port->reply_ms = port->desc->reply_ms + slower;
	port->ack_ms = min(port->desc->reply_ms, UPS_ACK_MS) + slower / 4;
	ret = port->ops->open(port);
	if (ret)
		return dev_err_probe(port->dev, ret, "cannot open the port\n");
	ret = ups_serial_setup(port);
	if (ret)
		port->ops->close(port);
	return ret;
}

static void ups_serial_close(void *data)
{
	struct ups_port *port = data;

	port->ops->close(port);
}

/**
 * devm_ups_serial_register() - start monitoring the UPS at a port
 * @port: the port, of devm_ups_serdev_port() or devm_ups_tty_port(); or their error
 * @desc: protocol; must outlive the instance
 * @config: this instance; not used after the call
 *
 * Opens the port and registers the UPS, see devm_ups_register().
 *
 * Context: may sleep; from probe.
 * Return: the UPS or an ERR_PTR(): the error in @port, -EINVAL for an invalid firmware
 * property or an incomplete @desc, -ENOMEM, or the error of opening or setting up the port.
 */
struct ups *devm_ups_serial_register(struct ups_port *port, const struct ups_serial_desc *desc,
				     const struct ups_serial_config *config)
{
	struct ups_config ups_config = {
		.drvdata = config->drvdata,
		.transport = port,
		.transport_ops = &ups_serial_transport,
	};
	u32 speed = desc->speed, settle = desc->settle_ms;
	int ret;

	if (IS_ERR(port))
		return ERR_CAST(port);
	port->desc = desc;
	port->framer.end = desc->end;
	port->framer.restart = desc->restart;
	spin_lock_init(&port->rx_lock);
	init_waitqueue_head(&port->replied);

	ret = psy_miniclass_fw_u32(port->dev, "current-speed", 300, 115200, &speed);
	if (!ret)
		ret = psy_miniclass_fw_u32(port->dev, "settle-ms", 0, 5000, &settle);
	if (ret)
		return ERR_PTR(ret);
	port->speed = speed;
	port->dtr = config->dtr;
	port->rts = config->rts;
	ret = ups_serial_open(port);
	if (!ret)
		ret = devm_add_action_or_reset(port->dev, ups_serial_close, port);
	if (ret)
		return ERR_PTR(ret);
	ups_config.delay_ms = settle;
	port->ups = devm_ups_register(port->dev, &desc->ups, &ups_config);
	return port->ups;
}
EXPORT_SYMBOL_NS_GPL(devm_ups_serial_register, "UPS_SERIAL");

/**
 * ups_serial_again() - set up a port that was unplugged
 * @port: the port, with a UPS
 *
 * Context: may sleep; not during probe or unbinding.
 * Return: 0 or a negative error.
 */
int ups_serial_again(struct ups_port *port)
{
	int ret = ups_serial_setup(port);

	if (!ret)
		ups_kick(port->ups);
	return ret;
}

static int ups_serial_poweroff(struct device *dev)
{
	struct ups_port *port = dev_get_drvdata(dev);

	if (port && port->ups)
		ups_pm_poweroff(port->ups);
	return 0;
}

static int ups_serial_restore(struct device *dev)
{
	struct ups_port *port = dev_get_drvdata(dev);

	if (port && port->ups)
		ups_pm_restore(port->ups);
	return 0;
}

const struct dev_pm_ops ups_serial_pm_ops = {
	.poweroff = ups_serial_poweroff,
	.restore = ups_serial_restore,
};
EXPORT_SYMBOL_NS_GPL(ups_serial_pm_ops, "UPS_SERIAL");

MODULE_DESCRIPTION("UPSes on a serial port");
MODULE_AUTHOR("The psy-miniclass developers");
MODULE_LICENSE("GPL");
MODULE_VERSION(PSY_VERSION);
MODULE_IMPORT_NS("PSY_MINICLASS");
MODULE_IMPORT_NS("UPS");
