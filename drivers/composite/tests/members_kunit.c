// SPDX-License-Identifier: GPL-2.0-only
/* Members are added and removed; the composite is checked through its supply. */
#include <kunit/device.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/fs.h>
#include <linux/kmsg_dump.h>
#include <linux/kthread.h>
#include <linux/platform_device.h>
#include <linux/poll.h>

#include "cbat_kunit.h"

#define READERS		4
#define PLUG_ROUNDS	60
#define PLUG_TIME	(30 * HZ)

struct members_test {
	struct fake_supply a, b, mains;
	struct platform_device *composite;
	struct completion plugged, unplugged;
	struct notifier_block nb;
	atomic_t events, readings;
	int mains_err;
};

static void members_cleanup(struct members_test *t)
{
	if (t->composite)
		platform_device_unregister(t->composite);
	t->composite = NULL;
	fake_supply_del(&t->a);
	fake_supply_del(&t->b);
	fake_supply_del(&t->mains);
}

static int members_init(struct kunit *test)
{
	struct members_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, t);
	fake_supply_init(&t->a, "fake-a", 10000, 20000, 4000);
	fake_supply_init(&t->b, "fake-b", 24000, 30000, 6000);
	fake_supply_init(&t->mains, "fake-mains", 0, 0, 0);
	test->priv = t;
	return 0;
}

static void members_exit(struct kunit *test)
{
	members_cleanup(test->priv);
}

static void compose_as(struct kunit *test, const char *members, enum cbat_topology topology)
{
	struct cbat_setup *setup = kunit_kzalloc(test, sizeof(*setup), GFP_KERNEL);
	struct members_test *t = test->priv;

	KUNIT_ASSERT_NOT_NULL(test, setup);
	strscpy(setup->members, members, sizeof(setup->members));
	strscpy(setup->name, "fake-composite", sizeof(setup->name));
	setup->topology = topology;
	t->composite = platform_device_register_data(NULL, "composite-battery", PLATFORM_DEVID_AUTO,
						     setup, sizeof(*setup));
	if (IS_ERR(t->composite))
		t->composite = NULL;
	KUNIT_ASSERT_NOT_NULL(test, t->composite);
}

static void compose(struct kunit *test, const char *members)
{
	compose_as(test, members, CBAT_PARALLEL);
}

/*
 * Read a file of a supply as user space does: a reference by name, taken in the kernel,
 * would block the next registration of a composite. Returns its length or an error,
 * -ENOENT when there is no such supply.
 */
static ssize_t read_file(const char *supply, const char *name, char *buf, size_t size)
{
	char path[80];
	struct file *file;
	loff_t pos = 0;
	ssize_t len;

	snprintf(path, sizeof(path), "/sys/class/power_supply/%s/%s", supply, name);
	file = filp_open(path, O_RDONLY, 0);
	if (IS_ERR(file))
		return PTR_ERR(file);
	len = kernel_read(file, buf, size - 1, &pos);
	filp_close(file, NULL);
	if (len < 0)
		return len;
	buf[len] = 0;
	strim(buf);
	return len;
}

static ssize_t read_attr(const char *name, char *buf, size_t size)
{
	return read_file("fake-composite", name, buf, size);
}

/* Read a number of a supply. Returns it or an error. */
static int read_supply(const char *supply, const char *name)
{
	char buf[80];
	ssize_t len = read_file(supply, name, buf, sizeof(buf));
	int val;

	if (len < 0)
		return len;
	return kstrtoint(buf, 10, &val) ? -EINVAL : val;
}

/* The same of the composite */
static int read_int(const char *name)
{
	return read_supply("fake-composite", name);
}

/* Write into a file of the composite. Returns 0 or an error. */
static int write_attr(const char *name, const char *text)
{
	char path[80];
	struct file *file;
	loff_t pos = 0;
	ssize_t len;

	snprintf(path, sizeof(path), "/sys/class/power_supply/fake-composite/%s", name);
	file = filp_open(path, O_WRONLY, 0);
	if (IS_ERR(file))
		return PTR_ERR(file);
	len = kernel_write(file, text, strlen(text), &pos);
	filp_close(file, NULL);
	return len < 0 ? len : 0;
}

/* Number of registrations of the composite so far */
static u32 registrations(struct members_test *t)
{
	struct cbat *c = platform_get_drvdata(t->composite);
	u32 n;

	mutex_lock(&c->lock);
	n = c->registrations;
	mutex_unlock(&c->lock);
	return n;
}

/* Wait for the registration: until then, reads are answered by the previous one. */
static void expect_registrations(struct kunit *test, u32 want)
{
	struct members_test *t = test->priv;
	unsigned int i;

	for (i = 0; i < 600 && registrations(t) < want; i++)
		msleep(100);
	KUNIT_EXPECT_EQ(test, registrations(t), want);
}

/*
 * Wait until a number has the expected value; returns the value read last. It must not
 * be read once more: the previous registration may have reported it already, and files
 * are missing for a moment when the next one replaces it.
 */
static int await(const char *name, int want)
{
	unsigned int i;
	int val = read_int(name);

	for (i = 0; i < 600 && val != want; i++) {
		msleep(100);
		val = read_int(name);
	}
	return val;
}

static void expect_int(struct kunit *test, const char *name, int want)
{
	KUNIT_EXPECT_EQ_MSG(test, await(name, want), want, "%s", name);
}

static void expect_word(struct kunit *test, const char *name, const char *want)
{
	char buf[80] = "";
	unsigned int i;

	for (i = 0; i < 600; i++) {
		if (read_attr(name, buf, sizeof(buf)) > 0 && !strcmp(buf, want))
			break;
		msleep(100);
	}
	KUNIT_EXPECT_STREQ(test, buf, want);
}

static void add(struct kunit *test, struct fake_supply *f)
{
	KUNIT_ASSERT_EQ(test, fake_supply_add(f, NULL), 0);
}

static void two_supplies_are_combined(struct kunit *test)
{
	struct members_test *t = test->priv;

	add(test, &t->a);
	add(test, &t->b);
	compose(test, "fake-a, fake-b");
	expect_int(test, "energy_full", 50000000);
	expect_int(test, "energy_now", 34000000);
	expect_int(test, "capacity", 68);
	expect_int(test, "power_now", 10000000);
	expect_int(test, "time_to_empty_now", 12240);
	expect_word(test, "status", "Discharging");
	/* The members are counted separately. */
	expect_word(test, "scope", "Device");
}

static void device_scope_members_give_system_scope(struct kunit *test)
{
	struct members_test *t = test->priv;

	t->a.scope = POWER_SUPPLY_SCOPE_DEVICE;
	t->b.scope = POWER_SUPPLY_SCOPE_DEVICE;
	add(test, &t->a);
	add(test, &t->b);
	compose(test, "fake-a,fake-b");
	expect_word(test, "scope", "System");
}

/* Expect a tag above @tag, and store it there. */
static void expect_new_tag(struct kunit *test, int *tag)
{
	unsigned int i;
	int now = read_int("battery_tag");

	for (i = 0; i < 600 && now <= *tag; i++) {
		msleep(100);
		now = read_int("battery_tag");
	}
	KUNIT_EXPECT_GT(test, now, *tag);
	*tag = now;
}

static void members_are_added_and_removed(struct kunit *test)
{
	struct members_test *t = test->priv;
	int tag;

	compose(test, "fake-a,fake-b");
	msleep(300);
	KUNIT_EXPECT_EQ(test, read_int("present"), -ENOENT);
	add(test, &t->a);
	expect_int(test, "energy_full", 20000000);
	tag = read_int("battery_tag");
	KUNIT_EXPECT_GT(test, tag, 0);
	add(test, &t->b);
	expect_int(test, "energy_full", 50000000);
	expect_new_tag(test, &tag);
	fake_supply_del(&t->a);
	expect_int(test, "energy_full", 30000000);
	expect_int(test, "capacity", 80);
	expect_new_tag(test, &tag);
	/* Without any member the supply stays registered, with present 0. */
	fake_supply_del(&t->b);
	expect_int(test, "present", 0);
	expect_int(test, "energy_full", -ENODEV);
	add(test, &t->a);
	expect_int(test, "energy_full", 20000000);
	expect_int(test, "present", 1);
}

