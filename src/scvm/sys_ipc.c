// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * System V IPC: shmget, shmat, shmctl, semget, semop, semtimedop, semctl, msgget, msgsnd, msgrcv,
 * msgctl.
 *
 * A call by id is the kernel's as soon as the id is known to be the session's and the view's
 * identity may do it: registers alone decide that. What makes, removes, tells or changes owner,
 * mode or key of an object is performed here, by the rules of ipc/util.c, shm.c, sem.c and msg.c.
 */
#include <linux/capability.h>

#include "ipc.h"
#include "sys.h"

#define ARG(i)	   (rq->args[i])
#define INT_ARG(i) ((int)rq->args[i])

#define MAY_READ   0444
#define MAY_WRITE  0222
#define MAY_EXEC   0111
#define PAGE_BYTES 4096
#define SEMOPS_MAX 4096 /* of a task that may only read; kernel.sem has 500 */

static const struct {
	size_t bytes;
	int stat, stat_any, info; /* commands that are numbered by kind */
} kinds[] = {
	[GUARD_SHM] = { sizeof(struct shmid_ds), SHM_STAT, SHM_STAT_ANY, SHM_INFO },
	[GUARD_SEM] = { sizeof(struct semid_ds), SEM_STAT, SEM_STAT_ANY, SEM_INFO },
	[GUARD_MSG] = { sizeof(struct msqid_ds), MSG_STAT, MSG_STAT_ANY, MSG_INFO },
};
_Static_assert(ARRAY_SIZE(kinds) == GUARD_SYSV_COUNT, "a row per kind");

/* ---- shmget, semget, msgget: ipcget() ---- */

static struct verdict get(struct request *rq, enum guard_kind kind, uint64_t size, int flags)
{
	int key = INT_ARG(0), ret;
	struct ipc_object *o;

	pthread_mutex_lock(&ipc_lock);
	ipc_collect(kind);
	o = key == IPC_PRIVATE ? NULL : ipc_by_key(rq->st->nest, kind, key);
	if (!o)
		ret = key != IPC_PRIVATE && !(flags & IPC_CREAT)
			      ? -ENOENT
			      : ipc_create(rq, kind, key, size, flags);
	else if (flags & IPC_CREAT && flags & IPC_EXCL)
		ret = -EEXIST;
	else if (size > o->size)
		ret = -EINVAL;
	else
		ret = ipc_may(o, &rq->st->cred, flags) ? o->id : -EACCES;
	pthread_mutex_unlock(&ipc_lock);
	return verdict_return(ret);
}

struct verdict sys_shmget(struct request *rq)
{
	return get(rq, GUARD_SHM, ARG(1), INT_ARG(2));
}

struct verdict sys_semget(struct request *rq)
{
	struct seminfo limits;

	if (INT_ARG(1) < 0 || (semctl(0, 0, IPC_INFO, &limits) >= 0 && INT_ARG(1) > limits.semmsl))
		return verdict_return(-EINVAL);
	return get(rq, GUARD_SEM, INT_ARG(1), INT_ARG(2));
}

struct verdict sys_msgget(struct request *rq)
{
	return get(rq, GUARD_MSG, 0, INT_ARG(1));
}

/* ---- calls that the kernel performs on the session's own objects ---- */

static int check(struct request *rq, enum guard_kind kind, unsigned want)
{
	struct ipc_object *o;
	int ret = -EINVAL;

	pthread_mutex_lock(&ipc_lock);
	o = ipc_by_id(rq->st->nest, kind, INT_ARG(0));
	if (o)
		ret = ipc_may(o, &rq->st->cred, want) ? 0 : -EACCES;
	pthread_mutex_unlock(&ipc_lock);
	return ret;
}

static struct verdict continue_if(int ret)
{
	return ret < 0 ? verdict_return(ret) : verdict_continue();
}

struct verdict sys_shmat(struct request *rq)
{
	unsigned want = MAY_READ;

	if (!(ARG(2) & SHM_RDONLY))
		want |= MAY_WRITE;
	if (ARG(2) & SHM_EXEC)
		want |= MAY_EXEC;
	return continue_if(check(rq, GUARD_SHM, want));
}

struct verdict sys_msgsnd(struct request *rq)
{
	return continue_if(check(rq, GUARD_MSG, MAY_WRITE));
}

struct verdict sys_msgrcv(struct request *rq)
{
	return continue_if(check(rq, GUARD_MSG, MAY_READ));
}

/* Wait until all of the named semaphores are zero: of our copy, because nothing else is allowed. */
static int wait_for_zero(struct request *rq, struct sembuf *ops, size_t n, uint64_t timeout)
{
	struct timespec ts;
	int ret = timeout ? mem_read(rq, timeout, &ts, sizeof(ts)) : 0;

	if (ret == 0)
		ret = request_block_begin(rq, true);
	if (ret < 0)
		return ret;
	ret = semtimedop(INT_ARG(0), ops, n, timeout ? &ts : NULL) < 0 ? -errno : 0;
	request_block_end(rq);
	return ret;
}

