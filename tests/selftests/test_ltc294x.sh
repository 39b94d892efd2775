#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vm: kver=6.1 acpi=none timeout=600
#
# Simulated LTC2941 to LTC2944: values over the range of each part, a charge that is
# set, kept and lost.
. /tests/lib.sh
. /tests/chip-lib.sh

for part in ltc2941 ltc2942 ltc2943 ltc2944; do
	start $part
	is "$part: its driver" "$(driver)" ltc294x-gauge
	is "$part: model_name" "$(prop model_name)" "${part^^}"

	# The chip does not know the charge.
	expire
	check "$part: charge_now is unknown" unknown charge_now
	check "$part: capacity is unknown" unknown capacity
	is "$part: nothing has been counted" "$(prop charge_counter)" 0
	echo 2800000 >"$SYSFS/$BAT/charge_full"
	echo 1400000 >"$SYSFS/$BAT/charge_now"
	is "$part: capacity after it was set" "$(fresh capacity)" 50
	for permille in 1000 730 250 10 500; do
		chip permille $permille
		near "$part: charge_now at $permille" "$(fresh charge_now)" $((2800 * permille)) 500
		is "$part: capacity at $permille" "$(prop capacity)" $(((permille + 5) / 10))
	done

	case $part in
	ltc2941)
		check "$part: no voltage_now" test ! -e "$SYSFS/$BAT/voltage_now"
		;;
	*)
		for mv in 2800 3700 4200 5900; do
			chip mv $mv
			near "$part: $mv mV" "$(fresh voltage_now)" $((mv * 1000)) 4400
		done
		for temp in -200 -5 0 251 850; do
			chip temp $temp
			near "$part: temperature $temp" "$(fresh temp)" $temp 7
		done
		;;
	esac
	case $part in
	ltc2941 | ltc2942)
		check "$part: no current_now" test ! -e "$SYSFS/$BAT/current_now"
		;;
	*)
		for ma in -1000 -400 -1 700; do
			chip ma $ma
			near "$part: $ma mA" "$(fresh current_now)" $((ma * 1000)) 1000
		done
		is "$part: status" "$(prop status)" Charging
		chip ma -400
		is "$part: status" "$(fresh status)" Discharging
		chip ma 0
		is "$part: no current" "$(fresh current_now)" 0
		is "$part: status without a current" "$(prop status)" "Not charging"
		;;
	esac

	# A different battery
	tag=$(prop battery_tag)
	chip present 0
	chip present 1
	expire
	check "$part: a new battery has an unknown charge" unknown charge_now
	is "$part: and a new tag" "$(prop battery_tag)" $((tag + 1))

	# The driver is bound again: the chip has kept the charge.
	echo 2800000 >"$SYSFS/$BAT/charge_full"
	echo 1400000 >"$SYSFS/$BAT/charge_now"
	modprobe -r ltc294x-gauge
	chip permille 400
	modprobe ltc294x-gauge
	await 20 test -e "$SYSFS/$BAT/capacity" || bail "$part: not bound again"
	is "$part: the chip keeps the charge" "$(fresh capacity)" 40
	chip nak -1
	chip permille 100
	is "$part: a bus that fails: the last value" "$(fresh capacity)" 40
	chip nak 0
	stop
done

finish
