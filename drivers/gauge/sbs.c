// SPDX-License-Identifier: GPL-2.0-only
/*
 * Smart batteries on SMBus: Smart Battery Data Specification, revision 1.1
 * (SBS Implementers Forum, 1998). Requires word transfers only; strings require block
 * transfers. Packet error checking is used if pack and adapter support it.
 */
#include <linux/atomic.h>
#include <linux/delay.h>
#include <linux/gpio/consumer.h>
#include <linux/i2c.h>
#include <linux/interrupt.h>
#include <linux/math64.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/power/psy_gauge.h>
#include <linux/property.h>
#include <linux/regmap.h>
#include <linux/string.h>

#include "sbs.h"

/* All ones: "not available", or the reading of a floating bus. */
#define SBS_NA			0xffff

/* Our own limits; the in-tree binding defines none. */
#define SBS_MAX_RETRIES		100
#define SBS_MAX_POLL_RETRIES	3600

/* A pack lacks a word if reading it failed in this many refreshes in a row. */
#define SBS_MISSES		3

/* How many times the info is read again if a word of it could not be read. */
#define SBS_RECHECKS		2

/* Give up writing BatteryMode() after this many refused writes. */
#define SBS_MODE_WRITES		3

/**
 * struct sbs_alarm - RemainingCapacityAlarm() of the pack, as words
 * @known: @own is valid
 * @set: @word was written, and @own has not been restored since
 * @own: original value of the pack
 * @word: last written value
 * @serial: serial number of the pack that @own belongs to
 */
struct sbs_alarm {
	bool known;
	bool set;
	u16 own;
	u16 word;
	u16 serial;
};

/**
 * struct sbs_gauge - one slot for a smart battery
 * @client: I2C client of the slot
 * @detect: GPIO that signals whether a pack is present, or NULL
 * @detect_irq: interrupt of @detect, or 0
 * @insertions: number of edges on @detect
 * @current_scale: factor of currents and charges, from SpecificationInfo()
 * @power_scale: factor of powers and energies
 * @quiet: disable broadcasts of packs to a charger
 * @unit_known: the last reading of BatteryMode() had the unit of this supply
 * @info_in_unit: @unit_known when the info was read
 * @pec_warned: failing packet error checking has been logged
 * @incomplete: a word of the info could not be read
 * @rechecking: the info is being read again for the same pack
 * @rechecks: how many times the info of the pack may still be read again
 * @serial: SerialNumber() of the pack, 0 if it has none
 * @stuck: bits of BatteryMode() that the pack does not change
 * @mode_writes: how many writes of BatteryMode() may still fail
 * @mode_misses: failed readings of BatteryMode() in a row, up to %SBS_MISSES
 * @status_misses: the same for BatteryStatus()
 * @alarm: alarm of the pack
 */
struct sbs_gauge {
	struct i2c_client *client;
	struct gpio_desc *detect;
	int detect_irq;
	atomic_t insertions;
	int current_scale;
	int power_scale;
	bool quiet;
	bool unit_known;
	bool info_in_unit;
	bool pec_warned;
	bool incomplete;
	bool rechecking;
	unsigned int rechecks;
	u16 serial;
	u16 stuck;
	unsigned int mode_writes;
	unsigned int mode_misses;
	unsigned int status_misses;
	struct sbs_alarm alarm;
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
	{ PSY_CHARGE_NOW, SBS_REMAINING_CAPACITY, .unit = PSY_UNIT_CHARGE,
	  .mul = 1000, .scale = PSY_SCALE_CURRENT, .flags = PSY_ROW_HAS_NA, .na = SBS_NA },
	{ PSY_CHARGE_FULL, SBS_FULL_CHARGE_CAPACITY, .unit = PSY_UNIT_CHARGE,
	  .mul = 1000, .scale = PSY_SCALE_CURRENT, .flags = PSY_ROW_HAS_NA, .na = SBS_NA },
	{ PSY_ENERGY_NOW, SBS_REMAINING_CAPACITY, .unit = PSY_UNIT_ENERGY,
	  .mul = 10000, .scale = PSY_SCALE_POWER, .flags = PSY_ROW_HAS_NA, .na = SBS_NA },
	{ PSY_ENERGY_FULL, SBS_FULL_CHARGE_CAPACITY, .unit = PSY_UNIT_ENERGY,
	  .mul = 10000, .scale = PSY_SCALE_POWER, .flags = PSY_ROW_HAS_NA, .na = SBS_NA },
	/* Minutes; 65535 without a current in the respective direction. */
	{ PSY_TIME_TO_EMPTY_NOW, SBS_RUN_TIME_TO_EMPTY, .mul = 60,
	  .flags = PSY_ROW_HAS_NA, .na = SBS_NA },
	{ PSY_TIME_TO_EMPTY_AVG, SBS_AVERAGE_TIME_TO_EMPTY, .mul = 60,
	  .flags = PSY_ROW_HAS_NA, .na = SBS_NA },
	{ PSY_TIME_TO_FULL_AVG, SBS_AVERAGE_TIME_TO_FULL, .mul = 60,
	  .flags = PSY_ROW_HAS_NA, .na = SBS_NA },
	/* Never scaled by SpecificationInfo(), unlike the others; 65535 means "no limit". */
	{ PSY_CHARGE_CURRENT_MAX, SBS_CHARGING_CURRENT, .mul = 1000,
	  .flags = PSY_ROW_HAS_NA, .na = SBS_NA },
	{ PSY_CHARGE_VOLTAGE_MAX, SBS_CHARGING_VOLTAGE, .mul = 1000,
	  .flags = PSY_ROW_HAS_NA, .na = SBS_NA },
	{ PSY_CYCLE_COUNT, SBS_CYCLE_COUNT, .flags = PSY_ROW_HAS_NA, .na = SBS_NA },

