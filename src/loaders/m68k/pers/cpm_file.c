// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * CP/M-68K: files. A file control block is the program's, and it may copy or forget it; so what is
 * open here is found by name, and an FCB that was never opened but is complete works too. Records
 * are of 128 bytes: the last one of a host's file is filled up with ^Z.
 */
#include <ctype.h>
#include <fcntl.h>
#include <sys/statvfs.h>

#include "cpm.h"
#include "util.h"

#define FILES 32 /* open at a time; the one longest unused is closed for another */

enum {
	CPM_OK = 0,
	CPM_NOT_FOUND = 0xff,
	CPM_END = 1,
	CPM_DISK_FULL = 2,
	CPM_UNWRITTEN = 1,
	CPM_BEYOND = 6
};

static struct {
	char path[PATH_MAX];
	int fd;
	unsigned long used;
} files[FILES];
static unsigned long clock_now;
static struct host_dir *search_dir;
static char search_pattern[FCB_NAME_BYTES];

void cpm_close_all(void)
{
	for (int i = 0; i < FILES; i++) {
		if (files[i].path[0])
			close(files[i].fd);
		files[i].path[0] = '\0';
	}
	host_dir_destroy(steal(&search_dir));
}

static unsigned drive_of(const uint8_t *fcb)
{
	return fcb[FCB_DRIVE] >= 1 && fcb[FCB_DRIVE] <= CPM_DRIVES ? fcb[FCB_DRIVE] - 1U
								   : host_drive();
}

/* New names are in lower case: CP/M has no other than capitals to give. */
int cpm_fcb_path(const uint8_t *fcb, char *path)
{
	char name[20];
	size_t n = 0;

	n += (size_t)sprintf(name, "%c:", 'A' + drive_of(fcb));
	for (int i = 0; i < FCB_NAME_BYTES; i++) {
		int c = tolower(fcb[FCB_NAME + i] & 0x7f);

		if (i == 8 && (fcb[FCB_NAME + 8] & 0x7f) != ' ')
			name[n++] = '.';
		if (c == '/' || c == '\\' || c < ' ')
			return -ENOENT;
		if (c != ' ')
			name[n++] = (char)c;
	}
	name[n] = '\0';
	return n > 2 ? host_path(name, path) : -ENOENT;
}

static bool is_read_only(const uint8_t *fcb)
{
	return drive_of(fcb) < CPM_DRIVES && cpm.read_only[drive_of(fcb)];
}

/* The open file of an FCB; @flags: with O_CREAT to make it. Return: descriptor or -errno. */
static int file_of(const uint8_t *fcb, int flags)
{
	char path[PATH_MAX];
	int oldest = 0, fd, rc = cpm_fcb_path(fcb, path);
	struct stat st;

	if (rc < 0)
		return rc;
	for (int i = 0; i < FILES; i++) {
		if (strcmp(files[i].path, path) == 0 && !(flags & O_TRUNC)) {
			files[i].used = ++clock_now;
			return files[i].fd;
		}
		if (strcmp(files[i].path, path) == 0 || files[i].used < files[oldest].used)
			oldest = i;
	}
	fd = open(path, O_RDWR | O_CLOEXEC | flags, 0666);
	if (fd < 0 && (errno == EACCES || errno == EROFS) && !flags)
		fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return -ENOENT;
	}
	if (files[oldest].path[0])
		close(files[oldest].fd);
	snprintf(files[oldest].path, PATH_MAX, "%s", path);
	files[oldest].fd = fd;
	files[oldest].used = ++clock_now;
	return fd;
}

static void forget(const char *path)
{
	for (int i = 0; i < FILES; i++) {
		if (strcmp(files[i].path, path) == 0) {
			close(files[i].fd);
			files[i].path[0] = '\0';
			files[i].used = 0;
		}
	}
}

static uint32_t records_of(int fd)
{
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return 0;
	return (uint32_t)((st.st_size + CPM_RECORD_BYTES - 1) / CPM_RECORD_BYTES);
}

/* ---- where the FCB is ---- */

static uint32_t position(const uint8_t *fcb)
{
	return ((fcb[FCB_S2] & 0x3fU) * 32 + (fcb[FCB_EXTENT] & 31U)) * CPM_EXTENT_RECORDS +
	       (fcb[FCB_CURRENT] & 0x7fU) + (fcb[FCB_CURRENT] & 0x80U);
}

static void set_position(uint8_t *fcb, uint32_t record, int fd)
{
	uint32_t extent = record / CPM_EXTENT_RECORDS, all = records_of(fd), here;

	fcb[FCB_CURRENT] = record % CPM_EXTENT_RECORDS;
	fcb[FCB_EXTENT] = extent & 31;
	fcb[FCB_S2] = extent >> 5;
	here = all > extent * CPM_EXTENT_RECORDS ? all - extent * CPM_EXTENT_RECORDS : 0;
	fcb[FCB_RECORDS] = here < CPM_EXTENT_RECORDS ? here : CPM_EXTENT_RECORDS;
}

