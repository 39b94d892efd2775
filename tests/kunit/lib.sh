# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# For the scripts that boot the user-mode kernel; to be sourced after vm/lib.sh.

# uml_pack: the sources of the modules as a tar
uml_pack() {
	pack_sources "$top" Kbuild Kconfig compat dist drivers include tests/sim
}

# uml_sources DIR: copy the sources of the modules to DIR
uml_sources() {
	mkdir -p "$1"
	uml_pack | tar -C "$1" -x
}

# uml_modules UML DIR [MAKE-ARGUMENT...]: build the modules in DIR
uml_modules() {
	local uml=$1 dir=$2
	shift 2
	make -s -j"$(nproc)" -C "$uml" ARCH=um CC=gcc-12 HOSTCC=gcc-12 M="$dir" "$@" modules \
		</dev/null >"$dir/build.log" 2>&1 || {
		cat "$dir/build.log" >&2
		die 125 "the modules do not build"
	}
}

# uml_build UML: build the modules and suites of this tree, once for the same sources, for
# all units that boot them. Prints the directory.
uml_build() {
	local uml=$1 id out
	id=$({ echo "$uml" && uml_pack; } | sha256sum | cut -c1-16)
	out=$CACHE/build/uml-$id
	locked "build-uml-$id" uml_build_once "$uml" "$out"
	[ -e "$out/done" ] || die 125 "the modules do not build"
	touch "$out"
	echo "$out"
}

# uml_build_once UML DIR
uml_build_once() {
	[ ! -e "$2/done" ] || return 0
	rm -rf "$2"
	uml_sources "$2"
	uml_modules "$@" CONFIG_PSY_SIM=m CONFIG_PSY_KUNIT_TEST=m
	: >"$2/done"
	keep_newest 4 "$CACHE/build" 'uml-*'
}

# uml_initrd OUT INIT FILE...: an initrd with busybox, INIT, and files in /m
uml_initrd() {
	local out=$1 init=$2 root a
	shift 2
	root=$(mktemp -d)
	mkdir -p "$root"/{bin,proc,sys,dev,tmp,m,tests}
	cp /bin/busybox "$root/bin"
	for a in $(busybox --list); do
		[ -e "$root/bin/$a" ] || ln -s busybox "$root/bin/$a"
	done
	cp "$init" "$root/init"
	chmod 755 "$root/init"
	[ $# = 0 ] || cp -R "$@" "$root/m/"
	cp "$top"/tests/selftests/*.sh "$root/tests/" 2>/dev/null || :
	(cd "$root" && find . | cpio -o -H newc -R 0:0 --quiet) >"$out"
	rm -rf "$root"
}

# uml_boot UML INITRD LOG LIMIT [ARGUMENT...]
uml_boot() {
	local uml=$1 initrd=$2 log=$3 limit=$4 status=0
	shift 4
	# A task that loads a suite waits for its cases, which is not a hang.
	set -- sysctl.kernel.hung_task_timeout_secs=300 "$@"
	# ignore_loglevel: results are printed at a level that "quiet" hides.
	timeout -k 5 "$limit" "$uml/linux" mem=768M console=tty con=null con0=fd:0,fd:1 \
		initrd="$initrd" rdinit=/init root=/dev/ram0 rw ignore_loglevel "$@" \
		</dev/null >"$log" 2>&1 || status=$?
	# Its own timer can abort (134) or kill (139) this kernel while it exits: the
	# handlers are no longer there. It has run to the end if it says so.
	case $status in
	134 | 139)
		! grep -qaE 'reboot: (Power down|System halted)' "$log" || status=0
		;;
	esac
	return $status
}
