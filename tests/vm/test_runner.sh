#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The test runner's own verdicts, in a small tree of its own where vm-run and
# build.sh are stand-ins that need no machine: what must fail, does.
set -u
here=$(cd "$(dirname "$0")" && pwd)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
n=0
failed=0

# program FILE: its text from standard input
program() {
	mkdir -p "${1%/*}"
	cat >"$1"
	chmod +x "$1"
}

mkdir tests
cp "$here/../run" tests/run
program tests/vm/vm-run <<'END'
#!/bin/sh
echo "kernel ${KVER:-none} arch $ARCH"
sh "$SCRIPT"
END
program tests/vm/build.sh <<'END'
#!/bin/sh
[ "$1" != 6.12 ] || echo "x.c:1: warning: odd" >"$0.d/build.log"
[ "$1" = 6.12 ] || echo "fine" >"$0.d/build.log"
echo "$0.d"
[ "$1" != newest ]
END
mkdir tests/vm/build.sh.d

guest_test() {
	program "tests/selftests/test_$1.sh"
}

guest_test good <<'END'
# vm: kver=6.1,newest arch=x86_64,arm64
echo 1..2
echo "ok 1 - a"
echo "ok 2 - b"
END
guest_test notok <<<'echo ok 1; echo "not ok 2"; echo 1..2'
guest_test nested <<<'echo "    not ok 1 - inner"; echo ok 1'
guest_test silent <<<'echo nothing to say'
guest_test short <<<'echo 1..3; echo ok 1'
guest_test status <<<'echo ok 1; exit 99'
guest_test skip <<<'exit 4'
program tests/lint/clean.sh <<<'exit 0'
program tests/lint/dirty.sh <<<'exit 1'
program tests/lint/slow.sh <<END
#!/bin/sh
# test: timeout=1
sleep 60
END
program tests/kunit/run.sh <<<'echo "    not ok 3 - a case"'
# A file that is not executable is no lint unit.
echo 'exit 1' >tests/lint/helper.sh

# check NAME COMMAND...
check() {
	local name=$1
	shift
	n=$((n + 1))
	if "$@"; then
		echo "ok $n - $name"
		return
	fi
	failed=1
	echo "not ok $n - $name"
	echo "# failed: $*"
	sed 's/^/# /' out
}

# run [PATTERN]
run() {
	TESTS=${1:-} tests/run >out 2>&1
	status=$?
}

# shellcheck disable=SC2317 # called by check
verdict() {
	grep -qE "^$1 +$2 +[0-9]+ s\$" out
}

# shellcheck disable=SC2317 # called by check
last_line() {
	[ "$(tail -n 1 out)" = "$1" ]
}

echo "TAP version 13"
run
check "failures make the run fail" [ $status != 0 ]
check "the last line counts" last_line "5 passed, 10 failed, 1 skipped"
for u in vm-good-6.1 vm-good-newest vm-good-arm64 build-6.1 lint-clean; do
	check "$u passes" verdict PASS $u
done
check "a warning fails a build" verdict FAIL build-6.12
check "a failing build fails" verdict FAIL build-newest
check "a lint status fails" verdict FAIL lint-dirty
check "a time limit fails" verdict FAIL lint-slow
check "a KUnit case fails the unit" verdict FAIL kunit
check "not ok fails" verdict FAIL vm-notok-6.1
check "a nested not ok fails" verdict FAIL vm-nested-6.1
check "no result at all fails" verdict FAIL vm-silent-6.1
check "fewer results than planned fail" verdict FAIL vm-short-6.1
check "an exit status fails" verdict FAIL vm-status-6.1
check "status 4 is a skip" verdict SKIP vm-skip-6.1
check "the failure's output is shown" grep -q "    | nothing to say" out
check "a unit has its log" grep -q "kernel newest arch x86_64" \
	tests/logs/vm-good-newest.log

run 'good-*6.1'
check "good alone is a success" [ $status = 0 ]
check "a pattern selects" last_line "1 passed, 0 failed"
run '^lint-(clean|none)$'
check "a regular expression selects" last_line "1 passed, 0 failed"
run skip
check "nothing but skips is no success" [ $status != 0 ]
run no-such-test
check "nothing run is no success" [ $status != 0 ]
check "and says so" last_line "0 passed, 0 failed"

echo "1..$n"
exit $failed
