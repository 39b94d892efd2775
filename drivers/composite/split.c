// SPDX-License-Identifier: GPL-2.0-only
/*
 * Limits of the whole, divided among its members. Pure: no state, no device.
 *
 * Each member gets the part of the distance that it will have gone when the
 * whole gets there, if all go on as they do now. When that changes, what the
 * members were given has to be divided anew.
 */
#include <kunit/visibility.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/overflow.h>

#include "composite.h"

static int comp_sign(s64 n)
{
	return n < 0 ? -1 : n > 0;
}

/* What a member says of itself cannot be true: its rate is no guide. */
static bool comp_contradicts(const struct comp_part *p)
{
	switch (p->status) {
	case POWER_SUPPLY_STATUS_DISCHARGING:
		return p->rate >= 0;
	case POWER_SUPPLY_STATUS_CHARGING:
		return p->rate <= 0;
	case POWER_SUPPLY_STATUS_UNKNOWN:
		return false;
	default:
		return p->rate != 0;
	}
}

/* @distance * |@part| / |@whole|, rounded down; the last bits may go. */
static s64 comp_share(s64 distance, s64 part, s64 whole)
{
	s64 product;

	part = abs(part);
	whole = abs(whole);
	while (check_mul_overflow(distance, part, &product)) {
		part /= 2;
		whole /= 2;
	}
	return whole ? div64_s64(product, whole) : S64_MAX;
}

/**
 * comp_split() - divide the limits of the whole
 * @parts: the members
 * @n: their number
 * @whole: limits of the whole
 * @windows: where to store those of the members, @n of them
 *
 * By the shares of the members in the total rate. Equally when one contradicts
 * itself. No distance at all for a member that rests: its movement would change
 * the shares. A member that goes the other way than the whole will not bring it there, and gets
 * no limit; nor does one that is unknown.
 *
 * Context: any; pure.
 */
void comp_split(const struct comp_part *parts, unsigned int n,
		const struct comp_window *whole, struct comp_window *windows)
{
	s64 total = 0, rate = 0, below, above;
	bool equally = false;
	unsigned int i, members = 0;

	for (i = 0; i < n; i++) {
		windows[i] = (struct comp_window){ COMP_NEVER_LOW, COMP_NEVER_HIGH };
		if (!parts[i].present || !parts[i].known)
			continue;
		members++;
		total += parts[i].now;
		rate += parts[i].rate;
		equally |= comp_contradicts(&parts[i]);
	}
	below = max(total - whole->low, 0LL);
	above = whole->high == COMP_NEVER_HIGH ? 0 : max(whole->high - total, 0LL);

	for (i = 0; i < n; i++) {
		s64 l = 0, h = 0;

		if (!parts[i].present || !parts[i].known)
			continue;
		if (equally) {
			l = div_s64(below, members);
			h = div_s64(above, members);
		} else if (rate) {
			if (comp_sign(parts[i].rate) * comp_sign(rate) < 0)
				continue;
			l = comp_share(below, parts[i].rate, rate);
			h = comp_share(above, parts[i].rate, rate);
		}
		if (whole->low > COMP_NEVER_LOW)
			windows[i].low = l < parts[i].now ? parts[i].now - l : COMP_NEVER_LOW;
		if (whole->high != COMP_NEVER_HIGH &&
		    check_add_overflow(parts[i].now, h, &windows[i].high))
			windows[i].high = COMP_NEVER_HIGH;
	}
}
EXPORT_SYMBOL_IF_KUNIT(comp_split);

/**
 * comp_window_percent() - limits of a member in its own percent
 * @w: its limits
 * @full: its full amount, µWh
 * @capacity: its present capacity, percent: a limit that is reached but not
 *	passed stays so
 * @low: where to store the low one, 0 for none
 * @high: where to store the high one, 100 for none
 *
 * Rounded so that the member calls early rather than late.
 *
 * Context: any; pure.
 */
void comp_window_percent(const struct comp_window *w, s64 full, int capacity,
			 int *low, int *high)
{
	*low = 0;
	*high = 100;
	if (full <= 0)
		return;
	if (w->low > COMP_NEVER_LOW)
		*low = clamp_t(s64, div64_s64(100 * min(w->low, full) + full - 1, full),
			       0, capacity);
	if (w->high < full)
		*high = clamp_t(s64, div64_s64(100 * w->high, full), capacity, 100);
}
EXPORT_SYMBOL_IF_KUNIT(comp_window_percent);
