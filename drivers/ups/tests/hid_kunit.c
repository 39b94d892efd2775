// SPDX-License-Identifier: GPL-2.0-only
/* The parser of HID UPSes, and the driver with devices that exist only in software */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/hid.h>
#include <linux/module.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../hid.h"
#include "hid_models.h"
#include "ups_kunit.h"

/* A vendor that no driver has but the one of this suite, which only parses */
#define FAKE_VENDOR	0xfff0

#define VOLT	0x00f0d121

/**
 * struct fake - a device in software
 * @descriptor: its report descriptor
 * @size: bytes of it
 * @random: reports have random contents and lengths
 * @model: reports are those of this one; NULL for none
 * @gets: number of requests
 */
struct fake {
	u8 *descriptor;
	unsigned int size;
	bool random;
	const struct hid_model *model;
	atomic_t gets;
};

/* Build a report as the simulator does, without the code under test. */
static void model_report(const struct hid_model *m, u8 id, int dir, u8 *data)
{
	const struct hid_model_field *f;
	unsigned int i;
	s64 raw;

	memset(data, 0, 64);
	for (f = m->fields; f->name; f++) {
		if (f->id != id || !(f->dirs & dir))
			continue;
		raw = div_s64((s64)f->start * f->mul, f->div) + f->add;
		for (i = 0; i < f->bits; i++)
			if (raw >> i & 1)
				data[(f->offset + i) / 8] |= 1 << (f->offset + i) % 8;
	}
}

static int fake_parse(struct hid_device *hid)
{
	struct fake *fake = hid->driver_data;

	return hid_parse_report(hid, fake->descriptor, fake->size);
}

static int fake_start(struct hid_device *hid)
{
	return 0;
}

static void fake_stop(struct hid_device *hid)
{
}

static int fake_raw_request(struct hid_device *hid, unsigned char id, u8 *buf, size_t len,
			    unsigned char type, int request)
{
	struct fake *fake = hid->driver_data;
	u8 data[64];

	atomic_inc(&fake->gets);
	if (request != HID_REQ_GET_REPORT)
		return len;
	if (fake->model) {
		model_report(fake->model, id, 1, data);
		buf[0] = id;
		memcpy(buf + 1, data, min(len - 1, sizeof(data)));
		return len;
	}
	/* Sometimes slow, so that the device goes while it is waited for */
	if (fake->random && !get_random_u32_below(8))
		msleep(get_random_u32_below(20));
	if (fake->random && !get_random_u32_below(8))
		return -EPIPE;
	get_random_bytes(buf, len);
	if (!fake->random || get_random_u32_below(8))
		buf[0] = id;
	return fake->random && !get_random_u32_below(4) ? get_random_u32_below(len + 1) : len;
}

static const struct hid_ll_driver fake_ll = {
	.start = fake_start,
	.stop = fake_stop,
	.open = fake_start,
	.close = fake_stop,
	.parse = fake_parse,
	.raw_request = fake_raw_request,
};

static int fake_probe(struct hid_device *hid, const struct hid_device_id *id)
{
	return hid_parse(hid);
}

static void fake_remove(struct hid_device *hid)
{
}

static const struct hid_device_id fake_ids[] = {
	{ HID_DEVICE(BUS_VIRTUAL, HID_GROUP_ANY, FAKE_VENDOR, HID_ANY_ID) },
	{ }
};
MODULE_DEVICE_TABLE(hid, fake_ids);

static struct hid_driver fake_driver = {
	.name = "psy-hid-ups-test",
	.id_table = fake_ids,
	.probe = fake_probe,
	.remove = fake_remove,
};

static struct hid_device *fake_add_model(struct kunit *test, const u8 *descriptor,
					 unsigned int size, u16 vendor, u16 product,
					 const struct hid_model *model)
{
	struct fake *fake = kunit_kzalloc(test, sizeof(*fake), GFP_KERNEL);
	struct hid_device *hid = hid_allocate_device();

	KUNIT_ASSERT_NOT_NULL(test, fake);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, hid);
	fake->descriptor = kunit_kzalloc(test, size, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, fake->descriptor);
	memcpy(fake->descriptor, descriptor, size);
	fake->size = size;
	fake->model = model;
	hid->ll_driver = &fake_ll;
	hid->driver_data = fake;
	hid->bus = BUS_VIRTUAL;
	hid->vendor = vendor;
	hid->product = product;
	strscpy(hid->name, "fake", sizeof(hid->name));
	if (hid_add_device(hid)) {
		hid_destroy_device(hid);
		return NULL;
	}
	return hid;
}

/* Add a device; NULL if HID core does not accept its descriptor. */
static struct hid_device *fake_add(struct kunit *test, const u8 *descriptor, unsigned int size,
				   u16 vendor, u16 product)
{
	return fake_add_model(test, descriptor, size, vendor, product, NULL);
}

/* Map of a descriptor, for a device with these quirks */
static void fake_map(struct kunit *test, const u8 *descriptor, unsigned int size, u32 quirks,
		     struct hid_ups_map *map)
{
	struct hid_device *hid = fake_add(test, descriptor, size, FAKE_VENDOR, 1);

