// SPDX-License-Identifier: GPL-2.0-only
/* One reading of the pack in the slot: its identity, info and status. */
#include <linux/errno.h>
#include <linux/lockdep.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "internal.h"

/* Attempts before giving up on an unstable pack */
#define PSY_MAX_ATTEMPTS	3

/**
 * psy_miniclass_replaced() - report that the pack may be a different one
 * @mc: the instance, whose driver has no query_tag hook
 *
 * For &psy_miniclass_ops->before_read of a device that is powered by its battery: if
 * it has lost its settings, it was without power, and a different battery may be
 * connected. The pack gets a new tag, and its info is read again. One bad reading must
 * not have that effect, nor the first reading.
 *
 * Context: inside a hook (the lock of the instance is held).
 */
void psy_miniclass_replaced(struct psy_miniclass *mc)
{
	lockdep_assert_held(&mc->lock);
	mc->replacements++;
}
EXPORT_SYMBOL_NS_GPL(psy_miniclass_replaced, "PSY_MINICLASS");

/* Get the tag of the driver; if it has none, count the replacements that it reports. */
static int psy_query_tag(struct psy_miniclass *mc, u32 *tag)
{
	const struct psy_miniclass_ops *ops = mc->desc->ops;
	int ret;

	lockdep_assert_held(&mc->lock);

	*tag = mc->replacements;
	if (!ops || !ops->query_tag)
		return 0;

	ret = ops->query_tag(mc, tag);
	if (ret == -EOPNOTSUPP)
		*tag = mc->replacements;
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

/*
 * Prepare the device for a reading. Do not retry on an empty slot, unless a pack is
 * expected.
 */
static int psy_before_read(struct psy_miniclass *mc)
{
	const struct psy_miniclass_ops *ops = mc->desc->ops;
	unsigned long flags;
	bool irq;

	lockdep_assert_held(&mc->lock);

	if (mc->live && !mc->info_ref && !mc->expected) {
		mc->budget = 0;
		mc->first_contact = true;
	}

	spin_lock_irqsave(&mc->snap_lock, flags);
	irq = mc->irq_pending;
	mc->irq_pending = false;
	spin_unlock_irqrestore(&mc->snap_lock, flags);
	if (irq && ops && ops->ack_irq && ops->ack_irq(mc)) {
		spin_lock_irqsave(&mc->snap_lock, flags);
		mc->irq_pending = true;
		spin_unlock_irqrestore(&mc->snap_lock, flags);
	}
	return ops && ops->before_read ? ops->before_read(mc) : 0;
}

/* Constants of the type of device; the hook may know more. */
static void psy_info_init(struct psy_info *info, const struct psy_miniclass_desc *desc)
{
	memset(info, 0, sizeof(*info));
	if (desc->manufacturer)
		strscpy(info->manufacturer, desc->manufacturer, sizeof(info->manufacturer));
	if (desc->model)
		strscpy(info->model, desc->model, sizeof(info->model));
	if (desc->technology)
		psy_values_set(&info->values, PSY_TECHNOLOGY, desc->technology);
}

/* A year alone is a valid date; of an impossible date all parts are unknown. */
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
 * First contact with a pack. The info is valid only if the identity is the same before
 * and after it was read. The hook may have to find out first how to access the pack,
 * so it reads the identity itself, before any other info.
 */
static int psy_read_info(struct psy_miniclass *mc, struct psy_info *info)
{
	const struct psy_miniclass_ops *ops = mc->desc->ops;
	u64 failed_before = 0, failed = 0;
	struct psy_values before;
	int ret;

	lockdep_assert_held(&mc->lock);

	psy_info_init(info, mc->desc);
	if (ops && ops->query_info) {
		psy_reset_scales(mc);
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
	if (mc->unit == PSY_UNIT_ANY)
		mc->unit = info->unit;

	ret = psy_rows_read(mc, mc->wanted & PSY_INFO_FIELDS, &info->values, &failed);
	if (ret)
		return ret;
	mc->info_failed = failed;
	mc->stats.garbage += psy_drop_garbage(&info->values);
	psy_check_date(&info->values);
	ret = psy_rows_read(mc, mc->wanted & PSY_BIT(PSY_IDENTITY), &info->values, &failed);
	if (ret)
		return ret;
	/* A pack may refuse its identity, but not only in one of two readings. */
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

/* True if several refreshes in a row have failed, for at least gone_ms. */
bool psy_silent_too_long(struct psy_miniclass *mc, ktime_t now)
{
	return mc->silent_since && mc->silences >= mc->gone_misses &&
	       ktime_compare(now, ktime_add(mc->silent_since, mc->gone)) >= 0;
}

/* Without checksums on the bus, a different identity may be a flipped bit. */
static bool psy_identity_was_noise(struct psy_miniclass *mc, const struct psy_info *info,
				   struct psy_values *status)
{
	u64 failed = 0;

	return !psy_rows_read(mc, PSY_BIT(PSY_IDENTITY), status, &failed) &&
	       psy_same_pack(info, status);
}

/* Forget which rows the last pack lacked: the slot may contain a different one. */
static void psy_reset_rows(struct psy_miniclass *mc)
{
	lockdep_assert_held(&mc->lock);

	mc->wanted = mc->readable;
	mc->seen = 0;
	mc->missing = 0;
	mc->runs_failed = 0;
}

static bool psy_info_differs(const struct psy_info *a, const struct psy_info *b)
{
	unsigned int f;

	if (a->values.valid != b->values.valid || a->unit != b->unit ||
	    strcmp(a->manufacturer, b->manufacturer) || strcmp(a->model, b->model) ||
	    strcmp(a->serial, b->serial) || strcmp(a->chemistry, b->chemistry))
		return true;
	for (f = 0; f < PSY_NR_FIELDS; f++)
		if ((a->values.valid & PSY_BIT(f)) && a->values.val[f] != b->values.val[f])
			return true;
	return false;
}

/*
 * Read the pack in the slot. On success @r->info_ref is the info that belongs to
 * @r->status, either that of the current snapshot or a new one. A failed reading is
 * discarded.
 */
int psy_read_pack(struct psy_miniclass *mc, bool info_stale, struct psy_reading *r)
{
	struct psy_info_ref *cur = mc->info_ref, *fresh = NULL;
	struct psy_values *status = &r->status;
	bool again = false;	/* reading the info of the present pack again */
	unsigned int attempt;
	unsigned long flags;
	u32 tag;
	int ret;

	ret = psy_query_tag(mc, &r->driver_tag);
	if (ret)
		return ret;
	if (!cur || r->driver_tag != mc->driver_tag) {
		psy_reset_rows(mc);
		cur = NULL;
	} else if (info_stale) {
		again = true;
		cur = NULL;
	}

	for (attempt = 0; attempt < PSY_MAX_ATTEMPTS; attempt++) {
		ret = psy_before_read(mc);
		if (ret == -EAGAIN)
			continue;
		if (ret)
			break;

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
		 * Without the identity these values may belong to a different pack. If it
		 * stays missing, treat the pack as a different one, without an identity.
		 */
		if ((r->failed & PSY_BIT(PSY_IDENTITY)) &&
		    (cur->info.values.valid & PSY_BIT(PSY_IDENTITY))) {
			ret = -EIO;
			if (!psy_silent_too_long(mc, ktime_get_boottime()))
				break;
			psy_reset_rows(mc);
			again = false;
			cur = NULL;
			continue;
		}

		ret = psy_query_tag(mc, &tag);
		if (ret)
			break;
		if (tag == r->driver_tag && psy_same_pack(&cur->info, status)) {
			/* Read again without a difference: keep the old info. */
			if (again && !psy_info_differs(&cur->info, &mc->info_ref->info))
				cur = mc->info_ref;
			if (cur != fresh)
				kfree(fresh);
			r->info_ref = cur;
			return 0;
		}

		/* A different pack was inserted in between: discard all values. */
		if (tag != r->driver_tag || !psy_identity_was_noise(mc, &cur->info, status)) {
			psy_reset_rows(mc);
			again = false;
			cur = NULL;
		}
		r->driver_tag = tag;
		ret = -EAGAIN;
	}

	/* The hooks may have stored what they read of a different pack. */
	if (fresh && mc->info_ref) {
		spin_lock_irqsave(&mc->snap_lock, flags);
		mc->info_stale = true;
		spin_unlock_irqrestore(&mc->snap_lock, flags);
	}
	kfree(fresh);
	return ret;
}
