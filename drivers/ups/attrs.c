// SPDX-License-Identifier: GPL-2.0-only
/* Attributes for which the power_supply class has no property */
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/kstrtox.h>
#include <linux/math64.h>
#include <linux/power/psy_miniclass.h>
#include <linux/power_supply.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "ups.h"

static struct ups *ups_of_dev(struct device *dev)
{
	return psy_miniclass_get_drvdata(psy_miniclass_from_dev(dev));
}

/* A consistent copy of the last reading */
static struct ups_status ups_reading(struct device *dev)
{
	struct ups *ups = ups_of_dev(dev);
	struct ups_status s;
	unsigned long flags;

	spin_lock_irqsave(&ups->lock, flags);
	s = ups->status;
	spin_unlock_irqrestore(&ups->lock, flags);
	return s;
}

#define UPS_VALUE(_name, _bit, _member)							\
static ssize_t _name##_show(struct device *dev, struct device_attribute *attr, char *buf)	\
{											\
	struct ups_status s = ups_reading(dev);						\
											\
	if (!(s.valid & (_bit)))							\
		return -ENODATA;							\
	return sysfs_emit(buf, "%d\n", s._member);					\
}											\
static DEVICE_ATTR_RO(_name)

UPS_VALUE(input_voltage, UPS_HAS_INPUT, input_mv * 1000);
UPS_VALUE(output_voltage, UPS_HAS_OUTPUT, output_mv * 1000);
UPS_VALUE(load_percent, UPS_HAS_LOAD, load);
UPS_VALUE(frequency, UPS_HAS_FREQUENCY, frequency_millihz);

static ssize_t ups_state_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", ups_state_name(ups_get_state(ups_of_dev(dev))));
}
static DEVICE_ATTR_RO(ups_state);

static ssize_t comm_status_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", ups_is_lost(ups_of_dev(dev)) ? "lost" : "ok");
}
static DEVICE_ATTR_RO(comm_status);

static ssize_t firmware_revision_show(struct device *dev, struct device_attribute *attr,
				      char *buf)
{
	return sysfs_emit(buf, "%s\n", ups_of_dev(dev)->ident.firmware);
}
static DEVICE_ATTR_RO(firmware_revision);

static const char * const ups_killpower_names[] = {
	[UPS_KILLPOWER_OFF] = "off",
	[UPS_KILLPOWER_ON_BATTERY] = "on-battery",
	[UPS_KILLPOWER_ALWAYS] = "always",
};

/* List of choices, the current one in brackets */
static ssize_t ups_emit_choice(char *buf, const char * const *names, size_t num, size_t now)
{
	ssize_t len = 0;
	size_t i;

	for (i = 0; i < num; i++)
		len += sysfs_emit_at(buf, len, i == now ? "[%s]%c" : "%s%c", names[i],
				     i == num - 1 ? '\n' : ' ');
	return len;
}

static ssize_t killpower_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return ups_emit_choice(buf, ups_killpower_names, ARRAY_SIZE(ups_killpower_names),
			       ups_of_dev(dev)->killpower);
}

static ssize_t killpower_store(struct device *dev, struct device_attribute *attr,
			       const char *buf, size_t count)
{
	int i = __sysfs_match_string(ups_killpower_names, ARRAY_SIZE(ups_killpower_names), buf);

	if (i < 0)
		return i;
	WRITE_ONCE(ups_of_dev(dev)->killpower, i);
	return count;
}
static DEVICE_ATTR_RW(killpower);

static ssize_t killpower_delay_show(struct device *dev, struct device_attribute *attr,
				    char *buf)
{
	return sysfs_emit(buf, "%u\n", ups_of_dev(dev)->killpower_delay);
}

static ssize_t killpower_delay_store(struct device *dev, struct device_attribute *attr,
				     const char *buf, size_t count)
{
	struct ups *ups = ups_of_dev(dev);
	unsigned int seconds;
	int ret;

	ret = kstrtouint(buf, 0, &seconds);
	if (ret)
		return ret;
	/* Reject an unsupported delay now, not at power-off. */
	ret = ups->desc->ops->off_delay(ups, seconds);
	if (ret < 0)
		return ret;
	WRITE_ONCE(ups->killpower_delay, seconds);
	return count;
}
static DEVICE_ATTR_RW(killpower_delay);

