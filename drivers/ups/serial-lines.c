// SPDX-License-Identifier: GPL-2.0-only
/* Modem lines of a port, for UPSes without a protocol */
#include <linux/export.h>

#include "serial.h"

/**
 * ups_serial_get_lines() - read the modem lines
 * @ups: the UPS
 *
 * Context: from a hook; may sleep.
 * Return: TIOCM_* bits of the lines that are high, inputs and outputs; -EOPNOTSUPP if the
 * port has none, -ENODEV if it is unplugged, or another error of the port.
 */
int ups_serial_get_lines(struct ups *ups)
{
	struct ups_port *port = ups_get_transport(ups);
	int ret = port->ops->get_lines(port);

	port->stats.queries++;
	if (ret >= 0)
		port->stats.replies++;
	return ret;
}
EXPORT_SYMBOL_NS_GPL(ups_serial_get_lines, "UPS_SERIAL");

/**
 * ups_serial_set_lines() - set DTR and RTS, both at once
 * @ups: the UPS
 * @dtr: whether DTR is to be high
 * @rts: whether RTS is to be high
 *
 * Until the port is opened again, which sets those of &struct ups_serial_config.
 *
 * Context: from a hook; may sleep.
 * Return: 0 or an error of the port.
 */
int ups_serial_set_lines(struct ups *ups, bool dtr, bool rts)
{
	struct ups_port *port = ups_get_transport(ups);

	return port->ops->set_lines(port, dtr, rts);
}
EXPORT_SYMBOL_NS_GPL(ups_serial_set_lines, "UPS_SERIAL");

/**
 * ups_serial_set_break() - begin or end a break
 * @ups: the UPS
 * @on: whether TX is to be held at the level of a start bit
 *
 * Context: from a hook; may sleep.
 * Return: 0; -EOPNOTSUPP if the port cannot do it, as those that firmware describes before
 * Linux 6.9; -ENODEV if it is unplugged, or another error of the port.
 */
int ups_serial_set_break(struct ups *ups, bool on)
{
	struct ups_port *port = ups_get_transport(ups);

	return port->ops->set_break(port, on);
}
EXPORT_SYMBOL_NS_GPL(ups_serial_set_break, "UPS_SERIAL");
