// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which pack gives and which one takes, and what became of each member: files of
 * the composite's device. See Documentation/ABI/testing/sysfs-driver-composite-battery.
 */
#include <linux/bits.h>
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/lockdep.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "composite.h"

static const char *comp_slot_state(const struct comp *c, unsigned int i)
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
	struct comp *c = dev_get_drvdata(dev);
	ssize_t len = 0;
	unsigned int i;

	mutex_lock(&c->lock);
	for (i = 0; i < c->config.nr; i++)
		len += sysfs_emit_at(buf, len, "%s %s\n", comp_slot_name(&c->config.slots[i]),
				     comp_slot_state(c, i));
	mutex_unlock(&c->lock);
	return len;
}
static DEVICE_ATTR_RO(members);

/* A member by the name of its supply, or nobody by "auto". */
static int comp_find_member(struct comp *c, const char *buf, int *index)
{
	unsigned int i;

	*index = COMP_NOBODY;
	if (sysfs_streq(buf, "auto"))
		return 0;
	for (i = 0; i < c->config.nr; i++) {
		if (sysfs_streq(buf, comp_slot_name(&c->config.slots[i]))) {
			*index = i;
			return 0;
		}
	}
	return -EINVAL;
}

static ssize_t comp_choice_show(struct comp *c, const int *choice, char *buf)
{
	ssize_t len;

	mutex_lock(&c->lock);
	len = sysfs_emit(buf, "%s\n", *choice == COMP_NOBODY ? "auto" :
			 comp_slot_name(&c->config.slots[*choice]));
	mutex_unlock(&c->lock);
	return len;
}

/*
 * Set @behaviour on all members except @except; skip those without it. Returns 0
 * when one does it and none has failed.
 */
static int comp_others(struct comp *c, int except, int behaviour)
{
	int failure = 0, err;
	bool done = false;
	unsigned int i;

	for (i = 0; i < c->config.nr; i++) {
		if ((int)i == except)
			continue;
		err = comp_slot_set(&c->config.slots[i], POWER_SUPPLY_PROP_CHARGE_BEHAVIOUR,
				    behaviour);
		if (!err)
			done = true;
		else if (err != -EOPNOTSUPP && err != -EINVAL && err != -ENODEV)
			failure = failure ?: err;
	}
	return failure ?: done ? 0 : -EOPNOTSUPP;
}

/* No member is chosen any more. */
static void comp_forget_choice(struct comp *c)
{
	c->discharge_from = COMP_NOBODY;
	c->charge_first = COMP_NOBODY;
}

/**
 * comp_set_behaviour() - set the behaviour of all members
 * @c: the composite
 * @behaviour: %POWER_SUPPLY_CHARGE_BEHAVIOUR_AUTO and so on
 *
 * Context: may sleep; held: the lock of the composite.
 * Return: 0 when all that support it do it; -EOPNOTSUPP when none does; the error
 * of one that has failed, after all have been tried.
 */
int comp_set_behaviour(struct comp *c, int behaviour)
{
	int ret;

	lockdep_assert_held(&c->lock);
	ret = comp_others(c, COMP_NOBODY, behaviour);
	if (!ret)
		comp_forget_choice(c);
	return ret;
}

/* Nothing is left to be charged first, or to be discharged from. */
static bool comp_choice_is_over(const struct comp *c)
{
	bool charge = c->charge_first != COMP_NOBODY;
	const struct comp_slot *slot;
	struct comp_amounts a;
	int status, percent;

	slot = &c->config.slots[charge ? c->charge_first : c->discharge_from];
	if (!slot->pack.present)
		return true;
	if (charge)
		return !psy_values_get(&slot->pack.v, PSY_STATUS, &status) &&
		       status == POWER_SUPPLY_STATUS_FULL;
	if (comp_amounts(&slot->pack, &a))
		return a.now <= 0;
	return !psy_values_get(&slot->pack.v, PSY_CAPACITY, &percent) && percent <= 0;
}

/**
 * comp_release_choice() - let all members do as they like when a choice is over
 * @c: the composite
 * @always: also when it is not
 *
 * Others do not wait for a pack that is full or gone. Tried again at the next
 * reading while a member refuses.
 *
 * Context: may sleep; held: the lock of the composite.
 */
