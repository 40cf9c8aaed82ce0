/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_UIDS_H
#define UCRUN_UIDS_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * The host uids that root's compartments get when there is no system user of their name. Each is
 * the number of a group too.
 *
 * They lie far above what login.defs(5), subuid(5) and systemd hand out. A container that an
 * ordinary user has started maps 65536 ids at the most; there they are 65000 to 65533, which
 * Debian's policy (9.2.2) reserves and gives to nobody.
 */
struct uid_pool {
	uid_t first, last;
	unsigned block; /* a state directory starts in one of its own, see state_new_uid() */
};

/** uid_pool_of() - the pool for a process with these maps, in the form of user_namespaces(7) */
const struct uid_pool *uid_pool_of(const char *uid_map, const char *gid_map);
/** uid_pool() - the one for this process; where none is mapped the usual one. Never NULL */
const struct uid_pool *uid_pool(void);
/** uid_is_compartments() - is it from that pool? */
bool uid_is_compartments(unsigned long long uid);

#endif
