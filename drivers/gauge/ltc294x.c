// SPDX-License-Identifier: GPL-2.0-only
/*
 * Linear Technology coulomb counters. They count the charge that flows through a sense
 * resistor, but know neither the capacity of the battery nor its charge at power-on:
 * user space sets charge_now, and charge_full if the firmware does not describe the
 * battery. The chip keeps both as long as the battery powers it.
 *
 * Data sheets: LTC2941-1 (29411f), LTC2942 (2942fa), LTC2943 (2943fa), LTC2944 (2944f)
 */
#include <linux/bitfield.h>
#include <linux/limits.h>
#include <linux/math.h>
#include <linux/math64.h>
#include <linux/mod_devicetable.h>
#include <linux/power/psy_gauge.h>
#include <linux/property.h>

/* "Internal Registers": bytes; of two, the first is the more significant */
#define LTC294X_STATUS		0x00	/* reading clears it */
#define LTC294X_CONTROL		0x01
#define LTC294X_CHARGE		0x02
#define LTC294X_CHARGE_HIGH	0x04
#define LTC294X_CHARGE_LOW	0x06
#define LTC294X_VOLTAGE		0x08
#define LTC2942_TEMPERATURE	0x0c
#define LTC2943_CURRENT		0x0e
#define LTC2943_TEMPERATURE	0x14

#define LTC294X_STATUS_2941	BIT(7)	/* of LTC2941 and LTC2942, which share an address */
#define LTC2942_STATUS_RESERVED	BIT(6)
#define LTC294X_STATUS_UVLO	BIT(0)	/* was without power: the registers are uncertain */

#define LTC2942_ADC_AUTOMATIC	(3 << 6)	/* each 2 s */
#define LTC2943_ADC_SCAN	(2 << 6)	/* each 10 s */
#define LTC294X_ADC_MODE	GENMASK(7, 6)
#define LTC294X_PRESCALER	GENMASK(5, 3)
#define LTC294X_ALCC		GENMASK(2, 1)	/* 0: the pin is not used */
#define LTC294X_SHUTDOWN	BIT(0)	/* stops the counter */
#define LTC294X_CONTROL_POR	0x3c

/*
 * With its pin disabled, the thresholds of the charge alert have no effect. The upper one
 * holds charge_full, as with the in-tree driver, and the lower one, which is 0 after
 * power-on, whether the charge has been set.
 */
#define LTC294X_FULL_UNKNOWN	0xffff
#define LTC294X_CHARGE_SET	1

#define LTC294X_MAX		0xffff
#define LTC294X_MID		0x7fff	/* charge at power-on; no current */

#define LTC294X_EXPONENT_MAX	7
#define LTC294X_RSENSE_MAX	10000	/* mOhm */

/**
 * struct ltc294x_type - a type of chip
 * @desc: for the class
 * @adc: ADC mode, for CONTROL
 * @charge_mul: charge per count with a prescaler of 1, µAh * mOhm, times @charge_div
 * @charge_div: divisor of @charge_mul
 * @exponent_bits: the prescaler is 2 to the power of (this times its exponent)
 * @max_exponent: highest exponent of the prescaler
 * @step: one step of the ADC for the current, µA * mOhm
 */
struct ltc294x_type {
	struct psy_miniclass_desc desc;
	u8 adc;
	u16 charge_mul;
	u16 charge_div;
	u8 exponent_bits;
	u8 max_exponent;
	int step;
};

/**
 * struct ltc294x - a gauge
 * @type: type of the chip
 * @negative: the sense resistor is negative: SENSE+ is at the battery
 * @rsense: its absolute value, mOhm
 * @prescaler: its value
 * @range: charge of all counts, µAh
 * @control: CONTROL as it should be
 * @full_design: charge_full of the firmware, µAh, or 0
 * @set: CONTROL was so at the last reading
 * @charge_set: user space has set the charge since the chip had no power
 * @lost: the chip had no power, and has not been set up since
 */
