// SPDX-License-Identifier: GPL-2.0-or-later
/* uc check: what this machine lets ucrun do. Every answer was tried: see probe.c. */
#include <fcntl.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include "cgroup.h"
#include "native.h"
#include "probe.h"
#include "uc.h"

#define YAMA_FILE     "/proc/sys/kernel/yama/ptrace_scope"
#define NOFILE_ENOUGH 4096
#define DETAIL_BYTES  160
#define CGROUP_HOW    "root, or a cgroup that root has given to this user"

/* ---- what was tried ---- */

struct probes {
	struct probe_seccomp seccomp;
	struct probe_state state;
	struct native_probe native;
	struct cgroup_check cgroup;
	int openat2, landlock, yama, locks, nofile, systemd;
	int yama_scope; /* -1: there is no Yama */
	unsigned long long nofile_hard;
	char *state_path; /* or NULL */
};

/* The state directory, or where it would be made: its nearest parent that exists. */
static char *nearest(const char *path)
{
	char *dir = strdup(path);
	struct stat st;

	while (dir && strcmp(dir, "/") != 0 && stat(dir, &st) < 0 && errno == ENOENT) {
		char *slash = strrchr(dir, '/');

		slash[slash == dir] = '\0';
	}
	return dir;
}

static void try_state(struct probes *p, const char *dir)
{
	int ret;

	p->state = (struct probe_state){ .error = -ENOENT };
	ret = dir ? probe_state(dir, &p->state) : 0;
	if (ret < 0)
		p->state.error = ret;
	if (p->state.error)
		p->state.xattr = p->state.whiteout = p->state.tmpfile = -ECANCELED;
}

static void try_limits(struct probes *p)
{
	struct rlimit rl;

	p->locks = getrlimit(RLIMIT_LOCKS, &rl) < 0 ? -errno
		   : rl.rlim_max == RLIM_INFINITY   ? 0
						    : -EPERM;
	p->nofile = getrlimit(RLIMIT_NOFILE, &rl) < 0 ? -errno
		    : rl.rlim_max >= NOFILE_ENOUGH    ? 0
						      : -EMFILE;
	p->nofile_hard = rl.rlim_max;
}

static void probes_take(struct probes *p)
{
	autofree char *yama = NULL, *dir = NULL;
	int ret = probe_seccomp(&p->seccomp);

	if (ret < 0)
		p->seccomp = (struct probe_seccomp){ ret, ret, ret, ret, ret, ret, ret, ret };
	p->yama_scope = read_file_at(AT_FDCWD, YAMA_FILE, 64, &yama) < 0 ? -1 : atoi(yama);
	p->yama = p->yama_scope <= 1 ? 0 : -EPERM;
	p->openat2 = probe_openat2();
	p->landlock = probe_landlock();
	try_limits(p);
	p->state_path = compartment_state_path();
	dir = p->state_path ? nearest(p->state_path) : NULL;
	try_state(p, dir);
	ret = cgroup_check(&p->cgroup);
	for (int i = 0; ret < 0 && i < CGROUP_CONTROLLER_COUNT; i++)
		p->cgroup.found[i].result = ret;
	p->systemd = p->cgroup.systemd ? 0 : -ENOENT;
	native_probe(dir, &p->native);
}

/* ---- what is told about it ---- */

struct finding {
	const char *name;
	bool needed; /* without it there is no path level */
	bool ok;
	const char *gives;
	const char *how; /* to get it; NULL when it is there or cannot be got */
	char detail[DETAIL_BYTES];
};

struct row {
	const char *name;
	bool needed;
	size_t at; /* of its int in struct probes: 0 or more, or -errno */
	const char *gives, *how;
	/* What is to be said besides, or instead of the error. May change how. */
	void (*more)(const struct probes *p, const struct row *row, struct finding *f);
};

static void more_listener(const struct probes *p, const struct row *row, struct finding *f)
{
	if (p->seccomp.listener != -EBUSY)
		return;
	f->how = "start ucrun outside of that sandbox or ucrun";
	snprintf(f->detail, sizeof(f->detail),
		 "another supervisor listens already: a kernel allows one");
}

