/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of psy-miniclass.ko share. */
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
#include <linux/wait.h>
#include <linux/workqueue.h>

/* Longest name of a supply, with its NUL; tracepoints have it in full. */
#define PSY_NAME_LEN	32

/* Longest property list: every field, three strings, four limits, two fixed. */
#define PSY_MAX_PROPS	(PSY_NR_FIELDS + 9)

/* Tasks that can be in the middle of a read burst, see psy_pass_get() */
#define PSY_NR_PASSES	32

struct kernfs_node;
struct pid;

/* A seam: older kernels print all behaviours that there are. */
#ifndef psy_desc_set_behaviours
#define psy_desc_set_behaviours(desc, mask)	((desc)->charge_behaviours = (mask))
#endif

/* A seam: older kernels have fewer words for health. */
#ifndef PSY_HEALTH_LAST
#define PSY_HEALTH_LAST		POWER_SUPPLY_HEALTH_CELL_IMBALANCE
#endif

/* What psy_poll_delay() says when the hardware tells everything */
#define PSY_POLL_NEVER	ULONG_MAX

/* struct psy_scale - factor of one scale group */
struct psy_scale {
	int mul;
	int div;
};

/* struct psy_stats - what happened since registration; debugfs shows it */
struct psy_stats {
	u64 refreshes;		/* passes that gave a new snapshot */
	u64 failed_refreshes;	/* passes that did not */
	u64 transfers;		/* transfers asked of the bus, repeats included */
	u64 retries;
	u64 err_nak;
	u64 err_timeout;
	u64 err_pec;
	u64 err_other;
	u64 garbage;		/* replies dropped as not credible */
	u64 insertions;
	u64 removals;
	u64 events;		/* power_supply_changed() calls */
	u64 notifies;		/* psy_miniclass_changed() calls */
	u64 suppressed;		/* changes too small to be told */
	u64 contradictions;	/* status against the sign of the current */
	u64 arm_errors;		/* alarms that the hardware did not take */
};

/* struct psy_told - what user space was told by the last event */
struct psy_told {
	u32 tag;
	u32 alerts;		/* limits that are passed */
	u64 valid;
	int status;
	int health;
	int capacity;
	int capacity_level;
	ktime_t when;
};

/* enum psy_tell - see psy_told_check() */
enum psy_tell {
	PSY_TELL_NOTHING,
	PSY_TELL_SUPPRESSED,
	PSY_TELL_LATER,
	PSY_TELL_NOW,
};

/* struct psy_poll_in - what psy_poll_delay() goes by */
struct psy_poll_in {
	unsigned long base;	/* interval of the type of device, jiffies */
	unsigned long quick;	/* lifetime of a snapshot, jiffies */
	int distance;		/* percent from the nearest limit */
	bool unsure;		/* something waits to be confirmed */
	bool flowing;		/* the pack is charged or discharged */
	bool covered;		/* alarms tell everything that is asked for */
};

/* struct psy_waiter - one call of psy_miniclass_wait_status() */
struct psy_waiter {
	struct list_head node;
	struct psy_wait wait;
	bool for_tag;		/* any pack will do */
	bool forever;
	ktime_t end;
	int result;		/* -ETIME while nothing but the time is over */
	struct psy_snapshot snap;
};

/* struct psy_info_box - an info and who uses it: the instance, read bursts */
struct psy_info_box {
	struct kref ref;
	struct rcu_head rcu;
	struct psy_info info;
};

/* struct psy_pass - a task that reads all properties in their order */
struct psy_pass {
	struct pid *reader;	/* NULL: not in use */
	unsigned int next;	/* index of the property that must come next */
	u64 rank;		/* psy_miniclass::pass_rank at its last question */
	ktime_t since;		/* when @snap was current */
	struct psy_snapshot snap;
	struct psy_info_box *box;
};

