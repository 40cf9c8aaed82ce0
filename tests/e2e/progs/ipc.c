/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * System V IPC and POSIX message queues; the same inside as outside. Keys and names hold the pid,
 * so that runs beside each other do not meet; each test removes what it made.
 */
#include "t.h"

#include <grp.h>
#include <mqueue.h>
#include <poll.h>
#include <pthread.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <time.h>

union semun {
	int val;
	struct semid_ds *buf;
	unsigned short *array;
	struct seminfo *info;
};

struct text {
	long type;
	char text[100];
};

static key_t key;

static void key_make(void)
{
	key = 0x75000000 | getpid();
}

static void on_signal(int sig)
{
}

/* Signals end waiting calls here. */
static void catch_usr1(void)
{
	struct sigaction sa = { .sa_handler = on_signal };

	sigaction(SIGUSR1, &sa, NULL);
}

/*
 * A child that waits in a call when this returns, and prints only afterwards: who wakes it prints
 * nothing before its end.
 */
static pid_t start(void (*fn)(int), int id)
{
	pid_t pid = fork();

	MUST(pid >= 0);
	if (pid == 0) {
		fn(id);
		_exit(0);
	}
	nanosleep(&(struct timespec){ 0, 200000000 }, NULL);
	return pid;
}

static void end(pid_t pid)
{
	int status;

	MUST(waitpid(pid, &status, 0) == pid);
	printf("child: %d\n", status);
}

/* A line of /proc/sysvipc/KIND, without what differs from run to run. */
static void show_proc(const char *kind, int id)
{
	char path[64], line[512];
	int k, i, at;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/sysvipc/%s", kind);
	f = fopen(path, "r");
	MUST(f && fgets(line, sizeof(line), f));
	printf("%s", line);
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "%d %d%n", &k, &i, &at) == 2 && i == id)
			printf("key %d: %.6s length %zu\n", k == key, line + at, strlen(line));
	fclose(f);
}

static void show_perm(const struct ipc_perm *p)
{
	printf("key %d mode %o uid %d gid %d cuid %d cgid %d\n",
	       p->__key == key ? 1
	       : p->__key == 0 ? 0
			       : -1,
	       p->mode, p->uid == geteuid(), p->gid == getegid(), p->cuid == geteuid(),
	       p->cgid == getegid());
}

/* ---- shared memory ---- */

static void show_shm(int id)
{
	struct shmid_ds d;

	memset(&d, 0, sizeof(d));
	if (R(shmctl(id, IPC_STAT, &d)) < 0)
		return;
	show_perm(&d.shm_perm);
	printf("size %zu nattch %lu cpid %d lpid %d times %d %d %d\n", d.shm_segsz,
	       (long)d.shm_nattch, d.shm_cpid == getpid(), d.shm_lpid == getpid(), d.shm_atime > 0,
	       d.shm_dtime > 0, llabs(d.shm_ctime - time(NULL)) < 100);
}

