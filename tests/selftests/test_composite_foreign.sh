#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vm: kver=6.1,newest arch=x86_64,arm64 acpi=two-packs timeout=1200
#
# Batteries of the kernel's own driver, made one by a parameter of the module and
# by configfs; and that driver goes while eight readers read the whole.
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
# By hand: the configuration of modprobe brings our driver along.
DRIVER_FILE=$(modprobe -n -v --show-depends sbs-battery | awk '$2 ~ /sbs-battery/ { print $2 }')
insmod "$DRIVER_FILE"
both() {
	supply_of "$A" >/dev/null && supply_of "$B" >/dev/null
}
check "the kernel's driver has both packs" await 20 both
for s in "$A" "$B"; do
	echo 0 >"$s/speed"
	echo -500 >"$s/load_ma"
done
echo 5000 >"$B/full_mah"
echo 300 >"$A/soc_permille"
echo 900 >"$B/soc_permille"
NAME_A=$(supply_of "$A")
NAME_B=$(supply_of "$B")

# One command.
check "modprobe composite-battery members=..." \
	modprobe composite-battery members="$NAME_A,$NAME_B"
whole_dir() {
	WHOLE=$(basename /sys/bus/platform/devices/composite-battery.*.auto/power_supply/*)
	[ -e "$SYSFS/$WHOLE/uevent" ]
}
check "the whole is there" await 20 whole_dir
export COMPOSITE
COMPOSITE=$(readlink -f "$SYSFS/$WHOLE/device")
# Its members are counted by desktop software: so it must not be.
is "it has scope Device" "$(cat "$SYSFS/$WHOLE/scope")" Device
is "and no name that applets look for" "$WHOLE" composite0

start-upower || bail "no upower"
export NO_RATE=1
expect "upower's own sum is the truth" discharging "$A" "$B"
want=$(($(total 0x10 "$A" "$B")))
got=$(($(cat "$SYSFS/$WHOLE/energy_full") / 1000))
check "and the whole has the same full energy" test $((got - want)) -ge -20 -a $((got - want)) -le 20
want=$(total 0x0f "$A" "$B")
got=$(($(cat "$SYSFS/$WHOLE/energy_now") / 1000))
check "and the same energy" test $((got - want)) -ge -20 -a $((got - want)) -le 20
is "it is discharged" "$(cat "$SYSFS/$WHOLE/status")" Discharging

# is_whole_of ADAPTER...: the whole holds what these packs do when they are full
is_whole_of() {
	got=$(cat "$SYSFS/$WHOLE/energy_full" 2>/dev/null)
	got=$((${got:-0} / 1000 - $(total 0x10 "$@")))
	[ $got -ge -20 ] && [ $got -le 20 ]
}

again() {
	is_whole_of "$A" "$B"
}

# Bad transfers are forgiven. For a moment the value may be wrong: the kernel's
# driver changes the unit of a pack for each question and has no lock for that, and
# the event that it sends asks at the same time as we do.
tag=$(cat "$SYSFS/$WHOLE/battery_tag")
for skip in 0 5 11 17; do
	sleep 1.2
	echo $skip >"$B/fault_skip"
	echo 8 >"$B/nak"
	cat "$SYSFS/$WHOLE/energy_full" >/dev/null 2>&1
	check "failures at transfer $skip do not cost a pack" await 4 again
done
echo 0 >"$B/nak"
sleep 3
is "and is no other battery" "$(cat "$SYSFS/$WHOLE/battery_tag")" "$tag"

echo 0 >"$B/present"
check "one is pulled out" await 20 is_whole_of "$A"
echo 1 >"$B/present"
echo -500 >"$B/load_ma"
check "and comes back" await 40 again

all_ended() {
	[ "$(grep -lx ended /tmp/reader.* | wc -l)" = $READERS ]
}

# The driver goes.
for r in $(seq $READERS); do
	# While it is registered again there is nothing to open.
	(until [ -e /tmp/stop ]; do
		read-whole "$SYSFS/$WHOLE/uevent" /tmp/stop
		sleep 0.1
	done
	echo ended) >"/tmp/reader.$r" 2>/dev/null &
done
sleep 1
check "rmmod sbs_battery under $READERS readers" rmmod sbs_battery
absent() {
	[ "$(cat "$SYSFS/$WHOLE/present" 2>/dev/null)" = 0 ]
}
check "the whole says that nothing is there" await 20 absent
insmod "$DRIVER_FILE"
check "the driver comes back, and the whole" await 40 again
touch /tmp/stop
check "all readers have ended" await 60 all_ended
is "and have read" "$(grep -l POWER_SUPPLY_ENERGY_FULL= /tmp/reader.* | wc -l)" $READERS
is "no warning" "$(dmesg | grep -c 'WARNING:\|BUG:')" 0

# Ten times more, at any moment.
for i in 1 2 3 4 5 6 7 8 9 10; do
	rmmod sbs_battery
	: "$(cat "$SYSFS/$WHOLE/uevent" 2>/dev/null)"
	insmod "$DRIVER_FILE"
	sleep 0.$i
done
check "ten times more" await 40 again
rmmod composite-battery
check "the whole goes with its module" test ! -e "$SYSFS/$WHOLE"

# The same by hand, and what is refused.
modprobe composite-battery
grep -q ' configfs ' /proc/mounts || mount -t configfs none $CONFIG
mkdir $CONFIG/composite-battery/dock
cd $CONFIG/composite-battery/dock || bail "no folder"
refused() {
	! echo "$2" >"$1" 2>/dev/null
}
check "enabled without members" refused enabled 1
check "the same name twice" refused members "$NAME_A,$NAME_A"
check "a topology that there is not" refused topology star
check "a policy that there is not" refused critical_policy some
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
WHOLE=BAT7
check "a composite by configfs" await 20 again
check "settings of one that exists" refused members "$NAME_A"

# A battery of batteries of batteries would count them twice.
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
check "the module stays while there is one" sh -c '! rmmod composite-battery 2>/dev/null'
rmdir $CONFIG/composite-battery/dock
check "the whole goes with its folder" test ! -e "$SYSFS/BAT7"
check "and the module may go" rmmod composite-battery
check "a wrong parameter is refused" \
	sh -c '! modprobe composite-battery members=a,b topology=star 2>/dev/null'
check "and named" sh -c "dmesg | grep -q 'topology: is \"star\", must be \"parallel\", \"sequential\" or \"series\"'"

finish
