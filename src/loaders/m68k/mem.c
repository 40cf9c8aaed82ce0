// SPDX-License-Identifier: GPL-2.0-or-later
#include "mem.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util.h"

/* An instruction of the host's has room for such an address (direct.c). */
#define LOW_BASE ((void *)0x20000000)

uint8_t *mem_base;
uint8_t mem_page[GUEST_PAGES];

static const struct mem_watcher *watcher;
static uint32_t break_low, break_now;
static uint32_t search_from = GUEST_MMAP_LOW;

static struct mem_name *names; /* sorted by nothing, newest wins */

int mem_init(void)
{
	const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
	void *p = mmap(LOW_BASE, GUEST_BYTES, PROT_NONE, flags | MAP_FIXED_NOREPLACE, -1, 0);

	if (p == MAP_FAILED)
		p = mmap(NULL, GUEST_BYTES, PROT_NONE, flags, -1, 0);
	if (p == MAP_FAILED)
		return -errno;
	/* A fork of the guest copies page tables; huge pages would copy the guest's memory. */
	madvise(p, GUEST_BYTES, MADV_NOHUGEPAGE);
	mem_base = p;
	search_from = GUEST_MMAP_LOW;
	break_low = break_now = 0;
	return 0;
}

static void forget_names(uint32_t addr, uint64_t end)
{
	struct mem_name **link = &names;

	while (*link) {
		struct mem_name *n = *link;

		if (n->addr >= addr && n->end <= end) {
			*link = n->next;
			free(n->path);
			free(n);
		} else {
			link = &n->next;
		}
	}
}

void mem_finish(void)
{
	forget_names(0, GUEST_BYTES);
	if (mem_base)
		munmap(mem_base, GUEST_BYTES);
	mem_base = NULL;
	/* Not before the first use, when it is zero: it is a megabyte. */
	memset(mem_page, 0, sizeof(mem_page));
}

void mem_watch(const struct mem_watcher *w)
{
	watcher = w;
}

static void before(uint32_t addr, uint64_t len)
{
	if (watcher)
		watcher->before(addr, len);
}

static void after(uint32_t addr, uint64_t len)
{
	if (watcher)
		watcher->after(addr, len);
}

static int host_prot(unsigned prot)
{
	/* Guest code is never the host's code; what can be written or executed can be read. */
	return (prot & MEM_PROT ? PROT_READ : 0) | (prot & MEM_W ? PROT_WRITE : 0);
}

static unsigned page_bits(unsigned prot)
{
	return MEM_MAPPED | (prot & MEM_PROT) | (prot & MEM_PROT ? MEM_R : 0);
}

static void set_pages(uint32_t addr, uint64_t len, unsigned bits)
{
	memset(mem_page + (addr >> GUEST_PAGE_SHIFT), bits, len >> GUEST_PAGE_SHIFT);
}

/* A range that the guest may name: page-aligned, not empty, below TASK_SIZE. */
static int check_range(uint32_t addr, uint32_t len, uint64_t *bytes)
{
	*bytes = ((uint64_t)len + GUEST_PAGE - 1) & ~(uint64_t)(GUEST_PAGE - 1);
	if (addr & (GUEST_PAGE - 1) || len == 0)
		return -EINVAL;
	if (addr + *bytes > GUEST_TASK_END)
		return -ENOMEM;
	return 0;
}

bool mem_is_mapped(uint32_t addr, uint32_t len)
{
	uint64_t last = ((uint64_t)addr + len - 1) >> GUEST_PAGE_SHIFT;

	if (len == 0 || last >= GUEST_PAGES)
		return false;
	for (uint64_t p = addr >> GUEST_PAGE_SHIFT; p <= last; p++) {
		if (!(mem_page[p] & MEM_MAPPED))
			return false;
	}
	return true;
}

static bool is_free(uint32_t addr, uint64_t len)
{
	const uint8_t *p = mem_page + (addr >> GUEST_PAGE_SHIFT);

	for (uint64_t i = 0; i < len >> GUEST_PAGE_SHIFT; i++) {
		if (p[i])
			return false;
	}
	return true;
}

static uint32_t find_between(uint32_t low, uint32_t high, uint64_t len)
{
	uint64_t want = len >> GUEST_PAGE_SHIFT, run = 0;

	for (uint32_t p = low >> GUEST_PAGE_SHIFT; p < high >> GUEST_PAGE_SHIFT; p++) {
		run = mem_page[p] ? 0 : run + 1;
		if (run == want)
			return (uint32_t)(p + 1 - want) << GUEST_PAGE_SHIFT;
	}
	return 0;
}

