// SPDX-License-Identifier: GPL-2.0-only
/*
 * STMicroelectronics STC3117 fuel gauge for one lithium-ion cell.
 *
 * Data sheet: DocID025792, sections 6.5 "Power-up and battery swap detection" and 7.2
 * "Register map and description". The layout of the RAM and the constants of the
 * algorithm were checked against the in-tree driver of 7.2.
 */
#include <linux/bitops.h>
#include <linux/math64.h>
#include <linux/mod_devicetable.h>
#include <linux/power/psy_gauge.h>
#include <linux/property.h>

/* Bytes; of two, the less significant one is first */
#define STC3117_MODE		0x00
#define STC3117_CTRL		0x01
#define STC3117_SOC		0x02	/* 1/512 percent */
#define STC3117_COUNTER		0x04	/* conversions, two in a second */
#define STC3117_CURRENT		0x06	/* 5.88 uV */
#define STC3117_VOLTAGE		0x08	/* 2.2 mV */
#define STC3117_TEMP		0x0a	/* degrees */
#define STC3117_AVG_CURRENT	0x0b	/* 1.47 uV, unless VMODE is set */
#define STC3117_OCV		0x0d	/* 0.55 mV */
#define STC3117_CNF		0x0f	/* CC_CNF and VM_CNF */
#define STC3117_ID		0x18
#define STC3117_RAM		0x20

#define STC3117_VMODE		BIT(0)	/* MODE: the current is not measured */
#define STC3117_GG_RUN		BIT(4)

#define STC3117_ALM_FREE	BIT(0)	/* CTRL: do not hold the alarm line low */
#define STC3117_GG_RST		BIT(1)	/* set COUNTER to 0 */
#define STC3117_BATFAIL		BIT(3)	/* the battery was disconnected */
#define STC3117_PORDET		BIT(4)	/* the chip was reset; written: reset it */

#define STC3117_ID_VALUE	0x16
#define STC3117_FIRST		4	/* conversions until all values are measured */

/* CC_CNF = mAh * mOhm / 49.556, VM_CNF = mAh * mOhm of the cell / 977.78 */
#define STC3117_CC_CNF(_pvh)	DIV64_U64_ROUND_CLOSEST((_pvh) * 250, 12389000000ULL)
#define STC3117_VM_CNF(_pvh)	DIV64_U64_ROUND_CLOSEST((_pvh) * 50, 48889000000ULL)
#define STC3117_CELL_MICRO_OHMS	200000

/**
 * struct stc3117_ram - the RAM of the chip, used by all its drivers in this way
 * @test: %STC3117_RAM_TEST if the rest is valid
 * @soc: SOC when it was stored
 * @cnf: CC_CNF and VM_CNF
 * @percent: @soc in percent
 * @state: not used here
 * @unused: not used
 * @crc: of what precedes
 */
struct stc3117_ram {
	__le16 test;
	__le16 soc;
	__le16 cnf[2];
	u8 percent;
	u8 state;
	u8 unused[5];
	u8 crc;
} __packed;

#define STC3117_RAM_TEST	0x53a9
#define STC3117_RAM_RUNNING	1

/**
 * struct stc3117 - a gauge
 * @micro_ohms: sense resistor
 * @cnf: CC_CNF and VM_CNF as they should be
 * @was_reset: the chip has not been started since it was reset
 * @running: it runs with these settings
 * @measured: all values have been measured since it was started
 * @saved: percentage in the RAM, -1 if not known
 */
struct stc3117 {
	u32 micro_ohms;
	__le16 cnf[2];
	bool was_reset;
	bool running;
	bool measured;
	int saved;
};

/* The unit of a current is the voltage across the sense resistor, in pV divided by uOhm. */
static const struct psy_field_desc stc3117_rows[] = {
	{ PSY_CAPACITY, STC3117_SOC, .regs = 2, .div = 512, .flags = PSY_ROW_RANGE,
	  .min = 0, .max = 110 },
	{ PSY_CURRENT_NOW, STC3117_CURRENT, .regs = 2, .bits = 14, .flags = PSY_ROW_SIGNED,
	  .mul = 5880000, .scale = PSY_SCALE_CURRENT },
	{ PSY_VOLTAGE_NOW, STC3117_VOLTAGE, .regs = 2, .bits = 12, .flags = PSY_ROW_SIGNED,
	  .mul = 2200 },
	{ PSY_TEMP, STC3117_TEMP, .bits = 8, .flags = PSY_ROW_SIGNED, .mul = 10 },
	{ PSY_CURRENT_AVG, STC3117_AVG_CURRENT, .regs = 2, .flags = PSY_ROW_SIGNED,
	  .mul = 1470000, .scale = PSY_SCALE_CURRENT },
	{ PSY_VOLTAGE_OCV, STC3117_OCV, .regs = 2, .bits = 14, .flags = PSY_ROW_SIGNED,
	  .mul = 550 },
};

