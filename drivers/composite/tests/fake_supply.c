// SPDX-License-Identifier: GPL-2.0-only
/* Supplies that stand for those of any other driver. */
#include <linux/delay.h>
#include <linux/namei.h>
#include <linux/path.h>

#include "cbat_kunit.h"

static const enum power_supply_property fake_props[] = {
	POWER_SUPPLY_PROP_STATUS,
	POWER_SUPPLY_PROP_PRESENT,
	POWER_SUPPLY_PROP_VOLTAGE_NOW,
	POWER_SUPPLY_PROP_POWER_NOW,
	POWER_SUPPLY_PROP_ENERGY_FULL,
	POWER_SUPPLY_PROP_ENERGY_NOW,
	POWER_SUPPLY_PROP_SCOPE,
	POWER_SUPPLY_PROP_CHARGE_BEHAVIOUR,
	POWER_SUPPLY_PROP_SERIAL_NUMBER,
	POWER_SUPPLY_PROP_HEALTH,
	POWER_SUPPLY_PROP_CHARGE_NOW,
	POWER_SUPPLY_PROP_CHARGE_FULL,
	POWER_SUPPLY_PROP_CYCLE_COUNT,
	POWER_SUPPLY_PROP_CAPACITY,
	POWER_SUPPLY_PROP_CHARGE_CONTROL_START_THRESHOLD,
	POWER_SUPPLY_PROP_CHARGE_CONTROL_END_THRESHOLD,
};

static const enum power_supply_property fake_mains_props[] = {
	POWER_SUPPLY_PROP_ONLINE,
	POWER_SUPPLY_PROP_SCOPE,
};

static int fake_field(enum power_supply_property psp)
{
	switch (psp) {
	case POWER_SUPPLY_PROP_STATUS:
		return PSY_STATUS;
	case POWER_SUPPLY_PROP_VOLTAGE_NOW:
		return PSY_VOLTAGE_NOW;
	case POWER_SUPPLY_PROP_POWER_NOW:
		return PSY_POWER_NOW;
	case POWER_SUPPLY_PROP_ENERGY_FULL:
		return PSY_ENERGY_FULL;
	case POWER_SUPPLY_PROP_ENERGY_NOW:
		return PSY_ENERGY_NOW;
	case POWER_SUPPLY_PROP_HEALTH:
		return PSY_HEALTH;
	case POWER_SUPPLY_PROP_CHARGE_NOW:
		return PSY_CHARGE_NOW;
	case POWER_SUPPLY_PROP_CHARGE_FULL:
		return PSY_CHARGE_FULL;
	case POWER_SUPPLY_PROP_CYCLE_COUNT:
		return PSY_CYCLE_COUNT;
	case POWER_SUPPLY_PROP_CAPACITY:
		return PSY_CAPACITY;
	case POWER_SUPPLY_PROP_CHARGE_CONTROL_START_THRESHOLD:
		return PSY_CHARGE_START_THRESHOLD;
	case POWER_SUPPLY_PROP_CHARGE_CONTROL_END_THRESHOLD:
		return PSY_CHARGE_END_THRESHOLD;
	default:
		return -EINVAL;
	}
}

static void fake_check_gap(struct fake_supply *f)
{
	const char *path = READ_ONCE(f->gap_of);
	struct path found;

	if (!path)
		return;
	if (kern_path(path, LOOKUP_FOLLOW, &found))
		atomic_inc(&f->gaps);
	else
		path_put(&found);
}

static int fake_get(struct power_supply *psy, enum power_supply_property psp,
		    union power_supply_propval *val)
{
	struct fake_supply *f = power_supply_get_drvdata(psy);
	int field;