/* Next fit; the whole room once more when the end is reached. 0 is never given out. */
static uint32_t find_room(uint64_t len)
{
	const uint32_t low = GUEST_PAGE * 16, high = 0xe0000000U;
	uint32_t addr = find_between(search_from, high, len);

	if (addr == 0)
		addr = find_between(GUEST_MMAP_LOW, high, len);
	if (addr == 0)
		addr = find_between(low, high, len);
	if (addr >= GUEST_MMAP_LOW)
		search_from = addr + len;
	return addr;
}

void mem_add_name(uint32_t addr, uint64_t bytes, off_t offset, const char *path)
{
	struct mem_name *n = calloc(1, sizeof(*n));

	if (!n)
		return;
	n->path = strdup(path);
	if (!n->path) {
		free(n);
		return;
	}
	n->addr = addr;
	n->end = addr + bytes;
	n->offset = offset;
	n->next = names;
	names = n;
}

const struct mem_name *mem_names(void)
{
	return names;
}

static void remember_name(uint32_t addr, uint64_t len, int fd, off_t offset)
{
	char link[64], path[PATH_MAX];
	ssize_t got;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	got = readlink(link, path, sizeof(path) - 1);
	if (got <= 0)
		return;
	path[got] = '\0';
	mem_add_name(addr, len, offset, path);
}

int64_t mem_map(uint32_t addr, uint32_t len, unsigned prot, int flags, int fd, off_t offset)
{
	uint64_t bytes;
	void *host;
	int rc;

	if (offset & (GUEST_PAGE - 1))
		return -EINVAL;
	if (!(flags & (MAP_FIXED | MAP_FIXED_NOREPLACE))) {
		/* A hint, as good as it goes. */
		if (check_range(guest_page_floor(addr), len, &bytes) == -EINVAL)
			return -EINVAL;
		addr = guest_page_floor(addr);
		if (addr < GUEST_PAGE * 16 || addr + bytes > GUEST_TASK_END ||
		    !is_free(addr, bytes))
			addr = find_room(bytes);
		if (addr == 0)
			return -ENOMEM;
	}
	rc = check_range(addr, len, &bytes);
	if (rc < 0)
		return rc;
	if (flags & MAP_FIXED_NOREPLACE && !is_free(addr, bytes))
		return -EEXIST;
	flags &= ~(MAP_FIXED_NOREPLACE | MAP_GROWSDOWN | MAP_32BIT | MAP_HUGETLB);
	before(addr, bytes);
	host = mmap(mem_host(addr), bytes, host_prot(prot), flags | MAP_FIXED | MAP_NORESERVE, fd,
		    offset);
	rc = host == MAP_FAILED ? -errno : 0;
	if (rc == 0) {
		forget_names(addr, addr + bytes);
		set_pages(addr, bytes, page_bits(prot) | (flags & MAP_SHARED ? MEM_SHARED : 0));
		if (fd >= 0 && !(flags & MAP_ANONYMOUS))
			remember_name(addr, bytes, fd, offset);
	}
	after(addr, bytes);
	return rc < 0 ? rc : addr;
}

int mem_unmap(uint32_t addr, uint32_t len)
{
	uint64_t bytes;
	int rc = check_range(addr, len, &bytes);

	if (rc < 0)
		return -EINVAL;
	before(addr, bytes);
	if (mmap(mem_host(addr), bytes, PROT_NONE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0) == MAP_FAILED) {
		rc = -errno;
	} else {
		forget_names(addr, addr + bytes);
		set_pages(addr, bytes, 0);
		if (addr < search_from && addr >= GUEST_MMAP_LOW)
			search_from = addr;
	}
	after(addr, bytes);
	return rc;
}

int mem_protect(uint32_t addr, uint32_t len, unsigned prot)
{
	uint8_t *page = mem_page + (addr >> GUEST_PAGE_SHIFT);
	uint64_t bytes;
	int rc;

	if (len == 0)
		return addr & (GUEST_PAGE - 1) ? -EINVAL : 0;
	rc = check_range(addr, len, &bytes);
	if (rc < 0)
		return rc;
	if (!mem_is_mapped(addr, (uint32_t)bytes))
		return -ENOMEM;
	before(addr, bytes);
	if (mprotect(mem_host(addr), bytes, host_prot(prot)) < 0) {
		rc = -errno;
	} else {
		for (uint64_t i = 0; i < bytes >> GUEST_PAGE_SHIFT; i++)
			page[i] = page_bits(prot) | (page[i] & MEM_SHARED);
	}
	after(addr, bytes);
	return rc;
}

