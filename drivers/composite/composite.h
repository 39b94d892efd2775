/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of composite-battery.ko share. */
#ifndef __COMPOSITE_BATTERY_H
#define __COMPOSITE_BATTERY_H

#include <linux/kref.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/power/psy_miniclass.h>
#include <linux/types.h>
#include <linux/workqueue.h>

struct dentry;
struct device;
struct fwnode_handle;
struct platform_device;
struct power_supply;

#define COMP_MAX_MEMBERS	64

/* Longest name of a supply that is worth looking for, with its NUL */
#define COMP_NAME_LEN		32

/* Longest name of a supply with a temperature: it is that of a thermal zone, too */
#define COMP_MAX_LABEL		19

/**
 * enum comp_topology - how the packs are wired
 * @COMP_PARALLEL: all give and take at the same time
 * @COMP_SEQUENTIAL: one after the other, as the hardware decides
 * @COMP_SERIES: one chain: what its weakest pack holds is what it holds
 * @COMP_NR_TOPOLOGIES: number of them
 */
enum comp_topology {
	COMP_PARALLEL,
	COMP_SEQUENTIAL,
	COMP_SERIES,
	COMP_NR_TOPOLOGIES
};

/**
 * enum comp_critical - when the whole is critical
 * @COMP_CRITICAL_ENERGY: what is left is no more than the critical amounts of
 *	the members together; as @COMP_CRITICAL_ALL when they tell no amounts
 * @COMP_CRITICAL_ANY: one member that is being discharged is critical
 * @COMP_CRITICAL_ALL: every member that tells its level is critical
 * @COMP_NR_CRITICALS: number of them
 */
enum comp_critical {
	COMP_CRITICAL_ENERGY,
	COMP_CRITICAL_ANY,
	COMP_CRITICAL_ALL,
	COMP_NR_CRITICALS
};

/**
 * struct comp_rules - what the arithmetic goes by beside the members
 * @topology: how the packs are wired
 * @critical: when the whole is critical
 * @online: the machine is supplied from outside
 */
struct comp_rules {
	enum comp_topology topology;
	enum comp_critical critical;
	bool online;
};

/**
 * struct comp_pack - one member, as the arithmetic takes it
 * @present: there is a pack, and it tells something
 * @nominal: µV that turn its charge into energy when it reports no voltage of
 *	design, 0 when there is none either
 * @v: what it tells: status and info fields together
 */
struct comp_pack {
	bool present;
	int nominal;
	struct psy_values v;
};

/**
 * struct comp_amounts - what one pack holds
 * @now: µWh left
 * @full: µWh when full
 * @design: µWh when new, @full when it does not tell
 */
struct comp_amounts {
	s64 now;
	s64 full;
	s64 design;
};

/**
 * struct comp_sum - the whole
 * @values: what it tells, as if it were one pack
 * @counted: bit mask of the members that are in the sums
 * @dead: those that have no voltage
 * @too_large: there are amounts, but no property can hold them
 * @power_known: whether @power is
 * @power: µW, negative when the packs of @counted are discharged
 */
struct comp_sum {
	struct psy_values values;
	u64 counted;
	u64 dead;
	bool too_large;
	bool power_known;
	s64 power;
};

/* aggregate.c */
bool comp_is_dead(const struct psy_values *v);
bool comp_is_working(const struct psy_values *v);
bool comp_is_in_use(const struct psy_values *v);
u64 comp_fields(u64 listed, const struct comp_sum *sum);
bool comp_rate(const struct psy_values *v, s64 *uw);
bool comp_amounts(const struct comp_pack *p, struct comp_amounts *a);
bool comp_mixed_flow(const struct comp_pack *packs, unsigned int n);
void comp_aggregate(const struct comp_pack *packs, unsigned int n,
		    const struct comp_rules *rules, struct comp_sum *sum);

/* Limits that nothing passes */
#define COMP_NEVER_LOW		0
#define COMP_NEVER_HIGH		S64_MAX

