#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vm: timeout=1000 acpi=none
. /tests/guest-lib.sh

check "udev loaded the driver" grep -q "^megatec_ups" /proc/modules
is "bus of the device" "$(basename "$(readlink -f "$SYSFS/$BAT/device/subsystem")")" $BUS
host speed 0
host volts 23.4
host load 40
settle
is "type of the battery" "$(prop type)" Battery
is "type of the mains supply" "$(cat "$SYSFS/$MAINS/type")" Mains
is "scope" "$(prop scope)" System
is "online" "$(cat "$SYSFS/$MAINS/online")" 1
is "status" "$(prop status)" Charging
is "capacity" "$(prop capacity)" 50
is "capacity_level" "$(prop capacity_level)" Normal
is "voltage_now" "$(prop voltage_now)" 23400000
is "voltage_min_design" "$(prop voltage_min_design)" 24000000
is "temp" "$(prop temp)" 312
is "energy_full" "$(prop energy_full)" 46000000
is "energy_now" "$(prop energy_now)" 23000000
is "health" "$(prop health)" Good
is "manufacturer" "$(prop manufacturer)" "ACME POWER"
is "model_name" "$(prop model_name)" SMART700
is "firmware_revision" "$(prop firmware_revision)" V2.06
is "input_voltage" "$(prop input_voltage)" 230500000
is "output_voltage" "$(prop output_voltage)" 229700000
is "load_percent" "$(prop load_percent)" 40
is "frequency" "$(prop frequency)" 50000
is "comm_status" "$(prop comm_status)" ok
check "time_to_empty_now is readable on mains" sh -c "cat $SYSFS/$BAT/time_to_empty_now >/dev/null"

start-upower || bail "no upower"
check "upower: not on battery" on_battery no
is "upower: percentage" "$(battery_value percentage)" 50%

upower -m >/tmp/monitor 2>&1 &
monitor=$!
sleep 1
t0=${EPOCHREALTIME/./}
host mains 0
# A poll takes two seconds; the rest is the delay of upower.
check "mains fails: on-battery within a poll" await 60 on_battery yes
echo "# after $(((${EPOCHREALTIME/./} - t0) / 1000)) ms"
is "online" "$(cat "$SYSFS/$MAINS/online")" 0
is "status" "$(prop status)" Discharging
is "ups_state" "$(prop ups_state)" on-battery
is "upower: state" "$(battery_value state)" discharging
check "upower -m reports it" grep -q "changed:.*$BAT" /tmp/monitor
kill $monitor
# Drain, linear in the load: 1/720 of the battery per second at 50 percent, 1/240 at 100,
# hence 1/1200 at 40 percent: half a battery lasts 600 s.
t=$(prop time_to_empty_now)
check "time_to_empty_now from the calibration ($t)" test "$t" -ge 595 -a "$t" -le 605
e=$(prop energy_now) p=$(prop power_now)
d=$((e * 36 / (p / 100) - t))
check "energy divided by power is the runtime (difference $d s)" test ${d#-} -le 2

host mains 1
check "mains returns: not on battery" await 60 on_battery no
is "online" "$(cat "$SYSFS/$MAINS/online")" 1

# Limits and tag, as of every battery of the class
check "battery_tag ($(prop battery_tag)) is that of a pack" test "$(prop battery_tag)" -gt 0
echo 40 >"$SYSFS/$BAT/capacity_alert_min"
poller "$SYSFS/$BAT/capacity_alert_min"
host volts 22.0
wait "$poller"
is "a poller of capacity_alert_min is woken below the limit" $? 0
check "capacity ($(prop capacity)) is below the limit" test "$(prop capacity)" -lt 40
check "a limit above 100 is refused" \
	sh -c "! echo 101 2>/dev/null >$SYSFS/$BAT/capacity_alert_min"
host volts 23.4
settle

# The low-battery flag is ignored on mains.
host low 1
settle
is "low on mains: ups_state" "$(prop ups_state)" online
is "low on mains: capacity" "$(prop capacity)" 50
host mains 0
check "low on battery: ups_state" await 60 reads $BAT/ups_state low-battery
check "low on battery: capacity is at most 5" test "$(prop capacity)" -le 5
check "low on battery: capacity_level" await 60 reads $BAT/capacity_level Critical
check "critical after ten seconds" await 60 reads $BAT/ups_state critical
check "critical: capacity is at most 2" test "$(prop capacity)" -le 2
host low auto
host mains 1
check "online again" await 60 reads $BAT/ups_state online
is "capacity" "$(prop capacity)" 50

# Commands
echo 0 >"$SYSFS/$BAT/beeper"
check "the beeper is off" await 60 reads $BAT/beeper 0
echo 0 >"$SYSFS/$BAT/beeper"
sleep 3
is "... and stays off when written again" "$(prop beeper)" 0
echo 1 >"$SYSFS/$BAT/battery_test"
host speed 1
check "a battery test is running" await 60 reads $BAT/battery_test 1
host speed 0
check "an unsupported delay is rejected" \
	sh -c "! echo 601 2>/dev/null >$SYSFS/$BAT/turn_off"
echo 100 >"$SYSFS/$BAT/turn_off"
echo 1 >"$SYSFS/$BAT/turn_off_cancel"
check "an invalid killpower is rejected" \
	sh -c "! echo sometimes 2>/dev/null >$SYSFS/$BAT/killpower"
is "killpower" "$(prop killpower)" "off [on-battery] always"

# Unplug the cable.
host nofault
lines=$(dmesg | grep -c "$DEVICE:")
host hangup 3600
check "unplugged: comm_status" await 60 reads $BAT/comm_status lost
is "unplugged: online" "$(cat "$SYSFS/$MAINS/online")" 0
is "unplugged: status" "$(prop status)" Unknown
unreadable=0
for f in "$SYSFS/$BAT"/* "$SYSFS/$MAINS"/*; do
	[ -f "$f" ] || continue
	cat "$f" >/dev/null 2>&1 || { unreadable=$((unreadable + 1)) && echo "# $f"; }
done
is "unplugged: number of unreadable attributes" "$unreadable" 0
is "unplugged: capacity is the last known" "$(prop capacity)" 50
# The machine goes to sleep in the middle of a poll of the silent UPS, which may take ten
# seconds. The freezer would accept twenty, of all tasks together.
polled() {
	[ "$(counter queries)" != "$queries" ]
}

between_polls() {
	local n=0
	queries=$(counter queries)
	until [ $n = 6 ]; do
		sleep 0.5
		n=$((n + 1))
		! polled || { queries=$(counter queries) && n=0; }
	done
}

echo freezer >/sys/power/pm_test
for n in 1 2; do
	between_polls
	check "a poll begins" await 60 polled
	echo freeze >/sys/power/state
	slept=$(dmesg | sed -n 's/.*Freezing .*elapsed \([0-9]*\)\..*/\1/p' | tail -n 2 | sort -n |
		tail -n 1)
	at_most "unplugged: seconds that sleep $n is delayed" "$slept" 5
done
echo none >/sys/power/pm_test
is "unplugged: the machine has slept" "$(dmesg | grep -c 'PM: suspend exit')" 2

host hangup 0
check "plugged in: comm_status" await 90 reads $BAT/comm_status ok
is "plugged in: online" "$(cat "$SYSFS/$MAINS/online")" 1
is "log has one line for the loss, one for the recovery" \
	"$(($(dmesg | grep -c "$DEVICE:") - lines))" 2
finish
