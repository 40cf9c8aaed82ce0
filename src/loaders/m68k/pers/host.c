// SPDX-License-Identifier: GPL-2.0-or-later
#include "host.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>

#include "util.h"

#define HOST_SEARCH_MAX 65536 /* names of a directory; more are not seen */

static struct {
	char *dir;
	char cwd[PATH_MAX];
} drives[HOST_DRIVES];
static unsigned current;

/* ---- drives ---- */

int host_set_drive(const char *spec)
{
	unsigned n = (unsigned)(toupper((unsigned char)spec[0]) - 'A');
	char real[PATH_MAX];
	struct stat st;

	if (n >= HOST_DRIVES || spec[1] != '=' || !spec[2])
		return -EINVAL;
	if (!realpath(spec + 2, real) || stat(real, &st) < 0 || !S_ISDIR(st.st_mode))
		return -ENOTDIR;
	free(drives[n].dir);
	drives[n].dir = strdup(real);
	return drives[n].dir ? 0 : -ENOMEM;
}

void host_init_drives(unsigned first)
{
	char cwd[PATH_MAX];

	if (!drives[first].dir)
		drives[first].dir = strdup(getcwd(cwd, sizeof(cwd)) ?: "/");
	if (!drives[HOST_ROOT].dir)
		drives[HOST_ROOT].dir = strdup("/");
	current = first;
}

unsigned host_drive(void)
{
	return current;
}

int host_select_drive(unsigned drive)
{
	if (!host_drive_dir(drive))
		return -ENODEV;
	current = drive;
	return 0;
}

uint32_t host_drive_mask(void)
{
	uint32_t mask = 0;

	for (unsigned i = 0; i < HOST_DRIVES; i++)
		mask |= drives[i].dir ? 1U << i : 0;
	return mask;
}

const char *host_drive_dir(unsigned drive)
{
	return drive < HOST_DRIVES ? drives[drive].dir : NULL;
}

const char *host_cwd(unsigned drive)
{
	return drive < HOST_DRIVES ? drives[drive].cwd : "";
}

void host_set_cwd(unsigned drive, const char *cwd)
{
	if (drive < HOST_DRIVES)
		snprintf(drives[drive].cwd, PATH_MAX, "%s", cwd);
}

/* ---- names ---- */

static bool is_separator(char c)
{
	return c == '\\' || c == '/';
}

static bool plain(unsigned char c)
{
	return isalnum(c) || (c > 127) || strchr("!#$%&'()-@^_`{}~", c);
}

/* Does it fit as it is? *dot: where the extension's dot is, or the end. */
static bool fits(const char *name, unsigned base, size_t *dot)
{
	const char *p = strrchr(name, '.');
	size_t len = strlen(name);

	*dot = p && p != name ? (size_t)(p - name) : len;
	if (*dot > base || (*dot < len && (len - *dot - 1 > 3 || len == *dot + 1)))
		return false;
	for (size_t i = 0; i < len; i++) {
		if (i != *dot && !plain((unsigned char)name[i]))
			return false;
	}
	return true;
}

void host_short_name(const char *name, unsigned base, char *out)
{
	static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUV";
	uint32_t hash = 2166136261U;
	size_t dot, n = 0, ext;

	if (fits(name, base, &dot) || strcmp(name, ".") == 0 || strcmp(name, "..") == 0) {
		for (n = 0; name[n]; n++)
			out[n] = (char)toupper((unsigned char)name[n]);
		out[n] = '\0';
		return;
	}
	for (const char *p = name; *p; p++)
		hash = (hash ^ (unsigned char)*p) * 16777619U;
	for (size_t i = 0; i < dot && n < base - 4; i++) {
		if (plain((unsigned char)name[i]))
			out[n++] = (char)toupper((unsigned char)name[i]);
	}
	out[n++] = '~';
	for (int i = 0; i < 3; i++, hash >>= 5)
		out[n++] = digits[hash & 31];
	for (ext = 0; name[dot] && name[dot + 1 + ext] && ext < 3; ext++) {
		if (!ext)
			out[n++] = '.';
		out[n++] = plain((unsigned char)name[dot + 1 + ext])
				   ? (char)toupper((unsigned char)name[dot + 1 + ext])
				   : '_';
	}
	out[n] = '\0';
}

