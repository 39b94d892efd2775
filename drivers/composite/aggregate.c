// SPDX-License-Identifier: GPL-2.0-only
/*
 * Many packs, added up to one. Pure: no state, no device.
 *
 * Amounts are energies: packs of different voltage cannot be added up in ampere
 * hours. What is unknown is left out of every sum that it belongs to, and is
 * never taken for zero.
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

static int comp_status(const struct psy_values *v)
{
	int status = POWER_SUPPLY_STATUS_UNKNOWN;

	psy_values_get(v, PSY_STATUS, &status);
	return status;
}

/*
 * The voltage that turns charge into energy: of design, or one that does not change
 * with the load, or else the present one.
 */
static bool comp_voltage(const struct comp_pack *p, int *uv)
{
	if (!psy_values_get(&p->v, PSY_VOLTAGE_MIN_DESIGN, uv) && *uv > 0)
		return true;
	*uv = p->nominal;
	return *uv > 0 || (!psy_values_get(&p->v, PSY_VOLTAGE_NOW, uv) && *uv > 0);
}

/**
 * comp_is_dead() - whether a pack has no voltage
 * @v: its values
 *
 * Such a pack reports what it could hold, but has nothing to give.
 *
 * Context: any; pure.
 * Return: false also when the voltage is unknown.
 */
bool comp_is_dead(const struct psy_values *v)
{
	int uv;

	return !psy_values_get(v, PSY_VOLTAGE_NOW, &uv) && uv <= 0;
}

/**
 * comp_is_working() - whether a pack supplies the machine
 * @v: its values
 *
 * Context: any; pure.
 * Return: true while it is discharged.
 */
bool comp_is_working(const struct psy_values *v)
{
	return comp_status(v) == POWER_SUPPLY_STATUS_DISCHARGING;
}

/**
 * comp_is_in_use() - whether a pack supplies the machine, or something charges it
 * @v: its values
 *
 * Context: any; pure.
 * Return: true while it is charged or discharged.
 */
bool comp_is_in_use(const struct psy_values *v)
{
	return comp_is_working(v) || comp_status(v) == POWER_SUPPLY_STATUS_CHARGING;
}

/**
 * comp_rate() - which way the energy flows, and how fast
 * @v: what the pack tells
 * @uw: where to store it, µW, negative when the pack is discharged
 *
 * The status decides about the sign while the pack is charged or discharged:
 * some drivers tell a magnitude only.
 *
 * Context: any; pure.
 * Return: false when it is unknown.
 */
