// SPDX-License-Identifier: GPL-2.0-only
/* The chip and the cells of a simulated smart battery: see sim-sbs.h. */
#include <linux/bitfield.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "sim-sbs.h"

#define UC_PER_MAH		3600000LL
#define NA_PER_MA		1000000LL
#define NK_PER_DK		100000000LL

/* Time is divided into steps of a second, or longer ones if these would be too many. */
#define SBS_STEP_MS		1000
#define SBS_MAX_STEPS		4096
#define SBS_MAX_MS		(100ULL * 365 * 24 * 3600 * 1000)

#define AVERAGE_TAU_MS		60000
#define TEMP_TAU_MS		600000
#define TAPER_TAU_MS		1800000

/* The section on ALARM_MODE: alarms are off for a minute, unless it is set again. */
#define SILENT_MS		60000

#define CELL_MV			3600
#define CELL_MAX_MV		4200
#define CELL_COLLAPSED_MV	2500
#define CELL_MOHM		30
#define NK_PER_UW		8000
#define MAX_RISE_NK		(600 * NK_PER_DK)
#define OVER_TEMP_NK		(3331 * NK_PER_DK)

#define FULL_PERCENT		95	/* below it a pack requests a charge again */
#define EMPTY_PERCENT		20	/* above it a pack has been charged again */
#define WEAR_PER_CYCLE		2000	/* this part of the design capacity is lost */

static s64 div_round(s64 a, s64 b)
{
	return div64_s64(a < 0 ? a - b / 2 : a + b / 2, b);
}

static u16 unsigned_word(s64 v)
{
	return clamp_t(s64, v, 0, U16_MAX);
}

static u16 signed_word(s64 v)
{
	return (u16)(s16)clamp_t(s64, v, S16_MIN, S16_MAX);
}

/* The cells */

/* Open-circuit voltage of a cell at 0, 5, 10, ... 100 %: steep at the ends. */
static int cell_mv(s64 ppm)
{
	static const u16 curve[] = {
		3000, 3310, 3450, 3520, 3560, 3590, 3615, 3635, 3655, 3675, 3700,
		3725, 3755, 3795, 3840, 3890, 3940, 3995, 4050, 4110, 4170,
	};
	const int step = 1000000 / (ARRAY_SIZE(curve) - 1);
	int pos = clamp_t(s64, ppm, 0, 1000000);
	int i = min_t(int, pos / step, ARRAY_SIZE(curve) - 2);

	return curve[i] + (curve[i + 1] - curve[i]) * (pos - i * step) / step;
}

/* Of the pack: as many cells as its design voltage needs */
static s64 cells_to_pack(const struct sim_sbs *sbs, s64 per_cell)
{
	return div_round(per_cell * sbs->design_mv, CELL_MV);
}

static int pack_mv(const struct sim_sbs *sbs)
{
	int ma = sim_sbs_current(sbs);
	s64 mv;

	if (sbs->charge_uc <= 0 && sbs->load_ma < 0)
		return cells_to_pack(sbs, CELL_COLLAPSED_MV);

	mv = cells_to_pack(sbs, cell_mv(div64_s64(sbs->charge_uc * 1000000, sbs->full_uc)));
	mv += div_round(cells_to_pack(sbs, CELL_MOHM) * ma, 1000);
	return clamp_t(s64, mv, cells_to_pack(sbs, CELL_COLLAPSED_MV),
		       cells_to_pack(sbs, CELL_MAX_MV));
}

static bool is_hot(const struct sim_sbs *sbs)
{
	return sbs->temp_nk > OVER_TEMP_NK;
}

static bool is_over_charged(const struct sim_sbs *sbs)
{
	return sbs->charge_uc > sbs->full_uc && sbs->load_ma >= 0;
}

static bool wants_charge(const struct sim_sbs *sbs)
{
	return !sbs->full && !is_hot(sbs) && sbs->charge_uc < sbs->full_uc;
}

/* At the end of a charge the voltage is held, and the current falls. */
static int charge_limit_ma(const struct sim_sbs *sbs)
{
	s64 room_uc = sbs->full_uc - sbs->charge_uc;

	return div_s64(room_uc, TAPER_TAU_MS) + div64_s64(sbs->full_uc, 50 * UC_PER_MAH) + 1;
}

/**
 * sim_sbs_current() - current of the pack
 * @sbs: the slot
 *
 * Return: milliamperes, positive while it is charged.
 */
int sim_sbs_current(const struct sim_sbs *sbs)
{
	if (!sbs->present)
		return 0;
	if (sbs->load_ma < 0)
		return sbs->charge_uc > 0 ? sbs->load_ma : 0;
	if (sbs->load_ma > 0 && wants_charge(sbs))
		return min(sbs->load_ma, charge_limit_ma(sbs));
	return 0;
}
EXPORT_SYMBOL_NS_GPL(sim_sbs_current, "PSY_SIM");

