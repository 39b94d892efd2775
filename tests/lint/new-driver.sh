#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Each module is in every place that a new driver has to touch. See "Files to touch" in
# writing-a-gauge-driver.rst.
set -eu
cd "$(dirname "$0")/../.."
bad=0
# expect FILE PATTERN MODULE: complain if FILE has no line with PATTERN
expect() {
	grep -qE -e "$2" "$1" || {
		echo "$3: $1 has no line with: $2"
		bad=1
	}
}

# Prove that it finds something.
(expect Kconfig '^config PSY_NO_SUCH_GAUGE$' no-such-gauge >/dev/null && [ $bad = 1 ]) || {
	echo "expect accepts anything"
	exit 1
}

n=0
for line in $(sed -n 's/^obj-\$(\(CONFIG_PSY_[A-Z0-9_]*\)) += \([a-z0-9-]*\)\.o$/\1:\2/p' \
	drivers/*/Kbuild); do
	symbol=${line%%:*} module=${line#*:}
	n=$((n + 1))
	expect Kconfig "^(menu)?config ${symbol#CONFIG_}\$" "$module"
	expect Kconfig "^	  (.* )?$module\.\$" "$module"
	expect Kbuild "^export $symbol \?=" "$module"
	expect dist/dkms.conf "^psy_module [a-z]+ $module( |\$)" "$module"
	expect README.md "\`$module\`" "$module"
done
[ $n -gt 5 ] || {
	echo "only $n modules: this check is broken"
	exit 1
}
[ $bad = 0 ] || exit 1
echo "$n modules are complete"
