#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vm: timeout=2400 acpi=none
# shellcheck disable=SC2034 # for guest-lib.sh
PROTOCOL=hid
TRANSPORT=usb
. /tests/guest-lib.sh

# The simulated UPS is the only device of the virtual host controller.
USB=/sys/bus/usb/devices/1-1
USBHID=/sys/bus/usb/drivers/usbhid

gone() {
	[ ! -e "$SYSFS/$BAT" ] && [ ! -e "$SYSFS/$MAINS" ]
}

plugged() {
	[ -e "$SYSFS/$MAINS" ] && reads $BAT/comm_status ok
}

# be MODEL: replace the UPS by a new one of this model
be() {
	host unplug
	await 60 gone
	host model "$1"
	host plug
	check "$1: the same name" await 60 plugged
}

no_hiddev() {
	! ls /sys/class/usbmisc/hiddev* /dev/usb/hiddev* >/dev/null 2>&1
}

driver_of_hid() {
	basename "$(readlink /sys/bus/hid/devices/*/driver)"
}

# runtime STATUS: condition for await, of the USB device
runtime() {
	[ "$(cat $USB/power/runtime_status)" = "$1" ]
}

# NUT and apcupsd, in a directory of their own with their libraries
REFEREES=/tests/referees
export NUT_CONFPATH=/tmp/nut NUT_STATEPATH=/tmp/nut NUT_ALTPIDPATH=/tmp/nut
mkdir /tmp/nut /tmp/apcupsd

# What NUT 2.8.0 does not read, or reads differently, and why: then what its parser of
# reports has found is the reference, where that is not the reason.
reasons="cyberpower input: it masks the value with the maximum in the descriptor, 127
eaton volts: not in its table, which has that of PowerSummary
eaton nominal: not in its table, which has that of PowerSummary
powercom volts: not in its table
powercom nominal: not in its table
powercom temp: not in its table
arduino online: no table for Arduino
arduino charging: no table for Arduino
arduino charge: no table for Arduino
arduino runtime: no table for Arduino
arduino volts: no table for Arduino
arduino nominal: no table for Arduino
arduino beeper: no table for Arduino"

# nut [ARGUMENT...]: have NUT read the UPS once: values, and what its parser has found
nut() {
	LD_LIBRARY_PATH=$REFEREES timeout 60 $REFEREES/usbhid-ups -u root -s sim -x port=auto \
		-D -d 1 "$@" >/tmp/nut/values 2>/tmp/nut/log
}

# nut_value NAME: of a variable
nut_value() {
	sed -n "s/^$1: //p" /tmp/nut/values | head -n 1
}

# nut_found PATH: by the parser
nut_found() {
	grep -F "Path: UPS.$1, Type: Feature, " /tmp/nut/log | sed 's/.*Value: //' | head -n 1
}

# close_to OURS FACTOR THEIRS: equal as far as the digits of theirs go
close_to() {
	awk -v ours="$1" -v factor="$2" -v theirs="$3" 'BEGIN {
		point = index(theirs, ".")
		half = 0.5001
		for (i = point ? length(theirs) - point : 0; i > 0; i--)
			half /= 10
		d = ours / factor - theirs
		if (ours == "" || theirs == "" || d > half || d < -half)
			exit 1
	}'
}

# row NAME OURS NUT FACTOR PATH: our value, NUT's, and what its parser has found at PATH
row() {
	local found reason
	found=$(nut_found "$5")
	reason=$(sed -n "s/^$model $1: //p" <<<"$reasons")
	[ -n "$2$3" ] || return 0
	printf '# %-10s %-9s ours %-10s NUT %-6s parser %-7s%s\n' "$model" "$1" "${2:--}" \
		"${3:--}" "${found:--}" "${reason:+ $reason}"
	if [ -z "$reason" ]; then
		check "$model: $1, as NUT" close_to "$2" "$4" "$3"
		return
	fi
	explained="$explained$model $1
"
	check "$model: $1 differs from NUT" sh -c "[ -n '$2' ] && [ '$2' != '$3' ]"
	[ $model = cyberpower ] || check "... and is what its parser has found" \
		close_to "$2" "$4" "$found"
}

# ours FILE: a value, or nothing
ours() {
	[ ! -e "$SYSFS/$BAT/$1" ] || cat "$SYSFS/$BAT/$1"
}

# word WORD TEXT: 1 if it is one of the words of the text, 0 if not, nothing without text
word() {
	[ -z "$2" ] || grep -cw "$1" <<<"$2"
}