/**
 * struct psy_miniclass - one battery slot
 * @dev: device of the miniclass driver
 * @desc: its type
 * @regmap: its registers or NULL
 * @drvdata: the driver's own
 * @psy: the supply
 * @psy_desc: description of @psy
 * @props: property list of @psy
 * @name: name of @psy
 * @listed: %PSY_BIT() of the fields that have a property
 * @has_strings: which strings have a property: BIT(0) manufacturer, BIT(1)
 *	model, BIT(2) serial
 * @family: the one family of this supply; fixed at registration
 * @role: whose battery it is; fixed at registration, never %PSY_ROLE_FIRMWARE
 * @fresh: lifetime of a snapshot
 * @notify_gap: time between readings for notifications that come in a storm
 * @gone: a silent pack is gone after this time
 * @stale: values older than this are not shown while the pack is silent
 * @poll: interval of the worker, jiffies
 * @quick: @fresh in jiffies, at least one
 * @settle: derived times are unknown for so long after a change of status
 * @alarms: PSY_LIMIT_* and PSY_ALARM_* of the hardware
 * @settle_polls: see &struct psy_miniclass_config
 *
 * @lock: serialises everything that talks to the device, and protects the
 *	members from @scale to @row_ok
 * @scale: factors of the scale groups
 * @budget: repeats left in this refresh
 * @max_retries: @budget at its start
 * @first_contact: nobody has answered in this refresh yet
 * @expected: a change was announced, or one is being waited for
 * @readable: %PSY_BIT() of the rows to read from a pack that is not known yet
 * @wanted: those of them that the present pack may have
 * @heard: those that it has answered
 * @missing: those that failed in the last good refresh
 * @probe_row: row of the table to ask whether the device answers at all: the
 *	one that answered last
 * @driver_tag: result of the query_tag hook that belongs to @snap
 * @last_tag: newest tag given out
 * @silent_since: first failed refresh in a row, 0 when the last one was good
 * @row_ok: when each field was last read
 * @raw: the status that @snap was made from: what is carried over is completed
 *	again, and must not lose the reserve twice
 * @armed: limits that the hardware has
 * @armed_tag: the pack that has them
 * @arm_failed: it did not take them the last time
 * @critical_since: see psy_debounce()
 * @empty_since: see psy_doubt_empty()
 * @amounts: capacity, charge and energy that were published last for this pack
 * @flow_status: the last status
 * @flow_since: when it began
 * @odd_tag: the pack whose contradiction has been logged
 *
 * @pub: protects what readers take, from @snap to @dying; innermost lock, may
 *	be taken in any context
 * @snap: newest snapshot
 * @box: info that belongs to it, NULL without a pack
 * @next_try: before this time @snap answers and the device is not asked
 * @notify_next: up to here notifications have used up the readings that are allowed
 * @poll_due: when @poll_work runs next, jiffies; valid while it is pending
 * @told: what the last event said
 * @settle_left: quick polls left
 * @asked: how often a refresh that does not trust @snap was asked for
 * @answered: @asked when the last refresh began; until both are equal again,
 *	also while that refresh is under way, nobody trusts @snap
 * @info_stale: nor the info
 * @notified: a notification waits until one more reading is allowed
 * @asleep: the system is suspended: the device is not talked to
 * @unsure: something waits to be confirmed by a quick poll
 * @weak_status: a status of little current that waits to be confirmed
 * @weak_count: by this number of readings so far, 0 when none waits
 * @weak_since: when the first of them was taken
 * @weak_last: when the last of them was taken
 * @tell_later: an event is held back by its rate only
 * @limits: what user space has set, or the pack's own
 * @limits_set: PSY_LIMIT_*: set by user space
 * @user_limits: where the driver keeps them for the next instance, or NULL
 * @to_notify: PSY_LIMIT_* attributes whose pollers are to be woken
 * @notify_tag: the same for the tag
 * @waiters: list of &struct psy_waiter
 * @passes: read bursts under way
 * @pass_rank: number of questions that read bursts have asked
 * @dying: unregistration has begun: nothing may be queued any more, and the
 *	device is only talked to for the end of its alarms
 * @live: registration is complete: changes are told
 *
 * @node: in the list of instances that watch external power
 * @poll_work: looks for changes
 * @event_work: tells user space; never done from a reader
 * @waitq: where @waiters sleep, and who waits for their end
 * @stats: counters, read without a lock; events, notifies and suppressed are
 *	written under @pub, the others under @lock
 */
struct psy_miniclass {
	struct device *dev;
	const struct psy_miniclass_desc *desc;
	struct regmap *regmap;
	void *drvdata;
	struct power_supply *psy;
	struct power_supply_desc psy_desc;
	enum power_supply_property props[PSY_MAX_PROPS];
	char name[PSY_NAME_LEN];
	u64 listed;
	unsigned int has_strings;
	enum psy_family family;
	enum psy_role role;
	ktime_t fresh;
	ktime_t notify_gap;
	ktime_t gone;
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
	u64 heard;
	u64 missing;
	unsigned int probe_row;
	u32 driver_tag;
	u32 last_tag;
	ktime_t silent_since;
	ktime_t row_ok[PSY_NR_FIELDS];
	struct psy_values raw;
	struct psy_limits armed;
	u32 armed_tag;
	bool arm_failed;
	ktime_t critical_since;
	ktime_t empty_since;
	struct psy_values amounts;
	int flow_status;
	ktime_t flow_since;
	u32 odd_tag;

	spinlock_t pub;
	struct psy_snapshot snap;
	struct psy_info_box *box;
	ktime_t next_try;
	ktime_t notify_next;
	unsigned long poll_due;
	struct psy_told told;
	unsigned int settle_left;
	int weak_status;
	unsigned int weak_count;
	ktime_t weak_since;
	ktime_t weak_last;
	u32 asked;
	u32 answered;
	bool info_stale;
	bool notified;
	bool asleep;
	bool unsure;
	bool tell_later;
	bool dying;
	bool live;
	struct psy_limits limits;
	u32 limits_set;
	struct psy_limits *user_limits;
	u32 to_notify;
	bool notify_tag;
	struct list_head waiters;
	struct psy_pass passes[PSY_NR_PASSES];
	u64 pass_rank;

	struct list_head node;
	struct delayed_work poll_work;
	struct work_struct event_work;
	wait_queue_head_t waitq;
	struct psy_stats stats;
};

