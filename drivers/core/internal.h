/* SPDX-License-Identifier: GPL-2.0-only */
/* Internal declarations of psy-miniclass.ko */
#ifndef __PSY_MINICLASS_INTERNAL_H
#define __PSY_MINICLASS_INTERNAL_H

#include <linux/kref.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/power/psy_miniclass.h>
#include <linux/power_supply.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

/* Size of a supply name with its NUL; tracepoints record it in full. */
#define PSY_NAME_LEN	32

/* Longest property list: all fields, three strings, four limits, two fixed. */
#define PSY_MAX_PROPS	(PSY_NR_FIELDS + 9)

/* Number of concurrent read bursts, see psy_burst_get() */
#define PSY_NR_BURSTS	32

struct kernfs_node;
struct pid;

/* Overridden by compat: older kernels list all charge behaviours. */
#ifndef psy_desc_set_behaviours
#define psy_desc_set_behaviours(desc, mask)	((desc)->charge_behaviours = (mask))
#endif

/* Overridden by compat: older kernels define fewer health values. */
#ifndef PSY_HEALTH_LAST
#define PSY_HEALTH_LAST		POWER_SUPPLY_HEALTH_CELL_IMBALANCE
#endif

/* PSY_NO_STATE_OF_HEALTH: set by compat if the kernel lacks the newest properties. */

/* Returned by psy_poll_delay() if hardware alarms cover all changes */
#define PSY_POLL_NEVER	ULONG_MAX

/* struct psy_scale - factor of one scale group */
struct psy_scale {
	int mul;
	int div;
};

/**
 * struct psy_run - successive registers that were read last
 * @reg: number of the first one in the regmap
 * @count: number of registers, 0 if there are none
 * @b: their values, if they have 8 bits
 * @w: their values, if they have up to 16 bits
 * @l: their values, if they have up to 32 bits
 */
struct psy_run {
	unsigned int reg;
	unsigned int count;
	union {
		u8 b[PSY_RUN_MAX];
		u16 w[PSY_RUN_MAX];
		u32 l[PSY_RUN_MAX];
	};
};

/* struct psy_stats - counters since registration, shown in debugfs */
struct psy_stats {
	u64 refreshes;		/* refreshes that gave a new snapshot */
	u64 failed_refreshes;	/* refreshes that did not */
	u64 transfers;		/* bus transfers, including retries */
	u64 retries;
	u64 err_nak;
	u64 err_timeout;
	u64 err_pec;
	u64 err_other;
	u64 garbage;		/* values dropped as not plausible */
	u64 insertions;
	u64 removals;
	u64 events;		/* power_supply_changed() calls */
	u64 notifies;		/* psy_miniclass_changed() calls */
	u64 suppressed;		/* changes too small or too soon for an event */
	u64 contradictions;	/* status contradicted the sign of the current */
	u64 arm_errors;		/* alarms that could not be set */
};

/* struct psy_event - values that an event reports to user space */
struct psy_event {
	u32 tag;
	u32 alerts;		/* crossed limits */
	u64 valid;
	int status;
	int health;
	int capacity;
	int capacity_level;
	ktime_t when;
};

/* enum psy_event_verdict - see psy_event_compare() */
enum psy_event_verdict {
	PSY_VERDICT_NONE,
	PSY_VERDICT_SUPPRESSED,
	PSY_VERDICT_LATER,
	PSY_VERDICT_NOW,
};

/* struct psy_poll_in - input of psy_poll_delay() */
struct psy_poll_in {
	unsigned long base;	/* interval of the type of device, jiffies */
	unsigned long quick;	/* lifetime of a snapshot, jiffies */
	int distance;		/* percent from the nearest limit */
	bool unsure;		/* a value has to be confirmed */
	bool flowing;		/* charging or discharging */
	bool covered;		/* hardware alarms cover all changes */
};

