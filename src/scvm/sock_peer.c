// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Who connected a socket. The supervisor does it for the tasks, so the kernel records the
 * supervisor, and that is what SO_PEERCRED tells the accepting side. So the inode number of a
 * socket is noted with its owner before it is connected; the kernel's socket diagnosis (unix_diag)
 * tells which socket is at the other end of an accepted one.
 */
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <sys/stat.h>
#include <uthash.h>

#include "sock.h"

#define NOTES_MAX 4096 /* who connected longer ago is forgotten, unless there were fewer */

struct note {
	ino_t ino;
	struct ucred who;
	UT_hash_handle hh; /* in order of age */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct note *notes; /* guarded by lock */

void peer_note(struct request *rq, int fd)
{
	struct note *n, *old;
	struct stat st;

	if (fstat(fd, &st) < 0 || !(n = calloc(1, sizeof(*n))))
		return;
	n->ino = st.st_ino;
	n->who = (struct ucred){ task_tgid(rq->tid), rq->st->cred.euid, rq->st->cred.egid };
	pthread_mutex_lock(&lock);
	HASH_FIND(hh, notes, &n->ino, sizeof(n->ino), old);
	if (!old && HASH_COUNT(notes) >= NOTES_MAX)
		old = notes;
	if (old)
		HASH_DEL(notes, old);
	HASH_ADD(hh, notes, ino, sizeof(n->ino), n);
	pthread_mutex_unlock(&lock);
	free(old);
}

/* The inode number of the socket that the one numbered @ino is connected to; 0: unknown */
static ino_t peer_of(ino_t ino)
{
	struct {
		struct nlmsghdr h;
		struct unix_diag_req r;
	} ask = {
		.h = { .nlmsg_len = sizeof(ask),
		       .nlmsg_type = SOCK_DIAG_BY_FAMILY,
		       .nlmsg_flags = NLM_F_REQUEST },
		.r = { .sdiag_family = AF_UNIX,
		       .udiag_states = UINT32_MAX,
		       .udiag_ino = ino,
		       .udiag_show = UDIAG_SHOW_PEER,
		       .udiag_cookie = { UINT32_MAX, UINT32_MAX } }, /* whatever it is */
	};
	union {
		struct nlmsghdr h;
		char bytes[4096];
	} answer;
	autoclose int nl = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	ssize_t n = -1;
	struct rtattr *a;
	uint32_t peer = 0;
	int left;

	if (nl >= 0 && send(nl, &ask, sizeof(ask), 0) == sizeof(ask))
		n = recv(nl, &answer, sizeof(answer), 0); /* never waits: answered in send(2) */
	if (n < 0 || !NLMSG_OK(&answer.h, n) || answer.h.nlmsg_type != SOCK_DIAG_BY_FAMILY)
		return 0;
	left = NLMSG_PAYLOAD(&answer.h, sizeof(struct unix_diag_msg));
	a = (struct rtattr *)((char *)NLMSG_DATA(&answer.h) +
			      NLMSG_ALIGN(sizeof(struct unix_diag_msg)));
	for (; RTA_OK(a, left); a = RTA_NEXT(a, left))
		if (a->rta_type == UNIX_DIAG_PEER)
			memcpy(&peer, RTA_DATA(a), sizeof(peer));
	return peer;
}

int peer_find(int fd, struct ucred *who)
{
	struct note *n = NULL;
	struct stat st;
	ino_t peer;

	if (fstat(fd, &st) < 0 || !(peer = peer_of(st.st_ino)))
		return -ENOENT;
	pthread_mutex_lock(&lock);
	HASH_FIND(hh, notes, &peer, sizeof(peer), n);
	if (n)
		*who = n->who;
	pthread_mutex_unlock(&lock);
	return n ? 0 : -ENOENT;
}
