// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whole readings. The core makes a uevent file by asking for one property after
 * the other in the order of the list, and cannot say that they belong together.
 * A task that asks in exactly this order is therefore served from the snapshot
 * of its first question; else the pack might be changed in the middle, and the
 * file would show the serial number of one and the charge of another.
 */
#include <linux/sched.h>

#include "internal.h"

/*
 * From one question to the next: longer than a task is kept from its processor,
 * and so short that who reads single files in this order does not notice.
 */
#define PSY_PASS_MS	100

static struct psy_pass *psy_pass_find(struct psy_miniclass *mc)
{
	unsigned int i;

	for (i = 0; i < PSY_NR_PASSES; i++)
		if (mc->passes[i].task == current &&
		    mc->passes[i].start == current->start_boottime)
			return &mc->passes[i];
	return NULL;
}

/**
 * psy_pass_get() - answer from the snapshot of a reading that has begun
 * @mc: the instance
 * @index: place of the property in the list
 * @psp: the property
 * @val: where to store the value
 * @ret: where to store what psy_prop_get() says
 *
 * Context: any; held: psy_miniclass::pub.
 * Return: true when it was answered.
 */
bool psy_pass_get(struct psy_miniclass *mc, unsigned int index,
		  enum power_supply_property psp, union power_supply_propval *val,
		  int *ret)
{
	struct psy_pass *p = index ? psy_pass_find(mc) : NULL;

	if (!p)
		return false;
	if (p->next != index || ktime_after(ktime_get_boottime(), p->until)) {
		p->task = NULL;
		return false;
	}

	*ret = psy_answer(mc, &p->snap, p->info, psp, val);
	p->until = ktime_add_ms(ktime_get_boottime(), PSY_PASS_MS);
	if (++p->next == mc->psy_desc.num_properties)
		p->task = NULL;
	return true;
}

/**
 * psy_pass_begin() - the first property of the list has been asked for
 * @mc: the instance
 *
 * When more tasks read at the same moment than there is room for, the others
 * get what is newest at each question.
 *
 * Context: any; held: psy_miniclass::pub.
 */
void psy_pass_begin(struct psy_miniclass *mc)
{
	struct psy_pass *p = psy_pass_find(mc);
	ktime_t now = ktime_get_boottime();
	unsigned int i;

	for (i = 0; !p && i < PSY_NR_PASSES; i++)
		if (!mc->passes[i].task || ktime_after(now, mc->passes[i].until))
			p = &mc->passes[i];
	if (!p)
		return;

	p->task = current;
	p->start = current->start_boottime;
	p->next = 1;
	p->until = ktime_add_ms(now, PSY_PASS_MS);
	p->snap = mc->snap;
	p->info = mc->box ? &mc->box->info : NULL;
}
