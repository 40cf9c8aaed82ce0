// SPDX-License-Identifier: GPL-2.0-or-later
/* Human68k: files, directories, and the search for them. */
#include <fcntl.h>
#include <sys/statvfs.h>

#include "human.h"
#include "util.h"

#define SEARCHES    32
#define FILES_BYTES 53

enum { ATTR_READ_ONLY = 1, ATTR_HIDDEN = 2, ATTR_DIR = 16, ATTR_FILE = 32 };
enum { FB_SEARCH = 2, FB_ATTR = 21, FB_TIME = 22, FB_DATE = 24, FB_SIZE = 26, FB_NAME = 30 };

static struct {
	bool used;
	int fd;
	uint32_t owner;
} files[HU_HANDLES];
static struct {
	uint32_t id;
	struct host_dir *dir;
	char pattern[HOST_NAME_BYTES];
	unsigned attr;
} searches[SEARCHES];
static uint32_t search_id;

uint32_t human_errno(int64_t rc)
{
	switch (rc) {
	case -ENOENT:
		return (uint32_t)HU_NO_FILE;
	case -ENOTDIR:
		return (uint32_t)HU_NO_DIR;
	case -EMFILE:
	case -ENFILE:
		return (uint32_t)HU_FILES;
	case -EISDIR:
		return (uint32_t)HU_IS_DIR;
	case -EBADF:
		return (uint32_t)HU_HANDLE;
	case -ENODEV:
		return (uint32_t)HU_DRIVE;
	case -ENAMETOOLONG:
	case -ELOOP:
		return (uint32_t)HU_NAME;
	case -EFAULT:
	case -EINVAL:
		return (uint32_t)HU_PARAMETER;
	case -ENOTEMPTY:
		return (uint32_t)HU_NOT_EMPTY;
	case -EEXIST:
		return (uint32_t)HU_EXISTS;
	case -ENOSPC:
		return (uint32_t)HU_FULL;
	default:
		return rc < 0 ? (uint32_t)HU_READ_ONLY : (uint32_t)rc;
	}
}

void human_files_init(void)
{
	for (int h = 0; h < 3; h++) {
		files[h].used = true;
		files[h].fd = h;
	}
}

void human_close_owner(uint32_t owner)
{
	for (int h = HU_FIRST; h < HU_HANDLES; h++) {
		if (files[h].used && files[h].owner == owner) {
			close(files[h].fd);
			files[h].used = false;
		}
	}
}

static int fd_of(uint32_t handle)
{
	return handle < HU_HANDLES && files[handle].used ? files[handle].fd : -1;
}

static uint32_t new_handle(int fd)
{
	for (uint32_t h = HU_FIRST; h < HU_HANDLES; h++) {
		if (files[h].used)
			continue;
		files[h].used = true;
		files[h].fd = fd;
		files[h].owner = human_owner();
		return h;
	}
	close(fd);
	return (uint32_t)HU_FILES;
}

static int path_of(struct machine *m, uint32_t addr, char *path)
{
	const char *name = machine_string(m, addr);

	return !name ? -EFAULT : name[0] ? host_path(name, path) : -ENOENT;
}

/* ---- handles ---- */

static uint32_t open_file(struct machine *m, uint32_t name, int flags, unsigned mode)
{
	char path[PATH_MAX];
	int rc = path_of(m, name, path), fd;
	struct stat st;

	if (rc < 0)
		return human_errno(rc);
	fd = open(path, flags | O_CLOEXEC | O_NOCTTY, mode);
	if (fd < 0)
		return human_errno(-errno);
	if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
		close(fd);
		return (uint32_t)HU_IS_DIR;
	}
	return new_handle(fd);
}

uint32_t human_create(struct machine *m, const uint32_t *a)
{
	return open_file(m, a[0], O_RDWR | O_CREAT | O_TRUNC, a[1] & ATTR_READ_ONLY ? 0444 : 0666);
}

uint32_t human_newfile(struct machine *m, const uint32_t *a)
{
	return open_file(m, a[0], O_RDWR | O_CREAT | O_EXCL, a[1] & ATTR_READ_ONLY ? 0444 : 0666);
}

uint32_t human_open(struct machine *m, const uint32_t *a)
{
	static const int modes[4] = { O_RDONLY, O_WRONLY, O_RDWR, O_RDONLY };

	return open_file(m, a[0], modes[a[1] & 3], 0);
}