	{ PSY_VOLTAGE_MIN_DESIGN, SBS_DESIGN_VOLTAGE, .mul = 1000,
	  .scale = PSY_SCALE_VOLTAGE, .flags = PSY_ROW_HAS_NA | PSY_ROW_RANGE,
	  .na = SBS_NA, .min = 1, .max = INT_MAX },
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

/* Own accessors, because the I2C bus of regmap does not support PEC. */
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

static void sbs_set_scale(struct sbs_gauge *sg, struct psy_miniclass *mc,
			  const struct sbs_spec *spec)
{
	/* Both factors apply to "power readings": section 5.1.25, example */
	sg->current_scale = spec->ip_scale;
	sg->power_scale = spec->volt_scale * spec->ip_scale;
	psy_miniclass_set_scale(mc, PSY_SCALE_VOLTAGE, spec->volt_scale, 1);
	psy_miniclass_set_scale(mc, PSY_SCALE_CURRENT, sg->current_scale, 1);
	psy_miniclass_set_scale(mc, PSY_SCALE_POWER, sg->power_scale, 1);
}

/* The embedded controller of Chromebooks does not forward the PEC correctly. */
static bool sbs_adapter_has_pec(const struct i2c_client *client)
{
	return i2c_check_functionality(client->adapter, I2C_FUNC_SMBUS_PEC) &&
	       device_property_match_string(client->dev.parent, "compatible",
					    "google,cros-ec-i2c-tunnel") < 0;
}

/*
 * Read a word that a pack may lack. The transfer may also fail while the pack is being
 * inserted: sbs_recheck() handles that.
 */
static int sbs_read_optional(struct sbs_gauge *sg, struct psy_miniclass *mc,
			     unsigned int reg, unsigned int *raw)
{
	int ret = psy_miniclass_read(mc, reg, raw);

	if (ret)
		sg->incomplete = true;
	return ret;
}

/* The PEC check failed: try again without PEC. */
static int sbs_drop_pec(struct sbs_gauge *sg, struct psy_miniclass *mc, int err,
			unsigned int *raw)
{
	struct device *dev = &sg->client->dev;
	int ret;

	sbs_set_pec(sg->client, false);
	ret = psy_miniclass_read(mc, SBS_SPECIFICATION_INFO, raw);
	if (ret)
		return ret;

	sg->incomplete = true;
	if (!sg->pec_warned)
		dev_warn(dev, "packet error checking failed (%d), disabled\n", err);
	sg->pec_warned = true;
	return 0;
}

/*
 * Get the scale factors and PEC support. The word that signals PEC support is itself
 * read without PEC first, so it is used only after a second reading. A pack that
 * refuses the word is read without PEC and without scale factors.
 */
static int sbs_query_spec(struct sbs_gauge *sg, struct psy_miniclass *mc)
{
	struct i2c_client *client = sg->client;
	struct sbs_spec spec = { .volt_scale = 1, .ip_scale = 1 };
	unsigned int raw, again;
	int ret;

	sbs_set_pec(client, false);
	sbs_set_scale(sg, mc, &spec);
	ret = sbs_read_optional(sg, mc, SBS_SPECIFICATION_INFO, &raw);
	if (ret)
		return ret;

	sbs_decode_spec(raw, &spec);
	spec.pec = spec.pec && sbs_adapter_has_pec(client);
	sbs_set_pec(client, spec.pec);
	ret = psy_miniclass_read(mc, SBS_SPECIFICATION_INFO, &again);
	if (ret && spec.pec)
		ret = sbs_drop_pec(sg, mc, ret, &again);
	if (ret)
		return ret;
	if (raw != again)
		return -EAGAIN;
	/* Floating bus: no device drives it. */
	if (raw == SBS_NA)
		return -EIO;

	if (sbs_decode_spec(raw, &spec))
		dev_warn(&client->dev, "SpecificationInfo %#06x: invalid scale, ignored\n", raw);
	sbs_set_scale(sg, mc, &spec);
	return 0;
}

/*
 * Read a word that is required for a complete status: on error the last snapshot stays
 * in effect. Returns -ENODATA if the pack responds, but lacks the word.
 */
static int sbs_read_state(struct psy_miniclass *mc, unsigned int reg, unsigned int *raw,
			  unsigned int *misses)
{
	int ret = psy_miniclass_read(mc, reg, raw);

	if (!ret && *raw == SBS_NA)
		ret = -EIO;
	if (!ret) {
		*misses = 0;
		return 0;
	}
	if (*misses >= SBS_MISSES)
		return -ENODATA;
	++*misses;
	return ret;
}

static u16 sbs_wanted_mode(const struct sbs_gauge *sg, struct psy_miniclass *mc, u16 mode)
{
	enum psy_unit unit = psy_miniclass_get_unit(mc);

	if (unit == PSY_UNIT_CHARGE)
		mode &= ~SBS_MODE_CAPACITY;
	else if (unit == PSY_UNIT_ENERGY)
		mode |= SBS_MODE_CAPACITY;
	if (sg->quiet)
		mode |= SBS_MODE_CHARGER;
	return mode;
}

/* Bits that do not change although the pack acknowledges the write are stuck. */
static int sbs_write_mode(struct sbs_gauge *sg, struct psy_miniclass *mc, u16 want,
			  unsigned int *raw)
{
	struct device *dev = &sg->client->dev;
	unsigned int again;
	int ret;

	ret = psy_miniclass_write(mc, SBS_BATTERY_MODE, want);
	if (ret) {
		sg->mode_writes--;
		if (!sg->mode_writes)
			dev_warn(dev, "pack refuses BatteryMode writes (%d)\n", ret);
		return 0;
	}

	/* Gauges need a moment to recompute their values. */
	usleep_range(1000, 2000);
	ret = psy_miniclass_read(mc, SBS_BATTERY_MODE, &again);
	if (ret)
		return ret;
	*raw = again;
	if (!((again ^ want) & ~sg->stuck & (SBS_MODE_CAPACITY | SBS_MODE_CHARGER)))
		return 0;

	/* One bad reading must not be enough. */
	ret = psy_miniclass_read(mc, SBS_BATTERY_MODE, &again);
	if (ret)
		return ret;
	if (again != *raw)
		return -EAGAIN;
	sg->stuck |= (again ^ want) & (SBS_MODE_CAPACITY | SBS_MODE_CHARGER);
	if (sg->stuck & SBS_MODE_CAPACITY)
		dev_warn(dev, "pack rejects CAPACITY_MODE change\n");
	return 0;
}

/*
 * Make sure that the pack reports in the unit of the supply. The mode may be wrong after
 * a different pack was inserted, or after another bus master has changed it. It is
 * written only if two readings agree.
 *
 * Returns 1 if the unit was changed, -EAGAIN if two readings differ, -ENODATA if the
 * pack does not report its mode.
 */
static int sbs_sync_mode(struct sbs_gauge *sg, struct psy_miniclass *mc, u16 *mode)
{
	unsigned int raw, again;
	u16 want, before;
	int ret;

	sg->unit_known = false;
	*mode = 0;
	ret = sbs_read_state(mc, SBS_BATTERY_MODE, &raw, &sg->mode_misses);
	if (ret)
		return ret;

	before = raw;
	want = raw ^ ((raw ^ sbs_wanted_mode(sg, mc, raw)) & ~sg->stuck);
	if (raw != want && sg->mode_writes) {
		ret = psy_miniclass_read(mc, SBS_BATTERY_MODE, &again);
		if (ret)
			return ret;
		if (raw != again)
			return -EAGAIN;
		ret = sbs_write_mode(sg, mc, want, &raw);
		if (ret)
			return ret;
	}

	*mode = raw;
	sg->unit_known = !((raw ^ sbs_wanted_mode(sg, mc, raw)) & SBS_MODE_CAPACITY);
	return (raw ^ before) & SBS_MODE_CAPACITY ? 1 : 0;
}

static int sbs_read_block(struct i2c_client *client, u8 cmd, u8 *buf)
{
	int len;

	if (i2c_check_functionality(client->adapter, I2C_FUNC_SMBUS_READ_BLOCK_DATA))
		return i2c_smbus_read_block_data(client, cmd, buf);

	/* The same bytes on the wire, for adapters that must know the length in advance */
	if (!i2c_check_functionality(client->adapter, I2C_FUNC_SMBUS_READ_I2C_BLOCK))
		return -EOPNOTSUPP;
	len = i2c_smbus_read_i2c_block_data(client, cmd, I2C_SMBUS_BLOCK_MAX, buf);
	if (len < 1)
		return len;
	/* SMBus 2.0, section 5.5.7: a block has 32 bytes at most. */
	if (buf[0] > I2C_SMBUS_BLOCK_MAX)
		return -EPROTO;
	len = min_t(int, buf[0], len - 1);
	memmove(buf, buf + 1, len);
	return len;
}

/* A string that cannot be read stays empty; the pack is still usable. */
static void sbs_query_string(struct sbs_gauge *sg, struct psy_miniclass *mc, u8 cmd,
			     char *text)
{
	u8 buf[I2C_SMBUS_BLOCK_MAX];
	int ret;

	do {
		ret = sbs_read_block(sg->client, cmd, buf);
	} while (psy_miniclass_retry(mc, ret));

	if (ret < 0 && ret != -EOPNOTSUPP)
		sg->incomplete = true;
	psy_string_clean(text, buf, max(ret, 0));
}

/* Not a row: the word is in the unit of the pack, which may differ from the supply's. */
static void sbs_query_design(struct sbs_gauge *sg, struct psy_miniclass *mc,
			     struct psy_info *info)
{
	unsigned int raw;

