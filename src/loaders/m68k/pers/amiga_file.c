// SPDX-License-Identifier: GPL-2.0-or-later
/* AmigaDOS: names, file handles, and the calls that read and write them. */
#include <fcntl.h>
#include <poll.h>
#include <strings.h>

#include "amiga.h"
#include "util.h"

#define FILES	     64
#define BUFFER_BYTES 512
#define FH_BYTES     44
#define FH_SLOT	     36 /* fh_Arg1: our number */

enum { MODE_OLD = 1005, MODE_NEW = 1006, MODE_READWRITE = 1004 };

static struct file {
	bool used;
	int fd;
	uint32_t handle; /* BPTR */
	char path[PATH_MAX];
	uint8_t buf[BUFFER_BYTES]; /* read ahead by the calls that take single characters */
	unsigned at, len;
} files[FILES];
static uint32_t input, output;
static char program_dir[PATH_MAX];

/* ---- names ---- */

static const char *volume_dir(const char *name, size_t len)
{
	static const struct {
		const char *name, *dir;
	} volumes[] = { { "", "/" }, { "Host", "/" }, { "T", "/tmp" }, { "RAM", "/tmp" } };

	if (len == 1 && host_drive_dir((unsigned)((name[0] & ~0x20) - 'A')))
		return host_drive_dir((unsigned)((name[0] & ~0x20) - 'A'));
	if ((len == 7 && strncasecmp(name, "PROGDIR", 7) == 0) ||
	    (len == 3 && strncasecmp(name, "SYS", 3) == 0) || (len == 1 && (name[0] | 32) == 'c'))
		return program_dir;
	for (size_t i = 0; i < ARRAY_SIZE(volumes); i++) {
		if (strlen(volumes[i].name) == len && strncasecmp(volumes[i].name, name, len) == 0)
			return volumes[i].dir;
	}
	return NULL;
}

static void parent_of(char *path)
{
	char *slash = strrchr(path, '/');

	if (slash && slash != path)
		*slash = '\0';
	else
		strcpy(path, "/");
}

/* "VOLUME:dir/file"; a slash with nothing before it is the parent. */
int ami_path(const char *name, char *out)
{
	const char *colon = strchr(name, ':'), *p = colon ? colon + 1 : name, *end;
	const char *dir = colon ? volume_dir(name, (size_t)(colon - name)) : ami_cwd();
	char part[HOST_NAME_BYTES], real[HOST_NAME_BYTES];
	size_t len;
	int rc;

	if (!dir)
		return -ENODEV;
	snprintf(out, PATH_MAX, "%s", dir);
	for (; *p; p = *end ? end + 1 : end) {
		end = strchrnul(p, '/');
		len = (size_t)(end - p);
		if (!len) {
			parent_of(out);
			continue;
		}
		if (len >= sizeof(part) || strlen(out) + len + HOST_NAME_BYTES >= PATH_MAX)
			return -ENAMETOOLONG;
		memcpy(part, p, len);
		part[len] = '\0';
		/* No names of ours: these are ordinary ones there, and nobody has them. */
		if (strcmp(part, ".") == 0 || strcmp(part, "..") == 0)
			return -ENOENT;
		rc = host_find(out, part, real);
		if (rc < 0 && (rc != -ENOENT || (*end && end[1])))
			return rc;
		if (rc < 0)
			strcpy(real, part);
		sprintf(out + strlen(out), "%s%s", out[1] ? "/" : "", real);
	}
	return 0;
}

static bool is_console(const char *name)
{
	return strcmp(name, "*") == 0 || strncasecmp(name, "CON:", 4) == 0 ||
	       strncasecmp(name, "RAW:", 4) == 0 || strncasecmp(name, "CONSOLE:", 8) == 0;
}

/* ---- handles ---- */

static struct file *file_of(struct machine *m, uint32_t handle)
{
	const uint8_t *p = handle ? machine_ptr(m, handle << 2, FH_BYTES) : NULL;
	uint32_t slot = p ? get32(p + FH_SLOT) : FILES;

	if (slot >= FILES || !files[slot].used || files[slot].handle != handle) {
		ami_set_error(m, AMI_BAD_LOCK);
		return NULL;
	}
	return &files[slot];
}

