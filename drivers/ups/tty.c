// SPDX-License-Identifier: GPL-2.0-only
/*
 * UPSes at any tty: the line discipline "ups". A process sets it and writes one line:
 *
 *	NAME PROTOCOL [PROPERTY[=VALUE[,VALUE...]]]...
 *
 * On return the UPS is monitored, with the properties of its devicetree binding. The tty
 * stays open without the process, as the UPS must be reached when the machine powers off
 * and all processes have ended.
 *
 * When the tty is unplugged, the UPS stays without communication, until the same line is
 * written to a different tty. When the process sets another line discipline, the UPS is
 * removed.
 */
#include <linux/capability.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/property.h>
#include <linux/reboot.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/tty.h>
#include <linux/tty_driver.h>
#include <linux/tty_ldisc.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "serial.h"

#define UPS_TTY_LINE		1000	/* longest line */
#define UPS_TTY_PROPS		32
#define UPS_TTY_VALUES		8

static int ldisc = N_DEVELOPMENT;
module_param(ldisc, int, 0444);
MODULE_PARM_DESC(ldisc, "number of the line discipline for UPSes at any tty; -1 for none");
MODULE_ALIAS_LDISC(N_DEVELOPMENT);

/**
 * struct ups_tty - a UPS at a tty
 * @node: in the list of all
 * @line: the line that describes it
 * @name: first word of it
 * @pdev: device of the UPS; has properties, but no resources
 * @remove: removes it
 * @lock: protects @tty; held while the tty is used, so that it cannot go away
 * @tty: the tty, or NULL while it is unplugged
 * @file: keeps the tty open
 * @hung_up: the tty has been unplugged
 * @writable: the tty may accept bytes
 * @rx_lock: protects @port
 * @port: the port for received bytes, or NULL without a driver
 */
struct ups_tty {
	struct list_head node;
	char *line;
	char *name;
	struct platform_device *pdev;
	struct work_struct remove;
	struct mutex lock;
	struct tty_struct *tty;
	struct file *file;
	bool hung_up;
	wait_queue_head_t writable;
	spinlock_t rx_lock;
	struct ups_port *port;
};

/**
 * struct ups_line - a tty with the line discipline
 * @lock: protects @ut
 * @ut: the UPS, or NULL before it is described
 */
struct ups_line {
	spinlock_t lock;
	struct ups_tty *ut;
};

/* struct ups_tty_port - the port of a UPS at a tty */
struct ups_tty_port {
	struct ups_port port;
	struct ups_tty *ut;
};

/* struct ups_tty_data - platform data of a UPS at a tty; @owner is &ups_ttys */
struct ups_tty_data {
	const void *owner;
	struct ups_tty *ut;
};

static LIST_HEAD(ups_ttys);
static DEFINE_MUTEX(ups_ttys_lock);
static struct workqueue_struct *ups_tty_wq;

static struct ups_tty *to_ups_tty(struct ups_port *port)
{
	return container_of(port, struct ups_tty_port, port)->ut;
}

/* Get the tty, which stays until ups_tty_put(); NULL if it is unplugged. */
static struct tty_struct *ups_tty_get(struct ups_tty *ut)
{
	mutex_lock(&ut->lock);
	if (ut->tty && !READ_ONCE(ut->hung_up))
		return ut->tty;
	mutex_unlock(&ut->lock);
	return NULL;
}

static void ups_tty_put(struct ups_tty *ut)
{
	mutex_unlock(&ut->lock);
}

/* Those of each UPS on a port, as in ups-serial.yaml */
static const char * const ups_tty_properties[] = {
	"current-speed", "settle-ms", "critical-delay-sec", "lost-critical-delay-sec",
	"low-battery-percent", "low-battery-runtime-sec", "low-battery-after-sec",
	"energy-full-design-microwatt-hours", NULL
};

static bool ups_tty_is_known(const char * const *names, const char *word, size_t len)
{
	for (; names && *names; names++)
		if (strlen(*names) == len && !strncmp(*names, word, len))
			return true;
	return false;
}

