#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: timeout=2400 parallel=1
#
# Commands and rules as the pages and examples print them: finding the name of a
# controller or port, on all kernels; the udev rule for a UPS; a composite at run time;
# the change that the overlays need on a Raspberry Pi 5.
set -u
# shellcheck source-path=SCRIPTDIR source=../ups/lib.sh
. "$(dirname "$0")/../ups/lib.sh"
vm=$top/tests/vm
# Where the simulator is
here=$top/tests/ups

need_packages device-tree-compiler acpica-tools cpp >&2

# command_of FILE: the command in its comment
command_of() {
	sed -n 's/^ \*\t\(cat .*\)/\1/p' "$top/dts/acpi/$1.asl"
}

i2c=$(command_of sbs-pack)
both=$(command_of sbs-dual-composite)
tty=$(command_of ups-megatec)
is "commands were found" "$(printf '%s\n' "$i2c" "$both" "$tty" | grep -c '^cat /sys/')" 3

# The adapter of the test has a different number.
cat >"$work/script.sh" <<END
#!/bin/bash
# vm: timeout=400
. /tests/lib.sh
await 120 test -e \$SYSFS/BAT0 || bail "no supply"
bus=\$(basename "\$(readlink -f "\$SYSFS/BAT0/device/..")")
bus=\${bus#i2c-}
here() { sed "s/i2c-0/i2c-\$bus/; s/i2c-\[12\]/i2c-[\$bus]/" <<<"\$1" | sh; }
is "one pack" "\$(here '$i2c')" '\\_SB_.PSM1'
is "two packs" "\$(here '$both')" '\\_SB_.PSM1'
check "UPS" sh -c '$tty | grep -q "^.\_SB"'
finish
END
for k in 6.1 6.12 newest; do
	sed 's/_SB\.PCI0\.SBUS/_SB.PSM1/' "$top/dts/acpi/sbs-pack.asl" >"$work/pack.asl"
	env KVER=$k SCRIPT="$work/script.sh" ACPI="board,$work/pack.asl" \
		LOG="$work/kernel.log" "$vm/vm-run" >"$work/out" 2>"$work/err"
	status=$?
	sed -i "s/^\(ok\|not ok\) \([0-9]*\) /\1 \2 $k: /" "$work/out"
	guest_results
done

# The udev rule of the guide, as it is printed there
guide=$top/Documentation/power/ups-serial.rst
rule=$(sed -n 's/^\t\(ACTION==.*critical_action.*\)/\1/p' "$guide")
file=$(sed -n 's/.*``\(\/etc\/udev\/rules.d\/[^`]*\)``.*/\1/p' "$guide")
check "the guide has a rule and a file for it" test -n "$rule" -a -n "$file"
cat >"$work/script.sh" <<END
#!/bin/bash
# vm: timeout=400
. /tests/lib.sh
value() { [ "\$(cat \$SYSFS/\$1 2>/dev/null)" = "\$2" ]; }
mkdir -p "${file%/*}"
cat >"$file" <<'RULE'
$rule
RULE
await 120 test -e \$SYSFS/ups0/critical_action || bail "no UPS"
udevadm control --reload
udevadm trigger --action=add --subsystem-match=power_supply
udevadm settle
check "the rule sets it" await 60 value ups0/critical_action "none [poweroff]"
finish
END
start_sim --socket "$work/ups"
env UPS=megatec SERIAL="$work/ups" SCRIPT="$work/script.sh" LOG="$work/kernel.log" \
	"$vm/vm-run" >"$work/out" 2>"$work/err"
status=$?
guest_results

# The steps for a composite at run time, as the guide prints them
steps=$(awk '/^At run time/ { on = 1 } on && /^``rmdir/ { exit } on && /^    [^ ]/' \
	"$top/Documentation/admin-guide/composite-battery.rst")
check "the guide has steps" grep -q 'echo 1 > enabled' <<<"$steps"
cat >"$work/script.sh" <<END
#!/bin/bash
# vm: timeout=400
. /tests/lib.sh
await 120 test -e \$SYSFS/BAT1 || bail "no two packs"
check "the module is not loaded before" test ! -e /sys/module/composite_battery
cat >/tmp/steps <<'STEPS'
$steps
STEPS
sh -ex /tmp/steps 2>/tmp/err
is "each step succeeds" \$? 0
sed 's/^/# /' /tmp/err
is "it is enabled" "\$(cat /sys/kernel/config/composite-battery/dock/enabled)" 1
finish
END
env ACPI=two-packs SCRIPT="$work/script.sh" LOG="$work/kernel.log" \
	"$vm/vm-run" >"$work/out" 2>"$work/err"
status=$?
guest_results

# Raspberry Pi 5: the label that the guide names
dir=arch/arm64/boot/dts/broadcom
source=$("$top/tests/kunit/source.sh" newest) || bail "no kernel source"
dts=$source/$dir/bcm2712-rpi-5-b.dts
cpp -nostdinc -undef -D__DTS__ -x assembler-with-cpp -I "$source/include" \
	-I "$source/$dir" "$dts" | dtc -q -@ -O dtb -o "$work/pi5.dtb" - ||
	bail "the tree of the Pi 5 does not compile"
label=$(sed -n 's/.*replace ``&i2c1`` by ``&\([a-z0-9_]*\)``.*/\1/p' \
	"$top/Documentation/admin-guide/describing-hardware.rst")
check "the guide has a label" test -n "$label"
for e in raspberrypi-sbs raspberrypi-dual-sbs; do
	check "$e names it, too" grep -qw "$label" "$top/dts/$e.dtso"
	sed "s/^&i2c1/\&$label/" "$top/dts/$e.dtso" | dtc -q -@ -O dtb -o "$work/$e.dtbo" -
	check "$e applies to a Pi 5" fdtoverlay -i "$work/pi5.dtb" -o "$work/$e.dtb" \
		"$work/$e.dtbo"
	check "$e has its node there" sh -c "fdtdump '$work/$e.dtb' 2>/dev/null |
		grep -q 'sbs,sbs-battery'"
done
finish
