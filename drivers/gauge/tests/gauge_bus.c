// SPDX-License-Identifier: GPL-2.0-only
/* The emulated adapter and chip of gauge_bus.h, and what the suites of gauges share */
#include <kunit/resource.h>
#include <linux/err.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/module.h>
#include <linux/power_supply.h>
#include <linux/prandom.h>
#include <linux/property.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include "gauge_bus.h"

static int gauge_bus_read(struct gauge_bus *bus, u8 reg, u8 *buf, u16 len)
{
	int ret = bus->read ? bus->read(bus, reg) : 0;
	u16 i;

	bus->reads++;
	for (i = 0; i < len && !ret; i++) {
		if (reg + i / bus->width == bus->refused)
			return -ENXIO;
		buf[i] = bus->mem[(reg * bus->width + i) % sizeof(bus->mem)];
	}
	return ret;
}

static int gauge_bus_write(struct gauge_bus *bus, const u8 *buf, u16 len)
{
	u8 reg = buf[0];
	int ret = bus->written ? bus->written(bus, reg, buf + 1, len - 1) : 0;

	bus->writes++;
	if (ret || reg == bus->refused)
		return ret < 0 ? ret : ret ? 0 : -ENXIO;
	if (reg * bus->width + len - 1 > sizeof(bus->mem))
		return -ENXIO;
	memcpy(bus->mem + reg * bus->width, buf + 1, len - 1);
	return 0;
}

/* Plain memory at the second address */
static int gauge_bus_xfer2(struct gauge_bus *bus, struct i2c_msg *msgs, int num)
{
	u16 reg = msgs[0].buf[0] * bus->width;

	if (num != 2 || reg + msgs[1].len > sizeof(bus->mem2))
		return -ENXIO;
	bus->reads++;
	memcpy(msgs[1].buf, bus->mem2 + reg, msgs[1].len);
	return num;
}

/* The I2C core turns SMBus transfers into these. */
static int gauge_bus_xfer(struct i2c_adapter *adap, struct i2c_msg *msgs, int num)
{
	struct gauge_bus *bus = i2c_get_adapdata(adap);
	int ret;

	if (bus->addr2 && msgs[0].addr == bus->addr2 && !bus->silent2)
		return gauge_bus_xfer2(bus, msgs, num);
	if (bus->silent || msgs[0].addr != bus->addr)
		return -ENXIO;
	if (num == 2 && msgs[0].len == 1 && (msgs[1].flags & I2C_M_RD))
		ret = gauge_bus_read(bus, msgs[0].buf[0], msgs[1].buf, msgs[1].len);
	else if (num == 1 && msgs[0].len && !(msgs[0].flags & I2C_M_RD))
		ret = gauge_bus_write(bus, msgs[0].buf, msgs[0].len);
	else
		ret = -EOPNOTSUPP;
	return ret ?: num;
}

static u32 gauge_bus_functionality(struct i2c_adapter *adap)
{
	struct gauge_bus *bus = i2c_get_adapdata(adap);

	return bus->functionality;
}

static const struct i2c_algorithm gauge_bus_algorithm = {
	.xfer = gauge_bus_xfer,
	.functionality = gauge_bus_functionality,
};

static void gauge_bus_del(void *data)
{
	struct gauge_bus *bus = data;

	if (!IS_ERR_OR_NULL(bus->client))
		i2c_unregister_device(bus->client);
	i2c_del_adapter(&bus->adap);
	if (bus->irq > 0)
		irq_free_desc(bus->irq);
}

/* As the init function of a suite, or called by it, which sets @addr and @width. */
int gauge_bus_init(struct kunit *test)
{
	struct gauge_bus *bus = kunit_kzalloc(test, sizeof(*bus), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, bus);
	test->priv = bus;
	bus->test = test;
	bus->width = 1;
	bus->refused = -1;
	bus->functionality = I2C_FUNC_I2C | I2C_FUNC_SMBUS_EMUL;
	bus->adap.owner = THIS_MODULE;
	bus->adap.algo = &gauge_bus_algorithm;
	strscpy(bus->adap.name, "gauge-kunit", sizeof(bus->adap.name));
	i2c_set_adapdata(&bus->adap, bus);
	KUNIT_ASSERT_EQ(test, i2c_add_adapter(&bus->adap), 0);
	return kunit_add_action_or_reset(test, gauge_bus_del, bus);
}