struct ltc294x {
	const struct ltc294x_type *type;
	bool negative;
	int rsense;
	int prescaler;
	s64 range;
	u8 control;
	u32 full_design;
	bool set;
	bool charge_set;
	bool lost;
};

/* "Choosing Coulomb Counter Prescaler M": uAh * mOhm per count, with a prescaler of 1 */
#define LTC2941_MUL		(85 * 50)
#define LTC2941_DIV		128
#define LTC2943_MUL		(340 * 50)
#define LTC2943_DIV		4096

#define LTC2943_STEP		(60000000 / 2048)	/* of 12 bits with a sign, uA * mOhm */
#define LTC2944_STEP		(64000000 / 2048)

#define LTC294X_COUNT_ROW(_field, _reg, _flags, _bias, _mul, _div)		\
	{ _field, _reg, .regs = 2, .flags = PSY_ROW_BE | (_flags), .bias = _bias,	\
	  .na = LTC294X_FULL_UNKNOWN, .mul = _mul, .div = _div, .scale = PSY_SCALE_CHARGE }

/*
 * The registers of the ADC are 0 before the first conversion. All ones are the reply of a
 * bus that nothing drives, or a value beyond the scale.
 */
#define LTC294X_ADC_ROW(_field, _reg, _scale, _bias, _mul, _div, _offset, _max)		\
	{ _field, _reg, .regs = 2, .flags = PSY_ROW_BE | PSY_ROW_HAS_NA | PSY_ROW_RANGE, \
	  .na = 0, .bias = _bias, .mul = _mul, .div = _div, .offset = _offset,		\
	  .scale = _scale, .min = INT_MIN, .max = _max }

#define LTC294X_V_ROW(_uv, _max) \
	LTC294X_ADC_ROW(PSY_VOLTAGE_NOW, LTC294X_VOLTAGE, PSY_SCALE_NONE, 0, _uv, LTC294X_MAX, 0, \
			_max)
#define LTC294X_I_ROW(_nv) \
	LTC294X_ADC_ROW(PSY_CURRENT_NOW, LTC2943_CURRENT, PSY_SCALE_CURRENT, LTC294X_MID, _nv, \
			LTC294X_MID, 0, INT_MAX)
/* Beyond the scale, whatever the resistor */
#define LTC294X_I_ONES_ROW								\
	{ PSY_CURRENT_NOW, LTC2943_CURRENT, .regs = 2, .mask = 0xffff, .match = 0xffff,	\
	  .flags = PSY_ROW_BE | PSY_ROW_BITS | PSY_ROW_UNKNOWN }
#define LTC294X_T_ROW(_reg, _dk) \
	LTC294X_ADC_ROW(PSY_TEMP, _reg, PSY_SCALE_NONE, 0, _dk, LTC294X_MAX, -2732, 1500)

/* A negative resistor makes all of these negative: see ltc294x_query_status(). */
#define LTC2941_ROW(_field, _reg, _flags, _bias) \
	LTC294X_COUNT_ROW(_field, _reg, _flags, _bias, LTC2941_MUL, LTC2941_DIV)
#define LTC2943_ROW(_field, _reg, _flags, _bias) \
	LTC294X_COUNT_ROW(_field, _reg, _flags, _bias, LTC2943_MUL, LTC2943_DIV)

static const struct psy_field_desc ltc2941_rows[] = {
	LTC2941_ROW(PSY_CHARGE_NOW, LTC294X_CHARGE, 0, 0),
	LTC2941_ROW(PSY_CHARGE_COUNTER, LTC294X_CHARGE, 0, LTC294X_MID),
	LTC2941_ROW(PSY_CHARGE_FULL, LTC294X_CHARGE_HIGH, PSY_ROW_HAS_NA, 0),
};

