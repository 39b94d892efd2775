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
is "online" "$(cat "$SYSFS/$MAINS/online")" 1
values <<END
type Battery
scope System
status Charging
capacity 50
voltage_now 25200000
voltage_min_design 24000000
temp 310
energy_full 172800000
energy_now 86400000
health Good
manufacturer CYBER POWER
model_name BC1200
serial_number A1B2C3D4E5F6
firmware_revision 1.600
input_voltage 230500000
output_voltage 229700000
load_percent 40
frequency 50000
comm_status ok
END
sent
is "a shutdown of the previous boot is cancelled, once" "$sent" C
ask left
minutes=$((answer / 60))

start-upower || bail "no upower"
runtime_is_shown() {
	is "time_to_empty_now is that of the UPS" "$(prop time_to_empty_now)" $((minutes * 60))
}
mains_fails runtime_is_shown

# The flag, and the charge that the UPS reports
nearly_empty() {
	# With more load it would be empty.
	host load 5
	host charge 4
}
battery_low nearly_empty

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
