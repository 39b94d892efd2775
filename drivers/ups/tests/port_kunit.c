// SPDX-License-Identifier: GPL-2.0-only
/* Tests of an instance with a fake port, which replies within the write call */
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/notifier.h>
#include <linux/pm_runtime.h>
#include <linux/power_supply.h>
#include <linux/property.h>
#include <linux/serdev.h>
#include <linux/string.h>
#include <linux/termios.h>

#include "../serial.h"
#include "../ups.h"
#include "ups_kunit.h"

/**
 * struct fake - a port with a UPS
 * @root: parent device
 * @ctrl: the port
 * @serdev: the UPS
 * @group: devres group of the instance
 * @flags: flag in the status: '0' online, '1' mains has failed, '2' shutdown pending
 * @fail_in: mains fails after this number of replies; 0: it does not
 * @silent: the UPS does not respond
 * @echo: the UPS does not know commands and echoes them
 * @cancel_in: it takes this many cancels to clear the flag; 0: it stays
 * @off_in: this command to switch off sets the flag; 0: none does
 * @refuse_off: that command is echoed, too: an earlier one was executed
 * @commands: commands received, without queries
 * @open_ret: return value of open()
 * @parity_ret: return value of set_parity()
 * @speed: speed that the port is set to instead of the requested one; 0: as requested
 * @requested: speed that was requested
 * @stuck: the port accepts bytes, but does not send them
 * @flushed: number of calls of write_flush()
 * @no_lines: the port has no modem lines
 * @lines: its modem lines, TIOCM_* bits
 * @levels: number of calls of set_tiocm()
 * @received_at: jiffies of the last received byte
 * @quiet: jiffies from then to the last command
 * @closed: number of calls of close()
 */
struct fake {
	struct device *root;
	struct serdev_controller *ctrl;
	struct serdev_device *serdev;
	void *group;
	char flags;
	unsigned int fail_in;
	bool silent;
	bool echo;
	unsigned int cancel_in;
	unsigned int off_in;
	bool refuse_off;
	char commands[64];
	int open_ret;
	int parity_ret;
	unsigned int speed;
	unsigned int requested;
	bool stuck;
	unsigned int flushed;
	bool no_lines;
	int lines;
	unsigned int levels;
	unsigned long received_at;
	unsigned long quiet;
	unsigned int closed;
};

static struct fake *fake_of(struct serdev_controller *ctrl)
{
	return *(struct fake **)serdev_controller_get_drvdata(ctrl);
}

static void fake_send(struct fake *fake, const u8 *data, size_t count)
{
	fake->received_at = jiffies;
	serdev_controller_receive_buf(fake->ctrl, data, count);
}

static SERDEV_TX_RET fake_write(struct serdev_controller *ctrl, const u8 *data, size_t count)
{
	struct fake *fake = fake_of(ctrl);
	u8 reply[] = "(0\r";

	reply[1] = fake->flags;
	if (count == 2 && data[0] == 'Q') {
		if (!fake->silent)
			fake_send(fake, reply, 3);
		if (fake->fail_in && !--fake->fail_in)
			fake->flags = '1';
		return count;
	}
	fake->quiet = jiffies - fake->received_at;
	if (strlen(fake->commands) < 32)
		strncat(fake->commands, data, count - 1);
	if (data[0] == 'S' && fake->off_in && !--fake->off_in) {
		fake->flags = '2';
		if (fake->refuse_off)
			fake_send(fake, data, count);
	}
	if (fake->echo)
		fake_send(fake, data, count);
	else if (data[0] == 'C' && fake->cancel_in && !--fake->cancel_in)
		fake->flags = '0';
	return count;
}

static int fake_open(struct serdev_controller *ctrl)
{
	return fake_of(ctrl)->open_ret;
}

static void fake_close(struct serdev_controller *ctrl)
{
	fake_of(ctrl)->closed++;
}

static int fake_parity(struct serdev_controller *ctrl, enum serdev_parity parity)
{
	return fake_of(ctrl)->parity_ret;
}

static unsigned int fake_baudrate(struct serdev_controller *ctrl, unsigned int speed)
{
	struct fake *fake = fake_of(ctrl);

	fake->requested = speed;
	return fake->speed ?: speed;
}

