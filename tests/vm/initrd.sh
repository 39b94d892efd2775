#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# initrd.sh ARCH KERNEL BUILD OUT [OVERLAY]: the guest's root file system, as one
# uncompressed cpio (unpacking is slower under emulation than loading).
#	KERNEL	directory printed by kernel.sh
#	BUILD	directories with .ko files that are not the kernel's, or ""
#	OVERLAY	directory copied over the root at the end (the script, its files)
#
# User space is copied from this machine's own packages: busybox, kmod, udev,
# dbus, upower, i2c-tools, with the libraries they need. For arm64 it comes
# from the same packages, unpacked into a directory.
set -eu
export me=initrd
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$here/lib.sh"

PACKAGES="bash busybox-static kmod udev dbus-daemon dbus-bin upower i2c-tools"
PROGRAMS="/bin/bash /bin/busybox /bin/kmod /bin/udevadm
	/lib/systemd/systemd-udevd /usr/bin/dbus-daemon /usr/bin/dbus-send
	/usr/bin/dbus-monitor /usr/bin/upower /usr/libexec/upowerd
	/usr/sbin/i2cdetect /usr/sbin/i2cdump /usr/sbin/i2cget /usr/sbin/i2cset
	/usr/sbin/i2ctransfer"
OTHERS="/usr/share/dbus-1/system.conf /etc/UPower/UPower.conf
	/usr/share/dbus-1/system.d/org.freedesktop.UPower.conf"
RULES="50-udev-default 60-i2c 60-serial 80-drivers 95-upower"
MODULES="ac battery configfs cw2015_battery e1000 ftdi_sio gpio-charger hid-generic i2c-stub i2c-dev i2c-smbus i2c-i801
	i2c-mux-pca954x ina2xx-adc max17042_battery regmap-i2c sbs-battery test_power
	uhid usbhid vhci-hcd xhci-pci"

# real FILE: the file that links lead to; an absolute link stays below $from
real() {
	r=$from$1
	while [ -L "$r" ]; do
		t=$(readlink "$r")
		case $t in
		/*) r=$from$t ;;
		*) r=${r%/*}/$t ;;
		esac
	done
	echo "$r"
}

# put FILE...: copy from $from to the same place below the root
put() {
	for f in "$@"; do
		[ ! -e "$root$f" ] || continue
		mkdir -p "$root${f%/*}"
		cp "$(real "$f")" "$root$f"
	done
}

# find_library NAME: its path below $from
find_library() {
	for d in /lib/$triplet /usr/lib/$triplet /lib /lib64; do
		if [ -e "$from$d/$1" ]; then
			echo "$d/$1"
			return
		fi
	done
	say "no library $1"
}

# put_needed FILE...: the libraries they need, and those need in turn. (ldd
# cannot read files of a different architecture.)
put_needed() {
	for n in $(for f in "$@"; do
		readelf -d "$(real "$f")" 2>/dev/null
	done | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort -u); do
		l=$(find_library "$n")
		if [ -n "$l" ] && [ ! -e "$root$l" ]; then
			put "$l"
			put_needed "$l"
		fi
	done
}

rules() {
	for r in $RULES; do
		(cd "$from/" && find lib/udev/rules.d -name "$r*") |
			sed 's|^|/|'
	done
}

skeleton() {
	mkdir -p "$root"/usr/bin "$root"/usr/sbin "$root"/usr/lib \
		"$root"/usr/lib64 "$root"/usr/local/bin "$root"/dev \
		"$root"/proc "$root"/sys "$root"/run "$root"/tmp "$root"/root \
		"$root"/etc "$root"/tests "$root"/var/lib/upower
	for d in bin sbin lib lib64; do
		ln -s usr/$d "$root/$d"
	done
	# GDBus looks for /var/run/dbus/system_bus_socket.
	ln -s ../run "$root/var/run"
}

links() {
	for a in modprobe insmod rmmod depmod lsmod modinfo; do
		ln -s ../bin/kmod "$root/usr/sbin/$a"
	done
	busybox --list | while read -r a; do
		[ -e "$root/usr/bin/$a" ] || [ -L "$root/usr/sbin/$a" ] ||
			[ -e "$root/usr/sbin/$a" ] ||
			ln -s busybox "$root/usr/bin/$a"
	done
}

accounts() {
	printf '%s\n' root:x:0:0:root:/root:/bin/sh \
		messagebus:x:100:100::/:/bin/false >"$root/etc/passwd"
	printf '%s\n' root:x:0: messagebus:x:100: >"$root/etc/group"
	# udev complains about groups in its rules that do not exist.
	sed -n 's/.*GROUP="\([a-z]*\)".*/\1/p' "$root"/lib/udev/rules.d/*.rules |
		sort -u | grep -vx root | awk '{ print $1 ":x:" 199 + NR ":" }' \
		>>"$root/etc/group"
	printf 'passwd: files\ngroup: files\n' >"$root/etc/nsswitch.conf"
	echo 00000000000000000000000000000001 >"$root/etc/machine-id"
}

hwdb() {
	(cd "$from/" && find lib/udev/hwdb.d -name '*upower*') |
		while read -r f; do
			put "/$f"
		done
	systemd-hwdb --root "$root" --usr update 2>/dev/null ||
		say "no hwdb (systemd-hwdb failed)"
}

