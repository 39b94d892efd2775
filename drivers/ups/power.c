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
#include <linux/reboot.h>
#include <linux/sched.h>
#include <linux/suspend.h>

#include "ups.h"

/* Maximum time that one UPS may delay a power-off, by default */
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

static LIST_HEAD(ups_list);
static DEFINE_MUTEX(ups_list_lock);
static struct sys_off_handler *ups_off;

/* Abort a hook in progress: its result is not needed any more. */
static bool ups_preempt(struct ups *ups, unsigned long end)
{
	bool locked;

	WRITE_ONCE(ups->preempt, true);
	ups_wake_transport(ups);
	while (!(locked = mutex_trylock(&ups->ops_lock)) && time_before(jiffies, end))
		msleep(20);
	WRITE_ONCE(ups->preempt, false);
	return locked;
}

/* Send the command, for a UPS with a delay; the others cut at once. */
static int ups_send_off(struct ups *ups, int delay, unsigned int ms, unsigned long end)
{
	const struct ups_ops *ops = ups->desc->ops;
	int ret;

	/* Nothing can be logged after it. */
	if (ops->cut) {
		dev_emerg(ups->dev, "cutting the power now\n");
		return ops->cut(ups);
	}
	ret = ops->turn_off(ups, delay);
	/* Half done, a second attempt would cancel a shutdown that the first has started. */
	if (ret == -ETIMEDOUT && time_before(jiffies + msecs_to_jiffies(ms / 2), end))
		ret = ops->turn_off(ups, delay);
	return ret;
}

/*
 * The UPS counts down the delay itself, and switches on again with mains, even if
 * mains has returned by then.
 */
static void ups_cut_outlets(struct ups *ups)
{
	unsigned int ms = ups->desc->cut_ms ?: UPS_CUT_MS;
	unsigned long end = jiffies + msecs_to_jiffies(ms);
	struct device *dev = ups->dev;
	unsigned long flags;
	int delay = 0, ret;
	bool cut;

	spin_lock_irqsave(&ups->lock, flags);
	cut = ups_killpower_now(ups->killpower, &ups->sm, ups->powered_off.done,
				ktime_get_boottime());
	spin_unlock_irqrestore(&ups->lock, flags);
	/* Not twice: a port that is gone early had it sent early. */
	if (!cut || ups->cut)
		return;
	if (!ups->desc->ops->cut)
		delay = ups->desc->ops->off_delay(ups, ups->killpower_delay);
	if (delay < 0) {
		dev_err(dev, "has no delay of %u s, shutdown command not sent\n",
			ups->killpower_delay);
		return;
	}
	if (!ups_preempt(ups, end)) {
		dev_err(dev, "UPS is busy, shutdown command not sent\n");
		return;
	}
	/* The UPS may accept it, and its answer be lost: the next poll must not cancel it. */
	WRITE_ONCE(ups->check_pending, false);
	WRITE_ONCE(ups->deadline, end ?: 1);
	ret = ups_send_off(ups, delay, ms, end);
	WRITE_ONCE(ups->deadline, 0);
	/* The next poll must not take it for one that is pending from before. */
	ups->cut = !ret;
	mutex_unlock(&ups->ops_lock);
	if (ret)
		dev_err(dev, "shutdown command failed (%d)\n", ret);
	else if (delay)
		dev_emerg(dev, "will cut the power in %d s\n", delay);
}

/*
 * Called for a power-off only, never for a restart, halt, kexec or crash. Devices
 * have been shut down by then, but a UART still works.
 */
static int ups_off_all(struct sys_off_data *data)
{
	struct ups *ups;

	mutex_lock(&ups_list_lock);
	list_for_each_entry(ups, &ups_list, list)
		if (ups->desc->ops->turn_off || ups->desc->ops->cut)
			ups_cut_outlets(ups);
	mutex_unlock(&ups_list_lock);
	return NOTIFY_DONE;
}