uint32_t human_close(struct machine *m, const uint32_t *a)
{
	if (fd_of(a[0]) < 0)
		return (uint32_t)HU_HANDLE;
	con_flush();
	if (a[0] < HU_FIRST) { /* back to what it was at the start */
		if (files[a[0]].fd != (int)a[0])
			close(files[a[0]].fd);
		files[a[0]].fd = (int)a[0];
		return 0;
	}
	files[a[0]].used = false;
	return close(files[a[0]].fd) < 0 ? human_errno(-errno) : 0;
}

uint32_t human_allclose(struct machine *m, const uint32_t *a)
{
	human_close_owner(human_owner());
	return 0;
}

uint32_t human_dup(struct machine *m, const uint32_t *a)
{
	int fd = fd_of(a[0]);

	if (fd < 0)
		return (uint32_t)HU_HANDLE;
	fd = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	return fd < 0 ? human_errno(-errno) : new_handle(fd);
}

uint32_t human_dup2(struct machine *m, const uint32_t *a)
{
	int fd = fd_of(a[0]);

	if (fd < 0 || a[1] >= HU_HANDLES)
		return (uint32_t)HU_HANDLE;
	con_flush();
	fd = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (fd < 0)
		return human_errno(-errno);
	if (files[a[1]].used && files[a[1]].fd > STDERR_FILENO)
		close(files[a[1]].fd);
	if (!files[a[1]].used)
		files[a[1]].owner = human_owner();
	files[a[1]].used = true;
	files[a[1]].fd = fd;
	return 0;
}

/* ---- bytes ---- */

int64_t human_put(int handle, const void *buf, size_t len)
{
	int fd = fd_of((uint32_t)handle);

	if (fd < 0)
		return -EBADF;
	if (fd != STDOUT_FILENO)
		return host_write(fd, buf, len);
	con_write(buf, len);
	return (int64_t)len;
}

uint32_t human_read(struct machine *m, const uint32_t *a)
{
	void *buf = machine_ptr(m, a[1], a[2]);
	int fd = fd_of(a[0]);

	con_flush();
	return !buf ? (uint32_t)HU_PARAMETER
		    : human_errno(fd < 0 ? -EBADF : host_read(fd, buf, a[2]));
}

uint32_t human_write(struct machine *m, const uint32_t *a)
{
	const void *buf = machine_ptr(m, a[1], a[2]);

	return buf ? human_errno(human_put((int)a[0], buf, a[2])) : (uint32_t)HU_PARAMETER;
}

static int get_byte(uint32_t handle)
{
	unsigned char c;

	con_flush();
	return fd_of(handle) >= 0 && host_read(fd_of(handle), &c, 1) == 1 ? c : -1;
}

uint32_t human_fgetc(struct machine *m, const uint32_t *a)
{
	return (uint32_t)get_byte(a[0]);
}

/* Room, length and text, as GETS has them. */
uint32_t human_fgets(struct machine *m, const uint32_t *a)
{
	uint8_t *p = machine_ptr(m, a[0], 3);
	unsigned n = 0;
	int c = -1;

	if (!p || !machine_ptr(m, a[0], p[0] + 3U))
		return (uint32_t)HU_PARAMETER;
	while (n < p[0] && (c = get_byte(a[1])) >= 0 && c != '\n') {
		if (c != '\r')
			p[2 + n++] = (uint8_t)c;
	}
	p[1] = (uint8_t)n;
	p[2 + n] = 0;
	return c < 0 && !n ? 0xffffffffU : n;
}

uint32_t human_fputc(struct machine *m, const uint32_t *a)
{
	const char c = (char)a[0];

	return human_put((int)a[1], &c, 1) == 1;
}

uint32_t human_fputs(struct machine *m, const uint32_t *a)
{
	const char *s = machine_string(m, a[0]);

	return s ? human_errno(human_put((int)a[1], s, strlen(s))) : (uint32_t)HU_PARAMETER;
}

uint32_t human_seek(struct machine *m, const uint32_t *a)
{
	int fd = fd_of(a[0]);
	struct stat st;
	off_t at;

	if (fd < 0 || fstat(fd, &st) < 0)
		return (uint32_t)HU_HANDLE;
	if (a[2] > 2)
		return (uint32_t)HU_PARAMETER;
	at = (int32_t)a[1] + (a[2] == 1 ? lseek(fd, 0, SEEK_CUR) : a[2] == 2 ? st.st_size : 0);
	if (at < 0 || at > 0x7fffffff)
		return (uint32_t)-25; /* a place that cannot be */
	return human_errno(lseek(fd, at, SEEK_SET) < 0 ? -errno : at);
}

