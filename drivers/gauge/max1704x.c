// SPDX-License-Identifier: GPL-2.0-only
/*
 * Maxim ModelGauge fuel gauges for one or two lithium-ion cells in series. They know
 * voltage and percentage; the status is that of the charger.
 *
 * Data sheets: MAX17040/MAX17041 (19-5210), MAX17043/MAX17044 (19-4811),
 * MAX17048/MAX17049 (19-6171), MAX17058/MAX17059 (19-6172)
 */
#include <linux/mod_devicetable.h>
#include <linux/power/psy_gauge.h>
#include <linux/property.h>

/* "Register Summary": words, the more significant byte first */
#define MAX1704X_VCELL		0x02
#define MAX1704X_SOC		0x04	/* 1/256 percent */
#define MAX1704X_CONFIG		0x0c	/* the MAX17040 and MAX17041 call it RCOMP */

#define MAX1704X_RCOMP_DEFAULT	0x97	/* upper byte of CONFIG after power-on */
#define MAX1704X_ALRT		BIT(5)	/* holds the alert line low until it is cleared */
#define MAX1704X_ATHD		GENMASK(4, 0)	/* 32 minus the alert threshold, percent */
#define MAX1704X_ATHD_MAX	32
#define MAX1704X_ATHD_DEFAULT	4

/**
 * struct max1704x_type - a type of chip
 * @desc: for the class
 * @cells: number of cells in series
 * @rcomp_bytes: size of RCOMP; chips with one byte have an alert
 */
struct max1704x_type {
	struct psy_miniclass_desc desc;
	int cells;
	unsigned int rcomp_bytes;
};

/**
 * struct max1704x - a gauge
 * @type: type of the chip
 * @config: CONFIG as it should be
 * @set: CONFIG was so at the last reading
 * @alert_low: alert threshold of the firmware, percent
 * @soc_div: 2 for a battery whose model counts to 200 %, else 1
 */
struct max1704x {
	const struct max1704x_type *type;
	u16 config;
	bool set;
	u32 alert_low;
	int soc_div;
};

#define MAX1704X_ROWS		2
#define MAX1704X_SOC_ROW { PSY_CAPACITY, MAX1704X_SOC, .div = 256, .scale = PSY_SCALE_CAPACITY, \
			   .flags = PSY_ROW_RANGE, .min = 0, .max = 110 }

/*
 * MAX17040 to MAX17044: 1.25 mV, in the upper 12 bits. Full scale is above the limit of a
 * cell: all ones are a bus without a chip.
 */
static const struct psy_field_desc max17040_rows[MAX1704X_ROWS] = {
	{ PSY_VOLTAGE_NOW, MAX1704X_VCELL, .shift = 4, .bits = 12, .mul = 1250,
	  .scale = PSY_SCALE_VOLTAGE, .flags = PSY_ROW_HAS_NA, .na = 0xfff },
	MAX1704X_SOC_ROW,
};

/* MAX17048 to MAX17059: 78.125 uV */
static const struct psy_field_desc max17048_rows[MAX1704X_ROWS] = {
	{ PSY_VOLTAGE_NOW, MAX1704X_VCELL, .mul = 625, .div = 8, .scale = PSY_SCALE_VOLTAGE,
	  .flags = PSY_ROW_HAS_NA, .na = 0xffff },
	MAX1704X_SOC_ROW,
};

/* The bits of CONFIG that the driver sets: all but the alert itself */
static u16 max1704x_mask(const struct max1704x *mx)
{
	return mx->type->rcomp_bytes == 2 ? 0xffff : (u16)~MAX1704X_ALRT;
}

/*
 * A chip that was without power has lost its settings, and a different battery may be
 * connected. One bad reading must not be enough. A chip that does not respond, or lacks
 * the register, is found by the class when it reads the rows.
 */
static int max1704x_before_read(struct psy_miniclass *mc)
{
	struct max1704x *mx = psy_miniclass_get_drvdata(mc);
	unsigned int raw, i;

	for (i = 0; i < 2; i++) {
		if (psy_miniclass_read(mc, MAX1704X_CONFIG, &raw))
			return 0;
		/* Nothing drives the bus, unless this was asked for. */
		if (raw == 0xffff && mx->config != 0xffff)
			return -EIO;
		if (!((raw ^ mx->config) & max1704x_mask(mx))) {
			mx->set = true;
			return 0;
		}
	}
	if (mx->set)
		psy_miniclass_replaced(mc);
	mx->set = false;
	psy_miniclass_write(mc, MAX1704X_CONFIG, mx->config);
	return 0;
}

