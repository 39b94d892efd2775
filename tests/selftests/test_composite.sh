#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vm: kver=6.1,newest arch=x86_64,arm64 rare=6.12 acpi=composite timeout=1500
#
# Three packs described as one battery by firmware: upower's display device is
# their sum, in every situation, and nothing is counted twice.
. /tests/lib.sh
. /tests/composite-lib.sh
setup
A=$(sim_dir 1)
B=$(sim_dir 2)
C=$(sim_dir 3)
COMPOSITE=

found() {
	COMPOSITE=$(find /sys/bus/platform/drivers/composite-battery/ -type l ! -name module | head -n 1)
	[ -n "$COMPOSITE" ]
}

check "udev has loaded composite-battery" await 20 found
# Two packs at first; the third one is inserted later.
echo 0 >"$C/present"
three_supplies() {
	[ "$(ls "$SYSFS" | wc -l)" = 4 ]
}
check "three members and the composite" await 20 three_supplies
PACK_A=$(supply_of "$A")
PACK_B=$(supply_of "$B")
SUPPLY=$(basename "$COMPOSITE"/power_supply/*)
is "its name is one that applets look for" "$SUPPLY" BAT0
is "members have other names" "${PACK_A%[0-9]} ${PACK_B%[0-9]}" "pack pack"
is "a member has scope Device" "$(cat "$SYSFS/$PACK_A/scope")" Device
check "a member has no capacity" test ! -e "$SYSFS/$PACK_A/capacity" -a \
	! -e "$SYSFS/$PACK_A/capacity_level"
check "but it has a charge" test -e "$SYSFS/$PACK_A/charge_now"
is "the composite has scope System" "$(cat "$SYSFS/$SUPPLY/scope")" System

start-upower || bail "no upower"
is "upower lists one battery" "$(batteries)" "BAT0 "

expect "both are discharged" discharging "$A" "$B"
energy_full=$(cat "$SYSFS/$SUPPLY/energy_full")
is "energy_full is the sum" "$energy_full" $(($(total 0x10 "$A" "$B") * 1000))
is "members" "$(cut -d' ' -f2 "$COMPOSITE/members" | tr '\n' ' ')" "counted counted absent "

echo 2000 >"$A/load_ma"
echo -600 >"$B/load_ma"
# One pack is charged with more than the other delivers: there is an unknown charger.
expect "one is charged, one is discharged" charging "$A" "$B"
echo 200 >"$A/load_ma"
# The charge of one comes from the other.
expect "one is charged from the other" discharging "$A" "$B"
echo 2000 >"$A/load_ma"
echo 0 >"$B/load_ma"
expect "one is charged, one rests" charging "$A" "$B"
echo -400 >"$A/load_ma"

tag=$(cat "$SYSFS/$SUPPLY/battery_tag")
echo 0 >"$B/present"
expect "one is removed" discharging "$A"
is "upower still lists one battery" "$(batteries)" "BAT0 "
check "the composite has a new tag" await 30 newer_tag "$SUPPLY" "$tag"
echo 1 >"$B/present"
echo -600 >"$B/load_ma"
expect "and inserted again" discharging "$A" "$B"

# A pack with 0 V still reports its full charge.
echo "0x09 0" >"$B/override"
expect "one is dead" discharging "$A"
is "health is that of the worst member" "$(cat "$SYSFS/$SUPPLY/health")" Dead
is "the file members says so" "$(sed -n 's/pack1 //p;s/.*_1 //p' "$COMPOSITE/members" | head -n 1)" dead
echo "0x09 -" >"$B/override"
expect "it is no longer dead" discharging "$A" "$B"

# One bus does not respond for 30 s: its pack is gone until it does.
echo -1 >"$B/nak"
expect "one bus does not respond" discharging "$A"
sleep 20
check "its pack is left out all the time" truth discharging "$A"
echo 0 >"$B/nak"
expect "the bus responds" discharging "$A" "$B"

# One after the other: the first is empty, the second takes over.
echo 10 >"$A/soc_permille"
echo -1000 >"$A/load_ma"
echo 0 >"$B/load_ma"
expect "the first is nearly empty" discharging "$A" "$B"
echo 0 >"$A/soc_permille"
echo 0 >"$A/load_ma"
echo -1000 >"$B/load_ma"
expect "the second takes over" discharging "$A" "$B"
is "one empty member is not critical" "$(cat "$SYSFS/$SUPPLY/capacity_level" 2>/dev/null)" Normal

echo 1 >"$C/present"
echo -200 >"$C/load_ma"
expect "a third pack is added" discharging "$A" "$B" "$C"
is "upower lists one battery in the end" "$(batteries)" "BAT0 "

# Its supply is unregistered when its driver is unbound.
dev=$(basename "$(readlink -f "$SYSFS/$(supply_of "$C")/device")")
echo "$dev" >"$DRIVER/unbind"
expect "the driver of the third is unbound" discharging "$A" "$B"
echo "$dev" >"$DRIVER/bind"
expect "and bound again" discharging "$A" "$B" "$C"

transfers() {
	awk '{ n += $1 } END { print n }' "$A/transfers" "$B/transfers" "$C/transfers"
}

# reading N: transfers of N readings
reading() {
	local before
	before=$(transfers)
	for _ in $(seq "$1"); do
		: "$(<"$SYSFS/$SUPPLY/uevent")"
	done
	echo $(($(transfers) - before))
}

# Cost: no transfers in addition to those of the members. A slow guest may need several
# attempts for what is to happen within a second.
ten_readings() {
	[ "$(reading 10)" -le 51 ]
}
expired_reading() {
	local n
	sleep 1.2
	n=$(reading 1)
	[ "$n" -ge 30 ] && [ "$n" -le 51 ]
}
fresh_readings() {
	: "$(<"$SYSFS/$SUPPLY/uevent")"
	[ "$(reading 5)" = 0 ]
}
check "ten readings are one of each member" await 60 ten_readings
check "an expired reading is one of each member" await 60 expired_reading
check "a reading inside the lifetime has no transfer" await 60 fresh_readings

finish