static void short_failure_is_tolerated(struct kunit *test)
{
	struct members_test *t = test->priv;

	add(test, &t->a);
	add(test, &t->b);
	compose(test, "fake-a,fake-b");
	expect_int(test, "energy_full", 50000000);
	fake_supply_settle(&t->b);
	t->b.err = -EIO;
	msleep(1100);
	KUNIT_EXPECT_EQ(test, read_int("energy_full"), 50000000);
	t->b.err = 0;
	msleep(1100);
	KUNIT_EXPECT_EQ(test, read_int("energy_full"), 50000000);
	/* A failure that lasts is not tolerated. */
	t->b.err = -EIO;
	expect_int(test, "energy_full", 20000000);
	t->b.err = 0;
	expect_int(test, "energy_full", 50000000);
}

/* Wait until a supply has been read once more. */
static void expect_read(struct kunit *test, struct fake_supply *f)
{
	int before = atomic_read(&f->asked);
	unsigned int i;

	for (i = 0; i < 600 && atomic_read(&f->asked) <= before + 2; i++) {
		read_int("capacity");
		msleep(100);
	}
	KUNIT_EXPECT_GT(test, atomic_read(&f->asked), before + 2);
}

static void mixed_flow_depends_on_external_supply(struct kunit *test)
{
	struct members_test *t = test->priv;

	psy_values_set(&t->b.v, PSY_STATUS, POWER_SUPPLY_STATUS_CHARGING);
	psy_values_set(&t->b.v, PSY_POWER_NOW, 4000000);
	add(test, &t->a);
	add(test, &t->b);
	add(test, &t->mains);
	compose(test, "fake-a,fake-b");
	expect_word(test, "status", "Discharging");
	KUNIT_EXPECT_EQ(test, read_int("time_to_empty_now"), -ENODATA);
	/* A supply of scope Device does not supply the machine. */
	t->mains.scope = POWER_SUPPLY_SCOPE_DEVICE;
	psy_values_set(&t->mains.v, PSY_STATUS, 0);
	power_supply_changed(t->mains.psy);
	expect_read(test, &t->mains);
	expect_word(test, "status", "Discharging");
	t->mains.scope = POWER_SUPPLY_SCOPE_SYSTEM;
	power_supply_changed(t->mains.psy);
	expect_word(test, "status", "Not charging");
	expect_int(test, "power_now", 0);
	/* More than the other pack delivers comes from outside, whatever is registered. */
	fake_supply_del(&t->mains);
	psy_values_set(&t->b.v, PSY_POWER_NOW, 6000000);
	power_supply_changed(t->b.psy);
	expect_word(test, "status", "Charging");
	expect_int(test, "power_now", 2000000);
	expect_int(test, "time_to_full_now", 28800);
	KUNIT_EXPECT_EQ(test, read_int("time_to_empty_now"), -ENODATA);
}

/* During the lifetime of a snapshot, no member is read. */
static void fresh_values_read_no_member(struct kunit *test)
{
	struct members_test *t = test->priv;
	unsigned int i;
	ktime_t start;
	int before;

	add(test, &t->a);
	compose(test, "fake-a");
	expect_int(test, "energy_full", 20000000);
	msleep(1500);
	read_int("capacity");
	before = atomic_read(&t->a.asked);
	start = ktime_get();
	for (i = 0; i < 100; i++)
		read_int("capacity");
	/* One reading a second, and the notifier of the registration */
	KUNIT_EXPECT_LE(test, atomic_read(&t->a.asked) - before,
			20 * (2 + ktime_ms_delta(ktime_get(), start) / 1000));
	before = atomic_read(&t->a.asked);
	for (i = 0; i < 600 && atomic_read(&t->a.asked) == before; i++) {
		msleep(100);
		read_int("capacity");
	}
	KUNIT_EXPECT_GT(test, atomic_read(&t->a.asked), before);
}

static void pack_change_registers_again(struct kunit *test)
{
	struct members_test *t = test->priv;
	int tag;

	add(test, &t->a);
	compose(test, "fake-a");
	expect_int(test, "energy_full", 20000000);
	tag = read_int("battery_tag");
	KUNIT_EXPECT_GT(test, tag, 0);

	t->a.serial = "another";
	psy_values_set(&t->a.v, PSY_ENERGY_FULL, 60000000);
	power_supply_changed(t->a.psy);
	expect_int(test, "energy_full", 60000000);
	expect_registrations(test, 2);
	expect_new_tag(test, &tag);
	msleep(1500);
	KUNIT_EXPECT_EQ(test, read_int("battery_tag"), tag);
}

static void invalid_members_are_refused(struct kunit *test)
{
	struct members_test *t = test->priv;

	add(test, &t->a);
	add(test, &t->mains);
	compose(test, "fake-a,fake-mains,fake-composite,nobody");
	expect_int(test, "energy_full", 20000000);
	msleep(500);
	KUNIT_EXPECT_EQ(test, read_int("energy_full"), 20000000);
}

static void behaviour_is_set_in_all_members(struct kunit *test)
{
	struct members_test *t = test->priv;
	union power_supply_propval val = { POWER_SUPPLY_CHARGE_BEHAVIOUR_INHIBIT_CHARGE };
	struct power_supply *psy;

	add(test, &t->a);
	add(test, &t->b);
	compose(test, "fake-a,fake-b");
	expect_int(test, "energy_full", 50000000);
	msleep(500);
	psy = power_supply_get_by_name("fake-composite");
	KUNIT_ASSERT_NOT_NULL(test, psy);
	KUNIT_EXPECT_EQ(test, power_supply_set_property(psy, POWER_SUPPLY_PROP_CHARGE_BEHAVIOUR,
							&val), 0);
	power_supply_put(psy);
	KUNIT_EXPECT_EQ(test, t->a.behaviour, POWER_SUPPLY_CHARGE_BEHAVIOUR_INHIBIT_CHARGE);
	KUNIT_EXPECT_EQ(test, t->b.behaviour, POWER_SUPPLY_CHARGE_BEHAVIOUR_INHIBIT_CHARGE);
}

/*
 * Each behaviour that a member declares can be set, and no other. Some have been added to
 * later kernels only.
 */
static void behaviours_of_all_members_are_offered(struct kunit *test)
{
	struct members_test *t = test->priv;
	const unsigned int few = BIT(POWER_SUPPLY_CHARGE_BEHAVIOUR_AUTO) |
				 BIT(POWER_SUPPLY_CHARGE_BEHAVIOUR_INHIBIT_CHARGE);

	if (psy_desc_get_behaviours(&t->a.desc) != 0xff)
		kunit_skip(test, "supplies do not declare their behaviours");
	psy_desc_set_behaviours(&t->b.desc, few);
	add(test, &t->b);
	compose(test, "fake-a,fake-b");
	expect_word(test, "charge_behaviour", "[auto] inhibit-charge");
	KUNIT_EXPECT_EQ(test, write_attr("charge_behaviour", "force-discharge"), -EINVAL);
	/* Reported by the member, but not declared: unknown, but not an error. */
	t->b.behaviour = POWER_SUPPLY_CHARGE_BEHAVIOUR_FORCE_DISCHARGE;
	expect_int(test, "charge_behaviour", -ENODATA);
	t->b.behaviour = POWER_SUPPLY_CHARGE_BEHAVIOUR_AUTO;

	add(test, &t->a);
	expect_word(test, "charge_behaviour",
		    "[auto] inhibit-charge inhibit-charge-awake force-discharge");
	KUNIT_EXPECT_EQ(test, write_attr("charge_behaviour", "inhibit-charge-awake"), 0);
	fake_supply_del(&t->b);
	expect_word(test, "charge_behaviour",
		    "auto inhibit-charge [inhibit-charge-awake] force-discharge");
}

