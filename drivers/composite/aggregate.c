// SPDX-License-Identifier: GPL-2.0-only
/*
 * Adds up packs. Pure: no state, no device.
 *
 * Amounts are energies: ampere hours of packs with different voltages cannot be added
 * up. A pack with an unknown value is left out of every sum that needs this value; an
 * unknown value is never used as zero.
 */
#include <kunit/visibility.h>
#include <linux/bits.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/overflow.h>
#include <linux/units.h>

#include "composite.h"

static int cbat_status(const struct psy_values *v)
{
	int status = POWER_SUPPLY_STATUS_UNKNOWN;

	psy_values_get(v, PSY_STATUS, &status);
	return status;
}

/*
 * The voltage for converting charge into energy: the design voltage, or the nominal
 * one, which does not change with the load, or else the present one.
 */
static bool cbat_voltage(const struct cbat_pack *p, int *uv)
{
	if (!psy_values_get(&p->v, PSY_VOLTAGE_MIN_DESIGN, uv) && *uv > 0)
		return true;
	*uv = p->nominal;
	return *uv > 0 || (!psy_values_get(&p->v, PSY_VOLTAGE_NOW, uv) && *uv > 0);
}

/**
 * cbat_is_dead() - whether a pack has no voltage
 * @v: its values
 *
 * Such a pack reports amounts, but cannot deliver any energy.
 *
 * Context: any; pure.
 * Return: false also when the voltage is unknown.
 */
bool cbat_is_dead(const struct psy_values *v)
{
	int uv;

	return !psy_values_get(v, PSY_VOLTAGE_NOW, &uv) && uv <= 0;
}

/**
 * cbat_is_discharging() - whether a pack supplies the machine
 * @v: its values
 *
 * Context: any; pure.
 * Return: true while it is discharged.
 */
bool cbat_is_discharging(const struct psy_values *v)
{
	return cbat_status(v) == POWER_SUPPLY_STATUS_DISCHARGING;
}

/**
 * cbat_is_in_use() - whether a pack supplies the machine, or something charges it
 * @v: its values
 *
 * Context: any; pure.
 * Return: true while it is charged or discharged.
 */
bool cbat_is_in_use(const struct psy_values *v)
{
	return cbat_is_discharging(v) || cbat_status(v) == POWER_SUPPLY_STATUS_CHARGING;
}

/**
 * cbat_rate() - signed power of a pack
 * @v: its values
 * @uw: where to store the power, µW, negative when the pack is discharged
 *
 * While the pack is charged or discharged, the sign is that of the status: some
 * drivers report only a magnitude.
 *
 * Context: any; pure.
 * Return: false when it is unknown.
 */
bool cbat_rate(const struct psy_values *v, s64 *uw)
{
	int status = cbat_status(v);
	int ua, uv, magnitude;
	bool is_signed = false;
	s64 rate;

	if (!psy_values_get(v, PSY_CURRENT_NOW, &ua) && !psy_values_get(v, PSY_VOLTAGE_NOW, &uv)) {
		rate = div_s64((s64)ua * uv, MICRO);
		is_signed = true;
	}
	if (!psy_values_get(v, PSY_POWER_NOW, &magnitude)) {
		bool out = is_signed && ua < 0;

		is_signed |= !magnitude;
		rate = out ? -abs((s64)magnitude) : abs((s64)magnitude);
	} else if (!is_signed) {
		return false;
	}

	if (status == POWER_SUPPLY_STATUS_DISCHARGING)
		*uw = -abs(rate);
	else if (status == POWER_SUPPLY_STATUS_CHARGING)
		*uw = abs(rate);
	else if (is_signed)
		*uw = rate;
	else
		return false;
	return true;
}
EXPORT_SYMBOL_IF_KUNIT(cbat_rate);

/* An amount in µWh, reported as energy or as charge */
static bool cbat_amount(const struct cbat_pack *p, enum psy_field energy,
			enum psy_field charge, s64 *uwh)
{
	int val, uv;

	if (!psy_values_get(&p->v, energy, &val)) {
		*uwh = val;
		return true;
	}
	if (psy_values_get(&p->v, charge, &val) || !cbat_voltage(p, &uv))
		return false;
	*uwh = div_s64((s64)val * uv, MICRO);
	return true;
}

