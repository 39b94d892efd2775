/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Serial UPSes: the interface between the UPS core, which owns the port, and the
 * minidrivers, each of which implements one protocol.
 *
 * The UPS core opens the port with DTR and RTS as the cable needs them, sends the
 * minidriver's queries, finds the replies in the received bytes, retries, counts,
 * detects loss and recovery of communication, debounces the state, and registers
 * two power supplies: the battery (type Battery) and its mains input (type Mains).
 *
 * Glossary
 * --------
 * query	One command and its reply.
 * garbage	Bytes that do not belong to the reply to the current query. Dropped and
 *		counted.
 * off delay	Minimum time from the command until the outlets are off.
 */
#ifndef __LINUX_POWER_UPS_SERIAL_H
#define __LINUX_POWER_UPS_SERIAL_H

#include <linux/bits.h>
#include <linux/types.h>

struct dev_pm_ops;
struct serdev_device;
struct ups_serial;

/** define UPS_STRING_LEN - longest string in &struct ups_ident, including NUL */
#define UPS_STRING_LEN	32

/** define UPS_REPLY_LEN - longest reply, without its terminator */
#define UPS_REPLY_LEN	120

/** define UPS_OFF_DELAY - usual delay for ups_serial_turn_off(), in seconds */
#define UPS_OFF_DELAY	180

/** define UPS_INCOMPLETE - more of the ident may become known later */
#define UPS_INCOMPLETE	1

/** define UPS_WAIT_FOREVER - wait without a timeout */
#define UPS_WAIT_FOREVER	(-1)

/**
 * enum ups_state - state of a UPS
 * @UPS_NO_COMM: it does not respond, or has not responded yet
 * @UPS_ONLINE: mains is present
 * @UPS_ON_BATTERY: mains has failed
 * @UPS_LOW_BATTERY: mains has failed and the battery is low
 * @UPS_CRITICAL: mains has failed, and the battery has been low for the critical
 *	delay, or communication lost for a limit of its own
 */
enum ups_state {
	UPS_NO_COMM,
	UPS_ONLINE,
	UPS_ON_BATTERY,
	UPS_LOW_BATTERY,
	UPS_CRITICAL,
};

#define UPS_FLAG_MAINS_FAILED	BIT(0)
#define UPS_FLAG_BATTERY_LOW	BIT(1)
#define UPS_FLAG_BYPASS		BIT(2)	/* bypass, or voltage regulation */
#define UPS_FLAG_FAULT		BIT(3)
#define UPS_FLAG_TESTING	BIT(4)
#define UPS_FLAG_SHUTDOWN	BIT(5)	/* counting down, or off */
#define UPS_FLAG_BEEPER		BIT(6)
#define UPS_FLAG_REPLACE	BIT(7)	/* the battery needs replacement */

/* Bits of ups_status::valid; the flags are always valid */
#define UPS_HAS_INPUT		BIT(0)
#define UPS_HAS_OUTPUT		BIT(1)
#define UPS_HAS_LOAD		BIT(2)
#define UPS_HAS_FREQUENCY	BIT(3)
#define UPS_HAS_BATTERY		BIT(4)
#define UPS_HAS_TEMP		BIT(5)
#define UPS_HAS_CHARGE		BIT(6)
#define UPS_HAS_RUNTIME		BIT(7)

/**
 * struct ups_status - one consistent reading
 * @valid: UPS_HAS_* bits of the members that hold a value
 * @flags: UPS_FLAG_* bits
 * @input_mv: mains voltage, mV
 * @output_mv: output voltage, mV
 * @load: percent of the rated load
 * @frequency_millihz: frequency, mHz
 * @battery_uv: voltage of the complete battery, µV
 * @temp: temperature, 0.1 °C
 * @charge: percent, 0 to 100
 * @runtime: time that the battery lasts at the current load, seconds
 */
struct ups_status {
	u32 valid;
	u32 flags;
	int input_mv;
	int output_mv;
	int load;
	int frequency_millihz;
	int battery_uv;
	int temp;
	int charge;
	int runtime;
};

/**
 * struct ups_ident - data that does not change while the UPS is connected
 * @manufacturer: printable text or empty
 * @model: printable text or empty
 * @serial: printable text or empty
 * @firmware: printable text or empty
 * @rated_mv: nominal output voltage, mV; 0 if unknown
 * @rated_ma: nominal output current, mA; 0 if unknown
 * @rated_battery_uv: nominal battery voltage, µV; 0 if unknown
 * @energy_full_uwh: energy of the full battery, µWh; 0 if unknown
 */
