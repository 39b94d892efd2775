// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory that one processor frees while a different one uses it, for the address sanitizer.
 * Must make the run fail; it does not occur with one processor.
 */
#include <kunit/test.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/sched/task.h>
#include <linux/slab.h>

static int *shared;
static bool reading, freed;

static int reader(void *data)
{
	int *p = shared;

	/* No preemption: with one processor it could not be freed now. */
	preempt_disable();
	/* Pairs with the acquire in canary(). */
	smp_store_release(&reading, true);
	/* Pairs with the release in canary(). */
	while (!smp_load_acquire(&freed))
		cpu_relax();
	OPTIMIZER_HIDE_VAR(p);
	WRITE_ONCE(*p, 1);
	preempt_enable();
	return 0;
}

static void canary(struct kunit *test)
{
	struct task_struct *task;
	int cpu = raw_smp_processor_id();
	int other;

	KUNIT_ASSERT_GE(test, num_online_cpus(), 2U);
	other = cpumask_any_but(cpu_online_mask, cpu);
	shared = kzalloc(sizeof(*shared), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, shared);
	set_cpus_allowed_ptr(current, cpumask_of(cpu));
	task = kthread_create(reader, NULL, "canary");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	get_task_struct(task);
	kthread_bind(task, other);
	wake_up_process(task);
	/* Pairs with the release in reader(). */
	while (!smp_load_acquire(&reading))
		cpu_relax();
	kfree(shared);
	/* Pairs with the acquire in reader(). */
	smp_store_release(&freed, true);
	kthread_stop(task);
	put_task_struct(task);
}

static struct kunit_case canary_cases[] = {
	KUNIT_CASE(canary),
	{ }
};

static struct kunit_suite canary_suite = {
	.name = "canary_race",
	.test_cases = canary_cases,
};

kunit_test_suite(canary_suite);

MODULE_DESCRIPTION("Proves that a detector of the unit tests is live");
MODULE_LICENSE("GPL");
