// SPDX-License-Identifier: GPL-2.0-or-later
/* The budget of one ucrun: where its limits come from, who enforces them, what it says at the end.
 */
#include "budget_run.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/resource.h>
#include <time.h>

#include "util.h"

#define OOM_SCORE     "100\n"
#define NPROC_RESERVE 16 /* the supervisor's threads and the guard have the same uid */
#define LOOK_AGAIN_NS 100000000LL

static int limits(struct budget_run *r, const struct compartment *c, const struct options *o,
		  unsigned *asked, char *err, size_t errlen)
{
	struct budget ceiling, line = o->budget;
	char least[32];
	int ret = budget_load(c, &r->b, &ceiling, err, errlen);
	unsigned cut;

	if (ret < 0)
		return ret;
	cut = budget_cut(&line, &ceiling) & budget_given(&o->budget);
	for (int i = 0; i < BUDGET_KEY_COUNT; i++) {
		if (!(cut & 1U << i))
			continue;
		budget_format(i, ceiling.value[i], least, sizeof(least));
		snprintf(err, errlen, "--%s: more than the machine's owner allows: at most %s",
			 budget_key_name(i), least);
		return -EPERM;
	}
	budget_over(&r->b, &o->budget);
	budget_cut(&r->b, &ceiling);
	*asked = budget_given(&r->b);
	budget_defaults(&r->b);
	return 0;
}

/*
 * What setrlimit(2) can do where there is no cgroup. A limit on processes counts all that a uid has
 * on the host, so it is used for a uid that is the compartment's alone.
 */
static unsigned rlimits_for(const struct compartment *c, unsigned missing)
{
	unsigned can = 1U << BUDGET_MEMORY;

	if (!c->login)
		can |= 1U << BUDGET_PIDS;
	return missing & can;
}

static int missing_error(unsigned missing, unsigned by_rlimit, const char *why, bool required,
			 char *err, size_t errlen)
{
	char list[128];

	budget_names(missing, list, sizeof(list));
	if (required) {
		snprintf(err, errlen, "budget: %s: cannot be enforced here: %s",
			 missing ? list : "limits", why);
		return -EOPNOTSUPP;
	}
	log_warn("budget: %s: cannot be enforced here%s: %s", list,
		 by_rlimit & 1U << BUDGET_MEMORY ? " (memory: for each process alone)" : "", why);
	return 0;
}

int budget_run_begin(struct budget_run *r, const struct compartment *c, const struct options *o,
		     char *err, size_t errlen)
{
	const unsigned nofile = 1U << BUDGET_NOFILE;
	char why[COMPARTMENT_ERR_BYTES] = "the kernel has no such limit";
	unsigned asked = 0, missing, by_uid;
	struct rlimit rl;
	int ret;

	memset(r, 0, sizeof(*r));
	ret = limits(r, c, o, &asked, err, errlen);
	if (ret < 0)
		return ret;
	/* A scope costs a round trip to systemd: for who asked for limits. */
	ret = cgroup_session_begin(&r->cgroup, c, &r->b, budget_given(&o->budget),
				   (asked & ~nofile) || o->require_budget, why, sizeof(why));
	if (ret < 0)
		log_info("budget: no cgroup: %s", why);
	/* "max" holds where nothing is done, and so does everybody's weight. */
	for (int i = 0; i < BUDGET_KEY_COUNT; i++)
		if (r->b.value[i] == BUDGET_NOLIMIT)
			asked &= ~(1U << i);
	missing = asked & ~cgroup_session_enforced(r->cgroup) & ~nofile;
	if (asked & 1U << BUDGET_CPUS && cgroup_session_duty(r->cgroup)) {
		if (o->require_budget) {
			missing |= 1U << BUDGET_CPUS;
			snprintf(why, sizeof(why), "no cpu controller, only a freezer");
		} else {
			log_warn("budget: cpus: held by freezing the session for moments: there is "
				 "no "
				 "cpu controller here");
		}
	}
	r->by_rlimit = rlimits_for(c, missing);
	by_uid = r->by_rlimit & 1U << BUDGET_PIDS;
	missing &= ~by_uid;
	if (missing || (o->require_budget && ret < 0))
		ret = missing_error(missing, r->by_rlimit, why, o->require_budget, err, errlen);
	else
		ret = 0;
	/* Root may lift the hard limit for the compartment; who may not keeps less, which holds
	 * too. */
	if (asked & nofile && getrlimit(RLIMIT_NOFILE, &rl) == 0 &&
	    rl.rlim_max < (rlim_t)r->b.value[BUDGET_NOFILE]) {
		rl.rlim_max = r->b.value[BUDGET_NOFILE];
		setrlimit(RLIMIT_NOFILE, &rl);
	}
	return ret;
}