/* struct psy_waiter - one call of psy_miniclass_wait_status() */
struct psy_waiter {
	struct list_head node;
	struct psy_miniclass *mc;
	struct psy_wait wait;
	bool for_tag;		/* wait for any pack */
	int result;		/* -ENODEV if the wait ended because the pack is gone */
	struct psy_snapshot snap;
};

/* struct psy_info_ref - info with a reference count: the instance, read bursts */
struct psy_info_ref {
	struct kref ref;
	struct rcu_head rcu;
	struct psy_info info;
};

/* struct psy_reading - data read by one refresh */
struct psy_reading {
	struct psy_info_ref *info_ref;
	struct psy_values status;
	u64 failed;		/* rows that failed while others could be read */
	u32 driver_tag;
};

/* struct psy_burst - a task that reads all properties in list order */
struct psy_burst {
	struct pid *reader;	/* NULL: unused */
	unsigned int next;	/* expected index of the next property */
	u64 rank;		/* psy_miniclass::burst_rank at its last read */
	ktime_t since;		/* when @snap was current */
	struct psy_snapshot snap;
	struct psy_info_ref *info_ref;
};

/**
 * struct psy_miniclass - one battery slot
 * @dev: device of the miniclass driver
 * @desc: type of the device
 * @regmap: registers of the device, or NULL
 * @reg_bytes: size of a register
 * @reg_stride: distance between the numbers of two successive registers
 * @max_run: highest number of registers that can be read in one transfer
 * @drvdata: private data of the driver
 * @psy: the supply
 * @psy_desc: description of @psy
 * @props: property list of @psy
 * @name: name of @psy
 * @groups: attributes of @psy
 * @polled: attribute of the driver that supports poll(), or NULL
 * @name_node: entry in the list of names in use
 * @listed: %PSY_BIT() of the fields that have a property
 * @has_strings: which strings have a property: BIT(0) manufacturer, BIT(1)
 *	model, BIT(2) serial
 * @sign_apart: the currents have their sign in %PSY_CURRENT_SIGN
 * @unit: unit of this supply; fixed at registration
 * @role: role of the pack; fixed at registration, never %PSY_ROLE_FIRMWARE
 * @fresh: lifetime of a snapshot
 * @notify_gap: minimum time between readings during a storm of notifications
 * @gone: a silent pack is gone after this time
 * @gone_misses: and after this number of failed refreshes
 * @stale: values older than this are not reported while the pack is silent
 * @poll: interval of the worker, jiffies
 * @quick: @fresh in jiffies, at least one
 * @settle: derived times are unknown for this long after a status change
 * @alarms: PSY_LIMIT_* and PSY_ALARM_* of the hardware
 * @settle_polls: see &struct psy_miniclass_config
 *
 * @lock: serialises all access to the device, and protects the members from
 *	@scale to @contradiction_tag
 * @scale: factors of the scale groups
 * @budget: retries left in this refresh
 * @max_retries: initial value of @budget
 * @first_contact: the device has not responded in this refresh yet
 * @expected: a change was announced, or the reaction to one is awaited
 * @readable: %PSY_BIT() of the rows to read from a pack that is not known yet
 * @wanted: the rows of @readable that the present pack may have
 * @seen: the rows that the present pack has answered
 * @missing: the rows that failed in the last successful refresh
 * @info_failed: the rows that failed when the info was read
 * @probe_row: index of the row to read to check whether the device responds at
 *	all: the row that was read successfully last
 * @run: the registers that were read last
 * @runs_failed: number of refreshes in a row in which a run failed, although each of
 *	its rows could be read alone
 * @driver_tag: result of the query_tag hook that belongs to @snap, or of @replacements
 * @replacements: number of replacements that the driver has reported
 * @last_tag: last tag assigned
 * @silent_since: first of the failed refreshes in a row, 0 if the last one
 *	succeeded, or if there was none for a while
 * @silent_last: end of the last of them
 * @silences: their number
 * @row_bad: since when each field could not be read, or 0
 * @raw: the status that @snap was derived from. Values carried over are completed
 *	again; the reserve must not be subtracted from them twice.
 * @armed: limits set in the hardware
 * @armed_tag: the pack that they were set for
 * @arm_failed: the last attempt to set them failed
 * @critical_since: see psy_debounce()
 * @empty_since: see psy_debounce_empty()
 * @amounts: last published capacity, charge and energy of this pack
 * @flow_status: the last status
 * @flow_since: time of its first reading
 * @contradiction_tag: the pack whose contradiction has been logged
 *
 * @snap_lock: protects the members from @snap to @burst_rank; innermost lock, may
 *	be taken in any context
 * @snap: newest snapshot
 * @info_ref: info that belongs to @snap, NULL without a pack
 * @next_try: until this time reads use @snap without accessing the device
 * @notify_next: end of the time for which notifications have used up their readings
 * @poll_due: when @poll_work runs next, jiffies; valid while it is pending
 * @last_event: contents of the last event
 * @settle_left: remaining quick polls
 * @refresh_req: number of requests for a refresh that invalidate @snap
 * @refresh_done: @refresh_req at the start of the last completed refresh; @snap
 *	is not fresh until both are equal again
 * @info_stale: the info has to be read again, too
 * @notified: a notification is delayed until another reading is allowed
 * @irq_pending: the interrupt has to be acknowledged before the next reading
 * @supplier_status: status by the suppliers, or %POWER_SUPPLY_STATUS_UNKNOWN
 * @asleep: the system is suspended: the device must not be accessed
 * @unsure: a value has to be confirmed by a quick poll
 * @weak_status: unconfirmed status that is based on a small current
 * @weak_count: number of readings that agree with @weak_status, 0 if none is pending
 * @weak_since: time of the first of these readings
 * @weak_last: time of the last of these readings
 * @event_deferred: an event is held back by the rate limit, or until its status is
 *	confirmed
 * @limits: limits set by user space, or the default of the pack
 * @limits_set: PSY_LIMIT_*: set by user space
 * @user_limits: where the driver keeps them for the next instance, or NULL
 * @to_notify: attributes whose pollers have to be notified: PSY_LIMIT_*,
 *	PSY_POLLED_TAG, PSY_POLLED_DRIVER
 * @event_requested: the driver has requested an event
 * @waiters: list of &struct psy_waiter
 * @bursts: active read bursts
 * @burst_rank: number of reads by read bursts
 * @dying: unregistration has started: nothing may be queued any more, and the
 *	device is only accessed to disarm its alarms
 * @live: registration is complete: changes are reported
 *
 * @node: entry in the list of instances that watch external power
 * @poll_work: polls for changes
 * @event_work: notifies user space; never done from a reader
 * @waits: tasks of @waiters
 * @stats: counters, read without a lock; events, notifies and suppressed are
 *	written under @snap_lock, the others under @lock
 */
