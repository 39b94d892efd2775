/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A USB device in user space, plugged into a port of the kernel's virtual host controller
 * (vhci-hcd) by the USB/IP protocol over a pair of sockets. Everything above the controller
 * is the real thing: enumeration, drivers, libusb, unplugging.
 *
 * A simulator describes its device, attaches it, and then polls:
 *
 *	dev = usbip_dev_attach(&desc, ctx);
 *	fds[0].fd = usbip_dev_fd(dev);
 *	for (;;) {
 *		poll(fds, n, -1);
 *		if (fds[0].revents && usbip_dev_event(dev))
 *			break;			// unplugged by the host
 *		if (there is data for the IN endpoint 0x81)
 *			usbip_dev_ready(dev, 0x81);
 *	}
 *	usbip_dev_detach(dev);
 *
 * All calls and callbacks are in one thread. vhci-hcd has to be loaded.
 */
#ifndef __USBIP_DEV_H
#define __USBIP_DEV_H

#include <linux/types.h>

struct usbip_dev;

/**
 * struct usbip_setup - a control request
 * @type: bmRequestType: bit 7 is set if data go to the host
 * @request: bRequest
 * @value: wValue
 * @index: wIndex
 * @length: wLength, bytes of data
 */
struct usbip_setup {
	__u8 type;
	__u8 request;
	__u16 value;
	__u16 index;
	__u16 length;
};

/**
 * struct usbip_dev_ops - what a device does
 * @control: a class or vendor request, or a standard one for an interface that the library
 *	does not know (the report descriptor of HID). @data has the @setup->length bytes that
 *	the host has sent, or room for those that it wants. NULL: all of them stall.
 * @in: the host wants up to @len bytes from the IN endpoint @ep (with bit 7). NULL: none.
 * @out: the host has sent @len bytes to the OUT endpoint @ep. NULL: they are accepted.
 *
 * Each returns the number of bytes; -EAGAIN to be called again for the same transfer after
 * usbip_dev_ready() for its endpoint (0 for control requests), which means never if the host
 * gives up earlier; or the error of the transfer, such as -EPIPE for a stall, -EPROTO for
 * no answer.
 */
struct usbip_dev_ops {
	int (*control)(void *ctx, const struct usbip_setup *setup, unsigned char *data);
	int (*in)(void *ctx, int ep, unsigned char *data, int len);
	int (*out)(void *ctx, int ep, const unsigned char *data, int len);
};

/* Speeds of the kernel's enum usb_device_speed */
#define USBIP_DEV_LOW	1
#define USBIP_DEV_FULL	2
#define USBIP_DEV_HIGH	3

/**
 * struct usbip_dev_desc - a device
 * @speed: %USBIP_DEV_LOW, %USBIP_DEV_FULL or %USBIP_DEV_HIGH
 * @device: the device descriptor, 18 bytes
 * @config: the configuration descriptor with all that belongs to it, as long as it says
 * @strings: string descriptors 1, 2, ... in ASCII, up to a NULL
 * @ops: what it does
 */
struct usbip_dev_desc {
	int speed;
	const unsigned char *device;
	const unsigned char *config;
	const char *const *strings;
	const struct usbip_dev_ops *ops;
};

/**
 * usbip_dev_attach() - plug a device in
 * @desc: the device; not copied
 * @ctx: for its callbacks
 *
 * The host asks it at once: call usbip_dev_event() soon.
 *
 * Return: the device, or NULL with errno.
 */
struct usbip_dev *usbip_dev_attach(const struct usbip_dev_desc *desc, void *ctx);

/**
 * usbip_dev_fd() - what to poll
 * @dev: the device
 *
 * Return: a file descriptor that is readable when usbip_dev_event() has something to do.
 */
int usbip_dev_fd(const struct usbip_dev *dev);

/**
 * usbip_dev_event() - handle one request of the host
 * @dev: the device
 *
 * Waits for it. Calls the callbacks.
 *
 * Return: 0; -1 if the host has unplugged the device, which remains to be detached.
 */
int usbip_dev_event(struct usbip_dev *dev);

/**
 * usbip_dev_ready() - offer the waiting transfers of an endpoint to its callback again
 * @dev: the device
 * @ep: the endpoint, with bit 7 for IN; 0 for control requests
 *
 * Return: the number of transfers that are still waiting.
 */
int usbip_dev_ready(struct usbip_dev *dev, int ep);

/**
 * usbip_dev_detach() - unplug a device and free it
 * @dev: the device, or NULL
 */
void usbip_dev_detach(struct usbip_dev *dev);

#endif /* __USBIP_DEV_H */
