// SPDX-License-Identifier: GPL-2.0-only
/* The voltage gauge with an emulated monitor, which provides IIO channels. */
#include <kunit/resource.h>
#include <kunit/test.h>
#include <linux/err.h>
#include <linux/iio/iio.h>
#include <linux/limits.h>
#include <linux/platform_device.h>
#include <linux/power/psy_miniclass.h>
#include <linux/power_supply.h>
#include <linux/prandom.h>
#include <linux/property.h>

#include "gauge_bus.h"

#define MONITOR		"voltage-kunit-monitor"

/* Channels as those of the INA219: 4 mV, and 1 mA at 10 mOhm; and a temperature */
enum { CHAN_VOLTAGE, CHAN_CURRENT, CHAN_TEMP };

/**
 * struct monitor - what the emulated monitor measures
 * @mv: voltage
 * @ma: current
 * @milli_celsius: temperature
 * @error: result of a reading, or 0
 * @refused: channel with this error, or -1 for all
 * @reads: number of readings
 */
static struct monitor {
	int mv;
	int ma;
	int milli_celsius;
	int error;
	int refused;
	unsigned int reads;
} monitor;

static int monitor_read_raw(struct iio_dev *indio, const struct iio_chan_spec *chan,
			    int *val, int *val2, long mask)
{
	if (mask == IIO_CHAN_INFO_SCALE) {
		*val = chan->address == CHAN_VOLTAGE ? 4000 : 10000;
		*val2 = chan->address == CHAN_VOLTAGE ? 1000 : 10000;
		return IIO_VAL_FRACTIONAL;
	}
	monitor.reads++;
	if (monitor.error && (monitor.refused < 0 || monitor.refused == chan->address))
		return monitor.error;
	switch (chan->address) {
	case CHAN_VOLTAGE:
		*val = monitor.mv / 4;
		break;
	case CHAN_CURRENT:
		*val = monitor.ma;
		break;
	default:
		*val = monitor.milli_celsius;
		break;
	}
	return IIO_VAL_INT;
}

static const struct iio_info monitor_info = { .read_raw = monitor_read_raw };

#define MONITOR_CHAN(_type, _address, _mask) {	\
	.type = (_type), .address = (_address), .info_mask_separate = (_mask) }

static const struct iio_chan_spec monitor_channels[] = {
	MONITOR_CHAN(IIO_VOLTAGE, CHAN_VOLTAGE,
		     BIT(IIO_CHAN_INFO_RAW) | BIT(IIO_CHAN_INFO_SCALE)),
	MONITOR_CHAN(IIO_CURRENT, CHAN_CURRENT,
		     BIT(IIO_CHAN_INFO_RAW) | BIT(IIO_CHAN_INFO_SCALE)),
	MONITOR_CHAN(IIO_TEMP, CHAN_TEMP, BIT(IIO_CHAN_INFO_PROCESSED)),
};

static int monitor_probe(struct platform_device *pdev)
{
	struct iio_dev *indio = devm_iio_device_alloc(&pdev->dev, 0);

	if (!indio)
		return -ENOMEM;
	indio->name = MONITOR;
	indio->info = &monitor_info;
	indio->channels = monitor_channels;
	indio->num_channels = ARRAY_SIZE(monitor_channels);
	return devm_iio_device_register(&pdev->dev, indio);
}

static struct platform_driver monitor_driver = {
	.driver = { .name = MONITOR },
	.probe = monitor_probe,
};

static const struct property_entry monitor_props[] = {
	PROPERTY_ENTRY_U32("#io-channel-cells", 1),
	{ }
};

static const struct software_node monitor_node = {
	.name = "voltage-kunit-monitor",
	.properties = monitor_props,
};

static const u32 ocv[] = { 4200000, 100, 3700000, 50, 3500000, 20, 3000000, 0 };
static const u32 ocv_cold[] = { 4200000, 90, 3700000, 30, 3500000, 0 };
static const u32 celsius[] = { 25, 0 };