struct psy_miniclass {
	struct device *dev;
	const struct psy_miniclass_desc *desc;
	struct regmap *regmap;
	unsigned int reg_bytes;
	unsigned int reg_stride;
	unsigned int max_run;
	void *drvdata;
	struct power_supply *psy;
	struct power_supply_desc psy_desc;
	enum power_supply_property props[PSY_MAX_PROPS];
	char name[PSY_NAME_LEN];
	const struct attribute_group *groups[3];
	const char *polled;
	struct list_head name_node;
	u64 listed;
	unsigned int has_strings;
	bool sign_apart;
	enum psy_unit unit;
	enum psy_role role;
	ktime_t fresh;
	ktime_t notify_gap;
	ktime_t gone;
	unsigned int gone_misses;
	ktime_t stale;
	unsigned long poll;
	unsigned long quick;
	ktime_t settle;
	unsigned int settle_polls;
	u32 alarms;

	struct mutex lock;
	struct psy_scale scale[PSY_NR_SCALES];
	int budget;
	int max_retries;
	bool first_contact;
	bool expected;
	u64 readable;
	u64 wanted;
	u64 seen;
	u64 missing;
	u64 info_failed;
	unsigned int probe_row;
	struct psy_run run;
	unsigned int runs_failed;
	u32 driver_tag;
	u32 replacements;
	u32 last_tag;
	ktime_t silent_since;
	ktime_t silent_last;
	unsigned int silences;
	ktime_t row_bad[PSY_NR_FIELDS];
	struct psy_values raw;
	struct psy_limits armed;
	u32 armed_tag;
	bool arm_failed;
	ktime_t critical_since;
	ktime_t empty_since;
	struct psy_values amounts;
	int flow_status;
	ktime_t flow_since;
	u32 contradiction_tag;

