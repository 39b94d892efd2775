/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Serial UPSes: the contract between the frame, which owns the port, and the
 * small drivers ("minidrivers") that know one protocol.
 *
 * The frame opens the port with the lines as the cable needs them, sends what
 * the minidriver asks for, finds the replies in what comes back, repeats,
 * counts, notices silence and its end, debounces, and shows the UPS to user
 * space: its battery as a supply of type Battery, its line as one of type Mains.
 *
 * Glossary
 * --------
 * query	One command and its reply.
 * garbage	Bytes that are no reply to the present query. Dropped and counted.
 * off delay	Time from the command until the outlets are off. Always a minimum.
 */
#ifndef __LINUX_POWER_UPS_SERIAL_H
#define __LINUX_POWER_UPS_SERIAL_H

#include <linux/bits.h>
#include <linux/types.h>

struct dev_pm_ops;
struct serdev_device;
struct ups_serial;

/** define UPS_STRING_LEN - longest string of &struct ups_ident, with its NUL */
#define UPS_STRING_LEN	32

/** define UPS_REPLY_LEN - longest reply, without its end */
#define UPS_REPLY_LEN	120

/** define UPS_OFF_DELAY - seconds that ups_serial_turn_off() is usually asked for */
#define UPS_OFF_DELAY	180

/** define UPS_INCOMPLETE - there is more to find out about a UPS, later */
#define UPS_INCOMPLETE	1

/** define UPS_WAIT_FOREVER - a wait without a time limit */
#define UPS_WAIT_FOREVER	(-1)

/**
 * enum ups_state - what matters about a UPS
 * @UPS_NO_COMM: it does not answer, or has not yet
 * @UPS_ONLINE: mains is there
 * @UPS_ON_BATTERY: mains has failed
 * @UPS_LOW_BATTERY: mains has failed and the battery is low
 * @UPS_CRITICAL: the same, for longer than the critical delay
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
#define UPS_FLAG_REPLACE	BIT(7)	/* the battery is worn out */

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
 * @valid: UPS_HAS_* bits: the members that hold a value
 * @flags: UPS_FLAG_* bits
 * @input_mv: mains, mV
 * @output_mv: outlets, mV
 * @load: percent of what the UPS can deliver
 * @frequency_mhz: mHz
 * @battery_uv: voltage of the whole battery, µV
 * @temp: 0.1 °C
 * @charge: percent, 0 to 100
 * @runtime: seconds that the battery lasts at the present load
 */
struct ups_status {
	u32 valid;
	u32 flags;
	int input_mv;
	int output_mv;
	int load;
	int frequency_mhz;
	int battery_uv;
	int temp;
	int charge;
	int runtime;
};

/**
 * struct ups_ident - what does not change while the UPS is connected
 * @manufacturer: printable text or empty
 * @model: printable text or empty
 * @serial: printable text or empty
 * @firmware: printable text or empty
 * @rated_mv: nominal output voltage, mV; 0 for unknown
 * @rated_ma: nominal output current, mA; 0 for unknown
 * @rated_battery_uv: nominal battery voltage, µV; 0 for unknown
 * @energy_full_uwh: what the battery holds, µWh; 0 for unknown
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
 * All run in the frame's own context, may sleep, one at a time, and talk to the
 * UPS through ups_serial_query(), ups_serial_command() and ups_serial_send() only.
 *
 * @identify: Find out whether the UPS speaks the protocol, and what it is.
 *	Called until it succeeds, and after each loss of communication; what it
 *	finds is added to what is known. %UPS_INCOMPLETE when something may become
 *	known later.
 * @refine: Ask for what @identify has left out, %UPS_INCOMPLETE for again. Called
 *	every 15 polls. Optional.
 * @get_status: Fill @status, which is zeroed.
 * @off_delay: The shortest delay that the UPS can be told and that is not
 *	shorter than @seconds; -ERANGE when it cannot wait so long. Pure.
 * @turn_off: Have the outlets switched off after @seconds, as @off_delay gave
 *	them, and on again when mains is (or comes) back. NULL when the UPS has no
 *	delay of its own: a machine that is still running would lose power.
 * @cancel: Take the last @turn_off back.
 * @test: Start a short test of the battery.
 * @beeper: Switch the beeper.
 * @verdict: What @reply says about @command: 0 for accepted, 1 when it is about
 *	something else; -EOPNOTSUPP when the UPS does not know the command, -EIO when
 *	it refuses it. Pure. Without, all commands count as accepted.
 *
 * Common return values: 0 or a negative error; -EBADMSG for replies that cannot
 * be understood, -ETIMEDOUT for silence.
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
 * @ops: what it can do
 * @speed: baud, unless the firmware says something else
 * @end: last byte of a reply
 * @restart: byte that begins a reply also inside of a line, after the rest of
 *	another one; 0 when replies may contain the byte that they begin with
 * @reply_ms: time that a reply may take at @speed; a slower port gets more
 * @settle_ms: time that the UPS needs after the lines of the port have changed
 * @poll_ms: how often to read the status
 * @temp: the status has a temperature
 */
struct ups_serial_desc {
	const struct ups_serial_ops *ops;
	unsigned int speed;
	char end;
	char restart;
	unsigned int reply_ms;
	unsigned int settle_ms;
	unsigned int poll_ms;
	bool temp;
};

/**
 * struct ups_serial_config - one instance; may live on probe()'s stack
 * @drvdata: for ups_serial_get_drvdata()
 * @dtr: level of DTR from the first moment on
 * @rts: level of RTS
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
int ups_serial_fw_u32(struct serdev_device *serdev, const char *name, u32 min, u32 max,
		      u32 *val);

#endif /* __LINUX_POWER_UPS_SERIAL_H */
