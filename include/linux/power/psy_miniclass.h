/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Battery class driver for the power_supply subsystem: the contract between
 * the class and the small drivers ("miniclass drivers") that know one device.
 *
 * Glossary
 * --------
 * tag		Generation number of one physical pack in one slot, from its
 *		insertion to its removal. It does not identify the pack: the
 *		same pack gets a new tag when it is inserted again.
 *		PSY_TAG_NONE means "no pack".
 * info		Data that does not change while a tag is valid (design values,
 *		names). Read once per tag.
 * status	Data that changes all the time (voltage, current, charge).
 * snapshot	One consistent set of status values with its tag and time.
 * field	One typed quantity in the units of the power_supply class.
 * row		Description of a field in the device: register, sign, scale.
 * unsupported	The device never reports the value: the property is not listed.
 * unknown	The value is currently not available: reading gives -ENODATA.
 * gone		No pack, or a pack that stopped responding: PRESENT reads 0, the
 *		other properties give -ENODEV.
 */
#ifndef __LINUX_POWER_PSY_MINICLASS_H
#define __LINUX_POWER_PSY_MINICLASS_H

#include <linux/bits.h>
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/irqreturn.h>
#include <linux/limits.h>
#include <linux/power_supply.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/wait.h>

struct attribute_group;
struct dev_pm_ops;
struct psy_miniclass;
struct regmap;

/** define PSY_TAG_NONE - the tag of an empty slot; no pack ever has it */
#define PSY_TAG_NONE	0

/** define PSY_STRING_LEN - size of the strings in &struct psy_info, including the NUL */
#define PSY_STRING_LEN	64

