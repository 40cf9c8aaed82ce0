/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_LAYERS_H
#define UCRUN_LAYERS_H

#include <limits.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>

#include "identity.h"

/*
 * Layers: a stack of real directories shown as one tree. Every file entry of a view is one stack:
 *
 *	bind rw		[host]                      writes go to the host
 *	bind ro		[host], read-only
 *	tmp		[private directory]
 *	cow		[upper] over [host]
 *	cow, -e		[session's upper] over [upper] over [host]
 *	merge		[A] over [B], read-only
 *	mincow		[upper] over [host], written through where the host lets us
 *
 * On disk a layer that was ever an upper one is in overlayfs's format with userxattr: a whiteout is
 *a character device 0/0 (Linux >= 5.8 lets anybody make one), an opaque directory has
 * user.overlay.opaque=y. So kernel overlayfs and fuse-overlayfs read what we write.
 *
 * Owners, special modes and device nodes that the host user cannot set for real are recorded in
 * user.containers.override_stat ("uid:gid:octal mode[:char-MAJ-MIN|:block-MAJ-MIN]", the format of
 * containers/storage and fuse-overlayfs); a device node is an empty regular file that carries it.
 * user.uc.origin ("dev:ino") keeps the inode number of a copied-up file what it was; user.uc.links
 * counts the names of a hard-linked one that are not copied up yet (layer_links.c).
 * These names and user.overlay.* are invisible to programs and refused with EPERM.
 *
 * Paths ("rel") are relative to the stack's root, canonical: no leading slash, no "//", no "." or
 * "..", no symlink before the last component; "" is the root. Functions return 0 or -errno.
 * Everything is thread-safe. Only names are locked; a big copy-up runs without the lock.
 */

struct layers;

struct layer_dir {
	const char *path; /* absolute host path, symlink-free */
	bool overlay; /* may hold whiteouts and opaque directories: it is or was an upper layer */
};

/*
 * For two sessions over one upper layer: a directory beside it, on the same file system, for
 * half-made copies, and a small file mapped by all sessions that holds a robust mutex and a
 * generation number.
 */
struct layer_sharing {
	const char *work, *shared;
};

#define LAYERS_MAX 8

enum layers_flags {
	LAYERS_RDONLY = 1 << 0, /* every change answers EROFS */
	LAYERS_MINCOW = 1 << 1, /* change dirs[last] itself where the host permits, else copy up */
	LAYERS_HOST = 1 << 2, /* dirs[0] is the host's own (bind rw): no override xattrs are written
			       * to it; a chown that the host refuses is refused */
	LAYERS_PTYS = 1 << 3, /* the host's devpts: owners and modes are noted, see layer_pty.c */
};

struct layers_config {
	const struct layer_dir *dirs; /* top-most first; copied */
	unsigned ndirs;
	unsigned flags;
	/* Of dirs[0]. shared NULL: this stack is this process's alone. */
	const char *work;
	const char *shared;
	/*
	 * Of each dirs[i] (but [0]) that is the upper layer of other sessions, which may change it
	 * while this stack shows it. NULL: none is.
	 */
	const struct layer_sharing *below;
	uid_t host_uid; /* whose files on the host are root's inside */
	gid_t host_gid;
};

/** What a name stands for. Give back with layers_node_finish(). */
struct lnode {
	int fd; /* O_PATH | O_NOFOLLOW on the object in its top-most layer; -1: no such object */
	unsigned layer; /* index into dirs; 0 is writable */
	bool merged; /* a directory whose listing the kernel alone cannot produce */
	bool linked; /* copied up under another of its names: the layer has no such name yet */
	bool closed; /* the host keeps it from us: opening it makes one of our own, layer_closed.c
		      */
	struct statx stx; /* as programs see it (valid when fd >= 0) */
};

int layers_create(struct layers **out, const struct layers_config *cfg);
void layers_destroy(struct layers *l);

/** What a directory of a stack is made of; the strings are its own. layers_parts_finish() */
struct layers_parts {
	struct layer_dir dirs[LAYERS_MAX];
	struct layer_sharing sharing[LAYERS_MAX];
	unsigned n;
	unsigned flags; /* enum layers_flags of the stack */
};

/**
 * layers_parts() - take the directory @rel of @l apart: a stack of these shows the same tree
 * Return: 0; -ENOTDIR: no layer has such a directory; -ENOMEM
 */
