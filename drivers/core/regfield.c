// SPDX-License-Identifier: GPL-2.0-only
/* Conversion of registers to values. Pure: no state, no device access. */
#include <kunit/visibility.h>
#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/math.h>
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/overflow.h>

#include "internal.h"

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
 * @raw: content of the registers of the row
 * @val: where to store the result
 *
 * Context: any; pure.
 * Return: 0; -ENODATA if the raw value means "not available", its bits do not match, or
 * the factor of the instance is not known; -ENOENT if the bits mean that the field has
 * no value; -ERANGE if the value is not plausible or does not fit an int.
 */
int psy_row_decode(const struct psy_field_desc *row, const struct psy_scale *scale,
		   u32 raw, int *val)
{
	unsigned int bits = row->bits ?: 16;
	const struct psy_scale *s = &scale[row->scale];
	s64 x;

	raw = (raw >> row->shift) & GENMASK(bits - 1, 0);
	if ((row->flags & PSY_ROW_HAS_NA) && raw == row->na)
		return -ENODATA;
	if (row->flags & PSY_ROW_BITS) {
		if ((raw & row->mask) != row->match)
			return -ENODATA;
		if (row->flags & PSY_ROW_UNKNOWN)
			return -ENOENT;
		*val = row->result;
		return 0;
	}

	if (!s->mul)
		return -ENODATA;
	x = row->flags & PSY_ROW_SIGNED ? sign_extend32(raw, bits - 1) : (s64)raw;
	x -= row->bias;
	/* Divide only once. */
	if (check_mul_overflow(x, (s64)(row->mul ?: 1), &x) ||
	    check_mul_overflow(x, (s64)s->mul, &x))
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
