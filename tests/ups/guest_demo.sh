#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vm: timeout=500 acpi=none
#
# The second part of "make demo", in the guest: a UPS at an emulated 16550.
. /tests/guest-lib.sh >/dev/null

problems=0
expect() {
	expect_name=$1
	shift
	if "$@" >/dev/null 2>&1; then
		echo "    [ok]     $expect_name"
	else
		echo "    [FAILED] $expect_name"
		problems=$((problems + 1))
	fi
}

show() {
	upower -i /org/freedesktop/UPower/devices/battery_$BAT |
		grep -E 'model|state|percentage|energy:|time to empty'
	upower -d | grep on-battery
}

# mains 0|1: let mains fail or return
mains() {
	case $PROTOCOL in
	hid) host set ac "$1" ;;
	*) host mains "$1" ;;
	esac
}

port=$(readlink -f "$SYSFS/$BAT/device")
if [ "$PROTOCOL" = hid ]; then
	printf '\n=== %s\n' "A UPS with a USB port: APC Back-UPS, without any description"
	expect "udev loaded the driver" grep -q "^hid_ups " /proc/modules
elif [ -n "${PORT:-}" ]; then
	printf '\n=== %s\n' "A UPS at $PORT, attached by: ups-attach $PORT $PROTOCOL ..."
	expect "no process is left" sh -c "! pidof ups-attach"
else
	printf '\n=== %s\n' "A UPS at a serial port, described by ACPI only"
	echo "    ACPI device  $(cat "$port/firmware_node/path")"
	expect "udev loaded the driver" grep -q "^${PROTOCOL}_ups " /proc/modules
fi
echo "    driver       $(basename "$(readlink -f "$port/driver")")"
case $PROTOCOL in
megatec) host speed 0 && host volts 24.1 ;;
# upower ignores a power of more than 300 W.
voltronic | apcsmart) host speed 0 && host charge 63 && host load 15 ;;
hid) host set charge 63 ;;
esac
if [ "$PROTOCOL" = hid ]; then
	await 60 reads $BAT/capacity 63
else
	settle
fi
sed -n 's/^POWER_SUPPLY_/    /p' "$SYSFS/$BAT/uevent"
start-upower || problems=$((problems + 1))
show

printf '\n=== %s\n' "Mains fails"
mains 0
expect "upower says on-battery: yes" await 60 on_battery yes
expect "63 percent" sh -c "upower -i /org/freedesktop/UPower/devices/battery_$BAT | grep -q 'percentage: *63%'"
expect "time to empty" sh -c "upower -i /org/freedesktop/UPower/devices/battery_$BAT | grep -q 'time to empty'"
show

printf '\n=== %s\n' "Mains returns"
mains 1
expect "upower says on-battery: no" await 60 on_battery no
show
[ $problems = 0 ]
