// SPDX-License-Identifier: GPL-2.0-only
/*
 * Creating composites at run time: /sys/kernel/config/composite-battery has a directory
 * for each. See Documentation/ABI/testing/configfs-composite-battery.
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
 * struct cbat_item - one directory
 * @item: its configfs item
 * @lock: protects the fields below
 * @setup: the settings written to its files
 * @pdev: the composite while it is enabled, or NULL
 */
struct cbat_item {
	struct config_item item;
	struct mutex lock;
	struct cbat_setup setup;
	struct platform_device *pdev;
};

static struct cbat_item *to_cbat_item(struct config_item *item)
{
	return container_of(item, struct cbat_item, item);
}

/* Refused while the composite exists, as it would have no effect. */
static int cbat_item_set(struct cbat_item *ci, int (*set)(struct cbat_setup *setup, const char *s),
			 const char *page)
{
	int ret = -EBUSY;

	mutex_lock(&ci->lock);
	if (!ci->pdev)
		ret = set(&ci->setup, page);
	mutex_unlock(&ci->lock);
	return ret;
}

/* Show a setting, with the lock that changes take. */
static ssize_t cbat_item_show(struct cbat_item *ci, char *page,
			      const char *(*get)(const struct cbat_item *ci))
{
	ssize_t len;

	mutex_lock(&ci->lock);
	len = sysfs_emit(page, "%s\n", get(ci));
	mutex_unlock(&ci->lock);
	return len;
}

static int cbat_set_members(struct cbat_setup *setup, const char *s)
{
	struct cbat_config config = { };
	const char *end;
	int ret;

	s = skip_spaces(s);
	for (end = s + strlen(s); end > s && isspace(end[-1]);)
		end--;
	if (end - s >= (ptrdiff_t)sizeof(setup->members))
		return -E2BIG;
	ret = cbat_config_names(&config, s);
	cbat_config_free(&config);
	if (ret)
		return ret;
	memcpy(setup->members, s, end - s);
	setup->members[end - s] = 0;
	return 0;
}

static const char *cbat_get_members(const struct cbat_item *ci)
{
	return ci->setup.members;
}

static ssize_t cbat_item_members_show(struct config_item *item, char *page)
{
	return cbat_item_show(to_cbat_item(item), page, cbat_get_members);
}

static ssize_t cbat_item_members_store(struct config_item *item, const char *page, size_t len)
{
	return cbat_item_set(to_cbat_item(item), cbat_set_members, page) ?: len;
}
CONFIGFS_ATTR(cbat_item_, members);

static int cbat_set_topology(struct cbat_setup *setup, const char *s)
{
	int choice = sysfs_match_string(cbat_topologies, s);

	if (choice < 0)
		return -EINVAL;
	setup->topology = choice;
	return 0;
}

static const char *cbat_get_topology(const struct cbat_item *ci)
{
	return cbat_topologies[ci->setup.topology];
}

static ssize_t cbat_item_topology_show(struct config_item *item, char *page)
{
	return cbat_item_show(to_cbat_item(item), page, cbat_get_topology);
}

static ssize_t cbat_item_topology_store(struct config_item *item, const char *page, size_t len)
{
	return cbat_item_set(to_cbat_item(item), cbat_set_topology, page) ?: len;
}
CONFIGFS_ATTR(cbat_item_, topology);

static int cbat_set_critical(struct cbat_setup *setup, const char *s)
{
	int choice = sysfs_match_string(cbat_criticals, s);

	if (choice < 0)
		return -EINVAL;
	setup->critical = choice;
	return 0;
}

static const char *cbat_get_critical_policy(const struct cbat_item *ci)
{
	return cbat_criticals[ci->setup.critical];
}

static ssize_t cbat_item_critical_policy_show(struct config_item *item, char *page)
{
	return cbat_item_show(to_cbat_item(item), page, cbat_get_critical_policy);
}

static ssize_t cbat_item_critical_policy_store(struct config_item *item, const char *page,
					       size_t len)
{
	return cbat_item_set(to_cbat_item(item), cbat_set_critical, page) ?: len;
}
CONFIGFS_ATTR(cbat_item_, critical_policy);

