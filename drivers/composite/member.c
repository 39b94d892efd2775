// SPDX-License-Identifier: GPL-2.0-only
/* One member: reading its values and setting its properties. */
#include <kunit/visibility.h>
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/module.h>
#include <linux/power_supply.h>
#include <linux/property.h>
#include <linux/stringhash.h>

#include "composite.h"

/*
 * Grace periods of supplies of other drivers: how long the last reading is kept when the
 * supply does not respond, and when it reports that there is no pack (some drivers report
 * a failed transfer as an empty slot). The class has a grace period of its own.
 */
#define CBAT_GRACE_MS		5000
#define CBAT_ABSENT_MS		3000

/* Fields that may be slightly old; all others must be of the same moment. */
#define CBAT_CARRIED		(PSY_INFO_FIELDS | PSY_BIT(PSY_HEALTH) | \
				 PSY_BIT(PSY_CAPACITY_LEVEL) | PSY_BIT(PSY_VOLTAGE_NOW) | \
				 PSY_BIT(PSY_TEMP) | PSY_BIT(PSY_CYCLE_COUNT) | \
				 PSY_BIT(PSY_CHARGE_BEHAVIOUR) | CBAT_THRESHOLDS)

static const struct {
	enum power_supply_property psp;
	enum psy_field field;
} cbat_props[] = {
	{ POWER_SUPPLY_PROP_STATUS,		PSY_STATUS },
	{ POWER_SUPPLY_PROP_HEALTH,		PSY_HEALTH },
	{ POWER_SUPPLY_PROP_CAPACITY,		PSY_CAPACITY },
	{ POWER_SUPPLY_PROP_CAPACITY_LEVEL,	PSY_CAPACITY_LEVEL },
	{ POWER_SUPPLY_PROP_VOLTAGE_NOW,	PSY_VOLTAGE_NOW },
	{ POWER_SUPPLY_PROP_CURRENT_NOW,	PSY_CURRENT_NOW },
	{ POWER_SUPPLY_PROP_POWER_NOW,		PSY_POWER_NOW },
	{ POWER_SUPPLY_PROP_ENERGY_NOW,		PSY_ENERGY_NOW },
	{ POWER_SUPPLY_PROP_ENERGY_FULL,	PSY_ENERGY_FULL },
	{ POWER_SUPPLY_PROP_CHARGE_NOW,		PSY_CHARGE_NOW },
	{ POWER_SUPPLY_PROP_CHARGE_FULL,	PSY_CHARGE_FULL },
	{ POWER_SUPPLY_PROP_TEMP,		PSY_TEMP },
	{ POWER_SUPPLY_PROP_CYCLE_COUNT,	PSY_CYCLE_COUNT },
	{ POWER_SUPPLY_PROP_CHARGE_BEHAVIOUR,	PSY_CHARGE_BEHAVIOUR },
	{ POWER_SUPPLY_PROP_CHARGE_CONTROL_START_THRESHOLD, PSY_CHARGE_START_THRESHOLD },
	{ POWER_SUPPLY_PROP_CHARGE_CONTROL_END_THRESHOLD, PSY_CHARGE_END_THRESHOLD },
	{ POWER_SUPPLY_PROP_VOLTAGE_MIN_DESIGN,	PSY_VOLTAGE_MIN_DESIGN },
	{ POWER_SUPPLY_PROP_ENERGY_FULL_DESIGN,	PSY_ENERGY_FULL_DESIGN },
	{ POWER_SUPPLY_PROP_CHARGE_FULL_DESIGN,	PSY_CHARGE_FULL_DESIGN },
	{ POWER_SUPPLY_PROP_TECHNOLOGY,		PSY_TECHNOLOGY },
};

static bool cbat_has_property(struct power_supply *psy, enum power_supply_property psp)
{
	size_t i;

	for (i = 0; i < psy->desc->num_properties; i++)
		if (psy->desc->properties[i] == psp)
			return true;
	return false;
}

/*
 * Add a string to the hash. If it cannot be read now, its last hash is used: some
 * adapters cannot transfer strings at all, and others fail occasionally.
 */
static void cbat_hash(struct power_supply *psy, enum power_supply_property psp, u32 *last,
		      u32 *hash)
{
	union power_supply_propval val;

	if (!power_supply_get_property(psy, psp, &val) && val.strval)
		*last = full_name_hash(NULL, val.strval, strlen(val.strval));
	*hash = *hash * 31 + *last;
}