static void more_yama(const struct probes *p, const struct row *row, struct finding *f)
{
	snprintf(f->detail, sizeof(f->detail),
		 p->yama_scope < 0 ? "no Yama" : "Yama ptrace_scope is %d", p->yama_scope);
}

static void more_landlock(const struct probes *p, const struct row *row, struct finding *f)
{
	if (f->ok)
		snprintf(f->detail, sizeof(f->detail), "ABI %d", p->landlock);
}

static void more_locks(const struct probes *p, const struct row *row, struct finding *f)
{
	if (!f->ok)
		snprintf(f->detail, sizeof(f->detail), "the hard limit is not unlimited");
}

static void more_nofile(const struct probes *p, const struct row *row, struct finding *f)
{
	snprintf(f->detail, sizeof(f->detail), "the hard limit is %llu", p->nofile_hard);
}

static void more_state(const struct probes *p, const struct row *row, struct finding *f)
{
	if (f->ok)
		snprintf(f->detail, sizeof(f->detail), "%s", p->state_path);
}

static void more_cgroup(const struct probes *p, const struct row *row, struct finding *f)
{
	const struct cgroup_found *found =
		(const struct cgroup_found *)((const char *)p + row->at -
					      offsetof(struct cgroup_found, result));
	int ret = found->result;

	if (found->path[0])
		snprintf(f->detail, sizeof(f->detail), "v%d, %s%s%s", found->version, found->path,
			 ret < 0 ? ": " : "", ret < 0 ? strerror(-ret) : "");
	if (f->ok)
		return;
	if (ret == -ENOENT)
		f->how = "a kernel with that controller, not disabled at boot; for a user: "
			 "Delegate=cpu io memory pids in user@.service";
	else if (ret == -EROFS)
		f->how = "a container whose cgroup file system can be written to";
	else if (ret == -EBUSY && !p->cgroup.systemd)
		f->how = "start it in a cgroup where nothing else runs";
	else if (p->cgroup.systemd)
		f->how = "nothing to do in a login session: systemd is asked for a scope when a "
			 "limit is given";
}

static void more_range(const struct probes *p, const struct row *row, struct finding *f)
{
	bool root = geteuid() == 0;

	if (root)
		f->how = NULL;
	if (f->ok)
		snprintf(f->detail, sizeof(f->detail), "%u ids%s", p->native.nuids,
			 root ? ", of ucrun's own" : " of /etc/subuid");
}

static void more_idmap(const struct probes *p, const struct row *row, struct finding *f)
{
	if (f->how && geteuid() != 0)
		f->how = "only root can make them: without, native level is for -r DIR of your own "
			 "files";
}

#define AT(field) offsetof(struct probes, field)
#define CGROUP(c) AT(cgroup.found[c].result)

