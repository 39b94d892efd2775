#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vm: timeout=1500 acpi=none
#
# A UPS with contact closure at a simulated USB adapter, attached by ups-attach; then NUT's
# genericups at the same adapter. At the end it restarts, on battery.
# shellcheck disable=SC2034 # for guest-lib.sh
PROTOCOL=contact CABLE=apc-940-0119a PORT=/dev/ttyUSB0
. /tests/guest-lib.sh

# centiseconds of uptime
cs() {
	local up
	read -r up _ </proc/uptime
	up=${up/./}
	echo $((10#$up))
}

# sim_value WORDS...: the answer of the simulator
sim_value() {
	ask "$@"
	echo "$answer"
}

attached() {
	[ -d "$SYSFS/$BAT" ] && reads $BAT/comm_status ok
} 2>/dev/null

# with PROPERTY...: attach the UPS again, with these properties. It is read at once.
with() {
	ups-attach -d "$PORT" 2>/dev/null
	await 20 test ! -d "$SYSFS/$MAINS"
	host forget
	ups-attach "$PORT" contact "$@"
}

# events_of STATE: how often the log has this state
events_of() {
	dmesg | grep -c "contact-ups.*: $1\$"
}

check "the driver is loaded" grep -q "^contact_ups" /proc/modules
check "the adapter's is, by udev" grep -q "^ftdi_sio" /proc/modules
# Opening raises both, which the driver changes before it does anything else.
is "outputs while the port is opened" "$(sim_value log)" "dtr+rts rts"
times=$(dmesg | sed -n 's/.*ftdi-contact-sim: PSY-UPS: outputs .* at //p' | tr '\n' ' ')
read -r opened set _ <<<"$times"
echo "# from the opening of the port to the levels of the cable: $((set - opened)) ms"
check "the log has a warning of it" sh -c "dmesg | grep -q 'apc-940-0119a: opening the port raises'"

# Values: nothing is invented
is "type" "$(prop type)" Battery
is "online" "$(cat "$SYSFS/$MAINS/online")" 1
is "status" "$(prop status)" "Not charging"
is "scope of a battery whose charge is unknown" "$(prop scope)" Device
for name in capacity energy_now time_to_empty_now voltage_now killpower_delay turn_off beeper; do
	check "no $name" test ! -e "$SYSFS/$BAT/$name"
done
is "killpower" "$(prop killpower)" "off [on-battery] always"
is "unreadable attributes" "$(unreadable)" ""

# From a failure of mains to its event; the debouncing takes a second of it. The longest is
# only reported, as this machine may be busy.
best=60000 worst=0
for _ in 1 2; do
	poller "$SYSFS/$BAT/ups_state"
	from=$(cs)
	host lines cts
	wait "$poller"
	took=$((($(cs) - from) * 10))
	[ $took -ge $best ] || best=$took
	[ $took -le $worst ] || worst=$took
	check "mains fails" await 60 reads $BAT/ups_state on-battery
	is "online" "$(cat "$SYSFS/$MAINS/online")" 0
	is "status" "$(prop status)" Discharging
	check "still no capacity" test ! -e "$SYSFS/$BAT/capacity"
	host lines
	check "mains returns" await 60 reads $BAT/ups_state online
done
echo "# from a mains failure to its event: $best to $worst ms"
check "a failure does not count for a second" test $best -ge 1000

# Relays: changes that do not last
n=$(events_of on-battery)
host cycle 12 300 cts
pause 5
is "a line that changes each 300 ms: events" "$(events_of on-battery)" "$n"
host lines dcd
pause 2
is "a low battery on mains" "$(prop ups_state)" online
host lines

# Low and critical, as with all UPSes
start-upower || bail "no upower"
watch_actions
host lines cts
check "on battery" await 60 reads $BAT/ups_state on-battery
host lines cts dcd
check "low" await 60 reads $BAT/ups_state low-battery
check "capacity is at most 5" sh -c "[ \$(cat $SYSFS/$BAT/capacity) -le 5 ]"
is "scope" "$(prop scope)" System
check "upower is on battery" await 60 on_battery yes
check "critical after ten seconds" await 60 reads $BAT/ups_state critical
check "upower acts" await 60 acted 0
host lines
check "online" await 60 reads $BAT/ups_state online
check "no capacity again" await 20 test ! -e "$SYSFS/$BAT/capacity"

# The adapter fails, and is unplugged
host fail 1
check "it cannot be read: lost" await 60 reads $BAT/comm_status lost
is "online" "$(cat "$SYSFS/$MAINS/online")" 0
host fail 0
check "it can: restored" await 60 reads $BAT/ups_state online
host unplug
await 20 test ! -e "$PORT"
check "unplugged: lost" await 60 reads $BAT/comm_status lost
host forget
host plug
check "plugged in" await 60 test -c "$PORT"
check "attached again" attach
check "restored" await 60 reads $BAT/ups_state online
is "outputs" "$(sim_value log)" "dtr+rts rts"

# Wrong properties
refused() {
	local text=$1
	shift
	ups-attach -d "$PORT" 2>/dev/null
	dmesg -c >/dev/null
	! ups-attach "$PORT" contact "$@" 2>/dev/null && dmesg | grep -qF -e "$text"
}
check "no cable" refused "there must be either contact,cable or contact,options"
check "two of them" refused "either contact,cable or" contact,cable=rups contact,options=127
check "unknown cable" refused "contact,cable: must be one of: upsonic-lan-saver " contact,cable=no
check "... all are named" refused " fttx apc-940-0095b apcupsd-simple mam" contact,cable=no
check "cable is a number" refused "contact,cable: must be one of:" contact,cable=1
check "options without a UPS" refused "contact,options: is 0x7e, must have 0x01" contact,options=126
check "options without a signal" refused "must have 0x01, and 0x02 or 0x04" contact,options=121
check "too many options" refused "contact,options: is 255, must be 0..127" contact,options=255
for name in on-battery low-battery replace-battery bypass; do
	check "$name" refused "contact,$name: must be cts, dsr, ri or dcd, with" \
		contact,cable=rups "contact,$name=dtr"
done
check "no line at all" refused "contact,on-battery: must not be none" contact,cable=rups \
	contact,on-battery=none contact,low-battery=none
check "cable-power" refused "contact,cable-power: must be dtr, rts, dtr+rts or low" \
	contact,cable=rups contact,cable-power=break
check "shutdown" refused "contact,shutdown: must be dtr, rts, dtr+rts, low, break or none" \
	contact,cable=rups contact,shutdown=cts
check "shutdown all the time" refused "contact,shutdown: must differ from contact,cable-power" \
	contact,cable=rups contact,shutdown=rts
check "hold" refused "contact,shutdown-hold-ms: is 20001, must be 100..20000" \
	contact,cable=rups contact,shutdown-hold-ms=20001
check "debounce" refused "contact,debounce-ms: is 5001, must be 0..5000" \
	contact,cable=rups contact,debounce-ms=5001
check "an estimate with a low battery" refused "contact,runtime-sec: only if" \
	contact,cable=rups contact,runtime-sec=600
check "runtime" refused "contact,runtime-sec: is 119, must be 120..43200" \
	contact,cable=apc-940-0095b contact,runtime-sec=119
check "ratio" refused "contact,recharge-ratio: is 251, must be 1..250" \
	contact,cable=apc-940-0095b contact,recharge-ratio=251

# While the port is open and the driver is being loaded, DTR and RTS would both be high.
rmmod contact_ups
ups-attach /dev/none contact 2>/dev/null
check "the driver is loaded before the port is opened" grep -q "^contact_ups" /proc/modules

# A cable with which nothing is like a low battery
host lines
with contact,cable=rups-2000
pause 3
check "all lines low: no UPS" test ! -e "$SYSFS/$BAT"
check "... and the log says why" sh -c "dmesg | grep -q 'all lines are low'"
host lines cts dcd
check "plugged in: online" await 60 attached
host lines
check "unplugged: lost, and not low" await 60 reads $BAT/ups_state no-comm
host lines cts dcd
check "plugged in" await 60 reads $BAT/ups_state online
host lines dcd
check "mains fails" await 60 reads $BAT/ups_state on-battery
host lines
check "then the battery is low" await 60 reads $BAT/ups_state low-battery

# The same UPS by its option mask, and lines that replace those of a cable
with contact,options=95
host lines dcd
check "options: online" await 60 attached
host lines cts dcd
check "options: on battery" await 60 reads $BAT/ups_state on-battery
is "options: outputs" "$(sim_value outputs)" rts
host lines
with contact,cable=apc-940-0119a contact,on-battery=ri contact,replace-battery=dsr \
	contact,cable-power=dtr contact,shutdown=dtr+rts
check "other lines: online" await 60 attached
host lines cts dsr
check "replace" await 60 reads $BAT/health Dead
is "CTS is not used" "$(prop ups_state)" online
host lines ri
check "RI is" await 60 reads $BAT/ups_state on-battery
is "outputs" "$(sim_value outputs)" dtr

# Without a low battery: an estimate, which begins with an empty one
host lines
with contact,cable=apc-940-0119a contact,low-battery=none contact,runtime-sec=600
check "estimate: online" await 60 attached
is "estimate: nothing yet" "$(prop time_to_empty_now)" 0
check "... and no capacity" test ! -e "$SYSFS/$BAT/capacity"
host lines cts
check "a failure soon after the boot: low" await 60 reads $BAT/ups_state low-battery
host lines

# The port of the machine, whose inputs are all high in QEMU but RI
ups-attach -d $PORT
PORT=/dev/ttyS1
with contact,cable=rups-2000
check "ttyS1: online" await 60 attached
is "ttyS1: state" "$(prop ups_state)" online
with contact,cable=apc-940-0020b
check "ttyS1: low with the inverse cable" await 60 reads $BAT/ups_state low-battery
ups-attach -d $PORT
PORT=/dev/ttyUSB0

# NUT at the same adapter. Each type with lines of its own, in the four states of its two
# lines: "TYPE CABLE ON-BATTERY-LINE LOW-LINE"
nut() {
	local type=$1
	shift
	/tests/genericups -s ups -u root -x port=$PORT -x "upstype=$type" "$@" 2>/tmp/nut.err
}
export NUT_STATEPATH=/tmp NUT_ALTPIDPATH=/tmp NUT_CONFPATH=/tmp
ups-attach -d $PORT 2>/dev/null
agree=0 differ=
while read -r type cable on low; do
	# Ours, without the second of debouncing
	host lines
	with "contact,cable=$cable" contact,debounce-ms=0 critical-delay-sec=3600
	ours=()
	for lines in "" "$on" "$low" "$on $low"; do
		host lines "$lines"
		await 2 attached
		{ settle && settle && settle; } 2>/dev/null
		case $(cat "$SYSFS/$BAT/ups_state" 2>/dev/null) in
		online) ours+=("OL") ;;
		on-battery) ours+=("OB") ;;
		low-battery) ours+=("LB OB") ;;
		*) ours+=("none") ;;
		esac
	done
	ups-attach -d $PORT
	i=0
	for lines in "" "$on" "$low" "$on $low"; do
		host lines "$lines"
		theirs=$(nut "$type" -d 1 | sed -n 's/^ups.status: //p')
		case ${ours[i]}:$theirs in
		"${theirs}:$theirs") agree=$((agree + 1)) ;;
		# NUT reports a low battery on mains, which here counts only with a failure.
		"OL:LB OL") agree=$((agree + 1)) ;;
		# All inputs are low: NUT takes an unplugged cable for a low battery.
		"none:LB OB") [ -z "$lines" ] && agree=$((agree + 1)) || differ="$differ $type" ;;
		*) differ="$differ $type:${lines:-none}:${ours[i]}:$theirs" ;;
		esac
		i=$((i + 1))
	done
done <<TABLE
1 apc-940-0095a ri dcd
9 apc-940-0023a dcd cts
13 repotec-rpt dcd cts
21 rups-2000 cts dcd
TABLE
is "ups.status of NUT and ours: differences" "$differ" ""
is "... compared" $agree 16

# Its shutdown: the outputs from the opening of the port to its end. It leaves the lines to
# the closing of the port, which drops both.
while read -r type cable; do
	host lines
	host forget
	nut "$type" -k >/dev/null
	echo "NUT $cable $(sim_value log)"
done <<TABLE
0 upsonic-lan-saver
1 apc-940-0095a
2 apc-940-0020b
4 rups
12 apc-940-0119a
15 powerware-5119
TABLE

# Never for a restart, whatever the policy
host lines
with contact,cable=apc-940-0119a
await 60 attached
echo always >"$SYSFS/$BAT/killpower"
host lines cts
check "on battery" await 60 reads $BAT/ups_state on-battery
echo "ftdi-contact-sim: restart" >/dev/kmsg
reboot -f
sleep 100
