#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vm: timeout=2250 acpi=none
. /tests/guest-lib.sh
start-upower || bail "no upower"
watch_actions

warns_any() {
	case $(display_value warning-level) in
	critical | action) ;;
	*) return 1 ;;
	esac
}

low_or_critical() {
	case $(prop ups_state) in
	low-battery | critical) ;;
	*) return 1 ;;
	esac
}

# state_is STATE: condition for await; the states seen so far are added to $seen
seen=
state_is() {
	local state
	state=$(prop ups_state)
	case "$seen " in
	*" $state ") ;;
	*) seen="$seen $state" ;;
	esac
	[ "$state" = "$1" ]
}

echo "# A full battery with unknown charge"
for dialect in no-rating rating-dashes no-volts one-block; do
	new_ups $dialect
	settle
	is "$dialect: unreadable attributes on mains" "$(unreadable)" ""
	before=$(actions)
	host mains 0
	check "$dialect: mains fails" await 60 reads $MAINS/online 0
	settle
	is "$dialect: unreadable attributes on battery" "$(unreadable)" ""
	is "$dialect: warning-level" "$(display_value warning-level)" none
	# The same battery, with the low-battery flag
	host low 1
	check "$dialect: low battery: upower warns" await 60 warns_any
	check "$dialect: low battery: upower is on battery" on_battery yes
	host low auto
	host mains 1
	check "$dialect: mains returns" await 60 on_battery no
	is "$dialect: actions of upower" "$(actions)" "$before"
done

echo "# The first replies to F are lost"
new_ups plain "lost F 2" "volts 23.4"
check "F lost twice: charge becomes known without rebinding" await 120 reads $BAT/capacity 50
is "F lost twice: manufacturer" "$(prop manufacturer)" "ACME POWER"

echo "# Values that the first reading lacks"
new_ups dashes "volts 23.4"
check "dashes: there is no frequency" test ! -e "$SYSFS/$BAT/frequency"
host dialect plain
check "a frequency appears when it is known" await 60 reads $BAT/frequency 50000
check "and so does the load" await 60 reads $BAT/load_percent 40

echo "# A low battery, then a loss of communication"
new_ups plain "volts 23.4"
before=$(actions)
host mains 0
host low 1
check "low: upower warns" await 60 warns critical
host hangup 3600
check "silent: communication is lost" await 60 reads $BAT/comm_status lost
is "silent: status" "$(prop status)" Discharging
check "silent: capacity ($(prop capacity)) is still at most 5" test "$(prop capacity)" -le 5
is "silent: online" "$(cat "$SYSFS/$MAINS/online")" 0
check "silent: upower still warns" warns_any
check "silent: critical after the delay" await 90 warns action
check "silent: upower powers off" await 90 acted "$before"
host hangup 0
host low auto
host mains 1
check "communication restored: online" await 60 reads $BAT/ups_state online
check "communication restored: no warning" await 60 warns none

echo "# An intermittent low-battery flag"
new_ups plain "volts 23.4"
host mains 0
host low 1
check "flapping: low at first" await 60 reads $BAT/ups_state low-battery
host low flap
await 90 state_is critical
is "flapping: states, without on-battery" "$seen" " low-battery critical"
host mains 1
check "flapping: online when mains returns" await 60 reads $BAT/ups_state online

echo "# Loss of communication on battery, not low"
new_ups plain "volts 23.4"
before=$(actions)
host mains 0
check "not low: on-battery" await 60 on_battery yes
host hangup 3600
check "not low: communication is lost" await 60 reads $BAT/comm_status lost
check "not low: upower is still on battery" on_battery yes
is "not low: status" "$(prop status)" Discharging
is "not low: capacity" "$(prop capacity)" 50
is "not low: online" "$(cat "$SYSFS/$MAINS/online")" 0
host mains 1
host hangup 0
check "not low: mains and communication are back" await 60 on_battery no

echo "# A UPS without a low-battery flag: low by charge, by runtime, by time on battery"
for limit in low_battery_percent=60 low_battery_runtime=3600 low_battery_after=1; do
	new_ups plain "low 0" "volts 23.4"
	echo 0 >"$SYSFS/$BAT/low_battery_percent"
	host mains 0
	check "$limit: not low without it" await 60 reads $BAT/ups_state on-battery
	settle
	is "$limit: still not low" "$(prop ups_state)" on-battery
	is "$limit: no warning" "$(display_value warning-level)" none
	echo "${limit#*=}" >"$SYSFS/$BAT/${limit%=*}"
	check "$limit: low" await 60 low_or_critical
	check "$limit: upower warns" await 60 warns_any
	host mains 1
	check "$limit: online when mains returns" await 60 reads $BAT/ups_state online
	check "$limit: no warning on mains" await 60 warns none
done

echo "# Refused commands, and answers that deviate from the description"
for dialect in plain nak; do
	new_ups $dialect "refuse S C T Q"
	check "$dialect: a refused turn_off is an error" \
		sh -c "! echo 100 2>/dev/null >$SYSFS/$BAT/turn_off"
	check "$dialect: a refused battery_test is an error" \
		sh -c "! echo 1 2>/dev/null >$SYSFS/$BAT/battery_test"
	check "$dialect: a refused beeper is an error" \
		sh -c "! echo 0 2>/dev/null >$SYSFS/$BAT/beeper"
	check "$dialect: a refused turn_off_cancel is an error" \
		sh -c "! echo 1 2>/dev/null >$SYSFS/$BAT/turn_off_cancel"
done
for dialect in plain nak ack; do
	new_ups $dialect
	check "$dialect: battery_test is accepted" sh -c "echo 1 >$SYSFS/$BAT/battery_test"
	check "$dialect: beeper is accepted" sh -c "echo 0 >$SYSFS/$BAT/beeper"
	check "$dialect: turn_off is accepted" sh -c "echo 100 >$SYSFS/$BAT/turn_off"
	check "$dialect: turn_off_cancel is accepted" sh -c "echo 1 >$SYSFS/$BAT/turn_off_cancel"
	host forget
	settle
	ask commands
	is "$dialect: only status queries afterwards" \
		"$(tr ' ' '\n' <<<"$answer" | sort -u | tr '\n' ' ')" "Q1 "
	is "$dialect: communication" "$(prop comm_status)" ok
done

echo "# Charging"
new_ups plain "volts 23.4"
settle
is "charging: status" "$(prop status)" Charging
power=$(prop power_now)
check "charging: power_now ($power) is not that of the outlets" \
	test "${power:-0}" -eq 0 -o "${power:-0}" -lt 20000000

echo "# A voltage that keeps changing by 0.1 V"
new_ups plain "volts 24.0"
host mains 0
check "jitter: on battery" await 60 reads $BAT/ups_state on-battery
settle
before=$(counter events) from=$(cut -d. -f1 /proc/uptime)
for i in 1 2 3 4 5 6; do
	host volts 24.$((i % 2))
	settle
done
# At most one per ten seconds
at_most "jitter: events" $(($(counter events) - before)) \
	$((($(cut -d. -f1 /proc/uptime) - from) / 10 + 1))
finish