/* An instance of the class returns one consistent copy. */
static int cbat_read_ours(struct psy_miniclass *mc, struct psy_values *v, u32 *identity)
{
	struct psy_snapshot snap;
	struct psy_info info;
	int ret;

	ret = psy_miniclass_get_pack(mc, &snap, &info);
	if (ret)
		return ret;

	*identity = snap.tag;
	*v = snap.status;
	psy_values_take(v, &info.values, PSY_INFO_FIELDS);
	return 0;
}

/* Prevent the removal of the member's supply; NULL, not locked, if there is none. */
static struct power_supply *cbat_slot_lock(const struct cbat_slot *slot)
{
	return slot->src ? cbat_source_lock(slot->src) : NULL;
}

/* Charge is not needed if energy is known: some drivers switch the pack's unit for each. */
static bool cbat_is_redundant(const struct psy_values *v, enum psy_field field)
{
	switch (field) {
	case PSY_CHARGE_NOW:
		return v->valid & PSY_BIT(PSY_ENERGY_NOW);
	case PSY_CHARGE_FULL:
		return v->valid & PSY_BIT(PSY_ENERGY_FULL);
	case PSY_CHARGE_FULL_DESIGN:
		return v->valid & PSY_BIT(PSY_ENERGY_FULL_DESIGN);
	default:
		return false;
	}
}

/* Whether a property of the supply's own driver is writable. The supply is locked. */
static bool cbat_psy_is_writeable(struct power_supply *psy, enum power_supply_property psp)
{
	return cbat_has_property(psy, psp) && psy->desc->set_property &&
	       psy->desc->property_is_writeable &&
	       psy->desc->property_is_writeable(psy, psp) > 0;
}

/*
 * The fields that a supply's property list allows, and those thresholds that it has: some
 * drivers list them for all models. The list does not include extensions.
 */
static void cbat_survey_psy(struct cbat_slot *slot, struct power_supply *psy,
			    const struct psy_values *v)
{
	u64 listed = 0, settable = 0, bit;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cbat_props); i++) {
		bit = PSY_BIT(cbat_props[i].field);
		if (cbat_has_property(psy, cbat_props[i].psp))
			listed |= bit;
		else if (!PSY_HAS_EXTENSIONS)
			continue;
		/* Only an extension itself knows whether it can be written. */
		if (v->valid & bit & CBAT_THRESHOLDS &&
		    (!(listed & bit) || cbat_psy_is_writeable(psy, cbat_props[i].psp)))
			settable |= bit;
	}
	slot->listed = (listed & ~CBAT_THRESHOLDS) | (v->valid & CBAT_THRESHOLDS);
	slot->settable = settable;
}

/* Errors for a value that is unknown or does not exist */
static bool cbat_is_unknown(int err)
{
	return err == -ENODATA || err == -EINVAL || err == -ENODEV;
}

/* How a reading can be added up: 0 not at all, 1 by percentage, 2 by energy */
static int cbat_rank(const struct cbat_pack *p)
{
	struct cbat_amounts a;

	if (cbat_amounts(p, &a))
		return 2;
	return p->v.valid & PSY_BIT(PSY_CAPACITY) ? 1 : 0;
}

/*
 * Status and amounts are needed to add up a member: a reading has failed if it lacks
 * one that the last reading had, or if an error left no amount or percentage. Some
 * drivers return -ENODATA after a failed transfer.
 */
static bool cbat_is_poorer(const struct cbat_pack *before, const struct psy_values *v, int err)
{
	const struct cbat_pack now = { true, before->present ? before->nominal : 0, *v };
	int rank = cbat_rank(&now);

	if (err && !rank)
		return true;
	return before->present &&
	       (rank < cbat_rank(before) ||
		(before->v.valid & ~v->valid & PSY_BIT(PSY_STATUS)));
}

/* Keep other values that are missing now during the grace period. */
static void cbat_carry_over(struct cbat_slot *slot, struct psy_values *v, ktime_t now)
{
	u64 missing = slot->pack.v.valid & ~v->valid & CBAT_CARRIED;

	if (!slot->pack.present || !missing) {
		slot->partial_since = 0;
		return;
	}
	if (!slot->partial_since)
		slot->partial_since = now;
	if (ktime_ms_delta(now, slot->partial_since) < CBAT_GRACE_MS)
		psy_values_take(v, &slot->pack.v, missing);
}

/*
 * A supply of another driver is read one property at a time. Properties that it does not
 * know or cannot read are unknown; without status or amounts the reading has failed.
 */
