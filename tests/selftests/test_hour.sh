#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vm: kver=newest rare=6.1,arm64 clock=skip smp=1 timeout=900
#
# One hour at constant load, in the guest's own time: the number of events
# and of bus transfers.
. /tests/lib.sh
setup

full=$(sim full_mah)
sim soc_permille 1000
# From full to 10 percent within the hour
sim load_ma -$((full * 9 / 10))
expire
first=$(prop capacity)
sleep 30
before=$(events)
sim reset 1
t0=$(cut -d. -f1 /proc/uptime)
sleep 3600
t1=$(cut -d. -f1 /proc/uptime)
transfers=$(sim transfers)
sent=$(($(events) - before))
last=$(prop capacity)
echo "# $((t1 - t0)) s, from $first to $last percent: $sent events, $transfers transfers"

check "an hour has passed" test $((t1 - t0)) -ge 3600
check "the pack was discharged" test $((first - last)) -ge 80
# The level changes at most twice: low, critical.
at_most "events" "$sent" $((first - last + 2))
check "each percent was reported" test "$sent" -ge $((first - last - 2))
at_most "transfers in an hour of polling every 10 s" "$transfers" $((361 * 17))
# Each poll takes some time itself.
check "the pack was polled all the time" test "$transfers" -ge $((340 * 17))

# At rest the pack is polled less often.
sim load_ma 0
sleep 120
sim reset 1
sleep 600
transfers=$(sim transfers)
at_most "transfers in ten minutes at rest" "$transfers" $((21 * 17))
check "the pack was polled at rest" test "$transfers" -ge $((15 * 17))

finish
