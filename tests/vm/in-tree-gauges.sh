#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# in-tree-gauges.sh KVER: builds the kernel's own drivers of fuel gauges for the stock
# kernel, from the source of the same kernel. Prints a directory with the .ko files.
#
#	ARCH=arm64	cross-build
#
# Distributions enable few of them. What the stock kernel has is not built again:
# on amd64 these are max17042_battery and the core of bq27xxx_battery, on arm64 the
# latter and cw2015_battery. The sources are not changed; for kernels without device
# trees in-tree/no-of.h is included before them.
set -eu
export me=in-tree-gauges
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$here/lib.sh"

# Those on I2C; max1721x_battery is on 1-Wire.
DRIVERS="bq27xxx_battery bq27xxx_battery_i2c cw2015_battery ds2782_battery ltc2941-battery-gauge
	max17040_battery max17042_battery max1720x_battery mm8013 stc3117_fuel_gauge"

# is_stock MODULE
is_stock() {
	find "$kernel/image/lib/modules/" -name "$1.ko*" | grep -q .
}

[ $# = 1 ] || die 2 "usage: in-tree-gauges.sh KVER"
kver=$1
arch=${ARCH:-x86_64}
need_kver "$kver"
need_arch "$arch"
kernel=$("$here/kernel.sh" "$kver" "$arch")
source=$("$here/../kunit/source.sh" "$kver" drivers/power/supply)/drivers/power/supply

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$here/in-tree/no-of.h" "$work"
for d in $DRIVERS; do
	if [ -e "$source/$d.c" ] && ! is_stock "$d"; then
		cp "$source/$d.c" "$work"
		echo "obj-m += $d.o"
	fi
done >"$work/Kbuild"
[ "$(wc -l <"$work/Kbuild")" -gt 4 ] || die 1 "few or no drivers in $source"
cat >>"$work/Kbuild" <<'EOT'
ccflags-y += -include $(src)/no-of.h
CFLAGS_ltc2941-battery-gauge.o += -DDEVICE_TREE_ONLY
CFLAGS_max1720x_battery.o += -DNO_NAMES
EOT
SRC=$work ARCH=$arch "$here/build.sh" "$kver"
