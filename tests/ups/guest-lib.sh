# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# For the part of the UPS tests that runs inside the guest.
# shellcheck source=../selftests/lib.sh
. /tests/lib.sh

BAT=ups0
# shellcheck disable=SC2034 # for the tests
LINE=ups0-line

# The port that carries what a script prints also brings the host's answers.
answers() {
	local address tty
	read -r address _ </etc/vm-channel
	for tty in /sys/class/tty/ttyS*; do
		case $(readlink -f "$tty/device") in
		*/"$address"*) echo "/dev/${tty##*/}" ;;
		esac
	done
}

exec 4<"$(answers)"

# ask WORDS...: have the simulator, at the other end of the cable, answer
ask() {
	echo "HOST: $*"
	IFS= read -r -t 60 answer <&4 || answer="error: no answer"
}

# host WORDS...: have it do something; it is done on return
host() {
	ask "$@"
	case $answer in
	error*) not_ok "the simulator takes: $*" "$answer" ;;
	esac
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
	await 60 settled
}

settled() {
	[ "$(stat replies)" -ge $((settle_from + 2)) ]
}

await 20 test -d "$SYSFS/$BAT" || bail "no UPS"

DRIVER=/sys/bus/serial/drivers/megatec-ups

# unplug, plug: unbind and bind the driver, at any state of the UPS
unplug() {
	[ ! -e $DRIVER/serial0-0 ] || echo serial0-0 >$DRIVER/unbind
}

plug() {
	echo serial0-0 >$DRIVER/bind
	await 60 reads $BAT/comm_status ok
}

# another DIALECT: a UPS as new, at 27.3 V on mains, that deviates in that way. What
# is to be different when it is bound follows, each as one argument.
another() {
	local words
	unplug
	host reset
	host speed 0
	host volts 27.3
	host load 40
	host dialect "$1"
	host forget
	shift
	for words in "$@"; do
		# shellcheck disable=SC2086 # words
		host $words
	done
	plug
}

# upower's view: of the battery, of what it shows for the machine, of the machine
upower_value() {
	upower -i "/org/freedesktop/UPower/devices/$2" |
		sed -n "s/^ *$1: *//p" | head -n 1
}

battery_value() {
	upower_value "$1" battery_$BAT
}

display_value() {
	upower_value "$1" DisplayDevice
}

on_battery() {
	[ "$(upower -d | sed -n 's/^ *on-battery: *//p')" = "$1" ]
}

warns() {
	[ "$(display_value warning-level)" = "$1" ]
}

# watch_actions: from now on count what upower asks logind for. There is no logind,
# so that nothing happens.
watch_actions() {
	dbus-monitor --system "destination=org.freedesktop.login1" >/tmp/logind 2>&1 &
	await 20 grep -q NameLost /tmp/logind || bail "no dbus-monitor"
}

actions() {
	grep -cE 'member=(PowerOff|Hibernate|HybridSleep)$' /tmp/logind
}

acted() {
	[ "$(actions)" -gt "$1" ]
}

# unreadable: attributes of the UPS that cannot be read
unreadable() {
	local f
	for f in "$SYSFS/$BAT"/* "$SYSFS/$LINE"/*; do
		[ ! -f "$f" ] || cat "$f" >/dev/null 2>&1 || echo "${f##*/}"
	done | tr '\n' ' '
}
