#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Every symbol and test that the model map names exists; every row names a test, or
# has one of the page's words for none and a reason; the features are numbered from 1
# to 110 without a gap.
set -eu
cd "$(dirname "$0")/../.."
map=Documentation/driver-api/psy-miniclass/model-map.rst
bad=0
complain() {
	echo "$map: $*"
	bad=1
}

# words TEXT: what stands between double backquotes
words() {
	awk -F '``' '{ for (i = 2; i <= NF; i += 2) print $i }' <<<"$1"
}

is_test() {
	[ -e "tests/selftests/$1.sh" ] || [ -e "tests/ups/$1.sh" ] ||
		[ -e "tests/kunit/$1.sh" ] ||
		grep -rqE "KUNIT_CASE(_PARAM|_SLOW)?\($1[,)]" drivers
}

# Errors, kernel parameters and the like are not symbols of this tree.
is_symbol() {
	case $1 in
	-E* | "PRESENT" | *" 0" | health | input_current_limit | online) return 0 ;;
	esac
	grep -rqwF --include='*.[ch]' --exclude-dir=tests -e "$1" drivers include
}

rows=0
numbers=
while IFS= read -r line; do
	rows=$((rows + 1))
	tests=${line##*, \"}
	tests=${tests%\"}
	here=${line%, \"*}
	[[ ! $line =~ ^\ *\"([0-9]+)\" ]] || numbers="$numbers ${BASH_REMATCH[1]}"
	case $tests in
	-- | "no test" | "not implemented")
		reason=${here#*\", \"}
		[ ${#reason} -gt 5 ] || complain "no reason: $line"
		;;
	*) [ -n "$(words "$tests")" ] || complain "no test: $line" ;;
	esac
	for t in $(words "$tests"); do
		is_test "$t" || complain "no such test: $t"
	done
	while IFS= read -r s; do
		[ -z "$s" ] || is_symbol "$s" || complain "no such symbol: $s"
	done < <(words "$here")
done < <(grep -E '^   "' "$map")
[ "$numbers" = " $(seq -s ' ' 110)" ] || complain "features: $numbers"
[ $rows -gt 150 ] || complain "only $rows rows: this check is broken"
[ $bad = 0 ] || exit 1
echo "$rows rows"