static size_t ups_tty_list(char *text, size_t size, const char * const *names)
{
	size_t len = 0;

	for (; names && *names; names++)
		len += scnprintf(text + len, size - len, " %s", *names);
	return len;
}

/*
 * Firmware may describe more than a driver reads. In a line that somebody has written, an
 * unknown property is a mistake, and a limit that is not in force costs data.
 */
static int ups_tty_check(struct ups_port *port)
{
	const char * const *names = port->desc->properties;
	const char *word = to_ups_tty(port)->line;
	char known[512] = "";
	size_t len, size;
	unsigned int n;

	/* The first two words are the name and the protocol. */
	for (n = 0; *word; n++) {
		len = strcspn(word, " =");
		if (n >= 2 && len && !ups_tty_is_known(ups_tty_properties, word, len) &&
		    !ups_tty_is_known(names, word, len)) {
			size = ups_tty_list(known, sizeof(known), ups_tty_properties);
			ups_tty_list(known + size, sizeof(known) - size, names);
			dev_err(port->dev, "%.*s: must be one of%s\n", (int)len, word, known);
			return -EINVAL;
		}
		word += strcspn(word, " ");
		word += strspn(word, " ");
	}
	return 0;
}

static int ups_tty_open(struct ups_port *port)
{
	struct ups_tty *ut = to_ups_tty(port);

	spin_lock_irq(&ut->rx_lock);
	ut->port = port;
	spin_unlock_irq(&ut->rx_lock);
	return 0;
}

static void ups_tty_close(struct ups_port *port)
{
	struct ups_tty *ut = to_ups_tty(port);

	spin_lock_irq(&ut->rx_lock);
	ut->port = NULL;
	spin_unlock_irq(&ut->rx_lock);
}

/* A driver that is bound while the tty is unplugged sets it up later. */
static int ups_tty_set_lines(struct ups_port *port, bool dtr, bool rts)
{
	struct ups_tty *ut = to_ups_tty(port);
	struct tty_struct *tty = ups_tty_get(ut);
	int ret = 0, set = 0, clear = 0;

	if (!tty)
		return 0;
	*(dtr ? &set : &clear) |= TIOCM_DTR;
	*(rts ? &set : &clear) |= TIOCM_RTS;
	if (tty->ops->tiocmset)
		ret = tty->ops->tiocmset(tty, set, clear);
	ups_tty_put(ut);
	/* The port has no DTR and RTS. */
	return ret == -EOPNOTSUPP || ret == -ENOTTY || ret == -EINVAL ? 0 : ret;
}

static int ups_tty_get_lines(struct ups_port *port)
{
	struct ups_tty *ut = to_ups_tty(port);
	struct tty_struct *tty = ups_tty_get(ut);
	int ret = -EOPNOTSUPP;

	if (!tty)
		return -ENODEV;
	if (tty->ops->tiocmget)
		ret = tty->ops->tiocmget(tty);
	ups_tty_put(ut);
	return ret == -ENOTTY || ret == -EINVAL ? -EOPNOTSUPP : ret;
}

static int ups_tty_set_break(struct ups_port *port, bool on)
{
	struct ups_tty *ut = to_ups_tty(port);
	struct tty_struct *tty = ups_tty_get(ut);
	int ret = -EOPNOTSUPP;

	if (!tty)
		return -ENODEV;
	/* A driver with TTY_DRIVER_HARDWARE_BREAK would end it by itself. */
	if (tty->ops->break_ctl && !(tty->driver->flags & TTY_DRIVER_HARDWARE_BREAK))
		ret = tty->ops->break_ctl(tty, on ? -1 : 0);
	ups_tty_put(ut);
	return ret == -ENOTTY || ret == -EINVAL ? -EOPNOTSUPP : ret;
}

