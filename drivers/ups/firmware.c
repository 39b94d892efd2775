// SPDX-License-Identifier: GPL-2.0-only
/* Firmware properties */
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/property.h>
#include <linux/serdev.h>

#include "ups.h"

/**
 * ups_serial_fw_u32() - read and check an optional firmware property
 * @serdev: device
 * @name: name of the property
 * @min: smallest allowed value
 * @max: largest allowed value
 * @val: the default; set to the value of the property if there is one
 *
 * Context: may sleep; from probe.
 * Return: 0; -EINVAL if type or value are wrong, after a message that names the
 * property and the allowed values.
 */
int ups_serial_fw_u32(struct serdev_device *serdev, const char *name, u32 min, u32 max,
		      u32 *val)
{
	struct device *dev = &serdev->dev;
	u32 v;

	if (!device_property_present(dev, name))
		return 0;
	if (device_property_count_u32(dev, name) != 1 ||
	    device_property_read_u32(dev, name, &v))
		return dev_err_probe(dev, -EINVAL,
				     "%s: must be one 32-bit integer, %u..%u\n",
				     name, min, max);
	if (v < min || v > max)
		return dev_err_probe(dev, -EINVAL, "%s: is %u, must be %u..%u\n",
				     name, v, min, max);
	*val = v;
	return 0;
}
EXPORT_SYMBOL_NS_GPL(ups_serial_fw_u32, "UPS_SERIAL");
