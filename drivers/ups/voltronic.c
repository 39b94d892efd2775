// SPDX-License-Identifier: GPL-2.0-only
/* UPSes with a P protocol of Voltronic Power: QGS, at 2400 baud */
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/power/psy_miniclass.h>
#include <linux/string.h>

#include "voltronic.h"

/* Attempts to get the reply to a query of the ident, or to an optional one */
#define VOLTRONIC_TRIES		5

/* Polls from one query of the warnings to the next */
#define VOLTRONIC_WARNING_POLLS	8

/* Largest delay of S, seconds */
#define VOLTRONIC_OFF_MAX	(99 * 60)

enum voltronic_query {
	VOLTRONIC_RATING, VOLTRONIC_MODEL, VOLTRONIC_MAKER, VOLTRONIC_FIRMWARE,
	VOLTRONIC_SERIAL, VOLTRONIC_QUERIES,
};

/**
 * struct voltronic - one UPS
 * @tries: attempts left for each query of the ident
 * @battery_tries: attempts left for QBV, while it has never had a reply
 * @warning_tries: the same for QWS
 * @polls: polls until QWS is sent again
 * @warnings: UPS_FLAG_* bits of the last reply to it
 * @energy_full_uwh: energy of the full battery, from firmware
 */
struct voltronic {
	unsigned int tries[VOLTRONIC_QUERIES];
	unsigned int battery_tries;
	unsigned int warning_tries;
	unsigned int polls;
	u32 warnings;
	u32 energy_full_uwh;
};

/*
 * Send a query that the UPS may not know. *@tries becomes 0 when it says so; an attempt
 * that the UPS core has aborted does not count.
 */
static int voltronic_try(struct ups *ups, const char *command, unsigned int *tries,
			 char reply[UPS_REPLY_LEN + 1])
{
	int ret;

	if (!*tries)
		return -EOPNOTSUPP;
	ret = ups_serial_query(ups, command, '(', reply);
	if (ret == -ESHUTDOWN || ret == -EBUSY)
		return ret;
	if (ret < 0) {
		--*tries;
		return ret;
	}
	if (strcmp(reply, "(NAK"))
		return 0;
	*tries = 0;
	return -EOPNOTSUPP;
}

static int voltronic_parse(enum voltronic_query query, const char *reply,
			   struct ups_ident *ident)
{
	switch (query) {
	case VOLTRONIC_RATING:
		return voltronic_parse_rating(reply, ident);
	case VOLTRONIC_MODEL:
		return voltronic_parse_model(reply, ident);
	case VOLTRONIC_MAKER:
		return voltronic_parse_text(reply, "", ident->manufacturer);
	case VOLTRONIC_FIRMWARE:
		return voltronic_parse_text(reply, "VERFW:", ident->firmware);
	default:
		return voltronic_parse_text(reply, "", ident->serial);
	}
}

/* Known values are not queried again: after a loss of communication that is only noise. */
static int voltronic_refine(struct ups *ups, struct ups_ident *ident)
{
	static const char * const commands[] = { "QRI", "QMD", "QMF", "QVFW", "QID" };
	struct voltronic *volt = ups_get_drvdata(ups);
	char reply[UPS_REPLY_LEN + 1];
	bool incomplete = false;
	unsigned int i;
	int ret;

	for (i = 0; i < VOLTRONIC_QUERIES; i++) {
		ret = voltronic_try(ups, commands[i], &volt->tries[i], reply);
		if (!ret) {
			ret = voltronic_parse(i, reply, ident);
			volt->tries[i] = ret ? volt->tries[i] - 1 : 0;
		}
		incomplete |= volt->tries[i];
	}
	ident->energy_full_uwh = volt->energy_full_uwh;
	return incomplete ? UPS_INCOMPLETE : 0;
}

static int voltronic_identify(struct ups *ups, struct ups_ident *ident)
{
	struct ups_status status = { };
	char reply[UPS_REPLY_LEN + 1];
	int ret;

	ret = ups_serial_query(ups, "QPI", '(', reply);
	if (ret < 0)
		return ret;
	ret = voltronic_parse_protocol(reply);
	if (ret < 0)
		return ret;
	/* P98, for example, has no QGS: such units are for the Megatec driver. */
	ret = ups_serial_query(ups, "QGS", '(', reply);
	if (ret < 0)
		return ret;
	ret = voltronic_parse_status(reply, &status);
	return ret ?: voltronic_refine(ups, ident);
}

/* Charge and runtime stay unknown without a reply; the status is valid nevertheless. */
static int voltronic_read_battery(struct ups *ups, struct voltronic *volt,
				  struct ups_status *status)
{
	char reply[UPS_REPLY_LEN + 1];
	int ret;

