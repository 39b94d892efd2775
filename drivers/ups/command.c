// SPDX-License-Identifier: GPL-2.0-only
/* Commands to the UPS, and what ends a hook early */
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/jiffies.h>

#include "ups.h"

static bool ups_sleeping;

/*
 * From the preparation of sleep until after resume: a query in progress is aborted then, as
 * a silent UPS would delay sleep by more than the freezer accepts.
 */
bool ups_is_sleeping(void)
{
	return READ_ONCE(ups_sleeping);
}

void ups_set_sleeping(bool sleeping)
{
	WRITE_ONCE(ups_sleeping, sleeping);
}

/**
 * ups_aborted() - check whether a hook has to end early
 * @ups: the instance
 *
 * A hook that waits checks it before each wait and after it; &struct
 * ups_transport_ops.wake ends the wait.
 *
 * Context: from a hook.
 * Return: 0; -ESHUTDOWN if the instance is being removed; -EBUSY if a power-off has to
 * call a hook, or the machine is about to sleep.
 */
int ups_aborted(struct ups *ups)
{
	/* With a deadline it is the last communication, which must succeed. */
	if (READ_ONCE(ups->deadline))
		return 0;
	if (READ_ONCE(ups->closing))
		return -ESHUTDOWN;
	return READ_ONCE(ups->preempt) || ups_is_sleeping() ? -EBUSY : 0;
}
EXPORT_SYMBOL_NS_GPL(ups_aborted, "UPS");

/**
 * ups_is_powering_off() - check whether there is a deadline
 * @ups: the instance
 *
 * Context: from a hook.
 * Return: true if the hook should not repeat or wait more than needed, because the
 * machine powers off, or the UPS is being removed.
 */
bool ups_is_powering_off(struct ups *ups)
{
	return READ_ONCE(ups->deadline);
}
EXPORT_SYMBOL_NS_GPL(ups_is_powering_off, "UPS");

/**
 * ups_time_left() - limit a wait by the deadline
 * @ups: the instance
 * @ms: wanted time, ms
 *
 * Context: from a hook.
 * Return: jiffies; 0 if the deadline has passed.
 */
unsigned long ups_time_left(struct ups *ups, unsigned int ms)
{
	unsigned long timeout = msecs_to_jiffies(ms);
	unsigned long now = jiffies;

	lockdep_assert_held(&ups->ops_lock);
	if (!ups->deadline)
		return timeout;
	return time_before(now, ups->deadline) ? min(timeout, ups->deadline - now) : 0;
}
EXPORT_SYMBOL_NS_GPL(ups_time_left, "UPS");

/**
 * ups_kick() - poll now
 * @ups: the instance
 *
 * For a UPS or a transport that announces changes, and after commands.
 *
 * Context: any.
 */
void ups_kick(struct ups *ups)
{
	unsigned long flags;

	spin_lock_irqsave(&ups->lock, flags);
	if (!ups->closing)
		mod_delayed_work(ups->wq, &ups->work, 0);
	spin_unlock_irqrestore(&ups->lock, flags);
}
EXPORT_SYMBOL_NS_GPL(ups_kick, "UPS");

/**
 * ups_command_begin() - lock the hooks for a command from user space
 * @ups: the instance
 *
 * Context: may sleep.
 * Return: 0 with the hooks locked until ups_command_end(); -ENOTCONN if communication
 * is lost.
 */
int ups_command_begin(struct ups *ups)
{
	mutex_lock(&ups->ops_lock);
	if (!ups_is_lost(ups))
		return 0;
	mutex_unlock(&ups->ops_lock);
	return -ENOTCONN;
}

/**
 * ups_command_end() - unlock the hooks, and poll if the command was accepted
 * @ups: the instance
 * @what: name of the attribute, for the log
 * @ret: return value of the hook
 *
 * Context: may sleep.
 * Return: @ret, after a warning if it is an error.
 */
int ups_command_end(struct ups *ups, const char *what, int ret)
{
	mutex_unlock(&ups->ops_lock);
	if (ret)
		dev_warn(ups->dev, "%s: command failed (%d)\n", what, ret);
	else
		ups_kick(ups);
	return ret;
}

/**
 * ups_turn_off() - have the outlets switched off
 * @ups: the instance
 * @seconds: minimum delay; %UPS_OFF_DELAY is usual
 *
 * The command is sent at once and the UPS counts down. Delays that the UPS cannot
 * encode are rounded up.
 *
 * Context: may sleep.
 * Return: the delay in the command, seconds; -EOPNOTSUPP if the UPS has no delay of
 * its own, or does not know the command; -EIO if it refuses it; -ERANGE if it does
 * not support a delay this long; -ENOTCONN if communication is lost; another error of
 * the hook.
 */
int ups_turn_off(struct ups *ups, unsigned int seconds)
{
	const struct ups_ops *ops = ups->desc->ops;
	unsigned long flags;
	int delay, ret;

	if (!ops->turn_off || !ops->off_delay)
		return -EOPNOTSUPP;
	delay = ops->off_delay(ups, seconds);
	if (delay < 0)
		return delay;
	ret = ups_command_begin(ups);
	if (ret)
		return ret;
	/* What the next poll finds pending is this one. */
	WRITE_ONCE(ups->check_pending, false);
	ret = ups_command_end(ups, "turn_off", ops->turn_off(ups, delay));
	if (ret)
		return ret;
	spin_lock_irqsave(&ups->lock, flags);
	ups->off_pending = true;
	ups->off_at = ktime_add_ms(ktime_get_boottime(), delay * MSEC_PER_SEC);
	spin_unlock_irqrestore(&ups->lock, flags);
	return delay;
}
EXPORT_SYMBOL_NS_GPL(ups_turn_off, "UPS");
