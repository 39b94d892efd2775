# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# For the tests of the composite battery: what upower should show, computed from
# the words of the simulated packs; to be sourced after lib.sh.

# COMPOSITE is the directory of the composite's device.
COMPOSITE=${COMPOSITE:-}
DISPLAY_DEVICE=/org/freedesktop/UPower/devices/DisplayDevice

# word ADAPTER REGISTER: a word of a pack, as a number
word() {
	echo $(($(awk -v r="$2" '$1 == r { print $3 }' "$1/regs")))
}

signed_word() {
	local w
	w=$(word "$1" "$2")
	echo $((w > 32767 ? w - 65536 : w))
}

# total REGISTER ADAPTER...: sum of the packs, mWh. The in-tree driver switches their
# unit between mAh (times design voltage) and 10 mWh.
total() {
	local r=$1 sum=0 s
	shift
	for s; do
		if [ $(($(cat "$s/mode") & 0x8000)) = 0 ]; then
			sum=$((sum + $(word "$s" "$r") * $(word "$s" 0x19)))
		else
			sum=$((sum + $(word "$s" "$r") * 10000))
		fi
	done
	echo $((sum / 1000))
}

# total_mw ADAPTER...: sum of the power, negative when discharging
total_mw() {
	local sum=0 s
	for s; do
		sum=$((sum + $(signed_word "$s" 0x0a) * $(word "$s" 0x09)))
	done
	echo $((sum / 1000))
}

# display LABEL: the value of this label in upower's display device, or in $dump of it
display() {
	sed -n "s/^$1: //p" <<<"${dump:-$(upower-values $DISPLAY_DEVICE)}"
}

# shows LABEL WANTED TOLERANCE: compare the number at this label
shows() {
	local got
	got=$(display "$1")
	awk -v a="${got%%[ %]*}" -v b="$2" -v t="$3" \
		'BEGIN { d = a - b; if (d < 0) d = -d; exit !(a != "" && d <= t) }'
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
	local state=$1 now full mw dump
	shift
	nudge
	dump=$(upower-values $DISPLAY_DEVICE)
	now=$(total 0x0f "$@")
	full=$(total 0x10 "$@")
	mw=$(total_mw "$@")
	shows energy "$(milli "$now")" 0.03 && shows energy-full "$(milli "$full")" 0.03 &&
		shows percentage $(((200 * now / full + 1) / 2)) 0.6 &&
		{ [ -n "${NO_RATE:-}" ] || shows energy-rate "$(milli ${mw#-})" 0.06; } &&
		[ "$(display state)" = "$state" ]
}

milli() {
	awk -v n="$1" 'BEGIN { print n / 1000 }'
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
		not_ok "$name" "wanted $1, mWh $(total 0x0f "${@:2}") of $(total 0x10 "${@:2}"), mW $(total_mw "${@:2}")"
		upower -i $DISPLAY_DEVICE | sed 's/^/# /'
		sed 's/^/# /' "$COMPOSITE/members"
	fi
}