#define NAME		PROPERTY_ENTRY_STRING("compatible", "simple-battery")
#define WARM		PROPERTY_ENTRY_U32("ocv-capacity-celsius", 20)
#define FULL_PROP	PROPERTY_ENTRY_U32("charge-full-design-microamp-hours", 2000000)
#define CELSIUS_PROP	PROPERTY_ENTRY_U32_ARRAY("ocv-capacity-celsius", celsius)
#define TABLE_PROP	PROPERTY_ENTRY_U32_ARRAY("ocv-capacity-table-0", ocv)
#define COLD_PROP	PROPERTY_ENTRY_U32_ARRAY("ocv-capacity-table-1", ocv_cold)

static const struct property_entry battery_props[] = {
	NAME,
	PROPERTY_ENTRY_STRING("device-chemistry", "lithium-ion-polymer"),
	FULL_PROP, CELSIUS_PROP, TABLE_PROP, COLD_PROP,
	PROPERTY_ENTRY_U32("factory-internal-resistance-micro-ohms", 100000),
	PROPERTY_ENTRY_U32("voltage-min-design-microvolt", 3100000),
	PROPERTY_ENTRY_U32("constant-charge-voltage-max-microvolt", 4200000),
	PROPERTY_ENTRY_U32("charge-term-current-microamp", 100000),
	{ }
};

static const char * const channel_names[] = { "voltage", "current", "temperature" };

static const struct software_node_ref_args channel_refs[] = {
	SOFTWARE_NODE_REFERENCE(&monitor_node, CHAN_VOLTAGE),
	SOFTWARE_NODE_REFERENCE(&monitor_node, CHAN_CURRENT),
	SOFTWARE_NODE_REFERENCE(&monitor_node, CHAN_TEMP),
};

/**
 * struct voltage_test - a test with its devices
 * @monitor: the monitor
 * @battery: node of the battery
 * @gauge: the gauge
 */
struct voltage_test {
	struct platform_device *monitor;
	struct software_node battery;
	struct platform_device *gauge;
};

static void monitor_stop(void *data)
{
	struct voltage_test *vt = data;

	platform_device_unregister(vt->gauge);
	software_node_unregister(&vt->battery);
	platform_device_unregister(vt->monitor);
	software_node_unregister(&monitor_node);
	platform_driver_unregister(&monitor_driver);
}

static int voltage_init(struct kunit *test)
{
	struct voltage_test *vt = kunit_kzalloc(test, sizeof(*vt), GFP_KERNEL);
	struct platform_device_info info = { .name = MONITOR, .id = PLATFORM_DEVID_NONE };

	KUNIT_ASSERT_NOT_NULL(test, vt);
	test->priv = vt;
	monitor = (struct monitor){ .mv = 3700, .milli_celsius = 25000, .refused = -1 };
	KUNIT_ASSERT_EQ(test, platform_driver_register(&monitor_driver), 0);
	KUNIT_ASSERT_EQ(test, software_node_register(&monitor_node), 0);
	info.fwnode = software_node_fwnode(&monitor_node);
	vt->monitor = platform_device_register_full(&info);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, vt->monitor);
	KUNIT_ASSERT_NOT_NULL(test, vt->monitor->dev.driver);
	return kunit_add_action_or_reset(test, monitor_stop, vt);
}

/* Create a gauge. Returns NULL if its probe failed. */
static struct psy_miniclass *bind_battery(struct kunit *test, const struct property_entry *battery,
					  const struct property_entry *props)
{
	struct voltage_test *vt = test->priv;
	const struct platform_device_info info = {
		.name = "voltage-gauge",
		.id = PLATFORM_DEVID_AUTO,
		.properties = props,
	};

	if (!vt->battery.name) {
		vt->battery.name = "voltage-kunit-battery";
		vt->battery.properties = battery;
		KUNIT_ASSERT_EQ(test, software_node_register(&vt->battery), 0);
	}
	vt->gauge = platform_device_register_full(&info);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, vt->gauge);
	return vt->gauge->dev.driver ? platform_get_drvdata(vt->gauge) : NULL;
}

