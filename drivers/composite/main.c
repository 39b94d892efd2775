// SPDX-License-Identifier: GPL-2.0-only
/*
 * composite-battery: many packs, shown as one.
 *
 * A miniclass driver whose device is other batteries. The supply is registered
 * anew whenever the set of packs that it adds up changes: desktop software asks
 * for scope and full energy once.
 *
 * Lock order: that of the instance in the class, comp::lock, then the locks of
 * source.c; comps_lock is innermost.
 */
#include <linux/debugfs.h>
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/lockdep.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/property.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "composite.h"

#define COMP_DRIVER		"composite-battery"

/* Supplies come and go together, as the boot or a docking station has it. */
#define COMP_SETTLE		msecs_to_jiffies(100)
/* A member that is forgiven is asked again. */
#define COMP_AGAIN		msecs_to_jiffies(1200)
/* After this time a member without a supply is worth a message. */
#define COMP_MISSING		(10 * HZ)

/* A copy from memory is cheap; other drivers may go to a slow bus each time. */
#define COMP_FRESH_OURS_MS	200

#define COMP_MAX_COMPOSITES	64

static char *members;
module_param(members, charp, 0444);
MODULE_PARM_DESC(members, "Names of the supplies to make one battery of, with commas between them");

static char *topology = "parallel";
module_param(topology, charp, 0444);
MODULE_PARM_DESC(topology, "How they are wired: parallel, sequential or series");

static char *critical_policy = "energy";
module_param(critical_policy, charp, 0444);
MODULE_PARM_DESC(critical_policy, "When the whole is critical: energy, any or all");

static char *label = "";
module_param(label, charp, 0444);
MODULE_PARM_DESC(label, "Name of the supply");

static DEFINE_SPINLOCK(comps_lock);
static LIST_HEAD(comps);

static struct platform_device *param_device;
static struct dentry *comp_debugfs;

static struct platform_driver comp_driver;

/**
 * comp_is_composite() - whether a supply is a composite itself
 * @psy: the supply, which cannot go meanwhile
 *
 * Context: any.
 * Return: true when it is.
 */
bool comp_is_composite(struct power_supply *psy)
{
	return psy->dev.parent && psy->dev.parent->driver == &comp_driver.driver;
}

/* At the earliest of all requested times: a distant one must not hold up the next. */
static void comp_queue(struct comp *c, unsigned long delay)
{
	unsigned long due = jiffies + delay;

	lockdep_assert_held(&comps_lock);
	if (delayed_work_pending(&c->assemble) && !time_before(due, c->due))
		return;
	c->due = due;
	mod_delayed_work(system_freezable_wq, &c->assemble, delay);
}

/**
 * comp_rescan() - a supply has come or gone
 *
 * Context: any.
 */
void comp_rescan(void)
{
	struct comp *c;

	spin_lock(&comps_lock);
	list_for_each_entry(c, &comps, node)
		comp_queue(c, COMP_SETTLE);
	spin_unlock(&comps_lock);
}

/**
 * comp_reassemble() - see to it that the registration fits the packs
 * @c: the composite
 * @again: a member has to be asked again
 *
 * Context: may sleep; held: the lock of the composite.
 */
void comp_reassemble(struct comp *c, bool again)
{
	bool other;

	lockdep_assert_held(&c->lock);
	other = !comp_is_registered_as_is(c);
	if (c->dying || !(other || again))
		return;
	spin_lock(&comps_lock);
	comp_queue(c, other ? COMP_SETTLE : COMP_AGAIN);
	spin_unlock(&comps_lock);
}

static bool comp_has_member(struct comp *c, struct power_supply *psy)
{
	unsigned int i;

	for (i = 0; i < c->config.nr; i++)
		if (c->config.slots[i].src && c->config.slots[i].src->psy == psy)
			return true;
	return false;
}

/* A supply tells of a change: of a composite only its members matter. */
static int comp_notified(struct notifier_block *nb, unsigned long event, void *data)
{
	struct power_supply *psy = data;
	struct comp *c;

	if (event != PSY_EVENT_PROP_CHANGED)
		return NOTIFY_DONE;

	comp_sources_learn(psy);

	spin_lock(&comps_lock);
	list_for_each_entry(c, &comps, node) {
		if (psy->desc->type == POWER_SUPPLY_TYPE_BATTERY && !comp_has_member(c, psy))
			continue;
		if (c->mc)
			psy_miniclass_changed(c->mc);
		else
			comp_queue(c, COMP_SETTLE);
	}
	spin_unlock(&comps_lock);
	return NOTIFY_OK;
}

