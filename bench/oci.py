# SPDX-License-Identifier: GPL-2.0-or-later
"""An OCI runtime (crun, runsc) as a column: a container over the host's own root, with a cgroup.

What it needs is made once and not measured: a mount namespace in which the host's root is bound to
a directory (no runtime takes / itself), held by a process that waits for our end. Each run writes the bundle's
config.json anew, enters that namespace and starts the runtime."""

import ctypes
import json
import os
import shutil
import subprocess

CLONE_NEWNS = 0x20000
# A runtime makes its devices, and the link ptmx, in whatever /dev it finds: never in the host's
MOUNTS = [
    {"destination": "/proc", "type": "proc", "source": "proc"},
    {"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "mode=755"]},
    {"destination": "/dev/pts", "type": "devpts", "source": "devpts",
     "options": ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"]},
]
# crun 1.8 refuses v1 hierarchies beside an empty v2 one: it sees the latter alone
SETUP = """mount --rbind / "$0" && mount --make-rprivate / || exit 1
if [ -d /sys/fs/cgroup/unified ]; then
	umount -l -R /sys/fs/cgroup && mount -t cgroup2 none /sys/fs/cgroup || exit 1
fi
echo ready
exec cat >/dev/null  # until the other end of its input is closed, however"""


class Oci:
    def __init__(self, runtime, bundle):
        self.runtime = shutil.which(runtime)
        self.bundle = bundle
        self.root = os.path.join(bundle, "rootfs")
        self.runs = 0
        os.makedirs(self.root)
        self.holder = subprocess.Popen(["unshare", "--mount", "sh", "-c", SETUP, self.root],
                                       stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                       stderr=subprocess.PIPE, text=True)
        if self.holder.stdout.readline() != "ready\n":
            why = self.holder.stderr.read().strip()
            self.close()
            raise OSError(why or "no mount namespace")
        self.namespace = os.open(f"/proc/{self.holder.pid}/ns/mnt", os.O_RDONLY | os.O_CLOEXEC)

    def enter(self):
        """In the child, before it executes the runtime."""
        if ctypes.CDLL(None, use_errno=True).setns(self.namespace, CLONE_NEWNS) < 0:
            raise OSError(ctypes.get_errno(), "setns")

    def command(self, argv, env, cwd):
        namespaces = [{"type": t} for t in ("pid", "ipc", "uts", "mount", "cgroup")]
        config = {
            "ociVersion": "1.0.0",
            "root": {"path": "rootfs"},
            "process": {"args": argv, "cwd": cwd, "user": {"uid": 0, "gid": 0},
                        "env": [f"{k}={v}" for k, v in env.items()], "noNewPrivileges": True},
            "mounts": MOUNTS,
            "linux": {"namespaces": namespaces},
        }
        with open(os.path.join(self.bundle, "config.json"), "w") as f:
            json.dump(config, f)
        self.runs += 1
        return [self.runtime, "run", "--bundle", self.bundle, f"uc-bench-{os.getpid()}-{self.runs}"]

    def close(self):
        self.holder.kill()
        self.holder.communicate()
