// SPDX-License-Identifier: GPL-2.0-only
/*
 * Read the rows of a table. Rows that follow each other in the table and in the device
 * are read in one transfer, called a run.
 */
#include <kunit/visibility.h>
#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/lockdep.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/regmap.h>

#include "internal.h"

/* After this many failed rows in succession, check whether the device responds. */
#define PSY_SILENT_ROWS	2
/* Number of other rows to try before the device counts as not responding */
#define PSY_PROBE_ROWS	2
/* Retries of a run; if it fails, its rows are read one by one. */
#define PSY_RUN_RETRIES	1
/* A pack whose runs fail in this many refreshes in a row is read row by row. */
#define PSY_RUN_FAILURES	2
/* Attempts to read the parts of a value without a change in between */
#define PSY_PART_ATTEMPTS	2

/**
 * struct psy_pass - one call of psy_rows_read()
 * @which: the fields to read
 * @done: the fields that have a value
 * @bad: the fields that could not be read
 * @alone: rows before this index are read alone, as a run with them has failed
 * @run_read: a run has been read
 */
struct psy_pass {
	u64 which;
	u64 done;
	u64 bad;
	unsigned int alone;
	bool run_read;
};

static unsigned int psy_row_regs(const struct psy_field_desc *row)
{
	return row->regs ?: 1;
}

/* True if the registers of @row, of @reg_bits each, have all its bits. */
static bool psy_row_fits(const struct psy_field_desc *row, unsigned int reg_bits)
{
	unsigned int bits = row->bits ?: 16, have = psy_row_regs(row) * reg_bits;

	if (bits > 32 || have > 32 || (row->mask & ~GENMASK(bits - 1, 0)))
		return false;
	if (row->flags & PSY_ROW_BITS)
		bits = fls(row->mask);
	return row->shift + bits <= have;
}

/**
 * psy_rows_check() - check a table
 * @desc: the type of device with the table
 * @reg_bits: number of bits of its registers
 *
 * Context: any; pure.
 * Return: -1, or the index of the first invalid row.
 */
int psy_rows_check(const struct psy_miniclass_desc *desc, unsigned int reg_bits)
{
	unsigned int i;

	for (i = 0; i < desc->num_rows; i++) {
		const struct psy_field_desc *row = &desc->rows[i];

		if (row->field >= PSY_NR_FIELDS || row->scale >= PSY_NR_SCALES ||
		    row->div < 0 || row->regs > PSY_ROW_MAX_REGS ||
		    (row->match & ~row->mask) || !psy_row_fits(row, reg_bits) ||
		    (desc->reg_map && row->reg >= desc->num_regs) ||
		    (row->field == PSY_IDENTITY && i != desc->num_rows - 1))
			return i;
	}
	return -1;
}
EXPORT_SYMBOL_IF_KUNIT(psy_rows_check);

/**
 * psy_rows_init() - find out how the registers can be read
 * @mc: the instance, with its regmap
 *
 * Context: before registration.
 */
void psy_rows_init(struct psy_miniclass *mc)
{
	if (!mc->regmap)
		return;
	mc->reg_bytes = regmap_get_val_bytes(mc->regmap);
	mc->reg_stride = regmap_get_reg_stride(mc->regmap);
	/* There is no such question for reading, but a regmap has raw transfers for both. */
	mc->max_run = regmap_can_raw_write(mc->regmap) ? max_t(u8, mc->desc->run, 1) : 0;
}

/* True if @row applies to the variant, and to the unit of this supply. */
bool psy_row_applies(const struct psy_miniclass *mc, const struct psy_field_desc *row)
{
	return (row->unit == PSY_UNIT_ANY || row->unit == mc->unit) &&
	       psy_chip_reg(mc, row->reg) != PSY_REG_NONE;
}

static void psy_run_put(struct psy_miniclass *mc, unsigned int i, u32 val)
{
	if (mc->reg_bytes == 1)
		mc->run.b[i] = val;
	else if (mc->reg_bytes == 2)
		mc->run.w[i] = val;
	else
		mc->run.l[i] = val;
}

static u32 psy_run_get(const struct psy_miniclass *mc, unsigned int i)
{
	if (mc->reg_bytes == 1)
		return mc->run.b[i];
	if (mc->reg_bytes == 2)
		return mc->run.w[i];
	return mc->run.l[i];
}