/* Raw, without flow control, and without a modem whose carrier matters */
static int ups_tty_set_speed(struct ups_port *port, unsigned int speed)
{
	struct ups_tty *ut = to_ups_tty(port);
	struct tty_struct *tty = ups_tty_get(ut);
	struct ktermios t;
	int ret;

	if (!tty)
		return 0;
	down_read(&tty->termios_rwsem);
	t = tty->termios;
	up_read(&tty->termios_rwsem);
	t.c_iflag = IGNBRK;
	t.c_oflag = 0;
	t.c_lflag = 0;
	t.c_cflag &= ~(CSIZE | CSTOPB | PARENB | CRTSCTS | HUPCL);
	t.c_cflag |= CS8 | CREAD | CLOCAL | (port->keep_lines ? 0 : HUPCL);
	tty_termios_encode_baud_rate(&t, speed, speed);
	ret = tty_set_termios(tty, &t);
	/* It may have been stopped, by a ^S, when it had another line discipline. */
	start_tty(tty);
	tty_unthrottle(tty);
	if (!ret)
		ret = tty_get_baud_rate(tty);
	ups_tty_put(ut);
	return ret;
}

static bool ups_tty_can_write(struct ups_tty *ut, struct tty_struct *tty)
{
	return READ_ONCE(ut->hung_up) || tty_write_room(tty);
}

static int ups_tty_write(struct ups_port *port, const u8 *data, size_t len, unsigned long timeout)
{
	struct ups_tty *ut = to_ups_tty(port);
	struct tty_struct *tty = ups_tty_get(ut);
	unsigned long end = jiffies + timeout;
	size_t done = 0;
	int ret = 0;

	if (!tty)
		return -ENODEV;
	do {
		set_bit(TTY_DO_WRITE_WAKEUP, &tty->flags);
		ret = tty->ops->write(tty, data + done, len - done);
		if (ret < 0 || READ_ONCE(ut->hung_up))
			break;
		done += ret;
		if (done < len)
			wait_event_timeout(ut->writable, ups_tty_can_write(ut, tty),
					   min_t(unsigned long, timeout, HZ / 10));
	} while (done < len && time_before(jiffies, end));
	clear_bit(TTY_DO_WRITE_WAKEUP, &tty->flags);
	ups_tty_put(ut);
	return ret < 0 ? ret : done;
}

static void ups_tty_drain(struct ups_port *port, unsigned long timeout)
{
	struct ups_tty *ut = to_ups_tty(port);
	struct tty_struct *tty = ups_tty_get(ut);

	if (!tty)
		return;
	tty_wait_until_sent(tty, timeout);
	ups_tty_put(ut);
}

static void ups_tty_flush(struct ups_port *port)
{
	struct ups_tty *ut = to_ups_tty(port);
	struct tty_struct *tty = ups_tty_get(ut);

	if (!tty)
		return;
	tty_driver_flush_buffer(tty);
	ups_tty_put(ut);
}

static const struct ups_port_ops ups_tty_ops = {
	.check = ups_tty_check,
	.open = ups_tty_open,
	.close = ups_tty_close,
	.set_lines = ups_tty_set_lines,
	.get_lines = ups_tty_get_lines,
	.set_break = ups_tty_set_break,
	.set_speed = ups_tty_set_speed,
	.write = ups_tty_write,
	.drain = ups_tty_drain,
	.flush = ups_tty_flush,
};

/**
 * devm_ups_tty_port() - get the port of a UPS at a tty
 * @pdev: device of the UPS
 *
 * Context: may sleep; from probe.
 * Return: the port, for devm_ups_serial_register(), or an ERR_PTR().
 */
struct ups_port *devm_ups_tty_port(struct platform_device *pdev)
{
	struct ups_tty_data *data = dev_get_platdata(&pdev->dev);
	struct ups_tty_port *up;

	/* The device may be any, by driver_override. */
	if (!data || data->owner != &ups_ttys)
		return ERR_PTR(-ENODEV);
	up = devm_kzalloc(&pdev->dev, sizeof(*up), GFP_KERNEL);
	if (!up)
		return ERR_PTR(-ENOMEM);
	up->ut = data->ut;
	up->port.ops = &ups_tty_ops;
	up->port.dev = &pdev->dev;
	platform_set_drvdata(pdev, &up->port);
	return &up->port;
}
EXPORT_SYMBOL_NS_GPL(devm_ups_tty_port, "UPS_SERIAL");

