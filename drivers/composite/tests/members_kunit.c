// SPDX-License-Identifier: GPL-2.0-only
/* Members that come and go: the composite as others see it, by its supply. */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/fs.h>
#include <linux/kthread.h>
#include <linux/platform_device.h>

#include "comp_kunit.h"

#define READERS		4
#define COMES_AND_GOES	60
#define COME_AND_GO_FOR	(30 * HZ)

struct members_test {
	struct fake_supply a, b, line;
	struct platform_device *composite;
	struct completion plugged, unplugged;
	struct notifier_block nb;
	atomic_t events, readings;
	int line_err;
};

static void members_cleanup(struct members_test *t)
{
	if (t->composite)
		platform_device_unregister(t->composite);
	t->composite = NULL;
	fake_supply_del(&t->a);
	fake_supply_del(&t->b);
	fake_supply_del(&t->line);
}

static int members_init(struct kunit *test)
{
	struct members_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, t);
	fake_supply_init(&t->a, "fake-a", 10000, 20000, 4000);
	fake_supply_init(&t->b, "fake-b", 24000, 30000, 6000);
	fake_supply_init(&t->line, "fake-line", 0, 0, 0);
	test->priv = t;
	return 0;
}

static void members_exit(struct kunit *test)
{
	members_cleanup(test->priv);
}

static void compose(struct kunit *test, const char *members)
{
	struct comp_setup *setup = kunit_kzalloc(test, sizeof(*setup), GFP_KERNEL);
	struct members_test *t = test->priv;

	KUNIT_ASSERT_NOT_NULL(test, setup);
	strscpy(setup->members, members, sizeof(setup->members));
	strscpy(setup->name, "fake-whole", sizeof(setup->name));
	t->composite = platform_device_register_data(NULL, "composite-battery", PLATFORM_DEVID_AUTO,
						     setup, sizeof(*setup));
	if (IS_ERR(t->composite))
		t->composite = NULL;
	KUNIT_ASSERT_NOT_NULL(test, t->composite);
}

/*
 * A file of the composite, as user space reads it: who takes a reference by name
 * in the kernel is in the way of its next registration. Returns its length or an
 * error, -ENOENT when there is no composite.
 */
