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
	contact) if [ "$1" = 1 ]; then host lines; else host lines cts; fi ;;
	*) host mains "$1" ;;
	esac
}

warned() {
	warns critical || warns action
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
voltronic | apcsmart | cyberpower) host speed 0 && host charge 63 && host load 15 ;;
hid) host set charge 63 ;;
esac
if [ "$PROTOCOL" = contact ]; then
	await 60 reads $BAT/ups_state online
else
	# APC's is not read with each poll.
	await 60 reads $BAT/capacity 63
fi
sed -n 's/^POWER_SUPPLY_/    /p' "$SYSFS/$BAT/uevent"
start-upower || problems=$((problems + 1))
show

# Its charge is unknown: upower shows it when the battery is low.
if [ "$PROTOCOL" = contact ]; then
	printf '\n=== %s\n' "Mains fails"
	mains 0
	expect "online is 0" await 60 reads $MAINS/online 0
	expect "ups0 is discharging" await 60 reads $BAT/status Discharging
	printf '\n=== %s\n' "The battery is low"
	host lines cts dcd
	expect "upower says on-battery: yes" await 60 on_battery yes
	expect "the warning is critical, or it acts" await 60 warned
	show
	printf '\n=== %s\n' "Mains returns"
	mains 1
	expect "upower says on-battery: no" await 60 on_battery no
	[ $problems = 0 ]
	exit
fi

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
