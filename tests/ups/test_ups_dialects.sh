#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: timeout=6900 parallel=1
#
# UPSes that deviate from the description of the protocol, tested through the complete
# stack up to the display device of upower. Values are correct or missing.
set -u
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

start_sim --socket "$work/ups"
guest "$here/guest_dialects.sh"
guest_results
finish