/*
 * Who may both read and alter may do anything. Otherwise the operations, in memory, say which right
 * they need. With the right to alter alone the kernel may go on: a race could win to wait for
 * zero, which a failing decrement tells, too.
 */
static struct verdict semop_answer(struct request *rq, uint64_t timeout)
{
	autofree struct sembuf *ops = NULL;
	size_t n = (uint32_t)ARG(2);
	bool alters = false;
	int ret = check(rq, GUARD_SEM, MAY_READ | MAY_WRITE);

	if (ret != -EACCES || !n)
		return continue_if(ret);
	if (n > SEMOPS_MAX)
		return verdict_return(-E2BIG);
	ops = malloc(n * sizeof(*ops));
	ret = ops ? mem_read(rq, ARG(1), ops, n * sizeof(*ops)) : -ENOMEM;
	if (ret < 0)
		return verdict_return(ret);
	for (size_t i = 0; i < n; i++)
		alters |= ops[i].sem_op != 0;
	ret = check(rq, GUARD_SEM, alters ? MAY_WRITE : MAY_READ);
	if (ret < 0 || alters)
		return continue_if(ret);
	return verdict_return(wait_for_zero(rq, ops, n, timeout));
}

struct verdict sys_semop(struct request *rq)
{
	return semop_answer(rq, 0);
}

struct verdict sys_semtimedop(struct request *rq)
{
	return semop_answer(rq, ARG(3));
}

/* ---- shmctl, semctl, msgctl ---- */

/* IPC_STAT by id, or SHM_STAT and its like by slot: those answer the id. */
static int ctl_stat(struct request *rq, enum guard_kind kind, int cmd, uint64_t addr)
{
	struct ipc_object *o;
	union ipc_data d;
	int ret;

	pthread_mutex_lock(&ipc_lock);
	o = cmd == IPC_STAT ? ipc_by_id(rq->st->nest, kind, INT_ARG(0))
			    : ipc_by_slot(rq->st->nest, kind, INT_ARG(0));
	if (!o)
		ret = -EINVAL;
	else if (cmd != kinds[kind].stat_any && !ipc_may(o, &rq->st->cred, MAY_READ))
		ret = -EACCES;
	else
		ret = ipc_real_ctl(kind, o->id, IPC_STAT, &d);
	if (ret >= 0) {
		ipc_translate(o, &d);
		ret = cmd == IPC_STAT ? 0 : o->id;
	}
	pthread_mutex_unlock(&ipc_lock);
	if (ret >= 0) {
		int err = mem_write(rq, addr, &d, kinds[kind].bytes);

		ret = err < 0 ? err : ret;
	}
	return ret;
}

static int ctl_set(struct request *rq, enum guard_kind kind, uint64_t addr)
{
	union ipc_data want, now;
	struct ipc_object *o;
	int ret = mem_read(rq, addr, &want, kinds[kind].bytes);

	if (ret < 0)
		return ret;
	pthread_mutex_lock(&ipc_lock);
	o = ipc_by_id(rq->st->nest, kind, INT_ARG(0));
	if (!o)
		ret = -EINVAL;
	else if (!ipc_owns(o, &rq->st->cred, CAP_SYS_ADMIN))
		ret = -EPERM;
	else if (want.perm.uid == (uid_t)-1 || want.perm.gid == (gid_t)-1)
		ret = -EINVAL;
	else
		ret = ipc_real_ctl(kind, o->id, IPC_STAT, &now);
	/* For its change time, and for the size of a queue. */
	if (ret == 0) {
		if (kind == GUARD_MSG)
			now.msg.msg_qbytes = want.msg.msg_qbytes;
		ret = ipc_real_ctl(kind, o->id, IPC_SET, &now);
	}
	if (ret == 0) {
		o->uid = want.perm.uid;
		o->gid = want.perm.gid;
		o->mode = want.perm.mode & IPC_MODE_BITS;
	}
	pthread_mutex_unlock(&ipc_lock);
	return ret;
}

static int ctl_remove(struct request *rq, enum guard_kind kind)
{
	struct ipc_object *o;
	int ret;

	pthread_mutex_lock(&ipc_lock);
	o = ipc_by_id(rq->st->nest, kind, INT_ARG(0));
	if (!o)
		ret = -EINVAL;
	else
		ret = ipc_owns(o, &rq->st->cred, CAP_SYS_ADMIN) ? ipc_remove(o) : -EPERM;
	pthread_mutex_unlock(&ipc_lock);
	return ret;
}

/* ---- totals ---- */

/* Resident and swapped pages: the last two columns. */
static void shm_usage(struct request *rq, struct shm_info *info)
{
	autofree char *text = ipc_list(rq->st->nest, GUARD_SHM);
	unsigned long rss, swp;
	const char *line = text ? strchr(text, '\n') : NULL;

	for (; line && line[1]; line = strchr(line + 1, '\n'))
		if (sscanf(line + 1,
			   "%*d %*d %*o %*u %*u %*u %*u %*u %*u %*u %*u %*u %*u %*u %lu %lu", &rss,
			   &swp) == 2) {
			info->shm_rss += rss / PAGE_BYTES;
			info->shm_swp += swp / PAGE_BYTES;
		}
}