static void unbind(struct kunit *test)
{
	struct voltage_test *vt = test->priv;

	platform_device_unregister(vt->gauge);
	vt->gauge = NULL;
	software_node_unregister(&vt->battery);
	vt->battery.name = NULL;
}

/* With the first @n channels, and another property */
static struct psy_miniclass *bind(struct kunit *test, unsigned int n, struct property_entry other)
{
	struct voltage_test *vt = test->priv;
	const struct property_entry props[] = {
		PROPERTY_ENTRY_REF_ARRAY_LEN("io-channels", channel_refs, n),
		PROPERTY_ENTRY_STRING_ARRAY_LEN("io-channel-names", channel_names, n),
		PROPERTY_ENTRY_REF("monitored-battery", &vt->battery),
		other,
		{ }
	};

	return bind_battery(test, battery_props, props);
}

#define NOTHING	((struct property_entry){ })

static void reads_the_values(struct kunit *test)
{
	struct psy_miniclass *mc;

	monitor.mv = 3600;
	monitor.ma = -1000;
	mc = bind(test, 3, NOTHING);
	KUNIT_ASSERT_NOT_NULL(test, mc);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 3600000);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CURRENT_NOW), -1000000);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_TEMP), 250);
	/* 100 mOhm at 1 A */
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_VOLTAGE_OCV), 3700000);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CAPACITY), 50);
	/* 17.6 %: see starts_with_the_voltage() */
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CAPACITY_ERROR_MARGIN), 18);
	/* On a slow machine it has been read again: 1 A are 278 uAh in a second. */
	KUNIT_EXPECT_LE(test, abs(gauge_get(mc, POWER_SUPPLY_PROP_CHARGE_NOW) - 1000000), 5000);
	KUNIT_EXPECT_LE(test, abs(gauge_get(mc, POWER_SUPPLY_PROP_CHARGE_COUNTER)), 5000);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CHARGE_FULL), 2000000);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CHARGE_FULL_DESIGN), 2000000);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_STATUS),
			POWER_SUPPLY_STATUS_DISCHARGING);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_TECHNOLOGY),
			POWER_SUPPLY_TECHNOLOGY_LIPO);
	KUNIT_EXPECT_FALSE(test, gauge_has(mc, POWER_SUPPLY_PROP_ENERGY_NOW));
	KUNIT_EXPECT_FALSE(test, gauge_has(mc, POWER_SUPPLY_PROP_POWER_NOW));

	monitor.reads = 0;
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, monitor.reads, 3);
}

struct status_case {
	int ma, status;
};

/* Below 15 mA the sign may be that of an offset. */
static void the_status_is_that_of_the_current(struct kunit *test)
{
	static const struct status_case cases[] = {
		{ 500, POWER_SUPPLY_STATUS_CHARGING },
		{ 16, POWER_SUPPLY_STATUS_CHARGING },
		{ 15, POWER_SUPPLY_STATUS_NOT_CHARGING },
		{ 0, POWER_SUPPLY_STATUS_NOT_CHARGING },
		{ -15, POWER_SUPPLY_STATUS_NOT_CHARGING },
		{ -16, POWER_SUPPLY_STATUS_DISCHARGING },
		{ -3000, POWER_SUPPLY_STATUS_DISCHARGING },
	};
	struct psy_miniclass *mc = bind(test, 2, NOTHING);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, mc);
	KUNIT_EXPECT_FALSE(test, gauge_has(mc, POWER_SUPPLY_PROP_TEMP));
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		monitor.ma = cases[i].ma;
		gauge_refresh(mc);
		KUNIT_EXPECT_EQ_MSG(test, gauge_get(mc, POWER_SUPPLY_PROP_STATUS), cases[i].status,
				    "%d mA", cases[i].ma);
		KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CURRENT_NOW),
				cases[i].ma * 1000);
	}
}

static void the_current_may_be_reversed(struct kunit *test)
{
	struct psy_miniclass *mc;

	monitor.mv = 3600;
	monitor.ma = 1000;
	mc = bind(test, 2, PROPERTY_ENTRY_BOOL("current-reversed"));
	KUNIT_ASSERT_NOT_NULL(test, mc);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CURRENT_NOW), -1000000);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CAPACITY), 50);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_STATUS),
			POWER_SUPPLY_STATUS_DISCHARGING);
}