	KUNIT_ASSERT_NOT_NULL(test, hid);
	KUNIT_EXPECT_NOT_NULL(test, hid->driver);
	hid_ups_map(hid, quirks, map);
	hid_destroy_device(hid);
}

static const struct hid_model *find_model(struct kunit *test, const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(hid_models); i++)
		if (!strcmp(hid_models[i].name, name))
			return &hid_models[i];
	KUNIT_FAIL(test, "no model %s", name);
	return &hid_models[0];
}

static const struct hid_model_field *model_field(const struct hid_model *m, const char *name)
{
	const struct hid_model_field *f;

	for (f = m->fields; f->name; f++)
		if (!strcmp(f->name, name))
			return f;
	return NULL;
}

/* All values of a model, and its map */
static void model_read(struct kunit *test, const struct hid_model *m, struct hid_ups_map *map,
		       struct hid_ups_values *v)
{
	unsigned int id;
	u8 data[64];
	u64 bad = 0;

	fake_map(test, m->descriptor, m->size, hid_ups_quirks(m->vendor, m->product), map);
	memset(v, 0, sizeof(*v));
	for (id = 1; id < 256; id++) {
		model_report(m, id, 1, data);
		hid_ups_parse_report(map, HID_UPS_FEATURE, id, data, sizeof(data), v, &bad);
	}
	KUNIT_EXPECT_EQ(test, bad, 0ULL);
}

/* The physical value that a status has, against that of the model */
static void expect_value(struct kunit *test, const struct hid_model *m, const char *name,
			 u32 valid, u32 bit, int got)
{
	const struct hid_model_field *f = model_field(m, name);

	KUNIT_EXPECT_EQ_MSG(test, !!(valid & bit), !!f, "%s %s", m->name, name);
	if (f)
		KUNIT_EXPECT_EQ_MSG(test, got, f->start, "%s %s", m->name, name);
}

static void models_are_read(struct kunit *test)
{
	struct hid_ups_map *map = kunit_kzalloc(test, sizeof(*map), GFP_KERNEL);
	struct hid_ups_values v;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, map);
	KUNIT_EXPECT_GE(test, ARRAY_SIZE(hid_models), 6UL);
	for (i = 0; i < ARRAY_SIZE(hid_models); i++) {
		const struct hid_model *m = &hid_models[i];
		const struct hid_model_field *nominal = model_field(m, "nominal");
		struct ups_status s = { };
		struct ups_ident id = { };

		model_read(test, m, map, &v);
		KUNIT_ASSERT_TRUE_MSG(test, v.valid & BIT_ULL(HID_UPS_AC_PRESENT), "%s", m->name);
		hid_ups_status(map, &v, &s);
		hid_ups_ident(map, &v, &id);
		expect_value(test, m, "charge", s.valid, UPS_HAS_CHARGE, s.charge);
		expect_value(test, m, "runtime", s.valid, UPS_HAS_RUNTIME, s.runtime);
		expect_value(test, m, "volts", s.valid, UPS_HAS_BATTERY, s.battery_uv / 1000);
		expect_value(test, m, "input", s.valid, UPS_HAS_INPUT, s.input_mv);
		expect_value(test, m, "output", s.valid, UPS_HAS_OUTPUT, s.output_mv);
		expect_value(test, m, "frequency", s.valid, UPS_HAS_FREQUENCY, s.frequency_millihz);
		expect_value(test, m, "load", s.valid, UPS_HAS_LOAD, s.load);
		KUNIT_EXPECT_EQ_MSG(test, id.rated_battery_uv, nominal->start * 1000, "%s",
				    m->name);
		KUNIT_EXPECT_EQ_MSG(test, s.flags & ~UPS_FLAG_BEEPER, 0U, "%s", m->name);
	}
}

static void flags_are_found(struct kunit *test)
{
	static const struct {
		const char *name;
		u32 flag;
	} flags[] = {
		{ "low", UPS_FLAG_BATTERY_LOW }, { "imminent", UPS_FLAG_BATTERY_LOW },
		{ "expired", UPS_FLAG_BATTERY_LOW }, { "replace", UPS_FLAG_REPLACE },
		{ "overload", UPS_FLAG_FAULT }, { "failure", UPS_FLAG_FAULT },
		{ "boost", UPS_FLAG_BYPASS },
	};
	struct hid_ups_map *map = kunit_kzalloc(test, sizeof(*map), GFP_KERNEL);
	struct hid_ups_values v;
	unsigned int i, j, found = 0;
	u8 data[64];
	u64 bad = 0;

	KUNIT_ASSERT_NOT_NULL(test, map);
	for (i = 0; i < ARRAY_SIZE(hid_models); i++) {
		const struct hid_model *m = &hid_models[i];
		const struct hid_model_field *f;

		model_read(test, m, map, &v);
		for (j = 0; j < ARRAY_SIZE(flags); j++) {
			struct hid_ups_values changed = v;
			struct ups_status s = { };

			f = model_field(m, flags[j].name);
			if (!f)
				continue;
			model_report(m, f->id, 1, data);
			data[f->offset / 8] |= 1 << f->offset % 8;
			hid_ups_parse_report(map, HID_UPS_FEATURE, f->id, data, sizeof(data),
					     &changed, &bad);
			hid_ups_status(map, &changed, &s);
			KUNIT_EXPECT_EQ_MSG(test, s.flags & ~UPS_FLAG_BEEPER, flags[j].flag,
					    "%s %s", m->name, flags[j].name);
			found++;
		}
		/* Mains fails */
		f = model_field(m, "ac");
		model_report(m, f->id, 1, data);
		data[f->offset / 8] &= ~(1 << f->offset % 8);
		hid_ups_parse_report(map, HID_UPS_FEATURE, f->id, data, sizeof(data), &v, &bad);
		KUNIT_EXPECT_EQ_MSG(test, v.raw[HID_UPS_AC_PRESENT], 0, "%s", m->name);
	}
	KUNIT_EXPECT_GE(test, found, 20U);
}

