#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: timeout=1500 needs=6.1
#
# One UPS, two machines: a guest has the UPS, and serves it with upsd of NUT and our driver
# for it, kernel-ups. The second machine is this one, with NUT's upsc and upsmon, which has to
# see each state within two of its polls, and shuts down (into a file) before the guest does.
# Before that, what kernel-ups makes of files that have any content.
set -u
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need_packages gcc libc6-dev nut-server nut-client python3 >&2

mkdir "$work/nut" "$work/nut-guest"
${CC:-gcc} -O2 -Wall -Wextra -Wno-missing-field-initializers -Werror \
	-o "$work/nut-guest/kernel-ups" "$here/../../dist/nut/kernel-ups.c" || bail "it does not compile"

# Files instead of a UPS. $work/ups.conf has one section for each of the ports.
export NUT_CONFPATH=$work
supply=$work/class/ups7
mkdir -p "$supply" "$work/class/ups7-mains"
cat >"$work/ups.conf" <<END
maxretry = 3
[one]
	driver = kernel-ups
	port = "$supply"	# with quotes
[pattern]
	port = $work/class/ups*
[gone]
	port = $work/class/other
[odd]
	pollinterval = 0
END

# file NAME TEXT
file() {
	printf '%s\n' "$2" >"$supply/$1"
}

# shown NAME WANTED [SECTION]: all variables, in a line
shown() {
	is "$1" "$("$work/nut-guest/kernel-ups" -d 1 -a "${3:-one}" 2>&1 | tr '\n' ';')" "$2"
}

dead="kernel-ups: $supply: no UPS, or it does not answer;"
shown "files: no state" "$dead"
file ups_state online
shown "files: not known whether it answers" "$dead"
file comm_status ok
shown "files: nothing but a state" "ups.status: OL;"
shown "files: a pattern, which the mains supply does not match" "ups.status: OL;" pattern
file capacity 100
file voltage_now 27312345
file temp -51
file frequency 49949
file load_percent 0
file beeper 0
file manufacturer ' ACME'
shown "files: values" "ups.status: OL;ups.beeper.status: disabled;battery.charge: 100;$(
	)battery.temperature: -5.1;battery.voltage: 27.31;device.mfr: ACME;$(
	)input.frequency: 49.9;ups.load: 0;ups.mfr: ACME;"
file capacity ''
file voltage_now garbage
file temp 12x
file frequency 99999999999999999999
file load_percent 101
file beeper 2
file manufacturer ''
file health Dead
file status Charging
shown "files: a value that is not a number is left out" "ups.status: OL CHRG RB OVER;ups.load: 101;"
file health "Unspecified failure"
file battery_test 1
file status Discharging
file load_percent 100
shown "files: a failure; discharging on mains" \
	"ups.status: ALARM OL TEST;ups.alarm: The UPS reports a failure;ups.load: 100;"
rm "$supply/health" "$supply/battery_test" "$supply/load_percent"
while IFS=: read -r state words; do
	file ups_state "$state"
	shown "files: state '$state'" "${words:-$dead}"
done <<TABLE
on-battery:ups.status: OB DISCHRG;
low-battery:ups.status: OB LB DISCHRG;
critical:ups.status: OB LB DISCHRG;
no-comm:
online and more:
Online:
:
TABLE
file ups_state online
for comm in lost "" okay; do
	file comm_status "$comm"
	shown "files: communication '$comm'" "$dead"
done
# What cannot be read: read(2) of a directory fails.
rm "$supply/comm_status" && mkdir "$supply/comm_status"
shown "files: communication cannot be read" "$dead"
rmdir "$supply/comm_status" && file comm_status ok
rm "$supply/ups_state" && mkdir "$supply/ups_state"
shown "files: the state cannot be read" "$dead"
rmdir "$supply/ups_state" && file ups_state online
mkdir "$supply/energy" && mv "$supply/energy" "$supply/input_voltage"
shown "files: a value cannot be read" "ups.status: OL;"
cp -R "$supply" "$work/class/ups8"
shown "files: two UPSes match" "kernel-ups: $work/class/ups*: no UPS, or it does not answer;" pattern
shown "files: no such UPS" "kernel-ups: $work/class/other: no UPS, or it does not answer;" gone
shown "files: a wrong interval" 'kernel-ups: interval "0": 1 to 3600 seconds;' odd
shown "files: no such section" "kernel-ups: $work/ups.conf has no section [none];" none

# The second machine
port=$(python3 -c 'import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])')
cat >"$work/nut/upsmon.conf" <<END
RUN_AS_USER root
MONITOR ups@127.0.0.1:$port 1 other secret secondary
MINSUPPLIES 1
SHUTDOWNCMD "$work/nut/notify HALTED"
NOTIFYCMD $work/nut/notify
NOTIFYFLAG ONLINE EXEC
NOTIFYFLAG ONBATT EXEC
NOTIFYFLAG LOWBATT EXEC
NOTIFYFLAG FSD EXEC
NOTIFYFLAG COMMOK EXEC
NOTIFYFLAG COMMBAD EXEC
NOTIFYFLAG SHUTDOWN IGNORE
POLLFREQ 5
POLLFREQALERT 5
DEADTIME 900
FINALDELAY 0
END
# "MILLISECONDS EVENT" for each event
cat >"$work/nut/notify" <<END
#!/bin/sh
echo "\$(date +%s%3N) \${NOTIFYTYPE:-\$1}" >>$work/notices
END
chmod 755 "$work/nut/notify"
: >"$work/notices"

# A request of the guest: to the simulator, or to the second machine
ctl() {
	case $1 in
	upsc) # all variables, or why not
		timeout 60 upsc "$2@127.0.0.1:$port" 2>&1 | grep -v '^Init SSL' | tr '\n' '|'
		;;
	stamp) date +%s%3N ;;
	notices) # EVENT: how many
		grep -c " $2\$" "$work/notices" || :
		;;
	notice) # EVENT: time of the last one
		sed -n "s/ $2\$//p" "$work/notices" | tail -n 1
		;;
	*) "$here/ups-ctl" "$work/control" "$@" ;;
	esac
}

# Not those in /sbin, which do nothing unless /etc/nut/nut.conf says so
cp /lib/nut/upsd /lib/nut/upsmon /sbin/upsdrvctl "$work/nut-guest"
# The libraries that the guest has not, and those that libnss3 loads by name
find "$(dirname "$(ldd /lib/nut/upsmon | awk '/libnss3/ { print $3 }')")" -maxdepth 1 \
	'(' -name libsoftokn3.so -o -name 'libfreebl*.so' ')' -exec cp -L -t "$work/nut-guest" {} +
for f in "$work/nut-guest"/*; do
	ldd "$f" | awk '$3 ~ /^\// && $3 !~ /libc\.so/ { print $3 }'
done | sort -u | xargs cp -L -t "$work/nut-guest"

NUT_CONFPATH=$work/nut /lib/nut/upsmon -p -F >"$work/upsmon.log" 2>&1 &
others=$!
start_sim --socket "$work/ups"
guest "$here/guest_nut_bridge.sh" END=poweroff FORWARD="$port:3493" \
	FILES="$here/guest-lib.sh $work/nut-guest"
guest_results
[ "$failures" = 0 ] || sed 's/^/# /' "$work/notices" "$work/upsmon.log"
is "the outlets are cut, at the end of the guest's power-off" \
	"$(ctl commands | tr ' ' '\n' | grep -v '^Q1$' | tr '\n' ' ')" "C S01R0003 "
finish
