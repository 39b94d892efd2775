// SPDX-License-Identifier: GPL-2.0-only
/*
 * The power supplies: a battery and its mains input. upower does not recognise a
 * supply of type UPS as a UPS, and newer versions ignore it; systemd takes it for a
 * mains supply that is online. All programs handle the two supplies correctly.
 */
#include <linux/device.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/math64.h>
#include <linux/power/psy_miniclass.h>
#include <linux/property.h>
#include <linux/string.h>

#include "ups.h"

static int ups_output_power(const struct ups_ident *ident, const struct ups_status *s)
{
	if (!(s->valid & UPS_HAS_LOAD) || !ident->rated_mv || !ident->rated_ma)
		return -ENODATA;
	/* mV times mA is µW. */
	return min_t(s64, div_s64((s64)ident->rated_mv * ident->rated_ma * s->load, 100),
		     INT_MAX);
}

static int ups_energy(enum ups_state state, const struct ups_ident *ident,
		      const struct ups_status *s)
{
	int capacity = ups_capacity(state, s);

	if (!ident->energy_full_uwh || capacity < 0)
		return -ENODATA;
	return div_s64((s64)ident->energy_full_uwh * capacity, 100);
}

/* If the percentage is limited, scale the runtime to it. */
static int ups_runtime(enum ups_state state, const struct ups_status *s)
{
	int capacity = ups_capacity(state, s);

	if (!(s->valid & UPS_HAS_RUNTIME))
		return -ENODATA;
	if (!(s->valid & UPS_HAS_CHARGE) || capacity >= s->charge)
		return s->runtime;
	return div_s64((s64)s->runtime * capacity, s->charge);
}

static bool ups_has_power_now(const struct ups_ident *ident, const struct ups_status *s)
{
	return ((s->valid & UPS_HAS_RUNTIME) && (s->valid & UPS_HAS_CHARGE)) ||
	       ups_output_power(ident, s) >= 0;
}

/*
 * Programs divide energy by power to get the runtime. If the runtime is known from the
 * UPS or a calibration, report the power that gives this result. On mains report 0:
 * the outlets are not fed by the battery, and upower takes any power for that of
 * charging.
 */
static int ups_power_now(enum ups_state state, const struct ups_ident *ident,
			 const struct ups_status *s)
{
	int energy = ups_energy(state, ident, s);
	int runtime = ups_runtime(state, s);

	if (ups_battery_status(state, s) != POWER_SUPPLY_STATUS_DISCHARGING)
		return 0;
	if (runtime > 0 && energy >= 0)
		return min_t(s64, div_s64(3600LL * energy, runtime), INT_MAX);
	return max(ups_output_power(ident, s), 0);
}

static int ups_health(const struct ups_status *s)
{
	if (s->flags & UPS_FLAG_REPLACE)
		return POWER_SUPPLY_HEALTH_DEAD;
	if (s->flags & UPS_FLAG_FAULT)
		return POWER_SUPPLY_HEALTH_UNSPEC_FAILURE;
	return POWER_SUPPLY_HEALTH_GOOD;
}

static int ups_level(enum ups_state state)
{
	switch (state) {
	case UPS_CRITICAL:
	case UPS_LOW_BATTERY:
		return POWER_SUPPLY_CAPACITY_LEVEL_CRITICAL;
	case UPS_NO_COMM:
		return POWER_SUPPLY_CAPACITY_LEVEL_UNKNOWN;
	default:
		return POWER_SUPPLY_CAPACITY_LEVEL_NORMAL;
	}
}

static int ups_query_info(struct psy_miniclass *mc, struct psy_info *info)
{
	struct ups *ups = psy_miniclass_get_drvdata(mc);
	struct psy_values *v = &info->values;
	struct ups_ident ident;
	unsigned long flags;

	spin_lock_irqsave(&ups->lock, flags);
	ident = ups->ident;
	spin_unlock_irqrestore(&ups->lock, flags);

	info->unit = PSY_UNIT_ENERGY;
	strscpy(info->manufacturer, ident.manufacturer, sizeof(info->manufacturer));
	strscpy(info->model, ident.model, sizeof(info->model));
	strscpy(info->serial, ident.serial, sizeof(info->serial));
	/* Lead acid, for which there is no constant */
	psy_values_set(v, PSY_TECHNOLOGY, POWER_SUPPLY_TECHNOLOGY_UNKNOWN);
	if (ups->desc->charge_step)
		psy_values_set(v, PSY_CAPACITY_STEP, ups->desc->charge_step);
	if (ident.rated_battery_uv)
		psy_values_set(v, PSY_VOLTAGE_MIN_DESIGN, ident.rated_battery_uv);
	if (ident.energy_full_uwh)
		psy_values_set(v, PSY_ENERGY_FULL_DESIGN, ident.energy_full_uwh);
	return 0;
}

