// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Every x86-64 system call up to Linux 6.18. The number is the index; a hole or a number past the
 * end answers ENOSYS. See docs/add-a-syscall.md.
 */
#include "table.h"

#include <asm/ioctls.h>
#include <asm/sockios.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/ioprio.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "connect_native.h"
#include "machine.h"
#include "sys.h"

#define RULES(r)  .rules = r, .nrules = ARRAY_SIZE(r)
#define NATIVE(r) .native_rules = r, .nnative = ARRAY_SIZE(r)
#define ALLOW(a)  .allow = ALLOW_##a

#define CLONE_NEW_ANY                                                                              \
	(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWIPC | \
	 CLONE_NEWCGROUP)

/* pid 0 is the caller itself. */
static const struct arg_rule pid_rules[] = {
	{ 0, ARG_EQ, 0, TRAP_NEVER },
	{ 0, ARG_NE, 0, TRAP_NOTIFY },
};

/* which == PRIO_PROCESS, who == 0; ioprio's IOPRIO_WHO_PROCESS is 1: trapped, and let through. */
static const struct arg_rule who_rules[] = {
	{ 0, ARG_NE, PRIO_PROCESS, TRAP_NOTIFY },
	{ 1, ARG_EQ, 0, TRAP_NEVER },
	{ 1, ARG_NE, 0, TRAP_NOTIFY },
};

static const struct arg_rule prlimit_rules[] = {
	{ 0, ARG_NE, 0, TRAP_NOTIFY },
	{ 1, ARG_EQ, RLIMIT_LOCKS, TRAP_NOTIFY },
};

static const struct arg_rule rlimit_rules[] = {
	{ 0, ARG_EQ, RLIMIT_LOCKS, TRAP_NOTIFY },
};

static const struct arg_rule ptrace_rules[] = {
	{ 0, ARG_EQ, PTRACE_TRACEME, TRAP_NOTIFY },
	{ 0, ARG_EQ, PTRACE_ATTACH, TRAP_NOTIFY },
	{ 0, ARG_EQ, PTRACE_SEIZE, TRAP_NOTIFY },
};

static const struct arg_rule prctl_rules[] = {
	{ 0, ARG_EQ, PR_SET_DUMPABLE, TRAP_NOTIFY },
	{ 0, ARG_EQ, PR_GET_DUMPABLE, TRAP_NOTIFY },
	{ 0, ARG_EQ, PR_CAPBSET_READ, TRAP_NOTIFY },
	{ 0, ARG_EQ, PR_CAPBSET_DROP, TRAP_NOTIFY },
	{ 0, ARG_EQ, PR_CAP_AMBIENT, TRAP_NOTIFY },
	{ 0, ARG_EQ, PR_GET_SECUREBITS, TRAP_NOTIFY },
	{ 0, ARG_EQ, PR_SET_SECUREBITS, TRAP_NOTIFY },
	{ 0, ARG_EQ, PR_GET_KEEPCAPS, TRAP_NOTIFY },
	{ 0, ARG_EQ, PR_SET_KEEPCAPS, TRAP_NOTIFY },
	{ 0, ARG_EQ, PR_SET_NO_NEW_PRIVS, TRAP_NOTIFY },
	{ 0, ARG_EQ, PR_GET_NO_NEW_PRIVS, TRAP_NOTIFY },
	{ 0, ARG_EQ, PR_SET_SECCOMP, TRAP_NOTIFY },
	/*
	 * Where arguments, environment and heap lie: our stub says it, and anybody may of himself.
	 * (Another file as /proc/self/exe needs a privilege.) Of the rest of PR_SET_MM nothing.
	 */
	{ 1, ARG_EQ, PR_SET_MM_MAP, TRAP_NEVER },
	{ 0, ARG_EQ, PR_SET_MM, TRAP_EPERM },
};

static const struct arg_rule seccomp_rules[] = {
	{ 0, ARG_EQ, SECCOMP_SET_MODE_STRICT, TRAP_NOTIFY },
};

/*
 * A read-only descriptor lets the owner of a host file change its flags; and a terminal takes input
 * on behalf of its other readers.
 */
static const struct arg_rule ioctl_rules[] = {
	{ 1, ARG_EQ, (uint32_t)FS_IOC_SETFLAGS, TRAP_NOTIFY },
	{ 1, ARG_EQ, (uint32_t)FS_IOC_FSSETXATTR, TRAP_NOTIFY },
	{ 1, ARG_EQ, (uint32_t)FS_IOC_SETVERSION, TRAP_NOTIFY },
	{ 1, ARG_EQ, (uint32_t)_IOW('f', 133, uint8_t[128]), TRAP_NOTIFY },
	{ 1, ARG_EQ, (uint32_t)_IOR('f', 19, uint8_t[12]), TRAP_NOTIFY },
	{ 1, ARG_EQ, FIOSETOWN, TRAP_NOTIFY },
	{ 1, ARG_EQ, SIOCSPGRP, TRAP_NOTIFY },
	{ 1, ARG_EQ, TIOCSTI, TRAP_EPERM },
	{ 1, ARG_EQ, TIOCLINUX, TRAP_EPERM },
	{ 1, ARG_EQ, TIOCSETD, TRAP_EPERM },
};

/* send(2) and recv(2), sendto(2) and recvfrom(2) without an address are the data path. */
static const struct arg_rule sendto_rules[] = {
	{ 4, ARG_NE, 0, TRAP_NOTIFY },
};

static const struct arg_rule accept_rules[] = {
	{ 1, ARG_NE, 0, TRAP_NOTIFY },
};

static const struct arg_rule getsockopt_rules[] = {
	{ 1, ARG_NE, SOL_SOCKET, TRAP_NEVER },
	{ 2, ARG_EQ, SO_PEERCRED, TRAP_NOTIFY },
	{ 2, ARG_EQ, SO_PEERPIDFD, TRAP_NOTIFY },
};

/* Who owns a descriptor gets its signals, with F_SETSIG any signal: only tasks of the session. */
static const struct arg_rule fcntl_rules[] = {
	{ 1, ARG_EQ, F_SETOWN, TRAP_NOTIFY },
	{ 1, ARG_EQ, F_SETOWN_EX, TRAP_NOTIFY },
};

static const struct arg_rule clone_rules[] = {
	{ 0, ARG_BITS, CLONE_NEW_ANY, TRAP_EPERM },
	/* a process that shares its working directory with another one: state.c must know */
	{ 0, ARG_MASKED, CLONE_FS, TRAP_NOTIFY, .mask = CLONE_FS | CLONE_THREAD },
};

static const struct arg_rule unshare_rules[] = {
	{ 0, ARG_BITS, CLONE_NEW_ANY | CLONE_NEWTIME, TRAP_EPERM },
	{ 0, ARG_BITS, CLONE_FS, TRAP_NOTIFY },
};

/*
 * Native level. Lengths of the abstract address of an X server, "@/tmp/.X11-unix/X0" to "X99999",
 * see connect_native.c.
 */
static const struct arg_rule native_connect_rules[] = {
	{ 2, ARG_EQ, CONNECT_X11_SHORTEST, TRAP_NOTIFY },
	{ 2, ARG_EQ, CONNECT_X11_SHORTEST + 1, TRAP_NOTIFY },
	{ 2, ARG_EQ, CONNECT_X11_SHORTEST + 2, TRAP_NOTIFY },
	{ 2, ARG_EQ, CONNECT_X11_SHORTEST + 3, TRAP_NOTIFY },
	{ 2, ARG_EQ, CONNECT_X11_SHORTEST + 4, TRAP_NOTIFY },
};

