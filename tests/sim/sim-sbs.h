/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Model of a smart battery: Smart Battery Data Specification, revision 1.1 (SBS
 * Implementers Forum, 1998). Plain code: it knows no device, no clock, no bus,
 * takes no lock and allocates nothing. The caller embeds struct sim_sbs, passes
 * the elapsed time and calls it from one context at a time.
 */
#ifndef __PSY_SIM_SBS_H
#define __PSY_SIM_SBS_H

#include <linux/bits.h>
#include <linux/types.h>

#define SIM_SBS_MANUFACTURER_ACCESS	0x00
#define SIM_SBS_REMAINING_CAPACITY_ALARM 0x01
#define SIM_SBS_REMAINING_TIME_ALARM	0x02
#define SIM_SBS_BATTERY_MODE		0x03
#define SIM_SBS_AT_RATE			0x04
#define SIM_SBS_AT_RATE_TIME_TO_FULL	0x05
#define SIM_SBS_AT_RATE_TIME_TO_EMPTY	0x06
#define SIM_SBS_AT_RATE_OK		0x07
#define SIM_SBS_TEMPERATURE		0x08
#define SIM_SBS_VOLTAGE			0x09
#define SIM_SBS_CURRENT			0x0a
#define SIM_SBS_AVERAGE_CURRENT		0x0b
#define SIM_SBS_MAX_ERROR		0x0c
#define SIM_SBS_RELATIVE_STATE_OF_CHARGE 0x0d
#define SIM_SBS_ABSOLUTE_STATE_OF_CHARGE 0x0e
#define SIM_SBS_REMAINING_CAPACITY	0x0f
#define SIM_SBS_FULL_CHARGE_CAPACITY	0x10
#define SIM_SBS_RUN_TIME_TO_EMPTY	0x11
#define SIM_SBS_AVERAGE_TIME_TO_EMPTY	0x12
#define SIM_SBS_AVERAGE_TIME_TO_FULL	0x13
#define SIM_SBS_CHARGING_CURRENT	0x14
#define SIM_SBS_CHARGING_VOLTAGE	0x15
#define SIM_SBS_BATTERY_STATUS		0x16
#define SIM_SBS_CYCLE_COUNT		0x17
#define SIM_SBS_DESIGN_CAPACITY		0x18
#define SIM_SBS_DESIGN_VOLTAGE		0x19
#define SIM_SBS_SPECIFICATION_INFO	0x1a
#define SIM_SBS_MANUFACTURE_DATE	0x1b
#define SIM_SBS_SERIAL_NUMBER		0x1c
#define SIM_SBS_MANUFACTURER_NAME	0x20
#define SIM_SBS_DEVICE_NAME		0x21
#define SIM_SBS_DEVICE_CHEMISTRY	0x22
#define SIM_SBS_MANUFACTURER_DATA	0x23

/* Words are the commands below this one. */
#define SIM_SBS_NUM_WORDS		(SIM_SBS_SERIAL_NUMBER + 1)

/* BatteryMode(), section 5.1.4 */
#define SIM_SBS_MODE_CAPACITY		BIT(15)	/* 10 mWh instead of mAh */
#define SIM_SBS_MODE_CHARGER		BIT(14)
#define SIM_SBS_MODE_ALARM		BIT(13)
#define SIM_SBS_MODE_PRIMARY		BIT(9)
#define SIM_SBS_MODE_CHARGE_CONTROLLER	BIT(8)
#define SIM_SBS_MODE_WRITABLE \
	(SIM_SBS_MODE_CAPACITY | SIM_SBS_MODE_CHARGER | SIM_SBS_MODE_ALARM | \
	 SIM_SBS_MODE_PRIMARY | SIM_SBS_MODE_CHARGE_CONTROLLER)

/* BatteryStatus(), section 5.1.21 */
#define SIM_SBS_STATUS_OVER_CHARGED	BIT(15)
#define SIM_SBS_STATUS_TERMINATE_CHARGE	BIT(14)
#define SIM_SBS_STATUS_OVER_TEMP	BIT(12)
#define SIM_SBS_STATUS_TERMINATE_DISCHARGE BIT(11)
#define SIM_SBS_STATUS_REMAINING_CAPACITY BIT(9)
#define SIM_SBS_STATUS_REMAINING_TIME	BIT(8)
#define SIM_SBS_STATUS_INITIALIZED	BIT(7)
#define SIM_SBS_STATUS_DISCHARGING	BIT(6)
#define SIM_SBS_STATUS_FULLY_CHARGED	BIT(5)
#define SIM_SBS_STATUS_FULLY_DISCHARGED	BIT(4)
#define SIM_SBS_STATUS_ERROR		GENMASK(3, 0)

/* Error codes of BatteryStatus() */
enum sim_sbs_error {
	SIM_SBS_OK		= 0,
	SIM_SBS_BUSY		= 1,
	SIM_SBS_RESERVED	= 2,
	SIM_SBS_UNSUPPORTED	= 3,
	SIM_SBS_ACCESS_DENIED	= 4,
	SIM_SBS_BAD_SIZE	= 6,
};

/* SpecificationInfo(), section 5.1.25 */
#define SIM_SBS_SPEC_VERSION		GENMASK(7, 4)
#define SIM_SBS_SPEC_VSCALE		GENMASK(11, 8)
#define SIM_SBS_SPEC_IPSCALE		GENMASK(15, 12)
#define SIM_SBS_SPEC_1_1_PEC		3

/* "No such time": section 5.1.7 and others */
#define SIM_SBS_NO_TIME			0xffff

#define SIM_SBS_BLOCK_MAX		32

