// SPDX-License-Identifier: GPL-2.0-only
/*
 * psy-miniclass: battery class driver for the power_supply subsystem.
 *
 * Registration, lifetime and the entry points of the power_supply core. Lock
 * order: psy_miniclass::lock, then psy_miniclass::snap_lock.
 */
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/lockdep.h>
#include <linux/module.h>
#include <linux/property.h>
#include <linux/regmap.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>

#include "internal.h"

#define PSY_FRESH_MS		1000
#define PSY_FRESH_MAX_MS	60000
#define PSY_POLL_MS		10000
#define PSY_GONE_MS		5000
#define PSY_GONE_MISSES		3
#define PSY_RETRIES		3
#define PSY_SETTLE_POLLS	5
#define PSY_NOTIFY_GAP_MS	1000
#define PSY_SETTLE_MS		15000

static int psy_get_property(struct power_supply *psy, enum power_supply_property psp,
			    union power_supply_propval *val);

static unsigned int fresh_ms;
module_param(fresh_ms, uint, 0444);
MODULE_PARM_DESC(fresh_ms, "Lifetime of a snapshot in milliseconds, up to 60000; 0 for the driver's default");

/**
 * psy_miniclass_get_drvdata() - get the driver's private data
 * @mc: the instance
 *
 * Context: any.
 * Return: the pointer that was passed at registration.
 */
void *psy_miniclass_get_drvdata(struct psy_miniclass *mc)
{
	return mc->drvdata;
}
EXPORT_SYMBOL_NS_GPL(psy_miniclass_get_drvdata, "PSY_MINICLASS");

/**
 * psy_miniclass_to_psy() - get the supply of an instance
 * @mc: the instance
 *
 * Context: any; not from within a hook, which may run before registration.
 * Return: the supply, which lives as long as the instance.
 */
struct power_supply *psy_miniclass_to_psy(struct psy_miniclass *mc)
{
	return mc->psy;
}
EXPORT_SYMBOL_NS_GPL(psy_miniclass_to_psy, "PSY_MINICLASS");

/**
 * psy_miniclass_from_psy() - get the instance behind a supply
 * @psy: any supply
 *
 * Context: any. The caller makes sure that @psy is not unregistered until it no
 * longer uses the instance.
 * Return: the instance, or NULL if @psy does not belong to this class.
 */
struct psy_miniclass *psy_miniclass_from_psy(struct power_supply *psy)
{
	return psy->desc->get_property == psy_get_property ? power_supply_get_drvdata(psy) : NULL;
}
EXPORT_SYMBOL_NS_GPL(psy_miniclass_from_psy, "PSY_MINICLASS");

/**
 * psy_miniclass_get_unit() - get the unit of the supply
 * @mc: the instance
 *
 * Fixed at registration, like the property list. A pack that counts in the other
 * unit must be switched to this one, or its fields stay unknown.
 *
 * Context: inside a hook.
 * Return: the unit; %PSY_UNIT_ANY if it is not fixed yet.
 */
enum psy_unit psy_miniclass_get_unit(struct psy_miniclass *mc)
{
	return mc->unit;
}
EXPORT_SYMBOL_NS_GPL(psy_miniclass_get_unit, "PSY_MINICLASS");

static int psy_scope(const struct psy_miniclass *mc)
{
	return mc->role == PSY_ROLE_SYSTEM ? POWER_SUPPLY_SCOPE_SYSTEM :
					     POWER_SUPPLY_SCOPE_DEVICE;
}

static int psy_get_property(struct power_supply *psy, enum power_supply_property psp,
			    union power_supply_propval *val)
{
	struct psy_miniclass *mc = power_supply_get_drvdata(psy);
	unsigned int index = 0;
	unsigned long flags;
	bool done;
	int ret;

	while (index < mc->psy_desc.num_properties && mc->props[index] != psp)
		index++;

