// SPDX-License-Identifier: GPL-2.0-only
/* Refresh and validity of the snapshot; insertion and removal of packs. */
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/lockdep.h>
#include <linux/module.h>

#include "internal.h"
#include "trace.h"

static bool psy_is_fresh(struct psy_miniclass *mc)
{
	unsigned long flags;
	bool fresh;

	spin_lock_irqsave(&mc->snap_lock, flags);
	fresh = mc->asleep || mc->dying ||
		(mc->refresh_req == mc->refresh_done &&
		 ktime_before(ktime_get_boottime(), mc->next_try));
	spin_unlock_irqrestore(&mc->snap_lock, flags);
	return fresh;
}

/* Drop all infos. Called when no new readers are possible. */
void psy_info_drain(struct psy_miniclass *mc)
{
	psy_burst_drain(mc);
	if (mc->info_ref)
		psy_info_ref_put(mc->info_ref);
}

/* Publish @info_ref and @status to readers; the old info is dropped. */
static void psy_publish(struct psy_miniclass *mc, struct psy_info_ref *info_ref, u32 tag,
			ktime_t taken, const struct psy_values *status)
{
	struct psy_info_ref *old = mc->info_ref;
	unsigned long flags;

	lockdep_assert_held(&mc->lock);

	spin_lock_irqsave(&mc->snap_lock, flags);
	mc->info_ref = info_ref;
	mc->snap.tag = tag;
	mc->snap.taken = taken;
	if (status)
		mc->snap.status = *status;
	else
		mc->snap.status.valid = 0;
	spin_unlock_irqrestore(&mc->snap_lock, flags);

	if (old && old != info_ref)
		psy_info_ref_put(old);
}

/*
 * If nothing was read for long, such as while tasks were frozen, earlier failures say
 * nothing about the time since: the silence starts again with the next one.
 */
static void psy_forget_silence(struct psy_miniclass *mc, ktime_t now)
{
	ktime_t interval = min(mc->fresh, ms_to_ktime(jiffies_to_msecs(mc->poll)));
	ktime_t gap = max(mc->gone, 3 * interval);

	lockdep_assert_held(&mc->lock);
	if (mc->silent_since && ktime_after(now, ktime_add(mc->silent_last, gap)))
		mc->silent_since = 0;
}

/*
 * A register that failed while others could be read keeps its last value for gone_ms,
 * like the values of a silent pack: one failed reading must not make a property
 * unknown. Returns true if there is one: it should be read again soon.
 */
static bool psy_carry_over(struct psy_miniclass *mc, struct psy_values *status,
			   const struct psy_values *old, u64 failed, ktime_t now)
{
	bool carried = false;
	unsigned int f;

	for (f = 0; f < PSY_NR_FIELDS; f++) {
		if (!(PSY_STATUS_FIELDS & PSY_BIT(f)))
			continue;
		if (!(failed & PSY_BIT(f))) {
			mc->row_bad[f] = 0;
			continue;
		}
		/* From the first failure on: polls may be further apart than gone_ms. */
		if (!mc->row_bad[f])
			mc->row_bad[f] = now;
		if (old && (old->valid & PSY_BIT(f)) && !(status->valid & PSY_BIT(f)) &&
		    ktime_before(now, ktime_add(mc->row_bad[f], mc->gone))) {
			psy_values_set(status, f, old->val[f]);
			carried = true;
		}
	}
	return carried;
}

/*
 * Stop reading a register that could never be read from this pack, and has failed in
 * two successive refreshes while others could be read.
 */
static void psy_learn_rows(struct psy_miniclass *mc, u64 failed)
{
	lockdep_assert_held(&mc->lock);

	mc->seen |= mc->wanted & ~failed;
	mc->wanted &= ~(failed & mc->missing) | mc->seen;
	mc->missing = failed;
}

static u32 psy_next_tag(struct psy_miniclass *mc)
{
	if (++mc->last_tag == PSY_TAG_NONE)
		mc->last_tag++;
	return mc->last_tag;
}

