// SPDX-License-Identifier: GPL-2.0-only
/* Refresh, age and validity of the snapshot; coming and going of packs. */
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/lockdep.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "internal.h"
#include "trace.h"

/* Passes over one pack before it is called restless. */
#define PSY_MAX_PASSES		3

/* struct psy_reading - what one refresh has read */
struct psy_reading {
	struct psy_info_box *box;
	struct psy_values status;
	u64 failed;		/* rows that did not answer though others did */
	u32 driver_tag;
};

static bool psy_is_fresh(struct psy_miniclass *mc)
{
	unsigned long flags;
	bool fresh;

	spin_lock_irqsave(&mc->pub, flags);
	fresh = mc->asleep || mc->dying ||
		(mc->asked == mc->answered &&
		 ktime_before(ktime_get_boottime(), mc->next_try));
	spin_unlock_irqrestore(&mc->pub, flags);
	return fresh;
}

/* Drop every info. Only when no reader can come any more. */
void psy_info_drain(struct psy_miniclass *mc)
{
	psy_pass_drain(mc);
	if (mc->box)
		psy_box_put(mc->box);
}

/* Make @box and @status what readers see; the former box is dropped. */
static void psy_publish(struct psy_miniclass *mc, struct psy_info_box *box, u32 tag,
			ktime_t taken, const struct psy_values *status)
{
	struct psy_info_box *old = mc->box;
	unsigned long flags;

	lockdep_assert_held(&mc->lock);

	spin_lock_irqsave(&mc->pub, flags);
	mc->box = box;
	mc->snap.tag = tag;
	mc->snap.taken = taken;
	if (status)
		mc->snap.status = *status;
	else
		mc->snap.status.valid = 0;
	spin_unlock_irqrestore(&mc->pub, flags);

	if (old && old != box)
		psy_box_put(old);
}

/* Ask the driver which pack is in. Without an answer, the one that was. */
static int psy_query_tag(struct psy_miniclass *mc, u32 *tag)
{
	const struct psy_miniclass_ops *ops = mc->desc->ops;
	int ret;

	lockdep_assert_held(&mc->lock);

	*tag = mc->driver_tag;
	if (!ops || !ops->query_tag)
		return 0;

	ret = ops->query_tag(mc, tag);
	if (ret == -EOPNOTSUPP)
		*tag = mc->driver_tag;
	return ret == -EOPNOTSUPP ? 0 : ret;
}

static bool psy_same_pack(const struct psy_info *info, const struct psy_values *status)
{
	int a, b;

	if (psy_values_get(&info->values, PSY_IDENTITY, &a) ||
	    psy_values_get(status, PSY_IDENTITY, &b))
		return true;
	return a == b;
}

/* A year alone is a date, too; what cannot be true is unknown as a whole. */
static void psy_check_date(struct psy_values *v)
{
	int year = 2000, month = 1, day = 1;

	psy_values_get(v, PSY_MANUFACTURE_YEAR, &year);
	psy_values_get(v, PSY_MANUFACTURE_MONTH, &month);
	psy_values_get(v, PSY_MANUFACTURE_DAY, &day);
	if (!psy_date_valid(year, month, day))
		v->valid &= ~(PSY_BIT(PSY_MANUFACTURE_YEAR) |
			      PSY_BIT(PSY_MANUFACTURE_MONTH) |
			      PSY_BIT(PSY_MANUFACTURE_DAY));
}

/*
 * First contact with a pack. What is told counts only if the identity is the same
 * before and after. The hook may have to settle how to talk to the pack at all, so
 * it reads the identity itself, before what else it reads.
 */
static int psy_read_info(struct psy_miniclass *mc, struct psy_info *info)
{
	const struct psy_miniclass_ops *ops = mc->desc->ops;
	u64 failed_before = 0, failed = 0;
	struct psy_values before;
	int ret;

	lockdep_assert_held(&mc->lock);

	memset(info, 0, sizeof(*info));

	/* An empty slot is asked once each time, unless a pack is expected in it. */
	if (mc->live && !mc->box && !mc->expected) {
		mc->budget = 0;
		mc->first_contact = true;
	}
	if (ops && ops->query_info) {
		ret = ops->query_info(mc, info);
		if (ret)
			return ret;
	}
	before = info->values;
	if (!(before.valid & PSY_BIT(PSY_IDENTITY))) {
		ret = psy_rows_read(mc, mc->wanted & PSY_BIT(PSY_IDENTITY), &before,
				    &failed_before);
		if (ret)
			return ret;
	}
	if (mc->family == PSY_FAMILY_ANY)
		mc->family = info->family;

	ret = psy_rows_read(mc, mc->wanted & PSY_INFO_FIELDS, &info->values, &failed);
	if (ret)
		return ret;
	mc->stats.garbage += psy_drop_garbage(&info->values);
	psy_check_date(&info->values);
	ret = psy_rows_read(mc, mc->wanted & PSY_BIT(PSY_IDENTITY), &info->values, &failed);
	if (ret)
		return ret;
	/* A pack may refuse its identity, but not in one of two cases. */
	if ((failed ^ failed_before) & PSY_BIT(PSY_IDENTITY))
		return -EAGAIN;
	return psy_same_pack(info, &before) ? 0 : -EAGAIN;
}

