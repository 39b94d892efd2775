#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: timeout=3600 needs=source-newest
#
# The tree below a kernel tree, linked in as README says: Kconfig offers it, and it
# builds into the kernel, with ALL=1 also as modules, with W=1 and without a warning.
set -eu
export me=in-tree
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
# shellcheck source-path=SCRIPTDIR source=../vm/lib.sh
. "$here/../vm/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$here/lib.sh"

need_packages gcc-12 make bc flex bison libelf-dev libc6-dev
# Without compat/ the drivers are for the newest kernel.
source=$("$here/source.sh" newest)
mkdir -p "$CACHE/tmp"
work=$(mktemp -d "$CACHE/tmp/in-tree.XXXXXX")
trap 'rm -rf "$work"' EXIT

# sed -i gives an edited file an inode of its own.
link_tree "$source" "$work/kernel"
uml_sources "$work/psy"
k=$work/kernel/drivers/power/supply
ln -s "$work/psy" "$k/psy-miniclass"
sed -i '/^endif # POWER_SUPPLY/i source "drivers/power/supply/psy-miniclass/Kconfig"' "$k/Kconfig"
cp "$k/Makefile" "$k/Makefile.new"
echo 'obj-y += psy-miniclass/' >>"$k/Makefile.new"
mv "$k/Makefile.new" "$k/Makefile"

unset ARCH CROSS_COMPILE MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL V W C O M LLVM KDIR
# All of Kconfig, and the objects of the modules as in the Kbuild files
OPTIONS=$(sed -nE 's/^(menu)?config (PSY_)/\2/p' "$top/Kconfig" | grep -v '^PSY_KUNIT_TEST$')
mapfile -t objects < <(cd "$top/drivers" && for f in */Kbuild; do
	sed -nE "s|^obj-.* \+= ([a-z0-9-]+\.o)\$|${f%/Kbuild}/\1|p" "$f"
done)
[ ${#objects[@]} -gt 5 ] || die 1 "the modules are not found in drivers/*/Kbuild"
n=0
build() {
	local o=$work/out-$1 want=$1 f
	mkdir "$o"
	{
		# Sanitizers double the time, and are those of the unit kunit.
		grep '^CONFIG_' "$here/uml.config" |
			grep -vE 'KASAN|UBSAN|PROVE_LOCKING|KMEMLEAK|INIT_STACK|CONFIG_DEBUG_[LO]'
		for f in $OPTIONS PSY_KUNIT_TEST; do
			echo "CONFIG_$f=$want"
		done
	} >"$o/.config"
	{
		make -s -C "$work/kernel" ARCH=um CC=gcc-12 O="$o" olddefconfig
		grep "CONFIG_PSY" "$o/.config"
		for f in $OPTIONS PSY_KUNIT_TEST; do
			grep -qx "CONFIG_$f=$want" "$o/.config"
		done
		nice make -s -C "$work/kernel" ARCH=um CC=gcc-12 O="$o" -j"$(nproc)" prepare
		nice make -C "$work/kernel" ARCH=um CC=gcc-12 O="$o" W=1 -j"$(nproc)" \
			drivers/power/supply/psy-miniclass/
	} >"$o/log" 2>&1 </dev/null || {
		tail -n 60 "$o/log"
		die 1 "CONFIG_PSY_MINICLASS=$want does not build in the tree"
	}
	if grep -E 'psy-miniclass/.*warning:' "$o/log"; then
		die 1 "warnings"
	fi
	for f in core/tests/psy_miniclass_kunit.o "${objects[@]}"; do
		[ -e "$o/drivers/power/supply/psy-miniclass/drivers/$f" ] ||
			[ "$want" = y ] || die 1 "$f was not built"
	done
	[ -e "$o/drivers/power/supply/psy-miniclass/drivers/core/snapshot.o" ] ||
		die 1 "nothing was built"
	n=$((n + 1))
	echo "ok $n CONFIG_PSY_MINICLASS=$want builds in a kernel tree"
}

build y
# Modules are also built outside a kernel tree: with ALL=1, as in tests/run.
[ -z "${ALL:-}" ] || build m
echo "1..$n"
