#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vm: kver=newest rare=6.1,arm64 acpi=two-packs timeout=1200
#
# Batteries of the in-tree driver, combined by a module parameter and by configfs; and
# that driver is unloaded while eight readers read the composite.
. /tests/lib.sh
. /tests/composite-lib.sh
CONFIG=/sys/kernel/config
READERS=8

await 20 test -d "$SIM_ROOT" || bail "no simulated adapter"
A=$(sim_dir 1)
B=$(sim_dir 2)
await 20 test -d "$DRIVER" || bail "the driver was not loaded"
rmmod sbs-gauge
rmmod sbs-battery 2>/dev/null
# Not with modprobe: its configuration would load our driver, too.
DRIVER_FILE=$(modprobe -n -v --show-depends sbs-battery | awk '$2 ~ /sbs-battery/ { print $2 }')
insmod "$DRIVER_FILE"
both() {
	supply_of "$A" >/dev/null && supply_of "$B" >/dev/null
}
check "the in-tree driver has both packs" await 20 both
for s in "$A" "$B"; do
	echo 0 >"$s/speed"
	echo -500 >"$s/load_ma"
done
echo 5000 >"$B/full_mah"
echo 300 >"$A/soc_permille"
echo 900 >"$B/soc_permille"
NAME_A=$(supply_of "$A")
NAME_B=$(supply_of "$B")

# By one command
check "modprobe composite-battery members=..." \
	modprobe composite-battery members="$NAME_A,$NAME_B"