/* A threshold is set in all members that have it. They may also be set one by one. */
static void threshold_is_set_in_all_members(struct kunit *test)
{
	static const char end[] = "charge_control_end_threshold";
	struct members_test *t = test->priv;

	psy_values_set(&t->a.v, PSY_CHARGE_END_THRESHOLD, 100);
	psy_values_set(&t->b.v, PSY_CHARGE_END_THRESHOLD, 100);
	add(test, &t->a);
	add(test, &t->b);
	compose(test, "fake-a,fake-b");
	expect_int(test, end, 100);
	KUNIT_EXPECT_EQ(test, write_attr(end, "80"), 0);
	KUNIT_EXPECT_EQ(test, read_supply("fake-a", end), 80);
	KUNIT_EXPECT_EQ(test, read_supply("fake-b", end), 80);
	expect_int(test, end, 80);

	psy_values_set(&t->b.v, PSY_CHARGE_END_THRESHOLD, 60);
	power_supply_changed(t->b.psy);
	expect_int(test, end, -ENODATA);
	KUNIT_EXPECT_EQ(test, write_attr(end, "101"), -EINVAL);
	/* One refuses: it is an error, and the other is set nevertheless. */
	t->a.least = 50;
	KUNIT_EXPECT_EQ(test, write_attr(end, "40"), -EINVAL);
	KUNIT_EXPECT_EQ(test, read_supply("fake-a", end), 80);
	KUNIT_EXPECT_EQ(test, read_supply("fake-b", end), 40);
	KUNIT_EXPECT_EQ(test, write_attr(end, "70"), 0);
	expect_int(test, end, 70);
}

/* The driver that provides the threshold may be loaded after the composite. */
static void late_threshold_registers_again(struct kunit *test)
{
	struct members_test *t = test->priv;

	add(test, &t->a);
	add(test, &t->b);
	compose(test, "fake-a,fake-b");
	expect_int(test, "energy_full", 50000000);
	KUNIT_EXPECT_EQ(test, read_int("charge_control_end_threshold"), -ENOENT);
	/* It cannot be written. */
	psy_values_set(&t->a.v, PSY_CHARGE_START_THRESHOLD, 40);
	psy_values_set(&t->b.v, PSY_CHARGE_END_THRESHOLD, 90);
	power_supply_changed(t->b.psy);
	expect_int(test, "charge_control_end_threshold", 90);
	expect_int(test, "charge_control_start_threshold", 40);
	KUNIT_EXPECT_EQ(test, write_attr("charge_control_end_threshold", "80"), 0);
	KUNIT_EXPECT_EQ(test, read_supply("fake-b", "charge_control_end_threshold"), 80);
	KUNIT_EXPECT_EQ(test, read_supply("fake-a", "charge_control_end_threshold"), -ENODATA);
	KUNIT_EXPECT_NE(test, write_attr("charge_control_start_threshold", "30"), 0);
	KUNIT_EXPECT_EQ(test, read_supply("fake-a", "charge_control_start_threshold"), 40);
}

/* The members are hidden while the composite exists: it must be counted from then on. */
static void change_of_scope_registers_again(struct kunit *test)
{
	struct members_test *t = test->priv;

	add(test, &t->a);
	compose(test, "fake-a");
	expect_word(test, "scope", "Device");
	KUNIT_EXPECT_EQ(test, registrations(t), 1U);
	t->a.scope = POWER_SUPPLY_SCOPE_DEVICE;
	power_supply_changed(t->a.psy);
	expect_word(test, "scope", "System");
	expect_registrations(test, 2);
	t->a.scope = POWER_SUPPLY_SCOPE_SYSTEM;
	power_supply_changed(t->a.psy);
	expect_word(test, "scope", "Device");
	expect_registrations(test, 3);
}

/* A pack at rest may report less than its property list allows. */
static void initially_unknown_values_are_reported_later(struct kunit *test)
{
	struct members_test *t = test->priv;

	t->a.v.valid &= ~PSY_BIT(PSY_POWER_NOW);
	psy_values_set(&t->a.v, PSY_STATUS, POWER_SUPPLY_STATUS_NOT_CHARGING);
	add(test, &t->a);
	compose(test, "fake-a");
	expect_int(test, "energy_full", 20000000);
	expect_int(test, "power_now", -ENODATA);
	psy_values_set(&t->a.v, PSY_POWER_NOW, 4000000);
	psy_values_set(&t->a.v, PSY_STATUS, POWER_SUPPLY_STATUS_DISCHARGING);
	expect_int(test, "power_now", 4000000);
	expect_int(test, "time_to_empty_now", 9000);
	KUNIT_EXPECT_EQ(test, registrations(t), 1U);
}

/* Values that the property list did not announce need a new registration. */
static void new_properties_register_again(struct kunit *test)
{
	struct members_test *t = test->priv;
	const u64 energies = PSY_BIT(PSY_ENERGY_NOW) | PSY_BIT(PSY_ENERGY_FULL);

	t->a.v.valid &= ~energies;
	psy_values_set(&t->a.v, PSY_CAPACITY, 40);
	add(test, &t->a);
	compose(test, "fake-a");
	expect_int(test, "capacity", 40);
	KUNIT_EXPECT_EQ(test, read_int("energy_full_design"), -ENOENT);
	t->a.v.valid |= energies;
	power_supply_changed(t->a.psy);
	expect_int(test, "energy_full_design", 20000000);
	expect_int(test, "capacity", 50);
	expect_registrations(test, 2);
}

/* Desktop software reads some values only once, so they must not be those of before. */
static void returning_pack_registers_again(struct kunit *test)
{
	struct members_test *t = test->priv;
	const u64 valid = t->a.v.valid;

	add(test, &t->a);
	compose(test, "fake-a");
	expect_int(test, "energy_full", 20000000);
	KUNIT_EXPECT_EQ(test, registrations(t), 1U);
	t->a.v.valid = 0;
	power_supply_changed(t->a.psy);
	expect_int(test, "present", 0);
	t->a.v.valid = valid;
	power_supply_changed(t->a.psy);
	expect_int(test, "energy_full", 20000000);
	expect_registrations(test, 2);
}

static void user_limits_survive_registration(struct kunit *test)
{
	struct members_test *t = test->priv;

	add(test, &t->a);
	compose(test, "fake-a,fake-b");
	expect_int(test, "energy_full", 20000000);
	KUNIT_EXPECT_EQ(test, write_attr("capacity_alert_min", "40"), 0);
	KUNIT_EXPECT_EQ(test, read_int("capacity_alert_min"), 40);
	add(test, &t->b);
	expect_int(test, "energy_full", 50000000);
	expect_registrations(test, 2);
	expect_int(test, "capacity_alert_min", 40);
	expect_int(test, "capacity_alert_max", 100);
}

/**
 * struct poller - a process that sleeps in poll() on a file of the composite
 * @file: the file
 * @pwq: its wait
 */
struct poller {
	struct file *file;
	struct poll_wqueues pwq;
};

static struct poller *poll_attr(struct kunit *test, const char *name)
{
	struct poller *p = kunit_kzalloc(test, sizeof(*p), GFP_KERNEL);
	char path[80], buf[80];
	loff_t pos = 0;

	KUNIT_ASSERT_NOT_NULL(test, p);
	snprintf(path, sizeof(path), "/sys/class/power_supply/fake-composite/%s", name);
	p->file = filp_open(path, O_RDONLY, 0);
	KUNIT_ASSERT_FALSE(test, IS_ERR(p->file));
	/* poll() reports changes after a read only. */
	KUNIT_EXPECT_GT(test, kernel_read(p->file, buf, sizeof(buf), &pos), (ssize_t)0);
	poll_initwait(&p->pwq);
	vfs_poll(p->file, &p->pwq.pt);
	return p;
}

static bool poll_woken(const struct poller *p)
{
	return READ_ONCE(p->pwq.triggered);
}

static void poll_end(struct poller *p)
{
	poll_freewait(&p->pwq);
	filp_close(p->file, NULL);
}

/* The files of the former registration are gone, and their pollers must not sleep on. */
static void pollers_are_woken_by_registration(struct kunit *test)
{
	static const char * const names[] = { "capacity_alert_min", "battery_tag" };
	struct members_test *t = test->priv;
	struct poller *p[ARRAY_SIZE(names)];
	unsigned int i;
	loff_t pos;
	char c;

	add(test, &t->a);
	compose(test, "fake-a,fake-b");
	expect_int(test, "energy_full", 20000000);
	for (i = 0; i < ARRAY_SIZE(names); i++)
		p[i] = poll_attr(test, names[i]);
	msleep(300);
	for (i = 0; i < ARRAY_SIZE(names); i++)
		KUNIT_EXPECT_FALSE_MSG(test, poll_woken(p[i]), "%s", names[i]);

	add(test, &t->b);
	expect_registrations(test, 2);
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		KUNIT_EXPECT_TRUE_MSG(test, poll_woken(p[i]), "%s", names[i]);
		KUNIT_EXPECT_TRUE(test, vfs_poll(p[i]->file, NULL) & EPOLLPRI);
		pos = 0;
		KUNIT_EXPECT_EQ(test, kernel_read(p[i]->file, &c, 1, &pos), (ssize_t)-ENODEV);
		poll_end(p[i]);
	}
}

