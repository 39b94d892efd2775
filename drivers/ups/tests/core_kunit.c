// SPDX-License-Identifier: GPL-2.0-only
/* Tests of a UPS without a port: its hooks report what the test has set */
#include <kunit/device.h>
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/power_supply.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "../ups.h"
#include "ups_kunit.h"

/**
 * struct unit - a UPS
 * @dev: its device
 * @gone: @dev has been unregistered
 * @flags: UPS_FLAG_* bits that it reports
 * @charge: charge that it reports, percent
 * @silent: it does not respond
 * @blocks: get_status() waits until it is aborted
 * @blocked: it has begun to wait
 * @aborted: what has ended the wait
 * @wakes: number of calls of the transport's wake()
 * @polls: number of calls of identify() and get_status()
 * @stops: number of calls of stop()
 * @after_stop: a hook was called after it
 * @stop_aborted: result of ups_aborted() in it
 * @cuts: number of calls of cut()
 * @cut_ret: what it returns
 * @offs: number of calls of turn_off()
 * @off_ret: what it returns
 * @cancels: number of calls of cancel()
 * @cancel_ret: what it returns
 */
struct unit {
	struct device *dev;
	bool gone;
	u32 flags;
	int charge;
	bool silent;
	bool blocks;
	struct completion blocked;
	int aborted;
	unsigned int wakes;
	unsigned int polls;
	unsigned int stops;
	bool after_stop;
	int stop_aborted;
	unsigned int cuts;
	int cut_ret;
	unsigned int offs;
	int off_ret;
	unsigned int cancels;
	int cancel_ret;
};

static int unit_identify(struct ups *ups, struct ups_ident *ident)
{
	struct unit *u = ups_get_drvdata(ups);

	u->after_stop |= u->stops;
	if (u->silent) {
		WRITE_ONCE(u->polls, u->polls + 1);
		return -ETIMEDOUT;
	}
	strscpy(ident->model, "UNIT", sizeof(ident->model));
	return 0;
}

static int unit_get_status(struct ups *ups, struct ups_status *status)
{
	struct unit *u = ups_get_drvdata(ups);
	int ret = u->silent ? -ETIMEDOUT : 0;

	u->after_stop |= u->stops;
	status->flags = u->flags;
	status->valid = u->charge < 0 ? 0 : UPS_HAS_CHARGE;
	status->charge = u->charge;
	if (READ_ONCE(u->blocks)) {
		complete(&u->blocked);
		while (!(ret = ups_aborted(ups)))
			msleep(20);
		u->aborted = ret;
	}
	WRITE_ONCE(u->polls, u->polls + 1);
	return ret;
}

static void unit_stop(struct ups *ups)
{
	struct unit *u = ups_get_drvdata(ups);

	u->stops++;
	u->stop_aborted = ups_aborted(ups);
}

static int unit_cut(struct ups *ups)
{
	struct unit *u = ups_get_drvdata(ups);

	u->cuts++;
	return ups_is_powering_off(ups) ? u->cut_ret : -EPERM;
}

static int unit_off_delay(struct ups *ups, unsigned int seconds)
{
	return seconds;
}

static int unit_turn_off(struct ups *ups, unsigned int seconds)
{
	struct unit *u = ups_get_drvdata(ups);

	u->offs++;
	return u->off_ret;
}

static int unit_cancel(struct ups *ups)
{
	struct unit *u = ups_get_drvdata(ups);

	u->cancels++;
	return u->cancel_ret;
}

static void unit_wake(void *transport)
{
	struct unit *u = transport;

	u->wakes++;
}

static void unit_show(void *transport, struct seq_file *s)
{
}

static const struct ups_transport_ops unit_transport = {
	.wake = unit_wake,
	.show = unit_show,
};

static const struct ups_ops unit_ops = {
	.identify = unit_identify,
	.get_status = unit_get_status,
	.stop = unit_stop,
};

static const struct ups_ops cut_ops = {
	.identify = unit_identify,
	.get_status = unit_get_status,
	.cut = unit_cut,
};

/* Polled only when the test says so */
static const struct ups_desc cut_desc = { .ops = &cut_ops, .poll_ms = 3600000 };

static const struct ups_desc unit_desc = { .ops = &unit_ops, .poll_ms = 3600000 };

