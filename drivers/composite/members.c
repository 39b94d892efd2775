// SPDX-License-Identifier: GPL-2.0-only
/* All members together: the hooks of the class. */
#include <linux/bits.h>
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/lockdep.h>
#include <linux/string.h>

#include "composite.h"

/* A member in its grace period is read again after this time. */
#define CBAT_AGAIN		msecs_to_jiffies(1200)

/*
 * Smallest change of a member's limits that is written, percent: rates fluctuate, and
 * each write costs transfers.
 */
#define CBAT_LIMIT_STEP		2

/* The class keeps the last values of an unresponsive pack for the same time. */
#define CBAT_SILENT_MS		5000

/**
 * cbat_set_equal() - whether two sets have the same packs
 * @a: one set
 * @b: the other set
 *
 * Context: any.
 * Return: true if so.
 */
bool cbat_set_equal(const struct cbat_set *a, const struct cbat_set *b)
{
	unsigned int i;

	if (a->counted != b->counted)
		return false;
	for (i = 0; i < CBAT_MAX_MEMBERS; i++)
		if ((a->counted & BIT_ULL(i)) && a->identity[i] != b->identity[i])
			return false;
	return true;
}

static void cbat_note_set(struct cbat *c)
{
	struct cbat_set set = { .counted = c->sum.counted };
	unsigned int i;

	for (i = 0; i < c->config.nr; i++)
		set.identity[i] = c->config.slots[i].identity;
	if (cbat_set_equal(&set, &c->set))
		return;
	c->set = set;
	c->generation++;
}

/**
 * cbat_may_report() - the fields that the members together may report
 * @c: the composite
 *
 * Context: any; held: the lock of the composite.
 * Return: mask of %PSY_BIT(). The first reading of a pack decides about info fields.
 */
u64 cbat_may_report(const struct cbat *c)
{
	u64 listed = 0;
	unsigned int i;

	lockdep_assert_held(&c->lock);
	for (i = 0; i < c->config.nr; i++)
		if (c->set.counted & BIT_ULL(i))
			listed |= c->config.slots[i].listed;
	return cbat_fields(listed, &c->sum);
}

/**
 * cbat_settable() - the thresholds that can be set
 * @c: the composite
 *
 * Context: any; held: the lock of the composite.
 * Return: mask of %PSY_BIT(): those of any member, in %CBAT_THRESHOLDS.
 */
u64 cbat_settable(const struct cbat *c)
{
	u64 fields = 0;
	unsigned int i;

	lockdep_assert_held(&c->lock);
	for (i = 0; i < c->config.nr; i++)
		if (c->set.counted & BIT_ULL(i))
			fields |= c->config.slots[i].settable;
	return fields;
}

/**
 * cbat_role() - the role that a composite of these members has
 * @c: the composite
 *
 * If desktop software counts the members, it must not count the composite.
 *
 * Context: any; held: the lock of the composite.
 * Return: %PSY_ROLE_SYSTEM or %PSY_ROLE_VISIBLE.
 */
enum psy_role cbat_role(const struct cbat *c)
{
	unsigned int i;

	lockdep_assert_held(&c->lock);
	for (i = 0; i < c->config.nr; i++)
		if ((c->set.counted & BIT_ULL(i)) && c->config.slots[i].system)
			return PSY_ROLE_VISIBLE;
	return PSY_ROLE_SYSTEM;
}

/**
 * cbat_registration_fits() - whether the registration matches packs, role and values
 * @c: the composite
 *
 * Context: any; held: the lock of the composite.
 * Return: false if the supply has to be registered again.
 */
bool cbat_registration_fits(const struct cbat *c)
{
	/* A first cycle count or behaviour does not justify a new registration. */
	const u64 minor = PSY_BIT(PSY_CYCLE_COUNT) | PSY_BIT(PSY_CHARGE_BEHAVIOUR);

	if (!c->set.counted || c->silent_since)
		return true;
	return cbat_set_equal(&c->set, &c->registered) && cbat_role(c) == c->role &&
	       !(cbat_may_report(c) & ~c->fields & ~minor);
}

/*
 * The pack that supplied the machine does not respond, and no other pack is in use: the
 * sum of the others would be wrong for a machine that is obviously running. Once another
 * pack or an external supply has taken over, the flag of the silent pack is cleared.
 * Otherwise it would apply again the next time that all other packs are at rest.
 */
static bool cbat_is_silent(const struct cbat *c)
{
	struct cbat_slot *slots = c->config.slots;
	bool silent = false, taken_over = false;
	unsigned int i;

	for (i = 0; i < c->config.nr; i++) {
		taken_over |= slots[i].pack.present && cbat_is_in_use(&slots[i].pack.v);
		silent |= slots[i].silent;
	}
	if (!silent || (!taken_over && !cbat_sources_online()))
		return silent;
	for (i = 0; i < c->config.nr; i++)
		slots[i].silent = false;
	return false;
}