/* Get the end of the kernel log. */
static struct kmsg_dump_iter log_end(void)
{
	struct kmsg_dump_iter iter;

	kmsg_dump_rewind(&iter);
	while (kmsg_dump_get_line(&iter, false, NULL, 0, NULL))
		;
	return iter;
}

/* Number of later lines with @text */
static unsigned int logged(struct kmsg_dump_iter iter, const char *text)
{
	unsigned int n = 0;
	char line[256];
	size_t len;

	while (kmsg_dump_get_line(&iter, false, line, sizeof(line), &len))
		n += !!strnstr(line, text, len);
	return n;
}

static void expect_logged(struct kunit *test, struct kmsg_dump_iter iter, const char *text)
{
	unsigned int i;

	for (i = 0; i < 600 && !logged(iter, text); i++)
		msleep(100);
	KUNIT_EXPECT_EQ_MSG(test, logged(iter, text), 1U, "%s", text);
}

/* After ten seconds; a member that has been there is not misspelt. */
static void misspelt_member_is_logged_once(struct kunit *test)
{
	struct kmsg_dump_iter start = log_end();
	struct members_test *t = test->priv;

	add(test, &t->a);
	add(test, &t->b);
	compose(test, "fake-a,fake-misspelt,fake-b");
	expect_int(test, "energy_full", 50000000);
	KUNIT_EXPECT_EQ(test, logged(start, "no supply for member"), 0U);
	fake_supply_del(&t->b);
	expect_int(test, "energy_full", 20000000);
	expect_logged(test, start, "no supply for member fake-misspelt yet");
	add(test, &t->b);
	expect_int(test, "energy_full", 50000000);
	KUNIT_EXPECT_EQ(test, logged(start, "no supply for member"), 1U);
}

/* 3000 Wh: a property is a signed 32-bit integer, in µWh. */
static void too_large_total_is_logged(struct kunit *test)
{
	struct kmsg_dump_iter start = log_end();
	struct members_test *t = test->priv;

	fake_supply_init(&t->a, "fake-a", 600000, 1500000, 4000);
	fake_supply_init(&t->b, "fake-b", 600000, 1500000, 4000);
	add(test, &t->a);
	add(test, &t->b);
	compose(test, "fake-a,fake-b");
	expect_int(test, "capacity", 40);
	KUNIT_EXPECT_LT(test, read_int("energy_full"), 0);
	expect_logged(test, start, "the total energy does not fit into a property");
}

/**
 * struct percent_pack - a pack with a driver of the class that reports a percentage
 * @mc: the instance
 * @percent: the percentage
 * @amounts: it reports energy, too
 */
struct percent_pack {
	struct psy_miniclass *mc;
	int percent;
	bool amounts;
};

static int percent_query_status(struct psy_miniclass *mc, const struct psy_info *info,
				struct psy_values *status)
{
	struct percent_pack *p = psy_miniclass_get_drvdata(mc);

	psy_values_set(status, PSY_STATUS, POWER_SUPPLY_STATUS_DISCHARGING);
	psy_values_set(status, PSY_VOLTAGE_NOW, 12000000);
	psy_values_set(status, PSY_CAPACITY, READ_ONCE(p->percent));
	if (READ_ONCE(p->amounts)) {
		psy_values_set(status, PSY_ENERGY_NOW, 10000000);
		psy_values_set(status, PSY_ENERGY_FULL, 20000000);
	}
	return 0;
}

static const struct psy_miniclass_ops percent_ops = { .query_status = percent_query_status };

static const struct psy_miniclass_desc percent_desc = {
	.extra = PSY_BIT(PSY_STATUS) | PSY_BIT(PSY_VOLTAGE_NOW) | PSY_BIT(PSY_CAPACITY) |
		 PSY_BIT(PSY_ENERGY_NOW) | PSY_BIT(PSY_ENERGY_FULL),
	.ops = &percent_ops,
	.fresh_ms = 100,
};

/* Change a pack, and wait until this has been read. */
static void percent_set(struct percent_pack *p, int percent, bool amounts)
{
	struct psy_snapshot snap;

	WRITE_ONCE(p->percent, percent);
	WRITE_ONCE(p->amounts, amounts);
	psy_miniclass_changed(p->mc);
	psy_miniclass_get_snapshot(p->mc, &snap);
}

/*
 * Packs that report percentages, and energy as long as @amounts is true. Their limit
 * cannot be divided: it is not set in them, and the composite is polled for it.
 */
static void percent_limit(struct kunit *test, bool amounts, unsigned int refusals)
{
	static const char * const names[] = { "percent-a", "percent-b" };
	struct psy_miniclass_config config = { .role = PSY_ROLE_VISIBLE };
	struct kmsg_dump_iter start = log_end();
	struct percent_pack *packs[2];
	struct members_test *t = test->priv;
	struct device *dev[2];
	struct poller *poller;
	unsigned int i;
	struct cbat *c;

	for (i = 0; i < 2; i++) {
		packs[i] = kunit_kzalloc(test, sizeof(*packs[i]), GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, packs[i]);
		packs[i]->percent = 50;
		packs[i]->amounts = amounts;
		config.name = names[i];
		config.drvdata = packs[i];
		dev[i] = kunit_device_register(test, names[i]);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dev[i]);
		packs[i]->mc = devm_psy_miniclass_register(dev[i], &percent_desc, &config);
		KUNIT_ASSERT_FALSE(test, IS_ERR(packs[i]->mc));
	}
	compose(test, "percent-a,percent-b");
	expect_int(test, "capacity", 50);
	c = platform_get_drvdata(t->composite);
	for (i = 0; i < 2; i++)
		percent_set(packs[i], 50, false);
	expect_int(test, "energy_full", -ENODATA);
	KUNIT_EXPECT_EQ(test, write_attr("capacity_alert_min", "40"), 0);
	poller = poll_attr(test, "capacity_alert_min");
	/* More than the lifetime of a snapshot */
	for (i = 0; i < 5; i++) {
		msleep(100);
		KUNIT_EXPECT_EQ(test, read_int("capacity"), 50);
	}
	KUNIT_EXPECT_FALSE(test, poll_woken(poller));
	mutex_lock(&c->lock);
	KUNIT_EXPECT_FALSE(test, c->limited);
	mutex_unlock(&c->lock);
	KUNIT_EXPECT_EQ(test, logged(start, "cannot set alarm"), refusals);

	for (i = 0; i < 2; i++)
		percent_set(packs[i], 30, false);
	for (i = 0; i < 600 && !poll_woken(poller); i++)
		msleep(100);
	KUNIT_EXPECT_TRUE(test, poll_woken(poller));
	KUNIT_EXPECT_EQ(test, registrations(t), 1U);
	poll_end(poller);
	platform_device_unregister(t->composite);
	t->composite = NULL;
	for (i = 0; i < 2; i++)
		kunit_device_unregister(test, dev[i]);
}

static void limit_of_percentages_is_polled(struct kunit *test)
{
	percent_limit(test, false, 0);
}

static void limit_is_refused_without_amounts(struct kunit *test)
{
	percent_limit(test, true, 1);
}

