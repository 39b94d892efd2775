// SPDX-License-Identifier: GPL-2.0-only
/* Tables over several registers, and registers read together, on an emulated chip. */
#include <kunit/device.h>
#include <kunit/test.h>
#include <linux/bitmap.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/regmap.h>
#include <linux/string.h>

#include "../internal.h"
#include "fake_bus.h"

#define ROWS_MEM	64

/**
 * struct rows_bus - an emulated chip whose registers are bytes; stored in test->priv
 * @test: the test that owns it
 * @dev: device that the instance is registered for
 * @regmap: access to @mem
 * @mem: the registers
 * @refused: registers that the chip does not acknowledge
 * @max_len: highest number of bytes in one transfer, 0 for no limit
 * @reads: number of read transfers
 * @bytes: number of bytes read
 * @writes: number of write transfers
 * @fail: number of transfers that fail
 * @count_at: register that counts up with each transfer of it, 0 for none
 */
struct rows_bus {
	struct kunit *test;
	struct device *dev;
	struct regmap *regmap;
	u8 mem[ROWS_MEM];
	DECLARE_BITMAP(refused, ROWS_MEM);
	size_t max_len;
	unsigned int reads;
	unsigned int bytes;
	unsigned int writes;
	unsigned int fail;
	unsigned int count_at;
};

/* A 16-bit counter whose upper byte changes while its lower one is transferred */
static void rows_count(struct rows_bus *bus, unsigned int reg)
{
	if (!bus->count_at || reg != bus->count_at)
		return;
	bus->mem[reg] = 0xff;
	bus->mem[reg + 1]++;
}

static int rows_access(struct rows_bus *bus, unsigned int reg, u8 *val, size_t len)
{
	unsigned int i;

	bus->reads++;
	bus->bytes += len;
	if (bus->fail) {
		bus->fail--;
		return -ENXIO;
	}
	if (bus->max_len && len > bus->max_len)
		return -EREMOTEIO;
	for (i = 0; i < len; i++) {
		if (reg + i >= ROWS_MEM || test_bit(reg + i, bus->refused))
			return -ENXIO;
		val[i] = bus->mem[reg + i];
		rows_count(bus, reg + i);
	}
	return 0;
}

static int rows_raw_read(void *context, const void *reg, size_t reg_size, void *val,
			 size_t val_size)
{
	return rows_access(context, *(const u8 *)reg, val, val_size);
}

static int rows_raw_write(void *context, const void *data, size_t count)
{
	struct rows_bus *bus = context;
	const u8 *bytes = data;

	bus->writes++;
	if (bus->fail) {
		bus->fail--;
		return -ENXIO;
	}
	memcpy(bus->mem + bytes[0], bytes + 1, count - 1);
	return 0;
}

static const struct regmap_bus rows_raw = {
	.read = rows_raw_read,
	.write = rows_raw_write,
	.reg_format_endian_default = REGMAP_ENDIAN_BIG,
	.val_format_endian_default = REGMAP_ENDIAN_BIG,
};

static int rows_reg_read(void *context, unsigned int reg, unsigned int *val)
{
	u8 byte = 0;
	int ret = rows_access(context, reg, &byte, 1);

	*val = byte;
	return ret;
}

/* An adapter that transfers one byte at a time */
static const struct regmap_config rows_bytewise = {
	.reg_bits = 8,
	.val_bits = 8,
	.reg_read = rows_reg_read,
};

static const struct regmap_config rows_bytes = {
	.reg_bits = 8,
	.val_bits = 8,
};

static const struct regmap_config rows_words = {
	.reg_bits = 8,
	.reg_stride = 2,
	.val_bits = 16,
};

static int rows_init(struct kunit *test)
{
	struct rows_bus *bus = kunit_kzalloc(test, sizeof(*bus), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, bus);
	test->priv = bus;
	bus->test = test;
	for (i = 0; i < ROWS_MEM; i++)
		bus->mem[i] = i;
	bus->dev = kunit_device_register(test, "psy-rows");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, bus->dev);
	return 0;
}