/*
 * Without udev, nobody else would load the driver. It usually is there already: the process
 * that loads modules takes time, in which DTR and RTS are both high.
 */
static void ups_tty_load_driver(const char *line)
{
	const char *protocol = line + strcspn(line, " ");
	char name[PLATFORM_NAME_SIZE];

	protocol += strspn(protocol, " ");
	snprintf(name, sizeof(name), "%.*s-ups", (int)strcspn(protocol, " "), protocol);
	if (!driver_find(name, &platform_bus_type))
		request_module("platform:%s", name);
}

static bool ups_tty_is_bound(struct ups_tty *ut)
{
	struct device *dev = &ut->pdev->dev;
	bool bound;

	device_lock(dev);
	bound = dev->driver;
	device_unlock(dev);
	return bound;
}

/* Parse decimal numbers with commas. Returns how many, or 0 if it is something else. */
static int ups_tty_numbers(const char *s, u32 *numbers)
{
	char word[12];
	int n = 0;

	do {
		size_t len = strcspn(s, ",");

		if (n == UPS_TTY_VALUES || len >= sizeof(word))
			return 0;
		memcpy(word, s, len);
		word[len] = '\0';
		if (kstrtou32(word, 10, &numbers[n++]))
			return 0;
		s += len;
	} while (*s++ == ',');
	return n;
}

/*
 * "name", "name=text" or "name=number,number": make a property that refers to the word and
 * to @numbers. References to other devices cannot be written as words.
 */
static int ups_tty_property(char *word, struct property_entry *prop, u32 *numbers)
{
	char *value = strchr(word, '=');
	int n;

	if (value)
		*value++ = '\0';
	if (!*word || (value && !*value) || !strcmp(word, "monitored-battery") ||
	    !strcmp(word, "power-supplies"))
		return -EINVAL;
	n = value ? ups_tty_numbers(value, numbers) : 0;
	if (n)
		*prop = PROPERTY_ENTRY_U32_ARRAY_LEN(word, numbers, n);
	else if (value)
		*prop = PROPERTY_ENTRY_STRING(word, value);
	else
		*prop = PROPERTY_ENTRY_BOOL(word);
	return 0;
}

static struct platform_device *ups_tty_add_device(struct ups_tty *ut, char *protocol, char *rest)
{
	const struct ups_tty_data data = { &ups_ttys, ut };
	struct platform_device_info info = {
		.id = PLATFORM_DEVID_AUTO,
		.data = &data,
		.size_data = sizeof(data),
	};
	u32 (*numbers)[UPS_TTY_VALUES];
	struct platform_device *pdev;
	struct property_entry *props;
	char name[PLATFORM_NAME_SIZE], *word;
	unsigned int n = 0;
	int ret = 0;

	if (snprintf(name, sizeof(name), "%s-ups", protocol) >= sizeof(name))
		return ERR_PTR(-EINVAL);
	props = kcalloc(UPS_TTY_PROPS + 1, sizeof(*props), GFP_KERNEL);
	numbers = kcalloc(UPS_TTY_PROPS, sizeof(*numbers), GFP_KERNEL);
	if (!props || !numbers)
		ret = -ENOMEM;
	while (!ret && (word = strsep(&rest, " "))) {
		if (!*word)
			continue;
		ret = n < UPS_TTY_PROPS ? ups_tty_property(word, &props[n], numbers[n]) : -E2BIG;
		n++;
	}
	info.name = name;
	info.properties = props;
	pdev = ret ? ERR_PTR(ret) : platform_device_register_full(&info);
	kfree(numbers);
	kfree(props);
	return pdev;
}

