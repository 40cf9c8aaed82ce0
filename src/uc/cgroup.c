// SPDX-License-Identifier: GPL-2.0-or-later
/* A session's way into its cgroups. The theory is in cgroup.h. */
#include "cgroup.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "cgroup_internal.h"

#define PROC_TEXT_BYTES (1 << 20)

struct cgroup_session {
	struct cgroup_record rec; /* the compartment's places */
	char session[24]; /* "sPID" */
	unsigned enforced;
	int keeper; /* socket */
	int enter[CGROUP_PLACES_MAX]; /* write "0": into the tasks' cgroup */
	bool apart[CGROUP_PLACES_MAX]; /* that is where the tasks go; else the guard alone */
	/* counters of the compartment when the session began */
	unsigned long long start_throttled, start_throttled_us, start_refused;
};

int cgroup_find_own(struct cgroup_places *out)
{
	autofree char *mountinfo = NULL, *self = NULL;
	ssize_t n = read_file_at(AT_FDCWD, "/proc/self/mountinfo", PROC_TEXT_BYTES, &mountinfo);

	if (n >= 0)
		n = read_file_at(AT_FDCWD, "/proc/self/cgroup", PROC_TEXT_BYTES, &self);
	memset(out, 0, sizeof(*out));
	return n < 0 ? n : cgroup_find(mountinfo, self, out);
}

static int make_dir(const char *path)
{
	return mkdir(path, 0755) < 0 && errno != EEXIST ? -errno : 0;
}

/* ---- the compartment's cgroups ---- */

static bool alone_in(const char *dir)
{
	char text[64], *end;

	return cgroup_read(dir, "cgroup.procs", text, sizeof(text)) == 0 &&
	       strtol(text, &end, 10) == getpid() && !*end;
}

/*
 * v2: a cgroup with processes in it, but for the root, cannot have controllers in its children. One
 * that holds nobody but us (a scope) is left for @comp/keep.
 */
static int enable_above(const char *above, const char *comp)
{
	autofree char *keep = str_printf("%s/" CGROUP_KEEP, comp);
	int ret = cgroup_v2_enable(above);

	if (ret != -EBUSY || !keep || !alone_in(above))
		return ret;
	ret = make_dir(comp);
	if (ret == 0)
		ret = make_dir(keep);
	if (ret == 0)
		ret = cgroup_write(keep, "cgroup.procs", "0");
	if (ret < 0)
		return ret;
	ret = cgroup_v2_enable(above);
	if (ret <= 0)
		cgroup_write(above, "cgroup.procs", "0");
	return ret;
}

/* Take over @own as the place of the compartment's cgroup, if one can be made there. */
static int make_place(const struct cgroup_place *own, const char *id, struct cgroup_place *p)
{
	autofree char *comp = str_printf("%s/%s", own->path, id);
	int ret = comp ? 0 : -ENOMEM;

	*p = (struct cgroup_place){ .version = own->version, .controllers = own->controllers };
	if (ret == 0 && own->rdonly)
		ret = -EROFS;
	if (ret == 0 && access(own->path, W_OK) < 0)
		ret = -errno;
	if (ret == 0 && p->version == 2) {
		ret = enable_above(own->path, comp);
		p->controllers = ret > 0 ? ret : 0;
		ret = ret > 0 ? 0 : ret < 0 ? ret : -ENOENT;
	}
	if (ret == 0)
		ret = make_dir(comp);
	if (ret == 0)
		p->path = steal(&comp);
	else if (comp)
		cgroup_remove_dead(comp);
	return ret;
}

/* What make_places() is about to try goes on record first: we may be killed on the way. */
static int announce(const char *records, const char *id, const char *unit,
		    const struct cgroup_places *own)
{
	struct cgroup_record r = { .unit = (char *)unit };
	int ret = 0;

	for (unsigned i = 0; ret == 0 && i < own->n; i++) {
		struct cgroup_place *p = &r.places.p[r.places.n];

		if (own->p[i].rdonly || access(own->p[i].path, W_OK) < 0)
			continue;
		*p = (struct cgroup_place){ .version = own->p[i].version,
					    .controllers = own->p[i].controllers,
					    .path = str_printf("%s/%s", own->p[i].path, id) };
		ret = p->path ? 0 : -ENOMEM;
		r.places.n++;
	}
	if (ret == 0 && r.places.n)
		ret = cgroup_record_write(records, id, &r);
	cgroup_places_finish(&r.places);
	return ret;
}