/**
 * cbat_amounts() - energy of a pack, in whichever unit it reports
 * @p: the pack
 * @a: where to store the amounts
 *
 * The design capacity is used for a pack that has not learned its full capacity yet. For
 * a pack that reports only a percentage of a known capacity, the energy is computed.
 *
 * Context: any; pure.
 * Return: false if it is unknown; then the pack cannot be added up.
 */
bool cbat_amounts(const struct cbat_pack *p, struct cbat_amounts *a)
{
	bool has_design;
	int percent;

	has_design = cbat_amount(p, PSY_ENERGY_FULL_DESIGN, PSY_CHARGE_FULL_DESIGN, &a->design) &&
		     a->design > 0;
	if (!cbat_amount(p, PSY_ENERGY_FULL, PSY_CHARGE_FULL, &a->full) || a->full <= 0) {
		if (!has_design)
			return false;
		a->full = a->design;
	}
	if (!has_design)
		a->design = a->full;

	if (cbat_amount(p, PSY_ENERGY_NOW, PSY_CHARGE_NOW, &a->now))
		return a->now >= 0;
	if (psy_values_get(&p->v, PSY_CAPACITY, &percent))
		return false;
	a->now = div_s64(a->full * clamp(percent, 0, 100), 100);
	return true;
}
EXPORT_SYMBOL_IF_KUNIT(cbat_amounts);

/**
 * cbat_mixed_flow() - whether some members are charged and others discharged
 * @packs: the members
 * @n: their number
 *
 * Context: any; pure.
 * Return: true if so; only then &cbat_rules->online matters.
 */
bool cbat_mixed_flow(const struct cbat_pack *packs, unsigned int n)
{
	bool in = false, out = false;
	unsigned int i;

	for (i = 0; i < n; i++) {
		if (!packs[i].present || cbat_is_dead(&packs[i].v))
			continue;
		in |= cbat_status(&packs[i].v) == POWER_SUPPLY_STATUS_CHARGING;
		out |= cbat_status(&packs[i].v) == POWER_SUPPLY_STATUS_DISCHARGING;
	}
	return in && out;
}
EXPORT_SYMBOL_IF_KUNIT(cbat_mixed_flow);

/*
 * The sum of the signed rates of some packs. It is unknown if one of them may be charged
 * or discharged at an unknown rate: a partial sum must not be reported as the total.
 */
static bool cbat_net_power(const struct cbat_pack *packs, unsigned int n, u64 which, s64 *power)
{
	bool known = false;
	unsigned int i;
	int status;
	s64 rate;

	*power = 0;
	for (i = 0; i < n; i++) {
		if (!(which & BIT_ULL(i)))
			continue;
		if (cbat_rate(&packs[i].v, &rate)) {
			*power += rate;
			known = true;
			continue;
		}
		status = cbat_status(&packs[i].v);
		if (status != POWER_SUPPLY_STATUS_FULL &&
		    status != POWER_SUPPLY_STATUS_NOT_CHARGING)
			return false;
	}
	return known;
}

/* Desktop software divides energy by power: both must be of the same packs. */
static void cbat_sum_power(const struct cbat_pack *packs, unsigned int n, u64 alive,
			   struct cbat_sum *sum)
{
	sum->power_known = cbat_net_power(packs, n, sum->counted ?: alive, &sum->power);
	if (sum->power_known)
		psy_values_set(&sum->values, PSY_POWER_NOW, abs(sum->power));
	else
		sum->power = 0;
}

/*
 * A pack that is charged by another pack is not charging the composite: that is
 * Discharging, unless more flows in than out, which can only come from outside. If both
 * are equal and an external supply is online, it is Not charging.
 */
static int cbat_mixed_status(const struct cbat_pack *packs, unsigned int n, u64 alive,
			     const struct cbat_rules *rules)
{
	s64 power;

	if (!cbat_net_power(packs, n, alive, &power) || power < 0)
		return POWER_SUPPLY_STATUS_DISCHARGING;
	if (power > 0)
		return POWER_SUPPLY_STATUS_CHARGING;
	return rules->online ? POWER_SUPPLY_STATUS_NOT_CHARGING :
			       POWER_SUPPLY_STATUS_DISCHARGING;
}

