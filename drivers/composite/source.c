// SPDX-License-Identifier: GPL-2.0-only
/*
 * All supplies that are registered on this machine.
 *
 * The power_supply core hands out references by name, but warns if one is still held
 * when the supply is unregistered; and without a reference the driver may be gone. So
 * supplies are tracked as devices of their class, and read with the lock of that
 * device held: power_supply_unregister() first sets use_cnt to 0, and later takes this
 * lock. An unresponsive driver only delays its own removal, as a sysfs reader would.
 *
 * device_shutdown() takes the lock of each device, too, and would wait for a driver that
 * does not return. There is no other lock that power_supply_unregister() takes before the
 * mutex of the device class, where waiting would stop all registrations. So no supply is
 * read any more when the system goes down; a driver that had not returned before that
 * still delays device_shutdown().
 *
 * A driver may read other supplies in turn: the one of ACPI batteries asks for the scope of
 * each, to report STATUS. power_supply_unregister() does not wait for such readers, which
 * then use the memory of a driver that is gone. Any reader may hit this; but a composite
 * reads its members at each change, such as those that come with a removal. So members are
 * not read while a supply is being removed, see cbat_sources_quiesce().
 *
 * Lock order: the mutex of the device class, then sources_lock; the device lock of a
 * supply, then the locks of its driver.
 */
#include <kunit/visibility.h>
#include <linux/device.h>
#include <linux/device/class.h>
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/power_supply.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/wait.h>

#include "composite.h"

/* External supplies to query; more are ignored */
#define CBAT_MAX_EXTERNAL	16

static DEFINE_MUTEX(sources_lock);
static LIST_HEAD(sources);

static DEFINE_MUTEX(interface_lock);
static bool interface_on;

/* How long members are not read when a supply is removed, and limit for several */
#define CBAT_QUIET		msecs_to_jiffies(250)
#define CBAT_QUIET_MAX		msecs_to_jiffies(1000)

/* Protects the fields below; times are those of get_jiffies_64(). */
static DEFINE_SPINLOCK(quiet_lock);
static u64 quiet_since;
static u64 quiet_until;
static unsigned int readings;
static DECLARE_WAIT_QUEUE_HEAD(readings_done);

/**
 * cbat_reading_begin() - read members, unless a supply is being removed
 *
 * Context: may sleep.
 * Return: 0, and cbat_reading_end() has to follow; or the time until members can be read,
 * jiffies.
 */
unsigned long cbat_reading_begin(void)
{
	unsigned long delay = 0;
	u64 now;

	spin_lock(&quiet_lock);
	now = get_jiffies_64();
	if (now < quiet_until)
		delay = quiet_until - now;
	else
		readings++;
	spin_unlock(&quiet_lock);
	return delay;
}

/**
 * cbat_reading_end() - members have been read
 *
 * Context: any.
 */
void cbat_reading_end(void)
{
	spin_lock(&quiet_lock);
	readings--;
	spin_unlock(&quiet_lock);
	wake_up_all(&readings_done);
}

/**
 * cbat_sources_quiesce() - a supply is going to be removed: do not read members
 *
 * Waits for readings in progress, but not for long: their drivers may wait for the caller.
 *
 * Context: may sleep.
 */
void cbat_sources_quiesce(void)
{
	u64 now;

	spin_lock(&quiet_lock);
	now = get_jiffies_64();
	/* Supplies that come and go all the time must not stop the composite for good. */
	if (now >= quiet_until + CBAT_SETTLE || !quiet_since)
		quiet_since = now;
	if (now < quiet_since + CBAT_QUIET_MAX)
		quiet_until = now + CBAT_QUIET;
	spin_unlock(&quiet_lock);
	wait_event_timeout(readings_done, !READ_ONCE(readings), CBAT_QUIET);
}

/**
 * cbat_is_composite() - whether a supply is a composite itself
 * @psy: the supply, which must stay registered during the call
 *
 * Context: any.
 * Return: true when it is.
 */
