/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __COMP_KUNIT_H
#define __COMP_KUNIT_H

#include <kunit/test.h>
#include <linux/power_supply.h>

#include "../composite.h"

/**
 * struct fake_supply - a supply as any driver may have one; nothing of the class
 * @desc: of the supply
 * @psy: the supply, NULL while it is not registered
 * @v: what it tells; fields that are not valid give -ENODATA
 * @scope: %POWER_SUPPLY_SCOPE_SYSTEM and so on
 * @err: error of every property, 0 for none
 * @fails: mask of %PSY_BIT(): fields that give -EIO
 * @hold: every property waits until this is cleared; see @held
 * @held: how many wait
 * @gap_of: path that should exist whenever this supply is asked, or NULL
 * @gaps: how often it did not
 * @asked: properties asked for
 * @behaviour: what charge_behaviour was set to
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
	const char *serial;
};

void fake_supply_init(struct fake_supply *f, const char *name, int now_mwh, int full_mwh,
		      int mw);
int fake_supply_add(struct fake_supply *f, struct device *parent);
void fake_supply_settle(struct fake_supply *f);
void fake_supply_del(struct fake_supply *f);

extern struct kunit_suite comp_aggregate_suite;
extern struct kunit_suite comp_split_suite;
extern struct kunit_suite comp_random_suite;
extern struct kunit_suite comp_member_suite;
extern struct kunit_suite comp_members_suite;
extern struct kunit_suite comp_firmware_suite;

#endif /* __COMP_KUNIT_H */
