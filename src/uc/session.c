// SPDX-License-Identifier: GPL-2.0-or-later
#include "session.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <time.h>

#include "internal.h"

#define INFO_BYTES    8192
#define COMMAND_BYTES 4096 /* of the command line, for "uc ps": a longer one is cut */
#define NAMES_TRIED   100 /* PID, PID.1, ...: another pid namespace can have our pid */

struct session {
	struct compartment *c; /* borrowed */
	pid_t owner; /* the process that began it */
	char *name; /* in sessions/ */
	char *path, *tmp;
	char *info; /* what the file says */
	int sessionsfd, dirfd, lock;
	int traps_fd;
	uint64_t *traps; /* in a memfd: a mapped file on a full disk would kill us */
};

const char *session_path(const struct session *s)
{
	return s->path;
}

const char *session_tmp(const struct session *s)
{
	return s->tmp;
}

int session_lock_fd(const struct session *s)
{
	return s->lock;
}

const struct compartment *session_compartment(const struct session *s)
{
	return s->c;
}

int session_dirfd(const struct session *s)
{
	return s->dirfd;
}

uint64_t *session_traps(const struct session *s)
{
	return s->traps;
}

/* ---- who lives ---- */

static int sessions_open(const struct compartment *c)
{
	int fd = openat(c->dirfd, "sessions", OPEN_DIR);

	return fd < 0 ? -errno : fd;
}

int sessions_lock(const struct compartment *c, struct err e)
{
	autoclose int dir = -1, lock = -1;
	struct stat st;
	int ret = owner_begin(c->host_uid, c->host_gid);

	if (ret == 0 && mkdirat(c->dirfd, "sessions", 0700) < 0 && errno != EEXIST)
		ret = -errno;
	dir = ret == 0 ? sessions_open(c) : ret;
	lock = dir < 0 ? dir : lock_file_at(dir, ".lock");
	owner_end();
	if (lock == -EBUSY)
		return fail(e, lock, "%s: another ucrun or uc is at work there; try again",
			    c->path);
	if (lock == -ENOENT)
		return fail(e, -ESTALE, "%s: was removed meanwhile; try again", c->name);
	if (lock < 0)
		return fail_path(e, lock, c->path);
	if (fstat(lock, &st) < 0 || st.st_nlink == 0)
		return fail(e, -ESTALE, "%s: was removed meanwhile; try again", c->name);
	return steal_fd(&lock);
}

