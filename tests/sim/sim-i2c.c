// SPDX-License-Identifier: GPL-2.0-only
/*
 * An I2C adapter with a smart battery behind it that exists only in software:
 * connects sim-bus.c and sim-sbs.c to the I2C core and to the clock.
 * Firmware describes it like a real one, so that its children are found and
 * their drivers loaded in the same way.
 */
#include <linux/delay.h>
#include <linux/i2c.h>
#include <linux/i2c-smbus.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/overflow.h>
#include <linux/platform_device.h>
#include <linux/property.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/time64.h>

#include "sim-i2c.h"

#define SIM_FUNC \
	(I2C_FUNC_SMBUS_QUICK | I2C_FUNC_SMBUS_BYTE | I2C_FUNC_SMBUS_BYTE_DATA | \
	 I2C_FUNC_SMBUS_WORD_DATA | I2C_FUNC_SMBUS_BLOCK_DATA | \
	 I2C_FUNC_SMBUS_I2C_BLOCK | I2C_FUNC_SMBUS_PEC)

/**
 * sim_i2c_catch_up() - simulate the pack up to the present time
 * @sim: the adapter, locked
 */
void sim_i2c_catch_up(struct sim_i2c *sim)
{
	ktime_t now = ktime_get();
	u64 ns;

	lockdep_assert_held(&sim->lock);

	if (check_mul_overflow((u64)ktime_to_ns(ktime_sub(now, sim->last)), (u64)sim->speed, &ns) ||
	    check_add_overflow(ns, (u64)sim->rest_ns, &ns))
		ns = U64_MAX;
	sim->last = now;
	sim_sbs_advance(&sim->sbs, div_u64_rem(ns, NSEC_PER_MSEC, &sim->rest_ns));
}

/* SMBus 2.0, appendix A.1: a device that holds SMBALERT# low replies at this address. */
#define SIM_ALERT_RESPONSE	0x0c
#define SIM_ALARMS		(SIM_SBS_STATUS_OVER_CHARGED | SIM_SBS_STATUS_TERMINATE_CHARGE | \
				 SIM_SBS_STATUS_OVER_TEMP | SIM_SBS_STATUS_TERMINATE_DISCHARGE | \
				 SIM_SBS_STATUS_REMAINING_CAPACITY | SIM_SBS_STATUS_REMAINING_TIME)
#define SIM_LIFE_JIFFIES	(HZ / 10)

static void sim_i2c_life(struct work_struct *work)
{
	struct sim_i2c *sim = container_of(to_delayed_work(work), struct sim_i2c, life);
	bool raise;
	u16 now;

	mutex_lock(&sim->lock);
	sim_i2c_catch_up(sim);
	now = sim->sbs.present ? sim_sbs_peek(&sim->sbs, SIM_SBS_BATTERY_STATUS) & SIM_ALARMS : 0;
	raise = now & ~sim->alarms;
	sim->alarms = now;
	if (raise) {
		sim->alerts++;
		sim->alerting = true;
	}
	if (sim->alert)
		schedule_delayed_work(&sim->life, SIM_LIFE_JIFFIES);
	mutex_unlock(&sim->lock);

	/* The rest is done by the kernel's alert handler. */
	if (raise && i2c_get_clientdata(sim->ara))
		i2c_handle_smbus_alert(sim->ara);
}

/**
 * sim_i2c_set_alert() - connect the pack to the SMBALERT# line, or disconnect it
 * @sim: the adapter, locked
 * @on: to connect it
 */
void sim_i2c_set_alert(struct sim_i2c *sim, bool on)
{
	sim->alert = on;
	if (on)
		mod_delayed_work(system_wq, &sim->life, 0);
}

static s32 sim_i2c_alert_response(struct sim_i2c *sim, union i2c_smbus_data *data)
{
	s32 ret = -ENXIO;

	mutex_lock(&sim->lock);
	if (sim->alerting) {
		data->byte = SIM_BUS_PACK_ADDR << 1;
		sim->alerting = false;
		ret = 0;
	}
	mutex_unlock(&sim->lock);
	return ret;
}

static void sim_i2c_stop(void *data)
{
	struct sim_i2c *sim = data;

	mutex_lock(&sim->lock);
	sim->alert = 0;
	mutex_unlock(&sim->lock);
	cancel_delayed_work_sync(&sim->life);
	i2c_unregister_device(sim->ara);
}

static s32 sim_i2c_xfer(struct i2c_adapter *adap, u16 addr, unsigned short flags,
			char read_write, u8 command, int size, union i2c_smbus_data *data)
{
	struct sim_i2c *sim = i2c_get_adapdata(adap);
	struct sim_bus_msg msg = {
		.addr = addr,
		.pec = flags & I2C_CLIENT_PEC,
		.read = read_write == I2C_SMBUS_READ,
		.cmd = command,
		.size = size,
	};
	u64 ns;
	int ret;

	if (addr == SIM_ALERT_RESPONSE && msg.read && size == I2C_SMBUS_BYTE)
		return sim_i2c_alert_response(sim, data);

	mutex_lock(&sim->lock);
	sim_i2c_catch_up(sim);
	ns = sim->bus.busy_ns;
	ret = sim_bus_xfer(&sim->bus, &sim->sbs, &msg, data);
	ns = sim->bus.realtime ? sim->bus.busy_ns - ns : 0;
	mutex_unlock(&sim->lock);

	/* The I2C core blocks other transfers; debugfs need not wait. */
	if (ns)
		fsleep(div_u64(ns, NSEC_PER_USEC));
	return ret;
}

