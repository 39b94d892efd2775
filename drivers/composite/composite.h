/* SPDX-License-Identifier: GPL-2.0-only */
/* Internal interfaces of composite-battery.ko */
#ifndef __COMPOSITE_BATTERY_H
#define __COMPOSITE_BATTERY_H

#include <linux/kref.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/power/psy_miniclass.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

struct dentry;
struct device;
struct fwnode_handle;
struct platform_device;
struct power_supply;

#define CBAT_DRIVER		"composite-battery"

/* Overridden by compat: on older kernels a supply does not declare its behaviours. */
#ifndef psy_desc_get_behaviours
#define psy_desc_get_behaviours(desc)	((unsigned int)(desc)->charge_behaviours)
#endif

/* Overridden by compat: on older kernels no other driver adds properties to a supply. */
#ifndef PSY_HAS_EXTENSIONS
#define PSY_HAS_EXTENSIONS	true
#endif

/* Fields that are the same in all members, or unknown, and can be set in all of them */
#define CBAT_THRESHOLDS		(PSY_BIT(PSY_CHARGE_START_THRESHOLD) | \
				 PSY_BIT(PSY_CHARGE_END_THRESHOLD))

#define CBAT_MAX_MEMBERS	64

/* Longest name of a member's supply, including the NUL */
#define CBAT_NAME_LEN		32

/* Longest name that a user can request for a composite; documented in the ABI */
#define CBAT_MAX_LABEL		19

/**
 * enum cbat_topology - how the packs are wired
 * @CBAT_PARALLEL: all packs are charged and discharged at the same time
 * @CBAT_SEQUENTIAL: one pack after the other, in an order set by the hardware
 * @CBAT_SERIES: one chain, which holds as much charge as its weakest pack
 * @CBAT_NR_TOPOLOGIES: number of topologies
 */
enum cbat_topology {
	CBAT_PARALLEL,
	CBAT_SEQUENTIAL,
	CBAT_SERIES,
	CBAT_NR_TOPOLOGIES
};

/**
 * enum cbat_critical - when the composite is critical
 * @CBAT_CRITICAL_ENERGY: the energy left is at most the sum of the members'
 *	critical amounts; same as @CBAT_CRITICAL_ALL if they report none
 * @CBAT_CRITICAL_ANY: one member that is being discharged is critical
 * @CBAT_CRITICAL_ALL: every member that reports its level is critical
 * @CBAT_NR_CRITICALS: number of policies
 */
enum cbat_critical {
	CBAT_CRITICAL_ENERGY,
	CBAT_CRITICAL_ANY,
	CBAT_CRITICAL_ALL,
	CBAT_NR_CRITICALS
};

/**
 * struct cbat_rules - parameters of the calculation beside the members' values
 * @topology: how the packs are wired
 * @critical: when the composite is critical
 * @online: an external supply is online
 */
struct cbat_rules {
	enum cbat_topology topology;
	enum cbat_critical critical;
	bool online;
};

/**
 * struct cbat_pack - values of one member, for the calculation
 * @present: there is a pack, and it reports values
 * @nominal: µV for converting charge into energy if the pack reports no design
 *	voltage; 0 if unknown
 * @v: reported values: status and info fields together
 */
struct cbat_pack {
	bool present;
	int nominal;
	struct psy_values v;
};

/**
 * struct cbat_amounts - energy of one pack
 * @now: µWh left
 * @full: µWh when full
 * @design: µWh when new, @full if the pack does not report it
 */
struct cbat_amounts {
	s64 now;
	s64 full;
	s64 design;
};

/**
 * struct cbat_sum - totals of a composite
 * @values: reported values, as if it were one pack
 * @counted: bit mask of the members that are in the sums
 * @dead: bit mask of the members without voltage
 * @too_large: the amounts are known, but do not fit into a property
 * @power_known: whether @power is valid
 * @power: µW, negative when the packs of @counted are discharged
 */
struct cbat_sum {
	struct psy_values values;
	u64 counted;
	u64 dead;
	bool too_large;
	bool power_known;
	s64 power;
};

/* aggregate.c */
bool cbat_is_dead(const struct psy_values *v);
bool cbat_is_discharging(const struct psy_values *v);
bool cbat_is_in_use(const struct psy_values *v);
u64 cbat_fields(u64 listed, const struct cbat_sum *sum);
bool cbat_rate(const struct psy_values *v, s64 *uw);
bool cbat_amounts(const struct cbat_pack *p, struct cbat_amounts *a);
bool cbat_mixed_flow(const struct cbat_pack *packs, unsigned int n);
void cbat_aggregate(const struct cbat_pack *packs, unsigned int n,
		    const struct cbat_rules *rules, struct cbat_sum *sum);

/* Limits that are never passed */
#define CBAT_NEVER_LOW		0
#define CBAT_NEVER_HIGH		S64_MAX

