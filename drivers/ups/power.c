// SPDX-License-Identifier: GPL-2.0-only
/* Power-off: UPS shutdown command and critical action */
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/pm.h>
#include <linux/reboot.h>
#include <linux/sched.h>
#include <linux/serdev.h>
#include <linux/suspend.h>

#include "ups.h"

/* Maximum time that one UPS may delay a power-off */
#define UPS_CUT_MS		3000

/* Disks are already flushed: the rest of the power-off is short. */
#define UPS_KILLPOWER_S		60

/*
 * Before ACPI's own handler, which evaluates _PTS: after that, firmware may have
 * changed the chip with the port. Each priority except the default accepts only one
 * handler.
 */
#define UPS_OFF_PRIO		(SYS_OFF_PRIO_FIRMWARE + 1)
#define UPS_OFF_PRIOS		8

/* A critical power-off takes up to 90 s to stop services, by systemd's defaults. */
#define UPS_REPEAT_MS		120000

/* Then a power-off with mains has a different reason than a low battery before it. */
#define UPS_FORGET_MS		1800000

static bool ups_sleeping;
static LIST_HEAD(ups_list);
static DEFINE_MUTEX(ups_list_lock);
static struct sys_off_handler *ups_off;

/* Abort a query in progress: its reply is not needed any more. */
static bool ups_port_lock(struct ups_serial *ups, unsigned long end)
{
	bool locked;

	WRITE_ONCE(ups->preempt, true);
	wake_up_all(&ups->replied);
	while (!(locked = mutex_trylock(&ups->port_lock)) && time_before(jiffies, end))
		msleep(20);
	WRITE_ONCE(ups->preempt, false);
	return locked;
}

/*
 * The UPS counts down the delay itself, and switches on again with mains, even if
 * mains has returned by then.
 */
static void ups_cut_outlets(struct ups_serial *ups)
{
	unsigned long end = jiffies + msecs_to_jiffies(UPS_CUT_MS);
	struct device *dev = &ups->serdev->dev;
	unsigned long flags;
	int delay, ret;
	bool cut;

	spin_lock_irqsave(&ups->lock, flags);
	cut = ups_killpower_now(ups->killpower, &ups->sm, ups->powered_off,
				ktime_get_boottime());
	spin_unlock_irqrestore(&ups->lock, flags);
	if (!cut)
		return;
	delay = ups->desc->ops->off_delay(ups->killpower_delay);
	if (delay < 0)
		return;
	if (!ups_port_lock(ups, end)) {
		dev_err(dev, "port is busy, shutdown command not sent\n");
		return;
	}
	ups->deadline = end ?: 1;
	ret = ups->desc->ops->turn_off(ups, delay);
	/* Half done, a second attempt would cancel a shutdown that the first has started. */
	if (ret == -ETIMEDOUT && time_before(jiffies + msecs_to_jiffies(UPS_CUT_MS / 2), end))
		ret = ups->desc->ops->turn_off(ups, delay);
	ups->deadline = 0;
	/* The next poll must not take it for one that is pending from before. */
	ups->cut = !ret;
	mutex_unlock(&ups->port_lock);
	if (ret)
		dev_err(dev, "shutdown command failed (%d)\n", ret);
	else
		dev_emerg(dev, "will cut the power in %d s\n", delay);
}

/*
 * Called for a power-off only, never for a restart, halt, kexec or crash. Devices
 * have been shut down by then, but a UART still works.
 */
static int ups_off_all(struct sys_off_data *data)
{
	struct ups_serial *ups;

	mutex_lock(&ups_list_lock);
	list_for_each_entry(ups, &ups_list, list)
		ups_cut_outlets(ups);
	mutex_unlock(&ups_list_lock);
	return NOTIFY_DONE;
}

/*
 * Hibernation in platform mode does not call power-off handlers. When this is called,
 * the image has been saved, and the port still works: children are suspended before
 * their parent.
 */
static int ups_pm_poweroff(struct device *dev)
{
	struct ups_serial *ups = dev_get_drvdata(dev);

	if (ups && ups->desc->ops->turn_off)
		ups_cut_outlets(ups);
	return 0;
}

