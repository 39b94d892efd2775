#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: timeout=3000 needs=uml
#
# Unbind, bind, unload, removed adapters and swapped packs under eight readers,
# in the user-mode kernel: no report of the address sanitizer, the lock validator,
# or the leak detector. The gauge is found by device tree.
set -eu
export me=soak
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
# shellcheck source-path=SCRIPTDIR source=../vm/lib.sh
. "$here/../vm/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$here/lib.sh"

rounds=${ROUNDS:-200}
need_packages device-tree-compiler
uml=$("$here/kernel.sh")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
uml_sources "$work/src"
uml_modules "$uml" "$work/src" "$work/tree" CONFIG_PSY_SIM=m CONFIG_PSY_KUNIT_TEST=n
mapfile -t ko < <(find "$work/tree" -name '*.ko')
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
echo 1..1
if [ -n "$failed" ]; then
	echo "not ok 1 $rounds rounds without a report"
	exit 1
fi
echo "ok 1 $rounds rounds without a report"
