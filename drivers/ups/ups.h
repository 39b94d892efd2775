/* SPDX-License-Identifier: GPL-2.0-only */
/* Internal interfaces of ups-core.ko */
#ifndef __UPS_H
#define __UPS_H

#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/power/psy_miniclass.h>
#include <linux/power/ups.h>
#include <linux/power_supply.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

struct dentry;

#define UPS_NAME_LEN	24

/* Number of UPS_HAS_* bits */
#define UPS_VALUES	8

/* Defaults of &struct ups_desc and &struct ups_rules */
#define UPS_MISSES	3
#define UPS_LOWS	2

/**
 * struct ups_rules - when a battery is low and when it is critical, with mains failed
 * @misses: successive polls without a reading until communication is lost; default (0):
 *	%UPS_MISSES
 * @lows: successive readings that make a battery low, and that end it; default (0):
 *	%UPS_LOWS
 * @critical_ms: time from low to critical
 * @silence_ms: time from the last reading until a UPS that stopped responding on
 *	battery is critical; 0 for never
 * @low_charge: percent, low at this charge or less; 0 for no limit
 * @low_runtime: seconds, low at this runtime or less; 0 for no limit
 * @low_after_ms: low when mains has failed for this long; 0 for no limit
 */
struct ups_rules {
	unsigned int misses;
	unsigned int lows;
	unsigned int critical_ms;
	unsigned int silence_ms;
	unsigned int low_charge;
	unsigned int low_runtime;
	unsigned int low_after_ms;
};

/**
 * struct ups_state_machine - derives the state from the readings
 * @state: current state
 * @last: state according to the readings alone, not affected by a loss of
 *	communication; %UPS_NO_COMM before the first reading
 * @lost: there is no communication
 * @misses: consecutive polls without a reading
 * @lows: consecutive readings with a low battery and mains failed
 * @highs: consecutive readings without a low battery and mains failed
 * @flagged: the UPS itself has reported the low battery
 * @heard: time of the last reading
 * @battery_since: time when mains failed
 * @low_since: time when @last became %UPS_LOW_BATTERY
 * @was_low: the state has been %UPS_LOW_BATTERY or worse, see @low_seen
 * @low_seen: last time that it was
 * @rules: limits
 */
struct ups_state_machine {
	enum ups_state state;
	enum ups_state last;
	bool lost;
	unsigned int misses;
	unsigned int lows;
	unsigned int highs;
	bool flagged;
	ktime_t heard;
	ktime_t battery_since;
	ktime_t low_since;
	bool was_low;
	ktime_t low_seen;
	struct ups_rules rules;
};

enum ups_state ups_sm_reading(struct ups_state_machine *sm, const struct ups_status *status,
			      ktime_t now);
enum ups_state ups_sm_miss(struct ups_state_machine *sm, ktime_t now);
enum ups_state ups_sm_power_state(const struct ups_state_machine *sm);

/* enum ups_killpower - whether to cut the outlets when the machine powers off */
enum ups_killpower {
	UPS_KILLPOWER_OFF,
	UPS_KILLPOWER_ON_BATTERY,
	UPS_KILLPOWER_ALWAYS,
};

bool ups_killpower_now(enum ups_killpower policy, const struct ups_state_machine *sm,
		       bool committed, ktime_t now);

/**
 * struct ups_poweroff - power-off of the machine because of a critical battery
 * @done: it was started, and mains has not been back for long since
 * @at: when it was started last
 */
struct ups_poweroff {
	bool done;
	ktime_t at;
};

bool ups_poweroff_due(struct ups_poweroff *off, enum ups_state state, bool prevented,
		      ktime_t now);
bool ups_sleep_event(unsigned long event, bool sleeping);
void ups_status_keep(struct ups_status *now, const struct ups_status *last,
		     ktime_t missing[UPS_VALUES], ktime_t time);
void ups_ident_fill(struct ups_ident *known, const struct ups_ident *found);
int ups_capacity(enum ups_state state, const struct ups_status *status);
int ups_battery_status(enum ups_state state, const struct ups_status *status);

/* struct ups_stats - counters in debugfs */
struct ups_stats {
	u64 bad_replies;
	u64 losses;
};

