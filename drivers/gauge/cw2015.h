/* SPDX-License-Identifier: GPL-2.0-only */
/* A CW2015 that has stopped to follow its battery. Pure: no device access, no clock. */
#ifndef __CW2015_H
#define __CW2015_H

#include <linux/ktime.h>
#include <linux/time64.h>
#include <linux/types.h>

/* Restart a chip that has no valid percentage for this long, */
#define CW2015_INVALID_MS	(40 * MSEC_PER_SEC)
/* and one whose percentage stays the same for this long while it is charged, once. */
#define CW2015_STUCK_MS		(30 * 60 * MSEC_PER_SEC)

/** define CW2015_INVALID - no valid percentage */
#define CW2015_INVALID		(-1)

/**
 * struct cw2015_watch - for how long the percentage is the same
 * @capacity: the percentage, or %CW2015_INVALID
 * @since: time of the first reading with it, 0 before the first reading
 * @restarted: the chip was restarted because the percentage stayed the same
 * @stuck_at: that percentage
 */
struct cw2015_watch {
	int capacity;
	ktime_t since;
	bool restarted;
	int stuck_at;
};

/**
 * cw2015_stuck() - check whether the chip has to be restarted
 * @w: state, all 0 at first
 * @capacity: percentage, or %CW2015_INVALID
 * @charging: the battery is being charged
 * @now: time of the reading, without the time that the system was asleep
 *
 * Context: any; pure.
 * Return: true if it has to be restarted; the time starts again then.
 */
static inline bool cw2015_stuck(struct cw2015_watch *w, int capacity, bool charging,
				ktime_t now)
{
	s64 limit = capacity == CW2015_INVALID ? CW2015_INVALID_MS : CW2015_STUCK_MS;
	bool watched = capacity == CW2015_INVALID || (charging && capacity < 100);
	bool stuck = false;

	/* A charger that has stopped without saying so: the chip was right. */
	if (capacity != CW2015_INVALID && w->restarted) {
		if (capacity == w->stuck_at)
			watched = false;
		else
			w->restarted = false;
	}
	if (watched && w->since && capacity == w->capacity) {
		stuck = ktime_ms_delta(now, w->since) > limit;
		if (!stuck)
			return false;
	}
	if (stuck && capacity != CW2015_INVALID) {
		w->restarted = true;
		w->stuck_at = capacity;
	}
	w->capacity = capacity;
	w->since = now;
	return stuck;
}

#endif /* __CW2015_H */