/* First-order filter; stable for any step */
static s64 filter(s64 from, s64 to, s64 ms, s64 tau_ms)
{
	if (ms >= 20 * tau_ms)
		return to;
	return from + div64_s64((to - from) * ms, tau_ms + ms);
}

static void wear(struct sim_sbs *sbs, s64 uc)
{
	s64 cycles;

	sbs->worn_uc += uc;
	cycles = div64_s64(sbs->worn_uc, sbs->design_uc);
	if (!cycles)
		return;

	sbs->worn_uc -= cycles * sbs->design_uc;
	sbs->cycles = min_t(s64, sbs->cycles + cycles, U16_MAX);
	sbs->full_uc -= cycles * div_s64(sbs->design_uc, WEAR_PER_CYCLE);
	sbs->full_uc = max(sbs->full_uc, div_s64(sbs->design_uc, 2));
	sbs->charge_uc = min(sbs->charge_uc, sbs->full_uc);
}

static void move_charge(struct sim_sbs *sbs, int ma, s64 ms)
{
	s64 uc = ma * ms;

	if (uc < 0) {
		uc = max(uc, -sbs->charge_uc);
		sbs->charge_uc += uc;
		wear(sbs, -uc);
	} else if (uc > 0) {
		sbs->charge_uc += min(uc, sbs->full_uc - sbs->charge_uc);
	}
}

static void update_ends(struct sim_sbs *sbs)
{
	if (sbs->charge_uc >= sbs->full_uc)
		sbs->full = true;
	else if (sbs->charge_uc * 100 < sbs->full_uc * FULL_PERCENT)
		sbs->full = false;

	if (sbs->charge_uc <= 0)
		sbs->empty = true;
	else if (sbs->charge_uc * 100 > sbs->full_uc * EMPTY_PERCENT)
		sbs->empty = false;
}

static s64 self_heating_nk(const struct sim_sbs *sbs, s64 ma)
{
	s64 uw = div_s64(ma * ma * cells_to_pack(sbs, CELL_MOHM), 1000);

	return min(uw * NK_PER_UW, MAX_RISE_NK);
}

static void step(struct sim_sbs *sbs, s64 ms)
{
	int ma = sim_sbs_current(sbs);

	move_charge(sbs, ma, ms);
	update_ends(sbs);
	sbs->average_na = filter(sbs->average_na, ma * NA_PER_MA, ms, AVERAGE_TAU_MS);
	sbs->temp_nk = filter(sbs->temp_nk, sbs->ambient_nk + self_heating_nk(sbs, ma), ms,
			      TEMP_TAU_MS);
}

/**
 * sim_sbs_advance() - let time pass
 * @sbs: the slot
 * @ms: how long, in simulated time; at most a century
 */
void sim_sbs_advance(struct sim_sbs *sbs, u64 ms)
{
	u64 longest;

	ms = min(ms, SBS_MAX_MS);
	longest = max_t(u64, SBS_STEP_MS, div_u64(ms, SBS_MAX_STEPS) + 1);

	if (sbs->mode & SIM_SBS_MODE_ALARM) {
		sbs->silent_ms = min_t(u64, sbs->silent_ms + ms, SILENT_MS);
		if (sbs->silent_ms == SILENT_MS)
			sbs->mode &= ~SIM_SBS_MODE_ALARM;
	}

	while (ms) {
		u64 now = min(ms, longest);

		step(sbs, now);
		ms -= now;
	}
}
EXPORT_SYMBOL_NS_GPL(sim_sbs_advance, "PSY_SIM");

/* The gauge: units */

/* Exponents above 3 are not defined; they are taken as 0. */
static s64 power_of_ten(unsigned int exponent)
{
	static const int pow[] = { 1, 10, 100, 1000 };

	return exponent < ARRAY_SIZE(pow) ? pow[exponent] : 1;
}

static s64 v_scale(const struct sim_sbs *sbs)
{
	return power_of_ten(FIELD_GET(SIM_SBS_SPEC_VSCALE, sbs->spec_info));
}

static s64 ip_scale(const struct sim_sbs *sbs)
{
	return power_of_ten(FIELD_GET(SIM_SBS_SPEC_IPSCALE, sbs->spec_info));
}

static bool in_energy(const struct sim_sbs *sbs)
{
	return sbs->mode & SIM_SBS_MODE_CAPACITY;
}

/* Microcoulombs times millivolts that make one 10 mWh */
#define UC_MV_PER_10MWH		(UC_PER_MAH * 10000)