static const struct ups_ops delay_ops = {
	.identify = unit_identify, .get_status = unit_get_status,
	.off_delay = unit_off_delay, .turn_off = unit_turn_off, .cancel = unit_cancel,
};

static const struct ups_desc shown_desc = { .ops = &delay_ops, .poll_ms = 3600000 };

static const struct ups_desc hidden_desc = {
	.ops = &delay_ops, .poll_ms = 3600000, .hides_shutdown = true,
};

static const struct ups_desc hasty_desc = {
	.ops = &unit_ops, .poll_ms = 3600000, .misses = 1, .lows = 1,
};

static struct ups *plug(struct kunit *test, const struct ups_desc *desc)
{
	struct ups_config config = {
		.drvdata = test->priv, .transport = test->priv,
		.transport_ops = &unit_transport,
	};
	struct unit *u = test->priv;
	struct ups *ups = devm_ups_register(u->dev, desc, &config);

	KUNIT_ASSERT_FALSE(test, IS_ERR(ups));
	return ups;
}

static void unplug(struct kunit *test)
{
	struct unit *u = test->priv;

	if (!u->gone)
		kunit_device_unregister(test, u->dev);
	u->gone = true;
}

/* Wait for the end of a poll that begins after this call. */
static void poll(struct ups *ups)
{
	struct unit *u = ups_get_drvdata(ups);
	unsigned int polls, i;

	mutex_lock(&ups->ops_lock);
	polls = u->polls;
	mutex_unlock(&ups->ops_lock);
	ups_kick(ups);
	for (i = 0; i < 2000 && READ_ONCE(u->polls) == polls; i++)
		msleep(20);
	/* The next one is an hour away. */
	flush_workqueue(ups->wq);
}

static struct ups *plug_online(struct kunit *test, const struct ups_desc *desc)
{
	struct ups *ups = plug(test, desc);

	poll(ups);
	KUNIT_EXPECT_EQ(test, ups_get_state(ups), UPS_ONLINE);
	return ups;
}

static int battery_get(struct ups *ups, enum power_supply_property psp)
{
	union power_supply_propval val;
	int ret = power_supply_get_property(psy_miniclass_to_psy(ups->battery), psp, &val);

	return ret ?: val.intval;
}

static int battery_set(struct ups *ups, enum power_supply_property psp, int val)
{
	union power_supply_propval v = { .intval = val };

	return power_supply_set_property(psy_miniclass_to_psy(ups->battery), psp, &v);
}

static void no_port_is_needed(struct kunit *test)
{
	struct ups *ups = plug_online(test, &unit_desc);
	struct unit *u = test->priv;

	KUNIT_ASSERT_NOT_NULL(test, ups->battery);
	KUNIT_EXPECT_EQ(test, battery_get(ups, POWER_SUPPLY_PROP_CAPACITY), 60);
	KUNIT_EXPECT_EQ(test, battery_get(ups, POWER_SUPPLY_PROP_STATUS),
			POWER_SUPPLY_STATUS_CHARGING);
	u->flags = UPS_FLAG_MAINS_FAILED;
	u->charge = 40;
	poll(ups);
	KUNIT_EXPECT_EQ(test, ups_get_state(ups), UPS_ON_BATTERY);
	KUNIT_EXPECT_EQ(test, battery_get(ups, POWER_SUPPLY_PROP_CAPACITY), 40);
	KUNIT_EXPECT_EQ(test, battery_get(ups, POWER_SUPPLY_PROP_STATUS),
			POWER_SUPPLY_STATUS_DISCHARGING);
	unplug(test);
}