static void the_voltage_is_enough(struct kunit *test)
{
	struct psy_miniclass *mc = bind(test, 1, NOTHING);

	KUNIT_ASSERT_NOT_NULL(test, mc);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CAPACITY), 50);
	KUNIT_EXPECT_GT(test, gauge_get(mc, POWER_SUPPLY_PROP_CAPACITY_ERROR_MARGIN), 15);
	KUNIT_EXPECT_FALSE(test, gauge_has(mc, POWER_SUPPLY_PROP_CURRENT_NOW));
	KUNIT_EXPECT_FALSE(test, gauge_has(mc, POWER_SUPPLY_PROP_CHARGE_COUNTER));
	/* That of a charger, of which there is none */
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_STATUS), -ENODATA);
}

/* 3.7 V are 50 % at 25 °C, and 30 % at 0 °C. */
static void the_temperature_selects_the_table(struct kunit *test)
{
	struct psy_miniclass *mc;

	monitor.milli_celsius = 0;
	mc = bind(test, 3, NOTHING);
	KUNIT_ASSERT_NOT_NULL(test, mc);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CAPACITY), 30);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_TEMP), 0);
	unbind(test);

	monitor.milli_celsius = -12500;
	mc = bind(test, 3, NOTHING);
	KUNIT_ASSERT_NOT_NULL(test, mc);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_TEMP), -125);

	/* It is needed for nothing else. */
	monitor.error = -EIO;
	monitor.refused = CHAN_TEMP;
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CAPACITY), 30);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_TEMP), -ENODATA);
}

static void no_battery_is_connected(struct kunit *test)
{
	struct psy_miniclass *mc;
	u32 tag;

	monitor.mv = 3700;
	mc = bind(test, 2, NOTHING);
	KUNIT_ASSERT_NOT_NULL(test, mc);
	tag = gauge_tag(mc);
	/* Less than half of 3.0 V */
	monitor.mv = 1496;
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_PRESENT), 0);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CAPACITY), -ENODEV);
	/* The driver must not use what it knows of the former battery. */
	monitor.mv = 4200;
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_PRESENT), 1);
	KUNIT_EXPECT_NE(test, gauge_tag(mc), tag);
	KUNIT_EXPECT_GE(test, gauge_get(mc, POWER_SUPPLY_PROP_CAPACITY), 99);
}

static void failures_keep_the_last_values(struct kunit *test)
{
	static const int errors[] = { -EIO, -ENODEV, -ETIMEDOUT, -EBUSY };
	struct psy_miniclass *mc = bind(test, 2, NOTHING);
	u32 tag;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, mc);
	tag = gauge_tag(mc);
	monitor.mv = 4000;
	for (i = 0; i < ARRAY_SIZE(errors); i++) {
		monitor.error = errors[i];
		monitor.refused = i % 2;
		gauge_refresh(mc);
		KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 3700000);
		KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_PRESENT), 1);
	}
	monitor.error = 0;
	/* A voltage that no such battery has */
	monitor.mv = 5252;
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 3700000);
	monitor.mv = 4000;
	gauge_refresh(mc);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_VOLTAGE_NOW), 4000000);
	KUNIT_EXPECT_EQ(test, gauge_tag(mc), tag);
}

static void the_gauge_follows_the_monitor(struct kunit *test)
{
	struct voltage_test *vt = test->priv;
	struct psy_miniclass *mc = bind(test, 2, NOTHING);

	KUNIT_ASSERT_NOT_NULL(test, mc);
	device_release_driver(&vt->monitor->dev);
	KUNIT_EXPECT_NULL(test, vt->gauge->dev.driver);
	KUNIT_ASSERT_EQ(test, device_attach(&vt->monitor->dev), 1);
	wait_for_device_probe();
	KUNIT_ASSERT_NOT_NULL(test, vt->gauge->dev.driver);
	mc = platform_get_drvdata(vt->gauge);
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CAPACITY), 50);
}

