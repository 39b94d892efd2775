#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: timeout=3600 needs=6.1
#
# UPSes with contact closure at simulated USB adapters, read by our driver and by NUT; what is
# switched when the machine powers off or restarts.
set -u
# shellcheck disable=SC2034 # for lib.sh
PROTOCOL=contact
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need_packages nut-server >&2

# The cables are the same everywhere.
cables=$(sed -n '/contact_cables\[\]/,/^};/s/^.*\(CABLE(\|\.name = \)"\([^"]*\)".*/\2/p' \
	"$top/drivers/ups/contact-lines.c")
binding=$(sed -n '/contact,cable:$/,/contact,options:$/s/^      - //p' \
	"$top/Documentation/devicetree/bindings/power/supply/psy-miniclass,contact-ups.yaml")
is "cables of the binding" "$binding" "$cables"
is "cables of the documentation" "$(sed -n '/^cable /,/^$/s/^``\([a-z0-9-]*\)`` .*/\1/p' \
	"$top/Documentation/power/contact-ups.rst")" "$cables"
check "there are cables" test "$(wc -l <<<"$cables")" -ge 24

# outputs NAME AFTER: the changes of the outputs of an adapter after this line of the log
outputs() {
	tr -d '\r' <"$work/kernel.log" | sed -n "/ftdi-contact-sim: $2/,\$p" |
		sed -n "s/.*ftdi-contact-sim: $1: outputs \([^ ]*\) at.*/\1/p" | tr '\n' ' '
}

guest "$here/guest_contact.sh" UPS= SERIAL= END=restart FILES="$here/guest-lib.sh /lib/nut/genericups"
guest_results
check "restart on battery: it has come so far" grep -q "ftdi-contact-sim: restart" "$work/kernel.log"
is "restart on battery: outputs" "$(outputs PSY-UPS restart)" ""
check "restart on battery: not announced" sh -c "! grep -q 'cutting the power' '$work/kernel.log'"
grep '^NUT ' "$work/out" >"$work/nut"

guest "$here/guest_contact_off.sh" UPS=contact SERIAL= END=poweroff
guest_results "power-off"

# cut CABLE WANTED [NUT'S]: the outputs, at a power-off and by "genericups -k"
cut() {
	local nut
	is "power-off, $1: outputs" "$(outputs "$1" power-off)" "$2 "
	[ $# = 3 ] || return 0
	nut=$(sed -n "s/^NUT $1 //p" "$work/nut")
	is "NUT, $1: outputs" "$nut" "$3"
}

# NUT's begin with the opening of the port, unless both are high already, and the levels of
# the cable. It leaves the lines as they are in the end, but ends a break after five seconds.
cut upsonic-lan-saver rts "dtr+rts rts"
cut apc-940-0095a rts "dtr+rts dtr rts"
cut apc-940-0020b dtr+rts "dtr+rts rts dtr+rts"
cut rups none "rts none"
cut apc-940-0119a dtr "dtr+rts rts dtr"
cut powerware-5119 dtr+break "dtr+rts dtr dtr+break dtr"
is "power-off, on mains: outputs" "$(outputs cyberpower-power99 power-off)" ""
is "power-off, cannot be switched off: outputs" "$(outputs nitram-500 power-off)" ""

# Adapters: as soon as devices are shut down. A port of the machine: after all of them.
log() {
	tr -d '\r' <"$work/kernel.log" | sed -n '/ftdi-contact-sim: power-off/,$p'
}
check "adapters: cut before the last devices are shut down" test \
	"$(log | sed -n '/contact-ups.*cutting the power/,$p' | grep -c ': shutdown$')" -gt 0
check "port of the machine: announced" grep -q 'serial0-0: cutting the power' "$work/kernel.log"
is "... after all devices" \
	"$(log | sed -n '/serial0-0: cutting the power/,$p' | grep -c ': shutdown$')" 0
check "... and its lines were set" sh -c "! grep -q 'shutdown command failed' '$work/kernel.log'"
# The time from one adapter to the next is that of its command.
held=$(log | sed -n 's/.*ftdi-contact-sim: .* at //p' | sort -n | awk '
	NR > 1 && $1 - last > max { max = $1 - last }
	{ last = $1 }
	END { print max }')
between "the command of apc-940-0119a lasts, ms" "$held" 10000 60000
finish
