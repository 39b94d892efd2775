#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The second part of "make demo": a simulated UPS at a serial port of the guest.
set -u
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

start_sim --socket "$work/ups"
guest "$here/guest_demo.sh" KVER="${KVER:-6.1}"
sed '/^--- /d' "$work/out"
[ "$status" = 0 ] || cat "$work/err" >&2
exit "$status"
