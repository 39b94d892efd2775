#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vm: timeout=5000 acpi=none
. /tests/guest-lib.sh
start-upower || bail "no upower"
watch_actions

echo "# Replies later than the next query: a value is missing or correct"
for dialect in slow-1.3 slow-3; do
	unplug
	host reset
	host speed 0
	host volts 24.4
	host dialect $dialect
	echo serial0-0 >$DRIVER/bind
	wrong=0
	for _ in $(seq 20); do
		if [ -e "$SYSFS/$BAT" ]; then
			case $(prop manufacturer)/$(prop voltage_now) in
			"ACME POWER/24400000") ;;
			*) wrong=$((wrong + 1)) && echo "# $(prop manufacturer)/$(prop voltage_now)" ;;
			esac
		fi
		sleep 1
	done
	is "$dialect: wrong values" $wrong 0
	host delay 0
	check "$dialect: detected when replies are in time" await 60 reads $BAT/comm_status ok
	is "$dialect: voltage_now" "$(prop voltage_now)" 24400000
done

echo "# Slow start: no reply, then a late one, then normal ones"
for spelling in Q1 QS; do
	unplug
	host reset
	host speed 0
	host volts 24.4
	host spelling $spelling
	host fault silence 1
	host fault late 1
	echo serial0-0 >$DRIVER/bind
	check "slow start, $spelling: detected" await 90 reads $BAT/comm_status ok
	host fault late 3
	settle
	check "late again, $spelling: communication" await 90 reads $BAT/comm_status ok
	is "late again, $spelling: voltage_now" "$(prop voltage_now)" 24400000
done

echo "# A late reply to F is not an ident"
new_ups plain "delay 1.3 F" "volts 24.4"
is "late F: manufacturer" "$(prop manufacturer)" "ACME POWER"

echo "# Missing, incomplete and invalid replies at any time, and correct values afterwards"
new_ups plain "volts 24.4"
for fault in silence half garbage short echo endless; do
	host fault $fault 12
	await 60 reads $BAT/comm_status lost || not_ok "$fault: communication is lost after twelve"
	check "$fault: communication is restored" await 90 reads $BAT/comm_status ok
	settle
	is "$fault: voltage_now" "$(prop voltage_now)" 24400000
	is "$fault: upower does not warn" "$(display_value warning-level)" none
done

is "actions of upower" "$(actions)" 0

echo "# Voltage of one cell: scaled correctly at any depth of discharge"
for battery in 12 24 36 48 72 96 120 144 192 240; do
	new_ups plain "battery $battery" "notation cell" "volts $((battery * 1137 / 1000)).0"
	cells=$((battery / 2))
	host mains 0
	while read -r cell charge <&5; do
		host volts "$(printf '%d.%02d' $((cells * cell / 100)) $((cells * cell % 100)))"
		check "$battery V at $cell: voltage_now" \
			await 30 reads $BAT/voltage_now $((cells * cell * 10000))
		is "$battery V at $cell: capacity" "$(prop capacity)" "$charge"
	done 5<<-TABLE
		210 84
		200 61
		187 31
		175 3
		168 0
	TABLE
done
finish
