// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Sockets: AF_UNIX names are paths in the view, abstract ones are the session's own.
 *
 * An abstract name has no permission bits, so the host's are out of reach: every name that a task
 * uses gets the session's prefix, and loses it again when it is told back.
 *
 * Addresses are in memory, so bind, connect and every send that carries one is performed here, on a
 * duplicate of the task's own socket, with our copy of the address. send without an address stays
 * the kernel's; for what tells addresses back see sys_sock_tell.c.
 */
#include <fcntl.h>
#include <linux/capability.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>

#include "sock.h"
#include "sys.h"

#define ARG(i)	  (rq->args[i])
#define FD_ARG(i) ((int)rq->args[i])

#define MESSAGE_MAX_BYTES \
	(1 << 20) /* a stream takes less at once; a datagram so big does not fit */
#define CONTROL_MAX_BYTES (20 << 10)
#define IOV_MAX_COUNT	  1024
#define FDS_MAX		  253 /* SCM_MAX_FD */

/* bind(2) of the bare family: five hexadecimal digits, as unix(7) tells. */
static int abstract_autobind(struct request *rq, int fd)
{
	static unsigned next; /* atomic */

	for (int tries = 0; tries < 1000; tries++) {
		struct address a = { .un.sun_family = AF_UNIX };
		unsigned n = __atomic_add_fetch(&next, 1, __ATOMIC_RELAXED) & 0xfffff;

		snprintf(a.un.sun_path + 1, 6, "%05x", n);
		a.len = offsetof(struct sockaddr_un, sun_path) + 6;
		abstract_enter(rq, &a);
		if (bind(fd, &a.sa, a.len) == 0)
			return 0;
		if (errno != EADDRINUSE)
			return -errno;
	}
	return -ENOSPC;
}

/* A peer's name for connect and send: to the real socket that the view has there. */
static int address_resolve(struct request *rq, struct address *a)
{
	char path[UNIX_PATH_BYTES], name[64];
	struct vnode n;
	int ret;

	if (address_is_abstract(a))
		return abstract_enter(rq, a);
	if (!address_is_path(a))
		return 0;
	address_path(a, path);
	snprintf(rq->traced_path, sizeof(rq->traced_path), "%s", path);
	ret = rq_walk(rq, AT_FDCWD, path, 0, &n);
	if (ret < 0)
		return ret;
	if (n.n.fd < 0)
		ret = -ENOENT;
	else if (!S_ISSOCK(n.n.stx.stx_mode))
		ret = -ECONNREFUSED;
	else if (n.entry && n.entry->private_sockets && n.n.layer > 0)
		ret = -ECONNREFUSED; /* a host service: only through a bind */
	else if (n.entry && n.entry->kind == ENTRY_LAYERS)
		ret = layers_access_found(n.entry->layers, &rq->st->cred, &n.n, W_OK);
	if (ret == 0) {
		a->hold = steal_fd(&n.n.fd);
		snprintf(name, sizeof(name), "/proc/self/fd/%d", a->hold);
		address_set(a, name);
	}
	view_node_finish(&n);
	return ret;
}

/* The socket's file is made in the writable layer, owned and moded as a new file. */
static int bind_unix(struct request *rq, int fd, struct address *a)
{
	char path[UNIX_PATH_BYTES], host[PATH_MAX];
	struct vnode n;
	int ret;

	address_path(a, path);
	snprintf(rq->traced_path, sizeof(rq->traced_path), "%s", path);
	ret = rq_walk(rq, AT_FDCWD, path, WALK_PARENT, &n);
	if (ret < 0)
		return ret;
	if (n.n.fd >= 0 || n.last != LAST_NAME)
		ret = -EADDRINUSE;
	else if (!n.entry || n.entry->kind != ENTRY_LAYERS || n.entry->rdonly)
		ret = -EROFS;
	else
		ret = layers_bind(n.entry->layers, &rq->st->cred, n.rel, fd, 0777 & ~rq->st->umask,
				  host);
	if (ret == 0)
		shadow_socket_add(host, path); /* as it was given: unix(7) */
	view_node_finish(&n);
	return ret;
}

/* bind(2) tells what is no socket before a bad address, connect(2) after it. */
struct verdict sys_bind(struct request *rq)
{
	struct address a;
	autoclose int fd = fd_take(rq, FD_ARG(0));
	int family = fd < 0 ? fd : socket_family(fd);
	int ret = family < 0 ? family : address_read(rq, ARG(1), (uint32_t)ARG(2), &a);

	if (ret < 0)
		return verdict_return(ret);
	if (family != AF_UNIX)
		ret = bind(fd, &a.sa, a.len) < 0 ? -errno : 0;
	else if (address_is_path(&a))
		ret = bind_unix(rq, fd, &a);
	else if (address_is_abstract(&a) && (ret = abstract_enter(rq, &a)) < 0)
		;
	else if (a.sa.sa_family == AF_UNIX && a.len == sizeof(sa_family_t))
		ret = abstract_autobind(rq, fd);
	else
		ret = bind(fd, &a.sa, a.len) < 0 ? -errno : 0;
	return verdict_return(ret);
}

