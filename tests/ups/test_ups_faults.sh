#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: timeout=1800 parallel=1
#
# A UPS whose replies are late, split, sent twice, garbage, or missing.
set -u
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

start_sim --socket "$work/ups"
guest "$here/guest_faults.sh"
guest_results
is "faults that were not triggered" "$(ctl state | sed 's/.*faults=//')" 0
finish
