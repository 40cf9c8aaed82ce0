/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_NESTED_H
#define UCRUN_NESTED_H

#include "options.h"
#include "scvm.h"
#include "session.h"

/*
 * Sessions in a session: docs/nested.md. nested.c is ucrun in a session, which asks; nested_view.c
 * is the supervisor's side, which builds the view that is asked for.
 *
 * The words of the request: NAME, ROOT, HOSTNAME and FLAGS ("" for what was not said; "e" is
 * --ephemeral), COMMAND (for who lists sessions), and for each bind SRC, DST, MODE, N and N holes.
 */

/** What a session is in, for those that are started in it. */
struct nested_place {
	struct compartment *compartment;
	struct session *session;
	bool ephemeral;
	const char *control_tmp; /* see struct build */
};

/** nested_open(), nested_close() - of struct scvm_config; scvm_nest.handle is a nested_place */
int nested_open(const struct scvm_ask *ask, struct scvm_nest *out, char *err, size_t errlen);
void nested_close(void *handle);

/** nested_connect() - are we in a session whose supervisor takes nested ones? The socket, or -1 */
int nested_connect(void);
/**
 * nested_run() - ask for the session, run the program in it, wait until its last task is gone
 * @sock: of nested_connect()
 * Return: 0 and the program's wait status, or -errno and the reason in @err
 */
int nested_run(int sock, const struct options *o, char *const *envp, int *status, char *err,
	       size_t errlen);

/* ---- what nested.c and nested_native.c share ---- */

struct nested_wait {
	pid_t first;
	int status, sock;
	bool first_done, told_to_end;
};

/** nested_check() - is that possible in a session whose level is not @other? 0 or -errno */
int nested_check(const struct options *o, enum trap_level other, char *err, size_t errlen);
/** nested_words() - the words of a request into @buf of NEST_MESSAGE_BYTES. Length or -E2BIG */
ssize_t nested_words(const struct options *o, const char *hostname, const char *flags, char *buf);
/** nested_limit() - put what of a budget can be held on this process */
void nested_limit(const struct options *o);
/** nested_wait() - wait until no child is left; when told to end, that is when the first one is */
void nested_wait(struct nested_wait *w, int sigfd);
/** nested_signals() - pass on what has come */
void nested_signals(struct nested_wait *w, int sigfd);

/* ---- nested_native.c: the same at native level, where the door is another one ---- */

/** nested_native_connect() - the socket; -1: there is no door; -errno: there is, and why not */
int nested_native_connect(char *err, size_t errlen);
int nested_native_run(int sock, const struct options *o, char *const *envp, int *status, char *err,
		      size_t errlen);

#endif
