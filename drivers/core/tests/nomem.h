/* SPDX-License-Identifier: GPL-2.0-only */
/* Allocations of the present task that fail, one after the other */
#ifndef __PSY_NOMEM_H
#define __PSY_NOMEM_H

#include <kunit/test.h>
#include <linux/compiler.h>
#include <linux/sched.h>
#include <linux/slab.h>

/* Let allocation number @nth from here on fail; tasks other than this one are not affected. */
static inline void nomem_start(unsigned int nth)
{
#ifdef CONFIG_FAULT_INJECTION
	WRITE_ONCE(current->fail_nth, nth);
#endif
}

/* Returns true if it has failed, false if there were fewer allocations. */
static inline bool nomem_stop(void)
{
	bool failed = false;

#ifdef CONFIG_FAULT_INJECTION
	failed = !READ_ONCE(current->fail_nth);
	WRITE_ONCE(current->fail_nth, 0);
#endif
	return failed;
}

/* GFP_KERNEL allocations fail only if failslab/ignore-gfp-wait in debugfs is N. */
static inline void nomem_init(struct kunit *test)
{
	void *p;

	nomem_start(1);
	p = kmalloc(16, GFP_KERNEL);
	nomem_stop();
	kfree(p);
	if (p)
		kunit_skip(test, "needs failslab without ignore-gfp-wait");
}

#endif /* __PSY_NOMEM_H */
