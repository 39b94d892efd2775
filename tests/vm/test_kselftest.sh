#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: timeout=1800 needs=6.1,newest
#
# The kernel's own selftest of power supplies, as the newest kernel has it,
# unmodified: 33 results for the supply, none of them a failure. Of a pack that
# counts in mAh and of one that counts in mWh.
set -u
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
dir=tools/testing/selftests
src=$("$here/../kunit/source.sh" newest $dir/power_supply $dir/kselftest) || exit 1
mkdir "$work/kernel"
cp -R "$src/$dir/power_supply" "$src/$dir/kselftest" "$work/kernel"

cat >"$work/script" <<'SCRIPT'
#!/bin/bash
. /tests/lib.sh >/dev/null
setup
cd /tests/kernel/power_supply || exit 1
if [ -e /tests/mwh ]; then
	id=$(basename "$(readlink -f "$SYSFS/$BAT/device")")
	sim mode 32768
	echo "$id" >"$DRIVER/unbind"
	echo "$id" >"$DRIVER/bind"
fi
bash ./test_power_supply_properties.sh "$BAT"
SCRIPT

n=0
bad=0
result() {
	n=$((n + 1))
	if [ "$1" = 0 ]; then
		echo "ok $n $2"
	else
		echo "not ok $n $2"
		bad=1
	fi
}

run() {
	FILES="$work/kernel $3" KVER=$1 SCRIPT=$work/script "$here/vm-run" >"$work/out" 2>"$work/err"
	status=$?
	sed 's/^/# /' "$work/out"
	good=$(grep -cE '^ok [0-9]+ BAT' "$work/out")
	real=$(grep -E '^ok [0-9]+ BAT' "$work/out" | grep -vc '# SKIP')
	[ $status = 0 ] || sed 's/^/# /' "$work/err"
	echo "# $good of 33, $real of them not skipped"
	[ $status = 0 ] && [ "$good" = 33 ] && [ "$real" -ge 18 ] &&
		! grep -q '^not ok' "$work/out"
	result $? "$2 on $1: 33 of 33"
}

: >"$work/mwh"
for kver in 6.1 newest; do
	run $kver "a pack in mAh" ""
done
run 6.1 "a pack in mWh" "$work/mwh"
echo "1..$n"
exit $bad
