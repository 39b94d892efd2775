// SPDX-License-Identifier: GPL-2.0-only
/*
 * ftdi-contact-sim NAME CONTROL ANSWERS: a USB adapter (FTDI FT232BM, with the serial number
 * NAME) whose modem lines are those of a UPS with contact closure. It reads commands from the
 * FIFO CONTROL, one per line, and writes one line to the FIFO ANSWERS for each:
 *
 *	lines [cts] [dsr] [ri] [dcd]	these inputs are high from now on, the others are low
 *	cycle N MS LINE		change LINE N times, each after MS milliseconds
 *	outputs			answer the outputs that are high: dtr, rts, break; or none
 *	log			answer the changes of the outputs since "forget"
 *	forget			forget them
 *	reads			answer the number of times that the inputs were read
 *	fail 0|1		whether requests for the inputs fail
 *	unplug, plug		remove the adapter, add it again
 *
 * Each change of the outputs is also in the kernel log, with the uptime in milliseconds, as
 * that remains when the machine is switched off.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "usbip-dev.h"

/* Vendor requests of the chip */
#define SET_MODEM_CTRL	1
#define SET_DATA	4
#define GET_STATUS	5
#define GET_LATENCY	10

/* Bits of the second byte of SET_MODEM_CTRL, above those of the first one: which to change */
#define OUT_DTR		1
#define OUT_RTS		2
#define OUT_BREAK	4
#define DATA_BREAK	0x4000

#define IN_EP		0x81
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

static const struct {
	const char *name;
	unsigned char bit;
} inputs[] = {
	{ "cts", 0x10 }, { "dsr", 0x20 }, { "ri", 0x40 }, { "dcd", 0x80 },
};

static const unsigned char device[] = {
	18, 1, 0x00, 0x02, 0, 0, 0, 8,		/* USB 2.0 */
	0x03, 0x04, 0x01, 0x60,			/* 0403:6001 */
	0x00, 0x04,				/* FT232BM */
	1, 2, 3, 1,
};

static const unsigned char config[] = {
	9, 2, 32, 0, 1, 1, 0, 0x80, 45,
	9, 4, 0, 0, 2, 0xff, 0xff, 0xff, 2,
	7, 5, IN_EP, 2, 64, 0, 0,
	7, 5, 0x02, 2, 64, 0, 0,
};

static char serial[32];
static const char *const strings[] = { "FTDI", "USB UART", serial, NULL };

static unsigned char lines, sent;
static int outputs, fail, answers, cycles, cycle_ms, fresh;
static unsigned char cycle_bit;
static unsigned long reads;
static long long cycle_at;
static char history[4000];
static struct usbip_dev *dev;

static long long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

static void answer(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vdprintf(answers, format, args);
	va_end(args);
}

static const char *names(int out)
{
	static const char *const text[] = {
		"none", "dtr", "rts", "dtr+rts", "break", "dtr+break", "rts+break",
		"dtr+rts+break",
	};

	return text[out & 7];
}

static void kernel_log(const char *format, ...)
{
	int fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
	char line[128];
	va_list args;

	if (fd < 0)
		return;
	/* vdprintf() asks for the position, which this file does not have. */
	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	if (write(fd, line, strlen(line)) < 0)
		perror("ftdi-contact-sim: /dev/kmsg");
	close(fd);
}

static void set_outputs(int out)
{
	size_t len = strlen(history);

	if (out == outputs)
		return;
	outputs = out;
	kernel_log("ftdi-contact-sim: %s: outputs %s at %lld\n", serial, names(out),
		   now_ms());
	snprintf(history + len, sizeof(history) - len, "%s%s", len ? " " : "", names(out));
}

static void set_lines(unsigned char now)
{
	lines = now;
	if (dev)
		usbip_dev_ready(dev, IN_EP);
}

static int control(void *ctx, const struct usbip_setup *setup, unsigned char *data)
{
	int mask = setup->value >> 8;

	(void)ctx;
	switch (setup->request) {
	case SET_MODEM_CTRL:
		set_outputs((outputs & ~mask) | (setup->value & mask & (OUT_DTR | OUT_RTS)));
		return 0;
	case SET_DATA:
		set_outputs((outputs & ~OUT_BREAK) |
			    (setup->value & DATA_BREAK ? OUT_BREAK : 0));
		return 0;
	case GET_STATUS:
		reads++;
		if (fail)
			return -EPIPE;
		data[0] = lines | 1;
		data[1] = 0x60;
		return setup->length < 2 ? setup->length : 2;
	case GET_LATENCY:
		data[0] = 16;
		return setup->length ? 1 : 0;
	}
	return 0;
}