static ssize_t whole_text(const char *name, char *buf, size_t size)
{
	char path[80];
	struct file *file;
	loff_t pos = 0;
	ssize_t len;

	snprintf(path, sizeof(path), "/sys/class/power_supply/fake-whole/%s", name);
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

/* A number of the composite, or an error. */
static int whole(const char *name)
{
	char buf[80];
	ssize_t len = whole_text(name, buf, sizeof(buf));
	int val;

	if (len < 0)
		return len;
	return kstrtoint(buf, 10, &val) ? -EINVAL : val;
}

/* Write into a file of the composite. Returns 0 or an error. */
static int write_whole(const char *name, const char *text)
{
	char path[80];
	struct file *file;
	loff_t pos = 0;
	ssize_t len;

	snprintf(path, sizeof(path), "/sys/class/power_supply/fake-whole/%s", name);
	file = filp_open(path, O_WRONLY, 0);
	if (IS_ERR(file))
		return PTR_ERR(file);
	len = kernel_write(file, text, strlen(text), &pos);
	filp_close(file, NULL);
	return len < 0 ? len : 0;
}

/* How often the composite has been registered so far */
static u32 registrations(struct members_test *t)
{
	struct comp *c = platform_get_drvdata(t->composite);
	u32 n;

	mutex_lock(&c->lock);
	n = c->registrations;
	mutex_unlock(&c->lock);
	return n;
}

/* Until then the former registration answers. */
static void expect_registrations(struct kunit *test, u32 want)
{
	struct members_test *t = test->priv;
	unsigned int i;

	for (i = 0; i < 600 && registrations(t) < want; i++)
		msleep(100);
	KUNIT_EXPECT_EQ(test, registrations(t), want);
}

/*
 * Wait until a number is what it should be; returns what was read last. It is not
 * read once more: the former registration may have told it already, and files are
 * gone for a moment when the next one takes over.
 */
static int await(const char *name, int want)
{
	unsigned int i;
	int val = whole(name);

	for (i = 0; i < 600 && val != want; i++) {
		msleep(100);
		val = whole(name);
	}
	return val;
}

static void expect_whole(struct kunit *test, const char *name, int want)
{
	KUNIT_EXPECT_EQ_MSG(test, await(name, want), want, "%s", name);
}

static void expect_word(struct kunit *test, const char *name, const char *want)
{
	char buf[80] = "";
	unsigned int i;

	for (i = 0; i < 600; i++) {
		if (whole_text(name, buf, sizeof(buf)) > 0 && !strcmp(buf, want))
			break;
		msleep(100);
	}
	KUNIT_EXPECT_STREQ(test, buf, want);
}

static void add(struct kunit *test, struct fake_supply *f)
{
	KUNIT_ASSERT_EQ(test, fake_supply_add(f, NULL), 0);
}

static void two_supplies_make_one(struct kunit *test)
{
	struct members_test *t = test->priv;

	add(test, &t->a);
	add(test, &t->b);
	compose(test, "fake-a, fake-b");
	expect_whole(test, "energy_full", 50000000);
	expect_whole(test, "energy_now", 34000000);
	expect_whole(test, "capacity", 68);
	expect_whole(test, "power_now", 10000000);
	expect_whole(test, "time_to_empty_now", 12240);
	expect_word(test, "status", "Discharging");
	/* They are counted for themselves. */
	expect_word(test, "scope", "Device");
}

static void hidden_members_make_a_system_battery(struct kunit *test)
{
	struct members_test *t = test->priv;

	t->a.scope = POWER_SUPPLY_SCOPE_DEVICE;
	t->b.scope = POWER_SUPPLY_SCOPE_DEVICE;
	add(test, &t->a);
	add(test, &t->b);
	compose(test, "fake-a,fake-b");
	expect_word(test, "scope", "System");
}

/* The tag is another one than @tag, and becomes @tag. */
static void expect_another_tag(struct kunit *test, int *tag)
{
	unsigned int i;
	int now = whole("battery_tag");

	for (i = 0; i < 600 && now <= *tag; i++) {
		msleep(100);
		now = whole("battery_tag");
	}
	KUNIT_EXPECT_GT(test, now, *tag);
	*tag = now;
}

static void members_come_and_go(struct kunit *test)
{
	struct members_test *t = test->priv;
	int tag;

	compose(test, "fake-a,fake-b");
	msleep(300);
	KUNIT_EXPECT_EQ(test, whole("present"), -ENOENT);
	add(test, &t->a);
	expect_whole(test, "energy_full", 20000000);
	tag = whole("battery_tag");
	KUNIT_EXPECT_GT(test, tag, 0);
	add(test, &t->b);
	expect_whole(test, "energy_full", 50000000);
	expect_another_tag(test, &tag);
	fake_supply_del(&t->a);
	expect_whole(test, "energy_full", 30000000);
	expect_whole(test, "capacity", 80);
	expect_another_tag(test, &tag);
	/* Without any member it stays, and says so. */
	fake_supply_del(&t->b);
	expect_whole(test, "present", 0);
	expect_whole(test, "energy_full", -ENODEV);
	add(test, &t->a);
	expect_whole(test, "energy_full", 20000000);
	expect_whole(test, "present", 1);
}

static void one_failure_is_forgiven(struct kunit *test)
{
	struct members_test *t = test->priv;

	add(test, &t->a);
	add(test, &t->b);
	compose(test, "fake-a,fake-b");
	expect_whole(test, "energy_full", 50000000);
	fake_supply_settle(&t->b);
	t->b.err = -EIO;
	msleep(1100);
	KUNIT_EXPECT_EQ(test, whole("energy_full"), 50000000);
	t->b.err = 0;
	msleep(1100);
	KUNIT_EXPECT_EQ(test, whole("energy_full"), 50000000);
	/* For ever is too long. */
	t->b.err = -EIO;
	expect_whole(test, "energy_full", 20000000);
	t->b.err = 0;
	expect_whole(test, "energy_full", 50000000);
}

/* Wait until a supply has been asked once more. */
static void expect_asked(struct kunit *test, struct fake_supply *f)
{
	int before = atomic_read(&f->asked);
	unsigned int i;

	for (i = 0; i < 600 && atomic_read(&f->asked) <= before + 2; i++) {
		whole("capacity");
		msleep(100);
	}
	KUNIT_EXPECT_GT(test, atomic_read(&f->asked), before + 2);
}

static void lines_decide_about_mixed_flow(struct kunit *test)
{
	struct members_test *t = test->priv;

	psy_values_set(&t->b.v, PSY_STATUS, POWER_SUPPLY_STATUS_CHARGING);
	psy_values_set(&t->b.v, PSY_POWER_NOW, 4000000);
	add(test, &t->a);
	add(test, &t->b);
	add(test, &t->line);
	compose(test, "fake-a,fake-b");
	expect_word(test, "status", "Discharging");
	KUNIT_EXPECT_EQ(test, whole("time_to_empty_now"), -ENODATA);
	/* What supplies a device does not supply the machine. */
	t->line.scope = POWER_SUPPLY_SCOPE_DEVICE;
	psy_values_set(&t->line.v, PSY_STATUS, 0);
	power_supply_changed(t->line.psy);
	expect_asked(test, &t->line);
	expect_word(test, "status", "Discharging");
	t->line.scope = POWER_SUPPLY_SCOPE_SYSTEM;
	power_supply_changed(t->line.psy);
	expect_word(test, "status", "Not charging");
	expect_whole(test, "power_now", 0);
	/* More than the other one gives comes from outside, whatever is registered. */
	fake_supply_del(&t->line);
	psy_values_set(&t->b.v, PSY_POWER_NOW, 6000000);
	power_supply_changed(t->b.psy);
	expect_word(test, "status", "Charging");
	expect_whole(test, "power_now", 2000000);
	expect_whole(test, "time_to_full_now", 28800);
	KUNIT_EXPECT_EQ(test, whole("time_to_empty_now"), -ENODATA);
}

/* Inside the lifetime of a snapshot nobody is asked. */
static void reads_cost_nothing(struct kunit *test)
{
	struct members_test *t = test->priv;
	unsigned int i;
	ktime_t start;
	int before;

	add(test, &t->a);
	compose(test, "fake-a");
	expect_whole(test, "energy_full", 20000000);
	msleep(1500);
	whole("capacity");
	before = atomic_read(&t->a.asked);
	start = ktime_get();
	for (i = 0; i < 100; i++)
		whole("capacity");
	/* One reading a second, and the notifier of the registration */
	KUNIT_EXPECT_LE(test, atomic_read(&t->a.asked) - before,
			20 * (2 + ktime_ms_delta(ktime_get(), start) / 1000));
	msleep(1100);
	before = atomic_read(&t->a.asked);
	whole("capacity");
	KUNIT_EXPECT_GT(test, atomic_read(&t->a.asked), before);
}

static void another_pack_is_another_registration(struct kunit *test)
{
	struct members_test *t = test->priv;
	int tag;

	add(test, &t->a);
	compose(test, "fake-a");
	expect_whole(test, "energy_full", 20000000);
	tag = whole("battery_tag");
	KUNIT_EXPECT_GT(test, tag, 0);

	t->a.serial = "another";
	psy_values_set(&t->a.v, PSY_ENERGY_FULL, 60000000);
	power_supply_changed(t->a.psy);
	expect_whole(test, "energy_full", 60000000);
	expect_registrations(test, 2);
	expect_another_tag(test, &tag);
	msleep(1500);
	KUNIT_EXPECT_EQ(test, whole("battery_tag"), tag);
}

static void what_is_no_member_is_refused(struct kunit *test)
{
	struct members_test *t = test->priv;

	add(test, &t->a);
	add(test, &t->line);
	compose(test, "fake-a,fake-line,fake-whole,nobody");
	expect_whole(test, "energy_full", 20000000);
	msleep(500);
	KUNIT_EXPECT_EQ(test, whole("energy_full"), 20000000);
}

static void behaviour_reaches_the_members(struct kunit *test)
{
	struct members_test *t = test->priv;
	union power_supply_propval val = { POWER_SUPPLY_CHARGE_BEHAVIOUR_INHIBIT_CHARGE };
	struct power_supply *psy;

	add(test, &t->a);
	add(test, &t->b);
	compose(test, "fake-a,fake-b");
	expect_whole(test, "energy_full", 50000000);
	msleep(500);
	psy = power_supply_get_by_name("fake-whole");
	KUNIT_ASSERT_NOT_NULL(test, psy);
	KUNIT_EXPECT_EQ(test, power_supply_set_property(psy, POWER_SUPPLY_PROP_CHARGE_BEHAVIOUR,
							&val), 0);
	power_supply_put(psy);
	KUNIT_EXPECT_EQ(test, t->a.behaviour, POWER_SUPPLY_CHARGE_BEHAVIOUR_INHIBIT_CHARGE);
	KUNIT_EXPECT_EQ(test, t->b.behaviour, POWER_SUPPLY_CHARGE_BEHAVIOUR_INHIBIT_CHARGE);
}

/* What a pack that rests does not report is not beyond what it can. */
static void what_is_unknown_at_first_is_reported_later(struct kunit *test)
{
	struct members_test *t = test->priv;

	t->a.v.valid &= ~PSY_BIT(PSY_POWER_NOW);
	psy_values_set(&t->a.v, PSY_STATUS, POWER_SUPPLY_STATUS_NOT_CHARGING);
	add(test, &t->a);
	compose(test, "fake-a");
	expect_whole(test, "energy_full", 20000000);
	expect_whole(test, "power_now", -ENODATA);
	psy_values_set(&t->a.v, PSY_POWER_NOW, 4000000);
	psy_values_set(&t->a.v, PSY_STATUS, POWER_SUPPLY_STATUS_DISCHARGING);
	expect_whole(test, "power_now", 4000000);
	expect_whole(test, "time_to_empty_now", 9000);
	KUNIT_EXPECT_EQ(test, registrations(t), 1U);
}

/* What no property list can foretell makes another registration. */
static void more_to_report_is_another_registration(struct kunit *test)
{
	struct members_test *t = test->priv;
	const u64 energies = PSY_BIT(PSY_ENERGY_NOW) | PSY_BIT(PSY_ENERGY_FULL);

	t->a.v.valid &= ~energies;
	psy_values_set(&t->a.v, PSY_CAPACITY, 40);
	add(test, &t->a);
	compose(test, "fake-a");
	expect_whole(test, "capacity", 40);
	KUNIT_EXPECT_EQ(test, whole("energy_full_design"), -ENOENT);
	t->a.v.valid |= energies;
	power_supply_changed(t->a.psy);
	expect_whole(test, "energy_full_design", 20000000);
	expect_whole(test, "capacity", 50);
	expect_registrations(test, 2);
}

/* Desktop software reads some values only once: not of what was there before. */
static void packs_that_come_back_are_registered_again(struct kunit *test)
{
	struct members_test *t = test->priv;
	const u64 valid = t->a.v.valid;

	add(test, &t->a);
	compose(test, "fake-a");
	expect_whole(test, "energy_full", 20000000);
	KUNIT_EXPECT_EQ(test, registrations(t), 1U);
	t->a.v.valid = 0;
	power_supply_changed(t->a.psy);
	expect_whole(test, "present", 0);
	t->a.v.valid = valid;
	power_supply_changed(t->a.psy);
	expect_whole(test, "energy_full", 20000000);
	expect_registrations(test, 2);
}

static void limits_of_the_user_survive(struct kunit *test)
{
	struct members_test *t = test->priv;

	add(test, &t->a);
	compose(test, "fake-a,fake-b");
	expect_whole(test, "energy_full", 20000000);
	KUNIT_EXPECT_EQ(test, write_whole("capacity_alert_min", "40"), 0);
	KUNIT_EXPECT_EQ(test, whole("capacity_alert_min"), 40);
	add(test, &t->b);
	expect_whole(test, "energy_full", 50000000);
	expect_registrations(test, 2);
	expect_whole(test, "capacity_alert_min", 40);
	expect_whole(test, "capacity_alert_max", 100);
}

/* Beside an empty pack the silence of the one that works must not be 0 %. */
static void a_silent_pack_that_works_is_not_an_empty_one(struct kunit *test)
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
	expect_whole(test, "capacity", 48);

	fake_supply_settle(&t->b);
	t->b.err = -EIO;
	for (i = 0; i < 600 && whole("present") != 0; i++) {
		capacity = whole("capacity");
		KUNIT_EXPECT_TRUE_MSG(test, capacity == 48 || capacity < 0, "%d", capacity);
		msleep(100);
	}
	KUNIT_EXPECT_EQ(test, whole("present"), 0);
	KUNIT_EXPECT_EQ(test, registrations(t), 1U);
	t->b.err = 0;
	expect_whole(test, "capacity", 48);
	/* It was gone for desktop software. */
	expect_registrations(test, 2);

	/* Another one takes over: now the silent one is out. */
	t->b.err = -EIO;
	expect_whole(test, "present", 0);
	psy_values_set(&t->a.v, PSY_STATUS, POWER_SUPPLY_STATUS_DISCHARGING);
	psy_values_set(&t->a.v, PSY_ENERGY_NOW, 2000000);
	power_supply_changed(t->a.psy);
	expect_whole(test, "capacity", 10);
	expect_whole(test, "energy_full", 20000000);

	/* For good: a rest of all packs is not its silence. */
	psy_values_set(&t->a.v, PSY_STATUS, POWER_SUPPLY_STATUS_NOT_CHARGING);
	psy_values_set(&t->a.v, PSY_POWER_NOW, 0);
	psy_values_set(&t->a.v, PSY_ENERGY_NOW, 3000000);
	power_supply_changed(t->a.psy);
	expect_whole(test, "capacity", 15);
}