make_base() {
	[ ! -e "$base" ] || return 0
	root=$(mktemp -d)
	trap 'rm -rf "$root"' EXIT
	chmod 755 "$root"
	skeleton
	# shellcheck disable=SC2046,SC2086 # lists of files
	put $PROGRAMS $OTHERS $(rules) "$loader"
	# shellcheck disable=SC2086
	put_needed $PROGRAMS
	links
	accounts
	hwdb
	for c in "$here"/guest-src/*.c "$top/dist/ups-attach/ups-attach.c"; do
		"$cc" -O2 -Wall -static -o "$root/usr/bin/$(basename "$c" .c)" "$c"
	done
	# Simulators that are run in the guest; some of them are USB devices.
	for c in "$top"/tests/ups/*-sim.c; do
		"$cc" -O2 -Wall -static -o "$root/usr/bin/$(basename "$c" .c)" "$c" \
			"$top/tests/ups/usbip-dev.c"
	done
	mkdir -p "${base%/*}"
	pack "$root" >"$base.new"
	mv "$base.new" "$base"
}

pack() {
	(cd "$1" && find . -mindepth 1 | LC_ALL=C sort |
		cpio -o -H newc -R 0:0 --quiet)
}

# built: the .ko files that are not the kernel's
built() {
	for b in $build; do
		echo "$b"/*.ko
	done
}

# A module that this kernel does not have is left out (test_power).
stock_modules() {
	# shellcheck disable=SC2046 # a list of files
	for m in $MODULES $([ -z "$build" ] || modinfo -F depends $(built) | tr ',' ' '); do
		modprobe -d "$image" -S "$release" --show-depends "$m" \
			2>/dev/null | awk '$1 == "insmod" { print $2 }' || :
	done | sort -u
}

modules() {
	mkdir -p "$root/usr/lib/modules/$release/updates" "$root/etc/modprobe.d"
	dst=$root/usr/lib/modules/$release
	stock_modules | while read -r m; do
		d=$dst/$(dirname "${m#*/lib/modules/"$release"/}")
		mkdir -p "$d"
		cp "$m" "$d"
	done
	find "$image/lib/modules/$release/" -maxdepth 1 -name 'modules.builtin*' \
		-exec cp -t "$dst" {} +
	cp "$image/lib/modules/$release/modules.order" "$dst"
	# shellcheck disable=SC2046 # a list of files
	[ -z "$build" ] || cp $(built) "$dst/updates"
	# depmod wants the classic path; the guest has a link there.
	ln -s usr/lib "$root/lib"
	depmod -b "$root" "$release"
	rm "$root/lib"
	for c in "$top"/dist/modprobe.d/*.conf; do
		[ ! -e "$c" ] || cp "$c" "$root/etc/modprobe.d"
	done
}

make_system() {
	[ ! -e "$system" ] || return 0
	root=$(mktemp -d)
	trap 'rm -rf "$root"' EXIT
	chmod 755 "$root"
	modules
	cp "$here/init" "$root/init"
	mkdir -p "$root/usr/local/bin" "$root/usr/lib/udev/rules.d"
	for c in "$top"/dist/udev/*.rules; do
		[ ! -e "$c" ] || cp "$c" "$root/usr/lib/udev/rules.d"
	done
	cp "$here"/guest/* "$root/usr/local/bin"
	chmod 755 "$root/init" "$root"/usr/local/bin/*
	pack "$root" >"$system.new"
	mv "$system.new" "$system"
	find "$CACHE/guest" -maxdepth 1 -name 'system-*' -mmin +1440 -delete
	find "$CACHE/lock" -name 'guest-system-*' -mmin +1440 -delete
}

arch=$1
kernel=$2
build=$3
out=$4
overlay=${5:-}
top=$(cd "$here/../.." && pwd)
release=$(cat "$kernel/release")
image=$kernel/image
# busybox also provides its list of commands here, systemd the hwdb.
need_packages busybox-static kmod cpio binutils systemd
case $arch in
x86_64)
	# shellcheck disable=SC2086 # a list of packages
	need_packages $PACKAGES gcc libc6-dev
	cc=gcc
	from=
	triplet=x86_64-linux-gnu
	loader=/lib64/ld-linux-x86-64.so.2
	# shellcheck disable=SC2086,SC2016
	from_id=$(dpkg-query -W -f '${Package} ${Version}\n' $PACKAGES \
		libc6 libglib2.0-0)
	;;
arm64)
	need_packages gcc-12-aarch64-linux-gnu libc6-dev-arm64-cross
	cc=aarch64-linux-gnu-gcc-12
	# shellcheck disable=SC2086
	from=$("$here/sysroot.sh" arm64 $PACKAGES)
	triplet=aarch64-linux-gnu
	loader=/lib/ld-linux-aarch64.so.1
	from_id=$from
	;;
esac
id=$({ echo "$from_id"; cat "$0" "$here/lib.sh" "$here"/guest-src/* \
	"$top/dist/ups-attach/ups-attach.c" "$top"/tests/ups/*.[ch] \
	"$top/drivers/ups/tests/hid_models.h"; } | sha256sum | cut -c1-16)
base=$CACHE/guest/$arch-$id.cpio
locked "guest-$arch" make_base

# The kernel, the modules and the guest's own scripts are the same for many guests;
# only OVERLAY is specific to this one.
id=$({
	echo "$kernel $build $arch"
	cat "$kernel/version" "$0" "$here/init" "$here"/guest/* "$top"/dist/modprobe.d/*.conf \
		"$top"/dist/udev/*.rules
	# shellcheck disable=SC2046 # a list of files
	[ -z "$build" ] || stat -c '%n %s %Y' $(built)
} | sha256sum | cut -c1-16)
system=$CACHE/guest/system-$id.cpio
locked "guest-system-$id" make_system
touch "$system"
{
	cat "$base" "$system"
	[ -z "$overlay" ] || pack "$overlay"
} >"$out"
