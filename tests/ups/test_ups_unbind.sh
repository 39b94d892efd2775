#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: timeout=2400 parallel=1
#
# The driver is unbound 500 times, at any moment of a query.
set -u
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

start_sim --socket "$work/ups"
guest "$here/guest_unbind.sh" UPS=megatec-fast
guest_results
n=$(ctl commands | wc -w)
echo "# $n commands"
check "queries were sent" test "$n" -gt 300
finish
