// SPDX-License-Identifier: GPL-2.0-only
/*
 * A simulated serial port, with a Megatec UPS that answers three queries. It logs all
 * operations with their time and order, including DTR, RTS and settings of the port,
 * which the serial port of a virtual machine cannot show.
 *
 * Files in /sys/kernel/debug/psy-sim-serdev/<device>/:
 *
 *	log	operations, one per line: milliseconds since probe, operation
 *	silent	1: the UPS does not respond
 *	stuck	1: the port does not accept bytes; 2: it accepts them slowly
 *	loud	1: operations are written to the kernel log, too
 *	refuse	1: commands are not executed, but echoed; 2: so is a second command to
 *		switch off, and the status is late by one reply
 *	mains	0: mains has failed
 *
 * At a power-off it logs when ACPI would evaluate _PTS.
 */
#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/reboot.h>
#include <linux/seq_file.h>
#include <linux/serdev.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/termios.h>
#include <linux/workqueue.h>

#define SIM_LOG_SIZE	8192
#define SIM_LINE	32
#define SIM_TEXT	64
#define SIM_STUCK_DEAF	1
#define SIM_STUCK_SLOW	2
#define SIM_REFUSE_ALL	1
#define SIM_REFUSE_SECOND	2

/* Time that a slow port needs to accept bytes; it never finishes sending them. */
#define SIM_SLOW_MS	200

/* At 2400 baud, 26 bytes take 100 ms and 47 take 200 ms. */
#define SIM_REPLY_MS	100

static struct dentry *sim_serdev_root;
static struct sys_off_handler *sim_serdev_off;
static struct sys_off_handler *sim_serdev_firmware;

/**
 * struct sim_serdev - a port
 * @ctrl: serdev controller
 * @lock: protects @used to @counting, and @text
 * @start: time of probe, 0 in the log
 * @used: length of @log
 * @log: lines
 * @line: bytes written since the last CR
 * @len: length of @line
 * @reply: reply to send, NULL for none
 * @counting: a command to switch off was accepted
 * @late: the next status does not show it
 * @answer: sends @reply
 * @silent: see above
 * @stuck: see above
 * @loud: see above
 * @refuse: see above
 * @mains: see above
 * @text: buffer for @reply
 * @debugfs: directory
 */
struct sim_serdev {
	struct serdev_controller *ctrl;
	struct mutex lock;	/* see above */
	ktime_t start;
	size_t used;
	char log[SIM_LOG_SIZE];
	char line[SIM_LINE];
	size_t len;
	const char *reply;
	bool counting;
	bool late;
	struct delayed_work answer;
	u32 silent;
	u32 stuck;
	u32 loud;
	u32 refuse;
	u32 mains;
	char text[SIM_TEXT];
	struct dentry *debugfs;
};

static struct sim_serdev *sim_of(struct serdev_controller *ctrl)
{
	return *(struct sim_serdev **)serdev_controller_get_drvdata(ctrl);
}

static __printf(2, 3) void sim_log(struct sim_serdev *sim, const char *format, ...)
{
	struct va_format vaf;
	va_list args;

	lockdep_assert_held(&sim->lock);
	va_start(args, format);
	vaf = (struct va_format){ .fmt = format, .va = &args };
	if (sim->loud)
		dev_info(sim->ctrl->dev.parent, "%pV\n", &vaf);
	sim->used += scnprintf(sim->log + sim->used, sizeof(sim->log) - sim->used, "%lld %pV\n",
			       ktime_ms_delta(ktime_get(), sim->start), &vaf);
	va_end(args);
}

/* sim_log() for callers that do not hold the lock */
#define sim_note(ctrl, ...) do {			\
	struct sim_serdev *_sim = sim_of(ctrl);		\
							\
	mutex_lock(&_sim->lock);			\
	sim_log(_sim, __VA_ARGS__);			\
	mutex_unlock(&_sim->lock);			\
} while (0)

static const char *sim_serdev_reply(struct sim_serdev *sim)
{
	const char *command = sim->line;

	if (!strcmp(command, "Q1")) {
		snprintf(sim->text, sizeof(sim->text),
			 "(%s %s 229.7 040 50.0 26.4 31.2 %d00010%d0\r",
			 sim->mains ? "230.5" : "000.0", sim->mains ? "230.5" : "000.0",
			 !sim->mains, sim->counting && !sim->late);
		sim->late = false;
		return sim->text;
	}
	if (!strcmp(command, "F"))
		return "#230.0 005 24.00 50.0\r";
	if (!strcmp(command, "I"))
		return "#ACME POWER      SMART700   V2.06     \r";
	if (sim->refuse == SIM_REFUSE_ALL ||
	    (sim->refuse == SIM_REFUSE_SECOND && command[0] == 'S' && sim->counting)) {
		snprintf(sim->text, sizeof(sim->text), "%s\r", command);
		return sim->text;
	}
	if (command[0] == 'S' || !strcmp(command, "C"))
		sim->counting = command[0] == 'S';
	sim->late = sim->counting && sim->refuse == SIM_REFUSE_SECOND;
	return NULL;
}

