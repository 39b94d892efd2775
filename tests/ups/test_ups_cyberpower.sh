#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: timeout=2400
#
# A UPS with the text protocol of CyberPower: described by the firmware, and attached to a
# tty until the machine powers off. The simulator is checked with a driver of NUT, which
# has to read the same values and to send the same commands as ours.
set -u
# shellcheck disable=SC2034 # for lib.sh
PROTOCOL=cyberpower
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

start_sim --socket "$work/ups"
guest "$here/guest_cyberpower.sh"
guest_results
# Part of a command is what is left of one that was sent too fast.
check "something was sent" test -s "$work/commands"
is "nothing else was sent" "$(sed 's/^[^ ]* //' "$work/commands" | sort -u |
	grep -vxE 'P[234]|D|C|C7:[01]|T|Z10|Z\.9|S\.9(R0001)?|[P234DC]?')" ""

# situation NAME: put the simulator into this situation
situation() {
	echo speed 0
	case $1 in
	mains) echo mains 1 && echo charge 100 && echo load 35 ;;
	battery) echo mains 0 && echo charge 50 && echo load 60 ;;
	low) echo low 1 && echo mains 0 && echo charge 6 ;;
	esac
}

# Ours: at a tty, up to the power-off
ours_at_tty load_percent temp time_to_empty_now input_voltage output_voltage frequency
guest_results "tty"
is "tty: commands at power-off" "$(ctl commands | tr ' ' '\n' | grep -v '^[DP]' | tr '\n' ' ')" \
	"Z01 "

# NUT's
use_nut "protocol = text" -- powerpanel

start_sim --pty "$work/tty"
for s in mains battery low; do
	put_into $s
	# NUT 2.8.0 knows the status of these two units only, and waits 250 ms for a byte: too
	# short for a simulator on a busy machine.
	for dialect in bc1200 pr2200; do
		ctl dialect $dialect >/dev/null
		for _ in 1 2 3 4; do
			nut -d 1 >"$work/nut.$dialect" || tail -n 5 "$work/nut.err" | sed 's/^/# /'
			! grep -q ups.load "$work/nut.$dialect" || break
		done
	done
	# Without a temperature, it reports a random one.
	{
		grep -v ups.temperature "$work/nut.pr2200"
		grep ups.temperature "$work/nut.bc1200"
	} >"$work/nut.out"
	read -r _ _ online load temp seconds vin vout mhz \
		< <(grep "^OURS $s " "$work/ours") || bail "no reading of ours for $s"
	is "$s: online" "$online" "$(grep -cw OL <<<"$(value ups.status)")"
	[ $s != low ] || check "low: NUT also reports it" grep -qw LB <<<"$(value ups.status)"
	is "$s: load" "$load" "$(value ups.load)"
	is "$s: temperature" "$temp" "$(times 10 "$(value ups.temperature)")"
	is "$s: input voltage" "$vin" "$(times 1000000 "$(value input.voltage)")"
	is "$s: output voltage" "$vout" "$(times 1000000 "$(value output.voltage)")"
	is "$s: frequency" "$mhz" "$(times 1000 "$(value input.frequency)")"
	# While the battery is low, ours is at most what the charge allows.
	[ $s = low ] || is "$s: runtime" "$seconds" "$(value battery.runtime)"
done
is "NUT: model" "$(value ups.model)" BC1200
is "NUT: voltage, number and capacity of the batteries" "$(value battery.voltage.nominal) \
$(value battery.packs) $(value battery.capacity)" "12 2 7.2"
ctl forget >/dev/null
nut -k >/dev/null
is "NUT: commands at power-off" "$(ctl commands | tr ' ' '\n' | grep '^[A-Z]' | grep -v '^[DFP]' |
	tr '\n' ' ')" "Z01 "
# Units that do not know Z
for mains in 1 0; do
	ctl dialect old >/dev/null
	ctl mains $mains >/dev/null
	ctl forget >/dev/null
	nut -k >/dev/null
	is "NUT: commands at power-off, old unit, mains $mains" \
		"$(ctl commands | tr ' ' '\n' | grep '^[SZ]' | tr '\n' ' ')" \
		"Z01 S01$([ $mains = 0 ] || echo R0001) "
done
finish