static struct notifier_block comp_notifier = { .notifier_call = comp_notified };

struct comp_match {
	struct comp *c;
	struct comp_slot *slot;
};

static bool comp_matches(struct power_supply *psy, const void *data)
{
	const struct comp_match *m = data;
	struct comp_slot *slot = m->slot;
	const char *why = NULL;

	if (slot->fwnode) {
		/* A device may have other supplies, too. */
		if (!psy->dev.parent || dev_fwnode(psy->dev.parent) != slot->fwnode ||
		    psy->desc->type != POWER_SUPPLY_TYPE_BATTERY)
			return false;
	} else if (strcmp(psy->desc->name, slot->name)) {
		return false;
	}

	if (comp_is_composite(psy))
		why = "is a composite itself";
	else if (psy->desc->type != POWER_SUPPLY_TYPE_BATTERY)
		why = "is no battery";
	if (!why)
		return true;
	if (!slot->refused)
		dev_err(m->c->dev, "%s cannot be a member: it %s\n", psy->desc->name, why);
	slot->refused = true;
	return false;
}

static void comp_slot_attach(struct comp_slot *slot, struct comp_source *src)
{
	struct comp_source *old = slot->src;

	spin_lock(&comps_lock);
	slot->src = src;
	spin_unlock(&comps_lock);
	slot->low = 0;
	slot->high = 100;
	if (old)
		comp_source_release(old);
}

/* The supply of a member, unless a different composite counts it already. */
static struct comp_source *comp_find(struct comp_match *m)
{
	struct comp_source *src = comp_source_find(comp_matches, m);

	if (!src || comp_source_claim(src, m->slot))
		return src;
	if (!m->slot->refused)
		dev_err(m->c->dev, "%s cannot be a member: it is one already\n",
			dev_name(&src->psy->dev));
	m->slot->refused = true;
	comp_source_put(src);
	return NULL;
}

/* A name may be misspelt; drivers may take their time to be loaded. */
static void comp_report_missing(struct comp *c)
{
	unsigned long due = c->since + COMP_MISSING;
	struct comp_slot *slot;
	bool waiting = false;
	unsigned int i;

	lockdep_assert_held(&c->lock);
	for (i = 0; i < c->config.nr; i++) {
		slot = &c->config.slots[i];
		/* One that was there once is not misspelt. */
		slot->missed |= !!slot->src;
		if (slot->refused || slot->missed)
			continue;
		if (time_before(jiffies, due)) {
			waiting = true;
			continue;
		}
		dev_notice(c->dev, "no supply of the member %s yet\n", comp_slot_name(slot));
		slot->missed = true;
	}
	if (!waiting || c->dying)
		return;
	spin_lock(&comps_lock);
	comp_queue(c, due - jiffies + 1);
	spin_unlock(&comps_lock);
}

/* Find the supplies of the members. */
static void comp_resolve(struct comp *c)
{
	unsigned int i;

	lockdep_assert_held(&c->lock);
	for (i = 0; i < c->config.nr; i++) {
		struct comp_match m = { c, &c->config.slots[i] };

		if (m.slot->src) {
			if (!READ_ONCE(m.slot->src->gone))
				continue;
			comp_slot_attach(m.slot, NULL);
		}
		comp_slot_attach(m.slot, comp_find(&m));
	}
}

static void comp_disassemble(struct comp *c)
{
	if (!c->group)
		return;

	spin_lock(&comps_lock);
	c->mc = NULL;
	spin_unlock(&comps_lock);
	devres_release_group(c->dev, c->group);
	c->group = NULL;
}