TEST(sysv_shm)
{
	struct shm_info info;
	struct shminfo limits;
	struct shmid_ds d;
	int id, other, last, found = 0;
	char *p, *q;

	key_make();
	R(shmget(key, 100, 0600));
	R(shmget(key, 0, IPC_CREAT | 0600));
	R(shmget(key, -1UL, IPC_CREAT | 0600));
	id = F(shmget(key, 5000, IPC_CREAT | IPC_EXCL | 0740));
	R(shmget(key, 5000, IPC_CREAT | IPC_EXCL | 0740));
	R(shmget(key, 5001, 0));
	R(shmget(key, 5000, 0) == id);
	R(shmget(key, 0, IPC_CREAT | 0600) == id);
	show_shm(id);
	show_proc("shm", id);

	p = shmat(id, NULL, 0);
	MUST(p != MAP_FAILED);
	strcpy(p, "from the parent");
	CHILD({
		int same = shmget(key, 0, 0);
		char *c = shmat(same, NULL, 0);

		MUST(c != MAP_FAILED);
		printf("%s\n", c);
		strcpy(c, "from the child");
		R(shmdt(c));
		R(shmdt(c));
	});
	printf("%s\n", p);
	show_shm(id);
	q = shmat(id, NULL, SHM_RDONLY);
	MUST(q != MAP_FAILED && q != p);
	printf("%s\n", q);
	CHILD(*q = 'x');
	R(shmdt(q));
	R((long)shmat(id, p + 1, 0));
	R((long)shmat(-1, NULL, 0));
	R((long)shmat(0x7ffffff0, NULL, 0));
	q = shmat(id, NULL, SHM_EXEC);
	MUST(q != MAP_FAILED);
	R(shmdt(q));

	memset(&d, 0, sizeof(d));
	R(shmctl(id, IPC_STAT, &d));
	d.shm_perm.mode = 0704;
	R(shmctl(id, IPC_SET, &d));
	d.shm_perm.uid = -1;
	R(shmctl(id, IPC_SET, &d));
	R(shmctl(id, IPC_SET, NULL));
	R(shmctl(id, IPC_STAT, (void *)1));
	show_shm(id);
	R(shmctl(id, SHM_LOCK, NULL));
	show_shm(id);
	R(shmctl(id, SHM_UNLOCK, NULL));
	R(shmctl(id, 9999, NULL));
	R(shmctl(id, -1, NULL));
	R(shmctl(-1, IPC_RMID, NULL));
	R(shmctl(0x7ffffff0, IPC_RMID, NULL));

	R(shmctl(0, IPC_INFO, (void *)&limits) >= 0);
	printf("min %lu mni %d\n", limits.shmmin, limits.shmmni > 0);
	last = shmctl(0, SHM_INFO, (void *)&info);
	printf("used %d total %d rss %d\n", info.used_ids > 0, info.shm_tot >= 2,
	       info.shm_rss >= 1);
	for (int i = 0; i <= last; i++)
		found += shmctl(i, SHM_STAT, &d) == id && d.shm_perm.__key == key;
	R(found);
	found = 0;
	for (int i = 0; i <= last; i++)
		found += shmctl(i, SHM_STAT_ANY, &d) == id;
	R(found);
	R(shmctl(-1, SHM_STAT, &d));
	R(shmctl(1000000, SHM_STAT, &d));

	R(shmctl(id, IPC_RMID, NULL));
	R(shmget(key, 0, 0));
	show_shm(id);
	printf("%s\n", p);
	q = shmat(id, NULL, 0); /* Linux: a removed segment can still be attached */
	MUST(q != MAP_FAILED);
	printf("%s\n", q);
	other = F(shmget(key, 100, IPC_CREAT | 0600));
	R(other == id);
	R(shmctl(other, IPC_RMID, NULL));
	R(shmctl(id, IPC_RMID, NULL));
	R(shmdt(q));
	R(shmdt(p));
	R(shmctl(id, IPC_STAT, &d));
	R((long)shmat(id, NULL, 0));

	id = F(shmget(IPC_PRIVATE, 4096, 0600));
	other = F(shmget(IPC_PRIVATE, 4096, 0));
	R(id == other);
	p = shmat(id, NULL, 0);
	MUST(p != MAP_FAILED);
	R(shmctl(id, IPC_RMID, NULL));
	R(shmctl(other, IPC_RMID, NULL));
	CHILD(strcpy(p, "inherited")); /* fork inherits attachments */
	printf("%s\n", p);
	CHILD({
		/* and exec drops them */
		execl("/bin/true", "true", NULL);
	});
	show_shm(id);
}

/* ---- semaphores ---- */

static int op1(int id, int n, int op, int flags)
{
	struct sembuf b = { n, op, flags };

	return semop(id, &b, 1);
}

static void sem_take(int id)
{
	R(op1(id, 0, -1, 0));
}

static void sem_undone(int id)
{
	R(op1(id, 1, -3, SEM_UNDO));
	R(op1(id, 1, 1, SEM_UNDO));
	R(semctl(id, 1, GETVAL));
}

