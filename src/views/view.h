/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_VIEW_H
#define UCRUN_VIEW_H

#include <limits.h>
#include <pthread.h>
#include <stdbool.h>

#include "layers.h"

/*
 * A view: an ordered set of entries over a root.
 *
 * Each entry puts one backend at one target path. The target is canonical in the view (no symlink
 * on the way), so the entry that answers for a canonical path is simply the one with the longest
 * target that the path is under. A walk turns any path into a canonical one plus the node there.
 *
 * Two kinds of backend: a stack of layers (host, cow, tmp, merge, mincow: see layers.h), and a
 * synthetic tree that asks whoever knows about tasks (proc).
 *
 * Locking: view->lock guards the list of entries. A walk returns an entry with a reference, so an
 * entry that is removed meanwhile lives until its last node is finished.
 */

struct view;
struct walker;
struct vnode;

enum entry_kind { ENTRY_LAYERS, ENTRY_SYNTH };

/** What a synthetic backend (proc) must answer. @rel is canonical and relative to the entry. */
struct synth_ops {
	/**
	 * Look @rel up as layers_lookup() does, with its return values, or VIEW_JUMP when the part
	 * of @rel that ends at *@prefix_len is a magic link: then @n->path is the absolute view
	 * path that it leads to, or @n->n.fd is a nameless object (pipe, deleted file, ...) and
	 * @n->path is what readlink(2) tells of it.
	 * @follow: the last component is to be followed when it is a link
	 */
	int (*lookup)(void *arg, const struct walker *w, const char *rel, bool follow,
		      struct vnode *n, size_t *prefix_len);
	/** The path in the entry of a host object, or -ENOENT; @rel: PATH_MAX bytes. */
	int (*from_host)(void *arg, const char *host, char *rel);
};

#define VIEW_JUMP 2

struct entry {
	struct entry *next; /* view->entries, longest target first; guarded by view->lock */
	int refs; /* atomic */
	enum entry_kind kind;
	struct layers *layers; /* ENTRY_LAYERS: owned */
	const struct synth_ops *synth;
	void *synth_arg;
	char *file; /* the target is one file: its name in the stack's root; else NULL */
	char **except; /* canonical paths below that the entry leaves to others; or NULL */
	char *source; /* what /proc/self/mounts tells */
	const char *fstype;
	bool rdonly;
	bool private_sockets; /* host sockets and FIFOs below are not reachable: it is a cow */
	int id; /* mount id, for mountinfo and statx */
	size_t target_len; /* 0 for "/" */
	char target[]; /* canonical, "/" is "" */
};

/** Who walks, from where. Everything is borrowed. */
struct walker {
	struct view *view;
	const struct cred *who;
	const char *root; /* the task's root in the view, "/" or a chroot(2) */
	void *task; /* for synthetic backends: whose /proc/self */
};

enum walk_flags {
	WALK_NOFOLLOW = 1 << 0, /* a symlink as the last component is the node itself */
	WALK_NO_SYMLINKS = 1 << 1, /* openat2(2) RESOLVE_* */
	WALK_NO_MAGICLINKS = 1 << 2,
	WALK_BENEATH = 1 << 3,
	WALK_IN_ROOT = 1 << 4,
	WALK_NO_XDEV = 1 << 5,
	WALK_PARENT = 1 << 6, /* for create and remove: the last component is not followed even
			       * with a trailing slash; ends_in_dot tells about "." and ".." */
};

enum last_component { LAST_NAME, LAST_DOT, LAST_DOTDOT, LAST_ROOT };

struct vnode {
	struct entry *entry; /* referenced; NULL: a nameless object, n.fd is all there is */
	struct lnode n; /* n.fd == -1: only the last component is missing */
	const char *rel; /* path in the entry: points into path[] */
	bool soft; /* of a VIEW_JUMP: a plain symlink in truth (/proc/self), not a magic one */
	int reopen; /* of a nameless object: O_ACCMODE that its descriptor has, -1: no limit */
	bool want_dir; /* the path ended in a slash */
	enum last_component last;
	char path[PATH_MAX]; /* canonical view path */
};

int view_create(struct view **out);
void view_destroy(struct view *v);

/** What view_add_layers() puts into a view. Strings are copied, but @fstype is static. */
struct entry_spec {
	const char *target; /* canonical */
	const char *source; /* for mounts(5) */
	const char *fstype;
	const char *file; /* name in the stack's root when the target is one file, else NULL */
	char *const *except; /* holes: canonical view paths, NULL-terminated; or NULL */
	bool rdonly, private_sockets;
};

/**
 * view_add_layers() - put a stack at @spec->target, above what is there
 * @layers: the view's now, also when the call fails
 */
int view_add_layers(struct view *v, const struct entry_spec *spec, struct layers *layers);
int view_add_synth(struct view *v, const char *target, const struct synth_ops *ops, void *arg,
		   const char *fstype);
/** view_remove() - take away the entry at @target. -EINVAL: none there; -EBUSY: entries below it */
int view_remove(struct view *v, const char *target);

/**
 * view_walk() - resolve @path
 * @base: canonical view path that a relative @path starts at
 * @n:    filled in on success: view_node_finish(); n->n.fd == -1 when the last name does not exist
 * Return: 0 or -errno as path_resolution(7) and openat2(2) tell
 */
int view_walk(const struct walker *w, const char *base, const char *path, unsigned flags,
	      struct vnode *n);
void view_node_finish(struct vnode *n);
/** view_node_may() - may @who access @n, which is there? @want: R_OK | W_OK | X_OK; 0 or -EACCES */
int view_node_may(const struct vnode *n, const struct cred *who, int want);

/**
 * view_from_host() - the view path of a host object
 * @host: real path as /proc/PID/fd/N shows it; @fd: O_PATH on it or -1; @path: PATH_MAX bytes
 * Return: 0 (referenced entry in *@entry if not NULL: entry_put()), -ENOENT when the view has no
 * name for it
 */
int view_from_host(struct view *v, const char *host, int fd, char *path, struct entry **entry);

/**
 * view_is_target() - is an entry mounted exactly here? Then the name can neither be renamed nor
 * removed: EBUSY, as in Linux.
 */
bool view_is_target(struct view *v, const char *path);
/**
 * view_holds_target() - is an entry mounted below @path, not at it? Such a directory is not empty.
 * Linux would rename it and take the mounts along. Here entries stay at their targets, and one of
 * them may be what hides a part of the host from the view: EBUSY, which rename(2) allows for what
 * is "in use by the system".
 */
bool view_holds_target(struct view *v, const char *path);

/** view_each() - call @fn for every entry, outermost last, under the read lock */
void view_each(struct view *v, void (*fn)(void *arg, const struct entry *e), void *arg);

void entry_put(struct entry *e);

#endif
