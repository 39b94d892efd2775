// SPDX-License-Identifier: GPL-2.0-only
/* What a composite is made of: by name, or by firmware. */
#include <linux/ctype.h>
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/property.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "composite.h"

const char * const comp_topologies[COMP_NR_TOPOLOGIES] = {
	[COMP_PARALLEL] = "parallel",
	[COMP_SEQUENTIAL] = "sequential",
	[COMP_SERIES] = "series",
};

const char * const comp_criticals[COMP_NR_CRITICALS] = {
	[COMP_CRITICAL_ENERGY] = "energy",
	[COMP_CRITICAL_ANY] = "any",
	[COMP_CRITICAL_ALL] = "all",
};

static bool comp_is_separator(char c)
{
	return c == ',' || isspace(c);
}

static int comp_add_slot(struct comp_config *config, const char *name, size_t len,
			 struct fwnode_handle *fwnode)
{
	struct comp_slot *slots;
	unsigned int i;

	for (i = 0; i < config->nr; i++) {
		if (fwnode ? config->slots[i].fwnode == fwnode :
			     strlen(config->slots[i].name) == len &&
			     !strncmp(config->slots[i].name, name, len))
			return -EEXIST;
	}
	if (config->nr == COMP_MAX_MEMBERS)
		return -E2BIG;
	if (len >= COMP_NAME_LEN)
		return -ENAMETOOLONG;

	slots = krealloc(config->slots, (config->nr + 1) * sizeof(*slots), GFP_KERNEL);
	if (!slots)
		return -ENOMEM;
	config->slots = slots;

	slots += config->nr++;
	*slots = (struct comp_slot){ .fwnode = fwnode_handle_get(fwnode), .high = 100 };
	if (name)
		memcpy(slots->name, name, len);
	return 0;
}

/**
 * comp_config_names() - add members by the names of their supplies
 * @config: what to add to
 * @names: names, with commas or space between them
 *
 * Context: may sleep.
 * Return: 0; -EEXIST for a name that is there twice; -E2BIG for more than
 * %COMP_MAX_MEMBERS; -ENAMETOOLONG; -ENOMEM.
 */
int comp_config_names(struct comp_config *config, const char *names)
{
	size_t len;
	int ret;

	for (;;) {
		while (*names && comp_is_separator(*names))
			names++;
		if (!*names)
			return 0;
		for (len = 0; names[len] && !comp_is_separator(names[len]);)
			len++;
		ret = comp_add_slot(config, names, len, NULL);
		if (ret)
			return ret;
		names += len;
	}
}

/**
 * comp_config_setup() - make a configuration of what a user has set
 * @setup: the user's settings
 * @config: where to store it
 *
 * Context: may sleep.
 * Return: 0; -EINVAL without a member or with too long a name; or as comp_config_names().
 */
int comp_config_setup(const struct comp_setup *setup, struct comp_config *config)
{
	int ret = comp_config_names(config, setup->members);

	if (ret)
		return ret;
	if (!config->nr || strlen(setup->name) > COMP_MAX_LABEL)
		return -EINVAL;
	config->rules.topology = setup->topology;
	config->rules.critical = setup->critical;
	strscpy(config->name, setup->name, sizeof(config->name));
	return 0;
}

/**
 * comp_config_free() - the end of a configuration
 * @config: may be used again, and is empty then
 *
 * Context: may sleep.
 */
void comp_config_free(struct comp_config *config)
{
	unsigned int i;

	for (i = 0; i < config->nr; i++)
		fwnode_handle_put(config->slots[i].fwnode);
	kfree(config->slots);
	config->slots = NULL;
	config->nr = 0;
}

static int comp_fw_references(struct device *dev, struct comp_config *config)
{
	struct fwnode_handle *fwnode;
	unsigned int i;
	int ret;

	for (i = 0;; i++) {
		fwnode = fwnode_find_reference(dev_fwnode(dev), "batteries", i);
		if (IS_ERR_OR_NULL(fwnode))
			break;
		ret = comp_add_slot(config, NULL, 0, fwnode);
		fwnode_handle_put(fwnode);
		if (ret)
			return dev_err_probe(dev, ret,
					     "batteries: entry %u: must be 1..%d different nodes\n",
					     i, COMP_MAX_MEMBERS);
	}
	/*
	 * -ENOENT is the end of the list, and also what a list without an entry gives.
	 * A device tree gives NULL for a number that is no node's.
	 */
	if (PTR_ERR(fwnode) != -ENOENT && device_property_present(dev, "batteries"))
		return dev_err_probe(dev, -EINVAL,
				     "batteries: entry %u: must be a reference to a node\n", i);
	return 0;
}

static int comp_fw_names(struct device *dev, struct comp_config *config)
{
	const char *names[COMP_MAX_MEMBERS];
	int n, i, ret;

	if (!device_property_present(dev, "battery-names"))
		return 0;
	n = device_property_string_array_count(dev, "battery-names");
	if (n > 0 && n <= COMP_MAX_MEMBERS)
		n = device_property_read_string_array(dev, "battery-names", names, n);
	else
		n = -EINVAL;
	for (i = 0; i < n; i++) {
		ret = comp_config_names(config, names[i]);
		if (ret)
			break;
	}
	if (n <= 0 || i < n)
		return dev_err_probe(dev, -EINVAL,
				     "battery-names: must be 1..%d different names of supplies\n",
				     COMP_MAX_MEMBERS);
	return 0;
}

/**
 * comp_config_fwnode() - read the configuration from firmware
 * @dev: the device
 * @config: where to store it
 *
 * Context: may sleep; from probe.
 * Return: 0; an error after a message that names the property and what is allowed.
 */
int comp_config_fwnode(struct device *dev, struct comp_config *config)
{
	const char *label = "";
	int topology = 0, critical = 0, ret;

	ret = comp_fw_references(dev, config);
	if (!ret)
		ret = comp_fw_names(dev, config);
	if (!ret)
		ret = psy_miniclass_fw_word(dev, "topology", comp_topologies, &topology);
	if (!ret)
		ret = psy_miniclass_fw_word(dev, "critical-policy", comp_criticals, &critical);
	if (ret)
		return ret;
	if (!config->nr)
		return dev_err_probe(dev, -EINVAL, "batteries: must be 1..%d references\n",
				     COMP_MAX_MEMBERS);

	device_property_read_string(dev, "label", &label);
	if (strlen(label) > COMP_MAX_LABEL)
		return dev_err_probe(dev, -EINVAL,
				     "label: is \"%s\", must have up to %d characters\n",
				     label, COMP_MAX_LABEL);
	strscpy(config->name, label, sizeof(config->name));
	config->rules.topology = topology;
	config->rules.critical = critical;
	return 0;
}
