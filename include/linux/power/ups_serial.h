/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * UPSes on a port that carries bytes: commands and replies are lines. Others use the modem
 * lines of such a port only.
 *
 * ups-serial opens the port with DTR and RTS as the cable needs them, sends the
 * driver's queries, finds the replies in the received bytes, repeats and counts.
 *
 * Glossary
 * --------
 * query	One command and its reply.
 * alert	Byte that the UPS sends by itself.
 * garbage	Bytes that do not belong to the reply to the current query. Dropped and
 *		counted.
 */
#ifndef __LINUX_POWER_UPS_SERIAL_H
#define __LINUX_POWER_UPS_SERIAL_H

#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/power/ups.h>
#include <linux/serdev.h>
#include <linux/types.h>

struct dev_pm_ops;
struct ups_port;

/** define UPS_REPLY_LEN - longest reply, without its terminator */
#define UPS_REPLY_LEN	120

/**
 * struct ups_serial_desc - a line protocol; const, shared by its instances
 * @ups: the protocol
 * @verdict: Interpret @reply, received after @command: 0 if the UPS accepts the
 *	command, -EOPNOTSUPP if it does not know it, -EIO if it refuses it, 1 if the
 *	reply is unrelated. Pure. Without this hook all commands count as accepted.
 * @speed: baud, unless firmware specifies a different speed
 * @end: last byte of a reply; also of a command, unless @char_ms is set
 * @ignore: byte that replies may contain without a meaning; 0 for none
 * @restart: byte that begins a reply even in the middle of a line, after the
 *	remainder of a different reply; 0 if replies may contain their first byte
 * @char_ms: time between two characters of a command, ms. Commands then have no
 *	terminator. 0: a command is one line.
 * @pace_ms: time between two characters of a command that is a line, for a UPS that loses
 *	characters otherwise, ms; 0 for none
 * @spoil: with @pace_ms, text that makes the beginning of any command invalid if it follows it:
 *	sent with @end before the next command if one was not sent completely. NULL if @end
 *	alone does so
 * @peek_ms: with @char_ms, time that the UPS has to refuse the first character of a
 *	command before the others are sent, ms
 * @answers: each command has an answer: none is -ETIMEDOUT instead of success
 * @ack: byte that alone, without @end, is an answer to a command; 0 for none
 * @alerts: bytes that the UPS sends by itself at any time, also within a reply, which
 *	they do not affect; each makes the UPS core poll. At most 32; NULL for none
 * @properties: names of the properties of the protocol, up to NULL: a port that is not
 *	described by firmware but by a person refuses others. NULL for none besides those of
 *	all UPSes on a port
 * @lines: the driver reads modem lines: refuse a port without them
 * @reply_ms: time that a reply may take at @speed; a slower port gets more
 * @settle_ms: time that the UPS needs after a change of DTR or RTS
 */
struct ups_serial_desc {
	struct ups_desc ups;
	int (*verdict)(const char *command, const char *reply);
	unsigned int speed;
	char end;
	char ignore;
	char restart;
	unsigned int char_ms;
	unsigned int pace_ms;
	const char *spoil;
	unsigned int peek_ms;
	bool answers;
	char ack;
	const char *alerts;
	const char * const *properties;
	bool lines;
	unsigned int reply_ms;
	unsigned int settle_ms;
};

/**
 * struct ups_serial_request - a query that differs from others of its protocol
 * @command: text, without terminator
 * @start: first character of the reply; 0 for any
 * @reply_ms: time that the reply may take at the speed of the protocol; 0: as usual
 * @raw: the reply may contain any byte except NUL and &ups_serial_desc.ignore: alerts
 *	are data
 * @binary: the same, with NUL
 * @mark: with @binary, byte after which there is data that may also have the value of
 *	&ups_serial_desc.end; from it on &ups_serial_desc.restart is data. 0 for none
 * @data: number of bytes of this data
 */
struct ups_serial_request {
	const char *command;
	char start;
	unsigned int reply_ms;
	bool raw;
	bool binary;
	char mark;
	u8 data;
};

/**
 * struct ups_serial_config - one instance; may be on the stack of probe()
 * @drvdata: for ups_get_drvdata()
 * @dtr: level of DTR, set before anything is sent
 * @rts: level of RTS, likewise
 * @keep_lines: keep these levels when the port is closed; a port that firmware describes
 *	may not be able to
 */