static struct psy_miniclass *rows_register(struct rows_bus *bus,
					   const struct regmap_config *regs,
					   const struct psy_miniclass_desc *desc)
{
	struct psy_miniclass_config config = { .drvdata = bus, .name = "psy-rows" };
	struct psy_miniclass *mc;

	bus->regmap = devm_regmap_init(bus->dev, regs->reg_read ? NULL : &rows_raw, bus, regs);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(bus->test, bus->regmap);
	config.regmap = bus->regmap;
	mc = devm_psy_miniclass_register(bus->dev, desc, &config);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(bus->test, mc);
	flush_delayed_work(&mc->psy->deferred_register_work);
	flush_work(&mc->psy->changed_work);
	bus->reads = 0;
	bus->bytes = 0;
	return mc;
}

/* Read the chip once, whatever the age of the snapshot. */
static void rows_refresh(struct psy_miniclass *mc)
{
	struct psy_snapshot snap;

	psy_miniclass_changed(mc);
	psy_miniclass_get_snapshot(mc, &snap);
}

/* Read by rows_refresh() only */
#define ROWS_FRESH_MS	60000
#define ROWS_POLL_MS	3600000

static const struct psy_field_desc wide_rows[] = {
	{ PSY_VOLTAGE_NOW, 0x10, .regs = 2 },
	{ PSY_TEMP, 0x12, .regs = 2, .flags = PSY_ROW_BE },
	{ PSY_CYCLE_COUNT, 0x14, .bits = 8 },
	{ PSY_CHARGE_NOW, 0x20, .regs = 4, .bits = 32, .flags = PSY_ROW_BE },
	{ PSY_CHARGE_FULL, 0x24, .regs = 3, .bits = 24 },
};

static const struct psy_miniclass_desc wide_desc = {
	.rows = wide_rows,
	.num_rows = ARRAY_SIZE(wide_rows),
	.fresh_ms = ROWS_FRESH_MS,
	.poll_ms = ROWS_POLL_MS,
};

static void expect_wide(struct kunit *test, struct psy_miniclass *mc)
{
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 0x1110);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_TEMP), 0x1213);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CYCLE_COUNT), 0x14);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CHARGE_NOW), 0x20212223);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CHARGE_FULL), 0x262524);
}

/* The parts of a value are in one transfer, whether or not the device has runs. */
static void values_over_several_registers(struct kunit *test)
{
	struct rows_bus *bus = test->priv;
	struct psy_miniclass *mc = rows_register(bus, &rows_bytes, &wide_desc);

	expect_wide(test, mc);
	rows_refresh(mc);
	KUNIT_EXPECT_EQ(test, bus->reads, 5);
	KUNIT_EXPECT_EQ(test, bus->bytes, 12);
}

/* Two bytes take three transfers: the more significant one is read twice. */
static void values_over_several_registers_byte_by_byte(struct kunit *test)
{
	struct rows_bus *bus = test->priv;
	struct psy_miniclass *mc = rows_register(bus, &rows_bytewise, &wide_desc);

	expect_wide(test, mc);
	rows_refresh(mc);
	KUNIT_EXPECT_EQ(test, bus->reads, 3 + 3 + 1 + 7 + 5);
}

/* 0x01fe becomes 0x02ff during the reading: neither 0x01ff nor 0x02fe is a value. */
static void a_value_is_not_torn(struct kunit *test)
{
	static const struct psy_field_desc rows[] = {
		{ PSY_VOLTAGE_NOW, 0x10, .regs = 2 },
	};
	static const struct psy_miniclass_desc desc = {
		.rows = rows,
		.num_rows = ARRAY_SIZE(rows),
		.fresh_ms = ROWS_FRESH_MS,
		.poll_ms = ROWS_POLL_MS,
	};
	struct rows_bus *bus = test->priv;
	struct psy_miniclass *mc;

	bus->mem[0x10] = 0xfe;
	bus->mem[0x11] = 0x01;
	mc = rows_register(bus, &rows_bytewise, &desc);

	/* It changes in each attempt, and the last value stays. */
	bus->count_at = 0x10;
	rows_refresh(mc);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 0x01fe);

	bus->count_at = 0;
	bus->mem[0x10] = 0xff;
	bus->mem[0x11] = 0x02;
	rows_refresh(mc);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 0x02ff);
}

