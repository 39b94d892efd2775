#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: timeout=400
#
# A wrong firmware property of a UPS is refused, with a message that names it and
# what is allowed.
set -u
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

cat >"$work/script.sh" <<'END'
#!/bin/bash
# vm: timeout=100
for _ in $(seq 100); do
	! dmesg | grep -q 'megatec-ups serial0-0: .*must be' || break
	sleep 0.1
done
dmesg | sed -n 's/.*megatec-ups serial0-0: //p'
ls /sys/class/power_supply
[ ! -e /sys/bus/serial/devices/serial0-0/driver ] && echo "not bound"
END

# refused NAME MESSAGE SED-SCRIPT: what the script makes of the good table
refused() {
	sed "$3" "$here/../vm/acpi/ups-megatec.asl" >"$work/bad.asl"
	if cmp -s "$work/bad.asl" "$here/../vm/acpi/ups-megatec.asl"; then
		bail "the table has changed: $1"
	fi
	env SCRIPT="$work/script.sh" ACPI="$work/bad.asl" LOG="$work/kernel.log" \
		"$here/../vm/vm-run" >"$work/out" 2>"$work/err"
	is "$1: the guest" $? 0
	check "$1: the message" grep -qF ": $2" "$work/out"
	check "$1: not bound" grep -qx "not bound" "$work/out"
	check "$1: no supply" sh -c "! grep -q ups0 $work/out"
}

refused "out of range" "current-speed: is 100, must be 300..115200" \
	's/"current-speed", 2400/"current-speed", 100/'
refused "wrong type" "critical-delay-sec: must be one 32-bit integer, 0..3600" \
	's/"critical-delay-sec", 10/"critical-delay-sec", "ten"/'
refused "wrong length" \
	"runtime-calibration: must be <load seconds load seconds>, loads 1..100 rising, seconds 1..864000 falling" \
	's/{ 50, 720, 100, 240 }/{ 50, 720, 100 }/'
refused "wrong word" "megatec,cable-power: must be normal, reverse, both or none" \
	's/Package () { "current-speed", 2400 }/Package () { "megatec,cable-power", "sideways" }/'
finish