/* User space reads and sets a limit as for any battery of the class. */
static void battery_is_an_instance_of_the_class(struct kunit *test)
{
	struct ups *ups = plug_online(test, &unit_desc);
	struct unit *u = test->priv;
	struct psy_snapshot snap;
	u32 tag;

	KUNIT_ASSERT_NOT_NULL(test, ups->battery);
	KUNIT_EXPECT_PTR_EQ(test,
			    psy_miniclass_from_psy(psy_miniclass_to_psy(ups->battery)),
			    ups->battery);
	KUNIT_EXPECT_EQ(test, psy_miniclass_get_snapshot(ups->battery, &snap), 0);
	tag = snap.tag;
	KUNIT_EXPECT_EQ(test, battery_set(ups, POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN, 50), 0);
	/* Registered again without a capacity, and with it: the limit is still set. */
	u->charge = -1;
	mutex_lock(&ups->ops_lock);
	ups->status.valid = 0;
	mutex_unlock(&ups->ops_lock);
	poll(ups);
	KUNIT_EXPECT_EQ(test, battery_get(ups, POWER_SUPPLY_PROP_SCOPE),
			POWER_SUPPLY_SCOPE_DEVICE);
	KUNIT_EXPECT_EQ(test, battery_get(ups, POWER_SUPPLY_PROP_CAPACITY), -EINVAL);
	u->charge = 60;
	poll(ups);
	KUNIT_EXPECT_EQ(test, battery_get(ups, POWER_SUPPLY_PROP_SCOPE),
			POWER_SUPPLY_SCOPE_SYSTEM);
	KUNIT_EXPECT_EQ(test, battery_get(ups, POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN), 50);
	KUNIT_EXPECT_EQ(test, psy_miniclass_get_snapshot(ups->battery, &snap), 0);
	KUNIT_EXPECT_GT(test, snap.tag, tag);
	unplug(test);
}

static void debounce_is_that_of_the_protocol(struct kunit *test)
{
	static const struct {
		const struct ups_desc *desc;
		unsigned int misses, lows;
	} rows[] = {
		{ &hasty_desc, 1, 1 }, { &unit_desc, UPS_MISSES, UPS_LOWS },
	};
	struct unit *u = test->priv;
	unsigned int i, n;
	struct ups *ups;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		*u = (struct unit){ .dev = u->dev, .charge = 60, .gone = u->gone };
		ups = plug_online(test, rows[i].desc);
		u->flags = UPS_FLAG_MAINS_FAILED | UPS_FLAG_BATTERY_LOW;
		for (n = 1; n <= rows[i].lows; n++) {
			KUNIT_EXPECT_LT(test, ups_get_state(ups), UPS_LOW_BATTERY);
			poll(ups);
		}
		KUNIT_EXPECT_EQ(test, ups_get_state(ups), UPS_LOW_BATTERY);
		u->flags = 0;
		poll(ups);
		u->silent = true;
		for (n = 1; n <= rows[i].misses; n++) {
			KUNIT_EXPECT_EQ(test, ups_get_state(ups), UPS_ONLINE);
			poll(ups);
		}
		KUNIT_EXPECT_EQ(test, ups_get_state(ups), UPS_NO_COMM);
		ups_stop(ups);
	}
	unplug(test);
}

static void stop_is_the_last_hook(struct kunit *test)
{
	struct ups *ups = plug_online(test, &unit_desc);
	struct unit *u = test->priv;

	ups_stop(ups);
	KUNIT_EXPECT_EQ(test, u->stops, 1U);
	/* It may communicate. */
	KUNIT_EXPECT_EQ(test, u->stop_aborted, 0);
	ups_kick(ups);
	ups_stop(ups);
	unplug(test);
	KUNIT_EXPECT_EQ(test, u->stops, 1U);
	KUNIT_EXPECT_FALSE(test, u->after_stop);
}

static void removal_ends_a_hook(struct kunit *test)
{
	struct ups *ups = plug_online(test, &unit_desc);
	struct unit *u = test->priv;

	u->blocks = true;
	ups_kick(ups);
	KUNIT_EXPECT_NE(test, wait_for_completion_timeout(&u->blocked, 60 * HZ), 0UL);
	KUNIT_EXPECT_EQ(test, u->wakes, 0U);
	unplug(test);
	KUNIT_EXPECT_EQ(test, u->wakes, 1U);
	KUNIT_EXPECT_EQ(test, u->aborted, -ESHUTDOWN);
}

static void incomplete_operations_are_refused(struct kunit *test)
{
	static const struct ups_ops no_status = { .identify = unit_identify };
	static const struct ups_desc desc = { .ops = &no_status, .poll_ms = 1000 };
	struct ups_config config = { .drvdata = test->priv };
	struct unit *u = test->priv;

	KUNIT_EXPECT_EQ(test, PTR_ERR(devm_ups_register(u->dev, &desc, &config)), (long)-EINVAL);
}

