#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vm: kver=6.1,newest acpi=bad-firmware
#
# Wrong firmware properties are refused, with the name and what is allowed.
. /tests/lib.sh
setup

# said NUMBER TEXT: the driver's message for that gauge, in the table's order
said() {
	dmesg | grep -q "sbs-gauge i2c-PRP0001:0$1: .*$2"
}

dmesg | grep 'sbs-gauge' | sed 's/^/# /'
check "a string where a number belongs" \
	said 0 'i2c-retry-count: must be one 32-bit integer, 0\.\.100'
check "a number out of range" said 1 'i2c-retry-count: is 101, must be 0\.\.100'
check "two numbers where one belongs" \
	said 2 'poll-retry-count: must be one 32-bit integer, 0\.\.3600'
check "one more than the largest" \
	said 3 'poll-retry-count: is 3601, must be 0\.\.3600'
for i in 0 1 2 3; do
	check "the gauge with fault $i is not bound" \
		test ! -e "/sys/bus/i2c/devices/i2c-PRP0001:0$i/driver"
done
is "values at the ends of their ranges are taken" "$(prop present)" 1
is "broadcasts to the charger are off, as asked" $(($(sim mode) >> 14 & 1)) 1

finish
