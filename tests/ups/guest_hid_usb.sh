#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vm: timeout=2400 acpi=none
# shellcheck disable=SC2034 # for guest-lib.sh
PROTOCOL=hid
TRANSPORT=usb
. /tests/guest-lib.sh

# The simulated UPS is the only device of the virtual host controller.
USB=/sys/bus/usb/devices/1-1
USBHID=/sys/bus/usb/drivers/usbhid

gone() {
	[ ! -e "$SYSFS/$BAT" ] && [ ! -e "$SYSFS/$MAINS" ]
}

plugged() {
	[ -e "$SYSFS/$MAINS" ] && reads $BAT/comm_status ok
}

# be MODEL: replace the UPS by a new one of this model
be() {
	host unplug
	await 60 gone
	host model "$1"
	host plug
	check "$1: the same name" await 60 plugged
}

no_hiddev() {
	! ls /sys/class/usbmisc/hiddev* /dev/usb/hiddev* >/dev/null 2>&1
}

driver_of_hid() {
	basename "$(readlink /sys/bus/hid/devices/*/driver)"
}

# runtime STATUS: condition for await, of the USB device
runtime() {
	[ "$(cat $USB/power/runtime_status)" = "$1" ]
}

echo "# Loaded by udev, from the USB device up"
check "enumerated" grep -q "Back-UPS" $USB/product
check "udev loaded usbhid" grep -q "^usbhid " /proc/modules
check "udev loaded the driver" grep -q "^hid_ups " /proc/modules
check "online" await 60 reads $MAINS/online 1
is "names" "$(prop manufacturer), $(prop model_name), $(prop firmware_revision), $(prop serial_number)" \
	"APC, Back-UPS ES 700G, 871.O4, 4B1000P00001"
is "charge" "$(prop capacity)" 84
check "no hiddev" no_hiddev
rmmod hid_ups
check "without the driver there is a hiddev" await 20 test -e /dev/usb/hiddev0
is "... of hid-generic" "$(driver_of_hid)" hid-generic
modprobe hid_ups
check "the driver takes the UPS over" await 20 plugged
check "no hiddev again" await 20 no_hiddev

echo "# A failure of mains: how long until user space knows"
start-upower || bail "no upower"
udevadm monitor --kernel --subsystem-match=power_supply >/tmp/uevents &
monitors=$!
dbus-monitor --system --profile "type=signal,path=/org/freedesktop/UPower" >/tmp/signals 2>&1 &
monitors="$monitors $!"
await 20 grep -q NameLost /tmp/signals
await 20 grep -q "^KERNEL - " /tmp/uevents

# since FILE PATTERN STAMP: ms from STAMP to the first line in FILE after it
since() {
	sed -n "$2" "$1" | awk -v from="$3" \
		'$1 >= from { printf "%d", ($1 - from) * 1000; found = 1; exit } END { exit !found }'
}

known() {
	uevent=$(since /tmp/uevents 's/^KERNEL\[\([0-9.]*\)\] change .*ups0-mains .*/\1/p' "$1") &&
		upower=$(since /tmp/signals 's/^sig[[:space:]]*\([0-9.]*\).*PropertiesChanged$/\1/p' "$2")
}

for i in 0 1 0 1 0 1; do
	host set ac $i
	ask stamp
	# shellcheck disable=SC2086 # words
	check "ac $i: known to udev and upower" await 20 known $answer
	echo "# ac $i: uevent after $uevent ms, upower after $upower ms"
	# The next reading would be 5 s or 30 s later.
	check "ac $i: not from a reading" test "$uevent" -lt 4000 -a "$upower" -lt 4000
	sleep 1
done
# shellcheck disable=SC2086 # words
kill $monitors

echo "# Suspended when nothing uses it, as tools that save power set it"
echo 0 >$USB/power/autosuspend_delay_ms
echo auto >$USB/power/control
device=$(device_of_ups)
echo "$device" >"$DRIVER/unbind"
check "unbound: suspended" await 20 runtime suspended
echo "$device" >"$DRIVER/bind"
check "bound: read" await 20 plugged
sleep 2
check "... and not suspended" runtime active
host set ac 0
check "mains fails" await 20 reads $MAINS/online 0
check "a command is executed" sh -c "echo 0 >$SYSFS/$BAT/beeper"
host set ac 1
check "mains returns" await 20 reads $MAINS/online 1

echo "# Unplugged and plugged in, with readers"
for f in "$SYSFS/$BAT"/* "$SYSFS/$MAINS"/*; do
	[ ! -f "$f" ] || set -- "$@" "$f"
done
read-files /tmp/stop 0 "$@" >/tmp/readings &
readers=$!
problems=
for i in $(seq 20); do
	host unplug
	host plug
	# Every other time it is unplugged while it is being enumerated or probed.
	if [ $((i % 2)) = 0 ]; then
		usleep $((i * 20000))
	else
		await 60 plugged || problems="$problems $i"
	fi
done
check "plugged in again" await 60 plugged
touch /tmp/stop
wait $readers
check "readers have read" grep -q "readings [1-9]" /tmp/readings
is "problems" "$problems" ""
is "supplies" "$(cd $SYSFS && echo *)" "$BAT $MAINS"
host set ac 0
check "mains fails" await 60 reads $MAINS/online 0
host set ac 1
check "mains returns" await 60 reads $MAINS/online 1
finish
