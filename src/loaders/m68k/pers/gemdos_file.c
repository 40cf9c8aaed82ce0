// SPDX-License-Identifier: GPL-2.0-or-later
/* GEMDOS: files and handles. */
#include <fcntl.h>
#include <strings.h>

#include "gemdos.h"
#include "util.h"

static struct {
	bool used;
	int fd;
	uint32_t owner; /* basepage of the program that opened it */
} files[GEM_HANDLES];

uint32_t gem_errno(int64_t rc, enum gem_error missing)
{
	switch (rc) {
	case -ENODEV:
		return (uint32_t)GEM_EDRIVE;
	case -ENOENT:
		return (uint32_t)missing;
	case -ENOTDIR:
	case -ENAMETOOLONG:
	case -ELOOP:
		return (uint32_t)GEM_EPTHNF;
	case -EMFILE:
	case -ENFILE:
		return (uint32_t)GEM_ENHNDL;
	case -EBADF:
		return (uint32_t)GEM_EIHNDL;
	case -ENOSPC:
	case -EIO:
		return (uint32_t)GEM_EWRITF;
	case -EXDEV:
		return (uint32_t)GEM_ENSAME;
	case -EFAULT:
		return (uint32_t)GEM_EIMBA;
	default:
		return rc < 0 ? (uint32_t)GEM_EACCDN : (uint32_t)rc;
	}
}

int gem_std(int handle)
{
	return handle >= 0 && handle < GEM_STD ? gem_now->std[handle] : handle;
}

/* The host's descriptor behind a handle. Return: -1 when there is none. */
static int fd_of(int handle)
{
	handle = gem_std(handle);
	switch (handle) {
	case GEM_CON:
		return STDIN_FILENO;
	case GEM_AUX:
		return STDERR_FILENO;
	}
	return handle >= GEM_STD && handle < GEM_HANDLES && files[handle].used ? files[handle].fd
									       : -1;
}

static int new_handle(int fd)
{
	for (int h = GEM_STD; h < GEM_HANDLES; h++) {
		if (files[h].used)
			continue;
		files[h].used = true;
		files[h].fd = fd;
		files[h].owner = gem_now->basepage;
		return h;
	}
	close(fd);
	return GEM_ENHNDL;
}

void gem_close_owner(uint32_t basepage)
{
	for (int h = GEM_STD; h < GEM_HANDLES; h++) {
		if (files[h].used && files[h].owner == basepage) {
			close(files[h].fd);
			files[h].used = false;
		}
	}
}

/* ---- names ---- */

static bool is_device(const char *name, int *handle)
{
	static const struct {
		const char *name;
		int handle;
	} devices[] = { { "CON:", GEM_CON }, { "AUX:", GEM_AUX }, { "PRN:", GEM_PRN } };

	for (size_t i = 0; i < ARRAY_SIZE(devices); i++) {
		if (strcasecmp(name, devices[i].name) == 0) {
			*handle = devices[i].handle;
			return true;
		}
	}
	return false;
}

/* A guest's name as the host's. Return: 0 or the guest's error. */
static uint32_t path_of(struct machine *m, uint32_t addr, char *path)
{
	const char *name = machine_string(m, addr);
	int rc;

	if (!name)
		return (uint32_t)GEM_EIMBA;
	rc = name[0] ? host_path(name, path) : -ENOENT;
	return rc < 0 ? gem_errno(rc, GEM_EPTHNF) : 0;
}

static uint32_t open_file(struct machine *m, uint32_t name, int flags, unsigned mode)
{
	const char *s = machine_string(m, name);
	char path[PATH_MAX];
	uint32_t rc;
	int handle, fd;

	if (s && is_device(s, &handle))
		return (uint32_t)handle & 0xffff;
	rc = path_of(m, name, path);
	if (rc)
		return rc;
	fd = open(path, flags | O_CLOEXEC | O_NOCTTY, mode);
	if (fd < 0)
		return gem_errno(-errno, GEM_EFILNF);
	return (uint32_t)new_handle(fd);
}

uint32_t gem_Fcreate(struct machine *m, const uint32_t *a)
{
	if (a[1] & 8) /* a volume's label */
		return (uint32_t)GEM_EACCDN;
	return open_file(m, a[0], O_RDWR | O_CREAT | O_TRUNC, a[1] & 1 ? 0444 : 0666);
}

