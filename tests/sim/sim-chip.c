// SPDX-License-Identifier: GPL-2.0-only
/*
 * Simulated fuel gauges on adapters of their own. In debugfs, below psy-sim-chips:
 *
 * models	names of all parts
 * add		write a name: such a chip, at number 0, or the next free one
 * remove	write a number
 * <number>/	the chip: its cell, its faults, its registers
 *
 * In a device tree, or in a PRP0001 device of ACPI, an adapter has "psy-miniclass,sim-chip"
 * and the property "model", and the gauge is a child of it.
 */
#include <linux/dcache.h>
#include <linux/err.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/math.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/of.h>
#include <linux/platform_device.h>
#include <linux/property.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "sim-chip.h"
#include "sim-charger.h"

#define SIM_CHIPS_MAX	8
#define SIM_NAME_MAX	32

static bool words;
module_param(words, bool, 0644);
MODULE_PARM_DESC(words, "New adapters have SMBus word transfers only");

static bool wired = true;
module_param(wired, bool, 0644);
MODULE_PARM_DESC(wired, "The alert lines of new chips are connected");

static const struct sim_chip_model * const families[] = {
	sim_bq27xxx,
	sim_cw2015,
	sim_ds278x,
	sim_example,
	sim_ina219,
	sim_ltc294x,
	sim_max17042,
	sim_max1704x,
	sim_mm8013,
	sim_stc3117,
};

static struct dentry *root;
static DEFINE_MUTEX(devices_lock);	/* protects devices */
static struct platform_device *devices[SIM_CHIPS_MAX];

void sim_chip_set8(struct sim_chip *chip, u8 reg, u8 val)
{
	chip->mem[0][reg] = val;
}

static unsigned int sim_chip_width(const struct sim_chip *chip)
{
	return chip->model->width ?: 1;
}

static u8 *sim_chip_at(struct sim_chip *chip, u8 reg)
{
	return chip->mem[0] + reg * sim_chip_width(chip);
}

void sim_chip_set_le16(struct sim_chip *chip, u8 reg, u16 val)
{
	sim_chip_at(chip, reg)[0] = val;
	sim_chip_at(chip, reg)[1] = val >> 8;
}

void sim_chip_set_be16(struct sim_chip *chip, u8 reg, u16 val)
{
	sim_chip_at(chip, reg)[0] = val >> 8;
	sim_chip_at(chip, reg)[1] = val;
}

u8 sim_chip_get8(struct sim_chip *chip, u8 reg)
{
	return chip->mem[0][reg];
}

u16 sim_chip_get_le16(struct sim_chip *chip, u8 reg)
{
	return sim_chip_at(chip, reg)[0] | sim_chip_at(chip, reg)[1] << 8;
}

u16 sim_chip_get_be16(struct sim_chip *chip, u8 reg)
{
	return sim_chip_at(chip, reg)[0] << 8 | sim_chip_at(chip, reg)[1];
}

int sim_cell_mah(const struct sim_cell *cell)
{
	return DIV_ROUND_CLOSEST(cell->full_mah * cell->permille, 1000);
}

static const struct sim_chip_model *sim_chip_find(const char *name)
{
	const struct sim_chip_model *model;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(families); i++) {
		for (model = families[i]; model->name; model++) {
			if (!strcmp(model->name, name))
				return model;
		}
	}
	return NULL;
}

/* Returns true if the alert line has become active. */
static bool sim_chip_update(struct sim_chip *chip)
{
	bool before = chip->alerting;

	chip->alerting = chip->present && chip->model->update(chip);
	return chip->alerting && !before;
}

static void sim_chip_power_on(struct sim_chip *chip)
{
	memset(chip->state, 0, sizeof(chip->state));
	memset(chip->mem, 0, sizeof(chip->mem));
	if (chip->model->power_on)
		chip->model->power_on(chip);
}