/**
 * struct cbat_part - one member, for dividing limits
 * @present: there is a pack
 * @known: @now and @rate are valid
 * @status: %POWER_SUPPLY_STATUS_CHARGING and so on
 * @now: µWh left
 * @rate: µW, negative when it is discharged
 */
struct cbat_part {
	bool present;
	bool known;
	int status;
	s64 now;
	s64 rate;
};

/**
 * struct cbat_window - limits of one member
 * @low: µWh, %CBAT_NEVER_LOW for none
 * @high: µWh, %CBAT_NEVER_HIGH for none
 */
struct cbat_window {
	s64 low;
	s64 high;
};

/* split.c */
void cbat_split(const struct cbat_part *parts, unsigned int n,
		const struct cbat_window *limits, struct cbat_window *windows);
void cbat_window_percent(const struct cbat_window *w, s64 full, int capacity,
			 int *low, int *high);

/**
 * struct cbat_source - a registered supply
 * @node: in the list of all sources
 * @ref: reference count
 * @gone: the supply has been unregistered: @psy may only be compared
 * @owner: the slot of the composite that counts it, or NULL
 * @psy: the supply
 */
struct cbat_source {
	struct list_head node;
	struct kref ref;
	bool gone;
	const void *owner;
	struct power_supply *psy;
};

/* source.c */
void cbat_sources_start(void);
void cbat_sources_stop(void);
void cbat_sources_watch(struct power_supply *psy);
struct cbat_source *cbat_source_find(bool (*match)(struct power_supply *psy, const void *data),
				     const void *data);
void cbat_source_put(struct cbat_source *src);
bool cbat_source_claim(struct cbat_source *src, const void *owner);
void cbat_source_release(struct cbat_source *src);
bool cbat_sources_down(void);
struct power_supply *cbat_source_lock(struct cbat_source *src);
bool cbat_is_composite(struct power_supply *psy);
unsigned long cbat_reading_begin(void);
void cbat_reading_end(void);
void cbat_sources_quiesce(void);
void cbat_source_unlock(struct cbat_source *src);
bool cbat_sources_online(void);

/**
 * struct cbat_slot - one member
 * @name: name of its supply, or empty
 * @fwnode: firmware node of its device, or NULL
 * @src: its supply, or NULL
 * @refused: it has been logged that the supply cannot be a member
 * @missing_done: there has been a supply, or it has been logged as missing
 * @ours: its supply is an instance of the class
 * @system: desktop software counts it separately
 * @silent: it was supplying the machine when it stopped responding
 * @listed: mask of %PSY_BIT(): fields that its property list allows
 * @settable: those of %CBAT_THRESHOLDS that can be set
 * @pack: its last reading
 * @identity: the pack of that reading; differs from pack to pack
 * @model: hash of the last model name that could be read
 * @serial: hash of the last serial number that could be read
 * @lost_since: since when it has not responded, else 0
 * @partial_since: since when it has reported less than before, else 0
 * @low: low limit set in it, percent
 * @high: high limit set in it, percent
 * @owes_auto: charge_behaviour could not be set to auto, as it was gone
 */
struct cbat_slot {
	char name[CBAT_NAME_LEN];
	struct fwnode_handle *fwnode;
	struct cbat_source *src;
	bool refused;
	bool missing_done;
	bool ours;
	bool system;
	bool silent;
	u64 listed;
	u64 settable;
	struct cbat_pack pack;
	u32 identity;
	u32 model;
	u32 serial;
	ktime_t lost_since;
	ktime_t partial_since;
	int low;
	int high;
	bool owes_auto;
};

/* member.c */
bool cbat_slot_read(struct cbat_slot *slot, ktime_t now);
const char *cbat_slot_name(const struct cbat_slot *slot);
int cbat_slot_limits(struct cbat_slot *slot, int low, int high);
unsigned int cbat_slot_behaviours(struct cbat_slot *slot);
int cbat_slot_set(struct cbat_slot *slot, enum power_supply_property psp, int val);

/**
 * struct cbat_config - configuration of a composite
 * @slots: the members
 * @nr: number of @slots
 * @rules: how they are added up
 * @name: requested name of the supply, or empty
 */
struct cbat_config {
	struct cbat_slot *slots;
	unsigned int nr;
	struct cbat_rules rules;
	char name[CBAT_NAME_LEN];
};

/**
 * struct cbat_setup - user settings; platform data of a composite's device
 * @members: names of supplies, separated by commas or white space
 * @topology: an &enum cbat_topology
 * @critical: an &enum cbat_critical
 * @name: requested name of the supply, or empty
 */
struct cbat_setup {
	char members[CBAT_MAX_MEMBERS * CBAT_NAME_LEN];
	int topology;
	int critical;
	char name[CBAT_NAME_LEN];
};

