# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# For the tests of the composite battery: what upower should show, computed from
# the words of the simulated packs; to be sourced after lib.sh.

# COMPOSITE is the directory of the composite's device.
COMPOSITE=${COMPOSITE:-}
DISPLAY_DEVICE=/org/freedesktop/UPower/devices/DisplayDevice

# read_words ADAPTER: the words of a pack, by register, in $words
read_words() {
	local lines line
	mapfile -t lines <"$1/regs"
	words=()
	for line in "${lines[@]}"; do
		# shellcheck disable=SC2086 # words
		set -- $line
		words[$1]=$(($3))
	done
}

# add_up REGISTER ADAPTER...: $sum of the packs, uWh. The in-tree driver switches their
# unit between mAh (times design voltage) and 10 mWh.
add_up() {
	local r=$1 s
	shift
	sum=0
	for s; do
		read_words "$s"
		if [ $(($(<"$s/mode") & 0x8000)) = 0 ]; then
			sum=$((sum + words[r] * words[0x19]))
		else
			sum=$((sum + words[r] * 10000))
		fi
	done
}

# total REGISTER ADAPTER...: mWh
total() {
	add_up "$@"
	echo $((sum / 1000))
}

# add_up_power ADAPTER...: $sum of the packs, uW, negative when discharging
add_up_power() {
	local s
	sum=0
	for s; do
		read_words "$s"
		sum=$((sum + (words[0x0a] > 32767 ? words[0x0a] - 65536 : words[0x0a]) * words[0x09]))
	done
}

# find_shown LABEL: the value of this label in $dump, of upower's display device, in $shown
find_shown() {
	shown=${NL}$dump
	case $shown in
	*"$NL$1: "*)
		shown=${shown#*"$NL$1: "}
		shown=${shown%%"$NL"*}
		;;
	*) shown= ;;
	esac
}

# display LABEL: the value of this label in upower's display device
display() {
	upower-values $DISPLAY_DEVICE "$1"
}

# thousandths NUMBER: of a number with decimals, in $milli
thousandths() {
	local part
	[[ $1 =~ ^([0-9]+)(\.([0-9]+))?(e-[0-9]+)?$ ]] || return
	part=${BASH_REMATCH[3]}000
	milli=$((10#${BASH_REMATCH[1]} * 1000 + 10#${part:0:3}))
	# A very small number has an exponent.
	[ -z "${BASH_REMATCH[4]}" ] || milli=0
}

# is_shown LABEL WANTED TOLERANCE: compare the number at this label of $dump, in thousandths
is_shown() {
	local shown milli
	find_shown "$1"
	thousandths "${shown%%[ %]*}" && [ $((milli - $2)) -le "$3" ] &&
		[ $(($2 - milli)) -le "$3" ]
}

# nudge: read every supply, as applets do
nudge() {
	local f
	for f in "$SYSFS"/*/uevent; do
		: "$(<"$f")"
	done 2>/dev/null
}

# truth STATE ADAPTER...: the display device is the sum of these packs. NO_RATE=1
# leaves out the rate: upower computes it from the current and the design voltage.
truth() {
	local state=$1 now full dump sum shown
	shift
	nudge
	dump=$(upower-values $DISPLAY_DEVICE)
	add_up 0x0f "$@"
	now=$((sum / 1000))
	add_up 0x10 "$@"
	full=$((sum / 1000))
	add_up_power "$@"
	is_shown energy $now 30 && is_shown energy-full $full 30 &&
		is_shown percentage $(((200 * now / full + 1) / 2 * 1000)) 600 &&
		{ [ -n "${NO_RATE:-}" ] || is_shown energy-rate $((${sum#-} / 1000)) 60; } &&
		find_shown state && [ "$shown" = "$state" ]
}

# batteries: the batteries that upower lists
batteries() {
	upower -e | sed -n 's|.*/battery_||p' | sort | tr '\n' ' '
}

# expect NAME STATE ADAPTER...: truth succeeds within 50 s
expect() {
	local name=$1
	shift
	if await 50 truth "$@"; then
		ok "$name"
	else
		not_ok "$name" "wanted $1, mWh $(total 0x0f "${@:2}") of $(total 0x10 "${@:2}")"
		upower -i $DISPLAY_DEVICE | sed 's/^/# /'
		sed 's/^/# /' "$COMPOSITE/members"
	fi
}
