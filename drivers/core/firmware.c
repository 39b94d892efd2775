// SPDX-License-Identifier: GPL-2.0-only
/* Firmware properties of miniclass drivers */
#include <linux/device.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/limits.h>
#include <linux/property.h>
#include <linux/string.h>

#include "internal.h"

/**
 * psy_miniclass_fw_u32() - read and check an optional firmware property
 * @dev: device
 * @name: name of the property
 * @min: smallest allowed value
 * @max: largest allowed value
 * @val: default value; replaced by the value of the property, if present
 *
 * Context: may sleep; from probe.
 * Return: 0; -EINVAL if the type or value of the property is wrong. A message
 * with the name of the property and the allowed values has been logged then.
 */
int psy_miniclass_fw_u32(struct device *dev, const char *name, u32 min, u32 max,
			 u32 *val)
{
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
EXPORT_SYMBOL_NS_GPL(psy_miniclass_fw_u32, "PSY_MINICLASS");

/**
 * psy_miniclass_fw_s32() - read and check an optional firmware property with a sign
 * @dev: device
 * @name: name of the property
 * @min: smallest allowed value
 * @max: largest allowed value
 * @val: default value; replaced by the value of the property, if present
 *
 * A device tree has negative numbers as two's complement: <(-50)>.
 *
 * Context: may sleep; from probe.
 * Return: as psy_miniclass_fw_u32().
 */
int psy_miniclass_fw_s32(struct device *dev, const char *name, int min, int max, int *val)
{
	u32 raw = *val;
	int ret = psy_miniclass_fw_u32(dev, name, 0, U32_MAX, &raw);

	if (ret || !device_property_present(dev, name))
		return ret;
	if ((int)raw < min || (int)raw > max)
		return dev_err_probe(dev, -EINVAL, "%s: is %d, must be %d..%d\n",
				     name, (int)raw, min, max);
	*val = raw;
	return 0;
}
EXPORT_SYMBOL_NS_GPL(psy_miniclass_fw_s32, "PSY_MINICLASS");

/**
 * psy_miniclass_fw_battery() - read a number from the description of the battery
 * @dev: device, whose property ``monitored-battery`` refers to a ``simple-battery``
 * @name: name of the property of the battery
 * @val: default value; replaced by the value of the property, if present
 *
 * Context: may sleep; from probe.
 * Return: 0; -EINVAL if the property is not a number of 1..2147483647. A message with
 * its name has been logged then.
 */
int psy_miniclass_fw_battery(struct device *dev, const char *name, u32 *val)
{
	struct fwnode_handle *battery;
	int ret = 0;
	u32 v;

	battery = fwnode_find_reference(dev_fwnode(dev), "monitored-battery", 0);
	if (IS_ERR(battery))
		return 0;
	if (fwnode_property_present(battery, name)) {
		if (fwnode_property_read_u32(battery, name, &v) || !v || v > INT_MAX)
			ret = dev_err_probe(dev, -EINVAL,
					    "monitored-battery: %s: must be 1..%d\n", name,
					    INT_MAX);
		else
			*val = v;
	}
	fwnode_handle_put(battery);
	return ret;
}
EXPORT_SYMBOL_NS_GPL(psy_miniclass_fw_battery, "PSY_MINICLASS");

/**
 * psy_miniclass_fw_word() - read and check an optional firmware property
 * @dev: device
 * @name: name of the property
 * @words: the three allowed values
 * @choice: default index; replaced by the index of the property's value, if present
 *
 * Context: may sleep; from probe.
 * Return: 0; -EINVAL if the property is not one of the allowed strings. A message
 * with the name of the property and the allowed values has been logged then.
 */
int psy_miniclass_fw_word(struct device *dev, const char *name,
			  const char * const words[3], int *choice)
{
	const char *word;
	int i;

	if (!device_property_present(dev, name))
		return 0;
	if (device_property_string_array_count(dev, name) != 1 ||
	    device_property_read_string(dev, name, &word))
		word = "(not a string)";
	i = match_string(words, 3, word);
	if (i < 0)
		return dev_err_probe(dev, -EINVAL,
				     "%s: is \"%s\", must be \"%s\", \"%s\" or \"%s\"\n",
				     name, word, words[0], words[1], words[2]);
	*choice = i;
	return 0;
}
EXPORT_SYMBOL_NS_GPL(psy_miniclass_fw_word, "PSY_MINICLASS");