static void fake_flush(struct serdev_controller *ctrl)
{
	fake_of(ctrl)->flushed++;
}

static void fake_wait(struct serdev_controller *ctrl, long timeout)
{
	if (READ_ONCE(fake_of(ctrl)->stuck))
		msleep(jiffies_to_msecs(timeout));
}

static int fake_get_tiocm(struct serdev_controller *ctrl)
{
	struct fake *fake = fake_of(ctrl);

	return fake->no_lines ? -EOPNOTSUPP : fake->lines;
}

static int fake_set_tiocm(struct serdev_controller *ctrl, unsigned int set, unsigned int clear)
{
	struct fake *fake = fake_of(ctrl);

	fake->levels++;
	fake->lines = (fake->lines & ~clear) | set;
	return fake->no_lines ? -EOPNOTSUPP : 0;
}

static const struct serdev_controller_ops fake_ops = {
	.write_buf = fake_write,
	.write_flush = fake_flush,
	.wait_until_sent = fake_wait,
	.set_baudrate = fake_baudrate,
	.open = fake_open,
	.close = fake_close,
	.set_parity = fake_parity,
	.get_tiocm = fake_get_tiocm,
	.set_tiocm = fake_set_tiocm,
};

static struct ups_port *port_of(struct ups *ups)
{
	return ups_get_transport(ups);
}

static int test_identify(struct ups *ups, struct ups_ident *ident)
{
	return 0;
}

static int test_get_status(struct ups *ups, struct ups_status *status)
{
	char reply[UPS_REPLY_LEN + 1];
	int ret = ups_serial_query(ups, "Q", '(', reply);

	if (ret < 0)
		return ret;
	status->flags = reply[1] == '1' ? UPS_FLAG_MAINS_FAILED :
			reply[1] == '2' ? UPS_FLAG_SHUTDOWN : 0;
	return 0;
}

static int test_off_delay(struct ups *ups, unsigned int seconds)
{
	return seconds;
}

static int test_turn_off(struct ups *ups, unsigned int seconds)
{
	return ups_serial_command(ups, "S");
}

static int test_cancel(struct ups *ups)
{
	return ups_serial_command(ups, "C");
}

static int test_verdict(const char *command, const char *reply)
{
	return strcmp(command, reply) ? 1 : -EOPNOTSUPP;
}

static const struct ups_ops test_ops = {
	.identify = test_identify,
	.get_status = test_get_status,
	.off_delay = test_off_delay,
	.turn_off = test_turn_off,
	.cancel = test_cancel,
};

static const struct ups_serial_desc test_desc = {
	.ups = { .ops = &test_ops, .poll_ms = 10 },
	.verdict = test_verdict, .speed = 2400, .end = '\r', .reply_ms = 200,
};

static const struct ups_serial_desc lines_desc = {
	.ups = { .ops = &test_ops, .poll_ms = 10 },
	.verdict = test_verdict, .speed = 2400, .end = '\r', .reply_ms = 200, .lines = true,
};

/* Time enough for a port that is not stuck, even if the test is preempted */
static const struct ups_serial_desc slow_desc = {
	.ups = { .ops = &test_ops, .poll_ms = 10 },
	.verdict = test_verdict, .speed = 2400, .end = '\r', .reply_ms = 2000,
};

static const struct ups_ops bare_ops = {
	.identify = test_identify,
	.get_status = test_get_status,
};

static const struct ups_serial_desc bare_desc = {
	.ups = { .ops = &bare_ops, .poll_ms = 10 },
	.speed = 2400, .end = '\r', .reply_ms = 200,
};

static int text_turn_off(struct ups *ups, unsigned int seconds)
{
	return ups_text_turn_off(ups, seconds, "C", test_get_status);
}

static int flagless_turn_off(struct ups *ups, unsigned int seconds)
{
	return ups_text_turn_off(ups, seconds, "C", NULL);
}

static const struct ups_ops text_ops = {
	.identify = test_identify,
	.get_status = test_get_status,
	.off_delay = test_off_delay,
	.turn_off = text_turn_off,
};

static const struct ups_serial_desc text_desc = {
	.ups = { .ops = &text_ops, .poll_ms = 10 },
	.verdict = test_verdict, .speed = 2400, .end = '\r', .reply_ms = 200,
};