/* New cgroups below our own. Return: 0 when there is any, else why there is none. */
static int make_places(const char *records, const char *id, struct cgroup_record *r)
{
	struct cgroup_places own, *out = &r->places;
	int ret = cgroup_find_own(&own), why = -ENOENT;
	bool cpu = false;

	out->n = 0;
	if (ret == 0)
		ret = announce(records, id, r->unit, &own);
	/* The freezer's come last, and only where nothing better has been found. */
	for (unsigned n = 0; ret == 0 && n < 2 * own.n; n++) {
		unsigned i = n % own.n;
		bool freezer = own.p[i].controllers == 1U << CGROUP_FREEZER;
		int one;

		if (freezer != (n >= own.n) || (freezer && cpu))
			continue;
		one = make_place(&own.p[i], id, &out->p[out->n]);

		if (one == 0)
			cpu |= out->p[out->n++].controllers & 1U << CGROUP_CPU;
		else if (one != -ENOENT) /* a v2 tree without controllers explains nothing */
			why = one;
	}
	cgroup_places_finish(&own);
	if (ret < 0)
		return ret;
	return out->n ? 0 : why;
}

/* Those that the other sessions have, if all of them are there. */
static bool reuse_places(const char *records, const char *id, struct cgroup_record *r)
{
	bool all = true;

	if (cgroup_record_sweep(records, id) || cgroup_record_read(records, id, r) < 0)
		return false;
	for (unsigned i = 0; i < r->places.n; i++)
		all &= access(r->places.p[i].path, F_OK) == 0;
	if (!all)
		cgroup_record_finish(r);
	return all;
}

static int with_systemd(const char *records, const char *id, struct cgroup_record *r)
{
	int ret;

	/* Scopes outlive what is in them by a moment, so the name is this session's. */
	r->unit = str_printf("%s-%d.scope", id, getpid());
	ret = r->unit ? systemd_scope(r->unit) : -ENOMEM;
	if (ret == 0)
		ret = make_places(records, id, r);
	return ret;
}

/* ---- the session's ---- */

static int session_dirs(struct cgroup_session *s, const struct cgroup_place *p)
{
	autofree char *run = str_printf("%s/" CGROUP_RUN, p->path);
	autofree char *own = str_printf("%s/%s", p->path, s->session);
	autofree char *in_run = str_printf("%s/" CGROUP_RUN "/%s", p->path, s->session);
	autofree char *tasks = cgroup_tasks_path(p, s->session);
	int ret = run && own && in_run && tasks ? make_dir(own) : -ENOMEM;

	if (ret == 0)
		ret = make_dir(run);
	if (ret == 0 && p->version == 2)
		ret = cgroup_v2_enable(p->path);
	if (ret >= 0 && p->version == 2)
		ret = cgroup_v2_enable(run);
	if (ret >= 0)
		ret = make_dir(in_run);
	return ret < 0 ? ret : make_dir(tasks);
}

/* On v1 "tasks" moves the calling thread alone, which the kernel does without a grace period. */
static const char *entrance(const struct cgroup_place *p)
{
	return p->version == 1 ? "tasks" : "cgroup.procs";
}

static int session_open(struct cgroup_session *s, unsigned i)
{
	const struct cgroup_place *p = &s->rec.places.p[i];
	autofree char *tasks = cgroup_tasks_path(p, s->session);
	autofree char *path = tasks ? str_printf("%s/%s", tasks, entrance(p)) : NULL;

	s->apart[i] = cgroup_apart(p);
	s->enter[i] = path ? open(path, O_WRONLY | O_CLOEXEC) : -1;
	return s->enter[i] < 0 ? -errno : 0;
}