static const struct psy_field_desc flag_rows[] = {
	PSY_BITS(PSY_STATUS, 0x10, 0x01, 0x01, POWER_SUPPLY_STATUS_FULL),
	PSY_BITS(PSY_STATUS, 0x10, 0x06, 0x02, POWER_SUPPLY_STATUS_CHARGING),
	PSY_BITS(PSY_HEALTH, 0x10, 0x80, 0x80, POWER_SUPPLY_HEALTH_OVERHEAT),
	PSY_UNKNOWN_IF(PSY_CYCLE_COUNT, 0x10, 0x60, 0x40),
	PSY_BITS(PSY_HEALTH, 0x11, 0x01, 0x01, POWER_SUPPLY_HEALTH_COLD),
	PSY_BITS(PSY_HEALTH, 0x12, 0x00, 0x00, POWER_SUPPLY_HEALTH_GOOD),
	{ PSY_CYCLE_COUNT, 0x12, .bits = 8 },
};

static const struct psy_miniclass_desc flag_desc = {
	.rows = flag_rows,
	.num_rows = ARRAY_SIZE(flag_rows),
	.fresh_ms = ROWS_FRESH_MS,
	.poll_ms = ROWS_POLL_MS,
};

static void earlier_rows_have_priority(struct kunit *test)
{
	struct rows_bus *bus = test->priv;
	struct psy_miniclass *mc;

	bus->mem[0x10] = 0x83;
	bus->mem[0x11] = 0x01;
	mc = rows_register(bus, &rows_bytes, &flag_desc);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_STATUS), POWER_SUPPLY_STATUS_FULL);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_HEALTH),
			POWER_SUPPLY_HEALTH_OVERHEAT);
	/* All rows of a register cost one transfer; 0x11 is not needed. */
	rows_refresh(mc);
	KUNIT_EXPECT_EQ(test, bus->reads, 2);

	bus->mem[0x10] = 0x02;
	rows_refresh(mc);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_STATUS),
			POWER_SUPPLY_STATUS_CHARGING);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_HEALTH), POWER_SUPPLY_HEALTH_COLD);

	bus->mem[0x10] = 0x06;
	bus->mem[0x11] = 0x00;
	rows_refresh(mc);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_STATUS), -ENODATA);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_HEALTH), POWER_SUPPLY_HEALTH_GOOD);
}

/* A flag decides whether a register has a value. */
static void flag_for_unknown(struct kunit *test)
{
	struct rows_bus *bus = test->priv;
	struct psy_miniclass *mc;

	bus->mem[0x10] = 0x60;
	mc = rows_register(bus, &rows_bytes, &flag_desc);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CYCLE_COUNT), 0x12);
	bus->mem[0x10] = 0x40;
	rows_refresh(mc);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CYCLE_COUNT), -ENODATA);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_HEALTH), POWER_SUPPLY_HEALTH_COLD);
	bus->mem[0x10] = 0x20;
	rows_refresh(mc);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CYCLE_COUNT), 0x12);
}

/* The second register of the health fails: it must not become Good. */
static void priority_needs_all_registers(struct kunit *test)
{
	struct rows_bus *bus = test->priv;
	struct psy_miniclass *mc;

	bus->mem[0x10] = 0x02;
	bus->mem[0x11] = 0x01;
	mc = rows_register(bus, &rows_bytes, &flag_desc);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_HEALTH), POWER_SUPPLY_HEALTH_COLD);

	set_bit(0x11, bus->refused);
	bus->mem[0x11] = 0x00;
	rows_refresh(mc);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_HEALTH), POWER_SUPPLY_HEALTH_COLD);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CYCLE_COUNT), 0x12);

	fake_set_gone(mc, 0);
	rows_refresh(mc);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_HEALTH), -ENODATA);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CYCLE_COUNT), 0x12);
}

static const struct psy_field_desc sign_rows[] = {
	PSY_BITS(PSY_CURRENT_SIGN, 0x10, 0x80, 0x80, 1),
	PSY_BITS(PSY_CURRENT_SIGN, 0x10, 0x80, 0x00, -1),
	{ PSY_CURRENT_NOW, 0x11, .bits = 8 },
};

