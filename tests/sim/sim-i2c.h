/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __PSY_SIM_I2C_H
#define __PSY_SIM_I2C_H

#include <linux/i2c.h>
#include <linux/ktime.h>
#include <linux/mutex.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "sim-bus.h"
#include "sim-sbs.h"

struct dentry;

#define SIM_MAX_SPEED	1000000

/**
 * struct sim_i2c - an adapter with a bus and a slot for a pack
 * @adap: for the I2C core
 * @lock: held for everything below
 * @bus: the bus
 * @sbs: the slot
 * @speed: simulated seconds per second
 * @no_func: functionality that the adapter does not report, I2C_FUNC_*
 * @last: time up to which the pack is simulated
 * @rest_ns: simulated time not yet passed to the pack, less than a millisecond
 * @alert: the pack is connected to the SMBALERT# line
 * @alerts: alarms raised on it so far
 * @alarms: alarm bits of BatteryStatus() when last read
 * @alerting: the pack holds the line low until its address is read
 * @ara: client that handles the alert in the kernel
 * @life: checks for alarms while @alert is set
 */
struct sim_i2c {
	struct i2c_adapter adap;
	struct mutex lock;	/* see above */
	struct sim_bus bus;
	struct sim_sbs sbs;
	int speed;
	int no_func;
	ktime_t last;
	u32 rest_ns;
	int alert;
	int alerts;
	u16 alarms;
	bool alerting;
	struct i2c_client *ara;
	struct delayed_work life;
};

void sim_i2c_catch_up(struct sim_i2c *sim);
void sim_i2c_set_alert(struct sim_i2c *sim, bool on);

void sim_debugfs_init(void);
void sim_debugfs_exit(void);
int sim_debugfs_add(struct sim_i2c *sim, struct device *dev);
int sim_control_set(struct sim_i2c *sim, const char *name, s64 val);

#endif /* __PSY_SIM_I2C_H */
