#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vm: kver=newest rare=6.1,arm64 acpi=two-packs timeout=900
#
# Limits of the composite are divided among its members, divided again when a different
# member takes over, and wake pollers of the composite. Its settings reach the members
# that support them. Roles come from a module parameter here.
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
is "the parameter makes all packs members" "${PACK_A%[0-9]} ${PACK_B%[0-9]}" "pack pack"
is "visible members have a capacity" "$(cat "$SYSFS/$PACK_A/capacity")" 80

modprobe composite-battery members="$PACK_A,$PACK_B"
export BAT=BAT0
await 20 test -e "$SYSFS/BAT0" || bail "no composite"
is "capacity of the composite" "$(prop capacity)" 80

limits() {
	echo "$(cat "$SYSFS/$PACK_A/capacity_alert_min") $(cat "$SYSFS/$PACK_B/capacity_alert_min")"
}
# Both packs have the same size and voltage: a distance of 20 of 160 is 12 of 80 for
# one and 8 of 80 for the other.
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
check "all of it to the only pack in use" await 10 divided "60 80"
echo "# limits: $(limits)"
echo 0 >"$A/load_ma"
echo -1000 >"$B/load_ma"
expire
: "$(<"$SYSFS/$PACK_A/uevent")$(<"$SYSFS/$PACK_B/uevent")"
check "then to the other pack" await 10 divided "80 60"

poller "$SYSFS/BAT0/capacity_alert_min"
echo 605 >"$B/soc_permille"
sleep 12
check "70 of 100 is not below 70" kill -0 $poller
echo 580 >"$B/soc_permille"
wait $poller
is "a poller is woken below the limit" $? 0
is "capacity at that time" "$(prop capacity)" 69
echo 0 >"$SYSFS/BAT0/capacity_alert_min"
check "without a limit the members have none" await 10 divided "0 0"

# Without the pack that is not in use, the composite is registered again, and processes
# must open its new files.
echo -500 >"$A/load_ma"
echo 0 >"$B/load_ma"
expire
: "$(<"$SYSFS/$PACK_A/uevent")$(<"$SYSFS/$PACK_B/uevent")$(<"$SYSFS/BAT0/uevent")"
ended() {
	! kill -0 "$1" 2>/dev/null
}
# Their time must not end here: poll() of a removed file then returns as if it was woken.
poller "$SYSFS/BAT0/capacity_alert_min" 1200
alert_poller=$poller
poller "$SYSFS/BAT0/battery_tag" 1200
echo 0 >"$B/present"
check "a poller of a limit is woken when a pack is removed" await 60 ended $alert_poller
check "so is one of the tag" await 60 ended $poller
two() {
	: "$(<"$SYSFS/$PACK_B/uevent")"
	[ "$(grep -c counted "$SYSFS/BAT0/device/members")" = 2 ]
}
echo 1 >"$B/present"
check "the pack is back" await 50 two

# One of three members has charge_behaviour.
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
is "its charge_behaviour" "$(behaviour)" auto
check "charge_behaviour of the composite can be set" sh -c "echo inhibit-charge >$SYSFS/BAT0/charge_behaviour"
is "the member follows" "$(behaviour)" inhibit-charge
check "discharge_from accepts this member" sh -c "echo sim-gauge >$SYSFS/BAT0/device/discharge_from"
is "the member is discharged" "$(behaviour)" force-discharge
is "discharge_from is read back" "$(cat "$SYSFS/BAT0/device/discharge_from")" sim-gauge
check "discharge_from refuses a member without it" refused device/discharge_from "$PACK_A" "not supported"
is "a refused write changes nothing" "$(behaviour) $(cat "$SYSFS/BAT0/device/discharge_from")" \
	"force-discharge sim-gauge"
check "discharge_from refuses an unknown name" refused device/discharge_from nobody "Invalid argument"
check "charge_first accepts a different member" sh -c "echo $PACK_A >$SYSFS/BAT0/device/charge_first"
is "the member waits" "$(behaviour)" inhibit-charge
is "discharge_from is reset" "$(cat "$SYSFS/BAT0/device/discharge_from")" auto
check "charge_first refuses it if no member can wait" refused device/charge_first sim-gauge "not supported"
check "charge_first accepts auto" sh -c "echo auto >$SYSFS/BAT0/device/charge_first"
is "the member is set to auto" "$(behaviour)" auto
check "the gauge still exists" test -d "$GAUGE"

finish
