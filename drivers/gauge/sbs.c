// SPDX-License-Identifier: GPL-2.0-only
/*
 * Smart batteries on SMBus: Smart Battery Data Specification, revision 1.1
 * (SBS Implementers Forum, 1998). Needs word transfers only; strings need block
 * transfers, and packet error checking is used where pack and adapter have it.
 */
#include <linux/atomic.h>
#include <linux/delay.h>
#include <linux/gpio/consumer.h>
#include <linux/i2c.h>
#include <linux/interrupt.h>
#include <linux/math64.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/power/psy_miniclass.h>
#include <linux/property.h>
#include <linux/regmap.h>
#include <linux/string.h>

#include "sbs.h"

/* A word of all ones is what a floating bus reads, or "not available". */
#define SBS_NA			0xffff

/* Other bounds than those of the in-tree binding: it has none. */
#define SBS_MAX_RETRIES		100
#define SBS_MAX_POLL_RETRIES	3600

/**
 * struct sbs_gauge - one slot for a smart battery
 * @client: its address
 * @detect: tells whether a pack is in, or NULL
 * @insertions: edges seen on @detect
 * @current_scale: factor of currents and charges, from SpecificationInfo()
 * @power_scale: factor of powers and energies
 * @quiet: tell packs not to broadcast to a charger
 * @foreign_unit: the pack counts in the other unit and does not let us change
 */
struct sbs_gauge {
	struct i2c_client *client;
	struct gpio_desc *detect;
	atomic_t insertions;
	int current_scale;
	int power_scale;
	bool quiet;
	bool foreign_unit;
};

