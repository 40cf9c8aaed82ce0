/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_NATIVE_H
#define UCRUN_NATIVE_H

#include <stdbool.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "plan.h"
#include "scvm.h"
#include "session.h"

/*
 * The native level: the kernel carries the view. A session is a set of namespaces with overlays
 * and bind mounts in them; no path is trapped. See docs/native.md.
 *
 * Order: native_prepare() before compartment_become(), while root is still root; then
 * session_begin() with UC_NATIVE; then native_run().
 */

struct native;

#define NATIVE_ERR_BYTES 512

/**
 * native_prepare() - what must be done with the rights of whoever started us
 * Makes the user namespace with the compartment's range of ids, and takes detached clones of the
 * host mounts that the view shows, idmapped where that is right.
 * @plan:  borrowed, must outlive @out
 * @asked: the level was asked for. Otherwise it is only taken where it can read no more than the
 *         path level can: see docs/native.md
 * Return: 0; -EOPNOTSUPP: not for this plan; -errno: not on this machine. @err says why, in a form
 *         that follows "--trap native: "
 */
int native_prepare(struct native **out, const struct compartment *c, const struct plan *plan,
		   bool asked, char *err, size_t errlen);
void native_destroy(struct native *n);

struct native_config {
	struct session *session;
	char *const *argv;
	char *const *envp;
	const char *cwd; /* view path */
	bool cwd_asked; /* by -C: it must exist; else / will do */
	const char *hostname; /* NULL: the host's */
	const struct scvm_eel *eel; /* borrowed; its fd -1: none, what needs it is ENOEXEC */
	const char *eel_shown; /* its path in the view, or NULL */
	const char *cookies; /* of the session's display, for a file of mode 0600; NULL: none */
	size_t cookies_len;
	const char *cookies_shown; /* that file's path in the view, below /dev */
	mode_t umask;
	int (*enter)(
		void *arg); /* as in struct scvm_config: called in the first program's process */
	/* the same; in process 1 */
	int (*environment)(void *arg, int pidfd, unsigned nest, const char *words);
	/* What of the machine shows; in process 1, any thread. NULL: all of it */
	void (*look)(void *arg, struct scvm_budget *out);
	void *budget_arg;
	unsigned allow; /* set of enum call_allow: what the filter lets through */
	rlim_t nofile; /* of the first program at most; 0: as it is */
};

/**
 * native_run() - run the program until the last task of the session is gone
 * @status: wait status of the first program
 * Return: 0, or -errno with one line in @err: nothing has run then
 */
int native_run(struct native *n, const struct native_config *cfg, int *status, char *err,
	       size_t errlen);

/** native_confine_self() - what a native task is but for the filter. 0 or -errno */
int native_confine_self(void);
/** native_close_directories() - descriptors from outside that lead out of a view. 0 or -errno */
int native_close_directories(void);

/**
 * native_retreat() - native_run() has failed: the layers back into the path level's form
 * For the compartment's user, after session_end(). Return: 0; -EBUSY: another session has them
 */
int native_retreat(struct native *n, char *err, size_t errlen);

/**
 * native_settle() - bring layers that a native session left behind into the path level's form
 * Call before compartment_become(). Does nothing while a session lives.
 * Return: 0; -EBUSY: a session lives, and a layer is in native form
 */
int native_settle(const struct compartment *c, char *err, size_t errlen);
/**
 * native_clear() - the same for whoever forgets the layers anyway: they are emptied
 * Files of the compartment's range of ids are nobody's to remove without it.
 */
int native_clear(const struct compartment *c, char *err, size_t errlen);
/** native_settled() - are all layers in the path level's form? */
bool native_settled(const struct compartment *c);

/** What "uc check" tells, each 0 or -errno. Tried in children; leaves nothing behind. */
struct native_probe {
	int userns, mntns, pidns, utsns, ipcns, cgroupns, timens, netns;
	int overlay; /* in a user namespace, with userxattr, with its upper layer in @dir */
	int idmap; /* as root: an idmapped clone of the host's root */
	int range; /* root: always; a user: /etc/subuid, /etc/subgid, newuidmap, newgidmap */
	int fuse; /* may this user open /dev/fuse? */
	unsigned nuids;
	char range_text[NATIVE_ERR_BYTES];
};
void native_probe(const char *dir, struct native_probe *out);

#endif
