#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vm: timeout=2100 acpi=none
# shellcheck disable=SC2034 # for guest-lib.sh
PROTOCOL=apcsmart
. /tests/guest-lib.sh

# with DIALECT [COMMAND...]: a new UPS, on mains; its first reading has all values
with() {
	local dialect=$1
	shift
	new_ups "$dialect" "charge 50" "$@"
}

# sends NAME WANTED: report the commands received since "forget", without queries
sends() {
	ask commands
	answer=$(tr ' ' '\n' <<<"$answer" | grep -vxE '[QfjBPLOFCX89YVabgnop]|\\x01|none' | tr '\n' ' ')
	is "$1" "${answer% }" "$2"
}

# sent COMMAND: it was received since "forget"; conditions for await
sent() {
	ask commands
	case " $answer " in
	*" $1 "*) ;;
	*) return 1 ;;
	esac
}

# The simulator has no fault left, and the next readings have come.
fault_is_over() {
	ask state
	case $answer in
	*" faults=0") settled ;;
	*) return 1 ;;
	esac
}

check "udev loaded the driver" grep -q "^apcsmart_ups" /proc/modules
with plain
is "online" "$(cat "$SYSFS/$MAINS/online")" 1
values <<END
type Battery
scope System
status Charging
capacity 50
voltage_now 27300000
voltage_min_design 24000000
temp 312
energy_full 172800000
health Good
manufacturer APC
model_name SMART-UPS 700
serial_number WS9643050926
firmware_revision 50.9.I
input_voltage 230500000
output_voltage 229700000
load_percent 40
frequency 50000
comm_status ok
END
check "no beeper" test ! -e "$SYSFS/$BAT/beeper"
ask left
minutes=$((answer / 60))
is "time_to_empty_now is that of the UPS" "$(prop time_to_empty_now)" $((minutes * 60))

# The setting of the delay: from 20 s to the first that is not shorter than 60 s
ask p
is "the delay of the UPS" "$answer" 180
ask writes
is "... written once" "$answer" 1
sends "commands at the start" "\\x7f -"
unplug
plug
ask writes
is "... and not again" "$answer" 1

start-upower || bail "no upower"
upower_shows() {
	upower -i /org/freedesktop/UPower/devices/battery_$BAT >/tmp/upower
	check "upower: percentage" grep -q 'percentage: *50%' /tmp/upower
	check "upower: time to empty" grep -q 'time to empty: *[1-9]' /tmp/upower
}
mains_fails upower_shows

