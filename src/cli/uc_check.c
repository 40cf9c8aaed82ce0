// SPDX-License-Identifier: GPL-2.0-or-later
/* uc check: what this machine lets ucrun do. Every answer was tried: see probe.c. */
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include "cgroup.h"
#include "native.h"
#include "probe.h"
#include "uc.h"

#define YAMA_FILE "/proc/sys/kernel/yama/ptrace_scope"

struct finding {
	const char *name;
	bool needed; /* without it there is no path level */
	bool ok;
	const char *gives;
	const char *how; /* to get it; NULL when it is there or cannot be got */
	char detail[160];
};

#define FINDINGS_MAX 40

struct report {
	struct finding list[FINDINGS_MAX];
	size_t n;
};

static struct finding *add(struct report *r, const char *name, bool needed, int result,
			   const char *gives, const char *how)
{
	struct finding *f = &r->list[r->n < FINDINGS_MAX ? r->n++ : FINDINGS_MAX - 1];

	*f = (struct finding){
		name, needed, result >= 0, gives, result >= 0 || result == -ECANCELED ? NULL : how,
		""
	};
	if (result == -ECANCELED)
		snprintf(f->detail, sizeof(f->detail), "not tried: something before it is missing");
	else if (result < 0)
		snprintf(f->detail, sizeof(f->detail), "%s", strerror(-result));
	return f;
}

static void check_seccomp(struct report *r)
{
	struct probe_seccomp p = { 0 };
	int ret = probe_seccomp(&p);
	struct finding *f;

	if (ret < 0)
		p = (struct probe_seccomp){ ret, ret, ret, ret, ret, ret, ret, ret };
	f = add(r, "seccomp user notification", true, p.listener, "system calls can be trapped",
		"Linux " LINUX_NEEDED
		" or newer with CONFIG_SECCOMP_FILTER, and a container whose seccomp "
		"profile "
		"allows seccomp(2)");
	if (p.listener == -EBUSY) {
		f->how = "start ucrun outside of that sandbox or ucrun";
		snprintf(f->detail, sizeof(f->detail),
			 "another supervisor listens already: a kernel allows one");
	}
	add(r, "receive and answer", true, p.receive, "trapped calls can be served",
	    "a kernel or container that allows ioctl(2) on the listener");
	add(r, "ADDFD", true, p.addfd, "opened files can be handed to tasks",
	    "Linux " LINUX_NEEDED " or newer");
	add(r, "WAIT_KILLABLE_RECV", false, p.wait_killable,
	    "a signal never makes a call with side effects happen twice", "Linux 5.19 or newer");
	add(r, "SYNC_WAKE_UP", false, p.sync_wake_up, "a trapped call costs 5 us and not 50",
	    "Linux 6.6 or newer");
	add(r, "process_vm_readv", true, p.read_memory, "arguments of calls can be read",
	    "a container that allows process_vm_readv(2); sysctl kernel.yama.ptrace_scope=1 or 0");
	add(r, "process_vm_writev", true, p.write_memory, "results of calls can be written",
	    "a container that allows process_vm_writev(2); sysctl kernel.yama.ptrace_scope=1 or 0");
	add(r, "pidfd_getfd", true, p.pidfd_getfd, "descriptors of tasks can be reached",
	    "Linux 5.6 or newer; sysctl kernel.yama.ptrace_scope=1 or 0");
}

static void check_yama(struct report *r)
{
	autofree char *text = NULL;
	int scope = read_file_at(AT_FDCWD, YAMA_FILE, 64, &text) < 0 ? 0 : atoi(text);
	struct finding *f = add(r, "ptrace of own tasks", true, scope <= 1 ? 0 : -EPERM,
				"programs can be started with another image (exec)",
				"sysctl kernel.yama.ptrace_scope=1");

	snprintf(f->detail, sizeof(f->detail), text ? "Yama ptrace_scope is %d" : "no Yama", scope);
}

