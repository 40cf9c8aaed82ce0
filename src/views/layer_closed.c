// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the host keeps from us, where a compartment's root must have something of its own.
 *
 * A directory that we may not search (/root, /var/lib/redis, /etc/ssl/private) is shown empty. Who
 * opens it, or makes something in it, makes it the compartment's own: copy_directory() has marked
 * the copy opaque, so that nothing of the host's ever shows through. The same for /etc/shadow and
 * /etc/gshadow: without them nobody can be added, and most daemons' packages do that. They get an
 * entry without a password for everyone in /etc/passwd and /etc/group. All other closed files stay
 * closed.
 */
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "layers_priv.h"

static const struct account {
	const char *rel, *from;
	const char *rest; /* of an entry, after name and password; NULL: the last field of @from */
} accounts[] = {
	{ "etc/shadow", "etc/passwd", "0:99999:7:::" },
	{ "etc/gshadow", "etc/group", NULL },
};

static const struct account *account_find(const char *rel)
{
	for (size_t i = 0; i < ARRAY_SIZE(accounts); i++)
		if (strcmp(rel, accounts[i].rel) == 0)
			return &accounts[i];
	return NULL;
}

/* May something closed be made ours? */
static bool closed_can_open(const struct layers *l)
{
	return layers_writable(l) && l->noverlay && !(l->flags & LAYERS_HOST);
}

bool closed_to_us(const struct layers *l, const char *rel, const struct lnode *n)
{
	mode_t type = n->stx.stx_mode & S_IFMT;
	char name[64];
	int want;

	if (type == S_IFDIR)
		want = X_OK;
	else if (type == S_IFREG && account_find(rel))
		want = R_OK;
	else
		return false;
	/* as a rule the mode says that it is open to all */
	if ((n->stx.stx_mode & want) == (unsigned)want || !closed_can_open(l))
		return false;
	fd_path_name(n->fd, name);
	return faccessat(AT_FDCWD, name, want, AT_EACCESS) < 0 && errno == EACCES;
}

int closed_lookup(const struct layers *l, const char *rel)
{
	const char *slash = strrchr(rel, '/');
	char parent[PATH_MAX];
	autoclose int fd = -1;

	if (!closed_can_open(l))
		return -EACCES;
	memcpy(parent, rel, slash ? slash - rel : 0);
	parent[slash ? slash - rel : 0] = '\0';
	fd = layer_open_at(l->fd[l->n - 1], parent, O_PATH | O_NOFOLLOW);
	return fd >= 0 ? 0 : fd == -EACCES ? -ENOENT : fd;
}

int closed_text(struct layers *l, const char *rel)
{
	const struct account *a = account_find(rel);
	autofree char *line = NULL;
	autoclose int text = -1;
	struct lnode n;
	size_t room = 0;
	FILE *in;
	int fd, ret = 0;

	if (!a || find_name(l, a->from, &n) < 0 || n.fd < 0)
		return -EACCES;
	fd = S_ISREG(n.stx.stx_mode) ? layer_open_at(l->fd[n.layer], a->from, O_RDONLY) : -EACCES;
	layers_node_finish(&n);
	if (fd < 0)
		return -EACCES;
	text = memfd_create("uc-accounts", MFD_CLOEXEC);
	in = text < 0 ? NULL : fdopen(fd, "re");
	if (!in) {
		close(fd);
		return -ENOMEM;
	}
	while (ret >= 0 && getline(&line, &room, in) > 0) {
		char *end = strchr(line, ':'), *last = strrchr(line, ':');

		/* without a name, or a line of NIS */
		if (!end || end == line || *line == '+' || *line == '-')
			continue;
		*end = '\0';
		last[1 + strcspn(last + 1, "\n")] = '\0';
		ret = dprintf(text, "%s:*::%s\n", line, a->rest ? a->rest : last + 1);
	}
	fclose(in);
	return ret < 0 ? -ENOMEM : steal_fd(&text);
}