/* clang-format off */
static const struct row rows[] = {
	{ "seccomp user notification", true, AT(seccomp.listener), "system calls can be trapped",
	  "Linux " LINUX_NEEDED " or newer with CONFIG_SECCOMP_FILTER, and a container whose seccomp profile "
	  "allows seccomp(2)", more_listener },
	{ "receive and answer", true, AT(seccomp.receive), "trapped calls can be served",
	  "a kernel or container that allows ioctl(2) on the listener" },
	{ "ADDFD", true, AT(seccomp.addfd), "opened files can be handed to tasks",
	  "Linux " LINUX_NEEDED " or newer" },
	{ "WAIT_KILLABLE_RECV", false, AT(seccomp.wait_killable),
	  "a signal never makes a call with side effects happen twice", "Linux 5.19 or newer" },
	{ "SYNC_WAKE_UP", false, AT(seccomp.sync_wake_up), "a trapped call costs 5 us and not 50",
	  "Linux 6.6 or newer" },
	{ "process_vm_readv", true, AT(seccomp.read_memory), "arguments of calls can be read",
	  "a container that allows process_vm_readv(2); sysctl kernel.yama.ptrace_scope=1 or 0" },
	{ "process_vm_writev", true, AT(seccomp.write_memory), "results of calls can be written",
	  "a container that allows process_vm_writev(2); sysctl kernel.yama.ptrace_scope=1 or 0" },
	{ "pidfd_getfd", true, AT(seccomp.pidfd_getfd), "descriptors of tasks can be reached",
	  "Linux 5.6 or newer; sysctl kernel.yama.ptrace_scope=1 or 0" },
	{ "ptrace of own tasks", true, AT(yama), "programs can be started with another image (exec)",
	  "sysctl kernel.yama.ptrace_scope=1", more_yama },
	{ "openat2", true, AT(openat2), "paths are resolved without races",
	  "Linux 5.6 or newer, and a container that allows openat2(2)" },
	{ "Landlock", false, AT(landlock), "a second wall around tasks",
	  "Linux 5.13 or newer with landlock in the boot option lsm=", more_landlock },
	{ "RLIMIT_LOCKS", true, AT(locks), "tasks can be told from other processes",
	  "raise the hard limit: ulimit -Hx unlimited (limits.conf: locks)", more_locks },
	{ "RLIMIT_NOFILE", false, AT(nofile), "many files can be open at once", "ulimit -Hn 4096 or more",
	  more_nofile },
	{ "state directory", true, AT(state.error), "compartments have a place",
	  "set UC_HOME to a directory that you can write to", more_state },
	{ "user xattrs there", true, AT(state.xattr), "owners, modes and opaque directories can be kept",
	  "set UC_HOME to a place on ext4, xfs, btrfs, or tmpfs since Linux 6.6" },
	{ "whiteouts there", true, AT(state.whiteout), "files of the host can be deleted in the compartment",
	  "Linux 5.8 or newer, and a file system with device nodes (not NFS, vfat)" },
	{ "O_TMPFILE there", false, AT(state.tmpfile), "unnamed files are never left behind",
	  "set UC_HOME to a place on ext4, xfs, btrfs or tmpfs" },

	/* Budgets. None of these is needed: what is missing is told when a limit is asked for. */
	{ "cgroup cpu", false, CGROUP(CGROUP_CPU), "--cpus, --cpu-weight", CGROUP_HOW, more_cgroup },
	{ "cgroup memory", false, CGROUP(CGROUP_MEMORY), "--memory, --swap for all tasks together", CGROUP_HOW,
	  more_cgroup },
	{ "cgroup pids", false, CGROUP(CGROUP_PIDS), "--pids", CGROUP_HOW, more_cgroup },
	{ "cgroup io", false, CGROUP(CGROUP_IO), "--io-weight, where the disk's scheduler has weights", CGROUP_HOW,
	  more_cgroup },
	{ "cgroup freezer", false, CGROUP(CGROUP_FREEZER), "--cpus where there is no cpu controller", CGROUP_HOW,
	  more_cgroup },
	{ "systemd", false, AT(systemd), "limits for users who may not make cgroups", "boot with systemd" },

	/* The native level. None of these is needed as long as there is the path level. */
	{ "range of ids", false, AT(native.range), "users inside have ids of their own on disk",
	  "apt-get install uidmap; usermod --add-subuids 100000-165535 --add-subgids 100000-165535 USER", more_range },
	{ "user namespace", false, AT(native.userns), "native level: root inside is nobody outside",
	  "sysctl user.max_user_namespaces above 0, kernel.unprivileged_userns_clone=1 (Debian), "
	  "kernel.apparmor_restrict_unprivileged_userns=0 (Ubuntu); a container that allows them" },
	{ "mount namespace", false, AT(native.mntns), "native level: mounts that nobody else sees",
	  "sysctl user.max_mnt_namespaces" },
	{ "pid namespace", false, AT(native.pidns), "native level: processes end with their session",
	  "sysctl user.max_pid_namespaces" },
	{ "uts namespace", false, AT(native.utsns), "native level: a host name of its own",
	  "sysctl user.max_uts_namespaces" },
	{ "ipc namespace", false, AT(native.ipcns), "native level: System V IPC of its own",
	  "sysctl user.max_ipc_namespaces" },
	{ "cgroup namespace", false, AT(native.cgroupns), "native level: cgroups seen from inside",
	  "sysctl user.max_cgroup_namespaces; Linux 4.6 or newer" },
	{ "time namespace", false, AT(native.timens), "clocks of its own; not used yet", "Linux 5.6 or newer" },
	{ "network namespace", false, AT(native.netns), "networks of its own; not used yet",
	  "sysctl user.max_net_namespaces" },
	{ "overlayfs", false, AT(native.overlay), "native level: copy on write by the kernel",
	  "Linux 5.11 or newer with overlay; UC_HOME on ext4, xfs, btrfs or tmpfs" },
	{ "idmapped mounts", false, AT(native.idmap), "native level: directories of root's shown as inside root's",
	  "Linux 5.12 or newer, and a root file system that can be idmapped", more_idmap },
	{ "/dev/fuse", false, AT(native.fuse), "FUSE file systems by the kernel; not used yet",
	  "chmod 666 /dev/fuse, as udev has it" },
};
/* clang-format on */