/* Can the lock of sessions/@name not be taken? Without one it is dead: see session.h. */
static bool session_is_live(int sessions, const char *name)
{
	autoclose int dir = openat(sessions, name, OPEN_DIR);
	autoclose int lock = -1;
	struct stat st;

	if (dir < 0)
		return false;
	lock = openat(dir, "lock", O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (lock < 0 || fstat(lock, &st) < 0 || !S_ISREG(st.st_mode))
		return false;
	return flock(lock, LOCK_SH | LOCK_NB) < 0 && errno == EWOULDBLOCK;
}

/* Call @fn for every live or dead session directory. */
static int sessions_each(const struct compartment *c,
			 int (*fn)(void *arg, int dir, const char *name), void *arg)
{
	int fd = sessions_open(c), ret = 0;
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *ent;

	if (!d) {
		util_close_fd(&fd);
		return fd < 0 ? fd : -errno;
	}
	while (ret == 0 && (ent = readdir(d)))
		if (ent->d_name[0] >= '1' && ent->d_name[0] <= '9')
			ret = fn(arg, fd, ent->d_name);
	closedir(d);
	return ret;
}

static int sweep_one(void *arg, int dir, const char *name)
{
	if (session_is_live(dir, name))
		++*(int *)arg;
	else
		remove_tree(dir, name);
	return 0;
}

int sessions_sweep(const struct compartment *c)
{
	int live = 0;
	int ret = owner_begin(c->host_uid, c->host_gid);

	if (ret == 0)
		ret = sessions_each(c, sweep_one, &live);
	owner_end();
	return ret < 0 ? ret : live;
}

/* ---- beginning and ending ---- */

static unsigned long long start_of(pid_t pid)
{
	autofree char *text = NULL;
	char name[64], *p;

	snprintf(name, sizeof(name), "/proc/%d/stat", pid);
	if (read_file_at(AT_FDCWD, name, 8192, &text) < 0 || !(p = strrchr(text, ')')))
		return 0;
	/* After the name come fields 3, 4, ...; we want 22. */
	for (int field = 2; p && field < 22; field++)
		p = strchr(p + 1, ' ');
	return p ? strtoull(p, NULL, 10) : 0;
}

bool session_supervised(const struct session_info *s)
{
	autofree char *text = NULL;
	char name[64], *p;

	snprintf(name, sizeof(name), "/proc/%d/stat", s->pid);
	if (read_file_at(AT_FDCWD, name, 8192, &text) < 0 || !(p = strrchr(text, ')')) ||
	    strncmp(p, ") Z", 3) == 0 || strncmp(p, ") X", 3) == 0)
		return false;
	return start_of(s->pid) == s->start;
}

static char *command_line(char *const argv[])
{
	autofree char *all = calloc(1, COMMAND_BYTES);
	size_t len = 0;

	for (; all && *argv && len < COMMAND_BYTES - 1; argv++) {
		int n = snprintf(all + len, COMMAND_BYTES - len, "%s%s", len ? " " : "", *argv);

		len += n < 0 ? 0 : n;
	}
	return all ? str_escape(all) : NULL;
}

static void traps_make(struct session *s)
{
	void *at = MAP_FAILED;

	s->traps_fd = memfd_create("uc-traps", MFD_CLOEXEC);
	if (s->traps_fd >= 0 && ftruncate(s->traps_fd, sizeof(*s->traps)) == 0)
		at = mmap(NULL, sizeof(*s->traps), PROT_READ | PROT_WRITE, MAP_SHARED, s->traps_fd,
			  0);
	s->traps = at == MAP_FAILED ? NULL : at;
}

static int write_info(struct session *s, enum uc_level level, char *const argv[])
{
	autofree char *command = command_line(argv);

	if (!command)
		return -ENOMEM;
	s->info = str_printf("pid=%d\nstart=%llu\nstarted=%lld\nlevel=%s\ntraps_fd=%d\n"
			     "command=%s\n",
			     getpid(), start_of(getpid()), (long long)time(NULL),
			     uc_level_names[level], s->traps ? s->traps_fd : -1, command);
	return s->info ? write_note_at(s->dirfd, "info", s->info, strlen(s->info), 0600) : -ENOMEM;
}

int session_pool_set(struct session *s, int userns, int mntns)
{
	autofree char *text = str_printf("%suserns=%d\nmntns=%d\n", s->info, userns, mntns);

	return text ? write_note_at(s->dirfd, "info", text, strlen(text), 0600) : -ENOMEM;
}

int session_exclude(const struct compartment *c, char *err, size_t errlen)
{
	return sessions_lock(c, (struct err){ err, errlen });
}

/* With the sessions' lock held: a directory of our own, locked. */
static int session_make(struct session *s, enum uc_level level, char *const argv[])
{
	int ret;

	for (int i = 0; i < NAMES_TRIED; i++) {
		free(s->name);
		s->name = i ? str_printf("%d.%d", getpid(), i) : str_printf("%d", getpid());
		if (!s->name)
			return -ENOMEM;
		if (mkdirat(s->sessionsfd, s->name, 0700) == 0)
			break;
		if (errno != EEXIST || i == NAMES_TRIED - 1)
			return -errno;
	}
	s->dirfd = openat(s->sessionsfd, s->name, OPEN_DIR);
	if (s->dirfd < 0)
		return -errno;
	s->lock =
		openat(s->dirfd, "lock", O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (s->lock < 0 || flock(s->lock, LOCK_EX) < 0 || mkdirat(s->dirfd, "tmp", 0700) < 0)
		return -errno;
	traps_make(s);
	ret = write_info(s, level, argv);
	if (ret < 0)
		return ret;
	s->path = str_printf("%s/sessions/%s", s->c->path, s->name);
	s->tmp = str_printf("%s/tmp", s->path ? s->path : "");
	return s->path && s->tmp ? 0 : -ENOMEM;
}

/* With the sessions' lock held: the two forms that a layer can have do not mix. */
static int check_level(struct compartment *c, enum uc_level level, struct err e)
{
	struct session_info *list;
	int n = session_list(c, &list), ret = 0;

	for (int i = 0; i < n && ret == 0; i++)
		if (list[i].level != level)
			ret = fail(
				e, -EDEADLK,
				"%s: a session of it runs at %s level (pid %d); end it, or join it "
				"with --trap %s",
				c->name, uc_level_names[list[i].level], list[i].pid,
				uc_level_names[list[i].level]);
	if (n > 0)
		session_list_free(list, n);
	return ret;
}

int session_begin(struct session **out, struct compartment *c, enum uc_level level,
		  char *const argv[], char *err, size_t errlen)
{
	struct err e = { err, errlen };
	autoclose int lock = -1;
	struct session *s;
	int ret;

	if (geteuid() != c->host_uid)
		return fail(e, -EPERM, "%s: this process is not the compartment's user", c->name);
	lock = sessions_lock(c, e);
	if (lock < 0)
		return lock;
	ret = sessions_sweep(c);
	if (ret < 0)
		return fail_path(e, ret, c->path);
	ret = check_level(c, level, e);
	if (ret < 0)
		return ret;
	s = calloc(1, sizeof(*s));
	if (!s)
		return fail(e, -ENOMEM, "out of memory");
	s->c = c;
	s->owner = getpid();
	s->dirfd = s->lock = s->traps_fd = -1;
	s->sessionsfd = ret = sessions_open(c);
	if (ret >= 0)
		ret = session_make(s, level, argv);
	if (ret < 0) {
		session_end(s);
		return fail_path(e, ret, c->path);
	}
	*out = s;
	return 0;
}

void session_end(struct session *s)
{
	if (!s)
		return;
	/* The lock goes last, so that nobody sweeps what we are removing. */
	if (s->owner == getpid() && s->dirfd >= 0)
		remove_tree(s->sessionsfd, s->name);
	/* traps stays mapped: a worker may be counting */
	util_close_fd(&s->traps_fd);
	util_close_fd(&s->lock);
	util_close_fd(&s->dirfd);
	util_close_fd(&s->sessionsfd);
	free(s->name);
	free(s->path);
	free(s->tmp);
	free(s->info);
	free(s);
}

/* ---- telling ---- */

struct listing {
	struct session_info *list;
	int n;
};

/* The value of @key in "key=value" lines, a copy; NULL when there is none. */
static char *info_value(const char *text, const char *key)
{
	size_t len = strlen(key);

	while (text && *text) {
		if (!strncmp(text, key, len) && text[len] == '=')
			return strndup(text + len + 1, strcspn(text + len + 1, "\n"));
		text = strchr(text, '\n');
		text = text ? text + 1 : NULL;
	}
	return NULL;
}

static int list_one(void *arg, int dir, const char *name)
{
	autofree char *pid = NULL, *start = NULL, *started = NULL, *command = NULL;
	autofree char *level = NULL, *userns = NULL, *mntns = NULL;
	autofree char *traps = NULL;
	autoclose int at = openat(dir, name, OPEN_DIR);
	struct listing *l = arg;
	char text[INFO_BYTES];
	void *bigger;

	if (at < 0 || !session_is_live(dir, name) ||
	    read_own_file(at, "info", text, sizeof(text)) < 0)
		return 0;
	bigger = realloc(l->list, (l->n + 1) * sizeof(*l->list));
	if (!bigger)
		return -ENOMEM;
	l->list = bigger;
	pid = info_value(text, "pid");
	start = info_value(text, "start");
	started = info_value(text, "started");
	command = info_value(text, "command");
	level = info_value(text, "level");
	userns = info_value(text, "userns");
	mntns = info_value(text, "mntns");
	traps = info_value(text, "traps_fd");
	l->list[l->n++] = (struct session_info){
		.pid = pid ? atoi(pid) : 0,
		.start = start ? strtoull(start, NULL, 10) : 0,
		.started = started ? atoll(started) : 0,
		/* Escaped once more: to root the file is a stranger's. */
		.command = str_escape(command ? command : "?"),
		.level = level && !strcmp(level, uc_level_names[UC_NATIVE]) ? UC_NATIVE : UC_PATH,
		.userns = userns ? atoi(userns) : -1,
		.mntns = mntns ? atoi(mntns) : -1,
		.traps_fd = traps ? atoi(traps) : -1,
	};
	return 0;
}

static int info_compare(const void *a, const void *b)
{
	const struct session_info *x = a, *y = b;

	return x->pid < y->pid ? -1 : x->pid > y->pid;
}

int session_list(const struct compartment *c, struct session_info **out)
{
	struct listing l = { 0 };
	int ret = owner_begin(c->host_uid, c->host_gid);

	if (ret == 0)
		ret = sessions_each(c, list_one, &l);
	owner_end();
	if (ret < 0 && ret != -ENOENT) {
		session_list_free(l.list, l.n);
		return ret;
	}
	if (l.n > 0)
		qsort(l.list, l.n, sizeof(*l.list), info_compare);
	*out = l.list;
	return l.n;
}

int session_pidfd(const struct session_info *s)
{
	autoclose int fd = s->pid > 0 ? pidfd_open(s->pid, 0) : -1;

	if (fd < 0)
		return s->pid > 0 ? -errno : -ESRCH;
	/* Of this moment; and the descriptor will not be another process's later. */
	return start_of(s->pid) == s->start ? steal_fd(&fd) : -ESRCH;
}

long long session_read_traps(const struct session_info *s)
{
	autoclose int pidfd = session_pidfd(s);
	autoclose int fd = -1;
	char name[64], link[64];
	uint64_t n;
	ssize_t len;

	if (pidfd < 0 || s->traps_fd < 0)
		return -ESRCH;
	snprintf(name, sizeof(name), "/proc/%d/fd/%d", s->pid, s->traps_fd);
	len = readlink(name, link, sizeof(link) - 1);
	if (len < 0)
		return -errno;
	link[len] = '\0';
	if (strncmp(link, "/memfd:uc-traps", 15) != 0)
		return -EINVAL; /* the info file may say anything */
	fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return -errno;
	return pread(fd, &n, sizeof(n), 0) == sizeof(n) ? (long long)n : -EIO;
}

void session_list_free(struct session_info *list, int n)
{
	for (int i = 0; i < n; i++)
		free(list[i].command);
	free(list);
}
