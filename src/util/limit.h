/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_LIMIT_H
#define UCRUN_LIMIT_H

#include <stddef.h>
#include <stdint.h>

/*
 * Limits as values: their names, how they are written, how they are put together. Where those of a
 * compartment come from is told in budget.h, those of an environment in its record.
 */

enum budget_key {
	BUDGET_CPUS, /* 1/1000 of a processor */
	BUDGET_CPU_WEIGHT, /* 1 to 10000, 100 is everybody's */
	BUDGET_MEMORY, /* bytes */
	BUDGET_SWAP, /* bytes, beside memory */
	BUDGET_PIDS, /* processes and threads */
	BUDGET_IO_WEIGHT, /* 1 to 10000, 100 is everybody's */
	BUDGET_NOFILE, /* open files of one process */
	BUDGET_KEY_COUNT,
};

#define BUDGET_UNSET   (-1)
#define BUDGET_NOLIMIT INT64_MAX /* "max" was said */

#define BUDGET_DEFAULT_PIDS	      4096
#define BUDGET_DEFAULT_MEMORY_PERCENT 80

/** Limits, or a ceiling: BUDGET_UNSET where nothing is said. */
struct budget {
	int64_t value[BUDGET_KEY_COUNT];
};

void budget_init(struct budget *b);
const char *budget_key_name(enum budget_key key); /* "cpu-weight" */
/** budget_key_find() - a key by its name, or -1 */
int budget_key_find(const char *name);

/**
 * budget_parse() - one limit from text: "0.5", "512M", "max"
 * @why: on failure what is wrong with it, without naming it
 * Return: 0, -EINVAL or -ERANGE
 */
int budget_parse(enum budget_key key, const char *text, int64_t *value, char *why, size_t len);
/** budget_format() - a limit as budget_parse() reads it; "" for BUDGET_UNSET */
void budget_format(enum budget_key key, int64_t value, char *text, size_t len);

/**
 * budget_parse_word() - "memory=512M" into @b, which an error leaves as it is
 * @why: on failure what is wrong, with its name
 * Return: 0, -EINVAL or -ERANGE
 */
int budget_parse_word(const char *word, struct budget *b, char *why, size_t len);

/** budget_words() - what is set, as "cpus=0.500 memory=512M" */
void budget_words(const struct budget *b, char *text, size_t len);

/** budget_over() - values of @from that are set replace those in @b */
void budget_over(struct budget *b, const struct budget *from);
/** budget_cut() - bring @b below @ceiling; also where @b says nothing. Return: mask of keys cut */
unsigned budget_cut(struct budget *b, const struct budget *ceiling);
/** budget_defaults() - fill in what nobody said */
void budget_defaults(struct budget *b);
/** budget_given() - mask (1 << enum budget_key) of what is set */
unsigned budget_given(const struct budget *b);
/** budget_names() - "cpus, memory" for a mask of keys */
void budget_names(unsigned mask, char *text, size_t len);

#endif