# Time from the alert to the event, with the way of the command to the simulator. Only
# reported: this machine may be busy.
cs() {
	local up
	read -r up _ </proc/uptime
	up=${up/./}
	echo $((10#$up))
}
best=60000
for _ in 1 2 3; do
	settle
	poller "$SYSFS/$BAT/ups_state"
	from=$(cs)
	echo "HOST: mains 0"
	wait "$poller"
	took=$((($(cs) - from) * 10))
	IFS= read -r -t 60 _ <&4
	[ $took -ge $best ] || best=$took
	check "alert: on battery" await 60 reads $BAT/ups_state on-battery
	host mains 1
	check "alert: online" await 60 reads $BAT/ups_state online
done
echo "# from a mains failure to its event: $best ms at best"
check "a mains failure causes an event" test $best -lt 60000
ask latency
echo "# from the alert to the next Q, at the port: $answer ms"

# The flag, and the charge that the UPS reports
raise_limit() {
	echo 50 >"$SYSFS/$BAT/low_battery_percent"
}
battery_low raise_limit
echo 5 >"$SYSFS/$BAT/low_battery_percent"
# With an empty battery it switches off.
host charge 1
host mains 0
check "off: mains has failed nevertheless" await 60 reads $MAINS/online 0
host mains 1
check "online again" await 60 reads $BAT/ups_state online

# Flags
host charge 50
host replace 1
check "replace: health" await 60 reads $BAT/health Dead
host replace 0
check "health is good again" await 60 reads $BAT/health Good
host set 8 20
check "a charger that has failed: health" await 60 reads $BAT/health "Unspecified failure"
host set 8 00
check "health is good again" await 60 reads $BAT/health Good

# A battery test is not a failure of mains.
host forget
host speed 0
host when W after 5 speed 100
echo 1 >"$SYSFS/$BAT/battery_test"
check "a battery test is running" await 60 reads $BAT/battery_test 1
ask flags
is "the UPS is on battery" "$answer" 10
is "... but mains has not failed" "$(cat "$SYSFS/$MAINS/online")" 1
check "the test is over" await 90 reads $BAT/battery_test 0
is "... without a failure" "$(prop ups_state)" online
sends "commands of a test" W
host speed 0

# Switching off, on mains, and on battery
host forget
check "100 s are accepted" sh -c "echo 100 >$SYSFS/$BAT/turn_off"
echo 1 >"$SYSFS/$BAT/turn_off_cancel"
sends "on mains" "@000 \\x7f"
host mains 0
check "on battery" await 60 reads $BAT/ups_state on-battery
host forget
check "180 s are accepted" sh -c "echo 180 >$SYSFS/$BAT/turn_off"
echo 1 >"$SYSFS/$BAT/turn_off_cancel"
sends "on battery" "S \\x7f"
check "more than the UPS is set to is rejected" \
	sh -c "! echo 181 2>/dev/null >$SYSFS/$BAT/turn_off"
check "... also as killpower_delay" \
	sh -c "! echo 181 2>/dev/null >$SYSFS/$BAT/killpower_delay"
host refuse S W @ U
host forget
check "refused: turn_off" sh -c "! echo 100 2>/dev/null >$SYSFS/$BAT/turn_off"
check "refused: battery_test" sh -c "! echo 1 2>/dev/null >$SYSFS/$BAT/battery_test"
host refuse
host mains 1
check "online again" await 60 reads $BAT/ups_state online

# The user changes a setting at the panel.
host p 300
host alert "|"
check "the new delay is known" await 60 sh -c "echo 300 >$SYSFS/$BAT/killpower_delay"

with no-at
host forget
check "without @" sh -c "echo 100 >$SYSFS/$BAT/turn_off"
sends "without @: a failure is simulated" "U S"
with no-s
host forget
check "without S: a command on mains" sh -c "echo 100 >$SYSFS/$BAT/turn_off"
sends "without S" "@000"
with long
ask writes
is "a longer delay is not changed" "$answer" 0
with other-delays
ask p
is "other delays: the best" "$answer" 90
with short-delays
ask p
is "short delays: none is long enough" "$answer" 10
check "... and 60 s are rejected" sh -c "! echo 60 2>/dev/null >$SYSFS/$BAT/killpower_delay"
check "... but 10 s are not" sh -c "echo 10 >$SYSFS/$BAT/killpower_delay"

# Firmware without a list of commands, and with a wrong one
with old
is "old: capacity" "$(prop capacity)" 50
is "old: model_name, serial_number, firmware" \
	"$(cat "$SYSFS/$BAT/model_name" 2>/dev/null) $(prop serial_number) $(prop firmware_revision)" \
	" WS9643050926 6QD"
host mains 0
check "old: on battery" await 60 reads $BAT/ups_state on-battery
check "old: * is an answer" sh -c "echo 100 >$SYSFS/$BAT/turn_off"
with older
is "older: capacity, runtime" \
	"$(prop capacity) $(cat "$SYSFS/$BAT/time_to_empty_now" 2>/dev/null)" "50 "
check "older: a delay of 20 s is assumed" sh -c "echo 20 >$SYSFS/$BAT/killpower_delay"
check "... no more" sh -c "! echo 21 2>/dev/null >$SYSFS/$BAT/killpower_delay"
with unknown-firmware
is "unknown firmware: capacity, load" "$(prop capacity) $(prop load_percent)" "50 40"
with boastful
is "boastful: capacity" "$(prop capacity)" 50
is "boastful: no runtime, temperature, serial number" \
	"$(cat "$SYSFS/$BAT"/{time_to_empty_now,temp,serial_number} 2>/dev/null)" ""
with slow-0.9
check "slow: capacity" await 120 reads $BAT/capacity 50
is "slow: model_name, serial_number" "$(prop model_name) $(prop serial_number)" \
	"SMART-UPS 700 WS9643050926"

# Faults of one reply: nothing is lost, and nothing is taken for a different reply.
with plain
for fault in silence garbage late endless half short nul high split glue echo alert na sm; do
	for cmd in Q f; do
		host fault $fault 1 $cmd
	done
	settle_from=$(counter replies)
	await 60 fault_is_over || :
	is "$fault: values" "$(prop comm_status) $(prop ups_state) $(prop capacity)" "ok online 50"
done
host fault panel 3 Q
settle
is "garbage during a test of the panel" "$(prop comm_status) $(prop ups_state)" "ok online"
is "losses of communication so far" "$(counter losses)" 0

# It leaves smart mode.
host forget
host dumb
check "not in smart mode: noticed" await 60 sent Y
settle
is "... without a loss" "$(prop comm_status) $(counter losses)" "ok 0"
host mains 0
check "... on battery" await 60 reads $BAT/ups_state on-battery
host mains 1

# Silence
host hangup 3600
check "silent: comm_status" await 120 reads $BAT/comm_status lost
is "silent: unreadable attributes" "$(unreadable)" ""
host dumb
host hangup 0
check "it answers again" await 120 reads $BAT/comm_status ok
is "capacity" "$(prop capacity)" 50

host forget
unplug
sends "unbound: smart mode is left" R
ask errors
is "bytes that are not of this protocol" "$answer" none
finish
