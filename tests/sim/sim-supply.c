// SPDX-License-Identifier: GPL-2.0-only
/*
 * Generic batteries: supplies fake0, fake1, ... that report what was written to
 * their files.
 */
#include <linux/err.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/power_supply.h>
#include <linux/slab.h>

#define MAX_SUPPLIES	64

static unsigned int count = 2;
module_param(count, uint, 0444);
MODULE_PARM_DESC(count, "Number of batteries, 1 to 64");

static enum power_supply_property props[] = {
	POWER_SUPPLY_PROP_STATUS,
	POWER_SUPPLY_PROP_PRESENT,
	POWER_SUPPLY_PROP_VOLTAGE_NOW,
	POWER_SUPPLY_PROP_POWER_NOW,
	POWER_SUPPLY_PROP_ENERGY_FULL,
	POWER_SUPPLY_PROP_ENERGY_NOW,
};

/**
 * struct sim_supply - one battery
 * @desc: of the supply
 * @psy: the supply
 * @name: its name
 * @val: reported values, in the order of props
 */
struct sim_supply {
	struct power_supply_desc desc;
	struct power_supply *psy;
	char name[16];
	int val[ARRAY_SIZE(props)];
};

static int *sim_supply_slot(struct power_supply *psy, enum power_supply_property psp)
{
	struct sim_supply *s = power_supply_get_drvdata(psy);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(props); i++)
		if (props[i] == psp)
			return &s->val[i];
	return NULL;
}

static int sim_supply_get(struct power_supply *psy, enum power_supply_property psp,
			  union power_supply_propval *val)
{
	int *slot = sim_supply_slot(psy, psp);

	if (!slot)
		return -EINVAL;
	val->intval = READ_ONCE(*slot);
	return 0;
}

static int sim_supply_set(struct power_supply *psy, enum power_supply_property psp,
			  const union power_supply_propval *val)
{
	int *slot = sim_supply_slot(psy, psp);

	if (!slot)
		return -EINVAL;
	WRITE_ONCE(*slot, val->intval);
	power_supply_changed(psy);
	return 0;
}

static int sim_supply_writeable(struct power_supply *psy, enum power_supply_property psp)
{
	return 1;
}

static int sim_supply_probe(struct platform_device *pdev)
{
	const int start[] = {
		POWER_SUPPLY_STATUS_DISCHARGING, 1, 12000000, 1000000, 20000000, 10000000,
	};
	unsigned int i;

	for (i = 0; i < count; i++) {
		struct sim_supply *s = devm_kzalloc(&pdev->dev, sizeof(*s), GFP_KERNEL);
		struct power_supply_config cfg = { .drv_data = s };

		if (!s)
			return -ENOMEM;
		memcpy(s->val, start, sizeof(start));
		snprintf(s->name, sizeof(s->name), "fake%u", i);
		s->desc = (struct power_supply_desc){
			.name = s->name,
			.type = POWER_SUPPLY_TYPE_BATTERY,
			.properties = props,
			.num_properties = ARRAY_SIZE(props),
			.get_property = sim_supply_get,
			.set_property = sim_supply_set,
			.property_is_writeable = sim_supply_writeable,
		};
		s->psy = devm_power_supply_register(&pdev->dev, &s->desc, &cfg);
		if (IS_ERR(s->psy))
			return PTR_ERR(s->psy);
	}
	return 0;
}

static struct platform_driver sim_supply_driver = {
	.driver = { .name = "psy-sim-supply" },
	.probe = sim_supply_probe,
};

static struct platform_device *sim_supply_device;

static int __init sim_supply_init(void)
{
	int ret;

	if (!count || count > MAX_SUPPLIES)
		return -EINVAL;
	ret = platform_driver_register(&sim_supply_driver);
	if (ret)
		return ret;
	sim_supply_device = platform_device_register_simple("psy-sim-supply", PLATFORM_DEVID_NONE,
							    NULL, 0);
	if (IS_ERR(sim_supply_device)) {
		platform_driver_unregister(&sim_supply_driver);
		return PTR_ERR(sim_supply_device);
	}
	return 0;
}
module_init(sim_supply_init);

static void __exit sim_supply_exit(void)
{
	platform_device_unregister(sim_supply_device);
	platform_driver_unregister(&sim_supply_driver);
}
module_exit(sim_supply_exit);

MODULE_DESCRIPTION("Batteries that report what is written to their files");
MODULE_LICENSE("GPL");