/**
 * enum psy_field - a quantity that a battery can report
 * @PSY_STATUS: %POWER_SUPPLY_STATUS_CHARGING and so on; derived from the sign
 *	of @PSY_CURRENT_NOW if the driver does not report it
 * @PSY_HEALTH: %POWER_SUPPLY_HEALTH_GOOD and so on
 * @PSY_CAPACITY: relative charge, percent, 0 to 100 (up to 110 is accepted
 *	from the device and published as 100; anything else is unknown)
 * @PSY_CAPACITY_LEVEL: %POWER_SUPPLY_CAPACITY_LEVEL_NORMAL and so on
 * @PSY_CAPACITY_ERROR_MARGIN: uncertainty of @PSY_CAPACITY, percent
 * @PSY_VOLTAGE_NOW: voltage across the terminals, µV
 * @PSY_VOLTAGE_AVG: as @PSY_VOLTAGE_NOW, averaged by the device
 * @PSY_VOLTAGE_OCV: voltage of the cells without a load, as calculated by the
 *	device, µV
 * @PSY_VOLTAGE_MIN: lowest voltage measured by the device, µV
 * @PSY_VOLTAGE_MAX: highest voltage measured by the device, µV
 * @PSY_CURRENT_NOW: µA, negative while discharging
 * @PSY_CURRENT_AVG: as @PSY_CURRENT_NOW, averaged by the device
 * @PSY_CURRENT_SIGN: 1 or -1: the sign of the currents, for a device that reports them
 *	as magnitudes, and their direction elsewhere. Never published.
 * @PSY_POWER_NOW: µW, magnitude
 * @PSY_POWER_AVG: µW, magnitude, averaged by the device
 * @PSY_CHARGE_NOW: remaining charge, µAh
 * @PSY_CHARGE_FULL: µAh when full, as learned
 * @PSY_CHARGE_COUNTER: charge that has flowed since any moment, µAh, negative if more
 *	has flowed out of the pack than into it
 * @PSY_ENERGY_NOW: remaining energy, µWh
 * @PSY_ENERGY_FULL: µWh when full, as learned
 * @PSY_TEMP: 0.1 °C
 * @PSY_TIME_TO_EMPTY_NOW: seconds at the present rate
 * @PSY_TIME_TO_EMPTY_AVG: seconds at the average rate
 * @PSY_TIME_TO_FULL_NOW: seconds at the present rate
 * @PSY_TIME_TO_FULL_AVG: seconds at the average rate
 * @PSY_CYCLE_COUNT: charge cycles, more than 0
 * @PSY_INTERNAL_RESISTANCE: µΩ; published by kernels that have the property
 * @PSY_STATE_OF_HEALTH: condition of the pack, percent; published by kernels that
 *	have the property
 * @PSY_CHARGE_TERM_CURRENT: charging ends below this current, µA
 * @PSY_CHARGE_CURRENT_MAX: charging current requested by the pack, µA
 * @PSY_CHARGE_VOLTAGE_MAX: charging voltage requested by the pack, µV
 * @PSY_CHARGE_BEHAVIOUR: %POWER_SUPPLY_CHARGE_BEHAVIOUR_AUTO and so on
 * @PSY_CHARGE_START_THRESHOLD: charging starts below this capacity, percent
 * @PSY_CHARGE_END_THRESHOLD: charging ends at this capacity, percent
 * @PSY_INPUT_CURRENT_LIMIT: highest current drawn from the charger, µA
 * @PSY_CHARGE_EMPTY: hidden reserve, µAh. The driver reports it together with
 *	raw values; the class subtracts it from @PSY_CHARGE_NOW and
 *	@PSY_CHARGE_FULL.
 * @PSY_ENERGY_EMPTY: the same in µWh
 * @PSY_VOLTAGE_MIN_DESIGN: nominal voltage by design, µV
 * @PSY_VOLTAGE_MAX_DESIGN: highest voltage by design, µV. Do not set it together
 *	with charge fields: desktop software multiplies charge by it to get energy.
 * @PSY_CHARGE_FULL_DESIGN: µAh when new
 * @PSY_ENERGY_FULL_DESIGN: µWh when new
 * @PSY_TECHNOLOGY: %POWER_SUPPLY_TECHNOLOGY_LION and so on
 * @PSY_MANUFACTURE_YEAR: four digits
 * @PSY_MANUFACTURE_MONTH: 1 to 12
 * @PSY_MANUFACTURE_DAY: 1 to 31
 * @PSY_ALERT_LOW: the pack's own warning level, percent: the level is Low below
 *	it. It is also the default of ``capacity_alert_min``.
 * @PSY_ALERT_CRITICAL: the level is Critical at or below this, percent
 * @PSY_CAPACITY_STEP: resolution of @PSY_CAPACITY, percent; smaller changes
 *	do not cause events
 * @PSY_IDENTITY: any number that differs from pack to pack, such as a serial
 *	number. Never published; a change means that a different pack was
 *	inserted.
 * @PSY_NR_FIELDS: number of fields
 *
 * Fields from @PSY_VOLTAGE_MIN_DESIGN on are info, the ones before are status.
 *
 * The class does not clamp impossible values, it treats them as unknown: enum
 * values that Linux does not define, percentages above 100, and negative
 * voltages, charges (but not @PSY_CHARGE_COUNTER), energies, resistances, times and
 * counts.
 */