static const char * const ups_action_names[] = { "none", "poweroff" };

static ssize_t critical_action_show(struct device *dev, struct device_attribute *attr,
				    char *buf)
{
	return ups_emit_choice(buf, ups_action_names, ARRAY_SIZE(ups_action_names),
			       ups_of_dev(dev)->poweroff);
}

static ssize_t critical_action_store(struct device *dev, struct device_attribute *attr,
				     const char *buf, size_t count)
{
	int i = __sysfs_match_string(ups_action_names, ARRAY_SIZE(ups_action_names), buf);

	if (i < 0)
		return i;
	WRITE_ONCE(ups_of_dev(dev)->poweroff, i);
	return count;
}
static DEVICE_ATTR_RW(critical_action);

/* Seconds until the outlets go off; 0 if no command is pending */
static s64 ups_off_in(struct ups *ups)
{
	unsigned long flags;
	s64 ms = 0;

	spin_lock_irqsave(&ups->lock, flags);
	if (ups->off_pending)
		ms = ktime_ms_delta(ups->off_at, ktime_get_boottime());
	spin_unlock_irqrestore(&ups->lock, flags);
	return ms > 0 ? div_s64(ms + MSEC_PER_SEC - 1, MSEC_PER_SEC) : 0;
}

static ssize_t turn_off_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%lld\n", ups_off_in(ups_of_dev(dev)));
}

static ssize_t turn_off_store(struct device *dev, struct device_attribute *attr,
			      const char *buf, size_t count)
{
	unsigned int seconds;
	int ret;

	ret = kstrtouint(buf, 0, &seconds);
	if (!ret)
		ret = ups_turn_off(ups_of_dev(dev), seconds);
	return ret < 0 ? ret : count;
}
static DEVICE_ATTR_RW(turn_off);

/* A command without an argument: the value written must be 1. */
static int ups_check_one(const char *buf)
{
	bool on;
	int ret;

	ret = kstrtobool(buf, &on);
	return ret ?: on ? 0 : -EINVAL;
}

static int ups_command(struct device *dev, struct device_attribute *attr, const char *buf,
		       int (*command)(struct ups *ups))
{
	struct ups *ups = ups_of_dev(dev);
	int ret;

	ret = ups_check_one(buf);
	if (ret)
		return ret;
	ret = ups_command_begin(ups);
	return ret ?: ups_command_end(ups, attr->attr.name, command(ups));
}

static ssize_t turn_off_cancel_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct ups *ups = ups_of_dev(dev);

	return sysfs_emit(buf, "%d\n", ups_off_in(ups) ||
			  ups_reading(dev).flags & UPS_FLAG_SHUTDOWN);
}

static ssize_t turn_off_cancel_store(struct device *dev, struct device_attribute *attr,
				     const char *buf, size_t count)
{
	struct ups *ups = ups_of_dev(dev);
	unsigned long flags;
	int ret;

	ret = ups_check_one(buf);
	if (ret)
		return ret;
	/* Replies may be lost while commands still reach the UPS. */
	mutex_lock(&ups->ops_lock);
	ret = ups_command_end(ups, attr->attr.name, ups->desc->ops->cancel(ups));
	if (ret)
		return ret;
	if (ups_is_lost(ups))
		return count;
	spin_lock_irqsave(&ups->lock, flags);
	ups->off_pending = false;
	spin_unlock_irqrestore(&ups->lock, flags);
	return count;
}
static DEVICE_ATTR_RW(turn_off_cancel);

static ssize_t battery_test_store(struct device *dev, struct device_attribute *attr,
				  const char *buf, size_t count)
{
	return ups_command(dev, attr, buf, ups_of_dev(dev)->desc->ops->test) ?: count;
}

