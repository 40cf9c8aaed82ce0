// SPDX-License-Identifier: GPL-2.0-or-later
/* From a file to a process image: segments, the dynamic linker, the first stack. */
#include "load.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "call.h"
#include "elf_image.h"
#include "mem.h"
#include "options.h"
#include "procfs.h"
#include "util.h"

#define STACK_MIN_BYTES (1U << 20)
#define STACK_MAX_BYTES (256U << 20)
#define STACK_TOP	(GUEST_TASK_END - GUEST_PAGE) /* one page that is never there */
#define INTERP_BASE	0xd0000000U
#define RANDOM_BYTES	16
#define CLOCK_TICKS	100
#define AUX_PAIRS_MAX	20

static unsigned prot_of(unsigned elf_prot)
{
	return (elf_prot & ELF_R ? MEM_R : 0) | (elf_prot & ELF_W ? MEM_W : 0) |
	       (elf_prot & ELF_X ? MEM_X : 0);
}

/* A file that ends before what its headers promise is none of ours. */
static int load_part(int fd, void *buf, size_t len, off_t at)
{
	int rc = read_at(fd, buf, len, at);

	return rc == -ENODATA ? -ENOEXEC : rc;
}

int load_is_m68k(const char *path)
{
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
	uint8_t head[ELF_HEAD_BYTES];
	ssize_t got;

	if (fd < 0)
		return -errno;
	got = pread(fd, head, sizeof(head), 0);
	return got > 0 && elf_is_m68k(head, (size_t)got);
}

static int read_headers(int fd, struct elf_image *img, const char **why)
{
	uint8_t head[ELF_HEAD_BYTES], phdrs[ELF_PHDRS_MAX * ELF_PHDR_BYTES];
	uint32_t phdr_off;
	struct stat st;
	int rc;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EACCES;
	*why = "shorter than an ELF header";
	rc = load_part(fd, head, sizeof(head), 0);
	if (rc < 0)
		return rc;
	rc = elf_parse_header(head, sizeof(head), &phdr_off, img, why);
	if (rc < 0)
		return rc;
	*why = "the program headers are not in the file";
	rc = load_part(fd, phdrs, img->phdr_count * ELF_PHDR_BYTES, phdr_off);
	if (rc < 0)
		return rc;
	return elf_parse_segments(phdrs, phdr_off, (uint64_t)st.st_size, img, why);
}

/*
 * One segment. Its file part is mapped where offset and address agree modulo the page size, which
 * they do in every linker's output, else read. Behind the file part everything up to the end of
 * the page is zero: ld.so's first malloc lives there.
 */
