#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vm: timeout=875 acpi=none
. /tests/guest-lib.sh
host speed 0
host volts 23.4
host load 40
settle

# same: nothing is wrong and nothing is zero
same() {
	[ "$(prop capacity)/$(prop voltage_now)/$(prop load_percent)/$(cat "$SYSFS/$LINE/online")" = \
		"50/23400000/40/1" ]
}

for fault in silence garbage split glue late echo endless nul high short half; do
	garbage=$(stat garbage_bytes)
	host fault $fault
	wrong=0
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		same || wrong=1
		sleep 0.3
	done
	is "$fault: no value is wrong" $wrong 0
	settle
	is "$fault: comm_status" "$(prop comm_status)" ok
	case $fault in
	garbage | glue | echo | endless | nul | high)
		check "$fault: counted" test "$(stat garbage_bytes)" -gt "$garbage"
		;;
	esac
done
is "no communication was lost" "$(stat losses)" 0

# Many in a row: lost, and found again.
host fault endless 12
check "a stream without an end: lost" await 30 reads $BAT/comm_status lost
check "... and found again" await 60 reads $BAT/comm_status ok
same_again() { same; }
check "... with the right values" await 10 same_again
finish
