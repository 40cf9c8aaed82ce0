// SPDX-License-Identifier: GPL-2.0-or-later
/* Task state, carried by the kernel in RLIMIT_LOCKS: see struct state in machine.h. */
#include <dirent.h>
#include <fcntl.h>
#include <linux/kcmp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <uthash.h>

#include "machine.h"

#define STATES_BEFORE_GC 256
#define STOP_ROUNDS	 20
#define KILL_ROUNDS	 1000
#define KILL_PAUSE_US	 2000

struct slot {
	struct state st;
	unsigned id;
	dev_t cwd_dev; /* of st.cwd_fd */
	ino_t cwd_ino;
	int refs; /* atomic: one for the table, one per request that looks at it */
	char *key;
	UT_hash_handle hh;
};

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER; /* guards what follows */
static struct slot *slots[STATE_IDS_MAX];
static struct slot *by_key;
static unsigned nslots, gc_at = STATES_BEFORE_GC, next_id = 1;

/* What makes two states equal, as one string. */
static char *state_key(const struct state *st)
{
	struct stat sb = { 0 };
	char *cred = NULL, *key;
	size_t n = 0;
	FILE *f = open_memstream(&cred, &n);

	if (!f)
		return NULL;
	fstat(st->cwd_fd, &sb);
	for (size_t i = 0; i < sizeof(st->cred); i++)
		fprintf(f, "%02x", ((const unsigned char *)&st->cred)[i]);
	fclose(f);
	key = str_printf("%s %u %o %d%d%d %lx:%lx %s %s", cred, st->nest->id, st->umask, st->fresh,
			 st->undumpable, st->no_new_privs, (unsigned long)sb.st_dev,
			 (unsigned long)sb.st_ino, st->root, st->exe);
	free(cred);
	return key;
}

void taskstate_finish(struct state *st)
{
	if (st->cwd_fd >= 0)
		close(st->cwd_fd);
	free(st->root);
	free(st->exe);
	nest_put(st->nest);
	memset(st, 0, sizeof(*st));
	st->cwd_fd = -1;
}

int taskstate_copy(struct state *to, const struct state *from)
{
	*to = *from;
	to->cwd_fd = fcntl(from->cwd_fd, F_DUPFD_CLOEXEC, 0);
	to->root = strdup(from->root);
	to->exe = strdup(from->exe);
	nest_get(to->nest);
	if (to->cwd_fd >= 0 && to->root && to->exe)
		return 0;
	taskstate_finish(to);
	return -ENOMEM;
}

static unsigned long tag_of(pid_t tid)
{
	struct rlimit rl;

	if (prlimit(tid, RLIMIT_LOCKS, NULL, &rl) < 0)
		return 0;
	return rl.rlim_cur;
}

bool state_is_ours(pid_t tid)
{
	if (tid <= 0 || tid == machine.supervisor)
		return false;
	return tag_of(tid) >> STATE_ID_BITS == machine.tag >> STATE_ID_BITS;
}