/* Reset the state that depends on earlier readings of a pack. */
static void psy_reset_history(struct psy_miniclass *mc)
{
	unsigned long flags;

	lockdep_assert_held(&mc->lock);

	mc->critical_since = 0;
	mc->empty_since = 0;
	mc->amounts.valid = 0;
	mc->flow_status = -1;
	spin_lock_irqsave(&mc->snap_lock, flags);
	mc->unsure = false;
	spin_unlock_irqrestore(&mc->snap_lock, flags);
}

/* Fields that the table or the hooks provide in the unit of this supply. */
static u64 psy_known_fields(struct psy_miniclass *mc)
{
	u64 fields = mc->desc->extra;
	unsigned int i;

	for (i = 0; i < mc->desc->num_rows; i++)
		if (psy_row_applies(mc, &mc->desc->rows[i]))
			fields |= PSY_BIT(mc->desc->rows[i].field);
	if (mc->desc->technology)
		fields |= PSY_BIT(PSY_TECHNOLOGY);
	if (mc->desc->supplied)
		fields |= PSY_BIT(PSY_STATUS);
	return fields & (PSY_STATUS_FIELDS | PSY_INFO_FIELDS);
}

/* Convert the reported values to the published ones. The order matters. */
static void psy_complete(struct psy_miniclass *mc, const struct psy_info *info, u32 tag,
			 struct psy_values *status, bool carried, ktime_t now)
{
	const u64 runtime = PSY_BIT(PSY_TIME_TO_EMPTY_NOW) | PSY_BIT(PSY_TIME_TO_EMPTY_AVG);
	u64 reported = status->valid;
	int now_status = POWER_SUPPLY_STATUS_UNKNOWN;
	unsigned long flags;
	bool unsure;

	psy_subtract_bias(status);
	psy_derive(status, mc->unit);
	if (mc->desc->supplied && psy_status_supplied(status, READ_ONCE(mc->supplier_status)))
		psy_derive(status, mc->unit);
	if (psy_resolve(status, mc->desc->primary)) {
		mc->stats.contradictions++;
		if (mc->contradiction_tag != tag)
			dev_notice(mc->dev, "status contradicts current, using the current\n");
		mc->contradiction_tag = tag;
		psy_derive(status, mc->unit);
	}
	unsure = psy_debounce_empty(status, &mc->amounts, &mc->empty_since, now);
	if (!unsure)
		psy_values_take(&mc->amounts, status, status->valid);
	psy_level(status, info);

	psy_values_get(status, PSY_STATUS, &now_status);
	if (now_status != mc->flow_status) {
		mc->flow_status = now_status;
		mc->flow_since = now;
	}
	/* The initial rate is a poor predictor of the runtime. */
	if (!(reported & PSY_BIT(PSY_TIME_TO_EMPTY_NOW)) &&
	    ktime_before(now, ktime_add(mc->flow_since, mc->settle)))
		status->valid &= ~PSY_BIT(PSY_TIME_TO_EMPTY_NOW);
	if (mc->desc->backup)
		status->valid = (status->valid & ~runtime) | (reported & runtime);

	unsure |= psy_debounce(status, &mc->critical_since, now) || carried;
	spin_lock_irqsave(&mc->snap_lock, flags);
	mc->unsure = unsure;
	spin_unlock_irqrestore(&mc->snap_lock, flags);
}

static void psy_refreshed(struct psy_miniclass *mc, struct psy_reading *r, ktime_t now)
{
	struct psy_info_ref *info_ref = r->info_ref;
	u32 tag = mc->snap.tag;
	bool carried;

	lockdep_assert_held(&mc->lock);

	if (info_ref != mc->info_ref) {
		tag = psy_next_tag(mc);
		trace_psy_tag(mc, mc->snap.tag, tag);
		mc->stats.insertions++;
		psy_reset_history(mc);
		psy_limits_default(mc, &info_ref->info);
		dev_info_ratelimited(mc->dev, "pack %s %s %s\n", info_ref->info.manufacturer,
				     info_ref->info.model, info_ref->info.serial);
	}

	mc->driver_tag = r->driver_tag;
	mc->stats.garbage += psy_drop_garbage(&r->status);
	psy_learn_rows(mc, r->failed);
	if (mc->sign_apart)
		psy_apply_sign(&r->status, &r->failed);
	/* Do not carry values over from one pack to a different one. */
	carried = psy_carry_over(mc, &r->status, info_ref == mc->info_ref ? &mc->raw : NULL,
				 r->failed, now);
	mc->raw = r->status;
	psy_complete(mc, &info_ref->info, tag, &r->status, carried, now);
	psy_publish(mc, info_ref, tag, now, &r->status);
	mc->silent_since = 0;
	mc->stats.refreshes++;
}

