#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Every file that the drivers create in sysfs, configfs or debugfs has an ABI entry, and
# every entry has its fields.
set -eu
cd "$(dirname "$0")/../.."
# shellcheck source-path=SCRIPTDIR source=lib.sh
. tests/lint/lib.sh
sources=$(files 'drivers/*.c')
bad=0
names=$(echo "$sources" | grep -v /tests/ |
	xargs cat | tr -s '\n\t ' ' ' | sed 's/;/;\n/g' |
	sed -nE -e '/debugfs_create_dir/d' \
		-e 's/.*UPS_VALUE\(([a-z][a-z0-9_]*),.*/\1/p' -e '/_ATTR[A-Z_]*\( ?_/d' \
		-e 's/.*debugfs_create_[a-z0-9_]+\( ?"([^"]+)".*/\1/p' \
		-e 's/.*CONFIGFS_ATTR\([a-z_]*, ?([a-z0-9_]+)\).*/\1/p' \
		-e 's/.*(DEVICE|DRIVER)_ATTR(_[A-Z_]+)?\( ?([a-z0-9_]+)[,)].*/\3/p' |
	sort -u)
[ -n "$names" ] || {
	echo "no file found: this check is broken"
	exit 1
}
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