/* The caller has removed it from the list. */
static void ups_tty_free(struct ups_tty *ut)
{
	if (!IS_ERR_OR_NULL(ut->pdev))
		platform_device_unregister(ut->pdev);
	mutex_destroy(&ut->lock);
	kfree(ut->line);
	kfree(ut->name);
	kfree(ut);
}

static void ups_tty_remove(struct work_struct *work)
{
	ups_tty_free(container_of(work, struct ups_tty, remove));
}

static void ups_line_set(struct ups_line *line, struct ups_tty *ut)
{
	spin_lock_irq(&line->lock);
	line->ut = ut;
	spin_unlock_irq(&line->lock);
}

/* Connect @tty to the UPS, with @file to keep it open. */
static void ups_tty_connect(struct ups_tty *ut, struct tty_struct *tty, struct file *file)
{
	mutex_lock(&ut->lock);
	ut->hung_up = false;
	ut->tty = tty;
	ut->file = get_file(file);
	mutex_unlock(&ut->lock);
	/* Only root can open it now, as for "ups-attach -d". */
	set_bit(TTY_EXCLUSIVE, &tty->flags);
	ups_line_set(tty->disc_data, ut);
}

/*
 * The UPS is suspended and shut down before the port, which may be newer: a USB adapter
 * that was plugged in again.
 */
static void ups_tty_link(struct ups_tty *ut)
{
	struct device *port = ut->tty->dev;

	if (port && !device_link_add(&ut->pdev->dev, port, DL_FLAG_STATELESS))
		dev_warn(&ut->pdev->dev, "cannot follow %s\n", dev_name(port));
}

/* On return neither the tty nor its interrupts use the UPS. */
static void ups_tty_disconnect(struct ups_tty *ut)
{
	struct tty_struct *tty = ut->tty;
	struct file *file = ut->file;

	if (tty->dev && !IS_ERR_OR_NULL(ut->pdev))
		device_link_remove(&ut->pdev->dev, tty->dev);
	ups_line_set(tty->disc_data, NULL);
	clear_bit(TTY_EXCLUSIVE, &tty->flags);
	mutex_lock(&ut->lock);
	ut->tty = NULL;
	ut->file = NULL;
	mutex_unlock(&ut->lock);
	fput(file);
}

/* A UPS that has been unplugged is plugged in again. */
static int ups_tty_again(struct ups_tty *ut, struct tty_struct *tty, struct file *file)
{
	struct device *dev = &ut->pdev->dev;
	int ret = -ENODEV;

	ups_tty_connect(ut, tty, file);
	ups_tty_link(ut);
	device_lock(dev);
	if (dev->driver)
		ret = ups_serial_again(dev_get_drvdata(dev));
	device_unlock(dev);
	if (ret)
		ups_tty_disconnect(ut);
	return ret;
}

static int ups_tty_new(const char *line, struct tty_struct *tty, struct file *file)
{
	char *words = kstrdup(line, GFP_KERNEL), *rest = words, *protocol, *name;
	struct ups_tty *ut = kzalloc(sizeof(*ut), GFP_KERNEL);
	int ret = -ENOMEM;

	if (!words || !ut)
		goto fail;
	mutex_init(&ut->lock);
	spin_lock_init(&ut->rx_lock);
	init_waitqueue_head(&ut->writable);
	INIT_WORK(&ut->remove, ups_tty_remove);
	name = strsep(&rest, " ");
	protocol = strsep(&rest, " ");
	ut->line = kstrdup(line, GFP_KERNEL);
	ut->name = kstrdup(name, GFP_KERNEL);
	if (!ut->line || !ut->name)
		goto fail;
	ret = -EINVAL;
	if (!*name || !protocol || !*protocol)
		goto fail;

	ups_tty_connect(ut, tty, file);
	ut->pdev = ups_tty_add_device(ut, protocol, rest);
	ret = PTR_ERR_OR_ZERO(ut->pdev);
	if (!ret)
		ret = ups_tty_is_bound(ut) ? 0 : -ENODEV;
	if (!ret) {
		ups_tty_link(ut);
	} else {
		ups_tty_disconnect(ut);
		goto fail;
	}
	list_add_tail(&ut->node, &ups_ttys);
	dev_info(&ut->pdev->dev, "UPS %s at %s\n", name, tty->name);
	kfree(words);
	return 0;

fail:
	if (ut)
		ups_tty_free(ut);
	kfree(words);
	return ret;
}

