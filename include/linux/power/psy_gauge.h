/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the drivers of fuel gauges on I2C have in common, beside the class. A gauge
 * whose registers a regmap can access is a table of rows, an id table, and a probe
 * function that calls devm_psy_gauge_register().
 */
#ifndef __LINUX_POWER_PSY_GAUGE_H
#define __LINUX_POWER_PSY_GAUGE_H

#include <linux/err.h>
#include <linux/i2c.h>
#include <linux/interrupt.h>
#include <linux/module.h>
#include <linux/power/psy_miniclass.h>
#include <linux/regmap.h>

/**
 * devm_psy_gauge_request_irq() - read the gauge when it raises its interrupt
 * @client: the client, whose drvdata is the instance
 *
 * devm_psy_gauge_register() does so for a gauge with alarms. Call it for one whose
 * interrupt signals only some of its changes, or which ones is not known: the class
 * polls as well. Without an interrupt it does nothing.
 *
 * The line may be shared with other devices whose alarms are open drain outputs, if
 * their drivers agree. If it cannot be requested, the alarms of the gauge are not used:
 * nobody would release the line.
 *
 * Context: probe of an I2C driver. May sleep.
 */
static inline void devm_psy_gauge_request_irq(struct i2c_client *client)
{
	struct device *dev = &client->dev;
	int ret;

	if (client->irq <= 0)
		return;

	/* The line may be level-triggered, and active as long as the alarm is. */
	ret = devm_request_threaded_irq(dev, client->irq, NULL, psy_miniclass_irq,
					IRQF_ONESHOT | IRQF_SHARED, dev_name(dev),
					i2c_get_clientdata(client));
	if (ret) {
		dev_warn(dev, "cannot request interrupt (%d), polling\n", ret);
		psy_miniclass_drop_alarms(i2c_get_clientdata(client));
	}
}

/**
 * devm_psy_gauge_register() - register the gauge behind an I2C client
 * @client: the client. The instance becomes its drvdata.
 * @desc: type of the gauge
 * @map: its registers
 * @config: the instance, without its regmap. &psy_miniclass_config->alarms are those
 *	that the chip can signal; none are used if the client has no interrupt.
 *
 * Without an interrupt, the class finds changes by polling.
 *
 * Context: probe of an I2C driver. May sleep.
 * Return: 0, or an error, which has been logged.
 */
static inline int devm_psy_gauge_register(struct i2c_client *client,
					  const struct psy_miniclass_desc *desc,
					  const struct regmap_config *map,
					  struct psy_miniclass_config *config)
{
	struct device *dev = &client->dev;
	struct psy_miniclass *mc;

	config->regmap = devm_regmap_init_i2c(client, map);
	if (IS_ERR(config->regmap))
		return dev_err_probe(dev, PTR_ERR(config->regmap),
				     "adapter %s lacks the transfers of the gauge\n",
				     client->adapter->name);
	if (client->irq <= 0)
		config->alarms = 0;
	mc = devm_psy_miniclass_register(dev, desc, config);
	if (IS_ERR(mc))
		return PTR_ERR(mc);
	i2c_set_clientdata(client, mc);
	if (config->alarms)
		devm_psy_gauge_request_irq(client);
	return 0;
}

/* Report a device of the I2C driver @driver to which a different driver is bound. */
static inline int psy_gauge_report_other(struct device *dev, void *driver)
{
	struct device_driver *own = driver;

	/* The probe of a different device may be slow: do not wait for it. */
	if (!own->bus->match(dev, own))
		return 0;
	device_lock(dev);
	if (dev->driver && dev->driver != own)
		dev_info(dev, "used by %s; for %s write %s to /sys/bus/i2c/drivers/%s/unbind and then to .../%s/bind\n",
			 dev->driver->name, own->name, dev_name(dev), dev->driver->name, own->name);
	device_unlock(dev);
	return 0;
}

/**
 * psy_gauge_add_driver() - register the driver of a gauge
 * @driver: the driver
 *
 * The kernel may have another driver for the same device. If that one was faster, the
 * log says so, and how to change it.
 *
 * Context: may sleep.
 * Return: as i2c_add_driver().
 */
static inline int psy_gauge_add_driver(struct i2c_driver *driver)
{
	int ret = i2c_add_driver(driver);

	if (!ret)
		bus_for_each_dev(&i2c_bus_type, NULL, &driver->driver, psy_gauge_report_other);
	return ret;
}

/**
 * module_psy_gauge() - what module_i2c_driver() is for other drivers
 * @driver: the &struct i2c_driver
 */
#define module_psy_gauge(driver) \
	module_driver(driver, psy_gauge_add_driver, i2c_del_driver)

#endif /* __LINUX_POWER_PSY_GAUGE_H */
