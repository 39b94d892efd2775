#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vm: kver=6.1,6.12,newest arch=x86_64,arm64 timeout=720
#
# Limits: told by uevent and to who sleeps in poll() on the file, by our own
# comparison and through the SMBus alert of the pack.
. /tests/lib.sh
setup
# The simulated alert line comes up after its adapter: see that it is seen.
pack=$(basename "$(readlink -f "$SYSFS/$BAT/device")")
echo "$pack" >"$DRIVER/unbind"
echo "$pack" >"$DRIVER/bind"
await 10 supply_exists || bail "the driver did not come back"
BAT=$(supply_of "$SIM")
LEVEL=$SYSFS/$BAT/capacity_alert_min

sim speed 0
sim soc_permille 600
sim load_ma -1000
expire

refused() {
	! sh -c "echo $1 >$2" 2>/tmp/refused && grep -q "Invalid argument" /tmp/refused
}

is "no limit at first" "$(prop capacity_alert_min)-$(prop capacity_alert_max)" 0-100
check "101 is refused" refused 101 "$LEVEL"
check "-1 is refused" refused -1 "$LEVEL"
is "... and nothing has changed" "$(prop capacity_alert_min)" 0

# poller FILE: sleep in poll() on it; $poller and /tmp/poller
poller() {
	poll-attr "$1" 60 >/tmp/poller &
	poller=$!
	await 5 grep -q polling /tmp/poller
}

# pollers NUMBER FILE: several of them; $pollers
pollers() {
	pollers=
	for n in $(seq "$1"); do
		poll-attr "$2" 60 >"/tmp/poller.$n" &
		pollers="$pollers $!"
	done
	for n in $(seq "$1"); do
		await 10 grep -q polling "/tmp/poller.$n" || bail "poller $n does not poll"
	done
}

# all_woken NUMBER: whether so many of $pollers end because of an event
all_woken() {
	woken=0
	for poller in $pollers; do
		wait "$poller" && woken=$((woken + 1))
	done
	[ "$woken" = "$1" ]
}

date_of_pack() {
	printf '%04d%02d%02d' "$(prop manufacture_year)" "$(prop manufacture_month)" \
		"$(prop manufacture_day)"
}

stat() {
	awk -v n="$1" '$1 == n { print $2 }' "/sys/kernel/debug/psy-miniclass/$BAT/stats"
}

# Without the line of the bus: the class compares for itself.
echo 40 >"$LEVEL"
is "the limit is read back" "$(prop capacity_alert_min)" 40
# limit_is_in_the_pack PERCENT: as RemainingCapacityAlarm()
limit_is_in_the_pack() {
	[ "$(($(reg 0x01)))" = $(((($(reg 0x10)) * $1 + 99) / 100)) ]
}
check "the pack has it, too" await 5 limit_is_in_the_pack 40
pollers 5 "$LEVEL"
sim soc_permille 405
sleep 12
# shellcheck disable=SC2086 # a list
check "the limit itself wakes nobody" kill -0 $pollers
before=$(events)
sim soc_permille 390
check "all five pollers are woken when the limit is passed" all_woken 5
check "and there was an event" test "$(events)" -gt "$before"
is "it was no alert of the bus" "$(sim alerts)" 0
expire
prop capacity >/dev/null
check "the pack keeps the limit while it is passed" limit_is_in_the_pack 40
is "and its level stays Low" "$(prop capacity_level)" Low

# With it: the pack tells, and is believed after a look.
sim soc_permille 600
expire
prop capacity >/dev/null
echo 30 >"$LEVEL"
sim alert 1
sleep 1
notifies=$(stat notifies)
poller "$LEVEL"
sim soc_permille 290
wait $poller
is "a poller is woken by the alert" $? 0
is "the pack has raised it once" "$(sim alerts)" 1
check "it came through the bus" test "$(stat notifies)" -gt "$notifies"
is "the capacity is the pack's" "$(prop capacity)" "$(($(reg 0x0d)))"

# Another pack: its tag wakes who waits for that, and it gets the limit.
sim soc_permille 600
poller "$SYSFS/$BAT/battery_tag"
tag=$(prop battery_tag)
id=$(prop unique_id)
sim swap 4242
wait $poller
is "a poller of the tag is woken by another pack" $? 0
is "which has the next tag" "$(prop battery_tag)" $((tag + 1))
check "and another id" test "$(prop unique_id)" != "$id"
id=$(prop unique_id)
is "with the serial number in it" "${id##*-}" "$(prop serial_number)"
is "and all the rest" "$id" "$(prop manufacturer)-$(prop model_name)-$(date_of_pack)-$(prop serial_number)"
check "and the limit of the slot" await 15 limit_is_in_the_pack 30
is "chemistry is the pack's own word" "$(prop chemistry)" "$(sim chemistry)"

sim present 0
check "no pack" await 15 sh -c "[ \$(cat $SYSFS/$BAT/present) = 0 ]"
is "no tag" "$(prop battery_tag)" 0
check "no limit can be set" sh -c "! echo 20 2>/dev/null >$LEVEL"
sim present 1
check "the same pack put in again has another tag" \
	await 15 sh -c "[ \$(cat $SYSFS/$BAT/battery_tag) = $((tag + 2)) ]"
is "and the same id" "$(prop unique_id)" "$id"

# Tracepoints: what was done, and why
mount -t tracefs none /sys/kernel/tracing 2>/dev/null || :
TRACE=/sys/kernel/tracing
echo 1 >$TRACE/events/psy_miniclass/enable
expire
prop capacity >/dev/null
sim nak 1
expire
prop capacity >/dev/null
sim swap 77
expire
prop capacity >/dev/null
await 5 grep -q psy_notify $TRACE/trace || :
for event in psy_refresh psy_error psy_tag psy_notify; do
	check "trace: $event" grep -q "$event: $BAT " $TRACE/trace
done
check "trace: a refresh and its cost" grep -q "psy_refresh: $BAT .*ret=0 transfers=17 " $TRACE/trace
echo 0 >$TRACE/events/psy_miniclass/enable

# The pack came with an alarm at a tenth of its design capacity.
check "the pack has the limit" await 15 limit_is_in_the_pack 30
echo "$pack" >"$DRIVER/unbind"
is "unbind restores the alarm of the pack" $(($(reg 0x01))) $((($(reg 0x18) + 5) / 10))

finish
