#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vm: kver=6.1 rare=newest timeout=1260
#
# Packs that deviate from the standard, one after the other in the same slot: every
# value is right or absent, and the pack is there. For some of them, also what
# the in-tree driver reports for the same pack, and what upower shows.
. /tests/lib.sh
setup
sim speed 0
sim realtime 0
sim soc_permille 620
id=$(basename "$(readlink -f "$SYSFS/$BAT/device")")

word() {
	echo $(($(reg "$1")))
}

signed() {
	local v
	v=$(word "$1")
	echo $((v > 32767 ? v - 65536 : v))
}

# The values of the pack, and the commands that each of them needs. A value that
# can be computed in two ways is present if one of them is possible.
declare -A value words
expect() {
	value[$1]=$2
	words[$1]=$3
}
expect STATUS Discharging "0x0a"
expect HEALTH Good "0x16"
expect PRESENT 1 ""
expect TECHNOLOGY Li-ion "0x22"
expect CYCLE_COUNT "$(word 0x17)" "0x17"
expect VOLTAGE_NOW $(($(word 0x09) * 1000)) "0x09"
expect VOLTAGE_MIN_DESIGN $(($(word 0x19) * 1000)) "0x19"
expect CURRENT_NOW $(($(signed 0x0a) * 1000)) "0x0a"
expect CURRENT_AVG $(($(signed 0x0b) * 1000)) "0x0b"
expect CHARGE_NOW $(($(word 0x0f) * 1000)) "0x0f 0x03"
expect CHARGE_FULL $(($(word 0x10) * 1000)) "0x10 0x03"
expect CHARGE_FULL_DESIGN $(($(word 0x18) * 1000)) "0x18 0x03"
expect CAPACITY "$(word 0x0d)" "0x0d"
expect CAPACITY_LEVEL Normal "0x16"
expect CAPACITY_ERROR_MARGIN "$(word 0x0c)" "0x0c"
expect TEMP $(($(word 0x08) - 2731)) "0x08"
# The times depend on the unit, too: section 5.1.4.
times() {
	expect TIME_TO_EMPTY_NOW $(($(word 0x11) * 60)) "0x11"
	expect TIME_TO_EMPTY_AVG $(($(word 0x12) * 60)) "0x12"
}
times
expect CONSTANT_CHARGE_CURRENT_MAX $(($(word 0x14) * 1000)) "0x14"
expect CONSTANT_CHARGE_VOLTAGE_MAX $(($(word 0x15) * 1000)) "0x15"
date=$(word 0x1b)
expect MANUFACTURE_YEAR $((1980 + (date >> 9))) "0x1b"
expect MANUFACTURE_MONTH $((date >> 5 & 15)) "0x1b"
expect MANUFACTURE_DAY $((date & 31)) "0x1b"
expect MODEL_NAME "$(sim model)" "0x21"
expect MANUFACTURER "$(sim manufacturer)" "0x20"
expect SERIAL_NUMBER "$(printf %04x "$(sim serial)")" "0x1c"

# Tolerances of values that are computed from two words if their own is refused
declare -A near
near[TIME_TO_EMPTY_NOW]=60
near[CAPACITY]=1

# rebind [DRIVER]: bind the driver again, which then knows nothing of the pack
rebind() {
	local link=/sys/bus/i2c/devices/$id/driver
	[ ! -e "$link" ] || echo "$id" >"$link/unbind"
	echo "$id" >"/sys/bus/i2c/drivers/${1:-sbs-gauge}/bind" 2>/dev/null
	BAT=$(supply_of "$SIM")
}

