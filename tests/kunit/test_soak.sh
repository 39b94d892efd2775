#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: timeout=3000 needs=uml
#
# Unbind, bind, unload, removed adapters and swapped packs under eight readers,
# in the user-mode kernel: no report of the address sanitizer, the lock validator,
# or the leak detector. The gauge is found by device tree. Then the same for UPSes that
# are attached to pseudo-terminals.
set -eu
export me=soak
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
# shellcheck source-path=SCRIPTDIR source=../vm/lib.sh
. "$here/../vm/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$here/lib.sh"

rounds=${ROUNDS:-200}
need_packages device-tree-compiler gcc libc6-dev
uml=$("$here/kernel.sh")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
modules=$(uml_build "$uml")
mapfile -t ko < <(find "$modules" -name '*.ko' ! -name '*_kunit.ko')
uml_initrd "$work/initrd" "$here/init-soak" "${ko[@]}"
dtc -q -O dtb -o "$work/sim.dtb" "$here/sim.dts"

status=0
uml_boot "$uml" "$work/initrd" "$work/log" 1800 "dtb=$work/sim.dtb" "soak=$rounds" || status=$?
failed=
fail() {
	echo "soak: $*"
	failed=1
}
[ "$status" = 0 ] || fail "the kernel ended with status $status"
grep -a 'psy-soak:' "$work/log" || :
grep -qa "psy-soak: $rounds rounds, 0 faults" "$work/log" || fail "not all rounds were without faults"
if find_splats "$work/log" 30 >"$work/splats"; then
	fail "the kernel reported:"
	head -n 120 "$work/splats"
fi
[ -z "${LOG:-}" ] || cp "$work/log" "$LOG"
echo 1..2
result() {
	if [ -n "$failed" ]; then
		echo "not ok $1 $2"
		any=1
	else
		echo "ok $1 $2"
	fi
	failed=
}
any=
result 1 "$rounds rounds without a report"

cc -O2 -Wall -static -o "$work/tty-fuzz" "$here/../vm/guest-src/tty-fuzz.c"
uml_initrd "$work/initrd" "$here/init-tty" "$work/tty-fuzz" "${ko[@]}"
status=0
uml_boot "$uml" "$work/initrd" "$work/log" 900 || status=$?
[ "$status" = 0 ] || fail "the kernel ended with status $status"
grep -aE 'psy-tty:|refused$' "$work/log" || :
for line in attached unloaded end; do
	grep -qa "^psy-tty: $line" "$work/log" || fail "not $line"
done
if find_splats "$work/log" 30 >"$work/splats"; then
	fail "the kernel reported:"
	head -n 120 "$work/splats"
fi
[ -z "${LOG:-}" ] || cp "$work/log" "$LOG.tty"
result 2 "UPSes at pseudo-terminals without a report"
[ -z "$any" ]
