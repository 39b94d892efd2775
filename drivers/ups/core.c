// SPDX-License-Identifier: GPL-2.0-only
/*
 * Core for serial UPS drivers: access to the port, polling, and the functions for
 * minidrivers.
 */
#include <kunit/visibility.h>
#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/idr.h>
#include <linux/module.h>
#include <linux/property.h>
#include <linux/seq_file.h>
#include <linux/serdev.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/termios.h>

#include "ups.h"

/* Attempts per query before the poll counts as a miss */
#define UPS_TRIES	2

/* Silence that ends a reply or a line of garbage; maximum wait for it */
#define UPS_QUIET_MS	100
#define UPS_NOISY_MS	600

/* Maximum wait for the answer to a command, which is short; less at power-off */
#define UPS_ACK_MS	800
#define UPS_ACK_POWEROFF_MS 300

/*
 * Time for a command to leave the port at a power-off; ten characters at 300 baud take
 * 350 ms. A port that never sends must leave time for the next command.
 */
#define UPS_DRAIN_POWEROFF_MS 600

/* Poll interval multiplier while not responding */
#define UPS_BACKOFF	3

/* Polls until the unknown parts of the ident are queried again */
#define UPS_REFINE	15

/* A pending shutdown is cancelled this often: the flag of some units means nothing. */
#define UPS_CANCELS	3

static DEFINE_IDA(ups_ids);
static struct dentry *ups_debugfs_root;

/**
 * ups_serial_get_drvdata() - private data of the minidriver
 * @ups: the instance
 *
 * Context: any.
 * Return: the pointer passed to devm_ups_serial_init().
 */
void *ups_serial_get_drvdata(struct ups_serial *ups)
{
	return ups->drvdata;
}
EXPORT_SYMBOL_NS_GPL(ups_serial_get_drvdata, "UPS_SERIAL");

/**
 * ups_serial_fw_u32() - read and check an optional firmware property
 * @serdev: device
 * @name: name of the property
 * @min: smallest allowed value
 * @max: largest allowed value
 * @val: the default; set to the value of the property if there is one
 *
 * Context: may sleep; from probe.
 * Return: 0; -EINVAL if type or value are wrong, after a message that names the
 * property and the allowed values.
 */
int ups_serial_fw_u32(struct serdev_device *serdev, const char *name, u32 min, u32 max,
		      u32 *val)
{
	struct device *dev = &serdev->dev;
	u32 v;

	if (!device_property_present(dev, name))
		return 0;
	if (device_property_count_u32(dev, name) != 1 ||
	    device_property_read_u32(dev, name, &v))
		return dev_err_probe(dev, -EINVAL,
				     "%s: must be one 32-bit integer, %u..%u\n",
				     name, min, max);
	if (v < min || v > max)
		return dev_err_probe(dev, -EINVAL, "%s: is %u, must be %u..%u\n",
				     name, v, min, max);
	*val = v;
	return 0;
}
EXPORT_SYMBOL_NS_GPL(ups_serial_fw_u32, "UPS_SERIAL");

static void ups_push(struct ups_serial *ups, const unsigned char *data, size_t len)
{
	lockdep_assert_held(&ups->rx_lock);
	ups_framer_push(&ups->framer, data, len);
}

static SERDEV_RX_RET ups_receive(struct serdev_device *serdev, const unsigned char *data,
				 size_t len)
{
	struct ups_serial *ups = serdev_device_get_drvdata(serdev);
	unsigned long flags;
	bool done;

	spin_lock_irqsave(&ups->rx_lock, flags);
	ups->received += len;
	ups_push(ups, data, len);
	done = ups->framer.done;
	spin_unlock_irqrestore(&ups->rx_lock, flags);
	if (done)
		wake_up(&ups->replied);
	return len;
}

static const struct serdev_device_ops ups_port_ops = {
	.receive_buf = ups_receive,
	.write_wakeup = serdev_device_write_wakeup,
};

