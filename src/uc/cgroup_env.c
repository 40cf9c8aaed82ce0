// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Environments with a budget of their own: a cgroup below the session's tasks, one for all tasks
 * that an environment runs in the session, in those hierarchies alone where it has a limit.
 *
 * The keeper makes it, and moves who asks there: what a limit stands in is never to be written by
 * the compartment's user. It is asked by the supervisor (at native level by process 1), over a
 * socket that no task has, and believes nothing: the process must be one of the session's tasks.
 * What is in an environment's cgroup never leaves it, and what limits that has is decided by who
 * asks first: so nothing inside can lift it. Above it the session's limits hold as ever.
 *
 * It stays until the session ends, and its counters with it.
 *
 * A nested session (docs/nested.md) has no cgroups, and this keeper makes its environments'. What
 * is asked for there must not be a limit of the outer session's environment of that name, nor of
 * another nested one's. So the supervisor adds a number to the name, which no task can. Numbers are
 * used again, so an empty one is made anew. The outer session's places are its own.
 */
#include <fcntl.h>
#include <sys/stat.h>

#include "cgroup_internal.h"

#define ENVIRONMENTS_MAX 64 /* of one session, with their names from inside */
#define NESTED_MAX	 32 /* of all that are nested in it together, besides */

bool cgroup_apart(const struct cgroup_place *p)
{
	return p->version == 2 ||
	       p->controllers & (1U << CGROUP_PIDS | 1U << CGROUP_MEMORY | 1U << CGROUP_FREEZER);
}

char *cgroup_session_path(const struct cgroup_place *p, const char *session)
{
	return str_printf("%s/%s%s", p->path, cgroup_apart(p) ? CGROUP_RUN "/" : "", session);
}

char *cgroup_tasks_path(const struct cgroup_place *p, const char *session)
{
	return str_printf("%s/" CGROUP_RUN "/%s%s", p->path, session,
			  p->version == 2 ? "/" CGROUP_TASKS : "");
}

int cgroup_limit(const struct cgroup_place *p, const char *dir, enum budget_key key,
		 const struct budget *b)
{
	return p->version == 1 ? cgroup_v1_limit(p, dir, key, b) : cgroup_v2_limit(p, dir, key, b);
}

/* ---- the keeper's ---- */

