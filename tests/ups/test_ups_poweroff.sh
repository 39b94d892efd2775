#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: timeout=4500 parallel=1
#
# The power is cut when the machine powers off on battery, or because of a low battery,
# and only then. (tests/kunit/test_dt.sh tests halt, other policies, and ports that do not
# accept bytes, in a user-mode kernel. kexec is not tested: the guest has no program for
# it. Like a restart, it does not call power-off handlers.)
set -u
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

# ends NAME WANTED: report the results of the guest, check the commands that it sent
ends() {
	local got
	guest_results "$1"
	got=$(ctl commands | tr ' ' '\n' | grep -v '^Q1$' | grep -v none | tr '\n' ' ')
	is "$1: commands" "${got% }" "$2"
}

# case_of NAME MAINS POLICY HOW WANTED [KVER|arm64 [TTY]]: run a guest that ends with HOW. Its
# UPS is described by firmware, or attached to TTY.
case_of() {
	local kver=${6:-6.1} arch=x86_64 tty=${7:-} port=()
	[ "$kver" != arm64 ] || kver=6.1 arch=arm64
	case $tty in
	'') ;;
	*USB*) port=(UPS= PORT=usb) ;;
	*) port=(UPS=) ;;
	esac
	cat >"$work/script.sh" <<SCRIPT
#!/bin/bash
# vm: timeout=600 acpi=none
PORT=$tty
. /tests/guest-lib.sh
settle
[ -z "$3" ] || echo "$3" >"\$SYSFS/ups0/killpower"
host mains $2
check "sees mains $2" await 60 reads ups0-mains/online $2
settle
host forget
$4 -f
sleep 100
SCRIPT
	start_sim --socket "$work/ups"
	local end=poweroff
	[ "$4" != reboot ] || end=restart
	guest "$work/script.sh" END=$end KVER="$kver" ARCH="$arch" "${port[@]}"
	ends "$1" "$5"
}

# scripted NAME WANTED: run a guest with the script on standard input
scripted() {
	{
		printf '#!/bin/bash\n# vm: timeout=250 acpi=none\n. /tests/guest-lib.sh\n'
		echo settle
		cat
		echo "sleep 100"
	} >"$work/script.sh"
	start_sim --socket "$work/ups"
	guest "$work/script.sh" END=poweroff
	ends "$1" "$2"
}

case_of "poweroff on battery" 0 "" poweroff "C S01R0003"
case_of "poweroff on battery, arm64" 0 "" poweroff "C S01R0003" arm64
case_of "reboot on battery" 0 "" reboot ""

# A UPS that user space has attached. The controller of a USB adapter is halted before the
# machine is switched off.
case_of "poweroff on battery, tty" 0 "" poweroff "C S01R0003" newest /dev/ttyS1
case_of "poweroff on battery, USB" 0 "" poweroff "C S01R0003" newest /dev/ttyUSB0
case_of "reboot on battery, USB" 0 "" reboot "" newest /dev/ttyUSB0

# As tests/run does: targets where this is rarely of use
[ -z "${ALL:-}" ] || {
	case_of "poweroff on battery, newest kernel" 0 "" poweroff "C S01R0003" newest
	case_of "reboot on battery, arm64" 0 "" reboot "" arm64
	case_of "poweroff on battery, USB, 6.1" 0 "" poweroff "C S01R0003" 6.1 /dev/ttyUSB0
	case_of "poweroff on mains, always" 1 always poweroff "C S01R0003"
	case_of "poweroff on mains, USB" 1 "" poweroff "" newest /dev/ttyUSB0
	case_of "reboot on battery, tty, arm64" 0 "" reboot "" arm64 /dev/ttyS0
}

# Set by the user: cut also on mains, and a delay, rounded up
scripted "always, after 13 s" "C S.3R0003" <<'SCRIPT'
echo 13 >"$SYSFS/ups0/killpower_delay"
echo always >"$SYSFS/ups0/killpower"
host mains 1
check "on mains" await 60 reads ups0-mains/online 1
settle
host forget
poweroff -f
SCRIPT

# Without a daemon: the kernel powers off when the UPS is critical. Mains returns while
# services are stopped: the machine powers off nevertheless, and only a cut makes it
# start again.
scripted "critical_action" "C S01R0003" <<'SCRIPT'
cat >/poweroff <<'POWEROFF'
#!/bin/sh
touch /tmp/started
echo "orderly power-off" >/dev/kmsg
until [ -e /tmp/services-stopped ]; do
	sleep 0.2
done
exec /usr/bin/busybox poweroff -f
POWEROFF
chmod 755 /poweroff
mount --bind /poweroff "$(readlink -f /sbin/poweroff)" 2>/dev/null ||
	{ rm -f /usr/sbin/poweroff && cp /poweroff /usr/sbin/poweroff; }
is "critical_action" "$(prop critical_action)" "[none] poweroff"
echo poweroff >"$SYSFS/ups0/critical_action"
host mains 0
host low 1
check "low" await 60 reads ups0/ups_state low-battery
host mains 1
check "online again" await 60 reads ups0/ups_state online
check "no power-off yet" test ! -e /tmp/started
host mains 0
host forget
check "critical: power-off started" await 90 test -e /tmp/started
host low auto
host mains 1
check "mains is back" await 60 reads ups0/ups_state online
settle
touch /tmp/services-stopped
SCRIPT
check "critical_action: orderly power-off" \
	grep -q "orderly power-off" "$work/kernel.log"
is "critical_action: the outlets were cut once" "$(ctl speed 100 >/dev/null
	await 30 sh -c "'$here/ups-ctl' '$work/control' state | grep -q returns=1"
	ctl state | grep -o 'off=.*returns=.')" "off=0 cuts=1 returns=1"

# The same with a daemon, which uses the percentage
scripted "low, then mains, then poweroff" "C S01R0003" <<'SCRIPT'
host mains 0
host low 1
check "low" await 60 reads ups0/ups_state low-battery
host low auto
host mains 1
check "mains is back" await 60 reads ups0/ups_state online
settle
host forget
poweroff -f
SCRIPT

# Without communication on battery the command is sent nevertheless.
scripted "silent on battery" "C S01R0003" <<'SCRIPT'
host mains 0
check "on battery" await 60 reads ups0/ups_state on-battery
host hangup 3600
check "lost" await 60 reads ups0/comm_status lost
host forget
poweroff -f
SCRIPT

# A refused command is not reported as a cut.
scripted "refused" "C S01R0003" <<'SCRIPT'
host mains 0
check "on battery" await 60 reads ups0/ups_state on-battery
settle
host refuse S
host forget
poweroff -f
SCRIPT
check "refused: the log does not say that power will be cut" \
	sh -c "! grep -a 'will cut the power' '$work/kernel.log'"
check "refused: the log says so" grep -aq 'serial0-0: shutdown command failed' "$work/kernel.log"
finish
