#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A program sees its budget: processors, memory.
. "$LIB"


need_cgroup
[ "$(nproc)" -ge 2 ] || skip "one processor"
ok uc_run --cpus 0.5 --memory 128M sh -c 'nproc; getconf _NPROCESSORS_ONLN; grep -c ^processor /proc/cpuinfo
awk "/^(MemTotal|SwapTotal):/ { print \$2 <= 131072 || /Swap/ }" /proc/meminfo; nproc --all | grep -c .'
out_is '1
1
1
1
1
1'
ok uc_run --memory 128M /usr/bin/python3 -c '
import ctypes, os, struct
buf = ctypes.create_string_buffer(256)
assert ctypes.CDLL(None).sysinfo(buf) == 0
uptime, l1, l2, l3, total, free = struct.unpack_from("6Q", buf)
unit = struct.unpack_from("I", buf, 104)[0]
print(total * unit >> 20, free <= total)
print(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGESIZE") >> 20)
lines = dict(l.split(":") for l in open("/proc/meminfo"))
kb = {k: int(v.split()[0]) for k, v in lines.items()}
print(kb["MemTotal"] >> 10, kb["MemFree"] <= kb["MemTotal"], kb["MemAvailable"] <= kb["MemTotal"])
'
out_is '128 True
128
128 True True'
# without a limit, as outside
is "$(uc_run nproc)" "$(nproc)"
# a limit that is set meanwhile is told, and the files that tell it cannot be written
mkfifo "$CASE_DIR/go"
"$UCRUN" --trap "$LEVEL" -u test --cpus 2 --memory 256M sh -c '
nproc
(echo x >/proc/meminfo) 2>/dev/null && echo written
(echo x >/proc/cpuinfo) 2>/dev/null && echo written
read -r line
nproc
free -m | awk "/^Mem/ { print \$2 }" | grep -qE "^(256|128)$" && echo memory
' <>"$CASE_DIR/go" >"$CASE_DIR/out" 2>"$CASE_DIR/err" &
pid=$!
wait_for grep -q . "$CASE_DIR/out"
ok_out=$("$UC" set test cpus=0.5 memory=128M 2>&1) || fail "uc set: $ok_out"
sleep 0.2 # what is told is at most 100 ms old
echo x >"$CASE_DIR/go"
wait $pid
out_is '2
1
memory'
err_empty
