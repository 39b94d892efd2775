#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The results of tests/selftests/lib.sh: a value that is not a number, or a missing
# result, is a failure. And the verdict of tests/kunit/lib.sh on a kernel that dies.
set -u
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR source=../selftests/lib.sh
. "$here/../selftests/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../kunit/lib.sh
. "$here/../kunit/lib.sh"

# verdict WANTED COMMAND...: result of one check, in a process of its own
verdict() {
	local wanted=$1 got
	shift
	got=$("$@" | sed -n 's/^\(not ok\|ok\) .*/\1/p')
	is "$*: $wanted" "$got" "$wanted"
}

verdict ok at_most x 0 0
verdict ok at_most x 5 5
verdict "not ok" at_most x 6 5
verdict "not ok" at_most x -1 5
verdict "not ok" at_most x "" 5
verdict "not ok" at_most x "- 12345" 5
verdict "not ok" at_most x none 5
verdict ok between x 3 3 5
verdict ok between x 5 3 5
verdict "not ok" between x 2 3 5
verdict "not ok" between x 6 3 5
verdict "not ok" between x "" 0 5
verdict "not ok" between x -1 -2 5
verdict ok is x a a
verdict "not ok" is x a b
verdict ok check x true
verdict "not ok" check x false

# ends STATUS COMMAND...: the test ends with that status
ends() {
	local wanted=$1
	shift
	("$@") >/dev/null
	is "$*: status $wanted" $? "$wanted"
}

good() { ok x; finish; }
bad() { ok x; not_ok x; finish; }
nothing() { finish; }
bailed() { ok x; bail x; }
tests_so_far=$tests failures_so_far=$failures
tests=0 failures=0
results=$(
	ends 0 good
	tests=0 failures=0
	ends 1 bad
	tests=0 failures=0
	ends 1 nothing
	tests=0 failures=0
	ends 1 bailed
)
tests=$tests_so_far failures=$failures_so_far
while read -r line; do
	case $line in
	ok*) ok "${line#ok * }" ;;
	*) not_ok "$line" ;;
	esac
done <<<"$results"

# A tree is linked if possible. Without hard links, which stops a cp after the first
# directories, it is copied completely.
tree=$(mktemp -d)
mkdir -p "$tree/a/sub" "$tree/bin"
echo text >"$tree/a/sub/file"
links() {
	(
		# shellcheck source-path=SCRIPTDIR source=lib.sh
		. "$here/lib.sh"
		PATH=$1:$PATH
		rm -rf "$tree/b"
		link_tree "$tree/a" "$tree/b" 2>/dev/null && cat "$tree/b/sub/file" &&
			stat -c %h "$tree/b/sub/file" && ls "$tree/b"
	)
}
is "a tree is linked" "$(links /nonexistent | tr '\n' ' ')" "text 2 sub "
printf '#!/bin/sh\n[ "$1" = -al ] && mkdir -p "$3/half" && exit 1\nexec /bin/cp "$@"\n' \
	>"$tree/bin/cp"
chmod 755 "$tree/bin/cp"
is "a tree is copied without hard links" "$(links "$tree/bin" | tr '\n' ' ')" "text 1 sub "
rm -rf "$tree"

uml=$(mktemp -d)
trap 'rm -rf "$uml"' EXIT

# exits SIGNAL WANTED LINE: the status of a boot that ends with that line and signal
exits() {
	local status=0
	printf '#!/bin/sh\necho "%s"\nkill -%s $$\n' "$3" "$1" >"$uml/linux"
	chmod 755 "$uml/linux"
	uml_boot "$uml" initrd "$uml/log" 10 2>/dev/null || status=$?
	is "a kernel that ends with $1 after \"$3\"" $status "$2"
}

exits ABRT 0 "[   95.640000] reboot: System halted"
exits SEGV 0 "[   95.640000] reboot: Power down"
exits ABRT 134 "[   95.640000] psy-dt: power off"
exits SEGV 139 ""
exits TERM 143 "[   95.640000] reboot: Power down"
finish
