// SPDX-License-Identifier: GPL-2.0-only
/*
 * Controls of a simulated adapter: a directory with its name below psy-sim in
 * debugfs. Every access first simulates the pack up to the present time.
 */
#include <linux/debugfs.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/time64.h>
#include <linux/uaccess.h>

#include "sim-i2c.h"

#define LINE_SIZE	128

static struct dentry *root;

/**
 * struct control - a file with a number in it
 * @name: of the file
 * @get: reads it, or NULL for a file that is only written
 * @set: writes it, or NULL for a file that is only read
 * @field: offset of an int in struct sim_i2c, instead of @get and @set
 * @min: limit of what can be written
 * @max: limit of what can be written
 */
struct control {
	const char *name;
	s64 (*get)(struct sim_i2c *sim);
	void (*set)(struct sim_i2c *sim, s64 val);
	size_t field;
	s64 min;
	s64 max;
};

static s64 get_transfers(struct sim_i2c *sim)
{
	return sim->bus.transfers;
}

static s64 get_bytes(struct sim_i2c *sim)
{
	return sim->bus.bytes;
}

static s64 get_bus_us(struct sim_i2c *sim)
{
	return div_u64(sim->bus.busy_ns, NSEC_PER_USEC);
}

static s64 get_present(struct sim_i2c *sim)
{
	return sim->sbs.present;
}

static void set_present(struct sim_i2c *sim, s64 val)
{
	if (val)
		sim_sbs_insert(&sim->sbs);
	else
		sim_sbs_remove(&sim->sbs);
}

static void set_swap(struct sim_i2c *sim, s64 val)
{
	sim_sbs_swap(&sim->sbs, val);
}

static s64 get_soc(struct sim_i2c *sim)
{
	return sim_sbs_soc_permille(&sim->sbs);
}

static void set_soc(struct sim_i2c *sim, s64 val)
{
	sim_sbs_set_soc_permille(&sim->sbs, val);
}

static s64 get_temp(struct sim_i2c *sim)
{
	return sim_sbs_temp_dk(&sim->sbs);
}

static void set_temp(struct sim_i2c *sim, s64 val)
{
	sim_sbs_set_temp_dk(&sim->sbs, val);
}

static s64 get_full_mah(struct sim_i2c *sim)
{
	return sim_sbs_full_mah(&sim->sbs);
}

static void set_full_mah(struct sim_i2c *sim, s64 val)
{
	sim_sbs_set_full_mah(&sim->sbs, val);
}

static s64 get_design_mah(struct sim_i2c *sim)
{
	return sim_sbs_design_mah(&sim->sbs);
}

static void set_design_mah(struct sim_i2c *sim, s64 val)
{
	sim_sbs_set_design_mah(&sim->sbs, val);
}

static s64 get_mode(struct sim_i2c *sim)
{
	return sim->sbs.mode;
}

static void set_mode(struct sim_i2c *sim, s64 val)
{
	sim_sbs_set_mode(&sim->sbs, val);
}

static s64 get_refused(struct sim_i2c *sim)
{
	return sim->sbs.refused;
}

static void set_refused(struct sim_i2c *sim, s64 val)
{
	sim->sbs.refused = val;
}

static s64 get_mode_writes(struct sim_i2c *sim)
{
	return sim->sbs.mode_writes;
}

static s64 get_alert(struct sim_i2c *sim)
{
	return sim->alert;
}

static void set_alert(struct sim_i2c *sim, s64 val)
{
	sim_i2c_set_alert(sim, val);
}

static s64 get_alerts(struct sim_i2c *sim)
{
	return sim->alerts;
}

#define BUS(_member)	.field = offsetof(struct sim_i2c, bus._member)
#define PACK(_member)	.field = offsetof(struct sim_i2c, sbs._member)

