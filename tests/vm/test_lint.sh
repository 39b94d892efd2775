#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The checks of tests/lint report violations, in a checkout and in an unpacked archive,
# also when another user owns it; and none of them passes if it finds no file. Only the
# checks that need nothing but the tree.
set -u
# shellcheck disable=SC2034 # for lib.sh
me=lint
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$here/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../selftests/lib.sh
. "$here/../selftests/lib.sh"
need_packages git >&2
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# plant: add a file that breaks every rule
plant() {
	# In two halves where this file would break the rule as well
	cat >"$1/drivers/core/planted.c" <<-END
	#if LINUX_VERSION_CODE > KERNEL_VERSION(1, 2, 3)
	#endif
	static const struct i2c_device_id planted_ids[] = {};
	/* shared""/reference */
	static DEVICE_ATTR_RO(planted_file);
	END
	sed -i 's/""//' "$1/drivers/core/planted.c"
}

# finds KIND LINT TEXT: the check fails, and names the planted file
finds() {
	local out
	if out=$("$dir/$1/tests/lint/$2.sh" 2>&1); then
		not_ok "$1: $2 finds it" "$out"
	else
		check "$1: $2 finds it" grep -q "$3" <<<"$out"
	fi
}

passes() {
	"$dir/$1/tests/lint/$2.sh" >&2
}

# shellcheck disable=SC2317 # called by check
fails() {
	! passes "$@"
}

# copy KIND: a tree without what a build or a test leaves
copy() {
	mkdir "$dir/$1"
	(
		cd "$top" || exit
		# shellcheck source-path=SCRIPTDIR source=../lint/lib.sh
		. tests/lint/lib.sh
		files
	) | tar -C "$top" -cT - | tar -C "$dir/$1" -x
}

LINTS="spdx version-checks words device-tables abi"
all_find() {
	finds "$1" spdx drivers/core/planted.c
	finds "$1" version-checks drivers/core/planted.c
	finds "$1" words drivers/core/planted.c
	finds "$1" device-tables planted_ids
	finds "$1" abi planted_file
}

copy archive
for l in $LINTS; do
	check "archive: $l passes" passes archive $l
done
cp -R "$dir/archive" "$dir/empty"
plant "$dir/archive"
all_find archive

cp -R "$dir/archive" "$dir/checkout"
git -C "$dir/checkout" init -q
all_find checkout
cp -R "$dir/checkout" "$dir/foreign"
if [ "$(id -u)" = 0 ]; then
	chown -R nobody "$dir/foreign"
	chmod 755 "$dir"
	all_find foreign
fi

# Leave only the checks.
find "$dir/empty" -mindepth 1 -maxdepth 1 ! -name tests -exec rm -rf {} +
find "$dir/empty/tests" -mindepth 1 -maxdepth 1 ! -name lint ! -name vm -exec rm -rf {} +
for l in version-checks device-tables abi; do
	check "empty: $l does not pass" fails empty $l
done
finish