bool comp_rate(const struct psy_values *v, s64 *uw)
{
	int status = comp_status(v);
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
EXPORT_SYMBOL_IF_KUNIT(comp_rate);

/* An amount in µWh, told as such or as a charge. */
static bool comp_amount(const struct comp_pack *p, enum psy_field energy,
			enum psy_field charge, s64 *uwh)
{
	int val, uv;

	if (!psy_values_get(&p->v, energy, &val)) {
		*uwh = val;
		return true;
	}
	if (psy_values_get(&p->v, charge, &val) || !comp_voltage(p, &uv))
		return false;
	*uwh = div_s64((s64)val * uv, MICRO);
	return true;
}

/**
 * comp_amounts() - what a pack holds, whatever unit it counts in
 * @p: the pack
 * @a: where to store it
 *
 * A pack that has not learned its full capacity has that of its design. One that
 * tells only a percentage of a known whole holds that part of it.
 *
 * Context: any; pure.
 * Return: false when it is unknown; then nothing of the pack can be added up.
 */
bool comp_amounts(const struct comp_pack *p, struct comp_amounts *a)
{
	bool has_design;
	int percent;

	has_design = comp_amount(p, PSY_ENERGY_FULL_DESIGN, PSY_CHARGE_FULL_DESIGN, &a->design) &&
		     a->design > 0;
	if (!comp_amount(p, PSY_ENERGY_FULL, PSY_CHARGE_FULL, &a->full) || a->full <= 0) {
		if (!has_design)
			return false;
		a->full = a->design;
	}
	if (!has_design)
		a->design = a->full;

	if (comp_amount(p, PSY_ENERGY_NOW, PSY_CHARGE_NOW, &a->now))
		return a->now >= 0;
	if (psy_values_get(&p->v, PSY_CAPACITY, &percent))
		return false;
	a->now = div_s64(a->full * clamp(percent, 0, 100), 100);
	return true;
}
EXPORT_SYMBOL_IF_KUNIT(comp_amounts);

/**
 * comp_mixed_flow() - whether some members are charged and others discharged
 * @packs: the members
 * @n: their number
 *
 * Context: any; pure.
 * Return: true if so; only then &comp_rules->online matters.
 */
bool comp_mixed_flow(const struct comp_pack *packs, unsigned int n)
{
	bool in = false, out = false;
	unsigned int i;

	for (i = 0; i < n; i++) {
		if (!packs[i].present || comp_is_dead(&packs[i].v))
			continue;
		in |= comp_status(&packs[i].v) == POWER_SUPPLY_STATUS_CHARGING;
		out |= comp_status(&packs[i].v) == POWER_SUPPLY_STATUS_DISCHARGING;
	}
	return in && out;
}
EXPORT_SYMBOL_IF_KUNIT(comp_mixed_flow);

/*
 * The signed rates of some packs together. Unknown as soon as one of them may flow
 * and does not tell its rate: a part of the sum would pass for all of it.
 */
static bool comp_net_power(const struct comp_pack *packs, unsigned int n, u64 which, s64 *power)
{
	bool known = false;
	unsigned int i;
	int status;
	s64 rate;

	*power = 0;
	for (i = 0; i < n; i++) {
		if (!(which & BIT_ULL(i)))
			continue;
		if (comp_rate(&packs[i].v, &rate)) {
			*power += rate;
			known = true;
			continue;
		}
		status = comp_status(&packs[i].v);
		if (status != POWER_SUPPLY_STATUS_FULL &&
		    status != POWER_SUPPLY_STATUS_NOT_CHARGING)
			return false;
	}
	return known;
}

/* Desktop software divides energy by power: both are of the same packs. */
static void comp_sum_power(const struct comp_pack *packs, unsigned int n, u64 alive,
			   struct comp_sum *sum)
{
	sum->power_known = comp_net_power(packs, n, sum->counted ?: alive, &sum->power);
	if (sum->power_known)
		psy_values_set(&sum->values, PSY_POWER_NOW, abs(sum->power));
	else
		sum->power = 0;
}

/*
 * A pack that charges from another one is no charger: without one, the composite is
 * discharged, unless more flows in than out, which can only come from outside. With
 * one, nothing left over is neither.
 */
static int comp_mixed_status(const struct comp_pack *packs, unsigned int n, u64 alive,
			     const struct comp_rules *rules)
{
	s64 power;

	if (!comp_net_power(packs, n, alive, &power) || power < 0)
		return POWER_SUPPLY_STATUS_DISCHARGING;
	if (power > 0)
		return POWER_SUPPLY_STATUS_CHARGING;
	return rules->online ? POWER_SUPPLY_STATUS_NOT_CHARGING :
			       POWER_SUPPLY_STATUS_DISCHARGING;
}

static void comp_sum_status(const struct comp_pack *packs, unsigned int n, u64 alive,
			    const struct comp_rules *rules, struct comp_sum *sum)
{
	unsigned int seen[5] = { 0 }, i;
	int status;

	for (i = 0; i < n; i++) {
		status = comp_status(&packs[i].v);
		if ((alive & BIT_ULL(i)) && status >= 0 && status < (int)ARRAY_SIZE(seen))
			seen[status]++;
	}

	if (seen[POWER_SUPPLY_STATUS_CHARGING] && seen[POWER_SUPPLY_STATUS_DISCHARGING])
		status = comp_mixed_status(packs, n, alive, rules);
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

/* Take what counts of each member into @total; series chains are another matter. */
static void comp_sum_amounts(const struct comp_pack *packs, unsigned int n, u64 alive,
			     struct comp_amounts *total, struct comp_sum *sum)
{
	struct comp_amounts a;
	unsigned int i;

	for (i = 0; i < n; i++) {
		if (!(alive & BIT_ULL(i)) || !comp_amounts(&packs[i], &a))
			continue;
		total->now += a.now;
		total->full += a.full;
		total->design += a.design;
		sum->counted |= BIT_ULL(i);
	}
}

/* µWh of a charge through a chain of so many µV; false when it is too much. */
static bool comp_chain_energy(s64 uah, s64 uv, s64 *uwh)
{
	s64 product;

	if (check_mul_overflow(uah, div_s64(uv, MILLI), &product))
		return false;
	*uwh = div_s64(product, MILLI);
	return true;
}

/*
 * In a chain the same charge goes through all: it is empty with the first that is
 * empty, and full with the first that is full. One that cannot tell, and one that
 * is missing, leave nothing to be said of the chain.
 */
static void comp_sum_chain(const struct comp_pack *packs, unsigned int n, u64 alive,
			   struct comp_amounts *total, struct comp_sum *sum)
{
	struct comp_amounts chain = { S64_MAX, S64_MAX, S64_MAX }, a;
	unsigned int i;
	s64 volts = 0;
	int uv;

	for (i = 0; i < n; i++) {
		if (!(alive & BIT_ULL(i)) || !comp_amounts(&packs[i], &a) ||
		    !comp_voltage(&packs[i], &uv))
			return;
		/* µAh; the largest amount is 2^62 over a million */
		chain.now = min(chain.now, div_s64(a.now * MICRO, uv));
		chain.full = min(chain.full, div_s64(a.full * MICRO, uv));
		chain.design = min(chain.design, div_s64(a.design * MICRO, uv));
		volts += uv;
	}
	if (n && comp_chain_energy(min(chain.now, chain.full), volts, &total->now) &&
	    comp_chain_energy(chain.full, volts, &total->full) &&
	    comp_chain_energy(chain.design, volts, &total->design))
		sum->counted = alive;
}

static void comp_publish_amounts(const struct comp_amounts *total, struct comp_sum *sum)
{
	struct psy_values *v = &sum->values;
	int status = comp_status(v);

	if (!sum->counted || total->full <= 0)
		return;
	/* One of them without the other would be divided by something else. */
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

/* Where nobody knows amounts, a percentage is all there is: packs count alike. */
static void comp_sum_relative(const struct comp_pack *packs, unsigned int n, u64 alive,
			      const struct comp_rules *rules, struct comp_sum *sum)
{
	int percent, lowest = 100, total = 0, members = 0;
	unsigned int i;
	u64 counted = 0;

	for (i = 0; i < n; i++) {
		if (!(alive & BIT_ULL(i)) || psy_values_get(&packs[i].v, PSY_CAPACITY, &percent)) {
			if (rules->topology == COMP_SERIES)
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
	psy_values_set(&sum->values, PSY_CAPACITY, rules->topology == COMP_SERIES ?
		       lowest : (total + members / 2) / members);
}

/* The alert levels of the members, as parts of the whole, in percent */
static void comp_sum_alert(const struct comp_pack *packs, unsigned int n,
			   const struct comp_rules *rules, s64 full, enum psy_field field,
			   struct comp_sum *sum)
{
	s64 total = 0, amount;
	struct comp_amounts a;
	bool known = false;
	unsigned int i;
	int percent;

	for (i = 0; i < n; i++) {
		if (!(sum->counted & BIT_ULL(i)) ||
		    psy_values_get(&packs[i].v, field, &percent))
			continue;
		known = true;
		if (!comp_amounts(&packs[i], &a) || rules->topology == COMP_SERIES) {
			/* Of parts that are alike, or of a chain: the first to call. */
			total = max_t(s64, total, percent);
			continue;
		}
		/* One after the other: the last one calls for all. */
		amount = a.full * percent;
		total = rules->topology == COMP_SEQUENTIAL ? max(total, amount) : total + amount;
	}
	if (known && full > 0 && rules->topology != COMP_SERIES)
		total = div64_s64(total + full - 1, full);
	if (known)
		psy_values_set(&sum->values, field, min(total, 100LL));
}

/* The level by what the members say of themselves. */
static int comp_voted_level(const struct comp_pack *packs, unsigned int n,
			    const struct comp_rules *rules, u64 counted)
{
	unsigned int critical = 0, low = 0, full = 0, known = 0, i;
	bool any = rules->critical == COMP_CRITICAL_ANY;
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
		/* An empty pack that rests is no reason to worry about the others. */
		critical += level == POWER_SUPPLY_CAPACITY_LEVEL_CRITICAL &&
			    (!any || comp_status(&packs[i].v) == POWER_SUPPLY_STATUS_DISCHARGING);
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

static void comp_sum_level(const struct comp_pack *packs, unsigned int n,
			   const struct comp_rules *rules, struct comp_sum *sum)
{
	int level = comp_voted_level(packs, n, rules, sum->counted);
	int capacity, alert;

	if (!psy_values_get(&sum->values, PSY_CAPACITY, &capacity)) {
		if (!psy_values_get(&sum->values, PSY_ALERT_LOW, &alert)) {
			if (capacity < alert && level != POWER_SUPPLY_CAPACITY_LEVEL_CRITICAL)
				level = POWER_SUPPLY_CAPACITY_LEVEL_LOW;
			else if (level == POWER_SUPPLY_CAPACITY_LEVEL_UNKNOWN)
				level = POWER_SUPPLY_CAPACITY_LEVEL_NORMAL;
		}
		if (rules->critical == COMP_CRITICAL_ENERGY &&
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

/* The larger, the worse. What a newer kernel knows beside these is a failure. */
static int comp_health_rank(int health)
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

static void comp_sum_health(const struct comp_pack *packs, unsigned int n, u64 alive,
			    struct comp_sum *sum)
{
	int worst = POWER_SUPPLY_HEALTH_UNKNOWN, health;
	unsigned int i;

	for (i = 0; i < n; i++)
		if ((alive & BIT_ULL(i)) && !psy_values_get(&packs[i].v, PSY_HEALTH, &health) &&
		    comp_health_rank(health) > comp_health_rank(worst))
			worst = health;
	if (sum->dead)
		worst = POWER_SUPPLY_HEALTH_DEAD;
	if (worst != POWER_SUPPLY_HEALTH_UNKNOWN)
		psy_values_set(&sum->values, PSY_HEALTH, worst);
}

static void comp_sum_max(const struct comp_pack *packs, unsigned int n, u64 alive,
			 enum psy_field field, struct comp_sum *sum)
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

/* Voltages of a chain add up, if all are known. */
static void comp_sum_series(const struct comp_pack *packs, unsigned int n, u64 alive,
			    enum psy_field field, struct comp_sum *sum)
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

/* One after the other: the voltage is that of the pack that works. */
static void comp_active_voltage(const struct comp_pack *packs, unsigned int n, u64 alive,
				struct comp_sum *sum)
{
	s64 rate, most = 0;
	unsigned int i;
	int uv;

	for (i = 0; i < n; i++) {
		if (!(alive & BIT_ULL(i)) || !comp_rate(&packs[i].v, &rate) ||
		    psy_values_get(&packs[i].v, PSY_VOLTAGE_NOW, &uv) || abs(rate) <= most)
			continue;
		most = abs(rate);
		psy_values_set(&sum->values, PSY_VOLTAGE_NOW, uv);
	}
}

static void comp_sum_voltage(const struct comp_pack *packs, unsigned int n, u64 alive,
			     const struct comp_rules *rules, struct comp_sum *sum)
{
	if (rules->topology == COMP_SERIES) {
		comp_sum_series(packs, n, alive, PSY_VOLTAGE_NOW, sum);
		comp_sum_series(packs, n, alive, PSY_VOLTAGE_MIN_DESIGN, sum);
		return;
	}
	comp_sum_max(packs, n, alive, PSY_VOLTAGE_NOW, sum);
	comp_sum_max(packs, n, alive, PSY_VOLTAGE_MIN_DESIGN, sum);
	if (rules->topology == COMP_SEQUENTIAL)
		comp_active_voltage(packs, n, alive, sum);
}

/* What all have in common that tell it, or else @differ. */
static void comp_sum_common(const struct comp_pack *packs, unsigned int n, u64 alive,
			    enum psy_field field, int differ, struct comp_sum *sum)
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

/**
 * comp_fields() - what a sum may report
 * @listed: fields that the property list of any member allows
 * @sum: the present sum
 *
 * The property list of a supply is fixed, but a member that rests or has just been
 * inserted reports less than it will.
 *
 * Context: any; pure.
 * Return: mask of %PSY_BIT(). Fields that are rarely supported are only in it when
 * the sum has a value.
 */
u64 comp_fields(u64 listed, const struct comp_sum *sum)
{
	const u64 alike = PSY_BIT(PSY_HEALTH) | PSY_BIT(PSY_VOLTAGE_NOW) | PSY_BIT(PSY_TEMP) |
			  PSY_BIT(PSY_CAPACITY_LEVEL);
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
EXPORT_SYMBOL_IF_KUNIT(comp_fields);

/**
 * comp_aggregate() - add up packs
 * @packs: the members
 * @n: their number, up to %COMP_MAX_MEMBERS
 * @rules: how to
 * @sum: where to store the whole
 *
 * A member whose amount or whose full amount is unknown is in neither sum, nor in
 * that of the rates, and one without voltage is in no sum at all. A sum too large
 * for a property is unknown.
 *
 * Context: any; pure. Linear in @n.
 */
void comp_aggregate(const struct comp_pack *packs, unsigned int n,
		    const struct comp_rules *rules, struct comp_sum *sum)
{
	struct comp_amounts total = { };
	u64 alive = 0;
	unsigned int i;

	*sum = (struct comp_sum){ };
	for (i = 0; i < n; i++) {
		if (!packs[i].present)
			continue;
		if (comp_is_dead(&packs[i].v))
			sum->dead |= BIT_ULL(i);
		else
			alive |= BIT_ULL(i);
	}

	if (rules->topology == COMP_SERIES)
		comp_sum_chain(packs, n, alive, &total, sum);
	else
		comp_sum_amounts(packs, n, alive, &total, sum);
	comp_sum_power(packs, n, alive, sum);
	comp_sum_status(packs, n, alive, rules, sum);
	if (sum->counted)
		comp_publish_amounts(&total, sum);
	else
		comp_sum_relative(packs, n, alive, rules, sum);

	comp_sum_alert(packs, n, rules, total.full, PSY_ALERT_LOW, sum);
	comp_sum_alert(packs, n, rules, total.full, PSY_ALERT_CRITICAL, sum);
	comp_sum_level(packs, n, rules, sum);
	comp_sum_health(packs, n, alive, sum);
	comp_sum_voltage(packs, n, alive, rules, sum);
	comp_sum_max(packs, n, alive, PSY_TEMP, sum);
	comp_sum_max(packs, n, alive, PSY_CYCLE_COUNT, sum);
	comp_sum_common(packs, n, alive, PSY_TECHNOLOGY, POWER_SUPPLY_TECHNOLOGY_UNKNOWN, sum);
	comp_sum_common(packs, n, alive, PSY_CHARGE_BEHAVIOUR,
			POWER_SUPPLY_CHARGE_BEHAVIOUR_AUTO, sum);
}
EXPORT_SYMBOL_IF_KUNIT(comp_aggregate);