static void cbat_note_silence(struct cbat *c, ktime_t now)
{
	if (!cbat_is_silent(c)) {
		c->silent_since = 0;
		return;
	}
	if (!c->silent_since)
		c->silent_since = now;
	/* It counts as gone now, and has to be registered again when it is back. */
	if (ktime_ms_delta(now, c->silent_since) >= CBAT_SILENT_MS)
		c->registered.counted = 0;
}

/* Make sure that the registration matches the packs; @again: read the members again. */
static void cbat_reassemble(struct cbat *c, bool again)
{
	bool other;

	lockdep_assert_held(&c->lock);
	other = !cbat_registration_fits(c);
	if (c->dying || !(other || again))
		return;
	spin_lock(&cbat_list_lock);
	cbat_queue(c, other ? CBAT_SETTLE : CBAT_AGAIN);
	spin_unlock(&cbat_list_lock);
}

static void cbat_read_members(struct cbat *c)
{
	struct cbat_rules rules = c->config.rules;
	/* Grace periods do not include the time asleep. */
	ktime_t now = ktime_get(), start;
	struct cbat_pack *packs = c->packs;
	unsigned int i, n = c->config.nr;
	bool again = false;

	for (i = 0; i < n; i++) {
		again |= cbat_slot_read(&c->config.slots[i], now);
		packs[i] = c->config.slots[i].pack;
	}
	rules.online = cbat_mixed_flow(packs, n) && cbat_sources_online();

	start = ktime_get();
	cbat_aggregate(packs, n, &rules, &c->sum);
	c->recompute_ns = ktime_to_ns(ktime_sub(ktime_get(), start));

	cbat_note_silence(c, now);
	if (!c->silent_since)
		cbat_note_set(c);
	if (!c->set.counted)
		c->registered.counted = 0;
	cbat_release_choice(c, false);
	cbat_reassemble(c, again || c->silent_since);
}

/**
 * cbat_read() - read all members and add them up
 * @c: the composite
 *
 * While a supply is being removed, the last sums are kept, and members are read later.
 *
 * Context: may sleep; held: the lock of the composite.
 */
void cbat_read(struct cbat *c)
{
	unsigned long delay;

	lockdep_assert_held(&c->lock);
	delay = cbat_reading_begin();
	if (!delay) {
		cbat_read_members(c);
		cbat_reading_end();
	} else if (!c->dying) {
		spin_lock(&cbat_list_lock);
		cbat_queue(c, delay);
		spin_unlock(&cbat_list_lock);
	}
}

/* Read the members for a query, unless the previous query has just done so. */
static int cbat_read_for_query(struct cbat *c)
{
	if (!c->registering && !c->just_read)
		cbat_read(c);
	c->just_read = false;
	return c->silent_since ? -EIO : 0;
}

/* The tag stands for the set of packs; without a pack there is no tag. */
static int cbat_query_tag(struct psy_miniclass *mc, u32 *tag)
{
	struct cbat *c = psy_miniclass_get_drvdata(mc);
	int ret = 0;

	mutex_lock(&c->lock);
	if (!c->set.counted)
		cbat_read(c);
	*tag = c->generation;
	if (!c->set.counted)
		ret = -ENODEV;
	mutex_unlock(&c->lock);
	return ret;
}

static int cbat_query_info(struct psy_miniclass *mc, struct psy_info *info)
{
	struct cbat *c = psy_miniclass_get_drvdata(mc);
	int ret;

	mutex_lock(&c->lock);
	ret = cbat_read_for_query(c);
	c->just_read = !c->registering;
	psy_values_take(&info->values, &c->sum.values, PSY_INFO_FIELDS);
	mutex_unlock(&c->lock);
	if (ret)
		return ret;

	/* The same for all members: a change would look like a different pack. */
	info->unit = PSY_UNIT_ENERGY;
	strscpy(info->manufacturer, "Composite", sizeof(info->manufacturer));
	strscpy(info->model, "Composite battery", sizeof(info->model));
	strscpy(info->serial, dev_name(c->dev), sizeof(info->serial));
	return 0;
}

static void cbat_fill_part(const struct cbat_slot *slot, bool counted, struct cbat_part *p)
{
	struct cbat_amounts a;

	*p = (struct cbat_part){ .present = counted, .status = POWER_SUPPLY_STATUS_UNKNOWN };
	if (!counted)
		return;
	psy_values_get(&slot->pack.v, PSY_STATUS, &p->status);
	p->known = cbat_amounts(&slot->pack, &a) && cbat_rate(&slot->pack.v, &p->rate);
	p->now = a.now;
}

static bool cbat_limit_moved(int have, int want, int none)
{
	if (have == want)
		return false;
	return have == none || want == none || abs(have - want) >= CBAT_LIMIT_STEP;
}

static int cbat_apply_limits(struct cbat_slot *slot, const struct cbat_window *window)
{
	struct cbat_amounts a;
	int low, high, capacity;

	if (!cbat_amounts(&slot->pack, &a))
		return 0;
	if (psy_values_get(&slot->pack.v, PSY_CAPACITY, &capacity))
		return -ENODATA;
	cbat_window_percent(window, a.full, capacity, &low, &high);
	if (!cbat_limit_moved(slot->low, low, 0))
		low = slot->low;
	if (!cbat_limit_moved(slot->high, high, 100))
		high = slot->high;
	return cbat_slot_limits(slot, low, high);
}

