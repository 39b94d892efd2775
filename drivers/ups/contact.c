// SPDX-License-Identifier: GPL-2.0-only
/*
 * UPSes with contact closure: they signal mains and battery by the modem lines of a serial
 * port, and are switched off by DTR, RTS or a break.
 */
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/power/psy_miniclass.h>
#include <linux/property.h>
#include <linux/string.h>
#include <linux/termios.h>

#include "contact.h"

/*
 * There is no notification to wait for: serdev has none, and a line discipline only one of
 * DCD, which most cables do not use for mains. With the debouncing, a failure is reported
 * after 1 to 1.25 s.
 */
#define CONTACT_POLL_MS		250
#define CONTACT_DEBOUNCE_MS	1000

/* Longest time to hold the command to switch off; time for the rest of a power-off */
#define CONTACT_HOLD_MAX_MS	20000
#define CONTACT_CUT_MS		(CONTACT_HOLD_MAX_MS + 3000)

/**
 * struct contact - one UPS
 * @dev: its device
 * @cable: what the lines mean
 * @debounce: for a failure of mains
 * @estimate: of the run time
 * @failing: mains has failed, and in at least one reading since then the battery was not low
 * @warned: the log has it that all inputs are low
 */
struct contact {
	struct device *dev;
	struct contact_cable cable;
	struct contact_debounce debounce;
	struct contact_estimate estimate;
	bool failing;
	bool warned;
};

/*
 * Read the lines. If all inputs are low, and that would mean a low battery, the cable is
 * probably unplugged: a UPS signals a failure of mains first. A false low battery would
 * power off the machine.
 */
static int contact_read(struct ups *ups, struct contact *c, u32 *flags)
{
	int lines = ups_serial_get_lines(ups);

	if (lines < 0)
		return lines;
	*flags = contact_flags(&c->cable, lines);
	if (!c->failing && contact_is_silent(&c->cable, lines)) {
		if (!c->warned)
			dev_warn(c->dev, "all lines are low: is the cable plugged in?\n");
		c->warned = true;
		return -ETIMEDOUT;
	}
	c->warned = false;
	if (*flags & UPS_FLAG_MAINS_FAILED)
		c->failing |= !(*flags & UPS_FLAG_BATTERY_LOW);
	else if (!c->debounce.failed)
		c->failing = false;
	return 0;
}

/* Nothing identifies it. After a loss of communication, the first reading counts again. */
static int contact_identify(struct ups *ups, struct ups_ident *ident)
{
	struct contact *c = ups_get_drvdata(ups);
	u32 flags;

	c->debounce.known = false;
	return contact_read(ups, c, &flags);
}

static int contact_get_status(struct ups *ups, struct ups_status *status)
{
	struct contact *c = ups_get_drvdata(ups);
	ktime_t now = ktime_get_boottime();
	bool failed;
	u32 flags;
	int ret;

	ret = contact_read(ups, c, &flags);
	if (ret)
		return ret;
	failed = contact_debounce(&c->debounce, flags & UPS_FLAG_MAINS_FAILED, now);
	status->flags = flags & ~UPS_FLAG_MAINS_FAILED;
	if (failed)
		status->flags |= UPS_FLAG_MAINS_FAILED;
	if (!c->estimate.full_s)
		return 0;
	status->runtime = contact_estimate(&c->estimate, failed, ktime_get(), now);
	status->valid |= UPS_HAS_RUNTIME;
	if (status->runtime <= CONTACT_LOW_S)
		status->flags |= UPS_FLAG_BATTERY_LOW;
	return 0;
}

/* Set the lines, and check that they are: a port that is gone does not report an error. */
static int contact_command(struct ups *ups, const struct contact_cable *cable)
{
	int lines, ret;

	if (cable->kill == CONTACT_KILL_BREAK)
		return ups_serial_set_break(ups, true);
	ret = ups_serial_set_lines(ups, cable->kill & TIOCM_DTR, cable->kill & TIOCM_RTS);
	if (ret)
		return ret;
	lines = ups_serial_get_lines(ups);
	if (lines < 0)
		return lines;
	return (lines & CONTACT_OUTPUTS) == cable->kill ? 0 : -EIO;
}

/*
 * The lines stay as they are: a UPS that is late may switch off when the machine already has.
 * It comes back with mains; if mains has returned already, it does nothing.
 */