find_supply() {
	SUPPLY=$(basename /sys/bus/platform/devices/composite-battery.*.auto/power_supply/*)
	[ -e "$SYSFS/$SUPPLY/uevent" ]
}
check "the composite exists" await 20 find_supply
export COMPOSITE
COMPOSITE=$(readlink -f "$SYSFS/$SUPPLY/device")
# Desktop software counts its members, so it must not count the composite.
is "it has scope Device" "$(cat "$SYSFS/$SUPPLY/scope")" Device
is "its name is not one that applets look for" "$SUPPLY" composite0

start-upower || bail "no upower"
export NO_RATE=1
expect "upower's own sum is correct" discharging "$A" "$B"
want=$(($(total 0x10 "$A" "$B")))
got=$(($(cat "$SYSFS/$SUPPLY/energy_full") / 1000))
check "the composite has the same full energy" test $((got - want)) -ge -20 -a $((got - want)) -le 20
want=$(total 0x0f "$A" "$B")
got=$(($(cat "$SYSFS/$SUPPLY/energy_now") / 1000))
check "and the same energy" test $((got - want)) -ge -20 -a $((got - want)) -le 20
is "it is discharged" "$(cat "$SYSFS/$SUPPLY/status")" Discharging

# is_sum_of ADAPTER...: energy_full of the composite is the sum of these packs
is_sum_of() {
	got=$(cat "$SYSFS/$SUPPLY/energy_full" 2>/dev/null)
	got=$((${got:-0} / 1000 - $(total 0x10 "$@")))
	[ $got -ge -20 ] && [ $got -le 20 ]
}

is_sum_of_both() {
	is_sum_of "$A" "$B"
}

# Failed transfers are tolerated. For a moment the value may be wrong: the in-tree
# driver changes the unit of a pack for each query without a lock, and its own event
# reads the pack at the same time.
tag=$(cat "$SYSFS/$SUPPLY/battery_tag")
for skip in 0 5 11 17; do
	sleep 1.2
	echo $skip >"$B/fault_skip"
	echo 8 >"$B/nak"
	cat "$SYSFS/$SUPPLY/energy_full" >/dev/null 2>&1
	check "failures at transfer $skip do not remove a pack" await 20 is_sum_of_both
done
echo 0 >"$B/nak"
sleep 3
is "the tag is the same" "$(cat "$SYSFS/$SUPPLY/battery_tag")" "$tag"

echo 0 >"$B/present"
check "one is removed" await 20 is_sum_of "$A"
echo 1 >"$B/present"
echo -500 >"$B/load_ma"
check "and inserted again" await 40 is_sum_of_both

all_ended() {
	[ "$(grep -lx ended /tmp/reader.* | wc -l)" = $READERS ]
}

# The driver is unloaded.
for r in $(seq $READERS); do
	# While the composite is registered again there is nothing to open.
	(until [ -e /tmp/stop ]; do
		read-whole "$SYSFS/$SUPPLY/uevent" /tmp/stop
		sleep 0.1
	done
	echo ended) >"/tmp/reader.$r" 2>/dev/null &
done
sleep 1
check "rmmod sbs_battery under $READERS readers" rmmod sbs_battery
absent() {
	[ "$(cat "$SYSFS/$SUPPLY/present" 2>/dev/null)" = 0 ]
}
check "the composite reports that no pack is present" await 20 absent
insmod "$DRIVER_FILE"
check "the driver is loaded again: the composite is complete" await 40 is_sum_of_both
touch /tmp/stop
check "all readers have ended" await 60 all_ended
is "readers that have read a value" "$(grep -l POWER_SUPPLY_ENERGY_FULL= /tmp/reader.* | wc -l)" $READERS
is "no warning" "$(dmesg | grep -c 'WARNING:\|BUG:')" 0

# Ten times more, at any moment.
for i in 1 2 3 4 5 6 7 8 9 10; do
	rmmod sbs_battery
	: "$(cat "$SYSFS/$SUPPLY/uevent" 2>/dev/null)"
	insmod "$DRIVER_FILE"
	sleep 0.$i
done
check "ten times more" await 40 is_sum_of_both
rmmod composite-battery
check "the supply is removed with its module" test ! -e "$SYSFS/$SUPPLY"

# The same by configfs, and invalid settings
modprobe composite-battery
grep -q ' configfs ' /proc/mounts || mount -t configfs none $CONFIG
mkdir $CONFIG/composite-battery/dock
cd $CONFIG/composite-battery/dock || bail "no directory"
refused() {
	! echo "$2" >"$1" 2>/dev/null
}
check "enabled without members" refused enabled 1
check "the same name twice" refused members "$NAME_A,$NAME_A"
check "an unknown topology" refused topology star
check "an unknown policy" refused critical_policy some
check "a label that is too long" refused label twenty-characters-xx
echo "$NAME_A $NAME_B" >members
echo sequential >topology
echo any >critical_policy
echo BAT7 >label
is "what was written is read: members" "$(cat members)" "$NAME_A $NAME_B"
is "what was written is read: topology" "$(cat topology)" sequential
is "what was written is read: policy" "$(cat critical_policy)" any
is "what was written is read: label" "$(cat label)" BAT7
echo 1 >enabled
SUPPLY=BAT7
check "a composite by configfs" await 20 is_sum_of_both
check "settings of an enabled composite" refused members "$NAME_A"

# A composite of composites would count packs twice.
mkdir ../more
echo "BAT7 nobody $NAME_A" >../more/members
echo 1 >../more/enabled
said() {
	dmesg | grep -q 'BAT7 cannot be a member: it is a composite itself'
}
check "a composite of composites is refused" await 10 said
echo 0 >../more/enabled
cd / || exit
rmdir $CONFIG/composite-battery/more
check "the module cannot be unloaded while there is one" sh -c '! rmmod composite-battery 2>/dev/null'
rmdir $CONFIG/composite-battery/dock
check "the supply is removed with its directory" test ! -e "$SYSFS/BAT7"
check "the module can be unloaded" rmmod composite-battery
check "a wrong parameter is refused" \
	sh -c '! modprobe composite-battery members=a,b topology=star 2>/dev/null'
check "the log has the reason" sh -c "dmesg | grep -q 'topology: is \"star\", must be \"parallel\", \"sequential\" or \"series\"'"

finish
