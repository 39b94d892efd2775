// SPDX-License-Identifier: GPL-2.0-only
/* Read, check and scale register rows. */
#include <kunit/visibility.h>
#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/lockdep.h>
#include <linux/math.h>
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/overflow.h>
#include <linux/regmap.h>

#include "internal.h"
#include "trace.h"

/* After this many failed rows in succession, check whether the device responds. */
#define PSY_SILENT_ROWS	2
/* Number of other rows to try before the device counts as not responding */
#define PSY_PROBE_ROWS	2

/**
 * psy_values_set() - store a value and mark it valid
 * @v: set of values
 * @field: the field
 * @val: value in units of the field
 *
 * Context: any.
 * Return: 0, or -ERANGE if @val does not fit an int, the type of values in the
 * power_supply class; the field is then unknown, not truncated.
 */
int psy_values_set(struct psy_values *v, enum psy_field field, s64 val)
{
	if (val < INT_MIN || val > INT_MAX) {
		v->valid &= ~PSY_BIT(field);
		return -ERANGE;
	}

	v->val[field] = val;
	v->valid |= PSY_BIT(field);
	return 0;
}
EXPORT_SYMBOL_NS_GPL(psy_values_set, "PSY_MINICLASS");

/**
 * psy_values_get() - get a value if it is valid
 * @v: set of values
 * @field: the field
 * @val: where to store it
 *
 * Context: any.
 * Return: 0, or -ENODATA if the field is unknown; @val is not changed then.
 */
int psy_values_get(const struct psy_values *v, enum psy_field field, int *val)
{
	if (!(v->valid & PSY_BIT(field)))
		return -ENODATA;

	*val = v->val[field];
	return 0;
}
EXPORT_SYMBOL_NS_GPL(psy_values_get, "PSY_MINICLASS");

/**
 * psy_values_take() - copy the valid values of some fields
 * @v: set of values to copy to
 * @from: set of values to copy from
 * @fields: mask of %PSY_BIT(): fields to copy; fields unknown in @from are not
 *	changed in @v
 *
 * Context: any.
 */
void psy_values_take(struct psy_values *v, const struct psy_values *from, u64 fields)
{
	unsigned int f;

	fields &= from->valid;
	for (f = 0; f < PSY_NR_FIELDS; f++)
		if (fields & PSY_BIT(f))
			v->val[f] = from->val[f];
	v->valid |= fields;
}
EXPORT_SYMBOL_NS_GPL(psy_values_take, "PSY_MINICLASS");

/* Divide, round to nearest, halves away from zero; @den must be positive. */
static s64 psy_div_round(s64 num, s64 den)
{
	s64 quot = div64_s64(num, den);
	s64 rest = abs(num - quot * den);

	if (rest >= den - rest)
		quot += num < 0 ? -1 : 1;
	return quot;
}

/**
 * psy_row_decode() - convert a raw register value
 * @row: the row
 * @scale: factors of the scale groups, %PSY_NR_SCALES of them
 * @raw: raw value of the register
 * @val: where to store the result
 *
 * Context: any; pure.
 * Return: 0; -ENODATA if the raw value means "not available"; -ERANGE if the value
 * is not plausible or does not fit an int.
 */