static int max1704x_query_info(struct psy_miniclass *mc, struct psy_info *info)
{
	struct max1704x *mx = psy_miniclass_get_drvdata(mc);

	psy_miniclass_set_scale(mc, PSY_SCALE_VOLTAGE, mx->type->cells, 1);
	psy_miniclass_set_scale(mc, PSY_SCALE_CAPACITY, 1, mx->soc_div);
	psy_values_set(&info->values, PSY_ALERT_LOW, mx->alert_low);
	return 0;
}

static int max1704x_set_alert(struct psy_miniclass *mc, unsigned int percent)
{
	struct max1704x *mx = psy_miniclass_get_drvdata(mc);

	/* Out of reach: the class polls instead. */
	if (!percent || percent * mx->soc_div > MAX1704X_ATHD_MAX)
		return -EOPNOTSUPP;
	mx->config &= ~MAX1704X_ATHD;
	mx->config |= MAX1704X_ATHD_MAX - percent * mx->soc_div;
	mx->set = false;
	return psy_miniclass_write(mc, MAX1704X_CONFIG, mx->config);
}

static int max1704x_set_notify(struct psy_miniclass *mc, const struct psy_limits *limits)
{
	return max1704x_set_alert(mc, limits->low);
}

/* The alert cannot be switched off. */
static int max1704x_disable_notify(struct psy_miniclass *mc)
{
	struct max1704x *mx = psy_miniclass_get_drvdata(mc);

	return max1704x_set_alert(mc, mx->alert_low);
}

static int max1704x_ack_irq(struct psy_miniclass *mc)
{
	return psy_miniclass_update_bits(mc, MAX1704X_CONFIG, MAX1704X_ALRT, 0);
}

static const struct psy_miniclass_ops max1704x_ops = {
	.before_read = max1704x_before_read,
	.ack_irq = max1704x_ack_irq,
	.query_info = max1704x_query_info,
	.set_notify = max1704x_set_notify,
	.disable_notify = max1704x_disable_notify,
};

#define MAX1704X_TYPE(_model, _rows, _cells, _rcomp_bytes) {	\
	.desc = {						\
		.rows = _rows,					\
		.num_rows = MAX1704X_ROWS,			\
		.run = 2,					\
		.manufacturer = "Maxim",			\
		.model = _model,				\
		.technology = POWER_SUPPLY_TECHNOLOGY_LION,	\
		.supplied = true,				\
		.extra = PSY_BIT(PSY_ALERT_LOW),		\
		.ops = &max1704x_ops,				\
	},							\
	.cells = _cells,					\
	.rcomp_bytes = _rcomp_bytes,				\
}

static const struct max1704x_type max17040 = MAX1704X_TYPE("MAX17040", max17040_rows, 1, 2);
static const struct max1704x_type max17041 = MAX1704X_TYPE("MAX17041", max17040_rows, 2, 2);
static const struct max1704x_type max17043 = MAX1704X_TYPE("MAX17043", max17040_rows, 1, 1);
static const struct max1704x_type max17044 = MAX1704X_TYPE("MAX17044", max17040_rows, 2, 1);
static const struct max1704x_type max17048 = MAX1704X_TYPE("MAX17048", max17048_rows, 1, 1);
static const struct max1704x_type max17049 = MAX1704X_TYPE("MAX17049", max17048_rows, 2, 1);
static const struct max1704x_type max17058 = MAX1704X_TYPE("MAX17058", max17048_rows, 1, 1);
static const struct max1704x_type max17059 = MAX1704X_TYPE("MAX17059", max17048_rows, 2, 1);

static const struct regmap_config max1704x_regmap = {
	.reg_bits = 8,
	.reg_stride = 2,
	.val_bits = 16,
	.val_format_endian = REGMAP_ENDIAN_BIG,
};