/* ---- in the first task ---- */

static void rlimit_lower(int resource, rlim_t value)
{
	struct rlimit rl;

	if (getrlimit(resource, &rl) < 0)
		return;
	if (value < rl.rlim_max)
		rl.rlim_max = value;
	rl.rlim_cur = rl.rlim_max;
	setrlimit(resource, &rl);
}

int budget_run_enter(void *arg)
{
	const struct budget_run *r = arg;
	autoclose int oom = -1;
	int ret = cgroup_session_enter(r->cgroup);

	if (ret < 0) {
		log_err("budget: the program could not be put into its cgroup: %s", strerror(-ret));
		return ret;
	}
	if (r->by_rlimit & 1U << BUDGET_PIDS)
		rlimit_lower(RLIMIT_NPROC, r->b.value[BUDGET_PIDS] + NPROC_RESERVE);
	if (r->by_rlimit & 1U << BUDGET_MEMORY)
		rlimit_lower(RLIMIT_DATA, r->b.value[BUDGET_MEMORY]);
	/* Memory that a task has taken costs the task, not the supervisor of all. */
	if (r->cgroup)
		oom = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
	if (oom >= 0 && write(oom, OOM_SCORE, strlen(OOM_SCORE)) < 0)
		log_debug("budget: oom_score_adj: %s", strerror(errno));
	return 0;
}

void budget_run_guard(void *arg)
{
	const struct budget_run *r = arg;
	int ret = cgroup_session_enter_guard(r->cgroup);

	if (ret < 0)
		log_debug("budget: the guard stays with the tasks: %s", strerror(-ret));
}

int budget_run_environment(void *arg, int pidfd, unsigned nest, const char *words)
{
	const struct budget_run *r = arg;
	autofree char *copy = strdup(words);
	char why[96], *save = NULL, *name = copy ? strtok_r(copy, " ", &save) : NULL;
	struct budget b;
	int ret = name ? 0 : -EINVAL;

	budget_init(&b);
	for (char *w = name; ret == 0 && (w = strtok_r(NULL, " ", &save));)
		ret = budget_parse_word(w, &b, why, sizeof(why));
	for (int i = 0; i < BUDGET_KEY_COUNT; i++)
		if (b.value[i] == BUDGET_NOLIMIT)
			b.value[i] = BUDGET_UNSET;
	return ret < 0 ? ret : cgroup_session_environment(r->cgroup, pidfd, nest, name, &b);
}

rlim_t budget_run_nofile(const struct budget_run *r)
{
	int64_t n = r->b.value[BUDGET_NOFILE];

	return n == BUDGET_UNSET || n == BUDGET_NOLIMIT ? 0 : n;
}

/* ---- what programs see ---- */

static void look_at(const struct cgroup_usage *u, struct scvm_budget *out)
{
	int64_t cpus = u->limit[BUDGET_CPUS], memory = u->limit[BUDGET_MEMORY];
	int64_t swap = u->limit[BUDGET_SWAP];

	if (cpus > 0 && cpus != BUDGET_NOLIMIT)
		out->cpus = (cpus + 999) / 1000;
	if (memory <= 0 || memory == BUDGET_NOLIMIT)
		return;
	out->memory_bytes = memory;
	out->memory_used_bytes = u->memory_bytes;
	out->memory_cache_bytes = u->cache_bytes;
	out->swap_bytes = swap >= 0 && swap != BUDGET_NOLIMIT ? (unsigned long long)swap : ~0ULL;
	out->swap_used_bytes = u->swap_bytes;
}

