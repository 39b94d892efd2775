// SPDX-License-Identifier: GPL-2.0-only
/*
 * UPSes of the HID Power Device class, which most UPSes with a USB port are. What their
 * reports contain is in hid-parse.c.
 *
 * The table has vendors of UPSes, not every device: hid-generic leaves a device alone if the
 * table of any other driver has it, and asks no match() callback. A table with every device
 * would leave keyboards without a driver. A device of these vendors that is not a UPS works as
 * with hid-generic; a UPS of a different vendor is added with new_id.
 */
#include <linux/bitmap.h>
#include <linux/ctype.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/hid.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/reboot.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/timer.h>

#include "hid.h"

static unsigned int energy_full_wh;
module_param(energy_full_wh, uint, 0444);
MODULE_PARM_DESC(energy_full_wh, "energy of the full battery, Wh; 0: as the UPS reports it");

/* Interval between readings of a UPS that announces a failure of mains, and of others */
#define HID_UPS_SLOW_MS		30000
#define HID_UPS_FAST_MS		2000

/* The same while mains has failed, and after a reading without success */
#define HID_UPS_BATTERY_MS	5000

/* Shortest time between two readings because of input reports: with flags, with numbers */
#define HID_UPS_FLAG_MS		250
#define HID_UPS_NUMBER_MS	1000

/*
 * The transports wait up to 5 s for a reply. Some of them do not say that none has come,
 * but fail with the error of a refusal.
 */
#define HID_UPS_REPLY_MS	4000

/* Time of turn_off: at least one request, after one that is in progress */
#define HID_UPS_CUT_MS		12000

/* Time from the cut until the outlets may be on again: some units need to see both. */
#define HID_UPS_ON_S		60

/* Longest report; those of UPSes are of some ten bytes. */
#define HID_UPS_REPORT_LEN	512

/* Values that do not change */
#define HID_UPS_IDENT		(BIT_ULL(HID_UPS_FULL) | BIT_ULL(HID_UPS_DESIGN) |		\
				 BIT_ULL(HID_UPS_MODE) | BIT_ULL(HID_UPS_BATTERY_NOMINAL) |	\
				 BIT_ULL(HID_UPS_OUTPUT_NOMINAL) | BIT_ULL(HID_UPS_RATED_POWER))
/* Values that are only written */
#define HID_UPS_WRITTEN		(BIT_ULL(HID_UPS_ON_DELAY) | BIT_ULL(HID_UPS_REBOOT_DELAY))
#define HID_UPS_FLAG_MASK	GENMASK_ULL(HID_UPS_FLAGS - 1, 0)

/**
 * struct hid_ups_maker - vendor of UPSes
 * @name: what the name of the device begins with
 * @title: the vendor
 */
struct hid_ups_maker {
	const char *name;
	const char *title;
};

/**
 * struct hid_ups - one UPS
 * @hid: its device
 * @ups: the instance of the UPS core; NULL during probe
 * @ops: the operations that it supports
 * @desc: description of it
 * @map: its values
 * @maker: its vendor, or NULL
 * @buf: a report, for requests; used by hooks only
 * @kick: reads the UPS sooner than the UPS core does
 * @kicked: jiffies when it did so last
 * @lock: protects the members below
 * @values: what was read, and received in input reports
 * @pushed: bits of the values received since the last reading
 * @read: jiffies of the last complete reading
 * @fresh: @read is valid
 * @failed: mains had failed in the last reading, or there was none
 */
struct hid_ups {
	struct hid_device *hid;
	struct ups *ups;
	struct ups_ops ops;
	struct ups_desc desc;
	struct hid_ups_map map;
	const struct hid_ups_maker *maker;
	u8 *buf;
	struct timer_list kick;
	unsigned long kicked;

	spinlock_t lock;	/* protects the members below */
	struct hid_ups_values values;
	u64 pushed;
	unsigned long read;
	bool fresh;
	bool failed;
};

static const unsigned char hid_ups_types[HID_UPS_DIRS] = {
	[HID_UPS_FEATURE] = HID_FEATURE_REPORT,
	[HID_UPS_INPUT] = HID_INPUT_REPORT,
};

static void hid_ups_kick(struct timer_list *t)
{
	struct hid_ups *hu = container_of(t, struct hid_ups, kick);
	struct ups *ups = READ_ONCE(hu->ups);

	WRITE_ONCE(hu->kicked, jiffies);
	if (ups)
		ups_kick(ups);
}