static void cbat_sum_status(const struct cbat_pack *packs, unsigned int n, u64 alive,
			    const struct cbat_rules *rules, struct cbat_sum *sum)
{
	unsigned int seen[5] = { 0 }, i;
	int status;

	for (i = 0; i < n; i++) {
		status = cbat_status(&packs[i].v);
		if ((alive & BIT_ULL(i)) && status >= 0 && status < (int)ARRAY_SIZE(seen))
			seen[status]++;
	}

	if (seen[POWER_SUPPLY_STATUS_CHARGING] && seen[POWER_SUPPLY_STATUS_DISCHARGING])
		status = cbat_mixed_status(packs, n, alive, rules);
	else if (seen[POWER_SUPPLY_STATUS_DISCHARGING])
		status = POWER_SUPPLY_STATUS_DISCHARGING;
	else if (seen[POWER_SUPPLY_STATUS_CHARGING])
		status = POWER_SUPPLY_STATUS_CHARGING;
	else if (seen[POWER_SUPPLY_STATUS_NOT_CHARGING])
		status = POWER_SUPPLY_STATUS_NOT_CHARGING;
	else if (seen[POWER_SUPPLY_STATUS_FULL] && !seen[POWER_SUPPLY_STATUS_UNKNOWN])
		status = POWER_SUPPLY_STATUS_FULL;
	else
		status = POWER_SUPPLY_STATUS_UNKNOWN;
	if (alive)
		psy_values_set(&sum->values, PSY_STATUS, status);
}

/* Add the amounts of the members to @total. Not for chains: see cbat_sum_chain(). */
static void cbat_sum_amounts(const struct cbat_pack *packs, unsigned int n, u64 alive,
			     struct cbat_amounts *total, struct cbat_sum *sum)
{
	struct cbat_amounts a;
	unsigned int i;

	for (i = 0; i < n; i++) {
		if (!(alive & BIT_ULL(i)) || !cbat_amounts(&packs[i], &a))
			continue;
		total->now += a.now;
		total->full += a.full;
		total->design += a.design;
		sum->counted |= BIT_ULL(i);
	}
}

/* Energy in µWh of a charge in µAh at a voltage in µV; false on overflow */
static bool cbat_chain_energy(s64 uah, s64 uv, s64 *uwh)
{
	s64 product;

	if (check_mul_overflow(uah, div_s64(uv, MILLI), &product))
		return false;
	*uwh = div_s64(product, MILLI);
	return true;
}

/*
 * In a chain the same charge flows through all packs: it is empty when the first pack
 * is empty, and full when the first pack is full. If a pack is missing or its amounts
 * are unknown, the amounts of the chain are unknown.
 */
static void cbat_sum_chain(const struct cbat_pack *packs, unsigned int n, u64 alive,
			   struct cbat_amounts *total, struct cbat_sum *sum)
{
	struct cbat_amounts chain = { S64_MAX, S64_MAX, S64_MAX }, a;
	unsigned int i;
	s64 volts = 0;
	int uv;

	for (i = 0; i < n; i++) {
		if (!(alive & BIT_ULL(i)) || !cbat_amounts(&packs[i], &a) ||
		    !cbat_voltage(&packs[i], &uv))
			return;
		/* µAh; the largest amount is 2^62 over a million */
		chain.now = min(chain.now, div_s64(a.now * MICRO, uv));
		chain.full = min(chain.full, div_s64(a.full * MICRO, uv));
		chain.design = min(chain.design, div_s64(a.design * MICRO, uv));
		volts += uv;
	}
	if (n && cbat_chain_energy(min(chain.now, chain.full), volts, &total->now) &&
	    cbat_chain_energy(chain.full, volts, &total->full) &&
	    cbat_chain_energy(chain.design, volts, &total->design))
		sum->counted = alive;
}

