#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vm: kver=6.1 arch=x86_64,arm64 rare=newest timeout=720
#
# Suspend to idle and resume: no transfers, then one refresh, the alarm set again.
. /tests/lib.sh
setup
# The simulated alert line is registered after its adapter: bind again to find it.
pack=$(basename "$(readlink -f "$SYSFS/$BAT/device")")
echo "$pack" >"$DRIVER/unbind"
echo "$pack" >"$DRIVER/bind"
await 10 supply_exists || bail "no supply after rebinding"
BAT=$(supply_of "$SIM")
sim speed 0
sim soc_permille 600
sim load_ma -1000
expire
# The devices are suspended, and resumed after five seconds: this machine has no
# wakeup source for suspend to idle.
grep -q devices /sys/power/pm_test || bail "this kernel cannot test suspend"
echo devices >/sys/power/pm_test

# nap: sleep for five seconds, with the counters at zero before
nap() {
	# Right after a refresh: the next poll is far away.
	prop capacity >/dev/null
	sleep 0.5
	sim reset 1
	echo freeze >/sys/power/state
}

wakeups=$(dmesg | grep -c 'PM: suspend exit')
nap
sleep 1.5
is "the machine has slept" "$(dmesg | grep -c 'PM: suspend exit')" $((wakeups + 1))
is "one refresh after the sleep" "$(sim transfers)" 17

echo 40 >"$SYSFS/$BAT/capacity_alert_min"
sleep 1
nap
sleep 1.5
# The limit is written; setting an alarm is followed by a refresh.
is "one refresh, the limit, one refresh" "$(sim transfers)" 35
is "the limit is in the pack" "$(($(reg 0x01)))" $(((($(reg 0x10)) * 40 + 99) / 100))

# Changes during sleep are reported once, afterwards. The pack is simulated in sleep, too.
poller "$SYSFS/$BAT/capacity_alert_min"
before=$(events)
sim load_ma -4000
sim speed 600
nap
sim speed 0
wait $poller
is "a limit crossed in sleep wakes the poller" $? 0
check "below the limit" test "$(prop capacity)" -lt 40
at_most "events for all changes" $(($(events) - before)) 3

finish
