#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vm: kver=6.1 rare=newest acpi=none timeout=600
#
# A simulated MAX17048 with its alert line and a charger: values, transfers, the status
# of the charger, the alert, a battery that is replaced, and what does not work.
. /tests/lib.sh
. /tests/chip-lib.sh

# config MASK VALUE: true if the masked bits of CONFIG are these
config() {
	[ $((0x$(od -An -tx1 -j12 -N2 $CHIP/mem | tr -d ' ') & $1)) = $(($2)) ]
}

start max17048
is "its driver" "$(driver)" max1704x-gauge
is "voltage_now" "$(prop voltage_now)" 3950000
is "capacity" "$(prop capacity)" 50
is "model_name" "$(prop model_name)" MAX17048
is "manufacturer" "$(prop manufacturer)" Maxim
is "technology" "$(prop technology)" Li-ion
is "capacity_alert_min is that of the chip" "$(prop capacity_alert_min)" 4

# The chip measures no current: the charger knows whether it charges.
check "without the charger: Discharging" await 10 reads status Discharging
charger status Charging
charger online 1
check "the charger charges" await 10 reads status Charging
charger status "Not charging"
check "it has stopped" await 10 reads status "Not charging"
charger status Charging
chip permille 1000
check "it charges a full battery" await 10 reads status Full
charger online 0
check "the charger is removed" await 10 reads status Discharging
chip permille 500
expire

is "a refresh: CONFIG, and voltage and percentage together" "$(cost)" 200

# The alert
echo 30 >"$SYSFS/$BAT/capacity_alert_min"
check "the limit is in the chip" await 15 config 0x1f 32-30
poller "$SYSFS/$BAT/capacity_alert_min"
chip permille 290
check "the alert is cleared" await 5 config 0x20 0
wait $poller
is "it wakes a poller of the limit" $? 0
is "capacity" "$(prop capacity)" 29
echo 40 >"$SYSFS/$BAT/capacity_alert_min"
is "a limit above the range of the chip is accepted" "$(prop capacity_alert_min)" 40
check "the chip has its own threshold again" await 15 config 0x1f 32-4

# A battery that is replaced at once: the chip is reset.
tag=$(prop battery_tag)
echo 20 >"$SYSFS/$BAT/capacity_alert_min"
check "another limit" await 15 config 0x1f 32-20
chip permille 800
chip present 0
chip present 1
check "the chip has lost the limit" config 0x1f 32-4
expire
is "another battery" "$(prop capacity)" 80
is "has the next tag" "$(prop battery_tag)" $((tag + 1))
check "and gets the limit" await 15 config 0x1f 32-20

# A battery that is removed
chip present 0
check "without a battery" await 30 reads present 0
chip present 1
check "a battery is found again" await 60 reads present 1
is "with a new tag" "$(prop battery_tag)" $((tag + 2))

# Failures. A failed reading is never a zero.
chip nak -1
chip permille 100
expire
is "a bus that fails: the last value" "$(prop capacity)" 80
chip nak 0
chip permille 800
expire
is "it works again" "$(prop capacity)" 80

chip refused 4
chip mv 4000
expire
is "a register that fails costs its own value only" "$(prop voltage_now)" 4000000
check "which is soon unknown" await 30 unknown capacity
is "and no zero in the uevent file" "$(grep -c CAPACITY= "$SYSFS/$BAT/uevent")" 0
is "the battery is present" "$(prop present)" 1
chip refused -1
check "the register works again" await 30 reads capacity 80
# 0xffff is 256 percent: a clone that does not know
chip poke "4 255 255"
expire
check "an impossible percentage is unknown" unknown capacity

# An adapter with word transfers only, and no interrupt
modprobe -r psy-sim-chips
modprobe psy-sim-chips words=1 wired=0
start max17048
is "words: voltage_now" "$(prop voltage_now)" 3950000
is "words: capacity" "$(prop capacity)" 50
is "words: a refresh is three transfers" "$(cost)" 300
echo 30 >"$SYSFS/$BAT/capacity_alert_min"
expire
prop capacity >/dev/null
check "no interrupt, no limit in the chip" config 0x1f 32-4
modprobe -r psy-sim-chips
check "the supply is removed with the chip" test ! -e "$SYSFS/$BAT"

finish
