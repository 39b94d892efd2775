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
is "type of the battery" "$(prop type)" Battery
is "scope" "$(prop scope)" System
is "online" "$(cat "$SYSFS/$MAINS/online")" 1
is "status" "$(prop status)" Charging
is "capacity" "$(prop capacity)" 50
is "voltage_now" "$(prop voltage_now)" 50200000
is "voltage_min_design" "$(prop voltage_min_design)" 48000000
is "temp" "$(prop temp)" 312
is "energy_full" "$(prop energy_full)" 345600000
is "energy_now" "$(prop energy_now)" 172800000
is "health" "$(prop health)" Good
check "manufacturer" await 60 reads $BAT/manufacturer "ACME POWER"
is "model_name" "$(prop model_name)" OLHVT3K0
is "serial_number" "$(prop serial_number)" 83301404100013
is "firmware_revision" "$(prop firmware_revision)" 00322.02
is "input_voltage" "$(prop input_voltage)" 230500000
is "output_voltage" "$(prop output_voltage)" 229700000
is "load_percent" "$(prop load_percent)" 40
is "frequency" "$(prop frequency)" 50000
is "comm_status" "$(prop comm_status)" ok
is "beeper" "$(prop beeper)" 1
ask left
minutes=$((answer / 60))

start-upower || bail "no upower"
check "upower: not on battery" on_battery no
host mains 0
check "mains fails: on-battery within a poll" await 60 on_battery yes
is "online" "$(cat "$SYSFS/$MAINS/online")" 0
is "status" "$(prop status)" Discharging
is "ups_state" "$(prop ups_state)" on-battery
is "time_to_empty_now is that of the UPS" "$(prop time_to_empty_now)" $((minutes * 60))
is "upower: state" "$(battery_value state)" discharging
host mains 1
check "mains returns: not on battery" await 60 on_battery no

# The flag, and the charge that the UPS reports
host mains 0
host low 1
check "low" await 60 reads $BAT/ups_state low-battery
check "capacity is at most 5" test "$(prop capacity)" -le 5
check "critical after ten seconds" await 60 reads $BAT/ups_state critical
host low auto
host mains 1
check "online again" await 60 reads $BAT/ups_state online
host charge 4
host mains 0
check "low by the charge alone" await 60 reads $BAT/ups_state low-battery
host mains 1
check "online again" await 60 reads $BAT/ups_state online

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
