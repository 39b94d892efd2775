#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: timeout=4500
#
# A UPS with APC's Smart protocol: described by the firmware, and attached to a tty; what
# is sent when the machine powers off or restarts. The simulator is checked with NUT and
# with apcupsd, which have to read the same values as our driver.
set -u
# shellcheck disable=SC2034 # for lib.sh
PROTOCOL=apcsmart
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

unpack_apcupsd

# orders: the commands of the simulator without queries
orders() {
	ctl commands | tr ' ' '\n' | grep -vxE '[][QfjBPLOFCXGMN789YVabcdeghiklmnopqrstuvxyEI~]|\\x01|'"'"'|none' |
		tr '\n' ' '
}

start_sim --socket "$work/ups"
for wrong in "fault nothing" "dialect klingon" "p 77" "mains 2" "frobnicate"; do
	# shellcheck disable=SC2086 # words
	check "the simulator refuses: $wrong" test "$(ctl $wrong | cut -c1-6)" = error:
done
guest "$here/guest_apcsmart.sh"
guest_results

# situation NAME: put the simulator into this situation
situation() {
	echo speed 0
	case $1 in
	mains) echo mains 1 && echo charge 100 && echo load 35 ;;
	battery) echo mains 0 && echo charge 50 && echo load 60 ;;
	# With the flag set it does not switch off by itself.
	low) echo low 1 && echo mains 0 && echo charge 6 ;;
	esac
}