static bool ups_framer_is_done(struct ups_serial *ups)
{
	unsigned long flags;
	bool done;

	spin_lock_irqsave(&ups->rx_lock, flags);
	done = ups->framer.done;
	spin_unlock_irqrestore(&ups->rx_lock, flags);
	return done;
}

static bool ups_reply_done(struct ups_serial *ups)
{
	return ups_framer_is_done(ups) || READ_ONCE(ups->closing) || READ_ONCE(ups->preempt);
}

static void ups_arm(struct ups_serial *ups, char start)
{
	unsigned long flags;

	spin_lock_irqsave(&ups->rx_lock, flags);
	ups_framer_arm(&ups->framer, start);
	spin_unlock_irqrestore(&ups->rx_lock, flags);
}

/* @ms, limited by the deadline; 0 if that has passed. Caller holds port_lock. */
static unsigned long ups_timeout(struct ups_serial *ups, unsigned int ms)
{
	unsigned long timeout = msecs_to_jiffies(ms);
	unsigned long now = jiffies;

	lockdep_assert_held(&ups->port_lock);
	if (!ups->deadline)
		return timeout;
	return time_before(now, ups->deadline) ? min(timeout, ups->deadline - now) : 0;
}

static u64 ups_received(struct ups_serial *ups)
{
	unsigned long flags;
	u64 received;

	spin_lock_irqsave(&ups->rx_lock, flags);
	received = ups->received;
	spin_unlock_irqrestore(&ups->rx_lock, flags);
	return received;
}

/*
 * Wait until nothing more is received: the interface of a UPS may not receive while
 * it sends, and the rest of a late reply must not be taken for the reply to the next
 * query. Caller holds port_lock.
 */
static void ups_wait_quiet(struct ups_serial *ups)
{
	unsigned long end = jiffies + ups_timeout(ups, UPS_NOISY_MS);
	u64 before;

	if (ups->reply_pending)
		msleep(2 * UPS_QUIET_MS);
	ups->reply_pending = false;
	do {
		before = ups_received(ups);
		msleep(UPS_QUIET_MS);
	} while (ups_received(ups) != before && time_before(jiffies, end) &&
		 !READ_ONCE(ups->closing));
}

/*
 * serdev does not report whether bytes are left in the buffers of the port, but if
 * there are, the wait uses up its timeout. Caller holds port_lock.
 */
static int ups_drain_tx(struct ups_serial *ups)
{
	unsigned int ms = ups->deadline ? min(ups->reply_ms, UPS_DRAIN_POWEROFF_MS) : ups->reply_ms;
	unsigned long timeout = ups_timeout(ups, ms);
	unsigned long end = jiffies + timeout;

	/* serdev takes 0 for no limit. */
	if (timeout)
		serdev_device_wait_until_sent(ups->serdev, timeout);
	return time_before(jiffies, end) ? 0 : -ETIMEDOUT;
}

/* Caller holds port_lock. */
static int ups_write(struct ups_serial *ups, const char *command)
{
	unsigned long timeout = ups_timeout(ups, ups->reply_ms);
	size_t len = strlen(command);
	char text[24];
	ssize_t sent;
	int ret;

	if (READ_ONCE(ups->closing))
		return -ESHUTDOWN;
	if (len + 1 > sizeof(text))
		return -EMSGSIZE;
	if (!timeout)
		return -ETIMEDOUT;

	memcpy(text, command, len);
	text[len++] = ups->desc->end;
	sent = serdev_device_write(ups->serdev, text, len, timeout);
	if (sent < 0)
		ret = sent;
	else
		ret = sent == len ? ups_drain_tx(ups) : -ETIMEDOUT;
	/* After an error the command must not be sent some time later. */
	if (ret)
		serdev_device_write_flush(ups->serdev);
	return ret;
}

/**
 * ups_serial_send() - send a command that is never answered
 * @ups: the instance
 * @command: text, without terminator
 *
 * Context: may sleep; from a hook.
 * Return: 0 when the command has been sent; -ETIMEDOUT if the port does not accept
 * it; -ESHUTDOWN if the port is being closed.
 */
