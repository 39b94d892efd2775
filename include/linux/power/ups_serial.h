/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * UPSes on a port that carries bytes: commands and replies are lines.
 *
 * ups-serial opens the port with DTR and RTS as the cable needs them, sends the
 * driver's queries, finds the replies in the received bytes, repeats and counts.
 *
 * Glossary
 * --------
 * query	One command and its reply.
 * garbage	Bytes that do not belong to the reply to the current query. Dropped and
 *		counted.
 */
#ifndef __LINUX_POWER_UPS_SERIAL_H
#define __LINUX_POWER_UPS_SERIAL_H

#include <linux/power/ups.h>
#include <linux/types.h>

struct dev_pm_ops;
struct serdev_device;

/** define UPS_REPLY_LEN - longest reply, without its terminator */
#define UPS_REPLY_LEN	120

/**
 * struct ups_serial_desc - a line protocol; const, shared by its instances
 * @ups: the protocol
 * @verdict: Interpret @reply, received after @command: 0 if the UPS accepts the
 *	command, -EOPNOTSUPP if it does not know it, -EIO if it refuses it, 1 if the
 *	reply is unrelated. Pure. Without this hook all commands count as accepted.
 * @speed: baud, unless firmware specifies a different speed
 * @end: last byte of a command and of a reply
 * @restart: byte that begins a reply even in the middle of a line, after the
 *	remainder of a different reply; 0 if replies may contain their first byte
 * @reply_ms: time that a reply may take at @speed; a slower port gets more
 * @settle_ms: time that the UPS needs after a change of DTR or RTS
 */
struct ups_serial_desc {
	struct ups_desc ups;
	int (*verdict)(const char *command, const char *reply);
	unsigned int speed;
	char end;
	char restart;
	unsigned int reply_ms;
	unsigned int settle_ms;
};

/**
 * struct ups_serial_config - one instance; may be on the stack of probe()
 * @drvdata: for ups_get_drvdata()
 * @dtr: level of DTR, set before anything is sent
 * @rts: level of RTS, likewise
 */
struct ups_serial_config {
	void *drvdata;
	bool dtr;
	bool rts;
};

struct ups *devm_ups_serial_register(struct serdev_device *serdev,
				     const struct ups_serial_desc *desc,
				     const struct ups_serial_config *config);

/* For the driver structure: hibernation counts as a power-off. */
extern const struct dev_pm_ops ups_serial_pm_ops;

/* From hooks only; they end early when ups_aborted() returns an error. */
int ups_serial_query(struct ups *ups, const char *command, char start,
		     char reply[UPS_REPLY_LEN + 1]);
int ups_serial_command(struct ups *ups, const char *command);

#endif /* __LINUX_POWER_UPS_SERIAL_H */
