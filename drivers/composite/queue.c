// SPDX-License-Identifier: GPL-2.0-only
/* The list of composites, and when each of them is assembled */
#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "composite.h"

DEFINE_SPINLOCK(cbat_list_lock);
LIST_HEAD(cbat_list);

/**
 * cbat_queue() - find and read the members again
 * @c: the composite
 * @delay: jiffies
 *
 * The earliest of all requested times is kept: a later request must not delay it.
 *
 * Context: any; held: cbat_list_lock.
 */
void cbat_queue(struct cbat *c, unsigned long delay)
{
	unsigned long due = jiffies + delay;

	lockdep_assert_held(&cbat_list_lock);
	if (delayed_work_pending(&c->assemble) && !time_before(due, c->due))
		return;
	c->due = due;
	mod_delayed_work(system_freezable_wq, &c->assemble, delay);
}

/**
 * cbat_rescan() - find the members again after a supply was added or removed
 *
 * Context: any.
 */
void cbat_rescan(void)
{
	struct cbat *c;

	spin_lock(&cbat_list_lock);
	list_for_each_entry(c, &cbat_list, node)
		cbat_queue(c, CBAT_SETTLE);
	spin_unlock(&cbat_list_lock);
}