/* IPC_INFO: the kernel's limits. SHM_INFO and its like: how much there is, of the session's. */
static int ctl_info(struct request *rq, enum guard_kind kind, int cmd, uint64_t addr)
{
	union {
		struct shminfo shmmax;
		struct shm_info shm;
		struct seminfo sem;
		struct msginfo msg;
	} info = { 0 };
	size_t bytes = kind == GUARD_SEM   ? sizeof(info.sem)
		       : kind == GUARD_MSG ? sizeof(info.msg)
		       : cmd == IPC_INFO   ? sizeof(info.shmmax)
					   : sizeof(info.shm);
	unsigned count = 0;
	uint64_t total = 0;
	int ret = ipc_real_ctl(kind, 0, cmd, &info), last = 0;

	if (ret < 0)
		return ret;
	if (cmd != IPC_INFO && kind == GUARD_SHM) {
		memset(&info, 0, sizeof(info));
		shm_usage(rq, &info.shm);
	} else if (cmd != IPC_INFO && kind == GUARD_MSG) {
		info.msg.msgmap = info.msg.msgtql = 0;
	}
	pthread_mutex_lock(&ipc_lock);
	for (unsigned i = 0; i < ipc_sets[kind].nslots; i++) {
		struct ipc_object *o = ipc_by_slot(rq->st->nest, kind, i);
		union ipc_data d;

		if (!o)
			continue;
		last = i;
		count++;
		total += kind == GUARD_SHM ? (o->size + PAGE_BYTES - 1) / PAGE_BYTES : o->size;
		if (cmd != IPC_INFO && kind == GUARD_MSG &&
		    ipc_real_ctl(kind, o->id, IPC_STAT, &d) == 0) {
			info.msg.msgmap += d.msg.msg_qnum;
			info.msg.msgtql += d.msg.__msg_cbytes;
		}
	}
	pthread_mutex_unlock(&ipc_lock);
	if (cmd != IPC_INFO && kind == GUARD_SHM) {
		info.shm.used_ids = count;
		info.shm.shm_tot = total;
	} else if (cmd != IPC_INFO && kind == GUARD_SEM) {
		info.sem.semusz = count;
		info.sem.semaem = total;
	} else if (cmd != IPC_INFO) {
		info.msg.msgpool = count;
	}
	ret = mem_write(rq, addr, &info, bytes);
	return ret < 0 ? ret : last;
}

static struct verdict ctl(struct request *rq, enum guard_kind kind, int cmd, uint64_t addr)
{
	int ret = -EINVAL;

	if (INT_ARG(0) < 0 || cmd < 0)
		;
	else if (cmd == IPC_STAT || cmd == kinds[kind].stat || cmd == kinds[kind].stat_any)
		ret = ctl_stat(rq, kind, cmd, addr);
	else if (cmd == IPC_SET)
		ret = ctl_set(rq, kind, addr);
	else if (cmd == IPC_RMID)
		ret = ctl_remove(rq, kind);
	else if (cmd == IPC_INFO || cmd == kinds[kind].info)
		ret = ctl_info(rq, kind, cmd, addr);
	return verdict_return(ret);
}

/* SHM_LOCK goes by the locker's own limit, so the task does it itself. */
static int check_lock(struct request *rq)
{
	struct ipc_object *o;
	int ret = -EINVAL;

	pthread_mutex_lock(&ipc_lock);
	o = ipc_by_id(rq->st->nest, GUARD_SHM, INT_ARG(0));
	if (o)
		ret = ipc_owns(o, &rq->st->cred, CAP_IPC_LOCK) ? 0 : -EPERM;
	pthread_mutex_unlock(&ipc_lock);
	return ret;
}

struct verdict sys_shmctl(struct request *rq)
{
	if (INT_ARG(1) == SHM_LOCK || INT_ARG(1) == SHM_UNLOCK)
		return continue_if(check_lock(rq));
	return ctl(rq, GUARD_SHM, INT_ARG(1), ARG(2));
}

struct verdict sys_semctl(struct request *rq)
{
	switch (INT_ARG(2)) {
	case GETVAL:
	case GETPID:
	case GETNCNT:
	case GETZCNT:
	case GETALL:
		return continue_if(check(rq, GUARD_SEM, MAY_READ));
	case SETVAL:
	case SETALL:
		return continue_if(check(rq, GUARD_SEM, MAY_WRITE));
	}
	return ctl(rq, GUARD_SEM, INT_ARG(2), ARG(3));
}

struct verdict sys_msgctl(struct request *rq)
{
	return ctl(rq, GUARD_MSG, INT_ARG(1), ARG(2));
}
