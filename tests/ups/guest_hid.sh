#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vm: timeout=2400 acpi=none
# shellcheck disable=SC2034 # for guest-lib.sh
PROTOCOL=hid
. /tests/guest-lib.sh

# value NAME: of the simulated UPS
value() {
	ask get "$1"
	echo "$answer"
}

# read_now: have the driver read all reports; it does so after each command.
read_now() {
	echo 1 >"$SYSFS/$BAT/beeper"
} 2>/dev/null

# read_again: the same, and wait until it has
read_again() {
	ask gets
	read_from=$answer
	read_now
	await 60 was_read
}

was_read() {
	ask gets
	[ "$answer" -ge $((read_from + 5)) ]
}

warned() {
	case $(display_value warning-level) in
	critical | action) ;;
	*) return 1 ;;
	esac
}

# plugged: the UPS is there and was read
plugged() {
	[ -e "$SYSFS/$MAINS" ] && reads $BAT/comm_status ok
}

gone() {
	[ ! -e "$SYSFS/$BAT" ] && [ ! -e "$SYSFS/$MAINS" ]
}

# be MODEL: replace the UPS by a new one of this model
be() {
	host unplug
	check "$1: unplugged" await 60 gone
	host model "$1"
	host plug
	check "$1: the same name" await 60 plugged
}

# same PROPERTY NAME FACTOR: a property against the value that the UPS has; if it has none,
# there is no such property
same() {
	local want
	ask get "$2"
	case $answer in
	error*)
		check "$model: no $1" test ! -e "$SYSFS/$BAT/$1"
		;;
	*)
		want=$((answer * $3))
		is "$model: $1" "$(prop "$1")" $want
		;;
	esac
}

check "udev loaded the driver" grep -q "^hid_ups " /proc/modules
check "online" await 60 reads $MAINS/online 1
for model in apc cyberpower eaton tripplite powercom arduino; do
	[ $model = apc ] || be $model
	is "$model: online" "$(cat "$SYSFS/$MAINS/online")" 1
	is "$model: status" "$(prop status)" Charging
	is "$model: health" "$(prop health)" Good
	same capacity charge 1
	same time_to_empty_now runtime 1
	same voltage_now volts 1000
	same voltage_min_design nominal 1000
	same input_voltage input 1000
	same output_voltage output 1000
	same frequency frequency 1
	same load_percent load 1
	[ $model = eaton ] || same temp temp 1
	[ $model != eaton ] || is "300 K" "$(prop temp)" 269
	is "$model: unreadable attributes" "$(unreadable)" ""
	host set ac 0
	check "$model: mains fails" await 60 reads $MAINS/online 0
	is "$model: status" "$(prop status)" Discharging
	host set ac 1
	check "$model: mains returns" await 60 reads $MAINS/online 1
done
is "serial_number" "$(prop serial_number)" UPS10
be powercom
check "powercom: no turn_off" test ! -e "$SYSFS/$BAT/turn_off"

be apc
is "manufacturer" "$(prop manufacturer)" APC
is "model_name" "$(prop model_name)" "Back-UPS ES 700G"
is "serial_number" "$(prop serial_number)" 4B1000P00001
is "firmware_revision" "$(prop firmware_revision)" 871.O4
is "supplies" "$(cd $SYSFS && echo *)" "$BAT $MAINS"
check "no hiddev" sh -c "! ls /sys/class/usbmisc/hiddev* /dev/usb/hiddev* 2>/dev/null"

start-upower || bail "no upower"
is "upower: devices" "$(dbus-send --system --print-reply --dest=org.freedesktop.UPower \
	/org/freedesktop/UPower org.freedesktop.UPower.EnumerateDevices |
	grep -c 'object path .*/devices/')" 2
is "upower: percentage" "$(battery_value percentage)" 84%
is "upower: state" "$(battery_value state)" charging
check "upower: not on battery" on_battery no
host set ac 0
check "mains fails: upower is on battery" await 60 on_battery yes
is "upower: state" "$(battery_value state)" discharging
check "upower: time to empty" sh -c \
	"upower -i /org/freedesktop/UPower/devices/battery_$BAT | grep -q 'time to empty: *25.0 minutes'"
is "upower: no warning" "$(display_value warning-level)" none
host set low 1
check "low: ups_state" await 60 reads $BAT/ups_state low-battery
check "low: capacity is at most 5" test "$(prop capacity)" -le 5
check "low: upower warns" await 60 warned
host set low 0
host set ac 1
check "mains returns: upower is not on battery" await 60 on_battery no
host set charge 70
check "the charge in an input report" await 20 reads $BAT/capacity 70
host set replace 1
check "battery to be replaced" await 20 reads $BAT/health Dead
host set replace 0