static const struct psy_miniclass_desc sign_desc = {
	.rows = sign_rows,
	.num_rows = ARRAY_SIZE(sign_rows),
	.fresh_ms = ROWS_FRESH_MS,
	.poll_ms = ROWS_POLL_MS,
};

/* A current whose direction cannot be read is unknown, and so is the status. */
static void sign_in_another_register(struct kunit *test)
{
	struct rows_bus *bus = test->priv;
	struct psy_miniclass *mc;

	bus->mem[0x10] = 0x80;
	bus->mem[0x11] = 0xc8;
	mc = rows_register(bus, &rows_bytes, &sign_desc);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CURRENT_NOW), 200);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_STATUS),
			POWER_SUPPLY_STATUS_CHARGING);
	bus->mem[0x10] = 0x00;
	rows_refresh(mc);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CURRENT_NOW), -200);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_STATUS),
			POWER_SUPPLY_STATUS_DISCHARGING);

	set_bit(0x10, bus->refused);
	rows_refresh(mc);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CURRENT_NOW), -200);
	fake_set_gone(mc, 0);
	rows_refresh(mc);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CURRENT_NOW), -ENODATA);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_STATUS), -ENODATA);
}

/* Words at 0x10, 0x12, 0x14, then a word without a row, then 0x18 */
static const struct psy_field_desc run_rows[] = {
	{ PSY_VOLTAGE_NOW, 0x10 },
	{ PSY_TEMP, 0x12 },
	{ PSY_CYCLE_COUNT, 0x14 },
	{ PSY_CHARGE_NOW, 0x18 },
	{ PSY_CHARGE_FULL, 0x18, .shift = 8, .bits = 8 },
	{ PSY_CHARGE_FULL_DESIGN, 0x1a },
};

static const struct psy_miniclass_desc run_desc = {
	.rows = run_rows,
	.num_rows = ARRAY_SIZE(run_rows),
	.fresh_ms = ROWS_FRESH_MS,
	.poll_ms = ROWS_POLL_MS,
	.run = 8,
};

static const struct psy_miniclass_desc gap_desc = {
	.rows = run_rows,
	.num_rows = ARRAY_SIZE(run_rows),
	.fresh_ms = ROWS_FRESH_MS,
	.poll_ms = ROWS_POLL_MS,
	.run = 8,
	.gap = 1,
};

static const struct psy_miniclass_desc short_desc = {
	.rows = run_rows,
	.num_rows = ARRAY_SIZE(run_rows),
	.fresh_ms = ROWS_FRESH_MS,
	.poll_ms = ROWS_POLL_MS,
	.run = 2,
};

static const struct psy_miniclass_desc single_desc = {
	.rows = run_rows,
	.num_rows = ARRAY_SIZE(run_rows),
	.fresh_ms = ROWS_FRESH_MS,
	.poll_ms = ROWS_POLL_MS,
};

static void expect_run(struct kunit *test, struct psy_miniclass *mc)
{
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 0x1011);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_TEMP), 0x1213);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CYCLE_COUNT), 0x1415);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CHARGE_NOW), 0x1819);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CHARGE_FULL), 0x18);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CHARGE_FULL_DESIGN), 0x1a1b);
}

struct run_case {
	const char *desc;
	const struct psy_miniclass_desc *type;
	unsigned int reads;
	unsigned int bytes;
};

static const struct run_case run_cases[] = {
	{ "no runs", &single_desc, 4, 8 },
	{ "adjacent registers", &run_desc, 2, 8 },
	{ "over a gap", &gap_desc, 1, 10 },
	{ "two registers at most", &short_desc, 3, 8 },
};

KUNIT_ARRAY_PARAM_DESC(run, run_cases, desc);

static void adjacent_registers_are_one_transfer(struct kunit *test)
{
	const struct run_case *c = test->param_value;
	struct rows_bus *bus = test->priv;
	struct psy_miniclass *mc = rows_register(bus, &rows_words, c->type);

	expect_run(test, mc);
	rows_refresh(mc);
	expect_run(test, mc);
	KUNIT_EXPECT_EQ(test, bus->reads, c->reads);
	KUNIT_EXPECT_EQ(test, bus->bytes, c->bytes);
	KUNIT_EXPECT_EQ(test, mc->stats.failed_refreshes, 0ULL);
}