TEST(sysv_sem)
{
	union semun u;
	unsigned short all[3] = { 0, 5, 9 }, got[3];
	struct sembuf two[2] = { { 0, 0, 0 }, { 1, -1, 0 } };
	struct sembuf many[600];
	struct timespec short_time = { 0, 50000000 };
	struct semid_ds d;
	struct seminfo info;
	int id, last, found = 0;
	pid_t pid;

	key_make();
	catch_usr1();
	R(semget(key, 3, 0600));
	R(semget(key, 0, IPC_CREAT | 0600));
	R(semget(key, -1, IPC_CREAT | 0600));
	R(semget(key, 1 << 20, 0600));
	id = F(semget(key, 3, IPC_CREAT | 0600));
	R(semget(key, 3, IPC_CREAT | IPC_EXCL | 0600));
	R(semget(key, 4, 0));
	R(semget(key, 0, 0) == id);
	u.array = all;
	R(semctl(id, 0, SETALL, u));
	u.array = got;
	R(semctl(id, 0, GETALL, u));
	printf("%d %d %d\n", got[0], got[1], got[2]);
	R(semctl(id, 0, SETVAL, 40000));
	R(semctl(id, 0, SETVAL, -1));
	R(semctl(id, 3, SETVAL, 1));
	R(semctl(id, 3, GETVAL));
	R(semctl(id, 2, SETVAL, 7));
	R(semctl(id, 2, GETVAL));
	R(semctl(id, 2, GETPID) == getpid());
	R(op1(id, 2, -1, 0));
	R(op1(id, 3, -1, 0));
	R(op1(id, 0, -1, IPC_NOWAIT));
	R(semop(id, two, 2));
	R(semop(id, two, 0));
	memset(many, 0, sizeof(many));
	R(semop(id, many, 600));
	R(semop(id, NULL, 1));
	R(semop(-1, two, 1));
	R(semop(0x7ffffff0, two, 1));
	R(semctl(id, 1, GETVAL));
	two[0].sem_op = -1;
	R(semtimedop(id, two, 1, &short_time));

	memset(&d, 0, sizeof(d));
	u.buf = &d;
	R(semctl(id, 0, IPC_STAT, u));
	show_perm(&d.sem_perm);
	printf("nsems %ld otime %d ctime %d\n", (long)d.sem_nsems, d.sem_otime > 0,
	       llabs(d.sem_ctime - time(NULL)) < 100);
	d.sem_perm.mode = 0666;
	R(semctl(id, 0, IPC_SET, u));
	show_proc("sem", id);

	pid = start(sem_take, id);
	R(semctl(id, 0, GETNCNT));
	MUST(op1(id, 0, 1, 0) == 0);
	end(pid);
	R(semctl(id, 0, GETPID) == pid);
	pid = start(sem_take, id);
	kill(pid, SIGUSR1);
	end(pid);
	R(semctl(id, 0, GETNCNT));
	R(semctl(id, 1, SETVAL, 5));
	end(start(sem_undone, id));
	R(semctl(id, 1, GETVAL));
	pid = start(sem_take, id);
	kill(pid, SIGKILL);
	end(pid);
	R(semctl(id, 0, GETNCNT));

	u.info = &info;
	last = semctl(0, 0, SEM_INFO, u);
	printf("sets %d semaphores %d\n", info.semusz > 0, info.semaem >= 3);
	u.buf = &d;
	for (int i = 0; i <= last; i++)
		found += semctl(i, 0, SEM_STAT, u) == id && d.sem_nsems == 3;
	R(found);

	pid = start(sem_take, id);
	MUST(semctl(id, 0, IPC_RMID) == 0);
	end(pid);
	R(semctl(id, 0, GETVAL));
	R(op1(id, 0, 1, 0));
	R(semctl(id, 0, IPC_RMID));
	R(semget(key, 0, 0));
}

/* ---- message queues ---- */

static void take(int id)
{
	struct text m = { 0 };

	R(msgrcv(id, &m, sizeof(m.text), 0, 0));
	printf("%ld %s\n", m.type, m.text);
}

static void fill(int id)
{
	struct text m = { 5, "more" };

	R(msgsnd(id, &m, 50, 0));
}

