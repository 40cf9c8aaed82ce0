/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UC_FIXTURE_H
#define UC_FIXTURE_H

/* For the tests of compartments, test_uc*.c: each has a state directory of its own. */
#include <check.h>

#include "compartment.h"
#include "util.h"

extern char top[64], home[80]; /* of this test; $UC_HOME, below it */
extern char err[COMPARTMENT_ERR_BYTES];
extern int statefd; /* of $UC_HOME */

/** made() - the compartment @name, made when it is missing */
struct compartment *made(const char *name);
/** open_result() - what compartment_open() says; where it fails there is one line in err */
int open_result(const char *name, unsigned flags);
/** as_owner() - run @fn as the compartment's user in a child; its result is the child's status */
int as_owner(struct compartment *c, int (*fn)(struct compartment *c));
bool there(int dirfd, const char *path);

/** uc_main() - run the tests that @add_tests adds; what main() returns */
int uc_main(const char *name, void (*add_tests)(TCase *t));

#endif