/* Refuse one register of a run: it costs its field only, and later no transfer. */
static void refused_register_in_a_run(struct kunit *test)
{
	struct rows_bus *bus = test->priv;
	struct psy_miniclass *mc;

	set_bit(0x12, bus->refused);
	mc = rows_register(bus, &rows_words, &run_desc);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 0x1011);
	KUNIT_EXPECT_FALSE(test, fake_lists(mc, POWER_SUPPLY_PROP_TEMP));
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CYCLE_COUNT), 0x1415);

	bus->reads = 0;
	rows_refresh(mc);
	KUNIT_EXPECT_EQ(test, bus->reads, 3);
}

/* A register that is refused later: it is read alone, and its last value is kept. */
static void register_of_a_run_fails_later(struct kunit *test)
{
	struct rows_bus *bus = test->priv;
	struct psy_miniclass *mc = rows_register(bus, &rows_words, &run_desc);

	set_bit(0x14, bus->refused);
	memset(bus->mem + 0x10, 0x55, 8);
	rows_refresh(mc);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 0x5555);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_TEMP), 0x5555);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CYCLE_COUNT), 0x1415);

	bus->reads = 0;
	rows_refresh(mc);
	KUNIT_EXPECT_EQ(test, bus->reads, 3);

	/* Runs are used again after it has recovered. */
	clear_bit(0x14, bus->refused);
	rows_refresh(mc);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CYCLE_COUNT), 0x5555);
	bus->reads = 0;
	rows_refresh(mc);
	KUNIT_EXPECT_EQ(test, bus->reads, 2);
}

/* A device or adapter that cannot transfer a run is read register by register. */
static void runs_that_fail_are_given_up(struct kunit *test)
{
	struct rows_bus *bus = test->priv;
	struct psy_miniclass *mc;

	bus->max_len = 2;
	mc = rows_register(bus, &rows_words, &run_desc);
	expect_run(test, mc);
	rows_refresh(mc);
	rows_refresh(mc);
	bus->reads = 0;
	rows_refresh(mc);
	expect_run(test, mc);
	KUNIT_EXPECT_EQ(test, bus->reads, 4);
}

/* One failure is noise: the run is used in the next refresh. */
static void run_survives_noise(struct kunit *test)
{
	struct rows_bus *bus = test->priv;
	struct psy_miniclass *mc = rows_register(bus, &rows_words, &run_desc);
	unsigned int i;

	for (i = 0; i < 3; i++) {
		bus->fail = 2;
		bus->reads = 0;
		rows_refresh(mc);
		expect_run(test, mc);
		/* The run twice, its three rows, the other run */
		KUNIT_EXPECT_EQ(test, bus->reads, 6);
		bus->reads = 0;
		rows_refresh(mc);
		KUNIT_EXPECT_EQ(test, bus->reads, 2);
	}
}

enum { MAP_VOLTAGE, MAP_TEMP, MAP_CYCLES, MAP_CONTROL };

static const struct psy_field_desc map_rows[] = {
	{ PSY_VOLTAGE_NOW, MAP_VOLTAGE },
	{ PSY_TEMP, MAP_TEMP },
	{ PSY_CYCLE_COUNT, MAP_CYCLES },
};

static const u16 map_first[] = { 0x10, 0x12, 0x14, 0x30 };
static const u16 map_second[] = { 0x20, PSY_REG_NONE, 0x22, PSY_REG_NONE };

