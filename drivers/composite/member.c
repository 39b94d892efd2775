// SPDX-License-Identifier: GPL-2.0-only
/* One member: what it tells, and what it is told. */
#include <kunit/visibility.h>
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/module.h>
#include <linux/power_supply.h>
#include <linux/property.h>
#include <linux/stringhash.h>

#include "composite.h"

/*
 * A supply of another driver that fails to answer is believed to be what it was
 * for so long, and one that says it has no pack for less: some drivers take a
 * failed transfer for an empty slot. Packs of our own class have such a time
 * already.
 */
#define COMP_GRACE_MS		5000
#define COMP_ABSENT_MS		3000

/* Fields that may be a little old: the others belong to one moment. */
#define COMP_CARRIED		(PSY_INFO_FIELDS | PSY_BIT(PSY_HEALTH) | \
				 PSY_BIT(PSY_CAPACITY_LEVEL) | PSY_BIT(PSY_VOLTAGE_NOW) | \
				 PSY_BIT(PSY_TEMP) | PSY_BIT(PSY_CYCLE_COUNT) | \
				 PSY_BIT(PSY_CHARGE_BEHAVIOUR))

static const struct {
	enum power_supply_property psp;
	enum psy_field field;
} comp_props[] = {
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
	{ POWER_SUPPLY_PROP_VOLTAGE_MIN_DESIGN,	PSY_VOLTAGE_MIN_DESIGN },
	{ POWER_SUPPLY_PROP_ENERGY_FULL_DESIGN,	PSY_ENERGY_FULL_DESIGN },
	{ POWER_SUPPLY_PROP_CHARGE_FULL_DESIGN,	PSY_CHARGE_FULL_DESIGN },
	{ POWER_SUPPLY_PROP_TECHNOLOGY,		PSY_TECHNOLOGY },
};

static bool comp_lists(struct power_supply *psy, enum power_supply_property psp)
{
	size_t i;

	for (i = 0; i < psy->desc->num_properties; i++)
		if (psy->desc->properties[i] == psp)
			return true;
	return false;
}

/*
 * Take a string into account. One that cannot be read now is what it was: some
 * adapters cannot transfer strings at all, and others fail once in a while.
 */
static void comp_hash(struct power_supply *psy, enum power_supply_property psp, u32 *last,
		      u32 *hash)
{
	union power_supply_propval val;

	if (!power_supply_get_property(psy, psp, &val) && val.strval)
		*last = full_name_hash(NULL, val.strval, strlen(val.strval));
	*hash = *hash * 31 + *last;
}

/* An instance of the class: one consistent copy. */
static int comp_read_ours(struct psy_miniclass *mc, struct psy_values *v, u32 *identity)
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

/* Keep the member's supply from going; NULL without a lock when there is none. */
static struct power_supply *comp_slot_lock(const struct comp_slot *slot)
{
	return slot->src ? comp_source_lock(slot->src) : NULL;
}

/* Of two units one will do: some drivers switch the pack over for each. */
static bool comp_is_told(const struct psy_values *v, enum psy_field field)
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

/* The fields that a supply's property list allows. */
static u64 comp_listed(struct power_supply *psy)
{
	u64 fields = 0;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(comp_props); i++)
		if (comp_lists(psy, comp_props[i].psp))
			fields |= PSY_BIT(comp_props[i].field);
	return fields;
}

/* Errors that stand for a value that is unknown or not there */
static bool comp_is_unknown(int err)
{
	return err == -ENODATA || err == -EINVAL || err == -ENODEV;
}

/* How well a reading can be added up: not at all, by percent, by energy */
static int comp_rank(const struct comp_pack *p)
{
	struct comp_amounts a;

	if (comp_amounts(p, &a))
		return 2;
	return p->v.valid & PSY_BIT(PSY_CAPACITY) ? 1 : 0;
}

/*
 * Status and amounts are what a member is added up by: a reading without one of
 * them that was there before, or has failed, is a failed reading. Some drivers say
 * "no data" after a failed transfer.
 */
static bool comp_is_poorer(const struct comp_pack *before, const struct psy_values *v, int err)
{
	const struct comp_pack now = { true, before->present ? before->nominal : 0, *v };
	int rank = comp_rank(&now);

	if (err && !rank)
		return true;
	return before->present &&
	       (rank < comp_rank(before) ||
		(before->v.valid & ~v->valid & PSY_BIT(PSY_STATUS)));
}

