#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vm: kver=6.1,6.12,newest acpi=composite-acpi timeout=1200
#
# The batteries of a laptop's firmware, made one by the command of the README.
# While the mains adapter is offline, the kernel's battery driver asks every supply
# for its scope from inside STATUS: the composite must answer while it reads that
# battery. Nobody may hang, and upower's sum is what the composite reports.
. /tests/lib.sh
. /tests/composite-lib.sh
COMPOSITE=
READERS=6

# state BITS: see the table composite-acpi
state() {
	# shellcheck disable=SC2059 # an octal escape is meant
	printf "\\$(printf %03o "$1")" |
		dd of=/dev/port bs=1 seek=$((0x2ff)) conv=notrunc 2>/dev/null
}

# value SUPPLY PROPERTY: what it reads, or nothing; not longer than 20 s
value() {
	timeout -s KILL 20 cat "$SYSFS/$1/$2" 2>/dev/null
}

# reads SUPPLY PROPERTY WANTED
reads() {
	[ "$(value "$1" "$2")" = "$3" ]
}

# sums ENERGY FULL STATE: upower's display device, Wh
sums() {
	shows energy "$1" 0.03 && shows energy-full "$2" 0.03 && [ "$(display state)" = "$3" ]
}

# agree: what upower adds up and what the composite reports are the same
agree() {
	shows energy "$(awk '{ print $1 / 1000000 }' "$SYSFS/composite0/energy_now")" 0.03 &&
		shows energy-full "$(awk '{ print $1 / 1000000 }' "$SYSFS/composite0/energy_full")" 0.03 &&
		shows percentage "$(value composite0 capacity)" 0.6
}

check "the kernel's driver has both batteries" \
	await 30 test -e "$SYSFS/BAT0/status" -a -e "$SYSFS/BAT1/status"
LINE=$(basename "$(grep -l Mains "$SYSFS"/*/type | head -n 1 | xargs dirname)")
check "and its adapter is online" await 10 reads "$LINE" online 1

modprobe composite-battery members=BAT0,BAT1 topology=sequential
check "the composite is there" await 30 test -e "$SYSFS/composite0/status"
export COMPOSITE
COMPOSITE=$(readlink -f "$SYSFS/composite0/device")
check "it is charged" await 30 reads composite0 status Charging
is "energy_full" "$(value composite0 energy_full)" 93000000
is "energy_now" "$(value composite0 energy_now)" 70000000
check "a count of 0 cycles is not a count" test ! -e "$SYSFS/composite0/cycle_count"
start-upower || bail "no upower"
check "upower adds up the same" await 30 sums 70 93 charging
check "as the composite does" await 30 agree

# Unplugged, with readers everywhere. The first pack rests at a rate of 0.
for r in $(seq $READERS); do
	case $((r % 3)) in
	0) supply=BAT0 ;;
	1) supply=BAT1 ;;
	2) supply=composite0 ;;
	esac
	read-whole "$SYSFS/$supply/uevent" /tmp/stop >"/tmp/reader.$r" 2>&1 &
done
state 1
check "the adapter is offline" await 30 reads "$LINE" online 0
check "the composite is discharged" await 30 reads composite0 status Discharging
check "the resting pack answers" reads BAT0 status Discharging
is "power_now" "$(value composite0 power_now)" 8000000
is "time_to_empty_now" "$(value composite0 time_to_empty_now)" 31500
check "upower adds up the same on battery" await 60 sums 70 93 discharging
check "as the composite does on battery" await 30 agree
state 3
check "no rate at all" await 30 reads composite0 power_now 0
check "the composite is still discharged" reads composite0 status Discharging
check "and upower says so" await 60 sums 70 93 discharging
state 0
check "plugged in again" await 30 reads composite0 status Charging
state 1
check "and unplugged" await 30 reads composite0 status Discharging
touch /tmp/stop
ended() {
	[ "$(cat /tmp/reader.* | grep -c '^readings [1-9]')" = $READERS ]
}
check "all readers have read, and none hangs" await 60 ended
hanging() {
	grep -l '^State:.D' /proc/[0-9]*/status 2>/dev/null | wc -l
}
none_hangs() {
	[ "$(hanging)" = 0 ]
}
check "no task hangs" await 20 none_hangs

# The supply of a pack that is taken out goes; what remains is registered anew.
tag=$(value composite0 battery_tag)
state 5
value BAT1 status >/dev/null
check "a pack is taken out" await 60 reads composite0 energy_full 23000000
check "it has another tag" await 30 newer_tag composite0 "$tag"
check "upower counts the other one" await 60 sums 20 23 discharging
state 1
value BAT0 status >/dev/null
check "and put back" await 60 reads composite0 energy_full 93000000
check "upower counts both" await 60 sums 70 93 discharging
check "as the composite does in the end" await 30 agree
check "the module can be unloaded" rmmod composite-battery

finish