static void an_external_supply_explains_silence(struct kunit *test)
{
	struct members_test *t = test->priv;

	psy_values_set(&t->line.v, PSY_STATUS, 0);
	psy_values_set(&t->a.v, PSY_STATUS, POWER_SUPPLY_STATUS_NOT_CHARGING);
	add(test, &t->a);
	add(test, &t->b);
	add(test, &t->line);
	compose(test, "fake-a,fake-b");
	expect_whole(test, "energy_full", 50000000);
	fake_supply_settle(&t->b);
	t->b.err = -EIO;
	expect_whole(test, "energy_full", 20000000);
}

static void expect_behaviour(struct kunit *test, const struct fake_supply *f, int want)
{
	unsigned int i;

	for (i = 0; i < 600 && READ_ONCE(f->behaviour) != want; i++)
		msleep(100);
	KUNIT_EXPECT_EQ_MSG(test, f->behaviour, want, "%s", f->desc.name);
}

/* Nobody waits for a pack that is full or gone. */
static void a_choice_ends(struct kunit *test)
{
	struct members_test *t = test->priv;
	const int inhibit = POWER_SUPPLY_CHARGE_BEHAVIOUR_INHIBIT_CHARGE;
	const int automatic = POWER_SUPPLY_CHARGE_BEHAVIOUR_AUTO;

	psy_values_set(&t->a.v, PSY_STATUS, POWER_SUPPLY_STATUS_CHARGING);
	add(test, &t->a);
	add(test, &t->b);
	compose(test, "fake-a,fake-b");
	expect_whole(test, "energy_full", 50000000);
	KUNIT_EXPECT_EQ(test, write_whole("device/charge_first", "fake-a"), 0);
	KUNIT_EXPECT_EQ(test, t->b.behaviour, inhibit);
	psy_values_set(&t->a.v, PSY_STATUS, POWER_SUPPLY_STATUS_FULL);
	power_supply_changed(t->a.psy);
	expect_behaviour(test, &t->b, automatic);
	expect_word(test, "device/charge_first", "auto");

	psy_values_set(&t->a.v, PSY_STATUS, POWER_SUPPLY_STATUS_CHARGING);
	power_supply_changed(t->a.psy);
	expect_word(test, "status", "Discharging");
	KUNIT_EXPECT_EQ(test, write_whole("device/charge_first", "fake-a"), 0);
	KUNIT_EXPECT_EQ(test, t->b.behaviour, inhibit);
	fake_supply_del(&t->a);
	expect_behaviour(test, &t->b, automatic);
	expect_word(test, "device/charge_first", "auto");

	add(test, &t->a);
	expect_whole(test, "energy_full", 50000000);
	KUNIT_EXPECT_EQ(test, write_whole("device/discharge_from", "fake-b"), 0);
	KUNIT_EXPECT_EQ(test, t->b.behaviour, POWER_SUPPLY_CHARGE_BEHAVIOUR_FORCE_DISCHARGE);
	psy_values_set(&t->b.v, PSY_ENERGY_NOW, 0);
	power_supply_changed(t->b.psy);
	expect_behaviour(test, &t->b, automatic);
	expect_word(test, "device/discharge_from", "auto");

	KUNIT_EXPECT_EQ(test, write_whole("device/charge_first", "fake-a"), 0);
	KUNIT_EXPECT_EQ(test, t->b.behaviour, inhibit);
	platform_device_unregister(t->composite);
	t->composite = NULL;
	KUNIT_EXPECT_EQ(test, t->b.behaviour, automatic);
}