static const struct control controls[] = {
	{ "transfers", .get = get_transfers },
	{ "bytes", .get = get_bytes },
	{ "bus_us", .get = get_bus_us },

	{ "khz", BUS(khz), .min = 1, .max = SIM_BUS_MAX_KHZ },
	{ "realtime", BUS(realtime), .min = 0, .max = 1 },
	{ "no_func", .field = offsetof(struct sim_i2c, no_func), .min = 0, .max = INT_MAX },

	{ "alert", .get = get_alert, .set = set_alert, .min = 0, .max = 1 },
	{ "alerts", .get = get_alerts },

	{ "fault_skip", BUS(fault_skip), .min = 0, .max = INT_MAX },
	{ "nak", BUS(nak), .min = -1, .max = INT_MAX },
	{ "pec", BUS(pec), .min = -1, .max = INT_MAX },
	{ "timeout", BUS(timeout), .min = -1, .max = INT_MAX },
	{ "timeout_ms", BUS(timeout_ms), .min = 0, .max = SIM_BUS_MAX_TIMEOUT_MS },
	{ "fault_cmd", BUS(fault_cmd), .min = -1, .max = U8_MAX },
	{ "floating", BUS(floating), .min = 0, .max = 1 },
	{ "stretch_ms", BUS(stretch_ms), .min = 0, .max = SIM_BUS_MAX_STRETCH_MS },
	{ "block_len", BUS(block_len), .min = 0, .max = U8_MAX },

	{ "present", .get = get_present, .set = set_present, .min = 0, .max = 1 },
	{ "swap", .set = set_swap, .min = 0, .max = U16_MAX },
	{ "load_ma", PACK(load_ma), .min = -SIM_SBS_MAX_MA, .max = SIM_SBS_MAX_MA },
	{ "speed", .field = offsetof(struct sim_i2c, speed), .min = 0, .max = SIM_MAX_SPEED },
	{ "soc_permille", .get = get_soc, .set = set_soc, .min = 0, .max = SIM_SBS_MAX_PERMILLE },
	{ "temp_dk", .get = get_temp, .set = set_temp,
	  .min = SIM_SBS_MIN_DK, .max = SIM_SBS_MAX_DK },
	{ "cycles", PACK(cycles), .min = 0, .max = U16_MAX },
	{ "full_mah", .get = get_full_mah, .set = set_full_mah, .min = 1, .max = SIM_SBS_MAX_MAH },
	{ "design_mah", .get = get_design_mah, .set = set_design_mah,
	  .min = 1, .max = SIM_SBS_MAX_MAH },
	{ "design_mv", PACK(design_mv), .min = SIM_SBS_MIN_MV, .max = SIM_SBS_MAX_MV },
	{ "mode", .get = get_mode, .set = set_mode, .min = 0, .max = U16_MAX },
	{ "mode_writes", .get = get_mode_writes },
	{ "spec_info", PACK(spec_info), .min = 0, .max = U16_MAX },
	{ "status_or", PACK(status_or), .min = 0, .max = U16_MAX },
	{ "status_clear", PACK(status_clear), .min = 0, .max = U16_MAX },
	{ "busy", PACK(busy), .min = -1, .max = INT_MAX },
	{ "pec_missing", PACK(pec_missing), .min = 0, .max = 1 },
	{ "mode_locked", PACK(mode_locked), .min = 0, .max = 2 },
	{ "refused", .get = get_refused, .set = set_refused, .min = 0, .max = S64_MAX },
	{ "serial", PACK(serial), .min = 0, .max = U16_MAX },
	{ "date", PACK(date), .min = 0, .max = U16_MAX },
};

/* Root may open any file, so the mode of a file alone does not help. */
static bool is_readable(const struct control *control)
{
	return control->get || !control->set;
}

static bool is_writable(const struct control *control)
{
	return control->set || !control->get;
}

static int *control_field(struct sim_i2c *sim, const struct control *control)
{
	return (int *)((u8 *)sim + control->field);
}

static s64 control_get(struct sim_i2c *sim, const struct control *control)
{
	return control->get ? control->get(sim) : *control_field(sim, control);
}

static int control_set(struct sim_i2c *sim, const struct control *control, s64 val)
{
	if (!is_writable(control))
		return -EACCES;
	if (val < control->min || val > control->max)
		return -ERANGE;

	mutex_lock(&sim->lock);
	sim_i2c_catch_up(sim);
	if (control->set)
		control->set(sim, val);
	else
		WRITE_ONCE(*control_field(sim, control), val);
	mutex_unlock(&sim->lock);
	return 0;
}

/**
 * sim_control_set() - set a control, as by writing to its file
 * @sim: the adapter
 * @name: of the file
 * @val: the number
 *
 * Return: 0, -ERANGE, or -ENOENT when there is no such file.
 */
int sim_control_set(struct sim_i2c *sim, const char *name, s64 val)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(controls); i++)
		if (!strcmp(controls[i].name, name))
			return control_set(sim, &controls[i], val);
	return -ENOENT;
}

/**
 * struct number_file - private data of a file with a number
 * @sim: the adapter
 * @control: the number
 */