	spinlock_t snap_lock;
	struct psy_snapshot snap;
	struct psy_info_ref *info_ref;
	ktime_t next_try;
	ktime_t notify_next;
	unsigned long poll_due;
	struct psy_event last_event;
	unsigned int settle_left;
	int weak_status;
	unsigned int weak_count;
	ktime_t weak_since;
	ktime_t weak_last;
	u32 refresh_req;
	u32 refresh_done;
	bool info_stale;
	bool notified;
	bool irq_pending;
	int supplier_status;
	bool asleep;
	bool unsure;
	bool event_deferred;
	bool dying;
	bool live;
	struct psy_limits limits;
	u32 limits_set;
	struct psy_limits *user_limits;
	u32 to_notify;
	bool event_requested;
	struct list_head waiters;
	struct psy_burst bursts[PSY_NR_BURSTS];
	u64 burst_rank;

	struct list_head node;
	struct delayed_work poll_work;
	struct work_struct event_work;
	struct psy_waits waits;
	struct psy_stats stats;
};

/* regfield.c */
int psy_row_decode(const struct psy_field_desc *row, const struct psy_scale *scale,
		   u32 raw, int *val);

/* bus.c */
unsigned int psy_chip_reg(const struct psy_miniclass *mc, unsigned int reg);
int psy_bus_read(struct psy_miniclass *mc, unsigned int chip_reg, unsigned int *val);
int psy_bus_bulk_read(struct psy_miniclass *mc, unsigned int chip_reg, void *buf,
		      unsigned int count);

/* rows.c */
int psy_rows_check(const struct psy_miniclass_desc *desc, unsigned int reg_bits);
void psy_rows_init(struct psy_miniclass *mc);
int psy_rows_read(struct psy_miniclass *mc, u64 which, struct psy_values *v,
		  u64 *failed);
bool psy_row_applies(const struct psy_miniclass *mc,
		     const struct psy_field_desc *row);
void psy_reset_scales(struct psy_miniclass *mc);

/* pack.c */
bool psy_silent_too_long(struct psy_miniclass *mc, ktime_t now);
int psy_read_pack(struct psy_miniclass *mc, bool info_stale, struct psy_reading *r);

/* snapshot.c */
bool psy_refresh(struct psy_miniclass *mc);
int psy_refresh_first(struct psy_miniclass *mc);
void psy_info_drain(struct psy_miniclass *mc);

/* props.c */
unsigned int psy_drop_garbage(struct psy_values *v);
void psy_derive(struct psy_values *status, enum psy_unit unit);
u64 psy_derivable(u64 fields, enum psy_unit unit);
unsigned int psy_list_props(u64 fields, unsigned int strings,
			    enum psy_unit unit,
			    enum power_supply_property *props);
int psy_prop_field(enum power_supply_property psp);
int psy_prop_get(const struct psy_snapshot *snap, const struct psy_info *info,
		 enum power_supply_property psp,
		 union power_supply_propval *val);

/* policy.c */
bool psy_status_supplied(struct psy_values *s, int supplier_status);
bool psy_resolve(struct psy_values *s, bool primary);
void psy_apply_sign(struct psy_values *s, u64 *failed);
void psy_subtract_bias(struct psy_values *s);
void psy_level(struct psy_values *s, const struct psy_info *info);
bool psy_debounce(struct psy_values *s, ktime_t *since, ktime_t now);
bool psy_debounce_empty(struct psy_values *s, const struct psy_values *last, ktime_t *since,
			ktime_t now);