static int map_segment(int fd, const struct elf_segment *s, uint32_t bias)
{
	uint32_t start = s->vaddr + bias, page = guest_page_floor(start), skew = start - page;
	uint32_t file_end = start + s->file_bytes, end = guest_page_ceil(start + s->mem_bytes);
	uint32_t file_pages = s->file_bytes ? guest_page_ceil(file_end) - page : 0;
	unsigned prot = prot_of(s->prot);
	bool mapped = s->file_bytes && (s->offset & (GUEST_PAGE - 1)) == skew;
	int64_t rc = 0;

	if (!mapped)
		file_pages = 0;
	if (mapped)
		rc = mem_map(page, file_pages, prot | MEM_W, MAP_PRIVATE | MAP_FIXED, fd,
			     (off_t)s->offset - skew);
	/* A neighbour may have the first page already. */
	if (rc >= 0 && !mapped && mem_page[page >> GUEST_PAGE_SHIFT])
		file_pages = GUEST_PAGE;
	if (rc >= 0 && page + file_pages < end)
		rc = mem_map(page + file_pages, end - page - file_pages, prot | MEM_W,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	if (rc < 0)
		return (int)rc;
	if (!mapped && s->file_bytes) {
		rc = load_part(fd, mem_host(start), s->file_bytes, s->offset);
		if (rc < 0)
			return (int)rc;
	}
	/* Only what may be written has a tail that counts; the rest keeps the file's bytes. */
	if (s->prot & ELF_W || s->mem_bytes > s->file_bytes)
		memset(mem_host(file_end), 0, guest_page_ceil(file_end) - file_end);
	return prot & MEM_W ? 0 : mem_protect(page, end - page, prot);
}

static int map_image(int fd, const struct elf_image *img, uint32_t bias)
{
	for (unsigned i = 0; i < img->segment_count; i++) {
		int rc = map_segment(fd, &img->segment[i], bias);

		if (rc < 0)
			return rc;
	}
	return 0;
}

static int load_interp(int prog_fd, const struct elf_image *prog, uint32_t *entry, uint32_t *bias,
		       const char **why)
{
	char name[PATH_MAX + 1] = "", buf[PATH_MAX];
	autoclose int fd = -1;
	struct elf_image img;
	int rc;

	rc = load_part(prog_fd, name, prog->interp_bytes, prog->interp_offset);
	if (rc < 0)
		return rc;
	if (!m68k_options.sysroot && access(name, F_OK) < 0)
		m68k_options.libraries = LOAD_LIBRARIES;
	fd = open(path_map(name, buf), O_RDONLY | O_CLOEXEC);
	*why = "its dynamic linker is missing; -L names the directory that has m68k libraries";
	if (fd < 0)
		return -ENOEXEC;
	rc = read_headers(fd, &img, why);
	if (rc < 0)
		return rc;
	*bias = img.dyn ? INTERP_BASE - img.low : 0;
	if (img.high - img.low > STACK_TOP - STACK_MAX_BYTES - INTERP_BASE)
		return -ENOMEM;
	*entry = img.entry + *bias;
	return map_image(fd, &img, *bias);
}

/* ---- the first stack ---- */

struct stack {
	uint32_t sp, low;
};

static bool push(struct stack *s, const void *data, uint32_t len, uint32_t *at)
{
	if (len > s->sp - s->low)
		return false;
	s->sp -= len;
	memcpy(mem_host(s->sp), data, len);
	*at = s->sp;
	return true;
}

static unsigned count_of(char *const list[])
{
	unsigned n = 0;

	while (list[n])
		n++;
	return n;
}

/* Strings, the last first; @at gets their addresses. */
static bool push_strings(struct stack *s, char *const list[], unsigned n, uint32_t *at)
{
	while (n--) {
		if (!push(s, list[n], (uint32_t)strlen(list[n]) + 1, &at[n]))
			return false;
	}
	return true;
}

struct aux {
	uint8_t bytes[AUX_PAIRS_MAX * 8];
	unsigned count;
};

static void aux_add(struct aux *aux, uint32_t type, uint32_t value)
{
	put32(aux->bytes + aux->count * 8, type);
	put32(aux->bytes + aux->count * 8 + 4, value);
	aux->count++;
}

static uint32_t stack_bytes(void)
{
	struct rlimit rl;

	if (getrlimit(RLIMIT_STACK, &rl) < 0 || rl.rlim_cur > STACK_MAX_BYTES)
		return rl.rlim_cur == RLIM_INFINITY ? 8U << 20 : STACK_MAX_BYTES;
	return rl.rlim_cur < STACK_MIN_BYTES ? STACK_MIN_BYTES
					     : guest_page_ceil((uint32_t)rl.rlim_cur);
}

static void fill_aux(struct aux *aux, const struct elf_image *img, uint32_t bias,
		     uint32_t interp_bias)
{
	if (img->phdr_vaddr) {
		aux_add(aux, AT_PHDR, img->phdr_vaddr + bias);
		aux_add(aux, AT_PHENT, ELF_PHDR_BYTES);
		aux_add(aux, AT_PHNUM, img->phdr_count);
	}
	aux_add(aux, AT_PAGESZ, GUEST_PAGE);
	aux_add(aux, AT_BASE, interp_bias);
	aux_add(aux, AT_FLAGS, 0);
	aux_add(aux, AT_ENTRY, img->entry + bias);
	aux_add(aux, AT_UID, getuid());
	aux_add(aux, AT_EUID, geteuid());
	aux_add(aux, AT_GID, getgid());
	aux_add(aux, AT_EGID, getegid());
	aux_add(aux, AT_SECURE, 0);
	aux_add(aux, AT_HWCAP, 0);
	aux_add(aux, AT_CLKTCK, CLOCK_TICKS);
}

static int build_stack(const char *path, char *const argv[], char *const envp[], struct aux *aux,
		       uint32_t *sp)
{
	unsigned argc = count_of(argv), envc = count_of(envp);
	autofree uint32_t *at = calloc(argc + envc + 1, sizeof(*at));
	uint32_t bytes = stack_bytes(), words, where;
	struct stack s = { .sp = STACK_TOP, .low = STACK_TOP - bytes };
	uint8_t random[RANDOM_BYTES];
	uint8_t *out;

	if (!at)
		return -ENOMEM;
	if (mem_map(s.low, bytes, MEM_R | MEM_W, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) <
	    0)
		return -ENOMEM;
	if (getrandom(random, sizeof(random), 0) != sizeof(random))
		return -EIO;
	if (!push(&s, path, (uint32_t)strlen(path) + 1, &where))
		return -E2BIG;
	aux_add(aux, AT_EXECFN, where);
	if (!push_strings(&s, envp, envc, at + argc) || !push_strings(&s, argv, argc, at))
		return -E2BIG;
	s.sp &= ~3U;
	if (!push(&s, random, sizeof(random), &where))
		return -E2BIG;
	aux_add(aux, AT_RANDOM, where);
	aux_add(aux, AT_NULL, 0);
	words = 1 + argc + 1 + envc + 1 + 2 * aux->count;
	if (words > (s.sp - s.low) / 8)
		return -E2BIG;
	s.sp = (s.sp - 4 * words) & ~15U;
	out = mem_host(s.sp);
	put32(out, argc);
	for (unsigned i = 0; i < argc; i++)
		put32(out += 4, at[i]);
	put32(out += 4, 0);
	for (unsigned i = 0; i < envc; i++)
		put32(out += 4, at[argc + i]);
	put32(out += 4, 0);
	memcpy(out + 4, aux->bytes, aux->count * 8);
	proc_set_stack(s.sp, aux->bytes, aux->count * 8);
	*sp = s.sp;
	return 0;
}

int load_program(const char *path, char *const argv[], char *const envp[], struct load_result *out,
		 const char **why)
{
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
	uint32_t bias = 0, interp_bias = 0;
	struct elf_image img;
	struct aux aux = { 0 };
	int rc;

	*why = "it cannot be mapped";
	if (fd < 0)
		return -errno;
	rc = read_headers(fd, &img, why);
	if (rc < 0)
		return rc;
	if (img.dyn)
		bias = GUEST_DYN_BASE - img.low;
	*why = "it does not fit into the address space";
	if (img.high + (uint64_t)bias > INTERP_BASE || (!img.dyn && img.low < GUEST_PAGE))
		return -ENOEXEC;
	rc = map_image(fd, &img, bias);
	if (rc < 0)
		return rc;
	mem_set_break(img.high + bias);
	out->pc = img.entry + bias;
	if (img.interp_bytes) {
		rc = load_interp(fd, &img, &out->pc, &interp_bias, why);
		if (rc < 0)
			return rc;
	}
	fill_aux(&aux, &img, bias, interp_bias);
	*why = "its arguments are too long";
	return build_stack(path, argv, envp, &aux, &out->sp);
}
