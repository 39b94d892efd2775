#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: timeout=1800 parallel=1
#
# A UPS at the second serial port of the guest: detection, values, a failure of mains, a
# low battery, commands and an unplugged cable.
set -u
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

start_sim --socket "$work/ups"
guest "$here/guest_life.sh"
guest_results
commands=$(ctl commands)
is "the beeper was toggled once" "$(tr ' ' '\n' <<<"$commands" | grep -cx Q)" 1
is "the test was started once" "$(tr ' ' '\n' <<<"$commands" | grep -cx T)" 1
check "100 s were rounded up to two minutes, after a cancel" \
	grep -qE 'C S02R0003 (Q1 )*C' <<<"$commands"
# The guest powers off within five minutes of a low battery: its power is cut after a
# minute at the earliest, and returns with mains.
check "nothing else was sent" test -z "$(tr ' ' '\n' <<<"$commands" |
	grep -vxE 'Q1|QS|D|F|I|Q|T|C|S02R0003|S01R0003')"
finish
