// SPDX-License-Identifier: GPL-2.0-only
/* Transfers to and from the device, and their retries. */
#include <kunit/visibility.h>
#include <linux/errno.h>
#include <linux/lockdep.h>
#include <linux/module.h>
#include <linux/regmap.h>

#include "internal.h"
#include "trace.h"

static void psy_count_error(struct psy_stats *stats, int err)
{
	switch (err) {
	case -ENXIO:
	case -EREMOTEIO:
		stats->err_nak++;
		break;
	case -ETIMEDOUT:
		stats->err_timeout++;
		break;
	case -EBADMSG:
		stats->err_pec++;
		break;
	default:
		stats->err_other++;
		break;
	}
}

/**
 * psy_miniclass_retry() - account for a transfer and decide whether to retry it
 * @mc: the instance
 * @err: result of the transfer, negative on error
 *
 * For hooks that access the bus without psy_miniclass_read(), as in
 * ``do { ret = transfer(); } while (psy_miniclass_retry(mc, ret));``. All
 * transfers of a refresh share one budget of retries, which limits the time lost
 * on a dead bus.
 *
 * Context: inside a hook (the lock of the instance is held).
 * Return: true if the transfer failed and may be retried.
 */
bool psy_miniclass_retry(struct psy_miniclass *mc, int err)
{
	lockdep_assert_held(&mc->lock);

	mc->stats.transfers++;
	if (err >= 0) {
		if (mc->first_contact)
			mc->budget = mc->max_retries;
		mc->first_contact = false;
		return false;
	}

	trace_psy_error(mc, err);
	psy_count_error(&mc->stats, err);
	if (err == -EOPNOTSUPP || err == -EINVAL || mc->budget <= 0)
		return false;

	mc->budget--;
	mc->stats.retries++;
	return true;
}
EXPORT_SYMBOL_NS_GPL(psy_miniclass_retry, "PSY_MINICLASS");

/**
 * psy_chip_reg() - get the number of a register in the regmap
 * @mc: the instance
 * @reg: register number, or index into the register map of the variant
 *
 * Context: any.
 * Return: the number, or %PSY_REG_NONE if this variant lacks the register.
 */
unsigned int psy_chip_reg(const struct psy_miniclass *mc, unsigned int reg)
{
	const struct psy_miniclass_desc *desc = mc->desc;

	if (!desc->reg_map)
		return reg;
	return reg < desc->num_regs ? desc->reg_map[reg] : PSY_REG_NONE;
}
EXPORT_SYMBOL_IF_KUNIT(psy_chip_reg);

/**
 * psy_bus_read() - read a register
 * @mc: the instance
 * @chip_reg: its number in the regmap
 * @val: where to store the raw value
 *
 * Context: the lock of the instance is held. May sleep.
 * Return: as psy_miniclass_read().
 */
int psy_bus_read(struct psy_miniclass *mc, unsigned int chip_reg, unsigned int *val)
{
	int ret;

	do {
		ret = regmap_read(mc->regmap, chip_reg, val);
	} while (psy_miniclass_retry(mc, ret));

	return psy_transfer_errno(ret);
}

/**
 * psy_miniclass_read() - read a register from within a hook
 * @mc: the instance
 * @reg: register number, or index into &psy_miniclass_desc->reg_map
 * @val: where to store the raw value
 *
 * Some adapters return -ENODEV for a missing reply. Returned by a hook, -ENODEV
 * means that the pack is known to be gone. A single transfer cannot prove that, so
 * the error is changed to -ENXIO.
 *
 * Context: inside a hook (the lock of the instance is held). May sleep.
 * Return: 0; -EOPNOTSUPP if this variant lacks the register; or the bus error of the
 * last retry, never -ENODEV.
 */
int psy_miniclass_read(struct psy_miniclass *mc, unsigned int reg, unsigned int *val)
{
	unsigned int chip_reg = psy_chip_reg(mc, reg);

	return chip_reg == PSY_REG_NONE ? -EOPNOTSUPP : psy_bus_read(mc, chip_reg, val);
}
EXPORT_SYMBOL_NS_GPL(psy_miniclass_read, "PSY_MINICLASS");

/**
 * psy_bus_bulk_read() - read successive registers in one transfer
 * @mc: the instance, whose regmap transfers several registers at once
 * @chip_reg: number of the first register in the regmap
 * @buf: where to store the values; each has the size of a register
 * @count: number of registers
 *
 * Context: the lock of the instance is held. May sleep.
 * Return: as psy_miniclass_read().
 */
int psy_bus_bulk_read(struct psy_miniclass *mc, unsigned int chip_reg, void *buf,
		      unsigned int count)
{
	int ret;

	do {
		ret = regmap_bulk_read(mc->regmap, chip_reg, buf, count);
	} while (psy_miniclass_retry(mc, ret));

	return psy_transfer_errno(ret);
}

