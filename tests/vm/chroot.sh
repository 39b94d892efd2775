#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# chroot.sh 12|sid DIR: a minimal Debian system in the new directory DIR, with apt set
# up as on this machine and nothing else installed. It is made once a day at most;
# DIR is a copy.
set -eu
export me=chroot
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$here/lib.sh"

# Bump when what is made here changes: it is part of the cache key.
LAYOUT=1

# copy_keyrings: the files that the sources name are needed inside, too
copy_keyrings() {
	sed -n 's|^Signed-By: *\(/.*\)|\1|p' "$sources" | sort -u |
		while read -r key; do
			[ -e "$tmp/root$key" ] || install -D -m 644 "$key" "$tmp/root$key"
		done
}

write_apt() {
	rm -f "$tmp/root/etc/apt/sources.list"
	install -D -m 644 "$sources" "$tmp/root/etc/apt/sources.list.d/debian.sources"
	copy_keyrings
	{
		apt-config dump | grep '^Acquire::' | grep -v 'IndexTargets\|::Languages'
		echo 'Acquire::Check-Valid-Until "false";'
		echo 'Acquire::Languages "none";'
		echo 'APT::Sandbox::User "root";'
	} >"$tmp/root/etc/apt/apt.conf.d/90machine"
}

bootstrap() {
	keyring=$("$here/apt-root.sh" --keyring | head -n 1)
	proxy=$(apt-config shell p Acquire::http::Proxy | sed "s/^p='\(.*\)'/\1/")
	[ -z "$proxy" ] || export http_proxy="$proxy"
	debootstrap ${keyring:+--keyring="$keyring"} --variant=minbase "$suite" \
		"$tmp/root" "$("$here/apt-root.sh" --mirror "$suite")"
	write_apt
	chroot "$tmp/root" apt-get -q update -o APT::Update::Error-Mode=any
	rm -f "$tmp"/root/var/cache/apt/archives/*.deb
}

make_base() {
	[ ! -e "$base/done" ] || ! younger_than "$base/done" 1440 || return 0
	say "making a minimal system of $suite"
	mkdir -p "$CACHE/chroot"
	tmp=$(mktemp -d "$CACHE/chroot/.tmp.XXXXXX")
	trap 'rm -rf "$tmp"' EXIT
	chmod 755 "$tmp"
	set +e
	(set -e; bootstrap) >"$CACHE/chroot/$suite.log" 2>&1
	rc=$?
	set -e
	if [ $rc != 0 ]; then
		tail -n 20 "$CACHE/chroot/$suite.log" >&2
		die 125 "cannot make a minimal system of $suite"
	fi
	: >"$tmp/done"
	rm -rf "$base"
	mv "$tmp" "$base"
}

copy_base() {
	make_base
	cp -a --reflink=auto "$base/root" "$out"
}

[ $# = 2 ] || die 2 "usage: chroot.sh 12|sid DIR"
out=$2
[ "$(id -u)" = 0 ] || die 125 "this needs root"
need_packages debootstrap
case $1 in
12)
	suite=bookworm
	suites=$("$here/apt-root.sh" --suites)
	;;
sid) suite=sid suites=sid ;;
*) die 2 "$1: 12 and sid are known" ;;
esac
# shellcheck disable=SC2086 # a list of suites
sources=$(dirname "$("$here/apt-root.sh" $suites)")/sources/debian.sources
base=$CACHE/chroot/$suite-l$LAYOUT-$(sha256sum <"$sources" | cut -c1-16)
locked "chroot-$suite" copy_base
