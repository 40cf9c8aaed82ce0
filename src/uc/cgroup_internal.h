/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_CGROUP_INTERNAL_H
#define UCRUN_CGROUP_INTERNAL_H

#include <dirent.h>

#include "cgroup.h"
#include "internal.h"

/* Shared by the files cgroup*.c alone. */

#define CGROUP_RUN	   "run" /* what is below a compartment's cgroup: see cgroup.h */
#define CGROUP_KEEP	   "keep"
#define CGROUP_TASKS	   "t" /* in run/sPID, v2 */
#define CGROUP_ENVIRONMENT "e-" /* and the environment's name */
#define CGROUP_NEST	   '~' /* in a nested session: this, and its number */

extern const char *const cgroup_v1_names[CGROUP_CONTROLLER_COUNT];
extern const char *const cgroup_v2_names[CGROUP_CONTROLLER_COUNT]; /* NULL: none needed */

/** cgroup_words() - the controllers in a list separated by any of @seps */
unsigned cgroup_words(const char *text, const char *seps, int version);

/* ---- cgroup_file.c: files of one directory ---- */

int cgroup_write(const char *dir, const char *file, const char *text);
/** cgroup_read() - a small file, NUL-terminated, without the last newline. -errno */
int cgroup_read(const char *dir, const char *file, char *buf, size_t size);
#define CGROUP_FILE_BYTES 8192 /* more than any file that we read has */
/** cgroup_number_in() - the value after @key in a flat keyed file's text; NULL: the text. -1: none
 */
long long cgroup_number_in(const char *text, const char *key);
/** cgroup_read_number() - the same of a file that is read for it alone */
long long cgroup_read_number(const char *dir, const char *file, const char *key);
/** cgroup_count(), cgroup_count_in() - the same two; 0: none */
unsigned long long cgroup_count(const char *dir, const char *file, const char *key);
unsigned long long cgroup_count_in(const char *text, const char *key);
/** What is below one session's cgroup: CGROUP_TASKS and CGROUP_ENVIRONMENT. */
struct cgroup_below {
	DIR *d;
	const char *name;
	char *path; /* the iteration's */
	const char *dir;
};

/** cgroup_below_open() - @dir is borrowed; a directory that is not there has nothing in it */
void cgroup_below_open(struct cgroup_below *b, const char *dir);
/** cgroup_below_next() - false, and finished: that was the last one */
bool cgroup_below_next(struct cgroup_below *b);
/** cgroup_has() - is the process @pid, as we number it, in @dir itself? */
bool cgroup_has(const char *dir, pid_t pid);
/** cgroup_session_lives() - has a session in the compartment's cgroup @dir its supervisor? */
bool cgroup_session_lives(const char *dir);
/**
 * cgroup_remove_dead() - take the dead sessions out of a compartment's cgroup, then the rest
 * A session whose supervisor lives keeps its tasks' cgroup, also while that is still empty.
 * Return: 0 when the whole is gone; -EBUSY, ...
 */
int cgroup_remove_dead(const char *dir);

/* ---- cgroup_v1.c, cgroup_v2.c ---- */

/**
 * One limit, all->value[key], into the kernel. @dir is where it shall hold; @p says what it has.
 * Return: 0; -EOPNOTSUPP: this place has nothing for that limit; -errno
 */
int cgroup_v1_limit(const struct cgroup_place *p, const char *dir, enum budget_key key,
		    const struct budget *all);
int cgroup_v2_limit(const struct cgroup_place *p, const char *dir, enum budget_key key,
		    const struct budget *all);
/** What there is to tell about @dir in this place, and of pids about @tasks, added to @u; limits
 * too. */
void cgroup_v1_usage(const struct cgroup_place *p, const char *dir, const char *tasks,
		     struct cgroup_usage *u);
void cgroup_v2_usage(const struct cgroup_place *p, const char *dir, const char *tasks,
		     struct cgroup_usage *u);
/** Of one session's tasks (@dir: run/sPID) with its environments', or of one of these; added to
 * @ev. */
void cgroup_v1_events(const struct cgroup_place *p, const char *dir, struct cgroup_events *ev);
void cgroup_v2_events(const struct cgroup_place *p, const char *dir, struct cgroup_events *ev);
/**
 * cgroup_v2_enable() - let the children of @dir have our controllers
 * Return: mask of those that they have now; -EBUSY: a process is in @dir
 */
int cgroup_v2_enable(const char *dir);

/* ---- cgroup.c: all places of a compartment ---- */

/** cgroup_find_own() - cgroup_find() for this process */
int cgroup_find_own(struct cgroup_places *out);

/** cgroup_apply() - set @keys. Return: mask of those that hold; *@error: why another one does not
 */
unsigned cgroup_apply(const struct cgroup_places *places, const struct budget *b, unsigned keys,
		      int *error);
/** cgroup_places_usage() - everything but oom_kills and pids_refused, which are sessions' */
void cgroup_places_usage(const struct cgroup_places *places, struct cgroup_usage *u);

void cgroup_usage_init(struct cgroup_usage *u);

/* ---- cgroup_env.c ---- */

/**
 * cgroup_apart() - are tasks counted apart from their supervisor in this place?
 * So they are where that matters: pids and memory. To the scheduler they must be one group on v1,
 * where they can be: a wake-up from one group to another one goes to another processor, and each
 * opened file would cost four times as much.
 */
