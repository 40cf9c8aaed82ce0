#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What is outside of the inner session is not there: tasks, objects with keys, abstract names, layers.
. "$LIB"
need python3

cat >"$CASE_DIR/look.py" <<'PY'
import ctypes, os, signal, socket, sys
libc = ctypes.CDLL(None, use_errno=True)
outer, deeper = int(sys.argv[1]), len(sys.argv) > 2

def no(what, call):
    try:
        call()
    except OSError:
        return
    print('reached', what)

no('proc', lambda: os.stat(f'/proc/{outer}'))
no('signal', lambda: os.kill(outer, 0))
no('pidfd', lambda: os.pidfd_open(outer))
no('proc fd', lambda: os.listdir(f'/proc/{outer}/fd'))
if str(outer) in os.listdir('/proc'):
    print('listed')
if libc.shmget(4711, 4096, 0) >= 0:
    print('segment by key')
if libc.shmat(int(sys.argv[2]), None, 0) not in (-1, 0xffffffff) and ctypes.get_errno() == 0:
    print('segment by id')
s = socket.socket(socket.AF_UNIX)
no('abstract', lambda: s.connect('\0outer'))
no('socket', lambda: s.connect('/tmp/outer.sock'))
os.kill(0, 0)
no('kill all', lambda: os.kill(-1, signal.SIGTERM))
PY
cat >"$CASE_DIR/outer.py" <<'PY'
import ctypes, os, socket, subprocess, sys
libc = ctypes.CDLL(None, use_errno=True)
# a number that no task of the inner session has, should it count anew
for _ in range(100):
    if not (child := os.fork()):
        os._exit(0)
    os.waitpid(child, 0)
if child := os.fork():
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
seg = libc.shmget(4711, 4096, 0o1666)
assert seg >= 0
a = socket.socket(socket.AF_UNIX); a.bind('\0outer'); a.listen()
p = socket.socket(socket.AF_UNIX); p.bind('/tmp/outer.sock'); p.listen()
out = subprocess.run([sys.argv[1], '-u', 'inner', 'python3', sys.argv[2], str(os.getpid()), str(seg)],
                     capture_output=True, text=True)
print(out.stdout + out.stderr, end='')
print(out.returncode)
# the other way round: the outer session sees and signals the inner one's tasks
c = subprocess.Popen([sys.argv[1], '-u', 'inner', 'sh', '-c', 'echo $$; exec sleep 1000'], stdout=subprocess.PIPE, text=True)
c.stdout.readline()
def program_of(ucrun):
    for p in filter(str.isdigit, os.listdir('/proc')):
        try:
            name, rest = open(f'/proc/{p}/stat').read().split('(')[1].rsplit(')', 1)
        except OSError:
            continue
        if name in ('sh', 'sleep') and int(rest.split()[1]) == ucrun:
            return int(p)
pid = program_of(c.pid)
os.kill(pid, 9)
print(c.wait())
PY
ok uc_run python3 "$CASE_DIR/outer.py" "$UCRUN" "$CASE_DIR/look.py"
# docs/limits.md: before Linux 6.12 nothing separates abstract sockets at native level
abi=$("$UC" check | sed -n 's/.*Landlock .*(ABI \([0-9]*\)).*/\1/p')
[ "$LEVEL" = native ] && [ "${abi:-0}" -lt 6 ] && reached='reached abstract'
out_is "$(printf '%s\n' ${reached:+"$reached"} 0 137)"
# the layers of all are out of reach
ok uc_run "$UCRUN" -u inner find "$UC_HOME" -mindepth 1
out_is ''
# only root starts one: it would read what the others cannot
if command -v setpriv >/dev/null; then
	expect 125 uc_run setpriv --reuid 1234 --regid 1234 --clear-groups "$UCRUN" -u inner true
	err_has 'only root'
fi
