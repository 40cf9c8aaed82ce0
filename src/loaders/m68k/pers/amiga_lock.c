// SPDX-License-Identifier: GPL-2.0-or-later
/* AmigaDOS: locks, directories, and what a file says of itself. */
#include <fcntl.h>
#include <sys/statvfs.h>

#include "amiga.h"
#include "util.h"

#define LOCKS	       128
#define LOCK_BYTES     20
#define FIB_BYTES      260
#define FIB_NAME_BYTES 107
#define EPOCH_DAYS     2922 /* from 1970 to 1978 */

enum {
	FIB_TYPE = 4,
	FIB_NAME = 8,
	FIB_PROTECTION = 116,
	FIB_ENTRY = 120,
	FIB_SIZE = 124,
	FIB_BLOCKS = 128,
	FIB_DATE = 132
};

static struct lock {
	bool used;
	uint32_t bptr;
	char path[PATH_MAX];
	struct host_dir *dir; /* while it is listed */
} locks[LOCKS];
static uint32_t current_lock; /* BPTR; 0 is where the program was started */
static char start_dir[PATH_MAX];

const char *ami_cwd(void)
{
	if (!start_dir[0] && !getcwd(start_dir, sizeof(start_dir)))
		strcpy(start_dir, "/");
	for (int i = 0; current_lock && i < LOCKS; i++) {
		if (locks[i].used && locks[i].bptr == current_lock)
			return locks[i].path;
	}
	return start_dir;
}

static struct lock *lock_of(struct machine *m, uint32_t bptr)
{
	for (int i = 0; bptr && i < LOCKS; i++) {
		if (locks[i].used && locks[i].bptr == bptr)
			return &locks[i];
	}
	ami_set_error(m, AMI_BAD_LOCK);
	return NULL;
}

const char *ami_lock_path(struct machine *m, uint32_t bptr)
{
	const struct lock *l = bptr ? lock_of(m, bptr) : NULL;

	return !bptr ? "/" : l ? l->path : NULL;
}

static uint32_t new_lock(struct machine *m, const char *path)
{
	for (uint32_t i = 0; i < LOCKS; i++) {
		uint32_t at;

		if (locks[i].used)
			continue;
		at = ami_alloc(m, LOCK_BYTES);
		if (!at)
			break;
		put32(m->core.mem + at + 4, i + 1);
		locks[i].used = true;
		locks[i].bptr = at >> 2;
		snprintf(locks[i].path, PATH_MAX, "%s", path);
		return at >> 2;
	}
	return ami_set_error(m, AMI_NO_MEMORY);
}

uint32_t ami_Lock(struct machine *m, const uint32_t *a)
{
	const char *name = machine_string(m, a[0]);
	char path[PATH_MAX];
	int rc = name ? ami_path(name, path) : -ENOENT;

	if (rc == 0 && access(path, F_OK) < 0)
		rc = -errno;
	return rc < 0 ? ami_set_error(m, ami_errno(rc)) : new_lock(m, path);
}

uint32_t ami_UnLock(struct machine *m, const uint32_t *a)
{
	struct lock *l = a[0] ? lock_of(m, a[0]) : NULL;

	if (!l)
		return 0;
	host_dir_destroy(steal(&l->dir));
	ami_free(m, l->bptr << 2);
	l->used = false;
	return 0;
}

uint32_t ami_DupLock(struct machine *m, const uint32_t *a)
{
	const char *path = ami_lock_path(m, a[0]);

	return path && a[0] ? new_lock(m, path) : 0;
}

uint32_t ami_ParentDir(struct machine *m, const uint32_t *a)
{
	const char *path = ami_lock_path(m, a[0]);
	char up[PATH_MAX], *slash;

	if (!path || !path[1]) {
		if (path)
			ami_set_error(m, 0);
		return 0;
	}
	snprintf(up, sizeof(up), "%s", path);
	slash = strrchr(up, '/');
	slash[slash == up] = '\0';
	return new_lock(m, up);
}

