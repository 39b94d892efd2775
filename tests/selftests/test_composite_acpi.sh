#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vm: kver=6.1,6.12,newest acpi=composite-acpi timeout=1200
#
# The ACPI batteries of a laptop, combined by the command of the README. While the
# mains adapter is offline, the ACPI driver reads the scope of every supply to report
# STATUS: the composite must respond while it reads that battery. No task may hang,
# and upower's sum is what the composite reports.
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

# value SUPPLY PROPERTY: the value, or nothing after 20 s. A read that hangs cannot be
# interrupted by the shell itself.
value() {
	timeout -s KILL 20 cat "$SYSFS/$1/$2" 2>/dev/null
}

# reads SUPPLY PROPERTY WANTED
reads() {
	[ "$(value "$1" "$2")" = "$3" ]
}

# sums ENERGY FULL STATE: upower's display device, Wh
sums() {
	local dump shown
	dump=$(upower-values $DISPLAY_DEVICE)
	is_shown energy "$1"000 30 && is_shown energy-full "$2"000 30 &&
		find_shown state && [ "$shown" = "$3" ]
}

# agree: upower's sum and the composite are the same
agree() {
	local dump
	# shellcheck disable=SC2034 # for is_shown
	dump=$(upower-values $DISPLAY_DEVICE)
	is_shown energy $((($(value composite0 energy_now) + 0) / 1000)) 30 &&
		is_shown energy-full $((($(value composite0 energy_full) + 0) / 1000)) 30 &&
		is_shown percentage "$(value composite0 capacity)"000 600
}

check "the ACPI driver has both batteries" \
	await 30 test -e "$SYSFS/BAT0/status" -a -e "$SYSFS/BAT1/status"
MAINS=$(basename "$(grep -l Mains "$SYSFS"/*/type | head -n 1 | xargs dirname)")
check "the mains adapter is online" await 10 reads "$MAINS" online 1

modprobe composite-battery members=BAT0,BAT1 topology=sequential
check "the composite exists" await 30 test -e "$SYSFS/composite0/status"
export COMPOSITE
COMPOSITE=$(readlink -f "$SYSFS/composite0/device")
check "it is charged" await 30 reads composite0 status Charging
is "energy_full" "$(value composite0 energy_full)" 93000000
is "energy_now" "$(value composite0 energy_now)" 70000000
check "a cycle count of 0 is not reported" test ! -e "$SYSFS/composite0/cycle_count"
start-upower || bail "no upower"
check "upower reports the sum" await 30 sums 70 93 charging
check "the composite reports the same" await 30 agree

# Unplugged, with readers of all supplies. The first pack rests at a rate of 0.
for r in $(seq $READERS); do
	case $((r % 3)) in
	0) supply=BAT0 ;;
	1) supply=BAT1 ;;
	2) supply=composite0 ;;
	esac
	read-whole "$SYSFS/$supply/uevent" /tmp/stop >"/tmp/reader.$r" 2>&1 &
done
state 1
check "the adapter is offline" await 30 reads "$MAINS" online 0
check "the composite is discharged" await 30 reads composite0 status Discharging
check "the resting pack responds" reads BAT0 status Discharging
is "power_now" "$(value composite0 power_now)" 8000000
is "time_to_empty_now" "$(value composite0 time_to_empty_now)" 31500
check "upower reports the sum on battery" await 60 sums 70 93 discharging
check "the composite reports the same on battery" await 30 agree
state 3
check "power_now is 0" await 30 reads composite0 power_now 0
check "the composite is still discharged" reads composite0 status Discharging
check "upower reports it as discharging" await 60 sums 70 93 discharging
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

# The composite is registered again without a pack that is removed.
tag=$(value composite0 battery_tag)
state 5
value BAT1 status >/dev/null
check "a pack is removed" await 60 reads composite0 energy_full 23000000
check "the composite has a new tag" await 30 newer_tag composite0 "$tag"
check "upower counts the remaining pack" await 60 sums 20 23 discharging
state 1
value BAT0 status >/dev/null
check "the pack is inserted again" await 60 reads composite0 energy_full 93000000
check "upower counts both" await 60 sums 70 93 discharging
check "the composite reports the same in the end" await 30 agree
check "the module can be unloaded" rmmod composite-battery

finish
