#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: timeout=3600 parallel=1
#
# A UPS at a port that firmware does not describe: a serial port of the machine, with the
# same life as one that is described, and a USB adapter that is unplugged and plugged in.
set -u
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

start_sim --socket "$work/ups"
guest "$here/guest_tty_life.sh" UPS= FILES="$here/guest-lib.sh $here/guest_life.sh"
guest_results "serial port"
start_sim --socket "$work/ups"
guest "$here/guest_tty.sh" UPS= PORT=usb
guest_results "USB adapter"
# Until it has the line discipline, a tty echoes what the UPS is sending when it is opened.
sent=$(ctl commands | tr ' ' '\n')
check "queries were sent" grep -qE 'Q1$' <<<"$sent"
# A status has no capital letters.
check "nothing but queries was sent" test -z "$(grep '[A-Z]' <<<"$sent" |
	grep -vxE '[^A-Z]*(Q1|QS|D|F|I)')"
finish