/* Whether a value is in an input report, too, which announces changes */
static void inputs_are_found(struct kunit *test)
{
	struct hid_ups_map *map = kunit_kzalloc(test, sizeof(*map), GFP_KERNEL);
	struct hid_ups_values v;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, map);
	for (i = 0; i < ARRAY_SIZE(hid_models); i++) {
		model_read(test, &hid_models[i], map, &v);
		KUNIT_EXPECT_EQ_MSG(test, !!map->field[HID_UPS_INPUT][HID_UPS_AC_PRESENT].bits,
				    !!(model_field(&hid_models[i], "ac")->dirs & 2), "%s",
				    hid_models[i].name);
	}
}

static void numbers_are_scaled(struct kunit *test)
{
	static const struct {
		struct hid_ups_field f;
		enum hid_ups_dim dim;
		s64 raw;
		s64 micro;
	} cases[] = {
		/* Volt = 10^7 of the unit */
		{ { .unit = VOLT, .exponent = 7 }, HID_UPS_VOLT, 230, 230000000 },
		{ { .unit = VOLT, .exponent = 5 }, HID_UPS_VOLT, 1362, 13620000 },
		{ { .unit = VOLT, .exponent = 0 }, HID_UPS_VOLT, 12, 1 },
		{ { .unit = VOLT, .exponent = 8 }, HID_UPS_VOLT, 23, 230000000 },
		{ { }, HID_UPS_VOLT, 27, 27000000 },
		{ { .exponent = -2 }, HID_UPS_VOLT, 1362, 13620000 },
		{ { .unit = 0xd121, .exponent = 7 }, HID_UPS_WATT, 405, 405000000 },
		{ { .unit = 0xf001, .exponent = -1 }, HID_UPS_HERTZ, 499, 49900000 },
		{ { .unit = 0x1001 }, HID_UPS_SECOND, 1500, 1500000000 },
		{ { .unit = 0x1001, .exponent = 1 }, HID_UPS_SECOND, 6, 60000000 },
		{ { .unit = 0x10001 }, HID_UPS_KELVIN, 300, 300000000 },
		{ { .unit = 0x101001 }, HID_UPS_AMPERE_SECOND, 25200, 25200000000LL },
		{ { .unit = 0xe121, .exponent = 7 }, HID_UPS_JOULE, 3600, 3600000000LL },
		/* The unit of the item before is not that of a percentage */
		{ { .unit = VOLT, .exponent = 5 }, HID_UPS_NUMBER, 50, 50000000 },
		/* Physical range, with and without an offset; rounded to the nearest */
		{ { .max = 255, .phys_max = 100 }, HID_UPS_NUMBER, 255, 100000000 },
		{ { .max = 255, .phys_max = 100 }, HID_UPS_NUMBER, 127, 49803922 },
		{ { .min = -10, .max = 10, .phys_min = 100, .phys_max = 120 }, HID_UPS_NUMBER,
		  -10, 100000000 },
		{ { .max = 3, .phys_max = -2 }, HID_UPS_NUMBER, 1, -666667 },
		{ { .max = 10, .min = 10, .phys_max = 5 }, HID_UPS_NUMBER, 7, 7000000 },
		{ { .exponent = -40 }, HID_UPS_VOLT, 0x7fffffff, 0 },
		{ { .exponent = 40 }, HID_UPS_VOLT, 0, 0 },
	};
	static const struct {
		struct hid_ups_field f;
		enum hid_ups_dim dim;
		s64 raw;
	} bad[] = {
		{ { .unit = 0x1001 }, HID_UPS_VOLT, 1 },
		{ { .unit = VOLT, .exponent = 7 }, HID_UPS_SECOND, 1 },
		{ { .exponent = 13 }, HID_UPS_VOLT, 10 },
		{ { .exponent = INT_MAX }, HID_UPS_VOLT, 1 },
		{ { .max = U32_MAX, .phys_min = S32_MIN, .phys_max = S32_MAX, .exponent = 7 },
		  HID_UPS_NUMBER, 5 },
	};
	unsigned int i;
	s64 micro;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		micro = -1;
		KUNIT_EXPECT_EQ_MSG(test, hid_ups_scale(&cases[i].f, cases[i].dim, cases[i].raw,
							&micro), 0, "%u", i);
		KUNIT_EXPECT_EQ_MSG(test, micro, cases[i].micro, "%u", i);
	}
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		KUNIT_EXPECT_EQ_MSG(test, hid_ups_scale(&bad[i].f, bad[i].dim, bad[i].raw, &micro),
				    -ERANGE, "%u", i);
}