void comp_release_choice(struct comp *c, bool always)
{
	int ret;

	lockdep_assert_held(&c->lock);
	if (c->charge_first == COMP_NOBODY && c->discharge_from == COMP_NOBODY)
		return;
	if (!always && !comp_choice_is_over(c))
		return;

	ret = comp_set_behaviour(c, POWER_SUPPLY_CHARGE_BEHAVIOUR_AUTO);
	/* The only one that could be set may be the one that has gone. */
	if (ret == -EOPNOTSUPP)
		comp_forget_choice(c);
	else if (ret)
		dev_warn_ratelimited(c->dev, "cannot reset charge_behaviour (%d)\n", ret);
}

/**
 * comp_can_behave() - whether a member can be told what to do
 * @c: the composite
 *
 * Context: may sleep; held: the lock of the composite.
 * Return: true when one can.
 */
bool comp_can_behave(struct comp *c)
{
	unsigned int i;

	for (i = 0; i < c->config.nr; i++)
		if (comp_slot_can(&c->config.slots[i], POWER_SUPPLY_PROP_CHARGE_BEHAVIOUR))
			return true;
	return false;
}

/* The chosen one first: if it refuses, nothing is changed. */
static int comp_discharge_from(struct comp *c, int index)
{
	int ret = comp_slot_set(&c->config.slots[index], POWER_SUPPLY_PROP_CHARGE_BEHAVIOUR,
				POWER_SUPPLY_CHARGE_BEHAVIOUR_FORCE_DISCHARGE);

	if (!ret)
		comp_others(c, index, POWER_SUPPLY_CHARGE_BEHAVIOUR_AUTO);
	return ret == -EINVAL ? -EOPNOTSUPP : ret;
}

/* That the others wait is what puts one first: so at least one of them must. */
static int comp_charge_first(struct comp *c, int index)
{
	int ret = comp_others(c, index, POWER_SUPPLY_CHARGE_BEHAVIOUR_INHIBIT_CHARGE);

	if (!ret)
		comp_slot_set(&c->config.slots[index], POWER_SUPPLY_PROP_CHARGE_BEHAVIOUR,
			      POWER_SUPPLY_CHARGE_BEHAVIOUR_AUTO);
	else if (ret != -EOPNOTSUPP)
		/* Some may wait already: for nobody. */
		comp_others(c, index, POWER_SUPPLY_CHARGE_BEHAVIOUR_AUTO);
	return ret;
}

/* Choose a member, or nobody; one choice takes the place of the other. */
static int comp_choice_store(struct comp *c, const char *buf,
			     int (*choose)(struct comp *c, int index), int *choice)
{
	int index, ret;

	mutex_lock(&c->lock);
	ret = comp_find_member(c, buf, &index);
	if (!ret)
		ret = index == COMP_NOBODY ?
		      comp_set_behaviour(c, POWER_SUPPLY_CHARGE_BEHAVIOUR_AUTO) :
		      choose(c, index);
	if (!ret) {
		comp_forget_choice(c);
		*choice = index;
	}
	mutex_unlock(&c->lock);
	return ret;
}

static ssize_t discharge_from_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct comp *c = dev_get_drvdata(dev);

	return comp_choice_show(c, &c->discharge_from, buf);
}

static ssize_t discharge_from_store(struct device *dev, struct device_attribute *attr,
				    const char *buf, size_t len)
{
	struct comp *c = dev_get_drvdata(dev);

	return comp_choice_store(c, buf, comp_discharge_from, &c->discharge_from) ?: len;
}
static DEVICE_ATTR_RW(discharge_from);

static ssize_t charge_first_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct comp *c = dev_get_drvdata(dev);

	return comp_choice_show(c, &c->charge_first, buf);
}

static ssize_t charge_first_store(struct device *dev, struct device_attribute *attr,
				  const char *buf, size_t len)
{
	struct comp *c = dev_get_drvdata(dev);

	return comp_choice_store(c, buf, comp_charge_first, &c->charge_first) ?: len;
}
static DEVICE_ATTR_RW(charge_first);

static struct attribute *comp_attrs[] = {
	&dev_attr_charge_first.attr,
	&dev_attr_discharge_from.attr,
	&dev_attr_members.attr,
	NULL
};

static const struct attribute_group comp_group = {
	.attrs = comp_attrs,
};

const struct attribute_group *comp_groups[] = { &comp_group, NULL };
