# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# For the tests of the composite battery: what upower should show, computed from
# what the simulated packs hold; to be sourced after lib.sh.

# COMPOSITE is the folder of the composite's device.
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

# total REGISTER ADAPTER...: what the packs hold, mWh. The kernel's own driver has
# them count now in mAh (times design voltage), now in 10 mWh.
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

# total_mw ADAPTER...: what flows now, negative when it flows out
total_mw() {
	local sum=0 s
	for s; do
		sum=$((sum + $(signed_word "$s" 0x0a) * $(word "$s" 0x09)))
	done
	echo $((sum / 1000))
}

# display LABEL: the text behind the label of upower's display device
display() {
	upower -i $DISPLAY_DEVICE | sed -n "s/^ *$1: *//p" | head -n 1
}

# shows LABEL WANTED TOLERANCE: the number behind the label
shows() {
	local got
	got=$(display "$1")
	awk -v a="${got%%[ %]*}" -v b="$2" -v t="$3" \
		'BEGIN { d = a - b; if (d < 0) d = -d; exit !(a != "" && d <= t) }'
}

# nudge: have every supply looked at, as any applet would
nudge() {
	local f
	for f in "$SYSFS"/*/uevent; do
		: "$(<"$f")"
	done 2>/dev/null
}

# truth STATE ADAPTER...: the display device is these packs added up, no more. With
# NO_RATE=1 not by their rate: of charge and current upower makes power by the
# voltage of design.
truth() {
	local state=$1 now full mw
	shift
	nudge
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

# batteries: the batteries that upower knows
batteries() {
	upower -e | sed -n 's|.*/battery_||p' | sort | tr '\n' ' '
}

# expect NAME STATE ADAPTER...: the truth comes within 50 s, and stays alone
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