static const struct ups_ops flagless_ops = {
	.identify = test_identify,
	.get_status = test_get_status,
	.off_delay = test_off_delay,
	.turn_off = flagless_turn_off,
};

static const struct ups_serial_desc flagless_desc = {
	.ups = { .ops = &flagless_ops, .poll_ms = 10 },
	.verdict = test_verdict, .speed = 2400, .end = '\r', .reply_ms = 200,
};

static struct ups *plug(struct kunit *test, const struct ups_serial_desc *desc)
{
	struct ups_serial_config config = { };
	struct fake *fake = test->priv;

	fake->group = devres_open_group(&fake->serdev->dev, NULL, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, fake->group);
	return devm_ups_serial_register(devm_ups_serdev_port(fake->serdev), desc, &config);
}

static void unplug(struct fake *fake)
{
	if (fake->group)
		devres_release_group(&fake->serdev->dev, fake->group);
	fake->group = NULL;
}

static bool reaches(struct ups *ups, enum ups_state state)
{
	unsigned int i;

	for (i = 0; i < 2000 && ups_get_state(ups) != state; i++)
		msleep(20);
	return ups_get_state(ups) == state;
}

static struct ups *plug_online(struct kunit *test, const struct ups_serial_desc *desc)
{
	struct ups *ups = plug(test, desc);

	KUNIT_ASSERT_FALSE(test, IS_ERR(ups));
	KUNIT_EXPECT_TRUE(test, reaches(ups, UPS_ONLINE));
	return ups;
}

static bool commands_reach(struct fake *fake, size_t n)
{
	unsigned int i;

	for (i = 0; i < 1000 && strlen(fake->commands) < n; i++)
		msleep(20);
	return strlen(fake->commands) >= n;
}

static void port_open_errors_are_returned(struct kunit *test)
{
	struct fake *fake = test->priv;
	struct ups *ups;

	fake->open_ret = -ENODEV;
	ups = plug(test, &test_desc);
	KUNIT_EXPECT_EQ(test, PTR_ERR(ups), (long)-ENODEV);
	KUNIT_EXPECT_EQ(test, fake->closed, 0U);
	unplug(fake);

	fake->open_ret = 0;
	fake->parity_ret = -EIO;
	ups = plug(test, &test_desc);
	KUNIT_EXPECT_EQ(test, PTR_ERR(ups), (long)-EIO);
	KUNIT_EXPECT_EQ(test, fake->closed, 1U);
	unplug(fake);

	fake->parity_ret = 0;
	ups = plug(test, &test_desc);
	KUNIT_ASSERT_FALSE(test, IS_ERR(ups));
	KUNIT_EXPECT_TRUE(test, reaches(ups, UPS_ONLINE));
	unplug(fake);
	KUNIT_EXPECT_EQ(test, fake->closed, 2U);
}

/* Otherwise a UPS without a protocol would be online for ever. */
static void port_without_modem_lines_is_refused(struct kunit *test)
{
	struct fake *fake = test->priv;

	fake->no_lines = true;
	KUNIT_EXPECT_EQ(test, PTR_ERR(plug(test, &lines_desc)), (long)-EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, fake->closed, 1U);
	unplug(fake);
	/* The other drivers do not need them. */
	plug_online(test, &test_desc);
	unplug(fake);
	fake->no_lines = false;
	plug_online(test, &lines_desc);
	unplug(fake);
}

static void modem_lines_are_read_and_set(struct kunit *test)
{
	static const int outputs[] = { 0, TIOCM_DTR, TIOCM_RTS, TIOCM_DTR | TIOCM_RTS };
	struct fake *fake = test->priv;
	struct ups *ups;
	unsigned int i;

	fake->lines = TIOCM_DTR | TIOCM_RTS | TIOCM_CAR;
	ups = plug_online(test, &lines_desc);
	mutex_lock(&ups->ops_lock);
	KUNIT_EXPECT_EQ(test, ups_serial_get_lines(ups), TIOCM_CAR);
	fake->lines = TIOCM_CTS;
	for (i = 0; i < ARRAY_SIZE(outputs); i++) {
		/* Both at once: one after the other would be a third state. */
		fake->levels = 0;
		KUNIT_EXPECT_EQ(test, ups_serial_set_lines(ups, outputs[i] & TIOCM_DTR,
							   outputs[i] & TIOCM_RTS), 0);
		KUNIT_EXPECT_EQ(test, fake->levels, 1U);
		KUNIT_EXPECT_EQ(test, ups_serial_get_lines(ups), outputs[i] | TIOCM_CTS);
	}
	fake->no_lines = true;
	KUNIT_EXPECT_EQ(test, ups_serial_get_lines(ups), -EOPNOTSUPP);
	mutex_unlock(&ups->ops_lock);
	unplug(fake);
}