/* Length of a report with its number, or 0 if it is not there or too long */
static size_t hid_ups_report_len(struct hid_ups *hu, enum hid_ups_dir dir, u8 id)
{
	struct hid_report *report;
	u32 len;

	report = hu->hid->report_enum[hid_ups_types[dir]].report_id_hash[id];
	len = report ? hid_report_len(report) : 0;
	return len <= HID_UPS_REPORT_LEN ? len : 0;
}

/*
 * Read a report into the buffer, with its number in front. Returns its length; -EREMOTEIO if
 * the UPS refuses it; -EBADMSG if it sends a different one.
 */
static int hid_ups_get(struct hid_ups *hu, struct ups *ups, enum hid_ups_dir dir, u8 id)
{
	size_t len = hid_ups_report_len(hu, dir, id);
	unsigned long start = jiffies;
	int ret = ups_aborted(ups);

	if (ret)
		return ret;
	if (!len)
		return -EREMOTEIO;
	memset(hu->buf, 0, len);
	ret = hid_hw_raw_request(hu->hid, id, hu->buf, len, hid_ups_types[dir],
				 HID_REQ_GET_REPORT);
	if (ret < 0) {
		if (ret == -ENODEV || ret == -ESHUTDOWN)
			return -ENODEV;
		return time_after(jiffies, start + msecs_to_jiffies(HID_UPS_REPLY_MS)) ?
		       -ETIMEDOUT : -EREMOTEIO;
	}
	if (ret < 2 || ret > len || hu->buf[0] != id)
		return -EBADMSG;
	return ret;
}

/**
 * struct hid_ups_reading - result of reading several reports
 * @read: bits of the values that were read
 * @bad: bits of those whose report was too short, or a different one
 * @refused: bits of those whose report the UPS refused to send
 */
struct hid_ups_reading {
	u64 read;
	u64 bad;
	u64 refused;
};

/*
 * Read a report and the values in it. Only the lack of an answer is an error: then the UPS
 * would be asked in vain for the others.
 */
static int hid_ups_read(struct hid_ups *hu, struct ups *ups, enum hid_ups_dir dir, u8 id,
			u64 mask, struct hid_ups_reading *r)
{
	unsigned int i;
	int ret = hid_ups_get(hu, ups, dir, id);

	if (ret < 0 && ret != -EREMOTEIO && ret != -EBADMSG)
		return ret;
	if (ret >= 0) {
		spin_lock_irq(&hu->lock);
		r->read |= hid_ups_parse_report(&hu->map, dir, id, hu->buf + 1, ret - 1,
						&hu->values, &r->bad);
		spin_unlock_irq(&hu->lock);
	} else {
		for (i = 0; i < HID_UPS_VALUES; i++)
			if ((mask & BIT_ULL(i)) && hu->map.field[dir][i].id == id)
				*(ret == -EBADMSG ? &r->bad : &r->refused) |= BIT_ULL(i);
	}
	return 0;
}

/* The kind of report to read a value from, or %HID_UPS_DIRS if the UPS does not have it */
static enum hid_ups_dir hid_ups_source(struct hid_ups *hu, unsigned int value)
{
	enum hid_ups_dir dir;

	for (dir = 0; dir < HID_UPS_DIRS; dir++)
		if (hu->map.field[dir][value].bits)
			break;
	return dir;
}

/* Read all reports that have one of the values in @mask, each of them once. */
static int hid_ups_read_all(struct hid_ups *hu, struct ups *ups, u64 mask,
			    struct hid_ups_reading *r)
{
	DECLARE_BITMAP(done[HID_UPS_DIRS], 256) = { };
	enum hid_ups_dir dir;
	unsigned int i;
	int ret;

	for (i = 0; i < HID_UPS_VALUES; i++) {
		u8 id;

		dir = hid_ups_source(hu, i);
		if (!(mask & BIT_ULL(i)) || dir == HID_UPS_DIRS)
			continue;
		id = hu->map.field[dir][i].id;
		if (__test_and_set_bit(id, done[dir]))
			continue;
		ret = hid_ups_read(hu, ups, dir, id, mask, r);
		if (ret)
			return ret;
	}
	return 0;
}

