// SPDX-License-Identifier: GPL-2.0-only
/*
 * The HID Power Device class: "Universal Serial Bus Usage Tables for HID Power Devices",
 * release 1.0, and the items of the report descriptor as in "Device Class Definition for
 * HID" 1.11, section 6.2.2.7. Pure: does not access the UPS or a clock.
 *
 * A value is found by its usage and by the collection that it is in: the same usage is the
 * voltage of the battery, of the input, or of the output. Numbers of reports differ
 * between models and mean nothing.
 *
 * What devices do wrong is from NUT 2.8.0, drivers/cps-hid.c, tripplite-hid.c and
 * powercom-hid.c.
 */
#include <kunit/visibility.h>
#include <linux/errno.h>
#include <linux/hid.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/math.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/overflow.h>
#include <linux/string.h>

#include "hid.h"

#define POWER(_usage)	(0x00840000 | (_usage))
#define BATTERY(_usage)	(0x00850000 | (_usage))

#define HID_UPS_APP_UPS		POWER(0x04)
#define HID_UPS_APP_SUPPLY	POWER(0x05)

/* Units: a nibble for each base unit of the cgs system */
#define HID_UPS_UNIT_VOLT	0x00f0d121
#define HID_UPS_UNIT_WATT	0x0000d121
#define HID_UPS_UNIT_JOULE	0x0000e121
#define HID_UPS_UNIT_HERTZ	0x0000f001
#define HID_UPS_UNIT_SECOND	0x00001001
#define HID_UPS_UNIT_KELVIN	0x00010001
#define HID_UPS_UNIT_AS		0x00101001

/* CapacityMode */
#define HID_UPS_MODE_MAH	0
#define HID_UPS_MODE_MWH	1
#define HID_UPS_MODE_PERCENT	2

#define MICRO			1000000LL

/* Limits of plausible values: more or less comes from a wrong descriptor */
#define HID_UPS_MAX_VOLT	1000
#define HID_UPS_MAX_WATT	1000000
#define HID_UPS_MAX_LOAD	200
#define HID_UPS_MAX_RUNTIME	(7 * 24 * 3600)
/* Seconds of one step of a delay */
#define HID_UPS_MAX_STEP	60

/* An estimate of the energy needs a reading that is not too coarse. */
#define HID_UPS_EST_CHARGE	20
#define HID_UPS_EST_RUNTIME	60

/* enum hid_ups_place - collections that say what a usage is about */
enum hid_ups_place {
	IN_NONE,
	IN_UPS,
	IN_SUMMARY,
	IN_BATTERY,
	IN_BATTERY_SYSTEM,
	IN_CONVERTER,
	IN_INPUT,
	IN_OUTPUT,
	IN_OUTLET,
	IN_FLOW,
};

static const struct {
	u32 usage;
	enum hid_ups_place place;
} hid_ups_places[] = {
	{ HID_UPS_APP_UPS, IN_UPS },
	{ HID_UPS_APP_SUPPLY, IN_UPS },
	{ POWER(0x10), IN_BATTERY_SYSTEM },
	{ POWER(0x12), IN_BATTERY },
	{ POWER(0x16), IN_CONVERTER },
	{ POWER(0x1a), IN_INPUT },
	{ POWER(0x1c), IN_OUTPUT },
	{ POWER(0x1e), IN_FLOW },
	{ POWER(0x20), IN_OUTLET },
	{ POWER(0x24), IN_SUMMARY },
};

/* Places in the order of preference; a field in a different place is a different value. */
#define HID_UPS_PLACES	6
#define ANYWHERE	{ IN_SUMMARY, IN_UPS, IN_OUTPUT, IN_CONVERTER, \
			  IN_BATTERY_SYSTEM, IN_BATTERY }
#define IN_THE_BATTERY	{ IN_SUMMARY, IN_BATTERY, IN_BATTERY_SYSTEM, IN_UPS }
#define OF_THE_BATTERY	{ IN_BATTERY, IN_BATTERY_SYSTEM, IN_SUMMARY }
#define OF_THE_OUTPUT	{ IN_OUTPUT, IN_FLOW }
#define OF_THE_POWER	{ IN_OUTPUT, IN_FLOW, IN_UPS, IN_SUMMARY }
#define OF_THE_LOAD	{ IN_OUTPUT, IN_SUMMARY, IN_CONVERTER, IN_UPS, IN_OUTLET }
#define OF_THE_OUTLETS	{ IN_SUMMARY, IN_OUTPUT, IN_UPS, IN_OUTLET }
#define OF_THE_TEST	{ IN_SUMMARY, IN_OUTPUT, IN_BATTERY_SYSTEM, IN_BATTERY, IN_UPS }

