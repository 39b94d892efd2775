// SPDX-License-Identifier: GPL-2.0-only
/*
 * A simulated gauge with all features of the class, which no supported chip has:
 * alarms for all limits and every change of state, settings, a hidden reserve. It
 * exists while this module is loaded; its controls are in the directory
 * psy-sim-gauge in debugfs.
 */
#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/power/psy_miniclass.h>

#define FULL_UAH	4000000

static bool single;
module_param(single, bool, 0444);
MODULE_PARM_DESC(single, "One trip point serves both limits of the capacity");

static bool inhibit;
module_param(inhibit, bool, 0444);
MODULE_PARM_DESC(inhibit, "Charging can be inhibited, too");

static char *name = "sim-gauge";
module_param(name, charp, 0444);
MODULE_PARM_DESC(name, "Name of the supply");

/* struct sim_gauge_value - a file with a value */
struct sim_gauge_value {
	struct sim_gauge *sg;
	int *what;
};

/**
 * struct sim_gauge - the gauge
 * @mc: the instance, NULL until it is registered
 * @lock: protects what follows
 * @percent: charge left
 * @current_ma: negative when discharged
 * @temp: 0.1 °C
 * @queries: number of reads
 * @sets: number of times that limits were set
 * @broken: it refuses limits
 * @limits: the armed limits
 * @behaviour: setting
 * @end: setting, percent
 * @input_ua: setting
 * @empty_uah: setting
 * @values: what can be changed by debugfs
 */
struct sim_gauge {
	struct psy_miniclass *mc;
	struct mutex lock;	/* see above */
	int percent;
	int current_ma;
	int temp;
	u32 queries;
	u32 sets;
	bool broken;
	struct psy_limits limits;
	int behaviour;
	int end;
	int input_ua;
	int empty_uah;
	struct sim_gauge_value values[3];
};

static struct dentry *root;

static int sim_gauge_query_status(struct psy_miniclass *mc, const struct psy_info *info,
				  struct psy_values *v)
{
	struct sim_gauge *sg = psy_miniclass_get_drvdata(mc);

	mutex_lock(&sg->lock);
	sg->queries++;
	psy_values_set(v, PSY_VOLTAGE_NOW, 12000000);
	psy_values_set(v, PSY_CURRENT_NOW, 1000LL * sg->current_ma);
	psy_values_set(v, PSY_CHARGE_NOW, FULL_UAH / 100LL * sg->percent);
	psy_values_set(v, PSY_CHARGE_FULL, FULL_UAH);
	psy_values_set(v, PSY_TEMP, sg->temp);
	psy_values_set(v, PSY_CHARGE_BEHAVIOUR, sg->behaviour);
	psy_values_set(v, PSY_CHARGE_END_THRESHOLD, sg->end);
	psy_values_set(v, PSY_INPUT_CURRENT_LIMIT, sg->input_ua);
	psy_values_set(v, PSY_CHARGE_EMPTY, sg->empty_uah);
	mutex_unlock(&sg->lock);
	return 0;
}

static int sim_gauge_query_info(struct psy_miniclass *mc, struct psy_info *info)
{
	info->unit = PSY_UNIT_CHARGE;
	psy_values_set(&info->values, PSY_CHARGE_FULL_DESIGN, FULL_UAH);
	psy_values_set(&info->values, PSY_CAPACITY_STEP, 1);
	return 0;
}

static int sim_gauge_set_notify(struct psy_miniclass *mc, const struct psy_limits *limits)
{
	struct sim_gauge *sg = psy_miniclass_get_drvdata(mc);
	int ret = 0;

	mutex_lock(&sg->lock);
	sg->sets++;
	if (sg->broken)
		ret = -EIO;
	else
		sg->limits = *limits;
	mutex_unlock(&sg->lock);
	return ret;
}

static int sim_gauge_disable_notify(struct psy_miniclass *mc)
{
	static const struct psy_limits none;

	return sim_gauge_set_notify(mc, &none);
}

