/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_NATIVE_INTERNAL_H
#define UCRUN_NATIVE_INTERNAL_H

#include <fcntl.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "layer_dirs.h"
#include "native.h"
#include "ranges.h"
#include "table.h"
#include "util.h"

/* Shared by the files of src/native alone. */

struct nerr {
	char *text;
	size_t size;
};

/** nfail() - "what: why" into @e; returns @ret */
int nfail(struct nerr e, int ret, const char *fmt, ...) UCRUN_PRINTF(3, 4);

/* ---- userns.c ---- */
/** userns_create() - a user namespace that maps @r, owned by r->uid. Return: descriptor */
int userns_create(const struct id_range *r, struct nerr e);
/** userns_enter() - this process (one thread) becomes inside root */
int userns_enter(int userns);

/* ---- tree.c: host directories as detached mounts ---- */

/** One host mount below a directory that the view shows. */
struct tree_part {
	char *rel; /* from the tree's path; "" is the tree itself */
	int fd; /* detached clone; -1: taken */
	bool plain; /* it could not be idmapped: not to be copied from, shown read-only */
};

/** A host directory or file, with the mounts below it. */
struct tree {
	struct tree_part *parts; /* outermost first */
	unsigned n;
};

enum tree_flags {
	TREE_PARTS = 1 << 0, /* for overlays: every mount by itself. Else one recursive clone */
	TREE_RDONLY = 1 << 1,
};

/**
 * tree_open() - clone what is at the host path @path, symlink-free
 * @userns: idmap it with this namespace; -1: do not
 * Nothing on the way may be a link: the path was resolved before, by whoever asked for it.
 */
int tree_open(struct tree *t, const char *path, int userns, unsigned flags, struct nerr e);
void tree_finish(struct tree *t);
/** tree_has_mounts() - are there mounts of the host below @path that a view would show? */
bool tree_has_mounts(const char *path);

/* ---- convert.c ---- */
/** convert_layer() - with no session live: the layer in @base into the form @to, in a child */
int convert_layer(int userns, int base, enum uc_level to, struct nerr e);
/** convert_clear() - forget what is in it; it is in the path level's form then */
int convert_clear(int userns, int base, struct nerr e);
/** convert_made() - make real what layer_dirs.c recorded: @upper itself and the way to @rel */
int convert_made(int upper, const char *rel);

/* ---- layers: what the pool mounts ---- */

struct native_layer {
	char *name; /* of its directory in the pool */
	int base; /* its directory on the host, O_PATH; holds upper and work */
	int keep; /* -e: that of the compartment's layer below it; else -1 */
	struct tree *lower;
	const char *hide; /* STATE relative to the lower directory, or NULL */
	struct session_layer dirs, below;
};

struct native {
	const struct compartment *c;
	const struct plan *plan;
	bool by_root;
	struct id_range range;
	int userns;
	struct tree lower;
	struct tree *binds; /* one per plan entry */
	struct native_layer root, state;
	struct native_layer *layers; /* one per plan entry; name NULL: no cow */
	char **targets; /* one per plan entry: canonical as far as the host's root tells */
};

/** trees_take() - the host directories that the plan shows, see prepare.c */
int trees_take(struct native *n, bool asked, struct nerr e);

/* ---- pool.c ---- */
#define POOL_LAYERS "/m"
#define POOL_BASES  "/b"
#define POOL_LOWERS "/l"
#define POOL_ROOT   "/root"

#define TERMINALS 3

/** What a carrier brings along from the host's mounts. */
struct luggage {
	int tty[TERMINALS]; /* detached clones of the terminals behind 0, 1, 2 */
	unsigned number[TERMINALS]; /* N of /dev/pts/N */
};

/** pool_make() - in the new mount namespace: nothing of the host is left in it but what we need */
int pool_make(struct native *n, struct nerr e);
/** pool_layer() - mount a layer in the pool when it is not there yet */
int pool_layer(const struct native_layer *l, const char *at, struct nerr e);

/* ---- carry.c ---- */
struct pool {
	int userns, mntns; /* -1: there is none yet */
};

/** layers_take() - with the sessions' lock held: the plan's layers, in native form */
int layers_take(struct native *n, const struct native_config *cfg, struct nerr e);
/** carrier_main() - tells MSG_POOL, then MSG_INIT, or MSG_FAIL; @pool may be empty */
_Noreturn void carrier_main(struct native *n, const struct native_config *cfg,
			    const struct pool *pool, int sock, const sigset_t *mask,
			    const struct rlimit *nofile);

/* ---- view.c, dev.c: in the session's own copy of the pool ---- */
int view_build(struct native *n, const struct native_config *cfg, struct luggage *bags,
	       struct nerr e);
/** dev_pool() - put the host's devices that sessions have into the pool at @top */
int dev_pool(int top);
int dev_build(int root, struct luggage *bags, struct nerr e);
/** figures_build() - cover the files that tell how big the machine is; @root: of the view */
int figures_build(int root, const struct native_config *cfg, struct nerr e);
/** figures_refresh() - write them anew when it is time. Return: in how many ms to come again, -1:
 * never */
int figures_refresh(const struct native_config *cfg);
/** target_open() - find @path in the view, make it when it is not there. Return: O_PATH */
int target_open(int root, const char *path, bool is_dir);
/** attach() - move the detached mount @fd to @target */
int attach(int fd, int target);
/** fs_make() - a detached new file system. @options: "key", "value" pairs, NULL */
int fs_make(const char *type, const char *const options[][2], unsigned attr);
/** copy_look() - owner and mode of @from for @to */
int copy_look(int from, int to);
int clone_at(int dirfd, const char *path, bool recursive);
int set_rdonly(int fd);

/* ---- probe.c ---- */
/** probe_overlay() - can overlayfs of @userns have its upper layer in the directory @dir of ours?
 */
int probe_overlay(const char *dir, const struct id_range *r, int userns);

/* ---- init.c ---- */
enum { MSG_POOL = 1, MSG_INIT, MSG_FIRST, MSG_FAIL, MSG_STOPPED, MSG_EXIT, MSG_LISTENER };

struct message {
	int type, value;
	char text[NATIVE_ERR_BYTES];
};

int message_send(int sock, int type, int value, const char *text, const int *fds, unsigned nfds);
/** init_main() - process 1 of the session */
_Noreturn void init_main(struct native *n, const struct native_config *cfg, struct luggage *bags,
			 int sock, const sigset_t *mask, const struct rlimit *nofile);

/* ---- confine.c ---- */
/**
 * confine_namespaces() - no namespaces below ours: for clone3, whose flags no filter sees
 * @open_again: let there be some again
 */
void confine_namespaces(bool open_again);
/**
 * confine_task() - the last thing before the first program is executed
 * @allow: set of enum call_allow
 * @budget: calls that tell how big the machine is are trapped too
 * @listener: for its execs; -EBUSY: somebody outside has one already
 */
int confine_task(unsigned allow, bool budget, int *listener);

#endif