/* Connect the alert line; before the driver is bound. */
void gauge_bus_add_irq(struct gauge_bus *bus)
{
	bus->irq = irq_alloc_desc(NUMA_NO_NODE);
	KUNIT_ASSERT_GT(bus->test, bus->irq, 0);
	irq_set_chip_and_handler(bus->irq, &dummy_irq_chip, handle_simple_irq);
	irq_modify_status(bus->irq, IRQ_NOREQUEST, 0);
}

/* Returns when the driver has handled it. */
void gauge_bus_raise_irq(struct gauge_bus *bus)
{
	generic_handle_irq_safe(bus->irq);
	synchronize_irq(bus->irq);
}

/* Bind the driver; returns NULL if its probe failed. */
struct psy_miniclass *gauge_bus_bind(struct gauge_bus *bus, const char *name,
				     const struct property_entry *props)
{
	struct i2c_board_info info = {
		.addr = bus->addr,
		.irq = bus->irq,
		.swnode = props ? &bus->node : NULL,
	};
	struct psy_miniclass *mc;

	/* The node refers to it as long as it exists. */
	bus->node = (struct software_node){ .properties = props };
	strscpy(info.type, name, sizeof(info.type));
	bus->client = i2c_new_client_device(&bus->adap, &info);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(bus->test, bus->client);
	if (!bus->client->dev.driver)
		return NULL;
	mc = i2c_get_clientdata(bus->client);
	/* The core announces a new supply by a work item, which reads it. */
	flush_delayed_work(&psy_miniclass_to_psy(mc)->deferred_register_work);
	flush_work(&psy_miniclass_to_psy(mc)->changed_work);
	return mc;
}

/* Another driver or another chip can be bound next. */
void gauge_bus_unbind(struct gauge_bus *bus)
{
	i2c_unregister_device(bus->client);
	bus->client = NULL;
}

/* For @written: the chip does not change. */
int gauge_bus_ignore_write(struct gauge_bus *bus, u8 reg, const u8 *data, u16 len)
{
	return 1;
}

void gauge_bus_set_le16(struct gauge_bus *bus, u8 reg, u16 val)
{
	put_unaligned_le16(val, bus->mem + reg * bus->width);
}

void gauge_bus_set_be16(struct gauge_bus *bus, u8 reg, u16 val)
{
	put_unaligned_be16(val, bus->mem + reg * bus->width);
}

u16 gauge_bus_le16(const struct gauge_bus *bus, u8 reg)
{
	return get_unaligned_le16(bus->mem + reg * bus->width);
}

u16 gauge_bus_be16(const struct gauge_bus *bus, u8 reg)
{
	return get_unaligned_be16(bus->mem + reg * bus->width);
}

/* Read the chip now. The rate of calls of psy_miniclass_changed() would be limited. */
void gauge_refresh(struct psy_miniclass *mc)
{
	struct psy_snapshot snap;

	psy_miniclass_event(mc);
	psy_miniclass_get_snapshot(mc, &snap);
}

u32 gauge_tag(struct psy_miniclass *mc)
{
	struct psy_snapshot snap;

	psy_miniclass_get_snapshot(mc, &snap);
	return snap.tag;
}

/* A value of the last reading, or an error. For values that can be negative, see -ENODATA. */
int gauge_get(struct psy_miniclass *mc, enum power_supply_property psp)
{
	union power_supply_propval val;
	int ret = power_supply_get_property(psy_miniclass_to_psy(mc), psp, &val);

	return ret ?: val.intval;
}

/* The same for a text; an empty one if there is none */
const char *gauge_str(struct psy_miniclass *mc, enum power_supply_property psp)
{
	union power_supply_propval val;

	return power_supply_get_property(psy_miniclass_to_psy(mc), psp, &val) ? "" : val.strval;
}

