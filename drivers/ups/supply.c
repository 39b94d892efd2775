// SPDX-License-Identifier: GPL-2.0-only
/*
 * The power supplies: a battery and its mains input. upower does not recognise a
 * supply of type UPS as a UPS, and newer versions ignore it; systemd takes it for a
 * mains supply that is online. All programs handle the two supplies correctly.
 */
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/math64.h>
#include <linux/property.h>
#include <linux/serdev.h>
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

static int ups_get_text(const char *text, union power_supply_propval *val)
{
	/* Written once, before a supply with this property is registered */
	val->strval = text;
	return text[0] ? 0 : -ENODATA;
}

static int ups_battery_get(struct power_supply *psy, enum power_supply_property psp,
			   union power_supply_propval *val)
{
	struct ups_serial *ups = power_supply_get_drvdata(psy);
	const struct ups_ident *ident = &ups->ident;
	struct ups_status s;
	enum ups_state state;
	unsigned long flags;
	int last;

	spin_lock_irqsave(&ups->lock, flags);
	s = ups->status;
	state = ups_sm_power_state(&ups->sm);
	last = ups->capacity;
	spin_unlock_irqrestore(&ups->lock, flags);

	switch (psp) {
	case POWER_SUPPLY_PROP_PRESENT:
		val->intval = 1;
		return 0;
	case POWER_SUPPLY_PROP_SCOPE:
		val->intval = ups->has_capacity ? POWER_SUPPLY_SCOPE_SYSTEM :
						  POWER_SUPPLY_SCOPE_DEVICE;
		return 0;
	case POWER_SUPPLY_PROP_TECHNOLOGY:
		/* Lead acid, for which there is no constant */
		val->intval = POWER_SUPPLY_TECHNOLOGY_UNKNOWN;
		return 0;
	case POWER_SUPPLY_PROP_STATUS:
		val->intval = ups_battery_status(state, &s);
		return 0;
	case POWER_SUPPLY_PROP_HEALTH:
		val->intval = ups_health(&s);
		return 0;
	case POWER_SUPPLY_PROP_CAPACITY_LEVEL:
		val->intval = ups_level(state);
		return 0;
	case POWER_SUPPLY_PROP_CAPACITY:
		val->intval = ups_capacity(state, &s);
		/* Unknown now: about to be registered again without capacity */
		if (val->intval < 0)
			val->intval = last;
		return 0;
	case POWER_SUPPLY_PROP_ENERGY_FULL:
	case POWER_SUPPLY_PROP_ENERGY_FULL_DESIGN:
		val->intval = ident->energy_full_uwh;
		break;
	case POWER_SUPPLY_PROP_ENERGY_NOW:
		val->intval = ups_energy(state, ident, &s);
		break;
	case POWER_SUPPLY_PROP_POWER_NOW:
		val->intval = ups_power_now(state, ident, &s);
		break;
	case POWER_SUPPLY_PROP_TIME_TO_EMPTY_NOW:
		val->intval = ups_runtime(state, &s);
		break;
	case POWER_SUPPLY_PROP_VOLTAGE_NOW:
		val->intval = s.valid & UPS_HAS_BATTERY ? s.battery_uv : -ENODATA;
		break;
	case POWER_SUPPLY_PROP_VOLTAGE_MIN_DESIGN:
		val->intval = ident->rated_battery_uv;
		break;
	case POWER_SUPPLY_PROP_TEMP:
		if (!(s.valid & UPS_HAS_TEMP))
			return -ENODATA;
		val->intval = s.temp;
		return 0;
	case POWER_SUPPLY_PROP_MODEL_NAME:
		return ups_get_text(ident->model, val);
	case POWER_SUPPLY_PROP_MANUFACTURER:
		return ups_get_text(ident->manufacturer, val);
	case POWER_SUPPLY_PROP_SERIAL_NUMBER:
		return ups_get_text(ident->serial, val);
	default:
		return -EINVAL;
	}
	return val->intval < 0 ? -ENODATA : 0;
}

