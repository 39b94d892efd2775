// SPDX-License-Identifier: GPL-2.0-only
/*
 * Read bursts. The core builds a uevent by reading all properties one after the
 * other in the order of the list, with no hint that they belong together. All reads
 * of a task that follows exactly this order therefore use the snapshot of its first
 * read. Otherwise the pack could be swapped in between, and the uevent would have
 * the serial number of one pack and the charge of a different one.
 *
 * A burst ends when its task reads anything but the next property, or exits. There
 * is no timeout, as a task may be preempted for any time. A burst that takes long
 * gets newer values of the same pack, but never values of a different pack.
 */
#include <kunit/visibility.h>
#include <linux/lockdep.h>
#include <linux/module.h>
#include <linux/pid.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "internal.h"

/* The snapshot of a burst is updated when it is older than this. */
#define PSY_BURST_MS	1000

static void psy_info_ref_free(struct rcu_head *rcu)
{
	kfree(container_of(rcu, struct psy_info_ref, rcu));
}

static void psy_info_ref_release(struct kref *ref)
{
	struct psy_info_ref *info_ref = container_of(ref, struct psy_info_ref, ref);

	call_rcu_tasks(&info_ref->rcu, psy_info_ref_free);
}

/**
 * psy_info_ref_put() - drop a reference to an info
 * @info_ref: the info
 *
 * The power_supply core prints strings after get_property() has returned, without
 * holding a lock or a reference of ours. It does not sleep in between, so the info
 * is freed after every task has slept, or been in user space, at least once.
 *
 * Context: any.
 */
void psy_info_ref_put(struct psy_info_ref *info_ref)
{
	kref_put(&info_ref->ref, psy_info_ref_release);
}
EXPORT_SYMBOL_IF_KUNIT(psy_info_ref_put);

/* Wait until every info is freed, before the module is unloaded. */
void psy_info_ref_exit(void)
{
#ifdef CONFIG_TASKS_RCU
	rcu_barrier_tasks();
#else
	rcu_barrier();
#endif
}

static void psy_burst_end(struct psy_burst *b)
{
	put_pid(b->reader);
	b->reader = NULL;
	if (b->info_ref)
		psy_info_ref_put(b->info_ref);
	b->info_ref = NULL;
}

/* Compare struct pid: a PID number may be reused, a referenced struct pid may not. */
static struct psy_burst *psy_burst_find(struct psy_miniclass *mc)
{
	unsigned int i;

	lockdep_assert_held(&mc->snap_lock);

	for (i = 0; i < PSY_NR_BURSTS; i++)
		if (mc->bursts[i].reader == task_pid(current))
			return &mc->bursts[i];
	return NULL;
}

static bool psy_burst_abandoned(const struct psy_burst *b)
{
	struct task_struct *task;
	bool dead;

	rcu_read_lock();
	task = pid_task(b->reader, PIDTYPE_PID);
	dead = !task || READ_ONCE(task->exit_state);
	rcu_read_unlock();
	return dead;
}

/*
 * Get an entry for a new burst: an unused one, else that of a task that has exited,
 * else the least recently used one.
 */
static struct psy_burst *psy_burst_alloc(struct psy_miniclass *mc)
{
	struct psy_burst *oldest = &mc->bursts[0];
	unsigned int i;

	for (i = 0; i < PSY_NR_BURSTS; i++) {
		if (!mc->bursts[i].reader)
			return &mc->bursts[i];
		if (mc->bursts[i].rank < oldest->rank)
			oldest = &mc->bursts[i];
	}
	for (i = 0; i < PSY_NR_BURSTS; i++) {
		if (psy_burst_abandoned(&mc->bursts[i])) {
			oldest = &mc->bursts[i];
			break;
		}
	}
	psy_burst_end(oldest);
	return oldest;
}

static struct psy_burst *psy_burst_begin(struct psy_miniclass *mc)
{
	struct psy_burst *b = psy_burst_alloc(mc);

	b->reader = get_pid(task_pid(current));
	b->next = 0;
	b->since = ktime_get_boottime();
	b->snap = mc->snap;
	b->info_ref = mc->info_ref;
	if (b->info_ref)
		kref_get(&b->info_ref->ref);
	return b;
}

static void psy_burst_step(struct psy_miniclass *mc, struct psy_burst *b)
{
	b->rank = ++mc->burst_rank;
	if (++b->next == mc->psy_desc.num_properties)
		psy_burst_end(b);
}

/* Get a property from a snapshot, or a limit from the settings. */
int psy_snap_get(struct psy_miniclass *mc, const struct psy_snapshot *snap,
		 const struct psy_info *info, enum power_supply_property psp,
		 union power_supply_propval *val)
{
	lockdep_assert_held(&mc->snap_lock);

	if (psy_limit_of(psp)) {
		if (snap->tag == PSY_TAG_NONE)
			return -ENODEV;
		val->intval = psy_limit_get(mc, psp);
		return 0;
	}
	return psy_prop_get(snap, info, psp, val);
}

/**
 * psy_burst_get() - get a property within a burst
 * @mc: the instance
 * @index: index of the property in the list
 * @psp: the property
 * @refreshed: the caller has just called psy_refresh()
 * @val: where to store the value
 * @ret: where to store the return value of psy_snap_get()
 *
 * Up to %PSY_NR_BURSTS tasks can be in the middle of a burst. If there are more,
 * the least recently used burst ends, and its task reads the newest snapshot from
 * then on.
 *
 * Context: process; held: psy_miniclass::snap_lock.
 * Return: true if @val and @ret have been set. If false, the caller has to refresh
 * and call again; if it has done so, it has to use the newest snapshot.
 */
bool psy_burst_get(struct psy_miniclass *mc, unsigned int index,
		   enum power_supply_property psp, bool refreshed,
		   union power_supply_propval *val, int *ret)
{
	struct psy_burst *b = psy_burst_find(mc);
	ktime_t now = ktime_get_boottime();

	if (b && b->next != index) {
		psy_burst_end(b);
		b = NULL;
	}
	if (!index && refreshed)
		b = psy_burst_begin(mc);
	if (!b)
		return false;

	if (ktime_ms_delta(now, b->since) > PSY_BURST_MS) {
		if (!refreshed)
			return false;
		if (b->snap.tag == mc->snap.tag)
			b->snap = mc->snap;
		b->since = now;
	}

	*ret = psy_snap_get(mc, &b->snap, b->info_ref ? &b->info_ref->info : NULL, psp, val);
	psy_burst_step(mc, b);
	return true;
}

/**
 * psy_burst_skip() - account for a property that was read without a snapshot
 * @mc: the instance
 * @index: index of the property in the list
 *
 * Advances the burst if this is its next property. If not, the read came from a
 * nested call in the middle of the burst, which is left unchanged.
 *
 * Context: process; held: psy_miniclass::snap_lock.
 */
void psy_burst_skip(struct psy_miniclass *mc, unsigned int index)
{
	struct psy_burst *b = psy_burst_find(mc);

	if (b && b->next == index)
		psy_burst_step(mc, b);
}

/* End all bursts. Called when no new readers are possible. */
void psy_burst_drain(struct psy_miniclass *mc)
{
	unsigned int i;

	for (i = 0; i < PSY_NR_BURSTS; i++)
		if (mc->bursts[i].reader)
			psy_burst_end(&mc->bursts[i]);
}