/* A UART tolerates 2 percent. */
static void other_speed_is_refused(struct kunit *test)
{
	static const struct {
		unsigned int speed;
		int ret;
	} cases[] = {
		{ 0 }, { 2352 }, { 2448 }, { 2351, -EINVAL }, { 2449, -EINVAL }, { 9600, -EINVAL },
	};
	struct fake *fake = test->priv;
	struct ups *ups;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		fake->speed = cases[i].speed;
		fake->closed = 0;
		ups = plug(test, &test_desc);
		KUNIT_EXPECT_EQ_MSG(test, PTR_ERR_OR_ZERO(ups), cases[i].ret, "%u",
				    cases[i].speed);
		KUNIT_EXPECT_EQ(test, fake->requested, 2400U);
		KUNIT_EXPECT_EQ(test, fake->closed, (unsigned int)!!cases[i].ret);
		unplug(fake);
	}
}

static const struct property_entry speed_300[] = {
	PROPERTY_ENTRY_U32("current-speed", 300),
	{ }
};

static const struct software_node node_300 = { .properties = speed_300 };

/* 64 characters take 2134 ms then, and 267 ms at the usual speed. */
static void slow_port_gets_more_time(struct kunit *test)
{
	struct fake *fake = test->priv;
	struct ups *ups = plug_online(test, &slow_desc);
	unsigned int ack_ms = port_of(ups)->ack_ms;

	KUNIT_EXPECT_EQ(test, fake->requested, 2400U);
	KUNIT_EXPECT_EQ(test, port_of(ups)->reply_ms, 2000U);
	unplug(fake);
	KUNIT_ASSERT_EQ(test, device_add_software_node(&fake->serdev->dev, &node_300), 0);
	ups = plug_online(test, &slow_desc);
	KUNIT_EXPECT_EQ(test, fake->requested, 300U);
	KUNIT_EXPECT_EQ(test, port_of(ups)->reply_ms, 2000U + 2134 - 267);
	KUNIT_EXPECT_EQ(test, port_of(ups)->ack_ms, ack_ms + (2134 - 267) / 4);
	unplug(fake);
	device_remove_software_node(&fake->serdev->dev);
}

/*
 * The interface of a UPS may not receive while it sends. Time is in jiffies, as in
 * msleep(): it is not wrong after a pause of the machine.
 */
static void command_waits_for_silence(struct kunit *test)
{
	struct fake *fake = test->priv;
	struct ups *ups = plug_online(test, &slow_desc);

	mutex_lock(&ups->ops_lock);
	fake_send(fake, "garbage", 7);
	KUNIT_EXPECT_EQ(test, test_cancel(ups), 0);
	KUNIT_EXPECT_GE(test, fake->quiet, msecs_to_jiffies(100));

	/* The reply to an aborted query may still be on its way. */
	port_of(ups)->reply_pending = true;
	fake->received_at = jiffies;
	KUNIT_EXPECT_EQ(test, test_cancel(ups), 0);
	KUNIT_EXPECT_GE(test, fake->quiet, msecs_to_jiffies(300));
	mutex_unlock(&ups->ops_lock);
	unplug(fake);
}