static int sim_gauge_set_info(struct psy_miniclass *mc, enum psy_field field, int val)
{
	struct sim_gauge *sg = psy_miniclass_get_drvdata(mc);
	int ret = 0;

	mutex_lock(&sg->lock);
	switch (field) {
	case PSY_CHARGE_BEHAVIOUR:
		sg->behaviour = val;
		break;
	case PSY_CHARGE_END_THRESHOLD:
		sg->end = val;
		break;
	case PSY_INPUT_CURRENT_LIMIT:
		/* Not supported by this pack */
		if (val > 3000000)
			ret = -EOPNOTSUPP;
		else
			sg->input_ua = val;
		break;
	case PSY_CHARGE_EMPTY:
		sg->empty_uah = val;
		break;
	default:
		ret = -EOPNOTSUPP;
		break;
	}
	mutex_unlock(&sg->lock);
	return ret;
}

static const struct psy_miniclass_ops sim_gauge_ops = {
	.query_info = sim_gauge_query_info,
	.query_status = sim_gauge_query_status,
	.set_notify = sim_gauge_set_notify,
	.disable_notify = sim_gauge_disable_notify,
	.set_info = sim_gauge_set_info,
};

#define SIM_GAUGE_SETTABLE	(PSY_BIT(PSY_CHARGE_BEHAVIOUR) | \
				 PSY_BIT(PSY_CHARGE_END_THRESHOLD) | \
				 PSY_BIT(PSY_INPUT_CURRENT_LIMIT) | PSY_BIT(PSY_CHARGE_EMPTY))

static struct psy_miniclass_desc sim_gauge_desc = {
	.extra = PSY_BIT(PSY_VOLTAGE_NOW) | PSY_BIT(PSY_CURRENT_NOW) |
		 PSY_BIT(PSY_CHARGE_NOW) | PSY_BIT(PSY_CHARGE_FULL) | PSY_BIT(PSY_TEMP) |
		 PSY_BIT(PSY_CHARGE_FULL_DESIGN) | PSY_BIT(PSY_CAPACITY_STEP) |
		 SIM_GAUGE_SETTABLE,
	.settable = SIM_GAUGE_SETTABLE,
	.charge_behaviours = BIT(POWER_SUPPLY_CHARGE_BEHAVIOUR_AUTO) |
			     BIT(POWER_SUPPLY_CHARGE_BEHAVIOUR_FORCE_DISCHARGE),
	.ops = &sim_gauge_ops,
};

/* Raise the alarm if a limit is crossed or the state changes. Caller holds lock. */
static void sim_gauge_alarm(struct sim_gauge *sg, bool state)
{
	const struct psy_limits *l = &sg->limits;

	if (state || ((l->valid & PSY_LIMIT_LOW) && sg->percent < l->low) ||
	    ((l->valid & PSY_LIMIT_HIGH) && sg->percent > l->high) ||
	    ((l->valid & PSY_LIMIT_TEMP_MIN) && sg->temp < l->temp_min) ||
	    ((l->valid & PSY_LIMIT_TEMP_MAX) && sg->temp > l->temp_max))
		psy_miniclass_changed(sg->mc);
}

static int sim_gauge_set(struct sim_gauge *sg, int *what, s64 val)
{
	bool state;

	mutex_lock(&sg->lock);
	state = what == &sg->current_ma &&
		((*what > 0) != (val > 0) || (*what < 0) != (val < 0));
	*what = val;
	sim_gauge_alarm(sg, state);
	mutex_unlock(&sg->lock);
	return 0;
}

static int sim_gauge_value_get(void *data, u64 *val)
{
	struct sim_gauge_value *v = data;

	*val = (s64)READ_ONCE(*v->what);
	return 0;
}

static int sim_gauge_value_set(void *data, u64 val)
{
	struct sim_gauge_value *v = data;

	return sim_gauge_set(v->sg, v->what, (s64)val);
}

