#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vm: timeout=600 acpi=none ups=contact
#
# A power-off with UPSes with contact closure: one at a port that firmware describes, and
# several at USB adapters, each with a different command to switch off.
# shellcheck disable=SC2034 # for guest-lib.sh
. /tests/guest-lib.sh
modprobe vhci-hcd

# QEMU's port has CTS, DSR and DCD high, so that this one is on battery.
check "serdev: the driver was loaded by udev" grep -q "^contact_ups" /proc/modules
check "serdev: on battery" await 60 reads $BAT/ups_state low-battery
is "serdev: bus" "$(basename "$(readlink -f "$SYSFS/$BAT/device/subsystem")")" serial

# add CABLE LINES [PROPERTY...]: an adapter with a UPS whose inputs are LINES
n=0
add() {
	local cable=$1 lines=$2
	shift 2
	mkfifo "/tmp/$cable.control" "/tmp/$cable.answers"
	exec 6<>"/tmp/$cable.control" 7<>"/tmp/$cable.answers"
	ftdi-contact-sim "$cable" "/tmp/$cable.control" "/tmp/$cable.answers" &
	# shellcheck disable=SC2086 # words
	echo lines $lines >&6
	read -r -t 60 _ <&7
	check "$cable: port" await 60 test -c "/dev/ttyUSB$n"
	check "$cable: attached" ups-attach "/dev/ttyUSB$n" contact "contact,cable=$cable" "$@"
	n=$((n + 1))
	check "$cable: read" await 60 reads ups$n/comm_status ok
}

on_battery="contact,debounce-ms=0 contact,shutdown-hold-ms=500"
# shellcheck disable=SC2086 # words
{
	add upsonic-lan-saver "cts" $on_battery
	add apc-940-0095a "ri" $on_battery
	add apc-940-0020b "cts" $on_battery
	add rups "dcd" $on_battery
	add apc-940-0119a "cts" contact,debounce-ms=0
	add powerware-5119 "dcd" $on_battery
	add nitram-500 "dcd" contact,debounce-ms=0
	add cyberpower-power99 "cts dcd" $on_battery
}
for i in 1 2 3 4 5 6 7; do
	check "ups$i is on battery" await 60 reads ups$i/ups_state on-battery
done
is "ups8 is on mains" "$(cat "$SYSFS/ups8/ups_state")" online
check "nitram-500 cannot be switched off" test ! -e "$SYSFS/ups7/killpower"
# The kernel then logs each device that it shuts down.
echo Y >/sys/module/kernel/parameters/initcall_debug
echo "ftdi-contact-sim: power-off" >/dev/kmsg
poweroff -f
sleep 100