/* HID core accepts an exponent as four bits, and as a number with a sign. */
static void exponents_are_parsed(struct kunit *test)
{
	static const struct {
		u8 item[5];
		unsigned int size;
		int exponent;
	} cases[] = {
		{ { 0x55, 0x07 }, 2, 7 }, { { 0x55, 0x0e }, 2, -2 }, { { 0x55, 0xfe }, 2, -2 },
		{ { 0x56, 0xfd, 0xff }, 3, -3 }, { { 0x54 }, 1, 0 },
	};
	static const u8 head[] = { 0x05, 0x84, 0x09, 0x04, 0xa1, 0x01, 0x09, 0x1a, 0xa1, 0x02,
				   0x85, 0x01, 0x75, 0x10, 0x95, 0x01, 0x15, 0x00, 0x26, 0xff, 0x7f,
				   0x67, 0x21, 0xd1, 0xf0, 0x00 };
	static const u8 tail[] = { 0x09, 0x30, 0xb1, 0x02, 0xc0, 0xc0 };
	struct hid_ups_map *map = kunit_kzalloc(test, sizeof(*map), GFP_KERNEL);
	u8 rd[sizeof(head) + 5 + sizeof(tail)];
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, map);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		memcpy(rd, head, sizeof(head));
		memcpy(rd + sizeof(head), cases[i].item, cases[i].size);
		memcpy(rd + sizeof(head) + cases[i].size, tail, sizeof(tail));
		fake_map(test, rd, sizeof(head) + cases[i].size + sizeof(tail), 0, map);
		KUNIT_EXPECT_EQ_MSG(test, map->field[HID_UPS_FEATURE][HID_UPS_INPUT_VOLTAGE].bits,
				    16, "%u", i);
		KUNIT_EXPECT_EQ_MSG(test,
				    map->field[HID_UPS_FEATURE][HID_UPS_INPUT_VOLTAGE].exponent,
				    cases[i].exponent, "%u", i);
	}
}

static void fields_are_extracted(struct kunit *test)
{
	static const u8 data[] = { 0xff, 0x80, 0x12, 0x34, 0x56 };
	struct hid_ups_field f = { .bits = 8 };
	u8 out[5];
	s64 raw;

	KUNIT_EXPECT_EQ(test, hid_ups_extract(&f, data, 5, &raw), 0);
	KUNIT_EXPECT_EQ(test, raw, 255);
	f.min = -1;
	KUNIT_EXPECT_EQ(test, hid_ups_extract(&f, data, 5, &raw), 0);
	KUNIT_EXPECT_EQ(test, raw, -1);
	f = (struct hid_ups_field){ .bits = 32, .offset = 4 };
	KUNIT_EXPECT_EQ(test, hid_ups_extract(&f, data, 5, &raw), 0);
	KUNIT_EXPECT_EQ(test, raw, 0x6341280f);
	KUNIT_EXPECT_EQ(test, hid_ups_extract(&f, data, 4, &raw), -EBADMSG);
	f.offset = 9;
	KUNIT_EXPECT_EQ(test, hid_ups_extract(&f, data, 5, &raw), -EBADMSG);
	f.offset = UINT_MAX;
	KUNIT_EXPECT_EQ(test, hid_ups_extract(&f, data, 5, &raw), -EBADMSG);
	KUNIT_EXPECT_EQ(test, hid_ups_extract(&f, data, 0, &raw), -EBADMSG);
	/* Outside its range it is unknown. */
	f = (struct hid_ups_field){ .bits = 8, .max = 100 };
	KUNIT_EXPECT_EQ(test, hid_ups_extract(&f, data, 5, &raw), -ERANGE);

	memset(out, 0xff, sizeof(out));
	f = (struct hid_ups_field){ .bits = 16, .offset = 12 };
	KUNIT_EXPECT_EQ(test, hid_ups_insert(&f, out, 5, 0x1234), 0);
	KUNIT_EXPECT_EQ(test, out[1], 0x4f);
	KUNIT_EXPECT_EQ(test, out[2], 0x23);
	KUNIT_EXPECT_EQ(test, out[3], 0xf1);
	KUNIT_EXPECT_EQ(test, hid_ups_insert(&f, out, 3, 0), -EBADMSG);
}