uint32_t gem_Fopen(struct machine *m, const uint32_t *a)
{
	static const int modes[4] = { O_RDONLY, O_WRONLY, O_RDWR, O_RDWR };
	struct stat st;
	uint32_t h = open_file(m, a[0], modes[a[1] & 3], 0);

	/* The host opens directories for reading. */
	if ((int32_t)h >= GEM_STD && h < GEM_HANDLES && fstat(files[h].fd, &st) == 0 &&
	    S_ISDIR(st.st_mode)) {
		close(files[h].fd);
		files[h].used = false;
		return (uint32_t)GEM_EFILNF;
	}
	return h;
}

uint32_t gem_Fclose(struct machine *m, const uint32_t *a)
{
	int h = (int)a[0];

	if (h < 0)
		return 0;
	if (h < GEM_STD) { /* back to what it stands for at the start */
		gem_now->std[h] = h == 2 ? GEM_AUX : h == 3 ? GEM_PRN : GEM_CON;
		return 0;
	}
	if (h >= GEM_HANDLES || !files[h].used)
		return (uint32_t)GEM_EIHNDL;
	for (int i = 0; i < GEM_STD; i++) {
		if (gem_now->std[i] == h)
			gem_now->std[i] = i == 2 ? GEM_AUX : i == 3 ? GEM_PRN : GEM_CON;
	}
	files[h].used = false;
	return close(files[h].fd) < 0 ? gem_errno(-errno, GEM_EIHNDL) : 0;
}

/* ---- bytes ---- */

/* A line that is typed: its end is CR and LF, as TOS's own files have it. */
static uint32_t read_terminal(char *buf, uint32_t len)
{
	int n = con_line(buf, len > 2 ? len - 2 : 0);

	if (n < 0)
		return 0;
	if (len >= 2) {
		buf[n++] = '\r';
		buf[n++] = '\n';
	}
	return (uint32_t)n;
}

uint32_t gem_Fread(struct machine *m, const uint32_t *a)
{
	int h = gem_std((int)a[0]), fd = fd_of(h);
	void *buf = machine_ptr(m, a[2], a[1]);

	if (fd < 0 || h == GEM_AUX)
		return h == GEM_AUX || h == GEM_PRN ? 0 : (uint32_t)GEM_EIHNDL;
	if (!buf)
		return (uint32_t)GEM_EIMBA;
	con_flush();
	if (h == GEM_CON && isatty(fd))
		return read_terminal(buf, a[1]);
	return gem_errno(host_read(fd, buf, a[1]), GEM_EIHNDL);
}

int gem_read_byte(int handle)
{
	unsigned char c;
	int fd = fd_of(handle);

	return fd >= 0 && host_read(fd, &c, 1) == 1 ? c : -1;
}

int32_t gem_write(struct machine *m, int handle, const void *buf, uint32_t len)
{
	int h = gem_std(handle), fd = fd_of(h);

	if (h == GEM_CON) {
		con_write(buf, len);
		return (int32_t)len;
	}
	if (h == GEM_PRN || fd < 0)
		return h == GEM_PRN ? 0 : GEM_EIHNDL;
	return (int32_t)gem_errno(host_write(fd, buf, len), GEM_EIHNDL);
}

uint32_t gem_Fwrite(struct machine *m, const uint32_t *a)
{
	const void *buf = machine_ptr(m, a[2], a[1]);

	return buf ? (uint32_t)gem_write(m, (int)a[0], buf, a[1]) : (uint32_t)GEM_EIMBA;
}

uint32_t gem_Fseek(struct machine *m, const uint32_t *a)
{
	int h = gem_std((int)a[1]), fd = fd_of(h);
	struct stat st;
	off_t at;

	if (h < 0)
		return 0;
	if (fd < 0 || fstat(fd, &st) < 0)
		return (uint32_t)GEM_EIHNDL;
	if (a[2] > 2)
		return (uint32_t)GEM_EINVFN;
	at = (int32_t)a[0] + (a[2] == 1 ? lseek(fd, 0, SEEK_CUR) : a[2] == 2 ? st.st_size : 0);
	/* Nobody gets beyond the end, or before the start. */
	if (at < 0 || at > st.st_size)
		return (uint32_t)GEM_ERANGE;
	return gem_errno(lseek(fd, at, SEEK_SET) < 0 ? -errno : at, GEM_EIHNDL);
}

