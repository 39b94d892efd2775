#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: timeout=2400 needs=6.1,arm64,source-6.12
#
# The examples below dts/: each one compiles without a warning; each overlay applies
# to the device trees of its boards; each one is booted and provides its supplies.
set -u
# shellcheck source-path=SCRIPTDIR source=../ups/lib.sh
. "$(dirname "$0")/../ups/lib.sh"
vm=$top/tests/vm
# Where the simulator is
here=$top/tests/ups

need_packages device-tree-compiler acpica-tools cpp cpio >&2
source=$("$top/tests/kunit/source.sh" 6.12) || bail "no kernel source"

# board NAME: the kernel's tree of a board, with its labels
board() {
	local dts=$source/arch/arm/boot/dts/broadcom/$1.dts
	[ -f "$dts" ] || bail "the kernel has no $1"
	cpp -nostdinc -undef -D__DTS__ -x assembler-with-cpp -I "$source/include" \
		-I "$source/arch/arm/boot/dts" -I "${dts%/*}" "$dts" |
		dtc -q -@ -O dtb -o "$work/$1.dtb" - || bail "$1 does not compile"
}

has_node() {
	fdtget "$1" "$2" compatible >/dev/null
}

compiles() {
	iasl -we -p "$work/$1" "$2" >/dev/null
}

# applies EXAMPLE NODE BOARD...: to each board, which then has that node
applies() {
	local example=$1 node=$2 b
	shift 2
	for b; do
		[ -e "$work/$b.dtb" ] || board "$b"
		check "$example applies to $b" fdtoverlay -i "$work/$b.dtb" \
			-o "$work/$example-$b.dtb" "$work/$example.dtbo"
		check "$example on $b: $node" has_node "$work/$example-$b.dtb" "$node"
	done
}

