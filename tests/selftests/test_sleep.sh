#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vm: kver=6.1,newest arch=x86_64,arm64 timeout=720
#
# Suspend to idle and back: silence, one look, the alarm set anew.
. /tests/lib.sh
setup
# The simulated alert line comes up after its adapter: see that it is seen.
pack=$(basename "$(readlink -f "$SYSFS/$BAT/device")")
echo "$pack" >"$DRIVER/unbind"
echo "$pack" >"$DRIVER/bind"
await 10 supply_exists || bail "the driver did not come back"
BAT=$(supply_of "$SIM")
sim speed 0
sim soc_permille 600
sim load_ma -1000
expire
# The devices are suspended, and resumed after five seconds: what wakes real
# machines from idle, this one does not have.
grep -q devices /sys/power/pm_test || bail "this kernel cannot test suspend"
echo devices >/sys/power/pm_test

# nap: sleep for five seconds, with the counters at zero before
nap() {
	# Right after a look: the next regular one is far away.
	prop capacity >/dev/null
	sleep 0.5
	sim reset 1
	echo freeze >/sys/power/state
}

wakeups=$(dmesg | grep -c 'PM: suspend exit')
nap
sleep 1.5
is "the machine has slept" "$(dmesg | grep -c 'PM: suspend exit')" $((wakeups + 1))
is "one look after the sleep" "$(sim transfers)" 17

echo 40 >"$SYSFS/$BAT/capacity_alert_min"
sleep 1
nap
sleep 1.5
# The limit is written, and who has set an alarm looks again.
is "one look, the limit, one look" "$(sim transfers)" 35
is "the limit is in the pack" "$(($(reg 0x01)))" $(((($(reg 0x10)) * 40 + 99) / 100))

# What happens meanwhile is told afterwards, once. The pack lives on in sleep.
poll-attr "$SYSFS/$BAT/capacity_alert_min" 60 >/tmp/poller &
poller=$!
await 5 grep -q polling /tmp/poller
before=$(events)
sim load_ma -4000
sim speed 600
nap
sim speed 0
wait $poller
is "a limit passed in sleep wakes the poller" $? 0
check "below the limit" test "$(prop capacity)" -lt 40
at_most "events for all of it" $(($(events) - before)) 3

finish
