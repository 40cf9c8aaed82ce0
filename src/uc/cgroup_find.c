// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where a process is in the control group hierarchies, from /proc/PID/cgroup (cgroups(7)), and
 * where that can be reached, from /proc/PID/mountinfo (proc(5)). Paths are never guessed: v1
 * hierarchies are mounted anywhere and in any combination, and a container sees a part of the tree
 * only.
 */
#include <limits.h>

#include "cgroup_internal.h"

const char *const cgroup_v1_names[CGROUP_CONTROLLER_COUNT] = { "cpu",  "cpuacct", "memory",
							       "pids", "blkio",	  "freezer" };
const char *const cgroup_v2_names[CGROUP_CONTROLLER_COUNT] = { "cpu",  NULL, "memory",
							       "pids", "io", NULL };

unsigned cgroup_words(const char *text, const char *seps, int version)
{
	const char *const *names = version == 1 ? cgroup_v1_names : cgroup_v2_names;
	unsigned mask = 0;

	while (*text) {
		size_t len = strcspn(text, seps);

		for (int i = 0; i < CGROUP_CONTROLLER_COUNT; i++)
			if (names[i] && strlen(names[i]) == len && !strncmp(text, names[i], len))
				mask |= 1U << i;
		text += len;
		text += strspn(text, seps);
	}
	return mask;
}

/* mountinfo writes blanks and backslashes as \ooo. */
static void unescape(char *s)
{
	char *w = s;

	for (; *s; s++) {
		if (s[0] == '\\' && s[1] >= '0' && s[1] <= '3' && s[2] >= '0' && s[2] <= '7' &&
		    s[3] >= '0' && s[3] <= '7') {
			*w++ = (s[1] - '0') * 64 + (s[2] - '0') * 8 + (s[3] - '0');
			s += 3;
		} else {
			*w++ = *s;
		}
	}
	*w = '\0';
}

struct mount_line {
	char root[PATH_MAX], point[PATH_MAX], options[256], type[64], super[512];
};

static bool parse_mount(const char *line, struct mount_line *m)
{
	const char *tail = strstr(line, " - ");

	/* "36 35 98:0 ROOT POINT OPTIONS [optional...] - TYPE SOURCE SUPER" */
	if (!tail ||
	    sscanf(line, "%*d %*d %*s %4095s %4095s %255s", m->root, m->point, m->options) != 3)
		return false;
	m->super[0] = '\0';
	if (sscanf(tail + 3, "%63s %*s %511s", m->type, m->super) < 1)
		return false;
	unescape(m->root);
	unescape(m->point);
	return true;
}

/* The path in /proc/PID/cgroup of the hierarchy with these controllers (v2: of "0::"). */
static bool own_path(const char *self, int version, unsigned controllers, char *path)
{
	for (const char *p = self; *p; p += strcspn(p, "\n"), p += *p == '\n') {
		const char *list = strchr(p, ':'), *end = p + strcspn(p, "\n"), *at;
		char words[256];

		if (!list || list > end || !(at = strchr(list + 1, ':')) || at > end)
			continue;
		snprintf(words, sizeof(words), "%.*s", (int)(at - list - 1), list + 1);
		if (version == 2 ? (*p == '0' && p + 1 == list && !*words)
				 : (cgroup_words(words, ",", 1) & controllers) != 0) {
			snprintf(path, PATH_MAX, "%.*s", (int)(end - at - 1), at + 1);
			return *path == '/';
		}
	}
	return false;
}

static int add_place(struct cgroup_places *out, const struct mount_line *m, const char *self)
{
	int version = strcmp(m->type, "cgroup2") == 0 ? 2 : 1;
	unsigned controllers = version == 1 ? cgroup_words(m->super, ",", 1) : 0;
	const char *root = strcmp(m->root, "/") == 0 ? "" : m->root, *below;
	bool rdonly = strcmp(m->options, "ro") == 0 || strncmp(m->options, "ro,", 3) == 0;
	struct cgroup_place *p;
	char path[PATH_MAX];

	if ((version == 1 && !controllers) || !own_path(self, version, controllers, path))
		return 0;
	/* "/.." leads out of our cgroup namespace: this mount does not show where we are. */
	if (strstr(path, "/.."))
		return 0;
	below = *root ? path_under(path, root) : path + 1;
	if (!below)
		return 0;
	for (unsigned i = 0; i < out->n; i++) {
		p = &out->p[i];
		if (p->version != version || p->controllers != controllers)
			continue;
		/* Mounted twice: one that can be written is worth more. */
		if (rdonly || !p->rdonly)
			return 0;
		free(p->path);
		*p = out->p[--out->n];
		break;
	}
	if (out->n == CGROUP_PLACES_MAX)
		return 0;
	p = &out->p[out->n];
	*p = (struct cgroup_place){ .version = version, .controllers = controllers };
	p->rdonly = rdonly;
	p->path = str_printf("%s%s%s", m->point, *below ? "/" : "", below);
	if (!p->path)
		return -ENOMEM;
	out->n++;
	return 0;
}

int cgroup_find(const char *mountinfo, const char *self, struct cgroup_places *out)
{
	autofree struct mount_line *m = malloc(sizeof(*m));
	int ret = m ? 0 : -ENOMEM;

	memset(out, 0, sizeof(*out));
	for (const char *p = mountinfo; ret == 0 && *p;) {
		size_t len = strcspn(p, "\n");
		autofree char *line = strndup(p, len);

		if (!line)
			ret = -ENOMEM;
		else if (parse_mount(line, m) && strncmp(m->type, "cgroup", 6) == 0)
			ret = add_place(out, m, self);
		p += len + (p[len] == '\n');
	}
	if (ret < 0)
		cgroup_places_finish(out);
	return ret;
}

void cgroup_places_finish(struct cgroup_places *p)
{
	for (unsigned i = 0; i < p->n; i++)
		free(p->p[i].path);
	p->n = 0;
}