/* A command that could not be sent must not be sent some time later. */
static void stuck_command_is_flushed(struct kunit *test)
{
	struct fake *fake = test->priv;
	struct ups *ups = plug_online(test, &slow_desc);

	KUNIT_EXPECT_EQ(test, ups_turn_off(ups, 100), 100);
	mutex_lock(&ups->ops_lock);
	KUNIT_EXPECT_EQ(test, fake->flushed, 0U);
	WRITE_ONCE(fake->stuck, true);
	KUNIT_EXPECT_EQ(test, test_cancel(ups), -ETIMEDOUT);
	KUNIT_EXPECT_EQ(test, fake->flushed, 1U);
	KUNIT_EXPECT_STREQ(test, fake->commands, "SC");
	WRITE_ONCE(fake->stuck, false);
	KUNIT_EXPECT_EQ(test, test_cancel(ups), 0);
	KUNIT_EXPECT_EQ(test, fake->flushed, 1U);
	mutex_unlock(&ups->ops_lock);
	unplug(fake);
}

/* A hibernation, with the commands after its power-off, and after its resume as well */
static void expect_hibernation(struct kunit *test, struct ups *ups,
			       enum ups_killpower policy, const char *off, const char *all)
{
	struct fake *fake = test->priv;
	struct device *dev = &fake->serdev->dev;
	unsigned long flags;

	spin_lock_irqsave(&ups->lock, flags);
	ups->killpower = policy;
	spin_unlock_irqrestore(&ups->lock, flags);
	memset(fake->commands, 0, sizeof(fake->commands));
	KUNIT_EXPECT_EQ(test, ups_serial_pm_ops.poweroff(dev), 0);
	KUNIT_EXPECT_STREQ_MSG(test, fake->commands, off, "policy %d", policy);
	KUNIT_EXPECT_EQ(test, ups_serial_pm_ops.restore(dev), 0);
	KUNIT_EXPECT_STREQ_MSG(test, fake->commands, all, "policy %d", policy);
	/* Once: there is nothing to cancel any more. */
	KUNIT_EXPECT_EQ(test, ups_serial_pm_ops.restore(dev), 0);
	KUNIT_EXPECT_STREQ_MSG(test, fake->commands, all, "policy %d", policy);
}

static void hibernation_cuts_and_resume_cancels(struct kunit *test)
{
	struct fake *fake = test->priv;
	struct ups *ups = plug_online(test, &slow_desc);

	expect_hibernation(test, ups, UPS_KILLPOWER_OFF, "", "");
	expect_hibernation(test, ups, UPS_KILLPOWER_ON_BATTERY, "", "");
	expect_hibernation(test, ups, UPS_KILLPOWER_ALWAYS, "S", "SC");
	fake->flags = '1';
	KUNIT_EXPECT_TRUE(test, reaches(ups, UPS_ON_BATTERY));
	expect_hibernation(test, ups, UPS_KILLPOWER_OFF, "", "");
	expect_hibernation(test, ups, UPS_KILLPOWER_ON_BATTERY, "S", "SC");
	expect_hibernation(test, ups, UPS_KILLPOWER_ALWAYS, "S", "SC");
	/* Refused: there is nothing to cancel. */
	fake->echo = true;
	expect_hibernation(test, ups, UPS_KILLPOWER_ALWAYS, "S", "S");
	unplug(fake);
}

/* A protocol without these commands, and a device that is not bound */
static void hibernation_without_commands(struct kunit *test)
{
	struct fake *fake = test->priv;
	struct ups *ups;

	KUNIT_EXPECT_EQ(test, ups_serial_pm_ops.poweroff(&fake->serdev->dev), 0);
	KUNIT_EXPECT_EQ(test, ups_serial_pm_ops.restore(&fake->serdev->dev), 0);
	ups = plug_online(test, &bare_desc);
	expect_hibernation(test, ups, UPS_KILLPOWER_ALWAYS, "", "");
	unplug(fake);
}

/* A shutdown that the machine before the image has not cancelled is cancelled later. */
static void resume_checks_for_a_pending_shutdown(struct kunit *test)
{
	struct fake *fake = test->priv;
	struct ups *ups = plug_online(test, &slow_desc);

	/* Something else has started it after the last check. */
	mutex_lock(&ups->ops_lock);
	WRITE_ONCE(ups->check_pending, false);
	fake->cancel_in = 1;
	fake->flags = '2';
	mutex_unlock(&ups->ops_lock);
	KUNIT_EXPECT_EQ(test, ups_serial_pm_ops.restore(&fake->serdev->dev), 0);
	KUNIT_EXPECT_TRUE(test, commands_reach(fake, 1));
	KUNIT_EXPECT_STREQ(test, fake->commands, "C");
	unplug(fake);
}

