#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: timeout=1500
#
# Does run.sh fail when it should? One boot for each kind of fault, because a
# sanitizer's report switches the lock validator off.
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
uml_modules "$uml" "$here/canary" "$work/tree"

# caught NAME TEXT: run.sh fails with this canary, and says why
n=0
bad=0
caught() {
	n=$((n + 1))
	mkdir "$work/$1"
	cp "$work/tree/canary_$1_kunit.ko" "$work/$1"
	if MODULES=$work/$1 "$here/run.sh" >"$work/log" 2>&1; then
		echo "not ok $n canary $1 was not caught"
		bad=1
	elif ! grep -q "$2" "$work/log"; then
		echo "not ok $n canary $1 was caught for another reason"
		tail -n 20 "$work/log" | sed 's/^/# /'
		bad=1
	else
		echo "ok $n canary $1"
	fi
}

caught fail 'there are failed cases'
caught kasan 'KASAN: '
caught lock 'possible circular locking'
caught leak 'unreferenced object'
caught warn 'WARNING: '
echo "1..$n"
exit $bad
