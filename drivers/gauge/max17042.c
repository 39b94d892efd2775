// SPDX-License-Identifier: GPL-2.0-only
/*
 * Maxim fuel gauges with a coulomb counter: ModelGauge m3 (MAX17042, MAX17047, MAX17050)
 * and m5 (MAX17055, MAX77759, MAX17201, MAX17205). The driver reads the results; the
 * model of the battery in the chip is never written.
 *
 * Data sheets: MAX17047/MAX17050 ("ModelGauge m3 Registers"), MAX17055 (19-8726). The
 * registers of the other chips were checked against the in-tree drivers of Linux 7.2.
 */
#include <linux/math64.h>
#include <linux/mod_devicetable.h>
#include <linux/power/psy_gauge.h>
#include <linux/property.h>
#include <linux/string.h>

/* Words, the less significant byte first */
enum {
	R_STATUS, R_TALRT, R_SALRT, R_REP_CAP, R_SOC, R_AGE, R_TEMP, R_VCELL, R_CURRENT,
	R_AVG_CURRENT, R_FULL_CAP, R_TTE, R_CYCLES, R_CYCLES_16, R_DESIGN_CAP, R_AVG_VCELL,
	R_MINMAX_VOLT, R_CONFIG, R_ICHG_TERM, R_TTF, R_DEV_NAME, R_MISC_CFG, R_TASK_PERIOD,
	R_FSTAT, R_QH, R_BATT, R_OCV, R_COUNT
};

#define MAX17042_POR		BIT(1)	/* stays set until the model is loaded */
#define MAX17042_IMN		BIT(2)
#define MAX17042_BST		BIT(3)	/* no battery */
#define MAX17042_IMX		BIT(6)
#define MAX17042_DSOCI		BIT(7)
#define MAX17042_VMN		BIT(8)
#define MAX17042_TMN		BIT(9)
#define MAX17042_SMN		BIT(10)
#define MAX17042_BI		BIT(11)	/* battery inserted; cleared by the host */
#define MAX17042_VMX		BIT(12)
#define MAX17042_TMX		BIT(13)
#define MAX17042_SMX		BIT(14)
#define MAX17042_BR		BIT(15)	/* battery removed; cleared by the host */
#define MAX17042_FLOATING	0xffff	/* no chip has all flags set */
#define MAX17042_EVENTS		(MAX17042_POR | MAX17042_BI | MAX17042_BR)
#define MAX17042_LIMITS		(MAX17042_TMN | MAX17042_TMX | MAX17042_SMN | MAX17042_SMX)
#define MAX17042_ALERTS		(MAX17042_LIMITS | MAX17042_VMN | MAX17042_VMX | \
				 MAX17042_IMN | MAX17042_IMX | MAX17042_DSOCI)

#define MAX17042_AEN		BIT(2)	/* CONFIG: enable alerts */
#define MAX17042_SACFG		GENMASK(1, 0)	/* MiscCFG: which percentage has alerts */
#define MAX17042_SACFG_REP	0
#define MAX17042_SACFG_VF	3	/* that of the voltage alone */
#define MAX17042_DNR		BIT(0)	/* FSTAT: data not ready */
#define MAX17042_TALRT_OFF	0x7f80	/* upper byte: maximum; lower byte: minimum */
#define MAX17042_SALRT_OFF	0xff00

#define MAX17042_MISC_CFG	0x2b
#define MAX17042_PERIOD		5760	/* of tasks, for which the unit of charges is 5 uVh */
#define MAX17042_RSNS		10000	/* uOhm, that of the data sheets */
#define MAX17042_RSNS_MAX	1000000
#define MAX17042_FULL_UNITS	10	/* at most this far from full, units of charge */
#define MAX17042_OVER_VOLT	50	/* tolerance of maxim,over-volt, mV */
#define MAX17042_UNREAD	3	/* readings without STATUS for which the last one counts */

/* Nonvolatile registers of MAX17201 and MAX17205, at an address of their own */
#define MAX1720X_NV_ADDR	0x0b
#define MAX1720X_NROMID		0xbc	/* 64 bits, different in each chip */
#define MAX1720X_NRSENSE	0xcf	/* 10 uOhm */

/**
 * struct max17042_type - a type of chip
 * @desc: for the class
 * @nv: nonvolatile registers with the sense resistor; thresholds of the chip's own
 * @task_period: TaskPeriod may differ from its default
 */
struct max17042_type {
	struct psy_miniclass_desc desc;
	bool nv;
	bool task_period;
};

