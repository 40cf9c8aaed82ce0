/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_SOCK_H
#define UCRUN_SOCK_H

/* What the files about sockets share. */

#include <sys/socket.h>
#include <sys/un.h>

#include "machine.h"

#define SOCK_RESTART	(-512) /* ERESTARTSYS, see sys_open.c */
#define UNIX_PATH_BYTES (sizeof(((struct sockaddr_un *)0)->sun_path) + 1)

struct address {
	union {
		struct sockaddr sa;
		struct sockaddr_un un;
		struct sockaddr_storage ss;
	};
	socklen_t len;
	int hold; /* keeps /proc/self/fd/N in sun_path valid */
};

/* ---- sock_address.c ---- */

/** socket_family() - AF_UNIX or another; -errno: -ENOTSOCK */
int socket_family(int fd);
int address_read(struct request *rq, uint64_t addr, uint64_t len, struct address *a);
void address_finish(struct address *a);
bool address_is_path(const struct address *a);
bool address_is_abstract(const struct address *a);
void address_path(const struct address *a, char path[UNIX_PATH_BYTES]);
void address_set(struct address *a, const char *path);
/** abstract_enter() - into the session's names. -EINVAL: longer than any */
int abstract_enter(struct request *rq, struct address *a);
/** address_room() - how much of an address the task has room for; before the call has effects */
int address_room(struct request *rq, uint64_t lenp, socklen_t *room);
/** address_tell() - write @a, which the kernel told us, to the task as the view has it */
int address_tell(struct request *rq, struct address *a, uint64_t addr, uint64_t lenp,
		 socklen_t room);

/* ---- sock_peer.c ---- */

/** peer_note() - the caller is about to connect the socket @fd, and the kernel will think we did */
void peer_note(struct request *rq, int fd);
/** peer_find() - who connected the other end of @fd. -ENOENT: nobody knows any more */
int peer_find(int fd, struct ucred *who);

#endif
