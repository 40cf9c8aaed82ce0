// SPDX-License-Identifier: GPL-2.0-or-later
/* The calls of the micro measurements. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "micro.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define BLOCK_BYTES   (64 << 10)
#define LISTED_NAMES  1000

char work_dir[WORK_DIR_BYTES];
static bool work_made;
static char block[BLOCK_BYTES];

/* What a setup leaves for its run and cleanup: one measurement at a time. */
static int fds[4] = { -1, -1, -1, -1 };
static pid_t peer_pid;
static pthread_t peer_thread;
static uint32_t turn; /* futex word: 0 ours, 1 the peer's, 2 the end */
static char path[PATH_BYTES];
static size_t io_bytes;

static int result(long ret)
{
	return ret < 0 ? -errno : 0;
}

static void close_all(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++) {
		if (fds[i] >= 0)
			close(fds[i]);
		fds[i] = -1;
	}
}

/* Made when the first measurement needs it: most do not, and it costs as much as they do. */
static int work_path(const char *name)
{
	if (!work_made && !mkdtemp(work_dir))
		return -errno;
	work_made = true;
	snprintf(path, sizeof(path), "%s/%s", work_dir, name);
	return 0;
}

static int work_file(const char *name, int flags)
{
	int ret = work_path(name);

	if (ret < 0)
		return ret;
	fds[0] = open(path, flags | O_CLOEXEC, 0644);
	return result(fds[0]);
}

/* ---- calls that no supervisor should see ---- */

static int run_getppid(unsigned long n)
{
	while (n--)
		syscall(SYS_getppid);
	return 0;
}

static int setup_io(size_t bytes)
{
	int ret = work_file("data", O_RDWR | O_CREAT | O_TRUNC);

	io_bytes = bytes;
	if (ret == 0 && write(fds[0], block, sizeof(block)) != (ssize_t)sizeof(block))
		ret = -EIO;
	return ret;
}

static int setup_io_1(void)
{
	return setup_io(1);
}

static int setup_io_64k(void)
{
	return setup_io(BLOCK_BYTES);
}

static int setup_zero(void)
{
	io_bytes = BLOCK_BYTES;
	fds[0] = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	return result(fds[0]);
}

static int run_read(unsigned long n)
{
	while (n--)
		if (pread(fds[0], block, io_bytes, 0) != (ssize_t)io_bytes)
			return -EIO;
	return 0;
}

static int run_write(unsigned long n)
{
	while (n--)
		if (pwrite(fds[0], block, io_bytes, 0) != (ssize_t)io_bytes)
			return -EIO;
	return 0;
}

static int run_mmap(unsigned long n)
{
	while (n--) {
		void *p = mmap(NULL, BLOCK_BYTES, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (p == MAP_FAILED)
			return -errno;
		munmap(p, BLOCK_BYTES);
	}
	return 0;
}

static int setup_pipe(void)
{
	return result(pipe2(fds, O_CLOEXEC));
}

static int run_poll(unsigned long n)
{
	struct pollfd p[2] = { { .fd = fds[0], .events = POLLIN },
			       { .fd = fds[1], .events = POLLOUT } };

	while (n--)
		if (poll(p, 2, 0) != 1)
			return -EIO;
	return 0;
}

static int setup_socketpair(void)
{
	return result(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds));
}

static int run_send_recv(unsigned long n)
{
	while (n--)
		if (send(fds[0], block, 64, 0) != 64 || recv(fds[1], block, 64, 0) != 64)
			return -EIO;
	return 0;
}

/*
 * All hand-offs stay on one CPU: across two the figure is the time an idle CPU takes to wake, which
 * on a virtual machine swings by a factor of ten and says nothing about a trap.
 */
static cpu_set_t cpus_before;

static void cpu_pin(void)
{
	cpu_set_t one;
	int cpu = sched_getcpu();

	sched_getaffinity(0, sizeof(cpus_before), &cpus_before);
	CPU_ZERO(&one);
	CPU_SET(cpu < 0 ? 0 : cpu, &one);
	sched_setaffinity(0, sizeof(one), &one);
}

