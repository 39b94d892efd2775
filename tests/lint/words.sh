#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# No name of a package mirror in any file: each machine has its own. Nor of
# anything that a reader of this tree does not have. And plain technical English:
# "reported" instead of "told", "again" instead of "anew" and so on.
set -eu
cd "$(dirname "$0")/../.."
# shellcheck source-path=SCRIPTDIR source=lib.sh
. tests/lint/lib.sh
files=$(files)
files=$(echo "$files" | grep -v '^LICENSES/')
# In two halves, or this file would find itself.
bad=0
if echo "$files" |
	xargs grep -nIE 'deb''ian\.org|security\.deb''ian|snap''shot\.deb|mir''rors?\.[a-z]'; then
	echo "names of package hosts"
	bad=1
fi
if echo "$files" |
	xargs grep -nIE 'shared/''reference|DEVELO''PERS\.md|DESI''GN\.md|iss''ue #|/work/''(main|shared)'; then
	echo "names of what is not in this tree"
	bad=1
fi
# "There is no" and "is no longer" are fine.
phrases='\b(told|tells?|anew|meanwhile|folders?|his|another one|other ones?)\b'
phrases=$phrases'|\bthe whole$|\b(of the whole|for so long|for so many|so often|put in)\b'
phrases=$phrases'|\b(see to it|goes by)\b|\w (?<!there )is no (?!longer\b)[a-z]+'
echo "the sum of the whole" | grep -qiP "$phrases" || {
	echo "grep does not find them"
	exit 1
}
if echo "$files" | grep -vxE 'tests/lint/words.sh|COPYING' | xargs grep -nIoiP "$phrases"; then
	echo "phrases that are not plain English"
	bad=1
fi
[ $bad = 0 ] || exit 1
echo "none"