enum psy_field {
	PSY_STATUS,
	PSY_HEALTH,
	PSY_CAPACITY,
	PSY_CAPACITY_LEVEL,
	PSY_CAPACITY_ERROR_MARGIN,
	PSY_VOLTAGE_NOW,
	PSY_VOLTAGE_AVG,
	PSY_VOLTAGE_OCV,
	PSY_VOLTAGE_MIN,
	PSY_VOLTAGE_MAX,
	PSY_CURRENT_NOW,
	PSY_CURRENT_AVG,
	PSY_CURRENT_SIGN,
	PSY_POWER_NOW,
	PSY_POWER_AVG,
	PSY_CHARGE_NOW,
	PSY_CHARGE_FULL,
	PSY_CHARGE_COUNTER,
	PSY_ENERGY_NOW,
	PSY_ENERGY_FULL,
	PSY_TEMP,
	PSY_TIME_TO_EMPTY_NOW,
	PSY_TIME_TO_EMPTY_AVG,
	PSY_TIME_TO_FULL_NOW,
	PSY_TIME_TO_FULL_AVG,
	PSY_CYCLE_COUNT,
	PSY_INTERNAL_RESISTANCE,
	PSY_STATE_OF_HEALTH,
	PSY_CHARGE_TERM_CURRENT,
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
 * @valid: mask of %PSY_BIT(): the fields that hold a value. A field whose bit is
 *	clear is unknown, whatever @val contains.
 * @val: the values, in the units of &enum psy_field
 *
 * Use psy_values_set() and psy_values_get(), which keep both members consistent.
 */
struct psy_values {
	u64 valid;
	int val[PSY_NR_FIELDS];
};

/**
 * psy_values_set() - store a value and mark it valid
 * @v: set of values
 * @field: the field
 * @val: value in units of the field
 *
 * Context: any.
 * Return: 0, or -ERANGE if @val does not fit an int, the type of values in the
 * power_supply class; the field is then unknown, not truncated.
 */
static inline int psy_values_set(struct psy_values *v, enum psy_field field, s64 val)
{
	if (val < INT_MIN || val > INT_MAX) {
		v->valid &= ~PSY_BIT(field);
		return -ERANGE;
	}

	v->val[field] = val;
	v->valid |= PSY_BIT(field);
	return 0;
}

/**
 * psy_values_get() - get a value if it is valid
 * @v: set of values
 * @field: the field
 * @val: where to store it
 *
 * Context: any.
 * Return: 0, or -ENODATA if the field is unknown; @val is not changed then.
 */
static inline int psy_values_get(const struct psy_values *v, enum psy_field field, int *val)
{
	if (!(v->valid & PSY_BIT(field)))
		return -ENODATA;

	*val = v->val[field];
	return 0;
}

/**
 * psy_values_take() - copy the valid values of some fields
 * @v: set of values to copy to
 * @from: set of values to copy from
 * @fields: mask of %PSY_BIT(): fields to copy; fields unknown in @from are not
 *	changed in @v
 *
 * Context: any.
 */
static inline void psy_values_take(struct psy_values *v, const struct psy_values *from,
				   u64 fields)
{
	unsigned int f;

	fields &= from->valid;
	for (f = 0; f < PSY_NR_FIELDS; f++)
		if (fields & PSY_BIT(f))
			v->val[f] = from->val[f];
	v->valid |= fields;
}

/**
 * enum psy_unit - unit in which a pack reports its capacity
 * @PSY_UNIT_ANY: any unit, or not known yet
 * @PSY_UNIT_CHARGE: ampere hours; the supply has ``charge_*`` and ``current_*``
 * @PSY_UNIT_ENERGY: watt hours; the supply has ``energy_*`` and ``power_*``
 *
 * A supply has the properties of one unit only: user space that reads both mixes
 * them up.
 */
enum psy_unit {
	PSY_UNIT_ANY,
	PSY_UNIT_CHARGE,
	PSY_UNIT_ENERGY,
};

/**
 * struct psy_info - data that does not change while a tag is valid
 * @values: the info fields and %PSY_IDENTITY
 * @unit: the unit of the pack; %PSY_UNIT_ANY leaves the choice to the class
 * @manufacturer: printable text or empty
 * @model: printable text or empty
 * @serial: printable text or empty
 * @chemistry: chemistry as named by the device, or empty; see
 *	psy_chemistry_to_technology()
 */
struct psy_info {
	struct psy_values values;
	enum psy_unit unit;
	char manufacturer[PSY_STRING_LEN];
	char model[PSY_STRING_LEN];
	char serial[PSY_STRING_LEN];
	char chemistry[PSY_STRING_LEN];
};

/**
 * enum psy_scale_group - selects the scale factor of the instance for a row
 * @PSY_SCALE_NONE: none
 * @PSY_SCALE_VOLTAGE: voltages
 * @PSY_SCALE_CURRENT: currents and charges (sense resistor, exponent)
 * @PSY_SCALE_CHARGE: charges, if their factor is not that of the currents
 * @PSY_SCALE_POWER: powers and energies
 * @PSY_SCALE_CAPACITY: percentages
 * @PSY_NR_SCALES: number of groups
 */
enum psy_scale_group {
	PSY_SCALE_NONE,
	PSY_SCALE_VOLTAGE,
	PSY_SCALE_CURRENT,
	PSY_SCALE_CHARGE,
	PSY_SCALE_POWER,
	PSY_SCALE_CAPACITY,
	PSY_NR_SCALES
};

#define PSY_ROW_SIGNED	BIT(0)	/* two's complement */
#define PSY_ROW_HAS_NA	BIT(1)	/* the raw value @na means "not available" */
#define PSY_ROW_RANGE	BIT(2)	/* results outside @min..@max are dropped */
#define PSY_ROW_BE	BIT(3)	/* of several registers, the first is the most significant */
#define PSY_ROW_BITS	BIT(4)	/* @result if the bits of @mask are those of @match */
#define PSY_ROW_UNKNOWN	BIT(5)	/* with PSY_ROW_BITS: no value instead of @result */

/** define PSY_REG_NONE - entry of a register map: the variant lacks the register */
#define PSY_REG_NONE	0xffff

/** define PSY_ROW_MAX_REGS - highest number of registers of a row */
#define PSY_ROW_MAX_REGS	4

/** define PSY_RUN_MAX - highest number of registers that the class reads in one transfer */
#define PSY_RUN_MAX	32

/**
 * struct psy_field_desc - one row: location and encoding of a field
 * @field: an &enum psy_field
 * @reg: register number in the regmap of the instance, or an index into
 *	&psy_miniclass_desc->reg_map
 * @regs: number of successive registers that hold the value, up to 4 and to 32 bits;
 *	default (0): 1. The first one is the least significant, unless PSY_ROW_BE is
 *	set; the order of bytes in a register is that of the regmap.
 * @bits: width of the raw value, 1 to 32; default (0): 16
 * @shift: number of the lowest bit of the raw value
 * @flags: PSY_ROW_SIGNED, PSY_ROW_HAS_NA, PSY_ROW_RANGE, PSY_ROW_BE, PSY_ROW_BITS,
 *	PSY_ROW_UNKNOWN
 * @unit: read this row only if the instance has this &enum psy_unit
 * @scale: the &enum psy_scale_group that applies
 * @mul: multiplier; default (0): 1
 * @div: divisor, not negative; default (0): 1
 * @bias: raw value that means 0; subtracted first
 * @offset: added last, in units of the field
 * @na: raw value that means "not available", with PSY_ROW_HAS_NA
 * @min: smallest plausible value in units of the field, with PSY_ROW_RANGE
 * @max: largest plausible value in units of the field, with PSY_ROW_RANGE
 * @mask: bits of the raw value to compare, with PSY_ROW_BITS; 0 for a row that
 *	always matches
 * @match: what they are compared with, with PSY_ROW_BITS
 * @result: the value if they are equal, with PSY_ROW_BITS
 *
 * raw = (registers >> @shift), @bits wide;
 * value = (raw - @bias) * @mul * scale / @div + @offset, with one division, rounded
 * to nearest. A product beyond 64 bits makes the value unknown.
 *
 * A row with PSY_ROW_BITS has the value @result if (raw & @mask) == @match, and
 * otherwise none. See PSY_BITS(). With PSY_ROW_UNKNOWN, a match makes the field
 * unknown, and later rows for it do not count: see PSY_UNKNOWN_IF().
 *
 * If several rows are for the same field, the first one with a value counts, so that
 * earlier rows have priority. If the register of one of them cannot be read, the
 * field is unknown.
 *
 * Rows in a sequence that are for the same registers cost one transfer. See also
 * &psy_miniclass_desc->run.
 *
 * The row of %PSY_IDENTITY must be the last row of a table. It is read after the
 * others: an unchanged identity shows that they all belong to the same pack.
 */
struct psy_field_desc {
	enum psy_field field;
	u16 reg;
	u8 regs;
	u8 bits;
	u8 shift;
	u8 flags;
	enum psy_unit unit;
	enum psy_scale_group scale;
	int mul;
	int div;
	int bias;
	int offset;
	u32 na;
	int min;
	int max;
	u32 mask;
	u32 match;
	int result;
};

/**
 * PSY_BITS() - row that gives a field one value for certain bits of a register
 * @_field: an &enum psy_field
 * @_reg: the register
 * @_mask: bits to compare; 0 for a row that always matches
 * @_match: what they are compared with
 * @_result: the value if they are equal
 */
#define PSY_BITS(_field, _reg, _mask, _match, _result) {	\
	.field = (_field),					\
	.reg = (_reg),						\
	.flags = PSY_ROW_BITS,					\
	.mask = (_mask),					\
	.match = (_match),					\
	.result = (_result),					\
}