static int max1704x_read_firmware(struct max1704x *mx, struct device *dev)
{
	unsigned int n = mx->type->rcomp_bytes;
	u8 rcomp[2] = { MAX1704X_RCOMP_DEFAULT };
	int ret;

	mx->soc_div = device_property_read_bool(dev, "maxim,double-soc") ? 2 : 1;
	mx->alert_low = MAX1704X_ATHD_DEFAULT;
	ret = psy_miniclass_fw_u32(dev, "maxim,alert-low-soc-level", 1,
				   MAX1704X_ATHD_MAX / mx->soc_div, &mx->alert_low);
	if (ret)
		return ret;

	if (device_property_present(dev, "maxim,rcomp") &&
	    (device_property_count_u8(dev, "maxim,rcomp") != n ||
	     device_property_read_u8_array(dev, "maxim,rcomp", rcomp, n)))
		return dev_err_probe(dev, -EINVAL, "maxim,rcomp: must have %u bytes\n", n);
	mx->config = rcomp[0] << 8 | rcomp[1];
	if (n == 1)
		mx->config |= MAX1704X_ATHD_MAX - mx->alert_low * mx->soc_div;
	return 0;
}

static int max1704x_probe(struct i2c_client *client)
{
	const struct max1704x_type *type = i2c_get_match_data(client);
	struct psy_miniclass_config config = {};
	struct device *dev = &client->dev;
	struct max1704x *mx;
	int ret;

	mx = devm_kzalloc(dev, sizeof(*mx), GFP_KERNEL);
	if (!mx)
		return -ENOMEM;
	if (!type)
		return -ENODEV;
	mx->type = type;
	ret = max1704x_read_firmware(mx, dev);
	if (ret)
		return ret;

	config.drvdata = mx;
	config.alarms = type->rcomp_bytes == 1 ? PSY_LIMIT_LOW : 0;
	return devm_psy_gauge_register(client, &type->desc, &max1704x_regmap, &config);
}

static const struct of_device_id max1704x_of_match[] = {
	{ .compatible = "maxim,max17040", .data = &max17040 },
	{ .compatible = "maxim,max17041", .data = &max17041 },
	{ .compatible = "maxim,max17043", .data = &max17043 },
	{ .compatible = "maxim,max17044", .data = &max17044 },
	{ .compatible = "maxim,max17048", .data = &max17048 },
	{ .compatible = "maxim,max17049", .data = &max17049 },
	{ .compatible = "maxim,max17058", .data = &max17058 },
	{ .compatible = "maxim,max17059", .data = &max17059 },
	{ .compatible = "maxim,max77836-battery", .data = &max17043 },
	{ }
};
MODULE_DEVICE_TABLE(of, max1704x_of_match);

static const struct i2c_device_id max1704x_ids[] = {
	{ .name = "max17040", .driver_data = (kernel_ulong_t)&max17040 },
	{ .name = "max17041", .driver_data = (kernel_ulong_t)&max17041 },
	{ .name = "max17043", .driver_data = (kernel_ulong_t)&max17043 },
	{ .name = "max17044", .driver_data = (kernel_ulong_t)&max17044 },
	{ .name = "max17048", .driver_data = (kernel_ulong_t)&max17048 },
	{ .name = "max17049", .driver_data = (kernel_ulong_t)&max17049 },
	{ .name = "max17058", .driver_data = (kernel_ulong_t)&max17058 },
	{ .name = "max17059", .driver_data = (kernel_ulong_t)&max17059 },
	{ .name = "max77836-battery", .driver_data = (kernel_ulong_t)&max17043 },
	{ }
};
MODULE_DEVICE_TABLE(i2c, max1704x_ids);

static struct i2c_driver max1704x_driver = {
	.driver = {
		.name = "max1704x-gauge",
		.of_match_table = max1704x_of_match,
		.pm = pm_sleep_ptr(&psy_miniclass_pm_ops),
	},
	.I2C_PROBE = max1704x_probe,
	.id_table = max1704x_ids,
};
module_psy_gauge(max1704x_driver);

MODULE_DESCRIPTION("Maxim MAX17040 family fuel gauge driver");
MODULE_AUTHOR("The psy-miniclass developers");
MODULE_LICENSE("GPL");
MODULE_VERSION(PSY_VERSION);
MODULE_IMPORT_NS("PSY_MINICLASS");
