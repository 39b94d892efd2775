// SPDX-License-Identifier: GPL-2.0-only
/*
 * hid-sim TRANSPORT MODEL CONTROL ANSWERS: a simulated UPS of the HID Power Device class. With
 * the TRANSPORT uhid it is a HID device of /dev/uhid, with usb a USB device, whose driver is
 * usbhid. It reads commands from the FIFO CONTROL, one per line, and writes one line to the
 * FIFO ANSWERS for each:
 *
 *	set NAME VALUE		set a value, and send the input report that has it
 *	quiet NAME VALUE	set a value, and send nothing
 *	get NAME		answer its value
 *	fault KIND		how GET_REPORT is answered from now on: none, error, short,
 *				empty, long, wrong (a different report), silence
 *	stall NAME		refuse to send the report with this value; "-": none
 *	refuse 0|1		whether SET_REPORT is refused
 *	flood N			send N input reports, with mains failing and returning
 *	garbage N		send N input reports with random contents and lengths
 *	gets			answer the number of GET_REPORTs
 *	stamp			answer when an input report was sent last: seconds of the
 *				clock that counts from the boot, and of that of the day
 *	unplug, plug		remove the device, add it again
 *	model MODEL		be this one when plugged in again
 *	vendor NUMBER		have this vendor number then, hexadecimal
 *
 * Values are those of drivers/ups/tests/hid_models.h. Each value that is written to the UPS is
 * in the kernel log, which remains when the machine is switched off.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/uhid.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../../drivers/ups/tests/hid_models.h"
#include "usbip-dev.h"

#define MAX_FIELDS	64
#define REPORT_LEN	64
#define REPORTS		4096
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

static const struct hid_model *model;
static long long value[MAX_FIELDS];
static const char *fault = "none";
static int refuse, plugged, answers, stalled = -1, vendor;
static unsigned long gets;
static struct timespec sent_at, sent_on;

/**
 * struct transport - how the device is connected
 * @name: of it
 * @plug: connect the device
 * @unplug: disconnect it
 * @push: send an input report
 * @fd: what to poll
 * @event: handle what has come from there
 */
struct transport {
	const char *name;
	void (*plug)(void);
	void (*unplug)(void);
	void (*push)(const unsigned char *data, int len);
	int (*fd)(void);
	void (*event)(void);
};

static const struct transport *transport;

static void answer(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vdprintf(answers, format, args);
	va_end(args);
}

static void log_line(const char *what, const char *name, long long val)
{
	char line[128];
	int fd = open("/dev/kmsg", O_WRONLY);

	if (fd < 0)
		return;
	snprintf(line, sizeof(line), "hid-sim: %s %s %lld\n", what, name, val);
	if (write(fd, line, strlen(line)) < 0)
		perror("hid-sim: /dev/kmsg");
	close(fd);
}

static int choose(const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(hid_models); i++) {
		if (strcmp(hid_models[i].name, name))
			continue;
		model = &hid_models[i];
		vendor = model->vendor;
		stalled = -1;
		for (i = 0; model->fields[i].name; i++)
			value[i] = model->fields[i].start;
		return 0;
	}
	return -1;
}

static int find(const char *name)
{
	int i;

	for (i = 0; name && model->fields[i].name; i++)
		if (!strcmp(model->fields[i].name, name))
			return i;
	return -1;
}

/* Build a report with its number in front; returns its length, or 0 if there is none. */
static int build(int id, int dir, unsigned char *data)
{
	const struct hid_model_field *f;
	long long raw;
	int i, bits = 0;

	memset(data, 0, REPORT_LEN);
	for (f = model->fields; f->name; f++) {
		if (f->id != id || !(f->dirs & dir))
			continue;
		raw = value[f - model->fields] * f->mul / f->div + f->add;
		for (i = 0; i < f->bits; i++)
			if (raw >> i & 1)
				data[1 + (f->offset + i) / 8] |= 1 << (f->offset + i) % 8;
		if (bits < f->offset + f->bits)
			bits = f->offset + f->bits;
	}
	data[0] = id;
	return bits ? 1 + (bits + 7) / 8 : 0;
}

static void push(int id)
{
	unsigned char data[REPORT_LEN];
	int len = build(id, 2, data);

	if (!len || !plugged)
		return;
	clock_gettime(CLOCK_MONOTONIC, &sent_at);
	clock_gettime(CLOCK_REALTIME, &sent_on);
	transport->push(data, len);
}