/* config.c */
extern const char * const cbat_topologies[CBAT_NR_TOPOLOGIES];
extern const char * const cbat_criticals[CBAT_NR_CRITICALS];
int cbat_config_names(struct cbat_config *config, const char *names);
int cbat_config_fwnode(struct device *dev, struct cbat_config *config);
int cbat_config_setup(const struct cbat_setup *setup, struct cbat_config *config);
void cbat_config_free(struct cbat_config *config);
struct platform_device *cbat_create(const struct cbat_setup *setup);

/* configfs.c */
int cbat_configfs_init(void);
void cbat_configfs_exit(void);

/* No member is selected */
#define CBAT_NO_MEMBER	(-1)

/**
 * struct cbat_set - the packs that are in the sums
 * @counted: bit mask of the members; 0 matches no registration
 * @identity: the pack of each of them
 */
struct cbat_set {
	u64 counted;
	u32 identity[CBAT_MAX_MEMBERS];
};

/**
 * struct cbat - a composite battery
 * @node: in the list of all composites
 * @dev: its device
 * @config: its configuration
 * @packs: working memory, one entry for each member
 * @parts: working memory, one entry for each member
 * @windows: working memory, one entry for each member
 * @assemble: registers the supply again when the set of packs has changed
 * @due: when @assemble runs while it is pending, jiffies. Protected by cbat_list_lock.
 * @desc: descriptor of the registration
 * @role: role of the registration
 * @name: name of the supply, once it has had one; protected by cbat_list_lock
 * @created: time of creation, jiffies
 * @registrations: number of registrations so far
 * @user_limits: limits set by user space, kept across registrations
 * @debugfs: its directory
 *
 * @mc: the registration; protected by cbat_list_lock, as &cbat_slot->src is
 *
 * @lock: protects the members' slots, the working memory, and the fields below
 * @dying: being removed: no work may be queued any more
 * @registered: the packs of the registration
 * @fields: the fields that the registration may report
 * @registering: being registered: queries are answered from @sum
 * @just_read: the previous query has updated @sum
 * @silent_since: since when the pack that supplied the machine has not responded and
 *	no other pack has taken over, else 0
 * @sum: totals of the last reading
 * @set: the packs in @sum
 * @generation: incremented with each change of @set
 * @limited: limits are set in the members
 * @limits: limits of the composite, µWh
 * @recompute_ns: duration of the last calculation
 * @discharge_from: the member selected to supply the machine, or %CBAT_NO_MEMBER
 * @charge_first: the member charged while others are not, or %CBAT_NO_MEMBER
 */
struct cbat {
	struct list_head node;
	struct device *dev;
	struct cbat_config config;
	struct cbat_pack *packs;
	struct cbat_part *parts;
	struct cbat_window *windows;
	struct delayed_work assemble;
	unsigned long due;
	struct psy_miniclass_desc desc;
	enum psy_role role;
	char name[CBAT_NAME_LEN];
	unsigned long created;
	u32 registrations;
	struct psy_limits user_limits;
	struct dentry *debugfs;

	struct psy_miniclass *mc;

	struct mutex lock;
	bool dying;
	struct cbat_set registered;
	u64 fields;
	bool registering;
	bool just_read;
	ktime_t silent_since;
	struct cbat_sum sum;
	struct cbat_set set;
	u32 generation;
	bool limited;
	struct cbat_window limits;
	u64 recompute_ns;
	int discharge_from;
	int charge_first;
};

/* queue.c; the lock protects the list and the members of each composite that say so. */
extern spinlock_t cbat_list_lock;
extern struct list_head cbat_list;

/* Delay: at boot, or with a docking station, several supplies come or go at once. */
#define CBAT_SETTLE		msecs_to_jiffies(100)

void cbat_queue(struct cbat *c, unsigned long delay);
void cbat_rescan(void);

/* acpi.c */
#ifdef CONFIG_PSY_COMPOSITE_ACPI
void cbat_hide_start(void);
void cbat_hide_stop(void);
void cbat_hide_update(void);
#else
static inline void cbat_hide_start(void) { }
static inline void cbat_hide_stop(void) { }
static inline void cbat_hide_update(void) { }
#endif

/* members.c */
void cbat_read(struct cbat *c);
bool cbat_set_equal(const struct cbat_set *a, const struct cbat_set *b);
u64 cbat_settable(const struct cbat *c);
u64 cbat_may_report(const struct cbat *c);
enum psy_role cbat_role(const struct cbat *c);
bool cbat_registration_fits(const struct cbat *c);
extern const struct psy_miniclass_ops cbat_ops;

/* attrs.c */
extern const struct attribute_group *cbat_groups[];
int cbat_set_behaviour(struct cbat *c, int behaviour);
void cbat_release_choice(struct cbat *c, bool always);
unsigned int cbat_behaviours(struct cbat *c);

#endif /* __COMPOSITE_BATTERY_H */
