#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vm: timeout=5000 acpi=none
. /tests/guest-lib.sh
start-upower || bail "no upower"
watch_actions

# percent: integer percentage of the display device in upower
percent() {
	display_value percentage | tr -dc '0-9.' | cut -d. -f1
}

# value NAME WANTED: "-" if the attribute must not exist
value() {
	if [ "$2" = - ]; then
		is "$name: $1 does not exist" "$(ls "$SYSFS/$BAT/$1" 2>/dev/null)" ""
	else
		is "$name: $1" "$(prop "$1")" "$2"
	fi
}

# follow NAME VOLTS CHARGE: mains fails, with the battery at VOLTS. If CHARGE is unknown,
# "?", upower has no battery for the display device, and must not warn either.
follow() {
	name=$1
	check "$name: responds" await 60 reads $BAT/comm_status ok
	await 60 reads "$MAINS/online" 1
	is "$name: upower does not warn on mains" "$(display_value warning-level)" none
	is "$name: unreadable attributes" "$(unreadable)" ""
	host volts "$2"
	host mains 0
	check "$name: mains fails" await 60 reads $MAINS/online 0
	settle
	is "$name: upower does not warn at this voltage" "$(display_value warning-level)" none
	[ "$3" != "?" ] || return
	check "$name: upower is on battery" await 60 on_battery yes
	check "$name: percentage in upower, $(percent)" test "$(percent)" -gt 20 -a \
		"$(percent)" -le 100
	is "$name: state in upower" "$(display_value state)" discharging
}

returns() {
	host mains 1
	check "$name: mains returns" await 60 on_battery no
	is "$name: losses of communication" "$(counter losses)" 0
}

# 24.4 V is 69 percent of the way from 20.8 to 26.0 V.
cat >/tmp/table <<'TABLE'
plain         24.4 24400000 69 312 40 SMART700
no-rating     24.4 24400000 ?  312 40 SMART700
no-ident      24.4 24400000 69 312 40 -
neither       24.4 24400000 ?  312 40 -
dashes        24.4 24400000 69 -   -  SMART700
ats           24.4 24400000 69 -   40 SMART700
no-volts      24.4 -        ?  312 40 SMART700
extra         24.4 24400000 69 312 40 SMART700
long-flags    24.4 24400000 69 312 40 SMART700
wide          24.4 24400000 69 312 40 SMART700
hashes        24.4 24400000 69 312 40 SMART700
all-hashes    24.4 24400000 69 312 40 -
spaces        24.4 24400000 69 312 40 -
rating-dashes 24.4 24400000 ?  312 40 SMART700
rating-odd    24.4 24400000 69 312 40 SMART700
mismatch      24.4 12000000 43 200 96 SMART700
low-rating    24.4 12000000 ?  200 96 SMART700
nak           24.4 24400000 69 312 40 SMART700
online        24.4 24360000 68 312 40 SMART700
mustek        24.4 24400000 69 312 40 SMART700
old           24.4 24400000 69 312 40 SMART700
slow-0.9      24.4 24400000 69 312 40 SMART700
TABLE
while read -r dialect volts volt charge temp load model <&5; do
	new_ups "$dialect"
	follow "$dialect" "$volts" "$charge"
	value voltage_now "$volt"
	[ "$charge" = "?" ] || value capacity "$charge"
	value temp "$temp"
	value load_percent "$load"
	value model_name "$model"
	returns
done 5</tmp/table

is "actions of upower" "$(actions)" 0
finish