/**
 * ups_pm_poweroff() - have the outlets cut when the machine hibernates
 * @ups: the instance
 *
 * Hibernation in platform mode does not call power-off handlers. For the poweroff
 * callback of the device: the image has been saved, and the port still works, as
 * children are suspended before their parent. A UPS without a delay of its own is left
 * as it is, since disks have not been flushed then.
 *
 * Context: may sleep.
 */
void ups_pm_poweroff(struct ups *ups)
{
	if (ups->desc->ops->turn_off)
		ups_cut_outlets(ups);
}
EXPORT_SYMBOL_NS_GPL(ups_pm_poweroff, "UPS");

/**
 * ups_cut_early() - have the outlets cut before the port is gone
 * @ups: the instance
 *
 * For the shutdown callback of a device whose port does not work until the end of a
 * power-off. File systems have been unmounted by then, but disks not shut down: a UPS
 * without a delay of its own cuts their power, too.
 *
 * Context: may sleep.
 */
void ups_cut_early(struct ups *ups)
{
	if (ups->desc->ops->turn_off || ups->desc->ops->cut)
		ups_cut_outlets(ups);
}
EXPORT_SYMBOL_NS_GPL(ups_cut_early, "UPS");

/**
 * ups_pm_restore() - undo ups_pm_poweroff()
 * @ups: the instance
 *
 * For the restore callback of the device: the machine did not hibernate, or was
 * switched on before the cut. In the latter case the image is from before the command, and
 * says nothing about it. Nor does an error: only the answer of the UPS may have been lost.
 * What is pending then is cancelled after the next reading.
 *
 * Context: may sleep.
 */
void ups_pm_restore(struct ups *ups)
{
	mutex_lock(&ups->ops_lock);
	if (ups->desc->ops->cancel) {
		ups->cancelled = 0;
		WRITE_ONCE(ups->check_pending, true);
		if (ups->cut)
			ups->desc->ops->cancel(ups);
	}
	ups->cut = false;
	mutex_unlock(&ups->ops_lock);
}
EXPORT_SYMBOL_NS_GPL(ups_pm_restore, "UPS");

void ups_power_init(struct ups *ups)
{
	ups->killpower = UPS_KILLPOWER_ON_BATTERY;
	ups->killpower_delay = UPS_KILLPOWER_S;
	INIT_LIST_HEAD(&ups->list);
	mutex_lock(&ups_list_lock);
	list_add_tail(&ups->list, &ups_list);
	mutex_unlock(&ups_list_lock);
}

void ups_power_exit(struct ups *ups)
{
	mutex_lock(&ups_list_lock);
	list_del_init(&ups->list);
	mutex_unlock(&ups_list_lock);
}

/* Mains may have failed in that time: a UPS that reports changes by itself is polled rarely. */
static void ups_kick_all(void)
{
	struct ups *ups;

	mutex_lock(&ups_list_lock);
	list_for_each_entry(ups, &ups_list, list)
		ups_kick(ups);
	mutex_unlock(&ups_list_lock);
}

/*
 * While tasks are frozen orderly_poweroff() finds no user space, and would switch off
 * without it: the image of a hibernation would never be written.
 */
static int ups_pm_notify(struct notifier_block *nb, unsigned long event, void *data)
{
	bool slept = ups_is_sleeping();
	bool sleeping = ups_sleep_event(event, slept);

	ups_set_sleeping(sleeping);
	if (slept && !sleeping)
		ups_kick_all();
	return NOTIFY_DONE;
}

static struct notifier_block ups_pm_nb = { .notifier_call = ups_pm_notify };

void ups_power_critical(struct ups *ups, enum ups_state state)
{
	bool prevented = !READ_ONCE(ups->poweroff) || ups_is_sleeping();

	if (!ups_poweroff_due(&ups->powered_off, state, prevented, ktime_get_boottime()))
		return;
	dev_emerg(ups->dev, "critical, powering off\n");
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