static int cbat_read_foreign(struct cbat_slot *slot, struct power_supply *psy, ktime_t now,
			     struct psy_values *v, u32 *identity)
{
	static const struct cbat_pack none;
	union power_supply_propval val;
	unsigned int i;
	int ret, err = 0;
	u32 hash = 1;
	bool same;

	if (!power_supply_get_property(psy, POWER_SUPPLY_PROP_PRESENT, &val) && !val.intval)
		return -ENODEV;

	*v = (struct psy_values){ };
	for (i = 0; i < ARRAY_SIZE(cbat_props); i++) {
		if (cbat_is_redundant(v, cbat_props[i].field))
			continue;
		ret = power_supply_get_property(psy, cbat_props[i].psp, &val);
		/* The ACPI driver reports 0 cycles if the firmware does not count them. */
		if (!ret && cbat_props[i].field == PSY_CYCLE_COUNT && val.intval <= 0)
			continue;
		if (!ret)
			psy_values_set(v, cbat_props[i].field, val.intval);
		else if (!cbat_is_unknown(ret))
			err = err ?: ret;
		/* The device does not respond: do not try the other properties. */
		if (err && cbat_props[i].field == PSY_STATUS)
			return err;
	}
	if (!v->valid)
		return err ?: -ENODEV;
	cbat_hash(psy, POWER_SUPPLY_PROP_MODEL_NAME, &slot->model, &hash);
	cbat_hash(psy, POWER_SUPPLY_PROP_SERIAL_NUMBER, &slot->serial, &hash);
	same = hash == slot->identity;
	if (cbat_is_poorer(same ? &slot->pack : &none, v, err))
		return err ?: -ENODATA;
	/* A different pack must not get values of the last one. */
	if (same)
		cbat_carry_over(slot, v, now);
	else
		slot->partial_since = 0;
	*identity = hash;
	return 0;
}

/*
 * A battery without a scope is one of the system. But a supply that is being unregistered
 * refuses all properties, while its last values have just been read: its scope must not
 * seem to change then, as the composite would be registered with a different name.
 */
static bool cbat_is_system(struct power_supply *psy, bool before)
{
	union power_supply_propval val;
	int ret = power_supply_get_property(psy, POWER_SUPPLY_PROP_SCOPE, &val);

	if (ret == -ENODEV || ret == -EAGAIN)
		return before;
	return ret || val.intval != POWER_SUPPLY_SCOPE_DEVICE;
}

/* A reading has failed. Keep the last one during the grace period? */
static bool cbat_slot_keep_last(struct cbat_slot *slot, int err, ktime_t now)
{
	s64 grace = err == -ENODEV ? CBAT_ABSENT_MS : CBAT_GRACE_MS;

	/* The class has had its own grace period for a pack that does not answer. */
	if (!slot->pack.present || (slot->ours && err != -ENODATA))
		return false;
	if (!slot->lost_since)
		slot->lost_since = now;
	return ktime_ms_delta(now, slot->lost_since) < grace;
}

/* There is no pack: discard what is known about the last one. */
static void cbat_slot_clear(struct cbat_slot *slot)
{
	slot->pack.present = false;
	slot->silent = false;
	slot->lost_since = 0;
	slot->partial_since = 0;
	slot->model = 0;
	slot->serial = 0;
}

/**
 * cbat_slot_read() - read a member
 * @slot: its slot; &cbat_slot->pack gets the values, or keeps the last ones during the
 *	grace period
 * @now: the time
 *
 * Context: may sleep; held: the lock of the composite.
 * Return: true during the grace period: the member should be read again soon.
 */