static const struct hid_ups_usage {
	u32 usage;
	enum hid_ups_value value;
	enum hid_ups_place places[HID_UPS_PLACES];
} hid_ups_usages[] = {
	{ BATTERY(0xd0), HID_UPS_AC_PRESENT, ANYWHERE },
	{ BATTERY(0x42), HID_UPS_BELOW_LIMIT, ANYWHERE },
	{ BATTERY(0x43), HID_UPS_TIME_EXPIRED, ANYWHERE },
	{ BATTERY(0x4b), HID_UPS_REPLACE, ANYWHERE },
	{ POWER(0x69), HID_UPS_SHUTDOWN_IMMINENT, ANYWHERE },
	{ POWER(0x65), HID_UPS_OVERLOAD, ANYWHERE },
	{ POWER(0x62), HID_UPS_FAILURE, ANYWHERE },
	{ POWER(0x67), HID_UPS_OVERTEMPERATURE, ANYWHERE },
	{ POWER(0x6e), HID_UPS_BOOST, ANYWHERE },
	{ POWER(0x6f), HID_UPS_BUCK, ANYWHERE },
	{ BATTERY(0x66), HID_UPS_CHARGE, IN_THE_BATTERY },
	{ BATTERY(0x67), HID_UPS_FULL, IN_THE_BATTERY },
	{ BATTERY(0x83), HID_UPS_DESIGN, IN_THE_BATTERY },
	{ BATTERY(0x2c), HID_UPS_MODE, IN_THE_BATTERY },
	{ BATTERY(0x68), HID_UPS_RUNTIME, IN_THE_BATTERY },
	{ POWER(0x30), HID_UPS_BATTERY_VOLTAGE, OF_THE_BATTERY },
	{ POWER(0x40), HID_UPS_BATTERY_NOMINAL, OF_THE_BATTERY },
	{ POWER(0x30), HID_UPS_INPUT_VOLTAGE, { IN_INPUT } },
	{ POWER(0x30), HID_UPS_OUTPUT_VOLTAGE, { IN_OUTPUT } },
	{ POWER(0x40), HID_UPS_OUTPUT_NOMINAL, OF_THE_OUTPUT },
	{ POWER(0x32), HID_UPS_FREQUENCY, { IN_INPUT, IN_OUTPUT } },
	{ POWER(0x35), HID_UPS_LOAD, OF_THE_LOAD },
	{ POWER(0x36), HID_UPS_TEMPERATURE, OF_THE_TEST },
	{ POWER(0x44), HID_UPS_RATED_POWER, OF_THE_POWER },
	{ POWER(0x43), HID_UPS_RATED_POWER, OF_THE_POWER },
	{ POWER(0x57), HID_UPS_OFF_DELAY, OF_THE_OUTLETS },
	{ POWER(0x56), HID_UPS_ON_DELAY, OF_THE_OUTLETS },
	{ POWER(0x55), HID_UPS_REBOOT_DELAY, OF_THE_OUTLETS },
	{ POWER(0x58), HID_UPS_TEST, OF_THE_TEST },
	{ POWER(0x5a), HID_UPS_BEEPER, OF_THE_TEST },
};

/* A rank between that of ActivePower and of ApparentPower, for the rated power */
#define HID_UPS_APPARENT	HID_UPS_PLACES

#define ANY_PRODUCT	0x10000

static const struct {
	u16 vendor;
	u32 product;
	u32 quirks;
} hid_ups_quirk_list[] = {
	{ 0x0764, 0x0501, HID_UPS_Q_LIMITS | HID_UPS_Q_BATTERY_2_3 },
	{ 0x0764, 0x0601, HID_UPS_Q_LIMITS },
	/* Most describe a step of one minute; NUT has them all round down to minutes. */
	{ 0x0764, ANY_PRODUCT, HID_UPS_Q_MINUTES },
	{ 0x09ae, ANY_PRODUCT, HID_UPS_Q_STATUS_PAGE },
	{ 0x09ae, 0x1003, HID_UPS_Q_BATTERY_TENTH },
	{ 0x09ae, 0x1007, HID_UPS_Q_BATTERY_TENTH },
	{ 0x09ae, 0x1008, HID_UPS_Q_BATTERY_TENTH },
	{ 0x09ae, 0x1009, HID_UPS_Q_BATTERY_TENTH },
	{ 0x09ae, 0x1010, HID_UPS_Q_BATTERY_TENTH },
	{ 0x09ae, 0x2005, HID_UPS_Q_BATTERY_TENTH },
	{ 0x09ae, 0x2007, HID_UPS_Q_BATTERY_TENTH },
	{ 0x09ae, 0x2008, HID_UPS_Q_BATTERY_TENTH },
	{ 0x09ae, 0x2009, HID_UPS_Q_BATTERY_TENTH },
	{ 0x09ae, 0x2010, HID_UPS_Q_BATTERY_TENTH },
	{ 0x09ae, 0x2011, HID_UPS_Q_BATTERY_TENTH },
	{ 0x09ae, 0x2012, HID_UPS_Q_BATTERY_TENTH },
	{ 0x09ae, 0x2013, HID_UPS_Q_BATTERY_TENTH },
	{ 0x09ae, 0x2014, HID_UPS_Q_BATTERY_TENTH },
	{ 0x09ae, 0x3016, HID_UPS_Q_EXPONENTS },
	/* Minutes and seconds in one byte each, and a flag; their order depends on the model. */
	{ 0x0d9f, ANY_PRODUCT, HID_UPS_Q_NO_OFF },
};