void host_fcb_name(const char *name, char fcb[FCB_NAME_BYTES])
{
	const char *dot = strrchr(name, '.');
	size_t base = dot && dot != name ? (size_t)(dot - name) : strlen(name);

	memset(fcb, ' ', FCB_NAME_BYTES);
	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0) {
		memcpy(fcb, name, strlen(name));
		return;
	}
	for (size_t i = 0; i < 8 && i < base; i++) {
		if (name[i] == '*') {
			memset(fcb + i, '?', 8 - i);
			break;
		}
		fcb[i] = (char)toupper((unsigned char)name[i]);
	}
	for (size_t i = 0; name[base] && i < 3 && name[base + 1 + i]; i++) {
		if (name[base + 1 + i] == '*') {
			memset(fcb + 8 + i, '?', 3 - i);
			break;
		}
		fcb[8 + i] = (char)toupper((unsigned char)name[base + 1 + i]);
	}
}

bool host_fcb_match(const char pattern[FCB_NAME_BYTES], const char name[FCB_NAME_BYTES])
{
	for (int i = 0; i < FCB_NAME_BYTES; i++) {
		if (pattern[i] != '?' && pattern[i] != name[i])
			return false;
	}
	return true;
}

int host_find(const char *dir, const char *name, char *out)
{
	char lower[HOST_NAME_BYTES], alias[32];
	autoclose int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const struct dirent *e;
	size_t len = strlen(name);
	int found = -ENOENT;
	DIR *d;

	if (fd < 0)
		return -errno;
	if (len >= HOST_NAME_BYTES)
		return -ENAMETOOLONG;
	for (size_t i = 0; i <= len; i++)
		lower[i] = (char)tolower((unsigned char)name[i]);
	memcpy(out, name, len + 1);
	if (faccessat(fd, out, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		return 0;
	memcpy(out, lower, len + 1);
	if (faccessat(fd, out, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		return 0;
	d = fdopendir(fd);
	if (!d)
		return -errno;
	fd = -1; /* closedir() closes it */
	while (found < 0 && (e = readdir(d)) != NULL) {
		bool same = strcasecmp(e->d_name, name) == 0;

		/* Two lengths of base name are in use: 8 and, on Human68k, 18. */
		for (unsigned base = 8; !same && strchr(name, '~') && base <= 18; base += 10) {
			host_short_name(e->d_name, base, alias);
			same = strcasecmp(alias, name) == 0;
		}
		if (same) {
			snprintf(out, HOST_NAME_BYTES, "%s", e->d_name);
			found = 0;
		}
	}
	closedir(d);
	return found;
}

/* One part of a name, appended to a host path that exists. */
static int append(char *path, const char *part, bool last)
{
	char name[HOST_NAME_BYTES];
	size_t len = strlen(path);
	int rc = host_find(path, part, name);

	if (rc < 0 && !(last && rc == -ENOENT))
		return rc;
	if (rc < 0)
		snprintf(name, sizeof(name), "%s", part);
	if (len + strlen(name) + 2 > PATH_MAX)
		return -ENAMETOOLONG;
	sprintf(path + len, "%s%s", len && path[len - 1] == '/' ? "" : "/", name);
	return 0;
}

/* "a/b/../c" below a drive, without going above it. @out is never longer than both together. */
static int normalise(const char *cwd, const char *name, char *out)
{
	char whole[2 * PATH_MAX];
	char *save = NULL;
	size_t len = 0;

	if (snprintf(whole, sizeof(whole), "%s/%s", cwd, name) >= PATH_MAX)
		return -ENAMETOOLONG;
	out[0] = '\0';
	for (char *p = strtok_r(whole, "\\/", &save); p; p = strtok_r(NULL, "\\/", &save)) {
		if (strcmp(p, ".") == 0)
			continue;
		if (strcmp(p, "..") == 0) {
			while (len && out[len - 1] != '/')
				len--;
			len -= len ? 1 : 0;
			out[len] = '\0';
			continue;
		}
		len += (size_t)sprintf(out + len, "%s%s", len ? "/" : "", p);
	}
	return 0;
}

static int resolve(unsigned drive, const char *rest, char *out)
{
	char *save = NULL, *next, *part;
	char clean[PATH_MAX];
	int rc;

	rc = normalise(is_separator(rest[0]) ? "" : host_cwd(drive), rest, clean);
	if (rc < 0)
		return rc;
	snprintf(out, PATH_MAX, "%s", drives[drive].dir);
	for (part = strtok_r(clean, "/", &save); part; part = next) {
		next = strtok_r(NULL, "/", &save);
		rc = append(out, part, next == NULL);
		if (rc < 0)
			return rc;
	}
	return 0;
}

int host_path(const char *guest, char *out)
{
	unsigned drive = current;

	if (guest[0] == '/')
		return snprintf(out, PATH_MAX, "%s", guest) < PATH_MAX ? 0 : -ENAMETOOLONG;
	if (isalpha((unsigned char)guest[0]) && guest[1] == ':') {
		drive = (unsigned)(toupper((unsigned char)guest[0]) - 'A');
		guest += 2;
	}
	if (drive >= HOST_DRIVES || !drives[drive].dir)
		return -ENODEV;
	return resolve(drive, guest, out);
}

int host_chdir(const char *guest)
{
	unsigned drive = current;
	char path[PATH_MAX];
	const char *root;
	struct stat st;
	size_t len;
	int rc = host_path(guest, path);

	if (rc < 0)
		return rc;
	if (stat(path, &st) < 0)
		return -errno;
	if (!S_ISDIR(st.st_mode))
		return -ENOTDIR;
	if (guest[0] && guest[1] == ':')
		drive = (unsigned)(toupper((unsigned char)guest[0]) - 'A');
	root = drives[drive].dir;
	len = strcmp(root, "/") == 0 ? 0 : strlen(root);
	/* A host name outside the drive has no place in its directories. */
	if (strncmp(path, root, len) != 0 || (path[len] && path[len] != '/'))
		return -ENOENT;
	host_set_cwd(drive, path + len + (path[len] == '/'));
	return 0;
}

/* ---- directories ---- */

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

struct host_dir *host_dir_create(const char *path, bool dots)
{
	struct host_dir *h = calloc(1, sizeof(*h));
	DIR *d = opendir(path);
	const struct dirent *e;
	unsigned room = 0;

	if (h)
		snprintf(h->path, sizeof(h->path), "%s", path);
	while (h && d && (e = readdir(d)) != NULL && h->count < HOST_SEARCH_MAX) {
		bool is_dot = strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0;

		if (is_dot && !dots)
			continue;
		if (h->count == room) {
			char **more = reallocarray(h->names, room = room * 2 + 64, sizeof(char *));

			if (!more)
				break;
			h->names = more;
		}
		h->names[h->count] = strdup(e->d_name);
		h->count += h->names[h->count] != NULL;
	}
	if (h && h->count)
		qsort(h->names, h->count, sizeof(char *), by_name);
	if (d)
		closedir(d);
	else
		host_dir_destroy(steal(&h));
	return h;
}

void host_dir_destroy(struct host_dir *d)
{
	if (!d)
		return;
	for (unsigned i = 0; i < d->count; i++)
		free(d->names[i]);
	free(d->names);
	free(d);
}

/* ---- times, bytes, arguments ---- */

uint32_t host_dos_time(time_t t)
{
	struct tm tm;

	if (!localtime_r(&t, &tm) || tm.tm_year < 80)
		return 0x00210000; /* 1980-01-01 */
	return (uint32_t)(tm.tm_year - 80) << 25 | (uint32_t)(tm.tm_mon + 1) << 21 |
	       (uint32_t)tm.tm_mday << 16 | (uint32_t)tm.tm_hour << 11 | (uint32_t)tm.tm_min << 5 |
	       (uint32_t)tm.tm_sec / 2;
}

time_t host_unix_time(uint16_t date, uint16_t time)
{
	struct tm tm = {
		.tm_year = (date >> 9) + 80,
		.tm_mon = (date >> 5 & 15) - 1,
		.tm_mday = date & 31,
		.tm_hour = time >> 11,
		.tm_min = time >> 5 & 63,
		.tm_sec = (time & 31) * 2,
		.tm_isdst = -1,
	};

	return mktime(&tm);
}

int64_t host_read(int fd, void *buf, size_t len)
{
	ssize_t got;

	do
		got = read(fd, buf, len);
	while (got < 0 && errno == EINTR);
	return got < 0 ? -errno : got;
}

int64_t host_write(int fd, const void *buf, size_t len)
{
	size_t done = 0;

	if (fd == STDOUT_FILENO || fd == STDERR_FILENO)
		con_flush();
	while (done < len) {
		ssize_t put = write(fd, (const char *)buf + done, len - done);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return done ? (int64_t)done : -errno;
		done += (size_t)put;
	}
	return (int64_t)done;
}

char *host_command_line(char *const argv[])
{
	size_t len = 1;
	char *line, *p;

	for (int i = 1; argv[0] && argv[i]; i++)
		len += strlen(argv[i]) + 1;
	p = line = malloc(len);
	if (!line)
		return NULL;
	*p = '\0';
	for (int i = 1; argv[0] && argv[i]; i++)
		p += sprintf(p, "%s%s", i > 1 ? " " : "", argv[i]);
	return line;
}