	ret = voltronic_try(ups, "QBV", &volt->battery_tries, reply);
	if (!ret && !voltronic_parse_battery(reply, status))
		volt->battery_tries = VOLTRONIC_TRIES;
	return ret == -ESHUTDOWN || ret == -EBUSY ? ret : 0;
}

static int voltronic_read_warnings(struct ups *ups, struct voltronic *volt)
{
	char reply[UPS_REPLY_LEN + 1];
	int ret;

	if (volt->polls) {
		volt->polls--;
		return 0;
	}
	ret = voltronic_try(ups, "QWS", &volt->warning_tries, reply);
	if (!ret && !voltronic_parse_warnings(reply, &volt->warnings)) {
		volt->warning_tries = VOLTRONIC_TRIES;
		volt->polls = VOLTRONIC_WARNING_POLLS - 1;
	}
	return ret == -ESHUTDOWN || ret == -EBUSY ? ret : 0;
}

static int voltronic_read_status(struct ups *ups, struct ups_status *status)
{
	char reply[UPS_REPLY_LEN + 1];
	int ret = ups_serial_query(ups, "QGS", '(', reply);

	return ret < 0 ? ret : voltronic_parse_status(reply, status);
}

static int voltronic_get_status(struct ups *ups, struct ups_status *status)
{
	struct voltronic *volt = ups_get_drvdata(ups);
	int ret;

	ret = voltronic_read_status(ups, status);
	if (!ret)
		ret = voltronic_read_battery(ups, volt, status);
	if (!ret)
		ret = voltronic_read_warnings(ups, volt);
	if (!ret)
		status->flags |= volt->warnings;
	return ret;
}

static int voltronic_off_delay(struct ups *ups, unsigned int seconds)
{
	return ups_text_off_delay(seconds, VOLTRONIC_OFF_MAX);
}

static int voltronic_turn_off(struct ups *ups, unsigned int seconds)
{
	return ups_text_turn_off(ups, seconds, "CS", voltronic_read_status);
}

static int voltronic_cancel(struct ups *ups)
{
	return ups_serial_command(ups, "CS");
}

static int voltronic_test(struct ups *ups)
{
	return ups_serial_command(ups, "T");
}

static int voltronic_beeper(struct ups *ups, bool on)
{
	return ups_serial_command(ups, on ? "BZON" : "BZOFF");
}

static const struct ups_ops voltronic_ops = {
	.identify = voltronic_identify,
	.refine = voltronic_refine,
	.get_status = voltronic_get_status,
	.off_delay = voltronic_off_delay,
	.turn_off = voltronic_turn_off,
	.cancel = voltronic_cancel,
	.test = voltronic_test,
	.beeper = voltronic_beeper,
};

static const struct ups_serial_desc voltronic_desc = {
	.ups = {
		.ops = &voltronic_ops,
		.poll_ms = 2000,
	},
	.verdict = voltronic_verdict,
	.speed = 2400,
	.end = '\r',
	.restart = '(',
	.reply_ms = 1000,
	.settle_ms = 100,
};

static int voltronic_probe(struct device *dev, struct ups_port *port)
{
	/* Three wires are enough; some adapters take their power from DTR. */
	struct ups_serial_config config = { .dtr = true };
	struct voltronic *volt;
	unsigned int i;
	int ret;

	volt = devm_kzalloc(dev, sizeof(*volt), GFP_KERNEL);
	if (!volt)
		return -ENOMEM;
	for (i = 0; i < VOLTRONIC_QUERIES; i++)
		volt->tries[i] = VOLTRONIC_TRIES;
	volt->battery_tries = VOLTRONIC_TRIES;
	volt->warning_tries = VOLTRONIC_TRIES;
	ret = psy_miniclass_fw_u32(dev, "energy-full-design-microwatt-hours", 1000000, INT_MAX,
				   &volt->energy_full_uwh);
	if (ret)
		return ret;
	config.drvdata = volt;
	return PTR_ERR_OR_ZERO(devm_ups_serial_register(port, &voltronic_desc, &config));
}

static const struct of_device_id voltronic_of_match[] = {
	{ .compatible = "voltronic,p-ups" },
	{ }
};
MODULE_DEVICE_TABLE(of, voltronic_of_match);

module_ups_serial(voltronic, "voltronic-ups", voltronic_of_match);

MODULE_ALIAS("platform:voltronic-ups");
MODULE_DESCRIPTION("Driver for UPSes with a P protocol of Voltronic Power");
MODULE_AUTHOR("The psy-miniclass developers");
MODULE_LICENSE("GPL");
MODULE_VERSION(PSY_VERSION);
MODULE_IMPORT_NS("PSY_MINICLASS");
MODULE_IMPORT_NS("UPS");
MODULE_IMPORT_NS("UPS_SERIAL");
