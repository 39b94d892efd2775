/* SPDX-License-Identifier: GPL-2.0-only */
/* A register file that fails the test when it is touched unasked. */
#ifndef __PSY_FAKE_BUS_H
#define __PSY_FAKE_BUS_H

#include <kunit/test.h>
#include <linux/atomic.h>
#include <linux/power/psy_miniclass.h>
#include <linux/types.h>

struct regmap;

#define FAKE_REGS	32

/**
 * struct fake_bus - registers and a script of faults; lives in test->priv
 * @test: the test that owns it
 * @dev: device that the instance is registered for
 * @regmap: access to @reg
 * @reg: the registers
 * @dead: these registers do not answer
 * @dead_err: with this error
 * @quiet: any access fails the test
 * @fail_next: so many accesses fail
 * @fail_skip: after so many good ones
 * @fail_err: with this error
 * @delay_ms: time that an access takes
 * @reads: accesses so far
 * @swap_at: when @reads gets there, @swap_reg replaces @reg; 0 for never
 * @swap_reg: registers of the other pack
 * @swap_fill: writes pack number @swaps + 1 to @reg, again and again
 * @swaps: how often it did
 * @swap_next: the value of @reads at which it does so again
 * @naps: accesses sleep now and then
 * @inside: accesses at this moment
 * @overlaps: accesses that met another one
 * @alarms: for the instance's config
 * @user_limits: for the instance's config
 * @limits: what the alarm was set to
 * @sets: how often it was set
 * @disables: how often it was taken back
 * @set_err: what setting it says
 * @pass_on_set: the charge jumps to this while the alarm is set; 0 for not
 * @setting: last field that was set
 * @set_val: to this
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
	u16 pass_on_set;
	enum psy_field setting;
	int set_val;
};

/* Registers of the fake pack, and the rows that describe them */
#define FAKE_VOLTAGE	0x01
#define FAKE_CURRENT	0x02
#define FAKE_NOW	0x03
#define FAKE_FULL	0x04
#define FAKE_TEMP	0x05
#define FAKE_DESIGN	0x10
#define FAKE_YEAR	0x11
#define FAKE_ID		0x12

/* Transfers of one refresh: five rows of status and the identity */
#define FAKE_REFRESH	6
/* Transfers of an insertion: identity, two rows of info, identity, a refresh */
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
int fake_get(struct psy_miniclass *mc, enum power_supply_property psp);
bool fake_lists(struct psy_miniclass *mc, enum power_supply_property psp);

extern struct kunit_suite psy_regfield_suite;
extern struct kunit_suite psy_props_suite;
extern struct kunit_suite psy_snapshot_suite;
extern struct kunit_suite psy_info_suite;
extern struct kunit_suite psy_lifetime_suite;
extern struct kunit_suite psy_policy_suite;
extern struct kunit_suite psy_notify_suite;
extern struct kunit_suite psy_wait_suite;
extern struct kunit_suite psy_role_suite;
extern struct kunit_suite psy_tag_suite;
extern struct kunit_suite psy_refusal_suite;

#endif /* __PSY_FAKE_BUS_H */
