/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __APCSMART_H
#define __APCSMART_H

#include <linux/bits.h>
#include <linux/power/ups_serial.h>
#include <linux/types.h>

struct device;

/* Queries whose commands are not printable, and commands likewise */
#define APCSMART_MODEL		0x01	/* ^A */
#define APCSMART_ESCAPE		0x1b
#define APCSMART_CANCEL		0x7f

/* Bits of the reply to Q */
#define APCSMART_CALIBRATING	BIT(0)
#define APCSMART_TRIM		BIT(1)
#define APCSMART_BOOST		BIT(2)
#define APCSMART_ON_LINE	BIT(3)
#define APCSMART_ON_BATTERY	BIT(4)
#define APCSMART_OVERLOAD	BIT(5)
#define APCSMART_LOW		BIT(6)
#define APCSMART_REPLACE	BIT(7)

/* What the UPS sends by itself, in this order; see apcsmart_alert() */
#define APCSMART_ALERTS		"!$%+?=#*|&"

/* Commands are characters of 7 bits. */
#define APCSMART_COMMANDS	128

/* Attempts to get the reply to a query that the UPS may not know */
#define APCSMART_TRIES		5

/* Polls in a row without other values when Q is urgent */
#define APCSMART_URGENT_POLLS	2

/* Number of values that are read less often than Q; see apcsmart_values */
#define APCSMART_VALUES		10

enum apcsmart_ident {
	APCSMART_ID_MODEL, APCSMART_ID_SERIAL, APCSMART_ID_FIRMWARE, APCSMART_ID_BATTERY,
	APCSMART_ID_OUTPUT, APCSMART_IDS,
};

/**
 * struct apcsmart - one UPS
 * @dev: its device, for the log
 * @commands: the characters that it knows
 * @listed: @commands is known
 * @list_tries: attempts left to get the list
 * @firmware: reply to V, or empty
 * @id_tries: attempts left for each query of the ident
 * @value_tries: the same for each value, while it has never had a reply
 * @flags: UPS_FLAG_* bits of the last replies to X and 8
 * @next: the value that is read next; 0 at the beginning of a round
 * @polls: polls until the next round
 * @urgent: polls in a row without a value, for the sake of Q
 * @state: last reply to Q
 * @mains_failed: mains has failed according to the last reading
 * @alerts: alerts that have not been handled
 * @testing: a battery test was started
 * @tested: it has been seen
 * @test_end: jiffies when it is over at the latest
 * @off_s: delay of S and @; 0 if unknown. Read without a lock.
 * @wanted_s: minimum of it
 * @exact: @wanted_s is from firmware: a longer one is to be changed, too
 * @step_tries: attempts left to set the delay
 * @delay_set: the delay has been set, or cannot be
 * @cancelled: a pending shutdown has been cancelled
 * @energy_full_uwh: energy of the full battery, from firmware
 */
struct apcsmart {
	struct device *dev;
	DECLARE_BITMAP(commands, APCSMART_COMMANDS);
	bool listed;
	unsigned int list_tries;
	char firmware[UPS_STRING_LEN];
	unsigned int id_tries[APCSMART_IDS];
	unsigned int value_tries[APCSMART_VALUES];
	u32 flags[APCSMART_VALUES];
	unsigned int next;
	unsigned int polls;
	unsigned int urgent;
	u8 state;
	bool mains_failed;
	u32 alerts;
	bool testing;
	bool tested;
	unsigned long test_end;
	unsigned int off_s;
	u32 wanted_s;
	bool exact;
	unsigned int step_tries;
	bool delay_set;
	bool cancelled;
	u32 energy_full_uwh;
};

/* apcsmart-ident.c */
bool apcsmart_ends(int ret);
bool apcsmart_knows(const struct apcsmart *apc, char command);
int apcsmart_query(struct ups *ups, char command, char reply[UPS_REPLY_LEN + 1]);
int apcsmart_command(struct ups *ups, char command);
int apcsmart_try(struct ups *ups, char command, unsigned int *tries,
		 char reply[UPS_REPLY_LEN + 1]);
int apcsmart_enter(struct ups *ups);
unsigned int apcsmart_off_s(const struct apcsmart *apc);
int apcsmart_read_delay(struct ups *ups, struct apcsmart *apc);
int apcsmart_identify(struct ups *ups, struct ups_ident *ident);
int apcsmart_refine(struct ups *ups, struct ups_ident *ident);

/* apcsmart-parse.c */
int apcsmart_parse_hex(const char *reply);
bool apcsmart_state_is_sane(u8 state);
u32 apcsmart_state_flags(u8 state);
int apcsmart_parse_value(char command, const char *reply, struct ups_status *status);
int apcsmart_parse_test(const char *reply, u32 *flags);
u32 apcsmart_register_flags(u8 reg);
int apcsmart_parse_seconds(const char *reply);
int apcsmart_parse_volts(const char *reply);
int apcsmart_parse_text(const char *reply, char text[UPS_STRING_LEN]);
int apcsmart_parse_commands(const char *reply, unsigned long *commands);
void apcsmart_default_commands(const char *firmware, unsigned long *commands);
int apcsmart_pick_delay(const int delays[], size_t num, unsigned int seconds);
int apcsmart_verdict(const char *command, const char *reply);
u32 apcsmart_alert(char c);

#endif /* __APCSMART_H */