static bool name_good(const char *name)
{
	static const char good[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				   "._+-";
	size_t len = strnlen(name, ENVIRONMENT_NAME_BYTES);

	return len > 0 && len < ENVIRONMENT_NAME_BYTES && strspn(name, good) == len;
}

/* "Pid:" of a pidfd is -1 when the process is dead, and 0 when it is in none of our namespaces. */
static pid_t pid_of(int pidfd)
{
	autofree char *text = NULL;
	char name[64], *at;

	snprintf(name, sizeof(name), "/proc/self/fdinfo/%d", pidfd);
	if (read_file_at(AT_FDCWD, name, 4096, &text) < 0)
		return -1;
	at = strstr(text, "\nPid:");
	return at ? atoi(at + 5) : -1;
}

/*
 * Is it where the session's tasks are, in each place? Return: 0; -EEXIST: in an environment's
 * cgroup; -ESRCH: elsewhere
 */
static int where_is(const struct cgroup_places *places, const char *session, pid_t pid)
{
	for (unsigned i = 0; i < places->n; i++) {
		const struct cgroup_place *p = &places->p[i];
		autofree char *top = cgroup_session_path(p, session);
		autofree char *tasks = cgroup_apart(p) ? cgroup_tasks_path(p, session)
						       : cgroup_session_path(p, session);
		struct cgroup_below below;
		int ret = -ESRCH;

		if (!top || !tasks)
			return -ENOMEM;
		if (cgroup_has(tasks, pid))
			continue;
		for (cgroup_below_open(&below, top); cgroup_below_next(&below);)
			if (strcmp(below.name, CGROUP_TASKS) != 0 && cgroup_has(below.path, pid))
				ret = -EEXIST;
		return ret;
	}
	return 0;
}

/* @reap: without those of nested sessions that are empty, as theirs are that have ended */
static unsigned count(const char *top, bool nested, bool reap)
{
	struct cgroup_below below;
	unsigned n = 0;

	for (cgroup_below_open(&below, top); cgroup_below_next(&below);)
		if (!!strchr(below.name, CGROUP_NEST) == nested && (!reap || rmdir(below.path) < 0))
			n++;
	return n;
}

static bool room_for_one(const char *top, bool nested)
{
	if (!nested)
		return count(top, false, false) < ENVIRONMENTS_MAX;
	return count(top, true, false) < NESTED_MAX || count(top, true, true) < NESTED_MAX;
}

/* v1 refuses a quota above that of the cgroup above; v2 takes the lesser of both. */
static void cut_cpus(const struct cgroup_place *p, struct budget *b)
{
	struct cgroup_places one = { .p = { *p }, .n = 1 };
	struct cgroup_usage u;

	cgroup_places_usage(&one, &u);
	if (u.limit[BUDGET_CPUS] > 0 && b->value[BUDGET_CPUS] > u.limit[BUDGET_CPUS])
		b->value[BUDGET_CPUS] = u.limit[BUDGET_CPUS];
}

/* Make the environment's cgroup in one place. Return: mask of the limits that hold there; -errno */
static int make_one(const struct cgroup_place *p, const char *top, const char *dir,
		    const struct budget *b, unsigned keys, bool nested)
{
	struct budget cut = *b;
	unsigned held = 0;

	if (!room_for_one(top, nested))
		return -ENOSPC;
	if (p->version == 2)
		cgroup_v2_enable(top);
	if (mkdir(dir, 0755) < 0)
		return -errno;
	if (p->version == 1 && keys & 1U << BUDGET_CPUS)
		cut_cpus(p, &cut);
	for (int key = 0; key < BUDGET_KEY_COUNT; key++)
		if (keys & 1U << key && cgroup_limit(p, dir, key, &cut) == 0)
			held |= 1U << key;
	if (!held)
		rmdir(dir);
	return held;
}

/* What an environment's cgroup that is there already enforces. */
static unsigned held_by(const struct cgroup_place *p, const char *dir)
{
	struct cgroup_usage u;
	unsigned held = 0;

	cgroup_usage_init(&u);
	if (p->version == 1)
		cgroup_v1_usage(p, dir, dir, &u);
	else
		cgroup_v2_usage(p, dir, dir, &u);
	for (int i = 0; i < BUDGET_KEY_COUNT; i++)
		if (u.limit[i] != BUDGET_UNSET && u.limit[i] != BUDGET_NOLIMIT)
			held |= 1U << i;
	return held;
}

static int enter_one(const struct cgroup_place *p, const char *session, const char *name,
		     const struct budget *b, unsigned keys, pid_t pid, bool nested)
{
	autofree char *top = cgroup_session_path(p, session);
	autofree char *dir = top ? str_printf("%s/" CGROUP_ENVIRONMENT "%s", top, name) : NULL;
	char text[16];
	int held, ret;

	if (!dir)
		return -ENOMEM;
	if (nested)
		rmdir(dir); /* what a session before this one left */
	held = access(dir, F_OK) == 0 ? (int)held_by(p, dir)
				      : make_one(p, top, dir, b, keys, nested);
	if (held <= 0)
		return held;
	snprintf(text, sizeof(text), "%d", pid);
	ret = cgroup_write(dir, "cgroup.procs", text);
	return ret < 0 ? ret : held;
}

int cgroup_environment_enter(const struct cgroup_places *places, const char *session, int pidfd,
			     unsigned nest, const char *name, const struct budget *b)
{
	unsigned keys = budget_given(b) & ~(1U << BUDGET_NOFILE), held = 0;
	char whole[ENVIRONMENT_NAME_BYTES];
	pid_t pid = pid_of(pidfd);
	int ret;

	if (!name_good(name))
		return -EINVAL;
	if (nest)
		ret = snprintf(whole, sizeof(whole), "%s%c%u", name, CGROUP_NEST, nest);
	else
		ret = snprintf(whole, sizeof(whole), "%s", name);
	if (ret >= (int)sizeof(whole))
		return -EINVAL;
	ret = pid > 0 ? where_is(places, session, pid) : -ESRCH;
	if (ret == -EEXIST)
		return keys; /* it stays in the one that it is in */
	for (unsigned i = 0; ret >= 0 && i < places->n; i++) {
		ret = enter_one(&places->p[i], session, whole, b, keys, pid, nest != 0);
		held |= ret > 0 ? ret : 0;
	}
	return ret < 0 ? ret : (int)(held & keys);
}

/* ---- v1: a compartment's quota below that of an environment in it ---- */

void cgroup_environments_lower(const struct cgroup_place *p, const struct budget *b)
{
	DIR *d = opendir(p->path);
	struct dirent *ent;

	while (d && (ent = readdir(d))) {
		autofree char *top =
			ent->d_name[0] == 's' ? str_printf("%s/%s", p->path, ent->d_name) : NULL;
		struct cgroup_below below;

		for (cgroup_below_open(&below, top ? top : ""); cgroup_below_next(&below);)
			if (held_by(p, below.path) & 1U << BUDGET_CPUS)
				cgroup_limit(p, below.path, BUDGET_CPUS, b);
	}
	if (d)
		closedir(d);
}

/* ---- telling ---- */

static struct cgroup_environment *find_or_add(struct cgroup_environments *l, const char *session,
					      const char *name)
{
	struct cgroup_environment *v;

	for (unsigned i = 0; i < l->n; i++)
		if (strcmp(l->v[i].name, name) == 0 && strcmp(l->v[i].session, session) == 0)
			return &l->v[i];
	v = realloc(l->v, (l->n + 1) * sizeof(*v));
	if (!v)
		return NULL;
	l->v = v;
	v = &l->v[l->n++];
	memset(v, 0, sizeof(*v));
	cgroup_usage_init(&v->u);
	snprintf(v->session, sizeof(v->session), "%s", session);
	snprintf(v->name, sizeof(v->name), "%s", name);
	return v;
}

void cgroup_environments_of(struct cgroup_environments *l, const struct cgroup_place *p,
			    const char *session)
{
	autofree char *top = cgroup_session_path(p, session);
	struct cgroup_below below;

	for (cgroup_below_open(&below, top ? top : ""); cgroup_below_next(&below);) {
		struct cgroup_environment *e;
		struct cgroup_events ev = { 0 };

		if (strcmp(below.name, CGROUP_TASKS) == 0)
			continue;
		e = find_or_add(l, session, below.name + strlen(CGROUP_ENVIRONMENT));
		if (!e)
			continue;
		if (p->version == 1) {
			cgroup_v1_usage(p, below.path, below.path, &e->u);
			cgroup_v1_events(p, below.path, &ev);
		} else {
			cgroup_v2_usage(p, below.path, below.path, &e->u);
			cgroup_v2_events(p, below.path, &ev);
		}
		e->u.oom_kills += ev.oom_kills;
		e->u.pids_refused += ev.pids_refused;
	}
}

void cgroup_environments_finish(struct cgroup_environments *l)
{
	free(l->v);
	*l = (struct cgroup_environments){ 0 };
}
