# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# For the checks of this directory, which are started at the top of the tree.

# all_files: the files of the tree. git lists those of a checkout, also if another user
# owns it; an unpacked archive has no other files.
all_files() {
	if git -c safe.directory="$(pwd -P)" ls-files -co --exclude-standard 2>/dev/null; then
		return
	fi
	find . \( -name .git -o -path ./tests/logs \) -prune -o -type f -print |
		sed 's|^\./||' |
		grep -vE '\.(a|k?o|o\.d|mod|mod\.c)$|(^|/)(\..*\.cmd|modules\.order|Module\.symvers)$'
}

# files [PATTERN...]: the files whose name matches one of these patterns, in which *
# stands for / as well. To be used in an assignment: it fails if there is none, as
# a check of no file has checked nothing.
files() {
	[ $# != 0 ] || set -- '*'
	found=$(all_files | LC_ALL=C sort -u | while read -r f; do
		[ -f "$f" ] || continue
		for p in "$@"; do
			# shellcheck disable=SC2254 # a pattern is meant
			case $f in
			$p) echo "$f" && break ;;
			esac
		done
	done)
	[ -n "$found" ] || {
		echo "no file found to check: $*" >&2
		return 1
	}
	echo "$found"
}