/* User space prints them. */
static void hid_ups_copy(char text[UPS_STRING_LEN], const char *from)
{
	char *s;

	strscpy(text, from, UPS_STRING_LEN);
	for (s = text; *s; s++)
		if (!isascii(*s) || !isprint(*s))
			*s = '?';
	strim(text);
}

/* The name of a USB device is that of the vendor, and that of the product. */
static void hid_ups_strings(struct hid_ups *hu, struct ups_ident *ident)
{
	const struct hid_ups_maker *maker = hu->maker;
	size_t len = maker ? strlen(maker->name) : 0;
	const char *name = hu->hid->name;
	char *firmware;

	if (len && !strncasecmp(name, maker->name, len) && name[len] == ' ')
		name += len + 1;
	if (maker)
		hid_ups_copy(ident->manufacturer, maker->title);
	hid_ups_copy(ident->model, skip_spaces(name));
	/* As in "Back-UPS ES 700G FW:871.O4 .I USB FW:O4" */
	firmware = strstr(ident->model, " FW:");
	if (firmware) {
		hid_ups_copy(ident->firmware, firmware + 4);
		ident->firmware[strcspn(ident->firmware, " ")] = '\0';
		*firmware = '\0';
	}
	hid_ups_copy(ident->serial, hu->hid->uniq);
}

static int hid_ups_refine(struct ups *ups, struct ups_ident *ident)
{
	struct hid_ups *hu = ups_get_drvdata(ups);

	spin_lock_irq(&hu->lock);
	hid_ups_ident(&hu->map, &hu->values, ident);
	spin_unlock_irq(&hu->lock);
	if (energy_full_wh)
		ident->energy_full_uwh = energy_full_wh * 1000000;
	/* It is estimated from a reading with load. */
	return ident->energy_full_uwh ? 0 : UPS_INCOMPLETE;
}

/* The values of the status, which may be used for the ident, are read here once more. */
static int hid_ups_identify(struct ups *ups, struct ups_ident *ident)
{
	struct hid_ups *hu = ups_get_drvdata(ups);
	struct hid_ups_reading r = { };
	int ret;

	ret = hid_ups_read_all(hu, ups, ~HID_UPS_WRITTEN, &r);
	if (ret)
		return ret;
	spin_lock_irq(&hu->lock);
	hu->fresh = false;
	spin_unlock_irq(&hu->lock);
	hid_ups_strings(hu, ident);
	return hid_ups_refine(ups, ident);
}

/*
 * Whether ACPresent is known after a reading. A UPS may refuse to send a report that it sends
 * by itself at each change: then the last one counts, as long as the UPS answers at all. A
 * report that is too short is not a refusal.
 */
static int hid_ups_check(struct hid_ups *hu, const struct hid_ups_reading *r)
{
	const u64 ac = BIT_ULL(HID_UPS_AC_PRESENT);

	lockdep_assert_held(&hu->lock);
	if (!(hu->values.valid & ac))
		return -EBADMSG;
	if ((r->read | hu->pushed) & ac)
		return 0;
	return (r->refused & ac) && (hu->values.input & ac) && r->read ? 0 : -EBADMSG;
}

/* Input reports came in place of a reading: the UPS need not be asked for what it just sent. */
static bool hid_ups_was_pushed(struct hid_ups *hu)
{
	unsigned int ms = hu->failed ? HID_UPS_BATTERY_MS : hu->desc.poll_ms;

	lockdep_assert_held(&hu->lock);
	return hu->fresh && hu->pushed && (hu->values.valid & BIT_ULL(HID_UPS_AC_PRESENT)) &&
	       time_before(jiffies, hu->read + msecs_to_jiffies(ms * 3 / 4));
}

static int hid_ups_update(struct hid_ups *hu, struct ups *ups)
{
	struct hid_ups_reading r = { };
	bool pushed;
	int ret;

	spin_lock_irq(&hu->lock);
	pushed = hid_ups_was_pushed(hu);
	if (pushed)
		hu->pushed = 0;
	spin_unlock_irq(&hu->lock);
	if (pushed)
		return 0;

	ret = hid_ups_read_all(hu, ups, ~(HID_UPS_IDENT | HID_UPS_WRITTEN), &r);
	spin_lock_irq(&hu->lock);
	if (!ret)
		ret = hid_ups_check(hu, &r);
	if (!ret) {
		hu->read = jiffies;
		hu->pushed = 0;
	}
	hu->fresh = !ret;
	spin_unlock_irq(&hu->lock);
	return ret;
}

