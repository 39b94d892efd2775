// SPDX-License-Identifier: GPL-2.0-only
/*
 * A USB device in user space for vhci-hcd, see usbip-dev.h. The protocol is that of
 * Documentation/usb/usbip_protocol.rst in the kernel's sources: a header of 48 bytes, with
 * numbers in the order of the network, and the data of the transfer.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/usb/ch9.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "usbip-dev.h"

#define VHCI		"/sys/devices/platform/vhci_hcd.0/"
#define PORT_FREE	4
#define MAX_TRANSFER	0x100000

#define CMD_SUBMIT	1
#define CMD_UNLINK	2
#define RET_SUBMIT	3
#define RET_UNLINK	4

/* Words of the header */
#define COMMAND		0
#define SEQNUM		1
#define DIRECTION	3
#define ENDPOINT	4
#define STATUS		5	/* of a reply */
#define UNLINK		5	/* number of the request to take back */
#define LENGTH		6
#define SETUP		10
#define WORDS		12

struct transfer {
	struct transfer *next;
	__u32 seqnum;
	int ep;
	int len;
	struct usbip_setup setup;
	unsigned char data[];
};

struct usbip_dev {
	const struct usbip_dev_desc *desc;
	void *ctx;
	int fd;
	int port;
	int config;
	struct transfer *waiting;	/* in the order in which they came */
};

static int read_all(int fd, void *buf, size_t len)
{
	ssize_t n;

	for (; len; len -= n, buf = (char *)buf + n) {
		n = read(fd, buf, len);
		if (n < 0 && errno == EINTR)
			n = 0;
		else if (n <= 0)
			return -1;
	}
	return 0;
}

