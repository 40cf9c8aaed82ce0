// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Sockets. Numbers of families, types, levels and options are asm-generic's on both sides. An
 * address is its family in the machine's byte order, then bytes in the network's, with exceptions.
 */
#include <errno.h>
#include <limits.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include "call.h"
#include "conv.h"
#include "iov.h"
#include "mem.h"
#include "util.h"

#define CONTROL_MAX_BYTES 65536U
#define CMSG_GUEST_HEAD	  12U /* length, level, type */

/* Turn round what is a number in the machine's order behind the family. */
static void turn_address(uint16_t family, uint8_t *p, uint32_t len)
{
	static const struct {
		uint16_t family, at;
	} words[] = {
		{ AF_INET6, offsetof(struct sockaddr_in6, sin6_scope_id) },
		{ AF_NETLINK, offsetof(struct sockaddr_nl, nl_pid) },
		{ AF_NETLINK, offsetof(struct sockaddr_nl, nl_groups) },
		{ AF_PACKET, 4 }, /* sll_ifindex */
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		uint32_t v;

		if (words[i].family != family || words[i].at + 4U > len)
			continue;
		memcpy(&v, p + words[i].at, sizeof(v));
		put32(p + words[i].at, v);
	}
}

static long address_in(uint32_t addr, uint32_t len, struct sockaddr_storage *ss)
{
	const uint8_t *p = mem_ptr(addr, len, MEM_R);

	if (len > sizeof(*ss))
		return -EINVAL;
	if (len && !p)
		return -EFAULT;
	memset(ss, 0, sizeof(*ss));
	memcpy(ss, p, len);
	if (len >= 2) {
		ss->ss_family = get16(p);
		turn_address(ss->ss_family, (uint8_t *)ss, len);
	}
	return 0;
}

/* @len: what the kernel said; the guest's room is at @room_addr, which gets the full length. */
static long address_out(uint32_t addr, uint32_t room_addr, struct sockaddr_storage *ss,
			socklen_t len)
{
	uint8_t *room = mem_ptr(room_addr, 4, MEM_R | MEM_W), *out;
	uint16_t family = ss->ss_family;
	uint32_t n;

	if (!addr)
		return 0;
	if (!room)
		return -EFAULT;
	n = get32(room);
	n = n < len ? n : len;
	out = mem_ptr(addr, n, MEM_W);
	if (n && !out)
		return -EFAULT;
	turn_address(family, (uint8_t *)ss, len);
	if (len >= 2)
		put16(ss, family);
	memcpy(out, ss, n < sizeof(*ss) ? n : sizeof(*ss));
	put32(room, len);
	return 0;
}

long call_bind(struct m68k_thread *t, const uint32_t a[6])
{
	struct sockaddr_storage ss;
	long rc = address_in(a[1], a[2], &ss);

	if (rc < 0)
		return rc;
	return bind((int)a[0], (struct sockaddr *)&ss, a[2]) < 0 ? -errno : 0;
}

long call_connect(struct m68k_thread *t, const uint32_t a[6])
{
	struct sockaddr_storage ss;
	long rc = address_in(a[1], a[2], &ss);

	return rc < 0 ? rc : thread_host_call(t, SYS_connect, (long)(int)a[0], &ss, (long)a[2]);
}

long call_accept4(struct m68k_thread *t, const uint32_t a[6])
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);
	long fd, rc;

	fd = thread_host_call(t, SYS_accept4, (long)(int)a[0], &ss, &len, (long)(int)a[3]);
	if (fd < 0)
		return fd;
	fd_set_kind((int)fd, FD_PLAIN);
	rc = address_out(a[1], a[2], &ss, len);
	if (rc < 0)
		close((int)fd);
	return rc < 0 ? rc : fd;
}

long call_getsockname(struct m68k_thread *t, const uint32_t a[6])
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);

	if (getsockname((int)a[0], (struct sockaddr *)&ss, &len) < 0)
		return -errno;
	return a[1] ? address_out(a[1], a[2], &ss, len) : -EFAULT;
}

long call_getpeername(struct m68k_thread *t, const uint32_t a[6])
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);

	if (getpeername((int)a[0], (struct sockaddr *)&ss, &len) < 0)
		return -errno;
	return a[1] ? address_out(a[1], a[2], &ss, len) : -EFAULT;
}