	/*
	 * power_supply_is_system_supplied() reads SCOPE of every supply, possibly from
	 * inside the get_property() of a supply that our own refresh is reading. SCOPE
	 * is fixed at registration, so it needs neither a refresh nor the mutex.
	 */
	if (psp == POWER_SUPPLY_PROP_SCOPE) {
		spin_lock_irqsave(&mc->snap_lock, flags);
		psy_burst_skip(mc, index);
		spin_unlock_irqrestore(&mc->snap_lock, flags);
		val->intval = psy_scope(mc);
		return 0;
	}

	spin_lock_irqsave(&mc->snap_lock, flags);
	done = psy_burst_get(mc, index, psp, false, val, &ret);
	spin_unlock_irqrestore(&mc->snap_lock, flags);
	if (done)
		return ret;

	psy_refresh(mc);

	spin_lock_irqsave(&mc->snap_lock, flags);
	if (!psy_burst_get(mc, index, psp, true, val, &ret))
		ret = psy_snap_get(mc, &mc->snap, mc->info_ref ? &mc->info_ref->info : NULL, psp,
				   val);
	spin_unlock_irqrestore(&mc->snap_lock, flags);
	return ret;
}

static int psy_writeable(struct power_supply *psy, enum power_supply_property psp)
{
	struct psy_miniclass *mc = power_supply_get_drvdata(psy);
	int field = psy_prop_field(psp);

	return psy_limit_of(psp) || (field >= 0 && (mc->desc->settable & PSY_BIT(field)));
}

static bool psy_setting_valid(const struct psy_miniclass_desc *desc, int field, int val)
{
	switch (field) {
	case PSY_CHARGE_BEHAVIOUR:
		return val >= 0 && val < 8 && (desc->charge_behaviours & BIT(val));
	case PSY_CHARGE_START_THRESHOLD:
	case PSY_CHARGE_END_THRESHOLD:
		return val >= 0 && val <= 100;
	default:
		return val >= 0;
	}
}

/*
 * Do not pass on bus errors: some of them mean something different to a process
 * writing the file.
 */
static int psy_set_errno(int err)
{
	switch (err) {
	case -EINVAL:
	case -EOPNOTSUPP:
	case -ENODEV:
	case -EPERM:
	case -EBUSY:
		return err;
	default:
		return err ? -EIO : 0;
	}
}

static int psy_set_property(struct power_supply *psy, enum power_supply_property psp,
			    const union power_supply_propval *val)
{
	struct psy_miniclass *mc = power_supply_get_drvdata(psy);
	int field, ret;

	if (psy_limit_of(psp)) {
		if (!psy_limit_in_range(psy_limit_of(psp), val->intval))
			return -EINVAL;
		psy_refresh(mc);
		ret = psy_limit_set(mc, psp, val->intval);
		if (!ret)
			psy_kick(mc, 0);
		return ret;
	}

	field = psy_prop_field(psp);
	if (field < 0 || !(mc->desc->settable & PSY_BIT(field)))
		return -EOPNOTSUPP;
	if (!psy_setting_valid(mc->desc, field, val->intval))
		return -EINVAL;

	psy_refresh(mc);
	mutex_lock(&mc->lock);
	mc->budget = mc->max_retries;
	if (mc->info_ref && !READ_ONCE(mc->dying))
		ret = mc->desc->ops->set_info(mc, field, val->intval);
	else
		ret = -ENODEV;
	mutex_unlock(&mc->lock);
	psy_kick(mc, 0);
	return psy_set_errno(ret);
}

