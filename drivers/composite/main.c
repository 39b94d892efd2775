// SPDX-License-Identifier: GPL-2.0-only
/*
 * composite-battery: several packs registered as one battery.
 *
 * A miniclass driver whose hardware is other batteries. The supply is registered
 * again whenever the set of packs in the sums changes, because desktop software
 * reads scope and full energy only once.
 *
 * Lock order: the lock of the instance in the class, cbat::lock, then the locks
 * of source.c; cbat_list_lock is innermost.
 */
#include <linux/debugfs.h>
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/property.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "composite.h"

/* A member without a supply is logged after this time. */
#define CBAT_MISSING		(10 * HZ)

/* Instances of the class return a copy; other drivers may access a slow bus each time. */
#define CBAT_FRESH_OURS_MS	200

#define CBAT_MAX_COMPOSITES	64

static char *members;
module_param(members, charp, 0444);
MODULE_PARM_DESC(members, "Names of the supplies to combine, separated by commas");

static char *topology = "parallel";
module_param(topology, charp, 0444);
MODULE_PARM_DESC(topology, "How the members are wired: parallel, sequential or series");

static char *critical_policy = "energy";
module_param(critical_policy, charp, 0444);
MODULE_PARM_DESC(critical_policy, "When the composite is critical: energy, any or all");

static char *label = "";
module_param(label, charp, 0444);
MODULE_PARM_DESC(label, "Name of the supply");

static struct platform_device *param_device;
static struct dentry *cbat_debugfs;

static struct platform_driver cbat_driver;

static bool cbat_has_member(struct cbat *c, struct power_supply *psy)
{
	unsigned int i;

	for (i = 0; i < c->config.nr; i++)
		if (c->config.slots[i].src && c->config.slots[i].src->psy == psy)
			return true;
	return false;
}

/* A supply has changed: batteries that are not members are ignored. */
static int cbat_notified(struct notifier_block *nb, unsigned long event, void *data)
{
	struct power_supply *psy = data;
	struct cbat *c;

	if (event != PSY_EVENT_PROP_CHANGED)
		return NOTIFY_DONE;

	cbat_sources_watch(psy);

	spin_lock(&cbat_list_lock);
	list_for_each_entry(c, &cbat_list, node) {
		if (psy->desc->type == POWER_SUPPLY_TYPE_BATTERY && !cbat_has_member(c, psy))
			continue;
		if (c->mc)
			psy_miniclass_changed(c->mc);
		else
			cbat_queue(c, CBAT_SETTLE);
	}
	spin_unlock(&cbat_list_lock);
	return NOTIFY_OK;
}

static struct notifier_block cbat_notifier = { .notifier_call = cbat_notified };

struct cbat_match {
	struct cbat *c;
	struct cbat_slot *slot;
};

static bool cbat_matches(struct power_supply *psy, const void *data)
{
	const struct cbat_match *m = data;
	struct cbat_slot *slot = m->slot;
	const char *why = NULL;

	if (slot->fwnode) {
		/* A device may have other supplies, too. */
		if (!psy->dev.parent || dev_fwnode(psy->dev.parent) != slot->fwnode ||
		    psy->desc->type != POWER_SUPPLY_TYPE_BATTERY)
			return false;
	} else if (strcmp(psy->desc->name, slot->name)) {
		return false;
	}

	if (cbat_is_composite(psy))
		why = "is a composite itself";
	else if (psy->desc->type != POWER_SUPPLY_TYPE_BATTERY)
		why = "is not a battery";
	if (!why)
		return true;
	if (!slot->refused)
		dev_err(m->c->dev, "%s cannot be a member: it %s\n", psy->desc->name, why);
	slot->refused = true;
	return false;
}

static void cbat_slot_attach(struct cbat_slot *slot, struct cbat_source *src)
{
	struct cbat_source *old = slot->src;

	spin_lock(&cbat_list_lock);
	slot->src = src;
	spin_unlock(&cbat_list_lock);
	slot->low = 0;
	slot->high = 100;
	if (old)
		cbat_source_release(old);
}

