// SPDX-License-Identifier: GPL-2.0-only
/* Each allocation of a composite's probe fails once. */
#include <linux/platform_device.h>

#include "../../core/tests/nomem.h"
#include "cbat_kunit.h"

#define NOMEM_MAX	2000

/* A device that is not bound, or one that works. Leaks are reported by kmemleak. */
static void probe_survives_each_failed_allocation(struct kunit *test)
{
	struct cbat_setup *setup = kunit_kzalloc(test, sizeof(*setup), GFP_KERNEL);
	struct platform_device *pdev;
	unsigned int nth, errors = 0;
	bool failed = true, bound;

	KUNIT_ASSERT_NOT_NULL(test, setup);
	nomem_init(test);
	strscpy(setup->members, "nomem-a,nomem-b,nomem-c", sizeof(setup->members));
	pdev = platform_device_register_data(NULL, "composite-battery", PLATFORM_DEVID_AUTO,
					     setup, sizeof(*setup));
	KUNIT_ASSERT_FALSE(test, IS_ERR(pdev));
	KUNIT_EXPECT_NOT_NULL(test, platform_get_drvdata(pdev));
	for (nth = 1; nth < NOMEM_MAX && failed; nth++) {
		device_release_driver(&pdev->dev);
		nomem_start(nth);
		bound = device_attach(&pdev->dev) == 1;
		failed = nomem_stop();
		KUNIT_EXPECT_TRUE_MSG(test, bound || failed, "allocation %u", nth);
		errors += !bound;
	}
	kunit_info(test, "%u allocations, %u errors\n", nth - 2, errors);
	KUNIT_EXPECT_FALSE(test, failed);
	KUNIT_EXPECT_TRUE(test, bound);
	/* The composite, its members, and three arrays, at least */
	KUNIT_EXPECT_GE(test, errors, 5U);
	platform_device_unregister(pdev);
}

static struct kunit_case nomem_cases[] = {
	KUNIT_CASE(probe_survives_each_failed_allocation),
	{ }
};

struct kunit_suite cbat_nomem_suite = {
	.name = "cbat_nomem",
	.test_cases = nomem_cases,
};
