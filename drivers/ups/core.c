// SPDX-License-Identifier: GPL-2.0-only
/* UPS core: instances and polling */
#include <linux/debugfs.h>
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/idr.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "ups.h"

/* Poll interval multiplier while not responding */
#define UPS_BACKOFF	3

/* Polls until the unknown parts of the ident are queried again */
#define UPS_REFINE	15

/* Time that the stop hook may take */
#define UPS_STOP_MS	1000

/*
 * A pending shutdown is cancelled this often: the flag of some units means nothing, and others
 * have none.
 */
#define UPS_CANCELS	3

static DEFINE_IDA(ups_ids);
static struct dentry *ups_debugfs_root;

/**
 * ups_get_drvdata() - private data of the minidriver
 * @ups: the instance
 *
 * Context: any.
 * Return: the pointer passed to devm_ups_register().
 */
void *ups_get_drvdata(struct ups *ups)
{
	return ups->drvdata;
}
EXPORT_SYMBOL_NS_GPL(ups_get_drvdata, "UPS");

/**
 * ups_get_transport() - the transport of a UPS
 * @ups: the instance
 *
 * Context: any.
 * Return: the pointer passed to devm_ups_register().
 */
void *ups_get_transport(struct ups *ups)
{
	return ups->transport;
}
EXPORT_SYMBOL_NS_GPL(ups_get_transport, "UPS");

/* Log state changes. */
static void ups_log(struct ups *ups, enum ups_state state)
{
	struct device *dev = ups->dev;

	switch (state) {
	case UPS_ONLINE:
		dev_info(dev, "online\n");
		break;
	case UPS_NO_COMM:
		dev_warn(dev, "communication lost\n");
		break;
	default:
		dev_warn(dev, "%s\n", ups_state_name(state));
		break;
	}
}

static void ups_apply_reading(struct ups *ups, struct ups_status *status)
{
	ktime_t now = ktime_get_boottime();
	enum ups_state before, after;
	u32 gone = 0;
	unsigned long flags;
	bool was_lost, lost;
	int capacity;

	spin_lock_irqsave(&ups->lock, flags);
	before = ups->sm.state;
	was_lost = ups->sm.lost;
	if (status) {
		after = ups_sm_reading(&ups->sm, status, now);
		/* Time without readings says nothing about their values. */
		if (was_lost)
			memset(ups->missing, 0, sizeof(ups->missing));
		ups_status_keep(status, &ups->status, ups->missing, ktime_get());
		gone = ups->status.valid & ~status->valid;
		ups->status = *status;
	} else {
		after = ups_sm_miss(&ups->sm, now);
	}
	lost = ups->sm.lost;
	capacity = ups_capacity(ups_sm_power_state(&ups->sm), &ups->status);
	if (capacity >= 0)
		ups->capacity = capacity;
	spin_unlock_irqrestore(&ups->lock, flags);

	if (lost && !was_lost)
		ups->stats.losses++;
	if (gone & UPS_HAS_CHARGE)
		dev_warn(ups->dev, "does not report the charge any more\n");
	if (before != after)
		ups_log(ups, after);
	else if (lost != was_lost)
		dev_warn(ups->dev, "communication %s\n", lost ? "lost" : "restored");
	psy_waits_wake(&ups->waits);
	if (ups->mains)
		ups_supplies_update(ups);
	ups_power_critical(ups, after);
}

/* Call the hook @read for the ident, or for the rest of it. */
static int ups_identify(struct ups *ups,
			int (*read)(struct ups *ups, struct ups_ident *ident))
{
	struct ups_ident ident = { };
	unsigned long flags;
	int ret;

	lockdep_assert_held(&ups->ops_lock);
	ret = read(ups, &ident);
	if (ret < 0)
		return ret;
	ups->refine_in = ret == UPS_INCOMPLETE && ups->desc->ops->refine ? UPS_REFINE : 0;

	spin_lock_irqsave(&ups->lock, flags);
	ups_ident_fill(&ups->ident, &ident);
	spin_unlock_irqrestore(&ups->lock, flags);
	return 0;
}

static void ups_pending_checked(struct ups *ups)
{
	WRITE_ONCE(ups->check_pending, false);
	ups->cancelled = 0;
}

/* Only the answer to the command says whether it has arrived. */
static void ups_cancel_hidden(struct ups *ups)
{
	int ret = ups->desc->ops->cancel(ups);

	/* Aborted: that says nothing about the UPS. */
	if (ret == -ESHUTDOWN || ret == -EBUSY)
		return;
	/* A unit that does not know it cannot be helped. */
	if (ret && ret != -EOPNOTSUPP && ++ups->cancelled < UPS_CANCELS)
		return;
	if (ret)
		dev_err(ups->dev, "cannot cancel a shutdown that may be pending (%d)\n", ret);
	ups_pending_checked(ups);
}

