// SPDX-License-Identifier: GPL-2.0-only
/*
 * A simulated MAX17048 on an adapter of its own, with its interrupt line and a charger
 * for its battery. They exist while this module is loaded; their controls are in the
 * directory psy-sim-max1704x in debugfs, and the charger is the supply sim-charger.
 *
 * In a device tree the node of the adapter has "psy-miniclass,sim-max1704x", and the
 * gauge is a child of it. Otherwise the adapter is created with the module, and the
 * gauge by its name.
 *
 * As in the data sheet (19-6171): the cell powers the chip, which is reset when it is
 * inserted; ALRT is set when the percentage falls below the threshold, and holds the
 * line low until the host clears it; registers are words, and a transfer goes on with
 * the next one.
 */
#include <linux/bits.h>
#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/i2c.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/math64.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/of.h>
#include <linux/platform_device.h>
#include <linux/power_supply.h>
#include <linux/string.h>
#include <linux/types.h>

#define SIM_MAX_ADDR		0x36
#define SIM_MAX_VCELL		0x02
#define SIM_MAX_SOC		0x04
#define SIM_MAX_VERSION		0x08
#define SIM_MAX_CONFIG		0x0c
#define SIM_MAX_CONFIG_POR	0x971c
#define SIM_MAX_ALRT		BIT(5)
#define SIM_MAX_ATHD		GENMASK(4, 0)
#define SIM_MAX_STATUS		0x1a
#define SIM_MAX_STATUS_RI	BIT(8)
#define SIM_MAX_WORDS		16

static bool words;
module_param(words, bool, 0444);
MODULE_PARM_DESC(words, "The adapter has SMBus word transfers only");

static bool wired = true;
module_param(wired, bool, 0444);
MODULE_PARM_DESC(wired, "The alert line is connected");

/**
 * struct sim_max - the chip and what is around it
 * @adap: the adapter
 * @client: the client of the driver
 * @irq: interrupt of the alert line
 * @lock: protects what follows
 * @word: registers, by half of their address
 * @present: a cell is connected
 * @nak: number of transfers that are not acknowledged, -1 for all
 * @refused: address of a register that is not acknowledged, 0 for none
 * @transfers: number of transfers
 * @psy: the charger
 * @batteries: the names of the batteries that it supplies
 * @charger: what the charger reports: online and status
 */
struct sim_max {
	struct i2c_adapter adap;
	struct i2c_client *client;
	int irq;
	struct mutex lock;	/* see above */
	u16 word[SIM_MAX_WORDS];
	int present;
	int nak;
	int refused;
	u32 transfers;
	struct power_supply *psy;
	char *batteries[1];
	int charger[2];
};

static struct dentry *root;

static u16 *sim_max_reg(struct sim_max *sm, u8 reg)
{
	return &sm->word[reg / 2 % SIM_MAX_WORDS];
}

static void sim_max_power_on(struct sim_max *sm)
{
	*sim_max_reg(sm, SIM_MAX_VERSION) = 0x0012;
	*sim_max_reg(sm, SIM_MAX_CONFIG) = SIM_MAX_CONFIG_POR;
	*sim_max_reg(sm, SIM_MAX_STATUS) = SIM_MAX_STATUS_RI;
}

static int sim_max_read(struct sim_max *sm, u8 reg, u8 *buf, u16 len)
{
	u16 i;

	for (i = 0; i < len; i++) {
		if (sm->refused && (reg + i) / 2 == sm->refused / 2)
			return -ENXIO;
		buf[i] = *sim_max_reg(sm, reg + i) >> ((reg + i) % 2 ? 0 : 8);
	}
	return 0;
}

static int sim_max_write(struct sim_max *sm, const u8 *buf, u16 len)
{
	if (len != 3 || buf[0] == sm->refused)
		return -ENXIO;
	*sim_max_reg(sm, buf[0]) = buf[1] << 8 | buf[2];
	return 0;
}

static int sim_max_talk(struct sim_max *sm, struct i2c_msg *msgs, int num)
{
	sm->transfers++;
	if (!sm->present || sm->nak) {
		if (sm->nak > 0)
			sm->nak--;
		return -ENXIO;
	}
	if (num == 2 && msgs[0].len == 1 && (msgs[1].flags & I2C_M_RD))
		return sim_max_read(sm, msgs[0].buf[0], msgs[1].buf, msgs[1].len);
	return num == 1 && !(msgs[0].flags & I2C_M_RD) ?
		sim_max_write(sm, msgs[0].buf, msgs[0].len) : -EOPNOTSUPP;
}

/* The I2C core turns SMBus transfers into these. */
static int sim_max_xfer(struct i2c_adapter *adap, struct i2c_msg *msgs, int num)
{
	struct sim_max *sm = i2c_get_adapdata(adap);
	int ret;

	if (msgs[0].addr != SIM_MAX_ADDR)
		return -ENXIO;
	mutex_lock(&sm->lock);
	ret = sim_max_talk(sm, msgs, num);
	mutex_unlock(&sm->lock);
	return ret ?: num;
}