int ups_serial_send(struct ups_serial *ups, const char *command)
{
	return ups_write(ups, command);
}
EXPORT_SYMBOL_NS_GPL(ups_serial_send, "UPS_SERIAL");

/**
 * ups_serial_command() - send a command and check whether it is refused
 * @ups: the instance
 * @command: text, without terminator
 *
 * Never repeated: some commands toggle. The answers of the UPS, if any, are passed
 * to &struct ups_serial_ops.verdict; no answer means success.
 *
 * Context: may sleep; from a hook.
 * Return: 0 when the command has been sent and was not refused; the error of the
 * verdict if it was; -ETIMEDOUT if the port does not accept it; -ESHUTDOWN if the
 * port is being closed.
 */
int ups_serial_command(struct ups_serial *ups, const char *command)
{
	unsigned int ack_ms = ups->deadline ? min(ups->ack_ms, UPS_ACK_POWEROFF_MS) : ups->ack_ms;
	unsigned long end, now;
	int ret;

	ups_wait_quiet(ups);
	ups_arm(ups, '\0');
	ret = ups_write(ups, command);
	if (ret || !ups->desc->ops->verdict)
		return ret;

	end = jiffies + ups_timeout(ups, ack_ms);
	for (now = jiffies; time_before(now, end); now = jiffies) {
		if (!wait_event_timeout(ups->replied, ups_reply_done(ups), end - now))
			return 0;
		if (READ_ONCE(ups->closing))
			return -ESHUTDOWN;
		if (READ_ONCE(ups->preempt))
			return 0;
		/* The framer is done and does not change its buffer. */
		ret = ups->desc->ops->verdict(command, ups->framer.buf);
		if (ret < 0)
			ups->stats.refused++;
		if (ret <= 0)
			return ret;
		ups_arm(ups, '\0');
	}
	return 0;
}
EXPORT_SYMBOL_NS_GPL(ups_serial_command, "UPS_SERIAL");

/* A power-off needs the port now, or the machine is about to sleep. */
static bool ups_must_stop(struct ups_serial *ups)
{
	return READ_ONCE(ups->preempt) || (ups_is_sleeping() && !ups->deadline);
}

/* One attempt. Caller holds port_lock. */
static int ups_query_once(struct ups_serial *ups, const char *command, char start, char *reply)
{
	/* Accept late replies. */
	unsigned int ms = ups->reply_ms + ups->reply_ms / 2;
	int ret;

	if (ups_must_stop(ups))
		return -EBUSY;
	ups_arm(ups, start);
	ups->stats.queries++;
	ups->reply_pending = true;
	ret = ups_write(ups, command);
	if (ret)
		return ret;

	wait_event_timeout(ups->replied, ups_reply_done(ups), ups_timeout(ups, ms));
	if (READ_ONCE(ups->closing))
		return -ESHUTDOWN;
	if (READ_ONCE(ups->preempt))
		return -EBUSY;
	if (!ups_framer_is_done(ups)) {
		ups->stats.timeouts++;
		return -ETIMEDOUT;
	}
	ups->reply_pending = false;
	ups->stats.replies++;
	/* The framer is done and does not change its buffer. */
	strscpy(reply, ups->framer.buf, UPS_REPLY_LEN + 1);
	return strlen(reply);
}

/**
 * ups_serial_query() - send a command and wait for its reply
 * @ups: the instance
 * @command: text, without terminator
 * @start: first character of the reply; lines that begin differently are garbage,
 *	as are late replies to an earlier query with a different start
 * @reply: where to store the reply, without terminator, NUL-terminated
 *
 * Repeated once if there is no reply, except during a power-off. After that, late
 * replies to this query are waited for and dropped.
 *
 * Context: may sleep; from a hook.
 * Return: length of the reply; -ETIMEDOUT; -EBUSY if the port is needed for a
 * power-off, or the machine is about to sleep; -ESHUTDOWN if the port is being closed.
 */
