// SPDX-License-Identifier: GPL-2.0-only
/* Firmware properties of miniclass drivers */
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/export.h>
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
