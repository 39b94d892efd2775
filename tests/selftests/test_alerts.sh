#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vm: kver=newest arch=x86_64,arm64 rare=6.1,6.12 timeout=720
#
# Limits: crossing one sends a uevent and wakes pollers of the file. It is detected by
# comparison in the class, and by the SMBus alert of the pack.
. /tests/lib.sh
setup
# The simulated alert line is registered after its adapter: bind again to find it.
pack=$(basename "$(readlink -f "$SYSFS/$BAT/device")")
echo "$pack" >"$DRIVER/unbind"
echo "$pack" >"$DRIVER/bind"
await 10 supply_exists || bail "no supply after rebinding"
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

# pollers NUMBER FILE: start this many; $pollers are their pids
pollers() {
	pollers=
	for n in $(seq "$1"); do
		rm -f "/tmp/poller.$n"
		poll-attr "$2" 60 >"/tmp/poller.$n" &
		pollers="$pollers $!"
	done
	for n in $(seq "$1"); do
		await 10 grep -qs polling "/tmp/poller.$n" || bail "poller $n does not poll"
	done
}

# all_woken NUMBER: whether this many of $pollers were woken by an event
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

# Without the alert line: the class compares.
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
check "a capacity at the limit wakes no poller" kill -0 $pollers
before=$(events)
sim soc_permille 390
check "all five pollers are woken below the limit" all_woken 5
check "and there was an event" test "$(events)" -gt "$before"
is "no SMBus alert was raised" "$(sim alerts)" 0
expire
prop capacity >/dev/null
check "the pack keeps the limit while its capacity is below" limit_is_in_the_pack 40
is "the level stays Low" "$(prop capacity_level)" Low

# With the alert line: the pack raises an alert, and the class reads it.
sim soc_permille 600
expire
prop capacity >/dev/null
echo 30 >"$LEVEL"
sim alert 1
sleep 1
notifies=$(counter notifies)
poller "$LEVEL"
sim soc_permille 290
wait $poller
is "a poller is woken by the alert" $? 0
is "the pack has raised one alert" "$(sim alerts)" 1
check "the alert reached the class" test "$(counter notifies)" -gt "$notifies"
is "the capacity is that of the pack" "$(prop capacity)" "$(($(reg 0x0d)))"

# Another pack: pollers of the tag are woken, and the pack gets the limit.
sim soc_permille 600
poller "$SYSFS/$BAT/battery_tag"
tag=$(prop battery_tag)
id=$(prop unique_id)
sim swap 4242
wait $poller
is "a poller of the tag is woken by another pack" $? 0
is "another pack has the next tag" "$(prop battery_tag)" $((tag + 1))
check "and a different id" test "$(prop unique_id)" != "$id"
id=$(prop unique_id)
is "the id ends with the serial number" "${id##*-}" "$(prop serial_number)"
is "the id has all fields" "$id" "$(prop manufacturer)-$(prop model_name)-$(date_of_pack)-$(prop serial_number)"
check "another pack gets the limit of the slot" await 15 limit_is_in_the_pack 30
is "chemistry is the string of the pack" "$(prop chemistry)" "$(sim chemistry)"

sim present 0
check "the pack is removed" await 15 sh -c "[ \$(cat $SYSFS/$BAT/present) = 0 ]"
is "the tag is 0 without a pack" "$(prop battery_tag)" 0
check "no limit can be set without a pack" sh -c "! echo 20 2>/dev/null >$LEVEL"
sim present 1
check "the same pack inserted again has a new tag" \
	await 15 sh -c "[ \$(cat $SYSFS/$BAT/battery_tag) = $((tag + 2)) ]"
is "and the same id" "$(prop unique_id)" "$id"

# Tracepoints
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

# The pack was inserted with an alarm at a tenth of its design capacity.
check "the pack has the limit" await 15 limit_is_in_the_pack 30
echo "$pack" >"$DRIVER/unbind"
is "unbind restores the alarm of the pack" $(($(reg 0x01))) $((($(reg 0x18) + 5) / 10))

finish