struct verdict sys_connect(struct request *rq)
{
	struct address a;
	autoclose int fd = fd_take(rq, FD_ARG(0)); /* a bad one is told first */
	int ret = fd < 0 ? fd : address_read(rq, ARG(1), (uint32_t)ARG(2), &a);

	if (ret < 0)
		return verdict_return(ret);
	ret = address_resolve(rq, &a);
	if (ret == 0 && a.sa.sa_family == AF_UNIX)
		peer_note(rq, fd);
	if (ret == 0 && (ret = request_block_begin(rq, true)) == 0) {
		ret = connect(fd, &a.sa, a.len) < 0 ? -errno : 0;
		request_block_end(rq);
		if (ret == -EINTR)
			ret = SOCK_RESTART;
	}
	address_finish(&a);
	return verdict_return(ret);
}

/* ---- sending with an address or with control data ---- */

struct message {
	struct msghdr h;
	struct iovec iov;
	struct address to;
	char *data, *control;
	int fds[FDS_MAX];
	int nfds;
};

static void message_finish(struct message *m)
{
	for (int i = 0; i < m->nfds; i++)
		close(m->fds[i]);
	address_finish(&m->to);
	free(m->data);
	free(m->control);
}

static bool ucred_permitted(struct request *rq, const struct ucred *u)
{
	const struct cred *c = &rq->st->cred;

	return (u->uid == c->ruid || u->uid == c->euid || u->uid == c->suid ||
		cred_has_cap(c, CAP_SETUID)) &&
	       (u->gid == c->rgid || u->gid == c->egid || u->gid == c->sgid ||
		cred_has_cap(c, CAP_SETGID)) &&
	       (u->pid == rq->tid || cred_has_cap(c, CAP_SYS_ADMIN) ||
		u->pid == task_tgid(rq->tid));
}

/*
 * The kernel's __scm_send() and scm_check_creds(), by the ids of the view. What is sent are our own
 * ids: the kernel checks them against the sender's real ones, and the sender is us.
 */
static int message_credentials(struct request *rq, int fd, struct cmsghdr *c)
{
	struct ucred u;

	/* any other family passes over them */
	if (socket_family(fd) != AF_UNIX)
		return 0;
	if (c->cmsg_len != CMSG_LEN(sizeof(u)))
		return -EINVAL;
	memcpy(&u, CMSG_DATA(c), sizeof(u));
	if (!ucred_permitted(rq, &u))
		return -EPERM;
	u = (struct ucred){ machine.supervisor, geteuid(), getegid() };
	memcpy(CMSG_DATA(c), &u, sizeof(u));
	return 0;
}

/* The descriptors that a message carries are the task's: take duplicates and send those. */
static int message_control(struct request *rq, int fd, struct message *m, uint64_t addr, size_t len)
{
	struct cmsghdr *c;
	int ret;

	if (!len)
		return 0;
	if (len > CONTROL_MAX_BYTES)
		return -ENOBUFS;
	m->control = malloc(len);
	if (!m->control)
		return -ENOMEM;
	ret = mem_read(rq, addr, m->control, len);
	if (ret < 0)
		return ret;
	m->h.msg_control = m->control;
	m->h.msg_controllen = len;
	for (c = CMSG_FIRSTHDR(&m->h); c; c = CMSG_NXTHDR(&m->h, c)) {
		int *fds = (int *)CMSG_DATA(c);
		size_t n;

		if (c->cmsg_len < sizeof(*c) ||
		    c->cmsg_len > (size_t)((char *)m->control + len - (char *)c))
			return -EINVAL;
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_CREDENTIALS) {
			ret = message_credentials(rq, fd, c);
			if (ret < 0)
				return ret;
			continue;
		}
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		if (m->nfds + n > FDS_MAX)
			return -EINVAL;
		for (size_t i = 0; i < n; i++) {
			int own = fd_take(rq, fds[i]);

			if (own < 0)
				return own;
			fds[i] = m->fds[m->nfds++] = own;
		}
	}
	return 0;
}