/* The machine did not hibernate, or was switched on before the cut. */
static int ups_pm_restore(struct device *dev)
{
	struct ups_serial *ups = dev_get_drvdata(dev);

	if (!ups || !ups->desc->ops->cancel)
		return 0;
	WRITE_ONCE(ups->check_pending, true);
	if (!ups->cut)
		return 0;
	mutex_lock(&ups->port_lock);
	ups->cut = false;
	ups->desc->ops->cancel(ups);
	mutex_unlock(&ups->port_lock);
	return 0;
}

/*
 * For the driver structure of a minidriver: cuts the outlets when the machine
 * hibernates, as on a power-off.
 */
const struct dev_pm_ops ups_serial_pm_ops = {
	.poweroff = ups_pm_poweroff,
	.restore = ups_pm_restore,
};
EXPORT_SYMBOL_NS_GPL(ups_serial_pm_ops, "UPS_SERIAL");

void ups_power_init(struct ups_serial *ups)
{
	ups->killpower = UPS_KILLPOWER_ON_BATTERY;
	ups->killpower_delay = UPS_KILLPOWER_S;
	INIT_LIST_HEAD(&ups->list);
	if (!ups->desc->ops->turn_off)
		return;
	mutex_lock(&ups_list_lock);
	list_add_tail(&ups->list, &ups_list);
	mutex_unlock(&ups_list_lock);
}

void ups_power_exit(struct ups_serial *ups)
{
	mutex_lock(&ups_list_lock);
	list_del_init(&ups->list);
	mutex_unlock(&ups_list_lock);
}

/*
 * From the preparation of sleep until after resume: a query in progress is aborted then, as
 * a silent UPS would delay sleep by more than the freezer accepts.
 */
bool ups_is_sleeping(void)
{
	return READ_ONCE(ups_sleeping);
}

/*
 * While tasks are frozen orderly_poweroff() finds no user space, and would switch off
 * without it: the image of a hibernation would never be written.
 */
static int ups_pm_notify(struct notifier_block *nb, unsigned long event, void *data)
{
	switch (event) {
	case PM_SUSPEND_PREPARE:
	case PM_HIBERNATION_PREPARE:
		WRITE_ONCE(ups_sleeping, true);
		break;
	case PM_POST_SUSPEND:
	case PM_POST_HIBERNATION:
		WRITE_ONCE(ups_sleeping, false);
		break;
	}
	return NOTIFY_DONE;
}

static struct notifier_block ups_pm_nb = { .notifier_call = ups_pm_notify };

/*
 * A power-off that has started is not cancelled when mains returns. One that has come
 * to nothing is repeated, and forgotten when mains has been back for long enough.
 */
void ups_power_critical(struct ups_serial *ups, enum ups_state state)
{
	ktime_t now = ktime_get_boottime();
	s64 ago = ktime_ms_delta(now, ups->powered_off_at);

	if (state == UPS_ONLINE && ups->powered_off && ago >= UPS_FORGET_MS)
		ups->powered_off = false;
	if (state != UPS_CRITICAL || !READ_ONCE(ups->poweroff) || ups_is_sleeping() ||
	    (ups->powered_off && ago < UPS_REPEAT_MS))
		return;
	ups->powered_off = true;
	ups->powered_off_at = now;
	dev_emerg(&ups->serdev->dev, "critical, powering off\n");
	orderly_poweroff(true);
}

int ups_power_module_init(void)
{
	int i, ret;

	ret = register_pm_notifier(&ups_pm_nb);
	if (ret)
		return ret;
	for (i = 0; i < UPS_OFF_PRIOS; i++) {
		ups_off = register_sys_off_handler(SYS_OFF_MODE_POWER_OFF_PREPARE,
						   UPS_OFF_PRIO + i, ups_off_all, NULL);
		if (ups_off != ERR_PTR(-EBUSY))
			break;
	}
	if (IS_ERR(ups_off))
		unregister_pm_notifier(&ups_pm_nb);
	return PTR_ERR_OR_ZERO(ups_off);
}

void ups_power_module_exit(void)
{
	unregister_pm_notifier(&ups_pm_nb);
	unregister_sys_off_handler(ups_off);
}
