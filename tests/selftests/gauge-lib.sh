# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# For test_gauges.sh: simulated chips, their supplies, and what a supply must report for
# the cell of its chip. The loops start no processes, which are slow in guests.

CHIPS=/sys/kernel/debug/psy-sim-chips
I2C=/sys/bus/i2c/drivers
CLASS=/sys/kernel/debug/psy-miniclass

# fresh: wait until a snapshot has expired
fresh() {
	pause 1.1
}

# complain WHAT...: a problem of the test that is in progress
problems=()
complain() {
	problems+=("$*")
}

# verdict NAME: its result
verdict() {
	if [ ${#problems[@]} = 0 ]; then
		ok "$1"
	else
		not_ok "$1"
		printf '# %s\n' "${problems[@]:0:40}"
		[ ${#problems[@]} -le 40 ] || echo "# and $((${#problems[@]} - 40)) more"
	fi
	problems=()
}

# chip FILE VALUE
chip() {
	echo "$2" >"$CHIP/$1"
}

# find_supply: of $client on chip $number
find_supply() {
	local d
	SUPPLY=
	for d in "/sys/devices/platform/psy-sim-chip.$number"/i2c-*/"$client"/power_supply/*; do
		[ ! -e "$d/uevent" ] || SUPPLY=$d
	done
	[ -n "$SUPPLY" ]
}

# use NUMBER: this chip and its supply
use() {
	local d name
	number=$1
	CHIP=$CHIPS/$number
	client=none
	for d in "/sys/devices/platform/psy-sim-chip.$number"/i2c-*/*-00??; do
		name=
		[ ! -e "$d/name" ] || read -r name <"$d/name"
		[ "$name" != "$part" ] || client=${d##*/}
	done
	find_supply
}

# add: a chip of this part as number $1; udev loads its driver, which is in $driver. The
# class adds its directory only after the supply.
add() {
	local i
	echo "$part" >"$CHIPS/add"
	for ((i = 0; i < 200; i++)); do
		if use "$1" && [ -e "$CLASS/${SUPPLY##*/}" ]; then
			driver_of "$client"
			return 0
		fi
		pause 0.1
	done
	driver_of "$client"
	complain "chip $1: supply ${SUPPLY:-none}, driver ${driver:-none}"
	return 1
}

# driver_of CLIENT: in $driver
driver_of() {
	local d
	driver=
	for d in "$I2C"/*/"$1"; do
		[ ! -e "$d" ] || driver=${d%/*}
	done
	driver=${driver##*/}
}

# start PART: two of it, and one on an adapter with words only
start() {
	local words=/sys/module/psy_sim_chips/parameters/words status=0
	part=$1
	add 0 && add 1 || return
	echo Y >"$words"
	add 2 || status=1
	echo N >"$words"
	return $status
}

# stop NUMBER...: remove these chips
stop() {
	local n
	for n in "$@"; do
		[ ! -e "$CHIPS/$n" ] || echo "$n" >"$CHIPS/remove"
	done
}

# read_values: all properties that have a value, in got[]. mapfile reads the file once; the
# loop around "read" would read all of it again for each line.
declare -A got
read_values() {
	local lines line key
	got=()
	mapfile -t lines <"$SUPPLY/uevent"
	for line in "${lines[@]}"; do
		key=${line%%=*}
		key=${key#POWER_SUPPLY_}
		case $key in
		NAME | TYPE | SCOPE | DEVTYPE | OF_*) ;;
		*) got[$key]=${line#*=} ;;
		esac
	done
}

# list_files: the properties that the supply has, in $files; their number in $properties
list_files() {
	local f
	files=
	properties=0
	for f in "$SUPPLY"/*; do
		[ -f "$f" ] || continue
		f=${f##*/}
		case $f in
		uevent | type | scope | battery_* | unique_id | comm_status | charge_types) ;;
		*)
			files+=" ${f^^}"
			properties=$((properties + 1))
			;;
		esac
	done
}

declare -A want near
# number PROPERTY VALUE TOLERANCE
number() {
	want[$1]=$2
	near[$1]=$3
}

# word PROPERTY VALUE...
word() {
	local p=$1
	shift
	printf -v "want[$p]" '|%s' "$@"
	want[$p]+='|'
	near[$p]=word
}

# duration PROPERTY CHARGE CURRENT: how long it lasts, µAh and mA
duration() {
	local s
	near[$1]=any
	[ "$3" -gt 20 ] || return 0
	s=$(($2 * 36 / 10 / $3))
	number "$1" $s $((s / 50 + 60))
}

# set_cell MV MA PERMILLE TEMP [FULL_MAH DESIGN_MAH CYCLES]: change the cell of the chip,
# and what its supply is to report, in the units of the class. The tolerances are the
# resolution of the coarser chips.
set_cell() {
	local mv=$1 ma=$2 permille=$3 temp=$4 full=${5:-2800} design=${6:-3000} cycles=${7:-12}
	local abs=${ma#-} k

	chip mv "$mv"
	chip ma "$ma"
	chip permille "$permille"
	chip temp "$temp"
	chip full_mah "$full"
	chip design_mah "$design"
	chip cycles "$cycles"

	want=() near=()
	for k in MANUFACTURER MODEL_NAME SERIAL_NUMBER TECHNOLOGY CAPACITY_ALERT_{MIN,MAX} \
		TEMP_ALERT_{MIN,MAX} TEMP_{MIN,MAX} VOLTAGE_{MIN,MAX}{,_DESIGN} VOLTAGE_OCV \
		CHARGE_EMPTY CHARGE_COUNTER CHARGE_TERM_CURRENT MANUFACTURE_{YEAR,MONTH,DAY} \
		CONSTANT_CHARGE_{CURRENT,VOLTAGE}_MAX INTERNAL_RESISTANCE \
		CAPACITY_ERROR_MARGIN ENERGY_{NOW,FULL,FULL_DESIGN,EMPTY} CHARGE_BEHAVIOUR; do
		near[$k]=any
	done
	number PRESENT 1 0
	number VOLTAGE_NOW $((mv * 1000)) 2500
	number VOLTAGE_AVG $((mv * 1000)) 2500
	number CURRENT_NOW $((ma * 1000)) $((abs * 5 + 500))
	number CURRENT_AVG $((ma * 1000)) $((abs * 5 + 500))
	number POWER_NOW $((mv * abs)) $((mv * abs / 100 + 10000))
	number POWER_AVG $((mv * abs)) $((mv * abs / 100 + 10000))
	number CHARGE_NOW $((full * permille)) $((full * 2 + 600))
	number CHARGE_FULL $((full * 1000)) $((full * 2 + 600))
	number CHARGE_FULL_DESIGN $((design * 1000)) $((design * 2 + 600))
	number CAPACITY $(((permille + 5) / 10)) 1
	number CYCLE_COUNT "$cycles" 0
	number STATE_OF_HEALTH $((full * 100 / design)) 1
	number TEMP "$temp" 1
	duration TIME_TO_EMPTY_NOW $((full * permille)) $((-ma))
	duration TIME_TO_EMPTY_AVG $((full * permille)) $((-ma))
	duration TIME_TO_FULL_NOW $((full * (1000 - permille))) "$ma"
	duration TIME_TO_FULL_AVG $((full * (1000 - permille))) "$ma"
	if [ "$abs" -le 20 ]; then
		near[STATUS]=any
	elif [ "$ma" -lt 0 ]; then
		word STATUS Discharging
	else
		word STATUS Charging Full
	fi
	if [ "$temp" -le 0 ]; then
		word HEALTH Good Cold
	elif [ "$temp" -ge 450 ]; then
		word HEALTH Good Overheat Hot
	else
		word HEALTH Good
	fi
	if [ "$permille" -ge 950 ]; then
		word CAPACITY_LEVEL Full High Normal
	elif [ "$permille" -le 150 ]; then
		word CAPACITY_LEVEL Normal Low Critical
	else
		word CAPACITY_LEVEL Normal
	fi
	# What measures no current does not know: see test_max1704x.sh for the charger.
	case $files in
	*CURRENT_NOW*) ;;
	*) word STATUS Discharging Unknown ;;
	esac
	coarse
}