/**
 * struct ups - one UPS
 * @dev: its device
 * @desc: its protocol
 * @drvdata: private data of the driver
 * @transport: what carries its queries, or NULL
 * @transport_ops: operations of @transport, or NULL
 * @supplied_to: supplies fed by @mains
 * @id: instance number
 * @name: name of @battery
 * @mains_name: name of @mains
 *
 * @ops_lock: serialises the hooks; held during one
 * @closing: no more hooks may start
 * @preempt: a power-off has to call a hook now
 * @deadline: jiffies when all communication must be finished; 0 for none. Protected by
 *	@ops_lock.
 *
 * @lock: protects @sm except its rules, @status, @missing, @ident, @off_pending, @off_at
 *	and @capacity
 * @sm: the state
 * @status: last reading; values missing from it are those of earlier readings. Kept
 *	when communication is lost.
 * @missing: for each of its values, see ups_status_keep()
 * @ident: identity of the UPS; values are added, but never changed
 * @killpower: whether to cut the outlets when the machine powers off
 * @killpower_delay: minimum time from the command to the cut, seconds
 * @poweroff: power off the machine when the UPS is critical
 * @powered_off: the last time that this was done
 * @off_pending: a command to switch off was sent and has not been cancelled
 * @off_at: when the outlets go off
 * @waits: tasks that wait for a change of the state
 *
 * @work: polls
 * @wq: runs @work; separate, as a query takes long, and freezable, so that nothing is
 *	sent while the system sleeps
 * @refine_in: polls until the unknown parts of @ident are queried again; 0 for never
 * @registered: registration of the supplies was attempted
 * @battery: the battery, NULL until the UPS has responded once
 * @mains: supply of the mains input
 * @battery_desc: description of @battery
 * @mains_desc: description of @mains
 * @role: of @battery: %PSY_ROLE_MEMBER, which has no capacity, while it is unknown
 * @strings: number of the strings of @battery
 * @registrations: number of registrations of @battery
 * @limits: limits set by user space
 * @shown: UPS_HAS_* bits of the values for which @battery has attributes
 * @capacity: last known capacity, reported if there is no current one
 * @last_online: last reported state of @mains
 * @last_state: last reported state
 * @list: entry in the list of all
 * @cut: the command to cut the outlets was sent because the machine powers off or
 *	hibernates; protected by @ops_lock
 * @cancelled: number of commands to cancel a pending shutdown: those that were not refused,
 *	or, if the UPS does not show one, those that have failed; protected by @ops_lock
 * @check_pending: check the next reading for a shutdown that is already pending; if the UPS
 *	does not show one, cancel it after the next reading
 * @debugfs: directory with the counters
 * @stats: counters
 */
struct ups {
	struct device *dev;
	const struct ups_desc *desc;
	void *drvdata;
	void *transport;
	const struct ups_transport_ops *transport_ops;
	int id;
	char name[UPS_NAME_LEN];
	char mains_name[UPS_NAME_LEN];
	const char *supplied_to[1];

	struct mutex ops_lock;
	bool closing;
	bool preempt;
	unsigned long deadline;

	spinlock_t lock;
	struct ups_state_machine sm;
	struct ups_status status;
	ktime_t missing[UPS_VALUES];
	struct ups_ident ident;
	enum ups_killpower killpower;
	unsigned int killpower_delay;
	bool poweroff;
	struct ups_poweroff powered_off;
	bool off_pending;
	ktime_t off_at;
	struct psy_waits waits;

	struct delayed_work work;
	struct workqueue_struct *wq;
	unsigned int refine_in;
	bool registered;
	struct psy_miniclass *battery;
	struct power_supply *mains;
	struct psy_miniclass_desc battery_desc;
	struct power_supply_desc mains_desc;
	enum psy_role role;
	unsigned int strings;
	u32 registrations;
	struct psy_limits limits;
	u32 shown;
	int capacity;
	int last_online;
	enum ups_state last_state;
	struct list_head list;
	bool cut;
	unsigned int cancelled;
	bool check_pending;
	struct dentry *debugfs;
	struct ups_stats stats;
};

/* supply.c */
int ups_supplies_register(struct ups *ups);
void ups_supplies_unregister(struct ups *ups);
void ups_supplies_update(struct ups *ups);

/* attrs.c */
int ups_read_rules(struct ups *ups);
void ups_attrs_update(struct ups *ups);
extern const struct attribute_group ups_attr_group;

/* power.c */
int ups_power_module_init(void);
void ups_power_module_exit(void);
void ups_power_init(struct ups *ups);
void ups_power_exit(struct ups *ups);
void ups_power_critical(struct ups *ups, enum ups_state state);

/* End a hook in progress, see ups_aborted(). */
static inline void ups_wake_transport(struct ups *ups)
{
	if (ups->transport_ops)
		ups->transport_ops->wake(ups->transport);
}

/* command.c */
bool ups_is_sleeping(void);
void ups_set_sleeping(bool sleeping);
int ups_command_begin(struct ups *ups);
int ups_command_end(struct ups *ups, const char *what, int ret);

/* wait.c */
const char *ups_state_name(enum ups_state state);
bool ups_is_lost(struct ups *ups);

#endif /* __UPS_H */
