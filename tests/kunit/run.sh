#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: timeout=1500
#
# run.sh [PATTERN]: the KUnit suites as modules in a user-mode kernel with
# address sanitizer, lock validator and leak detector. PATTERN, a shell pattern,
# chooses suites by name.
#
#	MODULES=folder	boot with these modules instead of building this tree's
set -eu
export me=kunit
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
# shellcheck source-path=SCRIPTDIR source=../vm/lib.sh
. "$here/../vm/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$here/lib.sh"

uml=$("$here/kernel.sh")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
log=$work/log

modules=${MODULES:-}
if [ -z "$modules" ]; then
	uml_sources "$work/src"
	uml_modules "$uml" "$work/src" "$work/tree" CONFIG_PSY_SIM=m CONFIG_PSY_KUNIT_TEST=m
	modules=$work/tree
fi
mapfile -t ko < <(find "$modules" -name '*.ko')
suites=$(printf '%s\n' "${ko[@]}" | grep -c '_kunit\.ko$') || die 1 "no suite was built"
uml_initrd "$work/initrd" "$here/init" "${ko[@]}"

status=0
uml_boot "$uml" "$work/initrd" "$log" 400 "kunit.filter_glob=${1:-*}" || status=$?
tr -d '\r' <"$log" | grep -aE '^ *(ok|not ok|#|[0-9]+\.\.|KTAP)|psy-kunit:|EXPECTATION|ASSERTION|Expected|==|!=' || :

fail() {
	echo "kunit: $*"
	failed=1
}

failed=
[ "$status" = 0 ] || fail "the kernel ended with status $status"
grep -qa 'psy-kunit: end' "$log" || fail "the run did not come to its end"
! grep -a 'psy-kunit: cannot' "$log" || fail "a module could not be loaded or unloaded"
! grep -qaE '^ *not ok' "$log" || fail "there are failed cases"
if find_splats "$log" 30 >"$work/splats"; then
	fail "the kernel reported:"
	head -n 120 "$work/splats"
fi

# Cases are indented, suites are not.
passed=$(grep -caE '^ +ok [0-9]+' "$log") || :
bad=$(grep -caE '^ +not ok [0-9]+' "$log") || :
skipped=$(grep -caE '^ +ok [0-9]+.*# SKIP' "$log") || :
ran=$(grep -caE '^(not )?ok [0-9]+' "$log") || :
echo "kunit: $suites modules, $ran suites, $((passed - skipped)) cases passed, $bad failed, $skipped skipped"
[ "$passed" -gt 0 ] || fail "no case has run"
if [ -z "${1:-}" ]; then
	# Every module must have brought at least one suite that ran.
	for k in "${ko[@]}"; do
		case $k in
		*_kunit.ko)
			n=$(awk -v m="suite ${k##*/}" '/psy-kunit: suite/ { on = index($0, m) }
				on && /^(not )?ok [0-9]+/ { n++ } END { print n + 0 }' "$log")
			[ "$n" -gt 0 ] || fail "${k##*/} has run no suite"
			;;
		esac
	done
fi
[ -z "${LOG:-}" ] || cp "$log" "$LOG"
[ -z "$failed" ]
