#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: timeout=3000
#
# Check that run.sh fails when it must. One boot for each kind of fault, because a
# report of a sanitizer disables the lock validator.
set -eu
export me=canary
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck disable=SC2034 # for lib.sh
top=$(cd "$here/../.." && pwd)
# shellcheck source-path=SCRIPTDIR source=../vm/lib.sh
. "$here/../vm/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$here/lib.sh"

uml=$("$here/kernel.sh")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -R "$here/canary" "$work/tree"
uml_modules "$uml" "$work/tree"

# run_one NAME: run.sh with this canary; its output is in $work/NAME.out
run_one() {
	local args='' boots=leaks
	[ "$1" != race ] || boots=smp
	# Do not wait for the default limit of a hung task, one minute.
	[ "$1" != hang ] || args="sysctl.kernel.hung_task_timeout_secs=2"
	mkdir "$work/$1"
	cp "$work/tree/canary_$1_kunit.ko" "$work/$1"
	if MODULES=$work/$1 ARGS=$args BOOTS=$boots "$here/run.sh" >"$work/$1.out" 2>&1; then
		: >"$work/$1.passed"
	fi
}

# caught NAME TEXT: run.sh has failed with this canary, for this reason
n=0
bad=0
caught() {
	n=$((n + 1))
	if [ -e "$work/$1.passed" ]; then
		echo "not ok $n canary $1 was not caught"
		bad=1
	elif ! grep -q "$2" "$work/$1.out"; then
		echo "not ok $n canary $1 was caught for another reason"
		tail -n 20 "$work/$1.out" | sed 's/^/# /'
		bad=1
	else
		echo "ok $n canary $1"
	fi
}

# The kernels are idle most of the time.
for c in "$here"/canary/canary_*_kunit.c; do
	c=${c##*/canary_}
	while [ "$(jobs -rp | wc -l)" -ge 3 ]; do
		wait -n || :
	done
	run_one "${c%_kunit.c}" &
done
wait

caught fail 'there are failed cases'
caught kasan 'KASAN: '
caught race 'KASAN: '
caught lock 'possible circular locking'
caught atomic 'sleeping function called from invalid context'
caught leak 'unreferenced object'
caught list 'list_del corruption'
caught shift 'UBSAN: shift-out-of-bounds'
caught hang 'blocked for more than'
caught debugfs 'debugfs: .*already'
caught report 'driver failed to report'
caught warn 'WARNING: '
[ "$n" = "$(find "$here/canary" -name 'canary_*_kunit.c' | wc -l)" ] || {
	echo "not ok $((n += 1)) not every canary was checked"
	bad=1
}
echo "1..$n"
exit $bad
