// SPDX-License-Identifier: GPL-2.0-only
/* Access to the port: settings, queries and commands */
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/jiffies.h>
#include <linux/serdev.h>
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
 * Without a reply the command is sent once more, except during a power-off. When the
 * first attempt had no reply, the function waits for late replies, and drops them.
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

/**
 * ups_port_open() - open and set up the port
 * @ups: the instance
 * @speed: baud
 *
 * Context: may sleep; from probe.
 * Return: 0, or an error after a message.
 */
int ups_port_open(struct ups_serial *ups, u32 speed)
{
	/* Additional time on a slower port */
	int slower = max_t(int, ups_wire_ms(speed) - ups_wire_ms(ups->desc->speed), 0);
	int ret;

	ups->reply_ms = ups->desc->reply_ms + slower;
	ups->ack_ms = min(ups->desc->reply_ms, UPS_ACK_MS) + slower / 4;
	serdev_device_set_drvdata(ups->serdev, ups);
	serdev_device_set_client_ops(ups->serdev, &ups_port_ops);
	ret = serdev_device_open(ups->serdev);
	if (ret)
		return dev_err_probe(&ups->serdev->dev, ret, "cannot open the port\n");
	ret = ups_set_port(ups, speed);
	if (ret)
		serdev_device_close(ups->serdev);
	return ret;
}

/**
 * ups_port_close() - close the port
 * @ups: the instance; nothing uses its port any more
 *
 * Context: may sleep.
 */
void ups_port_close(struct ups_serial *ups)
{
	serdev_device_close(ups->serdev);
}
