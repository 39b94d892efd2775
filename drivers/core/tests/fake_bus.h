/* SPDX-License-Identifier: GPL-2.0-only */
/* A fake register map that fails the test on unexpected accesses. */
#ifndef __PSY_FAKE_BUS_H
#define __PSY_FAKE_BUS_H

#include <kunit/test.h>
#include <linux/atomic.h>
#include <linux/power/psy_miniclass.h>
#include <linux/types.h>

struct regmap;

#define FAKE_REGS	32
#define FAKE_GONE_MS	3600000

/**
 * struct fake_bus - registers and injected faults; stored in test->priv
 * @test: the test that owns it
 * @dev: device that the instance is registered for
 * @regmap: access to @reg
 * @reg: the registers
 * @dead: bitmap of registers that fail
 * @dead_err: error of the registers in @dead
 * @quiet: any access fails the test
 * @fail_next: number of accesses that fail
 * @fail_skip: number of accesses that succeed before @fail_next takes effect
 * @fail_err: error of the accesses in @fail_next
 * @delay_ms: duration of an access
 * @reads: number of accesses
 * @swap_at: @swap_reg replaces @reg when @reads reaches this; 0 for never
 * @swap_reg: registers of the other pack
 * @change_at: psy_miniclass_changed() is called for @mc when @reads reaches this; 0 for
 *	never
 * @mc: the instance, for @change_at
 * @swap_fill: called repeatedly to write pack number @swaps + 1 to @reg
 * @swaps: number of calls of @swap_fill
 * @swap_next: value of @reads for the next call of @swap_fill
 * @naps: some accesses sleep
 * @inside: number of accesses in progress
 * @overlaps: number of accesses that overlapped with a previous one
 * @alarms: for the config of the instance
 * @user_limits: for the config of the instance
 * @limits: limits of the alarm
 * @sets: number of calls of set_notify
 * @disables: number of calls of disable_notify
 * @set_err: error of set_notify and set_info, or 0
 * @charge_on_set: new FAKE_NOW when the alarm is set, 0 for no change
 * @setting: last field that was set
 * @set_val: last value that was set
 */
struct fake_bus {
	struct kunit *test;
	struct device *dev;
	struct regmap *regmap;
	u16 reg[FAKE_REGS];
	u32 dead;
	int dead_err;
	bool quiet;
	int fail_next;
	int fail_skip;
	int fail_err;
	unsigned int delay_ms;
	unsigned int reads;
	unsigned int swap_at;
	u16 swap_reg[FAKE_REGS];
	unsigned int change_at;
	struct psy_miniclass *mc;
	void (*swap_fill)(u16 *reg, u16 n);
	unsigned int swaps;
	unsigned int swap_next;
	bool naps;
	atomic_t inside;
	unsigned int overlaps;
	u32 alarms;
	struct psy_limits user_limits;
	struct psy_limits limits;
	unsigned int sets;
	unsigned int disables;
	int set_err;
	u16 charge_on_set;
	enum psy_field setting;
	int set_val;
};

/* Registers of the fake pack */
#define FAKE_VOLTAGE	0x01
#define FAKE_CURRENT	0x02
#define FAKE_NOW	0x03
#define FAKE_FULL	0x04
#define FAKE_TEMP	0x05
#define FAKE_DESIGN	0x10
#define FAKE_YEAR	0x11
#define FAKE_ID		0x12

/* Transfers of one refresh: five status rows and the identity */
#define FAKE_REFRESH	6
/* Transfers of an insertion: identity, two info rows, identity, a refresh */
#define FAKE_INSERT	(4 + FAKE_REFRESH)

extern const struct psy_field_desc fake_rows[];
extern const unsigned int fake_num_rows;
extern const struct psy_miniclass_desc fake_desc;
extern const struct psy_miniclass_desc fake_level_desc;
extern const struct psy_miniclass_desc fake_alarm_desc;

struct fake_bus *fake_bus_kunit(struct kunit *test);
struct psy_miniclass *fake_register(struct fake_bus *bus,
				    const struct psy_miniclass_desc *desc);
void fake_unregister(struct fake_bus *bus);
void fake_sleep(unsigned int ms);
void fake_set_fresh(struct psy_miniclass *mc, unsigned int ms);
void fake_never_expire(struct psy_miniclass *mc);
void fake_set_gone(struct psy_miniclass *mc, unsigned int ms);
void fake_never_confirm(struct psy_miniclass *mc);
int fake_get(struct psy_miniclass *mc, enum power_supply_property psp);
bool fake_lists(struct psy_miniclass *mc, enum power_supply_property psp);

extern struct kunit_suite psy_backup_suite;
extern struct kunit_suite psy_regfield_suite;
extern struct kunit_suite psy_rows_suite;
extern struct kunit_suite psy_hooks_suite;
extern struct kunit_suite psy_props_suite;
extern struct kunit_suite psy_random_suite;
extern struct kunit_suite psy_snapshot_suite;
extern struct kunit_suite psy_info_suite;
extern struct kunit_suite psy_lifetime_suite;
extern struct kunit_suite psy_policy_suite;
extern struct kunit_suite psy_nomem_suite;
extern struct kunit_suite psy_notify_suite;
extern struct kunit_suite psy_wait_suite;
extern struct kunit_suite psy_role_suite;
extern struct kunit_suite psy_tag_suite;
extern struct kunit_suite psy_refusal_suite;

#endif /* __PSY_FAKE_BUS_H */