# compare: all values of the model, before and after NUT has the device
compare() {
	local battery=PowerSummary line=Input online charging beeper
	online=$(cat "$SYSFS/$MAINS/online")
	charging=$(word Charging "$(prop status)")
	set -- "$(ours capacity)" "$(ours time_to_empty_now)" "$(ours voltage_now)" \
		"$(ours voltage_min_design)" "$(ours input_voltage)" "$(ours output_voltage)" \
		"$(ours frequency)" "$(ours load_percent)" "$(ours temp)"
	# As the UPS encodes it: 1 is off, 2 is on
	beeper=$(ours beeper)
	beeper=${beeper:+$((beeper + 1))}
	case $model in
	eaton) battery=BatterySystem.Battery line="PowerConverter.Input.[1]" ;;
	powercom) battery=BatterySystem ;;
	esac
	case $model in
	arduino) nut -x vendorid=2341 -x productid=8036 -x explore ;;
	*) nut ;;
	esac || tail -n 5 /tmp/nut/log | sed 's/^/# /'
	check "$model: NUT has taken the device" gone
	# The explorer prints "OB" for everything, as it knows no status.
	row online "$online" "$(word OL "$(nut_value ups.status)")" 1 \
		PowerSummary.PresentStatus.ACPresent
	[ $model = eaton ] || row charging "$charging" "$(word CHRG "$(nut_value ups.status)")" 1 \
		PowerSummary.PresentStatus.Charging
	row charge "$1" "$(nut_value battery.charge)" 1 PowerSummary.RemainingCapacity
	row runtime "$2" "$(nut_value battery.runtime)" 1 PowerSummary.RunTimeToEmpty
	row volts "$3" "$(nut_value battery.voltage)" 1000000 "$battery.Voltage"
	row nominal "$4" "$(nut_value battery.voltage.nominal)" 1000000 "$battery.ConfigVoltage"
	row input "$5" "$(nut_value input.voltage)" 1000000 "$line.Voltage"
	row output "$6" "$(nut_value output.voltage)" 1000000 Output.Voltage
	row frequency "$7" "$(nut_value input.frequency)" 1000 "$line.Frequency"
	row load "$8" "$(nut_value ups.load)" 1 Output.PercentLoad
	row temp "$9" "$(nut_value battery.temperature)" 10 PowerSummary.Temperature
	row beeper "$beeper" "$(nut_value ups.beeper.status | sed 's/disabled/1/; s/enabled/2/')" 1 \
		PowerSummary.AudibleAlarmControl
}

# entry NAME: value of apcupsd, without its unit
entry() {
	sed -n "s/^$1 *: \([^ ]*\).*/\1/p" /tmp/apcupsd/status | head -n 1
}

# against NAME OURS THEIRS FACTOR: our value and that of apcupsd
against() {
	printf '# %-10s %-9s ours %-10s apcupsd %s\n' apc "$1" "$2" "$3"
	check "apc: $1, as apcupsd" close_to "$2" "$4" "$3"
}

echo "# Loaded by udev, from the USB device up"
check "enumerated" grep -q "Back-UPS" $USB/product
check "udev loaded usbhid" grep -q "^usbhid " /proc/modules
check "udev loaded the driver" grep -q "^hid_ups " /proc/modules
check "online" await 60 reads $MAINS/online 1
is "names" "$(prop manufacturer), $(prop model_name), $(prop firmware_revision), $(prop serial_number)" \
	"APC, Back-UPS ES 700G, 871.O4, 4B1000P00001"
is "charge" "$(prop capacity)" 84
check "no hiddev" no_hiddev
udevadm settle --timeout=120
rmmod hid_ups
check "without the driver there is a hiddev" await 20 test -e /dev/usb/hiddev0
is "... of hid-generic" "$(driver_of_hid)" hid-generic
# apcupsd uses it, and writes its values to a file each second.
cat >/tmp/apcupsd/apcupsd.conf <<END
## apcupsd.conf v1.1 ##
UPSCABLE usb
UPSTYPE usb
DEVICE
LOCKFILE /tmp/apcupsd
SCRIPTDIR /tmp/apcupsd
PWRFAILDIR /tmp/apcupsd
NOLOGINDIR /tmp/apcupsd
NETSERVER off
EVENTSFILE /tmp/apcupsd/events
STATFILE /tmp/apcupsd/status
STATTIME 1
POLLTIME 1
END
LD_LIBRARY_PATH=$REFEREES $REFEREES/apcupsd -b -f /tmp/apcupsd/apcupsd.conf >/tmp/apcupsd/log 2>&1 &
apcupsd=$!
check "apcupsd has read it" await 60 grep -qs "^END APC" /tmp/apcupsd/status
kill $apcupsd
wait $apcupsd
modprobe hid_ups
check "the driver takes the UPS over" await 20 plugged
check "no hiddev again" await 20 no_hiddev
is "apc: online, as apcupsd" "$(entry STATUS)" ONLINE
against charge "$(prop capacity)" "$(entry BCHARGE)" 1
against runtime "$(prop time_to_empty_now)" "$(entry TIMELEFT)" 60
against volts "$(prop voltage_now)" "$(entry BATTV)" 1000000
against nominal "$(prop voltage_min_design)" "$(entry NOMBATTV)" 1000000
against input "$(prop input_voltage)" "$(entry LINEV)" 1000000
against load "$(prop load_percent)" "$(entry LOADPCT)" 1

