/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * UPSes: the interface between the UPS core and the drivers, each of which implements
 * one protocol. It does not matter how they reach the UPS: a transport such as
 * ups-serial carries their queries, or they have other means.
 *
 * The UPS core polls the UPS, detects loss and recovery of communication, debounces
 * the state, and registers two power supplies: the battery (type Battery), which is an
 * instance of the battery class, and its mains input (type Mains). It has the UPS cut
 * its outlets when the machine powers off.
 *
 * Glossary
 * --------
 * hook		Function of &struct ups_ops.
 * transport	What carries queries and commands to the UPS.
 * off delay	Minimum time from the command until the outlets are off.
 */
#ifndef __LINUX_POWER_UPS_H
#define __LINUX_POWER_UPS_H

#include <linux/bits.h>
#include <linux/types.h>

struct device;
struct seq_file;
struct ups;

/** define UPS_STRING_LEN - longest string in &struct ups_ident, including NUL */
#define UPS_STRING_LEN	32

/** define UPS_OFF_DELAY - usual delay for ups_turn_off(), in seconds */
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
 * struct ups_ops - one protocol
 *
 * Except for the pure one, they are called one at a time and may sleep. A hook that
 * waits for the UPS gives up when ups_aborted() returns an error; a transport does so
 * for it.
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
 * @cut: Have the outlets switched off at once, and wait until they are, or the UPS
 *	should have done it. For a UPS without a delay of its own, instead of @turn_off:
 *	only called at the very end of a power-off. Optional.
 * @cancel: Cancel the last @turn_off.
 * @test: Start a short battery test.
 * @beeper: Switch the beeper.
 * @stop: Leave the UPS in the state in which @identify expects it. The last call,
 *	also if @identify never succeeded, and not to be waited for: it is called
 *	when the device is unbound. Optional.
 *
 * Common return values: 0 or a negative error; -EBADMSG if a reply cannot be
 * parsed, -ETIMEDOUT if there is none.
 */
struct ups_ops {
	int (*identify)(struct ups *ups, struct ups_ident *ident);
	int (*refine)(struct ups *ups, struct ups_ident *ident);
	int (*get_status)(struct ups *ups, struct ups_status *status);
	int (*off_delay)(struct ups *ups, unsigned int seconds);
	int (*turn_off)(struct ups *ups, unsigned int seconds);
	int (*cut)(struct ups *ups);
	int (*cancel)(struct ups *ups);
	int (*test)(struct ups *ups);
	int (*beeper)(struct ups *ups, bool on);
	void (*stop)(struct ups *ups);
};

/**
 * struct ups_desc - a protocol; const, shared by its instances
 * @ops: operations
 * @poll_ms: interval between status queries
 * @misses: successive polls without a status until communication is lost; default
 *	(0): 3, for relays that take a moment to switch
 * @lows: successive readings with a low battery until it counts; default (0): 2
 * @cut_ms: time that @ops->turn_off or @ops->cut may take when the machine powers off;
 *	default (0): 3000
 * @charge_step: resolution of the charge, percent; smaller changes cause no events.
 *	0 if it is not known
 * @hides_shutdown: the status does not show a shutdown that is pending: @ops->identify
 *	cancels one that may be, and the UPS core does so after hibernation. Harmless
 *	if there is none.
 */
struct ups_desc {
	const struct ups_ops *ops;
	unsigned int poll_ms;
	unsigned int misses;
	unsigned int lows;
	unsigned int cut_ms;
	unsigned int charge_step;
	bool hides_shutdown;
};

/**
 * struct ups_transport_ops - what the UPS core needs of a transport
 * @wake: End a query in progress: ups_aborted() returns an error from now on. Must not
 *	sleep.
 * @show: Print counters, one "name number" per line.
 */
struct ups_transport_ops {
	void (*wake)(void *transport);
	void (*show)(void *transport, struct seq_file *s);
};

/**
 * struct ups_config - one instance; may be on the stack of probe()
 * @drvdata: for ups_get_drvdata()
 * @transport: for ups_get_transport() and @transport_ops
 * @transport_ops: operations, or NULL
 * @delay_ms: time until the first poll
 */
struct ups_config {
	void *drvdata;
	void *transport;
	const struct ups_transport_ops *transport_ops;
	unsigned int delay_ms;
};

struct ups *devm_ups_register(struct device *dev, const struct ups_desc *desc,
			      const struct ups_config *config);
enum ups_state ups_get_state(struct ups *ups);
int ups_wait_for_state_change(struct ups *ups, enum ups_state state, int timeout_ms);
void ups_cancel_wait(struct ups *ups);
int ups_turn_off(struct ups *ups, unsigned int seconds);
void ups_kick(struct ups *ups);
void ups_stop(struct ups *ups);

/* Hibernation, for the driver or its transport */
void ups_pm_poweroff(struct ups *ups);
void ups_pm_restore(struct ups *ups);

/* Power-off, for a transport that ends before it */
void ups_cut_early(struct ups *ups);

void *ups_get_drvdata(struct ups *ups);
void *ups_get_transport(struct ups *ups);
int ups_aborted(struct ups *ups);
bool ups_is_powering_off(struct ups *ups);
unsigned long ups_time_left(struct ups *ups, unsigned int ms);

#endif /* __LINUX_POWER_UPS_H */
