// SPDX-License-Identifier: GPL-2.0-only
/*
 * Composites at run time: a folder each in /sys/kernel/config/composite-battery.
 * See Documentation/ABI/testing/configfs-composite-battery.
 */
#include <linux/configfs.h>
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/kstrtox.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "composite.h"

/**
 * struct comp_item - one folder
 * @item: the folder
 * @lock: protects the rest
 * @setup: what was written into it
 * @pdev: the composite while it is enabled
 */
struct comp_item {
	struct config_item item;
	struct mutex lock;
	struct comp_setup setup;
	struct platform_device *pdev;
};

static struct comp_item *to_comp_item(struct config_item *item)
{
	return container_of(item, struct comp_item, item);
}

/* A setting while the composite exists would have no effect: refused. */
static int comp_item_set(struct comp_item *ci, int (*set)(struct comp_setup *setup, const char *s),
			 const char *page)
{
	int ret = -EBUSY;

	mutex_lock(&ci->lock);
	if (!ci->pdev)
		ret = set(&ci->setup, page);
	mutex_unlock(&ci->lock);
	return ret;
}

/* Show a setting under the lock that a store of it takes. */
static ssize_t comp_item_show(struct comp_item *ci, char *page,
			      const char *(*get)(const struct comp_item *ci))
{
	ssize_t len;

	mutex_lock(&ci->lock);
	len = sysfs_emit(page, "%s\n", get(ci));
	mutex_unlock(&ci->lock);
	return len;
}

static int comp_set_members(struct comp_setup *setup, const char *s)
{
	struct comp_config config = { };
	const char *end;
	int ret;

	s = skip_spaces(s);
	for (end = s + strlen(s); end > s && isspace(end[-1]);)
		end--;
	if (end - s >= (ptrdiff_t)sizeof(setup->members))
		return -E2BIG;
	ret = comp_config_names(&config, s);
	comp_config_free(&config);
	if (ret)
		return ret;
	memcpy(setup->members, s, end - s);
	setup->members[end - s] = 0;
	return 0;
}

static const char *comp_get_members(const struct comp_item *ci)
{
	return ci->setup.members;
}

static ssize_t comp_item_members_show(struct config_item *item, char *page)
{
	return comp_item_show(to_comp_item(item), page, comp_get_members);
}

static ssize_t comp_item_members_store(struct config_item *item, const char *page, size_t len)
{
	return comp_item_set(to_comp_item(item), comp_set_members, page) ?: len;
}
CONFIGFS_ATTR(comp_item_, members);

static int comp_set_topology(struct comp_setup *setup, const char *s)
{
	int choice = sysfs_match_string(comp_topologies, s);

	if (choice < 0)
		return -EINVAL;
	setup->topology = choice;
	return 0;
}

static const char *comp_get_topology(const struct comp_item *ci)
{
	return comp_topologies[ci->setup.topology];
}

static ssize_t comp_item_topology_show(struct config_item *item, char *page)
{
	return comp_item_show(to_comp_item(item), page, comp_get_topology);
}

static ssize_t comp_item_topology_store(struct config_item *item, const char *page, size_t len)
{
	return comp_item_set(to_comp_item(item), comp_set_topology, page) ?: len;
}
CONFIGFS_ATTR(comp_item_, topology);

static int comp_set_critical(struct comp_setup *setup, const char *s)
{
	int choice = sysfs_match_string(comp_criticals, s);

	if (choice < 0)
		return -EINVAL;
	setup->critical = choice;
	return 0;
}

static const char *comp_get_critical_policy(const struct comp_item *ci)
{
	return comp_criticals[ci->setup.critical];
}

static ssize_t comp_item_critical_policy_show(struct config_item *item, char *page)
{
	return comp_item_show(to_comp_item(item), page, comp_get_critical_policy);
}

static ssize_t comp_item_critical_policy_store(struct config_item *item, const char *page,
					       size_t len)
{
	return comp_item_set(to_comp_item(item), comp_set_critical, page) ?: len;
}
CONFIGFS_ATTR(comp_item_, critical_policy);

