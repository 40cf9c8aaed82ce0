/* SPDX-License-Identifier: GPL-2.0-or-later */
/* System V IPC and POSIX message queues of one, as others see them; the same inside as outside. */
#include "t.h"

#include <grp.h>
#include <mqueue.h>
#include <pthread.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <time.h>

struct text {
	long type;
	char text[100];
};

static key_t key;

/* ---- permissions, of root's objects for somebody else ---- */

TEST(ipc_permissions)
{
	struct sembuf zero = { 0, 0, 0 }, more = { 0, 1, 0 };
	struct timespec soon = { 0, 30000000 };
	struct shmid_ds sd;
	struct msqid_ds md;
	struct text m = { 1, "x" };
	int shm, sem, msg, only_read, only_write, q;
	gid_t group = 100;
	char name[64];

	key = 0x75000000 | getpid();
	snprintf(name, sizeof(name), "/uce2e-%d", getpid());
	umask(0);
	shm = shmget(key, 100, IPC_CREAT | 0640);
	sem = semget(key, 1, IPC_CREAT | 0604);
	only_read = semget(IPC_PRIVATE, 1, 0444);
	only_write = semget(IPC_PRIVATE, 1, 0222);
	msg = msgget(key, IPC_CREAT | 0602);
	q = mq_open(name, O_RDWR | O_CREAT, 0640, NULL);
	MUST(shm >= 0 && sem >= 0 && msg >= 0 && only_read >= 0 && only_write >= 0 && q >= 0);
	MUST(shmctl(shm, IPC_STAT, &sd) == 0);
	sd.shm_perm.gid = 100;
	R(shmctl(shm, IPC_SET, &sd));
	R(fchown(q, 0, 100));
	for (int in_group = 0; in_group < 2; in_group++)
		CHILD({
			MUST(setgroups(in_group, &group) == 0);
			MUST(setresgid(1000, 1000, 1000) == 0 && setresuid(1000, 1000, 1000) == 0);
			R(shmget(key, 0, 0) == shm);
			F(shmget(key, 0, 0400));
			R(shmget(key, 0, 0440) == shm);
			R(shmget(key, 0, 0600));
			R((long)shmat(shm, NULL, 0));
			R((long)shmat(shm, NULL, SHM_RDONLY) != -1);
			R((long)shmat(shm, NULL, SHM_RDONLY | SHM_EXEC));
			R(shmctl(shm, IPC_STAT, &sd));
			R(shmctl(shm, IPC_SET, &sd));
			R(shmctl(shm, SHM_LOCK, NULL));
			R(shmctl(shm, IPC_RMID, NULL));
			R(semctl(sem, 0, GETVAL));
			R(semctl(sem, 0, SETVAL, 1));
			R(semctl(sem, 0, IPC_RMID));
			R(semop(sem, &zero, 1));
			R(semop(sem, &more, 1));
			R(semop(only_read, &zero, 1));
			R(semop(only_read, &more, 1));
			R(semop(only_write, &zero, 1));
			R(semop(only_write, &more, 1));
			R(semctl(only_write, 0, GETVAL));
			R(msgsnd(msg, &m, 1, 0));
			R(msgrcv(msg, &m, 1, 0, IPC_NOWAIT));
			R(msgctl(msg, IPC_STAT, &md));
			R(msgctl(msg, IPC_RMID, NULL));
			F(mq_open(name, O_RDONLY));
			F(mq_open(name, O_RDWR));
			R(fchmod(q, 0666));
			R(fchown(q, 1000, -1));
			R(mq_unlink(name));
		});
	CHILD({
		/* a right to read alone, and something to wait for */
		R(semctl(only_read, 0, SETVAL, 1));
		MUST(setgroups(0, NULL) == 0 && setresuid(1000, 1000, 1000) == 0);
		R(semtimedop(only_read, &zero, 1, &soon));
		zero.sem_flg = IPC_NOWAIT;
		R(semop(only_read, &zero, 1));
	});
	CHILD({
		/* given away */
		MUST(shmctl(shm, IPC_STAT, &sd) == 0);
		sd.shm_perm.uid = 1000;
		R(shmctl(shm, IPC_SET, &sd));
		R(fchown(q, 1000, 1000));
		MUST(setresuid(1000, 1000, 1000) == 0);
		R((long)shmat(shm, NULL, 0) != -1);
		R(shmctl(shm, IPC_STAT, &sd));
		printf("uid %d cuid %d gid %d\n", sd.shm_perm.uid, sd.shm_perm.cuid,
		       sd.shm_perm.gid);
		R(shmctl(shm, IPC_RMID, NULL));
		F(mq_open(name, O_RDWR));
		R(mq_unlink(name));
	});
	R(shmget(key, 0, 0));
	R(semctl(sem, 0, IPC_RMID));
	R(semctl(only_read, 0, IPC_RMID));
	R(semctl(only_write, 0, IPC_RMID));
	R(msgctl(msg, IPC_RMID, NULL));
}

