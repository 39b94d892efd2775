#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vm: acpi=none timeout=300 cmdline=slub_debug=-
#
# Cost of a composite battery by the number of its members: the addition alone, and a
# read of one file with queries of all members (which themselves take no time).
. /tests/lib.sh
rounds=${ROUNDS:-20}

echo "composite-battery on $(uname -r); best of $rounds"
printf '%8s  %16s  %22s\n' members "addition, ns" "one file, expired, us"
for n in 1 8 64; do
	modprobe psy-sim-supply count=$n
	modprobe composite-battery label=composite \
		members="$(seq 0 $((n - 1)) | sed 's/.*/fake&/' | tr '\n' ',')"
	is_sum() {
		[ "$(cat "$SYSFS/composite/energy_full" 2>/dev/null)" = $((n * 20000000)) ]
	}
	await 20 is_sum || bail "no composite of $n"
	dir=/sys/kernel/debug/composite-battery/$(basename "$(readlink -f "$SYSFS/composite/device")")
	best=
	elapsed=
	for _ in $(seq "$rounds"); do
		expire
		t0=${EPOCHREALTIME/./}
		: "$(<"$SYSFS/composite/energy_now")"
		t=$((${EPOCHREALTIME/./} - t0))
		ns=$(cat "$dir/recompute_ns")
		[ -n "$best" ] && [ "$best" -le "$ns" ] || best=$ns
		[ -n "$elapsed" ] && [ "$elapsed" -le $t ] || elapsed=$t
	done
	printf '%8s  %16s  %22s\n' $n "$best" "$elapsed"
	rmmod composite-battery psy-sim-supply
done