static int sim_chip_read(struct sim_chip *chip, unsigned int bank, u8 reg, u8 *buf, u16 len)
{
	unsigned int width = sim_chip_width(chip), i;

	if (chip->model->read)
		chip->model->read(chip, bank, reg);
	for (i = 0; i < len; i++) {
		u8 at = reg + i / width;

		if (!bank) {
			set_bit(at, chip->seen);
			if (at == chip->refused)
				return -ENXIO;
		}
		buf[i] = chip->mem[bank][(reg * width + i) % SIM_CHIP_MEM];
	}
	if (chip->garbage) {
		memset(buf, chip->garbage_byte, len);
		if (chip->garbage > 0)
			chip->garbage--;
	}
	return 0;
}

static int sim_chip_write(struct sim_chip *chip, unsigned int bank, const u8 *buf, u16 len)
{
	unsigned int start = buf[0] * sim_chip_width(chip);
	int ret = 0;

	if (!bank && buf[0] == chip->refused)
		return -ENXIO;
	if (chip->model->write)
		ret = chip->model->write(chip, bank, buf[0], buf + 1, len - 1);
	if (ret)
		return min(ret, 0);
	if (start + len - 1 > SIM_CHIP_MEM)
		return -ENXIO;
	memcpy(chip->mem[bank] + start, buf + 1, len - 1);
	return 0;
}

static int sim_chip_talk(struct sim_chip *chip, struct i2c_msg *msgs, int num, bool *alert)
{
	unsigned int bank = msgs[0].addr != chip->model->addr;
	int ret;

	chip->transfers++;
	if (!chip->present || chip->nak) {
		if (chip->nak > 0)
			chip->nak--;
		return -ENXIO;
	}
	if (num == 2 && msgs[0].len == 1 && (msgs[1].flags & I2C_M_RD) &&
	    msgs[1].addr == msgs[0].addr)
		return sim_chip_read(chip, bank, msgs[0].buf[0], msgs[1].buf, msgs[1].len);
	if (num != 1 || !msgs[0].len || (msgs[0].flags & I2C_M_RD))
		return -EOPNOTSUPP;
	ret = sim_chip_write(chip, bank, msgs[0].buf, msgs[0].len);
	*alert = sim_chip_update(chip);
	return ret;
}

/* The I2C core turns SMBus transfers into these. */
static int sim_chip_xfer(struct i2c_adapter *adap, struct i2c_msg *msgs, int num)
{
	struct sim_chip *chip = i2c_get_adapdata(adap);
	bool alert = false;
	int ret;

	if (msgs[0].addr != chip->model->addr &&
	    (!chip->model->addr2 || msgs[0].addr != chip->model->addr2))
		return -ENXIO;
	mutex_lock(&chip->lock);
	ret = sim_chip_talk(chip, msgs, num, &alert);
	mutex_unlock(&chip->lock);
	if (alert)
		generic_handle_irq_safe(chip->irq);
	return ret ?: num;
}

static u32 sim_chip_functionality(struct i2c_adapter *adap)
{
	return words ? I2C_FUNC_SMBUS_BYTE_DATA | I2C_FUNC_SMBUS_WORD_DATA :
		       I2C_FUNC_I2C | I2C_FUNC_SMBUS_EMUL;
}

static const struct i2c_algorithm sim_chip_algorithm = {
	.I2C_XFER = sim_chip_xfer,
	.functionality = sim_chip_functionality,
};

/* Files with a number in the chip */
static const struct {
	const char *name;
	size_t offset;
} sim_chip_values[SIM_CHIP_VALUES] = {
	{ "mv", offsetof(struct sim_chip, cell.mv) },
	{ "ma", offsetof(struct sim_chip, cell.ma) },
	{ "permille", offsetof(struct sim_chip, cell.permille) },
	{ "full_mah", offsetof(struct sim_chip, cell.full_mah) },
	{ "design_mah", offsetof(struct sim_chip, cell.design_mah) },
	{ "temp", offsetof(struct sim_chip, cell.temp) },
	{ "cycles", offsetof(struct sim_chip, cell.cycles) },
	{ "present", offsetof(struct sim_chip, present) },
	{ "nak", offsetof(struct sim_chip, nak) },
	{ "refused", offsetof(struct sim_chip, refused) },
	{ "garbage", offsetof(struct sim_chip, garbage) },
	{ "garbage_byte", offsetof(struct sim_chip, garbage_byte) },
};