static void ups_set_known(struct psy_values *v, enum psy_field field, int val)
{
	if (val >= 0)
		psy_values_set(v, field, val);
}

/* Hands over the last reading: the port is polled by the UPS core only. */
static int ups_query_status(struct psy_miniclass *mc, const struct psy_info *info,
			    struct psy_values *v)
{
	struct ups *ups = psy_miniclass_get_drvdata(mc);
	struct ups_ident ident;
	enum ups_state state;
	struct ups_status s;
	unsigned long flags;
	int capacity, last;

	spin_lock_irqsave(&ups->lock, flags);
	s = ups->status;
	ident = ups->ident;
	state = ups_sm_power_state(&ups->sm);
	last = ups->capacity;
	spin_unlock_irqrestore(&ups->lock, flags);

	psy_values_set(v, PSY_STATUS, ups_battery_status(state, &s));
	psy_values_set(v, PSY_HEALTH, ups_health(&s));
	psy_values_set(v, PSY_CAPACITY_LEVEL, ups_level(state));
	capacity = ups_capacity(state, &s);
	/* Unknown now: about to be registered again without capacity */
	psy_values_set(v, PSY_CAPACITY, capacity < 0 ? last : capacity);
	if (ident.energy_full_uwh) {
		psy_values_set(v, PSY_ENERGY_FULL, ident.energy_full_uwh);
		psy_values_set(v, PSY_POWER_NOW, ups_power_now(state, &ident, &s));
		ups_set_known(v, PSY_ENERGY_NOW, ups_energy(state, &ident, &s));
	}
	if (s.valid & UPS_HAS_BATTERY)
		psy_values_set(v, PSY_VOLTAGE_NOW, s.battery_uv);
	if (s.valid & UPS_HAS_TEMP)
		psy_values_set(v, PSY_TEMP, s.temp);
	ups_set_known(v, PSY_TIME_TO_EMPTY_NOW, ups_runtime(state, &s));
	return 0;
}

static const struct psy_miniclass_ops ups_battery_ops = {
	.query_info = ups_query_info,
	.query_status = ups_query_status,
};

/*
 * Fields of this UPS. All of them must be readable from now on: programs take an error
 * for 0, and one of them takes it for a failure of all supplies.
 */
static u64 ups_fields(struct ups *ups)
{
	const struct ups_ident *id = &ups->ident;
	const struct ups_status *s = &ups->status;
	u64 fields = PSY_BIT(PSY_STATUS) | PSY_BIT(PSY_HEALTH) | PSY_BIT(PSY_TECHNOLOGY) |
		     PSY_BIT(PSY_CAPACITY) | PSY_BIT(PSY_CAPACITY_LEVEL) |
		     PSY_BIT(PSY_CAPACITY_STEP);

	if (id->rated_battery_uv)
		fields |= PSY_BIT(PSY_VOLTAGE_MIN_DESIGN);
	if (s->valid & UPS_HAS_BATTERY)
		fields |= PSY_BIT(PSY_VOLTAGE_NOW);
	if (id->energy_full_uwh) {
		fields |= PSY_BIT(PSY_ENERGY_FULL) | PSY_BIT(PSY_ENERGY_FULL_DESIGN);
		if (ups_has_power_now(id, s))
			fields |= PSY_BIT(PSY_POWER_NOW);
		if (s->valid & UPS_HAS_CHARGE)
			fields |= PSY_BIT(PSY_ENERGY_NOW);
	}
	if (s->valid & UPS_HAS_TEMP)
		fields |= PSY_BIT(PSY_TEMP);
	if (s->valid & UPS_HAS_RUNTIME)
		fields |= PSY_BIT(PSY_TIME_TO_EMPTY_NOW);
	return fields;
}

/*
 * Without a capacity the scope is Device, so that desktops ignore the battery: with
 * scope System they would take it for a battery at 0 percent. Hence there is no
 * capacity while the charge is unknown, unless the battery is low.
 */
static enum psy_role ups_role(struct ups *ups)
{
	return ups_capacity(ups_sm_power_state(&ups->sm), &ups->status) >= 0 ?
	       PSY_ROLE_SYSTEM : PSY_ROLE_MEMBER;
}

/* Number of known strings: they become known one by one, and never change. */
static unsigned int ups_strings(const struct ups_ident *id)
{
	return !!id->manufacturer[0] + !!id->model[0] + !!id->serial[0];
}

