/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_UC_H
#define UCRUN_UC_H

#include <stdbool.h>
#include <stdio.h>

#include "cgroup.h"
#include "compartment.h"
#include "util.h"

/* What the commands of uc share. A command returns uc's exit status. */

enum uc_status {
	UC_OK = 0,
	UC_FAILED = 1, /* one line on stderr says why */
	UC_USAGE = 2,
};

struct uc_args {
	bool json, once;
	const char *output; /* -o */
	const char *root; /* -r */
	const char *limit[BUDGET_KEY_COUNT]; /* --cpus and its kin; NULL: not given */
	char **argv; /* what is left; NULL-terminated */
	int argc;
};

int uc_list(const struct uc_args *a);
int uc_info(const struct uc_args *a);
int uc_check(const struct uc_args *a);
int uc_diff(const struct uc_args *a);
int uc_export(const struct uc_args *a);
int uc_reset(const struct uc_args *a);
int uc_rm(const struct uc_args *a);
int uc_ps(const struct uc_args *a);
int uc_envs(const struct uc_args *a);
int uc_set(const struct uc_args *a);
int uc_stop(const struct uc_args *a);
int uc_top(const struct uc_args *a);

/** budget_show() - the lines (or JSON fields) of "uc info" about a compartment's budget */
struct budget_view;
struct budget_view *budget_view_take(const struct compartment *c); /* before root's rights go */
void budget_view_show(struct budget_view *v, bool json);
/** own_budgets_json() - a member of an object, after others */
void own_budgets_json(const struct cgroup_environments *l);
void budget_view_destroy(struct budget_view *v);

/** uc_open() - open a compartment that exists, or log why not; NULL then */
struct compartment *uc_open(const char *name);
/**
 * uc_nested_open() - the same, and of OUTER/INNER the inner one
 * It has the owner and the range of ids of the outermost one, so that is its ->name.
 */
struct compartment *uc_nested_open(const char *name);
/**
 * uc_open_as_owner() - as uc_nested_open(), and give up root's rights for the owner's, for ever
 * What reads a compartment's files needs no more than their owner's rights, and sees of the host
 * what the compartment sees.
 */
struct compartment *uc_open_as_owner(const char *name);
/** uc_open_to_read() - the same, with all layers in the form that the path level reads */
struct compartment *uc_open_to_read(const char *name);

/** json_field() - ,"key":"value" with a comma unless it is an object's first field */
void json_str(FILE *f, bool first, const char *key, const char *value);
void json_num(FILE *f, bool first, const char *key, long long value);

/** uc_nested_each() - @fn for each compartment of the sessions in @c's; its name is "OUTER/INNER"
 */
void uc_nested_each(const struct compartment *c,
		    void (*fn)(const struct compartment *inner, void *arg), void *arg);

#endif