static int psy_check_desc(struct device *dev, const struct psy_miniclass_desc *desc,
			  const struct psy_miniclass_config *config)
{
	int bytes, row;

	if (desc->num_rows && !config->regmap)
		return dev_err_probe(dev, -EINVAL, "rows need a regmap\n");
	if (desc->run > PSY_RUN_MAX)
		return dev_err_probe(dev, -EINVAL, "run is %u, must be up to %u\n", desc->run,
				     PSY_RUN_MAX);
	if (!!(desc->ops && desc->ops->set_notify) !=
	    !!(desc->ops && desc->ops->disable_notify))
		return dev_err_probe(dev, -EINVAL,
				     "set_notify and disable_notify must come together\n");
	if (desc->fresh_ms > PSY_FRESH_MAX_MS)
		return dev_err_probe(dev, -EINVAL, "fresh_ms is %u, must be up to %u\n",
				     desc->fresh_ms, PSY_FRESH_MAX_MS);
	if (desc->settable && !(desc->ops && desc->ops->set_info))
		return dev_err_probe(dev, -EINVAL, "settable needs set_info\n");

	if (desc->num_rows) {
		bytes = regmap_get_val_bytes(config->regmap);
		if (bytes != 1 && bytes != 2 && bytes != 4)
			return dev_err_probe(dev, -EINVAL,
					     "registers must have 8, 16 or 32 bits\n");
		row = psy_rows_check(desc, 8 * bytes);
		if (row >= 0)
			return dev_err_probe(dev, -EINVAL, "invalid field row %d\n", row);
	}
	return 0;
}

static struct psy_miniclass *psy_alloc(struct device *dev,
				       const struct psy_miniclass_desc *desc,
				       const struct psy_miniclass_config *config)
{
	unsigned int poll_ms = desc->poll_ms ?: PSY_POLL_MS;
	unsigned int gone_ms = desc->gone_ms ?: PSY_GONE_MS;
	struct psy_miniclass *mc;

	mc = kzalloc(sizeof(*mc), GFP_KERNEL);
	if (!mc)
		return NULL;

	mc->dev = dev;
	mc->desc = desc;
	mc->regmap = config->regmap;
	mc->drvdata = config->drvdata;
	mc->fresh = ms_to_ktime(fresh_ms ?: desc->fresh_ms ?: PSY_FRESH_MS);
	mc->notify_gap = min(mc->fresh, ms_to_ktime(PSY_NOTIFY_GAP_MS));
	mc->quick = nsecs_to_jiffies(ktime_to_ns(mc->fresh)) + 1;
	mc->settle = ms_to_ktime(desc->settle_ms ?: PSY_SETTLE_MS);
	mc->alarms = config->alarms;
	mc->gone = ms_to_ktime(gone_ms);
	mc->gone_misses = PSY_GONE_MISSES;
	mc->stale = ms_to_ktime(poll_ms + gone_ms);
	mc->poll = msecs_to_jiffies(poll_ms);
	mc->settle_polls = config->settle_polls ?: PSY_SETTLE_POLLS;
	mc->max_retries = config->retries ?: PSY_RETRIES;
	psy_reset_scales(mc);
	psy_rows_init(mc);
	mc->last_tag = config->last_tag;
	mutex_init(&mc->lock);
	lockdep_set_subclass(&mc->lock, desc->nested);
	spin_lock_init(&mc->snap_lock);
	psy_waits_init(&mc->waits);
	INIT_LIST_HEAD(&mc->waiters);
	mc->groups[0] = &psy_attr_group;
	mc->groups[1] = config->group;
	mc->polled = config->polled;
	psy_work_init(mc);
	return mc;
}

static void psy_free(struct psy_miniclass *mc)
{
	psy_info_drain(mc);
	mutex_destroy(&mc->lock);
	kfree(mc);
}