	sg->info_in_unit = sg->unit_known;
	if (!sg->unit_known || sbs_read_optional(sg, mc, SBS_DESIGN_CAPACITY, &raw) ||
	    !raw || raw == SBS_NA)
		return;
	if (info->unit == PSY_UNIT_ENERGY)
		psy_values_set(&info->values, PSY_ENERGY_FULL_DESIGN,
			       10000LL * sg->power_scale * raw);
	else
		psy_values_set(&info->values, PSY_CHARGE_FULL_DESIGN,
			       1000LL * sg->current_scale * raw);
}

/* Reset the state of the previous pack. A recheck of the same pack keeps its count. */
static void sbs_reset_pack(struct sbs_gauge *sg)
{
	if (!sg->rechecking)
		sg->rechecks = SBS_RECHECKS;
	sg->rechecking = false;
	sg->incomplete = false;
	sg->stuck = 0;
	sg->mode_writes = SBS_MODE_WRITES;
	/* On first contact, do not wait for words that the pack lacks. */
	sg->mode_misses = SBS_MISSES;
	sg->status_misses = SBS_MISSES;
	sg->alarm.known = false;
}

static int sbs_query_info(struct psy_miniclass *mc, struct psy_info *info)
{
	struct sbs_gauge *sg = psy_miniclass_get_drvdata(mc);
	int spec, serial, mode_ret;
	unsigned int raw;
	u16 mode;

	sbs_reset_pack(sg);
	spec = sbs_query_spec(sg, mc);
	if (spec == -EAGAIN)
		return spec;

	/* Read first, to detect a swap during the reads below. */
	serial = sbs_read_optional(sg, mc, SBS_SERIAL_NUMBER, &raw);
	if (!serial) {
		psy_values_set(&info->values, PSY_IDENTITY, raw);
		snprintf(info->serial, sizeof(info->serial), "%04x", raw);
	}
	sg->serial = serial ? 0 : raw;

	mode_ret = sbs_sync_mode(sg, mc, &mode);
	if (mode_ret == -EAGAIN)
		return mode_ret;
	/* A pack may lack one of these words; in an empty slot all of them fail. */
	if (spec && (serial || raw == SBS_NA) && mode_ret < 0)
		return mode_ret == -ENODATA ? spec : mode_ret;
	if (mode_ret < 0)
		sg->incomplete = true;
	else
		info->unit = mode & SBS_MODE_CAPACITY ? PSY_UNIT_ENERGY : PSY_UNIT_CHARGE;
	sbs_query_design(sg, mc, info);

	if (!sbs_read_optional(sg, mc, SBS_MANUFACTURE_DATE, &raw))
		sbs_decode_date(raw, &info->values);

	sbs_query_string(sg, mc, SBS_MANUFACTURER_NAME, info->manufacturer);
	sbs_query_string(sg, mc, SBS_DEVICE_NAME, info->model);
	sbs_query_string(sg, mc, SBS_DEVICE_CHEMISTRY, info->chemistry);
	if (info->chemistry[0])
		psy_values_set(&info->values, PSY_TECHNOLOGY,
			       psy_chemistry_to_technology(info->chemistry));
	return 0;
}

/* Drop values reported in the wrong unit. */
static void sbs_drop_amounts(struct psy_values *v)
{
	v->valid &= ~(PSY_BIT(PSY_CHARGE_NOW) | PSY_BIT(PSY_CHARGE_FULL) |
		      PSY_BIT(PSY_ENERGY_NOW) | PSY_BIT(PSY_ENERGY_FULL));
}

/*
 * Request the info again if a word of it failed, as the contacts may still have been
 * bouncing, and when the pack has switched to the unit of the supply.
 */
static void sbs_recheck(struct sbs_gauge *sg, struct psy_miniclass *mc)
{
	if (sg->incomplete && sg->rechecks)
		sg->rechecks--;
	else if (sg->info_in_unit || !sg->unit_known)
		return;
	sg->incomplete = false;
	sg->info_in_unit = true;
	sg->rechecking = true;
	psy_miniclass_info_changed(mc);
}

static int sbs_query_status(struct psy_miniclass *mc, const struct psy_info *info,
			    struct psy_values *status)
{
	struct sbs_gauge *sg = psy_miniclass_get_drvdata(mc);
	unsigned int raw;
	int ret, mode_ret;
	u16 mode;

