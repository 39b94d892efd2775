/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of psy-miniclass.ko share. */
#ifndef __PSY_MINICLASS_INTERNAL_H
#define __PSY_MINICLASS_INTERNAL_H

#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/power/psy_miniclass.h>
#include <linux/power_supply.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

/* A supply with a temperature becomes a thermal zone: THERMAL_NAME_LENGTH. */
#define PSY_NAME_LEN	20

/* Longest property list: every published field, three strings, three fixed. */
#define PSY_MAX_PROPS	(PSY_NR_FIELDS + 6)

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
};

/* struct psy_told - what user space was told by the last event */
struct psy_told {
	u32 tag;
	u64 valid;
	int status;
	int health;
	int capacity;
	int capacity_level;
};

/* struct psy_info_box - an info that readers may still print from */
struct psy_info_box {
	struct list_head node;
	unsigned long retired;
	struct psy_info info;
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
 * @wanted: %PSY_BIT() of the rows to read
 * @has_strings: which strings have a property: BIT(0) manufacturer, BIT(1)
 *	model, BIT(2) serial
 * @family: the one family of this supply; fixed at registration
 * @fresh: lifetime of a snapshot
 * @gone: a silent pack is gone after this time
 * @stale: values older than this are not shown while the pack is silent
 * @poll: interval of the worker, jiffies
 * @settle_polls: see &struct psy_miniclass_config
 *
 * @lock: serialises everything that talks to the device, and protects the
 *	members from @scale to @row_ok
 * @scale: factors of the scale groups
 * @budget: repeats left in this refresh
 * @max_retries: @budget at its start
 * @first_contact: nobody has answered in this refresh yet
 * @driver_tag: last result of the query_tag hook
 * @last_tag: newest tag given out
 * @silent_since: first failed refresh in a row, 0 when the last one was good
 * @row_ok: when each field was last read
 *
 * @pub: protects what readers take, from @snap to @dying; innermost lock, may
 *	be taken in any context
 * @snap: newest snapshot
 * @box: info that belongs to it, NULL without a pack
 * @next_try: before this time @snap answers and the device is not asked
 * @told: what the last event said
 * @settle_left: quick polls left
 * @force: the next refresh may not trust @snap
 * @dying: unregistration has begun: nothing may be queued any more
 * @live: registration is complete: changes are told
 *
 * @retired: infos of former tags, newest first; protected by @lock
 * @poll_work: looks for changes
 * @event_work: tells user space; never done from a reader
 * @stats: counters; written under @lock, read without
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
	u64 wanted;
	unsigned int has_strings;
	enum psy_family family;
	ktime_t fresh;
	ktime_t gone;
	ktime_t stale;
	unsigned long poll;
	unsigned int settle_polls;

	struct mutex lock;
	struct psy_scale scale[PSY_NR_SCALES];
	int budget;
	int max_retries;
	bool first_contact;
	u32 driver_tag;
	u32 last_tag;
	ktime_t silent_since;
	ktime_t row_ok[PSY_NR_FIELDS];

	spinlock_t pub;
	struct psy_snapshot snap;
	struct psy_info_box *box;
	ktime_t next_try;
	struct psy_told told;
	unsigned int settle_left;
	bool force;
	bool dying;
	bool live;

	struct list_head retired;
	struct delayed_work poll_work;
	struct work_struct event_work;
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
void psy_refresh(struct psy_miniclass *mc);
int psy_refresh_first(struct psy_miniclass *mc);
void psy_info_drain(struct psy_miniclass *mc);

/* props.c */
void psy_derive(struct psy_values *status, enum psy_family family);
u64 psy_derivable(u64 fields, enum psy_family family);
unsigned int psy_list_props(u64 fields, unsigned int strings,
			    enum psy_family family,
			    enum power_supply_property *props);
int psy_prop_get(const struct psy_snapshot *snap, const struct psy_info *info,
		 enum power_supply_property psp,
		 union power_supply_propval *val);

/* event.c */
void psy_told_fill(struct psy_told *told, const struct psy_snapshot *snap);
bool psy_told_differs(const struct psy_told *a, const struct psy_told *b);
void psy_event_check(struct psy_miniclass *mc);
void psy_work_init(struct psy_miniclass *mc);
void psy_work_stop(struct psy_miniclass *mc);
void psy_external_power_changed(struct power_supply *psy);

/* names.c */
int psy_name_get(struct psy_miniclass *mc, const char *wish);
void psy_name_put(struct psy_miniclass *mc);

/* debugfs.c */
void psy_debugfs_add(struct psy_miniclass *mc);
void psy_debugfs_remove(struct psy_miniclass *mc);
void psy_debugfs_init(void);
void psy_debugfs_exit(void);

#endif /* __PSY_MINICLASS_INTERNAL_H */