/**
 * hid_ups_quirks() - what a device does wrong
 * @vendor: its number
 * @product: number of the product
 *
 * Context: any; pure.
 * Return: HID_UPS_Q_* bits.
 */
u32 hid_ups_quirks(u16 vendor, u16 product)
{
	u32 quirks = 0;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(hid_ups_quirk_list); i++)
		if (hid_ups_quirk_list[i].vendor == vendor &&
		    (hid_ups_quirk_list[i].product == product ||
		     hid_ups_quirk_list[i].product == ANY_PRODUCT))
			quirks |= hid_ups_quirk_list[i].quirks;
	return quirks;
}
EXPORT_SYMBOL_IF_KUNIT(hid_ups_quirks);

static bool hid_ups_is_app(u32 usage)
{
	return usage == HID_UPS_APP_UPS || usage == HID_UPS_APP_SUPPLY;
}

/**
 * hid_ups_is_ups() - whether a device is a UPS
 * @hid: the device, whose report descriptor has been parsed
 *
 * Context: any; pure.
 * Return: true if it has an application collection of a UPS or a power supply.
 */
bool hid_ups_is_ups(const struct hid_device *hid)
{
	unsigned int i;

	for (i = 0; i < hid->maxcollection; i++)
		if (hid->collection[i].type == HID_COLLECTION_APPLICATION &&
		    hid_ups_is_app(hid->collection[i].usage))
			return true;
	return false;
}
EXPORT_SYMBOL_IF_KUNIT(hid_ups_is_ups);

/* The innermost collection that is one of the places */
static enum hid_ups_place hid_ups_place(const struct hid_device *hid, int index)
{
	unsigned int i, depth;

	for (depth = 0; index >= 0 && index < (int)hid->maxcollection && depth < 64; depth++) {
		for (i = 0; i < ARRAY_SIZE(hid_ups_places); i++)
			if (hid->collection[index].usage == hid_ups_places[i].usage)
				return hid_ups_places[i].place;
		index = hid->collection[index].parent_idx;
	}
	return IN_NONE;
}

/* Rank of a place, or -1 if the usage is something else there */
static int hid_ups_rank(const struct hid_ups_usage *u, enum hid_ups_place place)
{
	int i;

	for (i = 0; i < HID_UPS_PLACES && u->places[i] != IN_NONE; i++)
		if (u->places[i] == place)
			return u->usage == POWER(0x43) ? i + HID_UPS_APPARENT : i;
	return -1;
}

static bool hid_ups_has_range(const struct hid_ups_field *f)
{
	return f->max > f->min;
}

/* Item @n of a field of the report descriptor */
static void hid_ups_fill(struct hid_ups_field *f, const struct hid_field *field, unsigned int n,
			 u8 rank)
{
	*f = (struct hid_ups_field){
		.bits = field->report_size,
		.id = field->report->id,
		.rank = rank,
		.offset = field->report_offset + n * field->report_size,
		.min = field->logical_minimum,
		.max = field->logical_maximum,
		.phys_min = field->physical_minimum,
		.phys_max = field->physical_maximum,
		.exponent = field->unit_exponent,
		.unit = field->unit,
	};
	/* HID core has parsed it as a number without a sign. */
	if (f->min >= 0 && field->logical_maximum < 0)
		f->max = (u32)field->logical_maximum;
}

static void hid_ups_map_usage(const struct hid_device *hid, const struct hid_field *field,
			      unsigned int n, enum hid_ups_dir dir, struct hid_ups_map *map)
{
	enum hid_ups_place place = hid_ups_place(hid, field->usage[n].collection_index);
	u32 usage = field->usage[n].hid;
	unsigned int i;
	int rank;

	if ((map->quirks & HID_UPS_Q_STATUS_PAGE) && place == IN_SUMMARY &&
	    field->report_size == 1 && (usage == POWER(0x4b) || usage == POWER(0xd0)))
		usage = BATTERY(usage & 0xff);
	for (i = 0; i < ARRAY_SIZE(hid_ups_usages); i++) {
		const struct hid_ups_usage *u = &hid_ups_usages[i];
		struct hid_ups_field *f = &map->field[dir][u->value];

		/* Flags on the wrong page have the usages of numbers. */
		if (u->usage != usage || (u->value >= HID_UPS_FLAGS && field->report_size == 1))
			continue;
		rank = hid_ups_rank(u, place);
		if (rank < 0 || (f->bits && f->rank <= rank))
			continue;
		hid_ups_fill(f, field, n, rank);
	}
}

static void hid_ups_map_field(const struct hid_device *hid, const struct hid_field *field,
			      enum hid_ups_dir dir, struct hid_ups_map *map)
{
	unsigned int n;

	/* A list of selectors has no values; a report without a number is of no UPS. */
	if (!hid_ups_is_app(field->application) || !(field->flags & HID_MAIN_ITEM_VARIABLE) ||
	    !field->report->id || !field->report_size || field->report_size > 32)
		return;
	for (n = 0; n < min(field->maxusage, field->report_count); n++)
		hid_ups_map_usage(hid, field, n, dir, map);
}