static void delays_are_never_shorter(struct kunit *test)
{
	static const struct hid_ups_field fields[] = {
		{ .bits = 16, .min = -1, .max = 32767, .unit = 0x1001 },
		{ .bits = 16, .min = -1, .max = 32767, .unit = 0x1001, .exponent = 1 },
		{ .bits = 8, .min = 30, .max = 255 },
		{ .bits = 16, .min = -60, .max = 7200, .unit = VOLT, .exponent = 7 },
		/* CyberPower's minutes, and a range that is given twice */
		{ .bits = 16, .min = -1, .max = 32767, .phys_min = -60, .phys_max = 1966020,
		  .unit = 0x1001 },
		{ .bits = 16, .min = -1, .max = 32767, .phys_min = -1, .phys_max = 32767 },
	};
	static const unsigned int steps[ARRAY_SIZE(fields)] = { 1, 10, 1, 1, 60, 1 };
	/* No whole number of seconds, not from 0, backwards, or more than a minute */
	static const struct hid_ups_field bad[] = {
		{ .bits = 16, .max = 32767, .phys_max = 32768 },
		{ .bits = 16, .max = 32767, .phys_min = 5, .phys_max = 32772 },
		{ .bits = 16, .max = 32767, .phys_max = -32767 },
		{ .bits = 16, .max = 1000, .phys_max = 61000 },
		{ .bits = 16, .max = 32767, .phys_max = 16383, .unit = 0x1001, .exponent = 1 },
		{ .bits = 16, .max = 32767, .unit = 0x1001, .exponent = -1 },
		{ .bits = 16, .max = 32767, .unit = 0x1001, .exponent = 3 },
	};
	unsigned int i, j, s;
	s64 raw;
	int d;

	for (i = 0; i < ARRAY_SIZE(fields); i++) {
		for (j = 0; j < 2; j++) {
			for (s = 0; s <= 7200; s++) {
				d = hid_ups_delay(&fields[i], j ? HID_UPS_Q_MINUTES : 0, s);
				if (d == -ERANGE) {
					KUNIT_ASSERT_GT(test, s, i == 2 ? 240U : 7200U);
					continue;
				}
				KUNIT_ASSERT_GE(test, d, max(s, 1U));
				KUNIT_ASSERT_LE(test, d, max(s, 30U) + 59);
				if (j)
					KUNIT_ASSERT_EQ(test, d % 60, 0);
				KUNIT_ASSERT_EQ(test, hid_ups_delay_raw(&fields[i], d, &raw), 0);
				KUNIT_ASSERT_EQ(test, raw * steps[i], d);
			}
		}
	}
	KUNIT_EXPECT_EQ(test, hid_ups_delay(&fields[0], 0, 32768), -ERANGE);
	KUNIT_EXPECT_EQ(test, hid_ups_delay(&fields[0], 0, UINT_MAX), -ERANGE);
	KUNIT_EXPECT_EQ(test, hid_ups_delay(&(struct hid_ups_field){ }, 0, 60), -ERANGE);
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		KUNIT_EXPECT_EQ_MSG(test, hid_ups_delay(&bad[i], 0, 60), -ERANGE, "%u", i);
}

/* Values for the tests of a single member: all in feature reports */
static void set(struct hid_ups_map *map, struct hid_ups_values *v, enum hid_ups_value value,
		u32 unit, int exponent, s64 raw)
{
	map->field[HID_UPS_FEATURE][value] = (struct hid_ups_field){
		.bits = 32, .id = 1, .unit = unit, .exponent = exponent,
	};
	v->raw[value] = raw;
	v->valid |= BIT_ULL(value);
}

static void capacity_modes(struct kunit *test)
{
	static const struct {
		int mode;
		u32 unit;
		int charge;
		int full;
		int percent;
	} cases[] = {
		{ 2, 0, 58, 100, 58 }, { 2, VOLT, 58, 0, 58 }, { -1, 0, 58, 0, 58 },
		{ 0, 0, 3500, 7000, 50 }, { 0, 0x101001, 6300, 25200, 25 },
		{ -1, 0x101001, 6300, 25200, 25 }, { 1, 0, 84000, 84000, 100 },
		{ 1, 0, 90000, 84000, 100 },
		/* Unknown: no full capacity, a yes or no, more than 100 percent */
		{ 0, 0, 3500, 0, -1 }, { 3, 0, 1, 1, -1 }, { 2, 0, 101, 100, -1 },
	};
	struct hid_ups_map *map = kunit_kzalloc(test, sizeof(*map), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, map);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct hid_ups_values v = { };
		struct ups_status s = { };

		set(map, &v, HID_UPS_CHARGE, cases[i].unit, 0, cases[i].charge);
		set(map, &v, HID_UPS_FULL, cases[i].unit, 0, cases[i].full);
		if (cases[i].mode >= 0)
			set(map, &v, HID_UPS_MODE, 0, 0, cases[i].mode);
		hid_ups_status(map, &v, &s);
		KUNIT_EXPECT_EQ_MSG(test, !!(s.valid & UPS_HAS_CHARGE), cases[i].percent >= 0,
				    "%u", i);
		if (s.valid & UPS_HAS_CHARGE)
			KUNIT_EXPECT_EQ_MSG(test, s.charge, cases[i].percent, "%u", i);
	}
}

