// SPDX-License-Identifier: GPL-2.0-only
/* Info of a pack, primary cells, and stale values. */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/gfp.h>
#include <linux/string.h>

#include "../internal.h"
#include "fake_bus.h"

static int info_init(struct kunit *test)
{
	test->priv = fake_bus_kunit(test);
	return 0;
}

static const struct psy_field_desc date_rows[] = {
	{ PSY_VOLTAGE_NOW, FAKE_VOLTAGE, .mul = 1000 },
	{ PSY_CURRENT_NOW, FAKE_CURRENT, .mul = 1000, .flags = PSY_ROW_SIGNED },
	{ PSY_MANUFACTURE_YEAR, FAKE_YEAR },
	{ PSY_MANUFACTURE_MONTH, FAKE_FULL },
	{ PSY_MANUFACTURE_DAY, FAKE_DESIGN },
	{ PSY_IDENTITY, FAKE_ID },
};

static int date_query_info(struct psy_miniclass *mc, struct psy_info *info)
{
	strscpy(info->manufacturer, "Maker", sizeof(info->manufacturer));
	strscpy(info->model, "M-1", sizeof(info->model));
	strscpy(info->serial, "4711", sizeof(info->serial));
	return 0;
}

static const struct psy_miniclass_ops date_ops = { .query_info = date_query_info };

static const struct psy_miniclass_desc date_desc = {
	.rows = date_rows,
	.num_rows = ARRAY_SIZE(date_rows),
	.ops = &date_ops,
	.strings = true,
	.fresh_ms = 60000,
	.poll_ms = 3600000,
	.gone_ms = 3600000,
};

static struct psy_miniclass *date_register(struct kunit *test, u16 year, u16 month, u16 day)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc;

	bus->reg[FAKE_YEAR] = year;
	bus->reg[FAKE_FULL] = month;
	bus->reg[FAKE_DESIGN] = day;
	mc = fake_register(bus, &date_desc);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, mc);
	return mc;
}

/* Read an attribute of the class as sysfs does. */
static char *attr_text(struct kunit *test, struct psy_miniclass *mc, const char *name)
{
	struct attribute **attrs = mc->psy->dev.groups[0]->attrs;
	char *text = kunit_kzalloc(test, 64, GFP_KERNEL);
	struct device_attribute *attr;
	char *page;

	KUNIT_ASSERT_NOT_NULL(test, text);
	while (*attrs && strcmp((*attrs)->name, name))
		attrs++;
	KUNIT_ASSERT_NOT_NULL(test, *attrs);
	attr = container_of(*attrs, struct device_attribute, attr);
	page = (char *)get_zeroed_page(GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, page);
	if (attr->show(&mc->psy->dev, attr, page) > 0)
		strscpy(text, page, 64);
	free_page((unsigned long)page);
	return text;
}

static void unique_id_contains_all_known_parts(struct kunit *test)
{
	struct psy_miniclass *mc = date_register(test, 2023, 11, 4);

	KUNIT_EXPECT_STREQ(test, attr_text(test, mc, "unique_id"), "Maker-M-1-20231104-4711\n");
}

static void an_impossible_date_is_unknown(struct kunit *test)
{
	struct psy_miniclass *mc = date_register(test, 2023, 2, 30);

	KUNIT_EXPECT_FALSE(test, fake_lists(mc, POWER_SUPPLY_PROP_MANUFACTURE_YEAR));
	KUNIT_EXPECT_FALSE(test, fake_lists(mc, POWER_SUPPLY_PROP_MANUFACTURE_MONTH));
	KUNIT_EXPECT_FALSE(test, fake_lists(mc, POWER_SUPPLY_PROP_MANUFACTURE_DAY));
	KUNIT_EXPECT_STREQ(test, attr_text(test, mc, "unique_id"), "Maker-M-1-00000000-4711\n");
}

