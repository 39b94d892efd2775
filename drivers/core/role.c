// SPDX-License-Identifier: GPL-2.0-only
/* Role of a pack: battery of the machine, or member of a composite battery. */
#include <linux/device.h>
#include <linux/module.h>
#include <linux/string.h>

#include "internal.h"

#define PSY_MAX_MEMBERS		64

static char *members[PSY_MAX_MEMBERS];
static int nr_members;
module_param_array(members, charp, &nr_members, 0444);
MODULE_PARM_DESC(members, "Devices whose packs are members of a composite battery, * for all");

static bool visible_members;
module_param(visible_members, bool, 0444);
MODULE_PARM_DESC(visible_members, "Have desktop software list the members, too");

static bool psy_role_by_parameter(struct device *dev)
{
	int i;

	for (i = 0; i < nr_members; i++)
		if (!strcmp(members[i], "*") || !strcmp(members[i], dev_name(dev)))
			return true;
	return false;
}

/**
 * psy_role_get() - determine the role of an instance
 * @dev: device of the instance
 * @requested: role set by the driver
 * @role: where to store it
 *
 * The driver takes precedence over the module parameter, and that over firmware.
 *
 * Context: may sleep; from probe.
 * Return: 0; -EINVAL if the firmware property is wrong (a message has been logged).
 */
int psy_role_get(struct device *dev, enum psy_role requested, enum psy_role *role)
{
	/* In the order of the enum, from PSY_ROLE_SYSTEM on */
	static const char * const words[] = { "system", "member", "visible-member" };
	int choice = 0, ret;

	ret = psy_miniclass_fw_word(dev, "battery-role", words, &choice);
	if (ret)
		return ret;

	*role = PSY_ROLE_SYSTEM + choice;
	if (psy_role_by_parameter(dev))
		*role = PSY_ROLE_MEMBER;
	if (*role == PSY_ROLE_MEMBER && visible_members)
		*role = PSY_ROLE_VISIBLE;
	if (requested != PSY_ROLE_FIRMWARE)
		*role = requested;
	return 0;
}