/* Either it has a delay or not. */
static void two_ways_to_switch_off_are_refused(struct kunit *test)
{
	static const struct ups_ops both = {
		.identify = unit_identify, .get_status = unit_get_status, .cut = unit_cut,
		.off_delay = unit_off_delay, .turn_off = unit_turn_off,
	};
	static const struct ups_desc desc = { .ops = &both, .poll_ms = 1000 };
	struct ups_config config = { .drvdata = test->priv };
	struct unit *u = test->priv;

	KUNIT_EXPECT_EQ(test, PTR_ERR(devm_ups_register(u->dev, &desc, &config)), (long)-EINVAL);
}

static bool has_file(struct ups *ups, const char *name)
{
	struct kobject *kobj = &psy_miniclass_to_psy(ups->battery)->dev.kobj;
	struct kernfs_node *kn = sysfs_get_dirent(kobj->sd, name);

	sysfs_put(kn);
	return kn;
}

/* A machine that is still running would lose power. */
static void without_a_delay_it_is_cut_last(struct kunit *test)
{
	struct ups *ups = plug_online(test, &cut_desc);
	struct unit *u = test->priv;

	KUNIT_ASSERT_NOT_NULL(test, ups->battery);
	KUNIT_EXPECT_TRUE(test, has_file(ups, "killpower"));
	KUNIT_EXPECT_FALSE(test, has_file(ups, "killpower_delay"));
	KUNIT_EXPECT_FALSE(test, has_file(ups, "turn_off"));
	KUNIT_EXPECT_EQ(test, ups_turn_off(ups, 100), -EOPNOTSUPP);
	ups_cut_early(ups);
	KUNIT_EXPECT_EQ_MSG(test, u->cuts, 0U, "on mains");

	u->flags = UPS_FLAG_MAINS_FAILED;
	poll(ups);
	KUNIT_EXPECT_EQ(test, ups_turn_off(ups, 100), -EOPNOTSUPP);
	/* Hibernation: disks have not been flushed. */
	ups_pm_poweroff(ups);
	ups_pm_restore(ups);
	KUNIT_EXPECT_EQ_MSG(test, u->cuts, 0U, "hibernation");
	ups->killpower = UPS_KILLPOWER_OFF;
	ups_cut_early(ups);
	KUNIT_EXPECT_EQ_MSG(test, u->cuts, 0U, "off");
	ups->killpower = UPS_KILLPOWER_ON_BATTERY;
	u->cut_ret = -EIO;
	ups_cut_early(ups);
	KUNIT_EXPECT_EQ_MSG(test, u->cuts, 1U, "failed");
	KUNIT_EXPECT_FALSE(test, ups->cut);
	u->cut_ret = 0;
	ups_cut_early(ups);
	ups_cut_early(ups);
	KUNIT_EXPECT_EQ_MSG(test, u->cuts, 2U, "once");
	KUNIT_EXPECT_TRUE(test, ups->cut);
	unplug(test);
}

/* Poll several times, and return how often a shutdown was cancelled. */
static unsigned int cancels_in_polls(struct ups *ups, unsigned int polls)
{
	struct unit *u = ups_get_drvdata(ups);

	u->cancels = 0;
	while (polls--)
		poll(ups);
	return u->cancels;
}

/* A machine that was switched on before the cut has an image from before the command. */
static void hidden_shutdown_is_cancelled_after_hibernation(struct kunit *test)
{
	static const struct {
		int ret;
		unsigned int cancels;
	} rows[] = {
		{ 0, 1 }, { -ETIMEDOUT, 3 }, { -EIO, 3 }, { -EOPNOTSUPP, 1 },
		/* Aborted, as often as that may be */
		{ -EBUSY, 5 },
	};
	struct ups *ups = plug_online(test, &hidden_desc);
	struct unit *u = test->priv;
	unsigned int i;

	/* The first one is that of identify(). */
	KUNIT_EXPECT_EQ(test, u->cancels, 0U);
	KUNIT_EXPECT_EQ(test, cancels_in_polls(ups, 2), 0U);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		u->cancel_ret = rows[i].ret;
		ups_pm_restore(ups);
		KUNIT_EXPECT_EQ_MSG(test, cancels_in_polls(ups, 5), rows[i].cancels, "%d",
				    rows[i].ret);
	}
	/* The attempts count from the last hibernation on. */
	u->cancel_ret = -EIO;
	KUNIT_EXPECT_EQ(test, cancels_in_polls(ups, 2), 2U);
	ups_pm_restore(ups);
	KUNIT_EXPECT_EQ(test, cancels_in_polls(ups, 5), 3U);
	/* A UPS that does not respond would not receive it either. */
	ups_pm_restore(ups);
	u->silent = true;
	KUNIT_EXPECT_EQ(test, cancels_in_polls(ups, 5), 0U);
	u->silent = false;
	u->cancel_ret = 0;
	KUNIT_EXPECT_EQ(test, cancels_in_polls(ups, 2), 1U);
	ups_stop(ups);

	/* The others say whether there is something to cancel. */
	ups = plug_online(test, &shown_desc);
	ups_pm_restore(ups);
	KUNIT_EXPECT_EQ(test, cancels_in_polls(ups, 2), 0U);
	unplug(test);
}