/* The port stays busy: the test holds its lock. */
static void state_is_readable_while_port_is_busy(struct kunit *test)
{
	struct fake *fake = test->priv;
	struct ups *ups = plug_online(test, &test_desc);

	mutex_lock(&ups->ops_lock);
	KUNIT_EXPECT_EQ(test, ups_get_state(ups), UPS_ONLINE);
	KUNIT_EXPECT_FALSE(test, ups_is_lost(ups));
	mutex_unlock(&ups->ops_lock);
	unplug(fake);
}

static void refused_command_returns_error(struct kunit *test)
{
	struct fake *fake = test->priv;
	struct ups *ups = plug_online(test, &test_desc);

	KUNIT_EXPECT_EQ(test, ups_turn_off(ups, 100), 100);
	fake->echo = true;
	KUNIT_EXPECT_EQ(test, ups_turn_off(ups, 100), -EOPNOTSUPP);
	/* Each command was sent once. */
	KUNIT_EXPECT_STREQ(test, fake->commands, "SS");
	KUNIT_EXPECT_EQ(test, port_of(ups)->stats.refused, 1ULL);

	fake->silent = true;
	KUNIT_EXPECT_TRUE(test, reaches(ups, UPS_NO_COMM));
	KUNIT_EXPECT_EQ(test, ups_turn_off(ups, 100), -ENOTCONN);
	KUNIT_EXPECT_STREQ(test, fake->commands, "SS");
	unplug(fake);
}

static void turn_off_needs_a_delay(struct kunit *test)
{
	struct fake *fake = test->priv;
	struct ups *ups = plug_online(test, &bare_desc);

	KUNIT_EXPECT_EQ(test, ups_turn_off(ups, 100), -EOPNOTSUPP);
	KUNIT_EXPECT_STREQ(test, fake->commands, "");
	unplug(fake);
}

static void expect_off(struct kunit *test, struct ups *ups, int ret, const char *commands)
{
	struct fake *fake = test->priv;

	memset(fake->commands, 0, sizeof(fake->commands));
	KUNIT_EXPECT_EQ(test, ups_turn_off(ups, 120), ret);
	KUNIT_EXPECT_STREQ(test, fake->commands, commands);
	fake->flags = '0';
	fake->off_in = 0;
}

/* The command may be lost, or the flag late: then a second command is refused. */
static void off_command_is_repeated_without_a_countdown(struct kunit *test)
{
	struct fake *fake = test->priv;
	struct ups *ups = plug_online(test, &text_desc);

	fake->off_in = 1;
	expect_off(test, ups, 120, "CS02R0003");
	fake->off_in = 2;
	expect_off(test, ups, 120, "CS02R0003S02R0003");
	fake->off_in = 2;
	fake->refuse_off = true;
	expect_off(test, ups, 120, "CS02R0003S02R0003");
	fake->echo = true;
	expect_off(test, ups, -EOPNOTSUPP, "CS02R0003");
	fake->echo = false;
	/* Delays that the command cannot express */
	KUNIT_EXPECT_EQ(test, ups_turn_off(ups, 13), -EINVAL);
	KUNIT_EXPECT_EQ(test, ups_turn_off(ups, 100 * 60), -EINVAL);
	unplug(fake);

	ups = plug_online(test, &flagless_desc);
	expect_off(test, ups, 120, "CS02R0003");
	unplug(fake);
}

/* Write an attribute of the battery as sysfs does. */
static ssize_t store(struct ups *ups, const char *name, const char *text)
{
	struct device *dev = &psy_miniclass_to_psy(ups->battery)->dev;
	/* After those of the class */
	const struct attribute_group *group = dev->groups[1];
	struct attribute * const *attrs = group->attrs;
	struct device_attribute *attr;

	while (*attrs && strcmp((*attrs)->name, name))
		attrs++;
	if (!*attrs || !group->is_visible(&dev->kobj, *attrs, 0))
		return -ENOENT;
	attr = container_of(*attrs, struct device_attribute, attr);
	return attr->store(dev, attr, text, strlen(text));
}