/* regfield.c */
int psy_row_decode(const struct psy_field_desc *row, const struct psy_scale *scale,
		   u32 raw, int *val);
int psy_rows_read(struct psy_miniclass *mc, u64 which, struct psy_values *v,
		  u64 *failed);
bool psy_row_applies(const struct psy_miniclass *mc,
		     const struct psy_field_desc *row);

/* snapshot.c */
bool psy_refresh(struct psy_miniclass *mc);
int psy_refresh_first(struct psy_miniclass *mc);
void psy_info_drain(struct psy_miniclass *mc);

/* props.c */
unsigned int psy_drop_garbage(struct psy_values *v);
void psy_derive(struct psy_values *status, enum psy_family family);
u64 psy_derivable(u64 fields, enum psy_family family);
unsigned int psy_list_props(u64 fields, unsigned int strings,
			    enum psy_family family,
			    enum power_supply_property *props);
int psy_prop_field(enum power_supply_property psp);
int psy_prop_get(const struct psy_snapshot *snap, const struct psy_info *info,
		 enum power_supply_property psp,
		 union power_supply_propval *val);

/* policy.c */
bool psy_resolve(struct psy_values *s, bool primary);
void psy_subtract_bias(struct psy_values *s);
void psy_level(struct psy_values *s, const struct psy_info *info);
bool psy_debounce(struct psy_values *s, ktime_t *since, ktime_t now);
bool psy_doubt_empty(struct psy_values *s, const struct psy_values *last, ktime_t *since,
		     ktime_t now);
u32 psy_alerts(const struct psy_limits *limits, const struct psy_values *s);
void psy_limits_amounts(struct psy_limits *limits, const struct psy_values *s);
enum psy_tell psy_told_check(const struct psy_told *old, const struct psy_told *new,
			     int step);
unsigned long psy_poll_delay(const struct psy_poll_in *in);
int psy_wait_over(const struct psy_wait *wait, const struct psy_snapshot *snap);

/* limits.c */
int psy_limits_init(struct psy_miniclass *mc, struct psy_limits *user);
void psy_limits_default(struct psy_miniclass *mc, const struct psy_info *info);
unsigned int psy_limits_list(struct psy_miniclass *mc, enum power_supply_property *props);
bool psy_limits_arm(struct psy_miniclass *mc);
void psy_limits_disarm(struct psy_miniclass *mc);
void psy_limits_poll_in(struct psy_miniclass *mc, struct psy_poll_in *in);
u32 psy_limit_of(enum power_supply_property psp);
int psy_limit_get(struct psy_miniclass *mc, enum power_supply_property psp);
int psy_limit_set(struct psy_miniclass *mc, enum power_supply_property psp, int val);

/* event.c */
void psy_told_fill(struct psy_told *told, const struct psy_snapshot *snap);
void psy_event_check(struct psy_miniclass *mc);
void psy_work_init(struct psy_miniclass *mc);
void psy_poll_in(struct psy_miniclass *mc, unsigned long delay);
void psy_work_start(struct psy_miniclass *mc);
void psy_work_stop(struct psy_miniclass *mc);
void psy_kick(struct psy_miniclass *mc, unsigned int settle_polls);
int psy_suspend(struct device *dev);
int psy_resume(struct device *dev);
int psy_event_init(void);
void psy_event_exit(void);

/* wait.c */
void psy_wait_init(struct psy_miniclass *mc);
void psy_wait_drain(struct psy_miniclass *mc);

/* pass.c */
void psy_box_put(struct psy_info_box *box);
void psy_box_exit(void);
bool psy_pass_get(struct psy_miniclass *mc, unsigned int index,
		  enum power_supply_property psp, bool refreshed,
		  union power_supply_propval *val, int *ret);
void psy_pass_skip(struct psy_miniclass *mc, unsigned int index);
void psy_pass_drain(struct psy_miniclass *mc);

/* attrs.c */
/* Attributes that poll() waits for: one per limit, and battery_tag. */
#define PSY_NR_POLLED	5

extern const struct attribute_group *psy_attr_groups[];
void psy_polled_get(struct psy_miniclass *mc, struct kernfs_node *nodes[PSY_NR_POLLED]);
void psy_polled_notify(struct psy_miniclass *mc, u32 limits, bool tag);
void psy_polled_end(struct kernfs_node *nodes[PSY_NR_POLLED]);

/* core.c */
int psy_answer(struct psy_miniclass *mc, const struct psy_snapshot *snap,
	       const struct psy_info *info, enum power_supply_property psp,
	       union power_supply_propval *val);

/* role.c */
int psy_role_get(struct device *dev, enum psy_role wish, enum psy_role *role);

/* names.c */
int psy_name_get(struct psy_miniclass *mc, const char *wish);
void psy_name_put(struct psy_miniclass *mc);

/* debugfs.c */
void psy_debugfs_add(struct psy_miniclass *mc);
void psy_debugfs_remove(struct psy_miniclass *mc);
void psy_debugfs_init(void);
void psy_debugfs_exit(void);

#endif /* __PSY_MINICLASS_INTERNAL_H */