/**
 * struct max17042 - a gauge
 * @dev: device
 * @type: type of the chip
 * @desc: that of the type, for the firmware properties of this instance
 * @nv: nonvolatile registers, or NULL
 * @rsns: sense resistor, uOhm; 0 for none
 * @full: charge below the full one that counts as full, uAh
 * @dead_volt: below it, the health is Dead, uV
 * @over_volt: above it, the health is Overvoltage, uV
 * @cold: below it, the health is Cold, 0.1 °C
 * @hot: above it, the health is Overheat, 0.1 °C
 * @status: STATUS at the last reading
 * @unread: number of readings since then in which STATUS failed, up to %MAX17042_UNREAD
 * @alerts: flags of STATUS that were cleared since then
 * @known: @status has been read
 * @ready: the chip has results since its reset
 * @saved: @old_salrt and @old_talrt are those of the firmware
 * @fired: flags of the limits that are off after an alert, until the values are within
 * @salrt: limits of the percentage that are armed
 * @talrt: limits of the temperature that are armed
 * @old_salrt: SALRT_Th before it was changed
 * @old_talrt: TALRT_Th before it was changed
 */
struct max17042 {
	struct device *dev;
	const struct max17042_type *type;
	struct psy_miniclass_desc desc;
	struct regmap *nv;
	u32 rsns;
	int full;
	int dead_volt;
	int over_volt;
	int cold;
	int hot;
	u16 status;
	u8 unread;
	u16 alerts;
	bool known;
	bool ready;
	bool saved;
	u16 fired;
	u16 salrt;
	u16 talrt;
	unsigned int old_salrt;
	unsigned int old_talrt;
};

/* 5 uVh in each unit of the task period, 1.5625 uV, 5.625 s */
#define MAX17042_CHARGE	.mul = 5000000, .div = MAX17042_PERIOD, .scale = PSY_SCALE_CHARGE
#define MAX17042_AMPS	.mul = 1562500, .scale = PSY_SCALE_CURRENT
#define MAX17042_TIME	.mul = 45, .div = 8, .flags = PSY_ROW_HAS_NA, .na = 0xffff

/* In the order of the registers: those up to TTF are read in one transfer. */
static const struct psy_field_desc max17042_rows[] = {
	{ PSY_CHARGE_NOW, R_REP_CAP, MAX17042_CHARGE },
	{ PSY_CAPACITY, R_SOC, .shift = 8, .bits = 8, .flags = PSY_ROW_RANGE, .min = 0,
	  .max = 110 },
	{ PSY_STATE_OF_HEALTH, R_AGE, .div = 256, .flags = PSY_ROW_HAS_NA, .na = 0 },
	{ PSY_TEMP, R_TEMP, .mul = 10, .div = 256, .flags = PSY_ROW_SIGNED },
	{ PSY_VOLTAGE_NOW, R_VCELL, .mul = 625, .div = 8 },
	{ PSY_CURRENT_NOW, R_CURRENT, MAX17042_AMPS, .flags = PSY_ROW_SIGNED },
	{ PSY_CURRENT_AVG, R_AVG_CURRENT, MAX17042_AMPS, .flags = PSY_ROW_SIGNED },
	{ PSY_CHARGE_FULL, R_FULL_CAP, MAX17042_CHARGE, .flags = PSY_ROW_HAS_NA, .na = 0 },
	{ PSY_TIME_TO_EMPTY_AVG, R_TTE, MAX17042_TIME },
	{ PSY_CYCLE_COUNT, R_CYCLES, .div = 100, .flags = PSY_ROW_HAS_NA, .na = 0 },
	{ PSY_CYCLE_COUNT, R_CYCLES_16, .mul = 4, .div = 25, .flags = PSY_ROW_HAS_NA, .na = 0 },
	{ PSY_CHARGE_FULL_DESIGN, R_DESIGN_CAP, MAX17042_CHARGE, .flags = PSY_ROW_HAS_NA,
	  .na = 0 },
	{ PSY_VOLTAGE_AVG, R_AVG_VCELL, .mul = 625, .div = 8 },
	{ PSY_VOLTAGE_MIN, R_MINMAX_VOLT, .bits = 8, .mul = 20000, .flags = PSY_ROW_HAS_NA,
	  .na = 0xff },
	{ PSY_VOLTAGE_MAX, R_MINMAX_VOLT, .bits = 8, .shift = 8, .mul = 20000,
	  .flags = PSY_ROW_HAS_NA, .na = 0 },
	{ PSY_CHARGE_TERM_CURRENT, R_ICHG_TERM, MAX17042_AMPS, .flags = PSY_ROW_SIGNED },
	{ PSY_TIME_TO_FULL_AVG, R_TTF, MAX17042_TIME },
	{ PSY_CHARGE_COUNTER, R_QH, MAX17042_CHARGE, .flags = PSY_ROW_SIGNED },
	{ PSY_VOLTAGE_NOW, R_BATT, .mul = 1250 },
	{ PSY_VOLTAGE_OCV, R_OCV, .mul = 625, .div = 8 },
};

