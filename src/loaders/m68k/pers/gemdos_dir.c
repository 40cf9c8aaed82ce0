// SPDX-License-Identifier: GPL-2.0-or-later
/* GEMDOS: drives and directories, and the search for files. */
#include <sys/statvfs.h>

#include "gemdos.h"
#include "util.h"

#define SEARCHES 32 /* that may go on at a time; the oldest is forgotten */

enum { ATTR_READ_ONLY = 1, ATTR_HIDDEN = 2, ATTR_LABEL = 8, ATTR_DIR = 16 };
enum { DTA_SEARCH = 0, DTA_ATTR = 21, DTA_TIME = 22, DTA_DATE = 24, DTA_SIZE = 26, DTA_NAME = 30 };

static struct {
	uint32_t id;
	struct host_dir *dir;
	char pattern[FCB_NAME_BYTES];
	unsigned attr;
} searches[SEARCHES];
static uint32_t search_id;

uint32_t gem_Dsetdrv(struct machine *m, const uint32_t *a)
{
	host_select_drive(a[0]);
	return host_drive_mask();
}

uint32_t gem_Dgetdrv(struct machine *m, const uint32_t *a)
{
	return host_drive();
}

/* "\SUB\DIR", or nothing at the root. */
uint32_t gem_Dgetpath(struct machine *m, const uint32_t *a)
{
	unsigned drive = a[1] ? a[1] - 1 : host_drive();
	char text[PATH_MAX + 1];
	const char *cwd;

	if (!host_drive_dir(drive))
		return (uint32_t)GEM_EDRIVE;
	cwd = host_cwd(drive);
	snprintf(text, sizeof(text), "%s%s", cwd[0] ? "\\" : "", cwd);
	for (char *p = text; *p; p++)
		*p = *p == '/' ? '\\' : *p;
	/* The caller's buffer is meant to be of 128 bytes, and nobody says how large it is. */
	if (strlen(text) >= 128 || !machine_put_string(m, a[0], text, (uint32_t)strlen(text) + 1))
		return (uint32_t)GEM_ERANGE;
	return 0;
}

uint32_t gem_Dsetpath(struct machine *m, const uint32_t *a)
{
	const char *name = machine_string(m, a[0]);

	return name ? gem_errno(host_chdir(name), GEM_EPTHNF) : (uint32_t)GEM_EIMBA;
}

uint32_t gem_Dcreate(struct machine *m, const uint32_t *a)
{
	const char *name = machine_string(m, a[0]);
	char path[PATH_MAX];
	int rc = name ? host_path(name, path) : -EFAULT;

	if (rc == 0 && mkdir(path, 0777) < 0)
		rc = -errno;
	return gem_errno(rc, GEM_EPTHNF);
}

uint32_t gem_Ddelete(struct machine *m, const uint32_t *a)
{
	const char *name = machine_string(m, a[0]);
	char path[PATH_MAX];
	int rc = name ? host_path(name, path) : -EFAULT;

	if (rc == 0 && rmdir(path) < 0)
		rc = -errno;
	return gem_errno(rc, GEM_EPTHNF);
}

/* In clusters whose number fits into the 32 bits that the caller multiplies with. */
uint32_t gem_Dfree(struct machine *m, const uint32_t *a)
{
	const uint32_t cluster = 2, sector = 512;
	const uint64_t most = 0x3fffffff / (cluster * sector);
	unsigned drive = a[1] ? a[1] - 1 : host_drive();
	uint8_t *p = machine_ptr(m, a[0], 16);
	struct statvfs v;
	uint64_t unused, all;

	if (!host_drive_dir(drive))
		return (uint32_t)GEM_EDRIVE;
	if (!p)
		return (uint32_t)GEM_EIMBA;
	if (statvfs(host_drive_dir(drive), &v) < 0)
		return gem_errno(-errno, GEM_EDRIVE);
	unused = (uint64_t)v.f_bavail * v.f_frsize / (cluster * sector);
	all = (uint64_t)v.f_blocks * v.f_frsize / (cluster * sector);
	put32(p, unused < most ? unused : most);
	put32(p + 4, all < most ? all : most);
	put32(p + 8, sector);
	put32(p + 12, cluster);
	return 0;
}

/* ---- searching ---- */

