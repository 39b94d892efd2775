/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Included before the kernel's own drivers of fuel gauges, when they are built for the
 * tests. Kernels for PCs have no device tree. Most of these drivers can bind to a device
 * by its name, and read firmware properties of any kind; two cannot:
 *
 * - ltc2941-battery-gauge reads its node of a device tree, without a check that there is
 *   one (DEVICE_TREE_ONLY): it gets a node that stands for the properties of the device;
 * - max1720x_battery has no table of names (NO_NAMES).
 */
#ifndef CONFIG_OF

#include <linux/i2c.h>
#include <linux/module.h>
#include <linux/of.h>
#include <linux/property.h>

#ifdef DEVICE_TREE_ONLY

#include <linux/of_device.h>

/**
 * struct stand_in - what the driver takes for a node
 * @node: the node
 * @dev: its device, which has the properties
 */
struct stand_in {
	struct device_node node;
	struct device *dev;
};

static inline struct device_node *stand_in_get(struct device *dev)
{
	struct stand_in *s = devm_kzalloc(dev, sizeof(*s), GFP_KERNEL);

	if (!s)
		return NULL;
	s->node.name = dev_name(dev);
	s->dev = dev;
	return &s->node;
}

static inline int stand_in_read(struct device_node *node, const char *name, u32 *val)
{
	return device_property_read_u32(container_of(node, struct stand_in, node)->dev, name, val);
}

/* @_node is the member of a struct device. */
#define of_node_get(_node) \
	stand_in_get(container_of(&(_node), struct device, of_node))
#define of_property_read_u32(_node, _name, _val) \
	stand_in_read(_node, _name, (u32 *)(_val))
#define of_device_get_match_data(_dev) \
	((void *)i2c_client_get_device_id(to_i2c_client(_dev))->driver_data)

#endif /* DEVICE_TREE_ONLY */

#ifdef NO_NAMES

static const struct i2c_device_id names[] = {
	{ .name = "max17201" },
	{ .name = "max17205" },
	{ }
};
MODULE_DEVICE_TABLE(i2c, names);

static inline int add_with_names(struct i2c_driver *driver)
{
	driver->id_table = names;
	return i2c_add_driver(driver);
}

#undef module_i2c_driver
#define module_i2c_driver(_driver) \
	module_driver(_driver, add_with_names, i2c_del_driver)

#endif /* NO_NAMES */

#endif /* CONFIG_OF */
