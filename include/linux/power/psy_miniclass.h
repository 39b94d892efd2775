/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Battery class driver for the power_supply subsystem: the contract between
 * the class and the small drivers ("miniclass drivers") that know one device.
 *
 * Glossary
 * --------
 * tag		Generation number of one physical pack in one slot, from its
 *		insertion to its removal. It is never an identity: the same
 *		pack put in again has another tag. PSY_TAG_NONE is "no pack".
 * info		What does not change while a tag is valid (design values,
 *		names). Asked once per tag.
 * status	What changes all the time (voltage, current, charge).
 * snapshot	One consistent set of status values with its tag and time.
 * field	One typed quantity in the units of the power_supply class.
 * row		Where a field is found in the device: register, sign, scale.
 * unsupported	The device cannot tell: the property is not listed.
 * unknown	The device can tell, but not now: reading gives -ENODATA.
 * gone		No pack, or one that stopped answering: PRESENT reads 0, the
 *		other properties give -ENODEV.
 */
#ifndef __LINUX_POWER_PSY_MINICLASS_H
#define __LINUX_POWER_PSY_MINICLASS_H

#include <linux/bits.h>
#include <linux/irqreturn.h>
#include <linux/power_supply.h>
#include <linux/types.h>

struct dev_pm_ops;
struct device;
struct power_supply;
struct psy_miniclass;
struct regmap;

/** define PSY_TAG_NONE - the tag of an empty slot; no pack ever has it */
#define PSY_TAG_NONE	0

/** define PSY_STRING_LEN - longest string of &struct psy_info, with its NUL */
#define PSY_STRING_LEN	64

/**
 * enum psy_field - a quantity that a battery can tell
 * @PSY_STATUS: %POWER_SUPPLY_STATUS_CHARGING and so on; derived from the sign
 *	of @PSY_CURRENT_NOW when the driver leaves it out
 * @PSY_HEALTH: %POWER_SUPPLY_HEALTH_GOOD and so on
 * @PSY_CAPACITY: relative charge, percent, 0 to 100 (up to 110 is accepted
 *	from the device and published as 100; anything else is unknown)
 * @PSY_CAPACITY_LEVEL: %POWER_SUPPLY_CAPACITY_LEVEL_NORMAL and so on
 * @PSY_CAPACITY_ERROR_MARGIN: uncertainty of @PSY_CAPACITY, percent
 * @PSY_VOLTAGE_NOW: voltage across the terminals, µV
 * @PSY_CURRENT_NOW: µA, negative when the pack is discharged
 * @PSY_CURRENT_AVG: as @PSY_CURRENT_NOW, averaged by the device
 * @PSY_POWER_NOW: µW, magnitude
 * @PSY_POWER_AVG: µW, magnitude, averaged by the device
 * @PSY_CHARGE_NOW: µAh left
 * @PSY_CHARGE_FULL: µAh when full, as learned
 * @PSY_ENERGY_NOW: µWh left
 * @PSY_ENERGY_FULL: µWh when full, as learned
 * @PSY_TEMP: 0.1 °C
 * @PSY_TIME_TO_EMPTY_NOW: seconds at the present rate
 * @PSY_TIME_TO_EMPTY_AVG: seconds at the average rate
 * @PSY_TIME_TO_FULL_NOW: seconds at the present rate
 * @PSY_TIME_TO_FULL_AVG: seconds at the average rate
 * @PSY_CYCLE_COUNT: charge cycles, more than 0
 * @PSY_CHARGE_CURRENT_MAX: charging current that the pack asks for, µA
 * @PSY_CHARGE_VOLTAGE_MAX: charging voltage that the pack asks for, µV
 * @PSY_CHARGE_BEHAVIOUR: %POWER_SUPPLY_CHARGE_BEHAVIOUR_AUTO and so on
 * @PSY_CHARGE_START_THRESHOLD: charging begins below this, percent
 * @PSY_CHARGE_END_THRESHOLD: charging ends at this, percent
 * @PSY_INPUT_CURRENT_LIMIT: what may be drawn from the charger, µA
 * @PSY_CHARGE_EMPTY: hidden reserve, µAh. The driver reports it beside raw
 *	values; the class takes it off @PSY_CHARGE_NOW and @PSY_CHARGE_FULL.
 * @PSY_ENERGY_EMPTY: the same in µWh
 * @PSY_VOLTAGE_MIN_DESIGN: nominal voltage by design, µV
 * @PSY_VOLTAGE_MAX_DESIGN: highest voltage by design, µV. Do not set it beside
 *	charge fields: desktop software multiplies charge by it to get energy.
 * @PSY_CHARGE_FULL_DESIGN: µAh when new
 * @PSY_ENERGY_FULL_DESIGN: µWh when new
 * @PSY_TECHNOLOGY: %POWER_SUPPLY_TECHNOLOGY_LION and so on
 * @PSY_MANUFACTURE_YEAR: four digits
 * @PSY_MANUFACTURE_MONTH: 1 to 12
 * @PSY_MANUFACTURE_DAY: 1 to 31
 * @PSY_ALERT_LOW: the pack's own warning level, percent: below it the level is
 *	Low, and it is the first value of ``capacity_alert_min``
 * @PSY_ALERT_CRITICAL: percent; at or below it the level is Critical
 * @PSY_CAPACITY_STEP: coarseness of @PSY_CAPACITY, percent; smaller changes
 *	are not announced
 * @PSY_IDENTITY: any number that differs from pack to pack, such as a serial
 *	number. Never published: a change means that another pack was put in.
 * @PSY_NR_FIELDS: number of fields
 *
 * Fields from @PSY_VOLTAGE_MIN_DESIGN on are info, the ones before are status.
 *
 * What a field cannot be is unknown, not cut off: an enum value that Linux does
 * not have, a percentage above 100, a negative voltage, charge, energy, time or
 * count.
 */
