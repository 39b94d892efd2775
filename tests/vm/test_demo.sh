#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: timeout=1800 needs=6.1
#
# make demo succeeds, shows both parts, and says so at the end.
set -u
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$here/demo" >"$work/out" 2>"$work/err"
status=$?
sed 's/^/# /' "$work/out"
[ $status = 0 ] || sed 's/^/# /' "$work/err"

n=0
bad=0
check() {
	n=$((n + 1))
	if "${@:2}"; then
		echo "ok $n $1"
	else
		echo "not ok $n $1"
		bad=1
	fi
}

check "exit status ($status)" test $status = 0
check "the gauge is shown" grep -q 'NAME=BAT0' "$work/out"
check "the UPS is shown" grep -q 'NAME=ups0' "$work/out"
check "a time to empty is shown for the UPS" sh -c \
	"sed '1,/Mains fails/d; /Mains returns/,\$d' '$work/out' | grep -q 'time to empty:'"
check "nothing has failed" sh -c "! grep -q FAILED '$work/out'"
check "both parts passed" grep -q 'both parts passed' "$work/out" "$work/err"
check "the UPS is also shown at a USB adapter" sh -c \
	"PORT=usb '$here/../ups/demo.sh'  >'$work/usb' 2>&1 &&
	grep -q 'NAME=ups0' '$work/usb' && ! grep -q FAILED '$work/usb'"
sed 's/^/# /' "$work/usb"
echo "1..$n"
exit $bad