/* What all chips have */
#define MAX17042_REGS								\
	[R_STATUS] = 0x00, [R_TALRT] = 0x02, [R_SALRT] = 0x03, [R_TEMP] = 0x08,	\
	[R_CONFIG] = 0x1d, [R_DEV_NAME] = 0x21, [R_MISC_CFG] = MAX17042_MISC_CFG,	\
	[R_TASK_PERIOD] = 0x3c, [R_FSTAT] = 0x3d

/* What they have with a sense resistor */
#define MAX17042_CURRENT_REGS							\
	[R_REP_CAP] = 0x05, [R_SOC] = 0x06, [R_AGE] = 0x07, [R_CURRENT] = 0x0a,	\
	[R_AVG_CURRENT] = 0x0b, [R_FULL_CAP] = 0x10, [R_TTE] = 0x11,		\
	[R_DESIGN_CAP] = 0x18, [R_ICHG_TERM] = 0x1e, [R_QH] = 0x4d

/* What chips for one cell have */
#define MAX17042_CELL_REGS							\
	[R_VCELL] = 0x09, [R_CYCLES_16] = PSY_REG_NONE, [R_AVG_VCELL] = 0x19,	\
	[R_MINMAX_VOLT] = 0x1b, [R_BATT] = PSY_REG_NONE, [R_OCV] = 0xfb

static const u16 max17042_regs[R_COUNT] = {
	MAX17042_REGS, MAX17042_CURRENT_REGS, MAX17042_CELL_REGS,
	[R_CYCLES] = 0x17, [R_TTF] = PSY_REG_NONE,
};

static const u16 max17055_regs[R_COUNT] = {
	MAX17042_REGS, MAX17042_CURRENT_REGS, MAX17042_CELL_REGS,
	[R_CYCLES] = 0x17, [R_TTF] = 0x20,
};

/* Without a sense resistor: the percentage by the voltage alone, SOC_VF */
static const u16 max17042_volt_regs[R_COUNT] = {
	MAX17042_REGS, MAX17042_CELL_REGS, [R_SOC] = 0xff,
	[R_REP_CAP] = PSY_REG_NONE, [R_AGE] = PSY_REG_NONE, [R_CURRENT] = PSY_REG_NONE,
	[R_AVG_CURRENT] = PSY_REG_NONE, [R_FULL_CAP] = PSY_REG_NONE, [R_TTE] = PSY_REG_NONE,
	[R_CYCLES] = PSY_REG_NONE, [R_DESIGN_CAP] = PSY_REG_NONE,
	[R_ICHG_TERM] = PSY_REG_NONE, [R_TTF] = PSY_REG_NONE, [R_QH] = PSY_REG_NONE,
};

/* One to several cells, of which only the sum is the voltage of the battery */
static const u16 max1720x_regs[R_COUNT] = {
	MAX17042_REGS, MAX17042_CURRENT_REGS,
	[R_VCELL] = PSY_REG_NONE, [R_AVG_VCELL] = PSY_REG_NONE,
	[R_MINMAX_VOLT] = PSY_REG_NONE, [R_OCV] = PSY_REG_NONE, [R_BATT] = 0xda,
	[R_CYCLES] = PSY_REG_NONE, [R_CYCLES_16] = 0x17, [R_TTF] = 0x20,
};

/*
 * Clear the flags of events that were seen. One that cannot be cleared must not look like
 * a new battery each time.
 */
static void max17042_clear_events(struct psy_miniclass *mc, u16 events)
{
	struct max17042 *mx = psy_miniclass_get_drvdata(mc);
	unsigned int after;

	if ((mx->status & events) && !psy_miniclass_write(mc, R_STATUS, mx->status & ~events) &&
	    !psy_miniclass_read(mc, R_STATUS, &after))
		mx->status &= after | ~events;
}

/*
 * Find out whether a battery is present, and still the same one. One bad reading must
 * not be enough. A chip that does not respond is found by the class.
 */
