// SPDX-License-Identifier: GPL-2.0-only
/* Limits of user space and of waiters, and the hardware alarms for them. */
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/lockdep.h>
#include <linux/string.h>

#include "internal.h"

#define PSY_LIMITS_CAPACITY	(PSY_LIMIT_LOW | PSY_LIMIT_HIGH)
#define PSY_LIMITS_TEMP		(PSY_LIMIT_TEMP_MIN | PSY_LIMIT_TEMP_MAX)

/* Range of temperature limits, 0.1 °C; its ends mean "no limit" */
#define PSY_TEMP_LOWEST		(-1000)
#define PSY_TEMP_HIGHEST	2000

static const struct {
	enum power_supply_property psp;
	u32 limit;
} psy_limit_map[] = {
	{ POWER_SUPPLY_PROP_CAPACITY_ALERT_MIN,	PSY_LIMIT_LOW },
	{ POWER_SUPPLY_PROP_CAPACITY_ALERT_MAX,	PSY_LIMIT_HIGH },
	{ POWER_SUPPLY_PROP_TEMP_ALERT_MIN,	PSY_LIMIT_TEMP_MIN },
	{ POWER_SUPPLY_PROP_TEMP_ALERT_MAX,	PSY_LIMIT_TEMP_MAX },
};

static int *psy_limit_slot(struct psy_limits *limits, u32 limit)
{
	switch (limit) {
	case PSY_LIMIT_LOW:
		return &limits->low;
	case PSY_LIMIT_HIGH:
		return &limits->high;
	case PSY_LIMIT_TEMP_MIN:
		return &limits->temp_min;
	default:
		return &limits->temp_max;
	}
}

bool psy_limit_in_range(u32 limit, int val)
{
	if (limit & PSY_LIMITS_TEMP)
		return val >= PSY_TEMP_LOWEST && val <= PSY_TEMP_HIGHEST;
	return val >= 0 && val <= 100;
}

/*
 * Initialise limits with values that cannot be crossed, except those that user space
 * had set before the slot was registered again.
 */
int psy_limits_init(struct psy_miniclass *mc, struct psy_limits *user)
{
	unsigned int i;

	mc->limits = (struct psy_limits){
		.low = 0,
		.high = 100,
		.temp_min = PSY_TEMP_LOWEST,
		.temp_max = PSY_TEMP_HIGHEST,
	};
	mc->user_limits = user;
	if (!user)
		return 0;

	for (i = 0; i < ARRAY_SIZE(psy_limit_map); i++) {
		u32 limit = psy_limit_map[i].limit;
		int val = *psy_limit_slot(user, limit);

		if (!(user->valid & limit))
			continue;
		if (!psy_limit_in_range(limit, val))
			return dev_err_probe(mc->dev, -EINVAL, "limit %#x is out of range: %d\n",
					     limit, val);
		*psy_limit_slot(&mc->limits, limit) = val;
		mc->limits_set |= limit;
	}
	return 0;
}

/* Use the warning level of the pack unless user space has set a limit. */
void psy_limits_default(struct psy_miniclass *mc, const struct psy_info *info)
{
	unsigned long flags;
	int low;

	if (psy_values_get(&info->values, PSY_ALERT_LOW, &low))
		low = 0;

	spin_lock_irqsave(&mc->snap_lock, flags);
	if (!(mc->limits_set & PSY_LIMIT_LOW))
		mc->limits.low = clamp(low, 0, 100);
	spin_unlock_irqrestore(&mc->snap_lock, flags);
}

/* Add the supported limits to the property list. */
unsigned int psy_limits_list(struct psy_miniclass *mc, enum power_supply_property *props)
{
	unsigned int i, n = 0;
	u32 limits = 0;

	if (mc->listed & PSY_BIT(PSY_CAPACITY))
		limits |= PSY_LIMITS_CAPACITY;
	if (mc->listed & PSY_BIT(PSY_TEMP))
		limits |= mc->alarms & PSY_LIMITS_TEMP;
	mc->limits.valid = limits;

	for (i = 0; i < ARRAY_SIZE(psy_limit_map); i++)
		if (limits & psy_limit_map[i].limit)
			props[n++] = psy_limit_map[i].psp;
	return n;
}