static u16 to_capacity(const struct sim_sbs *sbs, s64 uc)
{
	if (in_energy(sbs))
		return unsigned_word(div_round(uc * sbs->design_mv,
					       UC_MV_PER_10MWH * v_scale(sbs) * ip_scale(sbs)));
	return unsigned_word(div_round(uc, UC_PER_MAH * ip_scale(sbs)));
}

static s64 from_capacity(const struct sim_sbs *sbs, u16 raw)
{
	s64 uc;

	if (in_energy(sbs))
		uc = div_round(raw * UC_MV_PER_10MWH, sbs->design_mv) *
		     v_scale(sbs) * ip_scale(sbs);
	else
		uc = raw * UC_PER_MAH * ip_scale(sbs);
	return min(uc, SIM_SBS_MAX_MAH * UC_PER_MAH);
}

static u16 to_current(const struct sim_sbs *sbs, s64 ma)
{
	return signed_word(div_round(ma, ip_scale(sbs)));
}

/*
 * The rate of discharging or charging, in the unit that BatteryMode() selects:
 * milliamperes or microwatts. Section 5.1.4: all times depend on it, too.
 */
static s64 rate(const struct sim_sbs *sbs, s64 ma)
{
	return in_energy(sbs) ? ma * pack_mv(sbs) : ma;
}

static s64 at_rate(const struct sim_sbs *sbs)
{
	s64 raw = sbs->at_rate;

	if (in_energy(sbs))
		return raw * 10000 * v_scale(sbs) * ip_scale(sbs);
	return raw * ip_scale(sbs);
}

/* Time in which @rate moves @uc */
static s64 time_ms(const struct sim_sbs *sbs, s64 uc, s64 rate)
{
	return div64_s64(in_energy(sbs) ? uc * sbs->design_mv : uc, rate);
}

static u16 minutes(const struct sim_sbs *sbs, s64 uc, s64 rate)
{
	if (rate <= 0)
		return SIM_SBS_NO_TIME;
	return clamp_t(s64, div_s64(time_ms(sbs, uc, rate), 60000), 0, SIM_SBS_NO_TIME - 1);
}

static s64 average_ma(const struct sim_sbs *sbs)
{
	return div_round(sbs->average_na, NA_PER_MA);
}

static s64 room_uc(const struct sim_sbs *sbs)
{
	return max(sbs->full_uc - sbs->charge_uc, 0LL);
}

/* The gauge: words, in the order of the standard */

static u16 word_access(const struct sim_sbs *sbs)
{
	return sbs->access;
}

static u16 word_capacity_alarm(const struct sim_sbs *sbs)
{
	return to_capacity(sbs, sbs->alarm_uc);
}

static u16 word_time_alarm(const struct sim_sbs *sbs)
{
	return sbs->alarm_min;
}

static u16 word_mode(const struct sim_sbs *sbs)
{
	return sbs->mode;
}

static u16 word_at_rate(const struct sim_sbs *sbs)
{
	return sbs->at_rate;
}

static u16 word_at_rate_to_full(const struct sim_sbs *sbs)
{
	return minutes(sbs, room_uc(sbs), at_rate(sbs));
}

static u16 word_at_rate_to_empty(const struct sim_sbs *sbs)
{
	return minutes(sbs, sbs->charge_uc, -at_rate(sbs));
}

/* Section 5.1.8: whether the pack can deliver the rate in addition for ten seconds */
static u16 word_at_rate_ok(const struct sim_sbs *sbs)
{
	s64 extra = at_rate(sbs);

	if (extra >= 0)
		return 1;
	extra += min_t(s64, rate(sbs, sim_sbs_current(sbs)), 0);
	return time_ms(sbs, sbs->charge_uc, -extra) >= 10000;
}

static u16 word_temperature(const struct sim_sbs *sbs)
{
	return sim_sbs_temp_dk(sbs);
}

static u16 word_voltage(const struct sim_sbs *sbs)
{
	return unsigned_word(div_round(pack_mv(sbs), v_scale(sbs)));
}

static u16 word_current(const struct sim_sbs *sbs)
{
	return to_current(sbs, sim_sbs_current(sbs));
}

static u16 word_average_current(const struct sim_sbs *sbs)
{
	return to_current(sbs, average_ma(sbs));
}

static u16 word_max_error(const struct sim_sbs *sbs)
{
	return 2;
}

static u16 word_relative_soc(const struct sim_sbs *sbs)
{
	return clamp_t(s64, div_round(sbs->charge_uc * 100, sbs->full_uc), 0, 100);
}

static u16 word_absolute_soc(const struct sim_sbs *sbs)
{
	return unsigned_word(div_round(sbs->charge_uc * 100, sbs->design_uc));
}

static u16 word_remaining(const struct sim_sbs *sbs)
{
	return to_capacity(sbs, sbs->charge_uc);
}