static int hid_ups_get_status(struct ups *ups, struct ups_status *status)
{
	struct hid_ups *hu = ups_get_drvdata(ups);
	bool failed;
	int ret;

	ret = hid_ups_update(hu, ups);
	if (ret == -ESHUTDOWN || ret == -EBUSY)
		return ret;
	spin_lock_irq(&hu->lock);
	if (!ret)
		hid_ups_status(&hu->map, &hu->values, status);
	failed = ret || status->flags & UPS_FLAG_MAINS_FAILED;
	hu->failed = failed;
	spin_unlock_irq(&hu->lock);
	/* A low battery counts in the second reading, and critical has a deadline. */
	if (failed && hu->desc.poll_ms > HID_UPS_BATTERY_MS)
		timer_reduce(&hu->kick, jiffies + msecs_to_jiffies(HID_UPS_BATTERY_MS));
	return ret;
}

/* Write a value. The other values of its report, if there are any, are read before. */
static int hid_ups_set(struct hid_ups *hu, struct ups *ups, enum hid_ups_value value, s64 raw)
{
	const struct hid_ups_field *f = &hu->map.field[HID_UPS_FEATURE][value];
	size_t len = f->bits ? hid_ups_report_len(hu, HID_UPS_FEATURE, f->id) : 0;
	int ret;

	if (!len)
		return -EOPNOTSUPP;
	if ((len - 1) * 8 > round_up(f->bits, 8)) {
		ret = hid_ups_get(hu, ups, HID_UPS_FEATURE, f->id);
		if (ret >= 0 && ret != len)
			ret = -EBADMSG;
		if (ret < 0)
			return ret;
	} else {
		memset(hu->buf, 0, len);
	}
	ret = ups_aborted(ups) ?: hid_ups_insert(f, hu->buf + 1, len - 1, raw);
	if (ret)
		return ret;
	hu->buf[0] = f->id;
	ret = hid_hw_raw_request(hu->hid, f->id, hu->buf, len, HID_FEATURE_REPORT,
				 HID_REQ_SET_REPORT);
	/* Read the UPS again in any case. */
	spin_lock_irq(&hu->lock);
	hu->fresh = false;
	spin_unlock_irq(&hu->lock);
	return ret < 0 ? ret : 0;
}

/* The delay that switches off: that of a restart will do, which includes it. */
static enum hid_ups_value hid_ups_off_value(const struct hid_ups *hu)
{
	return hu->map.field[HID_UPS_FEATURE][HID_UPS_OFF_DELAY].bits ? HID_UPS_OFF_DELAY :
									HID_UPS_REBOOT_DELAY;
}

static int hid_ups_off_delay(struct ups *ups, unsigned int seconds)
{
	struct hid_ups *hu = ups_get_drvdata(ups);

	return hid_ups_delay(&hu->map.field[HID_UPS_FEATURE][hid_ups_off_value(hu)],
			     hu->map.quirks, seconds);
}

/*
 * The outlets are on again after a delay, with mains. Both delays begin with the command, and
 * that of DelayBeforeStartup has to be the longer one. Without it, the UPS has its own.
 */
static int hid_ups_turn_off(struct ups *ups, unsigned int seconds)
{
	struct hid_ups *hu = ups_get_drvdata(ups);
	const struct hid_ups_field *fields = hu->map.field[HID_UPS_FEATURE];
	enum hid_ups_value off = hid_ups_off_value(hu);
	int on, ret;
	s64 raw;

	if (off == HID_UPS_OFF_DELAY && fields[HID_UPS_ON_DELAY].bits) {
		on = hid_ups_delay(&fields[HID_UPS_ON_DELAY], hu->map.quirks,
				   seconds + HID_UPS_ON_S);
		ret = on < 0 ? on : hid_ups_delay_raw(&fields[HID_UPS_ON_DELAY], on, &raw);
		/* A unit that cannot express it has a different idea of this delay. */
		if (!ret)
			ret = hid_ups_set(hu, ups, HID_UPS_ON_DELAY, raw);
		if (ret && ret != -ERANGE)
			return ret;
	}
	ret = hid_ups_delay_raw(&fields[off], seconds, &raw);
	return ret ?: hid_ups_set(hu, ups, off, raw);
}