long call_socketpair(struct m68k_thread *t, const uint32_t a[6])
{
	uint8_t *out = mem_ptr(a[3], 8, MEM_W);
	int fds[2];

	if (!out)
		return -EFAULT;
	if (socketpair((int)a[0], (int)a[1], (int)a[2], fds) < 0)
		return -errno;
	for (int i = 0; i < 2; i++) {
		fd_set_kind(fds[i], FD_PLAIN);
		put32(out + 4 * i, fds[i]);
	}
	return 0;
}

long call_sendto(struct m68k_thread *t, const uint32_t a[6])
{
	struct sockaddr_storage ss;
	const void *buf = mem_ptr(a[1], a[2], MEM_R);
	long rc = a[4] ? address_in(a[4], a[5], &ss) : 0;

	if (rc < 0)
		return rc;
	if (a[2] && !buf)
		return -EFAULT;
	return thread_host_call(t, SYS_sendto, (long)(int)a[0], buf, (long)a[2], (long)(int)a[3],
				a[4] ? &ss : NULL, (long)(a[4] ? a[5] : 0));
}

long call_recvfrom(struct m68k_thread *t, const uint32_t a[6])
{
	struct sockaddr_storage ss = { 0 };
	socklen_t len = sizeof(ss);
	uint32_t n = mem_span(a[1], a[2], MEM_W);
	long rc, out;

	if (a[2] && !n)
		return -EFAULT;
	rc = thread_host_call(t, SYS_recvfrom, (long)(int)a[0], mem_host(a[1]), (long)n,
			      (long)(int)a[3], a[4] ? &ss : NULL, a[4] ? &len : NULL);
	if (rc < 0)
		return rc;
	out = address_out(a[4], a[5], &ss, len);
	return out < 0 ? out : rc;
}

/* ---- messages with control data ---- */

/* What a message carries: descriptors and credentials are 32-bit numbers, times two of them. */
static uint32_t control_data_to_guest(uint8_t *out, const struct cmsghdr *c, uint32_t bytes)
{
	const uint8_t *data = CMSG_DATA(c);

	if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMP &&
	    bytes == sizeof(struct timeval)) {
		conv_to_guest(&conv_timeval, out, data);
		return conv_timeval.guest_bytes;
	}
	for (uint32_t i = 0; i + 4 <= bytes; i += 4) {
		uint32_t v;

		memcpy(&v, data + i, sizeof(v));
		put32(out + i, v);
	}
	return bytes;
}

static long control_in(uint32_t addr, uint32_t len, struct msghdr *msg)
{
	const uint8_t *in = mem_ptr(addr, len, MEM_R);
	uint32_t at = 0, filled = 0;
	uint8_t *out;

	if (len > CONTROL_MAX_BYTES)
		return -ENOBUFS;
	if (!in)
		return -EFAULT;
	/* A header grows from 12 bytes to 16 and is aligned to 8 instead of 4. */
	out = calloc(1, 2 * (size_t)len + CMSG_SPACE(0));
	if (!out)
		return -ENOMEM;
	msg->msg_control = out;
	while (at + CMSG_GUEST_HEAD <= len) {
		uint32_t bytes = get32(in + at);
		struct cmsghdr *c = (struct cmsghdr *)(out + filled);

		if (bytes < CMSG_GUEST_HEAD || bytes > len - at)
			return -EINVAL;
		bytes -= CMSG_GUEST_HEAD;
		c->cmsg_len = CMSG_LEN(bytes);
		c->cmsg_level = (int)get32(in + at + 4);
		c->cmsg_type = (int)get32(in + at + 8);
		for (uint32_t i = 0; i + 4 <= bytes; i += 4) {
			uint32_t v = get32(in + at + CMSG_GUEST_HEAD + i);

			memcpy(CMSG_DATA(c) + i, &v, sizeof(v));
		}
		filled += CMSG_SPACE(bytes);
		at += (CMSG_GUEST_HEAD + bytes + 3) & ~3U;
	}
	msg->msg_controllen = filled;
	return 0;
}

