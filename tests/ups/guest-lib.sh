# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Functions for the UPS tests that run inside the guest.
# shellcheck source=../selftests/lib.sh
. /tests/lib.sh

BAT=ups0
# shellcheck disable=SC2034 # for the tests
MAINS=ups0-mains

# The serial port that carries the output of the script also carries the answers of the
# host.
host_tty() {
	local address tty
	read -r address _ </etc/vm-channel
	for tty in /sys/class/tty/ttyS*; do
		case $(readlink -f "$tty/device") in
		*/"$address"*) echo "/dev/${tty##*/}" ;;
		esac
	done
}

# A UPS at HID is simulated in the guest.
if [ "${PROTOCOL:-}" = hid ]; then
	case ${TRANSPORT:=uhid} in
	uhid) modprobe uhid ;;
	usb) modprobe vhci-hcd ;;
	esac
	mkfifo /tmp/sim.control /tmp/sim.answers
	exec 4<>/tmp/sim.answers 5<>/tmp/sim.control
	hid-sim "$TRANSPORT" "${MODEL:-apc}" /tmp/sim.control /tmp/sim.answers &
else
	exec 4<"$(host_tty)"
fi

# An adapter with the modem lines of a UPS with contact closure is, too.
if [ "${PROTOCOL:-}" = contact ]; then
	modprobe vhci-hcd
	mkfifo /tmp/sim.control /tmp/sim.answers
	exec 4<>/tmp/sim.answers 5<>/tmp/sim.control
	ftdi-contact-sim PSY-UPS /tmp/sim.control /tmp/sim.answers &
fi

# ask WORDS...: send a line to the simulator; $answer is its answer
ask() {
	if [ -p /tmp/sim.control ]; then
		echo "$*" >&5
	else
		echo "HOST: $*"
	fi
	IFS= read -r -t 60 answer <&4 || answer="error: no answer"
}

# host WORDS...: send a command to the simulator, which has executed it on return
host() {
	ask "$@"
	case $answer in
	error*) not_ok "the simulator accepts: $*" "$answer" ;;
	esac
}

# reads FILE VALUE: condition for await
reads() {
	local value
	IFS= read -r value <"$SYSFS/$1" && [ "$value" = "$2" ]
} 2>/dev/null

# counter NAME: of the UPS core, or of the class for its battery
counter() {
	counter_in "$1" "/sys/kernel/debug/ups/$BAT/stats"
	counter_in "$1" "/sys/kernel/debug/psy-miniclass/$BAT/stats"
}

# values: check attributes of the battery, in lines "NAME VALUE" on standard input
values() {
	local name wanted
	while read -r name wanted; do
		is "$name" "$(prop "$name")" "$wanted"
	done
}

# mains_fails COMMAND...: mains fails and returns, seen in sysfs and by upower, which is to
# be running. The command, in between, has further checks.
mains_fails() {
	check "upower: not on battery" on_battery no
	host mains 0
	check "mains fails: upower is on battery" await 60 on_battery yes
	is "online" "$(cat "$SYSFS/$MAINS/online")" 0
	is "status" "$(prop status)" Discharging
	is "ups_state" "$(prop ups_state)" on-battery
	is "upower: state" "$(battery_value state)" discharging
	"$@"
	host mains 1
	check "mains returns: not on battery" await 60 on_battery no
}

# battery_low COMMAND...: low by the flag of the UPS, and critical, until mains returns; then
# low by the charge alone, which the command causes
battery_low() {
	host mains 0
	host low 1
	check "low" await 60 reads $BAT/ups_state low-battery
	check "capacity is at most 5" test "$(prop capacity)" -le 5
	check "critical after ten seconds" await 60 reads $BAT/ups_state critical
	host low auto
	host mains 1
	check "online again" await 60 reads $BAT/ups_state online
	"$@"
	host mains 0
	check "low by the charge alone" await 60 reads $BAT/ups_state low-battery
	host mains 1
	check "online again" await 60 reads $BAT/ups_state online
}

# settle: wait for a reading that starts after this call. A reading is one reply, or up to
# three, and the current one may lack them all.
settle() {
	settle_from=$(counter replies)
	await 60 settled
}

settled() {
	[ "$(counter replies)" -ge $((settle_from + ${REPLIES:-1} * 2)) ]
}

# attach: what the firmware describes in other tests, at the tty $PORT
attach() {
	case ${PROTOCOL:=megatec} in
	megatec)
		set -- energy-full-design-microwatt-hours=46000000 \
			runtime-calibration=50,720,100,240
		;;
	voltronic) set -- energy-full-design-microwatt-hours=345600000 ;;
	apcsmart) set -- energy-full-design-microwatt-hours=172800000 ;;
	contact) set -- "contact,cable=${CABLE:=apc-940-0119a}" ;;
	esac
	ups-attach "$PORT" "$PROTOCOL" current-speed=2400 critical-delay-sec=10 "$@"
}

# A test that has set PORT attaches the UPS itself.
if [ -n "${PORT:-}" ]; then
	await 20 test -c "$PORT" || bail "no $PORT"
	attach || bail "cannot attach the UPS"
	BUS=platform
elif [ "${PROTOCOL:-}" = hid ]; then
	BUS=hid
else
	BUS=serial
fi
await 20 test -d "$SYSFS/$BAT" || bail "no UPS"
DRIVER=/sys/bus/$BUS/drivers/${PROTOCOL:-megatec}-ups
[ $BUS != hid ] || DRIVER=/sys/bus/hid/drivers/hid-ups
device_of_ups() {
	basename "$(readlink -f "$SYSFS/$BAT/device")"
}
DEVICE=$(device_of_ups)

# unplug, plug: unbind and bind the driver, in any state of the UPS
unplug() {
	[ ! -e "$DRIVER/$DEVICE" ] || echo "$DEVICE" >$DRIVER/unbind
}

plug() {
	echo "$DEVICE" >$DRIVER/bind
	await 60 reads $BAT/comm_status ok
}

# new_ups DIALECT [COMMAND...]: rebind the driver to a new UPS, on mains at 27.3 V, with
# that dialect. The simulator executes each COMMAND, one argument, before that.
new_ups() {
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

# Values in upower: of one device, of the battery, of the display device
upower_value() {
	upower-values "/org/freedesktop/UPower/devices/$2" "$1"
}

battery_value() {
	upower_value "$1" battery_$BAT
}

display_value() {
	upower_value "$1" DisplayDevice
}

on_battery() {
	[ "$(upower-values /org/freedesktop/UPower)" = "on-battery: $1" ]
}

warns() {
	[ "$(display_value warning-level)" = "$1" ]
}

# watch_actions: count the requests of upower to logind from now on. There is no logind,
# so they have no effect.
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

# unreadable: print the attributes of the UPS that cannot be read
unreadable() {
	local f
	for f in "$SYSFS/$BAT"/* "$SYSFS/$MAINS"/*; do
		[ ! -f "$f" ] || read -r _ 2>/dev/null <"$f" || printf '%s ' "${f##*/}"
	done
}
