// SPDX-License-Identifier: GPL-2.0-or-later
#include "connect_native.h"

#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

struct verdict connect_native(struct request *rq)
{
	struct sockaddr_un a;
	size_t len = rq->args[2];

	/* Changed in between, it is what the kernel would have been given anyway. */
	if (len > sizeof(a) || len < CONNECT_X11_SHORTEST ||
	    mem_read(rq, rq->args[1], &a, len) < 0 || a.sun_family != AF_UNIX || a.sun_path[0] ||
	    memcmp(a.sun_path + 1, CONNECT_X11_PREFIX, sizeof(CONNECT_X11_PREFIX) - 1) != 0)
		return verdict_continue();
	return verdict_return(-ECONNREFUSED);
}