/* There is a battery again before a slow member has been asked again. */
static void no_member_is_asked_while_there_is_no_battery(struct kunit *test)
{
	static const char path[] = "/sys/class/power_supply/fake-whole/uevent";
	struct members_test *t = test->priv;

	add(test, &t->a);
	compose(test, "fake-a,fake-b");
	expect_whole(test, "energy_full", 20000000);
	WRITE_ONCE(t->a.gap_of, path);
	add(test, &t->b);
	expect_whole(test, "energy_full", 50000000);
	fake_supply_del(&t->b);
	expect_whole(test, "energy_full", 20000000);
	expect_registrations(test, 3);
	WRITE_ONCE(t->a.gap_of, NULL);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->a.gaps), 0);
}

/*
 * Until the new registration stands, the old one reports the new packs: under
 * another tag, so that nobody mixes them up.
 */
static void another_pack_has_another_tag_at_once(struct kunit *test)
{
	struct members_test *t = test->priv;
	unsigned int i;
	struct comp *c;
	int tag;

	add(test, &t->a);
	compose(test, "fake-a");
	expect_whole(test, "energy_full", 20000000);
	tag = whole("battery_tag");
	c = platform_get_drvdata(t->composite);
	mutex_lock(&c->lock);
	c->dying = true;		/* no registration from here on */
	mutex_unlock(&c->lock);
	cancel_delayed_work_sync(&c->assemble);

	t->a.serial = "another";
	psy_values_set(&t->a.v, PSY_ENERGY_FULL, 60000000);
	for (i = 0; i < 600 && whole("energy_full") != 60000000; i++)
		msleep(100);
	KUNIT_EXPECT_EQ(test, whole("energy_full"), 60000000);
	KUNIT_EXPECT_GT(test, whole("battery_tag"), tag);
	KUNIT_EXPECT_EQ(test, whole("energy_full_design"), 60000000);
	KUNIT_EXPECT_EQ(test, registrations(t), 1U);

	mutex_lock(&c->lock);
	c->dying = false;
	mutex_unlock(&c->lock);
}

