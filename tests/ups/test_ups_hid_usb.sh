#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: timeout=3600 needs=6.1
#
# A UPS of the HID Power Device class as a USB device: simulated in the guest, at the
# kernel's virtual host controller. What does not depend on USB is in test_ups_hid.sh. NUT
# and apcupsd read the same UPSes, in the guest, and have to agree with our driver.
set -u
# shellcheck disable=SC2034 # for lib.sh
PROTOCOL=hid
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

need_packages nut-server >&2
mkdir "$work/referees"
unpack_apcupsd
cp /lib/nut/usbhid-ups "$work/apcupsd/sbin/apcupsd" "$work/referees"
# Those that the guest has not
for f in "$work/referees"/*; do
	LD_LIBRARY_PATH=$apcupsd_libs ldd "$f" | awk '$3 ~ /^\// && $3 !~ /libc\.so/ { print $3 }'
done | sort -u | xargs cp -L -t "$work/referees"

guest "$here/guest_hid_usb.sh" UPS= SERIAL= \
	FILES="$here/guest-lib.sh $work/referees $here/../../dist/hid-ups"
guest_results
finish