uint32_t ami_CreateDir(struct machine *m, const uint32_t *a)
{
	const char *name = machine_string(m, a[0]);
	char path[PATH_MAX];
	int rc = name ? ami_path(name, path) : -ENOENT;

	if (rc == 0 && mkdir(path, 0777) < 0)
		rc = -errno;
	return rc < 0 ? ami_set_error(m, ami_errno(rc)) : new_lock(m, path);
}

uint32_t ami_CurrentDir(struct machine *m, const uint32_t *a)
{
	uint32_t old = current_lock;

	ami_cwd(); /* where it all began, before it changes */
	if (!a[0] || lock_of(m, a[0]))
		current_lock = a[0];
	return old;
}

uint32_t ami_SameLock(struct machine *m, const uint32_t *a)
{
	const char *one = ami_lock_path(m, a[0]), *other = ami_lock_path(m, a[1]);

	if (!one || !other)
		return AMI_TRUE;
	return strcmp(one, other) == 0 ? 0 : 1;
}

static uint32_t put_name(struct machine *m, const char *path, uint32_t buf, uint32_t room)
{
	char name[PATH_MAX + 8];

	snprintf(name, sizeof(name), "Host:%s", path[0] == '/' ? path + 1 : path);
	if (machine_put_string(m, buf, name, room))
		return AMI_TRUE;
	return ami_set_error(m, 120 /* line too long */);
}

uint32_t ami_NameFromLock(struct machine *m, const uint32_t *a)
{
	const char *path = ami_lock_path(m, a[0]);

	return path ? put_name(m, path, a[1], a[2]) : 0;
}

uint32_t ami_GetCurrentDirName(struct machine *m, const uint32_t *a)
{
	return put_name(m, ami_cwd(), a[0], a[1]);
}

uint32_t ami_GetProgramDir(struct machine *m, const uint32_t *a)
{
	static uint32_t lock;
	char path[PATH_MAX];

	if (!lock && ami_path("PROGDIR:", path) == 0)
		lock = new_lock(m, path);
	return lock;
}

/* ---- what a file says of itself ---- */

static void put_date(uint8_t *p, time_t t)
{
	struct tm tm;
	time_t local;

	localtime_r(&t, &tm);
	local = t + tm.tm_gmtoff;
	put32(p, (uint32_t)(local / 86400 - EPOCH_DAYS));
	put32(p + 4, (uint32_t)(local % 86400 / 60));
	put32(p + 8, (uint32_t)(local % 60 * 50));
}

static uint32_t fill_fib(struct machine *m, uint32_t addr, const char *path, const char *name)
{
	uint8_t *fib = machine_ptr(m, addr, FIB_BYTES);
	struct stat st;
	uint32_t type;

	if (!fib || stat(path, &st) < 0)
		return ami_set_error(m, fib ? ami_errno(-errno) : AMI_NOT_FOUND);
	type = S_ISDIR(st.st_mode) ? 2 : (uint32_t)-3;
	memset(fib, 0, FIB_BYTES);
	put32(fib + FIB_TYPE, type);
	put32(fib + FIB_ENTRY, type);
	snprintf((char *)fib + FIB_NAME, FIB_NAME_BYTES, "%s", name);
	/* Bits 0-3 forbid: delete, execute, write, read. */
	put32(fib + FIB_PROTECTION, (st.st_mode & 0200 ? 0 : 5) | (st.st_mode & 0400 ? 0 : 8) |
					    (st.st_mode & 0111 ? 0 : 2));
	put32(fib + FIB_SIZE, S_ISDIR(st.st_mode)	? 0
			      : st.st_size > 0x7fffffff ? 0x7fffffff
							: (uint32_t)st.st_size);
	put32(fib + FIB_BLOCKS, (uint32_t)((st.st_size + 511) / 512));
	put_date(fib + FIB_DATE, st.st_mtime);
	return AMI_TRUE;
}

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : "Host";
}

