// SPDX-License-Identifier: GPL-2.0-only
/* An instance at a port that answers within the call that writes to it. */
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/pm_runtime.h>
#include <linux/serdev.h>
#include <linux/string.h>

#include "../ups.h"
#include "ups_kunit.h"

/**
 * struct fake - the port
 * @root: its parent
 * @ctrl: the port
 * @serdev: the UPS at it
 * @group: devres group of the instance
 * @flags: what the UPS reports
 * @silent: it does not answer
 * @echo: it does not know commands
 * @commands: commands so far, without queries
 * @open_ret: what opening returns
 * @parity_ret: what setting the parity returns
 * @closed: how often the port was closed
 */
struct fake {
	struct device *root;
	struct serdev_controller *ctrl;
	struct serdev_device *serdev;
	void *group;
	char flags;
	bool silent;
	bool echo;
	char commands[64];
	int open_ret;
	int parity_ret;
	unsigned int closed;
};

static struct fake *fake_of(struct serdev_controller *ctrl)
{
	return *(struct fake **)serdev_controller_get_drvdata(ctrl);
}

static SERDEV_TX_RET fake_write(struct serdev_controller *ctrl, const u8 *data, size_t count)
{
	struct fake *fake = fake_of(ctrl);
	u8 reply[] = "(0\r";

	reply[1] = fake->flags;
	if (count == 2 && data[0] == 'Q') {
		if (!fake->silent)
			serdev_controller_receive_buf(ctrl, reply, 3);
		return count;
	}
	strncat(fake->commands, data, count - 1);
	if (fake->echo)
		serdev_controller_receive_buf(ctrl, data, count);
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

static const struct serdev_controller_ops fake_ops = {
	.write_buf = fake_write,
	.open = fake_open,
	.close = fake_close,
	.set_parity = fake_parity,
};

static int test_identify(struct ups_serial *ups, struct ups_ident *ident)
{
	return 0;
}

static int test_get_status(struct ups_serial *ups, struct ups_status *status)
{
	char reply[UPS_REPLY_LEN + 1];
	int ret = ups_serial_query(ups, "Q", '(', reply);

	if (ret < 0)
		return ret;
	status->flags = reply[1] == '1' ? UPS_FLAG_MAINS_FAILED : 0;
	return 0;
}

static int test_off_delay(unsigned int seconds)
{
	return seconds;
}

static int test_turn_off(struct ups_serial *ups, unsigned int seconds)
{
	return ups_serial_command(ups, "S");
}

static int test_verdict(const char *command, const char *reply)
{
	return strcmp(command, reply) ? 1 : -EOPNOTSUPP;
}

static const struct ups_serial_ops test_ops = {
	.identify = test_identify,
	.get_status = test_get_status,
	.off_delay = test_off_delay,
	.turn_off = test_turn_off,
	.verdict = test_verdict,
};

static const struct ups_serial_desc test_desc = {
	.ops = &test_ops, .speed = 2400, .end = '\r', .reply_ms = 20, .poll_ms = 10,
};

static const struct ups_serial_ops bare_ops = {
	.identify = test_identify,
	.get_status = test_get_status,
};

static const struct ups_serial_desc bare_desc = {
	.ops = &bare_ops, .speed = 2400, .end = '\r', .reply_ms = 20, .poll_ms = 10,
};

static struct ups_serial *plug(struct kunit *test, const struct ups_serial_desc *desc)
{
	struct ups_serial_config config = { };
	struct fake *fake = test->priv;

	fake->group = devres_open_group(&fake->serdev->dev, NULL, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, fake->group);
	return devm_ups_serial_init(fake->serdev, desc, &config);
}

static void unplug(struct fake *fake)
{
	if (fake->group)
		devres_release_group(&fake->serdev->dev, fake->group);
	fake->group = NULL;
}

static bool comes_to(struct ups_serial *ups, enum ups_state state)
{
	unsigned int i;

	for (i = 0; i < 2000 && ups_serial_get_state(ups) != state; i++)
		msleep(20);
	return ups_serial_get_state(ups) == state;
}

static struct ups_serial *plug_online(struct kunit *test, const struct ups_serial_desc *desc)
{
	struct ups_serial *ups = plug(test, desc);

	KUNIT_ASSERT_FALSE(test, IS_ERR(ups));
	KUNIT_EXPECT_TRUE(test, comes_to(ups, UPS_ONLINE));
	return ups;
}

static void a_port_that_cannot_be_opened_is_an_error(struct kunit *test)
{
	struct fake *fake = test->priv;
	struct ups_serial *ups;

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
	KUNIT_EXPECT_TRUE(test, comes_to(ups, UPS_ONLINE));
	unplug(fake);
	KUNIT_EXPECT_EQ(test, fake->closed, 2U);
}

/* The port is busy for good: the test itself holds its lock. */
static void the_state_is_read_without_the_port(struct kunit *test)
{
	struct fake *fake = test->priv;
	struct ups_serial *ups = plug_online(test, &test_desc);

	mutex_lock(&ups->port);
	KUNIT_EXPECT_EQ(test, ups_serial_get_state(ups), UPS_ONLINE);
	KUNIT_EXPECT_FALSE(test, ups_is_lost(ups));
	mutex_unlock(&ups->port);
	unplug(fake);
}

static void a_refused_command_is_an_error(struct kunit *test)
{
	struct fake *fake = test->priv;
	struct ups_serial *ups = plug_online(test, &test_desc);

	KUNIT_EXPECT_EQ(test, ups_serial_turn_off(ups, 100), 100);
	fake->echo = true;
	KUNIT_EXPECT_EQ(test, ups_serial_turn_off(ups, 100), -EOPNOTSUPP);
	/* Each was sent once. */
	KUNIT_EXPECT_STREQ(test, fake->commands, "SS");
	KUNIT_EXPECT_EQ(test, ups->stats.refused, 1ULL);

	fake->silent = true;
	KUNIT_EXPECT_TRUE(test, comes_to(ups, UPS_NO_COMM));
	KUNIT_EXPECT_EQ(test, ups_serial_turn_off(ups, 100), -ENOTCONN);
	KUNIT_EXPECT_STREQ(test, fake->commands, "SS");
	unplug(fake);
}

static void without_a_delay_nothing_is_switched_off(struct kunit *test)
{
	struct fake *fake = test->priv;
	struct ups_serial *ups = plug_online(test, &bare_desc);

	KUNIT_EXPECT_EQ(test, ups_serial_turn_off(ups, 100), -EOPNOTSUPP);
	KUNIT_EXPECT_STREQ(test, fake->commands, "");
	unplug(fake);
}

struct sleeper {
	struct ups_serial *ups;
	struct completion begun, done;
	int ret;
};

static int sleeper_thread(void *data)
{
	struct sleeper *s = data;

	complete(&s->begun);
	s->ret = ups_serial_wait_for_state_change(s->ups, UPS_ONLINE, UPS_WAIT_FOREVER);
	complete(&s->done);
	return 0;
}

#define SLEEPERS	8

static struct sleeper *sleep_on(struct kunit *test, struct ups_serial *ups)
{
	struct sleeper *s = kunit_kcalloc(test, SLEEPERS, sizeof(*s), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, s);
	for (i = 0; i < SLEEPERS; i++) {
		s[i].ups = ups;
		init_completion(&s[i].begun);
		init_completion(&s[i].done);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, kthread_run(sleeper_thread, &s[i],
							       "ups-sleeper"));
		wait_for_completion(&s[i].begun);
	}
	for (i = 0; i < 1000 && kref_read(&ups->refs) < 1 + SLEEPERS; i++)
		msleep(20);
	KUNIT_EXPECT_EQ(test, kref_read(&ups->refs), 1U + SLEEPERS);
	msleep(50);
	return s;
}

