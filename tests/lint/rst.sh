#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The pages below Documentation, through docutils: tables, lists, titles and literal
# blocks. What only Sphinx knows (toctree, kernel-doc, c:type) is left out.
set -eu
cd "$(dirname "$0")/../.."
export me=rst
# shellcheck source=tests/vm/lib.sh
. tests/vm/lib.sh
need_packages python3-docutils

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat >"$work/check.py" <<'END'
# SPDX-License-Identifier: GPL-2.0-only
import sys
from docutils import core, nodes
from docutils.parsers.rst import Directive, directives, roles


class Ignored(Directive):
    optional_arguments = 9
    final_argument_whitespace = True
    has_content = True
    option_spec = None

    def run(self):
        return []


class Options(dict):
    def __missing__(self, key):
        return lambda argument: argument

    def __bool__(self):
        return True


Ignored.option_spec = Options()
for name in ("toctree", "kernel-doc"):
    directives.register_directive(name, Ignored)
for name in ("c:type", "c:func", "ref", "doc"):
    roles.register_local_role(
        name, lambda n, raw, text, line, inliner, options={}, content=[]:
        ([nodes.literal(raw, text)], []))

for path in sys.argv[1:]:
    with open(path, encoding="utf-8") as f:
        core.publish_string(f.read(), source_path=path, writer_name="null",
                            settings_overrides={"report_level": 2, "halt_level": 5,
                                                "file_insertion_enabled": False})
END

# check FILE...: prints findings
check() {
	python3 "$work/check.py" "$@" 2>&1 || echo "the checker has failed"
}

# Prove that the checker finds errors.
printf '==== ===\na    b\n==== ===\nlonger than this\n==== ===\n' >"$work/bad.rst"
check "$work/bad.rst" | grep -q 'Malformed table' || die 1 "it finds no malformed table"

find Documentation -name '*.rst' | sort >"$work/files"
n=$(wc -l <"$work/files")
[ "$n" -gt 5 ] || die 1 "only $n pages"
# shellcheck disable=SC2046 # names without spaces
out=$(check $(cat "$work/files"))
[ -z "$out" ] || {
	echo "$out"
	exit 1
}
echo "$n pages are clean"