static const struct psy_field_desc sbs_rows[] = {
	{ PSY_TEMP, SBS_TEMPERATURE, .offset = -2731,
	  .flags = PSY_ROW_HAS_NA | PSY_ROW_RANGE, .na = SBS_NA, .min = -1000, .max = 2000 },
	{ PSY_VOLTAGE_NOW, SBS_VOLTAGE, .mul = 1000, .scale = PSY_SCALE_VOLTAGE,
	  .flags = PSY_ROW_HAS_NA, .na = SBS_NA },
	{ PSY_CURRENT_NOW, SBS_CURRENT, .mul = 1000, .scale = PSY_SCALE_CURRENT,
	  .flags = PSY_ROW_SIGNED },
	{ PSY_CURRENT_AVG, SBS_AVERAGE_CURRENT, .mul = 1000, .scale = PSY_SCALE_CURRENT,
	  .flags = PSY_ROW_SIGNED },
	{ PSY_CAPACITY_ERROR_MARGIN, SBS_MAX_ERROR,
	  .flags = PSY_ROW_RANGE, .min = 0, .max = 100 },
	{ PSY_CAPACITY, SBS_RELATIVE_STATE_OF_CHARGE,
	  .flags = PSY_ROW_HAS_NA | PSY_ROW_RANGE, .na = SBS_NA, .min = 0, .max = 110 },
	{ PSY_CHARGE_NOW, SBS_REMAINING_CAPACITY, .family = PSY_FAMILY_CHARGE,
	  .mul = 1000, .scale = PSY_SCALE_CURRENT, .flags = PSY_ROW_HAS_NA, .na = SBS_NA },
	{ PSY_CHARGE_FULL, SBS_FULL_CHARGE_CAPACITY, .family = PSY_FAMILY_CHARGE,
	  .mul = 1000, .scale = PSY_SCALE_CURRENT, .flags = PSY_ROW_HAS_NA, .na = SBS_NA },
	{ PSY_ENERGY_NOW, SBS_REMAINING_CAPACITY, .family = PSY_FAMILY_ENERGY,
	  .mul = 10000, .scale = PSY_SCALE_POWER, .flags = PSY_ROW_HAS_NA, .na = SBS_NA },
	{ PSY_ENERGY_FULL, SBS_FULL_CHARGE_CAPACITY, .family = PSY_FAMILY_ENERGY,
	  .mul = 10000, .scale = PSY_SCALE_POWER, .flags = PSY_ROW_HAS_NA, .na = SBS_NA },
	/* Minutes; 65535 while the current flows the other way, or not at all. */
	{ PSY_TIME_TO_EMPTY_NOW, SBS_RUN_TIME_TO_EMPTY, .mul = 60,
	  .flags = PSY_ROW_HAS_NA, .na = SBS_NA },
	{ PSY_TIME_TO_EMPTY_AVG, SBS_AVERAGE_TIME_TO_EMPTY, .mul = 60,
	  .flags = PSY_ROW_HAS_NA, .na = SBS_NA },
	{ PSY_TIME_TO_FULL_AVG, SBS_AVERAGE_TIME_TO_FULL, .mul = 60,
	  .flags = PSY_ROW_HAS_NA, .na = SBS_NA },
	/* The two that SpecificationInfo() never scales; 65535 is "no limit". */
	{ PSY_CHARGE_CURRENT_MAX, SBS_CHARGING_CURRENT, .mul = 1000,
	  .flags = PSY_ROW_HAS_NA, .na = SBS_NA },
	{ PSY_CHARGE_VOLTAGE_MAX, SBS_CHARGING_VOLTAGE, .mul = 1000,
	  .flags = PSY_ROW_HAS_NA, .na = SBS_NA },
	{ PSY_CYCLE_COUNT, SBS_CYCLE_COUNT, .flags = PSY_ROW_HAS_NA, .na = SBS_NA },

	{ PSY_VOLTAGE_MIN_DESIGN, SBS_DESIGN_VOLTAGE, .mul = 1000,
	  .scale = PSY_SCALE_VOLTAGE, .flags = PSY_ROW_HAS_NA | PSY_ROW_RANGE,
	  .na = SBS_NA, .min = 1, .max = INT_MAX },
	{ PSY_CHARGE_FULL_DESIGN, SBS_DESIGN_CAPACITY, .family = PSY_FAMILY_CHARGE,
	  .mul = 1000, .scale = PSY_SCALE_CURRENT,
	  .flags = PSY_ROW_HAS_NA | PSY_ROW_RANGE, .na = SBS_NA, .min = 1, .max = INT_MAX },
	{ PSY_ENERGY_FULL_DESIGN, SBS_DESIGN_CAPACITY, .family = PSY_FAMILY_ENERGY,
	  .mul = 10000, .scale = PSY_SCALE_POWER,
	  .flags = PSY_ROW_HAS_NA | PSY_ROW_RANGE, .na = SBS_NA, .min = 1, .max = INT_MAX },
	{ PSY_IDENTITY, SBS_SERIAL_NUMBER },
};

static int sbs_reg_read(void *context, unsigned int reg, unsigned int *val)
{
	int ret = i2c_smbus_read_word_data(context, reg);

	if (ret < 0)
		return ret;
	*val = ret;
	return 0;
}

static int sbs_reg_write(void *context, unsigned int reg, unsigned int val)
{
	return i2c_smbus_write_word_data(context, reg, val);
}

/* Own accessors: the I2C bus of regmap has no packet error checking. */
static const struct regmap_config sbs_regmap = {
	.reg_bits = 8,
	.val_bits = 16,
	.max_register = SBS_SERIAL_NUMBER,
	.reg_read = sbs_reg_read,
	.reg_write = sbs_reg_write,
};

static void sbs_set_pec(struct i2c_client *client, bool on)
{
	if (on)
		client->flags |= I2C_CLIENT_PEC;
	else
		client->flags &= ~I2C_CLIENT_PEC;
}

/*
 * Learn scale and PEC. The word that says whether replies are checked is itself
 * read unchecked first, so it is read again before it is believed.
 */