/*
 * A shutdown may still be pending from the previous boot, from before the driver
 * was bound again, or from a hibernation that ended before the cut.
 */
static void ups_cancel_pending(struct ups *ups, const struct ups_status *status)
{
	const struct ups_ops *ops = ups->desc->ops;
	struct device *dev = ups->dev;
	int ret;

	lockdep_assert_held(&ups->ops_lock);
	if (!READ_ONCE(ups->check_pending))
		return;
	if (!ops->cancel || ups->cut) {
		ups_pending_checked(ups);
		return;
	}
	if (ups->desc->hides_shutdown) {
		ups_cancel_hidden(ups);
		return;
	}
	if (!(status->flags & UPS_FLAG_SHUTDOWN) || ups->cancelled == UPS_CANCELS) {
		ups_pending_checked(ups);
		return;
	}
	/* The power goes if this fails for good, or is lost: the next reading shows it. */
	ret = ops->cancel(ups);
	if (ret) {
		dev_err_ratelimited(dev, "cannot cancel a pending shutdown (%d)\n", ret);
		return;
	}
	ups->cancelled++;
	dev_warn(dev, "cancelling a pending shutdown\n");
}

static int ups_poll(struct ups *ups)
{
	const struct ups_ops *ops = ups->desc->ops;
	struct ups_status status = { };
	int ret = 0;

	mutex_lock(&ups->ops_lock);
	if (ups->sm.lost)
		ret = ups_identify(ups, ops->identify);
	else if (ups->refine_in && !--ups->refine_in)
		ups_identify(ups, ops->refine);
	if (!ret)
		ret = ops->get_status(ups, &status);
	if (!ret)
		ups_cancel_pending(ups, &status);
	mutex_unlock(&ups->ops_lock);

	/* Aborted: that says nothing about the UPS. */
	if (ret == -ESHUTDOWN || ret == -EBUSY)
		return ret;
	if (ret == -EBADMSG)
		ups->stats.bad_replies++;
	ups_apply_reading(ups, ret ? NULL : &status);
	/* Try once; a conflict will not go away. */
	if (!ret && !ups->registered) {
		ups->registered = true;
		ups_supplies_register(ups);
	}
	return ret;
}

static void ups_work(struct work_struct *work)
{
	struct ups *ups = container_of(to_delayed_work(work), struct ups, work);
	unsigned int ms = ups->desc->poll_ms;

	if (ups_poll(ups) == -ESHUTDOWN)
		return;
	/* No backoff on battery: critical has a deadline. */
	if (ups->sm.lost && ups->sm.last <= UPS_ONLINE)
		ms *= UPS_BACKOFF;
	if (!READ_ONCE(ups->closing))
		queue_delayed_work(ups->wq, &ups->work, msecs_to_jiffies(ms));
}

/* The last hook: its communication has a short deadline, as nobody waits for it. */
static void ups_call_stop(struct ups *ups)
{
	mutex_lock(&ups->ops_lock);
	WRITE_ONCE(ups->deadline, jiffies + msecs_to_jiffies(UPS_STOP_MS) ?: 1);
	ups->desc->ops->stop(ups);
	WRITE_ONCE(ups->deadline, 0);
	mutex_unlock(&ups->ops_lock);
}

/**
 * ups_stop() - stop polling and unregister the supplies
 * @ups: the instance
 *
 * Aborts a hook in progress and ends all waits. Called by devres when the device is
 * unbound; safe to call twice.
 *
 * Context: may sleep.
 */
void ups_stop(struct ups *ups)
{
	unsigned long flags;
	bool again;

	spin_lock_irqsave(&ups->lock, flags);
	again = ups->closing;
	ups->closing = true;
	spin_unlock_irqrestore(&ups->lock, flags);
	if (again)
		return;
	ups_wake_transport(ups);
	psy_waits_end(&ups->waits);
	cancel_delayed_work_sync(&ups->work);
	ups_power_exit(ups);
	ups_supplies_unregister(ups);
	debugfs_remove(ups->debugfs);
	if (ups->desc->ops->stop)
		ups_call_stop(ups);
}
EXPORT_SYMBOL_NS_GPL(ups_stop, "UPS");