enum psy_field {
	PSY_STATUS,
	PSY_HEALTH,
	PSY_CAPACITY,
	PSY_CAPACITY_LEVEL,
	PSY_CAPACITY_ERROR_MARGIN,
	PSY_VOLTAGE_NOW,
	PSY_CURRENT_NOW,
	PSY_CURRENT_AVG,
	PSY_POWER_NOW,
	PSY_POWER_AVG,
	PSY_CHARGE_NOW,
	PSY_CHARGE_FULL,
	PSY_ENERGY_NOW,
	PSY_ENERGY_FULL,
	PSY_TEMP,
	PSY_TIME_TO_EMPTY_NOW,
	PSY_TIME_TO_EMPTY_AVG,
	PSY_TIME_TO_FULL_NOW,
	PSY_TIME_TO_FULL_AVG,
	PSY_CYCLE_COUNT,
	PSY_CHARGE_CURRENT_MAX,
	PSY_CHARGE_VOLTAGE_MAX,
	PSY_CHARGE_BEHAVIOUR,
	PSY_CHARGE_START_THRESHOLD,
	PSY_CHARGE_END_THRESHOLD,
	PSY_INPUT_CURRENT_LIMIT,
	PSY_CHARGE_EMPTY,
	PSY_ENERGY_EMPTY,
	PSY_VOLTAGE_MIN_DESIGN,
	PSY_VOLTAGE_MAX_DESIGN,
	PSY_CHARGE_FULL_DESIGN,
	PSY_ENERGY_FULL_DESIGN,
	PSY_TECHNOLOGY,
	PSY_MANUFACTURE_YEAR,
	PSY_MANUFACTURE_MONTH,
	PSY_MANUFACTURE_DAY,
	PSY_ALERT_LOW,
	PSY_ALERT_CRITICAL,
	PSY_CAPACITY_STEP,
	PSY_IDENTITY,
	PSY_NR_FIELDS
};

/** define PSY_BIT - mask with the bit of one &enum psy_field */
#define PSY_BIT(field)		BIT_ULL(field)

/** define PSY_INFO_FIELDS - mask of the fields that belong to &struct psy_info */
#define PSY_INFO_FIELDS		GENMASK_ULL(PSY_CAPACITY_STEP, PSY_VOLTAGE_MIN_DESIGN)