static int sbs_query_spec(struct sbs_gauge *sg, struct psy_miniclass *mc)
{
	struct i2c_client *client = sg->client;
	struct sbs_spec spec;
	unsigned int raw, again;
	int ret;

	sbs_set_pec(client, false);
	ret = psy_miniclass_read(mc, SBS_SPECIFICATION_INFO, &raw);
	if (ret)
		return ret;

	sbs_decode_spec(raw, &spec);
	sbs_set_pec(client, spec.pec && i2c_check_functionality(client->adapter,
								I2C_FUNC_SMBUS_PEC));
	ret = psy_miniclass_read(mc, SBS_SPECIFICATION_INFO, &again);
	if (ret)
		return ret;
	if (raw != again)
		return -EBADMSG;

	if (sbs_decode_spec(raw, &spec))
		dev_warn(&client->dev, "SpecificationInfo %#06x: bad scale, ignored\n", raw);

	/* "Power readings" carry both factors: section 5.1.25, example */
	sg->current_scale = spec.ip_scale;
	sg->power_scale = spec.volt_scale * spec.ip_scale;
	psy_miniclass_set_scale(mc, PSY_SCALE_VOLTAGE, spec.volt_scale, 1);
	psy_miniclass_set_scale(mc, PSY_SCALE_CURRENT, sg->current_scale, 1);
	psy_miniclass_set_scale(mc, PSY_SCALE_POWER, sg->power_scale, 1);
	return 0;
}

/*
 * See to it that the pack counts in the unit that the supply shows. The mode is
 * only written when it is wrong: after another pack was put in, or after another
 * bus master has changed it.
 *
 * Returns -EAGAIN when the unit had to be changed.
 */
static int sbs_sync_mode(struct sbs_gauge *sg, struct psy_miniclass *mc, u16 *mode)
{
	enum psy_family family = psy_miniclass_get_family(mc);
	unsigned int raw, want;
	int ret;

	ret = psy_miniclass_read(mc, SBS_BATTERY_MODE, &raw);
	if (ret)
		return ret;

	want = raw;
	if (family == PSY_FAMILY_CHARGE)
		want &= ~SBS_MODE_CAPACITY;
	else if (family == PSY_FAMILY_ENERGY)
		want |= SBS_MODE_CAPACITY;
	if (sg->quiet)
		want |= SBS_MODE_CHARGER;

	*mode = raw;
	if (raw == want || sg->foreign_unit)
		return 0;

	do {
		ret = i2c_smbus_write_word_data(sg->client, SBS_BATTERY_MODE, want);
	} while (psy_miniclass_retry(mc, ret));
	if (ret)
		return ret;

	/* Gauges take a moment to recompute. */
	usleep_range(1000, 2000);
	ret = psy_miniclass_read(mc, SBS_BATTERY_MODE, &raw);
	if (ret)
		return ret;

	if ((raw ^ want) & SBS_MODE_CAPACITY) {
		dev_warn(&sg->client->dev, "pack does not let its unit be changed\n");
		sg->foreign_unit = true;
		return 0;
	}
	return (*mode ^ raw) & SBS_MODE_CAPACITY ? -EAGAIN : 0;
}

static int sbs_read_block(struct i2c_client *client, u8 cmd, u8 *buf)
{
	int len;

	if (i2c_check_functionality(client->adapter, I2C_FUNC_SMBUS_READ_BLOCK_DATA))
		return i2c_smbus_read_block_data(client, cmd, buf);

	/* The same bytes on the wire, for adapters that must know the length. */
	if (!i2c_check_functionality(client->adapter, I2C_FUNC_SMBUS_READ_I2C_BLOCK))
		return -EOPNOTSUPP;
	len = i2c_smbus_read_i2c_block_data(client, cmd, I2C_SMBUS_BLOCK_MAX, buf);
	if (len < 1)
		return len;
	len = min_t(int, buf[0], len - 1);
	memmove(buf, buf + 1, len);
	return len;
}

