#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vm: kver=6.1 arch=x86_64,arm64 rare=newest acpi=bad-firmware
#
# Wrong firmware properties are refused, with the name and what is allowed.
. /tests/lib.sh
setup
COMPOSITES=/sys/bus/platform/drivers/composite-battery

# gauge NUMBER: the device of that entry of the table, with its name by ACPI or by the
# device tree
gauge() {
	local f
	for f in "/sys/bus/i2c/devices/i2c-PRP0001:0$1" /sys/bus/i2c/devices/*-002$(($1 + 1)); do
		[ ! -e "$f" ] || basename "$f"
	done
}

# said NUMBER TEXT: the driver's message for that gauge
said() {
	dmesg | grep -q "sbs-gauge $(gauge "$1"): .*$2"
}

composite_said() {
	dmesg | grep -q "composite-battery .*: $1"
}

await 20 test -d $COMPOSITES
dmesg | grep 'sbs-gauge\|composite-battery' | sed 's/^/# /'
check "a wrong type instead of a number" \
	said 0 'i2c-retry-count: must be one 32-bit integer, 0\.\.100'
check "a number out of range" said 1 'i2c-retry-count: is 101, must be 0\.\.100'
check "two numbers instead of one" \
	said 2 'poll-retry-count: must be one 32-bit integer, 0\.\.3600'
check "one more than the maximum" \
	said 3 'poll-retry-count: is 3601, must be 0\.\.3600'
check "an unknown role" said 4 'battery-role: .*"system".*"member"'
for i in 0 1 2 3 4; do
	check "the gauge with fault $i exists" test -n "$(gauge $i)"
	check "and is not bound" test ! -e "/sys/bus/i2c/devices/$(gauge $i)/driver"
done
is "values at the ends of their ranges are accepted" "$(prop present)" 1
is "broadcasts to the charger are off, as configured" $(($(sim mode) >> 14 & 1)) 1

check "a composite without a reference" composite_said 'batteries: entry 0: must be a reference to a node'
[ ! -d /sys/firmware/devicetree ] ||
	check "a composite of a reference and something else" \
		composite_said 'batteries: entry 1: must be a reference to a node'
check "a composite with an unknown topology" composite_said \
	'topology: is "star", must be "parallel", "sequential" or "series"'
is "none of them is bound" "$(find $COMPOSITES/ -type l -name '*[0-9]' | wc -l)" 0

finish
