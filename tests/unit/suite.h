/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_TEST_SUITE_H
#define UCRUN_TEST_SUITE_H

#include <check.h>
#include <stdlib.h>

/** suite_run() - run @s and give it back to Check; what main() returns */
static inline int suite_run(Suite *s)
{
	SRunner *r = srunner_create(s);
	int failed;

	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