/* With an empty second pack, silence of the active one must not be reported as 0 %. */
static void silent_active_pack_is_not_reported_empty(struct kunit *test)
{
	struct members_test *t = test->priv;
	unsigned int i;
	int capacity;

	psy_values_set(&t->a.v, PSY_STATUS, POWER_SUPPLY_STATUS_NOT_CHARGING);
	psy_values_set(&t->a.v, PSY_POWER_NOW, 0);
	psy_values_set(&t->a.v, PSY_ENERGY_NOW, 0);
	add(test, &t->a);
	add(test, &t->b);
	compose(test, "fake-a,fake-b");
	expect_int(test, "capacity", 48);

	fake_supply_settle(&t->b);
	t->b.err = -EIO;
	for (i = 0; i < 600 && read_int("present") != 0; i++) {
		capacity = read_int("capacity");
		KUNIT_EXPECT_TRUE_MSG(test, capacity == 48 || capacity < 0, "%d", capacity);
		msleep(100);
	}
	KUNIT_EXPECT_EQ(test, read_int("present"), 0);
	KUNIT_EXPECT_EQ(test, registrations(t), 1U);
	t->b.err = 0;
	expect_int(test, "capacity", 48);
	/* Desktop software has seen it absent. */
	expect_registrations(test, 2);

	/* The other pack takes over: now the silent one is left out. */
	t->b.err = -EIO;
	expect_int(test, "present", 0);
	psy_values_set(&t->a.v, PSY_STATUS, POWER_SUPPLY_STATUS_DISCHARGING);
	psy_values_set(&t->a.v, PSY_ENERGY_NOW, 2000000);
	power_supply_changed(t->a.psy);
	expect_int(test, "capacity", 10);
	expect_int(test, "energy_full", 20000000);

	/* It stays so: all packs at rest is not silence of the active one. */
	psy_values_set(&t->a.v, PSY_STATUS, POWER_SUPPLY_STATUS_NOT_CHARGING);
	psy_values_set(&t->a.v, PSY_POWER_NOW, 0);
	psy_values_set(&t->a.v, PSY_ENERGY_NOW, 3000000);
	power_supply_changed(t->a.psy);
	expect_int(test, "capacity", 15);
}

static void silent_pack_is_left_out_with_external_supply(struct kunit *test)
{
	struct members_test *t = test->priv;

	psy_values_set(&t->mains.v, PSY_STATUS, 0);
	psy_values_set(&t->a.v, PSY_STATUS, POWER_SUPPLY_STATUS_NOT_CHARGING);
	add(test, &t->a);
	add(test, &t->b);
	add(test, &t->mains);
	compose(test, "fake-a,fake-b");
	expect_int(test, "energy_full", 50000000);
	fake_supply_settle(&t->b);
	t->b.err = -EIO;
	expect_int(test, "energy_full", 20000000);
}

static void expect_behaviour(struct kunit *test, const struct fake_supply *f, int want)
{
	unsigned int i;

	for (i = 0; i < 600 && READ_ONCE(f->behaviour) != want; i++)
		msleep(100);
	KUNIT_EXPECT_EQ_MSG(test, f->behaviour, want, "%s", f->desc.name);
}

/* No member waits for a pack that is full or gone. */
static void choice_ends_when_pack_is_full_or_gone(struct kunit *test)
{
	struct members_test *t = test->priv;
	const int inhibit = POWER_SUPPLY_CHARGE_BEHAVIOUR_INHIBIT_CHARGE;
	const int automatic = POWER_SUPPLY_CHARGE_BEHAVIOUR_AUTO;

	psy_values_set(&t->a.v, PSY_STATUS, POWER_SUPPLY_STATUS_CHARGING);
	add(test, &t->a);
	add(test, &t->b);
	compose(test, "fake-a,fake-b");
	expect_int(test, "energy_full", 50000000);
	KUNIT_EXPECT_EQ(test, write_attr("device/charge_first", "fake-a"), 0);
	KUNIT_EXPECT_EQ(test, t->b.behaviour, inhibit);
	psy_values_set(&t->a.v, PSY_STATUS, POWER_SUPPLY_STATUS_FULL);
	power_supply_changed(t->a.psy);
	expect_behaviour(test, &t->b, automatic);
	expect_word(test, "device/charge_first", "auto");

	psy_values_set(&t->a.v, PSY_STATUS, POWER_SUPPLY_STATUS_CHARGING);
	power_supply_changed(t->a.psy);
	expect_word(test, "status", "Discharging");
	KUNIT_EXPECT_EQ(test, write_attr("device/charge_first", "fake-a"), 0);
	KUNIT_EXPECT_EQ(test, t->b.behaviour, inhibit);
	fake_supply_del(&t->a);
	expect_behaviour(test, &t->b, automatic);
	expect_word(test, "device/charge_first", "auto");

	add(test, &t->a);
	expect_int(test, "energy_full", 50000000);
	KUNIT_EXPECT_EQ(test, write_attr("device/discharge_from", "fake-b"), 0);
	KUNIT_EXPECT_EQ(test, t->b.behaviour, POWER_SUPPLY_CHARGE_BEHAVIOUR_FORCE_DISCHARGE);
	psy_values_set(&t->b.v, PSY_ENERGY_NOW, 0);
	power_supply_changed(t->b.psy);
	expect_behaviour(test, &t->b, automatic);
	expect_word(test, "device/discharge_from", "auto");

	KUNIT_EXPECT_EQ(test, write_attr("device/charge_first", "fake-a"), 0);
	KUNIT_EXPECT_EQ(test, t->b.behaviour, inhibit);
	platform_device_unregister(t->composite);
	t->composite = NULL;
	KUNIT_EXPECT_EQ(test, t->b.behaviour, automatic);
}

/* It cannot be set to auto while it is gone. */
static void member_that_returns_is_set_to_auto(struct kunit *test)
{
	struct members_test *t = test->priv;

	add(test, &t->a);
	add(test, &t->b);
	compose(test, "fake-a,fake-b");
	expect_int(test, "energy_full", 50000000);
	KUNIT_EXPECT_EQ(test, write_attr("device/discharge_from", "fake-a"), 0);
	KUNIT_EXPECT_EQ(test, t->a.behaviour, POWER_SUPPLY_CHARGE_BEHAVIOUR_FORCE_DISCHARGE);
	fake_supply_del(&t->a);
	expect_word(test, "device/discharge_from", "auto");
	KUNIT_EXPECT_EQ(test, t->a.behaviour, POWER_SUPPLY_CHARGE_BEHAVIOUR_FORCE_DISCHARGE);
	add(test, &t->a);
	expect_behaviour(test, &t->a, POWER_SUPPLY_CHARGE_BEHAVIOUR_AUTO);
}

/* Packs that are inhibited for a choice that comes to nothing are released. */
static void half_a_choice_is_undone(struct kunit *test)
{
	struct members_test *t = test->priv;
	const int inhibit = POWER_SUPPLY_CHARGE_BEHAVIOUR_INHIBIT_CHARGE;
	const int automatic = POWER_SUPPLY_CHARGE_BEHAVIOUR_AUTO;

	add(test, &t->a);
	add(test, &t->b);
	compose(test, "fake-a,fake-b");
	expect_int(test, "energy_full", 50000000);
	WRITE_ONCE(t->b.refuses, BIT(automatic));
	KUNIT_EXPECT_EQ(test, write_attr("device/charge_first", "fake-b"), -EIO);
	KUNIT_EXPECT_EQ(test, t->a.behaviour, automatic);
	expect_word(test, "device/charge_first", "auto");

	WRITE_ONCE(t->b.refuses, BIT(inhibit));
	KUNIT_EXPECT_EQ(test, write_attr("device/charge_first", "fake-a"), -EIO);
	KUNIT_EXPECT_EQ(test, t->b.behaviour, automatic);
	expect_word(test, "device/charge_first", "auto");
}

/* A failure is reported, but all members are tried. */
static void partial_failure_of_a_write_is_reported(struct kunit *test)
{
	struct members_test *t = test->priv;
	const int inhibit = POWER_SUPPLY_CHARGE_BEHAVIOUR_INHIBIT_CHARGE;
	const int automatic = POWER_SUPPLY_CHARGE_BEHAVIOUR_AUTO;

	add(test, &t->a);
	add(test, &t->b);
	compose(test, "fake-a,fake-b");
	expect_int(test, "energy_full", 50000000);
	WRITE_ONCE(t->a.refuses, BIT(inhibit));
	KUNIT_EXPECT_EQ(test, write_attr("charge_behaviour", "inhibit-charge"), -EIO);
	KUNIT_EXPECT_EQ(test, t->a.behaviour, automatic);
	KUNIT_EXPECT_EQ(test, t->b.behaviour, inhibit);
	KUNIT_EXPECT_EQ(test, write_attr("charge_behaviour", "auto"), 0);
	KUNIT_EXPECT_EQ(test, t->b.behaviour, automatic);

	WRITE_ONCE(t->a.refuses, 0);
	WRITE_ONCE(t->b.refuses, BIT(inhibit));
	KUNIT_EXPECT_EQ(test, write_attr("charge_behaviour", "inhibit-charge"), -EIO);
	KUNIT_EXPECT_EQ(test, t->a.behaviour, inhibit);
	KUNIT_EXPECT_EQ(test, t->b.behaviour, automatic);
}