/** define PSY_STATUS_FIELDS - mask of the fields of a status snapshot */
#define PSY_STATUS_FIELDS	GENMASK_ULL(PSY_ENERGY_EMPTY, PSY_STATUS)

/**
 * struct psy_values - a set of field values
 * @valid: mask of %PSY_BIT(): the fields that hold a value. A field without its
 *	bit is unknown, whatever its number is.
 * @val: the values, in the units of &enum psy_field
 *
 * Use psy_values_set() and psy_values_get(), which keep both in step.
 */
struct psy_values {
	u64 valid;
	int val[PSY_NR_FIELDS];
};

/**
 * enum psy_family - unit in which a pack counts what it holds
 * @PSY_FAMILY_ANY: does not matter, or not known yet
 * @PSY_FAMILY_CHARGE: ampere hours; the supply has ``charge_*`` and ``current_*``
 * @PSY_FAMILY_ENERGY: watt hours; the supply has ``energy_*`` and ``power_*``
 *
 * One supply shows one family: programs that read both mix them up.
 */
enum psy_family {
	PSY_FAMILY_ANY,
	PSY_FAMILY_CHARGE,
	PSY_FAMILY_ENERGY,
};

/**
 * struct psy_info - what does not change while a tag is valid
 * @values: the info fields and %PSY_IDENTITY
 * @family: the unit of the pack, %PSY_FAMILY_ANY to leave the class's choice
 * @manufacturer: printable text or empty
 * @model: printable text or empty
 * @serial: printable text or empty
 * @chemistry: the device's own word for its chemistry, or empty; see
 *	psy_chemistry_to_technology()
 */
struct psy_info {
	struct psy_values values;
	enum psy_family family;
	char manufacturer[PSY_STRING_LEN];
	char model[PSY_STRING_LEN];
	char serial[PSY_STRING_LEN];
	char chemistry[PSY_STRING_LEN];
};

/**
 * enum psy_scale_group - which scale factor of the instance applies to a row
 * @PSY_SCALE_NONE: none
 * @PSY_SCALE_VOLTAGE: voltages
 * @PSY_SCALE_CURRENT: currents and charges (sense resistor, exponent)
 * @PSY_SCALE_POWER: powers and energies
 * @PSY_NR_SCALES: number of groups
 */
enum psy_scale_group {
	PSY_SCALE_NONE,
	PSY_SCALE_VOLTAGE,
	PSY_SCALE_CURRENT,
	PSY_SCALE_POWER,
	PSY_NR_SCALES
};

#define PSY_ROW_SIGNED	BIT(0)	/* two's complement */
#define PSY_ROW_HAS_NA	BIT(1)	/* the raw value @na means "not available" */
#define PSY_ROW_RANGE	BIT(2)	/* results outside @min..@max are garbage */

/**
 * struct psy_field_desc - one row: where a field is and how to read it
 * @field: an &enum psy_field
 * @reg: register number, as the regmap of the instance counts
 * @bits: width of the raw value, 1 to 32; 0 stands for 16
 * @flags: PSY_ROW_SIGNED, PSY_ROW_HAS_NA, PSY_ROW_RANGE
 * @family: read this row only when the instance has this &enum psy_family
 * @scale: the &enum psy_scale_group that applies
 * @mul: multiplier; 0 stands for 1
 * @div: divisor, not negative; 0 stands for 1
 * @offset: added last, in units of the field
 * @na: raw value that means "not available", with PSY_ROW_HAS_NA
 * @min: smallest credible value in units of the field, with PSY_ROW_RANGE
 * @max: largest credible value in units of the field, with PSY_ROW_RANGE
 *
 * value = raw * @mul * scale / @div + @offset, with one division, rounded to
 * nearest. A product beyond 64 bits makes the value unknown.
 *
 * The row of %PSY_IDENTITY comes last in a table: it is read after the others,
 * so that an unchanged identity vouches for them.
 */
