// SPDX-License-Identifier: GPL-2.0-only
/* Unique names of supplies. */
#include <kunit/visibility.h>
#include <linux/acpi.h>
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/power_supply.h>
#include <linux/string.h>

#include "internal.h"

#define PSY_MAX_NAMES	64

/*
 * Instances that have a name: from before the registration, so that no other instance can
 * take the name in between, until after the end.
 */
static LIST_HEAD(psy_named);
static DEFINE_MUTEX(psy_names_lock);

/*
 * BAT is the name that desktop software looks for. Members of a composite battery
 * have a different one, so that they are not counted in addition to it.
 */
static const char *psy_name_prefix(const struct psy_miniclass *mc)
{
	return mc->role == PSY_ROLE_SYSTEM ? "BAT" : "pack";
}

static bool psy_name_reserved(const char *name)
{
	struct psy_miniclass *mc;

	lockdep_assert_held(&psy_names_lock);
	list_for_each_entry(mc, &psy_named, name_node)
		if (!strcmp(mc->name, name))
			return true;
	return false;
}

static int psy_name_equal(struct power_supply *psy, void *name)
{
	return !strcmp(dev_name(&psy->dev), name);
}

/*
 * Do not use power_supply_get_by_name(): it takes a reference, and the core warns if
 * a supply is unregistered while a reference is held. Most supplies are not ours.
 */
static bool psy_name_registered(const char *name)
{
	return power_supply_for_each_psy((void *)name, psy_name_equal);
}

/*
 * The ACPI driver registers batteries under their ACPI names, perhaps after us. Its
 * registration would fail if we used such a name.
 */
static bool psy_name_is_acpi_battery(const char *name)
{
#ifdef CONFIG_ACPI
	struct acpi_device *adev;

	for_each_acpi_dev_match(adev, "PNP0C0A", NULL, -1) {
		if (!strcmp(acpi_device_bid(adev), name)) {
			acpi_dev_put(adev);
			return true;
		}
	}
#endif
	return false;
}

static int psy_name_pick(struct psy_miniclass *mc, unsigned int *next)
{
	const char *prefix = psy_name_prefix(mc);

	while (*next < PSY_MAX_NAMES) {
		snprintf(mc->name, sizeof(mc->name), "%s%u", prefix, (*next)++);
		if (!psy_name_reserved(mc->name) && !psy_name_registered(mc->name) &&
		    !psy_name_is_acpi_battery(mc->name))
			return 0;
	}

	return dev_err_probe(mc->dev, -ENOSPC, "no free name %s0..%s%d\n", prefix, prefix,
			     PSY_MAX_NAMES - 1);
}

/**
 * psy_name_get() - set and reserve the name of the supply of an instance
 * @mc: the instance; its name is set
 * @requested: the name to use, or NULL for the first free BAT<n>, or pack<n> for
 *	a member of a composite battery
 * @next: first <n> to try if there is no @requested one; the next one to try is stored
 *
 * A supply of another driver may still take the name before it is registered: then the
 * caller tries the next one.
 *
 * Context: may sleep.
 * Return: 0; -EINVAL if the name is empty or too long; -EEXIST if the requested
 * name is taken; -ENOSPC if no name is free.
 */
int psy_name_get(struct psy_miniclass *mc, const char *requested, unsigned int *next)
{
	int ret;

	mutex_lock(&psy_names_lock);
	if (!requested)
		ret = psy_name_pick(mc, next);
	else if (!*requested || strscpy(mc->name, requested, sizeof(mc->name)) < 0)
		ret = dev_err_probe(mc->dev, -EINVAL,
				    "supply name \"%s\": must have 1..%d characters\n",
				    requested, PSY_NAME_LEN - 1);
	else if (psy_name_reserved(requested) || psy_name_registered(requested))
		ret = dev_err_probe(mc->dev, -EEXIST,
				    "supply name \"%s\" is taken\n", requested);
	else
		ret = 0;
	if (!ret)
		list_add_tail(&mc->name_node, &psy_named);
	mutex_unlock(&psy_names_lock);

	return ret;
}
EXPORT_SYMBOL_IF_KUNIT(psy_name_get);

/* Release the name reserved by psy_name_get(). */
void psy_name_put(struct psy_miniclass *mc)
{
	mutex_lock(&psy_names_lock);
	list_del(&mc->name_node);
	mutex_unlock(&psy_names_lock);
}
EXPORT_SYMBOL_IF_KUNIT(psy_name_put);
