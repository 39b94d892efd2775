#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# kernel.sh KVER [ARCH]: a stock Debian kernel, unpacked and never installed.
# Prints its directory, which holds
#	release   the kernel release (uname -r)
#	version   the Debian package version, the same for image and headers
#	vmlinuz   the kernel image
#	vmlinux   the same, uncompressed: what guests boot
#	image/    the unpacked linux-image package, depmod'ed
#	root/     the headers' tree; a chroot if the file "chroot" exists
#	kdir      path of the headers' directory (inside the chroot, if it is one)
#
# 6.1 comes from the machine's own suites, 6.12 from backports, newest from
# sid. sid's build tools need sid's C library and compiler: hence the chroot.
set -eu
export me=kernel
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$here/lib.sh"

# Bump when the layout made here changes: it is part of the cache key.
LAYOUT=3

private() {
	APT_CONFIG=$conf "$@"
}

# field PACKAGE NAME: of the newest version in the private root
field() {
	private apt-cache --no-all-versions show "$1" | sed -n "s/^$2: //p" |
		head -n 1
}

# set_release DEPENDS: from "linux-headers-6.1.0-56-amd64 (= 6.1.192-2)"
set_release() {
	release=$(echo "$1" | sed -n 's/.*linux-headers-\([^ ,]*\) (= .*/\1/p')
	version=$(echo "$1" | sed -n 's/.*(= \([^)]*\)).*/\1/p')
	[ -n "$release$version" ] ||
		die 125 "cannot make sense of linux-headers-$deb's dependency: $1"
}

# deps_of PACKAGE: the names it depends on, alternatives too
deps_of() {
	field "$1" Depends | sed 's/[,|]/\n/g' | awk '{ print $1 }'
}

# fetch_image: the image whose version is exactly the headers'. Since 7.x it
# is an empty package; the contents are in the other packages it depends on.
fetch_image() {
	image=linux-image-$release
	private apt-get -q download "$image=$version" || {
		image=$image-unsigned
		private apt-get -q download "$image=$version"
	}
	for p in $(deps_of "$image"); do
		case $p in
		linux-*-"$release")
			private apt-get -q download "$p=$version" ;;
		esac
	done
}

# The host tools are run on this machine, whatever the target is.
fetch_kbuild() {
	APT_CONFIG=$host_conf apt-get -q download "$1=$version" ||
		APT_CONFIG=$host_conf apt-get -q download "$1"
}

fetch_headers() {
	h=linux-headers-$release
	private apt-get -q download "$h=$version"
	for p in $(deps_of "$h"); do
		case $p in
		linux-headers-*) private apt-get -q download "$p=$version" ;;
		linux-kbuild-*) fetch_kbuild "$p" ;;
		esac
	done
}

unpack_headers() {
	fetch_headers
	for d in linux-headers-*.deb linux-kbuild-*.deb; do
		dpkg -x "$d" "$tmp/root"
	done
	# The headers' Makefile includes the common tree by its absolute path.
	# The directory is renamed when it is complete: write its final name.
	sed -i "s|^include /usr/src|include $final/root/usr/src|" \
		"$tmp/root/usr/src/linux-headers-$release/Makefile"
	echo "$final/root/usr/src/linux-headers-$release" >"$tmp/kdir"
}

# number FILE OFFSET SIZE: a little-endian number in a file
number() {
	od -An -t "u$3" -j "$2" -N "$3" "$1" | tr -d ' '
}

# uncompress: the kernel without the program around it, which takes 2 to 5 s of each boot
# under emulation to unpack it. The offsets are those of the x86 boot protocol
# (Documentation/arch/x86/boot.rst): setup_sects, payload_offset and payload_length. The
# payload ends with the size of what is packed. An arm64 image has no such program.
uncompress() {
	z=$tmp/vmlinuz
	if [ "$arch" != x86_64 ]; then
		ln -s vmlinuz "$tmp/vmlinux"
		return
	fi
	start=$((($(number "$z" 497 1) + 1) * 512 + $(number "$z" 584 4)))
	size=$(number "$z" 588 4)
	tail -c "+$((start + 1))" "$z" | head -c "$((size - 4))" >"$tmp/payload"
	case $(od -An -t x1 -N 4 "$tmp/payload" | tr -d ' ') in
	fd377a58) xz -dc <"$tmp/payload" >"$tmp/vmlinux" ;;
	28b52ffd) zstd -qdc <"$tmp/payload" >"$tmp/vmlinux" ;;
	*) die 125 "the compression of linux-image-$release is not known" ;;
	esac
	rm "$tmp/payload"
	[ "$(stat -c %s "$tmp/vmlinux")" = "$(number "$z" $((start + size - 4)) 4)" ] ||
		die 125 "linux-image-$release cannot be unpacked"
}

