# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# Functions of the test scripts; to be sourced by a script that has set "me".

CACHE=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/psy-miniclass
KNOWN_KVERS="6.1 6.12 newest"

say() {
	echo "${me:-test}: $*" >&2
}

# die STATUS MESSAGE...
die() {
	rc=$1
	shift
	say "$*"
	exit "$rc"
}

# need_kver VERSION: one of the kernels this project is tested on?
need_kver() {
	case " $KNOWN_KVERS " in
	*" $1 "*) ;;
	*) die 2 "KVER=$1 is not known; known: $KNOWN_KVERS" ;;
	esac
}

# need_arch ARCH
need_arch() {
	case $1 in
	x86_64 | arm64) ;;
	*) die 2 "ARCH=$1 is not known; known: x86_64 arm64" ;;
	esac
}

# link_tree SOURCE TARGET: copy a directory whose files are only replaced, not changed:
# with hard links, unless the file system has none
link_tree() {
	cp -al "$1" "$2" 2>/dev/null && return
	say "no hard links in ${2%/*}, copying"
	rm -rf "$2"
	cp -a "$1" "$2"
}

# need_packages PACKAGE...: install the Debian packages that are missing
need_packages() {
	missing=
	for p in "$@"; do
		# shellcheck disable=SC2016 # dpkg-query expands it
		st=$(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null) || st=
		[ "$st" = installed ] || missing="$missing $p"
	done
	[ -n "$missing" ] || return 0
	[ "$(id -u)" = 0 ] || die 125 "not root; run: apt-get install$missing"
	say "installing$missing"
	# shellcheck disable=SC2086 # a list of package names
	locked packages apt_install $missing ||
		die 125 "cannot install$missing"
}

apt_install() {
	apt_try "$@" || {
		# Perhaps the lists are old or there are none.
		apt-get -q update >&2 && apt_try "$@"
	}
}

apt_try() {
	DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends \
		-o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0 install "$@" \
		>&2 </dev/null
}

# younger_than FILE MINUTES
younger_than() {
	[ -n "$(find "$1" -maxdepth 0 -mmin "-$2" 2>/dev/null)" ]
}

# pack_sources DIR [PATH...]: the sources below DIR, or these parts of them, as a
# reproducible tar
pack_sources() {
	src_dir=$1
	shift
	[ $# != 0 ] || set -- .
	tar -C "$src_dir" -c --sort=name --mtime=@0 --owner=0 --group=0 \
		--numeric-owner --mode=u=rwX,go=rX --exclude-vcs \
		--exclude='*.o' --exclude='*.ko' --exclude='*.mod' \
		--exclude='*.mod.c' --exclude='.*.cmd' --exclude='*.a' \
		--exclude='*.o.d' \
		--exclude=modules.order --exclude=Module.symvers "$@"
}

# keep_newest N DIR PATTERN: remove all but the N newest entries of DIR with such a name
keep_newest() {
	find "$2" -maxdepth 1 -name "$3" -printf '%T@ %p\n' | sort -rn |
		sed "1,${1}d" | cut -d' ' -f2- |
		while read -r d; do
			rm -rf "$d"
		done
}

# locked NAME COMMAND...: one process at a time under this name
locked() {
	mkdir -p "$CACHE/lock"
	(
		n=$1
		shift
		exec 9>"$CACHE/lock/$n"
		flock 9
		"$@" 9>&-
	)
}

# Reports of bugs by a kernel, at any log level: extended regular expressions, one per
# line, for the logs of virtual machines and of the user-mode
# kernel. tests/vm/test_splats.sh has an example of each.
#
# Crashes and warnings
SPLATS='\<BUG:
WARNING:
kernel BUG at
kernel NULL pointer
Oops
Internal error:
Kernel panic
Unable to handle kernel
general protection fault
Segfault with no mm
stack guard page
scheduling while atomic
Call [Tt]race:'
# Sanitizers and other detectors of misused memory
SPLATS="$SPLATS"'
KASAN:
KFENCE:
UBSAN:
ODEBUG:
\<BUG [^ ]+ \((Not t|T)ainted
unreferenced object
kmemleak: [0-9]+ new
list_(add|del) corruption
refcount_t:'
# Locks
SPLATS="$SPLATS"'
possible (circular|recursive|irq lock inversion|deadlock|unsafe locking)
inconsistent .*lock state
INFO: suspicious
suspicious RCU usage
held lock freed
lock held when returning
bad unlock balance
Invalid wait context'
# Hung tasks and stalled processors
SPLATS="$SPLATS"'
task .* blocked for more than
detected .*stalls? on
(soft lockup|hard LOCKUP|workqueue lockup)'
# Drivers, devices and their files; without memory (-12, by fault injection) an error is due
SPLATS="$SPLATS"'
cannot create duplicate
debugfs: .*already
kobject_add_internal failed for .*( with |error: -([^1]|1[^2]|12[^ ]))
tried to init an initialized object
does not have a release\(\) function
power_supply (BAT|pack|ups|composite|psy-|canary)[^ ]*: driver failed to report
nobody cared'
# Detectors that are disabled
SPLATS="$SPLATS"'
INFO: trying to register non-static key
turning off the locking
MAX_LOCKDEP_[A-Z_]+ too low
kmemleak: .*(disabled|pool empty)'

# find_splats LOG [LINES]: reports in a kernel log, with this many lines after each;
# fails if there is none
find_splats() {
	tr -d '\r' <"$1" | grep -aE ${2:+-A "$2"} "$SPLATS"
}