struct psy_field_desc {
	enum psy_field field;
	u16 reg;
	u8 bits;
	u8 flags;
	enum psy_family family;
	enum psy_scale_group scale;
	int mul;
	int div;
	int offset;
	u32 na;
	int min;
	int max;
};

/*
 * What an alarm of the hardware can tell. The first four are limits, too: bits
 * of psy_limits::valid.
 */
#define PSY_LIMIT_LOW		BIT(0)	/* capacity below a limit */
#define PSY_LIMIT_HIGH		BIT(1)	/* capacity above a limit */
#define PSY_LIMIT_TEMP_MIN	BIT(2)	/* temperature below a limit */
#define PSY_LIMIT_TEMP_MAX	BIT(3)	/* temperature above a limit */
#define PSY_ALARM_SINGLE	BIT(4)	/* one trip point serves LOW and HIGH */
#define PSY_ALARM_STATE		BIT(5)	/* insertion, removal, change of status */
#define PSY_ALARM_LEVEL		BIT(6)	/* the limit LOW of user space stays set when passed */

/**
 * struct psy_limits - when the hardware shall raise its alarm
 * @valid: PSY_LIMIT_LOW and so on: the limits that are set
 * @low: alarm when the capacity is below, percent
 * @high: alarm when the capacity is above, percent
 * @low_amount: the same as @low in µAh or µWh as the device counts them, with
 *	the reserve (%PSY_CHARGE_EMPTY), rounded up; 0 when the full capacity is
 *	unknown
 * @high_amount: the same as @high, rounded down; 0 when it is unknown
 * @temp_min: alarm when the temperature is below, 0.1 °C
 * @temp_max: alarm when the temperature is above, 0.1 °C
 *
 * The hardware may raise its alarm early, never late: the class compares again.
 */
struct psy_limits {
	u32 valid;
	int low;
	int high;
	int low_amount;
	int high_amount;
	int temp_min;
	int temp_max;
};

/**
 * struct psy_miniclass_ops - hooks for what a table cannot say
 *
 * All of them are optional, may sleep, and are called with the lock of the
 * instance held, one at a time, never from interrupt context.
 *
 * @query_tag: Tell which pack is in the slot. Store any number other than
 *	%PSY_TAG_NONE that is new for each insertion that the hardware notices,
 *	and return 0; -ENODEV when the slot is empty; -EOPNOTSUPP when the
 *	hardware cannot tell (the class then goes by %PSY_IDENTITY and by
 *	whether the pack answers).
 * @query_info: Fill @info. Called once per tag, before the rows of info fields
 *	are read, so that it can set scale factors and the mode of reporting.
 *	A hook that reads more than that from the pack stores %PSY_IDENTITY
 *	before: the class reads it again in the end, and starts anew if another
 *	pack was put in meanwhile.
 * @query_status: Complete @status, in which the rows of the table have been
 *	filled already. Return -EAGAIN to have the whole pass done again (at
 *	most twice), when the pack changed its mode of reporting in between.
 * @set_notify: Have the hardware call psy_miniclass_changed() when a limit is
 *	passed; replaces what was set before. Only limits of
 *	&psy_miniclass_config->alarms are asked for. An error makes the class
 *	look for itself.
 * @disable_notify: Undo @set_notify. Both hooks are there, or none.
 * @set_info: Set a field of &psy_miniclass_desc->settable to a value in units
 *	of &enum psy_field, checked for its range already. -EOPNOTSUPP or
 *	-EINVAL when this pack cannot do it.
 *
 * Common return values: 0; -ENODEV when the pack is surely gone; -EOPNOTSUPP
 * for a thing that the device cannot do; any other error is a failed transfer
 * and leaves the last good snapshot in force.
 */
struct psy_miniclass_ops {
	int (*query_tag)(struct psy_miniclass *mc, u32 *tag);
	int (*query_info)(struct psy_miniclass *mc, struct psy_info *info);
	int (*query_status)(struct psy_miniclass *mc, const struct psy_info *info,
			    struct psy_values *status);
	int (*set_notify)(struct psy_miniclass *mc, const struct psy_limits *limits);
	int (*disable_notify)(struct psy_miniclass *mc);
	int (*set_info)(struct psy_miniclass *mc, enum psy_field field, int val);
};

