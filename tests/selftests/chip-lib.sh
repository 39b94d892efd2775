# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# For the tests of one family of gauges: the simulated chips of psy-sim-chips, the first
# one with the supply BAT0.

CHIPS=/sys/kernel/debug/psy-sim-chips
CHIP=$CHIPS/0
BAT=BAT0

# chip FILE [VALUE]: read or write a control of the first chip
chip() {
	if [ $# = 1 ]; then
		cat "$CHIP/$1"
	else
		echo "$2" >"$CHIP/$1"
	fi
}

# start MODEL: a simulated chip; udev loads its driver
start() {
	echo "$1" >$CHIPS/add || bail "no chip $1"
	await 20 test -e "$SYSFS/$BAT/uevent" || bail "no supply of $1"
	# The class adds it after the supply.
	await 5 test -e "/sys/kernel/debug/psy-miniclass/$BAT" || bail "the supply of $1 is foreign"
}

# stop: remove the first chip
stop() {
	echo 0 >$CHIPS/remove
	await 20 test ! -e "$SYSFS/$BAT" || bail "the supply stays"
}

# charger PROPERTY VALUE: of the simulated charger
charger() {
	echo "$2" >"$SYSFS/sim-charger/$1"
}

# driver: of the supply
driver() {
	basename "$(readlink -f "$SYSFS/$BAT/device/driver")"
}

# reads PROPERTY VALUE: true if it has this value
reads() {
	local value
	IFS= read -r value <"$SYSFS/$BAT/$1" && [ "$value" = "$2" ]
} 2>/dev/null

# fresh PROPERTY: a new value
fresh() {
	expire
	prop "$1"
}

# unknown PROPERTY: true if reading it gives ENODATA
unknown() {
	grep -q 'No data' <<<"$(prop "$1")"
}

# within VALUE LOW HIGH: true for a number with or without a sign in these limits
within() {
	[[ $1 =~ ^-?[0-9]+$ ]] && [ "$1" -ge "$2" ] && [ "$1" -le "$3" ]
}

# near NAME GOT WANTED TOLERANCE: the result of a comparison, of signed numbers
near() {
	if within "$2" $(($3 - $4)) $(($3 + $4)); then
		ok "$1"
	else
		not_ok "$1" "got '$2', wanted $3 +- $4"
	fi
}

# counters: refreshes and transfers, at the same moment
counters() {
	awk '$1 == "refreshes" { r = $2 } $1 == "transfers" { t = $2 } END { print r, t }' \
		"/sys/kernel/debug/psy-miniclass/$BAT/stats"
}

# cost: transfers for 100 refreshes, from three, as counted by the class
cost() {
	read -r r0 t0 <<<"$(counters)"
	for _ in 1 2 3; do
		expire
		: "$(<"$SYSFS/$BAT/uevent")"
	done
	read -r r1 t1 <<<"$(counters)"
	echo $(((t1 - t0) * 100 / (r1 - r0)))
}

modprobe psy-sim-chips || bail "no simulated chips"
