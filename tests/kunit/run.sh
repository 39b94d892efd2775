#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: timeout=4500
#
# run.sh [PATTERN]: the KUnit suites as modules in a user-mode kernel with
# address sanitizer, lock validator and leak detector, and once more with two
# processors. PATTERN, a shell pattern, chooses suites by name.
#
#	MODULES=dir	boot with these modules instead of building this tree's
#	ARGS=...	more kernel arguments
#	BOOTS=...	only one of the two boots: leaks or smp
#	LOG=file	where the kernel logs go: file.leaks, file.smp
set -eu
export me=kunit
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
# shellcheck source-path=SCRIPTDIR source=../vm/lib.sh
. "$here/../vm/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$here/lib.sh"

# There is only one kernel for this, with its detectors.
[ -z "${KVER:-}" ] || die 2 "KVER=$KVER: the unit tests have a kernel of their own"

uml=$("$here/kernel.sh")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

modules=${MODULES:-}
if [ -z "$modules" ]; then
	modules=$(uml_build "$uml")
fi
mapfile -t ko < <(find "$modules" -name '*.ko')
suites=$(printf '%s\n' "${ko[@]}" | grep -c '_kunit\.ko$') || die 1 "no suite was built"
uml_initrd "$work/initrd" "$here/init" "${ko[@]}"

# boot NAME ARGUMENT...: one run of all suites, with its log and status in files
boot() {
	local name=$1 status=0
	shift
	uml_boot "$uml" "$work/initrd" "$work/$name.log" 1800 "kunit.filter_glob=$pattern" \
		"$@" || status=$?
	echo $status >"$work/$name.status"
}

fail() {
	echo "kunit: $*"
	failed=1
}

# judge NAME: results, and what is wrong with this run
judge() {
	local log=$work/$1.log status
	status=$(cat "$work/$1.status")
	tr -d '\r' <"$log" | grep -aE '^ *(ok|not ok|#|[0-9]+\.\.|KTAP)|psy-kunit:|EXPECTATION|ASSERTION|Expected|==|!=' || :
	[ "$status" = 0 ] || fail "$1: the kernel ended with status $status"
	grep -qa 'psy-kunit: end' "$log" || {
		fail "$1: the run has not finished"
		tail -n 40 "$log"
	}
	! grep -a 'psy-kunit: cannot' "$log" || fail "$1: a module could not be loaded or unloaded"
	! grep -qaE '^ *not ok' "$log" || fail "$1: there are failed cases"
	# Where kmemleak is disabled on purpose, its message is not a report.
	grep -av 'kmemleak: Kernel memory leak detector disabled' "$log" >"$work/judged" || :
	[ "$1" = smp ] || cp "$log" "$work/judged"
	if find_splats "$work/judged" 30 >"$work/splats"; then
		fail "$1: the kernel reported: $(head -n 1 "$work/splats")"
		head -n 120 "$work/splats"
	fi
	[ -z "${LOG:-}" ] || cp "$log" "$LOG.$1"
}

# Two boots in parallel: one with the leak detector, one with two processors. (In this
# kernel a second processor does not start with the leak detector, and a third one does
# not start with the address sanitizer.)
failed=
pattern=${1:-*}
boots=${BOOTS:-leaks smp}
for b in $boots; do
	# shellcheck disable=SC2086 # separate arguments
	case $b in
	leaks) boot leaks ${ARGS:-} & ;;
	smp) boot smp seccomp=on ncpus=2 kmemleak=off ${ARGS:-} & ;;
	*) die 2 "BOOTS=$BOOTS: leaks, smp" ;;
	esac
done
wait
for b in $boots; do
	judge "$b"
done
[ ! -e "$work/smp.log" ] || grep -qa 'smp: Brought up 1 node, 2 CPUs' "$work/smp.log" ||
	fail "smp: there was only one processor"

log=$work/${boots%% *}.log
# Cases are indented, suites are not.
passed=$(grep -caE '^ +ok [0-9]+' "$log") || :
bad=$(grep -caE '^ +not ok [0-9]+' "$log") || :
skipped=$(grep -caE '^ +ok [0-9]+.*# SKIP' "$log") || :
ran=$(grep -caE '^(not )?ok [0-9]+' "$log") || :
echo "kunit: $suites modules, $ran suites, $((passed - skipped)) cases passed, $bad failed, $skipped skipped"
[ "$passed" -gt 0 ] || fail "no case has run"
if [ -z "${1:-}" ]; then
	# Every suite of the sources, unless the modules are others
	[ -n "${MODULES:-}" ] || for s in $(sed -n '/struct kunit_suite .*= {/,/^};/s/^\t\.name = "\(.*\)",$/\1/p' \
		"$top"/drivers/*/tests/*.c "$top"/tests/sim/tests/*.c); do
		grep -qaE "^ok [0-9]+ (- )?$s( |.?\$)" "$log" || fail "suite $s has not run"
	done
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
[ -z "$failed" ]