static int comp_set_label(struct comp_setup *setup, const char *s)
{
	char name[COMP_NAME_LEN];

	if (strscpy(name, s, sizeof(name)) < 0 || strlen(strim(name)) > COMP_MAX_LABEL)
		return -EINVAL;
	strscpy(setup->name, strim(name), sizeof(setup->name));
	return 0;
}

static const char *comp_get_label(const struct comp_item *ci)
{
	return ci->setup.name;
}

static ssize_t comp_item_label_show(struct config_item *item, char *page)
{
	return comp_item_show(to_comp_item(item), page, comp_get_label);
}

static ssize_t comp_item_label_store(struct config_item *item, const char *page, size_t len)
{
	return comp_item_set(to_comp_item(item), comp_set_label, page) ?: len;
}
CONFIGFS_ATTR(comp_item_, label);

static const char *comp_get_enabled(const struct comp_item *ci)
{
	return ci->pdev ? "1" : "0";
}

static ssize_t comp_item_enabled_show(struct config_item *item, char *page)
{
	return comp_item_show(to_comp_item(item), page, comp_get_enabled);
}

static ssize_t comp_item_enabled_store(struct config_item *item, const char *page, size_t len)
{
	struct comp_item *ci = to_comp_item(item);
	struct platform_device *pdev = NULL;
	bool on;
	int ret;

	ret = kstrtobool(page, &on);
	if (ret)
		return ret;

	mutex_lock(&ci->lock);
	if (on && !ci->pdev) {
		pdev = comp_create(&ci->setup);
		ret = PTR_ERR_OR_ZERO(pdev);
		if (!ret)
			ci->pdev = pdev;
		pdev = NULL;
	} else if (!on) {
		swap(pdev, ci->pdev);
	}
	mutex_unlock(&ci->lock);
	if (pdev)
		platform_device_unregister(pdev);
	return ret ?: len;
}
CONFIGFS_ATTR(comp_item_, enabled);

static struct configfs_attribute *comp_item_attrs[] = {
	&comp_item_attr_members,
	&comp_item_attr_topology,
	&comp_item_attr_critical_policy,
	&comp_item_attr_label,
	&comp_item_attr_enabled,
	NULL
};

static void comp_item_release(struct config_item *item)
{
	struct comp_item *ci = to_comp_item(item);

	mutex_destroy(&ci->lock);
	kfree(ci);
}

static struct configfs_item_operations comp_item_ops = {
	.release = comp_item_release,
};

static const struct config_item_type comp_item_type = {
	.ct_item_ops = &comp_item_ops,
	.ct_attrs = comp_item_attrs,
	.ct_owner = THIS_MODULE,
};

static struct config_item *comp_make_item(struct config_group *group, const char *name)
{
	struct comp_item *ci = kzalloc(sizeof(*ci), GFP_KERNEL);

	if (!ci)
		return ERR_PTR(-ENOMEM);
	mutex_init(&ci->lock);
	config_item_init_type_name(&ci->item, name, &comp_item_type);
	return &ci->item;
}

static void comp_drop_item(struct config_group *group, struct config_item *item)
{
	struct comp_item *ci = to_comp_item(item);
	struct platform_device *pdev = NULL;

	mutex_lock(&ci->lock);
	swap(pdev, ci->pdev);
	mutex_unlock(&ci->lock);
	if (pdev)
		platform_device_unregister(pdev);
	config_item_put(item);
}

static struct configfs_group_operations comp_group_ops = {
	.make_item = comp_make_item,
	.drop_item = comp_drop_item,
};

static const struct config_item_type comp_subsys_type = {
	.ct_group_ops = &comp_group_ops,
	.ct_owner = THIS_MODULE,
};

static struct configfs_subsystem comp_subsys = {
	.su_group = {
		.cg_item = {
			.ci_namebuf = "composite-battery",
			.ci_type = &comp_subsys_type,
		},
	},
};

/* Offer the folder. */
int comp_configfs_init(void)
{
	config_group_init(&comp_subsys.su_group);
	mutex_init(&comp_subsys.su_mutex);
	return configfs_register_subsystem(&comp_subsys);
}

/* Nobody has a folder in it any more: each holds the module. */
void comp_configfs_exit(void)
{
	configfs_unregister_subsystem(&comp_subsys);
}
