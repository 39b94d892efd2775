// SPDX-License-Identifier: GPL-2.0-only
/* UPSes with the text protocol of CyberPower, at 2400 baud */
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/power/psy_miniclass.h>
#include <linux/string.h>

#include "cyberpower.h"

/* Attempts to get the reply to a query of the ident that the unit may not know */
#define CYBERPOWER_TRIES	5

/* Attempts to send a command that must arrive */
#define CYBERPOWER_ATTEMPTS	2

/* Commands and queries of which each may wait for its answer */
#define CYBERPOWER_CUT_MS	10000

enum cyberpower_query { CYBERPOWER_BATTERY, CYBERPOWER_RATING, CYBERPOWER_QUERIES };

/**
 * struct cyberpower - one UPS
 * @dev: its device
 * @tries: attempts left for each query of the ident
 * @cancelled: a shutdown that may have been pending was cancelled
 * @beeper: the last setting; the unit does not report it
 * @energy_full_uwh: energy of the full battery, from firmware
 */
struct cyberpower {
	struct device *dev;
	unsigned int tries[CYBERPOWER_QUERIES];
	bool cancelled;
	bool beeper;
	u32 energy_full_uwh;
};

/* Known values are not queried again: after a loss of communication that is only noise. */
static int cyberpower_refine(struct ups *ups, struct ups_ident *ident)
{
	static int (* const parse[])(const char *reply, struct ups_ident *ident) = {
		cyberpower_parse_battery, cyberpower_parse_rating,
	};
	static const char * const commands[] = { "P3", "P2" };
	struct cyberpower *cp = ups_get_drvdata(ups);
	char reply[UPS_REPLY_LEN + 1];
	bool incomplete = false;
	unsigned int i;
	int ret;

	for (i = 0; i < CYBERPOWER_QUERIES; i++) {
		if (!cp->tries[i])
			continue;
		ret = ups_serial_query(ups, commands[i], '#', reply);
		if (ret == -ESHUTDOWN || ret == -EBUSY)
			return ret;
		if (ret > 0)
			ret = parse[i](reply, ident);
		cp->tries[i] = ret ? cp->tries[i] - 1 : 0;
		incomplete |= cp->tries[i];
	}
	if (cp->energy_full_uwh)
		ident->energy_full_uwh = cp->energy_full_uwh;
	return incomplete ? UPS_INCOMPLETE : 0;
}

/* The unit does not report a shutdown that is pending from the previous boot. */
static int cyberpower_cancel_pending(struct ups *ups, struct cyberpower *cp)
{
	unsigned int i;
	int ret;

	for (i = 0; !cp->cancelled && i < CYBERPOWER_ATTEMPTS; i++) {
		ret = ups_serial_command(ups, "C");
		if (ret == -ESHUTDOWN || ret == -EBUSY)
			return ret;
		cp->cancelled = !ret;
	}
	if (!cp->cancelled)
		dev_warn(cp->dev, "cannot cancel a shutdown that may be pending (%d)\n", ret);
	cp->cancelled = true;
	return 0;
}

static int cyberpower_identify(struct ups *ups, struct ups_ident *ident)
{
	struct cyberpower *cp = ups_get_drvdata(ups);
	char reply[UPS_REPLY_LEN + 1];
	int ret;

	ret = ups_serial_query(ups, "P4", '#', reply);
	if (ret < 0)
		return ret;
	ret = cyberpower_parse_ident(reply, ident);
	if (ret)
		return ret;
	ret = cyberpower_cancel_pending(ups, cp);
	return ret ?: cyberpower_refine(ups, ident);
}

static int cyberpower_get_status(struct ups *ups, struct ups_status *status)
{
	/*
	 * Two bytes of flags at least. The number of others depends on the unit: if the line end
	 * is one of them, the rest is garbage, and not missed.
	 */
	static const struct ups_serial_request request = {
		.command = "D", .start = '#', .binary = true,
		.mark = 'S', .data = CYBERPOWER_FLAGS,
	};
	struct cyberpower *cp = ups_get_drvdata(ups);
	char reply[UPS_REPLY_LEN + 1];
	int ret;

	ret = ups_serial_ask(ups, &request, reply);
	if (ret < 0)
		return ret;
	ret = cyberpower_parse_status(reply, ret, status);
	if (!ret && cp->beeper)
		status->flags |= UPS_FLAG_BEEPER;
	return ret;
}

static int cyberpower_delay(struct ups *ups, unsigned int seconds)
{
	return cyberpower_off_delay(seconds);
}

/*
 * Z switches on again with the mains. Older units do not know it: on battery their S does so,
 * and with mains S with a time after which it switches on. A unit that knows Z stays off for
 * good after S: that is only sent to one that has refused Z twice, or has not answered it
 * while it answers queries.
 */