static void all_wake_with(struct kunit *test, struct sleeper *s, int ret)
{
	unsigned int i;

	for (i = 0; i < SLEEPERS; i++) {
		KUNIT_EXPECT_NE(test, wait_for_completion_timeout(&s[i].done, 40 * HZ), 0UL);
		KUNIT_EXPECT_EQ(test, s[i].ret, ret);
	}
}

static void a_reading_wakes_all(struct kunit *test)
{
	struct fake *fake = test->priv;
	struct ups_serial *ups = plug_online(test, &test_desc);
	struct sleeper *s;

	s = sleep_on(test, ups);
	fake->flags = '1';
	all_wake_with(test, s, 0);
	KUNIT_EXPECT_EQ(test, ups_serial_get_state(ups), UPS_ON_BATTERY);
	unplug(fake);
}

static void unbinding_wakes_all(struct kunit *test)
{
	struct fake *fake = test->priv;
	struct ups_serial *ups = plug_online(test, &test_desc);
	struct sleeper *s;

	s = sleep_on(test, ups);
	/* Slow waiters outlive the instance: KASAN watches. */
	unplug(fake);
	all_wake_with(test, s, -ESHUTDOWN);
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
	/* serdev_controller_add() wants a child of the firmware. */
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
	KUNIT_CASE(a_port_that_cannot_be_opened_is_an_error),
	KUNIT_CASE(the_state_is_read_without_the_port),
	KUNIT_CASE(a_refused_command_is_an_error),
	KUNIT_CASE(without_a_delay_nothing_is_switched_off),
	KUNIT_CASE(a_reading_wakes_all),
	KUNIT_CASE(unbinding_wakes_all),
	{ }
};

struct kunit_suite ups_port_suite = {
	.name = "ups_port",
	.init = fake_init,
	.exit = fake_exit,
	.test_cases = port_cases,
};
