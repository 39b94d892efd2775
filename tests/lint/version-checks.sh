#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Kernel versions are known in compat/ only, and there headers are asked first.
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
# The seam is compat's own; nothing else of it may show in drivers.
if echo "$ours" | xargs grep -nE 'COMPAT_'; then
	echo "compat's switches outside compat/"
	exit 1
fi
echo "none outside compat/"