/* Full scales: 6 V, 600 K */
static const struct psy_field_desc ltc2942_rows[] = {
	LTC2941_ROW(PSY_CHARGE_NOW, LTC294X_CHARGE, 0, 0),
	LTC2941_ROW(PSY_CHARGE_COUNTER, LTC294X_CHARGE, 0, LTC294X_MID),
	LTC2941_ROW(PSY_CHARGE_FULL, LTC294X_CHARGE_HIGH, PSY_ROW_HAS_NA, 0),
	LTC294X_V_ROW(6000000, 5999999),
	LTC294X_T_ROW(LTC2942_TEMPERATURE, 6000),
};

/* 23.6 V, 60 mV, 510 K */
static const struct psy_field_desc ltc2943_rows[] = {
	LTC2943_ROW(PSY_CHARGE_NOW, LTC294X_CHARGE, 0, 0),
	LTC2943_ROW(PSY_CHARGE_COUNTER, LTC294X_CHARGE, 0, LTC294X_MID),
	LTC2943_ROW(PSY_CHARGE_FULL, LTC294X_CHARGE_HIGH, PSY_ROW_HAS_NA, 0),
	LTC294X_V_ROW(23600000, 23599999),
	LTC294X_I_ONES_ROW,
	LTC294X_I_ROW(60000000),
	LTC294X_T_ROW(LTC2943_TEMPERATURE, 5100),
};

/* 70.8 V, 64 mV, 510 K */
static const struct psy_field_desc ltc2944_rows[] = {
	LTC2943_ROW(PSY_CHARGE_NOW, LTC294X_CHARGE, 0, 0),
	LTC2943_ROW(PSY_CHARGE_COUNTER, LTC294X_CHARGE, 0, LTC294X_MID),
	LTC2943_ROW(PSY_CHARGE_FULL, LTC294X_CHARGE_HIGH, PSY_ROW_HAS_NA, 0),
	LTC294X_V_ROW(70800000, 70799999),
	LTC294X_I_ONES_ROW,
	LTC294X_I_ROW(64000000),
	LTC294X_T_ROW(LTC2943_TEMPERATURE, 5100),
};

/*
 * A chip that was without power has lost its settings and the charge, and a different
 * battery may be connected. One bad reading must not be enough: the flag of the status is
 * cleared by reading it, and counts only if the other byte of the transfer is plausible.
 */
static int ltc294x_before_read(struct psy_miniclass *mc)
{
	static const u8 unknown[] = { 0xff, 0xff, 0, 0 };	/* CHARGE_HIGH, CHARGE_LOW */
	struct ltc294x *ltc = psy_miniclass_get_drvdata(mc);
	u8 regs[2], changed;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		if (psy_miniclass_bulk_read(mc, LTC294X_STATUS, regs, sizeof(regs)))
			return 0;
		/* Nothing drives the bus: neither register is ever so. */
		if (regs[0] == 0xff || regs[1] == 0xff)
			return -EIO;
		changed = regs[1] ^ ltc->control;
		if ((regs[0] & LTC294X_STATUS_UVLO) &&
		    (!changed || regs[1] == LTC294X_CONTROL_POR))
			ltc->lost = true;
		if (!changed)
			break;
	}
	if (changed & (LTC294X_PRESCALER | LTC294X_ALCC))
		ltc->lost = true;
	if (!changed && !ltc->lost) {
		ltc->set = true;
		return 0;
	}

	if (ltc->lost) {
		if (ltc->set)
			psy_miniclass_replaced(mc);
		ltc->set = false;
		if (psy_miniclass_bulk_write(mc, LTC294X_CHARGE_HIGH, unknown, sizeof(unknown)))
			return 0;
		ltc->lost = false;
	}
	psy_miniclass_write(mc, LTC294X_CONTROL, ltc->control);
	return 0;
}