static void psy_refresh_failed(struct psy_miniclass *mc, int err, ktime_t now)
{
	unsigned long flags;

	lockdep_assert_held(&mc->lock);

	mc->stats.failed_refreshes++;
	if (!mc->info_ref) {
		/* Contacts bounce: an announced pack may respond a moment later. */
		if (mc->expected && err != -ENODEV) {
			spin_lock_irqsave(&mc->snap_lock, flags);
			if (mc->refresh_req != mc->refresh_done)
				mc->settle_left = max(mc->settle_left, mc->settle_polls);
			spin_unlock_irqrestore(&mc->snap_lock, flags);
		}
		return;
	}

	if (!mc->silent_since) {
		mc->silent_since = now;
		mc->silences = 0;
	}
	mc->silences++;
	mc->silent_last = ktime_get_boottime();

	if (err == -ENODEV || psy_silent_too_long(mc, now)) {
		mc->stats.removals++;
		trace_psy_tag(mc, mc->snap.tag, PSY_TAG_NONE);
		dev_info_ratelimited(mc->dev, "pack %s (%d)\n",
				     err == -ENODEV ? "removed" : "does not respond", err);
		psy_publish(mc, NULL, PSY_TAG_NONE, now, NULL);
		psy_reset_history(mc);
		mc->silent_since = 0;
	} else if (mc->silent_since != now &&
		   ktime_after(now, ktime_add(mc->snap.taken, mc->stale))) {
		/*
		 * Too stale to report: unknown, but not gone yet. Not at the first failure,
		 * as polls may be further apart.
		 */
		psy_publish(mc, mc->info_ref, mc->snap.tag, mc->snap.taken, NULL);
	}
}

/*
 * Read the pack once and publish the result. Sets @req to the value of @refresh_req at
 * the start: a change notified during the reading requires another refresh.
 */
static int psy_refresh_once(struct psy_miniclass *mc, u32 *req)
{
	u64 transfers = mc->stats.transfers;
	struct psy_reading r = {};
	unsigned long flags;
	bool info_stale;
	ktime_t start;
	int ret;

	spin_lock_irqsave(&mc->snap_lock, flags);
	*req = mc->refresh_req;
	info_stale = mc->info_stale;
	mc->info_stale = false;
	mc->expected = mc->refresh_req != mc->refresh_done || mc->settle_left;
	spin_unlock_irqrestore(&mc->snap_lock, flags);

	mc->budget = mc->max_retries;
	start = ktime_get_boottime();
	psy_forget_silence(mc, start);
	ret = psy_read_pack(mc, info_stale, &r);
	if (!ret) {
		psy_refreshed(mc, &r, start);
	} else {
		spin_lock_irqsave(&mc->snap_lock, flags);
		mc->info_stale |= info_stale;
		spin_unlock_irqrestore(&mc->snap_lock, flags);
		psy_refresh_failed(mc, ret, start);
	}
	trace_psy_refresh(mc, ret, mc->stats.transfers - transfers,
			  ktime_us_delta(ktime_get_boottime(), start));
	return ret;
}

static int psy_refresh_locked(struct psy_miniclass *mc)
{
	unsigned long flags;
	u32 req;
	int ret;

	lockdep_assert_held(&mc->lock);

	ret = psy_refresh_once(mc, &req);
	if (!ret && psy_limits_arm(mc))
		ret = psy_refresh_once(mc, &req);

	/* Count from the end, or a slow bus would be busy all the time. */
	spin_lock_irqsave(&mc->snap_lock, flags);
	mc->next_try = ktime_add(ktime_get_boottime(), mc->fresh);
	mc->refresh_done = req;
	spin_unlock_irqrestore(&mc->snap_lock, flags);
	return ret;
}

