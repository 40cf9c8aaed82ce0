// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * --cpus where there is no cpu controller: a duty cycle.
 *
 * A freezer is there more often than the cpu controller: each v2 cgroup has one (Linux 5.2), also
 * where systemd delegates memory and pids alone, and on v1 it is a hierarchy of its own. So a
 * keeper looks every tick at what the compartment has used, and freezes all of its tasks while that
 * is more than was promised. A frozen task does not know: unlike SIGSTOP, no parent is told,
 * nothing is interrupted, and who has been stopped by its shell stays so. The supervisor is not
 * frozen, but charged. The keeper is not (v2: in keep/): where it is slow, or the limit is small, a
 * look costs more than is promised until the next one, and the tasks would be frozen for ever.
 *
 * One keeper of a compartment does it, who holds a lock (flock(2)) on the cgroup's directory; when
 * it goes another one takes over. The limit is in the record, where uc set changes it.
 */
#include <fcntl.h>
#include <sys/file.h>
#include <time.h>

#include "cgroup_internal.h"

#define TICK_MS	  10
#define LOOK_MS	  500 /* to see a changed limit, or that who did it has gone */
#define FROZEN_MS 100 /* at most, until a frozen session is looked at again */
#define BURST_US  100000 /* as long as what was not used may be used later: cpu.max.burst's */

static bool has_freezer(const struct cgroup_place *p)
{
	autofree char *file = NULL;

	if (p->version == 1)
		return p->controllers & 1U << CGROUP_FREEZER;
	file = str_printf("%s/" CGROUP_RUN "/cgroup.freeze", p->path);
	return file && access(file, F_OK) == 0;
}

static bool counts(const struct cgroup_place *p)
{
	return p->version == 2 || p->controllers & 1U << CGROUP_CPUACCT;
}

bool cgroup_duty_possible(const struct cgroup_places *places)
{
	bool freezer = false, counter = false;

	for (unsigned i = 0; i < places->n; i++) {
		if (places->p[i].controllers & 1U << CGROUP_CPU)
			return false;
		freezer |= has_freezer(&places->p[i]);
		counter |= counts(&places->p[i]);
	}
	return freezer && counter;
}

unsigned cgroup_duty_apply(struct cgroup_record *r, const struct budget *b, unsigned keys)
{
	int64_t cpus = b->value[BUDGET_CPUS];

	if (!(keys & 1U << BUDGET_CPUS) || !cgroup_duty_possible(&r->places))
		return 0;
	r->duty_cpus = cpus == BUDGET_NOLIMIT || cpus < 0 ? 0 : cpus;
	return 1U << BUDGET_CPUS;
}

void cgroup_duty_freeze(const struct cgroup_places *places, bool freeze)
{
	for (unsigned i = 0; i < places->n; i++) {
		const struct cgroup_place *p = &places->p[i];
		autofree char *run = str_printf("%s/" CGROUP_RUN, p->path);

		if (!run || !has_freezer(p))
			continue;
		if (p->version == 1)
			cgroup_write(run, "freezer.state", freeze ? "FROZEN" : "THAWED");
		else
			cgroup_write(run, "cgroup.freeze", freeze ? "1" : "0");
	}
}

/* v2: what keepers have used stays the same when keep/ goes with the last of them. */
static long long kept_us(struct cgroup_duty *d, const struct cgroup_place *p)
{
	autofree char *keep = str_printf("%s/" CGROUP_KEEP, p->path);
	long long us = keep ? cgroup_read_number(keep, "cpu.stat", "usage_usec") : -1;

	if (us > d->kept_us)
		d->kept_us = us;
	return d->kept_us;
}

static long long used_us(struct cgroup_duty *d)
{
	for (unsigned i = 0; i < d->places->n; i++) {
		const struct cgroup_place *p = &d->places->p[i];

		if (counts(p))
			return p->version == 1
				       ? cgroup_read_number(p->path, "cpuacct.usage", NULL) / 1000
				       : cgroup_read_number(p->path, "cpu.stat", "usage_usec") -
						 kept_us(d, p);
	}
	return -1;
}

static long long now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000LL + ts.tv_nsec / 1000;
}

static void set_frozen(struct cgroup_duty *d, bool freeze)
{
	/* again and again: a sweep by somebody else thaws, in case that we were dead */
	if (freeze || d->frozen)
		cgroup_duty_freeze(d->places, freeze);
	d->frozen = freeze;
}

/* Are we the one who does it? */
static bool driving(struct cgroup_duty *d)
{
	if (d->lock >= 0)
		return true;
	d->lock = open(d->places->p[0].path, OPEN_DIR);
	if (d->lock >= 0 && flock(d->lock, LOCK_EX | LOCK_NB) == 0) {
		d->at_us = now_us();
		d->used_us = used_us(d);
		d->credit_us = 0;
		return true;
	}
	util_close_fd(&d->lock);
	d->lock = -1;
	return false;
}

void cgroup_duty_init(struct cgroup_duty *d, const char *records, const char *id,
		      const struct cgroup_places *places)
{
	*d = (struct cgroup_duty){ .records = records, .id = id, .places = places, .lock = -1 };
	d->possible = cgroup_duty_possible(places);
}

static int64_t limit_now(const struct cgroup_duty *d)
{
	struct cgroup_record r;
	int64_t cpus;

	if (cgroup_record_read(d->records, d->id, &r) < 0)
		return 0;
	cpus = r.duty_cpus;
	cgroup_record_finish(&r);
	return cpus;
}

/* How long it takes to have the credit back while nothing runs. */
static int pay_ms(const struct cgroup_duty *d)
{
	long long ms = -d->credit_us / d->cpus;

	return ms < TICK_MS ? TICK_MS : ms > FROZEN_MS ? FROZEN_MS : (int)ms;
}

int cgroup_duty_step(struct cgroup_duty *d)
{
	long long now, used, most;

	if (!d->possible)
		return -1;
	now = now_us();
	if (now - d->looked_us >= LOOK_MS * 1000LL || d->lock < 0) {
		d->cpus = limit_now(d);
		d->looked_us = now;
	}
	if (!d->cpus || !driving(d)) {
		cgroup_duty_finish(d);
		return LOOK_MS;
	}
	now = now_us();
	used = used_us(d);
	most = BURST_US * d->cpus / 1000;
	d->credit_us += (now - d->at_us) * d->cpus / 1000 - (used - d->used_us);
	if (d->credit_us > most)
		d->credit_us = most;
	d->at_us = now;
	d->used_us = used;
	set_frozen(d, d->credit_us < 0);
	return d->credit_us < 0 ? pay_ms(d) : TICK_MS;
}

void cgroup_duty_finish(struct cgroup_duty *d)
{
	set_frozen(d, false);
	util_close_fd(&d->lock);
	d->lock = -1;
}
