// SPDX-License-Identifier: GPL-2.0-or-later
/* A compartment's cgroups from outside its sessions: what uc shows and changes. */
#include <dirent.h>

#include "cgroup_internal.h"

/* The sessions that run, with what happened to their tasks, and their environments. */
static void add_sessions(const struct cgroup_place *p, struct cgroup_usage *u,
			 struct cgroup_environments *l)
{
	autofree char *run = str_printf("%s/" CGROUP_RUN, p->path);
	struct cgroup_events ev = { 0 };
	DIR *d = run ? opendir(run) : NULL;
	struct dirent *ent;

	while (d && (ent = readdir(d))) {
		autofree char *tasks = NULL;

		if (ent->d_type != DT_DIR || ent->d_name[0] != 's')
			continue;
		tasks = str_printf("%s/%s", run, ent->d_name);
		if (l)
			cgroup_environments_of(l, p, ent->d_name);
		if (tasks && p->version == 1)
			cgroup_v1_events(p, tasks, &ev);
		else if (tasks)
			cgroup_v2_events(p, tasks, &ev);
	}
	if (d)
		closedir(d);
	u->oom_kills += ev.oom_kills;
	u->pids_refused += ev.pids_refused;
}

/* The record of a compartment whose sessions run, with the lock held. */
static int open_record(const struct compartment *c, struct cgroup_record *r, int *lock)
{
	autofree char *records = cgroup_records_path(c->state), *id = cgroup_id(c);
	int ret;

	*lock = records && id ? cgroup_records_lock(records, false) : -ENOMEM;
	if (*lock < 0)
		return *lock;
	if (cgroup_record_sweep(records, id))
		return -ENOENT;
	ret = cgroup_record_read(records, id, r);
	return ret;
}

int cgroup_usage(const struct compartment *c, struct cgroup_usage *u, struct cgroup_environments *l)
{
	autoclose int lock = -1;
	struct cgroup_record r;
	int ret = open_record(c, &r, &lock);

	if (l)
		*l = (struct cgroup_environments){ 0 };
	if (ret < 0)
		return ret;
	cgroup_places_usage(&r.places, u);
	if (r.duty_cpus)
		u->limit[BUDGET_CPUS] = r.duty_cpus;
	for (unsigned i = 0; i < r.places.n; i++)
		add_sessions(&r.places.p[i], u, l);
	cgroup_record_finish(&r);
	return 0;
}

int cgroup_set(const struct compartment *c, const struct budget *b, char *err, size_t errlen)
{
	autofree char *records = cgroup_records_path(c->state), *id = cgroup_id(c);
	autoclose int lock = -1;
	struct err e = { err, errlen };
	struct budget all = *b;
	struct cgroup_record r;
	struct cgroup_usage u;
	int ret = open_record(c, &r, &lock), error = 0, key = -1;
	unsigned wanted = budget_given(b), done;

	if (ret == -ENOENT)
		return 0;
	if (ret < 0)
		return fail(e, ret, "%s: %s", c->name, strerror(-ret));
	/* v1 sets memory and swap in one; what is not to change stays as it is. */
	cgroup_places_usage(&r.places, &u);
	for (int i = 0; i < BUDGET_KEY_COUNT; i++)
		if (all.value[i] == BUDGET_UNSET)
			all.value[i] = u.limit[i];
	done = cgroup_apply(&r.places, &all, wanted, &error);
	done |= cgroup_duty_apply(&r, &all, wanted & ~done);
	if (done & 1U << BUDGET_CPUS && cgroup_duty_possible(&r.places))
		ret = cgroup_record_write(records, id, &r);
	cgroup_record_finish(&r);
	if (ret < 0)
		return fail(e, ret, "%s: %s", c->name, strerror(-ret));
	for (int i = 0; i < BUDGET_KEY_COUNT && key < 0; i++)
		if (wanted & ~done & 1U << i && i != BUDGET_NOFILE)
			key = i;
	if (key >= 0)
		return fail(e, error ? error : -EOPNOTSUPP,
			    "%s: %s: could not be changed in the sessions that run: %s", c->name,
			    budget_key_name(key),
			    error == -EBUSY ? "more than that is in use"
					    : strerror(error ? -error : EOPNOTSUPP));
	return done;
}