/* Corrections that are known to be needed, and only where they make a difference */
static void hid_ups_correct(struct hid_ups_map *map)
{
	static const enum hid_ups_value voltages[] = {
		HID_UPS_BATTERY_VOLTAGE, HID_UPS_INPUT_VOLTAGE, HID_UPS_OUTPUT_VOLTAGE,
	};
	struct hid_ups_field *f;
	unsigned int dir, i;

	for (dir = 0; dir < HID_UPS_DIRS; dir++) {
		for (i = 0; i < ARRAY_SIZE(voltages); i++) {
			f = &map->field[dir][voltages[i]];
			if ((map->quirks & HID_UPS_Q_LIMITS) && i && f->max < 511) {
				f->min = 0;
				f->max = 511;
			}
			if (map->quirks & HID_UPS_Q_EXPONENTS)
				f->exponent += 5;
		}
		if (map->quirks & HID_UPS_Q_EXPONENTS)
			map->field[dir][HID_UPS_FREQUENCY].exponent -= 2;
		if (map->quirks & HID_UPS_Q_BATTERY_TENTH)
			map->field[dir][HID_UPS_BATTERY_VOLTAGE].exponent -= 1;
	}
}

/**
 * hid_ups_map() - find the values of a device
 * @hid: the device, whose report descriptor has been parsed
 * @quirks: HID_UPS_Q_* bits of the device
 * @map: where to store them
 *
 * Context: any; pure.
 */
void hid_ups_map(const struct hid_device *hid, u32 quirks, struct hid_ups_map *map)
{
	static const enum hid_report_type types[HID_UPS_DIRS] = {
		[HID_UPS_FEATURE] = HID_FEATURE_REPORT,
		[HID_UPS_INPUT] = HID_INPUT_REPORT,
	};
	const struct hid_report *report;
	unsigned int dir, i;

	memset(map, 0, sizeof(*map));
	map->quirks = quirks;
	for (dir = 0; dir < HID_UPS_DIRS; dir++)
		list_for_each_entry(report, &hid->report_enum[types[dir]].report_list, list)
			for (i = 0; i < report->maxfield; i++)
				hid_ups_map_field(hid, report->field[i], dir, map);
	hid_ups_correct(map);
}
EXPORT_SYMBOL_IF_KUNIT(hid_ups_map);

/**
 * hid_ups_extract() - get a value from a report
 * @field: where it is
 * @data: the report, without its number
 * @size: bytes of @data
 * @raw: where to store it
 *
 * Context: any; pure.
 * Return: 0; -EBADMSG if the report is too short; -ERANGE if the value is outside its
 * range, which means that it is unknown.
 */