/* Find the UPS of this name. */
static struct ups_tty *ups_tty_find(const char *line)
{
	size_t len = strcspn(line, " ");
	struct ups_tty *ut;

	list_for_each_entry(ut, &ups_ttys, node)
		if (strlen(ut->name) == len && !strncmp(ut->name, line, len))
			return ut;
	return NULL;
}

static int ups_tty_attach(const char *line, struct tty_struct *tty, struct file *file)
{
	struct ups_line *own = tty->disc_data;
	struct ups_tty *ut;
	int ret;

	ups_tty_load_driver(line);
	/* Names of supplies that were just removed are free again. */
	flush_workqueue(ups_tty_wq);
	mutex_lock(&ups_ttys_lock);
	ut = ups_tty_find(line);
	if (own->ut) {
		ret = -EBUSY;
	} else if (ut && ut->tty) {
		ret = -EEXIST;
	} else if (ut && !strcmp(ut->line, line)) {
		ret = ups_tty_again(ut, tty, file);
	} else {
		if (ut) {
			list_del(&ut->node);
			ups_tty_free(ut);
		}
		ret = ups_tty_new(line, tty, file);
	}
	mutex_unlock(&ups_ttys_lock);
	return ret;
}

static ssize_t ups_ldisc_write(struct tty_struct *tty, struct file *file, const u8 *buf,
			       size_t nr)
{
	char *line;
	int ret;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (nr > UPS_TTY_LINE)
		return -E2BIG;
	line = kmemdup_nul((const char *)buf, nr, GFP_KERNEL);
	if (!line)
		return -ENOMEM;
	ret = ups_tty_attach(strim(line), tty, file);
	kfree(line);
	return ret ?: nr;
}

static int ups_ldisc_open(struct tty_struct *tty)
{
	struct ups_line *line;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (!tty->ops->write)
		return -EOPNOTSUPP;
	line = kzalloc(sizeof(*line), GFP_KERNEL);
	if (!line)
		return -ENOMEM;
	spin_lock_init(&line->lock);
	tty->disc_data = line;
	tty->receive_room = 65536;
	return 0;
}

static void ups_ldisc_hangup(struct tty_struct *tty)
{
	struct ups_line *line = tty->disc_data;

	spin_lock_irq(&line->lock);
	if (line->ut) {
		WRITE_ONCE(line->ut->hung_up, true);
		wake_up_all(&line->ut->writable);
	}
	spin_unlock_irq(&line->lock);
}

static void ups_ldisc_close(struct tty_struct *tty)
{
	struct ups_line *line = tty->disc_data;
	struct ups_tty *ut;

	/* Without a tty it may be attached, or freed, by others at once. */
	mutex_lock(&ups_ttys_lock);
	ut = line->ut;
	if (ut)
		ups_tty_disconnect(ut);
	if (ut && READ_ONCE(ut->hung_up)) {
		dev_warn(&ut->pdev->dev, "UPS %s was unplugged from %s\n", ut->name, tty->name);
	} else if (ut) {
		list_del(&ut->node);
		/* Not from below the locks of the tty, which the driver may use. */
		queue_work(ups_tty_wq, &ut->remove);
	}
	mutex_unlock(&ups_ttys_lock);
	tty->disc_data = NULL;
	kfree(line);

	/* A tty that is hung up while others have it open starts with the same discipline. */
	down_write(&tty->termios_rwsem);
	tty->termios.c_line = N_TTY;
	up_write(&tty->termios_rwsem);
}

