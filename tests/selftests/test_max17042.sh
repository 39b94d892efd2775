#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vm: kver=6.1 acpi=none timeout=600
#
# Each simulated Maxim gauge with a coulomb counter: values over the range of the cell,
# transfers. Of one of them also the alerts, the charger, a battery that is replaced, and
# what does not work.
. /tests/lib.sh
. /tests/chip-lib.sh

# around PROPERTY VALUE STEP: true if it is at most a step away
around() {
	within "$(prop "$1")" $(($2 - $3)) $(($2 + $3)) && return
	echo "# $1: $2 and not more than $3 from it is expected"
	return 1
}

# reg NUMBER: a register of the chip
reg() {
	echo "0x$(od -An -tx2 -j$(($1 * 2)) -N2 $CHIP/mem | tr -d ' ')"
}

# cell MV MA PERMILLE FULL TEMP CYCLES: set it and check what is reported
cell() {
	chip mv "$1" && chip ma "$2" && chip permille "$3" && chip full_mah "$4"
	chip temp "$5" && chip cycles "$6"
	expire
	around voltage_now $(($1 * 1000)) 1250 && around current_now $(($2 * 1000)) 157 &&
		around charge_now $(($4 * $3)) 500 && around charge_full $(($4 * 1000)) 500 &&
		around capacity $(($3 / 10)) 0 && around temp "$5" 1 && around cycle_count "$6" 1
}

charger online 1
for model in max17042 max17047 max17050 max17055 max77705-battery max77759-fg \
	max77849-battery max17201 max17205; do
	start $model
	is "$model: its driver" "$(driver)" max17042-gauge
	check "$model: as it is" cell 3950 -400 500 2800 251 12
	check "$model: charging" cell 4100 1500 802 2750 402 13
	check "$model: cold and empty" cell 3000 -3000 20 2000 -105 300
	is "$model: status" "$(prop status)" Discharging
	check "$model: full" cell 4350 0 1000 5000 0 600
	is "$model: status when full" "$(prop status)" Full
	is "$model: charge_full_design" "$(prop charge_full_design)" 3000000
	is "$model: health" "$(prop health)" Good
	is "$model: transfers" "$(cost)" 400
	stop
done

start max17205
is "model_name" "$(prop model_name)" MAX17205
is "serial_number" "$(prop serial_number)" 9a00567812340026
stop

start max17055
is "time_to_empty_avg" "$(prop time_to_empty_avg)" 12600
is "voltage_min" "$(prop voltage_min)" 3940000
is "charge_counter" "$(prop charge_counter)" 900000
chip temp 601
expire
is "health: too hot" "$(prop health)" Overheat
chip temp 251

# With the charger, a full battery is full.
chip permille 1000
chip ma 0
expire
check "full" await 10 reads status Full
chip ma -50
expire
check "and still with a small current" await 10 reads status Full
charger online 0
check "but not without the charger" await 10 reads status Discharging
chip permille 500
chip ma -400

# Alerts
echo 30 >"$SYSFS/$BAT/capacity_alert_min"
salrt() {
	[ "$(reg 3)" = "$1" ]
}
check "the limit is in the chip" await 15 salrt 0xff1e
poller "$SYSFS/$BAT/capacity_alert_min"
chip permille 290
wait $poller
is "it wakes a poller of the limit" $? 0
is "capacity" "$(prop capacity)" 29
check "the limit is off" await 15 salrt 0xff00
echo 200 >"$SYSFS/$BAT/temp_alert_min"
talrt() {
	[ "$(reg 2)" = "$1" ]
}
check "a limit of the temperature" await 15 talrt 0x7f14
poller "$SYSFS/$BAT/temp_alert_min"
chip temp 150
wait $poller
is "it wakes a poller, too" $? 0
check "while it is exceeded, the chip is quiet" await 15 talrt 0x7f80
chip temp 251
expire
prop temp >/dev/null
check "then it is set again" await 40 talrt 0x7f14

# A battery that is replaced at once: the chip is reset.
chip poke "0 0 0" # other software has loaded the model
expire
tag=$(prop battery_tag)
chip permille 800
chip present 0
chip present 1
expire
is "another battery" "$(prop capacity)" 80
is "has the next tag" "$(prop battery_tag)" $((tag + 1))
check "and gets the limits" await 15 talrt 0x7f14
is "the model of the battery was left to others" $(($(reg 0) & 2)) 2

# Failures. A failed reading is never a zero.
chip permille 0
chip nak 20
expire
is "a bus that fails: the last value" "$(prop capacity)" 80
chip nak 0
chip permille 800
chip garbage -1
expire
is "a bus that floats: the last value" "$(prop capacity)" 80
chip garbage 0
expire
is "it works again" "$(prop capacity)" 80
chip refused 9
chip permille 790
expire
is "a register that fails costs its own value only" "$(prop capacity)" 79
check "which is soon unknown" await 30 unknown voltage_now
chip refused -1
check "the register works again" await 30 reads voltage_now 3950000
chip present 0
check "without a battery" await 30 reads present 0
chip present 1
check "a battery is found again" await 60 reads present 1
stop

# Two of the same kind, on an adapter with word transfers only, without an interrupt
modprobe -r psy-sim-chips
modprobe psy-sim-chips words=1 wired=0
start max17047
echo max17047 >$CHIPS/add
check "a second one" await 20 test -e "$SYSFS/BAT1/capacity"
check "words: values" cell 3950 -400 500 2800 251 12
echo 30 >"$SYSFS/$BAT/capacity_alert_min"
expire
prop capacity >/dev/null
check "no interrupt, no limit in the chip" salrt 0xff00
modprobe -r psy-sim-chips
check "the supplies are removed with the chips" test ! -e "$SYSFS/$BAT"

finish