static int hid_ups_cancel(struct ups *ups)
{
	struct hid_ups *hu = ups_get_drvdata(ups);

	return hid_ups_set(hu, ups, hid_ups_off_value(hu), -1);
}

static int hid_ups_test(struct ups *ups)
{
	return hid_ups_set(ups_get_drvdata(ups), ups, HID_UPS_TEST, HID_UPS_TEST_QUICK);
}

static int hid_ups_beeper(struct ups *ups, bool on)
{
	return hid_ups_set(ups_get_drvdata(ups), ups, HID_UPS_BEEPER,
			   on ? HID_UPS_BEEPER_ON : HID_UPS_BEEPER_OFF);
}

/* An attribute exists for what the UPS has. */
static void hid_ups_describe(struct hid_ups *hu)
{
	const struct hid_ups_field *fields = hu->map.field[HID_UPS_FEATURE];
	enum hid_ups_value off = hid_ups_off_value(hu);
	bool pushes = hu->map.field[HID_UPS_INPUT][HID_UPS_AC_PRESENT].bits;

	hu->ops = (struct ups_ops){
		.identify = hid_ups_identify,
		.refine = hid_ups_refine,
		.get_status = hid_ups_get_status,
	};
	if (!(hu->map.quirks & HID_UPS_Q_NO_OFF) &&
	    hid_ups_delay(&fields[off], hu->map.quirks, UPS_OFF_DELAY) >= 0) {
		hu->ops.off_delay = hid_ups_off_delay;
		hu->ops.turn_off = hid_ups_turn_off;
		if (fields[off].min < 0)
			hu->ops.cancel = hid_ups_cancel;
	}
	if (fields[HID_UPS_TEST].bits)
		hu->ops.test = hid_ups_test;
	if (fields[HID_UPS_BEEPER].bits)
		hu->ops.beeper = hid_ups_beeper;
	hu->desc = (struct ups_desc){
		.ops = &hu->ops,
		.poll_ms = pushes ? HID_UPS_SLOW_MS : HID_UPS_FAST_MS,
		.cut_ms = HID_UPS_CUT_MS,
		.charge_step = 1,
	};
}

/* In interrupt context, but not during probe and remove: HID core holds a lock there. */
static int hid_ups_raw_event(struct hid_device *hid, struct hid_report *report, u8 *data,
			     int size)
{
	struct hid_ups *hu = hid_get_drvdata(hid);
	u64 read, bad = 0, changed = 0;
	unsigned int ms = HID_UPS_NUMBER_MS;
	struct hid_ups_values *v;
	unsigned long at, flags;
	unsigned int i;
	s64 old;

	if (!hu || report->type != HID_INPUT_REPORT || !report->id || size < 2)
		return 0;
	v = &hu->values;
	spin_lock_irqsave(&hu->lock, flags);
	for (i = 0; i < HID_UPS_VALUES; i++) {
		const struct hid_ups_field *f = &hu->map.field[HID_UPS_INPUT][i];

		if (f->bits && f->id == report->id &&
		    !hid_ups_extract(f, data + 1, size - 1, &old) &&
		    (!(v->valid & BIT_ULL(i)) || v->raw[i] != old))
			changed |= BIT_ULL(i);
	}
	read = hid_ups_parse_report(&hu->map, HID_UPS_INPUT, report->id, data + 1, size - 1, v,
				    &bad);
	hu->pushed |= read;
	if (changed & HID_UPS_FLAG_MASK)
		ms = HID_UPS_FLAG_MS;
	at = READ_ONCE(hu->kicked) + msecs_to_jiffies(ms);
	spin_unlock_irqrestore(&hu->lock, flags);
	if (changed)
		timer_reduce(&hu->kick, time_before(at, jiffies) ? jiffies : at);
	return 0;
}

static bool hid_ups_is_usable(struct hid_ups *hu)
{
	if (hid_ups_source(hu, HID_UPS_AC_PRESENT) != HID_UPS_DIRS)
		return true;
	hid_info(hu->hid, "UPS does not report whether mains is present\n");
	return false;
}

/* What hid-generic does, which leaves the device to this driver */
static int hid_ups_generic(struct hid_device *hid)
{
	hid_set_drvdata(hid, NULL);
	hid->quirks |= HID_QUIRK_INPUT_PER_APP;
	return hid_hw_start(hid, HID_CONNECT_DEFAULT);
}

