#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: timeout=2400
#
# A short form of "make test-fresh": a new minimal system has, or gets by itself, what
# static checks, a build and a virtual machine need, with an empty cache. The check
# with clang is left out: its compiler and kernel source are half of all downloads.
set -u
here=$(cd "$(dirname "$0")" && pwd)
# It is itself run by "make test" in such a system.
[ -z "${PSY_FRESH:-}" ] || exit 4
# shellcheck source-path=SCRIPTDIR source=../selftests/lib.sh
. "$here/../selftests/lib.sh"

check "checks, a build and a virtual machine in a new system" \
	"$here/../fresh" "TESTS='lint-[^c] lint-checkpatch build-6.1 vm-mode-6.1' make test"
finish