u32 psy_alerts(const struct psy_limits *limits, const struct psy_values *s);
void psy_limits_amounts(struct psy_limits *limits, const struct psy_values *s);
enum psy_event_verdict psy_event_compare(const struct psy_event *old, const struct psy_event *new,
					 int step);
unsigned long psy_poll_delay(const struct psy_poll_in *in);
int psy_wait_over(const struct psy_wait *wait, const struct psy_snapshot *snap);

/* supplier.c */
void psy_suppliers_ask(struct psy_miniclass *mc);

/* limits.c */
int psy_limits_init(struct psy_miniclass *mc, struct psy_limits *user);
void psy_limits_default(struct psy_miniclass *mc, const struct psy_info *info);
unsigned int psy_limits_list(struct psy_miniclass *mc, enum power_supply_property *props);
bool psy_limits_arm(struct psy_miniclass *mc);
void psy_limits_disarm(struct psy_miniclass *mc);
void psy_limits_poll_in(struct psy_miniclass *mc, struct psy_poll_in *in);
u32 psy_limit_of(enum power_supply_property psp);
int psy_limit_get(struct psy_miniclass *mc, enum power_supply_property psp);
bool psy_limit_in_range(u32 limit, int val);
int psy_limit_set(struct psy_miniclass *mc, enum power_supply_property psp, int val);

/* event.c */
void psy_event_fill(struct psy_event *last_event, const struct psy_snapshot *snap);
void psy_event_check(struct psy_miniclass *mc);
void psy_poll_in(struct psy_miniclass *mc, unsigned long delay);

/* poll.c */
void psy_work_init(struct psy_miniclass *mc);
void psy_work_start(struct psy_miniclass *mc);
void psy_work_stop(struct psy_miniclass *mc);
void psy_kick(struct psy_miniclass *mc, unsigned int settle_polls);
int psy_suspend(struct device *dev);
int psy_resume(struct device *dev);
int psy_poll_init(void);
void psy_poll_exit(void);

/* waits.c */
int psy_waits_enter(struct psy_waits *w, unsigned int *cancels);
void psy_waits_leave(struct psy_waits *w);

/* burst.c */
void psy_info_ref_put(struct psy_info_ref *info_ref);
void psy_info_ref_exit(void);
bool psy_burst_get(struct psy_miniclass *mc, unsigned int index,
		   enum power_supply_property psp, bool refreshed,
		   union power_supply_propval *val, int *ret);
int psy_snap_get(struct psy_miniclass *mc, const struct psy_snapshot *snap,
		 const struct psy_info *info, enum power_supply_property psp,
		 union power_supply_propval *val);
void psy_burst_skip(struct psy_miniclass *mc, unsigned int index);
void psy_burst_drain(struct psy_miniclass *mc);

/* attrs.c */
/* Attributes that support poll(): one per limit, battery_tag, one of the driver. */
#define PSY_NR_POLLED	6

/* Bits of psy_miniclass::to_notify beside PSY_LIMIT_* */
#define PSY_POLLED_TAG		BIT(30)
#define PSY_POLLED_DRIVER	BIT(31)

extern const struct attribute_group psy_attr_group;
void psy_polled_get(struct psy_miniclass *mc, struct kernfs_node *nodes[PSY_NR_POLLED]);
void psy_polled_notify(struct psy_miniclass *mc, u32 which);
void psy_polled_end(struct kernfs_node *nodes[PSY_NR_POLLED]);

/* role.c */
int psy_role_get(struct device *dev, enum psy_role requested, enum psy_role *role);

/* names.c */
int psy_name_get(struct psy_miniclass *mc, const char *requested, unsigned int *next);
void psy_name_put(struct psy_miniclass *mc);

/* debugfs.c */
void psy_debugfs_add(struct psy_miniclass *mc);
void psy_debugfs_remove(struct psy_miniclass *mc);
void psy_debugfs_init(void);
void psy_debugfs_exit(void);

#endif /* __PSY_MINICLASS_INTERNAL_H */
