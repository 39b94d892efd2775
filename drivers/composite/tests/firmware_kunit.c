// SPDX-License-Identifier: GPL-2.0-only
/* The properties of a composite in firmware, and the refusal of wrong ones. */
#include <linux/delay.h>
#include <linux/platform_device.h>
#include <linux/property.h>

#include "cbat_kunit.h"

static const struct software_node gauge_node = { .name = "cbat-gauge" };
static const struct software_node other_node = { .name = "cbat-other" };

/* Create a composite with these properties. Returns whether probe succeeded. */
static bool probes(struct kunit *test, const struct property_entry *props,
		   struct cbat_config *seen)
{
	const struct platform_device_info info = {
		.name = "composite-battery",
		.id = PLATFORM_DEVID_AUTO,
		.properties = props,
	};
	struct platform_device *pdev = platform_device_register_full(&info);
	bool bound;

	KUNIT_ASSERT_FALSE(test, IS_ERR(pdev));
	bound = pdev->dev.driver;
	if (bound && seen) {
		struct cbat *c = platform_get_drvdata(pdev);

		*seen = c->config;
		seen->slots = NULL;
	}
	platform_device_unregister(pdev);
	return bound;
}

static void every_property_is_read(struct kunit *test)
{
	static const char * const names[] = { "fake-a", "fake-b", "fake-c" };
	const struct property_entry props[] = {
		PROPERTY_ENTRY_STRING_ARRAY("battery-names", names),
		PROPERTY_ENTRY_STRING("topology", "series"),
		PROPERTY_ENTRY_STRING("critical-policy", "all"),
		PROPERTY_ENTRY_STRING("label", "nineteen-characters"),
		{ }
	};
	struct cbat_config seen;

	KUNIT_ASSERT_TRUE(test, probes(test, props, &seen));
	KUNIT_EXPECT_EQ(test, seen.nr, 3U);
	KUNIT_EXPECT_EQ(test, seen.rules.topology, CBAT_SERIES);
	KUNIT_EXPECT_EQ(test, seen.rules.critical, CBAT_CRITICAL_ALL);
	KUNIT_EXPECT_STREQ(test, seen.name, "nineteen-characters");
}

static void missing_properties_have_defaults(struct kunit *test)
{
	const struct property_entry props[] = {
		PROPERTY_ENTRY_STRING("battery-names", "fake-a"), { }
	};
	struct cbat_config seen;

	KUNIT_ASSERT_TRUE(test, probes(test, props, &seen));
	KUNIT_EXPECT_EQ(test, seen.nr, 1U);
	KUNIT_EXPECT_EQ(test, seen.rules.topology, CBAT_PARALLEL);
	KUNIT_EXPECT_EQ(test, seen.rules.critical, CBAT_CRITICAL_ENERGY);
	KUNIT_EXPECT_STREQ(test, seen.name, "");
}

static void wrong_values_are_refused(struct kunit *test)
{
	static const char * const twice[] = { "fake-a", "fake-a" };
	const struct property_entry name = PROPERTY_ENTRY_STRING("battery-names", "fake-a");
	const struct property_entry wrong[] = {
		PROPERTY_ENTRY_STRING("topology", "star"),
		PROPERTY_ENTRY_U32("topology", 1),
		PROPERTY_ENTRY_STRING("critical-policy", "some"),
		PROPERTY_ENTRY_STRING("label", "twenty-characters-xx"),
		PROPERTY_ENTRY_STRING("batteries", "fake-a"),
		PROPERTY_ENTRY_U32("batteries", 1),
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		const struct property_entry props[] = { name, wrong[i], { } };

		KUNIT_EXPECT_FALSE_MSG(test, probes(test, props, NULL), "case %u", i);
	}
	{
		const struct property_entry none[] = {
			PROPERTY_ENTRY_STRING("topology", "series"), { }
		};
		const struct property_entry same[] = {
			PROPERTY_ENTRY_STRING_ARRAY("battery-names", twice), { }
		};
		const struct property_entry number[] = {
			PROPERTY_ENTRY_U32("battery-names", 1), { }
		};

		KUNIT_EXPECT_FALSE(test, probes(test, none, NULL));
		KUNIT_EXPECT_FALSE(test, probes(test, same, NULL));
		KUNIT_EXPECT_FALSE(test, probes(test, number, NULL));
	}
}