/* What else was there before is kept during the grace period. */
static void comp_carry_over(struct comp_slot *slot, struct psy_values *v, ktime_t now)
{
	u64 missing = slot->pack.v.valid & ~v->valid & COMP_CARRIED;

	if (!slot->pack.present || !missing) {
		slot->less = 0;
		return;
	}
	if (!slot->less)
		slot->less = now;
	if (ktime_ms_delta(now, slot->less) < COMP_GRACE_MS)
		psy_values_take(v, &slot->pack.v, missing);
}

/*
 * A supply of another driver: one property after the other. What it does not know
 * or cannot read is unknown; without status or amounts the reading has failed.
 */
static int comp_read_foreign(struct comp_slot *slot, struct power_supply *psy, ktime_t now,
			     struct psy_values *v, u32 *identity)
{
	union power_supply_propval val;
	unsigned int i;
	int ret, err = 0;
	u32 hash = 1;

	if (!power_supply_get_property(psy, POWER_SUPPLY_PROP_PRESENT, &val) && !val.intval)
		return -ENODEV;

	*v = (struct psy_values){ };
	for (i = 0; i < ARRAY_SIZE(comp_props); i++) {
		if (comp_is_told(v, comp_props[i].field))
			continue;
		ret = power_supply_get_property(psy, comp_props[i].psp, &val);
		/* ACPI's driver reports 0 cycles where firmware does not count. */
		if (!ret && comp_props[i].field == PSY_CYCLE_COUNT && val.intval <= 0)
			continue;
		if (!ret)
			psy_values_set(v, comp_props[i].field, val.intval);
		else if (!comp_is_unknown(ret))
			err = err ?: ret;
		/* Nor is a device that does not answer asked for the rest. */
		if (err && comp_props[i].field == PSY_STATUS)
			return err;
	}
	if (!v->valid)
		return err ?: -ENODEV;
	if (comp_is_poorer(&slot->pack, v, err))
		return err ?: -ENODATA;
	comp_carry_over(slot, v, now);
	comp_hash(psy, POWER_SUPPLY_PROP_MODEL_NAME, &slot->model, &hash);
	comp_hash(psy, POWER_SUPPLY_PROP_SERIAL_NUMBER, &slot->serial, &hash);
	*identity = hash;
	return 0;
}

static bool comp_is_system(struct power_supply *psy)
{
	union power_supply_propval val;

	return power_supply_get_property(psy, POWER_SUPPLY_PROP_SCOPE, &val) ||
	       val.intval != POWER_SUPPLY_SCOPE_DEVICE;
}

/* A reading has failed. Keep the last one during the grace period? */
static bool comp_slot_forgive(struct comp_slot *slot, int err, ktime_t now)
{
	s64 grace = err == -ENODEV ? COMP_ABSENT_MS : COMP_GRACE_MS;

	/* The class has had its own grace period for a pack that does not answer. */
	if (!slot->pack.present || (slot->ours && err != -ENODATA))
		return false;
	if (!slot->lost)
		slot->lost = now;
	return ktime_ms_delta(now, slot->lost) < grace;
}

/* There is no pack, and nothing is known of the next one. */
static void comp_slot_clear(struct comp_slot *slot)
{
	slot->pack.present = false;
	slot->silent = false;
	slot->lost = 0;
	slot->less = 0;
	slot->model = 0;
	slot->serial = 0;
}

/**
 * comp_slot_read() - ask a member
 * @slot: its slot; &comp_slot->pack becomes what it told, or stays what it was
 *	while a failure may be forgiven
 * @now: the time
 *
 * Context: may sleep; held: the lock of the composite.
 * Return: true when the member fails and is forgiven: it should be asked again.
 */