static void cbat_publish_amounts(const struct cbat_amounts *total, struct cbat_sum *sum)
{
	struct psy_values *v = &sum->values;
	int status = cbat_status(v);

	if (!sum->counted || total->full <= 0)
		return;
	/* All or none: programs compute the ratio of these. */
	sum->too_large = max(total->now, total->full) > INT_MAX;
	if (!sum->too_large) {
		psy_values_set(v, PSY_ENERGY_NOW, total->now);
		psy_values_set(v, PSY_ENERGY_FULL, total->full);
		psy_values_set(v, PSY_ENERGY_FULL_DESIGN, total->design);
	}
	psy_values_set(v, PSY_CAPACITY,
		       min(100LL, div64_s64(100 * total->now + total->full / 2, total->full)));

	if (status == POWER_SUPPLY_STATUS_DISCHARGING && sum->power < 0)
		psy_values_set(v, PSY_TIME_TO_EMPTY_NOW,
			       div64_s64(3600 * total->now, -sum->power));
	if (status == POWER_SUPPLY_STATUS_CHARGING && sum->power > 0 && total->full >= total->now)
		psy_values_set(v, PSY_TIME_TO_FULL_NOW,
			       div64_s64(3600 * (total->full - total->now), sum->power));
}

/* If no amounts are known, percentages are averaged: all packs have the same weight. */
static void cbat_sum_relative(const struct cbat_pack *packs, unsigned int n, u64 alive,
			      const struct cbat_rules *rules, struct cbat_sum *sum)
{
	int percent, lowest = 100, total = 0, members = 0;
	unsigned int i;
	u64 counted = 0;

	for (i = 0; i < n; i++) {
		if (!(alive & BIT_ULL(i)) || psy_values_get(&packs[i].v, PSY_CAPACITY, &percent)) {
			if (rules->topology == CBAT_SERIES)
				return;
			continue;
		}
		percent = clamp(percent, 0, 100);
		lowest = min(lowest, percent);
		total += percent;
		members++;
		counted |= BIT_ULL(i);
	}
	if (!members)
		return;
	sum->counted = counted;
	psy_values_set(&sum->values, PSY_CAPACITY, rules->topology == CBAT_SERIES ?
		       lowest : (total + members / 2) / members);
}

/* The alert levels of the members, as a percentage of the total */
static void cbat_sum_alert(const struct cbat_pack *packs, unsigned int n,
			   const struct cbat_rules *rules, s64 full, enum psy_field field,
			   struct cbat_sum *sum)
{
	s64 total = 0, amount;
	struct cbat_amounts a;
	bool known = false;
	unsigned int i;
	int percent;

	for (i = 0; i < n; i++) {
		if (!(sum->counted & BIT_ULL(i)) ||
		    psy_values_get(&packs[i].v, field, &percent))
			continue;
		known = true;
		if (!cbat_amounts(&packs[i], &a) || rules->topology == CBAT_SERIES) {
			/* Packs of the same weight, or a chain: the highest threshold */
			total = max_t(s64, total, percent);
			continue;
		}
		/* Sequential packs: the largest amount, as any pack may be the last one */
		amount = a.full * percent;
		total = rules->topology == CBAT_SEQUENTIAL ? max(total, amount) : total + amount;
	}
	if (known && full > 0 && rules->topology != CBAT_SERIES)
		total = div64_s64(total + full - 1, full);
	if (known)
		psy_values_set(&sum->values, field, min(total, 100LL));
}

/* The level that results from the levels of the members */
static int cbat_voted_level(const struct cbat_pack *packs, unsigned int n,
			    const struct cbat_rules *rules, u64 counted)
{
	unsigned int critical = 0, low = 0, full = 0, known = 0, i;
	bool any = rules->critical == CBAT_CRITICAL_ANY;
	int level;

	for (i = 0; i < n; i++) {
		if (!(counted & BIT_ULL(i)) ||
		    psy_values_get(&packs[i].v, PSY_CAPACITY_LEVEL, &level) ||
		    level == POWER_SUPPLY_CAPACITY_LEVEL_UNKNOWN)
			continue;
		known++;
		low += level == POWER_SUPPLY_CAPACITY_LEVEL_LOW ||
		       level == POWER_SUPPLY_CAPACITY_LEVEL_CRITICAL;
		full += level == POWER_SUPPLY_CAPACITY_LEVEL_FULL;
		/* With policy "any", an empty pack at rest does not matter. */
		critical += level == POWER_SUPPLY_CAPACITY_LEVEL_CRITICAL &&
			    (!any || cbat_status(&packs[i].v) == POWER_SUPPLY_STATUS_DISCHARGING);
	}
	if (!known)
		return POWER_SUPPLY_CAPACITY_LEVEL_UNKNOWN;
	if (any ? critical : critical == known)
		return POWER_SUPPLY_CAPACITY_LEVEL_CRITICAL;
	if (any ? low : low == known)
		return POWER_SUPPLY_CAPACITY_LEVEL_LOW;
	return full == known ? POWER_SUPPLY_CAPACITY_LEVEL_FULL :
			       POWER_SUPPLY_CAPACITY_LEVEL_NORMAL;
}