static uint32_t control_out(uint8_t *out, uint32_t room, struct msghdr *msg)
{
	uint32_t filled = 0;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		uint32_t bytes = c->cmsg_len - CMSG_LEN(0);

		if (filled + CMSG_GUEST_HEAD + bytes > room) {
			msg->msg_flags |= MSG_CTRUNC;
			break;
		}
		bytes = control_data_to_guest(out + filled + CMSG_GUEST_HEAD, c, bytes);
		put32(out + filled, CMSG_GUEST_HEAD + bytes);
		put32(out + filled + 4, c->cmsg_level);
		put32(out + filled + 8, c->cmsg_type);
		filled += (CMSG_GUEST_HEAD + bytes + 3) & ~3U;
	}
	return filled;
}

/* struct msghdr: name, length, iov, count, control, length, flags: 28 bytes */
enum {
	MSG_NAME = 0,
	MSG_NAMELEN = 4,
	MSG_IOV = 8,
	MSG_IOVLEN = 12,
	MSG_CONTROL = 16,
	MSG_CONTROLLEN = 20,
	MSG_FLAGS = 24,
	MSG_BYTES = 28
};

long call_sendmsg(struct m68k_thread *t, const uint32_t a[6])
{
	const uint8_t *p = mem_ptr(a[1], MSG_BYTES, MEM_R);
	struct iovec iov[IOV_MAX];
	struct sockaddr_storage ss;
	struct msghdr msg = { .msg_iov = iov };
	autofree void *control = NULL;
	long rc = 0;

	if (!p)
		return -EFAULT;
	if (get32(p + MSG_NAME)) {
		msg.msg_name = &ss;
		msg.msg_namelen = get32(p + MSG_NAMELEN);
		rc = address_in(get32(p + MSG_NAME), msg.msg_namelen, &ss);
	}
	if (rc == 0) {
		rc = iov_get(get32(p + MSG_IOV), get32(p + MSG_IOVLEN), MEM_R, iov);
		msg.msg_iovlen = rc < 0 ? 0 : rc;
	}
	if (rc >= 0 && get32(p + MSG_CONTROLLEN)) {
		rc = control_in(get32(p + MSG_CONTROL), get32(p + MSG_CONTROLLEN), &msg);
		control = msg.msg_control;
	}
	if (rc < 0)
		return rc;
	return thread_host_call(t, SYS_sendmsg, (long)(int)a[0], &msg, (long)(int)a[2]);
}

static long received(uint8_t *p, struct msghdr *msg, struct sockaddr_storage *ss)
{
	uint32_t room = get32(p + MSG_CONTROLLEN), name = get32(p + MSG_NAME);
	uint32_t name_room = get32(p + MSG_NAMELEN), n;
	uint8_t *control = room ? mem_ptr(get32(p + MSG_CONTROL), room, MEM_W) : NULL, *out;
	uint16_t family = ss->ss_family;

	if (room && !control)
		return -EFAULT;
	put32(p + MSG_CONTROLLEN, room ? control_out(control, room, msg) : 0);
	put32(p + MSG_FLAGS, msg->msg_flags);
	if (!name)
		return 0;
	n = name_room < msg->msg_namelen ? name_room : msg->msg_namelen;
	out = mem_ptr(name, n, MEM_W);
	if (n && !out)
		return -EFAULT;
	turn_address(family, (uint8_t *)ss, msg->msg_namelen);
	put16(ss, family);
	memcpy(out, ss, n);
	put32(p + MSG_NAMELEN, msg->msg_namelen);
	return 0;
}

long call_recvmsg(struct m68k_thread *t, const uint32_t a[6])
{
	uint8_t *p = mem_ptr(a[1], MSG_BYTES, MEM_R | MEM_W);
	struct sockaddr_storage ss = { 0 };
	struct iovec iov[IOV_MAX];
	struct msghdr msg = { .msg_iov = iov };
	autofree void *control = NULL;
	uint32_t room;
	long rc, out;

	if (!p)
		return -EFAULT;
	rc = iov_get(get32(p + MSG_IOV), get32(p + MSG_IOVLEN), MEM_W, iov);
	if (rc < 0)
		return rc;
	msg.msg_iovlen = rc;
	if (get32(p + MSG_NAME)) {
		msg.msg_name = &ss;
		msg.msg_namelen = sizeof(ss);
	}
	room = get32(p + MSG_CONTROLLEN);
	if (room > CONTROL_MAX_BYTES)
		room = CONTROL_MAX_BYTES;
	if (room) {
		/* Descriptors beyond the guest's room would be received and lost: 4 bytes more
		 * of header and alignment each way. */
		control = calloc(1, room + CMSG_SPACE(0));
		if (!control)
			return -ENOMEM;
		msg.msg_control = control;
		msg.msg_controllen = room + CMSG_LEN(0) - CMSG_GUEST_HEAD;
	}
	rc = thread_host_call(t, SYS_recvmsg, (long)(int)a[0], &msg, (long)(int)a[2]);
	if (rc < 0)
		return rc;
	if (!mem_ptr(a[1], MSG_BYTES, MEM_R | MEM_W))
		return -EFAULT;
	out = received(p, &msg, &ss);
	return out < 0 ? out : rc;
}