examples=0
for f in "$top"/dts/*.dtso; do
	e=$(basename "$f" .dtso)
	out=$(dtc -@ -O dtb -o "$work/$e.dtbo" "$f" 2>&1)
	is "$e compiles" "$out" ""
	check "README has $e" grep -q "dts/$e.dtso" "$top/README.md"
	examples=$((examples + 1))
done
for f in "$top"/dts/acpi/*.asl; do
	e=$(basename "$f" .asl)
	check "$e compiles" compiles "$e" "$f"
	check "README has $e" grep -q "dts/acpi/$e.asl" "$top/README.md"
	examples=$((examples + 1))
done

bus=/soc/i2c@7e804000
applies raspberrypi-sbs $bus/battery@b bcm2711-rpi-4-b bcm2837-rpi-3-b bcm2835-rpi-zero-w
applies raspberrypi-dual-sbs $bus/i2c-mux@70/i2c@1/battery@b bcm2711-rpi-4-b bcm2837-rpi-3-b
applies raspberrypi-max17048 $bus/battery@36 bcm2711-rpi-4-b bcm2837-rpi-3-b
applies raspberrypi-max17040 $bus/battery@36 bcm2711-rpi-4-b bcm2837-rpi-3-b
applies raspberrypi-ina219 $bus/power-monitor@42 bcm2711-rpi-4-b bcm2837-rpi-3-b
applies raspberrypi4-megatec-ups /soc/serial@7e201600/ups bcm2711-rpi-4-b

booted=0
# boots NAME ARCH TABLES SERIAL SCRIPT-LINE...: run these lines in a guest with TABLES
boots() {
	local name=$1 arch=$2 tables=$3 serial=$4
	shift 4
	booted=$((booted + 1))
	{
		echo '#!/bin/bash'
		echo '# vm: timeout=600'
		echo '. /tests/lib.sh'
		echo 'have() { [ "$(ls $SYSFS | tr "\n" " ")" = "$1 " ]; }'
		echo 'value() { [ "$(cat $SYSFS/$1 2>/dev/null)" = "$2" ]; }'
		printf '%s\n' "$@"
		echo finish
	} >"$work/script.sh"
	env SCRIPT="$work/script.sh" ARCH="$arch" ACPI="$tables" SERIAL="$serial" \
		LOG="$work/kernel.log" "$vm/vm-run" >"$work/out" 2>"$work/err"
	status=$?
	sed -i "s/^\(ok\|not ok\) \([0-9]*\) /\1 \2 $name: /" "$work/out"
	guest_results
}

pack=('check "supplies" await 120 have "BAT0"'
	'check "a reading" await 60 value BAT0/present 1'
	'is "driver" "$(basename "$(readlink -f $SYSFS/BAT0/device/driver)")" sbs-gauge')
dual=('check "supplies" await 120 have "BAT0 pack0 pack1"'
	'check "a reading" await 60 value BAT0/present 1'
	'is "left" "$(cat $SYSFS/pack0/serial_number)" 0101'
	'is "right" "$(cat $SYSFS/pack1/serial_number)" 0202'
	'f() { cat $SYSFS/$1/energy_full; }'
	'g() { echo $(($(cat $SYSFS/$1/charge_full) * ($(cat $SYSFS/$1/voltage_min_design) / 1000) / 1000)); }'
	'is "the composite is the sum" "$(f BAT0)" $(($(g pack0) + $(g pack1)))')
ups=('check "supplies" await 120 have "ups0 ups0-mains"'
	'check "on mains" await 60 value ups0-mains/online 1'
	'is "driver" "$(basename "$(readlink -f $SYSFS/ups0/device/driver)")" megatec-ups')

max=('check "supplies" await 120 have "BAT0 sim-charger"'
	'check "a reading" await 60 value BAT0/capacity 50'
	'is "driver" "$(basename "$(readlink -f $SYSFS/BAT0/device/driver)")" max1704x-gauge'
	'is "the limit of the firmware" "$(cat $SYSFS/BAT0/capacity_alert_min)" 10')
# The input of the simulated machine is low, that is, there is mains.
max17040=('check "supplies" await 120 have "BAT0 mains sim-charger"'
	'check "a reading" await 60 value BAT0/capacity 50'
	'is "driver" "$(basename "$(readlink -f $SYSFS/BAT0/device/driver)")" max1704x-gauge'
	'is "mains" "$(cat $SYSFS/mains/type) $(cat $SYSFS/mains/online)" "Mains 1"'
	# The charger of a device tree has no status without a line for it.
	'check "status by the mains" await 30 value BAT0/status Charging')
# 400 mA at 250 mohm: 7.62 V are 54 %.
ina=('check "supplies" await 120 have "BAT0 sim-charger"'
	'chip=/sys/kernel/debug/psy-sim-chips/0'
	'echo 0 >$chip/mv; check "no battery" await 60 value BAT0/present 0'
	'echo -400 >$chip/ma; echo 7520 >$chip/mv'
	'check "a reading" await 60 value BAT0/voltage_now 7520000'
	'is "driver" "$(basename "$(readlink -f $SYSFS/BAT0/device/driver)")" voltage-gauge'
	'is "current" "$(cat $SYSFS/BAT0/current_now)" -400000'
	'is "the voltage of the cells" "$(cat $SYSFS/BAT0/voltage_ocv)" 7620000'
	'is "the charge of the firmware" "$(cat $SYSFS/BAT0/charge_full)" 2600000'
	'check "the first estimate" await 60 value BAT0/capacity 54')

# Their pins are those of the Pi, and do not exist here.
sed '/pinctrl-/d' "$top/dts/raspberrypi4-megatec-ups.dtso" >"$work/ups.dtso"
sed '/^&gpio/,/^};/d; /pinctrl-/d; /interrupt/d' "$top/dts/raspberrypi-max17048.dtso" \
	>"$work/max.dtso"
controllers='s/_SB\.PCI0\.\(SBUS\|I2C0\)/_SB.PSM1/; s/_SB\.PCI0\.I2C1/_SB.PSM2/'
for e in sbs-pack sbs-dual-composite; do
	sed "$controllers" "$top/dts/acpi/$e.asl" >"$work/$e.asl"
	check "$e: the controller is named by its path alone" \
		sh -c "! grep -v '^ \*' '$work/$e.asl' | grep -q PCI0"
done
start_sim --socket "$work/ups"

boots raspberrypi-sbs arm64 "board,$top/dts/raspberrypi-sbs.dtso" "" "${pack[@]}"
boots raspberrypi-dual-sbs arm64 "board-mux,$top/dts/raspberrypi-dual-sbs.dtso" "" "${dual[@]}"
boots raspberrypi-max17048 arm64 "board-max,$work/max.dtso" "" "${max[@]}"
boots raspberrypi-max17040 arm64 "board-max17040,$top/dts/raspberrypi-max17040.dtso" "" \
	"${max17040[@]}"
boots raspberrypi-ina219 arm64 "board-ina,$top/dts/raspberrypi-ina219.dtso" "" "${ina[@]}"
boots raspberrypi4-megatec-ups arm64 "board,$work/ups.dtso" "$work/ups" "${ups[@]}"
# As the guide says: a table in front of the initrd
(
	cd "$work" || exit
	iasl sbs-pack.asl >iasl.log 2>&1
	mkdir -p kernel/firmware/acpi
	cp sbs-pack.aml kernel/firmware/acpi
	find kernel | cpio -H newc -o >acpi.cpio 2>/dev/null
)
EARLY=$work/acpi.cpio boots sbs-pack x86_64 board "" "${pack[@]}" \
	'check "the log reports the table" sh -c "dmesg | grep -q \"Table Upgrade: install .SSDT\""'
boots sbs-dual-composite x86_64 "board,$work/sbs-dual-composite.asl" "" "${dual[@]}"
boots ups-megatec x86_64 "$top/dts/acpi/ups-megatec.asl" "$work/ups" "${ups[@]}"
is "all examples were booted" $booted $examples
finish
