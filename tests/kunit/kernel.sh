#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# kernel.sh: the user-mode kernel of the unit tests, with address sanitizer,
# lock validator and leak detector. Prints its build directory, which is in the
# cache and keyed by source, patches, configuration and compiler.
set -eu
export me=uml
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR source=../vm/lib.sh
. "$here/../vm/lib.sh"

# Directories whose code handles no memory of drivers. Without sanitizers they take half
# the time to build.
PLAIN="arch/um/drivers arch/um/kernel arch/um/kernel/skas arch/x86/um drivers/pci
	drivers/pci/msi fs fs/notify fs/proc fs/ramfs init kernel/futex kernel/printk
	kernel/trace mm"

uml_make() {
	make -s -C "$out.src" ARCH=um O="$out" CC=gcc-12 HOSTCC=gcc-12 "$@" \
		</dev/null >>"$out.log" 2>&1 || {
		tail -n 40 "$out.log" >&2
		die 125 "building the user-mode kernel failed; log: $out.log"
	}
}

# A symbol that Kconfig drops would be a missing detector.
check_config() {
	grep -E '^(# )?CONFIG_' "$here/uml.config" | while read -r line; do
		grep -qxF "$line" "$out/.config" || die 125 "not possible: $line"
	done
}

build() {
	[ ! -e "$out/done" ] || return 0
	say "building the user-mode kernel: once, about 5 minutes on 2 cores"
	# Modules are built against the directory by its name: it cannot be moved.
	rm -rf "$out" "$out.src"
	mkdir -p "$out"
	: >"$out.log"
	# Links to the source, which others use; patch(1) replaces a file.
	link_tree "$source" "$out.src"
	for p in "$here"/patches/*.patch; do
		patch -s -p1 -F0 -d "$out.src" <"$p" >&2 || die 125 "does not apply: $p"
	done
	for d in $PLAIN; do
		sed -i '1a KASAN_SANITIZE := n\nUBSAN_SANITIZE := n' "$out.src/$d/Makefile"
	done
	uml_make defconfig
	uml_make mod2noconfig
	"$out.src/scripts/kconfig/merge_config.sh" -m -O "$out" "$out/.config" \
		"$here/uml.config" >>"$out.log" 2>&1
	uml_make olddefconfig
	check_config
	uml_make -j"$(nproc)" KCFLAGS=-O1
	: >"$out/done"
	find "$CACHE/uml" -mindepth 1 -maxdepth 1 ! -name "${out##*/}*" -mtime +14 \
		-exec rm -rf {} +
}

need_packages gcc-12 make bc flex bison libelf-dev libc6-dev cpio patch \
	busybox-static kmod
# The user-mode kernel of 6.12 supports one processor only.
source=$("$here/source.sh" newest)
id=$({ echo "${source##*/}"; cat "$here"/patches/*.patch "$here/uml.config" "$0"; gcc-12 --version; } |
	sha256sum | cut -c1-16)
out=$CACHE/uml/$id
unset ARCH CROSS_COMPILE MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL V W C O M LLVM KDIR
locked "uml-$id" build
echo "$out"
