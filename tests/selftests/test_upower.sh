#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vm: kver=6.1,newest arch=x86_64,arm64 rare=6.12 timeout=720
#
# Described by ACPI, loaded by udev, shown by upower; every value compared with the pack.
. /tests/lib.sh
setup

modules=$(lsmod | awk '{ print $1 }')
for m in psy_sim_i2c psy_miniclass sbs_gauge; do
	check "udev has loaded $m" grep -qx "$m" <<<"$modules"
done
is "the gauge is an ACPI device" \
	"$(basename "$(readlink -f "$SYSFS/$BAT/device/subsystem")")" i2c
check "found through PRP0001" grep -q 'PRP0001\|sbs,sbs-battery' "$SYSFS/$BAT/device/modalias"

# Freeze the pack, so that its values can be compared.
sim speed 0
expire

signed() {
	echo $(($1 > 32767 ? $1 - 65536 : $1))
}

word() {
	echo $(($(reg "$1")))
}

is "type" "$(prop type)" Battery
is "scope" "$(prop scope)" System
is "present" "$(prop present)" 1
is "status" "$(prop status)" Discharging
is "health" "$(prop health)" Good
is "technology" "$(prop technology)" Li-ion
is "manufacturer" "$(prop manufacturer)" "$(sim manufacturer)"
is "model_name" "$(prop model_name)" "$(sim model)"
is "serial_number" "$(prop serial_number)" "$(printf %04x "$(sim serial)")"
is "voltage_now" "$(prop voltage_now)" $(($(word 0x09) * 1000))
is "voltage_min_design" "$(prop voltage_min_design)" $(($(word 0x19) * 1000))
is "current_now" "$(prop current_now)" $(($(signed "$(word 0x0a)") * 1000))
is "current_avg" "$(prop current_avg)" $(($(signed "$(word 0x0b)") * 1000))
is "capacity" "$(prop capacity)" "$(word 0x0d)"
is "capacity_error_margin" "$(prop capacity_error_margin)" "$(word 0x0c)"
is "capacity_level" "$(prop capacity_level)" Normal
is "charge_now" "$(prop charge_now)" $(($(word 0x0f) * 1000))
is "charge_full" "$(prop charge_full)" $(($(word 0x10) * 1000))
is "charge_full_design" "$(prop charge_full_design)" $(($(word 0x18) * 1000))
is "temp" "$(prop temp)" $(($(word 0x08) - 2731))
is "time_to_empty_now" "$(prop time_to_empty_now)" $(($(word 0x11) * 60))
is "time_to_empty_avg" "$(prop time_to_empty_avg)" $(($(word 0x12) * 60))
check "time_to_full_avg is unknown while discharging" \
	sh -c "cat $SYSFS/$BAT/time_to_full_avg 2>&1 | grep -q 'No data available'"
is "cycle_count" "$(prop cycle_count)" "$(word 0x17)"
is "constant_charge_current_max" "$(prop constant_charge_current_max)" $(($(word 0x14) * 1000))
is "constant_charge_voltage_max" "$(prop constant_charge_voltage_max)" $(($(word 0x15) * 1000))
date=$(word 0x1b)
is "manufacture_year" "$(prop manufacture_year)" $((1980 + (date >> 9)))
is "manufacture_month" "$(prop manufacture_month)" $((date >> 5 & 15))
is "manufacture_day" "$(prop manufacture_day)" $((date & 31))
check "no energy beside charge" test ! -e "$SYSFS/$BAT/energy_now"
check "no power beside current" test ! -e "$SYSFS/$BAT/power_now"

start-upower || bail "no upower"

# upower_value DEVICE LABEL: the value of this label in upower -i
upower_value() {
	upower -i "$1" | sed -n "s/^ *$2: *//p" | head -n 1
}

# near NAME GOT WANTED TOLERANCE: numbers with decimals
near() {
	if awk -v a="$2" -v b="$3" -v t="$4" \
		'BEGIN { d = a - b; if (d < 0) d = -d; exit !(a != "" && d <= t) }'; then
		ok "$1"
	else
		not_ok "$1" "got '$2', wanted $3 within $4"
	fi
}

dev=/org/freedesktop/UPower/devices/battery_$BAT
check "upower lists the pack" grep -qx "$dev" <<<"$(upower -e)"
is "upower: vendor" "$(upower_value "$dev" vendor)" "$(sim manufacturer)"
is "upower: model" "$(upower_value "$dev" model)" "$(sim model)"
is "upower: serial" "$(upower_value "$dev" serial)" "$(printf %04x "$(sim serial)")"
is "upower: supplies the machine" "$(upower_value "$dev" 'power supply')" yes
is "upower: state" "$(upower_value "$dev" state)" discharging
is "upower: percentage" "$(upower_value "$dev" percentage)" "$(word 0x0d)%"

# upower converts ampere hours by the design voltage.
mv=$(word 0x19)
wh() {
	awk -v a="$1" -v v="$mv" 'BEGIN { print a * v / 1000000 }'
}
near "upower: energy" "$(upower_value "$dev" energy | cut -d' ' -f1)" "$(wh "$(word 0x0f)")" 0.05
near "upower: energy-full" "$(upower_value "$dev" energy-full | cut -d' ' -f1)" \
	"$(wh "$(word 0x10)")" 0.05
near "upower: energy-full-design" "$(upower_value "$dev" energy-full-design | cut -d' ' -f1)" \
	"$(wh "$(word 0x18)")" 0.05
ma=$(signed "$(word 0x0a)")
near "upower: energy-rate" "$(upower_value "$dev" energy-rate | cut -d' ' -f1)" \
	"$(wh ${ma#-})" 0.05
near "upower: time to empty, hours" "$(upower_value "$dev" 'time to empty' | cut -d' ' -f1)" \
	"$(awk -v c="$(word 0x0f)" -v i="${ma#-}" 'BEGIN { print c / i }')" 0.11
is "upower: on battery" "$(upower -d | sed -n 's/^ *on-battery: *//p')" yes

# The state of the pack changes; upower is not asked to refresh.
upower -m >/tmp/monitor 2>&1 &
monitor=$!
sleep 1
sim load_ma 1500
sim speed 1
check "upower's monitor shows the change" \
	await 40 grep -q "changed:.*battery_$BAT" /tmp/monitor
check "upower: charging now" await 30 \
	sh -c "upower -i $dev | grep -q 'state: *charging'"
kill $monitor

finish