/* The first pack had a date, so the properties are listed; the next pack has none. */
static void an_impossible_date_of_a_later_pack_is_unknown(struct kunit *test)
{
	struct psy_miniclass *mc = date_register(test, 2023, 11, 4);
	struct fake_bus *bus = test->priv;

	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_MANUFACTURE_MONTH), 11);
	bus->reg[FAKE_FULL] = 13;
	bus->reg[FAKE_ID] = 0x2222;
	psy_miniclass_changed(mc);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_MANUFACTURE_YEAR), -ENODATA);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_MANUFACTURE_MONTH), -ENODATA);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_MANUFACTURE_DAY), -ENODATA);
}

/* Four failures are the first attempt and all retries. */
static void failed_info_register_is_read_again_at_probe(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc;

	bus->fail_skip = 1;
	bus->fail_next = 4;
	mc = fake_register(bus, &fake_desc);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, mc);
	KUNIT_EXPECT_TRUE(test, fake_lists(mc, POWER_SUPPLY_PROP_CHARGE_FULL_DESIGN));
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CHARGE_FULL_DESIGN), 4400000);
	KUNIT_EXPECT_TRUE(test, fake_lists(mc, POWER_SUPPLY_PROP_MANUFACTURE_YEAR));
}

static void missing_info_register_is_not_listed(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc;

	bus->dead = BIT(FAKE_DESIGN);
	mc = fake_register(bus, &fake_desc);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, mc);
	KUNIT_EXPECT_FALSE(test, fake_lists(mc, POWER_SUPPLY_PROP_CHARGE_FULL_DESIGN));
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_MANUFACTURE_YEAR), 2023);
	KUNIT_EXPECT_EQ(test, mc->snap.tag, 1U);
}

/* The gauge of a primary cell may measure a small current into it. */
static void a_primary_cell_does_not_charge(struct kunit *test)
{
	struct psy_miniclass_desc *desc = kunit_kzalloc(test, sizeof(*desc), GFP_KERNEL);
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc;

	KUNIT_ASSERT_NOT_NULL(test, desc);
	*desc = fake_desc;
	desc->primary = true;
	bus->reg[FAKE_CURRENT] = 5;
	mc = fake_register(bus, desc);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, mc);
	KUNIT_EXPECT_NE(test, fake_get(mc, POWER_SUPPLY_PROP_STATUS),
			POWER_SUPPLY_STATUS_CHARGING);
	/* Unregister while @desc is still allocated. */
	fake_unregister(bus);
}

/* The values of a silent pack are kept for a while, then become unknown. */
static void values_of_a_silent_pack_grow_stale(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc = date_register(test, 2023, 11, 4);

	fake_never_confirm(mc);
	/* However old they are: polls may be further apart than this. */
	mutex_lock(&mc->lock);
	mc->stale = 0;
	mutex_unlock(&mc->lock);
	bus->fail_next = INT_MAX;
	psy_miniclass_changed(mc);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 12000000);
	psy_miniclass_changed(mc);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), -ENODATA);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_PRESENT), 1);
	bus->fail_next = 0;
	psy_miniclass_changed(mc);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 12000000);
}

/* A driver that finds the unit of the voltage when it reads the info */
static const struct psy_field_desc scale_rows[] = {
	{ PSY_VOLTAGE_NOW, FAKE_VOLTAGE, .mul = 1000, .scale = PSY_SCALE_VOLTAGE },
	{ PSY_TEMP, FAKE_TEMP },
	{ PSY_CHARGE_FULL_DESIGN, FAKE_DESIGN, .mul = 1000 },
	{ PSY_IDENTITY, FAKE_ID },
};

static int scale_query_info(struct psy_miniclass *mc, struct psy_info *info)
{
	unsigned int id, scale;
	int ret;

	ret = psy_miniclass_read(mc, FAKE_ID, &id);
	if (!ret)
		ret = psy_miniclass_read(mc, FAKE_YEAR, &scale);
	if (ret)
		return ret;
	psy_values_set(&info->values, PSY_IDENTITY, id);
	/* Most packs need no factor. */
	if (scale > 1)
		psy_miniclass_set_scale(mc, PSY_SCALE_VOLTAGE, scale, 1);
	return 0;
}