DEFINE_DEBUGFS_ATTRIBUTE_SIGNED(sim_gauge_value_fops, sim_gauge_value_get,
				sim_gauge_value_set, "%lld\n");

static void sim_gauge_add_value(struct sim_gauge *sg, unsigned int i, const char *file, int *what)
{
	sg->values[i] = (struct sim_gauge_value){ sg, what };
	debugfs_create_file(file, 0600, root, &sg->values[i], &sim_gauge_value_fops);
}

static void sim_gauge_remove_files(void *unused)
{
	debugfs_remove(root);
}

static int sim_gauge_add_files(struct device *dev, struct sim_gauge *sg)
{
	root = debugfs_create_dir("psy-sim-gauge", NULL);
	sim_gauge_add_value(sg, 0, "percent", &sg->percent);
	sim_gauge_add_value(sg, 1, "current_ma", &sg->current_ma);
	sim_gauge_add_value(sg, 2, "temp", &sg->temp);
	debugfs_create_u32("queries", 0600, root, &sg->queries);
	debugfs_create_u32("sets", 0600, root, &sg->sets);
	debugfs_create_u32("armed", 0400, root, &sg->limits.valid);
	debugfs_create_bool("broken", 0600, root, &sg->broken);
	return devm_add_action_or_reset(dev, sim_gauge_remove_files, NULL);
}

static int sim_gauge_probe(struct platform_device *pdev)
{
	struct psy_miniclass_config config = {
		.name = name,
		.alarms = PSY_LIMIT_LOW | PSY_LIMIT_HIGH | PSY_LIMIT_TEMP_MIN |
			  PSY_LIMIT_TEMP_MAX | PSY_ALARM_STATE,
	};
	struct device *dev = &pdev->dev;
	struct sim_gauge *sg;
	int ret;

	sg = devm_kzalloc(dev, sizeof(*sg), GFP_KERNEL);
	if (!sg)
		return -ENOMEM;
	ret = devm_mutex_init(dev, &sg->lock);
	if (ret)
		return ret;
	sg->percent = 50;
	sg->current_ma = -500;
	sg->temp = 250;
	sg->end = 100;
	sg->input_ua = 2000000;
	config.drvdata = sg;
	if (single)
		config.alarms |= PSY_ALARM_SINGLE;

	if (inhibit)
		sim_gauge_desc.charge_behaviours |=
			BIT(POWER_SUPPLY_CHARGE_BEHAVIOUR_INHIBIT_CHARGE);
	sg->mc = devm_psy_miniclass_register(dev, &sim_gauge_desc, &config);
	if (IS_ERR(sg->mc))
		return PTR_ERR(sg->mc);
	platform_set_drvdata(pdev, sg->mc);
	return sim_gauge_add_files(dev, sg);
}

static struct platform_driver sim_gauge_driver = {
	.probe = sim_gauge_probe,
	.driver = {
		.name = "psy-sim-gauge",
		.pm = pm_sleep_ptr(&psy_miniclass_pm_ops),
	},
};

static struct platform_device *sim_gauge_device;

static int __init sim_gauge_init(void)
{
	int ret = platform_driver_register(&sim_gauge_driver);

	if (ret)
		return ret;
	sim_gauge_device = platform_device_register_simple("psy-sim-gauge", PLATFORM_DEVID_NONE,
							   NULL, 0);
	if (IS_ERR(sim_gauge_device)) {
		platform_driver_unregister(&sim_gauge_driver);
		return PTR_ERR(sim_gauge_device);
	}
	return 0;
}
module_init(sim_gauge_init);

static void __exit sim_gauge_exit(void)
{
	platform_device_unregister(sim_gauge_device);
	platform_driver_unregister(&sim_gauge_driver);
}
module_exit(sim_gauge_exit);

MODULE_DESCRIPTION("Simulated gauge with alarms and settings");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS("PSY_MINICLASS");