/**
 * struct psy_miniclass_desc - a type of device; const, shared by its instances
 * @rows: table of registers
 * @num_rows: its length
 * @extra: mask of %PSY_BIT(): the fields that the hooks fill in
 * @strings: true when @ops->query_info fills in the strings
 * @chemistry: true when @ops->query_info fills in the chemistry
 * @primary: cells that cannot be charged
 * @nested: the hooks ask other instances of the class
 * @settable: mask of %PSY_BIT(): the fields that @ops->set_info can set
 * @charge_behaviours: mask of BIT(%POWER_SUPPLY_CHARGE_BEHAVIOUR_AUTO) and so
 *	on: what the field %PSY_CHARGE_BEHAVIOUR can be set to
 * @ops: hooks, or NULL
 * @settle_ms: a time to empty that the class works out itself is unknown for
 *	so long after a change of status; 0 stands for 15000
 * @fresh_ms: lifetime of a snapshot, up to 60000; default (0): 1000
 * @poll_ms: look for changes so often on behalf of user space; 0 stands for
 *	10000. Faster near a limit, slower while nothing flows, not at all
 *	where alarms of the hardware tell everything.
 * @gone_ms: a pack that answered nothing for so long is gone; 0 stands for 5000
 */
struct psy_miniclass_desc {
	const struct psy_field_desc *rows;
	unsigned int num_rows;
	u64 extra;
	bool strings;
	bool chemistry;
	bool primary;
	bool nested;
	u64 settable;
	u8 charge_behaviours;
	const struct psy_miniclass_ops *ops;
	unsigned int settle_ms;
	unsigned int fresh_ms;
	unsigned int poll_ms;
	unsigned int gone_ms;
};

/**
 * enum psy_role - whose battery a pack is
 * @PSY_ROLE_FIRMWARE: what the firmware property ``battery-role`` or the
 *	parameter ``members`` of the class say, else as %PSY_ROLE_SYSTEM
 * @PSY_ROLE_SYSTEM: it supplies the machine, and is shown so
 * @PSY_ROLE_MEMBER: a composite battery shows it. The supply has SCOPE Device
 *	and no capacity: desktop software does not see it, and cannot count it
 *	beside the composite.
 * @PSY_ROLE_VISIBLE: as %PSY_ROLE_MEMBER, but with a capacity: desktop software
 *	lists it, and does not count it
 *
 * Fixed at registration: desktop software looks once.
 */
enum psy_role {
	PSY_ROLE_FIRMWARE,
	PSY_ROLE_SYSTEM,
	PSY_ROLE_MEMBER,
	PSY_ROLE_VISIBLE,
};

/**
 * struct psy_miniclass_config - one instance; may live on probe()'s stack
 * @regmap: access to the registers; NULL when the device has no rows
 * @drvdata: for psy_miniclass_get_drvdata()
 * @name: name of the supply, at most 31 characters; NULL takes the first free
 *	``BAT<n>``, which is what desktop software looks for, and ``pack<n>`` for
 *	a member of a composite battery
 * @role: whose battery it is
 * @last_tag: the first pack gets the tag after this one; for a slot that is
 *	registered anew
 * @retries: transfers that may be repeated in one refresh; 0 stands for 3,
 *	a negative number for none
 * @alarms: PSY_LIMIT_LOW and so on: what the hardware of this instance can
 *	tell by calling psy_miniclass_changed(), that is, with its line connected
 * @settle_polls: how often to look again, at intervals of 1 s, for the pack's
 *	reaction to a change of external power; 0 stands for 5
 * @user_limits: limits set by user space, kept by the driver from one
 *	registration of a slot to the next; NULL forgets them. Its @valid bits say
 *	which are in force from the start. The class writes to it as long as the
 *	instance exists; the driver accesses it only before the registration and
 *	after the instance has ended.
 */
