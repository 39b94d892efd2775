#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# All shell scripts, through shellcheck.
set -eu
cd "$(dirname "$0")/../.."
export me=shell
# shellcheck source=tests/vm/lib.sh
. tests/vm/lib.sh
# shellcheck source-path=SCRIPTDIR source=lib.sh
. tests/lint/lib.sh
need_packages shellcheck
all=$(files)
files=$(echo "$all" | while read -r f; do
	case $f in
	*.sh) echo "$f" ;;
	*) [ ! -f "$f" ] || ! head -n 1 "$f" | grep -qE '^#!.*/(ba)?sh' || echo "$f" ;;
	esac
done)
# SC1091, SC2154: what a script sources exists in the guest only.
# shellcheck disable=SC2086 # a list of files
shellcheck -x -S warning -e SC1091,SC2154 $files
echo "$(echo "$files" | wc -l) scripts are clean"
