// SPDX-License-Identifier: GPL-2.0-only
/* UPSes on a serial port that firmware describes */
#include <linux/device.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/module.h>
#include <linux/serdev.h>
#include <linux/slab.h>
#include <linux/termios.h>

#include "serial.h"

/* struct ups_serdev - a serdev port */
struct ups_serdev {
	struct ups_port port;
	struct serdev_device *serdev;
};

static struct serdev_device *ups_to_serdev(struct ups_port *port)
{
	return container_of(port, struct ups_serdev, port)->serdev;
}

static SERDEV_RX_RET ups_serdev_receive(struct serdev_device *serdev, const unsigned char *data,
					size_t len)
{
	ups_serial_receive(serdev_device_get_drvdata(serdev), data, len);
	return len;
}

static const struct serdev_device_ops ups_serdev_client = {
	.receive_buf = ups_serdev_receive,
	.write_wakeup = serdev_device_write_wakeup,
};

/*
 * The serdev core opens a port with flow control, and with a three-wire cable the port
 * then never sends.
 */
static int ups_serdev_open(struct ups_port *port)
{
	struct serdev_device *serdev = ups_to_serdev(port);
	int ret = serdev_device_open(serdev);

	if (!ret)
		serdev_device_set_flow_control(serdev, false);
	return ret;
}

static void ups_serdev_close(struct ups_port *port)
{
	serdev_device_close(ups_to_serdev(port));
}

static int ups_serdev_set_lines(struct ups_port *port, bool dtr, bool rts)
{
	int ret, set = 0, clear = 0;

	*(dtr ? &set : &clear) |= TIOCM_DTR;
	*(rts ? &set : &clear) |= TIOCM_RTS;
	ret = serdev_device_set_tiocm(ups_to_serdev(port), set, clear);
	/* The port has no DTR and RTS. */
	return ret == -EOPNOTSUPP || ret == -ENOTTY || ret == -EINVAL ? 0 : ret;
}

static int ups_serdev_get_lines(struct ups_port *port)
{
	int ret = serdev_device_get_tiocm(ups_to_serdev(port));

	return ret == -ENOTTY || ret == -EINVAL ? -EOPNOTSUPP : ret;
}

static int ups_serdev_set_break(struct ups_port *port, bool on)
{
	int ret = serdev_device_break_ctl(ups_to_serdev(port), on ? -1 : 0);

	return ret == -ENOTTY || ret == -EINVAL ? -EOPNOTSUPP : ret;
}

static int ups_serdev_set_speed(struct ups_port *port, unsigned int speed)
{
	struct serdev_device *serdev = ups_to_serdev(port);
	unsigned int actual = serdev_device_set_baudrate(serdev, speed);
	int ret = serdev_device_set_parity(serdev, SERDEV_PARITY_NONE);

	return ret ?: actual;
}

static int ups_serdev_write(struct ups_port *port, const u8 *data, size_t len,
			    unsigned long timeout)
{
	return serdev_device_write(ups_to_serdev(port), data, len, timeout);
}

static void ups_serdev_drain(struct ups_port *port, unsigned long timeout)
{
	serdev_device_wait_until_sent(ups_to_serdev(port), timeout);
}

static void ups_serdev_flush(struct ups_port *port)
{
	serdev_device_write_flush(ups_to_serdev(port));
}

static const struct ups_port_ops ups_serdev_ops = {
	.open = ups_serdev_open,
	.close = ups_serdev_close,
	.set_lines = ups_serdev_set_lines,
	.get_lines = ups_serdev_get_lines,
	.set_break = ups_serdev_set_break,
	.set_speed = ups_serdev_set_speed,
	.write = ups_serdev_write,
	.drain = ups_serdev_drain,
	.flush = ups_serdev_flush,
};

/**
 * devm_ups_serdev_port() - get the port of a UPS that firmware describes
 * @serdev: the port
 *
 * Uses the drvdata of @serdev.
 *
 * Context: may sleep; from probe.
 * Return: the port, for devm_ups_serial_register(), or an ERR_PTR().
 */
struct ups_port *devm_ups_serdev_port(struct serdev_device *serdev)
{
	struct ups_serdev *su = devm_kzalloc(&serdev->dev, sizeof(*su), GFP_KERNEL);

	if (!su)
		return ERR_PTR(-ENOMEM);
	su->serdev = serdev;
	su->port.ops = &ups_serdev_ops;
	su->port.dev = &serdev->dev;
	serdev_device_set_drvdata(serdev, &su->port);
	serdev_device_set_client_ops(serdev, &ups_serdev_client);
	return &su->port;
}
EXPORT_SYMBOL_NS_GPL(devm_ups_serdev_port, "UPS_SERIAL");
