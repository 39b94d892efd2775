// SPDX-License-Identifier: GPL-2.0-only
/* Unique names of supplies. */
#include <linux/acpi.h>
#include <linux/bitmap.h>
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/mutex.h>
#include <linux/string.h>

#include "internal.h"

#define PSY_MAX_NAMES	64

static DEFINE_MUTEX(psy_names_lock);
static DECLARE_BITMAP(psy_names, PSY_MAX_NAMES);

static bool psy_name_registered(const char *name)
{
	struct power_supply *psy = power_supply_get_by_name(name);

	if (!psy)
		return false;
	power_supply_put(psy);
	return true;
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
	unsigned int n;

	for_each_clear_bit(n, psy_names, PSY_MAX_NAMES) {
		snprintf(mc->name, sizeof(mc->name), "BAT%u", n);
		if (psy_name_registered(mc->name) || psy_name_is_acpi_battery(mc->name))
			continue;
		__set_bit(n, psy_names);
		return 0;
	}

	return dev_err_probe(mc->dev, -ENOSPC, "no free name BAT0..BAT%d\n",
			     PSY_MAX_NAMES - 1);
}

/**
 * psy_name_get() - find a name for the supply of an instance
 * @mc: the instance; its name is set
 * @wish: the name to use, or NULL for the first free BAT<n>
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
	unsigned int n;

	if (sscanf(mc->name, "BAT%u", &n) != 1 || n >= PSY_MAX_NAMES)
		return;

	mutex_lock(&psy_names_lock);
	__clear_bit(n, psy_names);
	mutex_unlock(&psy_names_lock);
}