static int psy_read_status(struct psy_miniclass *mc, const struct psy_info *info,
			   struct psy_values *status, u64 *failed)
{
	const struct psy_miniclass_ops *ops = mc->desc->ops;
	int ret;

	memset(status, 0, sizeof(*status));
	*failed = 0;

	ret = psy_rows_read(mc, mc->wanted & PSY_STATUS_FIELDS, status, failed);
	if (ret)
		return ret;
	if (ops && ops->query_status) {
		ret = ops->query_status(mc, info, status);
		if (ret)
			return ret;
	}
	return psy_rows_read(mc, mc->wanted & PSY_BIT(PSY_IDENTITY), status, failed);
}

/* Has nothing been published for so long that a silent pack would be gone? */
static bool psy_silent_too_long(struct psy_miniclass *mc, ktime_t now)
{
	return mc->silent_since &&
	       ktime_compare(now, ktime_add(mc->silent_since, mc->gone)) >= 0;
}

/* On a bus without checksums a strange identity may be a flipped bit. */
static bool psy_identity_was_noise(struct psy_miniclass *mc, const struct psy_info *info,
				   struct psy_values *status)
{
	u64 failed = 0;

	return !psy_rows_read(mc, PSY_BIT(PSY_IDENTITY), status, &failed) &&
	       psy_same_pack(info, status);
}

/*
 * A register that failed while others answered keeps its last value for as
 * long as a silent pack would: one bad register must not blank a property.
 */
static void psy_carry_over(struct psy_miniclass *mc, struct psy_values *status,
			   const struct psy_values *old, u64 failed, ktime_t now)
{
	unsigned int f;

	for (f = 0; f < PSY_NR_FIELDS; f++) {
		if (!(PSY_STATUS_FIELDS & PSY_BIT(f)))
			continue;
		if (!(failed & PSY_BIT(f))) {
			mc->row_ok[f] = now;
			continue;
		}
		if (old && (old->valid & PSY_BIT(f)) && !(status->valid & PSY_BIT(f)) &&
		    ktime_before(now, ktime_add(mc->row_ok[f], mc->gone)))
			psy_values_set(status, f, old->val[f]);
	}
}

/* Another pack may be in the slot: it may have what the last one had not. */
static void psy_forget_rows(struct psy_miniclass *mc)
{
	lockdep_assert_held(&mc->lock);

	mc->wanted = mc->readable;
	mc->heard = 0;
	mc->missing = 0;
}

/*
 * A register that has never answered for this pack, and has failed in two
 * refreshes one after the other while others answered, is not there.
 */
static void psy_learn_rows(struct psy_miniclass *mc, u64 failed)
{
	lockdep_assert_held(&mc->lock);

	mc->heard |= mc->wanted & ~failed;
	mc->wanted &= ~(failed & mc->missing) | mc->heard;
	mc->missing = failed;
}

static bool psy_info_differs(const struct psy_info *a, const struct psy_info *b)
{
	unsigned int f;

	if (a->values.valid != b->values.valid || a->family != b->family ||
	    strcmp(a->manufacturer, b->manufacturer) || strcmp(a->model, b->model) ||
	    strcmp(a->serial, b->serial) || strcmp(a->chemistry, b->chemistry))
		return true;
	for (f = 0; f < PSY_NR_FIELDS; f++)
		if ((a->values.valid & PSY_BIT(f)) && a->values.val[f] != b->values.val[f])
			return true;
	return false;
}

/*
 * Read the pack in the slot. On success @r->box is the info that belongs to
 * @r->status, either that of the current snapshot or a new one. Nothing is
 * remembered of a reading that fails.
 */