static int count_event(struct notifier_block *nb, unsigned long event, void *data)
{
	struct power_supply *psy = data;

	if (!strcmp(psy->desc->name, "fake-whole"))
		atomic_inc(&container_of(nb, struct members_test, nb)->events);
	return NOTIFY_OK;
}

static void expect_asked_again(struct kunit *test, struct fake_supply *f)
{
	int before = atomic_read(&f->asked);
	unsigned int i;

	/* Each reading asks it for several properties. */
	for (i = 0; i < 600 && atomic_read(&f->asked) < before + 40; i++) {
		whole("capacity");
		msleep(100);
	}
	KUNIT_EXPECT_GE(test, atomic_read(&f->asked), before + 40);
}

/* What one loses and the other one gains is no news about both together. */
static void opposite_changes_are_not_announced(struct kunit *test)
{
	struct members_test *t = test->priv;
	unsigned int i;

	add(test, &t->a);
	add(test, &t->b);
	compose(test, "fake-a,fake-b");
	expect_whole(test, "energy_full", 50000000);
	expect_asked_again(test, &t->a);
	t->nb.notifier_call = count_event;
	KUNIT_ASSERT_EQ(test, power_supply_reg_notifier(&t->nb), 0);
	atomic_set(&t->events, 0);

	psy_values_set(&t->a.v, PSY_ENERGY_NOW, 15000000);
	psy_values_set(&t->b.v, PSY_ENERGY_NOW, 19000000);
	power_supply_changed(t->a.psy);
	power_supply_changed(t->b.psy);
	expect_asked_again(test, &t->a);
	KUNIT_EXPECT_EQ(test, whole("energy_now"), 34000000);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->events), 0);

	/* A control: what changes the sum is. */
	psy_values_set(&t->b.v, PSY_ENERGY_NOW, 4000000);
	power_supply_changed(t->b.psy);
	for (i = 0; i < 600 && !atomic_read(&t->events); i++)
		msleep(100);
	KUNIT_EXPECT_GT(test, atomic_read(&t->events), 0);
	power_supply_unreg_notifier(&t->nb);
}