bool cbat_slot_read(struct cbat_slot *slot, ktime_t now)
{
	u32 identity = slot->identity;
	struct power_supply *psy;
	struct psy_miniclass *mc;
	struct psy_values v;
	bool silent;
	int ret;

	/* It is not gone: keep what is known. */
	if (cbat_sources_down())
		return false;
	psy = cbat_slot_lock(slot);
	if (!psy) {
		cbat_slot_clear(slot);
		return false;
	}

	mc = psy_miniclass_from_psy(psy);
	slot->ours = mc;
	ret = mc ? cbat_read_ours(mc, &v, &identity) :
		   cbat_read_foreign(slot, psy, now, &v, &identity);
	if (!ret) {
		slot->system = cbat_is_system(psy, slot->system);
		cbat_survey_psy(slot, psy, &v);
	}
	cbat_source_unlock(slot->src);
	/* A sample of 0 V may be a failed conversion: handle it like an error at first. */
	if (!ret && slot->pack.present && identity == slot->identity &&
	    cbat_is_dead(&v) && !cbat_is_dead(&slot->pack.v))
		ret = -ENODATA;
	if (ret && cbat_slot_keep_last(slot, ret, now))
		return true;

	/* After the grace period an incomplete reading (-ENODATA) is better than none. */
	if (ret && ret != -ENODATA) {
		silent = slot->silent || (slot->pack.present && cbat_is_discharging(&slot->pack.v));
		cbat_slot_clear(slot);
		/* The class reports removal and silence in the same way. */
		slot->silent = silent && (mc || ret != -ENODEV);
		return false;
	}
	slot->silent = false;
	slot->lost_since = 0;
	/* Keep the first one: the energy must not change with the voltage under load. */
	if (!slot->pack.present || slot->identity != identity || slot->pack.nominal <= 0) {
		slot->pack.nominal = 0;
		psy_values_get(&v, PSY_VOLTAGE_NOW, &slot->pack.nominal);
	}
	slot->pack.present = true;
	slot->pack.v = v;
	slot->identity = identity;
	return false;
}
EXPORT_SYMBOL_IF_KUNIT(cbat_slot_read);

/**
 * cbat_slot_name() - name of a member
 * @slot: its slot
 *
 * Context: any; held: the lock of the composite.
 * Return: the name of its supply, or of its firmware node if there is no supply.
 */
const char *cbat_slot_name(const struct cbat_slot *slot)
{
	if (slot->name[0])
		return slot->name;
	if (slot->src)
		return dev_name(&slot->src->psy->dev);
	return slot->fwnode ? fwnode_get_name(slot->fwnode) : "?";
}

/* Whether @psp of a supply can be set, or an extension can be asked to. It is locked. */
static bool cbat_psy_can_set(struct power_supply *psy, enum power_supply_property psp)
{
	union power_supply_propval val;

	if (cbat_has_property(psy, psp))
		return cbat_psy_is_writeable(psy, psp);
	return PSY_HAS_EXTENSIONS && !power_supply_get_property(psy, psp, &val);
}

/**
 * cbat_slot_behaviours() - the values of charge_behaviour that a member supports
 * @slot: its slot
 *
 * Context: may sleep; held: the lock of the composite.
 * Return: mask of BIT(%POWER_SUPPLY_CHARGE_BEHAVIOUR_AUTO) and so on; 0 if the property
 * is not writable.
 */
unsigned int cbat_slot_behaviours(struct cbat_slot *slot)
{
	struct power_supply *psy = cbat_slot_lock(slot);
	unsigned int mask = 0;

	if (!psy)
		return 0;
	/* Those of an extension are not known. */
	if (cbat_psy_is_writeable(psy, POWER_SUPPLY_PROP_CHARGE_BEHAVIOUR))
		mask = psy_desc_get_behaviours(psy->desc);
	cbat_source_unlock(slot->src);
	return mask;
}

/**
 * cbat_slot_set() - set a property of a member
 * @slot: its slot
 * @psp: the property
 * @val: the value
 *
 * Context: may sleep; held: the lock of the composite.
 * Return: 0; -ENODEV without a supply; -EOPNOTSUPP if the property is not writable; or
 * the error of its driver.
 */
int cbat_slot_set(struct cbat_slot *slot, enum power_supply_property psp, int val)
{
	struct power_supply *psy = cbat_slot_lock(slot);
	union power_supply_propval v = { .intval = val };
	int ret = -EOPNOTSUPP;

	if (!psy)
		return -ENODEV;
	if (cbat_psy_can_set(psy, psp))
		ret = power_supply_set_property(psy, psp, &v);
	cbat_source_unlock(slot->src);
	return ret;
}

/**
 * cbat_slot_limits() - set the limits of a member
 * @slot: its slot
 * @low: percent, 0 for none
 * @high: percent, 100 for none
 *
 * Does not access a member that has these limits already.
 *
 * Context: may sleep; held: the lock of the composite.
 * Return: 0, or as cbat_slot_set().
 */
int cbat_slot_limits(struct cbat_slot *slot, int low, int high)
{
	int ret = 0, err;

	if (low != slot->low) {
		err = cbat_slot_set(slot, POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN, low);
		if (!err)
			slot->low = low;
		ret = err;
	}
	if (high != slot->high) {
		err = cbat_slot_set(slot, POWER_SUPPLY_PROP_CAPACITY_ALERT_MAX, high);
		if (!err)
			slot->high = high;
		ret = ret ?: err;
	}
	return ret;
}
