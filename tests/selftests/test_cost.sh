#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# vm: kver=6.1,newest rare=6.12,arm64
#
# Number of bus transfers per read, counted by the adapter.
. /tests/lib.sh
setup

transfers() {
	sim reset 1
	cat "$SYSFS/$BAT/uevent" >/dev/null
	sim transfers
}

seconds() {
	cut -d. -f1 /proc/uptime
}

# On a busy machine the snapshot may expire between two reads.
warm() {
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		transfers >/dev/null
		[ "$(transfers)" != 0 ] || return 0
	done
	return 1
}

expire
check "a warm uevent costs no transfer" warm

for f in "$SYSFS/$BAT"/*; do
	[ -f "$f" ] && cat "$f" >/dev/null 2>&1
done
expire
cat "$SYSFS/$BAT/uevent" >/dev/null
sim reset 1
start=$(seconds)
for f in "$SYSFS/$BAT"/*; do
	[ -f "$f" ] && cat "$f" >/dev/null 2>&1
done
# at_least NAME GOT LIMIT: proves that transfers are counted
at_least() {
	check "$1 ($2)" test "$2" -ge "$3"
}

cost=$(sim transfers)
# The lifetime of a snapshot is a second.
at_most "reading every file one by one shares a refresh or two" "$cost" \
	$((18 * (2 + $(seconds) - start)))
# The snapshot of the previous uevent may still have been fresh.
expire
for f in "$SYSFS/$BAT"/*; do
	[ -f "$f" ] && cat "$f" >/dev/null 2>&1
done
at_least "... and does refresh" "$(sim transfers)" $((cost + 17))

expire
cost=$(transfers)
at_most "an expired uevent costs at most 18 transfers" "$cost" 18
if [ "$cost" -ge 10 ]; then
	ok "and it does read the pack"
else
	not_ok "and it does read the pack" "only $cost transfers"
fi

lines=$(grep -c ^POWER_SUPPLY_ "$SYSFS/$BAT/uevent")
if [ "$lines" -ge 25 ]; then
	ok "the uevent file has $lines lines"
else
	not_ok "the uevent file is complete" "only $lines lines"
fi

before=$(sim mode_writes)
for _ in 1 2 3; do
	expire
	cat "$SYSFS/$BAT/uevent" >/dev/null
done
is "reads never write the mode of the pack" "$(sim mode_writes)" "$before"

# Eight readers of an expired snapshot share one refresh.
expire
sim reset 1
start=$(seconds)
for _ in 1 2 3 4 5 6 7 8; do
	cat "$SYSFS/$BAT/voltage_now" >/dev/null &
done
wait
cost=$(sim transfers)
at_most "eight readers at once share one refresh" "$cost" $((18 * (1 + $(seconds) - start)))
at_least "... and there was one" "$cost" 17

finish