/* The port is locked from before the check to its end. */
static bool nothing_pending(struct ups *ups)
{
	bool pending = true;
	unsigned int i;

	for (i = 0; i < 1000 && pending; i++) {
		msleep(20);
		mutex_lock(&ups->ops_lock);
		pending = ups->check_pending;
		mutex_unlock(&ups->ops_lock);
	}
	return !pending;
}

/* The UPS counts down at probe, refuses at first to stop, and then loses a command. */
static void refused_or_lost_cancel_is_repeated(struct kunit *test)
{
	struct fake *fake = test->priv;
	struct ups *ups;
	size_t n;

	fake->flags = '2';
	fake->echo = true;
	fake->cancel_in = 2;
	ups = plug_online(test, &test_desc);
	KUNIT_EXPECT_TRUE(test, commands_reach(fake, 3));
	KUNIT_EXPECT_EQ(test, fake->cancel_in, 2U);
	fake->echo = false;
	KUNIT_EXPECT_TRUE(test, nothing_pending(ups));
	KUNIT_EXPECT_EQ(test, fake->cancel_in, 0U);
	n = strlen(fake->commands);
	msleep(200);
	KUNIT_EXPECT_EQ(test, strlen(fake->commands), n);
	KUNIT_EXPECT_EQ(test, strspn(fake->commands, "C"), n);
	unplug(fake);
}

/* The flag of some units is always set. */
static void meaningless_flag_is_cancelled_three_times(struct kunit *test)
{
	struct fake *fake = test->priv;
	struct ups *ups;

	fake->flags = '2';
	ups = plug_online(test, &test_desc);
	KUNIT_EXPECT_TRUE(test, nothing_pending(ups));
	KUNIT_EXPECT_STREQ(test, fake->commands, "CCC");
	unplug(fake);
}

/* Replies may be lost while commands still reach the UPS. */
static void lost_ups_takes_a_cancel_only(struct kunit *test)
{
	struct fake *fake = test->priv;
	struct ups *ups = plug_online(test, &test_desc);

	KUNIT_EXPECT_EQ(test, ups_turn_off(ups, 100), 100);
	fake->silent = true;
	KUNIT_EXPECT_TRUE(test, reaches(ups, UPS_NO_COMM));
	KUNIT_EXPECT_EQ(test, ups_turn_off(ups, 100), -ENOTCONN);
	KUNIT_EXPECT_EQ(test, store(ups, "battery_test", "1"), -ENOENT);
	KUNIT_EXPECT_EQ(test, store(ups, "turn_off_cancel", "0"), -EINVAL);
	KUNIT_EXPECT_EQ(test, store(ups, "turn_off_cancel", "1"), 1);
	KUNIT_EXPECT_STREQ(test, fake->commands, "SC");
	/* Nothing shows that it has arrived. */
	KUNIT_EXPECT_TRUE(test, ups->off_pending);
	unplug(fake);
}

struct mains_watch {
	struct notifier_block nb;
	int online;
};

static int mains_changed(struct notifier_block *nb, unsigned long event, void *data)
{
	struct mains_watch *w = container_of(nb, struct mains_watch, nb);
	struct power_supply *psy = data;
	union power_supply_propval val;

	if (event == PSY_EVENT_PROP_CHANGED && psy->desc->type == POWER_SUPPLY_TYPE_MAINS &&
	    !power_supply_get_property(psy, POWER_SUPPLY_PROP_ONLINE, &val))
		WRITE_ONCE(w->online, val.intval);
	return NOTIFY_OK;
}

/* What user space read at registration is already out of date at the first poll. */
static void mains_failure_right_after_probe_is_reported(struct kunit *test)
{
	struct ups_serial_desc *desc = kunit_kzalloc(test, sizeof(*desc), GFP_KERNEL);
	struct mains_watch *w = kunit_kzalloc(test, sizeof(*w), GFP_KERNEL);
	struct fake *fake = test->priv;
	struct ups *ups;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, desc);
	KUNIT_ASSERT_NOT_NULL(test, w);
	*desc = test_desc;
	desc->ups.poll_ms = 500;
	w->online = -1;
	w->nb.notifier_call = mains_changed;
	KUNIT_ASSERT_EQ(test, power_supply_reg_notifier(&w->nb), 0);
	fake->fail_in = 1;
	ups = plug(test, desc);
	if (!IS_ERR(ups)) {
		KUNIT_EXPECT_TRUE(test, reaches(ups, UPS_ON_BATTERY));
		for (i = 0; i < 1000 && READ_ONCE(w->online); i++)
			msleep(20);
	}
	KUNIT_EXPECT_EQ(test, READ_ONCE(w->online), 0);
	power_supply_unreg_notifier(&w->nb);
	KUNIT_EXPECT_FALSE(test, IS_ERR(ups));
	unplug(fake);
}