/* ---- options: an int, but for those that are structures or bytes ---- */

static bool is_time(int level, int option)
{
	return level == SOL_SOCKET && (option == SO_RCVTIMEO || option == SO_SNDTIMEO);
}

static bool is_bytes(int level, int option)
{
	return level == SOL_SOCKET && option == SO_BINDTODEVICE;
}

long call_setsockopt(struct m68k_thread *t, const uint32_t a[6])
{
	int fd = (int)a[0], level = (int)a[1], option = (int)a[2];
	const uint8_t *p = mem_ptr(a[3], a[4], MEM_R);
	uint32_t words[16];
	struct timeval tv;

	if (a[4] && !p)
		return -EFAULT;
	if (is_time(level, option)) {
		if (a[4] < conv_timeval.guest_bytes)
			return -EINVAL;
		conv_from_guest(&conv_timeval, &tv, p);
		return setsockopt(fd, level, option, &tv, sizeof(tv)) < 0 ? -errno : 0;
	}
	/* Odd lengths are bytes, addresses of groups are in the network's order already. */
	if (is_bytes(level, option) || a[4] % 4 || a[4] > sizeof(words) ||
	    ((level == IPPROTO_IP || level == IPPROTO_IPV6) && a[4] > 4))
		return setsockopt(fd, level, option, p, a[4]) < 0 ? -errno : 0;
	for (uint32_t i = 0; i < a[4] / 4; i++)
		words[i] = get32(p + 4 * i);
	return setsockopt(fd, level, option, words, a[4]) < 0 ? -errno : 0;
}

long call_getsockopt(struct m68k_thread *t, const uint32_t a[6])
{
	int level = (int)a[1], option = (int)a[2];
	uint8_t *room = mem_ptr(a[4], 4, MEM_R | MEM_W), *out;
	uint32_t words[64], n;
	socklen_t len = sizeof(words);

	if (!room)
		return -EFAULT;
	n = get32(room);
	out = mem_ptr(a[3], n, MEM_W);
	if (n && !out)
		return -EFAULT;
	if (getsockopt((int)a[0], level, option, words, &len) < 0)
		return -errno;
	if (is_time(level, option)) {
		uint8_t tv[8];

		conv_to_guest(&conv_timeval, tv, words);
		memcpy(words, tv, len = sizeof(tv));
	} else if (!is_bytes(level, option) && len % 4 == 0) {
		for (uint32_t i = 0; i < len / 4; i++)
			put32(&words[i], words[i]);
	}
	n = n < len ? n : len;
	memcpy(out, words, n);
	put32(room, n);
	return 0;
}

/* socketcall(number, arguments): the only way in before Linux 4.3 */
long call_socketcall(struct m68k_thread *t, const uint32_t a[6])
{
	/* The direct call of each, and how many arguments it has. */
	static const struct {
		uint16_t nr;
		uint8_t args;
	} direct[] = {
		{ 0, 0 },   { 356, 3 }, { 358, 3 }, { 359, 3 }, { 360, 2 }, { 361, 3 }, { 364, 3 },
		{ 365, 3 }, { 357, 4 }, { 366, 4 }, { 368, 4 }, { 366, 6 }, { 368, 6 }, { 370, 2 },
		{ 363, 5 }, { 362, 5 }, { 367, 3 }, { 369, 3 }, { 361, 4 },
	};
	const uint8_t *p;
	uint32_t args[6] = { 0 };

	if (a[0] == 0 || a[0] >= ARRAY_SIZE(direct))
		return -EINVAL;
	p = mem_ptr(a[1], direct[a[0]].args * 4U, MEM_R);
	if (!p)
		return -EFAULT;
	for (unsigned i = 0; i < direct[a[0]].args; i++)
		args[i] = get32(p + 4 * i);
	return call_perform(t, direct[a[0]].nr, args);
}
