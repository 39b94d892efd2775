#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Kernel versions are known in compat/ only, which prefers checks of headers.
set -eu
cd "$(dirname "$0")/../.."
# shellcheck source-path=SCRIPTDIR source=lib.sh
. tests/lint/lib.sh
sources=$(files '*.c' '*.h' '*Kbuild*')
sources=$(echo "$sources" | grep -v '^compat/')
ours=$(files 'drivers/*' 'tests/sim/*' 'include/*')
if echo "$sources" | xargs grep -nE 'LINUX_VERSION_CODE|KERNEL_VERSION|UTS_RELEASE'; then
	echo "kernel versions outside compat/"
	exit 1
fi
# Macros COMPAT_... are for compat/ only.
if echo "$ours" | xargs grep -nE 'COMPAT_'; then
	echo "compat's switches outside compat/"
	exit 1
fi
echo "none outside compat/"