# equals PROPERTY VALUE WANTED TOLERANCE
equals() {
	case $4 in
	any) ;;
	word) [[ $3 == *"|$2|"* ]] ;;
	*) [[ $2 =~ ^-?[0-9]+$ ]] && [ $(($2 - $3)) -le "$4" ] && [ $(($3 - $2)) -le "$4" ] ;;
	esac
}

# abi NAME: what the ABI demands of any value
abi() {
	local k v
	for k in "${!got[@]}"; do
		v=${got[$k]}
		case $k in
		VOLTAGE_*) [ "$v" -ge 1800000 ] && [ "$v" -le 60000000 ] ;;
		CAPACITY | STATE_OF_HEALTH | CAPACITY_ERROR_MARGIN) [ "$v" -ge 0 ] && [ "$v" -le 100 ] ;;
		PRESENT) [ "$v" = 0 ] || [ "$v" = 1 ] ;;
		CYCLE_COUNT | *_DESIGN) [ "$v" -gt 0 ] ;;
		TIME_TO_*) [ "$v" -ge 0 ] && [ "$v" -lt 3932000 ] ;;
		CHARGE_BEHAVIOUR) ;;
		CHARGE_COUNTER) [ -n "$v" ] ;;
		CHARGE_*) [ "$v" -ge 0 ] && [ -z "${got[ENERGY_NOW]:-}" ] ;;
		ENERGY_* | POWER_*) [ "$v" -ge 0 ] ;;
		TEMP) [ "$v" -gt -1000 ] && [ "$v" -lt 2000 ] ;;
		MANUFACTURE_MONTH) [ "$v" -ge 1 ] && [ "$v" -le 12 ] ;;
		MANUFACTURE_DAY) [ "$v" -ge 1 ] && [ "$v" -le 31 ] ;;
		STATUS | HEALTH | TECHNOLOGY | CAPACITY_LEVEL) [[ $v == [A-Z]* ]] ;;
		*) [ -n "$v" ] ;;
		esac || complain "$1: $k=$v is not allowed"
	done
}

