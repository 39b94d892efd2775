// SPDX-License-Identifier: GPL-2.0-only
/* A supply whose property fails, which the class reports. Must make the run fail. */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/power_supply.h>

static const enum power_supply_property canary_props[] = { POWER_SUPPLY_PROP_ONLINE };

static int canary_get(struct power_supply *psy, enum power_supply_property psp,
		      union power_supply_propval *val)
{
	return -EIO;
}

static const struct power_supply_desc canary_desc = {
	.name = "canary",
	.type = POWER_SUPPLY_TYPE_MAINS,
	.properties = canary_props,
	.num_properties = ARRAY_SIZE(canary_props),
	.get_property = canary_get,
};

static void canary(struct kunit *test)
{
	struct power_supply_config cfg = {};
	struct platform_device *pdev;
	struct power_supply *psy;

	pdev = platform_device_register_simple("canary", PLATFORM_DEVID_NONE, NULL, 0);
	KUNIT_ASSERT_FALSE(test, IS_ERR(pdev));
	psy = power_supply_register(&pdev->dev, &canary_desc, &cfg);
	KUNIT_EXPECT_FALSE(test, IS_ERR(psy));
	if (!IS_ERR(psy)) {
		/* Each event reads all properties, from a work item. */
		power_supply_changed(psy);
		msleep(1000);
		power_supply_unregister(psy);
	}
	platform_device_unregister(pdev);
}

static struct kunit_case canary_cases[] = {
	KUNIT_CASE(canary),
	{ }
};

static struct kunit_suite canary_suite = {
	.name = "canary_report",
	.test_cases = canary_cases,
};

kunit_test_suite(canary_suite);

MODULE_DESCRIPTION("Proves that a detector of the unit tests is live");
MODULE_LICENSE("GPL");
