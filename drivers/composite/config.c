// SPDX-License-Identifier: GPL-2.0-only
/* The configuration of a composite, from user settings or from firmware. */
#include <linux/ctype.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/platform_device.h>
#include <linux/property.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "composite.h"

const char * const cbat_topologies[CBAT_NR_TOPOLOGIES] = {
	[CBAT_PARALLEL] = "parallel",
	[CBAT_SEQUENTIAL] = "sequential",
	[CBAT_SERIES] = "series",
};

const char * const cbat_criticals[CBAT_NR_CRITICALS] = {
	[CBAT_CRITICAL_ENERGY] = "energy",
	[CBAT_CRITICAL_ANY] = "any",
	[CBAT_CRITICAL_ALL] = "all",
};

static bool cbat_is_separator(char c)
{
	return c == ',' || isspace(c);
}

static int cbat_add_slot(struct cbat_config *config, const char *name, size_t len,
			 struct fwnode_handle *fwnode)
{
	struct cbat_slot *slots;
	unsigned int i;

	for (i = 0; i < config->nr; i++) {
		if (fwnode ? config->slots[i].fwnode == fwnode :
			     strlen(config->slots[i].name) == len &&
			     !strncmp(config->slots[i].name, name, len))
			return -EEXIST;
	}
	if (config->nr == CBAT_MAX_MEMBERS)
		return -E2BIG;
	if (len >= CBAT_NAME_LEN)
		return -ENAMETOOLONG;

	slots = krealloc(config->slots, (config->nr + 1) * sizeof(*slots), GFP_KERNEL);
	if (!slots)
		return -ENOMEM;
	config->slots = slots;

	slots += config->nr++;
	*slots = (struct cbat_slot){ .fwnode = fwnode_handle_get(fwnode), .high = 100 };
	if (name)
		memcpy(slots->name, name, len);
	return 0;
}

/**
 * cbat_config_names() - add members by the names of their supplies
 * @config: the configuration to add to
 * @names: names, separated by commas or white space
 *
 * Context: may sleep.
 * Return: 0; -EEXIST for a duplicate name; -E2BIG for more than %CBAT_MAX_MEMBERS;
 * -ENAMETOOLONG; -ENOMEM.
 */
int cbat_config_names(struct cbat_config *config, const char *names)
{
	size_t len;
	int ret;

	for (;;) {
		while (*names && cbat_is_separator(*names))
			names++;
		if (!*names)
			return 0;
		for (len = 0; names[len] && !cbat_is_separator(names[len]);)
			len++;
		ret = cbat_add_slot(config, names, len, NULL);
		if (ret)
			return ret;
		names += len;
	}
}

/**
 * cbat_config_setup() - create a configuration from user settings
 * @setup: the user's settings
 * @config: where to store it
 *
 * Context: may sleep.
 * Return: 0; -EINVAL without members or for a name that is too long; or as
 * cbat_config_names().
 */
int cbat_config_setup(const struct cbat_setup *setup, struct cbat_config *config)
{
	int ret = cbat_config_names(config, setup->members);

	if (ret)
		return ret;
	if (!config->nr || strlen(setup->name) > CBAT_MAX_LABEL)
		return -EINVAL;
	config->rules.topology = setup->topology;
	config->rules.critical = setup->critical;
	strscpy(config->name, setup->name, sizeof(config->name));
	return 0;
}

/**
 * cbat_config_free() - free a configuration
 * @config: the configuration, which is empty afterwards and may be used again
 *
 * Context: may sleep.
 */
void cbat_config_free(struct cbat_config *config)
{
	unsigned int i;

	for (i = 0; i < config->nr; i++)
		fwnode_handle_put(config->slots[i].fwnode);
	kfree(config->slots);
	config->slots = NULL;
	config->nr = 0;
}

static int cbat_fw_references(struct device *dev, struct cbat_config *config)
{
	struct fwnode_handle *fwnode;
	unsigned int i;
	int ret;

	for (i = 0;; i++) {
		fwnode = fwnode_find_reference(dev_fwnode(dev), "batteries", i);
		if (IS_ERR_OR_NULL(fwnode))
			break;
		ret = cbat_add_slot(config, NULL, 0, fwnode);
		fwnode_handle_put(fwnode);
		if (ret)
			return dev_err_probe(dev, ret,
					     "batteries: entry %u: must be 1..%d different nodes\n",
					     i, CBAT_MAX_MEMBERS);
	}
	/*
	 * -ENOENT is returned at the end of the list, and also for a list without entries.
	 * With a device tree, NULL is returned for a number that is not a phandle.
	 */
	if (PTR_ERR(fwnode) != -ENOENT && device_property_present(dev, "batteries"))
		return dev_err_probe(dev, -EINVAL,
				     "batteries: entry %u: must be a reference to a node\n", i);
	return 0;
}

static int cbat_fw_names(struct device *dev, struct cbat_config *config)
{
	const char *names[CBAT_MAX_MEMBERS];
	int n, i, ret;

	if (!device_property_present(dev, "battery-names"))
		return 0;
	n = device_property_string_array_count(dev, "battery-names");
	if (n > 0 && n <= CBAT_MAX_MEMBERS)
		n = device_property_read_string_array(dev, "battery-names", names, n);
	else
		n = -EINVAL;
	for (i = 0; i < n; i++) {
		ret = cbat_config_names(config, names[i]);
		if (ret)
			break;
	}
	if (n <= 0 || i < n)
		return dev_err_probe(dev, -EINVAL,
				     "battery-names: must be 1..%d different names of supplies\n",
				     CBAT_MAX_MEMBERS);
	return 0;
}

/**
 * cbat_config_fwnode() - read the configuration from firmware
 * @dev: the device
 * @config: where to store it
 *
 * Context: may sleep; from probe.
 * Return: 0; or an error, after a message with the property and the allowed values.
 */
int cbat_config_fwnode(struct device *dev, struct cbat_config *config)
{
	const char *label = "";
	int topology = 0, critical = 0, ret;

	ret = cbat_fw_references(dev, config);
	if (!ret)
		ret = cbat_fw_names(dev, config);
	if (!ret)
		ret = psy_miniclass_fw_word(dev, "topology", cbat_topologies, &topology);
	if (!ret)
		ret = psy_miniclass_fw_word(dev, "critical-policy", cbat_criticals, &critical);
	if (ret)
		return ret;
	if (!config->nr)
		return dev_err_probe(dev, -EINVAL, "batteries: must be 1..%d references\n",
				     CBAT_MAX_MEMBERS);

	device_property_read_string(dev, "label", &label);
	if (strlen(label) > CBAT_MAX_LABEL)
		return dev_err_probe(dev, -EINVAL,
				     "label: is \"%s\", must have up to %d characters\n",
				     label, CBAT_MAX_LABEL);
	strscpy(config->name, label, sizeof(config->name));
	config->rules.topology = topology;
	config->rules.critical = critical;
	return 0;
}

/**
 * cbat_create() - create a composite from user settings
 * @setup: the settings
 *
 * Context: may sleep.
 * Return: its device, or an ERR_PTR().
 */
struct platform_device *cbat_create(const struct cbat_setup *setup)
{
	struct cbat_config config = { };
	int ret;

	/* Check the settings here: an error of probe would not reach the user. */
	ret = cbat_config_setup(setup, &config);
	cbat_config_free(&config);
	if (ret)
		return ERR_PTR(ret);
	return platform_device_register_data(NULL, CBAT_DRIVER, PLATFORM_DEVID_AUTO, setup,
					     sizeof(*setup));
}
