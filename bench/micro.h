/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BENCH_MICRO_H
#define BENCH_MICRO_H

/* What micro.c measures, one after the other; micro_calls.c makes the calls. */

#define PATH_BYTES     256
#define WORK_DIR_BYTES (PATH_BYTES - 64) /* what paths below it get is short */

struct measurement {
	const char *name; /* NULL: the end */
	int (*setup)(void); /* may be NULL, as cleanup */
	int (*run)(unsigned long n); /* as many calls; 0 or -errno */
	void (*cleanup)(void);
};

extern const struct measurement measurements[];

/* mkdtemp()'s template, then the directory: made by the first measurement that needs it */
extern char work_dir[WORK_DIR_BYTES];
/** work_remove() - with all that is in it; 0 also when it was never made */
int work_remove(void);

#endif
