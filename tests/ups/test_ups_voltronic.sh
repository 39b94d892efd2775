#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: timeout=2400
#
# A UPS with a P protocol of Voltronic Power: described by the firmware, and attached to a
# tty until the machine powers off. The simulator is checked with a driver of NUT, which
# has to read the same values and to send the same commands as ours.
set -u
# shellcheck disable=SC2034 # for lib.sh
PROTOCOL=voltronic
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need_packages nut-server >&2

start_sim --socket "$work/ups"
guest "$here/guest_voltronic.sh"
guest_results
commands=$(ctl commands)
check "nothing else was sent" test -z "$(tr ' ' '\n' <<<"$commands" |
	grep -vxE 'QPI|QGS|QBV|QWS|QRI|QMD|QMF|QVFW|QID')"

# situation NAME: put the simulator into this situation
situation() {
	echo speed 0
	case $1 in
	mains) echo mains 1 && echo charge 100 && echo load 35 ;;
	battery) echo mains 0 && echo charge 50 && echo load 60 ;;
	low) echo mains 0 && echo charge 6 && echo low 1 ;;
	esac
}

# Ours: at a tty, up to the power-off
{
	echo '#!/bin/bash'
	echo '# vm: timeout=400 acpi=none'
	echo 'PROTOCOL=voltronic PORT=/dev/ttyS1'
	echo '. /tests/guest-lib.sh'
	for s in mains battery low; do
		situation $s | sed 's/^/host /'
		echo settle
		echo settle
		echo "echo OURS $s \$(cat \$SYSFS/ups0-mains/online) \$(prop load_percent)" \
			"\$(prop voltage_now) \$(prop temp) \$(prop time_to_empty_now)"
	done
	echo 'check "low" await 60 reads ups0/ups_state low-battery'
	echo 'host forget'
	echo 'poweroff -f'
	echo 'sleep 100'
} >"$work/script.sh"
start_sim --socket "$work/ups"
guest "$work/script.sh" END=poweroff UPS=
guest_results "tty"
cp "$work/out" "$work/ours"
is "tty: commands at power-off" "$(ctl commands | tr ' ' '\n' | grep -v '^Q' | tr '\n' ' ')" \
	"CS S01R0003 "

# NUT's
export NUT_CONFPATH=$work/nut NUT_STATEPATH=$work/nut NUT_ALTPIDPATH=$work/nut
mkdir "$work/nut"
chmod 755 "$work"
printf 'maxretry = 3\n[nutdrv_qx]\n\tdriver = nutdrv_qx\n\tport = %s\n' "$work/tty" \
	>"$work/nut/ups.conf"
nut() {
	timeout 90 /lib/nut/nutdrv_qx -u root -a nutdrv_qx "$@" 2>"$work/nut.err"
}

start_sim --pty "$work/tty"
for s in mains battery low; do
	situation $s | while read -r words; do
		# shellcheck disable=SC2086 # words
		ctl $words >/dev/null
	done
	# NUT waits one second for a reply: too short for a simulator on a busy machine.
	for _ in 1 2 3 4; do
		nut -d 1 >"$work/nut.out" || tail -n 5 "$work/nut.err" | sed 's/^/# /'
		[ -z "$(value battery.runtime)" ] || [ -z "$(value ups.load)" ] || break
	done
	read -r _ _ online load volts temp seconds < <(grep "^OURS $s " "$work/ours") ||
		bail "no reading of ours for $s"
	is "$s: NUT's protocol" "$(value driver.version.data)" "Voltronic 0.06"
	is "$s: online" "$online" "$(grep -cw OL <<<"$(value ups.status)")"
	[ $s != low ] || check "low: NUT also reports it" grep -qw LB <<<"$(value ups.status)"
	is "$s: load" "$load" "$(value ups.load)"
	is "$s: battery voltage" "$volts" "$(times 1000000 "$(value battery.voltage)")"
	is "$s: temperature" "$temp" "$(times 10 "$(value ups.temperature)")"
	# While the battery is low, ours is at most what the charge allows.
	[ $s = low ] || is "$s: runtime" "$seconds" "$(value battery.runtime)"
done
is "NUT: nominal voltage" "$(value battery.voltage.nominal)" 48.0
ctl forget >/dev/null
nut -k >/dev/null
is "NUT: commands at power-off" "$(ctl commands | tr ' ' '\n' | grep -v '^Q' | tr '\n' ' ')" \
	"CS S.5R0003 "
finish
