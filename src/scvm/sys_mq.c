// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * POSIX message queues: names of the session's own.
 *
 * A queue has a host name that only its session knows (guard.c makes it). Which name inside it
 * stands for, its owner and its mode are kept here, and go by the rules of ipc/mqueue.c and of a
 * sticky directory that anyone may write to. The descriptor is the kernel's, so all calls on it
 * are.
 */
#include <fcntl.h>
#include <linux/capability.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <uthash.h>

#include "guard.h"
#include "machine.h"
#include "sys.h"

#define ARG(i)	   (rq->args[i])
#define INT_ARG(i) ((int)rq->args[i])

struct queue {
	int id; /* the guard's */
	uid_t uid;
	gid_t gid;
	mode_t mode;
	ino_t ino;
	UT_hash_handle hh;
	char name[];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards what follows */
static struct queue *queues;
static dev_t queues_dev; /* the kernel's mqueue file system; 0: none was opened yet; atomic */

/* The name as we keep it: in a nested session "ID/NAME". */
static int name_read(struct request *rq, uint64_t addr, char *name)
{
	unsigned nest = rq->st->nest->id;

	ssize_t n = mem_read_path(rq, addr, name);

	if (n < 0)
		return n;
	snprintf(rq->traced_path, sizeof(rq->traced_path), "%s", name);
	if (n == 0)
		return -ENOENT;
	if (strchr(name, '/') || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return -EACCES;
	if (n > NAME_MAX)
		return -ENAMETOOLONG;
	if (nest) {
		char own[NAME_MAX + 1];

		strcpy(own, name);
		snprintf(name, PATH_MAX, "%u/%s", nest, own);
	}
	return 0;
}

static struct queue *queue_find(const char *name)
{
	struct queue *q;

	HASH_FIND_STR(queues, name, q);
	return q;
}

/* With the lock held. Return 0 or -errno. */
static int queue_create(struct request *rq, const char *name, const struct mq_attr *attr,
			struct queue **out)
{
	struct guard_want want = { .kind = GUARD_MQ, .have_attr = attr };
	const struct cred *c = &rq->st->cred;
	struct rlimit rl = { RLIM_INFINITY, RLIM_INFINITY };
	struct queue *q = calloc(1, sizeof(*q) + strlen(name) + 1);

	if (!q)
		return -ENOMEM;
	if (attr)
		want.attr = *attr;
	prlimit(rq->tid, RLIMIT_MSGQUEUE, NULL, &rl);
	want.msgqueue_bytes = rl.rlim_cur;
	q->id = guard_create(&want);
	if (q->id < 0) {
		int ret = q->id;

		free(q);
		return ret;
	}
	q->uid = c->fsuid;
	q->gid = c->fsgid;
	q->mode = ARG(2) & ~rq->st->umask & 07777;
	strcpy(q->name, name);
	HASH_ADD_STR(queues, name, q);
	*out = q;
	return 0;
}

static int queue_open(struct queue *q, int oflag)
{
	char host[GUARD_MQ_NAME_BYTES];
	struct stat st;
	int fd;

	guard_mq_name(q->id, host);
	fd = syscall(SYS_mq_open, host, oflag & (O_ACCMODE | O_NONBLOCK), 0, NULL);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) == 0) {
		__atomic_store_n(&queues_dev, st.st_dev, __ATOMIC_RELAXED);
		q->ino = st.st_ino;
	}
	return fd;
}

struct verdict sys_mq_open(struct request *rq)
{
	static const int want[] = { [O_RDONLY] = R_OK, [O_WRONLY] = W_OK, [O_RDWR] = R_OK | W_OK };
	int oflag = INT_ARG(1), acc = oflag & O_ACCMODE, ret = 0;
	char name[PATH_MAX];
	struct mq_attr attr;
	struct queue *q;

