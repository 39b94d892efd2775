#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: timeout=1800 parallel=1
#
# Invalid firmware properties of a UPS are rejected with a message that names the property
# and the allowed values; valid ones are used. All spellings of the status query are found.
set -u
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

cat >"$work/script.sh" <<'END'
#!/bin/bash
# vm: timeout=300
for _ in $(seq 100); do
	! dmesg | grep -q 'megatec-ups serial0-0: .*must be' || break
	sleep 0.1
done
dmesg | sed -n 's/.*megatec-ups serial0-0: //p'
ls /sys/class/power_supply
[ ! -e /sys/bus/serial/devices/serial0-0/driver ] && echo "not bound"
END

# refused NAME MESSAGE SED-SCRIPT: boot with the table as changed by SED-SCRIPT
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

# spelled NAME SPELLING SED-SCRIPT COMMANDS: check the commands sent to a UPS with that
# spelling
spelled() {
	local got
	sed "$3" "$here/../vm/acpi/ups-megatec.asl" >"$work/table.asl"
	start_sim --socket "$work/ups"
	ctl spelling "$2" >/dev/null
	env SCRIPT="$work/found.sh" ACPI="$work/table.asl" SERIAL="$work/ups" \
		FILES="$here/guest-lib.sh" LOG="$work/kernel.log" \
		"$here/../vm/vm-run" >"$work/out" 2>"$work/err"
	is "$1: the guest" $? 0
	check "$1: a reading" grep -qx "31.2 online 1 Battery" "$work/out"
	got=$(ctl commands | tr ' ' '\n' | uniq | tr '\n' ' ')
	is "$1: commands" "$got" "$4 "
}

cat >"$work/found.sh" <<'END'
#!/bin/bash
# vm: timeout=300
. /tests/guest-lib.sh
settle
t=$(prop temp 2>/dev/null)
[ -n "$t" ] && [ -e $SYSFS/$BAT/temp ] && t=$((t / 10)).$((t % 10)) || t=none
echo "$t $(prop ups_state) $(cat $SYSFS/ups0-mains/online) $(prop type)"
END

quirk='s/Package () { "current-speed", 2400 }/Package () { "QUIRK", 1 }/'
spelled "QS" QS "" "Q1 QS F I QS"
spelled "D, with a silent Q1" D "" "Q1 QS D F I D"
spelled "no-vendor" Q1 "${quirk/QUIRK/megatec,no-vendor}" "Q1 F Q1"
spelled "no-rating" Q1 "${quirk/QUIRK/megatec,no-rating}" "Q1 I Q1"
finish
