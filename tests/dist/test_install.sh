#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: timeout=3600 parallel=1
#
# The commands of README, unchanged, in a minimal Debian: installing,
# upgrading, a kernel without I2C that is installed afterwards, removing. DEBIAN=sid
# does the same in sid, with the newest DKMS and kernel.
set -u
export me=install
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
# shellcheck source-path=SCRIPTDIR source=../vm/lib.sh
. "$here/../vm/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../selftests/lib.sh
. "$here/../selftests/lib.sh"

debian=${DEBIAN:-12}
clone=/root/psy-miniclass

# In a mount namespace of its own: nothing stays mounted in any case. (If the
# root directory is not a mount point, it cannot be made private.)
if [ -z "${INSTALL_NS:-}" ]; then
	export INSTALL_NS=1
	if unshare -m true 2>/dev/null; then
		exec unshare -m "$0"
	fi
	exec unshare -m --propagation unchanged "$0"
fi

mkdir -p "$CACHE/chroot/archives-$debian" "$CACHE/tmp"
work=$(mktemp -d "$CACHE/tmp/install.XXXXXX")
root=$work/root

# shellcheck disable=SC2317 # called by trap
end_of_test() {
	umount "$root/proc" "$root/var/cache/apt/archives" 2>/dev/null
	! mountpoint -q "$root/var/cache/apt/archives" || return
	rm -rf "$work"
}
trap end_of_test EXIT

# inside COMMAND...: run it in the minimal system; its output is in $work/log
inside() {
	chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
		LC_ALL=C DEBIAN_FRONTEND=noninteractive "$@" >"$work/log" 2>&1 </dev/null
}

# must NAME COMMAND...: a result; with the end of the log on failure
must() {
	local name=$1
	shift
	if "$@"; then
		ok "$name"
	else
		tail -n 40 "$work/log" | sed 's/^/# /'
		not_ok "$name"
	fi
}

# readme SECTION: the commands that README has there
readme() {
	awk -v s="$1" '/^#/ { on = ($0 ~ "^#+ " s "$") } on && /^    [^ ]/' "$top/README.md"
}

# follow SECTION: run them in the clone, as they are written
follow() {
	local commands
	commands=$(readme "$1")
	[ -n "$commands" ] || bail "README has no commands in $1"
	echo "# $1:$(tr -s ' \n' ' ' <<<"$commands")"
	inside sh -ec "cd $clone
		$commands"
}

# the_log TEXT...: the log has each of these
the_log() {
	local t
	for t; do
		grep -qF -e "$t" "$work/log" || { echo "# not in the log: $t"; return 1; }
	done
}

# same_files LIST: the differences to it. The key of DKMS and the files of depmod are
# not ours; the kernel for clouds was added and removed in between.
same_files() {
	inside sh /root/list
	diff <(grep -vE "$cloud|/mok\.|/modules\.[a-z.]*$" "$1") \
		<(grep -vE "$cloud|/mok\.|/modules\.[a-z.]*$" "$work/log")
}

# kernels: those with headers in the minimal system
kernels() {
	for k in "$root"/lib/modules/*/build; do
		k=${k%/build}
		echo "${k##*/}"
	done
}

# installed KERNEL: our modules
installed() {
	(cd "$root/lib/modules/$1/updates/dkms" 2>/dev/null && printf '%s\n' *.ko*) |
		sed 's/\.ko.*//' | sort | tr '\n' ' '
}

# info FIELD KERNEL MODULE
info() {
	local f
	f=$(cd "$root" && echo "lib/modules/$2/updates/dkms/$3".ko*)
	inside modinfo -F "$1" "/$f"
	cat "$work/log"
}

# loadable KERNEL: each symbol that a module needs is in the kernel or in a module
loadable() {
	inside depmod -e -F "/boot/none" "$1" || :
	for m in $(installed "$1"); do
		inside modprobe -S "$1" --show-depends "$m" || return 1
	done
}