static void too_many_names_are_refused(struct kunit *test)
{
	const char **names = kunit_kcalloc(test, CBAT_MAX_MEMBERS + 1, sizeof(*names), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, names);
	for (i = 0; i <= CBAT_MAX_MEMBERS; i++) {
		names[i] = kasprintf(GFP_KERNEL, "many%u", i);
		KUNIT_ASSERT_NOT_NULL(test, names[i]);
	}
	for (i = 0; i < 2; i++) {
		const struct property_entry props[] = {
			PROPERTY_ENTRY_STRING_ARRAY_LEN("battery-names", names,
							CBAT_MAX_MEMBERS + i), { }
		};

		KUNIT_EXPECT_EQ(test, probes(test, props, NULL), !i);
	}
	for (i = 0; i <= CBAT_MAX_MEMBERS; i++)
		kfree(names[i]);
}

/* References name the device of the gauge, whatever its supply is called. */
static void references_are_followed(struct kunit *test)
{
	const struct software_node_ref_args refs[] = {
		SOFTWARE_NODE_REFERENCE(&gauge_node), SOFTWARE_NODE_REFERENCE(&other_node),
	};
	const struct property_entry props[] = {
		PROPERTY_ENTRY_REF_ARRAY("batteries", refs),
		PROPERTY_ENTRY_STRING("label", "fake-composite"),
		{ }
	};
	const struct platform_device_info info = {
		.name = "composite-battery",
		.id = PLATFORM_DEVID_AUTO,
		.properties = props,
	};
	struct platform_device *gauge, *composite;
	struct fake_supply *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);
	struct power_supply *psy = NULL;
	struct cbat *c;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, f);
	KUNIT_ASSERT_EQ(test, software_node_register(&gauge_node), 0);
	KUNIT_ASSERT_EQ(test, software_node_register(&other_node), 0);
	gauge = platform_device_alloc("cbat-gauge", PLATFORM_DEVID_NONE);
	KUNIT_ASSERT_NOT_NULL(test, gauge);
	KUNIT_ASSERT_EQ(test, device_add_software_node(&gauge->dev, &gauge_node), 0);
	KUNIT_ASSERT_EQ(test, platform_device_add(gauge), 0);
	fake_supply_init(f, "fake-a", 10000, 20000, 4000);
	KUNIT_ASSERT_EQ(test, fake_supply_add(f, &gauge->dev), 0);

	composite = platform_device_register_full(&info);
	KUNIT_ASSERT_FALSE(test, IS_ERR(composite));
	KUNIT_EXPECT_NOT_NULL(test, composite->dev.driver);
	if (composite->dev.driver) {
		c = platform_get_drvdata(composite);
		KUNIT_EXPECT_EQ(test, c->config.nr, 2U);
		for (i = 0; i < 50 && !psy; i++) {
			msleep(100);
			psy = power_supply_get_by_name("fake-composite");
		}
		KUNIT_EXPECT_NOT_NULL(test, psy);
		if (psy)
			power_supply_put(psy);
	}

	platform_device_unregister(composite);
	fake_supply_del(f);
	platform_device_unregister(gauge);
	software_node_unregister(&other_node);
	software_node_unregister(&gauge_node);
}

static struct kunit_case firmware_cases[] = {
	KUNIT_CASE(every_property_is_read),
	KUNIT_CASE(missing_properties_have_defaults),
	KUNIT_CASE(wrong_values_are_refused),
	KUNIT_CASE(too_many_names_are_refused),
	KUNIT_CASE(references_are_followed),
	{ }
};

struct kunit_suite cbat_firmware_suite = {
	.name = "cbat_firmware",
	.test_cases = firmware_cases,
};