TEST(sysv_msg)
{
	struct text m = { 3, "three" }, got;
	struct msqid_ds d;
	struct msginfo info;
	int id, last, found = 0;
	pid_t pid;

	key_make();
	catch_usr1();
	R(msgget(key, 0600));
	id = F(msgget(key, IPC_CREAT | 0600));
	R(msgget(key, IPC_CREAT | IPC_EXCL | 0600));
	R(msgget(key, 0) == id);
	R(msgsnd(id, &m, 6, 0));
	m = (struct text){ 1, "one" };
	R(msgsnd(id, &m, 4, 0));
	m.type = 0;
	R(msgsnd(id, &m, 4, 0));
	R(msgsnd(id, &m, 1 << 30, 0));
	R(msgsnd(-1, &m, 4, 0));
	R(msgsnd(id, NULL, 4, 0));
	memset(&d, 0, sizeof(d));
	R(msgctl(id, IPC_STAT, &d));
	show_perm(&d.msg_perm);
	printf("messages %ld bytes %ld lspid %d lrpid %d ctime %d\n", (long)d.msg_qnum,
	       (long)d.__msg_cbytes, d.msg_lspid == getpid(), d.msg_lrpid,
	       llabs(d.msg_ctime - time(NULL)) < 100);
	show_proc("msg", id);
	last = msgctl(0, MSG_INFO, (void *)&info);
	printf("queues %d messages %d bytes %d\n", info.msgpool > 0, info.msgmap >= 2,
	       info.msgtql >= 10);
	for (int i = 0; i <= last; i++)
		found += msgctl(i, MSG_STAT, &d) == id && d.msg_qnum == 2;
	R(found);
	memset(&got, 0, sizeof(got));
	R(msgrcv(id, &got, sizeof(got.text), 7, IPC_NOWAIT));
	R(msgrcv(id, &got, 2, 1, IPC_NOWAIT));
	R(msgrcv(id, &got, 2, 1, IPC_NOWAIT | MSG_NOERROR));
	printf("%ld %s\n", got.type, got.text);
	R(msgrcv(id, &got, sizeof(got.text), -9, 0));
	printf("%ld %s\n", got.type, got.text);
	R(msgrcv(id, &got, sizeof(got.text), 0, IPC_NOWAIT));
	R(msgrcv(0x7ffffff0, &got, sizeof(got.text), 0, IPC_NOWAIT));

	pid = start(take, id);
	m.type = 4;
	MUST(msgsnd(id, &m, 4, 0) == 0);
	end(pid);
	pid = start(take, id);
	kill(pid, SIGUSR1);
	end(pid);

	R(msgctl(id, IPC_STAT, &d));
	d.msg_qbytes = 80;
	d.msg_perm.mode = 0644;
	R(msgctl(id, IPC_SET, &d));
	R(msgctl(id, IPC_STAT, &d));
	show_perm(&d.msg_perm);
	printf("limit %ld\n", (long)d.msg_qbytes);
	fill(id);
	R(msgsnd(id, &m, 50, IPC_NOWAIT));
	pid = start(fill, id);
	MUST(msgrcv(id, &got, sizeof(got.text), 0, 0) == 50);
	end(pid);
	R(msgrcv(id, &got, sizeof(got.text), 0, 0));

	pid = start(take, id);
	MUST(msgctl(id, IPC_RMID, NULL) == 0);
	end(pid);
	R(msgrcv(id, &got, sizeof(got.text), 0, 0));
	R(msgctl(id, IPC_RMID, NULL));
	R(msgget(key, 0));
}

/* ---- POSIX message queues ---- */

static const char *mq_name(void)
{
	static char name[64];

	snprintf(name, sizeof(name), "/uce2e-%d", getpid());
	return name;
}

static void mq_take(int q)
{
	char buf[64] = "";
	unsigned prio;

	R(mq_receive(q, buf, sizeof(buf), &prio));
	printf("%s\n", buf);
}