static u16 word_full(const struct sim_sbs *sbs)
{
	return to_capacity(sbs, sbs->full_uc);
}

static u16 word_run_time(const struct sim_sbs *sbs)
{
	return minutes(sbs, sbs->charge_uc, -rate(sbs, sim_sbs_current(sbs)));
}

static u16 word_average_to_empty(const struct sim_sbs *sbs)
{
	if (sim_sbs_current(sbs) >= 0)
		return SIM_SBS_NO_TIME;
	return minutes(sbs, sbs->charge_uc, -rate(sbs, average_ma(sbs)));
}

static u16 word_average_to_full(const struct sim_sbs *sbs)
{
	if (sim_sbs_current(sbs) <= 0)
		return SIM_SBS_NO_TIME;
	return minutes(sbs, room_uc(sbs), rate(sbs, average_ma(sbs)));
}

/* The two that are never scaled: section 5.1.25 */
static u16 word_charging_current(const struct sim_sbs *sbs)
{
	if (!wants_charge(sbs))
		return 0;
	return unsigned_word(div64_s64(sbs->design_uc, 2 * UC_PER_MAH));
}

static u16 word_charging_voltage(const struct sim_sbs *sbs)
{
	if (!wants_charge(sbs))
		return 0;
	return unsigned_word(cells_to_pack(sbs, CELL_MAX_MV));
}

static u16 alarms(const struct sim_sbs *sbs)
{
	u16 v = 0;

	if (is_hot(sbs))
		v |= SIM_SBS_STATUS_OVER_TEMP;
	if (is_over_charged(sbs))
		v |= SIM_SBS_STATUS_OVER_CHARGED | SIM_SBS_STATUS_TERMINATE_CHARGE;
	if (sbs->load_ma > 0 && !wants_charge(sbs))
		v |= SIM_SBS_STATUS_TERMINATE_CHARGE;
	if (sbs->load_ma < 0 && sbs->charge_uc * 100 <= sbs->full_uc)
		v |= SIM_SBS_STATUS_TERMINATE_DISCHARGE;
	if (sbs->charge_uc < sbs->alarm_uc)
		v |= SIM_SBS_STATUS_REMAINING_CAPACITY;
	if (word_average_to_empty(sbs) < sbs->alarm_min)
		v |= SIM_SBS_STATUS_REMAINING_TIME;
	return v;
}

static u16 word_status(const struct sim_sbs *sbs)
{
	u16 v = SIM_SBS_STATUS_INITIALIZED | alarms(sbs) | sbs->error | sbs->status_or;

	/* Set whenever the pack is not being charged, also at rest. */
	if (sim_sbs_current(sbs) <= 0)
		v |= SIM_SBS_STATUS_DISCHARGING;
	if (sbs->full)
		v |= SIM_SBS_STATUS_FULLY_CHARGED;
	if (sbs->empty)
		v |= SIM_SBS_STATUS_FULLY_DISCHARGED;
	return v & ~sbs->status_clear;
}

static u16 word_cycles(const struct sim_sbs *sbs)
{
	return sbs->cycles;
}

static u16 word_design(const struct sim_sbs *sbs)
{
	return to_capacity(sbs, sbs->design_uc);
}

static u16 word_design_voltage(const struct sim_sbs *sbs)
{
	return unsigned_word(div_round(sbs->design_mv, v_scale(sbs)));
}

static u16 word_spec_info(const struct sim_sbs *sbs)
{
	return sbs->spec_info;
}

static u16 word_date(const struct sim_sbs *sbs)
{
	return sbs->date;
}

static u16 word_serial(const struct sim_sbs *sbs)
{
	return sbs->serial;
}