static int max17042_before_read(struct psy_miniclass *mc)
{
	struct max17042 *mx = psy_miniclass_get_drvdata(mc);
	unsigned int raw, fstat, fresh, i = 0;

	do {
		if (psy_miniclass_read(mc, R_STATUS, &raw)) {
			mx->unread = min(mx->unread + 1, MAX17042_UNREAD);
			return 0;
		}
	} while (((raw ^ mx->status) & (MAX17042_EVENTS | MAX17042_BST)) && !i++);

	if (raw == MAX17042_FLOATING)
		return -EIO;
	fresh = raw & ~mx->status & MAX17042_EVENTS;
	if (fresh & MAX17042_POR) {
		if (!mx->nv)
			dev_notice(mx->dev, "chip was reset, it has lost the model of the battery\n");
		mx->ready = false;
		mx->saved = false;
	}
	if (fresh && mx->known)
		psy_miniclass_replaced(mc);
	mx->known = true;
	mx->status = raw;
	mx->unread = 0;
	max17042_clear_events(mc, MAX17042_BI | MAX17042_BR);
	if (raw & MAX17042_BST)
		return -ENODEV;
	if (mx->ready || !(raw & MAX17042_POR))
		return 0;
	if (!psy_miniclass_read(mc, R_FSTAT, &fstat) && (fstat & MAX17042_DNR))
		return -EBUSY;
	mx->ready = true;
	/* These have loaded their model themselves. The flag finds the next battery. */
	if (mx->nv)
		max17042_clear_events(mc, MAX17042_POR);
	return 0;
}

static int max1720x_read_nv(struct psy_miniclass *mc, unsigned int reg, u16 *buf,
			    unsigned int count)
{
	struct max17042 *mx = psy_miniclass_get_drvdata(mc);
	int ret;

	do {
		ret = regmap_bulk_read(mx->nv, reg, buf, count);
	} while (psy_miniclass_retry(mc, ret));
	return psy_transfer_errno(ret);
}

static int max1720x_query_nv(struct psy_miniclass *mc, struct psy_info *info)
{
	struct max17042 *mx = psy_miniclass_get_drvdata(mc);
	unsigned int name;
	u16 rsns, id[4];
	int ret;

	ret = max1720x_read_nv(mc, MAX1720X_NROMID, id, ARRAY_SIZE(id)) ?:
	      max1720x_read_nv(mc, MAX1720X_NRSENSE, &rsns, 1) ?:
	      psy_miniclass_read(mc, R_DEV_NAME, &name);
	if (ret)
		return ret;

	snprintf(info->serial, sizeof(info->serial), "%04x%04x%04x%04x", id[3], id[2], id[1],
		 id[0]);
	mx->rsns = rsns ? rsns * 10 : MAX17042_RSNS;
	/* The device tree of a MAX17205 may have only the compatible of the MAX17201. */
	strscpy(info->model, (name & 0xf) == 5 ? "MAX17205" : "MAX17201", sizeof(info->model));
	return 0;
}

static int max17042_query_info(struct psy_miniclass *mc, struct psy_info *info)
{
	struct max17042 *mx = psy_miniclass_get_drvdata(mc);
	unsigned int period = MAX17042_PERIOD;
	int ret = 0;

	if (mx->nv)
		ret = max1720x_query_nv(mc, info);
	else if (mx->type->task_period)
		ret = psy_miniclass_read(mc, R_TASK_PERIOD, &period);
	if (ret || !period)
		return ret ?: -EIO;
	if (!mx->rsns)
		return 0;

	psy_miniclass_set_scale(mc, PSY_SCALE_CURRENT, 1, mx->rsns);
	psy_miniclass_set_scale(mc, PSY_SCALE_CHARGE, period, mx->rsns);
	mx->full = div64_u64(5000000ULL * MAX17042_FULL_UNITS * period,
			     (u64)MAX17042_PERIOD * mx->rsns);
	return 0;
}

/*
 * The chip sets FullCAP to RepCap at the end of charging ("End-of-Charge Detection").
 * Without a charger whose state is known, a battery that supplies more than a
 * charger's last current is not full.
 */
static bool max17042_is_full(struct max17042 *mx, const struct psy_values *s)
{
	int full, now, ua, term = 0;

	if (psy_values_get(s, PSY_CHARGE_FULL, &full) || psy_values_get(s, PSY_CHARGE_NOW, &now) ||
	    psy_values_get(s, PSY_CURRENT_NOW, &ua))
		return false;
	psy_values_get(s, PSY_CHARGE_TERM_CURRENT, &term);
	return full - now <= mx->full && ua >= -max(term, 0);
}

/* Clear the flags of alerts. The result has those that were set. */
static int max17042_clear_alerts(struct psy_miniclass *mc, unsigned int *raw)
{
	int ret = psy_miniclass_read(mc, R_STATUS, raw);

	if (!ret && *raw == MAX17042_FLOATING)
		ret = -EIO;
	return ret ?: psy_miniclass_write(mc, R_STATUS, *raw & ~MAX17042_ALERTS);
}