struct number_file {
	struct sim_i2c *sim;
	const struct control *control;
};

static int number_show(struct seq_file *m, void *unused)
{
	const struct number_file *f = m->private;
	s64 val;

	if (!is_readable(f->control))
		return -EACCES;

	mutex_lock(&f->sim->lock);
	sim_i2c_catch_up(f->sim);
	val = control_get(f->sim, f->control);
	mutex_unlock(&f->sim->lock);
	seq_printf(m, "%lld\n", val);
	return 0;
}

static ssize_t number_write(struct file *file, const char __user *buf, size_t count, loff_t *pos)
{
	const struct number_file *f = file_inode(file)->i_private;
	s64 val;
	int ret;

	ret = kstrtos64_from_user(buf, count, 0, &val);
	if (!ret)
		ret = control_set(f->sim, f->control, val);
	return ret ?: count;
}

static int number_open(struct inode *inode, struct file *file)
{
	return single_open(file, number_show, inode->i_private);
}

static const struct file_operations number_fops = {
	.owner = THIS_MODULE,
	.open = number_open,
	.read = seq_read,
	.write = number_write,
	.llseek = seq_lseek,
	.release = single_release,
};

/* The data does not matter. */
static ssize_t reset_write(struct file *file, const char __user *buf, size_t count, loff_t *pos)
{
	struct sim_i2c *sim = file_inode(file)->i_private;

	mutex_lock(&sim->lock);
	sim_bus_reset(&sim->bus);
	mutex_unlock(&sim->lock);
	return count;
}

static const struct file_operations reset_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.write = reset_write,
};