static const struct {
	const char *name;
	u16 (*get)(const struct sim_sbs *sbs);
} words[SIM_SBS_NUM_WORDS] = {
	[SIM_SBS_MANUFACTURER_ACCESS] = { "manufacturer_access", word_access },
	[SIM_SBS_REMAINING_CAPACITY_ALARM] = { "remaining_capacity_alarm", word_capacity_alarm },
	[SIM_SBS_REMAINING_TIME_ALARM] = { "remaining_time_alarm", word_time_alarm },
	[SIM_SBS_BATTERY_MODE] = { "battery_mode", word_mode },
	[SIM_SBS_AT_RATE] = { "at_rate", word_at_rate },
	[SIM_SBS_AT_RATE_TIME_TO_FULL] = { "at_rate_time_to_full", word_at_rate_to_full },
	[SIM_SBS_AT_RATE_TIME_TO_EMPTY] = { "at_rate_time_to_empty", word_at_rate_to_empty },
	[SIM_SBS_AT_RATE_OK] = { "at_rate_ok", word_at_rate_ok },
	[SIM_SBS_TEMPERATURE] = { "temperature", word_temperature },
	[SIM_SBS_VOLTAGE] = { "voltage", word_voltage },
	[SIM_SBS_CURRENT] = { "current", word_current },
	[SIM_SBS_AVERAGE_CURRENT] = { "average_current", word_average_current },
	[SIM_SBS_MAX_ERROR] = { "max_error", word_max_error },
	[SIM_SBS_RELATIVE_STATE_OF_CHARGE] = { "relative_state_of_charge", word_relative_soc },
	[SIM_SBS_ABSOLUTE_STATE_OF_CHARGE] = { "absolute_state_of_charge", word_absolute_soc },
	[SIM_SBS_REMAINING_CAPACITY] = { "remaining_capacity", word_remaining },
	[SIM_SBS_FULL_CHARGE_CAPACITY] = { "full_charge_capacity", word_full },
	[SIM_SBS_RUN_TIME_TO_EMPTY] = { "run_time_to_empty", word_run_time },
	[SIM_SBS_AVERAGE_TIME_TO_EMPTY] = { "average_time_to_empty", word_average_to_empty },
	[SIM_SBS_AVERAGE_TIME_TO_FULL] = { "average_time_to_full", word_average_to_full },
	[SIM_SBS_CHARGING_CURRENT] = { "charging_current", word_charging_current },
	[SIM_SBS_CHARGING_VOLTAGE] = { "charging_voltage", word_charging_voltage },
	[SIM_SBS_BATTERY_STATUS] = { "battery_status", word_status },
	[SIM_SBS_CYCLE_COUNT] = { "cycle_count", word_cycles },
	[SIM_SBS_DESIGN_CAPACITY] = { "design_capacity", word_design },
	[SIM_SBS_DESIGN_VOLTAGE] = { "design_voltage", word_design_voltage },
	[SIM_SBS_SPECIFICATION_INFO] = { "specification_info", word_spec_info },
	[SIM_SBS_MANUFACTURE_DATE] = { "manufacture_date", word_date },
	[SIM_SBS_SERIAL_NUMBER] = { "serial_number", word_serial },
};

/**
 * sim_sbs_name() - name of a word
 * @cmd: command, below SIM_SBS_NUM_WORDS
 *
 * Return: the name that the standard uses, in lower case.
 */
const char *sim_sbs_name(u8 cmd)
{
	return words[cmd].name;
}
EXPORT_SYMBOL_NS_GPL(sim_sbs_name, "PSY_SIM");

/**
 * sim_sbs_peek() - read a word without side effects on the pack
 * @sbs: the slot
 * @cmd: command, below SIM_SBS_NUM_WORDS
 *
 * Return: what the host would read.
 */
u16 sim_sbs_peek(const struct sim_sbs *sbs, u8 cmd)
{
	if (sbs->overridden & BIT(cmd))
		return sbs->override[cmd];
	return words[cmd].get(sbs);
}
EXPORT_SYMBOL_NS_GPL(sim_sbs_peek, "PSY_SIM");

/* The gauge: transactions */

/**
 * sim_sbs_is_block() - whether a command has a block for a reply
 * @cmd: the command
 *
 * Return: true for strings and data, false for words and what does not exist.
 */
bool sim_sbs_is_block(u8 cmd)
{
	return cmd >= SIM_SBS_MANUFACTURER_NAME && cmd <= SIM_SBS_MANUFACTURER_DATA;
}
EXPORT_SYMBOL_NS_GPL(sim_sbs_is_block, "PSY_SIM");

/**
 * sim_sbs_has_pec() - whether the pack checks packets
 * @sbs: the slot
 *
 * Return: true if its SpecificationInfo() says so, and PEC is not missing.
 */
bool sim_sbs_has_pec(const struct sim_sbs *sbs)
{
	return !sbs->pec_missing &&
	       FIELD_GET(SIM_SBS_SPEC_VERSION, sbs->spec_info) == SIM_SBS_SPEC_1_1_PEC;
}
EXPORT_SYMBOL_NS_GPL(sim_sbs_has_pec, "PSY_SIM");

/**
 * sim_sbs_refuse() - do not acknowledge, and store the reason
 * @sbs: the slot
 * @error: reason, for the next BatteryStatus()
 *
 * Return: -ENXIO.
 */
int sim_sbs_refuse(struct sim_sbs *sbs, enum sim_sbs_error error)
{
	sbs->error = error;
	return -ENXIO;
}
EXPORT_SYMBOL_NS_GPL(sim_sbs_refuse, "PSY_SIM");

/* Commands that the standard names but leaves to the manufacturer */
static bool is_optional(u8 cmd)
{
	return cmd == 0x2f || (cmd >= 0x3c && cmd <= 0x3f);
}

