#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vm: timeout=1000 acpi=none port=usb
#
# A UPS at a USB adapter: attached, unplugged, plugged in again, removed.
PORT=/dev/ttyUSB0
. /tests/guest-lib.sh

USB=
for d in /sys/bus/usb/devices/*; do
	[ "$(cat "$d/serial" 2>/dev/null)" != PSY-UPS ] || USB=$d
done
[ -n "$USB" ] || bail "no USB adapter"

# state_of_usb WHAT: what is not as expected, and why that may be
state_of_usb() {
	{
		echo "$1"
		ls -l /dev/ttyUSB* /dev/ups /run/udev/queue
		pidof systemd-udevd
		udevadm info "$PORT"
		dmesg | tail -n 25
	} 2>&1 | sed 's/^/# /'
}

unplug_usb() {
	echo 0 >"$USB/authorized"
	await 20 test ! -e "$PORT" || state_of_usb "the port stays"
}

plug_usb() {
	echo 1 >"$USB/authorized"
	await 60 test -c "$PORT" && return
	state_of_usb "no port"
	return 1
}

attached_by_udev() {
	await 60 reads $BAT/comm_status ok && return
	state_of_usb "not attached"
	return 1
}

host volts 27.3
check "values" await 60 reads $BAT/capacity 100
is "bus of the device" "$(basename "$(readlink -f "$SYSFS/$BAT/device/subsystem")")" platform
is "online" "$(cat "$SYSFS/$MAINS/online")" 1
check "no process is left" sh -c "! pidof ups-attach"
check "nobody else can read the port" sh -c "! head -c 1 $PORT 2>/dev/null"
# As a modem manager would
check "nobody else can write to the port" sh -c "! echo AT >$PORT" 2>/dev/null
check "nor change its settings" sh -c "! stty -F $PORT 9600" 2>/dev/null
check "a second UPS at the port is refused" sh -c "! ups-attach $PORT megatec" 2>/dev/null
is "comm_status" "$(prop comm_status)" ok

# Unplugged while on battery
start-upower || bail "no upower"
watch_actions
host mains 0
check "on battery" await 60 reads $BAT/ups_state on-battery
unplug_usb
check "the port is gone" test ! -e "$PORT"
check "comm_status" await 60 reads $BAT/comm_status lost
check "the supplies stay" test -d "$SYSFS/$MAINS"
is "it is still on battery" "$(prop status)" Discharging
is "nothing is unreadable" "$(unreadable)" ""
check "upower still has the battery" test -n "$(battery_value percentage)"

# Plugged in again: udev would call this.
check "the port is there" plug_usb
check "the same UPS is attached again" attach
check "comm_status" await 60 reads $BAT/comm_status ok
check "on battery" await 60 reads $BAT/ups_state on-battery
host mains 1
check "online" await 60 reads $BAT/ups_state online
is "there is one UPS" "$(echo "$SYSFS"/ups*)" "$SYSFS/$BAT $SYSFS/$MAINS"
is "upower never asked for an action" "$(actions)" 0

# By udev, as described in ups-attach.rst
mkdir -p /etc/udev/rules.d
echo "SUBSYSTEM==\"tty\", ATTRS{serial}==\"PSY-UPS\", SYMLINK+=\"ups/office\"," \
	"RUN+=\"/usr/bin/ups-attach -n office \$devnode megatec\"" \
	>/etc/udev/rules.d/60-ups-attach.rules
udevadm control --reload
check "removed" ups-attach -d "$PORT"
await 20 test ! -e "$SYSFS/$BAT"
unplug_usb
check "the port is there again" plug_usb
check "udev attaches the UPS" attached_by_udev
check "the port has a name" await 20 test -c /dev/ups/office
n=$(prop battery_tag)
unplug_usb
check "unplugged" await 60 reads $BAT/comm_status lost
plug_usb
check "udev attaches it again" attached_by_udev
is "it is the same UPS" "$(prop battery_tag)" "$n"
rm /etc/udev/rules.d/60-ups-attach.rules
udevadm control --reload
ups-attach -d "$PORT"
check "attached by hand again" attach
check "it works" await 60 reads $BAT/comm_status ok

# Ten times, at any moment of a query
n=0
while [ $n -lt 10 ]; do
	echo 0 >"$USB/authorized"
	usleep $((n * 7919 % 250000))
	plug_usb && await 10 attach || break
	usleep $((n * 104729 % 1000000))
	n=$((n + 1))
done
is "unplugged and attached" $n 10
check "it works" await 60 reads $BAT/comm_status ok

# With other properties it is a new UPS.
unplug_usb
check "unplugged" test ! -e "$PORT"
plug_usb
check "attached with other properties" ups-attach "$PORT" megatec critical-delay-sec=20
check "it works" await 60 reads $BAT/comm_status ok
check "without the energy of the battery" test ! -e "$SYSFS/$BAT/energy_full"

check "removed" ups-attach -d "$PORT"
check "the supplies are gone" await 20 test ! -e "$SYSFS/$BAT"
check "it cannot be removed twice" sh -c "! ups-attach -d $PORT" 2>/dev/null
is "the port is a tty again" "$(stty -F "$PORT" speed)" 2400

# Wrong lines. The kernel says what is wrong.
refused() {
	ups-attach "$@" 2>/tmp/error && return 1
	cat /tmp/error
	[ ! -e "$SYSFS/$BAT" ]
}
check "an unknown protocol is refused" refused "$PORT" no-such
check "a wrong value is refused" refused "$PORT" megatec megatec,cable-power=odd
check "and the log names the property" \
	sh -c "dmesg | grep -q 'megatec,cable-power: must be normal'"
check "a property without a name is refused" refused "$PORT" megatec =5
check "an empty name is refused" refused -n "" "$PORT" megatec
# A protocol is whatever the driver's name begins with: not any module
check "too long a protocol is refused" refused "$PORT" "$(printf '%040d' 0)"
check "a file is refused" refused /etc/passwd megatec

check "a reference is refused" refused "$PORT" megatec monitored-battery=battery

# A limit with a typing mistake would not be in force.
check "an unknown property is refused" \
	refused "$PORT" megatec low-batery-percent=20 critical-delay-sec=20
check "... and the log names it, and those that exist" \
	sh -c "dmesg | grep 'low-batery-percent: must be one of' |
		grep 'low-battery-percent' | grep -q 'megatec,cells'"
check "... also as a word alone, and the last one" refused "$PORT" megatec megatec,no-ratings
check "a part of a name is refused" refused "$PORT" megatec low-battery-percen=20

# Odd values are texts, which this property does not have: its default is not used instead.
for value in 0-2147483647 2400-2401 4294969696 "2400," -5 0x960; do
	check "current-speed=$value is refused" refused "$PORT" megatec "current-speed=$value"
done

# Two processes at a time: one succeeds, and the UPS stays.
n=0
while [ $n -lt 15 ]; do
	ups-attach -n office "$PORT" megatec 2>/dev/null &
	first=$!
	ups-attach -n office "$PORT" megatec 2>/dev/null
	second=$?
	wait $first
	[ $((second == 0)) != $(($? == 0)) ] || break
	await 20 test -d "$SYSFS/$BAT" && sleep 0.2 && [ -d "$SYSFS/$BAT" ] || break
	ups-attach -d "$PORT" || break
	await 20 test ! -d "$SYSFS/$BAT" || break
	n=$((n + 1))
done
is "pairs of processes of which one succeeded" $n 15

# For the driver, the port has no process: it can be unbound at any time.
attach
await 60 reads $BAT/comm_status ok
# shellcheck disable=SC2034 # for guest-lib.sh
DEVICE=$(device_of_ups)
unplug
check "unbound" test ! -e "$SYSFS/$BAT"
plug
check "bound again" reads $BAT/comm_status ok
rmmod megatec_ups
check "the driver is unloaded" test ! -e "$SYSFS/$BAT"
check "its transport is in use" sh -c "! rmmod ups_serial" 2>/dev/null
modprobe megatec-ups
check "loaded again" await 60 reads $BAT/comm_status ok
echo 0 >"$USB/authorized"
check "unplugged" await 60 reads $BAT/comm_status lost

mkdir -p /dev/pts
mount -t devpts devpts /dev/pts 2>/dev/null
dmesg -n 1
check "many at a time" tty-fuzz 20
# udev loads the driver for each of the devices, long after they are gone.
udevadm settle --timeout=300 || state_of_usb "udev is busy"
rmmod megatec_ups ups_serial ups_core || state_of_usb "not unloaded"
check "without a port the modules can be unloaded" sh -c "! grep ^ups_ /proc/modules"
finish
