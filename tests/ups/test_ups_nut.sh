#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: timeout=1500 parallel=1
#
# Check the simulator and our driver against NUT: two of its drivers, from Debian, read
# the simulator on mains, on battery and with a low battery; our driver reads it in the
# same situations. All results must agree.
set -u
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
use_nut -- blazer_ser nutdrv_qx

# situation NAME: put the simulator into this situation
situation() {
	echo speed 0
	case $1 in
	mains) echo mains 1 && echo charge 100 && echo load 35 ;;
	battery) echo mains 0 && echo charge 50 && echo load 60 ;;
	low) echo mains 0 && echo charge 6 && echo load 20 ;;
	esac
}

start_sim --pty "$work/tty"
for s in mains battery low; do
	put_into $s
	truth=$(ctl state)
	for nut in blazer_ser nutdrv_qx; do
		d=$nut
		out=$work/$d.$s
		nut -d 1 >"$out" || tail -n 5 "$work/nut.err" | sed 's/^/# /'
		wanted=OL
		[ $s = mains ] || wanted=OB
		check "$d, $s: status" grep -qw $wanted <<<"$(value ups.status "$out")"
		if [ $s = low ]; then
			check "$d, $s: low battery" grep -qw LB <<<"$(value ups.status "$out")"
		fi
		is "$d, $s: load" "$(value ups.load "$out")" \
			"$(sed 's/.*load=\([0-9]*\).*/\1/' <<<"$truth")"
		is "$d, $s: temperature" "$(value ups.temperature "$out")" 31.2
		is "$d, $s: battery voltage, tenths" \
			"$(value battery.voltage "$out" | awk '{ printf "%d", $1 * 10 + 0.5 }')" \
			"$(sed 's/.*volts=\([0-9.]*\).*/\1/' <<<"$truth" |
				awk '{ printf "%d", $1 * 10 + 0.5 }')"
	done
done
is "blazer_ser: nominal battery voltage" \
	"$(value battery.voltage.nominal "$work/blazer_ser.mains" | cut -d. -f1)" 24

nut=blazer_ser

# Dialects: NUT reads the values that guest_dialects.sh expects from our driver
while read -r dialect volts charge; do
	ctl reset >/dev/null
	ctl speed 0 >/dev/null
	ctl dialect "$dialect" >/dev/null
	ctl mains 0 >/dev/null
	ctl volts 24.4 >/dev/null
	nut -d 1 >"$work/dialect"
	is "blazer_ser, $dialect: volts and charge" \
		"$(value battery.voltage "$work/dialect") $(value battery.charge "$work/dialect")" \
		"$volts $charge"
done <<TABLE
plain 24.40 69
mismatch 12.00 43
low-rating 12.00 43
rating-dashes 24.40
extra 24.40 69
wide 24.40 69
TABLE
ctl reset >/dev/null

# The shutdown command of NUT
put_into mains
ctl forget >/dev/null
nut -k >/dev/null
check "blazer_ser -k: shutdown command" grep -q 'S.5R0003' <<<"$(ctl commands)"
flag() {
	ctl state | sed 's/.*flags=......\(.\).*/\1/'
}
is "blazer_ser -k: the simulator is counting down" "$(flag)" 1
ctl mains 1 >/dev/null

# The same three situations with our driver
{
	echo '#!/bin/bash'
	echo '# vm: timeout=360 acpi=none'
	echo '. /tests/guest-lib.sh'
	for s in mains battery low; do
		ours $s ups_state load_percent temp voltage_now input_voltage capacity
	done
	echo 'exit 0'
} >"$work/script.sh"
start_sim --socket "$work/ups"
guest "$work/script.sh"
is "our driver: exit status of the guest's script" "$status" 0
[ "$status" = 0 ] || tail -n 12 "$work/err" "$work/out" | sed 's/^/# /'
for s in mains battery low; do
	read -r _ _ online state load temp voltage input capacity \
		< <(grep "^OURS $s " "$work/out") || bail "no reading of ours for $s"
	out=$work/blazer_ser.$s
	nut_state=$(value ups.status "$out")
	case $state in
	online) ours=OL ;;
	on-battery) ours=OB ;;
	*) ours="OB LB" ;;
	esac
	for word in $ours; do
		check "$s: NUT also reports $word" grep -qw "$word" <<<"$nut_state"
	done
	is "$s: online" "$online" "$([ $s = mains ] && echo 1 || echo 0)"
	is "$s: load, same as NUT" "$load" "$(value ups.load "$out")"
	is "$s: temperature, tenths" "$temp" \
		"$(value ups.temperature "$out" | awk '{ printf "%d", $1 * 10 + 0.5 }')"
	# It is not known which formula is more accurate; use that of NUT as the reference.
	# Unlike NUT, our driver reports at most 5 percent for a low battery.
	charge=$(value battery.charge "$out" | cut -d. -f1)
	if [ $s = low ]; then
		check "$s: charge ($capacity) is at most 5 percent" test "$capacity" -le 5
	else
		d=$((capacity - ${charge:-1000}))
		check "$s: charge ($capacity), same as NUT ($charge)" test ${d#-} -le 1
	fi
	# The protocol reports 0.1 V; both must read the same value.
	is "$s: battery voltage, mV" $((voltage / 1000)) \
		"$(value battery.voltage "$out" | awk '{ printf "%d", $1 * 1000 + 0.5 }')"
	is "$s: input voltage, mV" $((input / 1000)) \
		"$(value input.voltage "$out" | awk '{ printf "%d", $1 * 1000 + 0.5 }')"
done
finish