static int refuse_command(struct sim_sbs *sbs, u8 cmd)
{
	if (cmd < SIM_SBS_NUM_WORDS || sim_sbs_is_block(cmd))
		return sim_sbs_refuse(sbs, SIM_SBS_BAD_SIZE);
	return sim_sbs_refuse(sbs, is_optional(cmd) ? SIM_SBS_UNSUPPORTED : SIM_SBS_RESERVED);
}

/* A pack that is busy, or that lacks the command */
static bool is_refused(struct sim_sbs *sbs, u8 cmd)
{
	if (sbs->busy) {
		if (sbs->busy > 0)
			sbs->busy--;
		sim_sbs_refuse(sbs, SIM_SBS_BUSY);
		return true;
	}
	if (cmd < 64 && (sbs->refused & BIT_ULL(cmd))) {
		sim_sbs_refuse(sbs, SIM_SBS_UNSUPPORTED);
		return true;
	}
	return false;
}

/**
 * sim_sbs_read_word() - the host reads a word
 * @sbs: the slot
 * @cmd: command
 * @val: where to store it
 *
 * Return: 0, or -ENXIO without an acknowledgment.
 */
int sim_sbs_read_word(struct sim_sbs *sbs, u8 cmd, u16 *val)
{
	if (!sbs->present || is_refused(sbs, cmd))
		return -ENXIO;
	if (cmd >= SIM_SBS_NUM_WORDS)
		return refuse_command(sbs, cmd);

	*val = sim_sbs_peek(sbs, cmd);
	sbs->error = SIM_SBS_OK;
	return 0;
}
EXPORT_SYMBOL_NS_GPL(sim_sbs_read_word, "PSY_SIM");

/**
 * sim_sbs_set_mode() - set BatteryMode() with its read-only bits
 * @sbs: the slot
 * @mode: the word
 */
void sim_sbs_set_mode(struct sim_sbs *sbs, u16 mode)
{
	sbs->mode = mode;
	sbs->silent_ms = 0;
}
EXPORT_SYMBOL_NS_GPL(sim_sbs_set_mode, "PSY_SIM");

static void write_mode(struct sim_sbs *sbs, u16 val)
{
	sbs->mode_writes++;
	/* A fixed mode cannot be changed by the host. */
	if (sbs->mode_locked || (sbs->overridden & BIT(SIM_SBS_BATTERY_MODE)))
		return;
	sim_sbs_set_mode(sbs, (sbs->mode & ~SIM_SBS_MODE_WRITABLE) |
			 (val & SIM_SBS_MODE_WRITABLE));
}

/**
 * sim_sbs_write_word() - the host writes a word
 * @sbs: the slot
 * @cmd: command
 * @val: the word
 *
 * Return: 0, or -ENXIO without an acknowledgment.
 */
int sim_sbs_write_word(struct sim_sbs *sbs, u8 cmd, u16 val)
{
	if (!sbs->present || is_refused(sbs, cmd))
		return -ENXIO;
	if (cmd == SIM_SBS_BATTERY_MODE && sbs->mode_locked == 2)
		return sim_sbs_refuse(sbs, SIM_SBS_ACCESS_DENIED);

	switch (cmd) {
	case SIM_SBS_MANUFACTURER_ACCESS:
		sbs->access = val;
		break;
	case SIM_SBS_REMAINING_CAPACITY_ALARM:
		sbs->alarm_uc = from_capacity(sbs, val);
		break;
	case SIM_SBS_REMAINING_TIME_ALARM:
		sbs->alarm_min = val;
		break;
	case SIM_SBS_BATTERY_MODE:
		write_mode(sbs, val);
		break;
	case SIM_SBS_AT_RATE:
		sbs->at_rate = (s16)val;
		break;
	default:
		if (cmd < SIM_SBS_NUM_WORDS || sim_sbs_is_block(cmd))
			return sim_sbs_refuse(sbs, SIM_SBS_ACCESS_DENIED);
		return refuse_command(sbs, cmd);
	}
	sbs->error = SIM_SBS_OK;
	return 0;
}
EXPORT_SYMBOL_NS_GPL(sim_sbs_write_word, "PSY_SIM");

/**
 * sim_sbs_read_block() - the host reads a string, or the manufacturer's data
 * @sbs: the slot
 * @cmd: command
 * @buf: where to store it; no terminator is added
 *
 * Return: its length, or -ENXIO without an acknowledgment.
 */