static int sim_value_get(void *data, u64 *val)
{
	struct sim_chip_value *v = data;

	*val = READ_ONCE(*v->val);
	return 0;
}

/* It shows in the registers at once. */
static int sim_value_set(void *data, u64 val)
{
	struct sim_chip_value *v = data;
	struct sim_chip *chip = v->chip;
	bool alert;

	mutex_lock(&chip->lock);
	if (v->val == &chip->present && val && !chip->present)
		sim_chip_power_on(chip);
	*v->val = val;
	alert = sim_chip_update(chip);
	mutex_unlock(&chip->lock);
	if (alert)
		generic_handle_irq_safe(chip->irq);
	return 0;
}

DEFINE_DEBUGFS_ATTRIBUTE_SIGNED(sim_value_fops, sim_value_get, sim_value_set, "%lld\n");

static ssize_t sim_copy_line(char *line, size_t size, const char __user *ubuf, size_t count)
{
	if (count >= size)
		return -EINVAL;
	if (copy_from_user(line, ubuf, count))
		return -EFAULT;
	line[count] = '\0';
	strim(line);
	return count;
}

/* "REGISTER BYTE...": until the cell changes, or the host writes */
static ssize_t sim_poke_write(struct file *file, const char __user *ubuf, size_t count,
			      loff_t *ppos)
{
	struct sim_chip *chip = file->private_data;
	char line[128], *rest = line, *word;
	ssize_t ret = sim_copy_line(line, sizeof(line), ubuf, count);
	int at = -1;
	u8 byte;

	while (ret >= 0 && (word = strsep(&rest, " "))) {
		if (kstrtou8(word, 0, &byte))
			return -EINVAL;
		mutex_lock(&chip->lock);
		if (at < 0)
			at = byte * sim_chip_width(chip);
		else
			chip->mem[0][at++ % SIM_CHIP_MEM] = byte;
		mutex_unlock(&chip->lock);
	}
	return ret;
}

static const struct file_operations sim_poke_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.write = sim_poke_write,
};

/* The registers that the host has read; a write forgets them. */
static ssize_t sim_seen_read(struct file *file, char __user *ubuf, size_t count, loff_t *ppos)
{
	struct sim_chip *chip = file->private_data;
	char line[1024];
	int len = 0;
	unsigned int reg;

	for_each_set_bit(reg, chip->seen, 256)
		len += scnprintf(line + len, sizeof(line) - len, "%u ", reg);
	return simple_read_from_buffer(ubuf, count, ppos, line, len);
}

static ssize_t sim_seen_write(struct file *file, const char __user *ubuf, size_t count,
			      loff_t *ppos)
{
	struct sim_chip *chip = file->private_data;

	mutex_lock(&chip->lock);
	bitmap_zero(chip->seen, 256);
	mutex_unlock(&chip->lock);
	return count;
}

static const struct file_operations sim_seen_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.read = sim_seen_read,
	.write = sim_seen_write,
};

static void sim_chip_remove_files(void *data)
{
	struct sim_chip *chip = data;

	debugfs_remove(chip->dir);
}

/* A chip of the firmware has no number: it gets the first one without a directory. */
static void sim_chip_name_dir(char *name, size_t size, int id)
{
	int n = max(id, 0);
	struct dentry *used;

	for (;; n++) {
		snprintf(name, size, "%d", n);
		used = id < 0 ? debugfs_lookup(name, root) : NULL;
		if (!used)
			return;
		dput(used);
	}
}

