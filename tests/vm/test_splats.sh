#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The patterns that find reports of bugs in a kernel log: each one matches an example
# here, and messages of a healthy kernel are not found.
set -u
# shellcheck disable=SC2034 # for lib.sh
me=splats
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$here/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../selftests/lib.sh
. "$here/../selftests/lib.sh"
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# As in a log: with a time stamp, and the carriage returns of the console
stamped() {
	printf '[   12.345678] %s\r\n' "$1" >"$log"
}

# shellcheck disable=SC2317 # called by check
found() {
	find_splats "$log" >/dev/null
}

examples=$(mktemp)
trap 'rm -f "$log" "$examples"' EXIT
cat >"$examples" <<'END'
BUG: KASAN: slab-use-after-free in canary+0x1/0x2 [canary]
------------[ cut here ]------------ WARNING: CPU: 0 PID: 1 at drivers/x.c:1
kernel BUG at mm/slub.c:1!
Unable to handle kernel NULL pointer dereference at virtual address 0
Unable to handle kernel paging request at virtual address ffff
Oops: 0002 [#1] PREEMPT SMP
Internal error: synchronous external abort: 96000010 [#1] SMP
Kernel panic - not syncing: Segfault with no mm
Segfault with no mm
general protection fault, probably for non-canonical address 0x1
stack guard page was hit at 00000000
scheduling while atomic: sh/1/0x2
Call Trace:
Call trace:
KASAN: maybe wild-memory-access in range [0x1-0x2]
KFENCE: out-of-bounds read in x
UBSAN: shift-out-of-bounds in drivers/x.c:1:2
ODEBUG: free active (active state 0) object type: timer_list
ODEBUG: Out of memory. ODEBUG disabled
BUG kmalloc-64 (Tainted: G           OE     ): Right Redzone overwritten
BUG psy_tag (Not tainted): Poison overwritten
unreferenced object 0x0000000060a1b2c0 (size 97):
kmemleak: 3 new suspected memory leaks (see /sys/kernel/debug/kmemleak)
list_add corruption. prev->next should be next
list_del corruption, 0000000012345678->next is LIST_POISON1
refcount_t: underflow; use-after-free.
possible circular locking dependency detected
possible recursive locking detected
possible irq lock inversion dependency detected
possible deadlock in x
Possible unsafe locking scenario: possible unsafe locking
inconsistent lock state
inconsistent {HARDIRQ-ON-W} -> {IN-HARDIRQ-W} usage, inconsistent lock state
INFO: suspicious RCU usage.
suspicious RCU usage
held lock freed!
lock held when returning to user space!
bad unlock balance detected!
[ Invalid wait context ]
INFO: task sh:12 blocked for more than 60 seconds.
rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:
rcu: INFO: rcu_preempt self-detected stall on CPU
rcu: INFO: rcu_preempt detected expedited stalls on CPUs/tasks: {
watchdog: soft lockup - CPU#0 stuck for 22s! [sh:1]
NMI watchdog: Watchdog detected hard LOCKUP on cpu 0
workqueue lockup - pool cpus=0 node=0
sysfs: cannot create duplicate filename '/class/power_supply/BAT0'
debugfs: Directory 'BAT0' with parent 'psy-miniclass' already present!
debugfs: 'BAT0' already exists in 'psy-miniclass'
kobject_add_internal failed for BAT0 with -EEXIST, don't try to register things twice
kobject: kobject_add_internal failed for BAT0 (error: -2 parent: power_supply)
kobject: kobject_add_internal failed for BAT0 (error: -14 parent: power_supply)
kobject (00000000): tried to init an initialized object, something is seriously wrong.
Device 'x' does not have a release() function, it is broken and must be fixed.
power_supply BAT0: driver failed to report `capacity' property: -5
irq 17: nobody cared (try booting with the "irqpoll" option)
INFO: trying to register non-static key.
turning off the locking correctness validator.
MAX_LOCKDEP_CHAINS too low!
kmemleak: Kernel memory leak detector disabled
kmemleak: Memory pool empty, consider increasing CONFIG_DEBUG_KMEMLEAK_MEM_POOL_SIZE
END
while IFS= read -r line; do
	stamped "$line"
	check "found: $line" found
done <"$examples"

# A pattern without an example may be wrong.
while IFS= read -r pattern; do
	check "has an example: $pattern" grep -qE -e "$pattern" "$examples"
done <<<"$SPLATS"

while IFS= read -r line; do
	stamped "$line"
	is "harmless: $line" "$(find_splats "$log")" ""
done <<'END'
DEBUG: a driver's own word
debugfs: the file system is mounted
kobject: kobject_add_internal failed for BAT0 (error: -12 parent: power_supply)
kmemleak: Kernel memory leak detector initialized (mem pool available: 15851)
kmemleak: Automatic memory scanning thread started
rcu: Preemptible hierarchical RCU implementation.
Lock dependency validator: Copyright (c) 2006 Red Hat, Inc., Ingo Molnar
random: crng init done
psy_miniclass: loading out-of-tree module taints kernel.
END

# The lines after a report are part of it.
printf 'before\nOops: 1\nafter\nlater\n' >"$log"
is "lines after a report" "$(find_splats "$log" 1)" "$(printf 'Oops: 1\nafter')"
finish
