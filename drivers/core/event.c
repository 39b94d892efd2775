// SPDX-License-Identifier: GPL-2.0-only
/* When user space is told, and who looks for changes on its behalf. */
#include <kunit/visibility.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/workqueue.h>

#include "internal.h"

/* Interval of the quick polls after a change of external power. */
#define PSY_SETTLE_JIFFIES	HZ

/* What an event would say now. */
void psy_told_fill(struct psy_told *told, const struct psy_snapshot *snap)
{
	const u64 mask = PSY_BIT(PSY_STATUS) | PSY_BIT(PSY_HEALTH) |
			 PSY_BIT(PSY_CAPACITY) | PSY_BIT(PSY_CAPACITY_LEVEL);

	memset(told, 0, sizeof(*told));
	told->tag = snap->tag;
	told->valid = snap->status.valid & mask;
	psy_values_get(&snap->status, PSY_STATUS, &told->status);
	psy_values_get(&snap->status, PSY_HEALTH, &told->health);
	psy_values_get(&snap->status, PSY_CAPACITY, &told->capacity);
	psy_values_get(&snap->status, PSY_CAPACITY_LEVEL, &told->capacity_level);
}
EXPORT_SYMBOL_IF_KUNIT(psy_told_fill);

bool psy_told_differs(const struct psy_told *a, const struct psy_told *b)
{
	return a->tag != b->tag || a->valid != b->valid || a->status != b->status ||
	       a->health != b->health || a->capacity != b->capacity ||
	       a->capacity_level != b->capacity_level;
}
EXPORT_SYMBOL_IF_KUNIT(psy_told_differs);

/**
 * psy_event_check() - tell user space if something it cares for has changed
 * @mc: the instance
 *
 * Compares with what the last event said. The event itself is sent by a worker:
 * power_supply_changed() queues work of the power_supply core, which must not
 * happen from a reader that races with unregistration.
 *
 * Context: any, without the locks of the instance.
 */
void psy_event_check(struct psy_miniclass *mc)
{
	struct psy_told told;
	unsigned long flags;

	spin_lock_irqsave(&mc->pub, flags);
	psy_told_fill(&told, &mc->snap);
	if (mc->live && !mc->dying && psy_told_differs(&told, &mc->told)) {
		if (told.status != mc->told.status || told.tag != mc->told.tag)
			mc->settle_left = 0;
		mc->told = told;
		queue_work(system_freezable_power_efficient_wq, &mc->event_work);
	}
	spin_unlock_irqrestore(&mc->pub, flags);
}

static void psy_event_work(struct work_struct *work)
{
	struct psy_miniclass *mc = container_of(work, struct psy_miniclass, event_work);

	mc->stats.events++;
	power_supply_changed(mc->psy);
}

static void psy_poll_work(struct work_struct *work)
{
	struct psy_miniclass *mc = container_of(to_delayed_work(work),
						struct psy_miniclass, poll_work);
	unsigned long delay = mc->poll;
	unsigned long flags;

	psy_refresh(mc);

	spin_lock_irqsave(&mc->pub, flags);
	if (mc->settle_left) {
		mc->settle_left--;
		delay = min(delay, PSY_SETTLE_JIFFIES);
	}
	/* A silent pack is looked after until it answers or is gone. */
	if (READ_ONCE(mc->silent_since))
		delay = min(delay, nsecs_to_jiffies(ktime_to_ns(mc->fresh)) + 1);
	if (!mc->dying)
		queue_delayed_work(system_freezable_power_efficient_wq,
				   &mc->poll_work, delay);
	spin_unlock_irqrestore(&mc->pub, flags);
}

void psy_work_init(struct psy_miniclass *mc)
{
	INIT_DELAYED_WORK(&mc->poll_work, psy_poll_work);
	INIT_WORK(&mc->event_work, psy_event_work);
}

/* After this returns nothing is queued and nothing can be. */
void psy_work_stop(struct psy_miniclass *mc)
{
	unsigned long flags;

	spin_lock_irqsave(&mc->pub, flags);
	mc->dying = true;
	spin_unlock_irqrestore(&mc->pub, flags);

	cancel_delayed_work_sync(&mc->poll_work);
	cancel_work_sync(&mc->event_work);
}

static void psy_kick(struct psy_miniclass *mc, unsigned int settle_polls)
{
	unsigned long flags;

	spin_lock_irqsave(&mc->pub, flags);
	mc->force = true;
	mc->settle_left = max(mc->settle_left, settle_polls);
	if (mc->live && !mc->dying)
		mod_delayed_work(system_freezable_power_efficient_wq,
				 &mc->poll_work, 0);
	spin_unlock_irqrestore(&mc->pub, flags);
}

/**
 * psy_miniclass_changed() - the hardware says that something has changed
 * @mc: the instance
 *
 * Carries no data: the class reads the device, compares, and tells user space
 * only what is really different. Until then reads do not trust the snapshot.
 *
 * A driver that calls this from an interrupt handler requests the interrupt
 * after devm_psy_miniclass_register(), so that it is freed first.
 *
 * Context: any.
 */
void psy_miniclass_changed(struct psy_miniclass *mc)
{
	psy_kick(mc, 0);
}
EXPORT_SYMBOL_NS_GPL(psy_miniclass_changed, "PSY_MINICLASS");

/* A pack takes a while to notice that its charger has come or gone. */
void psy_external_power_changed(struct power_supply *psy)
{
	struct psy_miniclass *mc = power_supply_get_drvdata(psy);

	psy_kick(mc, mc->settle_polls);
}