/* A pack in two composites would be counted twice. */
static void a_member_has_one_composite(struct kunit *test)
{
	struct comp_setup *setup = kunit_kzalloc(test, sizeof(*setup), GFP_KERNEL);
	struct members_test *t = test->priv;
	struct platform_device *second;
	unsigned int i;
	bool refused = false;
	struct comp *c;

	KUNIT_ASSERT_NOT_NULL(test, setup);
	add(test, &t->a);
	add(test, &t->b);
	compose(test, "fake-a");
	expect_whole(test, "energy_full", 20000000);
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
	/* It is free again without the first one. */
	platform_device_unregister(t->composite);
	t->composite = NULL;
	for (i = 0; i < 600 && !READ_ONCE(c->config.slots[0].src); i++)
		msleep(100);
	KUNIT_EXPECT_NOT_NULL(test, READ_ONCE(c->config.slots[0].src));
	platform_device_unregister(second);
}

/* A UPS' battery is a member only when it is named; a supply of type UPS never. */
static void batteries_that_are_not_named_do_not_count(struct kunit *test)
{
	struct members_test *t = test->priv;

	t->line.desc.type = POWER_SUPPLY_TYPE_UPS;
	add(test, &t->line);
	add(test, &t->a);
	add(test, &t->b);
	compose(test, "fake-a,fake-line");
	expect_whole(test, "energy_full", 20000000);
	power_supply_changed(t->b.psy);
	power_supply_changed(t->line.psy);
	expect_asked_again(test, &t->a);
	KUNIT_EXPECT_EQ(test, whole("energy_full"), 20000000);
	KUNIT_EXPECT_EQ(test, registrations(t), 1U);
}

