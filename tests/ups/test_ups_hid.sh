#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: timeout=3600 needs=6.1
#
# A UPS of the HID Power Device class, simulated in the guest, and what it is sent when the
# machine powers off. The second is with a USB device, which must be asked before its host
# controller is halted; here that is a virtual one, which needs no halt. The simulator, a
# process, lives until then, as "poweroff -f" stops none.
set -u
# shellcheck disable=SC2034 # for lib.sh
PROTOCOL=hid
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

# written: what was written to the UPS, from the kernel log
written() {
	tr -d '\r' <"$work/kernel.log" | sed -n 's/.*hid-sim: written //p' | tr '\n' ' '
}

guest "$here/guest_hid.sh" UPS= SERIAL=
guest_results

# ending NAME END COMMAND...: end the guest in this way, with the UPS on battery or not
ending() {
	local name=$1 end=$2
	shift 2
	{
		echo '#!/bin/bash'
		echo '# vm: timeout=500 acpi=none'
		echo 'PROTOCOL=hid MODEL=eaton TRANSPORT=usb'
		echo '. /tests/guest-lib.sh'
		echo 'check "online" await 60 reads $MAINS/online 1'
		printf '%s\n' "$@"
		echo 'sleep 100'
	} >"$work/script.sh"
	guest "$work/script.sh" UPS= SERIAL= END="$end"
	guest_results "$name"
}

fail='host set ac 0; check "on battery" await 60 reads $BAT/ups_state on-battery'
# The kernel then logs each device that it shuts down.
debug='echo Y >/sys/module/kernel/parameters/initcall_debug'
ending "power-off on battery" poweroff "$fail" "$debug" 'poweroff -f'
# The report has both delays: the first write does not change the off delay.
is "power-off on battery: written" "$(written)" "off -1 on 120 off 60 on 120 "
check "power-off on battery: announced" grep -q "will cut the power in 60 s" "$work/kernel.log"
# Those of the controllers come after it.
check "power-off on battery: before the last devices are shut down" test "$(tr -d '\r' \
	<"$work/kernel.log" | sed -n '/will cut the power/,$p' | grep -c ': shutdown$')" -gt 0
ending "power-off on mains" poweroff 'poweroff -f'
is "power-off on mains: written" "$(written)" ""
ending "restart on battery" restart "$fail" 'reboot -f'
is "restart on battery: written" "$(written)" ""
finish