static int cbat_set_label(struct cbat_setup *setup, const char *s)
{
	char name[CBAT_NAME_LEN];

	if (strscpy(name, s, sizeof(name)) < 0 || strlen(strim(name)) > CBAT_MAX_LABEL)
		return -EINVAL;
	strscpy(setup->name, strim(name), sizeof(setup->name));
	return 0;
}

static const char *cbat_get_label(const struct cbat_item *ci)
{
	return ci->setup.name;
}

static ssize_t cbat_item_label_show(struct config_item *item, char *page)
{
	return cbat_item_show(to_cbat_item(item), page, cbat_get_label);
}

static ssize_t cbat_item_label_store(struct config_item *item, const char *page, size_t len)
{
	return cbat_item_set(to_cbat_item(item), cbat_set_label, page) ?: len;
}
CONFIGFS_ATTR(cbat_item_, label);

static const char *cbat_get_enabled(const struct cbat_item *ci)
{
	return ci->pdev ? "1" : "0";
}

static ssize_t cbat_item_enabled_show(struct config_item *item, char *page)
{
	return cbat_item_show(to_cbat_item(item), page, cbat_get_enabled);
}

static ssize_t cbat_item_enabled_store(struct config_item *item, const char *page, size_t len)
{
	struct cbat_item *ci = to_cbat_item(item);
	struct platform_device *pdev = NULL;
	bool on;
	int ret;

	ret = kstrtobool(page, &on);
	if (ret)
		return ret;

	mutex_lock(&ci->lock);
	if (on && !ci->pdev) {
		pdev = cbat_create(&ci->setup);
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
CONFIGFS_ATTR(cbat_item_, enabled);

static struct configfs_attribute *cbat_item_attrs[] = {
	&cbat_item_attr_members,
	&cbat_item_attr_topology,
	&cbat_item_attr_critical_policy,
	&cbat_item_attr_label,
	&cbat_item_attr_enabled,
	NULL
};

static void cbat_item_release(struct config_item *item)
{
	struct cbat_item *ci = to_cbat_item(item);

	mutex_destroy(&ci->lock);
	kfree(ci);
}

static struct configfs_item_operations cbat_item_ops = {
	.release = cbat_item_release,
};

static const struct config_item_type cbat_item_type = {
	.ct_item_ops = &cbat_item_ops,
	.ct_attrs = cbat_item_attrs,
	.ct_owner = THIS_MODULE,
};

static struct config_item *cbat_make_item(struct config_group *group, const char *name)
{
	struct cbat_item *ci = kzalloc(sizeof(*ci), GFP_KERNEL);

	if (!ci)
		return ERR_PTR(-ENOMEM);
	mutex_init(&ci->lock);
	config_item_init_type_name(&ci->item, name, &cbat_item_type);
	return &ci->item;
}

static void cbat_drop_item(struct config_group *group, struct config_item *item)
{
	struct cbat_item *ci = to_cbat_item(item);
	struct platform_device *pdev = NULL;

	mutex_lock(&ci->lock);
	swap(pdev, ci->pdev);
	mutex_unlock(&ci->lock);
	if (pdev)
		platform_device_unregister(pdev);
	config_item_put(item);
}

static struct configfs_group_operations cbat_group_ops = {
	.make_item = cbat_make_item,
	.drop_item = cbat_drop_item,
};

static const struct config_item_type cbat_subsys_type = {
	.ct_group_ops = &cbat_group_ops,
	.ct_owner = THIS_MODULE,
};

static struct configfs_subsystem cbat_subsys = {
	.su_group = {
		.cg_item = {
			.ci_namebuf = "composite-battery",
			.ci_type = &cbat_subsys_type,
		},
	},
};

/* Register the subsystem. */
int cbat_configfs_init(void)
{
	config_group_init(&cbat_subsys.su_group);
	mutex_init(&cbat_subsys.su_mutex);
	return configfs_register_subsystem(&cbat_subsys);
}

/* No items are left: each of them pins the module. */
void cbat_configfs_exit(void)
{
	configfs_unregister_subsystem(&cbat_subsys);
}