static ssize_t battery_test_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", !!(ups_reading(dev).flags & UPS_FLAG_TESTING));
}
static DEVICE_ATTR_RW(battery_test);

static ssize_t beeper_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", !!(ups_reading(dev).flags & UPS_FLAG_BEEPER));
}

static ssize_t beeper_store(struct device *dev, struct device_attribute *attr,
			    const char *buf, size_t count)
{
	struct ups *ups = ups_of_dev(dev);
	bool on;
	int ret;

	ret = kstrtobool(buf, &on);
	if (!ret)
		ret = ups_command_begin(ups);
	if (!ret)
		ret = ups_command_end(ups, "beeper", ups->desc->ops->beeper(ups, on));
	return ret ?: count;
}
static DEVICE_ATTR_RW(beeper);

/* Long enough to debounce an intermittent flag; small units last a minute. */
#define UPS_CRITICAL_S	10

/* Longer than relays take to switch; after that the battery may be empty. */
#define UPS_SILENCE_S	30

/* The percentage reported for a low battery, see UPS_CAPACITY_LOW */
#define UPS_LOW_PERCENT	5

/**
 * struct ups_rule_attribute - attribute and firmware property of a member of &struct ups_rules
 * @attr: the attribute
 * @property: the firmware property
 * @value: default without that property
 * @offset: offset of the member
 * @max: maximum of attribute and property
 * @unit: factor from attribute and property to the member
 */
struct ups_rule_attribute {
	struct device_attribute attr;
	const char *property;
	unsigned int value;
	size_t offset;
	unsigned int max;
	unsigned int unit;
};

#define to_rule_attr(_attr)	container_of(_attr, struct ups_rule_attribute, attr)

static unsigned int *ups_rule(struct ups *ups, const struct ups_rule_attribute *rule)
{
	return (void *)&ups->sm.rules + rule->offset;
}

static ssize_t ups_rule_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	const struct ups_rule_attribute *rule = to_rule_attr(attr);

	return sysfs_emit(buf, "%u\n", READ_ONCE(*ups_rule(ups_of_dev(dev), rule)) / rule->unit);
}

static ssize_t ups_rule_store(struct device *dev, struct device_attribute *attr,
			      const char *buf, size_t count)
{
	const struct ups_rule_attribute *rule = to_rule_attr(attr);
	unsigned int val;
	int ret;

	ret = kstrtouint(buf, 0, &val);
	if (ret)
		return ret;
	if (val > rule->max)
		return -ERANGE;
	WRITE_ONCE(*ups_rule(ups_of_dev(dev), rule), val * rule->unit);
	return count;
}

#define UPS_RULE(_name, _property, _value, _member, _max, _unit)		\
	static struct ups_rule_attribute ups_rule_##_name = {			\
		.attr = __ATTR(_name, 0644, ups_rule_show, ups_rule_store),	\
		.property = _property,						\
		.value = _value,						\
		.offset = offsetof(struct ups_rules, _member),			\
		.max = _max,							\
		.unit = _unit,							\
	}

UPS_RULE(critical_delay, "critical-delay-sec", UPS_CRITICAL_S, critical_ms, 3600, 1000);
UPS_RULE(lost_critical_delay, "lost-critical-delay-sec", UPS_SILENCE_S, silence_ms, 3600, 1000);
UPS_RULE(low_battery_percent, "low-battery-percent", UPS_LOW_PERCENT, low_charge, 100, 1);
UPS_RULE(low_battery_runtime, "low-battery-runtime-sec", 0, low_runtime, 86400, 1);
UPS_RULE(low_battery_after, "low-battery-after-sec", 0, low_after_ms, 86400, 1000);

/**
 * ups_read_rules() - read the limits from firmware properties
 * @ups: the instance, before its first reading
 *
 * Context: may sleep; from probe.
 * Return: 0, or -EINVAL after a message.
 */
