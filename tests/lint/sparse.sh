#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# test: needs=6.1
#
# sparse on every module, with endianness checks: no finding in our files.
set -eu
cd "$(dirname "$0")/../.."
export me=sparse
# shellcheck source=tests/vm/lib.sh
. tests/vm/lib.sh
need_packages sparse
out=$(CHECK="sparse -D__CHECK_ENDIAN__" tests/vm/build.sh 6.1)
grep -q '  CHECK  ' "$out/check.log" || die 1 "sparse did not run"
# Paths of the kernel's own headers are not ours.
if grep -E '/tree/.*: (warning|error):' "$out/check.log"; then
	exit 1
fi
echo "$(grep -c '  CHECK  ' "$out/check.log") files are clean"
