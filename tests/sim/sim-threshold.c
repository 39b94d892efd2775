// SPDX-License-Identifier: GPL-2.0-only
/*
 * Charge thresholds of ACPI batteries, as the drivers of some laptops add them: an extension
 * of each supply. This firmware has thresholds from 50 % up only.
 */
#include <acpi/battery.h>
#include <linux/errno.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/power_supply.h>
#include <linux/slab.h>

#define SMALLEST	50

/**
 * struct sim_threshold - the thresholds of one battery
 * @node: in the list of all of them
 * @psy: the battery
 * @start: percent
 * @end: percent
 */
struct sim_threshold {
	struct list_head node;
	struct power_supply *psy;
	int start;
	int end;
};

/* Protects the list */
static DEFINE_MUTEX(sim_threshold_lock);
static LIST_HEAD(sim_thresholds);

static int sim_threshold_get(struct power_supply *psy, const struct power_supply_ext *ext,
			     void *data, enum power_supply_property psp,
			     union power_supply_propval *val)
{
	const struct sim_threshold *t = data;

	val->intval = psp == POWER_SUPPLY_PROP_CHARGE_CONTROL_END_THRESHOLD ?
		      READ_ONCE(t->end) : READ_ONCE(t->start);
	return 0;
}

static int sim_threshold_set(struct power_supply *psy, const struct power_supply_ext *ext,
			     void *data, enum power_supply_property psp,
			     const union power_supply_propval *val)
{
	struct sim_threshold *t = data;

	if (val->intval < SMALLEST || val->intval > 100)
		return -EINVAL;
	if (psp == POWER_SUPPLY_PROP_CHARGE_CONTROL_END_THRESHOLD)
		WRITE_ONCE(t->end, val->intval);
	else
		WRITE_ONCE(t->start, val->intval);
	return 0;
}

static int sim_threshold_writeable(struct power_supply *psy, const struct power_supply_ext *ext,
				   void *data, enum power_supply_property psp)
{
	return 1;
}

static const enum power_supply_property sim_threshold_props[] = {
	POWER_SUPPLY_PROP_CHARGE_CONTROL_START_THRESHOLD,
	POWER_SUPPLY_PROP_CHARGE_CONTROL_END_THRESHOLD,
};

static const struct power_supply_ext sim_threshold_ext = {
	.name = "psy-sim-threshold",
	.properties = sim_threshold_props,
	.num_properties = ARRAY_SIZE(sim_threshold_props),
	.get_property = sim_threshold_get,
	.set_property = sim_threshold_set,
	.property_is_writeable = sim_threshold_writeable,
};

static int sim_threshold_add(struct power_supply *psy, struct acpi_battery_hook *hook)
{
	struct sim_threshold *t = kzalloc(sizeof(*t), GFP_KERNEL);
	int ret;

	if (!t)
		return -ENOMEM;
	t->psy = psy;
	t->start = SMALLEST;
	t->end = 100;
	ret = power_supply_register_extension(psy, &sim_threshold_ext, psy->dev.parent, t);
	if (ret) {
		kfree(t);
		return ret;
	}
	mutex_lock(&sim_threshold_lock);
	list_add_tail(&t->node, &sim_thresholds);
	mutex_unlock(&sim_threshold_lock);
	return 0;
}

static int sim_threshold_remove(struct power_supply *psy, struct acpi_battery_hook *hook)
{
	struct sim_threshold *t, *next;

	mutex_lock(&sim_threshold_lock);
	list_for_each_entry_safe(t, next, &sim_thresholds, node) {
		if (t->psy != psy)
			continue;
		power_supply_unregister_extension(psy, &sim_threshold_ext);
		list_del(&t->node);
		kfree(t);
	}
	mutex_unlock(&sim_threshold_lock);
	return 0;
}

static struct acpi_battery_hook sim_threshold_hook = {
	.name = "psy-sim-threshold",
	.add_battery = sim_threshold_add,
	.remove_battery = sim_threshold_remove,
};

static int __init sim_threshold_init(void)
{
	battery_hook_register(&sim_threshold_hook);
	return 0;
}
module_init(sim_threshold_init);

static void __exit sim_threshold_exit(void)
{
	battery_hook_unregister(&sim_threshold_hook);
}
module_exit(sim_threshold_exit);

MODULE_DESCRIPTION("Charge thresholds of ACPI batteries");
MODULE_LICENSE("GPL");