static int log_show(struct seq_file *m, void *unused)
{
	struct sim_i2c *sim = m->private;
	struct sim_bus *bus = &sim->bus;
	char line[LINE_SIZE];
	unsigned int i;

	mutex_lock(&sim->lock);
	i = bus->log_next - min_t(unsigned int, bus->log_next, SIM_BUS_LOG_SIZE);
	for (; i != bus->log_next; i++) {
		sim_bus_format(&bus->log[i % SIM_BUS_LOG_SIZE], line, sizeof(line));
		seq_puts(m, line);
	}
	mutex_unlock(&sim->lock);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(log);

static int regs_show(struct seq_file *m, void *unused)
{
	struct sim_i2c *sim = m->private;
	u8 cmd;

	mutex_lock(&sim->lock);
	sim_i2c_catch_up(sim);
	for (cmd = 0; cmd < SIM_SBS_NUM_WORDS && sim->sbs.present; cmd++)
		seq_printf(m, "0x%02x %s %u\n", cmd, sim_sbs_name(cmd),
			   sim_sbs_peek(&sim->sbs, cmd));
	mutex_unlock(&sim->lock);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(regs);

static int override_show(struct seq_file *m, void *unused)
{
	struct sim_i2c *sim = m->private;
	u8 cmd;

	mutex_lock(&sim->lock);
	for (cmd = 0; cmd < SIM_SBS_NUM_WORDS; cmd++)
		if (sim->sbs.overridden & BIT(cmd))
			seq_printf(m, "0x%02x 0x%04x\n", cmd, sim->sbs.override[cmd]);
	mutex_unlock(&sim->lock);
	return 0;
}

static int override_parse(struct sim_i2c *sim, char *line)
{
	char *value = strim(line);
	char *name = strsep(&value, " \t");
	u16 word = 0;
	u8 cmd;
	int ret;

	ret = kstrtou8(name, 0, &cmd);
	if (ret)
		return ret;
	if (cmd >= SIM_SBS_NUM_WORDS)
		return -ERANGE;
	if (!value)
		return -EINVAL;

	value = skip_spaces(value);
	if (strcmp(value, "-")) {
		ret = kstrtou16(value, 0, &word);
		if (ret)
			return ret;
	}

	mutex_lock(&sim->lock);
	if (*value == '-')
		sim_sbs_release(&sim->sbs, cmd);
	else
		sim_sbs_override(&sim->sbs, cmd, word);
	mutex_unlock(&sim->lock);
	return 0;
}

static ssize_t override_write(struct file *file, const char __user *buf, size_t count,
			      loff_t *pos)
{
	struct sim_i2c *sim = file_inode(file)->i_private;
	char *line;
	int ret;

	if (count >= LINE_SIZE)
		return -EINVAL;
	line = memdup_user_nul(buf, count);
	if (IS_ERR(line))
		return PTR_ERR(line);
	ret = override_parse(sim, line);
	kfree(line);
	return ret ?: count;
}

static int override_open(struct inode *inode, struct file *file)
{
	return single_open(file, override_show, inode->i_private);
}

static const struct file_operations override_fops = {
	.owner = THIS_MODULE,
	.open = override_open,
	.read = seq_read,
	.write = override_write,
	.llseek = seq_lseek,
	.release = single_release,
};

/**
 * struct text_file - private data of a file with a string
 * @sim: the adapter
 * @text: the string
 */
struct text_file {
	struct sim_i2c *sim;
	struct sim_sbs_text *text;
};

static int text_show(struct seq_file *m, void *unused)
{
	const struct text_file *f = m->private;

	mutex_lock(&f->sim->lock);
	seq_write(m, f->text->data, f->text->len);
	mutex_unlock(&f->sim->lock);
	seq_putc(m, '\n');
	return 0;
}

/* Any bytes; a newline at the end is not one of them. */
static ssize_t text_write(struct file *file, const char __user *buf, size_t count, loff_t *pos)
{
	const struct text_file *f = file_inode(file)->i_private;
	u8 data[SIM_SBS_BLOCK_MAX + 1];
	size_t len = count;

	if (len > sizeof(data))
		return -EINVAL;
	if (copy_from_user(data, buf, len))
		return -EFAULT;
	if (len && data[len - 1] == '\n')
		len--;
	if (len > SIM_SBS_BLOCK_MAX)
		return -EINVAL;

	mutex_lock(&f->sim->lock);
	sim_sbs_set_text(f->text, data, len);
	mutex_unlock(&f->sim->lock);
	return count;
}

static int text_open(struct inode *inode, struct file *file)
{
	return single_open(file, text_show, inode->i_private);
}

static const struct file_operations text_fops = {
	.owner = THIS_MODULE,
	.open = text_open,
	.read = seq_read,
	.write = text_write,
	.llseek = seq_lseek,
	.release = single_release,
};

static void add_number(struct dentry *dir, const struct number_file *f)
{
	umode_t mode = (is_readable(f->control) ? 0400 : 0) | (is_writable(f->control) ? 0200 : 0);

	debugfs_create_file(f->control->name, mode, dir, (void *)f, &number_fops);
}

static void add_files(struct dentry *dir, struct sim_i2c *sim)
{
	debugfs_create_file("reset", 0200, dir, sim, &reset_fops);
	debugfs_create_file("log", 0400, dir, sim, &log_fops);
	debugfs_create_file("regs", 0400, dir, sim, &regs_fops);
	debugfs_create_file("override", 0600, dir, sim, &override_fops);
}

static void remove_dir(void *dir)
{
	debugfs_remove_recursive(dir);
}

/**
 * sim_debugfs_add() - add the directory of an adapter
 * @sim: the adapter, ready for use
 * @dev: its device; names the directory, which is removed with it
 *
 * Return: 0 or an error.
 */
int sim_debugfs_add(struct sim_i2c *sim, struct device *dev)
{
	const struct {
		const char *name;
		struct sim_sbs_text *text;
	} texts[] = {
		{ "manufacturer", &sim->sbs.manufacturer },
		{ "model", &sim->sbs.model },
		{ "chemistry", &sim->sbs.chemistry },
	};
	struct number_file *numbers;
	struct text_file *strings;
	struct dentry *dir;
	unsigned int i;

	numbers = devm_kcalloc(dev, ARRAY_SIZE(controls), sizeof(*numbers), GFP_KERNEL);
	strings = devm_kcalloc(dev, ARRAY_SIZE(texts), sizeof(*strings), GFP_KERNEL);
	if (!numbers || !strings)
		return -ENOMEM;

	/* Without debugfs the adapter is of little use, but works. */
	dir = debugfs_create_dir(dev_name(dev), root);
	add_files(dir, sim);
	for (i = 0; i < ARRAY_SIZE(controls); i++) {
		numbers[i] = (struct number_file){ sim, &controls[i] };
		add_number(dir, &numbers[i]);
	}
	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		strings[i] = (struct text_file){ sim, texts[i].text };
		debugfs_create_file(texts[i].name, 0600, dir, &strings[i], &text_fops);
	}
	return devm_add_action_or_reset(dev, remove_dir, dir);
}

void sim_debugfs_init(void)
{
	root = debugfs_create_dir("psy-sim", NULL);
}

void sim_debugfs_exit(void)
{
	debugfs_remove_recursive(root);
}
