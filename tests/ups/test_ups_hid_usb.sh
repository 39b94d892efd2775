#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: timeout=3600 needs=6.1
#
# A UPS of the HID Power Device class as a USB device: simulated in the guest, at the
# kernel's virtual host controller. What does not depend on USB is in test_ups_hid.sh.
set -u
# shellcheck disable=SC2034 # for lib.sh
PROTOCOL=hid
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

guest "$here/guest_hid_usb.sh" UPS= SERIAL=
guest_results
finish