static u32 sim_max_functionality(struct i2c_adapter *adap)
{
	return words ? I2C_FUNC_SMBUS_WORD_DATA : I2C_FUNC_I2C | I2C_FUNC_SMBUS_EMUL;
}

static const struct i2c_algorithm sim_max_algorithm = {
	.I2C_XFER = sim_max_xfer,
	.functionality = sim_max_functionality,
};

static int sim_max_soc_get(void *data, u64 *val)
{
	*val = *sim_max_reg(data, SIM_MAX_SOC);
	return 0;
}

/* In 1/256 percent. The threshold is 32 minus ATHD percent. */
static int sim_max_soc_set(void *data, u64 val)
{
	struct sim_max *sm = data;
	u16 *config = sim_max_reg(sm, SIM_MAX_CONFIG);
	u16 *soc = sim_max_reg(sm, SIM_MAX_SOC);
	unsigned int limit;
	bool alert;

	mutex_lock(&sm->lock);
	limit = (32 - (*config & SIM_MAX_ATHD)) << 8;
	alert = *soc >= limit && val < limit && !(*config & SIM_MAX_ALRT);
	*soc = val;
	if (alert)
		*config |= SIM_MAX_ALRT;
	mutex_unlock(&sm->lock);
	if (alert)
		generic_handle_irq_safe(sm->irq);
	return 0;
}

DEFINE_DEBUGFS_ATTRIBUTE(sim_max_soc_fops, sim_max_soc_get, sim_max_soc_set, "%llu\n");

static int sim_max_mv_set(void *data, u64 val)
{
	struct sim_max *sm = data;

	mutex_lock(&sm->lock);
	*sim_max_reg(sm, SIM_MAX_VCELL) = div_u64(val * 8000, 625);
	mutex_unlock(&sm->lock);
	return 0;
}

DEFINE_DEBUGFS_ATTRIBUTE(sim_max_mv_fops, NULL, sim_max_mv_set, "%llu\n");

static int sim_max_present_get(void *data, u64 *val)
{
	*val = ((struct sim_max *)data)->present;
	return 0;
}

static int sim_max_present_set(void *data, u64 val)
{
	struct sim_max *sm = data;

	mutex_lock(&sm->lock);
	if (val && !sm->present)
		sim_max_power_on(sm);
	sm->present = !!val;
	mutex_unlock(&sm->lock);
	return 0;
}

DEFINE_DEBUGFS_ATTRIBUTE(sim_max_present_fops, sim_max_present_get, sim_max_present_set,
			 "%llu\n");

static void sim_max_remove_files(void *unused)
{
	debugfs_remove(root);
}

static int sim_max_add_files(struct device *dev, struct sim_max *sm)
{
	root = debugfs_create_dir("psy-sim-max1704x", NULL);
	debugfs_create_file("soc", 0600, root, sm, &sim_max_soc_fops);
	debugfs_create_file("mv", 0200, root, sm, &sim_max_mv_fops);
	debugfs_create_file("present", 0600, root, sm, &sim_max_present_fops);
	debugfs_create_x16("config", 0400, root, sim_max_reg(sm, SIM_MAX_CONFIG));
	debugfs_create_u32("nak", 0600, root, (u32 *)&sm->nak);
	debugfs_create_u32("refused", 0600, root, (u32 *)&sm->refused);
	debugfs_create_u32("transfers", 0600, root, &sm->transfers);
	return devm_add_action_or_reset(dev, sim_max_remove_files, NULL);
}

static void sim_max_irq_nop(struct irq_data *data)
{
}

static struct irq_chip sim_max_irq_chip = {
	.name = "psy-sim-max1704x",
	.irq_mask = sim_max_irq_nop,
	.irq_unmask = sim_max_irq_nop,
};

static void sim_max_free_irq(void *data)
{
	struct sim_max *sm = data;

	irq_free_desc(sm->irq);
}

static int sim_max_add_irq(struct device *dev, struct sim_max *sm)
{
	/* Without an owner: the driver that requests it must not keep this module loaded. */
	sm->irq = __irq_alloc_descs(-1, 1, 1, NUMA_NO_NODE, NULL, NULL);
	if (sm->irq < 0)
		return sm->irq;
	irq_set_chip_and_handler(sm->irq, &sim_max_irq_chip, handle_simple_irq);
	irq_modify_status(sm->irq, IRQ_NOREQUEST, 0);
	return devm_add_action_or_reset(dev, sim_max_free_irq, sm);
}

static enum power_supply_property charger_props[] = {
	POWER_SUPPLY_PROP_ONLINE,
	POWER_SUPPLY_PROP_STATUS,
};