/**
 * psy_refresh() - make sure that the snapshot is fresh
 * @mc: the instance
 *
 * Reads the device if the snapshot has outlived its lifetime or was invalidated. One
 * of several callers reads, the others wait for it. Failures are not returned: the
 * snapshot reflects them.
 *
 * Context: may sleep.
 * Return: false if the snapshot was fresh already.
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

/* The strings that the hook or the type of device provides. */
static unsigned int psy_known_strings(const struct psy_miniclass_desc *desc)
{
	if (desc->strings)
		return GENMASK(2, 0);
	return (desc->manufacturer ? BIT(0) : 0) | (desc->model ? BIT(1) : 0);
}

/* Unit of a supply that is registered without a pack. */
static enum psy_unit psy_default_unit(const struct psy_miniclass_desc *desc)
{
	unsigned int i;

	for (i = 0; i < desc->num_rows; i++)
		if (desc->rows[i].unit != PSY_UNIT_ANY)
			return desc->rows[i].unit;
	return PSY_UNIT_ANY;
}

/**
 * psy_refresh_first() - read the pack and determine the supported fields
 * @mc: the instance, before its registration
 *
 * A field whose register fails twice while others can be read, and an info field
 * without a value, are unsupported: they get no property and are not read again.
 * Without a pack, all fields known to the driver are listed.
 *
 * Context: may sleep.
 * Return: 0, also without a pack; -ENOMEM if out of memory.
 */
int psy_refresh_first(struct psy_miniclass *mc)
{
	u64 fields;
	int ret;

	mutex_lock(&mc->lock);
	mc->readable = ~0ULL;
	mc->sign_apart = psy_known_fields(mc) & PSY_BIT(PSY_CURRENT_SIGN);
	ret = psy_refresh_locked(mc);
	if (!ret && ((mc->missing & mc->wanted) || mc->info_failed || mc->info_stale)) {
		spin_lock_irq(&mc->snap_lock);
		mc->info_stale |= !!mc->info_failed;
		spin_unlock_irq(&mc->snap_lock);
		ret = psy_refresh_locked(mc);
	}

	if (mc->unit == PSY_UNIT_ANY)
		mc->unit = psy_default_unit(mc->desc);

	fields = psy_known_fields(mc);
	mc->has_strings = psy_known_strings(mc->desc);
	if (mc->info_ref) {
		const struct psy_info *info = &mc->info_ref->info;

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
	mc->listed = psy_derivable(fields, mc->unit);
	if (mc->desc->backup)
		mc->listed &= fields | ~PSY_BIT(PSY_TIME_TO_EMPTY_NOW);
	mutex_unlock(&mc->lock);

	return ret == -ENOMEM ? ret : 0;
}

/**
 * psy_miniclass_get_pack() - get a consistent copy of the status and of the info
 * @mc: the instance
 * @snap: where to store the status
 * @info: where to store the info that belongs to it, or NULL
 *
 * Refreshes the snapshot first if it is not fresh.
 *
 * Context: may sleep; not from within a hook of the same instance.
 * Return: 0, or -ENODEV without a pack.
 */
int psy_miniclass_get_pack(struct psy_miniclass *mc, struct psy_snapshot *snap,
			   struct psy_info *info)
{
	unsigned long flags;

	psy_refresh(mc);

	spin_lock_irqsave(&mc->snap_lock, flags);
	*snap = mc->snap;
	if (info && mc->info_ref)
		*info = mc->info_ref->info;
	spin_unlock_irqrestore(&mc->snap_lock, flags);

	return snap->tag == PSY_TAG_NONE ? -ENODEV : 0;
}
EXPORT_SYMBOL_NS_GPL(psy_miniclass_get_pack, "PSY_MINICLASS");

/**
 * psy_miniclass_get_snapshot() - get a consistent copy of the status
 * @mc: the instance
 * @snap: where to store it
 *
 * As psy_miniclass_get_pack() without the info.
 *
 * Context: may sleep; not from within a hook.
 * Return: 0, or -ENODEV without a pack.
 */
int psy_miniclass_get_snapshot(struct psy_miniclass *mc, struct psy_snapshot *snap)
{
	return psy_miniclass_get_pack(mc, snap, NULL);
}
EXPORT_SYMBOL_NS_GPL(psy_miniclass_get_snapshot, "PSY_MINICLASS");