/* The result over all bytes of the RAM is 0. */
static u8 stc3117_crc(const void *data, size_t len)
{
	const u8 *bytes = data;
	u8 crc = 0;
	int bit;

	while (len--) {
		crc ^= *bytes++;
		for (bit = 0; bit < 8; bit++)
			crc = crc << 1 ^ (crc & BIT(7) ? 0x07 : 0);
	}
	return crc;
}

/*
 * Start with the SOC that the chip had, with that in its RAM if someone has stopped it,
 * or, after a reset, with that of the voltage measured then: the chip calculates it
 * when OCV is written.
 */
static int stc3117_start(struct psy_miniclass *mc, u8 mode)
{
	struct stc3117 *stc = psy_miniclass_get_drvdata(mc);
	unsigned int reg = STC3117_OCV;
	struct stc3117_ram ram;
	__le16 val;
	int ret;

	if (!stc->was_reset && (mode & STC3117_GG_RUN))
		reg = STC3117_SOC;
	ret = psy_miniclass_bulk_read(mc, reg, &val, sizeof(val)) ?:
	      psy_miniclass_bulk_read(mc, STC3117_RAM, &ram, sizeof(ram));
	if (ret)
		return ret;
	if (reg == STC3117_OCV && !stc->was_reset && !stc3117_crc(&ram, sizeof(ram)) &&
	    le16_to_cpu(ram.test) == STC3117_RAM_TEST) {
		reg = STC3117_SOC;
		val = ram.soc;
	}

	stc->measured = false;
	stc->saved = -1;
	ret = psy_miniclass_write(mc, STC3117_MODE, STC3117_VMODE) ?:
	      psy_miniclass_bulk_write(mc, STC3117_CNF, stc->cnf, sizeof(stc->cnf)) ?:
	      psy_miniclass_write(mc, STC3117_CTRL, STC3117_ALM_FREE | STC3117_GG_RST) ?:
	      psy_miniclass_write(mc, STC3117_MODE, STC3117_GG_RUN) ?:
	      psy_miniclass_bulk_write(mc, reg, &val, sizeof(val));
	stc->running = !ret;
	stc->was_reset &= !!ret;
	return ret;
}

static int stc3117_before_read(struct psy_miniclass *mc)
{
	struct stc3117 *stc = psy_miniclass_get_drvdata(mc);
	u8 now[2], again[2];	/* MODE and CTRL */
	__le16 cnf[2];
	unsigned int id;
	bool runs;
	int ret;

	/* A chip that does not respond is found by the class when it reads the rows. */
	ret = psy_miniclass_bulk_read(mc, STC3117_MODE, now, sizeof(now));
	if (ret)
		return stc->running ? 0 : ret;
	/* MODE has no bit 7: nothing drives the bus. */
	if (now[0] == 0xff)
		return -EIO;
	runs = (now[0] & (STC3117_VMODE | STC3117_GG_RUN)) == STC3117_GG_RUN &&
	       !(now[1] & (STC3117_BATFAIL | STC3117_PORDET));
	if (runs && stc->running)
		return 0;

	/* One bad reading must not be enough, nor a different chip. */
	ret = psy_miniclass_bulk_read(mc, STC3117_MODE, again, sizeof(again)) ?:
	      psy_miniclass_read(mc, STC3117_ID, &id);
	if (ret)
		return ret;
	if (memcmp(now, again, sizeof(now)) || id != STC3117_ID_VALUE)
		return -EIO;

	if (now[1] & (STC3117_BATFAIL | STC3117_PORDET)) {
		if (stc->running)
			psy_miniclass_replaced(mc);
		stc->running = false;
		stc->was_reset = true;
	}
	/* The reset makes the chip measure the battery, if there is one again. */
	if (now[1] & STC3117_BATFAIL)
		return psy_miniclass_write(mc, STC3117_CTRL,
					   STC3117_ALM_FREE | STC3117_PORDET) ?: -ENODEV;

	/* After the driver has been loaded again, nothing has to be done. */
	if (runs && !stc->was_reset) {
		ret = psy_miniclass_bulk_read(mc, STC3117_CNF, cnf, sizeof(cnf));
		if (ret)
			return ret;
		stc->running = !memcmp(cnf, stc->cnf, sizeof(cnf));
	}
	return runs && stc->running ? 0 : stc3117_start(mc, now[0]);
}

static int stc3117_query_info(struct psy_miniclass *mc, struct psy_info *info)
{
	struct stc3117 *stc = psy_miniclass_get_drvdata(mc);

	psy_miniclass_set_scale(mc, PSY_SCALE_CURRENT, 1, stc->micro_ohms);
	return 0;
}

static void stc3117_save(struct psy_miniclass *mc, int percent)
{
	struct stc3117 *stc = psy_miniclass_get_drvdata(mc);
	struct stc3117_ram ram = {
		.test = cpu_to_le16(STC3117_RAM_TEST),
		.soc = cpu_to_le16(percent * 512),
		.cnf = { stc->cnf[0], stc->cnf[1] },
		.percent = percent,
		.state = STC3117_RAM_RUNNING,
	};

	ram.crc = stc3117_crc(&ram, sizeof(ram) - 1);
	if (!psy_miniclass_bulk_write(mc, STC3117_RAM, &ram, sizeof(ram)))
		stc->saved = percent;
}

