// SPDX-License-Identifier: GPL-2.0-only
/* UPSes on a port that carries bytes: the port */
#include <kunit/visibility.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/module.h>
#include <linux/pm.h>
#include <linux/power/psy_miniclass.h>
#include <linux/seq_file.h>

#include "serial.h"

/* Maximum wait for the answer to a command, which is short */
#define UPS_ACK_MS	800

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
	port->framer.alerted = 0;
	ups_framer_push(&port->framer, data, len);
	done = port->framer.done;
	port->alerts |= port->framer.alerted;
	if (port->framer.alerted && port->ups)
		ups_kick(port->ups);
	spin_unlock_irqrestore(&port->rx_lock, flags);
	if (done)
		wake_up(&port->replied);
}
EXPORT_SYMBOL_IF_KUNIT(ups_serial_receive);

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
	/* Without an error they may be those of a port that has none; -ENODEV is unplugged. */
	if (port->desc->lines) {
		ret = port->ops->get_lines(port);
		if (ret < 0 && ret != -ENODEV)
			return dev_err_probe(port->dev, ret, "cannot read the modem lines\n");
	}
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
	/* An answer that is required may be as late as a reply. */
	if (port->desc->answers)
		port->ack_ms = port->reply_ms + port->reply_ms / 2;
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

static void ups_serial_set_ups(struct ups_port *port, struct ups *ups)
{
	unsigned long flags;

	spin_lock_irqsave(&port->rx_lock, flags);
	port->ups = ups;
	spin_unlock_irqrestore(&port->rx_lock, flags);
}

/* Before the UPS is removed: an alert must not find it any more. */
static void ups_serial_forget_ups(void *data)
{
	ups_serial_set_ups(data, NULL);
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
	struct ups *ups;
	int ret;

	if (IS_ERR(port))
		return ERR_CAST(port);
	port->desc = desc;
	port->framer.end = desc->end;
	port->framer.ignore = desc->ignore;
	port->framer.restart = desc->restart;
	port->framer.ack = desc->ack;
	port->framer.alerts = desc->alerts;
	spin_lock_init(&port->rx_lock);
	init_waitqueue_head(&port->replied);

	ret = psy_miniclass_fw_u32(port->dev, "current-speed", 300, 115200, &speed);
	if (!ret)
		ret = psy_miniclass_fw_u32(port->dev, "settle-ms", 0, 5000, &settle);
	if (!ret && port->ops->check)
		ret = port->ops->check(port);
	if (ret)
		return ERR_PTR(ret);
	port->speed = speed;
	port->dtr = config->dtr;
	port->rts = config->rts;
	port->keep_lines = config->keep_lines;
	ret = ups_serial_open(port);
	if (!ret)
		ret = devm_add_action_or_reset(port->dev, ups_serial_close, port);
	if (ret)
		return ERR_PTR(ret);
	ups_config.delay_ms = settle;
	ups = devm_ups_register(port->dev, &desc->ups, &ups_config);
	if (IS_ERR(ups))
		return ups;
	ups_serial_set_ups(port, ups);
	ret = devm_add_action_or_reset(port->dev, ups_serial_forget_ups, port);
	return ret ? ERR_PTR(ret) : ups;
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
