/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Adapts older kernels to the API of the newest supported one. Included before
 * everything else in out-of-tree builds (see Kbuild.include); not used in a kernel
 * tree. Nothing here adds behaviour.
 */
#ifndef __PSY_COMPAT_H
#define __PSY_COMPAT_H

#include <linux/export.h>
#include <linux/i2c.h>
#include <linux/kconfig.h>
#include <linux/module.h>

/*
 * Kernels for clouds are built without regmap. Its header has a stub of every other
 * function that is used without a regmap.
 */
#if !IS_ENABLED(CONFIG_REGMAP)
#include <linux/regmap.h>
#define regmap_can_raw_write(map)	((void)(map), false)
#endif

/*
 * Symbol namespaces are string literals since 6.13; before, they were tokens that the
 * macros converted to strings. Delete this when 6.12 is no longer supported.
 */
#ifdef COMPAT_NS_IS_TOKEN

#undef MODULE_IMPORT_NS
#define MODULE_IMPORT_NS(ns)	MODULE_INFO(import_ns, ns)

#undef EXPORT_SYMBOL_NS_GPL
#ifdef COMPAT_EXPORT_SECTION_SUFFIX	/* before 6.4: the licence as a suffix */
#define EXPORT_SYMBOL_NS_GPL(sym, ns)	__EXPORT_SYMBOL(sym, "_gpl", ns)
#else
#define EXPORT_SYMBOL_NS_GPL(sym, ns)	__EXPORT_SYMBOL(sym, "GPL", ns)
#endif

#endif /* COMPAT_NS_IS_TOKEN */

/*
 * The one-argument probe of struct i2c_driver is .probe since 6.3; before, it was
 * .probe_new.
 */
#ifdef COMPAT_I2C_HAS_PROBE_NEW
#define I2C_PROBE	probe_new
#else
#define I2C_PROBE	probe
#endif

/* The transfers of struct i2c_algorithm are .xfer since 6.11, .master_xfer before. */
#ifdef COMPAT_I2C_MASTER_XFER
#define I2C_XFER	master_xfer
#else
#define I2C_XFER	xfer
#endif

/*
 * Return types of receive_buf() in struct serdev_device_ops and write_buf() in struct
 * serdev_controller_ops: size_t and ssize_t since 6.8.
 */
#ifdef COMPAT_SERDEV_RX_INT
#define SERDEV_RX_RET	int
#define SERDEV_TX_RET	int
#else
#define SERDEV_RX_RET	size_t
#define SERDEV_TX_RET	ssize_t
#endif

/*
 * Types of the flags and of the count in receive_buf() of struct tty_ldisc_ops: u8 and
 * size_t since 6.6.
 */
#ifdef COMPAT_TTY_RX_INT
#define TTY_RX_FLAG	char
#define TTY_RX_COUNT	int
#else
#define TTY_RX_FLAG	u8
#define TTY_RX_COUNT	size_t
#endif

/* serdev_controller_alloc() has the argument host, the device of the port, since 6.9. */
#ifdef COMPAT_SERDEV_NO_HOST
#include <linux/serdev.h>
static inline struct serdev_controller *
psy_serdev_controller_alloc(struct device *host, struct device *parent, size_t size)
{
	return serdev_controller_alloc(parent, size);
}

#define serdev_controller_alloc	psy_serdev_controller_alloc
#endif

/* serdev_device_break_ctl() exists since 6.9; before, such a port cannot send a break. */
#ifdef COMPAT_SERDEV_NO_BREAK
#define serdev_device_break_ctl(serdev, state)	((void)(serdev), (void)(state), -EOPNOTSUPP)
#endif

/*
 * A supply declares its charge behaviours since 6.12; before, the core offers all that
 * it knows, and the driver refuses those it does not have.
 */
#ifdef COMPAT_NO_CHARGE_BEHAVIOURS
#define psy_desc_set_behaviours(desc, mask)	((void)(desc), (void)(mask))
#define psy_desc_get_behaviours(desc)						\
	((void)(desc), BIT(POWER_SUPPLY_CHARGE_BEHAVIOUR_AUTO) |		\
	 BIT(POWER_SUPPLY_CHARGE_BEHAVIOUR_INHIBIT_CHARGE) |			\
	 BIT(POWER_SUPPLY_CHARGE_BEHAVIOUR_FORCE_DISCHARGE))
#endif

/* The remove that returns void is .remove since 6.11; before, it was .remove_new. */
#ifdef COMPAT_PLATFORM_HAS_REMOVE_NEW
#define PLATFORM_REMOVE	remove_new
#else
#define PLATFORM_REMOVE	remove
#endif

/* The hooks of a class interface have no argument for the interface since 6.4. */
#ifdef COMPAT_CLASS_INTERFACE_ARG
#define CLASS_INTERFACE_ARGS	struct device *dev, struct class_interface *intf
#else
#define CLASS_INTERFACE_ARGS	struct device *dev
#endif

#if defined(COMPAT_PSY_FOR_EACH_DEVICE) || defined(COMPAT_PSY_CLASS_EXPORTED) || \
	defined(COMPAT_PSY_GET_UNLISTED)
#include "power_supply.h"
#endif

#endif /* __PSY_COMPAT_H */
