#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Every file that the drivers create in sysfs or debugfs has an ABI entry, and
# every entry has its fields.
set -eu
cd "$(dirname "$0")/../.."
bad=0
names=$(git ls-files -co --exclude-standard -- 'drivers/*.c' | grep -v /tests/ |
	xargs sed -nE -e 's/.*debugfs_create_file\("([a-z0-9_]+)".*/\1/p' \
		-e 's/.*DEVICE_ATTR_(RO|RW|WO)\(([a-z0-9_]+)\).*/\2/p' | sort -u)
for n in $names; do
	grep -rqE "^What:.*/$n\$" Documentation/ABI || {
		echo "$n has no entry in Documentation/ABI"
		bad=1
	}
done
for f in Documentation/ABI/*/*; do
	w=$(grep -c '^What:' "$f")
	for k in Date KernelVersion Contact Description; do
		[ "$(grep -c "^$k:" "$f")" = "$w" ] || {
			echo "$f: not every entry has $k:"
			bad=1
		}
	done
done
[ $bad = 0 ] || exit 1
echo "$(echo "$names" | wc -w) files have entries"