static SERDEV_TX_RET sim_serdev_write(struct serdev_controller *ctrl, const u8 *data,
				      size_t count)
{
	struct sim_serdev *sim = sim_of(ctrl);
	size_t i;

	if (sim->stuck == SIM_STUCK_SLOW)
		msleep(SIM_SLOW_MS);
	mutex_lock(&sim->lock);
	if (sim->stuck == SIM_STUCK_DEAF) {
		sim_log(sim, "deaf");
		mutex_unlock(&sim->lock);
		return 0;
	}
	for (i = 0; i < count; i++) {
		if (data[i] != '\r') {
			if (sim->len < sizeof(sim->line) - 1)
				sim->line[sim->len++] = data[i];
			continue;
		}
		sim->line[sim->len] = '\0';
		sim->len = 0;
		sim_log(sim, "write %s", sim->line);
		sim->reply = sim->silent ? NULL : sim_serdev_reply(sim);
		if (sim->reply)
			schedule_delayed_work(&sim->answer, msecs_to_jiffies(SIM_REPLY_MS));
	}
	mutex_unlock(&sim->lock);
	return count;
}

static void sim_serdev_answer(struct work_struct *work)
{
	struct sim_serdev *sim = container_of(to_delayed_work(work), struct sim_serdev, answer);
	char reply[SIM_TEXT] = "";

	/* The next write changes @reply and @text. */
	mutex_lock(&sim->lock);
	if (sim->reply)
		strscpy(reply, sim->reply, sizeof(reply));
	sim->reply = NULL;
	mutex_unlock(&sim->lock);
	if (reply[0])
		serdev_controller_receive_buf(sim->ctrl, reply, strlen(reply));
}

static int sim_serdev_open(struct serdev_controller *ctrl)
{
	sim_note(ctrl, "open");
	return 0;
}

static void sim_serdev_close(struct serdev_controller *ctrl)
{
	struct sim_serdev *sim = sim_of(ctrl);

	mutex_lock(&sim->lock);
	sim->reply = NULL;
	sim_log(sim, "close");
	mutex_unlock(&sim->lock);
	cancel_delayed_work_sync(&sim->answer);
}

static void sim_serdev_flow(struct serdev_controller *ctrl, bool on)
{
	sim_note(ctrl, "flow %d", on);
}

static int sim_serdev_parity(struct serdev_controller *ctrl, enum serdev_parity parity)
{
	sim_note(ctrl, "parity %d", parity);
	return 0;
}

static unsigned int sim_serdev_speed(struct serdev_controller *ctrl, unsigned int speed)
{
	sim_note(ctrl, "speed %u", speed);
	return speed;
}

static void sim_serdev_wait(struct serdev_controller *ctrl, long timeout)
{
	if (sim_of(ctrl)->stuck == SIM_STUCK_SLOW)
		msleep(jiffies_to_msecs(timeout));
}

static const char *sim_level(unsigned int set, unsigned int clear, unsigned int signal)
{
	if (set & signal)
		return "high";
	return clear & signal ? "low" : "unchanged";
}

static int sim_serdev_set_tiocm(struct serdev_controller *ctrl, unsigned int set,
				unsigned int clear)
{
	sim_note(ctrl, "DTR %s, RTS %s", sim_level(set, clear, TIOCM_DTR),
		 sim_level(set, clear, TIOCM_RTS));
	return 0;
}

static const struct serdev_controller_ops sim_serdev_ops = {
	.write_buf = sim_serdev_write,
	.open = sim_serdev_open,
	.close = sim_serdev_close,
	.set_flow_control = sim_serdev_flow,
	.set_parity = sim_serdev_parity,
	.set_baudrate = sim_serdev_speed,
	.wait_until_sent = sim_serdev_wait,
	.set_tiocm = sim_serdev_set_tiocm,
};

