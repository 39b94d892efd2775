#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The results of the test runner, in a small tree of its own with stand-ins for vm-run
# and build.sh: whatever must fail does.
set -u
# Settings of the run that this test is part of
unset TESTS LOAD JOBS
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
echo "  CC [M]  x.o" >"$0.d/build.log"
[ "$1" != 6.12 ] || echo "x.c:1: warning: odd" >>"$0.d/build.log"
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
guest_test notok <<<'echo ok 1; echo "not ok 2"; echo "# the reason"; echo 1..2'
guest_test nested <<<'echo "    not ok 1 - inner"; echo ok 1; echo 1..1'
guest_test noplan <<<'echo ok 1'
guest_test bailed <<<'echo ok 1; echo "Bail out! no disk"; echo 1..1'
guest_test killed <<<'echo ok 1; echo 1..1; kill -9 $$'
guest_test notexec <<<'echo ok 1; echo 1..1'
chmod -x tests/selftests/test_notexec.sh
guest_test silent <<<'echo nothing to say'
guest_test short <<<'echo 1..3; echo ok 1'
guest_test status <<<'echo ok 1; echo 1..1; exit 99'
guest_test skip <<<'exit 4'
program tests/lint/clean.sh <<<'exit 0'
program tests/lint/dirty.sh <<<'exit 1'
program tests/lint/slow.sh <<END
#!/bin/sh
# test: timeout=1
sleep 60
END
program tests/kunit/run.sh <<<'echo "    not ok 3 - a case"'
program tests/ups/test_host.sh <<<'echo ok 1; echo 1..1'
program tests/ups/test_hostexec.sh <<<'echo ok 1; echo 1..1'
chmod -x tests/ups/test_hostexec.sh
program tests/vm/kernel.sh <<'END'
#!/bin/sh
[ "$1" != newest ] || { echo "no such kernel" && exit 1; }
sleep 1
: >"tests/logs/have-$1"
END
program tests/lint/needs.sh <<'END'
#!/bin/sh
# test: needs=6.12
ls tests/logs/have-6.12
END
program tests/lint/zalone.sh <<'END'
#!/bin/sh
# test: alone=1
! ls tests/logs/*.shown 2>/dev/null
END
program tests/lint/lintexec.sh <<<'exit 0'
chmod -x tests/lint/lintexec.sh
# Not a unit
echo 'exit 1' >tests/lint/lib.sh

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
check "the last line has the counts" last_line "8 passed, 16 failed, 1 skipped"
for u in vm-good-6.1 vm-good-newest vm-good-arm64 build-6.1 lint-clean host-host lint-needs \
	lint-zalone; do
	check "$u passes" verdict PASS $u
done
check "a warning fails a build" verdict FAIL build-6.12
check "a failing build fails" verdict FAIL build-newest
check "a lint status fails" verdict FAIL lint-dirty
check "a time limit fails" verdict FAIL lint-slow
check "a KUnit case fails the unit" verdict FAIL kunit
check "not ok fails" verdict FAIL vm-notok-6.1
check "... and what it says is shown" grep -q "vm-notok-6.1: # the reason" out
check "a nested not ok fails" verdict FAIL vm-nested-6.1
check "no result at all fails" verdict FAIL vm-silent-6.1
check "fewer results than planned fail" verdict FAIL vm-short-6.1
check "an exit status fails" verdict FAIL vm-status-6.1
check "results without a plan fail" verdict FAIL vm-noplan-6.1
check "... and the reason is shown" grep -q "vm-noplan-6.1: no plan" out
check "a test that bails out fails" verdict FAIL vm-bailed-6.1
check "a killed test fails" verdict FAIL vm-killed-6.1
check "... and the reason is shown" grep -q "vm-killed-6.1: .*killed" out
check "a test that is not executable fails" verdict FAIL vm-notexec-6.1
check "... also as a host test" verdict FAIL host-hostexec
check "... and as a static check" verdict FAIL lint-lintexec
check "... and the reason is shown" grep -q "test_hostexec.sh is not executable" out
check "a failed preparation is shown" grep -q "could not prepare newest: no such kernel" out
check "times are shown, the longest first" grep -q "^slowest first" out
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
check "a run of skipped units only fails" [ $status != 0 ]
run no-such-test
check "a run of no unit fails" [ $status = 2 ]
check "... and the reason is shown" grep -q "no unit matches TESTS=no-such-test" out
JOBS=many run clean
check "JOBS that is not a number is refused" [ $status = 2 ]
LOAD=1 run 'lint-clean'
check "a run under load" last_line "1 passed, 0 failed"
tests/run lint >out 2>&1
check "static checks alone" last_line "3 passed, 3 failed"
TESTS=clean tests/run lint >out 2>&1
check "... of one name" last_line "1 passed, 0 failed"
tests/run everything >out 2>&1
status=$?
check "an unknown argument is refused" [ $status = 2 ]

mkdir "a tree"
cp -R tests "a tree/"
"a tree/tests/run" >out 2>&1
status=$?
check "a path with spaces is refused" [ $status = 2 ]
check "... and the reason is shown" grep -q "path of this tree has spaces" out

echo "1..$n"
exit $failed
