# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2034,SC2154
#
# Common functions of dkms-install and dkms-remove, to be sourced in the top directory
# by a script that has set "me".

name=$(sed -n 's/^PACKAGE_NAME="\(.*\)"/\1/p' dist/dkms.conf)
version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dist/dkms.conf)
# In the order in which they can be unloaded
modules=$(sed -n 's/^psy_module [^ ]* \([^ ]*\).*/\1/p' dist/dkms.conf | tac)
modprobe_d=/usr/lib/modprobe.d
udev_rules=/usr/lib/udev/rules.d
sbin=/usr/sbin
units=/usr/lib/systemd/system
nut_drivers=/usr/lib/nut

say() {
	echo "$me: $*"
}

fail() {
	echo "$me: $*" >&2
	exit 1
}

# DKMS 2 prints "name, version, ...", later ones "name/version, ...".

# versions: all versions of this package in DKMS
versions() {
	dkms status -m "$name" 2>/dev/null | sed -n "s|^${name}[/,] *\([^,: ]*\).*|\1|p" |
		sort -u
}

# installed_for: the kernels for which DKMS has installed this package
installed_for() {
	dkms status -m "$name" 2>/dev/null |
		sed -n "s|^${name}[/,] *[^,:]*, \([^,]*\), [^,]*: installed.*|\1|p" | sort -u
}

# remove_version VERSION: from DKMS, from all kernels, and its sources. DKMS refuses to
# remove a version whose sources are gone.
remove_version() {
	dkms remove "$name/$1" --all >/dev/null 2>&1 || rm -rf "/var/lib/dkms/$name/$1"
	rm -rf "/usr/src/$name-$1"
}

# loaded: those of our modules that the running kernel has loaded
loaded() {
	for m in $modules; do
		[ ! -d "/sys/module/$(echo "$m" | tr - _)" ] || echo "$m"
	done
}

# Versions up to 0.1.0 installed it in the directory for the administrator's files.
remove_old_conf() {
	old=/etc/modprobe.d/$name.conf
	if [ -e "$old" ] &&
		[ "$(grep -v '^#' "$old")" = 'softdep sbs_battery pre: sbs_gauge' ]; then
		rm -f "$old"
	fi
}