/* A hibernation that fails after the command; the answer to it may have been lost. */
static void hidden_shutdown_is_cancelled_after_a_failure(struct kunit *test)
{
	static const int rets[] = { 0, -ETIMEDOUT, -EIO };
	struct ups *ups = plug_online(test, &hidden_desc);
	struct unit *u = test->priv;
	unsigned int i;

	u->flags = UPS_FLAG_MAINS_FAILED;
	poll(ups);
	for (i = 0; i < ARRAY_SIZE(rets); i++) {
		u->offs = 0;
		u->off_ret = rets[i];
		ups_pm_poweroff(ups);
		KUNIT_EXPECT_GE_MSG(test, u->offs, 1U, "%d", rets[i]);
		ups_pm_restore(ups);
		KUNIT_EXPECT_EQ_MSG(test, cancels_in_polls(ups, 3), 1U, "%d", rets[i]);
	}
	unplug(test);
}

/* What was ordered since must not be cancelled, although its answer may have been lost. */
static void later_commands_are_not_cancelled(struct kunit *test)
{
	static const struct ups_desc * const descs[] = { &hidden_desc, &shown_desc };
	static const int rets[] = { 0, -ETIMEDOUT };
	struct unit *u = test->priv;
	unsigned int i, j;
	struct ups *ups;

	for (i = 0; i < ARRAY_SIZE(descs); i++) {
		u->flags = 0;
		ups = plug_online(test, descs[i]);
		for (j = 0; j < ARRAY_SIZE(rets); j++) {
			u->flags = UPS_FLAG_MAINS_FAILED;
			poll(ups);
			u->flags |= UPS_FLAG_SHUTDOWN;
			u->off_ret = rets[j];
			ups_pm_restore(ups);
			ups_turn_off(ups, 100);
			KUNIT_EXPECT_EQ_MSG(test, cancels_in_polls(ups, 3), 0U, "user %u %d", i,
					    rets[j]);
			ups_pm_restore(ups);
			/* Of a power-off before the first reading */
			u->offs = 0;
			ups_cut_early(ups);
			KUNIT_EXPECT_GE(test, u->offs, 1U);
			KUNIT_EXPECT_EQ_MSG(test, cancels_in_polls(ups, 3), 0U, "cut %u %d", i,
					    rets[j]);
		}
		ups_stop(ups);
	}
	unplug(test);
}

static int unit_init(struct kunit *test)
{
	struct unit *u = kunit_kzalloc(test, sizeof(*u), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, u);
	u->charge = 60;
	init_completion(&u->blocked);
	u->dev = kunit_device_register(test, "ups-unit");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, u->dev);
	test->priv = u;
	return 0;
}

static void unit_exit(struct kunit *test)
{
	if (test->priv)
		unplug(test);
}

static struct kunit_case core_cases[] = {
	KUNIT_CASE(no_port_is_needed),
	KUNIT_CASE(battery_is_an_instance_of_the_class),
	KUNIT_CASE(debounce_is_that_of_the_protocol),
	KUNIT_CASE(stop_is_the_last_hook),
	KUNIT_CASE(removal_ends_a_hook),
	KUNIT_CASE(incomplete_operations_are_refused),
	KUNIT_CASE(two_ways_to_switch_off_are_refused),
	KUNIT_CASE(without_a_delay_it_is_cut_last),
	KUNIT_CASE(hidden_shutdown_is_cancelled_after_hibernation),
	KUNIT_CASE(hidden_shutdown_is_cancelled_after_a_failure),
	KUNIT_CASE(later_commands_are_not_cancelled),
	{ }
};

struct kunit_suite ups_core_suite = {
	.name = "ups_core",
	.init = unit_init,
	.exit = unit_exit,
	.test_cases = core_cases,
};