static int ltc294x_query_info(struct psy_miniclass *mc, struct psy_info *info)
{
	struct ltc294x *ltc = psy_miniclass_get_drvdata(mc);
	int sign = ltc->negative ? -1 : 1, ret;
	u8 low[2];

	ret = psy_miniclass_bulk_read(mc, LTC294X_CHARGE_LOW, low, sizeof(low));
	if (ret)
		return ret;
	ltc->charge_set = low[0] == 0 && low[1] == LTC294X_CHARGE_SET;
	info->unit = PSY_UNIT_CHARGE;
	psy_miniclass_set_scale(mc, PSY_SCALE_CURRENT, sign, ltc->rsense);
	psy_miniclass_set_scale(mc, PSY_SCALE_CHARGE, sign * ltc->prescaler, ltc->rsense);
	if (ltc->full_design)
		psy_values_set(&info->values, PSY_CHARGE_FULL_DESIGN, ltc->full_design);
	return 0;
}

static int ltc294x_query_status(struct psy_miniclass *mc, const struct psy_info *info,
				struct psy_values *status)
{
	struct ltc294x *ltc = psy_miniclass_get_drvdata(mc);
	int ua, uah;

	/* The count of an empty battery is the highest one. */
	if (ltc->negative) {
		if (!psy_values_get(status, PSY_CHARGE_NOW, &uah))
			psy_values_set(status, PSY_CHARGE_NOW, (s64)uah + ltc->range);
		if (!psy_values_get(status, PSY_CHARGE_FULL, &uah))
			psy_values_set(status, PSY_CHARGE_FULL, (s64)uah + ltc->range);
	}
	if (!ltc->charge_set)
		status->valid &= ~PSY_BIT(PSY_CHARGE_NOW);
	if (!(status->valid & PSY_BIT(PSY_CHARGE_FULL)) && ltc->full_design)
		psy_values_set(status, PSY_CHARGE_FULL, ltc->full_design);

	/* Without a current, the ADC gives one of two values, on both sides of 0. */
	if (!psy_values_get(status, PSY_CURRENT_NOW, &ua) &&
	    abs(ua) <= ltc->type->step / ltc->rsense)
		psy_values_set(status, PSY_CURRENT_NOW, 0);
	return 0;
}

/* The counter must be stopped while it is set. */
static int ltc294x_set_charge(struct psy_miniclass *mc, struct ltc294x *ltc, const u8 *charge)
{
	u8 low[] = { 0, 0 };
	int ret, err;

	ltc->charge_set = false;
	ret = psy_miniclass_bulk_write(mc, LTC294X_CHARGE_LOW, low, sizeof(low)) ?:
	      psy_miniclass_write(mc, LTC294X_CONTROL, ltc->control | LTC294X_SHUTDOWN) ?:
	      psy_miniclass_bulk_write(mc, LTC294X_CHARGE, charge, 2);
	err = psy_miniclass_write(mc, LTC294X_CONTROL, ltc->control);
	if (ret || err)
		return ret ?: err;

	low[1] = LTC294X_CHARGE_SET;
	ret = psy_miniclass_bulk_write(mc, LTC294X_CHARGE_LOW, low, sizeof(low));
	ltc->charge_set = !ret;
	return ret;
}

static int ltc294x_set_info(struct psy_miniclass *mc, enum psy_field field, int uah)
{
	struct ltc294x *ltc = psy_miniclass_get_drvdata(mc);
	u32 per_count = ltc->type->charge_mul * ltc->prescaler;
	u64 count = DIV_ROUND_CLOSEST_ULL((u64)uah * ltc->type->charge_div * ltc->rsense,
					  per_count);
	u8 word[2];

	if (count > LTC294X_MAX || (field == PSY_CHARGE_FULL && !count))
		return -EINVAL;
	if (ltc->negative)
		count = LTC294X_MAX - count;
	word[0] = count >> 8;
	word[1] = count;
	if (field == PSY_CHARGE_NOW)
		return ltc294x_set_charge(mc, ltc, word);
	if (count == LTC294X_FULL_UNKNOWN)
		return -EINVAL;
	return psy_miniclass_bulk_write(mc, LTC294X_CHARGE_HIGH, word, sizeof(word));
}

