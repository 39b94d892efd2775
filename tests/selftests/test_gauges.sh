#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vm: kver=newest acpi=none in_tree=yes clock=skip smp=1 timeout=2700
#
# Simulated gauges, one part after the other: our driver reports what the battery
# has, over its whole range and with failures of the bus, and the kernel's own driver
# reports the same for the same chip. Known differences between the two are in the file
# in-tree-differences, with their reasons.
#
#	PARTS	parts that match one of these patterns, separated by commas, instead of
#		one part for each table of registers: CMDLINE=PARTS=max1704? of vm-run, or
#		'CMDLINE=PARTS=*' for all, which takes half an hour
#
# Each part has a line "# cost": our driver, the number of its properties and the transfers
# of one read of the uevent file, of new values and at once again; then the same of the
# in-tree one. tests/bench/gauges reads these lines.
. /tests/lib.sh
. /tests/gauge-lib.sh

modprobe psy-sim-chips || bail "no simulated chips"
mapfile -t models <"$CHIPS/models"
tables=bq27200,bq27500,bq27421,bq27521,bq27z561,bq34z100,cw2015,ds2782,ds2786,ltc2941,ltc2942
tables=$tables,ltc2944,max17040,max17042,max17048,max17055,max17201,mm8013,stc3117
IFS=, read -r -a patterns <<<"${PARTS:-$tables}"
parts=()
for part in "${models[@]}"; do
	for pattern in "${patterns[@]}"; do
		# shellcheck disable=SC2053 # a pattern
		[[ $part != $pattern ]] || parts+=("$part")
	done
done
[ ${#parts[@]} != 0 ] || bail "no parts"
for pattern in "${patterns[@]}"; do
	found=
	for part in "${parts[@]}"; do
		# shellcheck disable=SC2053 # a pattern
		[[ $part != $pattern ]] || found=1
	done
	[ -n "$found" ] || bail "no part $pattern"
done

# The cell: mV, mA, permille, 0.1 degrees C. Charge and voltage in steps, the others in
# turn, so that each is combined with many.
# The currents are in the range of every chip with the resistor of its model.
currents=(-400 1100 -1150 0 20 -15 800)
temps=(251 -200 600 0 -1 449)
cells=()
for ((i = 0; i <= 20; i++)); do
	cells+=("$((3000 + i * 60)) ${currents[i % 7]} $((i * 50)) ${temps[i % 6]}")
done

range() {
	local s
	for s in "${cells[@]}"; do
		# shellcheck disable=SC2086 # four numbers
		set_cell $s
		fresh
		# The class confirms a critical level.
		[ "$s" != "${cells[0]}" ] || { read_values && fresh; }
		compare "$s" all
	done
	set_cell 3950 -400 500 251 2100 3000 431
	fresh
	compare "an aged battery" all
	set_cell 3950 -400 500 251
	fresh
	compare "as before" all
}

# faults: every register that the driver reads, and the bus
faults() {
	local r seen
	chip seen 0
	fresh
	read_values
	read -r -a seen <"$CHIP/seen"
	[ ${#seen[@]} != 0 ] || complain "no register was read"

	chip nak 1
	fresh
	compare "a transfer is not acknowledged" all
	chip nak 3
	fresh
	compare "three transfers are not acknowledged"
	chip nak 0
	ones=1
	chip garbage 1
	fresh
	compare "a reply of ones"
	chip garbage 2
	fresh
	compare "two replies of ones"
	chip garbage 0
	# shellcheck disable=SC2034 # for the functions of the library
	ones=
	recover "single failures"

	for r in "${seen[@]}"; do
		chip refused "$r"
		fresh
		compare "register $r is refused"
		pause 8
		compare "register $r is refused for longer"
	done
	chip refused -1
	recover "refused registers"
	ones=1
	chip garbage -1
	gone
	silent "all replies are ones"
	chip garbage 0
	# shellcheck disable=SC2034
	ones=
	recover "replies of ones"
	chip nak -1
	gone
	silent "nothing is acknowledged"
	chip nak 0
	recover "a silent bus"
}

for part in "${parts[@]}"; do
	t0=$SECONDS
	if start "$part"; then
		list_files
		use 2
		set_cell 3950 -400 500 251
		recover "it is bound to an adapter with words"
		verdict "$part: is bound by $driver, also with words only"
	else
		verdict "$part: is bound"
		stop 2 1 0
		continue
	fi
	use 0
	range
	verdict "$part: range"
	cost
	ours=$cost
	faults
	verdict "$part: failures"
	use 1
	set_cell 3950 -400 500 251
	recover "failures of another chip"
	verdict "$part: another chip is not affected"
	use 0
	in_tree
	verdict "$part: compared with ${twin:-no in-tree driver}"
	echo "# cost $part $driver $ours ${twin:--} $cost"
	stop 2 1 0
	echo "# $part: $((SECONDS - t0)) s of the guest"
done
unused_differences
verdict "every known difference exists"

finish
