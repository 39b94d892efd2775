#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: timeout=6900 parallel=1
#
# UPSes that answer late, in part or not at all, and the voltages of single cells at
# every depth of discharge. A value is right or it is not there.
set -u
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

start_sim --socket "$work/ups"
guest "$here/guest_late.sh"
guest_results
finish
