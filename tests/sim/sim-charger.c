// SPDX-License-Identifier: GPL-2.0-only
/* The charger of the batteries behind simulated gauges */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/platform_device.h>
#include <linux/power_supply.h>

#include "sim-charger.h"

static struct platform_device *charger_dev;
static struct power_supply *charger;
static char *charger_batteries[] = { "BAT0", "BAT1", "BAT2", "BAT3" };
static int charger_values[2];	/* online, status */

static enum power_supply_property charger_props[] = {
	POWER_SUPPLY_PROP_ONLINE,
	POWER_SUPPLY_PROP_STATUS,
};

static int *charger_value(enum power_supply_property psp)
{
	return &charger_values[psp == POWER_SUPPLY_PROP_STATUS];
}

static int charger_get(struct power_supply *psy, enum power_supply_property psp,
		       union power_supply_propval *val)
{
	val->intval = READ_ONCE(*charger_value(psp));
	return 0;
}

static int charger_set(struct power_supply *psy, enum power_supply_property psp,
		       const union power_supply_propval *val)
{
	WRITE_ONCE(*charger_value(psp), val->intval);
	power_supply_changed(psy);
	return 0;
}

static int charger_writeable(struct power_supply *psy, enum power_supply_property psp)
{
	return 1;
}

static const struct power_supply_desc charger_desc = {
	.name = "sim-charger",
	.type = POWER_SUPPLY_TYPE_MAINS,
	.properties = charger_props,
	.num_properties = ARRAY_SIZE(charger_props),
	.get_property = charger_get,
	.set_property = charger_set,
	.property_is_writeable = charger_writeable,
};

int sim_charger_add(void)
{
	struct power_supply_config cfg = {
		.supplied_to = charger_batteries,
		.num_supplicants = ARRAY_SIZE(charger_batteries),
	};

	charger_dev = platform_device_register_simple("psy-sim-charger", PLATFORM_DEVID_NONE,
						      NULL, 0);
	if (IS_ERR(charger_dev))
		return PTR_ERR(charger_dev);
	charger = power_supply_register(&charger_dev->dev, &charger_desc, &cfg);
	if (IS_ERR(charger))
		platform_device_unregister(charger_dev);
	return PTR_ERR_OR_ZERO(charger);
}

void sim_charger_remove(void)
{
	power_supply_unregister(charger);
	platform_device_unregister(charger_dev);
}