/* What the supply has a property for. */
static void comp_fill_desc(struct comp *c, bool ours)
{
	u64 fields = comp_may_report(c);

	lockdep_assert_held(&c->lock);
	/* The same packs never report less. */
	if (comp_set_equal(&c->set, &c->registered))
		fields |= c->fields;
	c->fields = fields;
	c->desc = (struct psy_miniclass_desc){
		.extra = fields,
		.strings = true,
		.nested = true,
		.ops = &comp_ops,
		.fresh_ms = ours ? COMP_FRESH_OURS_MS : 0,
	};
	/* Not writable unless at least one member supports it */
	if (!comp_can_behave(c)) {
		c->desc.extra &= ~PSY_BIT(PSY_CHARGE_BEHAVIOUR);
	} else {
		c->desc.settable = PSY_BIT(PSY_CHARGE_BEHAVIOUR);
		c->desc.charge_behaviours = BIT(POWER_SUPPLY_CHARGE_BEHAVIOUR_AUTO) |
					    BIT(POWER_SUPPLY_CHARGE_BEHAVIOUR_INHIBIT_CHARGE) |
					    BIT(POWER_SUPPLY_CHARGE_BEHAVIOUR_FORCE_DISCHARGE);
	}
}

/* Whether all packs are of the class, and who counts them. */
static void comp_survey(struct comp *c, bool *ours, enum psy_role *role)
{
	bool counted_once = true, counted_twice = true;
	unsigned int i;

	*ours = true;
	for (i = 0; i < c->config.nr; i++) {
		const struct comp_slot *slot = &c->config.slots[i];

		if (!(c->set.counted & BIT_ULL(i)))
			continue;
		*ours &= slot->ours;
		counted_once &= !slot->system;
		counted_twice &= slot->system;
	}
	/* Where members are counted for themselves, the whole must not be. */
	*role = counted_once ? PSY_ROLE_SYSTEM : PSY_ROLE_VISIBLE;
	if (!counted_once && !counted_twice)
		dev_warn(c->dev, "some members have scope Device, some have not: desktop software counts the latter only\n");
}

/* Whether another composite has this name: trying it would log an error. */
static bool comp_name_is_used(const struct comp *c, const char *name)
{
	struct comp *other;
	bool used = false;

	spin_lock(&comps_lock);
	list_for_each_entry(other, &comps, node)
		used |= other != c && other->mc && !strcmp(other->name, name);
	spin_unlock(&comps_lock);
	return used;
}

static struct psy_miniclass *comp_register_as(struct comp *c, struct psy_miniclass_config *config)
{
	struct psy_miniclass *mc = ERR_PTR(-ENOSPC);
	unsigned int i;

	if (c->name[0]) {
		config->name = c->name;
		mc = devm_psy_miniclass_register(c->dev, &c->desc, config);
		if (PTR_ERR_OR_ZERO(mc) != -EEXIST)
			return mc;
	}
	config->name = NULL;
	if (config->role == PSY_ROLE_SYSTEM)
		return devm_psy_miniclass_register(c->dev, &c->desc, config);

	config->name = c->name;
	for (i = 0; i < COMP_MAX_COMPOSITES; i++) {
		snprintf(c->name, sizeof(c->name), "composite%u", i);
		if (comp_name_is_used(c, c->name))
			continue;
		mc = devm_psy_miniclass_register(c->dev, &c->desc, config);
		if (PTR_ERR_OR_ZERO(mc) != -EEXIST)
			break;
	}
	return mc;
}

