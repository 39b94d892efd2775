#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The table of fuel gauges in README has a line for each driver with a simulated chip, and
# its parts, compatibles and lines are those of the sources. "make gauge-table" updates it.
set -eu
cd "$(dirname "$0")/../.."
bad=0
counts=$(tests/bench/gauges --counts)
rows=$(sed -n '/^<!-- gauges: /,/^<!-- end of gauges/p' README.md |
	sed -nE 's,^\| `([a-z0-9-]+)` \| ([0-9]+) \| ([0-9]+) \| ([0-9]+) / .*,\1 \2 \3 \4,p')
# sbs-gauge has a table of its own.
while read -r line; do
	[ "${line%% *}" = sbs-gauge ] || grep -qxF "$line" <<<"$rows" || {
		echo "README.md has not: $line (module, parts, compatibles, lines)"
		bad=1
	}
done <<<"$counts"
while read -r line; do
	grep -qxF "$line" <<<"$counts" || {
		echo "README.md has, but the sources have not: $line"
		bad=1
	}
done <<<"$rows"
[ "$(wc -l <<<"$counts")" -gt 1 ] || {
	echo "few drivers: this check is broken"
	exit 1
}
[ $bad = 0 ] || exit 1
echo "$(wc -l <<<"$rows") rows are as in README.md"