static void energy_is_known_or_estimated(struct kunit *test)
{
	struct hid_ups_map *map = kunit_kzalloc(test, sizeof(*map), GFP_KERNEL);
	struct hid_ups_values v = { };
	struct ups_ident id = { };

	KUNIT_ASSERT_NOT_NULL(test, map);
	/* 400 W at 25 percent for 1800 s, from 50 percent: 100 Wh */
	set(map, &v, HID_UPS_RATED_POWER, 0, 0, 400);
	set(map, &v, HID_UPS_LOAD, 0, 0, 25);
	set(map, &v, HID_UPS_RUNTIME, 0, 0, 1800);
	set(map, &v, HID_UPS_CHARGE, 0, 0, 50);
	hid_ups_ident(map, &v, &id);
	KUNIT_EXPECT_EQ(test, id.energy_full_uwh, 100000000);
	/* 7000 mAh at 12 V */
	set(map, &v, HID_UPS_MODE, 0, 0, 0);
	set(map, &v, HID_UPS_DESIGN, 0, 0, 7000);
	set(map, &v, HID_UPS_BATTERY_NOMINAL, 0, 0, 12);
	hid_ups_ident(map, &v, &id);
	KUNIT_EXPECT_EQ(test, id.energy_full_uwh, 84000000);
	/* The same in As, and in mWh */
	set(map, &v, HID_UPS_DESIGN, 0x101001, 0, 25200);
	id.energy_full_uwh = 0;
	hid_ups_ident(map, &v, &id);
	KUNIT_EXPECT_EQ(test, id.energy_full_uwh, 84000000);
	set(map, &v, HID_UPS_MODE, 0, 0, 1);
	set(map, &v, HID_UPS_DESIGN, 0, 0, 84000);
	id.energy_full_uwh = 0;
	hid_ups_ident(map, &v, &id);
	KUNIT_EXPECT_EQ(test, id.energy_full_uwh, 84000000);
	/* ... and in J */
	set(map, &v, HID_UPS_DESIGN, 0xe121, 7, 302400);
	id.energy_full_uwh = 0;
	hid_ups_ident(map, &v, &id);
	KUNIT_EXPECT_EQ(test, id.energy_full_uwh, 84000000);
	/* Without load there is nothing to estimate. */
	memset(&v, 0, sizeof(v));
	id.energy_full_uwh = 0;
	set(map, &v, HID_UPS_LOAD, 0, 0, 0);
	set(map, &v, HID_UPS_RUNTIME, 0, 0, 1800);
	set(map, &v, HID_UPS_CHARGE, 0, 0, 50);
	hid_ups_ident(map, &v, &id);
	KUNIT_EXPECT_EQ(test, id.energy_full_uwh, 0);
}

static void fillers_are_unknown(struct kunit *test)
{
	struct hid_ups_map *map = kunit_kzalloc(test, sizeof(*map), GFP_KERNEL);
	struct hid_ups_values v = { };
	struct ups_status s = { };

	KUNIT_ASSERT_NOT_NULL(test, map);
	set(map, &v, HID_UPS_RUNTIME, 0x1001, 0, 65535);
	map->field[HID_UPS_FEATURE][HID_UPS_RUNTIME].bits = 16;
	/* An exponent that is 10^7 too small */
	set(map, &v, HID_UPS_INPUT_VOLTAGE, VOLT, 0, 230000);
	set(map, &v, HID_UPS_OUTPUT_VOLTAGE, 0, 0, 5000);
	set(map, &v, HID_UPS_BATTERY_VOLTAGE, 0, 0, 0);
	set(map, &v, HID_UPS_TEMPERATURE, 0x10001, 0, 0);
	set(map, &v, HID_UPS_LOAD, 0, 0, 255);
	hid_ups_status(map, &v, &s);
	KUNIT_EXPECT_EQ(test, s.valid, 0U);
	/* Mains has failed: that is a voltage. */
	set(map, &v, HID_UPS_INPUT_VOLTAGE, VOLT, 7, 0);
	hid_ups_status(map, &v, &s);
	KUNIT_EXPECT_EQ(test, s.valid, UPS_HAS_INPUT);
	KUNIT_EXPECT_EQ(test, s.input_mv, 0);
}

