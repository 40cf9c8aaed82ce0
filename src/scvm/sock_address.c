// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Names of AF_UNIX sockets, in both directions. Paths are the view's; the host's are told back by
 * what bind(2) was told (shadow.c). Abstract names get the session's prefix, and lose it again.
 */
#include "sock.h"

#include <stddef.h>
#include <uthash.h>

void address_finish(struct address *a)
{
	if (a->hold >= 0)
		close(a->hold);
	a->hold = -1;
}

int socket_family(int fd)
{
	int family;
	socklen_t len = sizeof(family);

	return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &len) < 0 ? -errno : family;
}

int address_read(struct request *rq, uint64_t addr, uint64_t len, struct address *a)
{
	memset(a, 0, sizeof(*a));
	a->hold = -1;
	if (len > sizeof(a->ss))
		return -EINVAL;
	a->len = len;
	return mem_read(rq, addr, &a->ss, len);
}

bool address_is_path(const struct address *a)
{
	return a->len > sizeof(sa_family_t) && a->sa.sa_family == AF_UNIX && a->un.sun_path[0];
}

void address_path(const struct address *a, char path[UNIX_PATH_BYTES])
{
	size_t n = a->len - offsetof(struct sockaddr_un, sun_path);

	if (n > sizeof(a->un.sun_path))
		n = sizeof(a->un.sun_path);
	memcpy(path, a->un.sun_path, n);
	path[n] = '\0';
}

void address_set(struct address *a, const char *path)
{
	memset(&a->un, 0, sizeof(a->un));
	a->un.sun_family = AF_UNIX;
	snprintf(a->un.sun_path, sizeof(a->un.sun_path), "%s", path);
	a->len = offsetof(struct sockaddr_un, sun_path) + strlen(a->un.sun_path) + 1;
}

/* ---- abstract names ---- */

#define ABSTRACT_PREFIX_BYTES 12

/* A nested session has another one, far away from its neighbours'. */
static void abstract_prefix(struct request *rq, char prefix[ABSTRACT_PREFIX_BYTES + 1])
{
	snprintf(prefix, ABSTRACT_PREFIX_BYTES + 1, "uc-%08x/",
		 (unsigned)(machine.tag >> STATE_ID_BITS) ^ rq->st->nest->id * 0x9e3779b1U);
}

/*
 * With the prefix, a long name (often one that is filled up with zeroes) has no room. It becomes a
 * mark and a hash, and who asks for it is told what it was for as long as the session lives.
 */
/* after the prefix: with the NUL in front no program has such a name */
#define LONG_MARK	"\0long"
#define LONG_MARK_BYTES (sizeof(LONG_MARK) - 1)
#define LONG_NAMES_MAX	4096

struct long_name {
	uint64_t hash;
	size_t n;
	UT_hash_handle hh;
	char name[];
};

static pthread_mutex_t long_lock = PTHREAD_MUTEX_INITIALIZER;
static struct long_name *long_names; /* guarded by long_lock; live as long as the session */

/* FNV-1a. Who finds two names with one hash cheats himself. */
static uint64_t long_hash(const char *name, size_t n)
{
	uint64_t h = 0xcbf29ce484222325;

	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)name[i]) * 0x100000001b3;
	return h;
}

static void long_note(uint64_t hash, const char *name, size_t n)
{
	struct long_name *l;

	pthread_mutex_lock(&long_lock);
	HASH_FIND(hh, long_names, &hash, sizeof(hash), l);
	if (!l && HASH_COUNT(long_names) < LONG_NAMES_MAX && (l = malloc(sizeof(*l) + n))) {
		l->hash = hash;
		l->n = n;
		memcpy(l->name, name, n);
		HASH_ADD(hh, long_names, hash, sizeof(l->hash), l);
	}
	pthread_mutex_unlock(&long_lock);
}

/* The name @name of @n bytes without prefix was a long one: *@n bytes go to @name. */
static void long_leave(char *name, size_t *n)
{
	struct long_name *l;
	uint64_t hash;

	if (*n != LONG_MARK_BYTES + sizeof(hash) || memcmp(name, LONG_MARK, LONG_MARK_BYTES) != 0)
		return;
	memcpy(&hash, name + LONG_MARK_BYTES, sizeof(hash));
	pthread_mutex_lock(&long_lock);
	HASH_FIND(hh, long_names, &hash, sizeof(hash), l);
	if (l) {
		memcpy(name, l->name, l->n);
		*n = l->n;
	}
	pthread_mutex_unlock(&long_lock);
}

bool address_is_abstract(const struct address *a)
{
	return a->len > sizeof(sa_family_t) && a->sa.sa_family == AF_UNIX && !a->un.sun_path[0];
}

int abstract_enter(struct request *rq, struct address *a)
{
	char prefix[ABSTRACT_PREFIX_BYTES + 1], *name = a->un.sun_path + 1;
	size_t n = a->len - offsetof(struct sockaddr_un, sun_path) - 1;

	abstract_prefix(rq, prefix);
	/* recvmsg(2) is not ours, and told the real name of a peer. */
	if (n >= ABSTRACT_PREFIX_BYTES && memcmp(name, prefix, ABSTRACT_PREFIX_BYTES) == 0)
		return 0;
	if (n + 1 > sizeof(a->un.sun_path))
		return -EINVAL;
	if (n + 1 + ABSTRACT_PREFIX_BYTES > sizeof(a->un.sun_path)) {
		uint64_t hash = long_hash(name, n);

		long_note(hash, name, n);
		memcpy(name, LONG_MARK, LONG_MARK_BYTES);
		memcpy(name + LONG_MARK_BYTES, &hash, sizeof(hash));
		n = LONG_MARK_BYTES + sizeof(hash);
	}
	memmove(name + ABSTRACT_PREFIX_BYTES, name, n);
	memcpy(name, prefix, ABSTRACT_PREFIX_BYTES);
	a->len = name + ABSTRACT_PREFIX_BYTES + n - (char *)&a->un;
	return 0;
}

static void abstract_leave(struct request *rq, struct address *a)
{
	char prefix[ABSTRACT_PREFIX_BYTES + 1], *name = a->un.sun_path + 1;
	size_t n = a->len - offsetof(struct sockaddr_un, sun_path) - 1;

	abstract_prefix(rq, prefix);
	if (n < ABSTRACT_PREFIX_BYTES || memcmp(name, prefix, ABSTRACT_PREFIX_BYTES) != 0)
		return;
	n -= ABSTRACT_PREFIX_BYTES;
	memmove(name, name + ABSTRACT_PREFIX_BYTES, n);
	long_leave(name, &n);
	a->len = name + n - (char *)&a->un;
}

/* ---- telling ---- */

int address_room(struct request *rq, uint64_t lenp, socklen_t *room)
{
	int ret = mem_read(rq, lenp, room, sizeof(*room));

	return ret < 0 ? ret : (int)*room < 0 ? -EINVAL : 0;
}

int address_tell(struct request *rq, struct address *a, uint64_t addr, uint64_t lenp,
		 socklen_t room)
{
	char host[UNIX_PATH_BYTES], path[PATH_MAX];
	int ret;

	if (address_is_path(a)) {
		address_path(a, host);
		if (shadow_socket_name(host, path) == 0 ||
		    view_from_host(rq->walker.view, host, -1, path, NULL) == 0)
			address_set(a, path);
	} else if (address_is_abstract(a)) {
		abstract_leave(rq, a);
	}
	ret = mem_write(rq, addr, &a->ss, a->len < room ? a->len : room);
	return ret < 0 ? ret : mem_write(rq, lenp, &a->len, sizeof(a->len));
}