uint32_t gem_Fsetdta(struct machine *m, const uint32_t *a)
{
	put32(m->core.mem + gem_now->basepage + BP_DTA, a[0]);
	return 0;
}

uint32_t gem_Fgetdta(struct machine *m, const uint32_t *a)
{
	return get32(m->core.mem + gem_now->basepage + BP_DTA);
}

static uint32_t next_match(struct machine *m, unsigned slot)
{
	uint8_t *dta = machine_ptr(m, gem_Fgetdta(m, NULL), GEM_DTA_BYTES);
	struct host_dir *dir = searches[slot].dir;
	char path[PATH_MAX + HOST_NAME_BYTES], name[32], fcb[FCB_NAME_BYTES];
	struct stat st;

	if (!dta)
		return (uint32_t)GEM_EIMBA;
	while (dir->next < dir->count) {
		const char *real = dir->names[dir->next++];
		bool dots = strcmp(real, ".") == 0 || strcmp(real, "..") == 0;
		unsigned attr;
		uint32_t dos;

		host_short_name(real, 8, name);
		host_fcb_name(name, fcb);
		snprintf(path, sizeof(path), "%s/%s", dir->path, real);
		if (!host_fcb_match(searches[slot].pattern, fcb) || stat(path, &st) < 0 ||
		    !(S_ISREG(st.st_mode) || S_ISDIR(st.st_mode)))
			continue;
		attr = (S_ISDIR(st.st_mode) ? ATTR_DIR : 0) |
		       (st.st_mode & 0200 ? 0 : ATTR_READ_ONLY) |
		       (real[0] == '.' && !dots ? ATTR_HIDDEN : 0);
		if (attr & (ATTR_DIR | ATTR_HIDDEN) & ~searches[slot].attr)
			continue;
		dos = host_dos_time(st.st_mtime);
		put32(dta + DTA_SEARCH, searches[slot].id);
		dta[DTA_ATTR] = attr;
		put16(dta + DTA_TIME, dos);
		put16(dta + DTA_DATE, dos >> 16);
		put32(dta + DTA_SIZE, S_ISDIR(st.st_mode)	? 0
				      : st.st_size > 0x7fffffff ? 0x7fffffff
								: (uint32_t)st.st_size);
		snprintf((char *)dta + DTA_NAME, GEM_DTA_BYTES - DTA_NAME, "%s", name);
		return 0;
	}
	return (uint32_t)GEM_ENMFIL;
}

uint32_t gem_Fsfirst(struct machine *m, const uint32_t *a)
{
	const char *spec = machine_string(m, a[0]), *last = spec;
	char dir[PATH_MAX], path[PATH_MAX];
	unsigned slot = ++search_id % SEARCHES;
	uint32_t rc;
	int err;

	if (!spec)
		return (uint32_t)GEM_EIMBA;
	if (a[1] == ATTR_LABEL)
		return (uint32_t)GEM_EFILNF;
	for (const char *p = spec; *p; p++)
		last = *p == '\\' || *p == '/' || *p == ':' ? p + 1 : last;
	snprintf(dir, sizeof(dir), "%.*s.", (int)(last - spec), spec);
	err = host_path(dir, path);
	if (err < 0)
		return gem_errno(err, GEM_EPTHNF);
	host_dir_destroy(steal(&searches[slot].dir));
	searches[slot].dir = host_dir_create(path, host_cwd(host_drive())[0] || last != spec);
	if (!searches[slot].dir)
		return (uint32_t)GEM_EPTHNF;
	searches[slot].id = search_id;
	searches[slot].attr = a[1];
	host_fcb_name(last, searches[slot].pattern);
	rc = next_match(m, slot);
	return rc == (uint32_t)GEM_ENMFIL ? (uint32_t)GEM_EFILNF : rc;
}

uint32_t gem_Fsnext(struct machine *m, const uint32_t *a)
{
	const uint8_t *dta = machine_ptr(m, gem_Fgetdta(m, NULL), GEM_DTA_BYTES);
	unsigned slot;

	if (!dta)
		return (uint32_t)GEM_EIMBA;
	slot = get32(dta + DTA_SEARCH) % SEARCHES;
	if (!searches[slot].dir || searches[slot].id != get32(dta + DTA_SEARCH))
		return (uint32_t)GEM_ENMFIL;
	return next_match(m, slot);
}
