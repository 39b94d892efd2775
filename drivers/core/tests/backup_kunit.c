// SPDX-License-Identifier: GPL-2.0-only
/* A battery without registers whose driver hands over readings, as that of a UPS. */
#include <kunit/device.h>
#include <kunit/test.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "../internal.h"
#include "fake_bus.h"

/**
 * struct reading - what the driver hands over
 * @dev: device of the driver
 * @mc: the instance
 * @status: POWER_SUPPLY_STATUS_*
 * @capacity: percent
 * @power: µW
 * @runtime: seconds; negative if it is unknown
 */
struct reading {
	struct device *dev;
	struct psy_miniclass *mc;
	int status;
	int capacity;
	int power;
	int runtime;
};

static int reading_query_info(struct psy_miniclass *mc, struct psy_info *info)
{
	info->unit = PSY_UNIT_ENERGY;
	return 0;
}

static int reading_query_status(struct psy_miniclass *mc, const struct psy_info *info,
				struct psy_values *v)
{
	const struct reading *r = psy_miniclass_get_drvdata(mc);

	psy_values_set(v, PSY_STATUS, r->status);
	psy_values_set(v, PSY_CAPACITY, r->capacity);
	psy_values_set(v, PSY_ENERGY_NOW, r->capacity * 1000000);
	psy_values_set(v, PSY_ENERGY_FULL, 100000000);
	psy_values_set(v, PSY_POWER_NOW, r->power);
	if (r->runtime >= 0)
		psy_values_set(v, PSY_TIME_TO_EMPTY_NOW, r->runtime);
	return 0;
}

static const struct psy_miniclass_ops reading_ops = {
	.query_info = reading_query_info,
	.query_status = reading_query_status,
};

#define READING_FIELDS	(PSY_BIT(PSY_STATUS) | PSY_BIT(PSY_CAPACITY) | \
			 PSY_BIT(PSY_ENERGY_NOW) | PSY_BIT(PSY_ENERGY_FULL) | \
			 PSY_BIT(PSY_POWER_NOW))

static const struct psy_miniclass_desc backup_desc = {
	.extra = READING_FIELDS | PSY_BIT(PSY_TIME_TO_EMPTY_NOW),
	.backup = true,
	.ops = &reading_ops,
	.poll_ms = 3600000,
};

static const struct psy_miniclass_desc no_runtime_desc = {
	.extra = READING_FIELDS,
	.backup = true,
	.ops = &reading_ops,
	.poll_ms = 3600000,
};

static ssize_t mode_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	const struct reading *r = psy_miniclass_get_drvdata(psy_miniclass_from_dev(dev));

	return sysfs_emit(buf, "%d\n", r->power);
}
static DEVICE_ATTR_RO(mode);

static struct attribute *mode_attrs[] = { &dev_attr_mode.attr, NULL };
static const struct attribute_group mode_group = { .attrs = mode_attrs };

static void plug(struct kunit *test, const struct psy_miniclass_desc *desc)
{
	struct psy_miniclass_config config = {
		.drvdata = test->priv,
		.name = "psy-backup",
		.role = PSY_ROLE_SYSTEM,
		.alarms = PSY_ALARM_STATE | PSY_LIMIT_LOW | PSY_LIMIT_HIGH,
		.group = &mode_group,
		.polled = "mode",
	};
	struct reading *r = test->priv;

	r->mc = psy_miniclass_register(r->dev, desc, &config);
	if (IS_ERR(r->mc))
		r->mc = NULL;
	KUNIT_ASSERT_NOT_NULL(test, r->mc);
	flush_delayed_work(&r->mc->psy->deferred_register_work);
	flush_delayed_work(&r->mc->poll_work);
}

static void unplug(struct reading *r)
{
	if (r->mc)
		psy_miniclass_unregister(r->mc);
	r->mc = NULL;
}

/* Wait for scheduled work, and return the number of events. */
static u64 events(struct psy_miniclass *mc)
{
	flush_delayed_work(&mc->poll_work);
	flush_work(&mc->event_work);
	return mc->stats.events;
}

/* Programs read the runtime while external power is present, too. */
static void reported_runtime_is_valid_in_any_status(struct kunit *test)
{
	static const int status[] = {
		POWER_SUPPLY_STATUS_CHARGING, POWER_SUPPLY_STATUS_FULL,
		POWER_SUPPLY_STATUS_DISCHARGING, POWER_SUPPLY_STATUS_UNKNOWN,
	};
	struct reading *r = test->priv;
	unsigned int i;

	plug(test, &backup_desc);
	for (i = 0; i < ARRAY_SIZE(status); i++) {
		r->status = status[i];
		r->runtime = 600 + i;
		psy_miniclass_changed(r->mc);
		KUNIT_EXPECT_EQ(test, fake_get(r->mc, POWER_SUPPLY_PROP_TIME_TO_EMPTY_NOW),
				(int)(600 + i));
	}
	/* Not that of energy and power, at which it is being charged. */
	r->runtime = -1;
	psy_miniclass_changed(r->mc);
	KUNIT_EXPECT_EQ(test, fake_get(r->mc, POWER_SUPPLY_PROP_TIME_TO_EMPTY_NOW), -ENODATA);
}

