#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: timeout=4500 needs=uml
#
# Device trees in the user-mode kernel: every property is read, every wrong one is
# refused by name, and what the tree refers to (lines, interrupts, chargers, cells,
# a system manager) works. Serial ports are simulated here, and write down what is
# done to them, down to the power-off with a port that does not take it.
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
uml_sources "$work/src"
uml_modules "$uml" "$work/src" "$work/tree" CONFIG_PSY_SIM=m CONFIG_PSY_KUNIT_TEST=n
mapfile -t ko < <(find "$work/tree" -name '*.ko')
uml_initrd "$work/initrd" "$here/init-dt" "${ko[@]}"
is "the tree compiles" "$(dtc -W no-gpios_property -O dtb -o "$work/dt.dtb" "$here/dt.dts" 2>&1)" ""

# boots KIND: leaves the log in $log
boots() {
	log=$work/log.$1
	status=0
	uml_boot "$uml" "$work/initrd" "$log" 1200 "dtb=$work/dt.dtb" "psydt=$1" \
		printk.time=1 || status=$?
	is "$1: the kernel ended well" $status 0
	tr -d '\r' <"$log" >"$log.text"
	log=$log.text
	is "$1: reports of the kernel" "$(find_splats "$log")" ""
	[ -z "${LOG:-}" ] || cp "$log" "$LOG.$1"
	[ $status = 0 ] || tail -n 80 "$log" | sed 's/^/# /'
}

boots tree
check "tree: the guest came to its end" grep -qa '^psy-dt: end' "$log"
while read -r line; do
	case $line in
	"ok "*) ok "tree: ${line#ok * }" ;;
	"not ok "*) not_ok "tree: ${line#not ok * }" ;;
	"#"*) echo "$line" ;;
	"1.."*) planned=${line#1..} ;;
	esac
done < <(grep -aE '^(ok|not ok) [0-9]+ |^#|^1\.\.[0-9]' "$log")
is "tree: all of its results are here" \
	"$(grep -caE '^(ok|not ok) [0-9]+ ' "$log")" "${planned:-none}"

# stamp TEXT: when the log has it first after the order to power off, ms
stamp() {
	sed -n '/psy-dt: power off/,$p' "$log" |
		sed -n "/$1/s/^\[ *\([0-9]*\)\.\([0-9]\{3\}\).*/\1\2/p" | head -n 1 | sed 's/^0*//'
}

# took: from the order to the end of it; devices are shut down within
took() {
	echo $(($(stamp 'reboot: Power down') - $(stamp 'psy-dt: power off')))
}

writes() {
	sed -n '/psy-dt: power off/,$s/.*psy-sim-serdev port-plain: write //p' "$log" |
		grep -v '^Q1$' | tr '\n' ' '
}

boots plain
is "plain: the commands" "$(writes)" "C S01R0003 "
at_most "plain: ms" "$(took)" 3400
boots silent
is "silent: the commands" "$(writes)" "C S01R0003 "
at_most "silent: ms" "$(took)" 3400
boots slow
is "slow: the commands" "$(writes)" "C S01R0003 "
at_most "slow: ms" "$(took)" 3600
boots deaf
is "deaf: no command" "$(writes)" ""
check "deaf: the log says so" grep -qa 'shutdown command failed' "$log"
at_most "deaf: ms" "$(took)" 3400
boots refused
is "refused: the commands" "$(writes)" "C S01R0003 "
check "refused: the log does not say that power will be cut" \
	sh -c "! grep -a 'will cut the power' '$log'"
check "refused: the log says so" grep -qa 'shutdown command failed' "$log"
boots battery
check "battery: mains has failed" grep -qa 'psy-dt: on-battery' "$log"
is "battery: the commands" "$(writes)" "C S01R0003 "
boots off
check "off: mains has failed" grep -qa 'psy-dt: on-battery' "$log"
is "off: no command" "$(writes)" ""
boots mains
is "mains, on-battery: no command" "$(writes)" ""
boots halt
is "halt: no command" "$(writes)" ""
check "halt: it was one" grep -qa 'reboot: System halted' "$log"
finish