static int map_query_info(struct psy_miniclass *mc, struct psy_info *info)
{
	struct rows_bus *bus = psy_miniclass_get_drvdata(mc);
	unsigned int raw;
	int ret = psy_miniclass_read(mc, MAP_CONTROL, &raw);

	if (psy_chip_reg(mc, MAP_CONTROL) == PSY_REG_NONE) {
		KUNIT_EXPECT_EQ(bus->test, ret, -EOPNOTSUPP);
		KUNIT_EXPECT_EQ(bus->test, psy_miniclass_write(mc, MAP_CONTROL, 1), -EOPNOTSUPP);
		KUNIT_EXPECT_EQ(bus->test, psy_miniclass_read(mc, 4, &raw), -EOPNOTSUPP);
		return 0;
	}
	KUNIT_EXPECT_EQ(bus->test, ret, 0);
	KUNIT_EXPECT_EQ(bus->test, raw, 0x3031);

	/* Write despite a failure; write nothing if nothing changes. */
	bus->fail = 1;
	KUNIT_EXPECT_EQ(bus->test, psy_miniclass_write(mc, MAP_CONTROL, 0xa5c3), 0);
	KUNIT_EXPECT_EQ(bus->test, bus->writes, 2);
	KUNIT_EXPECT_EQ(bus->test, psy_miniclass_update_bits(mc, MAP_CONTROL, 0x00ff, 0x12c3), 0);
	KUNIT_EXPECT_EQ(bus->test, bus->writes, 2);
	KUNIT_EXPECT_EQ(bus->test, psy_miniclass_update_bits(mc, MAP_CONTROL, 0x0ff0, 0x1230), 0);
	KUNIT_EXPECT_EQ(bus->test, bus->writes, 3);
	KUNIT_EXPECT_EQ(bus->test, bus->mem[0x30], 0xa2);
	KUNIT_EXPECT_EQ(bus->test, bus->mem[0x31], 0x33);

	/* The retries are those of the refresh: two are left. */
	bus->fail = 3;
	KUNIT_EXPECT_EQ(bus->test, psy_miniclass_write(mc, MAP_CONTROL, 0), -ENXIO);
	KUNIT_EXPECT_EQ(bus->test, bus->fail, 0);
	KUNIT_EXPECT_EQ(bus->test, bus->writes, 6);
	return 0;
}

static const struct psy_miniclass_ops map_ops = { .query_info = map_query_info };

static const struct psy_miniclass_desc map_first_desc = {
	.rows = map_rows,
	.num_rows = ARRAY_SIZE(map_rows),
	.fresh_ms = ROWS_FRESH_MS,
	.poll_ms = ROWS_POLL_MS,
	.reg_map = map_first,
	.num_regs = ARRAY_SIZE(map_first),
	.run = 4,
	.ops = &map_ops,
};

static const struct psy_miniclass_desc map_second_desc = {
	.rows = map_rows,
	.num_rows = ARRAY_SIZE(map_rows),
	.fresh_ms = ROWS_FRESH_MS,
	.poll_ms = ROWS_POLL_MS,
	.reg_map = map_second,
	.num_regs = ARRAY_SIZE(map_second),
	.run = 4,
	.ops = &map_ops,
};

static void each_variant_has_its_registers(struct kunit *test)
{
	struct rows_bus *bus = test->priv;
	struct psy_miniclass *mc = rows_register(bus, &rows_words, &map_first_desc);

	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 0x1011);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_TEMP), 0x1213);
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CYCLE_COUNT), 0x1415);
	rows_refresh(mc);
	KUNIT_EXPECT_EQ(test, bus->reads, 1);
}

static void a_variant_lacks_a_register(struct kunit *test)
{
	struct rows_bus *bus = test->priv;
	struct psy_miniclass *mc = rows_register(bus, &rows_words, &map_second_desc);

	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 0x2021);
	KUNIT_EXPECT_FALSE(test, fake_lists(mc, POWER_SUPPLY_PROP_TEMP));
	KUNIT_EXPECT_EQ(test, fake_get(mc, POWER_SUPPLY_PROP_CYCLE_COUNT), 0x2223);
	rows_refresh(mc);
	KUNIT_EXPECT_EQ(test, bus->reads, 1);
}