static void check_limits(struct report *r)
{
	struct rlimit rl;
	struct finding *f;
	int ret = getrlimit(RLIMIT_LOCKS, &rl) < 0 ? -errno
		  : rl.rlim_max == RLIM_INFINITY   ? 0
						   : -EPERM;

	f = add(r, "RLIMIT_LOCKS", true, ret, "tasks can be told from other processes",
		"raise the hard limit: ulimit -Hx unlimited (limits.conf: locks)");
	if (ret < 0)
		snprintf(f->detail, sizeof(f->detail), "the hard limit is not unlimited");
	f = add(r, "RLIMIT_NOFILE", false,
		getrlimit(RLIMIT_NOFILE, &rl) < 0 ? -errno
		: rl.rlim_max >= 4096		  ? 0
						  : -EMFILE,
		"many files can be open at once", "ulimit -Hn 4096 or more");
	snprintf(f->detail, sizeof(f->detail), "the hard limit is %llu",
		 (unsigned long long)rl.rlim_max);
}

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

static void check_state(struct report *r)
{
	autofree char *state = compartment_state_path();
	autofree char *dir = state ? nearest(state) : NULL;
	struct probe_state p = { .error = -ENOENT };
	int ret = dir ? probe_state(dir, &p) : 0;
	struct finding *f;

	if (ret < 0)
		p.error = ret;
	if (p.error)
		p.xattr = p.whiteout = p.tmpfile = -ECANCELED;
	f = add(r, "state directory", true, p.error, "compartments have a place",
		"set UC_HOME to a directory that you can write to");
	if (p.error == 0)
		snprintf(f->detail, sizeof(f->detail), "%s", state);
	add(r, "user xattrs there", true, p.xattr,
	    "owners, modes and opaque directories can be kept",
	    "set UC_HOME to a place on ext4, xfs, btrfs, or tmpfs since Linux 6.6");
	add(r, "whiteouts there", true, p.whiteout,
	    "files of the host can be deleted in the compartment",
	    "Linux 5.8 or newer, and a file system with device nodes (not NFS, vfat)");
	add(r, "O_TMPFILE there", false, p.tmpfile, "unnamed files are never left behind",
	    "set UC_HOME to a place on ext4, xfs, btrfs or tmpfs");
}

static void check_kernel(struct report *r)
{
	int abi = probe_landlock();
	struct finding *f;

	add(r, "openat2", true, probe_openat2(), "paths are resolved without races",
	    "Linux 5.6 or newer, and a container that allows openat2(2)");
	f = add(r, "Landlock", false, abi, "a second wall around tasks",
		"Linux 5.13 or newer with landlock in the boot option lsm=");
	if (abi >= 0)
		snprintf(f->detail, sizeof(f->detail), "ABI %d", abi);
}

/* Budgets. None of these is needed: what is missing is told when a limit is asked for. */
static void check_budget(struct report *r)
{
	static const struct {
		enum cgroup_controller which;
		const char *name, *gives;
	} wanted[] = {
		{ CGROUP_CPU, "cgroup cpu", "--cpus, --cpu-weight" },
		{ CGROUP_MEMORY, "cgroup memory", "--memory, --swap for all tasks together" },
		{ CGROUP_PIDS, "cgroup pids", "--pids" },
		{ CGROUP_IO, "cgroup io", "--io-weight, where the disk's scheduler has weights" },
		{ CGROUP_FREEZER, "cgroup freezer", "--cpus where there is no cpu controller" },
	};
	struct cgroup_check c;
	int ret = cgroup_check(&c);

	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
		const struct cgroup_found *found = &c.found[wanted[i].which];
		int result = ret < 0 ? ret : found->result;
		const char *how =
			result == -ENOENT
				? "a kernel with that controller, not disabled at boot; "
				  "for a user: Delegate=cpu io memory pids in user@.service"
			: result == -EROFS
				? "a container whose cgroup file system can be written to"
			: result == -EBUSY && !c.systemd
				? "start it in a cgroup where nothing else runs"
			: c.systemd ? "nothing to do in a login session: systemd is asked for a "
				      "scope when a limit is given"
				    : "root, or a cgroup that root has given to this user";
		struct finding *f = add(r, wanted[i].name, false, result, wanted[i].gives, how);

		if (found->path[0])
			snprintf(f->detail, sizeof(f->detail), "v%d, %s%s%s", found->version,
				 found->path, result < 0 ? ": " : "",
				 result < 0 ? strerror(-result) : "");
	}
	add(r, "systemd", false, c.systemd ? 0 : -ENOENT,
	    "limits for users who may not make cgroups", "boot with systemd");
}

