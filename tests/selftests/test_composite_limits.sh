#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vm: kver=6.1,newest arch=x86_64,arm64 acpi=two-packs timeout=900
#
# Limits of the whole are divided among its members, divided anew when another
# one takes over, and wake who waits for the whole. What the whole is told to do
# reaches the members that can. Roles come from a parameter of the module here.
. /tests/lib.sh

await 20 test -d "$SIM_ROOT" || bail "no simulated adapter"
await 20 test -d "$DRIVER" || bail "the driver was not loaded"
A=$(sim_dir 1)
B=$(sim_dir 2)
for s in "$A" "$B"; do
	echo 0 >"$s/speed"
	echo 4000 >"$s/full_mah"
	echo 800 >"$s/soc_permille"
done
echo -600 >"$A/load_ma"
echo -400 >"$B/load_ma"
rmmod sbs-battery 2>/dev/null
rmmod sbs-gauge psy-miniclass
modprobe psy-miniclass members="*" visible_members=1
modprobe sbs-gauge
both() {
	supply_of "$A" >/dev/null && supply_of "$B" >/dev/null
}
await 20 both || bail "no supplies"
PACK_A=$(supply_of "$A")
PACK_B=$(supply_of "$B")
is "a parameter makes members of all" "${PACK_A%[0-9]} ${PACK_B%[0-9]}" "pack pack"
is "visible ones have a capacity" "$(cat "$SYSFS/$PACK_A/capacity")" 80

modprobe composite-battery members="$PACK_A,$PACK_B"
export BAT=BAT0
await 20 test -e "$SYSFS/BAT0" || bail "no composite"
is "the whole" "$(prop capacity)" 80

limits() {
	echo "$(cat "$SYSFS/$PACK_A/capacity_alert_min") $(cat "$SYSFS/$PACK_B/capacity_alert_min")"
}
# Of the same size, and the voltage of both is the same: a distance of 20 of 160 is
# 12 of 80 for one and 8 of 80 for the other.
echo 70 >"$SYSFS/BAT0/capacity_alert_min"
divided() {
	: "$(<"$SYSFS/BAT0/uevent")"
	# shellcheck disable=SC2254 # a pattern is meant
	case $(limits) in
	$1) true ;;
	*) false ;;
	esac
}
check "a limit is divided by the shares in the rate" await 10 divided "6[89] 72"
echo "# limits: $(limits)"

echo -1000 >"$A/load_ma"
echo 0 >"$B/load_ma"
expire
: "$(<"$SYSFS/$PACK_A/uevent")$(<"$SYSFS/$PACK_B/uevent")"
check "all to the one that works, after a hand-over" await 10 divided "60 80"
echo "# limits: $(limits)"
echo 0 >"$A/load_ma"
echo -1000 >"$B/load_ma"
expire
: "$(<"$SYSFS/$PACK_A/uevent")$(<"$SYSFS/$PACK_B/uevent")"
check "and to the other one" await 10 divided "80 60"

poll-attr "$SYSFS/BAT0/capacity_alert_min" 60 >/tmp/poller &
poller=$!
await 5 grep -q polling /tmp/poller
echo 605 >"$B/soc_permille"
sleep 12
check "70 of 100 is not below 70" kill -0 $poller
echo 580 >"$B/soc_permille"
wait $poller
is "who polls is woken below" $? 0
is "at" "$(prop capacity)" 69
echo 0 >"$SYSFS/BAT0/capacity_alert_min"
check "without a limit the members have none" await 10 divided "0 0"

# Of three members one can be told what to do.
modprobe psy-sim-gauge inhibit=1
GAUGE=/sys/kernel/debug/psy-sim-gauge
rmmod composite-battery
modprobe composite-battery members="$PACK_A,sim-gauge,$PACK_B" topology=sequential
three() {
	[ -e "$SYSFS/BAT0" ] &&
		[ "$(grep -c counted "$SYSFS/BAT0/device/members")" = 3 ]
}
check "three members" await 20 three
sleep 1
behaviour() {
	sed 's/.*\[\(.*\)\].*/\1/' "$SYSFS/sim-gauge/charge_behaviour"
}
refused() {
	! (echo "$2" >"$SYSFS/BAT0/$1") 2>/tmp/err && grep -q "$3" /tmp/err
}
is "what it does" "$(behaviour)" auto
check "the whole can be told" sh -c "echo inhibit-charge >$SYSFS/BAT0/charge_behaviour"
is "and it does so" "$(behaviour)" inhibit-charge
check "discharge from the one that can" sh -c "echo sim-gauge >$SYSFS/BAT0/device/discharge_from"
is "it does" "$(behaviour)" force-discharge
is "which is remembered" "$(cat "$SYSFS/BAT0/device/discharge_from")" sim-gauge
check "not from one that cannot" refused device/discharge_from "$PACK_A" "not supported"
is "that changes nothing" "$(behaviour) $(cat "$SYSFS/BAT0/device/discharge_from")" \
	"force-discharge sim-gauge"
check "nor from nobody" refused device/discharge_from nobody "Invalid argument"
check "charge another one first" sh -c "echo $PACK_A >$SYSFS/BAT0/device/charge_first"
is "so it waits" "$(behaviour)" inhibit-charge
is "and does not discharge any more" "$(cat "$SYSFS/BAT0/device/discharge_from")" auto
check "nobody would wait for it" refused device/charge_first sim-gauge "not supported"
check "as they like" sh -c "echo auto >$SYSFS/BAT0/device/charge_first"
is "as it likes" "$(behaviour)" auto
check "the gauge is there" test -d "$GAUGE"

finish