static void two_gauges_share_a_monitor(struct kunit *test)
{
	struct voltage_test *vt = test->priv;
	struct psy_miniclass *a = bind(test, 2, NOTHING), *b;
	struct platform_device *first = vt->gauge;

	b = bind(test, 2, PROPERTY_ENTRY_BOOL("current-reversed"));
	monitor.ma = 300;
	KUNIT_EXPECT_NOT_NULL(test, a);
	KUNIT_EXPECT_NOT_NULL(test, b);
	if (a && b) {
		gauge_refresh(a);
		gauge_refresh(b);
		KUNIT_EXPECT_EQ(test, gauge_get(a, POWER_SUPPLY_PROP_CURRENT_NOW), 300000);
		KUNIT_EXPECT_EQ(test, gauge_get(b, POWER_SUPPLY_PROP_CURRENT_NOW), -300000);
	}
	platform_device_unregister(first);
}

/* Whatever the channels report */
static void random_values_stay_in_range(struct kunit *test)
{
	struct psy_miniclass *mc = bind(test, 3, NOTHING);
	struct rnd_state rnd;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, mc);
	prandom_seed_state(&rnd, 3);
	for (i = 0; i < 500; i++) {
		int capacity, margin;

		monitor.mv = i % 2 ? prandom_u32_state(&rnd) : prandom_u32_state(&rnd) % 6000;
		monitor.ma = (int)prandom_u32_state(&rnd) >> (i % 20);
		monitor.milli_celsius = prandom_u32_state(&rnd);
		gauge_refresh(mc);
		capacity = gauge_get(mc, POWER_SUPPLY_PROP_CAPACITY);
		margin = gauge_get(mc, POWER_SUPPLY_PROP_CAPACITY_ERROR_MARGIN);
		KUNIT_EXPECT_TRUE(test, capacity == -ENODEV || (capacity >= 0 && capacity <= 100));
		KUNIT_EXPECT_TRUE(test, margin == -ENODEV || (margin >= 0 && margin <= 100));
	}
}

/* The battery of a board that describes the least that is needed */
static void a_short_description_is_enough(struct kunit *test)
{
	struct voltage_test *vt = test->priv;
	static const struct property_entry battery[] = { NAME, FULL_PROP, WARM, TABLE_PROP, { } };
	const struct property_entry props[] = {
		PROPERTY_ENTRY_REF_ARRAY_LEN("io-channels", channel_refs, 2),
		PROPERTY_ENTRY_STRING_ARRAY_LEN("io-channel-names", channel_names, 2),
		PROPERTY_ENTRY_REF("monitored-battery", &vt->battery), { }
	};
	struct psy_miniclass *mc;

	monitor.ma = -1000;
	mc = bind_battery(test, battery, props);
	KUNIT_ASSERT_NOT_NULL(test, mc);
	/* Without a resistance, the voltage is that of no load. */
	KUNIT_EXPECT_EQ(test, gauge_get(mc, POWER_SUPPLY_PROP_CAPACITY), 50);
	KUNIT_EXPECT_FALSE(test, gauge_has(mc, POWER_SUPPLY_PROP_TECHNOLOGY));
}

