/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_M68K_OPTIONS_H
#define UCRUN_M68K_OPTIONS_H

#include <stdbool.h>

/** struct m68k_options - set once by main(), then read by everybody */
struct m68k_options {
	const char *sysroot; /* -L: absolute names are looked up here first; NULL: nowhere else */
	const char *libraries; /* without -L: the same for names in lib directories only; or NULL */
	const char *argv0; /* -0: what the program is told as its own name; NULL: its path */
	const char *comm; /* --comm: its name in /proc/PID/comm; NULL: its file's */
	const char *gdb; /* -g: port or socket; NULL: none */
	const char *disas; /* -d: "" or a range or a function; NULL: none */
	bool trace;
};

extern struct m68k_options m68k_options;

#endif