int psy_row_decode(const struct psy_field_desc *row, const struct psy_scale *scale,
		   u32 raw, int *val)
{
	unsigned int bits = row->bits ?: 16;
	const struct psy_scale *s = &scale[row->scale];
	s64 x;

	raw &= GENMASK(bits - 1, 0);
	if ((row->flags & PSY_ROW_HAS_NA) && raw == row->na)
		return -ENODATA;

	x = row->flags & PSY_ROW_SIGNED ? sign_extend32(raw, bits - 1) : (s64)raw;
	/* The first product (33 by 32 bits) fits, the second may not. Divide only once. */
	x *= row->mul ?: 1;
	if (check_mul_overflow(x, (s64)s->mul, &x))
		return -ERANGE;
	x = psy_div_round(x, (s64)(row->div ?: 1) * s->div);
	if (check_add_overflow(x, (s64)row->offset, &x))
		return -ERANGE;

	if (x < INT_MIN || x > INT_MAX)
		return -ERANGE;
	if ((row->flags & PSY_ROW_RANGE) && (x < row->min || x > row->max))
		return -ERANGE;

	*val = x;
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(psy_row_decode);

static void psy_count_error(struct psy_stats *stats, int err)
{
	switch (err) {
	case -ENXIO:
	case -EREMOTEIO:
		stats->err_nak++;
		break;
	case -ETIMEDOUT:
		stats->err_timeout++;
		break;
	case -EBADMSG:
		stats->err_pec++;
		break;
	default:
		stats->err_other++;
		break;
	}
}

/**
 * psy_miniclass_retry() - account for a transfer and decide whether to retry it
 * @mc: the instance
 * @err: result of the transfer, negative on error
 *
 * For hooks that access the bus without psy_miniclass_read(), as in
 * ``do { ret = transfer(); } while (psy_miniclass_retry(mc, ret));``. All
 * transfers of a refresh share one budget of retries, which limits the time lost
 * on a dead bus.
 *
 * Context: inside a hook (the lock of the instance is held).
 * Return: true if the transfer failed and may be retried.
 */
bool psy_miniclass_retry(struct psy_miniclass *mc, int err)
{
	lockdep_assert_held(&mc->lock);

	mc->stats.transfers++;
	if (err >= 0) {
		if (mc->first_contact)
			mc->budget = mc->max_retries;
		mc->first_contact = false;
		return false;
	}

	trace_psy_error(mc, err);
	psy_count_error(&mc->stats, err);
	if (err == -EOPNOTSUPP || err == -EINVAL || mc->budget <= 0)
		return false;

	mc->budget--;
	mc->stats.retries++;
	return true;
}
EXPORT_SYMBOL_NS_GPL(psy_miniclass_retry, "PSY_MINICLASS");

/**
 * psy_miniclass_read() - read a register from within a hook
 * @mc: the instance
 * @reg: register number
 * @val: where to store the raw value
 *
 * Some adapters return -ENODEV for a missing reply. Returned by a hook, -ENODEV
 * means that the pack is known to be gone. A single transfer cannot prove that, so
 * the error is changed to -ENXIO.
 *
 * Context: inside a hook (the lock of the instance is held). May sleep.
 * Return: 0 or the bus error of the last retry, never -ENODEV.
 */
int psy_miniclass_read(struct psy_miniclass *mc, unsigned int reg, unsigned int *val)
{
	int ret;

	do {
		ret = regmap_read(mc->regmap, reg, val);
	} while (psy_miniclass_retry(mc, ret));

	return ret == -ENODEV ? -ENXIO : ret;
}
EXPORT_SYMBOL_NS_GPL(psy_miniclass_read, "PSY_MINICLASS");

/* Set all factors to 1: those of another pack do not apply. */
void psy_reset_scales(struct psy_miniclass *mc)
{
	unsigned int i;

	for (i = 0; i < PSY_NR_SCALES; i++)
		mc->scale[i] = (struct psy_scale){ 1, 1 };
}

/**
 * psy_miniclass_set_scale() - set the factor of a scale group
 * @mc: the instance
 * @group: the scale group, not %PSY_SCALE_NONE
 * @mul: multiplier, not 0
 * @div: divisor, more than 0
 *
 * Context: inside a hook (the lock of the instance is held).
 */
void psy_miniclass_set_scale(struct psy_miniclass *mc, enum psy_scale_group group,
			     int mul, int div)
{
	lockdep_assert_held(&mc->lock);

	mc->scale[group] = (struct psy_scale){ mul, div };
}
EXPORT_SYMBOL_NS_GPL(psy_miniclass_set_scale, "PSY_MINICLASS");

/* True if @row applies to the unit of this supply. */
bool psy_row_applies(const struct psy_miniclass *mc, const struct psy_field_desc *row)
{
	return row->unit == PSY_UNIT_ANY || row->unit == mc->unit;
}

/*
 * Read @row, and remember it as probe row if that succeeds. A row that failed in the
 * last refresh is not retried, so that it does not use up the retries of other rows.
 */
static int psy_row_read(struct psy_miniclass *mc, const struct psy_field_desc *row, u32 *raw)
{
	bool missing = mc->missing & PSY_BIT(row->field);
	int ret, budget = mc->budget;
	unsigned int val;

	if (missing)
		mc->budget = 0;
	ret = psy_miniclass_read(mc, row->reg, &val);
	if (missing)
		mc->budget = budget;
	if (ret)
		return ret;
	*raw = val;
	mc->probe_row = row - mc->desc->rows;
	return 0;
}

/*
 * Check whether the device responds at all. Try the row that was read successfully
 * last, then other rows of the table, different ones in each refresh: a pack that
 * refuses some registers must not count as silent.
 */
static bool psy_device_responds(struct psy_miniclass *mc, u64 failed)
{
	/* Limit the transfers to an empty slot; the next refresh tries the next row. */
	unsigned int i, left = mc->live && !mc->info_ref ? 1 : PSY_PROBE_ROWS;
	u32 raw;

	for (i = 0; i < mc->desc->num_rows && left; i++) {
		const struct psy_field_desc *row = &mc->desc->rows[mc->probe_row];

		if (psy_row_applies(mc, row) && (mc->wanted & ~failed & PSY_BIT(row->field))) {
			left--;
			if (!psy_row_read(mc, row, &raw))
				return true;
		}
		mc->probe_row = (mc->probe_row + 1) % mc->desc->num_rows;
	}
	return false;
}

/**
 * psy_rows_read() - read the rows of some fields
 * @mc: the instance
 * @which: mask of %PSY_BIT()
 * @v: where to store the values
 * @failed: the fields whose transfer failed are added
 *
 * A reply that means "not available" or is not plausible leaves its field unknown,
 * but is not an error. Neither is a register that fails while others can be read:
 * the pack may lack any of them.
 *
 * Context: the lock of the instance is held. May sleep.
 * Return: 0, or an error if the device does not respond at all.
 */
int psy_rows_read(struct psy_miniclass *mc, u64 which, struct psy_values *v,
		  u64 *failed)
{
	unsigned int i, silent = 0;
	bool responds = false;
	int ret, val, err = 0;
	u32 raw;

	lockdep_assert_held(&mc->lock);

	for (i = 0; i < mc->desc->num_rows; i++) {
		const struct psy_field_desc *row = &mc->desc->rows[i];

		if (!(which & PSY_BIT(row->field)) || !psy_row_applies(mc, row))
			continue;

		ret = psy_row_read(mc, row, &raw);
		if (ret) {
			*failed |= PSY_BIT(row->field);
			err = ret;
			if (ret == -EOPNOTSUPP)	/* the adapter cannot do it */
				mc->wanted &= ~PSY_BIT(row->field);
			if (ret == -EOPNOTSUPP || ++silent < PSY_SILENT_ROWS)
				continue;
			if (!psy_device_responds(mc, *failed))
				return ret;
		}
		responds = true;
		silent = 0;
		if (ret)
			continue;

		ret = psy_row_decode(row, mc->scale, raw, &val);
		if (!ret)
			psy_values_set(v, row->field, val);
		else if (ret == -ERANGE)
			mc->stats.garbage++;
	}

	/* A single failed row does not mean that the device does not respond. */
	if (err && !responds && !psy_device_responds(mc, *failed))
		return err;
	return 0;
}