/* Answer to GET_REPORT, with room for REPORT_LEN bytes: its length, or the error */
static int get_report(int id, int dir, unsigned char *data)
{
	int len = build(id, dir, data);

	gets++;
	if (!strcmp(fault, "silence"))
		return -EAGAIN;
	if (!len || !strcmp(fault, "error") || (stalled >= 0 && model->fields[stalled].id == id))
		return -EPIPE;
	if (!strcmp(fault, "short"))
		return 1 + (len - 1) / 2;
	if (!strcmp(fault, "empty"))
		return 0;
	if (!strcmp(fault, "long"))
		return REPORT_LEN;
	if (!strcmp(fault, "wrong"))
		data[0]++;
	return len;
}

static int set_report(int id, const unsigned char *data, int len)
{
	const struct hid_model_field *f;
	long long raw;
	int i;

	if (refuse)
		return -EPIPE;
	for (f = model->fields; f->name; f++) {
		if (f->id != id || !(f->dirs & 1) || f->offset + f->bits > 8 * (len - 1))
			continue;
		raw = 0;
		for (i = 0; i < f->bits; i++)
			if (data[1 + (f->offset + i) / 8] >> (f->offset + i) % 8 & 1)
				raw |= 1LL << i;
		if (f->bits > 8 && raw >> (f->bits - 1))
			raw -= 1LL << f->bits;
		value[f - model->fields] = (raw - f->add) * f->div / f->mul;
		log_line("written", f->name, value[f - model->fields]);
	}
	return len;
}

static int uhid = -1;

static void uhid_send(struct uhid_event *ev)
{
	if (write(uhid, ev, sizeof(*ev)) < 0 && errno != EINVAL)
		perror("hid-sim: write");
}

static void uhid_push(const unsigned char *data, int len)
{
	struct uhid_event ev = { .type = UHID_INPUT2 };

	ev.u.input2.size = len;
	memcpy(ev.u.input2.data, data, len);
	uhid_send(&ev);
}

static void uhid_plug(void)
{
	struct uhid_event ev = { .type = UHID_CREATE2 };

	uhid = open("/dev/uhid", O_RDWR | O_CLOEXEC);
	if (uhid < 0) {
		perror("hid-sim: /dev/uhid");
		exit(1);
	}
	/* As usbhid does */
	snprintf((char *)ev.u.create2.name, sizeof(ev.u.create2.name), "%s %s", model->maker,
		 model->title);
	snprintf((char *)ev.u.create2.uniq, sizeof(ev.u.create2.uniq), "%s", model->uniq);
	ev.u.create2.rd_size = model->size;
	ev.u.create2.bus = BUS_USB;
	ev.u.create2.vendor = vendor;
	ev.u.create2.product = model->product;
	memcpy(ev.u.create2.rd_data, model->descriptor, model->size);
	uhid_send(&ev);
}

static void uhid_unplug(void)
{
	close(uhid);
	uhid = -1;
}

static int uhid_fd(void)
{
	return uhid;
}

static void uhid_event(void)
{
	struct uhid_event ev, out = { };
	int ret;

	if (read(uhid, &ev, sizeof(ev)) <= 0)
		return;
	if (ev.type == UHID_GET_REPORT) {
		out.type = UHID_GET_REPORT_REPLY;
		out.u.get_report_reply.id = ev.u.get_report.id;
		ret = get_report(ev.u.get_report.rnum,
				 ev.u.get_report.rtype == UHID_FEATURE_REPORT ? 1 : 2,
				 out.u.get_report_reply.data);
		if (ret == -EAGAIN)
			return;
		out.u.get_report_reply.err = ret < 0 ? EIO : 0;
		out.u.get_report_reply.size = ret < 0 ? 0 : ret;
		uhid_send(&out);
	} else if (ev.type == UHID_SET_REPORT) {
		out.type = UHID_SET_REPORT_REPLY;
		out.u.set_report_reply.id = ev.u.set_report.id;
		ret = set_report(ev.u.set_report.rnum, ev.u.set_report.data,
				 ev.u.set_report.size);
		out.u.set_report_reply.err = ret < 0 ? EIO : 0;
		uhid_send(&out);
	}
}