/* Get the PSY_LIMIT_* bit of a property, 0 if it is not a limit. */
u32 psy_limit_of(enum power_supply_property psp)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(psy_limit_map); i++)
		if (psy_limit_map[i].psp == psp)
			return psy_limit_map[i].limit;
	return 0;
}

int psy_limit_get(struct psy_miniclass *mc, enum power_supply_property psp)
{
	lockdep_assert_held(&mc->snap_lock);
	return *psy_limit_slot(&mc->limits, psy_limit_of(psp));
}

/*
 * Set a limit. The caller has checked its range and refreshed the snapshot, and
 * schedules another refresh, which arms the alarm. Refused if the value is unknown:
 * such a limit would never fire, but user space would rely on it.
 */
int psy_limit_set(struct psy_miniclass *mc, enum power_supply_property psp, int val)
{
	u32 limit = psy_limit_of(psp);
	enum psy_field field = limit & PSY_LIMITS_TEMP ? PSY_TEMP : PSY_CAPACITY;
	unsigned long flags;
	int ret = 0;

	spin_lock_irqsave(&mc->snap_lock, flags);
	if (mc->snap.tag == PSY_TAG_NONE) {
		ret = -ENODEV;
	} else if (!(mc->snap.status.valid & PSY_BIT(field))) {
		ret = -ENODATA;
	} else {
		*psy_limit_slot(&mc->limits, limit) = val;
		mc->limits_set |= limit;
		if (mc->user_limits) {
			*psy_limit_slot(mc->user_limits, limit) = val;
			mc->user_limits->valid |= limit;
		}
		/* Report the new limit even if the old one was crossed. */
		mc->last_event.alerts &= ~limit;
	}
	spin_unlock_irqrestore(&mc->snap_lock, flags);
	return ret;
}

/* Merge a pair of limits into @l; limits that are crossed already are ignored. */
static void psy_limits_merge(struct psy_limits *l, int capacity, int low, int high)
{
	if (low > 0 && capacity >= low && (!(l->valid & PSY_LIMIT_LOW) || low > l->low)) {
		l->low = low;
		l->valid |= PSY_LIMIT_LOW;
	}
	if (high < 100 && capacity <= high && (!(l->valid & PSY_LIMIT_HIGH) || high < l->high)) {
		l->high = high;
		l->valid |= PSY_LIMIT_HIGH;
	}
}

/* Get the limits nearest to the present values. */
static void psy_limits_nearest(struct psy_miniclass *mc, struct psy_limits *l)
{
	const struct psy_values *s = &mc->snap.status;
	struct psy_waiter *w;
	int val;

	lockdep_assert_held(&mc->snap_lock);
	*l = (struct psy_limits){ .high = 100, .temp_min = PSY_TEMP_LOWEST,
				  .temp_max = PSY_TEMP_HIGHEST };
	if (!psy_values_get(s, PSY_CAPACITY, &val)) {
		psy_limits_merge(l, val, mc->limits.low, mc->limits.high);
		list_for_each_entry(w, &mc->waiters, node)
			if (!w->for_tag && w->wait.tag == mc->snap.tag)
				psy_limits_merge(l, val, w->wait.low, w->wait.high);
	}
	if (mc->limits.temp_min > PSY_TEMP_LOWEST) {
		l->temp_min = mc->limits.temp_min;
		l->valid |= PSY_LIMIT_TEMP_MIN;
	}
	if (mc->limits.temp_max < PSY_TEMP_HIGHEST) {
		l->temp_max = mc->limits.temp_max;
		l->valid |= PSY_LIMIT_TEMP_MAX;
	}
	psy_limits_amounts(l, s);
}

/*
 * Keep a crossed limit armed if the device also uses it as threshold of its own
 * level Low. Otherwise the level would return to Normal when the limit is crossed.
 */
static void psy_limits_keep(struct psy_miniclass *mc, struct psy_limits *l)
{
	if (!(mc->alarms & PSY_ALARM_LEVEL) || mc->limits.low <= 0 ||
	    ((l->valid & PSY_LIMIT_LOW) && l->low >= mc->limits.low))
		return;
	l->low = mc->limits.low;
	l->valid |= PSY_LIMIT_LOW;
	psy_limits_amounts(l, &mc->snap.status);
}