int ups_serial_query(struct ups_serial *ups, const char *command, char start,
		     char reply[UPS_REPLY_LEN + 1])
{
	unsigned int tries = ups->deadline ? 1 : UPS_TRIES;
	unsigned int try;
	int ret = -ETIMEDOUT;

	for (try = 0; try < tries; try++) {
		ret = ups_query_once(ups, command, start, reply);
		if (ret > 0 || ret == -ESHUTDOWN || ret == -EBUSY)
			break;
	}
	if (try && ret != -ESHUTDOWN && ret != -EBUSY) {
		ups->reply_pending = true;
		ups_wait_quiet(ups);
	}
	return ret;
}
EXPORT_SYMBOL_NS_GPL(ups_serial_query, "UPS_SERIAL");

/**
 * ups_state_name() - name of a state
 * @state: the state
 *
 * Return: the name, as in ups_state.
 */
const char *ups_state_name(enum ups_state state)
{
	static const char * const names[] = {
		[UPS_NO_COMM] = "no-comm",
		[UPS_ONLINE] = "online",
		[UPS_ON_BATTERY] = "on-battery",
		[UPS_LOW_BATTERY] = "low-battery",
		[UPS_CRITICAL] = "critical",
	};

	return names[state];
}

/* Log state changes. */
static void ups_log(struct ups_serial *ups, enum ups_state state)
{
	struct device *dev = &ups->serdev->dev;

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

static void ups_apply_reading(struct ups_serial *ups, struct ups_status *status)
{
	ktime_t now = ktime_get_boottime();
	enum ups_state before, after;
	unsigned long flags;
	bool was_lost, lost;
	int capacity;

	spin_lock_irqsave(&ups->lock, flags);
	before = ups->sm.state;
	was_lost = ups->sm.lost;
	if (status) {
		after = ups_sm_reading(&ups->sm, status, now);
		ups_status_keep(status, &ups->status);
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
	if (before != after)
		ups_log(ups, after);
	else if (lost != was_lost)
		dev_warn(&ups->serdev->dev, "communication %s\n", lost ? "lost" : "restored");
	wake_up_all(&ups->changed);
	if (ups->mains)
		ups_supplies_update(ups);
	ups_power_critical(ups, after);
}

/* Call the hook @read for the ident, or for the rest of it. Caller holds port_lock. */
static int ups_identify(struct ups_serial *ups,
			int (*read)(struct ups_serial *ups, struct ups_ident *ident))
{
	struct ups_ident ident = { };
	unsigned long flags;
	int ret;

	ret = read(ups, &ident);
	if (ret < 0)
		return ret;
	ups->refine_in = ret == UPS_INCOMPLETE && ups->desc->ops->refine ? UPS_REFINE : 0;

	spin_lock_irqsave(&ups->lock, flags);
	ups_ident_fill(&ups->ident, &ident);
	spin_unlock_irqrestore(&ups->lock, flags);
	return 0;
}

/*
 * A shutdown may still be pending from the previous boot, or from before the driver
 * was bound again. Caller holds port_lock.
 */
static void ups_cancel_pending(struct ups_serial *ups, const struct ups_status *status)
{
	const struct ups_serial_ops *ops = ups->desc->ops;
	struct device *dev = &ups->serdev->dev;
	int ret;

	if (!READ_ONCE(ups->check_pending))
		return;
	if (!(status->flags & UPS_FLAG_SHUTDOWN) || !ops->cancel || ups->cut ||
	    ups->cancelled == UPS_CANCELS) {
		WRITE_ONCE(ups->check_pending, false);
		ups->cancelled = 0;
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

static int ups_poll(struct ups_serial *ups)
{
	const struct ups_serial_ops *ops = ups->desc->ops;
	struct ups_status status = { };
	int ret = 0;

	mutex_lock(&ups->port_lock);
	if (ups->sm.lost)
		ret = ups_identify(ups, ops->identify);
	else if (ups->refine_in && !--ups->refine_in)
		ups_identify(ups, ops->refine);
	if (!ret)
		ret = ops->get_status(ups, &status);
	if (!ret)
		ups_cancel_pending(ups, &status);
	mutex_unlock(&ups->port_lock);

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
	struct ups_serial *ups = container_of(to_delayed_work(work), struct ups_serial, work);
	unsigned int ms = ups->desc->poll_ms;

	if (ups_poll(ups) == -ESHUTDOWN)
		return;
	/* No backoff on battery: critical has a deadline. */
	if (ups->sm.lost && ups->sm.last <= UPS_ONLINE)
		ms *= UPS_BACKOFF;
	if (!READ_ONCE(ups->closing))
		queue_delayed_work(ups->wq, &ups->work, msecs_to_jiffies(ms));
}

/**
 * ups_serial_get_state() - current state
 * @ups: the instance
 *
 * Context: any; never blocks, never accesses the port.
 * Return: the state.
 */
enum ups_state ups_serial_get_state(struct ups_serial *ups)
{
	unsigned long flags;
	enum ups_state state;

	spin_lock_irqsave(&ups->lock, flags);
	state = ups->sm.state;
	spin_unlock_irqrestore(&ups->lock, flags);
	return state;
}
EXPORT_SYMBOL_NS_GPL(ups_serial_get_state, "UPS_SERIAL");

/* Whether communication is lost, whatever the state */
bool ups_is_lost(struct ups_serial *ups)
{
	unsigned long flags;
	bool lost;

	spin_lock_irqsave(&ups->lock, flags);
	lost = ups->sm.lost;
	spin_unlock_irqrestore(&ups->lock, flags);
	return lost;
}
EXPORT_SYMBOL_IF_KUNIT(ups_is_lost);

static void ups_free(struct kref *refs)
{
	struct ups_serial *ups = container_of(refs, struct ups_serial, refs);

	mutex_destroy(&ups->port_lock);
	kfree(ups);
}

/**
 * ups_serial_wait_for_state_change() - wait for a different state
 * @ups: the instance
 * @state: the state known to the caller
 * @timeout_ms: maximum wait, or %UPS_WAIT_FOREVER
 *
 * Returns at once if the state already differs, so that no change is missed between
 * ups_serial_get_state() and the wait. Any number of callers may wait.
 *
 * Context: may sleep, interruptibly.
 * Return: 0 if the state differs or on a timeout, see ups_serial_get_state();
 * -ECANCELED after ups_serial_cancel_wait(); -ESHUTDOWN if the instance is being
 * removed; -EINTR.
 */
int ups_serial_wait_for_state_change(struct ups_serial *ups, enum ups_state state,
				     int timeout_ms)
{
	long left = timeout_ms < 0 ? MAX_SCHEDULE_TIMEOUT : msecs_to_jiffies(timeout_ms);
	unsigned int cancels;
	int ret = 0;

	/* The condition reads the instance after a wakeup by its removal. */
	kref_get(&ups->refs);
	cancels = READ_ONCE(ups->cancels);
	if (wait_event_interruptible_timeout(ups->changed,
					     ups_serial_get_state(ups) != state ||
					     READ_ONCE(ups->cancels) != cancels ||
					     READ_ONCE(ups->closing), left) < 0)
		ret = -EINTR;
	else if (READ_ONCE(ups->closing))
		ret = -ESHUTDOWN;
	else if (READ_ONCE(ups->cancels) != cancels)
		ret = -ECANCELED;
	kref_put(&ups->refs, ups_free);
	return ret;
}
EXPORT_SYMBOL_NS_GPL(ups_serial_wait_for_state_change, "UPS_SERIAL");

/**
 * ups_serial_cancel_wait() - cancel all waits
 * @ups: the instance
 *
 * Context: any.
 */
void ups_serial_cancel_wait(struct ups_serial *ups)
{
	unsigned long flags;

	spin_lock_irqsave(&ups->lock, flags);
	ups->cancels++;
	spin_unlock_irqrestore(&ups->lock, flags);
	wake_up_all(&ups->changed);
}
EXPORT_SYMBOL_NS_GPL(ups_serial_cancel_wait, "UPS_SERIAL");

/**
 * ups_command_begin() - lock the port for a command from user space
 * @ups: the instance
 *
 * Context: may sleep.
 * Return: 0 with the port locked until ups_command_end(); -ENOTCONN if communication
 * is lost.
 */
int ups_command_begin(struct ups_serial *ups)
{
	mutex_lock(&ups->port_lock);
	if (!ups_is_lost(ups))
		return 0;
	mutex_unlock(&ups->port_lock);
	return -ENOTCONN;
}

/**
 * ups_command_end() - unlock the port
 * @ups: the instance
 * @what: name of the attribute, for the log
 * @ret: return value of the hook
 *
 * Context: may sleep.
 * Return: @ret, after a warning if it is an error.
 */
int ups_command_end(struct ups_serial *ups, const char *what, int ret)
{
	mutex_unlock(&ups->port_lock);
	if (ret)
		dev_warn(&ups->serdev->dev, "%s: command failed (%d)\n", what, ret);
	return ret;
}

/**
 * ups_serial_turn_off() - have the outlets switched off
 * @ups: the instance
 * @seconds: minimum delay; %UPS_OFF_DELAY is usual
 *
 * The command is sent at once and the UPS counts down. Delays that the UPS cannot
 * encode are rounded up.
 *
 * Context: may sleep.
 * Return: the delay in the command, seconds; -EOPNOTSUPP if the UPS has no delay of
 * its own, or does not know the command; -EIO if it refuses it; -ERANGE if it does
 * not support a delay this long; -ENOTCONN if communication is lost; -ETIMEDOUT if
 * the port does not accept the command.
 */
int ups_serial_turn_off(struct ups_serial *ups, unsigned int seconds)
{
	const struct ups_serial_ops *ops = ups->desc->ops;
	unsigned long flags;
	int delay, ret;

	if (!ops->turn_off || !ops->off_delay)
		return -EOPNOTSUPP;
	delay = ops->off_delay(seconds);
	if (delay < 0)
		return delay;
	ret = ups_command_begin(ups);
	if (ret)
		return ret;
	ret = ups_command_end(ups, "turn_off", ops->turn_off(ups, delay));
	if (ret)
		return ret;
	spin_lock_irqsave(&ups->lock, flags);
	ups->off_pending = true;
	ups->off_at = ktime_add_ms(ktime_get_boottime(), delay * MSEC_PER_SEC);
	spin_unlock_irqrestore(&ups->lock, flags);
	return delay;
}
EXPORT_SYMBOL_NS_GPL(ups_serial_turn_off, "UPS_SERIAL");

/**
 * ups_serial_stop() - stop polling and unregister the supplies
 * @ups: the instance
 *
 * Aborts a query in progress and ends all waits. Called by devres when the device is
 * unbound; safe to call twice.
 *
 * Context: may sleep.
 */
void ups_serial_stop(struct ups_serial *ups)
{
	WRITE_ONCE(ups->closing, true);
	wake_up_all(&ups->replied);
	wake_up_all(&ups->changed);
	cancel_delayed_work_sync(&ups->work);
	ups_power_exit(ups);
	ups_supplies_unregister(ups);
	debugfs_remove(ups->debugfs);
	ups->debugfs = NULL;
}
EXPORT_SYMBOL_NS_GPL(ups_serial_stop, "UPS_SERIAL");

static int stats_show(struct seq_file *s, void *unused)
{
	struct ups_serial *ups = s->private;

	seq_printf(s, "state %s\nqueries %llu\nreplies %llu\ntimeouts %llu\n",
		   ups_state_name(ups_serial_get_state(ups)), ups->stats.queries,
		   ups->stats.replies, ups->stats.timeouts);
	seq_printf(s, "bad_replies %llu\ngarbage_bytes %llu\nrefused %llu\n",
		   ups->stats.bad_replies, ups->framer.garbage, ups->stats.refused);
	seq_printf(s, "losses %llu\nevents %llu\n", ups->stats.losses, ups->stats.events);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(stats);

/*
 * Flow control first: the serdev core opens a port with it, and with a three-wire
 * cable the port then never sends. DTR and RTS next, because some cables treat a low,
 * or a high, DTR as a command.
 */
static int ups_set_port(struct ups_serial *ups, u32 speed)
{
	struct serdev_device *serdev = ups->serdev;
	int ret, set = 0, clear = 0;
	u32 actual;

	serdev_device_set_flow_control(serdev, false);
	*(ups->dtr ? &set : &clear) |= TIOCM_DTR;
	*(ups->rts ? &set : &clear) |= TIOCM_RTS;
	ret = serdev_device_set_tiocm(serdev, set, clear);
	/* Not an error: the port has no DTR and RTS. */
	if (ret && ret != -EOPNOTSUPP && ret != -ENOTTY && ret != -EINVAL)
		return dev_err_probe(&serdev->dev, ret, "cannot set DTR and RTS\n");
	actual = serdev_device_set_baudrate(serdev, speed);
	/* 0 if the port does not report its speed. A UART tolerates 2 percent. */
	if (actual && max(actual, speed) - min(actual, speed) > speed / 50)
		return dev_err_probe(&serdev->dev, -EINVAL,
				     "current-speed: port is set to %u baud instead of %u\n",
				     actual, speed);
	ret = serdev_device_set_parity(serdev, SERDEV_PARITY_NONE);
	if (ret)
		return dev_err_probe(&serdev->dev, ret, "cannot set up the port\n");
	return 0;
}

static int ups_open(struct ups_serial *ups, u32 speed)
{
	int ret;

	ret = serdev_device_open(ups->serdev);
	if (ret)
		return dev_err_probe(&ups->serdev->dev, ret, "cannot open the port\n");
	ret = ups_set_port(ups, speed);
	if (ret)
		serdev_device_close(ups->serdev);
	return ret;
}

static void ups_release(void *data)
{
	struct ups_serial *ups = data;

	ups_serial_stop(ups);
	serdev_device_close(ups->serdev);
	destroy_workqueue(ups->wq);
	ida_free(&ups_ids, ups->id);
	kref_put(&ups->refs, ups_free);
}

static struct ups_serial *ups_alloc(struct serdev_device *serdev,
				    const struct ups_serial_desc *desc,
				    const struct ups_serial_config *config)
{
	struct ups_serial *ups = kzalloc(sizeof(*ups), GFP_KERNEL);

	if (!ups)
		return NULL;
	ups->id = ida_alloc(&ups_ids, GFP_KERNEL);
	if (ups->id < 0)
		goto free_ups;
	ups->wq = alloc_ordered_workqueue("ups%d", WQ_FREEZABLE, ups->id);
	if (!ups->wq)
		goto free_id;

	ups->serdev = serdev;
	ups->desc = desc;
	ups->drvdata = config->drvdata;
	ups->dtr = config->dtr;
	ups->rts = config->rts;
	ups->framer.end = desc->end;
	ups->framer.restart = desc->restart;
	ups->sm.lost = true;
	ups->check_pending = true;
	snprintf(ups->name, sizeof(ups->name), "ups%d", ups->id);
	snprintf(ups->mains_name, sizeof(ups->mains_name), "ups%d-mains", ups->id);
	kref_init(&ups->refs);
	mutex_init(&ups->port_lock);
	spin_lock_init(&ups->rx_lock);
	spin_lock_init(&ups->lock);
	init_waitqueue_head(&ups->replied);
	init_waitqueue_head(&ups->changed);
	INIT_DELAYED_WORK(&ups->work, ups_work);
	return ups;

free_id:
	ida_free(&ups_ids, ups->id);
free_ups:
	kfree(ups);
	return NULL;
}

static int ups_start(struct ups_serial *ups)
{
	u32 speed = ups->desc->speed, settle = ups->desc->settle_ms;
	int slower;
	int ret;

	ret = ups_serial_fw_u32(ups->serdev, "current-speed", 300, 115200, &speed);
	if (!ret)
		ret = ups_serial_fw_u32(ups->serdev, "settle-ms", 0, 5000, &settle);
	if (!ret)
		ret = ups_read_rules(ups);
	if (ret)
		return ret;
	ups->settle_ms = settle;
	/* Additional time on a slower port */
	slower = max_t(int, ups_wire_ms(speed) - ups_wire_ms(ups->desc->speed), 0);
	ups->reply_ms = ups->desc->reply_ms + slower;
	ups->ack_ms = min(ups->desc->reply_ms, UPS_ACK_MS) + slower / 4;

	serdev_device_set_drvdata(ups->serdev, ups);
	serdev_device_set_client_ops(ups->serdev, &ups_port_ops);
	ret = ups_open(ups, speed);
	if (!ret)
		ups_power_init(ups);
	return ret;
}

/**
 * devm_ups_serial_init() - start monitoring the UPS at a port
 * @serdev: the port
 * @desc: protocol; must outlive the instance
 * @config: this instance; not used after the call
 *
 * Opens the port and starts polling. The supplies are registered when the UPS
 * responds for the first time, and stay registered until the device is unbound,
 * whether it responds or not. Uses the drvdata of @serdev.
 *
 * Context: may sleep; from probe.
 * Return: the instance or an ERR_PTR(): -EINVAL for an invalid firmware property or
 * an incomplete @desc, -ENOMEM, or the error of opening or setting up the port.
 */
struct ups_serial *devm_ups_serial_init(struct serdev_device *serdev,
					const struct ups_serial_desc *desc,
					const struct ups_serial_config *config)
{
	struct ups_serial *ups;
	int ret;

	if (!desc->ops || !desc->ops->identify || !desc->ops->get_status ||
	    !desc->ops->off_delay != !desc->ops->turn_off)
		return ERR_PTR(dev_err_probe(&serdev->dev, -EINVAL, "operations are missing\n"));

	ups = ups_alloc(serdev, desc, config);
	if (!ups)
		return ERR_PTR(-ENOMEM);

	ret = ups_start(ups);
	if (ret) {
		destroy_workqueue(ups->wq);
		ida_free(&ups_ids, ups->id);
		kfree(ups);
		return ERR_PTR(ret);
	}

	ups->debugfs = debugfs_create_dir(ups->name, ups_debugfs_root);
	debugfs_create_file("stats", 0444, ups->debugfs, ups, &stats_fops);
	queue_delayed_work(ups->wq, &ups->work, msecs_to_jiffies(ups->settle_ms));
	ret = devm_add_action_or_reset(&serdev->dev, ups_release, ups);
	return ret ? ERR_PTR(ret) : ups;
}
EXPORT_SYMBOL_NS_GPL(devm_ups_serial_init, "UPS_SERIAL");

static int __init ups_serial_module_init(void)
{
	int ret = ups_power_module_init();

	if (!ret)
		ups_debugfs_root = debugfs_create_dir("ups-serial", NULL);
	return ret;
}
module_init(ups_serial_module_init);

static void __exit ups_serial_module_exit(void)
{
	debugfs_remove(ups_debugfs_root);
	ups_power_module_exit();
	ida_destroy(&ups_ids);
}
module_exit(ups_serial_module_exit);

MODULE_DESCRIPTION("Core for serial UPS drivers");
MODULE_AUTHOR("The psy-miniclass developers");
MODULE_LICENSE("GPL");
MODULE_VERSION(PSY_VERSION);