/* How many registers @row is after @reg; -1 if it is before it or between two registers. */
static int psy_row_index(const struct psy_miniclass *mc, const struct psy_field_desc *row,
			 unsigned int reg)
{
	unsigned int chip_reg = psy_chip_reg(mc, row->reg);

	if (chip_reg < reg || (chip_reg - reg) % mc->reg_stride)
		return -1;
	return (chip_reg - reg) / mc->reg_stride;
}

static bool psy_run_has(const struct psy_miniclass *mc, const struct psy_field_desc *row)
{
	int index = mc->run.count ? psy_row_index(mc, row, mc->run.reg) : -1;

	return index >= 0 && index + psy_row_regs(row) <= mc->run.count;
}

/* The registers of @row, which are in the run, as one number */
static u32 psy_row_raw(const struct psy_miniclass *mc, const struct psy_field_desc *row)
{
	unsigned int regs = psy_row_regs(row), i;
	int index = psy_row_index(mc, row, mc->run.reg);
	u64 raw = 0;

	for (i = 0; i < regs; i++)
		raw = raw << 8 * mc->reg_bytes |
		      psy_run_get(mc, index + (row->flags & PSY_ROW_BE ? i : regs - 1 - i));
	return raw;
}

static int psy_run_read(struct psy_miniclass *mc, unsigned int reg, unsigned int count)
{
	int ret = psy_bus_bulk_read(mc, reg, &mc->run.b, count);

	mc->run.reg = reg;
	mc->run.count = ret ? 0 : count;
	return ret;
}

/*
 * The most significant register is read first. Without a change in all but the least
 * significant one, the parts are of the same value.
 */
static int psy_parts_read(struct psy_miniclass *mc, const struct psy_field_desc *row)
{
	unsigned int regs = psy_row_regs(row), reg = psy_chip_reg(mc, row->reg);
	unsigned int attempt, i, part, val;
	bool changed;
	int ret;

	for (attempt = 0; attempt < PSY_PART_ATTEMPTS; attempt++) {
		changed = false;
		for (i = 0; i < 2 * regs - 1; i++) {
			part = i % regs;
			if (!(row->flags & PSY_ROW_BE))
				part = regs - 1 - part;
			ret = psy_bus_read(mc, reg + part * mc->reg_stride, &val);
			if (ret)
				return ret;
			changed |= i >= regs && val != psy_run_get(mc, part);
			psy_run_put(mc, part, val);
		}
		if (!changed)
			return 0;
	}
	return -EIO;
}

/* Read the registers of @row alone. */
static int psy_regs_read(struct psy_miniclass *mc, const struct psy_field_desc *row)
{
	unsigned int regs = psy_row_regs(row), reg = psy_chip_reg(mc, row->reg), val;
	int ret;

	mc->run.count = 0;
	if (regs > 1 && mc->max_run)
		return psy_run_read(mc, reg, regs);

	ret = regs > 1 ? psy_parts_read(mc, row) : psy_bus_read(mc, reg, &val);
	if (ret)
		return ret;
	if (regs == 1)
		psy_run_put(mc, 0, val);
	mc->run.reg = reg;
	mc->run.count = regs;
	return 0;
}

/*
 * Read @row, and remember it as probe row if that succeeds. A row that failed in the
 * last refresh is not retried, so that it does not use up the retries of other rows.
 */
static int psy_row_read(struct psy_miniclass *mc, const struct psy_field_desc *row)
{
	bool missing = mc->missing & PSY_BIT(row->field);
	int ret, budget = mc->budget;

	if (missing)
		mc->budget = 0;
	ret = psy_regs_read(mc, row);
	if (missing)
		mc->budget = budget;
	if (!ret)
		mc->probe_row = row - mc->desc->rows;
	return ret;
}

/*
 * Find the run that begins with row @first. Returns the number of its registers, 0 if
 * there is none, and its last row. A row that the pack may lack is in no run, as it would
 * cost all others of the run another transfer.
 */