static u32 sim_i2c_functionality(struct i2c_adapter *adap)
{
	struct sim_i2c *sim = i2c_get_adapdata(adap);

	return SIM_FUNC & ~READ_ONCE(sim->no_func);
}

static const struct i2c_algorithm sim_i2c_algorithm = {
	.smbus_xfer = sim_i2c_xfer,
	.functionality = sim_i2c_functionality,
};

/*
 * The initial state of the pack. The values have the meaning and the limits
 * of the debugfs files; negative ones are in two's complement.
 */
static int sim_i2c_apply_firmware(struct sim_i2c *sim, struct device *dev)
{
	static const struct {
		const char *property;
		const char *control;
	} table[] = {
		/* The state of charge is relative to the full charge, which comes first. */
		{ "sim,design-milliamp-hours", "design_mah" },
		{ "sim,full-milliamp-hours", "full_mah" },
		{ "sim,design-millivolt", "design_mv" },
		{ "sim,soc-permille", "soc_permille" },
		{ "sim,load-milliamp", "load_ma" },
		{ "sim,battery-mode", "mode" },
		{ "sim,serial", "serial" },
		{ "sim,speed", "speed" },
	};
	unsigned int i;
	u32 raw;
	int ret;

	for (i = 0; i < ARRAY_SIZE(table); i++) {
		if (!device_property_present(dev, table[i].property))
			continue;
		ret = device_property_read_u32(dev, table[i].property, &raw);
		if (!ret)
			ret = sim_control_set(sim, table[i].control, (s32)raw);
		if (ret)
			return dev_err_probe(dev, ret, "bad %s\n", table[i].property);
	}

	/* The mode and the load of a pack that is present from the start */
	sim->sbs.default_mode = sim->sbs.mode;
	sim_sbs_remove(&sim->sbs);
	sim_sbs_insert(&sim->sbs);
	return 0;
}

/* The line needs no firmware: any alert is handled by i2c-smbus. */
static int sim_i2c_add_alert(struct sim_i2c *sim, struct device *dev)
{
	struct i2c_smbus_alert_setup setup = { };

	sim->ara = i2c_new_smbus_alert_device(&sim->adap, &setup);
	if (IS_ERR(sim->ara))
		return PTR_ERR(sim->ara);
	return devm_add_action_or_reset(dev, sim_i2c_stop, sim);
}

static int sim_i2c_probe(struct platform_device *pdev)
{
	struct device *dev = &pdev->dev;
	struct sim_i2c *sim;
	int ret;

	sim = devm_kzalloc(dev, sizeof(*sim), GFP_KERNEL);
	if (!sim)
		return -ENOMEM;

	ret = devm_mutex_init(dev, &sim->lock);
	if (ret)
		return ret;

	INIT_DELAYED_WORK(&sim->life, sim_i2c_life);
	sim_bus_init(&sim->bus);
	sim_sbs_init(&sim->sbs);
	sim->speed = 1;
	sim->last = ktime_get();
	ret = sim_i2c_apply_firmware(sim, dev);
	if (ret)
		return ret;

	ret = sim_debugfs_add(sim, dev);
	if (ret)
		return ret;

	sim->adap.owner = THIS_MODULE;
	sim->adap.algo = &sim_i2c_algorithm;
	sim->adap.dev.parent = dev;
	/* ACPI or device tree: the children are described below this node. */
	device_set_node(&sim->adap.dev, dev_fwnode(dev));
	strscpy(sim->adap.name, "psy-sim-i2c", sizeof(sim->adap.name));
	i2c_set_adapdata(&sim->adap, sim);
	ret = devm_i2c_add_adapter(dev, &sim->adap);
	if (ret)
		return ret;
	return sim_i2c_add_alert(sim, dev);
}

static const struct of_device_id sim_i2c_of_ids[] = {
	{ .compatible = "psy-miniclass,sim-i2c" },
	{ }
};
MODULE_DEVICE_TABLE(of, sim_i2c_of_ids);

static const struct acpi_device_id sim_i2c_acpi_ids[] = {
	{ "PSYM0001" },
	{ }
};
MODULE_DEVICE_TABLE(acpi, sim_i2c_acpi_ids);

static struct platform_driver sim_i2c_driver = {
	.probe = sim_i2c_probe,
	.driver = {
		.name = "psy-sim-i2c",
		.of_match_table = sim_i2c_of_ids,
		.acpi_match_table = sim_i2c_acpi_ids,
	},
};

static int __init sim_i2c_init(void)
{
	int ret;

	sim_debugfs_init();
	ret = platform_driver_register(&sim_i2c_driver);
	if (ret)
		sim_debugfs_exit();
	return ret;
}
module_init(sim_i2c_init);

static void __exit sim_i2c_exit(void)
{
	platform_driver_unregister(&sim_i2c_driver);
	sim_debugfs_exit();
}
module_exit(sim_i2c_exit);

MODULE_DESCRIPTION("Simulated smart battery on a simulated I2C adapter");
MODULE_LICENSE("GPL");
