#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vm: timeout=900 acpi=none
. /tests/guest-lib.sh

# upsmon and upsc poll each 5 s, kernel-ups each 2 s.
TWO_POLLS=10000

# NUT, where Debian has it; its account
cp /tests/nut-guest/* /usr/sbin
mkdir -p /lib/nut /etc/nut
mv /usr/sbin/kernel-ups /lib/nut
echo nut:x:111:111::/run/nut:/bin/false >>/etc/passwd
echo nut:x:111: >>/etc/group
mkdir -m 770 /run/nut
chown root:nut /run/nut
export LD_LIBRARY_PATH=/usr/sbin

# "slow" does not poll in the time of this test: it has events only.
cat >/etc/nut/ups.conf <<END
[ups]
	driver = kernel-ups
	port = ups0
[slow]
	driver = kernel-ups
	port = ups*
	pollinterval = 3600
END
cat >/etc/nut/upsd.conf <<END
LISTEN 0.0.0.0 3493
MAXAGE 6
END
cat >/etc/nut/upsd.users <<END
[this]
	password = secret
	upsmon primary
[other]
	password = secret
	upsmon secondary
END
cat >/etc/nut/upsmon.conf <<END
RUN_AS_USER root
MONITOR ups@127.0.0.1 1 this secret primary
MINSUPPLIES 1
SHUTDOWNCMD "touch /tmp/shutdown"
POWERDOWNFLAG /tmp/killpower
DEADTIME 900
END

# Each time that the driver is bound
mkdir -p /etc/udev/rules.d
cat >/etc/udev/rules.d/90-ups.rules <<END
ACTION=="add|change", SUBSYSTEM=="power_supply", KERNEL=="ups[0-9]", ATTR{killpower}="off", ATTR{critical_delay}="120"
END
udevadm control --reload

start_upsd() {
	upsd -F >>/tmp/upsd.log 2>&1 &
	upsd=$!
}

# remote [UPS]: what the second machine reads is in $remote
remote() {
	ask upsc "${1:-ups}"
	remote=$answer
}

# remote_value VARIABLE: of the last reading
remote_value() {
	case "|$remote" in
	*"|$1: "*)
		remote_value="|$remote"
		remote_value=${remote_value#*"|$1: "}
		echo "${remote_value%%|*}"
		;;
	esac
}

# remote_status TEXT [UPS]: condition for await. An error is all that is read then.
remote_status() {
	remote "${2:-}"
	case $remote in
	Error*) [ "$remote" = "$1|" ] ;;
	*) [ "$(remote_value ups.status)" = "$1" ] ;;
	esac
}

# reads_there NAME TEXT [UPS]: the second machine reads this status or error, soon
reads_there() {
	if await 60 remote_status "$2" "${3:-}"; then
		ok "$1: the second machine reads $2${3:+, $3}"
	else
		not_ok "$1: the second machine reads $2${3:+, $3}" "$remote"
	fi
}

# sees NAME TEXT: from both drivers
sees() {
	reads_there "$1" "$2"
	reads_there "$1" "$2" slow
}

# noticed EVENT COUNT: condition for await
noticed() {
	ask notices "$1"
	[ "$answer" -ge "$2" ]
}

# expect EVENT: the second machine will notice it
expect() {
	ask notices "$1"
	expected=$((answer + 1))
}

# in_time NAME EVENT: the second machine has noticed it in time, from now on
in_time() {
	local from
	ask stamp
	from=$answer
	check "$1: the second machine notices $2" await 60 noticed "$2" "$expected"
	ask notice "$2"
	echo "# $1: after $((answer - from)) ms"
	check "$1: ... within two polls" test $((answer - from)) -lt $TWO_POLLS
}

# values: each one that is read remotely, compared with its file
values() {
	local name file unit digits ours theirs
	while read -r name file unit digits; do
		theirs=$(remote_value "$name")
		ours=
		if [ -e "$SYSFS/$BAT/$file" ]; then
			ours=$(prop "$file")
			[ "$unit" = text ] ||
				ours=$(awk -v v="$ours" -v u="$unit" -v d="$digits" \
					'BEGIN { printf "%." d "f", v / u }')
		fi
		is "$1: $name" "$theirs" "$ours"
		[ -z "$theirs" ] || found="$found $name"
	done <<TABLE
battery.charge capacity 1 0
battery.runtime time_to_empty_now 1 0
battery.temperature temp 10 1
battery.voltage voltage_now 1000000 2
battery.voltage.nominal voltage_min_design 1000000 2
input.voltage input_voltage 1000000 1
input.frequency frequency 1000 1
output.voltage output_voltage 1000000 1
ups.load load_percent 1 0
device.mfr manufacturer text
device.model model_name text
ups.firmware firmware_revision text
TABLE
}

# load_is PERCENT: condition for await
load_is() {
	remote
	[ "$(remote_value ups.load)" = "$1" ]
}

start-network || bail "no network"
host speed 0
check "upsdrvctl starts the drivers" upsdrvctl start
check "... not as root" test "$(stat -c %U:%G:%a /run/nut/kernel-ups-ups)" = nut:nut:660
start_upsd
upsmon -p -F >/tmp/upsmon.log 2>&1 &

echo "# On mains"
sees "on mains" "OL"
is "online" "$(cat $SYSFS/$MAINS/online)" 1
found=
remote
values "on mains"
is "on mains: all of them are known" "$(wc -w <<<"$found")" 12
echo "# $remote"
host load 61
check "a new load is seen by polling" await 60 load_is 61
check "the second machine is logged in" await 60 noticed COMMOK 1

echo "# Mains fails"
expect ONBATT
host mains 0
check "on battery" await 60 reads $BAT/ups_state on-battery
in_time "mains fails" ONBATT
sees "mains fails" "OB DISCHRG"
expect ONLINE
host mains 1
check "online" await 60 reads $BAT/ups_state online
in_time "mains returns" ONLINE
sees "mains returns" "OL"

echo "# A battery test"
echo 1 >"$SYSFS/$BAT/battery_test"
reads_there "a test" "OL TEST"
host speed 20
reads_there "after it" "OL"
host speed 0

echo "# No communication, on mains and on battery"
expect COMMBAD
host hangup 3600
check "lost" await 60 reads $BAT/comm_status lost
in_time "lost" COMMBAD
sees "lost" "Error: Data stale"
host hangup 0
sees "it answers" "OL"
host mains 0
sees "on battery" "OB DISCHRG"
ask notices ONLINE
online=$answer
echo 3 >"$SYSFS/$BAT/lost_critical_delay"
host hangup 3600
check "lost" await 60 reads $BAT/ups_state critical
is "critical, but lost" "$(prop comm_status)" lost
sees "lost on battery" "Error: Data stale"
host hangup 0
sees "it answers on battery" "OB DISCHRG"
ask notices ONLINE
is "it has never been online" "$answer" "$online"
host mains 1
sees "mains returns" "OL"

echo "# Unplugged; plugged in: another UPS, with fewer values"
unplug
sees "unplugged" "Error: Data stale"
new_ups dashes
await 60 remote_status "OL"
found=
values "a UPS with dashes"
check "a UPS with dashes: no load, no frequency" \
	test "${found/ups.load/}" = "${found/input.frequency/}"
new_ups plain "volts auto"
sees "plugged in" "OL"

echo "# The driver is loaded again"
udevadm settle --timeout=120
rmmod megatec_ups
sees "unloaded" "Error: Data stale"
modprobe megatec_ups
sees "loaded" "OL"

echo "# upsd is started again"
kill $upsd
wait $upsd
start_upsd
sees "upsd restarted" "OL"
remote
values "upsd restarted"

echo "# kernel-ups hangs, dies, and is started again"
pid=$(cat /run/nut/kernel-ups-ups.pid)
kill -STOP "$pid"
reads_there "it hangs" "Error: Data stale"
kill -CONT "$pid"
reads_there "... and continues" "OL"
check "a second one is refused" sh -c "! /lib/nut/kernel-ups -a ups 2>/dev/null"
kill -KILL "$pid"
reads_there "it is killed" "Error: Driver not connected"
check "upsdrvctl starts it" upsdrvctl start ups
reads_there "... and it is back" "OL"
check "upsdrvctl stops it" upsdrvctl stop ups
check "... and it leaves nothing" sh -c "! ls /run/nut/kernel-ups-ups* 2>/dev/null"
check "upsdrvctl starts it again" upsdrvctl start ups
reads_there "... and it is back again" "OL"
ask notices COMMBAD
check "the second machine's upsmon sees it, too" await 60 noticed COMMOK "$answer"

echo "# Low battery: the second machine shuts down first, then this one"
host forget
host mains 0
sees "on battery" "OB DISCHRG"
ask notices HALTED
is "nothing has been shut down so far" "$answer" 0
expect LOWBATT
host charge 6
check "low" await 60 reads $BAT/ups_state low-battery
in_time "low" LOWBATT
check "this one shuts down" await 90 test -e /tmp/shutdown
ask notices HALTED
is "... and the second machine has done so before" "$answer" 1
ask notices FSD
is "... as it was asked to" "$answer" 1
remote
is "status" "$(remote_value ups.status)" "FSD OB LB DISCHRG"
is "not critical yet" "$(prop ups_state)" low-battery
check "NUT wants the power cut" upsmon -K
is "killpower, until then" "$(prop killpower)" "[off] on-battery always"
check "upsdrvctl shutdown" upsdrvctl shutdown
is "killpower" "$(prop killpower)" "off on-battery [always]"
[ $failures = 0 ] || tail -n 20 /tmp/upsd.log /tmp/upsmon.log | sed 's/^/# /'
poweroff -f
sleep 100
