#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: timeout=1800 parallel=1
#
# A battery is discharged along the curve of a real one: compare the reported percentage
# and time with the actual time left. The calibration is what a user can measure: the
# runtime of a full battery at two loads. The voltage under load hardly falls until the
# battery is nearly empty, so that the time calculated from it is up to seven times too
# long. Required: percentage and time never rise, and are consistent once the UPS has set
# its low-battery flag.
set -u
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need_packages python3 >&2

lasts() {
	"$here/megatec-sim" --discharge "$1" | tail -n 1 | cut -d' ' -f1
}

high=$(lasts 100)
low=$(lasts 50)
echo "# a full battery lasts $low s at 50 percent of load, $high s at 100"
sed "s/{ 50, 720, 100, 240 }/{ 50, $low, 100, $high }/" \
	"$here/../vm/acpi/ups-megatec.asl" >"$work/table.asl"
grep -q "$low, 100, $high" "$work/table.asl" || bail "the table has changed"

cat >"$work/script.sh" <<'END2'
#!/bin/bash
# vm: timeout=1200 acpi=none
. /tests/guest-lib.sh
host speed 0
host mains 0
for load in 100 50; do
	[ $load = 50 ] && full=LOW_S || full=HIGH_S
	host load $load
	host low auto
	last_t=999999 last_c=101 reported=
	rising=0 wrong=0 points=0
	for charge in 99 90 80 70 60 50 40 30 25 20 17 15 13 12 10 9 8; do
		host charge $charge
		ask left
		left=$answer
		[ "$left" -gt 0 ] || break
		settle
		t=$(prop time_to_empty_now) c=$(prop capacity) state=$(prop ups_state)
		echo "# load $load charge $charge: lasts $left s; reported $t s, $c percent, $state"
		points=$((points + 1))
		# Rounding may move the time by a second.
		[ "$t" -le $((last_t + 1)) ] && [ "$c" -le $last_c ] || rising=$((rising + 1))
		last_t=$t last_c=$c
		case $state in
		on-battery)
			[ "$t" -le $((left * 7)) ] && [ $((t * 2)) -ge "$left" ] ||
				wrong=$((wrong + 1))
			;;
		low-battery | critical)
			: "${reported:=$left}"
			[ "$c" -le 5 ] && [ "$t" -le $((full * 6 / 100)) ] ||
				wrong=$((wrong + 1))
			;;
		*) wrong=$((wrong + 1)) ;;
		esac
	done
	check "load $load: $points points" test $points -ge 12
	is "load $load: percentage and time never rise" $rising 0
	is "load $load: points out of bounds" $wrong 0
	check "load $load: low battery is reported $reported s before the end" \
		test "${reported:-0}" -ge 30
	host mains 1
	host charge 100
	await 60 reads $BAT/ups_state online
	host mains 0
done
finish
END2
sed -i "s/LOW_S/$low/; s/HIGH_S/$high/" "$work/script.sh"
start_sim --socket "$work/ups"
guest "$work/script.sh" UPS= ACPI="$work/table.asl"
guest_results
finish