/* A string that cannot be read stays empty: it is no reason to lose the pack. */
static void sbs_query_string(struct sbs_gauge *sg, struct psy_miniclass *mc, u8 cmd,
			     char *text)
{
	u8 buf[I2C_SMBUS_BLOCK_MAX];
	int ret;

	do {
		ret = sbs_read_block(sg->client, cmd, buf);
	} while (psy_miniclass_retry(mc, ret));

	psy_string_clean(text, buf, max(ret, 0));
}

static int sbs_query_info(struct psy_miniclass *mc, struct psy_info *info)
{
	struct sbs_gauge *sg = psy_miniclass_get_drvdata(mc);
	unsigned int raw;
	u16 mode;
	int ret;

	ret = sbs_query_spec(sg, mc);
	if (ret)
		return ret;

	/* First: it vouches for the rest. */
	ret = psy_miniclass_read(mc, SBS_SERIAL_NUMBER, &raw);
	if (ret)
		return ret;
	psy_values_set(&info->values, PSY_IDENTITY, raw);
	snprintf(info->serial, sizeof(info->serial), "%04x", raw);

	sg->foreign_unit = false;
	ret = sbs_sync_mode(sg, mc, &mode);
	if (ret && ret != -EAGAIN)
		return ret;
	info->family = mode & SBS_MODE_CAPACITY ? PSY_FAMILY_ENERGY : PSY_FAMILY_CHARGE;

	ret = psy_miniclass_read(mc, SBS_MANUFACTURE_DATE, &raw);
	if (ret)
		return ret;
	sbs_decode_date(raw, &info->values);

	sbs_query_string(sg, mc, SBS_MANUFACTURER_NAME, info->manufacturer);
	sbs_query_string(sg, mc, SBS_DEVICE_NAME, info->model);
	sbs_query_string(sg, mc, SBS_DEVICE_CHEMISTRY, info->chemistry);
	if (info->chemistry[0])
		psy_values_set(&info->values, PSY_TECHNOLOGY,
			       psy_chemistry_to_technology(info->chemistry));
	return 0;
}

/* Values in the wrong unit are worse than none. */
static void sbs_drop_foreign(struct psy_values *v)
{
	v->valid &= ~(PSY_BIT(PSY_CHARGE_NOW) | PSY_BIT(PSY_CHARGE_FULL) |
		      PSY_BIT(PSY_ENERGY_NOW) | PSY_BIT(PSY_ENERGY_FULL));
}

static int sbs_query_status(struct psy_miniclass *mc, const struct psy_info *info,
			    struct psy_values *status)
{
	struct sbs_gauge *sg = psy_miniclass_get_drvdata(mc);
	unsigned int raw;
	u16 mode;
	int ret;

	ret = psy_miniclass_read(mc, SBS_BATTERY_STATUS, &raw);
	if (ret)
		return ret;
	if (raw == SBS_NA)
		return -EIO;

	ret = sbs_sync_mode(sg, mc, &mode);
	if (ret)
		return ret;
	if (sg->foreign_unit)
		sbs_drop_foreign(status);

	sbs_decode_status(raw, mode, status);
	return 0;
}

static int sbs_query_tag(struct psy_miniclass *mc, u32 *tag)
{
	struct sbs_gauge *sg = psy_miniclass_get_drvdata(mc);
	int present;

	if (!sg->detect)
		return -EOPNOTSUPP;

	present = gpiod_get_value_cansleep(sg->detect);
	if (present < 0)
		return present;
	if (!present)
		return -ENODEV;
	*tag = 1 + (u32)atomic_read(&sg->insertions);
	return 0;
}

/*
 * RemainingCapacityAlarm(), section 5.1.2, is a word in the unit of the pack,
 * which SpecificationInfo() scales as it does RemainingCapacity(). 0 disables it.
 * It is also what the pack's own warning goes by: below the limit of user space
 * the level is Low.
 */