/*
 * Native level. clone3 has its flags in memory, where no filter sees them: there the namespaces
 * themselves refuse, see src/native/confine.c.
 */
static const struct arg_rule native_clone_rules[] = {
	{ 0, ARG_BITS, CLONE_NEW_ANY, TRAP_EPERM },
};

static const struct arg_rule native_unshare_rules[] = {
	{ 0, ARG_BITS, CLONE_NEW_ANY | CLONE_NEWTIME, TRAP_EPERM },
};

static const struct arg_rule native_ioctl_rules[] = {
	{ 1, ARG_EQ, TIOCSTI, TRAP_EPERM },
	{ 1, ARG_EQ, TIOCLINUX, TRAP_EPERM },
	{ 1, ARG_EQ, TIOCSETD, TRAP_EPERM },
};

/* i386 calls that x86-64 has not, and that nobody has any business with. */
const struct call_i386 call_i386_refused[CALL_I386_REFUSED] = {
	{ "umount" }, { "stime" }, { "vm86" }, { "vm86old" }, { "clock_settime64" },
};

const char *const call_class_names[] = { "data", "path", "fd",	"exec",	 "cred",
					 "task", "net",	 "ipc", "mount", "sys" };
_Static_assert(sizeof(call_class_names) / sizeof(call_class_names[0]) == CL_COUNT,
	       "a name per class");