static const struct psy_miniclass_ops scale_ops = { .query_info = scale_query_info };

static const struct psy_miniclass_desc scale_desc = {
	.rows = scale_rows,
	.num_rows = ARRAY_SIZE(scale_rows),
	.ops = &scale_ops,
	.fresh_ms = 60000,
	.poll_ms = 3600000,
	.gone_ms = FAKE_GONE_MS,
};

/* A pack of 12 V without a factor, or one of 14 V with a factor of 2 */
static void scale_pack(u16 *reg, bool factor)
{
	reg[FAKE_ID] = factor ? 0x2222 : 0x1111;
	reg[FAKE_YEAR] = factor ? 2 : 1;
	reg[FAKE_VOLTAGE] = factor ? 7000 : 12000;
}

static struct psy_miniclass *scale_register(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass *mc;

	scale_pack(bus->reg, false);
	mc = fake_register(bus, &scale_desc);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, mc);
	fake_never_confirm(mc);
	/* From now on each read has the device read, and only reads do. */
	fake_set_fresh(mc, 0);
	psy_miniclass_changed(mc);
	flush_delayed_work(&mc->poll_work);
	return mc;
}

static void a_factor_is_that_of_the_present_pack(struct kunit *test)
{
	struct psy_miniclass *mc = scale_register(test);
	struct fake_bus *bus = test->priv;
	unsigned int i;

	for (i = 0; i < 3; i++) {
		KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 12000000);
		scale_pack(bus->reg, true);
		KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 14000000);
		scale_pack(bus->reg, false);
	}
}

/* Transfers of a refresh that finds a different pack, and some more */
#define SCALE_TRANSFERS		16

/*
 * A different pack is in the slot for a few transfers, at any point of a refresh, and
 * the last of them fail. What the hook has stored of it does not affect the values of
 * the pack that returns, or of the second pack when it stays.
 */
static void a_failed_reading_leaves_no_hook_state(struct kunit *test)
{
	struct psy_miniclass *mc = scale_register(test);
	struct fake_bus *bus = test->priv;
	unsigned int from, fail, failed = 0;
	int stays, volt;

	scale_pack(bus->swap_reg, true);
	for (from = 1; from < SCALE_TRANSFERS; from++) {
		for (fail = from; fail <= SCALE_TRANSFERS; fail++) {
			for (stays = 0; stays < 2; stays++) {
				scale_pack(bus->reg, false);
				KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW),
						12000000);
				bus->swap_at = bus->reads + from;
				bus->fail_skip = fail;
				bus->fail_next = INT_MAX;
				volt = fake_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW);
				KUNIT_EXPECT_TRUE_MSG(test, volt == 12000000 || volt == 14000000,
						      "%u %u: %d", from, fail, volt);
				failed += mc->silent_since != 0;
				bus->swap_at = 0;
				bus->fail_skip = 0;
				bus->fail_next = 0;
				scale_pack(bus->reg, stays);
				KUNIT_EXPECT_EQ_MSG(test,
						    fake_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW),
						    stays ? 14000000 : 12000000,
						    "%u %u %d", from, fail, stays);
			}
		}
	}
	KUNIT_EXPECT_GT(test, failed, 50U);
}

static struct kunit_case info_cases[] = {
	KUNIT_CASE(unique_id_contains_all_known_parts),
	KUNIT_CASE(an_impossible_date_is_unknown),
	KUNIT_CASE(an_impossible_date_of_a_later_pack_is_unknown),
	KUNIT_CASE(failed_info_register_is_read_again_at_probe),
	KUNIT_CASE(missing_info_register_is_not_listed),
	KUNIT_CASE(a_primary_cell_does_not_charge),
	KUNIT_CASE(values_of_a_silent_pack_grow_stale),
	KUNIT_CASE(a_factor_is_that_of_the_present_pack),
	KUNIT_CASE(a_failed_reading_leaves_no_hook_state),
	{ }
};

struct kunit_suite psy_info_suite = {
	.name = "psy_info",
	.init = info_init,
	.test_cases = info_cases,
};
