#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vm: kver=6.1,newest arch=x86_64,arm64 clock=skip smp=1 timeout=900
#
# One hour at constant load, in the guest's own time: how often user space is
# told, and how often the bus is used on its behalf.
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
told=$(($(events) - before))
last=$(prop capacity)
echo "# $((t1 - t0)) s, from $first to $last percent: $told events, $transfers transfers"

check "an hour has passed" test $((t1 - t0)) -ge 3600
check "the pack was discharged" test $((first - last)) -ge 80
# Levels change twice on the way at most: low, critical.
at_most "events" "$told" $((first - last + 2))
check "each percent was told" test "$told" -ge $((first - last - 2))
at_most "transfers in an hour of looking each 10 s" "$transfers" $((361 * 17))
# Each look takes a moment itself.
check "it was looked for all the time" test "$transfers" -ge $((340 * 17))

# At rest it is looked for less often.
sim load_ma 0
sleep 120
sim reset 1
sleep 600
transfers=$(sim transfers)
at_most "transfers in ten minutes at rest" "$transfers" $((21 * 17))
check "it was looked for at rest" test "$transfers" -ge $((15 * 17))

finish
