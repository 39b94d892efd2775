#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The pages for driver authors are about this tree: every function that they name
# exists, every file with exported functions is in their list of the API, and every
# file in that list exists.
set -eu
cd "$(dirname "$0")/../.."
pages=Documentation/driver-api/psy-miniclass
bad=0
complain() {
	echo "$*"
	bad=1
}

# names FILE...: functions, as in name()
names() {
	grep -ohE '\b[a-z][a-z0-9_]+\(\)' "$@" | sort -u | tr -d '()'
}

# known NAME: in this tree, or a function of the kernel that it calls
known() {
	grep -rqwF --include='*.[ch]' --exclude-dir=tests -e "$1" drivers include
}

# Prove that both find something.
printf 'It calls psy_no_such_function() and psy_refresh().\n' >"${tmp:=$(mktemp)}"
found=$(names "$tmp" | tr '\n' ' ')
rm -f "$tmp"
[ "$found" = "psy_no_such_function psy_refresh " ] || complain "names: found $found"
! known psy_no_such_function || complain "known: accepts anything"

n=0
for name in $(names "$pages"/*.rst); do
	n=$((n + 1))
	# System calls, callbacks, and what drivers must not use
	case $name in poll | read | write | probe | of_match_ptr) continue ;; esac
	known "$name" || complain "no such function: $name() in $(grep -lF "$name()" "$pages"/*.rst)"
done
[ $n -gt 50 ] || complain "only $n functions: this check is broken"

listed=$(sed -n 's/^\.\. kernel-doc:: //p' "$pages"/*.rst)
for f in $listed; do
	[ -e "$f" ] || complain "no such file: $f"
done
for f in $(grep -rlE --exclude-dir=tests 'EXPORT_SYMBOL_NS_GPL\([a-z]' drivers); do
	# Of data there is no kernel-doc.
	grep -qE '^ \* [a-z0-9_]+\(\) - ' "$f" || continue
	echo "$listed" | grep -qxF "$f" || complain "$f is not in the API"
done
[ $bad = 0 ] || exit 1
echo "$n functions exist"