/* By the limits of the firmware */
static void max17042_health(struct max17042 *mx, struct psy_values *s)
{
	int avg, now, temp, health = POWER_SUPPLY_HEALTH_GOOD;

	if (psy_values_get(s, PSY_VOLTAGE_AVG, &avg) || psy_values_get(s, PSY_VOLTAGE_NOW, &now) ||
	    psy_values_get(s, PSY_TEMP, &temp))
		return;
	if (avg < mx->dead_volt)
		health = POWER_SUPPLY_HEALTH_DEAD;
	else if (now > mx->over_volt)
		health = POWER_SUPPLY_HEALTH_OVERVOLTAGE;
	else if (temp < mx->cold)
		health = POWER_SUPPLY_HEALTH_COLD;
	else if (temp > mx->hot)
		health = POWER_SUPPLY_HEALTH_OVERHEAT;
	psy_values_set(s, PSY_HEALTH, health);
}

/* By the limits in the chip; flags may stay set until they are cleared. */
static void max1720x_health(struct psy_miniclass *mc, struct psy_values *s)
{
	static const struct { u16 flag; int health; } flags[] = {
		{ MAX17042_VMN, POWER_SUPPLY_HEALTH_DEAD },
		{ MAX17042_VMX, POWER_SUPPLY_HEALTH_OVERVOLTAGE },
		{ MAX17042_TMN, POWER_SUPPLY_HEALTH_COLD },
		{ MAX17042_TMX, POWER_SUPPLY_HEALTH_OVERHEAT },
		{ MAX17042_IMX, POWER_SUPPLY_HEALTH_OVERCURRENT },
	};
	struct max17042 *mx = psy_miniclass_get_drvdata(mc);
	int i, health = POWER_SUPPLY_HEALTH_GOOD;
	unsigned int raw;

	if (mx->unread >= MAX17042_UNREAD)
		return;
	for (i = ARRAY_SIZE(flags) - 1; i >= 0; i--) {
		if ((mx->status | mx->alerts) & flags[i].flag)
			health = flags[i].health;
	}
	psy_values_set(s, PSY_HEALTH, health);
	/* An interrupt has cleared the flags that it was for: they count in one more reading. */
	mx->alerts = 0;
	/* So do those that were set since the reading of STATUS. */
	if (health != POWER_SUPPLY_HEALTH_GOOD && !max17042_clear_alerts(mc, &raw))
		mx->alerts = raw & ~mx->status;
}

/* The thresholds of the temperature of chips with nonvolatile registers are theirs. */
static int max17042_write_limits(struct psy_miniclass *mc, u16 salrt, u16 talrt)
{
	struct max17042 *mx = psy_miniclass_get_drvdata(mc);

	return psy_miniclass_write(mc, R_SALRT, salrt) ?:
	       (mx->nv ? 0 : psy_miniclass_write(mc, R_TALRT, talrt));
}

/* Arm the limits, but not those that have fired. */
static int max17042_arm(struct psy_miniclass *mc)
{
	struct max17042 *mx = psy_miniclass_get_drvdata(mc);
	u16 salrt = mx->salrt, talrt = mx->talrt;

	if (mx->fired & MAX17042_SMN)
		salrt = (MAX17042_SALRT_OFF & 0xff) | (salrt & 0xff00);
	if (mx->fired & MAX17042_SMX)
		salrt = (MAX17042_SALRT_OFF & 0xff00) | (salrt & 0xff);
	if (mx->fired & MAX17042_TMN)
		talrt = (MAX17042_TALRT_OFF & 0xff) | (talrt & 0xff00);
	if (mx->fired & MAX17042_TMX)
		talrt = (MAX17042_TALRT_OFF & 0xff00) | (talrt & 0xff);
	return max17042_write_limits(mc, salrt, talrt);
}

/* A limit that has fired is armed again when it is not exceeded any more. */
static void max17042_rearm(struct psy_miniclass *mc, const struct psy_values *s)
{
	struct max17042 *mx = psy_miniclass_get_drvdata(mc);
	int percent, temp;
	u16 back = 0;

	if (!psy_values_get(s, PSY_CAPACITY, &percent))
		back |= (percent > (mx->salrt & 0xff) ? MAX17042_SMN : 0) |
			(percent < mx->salrt >> 8 ? MAX17042_SMX : 0);
	if (!psy_values_get(s, PSY_TEMP, &temp))
		back |= (temp > (s8)mx->talrt * 10 ? MAX17042_TMN : 0) |
			(temp < (s8)(mx->talrt >> 8) * 10 ? MAX17042_TMX : 0);
	back &= mx->fired;
	mx->fired &= ~back;
	if (back && max17042_arm(mc))
		mx->fired |= back;
}

