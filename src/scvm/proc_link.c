// SPDX-License-Identifier: GPL-2.0-or-later
/* The magic links of /proc/PID: where they lead in the view. */
#include <fcntl.h>
#include <sys/stat.h>

#include "machine.h"
#include "proc_link.h"
#include "proc_text.h"

bool path_is_memfd(const char *host)
{
	return strncmp(host, "/memfd:", strlen("/memfd:")) == 0 && path_is_deleted(host);
}

static void mark_deleted(char *path)
{
	if (!strstr(path, " (deleted)"))
		strncat(path, " (deleted)", PATH_MAX - strlen(path) - 1);
}

/*
 * The view path of /proc/PID/exe, @rel. What has no name (any more) is the object itself, in
 * *@object: programs that run themselves out of a memfd look at its seals.
 */
static int exe_path(struct view *v, pid_t pid, const char *rel, char *path, int *object)
{
	const struct state *st = state_of(pid);
	char host[PATH_MAX];
	ssize_t n;
	int ret;

	if (!st)
		return -ENOENT;
	if (st->exe[0]) {
		snprintf(path, PATH_MAX, "%s", st->exe);
		state_put(st);
		return 0;
	}
	state_put(st);
	n = readlinkat(proc_host, rel, host, sizeof(host) - 1);
	if (n < 0)
		return -errno;
	host[n] = '\0';
	ret = host[0] == '/' ? view_from_host(v, host, -1, path, NULL) : -ENOENT;
	if (!path_is_deleted(host))
		return ret;
	if (ret < 0)
		strcpy(path, host);
	*object = openat(proc_host, rel, O_PATH | O_CLOEXEC);
	return *object < 0 ? -errno : 0;
}

/* The working directory: a name in the view, or (removed) the directory itself in *@object. */
static int cwd_path(struct view *v, pid_t pid, char *path, int *object)
{
	struct request asker = { .tid = pid, .walker.view = v };
	const struct state *st = state_of(pid);
	char name[64], host[PATH_MAX];
	struct vnode node = { .n.fd = -1 };
	ssize_t n;
	int ret;

	if (!st)
		return -ENOENT;
	snprintf(name, sizeof(name), "/proc/self/fd/%d", st->cwd_fd);
	n = readlink(name, host, sizeof(host) - 1);
	host[n < 0 ? 0 : n] = '\0';
	ret = view_from_host(v, host, -1, path, NULL);
	if (ret == 0)
		rq_walk_known(&asker, path, &node); /* the host may still have it */
	else if (walk_removed_path(st->cwd_fd, path) < 0)
		strcpy(path, "/");
	if (node.n.fd < 0) {
		mark_deleted(path);
		*object = fcntl(st->cwd_fd, F_DUPFD_CLOEXEC, 0);
	}
	view_node_finish(&node);
	state_put(st);
	return 0;
}

static int root_path(pid_t pid, char *path)
{
	const struct state *st = state_of(pid);

	if (!st)
		return -ENOENT;
	snprintf(path, PATH_MAX, "%s", st->root);
	state_put(st);
	return 0;
}

/*
 * fd/N: a name in the view, or a nameless object. An inherited descriptor that can write to a file
 * of the host is nameless too: its name means the view's copy, the descriptor the file itself.
 */
static int fd_target(struct view *v, pid_t pid, const char *rel, int fd, char *path, int *object,
		     int *accmode)
{
	char host[PATH_MAX], name[64], *text = NULL;
	struct entry *e = NULL;
	struct stat st;
	const char *p;
	ssize_t n = readlinkat(proc_host, rel, host, sizeof(host) - 1);
	bool named;

	if (n < 0)
		return -errno;
	host[n] = '\0';
	*object = openat(proc_host, rel, O_PATH | O_CLOEXEC);
	if (*object < 0)
		return -errno;
	if (fstat(*object, &st) == 0 && S_ISLNK(st.st_mode)) {
		/* An O_PATH descriptor of a symlink is that symlink, not where it leads. */
		if (view_from_host(v, host, *object, path, NULL) < 0)
			snprintf(path, PATH_MAX, "%s", host);
		*accmode = -1;
		return 0;
	}
	snprintf(name, sizeof(name), "%d/fdinfo/%d", pid, fd);
	*accmode = -1;
	if (read_file_at(proc_host, name, 65536, &text) >= 0 && (p = strstr(text, "flags:")))
		*accmode = strtol(p + 6, NULL, 8) & (O_ACCMODE | O_PATH);
	free(text);
	if (shadow_text_path(host, path))
		return 0;
	named = host[0] == '/' && view_from_host(v, host, *object, path, &e) == 0;
	if (!named) {
		snprintf(path, PATH_MAX, "%s", host);
		if (host[0] != '/')
			*accmode = -1;
		return 0;
	}
	{
		struct statx stx;
		bool writable = *accmode == O_WRONLY || *accmode == O_RDWR;
		bool deleted = statx(*object, "", AT_EMPTY_PATH, STATX_NLINK, &stx) == 0 &&
			       stx.stx_nlink == 0;
		bool foreign =
			writable && e->kind == ENTRY_LAYERS && !layers_owns_fd(e->layers, *object);

		entry_put(e);
		if (deleted) {
			mark_deleted(path);
			return 0;
		}
		if (foreign)
			return 0;
	}
	close(steal_fd(object));
	return 0;
}

int proc_link_target(struct view *v, pid_t pid, const char *rel, const char *rest, struct vnode *n)
{
	char *end;
	long fd;

	switch (proc_kind(rest)) {
	case PROC_LINK_EXE:
		n->reopen = O_RDONLY; /* it is running: ETXTBSY */
		return exe_path(v, pid, rel, n->path, &n->n.fd);
	case PROC_LINK_CWD:
		return cwd_path(v, pid, n->path, &n->n.fd);
	case PROC_LINK_ROOT:
		return root_path(pid, n->path);
	default:
		break;
	}
	if (strncmp(rest, "fd/", 3) == 0) {
		fd = strtol(rest + 3, &end, 10);
		return *end ? -ENOENT : fd_target(v, pid, rel, fd, n->path, &n->n.fd, &n->reopen);
	}
	if (strncmp(rest, "ns/", 3) == 0) {
		ssize_t len = readlinkat(proc_host, rel, n->path, PATH_MAX - 1);

		if (len < 0)
			return -errno;
		n->path[len] = '\0';
		n->n.fd = openat(proc_host, rel, O_PATH | O_CLOEXEC);
		return n->n.fd < 0 ? -errno : 0;
	}
	return -EACCES; /* map_files: needs privilege on the host too */
}

size_t proc_link_length(const char *rel, const char *rest)
{
	static const char *const dirs[] = { "fd/", "ns/", "map_files/" };
	static const char *const names[] = { "cwd", "exe", "root" };
	size_t at = rest - rel;

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		size_t d = strlen(dirs[i]);

		if (strncmp(rest, dirs[i], d) == 0)
			return at + d + strcspn(rest + d, "/");
	}
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		size_t d = strlen(names[i]);

		if (strncmp(rest, names[i], d) == 0 && (rest[d] == '/' || !rest[d]))
			return at + d;
	}
	return 0;
}
