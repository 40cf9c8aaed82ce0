// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Calls on sockets that tell who is at the other end.
 *
 * accept(2) and recvfrom(2) come here only with an address to fill in. Of other families than
 * AF_UNIX the kernel tells nothing that needs translation, so those go on: a thread that puts
 * another socket under that number meanwhile learns a name of the host's and nothing else.
 * recvmsg(2) has its address in memory, and is not trapped.
 */
#include <fcntl.h>
#include <poll.h>

#include "sock.h"
#include "sys.h"

#define ARG(i)	  (rq->args[i])
#define FD_ARG(i) ((int)rq->args[i])

#define RECEIVE_MAX_BYTES (1 << 20) /* a stream gives less at once; no datagram is so big */

static struct verdict name_answer(struct request *rq, bool peer)
{
	autoclose int fd = fd_take(rq, FD_ARG(0));
	struct address a = { .hold = -1 };
	socklen_t room;
	int ret;

	if (fd < 0)
		return verdict_return(fd);
	a.len = sizeof(a.ss);
	ret = peer ? getpeername(fd, &a.sa, &a.len) : getsockname(fd, &a.sa, &a.len);
	if (ret < 0)
		return verdict_return(-errno);
	ret = address_room(rq, ARG(2), &room);
	if (ret == 0)
		ret = address_tell(rq, &a, ARG(1), ARG(2), room);
	return verdict_return(ret);
}

struct verdict sys_getsockname(struct request *rq)
{
	return name_answer(rq, false);
}

struct verdict sys_getpeername(struct request *rq)
{
	return name_answer(rq, true);
}

/* Who is at the other end? The kernel tells host ids, and of a connection that we made, ourselves.
 */
struct verdict sys_getsockopt(struct request *rq)
{
	autoclose int fd = -1;
	struct ucred peer;
	socklen_t len = sizeof(peer), room;
	const struct state *st;
	int ret;

	if (ARG(2) == SO_PEERPIDFD)
		return verdict_return(-ENOPROTOOPT); /* as before 6.5: it would be one of ours */
	fd = fd_take(rq, FD_ARG(0));
	if (fd < 0)
		return verdict_return(fd);
	ret = address_room(rq, ARG(4), &room);
	if (ret < 0)
		return verdict_return(ret);
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) < 0)
		return verdict_return(-errno);
	if (peer.pid == machine.supervisor) {
		if (peer_find(fd, &peer) < 0)
			peer = (struct ucred){ machine.first, 0, 0 };
	} else if ((st = peer.pid > 0 ? state_of(peer.pid) : NULL)) {
		peer.uid = st->cred.euid;
		peer.gid = st->cred.egid;
		state_put(st);
	} else if (peer.uid == machine.cfg->host_uid) {
		peer.uid = 0;
		peer.gid = 0;
	}
	if (room > sizeof(peer))
		room = sizeof(peer);
	ret = mem_write(rq, ARG(3), &peer, room);
	if (ret == 0)
		ret = mem_write(rq, ARG(4), &room, sizeof(room));
	return verdict_return(ret);
}

static bool waits(int fd)
{
	return !(fcntl(fd, F_GETFL) & O_NONBLOCK);
}

static struct verdict accept_answer(struct request *rq, int flags)
{
	autoclose int fd = fd_take(rq, FD_ARG(0)), conn = -1;
	struct address a = { .hold = -1 };
	socklen_t room;
	bool block;
	int ret;

	if (fd < 0)
		return verdict_return(fd);
	if (socket_family(fd) != AF_UNIX)
		return verdict_continue();
	if (flags & ~(SOCK_CLOEXEC | SOCK_NONBLOCK))
		return verdict_return(-EINVAL);
	ret = address_room(rq, ARG(2), &room);
	if (ret < 0)
		return verdict_return(ret);
	block = waits(fd);
	if (block && (ret = request_block_begin(rq, true)) < 0)
		return verdict_return(ret);
	a.len = sizeof(a.ss);
	conn = accept4(fd, &a.sa, &a.len, SOCK_CLOEXEC | (flags & SOCK_NONBLOCK));
	ret = conn < 0 ? -errno : 0;
	if (block)
		request_block_end(rq);
	if (ret < 0)
		return verdict_return(ret == -EINTR ? SOCK_RESTART : ret);
	ret = address_tell(rq, &a, ARG(1), ARG(2), room);
	return ret < 0 ? verdict_return(ret) : verdict_fd(steal_fd(&conn), flags & SOCK_CLOEXEC);
}

/* Only with an address. */
struct verdict sys_accept(struct request *rq)
{
	return accept_answer(rq, 0);
}

struct verdict sys_accept4(struct request *rq)
{
	return accept_answer(rq, ARG(3));
}

static ssize_t receive(struct request *rq, int fd, void *buf, size_t len, int flags,
		       struct address *a)
{
	ssize_t n = -EAGAIN;

	a->len = sizeof(a->ss);
	if (!(flags & MSG_WAITALL)) {
		n = recvfrom(fd, buf, len, flags | MSG_DONTWAIT, &a->sa, &a->len);
		n = n < 0 ? -errno : n;
	}
	if (n != -EAGAIN || flags & MSG_DONTWAIT || !waits(fd))
		return n;
	a->len = sizeof(a->ss);
	n = request_block_begin(rq, true);
	if (n < 0)
		return n;
	n = recvfrom(fd, buf, len, flags, &a->sa, &a->len);
	n = n < 0 ? -errno : n;
	request_block_end(rq);
	return n == -EINTR ? SOCK_RESTART : n;
}

/* Only with an address. */
struct verdict sys_recvfrom(struct request *rq)
{
	size_t len = ARG(2) < RECEIVE_MAX_BYTES ? ARG(2) : RECEIVE_MAX_BYTES;
	autoclose int fd = fd_take(rq, FD_ARG(0));
	struct address a = { .hold = -1 };
	autofree char *buf = NULL;
	socklen_t room;
	ssize_t n;
	int ret;

	if (fd < 0)
		return verdict_return(fd);
	if (socket_family(fd) != AF_UNIX)
		return verdict_continue();
	ret = address_room(rq, ARG(5), &room);
	if (ret < 0)
		return verdict_return(ret);
	buf = malloc(len ? len : 1);
	if (!buf)
		return verdict_return(-ENOMEM);
	n = receive(rq, fd, buf, len, ARG(3), &a);
	if (n < 0)
		return verdict_return(n);
	ret = mem_write(rq, ARG(1), buf, (size_t)n < len ? (size_t)n : len);
	if (ret == 0)
		ret = address_tell(rq, &a, ARG(4), ARG(5), room);
	return verdict_return(ret < 0 ? ret : n);
}