/* Requests of the class HID, and its descriptors */
#define HID_GET_REPORT	0x01
#define HID_GET_IDLE	0x02
#define HID_SET_REPORT	0x09
#define HID_SET_IDLE	0x0a
#define HID_SET_PROTOCOL	0x0b
#define HID_INPUT	1
#define HID_FEATURE	3
#define DT_HID		0x21
#define DT_REPORT	0x22

#define HID_AT		18	/* where the descriptor of HID is in that of the configuration */

static struct usbip_dev *usb;
static unsigned char usb_device[18], usb_config[34];
static const char *usb_strings[4];
static struct {
	unsigned char data[REPORT_LEN];
	int len;
} reports[REPORTS];
static unsigned int first, last;

static int usb_copy(unsigned char *data, int room, const void *from, int len)
{
	if (len > room)
		len = room;
	memcpy(data, from, len);
	return len;
}

static int usb_control(void *ctx, const struct usbip_setup *setup, unsigned char *data)
{
	unsigned char report[REPORT_LEN];
	int type = setup->value >> 8, id = setup->value & 0xff, ret;

	(void)ctx;
	switch (setup->type << 8 | setup->request) {
	case 0x8106: /* GET_DESCRIPTOR of the interface */
		if (type == DT_REPORT)
			return usb_copy(data, setup->length, model->descriptor, model->size);
		return type == DT_HID ? usb_copy(data, setup->length, usb_config + HID_AT, 9) :
					-EPIPE;
	case 0xa100 | HID_GET_REPORT:
		ret = get_report(id, type == HID_FEATURE ? 1 : 2, report);
		return ret < 0 ? ret : usb_copy(data, setup->length, report, ret);
	case 0x2100 | HID_SET_REPORT:
		return type == HID_FEATURE ? set_report(id, data, setup->length) : -EPIPE;
	case 0x2100 | HID_SET_IDLE:
	case 0x2100 | HID_SET_PROTOCOL:
		return 0;
	}
	return -EPIPE;
}

static int usb_in(void *ctx, int ep, unsigned char *data, int len)
{
	unsigned int n = first % REPORTS;

	(void)ctx;
	if (ep != 0x81 || first == last)
		return -EAGAIN;
	first++;
	return usb_copy(data, len, reports[n].data, reports[n].len);
}

/* Too many reports: the device forgets them. */
static void usb_push(const unsigned char *data, int len)
{
	if (last - first < REPORTS) {
		memcpy(reports[last % REPORTS].data, data, len);
		reports[last % REPORTS].len = len;
		last++;
	}
	usbip_dev_ready(usb, 0x81);
}

static void usb_plug(void)
{
	static const struct usbip_dev_ops ops = { .control = usb_control, .in = usb_in };
	static struct usbip_dev_desc desc = {
		.speed = USBIP_DEV_LOW,
		.device = usb_device,
		.config = usb_config,
		.strings = usb_strings,
		.ops = &ops,
	};
	/* Powered by itself, and it can wake the host, as UPSes say. */
	const unsigned char config[sizeof(usb_config)] = {
		9, 2, sizeof(config), 0, 1, 1, 0, 0xe0, 1,
		9, 4, 0, 0, 1, 3, 0, 0, 0,
		9, DT_HID, 0x11, 1, 0, 1, DT_REPORT, model->size & 0xff, model->size >> 8,
		7, 5, 0x81, 3, 8, 0, 10,
	};
	const unsigned char device[sizeof(usb_device)] = {
		sizeof(device), 1, 0x10, 1, 0, 0, 0, 8, vendor & 0xff,
		vendor >> 8, model->product & 0xff, model->product >> 8, 0, 1, 1, 2,
		*model->uniq ? 3 : 0, 1,
	};

	memcpy(usb_config, config, sizeof(config));
	memcpy(usb_device, device, sizeof(device));
	usb_strings[0] = model->maker;
	usb_strings[1] = model->title;
	usb_strings[2] = *model->uniq ? model->uniq : NULL;
	first = last;
	usb = usbip_dev_attach(&desc, NULL);
	if (!usb) {
		perror("hid-sim: vhci-hcd");
		exit(1);
	}
}

static void usb_unplug(void)
{
	usbip_dev_detach(usb);
	usb = NULL;
}

static int usb_fd(void)
{
	return usb ? usbip_dev_fd(usb) : -1;
}

static void usb_event(void)
{
	if (!usb || !usbip_dev_event(usb))
		return;
	/* The host has removed it. */
	usb_unplug();
	plugged = 0;
}

