// SPDX-License-Identifier: GPL-2.0-only
#include <kunit/device.h>
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/regmap.h>
#include <linux/string.h>

#include "../internal.h"
#include "fake_bus.h"

const struct psy_field_desc fake_rows[] = {
	{ PSY_VOLTAGE_NOW, FAKE_VOLTAGE, .mul = 1000 },
	{ PSY_CURRENT_NOW, FAKE_CURRENT, .mul = 1000, .flags = PSY_ROW_SIGNED },
	{ PSY_CHARGE_NOW, FAKE_NOW, .mul = 1000 },
	{ PSY_CHARGE_FULL, FAKE_FULL, .mul = 1000 },
	{ PSY_TEMP, FAKE_TEMP, .flags = PSY_ROW_HAS_NA, .na = 0xffff },
	{ PSY_CHARGE_FULL_DESIGN, FAKE_DESIGN, .mul = 1000 },
	{ PSY_MANUFACTURE_YEAR, FAKE_YEAR, .flags = PSY_ROW_HAS_NA, .na = 0 },
	{ PSY_IDENTITY, FAKE_ID },
};

const unsigned int fake_num_rows = ARRAY_SIZE(fake_rows);

/*
 * A short lifetime, so that tests can wait for it. A silent pack stays until the test
 * says otherwise, see fake_set_gone(): no test depends on how long it was preempted.
 */
const struct psy_miniclass_desc fake_desc = {
	.rows = fake_rows,
	.num_rows = ARRAY_SIZE(fake_rows),
	.fresh_ms = 60,
	.poll_ms = 3600000,
	.gone_ms = FAKE_GONE_MS,
};

/* A gauge that reports its own level */
static const struct psy_field_desc fake_level_rows[] = {
	{ PSY_CAPACITY_LEVEL, FAKE_TEMP },
	{ PSY_VOLTAGE_NOW, FAKE_VOLTAGE, .mul = 1000 },
	{ PSY_IDENTITY, FAKE_ID },
};

const struct psy_miniclass_desc fake_level_desc = {
	.rows = fake_level_rows,
	.num_rows = ARRAY_SIZE(fake_level_rows),
	.fresh_ms = 60,
	.poll_ms = 3600000,
	.gone_ms = FAKE_GONE_MS,
};

static int fake_set_notify(struct psy_miniclass *mc, const struct psy_limits *limits)
{
	struct fake_bus *bus = psy_miniclass_get_drvdata(mc);

	bus->sets++;
	if (bus->set_err)
		return bus->set_err;
	bus->limits = *limits;
	if (bus->charge_on_set)
		bus->reg[FAKE_NOW] = bus->charge_on_set;
	return 0;
}

static int fake_disable_notify(struct psy_miniclass *mc)
{
	struct fake_bus *bus = psy_miniclass_get_drvdata(mc);

	bus->disables++;
	bus->limits.valid = 0;
	return 0;
}

static int fake_set_info(struct psy_miniclass *mc, enum psy_field field, int val)
{
	struct fake_bus *bus = psy_miniclass_get_drvdata(mc);

	if (bus->set_err)
		return bus->set_err;
	bus->setting = field;
	bus->set_val = val;
	return 0;
}

static int fake_query_status(struct psy_miniclass *mc, const struct psy_info *info,
			     struct psy_values *status)
{
	struct fake_bus *bus = psy_miniclass_get_drvdata(mc);

	psy_values_set(status, PSY_CHARGE_BEHAVIOUR,
		       bus->setting == PSY_CHARGE_BEHAVIOUR ? bus->set_val :
		       POWER_SUPPLY_CHARGE_BEHAVIOUR_AUTO);
	psy_values_set(status, PSY_CHARGE_END_THRESHOLD,
		       bus->setting == PSY_CHARGE_END_THRESHOLD ? bus->set_val : 100);
	psy_values_set(status, PSY_INPUT_CURRENT_LIMIT,
		       bus->setting == PSY_INPUT_CURRENT_LIMIT ? bus->set_val : 3000000);
	if (bus->setting == PSY_CHARGE_EMPTY)
		psy_values_set(status, PSY_CHARGE_EMPTY, bus->set_val);
	return 0;
}

static const struct psy_miniclass_ops fake_alarm_ops = {
	.query_status = fake_query_status,
	.set_notify = fake_set_notify,
	.disable_notify = fake_disable_notify,
	.set_info = fake_set_info,
};

#define FAKE_SETTABLE	(PSY_BIT(PSY_CHARGE_BEHAVIOUR) | PSY_BIT(PSY_CHARGE_END_THRESHOLD) | \
			 PSY_BIT(PSY_INPUT_CURRENT_LIMIT) | PSY_BIT(PSY_CHARGE_EMPTY))

/* The same device with an alarm and settable fields */
const struct psy_miniclass_desc fake_alarm_desc = {
	.rows = fake_rows,
	.num_rows = ARRAY_SIZE(fake_rows),
	.extra = FAKE_SETTABLE,
	.settable = FAKE_SETTABLE,
	.charge_behaviours = BIT(POWER_SUPPLY_CHARGE_BEHAVIOUR_AUTO) |
			     BIT(POWER_SUPPLY_CHARGE_BEHAVIOUR_FORCE_DISCHARGE),
	.ops = &fake_alarm_ops,
	.fresh_ms = 60,
	.poll_ms = 3600000,
	.gone_ms = FAKE_GONE_MS,
};

