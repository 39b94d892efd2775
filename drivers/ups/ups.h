/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of ups-serial.ko share. */
#ifndef __UPS_H
#define __UPS_H

#include <linux/kref.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/power/ups_serial.h>
#include <linux/power_supply.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

struct dentry;

#define UPS_NAME_LEN	20
#define UPS_MAX_PROPS	24

/**
 * struct ups_framer - finds a reply in a stream of bytes
 * @end: last byte of a reply
 * @restart: byte that begins a reply also inside of a line; 0 for none
 * @start: first byte of the reply that is waited for; 0 for any line
 * @buf: what there is of it, without @end; ends with a NUL when @done
 * @len: its length
 * @skip: the present line is garbage: drop all up to @end
 * @done: a reply is complete; what comes after it is dropped
 * @garbage: bytes dropped so far
 */
struct ups_framer {
	char end;
	char restart;
	char start;
	char buf[UPS_REPLY_LEN + 1];
	size_t len;
	bool skip;
	bool done;
	u64 garbage;
};

void ups_framer_arm(struct ups_framer *f, char start);
unsigned int ups_wire_ms(unsigned int speed);
void ups_framer_push(struct ups_framer *f, const u8 *data, size_t len);

/* How many polls in a row decide */
#define UPS_MISSES	3	/* silence */
#define UPS_LOWS	2	/* low battery */

/**
 * struct ups_rules - when a battery on failed mains is low, and when critical
 * @critical_ms: time from low to critical
 * @silence_ms: time from the last reading until a UPS that has fallen silent on
 *	battery is critical; 0 for never
 * @low_charge: percent, low at this charge or less; 0 for no such limit
 * @low_runtime: seconds, low at this runtime or less; 0 for no such limit
 * @low_after_ms: low when mains has failed for this long; 0 for no such limit
 */
struct ups_rules {
	unsigned int critical_ms;
	unsigned int silence_ms;
	unsigned int low_charge;
	unsigned int low_runtime;
	unsigned int low_after_ms;
};

/**
 * struct ups_judge - from readings to a state
 * @state: as decided so far
 * @last: state by the readings alone, which silence does not change;
 *	%UPS_NO_COMM before the first one
 * @lost: there is no communication
 * @misses: polls without a reading, in a row
 * @lows: readings with a low battery on failed mains, in a row
 * @heard: time of the last reading
 * @battery_since: when mains failed
 * @low_since: when @last became %UPS_LOW_BATTERY
 * @was_low: it has been low, or worse, at @low_seen
 * @low_seen: last time of that
 * @rules: limits
 */
struct ups_judge {
	enum ups_state state;
	enum ups_state last;
	bool lost;
	unsigned int misses;
	unsigned int lows;
	ktime_t heard;
	ktime_t battery_since;
	ktime_t low_since;
	bool was_low;
	ktime_t low_seen;
	struct ups_rules rules;
};

enum ups_state ups_judge_reading(struct ups_judge *j, const struct ups_status *status,
				 ktime_t now);
enum ups_state ups_judge_miss(struct ups_judge *j, ktime_t now);
enum ups_state ups_judge_power(const struct ups_judge *j);

/* enum ups_killpower - when the outlets are cut as the machine powers off */
enum ups_killpower {
	UPS_KILLPOWER_OFF,
	UPS_KILLPOWER_ON_BATTERY,
	UPS_KILLPOWER_ALWAYS,
};

bool ups_killpower_now(enum ups_killpower policy, const struct ups_judge *j, bool committed,
		       ktime_t now);
void ups_status_keep(struct ups_status *now, const struct ups_status *last);
void ups_ident_fill(struct ups_ident *known, const struct ups_ident *found);
int ups_capacity(enum ups_state state, const struct ups_status *status);
bool ups_capacity_event(int sent, int now, ktime_t at, ktime_t time, bool discharging);
int ups_battery_status(enum ups_state state, const struct ups_status *status);

/* struct ups_stats - what happened; debugfs shows it */
struct ups_stats {
	u64 queries;
	u64 replies;
	u64 timeouts;
	u64 bad_replies;
	u64 refused;
	u64 losses;
	u64 events;
};