/* The composite is registered again before any member, which may be slow, is read. */
static void no_member_is_read_while_unregistered(struct kunit *test)
{
	static const char path[] = "/sys/class/power_supply/fake-composite/uevent";
	struct members_test *t = test->priv;

	add(test, &t->a);
	compose(test, "fake-a,fake-b");
	expect_int(test, "energy_full", 20000000);
	WRITE_ONCE(t->a.gap_of, path);
	add(test, &t->b);
	expect_int(test, "energy_full", 50000000);
	fake_supply_del(&t->b);
	expect_int(test, "energy_full", 20000000);
	expect_registrations(test, 3);
	WRITE_ONCE(t->a.gap_of, NULL);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->a.gaps), 0);
}

/*
 * Until the new registration is complete, the old one reports the new packs, with a
 * different tag, so that readers can distinguish them.
 */
static void pack_change_gets_new_tag_at_once(struct kunit *test)
{
	struct members_test *t = test->priv;
	unsigned int i;
	struct cbat *c;
	int tag;

	add(test, &t->a);
	compose(test, "fake-a");
	expect_int(test, "energy_full", 20000000);
	tag = read_int("battery_tag");
	c = platform_get_drvdata(t->composite);
	mutex_lock(&c->lock);
	c->dying = true;		/* no registration from here on */
	mutex_unlock(&c->lock);
	cancel_delayed_work_sync(&c->assemble);

	t->a.serial = "another";
	psy_values_set(&t->a.v, PSY_ENERGY_FULL, 60000000);
	for (i = 0; i < 600 && read_int("energy_full") != 60000000; i++)
		msleep(100);
	KUNIT_EXPECT_EQ(test, read_int("energy_full"), 60000000);
	KUNIT_EXPECT_GT(test, read_int("battery_tag"), tag);
	KUNIT_EXPECT_EQ(test, read_int("energy_full_design"), 60000000);
	KUNIT_EXPECT_EQ(test, registrations(t), 1U);

	mutex_lock(&c->lock);
	c->dying = false;
	mutex_unlock(&c->lock);
}

static int count_event(struct notifier_block *nb, unsigned long event, void *data)
{
	struct power_supply *psy = data;

	if (!strcmp(psy->desc->name, "fake-composite"))
		atomic_inc(&container_of(nb, struct members_test, nb)->events);
	return NOTIFY_OK;
}

static void expect_read_again(struct kunit *test, struct fake_supply *f)
{
	int before = atomic_read(&f->asked);
	unsigned int i;

	/* Each reading reads several properties. */
	for (i = 0; i < 600 && atomic_read(&f->asked) < before + 40; i++) {
		read_int("capacity");
		msleep(100);
	}
	KUNIT_EXPECT_GE(test, atomic_read(&f->asked), before + 40);
}

/* One pack loses what the other gains: the sum is the same. */
static void opposite_changes_are_not_announced(struct kunit *test)
{
	struct members_test *t = test->priv;
	unsigned int i;

	add(test, &t->a);
	add(test, &t->b);
	compose(test, "fake-a,fake-b");
	expect_int(test, "energy_full", 50000000);
	expect_read_again(test, &t->a);
	t->nb.notifier_call = count_event;
	KUNIT_ASSERT_EQ(test, power_supply_reg_notifier(&t->nb), 0);
	atomic_set(&t->events, 0);

	psy_values_set(&t->a.v, PSY_ENERGY_NOW, 15000000);
	psy_values_set(&t->b.v, PSY_ENERGY_NOW, 19000000);
	power_supply_changed(t->a.psy);
	power_supply_changed(t->b.psy);
	expect_read_again(test, &t->a);
	KUNIT_EXPECT_EQ(test, read_int("energy_now"), 34000000);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->events), 0);

	/* Control: a change of the sum is announced. */
	psy_values_set(&t->b.v, PSY_ENERGY_NOW, 4000000);
	power_supply_changed(t->b.psy);
	for (i = 0; i < 600 && !atomic_read(&t->events); i++)
		msleep(100);
	KUNIT_EXPECT_GT(test, atomic_read(&t->events), 0);
	power_supply_unreg_notifier(&t->nb);
}

/* A pack in two composites would be counted twice. */
static void member_belongs_to_one_composite(struct kunit *test)
{
	struct cbat_setup *setup = kunit_kzalloc(test, sizeof(*setup), GFP_KERNEL);
	struct members_test *t = test->priv;
	struct platform_device *second;
	unsigned int i;
	bool refused = false;
	struct cbat *c;

	KUNIT_ASSERT_NOT_NULL(test, setup);
	add(test, &t->a);
	add(test, &t->b);
	compose(test, "fake-a");
	expect_int(test, "energy_full", 20000000);
	strscpy(setup->members, "fake-a,fake-b", sizeof(setup->members));
	strscpy(setup->name, "fake-second", sizeof(setup->name));
	second = platform_device_register_data(NULL, "composite-battery", PLATFORM_DEVID_AUTO,
					       setup, sizeof(*setup));
	KUNIT_ASSERT_FALSE(test, IS_ERR(second));
	c = platform_get_drvdata(second);
	for (i = 0; i < 600 && !refused; i++) {
		msleep(100);
		mutex_lock(&c->lock);
		refused = c->config.slots[0].refused;
		mutex_unlock(&c->lock);
	}
	KUNIT_EXPECT_TRUE(test, refused);
	KUNIT_EXPECT_NULL(test, c->config.slots[0].src);
	KUNIT_EXPECT_NOT_NULL(test, c->config.slots[1].src);
	/* It is available again when the first composite has been removed. */
	platform_device_unregister(t->composite);
	t->composite = NULL;
	for (i = 0; i < 600 && !READ_ONCE(c->config.slots[0].src); i++)
		msleep(100);
	KUNIT_EXPECT_NOT_NULL(test, READ_ONCE(c->config.slots[0].src));
	platform_device_unregister(second);
}

/* The battery of a UPS is a member only if it is named; a supply of type UPS never is. */
static void unnamed_batteries_do_not_count(struct kunit *test)
{
	struct members_test *t = test->priv;

	t->mains.desc.type = POWER_SUPPLY_TYPE_UPS;
	add(test, &t->mains);
	add(test, &t->a);
	add(test, &t->b);
	compose(test, "fake-a,fake-mains");
	expect_int(test, "energy_full", 20000000);
	power_supply_changed(t->b.psy);
	power_supply_changed(t->mains.psy);
	expect_read_again(test, &t->a);
	KUNIT_EXPECT_EQ(test, read_int("energy_full"), 20000000);
	KUNIT_EXPECT_EQ(test, registrations(t), 1U);
}

/* Wait until a supply reports this energy when full. */
static void expect_full(struct kunit *test, const char *supply, int want)
{
	unsigned int i;
	int val;

	for (i = 0; i < 600; i++) {
		val = read_supply(supply, "energy_full");
		if (val == want)
			break;
		msleep(100);
	}
	KUNIT_EXPECT_EQ_MSG(test, val, want, "%s", supply);
}

/*
 * Between two registrations another supply takes the name: the composite gets a different
 * one, and keeps that from then on.
 */
static void stolen_name_is_replaced(struct kunit *test)
{
	struct members_test *t = test->priv;
	struct fake_supply *thief = kunit_kzalloc(test, sizeof(*thief), GFP_KERNEL);
	struct cbat *c;

	KUNIT_ASSERT_NOT_NULL(test, thief);
	fake_supply_init(thief, "fake-thief", 1000, 2000, 100);
	add(test, &t->a);
	compose(test, "fake-a,fake-b");
	expect_int(test, "energy_full", 20000000);
	c = platform_get_drvdata(t->composite);
	add(test, thief);
	/* The composite stores its name only after its supply can be read. */
	flush_delayed_work(&c->assemble);
	/* As if this was the name of the former registration */
	strscpy(c->name, "fake-thief", sizeof(c->name));
	add(test, &t->b);
	expect_full(test, "composite0", 50000000);
	KUNIT_EXPECT_EQ(test, read_int("energy_full"), -ENOENT);
	KUNIT_EXPECT_EQ(test, read_supply("fake-thief", "energy_full"), 2000000);
	KUNIT_EXPECT_EQ(test, registrations(t), 2U);

	fake_supply_del(thief);
	fake_supply_del(&t->b);
	expect_full(test, "composite0", 20000000);
	KUNIT_EXPECT_EQ(test, read_supply("fake-thief", "energy_full"), -ENOENT);
}