# The modules, and those that need no I2C
modules() {
	sed -n "s/^obj-.*CONFIG_PSY_.*) += \(.*\)\.o$/\1/p" "$@" | sort | tr '\n' ' '
}
all=$(modules "$top"/drivers/*/Kbuild)
version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' "$top/dist/dkms.conf")
[ -n "$version" ] || bail "no version"

"$here/../vm/chroot.sh" "$debian" "$root" >&2 || bail "no minimal system"
mount -t proc proc "$root/proc" || bail "cannot mount /proc"
mount --bind "$CACHE/chroot/archives-$debian" "$root/var/cache/apt/archives" ||
	bail "cannot mount the cache of packages"
cp /etc/resolv.conf "$root/etc/resolv.conf" 2>/dev/null
mkdir "$root$clone"
(cd "$top" && git ls-files -co --exclude-standard -z |
	tar -c --null --ignore-failed-read -T -) 2>/dev/null |
	tar -x -C "$root$clone" --no-same-owner
[ -e "$root$clone/Makefile" ] || bail "no copy of this tree"

# dpkg lists all files after each run: a removal has to restore the last list from
# before the installation.
cat >"$root/root/list" <<'END'
find / -xdev \( -path /proc -o -path /tmp -o -path /run -o -path /dev -o -path /root \
	-o -path /var/log -o -path /var/cache \) -prune -o -print | LC_ALL=C sort
END
echo 'DPkg::Post-Invoke { "sh /root/list >/root/files"; };' \
	>"$root/etc/apt/apt.conf.d/91list"

# The packages that README requires on a minimal Debian
packages=$(grep -ow 'apt-get install git make' "$top/README.md")
[ -n "$packages" ] || bail "README does not say what is needed first"
must "$packages" inside sh -c "$packages -q -y --no-install-recommends"

must "make clean" inside make -C $clone clean
is "it installs nothing" "$(ls -d "$root"/usr/src/linux-headers-* 2>/dev/null)" ""
inside make -C $clone modules_install
is "modules_install without headers and modules fails" $? 2
must "it says why" the_log 'nothing is built yet'
cp -a "$root$clone" "$root/root/two words"
inside make -C "/root/two words"
is "a path with a space is refused" $? 2
must "it says why" the_log 'a path with a space'
rm -r "$root/root/two words"
mv "$root/usr/bin/dpkg" "$root/usr/bin/dpkg.away"
inside make -C $clone
is "no headers on a system without dpkg: refused" $? 2
must "it says why" the_log "install this distribution's package"
mv "$root/usr/bin/dpkg.away" "$root/usr/bin/dpkg"

must "install" follow Install
cp "$root/root/files" "$work/before"
k=$(kernels)
echo "# DKMS $(inside dkms --version; cat "$work/log"), kernel $k"
is "modules for $k" "$(installed "$k")" "$all"
is "version" "$(info version "$k" sbs-gauge)" "$version"
must "all can be loaded" loadable "$k"
must "ours is loaded first" grep -q '^softdep sbs_battery pre: sbs_gauge' \
	"$root/usr/lib/modprobe.d/psy-miniclass.conf"
is "nothing is in /etc/modprobe.d" "$(find "$root/etc/modprobe.d" -name 'psy*')" ""
check "the rules of udev" test -f "$root/usr/lib/udev/rules.d/60-composite-battery.rules"
must "ups-attach" inside ups-attach -h
check "its service" test -f "$root/usr/lib/systemd/system/ups-attach@.service"
must "NUT's driver" inside /usr/lib/nut/kernel-ups -h

# A kernel without I2C, later: DKMS builds for it, and apt has to stay consistent.
cloud_headers=linux-headers-cloud-$(dpkg --print-architecture)
must "headers of the kernel for clouds" inside apt-get -q -y install "$cloud_headers"
inside dpkg --audit
is "apt is consistent" "$(cat "$work/log")" ""
cloud=$(kernels | grep cloud)
config=$root/usr/src/linux-headers-$cloud/include/config/auto.conf
check "its configuration" grep -q '^CONFIG_POWER_SUPPLY=' "$config"
some=$all
grep -q '^CONFIG_I2C=' "$config" ||
	some=$(modules "$top"/drivers/{composite,core,ups}/Kbuild)
[ "$debian" != 12 ] || check "it has no I2C" test "$some" != "$all"
is "modules for $cloud" "$(installed "$cloud")" "$some"
must "all can be loaded" loadable "$cloud"
is "modules for $k" "$(installed "$k")" "$all"

# A newer version, for both kernels. Up to 0.1.0 there was a file in /etc.
new=$version.1
sed -i "s/^PACKAGE_VERSION=.*/PACKAGE_VERSION=\"$new\"/" "$root$clone/dist/dkms.conf"
sed -i 's/^MODULE_DESCRIPTION(".*/MODULE_DESCRIPTION("a newer one");/' \
	"$root$clone"/drivers/*/*.c
cp "$top/dist/modprobe.d/psy-miniclass.conf" "$root/etc/modprobe.d/"
must "upgrade" follow Install
is "modules for $k" "$(installed "$k")" "$all"
is "modules for $cloud" "$(installed "$cloud")" "$some"
for m in $all; do
	is "$m: new version" "$(info version "$k" "$m")" "$new"
	is "$m: new text" "$(info description "$k" "$m")" "a newer one"
	check "$m: author" test -n "$(info author "$k" "$m")"
done
is "$cloud: new version" "$(info version "$cloud" psy-miniclass)" "$new"
inside dkms status
is "DKMS has the new one only" "$(cut -d, -f1 "$work/log" | sort -u)" "psy-miniclass/$new"
is "sources of the new one only" "$(cd "$root/usr/src" && echo psy-*)" "psy-miniclass-$new"
is "nothing is in /etc/modprobe.d" "$(find "$root/etc/modprobe.d" -name 'psy*')" ""

# A failed build keeps the installed version.
sed -i "s/^PACKAGE_VERSION=.*/PACKAGE_VERSION=\"$version.2\"/" "$root$clone/dist/dkms.conf"
mv "$root$clone/drivers/core/names.c" "$root/tmp"
follow Install
is "an upgrade that does not build fails" $? 2
is "it keeps the previous version" "$(info version "$k" psy-miniclass)" "$new"
inside dkms status
is "DKMS has only the previous version" "$(cut -d, -f1 "$work/log" | sort -u)" "psy-miniclass/$new"

# Missing headers do not prevent the removal.
inside apt-get -q -y purge "$cloud_headers" "linux-headers-$cloud"
mkdir -p "$root/etc/modules-load.d"
echo composite-battery >"$root/etc/modules-load.d/mine.conf"
must "remove" follow Remove
must "it names the user's file" the_log /etc/modules-load.d/mine.conf
rm "$root/etc/modules-load.d/mine.conf"
rmdir "$root/etc/modules-load.d" 2>/dev/null
is "DKMS has nothing" "$(inside dkms status; cat "$work/log")" ""
is "no module is left" "$(find "$root/lib/modules" -name '*.ko*' -o -name updates)" ""
is "the same files as before" "$(same_files "$work/before")" ""
check "an additional file is detected" test -n "$(touch "$root/etc/x"; same_files "$work/before")"
rm "$root/etc/x"
must "remove again" follow Remove

# Nor do missing sources.
cp -R "$root$clone" "$root/usr/src/psy-miniclass-9"
sed 's/^PACKAGE_VERSION=.*/PACKAGE_VERSION="9"/' "$top/dist/dkms.conf" \
	>"$root/usr/src/psy-miniclass-9/dkms.conf"
must "another version" inside dkms add psy-miniclass/9
rm -r "$root/usr/src/psy-miniclass-9"
must "remove it" follow Remove
is "the same files as before" "$(same_files "$work/before")" ""
inside apt-get -q autoclean
finish