/* The chip sends its status with each packet, and 60 times a second; here, when it changes. */
static int in(void *ctx, int ep, unsigned char *data, int len)
{
	(void)ctx;
	(void)ep;
	if (len < 2 || (sent == lines && !fresh))
		return -EAGAIN;
	fresh = 0;
	sent = lines;
	data[0] = lines | 1;
	data[1] = 0x60;
	return 2;
}

static const struct usbip_dev_ops ops = { .control = control, .in = in };

static const struct usbip_dev_desc desc = {
	.speed = USBIP_DEV_FULL,
	.device = device,
	.config = config,
	.strings = strings,
	.ops = &ops,
};

static int plug(void)
{
	fresh = 1;
	dev = usbip_dev_attach(&desc, NULL);
	if (!dev)
		perror("ftdi-contact-sim: attach");
	return !dev;
}

static void unplug(void)
{
	usbip_dev_detach(dev);
	dev = NULL;
	set_outputs(0);
}

static int input_bit(const char *name)
{
	unsigned int i;

	for (i = 0; name && i < ARRAY_SIZE(inputs); i++)
		if (!strcmp(inputs[i].name, name))
			return inputs[i].bit;
	return 0;
}

static int command_lines(void)
{
	unsigned char now = 0;
	const char *name;

	while ((name = strtok(NULL, " "))) {
		if (!input_bit(name))
			return -1;
		now |= input_bit(name);
	}
	set_lines(now);
	return 0;
}

static int command_cycle(void)
{
	const char *n = strtok(NULL, " "), *ms = strtok(NULL, " "), *line = strtok(NULL, " ");

	if (!input_bit(line) || atoi(n) < 1 || atoi(ms) < 1)
		return -1;
	cycles = atoi(n);
	cycle_ms = atoi(ms);
	cycle_bit = input_bit(line);
	cycle_at = now_ms() + cycle_ms;
	return 0;
}

static void command(char *line)
{
	char *word = strtok(line, " ");
	int bad = 0;

	if (!word)
		return;
	if (!strcmp(word, "outputs")) {
		answer("%s\n", names(outputs));
		return;
	}
	if (!strcmp(word, "log")) {
		answer("%s\n", history[0] ? history : "none");
		return;
	}
	if (!strcmp(word, "reads")) {
		answer("%lu\n", reads);
		return;
	}
	if (!strcmp(word, "lines")) {
		bad = command_lines();
	} else if (!strcmp(word, "cycle")) {
		bad = command_cycle();
	} else if (!strcmp(word, "forget")) {
		history[0] = '\0';
	} else if (!strcmp(word, "fail")) {
		word = strtok(NULL, " ");
		bad = !word;
		fail = word && atoi(word);
	} else if (!strcmp(word, "unplug")) {
		unplug();
	} else if (!strcmp(word, "plug") && !dev) {
		bad = plug();
	} else {
		bad = 1;
	}
	answer(bad ? "error\n" : "ok\n");
}

static int until_cycle(void)
{
	long long left = cycle_at - now_ms();

	if (!cycles)
		return -1;
	return left > 0 ? left : 0;
}

static void cycle(void)
{
	if (!cycles || now_ms() < cycle_at)
		return;
	cycles--;
	cycle_at += cycle_ms;
	set_lines(lines ^ cycle_bit);
}

int main(int argc, char **argv)
{
	struct pollfd fds[2] = { { .events = POLLIN }, { .events = POLLIN } };
	char line[256];
	FILE *in;

	if (argc != 4) {
		fprintf(stderr, "usage: ftdi-contact-sim NAME CONTROL ANSWERS\n");
		return 2;
	}
	snprintf(serial, sizeof(serial), "%s", argv[1]);
	fds[0].fd = open(argv[2], O_RDWR | O_CLOEXEC);
	answers = open(argv[3], O_RDWR | O_CLOEXEC);
	in = fdopen(fds[0].fd, "r");
	if (!in || answers < 0) {
		perror("ftdi-contact-sim");
		return 1;
	}
	/* A line must not stay in a buffer while poll() waits for the next one. */
	setvbuf(in, NULL, _IONBF, 0);
	if (plug())
		return 1;
	for (;;) {
		fds[1].fd = dev ? usbip_dev_fd(dev) : -1;
		fds[1].revents = 0;
		if (poll(fds, 2, until_cycle()) < 0)
			continue;
		if (fds[1].revents && usbip_dev_event(dev))
			unplug();
		cycle();
		if (!(fds[0].revents & POLLIN) || !fgets(line, sizeof(line), in))
			continue;
		line[strcspn(line, "\n")] = '\0';
		command(line);
	}
}
