#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: timeout=4500 needs=uml
#
# Device trees in the user-mode kernel: every property is read, every invalid one is
# refused by name, and what the tree refers to (lines, interrupts, chargers, cells,
# a system manager) works. Serial ports are simulated here and log all operations,
# up to the power-off with a port that does not accept it.
set -u
export me=dt
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
# shellcheck source-path=SCRIPTDIR source=../vm/lib.sh
. "$here/../vm/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$here/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../selftests/lib.sh
. "$here/../selftests/lib.sh"

need_packages device-tree-compiler >&2
uml=$("$here/kernel.sh") || exit
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
modules=$(uml_build "$uml") || exit
mapfile -t ko < <(find "$modules" -name '*.ko' ! -name '*_kunit.ko')
uml_initrd "$work/initrd" "$here/init-dt" "${ko[@]}"
for t in dt ports; do
	is "$t.dts compiles" \
		"$(dtc -W no-gpios_property -O dtb -o "$work/$t.dtb" "$here/$t.dts" 2>&1)" ""
done

# boots TREE KIND: the log is in $log
boots() {
	local tree=$1
	shift
	log=$work/log.$1
	status=0
	uml_boot "$uml" "$work/initrd" "$log" 1200 "dtb=$work/$tree.dtb" "psydt=$1" \
		printk.time=1 || status=$?
	is "$1: exit status of the kernel" $status 0
	tr -d '\r' <"$log" >"$log.text"
	log=$log.text
	is "$1: reports of the kernel" "$(find_splats "$log")" ""
	[ -z "${LOG:-}" ] || cp "$log" "$LOG.$1"
	[ $status = 0 ] || tail -n 80 "$log" | sed 's/^/# /'
}

boots dt tree
check "tree: the guest has finished" grep -qa '^psy-dt: end' "$log"
while read -r line; do
	case $line in
	"ok "*) ok "tree: ${line#ok * }" ;;
	"not ok "*) not_ok "tree: ${line#not ok * }" ;;
	"#"*) echo "$line" ;;
	"1.."*) planned=${line#1..} ;;
	esac
done < <(grep -aE '^(ok|not ok) [0-9]+ |^#|^1\.\.[0-9]' "$log")
is "tree: all of its results are in the log" \
	"$(grep -caE '^(ok|not ok) [0-9]+ ' "$log")" "${planned:-none}"

# device LETTER: the device of the UPS at that port
device() {
	sed -n "s/.*psy-dt: port-$1 is //p" "$log"
}

# ends: the times at which the power-off began, and at which it had handled each UPS, as
# "ms DEVICE"
ends() {
	sed -n '/psy-dt: power off/,$p' "$log" | sed -n -E \
		-e 's/^\[ *([0-9]+)\.([0-9]{3}).*psy-dt: power off.*/\1\2 begin/p' \
		-e 's/^\[ *([0-9]+)\.([0-9]{3}).* (serial[0-9]+-0): (will cut|shutdown command|port is busy).*/\1\2 \3/p'
}

# after_firmware: commands to any UPS after the firmware has prepared to power off, which
# may change the chip with the port; or that it has not been called
after_firmware() {
	sed -n '/psy-dt: power off/,$p' "$log" | awk '
		/psy-sim-serdev: firmware prepares/ { called = 1; next }
		called && /: write [CS]/ { print }
		END { if (!called) print "not called" }'
}

# took LETTER: ms that the power-off took for that UPS; they are handled in sequence
took() {
	ends | awk -v d="$(device "$1")" '$2 == d { print $1 - last } { last = $1 }'
}

writes() {
	sed -n "/psy-dt: power off/,\$s/.*psy-sim-serdev port-$1: write //p" "$log" |
		grep -vxE 'Q1|QS|D' | tr '\n' ' '
}

# says LETTER TEXT: whether the log has this for that UPS at power-off
says() {
	sed -n '/psy-dt: power off/,$p' "$log" | grep -qF " $(device "$1"): $2"
}

boots ports ports
is "plain: the commands" "$(writes a)" "C S01R0003 "
at_most "plain: ms" "$(took a)" 3400
check "plain: the log says so" says a "will cut the power"
is "silent: the commands" "$(writes b)" "C S01R0003 "
at_most "silent: ms" "$(took b)" 3400
is "slow: the commands" "$(writes c)" "C S01R0003 "
at_most "slow: ms" "$(took c)" 3600
is "deaf: no command" "$(writes d)" ""
check "deaf: the log says so" says d "shutdown command failed"
at_most "deaf: ms" "$(took d)" 3400
is "refused: the commands" "$(writes e)" "C S01R0003 "
check "refused: the log says so" says e "shutdown command failed (-95)"
is "refused: the log does not say that power will be cut" \
	"$(says e "will cut the power" && echo "it does")" ""
is "lost: the commands" "$(writes f)" "C S01R0003 "
check "lost: the log says so" says f "will cut the power"
at_most "lost: ms" "$(took f)" 3400
is "late: the commands" "$(writes g)" "C S01R0003 S01R0003 "
check "late: the log says so" says g "will cut the power"
at_most "late: ms" "$(took g)" 3400
is "one UPS after the other" "$(ends | wc -l)" 8
is "firmware is called after all commands" "$(after_firmware)" ""
check "ports: the machine has powered off" grep -qa 'reboot: Power down' "$log"
boots ports policies
check "policies: mains has failed for two" grep -qa 'psy-dt: a and b are on battery' "$log"
is "on-battery, without mains: the commands" "$(writes a)" "C S01R0003 "
is "off, without mains: no command" "$(writes b)" ""
is "on-battery, with mains: no command" "$(writes c)" ""
check "policies: the machine has powered off" grep -qa 'reboot: Power down' "$log"
boots ports halt
is "halt: no command" "$(for u in a b c d e f g; do writes $u; done)" ""
check "halt: the machine has halted" grep -qa 'reboot: System halted' "$log"
finish
