// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Micro measurements: what one call costs, in the world that this program finds itself in.
 *
 *	micro [-r ROUNDS] [-t ROUND_MS] [-d DIR] [-l] [NAME]...
 *
 * Each measurement finds out how many calls fill one round (that is its warm-up), runs ROUNDS
 * rounds, and prints one JSON line with the median round's nanoseconds per call. Everything that is
 * written goes into a fresh directory in DIR (default /tmp): inside a copy-on-write view that is
 * one which only the view has.
 */
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
#include <time.h>
#include <unistd.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define ROUNDS_MAX    99
#define BLOCK_BYTES   (64 << 10)
#define LISTED_NAMES  1000
#define PATH_BYTES    256
#define NS_PER_MS     1000000ULL

static char work_dir[PATH_BYTES - 64]; /* what paths below it get is short */
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

/* ---- the list, and measuring ---- */

struct measurement {
	const char *name;
	int (*setup)(void); /* may be NULL, as cleanup */
	int (*run)(unsigned long n);
	void (*cleanup)(void);
};

static const struct measurement measurements[] = {
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
};

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static int time_round(const struct measurement *m, unsigned long n, uint64_t *ns)
{
	uint64_t start = now_ns();
	int ret = m->run(n);

	*ns = now_ns() - start;
	return ret;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static int measure(const struct measurement *m, int rounds, uint64_t round_ns, double *median)
{
	double values[ROUNDS_MAX];
	unsigned long n = 1;
	uint64_t ns = 0;
	int ret;

	/* Also the warm-up: it takes as long as a round and a half. */
	for (;;) {
		ret = time_round(m, n, &ns);
		if (ret < 0)
			return ret;
		if (ns >= round_ns / 2)
			break;
		n *= 2;
	}
	n = (double)n * round_ns / ns;
	if (!n)
		n = 1;
	for (int i = 0; i < rounds; i++) {
		ret = time_round(m, n, &ns);
		if (ret < 0)
			return ret;
		values[i] = (double)ns / n;
	}
	qsort(values, rounds, sizeof(values[0]), compare);
	*median = values[rounds / 2];
	return 0;
}

static bool wanted(const char *name, char *const *names)
{
	if (!*names)
		return true;
	for (; *names; names++)
		if (strcmp(name, *names) == 0)
			return true;
	return false;
}

static int work_remove(void)
{
	char command[PATH_BYTES + 16];

	snprintf(command, sizeof(command), "rm -rf '%s'", work_dir);
	return system(command);
}

int main(int argc, char **argv)
{
	const char *dir = "/tmp";
	int rounds = 7, round_ms = 5, opt, failed = 0;

	while ((opt = getopt(argc, argv, "r:t:d:l")) != -1)
		switch (opt) {
		case 'r':
			rounds = atoi(optarg);
			break;
		case 't':
			round_ms = atoi(optarg);
			break;
		case 'd':
			dir = optarg;
			break;
		case 'l':
			for (size_t i = 0; i < ARRAY_SIZE(measurements); i++)
				puts(measurements[i].name);
			return 0;
		default:
			return 2;
		}
	if (rounds < 1 || rounds > ROUNDS_MAX || round_ms < 1) {
		fprintf(stderr, "micro: -r 1..%d, -t 1 or more\n", ROUNDS_MAX);
		return 2;
	}
	if (snprintf(work_dir, sizeof(work_dir), "%s/uc-micro.XXXXXX", dir) >=
	    (int)sizeof(work_dir)) {
		fprintf(stderr, "micro: %s: too long\n", dir);
		return 2;
	}
	for (size_t i = 0; i < ARRAY_SIZE(measurements); i++) {
		const struct measurement *m = &measurements[i];
		double ns = 0;
		int ret;

		if (!wanted(m->name, argv + optind))
			continue;
		ret = m->setup ? m->setup() : 0;
		if (ret == 0)
			ret = measure(m, rounds, round_ms * NS_PER_MS, &ns);
		if (m->cleanup)
			m->cleanup();
		if (ret == 0)
			printf("{\"name\": \"%s\", \"ns\": %.1f}\n", m->name, ns);
		else
			printf("{\"name\": \"%s\", \"error\": \"%s\"}\n", m->name, strerror(-ret));
		failed |= ret < 0;
		fflush(stdout);
	}
	if (work_made && work_remove() != 0)
		failed = 1;
	return failed;
}