/* Set a property, and read the chip. */
int gauge_set(struct psy_miniclass *mc, enum power_supply_property psp, int val)
{
	const union power_supply_propval v = { .intval = val };
	int ret = power_supply_set_property(psy_miniclass_to_psy(mc), psp, &v);

	gauge_refresh(mc);
	return ret;
}

int gauge_set_limit(struct psy_miniclass *mc, int percent)
{
	return gauge_set(mc, POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN, percent);
}

/* True if the supply lists the property. */
bool gauge_has(struct psy_miniclass *mc, enum power_supply_property psp)
{
	const struct power_supply_desc *desc = psy_miniclass_to_psy(mc)->desc;
	size_t i;

	for (i = 0; i < desc->num_properties; i++) {
		if (desc->properties[i] == psp)
			return true;
	}
	return false;
}

static bool gauge_in_range(enum power_supply_property psp, int val)
{
	switch (psp) {
	case POWER_SUPPLY_PROP_STATUS:
		return val >= POWER_SUPPLY_STATUS_UNKNOWN && val <= POWER_SUPPLY_STATUS_FULL;
	case POWER_SUPPLY_PROP_HEALTH:
		return val >= POWER_SUPPLY_HEALTH_UNKNOWN && val <= POWER_SUPPLY_HEALTH_NO_BATTERY;
	case POWER_SUPPLY_PROP_TECHNOLOGY:
		return val >= POWER_SUPPLY_TECHNOLOGY_UNKNOWN &&
		       val <= POWER_SUPPLY_TECHNOLOGY_LiMn;
	case POWER_SUPPLY_PROP_CAPACITY_LEVEL:
		return val >= POWER_SUPPLY_CAPACITY_LEVEL_UNKNOWN &&
		       val <= POWER_SUPPLY_CAPACITY_LEVEL_FULL;
	case POWER_SUPPLY_PROP_CAPACITY:
	case POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN:
	case POWER_SUPPLY_PROP_CAPACITY_ALERT_MAX:
	case POWER_SUPPLY_PROP_CAPACITY_ERROR_MARGIN:
		return val >= 0 && val <= 100;
	case POWER_SUPPLY_PROP_PRESENT:
		return val == 0 || val == 1;
	case POWER_SUPPLY_PROP_TEMP:
	case POWER_SUPPLY_PROP_TEMP_ALERT_MIN:
	case POWER_SUPPLY_PROP_TEMP_ALERT_MAX:
		return val > -2732;
	case POWER_SUPPLY_PROP_CURRENT_NOW:
	case POWER_SUPPLY_PROP_CURRENT_AVG:
	case POWER_SUPPLY_PROP_POWER_NOW:
	case POWER_SUPPLY_PROP_POWER_AVG:
	case POWER_SUPPLY_PROP_CHARGE_COUNTER:
		return true;
	default:
		return val >= 0;
	}
}

/*
 * Whatever the registers contain: values are in the ranges of the ABI, and errors are
 * those that user space expects. The seed is fixed; a failure can be repeated.
 */
void gauge_random_images(struct gauge_bus *bus, struct psy_miniclass *mc, unsigned int n)
{
	struct power_supply *psy = psy_miniclass_to_psy(mc);
	struct rnd_state rnd;
	unsigned int i, j;
	int ret;

	prandom_seed_state(&rnd, 1);
	for (i = 0; i < n; i++) {
		prandom_bytes_state(&rnd, bus->mem, sizeof(bus->mem));
		gauge_refresh(mc);
		for (j = 0; j < psy->desc->num_properties; j++) {
			enum power_supply_property psp = psy->desc->properties[j];
			union power_supply_propval val = {};

			if (psp >= POWER_SUPPLY_PROP_MODEL_NAME)
				continue;
			ret = power_supply_get_property(psy, psp, &val);
			KUNIT_EXPECT_TRUE_MSG(bus->test,
					      ret ? ret == -ENODATA || ret == -ENODEV :
						    gauge_in_range(psp, val.intval),
					      "image %u, property %d: %d, %d", i, psp, ret,
					      val.intval);
		}
	}
}

MODULE_DESCRIPTION("KUnit tests of the gauge drivers");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS("PSY_MINICLASS");
