/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Registers of the Smart Battery Data Specification, revision 1.1 (SBS Implementers
 * Forum, 1998), and their decoding. Section numbers refer to this document.
 */
#ifndef __PSY_SBS_H
#define __PSY_SBS_H

#include <linux/bits.h>
#include <linux/types.h>

struct psy_info;
struct psy_values;

/* Section 5.1, words unless noted otherwise */
#define SBS_REMAINING_CAPACITY_ALARM	0x01
#define SBS_BATTERY_MODE		0x03
#define SBS_TEMPERATURE			0x08
#define SBS_VOLTAGE			0x09
#define SBS_CURRENT			0x0a
#define SBS_AVERAGE_CURRENT		0x0b
#define SBS_MAX_ERROR			0x0c
#define SBS_RELATIVE_STATE_OF_CHARGE	0x0d
#define SBS_REMAINING_CAPACITY		0x0f
#define SBS_FULL_CHARGE_CAPACITY	0x10
#define SBS_RUN_TIME_TO_EMPTY		0x11
#define SBS_AVERAGE_TIME_TO_EMPTY	0x12
#define SBS_AVERAGE_TIME_TO_FULL	0x13
#define SBS_CHARGING_CURRENT		0x14
#define SBS_CHARGING_VOLTAGE		0x15
#define SBS_BATTERY_STATUS		0x16
#define SBS_CYCLE_COUNT			0x17
#define SBS_DESIGN_CAPACITY		0x18
#define SBS_DESIGN_VOLTAGE		0x19
#define SBS_SPECIFICATION_INFO		0x1a
#define SBS_MANUFACTURE_DATE		0x1b
#define SBS_SERIAL_NUMBER		0x1c
#define SBS_MANUFACTURER_NAME		0x20	/* block */
#define SBS_DEVICE_NAME			0x21	/* block */
#define SBS_DEVICE_CHEMISTRY		0x22	/* block */

/* Section 5.1.4, BatteryMode() */
#define SBS_MODE_CAPACITY		BIT(15)	/* 10 mWh instead of mAh */
#define SBS_MODE_CHARGER		BIT(14)	/* no broadcasts to the charger */
#define SBS_MODE_CONDITION_FLAG		BIT(7)	/* needs a conditioning cycle */

/* Section 5.1.21, BatteryStatus() */
#define SBS_STATUS_OVER_CHARGED		BIT(15)
#define SBS_STATUS_TERMINATE_CHARGE	BIT(14)
#define SBS_STATUS_OVER_TEMP		BIT(12)
#define SBS_STATUS_TERMINATE_DISCHARGE	BIT(11)
#define SBS_STATUS_REMAINING_CAPACITY	BIT(9)
#define SBS_STATUS_REMAINING_TIME	BIT(8)
#define SBS_STATUS_INITIALIZED		BIT(7)
#define SBS_STATUS_DISCHARGING		BIT(6)
#define SBS_STATUS_FULLY_CHARGED	BIT(5)
#define SBS_STATUS_FULLY_DISCHARGED	BIT(4)

/**
 * struct sbs_spec - SpecificationInfo(), decoded
 * @volt_scale: factor of voltages, 1 to 1000
 * @ip_scale: factor of currents and capacities, 1 to 1000
 * @pec: the pack supports packet error checking
 */
struct sbs_spec {
	int volt_scale;
	int ip_scale;
	bool pec;
};

int sbs_decode_spec(u16 raw, struct sbs_spec *spec);
void sbs_decode_status(u16 status, u16 mode, struct psy_values *values);
int sbs_decode_date(u16 raw, struct psy_values *values);

#endif /* __PSY_SBS_H */
