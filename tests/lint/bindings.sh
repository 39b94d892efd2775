#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: timeout=300
#
# The device-tree bindings against the meta-schema of the distribution's dt-schema,
# their layout, and whether their examples compile. (To check examples against the
# bindings its dt-validate wants the kernel's bindings beside them.)
set -eu
cd "$(dirname "$0")/../.."
export me=bindings
# shellcheck source-path=SCRIPTDIR source=../vm/lib.sh
. tests/vm/lib.sh
need_packages dt-schema yamllint device-tree-compiler >&2

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

for f in "${files[@]}"; do
	report "$f" dt-doc-validate -u . "$f"
	report "$f" yamllint -d '{extends: relaxed, rules: {line-length: {max: 110}}}' "$f"
	dt-extract-example "$f" >"$work/example.dts"
	report "$f: example" dtc -q -I dts -O dtb -o "$work/example.dtb" "$work/example.dts"
done
[ $bad = 0 ] || exit 1
echo "${#files[@]} bindings are clean"