static int read_once(void *data)
{
	whole("capacity");
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

static int plug_line(void *data)
{
	struct members_test *t = data;

	t->line_err = fake_supply_add(&t->line, NULL);
	complete_all(&t->plugged);
	return 0;
}

/* A driver that does not answer holds up its own removal, and nobody else. */
static void a_stuck_member_is_alone(struct kunit *test)
{
	struct members_test *t = test->priv;
	DECLARE_COMPLETION_ONSTACK(has_read);
	unsigned int i;

	init_completion(&t->unplugged);
	init_completion(&t->plugged);
	add(test, &t->a);
	add(test, &t->b);
	compose(test, "fake-a,fake-b");
	expect_whole(test, "energy_full", 50000000);

	WRITE_ONCE(t->b.hold, true);
	power_supply_changed(t->b.psy);
	KUNIT_ASSERT_FALSE(test, IS_ERR(kthread_run(read_once, &has_read, "comp-read")));
	for (i = 0; i < 600 && !atomic_read(&t->b.held); i++)
		msleep(100);
	KUNIT_EXPECT_GT(test, atomic_read(&t->b.held), 0);
	KUNIT_ASSERT_FALSE(test, IS_ERR(kthread_run(unplug, t, "comp-unplug")));
	msleep(200);
	KUNIT_ASSERT_FALSE(test, IS_ERR(kthread_run(plug_line, t, "comp-plug")));
	KUNIT_EXPECT_GT(test, wait_for_completion_timeout(&t->plugged, 60 * HZ), 0UL);
	KUNIT_EXPECT_FALSE(test, completion_done(&t->unplugged));

	WRITE_ONCE(t->b.hold, false);
	wait_for_completion(&t->unplugged);
	wait_for_completion(&t->plugged);
	wait_for_completion(&has_read);
	KUNIT_EXPECT_EQ(test, t->line_err, 0);
	expect_whole(test, "energy_full", 20000000);
}

static int reader(void *data)
{
	struct members_test *t = data;

	while (!kthread_should_stop()) {
		if (whole("capacity") > 0 && whole("energy_now") > 0)
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

/* A member may go while it is being asked: nobody holds it, nobody asks the gone. */
static void members_go_under_readers(struct kunit *test)
{
	struct members_test *t = test->priv;
	struct task_struct *task[READERS];
	unsigned long end;
	unsigned int i;

	add(test, &t->a);
	compose(test, "fake-a,fake-b");
	expect_whole(test, "energy_full", 20000000);
	end = jiffies + COME_AND_GO_FOR;
	for (i = 0; i < READERS; i++) {
		task[i] = kthread_run(reader, t, "comp-reader-%u", i);
		KUNIT_ASSERT_FALSE(test, IS_ERR(task[i]));
	}
	for (i = 0; i < COMES_AND_GOES; i++) {
		/* Readers leave little of a busy processor: fewer times will do there. */
		if (i % 20 && time_after(jiffies, end))
			continue;
		add(test, &t->b);
		msleep(i % 7 * 40);
		fake_supply_del(&t->b);
		msleep(i % 3 * 60);
		/* Now and then there is time to take it in, and to be read. */
		if (i % 20)
			continue;
		expect_whole(test, "energy_full", 20000000);
		add(test, &t->b);
		expect_whole(test, "energy_full", 50000000);
		expect_readings(test, t);
		fake_supply_del(&t->b);
		expect_whole(test, "energy_full", 20000000);
	}
	/* What is composed may go, too. */
	add(test, &t->b);
	msleep(150);
	platform_device_unregister(t->composite);
	t->composite = NULL;
	for (i = 0; i < READERS; i++)
		kthread_stop(task[i]);
	KUNIT_EXPECT_EQ(test, whole("present"), -ENOENT);
}

static struct kunit_case members_cases[] = {
	KUNIT_CASE(two_supplies_make_one),
	KUNIT_CASE(hidden_members_make_a_system_battery),
	KUNIT_CASE(members_come_and_go),
	KUNIT_CASE(one_failure_is_forgiven),
	KUNIT_CASE(lines_decide_about_mixed_flow),
	KUNIT_CASE(reads_cost_nothing),
	KUNIT_CASE(another_pack_is_another_registration),
	KUNIT_CASE(what_is_no_member_is_refused),
	KUNIT_CASE(behaviour_reaches_the_members),
	KUNIT_CASE(what_is_unknown_at_first_is_reported_later),
	KUNIT_CASE(more_to_report_is_another_registration),
	KUNIT_CASE(packs_that_come_back_are_registered_again),
	KUNIT_CASE(limits_of_the_user_survive),
	KUNIT_CASE_SLOW(a_silent_pack_that_works_is_not_an_empty_one),
	KUNIT_CASE(an_external_supply_explains_silence),
	KUNIT_CASE(a_choice_ends),
	KUNIT_CASE(no_member_is_asked_while_there_is_no_battery),
	KUNIT_CASE(another_pack_has_another_tag_at_once),
	KUNIT_CASE(opposite_changes_are_not_announced),
	KUNIT_CASE(a_member_has_one_composite),
	KUNIT_CASE(batteries_that_are_not_named_do_not_count),
	KUNIT_CASE(a_stuck_member_is_alone),
	KUNIT_CASE_SLOW(members_go_under_readers),
	{ }
};

struct kunit_suite comp_members_suite = {
	.name = "comp_members",
	.init = members_init,
	.exit = members_exit,
	.test_cases = members_cases,
};