/**
 * struct comp_part - one member, as the division of limits takes it
 * @present: there is a pack
 * @known: @now and @rate are
 * @status: %POWER_SUPPLY_STATUS_CHARGING and so on
 * @now: µWh left
 * @rate: µW, negative when it is discharged
 */
struct comp_part {
	bool present;
	bool known;
	int status;
	s64 now;
	s64 rate;
};

/**
 * struct comp_window - limits of one member
 * @low: µWh, %COMP_NEVER_LOW for none
 * @high: µWh, %COMP_NEVER_HIGH for none
 */
struct comp_window {
	s64 low;
	s64 high;
};

/* split.c */
void comp_split(const struct comp_part *parts, unsigned int n,
		const struct comp_window *whole, struct comp_window *windows);
void comp_window_percent(const struct comp_window *w, s64 full, int capacity,
			 int *low, int *high);

/**
 * struct comp_source - a supply that is registered somewhere
 * @node: in the list of all
 * @ref: who holds it
 * @gone: it has been unregistered: @psy is only good for comparing
 * @owner: the slot of the composite that counts it, NULL while there is none
 * @psy: the supply
 */
struct comp_source {
	struct list_head node;
	struct kref ref;
	bool gone;
	const void *owner;
	struct power_supply *psy;
};

/* source.c */
void comp_sources_start(void);
void comp_sources_stop(void);
void comp_sources_learn(struct power_supply *psy);
struct comp_source *comp_source_find(bool (*match)(struct power_supply *psy, const void *data),
				     const void *data);
void comp_source_put(struct comp_source *src);
bool comp_source_claim(struct comp_source *src, const void *owner);
void comp_source_release(struct comp_source *src);
struct power_supply *comp_source_lock(struct comp_source *src);
void comp_source_unlock(struct comp_source *src);
bool comp_sources_online(void);

/**
 * struct comp_slot - a place for one member
 * @name: name of its supply, or empty
 * @fwnode: firmware node of its device, or NULL
 * @src: its supply while there is one
 * @refused: it was logged that the supply cannot be a member
 * @missed: there was a supply, or it was logged that there is none
 * @ours: an instance of the class
 * @system: desktop software counts it for itself
 * @silent: it supplied the machine when it stopped to answer
 * @listed: mask of %PSY_BIT(): fields that its property list allows
 * @pack: what it told last
 * @identity: which pack that was; differs from pack to pack
 * @model: hash of its last model name that could be read
 * @serial: the same of its serial number
 * @lost: since when it has been answering nothing, 0 while it answers
 * @less: since when it has been reporting less than before, else 0
 * @low: limit that it was given, percent
 * @high: limit that it was given, percent
 */
struct comp_slot {
	char name[COMP_NAME_LEN];
	struct fwnode_handle *fwnode;
	struct comp_source *src;
	bool refused;
	bool missed;
	bool ours;
	bool system;
	bool silent;
	u64 listed;
	struct comp_pack pack;
	u32 identity;
	u32 model;
	u32 serial;
	ktime_t lost;
	ktime_t less;
	int low;
	int high;
};

/* member.c */
bool comp_slot_read(struct comp_slot *slot, ktime_t now);
const char *comp_slot_name(const struct comp_slot *slot);
int comp_slot_limits(struct comp_slot *slot, int low, int high);
bool comp_slot_can(struct comp_slot *slot, enum power_supply_property psp);
int comp_slot_set(struct comp_slot *slot, enum power_supply_property psp, int val);

/**
 * struct comp_config - what a composite is made of
 * @slots: the members
 * @nr: number of @slots
 * @rules: how they are added up
 * @name: wished name of the supply, or empty
 */
struct comp_config {
	struct comp_slot *slots;
	unsigned int nr;
	struct comp_rules rules;
	char name[COMP_NAME_LEN];
};

/**
 * struct comp_setup - what a user sets; platform data of a composite's device
 * @members: names of supplies, with commas or space between them
 * @topology: an &enum comp_topology
 * @critical: an &enum comp_critical
 * @name: wished name of the supply, or empty
 */
struct comp_setup {
	char members[COMP_MAX_MEMBERS * COMP_NAME_LEN];
	int topology;
	int critical;
	char name[COMP_NAME_LEN];
};

