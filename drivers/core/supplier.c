// SPDX-License-Identifier: GPL-2.0-only
/* Status of a battery by the chargers that supply it. */
#include <linux/export.h>
#include <linux/lockdep.h>
#include <linux/power_supply.h>

#include "internal.h"

static int psy_supplier_status(struct power_supply *psy)
{
	union power_supply_propval val = { .intval = POWER_SUPPLY_STATUS_UNKNOWN };
	int online = power_supply_am_i_supplied(psy);

	if (online < 0)
		return POWER_SUPPLY_STATUS_UNKNOWN;
	if (!online)
		return POWER_SUPPLY_STATUS_DISCHARGING;
	if (power_supply_get_property_from_supplier(psy, POWER_SUPPLY_PROP_STATUS, &val) ||
	    val.intval <= POWER_SUPPLY_STATUS_UNKNOWN || val.intval > POWER_SUPPLY_STATUS_FULL)
		return POWER_SUPPLY_STATUS_CHARGING;
	return val.intval;
}

/**
 * psy_suppliers_ask() - get the status by the suppliers of a battery
 * @mc: the instance, which is registered
 *
 * A charger may read its battery while it reports a property. So it is not asked with
 * the lock of the instance held, nor by a reader of the battery, which it would call
 * without end: only by the worker, and before the instance is live.
 *
 * Context: may sleep.
 */
void psy_suppliers_ask(struct psy_miniclass *mc)
{
	unsigned long flags;
	int status;

	if (!mc->desc->supplied)
		return;

	status = psy_supplier_status(mc->psy);
	spin_lock_irqsave(&mc->snap_lock, flags);
	if (status != mc->supplier_status)
		mc->refresh_req++;
	mc->supplier_status = status;
	spin_unlock_irqrestore(&mc->snap_lock, flags);
}

/**
 * psy_miniclass_supplier_status() - get the status by the suppliers within a hook
 * @mc: the instance, with &psy_miniclass_desc->supplied
 *
 * Hooks must not ask the suppliers themselves.
 *
 * Context: inside a hook (the lock of the instance is held).
 * Return: %POWER_SUPPLY_STATUS_DISCHARGING and so on, as last asked;
 * %POWER_SUPPLY_STATUS_UNKNOWN without a supplier.
 */
int psy_miniclass_supplier_status(struct psy_miniclass *mc)
{
	lockdep_assert_held(&mc->lock);
	return READ_ONCE(mc->supplier_status);
}
EXPORT_SYMBOL_NS_GPL(psy_miniclass_supplier_status, "PSY_MINICLASS");