struct psy_miniclass_config {
	struct regmap *regmap;
	void *drvdata;
	const char *name;
	enum psy_role role;
	u32 last_tag;
	int retries;
	u32 alarms;
	unsigned int settle_polls;
	struct psy_limits *user_limits;
};

/**
 * struct psy_snapshot - consistent copy of what the class knows
 * @tag: the pack, %PSY_TAG_NONE when the slot is empty
 * @taken: when the status was read, ktime_get_boottime()
 * @status: status fields
 */
struct psy_snapshot {
	u32 tag;
	ktime_t taken;
	struct psy_values status;
};

/* Bits of psy_state(): what a wait can end on */
#define PSY_STATE_PRESENT	BIT(0)
#define PSY_STATE_CHARGING	BIT(1)
#define PSY_STATE_DISCHARGING	BIT(2)
#define PSY_STATE_FULL		BIT(3)
#define PSY_STATE_CRITICAL	BIT(4)

/** define PSY_WAIT_FOREVER - a wait without a time limit */
#define PSY_WAIT_FOREVER	(-1)

/**
 * struct psy_wait - what psy_miniclass_wait_status() waits for
 * @tag: the pack that is meant
 * @timeout_ms: for so long at most; 0 only looks; %PSY_WAIT_FOREVER
 * @state: ends the wait when psy_state() is anything else
 * @low: ends the wait when the capacity is below, percent; 0 for never
 * @high: ends the wait when the capacity is above, percent; 100 for never
 */
struct psy_wait {
	u32 tag;
	int timeout_ms;
	u32 state;
	int low;
	int high;
};

struct psy_miniclass *
devm_psy_miniclass_register(struct device *dev,
			    const struct psy_miniclass_desc *desc,
			    const struct psy_miniclass_config *config);
void psy_miniclass_changed(struct psy_miniclass *mc);
irqreturn_t psy_miniclass_irq(int irq, void *data);
void psy_miniclass_info_changed(struct psy_miniclass *mc);
void psy_miniclass_shutdown(struct psy_miniclass *mc);
int psy_miniclass_wait_tag(struct psy_miniclass *mc, int timeout_ms, u32 *tag);
int psy_miniclass_wait_status(struct psy_miniclass *mc, const struct psy_wait *wait,
			      struct psy_snapshot *snap);
u32 psy_state(const struct psy_snapshot *snap);

/* Sleep of the system, for a driver whose device has the instance as drvdata */
extern const struct dev_pm_ops psy_miniclass_pm_ops;

void *psy_miniclass_get_drvdata(struct psy_miniclass *mc);
struct device *psy_miniclass_to_dev(struct psy_miniclass *mc);
struct power_supply *psy_miniclass_to_psy(struct psy_miniclass *mc);
struct psy_miniclass *psy_miniclass_from_psy(struct power_supply *psy);
enum psy_family psy_miniclass_get_family(struct psy_miniclass *mc);

int psy_miniclass_read(struct psy_miniclass *mc, unsigned int reg,
		       unsigned int *val);
bool psy_miniclass_retry(struct psy_miniclass *mc, int err);
void psy_miniclass_set_scale(struct psy_miniclass *mc,
			     enum psy_scale_group group, int mul, int div);
int psy_miniclass_get_snapshot(struct psy_miniclass *mc,
			       struct psy_snapshot *snap);
int psy_miniclass_get_pack(struct psy_miniclass *mc, struct psy_snapshot *snap,
			   struct psy_info *info);

int psy_values_set(struct psy_values *v, enum psy_field field, s64 val);
int psy_values_get(const struct psy_values *v, enum psy_field field, int *val);
void psy_values_take(struct psy_values *v, const struct psy_values *from, u64 fields);
void psy_string_clean(char *dst, const u8 *src, size_t len);
int psy_chemistry_to_technology(const char *chemistry);
bool psy_date_valid(int year, int month, int day);

int psy_miniclass_fw_u32(struct device *dev, const char *name, u32 min, u32 max,
			 u32 *val);
int psy_miniclass_fw_word(struct device *dev, const char *name,
			  const char * const words[3], int *choice);

#endif /* __LINUX_POWER_PSY_MINICLASS_H */