static int sbs_write_alarm(struct psy_miniclass *mc, int amount)
{
	struct sbs_gauge *sg = psy_miniclass_get_drvdata(mc);
	bool energy = psy_miniclass_get_family(mc) == PSY_FAMILY_ENERGY;
	s64 unit = energy ? 10000LL * sg->power_scale : 1000LL * sg->current_scale;
	u16 word = min_t(s64, div64_s64(amount + unit - 1, unit), SBS_NA - 1);
	int ret;

	if (sg->foreign_unit)
		return -EOPNOTSUPP;
	do {
		ret = i2c_smbus_write_word_data(sg->client, SBS_REMAINING_CAPACITY_ALARM, word);
	} while (psy_miniclass_retry(mc, ret));
	return ret;
}

static int sbs_set_notify(struct psy_miniclass *mc, const struct psy_limits *limits)
{
	if (!limits->low_amount)
		return -ENODATA;
	return sbs_write_alarm(mc, limits->low_amount);
}

static int sbs_disable_notify(struct psy_miniclass *mc)
{
	return sbs_write_alarm(mc, 0);
}

static const struct psy_miniclass_ops sbs_ops = {
	.query_tag = sbs_query_tag,
	.query_info = sbs_query_info,
	.query_status = sbs_query_status,
	.set_notify = sbs_set_notify,
	.disable_notify = sbs_disable_notify,
};

static const struct psy_miniclass_desc sbs_desc = {
	.rows = sbs_rows,
	.num_rows = ARRAY_SIZE(sbs_rows),
	.extra = PSY_BIT(PSY_STATUS) | PSY_BIT(PSY_HEALTH) | PSY_BIT(PSY_CAPACITY_LEVEL) |
		 PSY_BIT(PSY_TECHNOLOGY) | PSY_BIT(PSY_MANUFACTURE_YEAR) |
		 PSY_BIT(PSY_MANUFACTURE_MONTH) | PSY_BIT(PSY_MANUFACTURE_DAY),
	.strings = true,
	.chemistry = true,
	.ops = &sbs_ops,
};

static irqreturn_t sbs_alarm_irq(int irq, void *data)
{
	psy_miniclass_changed(data);
	return IRQ_HANDLED;
}

static irqreturn_t sbs_detect_irq(int irq, void *data)
{
	struct sbs_gauge *sg = psy_miniclass_get_drvdata(data);

	atomic_inc(&sg->insertions);
	psy_miniclass_changed(data);
	return IRQ_HANDLED;
}

static void sbs_alert(struct i2c_client *client, enum i2c_alert_protocol protocol,
		      unsigned int data)
{
	psy_miniclass_changed(i2c_get_clientdata(client));
}

static int sbs_request_irqs(struct sbs_gauge *sg, struct psy_miniclass *mc)
{
	struct device *dev = &sg->client->dev;
	int irq, ret;

	if (sg->client->irq) {
		ret = devm_request_threaded_irq(dev, sg->client->irq, NULL, sbs_alarm_irq,
						IRQF_ONESHOT, dev_name(dev), mc);
		if (ret)
			return dev_err_probe(dev, ret, "cannot request the interrupt\n");
	}

	/* A detect line without an interrupt is looked at by the poll. */
	irq = sg->detect ? gpiod_to_irq(sg->detect) : -ENXIO;
	if (irq < 0)
		return irq == -EPROBE_DEFER ? irq : 0;
	ret = devm_request_threaded_irq(dev, irq, NULL, sbs_detect_irq,
					IRQF_TRIGGER_RISING | IRQF_TRIGGER_FALLING |
					IRQF_ONESHOT, dev_name(dev), mc);
	if (ret)
		return dev_err_probe(dev, ret, "cannot request the detect interrupt\n");
	return 0;
}