static int log_show(struct seq_file *s, void *unused)
{
	struct sim_serdev *sim = s->private;

	mutex_lock(&sim->lock);
	seq_write(s, sim->log, sim->used);
	mutex_unlock(&sim->lock);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(log);

static int sim_serdev_probe(struct platform_device *pdev)
{
	struct device *dev = &pdev->dev;
	struct serdev_controller *ctrl;
	struct sim_serdev *sim;
	int ret;

	sim = devm_kzalloc(dev, sizeof(*sim), GFP_KERNEL);
	if (!sim)
		return -ENOMEM;
	mutex_init(&sim->lock);
	INIT_DELAYED_WORK(&sim->answer, sim_serdev_answer);
	sim->start = ktime_get();
	sim->mains = 1;

	ctrl = serdev_controller_alloc(dev, dev, sizeof(sim));
	if (!ctrl)
		return -ENOMEM;
	*(struct sim_serdev **)serdev_controller_get_drvdata(ctrl) = sim;
	sim->ctrl = ctrl;
	ctrl->ops = &sim_serdev_ops;
	platform_set_drvdata(pdev, sim);

	sim->debugfs = debugfs_create_dir(dev_name(dev), sim_serdev_root);
	debugfs_create_file("log", 0400, sim->debugfs, sim, &log_fops);
	debugfs_create_u32("silent", 0600, sim->debugfs, &sim->silent);
	debugfs_create_u32("stuck", 0600, sim->debugfs, &sim->stuck);
	debugfs_create_u32("loud", 0600, sim->debugfs, &sim->loud);
	debugfs_create_u32("refuse", 0600, sim->debugfs, &sim->refuse);
	debugfs_create_u32("mains", 0600, sim->debugfs, &sim->mains);

	ret = serdev_controller_add(ctrl);
	if (ret) {
		debugfs_remove(sim->debugfs);
		serdev_controller_put(ctrl);
		return dev_err_probe(dev, ret, "no device at the port\n");
	}
	return 0;
}

static void sim_serdev_remove(struct platform_device *pdev)
{
	struct sim_serdev *sim = platform_get_drvdata(pdev);

	serdev_controller_remove(sim->ctrl);
	cancel_delayed_work_sync(&sim->answer);
	debugfs_remove(sim->debugfs);
	serdev_controller_put(sim->ctrl);
}

static const struct of_device_id sim_serdev_of_ids[] = {
	{ .compatible = "psy-miniclass,sim-serdev" },
	{ }
};
MODULE_DEVICE_TABLE(of, sim_serdev_of_ids);

static struct platform_driver sim_serdev_driver = {
	.probe = sim_serdev_probe,
	.PLATFORM_REMOVE = sim_serdev_remove,
	.driver = {
		.name = "psy-sim-serdev",
		.of_match_table = sim_serdev_of_ids,
	},
};

/* Does nothing, but without any power-off handler the kernel would halt instead. */
static int sim_serdev_power_off(struct sys_off_data *data)
{
	return NOTIFY_DONE;
}

/* With the mode and the priority of the ACPI core, which this kernel does not have */
static int sim_serdev_prepare(struct sys_off_data *data)
{
	pr_info("psy-sim-serdev: firmware prepares to power off\n");
	return NOTIFY_DONE;
}

static int __init sim_serdev_init(void)
{
	int ret;

	sim_serdev_off = register_sys_off_handler(SYS_OFF_MODE_POWER_OFF, SYS_OFF_PRIO_LOW,
						  sim_serdev_power_off, NULL);
	if (IS_ERR(sim_serdev_off))
		return PTR_ERR(sim_serdev_off);
	sim_serdev_firmware = register_sys_off_handler(SYS_OFF_MODE_POWER_OFF_PREPARE,
						       SYS_OFF_PRIO_FIRMWARE,
						       sim_serdev_prepare, NULL);
	if (IS_ERR(sim_serdev_firmware)) {
		ret = PTR_ERR(sim_serdev_firmware);
		goto err_off;
	}
	sim_serdev_root = debugfs_create_dir("psy-sim-serdev", NULL);
	ret = platform_driver_register(&sim_serdev_driver);
	if (ret)
		goto err_debugfs;
	return 0;

err_debugfs:
	debugfs_remove(sim_serdev_root);
	unregister_sys_off_handler(sim_serdev_firmware);
err_off:
	unregister_sys_off_handler(sim_serdev_off);
	return ret;
}
module_init(sim_serdev_init);

static void __exit sim_serdev_exit(void)
{
	platform_driver_unregister(&sim_serdev_driver);
	debugfs_remove(sim_serdev_root);
	unregister_sys_off_handler(sim_serdev_firmware);
	unregister_sys_off_handler(sim_serdev_off);
}
module_exit(sim_serdev_exit);

MODULE_DESCRIPTION("Simulated serial port with a UPS");
MODULE_LICENSE("GPL");