static void slot_put(struct slot *s)
{
	if (__atomic_sub_fetch(&s->refs, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	taskstate_finish(&s->st);
	free(s->key);
	free(s);
}

void state_put(const struct state *st)
{
	if (st)
		slot_put((struct slot *)((char *)st - offsetof(struct slot, st)));
}

/* Free the states that no living process has. Called with the lock held for writing. */
static void state_collect(void)
{
	static bool used[STATE_IDS_MAX];
	DIR *d = opendir("/proc");
	struct dirent *de;

	if (!d)
		return;
	memset(used, 0, sizeof(used));
	/*
	 * A process that forks during the scan has the same state as its parent, which we see; and
	 * nobody can change a state, because that takes the lock.
	 */
	while ((de = readdir(d))) {
		unsigned long tag;

		if (de->d_name[0] < '0' || de->d_name[0] > '9')
			continue;
		tag = tag_of(atoi(de->d_name));
		if (tag >> STATE_ID_BITS == machine.tag >> STATE_ID_BITS)
			used[tag & (STATE_IDS_MAX - 1)] = true;
	}
	closedir(d);
	for (unsigned i = 1; i < STATE_IDS_MAX; i++) {
		struct slot *s = slots[i];

		if (!s || used[i])
			continue;
		HASH_DEL(by_key, s);
		slots[i] = NULL;
		nslots--;
		slot_put(s);
	}
	gc_at = nslots * 2 < STATES_BEFORE_GC ? STATES_BEFORE_GC : nslots * 2;
	if (gc_at >= STATE_IDS_MAX)
		gc_at = STATE_IDS_MAX - 1;
}

/* Find or make the state. Return its id, or -errno. The lock is held for writing. */
static long state_intern(const struct state *st)
{
	autofree char *key = state_key(st);
	struct stat sb = { 0 };
	struct slot *s;

	if (!key)
		return -ENOMEM;
	HASH_FIND_STR(by_key, key, s);
	if (s)
		return s->id;
	if (nslots >= STATE_IDS_MAX - 2)
		return -EAGAIN;
	s = calloc(1, sizeof(*s));
	if (!s || taskstate_copy(&s->st, st) < 0) {
		free(s);
		return -ENOMEM;
	}
	while (slots[next_id])
		next_id = next_id + 1 >= STATE_IDS_MAX ? 1 : next_id + 1;
	fstat(s->st.cwd_fd, &sb);
	s->cwd_dev = sb.st_dev;
	s->cwd_ino = sb.st_ino;
	s->id = next_id;
	s->refs = 1;
	s->key = steal(&key);
	slots[s->id] = s;
	nslots++;
	HASH_ADD_KEYPTR(hh, by_key, s->key, strlen(s->key), s);
	return s->id;
}

bool state_is_cwd(const struct stat *sb)
{
	bool found = false;
	struct slot *s;

	pthread_rwlock_rdlock(&lock);
	for (s = by_key; s && !found; s = s->hh.next)
		found = s->cwd_ino == sb->st_ino && s->cwd_dev == sb->st_dev;
	pthread_rwlock_unlock(&lock);
	return found;
}

/* ---- CLONE_FS: threads with their own fs_struct, processes with a common one ---- */

struct own_fs {
	pid_t tid;
	unsigned long start; /* a reused tid is another thread */
	struct state st; /* only cwd_fd, root and umask count */
	UT_hash_handle hh;
};

static struct own_fs *own_fs; /* guarded by lock */
static bool fs_is_shared; /* atomic, never unset */

/* When the thread was started: field 22 of proc_pid_stat(5). 0: it is gone */
static unsigned long start_of(pid_t tid)
{
	char name[64], *text = NULL;
	unsigned long start = 0;
	const char *p;

	snprintf(name, sizeof(name), "/proc/%d/stat", tid);
	if (read_file_at(AT_FDCWD, name, 4096, &text) >= 0 && (p = strrchr(text, ')')))
		sscanf(p + 1,
		       " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d "
		       "%*d %*d %lu",
		       &start);
	free(text);
	return start;
}

static struct own_fs *own_find(pid_t tid)
{
	struct own_fs *o;

	HASH_FIND_INT(own_fs, &tid, o);
	return o && o->start == start_of(tid) ? o : NULL;
}

void state_fs_shared(void)
{
	__atomic_store_n(&fs_is_shared, true, __ATOMIC_RELEASE);
}

int state_fs_unshare(pid_t tid)
{
	const struct state *now = state_of(tid);
	struct own_fs *o = calloc(1, sizeof(*o)), *old;
	int ret = o && now ? taskstate_copy(&o->st, now) : -ENOMEM;

	state_put(now);
	if (ret < 0) {
		free(o);
		return ret;
	}
	o->tid = tid;
	o->start = start_of(tid);
	pthread_rwlock_wrlock(&lock);
	HASH_FIND_INT(own_fs, &tid, old);
	if (old) {
		HASH_DEL(own_fs, old);
		taskstate_finish(&old->st);
		free(old);
	}
	HASH_ADD_INT(own_fs, tid, o);
	pthread_rwlock_unlock(&lock);
	return 0;
}

/* The process's state @s with the thread's own fs. Locked for writing; returns a reference or NULL.
 */
static struct slot *own_compose(const struct slot *s, const struct own_fs *o)
{
	struct state st = s->st;
	long id;

	st.cwd_fd = o->st.cwd_fd;
	st.root = o->st.root;
	st.umask = o->st.umask;
	id = state_intern(&st);
	if (id < 0)
		return NULL;
	__atomic_add_fetch(&slots[id]->refs, 1, __ATOMIC_RELAXED);
	return slots[id];
}

/* All processes that have the fs_struct of @tid get its cwd, root and umask: kcmp(2) knows. */
static void fs_spread(pid_t tid, const struct state *st)
{
	DIR *d = opendir("/proc");
	struct dirent *de;

	while (d && (de = readdir(d))) {
		pid_t pid = atoi(de->d_name);
		const struct state *old;
		struct state now;

		if (pid <= 0 || pid == tid || !state_is_ours(pid) ||
		    syscall(SYS_kcmp, tid, pid, KCMP_FS, 0, 0) != 0 || !(old = state_of(pid)))
			continue;
		now = *old;
		now.cwd_fd = st->cwd_fd;
		now.root = st->root;
		now.umask = st->umask;
		state_set(pid, &now);
		state_put(old);
	}
	if (d)
		closedir(d);
}

int state_fs_set(pid_t tid, const struct state *st)
{
	struct own_fs *o = NULL;
	int ret;

	pthread_rwlock_wrlock(&lock);
	if (own_fs && (o = own_find(tid))) {
		taskstate_finish(&o->st);
		ret = taskstate_copy(&o->st, st);
	}
	pthread_rwlock_unlock(&lock);
	if (o)
		return ret;
	ret = state_set(tid, st);
	if (ret == 0 && __atomic_load_n(&fs_is_shared, __ATOMIC_ACQUIRE))
		fs_spread(tid, st);
	return ret;
}

const struct state *state_of(pid_t tid)
{
	unsigned long tag = tag_of(tid);
	struct own_fs *o;
	struct slot *s;

	if (tag >> STATE_ID_BITS != machine.tag >> STATE_ID_BITS)
		return NULL;
	if (__atomic_load_n(&own_fs, __ATOMIC_ACQUIRE)) {
		pthread_rwlock_wrlock(&lock);
		s = slots[tag & (STATE_IDS_MAX - 1)];
		o = s ? own_find(tid) : NULL;
		s = o ? own_compose(s, o) : NULL;
		pthread_rwlock_unlock(&lock);
		if (s)
			return &s->st;
	}
	pthread_rwlock_rdlock(&lock);
	s = slots[tag & (STATE_IDS_MAX - 1)];
	if (s)
		__atomic_add_fetch(&s->refs, 1, __ATOMIC_RELAXED);
	pthread_rwlock_unlock(&lock);
	return s ? &s->st : NULL;
}

int state_set(pid_t tid, const struct state *st)
{
	struct rlimit rl;
	long id;
	int ret = 0;

	pthread_rwlock_wrlock(&lock);
	id = state_intern(st);
	if (id < 0) {
		ret = id;
	} else {
		rl.rlim_cur = machine.tag | id;
		rl.rlim_max = RLIM_INFINITY;
		if (prlimit(tid, RLIMIT_LOCKS, &rl, NULL) < 0)
			ret = -errno;
	}
	pthread_rwlock_unlock(&lock);
	return ret;
}

static unsigned long first_rlimit;

unsigned long state_first_rlimit(void)
{
	return first_rlimit;
}

void state_maybe_collect(bool now)
{
	if (!now && __atomic_load_n(&nslots, __ATOMIC_RELAXED) < gc_at)
		return;
	pthread_rwlock_wrlock(&lock);
	state_collect();
	pthread_rwlock_unlock(&lock);
}

int state_init(const struct state *first)
{
	uint32_t rnd;
	long id;

	if (getrandom(&rnd, sizeof(rnd), 0) != sizeof(rnd))
		return -errno;
	/* Bits 16..47; never 0, and far below RLIM_INFINITY. */
	machine.tag = ((unsigned long)rnd | 1UL << 31) << STATE_ID_BITS;
	id = state_intern(first);
	if (id < 0)
		return id;
	first_rlimit = machine.tag | id;
	return 0;
}

/* Of a process: 'Z' when it is dead but for its parent, who may never ask: no thread runs any more.
 */
static char process_state(pid_t pid)
{
	char name[64], *text = NULL, state = 'Z';
	int threads = 0;
	const char *p;

	snprintf(name, sizeof(name), "/proc/%d/stat", pid);
	if (read_file_at(AT_FDCWD, name, 4096, &text) >= 0 && (p = strrchr(text, ')')))
		sscanf(p + 1,
		       " %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %d",
		       &state, &threads);
	free(text);
	return state == 'Z' && threads > 1 ? 'S' : state;
}

bool state_is_zombie(pid_t pid)
{
	return process_state(pid) == 'Z';
}

/* Return: how many of the session's processes were in none of the states @done */
static unsigned signal_session(unsigned long tag, int sig, const char *done)
{
	DIR *d = opendir("/proc");
	struct dirent *de;
	unsigned n = 0;

	while (d && (de = readdir(d))) {
		pid_t pid = atoi(de->d_name);

		if (pid <= 1 || pid == getpid() ||
		    tag_of(pid) >> STATE_ID_BITS != tag >> STATE_ID_BITS)
			continue;
		kill(pid, sig);
		n += !strchr(done, process_state(pid));
	}
	if (d)
		closedir(d);
	return n;
}

void scvm_kill_session(unsigned long tag)
{
	/*
	 * A fork bomb at its limit races with us: each one that is killed makes room for one that
	 * is born. Who is stopped has no children and still takes its room. What cannot be stopped
	 * (vfork's parent) is no bomb: so not for ever.
	 */
	for (int i = 0; i < STOP_ROUNDS && signal_session(tag, SIGSTOP, "TtZX"); i++)
		;
	for (int i = 0; i < KILL_ROUNDS && signal_session(tag, SIGKILL, "ZX"); i++)
		usleep(KILL_PAUSE_US);
}
