// SPDX-License-Identifier: GPL-2.0-only
/*
 * Read bursts. The core makes a uevent file by asking for one property after the
 * other in the order of the list, and cannot say that they belong together. A task
 * that asks in exactly this order is therefore answered from the snapshot of its
 * first question; else the pack might be changed in the middle, and the file would
 * show the serial number of one and the charge of another.
 *
 * A burst ends when its task asks for anything but the next property, or exits.
 * No clock ends it: a task may be kept from its processor for any time. A burst
 * that takes long gets newer numbers of the same pack, but never another pack.
 */
#include <kunit/visibility.h>
#include <linux/lockdep.h>
#include <linux/module.h>
#include <linux/pid.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "internal.h"

/* Numbers of a burst that is older than this are replaced by newer ones. */
#define PSY_PASS_MS	1000

static void psy_box_free(struct rcu_head *rcu)
{
	kfree(container_of(rcu, struct psy_info_box, rcu));
}

static void psy_box_release(struct kref *ref)
{
	struct psy_info_box *box = container_of(ref, struct psy_info_box, ref);

	call_rcu_tasks(&box->rcu, psy_box_free);
}

/**
 * psy_box_put() - drop a reference to an info
 * @box: the info
 *
 * The power_supply core prints strings after its get_property() call has returned,
 * without a lock or a reference of ours. It does not sleep between the two, so the
 * info is freed when every task has slept, or been in user space, at least once.
 *
 * Context: any.
 */
void psy_box_put(struct psy_info_box *box)
{
	kref_put(&box->ref, psy_box_release);
}
EXPORT_SYMBOL_IF_KUNIT(psy_box_put);

/* Wait until every info is freed. Before this module goes. */
void psy_box_exit(void)
{
#ifdef CONFIG_TASKS_RCU
	rcu_barrier_tasks();
#else
	rcu_barrier();
#endif
}

static void psy_pass_end(struct psy_pass *p)
{
	put_pid(p->reader);
	p->reader = NULL;
	if (p->box)
		psy_box_put(p->box);
	p->box = NULL;
}

/* A number may be given to another task, a struct pid with a reference may not. */
static struct psy_pass *psy_pass_find(struct psy_miniclass *mc)
{
	unsigned int i;

	lockdep_assert_held(&mc->pub);

	for (i = 0; i < PSY_NR_PASSES; i++)
		if (mc->passes[i].reader == task_pid(current))
			return &mc->passes[i];
	return NULL;
}

static bool psy_pass_abandoned(const struct psy_pass *p)
{
	struct task_struct *task;
	bool dead;

	rcu_read_lock();
	task = pid_task(p->reader, PIDTYPE_PID);
	dead = !task || READ_ONCE(task->exit_state);
	rcu_read_unlock();
	return dead;
}

/*
 * A place for one more burst: a free one, else that of a task that has exited,
 * else the one that has asked nothing for the longest sequence of questions.
 */
static struct psy_pass *psy_pass_place(struct psy_miniclass *mc)
{
	struct psy_pass *oldest = &mc->passes[0];
	unsigned int i;

	for (i = 0; i < PSY_NR_PASSES; i++) {
		if (!mc->passes[i].reader)
			return &mc->passes[i];
		if (mc->passes[i].rank < oldest->rank)
			oldest = &mc->passes[i];
	}
	for (i = 0; i < PSY_NR_PASSES; i++) {
		if (psy_pass_abandoned(&mc->passes[i])) {
			oldest = &mc->passes[i];
			break;
		}
	}
	psy_pass_end(oldest);
	return oldest;
}

static struct psy_pass *psy_pass_begin(struct psy_miniclass *mc)
{
	struct psy_pass *p = psy_pass_place(mc);

	p->reader = get_pid(task_pid(current));
	p->next = 0;
	p->since = ktime_get_boottime();
	p->snap = mc->snap;
	p->box = mc->box;
	if (p->box)
		kref_get(&p->box->ref);
	return p;
}

static void psy_pass_step(struct psy_miniclass *mc, struct psy_pass *p)
{
	p->rank = ++mc->pass_rank;
	if (++p->next == mc->psy_desc.num_properties)
		psy_pass_end(p);
}

/**
 * psy_pass_get() - answer a question that belongs to a burst
 * @mc: the instance
 * @index: place of the property in the list
 * @psp: the property
 * @refreshed: the caller has just called psy_refresh()
 * @val: where to store the value
 * @ret: where to store what psy_prop_get() says
 *
 * Up to %PSY_NR_PASSES tasks can be in the middle of a burst. When there are more,
 * the one whose last question is followed by the most questions of others is
 * answered from the newest snapshot from then on.
 *
 * Context: process; held: psy_miniclass::pub.
 * Return: true when it was answered; false when the caller has to refresh and,
 * if it has done that, to answer from the newest snapshot.
 */
bool psy_pass_get(struct psy_miniclass *mc, unsigned int index,
		  enum power_supply_property psp, bool refreshed,
		  union power_supply_propval *val, int *ret)
{
	struct psy_pass *p = psy_pass_find(mc);
	ktime_t now = ktime_get_boottime();

	if (p && p->next != index) {
		psy_pass_end(p);
		p = NULL;
	}
	if (!index && refreshed)
		p = psy_pass_begin(mc);
	if (!p)
		return false;

	if (ktime_ms_delta(now, p->since) > PSY_PASS_MS) {
		if (!refreshed)
			return false;
		if (p->snap.tag == mc->snap.tag)
			p->snap = mc->snap;
		p->since = now;
	}

	*ret = psy_answer(mc, &p->snap, p->box ? &p->box->info : NULL, psp, val);
	psy_pass_step(mc, p);
	return true;
}

/**
 * psy_pass_skip() - a property was answered without a snapshot
 * @mc: the instance
 * @index: place of the property in the list
 *
 * It is part of a burst if it is its turn. If not, it was asked for by somebody
 * who was called in the middle of the burst, which goes on.
 *
 * Context: process; held: psy_miniclass::pub.
 */
void psy_pass_skip(struct psy_miniclass *mc, unsigned int index)
{
	struct psy_pass *p = psy_pass_find(mc);

	if (p && p->next == index)
		psy_pass_step(mc, p);
}

/* End all bursts. Only when no reader can come any more. */
void psy_pass_drain(struct psy_miniclass *mc)
{
	unsigned int i;

	for (i = 0; i < PSY_NR_PASSES; i++)
		if (mc->passes[i].reader)
			psy_pass_end(&mc->passes[i]);
}
