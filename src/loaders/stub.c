// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The stub: runs a program that the kernel would run wrongly (enum plan_kind says when), by doing
 * what load_elf_binary() does. Its arguments are described in stub.h.
 *
 * It maps the program and the interpreter, takes its own arguments off the stack, mends the
 * auxiliary vector and jumps: the program finds the stack that execve(2) would have made. Where the
 * kernel keeps its own notion of that stack (/proc/PID/cmdline, environ, auxv), PR_SET_MM_MAP tells
 * it; that needs no privilege, but CONFIG_CHECKPOINT_RESTORE.
 *
 * No libc and no relocations: only call6() talks to the world, and no static pointer is
 * initialised. It runs in the task, with the task's rights, so a broken file can hurt nobody but
 * that task. The program differs from a native run in this: the stub's few pages stay mapped, and
 * an ET_DYN program lies among the libraries.
 */
#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stub.h"

#define PAGE		 4096UL
#define PAGE_DOWN(x)	 ((x) & ~(PAGE - 1))
#define PAGE_UP(x)	 PAGE_DOWN((x) + PAGE - 1)
#define PHDRS_MAX	 (65536 / sizeof(Elf64_Phdr)) /* load_elf_phdrs() */
#define STATUS_NOT_FOUND 127
#define NO_FD		 (-1)

/* The kernel's ABI, by names that no header of libc has. */
enum {
	CALL_WRITE = 1,
	CALL_CLOSE = 3,
	CALL_MMAP = 9,
	CALL_MUNMAP = 11,
	CALL_BRK = 12,
	CALL_PREAD = 17,
	CALL_PRCTL = 157,
	CALL_EXIT_GROUP = 231
};
enum { READ = 1, WRITE = 2, EXEC = 4 };
enum { MAP_OURS = 2, MAP_AT = 0x10, MAP_ZERO = 0x20, MAP_AT_FREE = 0x100000 };
enum { NAME_SET = 15, MM_SET = 35, MM_SET_MAP = 14 };

/* struct prctl_mm_map of linux/prctl.h */
struct mm_map {
	uint64_t start_code, end_code, start_data, end_data, start_brk, brk, start_stack;
	uint64_t arg_start, arg_end, env_start, env_end, auxv;
	uint32_t auxv_bytes, exe_fd;
};

struct image {
	uint64_t bias, entry, phdr;
	uint64_t code, code_end, data, data_end;
	unsigned phnum;
};

