#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Every file names its licence in its first lines.
set -eu
cd "$(dirname "$0")/../.."
# shellcheck source-path=SCRIPTDIR source=lib.sh
. tests/lint/lib.sh
files=$(files)
bad=$(echo "$files" | while read -r f; do
	case $f in
	LICENSES/* | Documentation/ABI/*) continue ;;
	esac
	[ ! -f "$f" ] || head -n 3 "$f" | grep -q 'SPDX-License-Identifier: ' || echo "$f"
done)
[ -z "$bad" ] || {
	echo "no SPDX-License-Identifier in:"
	echo "$bad"
	exit 1
}
echo "all files have one"