bool cgroup_apart(const struct cgroup_place *p);
/** cgroup_session_path() - of the session's tasks and of the environments in it; the caller's */
char *cgroup_session_path(const struct cgroup_place *p, const char *session);
/** cgroup_tasks_path() - run/sPID/t, run/sPID; the caller's */
char *cgroup_tasks_path(const struct cgroup_place *p, const char *session);
/** cgroup_limit() - cgroup_v1_limit() or cgroup_v2_limit() */
int cgroup_limit(const struct cgroup_place *p, const char *dir, enum budget_key key,
		 const struct budget *b);
/**
 * cgroup_environment_enter() - the keeper's: as cgroup_session_environment(), which asks for it
 * @name: any ENVIRONMENT_NAME_BYTES
 */
int cgroup_environment_enter(const struct cgroup_places *places, const char *session, int pidfd,
			     unsigned nest, const char *name, const struct budget *b);
/** cgroup_environments_lower() - v1: bring their cpus below what @p is about to get */
void cgroup_environments_lower(const struct cgroup_place *p, const struct budget *b);
/** cgroup_environments_of() - add those of one session in one place to @l */
void cgroup_environments_of(struct cgroup_environments *l, const struct cgroup_place *p,
			    const char *session);

/* ---- cgroup_systemd.c ---- */

bool systemd_there(void);
/** systemd_scope() - have this process put into a scope of its own. 0, or -errno */
int systemd_scope(const char *unit);
/** systemd_attach() - have this process put into a cgroup below a scope that there is */
int systemd_attach(const char *unit, const char *below);

/* ---- cgroup_record.c: where a compartment's cgroups are ---- */

/** One file NAME in the directory of records: the compartment's cgroup in each hierarchy. */
struct cgroup_record {
	struct cgroup_places places;
	char *unit; /* systemd's scope that they are in, or NULL */
	int64_t duty_cpus; /* 1/1000 of a processor, where cgroup_duty.c holds it; 0: it does not */
};

/** cgroup_id() - "uc-NAME-ID": the name of its cgroups and of its record; the caller's */
char *cgroup_id(const struct compartment *c);
/** cgroup_records_path() - /run/uc, $XDG_RUNTIME_DIR/uc or, with neither, STATE/.run; the caller's
 */
char *cgroup_records_path(const char *state);
/** cgroup_records_lock() - Return: the lock (close it), -ENOENT: there are no records, or -errno */
int cgroup_records_lock(const char *records, bool create);
/** cgroup_record_read() - 0, -ENOENT, or -errno; cgroup_record_finish() */
int cgroup_record_read(const char *records, const char *id, struct cgroup_record *r);
int cgroup_record_write(const char *records, const char *id, const struct cgroup_record *r);
void cgroup_record_finish(struct cgroup_record *r);
/** cgroup_record_sweep() - with the lock: remove dead sessions, and the record when none is left
 * Return: true when none is left */
bool cgroup_record_sweep(const char *records, const char *id);
/** cgroup_sweep_locked() - all records but those of whom a keeper lives: it sweeps at its end */
void cgroup_sweep_locked(const char *records);
/** cgroup_keeper_mark() - Return: a descriptor; whoever has it, and nobody else, is a keeper that
 * lives; or -errno */
int cgroup_keeper_mark(const char *records, const char *id);

/* ---- cgroup_duty.c ---- */

/** A duty cycle, as the keeper has it. */
struct cgroup_duty {
	const char *records, *id;
	const struct cgroup_places *places;
	bool possible, frozen;
	int lock; /* -1: another keeper does it, or there is nothing to do */
	int64_t cpus; /* 1/1000 of a processor; 0: no limit */
	long long at_us, used_us, credit_us;
	long long looked_us, kept_us;
};

/** cgroup_duty_possible() - is there no cpu controller, but a freezer and a counter? */
bool cgroup_duty_possible(const struct cgroup_places *places);
/** cgroup_duty_apply() - @keys into @r, which is to be written. Return: mask of what holds so */
unsigned cgroup_duty_apply(struct cgroup_record *r, const struct budget *b, unsigned keys);
void cgroup_duty_freeze(const struct cgroup_places *places, bool freeze);
/** cgroup_duty_init() - all that it is given stays the caller's; cgroup_duty_finish() */
void cgroup_duty_init(struct cgroup_duty *d, const char *records, const char *id,
		      const struct cgroup_places *places);
/** cgroup_duty_step() - freeze or thaw. Return: in how many ms to come again, -1: never */
int cgroup_duty_step(struct cgroup_duty *d);
void cgroup_duty_finish(struct cgroup_duty *d);

/* ---- cgroup_keep.c ---- */

enum keeper_what { KEEPER_ENVIRONMENT, KEEPER_USAGE };

/** What the supervisor, or process 1, asks the keeper; for an environment with a pidfd beside it.
 */
struct keeper_ask {
	enum keeper_what what;
	unsigned nest; /* of a nested session's environment: which */
	char name[ENVIRONMENT_NAME_BYTES];
	struct budget budget;
};

struct keeper_answer {
	int result;
	struct cgroup_usage usage;
};

/** keeper_ask() - any thread. Return: 0; -EPIPE: it is gone; -errno */
int keeper_ask(int keeper, const struct keeper_ask *ask, int pidfd, struct keeper_answer *answer);
/**
 * keeper_start() - fork the process that removes what @session of @id leaves
 * @sock: for keeper_ask(), the caller's; CLOEXEC
 * Return: its pid or -errno
 */
int keeper_start(const char *records, const char *id, const struct cgroup_record *r,
		 const char *session, int *sock);

#endif
