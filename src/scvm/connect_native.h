/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_CONNECT_NATIVE_H
#define UCRUN_CONNECT_NATIVE_H

#include "machine.h"

/*
 * connect(2) to the abstract address of an X server, at native level.
 *
 * libxcb tries that first, and the socket in /tmp/.X11-unix only after ECONNREFUSED. The host's
 * abstract sockets are another Landlock domain's, which connect(2) tells as EPERM (Linux 6.12), and
 * the client gives up although a display is bound. So the session has none: whoever listens inside
 * has the socket with a name too. Addresses of other lengths are not trapped.
 */
#define CONNECT_X11_PREFIX   "/tmp/.X11-unix/X"
#define CONNECT_X11_SHORTEST (2 + 1 + sizeof(CONNECT_X11_PREFIX)) /* with one digit */

/** connect_native() - ECONNREFUSED for such an address, else the kernel's answer */
struct verdict connect_native(struct request *rq);

#endif
