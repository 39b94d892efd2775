#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: timeout=3900 parallel=1
#
# upower warns and acts only when it should, also if the charge is unknown,
# communication is lost, or the UPS refuses a command.
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