int sim_sbs_read_block(struct sim_sbs *sbs, u8 cmd, u8 buf[SIM_SBS_BLOCK_MAX])
{
	/* Not text: for hosts that take it for a string */
	static const struct sim_sbs_text data = { 4, { 0x00, 0x5a, 0xff, 0x01 } };
	const struct sim_sbs_text *text;

	if (!sbs->present || is_refused(sbs, cmd))
		return -ENXIO;

	switch (cmd) {
	case SIM_SBS_MANUFACTURER_NAME:
		text = &sbs->manufacturer;
		break;
	case SIM_SBS_DEVICE_NAME:
		text = &sbs->model;
		break;
	case SIM_SBS_DEVICE_CHEMISTRY:
		text = &sbs->chemistry;
		break;
	case SIM_SBS_MANUFACTURER_DATA:
		text = &data;
		break;
	default:
		return refuse_command(sbs, cmd);
	}
	memcpy(buf, text->data, text->len);
	sbs->error = SIM_SBS_OK;
	return text->len;
}
EXPORT_SYMBOL_NS_GPL(sim_sbs_read_block, "PSY_SIM");

/* The test */

/**
 * sim_sbs_override() - fix a word
 * @sbs: the slot
 * @cmd: command, below SIM_SBS_NUM_WORDS
 * @val: what the host reads until sim_sbs_release()
 */
void sim_sbs_override(struct sim_sbs *sbs, u8 cmd, u16 val)
{
	sbs->override[cmd] = val;
	sbs->overridden |= BIT(cmd);
}
EXPORT_SYMBOL_NS_GPL(sim_sbs_override, "PSY_SIM");

/**
 * sim_sbs_release() - undo sim_sbs_override()
 * @sbs: the slot
 * @cmd: command, below SIM_SBS_NUM_WORDS
 */
void sim_sbs_release(struct sim_sbs *sbs, u8 cmd)
{
	sbs->overridden &= ~BIT(cmd);
}
EXPORT_SYMBOL_NS_GPL(sim_sbs_release, "PSY_SIM");

/**
 * sim_sbs_set_text() - set the reply of a block command
 * @text: member of struct sim_sbs
 * @data: any bytes
 * @len: number of bytes; excess bytes are dropped
 */
void sim_sbs_set_text(struct sim_sbs_text *text, const void *data, size_t len)
{
	text->len = min_t(size_t, len, SIM_SBS_BLOCK_MAX);
	memcpy(text->data, data, text->len);
}
EXPORT_SYMBOL_NS_GPL(sim_sbs_set_text, "PSY_SIM");

static void set_string(struct sim_sbs_text *text, const char *s)
{
	sim_sbs_set_text(text, s, strlen(s));
}

int sim_sbs_soc_permille(const struct sim_sbs *sbs)
{
	return div_round(sbs->charge_uc * 1000, sbs->full_uc);
}
EXPORT_SYMBOL_NS_GPL(sim_sbs_soc_permille, "PSY_SIM");

/**
 * sim_sbs_set_soc_permille() - set the charge that is left
 * @sbs: the slot
 * @permille: of the charge when full; above 1000 the pack is over-charged
 */
void sim_sbs_set_soc_permille(struct sim_sbs *sbs, int permille)
{
	sbs->charge_uc = div_round(sbs->full_uc * permille, 1000);
	sbs->full = false;
	sbs->empty = false;
	update_ends(sbs);
}
EXPORT_SYMBOL_NS_GPL(sim_sbs_set_soc_permille, "PSY_SIM");

int sim_sbs_full_mah(const struct sim_sbs *sbs)
{
	return div_round(sbs->full_uc, UC_PER_MAH);
}
EXPORT_SYMBOL_NS_GPL(sim_sbs_full_mah, "PSY_SIM");

/**
 * sim_sbs_set_full_mah() - set the charge when full; the percentage stays
 * @sbs: the slot
 * @mah: 1 to SIM_SBS_MAX_MAH
 */
void sim_sbs_set_full_mah(struct sim_sbs *sbs, int mah)
{
	s64 ppm = div_round(sbs->charge_uc * 1000000, sbs->full_uc);

	sbs->full_uc = mah * UC_PER_MAH;
	sbs->charge_uc = div_round(sbs->full_uc * ppm, 1000000);
}
EXPORT_SYMBOL_NS_GPL(sim_sbs_set_full_mah, "PSY_SIM");

int sim_sbs_design_mah(const struct sim_sbs *sbs)
{
	return div_round(sbs->design_uc, UC_PER_MAH);
}
EXPORT_SYMBOL_NS_GPL(sim_sbs_design_mah, "PSY_SIM");

/**
 * sim_sbs_set_design_mah() - set the charge when full and new
 * @sbs: the slot
 * @mah: 1 to SIM_SBS_MAX_MAH
 */
void sim_sbs_set_design_mah(struct sim_sbs *sbs, int mah)
{
	sbs->design_uc = mah * UC_PER_MAH;
}
EXPORT_SYMBOL_NS_GPL(sim_sbs_set_design_mah, "PSY_SIM");

