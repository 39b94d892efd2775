#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vm: acpi=none timeout=300 cmdline=slub_debug=-
#
# What a composite battery costs, by the number of its members: the addition alone,
# and a reading of one file with all members asked (they cost nothing themselves).
. /tests/lib.sh
rounds=${ROUNDS:-20}

echo "composite-battery on $(uname -r); best of $rounds"
printf '%8s  %16s  %22s\n' members "addition, ns" "one file, expired, us"
for n in 1 8 64; do
	modprobe psy-sim-supply count=$n
	modprobe composite-battery label=whole \
		members="$(seq 0 $((n - 1)) | sed 's/.*/fake&/' | tr '\n' ',')"
	whole() {
		[ "$(cat "$SYSFS/whole/energy_full" 2>/dev/null)" = $((n * 20000000)) ]
	}
	await 20 whole || bail "no composite of $n"
	dir=/sys/kernel/debug/composite-battery/$(basename "$(readlink -f "$SYSFS/whole/device")")
	best=
	elapsed=
	for _ in $(seq "$rounds"); do
		expire
		t0=${EPOCHREALTIME/./}
		: "$(<"$SYSFS/whole/energy_now")"
		t=$((${EPOCHREALTIME/./} - t0))
		ns=$(cat "$dir/recompute_ns")
		[ -n "$best" ] && [ "$best" -le "$ns" ] || best=$ns
		[ -n "$elapsed" ] && [ "$elapsed" -le $t ] || elapsed=$t
	done
	printf '%8s  %16s  %22s\n' $n "$best" "$elapsed"
	rmmod composite-battery psy-sim-supply
done