static int session_join(struct cgroup_session *s, const struct cgroup_place *p)
{
	autofree char *own = str_printf("%s/%s", p->path, s->session);
	autofree char *below = NULL;
	const char *scope;
	int ret = own ? cgroup_write(own, entrance(p), "0") : -ENOMEM;

	if (ret != -EACCES && ret != -EPERM)
		return ret;
	/* From another session of the user's: only systemd may move us there. */
	scope = s->rec.unit ? strstr(own, s->rec.unit) : NULL;
	if (!scope)
		return ret;
	below = strdup(scope + strlen(s->rec.unit));
	return below ? systemd_attach(s->rec.unit, below) : -ENOMEM;
}

/* The limit on pids is the tasks': on run/. */
static int limit_one(const struct cgroup_place *p, enum budget_key key, const struct budget *b)
{
	autofree char *run = str_printf("%s/" CGROUP_RUN, p->path);
	int ret = run ? cgroup_limit(p, key == BUDGET_PIDS ? run : p->path, key, b) : -ENOMEM;

	if (ret != -EINVAL || key != BUDGET_CPUS || p->version != 1)
		return ret;
	cgroup_environments_lower(p, b);
	return cgroup_limit(p, p->path, key, b);
}

unsigned cgroup_apply(const struct cgroup_places *places, const struct budget *b, unsigned keys,
		      int *error)
{
	unsigned done = 0;

	for (int key = 0; key < BUDGET_KEY_COUNT; key++) {
		for (unsigned i = 0; keys & 1U << key && i < places->n; i++) {
			int ret = limit_one(&places->p[i], key, b);

			if (ret == 0)
				done |= 1U << key;
			else if (ret != -EOPNOTSUPP)
				*error = ret;
		}
	}
	return done;
}

void cgroup_usage_init(struct cgroup_usage *u)
{
	memset(u, 0, sizeof(*u));
	for (int i = 0; i < BUDGET_KEY_COUNT; i++)
		u->limit[i] = BUDGET_UNSET;
}

void cgroup_places_usage(const struct cgroup_places *places, struct cgroup_usage *u)
{
	cgroup_usage_init(u);
	for (unsigned i = 0; i < places->n; i++) {
		const struct cgroup_place *p = &places->p[i];
		autofree char *run = str_printf("%s/" CGROUP_RUN, p->path);

		if (run && p->version == 1)
			cgroup_v1_usage(p, p->path, run, u);
		else if (run)
			cgroup_v2_usage(p, p->path, run, u);
	}
}

static unsigned limits_held(const struct cgroup_places *places)
{
	struct cgroup_usage u;
	unsigned mask = 0;

	cgroup_places_usage(places, &u);
	for (int i = 0; i < BUDGET_KEY_COUNT; i++)
		mask |= u.limit[i] == BUDGET_UNSET ? 0 : 1U << i;
	return mask;
}

/* Since 6.11 a v2 refusal is counted where the limit is, not where the task is. */
static unsigned long long run_refused(const struct cgroup_session *s)
{
	unsigned long long sum = 0;

	for (unsigned i = 0; i < s->rec.places.n; i++) {
		autofree char *run = str_printf("%s/" CGROUP_RUN, s->rec.places.p[i].path);
		long long n = run ? cgroup_read_number(run, "pids.events", "max") : -1;

		sum += n > 0 && s->rec.places.p[i].version == 2 ? n : 0;
	}
	return sum;
}

/* Not all of cgroup_places_usage(): memory.stat is dear, and this is in everybody's way. */
static void throttled(const struct cgroup_session *s, unsigned long long *n, unsigned long long *us)
{
	*n = *us = 0;
	for (unsigned i = 0; i < s->rec.places.n; i++) {
		const struct cgroup_place *p = &s->rec.places.p[i];
		bool v1 = p->version == 1;
		long long times, held;

		if (!(p->controllers & 1U << CGROUP_CPU))
			continue;
		times = cgroup_read_number(p->path, "cpu.stat", "nr_throttled");
		held = cgroup_read_number(p->path, "cpu.stat",
					  v1 ? "throttled_time" : "throttled_usec");
		*n += times > 0 ? times : 0;
		*us += held > 0 ? held / (v1 ? 1000 : 1) : 0;
	}
}

