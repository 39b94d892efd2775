#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: timeout=1800 needs=6.1
#
# What other tests rely on in vm-run: its output, its exit status, and that
# it fails when the kernel reports a bug, hangs or crashes.
set -u
here=$(cd "$(dirname "$0")" && pwd)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
mkdir "a directory"
n=0
failed=0

# script NAME: its text from standard input
script() {
	cat >"$1"
}

# run SETTING...: vm-run with these settings; its results are in out, err and $status
run() {
	env LOG="$dir/log" "$@" "$here/vm-run" >out 2>err
	status=$?
}

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
	echo "# failed: $* (status was $status)"
	sed 's/^/# out: /' out
	sed 's/^/# err: /' err
}

# shellcheck disable=SC2317 # called by check
status_is() {
	[ "$status" = "$1" ]
}

# shellcheck disable=SC2317 # called by check
says() {
	grep -q -- "$1" err
}

echo "TAP version 13"

# The script has no newline at its end, nothing but its own text may appear,
# and its "# vm:" line sets one processor and no table.
script "a directory/exact one.sh" <<'END'
#!/bin/bash
# vm: smp=1 acpi=none
printf '  leading\ttab \\n %%s  \n\n--- end ---\n'
echo "to stderr" >&2
echo "loud kernel message" >/dev/kmsg
echo "cpus $(nproc), devices" /sys/bus/acpi/devices/PSYM*
cat /sys/kernel/slab/kmalloc-128/poison
id -u
printf 'no newline'
exit 7
END
cat >expected <<'END'
--- script output ---
  leading	tab \n %s  

--- end ---
to stderr
cpus 1, devices /sys/bus/acpi/devices/PSYM*
1
0
no newline
--- end ---
END
run SCRIPT="a directory/exact one.sh"
check "exit status 7 is returned" status_is 7
check "the output is exactly the script's" cmp -s out expected
check "the kernel log is kept" grep -q "loud kernel message" log
check "the path of the log is shown" says "$dir/log"

# A busybox shebang, no newline at all, default table
script ash.sh <<'END'
#!/bin/busybox ash
ls /sys/bus/acpi/devices | grep -c PSYM0001
nproc
END
printf -- '--- script output ---\n1\n2\n--- end ---\n' >expected
run SCRIPT=./ash.sh
check "exit status 0 is returned" status_is 0
check "the default table and processors" cmp -s out expected

script splat.sh <<'END'
#!/bin/sh
dmesg -n 1
echo "WARNING: test splat" >/dev/kmsg
echo fine
END
run SCRIPT=splat.sh
check "a report in the kernel log is a failure" status_is 99
check "the report is shown" says "WARNING: test splat"
check "the output is shown nevertheless" grep -qx fine out

script hang.sh <<'END'
echo before
while :; do sleep 1; done
END
# Long enough for a busy machine to boot in
run SCRIPT=hang.sh TIMEOUT=90
check "a hang is status 124" status_is 124
check "a hang is called a timeout" says "timeout: no end of the script"
check "the output before the hang is shown" grep -qx before out

script die.sh <<'END'
echo 1 >/proc/sys/kernel/sysrq
echo before
sleep 1
echo c >/proc/sysrq-trigger
sleep 60
END
run SCRIPT=die.sh
check "a dead guest is status 125" status_is 125
check "the end of the kernel log is shown" says "Kernel panic"

script off.sh <<'END'
poweroff -f
END
run SCRIPT=off.sh
check "a guest that ends without a status is a failure" status_is 125

# A stand-in for QEMU, whose first BAD boots die with TEXT in the kernel log
mkdir bin
cat >bin/qemu-system-x86_64 <<'END'
#!/bin/bash
log=$(tr ' ' '\n' <<<"$*" | sed -n 's/^file,id=log,path=//p')
echo >>boots
[ "$(wc -l <boots)" -le "$BAD" ] || exec "$REAL" "$@"
printf '%b' "$TEXT" >"$log"
END
chmod 755 bin/qemu-system-x86_64
# stand_in BAD TEXT
stand_in() {
	rm -f boots
	run SCRIPT=ash.sh PATH="$dir/bin:$PATH" BAD="$1" TEXT="$2" \
		REAL="$(command -v qemu-system-x86_64)"
}
stand_in 2 "Oops: int3: 0000\n"
check "a kernel that crashes at a breakpoint of its own is booted again" status_is 0
check "... and this is reported" says "boot 3"
stand_in 3 "Oops: int3: 0000\n"
check "... but not forever" status_is 125
stand_in 1 "Run /init as init process\nOops: int3: 0000\n"
check "... nor if the guest had started" status_is 125
stand_in 1 "Oops: 0002\n"
check "... nor for a different crash" status_is 125

run SCRIPT=ash.sh KVER=2.4
check "an unknown KVER is refused" status_is 2
check "known kernels are named" says "known: 6.1 6.12 newest"
run SCRIPT="$dir/nothing.sh"
check "a missing SCRIPT is refused" status_is 2
check "the missing file is named" says "nothing.sh: no such file"
run SCRIPT=
check "no SCRIPT at all is refused" status_is 2
run SCRIPT=ash.sh UPS=toaster
check "an unknown UPS is refused" status_is 2
run SCRIPT=ash.sh ACPI=toaster
check "an unknown table is refused" status_is 2
run SCRIPT=ash.sh SERIAL="$dir/socket"
check "a missing SERIAL socket is refused" status_is 2
run SCRIPT=ash.sh FORWARD=3493
check "a FORWARD without two ports is refused" status_is 2
run SCRIPT=ash.sh TIMEOUT=soon
check "a TIMEOUT that is not a number is refused" status_is 2

echo "1..$n"
exit $failed
