#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: timeout=6900 parallel=1
#
# UPSes with late, incomplete or missing replies, and voltages of one cell at any depth of
# discharge. Values are correct or missing.
set -u
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

start_sim --socket "$work/ups"
guest "$here/guest_late.sh"
guest_results
finish
