# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# For the tests that run inside the virtual machine: KTAP output, and access to
# the simulated hardware. The user-mode kernel has a smaller shell, which reads this too.

SYSFS=/sys/class/power_supply
SIM_ROOT=/sys/kernel/debug/psy-sim
# shellcheck disable=SC2034 # for the tests
DRIVER=/sys/bus/i2c/drivers/sbs-gauge

NL='
'

tests=0
failures=0

# pause SECONDS: sleep. A process costs 25 ms of processor time in these guests, of which
# bash needs none.
if [ -n "${BASH_VERSION:-}" ]; then
	# A pipe from which nothing comes
	eval 'exec {pause_fd}<> <(:)'
	pause() {
		read -rt "$1" -u "$pause_fd" || :
	}
else
	pause() {
		sleep "$1"
	}
fi

# ok NAME, not_ok NAME [WHY...]: one result
ok() {
	tests=$((tests + 1))
	echo "ok $tests $1"
}

not_ok() {
	tests=$((tests + 1))
	failures=$((failures + 1))
	echo "not ok $tests $1"
	shift
	[ $# = 0 ] || echo "# $*"
}

# check NAME COMMAND...: passes if the command succeeds
check() {
	check_name=$1
	shift
	if "$@"; then
		ok "$check_name"
	else
		not_ok "$check_name" "failed: $*"
	fi
}

# is NAME GOT WANTED
is() {
	if [ "$2" = "$3" ]; then
		ok "$1"
	else
		not_ok "$1" "got '$2', wanted '$3'"
	fi
}

# count TEXT: whether it is a count, 0 or more. The value of an unreadable counter is
# empty, and a difference with it may be negative.
count() {
	case $1 in
	'' | *[!0-9]*) return 1 ;;
	esac
}

# between NAME GOT LOW HIGH: a count within these limits, inclusive
between() {
	if count "$2" && [ "$2" -ge "$3" ] && [ "$2" -le "$4" ]; then
		echo "# $1: $2"
		ok "$1"
	else
		not_ok "$1" "got '$2', wanted $3 to $4"
	fi
}

# at_most NAME GOT LIMIT
at_most() {
	between "$1" "$2" 0 "$3"
}

# finish: print the plan; the exit status is the result
finish() {
	echo "1..$tests"
	[ "$failures" = 0 ] && [ "$tests" != 0 ]
	exit
}

# bail WHY...: the rest cannot be tested
bail() {
	echo "Bail out! $*"
	exit 1
}

# sim_dir [NUMBER]: directory of the first, second, ... simulated adapter
sim_dir() {
	find "$SIM_ROOT" -mindepth 1 -maxdepth 1 -type d | sort | sed -n "${1:-1}p"
}

# sim FILE [VALUE]: read or write a control of the simulated adapter $SIM
sim() {
	if [ $# = 1 ]; then
		cat "$SIM/$1"
	else
		echo "$2" >"$SIM/$1"
	fi
}

# reg NUMBER: a raw word of the simulated pack, without using the bus
reg() {
	awk -v r="$1" '$1 == r { print $3 }' "$SIM/regs"
}

# supply_of ADAPTER-DIR: name of the supply whose gauge is on that adapter
supply_of() {
	for supply in "$SYSFS"/*; do
		case $(readlink -f "$supply/device") in
		*/"${1##*/}"/*) echo "${supply##*/}" && return ;;
		esac
	done
	return 1
}

# prop NAME: a property of the supply $BAT, one line, or the error
prop() {
	IFS= read -r prop_value <"$SYSFS/$BAT/$1" && echo "$prop_value"
} 2>&1

# newer_tag SUPPLY TAG: its battery tag is higher (the supply may be absent for a moment)
newer_tag() {
	[ "$(cat "$SYSFS/$1/battery_tag")" -gt "$2" ] 2>/dev/null
}

# await SECONDS COMMAND...: as wait-for, but COMMAND may be a shell function, which is
# called often at first, then less.
await() {
	read -r await_end _ </proc/uptime
	await_end=$((${await_end%%.*} + $1)) await_n=0
	shift
	until "$@"; do
		read -r await_now _ </proc/uptime
		[ "${await_now%%.*}" -lt $await_end ] || return 1
		await_n=$((await_n + 1))
		if [ $await_n -le 5 ]; then pause 0.1; else pause 0.4; fi
	done
}

# poller FILE [SECONDS]: start a poller of it; $poller is its pid. On return it polls: its
# output must not be that of one before it.
poller() {
	rm -f /tmp/poller
	poll-attr "$1" "${2:-60}" >/tmp/poller &
	# shellcheck disable=SC2034 # for the tests
	poller=$!
	await 20 grep -qs polling /tmp/poller || bail "no poller of $1"
}

# expire: wait until the snapshot is no longer fresh (its lifetime is 1 s)
expire() {
	pause 1.2
}

# counter NAME: of the class for $BAT
counter() {
	counter_in "$1" "/sys/kernel/debug/psy-miniclass/$BAT/stats"
}

# counter_in NAME FILE: in lines "NAME VALUE", read at once. Nothing if it is not there.
counter_in() {
	counter_all=$NL$(<"$2")
	case $counter_all in
	*"$NL$1 "*)
		counter_all=${counter_all#*"$NL$1 "}
		echo "${counter_all%%"$NL"*}"
		;;
	esac
}

# events: change events sent for $BAT so far
events() {
	counter events
}

# setup: find the first simulated pack and its supply, which needs udev to load drivers
setup() {
	await 20 test -d "$SIM_ROOT" || bail "no simulated adapter"
	SIM=$(sim_dir 1)
	await 20 supply_exists || bail "no supply for $SIM"
	BAT=$(supply_of "$SIM")
}

supply_exists() {
	supply_of "$SIM" >/dev/null
}