/* The supply of a member, unless a different composite counts it already. */
static struct cbat_source *cbat_find(struct cbat_match *m)
{
	struct cbat_source *src = cbat_source_find(cbat_matches, m);

	if (!src || cbat_source_claim(src, m->slot))
		return src;
	if (!m->slot->refused)
		dev_err(m->c->dev, "%s cannot be a member: it is a member already\n",
			dev_name(&src->psy->dev));
	m->slot->refused = true;
	cbat_source_put(src);
	return NULL;
}

/* A name may be misspelt, but its driver may also be loaded late. */
static void cbat_report_missing(struct cbat *c)
{
	unsigned long due = c->created + CBAT_MISSING;
	struct cbat_slot *slot;
	bool waiting = false;
	unsigned int i;

	lockdep_assert_held(&c->lock);
	for (i = 0; i < c->config.nr; i++) {
		slot = &c->config.slots[i];
		/* A name that was found once is not misspelt. */
		slot->missing_done |= !!slot->src;
		if (slot->refused || slot->missing_done)
			continue;
		if (time_before(jiffies, due)) {
			waiting = true;
			continue;
		}
		dev_notice(c->dev, "no supply for member %s yet\n", cbat_slot_name(slot));
		slot->missing_done = true;
	}
	if (!waiting || c->dying)
		return;
	spin_lock(&cbat_list_lock);
	cbat_queue(c, due - jiffies + 1);
	spin_unlock(&cbat_list_lock);
}

/* Find the supplies of the members. */
static void cbat_resolve(struct cbat *c)
{
	unsigned int i;

	lockdep_assert_held(&c->lock);
	for (i = 0; i < c->config.nr; i++) {
		struct cbat_match m = { c, &c->config.slots[i] };

		if (m.slot->src) {
			if (!READ_ONCE(m.slot->src->gone))
				continue;
			cbat_slot_attach(m.slot, NULL);
		}
		cbat_slot_attach(m.slot, cbat_find(&m));
	}
}

static void cbat_disassemble(struct cbat *c)
{
	struct psy_miniclass *mc = c->mc;

	if (!mc)
		return;

	/* The notifier of supplies uses it. */
	spin_lock(&cbat_list_lock);
	c->mc = NULL;
	spin_unlock(&cbat_list_lock);
	psy_miniclass_unregister(mc);
}

/* Choose the properties of the supply. */
static void cbat_fill_desc(struct cbat *c, bool ours)
{
	u64 fields = cbat_may_report(c);

	lockdep_assert_held(&c->lock);
	/* As long as the packs are the same, no property is removed. */
	if (cbat_set_equal(&c->set, &c->registered))
		fields |= c->fields;
	c->fields = fields;
	c->desc = (struct psy_miniclass_desc){
		.extra = fields,
		.strings = true,
		.nested = true,
		.ops = &cbat_ops,
		.fresh_ms = ours ? CBAT_FRESH_OURS_MS : 0,
	};
	/* Not writable unless at least one member supports it */
	c->desc.settable = cbat_settable(c);
	c->desc.charge_behaviours = cbat_behaviours(c);
	if (c->desc.charge_behaviours)
		c->desc.settable |= PSY_BIT(PSY_CHARGE_BEHAVIOUR);
	else
		c->desc.extra &= ~PSY_BIT(PSY_CHARGE_BEHAVIOUR);
}

/* Whether all members are instances of the class; warn if they differ in scope. */
static bool cbat_survey(struct cbat *c)
{
	bool ours = true, all_system = true;
	unsigned int i;

	for (i = 0; i < c->config.nr; i++) {
		const struct cbat_slot *slot = &c->config.slots[i];

		/* The pack of a different driver may return without an event. */
		ours &= slot->ours;
		if (c->set.counted & BIT_ULL(i))
			all_system &= slot->system;
	}
	if (cbat_role(c) != PSY_ROLE_SYSTEM && !all_system)
		dev_warn(c->dev, "members with scope Device and with scope System: desktop software counts only the latter\n");
	return ours;
}