static int psy_prop_order(const void *a, const void *b)
{
	const enum power_supply_property *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static void psy_fill_desc(struct psy_miniclass *mc)
{
	u64 fields = mc->listed;
	unsigned int n;

	if (mc->role == PSY_ROLE_MEMBER)
		fields &= ~(PSY_BIT(PSY_CAPACITY) | PSY_BIT(PSY_CAPACITY_LEVEL));
	n = psy_list_props(fields, mc->has_strings, mc->unit, mc->props);
	n += psy_limits_list(mc, mc->props + n);
	/*
	 * Older cores build a uevent in the order of the list, newer ones in the order
	 * of the enum. Make both the same, as psy_burst_get() relies on the order.
	 */
	sort(mc->props, n, sizeof(mc->props[0]), psy_prop_order, NULL);
	mc->psy_desc = (struct power_supply_desc){
		.name = mc->name,
		.type = POWER_SUPPLY_TYPE_BATTERY,
		.properties = mc->props,
		.num_properties = n,
		.get_property = psy_get_property,
		.set_property = psy_set_property,
		/*
		 * For an empty slot the thermal core would log each failed reading,
		 * access the bus on its own, and finally give up on the zone.
		 */
		.no_thermal = true,
		.property_is_writeable = psy_writeable,
	};
	psy_desc_set_behaviours(&mc->psy_desc, mc->desc->charge_behaviours);
}

static int psy_register(struct psy_miniclass *mc, const char *name)
{
	struct power_supply_config cfg = {
		.drv_data = mc,
		.attr_grp = mc->groups,
	};
	struct power_supply *psy;
	unsigned int next = 0;
	int ret;

	/*
	 * The core also attaches the node to the supply. A managed software node would
	 * be freed together with the supply, while the device still uses it.
	 */
	if (!is_software_node(dev_fwnode(mc->dev)))
		cfg.fwnode = dev_fwnode(mc->dev);

	psy_fill_desc(mc);
	do {
		ret = psy_name_get(mc, name, &next);
		if (ret)
			return ret;
		psy = power_supply_register(mc->dev, &mc->psy_desc, &cfg);
		if (!IS_ERR(psy)) {
			mc->psy = psy;
			return 0;
		}
		psy_name_put(mc);
	} while (!name && PTR_ERR(psy) == -EEXIST);

	return dev_err_probe(mc->dev, PTR_ERR(psy), "cannot register %s\n", mc->name);
}

/* Start polling and reporting changes. */
static void psy_go_live(struct psy_miniclass *mc)
{
	spin_lock_irq(&mc->snap_lock);
	/*
	 * Report a limit set by user space even if it is crossed already: a process
	 * that polled it on the former instance was woken to poll it here.
	 */
	mc->last_event.alerts = psy_alerts(&mc->limits, &mc->snap.status) & ~mc->limits_set;
	mc->live = true;
	/* Poll at once if there is an alarm to set. */
	if (mc->alarms)
		mc->refresh_req++;
	psy_poll_in(mc, mc->refresh_req != mc->refresh_done || mc->unsure || mc->limits_set ?
		    0 : mc->poll);
	spin_unlock_irq(&mc->snap_lock);
	/* A reader may have refreshed the snapshot since the registration. */
	psy_event_check(mc);
}

/**
 * psy_miniclass_register() - register a battery slot
 * @dev: device of the miniclass driver
 * @desc: type of the device; must outlive the instance
 * @config: configuration of the instance; not used after the call
 *
 * Reads the pack, if present, fixes the property list, and registers the supply.
 * A slot without a pack is registered as well, with PRESENT 0. Everything that the
 * hooks use must be ready before the call; interrupts that call
 * psy_miniclass_changed() are requested after it.
 *
 * For drivers that register a slot again when its properties change; see
 * devm_psy_miniclass_register().
 *
 * Context: may sleep.
 * Return: the instance or an ERR_PTR(): -EINVAL for an invalid @desc, name or
 * firmware property, -EEXIST if the name is taken, -ENOSPC, -ENOMEM, or an error
 * of power_supply_register().
 */
struct psy_miniclass *psy_miniclass_register(struct device *dev,
					     const struct psy_miniclass_desc *desc,
					     const struct psy_miniclass_config *config)
{
	struct psy_miniclass *mc;
	enum psy_role role;
	int ret;

	ret = psy_check_desc(dev, desc, config);
	if (ret)
		return ERR_PTR(ret);

	ret = psy_role_get(dev, config->role, &role);
	if (ret)
		return ERR_PTR(ret);

	mc = psy_alloc(dev, desc, config);
	if (!mc)
		return ERR_PTR(-ENOMEM);
	mc->role = role;

	ret = psy_limits_init(mc, config->user_limits);
	if (!ret)
		ret = psy_refresh_first(mc);
	if (!ret) {
		/* The first values that user space can read */
		psy_event_fill(&mc->last_event, &mc->snap);
		ret = psy_register(mc, config->name);
	}
	if (ret) {
		psy_free(mc);
		return ERR_PTR(ret);
	}

	psy_suppliers_ask(mc);
	psy_debugfs_add(mc);
	psy_go_live(mc);
	psy_work_start(mc);
	return mc;
}
EXPORT_SYMBOL_NS_GPL(psy_miniclass_register, "PSY_MINICLASS");

/**
 * psy_miniclass_unregister() - unregister a battery slot
 * @mc: the instance; freed
 *
 * Waits for readers in progress and ends all waits. No hook is called afterwards.
 *
 * Context: may sleep; not from within a hook or an attribute of the instance.
 */
void psy_miniclass_unregister(struct psy_miniclass *mc)
{
	struct kernfs_node *polled[PSY_NR_POLLED];

	/*
	 * First prevent new work from being queued. Then unregister the supply, which
	 * waits for readers in progress; after that nothing uses the instance.
	 */
	psy_work_stop(mc);
	psy_waits_end(&mc->waits);
	psy_debugfs_remove(mc);
	psy_polled_get(mc, polled);
	power_supply_unregister(mc->psy);
	psy_polled_end(polled);
	psy_limits_disarm(mc);
	psy_name_put(mc);
	psy_free(mc);
}
EXPORT_SYMBOL_NS_GPL(psy_miniclass_unregister, "PSY_MINICLASS");

static void psy_release(void *mc)
{
	psy_miniclass_unregister(mc);
}

/**
 * devm_psy_miniclass_register() - register a battery slot of a bound device
 * @dev: device of the miniclass driver
 * @desc: type of the device; must outlive the instance
 * @config: configuration of the instance; not used after the call
 *
 * As psy_miniclass_register(), but unregistered when @dev is unbound.
 *
 * Context: may sleep; from probe.
 * Return: as psy_miniclass_register().
 */
struct psy_miniclass *
devm_psy_miniclass_register(struct device *dev,
			    const struct psy_miniclass_desc *desc,
			    const struct psy_miniclass_config *config)
{
	struct psy_miniclass *mc = psy_miniclass_register(dev, desc, config);
	int ret;

	if (IS_ERR(mc))
		return mc;
	ret = devm_add_action_or_reset(dev, psy_release, mc);
	return ret ? ERR_PTR(ret) : mc;
}
EXPORT_SYMBOL_NS_GPL(devm_psy_miniclass_register, "PSY_MINICLASS");

static int __init psy_miniclass_init(void)
{
	int ret;

	if (fresh_ms > PSY_FRESH_MAX_MS) {
		pr_err("psy-miniclass: fresh_ms: is %u, must be 0..%u\n", fresh_ms,
		       PSY_FRESH_MAX_MS);
		return -EINVAL;
	}
	ret = psy_poll_init();
	if (ret)
		return ret;
	psy_debugfs_init();
	return 0;
}
module_init(psy_miniclass_init);

static void __exit psy_miniclass_exit(void)
{
	psy_debugfs_exit();
	psy_poll_exit();
	psy_info_ref_exit();
}
module_exit(psy_miniclass_exit);

MODULE_DESCRIPTION("Battery class driver for the power_supply subsystem");
MODULE_AUTHOR("The psy-miniclass developers");
MODULE_LICENSE("GPL");
MODULE_VERSION(PSY_VERSION);