bool comp_slot_read(struct comp_slot *slot, ktime_t now)
{
	struct power_supply *psy = comp_slot_lock(slot);
	struct psy_miniclass *mc;
	struct psy_values v;
	u32 identity = slot->identity;
	bool silent;
	int ret;

	if (!psy) {
		comp_slot_clear(slot);
		return false;
	}

	mc = psy_miniclass_from_psy(psy);
	slot->ours = mc;
	ret = mc ? comp_read_ours(mc, &v, &identity) :
		   comp_read_foreign(slot, psy, now, &v, &identity);
	if (!ret) {
		slot->system = comp_is_system(psy);
		slot->listed = comp_listed(psy);
	}
	comp_source_unlock(slot->src);
	/* A sample of 0 V may be a failed conversion, as an error is. */
	if (!ret && slot->pack.present && identity == slot->identity &&
	    comp_is_dead(&v) && !comp_is_dead(&slot->pack.v))
		ret = -ENODATA;
	if (ret && comp_slot_forgive(slot, ret, now))
		return true;

	/* Knowing less is better than nothing, if it lasts. */
	if (ret && ret != -ENODATA) {
		silent = slot->silent || (slot->pack.present && comp_is_working(&slot->pack.v));
		comp_slot_clear(slot);
		/* The class does not say whether a pack of its own was taken out. */
		slot->silent = silent && (mc || ret != -ENODEV);
		return false;
	}
	slot->silent = false;
	slot->lost = 0;
	/* That of the first reading: with the load, the energy would move, too. */
	if (!slot->pack.present || slot->identity != identity || slot->pack.nominal <= 0) {
		slot->pack.nominal = 0;
		psy_values_get(&v, PSY_VOLTAGE_NOW, &slot->pack.nominal);
	}
	slot->pack.present = true;
	slot->pack.v = v;
	slot->identity = identity;
	return false;
}
EXPORT_SYMBOL_IF_KUNIT(comp_slot_read);

/**
 * comp_slot_name() - what to call a member
 * @slot: its slot
 *
 * Context: any; held: the lock of the composite.
 * Return: the name of its supply, or of its firmware node while there is none.
 */
const char *comp_slot_name(const struct comp_slot *slot)
{
	if (slot->name[0])
		return slot->name;
	if (slot->src)
		return dev_name(&slot->src->psy->dev);
	return slot->fwnode ? fwnode_get_name(slot->fwnode) : "?";
}

/* Whether a supply lets itself be told @psp. Locked. */
static bool comp_psy_can(struct power_supply *psy, enum power_supply_property psp)
{
	return comp_lists(psy, psp) && psy->desc->set_property &&
	       psy->desc->property_is_writeable &&
	       psy->desc->property_is_writeable(psy, psp) > 0;
}

/**
 * comp_slot_can() - whether a member lets itself be told a property
 * @slot: its slot
 * @psp: the property
 *
 * Context: may sleep; held: the lock of the composite.
 * Return: true when it does.
 */
bool comp_slot_can(struct comp_slot *slot, enum power_supply_property psp)
{
	struct power_supply *psy = comp_slot_lock(slot);
	bool can;

	if (!psy)
		return false;
	can = comp_psy_can(psy, psp);
	comp_source_unlock(slot->src);
	return can;
}

/**
 * comp_slot_set() - tell a member a property
 * @slot: its slot
 * @psp: the property
 * @val: the value
 *
 * Context: may sleep; held: the lock of the composite.
 * Return: 0; -ENODEV when it is not there; -EOPNOTSUPP when it cannot be told; or
 * what its driver says.
 */
int comp_slot_set(struct comp_slot *slot, enum power_supply_property psp, int val)
{
	struct power_supply *psy = comp_slot_lock(slot);
	union power_supply_propval v = { .intval = val };
	int ret = -EOPNOTSUPP;

	if (!psy)
		return -ENODEV;
	if (comp_psy_can(psy, psp))
		ret = power_supply_set_property(psy, psp, &v);
	comp_source_unlock(slot->src);
	return ret;
}

/**
 * comp_slot_limits() - give a member its part of the limits
 * @slot: its slot
 * @low: percent, 0 for none
 * @high: percent, 100 for none
 *
 * Asks nothing of the member when it has them already.
 *
 * Context: may sleep; held: the lock of the composite.
 * Return: 0, or as comp_slot_set().
 */
int comp_slot_limits(struct comp_slot *slot, int low, int high)
{
	int ret = 0, err;

	if (low != slot->low) {
		err = comp_slot_set(slot, POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN, low);
		if (!err)
			slot->low = low;
		ret = err;
	}
	if (high != slot->high) {
		err = comp_slot_set(slot, POWER_SUPPLY_PROP_CAPACITY_ALERT_MAX, high);
		if (!err)
			slot->high = high;
		ret = ret ?: err;
	}
	return ret;
}