uint32_t human_filedate(struct machine *m, const uint32_t *a)
{
	int fd = fd_of(a[0]);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return (uint32_t)HU_HANDLE;
	if (a[1]) {
		const struct timespec at[2] = {
			{ .tv_nsec = UTIME_OMIT },
			{ .tv_sec = host_unix_time(a[1] >> 16, a[1] & 0xffff) },
		};

		return futimens(fd, at) < 0 ? human_errno(-errno) : 0;
	}
	return host_dos_time(st.st_mtime);
}

/* What kind of thing is the handle? Ready for what? */
uint32_t human_ioctrl(struct machine *m, const uint32_t *a)
{
	int fd = fd_of(a[1]);

	if (fd < 0)
		return (uint32_t)HU_HANDLE;
	switch (a[0]) {
	case 0:
		return isatty(fd) || a[1] < 3 ? (a[1] == 0 ? 0x80c1 : 0x80c2) : host_drive();
	case 6:
	case 7:
		return 0xff;
	}
	return (uint32_t)HU_FUNCTION;
}

/* ---- names ---- */

uint32_t human_delete(struct machine *m, const uint32_t *a)
{
	char path[PATH_MAX];
	int rc = path_of(m, a[0], path);

	return human_errno(rc == 0 && unlink(path) < 0 ? -errno : rc);
}

uint32_t human_rename(struct machine *m, const uint32_t *a)
{
	char from[PATH_MAX], to[PATH_MAX];
	int rc = path_of(m, a[0], from);

	if (rc == 0)
		rc = path_of(m, a[1], to);
	if (rc == 0 && access(from, F_OK) < 0)
		rc = -errno;
	if (rc < 0)
		return human_errno(rc);
	if (access(to, F_OK) == 0 && strcmp(from, to) != 0)
		return (uint32_t)HU_RENAME;
	return rename(from, to) < 0 ? human_errno(-errno) : 0;
}

uint32_t human_chmod(struct machine *m, const uint32_t *a)
{
	char path[PATH_MAX];
	struct stat st;
	int rc = path_of(m, a[0], path);

	if (rc == 0 && stat(path, &st) < 0)
		rc = -errno;
	if (rc < 0)
		return human_errno(rc);
	if ((int32_t)a[1] >= 0) {
		mode_t mode = a[1] & ATTR_READ_ONLY ? st.st_mode & ~0222U : st.st_mode | 0200;

		if (chmod(path, mode & 07777) < 0 || stat(path, &st) < 0)
			return human_errno(-errno);
	}
	return (S_ISDIR(st.st_mode) ? ATTR_DIR : ATTR_FILE) |
	       (st.st_mode & 0200 ? 0 : ATTR_READ_ONLY);
}

uint32_t human_mkdir(struct machine *m, const uint32_t *a)
{
	char path[PATH_MAX];
	int rc = path_of(m, a[0], path);

	if (rc == 0 && mkdir(path, 0777) < 0)
		rc = -errno;
	return rc == -EEXIST ? (uint32_t)HU_DIR_EXISTS : human_errno(rc);
}

uint32_t human_rmdir(struct machine *m, const uint32_t *a)
{
	char path[PATH_MAX];
	int rc = path_of(m, a[0], path);

	return human_errno(rc == 0 && rmdir(path) < 0 ? -errno : rc);
}

uint32_t human_chdir(struct machine *m, const uint32_t *a)
{
	const char *name = machine_string(m, a[0]);
	int rc = name ? host_chdir(name) : -EFAULT;

	return rc == -ENOENT ? (uint32_t)HU_NO_DIR : human_errno(rc);
}

/* Drive 0 is the current one; the path has no separator in front. */
uint32_t human_curdir(struct machine *m, const uint32_t *a)
{
	unsigned drive = a[0] ? a[0] - 1 : host_drive();
	char text[PATH_MAX];

	if (!host_drive_dir(drive))
		return (uint32_t)HU_DRIVE;
	snprintf(text, sizeof(text), "%s", host_cwd(drive));
	for (char *p = text; *p; p++)
		*p = *p == '/' ? '\\' : *p;
	if (strlen(text) > 64 || !machine_put_string(m, a[1], text, (uint32_t)strlen(text) + 1))
		return (uint32_t)HU_PARAMETER;
	return 0;
}

uint32_t human_chgdrv(struct machine *m, const uint32_t *a)
{
	host_select_drive(a[0]);
	return 26;
}

uint32_t human_curdrv(struct machine *m, const uint32_t *a)
{
	return host_drive();
}