static void state_change_ends_all_waits(struct kunit *test)
{
	struct fake *fake = test->priv;
	struct ups *ups = plug_online(test, &test_desc);
	struct ups_waiter *w = start_waiters(test, ups);

	fake->flags = '1';
	expect_waits_return(test, w, 0);
	KUNIT_EXPECT_EQ(test, ups_get_state(ups), UPS_ON_BATTERY);
	unplug(fake);
}

static void unbind_ends_all_waits(struct kunit *test)
{
	struct fake *fake = test->priv;
	struct ups *ups = plug_online(test, &test_desc);
	struct ups_waiter *w = start_waiters(test, ups);

	/* Waiters may outlive the instance (see KASAN). */
	unplug(fake);
	expect_waits_return(test, w, -ESHUTDOWN);
}

static int fake_init(struct kunit *test)
{
	struct fake *fake = kunit_kzalloc(test, sizeof(*fake), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, fake);
	fake->flags = '0';
	test->priv = fake;
	fake->root = root_device_register("ups-kunit");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, fake->root);
	fake->ctrl = serdev_controller_alloc(fake->root, fake->root, sizeof(fake));
	KUNIT_ASSERT_NOT_NULL(test, fake->ctrl);
	*(struct fake **)serdev_controller_get_drvdata(fake->ctrl) = fake;
	fake->ctrl->ops = &fake_ops;
	/* serdev_controller_add() needs a child node in firmware. */
	KUNIT_ASSERT_EQ(test, device_add(&fake->ctrl->dev), 0);
	pm_runtime_enable(&fake->ctrl->dev);
	fake->serdev = serdev_device_alloc(fake->ctrl);
	KUNIT_ASSERT_NOT_NULL(test, fake->serdev);
	KUNIT_ASSERT_EQ(test, serdev_device_add(fake->serdev), 0);
	return 0;
}

static void fake_exit(struct kunit *test)
{
	struct fake *fake = test->priv;

	unplug(fake);
	serdev_device_remove(fake->serdev);
	pm_runtime_disable(&fake->ctrl->dev);
	device_del(&fake->ctrl->dev);
	serdev_controller_put(fake->ctrl);
	root_device_unregister(fake->root);
}

static struct kunit_case port_cases[] = {
	KUNIT_CASE(port_open_errors_are_returned),
	KUNIT_CASE(port_without_modem_lines_is_refused),
	KUNIT_CASE(modem_lines_are_read_and_set),
	KUNIT_CASE(other_speed_is_refused),
	KUNIT_CASE(slow_port_gets_more_time),
	KUNIT_CASE_SLOW(command_waits_for_silence),
	KUNIT_CASE_SLOW(stuck_command_is_flushed),
	KUNIT_CASE_SLOW(hibernation_cuts_and_resume_cancels),
	KUNIT_CASE(hibernation_without_commands),
	KUNIT_CASE(resume_checks_for_a_pending_shutdown),
	KUNIT_CASE(state_is_readable_while_port_is_busy),
	KUNIT_CASE(refused_command_returns_error),
	KUNIT_CASE(turn_off_needs_a_delay),
	KUNIT_CASE(off_command_is_repeated_without_a_countdown),
	KUNIT_CASE(refused_or_lost_cancel_is_repeated),
	KUNIT_CASE(meaningless_flag_is_cancelled_three_times),
	KUNIT_CASE(lost_ups_takes_a_cancel_only),
	KUNIT_CASE(mains_failure_right_after_probe_is_reported),
	KUNIT_CASE(state_change_ends_all_waits),
	KUNIT_CASE(unbind_ends_all_waits),
	{ }
};

struct kunit_suite ups_port_suite = {
	.name = "ups_port",
	.init = fake_init,
	.exit = fake_exit,
	.test_cases = port_cases,
};