/* The native level. None of these is needed as long as there is the path level. */
static bool check_native(struct report *r)
{
	autofree char *state = compartment_state_path();
	autofree char *dir = state ? nearest(state) : NULL;
	bool root = geteuid() == 0;
	struct native_probe p;
	struct finding *f;

	native_probe(dir, &p);
	f = add(r, "range of ids", false, p.range, "users inside have ids of their own on disk",
		root ? NULL
		     : "apt-get install uidmap; usermod --add-subuids 100000-165535 "
		       "--add-subgids 100000-165535 USER");
	if (p.range == 0)
		snprintf(f->detail, sizeof(f->detail), "%u ids%s", p.nuids,
			 root ? ", of ucrun's own" : " of /etc/subuid");
	add(r, "user namespace", false, p.userns, "native level: root inside is nobody outside",
	    "sysctl user.max_user_namespaces above 0, kernel.unprivileged_userns_clone=1 (Debian), "
	    "kernel.apparmor_restrict_unprivileged_userns=0 (Ubuntu); a container that allows "
	    "them");
	add(r, "mount namespace", false, p.mntns, "native level: mounts that nobody else sees",
	    "sysctl user.max_mnt_namespaces");
	add(r, "pid namespace", false, p.pidns, "native level: processes end with their session",
	    "sysctl user.max_pid_namespaces");
	add(r, "uts namespace", false, p.utsns, "native level: a host name of its own",
	    "sysctl user.max_uts_namespaces");
	add(r, "ipc namespace", false, p.ipcns, "native level: System V IPC of its own",
	    "sysctl user.max_ipc_namespaces");
	add(r, "cgroup namespace", false, p.cgroupns, "native level: cgroups seen from inside",
	    "sysctl user.max_cgroup_namespaces; Linux 4.6 or newer");
	add(r, "time namespace", false, p.timens, "clocks of its own; not used yet",
	    "Linux 5.6 or newer");
	add(r, "network namespace", false, p.netns, "networks of its own; not used yet",
	    "sysctl user.max_net_namespaces");
	add(r, "overlayfs", false, p.overlay, "native level: copy on write by the kernel",
	    "Linux 5.11 or newer with overlay; UC_HOME on ext4, xfs, btrfs or tmpfs");
	add(r, "idmapped mounts", false, p.idmap,
	    "native level: directories of root's shown as inside root's",
	    root ? "Linux 5.12 or newer, and a root file system that can be idmapped"
		 : "only root can make them: without, native level is for -r DIR of your own "
		   "files");
	add(r, "/dev/fuse", false, p.fuse, "FUSE file systems by the kernel; not used yet",
	    "chmod 666 /dev/fuse, as udev has it");
	return p.range == 0 && p.userns == 0 && p.mntns == 0 && p.pidns == 0 && p.utsns == 0 &&
	       p.ipcns == 0 && p.cgroupns == 0 && p.overlay == 0 && (!root || p.idmap == 0);
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
	struct report r = { .n = 0 };
	struct utsname u;
	autofree char *kernel = NULL;
	bool can_run = true, native;

	uname(&u);
	kernel = str_printf("%s %s %s", u.sysname, u.release, u.machine);
	check_seccomp(&r);
	check_yama(&r);
	check_kernel(&r);
	check_limits(&r);
	check_state(&r);
	check_budget(&r);
	native = check_native(&r);
	for (size_t i = 0; i < r.n; i++)
		can_run &= r.list[i].ok || !r.list[i].needed;
	if (a->json)
		print_json(&r, can_run, native, kernel ? kernel : "");
	else
		print_text(&r, can_run, native, kernel ? kernel : "");
	return can_run ? UC_OK : UC_FAILED;
}