/**
 * PSY_UNKNOWN_IF() - row that makes a field unknown for certain bits of a register
 * @_field: an &enum psy_field, whose other rows follow
 * @_reg: the register
 * @_mask: bits to compare
 * @_match: what they are compared with
 */
#define PSY_UNKNOWN_IF(_field, _reg, _mask, _match) {		\
	.field = (_field),					\
	.reg = (_reg),						\
	.flags = PSY_ROW_BITS | PSY_ROW_UNKNOWN,		\
	.mask = (_mask),					\
	.match = (_match),					\
}

/*
 * Conditions that a hardware alarm can signal. The first four are limits and also
 * used as bits of psy_limits::valid.
 */
#define PSY_LIMIT_LOW		BIT(0)	/* capacity below a limit */
#define PSY_LIMIT_HIGH		BIT(1)	/* capacity above a limit */
#define PSY_LIMIT_TEMP_MIN	BIT(2)	/* temperature below a limit */
#define PSY_LIMIT_TEMP_MAX	BIT(3)	/* temperature above a limit */
#define PSY_ALARM_SINGLE	BIT(4)	/* LOW and HIGH share one trip point */
#define PSY_ALARM_STATE		BIT(5)	/* insertion, removal, status change */
#define PSY_ALARM_LEVEL		BIT(6)	/* keep the user's LOW limit armed when crossed */