/* Divide the limits by the present rates of the members. Returns the first error. */
static int cbat_divide(struct cbat *c)
{
	unsigned int i, n = c->config.nr;
	int ret = 0, err;

	for (i = 0; i < n; i++)
		cbat_fill_part(&c->config.slots[i], c->sum.counted & BIT_ULL(i), &c->parts[i]);
	cbat_split(c->parts, n, &c->limits, c->windows);

	for (i = 0; i < n; i++) {
		if (!c->config.slots[i].ours || !c->parts[i].present)
			continue;
		err = cbat_apply_limits(&c->config.slots[i], &c->windows[i]);
		ret = ret ?: err;
	}
	return ret;
}

static int cbat_query_status(struct psy_miniclass *mc, const struct psy_info *info,
			     struct psy_values *status)
{
	struct cbat *c = psy_miniclass_get_drvdata(mc);
	int ret, behaviour;

	mutex_lock(&c->lock);
	ret = cbat_read_for_query(c);
	if (!ret && !c->set.counted)
		ret = -ENODEV;
	if (!ret) {
		psy_values_take(status, &c->sum.values, PSY_STATUS_FIELDS);
		/* The power_supply core shows an error for any other value. */
		if (!psy_values_get(status, PSY_CHARGE_BEHAVIOUR, &behaviour) &&
		    !(c->desc.charge_behaviours & BIT(behaviour)))
			status->valid &= ~PSY_BIT(PSY_CHARGE_BEHAVIOUR);
		/* The shares may have changed, such as when the next pack has taken over. */
		if (c->limited)
			cbat_divide(c);
	}
	mutex_unlock(&c->lock);
	return ret;
}

static int cbat_set_notify(struct psy_miniclass *mc, const struct psy_limits *limits)
{
	struct cbat *c = psy_miniclass_get_drvdata(mc);
	int ret;

	/* Percentages of packs that report no amounts cannot be divided. */
	if ((limits->valid & PSY_LIMIT_LOW && !limits->low_amount) ||
	    (limits->valid & PSY_LIMIT_HIGH && !limits->high_amount))
		return -EOPNOTSUPP;

	mutex_lock(&c->lock);
	c->limits.low = limits->valid & PSY_LIMIT_LOW ? limits->low_amount : CBAT_NEVER_LOW;
	c->limits.high = limits->valid & PSY_LIMIT_HIGH ?
			limits->high_amount : CBAT_NEVER_HIGH;
	c->limited = true;
	ret = cbat_divide(c);
	mutex_unlock(&c->lock);
	return ret;
}

static int cbat_disable_notify(struct psy_miniclass *mc)
{
	struct cbat *c = psy_miniclass_get_drvdata(mc);
	unsigned int i;

	mutex_lock(&c->lock);
	c->limited = false;
	for (i = 0; i < c->config.nr; i++)
		if (c->config.slots[i].ours)
			cbat_slot_limits(&c->config.slots[i], 0, 100);
	mutex_unlock(&c->lock);
	return 0;
}

/*
 * Set a threshold in all members that have it. All are tried. After an error they may
 * differ: then the composite has no value.
 */
static int cbat_set_threshold(struct cbat *c, enum psy_field field,
			      enum power_supply_property psp, int val)
{
	int failure = 0, err;
	bool done = false;
	unsigned int i;

	lockdep_assert_held(&c->lock);
	for (i = 0; i < c->config.nr; i++) {
		if (!(c->config.slots[i].settable & PSY_BIT(field)))
			continue;
		err = cbat_slot_set(&c->config.slots[i], psp, val);
		if (!err)
			done = true;
		else if (err != -EOPNOTSUPP && err != -ENODEV)
			failure = failure ?: err;
	}
	return failure ?: done ? 0 : -EOPNOTSUPP;
}

static int cbat_set_info(struct psy_miniclass *mc, enum psy_field field, int val)
{
	struct cbat *c = psy_miniclass_get_drvdata(mc);
	int ret = -EOPNOTSUPP;

	mutex_lock(&c->lock);
	switch (field) {
	case PSY_CHARGE_BEHAVIOUR:
		ret = cbat_set_behaviour(c, val);
		break;
	case PSY_CHARGE_START_THRESHOLD:
		ret = cbat_set_threshold(c, field, POWER_SUPPLY_PROP_CHARGE_CONTROL_START_THRESHOLD,
					 val);
		break;
	case PSY_CHARGE_END_THRESHOLD:
		ret = cbat_set_threshold(c, field, POWER_SUPPLY_PROP_CHARGE_CONTROL_END_THRESHOLD,
					 val);
		break;
	default:
		break;
	}
	mutex_unlock(&c->lock);
	return ret;
}

const struct psy_miniclass_ops cbat_ops = {
	.query_tag = cbat_query_tag,
	.query_info = cbat_query_info,
	.query_status = cbat_query_status,
	.set_notify = cbat_set_notify,
	.disable_notify = cbat_disable_notify,
	.set_info = cbat_set_info,
};