static int max17042_query_status(struct psy_miniclass *mc, const struct psy_info *info,
				 struct psy_values *status)
{
	struct max17042 *mx = psy_miniclass_get_drvdata(mc);

	if (max17042_is_full(mx, status))
		psy_values_set(status, PSY_STATUS, POWER_SUPPLY_STATUS_FULL);
	if (mx->nv)
		max1720x_health(mc, status);
	else if (mx->desc.extra & PSY_BIT(PSY_HEALTH))
		max17042_health(mx, status);
	max17042_rearm(mc, status);
	return 0;
}

/*
 * The line is released when the flags are cleared, but they are set again as long as
 * a limit is exceeded.
 */
static int max17042_ack_irq(struct psy_miniclass *mc)
{
	struct max17042 *mx = psy_miniclass_get_drvdata(mc);
	unsigned int raw, limits = MAX17042_LIMITS;
	int ret = max17042_clear_alerts(mc, &raw);

	/* The thresholds of the temperature of these are their own. */
	if (mx->nv)
		limits = MAX17042_SMN | MAX17042_SMX;
	if (ret)
		return ret;
	mx->alerts |= raw;
	if (!(raw & limits) || !mx->saved)
		return 0;
	mx->fired |= raw & limits;
	return max17042_arm(mc) ?: max17042_clear_alerts(mc, &raw);
}

/* 1 % and 1 °C, rounded so that an alert is never late */
static int max17042_set_notify(struct psy_miniclass *mc, const struct psy_limits *l)
{
	struct max17042 *mx = psy_miniclass_get_drvdata(mc);
	u8 cold = clamp((l->temp_min + 10009) / 10 - 1000, -127, 127);
	u8 hot = clamp((l->temp_max + 10000) / 10 - 1000, -127, 126);
	unsigned int raw;
	int ret;

	if (!mx->saved) {
		ret = psy_miniclass_read(mc, R_SALRT, &mx->old_salrt) ?:
		      psy_miniclass_read(mc, R_TALRT, &mx->old_talrt);
		if (ret)
			return ret;
		mx->saved = true;
	}
	mx->salrt = (l->valid & PSY_LIMIT_HIGH ? l->high << 8 : MAX17042_SALRT_OFF) |
		    (l->valid & PSY_LIMIT_LOW ? l->low : 0);
	mx->talrt = MAX17042_TALRT_OFF;
	if (l->valid & PSY_LIMIT_TEMP_MAX)
		mx->talrt = hot << 8 | (mx->talrt & 0xff);
	if (l->valid & PSY_LIMIT_TEMP_MIN)
		mx->talrt = (mx->talrt & 0xff00) | cold;
	mx->fired = 0;
	return psy_miniclass_update_bits(mc, R_MISC_CFG, MAX17042_SACFG,
					 mx->rsns ? MAX17042_SACFG_REP : MAX17042_SACFG_VF) ?:
	       max17042_arm(mc) ?:
	       /* A line that is active from the start would never cause an edge. */
	       max17042_clear_alerts(mc, &raw) ?:
	       psy_miniclass_update_bits(mc, R_CONFIG, MAX17042_AEN, MAX17042_AEN);
}

static int max17042_disable_notify(struct psy_miniclass *mc)
{
	struct max17042 *mx = psy_miniclass_get_drvdata(mc);

	mx->fired = 0;
	return mx->saved ? max17042_write_limits(mc, mx->old_salrt, mx->old_talrt) : 0;
}

static const struct psy_miniclass_ops max17042_ops = {
	.before_read = max17042_before_read,
	.ack_irq = max17042_ack_irq,
	.query_info = max17042_query_info,
	.query_status = max17042_query_status,
	.set_notify = max17042_set_notify,
	.disable_notify = max17042_disable_notify,
};

#define MAX17042_DESC(_model, _regs, ...)		\
	.desc = {					\
		.rows = max17042_rows,			\
		.num_rows = ARRAY_SIZE(max17042_rows),	\
		.reg_map = _regs,			\
		.num_regs = R_COUNT,			\
		.run = PSY_RUN_MAX,			\
		.gap = 6,				\
		.manufacturer = "Maxim",		\
		.model = _model,			\
		.supplied = true,			\
		.ops = &max17042_ops,			\
		__VA_ARGS__				\
	}