int sim_sbs_temp_dk(const struct sim_sbs *sbs)
{
	return div_round(sbs->temp_nk, NK_PER_DK);
}
EXPORT_SYMBOL_NS_GPL(sim_sbs_temp_dk, "PSY_SIM");

/**
 * sim_sbs_set_temp_dk() - set the ambient temperature
 * @sbs: the slot
 * @dk: tenths of a kelvin; also set for the cells
 */
void sim_sbs_set_temp_dk(struct sim_sbs *sbs, int dk)
{
	sbs->ambient_nk = dk * NK_PER_DK;
	sbs->temp_nk = sbs->ambient_nk;
}
EXPORT_SYMBOL_NS_GPL(sim_sbs_set_temp_dk, "PSY_SIM");

/* Reset what a pack forgets when it is removed */
static void forget(struct sim_sbs *sbs)
{
	sbs->mode = sbs->default_mode;
	sbs->silent_ms = 0;
	sbs->access = 0;
	sbs->at_rate = 0;
	sbs->alarm_uc = div_s64(sbs->design_uc, 10);
	sbs->alarm_min = 10;
	sbs->error = SIM_SBS_OK;
	sbs->average_na = 0;
}

/**
 * sim_sbs_insert() - insert the pack
 * @sbs: the slot
 */
void sim_sbs_insert(struct sim_sbs *sbs)
{
	if (sbs->present)
		return;
	sbs->present = true;
	sbs->average_na = sim_sbs_current(sbs) * NA_PER_MA;
}
EXPORT_SYMBOL_NS_GPL(sim_sbs_insert, "PSY_SIM");

/**
 * sim_sbs_remove() - remove the pack; it forgets what the host has written
 * @sbs: the slot
 */
void sim_sbs_remove(struct sim_sbs *sbs)
{
	sbs->present = false;
	forget(sbs);
}
EXPORT_SYMBOL_NS_GPL(sim_sbs_remove, "PSY_SIM");

static u16 date_word(int year, int month, int day)
{
	return (year - 1980) << 9 | month << 5 | day;
}

/**
 * sim_sbs_swap() - replace the pack by a different one
 * @sbs: the slot; if empty, it stays empty until sim_sbs_insert()
 * @serial: of the new pack; the other values are derived from it
 *
 * Design voltage, SpecificationInfo() and temperature are those of the slot.
 */
void sim_sbs_swap(struct sim_sbs *sbs, u16 serial)
{
	static const char * const makers[] = { "Initech", "Globex", "Umbra", "Hooli" };
	const int design_mah = 3000 + serial % 23 * 100;
	char model[] = "SIM-0000";
	bool present = sbs->present;

	sim_sbs_remove(sbs);

	snprintf(model, sizeof(model), "SIM-%04X", serial);
	set_string(&sbs->manufacturer, makers[serial % ARRAY_SIZE(makers)]);
	set_string(&sbs->model, model);
	set_string(&sbs->chemistry, "LION");
	sbs->serial = serial;
	sbs->date = date_word(2016 + serial % 8, 1 + serial % 12, 1 + serial % 28);
	sbs->cycles = serial % 400;
	sbs->worn_uc = 0;
	sim_sbs_set_design_mah(sbs, design_mah);
	sim_sbs_set_full_mah(sbs, design_mah - design_mah * sbs->cycles / WEAR_PER_CYCLE);
	sim_sbs_set_soc_permille(sbs, 300 + serial % 500);
	forget(sbs);

	if (present)
		sim_sbs_insert(sbs);
}
EXPORT_SYMBOL_NS_GPL(sim_sbs_swap, "PSY_SIM");

/**
 * sim_sbs_init() - initialize a slot with a slightly worn pack
 * @sbs: the slot
 */
void sim_sbs_init(struct sim_sbs *sbs)
{
	*sbs = (struct sim_sbs) {
		.load_ma = -1200,
		.design_mv = 14400,
		.cycles = 57,
		.serial = 0x1234,
		.date = date_word(2023, 7, 14),
		.spec_info = 0x0031,
		.full_uc = 4180 * UC_PER_MAH,
	};
	set_string(&sbs->manufacturer, "ACME");
	set_string(&sbs->model, "SIM-4S");
	set_string(&sbs->chemistry, "LION");
	sim_sbs_set_design_mah(sbs, 4400);
	sim_sbs_set_temp_dk(sbs, 2981);
	sim_sbs_set_soc_permille(sbs, 620);
	forget(sbs);
	sim_sbs_insert(sbs);
}
EXPORT_SYMBOL_NS_GPL(sim_sbs_init, "PSY_SIM");
