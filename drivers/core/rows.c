// SPDX-License-Identifier: GPL-2.0-only
/* Read the rows of a table. */
#include <linux/errno.h>
#include <linux/lockdep.h>

#include "internal.h"

/* After this many failed rows in succession, check whether the device responds. */
#define PSY_SILENT_ROWS	2
/* Number of other rows to try before the device counts as not responding */
#define PSY_PROBE_ROWS	2

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
