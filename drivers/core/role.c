// SPDX-License-Identifier: GPL-2.0-only
/* Whose battery a pack is: the machine's, or a composite battery's. */
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/module.h>
#include <linux/property.h>
#include <linux/string.h>

#include "internal.h"

#define PSY_ROLE_PROPERTY	"battery-role"
#define PSY_MAX_MEMBERS		64

static char *members[PSY_MAX_MEMBERS];
static int nr_members;
module_param_array(members, charp, &nr_members, 0444);
MODULE_PARM_DESC(members, "Devices whose packs are members of a composite battery, * for all");

static bool visible_members;
module_param(visible_members, bool, 0444);
MODULE_PARM_DESC(visible_members, "Let desktop software list the members, too");

static bool psy_role_by_parameter(struct device *dev)
{
	int i;

	for (i = 0; i < nr_members; i++)
		if (!strcmp(members[i], "*") || !strcmp(members[i], dev_name(dev)))
			return true;
	return false;
}

static int psy_role_by_firmware(struct device *dev, enum psy_role *role)
{
	static const struct {
		const char *word;
		enum psy_role role;
	} words[] = {
		{ "system",		PSY_ROLE_SYSTEM },
		{ "member",		PSY_ROLE_MEMBER },
		{ "visible-member",	PSY_ROLE_VISIBLE },
	};
	const char *word;
	unsigned int i;

	if (!device_property_present(dev, PSY_ROLE_PROPERTY))
		return 0;
	if (device_property_string_array_count(dev, PSY_ROLE_PROPERTY) != 1 ||
	    device_property_read_string(dev, PSY_ROLE_PROPERTY, &word))
		word = "(no string)";
	for (i = 0; i < ARRAY_SIZE(words); i++) {
		if (!strcmp(word, words[i].word)) {
			*role = words[i].role;
			return 0;
		}
	}
	return dev_err_probe(dev, -EINVAL,
			     "%s: is \"%s\", must be \"system\", \"member\" or \"visible-member\"\n",
			     PSY_ROLE_PROPERTY, word);
}

/**
 * psy_role_get() - settle the role of an instance
 * @dev: its device
 * @wish: what the driver says
 * @role: where to store it
 *
 * The driver comes first, then the parameter of the module, then firmware.
 *
 * Context: may sleep; from probe.
 * Return: 0; -EINVAL after a message when the firmware property is wrong.
 */
int psy_role_get(struct device *dev, enum psy_role wish, enum psy_role *role)
{
	int ret;

	*role = PSY_ROLE_SYSTEM;
	ret = psy_role_by_firmware(dev, role);
	if (ret)
		return ret;

	if (psy_role_by_parameter(dev))
		*role = PSY_ROLE_MEMBER;
	if (*role == PSY_ROLE_MEMBER && visible_members)
		*role = PSY_ROLE_VISIBLE;
	if (wish != PSY_ROLE_FIRMWARE)
		*role = wish;
	return 0;
}
