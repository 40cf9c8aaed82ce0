/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_LAYERS_PRIV_H
#define UCRUN_LAYERS_PRIV_H

/* What the layer_*.c files share. */

#include <fcntl.h>
#include <pthread.h>
#include <uthash.h>

#include "layers.h"
#include "util.h"

#define XATTR_OPAQUE	 "user.overlay.opaque"
#define XATTR_OVERRIDE	 "user.containers.override_stat"
#define XATTR_ORIGIN	 "user.uc.origin"
#define XATTR_DEVICES	 "user.uc.devices"
#define XATTR_LINKS	 "user.uc.links"
#define XATTR_CAPABILITY "user.uc.capability"

/*
 * The cache: a tree of the directories that exist in overlay layers, each with all names that those
 * layers have in it. So a name that is not in it is the base's business alone. Guarded by
 * layers->lock. Our own changes are entered as they happen; another session's are noticed by
 * the generation number in the shared file, and the whole tree is dropped.
 */
/*
 * A recorded device node is a regular file to the kernel, and a copy has an inode number that we do
 * not tell. So that listings are right, a directory that ever got a device, or a copy where no
 * directory of the base is merged with it, is marked (XATTR_DEVICES), and only there regular files
 * are looked at.
 */
enum name_kind { NAME_OTHER, NAME_DIR, NAME_WHITEOUT, NAME_DEVICE, NAME_COPY };

struct cdir {
	struct cname *names; /* hash, once loaded */
	bool loaded;
	unsigned mask; /* bit per overlay layer that has this directory */
	bool base; /* the base shows through */
	unsigned hidden; /* how many of the names are not for the kernel to list: is_hidden() */
};

struct cname {
	enum name_kind kind;
	unsigned layer; /* top-most */
	struct cdir *dir; /* NAME_DIR */
	UT_hash_handle hh;
	char name[];
};

/*
 * What the sessions over one upper layer share, mapped from a file. The generation is odd while one
 * of them changes names. So who finds it odd and the lock free knows that the change was cut short,
 * and that what it did before that is in nobody's cache.
 */
struct shared_page {
	uint32_t magic; /* written last, when the rest can be used */
	uint64_t generation; /* changed with the lock held */
	bool links; /* work has names of hard-linked files */
	bool owners; /* work has owners: layer_owner.c */
	pthread_mutex_t lock; /* robust */
};

struct sharing {
	struct shared_page *page; /* NULL: the layer is ours alone */
	int fd; /* flock: LOCK_SH by every session; or -1 */
	int work; /* O_PATH: where half-made copies and names of hard-linked files are; or -1 */
	char *work_path, *path; /* of the two, as they were given; or NULL */
	uint64_t seen; /* the generation that the tree in memory is of; guarded by layers->lock */
};

/*
 * A lower object that was renamed: descriptors on it and on what is below it were opened under the
 * old name, and that is what their host path still says.
 */
struct moved {
	struct moved *next;
	char *from; /* in the lower layers */
	char *to; /* in the stack, now */
};

struct layers {
	unsigned n, noverlay; /* dirs[0..noverlay) are overlay layers; then at most bases */
	char *path[LAYERS_MAX];
	int fd[LAYERS_MAX];
	bool overlay[LAYERS_MAX];
	unsigned flags;
	int work; /* own.work */
	uid_t host_uid;
	gid_t host_gid;
	pthread_mutex_t lock;
	struct cdir root;
	struct sharing sharing[LAYERS_MAX]; /* of dirs[i]; but for [0], our own, only looked at */
	bool changing; /* this thread is within layers_lock_change(); guarded by lock */
	unsigned temp; /* for names in work */
	bool links, owners; /* as in the shared page, for a stack without one */
	struct moved *moved;
	struct listing_cache *listings;
};

/* ---- layers.c ---- */
void layers_lock(struct layers *l); /* to look */
void layers_unlock(struct layers *l);
void layers_lock_change(struct layers *l); /* to change names: excludes other sessions too */
void layers_unlock_change(struct layers *l);
int layer_open_at(int dir, const char *rel, int flags); /* openat2, beneath, no symlinks */
bool layers_writable(const struct layers *l);

/* ---- layer_cache.c ---- */