/* Offline without communication: mains may have failed. */
static int ups_online(enum ups_state state)
{
	return state == UPS_ONLINE;
}

static int ups_mains_get(struct power_supply *psy, enum power_supply_property psp,
			 union power_supply_propval *val)
{
	struct ups_serial *ups = power_supply_get_drvdata(psy);

	switch (psp) {
	case POWER_SUPPLY_PROP_ONLINE:
		val->intval = ups_online(ups_serial_get_state(ups));
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

/*
 * List the properties of this UPS, in the usual order. All of them must be readable
 * from now on: programs take an error for 0, and one of them takes it for a failure of
 * all supplies. Hence there is no capacity while the charge is unknown, unless the
 * battery is low.
 */
static unsigned int ups_list_props(struct ups_serial *ups, enum power_supply_property *p,
				   bool *has_capacity)
{
	enum ups_state power = ups_sm_power_state(&ups->sm);
	const struct ups_ident *id = &ups->ident;
	const struct ups_status *s = &ups->status;
	unsigned int n = 0;

	*has_capacity = ups_capacity(power, s) >= 0;
	p[n++] = POWER_SUPPLY_PROP_PRESENT;
	p[n++] = POWER_SUPPLY_PROP_SCOPE;
	p[n++] = POWER_SUPPLY_PROP_STATUS;
	p[n++] = POWER_SUPPLY_PROP_HEALTH;
	p[n++] = POWER_SUPPLY_PROP_TECHNOLOGY;
	if (id->rated_battery_uv)
		p[n++] = POWER_SUPPLY_PROP_VOLTAGE_MIN_DESIGN;
	if (s->valid & UPS_HAS_BATTERY)
		p[n++] = POWER_SUPPLY_PROP_VOLTAGE_NOW;
	if (id->energy_full_uwh) {
		if (ups_has_power_now(id, s))
			p[n++] = POWER_SUPPLY_PROP_POWER_NOW;
		p[n++] = POWER_SUPPLY_PROP_ENERGY_FULL_DESIGN;
		p[n++] = POWER_SUPPLY_PROP_ENERGY_FULL;
		if (s->valid & UPS_HAS_CHARGE)
			p[n++] = POWER_SUPPLY_PROP_ENERGY_NOW;
	}
	if (*has_capacity) {
		p[n++] = POWER_SUPPLY_PROP_CAPACITY;
		p[n++] = POWER_SUPPLY_PROP_CAPACITY_LEVEL;
	}
	if (ups->desc->temp && (s->valid & UPS_HAS_TEMP))
		p[n++] = POWER_SUPPLY_PROP_TEMP;
	if (s->valid & UPS_HAS_RUNTIME)
		p[n++] = POWER_SUPPLY_PROP_TIME_TO_EMPTY_NOW;
	if (id->model[0])
		p[n++] = POWER_SUPPLY_PROP_MODEL_NAME;
	if (id->manufacturer[0])
		p[n++] = POWER_SUPPLY_PROP_MANUFACTURER;
	if (id->serial[0])
		p[n++] = POWER_SUPPLY_PROP_SERIAL_NUMBER;
	return n;
}

/* Type UPS only on request, for special programs: see the top of this file. */
static enum power_supply_type ups_battery_type(struct device *dev)
{
	return device_property_read_bool(dev, "ups-supply-type") ? POWER_SUPPLY_TYPE_UPS :
								  POWER_SUPPLY_TYPE_BATTERY;
}

/*
 * Without a capacity the scope is Device, so that desktops ignore the battery: with
 * scope System they would take it for a battery at 0 percent.
 */
static int ups_battery_register(struct ups_serial *ups)
{
	struct device *dev = &ups->serdev->dev;
	struct power_supply_config cfg = {
		.drv_data = ups,
		.fwnode = dev_fwnode(dev),
		.attr_grp = ups_attr_groups,
	};
	struct power_supply *battery;

	ups->battery_desc = (struct power_supply_desc){
		.name = ups->name,
		.type = ups_battery_type(dev),
		.properties = ups->props,
		.num_properties = ups_list_props(ups, ups->props, &ups->has_capacity),
		.get_property = ups_battery_get,
	};
	ups->shown = ups->status.valid;
	battery = power_supply_register(dev, &ups->battery_desc, &cfg);
	if (IS_ERR(battery)) {
		dev_err_ratelimited(dev, "cannot register %s (%ld)\n", ups->name,
				    PTR_ERR(battery));
		return PTR_ERR(battery);
	}
	ups->battery = battery;
	return 0;
}

/*
 * The removal of a file does not wake poll(): wake pollers before it, and let them
 * read an error, so that they do not wait again.
 */
static void ups_battery_unregister(struct ups_serial *ups)
{
	if (!ups->battery)
		return;
	WRITE_ONCE(ups->removing, true);
	sysfs_notify(&ups->battery->dev.kobj, NULL, "ups_state");
	power_supply_unregister(ups->battery);
	ups->battery = NULL;
	WRITE_ONCE(ups->removing, false);
}

/* The property list of a supply is fixed: register it again to change the list. */
static void ups_battery_refresh(struct ups_serial *ups)
{
	enum power_supply_property props[UPS_MAX_PROPS];
	bool has_capacity;
	size_t num;

	num = ups_list_props(ups, props, &has_capacity);
	if (ups->battery && num == ups->battery_desc.num_properties &&
	    !memcmp(props, ups->props, num * sizeof(*props)))
		return;
	ups_battery_unregister(ups);
	ups_battery_register(ups);
}

/**
 * ups_supplies_register() - register the two supplies
 * @ups: the instance, which has a first reading
 *
 * Context: may sleep.
 * Return: 0 or a negative error, after a message.
 */
int ups_supplies_register(struct ups_serial *ups)
{
	struct device *dev = &ups->serdev->dev;
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
	/* Values that no state has: whatever readers saw so far, the next poll reports. */
	ups->last_event.online = -1;
	ups->last_event.status = -1;
	ups->last_event.state = UPS_NO_COMM;
	if (ups->ident.model[0])
		dev_info(dev, "%s %s %s\n", ups->ident.manufacturer, ups->ident.model,
			 ups->ident.firmware);
	return 0;
}

void ups_supplies_unregister(struct ups_serial *ups)
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
void ups_supplies_update(struct ups_serial *ups)
{
	enum ups_state state = ups_serial_get_state(ups);
	enum ups_state power = ups_sm_power_state(&ups->sm);
	int online = ups_online(state);
	int status = ups_battery_status(power, &ups->status);
	int capacity = ups_capacity(power, &ups->status);
	int health = ups_health(&ups->status);
	ktime_t now = ktime_get_boottime();

	/* Mains first: upower refreshes all batteries when a mains supply changes. */
	if (online != ups->last_event.online)
		power_supply_changed(ups->mains);
	ups_battery_refresh(ups);
	if (ups->battery)
		ups_attrs_update(ups);
	if (ups->battery &&
	    (status != ups->last_event.status || health != ups->last_event.health ||
	     state != ups->last_event.state ||
	     ups_capacity_event(ups->last_event.capacity, capacity, ups->last_event.at, now,
				status == POWER_SUPPLY_STATUS_DISCHARGING))) {
		ups->stats.events++;
		ups->last_event.capacity = capacity;
		ups->last_event.at = now;
		power_supply_changed(ups->battery);
		if (state != ups->last_event.state)
			sysfs_notify(&ups->battery->dev.kobj, NULL, "ups_state");
	}
	ups->last_event.online = online;
	ups->last_event.status = status;
	ups->last_event.health = health;
	ups->last_event.state = state;
}