/* ---- what else there is to do with files ---- */

uint32_t gem_Fdelete(struct machine *m, const uint32_t *a)
{
	char path[PATH_MAX];
	uint32_t rc = path_of(m, a[0], path);

	if (rc)
		return rc;
	return unlink(path) < 0 ? gem_errno(-errno, GEM_EFILNF) : 0;
}

uint32_t gem_Frename(struct machine *m, const uint32_t *a)
{
	char from[PATH_MAX], to[PATH_MAX];
	uint32_t rc = path_of(m, a[1], from);

	if (!rc)
		rc = path_of(m, a[2], to);
	if (rc)
		return rc;
	if (access(from, F_OK) < 0)
		return gem_errno(-errno, GEM_EFILNF);
	/* An existing name is not replaced; the same file in another case is fine. */
	if (access(to, F_OK) == 0 && strcmp(from, to) != 0)
		return (uint32_t)GEM_EACCDN;
	return rename(from, to) < 0 ? gem_errno(-errno, GEM_EFILNF) : 0;
}

uint32_t gem_Fattrib(struct machine *m, const uint32_t *a)
{
	char path[PATH_MAX];
	struct stat st;
	uint32_t rc = path_of(m, a[0], path);

	if (rc)
		return rc;
	if (stat(path, &st) < 0)
		return gem_errno(-errno, GEM_EFILNF);
	if (a[1] == 1) {
		mode_t mode = a[2] & 1 ? st.st_mode & ~0222U : st.st_mode | 0200;

		if (chmod(path, mode & 07777) < 0)
			return gem_errno(-errno, GEM_EFILNF);
		return a[2] & 0xff;
	}
	return (S_ISDIR(st.st_mode) ? 0x10 : 0) | (st.st_mode & 0200 ? 0 : 1);
}

uint32_t gem_Fdatime(struct machine *m, const uint32_t *a)
{
	uint8_t *p = machine_ptr(m, a[0], 4);
	int fd = fd_of((int)a[1]);
	struct stat st;
	uint32_t dos;

	if (fd < 0 || fstat(fd, &st) < 0)
		return (uint32_t)GEM_EIHNDL;
	if (!p)
		return (uint32_t)GEM_EIMBA;
	if (a[2] == 1) {
		const struct timespec at[2] = {
			{ .tv_nsec = UTIME_OMIT },
			{ .tv_sec = host_unix_time(get16(p + 2), get16(p)) },
		};

		return futimens(fd, at) < 0 ? gem_errno(-errno, GEM_EIHNDL) : 0;
	}
	dos = host_dos_time(st.st_mtime);
	put16(p, dos);
	put16(p + 2, dos >> 16);
	return 0;
}

uint32_t gem_Fdup(struct machine *m, const uint32_t *a)
{
	int h = gem_std((int)a[0]), fd = fd_of(h);

	/* A device is no file: the copy is the device itself. */
	if (h < 0)
		return (uint32_t)h & 0xffff;
	if (fd < 0)
		return (uint32_t)GEM_EIHNDL;
	fd = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	return fd < 0 ? gem_errno(-errno, GEM_EIHNDL) : (uint32_t)new_handle(fd);
}

uint32_t gem_Fforce(struct machine *m, const uint32_t *a)
{
	int std = (int)a[0], h = gem_std((int)a[1]);

	if (std < 0 || std >= GEM_STD || (h >= 0 && fd_of(h) < 0) || h < GEM_PRN)
		return (uint32_t)GEM_EIHNDL;
	con_flush();
	gem_now->std[std] = h;
	return 0;
}

/* Locks are for machines that share a disk; ours are the host's. */
uint32_t gem_Flock(struct machine *m, const uint32_t *a)
{
	struct flock lock = { .l_type = a[1] ? F_UNLCK : F_WRLCK, .l_start = a[2], .l_len = a[3] };
	int fd = fd_of((int)a[0]);

	if (fd < 0)
		return (uint32_t)GEM_EIHNDL;
	return fcntl(fd, F_OFD_SETLK, &lock) < 0 ? (uint32_t)-58 /* ELOCKED */ : 0;
}