/* A host that has gone does not matter: the next read says so. */
static void send_all(int fd, const void *buf, size_t len)
{
	ssize_t n;

	for (; len; len -= n, buf = (const char *)buf + n) {
		n = send(fd, buf, len, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			n = 0;
		else if (n < 0)
			return;
	}
}

static void reply(struct usbip_dev *dev, __u32 command, __u32 seqnum, int status, int len)
{
	__u32 header[WORDS] = {
		[COMMAND] = htonl(command),
		[SEQNUM] = htonl(seqnum),
		[STATUS] = htonl(status),
		[LENGTH] = htonl(len),
	};

	send_all(dev->fd, header, sizeof(header));
}

static int copy(unsigned char *data, int room, const void *from, int len)
{
	if (len > room)
		len = room;
	memcpy(data, from, len);
	return len;
}

static int get_string(const struct usbip_dev_desc *desc, int n, unsigned char *data, int room)
{
	static const unsigned char languages[] = { 4, USB_DT_STRING, 0x09, 0x04 };
	unsigned char text[255] = { 2, USB_DT_STRING };
	const char *s;
	int i;

	if (!n)
		return copy(data, room, languages, sizeof(languages));
	for (i = 1; i < n && desc->strings && desc->strings[i - 1]; i++)
		;
	s = desc->strings ? desc->strings[i - 1] : NULL;
	if (!s)
		return -EPIPE;
	for (; *s && text[0] < 254; text[0] += 2)
		text[text[0]] = *s++;
	return copy(data, room, text, text[0]);
}

static int get_descriptor(const struct usbip_dev_desc *desc, const struct usbip_setup *setup,
			  unsigned char *data)
{
	switch (setup->value >> 8) {
	case USB_DT_DEVICE:
		return copy(data, setup->length, desc->device, USB_DT_DEVICE_SIZE);
	case USB_DT_CONFIG:
		return copy(data, setup->length, desc->config,
			    desc->config[2] | desc->config[3] << 8);
	case USB_DT_STRING:
		return get_string(desc, setup->value & 0xff, data, setup->length);
	}
	return -EPIPE;
}

/* -ENOENT: not one of the requests that are the same for all devices */
static int standard(struct usbip_dev *dev, const struct usbip_setup *setup, unsigned char *data)
{
	if ((setup->type & USB_TYPE_MASK) != USB_TYPE_STANDARD)
		return -ENOENT;
	switch (setup->request) {
	case USB_REQ_GET_DESCRIPTOR:
		return (setup->type & USB_RECIP_MASK) == USB_RECIP_DEVICE ?
		       get_descriptor(dev->desc, setup, data) : -ENOENT;
	case USB_REQ_GET_STATUS:
		return copy(data, setup->length, "\0", 2);
	case USB_REQ_GET_CONFIGURATION:
		return copy(data, setup->length, &dev->config, 1);
	case USB_REQ_GET_INTERFACE:
		return copy(data, setup->length, "", 1);
	case USB_REQ_SET_CONFIGURATION:
		dev->config = setup->value & 0xff;
		return 0;
	case USB_REQ_SET_INTERFACE:
	case USB_REQ_SET_FEATURE:
	case USB_REQ_CLEAR_FEATURE:
		return 0;
	}
	return -ENOENT;
}

static int control(struct usbip_dev *dev, struct transfer *t)
{
	int ret = standard(dev, &t->setup, t->data);

	if (ret == -ENOENT)
		ret = dev->desc->ops->control ?
		      dev->desc->ops->control(dev->ctx, &t->setup, t->data) : -EPIPE;
	return ret;
}

/* Have the device do it. Returns whether it is done. */
static int execute(struct usbip_dev *dev, struct transfer *t)
{
	const struct usbip_dev_ops *ops = dev->desc->ops;
	int in = t->ep & USB_DIR_IN, ret;

	if (!(t->ep & USB_ENDPOINT_NUMBER_MASK)) {
		ret = control(dev, t);
		in = t->setup.type & USB_DIR_IN;
	} else if (in) {
		ret = ops->in ? ops->in(dev->ctx, t->ep, t->data, t->len) : -EAGAIN;
	} else {
		ret = ops->out ? ops->out(dev->ctx, t->ep, t->data, t->len) : t->len;
	}
	if (ret == -EAGAIN)
		return 0;
	/* More than the host has room for ends the connection. */
	if (ret > t->len)
		ret = -EOVERFLOW;
	reply(dev, RET_SUBMIT, t->seqnum, ret < 0 ? ret : 0, ret < 0 ? 0 : ret);
	if (in && ret > 0)
		send_all(dev->fd, t->data, ret);
	return 1;
}

int usbip_dev_ready(struct usbip_dev *dev, int ep)
{
	struct transfer **p = &dev->waiting, *t;
	int n = 0;

	while ((t = *p)) {
		if (t->ep != ep || n || !execute(dev, t)) {
			n += t->ep == ep;
			p = &t->next;
			continue;
		}
		*p = t->next;
		free(t);
	}
	return n;
}

/* Those of an endpoint are done in turn: the first one of them goes first. */
static void queue(struct usbip_dev *dev, struct transfer *t)
{
	struct transfer **p = &dev->waiting;

	while (*p)
		p = &(*p)->next;
	t->next = NULL;
	*p = t;
	usbip_dev_ready(dev, t->ep);
}

static int submit(struct usbip_dev *dev, const __u32 *header)
{
	const unsigned char *setup = (const unsigned char *)&header[SETUP];
	__u32 len = ntohl(header[LENGTH]);
	struct transfer *t;

	if (len > MAX_TRANSFER)
		return -1;
	t = calloc(1, sizeof(*t) + len);
	if (!t)
		return -1;
	t->seqnum = ntohl(header[SEQNUM]);
	t->len = len;
	t->setup = (struct usbip_setup){
		.type = setup[0],
		.request = setup[1],
		.value = setup[2] | setup[3] << 8,
		.index = setup[4] | setup[5] << 8,
		.length = setup[6] | setup[7] << 8,
	};
	if (t->setup.length > len)
		t->setup.length = len;
	if (header[ENDPOINT])
		t->ep = ntohl(header[ENDPOINT]) | (header[DIRECTION] ? USB_DIR_IN : 0);
	if (!header[DIRECTION] && read_all(dev->fd, t->data, len)) {
		free(t);
		return -1;
	}
	queue(dev, t);
	return 0;
}

static void unlink_transfer(struct usbip_dev *dev, __u32 seqnum, __u32 target)
{
	struct transfer **p = &dev->waiting, *t;

	while ((t = *p) && t->seqnum != target)
		p = &t->next;
	if (t)
		*p = t->next;
	/* 0: it has been done, and the reply is on its way. */
	reply(dev, RET_UNLINK, seqnum, t ? -ECONNRESET : 0, 0);
	free(t);
}

int usbip_dev_event(struct usbip_dev *dev)
{
	__u32 header[WORDS];

	if (read_all(dev->fd, header, sizeof(header)))
		return -1;
	switch (ntohl(header[COMMAND])) {
	case CMD_SUBMIT:
		return submit(dev, header);
	case CMD_UNLINK:
		unlink_transfer(dev, ntohl(header[SEQNUM]), ntohl(header[UNLINK]));
		return 0;
	}
	return -1;
}

int usbip_dev_fd(const struct usbip_dev *dev)
{
	return dev->fd;
}

static int write_attr(const char *name, const char *text)
{
	int fd = open(name, O_WRONLY | O_CLOEXEC);
	int ret = fd < 0 || write(fd, text, strlen(text)) < 0 ? -1 : 0;

	if (fd >= 0)
		close(fd);
	return ret;
}

/* A free port: @port, or any if that is negative. Returns its number, or -1. */
static int find_port(int port)
{
	char line[128], hub[8];
	int n, state, found = -1;
	FILE *f = fopen(VHCI "status", "re");

	while (f && found < 0 && fgets(line, sizeof(line), f))
		if (sscanf(line, "%7s %d %d", hub, &n, &state) == 3 && !strcmp(hub, "hs") &&
		    state == PORT_FREE && (port < 0 || port == n))
			found = n;
	if (f)
		fclose(f);
	return found;
}

/* Another process may take the port first. */
static int attach(struct usbip_dev *dev, int sock)
{
	char text[64];
	int i;

	for (i = 0; i < 100; i++) {
		dev->port = find_port(-1);
		snprintf(text, sizeof(text), "%d %d %d %d", dev->port, sock, dev->port + 1,
			 dev->desc->speed);
		if (dev->port >= 0 && !write_attr(VHCI "attach", text))
			return 0;
		usleep(10000);
	}
	return -1;
}

struct usbip_dev *usbip_dev_attach(const struct usbip_dev_desc *desc, void *ctx)
{
	struct usbip_dev *dev = calloc(1, sizeof(*dev));
	int socks[2], ret;

	if (!dev || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, socks)) {
		free(dev);
		return NULL;
	}
	dev->desc = desc;
	dev->ctx = ctx;
	dev->fd = socks[0];
	ret = attach(dev, socks[1]);
	close(socks[1]);
	if (!ret)
		return dev;
	close(dev->fd);
	free(dev);
	return NULL;
}

void usbip_dev_detach(struct usbip_dev *dev)
{
	struct transfer *t;
	char text[16];
	int i;

	if (!dev)
		return;
	snprintf(text, sizeof(text), "%d", dev->port);
	write_attr(VHCI "detach", text);
	close(dev->fd);
	/* The kernel does the rest later; the port should be free on return. */
	for (i = 0; i < 500 && find_port(dev->port) < 0; i++)
		usleep(10000);
	while ((t = dev->waiting)) {
		dev->waiting = t->next;
		free(t);
	}
	free(dev);
}
