#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vm: timeout=1125 acpi=none
. /tests/guest-lib.sh
ROUNDS=500

# A status takes 200 ms on the wire: unbind at any moment of it.
i=0
while [ $i -lt $ROUNDS ]; do
	echo "$DEVICE" >$DRIVER/unbind
	echo "$DEVICE" >$DRIVER/bind
	i=$((i + 1))
	usleep $((i * 7919 % 250000))
done
check "works after $ROUNDS rounds" await 20 reads ups0/comm_status ok

# Unbinding wakes pollers of ups_state, long before their timeout of 600 s.
poll-attr "$SYSFS/$BAT/ups_state" 600 >/tmp/polling &
poller=$!
await 20 grep -q polling /tmp/polling
unplug
poll_ended() {
	! kill -0 $poller 2>/dev/null
}
check "unbinding ends poll() on ups_state" await 30 poll_ended
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
	echo "$DEVICE" >$DRIVER/unbind
	echo "$DEVICE" >$DRIVER/bind
	i=$((i + 1))
done
touch /tmp/stop
kill $poller 2>/dev/null
wait
is "completed rounds with readers" $i 40
check "works after rounds with readers" await 20 reads ups0/comm_status ok
# udev loads the driver at each "bind", long after it.
udevadm settle --timeout=300
rmmod megatec_ups ups_serial ups_core
check "the modules are unloaded" sh -c "! grep -q ^ups_ /proc/modules"
finish
