#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vm: timeout=1125 acpi=none
. /tests/guest-lib.sh
ROUNDS=500

# The status takes 200 ms on the wire: the end falls on any moment of it.
i=0
while [ $i -lt $ROUNDS ]; do
	echo serial0-0 >$DRIVER/unbind
	echo serial0-0 >$DRIVER/bind
	i=$((i + 1))
	usleep $((i * 7919 % 250000))
done
check "it works after $ROUNDS times" await 20 reads ups0/comm_status ok

# Who waits in poll() for another state is woken by the end, long before 600 s.
poll-attr "$SYSFS/$BAT/ups_state" 600 >/tmp/polling &
poller=$!
await 20 grep -q polling /tmp/polling
unplug
poll_ended() {
	! kill -0 $poller 2>/dev/null
}
check "poll() on ups_state ends with the device" await 30 poll_ended
plug

# With readers
for _ in 1 2 3 4; do
	while [ ! -e /tmp/stop ]; do
		cat "$SYSFS"/ups0*/uevent >/dev/null 2>&1
	done &
done
i=0
while [ $i -lt 40 ]; do
	await 20 reads ups0/comm_status ok || break
	echo serial0-0 >$DRIVER/unbind
	echo serial0-0 >$DRIVER/bind
	i=$((i + 1))
done
touch /tmp/stop
kill $poller 2>/dev/null
wait
is "rounds with readers" $i 40
check "it still works" await 20 reads ups0/comm_status ok
rmmod megatec_ups ups_serial
check "the modules can go" sh -c "! grep -q ups_serial /proc/modules"
finish