#define MAX17042_CELL(_model, _regs) \
	MAX17042_DESC(_model, _regs, .technology = POWER_SUPPLY_TECHNOLOGY_LION)
#define MAX1720X_PACK(_model) \
	MAX17042_DESC(_model, max1720x_regs, .strings = true, .extra = PSY_BIT(PSY_HEALTH))

static const struct max17042_type max17042 = { MAX17042_CELL("MAX17042", max17042_regs) };
static const struct max17042_type max17047 = { MAX17042_CELL("MAX17047", max17042_regs) };
static const struct max17042_type max17050 = { MAX17042_CELL("MAX17050", max17042_regs) };
static const struct max17042_type max17055 = { MAX17042_CELL("MAX17055", max17055_regs) };
static const struct max17042_type max77705 = { MAX17042_CELL("MAX77705", max17042_regs) };
static const struct max17042_type max77849 = { MAX17042_CELL("MAX77849", max17042_regs) };

static const struct max17042_type max77759 = {
	MAX17042_CELL("MAX77759", max17055_regs), .task_period = true
};

static const struct max17042_type max17201 = { MAX1720X_PACK("MAX17201"), .nv = true };
static const struct max17042_type max17205 = { MAX1720X_PACK("MAX17205"), .nv = true };

static const struct regmap_config max17042_regmap = {
	.reg_bits = 8,
	.val_bits = 16,
	.val_format_endian = REGMAP_ENDIAN_LITTLE,
};

/* The limits of the health; without any, it is not reported. */
static int max17042_read_limits(struct max17042 *mx, bool described)
{
	/* Those of the in-tree driver for chips that the firmware has set up */
	int dead = 3000, over = 4500, cold = 0, hot = 700, ret;

	if (described) {
		dead = 0;
		over = INT_MAX / 1000 - MAX17042_OVER_VOLT;
		cold = INT_MIN;
		hot = INT_MAX;
	}
	ret = psy_miniclass_fw_s32(mx->dev, "maxim,dead-volt", 0, 10000, &dead) ?:
	      psy_miniclass_fw_s32(mx->dev, "maxim,over-volt", 0, 10000, &over) ?:
	      psy_miniclass_fw_s32(mx->dev, "maxim,cold-temp", -1000, 2000, &cold) ?:
	      psy_miniclass_fw_s32(mx->dev, "maxim,over-heat-temp", -1000, 2000, &hot);
	mx->dead_volt = dead * 1000;
	mx->over_volt = (over + MAX17042_OVER_VOLT) * 1000;
	mx->cold = cold;
	mx->hot = hot;
	if (!described || dead || cold != INT_MIN || hot != INT_MAX ||
	    device_property_present(mx->dev, "maxim,over-volt"))
		mx->desc.extra |= PSY_BIT(PSY_HEALTH);
	return ret;
}

/* It decides for good what the chip measures: one bad reading must not be enough. */
static int max17042_read_misc_cfg(struct i2c_client *client)
{
	int i, ret;

	for (i = 0; i < 3; i++) {
		ret = i2c_smbus_read_word_data(client, MAX17042_MISC_CFG);
		if (ret >= 0 && ret != MAX17042_FLOATING)
			return ret;
	}
	return ret < 0 ? ret : -EIO;
}

/*
 * A described chip has a sense resistor if the property of one is present. Otherwise the
 * firmware has set up the chip: alerts by the voltage alone mean that there is none.
 */
static int max17042_read_firmware(struct max17042 *mx, struct i2c_client *client)
{
	bool described = device_property_present(mx->dev, "compatible");
	int ret;

	ret = psy_miniclass_fw_u32(mx->dev, "maxim,rsns-microohm", 1, MAX17042_RSNS_MAX,
				   &mx->rsns) ?:
	      psy_miniclass_fw_u32(mx->dev, "shunt-resistor-micro-ohms", 1, MAX17042_RSNS_MAX,
				   &mx->rsns) ?:
	      max17042_read_limits(mx, described);
	if (ret || mx->rsns)
		return ret;

	ret = described ? MAX17042_SACFG_VF : max17042_read_misc_cfg(client);
	if (ret < 0)
		return dev_err_probe(mx->dev, ret, "cannot read MiscCFG\n");
	if ((ret & MAX17042_SACFG) == MAX17042_SACFG_VF)
		mx->desc.reg_map = max17042_volt_regs;
	else
		mx->rsns = MAX17042_RSNS;
	return 0;
}

static void max1720x_release_nv(void *nv)
{
	i2c_unregister_device(nv);
}