uint32_t human_dskfre(struct machine *m, const uint32_t *a)
{
	unsigned drive = a[0] ? a[0] - 1 : host_drive();
	uint8_t *p = machine_ptr(m, a[1], 8);
	struct statvfs v;
	uint64_t unused;

	if (!host_drive_dir(drive) || statvfs(host_drive_dir(drive), &v) < 0)
		return (uint32_t)HU_DRIVE;
	if (!p)
		return (uint32_t)HU_PARAMETER;
	unused = (uint64_t)v.f_bavail * v.f_frsize / 32768;
	unused = unused < 0xfff0 ? unused : 0xfff0;
	put16(p, unused);
	put16(p + 2, 0xfff0);
	put16(p + 4, 32);
	put16(p + 6, 1024);
	return (uint32_t)unused * 32768U > 0x7fffffff ? 0x7fffffff : (uint32_t)unused * 32768U;
}

/* ---- searching ---- */

static uint32_t next_match(struct machine *m, uint32_t buf, unsigned slot)
{
	uint8_t *p = machine_ptr(m, buf, FILES_BYTES);
	struct host_dir *dir = searches[slot].dir;
	char path[PATH_MAX + HOST_NAME_BYTES], name[40], fcb[FCB_NAME_BYTES], want[FCB_NAME_BYTES];
	struct stat st;

	if (!p)
		return (uint32_t)HU_PARAMETER;
	host_fcb_name(searches[slot].pattern, want);
	while (dir->next < dir->count) {
		const char *real = dir->names[dir->next++];
		unsigned attr;
		uint32_t dos;

		host_short_name(real, HU_BASE_NAME, name);
		host_fcb_name(name, fcb);
		snprintf(path, sizeof(path), "%s/%s", dir->path, real);
		if (!host_fcb_match(want, fcb) || stat(path, &st) < 0 ||
		    !(S_ISREG(st.st_mode) || S_ISDIR(st.st_mode)))
			continue;
		/* Beyond the eighth letter a name without * must be the same. */
		if (!strpbrk(searches[slot].pattern, "*?") &&
		    strcasecmp(searches[slot].pattern, name) != 0)
			continue;
		attr = S_ISDIR(st.st_mode) ? ATTR_DIR : ATTR_FILE;
		if (!(attr & searches[slot].attr) || (real[0] == '.' && real[1] && real[1] != '.' &&
						      !(searches[slot].attr & ATTR_HIDDEN)))
			continue;
		dos = host_dos_time(st.st_mtime);
		put32(p + FB_SEARCH, searches[slot].id);
		p[FB_ATTR] = attr | (st.st_mode & 0200 ? 0 : ATTR_READ_ONLY);
		put16(p + FB_TIME, dos);
		put16(p + FB_DATE, dos >> 16);
		put32(p + FB_SIZE, S_ISDIR(st.st_mode) ? 0 : (uint32_t)st.st_size);
		/* The file's own spelling: capitals are not the custom here. */
		snprintf((char *)p + FB_NAME, FILES_BYTES - FB_NAME, "%s",
			 strchr(name, '~') ? name : real);
		return 0;
	}
	return (uint32_t)HU_NO_MORE;
}

uint32_t human_files(struct machine *m, const uint32_t *a)
{
	const char *spec = machine_string(m, a[1]), *last = spec;
	char dir[PATH_MAX], path[PATH_MAX];
	unsigned slot = ++search_id % SEARCHES;
	uint32_t rc;
	int err;

	if (!spec)
		return (uint32_t)HU_PARAMETER;
	for (const char *p = spec; *p; p++)
		last = *p == '\\' || *p == '/' || *p == ':' ? p + 1 : last;
	snprintf(dir, sizeof(dir), "%.*s.", (int)(last - spec), spec);
	err = host_path(dir, path);
	if (err < 0)
		return err == -ENODEV ? (uint32_t)HU_DRIVE : (uint32_t)HU_NO_DIR;
	host_dir_destroy(steal(&searches[slot].dir));
	searches[slot].dir = host_dir_create(path, host_cwd(host_drive())[0] || last != spec);
	if (!searches[slot].dir)
		return (uint32_t)HU_NO_DIR;
	searches[slot].id = search_id;
	searches[slot].attr = a[2];
	snprintf(searches[slot].pattern, HOST_NAME_BYTES, "%s", last);
	rc = next_match(m, a[0], slot);
	return rc == (uint32_t)HU_NO_MORE ? (uint32_t)HU_NO_FILE : rc;
}

uint32_t human_nfiles(struct machine *m, const uint32_t *a)
{
	const uint8_t *p = machine_ptr(m, a[0], FILES_BYTES);
	unsigned slot;

	if (!p)
		return (uint32_t)HU_PARAMETER;
	slot = get32(p + FB_SEARCH) % SEARCHES;
	if (!searches[slot].dir || searches[slot].id != get32(p + FB_SEARCH))
		return (uint32_t)HU_NO_MORE;
	return next_match(m, a[0], slot);
}
