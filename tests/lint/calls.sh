#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# test: needs=6.1
#
# No circle of calls between the files of a module: each file can be read, and changed,
# with knowledge only of those that it uses.
set -eu
cd "$(dirname "$0")/../.."
export me=calls
# shellcheck source=tests/vm/lib.sh
. tests/vm/lib.sh
need_packages binutils
out=$(tests/vm/build.sh 6.1)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# symbols OBJECT...: "D symbol object" for what it defines, "U symbol object" for what it
# uses of others
symbols() {
	for o; do
		nm "$o" | awk -v o="${o##*/}" '
			$1 == "U" { print "U", $2, o }
			$2 ~ /^[A-Z]$/ { print "D", $3, o }'
	done
}

# uses: pairs of files of which the first uses the second, from symbols
uses() {
	awk '
	$1 == "D" { file[$2] = $3 }
	$1 == "U" { n++; name[n] = $2; user[n] = $3 }
	END {
		for (i = 1; i <= n; i++)
			if (name[i] in file && file[name[i]] != user[i])
				print user[i], file[name[i]]
	}' | sort -u
}

bad=0 modules=0
for mod in $(find "$out/tree/drivers" -name '*.mod' ! -path '*/tests/*' | sort); do
	modules=$((modules + 1))
	# It lists the objects, by the path of the build.
	objects=$(sed "s|.*/|${mod%/*}/|" "$mod")
	# shellcheck disable=SC2086 # a list of files
	symbols $objects | uses >"$work/uses"
	if ! tsort "$work/uses" >/dev/null 2>"$work/circle"; then
		bad=1
		echo "circle in ${mod##*/}:" "$(sed -n 's/.*tsort: \([^ ]*\.o\)$/\1/p' "$work/circle" |
			tr '\n' ' ')"
	fi
	echo "${mod##*/}: $(wc -l <"$work/uses") uses"
done
[ $modules != 0 ] || die 1 "no module found"
exit $bad
