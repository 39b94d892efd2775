#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vm: timeout=2250 acpi=none
. /tests/guest-lib.sh
start-upower || bail "no upower"
watch_actions

warns_at_all() {
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

# The states that were seen on the way are in $seen.
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

echo "# A full battery whose charge cannot be worked out"
for dialect in no-rating rating-dashes no-volts one-block; do
	another $dialect
	settle
	is "$dialect: no attribute is unreadable on mains" "$(unreadable)" ""
	before=$(actions)
	host mains 0
	check "$dialect: mains fails" await 60 reads $LINE/online 0
	settle
	is "$dialect: no attribute is unreadable on battery" "$(unreadable)" ""
	is "$dialect: warning-level" "$(display_value warning-level)" none
	# The same battery, when the UPS does call it low
	host low 1
	check "$dialect: low battery: a warning" await 60 warns_at_all
	check "$dialect: low battery: on-battery" on_battery yes
	host low auto
	host mains 1
	check "$dialect: mains returns" await 60 on_battery no
	is "$dialect: nothing was done" "$(actions)" "$before"
done

echo "# The rating is not answered at first"
another plain "lost F 2" "volts 23.4"
check "F lost twice: the charge comes without a new start" await 120 reads $BAT/capacity 50
is "F lost twice: the maker is known" "$(prop manufacturer)" "ACME POWER"

echo "# A low battery, and then a UPS that is silent"
another plain "volts 23.4"
before=$(actions)
host mains 0
host low 1
check "low: upower warns" await 60 warns critical
host hangup 3600
check "silent: communication is lost" await 60 reads $BAT/comm_status lost
is "silent: status" "$(prop status)" Discharging
check "silent: capacity ($(prop capacity)) stays low" test "$(prop capacity)" -le 5
is "silent: online" "$(cat "$SYSFS/$LINE/online")" 0
check "silent: upower goes on warning" warns_at_all
check "silent: critical in the end" await 90 warns action
check "silent: upower powers off" await 90 acted "$before"
host hangup 0
host low auto
host mains 1
check "it answers again: online" await 60 reads $BAT/ups_state online
check "it answers again: no warning" await 60 warns none

echo "# A low-battery flag that comes and goes"
another plain "volts 23.4"
host mains 0
host low 1
check "flapping: low at first" await 60 reads $BAT/ups_state low-battery
host low flap
await 90 state_is critical
is "flapping: critical, and never on-battery again" "$seen" " low-battery critical"
host mains 1
check "flapping: mains takes it back" await 60 reads $BAT/ups_state online

echo "# Silence on a battery that is not low"
another plain "volts 23.4"
before=$(actions)
host mains 0
check "not low: on-battery" await 60 on_battery yes
host hangup 3600
check "not low: lost" await 60 reads $BAT/comm_status lost
check "not low: upower is still on battery" on_battery yes
is "not low: status" "$(prop status)" Discharging
is "not low: capacity" "$(prop capacity)" 50
is "not low: online" "$(cat "$SYSFS/$LINE/online")" 0
host mains 1
host hangup 0
check "not low: back" await 60 on_battery no

echo "# A UPS without a low-battery flag: low by charge, by runtime, by time on battery"
for limit in low_battery_percent=60 low_battery_runtime=3600 low_battery_after=1; do
	another plain "low 0" "volts 23.4"
	echo 0 >"$SYSFS/$BAT/low_battery_percent"
	host mains 0
	check "$limit: not low without" await 60 reads $BAT/ups_state on-battery
	settle
	is "$limit: still not low" "$(prop ups_state)" on-battery
	is "$limit: no warning" "$(display_value warning-level)" none
	echo "${limit#*=}" >"$SYSFS/$BAT/${limit%=*}"
	check "$limit: low" await 60 low_or_critical
	check "$limit: upower warns" await 60 warns_at_all
	host mains 1
	check "$limit: mains takes it back" await 60 reads $BAT/ups_state online
	check "$limit: no warning any more" await 60 warns none
done

echo "# What is refused, or not answered as described"
for dialect in plain nak; do
	another $dialect "refuse S C T Q"
	check "$dialect: a refused delay is an error" sh -c "! echo 100 2>/dev/null >$SYSFS/$BAT/turn_off"
	check "$dialect: a refused test is an error" sh -c "! echo 1 2>/dev/null >$SYSFS/$BAT/battery_test"
	check "$dialect: a refused beeper is an error" sh -c "! echo 0 2>/dev/null >$SYSFS/$BAT/beeper"
	check "$dialect: a refused cancel is an error" \
		sh -c "! echo 1 2>/dev/null >$SYSFS/$BAT/turn_off_cancel"
done
for dialect in plain nak ack; do
	another $dialect
	check "$dialect: a test is taken" sh -c "echo 1 >$SYSFS/$BAT/battery_test"
	check "$dialect: a beeper is taken" sh -c "echo 0 >$SYSFS/$BAT/beeper"
	check "$dialect: a delay is taken" sh -c "echo 100 >$SYSFS/$BAT/turn_off"
	check "$dialect: a cancel is taken" sh -c "echo 1 >$SYSFS/$BAT/turn_off_cancel"
	host forget
	settle
	ask commands
	is "$dialect: only the status is asked for afterwards" \
		"$(tr ' ' '\n' <<<"$answer" | sort -u | tr '\n' ' ')" "Q1 "
	is "$dialect: not lost" "$(prop comm_status)" ok
done

echo "# Charging"
another plain "volts 23.4"
settle
is "charging: status" "$(prop status)" Charging
power=$(prop power_now)
check "charging: power_now ($power) is not the discharge" \
	test "${power:-0}" -eq 0 -o "${power:-0}" -lt 20000000

echo "# A voltage that moves by a tenth all the time"
another plain "volts 24.0"
host mains 0
check "jitter: on battery" await 60 reads $BAT/ups_state on-battery
settle
before=$(stat events) from=$(cut -d. -f1 /proc/uptime)
for i in 1 2 3 4 5 6; do
	host volts 24.$((i % 2))
	settle
done
# Once in ten seconds
at_most "jitter: events" $(($(stat events) - before)) \
	$((($(cut -d. -f1 /proc/uptime) - from) / 10 + 1))
finish