int hid_ups_extract(const struct hid_ups_field *field, const u8 *data, size_t size, s64 *raw)
{
	u64 val = 0;
	unsigned int i;
	size_t first = field->offset / 8, last;

	if (!field->bits || field->bits > 32)
		return -EBADMSG;
	last = ((u64)field->offset + field->bits - 1) / 8;
	if (last >= size)
		return -EBADMSG;
	for (i = 0; i <= last - first; i++)
		val |= (u64)data[first + i] << (8 * i);
	val = (val >> (field->offset % 8)) & GENMASK_ULL(field->bits - 1, 0);
	*raw = field->min < 0 ? sign_extend64(val, field->bits - 1) : (s64)val;
	if (hid_ups_has_range(field) && (*raw < field->min || *raw > field->max))
		return -ERANGE;
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(hid_ups_extract);

/**
 * hid_ups_insert() - put a value into a report
 * @field: where it goes
 * @data: the report, without its number; other values in it are not changed
 * @size: bytes of @data
 * @raw: the value; only its lowest bits are used
 *
 * Context: any; pure.
 * Return: 0, or -EBADMSG if the report is too short.
 */
int hid_ups_insert(const struct hid_ups_field *field, u8 *data, size_t size, s64 raw)
{
	unsigned int i, bit;

	if (!field->bits || field->bits > 32 ||
	    ((u64)field->offset + field->bits - 1) / 8 >= size)
		return -EBADMSG;
	for (i = 0; i < field->bits; i++) {
		bit = field->offset + i;
		data[bit / 8] &= ~BIT(bit % 8);
		if ((u64)raw >> i & 1)
			data[bit / 8] |= BIT(bit % 8);
	}
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(hid_ups_insert);

/*
 * A unit of the cgs system is 10^-7 of that of the SI for all that contain an energy, and
 * the exponent in the descriptor makes up for it. Devices that state no unit mean that of
 * the SI.
 */
static int hid_ups_exponent(const struct hid_ups_field *field, enum hid_ups_dim dim, int *exponent)
{
	static const struct {
		u32 unit;
		int cgs;
	} dims[] = {
		[HID_UPS_VOLT] = { HID_UPS_UNIT_VOLT, 7 },
		[HID_UPS_WATT] = { HID_UPS_UNIT_WATT, 7 },
		[HID_UPS_HERTZ] = { HID_UPS_UNIT_HERTZ, 0 },
		[HID_UPS_SECOND] = { HID_UPS_UNIT_SECOND, 0 },
		[HID_UPS_KELVIN] = { HID_UPS_UNIT_KELVIN, 0 },
		[HID_UPS_AMPERE_SECOND] = { HID_UPS_UNIT_AS, 0 },
		[HID_UPS_JOULE] = { HID_UPS_UNIT_JOULE, 7 },
	};

	/* Units are global items: that of a number may be left from the item before. */
	if (dim == HID_UPS_NUMBER)
		*exponent = field->unit ? 0 : field->exponent;
	else if (field->unit == dims[dim].unit)
		*exponent = field->exponent - dims[dim].cgs;
	else if (!field->unit)
		*exponent = field->exponent;
	else
		return -EINVAL;
	return 0;
}

/**
 * hid_ups_scale() - physical value of a field
 * @field: its encoding
 * @dim: its dimension
 * @raw: what the report contains
 * @micro: where to store the value, in millionths of the SI unit, or of 1 for numbers;
 *	rounded to the nearest
 *
 * Context: any; pure.
 * Return: 0, or -ERANGE if the unit is of a different dimension or the value is too large.
 */
int hid_ups_scale(const struct hid_ups_field *field, enum hid_ups_dim dim, s64 raw, s64 *micro)
{
	s64 num = raw, den = 1, range;
	int exponent;

	if (hid_ups_exponent(field, dim, &exponent))
		return -ERANGE;
	if ((field->phys_min || field->phys_max) && hid_ups_has_range(field)) {
		/* phys_min + (raw - min) * (phys_max - phys_min) / (max - min) */
		den = field->max - field->min;
		range = (s64)field->phys_max - field->phys_min;
		if (check_sub_overflow(raw, field->min, &num) ||
		    check_mul_overflow(num, range, &num) ||
		    check_mul_overflow((s64)field->phys_min, den, &range) ||
		    check_add_overflow(num, range, &num))
			return -ERANGE;
	}
	for (exponent = clamp(exponent, -32, 32) + 6; exponent > 0 && num; exponent--)
		if (check_mul_overflow(num, 10LL, &num))
			return -ERANGE;
	for (; exponent < 0; exponent++) {
		/* More would be less than half a millionth in any case. */
		if (den > S64_MAX / 20) {
			num = 0;
			break;
		}
		den *= 10;
	}
	range = num < 0 ? -(den / 2) : den / 2;
	if (check_add_overflow(num, range, &num))
		return -ERANGE;
	*micro = div64_s64(num, den);
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(hid_ups_scale);

/**
 * hid_ups_parse_report() - read all values in a report
 * @map: the fields of the device
 * @dir: kind of the report
 * @id: its number
 * @data: the report, without its number
 * @size: bytes of @data
 * @v: where to store them; others in it are not changed
 * @bad: where to add the bits of the values that are missing, because the report is too
 *	short
 *
 * Context: any; pure.
 * Return: bits of the values that were read. A value outside its range is not, and is
 * unknown from now on.
 */
u64 hid_ups_parse_report(const struct hid_ups_map *map, enum hid_ups_dir dir, u8 id,
			 const u8 *data, size_t size, struct hid_ups_values *v, u64 *bad)
{
	u64 read = 0;
	unsigned int i;
	s64 raw;
	int ret;

	for (i = 0; i < HID_UPS_VALUES; i++) {
		const struct hid_ups_field *f = &map->field[dir][i];

		if (!f->bits || f->id != id)
			continue;
		ret = hid_ups_extract(f, data, size, &raw);
		if (ret == -EBADMSG)
			*bad |= BIT_ULL(i);
		if (ret == -ERANGE)
			v->valid &= ~BIT_ULL(i);
		if (ret)
			continue;
		v->raw[i] = raw;
		v->valid |= BIT_ULL(i);
		v->input &= ~BIT_ULL(i);
		if (dir == HID_UPS_INPUT)
			v->input |= BIT_ULL(i);
		read |= BIT_ULL(i);
	}
	return read;
}
EXPORT_SYMBOL_IF_KUNIT(hid_ups_parse_report);

static const struct hid_ups_field *hid_ups_field(const struct hid_ups_map *map,
						 const struct hid_ups_values *v,
						 enum hid_ups_value value)
{
	return &map->field[v->input & BIT_ULL(value) ? HID_UPS_INPUT : HID_UPS_FEATURE][value];
}

static bool hid_ups_micro(const struct hid_ups_map *map, const struct hid_ups_values *v,
			  enum hid_ups_value value, enum hid_ups_dim dim, s64 *micro)
{
	return (v->valid & BIT_ULL(value)) &&
	       !hid_ups_scale(hid_ups_field(map, v, value), dim, v->raw[value], micro);
}

/* Rounded; only non-negative values reach it. */
static s64 hid_ups_div(s64 micro, s32 divisor)
{
	return div_s64(micro + divisor / 2, divisor);
}

static bool hid_ups_flag(const struct hid_ups_values *v, enum hid_ups_value value)
{
	return (v->valid & BIT_ULL(value)) && v->raw[value];
}

/* Voltages of a mains input may be 0, but not between 0 and 1 V: then the exponent is wrong. */
static bool hid_ups_voltage(const struct hid_ups_map *map, const struct hid_ups_values *v,
			    enum hid_ups_value value, s64 *micro)
{
	return hid_ups_micro(map, v, value, HID_UPS_VOLT, micro) &&
	       (!*micro || *micro >= MICRO) && *micro <= HID_UPS_MAX_VOLT * MICRO;
}

static bool hid_ups_battery_nominal(const struct hid_ups_map *map,
				    const struct hid_ups_values *v, s64 *micro)
{
	return hid_ups_voltage(map, v, HID_UPS_BATTERY_NOMINAL, micro) && *micro;
}

static bool hid_ups_battery_voltage(const struct hid_ups_map *map,
				    const struct hid_ups_values *v, s64 *micro)
{
	s64 nominal;

	if (!hid_ups_voltage(map, v, HID_UPS_BATTERY_VOLTAGE, micro) || !*micro)
		return false;
	/* No charger raises a battery to 1.4 of its nominal voltage. */
	if ((map->quirks & HID_UPS_Q_BATTERY_2_3) && hid_ups_battery_nominal(map, v, &nominal) &&
	    *micro * 10 > nominal * 14)
		*micro = div_s64(*micro * 2, 3);
	return true;
}

static s64 hid_ups_mode(const struct hid_ups_values *v)
{
	return v->valid & BIT_ULL(HID_UPS_MODE) ? v->raw[HID_UPS_MODE] : -1;
}

/* The dimension of capacities, with that of the field where CapacityMode is missing */
static enum hid_ups_dim hid_ups_charge_dim(const struct hid_ups_values *v,
					   const struct hid_ups_field *f)
{
	switch (hid_ups_mode(v)) {
	case HID_UPS_MODE_PERCENT:
		return HID_UPS_NUMBER;
	case HID_UPS_MODE_MAH:
		return HID_UPS_AMPERE_SECOND;
	case HID_UPS_MODE_MWH:
		return HID_UPS_JOULE;
	}
	if (f->unit == HID_UPS_UNIT_AS)
		return HID_UPS_AMPERE_SECOND;
	return f->unit == HID_UPS_UNIT_JOULE ? HID_UPS_JOULE : HID_UPS_NUMBER;
}

/* Percent; a yes or no (CapacityMode 3) is none. */
static bool hid_ups_charge(const struct hid_ups_map *map, const struct hid_ups_values *v,
			   int *charge)
{
	const struct hid_ups_field *f = hid_ups_field(map, v, HID_UPS_CHARGE);
	enum hid_ups_dim dim = hid_ups_charge_dim(v, f);
	s64 now, full;

	if (hid_ups_mode(v) > HID_UPS_MODE_PERCENT ||
	    !hid_ups_micro(map, v, HID_UPS_CHARGE, dim, &now) || now < 0)
		return false;
	if (dim == HID_UPS_NUMBER) {
		*charge = hid_ups_div(min(now, 200 * MICRO), MICRO);
		return *charge <= 100;
	}
	if ((!hid_ups_micro(map, v, HID_UPS_FULL, dim, &full) || full <= 0) &&
	    (!hid_ups_micro(map, v, HID_UPS_DESIGN, dim, &full) || full <= 0))
		return false;
	if (full > S64_MAX / 400)
		return false;
	*charge = div64_s64(min(now, full) * 200 + full, full * 2);
	return true;
}

static bool hid_ups_runtime(const struct hid_ups_map *map, const struct hid_ups_values *v,
			    int *runtime)
{
	const struct hid_ups_field *f = hid_ups_field(map, v, HID_UPS_RUNTIME);
	s64 micro;

	/* All bits set is a filler of devices that do not know it. */
	if (!hid_ups_micro(map, v, HID_UPS_RUNTIME, HID_UPS_SECOND, &micro) || micro < 0 ||
	    micro > HID_UPS_MAX_RUNTIME * MICRO ||
	    (f->bits >= 16 && v->raw[HID_UPS_RUNTIME] == (s64)GENMASK_ULL(f->bits - 1, 0)))
		return false;
	*runtime = hid_ups_div(micro, MICRO);
	return true;
}

static bool hid_ups_load(const struct hid_ups_map *map, const struct hid_ups_values *v, int *load)
{
	s64 micro;

	if (!hid_ups_micro(map, v, HID_UPS_LOAD, HID_UPS_NUMBER, &micro) || micro < 0 ||
	    micro > HID_UPS_MAX_LOAD * MICRO)
		return false;
	*load = hid_ups_div(micro, MICRO);
	return true;
}

/* 0.1 °C. Devices that state no unit mean Kelvin or °C: no UPS works at 200 of the latter. */
static bool hid_ups_temp(const struct hid_ups_map *map, const struct hid_ups_values *v, int *temp)
{
	const struct hid_ups_field *f = hid_ups_field(map, v, HID_UPS_TEMPERATURE);
	s64 micro;

	if (!hid_ups_micro(map, v, HID_UPS_TEMPERATURE, HID_UPS_KELVIN, &micro) || micro < 0 ||
	    micro > 400 * MICRO)
		return false;
	if (f->unit || micro >= 200 * MICRO)
		micro -= 273150000;
	else if (!micro)
		return false;
	if (micro < -50 * MICRO)
		return false;
	*temp = DIV_ROUND_CLOSEST((int)micro, 100000);
	return true;
}

static u32 hid_ups_flags(const struct hid_ups_values *v)
{
	static const struct {
		enum hid_ups_value value;
		u32 flag;
	} flags[] = {
		{ HID_UPS_BELOW_LIMIT, UPS_FLAG_BATTERY_LOW },
		{ HID_UPS_TIME_EXPIRED, UPS_FLAG_BATTERY_LOW },
		{ HID_UPS_SHUTDOWN_IMMINENT, UPS_FLAG_BATTERY_LOW },
		{ HID_UPS_REPLACE, UPS_FLAG_REPLACE },
		{ HID_UPS_OVERLOAD, UPS_FLAG_FAULT },
		{ HID_UPS_FAILURE, UPS_FLAG_FAULT },
		{ HID_UPS_OVERTEMPERATURE, UPS_FLAG_FAULT },
		{ HID_UPS_BOOST, UPS_FLAG_BYPASS },
		{ HID_UPS_BUCK, UPS_FLAG_BYPASS },
	};
	u32 result = hid_ups_flag(v, HID_UPS_AC_PRESENT) ? 0 : UPS_FLAG_MAINS_FAILED;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(flags); i++)
		if (hid_ups_flag(v, flags[i].value))
			result |= flags[i].flag;
	if ((v->valid & BIT_ULL(HID_UPS_TEST)) && v->raw[HID_UPS_TEST] == HID_UPS_TEST_RUNNING)
		result |= UPS_FLAG_TESTING;
	if ((v->valid & BIT_ULL(HID_UPS_BEEPER)) && v->raw[HID_UPS_BEEPER] == HID_UPS_BEEPER_ON)
		result |= UPS_FLAG_BEEPER;
	return result;
}

/**
 * hid_ups_status() - the status from what was read
 * @map: the fields of the device
 * @v: what was read; it has a value of %HID_UPS_AC_PRESENT
 * @status: where to store it; zeroed
 *
 * Context: any; pure.
 */
void hid_ups_status(const struct hid_ups_map *map, const struct hid_ups_values *v,
		    struct ups_status *status)
{
	const struct hid_ups_field *off = &map->field[HID_UPS_FEATURE][HID_UPS_OFF_DELAY];
	s64 micro;

	status->flags = hid_ups_flags(v);
	/* Only where -1 says that there is no countdown: others report the last delay set. */
	if (off->min < 0 && (v->valid & BIT_ULL(HID_UPS_OFF_DELAY)) &&
	    v->raw[HID_UPS_OFF_DELAY] > 0)
		status->flags |= UPS_FLAG_SHUTDOWN;
	if (hid_ups_charge(map, v, &status->charge))
		status->valid |= UPS_HAS_CHARGE;
	if (hid_ups_runtime(map, v, &status->runtime))
		status->valid |= UPS_HAS_RUNTIME;
	if (hid_ups_load(map, v, &status->load))
		status->valid |= UPS_HAS_LOAD;
	if (hid_ups_temp(map, v, &status->temp))
		status->valid |= UPS_HAS_TEMP;
	if (hid_ups_battery_voltage(map, v, &micro)) {
		status->battery_uv = micro;
		status->valid |= UPS_HAS_BATTERY;
	}
	if (hid_ups_voltage(map, v, HID_UPS_INPUT_VOLTAGE, &micro)) {
		status->input_mv = hid_ups_div(micro, 1000);
		status->valid |= UPS_HAS_INPUT;
	}
	if (hid_ups_voltage(map, v, HID_UPS_OUTPUT_VOLTAGE, &micro)) {
		status->output_mv = hid_ups_div(micro, 1000);
		status->valid |= UPS_HAS_OUTPUT;
	}
	if (hid_ups_micro(map, v, HID_UPS_FREQUENCY, HID_UPS_HERTZ, &micro) && micro >= 0 &&
	    micro <= 1000 * MICRO) {
		status->frequency_millihz = hid_ups_div(micro, 1000);
		status->valid |= UPS_HAS_FREQUENCY;
	}
}
EXPORT_SYMBOL_IF_KUNIT(hid_ups_status);

/* µWh of a full battery, from its capacity in mAh or mWh; 0 if that is not known */
static s64 hid_ups_capacity(const struct hid_ups_map *map, const struct hid_ups_values *v)
{
	const struct hid_ups_field *f = hid_ups_field(map, v, HID_UPS_DESIGN);
	enum hid_ups_dim dim = hid_ups_charge_dim(v, f);
	s64 design, nominal;

	/* The unit is mAh or mWh if there is none, and that of the SI if there is one. */
	if (dim == HID_UPS_NUMBER || !hid_ups_micro(map, v, HID_UPS_DESIGN, dim, &design) ||
	    design <= 0 || design > S64_MAX / 1000)
		return 0;
	if (dim == HID_UPS_JOULE)
		return f->unit ? div_s64(design, 3600) : design / 1000;
	if (!hid_ups_battery_nominal(map, v, &nominal))
		return 0;
	design = f->unit ? div_s64(design, 3600) : design / 1000;
	return check_mul_overflow(design, div_s64(nominal, 1000), &design) ? 0 : design / 1000;
}

/*
 * µWh of a full battery, from how long the UPS says that it lasts at the present load; 0 if
 * that is not known.
 */
static s64 hid_ups_estimate(const struct hid_ups_map *map, const struct hid_ups_values *v)
{
	int charge, runtime, load;
	s64 rated;

	if (!hid_ups_charge(map, v, &charge) || charge < HID_UPS_EST_CHARGE ||
	    !hid_ups_runtime(map, v, &runtime) || runtime < HID_UPS_EST_RUNTIME ||
	    !hid_ups_load(map, v, &load) || !load ||
	    !hid_ups_micro(map, v, HID_UPS_RATED_POWER, HID_UPS_WATT, &rated) ||
	    rated < MICRO || rated > HID_UPS_MAX_WATT * MICRO)
		return 0;
	/* Percent of the load and of the charge cancel. In mW, as the product is large. */
	return div_s64(div_s64(div_s64(rated, 1000) * load * runtime, charge), 3600) * 1000;
}

/**
 * hid_ups_ident() - data that does not change, from what was read
 * @map: the fields of the device
 * @v: what was read
 * @ident: where to store the numbers
 *
 * Context: any; pure.
 */
void hid_ups_ident(const struct hid_ups_map *map, const struct hid_ups_values *v,
		   struct ups_ident *ident)
{
	s64 micro, energy;

	if (hid_ups_battery_nominal(map, v, &micro))
		ident->rated_battery_uv = micro;
	if (hid_ups_voltage(map, v, HID_UPS_OUTPUT_NOMINAL, &micro) && micro) {
		ident->rated_mv = hid_ups_div(micro, 1000);
		if (hid_ups_micro(map, v, HID_UPS_RATED_POWER, HID_UPS_WATT, &micro) &&
		    micro >= MICRO && micro <= HID_UPS_MAX_WATT * MICRO)
			ident->rated_ma = div_s64(micro, ident->rated_mv);
	}
	energy = hid_ups_capacity(map, v) ?: hid_ups_estimate(map, v);
	if (energy >= MICRO && energy <= INT_MAX)
		ident->energy_full_uwh = energy;
}
EXPORT_SYMBOL_IF_KUNIT(hid_ups_ident);

/* Physical units of one step, or 0: it has to be a whole number, and 0 has to mean 0. */
static s64 hid_ups_physical_step(const struct hid_ups_field *field)
{
	s64 range = field->max - field->min, phys = (s64)field->phys_max - field->phys_min, step;

	if (!field->phys_min && !field->phys_max)
		return 1;
	step = div64_s64(phys, range);
	if (step < 1 || step > HID_UPS_MAX_STEP || step * range != phys ||
	    step * field->min != field->phys_min)
		return 0;
	return step;
}

/* Seconds of one step of a delay; 0 if the field has an encoding that is not supported */
static unsigned int hid_ups_delay_step(const struct hid_ups_field *field)
{
	static const unsigned int powers[] = { 1, 10, 100 };

	if (!field->bits || !hid_ups_has_range(field) || field->max < 1)
		return 0;
	/* The unit may be left from the item before, but that is of no other dimension. */
	if (field->unit != HID_UPS_UNIT_SECOND)
		return hid_ups_physical_step(field);
	if (field->exponent < 0 || field->exponent >= (int)ARRAY_SIZE(powers))
		return 0;
	return hid_ups_physical_step(field) * powers[field->exponent];
}

/**
 * hid_ups_delay() - round up to a delay that a field can express
 * @field: the field, or one that the device does not have
 * @quirks: HID_UPS_Q_* bits of the device
 * @seconds: minimum delay
 *
 * Context: any; pure.
 * Return: seconds, never less than @seconds; -ERANGE if that is more than its maximum.
 */
int hid_ups_delay(const struct hid_ups_field *field, u32 quirks, unsigned int seconds)
{
	unsigned int step = hid_ups_delay_step(field);
	s64 least, delay;

	if (!step)
		return -ERANGE;
	least = max(field->min, 1LL) * step;
	if (quirks & HID_UPS_Q_MINUTES)
		step = 60;
	delay = max_t(s64, seconds, least);
	delay = div_s64(delay + step - 1, step) * step;
	return delay > INT_MAX || hid_ups_delay_raw(field, delay, &least) ? -ERANGE : delay;
}
EXPORT_SYMBOL_IF_KUNIT(hid_ups_delay);

/**
 * hid_ups_delay_raw() - encode a delay
 * @field: the field
 * @seconds: delay, rounded up to what the field can express
 * @raw: where to store it
 *
 * Context: any; pure.
 * Return: 0, or -ERANGE.
 */
int hid_ups_delay_raw(const struct hid_ups_field *field, unsigned int seconds, s64 *raw)
{
	unsigned int step = hid_ups_delay_step(field);

	if (!step)
		return -ERANGE;
	*raw = DIV_ROUND_UP(seconds, step);
	return *raw < field->min || *raw > field->max ? -ERANGE : 0;
}
EXPORT_SYMBOL_IF_KUNIT(hid_ups_delay_raw);
