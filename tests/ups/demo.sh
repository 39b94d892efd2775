#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The second part of "make demo": a simulated UPS at a serial port of the guest. PORT= is
# firmware (default), which describes the port, or tty or usb, to which it is attached. UPS=
# is its protocol; hid is a UPS with a USB port of its own, simulated in the guest, as is that
# of contact, whose lines need a USB adapter whatever PORT is.
set -u
PROTOCOL=${UPS:-megatec}
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

if [ "$PROTOCOL" != hid ] && [ "$PROTOCOL" != contact ]; then
	[ -x "$here/$PROTOCOL-sim" ] ||
		die 2 "UPS=$PROTOCOL: megatec, voltronic, apcsmart, cyberpower, contact or hid"
	start_sim --socket "$work/ups"
fi
case $PROTOCOL,${PORT:-firmware} in
contact,*) port=(UPS= SERIAL= CMDLINE="PROTOCOL=contact PORT=/dev/ttyUSB0") ;;
hid,*) port=(UPS= SERIAL= CMDLINE="PROTOCOL=hid") ;;
*,firmware) port=(PORT=com2 CMDLINE="PROTOCOL=$PROTOCOL") ;;
*,tty) port=(PORT=com2 UPS= CMDLINE="PROTOCOL=$PROTOCOL PORT=/dev/ttyS1") ;;
*,usb) port=(PORT=usb UPS= CMDLINE="PROTOCOL=$PROTOCOL PORT=/dev/ttyUSB0") ;;
*) die 2 "PORT=$PORT: firmware, tty or usb" ;;
esac
guest "$here/guest_demo.sh" KVER="${KVER:-6.1}" "${port[@]}"
sed '/^--- /d' "$work/out"
[ "$status" = 0 ] || cat "$work/err" >&2
exit "$status"