/*
 * Take this name unless a different composite has it, be it between two registrations.
 * Registering one that is in use would also log an error.
 */
static bool cbat_take_name(struct cbat *c, const char *name)
{
	struct cbat *other;
	bool used = false;

	spin_lock(&cbat_list_lock);
	list_for_each_entry(other, &cbat_list, node)
		used |= other != c && !strcmp(other->name, name);
	if (!used)
		strscpy(c->name, name, sizeof(c->name));
	spin_unlock(&cbat_list_lock);
	return !used;
}

/* Whether a pack in the sums has the driver of another project */
static bool cbat_has_foreign(const struct cbat *c)
{
	unsigned int i;

	lockdep_assert_held(&c->lock);
	for (i = 0; i < c->config.nr; i++)
		if ((c->set.counted & BIT_ULL(i)) && !c->config.slots[i].ours)
			return true;
	return false;
}

static struct psy_miniclass *cbat_register_as(struct cbat *c, struct psy_miniclass_config *config,
					      bool foreign)
{
	struct psy_miniclass *mc = ERR_PTR(-ENOSPC);
	char name[CBAT_NAME_LEN];
	unsigned int i;

	if (c->name[0]) {
		config->name = c->name;
		mc = psy_miniclass_register(c->dev, &c->desc, config);
		if (PTR_ERR_OR_ZERO(mc) != -EEXIST)
			return mc;
	}
	config->name = NULL;
	/* A foreign pack may be BAT0: some applets add up all BAT* whatever their scope. */
	if (config->role == PSY_ROLE_SYSTEM && !foreign)
		return psy_miniclass_register(c->dev, &c->desc, config);

	config->name = c->name;
	for (i = 0; i < CBAT_MAX_COMPOSITES; i++) {
		snprintf(name, sizeof(name), "composite%u", i);
		if (!cbat_take_name(c, name))
			continue;
		mc = psy_miniclass_register(c->dev, &c->desc, config);
		if (PTR_ERR_OR_ZERO(mc) != -EEXIST)
			break;
	}
	return mc;
}

static void cbat_register(struct cbat *c)
{
	struct psy_miniclass_config config = { .drvdata = c, .user_limits = &c->user_limits };
	struct psy_miniclass *mc;
	bool ours, foreign;

	mutex_lock(&c->lock);
	ours = cbat_survey(c);
	foreign = cbat_has_foreign(c);
	config.role = cbat_role(c);
	cbat_fill_desc(c, ours);
	c->registered = c->set;
	/* Unique: each change of the set and each registration takes one tag. */
	config.last_tag = c->generation + c->registrations++;
	config.alarms = ours ? PSY_ALARM_STATE : 0;
	/* The energy of a chain is not the sum of what its packs have. */
	if (ours && c->config.rules.topology != CBAT_SERIES &&
	    (c->sum.values.valid & PSY_BIT(PSY_ENERGY_FULL)))
		config.alarms |= PSY_LIMIT_LOW | PSY_LIMIT_HIGH;
	if (c->sum.too_large)
		dev_notice(c->dev, "the total energy does not fit into a property: only capacity is reported\n");
	/* Read no member while there is no battery: it could delay the registration. */
	c->registering = true;
	c->just_read = false;
	spin_lock(&cbat_list_lock);
	if (config.role != c->role)
		strscpy(c->name, c->config.name, sizeof(c->name));
	spin_unlock(&cbat_list_lock);
	c->role = config.role;
	c->limited = false;
	mutex_unlock(&c->lock);

	mc = cbat_register_as(c, &config, foreign);
	mutex_lock(&c->lock);
	c->registering = false;
	mutex_unlock(&c->lock);
	if (IS_ERR(mc)) {
		dev_err(c->dev, "cannot register the supply (%ld)\n", PTR_ERR(mc));
		return;
	}

	spin_lock(&cbat_list_lock);
	strscpy(c->name, dev_name(&psy_miniclass_to_psy(mc)->dev), sizeof(c->name));
	c->mc = mc;
	spin_unlock(&cbat_list_lock);
	/* Events before registration were lost: refresh now. */
	psy_miniclass_changed(mc);
}

