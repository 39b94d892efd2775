/* SPDX-License-Identifier: GPL-2.0-only */
/* The characteristics of a battery, from the firmware. */
#ifndef __PSY_VOLTAGE_BATTERY_H
#define __PSY_VOLTAGE_BATTERY_H

struct device;
struct voltage_battery;

int voltage_read_battery(struct device *dev, struct voltage_battery *bat, int *technology);

#endif /* __PSY_VOLTAGE_BATTERY_H */