static const struct psy_miniclass_ops ltc294x_ops = {
	.before_read = ltc294x_before_read,
	.query_info = ltc294x_query_info,
	.query_status = ltc294x_query_status,
	.set_info = ltc294x_set_info,
};

/* Up to 20 registers together, from CHARGE to TEMPERATURE */
#define LTC294X_TYPE(_model, _rows, _num, _supplied, _adc, _mul, _div, _bits, _max, _step) {	\
	.desc = {									\
		.rows = _rows,								\
		.num_rows = _num,							\
		.run = 20,								\
		.gap = 4,								\
		.manufacturer = "Linear Technology",					\
		.model = _model,							\
		.supplied = _supplied,							\
		.extra = PSY_BIT(PSY_CHARGE_FULL_DESIGN),				\
		.settable = PSY_BIT(PSY_CHARGE_NOW) | PSY_BIT(PSY_CHARGE_FULL),		\
		.ops = &ltc294x_ops,							\
	},										\
	.adc = _adc,									\
	.charge_mul = _mul,								\
	.charge_div = _div,								\
	.exponent_bits = _bits,								\
	.max_exponent = _max,								\
	.step = _step,									\
}

static const struct ltc294x_type ltc2941 =
	LTC294X_TYPE("LTC2941", ltc2941_rows, ARRAY_SIZE(ltc2941_rows), true, 0,
		     LTC2941_MUL, LTC2941_DIV, 1, 7, 0);
static const struct ltc294x_type ltc2942 =
	LTC294X_TYPE("LTC2942", ltc2942_rows, ARRAY_SIZE(ltc2942_rows), true,
		     LTC2942_ADC_AUTOMATIC, LTC2941_MUL, LTC2941_DIV, 1, 7, 0);
static const struct ltc294x_type ltc2943 =
	LTC294X_TYPE("LTC2943", ltc2943_rows, ARRAY_SIZE(ltc2943_rows), false,
		     LTC2943_ADC_SCAN, LTC2943_MUL, LTC2943_DIV, 2, 6, LTC2943_STEP);
static const struct ltc294x_type ltc2944 =
	LTC294X_TYPE("LTC2944", ltc2944_rows, ARRAY_SIZE(ltc2944_rows), false,
		     LTC2943_ADC_SCAN, LTC2943_MUL, LTC2943_DIV, 2, 6, LTC2944_STEP);

static const struct regmap_config ltc294x_regmap = {
	.reg_bits = 8,
	.val_bits = 8,
};

static int ltc294x_read_firmware(struct ltc294x *ltc, struct device *dev)
{
	u32 exponent = LTC294X_EXPONENT_MAX, rsense = 0;
	int ret;

	/* A signed number; it is not optional. */
	ret = psy_miniclass_fw_u32(dev, "lltc,resistor-sense", 0, U32_MAX, &rsense);
	if (ret)
		return ret;
	ltc->negative = (s32)rsense < 0;
	ltc->rsense = ltc->negative ? -rsense : rsense;
	if (ltc->rsense < 1 || ltc->rsense > LTC294X_RSENSE_MAX)
		return dev_err_probe(dev, -EINVAL,
				     "lltc,resistor-sense: is %d, must be 1..%d or -%d..-1\n",
				     (s32)rsense, LTC294X_RSENSE_MAX, LTC294X_RSENSE_MAX);

	ret = psy_miniclass_fw_u32(dev, "lltc,prescaler-exponent", 0, LTC294X_EXPONENT_MAX,
				   &exponent);
	if (ret)
		return ret;
	exponent = min_t(u32, exponent, ltc->type->max_exponent);
	ltc->prescaler = 1 << (exponent * ltc->type->exponent_bits);
	ltc->range = DIV_ROUND_CLOSEST_ULL((u64)LTC294X_MAX * ltc->type->charge_mul *
					   ltc->prescaler,
					   ltc->type->charge_div * ltc->rsense);
	ltc->control = ltc->type->adc | FIELD_PREP(LTC294X_PRESCALER, exponent);
	return psy_miniclass_fw_battery(dev, "charge-full-design-microamp-hours",
					&ltc->full_design);
}