static void comp_register(struct comp *c)
{
	struct psy_miniclass_config config = { .drvdata = c, .user_limits = &c->user_limits };
	struct psy_miniclass *mc;
	bool ours;

	mutex_lock(&c->lock);
	comp_survey(c, &ours, &config.role);
	comp_fill_desc(c, ours);
	c->registered = c->set;
	/* No tag twice: each is owed to a change of the set or to a registration. */
	config.last_tag = c->generation + c->registrations++;
	config.alarms = ours ? PSY_ALARM_STATE : 0;
	if (ours && (c->sum.values.valid & PSY_BIT(PSY_ENERGY_FULL)))
		config.alarms |= PSY_LIMIT_LOW | PSY_LIMIT_HIGH;
	if (c->sum.too_large)
		dev_notice(c->dev, "the members hold more than a property can: no energy, only capacity\n");
	/* No member delays the registration: there is no battery until then. */
	c->at_hand = true;
	c->has_read = false;
	if (config.role != c->role)
		strscpy(c->name, c->config.name, sizeof(c->name));
	c->role = config.role;
	c->limited = false;
	mutex_unlock(&c->lock);

	c->group = devres_open_group(c->dev, NULL, GFP_KERNEL);
	mc = c->group ? comp_register_as(c, &config) : ERR_PTR(-ENOMEM);
	mutex_lock(&c->lock);
	c->at_hand = false;
	mutex_unlock(&c->lock);
	if (!c->group)
		return;
	devres_close_group(c->dev, c->group);
	if (IS_ERR(mc)) {
		devres_release_group(c->dev, c->group);
		c->group = NULL;
		dev_err(c->dev, "cannot register the supply (%ld)\n", PTR_ERR(mc));
		return;
	}
	strscpy(c->name, dev_name(&psy_miniclass_to_psy(mc)->dev), sizeof(c->name));

	spin_lock(&comps_lock);
	c->mc = mc;
	spin_unlock(&comps_lock);
	/* Events before registration were lost: refresh now. */
	psy_miniclass_changed(mc);
}

static void comp_assemble(struct work_struct *work)
{
	struct comp *c = container_of(to_delayed_work(work), struct comp, assemble);
	bool fits;

	mutex_lock(&c->lock);
	comp_resolve(c);
	comp_read(c);
	comp_report_missing(c);
	/* Without any pack the supply stays, and says so. */
	fits = comp_is_registered_as_is(c) && (c->group || !c->set.counted);
	mutex_unlock(&c->lock);

	if (!fits) {
		comp_disassemble(c);
		comp_register(c);
		return;
	}
	spin_lock(&comps_lock);
	if (c->mc)
		psy_miniclass_changed(c->mc);
	spin_unlock(&comps_lock);
}

static int comp_alloc_work(struct comp *c)
{
	unsigned int n = c->config.nr;

	c->packs = devm_kcalloc(c->dev, n, sizeof(*c->packs), GFP_KERNEL);
	c->parts = devm_kcalloc(c->dev, n, sizeof(*c->parts), GFP_KERNEL);
	c->windows = devm_kcalloc(c->dev, n, sizeof(*c->windows), GFP_KERNEL);
	return c->packs && c->parts && c->windows ? 0 : -ENOMEM;
}

static int comp_probe(struct platform_device *pdev)
{
	const struct comp_setup *setup = dev_get_platdata(&pdev->dev);
	struct comp *c;
	int ret;

	c = devm_kzalloc(&pdev->dev, sizeof(*c), GFP_KERNEL);
	if (!c)
		return -ENOMEM;
	c->dev = &pdev->dev;
	c->since = jiffies;
	c->discharge_from = COMP_NOBODY;
	c->charge_first = COMP_NOBODY;
	mutex_init(&c->lock);
	INIT_DELAYED_WORK(&c->assemble, comp_assemble);
	platform_set_drvdata(pdev, c);

	ret = setup ? comp_config_setup(setup, &c->config) :
		      comp_config_fwnode(&pdev->dev, &c->config);
	if (!ret)
		ret = comp_alloc_work(c);
	if (ret) {
		comp_config_free(&c->config);
		return ret;
	}
	strscpy(c->name, c->config.name, sizeof(c->name));
	c->debugfs = debugfs_create_dir(dev_name(&pdev->dev), comp_debugfs);
	debugfs_create_u64("recompute_ns", 0400, c->debugfs, &c->recompute_ns);

	spin_lock(&comps_lock);
	list_add_tail(&c->node, &comps);
	comp_queue(c, 0);
	spin_unlock(&comps_lock);
	return 0;
}

static void comp_remove(struct platform_device *pdev)
{
	struct comp *c = platform_get_drvdata(pdev);
	unsigned int i;

	debugfs_remove(c->debugfs);
	spin_lock(&comps_lock);
	list_del(&c->node);
	spin_unlock(&comps_lock);
	mutex_lock(&c->lock);
	c->dying = true;
	comp_release_choice(c, true);
	mutex_unlock(&c->lock);
	cancel_delayed_work_sync(&c->assemble);
	comp_disassemble(c);

	for (i = 0; i < c->config.nr; i++)
		comp_slot_attach(&c->config.slots[i], NULL);
	comp_config_free(&c->config);
}

