// SPDX-License-Identifier: GPL-2.0-only
/*
 * The characteristics of a battery, from a node that is compatible with simple-battery.
 *
 * Not by power_supply_get_battery_info(): it needs a supply, which is registered only
 * after the first reading, and before 6.2 a device tree.
 */
#include <linux/device.h>
#include <linux/err.h>
#include <linux/power_supply.h>
#include <linux/property.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "voltage.h"
#include "voltage-battery.h"

#define VOLTAGE_MAX_UAH		1000000000
#define VOLTAGE_MAX_UV		1000000000
#define VOLTAGE_MAX_UOHM	100000000

/* An optional number; absent, it is 0. */
static int voltage_read_u32(struct device *dev, struct fwnode_handle *node, const char *name,
			    u32 min, u32 max, int *val)
{
	u32 v;

	if (!fwnode_property_present(node, name))
		return 0;
	if (fwnode_property_read_u32(node, name, &v) || v < min || v > max)
		return dev_err_probe(dev, -EINVAL,
				     "monitored-battery: %s: must be one number, %u..%u\n",
				     name, min, max);
	*val = v;
	return 0;
}

/* Pairs of numbers, of which the first ones fall, and the others are up to @max_y */
static int voltage_read_table(struct device *dev, struct fwnode_handle *node, const char *name,
			      int max_y, struct voltage_table *t)
{
	int i, n = fwnode_property_count_u32(node, name);
	struct voltage_point *p;

	if (n < 2 || n % 2 || n > 2 * VOLTAGE_MAX_POINTS)
		return dev_err_probe(dev, -EINVAL, "monitored-battery: %s: must be 1..%u pairs\n",
				     name, VOLTAGE_MAX_POINTS);
	BUILD_BUG_ON(sizeof(*p) != 2 * sizeof(u32));
	p = devm_kcalloc(dev, n / 2, sizeof(*p), GFP_KERNEL);
	if (!p)
		return -ENOMEM;
	fwnode_property_read_u32_array(node, name, (u32 *)p, n);
	n /= 2;
	for (i = 0; i < n; i++) {
		if (p[i].y < 0 || p[i].y > max_y || p[i].x < -300 || p[i].x > VOLTAGE_MAX_UV ||
		    (i && p[i].x >= p[i - 1].x))
			return dev_err_probe(dev, -EINVAL,
					     "monitored-battery: %s: pair %d: must be below the one before, and 0..%d percent\n",
					     name, i, max_y);
	}
	t->len = n;
	t->points = p;
	return 0;
}

static int voltage_read_ocv(struct device *dev, struct fwnode_handle *node,
			    struct voltage_battery *bat)
{
	int celsius[VOLTAGE_MAX_TABLES], i, j, ret;
	int n = fwnode_property_count_u32(node, "ocv-capacity-celsius");

	if (n < 1 || n > VOLTAGE_MAX_TABLES ||
	    fwnode_property_read_u32_array(node, "ocv-capacity-celsius", (u32 *)celsius, n))
		return dev_err_probe(dev, -EINVAL,
				     "monitored-battery: ocv-capacity-celsius: must be 1..%d temperatures\n",
				     VOLTAGE_MAX_TABLES);
	for (i = 0; i < n; i++) {
		struct voltage_table *t = &bat->tables[i];
		char name[32];

		snprintf(name, sizeof(name), "ocv-capacity-table-%d", i);
		ret = voltage_read_table(dev, node, name, 100, t);
		if (ret)
			return ret;
		if (celsius[i] < -100 || celsius[i] > 200)
			return dev_err_probe(dev, -EINVAL,
					     "monitored-battery: ocv-capacity-celsius: is %d, must be -100..200\n",
					     celsius[i]);
		t->celsius = celsius[i];
		for (j = 1; j < t->len; j++) {
			if (t->points[j].y > t->points[j - 1].y)
				return dev_err_probe(dev, -EINVAL,
						     "monitored-battery: %s: pair %d: the charge must not rise\n",
						     name, j);
		}
	}
	bat->nr_tables = n;
	return 0;
}

static int voltage_read_node(struct device *dev, struct fwnode_handle *node,
			     struct voltage_battery *bat)
{
	const struct {
		const char *name;
		u32 max;
		int *val;
	} numbers[] = {
		{ "charge-full-design-microamp-hours", VOLTAGE_MAX_UAH, &bat->full_uah },
		{ "factory-internal-resistance-micro-ohms", VOLTAGE_MAX_UOHM,
		  &bat->resistance_uohm },
		{ "voltage-min-design-microvolt", VOLTAGE_MAX_UV, &bat->empty_uv },
		{ "voltage-max-design-microvolt", VOLTAGE_MAX_UV, &bat->charge_uv },
		/* The charger may stop below the highest voltage of the cells. */
		{ "constant-charge-voltage-max-microvolt", VOLTAGE_MAX_UV, &bat->charge_uv },
		{ "charge-term-current-microamp", VOLTAGE_MAX_UAH, &bat->term_ua },
	};
	unsigned int i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		ret = voltage_read_u32(dev, node, numbers[i].name, i ? 1 : 1000, numbers[i].max,
				       numbers[i].val);
		if (ret)
			return ret;
	}
	if (!bat->full_uah)
		return dev_err_probe(dev, -EINVAL,
				     "monitored-battery: charge-full-design-microamp-hours: is missing\n");
	if (fwnode_property_present(node, "resistance-temp-table")) {
		ret = voltage_read_table(dev, node, "resistance-temp-table", 10000, &bat->resist);
		if (ret)
			return ret;
	}
	return voltage_read_ocv(dev, node, bat);
}

static int voltage_read_technology(struct fwnode_handle *node)
{
	static const struct {
		const char *chemistry;
		int technology;
	} names[] = {
		{ "nickel-cadmium", POWER_SUPPLY_TECHNOLOGY_NiCd },
		{ "nickel-metal-hydride", POWER_SUPPLY_TECHNOLOGY_NiMH },
		{ "lithium-ion", POWER_SUPPLY_TECHNOLOGY_LION },
		{ "lithium-ion-polymer", POWER_SUPPLY_TECHNOLOGY_LIPO },
		{ "lithium-ion-iron-phosphate", POWER_SUPPLY_TECHNOLOGY_LiFe },
		{ "lithium-ion-manganese-oxide", POWER_SUPPLY_TECHNOLOGY_LiMn },
	};
	const char *chemistry;
	unsigned int i;

	if (!fwnode_property_read_string(node, "device-chemistry", &chemistry))
		for (i = 0; i < ARRAY_SIZE(names); i++)
			if (!strcmp(names[i].chemistry, chemistry))
				return names[i].technology;
	return POWER_SUPPLY_TECHNOLOGY_UNKNOWN;
}

/**
 * voltage_read_battery() - read the battery of a gauge
 * @dev: the gauge
 * @bat: where to store its characteristics
 * @technology: where to store a POWER_SUPPLY_TECHNOLOGY_*
 *
 * Context: may sleep; from probe.
 * Return: 0, or an error, which has been logged.
 */
int voltage_read_battery(struct device *dev, struct voltage_battery *bat, int *technology)
{
	struct fwnode_handle *node;
	int ret;

	node = fwnode_find_reference(dev_fwnode(dev), "monitored-battery", 0);
	if (IS_ERR(node))
		return dev_err_probe(dev, -EINVAL, "monitored-battery: is missing\n");
	ret = voltage_read_node(dev, node, bat);
	*technology = voltage_read_technology(node);
	fwnode_handle_put(node);
	return ret;
}
