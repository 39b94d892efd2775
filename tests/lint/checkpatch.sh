#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# test: needs=source-newest
#
# checkpatch --strict of the newest kernel on every source file: no error, no
# warning, no check.
set -eu
cd "$(dirname "$0")/../.."
export me=checkpatch
# shellcheck source=tests/vm/lib.sh
. tests/vm/lib.sh
# shellcheck source-path=SCRIPTDIR source=lib.sh
. tests/lint/lib.sh
need_packages perl
files=$(files '*.c' '*.h' '*Kconfig' '*.dts' '*.dtso' '*.yaml')
src=$(tests/kunit/source.sh newest scripts/checkpatch.pl scripts/spelling.txt \
	scripts/const_structs.checkpatch scripts/kernel-doc tools/docs tools/lib/python)

# FILE_PATH_CHANGES, EMBEDDED_FILENAME: about patches, not files.
# UNDOCUMENTED_DT_STRING looks for bindings in the kernel's own tree.
# EXPORT_SYMBOL does not know EXPORT_SYMBOL_IF_KUNIT.
# LINUX_VERSION_CODE has a lint of its own, with a place where it may stand.
# ALLOC_WITH_SIZEOF wants kzalloc_obj(), which only the newest kernel has.
# UNCOMMENTED_DEFINITION does not see that the kernel-doc of a struct, which has
# a lint of its own, comments each of its locks.
ignore=ALLOC_WITH_SIZEOF,UNCOMMENTED_DEFINITION,FILE_PATH_CHANGES,EMBEDDED_FILENAME,UNDOCUMENTED_DT_STRING,EXPORT_SYMBOL
ignore=$ignore,LINUX_VERSION_CODE

out=$(mktemp)
trap 'rm -f "$out"' EXIT

# check IGNORED: the files on standard input
check() {
	xargs -r perl "$src/scripts/checkpatch.pl" --strict --no-tree --no-summary --terse \
		--show-types --max-line-length=100 --ignore "$1" -f || :
}

# TRACE_EVENT() is not laid out as a call is.
{
	echo "$files" | grep -v '/trace\.h$' | check "$ignore"
	echo "$files" | grep '/trace\.h$' |
		check "$ignore,OPEN_ENDED_LINE,PARENTHESIS_ALIGNMENT"
} >"$out" 2>&1
n=$(echo "$files" | wc -l)
if [ -s "$out" ]; then
	cat "$out"
	exit 1
fi
echo "$n source files are clean"