/**
 * struct ups_serial - one UPS
 * @serdev: its port
 * @desc: its protocol
 * @drvdata: the minidriver's own
 * @dtr: level of DTR
 * @rts: level of RTS
 * @settle_ms: time that the UPS needs after the lines have been set
 * @reply_ms: time that a reply may take, at the speed of the port
 * @ack_ms: time that the answer to a command may take
 * @supplied_to: what the line feeds
 * @id: number of the instance
 * @name: name of @battery
 * @line_name: name of @line
 *
 * @refs: the instance itself, and those who wait for a state
 *
 * @port: serialises queries, held for one at a time
 * @rx: protects @framer; taken by the receiver of the port
 * @framer: see there
 * @received: bytes so far
 * @asked: a query was sent that has no reply yet; protected by @port
 * @replied: the receiver has completed a reply
 * @closing: no query may begin any more
 * @hurry: the port is needed for a power-off
 * @deadline: jiffies when writing must have come to an end; 0 for none. Protected
 *	by @port.
 *
 * @pub: protects what readers take: the members up to @critical_action
 * @judge: the state
 * @status: last reading, with what it did not carry from those before; kept when
 *	communication is lost
 * @ident: what the UPS is; values are added, none changes
 * @cancels: how often ups_serial_cancel_wait() was called
 * @killpower: what to do when the machine powers off
 * @killpower_delay: seconds
 * @poweroff: power the machine off when the UPS is critical
 * @powered_off: that was done
 * @off_pending: a command to switch off was sent, and not cancelled
 * @off_at: when the outlets go off
 * @changed: state or reading changed for those who wait
 *
 * @work: polls
 * @wq: where @work runs; a queue of its own, as a query takes long; freezable, so
 *	that nothing is sent while the system sleeps
 * @refine_in: polls until what is unknown of @ident is asked for again; 0 for
 *	never
 * @shown: registration of the supplies was tried
 * @battery: supply of the battery, NULL until the UPS has answered once
 * @line: supply of the line
 * @battery_desc: description of @battery
 * @line_desc: description of @line
 * @props: property list of @battery
 * @charged: @props has the capacity, without which @battery is not a battery of the
 *	system
 * @capacity: last one, shown while @charged and no other is known
 * @going: @battery is being unregistered
 * @told: what the last event said, and when
 * @list: where the handler of a power-off finds it
 * @cut_for_sleep: the outlets will be cut because the machine hibernates
 * @check_pending: the next reading shows whether an old command to switch off is
 *	pending
 * @debugfs: folder with the counters
 * @stats: counters
 */
struct ups_serial {
	struct serdev_device *serdev;
	const struct ups_serial_desc *desc;
	void *drvdata;
	bool dtr;
	bool rts;
	unsigned int settle_ms;
	unsigned int reply_ms;
	unsigned int ack_ms;
	int id;
	char name[UPS_NAME_LEN];
	char line_name[UPS_NAME_LEN];
	const char *supplied_to[1];

	struct kref refs;

	struct mutex port;
	spinlock_t rx;
	struct ups_framer framer;
	u64 received;
	bool asked;
	wait_queue_head_t replied;
	bool closing;
	bool hurry;
	unsigned long deadline;

	spinlock_t pub;
	struct ups_judge judge;
	struct ups_status status;
	struct ups_ident ident;
	unsigned int cancels;
	enum ups_killpower killpower;
	unsigned int killpower_delay;
	bool poweroff;
	bool powered_off;
	bool off_pending;
	ktime_t off_at;
	wait_queue_head_t changed;

	struct delayed_work work;
	struct workqueue_struct *wq;
	unsigned int refine_in;
	bool shown;
	struct power_supply *battery;
	struct power_supply *line;
	struct power_supply_desc battery_desc;
	struct power_supply_desc line_desc;
	enum power_supply_property props[UPS_MAX_PROPS];
	bool charged;
	int capacity;
	bool going;
	struct {
		int online;
		int status;
		int capacity;
		int health;
		enum ups_state state;
		ktime_t at;
	} told;
	struct list_head list;
	bool cut_for_sleep;
	bool check_pending;
	struct dentry *debugfs;
	struct ups_stats stats;
};

/* supply.c */
int ups_supplies_register(struct ups_serial *ups);
void ups_supplies_unregister(struct ups_serial *ups);
void ups_supplies_update(struct ups_serial *ups);

/* attrs.c */
int ups_read_rules(struct ups_serial *ups);
extern const struct attribute_group *ups_attr_groups[];

/* power.c */
int ups_power_module_init(void);
void ups_power_module_exit(void);
void ups_power_init(struct ups_serial *ups);
void ups_power_exit(struct ups_serial *ups);
void ups_power_critical(struct ups_serial *ups, enum ups_state state);

/* core.c */
const char *ups_state_name(enum ups_state state);
bool ups_is_lost(struct ups_serial *ups);
int ups_command_begin(struct ups_serial *ups);
int ups_command_end(struct ups_serial *ups, const char *what, int ret);

#endif /* __UPS_H */