/** Where a path is, as far as names tell. */
struct where {
	enum { WHERE_OVERLAY, WHERE_BASE, WHERE_MISSING, WHERE_BLOCKED } kind;
	unsigned layer; /* OVERLAY: top-most */
	unsigned mask; /* OVERLAY directory */
	bool is_dir, base, hidden, is_device;
	bool last; /* the whole path was consumed (else BLOCKED at used) */
	bool under; /* the parent is an overlay directory */
	size_t used; /* BLOCKED: a non-directory at rel[0..used) */
};
void cache_find(struct layers *l, const char *rel, struct where *w); /* locked */
void cache_drop(struct layers *l);
/** kind_of_mode() - what a new object of layer 0 is */
enum name_kind kind_of_mode(mode_t mode);
/** kind_on_disk() - what a non-directory of layer 0 is, by its records */
enum name_kind kind_on_disk(int dir, const char *name);
/** devices_mark() - before @rel becomes of that kind: its directory must be marked for some */
int devices_mark(struct layers *l, const char *rel, enum name_kind kind);
/** cache_set() - enter a change: @rel now is @kind in layer 0. Locked. */
void cache_set(struct layers *l, const char *rel, enum name_kind kind, bool opaque);
/** cache_remove() - @rel is in no overlay layer any more */
void cache_remove(struct layers *l, const char *rel);

/* ---- layer_pty.c ---- */
/** pty_virtual() - a terminal's owner, group and mode as noted; nothing for all else */
void pty_virtual(const struct layers *l, struct statx *stx);
/** pty_record() - note them. Return: false when @stx is no terminal of LAYERS_PTYS */
bool pty_record(const struct layers *l, const struct statx *stx, uid_t uid, gid_t gid, mode_t mode);

/* ---- layer_attr.c ---- */
void attr_virtual(struct layers *l, unsigned layer, int opath, struct statx *stx);
/** attr_record() - make the object behind @opath (layer 0) look like owner and mode */
int attr_record(struct layers *l, int opath, mode_t mode, uid_t uid, gid_t gid, dev_t rdev);
int fd_path_name(int fd, char name[64]);
bool who_is_root(const struct cred *who);
int attr_parent_check(struct layers *l, const struct cred *who, const char *rel,
		      struct lnode *victim);
/** lookup_existing() - layers_lookup() for calls that want the object: -ENOENT, and -ELOOP on a
 * link */
int lookup_existing(struct layers *l, const char *rel, struct lnode *n);
/**
 * change_begin() - bring @rel into the writable layer
 * @n: an O_PATH descriptor with what it looks like: layers_node_finish() on success
 */
int change_begin(struct layers *l, const char *rel, struct lnode *n);

/* ---- layer_acl.c: of objects in overlay layers ---- */
/** acl_kept_name() - where the ACL of that name is kept; NULL: it is no ACL. And the way back. */
const char *acl_kept_name(const char *name);
const char *acl_told_name(const char *kept);
/** acl_set() - setxattr(2) of an ACL on @n, of layer 0. @value NULL: removexattr(2) */
int acl_set(struct layers *l, const struct cred *who, const struct lnode *n, const char *name,
	    const void *value, size_t size);
ssize_t acl_get(const struct lnode *n, const char *name, void *value, size_t size);

/** What something new gets from its directory. */
struct birth {
	mode_t mode; /* with its type and without LAYERS_UMASK() */
	gid_t gid;
	void *acl; /* the directory's default ACL, or NULL */
	size_t acl_bytes;
};
/**
 * acl_birth() - look at the directory @parent
 * @mode: with type, and LAYERS_UMASK()
 * Return: 0: acl_birth_finish() is due; -ENOMEM
 */
int acl_birth(struct layers *l, const struct cred *who, const char *parent, mode_t mode,
	      struct birth *b);
/** acl_birth_of() - the same for the directory that is to have the name @rel */
int acl_birth_of(struct layers *l, const struct cred *who, const char *rel, mode_t mode,
		 struct birth *b);
void acl_birth_finish(struct birth *b);
/** acl_inherit() - the new object @fd of layer 0 gets the ACLs that come with @b */
int acl_inherit(int fd, const struct birth *b);

/* ---- layer_xattr.c ---- */
bool xattr_is_private(const char *name);

/* ---- layer_change.c: for renaming too. Locked, but find_name() ---- */
/** find_name() - layers_lookup() for nobody; -ELOOP on a link on the way */
int find_name(struct layers *l, const char *rel, struct lnode *n);
/** lower_has() - is there something below layer 0 that would show if layer 0 had nothing here? */
bool lower_has(struct layers *l, const char *rel);
bool in_upper(struct layers *l, const char *rel);
/** dir_is_empty() - 0, or -ENOTEMPTY */
int dir_is_empty(struct layers *l, const char *rel);
/** dir_drop_whiteouts() - take the whiteouts out of a directory of layer 0 that looks empty */
int dir_drop_whiteouts(struct layers *l, const char *rel);

