// SPDX-License-Identifier: GPL-2.0-or-later
/* Files of one control group directory. */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>

#include "cgroup_internal.h"

#define NLINK_NO_DIRS 2 /* of a directory: "." and its name */

int cgroup_write(const char *dir, const char *file, const char *text)
{
	autofree char *path = str_printf("%s/%s", dir, file);
	autoclose int fd = path ? open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW) : -1;
	ssize_t n;

	if (fd < 0)
		return path ? -errno : -ENOMEM;
	do
		n = write(fd, text, strlen(text));
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : 0;
}

int cgroup_read(const char *dir, const char *file, char *buf, size_t size)
{
	autofree char *path = str_printf("%s/%s", dir, file);
	autoclose int fd = path ? open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : -1;
	ssize_t n;

	if (fd < 0)
		return path ? -errno : -ENOMEM;
	n = read(fd, buf, size - 1);
	if (n < 0)
		return -errno;
	while (n > 0 && buf[n - 1] == '\n')
		n--;
	buf[n] = '\0';
	return 0;
}

long long cgroup_number_in(const char *text, const char *key)
{
	const char *p = text;
	size_t len = key ? strlen(key) : 0;

	while (key && (strncmp(p, key, len) != 0 || p[len] != ' ')) {
		p = strchr(p, '\n');
		if (!p++)
			return -1;
	}
	if (key)
		p += len + 1;
	return *p >= '0' && *p <= '9' ? strtoll(p, NULL, 10) : -1;
}

long long cgroup_read_number(const char *dir, const char *file, const char *key)
{
	char text[CGROUP_FILE_BYTES];

	return cgroup_read(dir, file, text, sizeof(text)) < 0 ? -1 : cgroup_number_in(text, key);
}

unsigned long long cgroup_count(const char *dir, const char *file, const char *key)
{
	long long n = cgroup_read_number(dir, file, key);

	return n < 0 ? 0 : n;
}

unsigned long long cgroup_count_in(const char *text, const char *key)
{
	long long n = cgroup_number_in(text, key);

	return n < 0 ? 0 : n;
}

static bool is_session(const struct dirent *ent)
{
	return ent->d_type == DT_DIR && ent->d_name[0] == 's' && ent->d_name[1] >= '1' &&
	       ent->d_name[1] <= '9';
}

void cgroup_below_open(struct cgroup_below *b, const char *dir)
{
	struct stat st;

	*b = (struct cgroup_below){ .dir = dir };
	/* most have none: kernfs counts a directory's own, as other file systems do */
	if (stat(dir, &st) == 0 && st.st_nlink != NLINK_NO_DIRS)
		b->d = opendir(dir);
}

bool cgroup_below_next(struct cgroup_below *b)
{
	struct dirent *ent;

	free(steal(&b->path));
	while (b->d && (ent = readdir(b->d))) {
		if (ent->d_type != DT_DIR ||
		    (strcmp(ent->d_name, CGROUP_TASKS) != 0 &&
		     strncmp(ent->d_name, CGROUP_ENVIRONMENT, strlen(CGROUP_ENVIRONMENT)) != 0))
			continue;
		b->name = ent->d_name;
		b->path = str_printf("%s/%s", b->dir, ent->d_name);
		if (b->path)
			return true;
	}
	if (b->d)
		closedir(b->d);
	b->d = NULL;
	return false;
}

bool cgroup_has(const char *dir, pid_t pid)
{
	autofree char *path = str_printf("%s/cgroup.procs", dir), *line = NULL;
	FILE *f = path ? fopen(path, "re") : NULL;
	bool found = false;
	size_t room = 0;

	while (f && !found && getline(&line, &room, f) > 0)
		found = atol(line) == pid;
	if (f)
		fclose(f);
	return found;
}

bool cgroup_session_lives(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *ent;
	bool lives = false;

	while (d && !lives && (ent = readdir(d))) {
		autofree char *path =
			is_session(ent) ? str_printf("%s/%s", dir, ent->d_name) : NULL;

		lives = path && cgroup_has(path, atoi(ent->d_name + 1));
	}
	if (d)
		closedir(d);
	return lives;
}

/* With what is below it. A process in it is the supervisor of a session that lives: nothing goes.
 */
static void remove_session(const char *path)
{
	struct cgroup_below below;
	char procs[16];

	if (rmdir(path) == 0 || errno == ENOENT)
		return; /* nothing was below it, and nobody in it */
	if (cgroup_read(path, "cgroup.procs", procs, sizeof(procs)) < 0 || *procs)
		return;
	for (cgroup_below_open(&below, path); cgroup_below_next(&below);)
		rmdir(below.path);
	rmdir(path); /* EBUSY while a process is in it */
}

/* Remove the session cgroups in @dir; in run/ only those whose supervisor's (@beside) is gone. */
static void remove_sessions(const char *dir, const char *beside)
{
	DIR *d = opendir(dir);
	struct dirent *ent;

	while (d && (ent = readdir(d))) {
		autofree char *path = NULL, *supervisor = NULL;

		if (!is_session(ent))
			continue;
		path = str_printf("%s/%s", dir, ent->d_name);
		supervisor = beside ? str_printf("%s/%s", beside, ent->d_name) : NULL;
		if (path && !(supervisor && access(supervisor, F_OK) == 0))
			remove_session(path);
	}
	if (d)
		closedir(d);
}

int cgroup_remove_dead(const char *dir)
{
	autofree char *tasks = str_printf("%s/" CGROUP_RUN, dir);
	autofree char *keep = str_printf("%s/" CGROUP_KEEP, dir);

	if (!tasks || !keep)
		return -ENOMEM;
	remove_sessions(dir, NULL);
	remove_sessions(tasks, dir);
	rmdir(tasks);
	rmdir(keep);
	return rmdir(dir) < 0 && errno != ENOENT ? -errno : 0;
}