static int max1720x_add_nv(struct max17042 *mx, struct i2c_client *client)
{
	struct i2c_client *nv = i2c_new_ancillary_device(client, "nvmem", MAX1720X_NV_ADDR);
	int ret;

	if (IS_ERR(nv))
		return dev_err_probe(mx->dev, PTR_ERR(nv),
				     "cannot use the address of the nonvolatile registers\n");
	ret = devm_add_action_or_reset(mx->dev, max1720x_release_nv, nv);
	if (ret)
		return ret;
	mx->nv = devm_regmap_init_i2c(nv, &max17042_regmap);
	return PTR_ERR_OR_ZERO(mx->nv);
}

static int max17042_probe(struct i2c_client *client)
{
	const struct max17042_type *type = i2c_get_match_data(client);
	struct psy_miniclass_config config = {};
	struct max17042 *mx;
	int ret;

	mx = devm_kzalloc(&client->dev, sizeof(*mx), GFP_KERNEL);
	if (!mx)
		return -ENOMEM;
	if (!type)
		return -ENODEV;
	mx->dev = &client->dev;
	mx->type = type;
	mx->desc = type->desc;
	ret = type->nv ? max1720x_add_nv(mx, client) : max17042_read_firmware(mx, client);
	if (ret)
		return ret;

	config.drvdata = mx;
	config.alarms = PSY_LIMIT_LOW | PSY_LIMIT_HIGH;
	if (!type->nv)
		config.alarms |= PSY_LIMIT_TEMP_MIN | PSY_LIMIT_TEMP_MAX;
	return devm_psy_gauge_register(client, &mx->desc, &max17042_regmap, &config);
}

/* Restore the limits of the firmware for the next system. */
static void max17042_shutdown(struct i2c_client *client)
{
	psy_miniclass_shutdown(i2c_get_clientdata(client));
}

static const struct of_device_id max17042_of_match[] = {
	{ .compatible = "maxim,max17042", .data = &max17042 },
	{ .compatible = "maxim,max17047", .data = &max17047 },
	{ .compatible = "maxim,max17050", .data = &max17050 },
	{ .compatible = "maxim,max17055", .data = &max17055 },
	{ .compatible = "maxim,max17201", .data = &max17201 },
	{ .compatible = "maxim,max17205", .data = &max17205 },
	{ .compatible = "maxim,max77705-battery", .data = &max77705 },
	{ .compatible = "maxim,max77759-fg", .data = &max77759 },
	{ .compatible = "maxim,max77849-battery", .data = &max77849 },
	{ }
};
MODULE_DEVICE_TABLE(of, max17042_of_match);

static const struct i2c_device_id max17042_ids[] = {
	{ .name = "max17042", .driver_data = (kernel_ulong_t)&max17042 },
	{ .name = "max17047", .driver_data = (kernel_ulong_t)&max17047 },
	{ .name = "max17050", .driver_data = (kernel_ulong_t)&max17050 },
	{ .name = "max17055", .driver_data = (kernel_ulong_t)&max17055 },
	{ .name = "max17201", .driver_data = (kernel_ulong_t)&max17201 },
	{ .name = "max17205", .driver_data = (kernel_ulong_t)&max17205 },
	{ .name = "max77705-battery", .driver_data = (kernel_ulong_t)&max77705 },
	{ .name = "max77759-fg", .driver_data = (kernel_ulong_t)&max77759 },
	{ .name = "max77849-battery", .driver_data = (kernel_ulong_t)&max77849 },
	{ }
};
MODULE_DEVICE_TABLE(i2c, max17042_ids);

static const struct acpi_device_id max17042_acpi_match[] = {
	{ .id = "MAX17047", .driver_data = (kernel_ulong_t)&max17047 },
	{ }
};
MODULE_DEVICE_TABLE(acpi, max17042_acpi_match);

static struct i2c_driver max17042_driver = {
	.driver = {
		.name = "max17042-gauge",
		.of_match_table = max17042_of_match,
		.acpi_match_table = max17042_acpi_match,
		.pm = pm_sleep_ptr(&psy_miniclass_pm_ops),
	},
	.I2C_PROBE = max17042_probe,
	.shutdown = max17042_shutdown,
	.id_table = max17042_ids,
};
module_psy_gauge(max17042_driver);

MODULE_DESCRIPTION("Maxim MAX17042 and MAX17201 families fuel gauge driver");
MODULE_AUTHOR("The psy-miniclass developers");
MODULE_LICENSE("GPL");
MODULE_VERSION(PSY_VERSION);
MODULE_IMPORT_NS("PSY_MINICLASS");