	ret = sbs_read_state(mc, SBS_BATTERY_STATUS, &raw, &sg->status_misses);
	if (ret && ret != -ENODATA)
		return ret;

	mode_ret = sbs_sync_mode(sg, mc, &mode);
	if (mode_ret > 0)
		return -EAGAIN;
	if (mode_ret && mode_ret != -ENODATA)
		return mode_ret;
	/* Both mandatory words failed: not a pack that just lacks one. */
	if (ret && mode_ret)
		return -EIO;

	if (!sg->unit_known)
		sbs_drop_amounts(status);
	if (!ret)
		sbs_decode_status(raw, mode, status);
	sbs_recheck(sg, mc);
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
 * Save the original alarm of the pack, which is restored at the end. A pack that was
 * silent for a while and counts as a different one may still have our alarm.
 */
static int sbs_learn_alarm(struct sbs_gauge *sg, struct psy_miniclass *mc)
{
	struct sbs_alarm *alarm = &sg->alarm;
	unsigned int raw;
	int ret;

	if (alarm->known)
		return 0;

	ret = psy_miniclass_read(mc, SBS_REMAINING_CAPACITY_ALARM, &raw);
	if (ret)
		return ret;
	if (raw == SBS_NA)
		return -EIO;

	if (!alarm->set || raw != alarm->word || sg->serial != alarm->serial)
		alarm->own = raw;
	alarm->serial = sg->serial;
	alarm->known = true;
	return 0;
}

/*
 * RemainingCapacityAlarm(), section 5.1.2, is a word in the unit of the pack,
 * scaled by SpecificationInfo() like RemainingCapacity(). 0 disables it. The pack also
 * uses it for its own warning, so that the level is Low below the limit of user space.
 * The alarm is never set below the original value of the pack.
 */
static int sbs_set_notify(struct psy_miniclass *mc, const struct psy_limits *limits)
{
	struct sbs_gauge *sg = psy_miniclass_get_drvdata(mc);
	bool energy = psy_miniclass_get_unit(mc) == PSY_UNIT_ENERGY;
	s64 lsb = energy ? 10000LL * sg->power_scale : 1000LL * sg->current_scale;
	struct sbs_alarm *alarm = &sg->alarm;
	u16 word;
	int ret;

	if (!limits->low_amount)
		return -ENODATA;
	if (!sg->unit_known)
		return -EOPNOTSUPP;
	ret = sbs_learn_alarm(sg, mc);
	if (ret)
		return ret;

	word = min_t(s64, div64_s64(limits->low_amount + lsb - 1, lsb), SBS_NA - 1);
	alarm->word = max(word, alarm->own);
	alarm->set = true;
	return psy_miniclass_write(mc, SBS_REMAINING_CAPACITY_ALARM, alarm->word);
}

static int sbs_disable_notify(struct psy_miniclass *mc)
{
	struct sbs_gauge *sg = psy_miniclass_get_drvdata(mc);
	int ret;

	if (!sg->alarm.set)
		return 0;
	if (!sg->unit_known)
		return -EOPNOTSUPP;
	/* Its own alarm is kept if the info of the same pack has been read again. */
	ret = sbs_learn_alarm(sg, mc);
	if (ret)
		return ret;
	ret = psy_miniclass_write(mc, SBS_REMAINING_CAPACITY_ALARM, sg->alarm.own);
	if (!ret)
		sg->alarm.set = false;
	return ret;
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
		 PSY_BIT(PSY_CHARGE_FULL_DESIGN) | PSY_BIT(PSY_ENERGY_FULL_DESIGN) |
		 PSY_BIT(PSY_TECHNOLOGY) | PSY_BIT(PSY_MANUFACTURE_YEAR) |
		 PSY_BIT(PSY_MANUFACTURE_MONTH) | PSY_BIT(PSY_MANUFACTURE_DAY),
	.strings = true,
	.chemistry = true,
	.ops = &sbs_ops,
};

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

/* Not fatal: without an interrupt, the class finds changes by polling, but later. */
static void sbs_request_irqs(struct sbs_gauge *sg, struct psy_miniclass *mc)
{
	struct device *dev = &sg->client->dev;
	int ret;

	devm_psy_gauge_request_irq(sg->client);
	if (sg->detect_irq > 0) {
		ret = devm_request_threaded_irq(dev, sg->detect_irq, NULL, sbs_detect_irq,
						IRQF_TRIGGER_RISING | IRQF_TRIGGER_FALLING |
						IRQF_ONESHOT, dev_name(dev), mc);
		if (ret)
			dev_warn(dev, "cannot request detect interrupt (%d), polling\n",
				 ret);
	}
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

	/* 0 is the default of the binding; the class uses its own default then. */
	config->retries = retries;
	config->settle_polls = polls;
	sg->quiet = device_property_read_bool(dev, "sbs,disable-charger-broadcasts");

	sg->detect = devm_gpiod_get_optional(dev, "sbs,battery-detect", GPIOD_IN);
	if (IS_ERR(sg->detect))
		return dev_err_probe(dev, PTR_ERR(sg->detect),
				     "sbs,battery-detect-gpios: must name one GPIO line\n");

	/* Defer before registration: each registration of a supply causes events. */
	sg->detect_irq = sg->detect ? gpiod_to_irq(sg->detect) : 0;
	if (sg->detect_irq == -EPROBE_DEFER)
		return dev_err_probe(dev, -EPROBE_DEFER, "detect interrupt is not ready\n");
	return 0;
}

static int sbs_is_alert_device(struct device *dev, void *unused)
{
	struct i2c_client *client = i2c_verify_client(dev);

	return client && dev->driver && !strcmp(client->name, "smbus_alert");
}

/*
 * The pack has one limit only. Its alarm is usable with an interrupt of its own, or if
 * the bus has a driver for SMBALERT#.
 */
static u32 sbs_alarms(struct i2c_client *client)
{
	if (client->irq > 0 ||
	    device_for_each_child(&client->adapter->dev, NULL, sbs_is_alert_device))
		return PSY_LIMIT_LOW | PSY_ALARM_LEVEL;
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
		return dev_err_probe(dev, -ENODEV, "adapter lacks SMBus word transfers\n");

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

	sbs_request_irqs(sg, mc);
	return 0;
}

/* Restore the alarm of the pack for the next system. */
static void sbs_shutdown(struct i2c_client *client)
{
	psy_miniclass_shutdown(i2c_get_clientdata(client));
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
	.shutdown = sbs_shutdown,
	.alert = sbs_alert,
	.id_table = sbs_ids,
};
module_psy_gauge(sbs_driver);

MODULE_DESCRIPTION("Smart battery (SBS) fuel gauge driver");
MODULE_AUTHOR("The psy-miniclass developers");
MODULE_LICENSE("GPL");
MODULE_VERSION(PSY_VERSION);
MODULE_IMPORT_NS("PSY_MINICLASS");