/* ---- layer_links.c ---- */

/** links_publish() - @tmp in work is the whole copy of @lower, which has several names. Locked. */
int links_publish(struct layers *l, const struct lnode *lower, const char *tmp);
/** links_unpublish() - the copy @fd got no name after all. Locked. */
void links_unpublish(struct layers *l, int fd);
/** links_find() - when the lower file @n was copied up under another name, @n becomes that copy */
void links_find(struct layers *l, struct lnode *n);
/** links_entered() - one more lower name of the copy @fd is one of layer 0 now. Locked. */
void links_entered(int fd);
/**
 * links_look() - the name @rel is about to go: what links_gone() must know, or n->fd = -1. Locked.
 * links_gone() - it is gone. Finishes @n. When it stays, layers_node_finish() is enough.
 */
void links_look(struct layers *l, const char *rel, struct lnode *n);
void links_gone(struct layers *l, struct lnode *n);
/** links_sweep() - is the name @name in @work of use still? Otherwise it goes. */
bool links_sweep(int work, const char *name);
/** links_count() - the number of links that programs see */
void links_count(int fd, struct statx *stx);

/* ---- layer_owner.c ---- */
struct owner;
/** owner_look() - put into @stx what is recorded of a symlink, FIFO or socket of overlay @layer */
void owner_look(struct layers *l, unsigned layer, int opath, struct statx *stx);
/** owner_record() - of an object of layer 0 or work; @plain: nothing needs to be said of it */
int owner_record(struct layers *l, int opath, const struct owner *o, bool plain);
/** owner_any() - are there owners in work? owner_matters() - might one be of @n? */
bool owner_any(const struct layers *l);
bool owner_matters(const struct layers *l, const struct lnode *n);
/** owner_gone() - a name of @n is gone. Locked for change. */
void owner_gone(struct layers *l, const struct lnode *n);

/* ---- layer_mincow.c: do it on the host. Locked for change, but the last two ---- */
#define MINCOW_COPY (-4096) /* not there: go on as for cow. No errno has this value. */
int mincow_create(struct layers *l, const char *rel, int flags, mode_t mode);
int mincow_make(struct layers *l, const char *rel, mode_t mode, dev_t dev, const char *target);
int mincow_remove(struct layers *l, const char *rel, bool is_dir);
int mincow_rename(struct layers *l, const char *from, const char *to, unsigned flags);
int mincow_chmod(struct layers *l, const struct lnode *n, mode_t mode);
int mincow_utimens(struct layers *l, const struct lnode *n, const struct timespec ts[2]);

/* ---- layer_list.c ---- */
void listing_drop(struct layers *l);

/* ---- layer_closed.c ---- */
/** closed_to_us() - does the host keep @n, of the base, from us, and we may have one of our own? */
bool closed_to_us(const struct layers *l, const char *rel, const struct lnode *n);
/**
 * closed_lookup() - the base has answered EACCES for @rel, which is in no overlay layer
 * Return: 0: no such name in a directory that there is; -ENOENT: no such directory; -EACCES
 */
int closed_lookup(const struct layers *l, const char *rel);
/** closed_text() - what the copy of the closed file @rel holds: a descriptor; -EACCES: it cannot be
 * copied */
int closed_text(struct layers *l, const char *rel);

/* ---- layer_copyup.c ---- */
/**
 * upper_parent() - the directory of @rel in layer 0, copied up when it is not there. Locked for
 * change.
 * @name: the last component. Return: O_PATH descriptor or -errno
 */
int upper_parent(struct layers *l, const char *rel, const char **name);
/** copy_up() - @rel into layer 0; @data: with its content. Takes the lock. 0 when it is there
 * already */
int copy_up(struct layers *l, const char *rel, bool data);
int copy_up_locked(struct layers *l, const char *rel, bool data);
/** link_locked() - a hard link to @fd, of layer 0, as @rel. Locked for change. */
int link_locked(struct layers *l, int fd, const char *rel, enum name_kind kind);
int whiteout_make(struct layers *l, int dir, const char *name);
void work_name(struct layers *l, char name[32]);

#endif