echo "# Mains fails while the machine sleeps, and nobody receives the report of it"
read_again
host quiet ac 0
echo freezer >/sys/power/pm_test
echo freeze >/sys/power/state
# The next regular poll is 30 s after the last one.
check "it is seen when the machine wakes" await 12 reads $MAINS/online 0
echo none >/sys/power/pm_test
host set ac 1
check "mains returns" await 20 reads $MAINS/online 1

echo "# Commands"
echo 0 >"$SYSFS/$BAT/beeper"
is "the beeper is off" "$(value beeper)" 1
check "... and the attribute says so" await 20 reads $BAT/beeper 0
echo 1 >"$SYSFS/$BAT/battery_test"
is "a test was started" "$(value test)" 1
host quiet test 5
read_now
check "a test is running" await 20 reads $BAT/battery_test 1
host quiet test 1
echo 601 >"$SYSFS/$BAT/turn_off"
is "turn_off" "$(value off)" 601
check "counting down" await 20 reads $BAT/turn_off_cancel 1
echo 1 >"$SYSFS/$BAT/turn_off_cancel"
is "turn_off_cancel" "$(value off)" -1
check "a delay that is too long is rejected" \
	sh -c "! echo 32768 2>/dev/null >$SYSFS/$BAT/turn_off"
host refuse 1
check "a refused command is an error" sh -c "! echo 1 2>/dev/null >$SYSFS/$BAT/battery_test"
host refuse 0

echo "# A UPS that sends too little, or nothing"
values="84 13620000 231000000"
now() {
	echo "$(prop capacity) $(prop voltage_now) $(prop input_voltage)"
}
host set charge 84
check "charge" await 20 reads $BAT/capacity 84
for fault in short long; do
	host fault $fault
	read_again
	read_again
	is "$fault: values" "$(now) $(prop time_to_empty_now)" "$values 1500"
	is "$fault: ups_state" "$(prop ups_state) $(prop comm_status)" "online ok"
	host fault none
done
for fault in empty wrong error silence; do
	host fault $fault
	read_now
	check "$fault: communication is lost" await 120 reads $BAT/comm_status lost
	is "$fault: values" "$(now)" "$values"
	is "$fault: ups_state" "$(prop ups_state)" no-comm
	is "$fault: status" "$(prop status)" Unknown
	is "$fault: unreadable attributes" "$(unreadable)" ""
	host fault none
	check "$fault: communication is back" await 60 reads $BAT/comm_status ok
	is "$fault: online" "$(cat "$SYSFS/$MAINS/online")" 1
done

echo "# One report is refused: that is not a loss of communication"
host stall load
read_again
read_again
is "stalled: values" "$(now) $(prop load_percent)" "$values 24"
is "stalled: ups_state" "$(prop ups_state) $(prop comm_status)" "online ok"
host stall -

echo "# Only input reports: a reading would fail"
host fault error
host set ac 0
check "mains fails" await 60 reads $BAT/ups_state on-battery
host set ac 1
check "mains returns" await 60 reads $BAT/ups_state online
host fault none
read_now
check "answers again" await 60 reads $BAT/comm_status ok

echo "# Input reports without end, and with anything in them"
host flood 2000
check "flood: online" await 30 reads $BAT/ups_state online
host garbage 2000
is "garbage: online" "$(prop ups_state)" online
read_now
check "garbage: values" await 60 reads $BAT/capacity 84

echo "# Unplugged and plugged in, with readers"
for f in "$SYSFS/$BAT"/* "$SYSFS/$MAINS"/*; do
	[ ! -f "$f" ] || set -- "$@" "$f"
done
read-files /tmp/stop 0 "$@" >/tmp/readings &
problems=
for i in $(seq 30); do
	host unplug
	[ $((i % 3)) != 0 ] || host model eaton
	[ $((i % 3)) != 1 ] || host model apc
	host plug
	# Every other time it is unplugged while the driver is reading it.
	[ $((i % 2)) = 0 ] || await 60 plugged || problems="$problems $i"
done
check "plugged in again" await 60 plugged
touch /tmp/stop
wait $!
check "readers have read" grep -q "readings [1-9]" /tmp/readings
is "problems" "$problems" ""
is "supplies" "$(cd $SYSFS && echo *)" "$BAT $MAINS"

be cyberpower
echo 61 >"$SYSFS/$BAT/turn_off"
is "cyberpower: whole minutes" "$(value off) $(value on)" "120 180"
echo 1 >"$SYSFS/$BAT/turn_off_cancel"

echo "# Unbound and bound; other devices of the vendor"
echo "$(device_of_ups)" >/tmp/device
echo "$(cat /tmp/device)" >$DRIVER/unbind
check "unbound" await 60 gone
echo "$(cat /tmp/device)" >$DRIVER/bind
check "bound" await 60 plugged
finish