/* A name that is taken from the start */
static void taken_name_is_replaced(struct kunit *test)
{
	struct members_test *t = test->priv;
	struct fake_supply *thief = kunit_kzalloc(test, sizeof(*thief), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, thief);
	fake_supply_init(thief, "fake-composite", 1000, 2000, 100);
	add(test, thief);
	compose(test, "fake-a");
	add(test, &t->a);
	expect_full(test, "composite0", 20000000);
	KUNIT_EXPECT_EQ(test, read_int("energy_full"), 2000000);
	fake_supply_del(thief);
}

/* A pack with a driver of the class: half of 20 Wh */
static int own_query_status(struct psy_miniclass *mc, const struct psy_info *info,
			    struct psy_values *status)
{
	psy_values_set(status, PSY_STATUS, POWER_SUPPLY_STATUS_DISCHARGING);
	psy_values_set(status, PSY_VOLTAGE_NOW, 12000000);
	psy_values_set(status, PSY_POWER_NOW, 4000000);
	psy_values_set(status, PSY_ENERGY_NOW, 10000000);
	psy_values_set(status, PSY_ENERGY_FULL, 20000000);
	return 0;
}

static const struct psy_miniclass_ops own_ops = { .query_status = own_query_status };

static const struct psy_miniclass_desc own_desc = {
	.extra = PSY_BIT(PSY_STATUS) | PSY_BIT(PSY_VOLTAGE_NOW) | PSY_BIT(PSY_POWER_NOW) |
		 PSY_BIT(PSY_ENERGY_NOW) | PSY_BIT(PSY_ENERGY_FULL),
	.ops = &own_ops,
	.fresh_ms = 100,
};

static struct device *own_add(struct kunit *test, const char *name)
{
	const struct psy_miniclass_config config = { .name = name, .role = PSY_ROLE_VISIBLE };
	struct device *dev = kunit_device_register(test, name);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dev);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, devm_psy_miniclass_register(dev, &own_desc, &config));
	return dev;
}

static int limits_in_members(void)
{
	return (read_supply("own-a", "capacity_alert_min") > 0) +
	       (read_supply("own-b", "capacity_alert_min") > 0);
}

/* Set a limit of two members, and return the number of those that got a part of it. */
static int limited_members(struct kunit *test, enum cbat_topology topology)
{
	struct members_test *t = test->priv;
	struct device *a = own_add(test, "own-a"), *b = own_add(test, "own-b");
	unsigned int i;
	int limited;

	compose_as(test, "own-a,own-b", topology);
	expect_int(test, "capacity", 50);
	KUNIT_EXPECT_EQ(test, write_attr("capacity_alert_min", "40"), 0);
	KUNIT_EXPECT_EQ(test, read_int("capacity_alert_min"), 40);
	/* More than the lifetime of a snapshot, several times */
	for (i = 0; i < 600 && (i < 10 || (topology != CBAT_SERIES &&
					   limits_in_members() < 2)); i++) {
		msleep(100);
		KUNIT_EXPECT_EQ(test, read_int("capacity"), 50);
	}
	limited = limits_in_members();
	platform_device_unregister(t->composite);
	t->composite = NULL;
	KUNIT_EXPECT_EQ_MSG(test, limits_in_members(), 0, "after the end of the composite");
	kunit_device_unregister(test, a);
	kunit_device_unregister(test, b);
	return limited;
}

/* The charge of a chain is that of its weakest pack: its limits cannot be divided. */
static void limits_are_set_in_members_except_of_a_chain(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, limited_members(test, CBAT_PARALLEL), 2);
	KUNIT_EXPECT_EQ(test, limited_members(test, CBAT_SEQUENTIAL), 2);
	KUNIT_EXPECT_EQ(test, limited_members(test, CBAT_SERIES), 0);
}

/* Of a supply without a pack only the presence is read. */
static void absent_pack_costs_one_property_a_reading(struct kunit *test)
{
	struct members_test *t = test->priv;
	unsigned int i;
	int a, b, bound;
	ktime_t start;

	t->b.v.valid = 0;
	add(test, &t->a);
	add(test, &t->b);
	compose(test, "fake-a,fake-b");
	expect_int(test, "energy_full", 20000000);
	fake_supply_settle(&t->a);
	fake_supply_settle(&t->b);
	atomic_set(&t->b.asked, 0);
	atomic_set(&t->a.asked, 0);
	/* A reading of the present pack reads more than ten properties. */
	for (i = 0; i < 600 && atomic_read(&t->a.asked) < 100; i++) {
		read_int("capacity");
		msleep(50);
	}
	b = atomic_read(&t->b.asked);
	a = atomic_read(&t->a.asked);
	KUNIT_EXPECT_GE(test, a, 100);
	KUNIT_EXPECT_GT(test, b, 0);
	KUNIT_EXPECT_LE(test, b, a / 10 + 1);

	/* Without any pack there is still at most one reading per second. */
	t->a.v.valid = 0;
	expect_int(test, "present", 0);
	atomic_set(&t->a.asked, 0);
	start = ktime_get();
	for (i = 0; i < 60; i++) {
		read_int("present");
		read_int("capacity");
		msleep(50);
	}
	a = atomic_read(&t->a.asked);
	bound = 2 * (2 + ktime_ms_delta(ktime_get(), start) / 1000);
	KUNIT_EXPECT_GT(test, a, 0);
	KUNIT_EXPECT_LE(test, a, bound);
}

static int read_once(void *data)
{
	read_int("capacity");
	complete(data);
	return 0;
}

static int unplug(void *data)
{
	struct members_test *t = data;

	fake_supply_del(&t->b);
	complete(&t->unplugged);
	return 0;
}

static int plug_mains(void *data)
{
	struct members_test *t = data;

	t->mains_err = fake_supply_add(&t->mains, NULL);
	complete_all(&t->plugged);
	return 0;
}

/* An unresponsive driver delays its own removal, and nothing else. */
static void stuck_member_blocks_only_itself(struct kunit *test)
{
	struct members_test *t = test->priv;
	DECLARE_COMPLETION_ONSTACK(has_read);
	unsigned int i;

	init_completion(&t->unplugged);
	init_completion(&t->plugged);
	add(test, &t->a);
	add(test, &t->b);
	compose(test, "fake-a,fake-b");
	expect_int(test, "energy_full", 50000000);

	WRITE_ONCE(t->b.hold, true);
	power_supply_changed(t->b.psy);
	KUNIT_ASSERT_FALSE(test, IS_ERR(kthread_run(read_once, &has_read, "cbat-read")));
	for (i = 0; i < 600 && !atomic_read(&t->b.held); i++)
		msleep(100);
	KUNIT_EXPECT_GT(test, atomic_read(&t->b.held), 0);
	KUNIT_ASSERT_FALSE(test, IS_ERR(kthread_run(unplug, t, "cbat-unplug")));
	msleep(200);
	KUNIT_ASSERT_FALSE(test, IS_ERR(kthread_run(plug_mains, t, "cbat-plug")));
	KUNIT_EXPECT_GT(test, wait_for_completion_timeout(&t->plugged, 60 * HZ), 0UL);
	KUNIT_EXPECT_FALSE(test, completion_done(&t->unplugged));

	WRITE_ONCE(t->b.hold, false);
	wait_for_completion(&t->unplugged);
	wait_for_completion(&t->plugged);
	wait_for_completion(&has_read);
	KUNIT_EXPECT_EQ(test, t->mains_err, 0);
	expect_int(test, "energy_full", 20000000);
}

static int release_a(void *data)
{
	struct members_test *t = data;

	msleep(60);
	WRITE_ONCE(t->a.hold, false);
	complete(&t->plugged);
	return 0;
}

/*
 * A driver may read other supplies for a property, without any protection of its own. So no
 * member is read while a supply is removed, whether a member or not.
 */