/**
 * struct psy_limits - thresholds of a hardware alarm
 * @valid: PSY_LIMIT_LOW and so on: the limits that are set
 * @low: alarm if the capacity falls below this, percent
 * @high: alarm if the capacity rises above this, percent
 * @low_amount: @low in µAh or µWh as counted by the device, including the
 *	reserve (%PSY_CHARGE_EMPTY), rounded up; 0 if the full capacity is
 *	unknown
 * @high_amount: the same for @high, rounded down; 0 if unknown
 * @temp_min: alarm if the temperature falls below this, 0.1 °C
 * @temp_max: alarm if the temperature rises above this, 0.1 °C
 *
 * The hardware may raise its alarm early, but never late: the class compares again.
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
 * struct psy_miniclass_ops - hooks for data that a table cannot describe
 *
 * All hooks are optional and may sleep. They are called with the lock of the
 * instance held, one at a time, never from interrupt context.
 *
 * @query_tag: Identify the insertion of the pack in the slot. Store any number
 *	other than %PSY_TAG_NONE that is new for each insertion that the hardware
 *	notices, and return 0; -ENODEV if the slot is empty; -EOPNOTSUPP if the
 *	hardware does not detect insertions (the class then uses %PSY_IDENTITY,
 *	whether the pack responds, and psy_miniclass_replaced()).
 * @before_read: Prepare the device for a reading: latch its registers, wake it, write
 *	its settings again after a reset. Called before each reading of info or status,
 *	after @query_tag, whose result it may change, as by psy_miniclass_replaced().
 *	On error the reading fails; -EAGAIN starts it over.
 * @ack_irq: Acknowledge the interrupt: clear what the device latches until the host
 *	has seen it, so that its line is released. Called before the reading that
 *	psy_miniclass_irq() requests, so that whatever happens later raises the
 *	interrupt again. On error it is called again before the next reading, and the
 *	reading itself continues.
 * @query_info: Fill @info. Called once per tag, before the rows of info fields
 *	are read, so that it can set scale factors, which are 1 before it, and the
 *	reporting mode. It is called again after a reading of another pack has
 *	failed: what it stores is always of the pack that is read next. A hook
 *	that reads more than that from the pack must store %PSY_IDENTITY first:
 *	the class reads it again at the end, and starts over if a different pack
 *	was inserted in the meantime.
 * @query_status: Complete @status, which already contains the rows of the table.
 *	Return -EAGAIN to repeat the complete reading (at most twice) if the pack
 *	changed its reporting mode in between.
 * @set_notify: Have the hardware call psy_miniclass_changed() when a limit is
 *	crossed; replaces previously set limits. Only limits of
 *	&psy_miniclass_config->alarms are requested. On error the class falls
 *	back to polling.
 * @disable_notify: Undo @set_notify. Both hooks must be set, or neither.
 * @set_info: Set a field of &psy_miniclass_desc->settable to a value in units
 *	of &enum psy_field, whose range has been checked. -EOPNOTSUPP or -EINVAL
 *	if this pack does not support it.
 *
 * Common return values: 0; -ENODEV if the pack is known to be gone; -EOPNOTSUPP
 * if the device does not support the request; any other error is a failed
 * transfer and leaves the last good snapshot in effect.
 */