unpack_image() {
	for d in *.deb; do
		case $d in
		linux-headers-* | linux-kbuild-*) ;;
		*) dpkg -x "$d" "$tmp/image" ;;
		esac
	done
	if [ -d "$tmp/image/usr/lib/modules" ] && [ ! -e "$tmp/image/lib" ]; then
		ln -s usr/lib "$tmp/image/lib"
	fi
	find "$tmp/image" -name "vmlinuz*" -type f -exec mv {} "$tmp/vmlinuz" \;
	[ -e "$tmp/vmlinuz" ] || die 125 "linux-image-$release has no vmlinuz"
	uncompress
	[ -d "$tmp/image/lib/modules/$release/kernel" ] ||
		die 125 "linux-image-$release has no modules"
	[ -e "$tmp/image/lib/modules/$release/modules.builtin" ] ||
		die 125 "linux-image-$release has no modules.builtin"
	depmod -b "$tmp/image" "$release"
}

finish() {
	echo "$release" >"$tmp/release"
	echo "$version" >"$tmp/version"
	rm -rf "$final"
	mv "$tmp" "$final"
}

make_from_headers() {
	mkdir "$tmp/deb" "$tmp/root" "$tmp/image"
	cd "$tmp/deb"
	unpack_headers
	fetch_image
	unpack_image
	cd /
	rm -rf "$tmp/deb"
	finish
}

bootstrap() {
	keyring=$("$here/apt-root.sh" --keyring | head -n 1)
	proxy=$(apt-config shell p Acquire::http::Proxy | sed "s/^p='\(.*\)'/\1/")
	[ -z "$proxy" ] || export http_proxy="$proxy"
	debootstrap ${keyring:+--keyring="$keyring"} --variant=minbase \
		--include=make,linux-headers-amd64,kmod sid "$tmp/root" \
		"$("$here/apt-root.sh" --mirror sid)"
}

make_chroot() {
	mkdir "$tmp/deb" "$tmp/image"
	bootstrap
	# A metapackage and its headers can disagree while the archive is updated:
	# use what was installed.
	set_release "$(dpkg-query --admindir="$tmp/root/var/lib/dpkg" \
		-W -f '${Depends}' linux-headers-amd64)"
	cd "$tmp/deb"
	fetch_image
	unpack_image
	cd /
	rm -rf "$tmp/deb" "$tmp"/root/var/cache/apt/archives/*.deb
	: >"$tmp/chroot"
	echo "/usr/src/linux-headers-$release" >"$tmp/kdir"
	finish
}

make_kernel() {
	final=$CACHE/kernel/$arch-$kver-$version-l$LAYOUT
	if [ ! -e "$final/release" ]; then
		say "fetching Debian $version for $arch (once)"
		mkdir -p "$CACHE/kernel"
		tmp=$(mktemp -d "$CACHE/kernel/.tmp.XXXXXX")
		chmod 755 "$tmp"
		trap 'rm -rf "$tmp"' EXIT
		log=$CACHE/kernel/$arch-$kver.log
		# Not "|| die": that would switch off set -e in the recipe.
		set +e
		(set -e; $recipe) >"$log" 2>&1
		rc=$?
		set -e
		if [ $rc != 0 ]; then
			tail -n 20 "$log" >&2
			die 125 "cannot prepare kernel $kver for $arch"
		fi
	fi
	ln -sfn "$final" "$current"
	# The previous one is kept for a week: it may be in use.
	find "$CACHE/kernel" -maxdepth 1 -name "$arch-$kver-[0-9]*" -type d \
		! -path "$final" -mtime +7 -exec rm -rf {} +
	# find and touch do not use the time stamp of a symlink itself.
	touch "$current.checked"
}

resolve() {
	if [ -e "$current/release" ] && younger_than "$current.checked" 1440; then
		return
	fi
	need_packages kmod xz-utils zstd
	recipe=make_from_headers
	case $kver in
	6.1) suites=$("$here/apt-root.sh" --suites) ;;
	6.12) suites=bookworm-backports ;;
	newest)
		suites=sid
		recipe=make_chroot
		need_packages debootstrap
		;;
	esac
	# shellcheck disable=SC2086 # a list of suites
	conf=$("$here/apt-root.sh" -a "$deb" $suites)
	# shellcheck disable=SC2086
	host_conf=$("$here/apt-root.sh" $suites)
	set_release "$(field "linux-headers-$deb" Depends)"
	make_kernel
}

kver=${1:-6.1}
arch=${2:-x86_64}
need_kver "$kver"
need_arch "$arch"
[ "$arch" = x86_64 ] || [ "$kver" = 6.1 ] ||
	die 2 "arm64 is only tested with KVER=6.1"
case $arch in
x86_64) deb=amd64 ;;
arm64) deb=arm64 ;;
esac
current=$CACHE/kernel/$arch-$kver-l$LAYOUT.current
locked "kernel-$arch-$kver" resolve
readlink -f "$current"