/* What the last session was given on its command line goes with it, though its tasks still die. */
static unsigned start_anew(struct cgroup_session *s, const struct budget *from, struct budget *b)
{
	*b = *from;
	s->rec.duty_cpus = 0;
	for (int i = 0; i < BUDGET_KEY_COUNT; i++)
		if (b->value[i] == BUDGET_UNSET && i != BUDGET_NOFILE)
			b->value[i] = i == BUDGET_IO_WEIGHT || i == BUDGET_CPU_WEIGHT
					      ? 100
					      : BUDGET_NOLIMIT;
	return budget_given(b);
}

static int begin_locked(struct cgroup_session *s, const char *records, const char *id,
			const struct budget *b, unsigned given, bool systemd)
{
	bool joined = reuse_places(records, id, &s->rec);
	int ret = joined ? 0 : make_places(records, id, &s->rec), error = 0;
	struct budget anew;
	unsigned keys;

	if (ret < 0 && systemd && with_systemd(records, id, &s->rec) == 0)
		ret = 0;
	if (ret == 0 && !joined)
		ret = cgroup_record_write(records, id, &s->rec);
	for (unsigned i = 0; ret == 0 && i < s->rec.places.n; i++)
		ret = session_dirs(s, &s->rec.places.p[i]);
	if (ret < 0)
		return ret;
	keys = joined ? given : budget_given(b);
	if (joined && !cgroup_session_lives(s->rec.places.p[0].path)) {
		keys = start_anew(s, b, &anew);
		b = &anew;
	}
	s->enforced = cgroup_apply(&s->rec.places, b, keys, &error);
	s->enforced |= cgroup_duty_apply(&s->rec, b, keys & ~s->enforced);
	if (s->enforced & 1U << BUDGET_CPUS && cgroup_duty_possible(&s->rec.places))
		ret = cgroup_record_write(records, id, &s->rec);
	if (joined)
		s->enforced |= limits_held(&s->rec.places);
	s->enforced |= s->rec.duty_cpus ? 1U << BUDGET_CPUS : 0;
	for (unsigned i = 0; ret == 0 && i < s->rec.places.n; i++)
		ret = session_open(s, i);
	if (ret == 0)
		ret = keeper_start(records, id, &s->rec, s->session, &s->keeper);
	for (unsigned i = 0; ret >= 0 && i < s->rec.places.n; i++)
		ret = session_join(s, &s->rec.places.p[i]);
	throttled(s, &s->start_throttled, &s->start_throttled_us);
	s->start_refused = run_refused(s);
	return ret < 0 ? ret : 0;
}

static int tell(struct err e, int ret)
{
	const char *why = strerror(-ret);

	if (ret == -EROFS)
		why = "the cgroup file system is read-only here";
	else if (ret == -EACCES || ret == -EPERM)
		why = "no cgroup may be made here, and systemd gave none";
	else if (ret == -ENOENT)
		why = "there are no cgroup controllers here";
	else if (ret == -EBUSY)
		why = "other processes are in ucrun's own cgroup";
	return fail(e, ret, "%s", why);
}

int cgroup_session_begin(struct cgroup_session **out, const struct compartment *c,
			 const struct budget *b, unsigned given, bool systemd, char *err,
			 size_t errlen)
{
	autofree char *records = cgroup_records_path(c->state), *id = cgroup_id(c);
	struct cgroup_session *s = calloc(1, sizeof(*s));
	struct err e = { err, errlen };
	autoclose int lock = -1;
	int ret;

	for (int i = 0; s && i < CGROUP_PLACES_MAX; i++)
		s->enter[i] = -1;
	if (s)
		s->keeper = -1;
	lock = records && id && s ? cgroup_records_lock(records, true) : -ENOMEM;
	if (lock < 0) {
		ret = fail(e, lock, "%s: %s", records ? records : "records", strerror(-lock));
		cgroup_session_destroy(s);
		return ret;
	}
	cgroup_sweep_locked(records);
	snprintf(s->session, sizeof(s->session), "s%d", getpid());
	ret = begin_locked(s, records, id, b, given, systemd);
	if (ret == 0) {
		*out = s;
		return 0;
	}
	for (unsigned i = 0; i < s->rec.places.n; i++)
		cgroup_remove_dead(s->rec.places.p[i].path);
	cgroup_record_sweep(records, id);
	cgroup_session_destroy(s);
	return tell(e, ret);
}