int layers_parts(struct layers *l, const char *rel, struct layers_parts *out);
void layers_parts_finish(struct layers_parts *p);

#define LAYERS_SYMLINK 1
/**
 * layers_lookup() - find @rel
 * @who:        who looks (NULL: nobody is asked); search permission is checked on the way for a
 *              @who without CAP_DAC_OVERRIDE / CAP_DAC_READ_SEARCH
 * @prefix_len: set when a component before the last is a symlink: the length of the part of @rel
 * that names it Return: 0, @out holds the object, or @out->fd == -1 when only the last component is
 * missing; LAYERS_SYMLINK: *@prefix_len is set, and @out holds that symlink; -ENOENT, -ENOTDIR,
 * -EACCES, -ENAMETOOLONG, ...: @out is empty. One openat2() serves the common case (the whole path
 * in the lowest layer, no symlink on the way).
 */
int layers_lookup(struct layers *l, const struct cred *who, const char *rel, struct lnode *out,
		  size_t *prefix_len);
void layers_node_finish(struct lnode *n);

/**
 * layers_search() - may @who pass every directory before the last component of @rel?
 * @passed: bytes of @rel whose directories were passed before (those before a task's cwd)
 * The functions below that take a path and a @who expect that the walk has asked this already: they
 * check the object and, for changes, its directory.
 * Return: 0 or -EACCES
 */
int layers_search(struct layers *l, const struct cred *who, const char *rel, size_t passed);

/**
 * layers_may() - may @who access @n, which was looked up? By its ACL too, where it has one
 * @want: R_OK | W_OK | X_OK. Return: 0 or -EACCES
 */
int layers_may(const struct layers *l, const struct cred *who, const struct lnode *n, int want);

/**
 * LAYERS_UMASK() - or-ed into a mode that something new is to have: a directory's default ACL
 * stands in the place of the umask, so it cannot be applied before the directory is known
 */
#define LAYERS_UMASK(mask) ((mode_t)(mask) << 16)

/**
 * layers_open() - open(2) by name, last component not followed (-ELOOP on a symlink without O_PATH)
 * @flags: as open(2); O_CREAT, O_EXCL, O_TRUNC, O_TMPFILE (rel is the directory), O_PATH,
 * O_DIRECTORY...
 * @mode:  permission bits for a new file, and LAYERS_UMASK() of what is to be taken from them
 * @who:   permissions are checked against virtual owner and mode; a new file is theirs
 * Return: a descriptor >= 0 (CLOEXEC always set), or -errno. Opening for writing copies up first.
 *         Never blocks on a FIFO unless @flags lack O_NONBLOCK; no lock is held then.
 */
int layers_open(struct layers *l, const struct cred *who, const char *rel, int flags, mode_t mode);
/** layers_open_found() - the same for @n, which was just looked up as @rel and is there. @n may be
 * another object afterwards (its copy), and is the caller's to finish as before. */
int layers_open_found(struct layers *l, const struct cred *who, struct lnode *n, const char *rel,
		      int flags);

/** layers_stat_fd() - virtual attributes of a descriptor that came from this stack */
int layers_stat_fd(struct layers *l, int fd, struct statx *out);
/** layers_stat_host() - turn real attributes of an object (fd may be -1) into virtual ones, in
 * place */
void layers_stat_host(struct layers *l, int fd, struct statx *stx);

ssize_t layers_readlink(struct layers *l, const struct cred *who, const char *rel, char *buf,
			size_t n);
int layers_mkdir(struct layers *l, const struct cred *who, const char *rel, mode_t mode);
int layers_mknod(struct layers *l, const struct cred *who, const char *rel, mode_t mode, dev_t dev);
int layers_symlink(struct layers *l, const struct cred *who, const char *target, const char *rel);
int layers_link(struct layers *l, const struct cred *who, const char *from, const char *to);
/** layers_link_fd() - give an O_TMPFILE or unlinked file of this stack (a real fd) a name */
int layers_link_fd(struct layers *l, const struct cred *who, int fd, const char *to);
int layers_unlink(struct layers *l, const struct cred *who, const char *rel, bool is_rmdir);
/** layers_rename() - @flags: 0, RENAME_NOREPLACE, RENAME_EXCHANGE (RENAME_WHITEOUT: EINVAL) */
int layers_rename(struct layers *l, const struct cred *who, const char *from, const char *to,
		  unsigned flags);
