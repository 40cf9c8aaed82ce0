/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_RANGES_H
#define UCRUN_RANGES_H

#include "compartment.h"

/*
 * Ranges of host ids, for the native level: inside 0 is the compartment's host_uid, and inside
 * 1..count are the host ids from base on, for users and groups alike.
 *
 * For a compartment that root runs, the range is one of ours: a slot of RANGE_SIZE ids in the upper
 * half of the id space, which neither login.defs(5), subuid(5) nor systemd hand out. It is given
 * once and recorded in STATE/.ids.NAME. Not in NAME/: that belongs to host_uid, who could write
 * down anybody's ids there, and root would map them.
 *
 * An ordinary user has what the host's owner gave her in /etc/subuid and /etc/subgid.
 */
#define RANGE_SIZE  65536U
#define RANGE_FIRST 0x80000000U
#define RANGE_SLOTS 32767U /* the last one holds (uid_t)-1 */

struct id_range {
	uid_t uid; /* inside 0 */
	gid_t gid;
	unsigned base_uid, base_gid; /* inside 1 */
	unsigned nuids, ngids;
};

/**
 * compartment_range() - the range of a compartment; recorded on first use
 * Return: 0; -ENOENT: the user has none, with the way to get one in @err
 */
int compartment_range(const struct compartment *c, struct id_range *out, char *err, size_t errlen);
/** compartment_range_forget() - with STATE's lock held: NAME is removed. The slot is not reused. */
void compartment_range_forget(const struct compartment *c);

#endif