# read_all: read the uevent file, which is from one snapshot, into got[]
declare -A got
read_all() {
	local key val
	got=()
	while IFS='=' read -r key val; do
		got[${key#POWER_SUPPLY_}]=$val
	done <"$SYSFS/$BAT/uevent"
}

# is_near NAME: within the tolerance of a computed value
is_near() {
	local d=$((got[$1] - value[$1]))
	[ "${d#-}" -le "${near[$1]:-0}" ]
}

# compare NAME LACKS...: values are correct, or absent if their command is in LACKS
compare() {
	local name=$1 prop cmd bad='' needs
	shift
	read_all
	for prop in "${!value[@]}"; do
		[ "${got[$prop]:-}" != "${value[$prop]}" ] || continue
		needs=
		for cmd in "$@"; do
			[[ " ${words[$prop]} " != *" $cmd "* ]] || needs=1
		done
		if [ -n "$needs" ]; then
			[ -n "${got[$prop]:-}" ] || continue
			[ -z "${near[$prop]:-}" ] || ! is_near "$prop" || continue
		fi
		bad+=" $prop='${got[$prop]:-}' (not '${value[$prop]}')"
	done
	is "$name" "${bad# }" ""
}

# mask COMMAND...: bitmap for the control "refused"
mask() {
	local m=0 cmd
	for cmd in "$@"; do
		m=$((m | 1 << cmd))
	done
	echo $m
}

# without COMMAND...: a pack that always refuses these
without() {
	sim refused "$(mask "$@")"
	rebind
	compare "without $*" "$@"
}

rebind
compare "a regular pack"
commands="0x01 0x03 0x08 0x09 0x0a 0x0b 0x0c 0x0d 0x0f 0x10 0x11 0x12 0x13 0x14 0x15 0x16"
commands+=" 0x17 0x18 0x19 0x1a 0x1b 0x1c 0x20 0x21 0x22"
last=
for cmd in $commands; do
	without "$cmd"
	[ -z "$last" ] || without "$last" "$cmd"
	last=$cmd
done
without 0x1a 0x1b 0x1c
without 0x11 0x12 0x13 0x14 0x15
without 0x20 0x21 0x22
sim refused 0

# deviation NAME SETTING=VALUE... [-- LACKS...]: bind with these settings
deviation() {
	local name=$1 settings=() s
	shift
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		settings+=("$1")
		sim "${1%%=*}" "${1#*=}"
		shift
	done
	[ $# = 0 ] || shift
	rebind
	compare "$name" "$@"
	for s in "${settings[@]}"; do
		case $s in
		override=*) sim override "${s:9:4} -" ;;
		*) sim "${s%%=*}" 0 ;;
		esac
	done
}

lines=$(dmesg | grep -c "packet error checking")
deviation "PEC claimed, but missing" pec_missing=1
is "the log says so once" $(($(dmesg | grep -c "packet error checking") - lines)) 1
deviation "slow replies" stretch_ms=5
deviation "a block claims 255 bytes" block_len=255 -- 0x20 0x21 0x22
sim no_func $((0x01000000))
deviation "a block claims 255 bytes, read by an adapter that counts" block_len=255 -- \
	0x20 0x21 0x22
sim no_func 0
deviation "busy for three commands" busy=3
value[CAPACITY_LEVEL]=Unknown
deviation "not initialized" status_clear=128
value[CAPACITY_LEVEL]=Normal

# Of invalid values, only these themselves are absent.
deviation "a percentage of 65535" "override=0x0d 65535" -- 0x0d
deviation "a temperature of 65535" "override=0x08 65535" -- 0x08
deviation "a status of 65535" "override=0x16 65535" -- 0x16
deviation "a date of 0" "override=0x1b 0" -- 0x1b
deviation "an error of 101 %" "override=0x0c 101" -- 0x0c
deviation "a bad scale" "override=0x1a 0x9931"
deviation "a scale of 65535" "override=0x1a 65535"
sim override "0x0d 105"
rebind
is "105 % is 100 %" "$(prop capacity)" 100
sim override "0x0d -"

# A pack in mWh and then a different pack, in a slot that reports charge
rebind
for locked in 1 2; do
	sim mode_locked $locked
	sim mode 0x8000
	times
	expire
	expire
	compare "locked in mWh ($locked), after a pack in mAh" 0x0f 0x10
	sim present 0
	await 20 sh -c "grep -qx 0 $SYSFS/$BAT/present"
	sim present 1
	sim mode 0x8000
	check "the pack is present ($locked)" await 20 sh -c "grep -qx 1 $SYSFS/$BAT/present"
	expire
	compare "locked in mWh ($locked), a different pack" 0x03
	sim mode_locked 0
	sim present 0
	await 20 sh -c "grep -qx 0 $SYSFS/$BAT/present"
	sim present 1
	await 20 sh -c "grep -qx 1 $SYSFS/$BAT/present"
	expire
	times
	compare "unlocked ($locked), a different pack"
done

# A pack that is locked in mWh when the driver is bound reports energy.
sim mode_locked 1
sim mode 0x8000
rebind
is "locked in mWh: energy_full" "$(prop energy_full)" $(($(word 0x10) * 10000))
is "locked in mWh: energy_full_design" "$(prop energy_full_design)" $(($(word 0x18) * 10000))
check "locked in mWh: no charge" test ! -e "$SYSFS/$BAT/charge_now"
sim mode_locked 0
sim mode 0

# On a floating bus there is no pack; later one is inserted.
sim floating 1
rebind
is "no pack on a floating bus" "$(prop present)" 0
sim floating 0
check "a pack is inserted" await 40 sh -c "grep -qx 1 $SYSFS/$BAT/present"
expire
compare "after a floating bus"

# The in-tree driver reads the same values from the simulator.
modprobe sbs-battery
# stock NAME PROPERTY...: the in-tree driver reports these values of the pack
stock() {
	local name=$1 prop bad=
	shift
	for prop in "$@"; do
		[ "$(prop "${prop,,}")" = "${value[$prop]}" ] ||
			bad+=" $prop=$(prop "${prop,,}")"
	done
	is "sbs-battery: $name" "${bad# }" ""
}
basic="PRESENT STATUS VOLTAGE_NOW CURRENT_NOW CURRENT_AVG CAPACITY CHARGE_NOW CHARGE_FULL
	CHARGE_FULL_DESIGN TEMP CYCLE_COUNT TIME_TO_EMPTY_AVG VOLTAGE_MIN_DESIGN MANUFACTURE_YEAR
	MANUFACTURE_MONTH MANUFACTURE_DAY MANUFACTURER MODEL_NAME SERIAL_NUMBER TECHNOLOGY"
rebind sbs-battery
# shellcheck disable=SC2086 # a list
stock "a regular pack" $basic
sim refused "$(mask 0x1a)"
rebind sbs-battery
# shellcheck disable=SC2086 # a list
stock "without SpecificationInfo" $basic
sim refused "$(mask 0x1b 0x20 0x11)"
rebind sbs-battery
stock "without date, manufacturer and run time" PRESENT STATUS VOLTAGE_NOW CAPACITY CHARGE_NOW MODEL_NAME
sim refused 0
sim status_clear 128
rebind sbs-battery
is "sbs-battery: not initialized" "$(prop capacity_level)" Unknown
sim status_clear 0
sim mode_locked 1
sim mode 0x8000
rebind sbs-battery
is "sbs-battery: locked in mWh: energy" "$(prop energy_full)" $(($(word 0x10) * 10000))
sim mode_locked 0
sim mode 0

# What a desktop shows
start-upower || bail "no upower"

# upower_value LABEL: the value of this label
upower_value() {
	upower-values "/org/freedesktop/UPower/devices/battery_$BAT" "$1"
}

# upower_shows PERCENT
upower_shows() {
	[ "$(upower_value percentage)" = "$1%" ]
}

# desktop NAME [PERCENT]: upower lists the pack, with its percentage
desktop() {
	rebind
	check "upower: $1" await 30 upower_shows "${2:-${value[CAPACITY]}}"
}

for cmd in "0x1a 0x1b" "0x1c" "0x0a" "0x11 0x12" "0x03" "0x16" "0x0f 0x10"; do
	# shellcheck disable=SC2086 # a list
	sim refused "$(mask $cmd)"
	desktop "without $cmd"
done
sim refused "$(mask 0x0d)"
desktop "without a percentage" $(((100 * $(word 0x0f) + $(word 0x10) / 2) / $(word 0x10)))
sim refused 0
sim pec_missing 1
desktop "PEC claimed, but missing"
sim pec_missing 0
sim status_clear 128
desktop "not initialized"
sim status_clear 0
sim override "0x0d 105"
desktop "105 %" 100
sim override "0x0d -"

finish