	if (ARG(3))
		ret = mem_read(rq, ARG(3), &attr, sizeof(attr));
	if (ret == 0)
		ret = name_read(rq, ARG(0), name);
	if (ret < 0)
		return verdict_return(ret);
	pthread_mutex_lock(&lock);
	q = queue_find(name);
	if (q && oflag & O_CREAT && oflag & O_EXCL)
		ret = -EEXIST;
	else if (!q && !(oflag & O_CREAT))
		ret = -ENOENT;
	else if (acc == O_ACCMODE)
		ret = -EINVAL;
	else if (q)
		ret = cred_may(&rq->st->cred, S_IFREG | q->mode, q->uid, q->gid, want[acc]);
	else
		ret = queue_create(rq, name, ARG(3) ? &attr : NULL, &q);
	if (ret == 0)
		ret = queue_open(q, oflag);
	pthread_mutex_unlock(&lock);
	/* These are always close-on-exec. */
	return ret < 0 ? verdict_return(ret) : verdict_fd(ret, true);
}

struct verdict sys_mq_unlink(struct request *rq)
{
	const struct cred *c = &rq->st->cred;
	char name[PATH_MAX];
	struct queue *q;
	int ret = name_read(rq, ARG(0), name);

	if (ret < 0)
		return verdict_return(ret);
	pthread_mutex_lock(&lock);
	q = queue_find(name);
	if (!q) {
		ret = -ENOENT;
	} else if (c->fsuid != q->uid && c->fsuid != 0 && !cred_has_cap(c, CAP_FOWNER)) {
		ret = -EPERM; /* the directory is sticky, and root's */
	} else {
		ret = guard_remove(GUARD_MQ, q->id);
		HASH_DEL(queues, q);
		free(q);
	}
	pthread_mutex_unlock(&lock);
	return verdict_return(ret);
}

void mq_nest_end(const struct nest *nest)
{
	struct queue *q, *tmp;
	char prefix[16];

	snprintf(prefix, sizeof(prefix), "%u/", nest->id);
	pthread_mutex_lock(&lock);
	HASH_ITER (hh, queues, q, tmp) {
		if (strncmp(q->name, prefix, strlen(prefix)) != 0)
			continue;
		guard_remove(GUARD_MQ, q->id);
		HASH_DEL(queues, q);
		free(q);
	}
	pthread_mutex_unlock(&lock);
}

/* ---- metadata by descriptor ---- */

/* With the lock held: the queue that still has a name. */
static struct queue *queue_of(dev_t dev, ino_t ino)
{
	struct queue *q = NULL;

	if (dev == queues_dev)
		for (q = queues; q && q->ino != ino; q = q->hh.next)
			;
	return q;
}

bool mq_stat(struct statx *stx)
{
	struct queue *q;

	if (!__atomic_load_n(&queues_dev, __ATOMIC_RELAXED))
		return false; /* this is the way of every fstat */
	pthread_mutex_lock(&lock);
	q = queue_of(makedev(stx->stx_dev_major, stx->stx_dev_minor), stx->stx_ino);
	if (q) {
		stx->stx_uid = q->uid;
		stx->stx_gid = q->gid;
		stx->stx_mode = S_IFREG | q->mode;
	}
	pthread_mutex_unlock(&lock);
	return q;
}

int mq_change(struct request *rq, int fd, mode_t mode, uid_t uid, gid_t gid)
{
	const struct cred *c = &rq->st->cred;
	struct queue *q = NULL;
	struct stat st;
	char name[64];
	int ret = 0;

	if (!__atomic_load_n(&queues_dev, __ATOMIC_RELAXED))
		return -ENOENT;
	snprintf(name, sizeof(name), "/proc/%d/fd/%d", rq->tid, fd);
	pthread_mutex_lock(&lock);
	if (stat(name, &st) == 0)
		q = queue_of(st.st_dev, st.st_ino);
	if (!q) {
		ret = -ENOENT;
	} else if (mode != (mode_t)-1) {
		if (c->fsuid != q->uid && !cred_has_cap(c, CAP_FOWNER))
			ret = -EPERM;
		else
			q->mode = mode & 07777;
	} else if (!cred_has_cap(c, CAP_CHOWN) &&
		   (c->fsuid != q->uid || (uid != (uid_t)-1 && uid != q->uid) ||
		    (gid != (gid_t)-1 && gid != q->gid && !cred_in_group(c, gid)))) {
		ret = -EPERM;
	} else {
		q->uid = uid == (uid_t)-1 ? q->uid : uid;
		q->gid = gid == (gid_t)-1 ? q->gid : gid;
	}
	pthread_mutex_unlock(&lock);
	return ret;
}