# compare NAME [all]: each value of the supply is right or absent (all: none is absent)
compare() {
	local k
	read_values
	[ "${got[PRESENT]:-}" = 1 ] || complain "$1: not present"
	for k in "${!got[@]}"; do
		if [ -z "${near[$k]:-}" ]; then
			complain "$1: no rule for $k=${got[$k]}"
		elif ! equals "$k" "${got[$k]}" "${want[$k]:-}" "${near[$k]}" && ! is_ones "$k"; then
			complain "$1: $k=${got[$k]}, not ${want[$k]} (${near[$k]})"
		fi
	done
	abi "$1"
	[ $# = 2 ] || return 0
	for k in $files; do
		case $k in
		TIME_TO_*) ;;
		*)
			[ -n "${got[$k]+set}" ] || [[ $unknown == *" $k "* ]] ||
				complain "$1: $k is listed but has no value"
			;;
		esac
	done
}

# gone: wait until values that cannot be read have expired
gone() {
	local i
	for i in 1 2 3 4; do
		pause 2
		read_values
	done
}

# recover NAME: after a failure all values are right again, soon
recover() {
	local i before=("${problems[@]}")
	for ((i = 0; i < 60; i++)); do
		problems=("${before[@]}")
		compare "after $1" all
		[ ${#problems[@]} != ${#before[@]} ] || return 0
		fresh
	done
}

# silent NAME: no value is measured
silent() {
	local k
	for k in "${!got[@]}"; do
		! is_ones "$k" || continue
		case $k in
		PRESENT) ;;
		STATUS)
			# Without a current it is that of the charger.
			[ "${got[$k]}" = Unknown ] || [[ $files != *CURRENT_NOW* ]] ||
				complain "$1: STATUS=${got[$k]}"
			;;
		VOLTAGE_NOW | CURRENT_* | CAPACITY | CHARGE_NOW | TEMP | TIME_* | POWER_*)
			complain "$1: $k=${got[$k]}"
			;;
		esac
	done
}

# cost: number of properties, and transfers of one read of uevent: of new values, and at
# once again. The driver may poll at any time: the median of several, without reads for which
# a poll had been just in time.
cost() {
	local n cold=() warm=()

	list_files
	for n in 6 6.3 6.6 7 7.4 7.7 8; do
		pause $n
		chip transfers 0
		read_values
		read -r n <"$CHIP/transfers"
		[ "$n" = 0 ] || cold+=("$n")
		chip transfers 0
		read_values
		read -r n <"$CHIP/transfers"
		warm+=("$n")
	done
	median "${cold[@]:-0}"
	n=$median
	median "${warm[@]}"
	cost="$properties $n $median"
}

# median NUMBER...: in $median
median() {
	local sorted
	mapfile -t sorted < <(printf '%s\n' "$@" | sort -n)
	median=${sorted[$((${#sorted[@]} / 2))]}
}

# load_list ARRAY FILE: the lines of a file that are not comments
load_list() {
	local -n list=$1
	local line
	while read -r line; do
		case $line in
		'' | '#'*) ;;
		*) list+=("$line") ;;
		esac
	done <"$2"
}

read -r kernel </proc/sys/kernel/osrelease
# Each file has a line for each entry: part and property (patterns), then
# - differences: kernel (a pattern), reason
# - tolerances: the tolerance, or "ones", or "unknown", reason
differences=() tolerances=()
load_list differences /tests/in-tree-differences
load_list tolerances /tests/gauge-tolerances
declare -A used

# coarse: the tolerances of this part that are larger than those of others, and in $unknown
# the properties that need no value
coarse() {
	local line parts property tolerance
	unknown=
	for line in "${tolerances[@]}"; do
		read -r parts property tolerance _ <<<"$line"
		# shellcheck disable=SC2053 # a pattern
		[[ $part == $parts ]] || continue
		case $tolerance in
		ones) ;;
		unknown) unknown+=" $property " ;;
		*) near[$property]=$tolerance ;;
		esac
	done
}

