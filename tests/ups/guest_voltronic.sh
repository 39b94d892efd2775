#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vm: timeout=1500 acpi=none
# shellcheck disable=SC2034 # for guest-lib.sh
PROTOCOL=voltronic
REPLIES=3
. /tests/guest-lib.sh

check "udev loaded the driver" grep -q "^voltronic_ups" /proc/modules
host speed 0
host charge 50
host volts 50.2
host load 40
settle
is "online" "$(cat "$SYSFS/$MAINS/online")" 1
check "manufacturer" await 60 reads $BAT/manufacturer "ACME POWER"
values <<END
type Battery
scope System
status Charging
capacity 50
voltage_now 50200000
voltage_min_design 48000000
temp 312
energy_full 345600000
energy_now 172800000
health Good
model_name OLHVT3K0
serial_number 83301404100013
firmware_revision 00322.02
input_voltage 230500000
output_voltage 229700000
load_percent 40
frequency 50000
comm_status ok
beeper 1
END
ask left
minutes=$((answer / 60))

start-upower || bail "no upower"
runtime_is_shown() {
	is "time_to_empty_now is that of the UPS" "$(prop time_to_empty_now)" $((minutes * 60))
}
mains_fails runtime_is_shown

# The flag, and the charge that the UPS reports
battery_low host charge 4

# Commands
echo 0 >"$SYSFS/$BAT/beeper"
check "the beeper is off" await 60 reads $BAT/beeper 0
echo 1 >"$SYSFS/$BAT/battery_test"
host speed 1
check "a battery test is running" await 60 reads $BAT/battery_test 1
host speed 0
check "601 s are accepted" sh -c "echo 601 >$SYSFS/$BAT/turn_off"
echo 1 >"$SYSFS/$BAT/turn_off_cancel"
check "a delay of more than 99 minutes is rejected" \
	sh -c "! echo 5941 2>/dev/null >$SYSFS/$BAT/turn_off"
host refuse T
check "a refused command is an error" sh -c "! echo 1 2>/dev/null >$SYSFS/$BAT/battery_test"

# with DIALECT: a new UPS, on mains
with() {
	new_ups "$1" "charge 50" "volts 50.2"
}

with five-digits
is "runtime of five digits" "$(prop time_to_empty_now)" $((minutes * 60))
with no-battery
is "without QBV: no capacity" "$(cat "$SYSFS/$BAT/capacity" 2>/dev/null)" ""
is "without QBV: voltage" "$(prop voltage_now)" 50200000
with no-warnings
is "without QWS: health" "$(prop health)" Good
with no-ident
is "without ident: capacity" "$(prop capacity)" 50
with replace
check "battery to be replaced: health" await 60 reads $BAT/health Dead
with not-connected
check "battery not connected: health" await 60 reads $BAT/health "Unspecified failure"
with dashes
is "a load that is not a number" "$(cat "$SYSFS/$BAT/load_percent" 2>/dev/null)" ""
is "... does not affect the capacity" "$(prop capacity)" 50
with slow-0.9
check "slow: capacity" await 60 reads $BAT/capacity 50

# Faults of one reply: nothing is lost, and nothing is taken for a different reply.
with plain
for fault in silence garbage late endless half; do
	for cmd in QGS QBV; do
		host fault $fault 1 $cmd
		settle
		is "$cmd, $fault: values" "$(prop comm_status) $(prop capacity) $(prop voltage_now)" \
			"ok 50 50200000"
	done
done

# P98 has no QGS.
unplug
host reset
host dialect p98
echo "$DEVICE" >$DRIVER/bind
sleep 8
check "a UPS without QGS is not accepted" [ ! -e "$SYSFS/$BAT" ]
host dialect plain
check "... until it is a different one" await 60 reads $BAT/comm_status ok

host hangup 3600
check "unplugged: comm_status" await 60 reads $BAT/comm_status lost
is "unplugged: unreadable attributes" "$(unreadable)" ""
host hangup 0
check "plugged in: comm_status" await 90 reads $BAT/comm_status ok
finish