static int64_t move_mapping(uint32_t old, uint64_t old_bytes, uint64_t new_bytes, uint32_t to)
{
	uint8_t bits = mem_page[old >> GUEST_PAGE_SHIFT];
	void *host;

	before(old, old_bytes);
	before(to, new_bytes);
	host = mremap(mem_host(old), old_bytes, new_bytes, MREMAP_MAYMOVE | MREMAP_FIXED,
		      mem_host(to));
	if (host != MAP_FAILED) {
		/* The hole must stay ours, or the host's next mapping lands in the guest. */
		mmap(mem_host(old), old_bytes, PROT_NONE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
		set_pages(old, old_bytes, 0);
		set_pages(to, new_bytes, bits & ~MEM_CODE);
	}
	after(old, old_bytes);
	after(to, new_bytes);
	return host == MAP_FAILED ? -errno : (int64_t)to;
}

int64_t mem_remap(uint32_t old, uint32_t old_len, uint32_t new_len, int flags, uint32_t new_addr)
{
	uint64_t old_bytes, new_bytes;
	uint32_t to;
	int rc;

	if (check_range(old, old_len, &old_bytes) < 0 || check_range(0, new_len, &new_bytes) < 0 ||
	    flags & ~(MREMAP_MAYMOVE | MREMAP_FIXED))
		return -EINVAL;
	if (!mem_is_mapped(old, (uint32_t)old_bytes))
		return -EFAULT;
	if (flags & MREMAP_FIXED) {
		if (!(flags & MREMAP_MAYMOVE) || check_range(new_addr, new_len, &new_bytes) < 0 ||
		    (new_addr < old + old_bytes && old < new_addr + new_bytes))
			return -EINVAL;
		return move_mapping(old, old_bytes, new_bytes, new_addr);
	}
	if (new_bytes <= old_bytes) {
		if (new_bytes < old_bytes) {
			rc = mem_unmap(old + new_bytes, old_bytes - new_bytes);
			if (rc < 0)
				return rc;
		}
		return old;
	}
	if (!(flags & MREMAP_MAYMOVE))
		return -ENOMEM;
	to = find_room(new_bytes);
	return to ? move_mapping(old, old_bytes, new_bytes, to) : -ENOMEM;
}

void mem_set_break(uint32_t addr)
{
	break_low = break_now = guest_page_ceil(addr);
}

void mem_get_break(struct mem_break *out)
{
	*out = (struct mem_break){ break_low, break_now, search_from };
}

void mem_put_break(const struct mem_break *in)
{
	break_low = in->low;
	break_now = in->now;
	search_from = in->search_from;
}

uint32_t mem_brk(uint32_t addr)
{
	uint32_t old_end = guest_page_ceil(break_now), end = guest_page_ceil(addr);

	if (addr < break_low || addr >= GUEST_TASK_END)
		return break_now;
	if (end > old_end) {
		if (!is_free(old_end, end - old_end) ||
		    mem_map(old_end, end - old_end, MEM_R | MEM_W,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) < 0)
			return break_now;
	} else if (end < old_end && mem_unmap(end, old_end - end) < 0) {
		return break_now;
	}
	break_now = addr;
	return addr;
}

uint32_t mem_span(uint32_t addr, uint32_t len, unsigned need)
{
	uint64_t end = (uint64_t)addr + len, at = addr;
	unsigned seen = 0;

	if (len == 0 || end > GUEST_TASK_END)
		end = end > GUEST_TASK_END ? GUEST_TASK_END : end;
	while (at < end) {
		unsigned bits = mem_page[at >> GUEST_PAGE_SHIFT];

		if ((bits & need) != need)
			break;
		seen |= bits;
		at = (at | (GUEST_PAGE - 1)) + 1;
	}
	if (at > end)
		at = end;
	if (at <= addr)
		return 0;
	if (need & MEM_W && seen & (MEM_CODE | MEM_X) && watcher)
		watcher->code_write(addr, at - addr);
	return at - addr;
}

void *mem_ptr(uint32_t addr, uint32_t len, unsigned need)
{
	if ((uint64_t)addr + len > GUEST_TASK_END)
		return NULL;
	return mem_span(addr, len, need) == len ? mem_host(addr) : NULL;
}

void mem_mark_code(uint32_t addr, bool guard)
{
	uint8_t *page = &mem_page[addr >> GUEST_PAGE_SHIFT];

	if (guard && *page & MEM_W && !(*page & MEM_CODE))
		mprotect(mem_host(guest_page_floor(addr)), GUEST_PAGE, PROT_READ);
	*page |= MEM_CODE;
}

void mem_unmark_code(uint32_t addr)
{
	uint8_t *page = &mem_page[addr >> GUEST_PAGE_SHIFT];

	if (*page & MEM_W)
		mprotect(mem_host(guest_page_floor(addr)), GUEST_PAGE, PROT_READ | PROT_WRITE);
	*page &= ~MEM_CODE;
}

uint32_t mem_peek(uint32_t addr, void *out, uint32_t len)
{
	uint32_t got = 0, in_stub = addr - GUEST_STUB;

	/* The handlers' return code is there, which debuggers look for. */
	if (in_stub < GUEST_PAGE)
		got = len < GUEST_PAGE - in_stub ? len : GUEST_PAGE - in_stub;
	else
		got = mem_span(addr, len, MEM_R);
	memcpy(out, mem_host(addr), got);
	return got;
}

bool mem_poke(uint32_t addr, const void *data, uint32_t len)
{
	uint32_t first = guest_page_floor(addr), last = guest_page_floor(addr + len - 1);

	if (len == 0)
		return true;
	if ((uint64_t)addr + len > GUEST_TASK_END || !mem_is_mapped(addr, len))
		return false;
	for (uint64_t at = first; at <= last; at += GUEST_PAGE) {
		if (mprotect(mem_host(at), GUEST_PAGE, PROT_READ | PROT_WRITE) < 0)
			return false;
	}
	memcpy(mem_host(addr), data, len);
	for (uint64_t at = first; at <= last; at += GUEST_PAGE)
		mprotect(mem_host(at), GUEST_PAGE, host_prot(mem_page[at >> GUEST_PAGE_SHIFT]));
	if (watcher)
		watcher->code_write(addr, len);
	return true;
}

const char *mem_string(uint32_t addr, uint32_t max)
{
	uint32_t got = mem_span(addr, max, MEM_R);
	const char *s = mem_host(addr);

	return got && memchr(s, '\0', got) ? s : NULL;
}

static const struct mem_name *name_of(uint32_t addr)
{
	for (const struct mem_name *n = names; n; n = n->next) {
		if (addr >= n->addr && addr < n->end)
			return n;
	}
	return NULL;
}

void mem_write_maps(FILE *out, uint32_t stack)
{
	const uint32_t pages = GUEST_TASK_END >> GUEST_PAGE_SHIFT, mask = 0xff & ~MEM_CODE;

	for (uint32_t p = 0; p < pages;) {
		unsigned bits = mem_page[p] & mask;
		uint32_t addr = p << GUEST_PAGE_SHIFT;
		const struct mem_name *n = name_of(addr);
		uint32_t first = p;
		struct stat st = { 0 };

		if (!bits) {
			p++;
			continue;
		}
		while (p < pages && (mem_page[p] & mask) == bits &&
		       name_of(p << GUEST_PAGE_SHIFT) == n)
			p++;
		if (n && stat(n->path, &st) < 0)
			st.st_ino = 0;
		fprintf(out, "%08x-%08x %c%c%c%c %08llx %02x:%02x %-10llu %s\n", addr,
			p << GUEST_PAGE_SHIFT, bits & MEM_R ? 'r' : '-', bits & MEM_W ? 'w' : '-',
			bits & MEM_X ? 'x' : '-', bits & MEM_SHARED ? 's' : 'p',
			n ? (unsigned long long)(n->offset + (addr - n->addr)) : 0,
			(unsigned)(st.st_dev >> 8 & 0xfff), (unsigned)(st.st_dev & 0xff),
			(unsigned long long)st.st_ino,
			n ? n->path
			: stack >> GUEST_PAGE_SHIFT >= first && stack >> GUEST_PAGE_SHIFT < p
				? "[stack]"
			: addr >= break_low && break_low && addr < guest_page_ceil(break_now)
				? "[heap]"
				: "");
	}
}
