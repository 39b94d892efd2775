// SPDX-License-Identifier: GPL-2.0-only
/* The end: cutting the outlets as the machine powers off, and making it do so. */
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/reboot.h>
#include <linux/sched.h>
#include <linux/serdev.h>

#include "ups.h"

/* Nothing may hold up a power-off for longer. */
#define UPS_CUT_MS		3000

/* Disks are flushed by then: what is left of the machine needs little time. */
#define UPS_KILLPOWER_S		60

/* A query that is on its way is cut short: nobody will read its reply. */
static bool ups_port_lock(struct ups_serial *ups, unsigned long end)
{
	bool locked;

	WRITE_ONCE(ups->hurry, true);
	wake_up_all(&ups->replied);
	while (!(locked = mutex_trylock(&ups->port)) && time_before(jiffies, end))
		msleep(20);
	WRITE_ONCE(ups->hurry, false);
	return locked;
}

/*
 * Called for a power-off only, never for a restart, halt, kexec or crash, when
 * devices have been shut down; the port of a UART works on. The UPS counts the
 * delay, and switches on again with mains, also if that has returned meanwhile.
 */
static int ups_cut(struct sys_off_data *data)
{
	struct ups_serial *ups = data->cb_data;
	unsigned long end = jiffies + msecs_to_jiffies(UPS_CUT_MS);
	struct device *dev = &ups->serdev->dev;
	unsigned long flags;
	int delay, ret;
	bool cut;

	spin_lock_irqsave(&ups->pub, flags);
	cut = ups_killpower_now(ups->killpower, &ups->judge);
	spin_unlock_irqrestore(&ups->pub, flags);
	if (!cut)
		return NOTIFY_DONE;
	delay = ups->desc->ops->off_delay(ups->killpower_delay);
	if (delay < 0)
		return NOTIFY_DONE;
	if (!ups_port_lock(ups, end)) {
		dev_err(dev, "port is busy, power is not cut\n");
		return NOTIFY_DONE;
	}
	ups->deadline = end ?: 1;
	ret = ups->desc->ops->turn_off(ups, delay);
	ups->deadline = 0;
	mutex_unlock(&ups->port);
	if (ret)
		dev_err(dev, "cannot command to cut the power (%d)\n", ret);
	else
		dev_emerg(dev, "will cut the power in %d s\n", delay);
	return NOTIFY_DONE;
}

int ups_power_init(struct ups_serial *ups)
{
	ups->killpower = UPS_KILLPOWER_ON_BATTERY;
	ups->killpower_delay = UPS_KILLPOWER_S;
	if (!ups->desc->ops->turn_off)
		return 0;

	ups->sys_off = register_sys_off_handler(SYS_OFF_MODE_POWER_OFF_PREPARE,
						SYS_OFF_PRIO_DEFAULT, ups_cut, ups);
	return PTR_ERR_OR_ZERO(ups->sys_off);
}

void ups_power_exit(struct ups_serial *ups)
{
	if (!IS_ERR_OR_NULL(ups->sys_off))
		unregister_sys_off_handler(ups->sys_off);
	ups->sys_off = NULL;
}

/* Once, and for good: a machine that has begun to power off is not called back. */
void ups_power_critical(struct ups_serial *ups, enum ups_state state)
{
	if (state != UPS_CRITICAL || !READ_ONCE(ups->poweroff) || ups->powered_off)
		return;
	ups->powered_off = true;
	dev_emerg(&ups->serdev->dev, "critical, powering off\n");
	orderly_poweroff(true);
}