static int psy_read_pack(struct psy_miniclass *mc, bool info_stale, struct psy_reading *r)
{
	struct psy_info_box *cur = mc->box, *fresh = NULL;
	struct psy_values *status = &r->status;
	bool again = false;	/* the info of the present pack is read again */
	unsigned int pass;
	u32 tag;
	int ret;

	ret = psy_query_tag(mc, &r->driver_tag);
	if (ret)
		return ret;
	if (!cur || r->driver_tag != mc->driver_tag) {
		psy_forget_rows(mc);
		cur = NULL;
	} else if (info_stale) {
		again = true;
		cur = NULL;
	}

	for (pass = 0; pass < PSY_MAX_PASSES; pass++) {
		if (!cur) {
			if (!fresh)
				fresh = kzalloc(sizeof(*fresh), GFP_KERNEL);
			if (!fresh)
				return -ENOMEM;
			kref_init(&fresh->ref);
			ret = psy_read_info(mc, &fresh->info);
			if (ret == -EAGAIN)
				continue;
			if (ret)
				break;
			cur = fresh;
		}

		ret = psy_read_status(mc, &cur->info, status, &r->failed);
		if (ret == -EAGAIN)
			continue;
		if (ret)
			break;

		/*
		 * Without an identity nothing shows whose values these are. If it stays
		 * away, the pack counts as another one, which has none.
		 */
		if ((r->failed & PSY_BIT(PSY_IDENTITY)) &&
		    (cur->info.values.valid & PSY_BIT(PSY_IDENTITY))) {
			ret = -EIO;
			if (!psy_silent_too_long(mc, ktime_get_boottime()))
				break;
			psy_forget_rows(mc);
			again = false;
			cur = NULL;
			continue;
		}

		ret = psy_query_tag(mc, &tag);
		if (ret)
			break;
		if (tag == r->driver_tag && psy_same_pack(&cur->info, status)) {
			/* Read again, and nothing was new. */
			if (again && !psy_info_differs(&cur->info, &mc->box->info))
				cur = mc->box;
			if (cur != fresh)
				kfree(fresh);
			r->box = cur;
			return 0;
		}

		/* Another pack was inserted in between: nothing read so far counts. */
		if (tag != r->driver_tag || !psy_identity_was_noise(mc, &cur->info, status)) {
			psy_forget_rows(mc);
			again = false;
			cur = NULL;
		}
		r->driver_tag = tag;
		ret = -EAGAIN;
	}

	kfree(fresh);
	return ret;
}

static u32 psy_next_tag(struct psy_miniclass *mc)
{
	if (++mc->last_tag == PSY_TAG_NONE)
		mc->last_tag++;
	return mc->last_tag;
}

/* What is known of a pack over time begins with it. */
static void psy_forget_past(struct psy_miniclass *mc)
{
	unsigned long flags;

	lockdep_assert_held(&mc->lock);

	mc->critical_since = 0;
	mc->empty_since = 0;
	mc->amounts.valid = 0;
	mc->flow_status = -1;
	spin_lock_irqsave(&mc->pub, flags);
	mc->unsure = false;
	spin_unlock_irqrestore(&mc->pub, flags);
}

/* From what was told to what is published, in this order. */
static void psy_complete(struct psy_miniclass *mc, const struct psy_info *info, u32 tag,
			 struct psy_values *status, ktime_t now)
{
	u64 told = status->valid;
	int now_status = POWER_SUPPLY_STATUS_UNKNOWN;
	unsigned long flags;
	bool unsure;

	psy_subtract_bias(status);
	psy_derive(status, mc->family);
	if (psy_resolve(status, mc->desc->primary)) {
		mc->stats.contradictions++;
		if (mc->odd_tag != tag)
			dev_notice(mc->dev, "status contradicts current, which is believed\n");
		mc->odd_tag = tag;
		psy_derive(status, mc->family);
	}
	unsure = psy_doubt_empty(status, &mc->amounts, &mc->empty_since, now);
	if (!unsure)
		psy_values_take(&mc->amounts, status, status->valid);
	psy_level(status, info);

	psy_values_get(status, PSY_STATUS, &now_status);
	if (now_status != mc->flow_status) {
		mc->flow_status = now_status;
		mc->flow_since = now;
	}
	/* The rate of the first moments says nothing about the next hours. */
	if (!(told & PSY_BIT(PSY_TIME_TO_EMPTY_NOW)) &&
	    ktime_before(now, ktime_add(mc->flow_since, mc->settle)))
		status->valid &= ~PSY_BIT(PSY_TIME_TO_EMPTY_NOW);

	unsure |= psy_debounce(status, &mc->critical_since, now);
	spin_lock_irqsave(&mc->pub, flags);
	mc->unsure = unsure;
	spin_unlock_irqrestore(&mc->pub, flags);
}

