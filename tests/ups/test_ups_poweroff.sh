#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: timeout=600
#
# The power is cut when the machine powers off on battery, and only then.
set -u
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

# case_of NAME MAINS POLICY HOW WANTED [KVER]: one guest that ends by HOW
case_of() {
	local got
	cat >"$work/script.sh" <<END
#!/bin/bash
# vm: timeout=120 acpi=none
. /tests/guest-lib.sh
settle
[ -z "$3" ] || echo "$3" >"\$SYSFS/ups0/killpower"
echo "HOST: mains $2"
await 20 reads ups0-line/online $2 || bail "the UPS did not see mains $2"
echo "HOST: forget"
sleep 1
$4 -f
sleep 60
END
	start_sim --socket "$work/ups"
	local end=poweroff
	[ "$4" != reboot ] || end=restart
	guest "$work/script.sh" END=$end KVER="${6:-6.1}"
	is "$1: the guest has ended" "$status" 0
	[ "$status" = 0 ] || tail -n 12 "$work/err" | sed 's/^/# /'
	got=$(ctl commands | tr ' ' '\n' | grep -v '^Q1$' | grep -v none | tr '\n' ' ')
	is "$1: commands" "${got% }" "$5"
}

case_of "poweroff on battery" 0 "" poweroff "C S01R0003"
case_of "poweroff on battery, newest kernel" 0 "" poweroff "C S01R0003" newest
case_of "reboot on battery" 0 "" reboot ""
case_of "poweroff on mains" 1 "" poweroff ""
case_of "poweroff on mains, always" 1 always poweroff "C S01R0003"
case_of "poweroff on battery, off" 0 off poweroff ""
finish