static int stc3117_query_status(struct psy_miniclass *mc, const struct psy_info *info,
				struct psy_values *status)
{
	struct stc3117 *stc = psy_miniclass_get_drvdata(mc);
	__le16 count;
	int percent;

	if (!stc->measured)
		stc->measured = !psy_miniclass_bulk_read(mc, STC3117_COUNTER, &count,
							 sizeof(count)) &&
				le16_to_cpu(count) > STC3117_FIRST;
	if (!stc->measured)
		status->valid &= ~(PSY_BIT(PSY_CAPACITY) | PSY_BIT(PSY_CURRENT_NOW) |
				   PSY_BIT(PSY_CURRENT_AVG) | PSY_BIT(PSY_TEMP));
	else if (!psy_values_get(status, PSY_CAPACITY, &percent) && percent != stc->saved)
		stc3117_save(mc, percent);
	return 0;
}

static const struct psy_miniclass_ops stc3117_ops = {
	.before_read = stc3117_before_read,
	.query_info = stc3117_query_info,
	.query_status = stc3117_query_status,
};

static const struct psy_miniclass_desc stc3117_desc = {
	.rows = stc3117_rows,
	.num_rows = ARRAY_SIZE(stc3117_rows),
	.run = STC3117_OCV + 2 - STC3117_SOC,
	.gap = 2,
	.manufacturer = "STMicroelectronics",
	.model = "STC3117",
	.technology = POWER_SUPPLY_TECHNOLOGY_LION,
	.ops = &stc3117_ops,
};

static const struct regmap_config stc3117_regmap = {
	.reg_bits = 8,
	.val_bits = 8,
};

static int stc3117_read_firmware(struct stc3117 *stc, struct device *dev)
{
	static const char * const names[] = {
		"shunt-resistor-micro-ohms", "charge-full-design-microamp-hours",
	};
	struct fwnode_handle *battery;
	u32 micro_amp_hours = 0;
	u64 cc, vm;
	int ret;

	ret = psy_miniclass_fw_u32(dev, names[0], 1, 1000000, &stc->micro_ohms);
	if (ret)
		return ret;
	battery = fwnode_find_reference(dev_fwnode(dev), "monitored-battery", 0);
	if (!IS_ERR(battery)) {
		fwnode_property_read_u32(battery, names[1], &micro_amp_hours);
		fwnode_handle_put(battery);
	}
	if (!stc->micro_ohms || !micro_amp_hours)
		return dev_err_probe(dev, -EINVAL, "%s: is missing%s\n",
				     names[!!stc->micro_ohms],
				     stc->micro_ohms ? " in monitored-battery" : "");

	cc = STC3117_CC_CNF((u64)micro_amp_hours * stc->micro_ohms);
	vm = STC3117_VM_CNF((u64)micro_amp_hours * STC3117_CELL_MICRO_OHMS);
	if (!cc || cc > U16_MAX || !vm || vm > U16_MAX)
		return dev_err_probe(dev, -EINVAL, "%s: %u is out of range with %s %u\n",
				     names[1], micro_amp_hours, names[0], stc->micro_ohms);
	stc->cnf[0] = cpu_to_le16(cc);
	stc->cnf[1] = cpu_to_le16(vm);
	return 0;
}

static int stc3117_probe(struct i2c_client *client)
{
	struct psy_miniclass_config config = {};
	struct device *dev = &client->dev;
	struct stc3117 *stc;
	int ret;

	stc = devm_kzalloc(dev, sizeof(*stc), GFP_KERNEL);
	if (!stc)
		return -ENOMEM;
	ret = stc3117_read_firmware(stc, dev);
	if (ret)
		return ret;
	stc->saved = -1;
	config.drvdata = stc;
	return devm_psy_gauge_register(client, &stc3117_desc, &stc3117_regmap, &config);
}

static const struct of_device_id stc3117_of_match[] = {
	{ .compatible = "st,stc3117" },
	{ }
};
MODULE_DEVICE_TABLE(of, stc3117_of_match);

static const struct i2c_device_id stc3117_ids[] = {
	{ .name = "stc3117" },
	{ }
};
MODULE_DEVICE_TABLE(i2c, stc3117_ids);

static struct i2c_driver stc3117_driver = {
	.driver = {
		.name = "stc3117-gauge",
		.of_match_table = stc3117_of_match,
		.pm = pm_sleep_ptr(&psy_miniclass_pm_ops),
	},
	.I2C_PROBE = stc3117_probe,
	.id_table = stc3117_ids,
};
module_psy_gauge(stc3117_driver);

MODULE_DESCRIPTION("STMicroelectronics STC3117 fuel gauge driver");
MODULE_AUTHOR("The psy-miniclass developers");
MODULE_LICENSE("GPL");
MODULE_VERSION(PSY_VERSION);
MODULE_IMPORT_NS("PSY_MINICLASS");
