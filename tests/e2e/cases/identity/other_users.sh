#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What a task may do to one of another user of the view, and to its own kind.
. "$LIB"
need_level path "CAP_SYS_NICE of a user namespace does not count for scheduling"

need_prog identity
yama=$(cat /proc/sys/kernel/yama/ptrace_scope 2>/dev/null || echo 0)

# With Yama only the host's root may trace what is not its child: see docs/limits.md.
compared()
{
	[ "$yama" -eq 0 ] && cat || grep -vE '^process_vm_|^ptrace\('
}

if [ "$(id -u)" -eq 0 ]; then
	[ "$yama" -eq 0 ] || skip "Yama: root outside may trace more"
	same "$PROGS/identity" other_users
else
	seed
	ok inside "$PROGS/identity" other_users
	diff <(compared <"$SOURCES/../expected/identity.other_users") <(compared <"$CASE_DIR/out") ||
		fail "not as a root program expects"
fi
