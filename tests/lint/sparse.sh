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
out=$(FRESH=1 tests/vm/build.sh 6.1 C=2 "CHECK=sparse -D__CHECK_ENDIAN__")
grep -q '  CHECK  ' "$out/build.log" || die 1 "sparse did not run"
# Paths of the kernel's own headers are not ours.
if grep -E '/tree/.*: (warning|error):' "$out/build.log"; then
	exit 1
fi
echo "$(grep -c '  CHECK  ' "$out/build.log") files are clean"
