// SPDX-License-Identifier: GPL-2.0-only
/* The state: reading it, and waiting for a change */
#include <kunit/visibility.h>
#include <linux/errno.h>
#include <linux/export.h>

#include "ups.h"

/**
 * ups_state_name() - name of a state
 * @state: the state
 *
 * Return: the name, as in ups_state.
 */
const char *ups_state_name(enum ups_state state)
{
	static const char * const names[] = {
		[UPS_NO_COMM] = "no-comm",
		[UPS_ONLINE] = "online",
		[UPS_ON_BATTERY] = "on-battery",
		[UPS_LOW_BATTERY] = "low-battery",
		[UPS_CRITICAL] = "critical",
	};

	return names[state];
}

/**
 * ups_get_state() - current state
 * @ups: the instance
 *
 * Context: any; never blocks, never accesses the port.
 * Return: the state.
 */
enum ups_state ups_get_state(struct ups *ups)
{
	unsigned long flags;
	enum ups_state state;

	spin_lock_irqsave(&ups->lock, flags);
	state = ups->sm.state;
	spin_unlock_irqrestore(&ups->lock, flags);
	return state;
}
EXPORT_SYMBOL_NS_GPL(ups_get_state, "UPS");

/* Whether communication is lost, whatever the state */
bool ups_is_lost(struct ups *ups)
{
	unsigned long flags;
	bool lost;

	spin_lock_irqsave(&ups->lock, flags);
	lost = ups->sm.lost;
	spin_unlock_irqrestore(&ups->lock, flags);
	return lost;
}
EXPORT_SYMBOL_IF_KUNIT(ups_is_lost);

/* struct ups_wait - one call of ups_wait_for_state_change() */
struct ups_wait {
	struct ups *ups;
	enum ups_state state;
};

static bool ups_wait_over(void *data)
{
	const struct ups_wait *w = data;

	return ups_get_state(w->ups) != w->state;
}

/**
 * ups_wait_for_state_change() - wait for a different state
 * @ups: the instance
 * @state: the state known to the caller
 * @timeout_ms: maximum wait, or %UPS_WAIT_FOREVER
 *
 * Returns at once if the state already differs, so that no change is missed between
 * ups_get_state() and the wait. Any number of callers may wait. The timeout
 * includes the time that the system is asleep.
 *
 * Context: may sleep, interruptibly.
 * Return: 0 if the state differs or on a timeout, see ups_get_state();
 * -ECANCELED after ups_cancel_wait(); -ESHUTDOWN if the instance is being
 * removed; -EINTR.
 */
int ups_wait_for_state_change(struct ups *ups, enum ups_state state, int timeout_ms)
{
	struct ups_wait w = { .ups = ups, .state = state };
	int ret = psy_waits_sleep(&ups->waits, ups_wait_over, &w, timeout_ms);

	return ret == -ETIME ? 0 : ret;
}
EXPORT_SYMBOL_NS_GPL(ups_wait_for_state_change, "UPS");

/**
 * ups_cancel_wait() - cancel all waits
 * @ups: the instance
 *
 * Context: any.
 */
void ups_cancel_wait(struct ups *ups)
{
	psy_waits_cancel(&ups->waits);
}
EXPORT_SYMBOL_NS_GPL(ups_cancel_wait, "UPS");