static void cpu_unpin(void)
{
	sched_setaffinity(0, sizeof(cpus_before), &cpus_before);
}

static int setup_ping_pong(void)
{
	int ret = result(pipe2(fds, O_CLOEXEC));

	if (ret == 0)
		ret = result(pipe2(fds + 2, O_CLOEXEC));
	if (ret < 0)
		return ret;
	cpu_pin();
	peer_pid = fork();
	if (peer_pid == 0) {
		char c;

		close(fds[1]);
		close(fds[2]);
		while (read(fds[0], &c, 1) == 1 && write(fds[3], &c, 1) == 1)
			;
		_exit(0);
	}
	return result(peer_pid);
}

static int run_ping_pong(unsigned long n)
{
	char c = 'x';

	while (n--)
		if (write(fds[1], &c, 1) != 1 || read(fds[2], &c, 1) != 1)
			return -EIO;
	return 0;
}

static void cleanup_ping_pong(void)
{
	close_all(); /* the peer reads end of file */
	waitpid(peer_pid, NULL, 0);
	cpu_unpin();
}

static void futex_wait(uint32_t value)
{
	syscall(SYS_futex, &turn, FUTEX_WAIT_PRIVATE, value, NULL, NULL, 0);
}

static void futex_wake(void)
{
	syscall(SYS_futex, &turn, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

static int run_futex_wake(unsigned long n)
{
	while (n--)
		futex_wake();
	return 0;
}

/* Wait until the word is not @value any more and return what it is. */
static uint32_t turn_wait(uint32_t value)
{
	uint32_t now;

	while ((now = __atomic_load_n(&turn, __ATOMIC_ACQUIRE)) == value)
		futex_wait(value);
	return now;
}

static void *handoff_peer(void *arg)
{
	while (turn_wait(0) != 2) {
		__atomic_store_n(&turn, 0, __ATOMIC_RELEASE);
		futex_wake();
	}
	return arg;
}

static int setup_handoff(void)
{
	turn = 0;
	cpu_pin();
	return -pthread_create(&peer_thread, NULL, handoff_peer, NULL);
}

static int run_handoff(unsigned long n)
{
	while (n--) {
		__atomic_store_n(&turn, 1, __ATOMIC_RELEASE);
		futex_wake();
		turn_wait(1);
	}
	return 0;
}

static void cleanup_handoff(void)
{
	__atomic_store_n(&turn, 2, __ATOMIC_RELEASE);
	futex_wake();
	pthread_join(peer_thread, NULL);
	cpu_unpin();
}

/* ---- calls on names ---- */

static int run_stat(unsigned long n)
{
	struct stat st;

	while (n--)
		if (stat(path, &st) < 0)
			return -errno;
	return 0;
}

static int setup_stat_1(void)
{
	strcpy(path, "/etc");
	return 0;
}

/* Real files of the host, each five components deep and without a symlink on the way. */
static int setup_stat_5(void)
{
	static const char *const deep[] = {
		"/usr/share/doc/base-files/copyright",
		"/usr/share/doc/bash/copyright",
		"/usr/share/zoneinfo/Europe/Berlin",
		"/usr/lib/x86_64-linux-gnu/gconv/gconv-modules",
	};

	for (size_t i = 0; i < ARRAY_SIZE(deep); i++)
		if (access(deep[i], F_OK) == 0) {
			strcpy(path, deep[i]);
			return 0;
		}
	return -ENOENT;
}

static int setup_open(void)
{
	strcpy(path, "/etc/passwd");
	return 0;
}

static int setup_open_private(void)
{
	int ret = work_file("opened", O_RDWR | O_CREAT);

	close_all();
	return ret;
}

static int run_open(unsigned long n)
{
	while (n--) {
		int fd = open(path, O_RDONLY | O_CLOEXEC);

		if (fd < 0)
			return -errno;
		close(fd);
	}
	return 0;
}

static int setup_create(void)
{
	return work_path("created");
}

static int run_create(unsigned long n)
{
	while (n--) {
		int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

		if (fd < 0)
			return -errno;
		close(fd);
		if (unlink(path) < 0)
			return -errno;
	}
	return 0;
}

static int setup_readdir(void)
{
	char name[PATH_BYTES + 16];
	int ret = work_path("many");

	if (ret == 0)
		ret = result(mkdir(path, 0755));
	if (ret < 0)
		return ret;
	for (int i = 0; i < LISTED_NAMES; i++) {
		int fd;

		snprintf(name, sizeof(name), "%s/name%04d", path, i);
		fd = open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
		if (fd < 0)
			return -errno;
		close(fd);
	}
	return 0;
}

static int run_readdir(unsigned long n)
{
	while (n--) {
		DIR *d = opendir(path);
		int found = 0;

		if (!d)
			return -errno;
		while (readdir(d))
			found++;
		closedir(d);
		if (found != LISTED_NAMES + 2)
			return -EIO;
	}
	return 0;
}

/* ---- processes ---- */

static int child_wait(pid_t pid)
{
	int status;

	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return -errno;
	return status ? -ECHILD : 0;
}

static int run_fork(unsigned long n)
{
	int ret = 0;

	while (n-- && ret == 0) {
		pid_t pid = fork();

		if (pid == 0)
			_exit(0);
		ret = child_wait(pid);
	}
	return ret;
}

static int run_exec(unsigned long n)
{
	int ret = 0;

	while (n-- && ret == 0) {
		pid_t pid = fork();

		if (pid == 0) {
			execl("/bin/true", "true", (char *)NULL);
			_exit(1);
		}
		ret = child_wait(pid);
	}
	return ret;
}

static void *thread_nothing(void *arg)
{
	return arg;
}

static int run_thread(unsigned long n)
{
	int ret = 0;

	while (n-- && ret == 0) {
		pthread_t t;

		ret = -pthread_create(&t, NULL, thread_nothing, NULL);
		if (ret == 0)
			pthread_join(t, NULL);
	}
	return ret;
}
const struct measurement measurements[] = {
	{ "getppid", NULL, run_getppid, NULL },
	{ "read_1", setup_io_1, run_read, close_all },
	{ "read_64k", setup_io_64k, run_read, close_all },
	{ "write_1", setup_io_1, run_write, close_all },
	{ "write_64k", setup_io_64k, run_write, close_all },
	{ "read_zero_64k", setup_zero, run_read, close_all },
	{ "pipe_ping_pong", setup_ping_pong, run_ping_pong, cleanup_ping_pong },
	{ "mmap_munmap", NULL, run_mmap, NULL },
	{ "futex_wake", NULL, run_futex_wake, NULL },
	{ "futex_handoff", setup_handoff, run_handoff, cleanup_handoff },
	{ "poll", setup_pipe, run_poll, close_all },
	{ "send_recv", setup_socketpair, run_send_recv, close_all },
	{ "stat_1", setup_stat_1, run_stat, NULL },
	{ "stat_5", setup_stat_5, run_stat, NULL },
	{ "open_close", setup_open, run_open, NULL },
	{ "open_close_private", setup_open_private, run_open, NULL },
	{ "create_unlink", setup_create, run_create, NULL },
	{ "readdir_1000", setup_readdir, run_readdir, NULL },
	{ "fork_exit", NULL, run_fork, NULL },
	{ "fork_exec", NULL, run_exec, NULL },
	{ "thread", NULL, run_thread, NULL },
	{ NULL },
};
int work_remove(void)
{
	char command[PATH_BYTES + 16];

	if (!work_made)
		return 0;
	snprintf(command, sizeof(command), "rm -rf '%s'", work_dir);
	return system(command);
}