	atomic_inc(&f->asked);
	fake_check_gap(f);
	if (READ_ONCE(f->hold)) {
		atomic_inc(&f->held);
		while (READ_ONCE(f->hold))
			msleep(20);
		atomic_dec(&f->held);
	}
	if (f->err)
		return f->err;
	switch (psp) {
	case POWER_SUPPLY_PROP_PRESENT:
	case POWER_SUPPLY_PROP_ONLINE:
		val->intval = f->v.valid != 0;
		return 0;
	case POWER_SUPPLY_PROP_SCOPE:
		val->intval = f->scope;
		return min(f->scope, 0);
	case POWER_SUPPLY_PROP_CHARGE_BEHAVIOUR:
		val->intval = f->behaviour;
		return 0;
	case POWER_SUPPLY_PROP_SERIAL_NUMBER:
		val->strval = f->serial;
		return f->serial ? 0 : -ENODEV;
	default:
		field = fake_field(psp);
		if (field < 0)
			return field;
		return f->fails & PSY_BIT(field) ? -EIO :
						   psy_values_get(&f->v, field, &val->intval);
	}
}

static int fake_set(struct power_supply *psy, enum power_supply_property psp,
		    const union power_supply_propval *val)
{
	struct fake_supply *f = power_supply_get_drvdata(psy);

	if (psp != POWER_SUPPLY_PROP_CHARGE_BEHAVIOUR) {
		/* Some firmware has a few thresholds only. */
		if (val->intval < f->least)
			return -EINVAL;
		psy_values_set(&f->v, fake_field(psp), val->intval);
		return 0;
	}
	if (READ_ONCE(f->refuses) & BIT(val->intval))
		return -EIO;
	f->behaviour = val->intval;
	return 0;
}

static int fake_writeable(struct power_supply *psy, enum power_supply_property psp)
{
	return psp == POWER_SUPPLY_PROP_CHARGE_BEHAVIOUR ||
	       psp == POWER_SUPPLY_PROP_CHARGE_CONTROL_END_THRESHOLD;
}

/* A discharging pack, or an external supply if @full_mwh is 0 */
void fake_supply_init(struct fake_supply *f, const char *name, int now_mwh, int full_mwh,
		      int mw)
{
	memset(f, 0, sizeof(*f));
	f->desc.name = name;
	f->desc.type = full_mwh ? POWER_SUPPLY_TYPE_BATTERY : POWER_SUPPLY_TYPE_MAINS;
	f->desc.properties = full_mwh ? fake_props : fake_mains_props;
	f->desc.num_properties = full_mwh ? ARRAY_SIZE(fake_props) : ARRAY_SIZE(fake_mains_props);
	f->desc.get_property = fake_get;
	f->desc.set_property = fake_set;
	f->desc.property_is_writeable = fake_writeable;
	psy_desc_set_behaviours(&f->desc, f->desc.type == POWER_SUPPLY_TYPE_BATTERY ? 0xff : 0);
	f->serial = name;
	f->scope = POWER_SUPPLY_SCOPE_SYSTEM;
	f->behaviour = POWER_SUPPLY_CHARGE_BEHAVIOUR_AUTO;
	if (!full_mwh)
		return;
	psy_values_set(&f->v, PSY_STATUS, POWER_SUPPLY_STATUS_DISCHARGING);
	psy_values_set(&f->v, PSY_VOLTAGE_NOW, 12000000);
	psy_values_set(&f->v, PSY_POWER_NOW, mw * 1000);
	psy_values_set(&f->v, PSY_ENERGY_NOW, now_mwh * 1000);
	psy_values_set(&f->v, PSY_ENERGY_FULL, full_mwh * 1000);
}

int fake_supply_add(struct fake_supply *f, struct device *parent)
{
	const struct power_supply_config cfg = { .drv_data = f };
	struct power_supply *psy = power_supply_register(parent, &f->desc, &cfg);

	if (IS_ERR(psy))
		return PTR_ERR(psy);
	f->psy = psy;
	return 0;
}

/*
 * Wait until the event of the registration has been sent: it reads all properties, and
 * those that fail are reported in the kernel log. No other event is sent unless a test
 * reports a change.
 */
void fake_supply_settle(struct fake_supply *f)
{
	flush_delayed_work(&f->psy->deferred_register_work);
	flush_work(&f->psy->changed_work);
}

void fake_supply_del(struct fake_supply *f)
{
	struct power_supply *psy = f->psy;

	f->psy = NULL;
	if (psy)
		power_supply_unregister(psy);
}