static int sim_chip_add_files(struct device *dev, struct sim_chip *chip, int id)
{
	char name[12];
	unsigned int i;

	sim_chip_name_dir(name, sizeof(name), id);
	chip->dir = debugfs_create_dir(name, root);
	for (i = 0; i < SIM_CHIP_VALUES; i++) {
		chip->values[i].chip = chip;
		chip->values[i].val = (void *)chip + sim_chip_values[i].offset;
		debugfs_create_file(sim_chip_values[i].name, 0600, chip->dir, &chip->values[i],
				    &sim_value_fops);
	}
	debugfs_create_file("poke", 0200, chip->dir, chip, &sim_poke_fops);
	debugfs_create_file("seen", 0600, chip->dir, chip, &sim_seen_fops);
	debugfs_create_u32("transfers", 0600, chip->dir, &chip->transfers);
	chip->blob.data = chip->mem;
	chip->blob.size = sizeof(chip->mem);
	debugfs_create_blob("mem", 0400, chip->dir, &chip->blob);
	return devm_add_action_or_reset(dev, sim_chip_remove_files, chip);
}

static void sim_chip_free_irq(void *data)
{
	struct sim_chip *chip = data;

	irq_free_desc(chip->irq);
}

static int sim_chip_add_irq(struct device *dev, struct sim_chip *chip)
{
	/* Without an owner: the driver that requests it must not keep this module loaded. */
	chip->irq = __irq_alloc_descs(-1, 1, 1, NUMA_NO_NODE, NULL, NULL);
	if (chip->irq < 0)
		return chip->irq;
	irq_set_chip_and_handler(chip->irq, &dummy_irq_chip, handle_simple_irq);
	irq_modify_status(chip->irq, IRQ_NOREQUEST, 0);
	return devm_add_action_or_reset(dev, sim_chip_free_irq, chip);
}

static void sim_chip_del_client(void *client)
{
	i2c_unregister_device(client);
}

static int sim_chip_add_client(struct device *dev, struct sim_chip *chip)
{
	struct i2c_board_info info = {
		.addr = chip->model->addr,
		.irq = wired ? chip->irq : 0,
		.swnode = chip->model->props ? &chip->node : NULL,
	};

	chip->node.properties = chip->model->props;
	strscpy(info.type, chip->model->name, sizeof(info.type));
	chip->client = i2c_new_client_device(&chip->adap, &info);
	if (IS_ERR(chip->client))
		return PTR_ERR(chip->client);
	return devm_add_action_or_reset(dev, sim_chip_del_client, chip->client);
}

static const struct sim_cell sim_cell_default = {
	.mv = 3950,
	.ma = -400,
	.permille = 500,
	.full_mah = 2800,
	.design_mah = 3000,
	.temp = 251,
	.cycles = 12,
};

static const struct sim_chip_model *sim_chip_model_of(struct device *dev)
{
	const char *name = dev_get_platdata(dev);

	if (!name && device_property_read_string(dev, "model", &name))
		return NULL;
	return sim_chip_find(name);
}

static int sim_chip_probe(struct platform_device *pdev)
{
	struct device *dev = &pdev->dev;
	struct sim_chip *chip = devm_kzalloc(dev, sizeof(*chip), GFP_KERNEL);
	int ret;

	if (!chip)
		return -ENOMEM;
	chip->model = sim_chip_model_of(dev);
	if (!chip->model)
		return dev_err_probe(dev, -EINVAL, "unknown model\n");
	ret = devm_mutex_init(dev, &chip->lock);
	if (ret)
		return ret;
	chip->cell = sim_cell_default;
	chip->present = 1;
	chip->refused = -1;
	chip->garbage_byte = 0xff;
	sim_chip_power_on(chip);
	sim_chip_update(chip);
	ret = sim_chip_add_files(dev, chip, pdev->id);
	if (!ret)
		ret = sim_chip_add_irq(dev, chip);
	if (ret)
		return ret;

	chip->adap.owner = THIS_MODULE;
	chip->adap.algo = &sim_chip_algorithm;
	chip->adap.dev.parent = dev;
	/* ACPI or device tree: the gauge is described below this node. */
	device_set_node(&chip->adap.dev, dev_fwnode(dev));
	strscpy(chip->adap.name, "psy-sim-chip", sizeof(chip->adap.name));
	i2c_set_adapdata(&chip->adap, chip);
	ret = devm_i2c_add_adapter(dev, &chip->adap);
	if (ret || dev_fwnode(dev))
		return ret;
	return sim_chip_add_client(dev, chip);
}