static uint32_t new_handle(struct machine *m, int fd, const char *path)
{
	for (uint32_t i = 0; i < FILES; i++) {
		uint32_t at;

		if (files[i].used)
			continue;
		at = ami_alloc(m, FH_BYTES);
		if (!at)
			break;
		put32(m->core.mem + at + FH_SLOT, i);
		files[i].used = true;
		files[i].fd = fd;
		files[i].handle = at >> 2;
		files[i].at = files[i].len = 0;
		snprintf(files[i].path, PATH_MAX, "%s", path);
		return at >> 2;
	}
	if (fd > STDERR_FILENO)
		close(fd);
	return ami_set_error(m, AMI_NO_MEMORY);
}

void ami_files_init(struct machine *m)
{
	char *slash;

	if (!realpath(m->path, program_dir))
		strcpy(program_dir, "/");
	slash = strrchr(program_dir, '/');
	if (slash && slash != program_dir)
		*slash = '\0';
	input = new_handle(m, STDIN_FILENO, "*");
	output = new_handle(m, STDOUT_FILENO, "*");
}

uint32_t ami_input(void)
{
	return input;
}

uint32_t ami_output(void)
{
	return output;
}

const char *ami_handle_path(struct machine *m, uint32_t handle, int *fd)
{
	const struct file *f = file_of(m, handle);

	if (!f)
		return NULL;
	*fd = f->fd;
	return f->path;
}

uint32_t ami_Open(struct machine *m, const uint32_t *a)
{
	const char *name = machine_string(m, a[0]);
	char path[PATH_MAX];
	struct stat st;
	int rc, fd, flags = O_RDWR;

	if (!name)
		return ami_set_error(m, AMI_NOT_FOUND);
	if (is_console(name))
		return new_handle(m, a[1] == MODE_OLD ? STDIN_FILENO : STDOUT_FILENO, "*");
	rc = strcasecmp(name, "NIL:") == 0 ? (strcpy(path, "/dev/null"), 0) : ami_path(name, path);
	if (rc < 0)
		return ami_set_error(m, ami_errno(rc));
	if (a[1] == MODE_NEW)
		flags |= O_CREAT | O_TRUNC;
	else if (a[1] == MODE_READWRITE)
		flags |= O_CREAT;
	fd = open(path, flags | O_CLOEXEC | O_NOCTTY, 0666);
	if (fd < 0 && a[1] == MODE_OLD && (errno == EACCES || errno == EROFS || errno == ETXTBSY))
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
		close(fd);
		fd = -1;
		errno = EISDIR;
	}
	return fd < 0 ? ami_set_error(m, ami_errno(-errno)) : new_handle(m, fd, path);
}

uint32_t ami_Close(struct machine *m, const uint32_t *a)
{
	struct file *f = file_of(m, a[0]);
	int rc = 0;

	if (!f)
		return 0;
	con_flush();
	if (f->fd > STDERR_FILENO && close(f->fd) < 0)
		rc = -errno;
	f->used = false;
	ami_free(m, f->handle << 2);
	return rc < 0 ? ami_set_error(m, ami_errno(rc)) : AMI_TRUE;
}

uint32_t ami_Input(struct machine *m, const uint32_t *a)
{
	return input;
}

uint32_t ami_Output(struct machine *m, const uint32_t *a)
{
	return output;
}

uint32_t ami_SelectInput(struct machine *m, const uint32_t *a)
{
	uint32_t old = input;

	input = a[0];
	return old;
}

uint32_t ami_SelectOutput(struct machine *m, const uint32_t *a)
{
	uint32_t old = output;

	output = a[0];
	return old;
}

uint32_t ami_IsInteractive(struct machine *m, const uint32_t *a)
{
	const struct file *f = file_of(m, a[0]);

	return f && isatty(f->fd) ? AMI_TRUE : 0;
}

uint32_t ami_WaitForChar(struct machine *m, const uint32_t *a)
{
	const struct file *f = file_of(m, a[0]);
	struct pollfd p = { .fd = f ? f->fd : -1, .events = POLLIN };

	con_flush();
	return f && poll(&p, 1, (int)(a[1] / 1000)) > 0 ? AMI_TRUE : 0;
}

