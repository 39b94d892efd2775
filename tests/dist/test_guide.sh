#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: timeout=2400 parallel=1
#
# The driver that the guide for gauge drivers prints: it is extracted from the page, with
# the lines that the page says to add, builds without a warning on all kernels, and reads
# a simulated chip.
set -u
export me=guide
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
# shellcheck source-path=SCRIPTDIR source=../vm/lib.sh
. "$here/../vm/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../selftests/lib.sh
. "$here/../selftests/lib.sh"

guide=$top/Documentation/driver-api/psy-miniclass/writing-a-gauge-driver.rst
work=$(mktemp -d)
tree=$work/tree
trap 'rm -rf "$work"' EXIT

# block FILE: the literal block that the page has for this file
block() {
	awk -v f="$1" '
	/^[^ \t]/ {
		split($0, word, "``")
		on = (word[2] == f && /::$/)
		blank = n = 0
	}
	on && /^\t/ {
		sub(/^\t/, "")
		for (; blank; blank--)
			print ""
		print
		n++
	}
	on && n && /^$/ { blank++ }' "$guide"
}

# add FILE: the lines of the page at its end
add() {
	local lines
	lines=$(block "$1")
	[ -n "$lines" ] || bail "the guide has nothing for $1"
	printf '%s\n' "$lines" >>"$tree/$1"
	echo "# $1: $(wc -l <<<"$lines") lines"
}

mkdir -p "$tree/dist"
cp -R "$top"/{Kbuild,Kconfig,compat,drivers,include} "$tree"
mkdir "$tree/tests"
cp -R "$top/tests/sim" "$tree/tests"
cp "$top/dist/dkms.conf" "$tree/dist"
for f in drivers/gauge/foo.c drivers/gauge/Kbuild dist/dkms.conf; do
	add $f
done
# Kconfig has an "endif" at its end, and Kbuild its sub-directories.
block Kconfig >"$work/lines"
check "lines for Kconfig" grep -q '^config PSY_FOO_GAUGE' "$work/lines"
sed -i "/^config PSY_COMPOSITE/{
	e cat '$work/lines'; echo
}" "$tree/Kconfig"
block Kbuild >"$work/lines"
check "lines for Kbuild" grep -q CONFIG_PSY_FOO_GAUGE "$work/lines"
sed -i "/^export CONFIG_PSY_SBS_GAUGE/r $work/lines" "$tree/Kbuild"

for k in 6.1 6.12 newest; do
	out=$(SRC=$tree "$here/../vm/build.sh" $k CONFIG_PSY_SIM=n W=1 2>"$work/err")
	status=$?
	[ $status = 0 ] || tail -n 30 "$work/err" | sed 's/^/# /'
	is "builds on $k" $status 0
	[ $status = 0 ] || continue
	is "no warning on $k" "$(grep -iE 'warning:|error:' "$out/build.log")" ""
	is "its alias on $k" "$(modinfo -F alias "$out/foo-gauge.ko" | grep '^i2c:')" i2c:foo1000
done

at_most "lines of the driver" "$(wc -l <"$tree/drivers/gauge/foo.c")" 120

cat >"$work/guest.sh" <<'END'
. /tests/lib.sh
BAT=BAT0
modprobe psy-sim-chips || bail "no simulated chips"
echo foo1000 >/sys/kernel/debug/psy-sim-chips/add || bail "no chip"
await 30 test -e "$SYSFS/$BAT/capacity" || bail "no supply"
is "driver" "$(basename "$(readlink -f "$SYSFS/$BAT/device/driver")")" foo-gauge
is "voltage_now" "$(prop voltage_now)" 3950000
is "current_now" "$(prop current_now)" -400000
is "capacity" "$(prop capacity)" 50
is "status is derived" "$(prop status)" Discharging
echo 250 >/sys/kernel/debug/psy-sim-chips/0/ma
expire
is "status follows the current" "$(prop status)" Charging
finish
END
SRC=$tree KVER=newest ACPI=none SCRIPT=$work/guest.sh "$here/../vm/vm-run" \
	>"$work/out" 2>"$work/err"
is "exit status of the guest" $? 0
tail -n 20 "$work/err" | sed 's/^/# /'
while IFS= read -r line; do
	case $line in
	"ok "*) ok "guest: ${line#ok * }" ;;
	"not ok "*) not_ok "guest: ${line#not ok * }" ;;
	"# "*) echo "$line" ;;
	esac
done <"$work/out"

# A gauge does not depend on a different one.
out=$(SRC=$tree "$here/../vm/build.sh" 6.1 CONFIG_PSY_SIM=n CONFIG_PSY_SBS_GAUGE=n 2>/dev/null)
check "without the other gauge" test -e "$out/foo-gauge.ko" -a ! -e "$out/sbs-gauge.ko"

# DKMS must install what is built, and nothing else.
kernel=$("$here/../vm/kernel.sh" 6.1) || bail "no kernel"
listed=$(kernel_source_dir=$(cat "$kernel/kdir") bash -c '
	. "$1"
	printf "%s\n" "${BUILT_MODULE_NAME[@]}"' bash "$tree/dist/dkms.conf" | sort)
out=$(SRC=$tree "$here/../vm/build.sh" 6.1 CONFIG_PSY_SIM=n W=1 2>/dev/null)
is "dkms.conf lists what is built" "$listed" \
	"$(cd "$out" && printf '%s\n' *.ko | sed 's/\.ko$//' | sort)"

# "make clean" leaves the sources.
mkdir "$work/built"
cp -R "$out/tree/." "$work/built"
cp "$top/Makefile" "$work/built"
check "a build leaves files" test -n "$(find "$work/built" -name '*.o')"
make -s -C "$work/built" clean
is "make clean" "$(cd "$work/built" && find . -type f | sort | grep -vx ./Makefile)" \
	"$(cd "$tree" && find . -type f | sort)"

source=$("$here/../kunit/source.sh" newest scripts/checkpatch.pl scripts/spelling.txt \
	scripts/const_structs.checkpatch 2>"$work/err") || bail "no kernel source"
need_packages perl >&2
is "its style" "$(cd "$tree/drivers/gauge" && perl "$source/scripts/checkpatch.pl" --no-tree \
	--strict --terse --no-summary --max-line-length=100 \
	--ignore UNDOCUMENTED_DT_STRING -f foo.c 2>&1)" ""
finish