static const struct transport transports[] = {
	{ "uhid", uhid_plug, uhid_unplug, uhid_push, uhid_fd, uhid_event },
	{ "usb", usb_plug, usb_unplug, usb_push, usb_fd, usb_event },
};

static void plug(void)
{
	if (!plugged)
		transport->plug();
	plugged = 1;
}

static void unplug(void)
{
	if (plugged)
		transport->unplug();
	plugged = 0;
}

static void flood(int n)
{
	int i, ac = find("ac");

	for (i = 0; i < n; i++) {
		value[ac] = i & 1;
		push(model->fields[ac].id);
	}
	value[ac] = 1;
	push(model->fields[ac].id);
}

static void garbage(int n)
{
	unsigned char data[REPORT_LEN];
	int i, j, ids = 0;

	while (model->fields[ids].name)
		ids++;
	srandom(n);
	for (i = 0; i < n; i++) {
		for (j = 0; j < REPORT_LEN; j++)
			data[j] = random();
		/* Not that of the flags: what those contain is believed. */
		data[0] = model->fields[random() % ids].id;
		if (data[0] == model->fields[find("ac")].id)
			data[0]++;
		if (plugged)
			transport->push(data, random() % REPORT_LEN);
	}
}

static void command(char *line)
{
	char *word = strtok(line, " "), *arg = strtok(NULL, " "), *val = strtok(NULL, " ");
	static char kind[16];
	int i;

	if (!word)
		return;
	if (!strcmp(word, "set") || !strcmp(word, "quiet")) {
		i = find(arg);
		if (i < 0 || !val) {
			answer("error\n");
			return;
		}
		value[i] = atoll(val);
		if (*word == 's')
			push(model->fields[i].id);
	} else if (!strcmp(word, "get") && find(arg) >= 0) {
		answer("%lld\n", value[find(arg)]);
		return;
	} else if (!strcmp(word, "gets")) {
		answer("%lu\n", gets);
		return;
	} else if (!strcmp(word, "stamp")) {
		answer("%ld.%09ld %ld.%09ld\n", (long)sent_at.tv_sec, sent_at.tv_nsec,
		       (long)sent_on.tv_sec, sent_on.tv_nsec);
		return;
	} else if (!strcmp(word, "fault") && arg) {
		snprintf(kind, sizeof(kind), "%s", arg);
		fault = kind;
	} else if (!strcmp(word, "stall") && arg) {
		stalled = find(arg);
	} else if (!strcmp(word, "vendor") && arg) {
		vendor = strtol(arg, NULL, 16);
	} else if (!strcmp(word, "refuse") && arg) {
		refuse = atoi(arg);
	} else if (!strcmp(word, "flood") && arg) {
		flood(atoi(arg));
	} else if (!strcmp(word, "garbage") && arg) {
		garbage(atoi(arg));
	} else if (!strcmp(word, "unplug")) {
		unplug();
	} else if (!strcmp(word, "plug")) {
		plug();
	} else if (strcmp(word, "model") || !arg || choose(arg)) {
		answer("error\n");
		return;
	}
	answer("ok\n");
}

int main(int argc, char **argv)
{
	struct pollfd fds[2] = { { .events = POLLIN }, { .events = POLLIN } };
	char line[256];
	unsigned int i;
	FILE *in;

	for (i = 0; argc == 5 && i < ARRAY_SIZE(transports); i++)
		if (!strcmp(transports[i].name, argv[1]))
			transport = &transports[i];
	if (!transport || choose(argv[2])) {
		fprintf(stderr, "usage: hid-sim uhid|usb MODEL CONTROL ANSWERS\n");
		return 2;
	}
	fds[0].fd = open(argv[3], O_RDWR | O_CLOEXEC);
	answers = open(argv[4], O_RDWR | O_CLOEXEC);
	in = fdopen(fds[0].fd, "r");
	if (!in || answers < 0) {
		perror("hid-sim");
		return 1;
	}
	/* A line must not stay in a buffer while poll() waits for the next one. */
	setvbuf(in, NULL, _IONBF, 0);
	plug();
	for (;;) {
		fds[1].fd = transport->fd();
		if (poll(fds, 2, -1) < 0)
			continue;
		if (fds[1].revents)
			transport->event();
		if (!(fds[0].revents & POLLIN) || !fgets(line, sizeof(line), in))
			continue;
		line[strcspn(line, "\n")] = '\0';
		command(line);
	}
}
