// SPDX-License-Identifier: GPL-2.0-only
/* Roles: properties of members of a composite battery, and sources of the role. */
#include <kunit/test.h>
#include <linux/property.h>

#include "../internal.h"
#include "fake_bus.h"

static int role_init(struct kunit *test)
{
	test->priv = fake_bus_kunit(test);
	return 0;
}

static struct psy_miniclass *role_register(struct kunit *test, enum psy_role role,
					   const char *name)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass_config config = {
		.regmap = bus->regmap,
		.name = name,
		.role = role,
		.last_tag = 41,
	};

	return devm_psy_miniclass_register(bus->dev, &fake_desc, &config);
}

static void role_property(struct kunit *test, struct property_entry entry)
{
	struct fake_bus *bus = test->priv;
	const struct property_entry props[] = { entry, { } };

	KUNIT_ASSERT_EQ(test, device_create_managed_software_node(bus->dev, props, NULL), 0);
}

static void expect_role(struct kunit *test, struct psy_miniclass *mc, const char *name, int scope)
{
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, mc);
	KUNIT_EXPECT_STREQ(test, mc->name, name);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_SCOPE), scope);
}

static void default_role_is_system(struct kunit *test)
{
	struct psy_miniclass *mc = role_register(test, PSY_ROLE_FIRMWARE, NULL);

	expect_role(test, mc, "BAT0", POWER_SUPPLY_SCOPE_SYSTEM);
	KUNIT_EXPECT_TRUE(test, fake_lists(mc, POWER_SUPPLY_PROP_CAPACITY));
}

static void system_role_can_be_set_by_property(struct kunit *test)
{
	struct psy_miniclass *mc;

	role_property(test, PROPERTY_ENTRY_STRING("battery-role", "system"));
	mc = role_register(test, PSY_ROLE_FIRMWARE, NULL);
	expect_role(test, mc, "BAT0", POWER_SUPPLY_SCOPE_SYSTEM);
}

static void member_has_no_capacity(struct kunit *test)
{
	struct psy_miniclass *mc;

	role_property(test, PROPERTY_ENTRY_STRING("battery-role", "member"));
	mc = role_register(test, PSY_ROLE_FIRMWARE, NULL);
	expect_role(test, mc, "pack0", POWER_SUPPLY_SCOPE_DEVICE);
	KUNIT_EXPECT_FALSE(test, fake_lists(mc, POWER_SUPPLY_PROP_CAPACITY));
	KUNIT_EXPECT_FALSE(test, fake_lists(mc, POWER_SUPPLY_PROP_CAPACITY_LEVEL));
	KUNIT_EXPECT_TRUE(test, fake_lists(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN));
	KUNIT_EXPECT_TRUE(test, fake_lists(mc, POWER_SUPPLY_PROP_CHARGE_NOW));
	KUNIT_EXPECT_TRUE(test, mc->snap.status.valid & PSY_BIT(PSY_CAPACITY));
}

static void a_visible_member_has_a_capacity(struct kunit *test)
{
	struct psy_miniclass *mc;

	role_property(test, PROPERTY_ENTRY_STRING("battery-role", "visible-member"));
	mc = role_register(test, PSY_ROLE_FIRMWARE, NULL);
	expect_role(test, mc, "pack0", POWER_SUPPLY_SCOPE_DEVICE);
	KUNIT_EXPECT_TRUE(test, fake_lists(mc, POWER_SUPPLY_PROP_CAPACITY));
}

static void driver_role_overrides_the_property(struct kunit *test)
{
	struct psy_miniclass *mc;

	role_property(test, PROPERTY_ENTRY_STRING("battery-role", "member"));
	mc = role_register(test, PSY_ROLE_SYSTEM, NULL);
	expect_role(test, mc, "BAT0", POWER_SUPPLY_SCOPE_SYSTEM);
}

static void unknown_role_is_refused(struct kunit *test)
{
	struct fake_bus *bus = test->priv;

	bus->quiet = true;
	role_property(test, PROPERTY_ENTRY_STRING("battery-role", "Member"));
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(role_register(test, PSY_ROLE_FIRMWARE, NULL)),
			-EINVAL);
}

static void non_string_role_is_refused(struct kunit *test)
{
	struct fake_bus *bus = test->priv;

	bus->quiet = true;
	role_property(test, PROPERTY_ENTRY_U32("battery-role", 1));
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(role_register(test, PSY_ROLE_FIRMWARE, NULL)),
			-EINVAL);
}

static void numbers_with_a_sign(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	int val = 7;

	KUNIT_EXPECT_EQ(test, psy_miniclass_fw_s32(bus->dev, "psy,temp", -100, 100, &val), 0);
	KUNIT_EXPECT_EQ(test, val, 7);
	role_property(test, PROPERTY_ENTRY_U32("psy,temp", -50));
	KUNIT_EXPECT_EQ(test, psy_miniclass_fw_s32(bus->dev, "psy,temp", -50, 100, &val), 0);
	KUNIT_EXPECT_EQ(test, val, -50);
	KUNIT_EXPECT_EQ(test, psy_miniclass_fw_s32(bus->dev, "psy,temp", -49, 100, &val),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, psy_miniclass_fw_s32(bus->dev, "psy,temp", -100, -51, &val),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, val, -50);
}

static void names_of_both_kinds_are_released(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *a, *b;
	void *group;
	int i;

	for (i = 0; i < 2; i++) {
		group = devres_open_group(bus->dev, NULL, GFP_KERNEL);
		a = role_register(test, PSY_ROLE_SYSTEM, NULL);
		b = role_register(test, PSY_ROLE_MEMBER, NULL);
		devres_close_group(bus->dev, group);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, a);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, b);
		KUNIT_EXPECT_STREQ(test, a->name, "BAT0");
		KUNIT_EXPECT_STREQ(test, b->name, "pack0");
		devres_release_group(bus->dev, group);
	}
}

static void reregistered_slot_continues_the_tags(struct kunit *test)
{
	struct psy_miniclass *mc = role_register(test, PSY_ROLE_FIRMWARE, "psy-fake");
	struct psy_snapshot snap;
	struct psy_info info;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, mc);
	KUNIT_EXPECT_EQ(test, psy_miniclass_get_pack(mc, &snap, &info), 0);
	KUNIT_EXPECT_EQ(test, snap.tag, 42U);
	KUNIT_EXPECT_EQ(test, info.values.val[PSY_CHARGE_FULL_DESIGN], 4400000);
	KUNIT_EXPECT_PTR_EQ(test, psy_miniclass_from_psy(psy_miniclass_to_psy(mc)), mc);
}

static struct kunit_case role_cases[] = {
	KUNIT_CASE(default_role_is_system),
	KUNIT_CASE(system_role_can_be_set_by_property),
	KUNIT_CASE(member_has_no_capacity),
	KUNIT_CASE(a_visible_member_has_a_capacity),
	KUNIT_CASE(driver_role_overrides_the_property),
	KUNIT_CASE(unknown_role_is_refused),
	KUNIT_CASE(non_string_role_is_refused),
	KUNIT_CASE(numbers_with_a_sign),
	KUNIT_CASE(names_of_both_kinds_are_released),
	KUNIT_CASE(reregistered_slot_continues_the_tags),
	{ }
};

struct kunit_suite psy_role_suite = {
	.name = "psy_role",
	.init = role_init,
	.test_cases = role_cases,
};