uint32_t ami_Examine(struct machine *m, const uint32_t *a)
{
	struct lock *l = lock_of(m, a[0]);

	if (!l)
		return 0;
	host_dir_destroy(steal(&l->dir));
	return fill_fib(m, a[1], l->path, last_part(l->path));
}

uint32_t ami_ExNext(struct machine *m, const uint32_t *a)
{
	struct lock *l = lock_of(m, a[0]);
	char path[PATH_MAX + HOST_NAME_BYTES];

	if (!l)
		return 0;
	if (!l->dir)
		l->dir = host_dir_create(l->path, false);
	while (l->dir && l->dir->next < l->dir->count) {
		const char *name = l->dir->names[l->dir->next++];

		snprintf(path, sizeof(path), "%s/%s", l->path, name);
		if (fill_fib(m, a[1], path, name))
			return AMI_TRUE;
	}
	return ami_set_error(m, l->dir ? AMI_NO_MORE : AMI_WRONG_TYPE);
}

uint32_t ami_ExamineFH(struct machine *m, const uint32_t *a)
{
	int fd;
	const char *path = ami_handle_path(m, a[0], &fd);
	char link[64];

	if (!path)
		return 0;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	return fill_fib(m, a[1], link, last_part(path));
}

uint32_t ami_SetProtection(struct machine *m, const uint32_t *a)
{
	const char *name = machine_string(m, a[0]);
	char path[PATH_MAX];
	struct stat st;
	mode_t mode;
	int rc = name ? ami_path(name, path) : -ENOENT;

	if (rc == 0 && stat(path, &st) < 0)
		rc = -errno;
	if (rc < 0)
		return ami_set_error(m, ami_errno(rc));
	mode = st.st_mode & 07077;
	mode |= (a[1] & 8 ? 0 : 0400) | (a[1] & 4 ? 0 : 0200) | (a[1] & 2 ? 0 : 0100);
	return chmod(path, mode) < 0 ? ami_set_error(m, ami_errno(-errno)) : AMI_TRUE;
}

/* The host's files have no comments. */
uint32_t ami_SetComment(struct machine *m, const uint32_t *a)
{
	return ami_set_error(m, AMI_ACTION);
}

uint32_t ami_SetFileDate(struct machine *m, const uint32_t *a)
{
	const char *name = machine_string(m, a[0]);
	const uint8_t *d = machine_ptr(m, a[1], 12);
	char path[PATH_MAX];
	int rc = name && d ? ami_path(name, path) : -ENOENT;
	struct tm tm = { .tm_year = 78, .tm_mday = 1, .tm_isdst = -1 };

	if (rc == 0) {
		tm.tm_mday += (int)(get32(d) & 0xffffff);
		tm.tm_min = (int)(get32(d + 4) % 1440);
		tm.tm_sec = (int)(get32(d + 8) / 50 % 60);
		const struct timespec at[2] = { { .tv_nsec = UTIME_OMIT },
						{ .tv_sec = mktime(&tm) } };

		rc = utimensat(AT_FDCWD, path, at, 0) < 0 ? -errno : 0;
	}
	return rc < 0 ? ami_set_error(m, ami_errno(rc)) : AMI_TRUE;
}

uint32_t ami_Info(struct machine *m, const uint32_t *a)
{
	const char *path = ami_lock_path(m, a[0]);
	uint8_t *p = machine_ptr(m, a[1], 36);
	struct statvfs v;
	const uint64_t most = 0x3fffff; /* blocks: their bytes fit into 31 bits */

	if (!path || !p || statvfs(path, &v) < 0)
		return ami_set_error(m, AMI_NOT_FOUND);
	memset(p, 0, 36);
	put32(p + 8, 82); /* validated */
	put32(p + 12, v.f_blocks < most ? v.f_blocks : most);
	put32(p + 16, v.f_blocks - v.f_bfree < most ? v.f_blocks - v.f_bfree : most);
	put32(p + 20, 512);
	put32(p + 24, 0x444f5301);
	return AMI_TRUE;
}
