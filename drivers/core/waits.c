// SPDX-License-Identifier: GPL-2.0-only
/* Tasks that wait for a condition of an object, until the object ends. */
#include <kunit/visibility.h>
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/sched/signal.h>

#include "internal.h"

/* struct psy_sleeper - one call of psy_waits_sleep() */
struct psy_sleeper {
	struct psy_waits *w;
	bool (*done)(void *data);
	void *data;
	unsigned int cancels;	/* psy_waits::cancels at its begin */
	bool forever;
	ktime_t end;
	int ret;
};

/**
 * psy_waits_init() - prepare for waits
 * @w: the waits of an object
 *
 * Context: any.
 */
void psy_waits_init(struct psy_waits *w)
{
	spin_lock_init(&w->lock);
	init_waitqueue_head(&w->queue);
	w->nr = 0;
	w->cancels = 0;
	w->ended = false;
}
EXPORT_SYMBOL_NS_GPL(psy_waits_init, "PSY_MINICLASS");

/**
 * psy_waits_enter() - keep the object in existence for a wait
 * @w: the waits of the object
 * @cancels: where to store the number of calls of psy_waits_cancel()
 *
 * Context: any.
 * Return: 0: psy_waits_end() waits for psy_waits_leave(); -ESHUTDOWN.
 */
int psy_waits_enter(struct psy_waits *w, unsigned int *cancels)
{
	unsigned long flags;
	int ret = 0;

	spin_lock_irqsave(&w->lock, flags);
	*cancels = w->cancels;
	if (w->ended)
		ret = -ESHUTDOWN;
	else
		w->nr++;
	spin_unlock_irqrestore(&w->lock, flags);
	return ret;
}
EXPORT_SYMBOL_IF_KUNIT(psy_waits_enter);

/**
 * psy_waits_leave() - undo psy_waits_enter()
 * @w: the waits of the object, which may end at once
 *
 * Context: any.
 */
void psy_waits_leave(struct psy_waits *w)
{
	unsigned long flags;

	spin_lock_irqsave(&w->lock, flags);
	w->nr--;
	wake_up_all(&w->queue);
	spin_unlock_irqrestore(&w->lock, flags);
}
EXPORT_SYMBOL_IF_KUNIT(psy_waits_leave);

static bool psy_sleeper_over(struct psy_sleeper *s)
{
	if (READ_ONCE(s->w->ended))
		s->ret = -ESHUTDOWN;
	else if (READ_ONCE(s->w->cancels) != s->cancels)
		s->ret = -ECANCELED;
	else if (s->done(s->data))
		s->ret = 0;
	else if (!s->forever && ktime_compare(ktime_get_boottime(), s->end) >= 0)
		s->ret = -ETIME;
	else
		return false;
	return true;
}

/**
 * psy_waits_sleep() - wait until a condition is true
 * @w: the waits of the object
 * @done: checks the condition; called with no lock held, must not sleep
 * @data: for @done
 * @timeout_ms: timeout; 0 checks without waiting; %PSY_WAIT_FOREVER
 *
 * A condition that is already true ends the wait at once. The timeout includes the
 * time that the system is asleep; psy_waits_wake() has to be called on resume.
 *
 * Context: may sleep, interruptibly. The caller makes sure that the object exists
 * when the wait begins.
 * Return: 0 if the condition is true; -ETIME; -ECANCELED after psy_waits_cancel();
 * -ESHUTDOWN after psy_waits_end(); -EINTR on a signal.
 */
int psy_waits_sleep(struct psy_waits *w, bool (*done)(void *data), void *data, int timeout_ms)
{
	struct psy_sleeper s = {
		.w = w, .done = done, .data = data, .forever = timeout_ms < 0,
		.end = ktime_add_ms(ktime_get_boottime(), max(timeout_ms, 0)),
	};
	long left = MAX_SCHEDULE_TIMEOUT;
	s64 ms;

	s.ret = psy_waits_enter(w, &s.cancels);
	if (s.ret)
		return s.ret;
	/* The timeout of the wait queue is in jiffies, which stop during sleep. */
	while (!psy_sleeper_over(&s)) {
		if (!s.forever) {
			ms = ktime_ms_delta(s.end, ktime_get_boottime());
			left = msecs_to_jiffies(max_t(s64, ms, 0)) + 1;
		}
		if (wait_event_interruptible_timeout(w->queue, psy_sleeper_over(&s), left) < 0) {
			s.ret = -EINTR;
			break;
		}
	}
	psy_waits_leave(w);
	return s.ret;
}
EXPORT_SYMBOL_NS_GPL(psy_waits_sleep, "PSY_MINICLASS");

/**
 * psy_waits_wake() - check all conditions again
 * @w: the waits of the object, after one of them may have become true
 *
 * Context: any.
 */
void psy_waits_wake(struct psy_waits *w)
{
	wake_up_all(&w->queue);
}
EXPORT_SYMBOL_NS_GPL(psy_waits_wake, "PSY_MINICLASS");

/**
 * psy_waits_cancel() - end all current waits
 * @w: the waits of the object
 *
 * Later waits are not affected.
 *
 * Context: any.
 */
void psy_waits_cancel(struct psy_waits *w)
{
	unsigned long flags;

	spin_lock_irqsave(&w->lock, flags);
	w->cancels++;
	wake_up_all(&w->queue);
	spin_unlock_irqrestore(&w->lock, flags);
}
EXPORT_SYMBOL_NS_GPL(psy_waits_cancel, "PSY_MINICLASS");

static bool psy_waits_none(struct psy_waits *w)
{
	unsigned long flags;
	bool none;

	spin_lock_irqsave(&w->lock, flags);
	none = !w->nr;
	spin_unlock_irqrestore(&w->lock, flags);
	return none;
}

/**
 * psy_waits_end() - end all waits for good
 * @w: the waits of an object that is about to be freed
 *
 * No task accesses @w or its object from within psy_waits_sleep() when this returns.
 *
 * Context: may sleep.
 */
void psy_waits_end(struct psy_waits *w)
{
	unsigned long flags;

	spin_lock_irqsave(&w->lock, flags);
	w->ended = true;
	wake_up_all(&w->queue);
	spin_unlock_irqrestore(&w->lock, flags);
	wait_event(w->queue, psy_waits_none(w));
}
EXPORT_SYMBOL_NS_GPL(psy_waits_end, "PSY_MINICLASS");