#define SIM_SBS_MAX_MAH			1000000
#define SIM_SBS_MIN_MV			1000
#define SIM_SBS_MAX_MV			1000000
#define SIM_SBS_MAX_MA			100000
#define SIM_SBS_MAX_PERMILLE		1100
#define SIM_SBS_MIN_DK			1
#define SIM_SBS_MAX_DK			5000

/**
 * struct sim_sbs_text - reply of a block command
 * @len: bytes used
 * @data: no terminator
 */
struct sim_sbs_text {
	u8 len;
	u8 data[SIM_SBS_BLOCK_MAX];
};

/**
 * struct sim_sbs - one slot for a smart battery, and the pack in it
 *
 * The members that are "int" may be set by the owner at any time, within the
 * limits above (but see sim_sbs_set_mode()); the others by the functions below.
 *
 * @load_ma: current to the system (negative) or offered by the charger (positive)
 * @design_mv: DesignVoltage(); also sets the number of cells in series
 * @cycles: CycleCount()
 * @serial: SerialNumber()
 * @date: ManufactureDate(), as a word
 * @spec_info: SpecificationInfo(), as a word
 * @mode: BatteryMode(), as a word
 * @mode_writes: number of writes to BatteryMode() by the host
 * @status_or: bits that BatteryStatus() has in addition
 * @status_clear: bits that BatteryStatus() never has
 * @busy: number of commands that are refused as busy, -1 for all
 * @pec_missing: the pack has no PEC, whatever its SpecificationInfo() says
 * @mode_locked: BatteryMode() cannot be changed by the host: 1 for writes that are
 *	acknowledged and ignored, 2 for writes that are refused
 * @refused: bitmap of the commands that the pack lacks, below 64
 * @present: a pack is in the slot
 * @charge_uc: charge left, in microcoulombs, which are milliampere-milliseconds
 * @full_uc: charge when full
 * @design_uc: charge when full and new
 * @worn_uc: charge delivered since the last full cycle
 * @average_na: filtered current
 * @temp_nk: temperature of the cells
 * @ambient_nk: temperature around them
 * @full: the pack was fully charged, and not discharged much since then
 * @empty: the pack was fully discharged, and not charged much since then
 * @alarm_uc: RemainingCapacityAlarm(): the unit of the word changes with @mode
 * @alarm_min: RemainingTimeAlarm()
 * @at_rate: AtRate(), as a word
 * @access: ManufacturerAccess()
 * @default_mode: BatteryMode() of a pack that is inserted
 * @silent_ms: time since the alarm broadcasts were disabled
 * @error: of the previous transaction
 * @overridden: bitmap of the words that are fixed
 * @override: their fixed values
 * @manufacturer: ManufacturerName()
 * @model: DeviceName()
 * @chemistry: DeviceChemistry()
 */
struct sim_sbs {
	int load_ma;
	int design_mv;
	int cycles;
	int serial;
	int date;
	int spec_info;
	int mode;
	int mode_writes;
	int status_or;
	int status_clear;
	int busy;
	int pec_missing;
	int mode_locked;

	u64 refused;
	bool present;
	s64 charge_uc;
	s64 full_uc;
	s64 design_uc;
	s64 worn_uc;
	s64 average_na;
	s64 temp_nk;
	s64 ambient_nk;
	bool full;
	bool empty;

	s64 alarm_uc;
	u16 alarm_min;
	s16 at_rate;
	u16 access;
	u16 default_mode;
	u32 silent_ms;
	enum sim_sbs_error error;

	u32 overridden;
	u16 override[SIM_SBS_NUM_WORDS];

	struct sim_sbs_text manufacturer;
	struct sim_sbs_text model;
	struct sim_sbs_text chemistry;
};

void sim_sbs_init(struct sim_sbs *sbs);
void sim_sbs_advance(struct sim_sbs *sbs, u64 ms);
int sim_sbs_current(const struct sim_sbs *sbs);

/* Operations of the host */
int sim_sbs_read_word(struct sim_sbs *sbs, u8 cmd, u16 *val);
int sim_sbs_write_word(struct sim_sbs *sbs, u8 cmd, u16 val);
int sim_sbs_read_block(struct sim_sbs *sbs, u8 cmd, u8 buf[SIM_SBS_BLOCK_MAX]);
int sim_sbs_refuse(struct sim_sbs *sbs, enum sim_sbs_error error);
bool sim_sbs_is_block(u8 cmd);
bool sim_sbs_has_pec(const struct sim_sbs *sbs);

/* Operations of the test */
const char *sim_sbs_name(u8 cmd);
u16 sim_sbs_peek(const struct sim_sbs *sbs, u8 cmd);
void sim_sbs_insert(struct sim_sbs *sbs);
void sim_sbs_remove(struct sim_sbs *sbs);
void sim_sbs_set_mode(struct sim_sbs *sbs, u16 mode);
void sim_sbs_swap(struct sim_sbs *sbs, u16 serial);
void sim_sbs_override(struct sim_sbs *sbs, u8 cmd, u16 val);
void sim_sbs_release(struct sim_sbs *sbs, u8 cmd);
void sim_sbs_set_text(struct sim_sbs_text *text, const void *data, size_t len);

int sim_sbs_soc_permille(const struct sim_sbs *sbs);
void sim_sbs_set_soc_permille(struct sim_sbs *sbs, int permille);
int sim_sbs_full_mah(const struct sim_sbs *sbs);
void sim_sbs_set_full_mah(struct sim_sbs *sbs, int mah);
int sim_sbs_design_mah(const struct sim_sbs *sbs);
void sim_sbs_set_design_mah(struct sim_sbs *sbs, int mah);
int sim_sbs_temp_dk(const struct sim_sbs *sbs);
void sim_sbs_set_temp_dk(struct sim_sbs *sbs, int dk);

#endif /* __PSY_SIM_SBS_H */