static struct hid_ups *hid_ups_alloc(struct hid_device *hid, const struct hid_device_id *id)
{
	struct hid_ups *hu = devm_kzalloc(&hid->dev, sizeof(*hu), GFP_KERNEL);

	if (!hu)
		return NULL;
	/* Of its own: devices access it by DMA. */
	hu->buf = devm_kzalloc(&hid->dev, HID_UPS_REPORT_LEN, GFP_KERNEL);
	if (!hu->buf)
		return NULL;
	hu->hid = hid;
	hu->maker = (const struct hid_ups_maker *)id->driver_data;
	spin_lock_init(&hu->lock);
	timer_setup(&hu->kick, hid_ups_kick, 0);
	hu->kicked = jiffies - msecs_to_jiffies(HID_UPS_NUMBER_MS);
	hid_ups_map(hid, hid_ups_quirks(hid->vendor, hid->product), &hu->map);
	return hu;
}

/* Undo hid_ups_start(). */
static void hid_ups_stop(struct hid_device *hid)
{
	hid_hw_close(hid);
	hid_hw_power(hid, PM_HINT_NORMAL);
	hid_hw_stop(hid);
}

/* Input reports are only sent to those who opened the device. */
static int hid_ups_start(struct hid_device *hid)
{
	/* Neither hiddev nor an input device with a battery: upower would show them, too. */
	int ret = hid_hw_start(hid, HID_CONNECT_HIDRAW);

	if (ret)
		return ret;
	/* Where users let it, USB suspends a device that is only open: it answers nothing then. */
	ret = hid_hw_power(hid, PM_HINT_FULLON);
	if (ret < 0)
		goto err_stop;
	ret = hid_hw_open(hid);
	if (ret)
		goto err_power;
	return 0;

err_power:
	hid_hw_power(hid, PM_HINT_NORMAL);
err_stop:
	hid_hw_stop(hid);
	return ret;
}

static int hid_ups_probe(struct hid_device *hid, const struct hid_device_id *id)
{
	struct ups_config config = { };
	struct hid_ups *hu;
	struct ups *ups;
	int ret;

	ret = hid_parse(hid);
	if (ret)
		return ret;
	if (!hid_ups_is_ups(hid))
		return hid_ups_generic(hid);
	hu = hid_ups_alloc(hid, id);
	if (!hu)
		return -ENOMEM;
	if (!hid_ups_is_usable(hu))
		return hid_ups_generic(hid);
	hid_ups_describe(hu);
	hid_set_drvdata(hid, hu);
	ret = hid_ups_start(hid);
	if (ret)
		return ret;
	config.drvdata = hu;
	ups = devm_ups_register(&hid->dev, &hu->desc, &config);
	if (IS_ERR(ups)) {
		timer_delete_sync(&hu->kick);
		hid_ups_stop(hid);
		return PTR_ERR(ups);
	}
	WRITE_ONCE(hu->ups, ups);
	return 0;
}

/* The reports are freed before the UPS is, by devres. */
static void hid_ups_remove(struct hid_device *hid)
{
	struct hid_ups *hu = hid_get_drvdata(hid);

	if (!hu) {
		hid_hw_stop(hid);
		return;
	}
	ups_stop(hu->ups);
	timer_delete_sync(&hu->kick);
	hid_ups_stop(hid);
}

/* The controller of a USB device is halted long before the machine is switched off. */
static void hid_ups_shutdown(struct device *dev)
{
	struct hid_ups *hu = hid_get_drvdata(to_hid_device(dev));

	if (system_state == SYSTEM_POWER_OFF && hu && hu->ups)
		ups_pm_poweroff(hu->ups);
}

static int hid_ups_poweroff(struct device *dev)
{
	struct hid_ups *hu = hid_get_drvdata(to_hid_device(dev));

	if (hu)
		ups_pm_poweroff(hu->ups);
	return 0;
}

/*
 * What the UPS sent while the machine slept is lost, and jiffies have stood still: input
 * reports from before must not take the place of the reading that follows.
 */
static int hid_ups_resume(struct device *dev)
{
	struct hid_ups *hu = hid_get_drvdata(to_hid_device(dev));

	if (hu) {
		spin_lock_irq(&hu->lock);
		hu->fresh = false;
		hu->pushed = 0;
		spin_unlock_irq(&hu->lock);
	}
	return 0;
}