bool cbat_is_composite(struct power_supply *psy)
{
	const struct device *parent = psy->dev.parent;

	return parent && dev_is_platform(parent) && parent->driver &&
	       !strcmp(parent->driver->name, CBAT_DRIVER);
}

static void cbat_source_free(struct kref *ref)
{
	struct cbat_source *src = container_of(ref, struct cbat_source, ref);

	put_device(&src->psy->dev);
	kfree(src);
}

/**
 * cbat_source_put() - drop a reference from cbat_source_find()
 * @src: the source
 *
 * Context: may sleep.
 */
void cbat_source_put(struct cbat_source *src)
{
	kref_put(&src->ref, cbat_source_free);
}
EXPORT_SYMBOL_IF_KUNIT(cbat_source_put);

/* Called for existing supplies, and for each that is registered later. */
static int cbat_source_add(CLASS_INTERFACE_ARGS)
{
	struct cbat_source *src = kzalloc(sizeof(*src), GFP_KERNEL);

	if (!src)
		return -ENOMEM;

	kref_init(&src->ref);
	src->psy = container_of(dev, struct power_supply, dev);
	get_device(dev);

	mutex_lock(&sources_lock);
	list_add_tail(&src->node, &sources);
	mutex_unlock(&sources_lock);

	cbat_rescan();
	return 0;
}

/* A supply is being unregistered; see cbat_source_lock() for concurrent readers. */
static void cbat_source_remove(CLASS_INTERFACE_ARGS)
{
	struct cbat_source *src, *found = NULL;

	mutex_lock(&sources_lock);
	list_for_each_entry(src, &sources, node) {
		if (&src->psy->dev == dev) {
			found = src;
			list_del(&src->node);
			break;
		}
	}
	mutex_unlock(&sources_lock);
	if (!found)
		return;

	/* The class waits for the readers of its own supplies. */
	if (!cbat_is_composite(found->psy))
		cbat_sources_quiesce();
	device_lock(dev);
	WRITE_ONCE(found->gone, true);
	device_unlock(dev);
	cbat_source_put(found);
	cbat_rescan();
}

static struct class_interface cbat_interface = {
	.add_dev = cbat_source_add,
	.remove_dev = cbat_source_remove,
};

/**
 * cbat_sources_watch() - start tracking the supplies, unless this has been done
 * @psy: any supply that is registered now
 *
 * The class of supplies is not exported to modules: it is taken from the first supply
 * that is known.
 *
 * Context: may sleep; without locks of this module.
 */
void cbat_sources_watch(struct power_supply *psy)
{
	mutex_lock(&interface_lock);
	if (!interface_on) {
		cbat_interface.class = psy->dev.class;
		interface_on = !class_interface_register(&cbat_interface);
	}
	mutex_unlock(&interface_lock);
}
EXPORT_SYMBOL_IF_KUNIT(cbat_sources_watch);

static int cbat_first_source(struct power_supply *psy, void *data)
{
	cbat_sources_watch(psy);
	return 1;
}

/**
 * cbat_sources_start() - start tracking the supplies, if there are any
 *
 * Context: may sleep.
 */
void cbat_sources_start(void)
{
	power_supply_for_each_psy(NULL, cbat_first_source);
}

/**
 * cbat_sources_stop() - undo cbat_sources_start()
 *
 * Context: may sleep; cbat_sources_watch() must not be called any more.
 */
void cbat_sources_stop(void)
{
	if (interface_on)
		class_interface_unregister(&cbat_interface);
	interface_on = false;
}

/**
 * cbat_source_find() - find a supply
 * @match: returns true for the right one; the supply stays registered during the call
 * @data: for @match
 *
 * Context: may sleep.
 * Return: the supply, to be released with cbat_source_put(), or NULL.
 */
struct cbat_source *cbat_source_find(bool (*match)(struct power_supply *psy, const void *data),
				     const void *data)
{
	struct cbat_source *src, *found = NULL;

	mutex_lock(&sources_lock);
	list_for_each_entry(src, &sources, node) {
		if (match(src->psy, data)) {
			kref_get(&src->ref);
			found = src;
			break;
		}
	}
	mutex_unlock(&sources_lock);
	return found;
}
EXPORT_SYMBOL_IF_KUNIT(cbat_source_find);

