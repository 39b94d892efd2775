#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: timeout=3900 parallel=1
#
# What upower makes of a UPS: it warns, and acts, when and only when it should, also
# when the UPS does not tell its charge, falls silent, or refuses a command.
set -u
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

start_sim --socket "$work/ups"
for wrong in "fault nothing" "dialect klingon" "spelling Q9" "frobnicate" "battery 13" \
	"low maybe" "lost F"; do
	# shellcheck disable=SC2086 # words
	check "the simulator refuses: $wrong" test "$(ctl $wrong | cut -c1-6)" = error:
done
guest "$here/guest_upower.sh"
guest_results
finish
