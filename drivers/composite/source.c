// SPDX-License-Identifier: GPL-2.0-only
/*
 * The supplies of this machine, as they come and go.
 *
 * The power_supply core hands out references by name, but warns when one is still
 * held while the supply is unregistered; and without a reference the driver may be
 * gone. So a supply is watched as a device of its class, and asked with the lock of
 * that device held: power_supply_unregister() sets use_cnt to 0 first, and later
 * takes this lock. A driver that does not answer delays its own removal this way,
 * as a reader of sysfs would, and nothing else.
 *
 * Lock order: the class's own mutex, sources_lock; the device of a supply, what its
 * driver takes.
 */
#include <kunit/visibility.h>
#include <linux/device.h>
#include <linux/device/class.h>
#include <linux/errno.h>
#include <linux/module.h>
#include <linux/power_supply.h>
#include <linux/slab.h>

#include "composite.h"

/* External supplies to query; more are ignored */
#define COMP_MAX_LINES	16

static DEFINE_MUTEX(sources_lock);
static LIST_HEAD(sources);

static DEFINE_MUTEX(interface_lock);
static bool interface_on;

static void comp_source_free(struct kref *ref)
{
	struct comp_source *src = container_of(ref, struct comp_source, ref);

	put_device(&src->psy->dev);
	kfree(src);
}

/**
 * comp_source_put() - give back what comp_source_find() returned
 * @src: the source
 *
 * Context: may sleep.
 */
void comp_source_put(struct comp_source *src)
{
	kref_put(&src->ref, comp_source_free);
}
EXPORT_SYMBOL_IF_KUNIT(comp_source_put);

/* A supply was registered, or was there before us. */
static int comp_source_add(CLASS_INTERFACE_ARGS)
{
	struct comp_source *src = kzalloc(sizeof(*src), GFP_KERNEL);

	if (!src)
		return -ENOMEM;

	kref_init(&src->ref);
	src->psy = container_of(dev, struct power_supply, dev);
	get_device(dev);

	mutex_lock(&sources_lock);
	list_add_tail(&src->node, &sources);
	mutex_unlock(&sources_lock);

	comp_rescan();
	return 0;
}

/* A supply is being unregistered: see comp_source_lock() for those who ask it. */
static void comp_source_remove(CLASS_INTERFACE_ARGS)
{
	struct comp_source *src, *found = NULL;

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

	WRITE_ONCE(found->gone, true);
	comp_source_put(found);
	comp_rescan();
}

static struct class_interface comp_interface = {
	.add_dev = comp_source_add,
	.remove_dev = comp_source_remove,
};

/**
 * comp_sources_learn() - a supply is known
 * @psy: any supply that is registered now
 *
 * The class of supplies is not exported to modules: it is learned from the first
 * supply there is.
 *
 * Context: may sleep; without locks of this module.
 */
void comp_sources_learn(struct power_supply *psy)
{
	mutex_lock(&interface_lock);
	if (!interface_on) {
		comp_interface.class = psy->dev.class;
		interface_on = !class_interface_register(&comp_interface);
	}
	mutex_unlock(&interface_lock);
}
EXPORT_SYMBOL_IF_KUNIT(comp_sources_learn);

static int comp_first_source(struct power_supply *psy, void *data)
{
	comp_sources_learn(psy);
	return 1;
}

/**
 * comp_sources_start() - watch the supplies
 *
 * Context: may sleep.
 */
void comp_sources_start(void)
{
	power_supply_for_each_psy(NULL, comp_first_source);
}

/**
 * comp_sources_stop() - the end of comp_sources_start()
 *
 * Context: may sleep; when comp_sources_learn() cannot be called any more.
 */
void comp_sources_stop(void)
{
	if (interface_on)
		class_interface_unregister(&comp_interface);
	interface_on = false;
}

/**
 * comp_source_find() - look for a supply
 * @match: says whether it is the one; the supply cannot go meanwhile
 * @data: for @match
 *
 * Context: may sleep.
 * Return: the supply, to be given back by comp_source_put(), or NULL.
 */
struct comp_source *comp_source_find(bool (*match)(struct power_supply *psy, const void *data),
				     const void *data)
{
	struct comp_source *src, *found = NULL;

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
EXPORT_SYMBOL_IF_KUNIT(comp_source_find);

/**
 * comp_source_claim() - take a supply for one composite alone
 * @src: the source
 * @owner: the slot that counts it
 *
 * Context: may sleep.
 * Return: false when it belongs to another slot.
 */
bool comp_source_claim(struct comp_source *src, const void *owner)
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
 * comp_source_release() - the end of comp_source_claim() and comp_source_find()
 * @src: the source
 *
 * Context: may sleep.
 */
void comp_source_release(struct comp_source *src)
{
	mutex_lock(&sources_lock);
	src->owner = NULL;
	mutex_unlock(&sources_lock);
	comp_source_put(src);
	/* Another composite may have been waiting for it. */
	comp_rescan();
}

/**
 * comp_source_lock() - keep a supply from going
 * @src: the source
 *
 * Context: may sleep.
 * Return: the supply, which can be asked until comp_source_unlock(); NULL without a
 * lock while it is not registered completely, or not any more.
 */
struct power_supply *comp_source_lock(struct comp_source *src)
{
	struct power_supply *psy = src->psy;

	device_lock(&psy->dev);
	/* Not yet 0: device_del(), which is still to come, waits for the lock. */
	if (atomic_read(&psy->use_cnt) > 0)
		return psy;
	device_unlock(&psy->dev);
	return NULL;
}

/**
 * comp_source_unlock() - the end of a successful comp_source_lock()
 * @src: the source
 *
 * Context: any.
 */
void comp_source_unlock(struct comp_source *src)
{
	device_unlock(&src->psy->dev);
}

/* What supplies a device, such as the charger of a tablet's pen, is not the machine's. */
static bool comp_source_is_online(struct comp_source *src)
{
	struct power_supply *psy = comp_source_lock(src);
	union power_supply_propval val;
	bool online;

	if (!psy)
		return false;
	online = !power_supply_get_property(psy, POWER_SUPPLY_PROP_ONLINE, &val) && val.intval;
	if (online && !power_supply_get_property(psy, POWER_SUPPLY_PROP_SCOPE, &val))
		online = val.intval != POWER_SUPPLY_SCOPE_DEVICE;
	comp_source_unlock(src);
	return online;
}

/**
 * comp_sources_online() - whether the machine is supplied from outside
 *
 * Context: may sleep.
 * Return: true when a line says so.
 */
bool comp_sources_online(void)
{
	struct comp_source *lines[COMP_MAX_LINES], *src;
	unsigned int n = 0, i;
	bool online = false;

	mutex_lock(&sources_lock);
	list_for_each_entry(src, &sources, node) {
		if (n < COMP_MAX_LINES && src->psy->desc->type != POWER_SUPPLY_TYPE_BATTERY) {
			kref_get(&src->ref);
			lines[n++] = src;
		}
	}
	mutex_unlock(&sources_lock);

	for (i = 0; i < n; i++) {
		online |= comp_source_is_online(lines[i]);
		comp_source_put(lines[i]);
	}
	return online;
}