static void cbat_sum_level(const struct cbat_pack *packs, unsigned int n,
			   const struct cbat_rules *rules, struct cbat_sum *sum)
{
	int level = cbat_voted_level(packs, n, rules, sum->counted);
	int capacity, alert;

	if (!psy_values_get(&sum->values, PSY_CAPACITY, &capacity)) {
		if (!psy_values_get(&sum->values, PSY_ALERT_LOW, &alert)) {
			if (capacity < alert && level != POWER_SUPPLY_CAPACITY_LEVEL_CRITICAL)
				level = POWER_SUPPLY_CAPACITY_LEVEL_LOW;
			else if (level == POWER_SUPPLY_CAPACITY_LEVEL_UNKNOWN)
				level = POWER_SUPPLY_CAPACITY_LEVEL_NORMAL;
		}
		if (rules->critical == CBAT_CRITICAL_ENERGY &&
		    !psy_values_get(&sum->values, PSY_ALERT_CRITICAL, &alert)) {
			if (capacity <= alert)
				level = POWER_SUPPLY_CAPACITY_LEVEL_CRITICAL;
			else if (level == POWER_SUPPLY_CAPACITY_LEVEL_CRITICAL)
				level = POWER_SUPPLY_CAPACITY_LEVEL_LOW;
			else if (level == POWER_SUPPLY_CAPACITY_LEVEL_UNKNOWN)
				level = POWER_SUPPLY_CAPACITY_LEVEL_NORMAL;
		}
	}
	if (level != POWER_SUPPLY_CAPACITY_LEVEL_UNKNOWN)
		psy_values_set(&sum->values, PSY_CAPACITY_LEVEL, level);
}

/* Higher is worse. Values of newer kernels that are not listed count as failures. */
static int cbat_health_rank(int health)
{
	static const int ranks[] = {
		POWER_SUPPLY_HEALTH_UNKNOWN,
		POWER_SUPPLY_HEALTH_GOOD,
		POWER_SUPPLY_HEALTH_CALIBRATION_REQUIRED,
		POWER_SUPPLY_HEALTH_COOL,
		POWER_SUPPLY_HEALTH_WARM,
		POWER_SUPPLY_HEALTH_COLD,
		POWER_SUPPLY_HEALTH_HOT,
		POWER_SUPPLY_HEALTH_WATCHDOG_TIMER_EXPIRE,
		POWER_SUPPLY_HEALTH_SAFETY_TIMER_EXPIRE,
		POWER_SUPPLY_HEALTH_OVERCURRENT,
		POWER_SUPPLY_HEALTH_OVERVOLTAGE,
		POWER_SUPPLY_HEALTH_OVERHEAT,
		POWER_SUPPLY_HEALTH_UNSPEC_FAILURE,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ranks); i++)
		if (ranks[i] == health)
			return i;
	return health == POWER_SUPPLY_HEALTH_DEAD ? i + 1 : i;
}

static void cbat_sum_health(const struct cbat_pack *packs, unsigned int n, u64 alive,
			    struct cbat_sum *sum)
{
	int worst = POWER_SUPPLY_HEALTH_UNKNOWN, health;
	unsigned int i;

	for (i = 0; i < n; i++)
		if ((alive & BIT_ULL(i)) && !psy_values_get(&packs[i].v, PSY_HEALTH, &health) &&
		    cbat_health_rank(health) > cbat_health_rank(worst))
			worst = health;
	if (sum->dead)
		worst = POWER_SUPPLY_HEALTH_DEAD;
	if (worst != POWER_SUPPLY_HEALTH_UNKNOWN)
		psy_values_set(&sum->values, PSY_HEALTH, worst);
}

