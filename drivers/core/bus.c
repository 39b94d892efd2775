// SPDX-License-Identifier: GPL-2.0-only
/* Transfers to and from the device, and their retries. */
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
 * psy_miniclass_read() - read a register from within a hook
 * @mc: the instance
 * @reg: register number
 * @val: where to store the raw value
 *
 * Some adapters return -ENODEV for a missing reply. Returned by a hook, -ENODEV
 * means that the pack is known to be gone. A single transfer cannot prove that, so
 * the error is changed to -ENXIO.
 *
 * Context: inside a hook (the lock of the instance is held). May sleep.
 * Return: 0 or the bus error of the last retry, never -ENODEV.
 */
int psy_miniclass_read(struct psy_miniclass *mc, unsigned int reg, unsigned int *val)
{
	int ret;

	do {
		ret = regmap_read(mc->regmap, reg, val);
	} while (psy_miniclass_retry(mc, ret));

	return ret == -ENODEV ? -ENXIO : ret;
}
EXPORT_SYMBOL_NS_GPL(psy_miniclass_read, "PSY_MINICLASS");

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
 * @mul: multiplier, not 0
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