static int cyberpower_turn_off(struct ups *ups, unsigned int seconds)
{
	struct ups_status status;
	char command[16];
	unsigned int i;
	int known, ret;
	size_t len;

	ret = cyberpower_off_command('Z', seconds, command, sizeof(command));
	if (ret)
		return ret;
	for (i = 0; i < CYBERPOWER_ATTEMPTS; i++) {
		ret = ups_serial_command(ups, command);
		if (ret != -EIO && ret != -ETIMEDOUT)
			return ret;
	}

	/* Once only after silence: the reply to a second query may be one that is late. */
	i = ret == -EIO ? 0 : CYBERPOWER_ATTEMPTS - 1;
	for (; i < CYBERPOWER_ATTEMPTS; i++) {
		memset(&status, 0, sizeof(status));
		known = cyberpower_get_status(ups, &status);
		if (known == -ESHUTDOWN || known == -EBUSY)
			return known;
		if (!known)
			break;
	}
	if (known && ret == -ETIMEDOUT)
		return ret;
	/* Without a status, assume that mains has failed. */
	command[0] = 'S';
	len = strlen(command);
	if (!known && !(status.flags & UPS_FLAG_MAINS_FAILED))
		snprintf(command + len, sizeof(command) - len, "R0001");
	return ups_serial_command(ups, command);
}

static int cyberpower_cancel(struct ups *ups)
{
	return ups_serial_command(ups, "C");
}

static int cyberpower_test(struct ups *ups)
{
	return ups_serial_command(ups, "T");
}

static int cyberpower_beeper(struct ups *ups, bool on)
{
	struct cyberpower *cp = ups_get_drvdata(ups);
	int ret = ups_serial_command(ups, on ? "C7:1" : "C7:0");

	if (!ret)
		cp->beeper = on;
	return ret;
}

static const struct ups_ops cyberpower_ops = {
	.identify = cyberpower_identify,
	.refine = cyberpower_refine,
	.get_status = cyberpower_get_status,
	.off_delay = cyberpower_delay,
	.turn_off = cyberpower_turn_off,
	.cancel = cyberpower_cancel,
	.test = cyberpower_test,
	.beeper = cyberpower_beeper,
};

static const struct ups_serial_desc cyberpower_desc = {
	.ups = {
		.ops = &cyberpower_ops,
		.poll_ms = 2000,
		.cut_ms = CYBERPOWER_CUT_MS,
		.hides_shutdown = true,
	},
	.verdict = cyberpower_verdict,
	.speed = 2400,
	.end = '\r',
	.restart = '#',
	.pace_ms = 50,
	/*
	 * The line end alone would make S01 of S01R0001: off for good, and not on again after a
	 * minute (shutdown.stayoff and shutdown.reboot in powerp-txt.c of NUT 2.8.0). No command
	 * there has this character. A unit that ignores what follows a command still obeys it.
	 */
	.spoil = "?",
	.answers = true,
	.reply_ms = 1000,
	.settle_ms = 100,
};

static int cyberpower_probe(struct device *dev, struct ups_port *port)
{
	/* The interface takes its power from DTR. */
	struct ups_serial_config config = { .dtr = true };
	struct cyberpower *cp;
	unsigned int i;
	int ret;

	cp = devm_kzalloc(dev, sizeof(*cp), GFP_KERNEL);
	if (!cp)
		return -ENOMEM;
	for (i = 0; i < CYBERPOWER_QUERIES; i++)
		cp->tries[i] = CYBERPOWER_TRIES;
	cp->dev = dev;
	cp->beeper = true;
	ret = psy_miniclass_fw_u32(dev, "energy-full-design-microwatt-hours", 1000000, INT_MAX,
				   &cp->energy_full_uwh);
	if (ret)
		return ret;
	config.drvdata = cp;
	return PTR_ERR_OR_ZERO(devm_ups_serial_register(port, &cyberpower_desc, &config));
}

static const struct of_device_id cyberpower_of_match[] = {
	{ .compatible = "cyberpower,text-ups" },
	{ }
};
MODULE_DEVICE_TABLE(of, cyberpower_of_match);

module_ups_serial(cyberpower, "cyberpower-ups", cyberpower_of_match);

MODULE_ALIAS("platform:cyberpower-ups");
MODULE_DESCRIPTION("Driver for UPSes with the text protocol of CyberPower");
MODULE_AUTHOR("The psy-miniclass developers");
MODULE_LICENSE("GPL");
MODULE_VERSION(PSY_VERSION);
MODULE_IMPORT_NS("PSY_MINICLASS");
MODULE_IMPORT_NS("UPS");
MODULE_IMPORT_NS("UPS_SERIAL");
