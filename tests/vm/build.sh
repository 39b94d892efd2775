#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# build.sh KVER [make argument...]: builds this source tree's modules for the
# stock kernel. Prints a directory with the .ko files, build.log and, if more
# than .ko files is wanted, the built tree in tree/.
#
#	SRC=dir		other sources than this tree
#	ARCH=arm64	cross-build
#	FRESH=1		do not reuse an earlier build of the same sources
#	DEBUG_INFO=1	with debug information, as a user's build. Otherwise without: it is
#			90 % of the guest's modules, and time of each build and boot.
#	CHECK=command	also run this on every source file, with the arguments of the compiler.
#			Its output is in check.log.
#
# Always with W=1: the units "build" look for warnings in build.log.
#
# Every build is made in a copy of its own, named by a hash of the sources,
# the arguments and the tools: nothing stale can be used, and builds for
# different kernels share no files.
set -eu
export me=build
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$here/lib.sh"

# The parts of this tree that a build needs; a different tree is copied completely.
PARTS="Kbuild Kconfig compat dist/dkms.conf drivers include tests/sim"
KEEP=6

# pack: the sources as a tar
pack() {
	parts=
	[ "$src" != "$top" ] || for p in $PARTS; do
		[ ! -e "$src/$p" ] || parts="$parts $p"
	done
	# shellcheck disable=SC2086 # a list of directories
	pack_sources "$src" $parts
}

tools_id() {
	cat "$kernel/version"
	[ -e "$kernel/chroot" ] || "${cross}gcc-12" --version
}

build_on_host() {
	make -C "$(cat "$kernel/kdir")" M="$work" "$@" modules
}

# private_mounts COMMAND...: in a mount namespace of its own. If the root directory
# is not a mount point (in a chroot), unshare cannot make it private: then the mount
# may be visible outside until it is unmounted.
private_mounts() {
	if unshare -m true 2>/dev/null; then
		unshare -m "$@"
	else
		unshare -m --propagation unchanged "$@"
	fi
}

# objtool of newer kernels looks for its stack in /proc.
build_in_chroot() {
	root=$kernel/root
	mkdir -p "$root/build"
	rm -rf "$root/build/$key"
	mv "$work" "$root/build/$key"
	set +e
	# shellcheck disable=SC2016 # for the inner shell
	private_mounts sh -c '
		root=$1
		shift
		mount -t proc proc "$root/proc" || exit
		chroot "$root" "$@"
		rc=$?
		umount "$root/proc"
		exit $rc' \
		sh "$root" /usr/bin/env PATH=/usr/sbin:/usr/bin:/sbin:/bin \
		make -C "$(cat "$kernel/kdir")" M="/build/$key" "$@" modules
	rc=$?
	set -e
	mv "$root/build/$key" "$work"
	return $rc
}

# builder: the function that builds
builder() {
	if [ -e "$kernel/chroot" ]; then
		echo build_in_chroot
	else
		echo build_on_host
	fi
}

# prepare_work: choose $work, a directory of the same name for each build of $key: a built
# tree that is copied there has nothing to build.
prepare_work() {
	tmp=$CACHE/build/.tmp.$key
	rm -rf "$tmp"
	mkdir "$tmp"
	trap 'rm -rf "$tmp"' EXIT
	work=$tmp/tree
}

# prune: keep the last few builds for this kernel
prune() {
	find "$CACHE/lock" -name "build-*" -mmin +1440 -delete
	find "$CACHE/build" -maxdepth 1 -name '.tmp.*' -mmin +1440 -exec rm -rf {} +
	keep_newest $KEEP "$CACHE/build" "$arch-$kver-*"
}

make_build() {
	[ "${FRESH:-}" = 1 ] || [ ! -e "$out/done" ] || return 0
	prepare_work
	mkdir "$work"
	pack | tar -x -C "$work"
	set +e
	(set -e; "$(builder)" "$@") >"$tmp/build.log" 2>&1
	rc=$?
	set -e
	if [ $rc != 0 ]; then
		cat "$tmp/build.log" >&2
		die 1 "build for $kver failed"
	fi
	find "$work" -name '*.ko' -exec ln -t "$tmp" {} +
	find "$tmp" -maxdepth 1 -name '*.ko' | grep -q . ||
		die 1 "the build for $kver made no module"
	: >"$tmp/done"
	rm -rf "$out"
	mv "$tmp" "$out"
	prune
}

# check_build: run the checker in a copy of the built tree
check_build() {
	prepare_work
	cp -a "$out/tree" "$work"
	"$(builder)" "$@" C=2 "CHECK=$checker" >"$tmp/check.log" 2>&1 || {
		cat "$tmp/check.log" >&2
		die 1 "the check for $kver failed"
	}
	mv "$tmp/check.log" "$out"
	rm -rf "$tmp"
}

[ $# -gt 0 ] || die 2 "usage: build.sh KVER [make argument...]"
kver=$1
shift
arch=${ARCH:-x86_64}
need_kver "$kver"
need_arch "$arch"
top=$(cd "$here/../.." && pwd)
src=$(cd "${SRC:-$top}" && pwd) || die 2 "SRC=$SRC: no such directory"
cross=
packages="make gcc-12 libc6-dev libelf1 libssl3 pahole perl"
if [ "$arch" = arm64 ]; then
	cross=aarch64-linux-gnu-
	packages="$packages gcc-12-aarch64-linux-gnu"
	set -- ARCH=arm64 CROSS_COMPILE=$cross "$@"
fi
# shellcheck disable=SC2086 # a list of packages
need_packages $packages
kernel=$("$here/kernel.sh" "$kver" "$arch")

checker=${CHECK:-}
# An outer make's flags and variables are not for this build.
unset ARCH CROSS_COMPILE MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL V W C O M \
	LLVM CC KDIR CHECK
export LC_ALL=C
[ "${DEBUG_INFO:-}" = 1 ] || set -- KCFLAGS=-g0 CONFIG_DEBUG_INFO_BTF_MODULES= "$@"
set -- CONFIG_PSY_SIM=m W=1 "$@"
mkdir -p "$CACHE/build"
hash=$({ pack; tools_id; echo "$*"; } | sha256sum | cut -c1-16)
key=$arch-$kver-$hash
out=$CACHE/build/$key
locked "build-$key" make_build "$@"
[ -z "$checker" ] || locked "build-$key" check_build "$@"
touch "$out"
echo "$out"
