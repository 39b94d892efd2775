// SPDX-License-Identifier: GPL-2.0-only
/*
 * Divides the limits of a composite among its members. Pure: no state, no device.
 *
 * Each member gets the part of the distance that it will have covered when the
 * composite reaches its limit, if all rates stay the same. When they change, the
 * limits have to be divided again.
 */
#include <kunit/visibility.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/overflow.h>

#include "composite.h"

static int cbat_sign(s64 n)
{
	return n < 0 ? -1 : n > 0;
}

/* The rate of a member contradicts its status, so it cannot be used. */
static bool cbat_is_contradictory(const struct cbat_part *p)
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

/* @distance * |@part| / |@total|, rounded down; the lowest bits may be lost. */
static s64 cbat_share(s64 distance, s64 part, s64 total)
{
	s64 product;

	part = abs(part);
	total = abs(total);
	while (check_mul_overflow(distance, part, &product)) {
		part /= 2;
		total /= 2;
	}
	return total ? div64_s64(product, total) : S64_MAX;
}

/**
 * cbat_split() - divide the limits of a composite
 * @parts: the members
 * @n: their number
 * @limits: limits of the composite
 * @windows: where to store the limits of the members, @n of them
 *
 * Each member gets a share of the distance in proportion to its share of the total rate;
 * all get equal shares if the rate of one contradicts its status. A member at rest gets
 * no distance: any change of its energy changes the shares. A member that flows against
 * the total, and one whose energy or rate is unknown, gets no limit.
 *
 * Context: any; pure.
 */
void cbat_split(const struct cbat_part *parts, unsigned int n,
		const struct cbat_window *limits, struct cbat_window *windows)
{
	s64 total = 0, rate = 0, below, above;
	bool equally = false;
	unsigned int i, members = 0;

	for (i = 0; i < n; i++) {
		windows[i] = (struct cbat_window){ CBAT_NEVER_LOW, CBAT_NEVER_HIGH };
		if (!parts[i].present || !parts[i].known)
			continue;
		members++;
		total += parts[i].now;
		rate += parts[i].rate;
		equally |= cbat_is_contradictory(&parts[i]);
	}
	below = max(total - limits->low, 0LL);
	above = limits->high == CBAT_NEVER_HIGH ? 0 : max(limits->high - total, 0LL);

	for (i = 0; i < n; i++) {
		s64 l = 0, h = 0;

		if (!parts[i].present || !parts[i].known)
			continue;
		if (equally) {
			l = div_s64(below, members);
			h = div_s64(above, members);
		} else if (rate) {
			if (cbat_sign(parts[i].rate) * cbat_sign(rate) < 0)
				continue;
			l = cbat_share(below, parts[i].rate, rate);
			h = cbat_share(above, parts[i].rate, rate);
		}
		if (limits->low > CBAT_NEVER_LOW)
			windows[i].low = l < parts[i].now ? parts[i].now - l : CBAT_NEVER_LOW;
		if (limits->high != CBAT_NEVER_HIGH &&
		    check_add_overflow(parts[i].now, h, &windows[i].high))
			windows[i].high = CBAT_NEVER_HIGH;
	}
}
EXPORT_SYMBOL_IF_KUNIT(cbat_split);

/**
 * cbat_window_percent() - convert the limits of a member to percent
 * @w: its limits
 * @full: its full energy, µWh
 * @capacity: its present capacity, percent: rounding moves no limit past it
 * @low: where to store the low limit, 0 for none
 * @high: where to store the high limit, 100 for none
 *
 * Rounded so that the alarm of the member is early rather than late.
 *
 * Context: any; pure.
 */
void cbat_window_percent(const struct cbat_window *w, s64 full, int capacity,
			 int *low, int *high)
{
	*low = 0;
	*high = 100;
	if (full <= 0)
		return;
	if (w->low > CBAT_NEVER_LOW)
		*low = clamp_t(s64, div64_s64(100 * min(w->low, full) + full - 1, full),
			       0, capacity);
	if (w->high < full)
		*high = clamp_t(s64, div64_s64(100 * w->high, full), capacity, 100);
}
EXPORT_SYMBOL_IF_KUNIT(cbat_window_percent);
