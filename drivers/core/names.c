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
 * What desktop software looks for, and what it must not find: a member of a
 * composite battery would be counted beside it.
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
 * Not by power_supply_get_by_name(): the core warns if a supply is unregistered
 * while somebody holds a reference to it, and most of these are not ours.
 */
static bool psy_name_registered(const char *name)
{
	return power_supply_for_each_psy((void *)name, psy_name_equal);
}

/*
 * Batteries of the ACPI firmware are registered under their ACPI names, perhaps
 * later than we are; a name taken from them would cost the user that battery.
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
 * psy_name_get() - find a name for the supply of an instance
 * @mc: the instance; its name is set
 * @wish: the name to use, or NULL for the first free BAT<n>, or pack<n> for
 *	the member of a composite battery
 *
 * Context: may sleep.
 * Return: 0; -EINVAL for a name that is empty or too long; -EEXIST when the
 * wished name is taken; -ENOSPC.
 */
int psy_name_get(struct psy_miniclass *mc, const char *wish)
{
	int ret;

	mutex_lock(&psy_names_lock);
	if (!wish)
		ret = psy_name_pick(mc);
	else if (!*wish || strscpy(mc->name, wish, sizeof(mc->name)) < 0)
		ret = dev_err_probe(mc->dev, -EINVAL,
				    "supply name \"%s\": must have 1..%d characters\n",
				    wish, PSY_NAME_LEN - 1);
	else if (psy_name_registered(wish))
		ret = dev_err_probe(mc->dev, -EEXIST,
				    "supply name \"%s\" is taken\n", wish);
	else
		ret = 0;
	mutex_unlock(&psy_names_lock);

	return ret;
}

/* Give back what psy_name_get() reserved. */
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