# is_ones PROPERTY: a reply of ones is a valid value, and the chip now sends such replies
is_ones() {
	local line parts property tolerance
	[ -n "$ones" ] || return
	for line in "${tolerances[@]}"; do
		read -r parts property tolerance _ <<<"$line"
		# shellcheck disable=SC2053 # patterns
		[ "$tolerance" != ones ] || [[ $part != $parts ]] || [[ $1 != $property ]] || return 0
	done
	return 1
}
ones=

# is_known PROPERTY: this difference is in the list; noted in matched[]
declare -A matched used
is_known() {
	local parts property kernels i found=1
	for i in "${!differences[@]}"; do
		read -r parts property kernels _ <<<"${differences[i]}"
		# shellcheck disable=SC2053 # patterns
		if [[ $part == $parts ]] && [[ $1 == $property ]] && [[ $kernel == $kernels ]]; then
			matched[$i]=1
			found=0
		fi
	done
	return $found
}

# note_used: the differences in matched[] do occur
note_used() {
	local i
	for i in "${!matched[@]}"; do
		used[$i]=1
	done
	matched=()
}

# unused_differences: of the parts that were tested
unused_differences() {
	local i parts kernels
	# A newer kernel may have fixed some of them.
	[[ $kernel == 7.2.* ]] || return 0
	for i in "${!differences[@]}"; do
		read -r parts _ kernels _ <<<"${differences[i]}"
		# shellcheck disable=SC2053 # patterns
		for part in "${tested[@]}"; do
			if [[ $part == $parts ]] && [[ $kernel == $kernels ]] && [ -z "${used[$i]:-}" ]; then
				complain "unused: ${differences[i]}"
				break
			fi
		done
	done
}

# bind_twin: bind the in-tree driver to chip 0; its name is in $twin
bind_twin() {
	local d i
	twin=
	echo "$client" >"$I2C/$driver/unbind"
	for d in "$I2C"/*; do
		[ "${d##*/}" != "$driver" ] || continue
		echo "$client" >"$d/bind" && twin=${d##*/} && break
	done 2>/dev/null
	[ -n "$twin" ] || return
	for ((i = 0; i < 100; i++)); do
		! find_supply || return 0
		pause 0.1
	done
	complain "$twin: no supply"
	return 1
}

# in_tree: what our driver reports for some cells, compared with the in-tree one. It stays
# in $twin, with its transfers in $cost.
in_tree() {
	local s k i n=0 before
	local cells=("3950 -400 500 251" "4100 800 900 321" "3300 -1100 80 -99")
	local -A ours=()
	for s in "${cells[@]}"; do
		# shellcheck disable=SC2086 # four numbers
		set_cell $s
		fresh
		read_values
		for k in "${!got[@]}"; do
			ours[$n,$k]=${got[$k]}
		done
		n=$((n + 1))
	done
	stop 2 1
	# shellcheck disable=SC2034 # for the test
	cost="- - -"
	tested+=("$part")
	bind_twin || {
		is_known DRIVER || complain "no in-tree driver can be bound: $(dmesg | tail -n 1)"
		note_used
		return 0
	}
	before=("${problems[@]}")
	for ((n = 0; n < ${#cells[@]}; n++)); do
		# shellcheck disable=SC2086 # four numbers
		set_cell ${cells[n]}
		# Some of them read their chip every few seconds only.
		for ((i = 0; i < 15; i++)); do
			problems=("${before[@]}")
			matched=()
			twin_differs $n
			[ ${#problems[@]} != ${#before[@]} ] || break
			pause 1
		done
		note_used
		before=("${problems[@]}")
	done
	cost
	echo "$client" >"$I2C/$twin/unbind"
}
tested=()

# twin_differs CELL: compare with the values of our driver
twin_differs() {
	local k
	read_values
	[ ${#got[@]} != 0 ] || is_known UEVENT || complain "$twin: nothing in the uevent file"
	for k in "${!got[@]}"; do
		if [ -z "${ours[$1,$k]+set}" ]; then
			is_known "$k" || complain "${cells[$1]}: $k=${got[$k]}, but ours has none"
			continue
		fi
		case ${near[$k]:-any} in
		word | any) [ "${got[$k]}" = "${ours[$1,$k]}" ] ;;
		*) equals "$k" "${got[$k]}" "${ours[$1,$k]}" "${near[$k]}" ;;
		esac || is_known "$k" ||
			complain "${cells[$1]}: $k=${got[$k]}, but ours ${ours[$1,$k]}"
	done
}