static void cbat_sum_max(const struct cbat_pack *packs, unsigned int n, u64 alive,
			 enum psy_field field, struct cbat_sum *sum)
{
	unsigned int i;
	int val, have;

	for (i = 0; i < n; i++) {
		if (!(alive & BIT_ULL(i)) || psy_values_get(&packs[i].v, field, &val))
			continue;
		if (psy_values_get(&sum->values, field, &have) || val > have)
			psy_values_set(&sum->values, field, val);
	}
}

/* The voltages of a chain add up if all are known. */
static void cbat_sum_series(const struct cbat_pack *packs, unsigned int n, u64 alive,
			    enum psy_field field, struct cbat_sum *sum)
{
	unsigned int i;
	s64 total = 0;
	int val;

	for (i = 0; i < n; i++) {
		if (!(alive & BIT_ULL(i)) || psy_values_get(&packs[i].v, field, &val))
			return;
		total += val;
	}
	if (n)
		psy_values_set(&sum->values, field, total);
}

/* Sequential packs: the voltage of the pack with the highest rate */
static void cbat_active_voltage(const struct cbat_pack *packs, unsigned int n, u64 alive,
				struct cbat_sum *sum)
{
	s64 rate, most = 0;
	unsigned int i;
	int uv;

	for (i = 0; i < n; i++) {
		if (!(alive & BIT_ULL(i)) || !cbat_rate(&packs[i].v, &rate) ||
		    psy_values_get(&packs[i].v, PSY_VOLTAGE_NOW, &uv) || abs(rate) <= most)
			continue;
		most = abs(rate);
		psy_values_set(&sum->values, PSY_VOLTAGE_NOW, uv);
	}
}

static void cbat_sum_voltage(const struct cbat_pack *packs, unsigned int n, u64 alive,
			     const struct cbat_rules *rules, struct cbat_sum *sum)
{
	if (rules->topology == CBAT_SERIES) {
		cbat_sum_series(packs, n, alive, PSY_VOLTAGE_NOW, sum);
		cbat_sum_series(packs, n, alive, PSY_VOLTAGE_MIN_DESIGN, sum);
		return;
	}
	cbat_sum_max(packs, n, alive, PSY_VOLTAGE_NOW, sum);
	cbat_sum_max(packs, n, alive, PSY_VOLTAGE_MIN_DESIGN, sum);
	if (rules->topology == CBAT_SEQUENTIAL)
		cbat_active_voltage(packs, n, alive, sum);
}

/* The common value of all packs that report one, or @differ */
static void cbat_sum_common(const struct cbat_pack *packs, unsigned int n, u64 alive,
			    enum psy_field field, int differ, struct cbat_sum *sum)
{
	unsigned int i;
	int val, have;

	for (i = 0; i < n; i++) {
		if (!(alive & BIT_ULL(i)) || psy_values_get(&packs[i].v, field, &val))
			continue;
		if (!psy_values_get(&sum->values, field, &have) && have != val)
			val = differ;
		psy_values_set(&sum->values, field, val);
	}
}

/* The value of all packs that report one; unknown if they differ */
static void cbat_sum_equal(const struct cbat_pack *packs, unsigned int n, u64 alive,
			   enum psy_field field, struct cbat_sum *sum)
{
	const int differ = -1;
	int val;

	cbat_sum_common(packs, n, alive, field, differ, sum);
	if (!psy_values_get(&sum->values, field, &val) && val == differ)
		sum->values.valid &= ~PSY_BIT(field);
}

/**
 * cbat_fields() - fields that a sum may report
 * @listed: fields that the property list of any member allows
 * @sum: the present sum
 *
 * The property list of a supply is fixed, but a member that is at rest or has just been
 * inserted reports less than it will later.
 *
 * Context: any; pure.
 * Return: mask of %PSY_BIT(). Rarely supported fields are included only if the sum has
 * a value for them.
 */