static uint32_t random_record(const uint8_t *fcb)
{
	return (uint32_t)fcb[FCB_RANDOM] << 16 | (uint32_t)fcb[FCB_RANDOM + 1] << 8 |
	       fcb[FCB_RANDOM + 2];
}

static void put_random(uint8_t *fcb, uint32_t record)
{
	fcb[FCB_RANDOM] = record >> 16;
	fcb[FCB_RANDOM + 1] = record >> 8;
	fcb[FCB_RANDOM + 2] = record;
}

static uint8_t *fcb_at(struct machine *m, uint32_t addr)
{
	return machine_ptr(m, addr, CPM_FCB_BYTES);
}

/* ---- calls ---- */

static uint32_t open_or_make(struct machine *m, uint32_t addr, int flags)
{
	uint8_t *fcb = fcb_at(m, addr);
	int fd;

	if (!fcb || (flags && is_read_only(fcb)))
		return CPM_NOT_FOUND;
	fd = file_of(fcb, flags);
	if (fd < 0)
		return CPM_NOT_FOUND;
	fcb[FCB_S2] = 0;
	memset(fcb + FCB_MAP, 0, FCB_CURRENT - FCB_MAP);
	set_position(fcb, (fcb[FCB_EXTENT] & 31U) * CPM_EXTENT_RECORDS + fcb[FCB_CURRENT], fd);
	return CPM_OK;
}

uint32_t cpm_open(struct machine *m, const uint32_t *a)
{
	return open_or_make(m, a[0], 0);
}

uint32_t cpm_make(struct machine *m, const uint32_t *a)
{
	return open_or_make(m, a[0], O_CREAT | O_TRUNC);
}

uint32_t cpm_close(struct machine *m, const uint32_t *a)
{
	const uint8_t *fcb = fcb_at(m, a[0]);
	char path[PATH_MAX];

	if (!fcb || cpm_fcb_path(fcb, path) < 0 || access(path, F_OK) < 0)
		return CPM_NOT_FOUND;
	forget(path);
	return CPM_OK;
}

static uint32_t transfer(struct machine *m, uint8_t *fcb, uint32_t record, bool write)
{
	uint8_t *dma = machine_ptr(m, cpm.dma, CPM_RECORD_BYTES);
	int fd = fcb ? file_of(fcb, 0) : -1;
	off_t at = (off_t)record * CPM_RECORD_BYTES;
	ssize_t n;

	if (fd < 0 || !dma)
		return CPM_NOT_FOUND;
	if (write) {
		if (is_read_only(fcb))
			return CPM_NOT_FOUND;
		n = pwrite(fd, dma, CPM_RECORD_BYTES, at);
		return n == CPM_RECORD_BYTES ? CPM_OK : CPM_DISK_FULL;
	}
	n = pread(fd, dma, CPM_RECORD_BYTES, at);
	if (n <= 0)
		return CPM_END;
	memset(dma + n, CON_EOF, (size_t)(CPM_RECORD_BYTES - n));
	return CPM_OK;
}

static uint32_t sequential(struct machine *m, uint32_t addr, bool write)
{
	uint8_t *fcb = fcb_at(m, addr);
	uint32_t at = fcb ? position(fcb) : 0, rc = transfer(m, fcb, at, write);

	if (rc == CPM_OK)
		set_position(fcb, at + 1, file_of(fcb, 0));
	return rc;
}

uint32_t cpm_read(struct machine *m, const uint32_t *a)
{
	return sequential(m, a[0], false);
}

uint32_t cpm_write(struct machine *m, const uint32_t *a)
{
	return sequential(m, a[0], true);
}

/* The next sequential call is about the same record. */
static uint32_t random_access(struct machine *m, uint32_t addr, bool write)
{
	uint8_t *fcb = fcb_at(m, addr);
	uint32_t at = fcb ? random_record(fcb) : 0, rc;

	if (at > 0x3ffff)
		return CPM_BEYOND;
	rc = transfer(m, fcb, at, write);
	if (rc == CPM_OK)
		set_position(fcb, at, file_of(fcb, 0));
	return rc;
}

uint32_t cpm_read_random(struct machine *m, const uint32_t *a)
{
	return random_access(m, a[0], false);
}

uint32_t cpm_write_random(struct machine *m, const uint32_t *a)
{
	return random_access(m, a[0], true);
}

uint32_t cpm_file_size(struct machine *m, const uint32_t *a)
{
	uint8_t *fcb = fcb_at(m, a[0]);
	int fd = fcb ? file_of(fcb, 0) : -1;

	if (fd < 0)
		return CPM_NOT_FOUND;
	put_random(fcb, records_of(fd));
	return CPM_OK;
}

uint32_t cpm_set_random(struct machine *m, const uint32_t *a)
{
	uint8_t *fcb = fcb_at(m, a[0]);

	if (fcb)
		put_random(fcb, position(fcb));
	return CPM_OK;
}

static int remove_file(const uint8_t *fcb)
{
	char path[PATH_MAX];

	if (cpm_fcb_path(fcb, path) < 0)
		return -ENOENT;
	forget(path);
	return unlink(path) < 0 ? -errno : 0;
}

/* ---- names with question marks ---- */

