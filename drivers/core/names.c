// SPDX-License-Identifier: GPL-2.0-only
/* Unique names of supplies. */
#include <linux/acpi.h>
#include <linux/bitmap.h>
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/kstrtox.h>
#include <linux/mutex.h>
#include <linux/power_supply.h>
#include <linux/string.h>

#include "internal.h"

#define PSY_MAX_NAMES	64

static DEFINE_MUTEX(psy_names_lock);

/*
 * BAT is the name that desktop software looks for. Members of a composite battery
 * have a different one, so that they are not counted in addition to it.
 */
static struct psy_names {
	const char *prefix;
	DECLARE_BITMAP(taken, PSY_MAX_NAMES);
} psy_names[] = {
	{ .prefix = "BAT" },
	{ .prefix = "pack" },
};

static struct psy_names *psy_names_of(struct psy_miniclass *mc)
{
	return &psy_names[mc->role != PSY_ROLE_SYSTEM];
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

static int psy_name_pick(struct psy_miniclass *mc)
{
	struct psy_names *names = psy_names_of(mc);
	unsigned int n;

	for_each_clear_bit(n, names->taken, PSY_MAX_NAMES) {
		snprintf(mc->name, sizeof(mc->name), "%s%u", names->prefix, n);
		if (psy_name_registered(mc->name) || psy_name_is_acpi_battery(mc->name))
			continue;
		__set_bit(n, names->taken);
		return 0;
	}

	return dev_err_probe(mc->dev, -ENOSPC, "no free name %s0..%s%d\n",
			     names->prefix, names->prefix, PSY_MAX_NAMES - 1);
}

/**
 * psy_name_get() - set the name of the supply of an instance
 * @mc: the instance; its name is set
 * @requested: the name to use, or NULL for the first free BAT<n>, or pack<n> for
 *	a member of a composite battery
 *
 * Context: may sleep.
 * Return: 0; -EINVAL if the name is empty or too long; -EEXIST if the requested
 * name is taken; -ENOSPC if no name is free.
 */
int psy_name_get(struct psy_miniclass *mc, const char *requested)
{
	int ret;

	mutex_lock(&psy_names_lock);
	if (!requested)
		ret = psy_name_pick(mc);
	else if (!*requested || strscpy(mc->name, requested, sizeof(mc->name)) < 0)
		ret = dev_err_probe(mc->dev, -EINVAL,
				    "supply name \"%s\": must have 1..%d characters\n",
				    requested, PSY_NAME_LEN - 1);
	else if (psy_name_registered(requested))
		ret = dev_err_probe(mc->dev, -EEXIST,
				    "supply name \"%s\" is taken\n", requested);
	else
		ret = 0;
	mutex_unlock(&psy_names_lock);

	return ret;
}

/* Release the name reserved by psy_name_get(). */
void psy_name_put(struct psy_miniclass *mc)
{
	struct psy_names *names = psy_names_of(mc);
	size_t len = str_has_prefix(mc->name, names->prefix);
	unsigned int n;

	if (!len || kstrtouint(mc->name + len, 10, &n) || n >= PSY_MAX_NAMES)
		return;

	mutex_lock(&psy_names_lock);
	__clear_bit(n, names->taken);
	mutex_unlock(&psy_names_lock);
}