TEST(posix_mq)
{
	struct mq_attr attr = { 0, 4, 64, 0 }, now;
	struct timespec past = { 1, 0 };
	struct rlimit rl = { 100, 100 };
	char buf[64], longest[300];
	const char *name = mq_name();
	struct pollfd p;
	struct stat st;
	unsigned prio;
	int q, r;
	pid_t pid;

	catch_usr1();
	R(mq_open(name, O_RDWR));
	R(mq_unlink(name));
	R(mq_open("/", O_RDWR | O_CREAT, 0600, NULL));
	R(mq_open("/a/b", O_RDWR | O_CREAT, 0600, NULL));
	R(mq_open("/..", O_RDWR | O_CREAT, 0600, NULL));
	R(syscall(SYS_mq_open, "/a", O_RDWR | O_CREAT, 0600, NULL));
	R(syscall(SYS_mq_open, NULL, O_RDWR | O_CREAT, 0600, NULL));
	R(syscall(SYS_mq_open, "a", O_RDWR, 0600, 1));
	R(mq_unlink("/a/b"));
	memset(longest, 'n', sizeof(longest));
	longest[0] = '/';
	longest[257] = 0;
	R(mq_open(longest, O_RDWR | O_CREAT, 0600, NULL));
	R(mq_unlink(longest));
	longest[256] = 0;
	snprintf(longest + 1, 20, "%d", getpid());
	longest[strlen(longest)] = 'n';
	q = F(mq_open(longest, O_RDWR | O_CREAT, 0600, NULL));
	close(q);
	R(mq_unlink(longest));
	attr.mq_maxmsg = -1;
	R(mq_open(name, O_RDWR | O_CREAT, 0600, &attr));
	attr.mq_maxmsg = 4;

	umask(027);
	q = F(mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0666, &attr));
	R(mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0666, &attr));
	R(fcntl(q, F_GETFD));
	R(fcntl(q, F_GETFL) & (O_ACCMODE | O_NONBLOCK));
	R(fstat(q, &st));
	printf("%s %o uid %d gid %d size %ld\n", type_of(st.st_mode), st.st_mode & 07777,
	       st.st_uid == geteuid(), st.st_gid == getegid(), (long)st.st_size);
	R(fchmod(q, 0604));
	R(fchown(q, geteuid(), -1));
	R(fstat(q, &st));
	printf("%o\n", st.st_mode & 07777);
	R(mq_getattr(q, &now));
	printf("%ld %ld %ld %ld\n", now.mq_flags, now.mq_maxmsg, now.mq_msgsize, now.mq_curmsgs);
	R(mq_send(q, "low", 4, 1));
	R(mq_send(q, "high", 5, 9));
	R(mq_send(q, buf, 65, 9));
	p = (struct pollfd){ q, POLLIN | POLLOUT, 0 };
	R(poll(&p, 1, 0));
	printf("revents %x\n", p.revents);
	R(mq_receive(q, buf, sizeof(buf), &prio));
	printf("%s %u\n", buf, prio);
	R(mq_receive(q, buf, 10, &prio));
	R(mq_receive(q, buf, sizeof(buf), &prio));
	printf("%s %u\n", buf, prio);
	R(mq_timedreceive(q, buf, sizeof(buf), &prio, &past));
	R(mq_notify(q, &(struct sigevent){ .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1 }));
	R(mq_notify(q, &(struct sigevent){ .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1 }));
	R(mq_send(q, "notice", 7, 1));
	r = F(mq_open(name, O_RDONLY | O_NONBLOCK));
	R(mq_send(r, "no", 2, 1));
	R(mq_receive(r, buf, sizeof(buf), &prio));
	R(mq_receive(r, buf, sizeof(buf), &prio));
	close(r);

	pid = start(mq_take, q);
	MUST(mq_send(q, "woken", 6, 1) == 0);
	end(pid);
	pid = start(mq_take, q);
	kill(pid, SIGUSR1);
	end(pid);
	CHILD({
		int w = mq_open(name, O_WRONLY);

		R(mq_send(w, "by name", 8, 1));
	});
	mq_take(q);

	CHILD({
		rl.rlim_cur = rl.rlim_max = 3;
		MUST(setrlimit(RLIMIT_NOFILE, &rl) == 0);
		R(mq_open(name, O_RDWR));
	});

	R(mq_unlink(name));
	R(mq_unlink(name));
	R(mq_open(name, O_RDWR));
	R(mq_send(q, "without a name", 15, 1));
	mq_take(q);
	r = F(mq_open(name, O_RDWR | O_CREAT, 0600, &attr));
	R(mq_timedreceive(r, buf, sizeof(buf), &prio, &past));
	R(mq_unlink(name));
	close(q);
	close(r);
	CHILD({
		MUST(setrlimit(RLIMIT_MSGQUEUE, &rl) == 0);
		R(mq_open(name, O_RDWR | O_CREAT, 0600, &attr));
	});
}
