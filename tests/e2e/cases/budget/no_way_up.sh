#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Nothing inside lifts a limit.
. "$LIB"

need_cgroup
ok uc_run --pids 40 --memory 64M --cpus 0.5 --nofile 64 bash -c '
ulimit -Hn 65 2>/dev/null && echo nofile
ulimit -n 65 2>/dev/null && echo nofile
for mount in $(find /sys/fs/cgroup -name "uc-*" 2>/dev/null); do
	for file in "$mount"/pids.max "$mount"/run/pids.max "$mount"/memory.max "$mount"/cpu.max \
		"$mount"/memory.limit_in_bytes "$mount"/cpu.cfs_quota_us "$mount"/../cgroup.procs \
		"$mount"/../tasks; do
		(echo $$ >"$file") 2>/dev/null && echo "$file"
		(echo max >"$file") 2>/dev/null && echo "$file"
	done
done
mkdir /sys/fs/cgroup/x 2>/dev/null && echo mkdir
for file in /proc/self/cgroup /proc/1/cgroup; do
	(echo 0 >"$file") 2>/dev/null && echo "$file"
done
mount -t cgroup2 none /mnt 2>/dev/null && echo mounted
echo done'
out_is done
