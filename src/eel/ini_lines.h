/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_EEL_INI_LINES_H
#define UCRUN_EEL_INI_LINES_H

#include <stddef.h>

/** Who wants to know what is in an INI text; every line number counts from 1. */
struct ini_ops {
	void (*section)(void *arg, unsigned line, const char *name);
	void (*key)(void *arg, unsigned line, const char *key, const char *value);
	void (*mistake)(void *arg, unsigned line, const char *what);
};

/**
 * ini_lines() - read a text in memory by inih, with line numbers
 * A line may have 198 bytes; what is longer is a mistake, and skipped. An indented line goes on
 * with the key above it: key() is called again with the same key.
 */
void ini_lines(const char *text, size_t len, const struct ini_ops *ops, void *arg);

#endif
