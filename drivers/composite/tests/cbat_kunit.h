/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __CBAT_KUNIT_H
#define __CBAT_KUNIT_H

#include <kunit/test.h>
#include <linux/power_supply.h>

#include "../composite.h"

/* Overridden by compat: older kernels offer all charge behaviours. */
#ifndef psy_desc_set_behaviours
#define psy_desc_set_behaviours(desc, mask)	((desc)->charge_behaviours = (mask))
#endif

/**
 * struct fake_supply - a supply as other drivers register it, without the class
 * @desc: of the supply
 * @psy: the supply, NULL while it is not registered
 * @v: reported values; fields that are not valid give -ENODATA
 * @scope: %POWER_SUPPLY_SCOPE_SYSTEM and so on, or a negative error
 * @err: error of every property, 0 for none
 * @fails: mask of %PSY_BIT(): fields that give -EIO
 * @hold: every property waits until this is cleared; see @held
 * @held: number of waiting readers
 * @gap_of: path that should exist whenever this supply is read, or NULL
 * @gaps: number of reads while it did not exist
 * @asked: number of properties read
 * @behaviour: value of charge_behaviour
 * @refuses: mask of BIT(): behaviours that it cannot be set to, which gives -EIO
 * @least: smallest threshold that it can be set to, others give -EINVAL
 * @serial: its serial number; without one that property gives -ENODEV
 */
struct fake_supply {
	struct power_supply_desc desc;
	struct power_supply *psy;
	struct psy_values v;
	int scope;
	int err;
	u64 fails;
	bool hold;
	atomic_t held;
	const char *gap_of;
	atomic_t gaps;
	atomic_t asked;
	int behaviour;
	unsigned long refuses;
	int least;
	const char *serial;
};

void fake_supply_init(struct fake_supply *f, const char *name, int now_mwh, int full_mwh,
		      int mw);
int fake_supply_add(struct fake_supply *f, struct device *parent);
void fake_supply_settle(struct fake_supply *f);
void fake_supply_del(struct fake_supply *f);

extern struct kunit_suite cbat_aggregate_suite;
extern struct kunit_suite cbat_split_suite;
extern struct kunit_suite cbat_random_suite;
extern struct kunit_suite cbat_member_suite;
extern struct kunit_suite cbat_members_suite;
extern struct kunit_suite cbat_firmware_suite;
extern struct kunit_suite cbat_nomem_suite;

#endif /* __CBAT_KUNIT_H */