static int fake_reg_access(struct fake_bus *bus, unsigned int reg, unsigned int *val)
{
	if (bus->quiet)
		KUNIT_FAIL(bus->test, "unexpected read of register %#x", reg);
	if (bus->delay_ms)
		msleep(bus->delay_ms);

	bus->reads++;
	if (bus->swap_at && bus->reads == bus->swap_at)
		memcpy(bus->reg, bus->swap_reg, sizeof(bus->reg));
	if (bus->change_at && bus->reads == bus->change_at)
		psy_miniclass_changed(bus->mc);
	if (bus->swap_fill && bus->reads >= bus->swap_next) {
		bus->swap_fill(bus->reg, ++bus->swaps);
		/* 1 to 63 accesses later: less or more than a complete refresh */
		bus->swap_next = bus->reads + 1 + bus->swaps * 37 % 63;
	}
	if (bus->naps && !(bus->reads % 7))
		usleep_range(10, 20);
	if (bus->dead & BIT(reg))
		return bus->dead_err;
	if (bus->fail_skip > 0) {
		bus->fail_skip--;
	} else if (bus->fail_next) {
		bus->fail_next--;
		return bus->fail_err;
	}

	*val = bus->reg[reg];
	return 0;
}

static int fake_reg_read(void *context, unsigned int reg, unsigned int *val)
{
	struct fake_bus *bus = context;
	int ret;

	if (atomic_inc_return(&bus->inside) != 1)
		bus->overlaps++;
	ret = fake_reg_access(bus, reg, val);
	atomic_dec(&bus->inside);
	return ret;
}

static int fake_reg_write(void *context, unsigned int reg, unsigned int val)
{
	struct fake_bus *bus = context;

	KUNIT_FAIL(bus->test, "unexpected write of register %#x", reg);
	return -EIO;
}

static const struct regmap_config fake_regmap = {
	.reg_bits = 8,
	.val_bits = 16,
	.max_register = FAKE_REGS - 1,
	.reg_read = fake_reg_read,
	.reg_write = fake_reg_write,
};

/* Create a bus with a discharging pack at 50 percent. */
struct fake_bus *fake_bus_kunit(struct kunit *test)
{
	struct fake_bus *bus = kunit_kzalloc(test, sizeof(*bus), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, bus);
	bus->test = test;
	bus->fail_err = -ENXIO;
	bus->dead_err = -ENXIO;
	bus->reg[FAKE_VOLTAGE] = 12000;
	bus->reg[FAKE_CURRENT] = (u16)-500;
	bus->reg[FAKE_NOW] = 2000;
	bus->reg[FAKE_FULL] = 4000;
	bus->reg[FAKE_TEMP] = 250;
	bus->reg[FAKE_DESIGN] = 4400;
	bus->reg[FAKE_YEAR] = 2023;
	bus->reg[FAKE_ID] = 0x1111;

	bus->dev = kunit_device_register(test, "psy-fake");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, bus->dev);
	bus->regmap = devm_regmap_init(bus->dev, NULL, bus, &fake_regmap);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, bus->regmap);
	return bus;
}

struct psy_miniclass *fake_register(struct fake_bus *bus,
				    const struct psy_miniclass_desc *desc)
{
	struct psy_miniclass_config config = {
		.regmap = bus->regmap,
		.drvdata = bus,
		.name = "psy-fake",
		.alarms = bus->alarms,
		.user_limits = &bus->user_limits,
	};
	struct psy_miniclass *mc;

	mc = devm_psy_miniclass_register(bus->dev, desc, &config);
	if (!IS_ERR(mc)) {
		/* The core announces a new supply by a work item, which reads it. */
		flush_delayed_work(&mc->psy->deferred_register_work);
		flush_work(&mc->psy->changed_work);
	}
	return mc;
}

/* As on unbind: release all managed resources, newest first. */
void fake_unregister(struct fake_bus *bus)
{
	kunit_device_unregister(bus->test, bus->dev);
}

/*
 * Sleep by the clock of the class, not by jiffies as msleep() does: after a pause of the
 * machine jiffies are behind it for a while, and msleep() returns too early.
 */
void fake_sleep(unsigned int ms)
{
	usleep_range(ms * 1000, (ms + 1) * 1000);
}

/* Change the lifetime of snapshots, except the present one. */
void fake_set_fresh(struct psy_miniclass *mc, unsigned int ms)
{
	mutex_lock(&mc->lock);
	mc->fresh = ms_to_ktime(ms);
	mutex_unlock(&mc->lock);
}

/* After the next refresh, reads cause no refresh any more. */
void fake_never_expire(struct psy_miniclass *mc)
{
	fake_set_fresh(mc, 3600000);
}

/*
 * Change how long a silent pack, and the last value of a dead register, are kept: a pack
 * is gone after one failed refresh then.
 */
void fake_set_gone(struct psy_miniclass *mc, unsigned int ms)
{
	mutex_lock(&mc->lock);
	mc->gone = ms_to_ktime(ms);
	mc->gone_misses = 1;
	mutex_unlock(&mc->lock);
}

/* The worker does not read the device again to confirm a value. */
void fake_never_confirm(struct psy_miniclass *mc)
{
	mutex_lock(&mc->lock);
	mc->quick = 3600 * HZ;
	mutex_unlock(&mc->lock);
}

/* Get a property, or a negative error (no value used here is that low). */
int fake_get(struct psy_miniclass *mc, enum power_supply_property psp)
{
	union power_supply_propval val;
	int ret = power_supply_get_property(psy_miniclass_to_psy(mc), psp, &val);

	return ret ?: val.intval;
}

bool fake_lists(struct psy_miniclass *mc, enum power_supply_property psp)
{
	size_t i;

	for (i = 0; i < mc->psy_desc.num_properties; i++)
		if (mc->psy_desc.properties[i] == psp)
			return true;
	return false;
}
