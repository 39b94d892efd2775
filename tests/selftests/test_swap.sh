#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vm: kver=6.1,newest arch=x86_64,arm64 timeout=400
#
# Ten thousand packs under eight readers of the uevent file: each reading is of
# one pack. All that a pack tells of itself follows from its serial number.
. /tests/lib.sh
setup
READERS=8
SWAPS=10000

# As quick as can be: no lifetime to speak of, no time on the wires.
sim realtime 0
sim speed 0
rmmod sbs-gauge psy-miniclass
modprobe psy-miniclass fresh_ms=1
modprobe sbs-gauge
rmmod sbs-battery 2>/dev/null
await 10 supply_exists || bail "the driver did not come back"
BAT=$(supply_of "$SIM")

# mixed: lines of whole readings that no pack can have told; counts those it read
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
			packs++
			n = 0
			for (i = 1; i <= 4; i++)
				n = n * 16 + index("123456789abcdef", substr(v["SERIAL_NUMBER"], i, 1))
			if (v["MODEL_NAME"] != sprintf("SIM-%04X", n) ||
			    v["MANUFACTURER"] != makers[n % 4 + 1] ||
			    v["CHARGE_FULL_DESIGN"] != (3000 + n % 23 * 100) * 1000)
				print
		}
		END { print packs + 0 >"/tmp/packs" }
	' "$@"
}

sim swap 4711
sleep 0.1
tr '\n' ' ' <"$SYSFS/$BAT/uevent" >/tmp/one
echo >>/tmp/one
is "a pack tells what belongs to it" "$(mixed /tmp/one)" ""
is "it was read" "$(cat /tmp/packs)" 1
sed 's/SERIAL_NUMBER=1267/SERIAL_NUMBER=1268/' /tmp/one >/tmp/two
check "another number would be seen" test -n "$(mixed /tmp/two)"

tag=$(prop battery_tag)
for r in $(seq $READERS); do
	read-whole "$SYSFS/$BAT/uevent" /tmp/stop >"/tmp/reader.$r" &
done
# No number twice: a pack that comes back in the middle of a look is not real.
i=0
while [ $i -lt $SWAPS ]; do
	i=$((i + 1))
	echo $i >"$SIM/swap"
done
touch /tmp/stop
wait
readings=$(awk '$1 == "readings" { n += $2 } END { print n }' /tmp/reader.*)
is "all readers came to an end" "$(grep -h readings /tmp/reader.* | wc -l)" $READERS
grep -hv readings /tmp/reader.* >/tmp/all
mixed /tmp/all >/tmp/mixed
head -n 3 /tmp/mixed | sed 's/^/# mixed: /'
is "no reading was mixed" "$(wc -l </tmp/mixed)" 0
echo "# $readings readings, $(cat /tmp/packs) of them new, $(($(prop battery_tag) - tag)) packs noticed"
check "there were many readings" test "$readings" -gt 10000
check "many packs were noticed" test $(($(prop battery_tag) - tag)) -gt 100

finish
