/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is out of bounds, told by the case in the environment: VICTIM a process, SECRET a file of
 * the host that the view does not have, RO a file that the view has read-only, ABSTRACT an abstract
 * socket, SOCK a socket file.
 */
#ifndef SECRET_H
#define SECRET_H

#include "t.h"

#define SECRET_WORD "SECRET"

static inline const char *env(const char *name)
{
	const char *v = getenv(name);

	if (!v)
		skip("not given");
	return v;
}

/* Is what this descriptor reads the host's secret? */
static inline bool is_secret(int fd)
{
	char buf[64] = "";

	if (fd < 0)
		return false;
	if (pread(fd, buf, sizeof(buf) - 1, 0) < 0)
		return false;
	return strstr(buf, SECRET_WORD) != NULL;
}

static inline void must_not_read(const char *path)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (is_secret(fd)) {
		printf("FAILED: read the secret at %s\n", path);
		exit(1);
	}
	if (fd >= 0)
		close(fd);
}

#endif