/* ---- bytes ---- */

static int64_t get(struct file *f, uint8_t *buf, uint32_t len)
{
	unsigned have = f->len - f->at;

	if (have) {
		have = have < len ? have : len;
		memcpy(buf, f->buf + f->at, have);
		f->at += have;
		return have;
	}
	con_flush();
	return host_read(f->fd, buf, len);
}

int64_t ami_put(struct machine *m, uint32_t handle, const void *buf, size_t len)
{
	struct file *f = file_of(m, handle);

	if (!f)
		return -EBADF;
	/* Writing goes on where the program has read to, not where the buffer ends. */
	if (f->at < f->len)
		lseek(f->fd, -(off_t)(f->len - f->at), SEEK_CUR);
	f->at = f->len = 0;
	if (f->fd != STDOUT_FILENO)
		return host_write(f->fd, buf, len);
	con_write(buf, len);
	return (int64_t)len;
}

static uint32_t count_or_error(struct machine *m, int64_t rc)
{
	if (rc >= 0)
		return (uint32_t)rc;
	ami_set_error(m, ami_errno(rc));
	return AMI_TRUE; /* -1 */
}

uint32_t ami_Read(struct machine *m, const uint32_t *a)
{
	struct file *f = file_of(m, a[0]);
	void *buf = machine_ptr(m, a[1], a[2]);

	return count_or_error(m, !f ? -EBADF : !buf ? -EFAULT : get(f, buf, a[2]));
}

uint32_t ami_Write(struct machine *m, const uint32_t *a)
{
	const void *buf = machine_ptr(m, a[1], a[2]);

	return count_or_error(m, buf ? ami_put(m, a[0], buf, a[2]) : -EFAULT);
}

/* The old position is the answer; nobody gets beyond the end. */
uint32_t ami_Seek(struct machine *m, const uint32_t *a)
{
	struct file *f = file_of(m, a[0]);
	struct stat st;
	off_t old, at;

	if (!f)
		return AMI_TRUE;
	con_flush();
	old = lseek(f->fd, 0, SEEK_CUR) - (off_t)(f->len - f->at);
	if (old < 0 || fstat(f->fd, &st) < 0) {
		ami_set_error(m, AMI_SEEK);
		return AMI_TRUE;
	}
	at = (int32_t)a[1] + ((int32_t)a[2] < 0 ? 0 : a[2] ? st.st_size : old);
	if (at < 0 || at > st.st_size) {
		ami_set_error(m, AMI_SEEK);
		return AMI_TRUE;
	}
	f->at = f->len = 0;
	lseek(f->fd, at, SEEK_SET);
	return (uint32_t)old;
}

uint32_t ami_SetFileSize(struct machine *m, const uint32_t *a)
{
	struct file *f = file_of(m, a[0]);
	struct stat st;
	off_t at;

	if (!f || fstat(f->fd, &st) < 0)
		return AMI_TRUE;
	at = (int32_t)a[1] + ((int32_t)a[2] < 0 ? 0
			      : a[2]		? st.st_size
						: lseek(f->fd, 0, SEEK_CUR));
	return count_or_error(m, at < 0 || ftruncate(f->fd, at) < 0 ? -EINVAL : at);
}

int ami_getc(struct machine *m, uint32_t handle)
{
	struct file *f = file_of(m, handle);
	int64_t got;

	if (!f)
		return -1;
	if (f->at == f->len) {
		con_flush();
		got = host_read(f->fd, f->buf, BUFFER_BYTES);
		f->at = 0;
		f->len = got > 0 ? (unsigned)got : 0;
		if (!f->len)
			return -1;
	}
	return f->buf[f->at++];
}

uint32_t ami_FGetC(struct machine *m, const uint32_t *a)
{
	return (uint32_t)ami_getc(m, a[0]);
}

uint32_t ami_UnGetC(struct machine *m, const uint32_t *a)
{
	struct file *f = file_of(m, a[0]);

	if (!f || !f->at)
		return 0;
	f->at--;
	if ((int32_t)a[1] >= 0)
		f->buf[f->at] = (uint8_t)a[1];
	return AMI_TRUE;
}