echo "# A failure of mains: how long until user space knows"
start-upower || bail "no upower"
udevadm monitor --kernel --subsystem-match=power_supply >/tmp/uevents &
monitors=$!
dbus-monitor --system --profile "type=signal,path=/org/freedesktop/UPower" >/tmp/signals 2>&1 &
monitors="$monitors $!"
await 20 grep -q NameLost /tmp/signals
await 20 grep -q "^KERNEL - " /tmp/uevents

# since FILE PATTERN STAMP: ms from STAMP to the first line in FILE after it
since() {
	sed -n "$2" "$1" | awk -v from="$3" \
		'$1 >= from { printf "%d", ($1 - from) * 1000; found = 1; exit } END { exit !found }'
}

known() {
	uevent=$(since /tmp/uevents 's/^KERNEL\[\([0-9.]*\)\] change .*ups0-mains .*/\1/p' "$1") &&
		upower=$(since /tmp/signals 's/^sig[[:space:]]*\([0-9.]*\).*PropertiesChanged$/\1/p' "$2")
}

for i in 0 1 0 1 0 1; do
	host set ac $i
	ask stamp
	# shellcheck disable=SC2086 # words
	check "ac $i: known to udev and upower" await 20 known $answer
	echo "# ac $i: uevent after $uevent ms, upower after $upower ms"
	# The next reading would be 5 s or 30 s later.
	check "ac $i: not from a reading" test "$uevent" -lt 4000 -a "$upower" -lt 4000
	sleep 1
done
# shellcheck disable=SC2086 # words
kill $monitors

echo "# Suspended when nothing uses it, as tools that save power set it"
echo 0 >$USB/power/autosuspend_delay_ms
echo auto >$USB/power/control
device=$(device_of_ups)
echo "$device" >"$DRIVER/unbind"
check "unbound: suspended" await 20 runtime suspended
echo "$device" >"$DRIVER/bind"
check "bound: read" await 20 plugged
sleep 2
check "... and not suspended" runtime active
host set ac 0
check "mains fails" await 20 reads $MAINS/online 0
check "a command is executed" sh -c "echo 0 >$SYSFS/$BAT/beeper"
host set ac 1
check "mains returns" await 20 reads $MAINS/online 1

echo "# The same values as NUT, which detaches the driver"
for model in apc cyberpower eaton tripplite powercom arduino; do
	be $model
	compare
	# It leaves the interface without a driver.
	echo 1-1:1.0 >$USBHID/bind
	check "$model: back after NUT" await 60 plugged
done
is "all differences were seen" "$explained" "$(sed 's/:.*//' <<<"$reasons")
"
be apc

echo "# Unplugged and plugged in, with readers"
for f in "$SYSFS/$BAT"/* "$SYSFS/$MAINS"/*; do
	[ ! -f "$f" ] || set -- "$@" "$f"
done
read-files /tmp/stop 0 "$@" >/tmp/readings &
readers=$!
problems=
for i in $(seq 20); do
	host unplug
	host plug
	# Every other time it is unplugged while it is being enumerated or probed.
	if [ $((i % 2)) = 0 ]; then
		usleep $((i * 20000))
	else
		await 60 plugged || problems="$problems $i"
	fi
done
check "plugged in again" await 60 plugged
touch /tmp/stop
wait $readers
check "readers have read" grep -q "readings [1-9]" /tmp/readings
is "problems" "$problems" ""
is "supplies" "$(cd $SYSFS && echo *)" "$BAT $MAINS"
host set ac 0
check "mains fails" await 60 reads $MAINS/online 0
host set ac 1
check "mains returns" await 60 reads $MAINS/online 1

echo "# A UPS of a vendor that the driver does not know"
# replug: as one of Phoenixtec
replug() {
	host unplug
	await 60 gone
	host model apc
	host vendor 06da
	host plug
}
replug
check "hid-generic has it" await 20 test -e /dev/usb/hiddev0
check "no supplies" gone
mkdir -p /etc/udev/rules.d /usr/local/sbin
cp /tests/hid-ups/60-hid-ups.rules /etc/udev/rules.d
cp /tests/hid-ups/hid-ups-add /usr/local/sbin
udevadm control --reload
replug
check "with the rule it has supplies" await 20 plugged
check "... and no hiddev" await 20 no_hiddev
is "capacity" "$(prop capacity)" 84
replug
check "... and again" await 20 plugged
finish
