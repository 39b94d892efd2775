#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The properties that a line for a UPS at a tty may have are those of its binding.
set -eu
cd "$(dirname "$0")/../.."
bindings=Documentation/devicetree/bindings/power/supply
bad=0

# in_code FILE: the names in its table
in_code() {
	awk '/^static const char \* const [a-z_]*_properties\[\]/ { table = 1 }
		table { print }
		/};/ { table = 0 }' "$1" | grep -oE '"[^"]+"' | tr -d '"' | sort
}

# in_binding FILE: the names that it adds to those of all UPSes
in_binding() {
	sed -n '/^properties:/,/^[a-oq-z]/s/^  \([a-z][a-z0-9,-]*\):.*/\1/p' "$1" | sort
}

common=$(in_binding $bindings/ups-serial.yaml)
[ "$(in_code drivers/ups/tty.c)" = "$common" ] || {
	echo "drivers/ups/tty.c and ups-serial.yaml differ"
	bad=1
}
n=0
for file in drivers/ups/*.c; do
	grep -q '^module_ups_serial(' "$file" || continue
	n=$((n + 1))
	binding=$bindings/$(sed -n 's/.*\.compatible = "\(.*\)".*/\1/p' "$file").yaml
	own=$(in_binding "$binding" | grep -vxF -e compatible -e "$common") || :
	[ "$(in_code "$file")" = "$own" ] || {
		echo "$file and ${binding##*/} differ"
		bad=1
	}
done
if [ $n -lt 4 ] || [ -z "$common" ]; then
	echo "only $n drivers: this check is broken"
	bad=1
fi
[ $bad = 0 ] && echo "$n drivers have the properties of their bindings"