u64 cbat_fields(u64 listed, const struct cbat_sum *sum)
{
	const u64 alike = PSY_BIT(PSY_HEALTH) | PSY_BIT(PSY_VOLTAGE_NOW) | PSY_BIT(PSY_TEMP) |
			  PSY_BIT(PSY_CAPACITY_LEVEL) | CBAT_THRESHOLDS;
	const u64 energy = PSY_BIT(PSY_ENERGY_FULL) | PSY_BIT(PSY_ENERGY_FULL_DESIGN);
	const u64 charge = PSY_BIT(PSY_CHARGE_FULL) | PSY_BIT(PSY_CHARGE_FULL_DESIGN);
	bool volts = listed & (PSY_BIT(PSY_VOLTAGE_NOW) | PSY_BIT(PSY_VOLTAGE_MIN_DESIGN));
	u64 fields = sum->values.valid | PSY_BIT(PSY_STATUS) | PSY_BIT(PSY_CAPACITY);

	fields |= listed & alike;
	if ((listed & PSY_BIT(PSY_POWER_NOW)) || (volts && (listed & PSY_BIT(PSY_CURRENT_NOW))))
		fields |= PSY_BIT(PSY_POWER_NOW);
	if (!sum->too_large && ((listed & energy) || (volts && (listed & charge))))
		fields |= PSY_BIT(PSY_ENERGY_NOW) | PSY_BIT(PSY_ENERGY_FULL);
	if ((fields & PSY_BIT(PSY_ENERGY_NOW)) && (fields & PSY_BIT(PSY_POWER_NOW)))
		fields |= PSY_BIT(PSY_TIME_TO_EMPTY_NOW) | PSY_BIT(PSY_TIME_TO_FULL_NOW);
	return fields;
}
EXPORT_SYMBOL_IF_KUNIT(cbat_fields);

/**
 * cbat_aggregate() - add up packs
 * @packs: the members
 * @n: their number, up to %CBAT_MAX_MEMBERS
 * @rules: how to add them up
 * @sum: where to store the totals
 *
 * A member whose energy or full energy is unknown is left out of both of these sums and
 * of the sum of the rates; a member without voltage is left out of all sums. A sum that
 * is too large for a property is unknown.
 *
 * Context: any; pure. Linear in @n.
 */
void cbat_aggregate(const struct cbat_pack *packs, unsigned int n,
		    const struct cbat_rules *rules, struct cbat_sum *sum)
{
	struct cbat_amounts total = { };
	u64 alive = 0;
	unsigned int i;

	*sum = (struct cbat_sum){ };
	for (i = 0; i < n; i++) {
		if (!packs[i].present)
			continue;
		if (cbat_is_dead(&packs[i].v))
			sum->dead |= BIT_ULL(i);
		else
			alive |= BIT_ULL(i);
	}

	if (rules->topology == CBAT_SERIES)
		cbat_sum_chain(packs, n, alive, &total, sum);
	else
		cbat_sum_amounts(packs, n, alive, &total, sum);
	cbat_sum_power(packs, n, alive, sum);
	cbat_sum_status(packs, n, alive, rules, sum);
	if (sum->counted)
		cbat_publish_amounts(&total, sum);
	else
		cbat_sum_relative(packs, n, alive, rules, sum);

	cbat_sum_alert(packs, n, rules, total.full, PSY_ALERT_LOW, sum);
	cbat_sum_alert(packs, n, rules, total.full, PSY_ALERT_CRITICAL, sum);
	cbat_sum_level(packs, n, rules, sum);
	cbat_sum_health(packs, n, alive, sum);
	cbat_sum_voltage(packs, n, alive, rules, sum);
	cbat_sum_max(packs, n, alive, PSY_TEMP, sum);
	cbat_sum_max(packs, n, alive, PSY_CYCLE_COUNT, sum);
	cbat_sum_common(packs, n, alive, PSY_TECHNOLOGY, POWER_SUPPLY_TECHNOLOGY_UNKNOWN, sum);
	cbat_sum_common(packs, n, alive, PSY_CHARGE_BEHAVIOUR,
			POWER_SUPPLY_CHARGE_BEHAVIOUR_AUTO, sum);
	cbat_sum_equal(packs, n, alive, PSY_CHARGE_START_THRESHOLD, sum);
	cbat_sum_equal(packs, n, alive, PSY_CHARGE_END_THRESHOLD, sum);
}
EXPORT_SYMBOL_IF_KUNIT(cbat_aggregate);