/* Each quirk, against the same device without it */
static void quirks_matter(struct kunit *test)
{
	struct hid_ups_map *map = kunit_kzalloc(test, sizeof(*map), GFP_KERNEL);
	const struct hid_model *cps = find_model(test, "cyberpower");
	const struct hid_model *tl = find_model(test, "tripplite");
	struct hid_ups_field *f;
	struct hid_ups_values v;
	struct ups_status s = { };
	u32 limits;

	KUNIT_ASSERT_NOT_NULL(test, map);
	KUNIT_EXPECT_EQ(test, hid_ups_quirks(0x051d, 2), 0U);
	KUNIT_EXPECT_EQ(test, hid_ups_quirks(0x0764, 0x0501),
			(u32)(HID_UPS_Q_LIMITS | HID_UPS_Q_BATTERY_2_3 | HID_UPS_Q_MINUTES));
	KUNIT_EXPECT_EQ(test, hid_ups_quirks(0x0d9f, 5), (u32)HID_UPS_Q_NO_OFF);
	KUNIT_EXPECT_EQ(test, hid_ups_quirks(0x09ae, 0x3016),
			(u32)(HID_UPS_Q_STATUS_PAGE | HID_UPS_Q_EXPONENTS));

	/* The ranges of its voltages are those of other fields. */
	fake_map(test, cps->descriptor, cps->size, 0, map);
	limits = map->field[HID_UPS_FEATURE][HID_UPS_OUTPUT_VOLTAGE].max;
	KUNIT_EXPECT_EQ(test, limits, 147U);
	model_read(test, cps, map, &v);
	/* 41.1 V of a battery of 24 V: it is 27.4 V. */
	map->quirks = 0;
	hid_ups_status(map, &v, &s);
	KUNIT_EXPECT_EQ(test, s.battery_uv, 41100000);
	map->quirks = HID_UPS_Q_BATTERY_2_3;
	hid_ups_status(map, &v, &s);
	KUNIT_EXPECT_EQ(test, s.battery_uv, 27400000);
	/* A unit of the same product without this mistake */
	v.raw[HID_UPS_BATTERY_VOLTAGE] = 274;
	hid_ups_status(map, &v, &s);
	KUNIT_EXPECT_EQ(test, s.battery_uv, 27400000);

	fake_map(test, tl->descriptor, tl->size, 0, map);
	KUNIT_EXPECT_EQ(test, map->field[HID_UPS_FEATURE][HID_UPS_AC_PRESENT].bits, 0);
	f = &map->field[HID_UPS_FEATURE][HID_UPS_BATTERY_VOLTAGE];
	KUNIT_EXPECT_EQ(test, f->exponent, 7);
	fake_map(test, tl->descriptor, tl->size, HID_UPS_Q_EXPONENTS, map);
	KUNIT_EXPECT_EQ(test, f->exponent, 12);
	KUNIT_EXPECT_EQ(test, map->field[HID_UPS_FEATURE][HID_UPS_FREQUENCY].exponent, -3);
	/* A flag on the wrong page is not the rated power. */
	KUNIT_EXPECT_EQ(test, map->field[HID_UPS_FEATURE][HID_UPS_RATED_POWER].bits, 16);
}

static void others_are_no_ups(struct kunit *test)
{
	static const u8 keyboard[] = { 0x05, 0x01, 0x09, 0x06, 0xa1, 0x01, 0x85, 0x01, 0x05, 0x07,
				       0x19, 0x00, 0x29, 0x65, 0x15, 0x00, 0x25, 0x65, 0x75, 0x08,
				       0x95, 0x06, 0x81, 0x00, 0xc0 };
	const struct hid_model *m = find_model(test, "apc");
	struct hid_device *hid;

	hid = fake_add(test, keyboard, sizeof(keyboard), FAKE_VENDOR, 1);
	KUNIT_ASSERT_NOT_NULL(test, hid);
	KUNIT_EXPECT_FALSE(test, hid_ups_is_ups(hid));
	hid_destroy_device(hid);
	hid = fake_add(test, m->descriptor, m->size, FAKE_VENDOR, 1);
	KUNIT_ASSERT_NOT_NULL(test, hid);
	KUNIT_EXPECT_TRUE(test, hid_ups_is_ups(hid));
	hid_destroy_device(hid);
}

/* A descriptor of a model with some bytes changed */
static unsigned int mutate(u8 *rd, unsigned int size)
{
	unsigned int n = get_random_u32_below(6);

	while (n--)
		rd[get_random_u32_below(size)] = get_random_u32();
	return get_random_u32_below(16) ? size : get_random_u32_below(size) + 1;
}

static void random_descriptors_stay_in_bounds(struct kunit *test)
{
	struct hid_ups_map *map = kunit_kzalloc(test, sizeof(*map), GFP_KERNEL);
	u8 *rd = kunit_kzalloc(test, 1024, GFP_KERNEL);
	unsigned int i, j, parsed = 0;

	KUNIT_ASSERT_NOT_NULL(test, map);
	KUNIT_ASSERT_NOT_NULL(test, rd);
	for (i = 0; i < 300; i++) {
		const struct hid_model *m = &hid_models[i % ARRAY_SIZE(hid_models)];
		struct hid_ups_values v = { };
		struct hid_device *hid;

		memcpy(rd, m->descriptor, m->size);
		hid = fake_add(test, rd, mutate(rd, m->size), FAKE_VENDOR, 1);
		if (!hid)
			continue;
		if (hid->driver) {
			parsed++;
			hid_ups_is_ups(hid);
			hid_ups_map(hid, get_random_u32(), map);
		}
		hid_destroy_device(hid);
		for (j = 0; j < 256; j++) {
			/* Exactly as long as it says: a byte more would be a report of KASAN. */
			unsigned int len = get_random_u32_below(12);
			u8 *data = kmalloc(len, GFP_KERNEL);
			struct ups_status s = { };
			struct ups_ident id = { };
			u64 bad = 0;

			get_random_bytes(data, len);
			hid_ups_parse_report(map, j & 1, j / 2, data, len, &v, &bad);
			hid_ups_status(map, &v, &s);
			hid_ups_ident(map, &v, &id);
			kfree(data);
			if (s.valid & UPS_HAS_CHARGE)
				KUNIT_ASSERT_TRUE(test, s.charge >= 0 && s.charge <= 100);
			KUNIT_ASSERT_GE(test, id.energy_full_uwh, 0);
		}
	}
	KUNIT_EXPECT_GT(test, parsed, 50U);
}

