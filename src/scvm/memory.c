// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A task's memory. Everything is copied once: what a handler decides on is its own copy, so another
 * thread that rewrites the original in the meantime changes nothing.
 */
#include <limits.h>
#include <sys/uio.h>

#include "machine.h"

#define PAGE_BYTES  4096
#define CHUNK_BYTES 256 /* of a string: most paths are short */

int mem_read(struct request *rq, uint64_t addr, void *buf, size_t len)
{
	struct iovec local = { buf, len }, remote = { (void *)(uintptr_t)addr, len };
	ssize_t n;

	if (!len)
		return 0;
	n = process_vm_readv(rq->tid, &local, 1, &remote, 1, 0);
	if (n == (ssize_t)len)
		return request_valid(rq) ? 0 : -ESRCH; /* a reused tid is not our task */
	return n < 0 && errno == ESRCH ? -ESRCH : -EFAULT;
}

int mem_write(struct request *rq, uint64_t addr, const void *buf, size_t len)
{
	struct iovec local = { (void *)(uintptr_t)buf, len };
	struct iovec remote = { (void *)(uintptr_t)addr, len };
	ssize_t n;

	if (!len)
		return 0;
	n = process_vm_writev(rq->tid, &local, 1, &remote, 1, 0);
	if (n == (ssize_t)len)
		return 0;
	return n < 0 && errno == ESRCH ? -ESRCH : -EFAULT;
}

ssize_t mem_read_str(struct request *rq, uint64_t addr, char *buf, size_t max)
{
	size_t have = 0;

	/* Never across a page's end: the string may end just before an unmapped one. */
	while (have < max) {
		size_t part = PAGE_BYTES - (addr + have) % PAGE_BYTES;
		struct iovec local, remote;
		const char *end;
		ssize_t n;

		if (have == 0 && part > CHUNK_BYTES)
			part = CHUNK_BYTES;
		if (part > max - have)
			part = max - have;
		local = (struct iovec){ buf + have, part };
		remote = (struct iovec){ (void *)(uintptr_t)(addr + have), part };
		n = process_vm_readv(rq->tid, &local, 1, &remote, 1, 0);
		if (n <= 0)
			return n < 0 && errno == ESRCH ? -ESRCH : -EFAULT;
		end = memchr(buf + have, '\0', n);
		if (end)
			return request_valid(rq) ? end - buf : -ESRCH;
		have += n;
	}
	return -ERANGE;
}

ssize_t mem_read_path(struct request *rq, uint64_t addr, char *buf)
{
	ssize_t n = mem_read_str(rq, addr, buf, PATH_MAX);

	return n == -ERANGE ? -ENAMETOOLONG : n;
}