static int contact_cut(struct ups *ups)
{
	struct contact *c = ups_get_drvdata(ups);
	int ret = contact_command(ups, &c->cable);

	if (!ret)
		msleep(jiffies_to_msecs(ups_time_left(ups, c->cable.hold_ms)));
	return ret;
}

static const struct ups_ops contact_ops = {
	.identify = contact_identify,
	.get_status = contact_get_status,
	.cut = contact_cut,
};

/* For UPSes that cannot be switched off */
static const struct ups_ops contact_ops_no_cut = {
	.identify = contact_identify,
	.get_status = contact_get_status,
};

static const char * const contact_properties[] = {
	"contact,cable", "contact,options", "contact,on-battery", "contact,low-battery",
	"contact,replace-battery", "contact,bypass", "contact,cable-power",
	"contact,shutdown", "contact,shutdown-hold-ms", "contact,debounce-ms",
	"contact,runtime-sec", "contact,recharge-ratio", NULL
};

#define CONTACT_DESC(_ops) {						\
	.ups = {							\
		.ops = _ops,						\
		.poll_ms = CONTACT_POLL_MS,				\
		.cut_ms = CONTACT_CUT_MS,				\
	},								\
	.speed = 2400,							\
	.end = '\n',							\
	.properties = contact_properties,				\
	.lines = true,							\
	.settle_ms = 500,						\
}

static const struct ups_serial_desc contact_desc = CONTACT_DESC(&contact_ops);
static const struct ups_serial_desc contact_desc_no_cut = CONTACT_DESC(&contact_ops_no_cut);

/* Returns the text; "" if the property has a different type; NULL if there is none. */
static const char *contact_text(struct device *dev, const char *name)
{
	const char *text = "";

	if (!device_property_present(dev, name))
		return NULL;
	return device_property_read_string(dev, name, &text) ? "" : text;
}

static int contact_unknown_cable(struct device *dev, const char *name)
{
	const struct contact_cable *cable;
	char names[600];
	size_t len = 0;
	unsigned int i;

	names[0] = '\0';
	for (i = 0; (cable = contact_cable_at(i)); i++)
		len += scnprintf(names + len, sizeof(names) - len, " %s", cable->name);
	return dev_err_probe(dev, -EINVAL, "%s: must be one of:%s\n", name, names);
}

/* The cable by its name, or by the option mask */
static int contact_read_cable(struct device *dev, struct contact_cable *cable)
{
	static const char by_name[] = "contact,cable", by_mask[] = "contact,options";
	const char *text = contact_text(dev, by_name);
	const struct contact_cable *found;
	u32 mask = 0;
	int ret;

	if (!text == !device_property_present(dev, by_mask))
		return dev_err_probe(dev, -EINVAL, "there must be either %s or %s\n", by_name,
				     by_mask);
	if (text) {
		found = contact_find_cable(text);
		if (!found)
			return contact_unknown_cable(dev, by_name);
		*cable = *found;
		return 0;
	}
	ret = psy_miniclass_fw_u32(dev, by_mask, 0, CONTACT_OPT_ALL, &mask);
	if (ret)
		return ret;
	if (contact_from_mask(mask, cable))
		return dev_err_probe(dev, -EINVAL,
				     "%s: is 0x%02x, must have 0x01, and 0x02 or 0x04\n",
				     by_mask, mask);
	return 0;
}

static int contact_read_inputs(struct device *dev, struct contact_cable *cable)
{
	const struct {
		const char *name;
		struct contact_input *input;
	} inputs[] = {
		{ "contact,on-battery", &cable->fail },
		{ "contact,low-battery", &cable->low },
		{ "contact,replace-battery", &cable->replace },
		{ "contact,bypass", &cable->bypass },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(inputs); i++) {
		const char *text = contact_text(dev, inputs[i].name);

		if (text && contact_parse_input(text, inputs[i].input))
			return dev_err_probe(dev, -EINVAL,
					     "%s: must be cts, dsr, ri or dcd, with or without \"-\" before it, or none\n",
					     inputs[i].name);
	}
	if (!cable->fail.line && !cable->low.line)
		return dev_err_probe(dev, -EINVAL, "%s: must not be none, nor may %s be\n",
				     inputs[0].name, inputs[1].name);
	return 0;
}

