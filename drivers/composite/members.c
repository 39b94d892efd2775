// SPDX-License-Identifier: GPL-2.0-only
/* The members together: what the class is told of them, and they of the class. */
#include <linux/bits.h>
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/lockdep.h>
#include <linux/string.h>

#include "composite.h"

/*
 * A member is given other limits when they have moved by this, percent: rates are
 * never quite steady, and each setting costs transfers.
 */
#define COMP_LIMIT_STEP		2

/* As long as the class keeps the last values of a pack that does not answer */
#define COMP_SILENT_MS		5000

/**
 * comp_set_equal() - whether two sets hold the same packs
 * @a: one
 * @b: the other
 *
 * Context: any.
 * Return: true when they do.
 */
bool comp_set_equal(const struct comp_set *a, const struct comp_set *b)
{
	unsigned int i;

	if (a->counted != b->counted)
		return false;
	for (i = 0; i < COMP_MAX_MEMBERS; i++)
		if ((a->counted & BIT_ULL(i)) && a->identity[i] != b->identity[i])
			return false;
	return true;
}

static void comp_note_set(struct comp *c)
{
	struct comp_set set = { .counted = c->sum.counted };
	unsigned int i;

	for (i = 0; i < c->config.nr; i++)
		set.identity[i] = c->config.slots[i].identity;
	if (comp_set_equal(&set, &c->set))
		return;
	c->set = set;
	c->generation++;
}

/**
 * comp_may_report() - the fields that the members together may report
 * @c: the composite
 *
 * Context: any; held: the lock of the composite.
 * Return: mask of %PSY_BIT(). Info fields are known or not when a pack is met.
 */
u64 comp_may_report(const struct comp *c)
{
	u64 listed = 0;
	unsigned int i;

	lockdep_assert_held(&c->lock);
	for (i = 0; i < c->config.nr; i++)
		if (c->set.counted & BIT_ULL(i))
			listed |= c->config.slots[i].listed;
	return comp_fields(listed, &c->sum);
}

/**
 * comp_is_registered_as_is() - whether the registration fits packs and values
 * @c: the composite
 *
 * Context: any; held: the lock of the composite.
 * Return: false when there should be a different one.
 */
bool comp_is_registered_as_is(const struct comp *c)
{
	/* A first cycle, or a behaviour, is not worth another battery. */
	const u64 minor = PSY_BIT(PSY_CYCLE_COUNT) | PSY_BIT(PSY_CHARGE_BEHAVIOUR);

	if (!c->set.counted || c->silent_since)
		return true;
	return comp_set_equal(&c->set, &c->registered) &&
	       !(comp_may_report(c) & ~c->fields & ~minor);
}

/*
 * The pack that supplied the machine does not answer, and no other one does: what
 * the others hold says nothing about a machine that plainly runs. When one of them
 * takes over, or an external supply, the silent one is out for good: otherwise the
 * next rest of all packs would be taken for its silence.
 */
static bool comp_is_silent(const struct comp *c)
{
	struct comp_slot *slots = c->config.slots;
	bool silent = false, taken_over = false;
	unsigned int i;

	for (i = 0; i < c->config.nr; i++) {
		taken_over |= slots[i].pack.present && comp_is_in_use(&slots[i].pack.v);
		silent |= slots[i].silent;
	}
	if (!silent || (!taken_over && !comp_sources_online()))
		return silent;
	for (i = 0; i < c->config.nr; i++)
		slots[i].silent = false;
	return false;
}

static void comp_note_silence(struct comp *c, ktime_t now)
{
	if (!comp_is_silent(c)) {
		c->silent_since = 0;
		return;
	}
	if (!c->silent_since)
		c->silent_since = now;
	/* By then it counts as gone, and what comes back has to be registered again. */
	if (ktime_ms_delta(now, c->silent_since) >= COMP_SILENT_MS)
		c->registered.counted = 0;
}

/**
 * comp_read() - ask all members and add them up
 * @c: the composite
 *
 * Context: may sleep; held: the lock of the composite.
 */
void comp_read(struct comp *c)
{
	struct comp_rules rules = c->config.rules;
	ktime_t now = ktime_get_boottime(), start;
	struct comp_pack *packs = c->packs;
	unsigned int i, n = c->config.nr;
	bool again = false;

	lockdep_assert_held(&c->lock);
	for (i = 0; i < n; i++) {
		again |= comp_slot_read(&c->config.slots[i], now);
		packs[i] = c->config.slots[i].pack;
	}
	rules.online = comp_mixed_flow(packs, n) && comp_sources_online();

	start = ktime_get();
	comp_aggregate(packs, n, &rules, &c->sum);
	c->recompute_ns = ktime_to_ns(ktime_sub(ktime_get(), start));

	comp_note_silence(c, now);
	if (!c->silent_since)
		comp_note_set(c);
	if (!c->set.counted)
		c->registered.counted = 0;
	comp_release_choice(c, false);
	comp_reassemble(c, again || c->silent_since);
}

/* For a query: not again when the one before has just read them. */
static int comp_read_for_query(struct comp *c)
{
	if (!c->at_hand && !c->has_read)
		comp_read(c);
	c->has_read = false;
	return c->silent_since ? -EIO : 0;
}

/* What the whole is made of is its tag; without a pack there is none. */
static int comp_query_tag(struct psy_miniclass *mc, u32 *tag)
{
	struct comp *c = psy_miniclass_get_drvdata(mc);
	int ret = 0;

	mutex_lock(&c->lock);
	if (!c->set.counted)
		comp_read(c);
	*tag = c->generation;
	if (!c->set.counted)
		ret = -ENODEV;
	mutex_unlock(&c->lock);
	return ret;
}

