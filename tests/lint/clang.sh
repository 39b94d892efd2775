#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: timeout=1800 needs=source-6.12
#
# All modules and suites with clang and W=1: no warning. (With gcc that is part
# of each build unit.) Distribution kernels are configured for gcc, whose options
# clang does not know; so a tree of our own is configured, but not built, for it.
set -eu
cd "$(dirname "$0")/../.."
export me=clang
# shellcheck source-path=SCRIPTDIR source=../vm/lib.sh
. tests/vm/lib.sh
# shellcheck disable=SC2034 # for lib.sh
top=$PWD
# shellcheck source-path=SCRIPTDIR source=../kunit/lib.sh
. tests/kunit/lib.sh

# Over tinyconfig: what the modules and suites depend on
CONFIG="64BIT MODULES TTY I2C I2C_SMBUS REGMAP REGMAP_BUILD SERIAL_DEV_BUS POWER_SUPPLY DEBUG_FS KUNIT OF ACPI PCI
	DEBUG_KERNEL PROVE_LOCKING"

clang_make() {
	nice make -s -C "$source" ARCH=x86_64 LLVM=1 O="$out" "$@" </dev/null >>"$out.log" 2>&1 || {
		tail -n 20 "$out.log" >&2
		die 125 "configuring a kernel tree for clang failed; log: $out.log"
	}
}

prepare() {
	local c
	[ ! -e "$out/done" ] || return 0
	# Modules are built against the directory by its name: it cannot be moved.
	rm -rf "$out"
	mkdir -p "$out"
	: >"$out.log"
	{
		for c in $CONFIG; do
			echo "CONFIG_$c=y"
		done
		echo "# CONFIG_I2C_HELPER_AUTO is not set"
	} >"$out/wanted"
	clang_make tinyconfig
	"$source/scripts/kconfig/merge_config.sh" -m -O "$out" "$out/.config" "$out/wanted" \
		>>"$out.log" 2>&1
	clang_make olddefconfig
	while read -r c; do
		grep -qxF "$c" "$out/.config" || die 125 "not possible: $c"
	done <"$out/wanted"
	clang_make modules_prepare
	: >"$out/done"
}

need_packages clang lld llvm make bc flex bison libelf-dev libc6-dev perl
source=$(tests/kunit/source.sh 6.12)
id=$({ echo "$source"; cat "$0"; clang --version; } | sha256sum | cut -c1-16)
out=$CACHE/clang/$id
unset ARCH CROSS_COMPILE MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL V W C O M LLVM CC KDIR
locked clang prepare

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
uml_sources "$work/src"
# Without a kernel there is no list of its symbols: modpost may only warn.
make -C "$out" ARCH=x86_64 LLVM=1 W=1 M="$work/src" KBUILD_MODPOST_WARN=1 \
	CONFIG_PSY_SIM=m CONFIG_PSY_KUNIT_TEST=m modules </dev/null >"$work/log" 2>&1 || {
	cat "$work/log"
	exit 1
}
if grep -E 'warning:|error:' "$work/log"; then
	exit 1
fi
n=$(grep -c '  CC \[M\] .*\.o$' "$work/log") || :
[ "$n" -gt 10 ] || die 1 "only $n files were compiled"

# As for a kernel without regmap and I2C, such as those for clouds: what is left must
# compile, or DKMS fails, and with it the installation of that kernel.
find "$work/src" -name '*.o' -delete
for c in REGMAP REGMAP_MODULE REGMAP_I2C REGMAP_I2C_MODULE I2C I2C_MODULE; do
	echo "#undef CONFIG_$c"
done >"$work/without.h"
make -C "$out" ARCH=x86_64 LLVM=1 M="$work/src" KBUILD_MODPOST_WARN=1 CONFIG_REGMAP_I2C= \
	CONFIG_I2C= CONFIG_PSY_KUNIT_TEST=n "KCFLAGS=-include $work/without.h" modules \
	</dev/null >"$work/log" 2>&1 || {
	cat "$work/log"
	exit 1
}
! grep -E 'warning:|error:' "$work/log" || exit 1
few=$(grep -c '  CC \[M\] .*\.o$' "$work/log") || :
[ "$few" -gt 10 ] || die 1 "only $few files were compiled without I2C"
echo "$n files are clean"