static void wrong_batteries_are_refused(struct kunit *test)
{
	static const u32 rising[] = { 3000000, 100, 4200000, 0 };
	static const u32 above[] = { 4200000, 101, 3000000, 0 };
	static const u32 less[] = { 4200000, 50, 3000000, 60 };
	static const u32 odd[] = { 4200000, 100, 3000000 };
	static const u32 hot[] = { 201 };
#define TABLE(_array)	PROPERTY_ENTRY_U32_ARRAY("ocv-capacity-table-0", _array)
	static const struct property_entry wrong[][6] = {
		{ NAME, WARM, TABLE_PROP },
		{ NAME, FULL_PROP, TABLE_PROP },
		{ NAME, FULL_PROP, WARM },
		{ NAME, FULL_PROP, CELSIUS_PROP, TABLE_PROP },
		{ NAME, FULL_PROP, WARM, TABLE(rising) },
		{ NAME, FULL_PROP, WARM, TABLE(above) },
		{ NAME, FULL_PROP, WARM, TABLE(less) },
		{ NAME, FULL_PROP, WARM, TABLE(odd) },
		{ NAME, FULL_PROP, PROPERTY_ENTRY_U32_ARRAY("ocv-capacity-celsius", hot),
		  TABLE_PROP },
		{ NAME, PROPERTY_ENTRY_U32("charge-full-design-microamp-hours", 999), WARM,
		  TABLE_PROP },
		{ NAME, PROPERTY_ENTRY_U32("charge-full-design-microamp-hours", 1000000001), WARM,
		  TABLE_PROP },
		{ NAME, PROPERTY_ENTRY_STRING("charge-full-design-microamp-hours", "2000"), WARM,
		  TABLE_PROP },
		{ NAME, FULL_PROP, WARM, TABLE_PROP,
		  PROPERTY_ENTRY_U32("factory-internal-resistance-micro-ohms", 100000001) },
		{ NAME, FULL_PROP, WARM, TABLE_PROP,
		  PROPERTY_ENTRY_U32_ARRAY("resistance-temp-table", odd) },
	};
#undef TABLE
	struct voltage_test *vt = test->priv;
	const struct property_entry props[] = {
		PROPERTY_ENTRY_REF_ARRAY_LEN("io-channels", channel_refs, 2),
		PROPERTY_ENTRY_STRING_ARRAY_LEN("io-channel-names", channel_names, 2),
		PROPERTY_ENTRY_REF("monitored-battery", &vt->battery), { }
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		KUNIT_EXPECT_NULL_MSG(test, bind_battery(test, wrong[i], props), "case %u", i);
		unbind(test);
	}
}

static void wrong_channels_are_refused(struct kunit *test)
{
	static const char * const swapped[] = { "current", "voltage" };
	static const char * const other[] = { "current" };
	struct voltage_test *vt = test->priv;
	const struct property_entry battery = PROPERTY_ENTRY_REF("monitored-battery",
								 &vt->battery);
	const struct property_entry wrong[][4] = {
		{ PROPERTY_ENTRY_REF_ARRAY_LEN("io-channels", channel_refs, 2),
		  PROPERTY_ENTRY_STRING_ARRAY("io-channel-names", swapped), battery },
		{ PROPERTY_ENTRY_REF_ARRAY_LEN("io-channels", channel_refs + 1, 1),
		  PROPERTY_ENTRY_STRING_ARRAY("io-channel-names", other), battery },
		{ battery },
		/* No battery */
		{ PROPERTY_ENTRY_REF_ARRAY_LEN("io-channels", channel_refs, 2),
		  PROPERTY_ENTRY_STRING_ARRAY_LEN("io-channel-names", channel_names, 2) },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		KUNIT_EXPECT_NULL_MSG(test, bind_battery(test, battery_props, wrong[i]),
				      "case %u", i);
		unbind(test);
	}
}

static struct kunit_case voltage_cases[] = {
	KUNIT_CASE(reads_the_values),
	KUNIT_CASE(the_status_is_that_of_the_current),
	KUNIT_CASE(the_current_may_be_reversed),
	KUNIT_CASE(the_voltage_is_enough),
	KUNIT_CASE(the_temperature_selects_the_table),
	KUNIT_CASE(no_battery_is_connected),
	KUNIT_CASE(failures_keep_the_last_values),
	KUNIT_CASE(the_gauge_follows_the_monitor),
	KUNIT_CASE(two_gauges_share_a_monitor),
	KUNIT_CASE(random_values_stay_in_range),
	KUNIT_CASE(a_short_description_is_enough),
	KUNIT_CASE(wrong_batteries_are_refused),
	KUNIT_CASE(wrong_channels_are_refused),
	{ }
};

static struct kunit_suite voltage_suite = {
	.name = "voltage-gauge",
	.init = voltage_init,
	.test_cases = voltage_cases,
};

kunit_test_suite(voltage_suite);
