#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vm: kver=6.1 rare=newest,arm64
#
# The pack's unit, its scale factors, and packs that are removed, inserted, swapped.
. /tests/lib.sh
setup
sim speed 0
id=$(basename "$(readlink -f "$SYSFS/$BAT/device")")

# rebind [FILE VALUE]...: set controls of the simulator while the driver is not bound, as
# it would undo a change of the unit at its next refresh
rebind() {
	echo "$id" >"$DRIVER/unbind"
	while [ $# -gt 0 ]; do
		sim "$1" "$2"
		shift 2
	done
	echo "$id" >"$DRIVER/bind"
}

word() {
	echo $(($(reg "$1")))
}

# Another bus master changes the unit: it is changed back, once.
expire
full=$(prop charge_full)
before=$(sim mode_writes)
sim mode $(($(sim mode) | 0x8000))
expire
is "a foreign change of unit is not visible" "$(prop charge_full)" "$full"
expire
prop charge_now >/dev/null
is "it is undone by one write" $(($(sim mode_writes) - before)) 1
is "the pack counts in mAh again" $(($(sim mode) >> 15 & 1)) 0

# A pack that counts in 10 mWh when the driver is bound.
before=$(sim mode_writes)
rebind mode $(($(sim mode) | 0x8000))
is "energy_now" "$(prop energy_now)" $(($(word 0x0f) * 10000))
is "energy_full" "$(prop energy_full)" $(($(word 0x10) * 10000))
is "energy_full_design" "$(prop energy_full_design)" $(($(word 0x18) * 10000))
ma=$(word 0x0a)
[ "$ma" -lt 32768 ] || ma=$((65536 - ma))
is "power_now is voltage times current" "$(prop power_now)" $((ma * $(word 0x09)))
check "no charge beside energy" test ! -e "$SYSFS/$BAT/charge_now"
check "no current beside power" test ! -e "$SYSFS/$BAT/current_now"
is "the mode was not written" "$(sim mode_writes)" "$before"

start-upower || bail "no upower"
dev=/org/freedesktop/UPower/devices/battery_$BAT
rate=$(upower -i "$dev" | sed -n 's/^ *energy-rate: *\([0-9.]*\).*/\1/p')
check "upower: energy-rate is that of the pack" awk -v a="$rate" -v b="$(prop power_now)" \
	'BEGIN { d = a - b / 1e6; exit !(a != "" && d < 0.01 && d > -0.01) }'
energy=$(upower -i "$dev" | sed -n 's/^ *energy: *\([0-9.]*\).*/\1/p')
check "upower: energy is that of the pack" awk -v a="$energy" -v b="$(prop energy_now)" \
	'BEGIN { d = a - b / 1e6; exit !(a != "" && d < 0.01 && d > -0.01) }'

# Scale factors: 10 times the voltage, 100 times the current.
voltage=$(prop voltage_now)
design=$(prop voltage_min_design)
rebind mode $(($(sim mode) & 0x7fff)) spec_info $((0x2131))
now=$(prop voltage_now)
check "VScale: voltage_now within its step" test $((now - voltage)) -gt -10000 -a \
	$((now - voltage)) -lt 10000
is "VScale: voltage_now is ten times the word" "$now" $(($(word 0x09) * 10000))
is "VScale: voltage_min_design" "$(prop voltage_min_design)" "$design"
is "IPScale: charge_full is a hundred times the word" \
	"$(prop charge_full)" $(($(word 0x10) * 100000))
is "IPScale: charge_full_design is a hundred times the word" \
	"$(prop charge_full_design)" $(($(word 0x18) * 100000))
is "ChargingVoltage is not scaled" \
	"$(prop constant_charge_voltage_max)" $(($(word 0x15) * 1000))
rebind spec_info $((0x0031))

# Removed and inserted again
sim present 0
check "the pack is removed" await 20 sh -c "grep -qx 0 $SYSFS/$BAT/present"
sim present 1
check "the pack is inserted again" await 20 sh -c "grep -qx 1 $SYSFS/$BAT/present"
is "its serial number is read" "$(prop serial_number)" "$(printf %04x "$(sim serial)")"

model=$(prop model_name)
sim swap 777
expire
is "another pack: serial number" "$(prop serial_number)" 0309
is "another pack: model" "$(prop model_name)" "$(sim model)"
is "another pack: design capacity" "$(prop charge_full_design)" $(($(word 0x18) * 1000))
echo "# model was $model, is $(prop model_name)"

# A driver that is bound to an empty slot
sim present 0
rebind
is "an empty slot has a supply" "$(prop present)" 0
check "without values" sh -c "cat $SYSFS/$BAT/voltage_now 2>&1 | grep -q 'No such device'"
sim present 1
check "a pack is inserted" await 20 sh -c "grep -qx 1 $SYSFS/$BAT/present"
is "and has all values" "$(prop voltage_now)" $(($(word 0x09) * 1000))

finish
