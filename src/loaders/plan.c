// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Planning an exec: scripts down to an ELF file, and who interprets that; what is neither goes to
 * foreign.c.
 */
#include <elf.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "loader.h"
#include "util.h"

#define SCRIPTS_NESTED_MAX 5 /* exec_binprm(): more is ELOOP */
#define PHDRS_BYTES_MAX	   65536 /* load_elf_phdrs() */
#define ADDRESS_END	   0x7ffffffff000UL /* TASK_SIZE with four-level page tables */
#define PAGE_BYTES	   4096UL

#define REFUSE(p, ...) snprintf((p)->reason, sizeof((p)->reason), __VA_ARGS__)

void loader_file_close(struct loader_file *f)
{
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
}

static void strings_free(char **v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(v[i]);
	free(v);
}

void exec_plan_finish(struct exec_plan *p)
{
	loader_file_close(&p->file);
	loader_file_close(&p->interp);
	strings_free(p->prefix, p->nprefix);
	p->prefix = NULL;
	p->nprefix = 0;
}

/* ---- scripts ---- */

/* Put interp [arg] script in front, instead of what was the first argument. */
static int prefix_push(struct exec_plan *p, const char *interp, const char *arg, const char *script)
{
	size_t add = arg ? 3 : 2, keep = p->nprefix ? p->nprefix - 1 : 0;
	char **v = calloc(add + keep + 1, sizeof(*v));
	size_t n = 0;

	if (!v)
		return -ENOMEM;
	v[n++] = strdup(interp);
	if (arg)
		v[n++] = strdup(arg);
	v[n++] = strdup(script);
	for (size_t i = 0; i < n; i++)
		if (!v[i]) {
			strings_free(v, n);
			return -ENOMEM;
		}
	if (p->nprefix)
		free(p->prefix[0]);
	for (size_t i = 0; i < keep; i++)
		v[n++] = p->prefix[i + 1];
	free(p->prefix);
	p->prefix = v;
	p->nprefix = n;
	return 0;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Both look at @last too; NULL: there is none. */
static char *next_nonblank(char *first, const char *last)
{
	for (; first <= last; first++)
		if (!is_blank(*first))
			return first;
	return NULL;
}

static char *next_terminator(char *first, const char *last)
{
	for (; first <= last; first++)
		if (is_blank(*first) || !*first)
			return first;
	return NULL;
}

/*
 * Take a script's first line apart, step for step as load_script() in fs/binfmt_script.c (Linux
 * >= 5.1), because programs depend on its corners: a newline behind a NUL does not count, a line
 * without a newline is fine while the interpreter's name is whole, the rest is one argument and may
 * be cut short. @buf is what prepare_binprm() gives: the file's beginning, padded with NULs.
 */
int loader_script_parse(char buf[LOADER_HEAD_BYTES], char **interp, char **arg)
{
	char *buf_end = buf + LOADER_HEAD_BYTES - 1, *name, *sep;
	char *end = memchr(buf, '\n', strnlen(buf, LOADER_HEAD_BYTES));

	if (!end) {
		name = next_nonblank(buf + 2, buf_end);
		if (!name || !next_terminator(name, buf_end))
			return -ENOEXEC; /* the name may go on behind the buffer */
		end = buf_end;
	}
	while (is_blank(end[-1])) /* stops at the '!' */
		end--;
	name = next_nonblank(buf + 2, end);
	if (!name || name == end)
		return -ENOEXEC;
	*arg = NULL;
	sep = next_terminator(name, end);
	if (sep && *sep)
		*arg = next_nonblank(sep, end);
	*end = '\0';
	if (*arg)
		*sep = '\0';
	*interp = name;
	return 0;
}

/* ---- ELF ---- */

struct elf {
	Elf64_Ehdr h;
	Elf64_Phdr *ph; /* h.e_phnum of them, ours */
};

static void elf_finish(struct elf *e)
{
	free(e->ph);
}

#define autoelf __attribute__((cleanup(elf_finish)))

/* Read and check the headers. Return 0, -ENOMEM, -ENOEXEC with a reason where there is one. */
static int elf_read(int fd, struct elf *e, struct exec_plan *p)
{
	size_t bytes;

	if (pread(fd, &e->h, sizeof(e->h), 0) != sizeof(e->h) ||
	    memcmp(e->h.e_ident, ELFMAG, SELFMAG) != 0)
		return -ENOEXEC;
	/* e_machine has one place in both classes; class 32 with EM_X86_64 is x32 */
	if (e->h.e_ident[EI_CLASS] == ELFCLASS32 &&
	    (e->h.e_machine == EM_386 || e->h.e_machine == EM_X86_64)) {
		REFUSE(p, "32-bit program: needs --trap native");
		return -ENOEXEC;
	}
	if (e->h.e_machine != EM_X86_64) {
		REFUSE(p, "a program for another machine (ELF machine %u)", e->h.e_machine);
		return -ENOEXEC;
	}
	if (e->h.e_ident[EI_CLASS] != ELFCLASS64 || e->h.e_ident[EI_DATA] != ELFDATA2LSB ||
	    (e->h.e_type != ET_EXEC && e->h.e_type != ET_DYN) ||
	    e->h.e_phentsize != sizeof(Elf64_Phdr))
		return -ENOEXEC;
	bytes = e->h.e_phnum * sizeof(Elf64_Phdr);
	if (!bytes || bytes > PHDRS_BYTES_MAX || e->h.e_phoff > INT64_MAX - bytes)
		return -ENOEXEC;
	e->ph = malloc(bytes);
	if (!e->ph)
		return -ENOMEM;
	return pread(fd, e->ph, bytes, e->h.e_phoff) == (ssize_t)bytes ? 0 : -ENOEXEC;
}

/* The ELF interpreter's name, from the first PT_INTERP. Return 1, 0 when static, -ENOEXEC. */
static int elf_interp(int fd, const struct elf *e, char name[PATH_MAX])
{
	for (unsigned i = 0; i < e->h.e_phnum; i++) {
		const Elf64_Phdr *ph = &e->ph[i];

		if (ph->p_type != PT_INTERP)
			continue;
		if (ph->p_filesz < 2 || ph->p_filesz > PATH_MAX ||
		    ph->p_offset > INT64_MAX - PATH_MAX ||
		    pread(fd, name, ph->p_filesz, ph->p_offset) != (ssize_t)ph->p_filesz ||
		    name[ph->p_filesz - 1])
			return -ENOEXEC;
		return 1;
	}
	return 0;
}

/* Could the stub map it? A file that passes may still fail, one that does not never could run. */
static bool elf_mappable(const struct elf *e)
{
	bool any = false;

	for (unsigned i = 0; i < e->h.e_phnum; i++) {
		const Elf64_Phdr *ph = &e->ph[i];

		if (ph->p_type != PT_LOAD)
			continue;
		if (ph->p_filesz > ph->p_memsz || ph->p_memsz > ADDRESS_END ||
		    ph->p_vaddr > ADDRESS_END - ph->p_memsz ||
		    ph->p_offset > INT64_MAX - ph->p_filesz || ph->p_align & (ph->p_align - 1) ||
		    ph->p_align > ADDRESS_END)
			return false;
		if (ph->p_filesz && (ph->p_offset ^ ph->p_vaddr) & (PAGE_BYTES - 1))
			return false;
		any |= ph->p_memsz != 0;
	}
	return any;
}

/*
 * Would the kernel execute this file for a task of ours, which has the supervisor's own host uid?
 * The x bits that permitted it may exist in the view only (a chmod of a file that is the host
 * root's). The stub needs none; but no one can map code from a noexec mount.
 */
static int kernel_executes(int fd, bool *yes, struct exec_plan *p)
{
	struct statvfs fs;

	if (fstatvfs(fd, &fs) == 0 && fs.f_flag & ST_NOEXEC) {
		REFUSE(p, "it is on a file system that is mounted noexec");
		return -EACCES;
	}
	*yes = syscall(SYS_faccessat2, fd, "", X_OK, AT_EMPTY_PATH | AT_EACCESS) == 0 ||
	       errno != EACCES; /* ENOSYS before Linux 5.8: let the kernel tell by trying */
	return 0;
}

/* The stub has to map @p->file and @p->interp: make sure that it can. */
static int stub_plan(const struct elf *prog, struct exec_plan *p)
{
	autoelf struct elf e = { 0 };
	bool unused;
	int ret;

	p->kind = PLAN_ELF_STUB;
	if (!elf_mappable(prog))
		return -ENOEXEC;
	if (p->interp.fd < 0)
		return 0;
	ret = elf_read(p->interp.fd, &e, p);
	if (ret == 0 && !elf_mappable(&e))
		ret = -ENOEXEC;
	if (ret == -ENOEXEC) {
		REFUSE(p, "its ELF interpreter %.70s is broken or not for x86-64", p->interp.view);
		return -ELIBBAD;
	}
	return ret < 0 ? ret : kernel_executes(p->interp.fd, &unused, p);
}

static int elf_plan(const struct loader_ops *ops, void *arg, struct exec_plan *p)
{
	autoelf struct elf e = { 0 };
	char name[PATH_MAX];
	bool executes = true;
	int ret = elf_read(p->file.fd, &e, p), dynamic;

	if (ret < 0)
		return ret;
	ret = kernel_executes(p->file.fd, &executes, p);
	if (ret < 0)
		return ret;
	dynamic = elf_interp(p->file.fd, &e, name);
	if (dynamic < 0)
		return dynamic;
	if (dynamic) {
		ret = ops->open_exec(arg, name, &p->interp);
		if (ret < 0) {
			p->interp.fd = -1;
			REFUSE(p, "its ELF interpreter %.90s %s", name,
			       ret == -ENOENT ? "is not in the view" : "cannot be opened");
			return ret;
		}
		if (!ops->same_as_host(arg, name, p->interp.dev, p->interp.ino))
			executes = false;
	}
	if (!executes)
		return stub_plan(&e, p);
	loader_file_close(&p->interp);
	return 0;
}

/* ---- the way down ---- */

static bool elf_claims(const struct loader_ops *ops, const unsigned char *head, size_t n)
{
	/* Programs for other machines too, while nobody else can run them: elf_read() says why not.
	 */
	return memcmp(head, ELFMAG, SELFMAG) == 0 && !loader_foreign.claims(ops, head, n);
}

static int elf_load(const struct loader_ops *ops, void *arg, struct exec_plan *p,
		    const unsigned char *head, size_t n)
{
	return elf_plan(ops, arg, p);
}

static bool script_claims(const struct loader_ops *ops, const unsigned char *head, size_t n)
{
	return head[0] == '#' && head[1] == '!';
}

static int script_load(const struct loader_ops *ops, void *arg, struct exec_plan *p,
		       const unsigned char *head, size_t n)
{
	char buf[LOADER_HEAD_BYTES], *interp, *iarg;
	struct loader_file next;
	int ret;

	memcpy(buf, head, sizeof(buf));
	ret = loader_script_parse(buf, &interp, &iarg);
	if (ret == 0)
		ret = prefix_push(p, interp, iarg, p->file.view);
	if (ret == 0)
		ret = ops->open_exec(arg, interp, &next);
	if (ret < 0)
		return ret;
	/* a script that is an interpreter is told its name as it was written */
	snprintf(next.view, sizeof(next.view), "%s", interp);
	loader_file_close(&p->file);
	p->file = next;
	return 1;
}

static const struct loader loader_elf = { "elf", elf_claims, elf_load };
static const struct loader loader_script = { "script", script_claims, script_load };
static const struct loader *const loaders[] = { &loader_elf, &loader_script, &loader_foreign };

int loader_plan(const struct loader_ops *ops, void *arg, struct loader_file *file,
		struct exec_plan *out)
{
	unsigned char head[LOADER_HEAD_BYTES];

	memset(out, 0, sizeof(*out));
	out->file = *file;
	file->fd = -1;
	out->interp.fd = -1;
	memcpy(out->execfn, out->file.view, sizeof(out->execfn));
	for (int depth = 0;; depth++) {
		int ret = -ENOEXEC;
		ssize_t n;

		if (depth > SCRIPTS_NESTED_MAX)
			return -ELOOP;
		memset(head, 0, sizeof(head));
		n = pread(out->file.fd, head, sizeof(head), 0);
		if (n < 0)
			return -errno;
		for (size_t i = 0; i < ARRAY_SIZE(loaders); i++)
			if (loaders[i]->claims(ops, head, n)) {
				ret = loaders[i]->plan(ops, arg, out, head, n);
				break;
			}
		if (ret <= 0)
			return ret;
	}
}
