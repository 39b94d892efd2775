# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# For the part of the UPS tests that runs inside the guest.
# shellcheck source=../selftests/lib.sh
. /tests/lib.sh

BAT=ups0
# shellcheck disable=SC2034 # for the tests
LINE=ups0-line

# host WORDS...: tell the simulator, at the other end of the cable
host() {
	echo "HOST: $*"
	sleep 0.3
}

# reads FILE VALUE: as a condition for await
reads() {
	[ "$(cat "$SYSFS/$1" 2>&1)" = "$2" ]
}

stat() {
	awk -v n="$1" '$1 == n { print $2 }' "/sys/kernel/debug/ups-serial/$BAT/stats"
}

# settle: until a reading that was taken after now is there
settle() {
	settle_from=$(stat replies)
	await 20 settled
}

settled() {
	[ "$(stat replies)" -ge $((settle_from + 2)) ]
}

await 20 test -d "$SYSFS/$BAT" || bail "no UPS"
