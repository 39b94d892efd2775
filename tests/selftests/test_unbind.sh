#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vm: kver=6.1 arch=x86_64,arm64 rare=newest timeout=1200
#
# Unbind, bind and rmmod under eight readers, 200 rounds; 100 on older kernels.
. /tests/lib.sh
setup

rounds=200
case $(uname -r) in
[1-6].*) rounds=100 ;;
esac
# It would bind to the device whenever ours is unloaded.
rmmod sbs_battery 2>/dev/null
id=$(basename "$(readlink -f "$SYSFS/$BAT/device")")
# The time of transfers does not matter here.
sim realtime 0

# readers: eight of them. Most have a low priority: they are preempted at any point, and
# leave a processor to the rounds.
readers() {
	local r
	for r in 0 1 2 3 4 5 6 7; do
		read-files /tmp/stop $((r % 4 ? 19 : 0)) "$SYSFS/$BAT/uevent" \
			"$SYSFS/$BAT/voltage_now" "$SYSFS/$BAT/serial_number" >"/tmp/reader.$r" &
	done
}

# readings: how many all of them have made
readings() {
	awk '{ n += $2 } END { print n + 0 }' /tmp/reader.*
}

gone() {
	[ ! -e "$SYSFS/$BAT" ]
}

failed=0
round() {
	echo "$id" >"$DRIVER/unbind" || failed=$((failed + 1))
	gone || failed=$((failed + 1))
	echo "$id" >"$DRIVER/bind" || failed=$((failed + 1))
	[ "$(prop present)" = 1 ] || failed=$((failed + 1))
}

# Pollers of a file must be woken when it is removed.
pollers=
for attr in battery_tag capacity_alert_min capacity_alert_max; do
	poll-attr "$SYSFS/$BAT/$attr" 120 >"/tmp/poller.$attr" &
	pollers="$pollers $!"
done
for attr in battery_tag capacity_alert_min capacity_alert_max; do
	await 10 grep -q polling "/tmp/poller.$attr" || bail "no poller of $attr"
done
echo "$id" >"$DRIVER/unbind"
woken=0
for poller in $pollers; do
	wait "$poller" && woken=$((woken + 1))
done
is "pollers are woken when the supply goes" $woken 3
echo "$id" >"$DRIVER/bind"

# Warm up: what is allocated once is not a leak.
for _ in 1 2 3 4 5; do round; done

readers
for i in $(seq $rounds); do
	case $((i % 4)) in
	0)
		rmmod sbs_gauge 2>/dev/null || failed=$((failed + 1))
		gone || failed=$((failed + 1))
		modprobe sbs_gauge || failed=$((failed + 1))
		await 5 test -e "$SYSFS/$BAT/present" || failed=$((failed + 1))
		;;
	*) round ;;
	esac
done
touch /tmp/stop
wait
is "errors in $rounds rounds under eight readers" $failed 0
check "they have read" test "$(readings)" -ge $((rounds * 20))
echo "# $(readings) readings"
is "the pack is read again" "$(prop present)" 1

# Each instance has a debugfs directory: none may be left behind.
is "one instance is left" "$(ls /sys/kernel/debug/psy-miniclass | wc -l)" 1
rmmod sbs_gauge
is "no instance is left" "$(ls /sys/kernel/debug/psy-miniclass | wc -l)" 0
check "the class unloads" rmmod psy_miniclass
check "the simulator unloads" rmmod psy_sim_i2c
check "a snapshot lifetime of more than a minute is refused" \
	sh -c '! modprobe psy_miniclass fresh_ms=60001 2>/dev/null'
check "... with a reason" sh -c 'dmesg | grep -q "fresh_ms: is 60001, must be 0..60000"'
check "all loads again" modprobe -a psy_sim_i2c sbs_gauge
await 10 test -e "$SYSFS/$BAT/present" || :
is "and works" "$(prop present)" 1

# The adapter is removed under its readers.
rm -f /tmp/stop
readers
adapter=$(basename "$(sim_dir 1)")
for _ in 1 2 3 4 5 6 7 8 9 10; do
	echo "$adapter" >/sys/bus/platform/drivers/psy-sim-i2c/unbind
	gone || failed=$((failed + 1))
	echo "$adapter" >/sys/bus/platform/drivers/psy-sim-i2c/bind
	await 5 test -e "$SYSFS/$BAT/present" || failed=$((failed + 1))
done
touch /tmp/stop
wait
is "errors when the adapter is removed" $failed 0
check "... and they have read" test "$(readings)" -ge 100
echo "# $(readings) readings"

finish
