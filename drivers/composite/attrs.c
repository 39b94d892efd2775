// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files of the composite's device: the state of each member, and which pack is charged
 * or discharged. See Documentation/ABI/testing/sysfs-driver-composite-battery.
 */
#include <linux/bits.h>
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/lockdep.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "composite.h"

static const char *cbat_slot_state(const struct cbat *c, unsigned int i)
{
	if (!c->config.slots[i].src)
		return "missing";
	if (!c->config.slots[i].pack.present)
		return "absent";
	if (c->sum.dead & BIT_ULL(i))
		return "dead";
	return c->sum.counted & BIT_ULL(i) ? "counted" : "unknown";
}

static ssize_t members_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct cbat *c = dev_get_drvdata(dev);
	ssize_t len = 0;
	unsigned int i;

	mutex_lock(&c->lock);
	for (i = 0; i < c->config.nr; i++)
		len += sysfs_emit_at(buf, len, "%s %s\n", cbat_slot_name(&c->config.slots[i]),
				     cbat_slot_state(c, i));
	mutex_unlock(&c->lock);
	return len;
}
static DEVICE_ATTR_RO(members);

/* Find a member by the name of its supply; "auto" selects none. */
static int cbat_find_member(struct cbat *c, const char *buf, int *index)
{
	unsigned int i;

	*index = CBAT_NO_MEMBER;
	if (sysfs_streq(buf, "auto"))
		return 0;
	for (i = 0; i < c->config.nr; i++) {
		if (sysfs_streq(buf, cbat_slot_name(&c->config.slots[i]))) {
			*index = i;
			return 0;
		}
	}
	return -EINVAL;
}

static ssize_t cbat_choice_show(struct cbat *c, const int *choice, char *buf)
{
	ssize_t len;

	mutex_lock(&c->lock);
	len = sysfs_emit(buf, "%s\n", *choice == CBAT_NO_MEMBER ? "auto" :
			 cbat_slot_name(&c->config.slots[*choice]));
	mutex_unlock(&c->lock);
	return len;
}

/* The member does not have the property, or is gone: that is not a failure. */
static bool cbat_cannot_set(int err)
{
	return err == -EOPNOTSUPP || err == -EINVAL || err == -ENODEV;
}

/*
 * Set @behaviour on all members except @except; skip those without it. Returns 0 if
 * at least one has been set and none has failed.
 */
static int cbat_set_others(struct cbat *c, int except, int behaviour)
{
	int failure = 0, err;
	bool done = false;
	unsigned int i;

	for (i = 0; i < c->config.nr; i++) {
		if ((int)i == except)
			continue;
		err = cbat_slot_set(&c->config.slots[i], POWER_SUPPLY_PROP_CHARGE_BEHAVIOUR,
				    behaviour);
		c->config.slots[i].owes_auto = err == -ENODEV &&
					       behaviour == POWER_SUPPLY_CHARGE_BEHAVIOUR_AUTO;
		if (!err)
			done = true;
		else if (!cbat_cannot_set(err))
			failure = failure ?: err;
	}
	return failure ?: done ? 0 : -EOPNOTSUPP;
}

/* No member is selected any more. */
static void cbat_clear_choice(struct cbat *c)
{
	c->discharge_from = CBAT_NO_MEMBER;
	c->charge_first = CBAT_NO_MEMBER;
}

/**
 * cbat_set_behaviour() - set the behaviour of all members
 * @c: the composite
 * @behaviour: %POWER_SUPPLY_CHARGE_BEHAVIOUR_AUTO and so on
 *
 * Context: may sleep; held: the lock of the composite.
 * Return: 0 if all members that support it have been set; -EOPNOTSUPP if none supports
 * it; the first error, after all have been tried.
 */
int cbat_set_behaviour(struct cbat *c, int behaviour)
{
	int ret;

	lockdep_assert_held(&c->lock);
	ret = cbat_set_others(c, CBAT_NO_MEMBER, behaviour);
	if (!ret)
		cbat_clear_choice(c);
	return ret;
}

/* The selected pack is gone, full (charge_first) or empty (discharge_from). */
static bool cbat_choice_has_ended(const struct cbat *c)
{
	bool charge = c->charge_first != CBAT_NO_MEMBER;
	const struct cbat_slot *slot;
	struct cbat_amounts a;
	int status, percent;

	slot = &c->config.slots[charge ? c->charge_first : c->discharge_from];
	if (!slot->pack.present)
		return true;
	if (charge)
		return !psy_values_get(&slot->pack.v, PSY_STATUS, &status) &&
		       status == POWER_SUPPLY_STATUS_FULL;
	if (cbat_amounts(&slot->pack, &a))
		return a.now <= 0;
	return !psy_values_get(&slot->pack.v, PSY_CAPACITY, &percent) && percent <= 0;
}

/* A member that was gone when a choice ended may return as it was left. */
static void cbat_pay_auto(struct cbat *c)
{
	struct cbat_slot *slot;
	unsigned int i;

	for (i = 0; i < c->config.nr; i++) {
		slot = &c->config.slots[i];
		if (slot->owes_auto && slot->pack.present)
			slot->owes_auto = cbat_slot_set(slot, POWER_SUPPLY_PROP_CHARGE_BEHAVIOUR,
							POWER_SUPPLY_CHARGE_BEHAVIOUR_AUTO) ==
					  -ENODEV;
	}
}

