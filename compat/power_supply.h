/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * power_supply_for_each_psy(), which iterates over supplies, exists since 6.15. Kernels
 * 6.7 to 6.14 iterate over their devices; before, the class itself was exported.
 */
#ifndef __PSY_COMPAT_POWER_SUPPLY_H
#define __PSY_COMPAT_POWER_SUPPLY_H

#include <linux/device.h>
#include <linux/power_supply.h>
#include <linux/string.h>

#if defined(COMPAT_PSY_FOR_EACH_DEVICE) || defined(COMPAT_PSY_CLASS_EXPORTED)

struct compat_psy_walk {
	void *data;
	int (*fn)(struct power_supply *psy, void *data);
};

static inline int compat_psy_step(struct device *dev, void *data)
{
	struct compat_psy_walk *walk = data;

	return walk->fn(dev_get_drvdata(dev), walk->data);
}

static inline int compat_psy_walk_all(void *data,
				      int (*fn)(struct power_supply *psy, void *data))
{
	struct compat_psy_walk walk = { .data = data, .fn = fn };

#ifdef COMPAT_PSY_FOR_EACH_DEVICE
	return power_supply_for_each_device(&walk, compat_psy_step);
#else
	return class_for_each_device(power_supply_class, NULL, &walk, compat_psy_step);
#endif
}

#define power_supply_for_each_psy(data, fn)	compat_psy_walk_all(data, fn)

#endif

/*
 * power_supply_get_property() refuses properties that a supply does not list since 6.4;
 * before, the driver is called, and may return anything.
 */
#ifdef COMPAT_PSY_GET_UNLISTED
static inline int compat_psy_get_listed(struct power_supply *psy,
					enum power_supply_property psp,
					union power_supply_propval *val)
{
	size_t i;

	for (i = 0; i < psy->desc->num_properties; i++)
		if (psy->desc->properties[i] == psp)
			return power_supply_get_property(psy, psp, val);
	return -EINVAL;
}

#define power_supply_get_property(psy, psp, val)	compat_psy_get_listed(psy, psp, val)

/*
 * power_supply_get_property_from_supplier() does the same there: a charger without a
 * status may report any.
 */
struct compat_psy_supplier {
	struct power_supply *battery;
	enum power_supply_property psp;
	union power_supply_propval *val;
};

static inline bool compat_psy_supplies(struct power_supply *psy, struct power_supply *battery)
{
	size_t i;

	if (battery->supplied_from) {
		for (i = 0; i < battery->num_supplies; i++)
			if (!strcmp(battery->supplied_from[i], psy->desc->name))
				return true;
		return false;
	}
	for (i = 0; i < psy->num_supplicants; i++)
		if (!strcmp(psy->supplied_to[i], battery->desc->name))
			return true;
	return false;
}

static inline int compat_psy_ask_supplier(struct power_supply *psy, void *data)
{
	struct compat_psy_supplier *s = data;

	return compat_psy_supplies(psy, s->battery) &&
	       !compat_psy_get_listed(psy, s->psp, s->val);
}

static inline int compat_psy_get_from_supplier(struct power_supply *battery,
					       enum power_supply_property psp,
					       union power_supply_propval *val)
{
	struct compat_psy_supplier s = { battery, psp, val };

	return compat_psy_walk_all(&s, compat_psy_ask_supplier) ? 0 : -ENODEV;
}

#define power_supply_get_property_from_supplier(psy, psp, val) \
	compat_psy_get_from_supplier(psy, psp, val)
#endif

#endif /* __PSY_COMPAT_POWER_SUPPLY_H */