static int sbs_read_firmware(struct sbs_gauge *sg, struct psy_miniclass_config *config)
{
	struct device *dev = &sg->client->dev;
	u32 retries = 0, polls = 0;
	int ret;

	ret = psy_miniclass_fw_u32(dev, "sbs,i2c-retry-count", 0, SBS_MAX_RETRIES, &retries);
	if (ret)
		return ret;
	ret = psy_miniclass_fw_u32(dev, "sbs,poll-retry-count", 0, SBS_MAX_POLL_RETRIES,
				   &polls);
	if (ret)
		return ret;

	/* 0 is the binding's default and leaves the choice to the class. */
	config->retries = retries;
	config->settle_polls = polls;
	sg->quiet = device_property_read_bool(dev, "sbs,disable-charger-broadcasts");

	sg->detect = devm_gpiod_get_optional(dev, "sbs,battery-detect", GPIOD_IN);
	if (IS_ERR(sg->detect))
		return dev_err_probe(dev, PTR_ERR(sg->detect),
				     "sbs,battery-detect-gpios: must name one GPIO line\n");
	return 0;
}

static int sbs_is_alert_device(struct device *dev, void *unused)
{
	struct i2c_client *client = i2c_verify_client(dev);

	return client && dev->driver && !strcmp(client->name, "smbus_alert");
}

/*
 * The pack's only limit can wake us through a line of its own, or through that
 * of the bus, when somebody serves it.
 */
static u32 sbs_alarms(struct i2c_client *client)
{
	if (client->irq > 0 ||
	    device_for_each_child(&client->adapter->dev, NULL, sbs_is_alert_device))
		return PSY_LIMIT_LOW;
	return 0;
}

static int sbs_probe(struct i2c_client *client)
{
	struct psy_miniclass_config config = {};
	struct device *dev = &client->dev;
	struct psy_miniclass *mc;
	struct sbs_gauge *sg;
	int ret;

	if (!i2c_check_functionality(client->adapter, I2C_FUNC_SMBUS_WORD_DATA))
		return dev_err_probe(dev, -ENODEV, "adapter has no SMBus word transfers\n");

	sg = devm_kzalloc(dev, sizeof(*sg), GFP_KERNEL);
	if (!sg)
		return -ENOMEM;
	sg->client = client;

	ret = sbs_read_firmware(sg, &config);
	if (ret)
		return ret;

	config.drvdata = sg;
	config.alarms = sbs_alarms(client);
	config.regmap = devm_regmap_init(dev, NULL, client, &sbs_regmap);
	if (IS_ERR(config.regmap))
		return PTR_ERR(config.regmap);

	mc = devm_psy_miniclass_register(dev, &sbs_desc, &config);
	if (IS_ERR(mc))
		return PTR_ERR(mc);
	i2c_set_clientdata(client, mc);

	return sbs_request_irqs(sg, mc);
}

static const struct of_device_id sbs_of_match[] = {
	{ .compatible = "sbs,sbs-battery" },
	{ .compatible = "ti,bq20z45" },
	{ .compatible = "ti,bq20z65" },
	{ .compatible = "ti,bq20z75" },
	{ }
};
MODULE_DEVICE_TABLE(of, sbs_of_match);

static const struct i2c_device_id sbs_ids[] = {
	{ .name = "sbs-gauge" },
	{ .name = "sbs-battery" },
	{ .name = "bq20z45" },
	{ .name = "bq20z65" },
	{ .name = "bq20z75" },
	{ }
};
MODULE_DEVICE_TABLE(i2c, sbs_ids);

static struct i2c_driver sbs_driver = {
	.driver = {
		.name = "sbs-gauge",
		.of_match_table = sbs_of_match,
		.pm = pm_sleep_ptr(&psy_miniclass_pm_ops),
	},
	.I2C_PROBE = sbs_probe,
	.alert = sbs_alert,
	.id_table = sbs_ids,
};
module_i2c_driver(sbs_driver);

MODULE_DESCRIPTION("Smart battery (SBS) fuel gauge driver");
MODULE_AUTHOR("The psy-miniclass developers");
MODULE_LICENSE("GPL");
MODULE_VERSION(PSY_VERSION);
MODULE_IMPORT_NS("PSY_MINICLASS");
