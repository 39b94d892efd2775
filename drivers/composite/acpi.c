// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hides ACPI batteries that are members of a composite, or named by the user.
 *
 * The ACPI driver reports no scope, so desktop software counts its batteries. An
 * extension adds the property, with the scope Device, and then only the composite is
 * counted. It has to be removed before its supply is unregistered, which only the driver
 * of the supply knows: its hooks are called then.
 *
 * The driver is found at run time. A dependency of this module would have "modprobe -r"
 * unload the driver of the batteries with it.
 *
 * Lock order: the mutex of the hooks, hide_lock, then cbat_list_lock.
 */
#include <acpi/battery.h>
#include <linux/acpi.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/power_supply.h>
#include <linux/property.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "composite.h"

static char *hide;
module_param(hide, charp, 0444);
MODULE_PARM_DESC(hide, "Names of ACPI batteries that desktop software should not count");

static bool hide_members = true;
module_param(hide_members, bool, 0444);
MODULE_PARM_DESC(hide_members, "Have desktop software count the composite, not its ACPI batteries");

/**
 * struct hide_battery - a supply of the ACPI driver
 * @node: in the list of all of them
 * @psy: the supply
 * @hidden: it has the extension
 */
struct hide_battery {
	struct list_head node;
	struct power_supply *psy;
	bool hidden;
};

/* Protects the list and its elements */
static DEFINE_MUTEX(hide_lock);
static LIST_HEAD(hide_batteries);

static int hide_get_property(struct power_supply *psy, const struct power_supply_ext *ext,
			     void *data, enum power_supply_property psp,
			     union power_supply_propval *val)
{
	val->intval = POWER_SUPPLY_SCOPE_DEVICE;
	return 0;
}

static const enum power_supply_property hide_properties[] = { POWER_SUPPLY_PROP_SCOPE };

static const struct power_supply_ext hide_extension = {
	.name = CBAT_DRIVER,
	.properties = hide_properties,
	.num_properties = ARRAY_SIZE(hide_properties),
	.get_property = hide_get_property,
};

/* hide_is_listed() - whether the module parameter has this name */
static bool hide_is_listed(const char *name)
{
	const char *word = hide;
	size_t len;

	while (word && *word) {
		len = strcspn(word, ",");
		if (len == strlen(name) && !strncmp(word, name, len))
			return true;
		word += len;
		word += *word == ',';
	}
	return false;
}

static bool hide_is_member(struct power_supply *psy)
{
	struct fwnode_handle *fwnode = dev_fwnode(psy->dev.parent);
	const struct cbat_slot *slot;
	bool member = false;
	struct cbat *c;
	unsigned int i;

	spin_lock(&cbat_list_lock);
	list_for_each_entry(c, &cbat_list, node) {
		for (i = 0; i < c->config.nr; i++) {
			slot = &c->config.slots[i];
			member |= slot->fwnode ? slot->fwnode == fwnode :
						 !strcmp(slot->name, psy->desc->name);
		}
	}
	spin_unlock(&cbat_list_lock);
	return member;
}

static void hide_remove(struct hide_battery *b)
{
	lockdep_assert_held(&hide_lock);
	if (b->hidden)
		power_supply_unregister_extension(b->psy, &hide_extension);
	b->hidden = false;
}

/* Add or remove the extension as needed. */
static void hide_update(struct hide_battery *b)
{
	int ret;

	lockdep_assert_held(&hide_lock);
	if (!hide_is_listed(b->psy->desc->name) && !(hide_members && hide_is_member(b->psy))) {
		hide_remove(b);
		return;
	}
	if (b->hidden)
		return;
	ret = power_supply_register_extension(b->psy, &hide_extension, b->psy->dev.parent, NULL);
	b->hidden = !ret;
	if (ret)
		dev_warn(&b->psy->dev, "cannot be hidden (%d)\n", ret);
}

/* An error would disable the hook for all batteries. */
static int hide_add_battery(struct power_supply *psy, struct acpi_battery_hook *hook)
{
	struct hide_battery *b = kzalloc(sizeof(*b), GFP_KERNEL);

	if (!b)
		return 0;
	b->psy = psy;
	mutex_lock(&hide_lock);
	list_add_tail(&b->node, &hide_batteries);
	hide_update(b);
	mutex_unlock(&hide_lock);
	return 0;
}

static int hide_remove_battery(struct power_supply *psy, struct acpi_battery_hook *hook)
{
	struct hide_battery *b, *next;

	/* The change of its scope, and then its removal, are reasons to read the members. */
	cbat_sources_quiesce();
	mutex_lock(&hide_lock);
	list_for_each_entry_safe(b, next, &hide_batteries, node) {
		if (b->psy != psy)
			continue;
		hide_remove(b);
		list_del(&b->node);
		kfree(b);
	}
	mutex_unlock(&hide_lock);
	return 0;
}

static struct acpi_battery_hook hide_hook = {
	.name = CBAT_DRIVER,
	.add_battery = hide_add_battery,
	.remove_battery = hide_remove_battery,
};

/* The driver of the batteries stays loaded while its hook is in use. */
static typeof(battery_hook_register) *hide_hook_register;
static typeof(battery_hook_unregister) *hide_hook_unregister;

/**
 * cbat_hide_update() - hide and show batteries after a composite was created or removed
 *
 * Context: may sleep; without locks of this module.
 */
void cbat_hide_update(void)
{
	struct hide_battery *b;

	mutex_lock(&hide_lock);
	list_for_each_entry(b, &hide_batteries, node)
		hide_update(b);
	mutex_unlock(&hide_lock);
}

/**
 * cbat_hide_start() - find the batteries of the ACPI driver, if there are any
 *
 * Context: may sleep.
 */
void cbat_hide_start(void)
{
	if (!acpi_dev_found("PNP0C0A"))
		return;
	hide_hook_register = symbol_request(battery_hook_register);
	if (!hide_hook_register)
		return;
	hide_hook_unregister = symbol_get(battery_hook_unregister);
	if (!hide_hook_unregister) {
		symbol_put(battery_hook_register);
		return;
	}
	hide_hook_register(&hide_hook);
}

/**
 * cbat_hide_stop() - undo cbat_hide_start(); all batteries are shown again
 *
 * Context: may sleep.
 */
void cbat_hide_stop(void)
{
	if (!hide_hook_unregister)
		return;
	hide_hook_unregister(&hide_hook);
	symbol_put(battery_hook_unregister);
	symbol_put(battery_hook_register);
}