struct report {
	struct finding list[ARRAY_SIZE(rows)];
	size_t n;
};

static void find(const struct probes *p, const struct row *row, struct finding *f)
{
	int result = *(const int *)((const char *)p + row->at);

	*f = (struct finding){ .name = row->name,
			       .needed = row->needed,
			       .ok = result >= 0,
			       .gives = row->gives,
			       .how = result >= 0 || result == -ECANCELED ? NULL : row->how };
	if (result == -ECANCELED)
		snprintf(f->detail, sizeof(f->detail), "not tried: something before it is missing");
	else if (result < 0)
		snprintf(f->detail, sizeof(f->detail), "%s", strerror(-result));
	if (row->more)
		row->more(p, row, f);
}

static bool native_can(const struct native_probe *p)
{
	return p->range == 0 && p->userns == 0 && p->mntns == 0 && p->pidns == 0 && p->utsns == 0 &&
	       p->ipcns == 0 && p->cgroupns == 0 && p->overlay == 0 &&
	       (geteuid() != 0 || p->idmap == 0);
}

static void print_json(const struct report *r, bool can_run, bool native, const char *kernel)
{
	putchar('{');
	json_str(stdout, true, "kernel", kernel);
	printf(",\"path\":%s,\"native\":%s,\"probes\":[", can_run ? "true" : "false",
	       native ? "true" : "false");
	for (size_t i = 0; i < r->n; i++) {
		const struct finding *f = &r->list[i];

		fputs(i ? ",\n{" : "\n{", stdout);
		json_str(stdout, true, "name", f->name);
		printf(",\"needed\":%s,\"ok\":%s", f->needed ? "true" : "false",
		       f->ok ? "true" : "false");
		json_str(stdout, false, "detail", f->detail);
		json_str(stdout, false, "gives", f->gives);
		json_str(stdout, false, "how", f->how);
		putchar('}');
	}
	printf("\n]}\n");
}

static void print_text(const struct report *r, bool can_run, bool native, const char *kernel)
{
	printf("%s\n\n", kernel);
	for (size_t i = 0; i < r->n; i++) {
		const struct finding *f = &r->list[i];
		autofree char *detail = str_escape(f->detail);

		printf("%-4s %-26s %s%s%s%s\n",
		       f->ok	   ? "yes"
		       : f->needed ? "NO"
				   : "no",
		       f->name, f->gives, f->detail[0] ? " (" : "", detail ? detail : "",
		       f->detail[0] ? ")" : "");
		if (f->how)
			printf("     %-26s to get it: %s\n", "", f->how);
	}
	printf("\npath level    %s\n", can_run ? "can run" : "cannot run: see the lines with NO");
	printf("native level  %s\n",
	       !native		? "cannot run"
	       : geteuid() == 0 ? "can run: -r DIR; the host's root when --trap native asks for it"
				: "can run: -r DIR, for directories of yours");
}

int uc_check(const struct uc_args *a)
{
	struct report r = { .n = ARRAY_SIZE(rows) };
	struct probes p = { 0 };
	struct utsname u;
	autofree char *kernel = NULL;
	bool can_run = true, native;

	uname(&u);
	kernel = str_printf("%s %s %s", u.sysname, u.release, u.machine);
	probes_take(&p);
	native = native_can(&p.native);
	for (size_t i = 0; i < r.n; i++) {
		find(&p, &rows[i], &r.list[i]);
		can_run &= r.list[i].ok || !r.list[i].needed;
	}
	if (a->json)
		print_json(&r, can_run, native, kernel ? kernel : "");
	else
		print_text(&r, can_run, native, kernel ? kernel : "");
	free(p.state_path);
	return can_run ? UC_OK : UC_FAILED;
}