# ends NAME WANTED: what a guest has sent at its end; a lost answer makes it repeat it
ends() {
	guest_results "$1"
	orders=$(orders)
	orders=${orders//"$2 $2 "/"$2 "}
	is "$1: commands" "${orders% }" "$2"
	is "$1: bytes that are not of this protocol" "$(ctl errors)" none
}

# Ours: at a tty, up to the power-off, on battery
reread="unplug; plug" ours_at_tty load_percent voltage_now temp time_to_empty_now capacity \
	input_voltage output_voltage frequency serial_number firmware_revision model_name
ends "tty, power-off on battery" S
is "the UPS counts down from its setting" "$(ctl p)" 180

# last NAME MAINS POLICY HOW WANTED: a guest that ends with HOW
last() {
	cat >"$work/script.sh" <<SCRIPT
#!/bin/bash
# vm: timeout=400 acpi=none
PROTOCOL=apcsmart
. /tests/guest-lib.sh
[ -z "$3" ] || echo "$3" >"\$SYSFS/ups0/killpower"
host mains $2
check "sees mains $2" await 60 reads ups0-mains/online $2
settle
host forget
$4 -f
sleep 100
SCRIPT
	start_sim --socket "$work/ups"
	local end=poweroff
	[ "$4" != reboot ] || end=restart
	guest "$work/script.sh" END=$end
	ends "$1" "$5"
}

last "power-off on mains, always" 1 always poweroff @000
last "reboot on battery" 0 always reboot ""

# NUT's
use_nut -- apcsmart

# apcupsd: its values are in a file that it writes each second.
cat >"$work/apcupsd.conf" <<END
## apcupsd.conf v1.1 ##
UPSCABLE smart
UPSTYPE apcsmart
DEVICE $work/tty
LOCKFILE $work/nut
SCRIPTDIR $work/nut
PWRFAILDIR $work/nut
NOLOGINDIR $work/nut
NETSERVER off
EVENTSFILE $work/nut/events
STATFILE $work/nut/status
STATTIME 1
POLLTIME 1
END

# In its first readings, replies are those to earlier queries: it has sent Y twice.
has_status() {
	grep -q "^END APC" "$work/nut/status" && grep -q "^STATUS *: $1" "$work/nut/status" &&
		grep -q "^LOADPCT *: $2.0 " "$work/nut/status"
} 2>/dev/null

# daemon STATUS LOAD: have apcupsd read the simulator until it reports these
daemon() {
	rm -f "$work/nut/status"
	LD_LIBRARY_PATH=$apcupsd_libs "$work/apcupsd/sbin/apcupsd" -b -f "$work/apcupsd.conf" \
		>"$work/apcupsd.err" 2>&1 &
	local pid=$!
	await 60 has_status "$1" "$2" || tail -n 5 "$work/apcupsd.err" | sed 's/^/# /'
	cp "$work/nut/status" "$work/status"
	kill $pid
	wait $pid
}

# entry NAME: value of apcupsd, without its unit
entry() {
	sed -n "s/^$1 *: \([^ ]*\).*/\1/p" "$work/status" | head -n 1
}

start_sim --pty "$work/tty"
for s in mains battery low; do
	put_into $s
	read -r _ _ online load volts temp seconds charge input output hertz serial firmware model \
		< <(grep "^OURS $s " "$work/ours") || bail "no reading of ours for $s"
	nut -d 1 >"$work/nut.out" || tail -n 5 "$work/nut.err" | sed 's/^/# /'
	is "$s: online, as NUT" "$online" "$(grep -cw OL <<<"$(value ups.status)")"
	is "$s: load, as NUT" "$load" "$(times 1 "$(value ups.load)")"
	is "$s: battery voltage, as NUT" "$volts" "$(times 1000000 "$(value battery.voltage)")"
	is "$s: temperature, as NUT" "$temp" "$(times 10 "$(value ups.temperature)")"
	is "$s: input voltage, as NUT" "$input" "$(times 1000000 "$(value input.voltage)")"
	is "$s: output voltage, as NUT" "$output" "$(times 1000000 "$(value output.voltage)")"
	is "$s: frequency, as NUT" "$hertz" "$(times 1000 "$(value input.frequency)")"
	is "$s: ident, as NUT" "$serial $firmware $model" \
		"$(value ups.serial) $(value ups.firmware) $(value ups.model)"
	wanted=ONLINE
	[ $s = mains ] || wanted=ONBATT
	daemon $wanted "$load"
	check "$s: status of apcupsd" grep -qE "^STATUS.*$wanted" "$work/status"
	is "$s: load, as apcupsd" "$load" "$(times 1 "$(entry LOADPCT)")"
	# It prints tenths.
	tenths=$(times 10 "$(entry BATTV)")
	check "$s: battery voltage ($volts uV), as apcupsd ($tenths)" \
		test $((volts - tenths * 100000)) -le 50000 -a $((tenths * 100000 - volts)) -le 50000
	is "$s: temperature, as apcupsd" "$temp" "$(times 10 "$(entry ITEMP)")"
	is "$s: input voltage, as apcupsd" "$input" "$(times 1000000 "$(entry LINEV)")"
	is "$s: output voltage, as apcupsd" "$output" "$(times 1000000 "$(entry OUTPUTV)")"
	is "$s: ident, as apcupsd" "$serial $firmware" "$(entry SERIALNO) $(entry FIRMWARE)"
	is "$s: registers of apcupsd" "$(entry REG1) $(entry REG2) $(entry REG3)" "0x00 0x00 0x00"
	check "$s: no failure in apcupsd" sh -c "! grep -E '^STATUS.*(COMMLOST|NOBATT|SHUTTING)' '$work/status'"
	if [ $s = low ]; then
		# While the battery is low, ours is at most what the charge allows.
		check "low: NUT and apcupsd also report it" sh -c \
			"grep -q '^ups.status:.*LB' '$work/nut.out' && grep -q '^STATUS.*LOWBATT' '$work/status'"
	else
		is "$s: charge and runtime, as NUT" "$charge $seconds" \
			"$(times 1 "$(value battery.charge)") $(value battery.runtime)"
		is "$s: charge and runtime, as apcupsd" "$charge $seconds" \
			"$(times 1 "$(entry BCHARGE)") $(times 60 "$(entry TIMELEFT)")"
	fi
done

# On battery, NUT sends the same command as ours. On mains, version 2.8.0 would send it, too
# ("status read failed", as it does not expect two digits), and S is then refused: it has to
# be asked for the other command.
ctl forget >/dev/null
nut -k >/dev/null
is "NUT: commands at power-off, on battery" "$(orders)" "S R "
ctl reset >/dev/null
ctl forget >/dev/null
nut -x advorder=1 -x awd=0 -k >/dev/null
is "NUT: commands at power-off, on mains" "$(orders)" "@000 R "
is "bytes of NUT and apcupsd that are not of this protocol" "$(ctl errors)" none
finish