static void psy_refreshed(struct psy_miniclass *mc, struct psy_reading *r, ktime_t now)
{
	struct psy_info_box *box = r->box;
	u32 tag = mc->snap.tag;

	lockdep_assert_held(&mc->lock);

	if (box != mc->box) {
		tag = psy_next_tag(mc);
		trace_psy_tag(mc, mc->snap.tag, tag);
		mc->stats.insertions++;
		psy_forget_past(mc);
		psy_limits_default(mc, &box->info);
		dev_info_ratelimited(mc->dev, "pack %s %s %s\n", box->info.manufacturer,
				     box->info.model, box->info.serial);
	}

	mc->driver_tag = r->driver_tag;
	mc->stats.garbage += psy_drop_garbage(&r->status);
	psy_learn_rows(mc, r->failed);
	/* Nothing is carried from one pack to another. */
	psy_carry_over(mc, &r->status, box == mc->box ? &mc->raw : NULL, r->failed, now);
	mc->raw = r->status;
	psy_complete(mc, &box->info, tag, &r->status, now);
	psy_publish(mc, box, tag, now, &r->status);
	mc->silent_since = 0;
	mc->stats.refreshes++;
}

static void psy_refresh_failed(struct psy_miniclass *mc, int err, ktime_t now)
{
	unsigned long flags;

	lockdep_assert_held(&mc->lock);

	mc->stats.failed_refreshes++;
	if (!mc->box) {
		/* Contacts bounce: what was announced may answer in a moment. */
		if (mc->expected && err != -ENODEV) {
			spin_lock_irqsave(&mc->pub, flags);
			if (mc->asked != mc->answered)
				mc->settle_left = max(mc->settle_left, mc->settle_polls);
			spin_unlock_irqrestore(&mc->pub, flags);
		}
		return;
	}

	if (!mc->silent_since)
		mc->silent_since = now;

	if (err == -ENODEV || psy_silent_too_long(mc, now)) {
		mc->stats.removals++;
		trace_psy_tag(mc, mc->snap.tag, PSY_TAG_NONE);
		dev_info_ratelimited(mc->dev, "pack %s (%d)\n",
				     err == -ENODEV ? "removed" : "does not answer", err);
		psy_publish(mc, NULL, PSY_TAG_NONE, now, NULL);
		psy_forget_past(mc);
		mc->silent_since = 0;
	} else if (ktime_after(now, ktime_add(mc->snap.taken, mc->stale))) {
		/* Too old to pass for the present: unknown, but not gone yet. */
		psy_publish(mc, mc->box, mc->snap.tag, mc->snap.taken, NULL);
	}
}

/*
 * One reading, and what follows from it. What is announced from its beginning on
 * asks for another one: @asked is what this one answers.
 */
static int psy_refresh_once(struct psy_miniclass *mc, u32 *asked)
{
	u64 transfers = mc->stats.transfers;
	struct psy_reading r = {};
	unsigned long flags;
	bool info_stale;
	ktime_t start;
	int ret;

	spin_lock_irqsave(&mc->pub, flags);
	*asked = mc->asked;
	info_stale = mc->info_stale;
	mc->info_stale = false;
	mc->expected = mc->asked != mc->answered || mc->settle_left;
	spin_unlock_irqrestore(&mc->pub, flags);

	mc->budget = mc->max_retries;
	start = ktime_get_boottime();
	ret = psy_read_pack(mc, info_stale, &r);
	if (!ret) {
		psy_refreshed(mc, &r, start);
	} else {
		spin_lock_irqsave(&mc->pub, flags);
		mc->info_stale |= info_stale;
		spin_unlock_irqrestore(&mc->pub, flags);
		psy_refresh_failed(mc, ret, start);
	}
	trace_psy_refresh(mc, ret, mc->stats.transfers - transfers,
			  ktime_us_delta(ktime_get_boottime(), start));
	return ret;
}

static int psy_refresh_locked(struct psy_miniclass *mc)
{
	unsigned long flags;
	u32 asked;
	int ret;

	lockdep_assert_held(&mc->lock);

	ret = psy_refresh_once(mc, &asked);
	if (!ret && psy_limits_arm(mc))
		ret = psy_refresh_once(mc, &asked);

	/* From the end, or a slow bus would never be left alone. */
	spin_lock_irqsave(&mc->pub, flags);
	mc->next_try = ktime_add(ktime_get_boottime(), mc->fresh);
	mc->answered = asked;
	spin_unlock_irqrestore(&mc->pub, flags);
	return ret;
}

/**
 * psy_refresh() - make sure that the snapshot is fresh
 * @mc: the instance
 *
 * Reads the device when the snapshot is older than its lifetime; of several
 * callers one reads, the others wait for it. A failure is not an error here:
 * what the snapshot then says is the answer.
 *
 * Context: may sleep.
 * Return: false when it was fresh already.
 */