static void ups_ldisc_receive(struct tty_struct *tty, const u8 *data, const TTY_RX_FLAG *flags,
			      TTY_RX_COUNT count)
{
	struct ups_line *line = tty->disc_data;
	unsigned long irqflags;
	struct ups_tty *ut;
	TTY_RX_COUNT i;

	spin_lock_irqsave(&line->lock, irqflags);
	ut = line->ut;
	if (ut) {
		spin_lock(&ut->rx_lock);
		for (i = 0; ut->port && i < count; i++)
			/* Not a break, nor a byte with a wrong stop bit */
			if (!flags || flags[i] == TTY_NORMAL)
				ups_serial_receive(ut->port, data + i, 1);
		spin_unlock(&ut->rx_lock);
	}
	spin_unlock_irqrestore(&line->lock, irqflags);
}

static void ups_ldisc_write_wakeup(struct tty_struct *tty)
{
	struct ups_line *line = tty->disc_data;
	unsigned long flags;

	spin_lock_irqsave(&line->lock, flags);
	if (line->ut)
		wake_up(&line->ut->writable);
	spin_unlock_irqrestore(&line->lock, flags);
}

static struct tty_ldisc_ops ups_ldisc = {
	.owner = THIS_MODULE,
	.name = "ups",
	.open = ups_ldisc_open,
	.close = ups_ldisc_close,
	.hangup = ups_ldisc_hangup,
	.write = ups_ldisc_write,
	.receive_buf = ups_ldisc_receive,
	.write_wakeup = ups_ldisc_write_wakeup,
};

/* Whether the port is one of a USB adapter; true if it is unplugged */
static bool ups_tty_is_usb(struct ups_port *port)
{
	struct ups_tty *ut = to_ups_tty(port);
	struct tty_struct *tty = ups_tty_get(ut);
	struct device *dev;

	if (!tty)
		return true;
	for (dev = tty->dev; dev; dev = dev->parent)
		if (dev->bus && !strcmp(dev->bus->name, "usb"))
			break;
	ups_tty_put(ut);
	return dev;
}

/**
 * ups_tty_shutdown() - have the outlets cut before the port is gone
 * @pdev: device of the UPS
 *
 * The controller of a USB adapter is halted when devices are shut down, long before the
 * machine is switched off. A UPS without a delay of its own is only cut here if there is no
 * other way.
 *
 * Context: may sleep; from the shutdown of the driver.
 */
void ups_tty_shutdown(struct platform_device *pdev)
{
	struct ups_port *port = platform_get_drvdata(pdev);

	if (system_state != SYSTEM_POWER_OFF || !port || !port->ups)
		return;
	if (ups_tty_is_usb(port))
		ups_cut_early(port->ups);
	else
		ups_pm_poweroff(port->ups);
}
EXPORT_SYMBOL_NS_GPL(ups_tty_shutdown, "UPS_SERIAL");

static int __init ups_tty_init(void)
{
	int ret;

	/* Another module's number is refused, but not that of ordinary ttys. */
	if (ldisc <= N_TTY)
		ldisc = -1;
	if (ldisc < 0)
		return 0;
	ups_tty_wq = alloc_ordered_workqueue("ups-tty", 0);
	if (!ups_tty_wq)
		return -ENOMEM;
	ups_ldisc.num = ldisc;
	ret = tty_register_ldisc(&ups_ldisc);
	if (ret) {
		/* Ports that firmware describes work without. */
		pr_warn("ups-serial: cannot use line discipline %d (%d)\n", ldisc, ret);
		destroy_workqueue(ups_tty_wq);
		ldisc = -1;
	}
	return 0;
}
module_init(ups_tty_init);

static void __exit ups_tty_exit(void)
{
	struct ups_tty *ut, *next;

	if (ldisc < 0)
		return;
	/* No tty has it any more. */
	tty_unregister_ldisc(&ups_ldisc);
	destroy_workqueue(ups_tty_wq);
	list_for_each_entry_safe(ut, next, &ups_ttys, node)
		ups_tty_free(ut);
}
module_exit(ups_tty_exit);
