#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: timeout=1800
#
# The device-tree bindings against the meta-schema of the distribution's dt-schema,
# their layout, and whether their examples compile; then the examples and the overlays
# of dts/ against the bindings, ours and the kernel's together.
set -eu
cd "$(dirname "$0")/../.."
top=$PWD
export me=bindings
# shellcheck source-path=SCRIPTDIR source=../vm/lib.sh
. tests/vm/lib.sh
need_packages dt-schema yamllint device-tree-compiler >&2

# First, as the output of a download is not a finding.
from=Documentation/devicetree/bindings
kernel=$(tests/kunit/source.sh 6.1 $from)/$from

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -R Documentation/devicetree/bindings "$work/"
cd "$work/bindings"
mapfile -t files < <(find . -name '*.yaml' -printf '%P\n' | sort)
[ ${#files[@]} != 0 ] || die 1 "no binding was found"
bad=0

# report WHAT COMMAND...: its output is a finding
report() {
	local what=$1 out
	shift
	out=$("$@" 2>&1) || bad=1
	[ -z "$out" ] || {
		bad=1
		sed "s|^|$what: |" <<<"$out"
	}
}

# The schema for nodes: the kernel's bindings for supplies, and ours, which those of the
# gauges have to refer to (they would refuse battery-role otherwise).
schema() {
	mkdir -p "$work/all/power"
	cp -R "$kernel/power/supply" "$work/all/power/"
	cp -R "$kernel/serial" "$kernel/i2c" "$kernel/gpio" "$work/all/"
	cp power/supply/*.yaml "$work/all/power/supply/"
	for f in sbs,sbs-battery maxim,max17040; do
		f=$work/all/power/supply/$f.yaml
		sed -i '0,/  - \$ref: power-supply.yaml#/s//&\n  - $ref: psy-miniclass.yaml#/' "$f"
		grep -q psy-miniclass "$f" || die 1 "the kernel's binding has changed: $f"
	done
	dt-mk-schema -j -o "$work/schema.json" "$work/all"
}

validate() {
	dt-validate -l power/supply -s "$work/schema.json" "$1"
}

# Prove that the checker finds errors.
check_the_checker() {
	sed 's/"sequential"/"star"/; s/"member"/"chief"/' "$1" >"$work/wrong.dts"
	dtc -q -I dts -O dtb -o "$work/wrong.dtb" "$work/wrong.dts"
	validate "$work/wrong.dtb" >"$work/found" 2>&1 || :
	grep -q "'star' is not one of" "$work/found" && grep -q "'chief' is not one of" "$work/found" ||
		die 1 "dt-validate finds nothing"
}

# The labels of a board that overlays refer to
cat >"$work/board.dts" <<'END'
/dts-v1/;
/ {
	gpio: gpio {
		gpio-controller;
		#gpio-cells = <2>;
		interrupt-controller;
		#interrupt-cells = <2>;
	};
	i2c1: i2c-1 { };
	uart3: serial-3 { };
	uart3_gpio4: pins { };
};
END

report "schemas" schema
for f in "${files[@]}"; do
	report "$f" dt-doc-validate -u . "$f"
	report "$f" yamllint -d '{extends: relaxed, rules: {line-length: {max: 110}}}' "$f"
	dt-extract-example "$f" >"$work/example.dts"
	report "$f: example" dtc -q -I dts -O dtb -o "$work/example.dtb" "$work/example.dts"
	report "$f: example" validate "$work/example.dtb"
	[ "${f##*/}" != composite-battery.yaml ] || check_the_checker "$work/example.dts"
done
dtc -q -@ -O dtb -o "$work/board.dtb" "$work/board.dts"
n=0
for f in "$top"/dts/*.dtso; do
	report "${f##*/}" dtc -q -@ -O dtb -o "$work/overlay.dtbo" "$f"
	report "${f##*/}" fdtoverlay -i "$work/board.dtb" -o "$work/merged.dtb" "$work/overlay.dtbo"
	report "${f##*/}" validate "$work/merged.dtb"
	n=$((n + 1))
done
[ $bad = 0 ] || exit 1
echo "${#files[@]} bindings and $n overlays are clean"