struct psy_miniclass_ops {
	int (*query_tag)(struct psy_miniclass *mc, u32 *tag);
	int (*before_read)(struct psy_miniclass *mc);
	int (*ack_irq)(struct psy_miniclass *mc);
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
 * @num_rows: number of @rows
 * @reg_map: register numbers of this variant, indexed by &psy_field_desc->reg and by
 *	the register that a hook passes to psy_miniclass_read(); %PSY_REG_NONE if the
 *	variant lacks a register, whose rows then do not exist. NULL if the tables and
 *	hooks have register numbers.
 * @num_regs: number of entries of @reg_map
 * @run: highest number of successive registers that the device sends in one
 *	transfer, up to %PSY_RUN_MAX; default (0): 1. Successive rows whose registers
 *	are adjacent are then read together, and their values are of the same moment,
 *	if the regmap transfers several registers at once.
 * @gap: highest number of registers without a row that may be read between two rows
 *	in order to read these in one transfer; reading must not change them
 * @manufacturer: manufacturer of all packs, unless @ops->query_info fills it in; or
 *	NULL
 * @model: the same for the model
 * @technology: the same for %PSY_TECHNOLOGY: a constant of all packs, or 0
 * @supplied: the status depends on the chargers that supply this battery (see
 *	"power-supplies" in the binding of supplies). If the device reports neither status
 *	nor current, it is that of the charger: Discharging if all are offline; otherwise
 *	that of the charger, or, if it has none, Full at 100 % and Charging below; unknown
 *	without a charger. A device that reports one of them is not Full while all are
 *	offline, but Discharging.
 * @extra: mask of %PSY_BIT(): the fields that the hooks fill in
 * @strings: true if @ops->query_info fills in the strings
 * @chemistry: true if @ops->query_info fills in the chemistry
 * @primary: the cells cannot be charged
 * @nested: the hooks query other instances of the class
 * @backup: the pack supplies power only while external power fails, as that of a
 *	UPS does. The status is that of external power, not derived from a current,
 *	and reported at once. A time to empty is that after a failure: the class uses
 *	only the one that the driver reports, in any status.
 * @settable: mask of %PSY_BIT(): the fields that @ops->set_info can set
 * @charge_behaviours: mask of BIT(%POWER_SUPPLY_CHARGE_BEHAVIOUR_AUTO) and so
 *	on: valid settings of the field %PSY_CHARGE_BEHAVIOUR
 * @ops: hooks, or NULL
 * @settle_ms: how long a time to empty derived by the class stays unknown after
 *	a status change; default (0): 15000
 * @fresh_ms: lifetime of a snapshot, up to 60000; default (0): 1000
 * @poll_ms: interval at which the class polls for changes to report; default
 *	(0): 10000. Shorter near a limit, longer while no current flows; no
 *	polling if hardware alarms cover all changes.
 * @gone_ms: a pack that does not respond for this long, and in three successive
 *	readings or more, is gone; default (0): 5000
 */
struct psy_miniclass_desc {
	const struct psy_field_desc *rows;
	unsigned int num_rows;
	const u16 *reg_map;
	unsigned int num_regs;
	u8 run;
	u8 gap;
	const char *manufacturer;
	const char *model;
	int technology;
	bool supplied;
	u64 extra;
	bool strings;
	bool chemistry;
	bool primary;
	bool nested;
	bool backup;
	u64 settable;
	u8 charge_behaviours;
	const struct psy_miniclass_ops *ops;
	unsigned int settle_ms;
	unsigned int fresh_ms;
	unsigned int poll_ms;
	unsigned int gone_ms;
};

/**
 * enum psy_role - role of a pack in the system
 * @PSY_ROLE_FIRMWARE: set by the firmware property ``battery-role`` or the module
 *	parameter ``members`` of the class, else %PSY_ROLE_SYSTEM
 * @PSY_ROLE_SYSTEM: it supplies the machine and is reported as such
 * @PSY_ROLE_MEMBER: member of a composite battery. The supply has SCOPE Device
 *	and no capacity, so that desktop software ignores it and does not count
 *	it in addition to the composite.
 * @PSY_ROLE_VISIBLE: as %PSY_ROLE_MEMBER, but with a capacity: desktop software
 *	lists it, but does not count it
 *
 * Fixed at registration, because desktop software reads it only once.
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
 * @name: name of the supply, at most 31 characters; NULL selects the first free
 *	``BAT<n>``, the name that desktop software expects, or ``pack<n>`` for a
 *	member of a composite battery
 * @role: role of the pack
 * @last_tag: the first pack gets the tag after this one; for a slot that is
 *	registered again
 * @retries: number of retries of failed transfers in one refresh; default (0): 3,
 *	a negative number disables retries
 * @alarms: PSY_LIMIT_LOW and so on: the conditions that the hardware of this
 *	instance signals with psy_miniclass_changed(). Set only if its alarm line
 *	is connected.
 * @settle_polls: number of polls, at intervals of 1 s, for the reaction of the
 *	pack to a change of external power; default (0): 5
 * @user_limits: limits set by user space, kept by the driver from one
 *	registration of a slot to the next; NULL discards them. The @valid bits
 *	mark the limits that are in effect from the start. The class writes to it
 *	as long as the instance exists; the driver accesses it only before
 *	registration and after the instance has ended.
 * @group: attributes of the driver, or NULL. Their functions get the instance with
 *	psy_miniclass_from_dev().
 * @polled: name of the attribute in @group that supports poll(), or NULL; see
 *	psy_miniclass_event()
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
	const struct attribute_group *group;
	const char *polled;
};

/**
 * struct psy_snapshot - consistent copy of the status
 * @tag: the pack, %PSY_TAG_NONE when the slot is empty
 * @taken: when the status was read, ktime_get_boottime()
 * @status: status fields
 */
struct psy_snapshot {
	u32 tag;
	ktime_t taken;
	struct psy_values status;
};

/* Bits of psy_state(): states whose change ends a wait */
#define PSY_STATE_PRESENT	BIT(0)
#define PSY_STATE_CHARGING	BIT(1)
#define PSY_STATE_DISCHARGING	BIT(2)
#define PSY_STATE_FULL		BIT(3)
#define PSY_STATE_CRITICAL	BIT(4)

/** define PSY_WAIT_FOREVER - a wait without a time limit */
#define PSY_WAIT_FOREVER	(-1)

/**
 * struct psy_waits - tasks that wait for conditions of one object
 * @lock: protects the other members
 * @queue: wait queue
 * @nr: number of waiting tasks
 * @cancels: number of calls of psy_waits_cancel()
 * @ended: psy_waits_end() was called
 */
struct psy_waits {
	spinlock_t lock;
	wait_queue_head_t queue;
	unsigned int nr;
	unsigned int cancels;
	bool ended;
};

void psy_waits_init(struct psy_waits *w);
int psy_waits_sleep(struct psy_waits *w, bool (*done)(void *data), void *data,
		    int timeout_ms);
void psy_waits_wake(struct psy_waits *w);
void psy_waits_cancel(struct psy_waits *w);
void psy_waits_end(struct psy_waits *w);

/**
 * struct psy_wait - conditions that end psy_miniclass_wait_status()
 * @tag: the pack to wait for
 * @timeout_ms: timeout; 0 checks without waiting; %PSY_WAIT_FOREVER
 * @state: end the wait when psy_state() differs from this
 * @low: end the wait when the capacity is below this, percent; 0 for never
 * @high: end the wait when the capacity is above this, percent; 100 for never
 */
struct psy_wait {
	u32 tag;
	int timeout_ms;
	u32 state;
	int low;
	int high;
};

struct psy_miniclass *psy_miniclass_register(struct device *dev,
					     const struct psy_miniclass_desc *desc,
					     const struct psy_miniclass_config *config);
void psy_miniclass_unregister(struct psy_miniclass *mc);
struct psy_miniclass *
devm_psy_miniclass_register(struct device *dev,
			    const struct psy_miniclass_desc *desc,
			    const struct psy_miniclass_config *config);
void psy_miniclass_changed(struct psy_miniclass *mc);
void psy_miniclass_event(struct psy_miniclass *mc);
irqreturn_t psy_miniclass_irq(int irq, void *data);
void psy_miniclass_drop_alarms(struct psy_miniclass *mc);
void psy_miniclass_info_changed(struct psy_miniclass *mc);
void psy_miniclass_shutdown(struct psy_miniclass *mc);
int psy_miniclass_wait_tag(struct psy_miniclass *mc, int timeout_ms, u32 *tag);
int psy_miniclass_wait_status(struct psy_miniclass *mc, const struct psy_wait *wait,
			      struct psy_snapshot *snap);
u32 psy_state(const struct psy_snapshot *snap);

/* System sleep, for a driver whose device has the instance as drvdata */
extern const struct dev_pm_ops psy_miniclass_pm_ops;

void *psy_miniclass_get_drvdata(struct psy_miniclass *mc);
struct power_supply *psy_miniclass_to_psy(struct psy_miniclass *mc);
struct psy_miniclass *psy_miniclass_from_psy(struct power_supply *psy);
enum psy_unit psy_miniclass_get_unit(struct psy_miniclass *mc);

/**
 * psy_miniclass_from_dev() - get the instance behind the device of a supply
 * @dev: device of the supply of an instance, as passed to the functions of
 *	&psy_miniclass_config->group
 *
 * Context: any.
 * Return: the instance.
 */
static inline struct psy_miniclass *psy_miniclass_from_dev(struct device *dev)
{
	return power_supply_get_drvdata(dev_get_drvdata(dev));
}

/**
 * psy_transfer_errno() - error of a transfer that a hook may return
 * @err: error of the bus, or 0
 *
 * Some adapters return -ENODEV for a missing reply. From a hook it would mean that there
 * is no battery, so that one failure would be reported as a removal. The functions
 * that transfer registers of the regmap do this themselves.
 *
 * Context: any.
 * Return: -ENXIO instead of -ENODEV, otherwise @err.
 */
static inline int psy_transfer_errno(int err)
{
	return err == -ENODEV ? -ENXIO : err;
}

void psy_miniclass_replaced(struct psy_miniclass *mc);
int psy_miniclass_read(struct psy_miniclass *mc, unsigned int reg,
		       unsigned int *val);
int psy_miniclass_write(struct psy_miniclass *mc, unsigned int reg,
			unsigned int val);
int psy_miniclass_update_bits(struct psy_miniclass *mc, unsigned int reg,
			      unsigned int mask, unsigned int val);
int psy_miniclass_bulk_read(struct psy_miniclass *mc, unsigned int reg, void *buf,
			    unsigned int count);
int psy_miniclass_bulk_write(struct psy_miniclass *mc, unsigned int reg, const void *buf,
			     unsigned int count);
bool psy_miniclass_retry(struct psy_miniclass *mc, int err);
int psy_miniclass_supplier_status(struct psy_miniclass *mc);
void psy_miniclass_set_scale(struct psy_miniclass *mc,
			     enum psy_scale_group group, int mul, int div);
int psy_miniclass_get_snapshot(struct psy_miniclass *mc,
			       struct psy_snapshot *snap);
int psy_miniclass_get_pack(struct psy_miniclass *mc, struct psy_snapshot *snap,
			   struct psy_info *info);

void psy_string_clean(char *dst, const u8 *src, size_t len);
int psy_chemistry_to_technology(const char *chemistry);
bool psy_date_valid(int year, int month, int day);

int psy_miniclass_fw_u32(struct device *dev, const char *name, u32 min, u32 max,
			 u32 *val);
int psy_miniclass_fw_s32(struct device *dev, const char *name, int min, int max,
			 int *val);
int psy_miniclass_fw_battery(struct device *dev, const char *name, u32 *val);
int psy_miniclass_fw_word(struct device *dev, const char *name,
			  const char * const words[3], int *choice);

#endif /* __LINUX_POWER_PSY_MINICLASS_H */