static const struct of_device_id comp_of_match[] = {
	{ .compatible = "composite-battery" },
	{ }
};
MODULE_DEVICE_TABLE(of, comp_of_match);

static struct platform_driver comp_driver = {
	.driver = {
		.name = COMP_DRIVER,
		.of_match_table = comp_of_match,
		.dev_groups = comp_groups,
	},
	.probe = comp_probe,
	.PLATFORM_REMOVE = comp_remove,
};

/**
 * comp_create() - make a composite that a user asks for
 * @setup: what he has set
 *
 * Context: may sleep.
 * Return: its device, or an ERR_PTR().
 */
struct platform_device *comp_create(const struct comp_setup *setup)
{
	struct comp_config config = { };
	int ret;

	/* Said here, where somebody waits for the answer. */
	ret = comp_config_setup(setup, &config);
	comp_config_free(&config);
	if (ret)
		return ERR_PTR(ret);
	return platform_device_register_data(NULL, COMP_DRIVER, PLATFORM_DEVID_AUTO, setup,
					     sizeof(*setup));
}

static int comp_param(const char *name, const char *word, const char * const *words,
		      unsigned int n, int *choice)
{
	*choice = match_string(words, n, word);
	if (*choice >= 0)
		return 0;
	pr_err(COMP_DRIVER ": %s: is \"%s\", must be \"%s\", \"%s\" or \"%s\"\n",
	       name, word, words[0], words[1], words[2]);
	return -EINVAL;
}

/* The one composite that the module's parameters ask for. */
static int comp_create_param(void)
{
	struct comp_setup *setup;
	int ret;

	if (!members)
		return 0;
	setup = kzalloc(sizeof(*setup), GFP_KERNEL);
	if (!setup)
		return -ENOMEM;

	ret = comp_param("topology", topology, comp_topologies, COMP_NR_TOPOLOGIES,
			 &setup->topology);
	if (!ret)
		ret = comp_param("critical_policy", critical_policy, comp_criticals,
				 COMP_NR_CRITICALS, &setup->critical);
	if (!ret) {
		if (strscpy(setup->members, members, sizeof(setup->members)) < 0 ||
		    strscpy(setup->name, label, sizeof(setup->name)) < 0)
			ret = -E2BIG;
		else
			param_device = comp_create(setup);
		if (!ret)
			ret = PTR_ERR_OR_ZERO(param_device);
		if (ret)
			pr_err(COMP_DRIVER ": members: is \"%s\", must be 1..%d different names; label: up to %d characters\n",
			       members, COMP_MAX_MEMBERS, COMP_MAX_LABEL);
	}
	kfree(setup);
	return ret;
}

static int __init comp_init(void)
{
	int ret;

	comp_debugfs = debugfs_create_dir(COMP_DRIVER, NULL);
	ret = platform_driver_register(&comp_driver);
	if (ret)
		goto err_debugfs;
	ret = power_supply_reg_notifier(&comp_notifier);
	if (ret)
		goto err_driver;
	comp_sources_start();
	ret = comp_configfs_init();
	if (ret)
		goto err_notifier;
	ret = comp_create_param();
	if (ret)
		goto err_configfs;
	return 0;

err_configfs:
	comp_configfs_exit();
err_notifier:
	power_supply_unreg_notifier(&comp_notifier);
	comp_sources_stop();
err_driver:
	platform_driver_unregister(&comp_driver);
err_debugfs:
	debugfs_remove(comp_debugfs);
	return ret;
}
module_init(comp_init);

static void __exit comp_exit(void)
{
	if (param_device)
		platform_device_unregister(param_device);
	comp_configfs_exit();
	power_supply_unreg_notifier(&comp_notifier);
	comp_sources_stop();
	platform_driver_unregister(&comp_driver);
	debugfs_remove(comp_debugfs);
}
module_exit(comp_exit);

MODULE_DESCRIPTION("Many batteries, shown as one");
MODULE_AUTHOR("The psy-miniclass developers");
MODULE_LICENSE("GPL");
MODULE_VERSION(PSY_VERSION);
MODULE_IMPORT_NS("PSY_MINICLASS");
