#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vm: timeout=1500 acpi=none
# shellcheck disable=SC2034 # for guest-lib.sh
PROTOCOL=cyberpower
. /tests/guest-lib.sh

# sent: commands since "forget" that are not queries
sent() {
	local word
	sent=
	ask commands
	for word in $answer; do
		case $word in
		D | P* | none) ;;
		*) sent="$sent $word" ;;
		esac
	done
	sent=${sent# }
}

check "udev loaded the driver" grep -q "^cyberpower_ups" /proc/modules
host speed 0
host charge 50
host volts 25.2
host load 40
settle
is "type of the battery" "$(prop type)" Battery
is "scope" "$(prop scope)" System
is "online" "$(cat "$SYSFS/$MAINS/online")" 1
is "status" "$(prop status)" Charging
is "capacity" "$(prop capacity)" 50
is "voltage_now" "$(prop voltage_now)" 25200000
is "voltage_min_design" "$(prop voltage_min_design)" 24000000
is "temp" "$(prop temp)" 310
is "energy_full" "$(prop energy_full)" 172800000
is "energy_now" "$(prop energy_now)" 86400000
is "health" "$(prop health)" Good
is "manufacturer" "$(prop manufacturer)" "CYBER POWER"
is "model_name" "$(prop model_name)" BC1200
is "serial_number" "$(prop serial_number)" A1B2C3D4E5F6
is "firmware_revision" "$(prop firmware_revision)" 1.600
is "input_voltage" "$(prop input_voltage)" 230500000
is "output_voltage" "$(prop output_voltage)" 229700000
is "load_percent" "$(prop load_percent)" 40
is "frequency" "$(prop frequency)" 50000
is "comm_status" "$(prop comm_status)" ok
sent
is "a shutdown of the previous boot is cancelled, once" "$sent" C
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
# With more load it would be empty.
host load 5
host charge 4
host mains 0
check "low by the charge alone" await 60 reads $BAT/ups_state low-battery
host mains 1
check "online again" await 60 reads $BAT/ups_state online

# Commands
host forget
is "the beeper is on" "$(prop beeper)" 1
echo 0 >"$SYSFS/$BAT/beeper"
check "the beeper is off" await 60 reads $BAT/beeper 0
echo 1 >"$SYSFS/$BAT/battery_test"
host speed 1
check "a battery test is running" await 60 reads $BAT/battery_test 1
host speed 0
check "a delay is rounded up" sh -c "echo 541 >$SYSFS/$BAT/turn_off"
echo 1 >"$SYSFS/$BAT/turn_off_cancel"
check "a delay of more than ten minutes is rejected" \
	sh -c "! echo 601 2>/dev/null >$SYSFS/$BAT/turn_off"
host refuse T
check "a refused command is an error" sh -c "! echo 1 2>/dev/null >$SYSFS/$BAT/battery_test"
host refuse
host lost C7:1 9
check "a command without an answer is an error" \
	sh -c "! echo 1 2>/dev/null >$SYSFS/$BAT/beeper"
settle
is "... and changes nothing" "$(prop beeper)" 0
sent
is "commands" "$sent" "C7:0 T Z10 C T C7:1"

# with DIALECT: a new UPS, on mains
with() {
	new_ups "$1" "charge 50" "volts 25.2"
}

# old_unit DIALECT MAINS COMMANDS: it does not know Z
old_unit() {
	with "$1"
	host mains "$2"
	[ "$2" = 1 ] || await 60 reads $BAT/ups_state on-battery
	host forget
	check "$1, mains $2: switched off" sh -c "echo 54 >$SYSFS/$BAT/turn_off"
	sent
	is "$1, mains $2: commands" "$sent" "$3"
	host mains 1
	check "$1, mains $2: online" await 60 reads $BAT/ups_state online
}

old_unit old 1 "Z.9 Z.9 S.9R0001"
old_unit old 0 "Z.9 Z.9 S.9"
old_unit silent-old 1 "Z.9 Z.9 S.9R0001"

# Whether it has received Z is not known: S would keep a unit off that has.
with plain
host forget
host fault silence 40
check "no answer at all is an error" sh -c "! echo 54 2>/dev/null >$SYSFS/$BAT/turn_off"
host nofault
sent
is "no answer at all: no S" "$sent" "Z.9 Z.9"
check "online" await 60 reads $BAT/comm_status ok
new_ups plain "charge 50" "volts 25.2" "lost C 1"
sent
is "a lost command to cancel is repeated" "$sent" "C C"
new_ups plain "charge 50" "volts 25.2" "refuse C"
check "one that is refused is in the log" \
	sh -c "dmesg | grep -q 'cannot cancel a shutdown that may be pending'"
with bc1200
is "no voltage: capacity" "$(prop capacity)" 50
is "no voltage: no file" "$(cat "$SYSFS/$BAT/voltage_now" 2>/dev/null)" ""
is "zeros are no serial number" "$(cat "$SYSFS/$BAT/serial_number" 2>/dev/null)" ""
with pr2200
is "no temperature: no file" "$(cat "$SYSFS/$BAT/temp" 2>/dev/null)" ""
is "no temperature: runtime" "$(prop time_to_empty_now)" $((minutes * 60))
with cst135
is "without zeros: values" "$(prop capacity) $(prop voltage_now) $(prop load_percent)" \
	"50 25200000 40"
is "without zeros: frequency of the input" "$(prop frequency)" 50000
is "without zeros: model" "$(prop manufacturer), $(prop model_name)" \
	"CyberPower Systems Inc., CST135XLU"
with nul
is "flags with NUL: values" "$(prop comm_status) $(prop capacity)" "ok 50"
for dialect in no-ident silent-ident; do
	with $dialect
	is "$dialect: capacity" "$(prop capacity)" 50
	is "$dialect: no energy" "$(cat "$SYSFS/$BAT/energy_full" 2>/dev/null)" ""
done
with dashes
is "a load that is not a number" "$(cat "$SYSFS/$BAT/load_percent" 2>/dev/null)" ""
is "... does not affect the capacity" "$(prop capacity)" 50
with slow-0.9
check "slow: capacity" await 60 reads $BAT/capacity 50
with lossy
check "a UPS that reads slowly: capacity" await 60 reads $BAT/capacity 50
is "... and comm_status" "$(prop comm_status)" ok

# Faults of one reply: nothing is lost, and nothing is taken for a different reply.
with plain
for fault in silence garbage late endless half nul high short; do
	host fault $fault 1 D
	settle
	is "$fault: values" "$(prop comm_status) $(prop capacity) $(prop voltage_now)" \
		"ok 50 25200000"
done

host hangup 3600
check "unplugged: comm_status" await 60 reads $BAT/comm_status lost
is "unplugged: unreadable attributes" "$(unreadable)" ""
host forget
host hangup 0
check "plugged in: comm_status" await 90 reads $BAT/comm_status ok
sent
is "plugged in: nothing is cancelled again" "$sent" ""
finish
