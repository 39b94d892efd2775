#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vm: timeout=875 acpi=none
. /tests/guest-lib.sh
host speed 0
host volts 23.4
host load 40
settle

# unchanged: no value has become wrong or zero
unchanged() {
	[ "$(prop capacity)/$(prop voltage_now)/$(prop load_percent)/$(cat "$SYSFS/$MAINS/online")" = \
		"50/23400000/40/1" ]
}

for fault in silence garbage split glue late echo endless nul high short half; do
	garbage=$(counter garbage_bytes)
	host fault $fault
	wrong=0
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		unchanged || wrong=1
		sleep 0.3
	done
	is "$fault: wrong values" $wrong 0
	settle
	is "$fault: comm_status" "$(prop comm_status)" ok
	case $fault in
	garbage | glue | echo | endless | nul | high)
		check "$fault: garbage is counted" test "$(counter garbage_bytes)" -gt "$garbage"
		;;
	esac
done
is "losses of communication" "$(counter losses)" 0

# Many consecutive faults: communication is lost and restored.
host fault endless 12
check "endless stream: communication is lost" await 30 reads $BAT/comm_status lost
check "endless stream: communication is restored" await 60 reads $BAT/comm_status ok
check "endless stream: correct values afterwards" await 10 unchanged
finish
