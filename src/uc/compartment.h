/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_COMPARTMENT_H
#define UCRUN_COMPARTMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * Compartments on disk.
 *
 * The state directory STATE is $UC_HOME, or /var/lib/uc for root, or $XDG_DATA_HOME/uc, or
 * ~/.local/share/uc. Each compartment is a directory in it:
 *
 *	NAME/format	"ucrun-compartment 1": what makes the directory a compartment
 *	NAME/owner	"uid gid": whose files these are on the host
 *	NAME/uc.conf	its configuration, may be empty
 *	NAME/upper, work, shared	the copy-on-write layer over the host's root
 *	NAME/level	which form that layer is in, see layer_dirs.h; absent: "path"
 *	NAME/layers/ESC/{upper,work,shared}	those of other entries, see layer_dirs.h
 *	NAME/sessions/PID/		see session.h
 *	NAME/nested/		the STATE of the sessions in its sessions: docs/nested.md
 *
 * Nobody runs as the host's root. A compartment that root makes belongs to the system user of its
 * name or, when there is none, to a uid of its own (uids.h). That user may
 * change everything below NAME/, so root believes nothing in there: the owner is who the directory
 * belongs to (the file must agree), no symlink is followed, and what root changes below NAME/ it
 * changes with the owner's rights (setfsuid). STATE itself belongs to root and is 0711: its owner's
 * uid can reach a compartment, but not list them or replace one.
 *
 * Functions return 0 or -errno; where they take @err, it then holds "what: why; way out" without a
 * newline, safe for a terminal.
 */

#define NESTED_DIR "nested" /* in a compartment: STATE of the sessions in its sessions */

#define COMPARTMENT_NAME_MAX  64
#define COMPARTMENT_FORMAT    1
#define COMPARTMENT_ERR_BYTES 512 /* a good size for @err */

enum compartment_flags {
	COMPARTMENT_CREATE = 1 << 0, /* make it, and STATE, when it is not there */
};

/*
 * Who carries a session's view, and in which form a layer's owners and modes are on disk: recorded
 * in xattrs (path level) or as real ids of the compartment's range (native level, see ranges.h).
 */
enum uc_level { UC_PATH, UC_NATIVE, UC_LEVEL_COUNT };
extern const char *const uc_level_names[UC_LEVEL_COUNT];

struct compartment {
	char *name;
	char *state; /* STATE, absolute and free of symlinks */
	char *path; /* STATE/NAME */
	int statefd; /* STATE */
	int dirfd; /* STATE/NAME */
	uid_t host_uid; /* whose files and processes these are on the host: never 0 */
	gid_t host_gid;
	char *login; /* the host's name of host_uid; NULL when it has none */
	char *home; /* that user's home directory on the host; NULL when there is none */
	bool created; /* by this compartment_open() */
};

/** compartment_state_path() - where STATE is or would be made; the caller's, NULL: no home either
 */
char *compartment_state_path(void);
/**
 * compartment_owner_conf() - a file that the machine's owner may have written for this compartment
 * @i: 0 and 1: for its user, by login, and for itself, by name. What either says binds: a user may
 *     name compartments as she likes.
 * Return: the caller's "/etc/uc/user.d/X.conf"; NULL: there is none such, or no memory
 */
char *compartment_owner_conf(const struct compartment *c, unsigned i);
#define COMPARTMENT_OWNER_CONFS 2
/** compartment_name_valid() - 1 to 64 of A-Z a-z 0-9 . _ -, not beginning with '.' or '-' */
bool compartment_name_valid(const char *name);

/**
 * compartment_open() - find a compartment, make it on first use
 * @out:   the caller's: compartment_destroy()
 * @name:  NULL means the login name of the user (its odd characters become '_')
 * @flags: enum compartment_flags
 * Making is atomic: built under another name, then renamed. A directory that is not a compartment,
 * is of a newer format, or that somebody else could have prepared is refused.
 * Return: 0; -EINVAL bad name; -ENOENT there is none; -EEXIST something else is there;
 *         -EPROTONOSUPPORT newer format; -EPERM wrong owner or mode; -EROFS, -ENOSPC, -EACCES, ...
 */
int compartment_open(struct compartment **out, const char *name, unsigned flags, char *err,
		     size_t errlen);
/**
 * compartment_open_in() - the same for one that a session asks for; it is made
 * @base: the directory of that session's compartment, or of the session when it is ephemeral. The
 *        STATE of the new one is "nested" in it.
 * The caller is that compartment's user.
 */
int compartment_open_in(struct compartment **out, const char *base, const char *name, char *err,
			size_t errlen);
void compartment_destroy(struct compartment *c);

/**
 * compartment_become() - turn this process into the compartment's user, for ever
 * Does nothing for an ordinary user. For root: all uids and gids become the host_uid and host_gid,
 * supplementary groups hers (none when she is no system user), every capability is gone, and it is
 * verified that there is no way back. The process must have one thread.
 * The process stays dumpable, as an ordinary user's is: a forked task can be read by its
 * supervisor.
 */
int compartment_become(const struct compartment *c, char *err, size_t errlen);

/** compartment_reaches() - access(2) as the compartment's user, also before compartment_become() */
bool compartment_reaches(const struct compartment *c, const char *path, int mode);

/**
 * compartment_list() - names of the compartments in STATE, sorted
 * @names: array, NULL-terminated: compartment_list_free()
 * Return: how many (0 also when there is no STATE yet), or -errno
 */
int compartment_list(char ***names, char *err, size_t errlen);
void compartment_list_free(char **names);

/**
 * compartment_reset() - forget every change made in it; sessions and configuration stay
 * Return: -EBUSY while a session of it runs
 */
int compartment_reset(struct compartment *c, char *err, size_t errlen);
/** compartment_remove() - remove it and all that is in it. -EBUSY while a session of it runs */
int compartment_remove(struct compartment *c, char *err, size_t errlen);

#endif