static const struct of_device_id sim_chip_of_match[] = {
	{ .compatible = "psy-miniclass,sim-chip" },
	{ }
};
MODULE_DEVICE_TABLE(of, sim_chip_of_match);

static struct platform_driver sim_chip_driver = {
	.probe = sim_chip_probe,
	.driver = {
		.name = "psy-sim-chip",
		.of_match_table = sim_chip_of_match,
	},
};

static int sim_chips_add(const char *name)
{
	struct platform_device *pdev;
	int i;

	if (!sim_chip_find(name))
		return -EINVAL;
	for (i = 0; i < SIM_CHIPS_MAX && devices[i]; i++)
		;
	if (i == SIM_CHIPS_MAX)
		return -ENOSPC;
	pdev = platform_device_register_data(NULL, "psy-sim-chip", i, name, strlen(name) + 1);
	if (IS_ERR(pdev))
		return PTR_ERR(pdev);
	devices[i] = pdev;
	return 0;
}

static ssize_t sim_add_write(struct file *file, const char __user *ubuf, size_t count,
			     loff_t *ppos)
{
	char name[SIM_NAME_MAX];
	ssize_t len = sim_copy_line(name, sizeof(name), ubuf, count);
	int ret;

	if (len < 0)
		return len;
	mutex_lock(&devices_lock);
	ret = sim_chips_add(name);
	mutex_unlock(&devices_lock);
	return ret ?: len;
}

static const struct file_operations sim_add_fops = {
	.owner = THIS_MODULE,
	.write = sim_add_write,
};

static int sim_remove_set(void *data, u64 val)
{
	int ret = -ENODEV;

	mutex_lock(&devices_lock);
	if (val < SIM_CHIPS_MAX && devices[val]) {
		platform_device_unregister(devices[val]);
		devices[val] = NULL;
		ret = 0;
	}
	mutex_unlock(&devices_lock);
	return ret;
}

DEFINE_DEBUGFS_ATTRIBUTE(sim_remove_fops, NULL, sim_remove_set, "%llu\n");

static int sim_models_show(struct seq_file *s, void *unused)
{
	const struct sim_chip_model *model;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(families); i++) {
		for (model = families[i]; model->name; model++)
			seq_printf(s, "%s\n", model->name);
	}
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(sim_models);

static void sim_batteries_remove(void)
{
	const struct sim_chip_model *model;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(families); i++) {
		for (model = families[i]; model->name; model++)
			if (model->battery)
				software_node_unregister(model->battery);
	}
}

static int sim_batteries_add(void)
{
	const struct sim_chip_model *model;
	unsigned int i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(families); i++) {
		for (model = families[i]; model->name; model++) {
			ret = model->battery ? software_node_register(model->battery) : 0;
			/* Parts may have the same. */
			if (ret && ret != -EEXIST) {
				sim_batteries_remove();
				return ret;
			}
		}
	}
	return 0;
}

static int __init sim_chip_init(void)
{
	int ret = sim_batteries_add();

	if (ret)
		return ret;
	ret = sim_charger_add();
	if (ret) {
		sim_batteries_remove();
		return ret;
	}
	root = debugfs_create_dir("psy-sim-chips", NULL);
	debugfs_create_file("models", 0400, root, NULL, &sim_models_fops);
	debugfs_create_file("add", 0200, root, NULL, &sim_add_fops);
	debugfs_create_file("remove", 0200, root, NULL, &sim_remove_fops);
	ret = platform_driver_register(&sim_chip_driver);
	if (ret) {
		debugfs_remove(root);
		sim_charger_remove();
		sim_batteries_remove();
	}
	return ret;
}
module_init(sim_chip_init);

static void __exit sim_chip_exit(void)
{
	unsigned int i;

	for (i = 0; i < SIM_CHIPS_MAX; i++)
		platform_device_unregister(devices[i]);
	platform_driver_unregister(&sim_chip_driver);
	debugfs_remove(root);
	sim_charger_remove();
	sim_batteries_remove();
}
module_exit(sim_chip_exit);

MODULE_DESCRIPTION("Simulated fuel gauges");
MODULE_LICENSE("GPL");