/**
 * cbat_source_claim() - reserve a supply for one composite
 * @src: the source
 * @owner: the slot that counts it
 *
 * Context: may sleep.
 * Return: false if another slot has claimed it.
 */
bool cbat_source_claim(struct cbat_source *src, const void *owner)
{
	bool mine;

	mutex_lock(&sources_lock);
	mine = !src->owner || src->owner == owner;
	if (mine)
		src->owner = owner;
	mutex_unlock(&sources_lock);
	return mine;
}

/**
 * cbat_source_release() - undo cbat_source_claim() and cbat_source_find()
 * @src: the source
 *
 * Context: may sleep.
 */
void cbat_source_release(struct cbat_source *src)
{
	mutex_lock(&sources_lock);
	src->owner = NULL;
	mutex_unlock(&sources_lock);
	cbat_source_put(src);
	/* Another composite may have been waiting for it. */
	cbat_rescan();
}

/**
 * cbat_sources_down() - whether the system goes down
 *
 * Context: any.
 * Return: true from before device_shutdown(): no supply can be locked any more.
 */
bool cbat_sources_down(void)
{
	return system_state >= SYSTEM_HALT && system_state <= SYSTEM_RESTART;
}

/**
 * cbat_source_lock() - prevent the removal of a supply
 * @src: the source
 *
 * Context: may sleep.
 * Return: the supply, which can be used until cbat_source_unlock(); NULL, not locked,
 * if it is not yet registered completely, or is being unregistered, or if the system goes
 * down.
 */
struct power_supply *cbat_source_lock(struct cbat_source *src)
{
	struct power_supply *psy = src->psy;

	if (cbat_sources_down())
		return NULL;
	device_lock(&psy->dev);
	/*
	 * Not 0: device_del() has not been called yet, and will wait for the lock. If
	 * a reference has leaked, it stays above 0: then @gone is set with this lock.
	 */
	if (!src->gone && atomic_read(&psy->use_cnt) > 0)
		return psy;
	device_unlock(&psy->dev);
	return NULL;
}

/**
 * cbat_source_unlock() - undo a successful cbat_source_lock()
 * @src: the source
 *
 * Context: any.
 */
void cbat_source_unlock(struct cbat_source *src)
{
	device_unlock(&src->psy->dev);
}

/* Supplies of scope Device, such as the charger of a tablet's pen, do not count. */
static bool cbat_source_is_online(struct cbat_source *src)
{
	struct power_supply *psy = cbat_source_lock(src);
	union power_supply_propval val;
	bool online;

	if (!psy)
		return false;
	online = !power_supply_get_property(psy, POWER_SUPPLY_PROP_ONLINE, &val) && val.intval;
	if (online && !power_supply_get_property(psy, POWER_SUPPLY_PROP_SCOPE, &val))
		online = val.intval != POWER_SUPPLY_SCOPE_DEVICE;
	cbat_source_unlock(src);
	return online;
}

/**
 * cbat_sources_online() - whether an external supply is online
 *
 * Context: may sleep.
 * Return: true if at least one is.
 */
bool cbat_sources_online(void)
{
	struct cbat_source *external[CBAT_MAX_EXTERNAL], *src;
	unsigned int n = 0, i;
	bool online = false;

	mutex_lock(&sources_lock);
	list_for_each_entry(src, &sources, node) {
		if (n < CBAT_MAX_EXTERNAL && src->psy->desc->type != POWER_SUPPLY_TYPE_BATTERY) {
			kref_get(&src->ref);
			external[n++] = src;
		}
	}
	mutex_unlock(&sources_lock);

	for (i = 0; i < n; i++) {
		online |= cbat_source_is_online(external[i]);
		cbat_source_put(external[i]);
	}
	return online;
}
