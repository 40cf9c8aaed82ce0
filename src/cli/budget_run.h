/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_BUDGET_RUN_H
#define UCRUN_BUDGET_RUN_H

#include <sys/resource.h>

#include "cgroup.h"
#include "options.h"
#include "scvm.h"

/** The budget of the session that this ucrun runs. */
struct budget_run {
	struct budget b; /* what shall hold */
	struct cgroup_session *cgroup; /* NULL: there is none here */
	unsigned by_rlimit; /* mask of the limits that the first task sets on itself */
};

/**
 * budget_run_begin() - find out the limits, and put this process into the compartment's cgroups
 * Before compartment_become(), with one thread. Warns once of limits that cannot be enforced.
 * Return: 0, or -errno: a mistake in a configuration file, more than the ceiling, or, with
 *         --require-budget, a limit that cannot be enforced
 */
int budget_run_begin(struct budget_run *r, const struct compartment *c, const struct options *o,
		     char *err, size_t errlen);
/** budget_run_enter(), _guard(), _environment(), _look() - for struct scvm_config; @arg is the
 * budget_run */
int budget_run_enter(void *arg);
void budget_run_guard(void *arg);
int budget_run_environment(void *arg, int pidfd, unsigned nest, const char *words);
void budget_run_look(void *arg, struct scvm_budget *out);
/** budget_run_look_inside() - the same for process 1, which sees other files than we */
void budget_run_look_inside(void *arg, struct scvm_budget *out);
/** budget_run_nofile() - the limit of open files, 0: none */
rlim_t budget_run_nofile(const struct budget_run *r);
/** budget_run_end() - say what was refused, killed and throttled; the cgroups go after this process
 */
void budget_run_end(struct budget_run *r);

#endif
