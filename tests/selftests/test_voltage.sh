#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vm: kver=newest acpi=voltage clock=skip smp=1 timeout=900
#
# Batteries that a simulated INA219 (shunt 100 mOhm) and INA226 (10 mOhm) measure, with the
# kernel's own driver ina2xx-adc: values from empty to full, transfers, the charge in the
# guest's own time, faults, and the monitor's driver being unbound and unloaded. Older
# kernels need a device tree: see "Kernels" in voltage-gauge.rst. test_examples.sh has one.
. /tests/lib.sh

CHIPS=/sys/kernel/debug/psy-sim-chips
GAUGE=/sys/bus/platform/drivers/voltage-gauge
MONITOR=/sys/bus/i2c/drivers/ina2xx_adc

# chip FILE [VALUE]: of the chip with the number $N
chip() {
	if [ $# = 1 ]; then
		cat "$CHIPS/$N/$1"
	else
		echo "$2" >"$CHIPS/$N/$1"
	fi
}

# cell MV MA
cell() {
	chip mv "$1"
	chip ma "$2"
}

# device_of NODE: name of the device with this ACPI path
device_of() {
	for d in "/sys/bus/$1"/devices/*; do
		[ "$(cat "$d/firmware_node/path" 2>/dev/null)" = "$2" ] && echo "${d##*/}" && return
	done
	return 1
}

# supply_at NODE: the supply of the gauge with this ACPI path
supply_at() {
	for s in "$SYSFS"/*; do
		[ "$(cat "$s/device/firmware_node/path" 2>/dev/null)" = "$1" ] && echo "${s##*/}" &&
			return
	done
	return 1
}

# choose CHIP GAUGE MONITOR: what the functions are about
choose() {
	N=$1
	BAT=$(supply_at "$2") || bail "no supply for $2"
	gauge=$(device_of platform "$2")
	monitor=$(device_of i2c "$3")
}

# restart: as if the battery had just been connected
restart() {
	echo "$gauge" >$GAUGE/unbind
	echo "$gauge" >$GAUGE/bind
	await 20 test -e "$SYSFS/$BAT/capacity" || bail "no supply after a restart"
}

# near GOT WANTED RANGE
near() {
	[ "$1" -ge $(($2 - $3)) ] && [ "$1" -le $(($2 + $3)) ]
}

# measures NAME UV UA: the values over the range of the battery, with this resolution
measures() {
	local mv ma bad=0
	for mv in 2000 3000 3333 3700 4199 4200; do
		for ma in -3000 -999 -17 0 1 23 1500 3000; do
			cell $mv $ma
			expire
			near "$(prop voltage_now)" $((mv * 1000)) "$2" &&
				near "$(prop current_now)" $((ma * 1000)) "$3" || {
				echo "# $mv mV, $ma mA: $(prop voltage_now) $(prop current_now)"
				bad=1
			}
		done
	done
	is "$1: values from empty to full" $bad 0
}

both() {
	supply_at '\_SB_.VG1_' >/dev/null && supply_at '\_SB_.VG2_' >/dev/null
}

present() {
	[ "$(prop present)" = 1 ]
}

check "udev loads the drivers" await 60 both
choose 1 '\_SB_.VG2_' '\_SB_.INA2.MON_'
is "the monitor has the kernel's driver" \
	"$(basename "$(readlink -f "/sys/bus/i2c/devices/$monitor/driver")")" ina2xx_adc
measures INA226 1250 250

choose 0 '\_SB_.VG1_' '\_SB_.INA1.MON_'
# The driver of the monitor takes the shunt from a device tree only.
echo 0.1 | tee "/sys/bus/i2c/devices/$monitor"/iio:device*/in_shunt_resistor >/dev/null
measures INA219 4000 100

cell 3600 -1000
restart
is "technology" "$(prop technology)" Li-ion
is "status" "$(prop status)" Discharging
is "voltage_ocv" "$(prop voltage_ocv)" 3700000
is "capacity" "$(prop capacity)" 50
is "charge_now" "$(prop charge_now)" 1000000
is "charge_full" "$(prop charge_full)" 2000000
is "capacity_error_margin at the start, under load" "$(prop capacity_error_margin)" 18
# A poll may come between the two counters.
two_transfers() {
	r0=$(counter refreshes) t0=$(chip transfers)
	for _ in 1 2 3 4; do
		expire
		prop capacity >/dev/null
	done
	r1=$(counter refreshes) t1=$(chip transfers)
	[ $((t1 - t0)) = $((2 * (r1 - r0))) ]
}
check "two transfers in a refresh" await 60 two_transfers

# A rest of an hour, at 50 %
cell 3700 0
expire
sleep 3600
is "status after a rest" "$(prop status)" "Not charging"
check "the charge by the voltage" near "$(prop charge_now)" 1000000 10000
between "capacity_error_margin after a rest" "$(prop capacity_error_margin)" 3 6

# Half an hour at 1 A: 500 mAh. The voltage falls as it should, with a drop of 100 mV.
c0=$(prop charge_counter) q0=$(prop charge_now)
cell 3600 -1000
expire
for mv in 3577 3553 3530 3507 3483 3460; do
	sleep 300
	chip mv $mv
	expire
done
echo "# $(prop charge_now) $(prop voltage_ocv) $(prop capacity_error_margin)"
# 6 s more for expire, and one poll of 5 s in which the current has changed
check "the counter" near $((c0 - $(prop charge_counter))) 502000 4000
check "the charge" near $((q0 - $(prop charge_now))) 500000 40000
between "its margin" "$(prop capacity_error_margin)" 5 16

# The charger: at constant voltage, but Full only when the current has fallen.
cell 4200 500
restart
sleep 300
is "status at 500 mA" "$(prop status)" Charging
check "less than 100 %" test "$(prop capacity)" -lt 100
chip ma 90
sleep 90
is "status at 90 mA" "$(prop status)" Full
is "capacity at 90 mA" "$(prop capacity)" 100
cell 4160 0
sleep 600
is "status without a current" "$(prop status)" Full
cell 4100 -500
expire
is "status under load" "$(prop status)" Discharging

# Faults
chip nak 2
chip mv 3900
expire
is "two failed transfers are repeated" "$(prop voltage_now)" 3900000
chip nak -1
expire
is "the last value stays for a while" "$(prop voltage_now)" 3900000
sleep 20
is "then the battery is gone" "$(prop present)" 0
chip nak 0
check "and comes back" await 30 present
cell 200 0
expire
is "200 mV are not a battery" "$(prop present)" 0
cell 3700 0
expire
is "a battery is connected" "$(prop present)" 1
is "its capacity" "$(prop capacity)" 50

# The driver of the monitor
echo "$monitor" >$MONITOR/unbind
check "the supply goes with the driver of its monitor" test ! -e "$SYSFS/$BAT"
echo "$monitor" >$MONITOR/bind
check "and comes back with it" await 30 test -e "$SYSFS/$BAT/capacity"
rmmod ina2xx-adc
check "no supply without a monitor" test ! -e "$SYSFS/BAT0" -a ! -e "$SYSFS/BAT1"
modprobe ina2xx-adc
check "both are back" await 30 both
rmmod voltage-gauge
check "the gauge can be unloaded" test ! -e $GAUGE
finish
