#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vm: timeout=720
#
# The main use case, end to end: run by "make demo".
. /tests/lib.sh >/dev/null

problems=0
expect() {
	expect_name=$1
	shift
	if "$@" >/dev/null 2>&1; then
		echo "    [ok]     $expect_name"
	else
		echo "    [FAILED] $expect_name"
		problems=$((problems + 1))
	fi
}

title() {
	printf '\n=== %s\n' "$*"
}

setup
title "Kernel $(uname -r): a smart battery, described by ACPI only"
gauge=$(readlink -f "$SYSFS/$BAT/device")
echo "    ACPI device  $(cat "$gauge/firmware_node/path" 2>/dev/null)"
echo "    modalias     $(cat "$gauge/modalias")"
echo "    driver       $(basename "$(readlink -f "$gauge/driver")")"
echo "    modules loaded by udev:"
lsmod | awk '/^(psy_|sbs_gauge)/ { print "        " $1 }'
expect "udev loaded the gauge driver" grep -q '^sbs_gauge ' /proc/modules
expect "the gauge driver is bound" test "$(basename "$(readlink -f "$gauge/driver")")" = sbs-gauge

# Freeze the pack while its values are compared.
sim speed 0
expire

title "Every property of $SYSFS/$BAT"
sed -n 's/^POWER_SUPPLY_/    /p' "$SYSFS/$BAT/uevent"

start-upower || problems=$((problems + 1))
dev=/org/freedesktop/UPower/devices/battery_$BAT
title "upower -d"
upower -d

title "Comparison with the simulated pack"
shown() {
	upower -i "$dev" | sed -n "s/^ *$1: *//p" | head -n 1 | cut -d' ' -f"${2:-1}"
}
# close GOT WANTED TOLERANCE
close() {
	awk -v a="$1" -v b="$2" -v t="$3" \
		'BEGIN { d = a - b; if (d < 0) d = -d; exit !(a != "" && d <= t) }'
}
ma=$(($(reg 0x0a)))
[ $ma -lt 32768 ] || ma=$((ma - 65536))
mv=$(($(reg 0x19)))
left=$(awk "BEGIN { print $(($(reg 0x0f))) * $mv / 1000000 }")
rate=$(awk "BEGIN { print ${ma#-} * $mv / 1000000 }")
hours=$(awk "BEGIN { print $(($(reg 0x0f))) / ${ma#-} }")
echo "    pack: $(($(reg 0x0d))) %, $(($(reg 0x0f))) mAh = $left Wh, $ma mA = $rate W, $hours h"
expect "percentage" test "$(shown percentage)" = "$(($(reg 0x0d)))%"
expect "energy" close "$(shown energy)" "$left" 0.05
expect "rate" close "$(shown energy-rate)" "$rate" 0.05
expect "time to empty" close "$(shown 'time to empty')" "$hours" 0.11
expect "vendor" test "$(shown vendor)" = "$(sim manufacturer)"
expect "model" test "$(shown model)" = "$(sim model)"
expect "serial number" test "$(shown serial)" = "$(printf %04x "$(sim serial)")"
expect "on battery" grep -q 'on-battery: *yes' <<<"$(upower -d)"

title "The charger is plugged in: what upower's monitor sees"
upower -m >/tmp/monitor 2>&1 &
monitor=$!
sleep 1
sim load_ma 1500
sim speed 1
expect "upower reports a change" await 40 grep -q "changed:.*battery_$BAT" /tmp/monitor
expect "upower says charging" await 30 sh -c "upower -i $dev | grep -q 'state: *charging'"
kill $monitor
sed 's/^/    /' /tmp/monitor
upower -i "$dev" | grep -E 'state|percentage|energy-rate|time to'

title "Cost"
sim reset 1
expire
cat "$SYSFS/$BAT/uevent" >/dev/null
echo "    one read of the uevent file: $(sim transfers) bus transfers, $(sim bus_us) us"
sim reset 1
cat "$SYSFS/$BAT/uevent" >/dev/null
echo "    a second read at once:       $(sim transfers) bus transfers"

echo
if [ $problems = 0 ]; then
	echo "All checks passed."
else
	echo "$problems checks failed."
	exit 1
fi