static int contact_read_outputs(struct device *dev, struct contact_cable *cable)
{
	static const char power[] = "contact,cable-power", kill[] = "contact,shutdown";
	const char *text = contact_text(dev, power);

	if (text && contact_parse_outputs(text, false, &cable->power))
		return dev_err_probe(dev, -EINVAL, "%s: must be dtr, rts, dtr+rts or low\n",
				     power);
	text = contact_text(dev, kill);
	if (text && contact_parse_outputs(text, true, &cable->kill))
		return dev_err_probe(dev, -EINVAL,
				     "%s: must be dtr, rts, dtr+rts, low, break or none\n", kill);
	if (cable->kill == cable->power)
		return dev_err_probe(dev, -EINVAL,
				     "%s: must differ from %s, which is set all the time\n", kill,
				     power);
	if (!cable->hold_ms)
		cable->hold_ms = 5000;
	return psy_miniclass_fw_u32(dev, "contact,shutdown-hold-ms", 100, CONTACT_HOLD_MAX_MS,
				    &cable->hold_ms);
}

/* Only useful, and only valid, without a line for a low battery */
static int contact_read_estimate(struct device *dev, struct contact *c)
{
	static const char full[] = "contact,runtime-sec", ratio[] = "contact,recharge-ratio";
	int ret;

	c->estimate.ratio = 100;
	ret = psy_miniclass_fw_u32(dev, full, 120, 43200, &c->estimate.full_s);
	if (!ret)
		ret = psy_miniclass_fw_u32(dev, ratio, 1, 250, &c->estimate.ratio);
	if (ret)
		return ret;
	if (c->estimate.full_s && c->cable.low.line)
		return dev_err_probe(dev, -EINVAL,
				     "%s: only if contact,low-battery is none\n", full);
	return 0;
}

static void contact_warn(struct device *dev, const struct contact_cable *cable)
{
	if (contact_opening_kills(cable))
		dev_warn(dev,
			 "%s: opening the port raises DTR and RTS for a moment: on battery, this UPS may switch off\n",
			 cable->name);
	if (contact_closing_kills(cable))
		dev_warn(dev,
			 "%s: low DTR and RTS, as while the port is closed or the machine restarts: on battery, this UPS may switch off\n",
			 cable->name);
}

static int contact_probe(struct device *dev, struct ups_port *port)
{
	const struct ups_serial_desc *desc = &contact_desc;
	struct ups_serial_config config = { };
	struct contact *c;
	int ret;

	c = devm_kzalloc(dev, sizeof(*c), GFP_KERNEL);
	if (!c)
		return -ENOMEM;
	c->dev = dev;
	c->debounce.ms = CONTACT_DEBOUNCE_MS;
	ret = contact_read_cable(dev, &c->cable);
	if (!ret)
		ret = contact_read_inputs(dev, &c->cable);
	if (!ret)
		ret = contact_read_outputs(dev, &c->cable);
	if (!ret)
		ret = contact_read_estimate(dev, c);
	if (!ret)
		ret = psy_miniclass_fw_u32(dev, "contact,debounce-ms", 0, 5000, &c->debounce.ms);
	if (ret)
		return ret;

	config.drvdata = c;
	config.dtr = c->cable.power & TIOCM_DTR;
	config.rts = c->cable.power & TIOCM_RTS;
	config.keep_lines = contact_closing_kills(&c->cable);
	if (c->cable.kill == CONTACT_KILL_NONE)
		desc = &contact_desc_no_cut;
	contact_warn(dev, &c->cable);
	return PTR_ERR_OR_ZERO(devm_ups_serial_register(port, desc, &config));
}

static const struct of_device_id contact_of_match[] = {
	{ .compatible = "psy-miniclass,contact-ups" },
	{ }
};
MODULE_DEVICE_TABLE(of, contact_of_match);

module_ups_serial(contact, "contact-ups", contact_of_match);

MODULE_ALIAS("platform:contact-ups");
MODULE_DESCRIPTION("Driver for UPSes with contact closure");
MODULE_AUTHOR("The psy-miniclass developers");
MODULE_LICENSE("GPL");
MODULE_VERSION(PSY_VERSION);
MODULE_IMPORT_NS("PSY_MINICLASS");
MODULE_IMPORT_NS("UPS");
MODULE_IMPORT_NS("UPS_SERIAL");
