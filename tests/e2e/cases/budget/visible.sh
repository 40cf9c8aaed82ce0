#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A program sees its budget: processors, memory.
. "$LIB"
need_level path "nothing but exec is trapped at native level, so nothing could tell it"

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
