#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# sysroot.sh ARCH PACKAGE...: a directory with these Debian packages and all they
# depend on, unpacked for another architecture (a Debian one: arm64).
set -eu
export me=sysroot
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$here/lib.sh"

arch=$1
shift
suites=$("$here/apt-root.sh" --suites)
# shellcheck disable=SC2086 # a list of suites
APT_CONFIG=$("$here/apt-root.sh" -a "$arch" $suites)
export APT_CONFIG

install() {
	apt-get -q -y --no-install-recommends "$@"
}

unpack() {
	[ ! -e "$out" ] || return 0
	say "fetching $arch packages (once)"
	tmp=$(mktemp -d "$CACHE/guest/.tmp.XXXXXX")
	trap 'rm -rf "$tmp"' EXIT
	chmod 755 "$tmp"
	mkdir -p "$tmp/deb/partial"
	install --download-only -o Dir::Cache::archives="$tmp/deb/" \
		install "$@" >"$CACHE/guest/sysroot.log" 2>&1 || {
		tail -n 20 "$CACHE/guest/sysroot.log" >&2
		die 125 "cannot fetch $arch packages"
	}
	for d in "$tmp"/deb/*.deb; do
		dpkg -x "$d" "$tmp"
	done
	rm -rf "$tmp/deb"
	mv "$tmp" "$out"
}

mkdir -p "$CACHE/guest"
# The key is the exact list of package files.
id=$(install --print-uris install "$@" | sed -n "s/^'[^']*' \([^ ]*\) .*/\1/p" |
	sort | sha256sum | cut -c1-16)
out=$CACHE/guest/$arch-root-$id
locked "sysroot-$arch" unpack "$@"
echo "$out"
