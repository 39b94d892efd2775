#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vm: kver=6.1 rare=newest acpi=two-packs timeout=900
#
# Modules are removed in any order: the drivers of the members while the composite uses
# them, or the composite first. It holds no reference to them, leaves no setting behind,
# and finds them again.
. /tests/lib.sh

await 20 test -d "$SIM_ROOT" || bail "no simulated adapter"
await 20 test -d "$DRIVER" || bail "the driver was not loaded"
rmmod sbs-battery 2>/dev/null
rmmod sbs-gauge psy-miniclass
for s in 1 2; do
	echo 0 >"$(sim_dir $s)/speed"
	echo 4000 >"$(sim_dir $s)/full_mah"
	echo 800 >"$(sim_dir $s)/soc_permille"
	echo -500 >"$(sim_dir $s)/load_ma"
done
packs() {
	PACK_A=$(supply_of "$(sim_dir 1)") && PACK_B=$(supply_of "$(sim_dir 2)")
}
load_members() {
	modprobe psy-miniclass members="*" visible_members=1
	modprobe sbs-gauge
	modprobe psy-sim-gauge inhibit=1
	await 20 packs
}
load_members || bail "no supplies"
counted() {
	[ "$(grep -c counted "$SYSFS/BAT0/device/members" 2>/dev/null)" = "$1" ]
}
behaviour() {
	sed 's/.*\[\(.*\)\].*/\1/' "$SYSFS/sim-gauge/charge_behaviour"
}
limits() {
	echo "$(cat "$SYSFS/$PACK_A/capacity_alert_min") $(cat "$SYSFS/$PACK_B/capacity_alert_min")"
}
limited() {
	: "$(<"$SYSFS/BAT0/uevent")"
	[ "$(limits | tr -d ' 0')" != "" ]
}

# While the composite is registered again, its files do not exist.
choose() {
	(echo "$1" >"$SYSFS/BAT0/device/discharge_from") 2>/dev/null
}
limit() {
	(echo "$1" >"$SYSFS/BAT0/capacity_alert_min") 2>/dev/null
}
reads() {
	local value
	IFS= read -r value <"$SYSFS/BAT0/$1" && [ "$value" = "$2" ]
} 2>/dev/null

modprobe composite-battery members="$PACK_A,sim-gauge,$PACK_B"
check "three members" await 20 counted 3

# The members first, one driver after the other
check "a member is chosen" await 20 choose sim-gauge
is "one of them is discharged" "$(behaviour)" force-discharge
check "the driver of this member is removed" rmmod psy-sim-gauge
check "two members are left" await 20 counted 2
check "the choice has ended" await 20 reads device/discharge_from auto
check "the driver of the others is removed" rmmod sbs-gauge
check "no member is left" await 20 counted 0
check "the composite has no pack" await 20 reads present 0
check "the class is in use by the composite" sh -c '! rmmod psy-miniclass 2>/dev/null'
modprobe psy-sim-gauge inhibit=1
modprobe sbs-gauge
check "all are found again" await 40 counted 3

# The composite first, with a choice in effect, then with a limit
check "a member is chosen" await 20 choose sim-gauge
is "a member is discharged" "$(behaviour)" force-discharge
check "the composite is removed" rmmod composite-battery
check "its supply is gone" test ! -e "$SYSFS/BAT0"
is "the choice is undone" "$(behaviour)" auto
await 20 packs
modprobe composite-battery members="$PACK_A,$PACK_B"
check "two members" await 20 counted 2
check "a limit is accepted" await 20 limit 70
check "a limit is set in a member" await 20 limited
check "the composite is removed with a limit" rmmod composite-battery
is "the limits are undone" "$(limits)" "0 0"
check "the members can be read" grep -q POWER_SUPPLY_PRESENT=1 "$SYSFS/$PACK_A/uevent"
check "their drivers are removed" rmmod psy-sim-gauge sbs-gauge
check "and the class" rmmod psy-miniclass

# The composite is loaded before any driver of a member.
modprobe psy-miniclass members="*" visible_members=1
modprobe composite-battery members="$PACK_A,sim-gauge,$PACK_B"
load_members
check "members of drivers that are loaded later" await 40 counted 3
check "everything is removed in one go" \
	rmmod composite-battery psy-sim-gauge sbs-gauge psy-miniclass
is "no warning" "$(dmesg | grep -c 'WARNING:\|BUG:')" 0

finish
