# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Functions for the tests of UPS drivers: a simulated UPS on the host, connected to a
# serial port of a guest. KTAP output by tests/selftests/lib.sh.

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck disable=SC2034 # for tests/vm/lib.sh
top=$(cd "$here/../.." && pwd)
# shellcheck source-path=SCRIPTDIR source=../vm/lib.sh
. "$here/../vm/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../selftests/lib.sh
. "$here/../selftests/lib.sh"

work=$(mktemp -d)
sim=
others=
refused=

# shellcheck disable=SC2317 # called by trap
end_of_test() {
	# shellcheck disable=SC2086 # process ids: the simulator, and what a test has started
	[ -z "$sim$others" ] || kill $sim $others 2>/dev/null || :
	rm -rf "$work"
}
trap end_of_test EXIT

# start_sim ARGUMENT...: start the simulator of $PROTOCOL, with its sockets in $work
start_sim() {
	need_packages python3 >&2
	[ -z "$sim" ] || { kill "$sim" && wait "$sim"; } 2>/dev/null || :
	rm -f "$work/control" "$work/ups"
	"$here/${PROTOCOL:-megatec}-sim" --control "$work/control" --log "$work/commands" "$@" &
	sim=$!
	await 60 test -S "$work/control" || bail "no simulator"
}

# ctl WORDS...: send a line to the control socket of the simulator, print its answer
ctl() {
	"$here/ups-ctl" "$work/control" "$@"
}

# unpack_apcupsd: into $work/apcupsd, its libraries in $apcupsd_libs. It cannot be
# installed, as it conflicts with NUT.
unpack_apcupsd() {
	local d
	mkdir "$work/deb"
	(cd "$work/deb" && { apt-get -qq download apcupsd libusb-0.1-4 ||
		{ apt-get -q update && apt-get -qq download apcupsd libusb-0.1-4; }; }) >&2 ||
		die 125 "cannot fetch apcupsd"
	for d in "$work/deb"/*.deb; do
		dpkg -x "$d" "$work/apcupsd"
	done
	# shellcheck disable=SC2034 # for the tests
	apcupsd_libs=$(dirname "$(find "$work/apcupsd" -name 'libusb-0.1.so.4' | head -n 1)")
}

# use_nut SETTING... -- DRIVER...: set up these drivers of NUT, for the simulator at $work/tty
use_nut() {
	local settings=()
	need_packages nut-server >&2
	export NUT_CONFPATH=$work/nut NUT_STATEPATH=$work/nut NUT_ALTPIDPATH=$work/nut
	mkdir "$work/nut"
	chmod 755 "$work"
	while [ "$1" != -- ]; do
		settings+=("$1")
		shift
	done
	shift
	{
		echo "maxretry = 3"
		for nut; do
			printf '%s\n' "[$nut]" "driver = $nut" "port = $work/tty" "${settings[@]}"
		done
	} >"$work/nut/ups.conf"
}

# nut ARGUMENT...: run the driver of NUT that was set up last
nut() {
	timeout 90 "/lib/nut/$nut" -u root -a "$nut" "$@" 2>"$work/nut.err"
}

# put_into NAME: put the simulator into the situation of this name
put_into() {
	local words
	situation "$1" | while read -r words; do
		# shellcheck disable=SC2086 # words
		ctl $words >/dev/null
	done
}

# ours NAME ATTRIBUTE...: lines of a guest's script: put the simulator into the situation
# of this name, print "OURS NAME ONLINE VALUE...". All values have been read once more after the
# commands in $reread.
ours() {
	local name=$1
	shift
	situation "$name" | sed 's/^/host /'
	echo "${reread:-settle; settle}"
	# shellcheck disable=SC2016 # for the guest
	printf 'echo "OURS %s $(cat $SYSFS/ups0-mains/online)' "$name"
	# shellcheck disable=SC2016
	printf ' $(prop %s)' "$@"
	echo '"'
}

# ours_at_tty ATTRIBUTE...: run a guest, with the UPS at a tty, that prints these values in
# three situations, and powers off with a low battery
ours_at_tty() {
	local s
	{
		echo '#!/bin/bash'
		echo '# vm: timeout=400 acpi=none'
		echo "PROTOCOL=$PROTOCOL PORT=/dev/ttyS1"
		echo '. /tests/guest-lib.sh'
		for s in mains battery low; do
			ours $s "$@"
		done
		echo 'check "low" await 60 reads ups0/ups_state low-battery'
		echo 'host forget'
		echo 'poweroff -f'
		echo 'sleep 100'
	} >"$work/script.sh"
	start_sim --socket "$work/ups"
	guest "$work/script.sh" END=poweroff UPS=
	cp "$work/out" "$work/ours"
}

# value NAME [FILE]: value of a variable of NUT, whose output is in $work/nut.out
value() {
	sed -n "s/^$1: //p" "${2:-$work/nut.out}" | head -n 1
}

# times FACTOR TEXT: integer
times() {
	awk -v f="$1" -v v="$2" 'BEGIN { printf "%d", v * f + 0.5 }'
}

# guest SCRIPT [NAME=VALUE...]: run it in a guest connected to the simulator. Its output
# is in $work/out, its exit status in $status. Output lines "HOST: words" are sent to
# the simulator, and its answer to the guest; refused ones are added to $refused.
guest() {
	local script=$1 line answer
	shift
	: >"$work/out"
	refused=
	rm -f "$work/answers"
	mkfifo "$work/answers"
	# Open at both ends: neither side waits for the other to open it.
	exec 7<>"$work/answers"
	while IFS= read -r line; do
		case $line in
		"HOST: "*)
			# shellcheck disable=SC2086 # words
			answer=$(ctl ${line#HOST: }) || refused="$refused ${line#HOST: };"
			echo "${answer:-error: no answer}" >&7
			;;
		"STATUS: "*) status=${line#STATUS: } ;;
		*) echo "$line" >>"$work/out" ;;
		esac
	done < <(
		env UPS="${PROTOCOL:-megatec}" SERIAL="$work/ups" SCRIPT="$script" INPUT="$work/answers" \
			FILES="$here/guest-lib.sh" LOG="${LOG:-$work/kernel.log}" "$@" \
			"$here/../vm/vm-run" 2>"$work/err"
		echo "STATUS: $?"
	)
	exec 7>&-
}

# guest_results [NAME]: report the results of the guest. A guest that ends with a
# power-off has no plan, but at least one result is required.
guest_results() {
	local line name=${1:+$1: } n=0
	while IFS= read -r line; do
		case $line in
		"ok "*) n=$((n + 1)) && ok "$name${line#ok * }" ;;
		"not ok "*) n=$((n + 1)) && not_ok "$name${line#not ok * }" ;;
		"# "*) echo "$line" ;;
		"Bail out!"*) not_ok "$name$line" ;;
		esac
	done <"$work/out"
	check "${name}the guest has results" test $n != 0
	is "${name}nothing was refused by the simulator" "$refused" ""
	is "${name}exit status of the guest's script" "$status" 0
	[ "$status" = 0 ] || tail -n 20 "$work/err" | sed 's/^/# /'
}