int ups_read_rules(struct ups *ups)
{
	static const struct ups_rule_attribute * const rules[] = {
		&ups_rule_critical_delay, &ups_rule_lost_critical_delay,
		&ups_rule_low_battery_percent, &ups_rule_low_battery_runtime,
		&ups_rule_low_battery_after,
	};
	unsigned int i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(rules); i++) {
		u32 val = rules[i]->value;

		ret = psy_miniclass_fw_u32(ups->dev, rules[i]->property, 0,
					   rules[i]->max, &val);
		if (ret)
			return ret;
		*ups_rule(ups, rules[i]) = val * rules[i]->unit;
	}
	return 0;
}

static struct attribute *ups_attrs[] = {
	&dev_attr_input_voltage.attr,
	&dev_attr_output_voltage.attr,
	&dev_attr_load_percent.attr,
	&dev_attr_frequency.attr,
	&dev_attr_ups_state.attr,
	&dev_attr_comm_status.attr,
	&dev_attr_firmware_revision.attr,
	&dev_attr_killpower.attr,
	&dev_attr_killpower_delay.attr,
	&dev_attr_critical_action.attr,
	&dev_attr_turn_off.attr,
	&dev_attr_turn_off_cancel.attr,
	&dev_attr_battery_test.attr,
	&dev_attr_beeper.attr,
	&ups_rule_critical_delay.attr.attr,
	&ups_rule_lost_critical_delay.attr.attr,
	&ups_rule_low_battery_percent.attr.attr,
	&ups_rule_low_battery_runtime.attr.attr,
	&ups_rule_low_battery_after.attr.attr,
	NULL
};

/* Values that a reading may lack, with their UPS_HAS_* bits */
static const struct {
	struct attribute *attr;
	u32 has;
} ups_values[] = {
	{ &dev_attr_input_voltage.attr, UPS_HAS_INPUT },
	{ &dev_attr_output_voltage.attr, UPS_HAS_OUTPUT },
	{ &dev_attr_load_percent.attr, UPS_HAS_LOAD },
	{ &dev_attr_frequency.attr, UPS_HAS_FREQUENCY },
};

/**
 * ups_attrs_update() - add the attributes of values that have become known, and remove those
 *	of values that are not known any more
 * @ups: the instance, with a registered battery
 *
 * Context: may sleep; from the work of the instance.
 */
void ups_attrs_update(struct ups *ups)
{
	struct kobject *kobj = &psy_miniclass_to_psy(ups->battery)->dev.kobj;
	u32 changed = ups->status.valid ^ ups->shown;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ups_values); i++) {
		u32 has = ups_values[i].has;

		if (changed & ups->shown & has) {
			sysfs_remove_file(kobj, ups_values[i].attr);
			ups->shown &= ~has;
		} else if ((changed & has) && !sysfs_create_file(kobj, ups_values[i].attr)) {
			ups->shown |= has;
		}
	}
}

/* Hide attributes that the UPS does not support. */
static umode_t ups_attr_visible(struct kobject *kobj, struct attribute *attr, int n)
{
	struct ups *ups = ups_of_dev(kobj_to_dev(kobj));
	const struct ups_ops *ops = ups->desc->ops;
	bool visible = true;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ups_values); i++)
		if (attr == ups_values[i].attr)
			visible = ups->shown & ups_values[i].has;
	if (attr == &dev_attr_firmware_revision.attr)
		visible = ups->ident.firmware[0];
	else if (attr == &dev_attr_killpower.attr)
		visible = ops->turn_off || ops->cut;
	else if (attr == &dev_attr_killpower_delay.attr || attr == &dev_attr_turn_off.attr)
		visible = ops->turn_off;
	else if (attr == &dev_attr_turn_off_cancel.attr)
		visible = ops->cancel;
	else if (attr == &dev_attr_battery_test.attr)
		visible = ops->test;
	else if (attr == &dev_attr_beeper.attr)
		visible = ops->beeper;
	return visible ? attr->mode : 0;
}

const struct attribute_group ups_attr_group = {
	.attrs = ups_attrs,
	.is_visible = ups_attr_visible,
};
