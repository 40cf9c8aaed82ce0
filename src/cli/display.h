/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_DISPLAY_H
#define UCRUN_DISPLAY_H

#include "compartment.h"
#include "options.h"

/*
 * The display of a session (--display).
 *
 *	none	no socket of a display is reachable, and no variable names one
 *	host	the sockets of the caller's display are shown in the view, with the cookies of that
 *		display alone
 *	nested	an X server of the session's own, which runs on the host as the compartment's user:
 *		a window on the caller's display (Xephyr), or memory where there is none (Xvfb)
 *
 * Without the option a document gets the host's display where the owner allows it, and eel is then
 * told to run nothing but a viewer. Everything else gets none. Whoever talks to an X server can
 * read and type into every window of it: see ucrun(1).
 *
 * In this order: display_choose() and display_begin() with the caller's rights, which may be
 *root's; display_binds() before the plan is made; display_write() when the session has a directory;
 * display_end().
 */

struct display {
	enum show show; /* settled: none, host or nested */
	bool documents_only; /* nobody asked for it: for a viewer, and nothing else */
	char *x11; /* DISPLAY inside; NULL: there is none */
	char *wayland; /* the host's socket; NULL: none */
	char *cookies; /* a file for XAUTHORITY, in memory */
	size_t cookies_len;
	int server; /* pidfd of our own X server; -1: none */
};

#define DISPLAY_COOKIES	       "/dev/uc/xauthority" /* as the session sees them */
#define DISPLAY_WAYLAND_SOCKET "/dev/uc/wayland"

/** display_init() - none */
void display_init(struct display *d);

/**
 * display_choose() - what the command line, the owner and the caller's environment come to
 * Return: 0; -errno and "what: why" in @err
 */
int display_choose(struct display *d, const struct options *o, const struct compartment *c,
		   char *err, size_t errlen);

/** display_begin() - start a nested server, as the compartment's user; find what that one reaches
 */
int display_begin(struct display *d, const struct compartment *c, char *err, size_t errlen);

/** display_binds() - add what is to be seen to @o's binds; @d must outlive them. 0 or -ENOMEM */
int display_binds(const struct display *d, struct options *o);

/** display_write() - the cookies, below @tmp, where build_view() finds its /dev: path level */
int display_write(const struct display *d, const char *tmp);

/** display_end() - end a nested server; @d is done with */
void display_end(struct display *d);

#endif
