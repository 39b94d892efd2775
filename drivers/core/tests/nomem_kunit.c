// SPDX-License-Identifier: GPL-2.0-only
/* Each allocation of a registration fails once. */
#include <kunit/test.h>
#include <linux/workqueue.h>

#include "../internal.h"
#include "fake_bus.h"
#include "nomem.h"

#define NOMEM_MAX	2000

static int nomem_suite_init(struct kunit *test)
{
	test->priv = fake_bus_kunit(test);
	return 0;
}

/*
 * Either an error, or an instance that works: debugfs files and uevents may be missing.
 * Memory that is not freed is reported by kmemleak. A name that stayed reserved would
 * refuse all registrations that follow.
 */
static void registration_survives_each_failed_allocation(struct kunit *test)
{
	struct fake_bus *bus = test->priv;
	struct psy_miniclass_config config = {
		.regmap = bus->regmap,
		.drvdata = bus,
		.name = "psy-nomem",
		.alarms = PSY_ALARM_STATE,
	};
	unsigned int nth, errors = 0;
	struct psy_miniclass *mc;
	bool failed = true;
	int ret;

	nomem_init(test);
	for (nth = 1; nth < NOMEM_MAX && failed; nth++) {
		nomem_start(nth);
		mc = psy_miniclass_register(bus->dev, &fake_alarm_desc, &config);
		failed = nomem_stop();
		if (IS_ERR(mc)) {
			KUNIT_EXPECT_TRUE_MSG(test, failed, "allocation %u", nth);
			/* The hwmon core registers a device without name: -EINVAL. */
			ret = PTR_ERR(mc);
			KUNIT_EXPECT_TRUE_MSG(test, ret == -ENOMEM || ret == -EINVAL,
					      "allocation %u: %d", nth, ret);
			errors++;
			continue;
		}
		flush_delayed_work(&mc->psy->deferred_register_work);
		KUNIT_EXPECT_EQ_MSG(test, fake_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 12000000,
				    "allocation %u", nth);
		psy_miniclass_unregister(mc);
	}
	kunit_info(test, "%u allocations, %u errors\n", nth - 2, errors);
	KUNIT_EXPECT_FALSE(test, failed);
	/* The instance, its info, the supply and its name, at least */
	KUNIT_EXPECT_GE(test, errors, 4U);
}

static struct kunit_case nomem_cases[] = {
	KUNIT_CASE_SLOW(registration_survives_each_failed_allocation),
	{ }
};

struct kunit_suite psy_nomem_suite = {
	.name = "psy_nomem",
	.init = nomem_suite_init,
	.test_cases = nomem_cases,
};
