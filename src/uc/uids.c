// SPDX-License-Identifier: GPL-2.0-or-later
#include "uids.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "util.h"

#define MAP_BYTES_MAX 16384 /* 340 lines, Linux 4.15 */

/* The lowest comes last. */
static const struct uid_pool pools[] = {
	/* signed in too many programs to go above */
	{ 2000000000U, 2147483646U, 1000 },
	{ 65000, 65533, 16 },
};

static bool map_has(const char *map, uid_t first, uid_t last)
{
	unsigned long long inside, outside, count;

	for (const char *line = map; line && *line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (sscanf(line, "%llu %llu %llu", &inside, &outside, &count) == 3 &&
		    first >= inside && last < inside + count)
			return true;
	}
	return false;
}

const struct uid_pool *uid_pool_of(const char *uid_map, const char *gid_map)
{
	for (size_t i = 0; i < ARRAY_SIZE(pools); i++)
		if (map_has(uid_map, pools[i].first, pools[i].last) &&
		    map_has(gid_map, pools[i].first, pools[i].last))
			return &pools[i];
	return &pools[0];
}

const struct uid_pool *uid_pool(void)
{
	static const struct uid_pool *pool; /* atomic; all threads would find the same */
	const struct uid_pool *p = __atomic_load_n(&pool, __ATOMIC_ACQUIRE);
	autofree char *uids = NULL, *gids = NULL;

	if (p)
		return p;
	if (read_file_at(AT_FDCWD, "/proc/self/uid_map", MAP_BYTES_MAX, &uids) < 0 ||
	    read_file_at(AT_FDCWD, "/proc/self/gid_map", MAP_BYTES_MAX, &gids) < 0)
		p = &pools[0];
	else
		p = uid_pool_of(uids, gids);
	__atomic_store_n(&pool, p, __ATOMIC_RELEASE);
	return p;
}

bool uid_is_compartments(unsigned long long uid)
{
	if (uid < pools[ARRAY_SIZE(pools) - 1].first)
		return false; /* most users: without a look at the maps */
	return uid >= uid_pool()->first && uid <= uid_pool()->last;
}
