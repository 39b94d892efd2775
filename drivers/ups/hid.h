/* SPDX-License-Identifier: GPL-2.0-only */
/* UPSes of the HID Power Device class: the values that their reports hold */
#ifndef __HID_UPS_H
#define __HID_UPS_H

#include <linux/bits.h>
#include <linux/power/ups.h>
#include <linux/types.h>

struct hid_device;

/* enum hid_ups_value - what the driver reads or writes; flags first */
enum hid_ups_value {
	HID_UPS_AC_PRESENT,
	HID_UPS_BELOW_LIMIT,
	HID_UPS_TIME_EXPIRED,
	HID_UPS_SHUTDOWN_IMMINENT,
	HID_UPS_REPLACE,
	HID_UPS_OVERLOAD,
	HID_UPS_FAILURE,
	HID_UPS_OVERTEMPERATURE,
	HID_UPS_BOOST,
	HID_UPS_BUCK,
	HID_UPS_FLAGS,

	HID_UPS_CHARGE = HID_UPS_FLAGS,
	HID_UPS_FULL,
	HID_UPS_DESIGN,
	HID_UPS_MODE,
	HID_UPS_RUNTIME,
	HID_UPS_BATTERY_VOLTAGE,
	HID_UPS_BATTERY_NOMINAL,
	HID_UPS_INPUT_VOLTAGE,
	HID_UPS_OUTPUT_VOLTAGE,
	HID_UPS_OUTPUT_NOMINAL,
	HID_UPS_FREQUENCY,
	HID_UPS_LOAD,
	HID_UPS_TEMPERATURE,
	HID_UPS_RATED_POWER,
	HID_UPS_OFF_DELAY,
	HID_UPS_ON_DELAY,
	HID_UPS_REBOOT_DELAY,
	HID_UPS_TEST,
	HID_UPS_BEEPER,
	HID_UPS_VALUES,
};

/* enum hid_ups_dir - kind of report */
enum hid_ups_dir {
	HID_UPS_FEATURE,
	HID_UPS_INPUT,
	HID_UPS_DIRS,
};

/* enum hid_ups_dim - physical dimension of a value */
enum hid_ups_dim {
	HID_UPS_NUMBER,
	HID_UPS_VOLT,
	HID_UPS_WATT,
	HID_UPS_HERTZ,
	HID_UPS_SECOND,
	HID_UPS_KELVIN,
	HID_UPS_AMPERE_SECOND,
	HID_UPS_JOULE,
};

/* Commands and states of usages with a list of values */
#define HID_UPS_TEST_QUICK	1
#define HID_UPS_TEST_RUNNING	5
#define HID_UPS_BEEPER_OFF	1
#define HID_UPS_BEEPER_ON	2

/* What a device does wrong, see hid_ups_quirks() */
#define HID_UPS_Q_LIMITS	BIT(0)	/* range of the voltages is too small */
#define HID_UPS_Q_BATTERY_2_3	BIT(1)	/* battery voltage may be 1.5 times too high */
#define HID_UPS_Q_MINUTES	BIT(2)	/* delays are rounded down to minutes */
#define HID_UPS_Q_STATUS_PAGE	BIT(3)	/* flags of the page 0x85 are on the page 0x84 */
#define HID_UPS_Q_BATTERY_TENTH	BIT(4)	/* battery voltage is ten times too high */
#define HID_UPS_Q_EXPONENTS	BIT(5)	/* wrong exponents of voltages and frequencies */
#define HID_UPS_Q_NO_OFF	BIT(6)	/* delays have an encoding of their own */

/**
 * struct hid_ups_field - where a value is, and how it is encoded
 * @bits: its size, 1 to 32; 0 if the device does not have it
 * @id: number of the report, not 0
 * @rank: how much the place in the tree of collections is preferred; 0 is best
 * @offset: first bit, not counting the number of the report
 * @min: logical minimum; the field has a sign if it is negative
 * @max: logical maximum; there is no range if it is not larger than @min
 * @phys_min: physical minimum
 * @phys_max: physical maximum; if both are 0, they are the logical ones
 * @exponent: of the unit, to base 10
 * @unit: the unit, or 0 for none
 */
struct hid_ups_field {
	u8 bits;
	u8 id;
	u8 rank;
	unsigned int offset;
	s64 min;
	s64 max;
	s32 phys_min;
	s32 phys_max;
	int exponent;
	u32 unit;
};

/**
 * struct hid_ups_map - all fields of a device
 * @field: the fields
 * @quirks: HID_UPS_Q_* bits
 */
struct hid_ups_map {
	struct hid_ups_field field[HID_UPS_DIRS][HID_UPS_VALUES];
	u32 quirks;
};

/**
 * struct hid_ups_values - what was read
 * @valid: bits of the values that were read
 * @input: bits of those that come from an input report
 * @raw: the values
 */
struct hid_ups_values {
	u64 valid;
	u64 input;
	s64 raw[HID_UPS_VALUES];
};

u32 hid_ups_quirks(u16 vendor, u16 product);
bool hid_ups_is_ups(const struct hid_device *hid);
void hid_ups_map(const struct hid_device *hid, u32 quirks, struct hid_ups_map *map);
int hid_ups_extract(const struct hid_ups_field *field, const u8 *data, size_t size, s64 *raw);
int hid_ups_insert(const struct hid_ups_field *field, u8 *data, size_t size, s64 raw);
int hid_ups_scale(const struct hid_ups_field *field, enum hid_ups_dim dim, s64 raw, s64 *micro);
u64 hid_ups_parse_report(const struct hid_ups_map *map, enum hid_ups_dir dir, u8 id,
			 const u8 *data, size_t size, struct hid_ups_values *v, u64 *bad);
void hid_ups_status(const struct hid_ups_map *map, const struct hid_ups_values *v,
		    struct ups_status *status);
void hid_ups_ident(const struct hid_ups_map *map, const struct hid_ups_values *v,
		   struct ups_ident *ident);
int hid_ups_delay(const struct hid_ups_field *field, u32 quirks, unsigned int seconds);
int hid_ups_delay_raw(const struct hid_ups_field *field, unsigned int seconds, s64 *raw);

#endif /* __HID_UPS_H */