struct ups_serial_config {
	void *drvdata;
	bool dtr;
	bool rts;
	bool keep_lines;
};

/* The port: one that firmware describes, or any tty */
struct ups_port *devm_ups_serdev_port(struct serdev_device *serdev);
struct ups_port *devm_ups_tty_port(struct platform_device *pdev);

struct ups *devm_ups_serial_register(struct ups_port *port, const struct ups_serial_desc *desc,
				     const struct ups_serial_config *config);

/* For the driver structure: hibernation counts as a power-off. */
extern const struct dev_pm_ops ups_serial_pm_ops;

/* From hooks only; they end early when ups_aborted() returns an error. */
int ups_serial_query(struct ups *ups, const char *command, char start,
		     char reply[UPS_REPLY_LEN + 1]);
int ups_serial_ask(struct ups *ups, const struct ups_serial_request *request,
		   char reply[UPS_REPLY_LEN + 1]);
int ups_serial_command(struct ups *ups, const char *command);
u32 ups_serial_alerts(struct ups *ups);
void ups_serial_resync(struct ups *ups);

/* Modem lines, from hooks only */
int ups_serial_get_lines(struct ups *ups);
int ups_serial_set_lines(struct ups *ups, bool dtr, bool rts);
int ups_serial_set_break(struct ups *ups, bool on);

void ups_tty_shutdown(struct platform_device *pdev);

/* Protocols of the Megatec family */
int ups_text_number(const char *text, size_t len);
unsigned int ups_text_split(const char *text, const char *field[], size_t len[],
			    unsigned int max);
int ups_text_flags(const char *text, size_t len, const u32 bits[], size_t num, u32 *flags);
void ups_text_set(struct ups_status *status, u32 bit, int *member, int val);
void ups_text_column(const char *reply, size_t from, size_t to, char text[UPS_STRING_LEN]);
int ups_text_off_delay(unsigned int seconds, unsigned int max);
int ups_text_off_command(unsigned int seconds, char *command, size_t size);
int ups_text_turn_off(struct ups *ups, unsigned int seconds, const char *cancel,
		      int (*get_status)(struct ups *ups, struct ups_status *status));

/**
 * module_ups_serial() - the drivers of a protocol, for both kinds of port
 * @_prefix: prefix of the identifiers
 * @_name: name of the drivers, "<protocol>-ups"; add MODULE_ALIAS("platform:<name>")
 * @_of_match: the compatibles
 *
 * The probe function is int <prefix>_probe(struct device *dev, struct ups_port *port). It
 * passes @port to devm_ups_serial_register(), and does nothing else that depends on the
 * kind of port.
 */
#define module_ups_serial(_prefix, _name, _of_match)				\
static const char _prefix##_driver_name[] = _name;				\
										\
static int _prefix##_probe_serdev(struct serdev_device *serdev)			\
{										\
	return _prefix##_probe(&serdev->dev, devm_ups_serdev_port(serdev));	\
}										\
										\
static struct serdev_device_driver _prefix##_serdev = {				\
	.probe = _prefix##_probe_serdev,					\
	.driver = {								\
		.name = _prefix##_driver_name,					\
		.pm = &ups_serial_pm_ops,					\
		.of_match_table = _of_match,					\
	},									\
};										\
										\
static int _prefix##_probe_tty(struct platform_device *pdev)			\
{										\
	return _prefix##_probe(&pdev->dev, devm_ups_tty_port(pdev));		\
}										\
										\
static struct platform_driver _prefix##_tty = {					\
	.probe = _prefix##_probe_tty,						\
	.shutdown = ups_tty_shutdown,						\
	.driver = {								\
		.name = _prefix##_driver_name,					\
		.pm = &ups_serial_pm_ops,					\
	},									\
};										\
										\
static int __init _prefix##_init(void)						\
{										\
	int ret = serdev_device_driver_register(&_prefix##_serdev);		\
										\
	if (ret)								\
		return ret;							\
	ret = platform_driver_register(&_prefix##_tty);				\
	if (ret)								\
		serdev_device_driver_unregister(&_prefix##_serdev);		\
	return ret;								\
}										\
module_init(_prefix##_init);							\
										\
static void __exit _prefix##_exit(void)						\
{										\
	platform_driver_unregister(&_prefix##_tty);				\
	serdev_device_driver_unregister(&_prefix##_serdev);			\
}										\
module_exit(_prefix##_exit)

#endif /* __LINUX_POWER_UPS_SERIAL_H */
