#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Programs without a name are executed by their descriptor: memfds, sealed too, and removed files.
. "$LIB"

need python3
same python3 -c '
import fcntl, os, shutil

F_ADD_SEALS, F_GET_SEALS, ALL_SEALS = 1033, 1034, 15
sleep = shutil.which("sleep")

def memfd(content, seals=0):
    fd = os.memfd_create("made", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    os.write(fd, content)
    fcntl.fcntl(fd, F_ADD_SEALS, seals)
    return fd

def removed(path):
    shutil.copy(path, "removed")
    fd = os.open("removed", os.O_RDONLY | os.O_CLOEXEC)
    os.unlink("removed")
    return fd

def image(path):
    with open(path, "rb") as f:
        return f.read()

def running(what, fd):
    r, w = os.pipe2(os.O_CLOEXEC)
    pid = os.fork()
    if pid == 0:
        os.execve(fd, ["called", "1000"], {})
    os.close(w)
    os.read(r, 1)  # ends when it is executed
    exe = "/proc/%d/exe" % pid
    link = os.readlink(exe)
    print(what, link if "memfd" in link else os.path.basename(link), image(exe) == image(sleep))
    with open(exe, "rb") as f:
        print(os.fstat(f.fileno()) == os.fstat(fd))
        if "memfd" in link:
            print(fcntl.fcntl(f, F_GET_SEALS))
    with open("/proc/%d/cmdline" % pid) as f:
        print(f.read().split("\0"))
    os.kill(pid, 9)
    os.waitpid(pid, 0)

running("memfd", memfd(image(sleep)))
running("sealed", memfd(image(sleep), ALL_SEALS))
running("removed", removed(sleep))

def status(fd, *argv, env={}):
    pid = os.fork()
    if pid == 0:
        try:
            os.execve(fd, argv, env)
        except OSError as e:
            print(e.strerror, flush=True)
            os._exit(9)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)

status(memfd(image("/bin/sh")), "sh", "-c", "echo from sh; exit 5")
status(memfd(b"#!/bin/sh\n"), "script")  # closed by the time that sh would read it
status(memfd(b"nothing"), "nothing")
status(memfd(b""), "empty")
fd = memfd(b"#!/bin/sh\necho script $1\n")
os.set_inheritable(fd, True)
status(fd, "script", "argument")
fd = memfd(image("/bin/cat"))
os.fchmod(fd, 0o600)
status(fd, "cat")
print(len(os.listdir("/proc/self/fd")))
'
