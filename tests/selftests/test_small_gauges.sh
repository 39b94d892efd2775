#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vm: kver=6.1 acpi=none timeout=600
#
# Simulated MM8013, DS2782, DS2786 and STC3117: each value over the range of the cell,
# the transfers of a refresh, two chips of a kind, and the restarts of the STC3117.
. /tests/lib.sh
. /tests/chip-lib.sh

# value NAME PROPERTY WANTED TOLERANCE
value() {
	near "$1: $2 is $3" "$(prop "$2")" "$3" "$4"
}

# cell MV MA PERMILLE TEMP
cell() {
	chip mv "$1"
	chip ma "$2"
	chip permille "$3"
	chip temp "$4"
	expire
}

# sweep NAME UA UV TEMP: all values over the range, with these tolerances
sweep() {
	local mv ma permille temp
	while read -r mv ma permille temp; do
		cell "$mv" "$ma" "$permille" "$temp"
		value "$1" voltage_now $((mv * 1000)) "$3"
		value "$1" current_now $((ma * 1000)) "$2"
		value "$1" capacity $((permille / 10)) 1
		value "$1" temp "$temp" "$4"
	done <<-END
		3000 -2400 15 -105
		3300 -1 25 0
		3700 -400 430 253
		3950 1 505 5
		4190 2400 990 455
		4200 0 1000 599
	END
}

start mm8013
is "mm8013: its driver" "$(driver)" mm8013-gauge
sweep mm8013 0 0 0
is "mm8013: full without current" "$(prop status)" Full
cell 3700 -500 500 251
is "mm8013: charge_now" "$(prop charge_now)" 1400000
is "mm8013: charge_full" "$(prop charge_full)" 2800000
is "mm8013: charge_full_design" "$(prop charge_full_design)" 3000000
is "mm8013: cycle_count" "$(prop cycle_count)" 12
is "mm8013: time_to_empty_avg" "$(prop time_to_empty_avg)" $((168 * 60))
is "mm8013: status" "$(prop status)" Discharging
is "mm8013: ten transfers" "$(cost)" 1000
cell 3700 700 500 -10
is "mm8013: time_to_full_avg" "$(prop time_to_full_avg)" $((120 * 60))
is "mm8013: health" "$(prop health)" Cold

# Two of a kind
echo mm8013 >$CHIPS/add
check "a second chip" await 20 test -e "$SYSFS/BAT1/capacity"
echo 250 >$CHIPS/1/permille
BAT=BAT1 expire
is "it has its own values" "$(BAT=BAT1 prop capacity)" 25
expire
is "as the first one has" "$(prop capacity)" 50
echo 1 >$CHIPS/remove
stop

start ds2782
is "ds2782: its driver" "$(driver)" ds278x-gauge
sweep ds2782 79 4881 1
value ds2782 current_avg 0 0
is "ds2782: full without current" "$(prop status)" Full
is "ds2782: one transfer" "$(cost)" 100
stop

start ds2786
sweep ds2786 1667 1221 1
is "ds2786: two transfers" "$(cost)" 200
chip poke "1 0"
chip temp 300
expire
check "ds2786: the voltage of a pin is not a temperature" unknown temp
stop

# A new battery: it was connected before the driver was bound.
start stc3117
# A slow guest may come too late for it: the chip counts its measurements.
first() {
	unknown capacity || [ "$(od -An -tu2 -j4 -N2 $CHIP/mem | xargs)" -gt 4 ]
}
check "stc3117: nothing is measured at first" first
check "and then" await 20 reads capacity 50
sweep stc3117 588 2201 10
value stc3117 current_avg 0 147
is "stc3117: full without current" "$(prop status)" Full
cell 3700 -400 430 250
value stc3117 voltage_ocv 3700000 551
prop capacity >/dev/null
is "stc3117: two transfers" "$(cost)" 200
# 3000 mAh and 10 mOhm: 30000 / 49.556, 600000 / 977.78
is "stc3117: its parameters" "$(od -An -tu2 -j15 -N4 $CHIP/mem | xargs)" "605 614"
is "stc3117: its percentage is stored" "$(od -An -tu1 -j40 -N1 $CHIP/mem | xargs)" 43

# Someone stops the chip: it goes on with what it has stored.
chip poke "0 0"
chip permille 300
expire
prop capacity >/dev/null
is "stc3117: it runs again" "$(od -An -tu1 -j0 -N1 $CHIP/mem | xargs)" 16
check "stc3117: with its percentage" await 20 reads capacity 43
tag=$(prop battery_tag)

# The battery is replaced, and the chip has no other supply.
chip present 0
check "stc3117: removed" await 30 reads present 0
chip permille 800
chip present 1
check "stc3117: replaced" await 60 reads capacity 80
newer=$(prop battery_tag)
check "stc3117: with a new tag" test "$newer" -gt "$tag"

# The same, with another supply: the chip reports it.
chip poke "1 8"
chip permille 600
expire
prop capacity >/dev/null
check "stc3117: replaced at once" await 60 reads capacity 60
check "stc3117: with another tag" test "$(prop battery_tag)" -gt "$newer"
chip garbage 1
expire
check "stc3117: a disturbed reading is not believed" reads capacity 60
stop

modprobe -r psy-sim-chips
finish