static int ups_battery_register(struct ups *ups)
{
	struct psy_miniclass_config cfg = {
		.drvdata = ups,
		.name = ups->name,
		.role = ups_role(ups),
		.last_tag = ups->registrations++,
		/* Each reading is announced. */
		.alarms = PSY_ALARM_STATE | PSY_LIMIT_LOW | PSY_LIMIT_HIGH | PSY_LIMIT_TEMP_MIN |
			  PSY_LIMIT_TEMP_MAX,
		.user_limits = &ups->limits,
		.group = &ups_attr_group,
		.polled = "ups_state",
	};
	struct device *dev = ups->dev;
	struct psy_miniclass *mc;

	ups->battery_desc = (struct psy_miniclass_desc){
		.extra = ups_fields(ups),
		.strings = true,
		.backup = true,
		.ops = &ups_battery_ops,
	};
	ups->role = cfg.role;
	ups->strings = ups_strings(&ups->ident);
	ups->shown = ups->status.valid;
	mc = psy_miniclass_register(dev, &ups->battery_desc, &cfg);
	if (IS_ERR(mc)) {
		dev_err_ratelimited(dev, "cannot register %s (%ld)\n", ups->name, PTR_ERR(mc));
		return PTR_ERR(mc);
	}
	ups->battery = mc;
	return 0;
}

static void ups_battery_unregister(struct ups *ups)
{
	if (ups->battery)
		psy_miniclass_unregister(ups->battery);
	ups->battery = NULL;
}

/* The property list of a supply is fixed: register it again to change the list. */
static void ups_battery_refresh(struct ups *ups)
{
	if (ups->battery && ups->battery_desc.extra == ups_fields(ups) &&
	    ups->role == ups_role(ups) && ups->strings == ups_strings(&ups->ident))
		return;
	ups_battery_unregister(ups);
	ups_battery_register(ups);
}

/* Offline without communication: mains may have failed. */
static int ups_online(enum ups_state state)
{
	return state == UPS_ONLINE;
}

static int ups_mains_get(struct power_supply *psy, enum power_supply_property psp,
			 union power_supply_propval *val)
{
	struct ups *ups = power_supply_get_drvdata(psy);

	switch (psp) {
	case POWER_SUPPLY_PROP_ONLINE:
		val->intval = ups_online(ups_get_state(ups));
		return 0;
	case POWER_SUPPLY_PROP_SCOPE:
		val->intval = POWER_SUPPLY_SCOPE_SYSTEM;
		return 0;
	default:
		return -EINVAL;
	}
}

static const enum power_supply_property ups_mains_props[] = {
	POWER_SUPPLY_PROP_ONLINE,
	POWER_SUPPLY_PROP_SCOPE,
};

/**
 * ups_supplies_register() - register the two supplies
 * @ups: the instance, which has a first reading
 *
 * Context: may sleep.
 * Return: 0 or a negative error, after a message.
 */
int ups_supplies_register(struct ups *ups)
{
	struct device *dev = ups->dev;
	struct power_supply_config cfg = { .drv_data = ups, .fwnode = dev_fwnode(dev) };
	struct power_supply *mains;
	int ret;

	ups->mains_desc = (struct power_supply_desc){
		.name = ups->mains_name,
		.type = POWER_SUPPLY_TYPE_MAINS,
		.properties = ups_mains_props,
		.num_properties = ARRAY_SIZE(ups_mains_props),
		.get_property = ups_mains_get,
	};
	ups->supplied_to[0] = ups->name;
	cfg.supplied_to = (char **)ups->supplied_to;
	cfg.num_supplicants = 1;
	mains = power_supply_register(dev, &ups->mains_desc, &cfg);
	if (IS_ERR(mains)) {
		dev_err(dev, "cannot register %s (%ld)\n", ups->mains_name, PTR_ERR(mains));
		return PTR_ERR(mains);
	}
	ret = ups_battery_register(ups);
	if (ret) {
		power_supply_unregister(mains);
		return ret;
	}
	ups->mains = mains;
	/* Whatever readers saw so far, the next poll reports. */
	ups->last_online = -1;
	ups->last_state = UPS_NO_COMM;
	return 0;
}

void ups_supplies_unregister(struct ups *ups)
{
	ups_battery_unregister(ups);
	if (ups->mains)
		power_supply_unregister(ups->mains);
	ups->mains = NULL;
}

/**
 * ups_supplies_update() - report changes to user space
 * @ups: the instance, after a poll
 *
 * The battery is registered again if its list of properties has changed.
 *
 * Context: may sleep; from the work of the instance.
 */
void ups_supplies_update(struct ups *ups)
{
	enum ups_state state = ups_get_state(ups);
	int online = ups_online(state);

	/* Mains first: upower refreshes all batteries when a mains supply changes. */
	if (online != ups->last_online)
		power_supply_changed(ups->mains);
	ups_battery_refresh(ups);
	if (ups->battery) {
		ups_attrs_update(ups);
		if (state != ups->last_state)
			psy_miniclass_event(ups->battery);
		else
			psy_miniclass_changed(ups->battery);
	}
	ups->last_online = online;
	ups->last_state = state;
}
