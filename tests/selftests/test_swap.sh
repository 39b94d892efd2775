#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vm: kver=newest rare=6.1,arm64 timeout=1200
#
# Ten thousand packs under eight readers of the uevent file, on busy processors: each
# reading is of one pack. All values of a pack are derived from its serial number.
. /tests/lib.sh
setup
READERS=8
SWAPS=10000
# Minimum number of packs noticed, and of readings compared
NOTICED=1000
COMPARED=500

# As fast as possible: the shortest lifetime of a snapshot, no time for transfers.
sim realtime 0
sim speed 0
rmmod sbs-gauge psy-miniclass
modprobe psy-miniclass fresh_ms=1
modprobe sbs-gauge
rmmod sbs-battery 2>/dev/null
await 10 supply_exists || bail "no supply after rebinding"
BAT=$(supply_of "$SIM")

# mixed FILE: print the readings, one per line, that are not of a single pack; write
# the numbers of readings and of packs to /tmp/compared. A new pack has no cycle count.
mixed() {
	awk '
		BEGIN { split("Initech Globex Umbra Hooli", makers) }
		{
			delete v
			for (i = 1; i <= NF; i++) {
				eq = index($i, "=")
				v[substr($i, 14, eq - 14)] = substr($i, eq + 1)
			}
			if (!("SERIAL_NUMBER" in v))
				next
			compared++
			if (!seen[v["SERIAL_NUMBER"]]++)
				packs++
			n = 0
			for (i = 1; i <= 4; i++)
				n = n * 16 + index("123456789abcdef", substr(v["SERIAL_NUMBER"], i, 1))
			design = 3000 + n % 23 * 100
			cycles = n % 400
			if (v["MODEL_NAME"] != sprintf("SIM-%04X", n) ||
			    v["MANUFACTURER"] != makers[n % 4 + 1] ||
			    v["CHARGE_FULL_DESIGN"] != design * 1000 ||
			    v["CHARGE_FULL"] != (design - int(design * cycles / 2000)) * 1000 ||
			    v["CYCLE_COUNT"] + 0 != cycles)
				print
		}
		END { print compared + 0, packs + 0 >"/tmp/compared" }
	' "$@"
}

sim swap 4711
sleep 0.1
tr '\n' ' ' <"$SYSFS/$BAT/uevent" >/tmp/one
echo >>/tmp/one
is "a reading of one pack is not mixed" "$(mixed /tmp/one)" ""
is "it was compared" "$(cat /tmp/compared)" "1 1"
# altered PROPERTY VALUE: whether the above reading with this value counts as mixed
altered() {
	sed "s/POWER_SUPPLY_$1=[^ ]*/POWER_SUPPLY_$1=$2/" /tmp/one >/tmp/two
	! cmp -s /tmp/one /tmp/two && [ -n "$(mixed /tmp/two)" ]
}
for other in SERIAL_NUMBER=1268 MODEL_NAME=SIM-1268 MANUFACTURER=Globex2 \
	CHARGE_FULL_DESIGN=1000000 CHARGE_FULL=1000000 CYCLE_COUNT=1; do
	check "another ${other%=*} is detected" altered "${other%=*}" "${other#*=}"
done

# A busy loop for each processor: half of the readers have a lower priority, and are
# preempted at any point.
busy=
for _ in $(seq "$(nproc)"); do
	while :; do :; done &
	busy="$busy $!"
done
tag=$(prop battery_tag)
readers=
for r in $(seq $READERS); do
	read-whole "$SYSFS/$BAT/uevent" /tmp/stop $((r % 2 * 19)) >"/tmp/reader.$r" &
	readers="$readers $!"
done
# No number twice: a pack that returns during one refresh is not realistic.
i=0
noticed=0
while [ $i -lt $SWAPS ] || [ $noticed -lt $NOTICED ]; do
	i=$((i + 1))
	[ $i -le 65000 ] || break
	echo $i >"$SIM/swap"
	[ $((i % 500)) != 0 ] || noticed=$(($(prop battery_tag) - tag))
done
touch /tmp/stop
for pid in $readers; do
	wait "$pid" || not_ok "reader $pid has failed"
done
for pid in $busy; do
	kill "$pid"
done
wait
readings=$(awk '$1 == "readings" { n += $2 } END { print n + 0 }' /tmp/reader.*)
is "all readers have ended" "$(grep -h readings /tmp/reader.* | wc -l)" $READERS
grep -hv readings /tmp/reader.* >/tmp/all
mixed /tmp/all >/tmp/mixed
head -n 3 /tmp/mixed | sed 's/^/# mixed: /'
is "no reading was mixed" "$(wc -l </tmp/mixed)" 0
read -r compared packs </tmp/compared
echo "# $i packs, $noticed noticed; $readings readings, $compared of them compared, of $packs packs"
check "many packs were noticed" test "$noticed" -ge $NOTICED
check "many readings were compared" test "$compared" -ge $COMPARED
check "of many packs" test "$packs" -ge $((COMPARED / 2))

finish