unsigned cgroup_session_enforced(const struct cgroup_session *s)
{
	return s ? s->enforced : 0;
}

bool cgroup_session_duty(const struct cgroup_session *s)
{
	return s && s->rec.duty_cpus;
}

int cgroup_session_enter(const struct cgroup_session *s)
{
	for (unsigned i = 0; s && i < s->rec.places.n; i++)
		if (s->apart[i] && write(s->enter[i], "0", 1) != 1)
			return -errno;
	return 0;
}

int cgroup_session_enter_guard(const struct cgroup_session *s)
{
	for (unsigned i = 0; s && i < s->rec.places.n; i++)
		if (!s->apart[i] && write(s->enter[i], "0", 1) != 1)
			return -errno;
	return 0;
}

int cgroup_session_environment(const struct cgroup_session *s, int pidfd, unsigned nest,
			       const char *name, const struct budget *b)
{
	struct keeper_ask ask = { .what = KEEPER_ENVIRONMENT, .nest = nest, .budget = *b };
	struct keeper_answer answer;
	int ret;

	if (!s)
		return -EOPNOTSUPP;
	if (strlen(name) >= sizeof(ask.name))
		return -EINVAL;
	strcpy(ask.name, name);
	ret = keeper_ask(s->keeper, &ask, pidfd, &answer);
	return ret < 0 ? ret : answer.result;
}

int cgroup_session_usage_asked(const struct cgroup_session *s, struct cgroup_usage *u)
{
	struct keeper_ask ask = { .what = KEEPER_USAGE };
	struct keeper_answer answer;
	int ret = s ? keeper_ask(s->keeper, &ask, -1, &answer) : -ENOENT;

	if (ret < 0)
		return ret;
	*u = answer.usage;
	if (s->rec.duty_cpus)
		u->limit[BUDGET_CPUS] = s->rec.duty_cpus;
	return answer.result;
}

void cgroup_session_environments(const struct cgroup_session *s, struct cgroup_environments *l)
{
	*l = (struct cgroup_environments){ 0 };
	for (unsigned i = 0; s && i < s->rec.places.n; i++)
		cgroup_environments_of(l, &s->rec.places.p[i], s->session);
}

void cgroup_session_events(const struct cgroup_session *s, struct cgroup_events *ev)
{
	memset(ev, 0, sizeof(*ev));
	if (!s)
		return;
	for (unsigned i = 0; i < s->rec.places.n; i++) {
		const struct cgroup_place *p = &s->rec.places.p[i];
		autofree char *tasks = str_printf("%s/" CGROUP_RUN "/%s", p->path, s->session);

		if (tasks && p->version == 1)
			cgroup_v1_events(p, tasks, ev);
		else if (tasks)
			cgroup_v2_events(p, tasks, ev);
	}
	if (ev->pids_refused == 0)
		ev->pids_refused = run_refused(s) - s->start_refused;
	throttled(s, &ev->throttled, &ev->throttled_us);
	ev->throttled -= s->start_throttled;
	ev->throttled_us -= s->start_throttled_us;
}

int cgroup_session_usage(const struct cgroup_session *s, struct cgroup_usage *u)
{
	if (!s)
		return -ENOENT;
	cgroup_places_usage(&s->rec.places, u);
	if (s->rec.duty_cpus)
		u->limit[BUDGET_CPUS] = s->rec.duty_cpus;
	return 0;
}

void cgroup_session_destroy(struct cgroup_session *s)
{
	if (!s)
		return;
	for (unsigned i = 0; i < CGROUP_PLACES_MAX; i++)
		util_close_fd(&s->enter[i]);
	util_close_fd(&s->keeper);
	cgroup_record_finish(&s->rec);
	free(s);
}
