#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vm: kver=6.1,6.12,newest arch=x86_64,arm64 clock=skip smp=1 acpi=none timeout=900
#
# A gauge whose alarms cover every change: it is not polled, and no change is missed.
# And its settings, from user space. In a guest whose clock skips idle time.
. /tests/lib.sh

modprobe psy-sim-gauge || bail "no simulated gauge"
BAT=sim-gauge
GAUGE=/sys/kernel/debug/psy-sim-gauge
await 5 test -e "$SYSFS/$BAT" || bail "no supply"

# gauge FILE [VALUE]
gauge() {
	if [ $# = 1 ]; then
		cat "$GAUGE/$1"
	else
		echo "$2" >"$GAUGE/$1"
	fi
}

# put FILE VALUE: write a property
put() {
	echo "$2" 2>/tmp/err >"$SYSFS/$BAT/$1"
}

# refused FILE VALUE REASON
refused() {
	! (echo "$2" >"$SYSFS/$BAT/$1") 2>/tmp/err && grep -q "$3" /tmp/err
}

# zones NAME: thermal zones of that type
zones() {
	grep -lx "$1" /sys/class/thermal/thermal_zone*/type 2>/dev/null
}

check "the kernel has thermal zones" test -d /sys/class/thermal
check "the supply has a temperature" test -e "$SYSFS/$BAT/temp"
is "but is not a thermal zone" "$(zones $BAT)" ""

put capacity_alert_min 20
put capacity_alert_max 90
put temp_alert_max 450
sleep 2
is "three limits are armed" "$(gauge armed)" 11
gauge queries 0
sleep 600
is "ten minutes without a reader: the gauge is not read" "$(gauge queries)" 0
gauge percent 40
gauge temp 300
sleep 600
is "nor for changes that cross no limit" "$(gauge queries)" 0

poller "$SYSFS/$BAT/capacity_alert_min"
before=$(events)
gauge percent 20
sleep 5
check "20 is not below 20" kill -0 $poller
gauge percent 19
wait $poller
is "a poller is woken below the limit" $? 0
at_most "events: for the limit, and for the new capacity" $(($(events) - before)) 2

poller "$SYSFS/$BAT/temp_alert_max"
gauge temp 451
wait $poller
is "a poller is woken by the temperature" $? 0

gauge temp 300
gauge percent 50
sleep 60
gauge queries 0
before=$(events)
gauge current_ma 1000
sleep 3
check "a change of state is reported" test "$(events)" -gt "$before"
is "status" "$(prop status)" Charging
sleep 5
gauge queries 0
sleep 600
is "afterwards the gauge is not read" "$(gauge queries)" 0

# An alarm that fails
gauge sets 0
gauge broken 1
put capacity_alert_min 30
sleep 120
check "a broken alarm is replaced by polling" test "$(gauge queries)" -ge 5
at_most "... but not by a busy loop" "$(gauge queries)" 20
gauge percent 29
poll-attr "$SYSFS/$BAT/capacity_alert_min" 60 >/tmp/poller
is "a poller is still woken" $? 0
gauge broken 0

# Settings
case $(prop charge_behaviour) in
auto | "[auto]"*) ok "charge_behaviour" ;;
*) not_ok "charge_behaviour" "$(prop charge_behaviour)" ;;
esac
put charge_behaviour force-discharge
check "charge_behaviour is set" grep -q 'force-discharge' "$SYSFS/$BAT/charge_behaviour"
check "a behaviour that the gauge lacks is refused" \
	refused charge_behaviour inhibit-charge "Invalid argument"
put charge_control_end_threshold 80
is "charge_control_end_threshold" "$(prop charge_control_end_threshold)" 80
check "101 is refused" refused charge_control_end_threshold 101 "Invalid argument"
put input_current_limit 1500000
is "input_current_limit" "$(prop input_current_limit)" 1500000
check "a value that the pack does not support is refused" \
	refused input_current_limit 3100000 "Operation not supported"
gauge percent 50
put charge_empty 400000
is "the reserve is subtracted from charge_now" "$(prop charge_now)" 1600000
is "and from charge_full" "$(prop charge_full)" 3600000
is "once: capacity follows from these" "$(prop capacity)" 44
check "properties that cannot be set are read-only" test "$(stat -c %a "$SYSFS/$BAT/charge_now")" = 444

rmmod psy-sim-gauge
rmmod psy-miniclass
check "the modules can be unloaded" test ! -e "$SYSFS/$BAT"

# One trip point for two limits: used for the one that the pack is approaching
modprobe psy-sim-gauge single=1
await 5 test -e "$SYSFS/$BAT" || bail "no supply"
put capacity_alert_min 20
put capacity_alert_max 90
sleep 2
is "discharging: the low one" "$(gauge armed)" 1
gauge current_ma 1000
sleep 2
is "charging: the high one" "$(gauge armed)" 2

# The name of a thermal zone has 19 characters at most.
rmmod psy-sim-gauge
BAT=sim-gauge-0123456789-0123456789
modprobe psy-sim-gauge name=$BAT
check "a name of 31 characters is accepted" await 5 test -e "$SYSFS/$BAT"
is "its temperature" "$(prop temp)" 250

finish
