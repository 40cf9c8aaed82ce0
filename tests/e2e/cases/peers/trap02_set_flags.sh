#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# NOTIF_SET_FLAGS takes its value by value: where it is used it must succeed.
. "$LIB"

need strace
export ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0" # impossible under strace
strace -e trace=ioctl -o "$CASE_DIR/t" "$UCRUN" --trap $LEVEL -u test true || fail "it does not run under strace"
grep -E 'SECCOMP_IOCTL_NOTIF_SET_FLAGS|_IOC\(_IOC_WRITE, 0x21, 0x4|0x40082104' "$CASE_DIR/t" >"$CASE_DIR/flags" || skip "not in the first thread, or not used"
grep -vE '= 0$' "$CASE_DIR/flags" && fail "it failed"
exit 0