/**
 * cbat_release_choice() - set all members to auto when a choice has ended
 * @c: the composite
 * @always: also if it has not ended
 *
 * The other members must not wait for a pack that is full or gone. If a member refuses,
 * the next reading tries again.
 *
 * Context: may sleep; held: the lock of the composite.
 */
void cbat_release_choice(struct cbat *c, bool always)
{
	int ret;

	lockdep_assert_held(&c->lock);
	cbat_pay_auto(c);
	if (c->charge_first == CBAT_NO_MEMBER && c->discharge_from == CBAT_NO_MEMBER)
		return;
	if (!always && !cbat_choice_has_ended(c))
		return;

	ret = cbat_set_behaviour(c, POWER_SUPPLY_CHARGE_BEHAVIOUR_AUTO);
	/* The only member that supports it may be the one that is gone. */
	if (ret == -EOPNOTSUPP)
		cbat_clear_choice(c);
	else if (ret)
		dev_warn_ratelimited(c->dev, "cannot reset charge_behaviour (%d)\n", ret);
}

/**
 * cbat_behaviours() - the values of charge_behaviour that can be set
 * @c: the composite
 *
 * Context: may sleep; held: the lock of the composite.
 * Return: those of all members, and auto, as a mask of BIT(); 0 if it is not writable in
 * any member.
 */
unsigned int cbat_behaviours(struct cbat *c)
{
	unsigned int i, mask = 0;

	lockdep_assert_held(&c->lock);
	for (i = 0; i < c->config.nr; i++)
		mask |= cbat_slot_behaviours(&c->config.slots[i]);
	return mask ? mask | BIT(POWER_SUPPLY_CHARGE_BEHAVIOUR_AUTO) : 0;
}

/* Start with the selected member: if it refuses, nothing is changed. */
static int cbat_discharge_from(struct cbat *c, int index)
{
	int ret = cbat_slot_set(&c->config.slots[index], POWER_SUPPLY_PROP_CHARGE_BEHAVIOUR,
				POWER_SUPPLY_CHARGE_BEHAVIOUR_FORCE_DISCHARGE);

	if (!ret)
		cbat_set_others(c, index, POWER_SUPPLY_CHARGE_BEHAVIOUR_AUTO);
	return ret == -EINVAL ? -EOPNOTSUPP : ret;
}

/* A member is charged first because others are inhibited: at least one must be. */
static int cbat_charge_first(struct cbat *c, int index)
{
	int ret = cbat_set_others(c, index, POWER_SUPPLY_CHARGE_BEHAVIOUR_INHIBIT_CHARGE);

	if (!ret) {
		/* It may be inhibited itself, by the choice before this one. */
		ret = cbat_slot_set(&c->config.slots[index], POWER_SUPPLY_PROP_CHARGE_BEHAVIOUR,
				    POWER_SUPPLY_CHARGE_BEHAVIOUR_AUTO);
		if (cbat_cannot_set(ret))
			ret = 0;
	}
	/* Some may be inhibited already: undo that. */
	if (ret && ret != -EOPNOTSUPP)
		cbat_set_others(c, index, POWER_SUPPLY_CHARGE_BEHAVIOUR_AUTO);
	return ret;
}

/* Select a member or none; this replaces the other choice. */
static int cbat_choice_store(struct cbat *c, const char *buf,
			     int (*choose)(struct cbat *c, int index), int *choice)
{
	int index, ret;

	mutex_lock(&c->lock);
	ret = cbat_find_member(c, buf, &index);
	if (!ret)
		ret = index == CBAT_NO_MEMBER ?
		      cbat_set_behaviour(c, POWER_SUPPLY_CHARGE_BEHAVIOUR_AUTO) :
		      choose(c, index);
	if (!ret) {
		cbat_clear_choice(c);
		*choice = index;
	}
	mutex_unlock(&c->lock);
	return ret;
}

static ssize_t discharge_from_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct cbat *c = dev_get_drvdata(dev);

	return cbat_choice_show(c, &c->discharge_from, buf);
}

static ssize_t discharge_from_store(struct device *dev, struct device_attribute *attr,
				    const char *buf, size_t len)
{
	struct cbat *c = dev_get_drvdata(dev);

	return cbat_choice_store(c, buf, cbat_discharge_from, &c->discharge_from) ?: len;
}
static DEVICE_ATTR_RW(discharge_from);

static ssize_t charge_first_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct cbat *c = dev_get_drvdata(dev);

	return cbat_choice_show(c, &c->charge_first, buf);
}

static ssize_t charge_first_store(struct device *dev, struct device_attribute *attr,
				  const char *buf, size_t len)
{
	struct cbat *c = dev_get_drvdata(dev);

	return cbat_choice_store(c, buf, cbat_charge_first, &c->charge_first) ?: len;
}
static DEVICE_ATTR_RW(charge_first);

static struct attribute *cbat_attrs[] = {
	&dev_attr_charge_first.attr,
	&dev_attr_discharge_from.attr,
	&dev_attr_members.attr,
	NULL
};

static const struct attribute_group cbat_group = {
	.attrs = cbat_attrs,
};

const struct attribute_group *cbat_groups[] = { &cbat_group, NULL };
