#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vm: acpi=two-packs timeout=300 cmdline=slub_debug=-
#
# Two equal packs on two equal simulated buses: one read by the in-tree driver,
# one by ours, in one run. Transfers and bytes are counted by the adapter; bus
# time is the time of the transfers at 100 kHz; elapsed time is that of the guest.
. /tests/lib.sh
setup
rounds=${ROUNDS:-20}

SIM=$(sim_dir 2)
other=$(basename "$(readlink -f "$SYSFS/$(supply_of "$SIM")/device")")
modprobe sbs-battery || bail "no in-tree driver"
echo "$other" >"$DRIVER/unbind"
echo "$other" >/sys/bus/i2c/drivers/sbs-battery/bind || bail "cannot bind sbs-battery"

# measure BEFORE COMMAND: per round, the mean of transfers, bytes, bus time
# and the best elapsed time (ms)
measure() {
	transfers=0 bytes=0 bus=0 best=
	for _ in $(seq "$rounds"); do
		$1
		sim reset 1
		t0=${EPOCHREALTIME/./}
		$2
		t=$((${EPOCHREALTIME/./} - t0))
		transfers=$((transfers + $(sim transfers)))
		bytes=$((bytes + $(sim bytes)))
		bus=$((bus + $(sim bus_us)))
		[ -n "$best" ] && [ "$best" -le $t ] || best=$t
	done
	result="$((transfers / rounds)) $((bytes / rounds)) $((bus / rounds)) $best"
}

read_uevent() {
	cat "$SYSFS/$BAT/uevent" >/dev/null
}

read_files() {
	cat "$SYSFS/$BAT"/{status,present,capacity,voltage_now,current_now,temp} \
		"$SYSFS/$BAT"/{charge_now,charge_full,time_to_empty_avg} >/dev/null 2>&1
}

nothing() {
	:
}

row() {
	SIM=$(sim_dir 2) BAT=$(supply_of "$(sim_dir 2)")
	measure "$2" "$3"
	theirs=$result
	SIM=$(sim_dir 1) BAT=$(supply_of "$(sim_dir 1)")
	measure "$2" "$3"
	# shellcheck disable=SC2086 # four numbers
	set -- "$1" $theirs $result
	printf '%-34s %9s %9s   %9s %9s   %9s %9s   %9s %9s\n' "$1" \
		"$2" "$6" "$3" "$7" "$4" "$8" "$5" "$9"
}

echo "sbs-battery of $(uname -r) (left) and sbs-gauge (right); mean of $rounds rounds"
printf '%-34s %19s   %19s   %19s   %19s\n' "" "transfers" "bytes on the bus" \
	"bus time, us" "best elapsed, us"
row "uevent, snapshot expired" expire read_uevent
row "uevent, at once again" nothing read_uevent
row "nine files, snapshot expired" expire read_files
row "nine files, at once again" nothing read_files

echo
echo "Memory of the modules (bytes, from lsmod):"
lsmod | awk '/^(psy_miniclass|sbs_gauge|sbs_battery) / { printf "    %-16s %s\n", $1, $2 }'
