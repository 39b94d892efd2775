// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupt lines for devices that firmware describes: writing the number of a line
 * to the attribute "fire" raises it. Only in kernels with simulated interrupts.
 */
#include <linux/device.h>
#include <linux/err.h>
#include <linux/interrupt.h>
#include <linux/irq_sim.h>
#include <linux/irqdomain.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/property.h>

#define SIM_IRQ_LINES	4

static ssize_t fire_store(struct device *dev, struct device_attribute *attr, const char *buf,
			  size_t count)
{
	struct irq_domain *domain = dev_get_drvdata(dev);
	unsigned int line, irq;
	int ret;

	ret = kstrtouint(buf, 0, &line);
	if (ret)
		return ret;
	irq = line < SIM_IRQ_LINES ? irq_find_mapping(domain, line) : 0;
	if (!irq)
		return -ENXIO;
	ret = irq_set_irqchip_state(irq, IRQCHIP_STATE_PENDING, true);
	return ret ?: count;
}
static DEVICE_ATTR_WO(fire);

static struct attribute *sim_irq_attrs[] = {
	&dev_attr_fire.attr,
	NULL
};
ATTRIBUTE_GROUPS(sim_irq);

static int sim_irq_probe(struct platform_device *pdev)
{
	struct device *dev = &pdev->dev;
	struct irq_domain *domain;

	domain = devm_irq_domain_create_sim(dev, dev_fwnode(dev), SIM_IRQ_LINES);
	if (IS_ERR(domain))
		return PTR_ERR(domain);
	dev_set_drvdata(dev, domain);
	return 0;
}

static const struct of_device_id sim_irq_of_ids[] = {
	{ .compatible = "psy-miniclass,sim-irq" },
	{ }
};
MODULE_DEVICE_TABLE(of, sim_irq_of_ids);

static struct platform_driver sim_irq_driver = {
	.probe = sim_irq_probe,
	.driver = {
		.name = "psy-sim-irq",
		.of_match_table = sim_irq_of_ids,
		.dev_groups = sim_irq_groups,
	},
};
module_platform_driver(sim_irq_driver);

MODULE_DESCRIPTION("Simulated interrupt lines");
MODULE_LICENSE("GPL");