static int comp_query_info(struct psy_miniclass *mc, struct psy_info *info)
{
	struct comp *c = psy_miniclass_get_drvdata(mc);
	int ret;

	mutex_lock(&c->lock);
	ret = comp_read_for_query(c);
	c->has_read = !c->at_hand;
	psy_values_take(&info->values, &c->sum.values, PSY_INFO_FIELDS);
	mutex_unlock(&c->lock);
	if (ret)
		return ret;

	/* The same whatever the members are: a change would pass for another pack. */
	info->family = PSY_FAMILY_ENERGY;
	strscpy(info->manufacturer, "Composite", sizeof(info->manufacturer));
	strscpy(info->model, "Composite battery", sizeof(info->model));
	strscpy(info->serial, dev_name(c->dev), sizeof(info->serial));
	return 0;
}

static void comp_take_part(const struct comp_slot *slot, bool counted, struct comp_part *p)
{
	struct comp_amounts a;

	*p = (struct comp_part){ .present = counted, .status = POWER_SUPPLY_STATUS_UNKNOWN };
	if (!counted)
		return;
	psy_values_get(&slot->pack.v, PSY_STATUS, &p->status);
	p->known = comp_amounts(&slot->pack, &a) && comp_rate(&slot->pack.v, &p->rate);
	p->now = a.now;
}

static bool comp_limit_moved(int have, int want, int none)
{
	if (have == want)
		return false;
	return have == none || want == none || abs(have - want) >= COMP_LIMIT_STEP;
}

static int comp_give_limits(struct comp_slot *slot, const struct comp_window *window)
{
	struct comp_amounts a;
	int low, high, capacity;

	if (!comp_amounts(&slot->pack, &a))
		return 0;
	if (psy_values_get(&slot->pack.v, PSY_CAPACITY, &capacity))
		return -ENODATA;
	comp_window_percent(window, a.full, capacity, &low, &high);
	if (!comp_limit_moved(slot->low, low, 0))
		low = slot->low;
	if (!comp_limit_moved(slot->high, high, 100))
		high = slot->high;
	return comp_slot_limits(slot, low, high);
}

/* Divide the limits of the whole as its members flow now. Returns an error. */
static int comp_divide(struct comp *c)
{
	unsigned int i, n = c->config.nr;
	int ret = 0, err;

	for (i = 0; i < n; i++)
		comp_take_part(&c->config.slots[i], c->sum.counted & BIT_ULL(i), &c->parts[i]);
	comp_split(c->parts, n, &c->whole, c->windows);

	for (i = 0; i < n; i++) {
		if (!c->config.slots[i].ours || !c->parts[i].present)
			continue;
		err = comp_give_limits(&c->config.slots[i], &c->windows[i]);
		ret = ret ?: err;
	}
	return ret;
}

static int comp_query_status(struct psy_miniclass *mc, const struct psy_info *info,
			     struct psy_values *status)
{
	struct comp *c = psy_miniclass_get_drvdata(mc);
	int ret;

	mutex_lock(&c->lock);
	ret = comp_read_for_query(c);
	if (!ret && !c->set.counted)
		ret = -ENODEV;
	if (!ret) {
		psy_values_take(status, &c->sum.values, PSY_STATUS_FIELDS);
		/* The shares may be other ones: a hand-over from pack to pack. */
		if (c->limited)
			comp_divide(c);
	}
	mutex_unlock(&c->lock);
	return ret;
}

static int comp_set_notify(struct psy_miniclass *mc, const struct psy_limits *limits)
{
	struct comp *c = psy_miniclass_get_drvdata(mc);
	int ret;

	/* Percents of packs that report no amounts cannot be divided. */
	if ((limits->valid & PSY_LIMIT_LOW && !limits->low_amount) ||
	    (limits->valid & PSY_LIMIT_HIGH && !limits->high_amount))
		return -EOPNOTSUPP;

	mutex_lock(&c->lock);
	c->whole.low = limits->valid & PSY_LIMIT_LOW ? limits->low_amount : COMP_NEVER_LOW;
	c->whole.high = limits->valid & PSY_LIMIT_HIGH ?
			limits->high_amount : COMP_NEVER_HIGH;
	c->limited = true;
	ret = comp_divide(c);
	mutex_unlock(&c->lock);
	return ret;
}

static int comp_disable_notify(struct psy_miniclass *mc)
{
	struct comp *c = psy_miniclass_get_drvdata(mc);
	unsigned int i;

	mutex_lock(&c->lock);
	c->limited = false;
	for (i = 0; i < c->config.nr; i++)
		if (c->config.slots[i].ours)
			comp_slot_limits(&c->config.slots[i], 0, 100);
	mutex_unlock(&c->lock);
	return 0;
}

static int comp_set_info(struct psy_miniclass *mc, enum psy_field field, int val)
{
	struct comp *c = psy_miniclass_get_drvdata(mc);
	int ret;

	if (field != PSY_CHARGE_BEHAVIOUR)
		return -EOPNOTSUPP;

	mutex_lock(&c->lock);
	ret = comp_set_behaviour(c, val);
	mutex_unlock(&c->lock);
	return ret;
}

const struct psy_miniclass_ops comp_ops = {
	.query_tag = comp_query_tag,
	.query_info = comp_query_info,
	.query_status = comp_query_status,
	.set_notify = comp_set_notify,
	.disable_notify = comp_disable_notify,
	.set_info = comp_set_info,
};