struct ups_ident {
	char manufacturer[UPS_STRING_LEN];
	char model[UPS_STRING_LEN];
	char serial[UPS_STRING_LEN];
	char firmware[UPS_STRING_LEN];
	int rated_mv;
	int rated_ma;
	int rated_battery_uv;
	int energy_full_uwh;
};

/**
 * struct ups_serial_ops - one protocol
 *
 * Except for the pure ones, they are called with the port locked, hence one at a time,
 * and may sleep. They access the UPS only through ups_serial_query(),
 * ups_serial_command() and ups_serial_send().
 *
 * @identify: Check whether the UPS speaks the protocol, and read its ident. Called
 *	until it succeeds, and after each loss of communication; the values found
 *	are added to those already known. Returns %UPS_INCOMPLETE if more may become
 *	known later.
 * @refine: Read the values that @identify could not; %UPS_INCOMPLETE to be called
 *	again. Called every 15 polls. Optional.
 * @get_status: Fill @status, which is zeroed.
 * @off_delay: Return the shortest delay that the UPS supports and that is not
 *	shorter than @seconds, or -ERANGE if there is none. Pure.
 * @turn_off: Have the outlets switched off after @seconds, as returned by
 *	@off_delay, and on again when mains is present or returns. NULL if the UPS
 *	has no delay of its own: a machine that is still running would lose power.
 * @cancel: Cancel the last @turn_off.
 * @test: Start a short battery test.
 * @beeper: Switch the beeper.
 * @verdict: Interpret @reply, received after @command: 0 if the UPS accepts the
 *	command, -EOPNOTSUPP if it does not know it, -EIO if it refuses it, 1 if the
 *	reply is unrelated. Pure. Without this hook all commands count as accepted.
 *
 * Common return values: 0 or a negative error; -EBADMSG if a reply cannot be
 * parsed, -ETIMEDOUT if there is none.
 */
struct ups_serial_ops {
	int (*identify)(struct ups_serial *ups, struct ups_ident *ident);
	int (*refine)(struct ups_serial *ups, struct ups_ident *ident);
	int (*get_status)(struct ups_serial *ups, struct ups_status *status);
	int (*off_delay)(unsigned int seconds);
	int (*turn_off)(struct ups_serial *ups, unsigned int seconds);
	int (*cancel)(struct ups_serial *ups);
	int (*test)(struct ups_serial *ups);
	int (*beeper)(struct ups_serial *ups, bool on);
	int (*verdict)(const char *command, const char *reply);
};

/**
 * struct ups_serial_desc - a protocol; const, shared by its instances
 * @ops: operations
 * @speed: baud, unless firmware specifies a different speed
 * @end: last byte of a reply
 * @restart: byte that begins a reply even in the middle of a line, after the
 *	remainder of a different reply; 0 if replies may contain their first byte
 * @reply_ms: time that a reply may take at @speed; a slower port gets more
 * @settle_ms: time that the UPS needs after a change of DTR or RTS
 * @poll_ms: interval between status queries
 * @charge_step: resolution of the charge, percent; smaller changes cause no events.
 *	0 if it is not known
 */
struct ups_serial_desc {
	const struct ups_serial_ops *ops;
	unsigned int speed;
	char end;
	char restart;
	unsigned int reply_ms;
	unsigned int settle_ms;
	unsigned int poll_ms;
	unsigned int charge_step;
};

/**
 * struct ups_serial_config - one instance; may be on the stack of probe()
 * @drvdata: for ups_serial_get_drvdata()
 * @dtr: level of DTR, set before anything is sent
 * @rts: level of RTS, likewise
 */
struct ups_serial_config {
	void *drvdata;
	bool dtr;
	bool rts;
};

struct ups_serial *devm_ups_serial_init(struct serdev_device *serdev,
					const struct ups_serial_desc *desc,
					const struct ups_serial_config *config);
enum ups_state ups_serial_get_state(struct ups_serial *ups);
int ups_serial_wait_for_state_change(struct ups_serial *ups, enum ups_state state,
				     int timeout_ms);
void ups_serial_cancel_wait(struct ups_serial *ups);
int ups_serial_turn_off(struct ups_serial *ups, unsigned int seconds);
void ups_serial_stop(struct ups_serial *ups);

extern const struct dev_pm_ops ups_serial_pm_ops;

int ups_serial_query(struct ups_serial *ups, const char *command, char start,
		     char reply[UPS_REPLY_LEN + 1]);
int ups_serial_command(struct ups_serial *ups, const char *command);
int ups_serial_send(struct ups_serial *ups, const char *command);
void *ups_serial_get_drvdata(struct ups_serial *ups);

#endif /* __LINUX_POWER_UPS_SERIAL_H */