/* ---- for the cases that look from both sides ---- */

static const char *held_name(void)
{
	const char *k = getenv("IPC_KEY");
	static char name[64];

	key = k ? strtol(k, NULL, 0) : 0x7500cafe;
	snprintf(name, sizeof(name), "/uce2e-%x", key);
	return name;
}

/* Make one of each, tell the ids and wait for the end of standard input. */
TEST(hold)
{
	const char *name = held_name();
	int id;
	char c;

	id = shmget(key, 4096, IPC_CREAT | 0666);
	MUST(id >= 0);
	MUST(shmat(id, NULL, 0) != MAP_FAILED);
	printf("shm %d\n", id);
	id = semget(key, 1, IPC_CREAT | 0666);
	MUST(id >= 0);
	printf("sem %d\n", id);
	id = msgget(key, IPC_CREAT | 0666);
	MUST(id >= 0);
	printf("msg %d\n", id);
	MUST(mq_open(name, O_RDWR | O_CREAT, 0666, NULL) >= 0);
	printf("held\n");
	while (read(0, &c, 1) > 0)
		;
}

TEST(unhold)
{
	R(mq_unlink(held_name()));
}

/* Nothing of what another one holds, by key, id or name; IPC_IDS has "SHM SEM MSG". */
TEST(stranger)
{
	const char *name = held_name(), *ids = getenv("IPC_IDS");
	struct sembuf more = { 0, 1, IPC_NOWAIT };
	struct text m = { 1, "x" };
	struct shmid_ds sd;
	struct semid_ds nd;
	struct msqid_ds md;
	int shm, sem, msg;

	R(shmget(key, 0, 0));
	R(semget(key, 0, 0));
	R(msgget(key, 0));
	R(mq_open(name, O_RDWR));
	R(mq_unlink(name));
	MUST(ids && sscanf(ids, "%d %d %d", &shm, &sem, &msg) == 3);
	MUST(shmat(shm, NULL, 0) == MAP_FAILED);
	R((long)shmat(shm, NULL, SHM_RDONLY));
	R(shmctl(shm, IPC_STAT, &sd));
	R(shmctl(shm, IPC_SET, &sd));
	R(shmctl(shm, SHM_LOCK, NULL));
	R(shmctl(shm, IPC_RMID, NULL));
	R(semop(sem, &more, 1));
	R(semtimedop(sem, &more, 1, NULL));
	R(semctl(sem, 0, GETVAL));
	R(semctl(sem, 0, SETVAL, 1));
	R(semctl(sem, 0, IPC_STAT, &nd));
	R(semctl(sem, 0, IPC_RMID));
	R(msgsnd(msg, &m, 1, IPC_NOWAIT));
	R(msgrcv(msg, &m, 1, 0, IPC_NOWAIT));
	R(msgctl(msg, IPC_STAT, &md));
	R(msgctl(msg, IPC_RMID, NULL));
	R(shmctl(0, SHM_INFO, (void *)&sd));
	for (int i = 0; i < 32768; i++)
		MUST(shmctl(i, SHM_STAT_ANY, &sd) < 0 && semctl(i, 0, SEM_STAT_ANY, &nd) < 0 &&
		     msgctl(i, MSG_STAT_ANY, &md) < 0);
	/* its own are another thing */
	F(shmget(key, 100, IPC_CREAT | IPC_EXCL | 0600));
	F(semget(key, 2, IPC_CREAT | IPC_EXCL | 0600));
	F(msgget(key, IPC_CREAT | IPC_EXCL | 0600));
	F(mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, NULL));
}

/* Many at once, by threads: none may be lost, none may stay. One that goes on removes all. */
static void *churn(void *go_on)
{
	for (int i = 0; i < 50 || go_on; i++) {
		int id = shmget(IPC_PRIVATE, 4096, 0600);
		char *p = shmat(id, NULL, 0);
		int sem = semget(IPC_PRIVATE, 2, 0600);

		MUST(id >= 0 && p != MAP_FAILED && sem >= 0);
		*p = i;
		if (i % 2 || go_on) {
			MUST(shmctl(id, IPC_RMID, NULL) == 0);
			MUST(semctl(sem, 0, IPC_RMID) == 0);
		}
		MUST(shmdt(p) == 0);
	}
	return NULL;
}

static void churn_by_threads(void *go_on)
{
	pthread_t t[8];

	for (int i = 0; i < 8; i++)
		MUST(pthread_create(&t[i], NULL, churn, go_on) == 0);
	for (int i = 0; i < 8; i++)
		pthread_join(t[i], NULL);
	printf("done\n");
}

TEST(churn_threads)
{
	churn_by_threads(NULL);
}

TEST(churn_on)
{
	printf("up\n");
	churn_by_threads("on");
}