/* The LTC2942 replaces the LTC2941 at the same address. Reading clears the other flags. */
static void ltc294x_identify(struct ltc294x *ltc, struct i2c_client *client)
{
	int status;

	if (ltc->type != &ltc2941 && ltc->type != &ltc2942)
		return;
	status = i2c_smbus_read_byte_data(client, LTC294X_STATUS);
	if (status < 0 || (status & LTC2942_STATUS_RESERVED))
		return;
	ltc->type = status & LTC294X_STATUS_2941 ? &ltc2941 : &ltc2942;
	ltc->lost = status & LTC294X_STATUS_UVLO;
}

static int ltc294x_probe(struct i2c_client *client)
{
	struct psy_miniclass_config config = {};
	struct device *dev = &client->dev;
	struct ltc294x *ltc;
	int ret;

	ltc = devm_kzalloc(dev, sizeof(*ltc), GFP_KERNEL);
	if (!ltc)
		return -ENOMEM;
	ltc->type = i2c_get_match_data(client);
	if (!ltc->type)
		return -ENODEV;
	ltc294x_identify(ltc, client);
	ret = ltc294x_read_firmware(ltc, dev);
	if (ret)
		return ret;

	config.drvdata = ltc;
	return devm_psy_gauge_register(client, &ltc->type->desc, &ltc294x_regmap, &config);
}

/* The ADC would discharge the battery of a machine that is off. */
static void ltc294x_shutdown(struct i2c_client *client)
{
	struct psy_miniclass *mc = i2c_get_clientdata(client);
	struct ltc294x *ltc = psy_miniclass_get_drvdata(mc);

	psy_miniclass_shutdown(mc);
	if (ltc->type->adc)
		regmap_write(dev_get_regmap(&client->dev, NULL), LTC294X_CONTROL,
			     ltc->control & ~LTC294X_ADC_MODE);
}

static const struct of_device_id ltc294x_of_match[] = {
	{ .compatible = "lltc,ltc2941", .data = &ltc2941 },
	{ .compatible = "lltc,ltc2942", .data = &ltc2942 },
	{ .compatible = "lltc,ltc2943", .data = &ltc2943 },
	{ .compatible = "lltc,ltc2944", .data = &ltc2944 },
	{ }
};
MODULE_DEVICE_TABLE(of, ltc294x_of_match);

static const struct i2c_device_id ltc294x_ids[] = {
	{ .name = "ltc2941", .driver_data = (kernel_ulong_t)&ltc2941 },
	{ .name = "ltc2942", .driver_data = (kernel_ulong_t)&ltc2942 },
	{ .name = "ltc2943", .driver_data = (kernel_ulong_t)&ltc2943 },
	{ .name = "ltc2944", .driver_data = (kernel_ulong_t)&ltc2944 },
	{ }
};
MODULE_DEVICE_TABLE(i2c, ltc294x_ids);

static struct i2c_driver ltc294x_driver = {
	.driver = {
		.name = "ltc294x-gauge",
		.of_match_table = ltc294x_of_match,
		.pm = pm_sleep_ptr(&psy_miniclass_pm_ops),
	},
	.I2C_PROBE = ltc294x_probe,
	.shutdown = ltc294x_shutdown,
	.id_table = ltc294x_ids,
};
module_psy_gauge(ltc294x_driver);

MODULE_DESCRIPTION("Linear Technology LTC2941 family coulomb counter driver");
MODULE_AUTHOR("The psy-miniclass developers");
MODULE_LICENSE("GPL");
MODULE_VERSION(PSY_VERSION);
MODULE_IMPORT_NS("PSY_MINICLASS");