/* The driver itself, with devices that send anything and go at any moment */
static void driver_survives(struct kunit *test)
{
	u8 *rd = kunit_kzalloc(test, 1024, GFP_KERNEL);
	unsigned int i, j, bound = 0, asked = 0;

	KUNIT_ASSERT_NOT_NULL(test, rd);
	for (i = 0; i < 48; i++) {
		const struct hid_model *m = &hid_models[i % ARRAY_SIZE(hid_models)];
		struct hid_device *hid;
		struct fake *fake;
		u8 data[32];

		memcpy(rd, m->descriptor, m->size);
		hid = fake_add(test, rd, i & 1 ? mutate(rd, m->size) : m->size, m->vendor,
			       m->product);
		if (!hid)
			continue;
		fake = hid->driver_data;
		fake->random = true;
		bound += !!hid->driver;
		for (j = 0; j < 50; j++) {
			get_random_bytes(data, sizeof(data));
			if (j & 1)
				data[0] = m->fields[j % 4].id;
			hid_input_report(hid, HID_INPUT_REPORT, data,
					 get_random_u32_below(sizeof(data)) + 1, 1);
			if (!(j % 10))
				msleep(get_random_u32_below(10));
		}
		asked += atomic_read(&fake->gets);
		hid_destroy_device(hid);
	}
	KUNIT_EXPECT_GE(test, bound, 24U);
	KUNIT_EXPECT_GT(test, asked, 24U);
}

/* Wait until the device has been asked for nothing for some time. */
static int gets_when_quiet(struct fake *fake)
{
	int gets;

	do {
		gets = atomic_read(&fake->gets);
		msleep(400);
	} while (!gets || atomic_read(&fake->gets) != gets);
	return gets;
}

/*
 * A failure of mains during sleep is not announced afterwards. Each poll here is caused by an
 * input report, and the next one would be half a minute later.
 */
static void wake_is_followed_by_a_reading(struct kunit *test)
{
	const struct hid_model *m = find_model(test, "arduino");
	const struct hid_model_field *f = model_field(m, "overload");
	const struct dev_pm_ops *pm;
	struct hid_device *hid;
	struct fake *fake;
	unsigned int i, j;
	u8 report[1 + 64];
	int gets;

	KUNIT_ASSERT_NOT_NULL(test, f);
	report[0] = f->id;
	model_report(m, f->id, 2, report + 1);
	hid = fake_add_model(test, m->descriptor, m->size, m->vendor, m->product, m);
	KUNIT_ASSERT_NOT_NULL(test, hid);
	KUNIT_ASSERT_NOT_NULL(test, hid->driver);
	fake = hid->driver_data;
	pm = hid->driver->driver.pm;
	KUNIT_ASSERT_NOT_NULL(test, pm);
	for (i = 0; i < 3; i++) {
		int (* const wake[])(struct device *dev) = { pm->resume, pm->thaw, pm->restore };

		gets = gets_when_quiet(fake);
		/* It came just before, and says nothing new. */
		hid_input_report(hid, HID_INPUT_REPORT, report, 3, 1);
		KUNIT_EXPECT_EQ(test, wake[i](&hid->dev), 0);
		report[1 + f->offset / 8] ^= 1 << f->offset % 8;
		hid_input_report(hid, HID_INPUT_REPORT, report, 3, 1);
		for (j = 0; j < 750 && atomic_read(&fake->gets) == gets; j++)
			msleep(20);
		KUNIT_EXPECT_GT_MSG(test, atomic_read(&fake->gets), gets, "wake %u", i);
	}
	hid_destroy_device(hid);
}

static int hid_suite_init(struct kunit_suite *suite)
{
	return hid_register_driver(&fake_driver);
}

static void hid_suite_exit(struct kunit_suite *suite)
{
	hid_unregister_driver(&fake_driver);
}

static struct kunit_case hid_cases[] = {
	KUNIT_CASE(models_are_read),
	KUNIT_CASE(flags_are_found),
	KUNIT_CASE(inputs_are_found),
	KUNIT_CASE(numbers_are_scaled),
	KUNIT_CASE(exponents_are_parsed),
	KUNIT_CASE(fields_are_extracted),
	KUNIT_CASE(delays_are_never_shorter),
	KUNIT_CASE(capacity_modes),
	KUNIT_CASE(energy_is_known_or_estimated),
	KUNIT_CASE(fillers_are_unknown),
	KUNIT_CASE(quirks_matter),
	KUNIT_CASE(others_are_no_ups),
	KUNIT_CASE(random_descriptors_stay_in_bounds),
	KUNIT_CASE(driver_survives),
	KUNIT_CASE_SLOW(wake_is_followed_by_a_reading),
	{ }
};

struct kunit_suite ups_hid_suite = {
	.name = "ups_hid",
	.suite_init = hid_suite_init,
	.suite_exit = hid_suite_exit,
	.test_cases = hid_cases,
};