/* config.c */
extern const char * const comp_topologies[COMP_NR_TOPOLOGIES];
extern const char * const comp_criticals[COMP_NR_CRITICALS];
int comp_config_names(struct comp_config *config, const char *names);
int comp_config_fwnode(struct device *dev, struct comp_config *config);
int comp_config_setup(const struct comp_setup *setup, struct comp_config *config);
void comp_config_free(struct comp_config *config);

/* configfs.c */
int comp_configfs_init(void);
void comp_configfs_exit(void);

/* No member is told apart from the others */
#define COMP_NOBODY	(-1)

/**
 * struct comp_set - the packs that are in the sums
 * @counted: bit mask of the members; 0 fits no registration
 * @identity: which pack each of them is
 */
struct comp_set {
	u64 counted;
	u32 identity[COMP_MAX_MEMBERS];
};

/**
 * struct comp - a composite battery
 * @node: in the list of all
 * @dev: its device
 * @config: what it is made of
 * @packs: working memory, one for each member
 * @parts: working memory, one for each member
 * @windows: working memory, one for each member
 * @assemble: registers the supply anew when the set of packs has changed
 * @due: when @assemble runs while it is pending, jiffies. Protected by comps_lock.
 * @desc: of the registration
 * @group: devres group of the registration, NULL without one
 * @role: of the registration
 * @name: name of the supply, once it had one
 * @since: when it was made, jiffies
 * @registrations: so far
 * @user_limits: what user space has set, from one registration to the next
 * @debugfs: its folder
 *
 * @mc: the registration; protected by the lock of the list, as
 *	&comp_slot->src is
 *
 * @lock: protects the members' slots and working memory, and what follows
 * @dying: the end has begun: nothing may be queued any more
 * @registered: the packs of the registration
 * @fields: what the registration may report
 * @at_hand: @sum answers the queries of a registration that is being made
 * @has_read: @sum is that of the query before
 * @silent_since: since when the pack that supplied the machine has not answered and
 *	no other one has taken over, else 0
 * @sum: the whole, at the last reading
 * @set: its packs
 * @generation: changes with @set
 * @limited: the members have limits
 * @whole: limits of the whole, µWh
 * @recompute_ns: what the last addition took
 * @discharge_from: the member that was told to supply the machine, or %COMP_NOBODY
 * @charge_first: the member that is charged while others are not, or %COMP_NOBODY
 */
struct comp {
	struct list_head node;
	struct device *dev;
	struct comp_config config;
	struct comp_pack *packs;
	struct comp_part *parts;
	struct comp_window *windows;
	struct delayed_work assemble;
	unsigned long due;
	struct psy_miniclass_desc desc;
	void *group;
	enum psy_role role;
	char name[COMP_NAME_LEN];
	unsigned long since;
	u32 registrations;
	struct psy_limits user_limits;
	struct dentry *debugfs;

	struct psy_miniclass *mc;

	struct mutex lock;
	bool dying;
	struct comp_set registered;
	u64 fields;
	bool at_hand;
	bool has_read;
	ktime_t silent_since;
	struct comp_sum sum;
	struct comp_set set;
	u32 generation;
	bool limited;
	struct comp_window whole;
	u64 recompute_ns;
	int discharge_from;
	int charge_first;
};

/* main.c */
bool comp_is_composite(struct power_supply *psy);
void comp_rescan(void);
struct platform_device *comp_create(const struct comp_setup *setup);
void comp_reassemble(struct comp *c, bool again);

/* members.c */
void comp_read(struct comp *c);
bool comp_set_equal(const struct comp_set *a, const struct comp_set *b);
u64 comp_may_report(const struct comp *c);
bool comp_is_registered_as_is(const struct comp *c);
extern const struct psy_miniclass_ops comp_ops;

/* attrs.c */
extern const struct attribute_group *comp_groups[];
int comp_set_behaviour(struct comp *c, int behaviour);
void comp_release_choice(struct comp *c, bool always);
bool comp_can_behave(struct comp *c);

#endif /* __COMPOSITE_BATTERY_H */
