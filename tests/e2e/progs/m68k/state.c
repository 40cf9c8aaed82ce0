// SPDX-License-Identifier: GPL-2.0-or-later
/* Programs that are saved when they have said "ready", and go on when there is a file "go". */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

static void ready(void)
{
	printf("ready\n");
	fflush(stdout);
}

static int go(void)
{
	return access("go", F_OK) == 0;
}

static void wait_go(void)
{
	ready();
	while (!go())
		usleep(1000);
}

/* Each instruction once, wherever the signal finds it. */
static void count(void)
{
	volatile unsigned a = 0, b = 0, bad = 0;
	volatile int j;

	ready();
	do {
		for (j = 0; j < 1000; j++) {
			a += 3;
			if (j & 1)
				b += 5;
			b += 5;
			if (j & 1)
				a += 3;
		}
		bad |= a * 5 != b * 3;
	} while (!go());
	printf("bad %u, some %d\n", bad, a > 3000);
}

/* Half a file is read, by a descriptor, its copy, and a stream; others append and list. */
static void files(void)
{
	char buf[32] = "", name[64], path[4096];
	int fd = open("data", O_RDONLY), copy = dup(fd), log, dir, null;
	FILE *f = fopen("data", "r");

	log = open("log", O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	dir = open("sub", O_RDONLY | O_DIRECTORY);
	null = open("/dev/null", O_RDWR | O_NONBLOCK);
	dup2(null, 40);
	umask(027);
	chdir("sub");
	if (read(fd, buf, 5) != 5 || !fgets(name, sizeof(name), f) || write(log, "one\n", 4) != 4)
		exit(1);
	ready();
	while (access("../go", F_OK) != 0)
		usleep(1000);
	memset(buf, 0, sizeof(buf));
	printf("%zd", read(copy, buf, 5));
	printf(" [%s]", buf);
	printf(" %zd [%s]", read(fd, buf, 3), buf);
	printf(" [%s]\n", fgets(name, sizeof(name), f));
	printf("append %zd %o cloexec %d %d\n", write(log, "two\n", 4),
	       fcntl(log, F_GETFL) & (O_APPEND | O_ACCMODE), fcntl(log, F_GETFD),
	       fcntl(fd, F_GETFD));
	printf("null %zd %d %zd\n", write(40, "x", 1), !!(fcntl(null, F_GETFL) & O_NONBLOCK),
	       read(null, buf, 1));
	printf("dir %d, cwd %s\n", faccessat(dir, "inner", F_OK, 0) == 0,
	       strrchr(getcwd(path, sizeof(path)), '/'));
	printf("umask %o\n", umask(0));
}

static void reads(void)
{
	char buf[32] = "";
	ssize_t n;

	ready();
	n = read(0, buf, sizeof(buf) - 1);
	printf("%zd %d [%s]\n", n, n < 0 ? errno : 0, buf);
}

/* Numbers that a double cannot hold, in registers, while the signal comes. */
static void fpu(void)
{
	static unsigned in[8][3] = {
		{ 0x3fff0000, 0x80000000, 0x00000001 }, { 0xbfff0000, 0xffffffff, 0xffffffff },
		{ 0x7fff0000, 0x00000000, 0x00000000 }, { 0xffff0000, 0x00000000, 0x00000000 },
		{ 0x7fff0000, 0xc0000000, 0x12345678 }, { 0x80000000, 0x00000000, 0x00000000 },
		{ 0x7ffe0000, 0xffffffff, 0xffffffff }, { 0x00010000, 0x80000000, 0x00000003 },
	};
	static unsigned out[8][3];
	unsigned fpcr = 0x30, fpsr = 0x0f0000f8, after[2];
	unsigned bad = 0;

	ready();
	do {
		__asm__ volatile(
			"fmovem.x (%1),%%fp0-%%fp7\n\tfmove.l %3,%%fpcr\n\tfmove.l %4,%%fpsr\n"
			"	move.l #3000000,%%d0\n1:	subq.l #1,%%d0\n	jne 1b\n"
			"	fmove.l %%fpcr,(%0)\n	fmove.l %%fpsr,4(%0)\n"
			"	fmovem.x %%fp0-%%fp7,(%2)\n	fmove.l #0,%%fpcr\n"
			:
			: "a"(after), "a"(in), "a"(out), "d"(fpcr), "d"(fpsr)
			: "d0", "memory", "fp0", "fp1", "fp2", "fp3", "fp4", "fp5", "fp6", "fp7");
		bad |= memcmp(in, out, sizeof(in)) || after[0] != fpcr || after[1] != fpsr;
	} while (!go());
	for (int i = 0; i < 8; i++)
		printf("%08x %08x %08x\n", out[i][0], out[i][1], out[i][2]);
	printf("%08x %08x, wrong %u\n", after[0], after[1], bad);
}

static volatile sig_atomic_t alarms, usr, on_alt;
static char alt[16384];

static void on_alarm(int sig)
{
	alarms++;
}

static void on_usr(int sig)
{
	char here;

	usr++;
	on_alt = &here >= alt && &here < alt + sizeof(alt);
}

static void signals(void)
{
	struct sigaction sa = { .sa_handler = on_alarm }, now;
	struct itimerval it = { { 0, 20000 }, { 0, 20000 } };
	stack_t ss = { .ss_sp = alt, .ss_size = sizeof(alt) };
	sigset_t set;
	int before;

	sigaction(SIGALRM, &sa, NULL);
	sa.sa_handler = on_usr;
	sa.sa_flags = SA_ONSTACK;
	sigaltstack(&ss, NULL);
	sigaction(SIGUSR1, &sa, NULL);
	signal(SIGHUP, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	raise(SIGUSR1);
	setitimer(ITIMER_REAL, &it, NULL);
	wait_go();
	before = alarms;
	for (int i = 0; i < 200 && alarms < before + 2; i++)
		usleep(10000);
	printf("alarms go on %d\n", alarms >= before + 2);
	sigpending(&set);
	printf("pending %d, seen %d\n", sigismember(&set, SIGUSR1), usr);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	printf("seen %d, on the other stack %d\n", usr, on_alt);
	sigaction(SIGHUP, NULL, &now);
	raise(SIGHUP);
	printf("ignored %d, raise %d\n", now.sa_handler == SIG_IGN, raise(SIGUSR1));
}

/* The rest of a wait, not the whole one again: who restores starts it after most of it. */
static void waits(const char *how)
{
	struct timespec a, b, ts = { 4, 0 };
	int rc;

	ready();
	clock_gettime(CLOCK_MONOTONIC, &a);
	rc = how[0] == 'p' ? poll(NULL, 0, 4000) : nanosleep(&ts, NULL);
	clock_gettime(CLOCK_MONOTONIC, &b);
	printf("%d, not too soon %d\n", rc, b.tv_sec - a.tv_sec >= 3);
}

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static volatile int phase;
static __thread int own;

static void *worker(void *arg)
{
	own = (int)(long)arg;
	if (own == 1) {
		pthread_mutex_lock(&lock);
		while (!phase)
			pthread_cond_wait(&cond, &lock);
		pthread_mutex_unlock(&lock);
	} else if (own == 2) {
		volatile unsigned a = 0, b = 0;

		while (!phase) {
			a++;
			b++;
			if (a != b)
				return (void *)-1L;
		}
	} else {
		char c;

		if (read(0, &c, 1) != 1)
			return (void *)-2L;
	}
	return (void *)(long)(own * 10);
}

static void threads(void)
{
	pthread_t id[3];
	void *ret;

	for (long i = 0; i < 3; i++)
		pthread_create(&id[i], NULL, worker, (void *)(i + 1));
	own = 77;
	wait_go();
	pthread_mutex_lock(&lock);
	phase = 1;
	pthread_cond_broadcast(&cond);
	pthread_mutex_unlock(&lock);
	for (int i = 0; i < 3; i++) {
		pthread_join(id[i], &ret);
		printf("%ld ", (long)ret);
	}
	printf("own %d, raise %d\n", own, raise(0));
}

static void memory(void)
{
	char *none = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *read_only =
		mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	char *big =
		mmap(NULL, 64 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int fd = open("data", O_RDONLY), p[2];
	char *file = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
	char *heap = sbrk(0);

	close(fd);
	strcpy(none, "hidden");
	mprotect(none, 8192, PROT_NONE);
	strcpy(read_only, "shared");
	mprotect(read_only, 8192, PROT_READ);
	big[50 << 20] = 9;
	wait_go();
	if (pipe(p) < 0)
		return;
	printf("%zd", write(p[1], none, 1));
	printf(" %zd\n", read(open("data", O_RDONLY), read_only, 1));
	mprotect(none, 8192, PROT_READ);
	printf("%s %s %d %d [%.4s] %d\n", none, read_only, big[50 << 20], big[1], file,
	       sbrk(4096) >= heap);
	free(malloc(300000));
}

/* Without echo and lines, by a copy of standard input and by name. */
static void terminal(void)
{
	struct sigaction sa = { .sa_handler = on_alarm };
	struct termios t;
	char a = '?', b = '?';
	int other, copy;

	if (tcgetattr(0, &t) < 0)
		return;
	t.c_lflag &= ~(ICANON | ECHO);
	t.c_cc[VMIN] = 1;
	t.c_cc[VTIME] = 0;
	tcsetattr(0, TCSANOW, &t);
	sigaction(SIGWINCH, &sa, NULL);
	copy = fcntl(0, F_DUPFD, 10);
	other = open("/dev/tty", O_RDWR);
	printf("pid %d\n", (int)getpid());
	ready();
	while (read(copy, &a, 1) != 1)
		;
	while (read(other, &b, 1) != 1)
		;
	tcgetattr(0, &t);
	printf("read %c %c, raw %d, told of the size %d\n", a, b, !(t.c_lflag & (ICANON | ECHO)),
	       alarms > 0);
}

/* What is refused, each with its own line. */
static void refused(const char *what)
{
	pid_t child = 0;
	int p[2];

	if (!strcmp(what, "pipe"))
		pipe(p);
	else if (!strcmp(what, "socket"))
		socket(AF_INET, SOCK_STREAM, 0);
	else if (!strcmp(what, "epoll"))
		epoll_create1(0);
	else if (!strcmp(what, "eventfd"))
		eventfd(0, 0);
	else if (!strcmp(what, "deleted"))
		unlink("gone"), open("gone", O_RDWR | O_CREAT, 0600), unlink("gone");
	else if (!strcmp(what, "shared"))
		mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, open("data", O_RDWR), 0),
			close(3);
	else if (!strcmp(what, "child") && (child = fork()) == 0) {
		pause();
		_exit(0);
	} else if (!strcmp(what, "timer")) {
		timer_t id;

		timer_create(CLOCK_MONOTONIC, NULL, &id);
	}
	wait_go();
	if (child)
		kill(child, SIGKILL);
	printf("went on\n");
}

int main(int argc, char **argv)
{
	const char *what = argv[1];

	if (!strcmp(what, "count"))
		count();
	else if (!strcmp(what, "files"))
		files();
	else if (!strcmp(what, "reads"))
		reads();
	else if (!strcmp(what, "fpu"))
		fpu();
	else if (!strcmp(what, "signals"))
		signals();
	else if (!strcmp(what, "waits"))
		waits(argv[2]);
	else if (!strcmp(what, "threads"))
		threads();
	else if (!strcmp(what, "memory"))
		memory();
	else if (!strcmp(what, "terminal"))
		terminal();
	else if (!strcmp(what, "again"))
		execv(argv[2], argv + 2);
	else
		refused(what);
	return 7;
}