static void cbat_assemble(struct work_struct *work)
{
	struct cbat *c = container_of(to_delayed_work(work), struct cbat, assemble);
	bool fits;

	mutex_lock(&c->lock);
	cbat_resolve(c);
	cbat_read(c);
	cbat_report_missing(c);
	/* Without any pack the supply stays registered, with present 0. */
	fits = cbat_registration_fits(c) && (c->mc || !c->set.counted);
	mutex_unlock(&c->lock);

	if (!fits) {
		cbat_disassemble(c);
		cbat_register(c);
		return;
	}
	spin_lock(&cbat_list_lock);
	if (c->mc)
		psy_miniclass_changed(c->mc);
	spin_unlock(&cbat_list_lock);
}

static int cbat_alloc_work(struct cbat *c)
{
	unsigned int n = c->config.nr;

	c->packs = devm_kcalloc(c->dev, n, sizeof(*c->packs), GFP_KERNEL);
	c->parts = devm_kcalloc(c->dev, n, sizeof(*c->parts), GFP_KERNEL);
	c->windows = devm_kcalloc(c->dev, n, sizeof(*c->windows), GFP_KERNEL);
	return c->packs && c->parts && c->windows ? 0 : -ENOMEM;
}

static int cbat_probe(struct platform_device *pdev)
{
	const struct cbat_setup *setup = dev_get_platdata(&pdev->dev);
	struct cbat *c;
	int ret;

	c = devm_kzalloc(&pdev->dev, sizeof(*c), GFP_KERNEL);
	if (!c)
		return -ENOMEM;
	c->dev = &pdev->dev;
	c->created = jiffies;
	c->discharge_from = CBAT_NO_MEMBER;
	c->charge_first = CBAT_NO_MEMBER;
	mutex_init(&c->lock);
	INIT_DELAYED_WORK(&c->assemble, cbat_assemble);
	platform_set_drvdata(pdev, c);

	ret = setup ? cbat_config_setup(setup, &c->config) :
		      cbat_config_fwnode(&pdev->dev, &c->config);
	if (!ret)
		ret = cbat_alloc_work(c);
	if (ret) {
		cbat_config_free(&c->config);
		return ret;
	}
	strscpy(c->name, c->config.name, sizeof(c->name));
	c->debugfs = debugfs_create_dir(dev_name(&pdev->dev), cbat_debugfs);
	debugfs_create_u64("recompute_ns", 0400, c->debugfs, &c->recompute_ns);

	spin_lock(&cbat_list_lock);
	list_add_tail(&c->node, &cbat_list);
	cbat_queue(c, 0);
	spin_unlock(&cbat_list_lock);
	cbat_hide_update();
	return 0;
}

static void cbat_remove(struct platform_device *pdev)
{
	struct cbat *c = platform_get_drvdata(pdev);
	unsigned int i;

	debugfs_remove(c->debugfs);
	spin_lock(&cbat_list_lock);
	list_del(&c->node);
	spin_unlock(&cbat_list_lock);
	cbat_hide_update();
	mutex_lock(&c->lock);
	c->dying = true;
	cbat_release_choice(c, true);
	mutex_unlock(&c->lock);
	cancel_delayed_work_sync(&c->assemble);
	cbat_disassemble(c);

	for (i = 0; i < c->config.nr; i++)
		cbat_slot_attach(&c->config.slots[i], NULL);
	cbat_config_free(&c->config);
}