static bool next_name(char fcb_name[FCB_NAME_BYTES], struct stat *st)
{
	char path[PATH_MAX + HOST_NAME_BYTES], name[32];

	while (search_dir && search_dir->next < search_dir->count) {
		const char *real = search_dir->names[search_dir->next++];

		host_short_name(real, 8, name);
		host_fcb_name(name, fcb_name);
		snprintf(path, sizeof(path), "%s/%s", search_dir->path, real);
		if (real[0] != '.' && host_fcb_match(search_pattern, fcb_name) &&
		    stat(path, st) == 0 && S_ISREG(st->st_mode))
			return true;
	}
	return false;
}

static bool begin_search(const uint8_t *fcb)
{
	char path[PATH_MAX], drive[4];

	snprintf(drive, sizeof(drive), "%c:.", 'A' + drive_of(fcb));
	host_dir_destroy(steal(&search_dir));
	if (host_path(drive, path) < 0)
		return false;
	for (int i = 0; i < FCB_NAME_BYTES; i++)
		search_pattern[i] = (char)toupper(fcb[FCB_NAME + i] & 0x7f);
	search_dir = host_dir_create(path, false);
	return search_dir != NULL;
}

/* The first of the four directory entries that a record has room for; the others are unused. */
uint32_t cpm_search_next(struct machine *m, const uint32_t *a)
{
	uint8_t *dma = machine_ptr(m, cpm.dma, CPM_RECORD_BYTES);
	char name[FCB_NAME_BYTES];
	struct stat st;
	uint64_t records;

	if (!dma || !next_name(name, &st))
		return CPM_NOT_FOUND;
	records = ((uint64_t)st.st_size + CPM_RECORD_BYTES - 1) / CPM_RECORD_BYTES;
	memset(dma, 0xe5, CPM_RECORD_BYTES);
	memset(dma, 0, 32);
	dma[0] = cpm.user;
	memcpy(dma + FCB_NAME, name, FCB_NAME_BYTES);
	dma[FCB_RECORDS] = records < CPM_EXTENT_RECORDS ? records : CPM_EXTENT_RECORDS;
	return CPM_OK;
}

uint32_t cpm_search_first(struct machine *m, const uint32_t *a)
{
	const uint8_t *fcb = fcb_at(m, a[0]);

	return fcb && begin_search(fcb) ? cpm_search_next(m, a) : CPM_NOT_FOUND;
}

uint32_t cpm_delete(struct machine *m, const uint32_t *a)
{
	const uint8_t *fcb = fcb_at(m, a[0]);
	uint8_t one[CPM_FCB_BYTES] = { 0 };
	unsigned gone = 0;
	struct stat st;

	if (!fcb || is_read_only(fcb) || !begin_search(fcb))
		return CPM_NOT_FOUND;
	one[FCB_DRIVE] = fcb[FCB_DRIVE];
	while (next_name((char *)one + FCB_NAME, &st))
		gone += remove_file(one) == 0;
	return gone ? CPM_OK : CPM_NOT_FOUND;
}

/* Old name, and the new one where the map of blocks would be. */
uint32_t cpm_rename(struct machine *m, const uint32_t *a)
{
	const uint8_t *fcb = fcb_at(m, a[0]);
	char from[PATH_MAX], to[PATH_MAX];
	uint8_t other[CPM_FCB_BYTES] = { 0 };

	if (!fcb || is_read_only(fcb))
		return CPM_NOT_FOUND;
	memcpy(other, fcb + FCB_MAP, FCB_NAME + FCB_NAME_BYTES);
	other[FCB_DRIVE] = fcb[FCB_DRIVE];
	if (cpm_fcb_path(fcb, from) < 0 || cpm_fcb_path(other, to) < 0 || access(to, F_OK) == 0)
		return CPM_NOT_FOUND;
	forget(from);
	return rename(from, to) < 0 ? CPM_NOT_FOUND : CPM_OK;
}

uint32_t cpm_attributes(struct machine *m, const uint32_t *a)
{
	const uint8_t *fcb = fcb_at(m, a[0]);
	char path[PATH_MAX];
	struct stat st;

	if (!fcb || cpm_fcb_path(fcb, path) < 0 || stat(path, &st) < 0)
		return CPM_NOT_FOUND;
	return chmod(path, (fcb[FCB_NAME + 8] & 0x80 ? st.st_mode & ~0222U : st.st_mode | 0200) &
				   07777) < 0
		       ? CPM_NOT_FOUND
		       : CPM_OK;
}

uint32_t cpm_free_space(struct machine *m, const uint32_t *a)
{
	uint8_t *dma = machine_ptr(m, cpm.dma, 4);
	const char *dir = host_drive_dir((uint8_t)a[0]);
	struct statvfs v;
	uint64_t records;

	if (!dma || !dir || statvfs(dir, &v) < 0)
		return CPM_NOT_FOUND;
	records = (uint64_t)v.f_bavail * v.f_frsize / CPM_RECORD_BYTES;
	put32(dma, records < 0xffffff ? records : 0xffffff);
	return CPM_OK;
}
