// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Shadows: real objects that stand for virtual ones. For now: generated texts (files of proc) and
 * the short host names that long socket paths are bound under.
 */
#include <fcntl.h>
#include <sys/mman.h>
#include <uthash.h>

#include "machine.h"

#define TEXT_PREFIX    "uc:" /* of the name of a memfd that holds the text of a file of the view */
#define MEMFD_NAME_MAX 249

/* A read-only descriptor on a text of ours. */
int shadow_text(const char *path, const char *text, size_t len)
{
	char name[MEMFD_NAME_MAX + 1];
	autoclose int fd = -1;
	int ro;

	snprintf(name, sizeof(name), TEXT_PREFIX "%s", path);
	fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd < 0)
		return -errno;
	if (write_all(fd, text, len) < 0)
		return -ENOMEM;
	fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL);
	fchmod(fd, 0444);
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	ro = open(name, O_RDONLY | O_CLOEXEC);
	return ro < 0 ? -errno : ro;
}

bool shadow_text_path(const char *host, char *path)
{
	static const char before[] = "/memfd:" TEXT_PREFIX, after[] = " (deleted)";
	size_t n = strlen(host), first = sizeof(before) - 1, last = sizeof(after) - 1;

	if (n < first + last || strncmp(host, before, first) != 0 ||
	    strcmp(host + n - last, after) != 0)
		return false;
	snprintf(path, PATH_MAX, "%.*s", (int)(n - first - last), host + first);
	return path_under(path, "/proc") || path_under(path, "/sys");
}

struct socket_name {
	char *path;
	UT_hash_handle hh;
	char host[];
};

#define SOCKET_NAMES_MAX 65536

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct socket_name *names; /* guarded by lock; lives as long as the session */

void shadow_socket_add(const char *host, const char *path)
{
	struct socket_name *s, *old;

	pthread_mutex_lock(&lock);
	s = HASH_COUNT(names) < SOCKET_NAMES_MAX ? calloc(1, sizeof(*s) + strlen(host) + 1) : NULL;
	if (s) {
		strcpy(s->host, host);
		s->path = strdup(path);
		HASH_FIND_STR(names, host, old);
		if (old) {
			HASH_DEL(names, old);
			free(old->path);
			free(old);
		}
		HASH_ADD_STR(names, host, s);
	}
	pthread_mutex_unlock(&lock);
}

int shadow_socket_name(const char *host, char *path)
{
	struct socket_name *s;

	pthread_mutex_lock(&lock);
	HASH_FIND_STR(names, host, s);
	if (s && s->path)
		snprintf(path, PATH_MAX, "%s", s->path);
	pthread_mutex_unlock(&lock);
	return s && s->path ? 0 : -ENOENT;
}
