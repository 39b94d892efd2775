#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: timeout=900 parallel=1
#
# The power is cut when the machine powers off on battery, and only then.
set -u
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

# case_of NAME MAINS POLICY HOW WANTED [KVER|arm64]: one guest that ends by HOW
case_of() {
	local got kver=${6:-6.1} arch=x86_64
	[ "$kver" != arm64 ] || kver=6.1 arch=arm64
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
	guest "$work/script.sh" END=$end KVER="$kver" ARCH="$arch"
	is "$1: the guest has ended" "$status" 0
	[ "$status" = 0 ] || tail -n 12 "$work/err" | sed 's/^/# /'
	got=$(ctl commands | tr ' ' '\n' | grep -v '^Q1$' | grep -v none | tr '\n' ' ')
	is "$1: commands" "${got% }" "$5"
}

case_of "poweroff on battery" 0 "" poweroff "C S01R0003"
case_of "poweroff on battery, newest kernel" 0 "" poweroff "C S01R0003" newest
case_of "poweroff on battery, arm64" 0 "" poweroff "C S01R0003" arm64
case_of "reboot on battery, arm64" 0 "" reboot "" arm64
case_of "reboot on battery" 0 "" reboot ""
case_of "poweroff on mains" 1 "" poweroff ""
case_of "poweroff on mains, always" 1 always poweroff "C S01R0003"
case_of "poweroff on battery, off" 0 off poweroff ""

# Without a daemon: the kernel powers off by itself when the UPS is critical.
cat >"$work/script.sh" <<'END'
#!/bin/bash
# vm: timeout=120 acpi=none
. /tests/guest-lib.sh
printf '#!/bin/sh\necho "orderly power-off" >/dev/kmsg\nexec /usr/bin/busybox poweroff -f\n' >/poweroff
chmod 755 /poweroff
mount --bind /poweroff "$(readlink -f /sbin/poweroff)" 2>/dev/null ||
	{ rm -f /usr/sbin/poweroff && cp /poweroff /usr/sbin/poweroff; }
settle
is "critical_action" "$(prop critical_action)" "[none] poweroff"
echo poweroff >"$SYSFS/ups0/critical_action"
echo "HOST: mains 0"
echo "HOST: low 1"
await 20 reads ups0/ups_state low-battery || bail "not low"
echo "HOST: mains 1"
await 10 reads ups0/ups_state online || bail "not online again"
echo "not critical, not powered off"
echo "HOST: mains 0"
echo "HOST: forget"
sleep 90
END
start_sim --socket "$work/ups"
guest "$work/script.sh" END=poweroff
is "critical_action: the machine has powered off" "$status" 0
[ "$status" = 0 ] || tail -n 12 "$work/err" | sed 's/^/# /'
check "... not before it was critical" grep -q "not powered off" "$work/out"
check "... in an orderly way" grep -q "orderly power-off" "$work/kernel.log"
check "... and power was cut" grep -q S01R0003 <<<"$(ctl commands)"
finish
