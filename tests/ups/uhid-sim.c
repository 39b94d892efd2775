// SPDX-License-Identifier: GPL-2.0-only
/*
 * uhid-sim MODEL CONTROL ANSWERS: a simulated UPS of the HID Power Device class, by
 * /dev/uhid. It reads commands from the FIFO CONTROL, one per line, and writes one line to
 * the FIFO ANSWERS for each:
 *
 *	set NAME VALUE		set a value, and send the input report that has it
 *	quiet NAME VALUE	set a value, and send nothing
 *	get NAME		answer its value
 *	fault KIND		how GET_REPORT is answered from now on: none, error, short,
 *				empty, long, wrong (a different report), silence
 *	refuse 0|1		whether SET_REPORT is refused
 *	flood N			send N input reports, with mains failing and returning
 *	garbage N		send N input reports with random contents and lengths
 *	gets			answer the number of GET_REPORTs
 *	unplug, plug		remove the device, add it again
 *	model MODEL		be this one when plugged in again
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
#include <unistd.h>

#include "../../drivers/ups/tests/hid_models.h"

#define MAX_FIELDS	64
#define REPORT_LEN	64
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

static const struct hid_model *model;
static long long value[MAX_FIELDS];
static const char *fault = "none";
static int refuse, plugged, uhid = -1, answers;
static unsigned long gets;

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
	snprintf(line, sizeof(line), "uhid-sim: %s %s %lld\n", what, name, val);
	if (write(fd, line, strlen(line)) < 0)
		perror("uhid-sim: /dev/kmsg");
	close(fd);
}

static int choose(const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(hid_models); i++) {
		if (strcmp(hid_models[i].name, name))
			continue;
		model = &hid_models[i];
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

static void send_event(struct uhid_event *ev)
{
	if (write(uhid, ev, sizeof(*ev)) < 0 && errno != EINVAL)
		perror("uhid-sim: write");
}

static void push_bytes(const unsigned char *data, int len)
{
	struct uhid_event ev = { .type = UHID_INPUT2 };

	ev.u.input2.size = len;
	memcpy(ev.u.input2.data, data, len);
	send_event(&ev);
}

static void push(int id)
{
	unsigned char data[REPORT_LEN];
	int len = build(id, 2, data);

	if (len && plugged)
		push_bytes(data, len);
}

static void plug(void)
{
	struct uhid_event ev = { .type = UHID_CREATE2 };

	uhid = open("/dev/uhid", O_RDWR | O_CLOEXEC);
	if (uhid < 0) {
		perror("uhid-sim: /dev/uhid");
		exit(1);
	}
	snprintf((char *)ev.u.create2.name, sizeof(ev.u.create2.name), "%s", model->title);
	snprintf((char *)ev.u.create2.uniq, sizeof(ev.u.create2.uniq), "%s", model->uniq);
	ev.u.create2.rd_size = model->size;
	ev.u.create2.bus = BUS_USB;
	ev.u.create2.vendor = model->vendor;
	ev.u.create2.product = model->product;
	memcpy(ev.u.create2.rd_data, model->descriptor, model->size);
	send_event(&ev);
	plugged = 1;
}

static void unplug(void)
{
	if (plugged)
		close(uhid);
	uhid = -1;
	plugged = 0;
}

static void get_report(const struct uhid_event *in)
{
	struct uhid_event ev = { .type = UHID_GET_REPORT_REPLY };
	unsigned char *data = ev.u.get_report_reply.data;
	int len;

	gets++;
	if (!strcmp(fault, "silence"))
		return;
	len = build(in->u.get_report.rnum, in->u.get_report.rtype == UHID_FEATURE_REPORT ? 1 : 2,
		    data);
	ev.u.get_report_reply.id = in->u.get_report.id;
	if (!len || !strcmp(fault, "error"))
		ev.u.get_report_reply.err = EIO;
	else if (!strcmp(fault, "short"))
		len = 1 + (len - 1) / 2;
	else if (!strcmp(fault, "empty"))
		len = 0;
	else if (!strcmp(fault, "long"))
		len = REPORT_LEN;
	else if (!strcmp(fault, "wrong"))
		data[0]++;
	ev.u.get_report_reply.size = len;
	send_event(&ev);
}

static void set_report(const struct uhid_event *in)
{
	struct uhid_event ev = { .type = UHID_SET_REPORT_REPLY };
	const unsigned char *data = in->u.set_report.data;
	const struct hid_model_field *f;
	long long raw;
	int i;

	ev.u.set_report_reply.id = in->u.set_report.id;
	ev.u.set_report_reply.err = refuse ? EIO : 0;
	for (f = model->fields; f->name && !refuse; f++) {
		if (f->id != in->u.set_report.rnum || !(f->dirs & 1))
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
	send_event(&ev);
}

static void uhid_event(void)
{
	struct uhid_event ev;

	if (read(uhid, &ev, sizeof(ev)) <= 0)
		return;
	if (ev.type == UHID_GET_REPORT)
		get_report(&ev);
	else if (ev.type == UHID_SET_REPORT)
		set_report(&ev);
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
		push_bytes(data, random() % REPORT_LEN);
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
	} else if (!strcmp(word, "fault") && arg) {
		snprintf(kind, sizeof(kind), "%s", arg);
		fault = kind;
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
	FILE *in;

	if (argc != 4 || choose(argv[1])) {
		fprintf(stderr, "usage: uhid-sim MODEL CONTROL ANSWERS\n");
		return 2;
	}
	fds[0].fd = open(argv[2], O_RDWR | O_CLOEXEC);
	answers = open(argv[3], O_RDWR | O_CLOEXEC);
	in = fdopen(fds[0].fd, "r");
	if (!in || answers < 0) {
		perror("uhid-sim");
		return 1;
	}
	/* A line must not stay in a buffer while poll() waits for the next one. */
	setvbuf(in, NULL, _IONBF, 0);
	plug();
	for (;;) {
		fds[1].fd = uhid;
		if (poll(fds, 2, -1) < 0)
			continue;
		if (fds[1].revents & POLLIN)
			uhid_event();
		if (!(fds[0].revents & POLLIN) || !fgets(line, sizeof(line), in))
			continue;
		line[strcspn(line, "\n")] = '\0';
		command(line);
	}
}
