#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# No name of a package mirror in any file: each machine has its own. Nor of
# anything that a reader of this tree does not have.
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
[ $bad = 0 ] || exit 1
echo "none"
