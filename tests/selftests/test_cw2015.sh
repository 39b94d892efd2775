#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vm: kver=6.1 acpi=none timeout=600
#
# A simulated CW2015 with its alert line and a charger: values, its profile, the alert,
# a battery that is replaced.
. /tests/lib.sh
. /tests/chip-lib.sh

# mem OFFSET LENGTH: registers
mem() {
	od -An -v -tx1 -j"$1" -N"$2" $CHIP/mem | tr -d ' \n'
}

# mem_is OFFSET BYTES
mem_is() {
	[ "$(mem "$1" $((${#2} / 2)))" = "$2" ]
}

start cw2015
is "its driver" "$(driver)" cw2015-gauge
is "model_name" "$(prop model_name)" CW2015
check "it is awake" mem_is 10 00
is "it has its profile" "$(mem 16 64)" "$(printf '%s' \
	176780736e6c6b6377515c58504c4836150c0c195b7d6f69695b0c292040525957 \
	56544f3b1f7f17061a305a8593962d48779cb3805294cb2f0064a5b511f011)"

for mv in 2800 3700 4200 4900; do
	chip mv $mv
	near "$mv mV" "$(fresh voltage_now)" $((mv * 1000)) 200
done
for permille in 1000 730 494 10 500; do
	chip permille $permille
	is "capacity at $permille" "$(fresh capacity)" $(((permille + 5) / 10))
done
check "no current" test ! -e "$SYSFS/$BAT/current_now"

# The time left, and the status, which is that of the charger
check "without the charger: Discharging" await 10 reads status Discharging
is "1400 mAh at 400 mA" "$(fresh time_to_empty_now)" 12600
chip ma 0
expire
check "no current, no time" unknown time_to_empty_now
charger status Charging
charger online 1
check "the charger charges" await 10 reads status Charging
charger online 0
check "the charger is removed" await 10 reads status Discharging
chip ma -400

# The alert
echo 30 >"$SYSFS/$BAT/capacity_alert_min"
check "the limit is in the chip" await 15 mem_is 8 f2
notifies=$(counter notifies)
poller "$SYSFS/$BAT/capacity_alert_min"
chip permille 290
wait $poller
is "the alert wakes a poller of the limit" $? 0
check "by an interrupt" test "$(counter notifies)" -gt "$notifies"
is "capacity" "$(prop capacity)" 29

# A battery that is replaced at once: the chip is reset.
tag=$(prop battery_tag)
chip permille 800
chip present 0
chip present 1
check "the chip is asleep" mem_is 10 c0
is "another battery" "$(fresh capacity)" 80
is "has the next tag" "$(prop battery_tag)" $((tag + 1))
check "and the chip its profile" mem_is 16 17678073

chip poke "4 255 0"
expire
check "an impossible percentage is unknown" unknown capacity
chip mv 4000
chip garbage 1
is "one bad reading: the same battery" "$(fresh battery_tag)" $((tag + 1))
is "capacity" "$(fresh capacity)" 80
chip nak -1
chip permille 100
is "a bus that fails: the last value" "$(fresh capacity)" 80
chip nak 0
modprobe -r psy-sim-chips
check "the supply is removed with the chip" test ! -e "$SYSFS/$BAT"

finish