static int message_data(struct request *rq, struct message *m, uint64_t iov_addr, size_t count)
{
	autofree struct iovec *iov = NULL;
	size_t total = 0, at = 0;
	int ret;

	if (count > IOV_MAX_COUNT)
		return -EMSGSIZE;
	iov = malloc((count + 1) * sizeof(*iov));
	if (!iov)
		return -ENOMEM;
	ret = mem_read(rq, iov_addr, iov, count * sizeof(*iov));
	if (ret < 0)
		return ret;
	for (size_t i = 0; i < count; i++) {
		if ((ssize_t)iov[i].iov_len < 0)
			return -EINVAL;
		if (iov[i].iov_len > MESSAGE_MAX_BYTES - total)
			iov[i].iov_len = MESSAGE_MAX_BYTES - total;
		total += iov[i].iov_len;
	}
	m->data = malloc(total ? total : 1);
	if (!m->data)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		ret = mem_read(rq, (uintptr_t)iov[i].iov_base, m->data + at, iov[i].iov_len);
		if (ret < 0)
			return ret;
		at += iov[i].iov_len;
	}
	m->iov = (struct iovec){ m->data, total };
	m->h.msg_iov = &m->iov;
	m->h.msg_iovlen = 1;
	return 0;
}

static ssize_t message_send(struct request *rq, int fd, struct message *m, int flags)
{
	bool block = !(flags & MSG_DONTWAIT);
	ssize_t n;

	/* SIGPIPE is the task's to get, not ours. */
	n = sendmsg(fd, &m->h, flags | MSG_NOSIGNAL | MSG_DONTWAIT);
	if (n < 0 && errno == EAGAIN && block && !(fcntl(fd, F_GETFL) & O_NONBLOCK)) {
		n = request_block_begin(rq, true);
		if (n < 0)
			return n;
		n = sendmsg(fd, &m->h, flags | MSG_NOSIGNAL);
		if (n < 0)
			n = -errno;
		request_block_end(rq);
		if (n == -EINTR)
			n = SOCK_RESTART;
	} else if (n < 0) {
		n = -errno;
	}
	if (n == -EPIPE && !(flags & MSG_NOSIGNAL))
		kill(rq->tid, SIGPIPE);
	return n;
}

static ssize_t sendmsg_one(struct request *rq, int fd, uint64_t addr, int flags)
{
	struct message m = { .to.hold = -1 };
	struct msghdr h;
	ssize_t ret = mem_read(rq, addr, &h, sizeof(h));

	if (ret == 0 && h.msg_name && h.msg_namelen)
		ret = address_read(rq, (uintptr_t)h.msg_name, h.msg_namelen, &m.to);
	if (ret == 0)
		ret = address_resolve(rq, &m.to);
	if (ret == 0)
		ret = message_data(rq, &m, (uintptr_t)h.msg_iov, h.msg_iovlen);
	if (ret == 0)
		ret = message_control(rq, fd, &m, (uintptr_t)h.msg_control, h.msg_controllen);
	if (ret == 0) {
		m.h.msg_name = m.to.len ? &m.to.ss : NULL;
		m.h.msg_namelen = m.to.len;
		ret = message_send(rq, fd, &m, flags);
	}
	message_finish(&m);
	return ret;
}

struct verdict sys_sendmsg(struct request *rq)
{
	autoclose int fd = fd_take(rq, FD_ARG(0));

	if (fd < 0)
		return verdict_return(fd);
	return verdict_return(sendmsg_one(rq, fd, ARG(1), ARG(2)));
}

struct verdict sys_sendmmsg(struct request *rq)
{
	autoclose int fd = fd_take(rq, FD_ARG(0));
	unsigned count = ARG(2) < IOV_MAX_COUNT ? ARG(2) : IOV_MAX_COUNT, i;
	ssize_t n = 0;

	if (fd < 0)
		return verdict_return(fd);
	for (i = 0; i < count; i++) {
		uint64_t at = ARG(1) + i * sizeof(struct mmsghdr);
		unsigned len;

		n = sendmsg_one(rq, fd, at, ARG(3));
		if (n < 0)
			break;
		len = n;
		n = mem_write(rq, at + offsetof(struct mmsghdr, msg_len), &len, sizeof(len));
		if (n < 0)
			break;
	}
	return verdict_return(i ? (int)i : n);
}

struct verdict sys_sendto(struct request *rq)
{
	struct message m = { .to.hold = -1 };
	autoclose int fd = fd_take(rq, FD_ARG(0));
	size_t len = ARG(2) < MESSAGE_MAX_BYTES ? ARG(2) : MESSAGE_MAX_BYTES;
	ssize_t ret;

	if (fd < 0)
		return verdict_return(fd);
	ret = address_read(rq, ARG(4), (uint32_t)ARG(5), &m.to);
	if (ret == 0)
		ret = address_resolve(rq, &m.to);
	m.data = malloc(len ? len : 1);
	if (ret == 0)
		ret = m.data ? mem_read(rq, ARG(1), m.data, len) : -ENOMEM;
	if (ret == 0) {
		m.iov = (struct iovec){ m.data, len };
		m.h = (struct msghdr){ .msg_name = m.to.len ? &m.to.ss : NULL,
				       .msg_namelen = m.to.len,
				       .msg_iov = &m.iov,
				       .msg_iovlen = 1 };
		ret = message_send(rq, fd, &m, ARG(3));
	}
	message_finish(&m);
	return verdict_return(ret);
}