/* A row is a line: number, name, class, arguments, native level, path level, handler, rules */
/* clang-format off */
const struct call call_table[CALL_NUMBER_MAX] = {
	[0] = { "read", CL_DATA, 3, TRAP_NEVER, TRAP_NEVER, NULL },
	[1] = { "write", CL_DATA, 3, TRAP_NEVER, TRAP_NEVER, NULL },
	[2] = { "open", CL_PATH, 3, TRAP_NEVER, TRAP_NOTIFY, sys_open },
	[3] = { "close", CL_DATA, 1, TRAP_NEVER, TRAP_NEVER, NULL },
	[4] = { "stat", CL_PATH, 2, TRAP_NEVER, TRAP_NOTIFY, sys_stat },
	[5] = { "fstat", CL_FD, 2, TRAP_NEVER, TRAP_NOTIFY, sys_fstat },
	[6] = { "lstat", CL_PATH, 2, TRAP_NEVER, TRAP_NOTIFY, sys_lstat },
	[7] = { "poll", CL_DATA, 3, TRAP_NEVER, TRAP_NEVER, NULL },
	[8] = { "lseek", CL_DATA, 3, TRAP_NEVER, TRAP_NEVER, NULL },
	[9] = { "mmap", CL_DATA, 6, TRAP_NEVER, TRAP_NEVER, NULL },
	[10] = { "mprotect", CL_DATA, 3, TRAP_NEVER, TRAP_NEVER, NULL },
	[11] = { "munmap", CL_DATA, 2, TRAP_NEVER, TRAP_NEVER, NULL },
	[12] = { "brk", CL_DATA, 1, TRAP_NEVER, TRAP_NEVER, NULL },
	[13] = { "rt_sigaction", CL_DATA, 4, TRAP_NEVER, TRAP_NEVER, NULL },
	[14] = { "rt_sigprocmask", CL_DATA, 4, TRAP_NEVER, TRAP_NEVER, NULL },
	[15] = { "rt_sigreturn", CL_DATA, 0, TRAP_NEVER, TRAP_NEVER, NULL },
	[16] = { "ioctl", CL_FD, 3, TRAP_NEVER, TRAP_NEVER, sys_ioctl, RULES(ioctl_rules), NATIVE(native_ioctl_rules) },
	[17] = { "pread64", CL_DATA, 4, TRAP_NEVER, TRAP_NEVER, NULL },
	[18] = { "pwrite64", CL_DATA, 4, TRAP_NEVER, TRAP_NEVER, NULL },
	[19] = { "readv", CL_DATA, 3, TRAP_NEVER, TRAP_NEVER, NULL },
	[20] = { "writev", CL_DATA, 3, TRAP_NEVER, TRAP_NEVER, NULL },
	[21] = { "access", CL_PATH, 2, TRAP_NEVER, TRAP_NOTIFY, sys_access },
	[22] = { "pipe", CL_DATA, 1, TRAP_NEVER, TRAP_NEVER, NULL },
	[23] = { "select", CL_DATA, 5, TRAP_NEVER, TRAP_NEVER, NULL },
	[24] = { "sched_yield", CL_DATA, 0, TRAP_NEVER, TRAP_NEVER, NULL },
	[25] = { "mremap", CL_DATA, 5, TRAP_NEVER, TRAP_NEVER, NULL },
	[26] = { "msync", CL_DATA, 3, TRAP_NEVER, TRAP_NEVER, NULL },
	[27] = { "mincore", CL_DATA, 3, TRAP_NEVER, TRAP_NEVER, NULL },
	[28] = { "madvise", CL_DATA, 3, TRAP_NEVER, TRAP_NEVER, NULL },
	[29] = { "shmget", CL_IPC, 3, TRAP_NEVER, TRAP_NOTIFY, sys_shmget },
	[30] = { "shmat", CL_IPC, 3, TRAP_NEVER, TRAP_NOTIFY, sys_shmat },
	[31] = { "shmctl", CL_IPC, 3, TRAP_NEVER, TRAP_NOTIFY, sys_shmctl },
	[32] = { "dup", CL_DATA, 1, TRAP_NEVER, TRAP_NEVER, NULL },
	[33] = { "dup2", CL_DATA, 2, TRAP_NEVER, TRAP_NEVER, NULL },
	[34] = { "pause", CL_DATA, 0, TRAP_NEVER, TRAP_NEVER, NULL },
	[35] = { "nanosleep", CL_DATA, 2, TRAP_NEVER, TRAP_NEVER, NULL },
	[36] = { "getitimer", CL_DATA, 2, TRAP_NEVER, TRAP_NEVER, NULL },
	[37] = { "alarm", CL_DATA, 1, TRAP_NEVER, TRAP_NEVER, NULL },
	[38] = { "setitimer", CL_DATA, 3, TRAP_NEVER, TRAP_NEVER, NULL },
	[39] = { "getpid", CL_DATA, 0, TRAP_NEVER, TRAP_NEVER, NULL },
	[40] = { "sendfile", CL_DATA, 4, TRAP_NEVER, TRAP_NEVER, NULL },
	[41] = { "socket", CL_NET, 3, TRAP_NEVER, TRAP_NEVER, NULL },
	[42] = { "connect", CL_NET, 3, TRAP_NEVER, TRAP_NOTIFY, sys_connect, NATIVE(native_connect_rules) },
	[43] = { "accept", CL_NET, 3, TRAP_NEVER, TRAP_NEVER, sys_accept, RULES(accept_rules) },
	[44] = { "sendto", CL_NET, 6, TRAP_NEVER, TRAP_NEVER, sys_sendto, RULES(sendto_rules) },
	[45] = { "recvfrom", CL_NET, 6, TRAP_NEVER, TRAP_NEVER, sys_recvfrom, RULES(sendto_rules) },
	[46] = { "sendmsg", CL_NET, 3, TRAP_NEVER, TRAP_NOTIFY, sys_sendmsg },
	[47] = { "recvmsg", CL_NET, 3, TRAP_NEVER, TRAP_NEVER, NULL },
	[48] = { "shutdown", CL_DATA, 2, TRAP_NEVER, TRAP_NEVER, NULL },
	[49] = { "bind", CL_NET, 3, TRAP_NEVER, TRAP_NOTIFY, sys_bind },
	[50] = { "listen", CL_DATA, 2, TRAP_NEVER, TRAP_NEVER, NULL },
	[51] = { "getsockname", CL_NET, 3, TRAP_NEVER, TRAP_NOTIFY, sys_getsockname },
	[52] = { "getpeername", CL_NET, 3, TRAP_NEVER, TRAP_NOTIFY, sys_getpeername },
	[53] = { "socketpair", CL_NET, 4, TRAP_NEVER, TRAP_NEVER, NULL },
	[54] = { "setsockopt", CL_DATA, 5, TRAP_NEVER, TRAP_NEVER, NULL },
	[55] = { "getsockopt", CL_NET, 5, TRAP_NEVER, TRAP_NEVER, sys_getsockopt, RULES(getsockopt_rules) },
	[56] = { "clone", CL_TASK, 5, TRAP_NEVER, TRAP_NEVER, sys_clone, RULES(clone_rules), NATIVE(native_clone_rules), ALLOW(USERNS) },
	[57] = { "fork", CL_DATA, 0, TRAP_NEVER, TRAP_NEVER, NULL },
	[58] = { "vfork", CL_DATA, 0, TRAP_NEVER, TRAP_NEVER, NULL },
	[59] = { "execve", CL_EXEC, 3, TRAP_NOTIFY, TRAP_NOTIFY, sys_execve },
	[60] = { "exit", CL_DATA, 1, TRAP_NEVER, TRAP_NEVER, NULL },
	[61] = { "wait4", CL_DATA, 4, TRAP_NEVER, TRAP_NEVER, NULL },
	[62] = { "kill", CL_TASK, 2, TRAP_NEVER, TRAP_NOTIFY, sys_kill },
	[63] = { "uname", CL_SYS, 1, TRAP_NEVER, TRAP_NOTIFY, sys_uname },
	[64] = { "semget", CL_IPC, 3, TRAP_NEVER, TRAP_NOTIFY, sys_semget },
	[65] = { "semop", CL_IPC, 3, TRAP_NEVER, TRAP_NOTIFY, sys_semop },
	[66] = { "semctl", CL_IPC, 4, TRAP_NEVER, TRAP_NOTIFY, sys_semctl },
	[67] = { "shmdt", CL_DATA, 1, TRAP_NEVER, TRAP_NEVER, NULL },
	[68] = { "msgget", CL_IPC, 3, TRAP_NEVER, TRAP_NOTIFY, sys_msgget },
	[69] = { "msgsnd", CL_IPC, 4, TRAP_NEVER, TRAP_NOTIFY, sys_msgsnd },
	[70] = { "msgrcv", CL_IPC, 5, TRAP_NEVER, TRAP_NOTIFY, sys_msgrcv },
	[71] = { "msgctl", CL_IPC, 3, TRAP_NEVER, TRAP_NOTIFY, sys_msgctl },
	[72] = { "fcntl", CL_FD, 3, TRAP_NEVER, TRAP_NEVER, sys_fcntl, RULES(fcntl_rules) },
	[73] = { "flock", CL_DATA, 2, TRAP_NEVER, TRAP_NEVER, NULL },
	[74] = { "fsync", CL_DATA, 1, TRAP_NEVER, TRAP_NEVER, NULL },
	[75] = { "fdatasync", CL_DATA, 1, TRAP_NEVER, TRAP_NEVER, NULL },
	[76] = { "truncate", CL_PATH, 2, TRAP_NEVER, TRAP_NOTIFY, sys_truncate },
	[77] = { "ftruncate", CL_DATA, 2, TRAP_NEVER, TRAP_NEVER, NULL },
	[78] = { "getdents", CL_FD, 3, TRAP_NEVER, TRAP_NOTIFY, sys_getdents },
	[79] = { "getcwd", CL_PATH, 2, TRAP_NEVER, TRAP_NOTIFY, sys_getcwd },
	[80] = { "chdir", CL_PATH, 1, TRAP_NEVER, TRAP_NOTIFY, sys_chdir },
	[81] = { "fchdir", CL_PATH, 1, TRAP_NEVER, TRAP_NOTIFY, sys_fchdir },
	[82] = { "rename", CL_PATH, 2, TRAP_NEVER, TRAP_NOTIFY, sys_rename },
	[83] = { "mkdir", CL_PATH, 2, TRAP_NEVER, TRAP_NOTIFY, sys_mkdir },
	[84] = { "rmdir", CL_PATH, 1, TRAP_NEVER, TRAP_NOTIFY, sys_rmdir },
	[85] = { "creat", CL_PATH, 2, TRAP_NEVER, TRAP_NOTIFY, sys_creat },
	[86] = { "link", CL_PATH, 2, TRAP_NEVER, TRAP_NOTIFY, sys_link },
	[87] = { "unlink", CL_PATH, 1, TRAP_NEVER, TRAP_NOTIFY, sys_unlink },
	[88] = { "symlink", CL_PATH, 2, TRAP_NEVER, TRAP_NOTIFY, sys_symlink },
	[89] = { "readlink", CL_PATH, 3, TRAP_NEVER, TRAP_NOTIFY, sys_readlink },
	[90] = { "chmod", CL_PATH, 2, TRAP_NEVER, TRAP_NOTIFY, sys_chmod },
	[91] = { "fchmod", CL_FD, 2, TRAP_NEVER, TRAP_NOTIFY, sys_fchmod },
	[92] = { "chown", CL_PATH, 3, TRAP_NEVER, TRAP_NOTIFY, sys_chown },
	[93] = { "fchown", CL_FD, 3, TRAP_NEVER, TRAP_NOTIFY, sys_fchown },
	[94] = { "lchown", CL_PATH, 3, TRAP_NEVER, TRAP_NOTIFY, sys_lchown },
	[95] = { "umask", CL_PATH, 1, TRAP_NEVER, TRAP_NOTIFY, sys_umask },
	[96] = { "gettimeofday", CL_DATA, 2, TRAP_NEVER, TRAP_NEVER, NULL },
	[97] = { "getrlimit", CL_TASK, 2, TRAP_NEVER, TRAP_NEVER, sys_getrlimit, RULES(rlimit_rules) },
	[98] = { "getrusage", CL_DATA, 2, TRAP_NEVER, TRAP_NEVER, NULL },
	[99] = { "sysinfo", CL_SYS, 1, TRAP_BUDGET, TRAP_NOTIFY, sys_sysinfo },
	[100] = { "times", CL_DATA, 1, TRAP_NEVER, TRAP_NEVER, NULL },
	[101] = { "ptrace", CL_TASK, 4, TRAP_NEVER, TRAP_NEVER, sys_ptrace, RULES(ptrace_rules) },
	[102] = { "getuid", CL_CRED, 0, TRAP_NEVER, TRAP_NOTIFY, sys_getuid },
	[103] = { "syslog", CL_SYS, 3, TRAP_EPERM, TRAP_EPERM, NULL },
	[104] = { "getgid", CL_CRED, 0, TRAP_NEVER, TRAP_NOTIFY, sys_getgid },
	[105] = { "setuid", CL_CRED, 1, TRAP_NEVER, TRAP_NOTIFY, sys_setuid },
	[106] = { "setgid", CL_CRED, 1, TRAP_NEVER, TRAP_NOTIFY, sys_setgid },
	[107] = { "geteuid", CL_CRED, 0, TRAP_NEVER, TRAP_NOTIFY, sys_geteuid },
	[108] = { "getegid", CL_CRED, 0, TRAP_NEVER, TRAP_NOTIFY, sys_getegid },
	[109] = { "setpgid", CL_TASK, 2, TRAP_NEVER, TRAP_NEVER, NULL },
	[110] = { "getppid", CL_TASK, 0, TRAP_NEVER, TRAP_NEVER, NULL },
	[111] = { "getpgrp", CL_DATA, 0, TRAP_NEVER, TRAP_NEVER, NULL },
	[112] = { "setsid", CL_DATA, 0, TRAP_NEVER, TRAP_NEVER, NULL },
	[113] = { "setreuid", CL_CRED, 2, TRAP_NEVER, TRAP_NOTIFY, sys_setreuid },
	[114] = { "setregid", CL_CRED, 2, TRAP_NEVER, TRAP_NOTIFY, sys_setregid },
	[115] = { "getgroups", CL_CRED, 2, TRAP_NEVER, TRAP_NOTIFY, sys_getgroups },
	[116] = { "setgroups", CL_CRED, 2, TRAP_NEVER, TRAP_NOTIFY, sys_setgroups },
	[117] = { "setresuid", CL_CRED, 3, TRAP_NEVER, TRAP_NOTIFY, sys_setresuid },
	[118] = { "getresuid", CL_CRED, 3, TRAP_NEVER, TRAP_NOTIFY, sys_getresuid },
	[119] = { "setresgid", CL_CRED, 3, TRAP_NEVER, TRAP_NOTIFY, sys_setresgid },
	[120] = { "getresgid", CL_CRED, 3, TRAP_NEVER, TRAP_NOTIFY, sys_getresgid },
	[121] = { "getpgid", CL_TASK, 1, TRAP_NEVER, TRAP_NEVER, NULL },
	[122] = { "setfsuid", CL_CRED, 1, TRAP_NEVER, TRAP_NOTIFY, sys_setfsuid },
	[123] = { "setfsgid", CL_CRED, 1, TRAP_NEVER, TRAP_NOTIFY, sys_setfsgid },
	[124] = { "getsid", CL_TASK, 1, TRAP_NEVER, TRAP_NEVER, NULL },
	[125] = { "capget", CL_CRED, 2, TRAP_NEVER, TRAP_NOTIFY, sys_capget },
	[126] = { "capset", CL_CRED, 2, TRAP_NEVER, TRAP_NOTIFY, sys_capset },
	[127] = { "rt_sigpending", CL_DATA, 2, TRAP_NEVER, TRAP_NEVER, NULL },
	[128] = { "rt_sigtimedwait", CL_DATA, 4, TRAP_NEVER, TRAP_NEVER, NULL },
	[129] = { "rt_sigqueueinfo", CL_TASK, 3, TRAP_NEVER, TRAP_NOTIFY, sys_rt_sigqueueinfo },
	[130] = { "rt_sigsuspend", CL_DATA, 2, TRAP_NEVER, TRAP_NEVER, NULL },
	[131] = { "sigaltstack", CL_DATA, 2, TRAP_NEVER, TRAP_NEVER, NULL },
	[132] = { "utime", CL_PATH, 2, TRAP_NEVER, TRAP_NOTIFY, sys_utime },
	[133] = { "mknod", CL_PATH, 3, TRAP_NEVER, TRAP_NOTIFY, sys_mknod },
	[134] = { "uselib", CL_EXEC, 1, TRAP_ENOSYS, TRAP_ENOSYS, NULL },
	[135] = { "personality", CL_SYS, 1, TRAP_NEVER, TRAP_NEVER, NULL },
	[136] = { "ustat", CL_DATA, 2, TRAP_ENOSYS, TRAP_ENOSYS, NULL },
	[137] = { "statfs", CL_PATH, 2, TRAP_NEVER, TRAP_NOTIFY, sys_statfs },
	[138] = { "fstatfs", CL_FD, 2, TRAP_NEVER, TRAP_NOTIFY, sys_fstatfs },
	[139] = { "sysfs", CL_DATA, 3, TRAP_ENOSYS, TRAP_ENOSYS, NULL },
	[140] = { "getpriority", CL_TASK, 2, TRAP_NEVER, TRAP_NEVER, sys_which_who, RULES(who_rules) },
	[141] = { "setpriority", CL_TASK, 3, TRAP_NEVER, TRAP_NEVER, sys_which_who, RULES(who_rules) },
	[142] = { "sched_setparam", CL_TASK, 2, TRAP_NEVER, TRAP_NEVER, sys_sched_set, RULES(pid_rules) },
	[143] = { "sched_getparam", CL_TASK, 2, TRAP_NEVER, TRAP_NEVER, sys_pid_first, RULES(pid_rules) },
	[144] = { "sched_setscheduler", CL_TASK, 3, TRAP_NEVER, TRAP_NEVER, sys_sched_set, RULES(pid_rules) },
	[145] = { "sched_getscheduler", CL_TASK, 1, TRAP_NEVER, TRAP_NEVER, sys_pid_first, RULES(pid_rules) },
	[146] = { "sched_get_priority_max", CL_DATA, 1, TRAP_NEVER, TRAP_NEVER, NULL },
	[147] = { "sched_get_priority_min", CL_DATA, 1, TRAP_NEVER, TRAP_NEVER, NULL },
	[148] = { "sched_rr_get_interval", CL_TASK, 2, TRAP_NEVER, TRAP_NEVER, sys_pid_first, RULES(pid_rules) },
	[149] = { "mlock", CL_DATA, 2, TRAP_NEVER, TRAP_NEVER, NULL },
	[150] = { "munlock", CL_DATA, 2, TRAP_NEVER, TRAP_NEVER, NULL },
	[151] = { "mlockall", CL_DATA, 1, TRAP_NEVER, TRAP_NEVER, NULL },
	[152] = { "munlockall", CL_DATA, 0, TRAP_NEVER, TRAP_NEVER, NULL },
	[153] = { "vhangup", CL_SYS, 0, TRAP_EPERM, TRAP_EPERM, NULL },
	[154] = { "modify_ldt", CL_DATA, 3, TRAP_NEVER, TRAP_NEVER, NULL },
	[155] = { "pivot_root", CL_MOUNT, 2, TRAP_EPERM, TRAP_EPERM, NULL, ALLOW(USERNS) },
	[156] = { "_sysctl", CL_DATA, 1, TRAP_ENOSYS, TRAP_ENOSYS, NULL },
	[157] = { "prctl", CL_CRED, 5, TRAP_NEVER, TRAP_NEVER, sys_prctl, RULES(prctl_rules) },
	[158] = { "arch_prctl", CL_DATA, 2, TRAP_NEVER, TRAP_NEVER, NULL },
	[159] = { "adjtimex", CL_SYS, 1, TRAP_NEVER, TRAP_NEVER, NULL },
	[160] = { "setrlimit", CL_TASK, 2, TRAP_NEVER, TRAP_NEVER, sys_setrlimit, RULES(rlimit_rules) },
	[161] = { "chroot", CL_PATH, 1, TRAP_NEVER, TRAP_NOTIFY, sys_chroot },
	[162] = { "sync", CL_DATA, 0, TRAP_NEVER, TRAP_NEVER, NULL },
	[163] = { "acct", CL_SYS, 1, TRAP_EPERM, TRAP_EPERM, NULL },
	[164] = { "settimeofday", CL_SYS, 2, TRAP_EPERM, TRAP_EPERM, NULL },
	[165] = { "mount", CL_MOUNT, 5, TRAP_EPERM, TRAP_EPERM, NULL, ALLOW(USERNS) },
	[166] = { "umount2", CL_MOUNT, 2, TRAP_EPERM, TRAP_EPERM, NULL, ALLOW(USERNS) },
	[167] = { "swapon", CL_MOUNT, 2, TRAP_EPERM, TRAP_EPERM, NULL },
	[168] = { "swapoff", CL_MOUNT, 1, TRAP_EPERM, TRAP_EPERM, NULL },
	[169] = { "reboot", CL_SYS, 4, TRAP_EPERM, TRAP_EPERM, NULL },
	[170] = { "sethostname", CL_SYS, 2, TRAP_NEVER, TRAP_NOTIFY, sys_sethostname },
	[171] = { "setdomainname", CL_SYS, 2, TRAP_NEVER, TRAP_NOTIFY, sys_setdomainname },
	[172] = { "iopl", CL_SYS, 1, TRAP_EPERM, TRAP_EPERM, NULL },
	[173] = { "ioperm", CL_SYS, 3, TRAP_EPERM, TRAP_EPERM, NULL },
	[174] = { "create_module", CL_DATA, 4, TRAP_ENOSYS, TRAP_ENOSYS, NULL },
	[175] = { "init_module", CL_SYS, 3, TRAP_EPERM, TRAP_EPERM, NULL },
	[176] = { "delete_module", CL_SYS, 2, TRAP_EPERM, TRAP_EPERM, NULL },
	[177] = { "get_kernel_syms", CL_DATA, 4, TRAP_ENOSYS, TRAP_ENOSYS, NULL },
	[178] = { "query_module", CL_DATA, 4, TRAP_ENOSYS, TRAP_ENOSYS, NULL },
	[179] = { "quotactl", CL_MOUNT, 4, TRAP_EPERM, TRAP_EPERM, NULL },
	[180] = { "nfsservctl", CL_SYS, 4, TRAP_ENOSYS, TRAP_ENOSYS, NULL },
	[181] = { "getpmsg", CL_DATA, 0, TRAP_ENOSYS, TRAP_ENOSYS, NULL },
	[182] = { "putpmsg", CL_DATA, 0, TRAP_ENOSYS, TRAP_ENOSYS, NULL },
	[183] = { "afs_syscall", CL_DATA, 0, TRAP_ENOSYS, TRAP_ENOSYS, NULL },
	[184] = { "tuxcall", CL_DATA, 0, TRAP_ENOSYS, TRAP_ENOSYS, NULL },
	[185] = { "security", CL_DATA, 0, TRAP_ENOSYS, TRAP_ENOSYS, NULL },
	[186] = { "gettid", CL_DATA, 0, TRAP_NEVER, TRAP_NEVER, NULL },
	[187] = { "readahead", CL_DATA, 3, TRAP_NEVER, TRAP_NEVER, NULL },
	[188] = { "setxattr", CL_PATH, 5, TRAP_NEVER, TRAP_NOTIFY, sys_setxattr },
	[189] = { "lsetxattr", CL_PATH, 5, TRAP_NEVER, TRAP_NOTIFY, sys_lsetxattr },
	[190] = { "fsetxattr", CL_FD, 5, TRAP_NEVER, TRAP_NOTIFY, sys_fsetxattr },
	[191] = { "getxattr", CL_PATH, 4, TRAP_NEVER, TRAP_NOTIFY, sys_getxattr },
	[192] = { "lgetxattr", CL_PATH, 4, TRAP_NEVER, TRAP_NOTIFY, sys_lgetxattr },
	[193] = { "fgetxattr", CL_FD, 4, TRAP_NEVER, TRAP_NOTIFY, sys_fgetxattr },
	[194] = { "listxattr", CL_PATH, 3, TRAP_NEVER, TRAP_NOTIFY, sys_listxattr },
	[195] = { "llistxattr", CL_PATH, 3, TRAP_NEVER, TRAP_NOTIFY, sys_llistxattr },
	[196] = { "flistxattr", CL_FD, 3, TRAP_NEVER, TRAP_NOTIFY, sys_flistxattr },
	[197] = { "removexattr", CL_PATH, 2, TRAP_NEVER, TRAP_NOTIFY, sys_removexattr },
	[198] = { "lremovexattr", CL_PATH, 2, TRAP_NEVER, TRAP_NOTIFY, sys_lremovexattr },
	[199] = { "fremovexattr", CL_FD, 2, TRAP_NEVER, TRAP_NOTIFY, sys_fremovexattr },
	[200] = { "tkill", CL_TASK, 2, TRAP_NEVER, TRAP_NOTIFY, sys_tkill },
	[201] = { "time", CL_DATA, 1, TRAP_NEVER, TRAP_NEVER, NULL },
	[202] = { "futex", CL_DATA, 6, TRAP_NEVER, TRAP_NEVER, NULL },
	[203] = { "sched_setaffinity", CL_TASK, 3, TRAP_NEVER, TRAP_NEVER, sys_sched_set, RULES(pid_rules) },
	[204] = { "sched_getaffinity", CL_TASK, 3, TRAP_BUDGET, TRAP_NOTIFY, sys_sched_getaffinity },
	[205] = { "set_thread_area", CL_DATA, 2, TRAP_NEVER, TRAP_NEVER, NULL },
	[206] = { "io_setup", CL_DATA, 2, TRAP_NEVER, TRAP_NEVER, NULL },
	[207] = { "io_destroy", CL_DATA, 1, TRAP_NEVER, TRAP_NEVER, NULL },
	[208] = { "io_getevents", CL_DATA, 5, TRAP_NEVER, TRAP_NEVER, NULL },
	[209] = { "io_submit", CL_DATA, 3, TRAP_NEVER, TRAP_NEVER, NULL },
	[210] = { "io_cancel", CL_DATA, 3, TRAP_NEVER, TRAP_NEVER, NULL },
	[211] = { "get_thread_area", CL_DATA, 2, TRAP_NEVER, TRAP_NEVER, NULL },
	[212] = { "lookup_dcookie", CL_SYS, 3, TRAP_EPERM, TRAP_EPERM, NULL },
	[213] = { "epoll_create", CL_DATA, 1, TRAP_NEVER, TRAP_NEVER, NULL },
	[214] = { "epoll_ctl_old", CL_DATA, 4, TRAP_ENOSYS, TRAP_ENOSYS, NULL },
	[215] = { "epoll_wait_old", CL_DATA, 4, TRAP_ENOSYS, TRAP_ENOSYS, NULL },
	[216] = { "remap_file_pages", CL_DATA, 5, TRAP_NEVER, TRAP_NEVER, NULL },
	[217] = { "getdents64", CL_FD, 3, TRAP_NEVER, TRAP_NOTIFY, sys_getdents64 },
	[218] = { "set_tid_address", CL_DATA, 1, TRAP_NEVER, TRAP_NEVER, NULL },
	[219] = { "restart_syscall", CL_DATA, 0, TRAP_NEVER, TRAP_NEVER, NULL },
	[220] = { "semtimedop", CL_IPC, 4, TRAP_NEVER, TRAP_NOTIFY, sys_semtimedop },
	[221] = { "fadvise64", CL_DATA, 4, TRAP_NEVER, TRAP_NEVER, NULL },
	[222] = { "timer_create", CL_DATA, 3, TRAP_NEVER, TRAP_NEVER, NULL },
	[223] = { "timer_settime", CL_DATA, 4, TRAP_NEVER, TRAP_NEVER, NULL },
	[224] = { "timer_gettime", CL_DATA, 2, TRAP_NEVER, TRAP_NEVER, NULL },
	[225] = { "timer_getoverrun", CL_DATA, 1, TRAP_NEVER, TRAP_NEVER, NULL },
	[226] = { "timer_delete", CL_DATA, 1, TRAP_NEVER, TRAP_NEVER, NULL },
	[227] = { "clock_settime", CL_SYS, 2, TRAP_EPERM, TRAP_EPERM, NULL },
	[228] = { "clock_gettime", CL_DATA, 2, TRAP_NEVER, TRAP_NEVER, NULL },
	[229] = { "clock_getres", CL_DATA, 2, TRAP_NEVER, TRAP_NEVER, NULL },
	[230] = { "clock_nanosleep", CL_DATA, 4, TRAP_NEVER, TRAP_NEVER, NULL },
	[231] = { "exit_group", CL_DATA, 1, TRAP_NEVER, TRAP_NEVER, NULL },
	[232] = { "epoll_wait", CL_DATA, 4, TRAP_NEVER, TRAP_NEVER, NULL },
	[233] = { "epoll_ctl", CL_DATA, 4, TRAP_NEVER, TRAP_NEVER, NULL },
	[234] = { "tgkill", CL_TASK, 3, TRAP_NEVER, TRAP_NOTIFY, sys_tgkill },
	[235] = { "utimes", CL_PATH, 2, TRAP_NEVER, TRAP_NOTIFY, sys_utimes },
	[236] = { "vserver", CL_DATA, 0, TRAP_ENOSYS, TRAP_ENOSYS, NULL },
	[237] = { "mbind", CL_DATA, 6, TRAP_NEVER, TRAP_NEVER, NULL },
	[238] = { "set_mempolicy", CL_DATA, 4, TRAP_NEVER, TRAP_NEVER, NULL },
	[239] = { "get_mempolicy", CL_DATA, 5, TRAP_NEVER, TRAP_NEVER, NULL },
	[240] = { "mq_open", CL_IPC, 4, TRAP_NEVER, TRAP_NOTIFY, sys_mq_open },
	[241] = { "mq_unlink", CL_IPC, 1, TRAP_NEVER, TRAP_NOTIFY, sys_mq_unlink },
	[242] = { "mq_timedsend", CL_DATA, 5, TRAP_NEVER, TRAP_NEVER, NULL },
	[243] = { "mq_timedreceive", CL_DATA, 5, TRAP_NEVER, TRAP_NEVER, NULL },
	[244] = { "mq_notify", CL_DATA, 2, TRAP_NEVER, TRAP_NEVER, NULL },
	[245] = { "mq_getsetattr", CL_DATA, 3, TRAP_NEVER, TRAP_NEVER, NULL },
	[246] = { "kexec_load", CL_SYS, 4, TRAP_EPERM, TRAP_EPERM, NULL },
	[247] = { "waitid", CL_DATA, 5, TRAP_NEVER, TRAP_NEVER, NULL },
	[248] = { "add_key", CL_SYS, 5, TRAP_EPERM, TRAP_EPERM, NULL },
	[249] = { "request_key", CL_SYS, 4, TRAP_EPERM, TRAP_EPERM, NULL },
	[250] = { "keyctl", CL_SYS, 5, TRAP_EPERM, TRAP_EPERM, NULL },
	[251] = { "ioprio_set", CL_TASK, 3, TRAP_NEVER, TRAP_NEVER, sys_which_who, RULES(who_rules) },
	[252] = { "ioprio_get", CL_TASK, 2, TRAP_NEVER, TRAP_NEVER, sys_which_who, RULES(who_rules) },
	[253] = { "inotify_init", CL_DATA, 0, TRAP_NEVER, TRAP_NEVER, NULL },
	[254] = { "inotify_add_watch", CL_PATH, 3, TRAP_NEVER, TRAP_NOTIFY, sys_inotify_add_watch },
	[255] = { "inotify_rm_watch", CL_DATA, 2, TRAP_NEVER, TRAP_NEVER, NULL },
	[256] = { "migrate_pages", CL_TASK, 4, TRAP_NEVER, TRAP_NEVER, sys_pid_traced, RULES(pid_rules) },
	[257] = { "openat", CL_PATH, 4, TRAP_NEVER, TRAP_NOTIFY, sys_openat },
	[258] = { "mkdirat", CL_PATH, 3, TRAP_NEVER, TRAP_NOTIFY, sys_mkdirat },
	[259] = { "mknodat", CL_PATH, 4, TRAP_NEVER, TRAP_NOTIFY, sys_mknodat },
	[260] = { "fchownat", CL_PATH, 5, TRAP_NEVER, TRAP_NOTIFY, sys_fchownat },
	[261] = { "futimesat", CL_PATH, 3, TRAP_NEVER, TRAP_NOTIFY, sys_futimesat },
	[262] = { "newfstatat", CL_PATH, 4, TRAP_NEVER, TRAP_NOTIFY, sys_newfstatat },
	[263] = { "unlinkat", CL_PATH, 3, TRAP_NEVER, TRAP_NOTIFY, sys_unlinkat },
	[264] = { "renameat", CL_PATH, 4, TRAP_NEVER, TRAP_NOTIFY, sys_renameat },
	[265] = { "linkat", CL_PATH, 5, TRAP_NEVER, TRAP_NOTIFY, sys_linkat },
	[266] = { "symlinkat", CL_PATH, 3, TRAP_NEVER, TRAP_NOTIFY, sys_symlinkat },
	[267] = { "readlinkat", CL_PATH, 4, TRAP_NEVER, TRAP_NOTIFY, sys_readlinkat },
	[268] = { "fchmodat", CL_PATH, 3, TRAP_NEVER, TRAP_NOTIFY, sys_fchmodat },
	[269] = { "faccessat", CL_PATH, 3, TRAP_NEVER, TRAP_NOTIFY, sys_faccessat },
	[270] = { "pselect6", CL_DATA, 6, TRAP_NEVER, TRAP_NEVER, NULL },
	[271] = { "ppoll", CL_DATA, 4, TRAP_NEVER, TRAP_NEVER, NULL },
	[272] = { "unshare", CL_TASK, 1, TRAP_NEVER, TRAP_NEVER, sys_unshare, RULES(unshare_rules), NATIVE(native_unshare_rules), ALLOW(USERNS) },
	[273] = { "set_robust_list", CL_DATA, 2, TRAP_NEVER, TRAP_NEVER, NULL },
	[274] = { "get_robust_list", CL_TASK, 3, TRAP_NEVER, TRAP_NEVER, sys_pid_traced, RULES(pid_rules) },
	[275] = { "splice", CL_DATA, 6, TRAP_NEVER, TRAP_NEVER, NULL },
	[276] = { "tee", CL_DATA, 4, TRAP_NEVER, TRAP_NEVER, NULL },
	[277] = { "sync_file_range", CL_DATA, 4, TRAP_NEVER, TRAP_NEVER, NULL },
	[278] = { "vmsplice", CL_DATA, 4, TRAP_NEVER, TRAP_NEVER, NULL },
	[279] = { "move_pages", CL_TASK, 6, TRAP_NEVER, TRAP_NEVER, sys_pid_traced, RULES(pid_rules) },
	[280] = { "utimensat", CL_PATH, 4, TRAP_NEVER, TRAP_NOTIFY, sys_utimensat },
	[281] = { "epoll_pwait", CL_DATA, 6, TRAP_NEVER, TRAP_NEVER, NULL },
	[282] = { "signalfd", CL_DATA, 3, TRAP_NEVER, TRAP_NEVER, NULL },
	[283] = { "timerfd_create", CL_DATA, 2, TRAP_NEVER, TRAP_NEVER, NULL },
	[284] = { "eventfd", CL_DATA, 1, TRAP_NEVER, TRAP_NEVER, NULL },
	[285] = { "fallocate", CL_DATA, 4, TRAP_NEVER, TRAP_NEVER, NULL },
	[286] = { "timerfd_settime", CL_DATA, 4, TRAP_NEVER, TRAP_NEVER, NULL },
	[287] = { "timerfd_gettime", CL_DATA, 2, TRAP_NEVER, TRAP_NEVER, NULL },
	[288] = { "accept4", CL_NET, 4, TRAP_NEVER, TRAP_NEVER, sys_accept4, RULES(accept_rules) },
	[289] = { "signalfd4", CL_DATA, 4, TRAP_NEVER, TRAP_NEVER, NULL },
	[290] = { "eventfd2", CL_DATA, 2, TRAP_NEVER, TRAP_NEVER, NULL },
	[291] = { "epoll_create1", CL_DATA, 1, TRAP_NEVER, TRAP_NEVER, NULL },
	[292] = { "dup3", CL_DATA, 3, TRAP_NEVER, TRAP_NEVER, NULL },
	[293] = { "pipe2", CL_DATA, 2, TRAP_NEVER, TRAP_NEVER, NULL },
	[294] = { "inotify_init1", CL_DATA, 1, TRAP_NEVER, TRAP_NEVER, NULL },
	[295] = { "preadv", CL_DATA, 5, TRAP_NEVER, TRAP_NEVER, NULL },
	[296] = { "pwritev", CL_DATA, 5, TRAP_NEVER, TRAP_NEVER, NULL },
	[297] = { "rt_tgsigqueueinfo", CL_TASK, 4, TRAP_NEVER, TRAP_NOTIFY, sys_rt_tgsigqueueinfo },
	[298] = { "perf_event_open", CL_SYS, 5, TRAP_EPERM, TRAP_EPERM, NULL },
	[299] = { "recvmmsg", CL_NET, 5, TRAP_NEVER, TRAP_NEVER, NULL },
	[300] = { "fanotify_init", CL_SYS, 2, TRAP_EPERM, TRAP_EPERM, NULL },
	[301] = { "fanotify_mark", CL_SYS, 5, TRAP_EPERM, TRAP_EPERM, NULL },
	[302] = { "prlimit64", CL_TASK, 4, TRAP_NEVER, TRAP_NEVER, sys_prlimit64, RULES(prlimit_rules) },
	[303] = { "name_to_handle_at", CL_PATH, 5, TRAP_NEVER, TRAP_NOTIFY, sys_name_to_handle_at },
	[304] = { "open_by_handle_at", CL_SYS, 3, TRAP_EPERM, TRAP_EPERM, NULL },
	[305] = { "clock_adjtime", CL_SYS, 2, TRAP_NEVER, TRAP_NEVER, NULL },
	[306] = { "syncfs", CL_DATA, 1, TRAP_NEVER, TRAP_NEVER, NULL },
	[307] = { "sendmmsg", CL_NET, 4, TRAP_NEVER, TRAP_NOTIFY, sys_sendmmsg },
	[308] = { "setns", CL_TASK, 2, TRAP_ASKED, TRAP_EPERM, NULL, ALLOW(USERNS) },
	[309] = { "getcpu", CL_DATA, 3, TRAP_NEVER, TRAP_NEVER, NULL },
	[310] = { "process_vm_readv", CL_TASK, 6, TRAP_NEVER, TRAP_NOTIFY, sys_process_vm_readv },
	[311] = { "process_vm_writev", CL_TASK, 6, TRAP_NEVER, TRAP_NOTIFY, sys_process_vm_writev },
	[312] = { "kcmp", CL_TASK, 5, TRAP_NEVER, TRAP_NOTIFY, sys_kcmp },
	[313] = { "finit_module", CL_SYS, 3, TRAP_EPERM, TRAP_EPERM, NULL },
	[314] = { "sched_setattr", CL_TASK, 3, TRAP_NEVER, TRAP_NEVER, sys_sched_set, RULES(pid_rules) },
	[315] = { "sched_getattr", CL_TASK, 4, TRAP_NEVER, TRAP_NEVER, sys_pid_first, RULES(pid_rules) },
	[316] = { "renameat2", CL_PATH, 5, TRAP_NEVER, TRAP_NOTIFY, sys_renameat2 },
	[317] = { "seccomp", CL_TASK, 3, TRAP_NEVER, TRAP_NEVER, sys_seccomp, RULES(seccomp_rules) },
	[318] = { "getrandom", CL_DATA, 3, TRAP_NEVER, TRAP_NEVER, NULL },
	[319] = { "memfd_create", CL_DATA, 2, TRAP_NEVER, TRAP_NEVER, NULL },
	[320] = { "kexec_file_load", CL_SYS, 5, TRAP_EPERM, TRAP_EPERM, NULL },
	[321] = { "bpf", CL_SYS, 3, TRAP_EPERM, TRAP_EPERM, NULL },
	[322] = { "execveat", CL_EXEC, 5, TRAP_NOTIFY, TRAP_NOTIFY, sys_execveat },
	[323] = { "userfaultfd", CL_SYS, 1, TRAP_ENOSYS, TRAP_ENOSYS, NULL },
	[324] = { "membarrier", CL_DATA, 2, TRAP_NEVER, TRAP_NEVER, NULL },
	[325] = { "mlock2", CL_DATA, 3, TRAP_NEVER, TRAP_NEVER, NULL },
	[326] = { "copy_file_range", CL_DATA, 6, TRAP_NEVER, TRAP_NEVER, NULL },
	[327] = { "preadv2", CL_DATA, 6, TRAP_NEVER, TRAP_NEVER, NULL },
	[328] = { "pwritev2", CL_DATA, 6, TRAP_NEVER, TRAP_NEVER, NULL },
	[329] = { "pkey_mprotect", CL_DATA, 4, TRAP_NEVER, TRAP_NEVER, NULL },
	[330] = { "pkey_alloc", CL_DATA, 2, TRAP_NEVER, TRAP_NEVER, NULL },
	[331] = { "pkey_free", CL_DATA, 1, TRAP_NEVER, TRAP_NEVER, NULL },
	[332] = { "statx", CL_PATH, 5, TRAP_NEVER, TRAP_NOTIFY, sys_statx },
	[333] = { "io_pgetevents", CL_DATA, 6, TRAP_NEVER, TRAP_NEVER, NULL },
	[334] = { "rseq", CL_DATA, 4, TRAP_NEVER, TRAP_NEVER, NULL },
	[335] = { "uretprobe", CL_DATA, 0, TRAP_NEVER, TRAP_NEVER, NULL },
	[336] = { "uprobe", CL_DATA, 0, TRAP_NEVER, TRAP_NEVER, NULL },
	[424] = { "pidfd_send_signal", CL_TASK, 4, TRAP_NEVER, TRAP_NOTIFY, sys_pidfd_send_signal },
	[425] = { "io_uring_setup", CL_SYS, 2, TRAP_ENOSYS, TRAP_ENOSYS, NULL, ALLOW(IO_URING) },
	[426] = { "io_uring_enter", CL_SYS, 6, TRAP_ENOSYS, TRAP_ENOSYS, NULL, ALLOW(IO_URING) },
	[427] = { "io_uring_register", CL_SYS, 4, TRAP_ENOSYS, TRAP_ENOSYS, NULL, ALLOW(IO_URING) },
	[428] = { "open_tree", CL_MOUNT, 3, TRAP_EPERM, TRAP_EPERM, NULL, ALLOW(USERNS) },
	[429] = { "move_mount", CL_MOUNT, 4, TRAP_EPERM, TRAP_EPERM, NULL, ALLOW(USERNS) },
	[430] = { "fsopen", CL_MOUNT, 2, TRAP_EPERM, TRAP_EPERM, NULL, ALLOW(USERNS) },
	[431] = { "fsconfig", CL_MOUNT, 5, TRAP_EPERM, TRAP_EPERM, NULL, ALLOW(USERNS) },
	[432] = { "fsmount", CL_MOUNT, 3, TRAP_EPERM, TRAP_EPERM, NULL, ALLOW(USERNS) },
	[433] = { "fspick", CL_MOUNT, 3, TRAP_EPERM, TRAP_EPERM, NULL, ALLOW(USERNS) },
	[434] = { "pidfd_open", CL_TASK, 2, TRAP_NEVER, TRAP_NOTIFY, sys_pidfd_open },
	[435] = { "clone3", CL_TASK, 2, TRAP_NEVER, TRAP_NOTIFY, sys_clone3 },
	[436] = { "close_range", CL_DATA, 3, TRAP_NEVER, TRAP_NEVER, NULL },
	[437] = { "openat2", CL_PATH, 4, TRAP_NEVER, TRAP_NOTIFY, sys_openat2 },
	[438] = { "pidfd_getfd", CL_FD, 3, TRAP_NEVER, TRAP_NOTIFY, sys_pidfd_getfd },
	[439] = { "faccessat2", CL_PATH, 4, TRAP_NEVER, TRAP_NOTIFY, sys_faccessat2 },
	[440] = { "process_madvise", CL_TASK, 5, TRAP_NEVER, TRAP_NOTIFY, sys_process_madvise },
	[441] = { "epoll_pwait2", CL_DATA, 6, TRAP_NEVER, TRAP_NEVER, NULL },
	[442] = { "mount_setattr", CL_MOUNT, 5, TRAP_EPERM, TRAP_EPERM, NULL, ALLOW(USERNS) },
	[443] = { "quotactl_fd", CL_MOUNT, 4, TRAP_EPERM, TRAP_EPERM, NULL },
	/* Landlock of a task: opening is done by the supervisor, which its domain would not hold */
	[444] = { "landlock_create_ruleset", CL_DATA, 3, TRAP_NEVER, TRAP_ENOSYS, NULL },
	[445] = { "landlock_add_rule", CL_DATA, 4, TRAP_NEVER, TRAP_ENOSYS, NULL },
	[446] = { "landlock_restrict_self", CL_DATA, 2, TRAP_NEVER, TRAP_ENOSYS, NULL },
	[447] = { "memfd_secret", CL_DATA, 1, TRAP_NEVER, TRAP_NEVER, NULL },
	[448] = { "process_mrelease", CL_TASK, 2, TRAP_NEVER, TRAP_NOTIFY, sys_process_mrelease },
	[449] = { "futex_waitv", CL_DATA, 5, TRAP_NEVER, TRAP_NEVER, NULL },
	[450] = { "set_mempolicy_home_node", CL_DATA, 4, TRAP_NEVER, TRAP_NEVER, NULL },
	[451] = { "cachestat", CL_DATA, 4, TRAP_NEVER, TRAP_NEVER, NULL },
	[452] = { "fchmodat2", CL_PATH, 4, TRAP_NEVER, TRAP_NOTIFY, sys_fchmodat2 },
	[453] = { "map_shadow_stack", CL_DATA, 3, TRAP_NEVER, TRAP_NEVER, NULL },
	[454] = { "futex_wake", CL_DATA, 4, TRAP_NEVER, TRAP_NEVER, NULL },
	[455] = { "futex_wait", CL_DATA, 6, TRAP_NEVER, TRAP_NEVER, NULL },
	[456] = { "futex_requeue", CL_DATA, 4, TRAP_NEVER, TRAP_NEVER, NULL },
	[457] = { "statmount", CL_MOUNT, 4, TRAP_EPERM, TRAP_EPERM, NULL, ALLOW(USERNS) },
	[458] = { "listmount", CL_MOUNT, 4, TRAP_EPERM, TRAP_EPERM, NULL, ALLOW(USERNS) },
	[459] = { "lsm_get_self_attr", CL_DATA, 4, TRAP_ENOSYS, TRAP_ENOSYS, NULL },
	[460] = { "lsm_set_self_attr", CL_DATA, 4, TRAP_ENOSYS, TRAP_ENOSYS, NULL },
	[461] = { "lsm_list_modules", CL_DATA, 3, TRAP_ENOSYS, TRAP_ENOSYS, NULL },
	[462] = { "mseal", CL_DATA, 3, TRAP_NEVER, TRAP_NEVER, NULL },
	[463] = { "setxattrat", CL_PATH, 6, TRAP_NEVER, TRAP_NOTIFY, sys_setxattrat },
	[464] = { "getxattrat", CL_PATH, 6, TRAP_NEVER, TRAP_NOTIFY, sys_getxattrat },
	[465] = { "listxattrat", CL_PATH, 5, TRAP_NEVER, TRAP_NOTIFY, sys_listxattrat },
	[466] = { "removexattrat", CL_PATH, 4, TRAP_NEVER, TRAP_NOTIFY, sys_removexattrat },
	[467] = { "open_tree_attr", CL_MOUNT, 5, TRAP_EPERM, TRAP_EPERM, NULL, ALLOW(USERNS) },
	[468] = { "file_getattr", CL_PATH, 5, TRAP_NEVER, TRAP_NOTIFY, sys_file_getattr },
	[469] = { "file_setattr", CL_PATH, 5, TRAP_NEVER, TRAP_NOTIFY, sys_file_setattr },
};
/* clang-format on */
