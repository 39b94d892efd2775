# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# For the tests of UPS drivers: a simulated UPS on this machine, and a guest at
# its cable. KTAP output, as tests/selftests/lib.sh gives it.

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck disable=SC2034 # for tests/vm/lib.sh
top=$(cd "$here/../.." && pwd)
# shellcheck source-path=SCRIPTDIR source=../vm/lib.sh
. "$here/../vm/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../selftests/lib.sh
. "$here/../selftests/lib.sh"

work=$(mktemp -d)
sim=

# shellcheck disable=SC2317 # called by trap
end_of_test() {
	[ -z "$sim" ] || kill "$sim" 2>/dev/null || :
	rm -rf "$work"
}
trap end_of_test EXIT

# start_sim ARGUMENT...: the simulator; its sockets are in $work
start_sim() {
	need_packages python3 >&2
	[ -z "$sim" ] || { kill "$sim" && wait "$sim"; } 2>/dev/null || :
	rm -f "$work/control" "$work/ups"
	"$here/megatec-sim" --control "$work/control" --log "$work/commands" "$@" &
	sim=$!
	await 10 test -S "$work/control" || bail "no simulator"
}

# ctl WORDS...: tell the simulator, or ask it
ctl() {
	"$here/ups-ctl" "$work/control" "$@"
}

# guest SCRIPT [NAME=VALUE...]: run it at the cable of the simulator. What it
# prints is left in $work/out, its status in $status. A line "HOST: words" goes to
# the simulator.
guest() {
	local script=$1 line
	shift
	: >"$work/out"
	while IFS= read -r line; do
		case $line in
		"HOST: "*)
			# shellcheck disable=SC2086 # words
			ctl ${line#HOST: } >/dev/null || echo "# refused: $line"
			;;
		"STATUS: "*) status=${line#STATUS: } ;;
		*) echo "$line" >>"$work/out" ;;
		esac
	done < <(
		env UPS=megatec SERIAL="$work/ups" SCRIPT="$script" \
			FILES="$here/guest-lib.sh" LOG="${LOG:-$work/kernel.log}" "$@" \
			"$here/../vm/vm-run" 2>"$work/err"
		echo "STATUS: $?"
	)
}

# guest_results: the guest's own results become results here
guest_results() {
	local line
	while IFS= read -r line; do
		case $line in
		"ok "*) ok "${line#ok * }" ;;
		"not ok "*) not_ok "${line#not ok * }" ;;
		"# "* | "Bail out!"*) echo "$line" ;;
		esac
	done <"$work/out"
	is "the guest's script" "$status" 0
	[ "$status" = 0 ] || tail -n 20 "$work/err" | sed 's/^/# /'
}