/**
 * psy_miniclass_bulk_read() - read successive registers from within a hook
 * @mc: the instance
 * @reg: first register: its number, or an index into &psy_miniclass_desc->reg_map
 * @buf: where to store the values; each has the size of a register
 * @count: number of registers
 *
 * One transfer, unless the adapter can transfer single registers only.
 *
 * Context: inside a hook (the lock of the instance is held). May sleep.
 * Return: as psy_miniclass_read().
 */
int psy_miniclass_bulk_read(struct psy_miniclass *mc, unsigned int reg, void *buf,
			    unsigned int count)
{
	unsigned int chip_reg = psy_chip_reg(mc, reg);

	return chip_reg == PSY_REG_NONE ? -EOPNOTSUPP :
					  psy_bus_bulk_read(mc, chip_reg, buf, count);
}
EXPORT_SYMBOL_NS_GPL(psy_miniclass_bulk_read, "PSY_MINICLASS");

/**
 * psy_miniclass_write() - write a register from within a hook
 * @mc: the instance
 * @reg: register number, or index into &psy_miniclass_desc->reg_map
 * @val: raw value
 *
 * A failed write is repeated, as long as the retries of the refresh last. Not for
 * registers where a write that was lost on its way back must not be repeated.
 *
 * Context: inside a hook (the lock of the instance is held). May sleep.
 * Return: as psy_miniclass_read().
 */
int psy_miniclass_write(struct psy_miniclass *mc, unsigned int reg, unsigned int val)
{
	unsigned int chip_reg = psy_chip_reg(mc, reg);
	int ret;

	if (chip_reg == PSY_REG_NONE)
		return -EOPNOTSUPP;
	do {
		ret = regmap_write(mc->regmap, chip_reg, val);
	} while (psy_miniclass_retry(mc, ret));

	return psy_transfer_errno(ret);
}
EXPORT_SYMBOL_NS_GPL(psy_miniclass_write, "PSY_MINICLASS");

/**
 * psy_miniclass_bulk_write() - write successive registers from within a hook
 * @mc: the instance
 * @reg: first register: its number, or an index into &psy_miniclass_desc->reg_map
 * @buf: the values; each has the size of a register
 * @count: number of registers
 *
 * As psy_miniclass_write(), for several registers. One transfer, unless the adapter can
 * transfer single registers only.
 *
 * Context: inside a hook (the lock of the instance is held). May sleep.
 * Return: as psy_miniclass_read().
 */
int psy_miniclass_bulk_write(struct psy_miniclass *mc, unsigned int reg, const void *buf,
			     unsigned int count)
{
	unsigned int chip_reg = psy_chip_reg(mc, reg);
	int ret;

	if (chip_reg == PSY_REG_NONE)
		return -EOPNOTSUPP;
	do {
		ret = regmap_bulk_write(mc->regmap, chip_reg, buf, count);
	} while (psy_miniclass_retry(mc, ret));

	return psy_transfer_errno(ret);
}
EXPORT_SYMBOL_NS_GPL(psy_miniclass_bulk_write, "PSY_MINICLASS");

/**
 * psy_miniclass_update_bits() - change bits of a register from within a hook
 * @mc: the instance
 * @reg: register number, or index into &psy_miniclass_desc->reg_map
 * @mask: bits to change
 * @val: their new value
 *
 * The register is always read, and written only if a bit changes.
 *
 * Context: inside a hook (the lock of the instance is held). May sleep.
 * Return: as psy_miniclass_read().
 */
int psy_miniclass_update_bits(struct psy_miniclass *mc, unsigned int reg, unsigned int mask,
			      unsigned int val)
{
	unsigned int old, new;
	int ret;

	ret = psy_miniclass_read(mc, reg, &old);
	if (ret)
		return ret;
	new = (old & ~mask) | (val & mask);
	return new == old ? 0 : psy_miniclass_write(mc, reg, new);
}
EXPORT_SYMBOL_NS_GPL(psy_miniclass_update_bits, "PSY_MINICLASS");

/* Set all factors to 1: those of another pack do not apply. */
void psy_reset_scales(struct psy_miniclass *mc)
{
	unsigned int i;

	for (i = 0; i < PSY_NR_SCALES; i++)
		mc->scale[i] = (struct psy_scale){ 1, 1 };
}

/**
 * psy_miniclass_set_scale() - set the factor of a scale group
 * @mc: the instance
 * @group: the scale group, not %PSY_SCALE_NONE
 * @mul: multiplier, or 0 if it is not known, as that of a sense resistor that is not
 *	described: the values of the group are unknown then
 * @div: divisor, more than 0
 *
 * Context: inside a hook (the lock of the instance is held).
 */
void psy_miniclass_set_scale(struct psy_miniclass *mc, enum psy_scale_group group,
			     int mul, int div)
{
	lockdep_assert_held(&mc->lock);

	mc->scale[group] = (struct psy_scale){ mul, div };
}
EXPORT_SYMBOL_NS_GPL(psy_miniclass_set_scale, "PSY_MINICLASS");
