// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Names of AF_UNIX sockets, in both directions. Paths are the view's; the host's are told back by
 * what bind(2) was told (shadow.c). Abstract names get the session's prefix, and lose it again.
 */
#include "sock.h"

#include <stddef.h>

void address_finish(struct address *a)
{
	if (a->hold >= 0)
		close(a->hold);
	a->hold = -1;
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
	if (n + 1 + ABSTRACT_PREFIX_BYTES > sizeof(a->un.sun_path))
		return -EINVAL;
	memmove(name + ABSTRACT_PREFIX_BYTES, name, n);
	memcpy(name, prefix, ABSTRACT_PREFIX_BYTES);
	a->len += ABSTRACT_PREFIX_BYTES;
	return 0;
}

static void abstract_leave(struct request *rq, struct address *a)
{
	char prefix[ABSTRACT_PREFIX_BYTES + 1], *name = a->un.sun_path + 1;
	size_t n = a->len - offsetof(struct sockaddr_un, sun_path) - 1;

	abstract_prefix(rq, prefix);
	if (n < ABSTRACT_PREFIX_BYTES || memcmp(name, prefix, ABSTRACT_PREFIX_BYTES) != 0)
		return;
	memmove(name, name + ABSTRACT_PREFIX_BYTES, n - ABSTRACT_PREFIX_BYTES);
	a->len -= ABSTRACT_PREFIX_BYTES;
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
