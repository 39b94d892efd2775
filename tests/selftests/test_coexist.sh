#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vm: kver=6.1 rare=newest,arm64 acpi=two-packs
#
# The in-tree driver matches the same devices: ours binds first, and the in-tree one
# can be bound instead. And two packs are two supplies.
. /tests/lib.sh
setup

check "the in-tree driver is installed" modprobe -n sbs-battery
modprobe sbs-battery
for n in 1 2; do
	SIM=$(sim_dir $n)
	BAT=$(supply_of "$SIM")
	is "pack $n has our driver" \
		"$(basename "$(readlink -f "$SYSFS/$BAT/device/driver")")" sbs-gauge
	is "pack $n has a name that applets look for" "${BAT%[0-9]}" BAT
	is "pack $n is read" "$(prop present)" 1
done
is "two packs, two supplies" "$(ls "$SYSFS" | wc -l)" 2
check "BAT0 and BAT1" test -e "$SYSFS/BAT0" -a -e "$SYSFS/BAT1"

# The in-tree driver can be bound when ours is unbound.
id=$(basename "$(readlink -f "$SYSFS/$BAT/device")")
echo "$id" >"$DRIVER/unbind"
check "the in-tree driver can be bound" \
	sh -c "echo $id >/sys/bus/i2c/drivers/sbs-battery/bind"
BAT=$(supply_of "$SIM")

word() {
	echo $(($(reg "$1")))
}

sim speed 0
sim load_ma 0
is "and reads the same simulated pack: it is present" "$(prop present)" 1
is "... voltage" "$(prop voltage_now)" $(($(word 0x09) * 1000))
# charge_is PROPERTY WORD: the property is this word of the pack, in mAh. The in-tree
# driver changes the unit of the pack for each query, also for other readers.
charge_is() {
	[ $(($(word 0x03) & 0x8000)) = 0 ] &&
		[ "$(prop "$1")" = $(($(word "$2") * 1000)) ] &&
		[ $(($(word 0x03) & 0x8000)) = 0 ]
}
check "... charge when full" await 20 charge_is charge_full 0x10
check "... design capacity" await 20 charge_is charge_full_design 0x18
is "... percentage" "$(prop capacity)" "$(word 0x0d)"
is "... temperature" "$(prop temp)" $(($(word 0x08) - 2731))
is "... serial number" "$(prop serial_number)" "$(printf %04x "$(sim serial)")"
is "... model" "$(prop model_name)" "$(sim model)"

finish