static void runtime_is_not_derived(struct kunit *test)
{
	struct reading *r = test->priv;

	plug(test, &no_runtime_desc);
	KUNIT_EXPECT_FALSE(test, fake_lists(r->mc, POWER_SUPPLY_PROP_TIME_TO_EMPTY_NOW));
	KUNIT_EXPECT_TRUE(test, fake_lists(r->mc, POWER_SUPPLY_PROP_ENERGY_NOW));
}

/* No power on mains: that of a gauge would be a current around zero. */
static void status_without_power_is_reported_at_once(struct kunit *test)
{
	struct reading *r = test->priv;
	u64 before;

	r->power = 0;
	r->status = POWER_SUPPLY_STATUS_FULL;
	plug(test, &backup_desc);
	before = events(r->mc);
	r->status = POWER_SUPPLY_STATUS_CHARGING;
	psy_miniclass_changed(r->mc);
	KUNIT_EXPECT_EQ(test, events(r->mc), before + 1);
	KUNIT_EXPECT_EQ(test, r->mc->last_event.status, POWER_SUPPLY_STATUS_CHARGING);
}

static void requested_event_is_always_sent(struct kunit *test)
{
	struct reading *r = test->priv;
	unsigned int i;
	u64 before;

	plug(test, &backup_desc);
	before = events(r->mc);
	psy_miniclass_changed(r->mc);
	KUNIT_EXPECT_EQ(test, events(r->mc), before);
	/* More than the class accepts of notifications without a pause */
	for (i = 1; i <= 20; i++) {
		psy_miniclass_event(r->mc);
		KUNIT_EXPECT_EQ(test, events(r->mc), before + i);
	}
	psy_miniclass_changed(r->mc);
	KUNIT_EXPECT_EQ(test, events(r->mc), before + 20);
}

static void attributes_of_the_driver_are_added(struct kunit *test)
{
	struct reading *r = test->priv;
	struct kernfs_node *node;

	plug(test, &backup_desc);
	node = sysfs_get_dirent(r->mc->psy->dev.kobj.sd, "mode");
	KUNIT_EXPECT_NOT_NULL(test, node);
	sysfs_put(node);
	node = sysfs_get_dirent(r->mc->psy->dev.kobj.sd, "battery_tag");
	KUNIT_EXPECT_NOT_NULL(test, node);
	sysfs_put(node);
}

/* The limits of user space and the order of the tags outlast a registration. */
static void slot_can_be_registered_again(struct kunit *test)
{
	struct psy_limits limits = { };
	struct psy_miniclass_config config = {
		.drvdata = test->priv,
		.name = "psy-backup",
		.role = PSY_ROLE_SYSTEM,
		.user_limits = &limits,
	};
	const enum power_supply_property psp = POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN;
	union power_supply_propval val = { .intval = 40 };
	struct reading *r = test->priv;
	u32 tag = PSY_TAG_NONE;
	unsigned int i;

	for (i = 0; i < 3; i++) {
		r->mc = psy_miniclass_register(r->dev, &backup_desc, &config);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, r->mc);
		KUNIT_EXPECT_GT(test, r->mc->snap.tag, tag);
		KUNIT_EXPECT_EQ(test, fake_get(r->mc, psp), i ? 40 : 0);
		KUNIT_EXPECT_EQ(test, power_supply_set_property(r->mc->psy, psp, &val), 0);
		tag = r->mc->snap.tag;
		config.last_tag = tag;
		unplug(r);
	}
}

static int backup_init(struct kunit *test)
{
	struct reading *r = kunit_kzalloc(test, sizeof(*r), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, r);
	*r = (struct reading){
		.status = POWER_SUPPLY_STATUS_DISCHARGING, .capacity = 50, .power = 50000000,
		.runtime = 600,
	};
	r->dev = kunit_device_register(test, "psy-backup");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, r->dev);
	test->priv = r;
	return 0;
}

static void backup_exit(struct kunit *test)
{
	if (test->priv)
		unplug(test->priv);
}

static struct kunit_case backup_cases[] = {
	KUNIT_CASE(reported_runtime_is_valid_in_any_status),
	KUNIT_CASE(runtime_is_not_derived),
	KUNIT_CASE(status_without_power_is_reported_at_once),
	KUNIT_CASE(requested_event_is_always_sent),
	KUNIT_CASE(attributes_of_the_driver_are_added),
	KUNIT_CASE(slot_can_be_registered_again),
	{ }
};

struct kunit_suite psy_backup_suite = {
	.name = "psy_backup",
	.init = backup_init,
	.exit = backup_exit,
	.test_cases = backup_cases,
};
