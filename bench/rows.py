# SPDX-License-Identifier: GPL-2.0-or-later
"""What bench/run measures: the calls that bench/micro.c knows, and whole workloads. What a workload
needs is made in the bench's private directory."""

import collections
import os
import shutil
import sys
import time

PROJECT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
GIT_FILES = 5000
SQLITE_COMMITS = 300
TRUE_RUNS = 200
STARTUP_GOAL_MS = 15

# A goal: what is compared ("native" or "floor": the ratio, "abs": the value), and its limit.
Goal = collections.namedtuple("Goal", "against limit")
UNTRAPPED = Goal("native", 1.1)
NAMES = Goal("floor", 1.5)

Row = collections.namedtuple("Row", "key title unit goal micro command after",
                             defaults=(None, None, None))

MICRO = [
    ("getppid", "getppid", UNTRAPPED),
    ("read_1", "read 1 byte", UNTRAPPED),
    ("read_64k", "read 64 KiB", UNTRAPPED),
    ("write_1", "write 1 byte", UNTRAPPED),
    ("write_64k", "write 64 KiB", UNTRAPPED),
    ("read_zero_64k", "read /dev/zero 64 KiB", UNTRAPPED),
    ("pipe_ping_pong", "pipe ping-pong", UNTRAPPED),
    ("mmap_munmap", "mmap + munmap", UNTRAPPED),
    ("futex_wake", "futex wake", UNTRAPPED),
    ("futex_handoff", "futex hand-off", UNTRAPPED),
    ("poll", "poll", UNTRAPPED),
    ("send_recv", "send + recv", UNTRAPPED),
    ("stat_1", "stat, 1 component", NAMES),
    ("stat_5", "stat, 5 components", NAMES),
    ("open_close", "open + close", NAMES),
    ("open_close_private", "open + close, private dir", NAMES),
    ("create_unlink", "create + unlink", None),
    ("readdir_1000", "readdir, 1,000 names", None),
    ("fork_exit", "fork + exit", None),
    ("fork_exec", "fork + exec", None),
    ("thread", "thread create + join", Goal("native", 2.0)),
]


def write_file(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as f:
        f.write(text)


def make_git_tree(b):
    repo = b.path("tree")
    line = "a line of text that is a little different in file %d, line %d\n"
    for i in range(GIT_FILES):
        write_file(f"{repo}/dir{i // 500:02d}/sub{i // 50 % 10}/file{i:04d}.txt",
                   "".join(line % (i, n) for n in range(20)))
    git = ["git", "-C", repo]
    b.run(git + ["init", "-q"])
    b.run(git + ["add", "."])
    b.run(git + ["commit", "-q", "-m", "tree"])
    b.run(git + ["repack", "-q", "-a", "-d"])
    time.sleep(1.1)  # an index as young as its files would be read again by content each time
    b.run(git + ["status"])
    return repo


def make_c_file(b):
    path = b.path("one.c")
    write_file(path, "#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n"
                     "#include <errno.h>\n#include <unistd.h>\n"
                     "int main(void)\n{\n\tputs(strerror(errno));\n\treturn 0;\n}\n")
    return path


def make_program(b):
    """The project's own util and views as a small program to build; what else is always at hand?"""
    src = b.path("prog")
    objects = []
    os.mkdir(src)
    for folder in ("util", "views"):
        for name in sorted(os.listdir(os.path.join(PROJECT, "src", folder))):
            if name.endswith((".c", ".h")):
                shutil.copy(os.path.join(PROJECT, "src", folder, name), os.path.join(src, name))
            if name.endswith(".c"):
                objects.append(name[:-2] + ".o")
    write_file(os.path.join(src, "Makefile"),
               "CFLAGS = -std=gnu17 -O1 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -w -I.\n"
               f"libprog.a: {' '.join(objects)}\n\trm -f $@ && ar rcs $@ $^\n")
    return src


def python():
    return "/usr/bin/python3" if os.access("/usr/bin/python3", os.X_OK) else sys.executable


SQLITE_PROGRAM = f"""
import os, sqlite3, tempfile
d = tempfile.mkdtemp(prefix="uc-bench-sqlite.")
c = sqlite3.connect(d + "/bench.db", isolation_level=None)
c.execute("create table t (id integer primary key, text)")
for i in range({SQLITE_COMMITS}):
    c.execute("insert into t (text) values (?)", ("row %d" % i,))
c.close()
os.unlink(d + "/bench.db")
os.rmdir(d)
"""


def workload_rows(b, wanted):
    """The whole workloads among the wanted keys; what each needs is made only then."""
    rows = []

    def add(key, title, unit, limit, command, after=None):
        if wanted(key, title):
            goal = limit if isinstance(limit, Goal) or limit is None else Goal("native", limit)
            if callable(command):
                command = command()
            rows.append(Row(key, title, unit, goal, command=command, after=after))

    clone = b.path("clone")
    tree = []

    def git_tree():
        if not tree:
            tree.append(make_git_tree(b))
        return tree[0]

    add("startup", "start-up, /bin/true", "ms", Goal("abs", STARTUP_GOAL_MS), ["/bin/true"])
    add("find", "find /usr/share/doc", "ms", 4, ["find", "/usr/share/doc"])
    # tar sees when its archive is /dev/null and then reads no file at all
    add("tar", "tar of /usr/share/doc", "ms", 4,
        ["sh", "-c", "tar cf - /usr/share/doc | cat >/dev/null"])
    add("git_status", f"git status, {GIT_FILES:,} files", "ms", 4,
        lambda: ["git", "-C", git_tree(), "status", "--short"])
    add("git_clone", f"git clone, {GIT_FILES:,} files", "ms", None,
        lambda: ["git", "clone", "-q", git_tree(), clone], ["rm", "-rf", clone])
    add("gcc", "gcc one.c", "ms", 1.5,
        lambda: ["gcc", "-o", b.path("tmp", "one"), make_c_file(b)],
        ["rm", "-f", b.path("tmp", "one")])
    add("make", "make -j2, util + views", "ms", None,
        lambda: ["make", "-s", "-B", "-j2", "-C", make_program(b)])
    add("true_200", f"{TRUE_RUNS} x /bin/true", "ms", 2,
        ["sh", "-c", f"i=0; while [ $i -lt {TRUE_RUNS} ]; do /bin/true; i=$((i+1)); done"])
    add("python", "python3 with imports", "ms", 1.1,
        [python(), "-c", "import json, asyncio, sqlite3, http.client"])
    add("sqlite", f"sqlite, {SQLITE_COMMITS} commits", "ms", 1.1, [python(), "-c", SQLITE_PROGRAM])
    return rows