static const struct psy_field_desc bad_rows[] = {
	{ PSY_NR_FIELDS },
	{ PSY_TEMP, .bits = 33 },
	{ PSY_TEMP, .shift = 1 },
	{ PSY_TEMP, .regs = 3 },
	{ PSY_TEMP, .regs = 1, .bits = 24 },
	{ PSY_TEMP, .regs = PSY_ROW_MAX_REGS + 1 },
	{ PSY_TEMP, .scale = PSY_NR_SCALES },
	{ PSY_TEMP, .div = -1 },
	{ PSY_TEMP, .reg = 1 },
	PSY_BITS(PSY_HEALTH, 0, 0x01, 0x03, 0),
	PSY_BITS(PSY_HEALTH, 0, 0x10000, 0, 0),
	PSY_UNKNOWN_IF(PSY_HEALTH, 0, 0x01, 0x03),
};

/* In a map with one register of 16 bits; the row before each is valid. */
static void impossible_rows_are_refused(struct kunit *test)
{
	static const u16 map[] = { 0 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad_rows); i++) {
		const struct psy_field_desc rows[] = { { PSY_VOLTAGE_NOW }, bad_rows[i] };
		const struct psy_miniclass_desc desc = {
			.rows = rows, .num_rows = 2, .reg_map = map, .num_regs = 1,
		};

		KUNIT_EXPECT_EQ_MSG(test, psy_rows_check(&desc, 16), 1, "row %u", i);
	}
	KUNIT_EXPECT_EQ(test, psy_rows_check(&map_first_desc, 16), -1);
	KUNIT_EXPECT_EQ(test, psy_rows_check(&map_first_desc, 8), 0);
	KUNIT_EXPECT_EQ(test, psy_rows_check(&wide_desc, 8), -1);
	KUNIT_EXPECT_EQ(test, psy_rows_check(&flag_desc, 8), -1);
}

/* As from within a hook */
static void hooks_transfer_several_registers(struct kunit *test)
{
	static const u8 written[] = { 0x55, 0xaa, 0x99 };
	struct rows_bus *bus = test->priv;
	struct psy_miniclass *mc = rows_register(bus, &rows_bytes, &wide_desc);
	u8 read[sizeof(written)] = {};

	mutex_lock(&mc->lock);
	mc->budget = 1;
	bus->fail = 1;
	KUNIT_EXPECT_EQ(test, psy_miniclass_bulk_write(mc, 0x30, written, sizeof(written)), 0);
	KUNIT_EXPECT_EQ(test, bus->writes, 2);
	KUNIT_EXPECT_EQ(test, memcmp(bus->mem + 0x30, written, sizeof(written)), 0);
	KUNIT_EXPECT_EQ(test, bus->mem[0x33], 0x33);

	mc->budget = 1;
	bus->fail = 1;
	KUNIT_EXPECT_EQ(test, psy_miniclass_bulk_read(mc, 0x30, read, sizeof(read)), 0);
	KUNIT_EXPECT_EQ(test, bus->reads, 2);
	KUNIT_EXPECT_EQ(test, memcmp(read, written, sizeof(written)), 0);

	bus->fail = 1;
	KUNIT_EXPECT_EQ(test, psy_miniclass_bulk_read(mc, 0x30, read, sizeof(read)), -ENXIO);
	mutex_unlock(&mc->lock);
}

static struct kunit_case rows_cases[] = {
	KUNIT_CASE(values_over_several_registers),
	KUNIT_CASE(values_over_several_registers_byte_by_byte),
	KUNIT_CASE(a_value_is_not_torn),
	KUNIT_CASE(earlier_rows_have_priority),
	KUNIT_CASE(flag_for_unknown),
	KUNIT_CASE(priority_needs_all_registers),
	KUNIT_CASE(sign_in_another_register),
	KUNIT_CASE_PARAM(adjacent_registers_are_one_transfer, run_gen_params),
	KUNIT_CASE(refused_register_in_a_run),
	KUNIT_CASE(register_of_a_run_fails_later),
	KUNIT_CASE(runs_that_fail_are_given_up),
	KUNIT_CASE(run_survives_noise),
	KUNIT_CASE(each_variant_has_its_registers),
	KUNIT_CASE(a_variant_lacks_a_register),
	KUNIT_CASE(impossible_rows_are_refused),
	KUNIT_CASE(hooks_transfer_several_registers),
	{ }
};

struct kunit_suite psy_rows_suite = {
	.name = "psy_rows",
	.init = rows_init,
	.test_cases = rows_cases,
};
