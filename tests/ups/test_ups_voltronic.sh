#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: timeout=2400
#
# A UPS with a P protocol of Voltronic Power: described by the firmware, and attached to a
# tty until the machine powers off. The simulator is checked with a driver of NUT, which
# has to read the same values and to send the same commands as ours.
set -u
# shellcheck disable=SC2034 # for lib.sh
PROTOCOL=voltronic
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

start_sim --socket "$work/ups"
guest "$here/guest_voltronic.sh"
guest_results
commands=$(ctl commands)
check "nothing else was sent" test -z "$(tr ' ' '\n' <<<"$commands" |
	grep -vxE 'QPI|QGS|QBV|QWS|QRI|QMD|QMF|QVFW|QID')"

# situation NAME: put the simulator into this situation
situation() {
	echo speed 0
	case $1 in
	mains) echo mains 1 && echo charge 100 && echo load 35 ;;
	battery) echo mains 0 && echo charge 50 && echo load 60 ;;
	low) echo mains 0 && echo charge 6 && echo low 1 ;;
	esac
}

# Ours: at a tty, up to the power-off
ours_at_tty load_percent voltage_now temp time_to_empty_now
guest_results "tty"
is "tty: commands at power-off" "$(ctl commands | tr ' ' '\n' | grep -v '^Q' | tr '\n' ' ')" \
	"CS S01R0003 "

# NUT's
use_nut -- nutdrv_qx

start_sim --pty "$work/tty"
for s in mains battery low; do
	put_into $s
	# NUT waits one second for a reply: too short for a simulator on a busy machine.
	for _ in 1 2 3 4; do
		nut -d 1 >"$work/nut.out" || tail -n 5 "$work/nut.err" | sed 's/^/# /'
		[ -z "$(value battery.runtime)" ] || [ -z "$(value ups.load)" ] || break
	done
	read -r _ _ online load volts temp seconds < <(grep "^OURS $s " "$work/ours") ||
		bail "no reading of ours for $s"
	is "$s: NUT's protocol" "$(value driver.version.data)" "Voltronic 0.06"
	is "$s: online" "$online" "$(grep -cw OL <<<"$(value ups.status)")"
	[ $s != low ] || check "low: NUT also reports it" grep -qw LB <<<"$(value ups.status)"
	is "$s: load" "$load" "$(value ups.load)"
	is "$s: battery voltage" "$volts" "$(times 1000000 "$(value battery.voltage)")"
	is "$s: temperature" "$temp" "$(times 10 "$(value ups.temperature)")"
	# While the battery is low, ours is at most what the charge allows.
	[ $s = low ] || is "$s: runtime" "$seconds" "$(value battery.runtime)"
done
is "NUT: nominal voltage" "$(value battery.voltage.nominal)" 48.0
ctl forget >/dev/null
nut -k >/dev/null
is "NUT: commands at power-off" "$(ctl commands | tr ' ' '\n' | grep -v '^Q' | tr '\n' ' ')" \
	"CS S.5R0003 "
finish
