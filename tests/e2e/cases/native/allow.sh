#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# --allow: namespaces and io_uring, for who asks; what they can reach stays the session's.
. "$LIB"

need_level native "at path level it is refused"
need unshare python3
uc_run true 2>/dev/null || skip "no native level here"
ring='import ctypes; c = ctypes.CDLL(None, use_errno=True); c.syscall(425, 1, 0); print(ctypes.get_errno())'

expect 1 uc_run unshare -r true
ok uc_run python3 -c "$ring"
out_is 38
ok uc_run --allow io_uring python3 -c "$ring"
[ "$(cat "$CASE_DIR/out")" = 38 ] && [ "$(cat /proc/sys/kernel/io_uring_disabled 2>/dev/null || echo 0)" -eq 0 ] &&
	fail "there is no io_uring"
expect 1 uc_run --allow io_uring unshare -r true

ok uc_run --allow userns unshare -r id -u
out_is 0
ok uc_run --allow userns unshare --user --map-root-user --mount --pid --fork --mount-proc sh -c '
	mount -t tmpfs none /mnt && echo x >/mnt/x && cat /mnt/x
	set -- /proc/[0-9]*; echo $#'
out_is 'x
1'
# what the session is refused stays so: its own mounts, the host's settings, modules
ok uc_run --allow userns unshare --user --map-root-user --mount sh -c '
	for f in /proc/sys/vm/swappiness /proc/sys/kernel/core_pattern /proc/sysrq-trigger /sys/power/state; do
		(echo 1 >$f) 2>/dev/null && echo "wrote $f"
	done
	umount /proc 2>/dev/null && echo "umount /proc"
	umount /sys 2>/dev/null && echo "umount /sys"
	mount -o remount,rw /sys 2>/dev/null && echo "remount /sys"
	mount -t sysfs none /mnt 2>/dev/null && echo sysfs
	mknod /tmp/sda b 8 0 2>/dev/null && echo mknod
	chroot /proc/1/root ls / >/dev/null 2>&1 && ls /proc/1/root/l 2>/dev/null && echo pool
	echo end'
out_is end
if command -v bwrap >/dev/null; then
	ok uc_run --allow userns bwrap --unshare-all --share-net --ro-bind / / --proc /proc --dev /dev sh -c 'echo $$'
	out_is 2
fi
# a session beside it without the word: the filter refuses it, and the first one keeps what it has
mkfifo "$CASE_DIR/go"
chmod 666 "$CASE_DIR/go"
"$UCRUN" --trap native -u test --allow userns sh -c 'read -r _; unshare -r id -u' <"$CASE_DIR/go" >"$CASE_DIR/first" &
exec 8>"$CASE_DIR/go"
expect 1 uc_run unshare -r true
echo >&8
exec 8>&-
wait $!
is "$(cat "$CASE_DIR/first")" 0 "the first session"

one_error 125 'allow sound: must be userns or io_uring' uc_run --allow sound true
one_error 125 'allow: the path level cannot' "$UCRUN" --trap path -u test --allow userns true