static int hid_ups_restore(struct device *dev)
{
	struct hid_ups *hu = hid_get_drvdata(to_hid_device(dev));

	hid_ups_resume(dev);
	if (hu)
		ups_pm_restore(hu->ups);
	return 0;
}

static const struct dev_pm_ops hid_ups_pm_ops = {
	.resume = hid_ups_resume,
	.thaw = hid_ups_resume,
	.poweroff = hid_ups_poweroff,
	.restore = hid_ups_restore,
};

static const struct hid_ups_maker hid_ups_apc = { "American Power Conversion", "APC" };
static const struct hid_ups_maker hid_ups_cps = { "CPS", "CyberPower" };
static const struct hid_ups_maker hid_ups_eaton = { "EATON", "Eaton" };
static const struct hid_ups_maker hid_ups_tripp_lite = { "Tripp Lite", "Tripp Lite" };
static const struct hid_ups_maker hid_ups_powercom = { "POWERCOM Co.,LTD", "Powercom" };
static const struct hid_ups_maker hid_ups_liebert = { "Emerson Network Power", "Liebert" };
static const struct hid_ups_maker hid_ups_delta = { "Delta", "Delta" };
static const struct hid_ups_maker hid_ups_hp = { "HP", "HP" };
static const struct hid_ups_maker hid_ups_dell = { "DELL", "Dell" };
static const struct hid_ups_maker hid_ups_arduino = { "Arduino LLC", "Arduino" };

#define HID_UPS_ID(_vendor, _product, _maker)						\
	{ HID_DEVICE(HID_BUS_ANY, HID_GROUP_ANY, _vendor, _product),				\
	  .driver_data = (kernel_ulong_t)&(_maker) }

static const struct hid_device_id hid_ups_ids[] = {
	HID_UPS_ID(0x051d, HID_ANY_ID, hid_ups_apc),
	HID_UPS_ID(0x0764, HID_ANY_ID, hid_ups_cps),
	HID_UPS_ID(0x0463, HID_ANY_ID, hid_ups_eaton),
	HID_UPS_ID(0x09ae, HID_ANY_ID, hid_ups_tripp_lite),
	HID_UPS_ID(0x0d9f, HID_ANY_ID, hid_ups_powercom),
	HID_UPS_ID(0x10af, HID_ANY_ID, hid_ups_liebert),
	HID_UPS_ID(0x05dd, HID_ANY_ID, hid_ups_delta),
	/* Vendors that also make other devices */
	HID_UPS_ID(0x03f0, 0x1f06, hid_ups_hp),
	HID_UPS_ID(0x03f0, 0x1f08, hid_ups_hp),
	HID_UPS_ID(0x03f0, 0x1f09, hid_ups_hp),
	HID_UPS_ID(0x03f0, 0x1f0a, hid_ups_hp),
	HID_UPS_ID(0x03f0, 0x1fe0, hid_ups_hp),
	HID_UPS_ID(0x03f0, 0x1fe1, hid_ups_hp),
	HID_UPS_ID(0x03f0, 0x1fe2, hid_ups_hp),
	HID_UPS_ID(0x03f0, 0x1fe3, hid_ups_hp),
	HID_UPS_ID(0x047c, 0xffff, hid_ups_dell),
	/* Leonardo and Micro: boards that people make UPSes with, and also keyboards */
	HID_UPS_ID(0x2341, 0x8036, hid_ups_arduino),
	HID_UPS_ID(0x2341, 0x8037, hid_ups_arduino),
	{ }
};
MODULE_DEVICE_TABLE(hid, hid_ups_ids);

static struct hid_driver hid_ups_driver = {
	.name = "hid-ups",
	.id_table = hid_ups_ids,
	.probe = hid_ups_probe,
	.remove = hid_ups_remove,
	.raw_event = hid_ups_raw_event,
	.driver = {
		.shutdown = hid_ups_shutdown,
		.pm = pm_ptr(&hid_ups_pm_ops),
	},
};
module_hid_driver(hid_ups_driver);

MODULE_DESCRIPTION("Driver for UPSes of the HID Power Device class");
MODULE_AUTHOR("The psy-miniclass developers");
MODULE_LICENSE("GPL");
MODULE_VERSION(PSY_VERSION);
MODULE_IMPORT_NS("UPS");