static int charger_get(struct power_supply *psy, enum power_supply_property psp,
		       union power_supply_propval *val)
{
	struct sim_max *sm = power_supply_get_drvdata(psy);

	val->intval = READ_ONCE(sm->charger[psp == POWER_SUPPLY_PROP_STATUS]);
	return 0;
}

static int charger_set(struct power_supply *psy, enum power_supply_property psp,
		       const union power_supply_propval *val)
{
	struct sim_max *sm = power_supply_get_drvdata(psy);

	WRITE_ONCE(sm->charger[psp == POWER_SUPPLY_PROP_STATUS], val->intval);
	power_supply_changed(psy);
	return 0;
}

static int charger_writeable(struct power_supply *psy, enum power_supply_property psp)
{
	return 1;
}

static const struct power_supply_desc charger_desc = {
	.name = "sim-charger",
	.type = POWER_SUPPLY_TYPE_MAINS,
	.properties = charger_props,
	.num_properties = ARRAY_SIZE(charger_props),
	.get_property = charger_get,
	.set_property = charger_set,
	.property_is_writeable = charger_writeable,
};

static int sim_max_add_charger(struct device *dev, struct sim_max *sm)
{
	struct power_supply_config cfg = {
		.drv_data = sm,
		.supplied_to = sm->batteries,
		.num_supplicants = ARRAY_SIZE(sm->batteries),
	};

	sm->batteries[0] = "BAT0";
	sm->psy = devm_power_supply_register(dev, &charger_desc, &cfg);
	return PTR_ERR_OR_ZERO(sm->psy);
}

static void sim_max_del_client(void *client)
{
	i2c_unregister_device(client);
}

static int sim_max_add_client(struct device *dev, struct sim_max *sm)
{
	struct i2c_board_info info = {
		I2C_BOARD_INFO("max17048", SIM_MAX_ADDR),
		.irq = wired ? sm->irq : 0,
	};

	sm->client = i2c_new_client_device(&sm->adap, &info);
	if (IS_ERR(sm->client))
		return PTR_ERR(sm->client);
	return devm_add_action_or_reset(dev, sim_max_del_client, sm->client);
}

static int sim_max_probe(struct platform_device *pdev)
{
	struct device *dev = &pdev->dev;
	struct sim_max *sm = devm_kzalloc(dev, sizeof(*sm), GFP_KERNEL);
	int ret;

	if (!sm)
		return -ENOMEM;
	ret = devm_mutex_init(dev, &sm->lock);
	if (ret)
		return ret;
	*sim_max_reg(sm, SIM_MAX_VCELL) = 0xc580;
	*sim_max_reg(sm, SIM_MAX_SOC) = 50 << 8;
	sm->present = 1;
	sim_max_power_on(sm);
	ret = sim_max_add_files(dev, sm);
	if (!ret)
		ret = sim_max_add_irq(dev, sm);
	if (!ret)
		ret = sim_max_add_charger(dev, sm);
	if (ret)
		return ret;

	sm->adap.owner = THIS_MODULE;
	sm->adap.algo = &sim_max_algorithm;
	sm->adap.dev.parent = dev;
	strscpy(sm->adap.name, "psy-sim-max1704x", sizeof(sm->adap.name));
	i2c_set_adapdata(&sm->adap, sm);
	sm->adap.dev.of_node = dev->of_node;
	ret = devm_i2c_add_adapter(dev, &sm->adap);
	if (ret || dev->of_node)
		return ret;
	return sim_max_add_client(dev, sm);
}

static const struct of_device_id sim_max_of_match[] = {
	{ .compatible = "psy-miniclass,sim-max1704x" },
	{ }
};
MODULE_DEVICE_TABLE(of, sim_max_of_match);

static struct platform_driver sim_max_driver = {
	.probe = sim_max_probe,
	.driver = {
		.name = "psy-sim-max1704x",
		.of_match_table = sim_max_of_match,
	},
};

static struct platform_device *sim_max_device;

static int __init sim_max_init(void)
{
	struct device_node *node = of_find_matching_node(NULL, sim_max_of_match);
	int ret = platform_driver_register(&sim_max_driver);

	of_node_put(node);
	if (ret || node)
		return ret;
	sim_max_device = platform_device_register_simple("psy-sim-max1704x", PLATFORM_DEVID_NONE,
							 NULL, 0);
	if (IS_ERR(sim_max_device)) {
		platform_driver_unregister(&sim_max_driver);
		return PTR_ERR(sim_max_device);
	}
	return 0;
}
module_init(sim_max_init);

static void __exit sim_max_exit(void)
{
	if (sim_max_device)
		platform_device_unregister(sim_max_device);
	platform_driver_unregister(&sim_max_driver);
}
module_exit(sim_max_exit);

MODULE_DESCRIPTION("Simulated MAX17048 with its battery and charger");
MODULE_LICENSE("GPL");
