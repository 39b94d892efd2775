#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vm: kver=6.1,6.12,newest acpi=none
#
# The kernel's own i2c-stub, filled by i2cset: no code of this project replies
# on the bus.
. /tests/lib.sh

# All functions of the stub: blocks are not in its default set.
modprobe i2c-stub chip_addr=0x0b functionality=0x0f7f0000 || bail "no i2c-stub"
modprobe i2c-dev
for a in /sys/bus/i2c/devices/i2c-*; do
	case $(cat "$a/name") in
	"SMBus stub"*) bus=${a##*-} ;;
	esac
done
[ -n "${bus:-}" ] || bail "no stub bus"

put() {
	i2cset -f -y "$bus" 0x0b "$1" "$2" w || bail "i2cset $1 $2"
}

text() {
	# shellcheck disable=SC2046 # one argument a byte
	i2cset -f -y "$bus" 0x0b "$1" $(printf '%s' "$2" | od -An -tu1) s || bail "i2cset $1"
}

put 0x03 0x0000
put 0x08 2981
put 0x09 15820
put 0x0a $((65536 - 1440))
put 0x0b $((65536 - 1400))
put 0x0c 2
put 0x0d 71
put 0x0f 3100
put 0x10 4360
put 0x11 129
put 0x12 132
put 0x13 65535
put 0x14 2200
put 0x15 16800
put 0x16 0x00c0
put 0x17 88
put 0x18 4400
put 0x19 14400
put 0x1a 0x0031
put 0x1b $(((2021 - 1980) << 9 | 11 << 5 | 5))
put 0x1c 0x0042
text 0x20 "Stub Makers"
text 0x21 "ST-1"
text 0x22 "LION"

# The device name of this driver alone; see dist/ for the name that both drivers match.
echo sbs-gauge 0x0b >"/sys/bus/i2c/devices/i2c-$bus/new_device"
for m in sbs_gauge psy_miniclass; do
	check "udev has loaded $m for the new device" \
		await 20 grep -q "^$m " /proc/modules
done
found() {
	BAT=$(ls "$SYSFS" | head -n 1)
	[ -n "$BAT" ]
}
await 20 found || bail "no supply"
found

is "status" "$(prop status)" Discharging
is "voltage_now" "$(prop voltage_now)" 15820000
is "current_now" "$(prop current_now)" -1440000
is "current_avg" "$(prop current_avg)" -1400000
is "capacity" "$(prop capacity)" 71
is "charge_now" "$(prop charge_now)" 3100000
is "charge_full" "$(prop charge_full)" 4360000
is "charge_full_design" "$(prop charge_full_design)" 4400000
is "voltage_min_design" "$(prop voltage_min_design)" 14400000
is "temp" "$(prop temp)" 250
is "time_to_empty_now" "$(prop time_to_empty_now)" 7740
is "time_to_empty_avg" "$(prop time_to_empty_avg)" 7920
is "cycle_count" "$(prop cycle_count)" 88
is "constant_charge_current_max" "$(prop constant_charge_current_max)" 2200000
is "constant_charge_voltage_max" "$(prop constant_charge_voltage_max)" 16800000
is "manufacture_year" "$(prop manufacture_year)" 2021
is "manufacture_month" "$(prop manufacture_month)" 11
is "manufacture_day" "$(prop manufacture_day)" 5
is "serial_number" "$(prop serial_number)" 0042
is "manufacturer" "$(prop manufacturer)" "Stub Makers"
is "model_name" "$(prop model_name)" ST-1
is "technology" "$(prop technology)" Li-ion
is "the stub's mode is untouched" "$(i2cget -f -y "$bus" 0x0b 0x03 w)" 0x0000

put 0x0a 2000
put 0x13 40
put 0x11 65535
expire
is "charging: status" "$(prop status)" Charging
is "charging: current_now" "$(prop current_now)" 2000000
is "charging: time_to_full_avg" "$(prop time_to_full_avg)" 2400

put 0x0a 0
put 0x16 0x00e0
put 0x0d 100
expire
is "full: status" "$(prop status)" Full
is "full: capacity_level" "$(prop capacity_level)" Full
put 0x16 0x10c0
expire
is "over-temperature alarm: health" "$(prop health)" Overheat
put 0x16 0x08d0
put 0x0a $((65536 - 10))
expire
is "terminate-discharge alarm: capacity_level at the first reading" "$(prop capacity_level)" Low
expire
is "terminate-discharge alarm: capacity_level, confirmed" "$(prop capacity_level)" Critical
put 0x16 0x02c0
expire
is "remaining-capacity alarm: capacity_level" "$(prop capacity_level)" Low

put 0x0d 65535
put 0x08 65535
expire
is "a percentage of 65535 is ignored: computed from the charge" "$(prop capacity)" 71
check "a temperature of 65535 is ignored" grep -q 'No data' <<<"$(prop temp)"

start-upower || bail "no upower"
dev=/org/freedesktop/UPower/devices/battery_$BAT
check "upower: vendor" grep -q 'vendor: *Stub Makers' <<<"$(upower -i "$dev")"
check "upower: energy-full" grep -q 'energy-full: *62.784 Wh' <<<"$(upower -i "$dev")"

echo 0x0b >"/sys/bus/i2c/devices/i2c-$bus/delete_device"
check "the supply is removed with its device" test ! -e "$SYSFS/$BAT"

finish