static long call6(long n, long a, long b, long c, long d, long e, long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long ret;

	__asm__ volatile("syscall"
			 : "=a"(ret)
			 : "a"(n), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return ret;
}

static long map(uint64_t at, uint64_t bytes, int prot, int flags, int fd, uint64_t offset)
{
	return call6(CALL_MMAP, at, bytes, prot, flags, fd, offset);
}

static size_t length(const char *s)
{
	size_t n = 0;

	while (s[n])
		n++;
	return n;
}

/* One line, in one write(2). */
static _Noreturn void die(const char *why)
{
	static const char prefix[] = "ucrun: ucrun-stub: ";
	char line[128];
	size_t n = 0;

	for (const char *s = prefix; *s; s++)
		line[n++] = *s;
	for (const char *s = why; *s && n < sizeof(line) - 1; s++)
		line[n++] = *s;
	line[n++] = '\n';
	call6(CALL_WRITE, 2, (long)line, n, 0, 0, 0);
	for (;;)
		call6(CALL_EXIT_GROUP, STATUS_NOT_FOUND, 0, 0, 0, 0, 0);
}

static int fd_number(const char *s)
{
	int n = 0;

	if (*s < '0' || *s > '9')
		return NO_FD;
	while (*s >= '0' && *s <= '9' && n < 100000000)
		n = n * 10 + *s++ - '0';
	return n;
}

/* ---- mapping ---- */

static void map_segment(int fd, const Elf64_Phdr *p, uint64_t bias)
{
	int prot = (p->p_flags & PF_R ? READ : 0) | (p->p_flags & PF_W ? WRITE : 0) |
		   (p->p_flags & PF_X ? EXEC : 0);
	uint64_t lead = p->p_vaddr & (PAGE - 1), start = bias + p->p_vaddr - lead;
	uint64_t file_end = bias + p->p_vaddr + p->p_filesz, zero_end = PAGE_UP(file_end);
	uint64_t end = PAGE_UP(bias + p->p_vaddr + p->p_memsz);

	if (p->p_filesz) {
		if (map(start, p->p_filesz + lead, prot, MAP_OURS | MAP_AT, fd,
			p->p_offset - lead) != (long)start)
			die("a segment of the program cannot be mapped");
		/* what the file has behind the segment must not show in the bss */
		if (p->p_memsz > p->p_filesz && p->p_flags & PF_W)
			for (volatile char *c = (char *)file_end; c < (char *)zero_end; c++)
				*c = 0;
		start = zero_end;
	}
	if (end > start &&
	    map(start, end - start, prot, MAP_OURS | MAP_AT | MAP_ZERO, NO_FD, 0) != (long)start)
		die("memory of the program cannot be mapped");
}

/* Take the address range [low, high) of the file, wherever it may lie. Return the bias. */
static uint64_t reserve(unsigned type, uint64_t low, uint64_t high, uint64_t align)
{
	uint64_t bytes = high - low, slack = align - PAGE, at, start;
	long ret;

	if (type == ET_EXEC) {
		if (map(low, bytes, 0, MAP_OURS | MAP_ZERO | MAP_AT_FREE, NO_FD, 0) != (long)low)
			die("the program's addresses are taken");
		return 0;
	}
	ret = map(0, bytes + slack, 0, MAP_OURS | MAP_ZERO, NO_FD, 0);
	if (ret < 0)
		die("no room for the program");
	at = ret;
	/* the lowest segment keeps its place within the alignment */
	start = ((at - low + align - 1) & ~(align - 1)) + low;
	if (start > at)
		call6(CALL_MUNMAP, at, start - at, 0, 0, 0, 0);
	if (start < at + slack)
		call6(CALL_MUNMAP, start + bytes, at + slack - start, 0, 0, 0, 0);
	return start - low;
}

/* Note where code and data are, for the kernel, and where the program headers are, for AT_PHDR. */
static void note_segment(struct image *out, const Elf64_Phdr *p, const Elf64_Ehdr *h)
{
	uint64_t start = out->bias + p->p_vaddr, end = start + p->p_filesz;

	if (h->e_phoff >= p->p_offset && h->e_phoff - p->p_offset < p->p_filesz)
		out->phdr = start + (h->e_phoff - p->p_offset);
	if (p->p_flags & PF_X && (!out->code || start < out->code))
		out->code = start;
	if (p->p_flags & PF_X && end > out->code_end)
		out->code_end = end;
	if (start > out->data)
		out->data = start;
	if (end > out->data_end)
		out->data_end = end;
}

static void load(int fd, struct image *out)
{
	Elf64_Phdr ph[PHDRS_MAX];
	Elf64_Ehdr h;
	uint64_t low = UINT64_MAX, high = 0, align = PAGE;
	long bytes;

	if (call6(CALL_PREAD, fd, (long)&h, sizeof(h), 0, 0, 0) != sizeof(h) ||
	    h.e_phnum > PHDRS_MAX)
		die("the program's header cannot be read");
	bytes = h.e_phnum * sizeof(ph[0]);
	if (call6(CALL_PREAD, fd, (long)ph, bytes, h.e_phoff, 0, 0) != bytes)
		die("the program's headers cannot be read");
	for (unsigned i = 0; i < h.e_phnum; i++) {
		if (ph[i].p_type != PT_LOAD)
			continue;
		if (ph[i].p_vaddr < low)
			low = ph[i].p_vaddr;
		if (ph[i].p_vaddr + ph[i].p_memsz > high)
			high = ph[i].p_vaddr + ph[i].p_memsz;
		if (ph[i].p_align > align && !(ph[i].p_align & (ph[i].p_align - 1)))
			align = ph[i].p_align;
	}
	if (low >= high)
		die("the program has nothing to load");
	*out = (struct image){ .phnum = h.e_phnum };
	out->bias = reserve(h.e_type, PAGE_DOWN(low), PAGE_UP(high), align);
	out->entry = out->bias + h.e_entry;
	for (unsigned i = 0; i < h.e_phnum; i++)
		if (ph[i].p_type == PT_LOAD) {
			map_segment(fd, &ph[i], out->bias);
			note_segment(out, &ph[i], &h);
		} else if (ph[i].p_type == PT_PHDR && !out->phdr) {
			out->phdr = out->bias + ph[i].p_vaddr;
		}
}

/* ---- the stack ---- */

/* Behind argc, @n words and their NULL. */
static uint64_t *after_null(uint64_t *p)
{
	while (*p)
		p++;
	return p + 1;
}

/*
 * Take our arguments away. Everything behind them moves down by an even count of words and the
 * stack pointer stays, so its alignment to 16 bytes does too. Return the auxiliary vector's new
 * place.
 */
static uint64_t *shift_stack(uint64_t *sp, uint64_t *auxv_words)
{
	uint64_t *envp = sp + 1 + sp[0] + 1, *auxv = after_null(envp), *end = auxv;

	_Static_assert(LOADER_STUB_ARGS % 2 == 0, "the stack must stay aligned");
	while (end[0] != AT_NULL)
		end += 2;
	end += 2;
	for (uint64_t *p = sp + 1 + LOADER_STUB_ARGS; p < end; p++)
		p[-LOADER_STUB_ARGS] = *p;
	sp[0] -= LOADER_STUB_ARGS;
	*auxv_words = end - auxv;
	return auxv - LOADER_STUB_ARGS;
}

static void mend_auxv(uint64_t *p, const struct image *prog, const struct image *interp,
		      const char *execfn)
{
	for (; p[0] != AT_NULL; p += 2) {
		if (p[0] == AT_PHDR)
			p[1] = prog->phdr;
		else if (p[0] == AT_PHENT)
			p[1] = sizeof(Elf64_Phdr);
		else if (p[0] == AT_PHNUM)
			p[1] = prog->phnum;
		else if (p[0] == AT_ENTRY)
			p[1] = prog->entry;
		else if (p[0] == AT_BASE)
			p[1] = interp ? interp->bias : 0;
		else if (p[0] == AT_EXECFN)
			p[1] = (uint64_t)execfn;
	}
}

/* The strings of argv or envp lie one after the other: from where to where? */
static void strings_range(char *const *v, uint64_t *start, uint64_t *end)
{
	if (!v[0])
		return;
	*start = (uint64_t)v[0];
	while (v[1])
		v++;
	*end = (uint64_t)v[0] + length(v[0]) + 1;
}

/* Tell the kernel what it would know of a program that it had loaded. A refusal does no harm. */
static void tell_kernel(uint64_t *sp, uint64_t *auxv, uint64_t auxv_words, const struct image *prog)
{
	uint64_t brk = call6(CALL_BRK, 0, 0, 0, 0, 0, 0);
	struct mm_map m = {
		.start_code = prog->code,
		.end_code = prog->code_end,
		.start_data = prog->data,
		.end_data = prog->data_end,
		.start_brk = brk,
		.brk = brk,
		.start_stack = (uint64_t)sp,
		.auxv = (uint64_t)auxv,
		.auxv_bytes = auxv_words * sizeof(*auxv),
		.exe_fd = NO_FD, /* changing it would need CAP_CHECKPOINT_RESTORE */
	};

	/* without arguments or environment: empty, and in the stack as the kernel demands */
	m.arg_start = m.arg_end = (uint64_t)sp;
	strings_range((char *const *)(sp + 1), &m.arg_start, &m.arg_end);
	m.env_start = m.env_end = m.arg_end;
	strings_range((char *const *)(sp + 1 + sp[0] + 1), &m.env_start, &m.env_end);
	call6(CALL_PRCTL, MM_SET, MM_SET_MAP, (long)&m, sizeof(m), 0, 0);
}

uint64_t stub_main(uint64_t *sp);

/* @sp: what the kernel left for us. Return: where the program, or its interpreter, begins. */
__attribute__((used)) uint64_t stub_main(uint64_t *sp)
{
	char **argv = (char **)(sp + 1);
	struct image prog, interp;
	const char *execfn, *name;
	uint64_t *auxv, auxv_words;
	int fd, interp_fd;

	if (sp[0] < LOADER_STUB_ARGS)
		die("not to be called by hand");
	fd = fd_number(argv[1]);
	interp_fd = fd_number(argv[2]);
	execfn = name = argv[3];
	load(fd, &prog);
	if (interp_fd != NO_FD)
		load(interp_fd, &interp);
	call6(CALL_CLOSE, fd, 0, 0, 0, 0, 0);
	if (interp_fd != NO_FD)
		call6(CALL_CLOSE, interp_fd, 0, 0, 0, 0, 0);
	for (const char *s = execfn; *s; s++)
		if (*s == '/')
			name = s + 1;
	call6(CALL_PRCTL, NAME_SET, (long)name, 0, 0, 0, 0);
	auxv = shift_stack(sp, &auxv_words);
	mend_auxv(auxv, &prog, interp_fd != NO_FD ? &interp : NULL, execfn);
	tell_kernel(sp, auxv, auxv_words, &prog);
	return interp_fd != NO_FD ? interp.entry : prog.entry;
}

/*
 * The psABI promises a program its stack pointer and rdx (no function to register with atexit); the
 * kernel clears the rest. The entry's address waits below the stack, where no one looks.
 */
__asm__(".globl _start\n"
	".type _start,@function\n"
	"_start:\n"
	"	xor %ebp, %ebp\n"
	"	mov %rsp, %rdi\n"
	"	mov %rsp, %rbx\n"
	"	and $-16, %rsp\n"
	"	call stub_main\n"
	"	mov %rbx, %rsp\n"
	"	mov %rax, -8(%rsp)\n"
	"	xor %eax, %eax\n"
	"	xor %ebx, %ebx\n"
	"	xor %ecx, %ecx\n"
	"	xor %edx, %edx\n"
	"	xor %esi, %esi\n"
	"	xor %edi, %edi\n"
	"	xor %r8d, %r8d\n"
	"	xor %r9d, %r9d\n"
	"	xor %r10d, %r10d\n"
	"	xor %r11d, %r11d\n"
	"	xor %r12d, %r12d\n"
	"	xor %r13d, %r13d\n"
	"	xor %r14d, %r14d\n"
	"	xor %r15d, %r15d\n"
	"	jmp *-8(%rsp)\n");