static unsigned int psy_run_find(struct psy_miniclass *mc, const struct psy_pass *pass,
				 unsigned int first, unsigned int *last)
{
	u64 lacking = mc->missing | ~mc->wanted;
	const struct psy_field_desc *row = &mc->desc->rows[first];
	unsigned int reg = psy_chip_reg(mc, row->reg);
	unsigned int regs = psy_row_regs(row), count = regs, end, i;
	int index;

	if (first < pass->alone || mc->runs_failed >= PSY_RUN_FAILURES ||
	    (lacking & PSY_BIT(row->field)))
		return 0;

	for (i = first + 1; i < mc->desc->num_rows; i++) {
		row = &mc->desc->rows[i];
		if (!psy_row_applies(mc, row))
			continue;
		index = psy_row_index(mc, row, reg);
		end = index + psy_row_regs(row);
		if (index < 0 || index > count + mc->desc->gap || end > mc->max_run ||
		    (lacking & PSY_BIT(row->field)))
			break;
		if (!(pass->which & ~pass->done & PSY_BIT(row->field)))
			continue;
		count = max(count, end);
		*last = i;
	}
	return count > regs ? count : 0;
}

/* Read the run that begins with row @i. False if there is none, or it fails. */
static bool psy_run_start(struct psy_miniclass *mc, struct psy_pass *pass, unsigned int i)
{
	unsigned int last = i, count = psy_run_find(mc, pass, i, &last);
	int retries = min(mc->budget, PSY_RUN_RETRIES);
	int kept = mc->budget - retries;

	if (!count)
		return false;

	mc->budget = retries;
	if (!psy_run_read(mc, psy_chip_reg(mc, mc->desc->rows[i].reg), count))
		pass->run_read = true;
	else
		pass->alone = last + 1;
	mc->budget += kept;
	return mc->run.count;
}

/* Have the registers of row @i in the run. */
static int psy_row_fetch(struct psy_miniclass *mc, struct psy_pass *pass, unsigned int i)
{
	const struct psy_field_desc *row = &mc->desc->rows[i];

	if (psy_run_has(mc, row) || psy_run_start(mc, pass, i)) {
		mc->probe_row = i;
		return 0;
	}
	return psy_row_read(mc, row);
}

/*
 * A run that fails although each of its rows can be read is something that the device
 * or the adapter cannot do.
 */
static void psy_runs_learn(struct psy_miniclass *mc, const struct psy_pass *pass)
{
	if (pass->alone && !pass->bad)
		mc->runs_failed++;
	else if (pass->alone || pass->run_read)
		mc->runs_failed = 0;
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

	for (i = 0; i < mc->desc->num_rows && left; i++) {
		const struct psy_field_desc *row = &mc->desc->rows[mc->probe_row];

		if (psy_row_applies(mc, row) && (mc->wanted & ~failed & PSY_BIT(row->field))) {
			left--;
			if (!psy_row_read(mc, row))
				return true;
		}
		mc->probe_row = (mc->probe_row + 1) % mc->desc->num_rows;
	}
	return false;
}

/* Decode @row, whose registers are in the run. */
static void psy_row_store(struct psy_miniclass *mc, struct psy_pass *pass,
			  const struct psy_field_desc *row, struct psy_values *v)
{
	int val, ret = psy_row_decode(row, mc->scale, psy_row_raw(mc, row), &val);

	if (!ret) {
		psy_values_set(v, row->field, val);
		pass->done |= PSY_BIT(row->field);
	} else if (ret == -ENOENT) {
		pass->done |= PSY_BIT(row->field);
	} else if (ret == -ERANGE) {
		mc->stats.garbage++;
	}
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
	struct psy_pass pass = { .which = which };
	unsigned int i, silent = 0;
	bool responds = false;
	int ret, err = 0;

	lockdep_assert_held(&mc->lock);

	mc->run.count = 0;
	for (i = 0; i < mc->desc->num_rows; i++) {
		const struct psy_field_desc *row = &mc->desc->rows[i];

		if (!(which & ~pass.done & ~pass.bad & PSY_BIT(row->field)) ||
		    !psy_row_applies(mc, row))
			continue;

		ret = psy_row_fetch(mc, &pass, i);
		if (ret) {
			pass.bad |= PSY_BIT(row->field);
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
		if (!ret)
			psy_row_store(mc, &pass, row, v);
	}
	psy_runs_learn(mc, &pass);

	/* A single failed row does not mean that the device does not respond. */
	if (err && !responds && !psy_device_responds(mc, *failed))
		return err;
	return 0;
}