uint32_t ami_FPutC(struct machine *m, const uint32_t *a)
{
	const uint8_t c = (uint8_t)a[1];

	return ami_put(m, a[0], &c, 1) == 1 ? c : AMI_TRUE;
}

uint32_t ami_FGets(struct machine *m, const uint32_t *a)
{
	char *p = machine_ptr(m, a[1], a[2]);
	uint32_t n = 0;
	int c = -1;

	if (!p || a[2] < 2)
		return 0;
	while (n < a[2] - 1 && (c = ami_getc(m, a[0])) >= 0) {
		p[n++] = (char)c;
		if (c == '\n')
			break;
	}
	p[n] = '\0';
	if (!n)
		ami_set_error(m, 0);
	return n ? a[1] : 0;
}

static uint32_t put_string(struct machine *m, uint32_t handle, uint32_t addr)
{
	const char *s = machine_ptr(m, addr, 1);
	uint32_t n = 0;

	while (s && machine_ptr(m, addr, n + 1) && s[n])
		n++;
	return s && ami_put(m, handle, s, n) == n ? 0 : AMI_TRUE;
}

uint32_t ami_FPuts(struct machine *m, const uint32_t *a)
{
	return put_string(m, a[0], a[1]);
}

uint32_t ami_PutStr(struct machine *m, const uint32_t *a)
{
	return put_string(m, output, a[0]);
}

uint32_t ami_WriteChars(struct machine *m, const uint32_t *a)
{
	const void *p = machine_ptr(m, a[0], a[1]);

	return count_or_error(m, p ? ami_put(m, output, p, a[1]) : -EFAULT);
}

uint32_t ami_FRead(struct machine *m, const uint32_t *a)
{
	uint64_t bytes = (uint64_t)a[2] * a[3], n = 0;
	uint8_t *p = bytes <= CORE_BYTES ? machine_ptr(m, a[1], (uint32_t)bytes) : NULL;
	int c;

	if (!p || !a[2])
		return 0;
	while (n < bytes && (c = ami_getc(m, a[0])) >= 0)
		p[n++] = (uint8_t)c;
	return (uint32_t)(n / a[2]);
}

uint32_t ami_FWrite(struct machine *m, const uint32_t *a)
{
	uint64_t bytes = (uint64_t)a[2] * a[3];
	const void *p = bytes <= CORE_BYTES ? machine_ptr(m, a[1], (uint32_t)bytes) : NULL;
	int64_t put = p ? ami_put(m, a[0], p, bytes) : -1;

	return put > 0 && a[2] ? (uint32_t)(put / a[2]) : 0;
}

uint32_t ami_Flush(struct machine *m, const uint32_t *a)
{
	con_flush();
	return AMI_TRUE;
}

uint32_t ami_SetVBuf(struct machine *m, const uint32_t *a)
{
	return 0;
}

/* ---- names ---- */

uint32_t ami_DeleteFile(struct machine *m, const uint32_t *a)
{
	const char *name = machine_string(m, a[0]);
	char path[PATH_MAX];
	struct stat st;
	int rc = name ? ami_path(name, path) : -ENOENT;

	if (rc == 0 && lstat(path, &st) < 0)
		rc = -errno;
	if (rc == 0 && (S_ISDIR(st.st_mode) ? rmdir(path) : unlink(path)) < 0)
		rc = -errno;
	return rc < 0 ? ami_set_error(m, ami_errno(rc)) : AMI_TRUE;
}

uint32_t ami_Rename(struct machine *m, const uint32_t *a)
{
	const char *from = machine_string(m, a[0]), *to = machine_string(m, a[1]);
	char old[PATH_MAX], new[PATH_MAX];
	int rc = from && to ? ami_path(from, old) : -ENOENT;

	if (rc == 0)
		rc = ami_path(to, new);
	if (rc == 0 && access(old, F_OK) < 0)
		rc = -errno;
	if (rc == 0 && access(new, F_OK) == 0 && strcmp(old, new) != 0)
		rc = -EEXIST;
	if (rc == 0 && rename(old, new) < 0)
		rc = -errno;
	return rc < 0 ? ami_set_error(m, ami_errno(rc)) : AMI_TRUE;
}
