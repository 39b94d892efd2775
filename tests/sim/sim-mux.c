// SPDX-License-Identifier: GPL-2.0-only
/*
 * An I2C adapter with a selector for packs with the same address: a PCA9548A at 0x70,
 * or that of a smart battery system manager at 0x0a. The packs are those of
 * simulated adapters, which the property "sim,packs" refers to, in the order of the
 * channels; the drivers in front of them are the kernel's own.
 */
#include <linux/bits.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/i2c.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/property.h>
#include <linux/slab.h>
#include <linux/string.h>

/* PCA9548A, data sheet of NXP, sections 7.1 and 7.2: one register, a bit per channel */
#define SIM_MUX_ADDR		0x70
#define SIM_MUX_CHANNELS	8

/* Smart Battery System Manager Specification 1.1, sections 5.1 and 5.3 */
#define SIM_MANAGER_ADDR	0x0a
#define SIM_MANAGER_STATE	0x01
#define SIM_MANAGER_STATE_CONT	0x02
#define SIM_MANAGER_INFO	0x04
#define SIM_MANAGER_PACKS	4
#define SIM_MANAGER_SMB_SHIFT	12
#define SIM_MANAGER_AC		BIT(0)

/**
 * struct sim_mux - a selector
 * @adap: for the I2C core; its lock guards the members below
 * @pack: adapters of the channels
 * @packs: number of @pack
 * @selected: mask of channels
 */
struct sim_mux {
	struct i2c_adapter adap;
	struct i2c_adapter *pack[SIM_MUX_CHANNELS];
	unsigned int packs;
	u8 selected;
};

static s32 sim_mux_register(struct sim_mux *mux, char read_write, u8 command, int size,
			    union i2c_smbus_data *data)
{
	if (size == I2C_SMBUS_QUICK)
		return 0;
	if (size != I2C_SMBUS_BYTE)
		return -ENXIO;
	if (read_write == I2C_SMBUS_READ)
		data->byte = mux->selected;
	else
		mux->selected = command;
	return 0;
}

static s32 sim_mux_manager(struct sim_mux *mux, char read_write, u8 command, int size,
			   union i2c_smbus_data *data)
{
	unsigned int all = BIT(min_t(unsigned int, mux->packs, SIM_MANAGER_PACKS)) - 1;

	if (size != I2C_SMBUS_WORD_DATA)
		return -ENXIO;
	if (read_write == I2C_SMBUS_WRITE) {
		if (command != SIM_MANAGER_STATE)
			return -ENXIO;
		mux->selected = data->word >> SIM_MANAGER_SMB_SHIFT & all;
		return 0;
	}
	switch (command) {
	case SIM_MANAGER_STATE:
		data->word = mux->selected << SIM_MANAGER_SMB_SHIFT | all;
		return 0;
	case SIM_MANAGER_STATE_CONT:
		data->word = SIM_MANAGER_AC;
		return 0;
	case SIM_MANAGER_INFO:
		data->word = all;
		return 0;
	default:
		return -ENXIO;
	}
}

static s32 sim_mux_xfer(struct i2c_adapter *adap, u16 addr, unsigned short flags,
			char read_write, u8 command, int size, union i2c_smbus_data *data)
{
	struct sim_mux *mux = i2c_get_adapdata(adap);
	struct i2c_adapter *pack;

	if (addr == SIM_MUX_ADDR)
		return sim_mux_register(mux, read_write, command, size, data);
	if (addr == SIM_MANAGER_ADDR)
		return sim_mux_manager(mux, read_write, command, size, data);
	if (!mux->selected || __ffs(mux->selected) >= mux->packs)
		return -ENXIO;

	/* A wire, not a bus of its own: the lock of the pack's adapter is not taken. */
	pack = mux->pack[__ffs(mux->selected)];
	return pack->algo->smbus_xfer(pack, addr, flags, read_write, command, size, data);
}

static u32 sim_mux_functionality(struct i2c_adapter *adap)
{
	struct sim_mux *mux = i2c_get_adapdata(adap);

	return mux->pack[0]->algo->functionality(mux->pack[0]);
}

static const struct i2c_algorithm sim_mux_algorithm = {
	.smbus_xfer = sim_mux_xfer,
	.functionality = sim_mux_functionality,
};

static void sim_mux_put(void *dev)
{
	put_device(dev);
}

static int sim_mux_find_packs(struct sim_mux *mux, struct device *dev)
{
	struct fwnode_handle *fwnode;
	struct device *adap;
	int ret;

	for (mux->packs = 0; mux->packs < SIM_MUX_CHANNELS; mux->packs++) {
		fwnode = fwnode_find_reference(dev_fwnode(dev), "sim,packs", mux->packs);
		if (IS_ERR(fwnode))
			break;
		adap = bus_find_device_by_fwnode(&i2c_bus_type, fwnode);
		fwnode_handle_put(fwnode);
		if (!adap)
			return -EPROBE_DEFER;
		ret = devm_add_action_or_reset(dev, sim_mux_put, adap);
		if (ret)
			return ret;
		mux->pack[mux->packs] = i2c_verify_adapter(adap);
		if (!mux->pack[mux->packs])
			return -EINVAL;
	}
	return mux->packs ? 0 : -EINVAL;
}

static int sim_mux_probe(struct platform_device *pdev)
{
	struct device *dev = &pdev->dev;
	struct sim_mux *mux;
	int ret;

	mux = devm_kzalloc(dev, sizeof(*mux), GFP_KERNEL);
	if (!mux)
		return -ENOMEM;
	ret = sim_mux_find_packs(mux, dev);
	if (ret)
		return dev_err_probe(dev, ret, "sim,packs: must be 1..%d simulated adapters\n",
				     SIM_MUX_CHANNELS);

	mux->adap.owner = THIS_MODULE;
	mux->adap.algo = &sim_mux_algorithm;
	mux->adap.dev.parent = dev;
	device_set_node(&mux->adap.dev, dev_fwnode(dev));
	strscpy(mux->adap.name, "psy-sim-mux", sizeof(mux->adap.name));
	i2c_set_adapdata(&mux->adap, mux);
	return devm_i2c_add_adapter(dev, &mux->adap);
}

static const struct of_device_id sim_mux_of_ids[] = {
	{ .compatible = "psy-miniclass,sim-mux" },
	{ }
};
MODULE_DEVICE_TABLE(of, sim_mux_of_ids);

static struct platform_driver sim_mux_driver = {
	.probe = sim_mux_probe,
	.driver = {
		.name = "psy-sim-mux",
		.of_match_table = sim_mux_of_ids,
	},
};
module_platform_driver(sim_mux_driver);

MODULE_DESCRIPTION("Simulated selector of simulated smart batteries");
MODULE_LICENSE("GPL");