/* A single trip point is used for the limit in the direction of the flow. */
static void psy_limits_choose(struct psy_limits *l, const struct psy_values *s, u32 alarms)
{
	int status = POWER_SUPPLY_STATUS_UNKNOWN;

	if (!(alarms & PSY_ALARM_SINGLE) ||
	    (l->valid & PSY_LIMITS_CAPACITY) != PSY_LIMITS_CAPACITY)
		return;
	psy_values_get(s, PSY_STATUS, &status);
	l->valid &= status == POWER_SUPPLY_STATUS_CHARGING ? ~PSY_LIMIT_LOW : ~PSY_LIMIT_HIGH;
}

/**
 * psy_limits_arm() - set the hardware alarm to the nearest limits
 * @mc: the instance, with a new snapshot
 *
 * Accesses the device only if the limits or the pack changed. If the device refuses
 * the limits, they are set again at the next refresh, not before.
 *
 * Context: may sleep; held: psy_miniclass::lock.
 * Return: true if limits were set. The caller has to read the device again then, as
 * the hardware does not signal limits that were crossed before they were set.
 */
bool psy_limits_arm(struct psy_miniclass *mc)
{
	const struct psy_miniclass_ops *ops = mc->desc->ops;
	struct psy_limits l;
	unsigned long flags;
	u32 tag;
	int ret;

	lockdep_assert_held(&mc->lock);
	if (!mc->live || !ops || !ops->set_notify)
		return false;

	spin_lock_irqsave(&mc->snap_lock, flags);
	tag = mc->snap.tag;
	psy_limits_nearest(mc, &l);
	psy_limits_keep(mc, &l);
	l.valid &= mc->alarms;
	psy_limits_choose(&l, &mc->snap.status, mc->alarms);
	spin_unlock_irqrestore(&mc->snap_lock, flags);

	if (tag == PSY_TAG_NONE ||
	    (tag == mc->armed_tag && !mc->arm_failed && !memcmp(&l, &mc->armed, sizeof(l))))
		return false;

	if (l.valid)
		ret = ops->set_notify(mc, &l);
	else
		ret = mc->arm_failed || (tag == mc->armed_tag && mc->armed.valid) ?
		      ops->disable_notify(mc) : 0;

	if (ret) {
		mc->stats.arm_errors++;
		if (!mc->arm_failed)
			dev_warn(mc->dev, "cannot set alarm (%d), falling back to polling\n", ret);
		mc->arm_failed = true;
		return false;
	}
	mc->arm_failed = false;
	mc->armed = l;
	mc->armed_tag = tag;
	return l.valid;
}

/* Disarm the alarm, before the instance or the system ends. */
void psy_limits_disarm(struct psy_miniclass *mc)
{
	mutex_lock(&mc->lock);
	mc->budget = mc->max_retries;
	/* A failed attempt may have armed a part of it. */
	if (mc->arm_failed || (mc->armed_tag != PSY_TAG_NONE && mc->armed.valid))
		mc->desc->ops->disable_notify(mc);
	mc->arm_failed = false;
	mc->armed_tag = PSY_TAG_NONE;
	mutex_unlock(&mc->lock);
}

/*
 * Get the distance of the nearest limit, and whether the hardware watches all limits.
 * The alarm does not signal the end of a crossed limit, so that has to be polled.
 * @arm_failed may be changing: a refresh is in progress then, and this is called again
 * afterwards.
 */
void psy_limits_poll_in(struct psy_miniclass *mc, struct psy_poll_in *in)
{
	struct psy_limits l;
	int capacity;

	lockdep_assert_held(&mc->snap_lock);
	psy_limits_nearest(mc, &l);
	in->distance = INT_MAX;
	if (!psy_values_get(&mc->snap.status, PSY_CAPACITY, &capacity)) {
		if (l.valid & PSY_LIMIT_LOW)
			in->distance = capacity - l.low;
		if (l.valid & PSY_LIMIT_HIGH)
			in->distance = min(in->distance, l.high - capacity);
	}

	in->covered = (mc->alarms & PSY_ALARM_STATE) && !(l.valid & ~mc->alarms) &&
		      !READ_ONCE(mc->arm_failed) &&
		      !psy_alerts(&mc->limits, &mc->snap.status);
}
