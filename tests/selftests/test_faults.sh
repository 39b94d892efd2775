#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# vm: kver=6.1 rare=newest,arm64 timeout=600
#
# Faults on the bus: one failed transfer, a failing register, ten seconds of NAK.
. /tests/lib.sh
setup

sim load_ma 0
sim speed 0
expire
names=$(cut -d= -f1 "$SYSFS/$BAT/uevent" | sort)

is_complete() {
	[ "$(cut -d= -f1 "$SYSFS/$BAT/uevent" | sort)" = "$names" ]
}

# hit KIND: the fault has occurred. The driver may have polled just before it was set,
# so that reads used that snapshot: then the next refresh meets the fault.
hit() {
	[ "$(sim "$1")" = 0 ] && return
	expire
	is_complete && [ "$(sim "$1")" = 0 ]
}

for skip in 0 3 7 12 16; do
	expire
	sim fault_skip $skip
	sim nak 1
	check "uevent is complete with a NAK at transfer $((skip + 1))" is_complete
	check "that NAK has occurred" hit nak
done

for skip in 0 5 11; do
	expire
	sim fault_skip $skip
	sim pec 1
	check "uevent is complete with a PEC error at transfer $((skip + 1))" is_complete
	check "that PEC error has occurred" hit pec
done

expire
voltage=$(prop voltage_now)
sim fault_skip 2
sim pec 1
expire
is "a corrupted reply does not change a value" "$(prop voltage_now)" "$voltage"

expire
sim fault_cmd 8
sim nak -1
check "uevent is complete with one failing register" is_complete
expire
is "the other registers are still read" "$(prop voltage_now)" "$voltage"
sim nak 0
sim fault_cmd -1

lines() {
	dmesg | wc -l
}

expire
prop voltage_now >/dev/null
before=$(lines)
sim nak -1
t0=$(cut -d. -f1 /proc/uptime)
reads=0
zeroes=0
empty=0
while [ $(($(cut -d. -f1 /proc/uptime) - t0)) -lt 10 ]; do
	reads=$((reads + 1))
	v=$(cat "$SYSFS/$BAT/voltage_now" 2>/dev/null) || v=
	[ "$v" != 0 ] || zeroes=$((zeroes + 1))
	c=$(cat "$SYSFS/$BAT/capacity" 2>/dev/null) || c=
	[ "$c" != 0 ] || zeroes=$((zeroes + 1))
	grep -q POWER_SUPPLY_PRESENT= "$SYSFS/$BAT/uevent" || empty=$((empty + 1))
	sleep 0.1
done
echo "# $reads rounds of reads in ten seconds of NAK"
is "no failed read became a zero" "$zeroes" 0
is "the uevent file was never empty" "$empty" 0
is "after ten seconds of NAK the pack is gone" "$(prop present)" 0
check "its values fail with ENODEV" \
	sh -c "cat $SYSFS/$BAT/voltage_now 2>&1 | grep -q 'No such device'"
at_most "ten seconds of NAK log no line per read" $(($(lines) - before)) 2

sim nak 0
expire
is "the pack is back" "$(prop present)" 1
is "with its voltage" "$(prop voltage_now)" "$voltage"
check "with a complete uevent" is_complete

# If every word were tried with all retries, ten reads would take half a minute.
before=$(lines)
sim timeout_ms 50
sim timeout -1
t0=$(cut -d. -f1 /proc/uptime)
for _ in 1 2 3 4 5 6 7 8 9 10; do
	cat "$SYSFS/$BAT/uevent" >/dev/null
done
at_most "a bus with timeouts only blocks readers for a short time" \
	$(($(cut -d. -f1 /proc/uptime) - t0)) 10
sim timeout 0
expire
is "and the pack is read again afterwards" "$(prop voltage_now)" "$voltage"
at_most "timeouts log no line per read" $(($(lines) - before)) 2

finish