static int stats_show(struct seq_file *s, void *unused)
{
	struct ups *ups = s->private;

	seq_printf(s, "state %s\nbad_replies %llu\nlosses %llu\n",
		   ups_state_name(ups_get_state(ups)), ups->stats.bad_replies,
		   ups->stats.losses);
	if (ups->transport_ops)
		ups->transport_ops->show(ups->transport, s);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(stats);

static void ups_free(struct ups *ups)
{
	destroy_workqueue(ups->wq);
	ida_free(&ups_ids, ups->id);
	mutex_destroy(&ups->ops_lock);
	kfree(ups);
}

static void ups_release(void *data)
{
	ups_stop(data);
	ups_free(data);
}

static struct ups *ups_alloc(struct device *dev, const struct ups_desc *desc,
			     const struct ups_config *config)
{
	struct ups *ups = kzalloc(sizeof(*ups), GFP_KERNEL);

	if (!ups)
		return NULL;
	ups->id = ida_alloc(&ups_ids, GFP_KERNEL);
	if (ups->id < 0)
		goto free_ups;
	ups->wq = alloc_ordered_workqueue("ups%d", WQ_FREEZABLE, ups->id);
	if (!ups->wq)
		goto free_id;

	ups->dev = dev;
	ups->desc = desc;
	ups->drvdata = config->drvdata;
	ups->transport = config->transport;
	ups->transport_ops = config->transport_ops;
	ups->sm.lost = true;
	ups->sm.rules.misses = desc->misses;
	ups->sm.rules.lows = desc->lows;
	/* Otherwise identify() has cancelled it. */
	ups->check_pending = !desc->hides_shutdown;
	snprintf(ups->name, sizeof(ups->name), "ups%d", ups->id);
	snprintf(ups->mains_name, sizeof(ups->mains_name), "ups%d-mains", ups->id);
	mutex_init(&ups->ops_lock);
	spin_lock_init(&ups->lock);
	psy_waits_init(&ups->waits);
	INIT_DELAYED_WORK(&ups->work, ups_work);
	return ups;

free_id:
	ida_free(&ups_ids, ups->id);
free_ups:
	kfree(ups);
	return NULL;
}

/**
 * devm_ups_register() - start monitoring a UPS
 * @dev: device of the UPS
 * @desc: protocol; must outlive the instance
 * @config: this instance; not used after the call
 *
 * Starts polling. Hooks may be called before this returns. The supplies are registered
 * when the UPS responds for the first time, and stay registered until the device is
 * unbound, whether it responds or not.
 *
 * Context: may sleep; from probe.
 * Return: the instance or an ERR_PTR(): -EINVAL for an invalid firmware property or
 * an incomplete @desc, or -ENOMEM.
 */
struct ups *devm_ups_register(struct device *dev, const struct ups_desc *desc,
			      const struct ups_config *config)
{
	struct ups *ups;
	int ret;

	if (!desc->ops || !desc->ops->identify || !desc->ops->get_status ||
	    !desc->ops->off_delay != !desc->ops->turn_off ||
	    (desc->ops->cut && desc->ops->turn_off))
		return ERR_PTR(dev_err_probe(dev, -EINVAL, "operations are missing\n"));

	ups = ups_alloc(dev, desc, config);
	if (!ups)
		return ERR_PTR(-ENOMEM);
	ret = ups_read_rules(ups);
	if (ret) {
		ups_free(ups);
		return ERR_PTR(ret);
	}
	ups_power_init(ups);
	ups->debugfs = debugfs_create_dir(ups->name, ups_debugfs_root);
	debugfs_create_file("stats", 0444, ups->debugfs, ups, &stats_fops);
	queue_delayed_work(ups->wq, &ups->work, msecs_to_jiffies(config->delay_ms));
	ret = devm_add_action_or_reset(dev, ups_release, ups);
	return ret ? ERR_PTR(ret) : ups;
}
EXPORT_SYMBOL_NS_GPL(devm_ups_register, "UPS");

static int __init ups_core_init(void)
{
	int ret = ups_power_module_init();

	if (!ret)
		ups_debugfs_root = debugfs_create_dir("ups", NULL);
	return ret;
}
module_init(ups_core_init);

static void __exit ups_core_exit(void)
{
	debugfs_remove(ups_debugfs_root);
	ups_power_module_exit();
	ida_destroy(&ups_ids);
}
module_exit(ups_core_exit);

MODULE_DESCRIPTION("Core for UPS drivers");
MODULE_AUTHOR("The psy-miniclass developers");
MODULE_LICENSE("GPL");
MODULE_VERSION(PSY_VERSION);
MODULE_IMPORT_NS("PSY_MINICLASS");