static void look(const struct budget_run *r, struct scvm_budget *out,
		 int (*usage)(const struct cgroup_session *s, struct cgroup_usage *u))
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	static struct scvm_budget last;
	static long long when = -LOOK_AGAIN_NS;
	struct cgroup_usage u;
	struct timespec ts;
	long long now;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	now = ts.tv_sec * 1000000000LL + ts.tv_nsec;
	pthread_mutex_lock(&lock);
	if (now - when >= LOOK_AGAIN_NS) {
		memset(&last, 0, sizeof(last));
		if (usage(r->cgroup, &u) == 0)
			look_at(&u, &last);
		when = now;
	}
	*out = last;
	pthread_mutex_unlock(&lock);
}

void budget_run_look(void *arg, struct scvm_budget *out)
{
	look(arg, out, cgroup_session_usage);
}

void budget_run_look_inside(void *arg, struct scvm_budget *out)
{
	look(arg, out, cgroup_session_usage_asked);
}

/* ---- at the end ---- */

struct said {
	char text[256];
	bool loud; /* to be slower is what cpus was given for: that alone is no warning */
};

static void said_part(struct said *s, const char *part)
{
	size_t at = strlen(s->text);

	snprintf(s->text + at, sizeof(s->text) - at, "%s%s", at ? "; " : "", part);
}

static void say(struct said *s, const struct cgroup_events *ev, const struct cgroup_usage *u)
{
	char part[96], limit[32];

	*s = (struct said){ "", ev->oom_kills || ev->pids_refused };
	if (ev->oom_kills) {
		budget_format(BUDGET_MEMORY, u->limit[BUDGET_MEMORY], limit, sizeof(limit));
		snprintf(part, sizeof(part), "memory: killed %llu task%s at %s", ev->oom_kills,
			 ev->oom_kills == 1 ? "" : "s", limit);
		said_part(s, part);
	}
	if (ev->pids_refused) {
		budget_format(BUDGET_PIDS, u->limit[BUDGET_PIDS], limit, sizeof(limit));
		snprintf(part, sizeof(part), "pids: refused %llu at %s", ev->pids_refused, limit);
		said_part(s, part);
	}
	if (ev->throttled) {
		budget_format(BUDGET_CPUS, u->limit[BUDGET_CPUS], limit, sizeof(limit));
		snprintf(part, sizeof(part), "cpus: held back %llu times, %llu.%03llu s, at %s",
			 ev->throttled, ev->throttled_us / 1000000, ev->throttled_us / 1000 % 1000,
			 limit);
		said_part(s, part);
	}
}

/* What happened in it is not the rest's, where the limit is its own. */
static void end_environment(const struct cgroup_environment *e, struct cgroup_events *rest)
{
	struct cgroup_events ev = { .throttled = e->u.throttled,
				    .throttled_us = e->u.throttled_us };
	struct said s;

	if (e->u.limit[BUDGET_MEMORY] != BUDGET_UNSET &&
	    e->u.limit[BUDGET_MEMORY] != BUDGET_NOLIMIT)
		ev.oom_kills = e->u.oom_kills;
	if (e->u.limit[BUDGET_PIDS] != BUDGET_UNSET && e->u.limit[BUDGET_PIDS] != BUDGET_NOLIMIT)
		ev.pids_refused = e->u.pids_refused;
	rest->oom_kills -= ev.oom_kills < rest->oom_kills ? ev.oom_kills : rest->oom_kills;
	rest->pids_refused -=
		ev.pids_refused < rest->pids_refused ? ev.pids_refused : rest->pids_refused;
	say(&s, &ev, &e->u);
	if (*s.text)
		log_msg(s.loud ? LOG_WARN : LOG_INFO, "budget: %s: %s", e->name, s.text);
}

void budget_run_end(struct budget_run *r)
{
	struct cgroup_environments own;
	struct cgroup_events ev;
	struct cgroup_usage u;
	struct said s;

	if (!r->cgroup)
		return;
	cgroup_session_events(r->cgroup, &ev);
	cgroup_session_environments(r->cgroup, &own);
	for (unsigned i = 0; i < own.n; i++)
		end_environment(&own.v[i], &ev);
	cgroup_environments_finish(&own);
	if (ev.oom_kills || ev.pids_refused || ev.throttled) {
		cgroup_session_usage(r->cgroup, &u);
		say(&s, &ev, &u);
		log_msg(s.loud ? LOG_WARN : LOG_INFO, "budget: %s", s.text);
	}
	cgroup_session_destroy(r->cgroup);
	r->cgroup = NULL;
}
