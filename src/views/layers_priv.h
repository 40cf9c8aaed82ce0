/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_LAYERS_PRIV_H
#define UCRUN_LAYERS_PRIV_H

/* What the layer_*.c files share. */

#include <fcntl.h>
#include <pthread.h>
#include <uthash.h>

#include "layers.h"
#include "util.h"

#define LAYERS_MAX 8
#define XATTR_OPAQUE "user.overlay.opaque"
#define XATTR_OVERRIDE "user.containers.override_stat"
#define XATTR_ORIGIN "user.uc.origin"
#define XATTR_CAPABILITY "user.uc.capability"

/*
 * The cache: a tree of the directories that exist in overlay layers, each with all names that those
 * layers have in it. So a name that is not in it is the base's business alone. Guarded by
 * layers->lock. Our own changes are entered as they happen; another session's are noticed by
 * the generation number in the shared file, and the whole tree is dropped.
 */
enum name_kind { NAME_OTHER, NAME_DIR, NAME_WHITEOUT };

struct cdir {
	struct cname *names; /* hash, once loaded */
	bool loaded;
	unsigned mask;	  /* bit per overlay layer that has this directory */
	bool base;	  /* the base shows through */
	unsigned hidden;  /* how many of the names are whiteouts */
};

struct cname {
	enum name_kind kind;
	unsigned layer;	  /* top-most */
	struct cdir *dir; /* NAME_DIR */
	UT_hash_handle hh;
	char name[];
};

struct shared_page {
	uint32_t magic;
	uint64_t generation;
	pthread_mutex_t lock;
};

/*
 * A lower object that was renamed: descriptors on it and on what is below it were opened under the
 * old name, and that is what their host path still says.
 */
struct moved {
	struct moved *next;
	char *from; /* in the lower layers */
	char *to;   /* in the stack, now */
};

struct layers {
	unsigned n, noverlay; /* dirs[0..noverlay) are overlay layers; then at most bases */
	char *path[LAYERS_MAX];
	int fd[LAYERS_MAX];
	bool overlay[LAYERS_MAX];
	unsigned flags;
	int work;
	uid_t host_uid;
	gid_t host_gid;
	pthread_mutex_t lock;
	struct cdir root;
	struct shared_page *shared;
	int shared_fd;
	uint64_t generation; /* of the tree in memory */
	unsigned temp;	     /* for names in work */
	struct moved *moved;
	struct listing_cache *listings;
};

/* ---- layers.c ---- */
void layers_lock(struct layers *l);	   /* to look */
void layers_unlock(struct layers *l);
void layers_lock_change(struct layers *l); /* to change names: excludes other sessions too */
void layers_unlock_change(struct layers *l);
int layer_open_at(int dir, const char *rel, int flags); /* openat2, beneath, no symlinks */
bool layers_writable(const struct layers *l);

/* ---- layer_cache.c ---- */

/** Where a path is, as far as names tell. */
struct where {
	enum { WHERE_OVERLAY, WHERE_BASE, WHERE_MISSING, WHERE_BLOCKED } kind;
	unsigned layer;	 /* OVERLAY: top-most */
	unsigned mask;	 /* OVERLAY directory */
	bool is_dir, base, whiteouts;
	bool last;	 /* the whole path was consumed (else BLOCKED at used) */
	bool under;	 /* the parent is an overlay directory */
	size_t used;	 /* BLOCKED: a non-directory at rel[0..used) */
};
void cache_find(struct layers *l, const char *rel, struct where *w); /* locked */
void cache_drop(struct layers *l);
/** cache_set() - enter a change: @rel now is @kind in layer 0. Locked. */
void cache_set(struct layers *l, const char *rel, enum name_kind kind, bool opaque);
/** cache_remove() - @rel is in no overlay layer any more */
void cache_remove(struct layers *l, const char *rel);

/* ---- layer_attr.c ---- */
void attr_virtual(struct layers *l, unsigned layer, int opath, struct statx *stx);
/** attr_record() - make the object behind @opath (layer 0) look like owner and mode */
int attr_record(struct layers *l, int opath, mode_t mode, uid_t uid, gid_t gid, dev_t rdev);
int fd_path_name(int fd, char name[64]);
bool who_is_root(const struct cred *who);
int attr_parent_check(struct layers *l, const struct cred *who, const char *rel, struct lnode *victim);
bool xattr_is_private(const char *name);

/* ---- layer_list.c ---- */
void listing_drop(struct layers *l);

/* ---- layer_copyup.c ---- */
/**
 * upper_parent() - the directory of @rel in layer 0, copied up when it is not there. Locked for change.
 * @name: the last component. Return: O_PATH descriptor or -errno
 */
int upper_parent(struct layers *l, const char *rel, const char **name);
/** copy_up() - @rel into layer 0; @data: with its content. Takes the lock. 0 when it is there already */
int copy_up(struct layers *l, const char *rel, bool data);
int copy_up_locked(struct layers *l, const char *rel, bool data);
int copy_tree_up(struct layers *l, const char *rel); /* a directory with all below; locked */
int whiteout_make(struct layers *l, int dir, const char *name);
void work_name(struct layers *l, char name[32]);

#endif