int layers_chmod(struct layers *l, const struct cred *who, const char *rel, mode_t mode);
int layers_chown(struct layers *l, const struct cred *who, const char *rel, uid_t uid, gid_t gid);
int layers_utimens(struct layers *l, const struct cred *who, const char *rel,
		   const struct timespec ts[2]);
int layers_truncate(struct layers *l, const struct cred *who, const char *rel, off_t length);
/** layers_access() - may @who? 0, -EACCES, -EROFS; layers_access_found(): @n was looked up already
 */
int layers_access(struct layers *l, const struct cred *who, const char *rel, int want);
int layers_access_found(struct layers *l, const struct cred *who, const struct lnode *n, int want);
/**
 * layers_is_base() - has no upper layer anything to say about @rel? Then what the kernel tells of
 * the lowest one's object is what there is.
 */
bool layers_is_base(struct layers *l, const char *rel);
ssize_t layers_getxattr(struct layers *l, const struct cred *who, const char *rel, const char *name,
			void *value, size_t size);
ssize_t layers_listxattr(struct layers *l, const struct cred *who, const char *rel, char *list,
			 size_t size);
int layers_setxattr(struct layers *l, const struct cred *who, const char *rel, const char *name,
		    const void *value, size_t size, int flags);
int layers_removexattr(struct layers *l, const struct cred *who, const char *rel, const char *name);
/**
 * The same on a descriptor of layer 0 (an upper file that may be open, unlinked or nameless):
 * chmod, chown, utimens, xattr. -EROFS when @fd is not in layer 0 (the caller goes by name then).
 */
int layers_fchmod(struct layers *l, const struct cred *who, int fd, mode_t mode);
int layers_fchown(struct layers *l, const struct cred *who, int fd, uid_t uid, gid_t gid);
/** pty_number() - the pseudo-terminal whose slave has this device number. -ENXIO: no such slave */
long pty_number(unsigned major, unsigned minor);
/** layers_pty_born() - @who has opened a pseudo-terminal's @master: the slave is that user's */
void layers_pty_born(int master, const struct cred *who);
/** layers_owns_fd() - is the object behind @fd in layer 0 (writable for real)? */
bool layers_owns_fd(struct layers *l, int fd);
/**
 * layers_bind() - bind(2) an AF_UNIX socket at a missing name @rel, as @who, with mode @mode
 * @bound: PATH_MAX bytes: the path that bind was given (getsockname tells it); at most 107 bytes,
 * so for a long one it is "/proc/self/fd/N/name"
 */
int layers_bind(struct layers *l, const struct cred *who, const char *rel, int sock, mode_t mode,
		char *bound);
/** layers_was_copied() - has this process copied the lower file (@dev, @ino) up, in any stack? */
bool layers_was_copied(dev_t dev, ino_t ino);
/** layers_copy_up() - make sure that @rel is in layer 0 */
int layers_copy_up(struct layers *l, const char *rel);

/** One name in a listing. */
struct ldirent {
	uint64_t ino;
	uint64_t cookie; /* position after this name, for d_off: > 0, never changes while cached */
	unsigned char type; /* DT_* */
	char *name;
};

/**
 * layers_list() - names of a directory from a position on, "." and ".." first
 * @cookie: 0 for the start, or a cookie of an earlier entry
 * @emit:   called per name; returns false to stop (the name was not taken)
 * A reader that keeps its cookie sees every name that exists throughout exactly once, whatever is
 * added or removed meanwhile. Whiteouts are never listed.
 */
int layers_list(struct layers *l, const char *rel, uint64_t cookie,
		bool (*emit)(void *arg, const struct ldirent *d), void *arg);

/**
 * layers_from_host() - which name in this stack has a host path?
 * @host: absolute real path (as /proc/PID/fd/N shows it, not deleted)
 * @fd:   an O_PATH descriptor of it or -1: used to find a lower directory that was renamed since
 * @rel:  PATH_MAX bytes
 * Return: the layer's index, or -ENOENT when @host is in none of them
 */
int layers_from_host(struct layers *l, const char *host, int fd, char *rel);
/** layers_host_path() - the absolute host path of the object that @n (looked up as @rel) is */
int layers_host_path(struct layers *l, const struct lnode *n, const char *rel, char *buf);

#endif
