#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What a session in a session is given at native level, and that nobody gets more that way.
. "$LIB"

need_level native "the path level has no namespaces"
need python3

# capabilities as outside of it, processes and objects of its own, the outer one's host name
ok uc_run sh -c 'grep ^Cap /proc/self/status; "$1" -u inner grep ^Cap /proc/self/status' x "$UCRUN"
is "$(head -5 "$CASE_DIR/out")" "$(tail -5 "$CASE_DIR/out")" capabilities
ok uc_run --hostname outer "$UCRUN" -u inner sh -c 'uname -n; set -- /proc/[0-9]*; echo $#'
out_is "$(printf 'outer\n2')"
# nothing of it shows in what the outer session changed
ok uc_run sh -c 'true'
ok "$UC" diff test
before=$(cat "$CASE_DIR/out")
ok uc_run "$UCRUN" -u inner sh -c 'echo x >/made'
ok "$UC" diff test
is "$(cat "$CASE_DIR/out")" "$before" "changes of the outer compartment"
# by itself nobody enters a namespace, with the flags of the door neither, and not with less than all
cat >"$CASE_DIR/enter.py" <<'PY'
import ctypes, os, signal, subprocess, sys
libc = ctypes.CDLL(None, use_errno=True)
FLAGS = 0x10000000 | 0x20000 | 0x4000000 | 0x8000000 | 0x20000000
inner = subprocess.Popen([sys.argv[1], '-u', 'inner', 'sh', '-c', 'echo; exec sleep 1000'], stdout=subprocess.PIPE)
inner.stdout.readline()
def program_of(ucrun):
    for p in filter(str.isdigit, os.listdir('/proc')):
        try:
            name, rest = open(f'/proc/{p}/stat').read().split('(')[1].rsplit(')', 1)
        except OSError:
            continue
        if name in ('sh', 'sleep') and int(rest.split()[1]) == ucrun:
            return int(p)
pid = program_of(inner.pid)
def ns(name):
    return os.open(f'/proc/{pid}/ns/{name}', os.O_RDONLY)
fds = [ns(n) for n in ('user', 'mnt', 'uts', 'ipc', 'pid')]
own = [os.open(f'/proc/self/ns/{n}', os.O_RDONLY) for n in ('user', 'mnt', 'uts', 'ipc', 'pid')]
proc = os.open('/proc', os.O_PATH) # the outer one's, where we are
def caps():
    status = os.open(f'{os.getpid()}/status', os.O_RDONLY, dir_fd=proc)
    return [l.split()[1] for l in open(status) if l.startswith('Cap')]
def in_child(what, call):
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        ret = call()
        print(what, ret, os.strerror(ctypes.get_errno()) if ret else '', flush=True)
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(status):
        print(what, 'killed', os.WTERMSIG(status))
def setns(a, flags, *more):
    return libc.syscall(308, a, flags, *more)
in_child('one', lambda: setns(fds[0], 0x10000000))
in_child('any', lambda: setns(fds[1], 0))
in_child('own', lambda: setns(own[0], FLAGS, *own[1:]))
in_child('nothing', lambda: setns(-1, FLAGS, -1, -1, -1, -1))
in_child('half', lambda: setns(fds[0], FLAGS, -1, -1, -1, -1))
def whole():
    before = caps()
    ret = setns(fds[0], FLAGS, *fds[1:])
    if ret == 0 and caps() != before:
        print('more than before', caps())
    if libc.unshare(0x20000) == 0 or libc.unshare(0x10000000) == 0:
        print('a namespace')
    return ret
in_child('whole', whole)
def less():
    libc.prctl(24, 0, 0, 0, 0)  # PR_CAPBSET_DROP, CAP_CHOWN
    return setns(fds[0], FLAGS, *fds[1:])
in_child('less', less)
def other():
    os.setuid(1234)
    return setns(fds[0], FLAGS, *fds[1:])
in_child('other', other)
inner.kill()
PY
ok uc_run python3 "$CASE_DIR/enter.py" "$UCRUN"
out_is "one -1 Operation not permitted
any -1 Operation not permitted
own -1 Invalid argument
nothing -1 Bad file descriptor
half killed 9
whole 0 
less -1 Operation not permitted
other -1 Operation not permitted"
# an inner session's tasks have no way back
ok uc_run "$UCRUN" -u inner python3 -c 'import ctypes, os
libc = ctypes.CDLL(None)
print(os.access("/proc/1/root/", os.F_OK), libc.syscall(308, os.open("/proc/self/ns/mnt", 0), 0), libc.unshare(0x10000000))'
out_is 'False -1 -1'
# each other's files they share, when they are of one compartment
ok uc_run bash -c 'coproc C { "$1" -u both sh -c "echo 1 >/tmp/one; echo; read x; cat /tmp/two"; }; read x <&${C[0]}
	"$1" -u both sh -c "cat /tmp/one; echo 2 >/tmp/two"; echo >&${C[1]}; cat <&${C[0]}' x "$UCRUN"
out_is "$(printf '1\n2')"
# also where the outer session was given namespaces of its own: then it enters without help
ok "$UCRUN" --trap native -u test --allow userns sh -c 'grep ^CapBnd /proc/self/status; "$1" -u inner grep ^CapBnd /proc/self/status' x "$UCRUN"
is "$(head -1 "$CASE_DIR/out")" "$(tail -1 "$CASE_DIR/out")" "capabilities with --allow userns"
# in an ephemeral session of a directory, where no layer holds the other
[ -L /bin ] || exit 0
mkdir -p "$CASE_DIR/r/usr" "$CASE_DIR/r/build"
for link in bin lib lib64 sbin; do ln -s usr/$link "$CASE_DIR/r/$link"; done
ok "$UCRUN" --trap native -u test -e -r "$CASE_DIR/r" -b /usr:/usr:ro -b "$BUILD:/build:ro" sh -c \
	'echo outer >/f; /build/ucrun -u inner sh -c "cat /f; echo inner >/f; cat /f"; cat /f'
out_is "$(printf 'outer\ninner\nouter')"
