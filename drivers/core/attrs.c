// SPDX-License-Identifier: GPL-2.0-only
/* Attributes for which the power_supply class has no property. */
#include <linux/device.h>
#include <linux/power_supply.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "internal.h"

static ssize_t battery_tag_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct psy_miniclass *mc = psy_miniclass_from_dev(dev);
	unsigned long flags;
	u32 tag;

	psy_refresh(mc);
	spin_lock_irqsave(&mc->snap_lock, flags);
	tag = mc->snap.tag;
	spin_unlock_irqrestore(&mc->snap_lock, flags);
	return sysfs_emit(buf, "%u\n", tag);
}
static DEVICE_ATTR_RO(battery_tag);

/* Call @emit with the info, under the lock that protects it. */
static ssize_t psy_info_show(struct psy_miniclass *mc, char *buf,
			     ssize_t (*emit)(const struct psy_info *info, char *buf))
{
	unsigned long flags;
	ssize_t ret = -ENODEV;

	psy_refresh(mc);
	spin_lock_irqsave(&mc->snap_lock, flags);
	if (mc->info_ref)
		ret = emit(&mc->info_ref->info, buf);
	spin_unlock_irqrestore(&mc->snap_lock, flags);
	return ret;
}

static ssize_t psy_emit_chemistry(const struct psy_info *info, char *buf)
{
	return info->chemistry[0] ? sysfs_emit(buf, "%s\n", info->chemistry) : -ENODATA;
}

static ssize_t chemistry_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return psy_info_show(psy_miniclass_from_dev(dev), buf, psy_emit_chemistry);
}
static DEVICE_ATTR_RO(chemistry);

static ssize_t psy_emit_unique_id(const struct psy_info *info, char *buf)
{
	const struct psy_values *v = &info->values;
	int y = 0, m = 0, d = 0;

	if (!info->manufacturer[0] && !info->model[0] && !info->serial[0])
		return -ENODATA;
	psy_values_get(v, PSY_MANUFACTURE_YEAR, &y);
	psy_values_get(v, PSY_MANUFACTURE_MONTH, &m);
	psy_values_get(v, PSY_MANUFACTURE_DAY, &d);
	return sysfs_emit(buf, "%s-%s-%04d%02d%02d-%s\n", info->manufacturer, info->model,
			  y, m, d, info->serial);
}

static ssize_t unique_id_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return psy_info_show(psy_miniclass_from_dev(dev), buf, psy_emit_unique_id);
}
static DEVICE_ATTR_RO(unique_id);

static ssize_t psy_emit_step(const struct psy_info *info, char *buf)
{
	int step;

	if (psy_values_get(&info->values, PSY_CAPACITY_STEP, &step))
		return -ENODATA;
	return sysfs_emit(buf, "%d\n", step);
}

static ssize_t capacity_step_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return psy_info_show(psy_miniclass_from_dev(dev), buf, psy_emit_step);
}
static DEVICE_ATTR_RO(capacity_step);

static struct attribute *psy_attrs[] = {
	&dev_attr_battery_tag.attr,
	&dev_attr_capacity_step.attr,
	&dev_attr_chemistry.attr,
	&dev_attr_unique_id.attr,
	NULL
};

/* Hide attributes the device does not support. */
static umode_t psy_attr_visible(struct kobject *kobj, struct attribute *attr, int n)
{
	struct psy_miniclass *mc = psy_miniclass_from_dev(kobj_to_dev(kobj));

	if (attr == &dev_attr_chemistry.attr)
		return mc->desc->chemistry ? attr->mode : 0;
	if (attr == &dev_attr_unique_id.attr)
		return mc->has_strings ? attr->mode : 0;
	if (attr == &dev_attr_capacity_step.attr)
		return mc->listed & PSY_BIT(PSY_CAPACITY_STEP) ? attr->mode : 0;
	return attr->mode;
}

const struct attribute_group psy_attr_group = {
	.attrs = psy_attrs,
	.is_visible = psy_attr_visible,
};

/* Attributes that support poll() */
static const struct {
	u32 bit;
	const char *name;
} psy_polled[PSY_NR_POLLED] = {
	{ PSY_LIMIT_LOW,	"capacity_alert_min" },
	{ PSY_LIMIT_HIGH,	"capacity_alert_max" },
	{ PSY_LIMIT_TEMP_MIN,	"temp_alert_min" },
	{ PSY_LIMIT_TEMP_MAX,	"temp_alert_max" },
	{ PSY_POLLED_TAG,	"battery_tag" },
	{ PSY_POLLED_DRIVER,	NULL },
};

static const char *psy_polled_name(struct psy_miniclass *mc, unsigned int i)
{
	return psy_polled[i].name ?: mc->polled;
}

/**
 * psy_polled_notify() - wake up the pollers of some attributes
 * @mc: the instance
 * @which: PSY_LIMIT_*, PSY_POLLED_* bits of the attributes
 *
 * Context: may sleep.
 */
void psy_polled_notify(struct psy_miniclass *mc, u32 which)
{
	unsigned int i;

	for (i = 0; i < PSY_NR_POLLED; i++)
		if ((which & psy_polled[i].bit) && psy_polled_name(mc, i))
			sysfs_notify(&mc->psy->dev.kobj, NULL, psy_polled_name(mc, i));
}

/**
 * psy_polled_get() - get references to the nodes of attributes that support poll()
 * @mc: the instance, about to be unregistered
 * @nodes: where to store them; for psy_polled_end()
 *
 * Removing an attribute does not wake up its pollers, and a wake-up before the
 * removal would miss pollers that start in between. Keep the nodes to notify them
 * afterwards.
 *
 * Context: may sleep.
 */
void psy_polled_get(struct psy_miniclass *mc, struct kernfs_node *nodes[PSY_NR_POLLED])
{
	unsigned int i;

	for (i = 0; i < PSY_NR_POLLED; i++)
		nodes[i] = psy_polled_name(mc, i) ?
			   sysfs_get_dirent(mc->psy->dev.kobj.sd, psy_polled_name(mc, i)) : NULL;
}

/**
 * psy_polled_end() - wake up all pollers of a supply that has been unregistered
 * @nodes: nodes from psy_polled_get()
 *
 * Afterwards poll() on such a file returns at once, and read() gives -ENODEV.
 *
 * Context: may sleep.
 */
void psy_polled_end(struct kernfs_node *nodes[PSY_NR_POLLED])
{
	unsigned int i;

	for (i = 0; i < PSY_NR_POLLED; i++) {
		if (!nodes[i])
			continue;
		sysfs_notify_dirent(nodes[i]);
		sysfs_put(nodes[i]);
	}
}
