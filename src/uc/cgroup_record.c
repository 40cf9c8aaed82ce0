// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where the cgroups of compartments are: a file each in a directory that is emptied by a reboot, as
 * the cgroups are. Root's is /run/uc. Lines: "1 cpu,cpuacct /sys/fs/cgroup/cpu/uc-alice-..", or
 * "unit uc-alice-...scope", or "duty 500".
 */
#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "cgroup_internal.h"

#define RECORD_BYTES 32768
#define KEEPER_MARK  ".keeper." /* and the record's name: locked by the keepers that live */

char *cgroup_id(const struct compartment *c)
{
	struct stat st;

	if (fstat(c->dirfd, &st) < 0)
		return NULL;
	return str_printf("uc-%s-%lx-%lx", c->name, (unsigned long)st.st_dev,
			  (unsigned long)st.st_ino);
}

char *cgroup_records_path(const char *state)
{
	const char *run = getenv("XDG_RUNTIME_DIR");

	if (geteuid() == 0)
		return strdup("/run/uc");
	if (run && *run == '/')
		return str_printf("%s/uc", run);
	return str_printf("%s/.run", state);
}

int cgroup_records_lock(const char *records, bool create)
{
	autoclose int dir = -1;
	struct stat st;
	int ret = create ? mkdir_p(AT_FDCWD, records, 0700) : 0;

	if (ret < 0)
		return ret;
	dir = open(records, OPEN_DIR);
	if (dir < 0)
		return -errno;
	if (fstat(dir, &st) < 0)
		return -errno;
	if (st.st_uid != geteuid() || st.st_mode & (S_IWGRP | S_IWOTH))
		return -EPERM; /* what is in it would not be to be believed */
	return lock_file_at(dir, ".lock");
}

static int add_line(struct cgroup_record *r, char *line)
{
	struct cgroup_place *p = &r->places.p[r->places.n];
	char *list = strchr(line, ' '), *path = list ? strchr(list + 1, ' ') : NULL;

	if (strncmp(line, "unit ", 5) == 0) {
		free(r->unit);
		r->unit = strdup(line + 5);
		return r->unit ? 0 : -ENOMEM;
	}
	if (strncmp(line, "duty ", 5) == 0) {
		r->duty_cpus = atoll(line + 5);
		return 0;
	}
	if (!path || path[1] != '/' || r->places.n == CGROUP_PLACES_MAX)
		return -EINVAL;
	*path++ = '\0';
	*p = (struct cgroup_place){ .version = line[0] - '0', .path = strdup(path) };
	if (p->version != 1 && p->version != 2)
		return free(p->path), -EINVAL;
	p->controllers = cgroup_words(list + 1, ",", p->version);
	r->places.n += p->path ? 1 : 0;
	return p->path ? 0 : -ENOMEM;
}

int cgroup_record_read(const char *records, const char *id, struct cgroup_record *r)
{
	autofree char *path = str_printf("%s/%s", records, id), *text = NULL;
	char *save = NULL;
	ssize_t n = path ? read_file_at(AT_FDCWD, path, RECORD_BYTES, &text) : -ENOMEM;
	int ret = n < 0 ? n : 0;

	memset(r, 0, sizeof(*r));
	for (char *line = n < 0 ? NULL : strtok_r(text, "\n", &save); ret == 0 && line;
	     line = strtok_r(NULL, "\n", &save))
		ret = add_line(r, line);
	if (ret < 0)
		cgroup_record_finish(r);
	return ret;
}

int cgroup_record_write(const char *records, const char *id, const struct cgroup_record *r)
{
	autofree char *path = str_printf("%s/%s", records, id), *text = NULL;
	autofree char *new = str_printf("%s/.new", records); /* the lock is held: one is enough */
	autoclose int fd = -1;
	size_t size;
	int ret;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return -ENOMEM;
	if (r->unit)
		fprintf(f, "unit %s\n", r->unit);
	if (r->duty_cpus)
		fprintf(f, "duty %lld\n", (long long)r->duty_cpus);
	for (unsigned i = 0; i < r->places.n; i++) {
		const struct cgroup_place *p = &r->places.p[i];
		const char *const *names = p->version == 1 ? cgroup_v1_names : cgroup_v2_names;
		const char *comma = "";

		fprintf(f, "%d ", p->version);
		for (int k = 0; k < CGROUP_CONTROLLER_COUNT; k++) {
			if (!(p->controllers & 1U << k) || !names[k])
				continue;
			fprintf(f, "%s%s", comma, names[k]);
			comma = ",";
		}
		fprintf(f, " %s\n", p->path);
	}
	if (fclose(f) != 0 || !path || !new)
		return -ENOMEM;
	/* Whole or not at all, but not synced: a crash of the machine ends the cgroups as well. */
	fd = open(new, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	ret = fd < 0 ? -errno : write_all(fd, text, size);
	if (ret == 0 && rename(new, path) < 0)
		ret = -errno;
	if (ret < 0)
		unlink(new);
	return ret;
}

void cgroup_record_finish(struct cgroup_record *r)
{
	cgroup_places_finish(&r->places);
	free(steal(&r->unit));
}

static char *mark_path(const char *records, const char *id)
{
	return str_printf("%s/" KEEPER_MARK "%s", records, id);
}

int cgroup_keeper_mark(const char *records, const char *id)
{
	autofree char *path = mark_path(records, id);
	autoclose int fd = -1;

	if (!path)
		return -ENOMEM;
	fd = open(path, O_RDONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	return fd < 0 || flock(fd, LOCK_SH | LOCK_NB) < 0 ? -errno : steal_fd(&fd);
}

static bool keeper_lives(const char *records, const char *id)
{
	autofree char *path = mark_path(records, id);
	autoclose int fd = path ? open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC) : -1;

	return fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK;
}

bool cgroup_record_sweep(const char *records, const char *id)
{
	autofree char *path = str_printf("%s/%s", records, id), *mark = mark_path(records, id);
	struct cgroup_record r;
	bool none = true;

	if (cgroup_record_read(records, id, &r) < 0)
		return true;
	if (r.duty_cpus) /* who should thaw them may be dead; if not, it freezes them again */
		cgroup_duty_freeze(&r.places, false);
	for (unsigned i = 0; i < r.places.n; i++)
		none &= cgroup_remove_dead(r.places.p[i].path) == 0;
	if (none && path)
		unlink(path);
	if (none && mark)
		unlink(mark);
	cgroup_record_finish(&r);
	return none;
}

void cgroup_sweep_locked(const char *records)
{
	DIR *d = opendir(records);
	struct dirent *ent;

	while (d && (ent = readdir(d)))
		if (strncmp(ent->d_name, "uc-", 3) == 0 && !keeper_lives(records, ent->d_name))
			cgroup_record_sweep(records, ent->d_name);
	if (d)
		closedir(d);
}

void cgroup_sweep(const char *state)
{
	autofree char *records = cgroup_records_path(state);
	autoclose int lock = records ? cgroup_records_lock(records, false) : -1;

	if (lock >= 0)
		cgroup_sweep_locked(records);
}