bool psy_refresh(struct psy_miniclass *mc)
{
	if (psy_is_fresh(mc))
		return false;

	mutex_lock(&mc->lock);
	if (!psy_is_fresh(mc))
		psy_refresh_locked(mc);
	mutex_unlock(&mc->lock);

	psy_event_check(mc);
	return true;
}

/* Fields that the table or the hooks tell in the unit of this supply. */
static u64 psy_known_fields(struct psy_miniclass *mc)
{
	u64 fields = mc->desc->extra;
	unsigned int i;

	for (i = 0; i < mc->desc->num_rows; i++)
		if (psy_row_applies(mc, &mc->desc->rows[i]))
			fields |= PSY_BIT(mc->desc->rows[i].field);
	return fields & (PSY_STATUS_FIELDS | PSY_INFO_FIELDS);
}

/* What a supply shows that has not seen a pack yet. */
static enum psy_family psy_default_family(const struct psy_miniclass_desc *desc)
{
	unsigned int i;

	for (i = 0; i < desc->num_rows; i++)
		if (desc->rows[i].family != PSY_FAMILY_ANY)
			return desc->rows[i].family;
	return PSY_FAMILY_ANY;
}

/**
 * psy_refresh_first() - meet the pack and settle what the supply can tell
 * @mc: the instance, before its registration
 *
 * A status field whose register fails twice while the pack answers others, and
 * an info field that has no value, are unsupported: they get no property and
 * are not read again. Without a pack all that the driver knows is listed.
 *
 * Context: may sleep.
 * Return: 0, also without a pack; -ENOMEM.
 */
int psy_refresh_first(struct psy_miniclass *mc)
{
	u64 fields;
	int ret;

	mutex_lock(&mc->lock);
	mc->readable = ~0ULL;
	ret = psy_refresh_locked(mc);
	if (!ret && (mc->missing & mc->wanted))
		ret = psy_refresh_locked(mc);

	if (!mc->box && mc->family == PSY_FAMILY_ANY)
		mc->family = psy_default_family(mc->desc);

	fields = psy_known_fields(mc);
	mc->has_strings = mc->desc->strings ? GENMASK(2, 0) : 0;
	if (mc->box) {
		const struct psy_info *info = &mc->box->info;

		fields &= mc->wanted | mc->desc->extra;
		fields &= info->values.valid | ~PSY_INFO_FIELDS;
		mc->readable = mc->wanted | PSY_BIT(PSY_IDENTITY);
		if (!info->manufacturer[0])
			mc->has_strings &= ~BIT(0);
		if (!info->model[0])
			mc->has_strings &= ~BIT(1);
		if (!info->serial[0])
			mc->has_strings &= ~BIT(2);
	}
	mc->listed = psy_derivable(fields, mc->family);
	mutex_unlock(&mc->lock);

	return ret == -ENOMEM ? ret : 0;
}

/**
 * psy_miniclass_get_pack() - take a consistent copy of the status and of the info
 * @mc: the instance
 * @snap: where to store the status
 * @info: where to store the info that belongs to it, or NULL
 *
 * Refreshes first if the snapshot has outlived its lifetime.
 *
 * Context: may sleep; not from within a hook of the same instance.
 * Return: 0, or -ENODEV when there is no pack.
 */
int psy_miniclass_get_pack(struct psy_miniclass *mc, struct psy_snapshot *snap,
			   struct psy_info *info)
{
	unsigned long flags;

	psy_refresh(mc);

	spin_lock_irqsave(&mc->pub, flags);
	*snap = mc->snap;
	if (info && mc->box)
		*info = mc->box->info;
	spin_unlock_irqrestore(&mc->pub, flags);

	return snap->tag == PSY_TAG_NONE ? -ENODEV : 0;
}
EXPORT_SYMBOL_NS_GPL(psy_miniclass_get_pack, "PSY_MINICLASS");

/**
 * psy_miniclass_get_snapshot() - take a consistent copy of the status
 * @mc: the instance
 * @snap: where to store it
 *
 * As psy_miniclass_get_pack() without the info.
 *
 * Context: may sleep; not from within a hook.
 * Return: 0, or -ENODEV when there is no pack.
 */
int psy_miniclass_get_snapshot(struct psy_miniclass *mc, struct psy_snapshot *snap)
{
	return psy_miniclass_get_pack(mc, snap, NULL);
}
EXPORT_SYMBOL_NS_GPL(psy_miniclass_get_snapshot, "PSY_MINICLASS");
