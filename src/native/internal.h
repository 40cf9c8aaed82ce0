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
/**
 * userns_nested() - in a user namespace of ours: one below it, with all its ids, owned by inside 0
 * For the sessions in the sessions, see nest.c. Return: descriptor
 */
int userns_nested(const struct id_range *r);

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
	struct nest_inner *inner; /* of a session in a session; else NULL */
};

/** targets_name() - make n->targets, with the root that the view lies over */
int targets_name(struct native *n, struct nerr e);
/** binds_take() - the sources of the plan's entries, idmapped where @asked and root does it */
int binds_take(struct native *n, bool asked, struct nerr e);
/** trees_take() - the host directories that the plan shows, see prepare.c */
int trees_take(struct native *n, bool asked, struct nerr e);

/* ---- pool.c ---- */
#define POOL_LAYERS    "/m"
#define POOL_BASES     "/b"
#define POOL_LOWERS    "/l"
#define POOL_ROOT      "/root"
#define POOL_EPHEMERAL "/ephemeral"
#define POOL_FIGURES   "/figures" /* this session's, see figures.c */
#define POOL_OWN       "/c" /* the compartment's own directory, STATE/NAME */
#define POOL_NEST      "/nest" /* the user namespace of sessions in the sessions */

#define TERMINALS 3

/** What a carrier brings along from the host's mounts. */
struct luggage {
	int tty[TERMINALS]; /* detached clones of the terminals behind 0, 1, 2 */
	unsigned number[TERMINALS]; /* N of /dev/pts/N */
};

/** pool_make() - in the new mount namespace: nothing of the host is left in it but what we need */
int pool_make(struct native *n, struct nerr e);
/** pool_nests() - what sessions in the sessions need: the compartment's directory, a namespace */
void pool_nests(int own, int nest);
/** pool_layer() - mount a layer in the pool when it is not there yet */
int pool_layer(const struct native_layer *l, const char *at, struct nerr e);

/* ---- carry.c ---- */
struct pool {
	int userns, mntns; /* -1: there is none yet */
};

/** layers_take() - with the sessions' lock held: the plan's layers, in native form */
int layers_take(struct native *n, const struct native_config *cfg, struct nerr e);
/** pool_find() - that of the compartment's other sessions. Return: 1 found, 0 there is none */
int pool_find(const struct native *n, struct pool *pool, struct nerr e);
/** pool_leave() - let go of it without waiting; closes @mntns */
void pool_leave(int *mntns);
/** pool_hand_over() - tell MSG_POOL with our mount namespace, which has become the pool */
int pool_hand_over(int sock, struct nerr e);
/** fork_sibling() - a child of our parent's */
pid_t fork_sibling(void);
/** pack_terminal() - into @bags, as the @i-th: /dev/pts/N of this mount namespace */
void pack_terminal(struct luggage *bags, int i, unsigned number);
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
/** attach_at() - move it to @path of the pool, which is made */
int attach_at(int fd, const char *path);
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
enum {
	MSG_POOL = 1,
	MSG_INIT,
	MSG_FIRST,
	MSG_FAIL,
	MSG_STOPPED,
	MSG_EXIT,
	MSG_LISTENER,
	MSG_DOOR,
	MSG_READY
};

#define MESSAGE_FDS 5 /* at most */

struct message {
	int type, value;
	char text[NATIVE_ERR_BYTES];
};

int message_send(int sock, int type, int value, const char *text, const int *fds, unsigned nfds);
/** init_main() - process 1 of the session */
_Noreturn void init_main(struct native *n, const struct native_config *cfg, struct luggage *bags,
			 int sock, const sigset_t *mask, const struct rlimit *nofile);

/** init_begin() - become a process 1 with all signals blocked. Return: a signalfd */
int init_begin(int sock, struct nerr e);
/**
 * init_reap() - whoever has ended; @first's end and stops are told
 * Return: false when no child is left. @again_ms: look again then; -1: when a signal comes
 */
bool init_reap(int sock, pid_t first, int *again_ms);
/** init_end_all() - kill every task, let go of the mounts, end */
_Noreturn void init_end_all(void);
/** init_leave_stdio() - 0, 1 and 2 are somebody else's */
void init_leave_stdio(void);

/* ---- settle.c ---- */
/** layers_each() - @fn for each layer's directory of one compartment, until it returns not 0 */
int layers_each(int dirfd, int (*fn)(int base, void *arg), void *arg);

/* ---- nest.c, nest_carry.c, nest_view.c: sessions in the session ---- */
#define NESTS_MAX 64

enum { DOOR_LISTENER, DOOR_MNTNS, DOOR_PIDNS, DOOR_FDS }; /* of MSG_DOOR */

/** What a supervisor knows of the sessions in its session. */
struct nests {
	int door[DOOR_FDS]; /* -1: none yet */
	pid_t pids[NESTS_MAX]; /* each has a supervisor of its own, a child of ours */
	unsigned n;
};

void nests_init(struct nests *s);
/** nests_door() - in process 1: make the door in the view, hand it to the supervisor */
void nests_door(int sock);
/** nests_door_shut() - in process 1 of a session in a session: no door, and a word why */
void nests_door_shut(void);
/** nests_accept() - who knocks gets a process; @unwanted: descriptors that this must not have */
void nests_accept(struct nests *s, const struct native *n, const struct native_config *cfg,
		  int pool_mntns, const int *unwanted, unsigned nunwanted);
void nests_reap(struct nests *s);
/** nests_end() - the session has ended: wait until its nested ones have */
void nests_end(struct nests *s);

/** A mount of the outer view that is none of the root's own file systems: most were binds. */
struct nest_piece {
	char *target; /* in the inner view */
	struct tree tree; /* one part */
	struct native_layer layer; /* name NULL: it is shown as it is */
};

/** A session in a session, while it is built. */
struct nest_inner {
	const struct native *outer;
	int door_mntns, door_pidns, pool_mntns; /* the outer session's */
	int root; /* O_PATH: what is / to who asked */
	const char *own; /* the compartment's directory in the pool */
	const char *session; /* the session's directory in the pool */
	const char *root_asked; /* -r, or "" */
	const struct bind_spec *binds;
	unsigned nbinds;
	unsigned tty[TERMINALS]; /* N of /dev/pts/N; -1U: none */
	struct plan *made; /* the plan, which names what is in the outer view */
	struct nest_piece *pieces;
	unsigned npieces;
};

/** nest_carrier_main() - as carrier_main(): tells MSG_POOL, then MSG_READY, or MSG_FAIL */
_Noreturn void nest_carrier_main(struct native *n, const struct native_config *cfg, bool ephemeral,
				 const struct pool *pool, int sock);
/** nest_trees_take() - in the outer view: what the inner one shows of it */
int nest_trees_take(struct native *n, bool ephemeral, struct nerr e);
/** nest_layers_take() - in the pool: the layers over that, made where they are not there yet */
int nest_layers_take(struct native *n, struct nerr e);
/** nest_pieces_show() - what the outer session had bound, in the view at @root */
int nest_pieces_show(struct native *n, int root, struct nerr e);

/* ---- confine.c ---- */
/** confine_kept() - the capabilities that root in a session has, as bits */
uint64_t confine_kept(void);
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
