#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vm: kver=6.1 acpi=none timeout=900
#
# Simulated BQ27xxx fuel gauges: each layout of the flags, charges and signs of the old
# ones, transfers, the interrupt, two gauges side by side, and what does not work.
. /tests/lib.sh
. /tests/chip-lib.sh

# state MODEL HOT LOW COLD: status, health and level while discharging and hot, while
# almost empty, while low and cold, and when full
state() {
	chip ma -300
	chip permille 500
	chip temp 620
	check "$1: discharging" await 10 reads status Discharging
	check "$1: hot" await 10 reads health "$2"
	check "$1: half full" await 10 reads capacity_level Normal
	chip permille 20
	check "$1: almost empty" await 20 reads capacity_level Critical
	chip permille 90
	chip temp -50
	check "$1: low" await 10 reads capacity_level "$3"
	check "$1: cold" await 10 reads health "$4"
	chip ma 0
	chip permille 1000
	chip temp 250
	check "$1: full" await 10 reads status Full
	check "$1: at the level Full" await 10 reads capacity_level Full
	check "$1: which is healthy" await 10 reads health Good
	is "$1: transfers for 100 refreshes" "$(cost)" 100
}

start bq27500-1
is "its driver" "$(driver)" bq27xxx-gauge
is "model_name" "$(prop model_name)" BQ27500-1
is "manufacturer" "$(prop manufacturer)" "Texas Instruments"
is "technology" "$(prop technology)" Li-ion
chip full_mah 2000
chip design_mah 2100
chip permille 600
chip ma -500
chip mv 3712
chip temp 251
chip cycles 42
check "current_now" await 10 reads current_now -500000
is "charge_now is that of the percentage" "$(prop charge_now)" 1200000
is "charge_full" "$(prop charge_full)" 2000000
is "capacity" "$(prop capacity)" 60
is "voltage_now" "$(prop voltage_now)" 3712000
is "temp" "$(prop temp)" 251
is "cycle_count" "$(prop cycle_count)" 42
is "time_to_empty_now" "$(prop time_to_empty_now)" $((144 * 60))
state bq27500-1 Overheat Low Good
stop

start bq27441
state bq27441 Overheat Low Cold
n=$(counter notifies)
chip permille 990
check "bq27441: SOC_INT" await 5 reads capacity 99
is "bq27441: it was an interrupt" $(($(counter notifies) > n)) 1
stop

start bq28z610
state bq28z610 Overheat Normal Good
stop

start bq34z100
state bq34z100 Overheat Low Good
is "bq34z100: no technology" "$(test -e "$SYSFS/$BAT/technology"; echo $?)" 1
stop

# In units of 178.5 uA and uAh
start bq27200
state bq27200 Good Low Good
chip full_mah 2000
chip permille 500
chip ma -500
check "bq27200: discharging" await 10 reads current_now -499979
is "bq27200: charge_now" "$(prop charge_now)" 999957
chip ma 500
check "bq27200: charging" await 10 reads current_now 499979
is "bq27200: status" "$(prop status)" Charging
stop

# A voltage and a current, and nothing to derive a charge from
start bq27521
chip ma -250
check "bq27521: discharging" await 10 reads status Discharging
is "bq27521: no capacity" "$(test -e "$SYSFS/$BAT/capacity"; echo $?)" 1
is "bq27521: transfers for 100 refreshes" "$(cost)" 100
stop

# Two at a time
start bq27441
echo bq27441 >$CHIPS/add
check "a second gauge" await 20 test -e "$SYSFS/BAT1/capacity"
echo 700 >$CHIPS/1/permille
chip permille 300
second() {
	[ "$(cat "$SYSFS/BAT1/capacity")" = 70 ]
}
check "the second one has its own values" await 10 second
check "and so has the first one" await 10 reads capacity 30
echo 1 >$CHIPS/remove

# Failures. A failed reading is never a zero.
chip nak -1
chip permille 100
expire
is "a bus that fails: the last value" "$(prop capacity)" 30
chip nak 0
chip permille 300
chip refused 28	# StateOfCharge()
chip mv 3333
check "a register that fails: the others are read" await 10 reads voltage_now 3333000
is "and it has its last value" "$(prop capacity)" 30
chip refused -1
# A bus without pull-ups that were strong enough
chip garbage_byte 255
chip garbage -1
check "all ones: no capacity" await 10 unknown capacity
check "all ones: no voltage" await 10 unknown voltage_now
check "all ones: no temperature" await 10 unknown temp
chip garbage 0
check "it works again" await 10 reads capacity 30

# An adapter with word transfers only
modprobe -r psy-sim-chips
modprobe psy-sim-chips words=1 wired=0
start bq27510g3
chip permille 420
check "words: capacity" await 10 reads capacity 42
is "words: transfers for 100 refreshes" "$(cost)" 900
modprobe -r psy-sim-chips
check "the supply is removed with the chip" test ! -e "$SYSFS/$BAT"

finish
