#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vm: kver=6.1,6.12,newest acpi=composite-acpi timeout=1200
#
# The ACPI batteries of a laptop, combined by the command of the README. While the
# mains adapter is offline, the ACPI driver reads the scope of every supply to report
# STATUS: the composite must respond while it reads that battery. No task may hang,
# and upower's sum is what the composite reports. On kernels where a supply can have
# properties of other drivers, the members are hidden: upower counts the composite only.
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

# counted NAME: whether upower counts this battery
counted() {
	[ "$(upower -i "/org/freedesktop/UPower/devices/battery_$1" 2>/dev/null |
		awk '/power supply:/ { print $3 }')" = yes ]
}

# not_counted NAME: upower has it, but does not count it
not_counted() {
	[ "$(upower -i "/org/freedesktop/UPower/devices/battery_$1" 2>/dev/null |
		awk '/power supply:/ { print $3 }')" = no ]
}

# counts SUPPLY...: upower counts exactly these
counts() {
	local b
	for b in BAT0 BAT1 composite0; do
		case " $* " in
		*" $b "*) counted "$b" || return ;;
		*) [ ! -e "$SYSFS/$b" ] || not_counted "$b" || return ;;
		esac
	done
}

# shows SUPPLY...: exactly these have the scope of the machine
shows() {
	local b
	for b in BAT0 BAT1 composite0; do
		case " $* " in
		*" $b "*) [ "$(value "$b" scope)" != Device ] || return ;;
		*) [ ! -e "$SYSFS/$b" ] || reads "$b" scope Device || return ;;
		esac
	done
}

check "the ACPI driver has both batteries" \
	await 30 test -e "$SYSFS/BAT0/status" -a -e "$SYSFS/BAT1/status"
if [ -d "$SYSFS/BAT0/extensions" ]; then
	SHOWN=composite0
else
	SHOWN='BAT0 BAT1'
fi
MAINS=$(basename "$(grep -l Mains "$SYSFS"/*/type | head -n 1 | xargs dirname)")
check "the mains adapter is online" await 10 reads "$MAINS" online 1

modprobe composite-battery members=BAT0,BAT1 topology=sequential
check "the composite exists" await 30 test -e "$SYSFS/composite0/status"
export COMPOSITE
COMPOSITE=$(readlink -f "$SYSFS/composite0/device")
# shellcheck disable=SC2086 # names
check "scopes" await 30 shows $SHOWN
check "it is charged" await 30 reads composite0 status Charging
is "energy_full" "$(value composite0 energy_full)" 93000000
is "energy_now" "$(value composite0 energy_now)" 70000000
check "a cycle count of 0 is not reported" test ! -e "$SYSFS/composite0/cycle_count"
start-upower || bail "no upower"
check "upower reports the sum" await 30 sums 70 93 charging
# shellcheck disable=SC2086 # names
check "upower counts $SHOWN" await 30 counts $SHOWN
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
# shellcheck disable=SC2086 # names
check "scopes in the end" shows $SHOWN

# upower is running: it has to notice which batteries are counted.
check "the module can be unloaded" modprobe -r composite-battery
check "the batteries stay" test -e "$SYSFS/BAT0" -a -e "$SYSFS/BAT1"
check "the batteries are shown" await 30 shows BAT0 BAT1
check "upower counts them" await 60 counts BAT0 BAT1
check "upower reports their sum" await 60 sums 70 93 discharging
modprobe composite-battery members=BAT0,BAT1 topology=sequential
# shellcheck disable=SC2086 # names
check "scopes, with the composite" await 30 shows $SHOWN
# shellcheck disable=SC2086 # names
check "upower counts $SHOWN again" await 60 counts $SHOWN
check "upower reports the sum again" await 60 sums 70 93 discharging

if [ "$SHOWN" = composite0 ]; then
	# The driver of the laptop, which adds thresholds, is loaded late.
	END=charge_control_end_threshold
	check "no threshold yet" test ! -e "$SYSFS/composite0/$END"
	modprobe psy-sim-threshold
	check "the composite has it" await 30 reads composite0 $END 100
	echo 80 >"$SYSFS/composite0/$END"
	is "it is set in both members" "$(value BAT0 $END) $(value BAT1 $END)" "80 80"
	check "and read back" await 30 reads composite0 $END 80
	check "a value that members refuse" sh -c "! echo 40 2>/dev/null >$SYSFS/composite0/$END"
	check "a value out of range" sh -c "! echo 101 2>/dev/null >$SYSFS/composite0/$END"
	is "both members keep theirs" "$(value BAT0 $END) $(value BAT1 $END)" "80 80"
	echo 60 >"$SYSFS/BAT1/$END"
	check "members that differ have no common value" await 30 reads composite0 $END ""
	is "each has its own" "$(value BAT0 $END) $(value BAT1 $END)" "80 60"
	echo 70 >"$SYSFS/composite0/charge_control_start_threshold"
	is "start threshold" "$(value BAT0 charge_control_start_threshold)" 70
	check "upower still counts the composite only" counts composite0
	check "that driver can be unloaded" modprobe -r psy-sim-threshold
	is "no member has it" "$(value BAT0 $END)" ""
	check "the composite still works" reads composite0 energy_full 93000000

	# A member whose driver is unbound while it is hidden
	DEVICE=$(basename "$(readlink -f "$SYSFS/BAT1/device")")
	DRIVER=$(dirname /sys/bus/*/drivers/*/"$DEVICE")
	echo "$DEVICE" >"$DRIVER/unbind"
	check "unbound" await 30 test ! -e "$SYSFS/BAT1"
	check "it is not counted" await 60 reads composite0 energy_full 23000000
	echo "$DEVICE" >"$DRIVER/bind"
	check "bound and hidden" await 30 reads BAT1 scope Device
	check "it is counted" await 60 reads composite0 energy_full 93000000
	modprobe -r composite-battery

	modprobe composite-battery members=BAT0,BAT1 hide_members=0
	check "hide_members=0" await 30 test -e "$SYSFS/composite0/scope"
	check "all batteries are shown" shows BAT0 BAT1
	modprobe -r composite-battery

	# One battery, reported by two firmware nodes
	modprobe composite-battery hide=BATX,BAT1
	check "hide=" await 30 shows BAT0
	check "upower counts one" await 60 counts BAT0
	check "upower reports one" await 60 sums 20 23 discharging
	modprobe -r composite-battery
	check "it is shown again" shows BAT0 BAT1

	# A composite that comes and goes while the module stays loaded
	modprobe composite-battery
	check "no composite: all batteries are shown" shows BAT0 BAT1
	grep -q ' configfs ' /proc/mounts || mount -t configfs none /sys/kernel/config
	DOCK=/sys/kernel/config/composite-battery/dock
	mkdir $DOCK
	echo BAT0,BAT1 >$DOCK/members
	echo 1 >$DOCK/enabled
	check "by configfs" await 30 shows composite0
	check "upower counts it" await 60 counts composite0
	echo 0 >$DOCK/enabled
	check "disabled: all batteries are shown" await 10 shows BAT0 BAT1
	check "upower counts them in the end" await 60 counts BAT0 BAT1
	rmdir $DOCK
	modprobe -r composite-battery
fi

finish