static void no_member_is_read_while_a_supply_is_removed(struct kunit *test)
{
	struct members_test *t = test->priv;
	unsigned int i;
	ktime_t start;
	bool was_held;

	init_completion(&t->plugged);
	add(test, &t->a);
	add(test, &t->b);
	add(test, &t->mains);
	compose(test, "fake-a,fake-b");
	expect_int(test, "energy_full", 50000000);

	WRITE_ONCE(t->a.hold, true);
	power_supply_changed(t->b.psy);
	for (i = 0; i < 600 && !atomic_read(&t->a.held); i++)
		msleep(20);
	KUNIT_EXPECT_GT(test, atomic_read(&t->a.held), 0);
	KUNIT_ASSERT_FALSE(test, IS_ERR(kthread_run(release_a, t, "cbat-release")));
	fake_supply_del(&t->mains);
	was_held = READ_ONCE(t->a.hold);
	wait_for_completion(&t->plugged);
	KUNIT_EXPECT_FALSE(test, was_held);

	fake_supply_settle(&t->a);
	expect_read(test, &t->a);
	add(test, &t->mains);
	fake_supply_settle(&t->a);
	/* A change of one member would have all read at once; now they are read later. */
	start = ktime_get();
	fake_supply_del(&t->mains);
	atomic_set(&t->a.asked, 0);
	power_supply_changed(t->b.psy);
	for (i = 0; i < 3000 && !atomic_read(&t->a.asked); i++)
		usleep_range(1000, 2000);
	KUNIT_EXPECT_GT(test, atomic_read(&t->a.asked), 0);
	KUNIT_EXPECT_GE(test, ktime_ms_delta(ktime_get(), start), 240);
}

/* device_shutdown() must not wait for a driver that the composite reads. */
static void no_member_is_read_when_the_system_goes_down(struct kunit *test)
{
	static const enum system_states states[] = {
		SYSTEM_HALT, SYSTEM_POWER_OFF, SYSTEM_RESTART,
	};
	const enum system_states running = system_state;
	struct members_test *t = test->priv;
	unsigned int i, j;
	struct cbat *c;

	add(test, &t->a);
	add(test, &t->b);
	compose(test, "fake-a,fake-b");
	expect_int(test, "energy_full", 50000000);
	fake_supply_settle(&t->a);
	fake_supply_settle(&t->b);
	c = platform_get_drvdata(t->composite);
	for (i = 0; i < ARRAY_SIZE(states); i++) {
		/* Not during a reading, which would be counted */
		mutex_lock(&c->lock);
		system_state = states[i];
		atomic_set(&t->a.asked, 0);
		mutex_unlock(&c->lock);
		for (j = 0; j < 15; j++) {
			/* Several lifetimes of a snapshot */
			KUNIT_EXPECT_EQ(test, read_int("capacity"), 68);
			msleep(100);
		}
		KUNIT_EXPECT_EQ(test, atomic_read(&t->a.asked), 0);
		system_state = running;
		expect_read(test, &t->a);
	}
	KUNIT_EXPECT_EQ(test, registrations(t), 1U);
}

static int reader(void *data)
{
	struct members_test *t = data;

	while (!kthread_should_stop()) {
		if (read_int("capacity") > 0 && read_int("energy_now") > 0)
			atomic_inc(&t->readings);
		usleep_range(500, 1500);
	}
	return 0;
}

static void expect_readings(struct kunit *test, struct members_test *t)
{
	int before = atomic_read(&t->readings);
	unsigned int i;

	for (i = 0; i < 600 && atomic_read(&t->readings) < before + READERS; i++)
		msleep(100);
	KUNIT_EXPECT_GE(test, atomic_read(&t->readings), before + READERS);
}

/* A member may be removed while it is read: no reference is left, no access follows. */
static void members_are_removed_under_readers(struct kunit *test)
{
	struct members_test *t = test->priv;
	struct task_struct *task[READERS];
	unsigned long end;
	unsigned int i;

	add(test, &t->a);
	compose(test, "fake-a,fake-b");
	expect_int(test, "energy_full", 20000000);
	end = jiffies + PLUG_TIME;
	for (i = 0; i < READERS; i++) {
		task[i] = kthread_run(reader, t, "cbat-reader-%u", i);
		KUNIT_ASSERT_FALSE(test, IS_ERR(task[i]));
	}
	for (i = 0; i < PLUG_ROUNDS; i++) {
		/* On a busy processor the readers leave little time: do fewer rounds there. */
		if (i % 20 && time_after(jiffies, end))
			continue;
		add(test, &t->b);
		msleep(i % 7 * 40);
		fake_supply_del(&t->b);
		msleep(i % 3 * 60);
		/* Sometimes, wait until it has become a member and has been read. */
		if (i % 20)
			continue;
		expect_int(test, "energy_full", 20000000);
		add(test, &t->b);
		expect_int(test, "energy_full", 50000000);
		expect_readings(test, t);
		fake_supply_del(&t->b);
		expect_int(test, "energy_full", 20000000);
	}
	/* The composite may be removed as well. */
	add(test, &t->b);
	msleep(150);
	platform_device_unregister(t->composite);
	t->composite = NULL;
	for (i = 0; i < READERS; i++)
		kthread_stop(task[i]);
	KUNIT_EXPECT_EQ(test, read_int("present"), -ENOENT);
}

static struct kunit_case members_cases[] = {
	KUNIT_CASE(two_supplies_are_combined),
	KUNIT_CASE(device_scope_members_give_system_scope),
	KUNIT_CASE(members_are_added_and_removed),
	KUNIT_CASE(short_failure_is_tolerated),
	KUNIT_CASE(mixed_flow_depends_on_external_supply),
	KUNIT_CASE(fresh_values_read_no_member),
	KUNIT_CASE(pack_change_registers_again),
	KUNIT_CASE(invalid_members_are_refused),
	KUNIT_CASE(behaviour_is_set_in_all_members),
	KUNIT_CASE(threshold_is_set_in_all_members),
	KUNIT_CASE(late_threshold_registers_again),
	KUNIT_CASE(change_of_scope_registers_again),
	KUNIT_CASE(behaviours_of_all_members_are_offered),
	KUNIT_CASE(initially_unknown_values_are_reported_later),
	KUNIT_CASE(new_properties_register_again),
	KUNIT_CASE(returning_pack_registers_again),
	KUNIT_CASE(user_limits_survive_registration),
	KUNIT_CASE(pollers_are_woken_by_registration),
	KUNIT_CASE_SLOW(misspelt_member_is_logged_once),
	KUNIT_CASE(too_large_total_is_logged),
	KUNIT_CASE_SLOW(limit_of_percentages_is_polled),
	KUNIT_CASE_SLOW(limit_is_refused_without_amounts),
	KUNIT_CASE_SLOW(silent_active_pack_is_not_reported_empty),
	KUNIT_CASE(silent_pack_is_left_out_with_external_supply),
	KUNIT_CASE(choice_ends_when_pack_is_full_or_gone),
	KUNIT_CASE(member_that_returns_is_set_to_auto),
	KUNIT_CASE(half_a_choice_is_undone),
	KUNIT_CASE(partial_failure_of_a_write_is_reported),
	KUNIT_CASE(no_member_is_read_while_unregistered),
	KUNIT_CASE(pack_change_gets_new_tag_at_once),
	KUNIT_CASE(opposite_changes_are_not_announced),
	KUNIT_CASE(member_belongs_to_one_composite),
	KUNIT_CASE(unnamed_batteries_do_not_count),
	KUNIT_CASE(stuck_member_blocks_only_itself),
	KUNIT_CASE(stolen_name_is_replaced),
	KUNIT_CASE(taken_name_is_replaced),
	KUNIT_CASE_SLOW(limits_are_set_in_members_except_of_a_chain),
	KUNIT_CASE_SLOW(absent_pack_costs_one_property_a_reading),
	KUNIT_CASE(no_member_is_read_while_a_supply_is_removed),
	KUNIT_CASE_SLOW(no_member_is_read_when_the_system_goes_down),
	KUNIT_CASE_SLOW(members_are_removed_under_readers),
	{ }
};

struct kunit_suite cbat_members_suite = {
	.name = "cbat_members",
	.init = members_init,
	.exit = members_exit,
	.test_cases = members_cases,
};
