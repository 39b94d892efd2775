#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# test: needs=source-6.12
#
# kernel-doc comments are complete: nothing that kernel-doc warns of, and every
# exported function has one.
set -eu
cd "$(dirname "$0")/../.."
export me=kernel-doc
# shellcheck source=tests/vm/lib.sh
. tests/vm/lib.sh
# shellcheck source-path=SCRIPTDIR source=lib.sh
. tests/lint/lib.sh
need_packages perl
tool=$(tests/kunit/source.sh 6.12 scripts/kernel-doc)/scripts/kernel-doc

files=$(files 'include/*.h' 'drivers/*.c' 'drivers/*.h' 'tests/sim/*.[ch]')
files=$(echo "$files" | grep -v '/tests/.*_kunit')
sources=$(files 'drivers/*.c')
# shellcheck disable=SC2086 # a list of files
if perl "$tool" -none -Wall $files 2>&1 | grep -E 'warning|error|perl' |
	grep -v "No structured comments found"; then
	exit 1
fi
bad=
for f in $sources; do
	for s in $(sed -n 's/^EXPORT_SYMBOL_NS_GPL(\([a-z0-9_]*\),.*/\1/p' "$f"); do
		# Data has no form in kernel-doc: its comment is an ordinary one.
		grep -qE "^ \* $s\(\) - |^const struct [a-z0-9_]+ $s = " "$f" ||
			bad="$bad $f:$s"
	done
done
[ -z "$bad" ] || {
	echo "exported without kernel-doc:$bad"
	exit 1
}
echo "complete"
