#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# An id table without MODULE_DEVICE_TABLE silently breaks autoload, and
# of_match_ptr() hides the table that ACPI's PRP0001 needs.
set -eu
cd "$(dirname "$0")/../.."
# shellcheck source-path=SCRIPTDIR source=lib.sh
. tests/lint/lib.sh
sources=$(files 'drivers/*.c' 'tests/sim/*.c')
bad=0
for f in $sources; do
	for t in $(sed -n 's/^static const struct [a-z0-9_]*_id \([a-z0-9_]*\)\[\].*/\1/p' "$f"); do
		grep -q "^MODULE_DEVICE_TABLE([a-z0-9_]*, $t);" "$f" || {
			echo "$f: $t has no MODULE_DEVICE_TABLE"
			bad=1
		}
	done
	! grep -n 'of_match_ptr' "$f" || bad=1
done
[ $bad = 0 ] || exit 1
echo "complete"
