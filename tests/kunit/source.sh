#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# source.sh VER [PATH...]: Debian's kernel source (VER = 6.1, 6.12 or newest), all
# or only these files and directories of it. Prints its directory, which is in the
# cache and keyed by the package's version; do not write into it.
set -eu
export me=source
here=$(cd "$(dirname "$0")" && pwd)
vm=$here/../vm
# shellcheck source-path=SCRIPTDIR source=../vm/lib.sh
. "$vm/lib.sh"

private() {
	APT_CONFIG=$conf "$@"
}

# package: the newest linux-source that the suites have, with its version
find_package() {
	case $ver in
	newest)
		package=$(private apt-cache depends linux-source |
			sed -n 's/^ *Depends: \(linux-source-[0-9.]*\)$/\1/p' | head -n 1)
		;;
	*) package=linux-source-$ver ;;
	esac
	[ -n "$package" ] || die 125 "no linux-source package for $ver"
	version=$(private apt-cache --no-all-versions show "$package" |
		sed -n 's/^Version: //p' | head -n 1)
	[ -n "$version" ] || die 125 "$package has no version"
}

unpack() {
	[ ! -d "$out" ] || return 0
	tmp=$(mktemp -d "$CACHE/source/.tmp.XXXXXX")
	trap 'rm -rf "$tmp"' EXIT
	if [ ! -e "$deb" ]; then
		(cd "$tmp" && private apt-get -q download "$package=$version" >&2)
		mv "$tmp"/*.deb "$deb"
	fi
	dpkg -x "$deb" "$tmp/x"
	mkdir "$tmp/out"
	# shellcheck disable=SC2086 # a list of paths
	tar -C "$tmp/out" --strip-components=1 -xJf \
		"$tmp/x/usr/src/$package.tar.xz" $paths
	mv "$tmp/out" "$out"
}

[ $# -gt 0 ] || die 2 "usage: source.sh VER [PATH...]"
ver=$1
shift
case $ver in
6.1) suite=$("$vm/apt-root.sh" --suites) ;;
6.12) suite=bookworm-backports ;;
newest) suite=sid ;;
*) die 2 "VER=$ver: 6.1, 6.12 or newest" ;;
esac
need_packages xz-utils
# shellcheck disable=SC2086 # a list of suites
conf=$("$vm/apt-root.sh" $suite)
find_package
paths=
for p in "$@"; do
	paths="$paths $package/$p"
done
mkdir -p "$CACHE/source"
find "$CACHE/source" -mindepth 1 -maxdepth 1 -mtime +30 -exec rm -rf {} +
deb=$CACHE/source/$package-$version.deb
# key PATHS
key() {
	echo "$1" | sha256sum | cut -c1-8
}

out=$CACHE/source/$package-$version-$(key "")
# Use the complete source for a part of it, if that exists already.
[ -d "$out" ] || out=$CACHE/source/$package-$version-$(key "$paths")
locked "source-$ver" unpack
touch "$out"
echo "$out"