static const struct of_device_id cbat_of_match[] = {
	{ .compatible = "composite-battery" },
	{ }
};
MODULE_DEVICE_TABLE(of, cbat_of_match);

static struct platform_driver cbat_driver = {
	.driver = {
		.name = CBAT_DRIVER,
		.of_match_table = cbat_of_match,
		.dev_groups = cbat_groups,
	},
	.probe = cbat_probe,
	.PLATFORM_REMOVE = cbat_remove,
};

static int cbat_param(const char *name, const char *word, const char * const *words,
		      unsigned int n, int *choice)
{
	*choice = match_string(words, n, word);
	if (*choice >= 0)
		return 0;
	pr_err(CBAT_DRIVER ": %s: is \"%s\", must be \"%s\", \"%s\" or \"%s\"\n",
	       name, word, words[0], words[1], words[2]);
	return -EINVAL;
}

/* Create the composite of the module parameters, if there are any. */
static int cbat_create_param(void)
{
	struct cbat_setup *setup;
	int ret;

	if (!members)
		return 0;
	setup = kzalloc(sizeof(*setup), GFP_KERNEL);
	if (!setup)
		return -ENOMEM;

	ret = cbat_param("topology", topology, cbat_topologies, CBAT_NR_TOPOLOGIES,
			 &setup->topology);
	if (!ret)
		ret = cbat_param("critical_policy", critical_policy, cbat_criticals,
				 CBAT_NR_CRITICALS, &setup->critical);
	if (!ret) {
		if (strscpy(setup->members, members, sizeof(setup->members)) < 0 ||
		    strscpy(setup->name, label, sizeof(setup->name)) < 0)
			ret = -E2BIG;
		else
			param_device = cbat_create(setup);
		if (!ret)
			ret = PTR_ERR_OR_ZERO(param_device);
		if (ret)
			pr_err(CBAT_DRIVER ": members: is \"%s\", must be 1..%d different names; label: up to %d characters\n",
			       members, CBAT_MAX_MEMBERS, CBAT_MAX_LABEL);
	}
	kfree(setup);
	return ret;
}

static int __init cbat_init(void)
{
	int ret;

	cbat_debugfs = debugfs_create_dir(CBAT_DRIVER, NULL);
	ret = platform_driver_register(&cbat_driver);
	if (ret)
		goto err_debugfs;
	ret = power_supply_reg_notifier(&cbat_notifier);
	if (ret) {
		platform_driver_unregister(&cbat_driver);
		goto err_debugfs;
	}
	cbat_sources_start();
	ret = cbat_configfs_init();
	if (ret)
		goto err_notifier;
	cbat_hide_start();
	ret = cbat_create_param();
	if (ret)
		goto err_hide;
	return 0;

err_hide:
	cbat_hide_stop();
	cbat_configfs_exit();
err_notifier:
	platform_driver_unregister(&cbat_driver);
	power_supply_unreg_notifier(&cbat_notifier);
	cbat_sources_stop();
err_debugfs:
	debugfs_remove(cbat_debugfs);
	return ret;
}
module_init(cbat_init);

static void __exit cbat_exit(void)
{
	if (param_device)
		platform_device_unregister(param_device);
	cbat_hide_stop();
	cbat_configfs_exit();
	/* A composite resets its members when it is removed: they must still be known. */
	platform_driver_unregister(&cbat_driver);
	power_supply_unreg_notifier(&cbat_notifier);
	cbat_sources_stop();
	debugfs_remove(cbat_debugfs);
}
module_exit(cbat_exit);

MODULE_DESCRIPTION("Composite battery driver");
MODULE_AUTHOR("The psy-miniclass developers");
MODULE_LICENSE("GPL");
MODULE_VERSION(PSY_VERSION);
MODULE_IMPORT_NS("PSY_MINICLASS");
