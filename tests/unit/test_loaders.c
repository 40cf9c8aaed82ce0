// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Plans are made over the host's own files; for scripts the kernel itself is asked what is right.
 * The stub runs for real. "i" in the private directory is this program: called so it tells its
 * arguments.
 */
#include <check.h>
#include <elf.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "loader.h"
#include "test_loaders_probe.h"
#include "util.h"

#define TEXT_BYTES     16384
#define STATUS_NO_EXEC 99 /* of a child: execve failed, errno is in the text */
#define FD_PROG	       30
#define FD_INTERP      31
#define TIMEOUT_S      120

static char dir[64];
static bool same; /* what same_as_host() answers */

static void setup(void)
{
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	ck_assert_int_gt(n, 0);
	self[n] = '\0';
	same = true;
	strcpy(dir, "/tmp/test_loaders.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	ck_assert_int_eq(chdir(dir), 0);
	ck_assert_int_eq(symlink(self, "i"), 0);
}

static void teardown(void)
{
	ck_assert_int_eq(chdir("/"), 0);
	ck_assert_int_eq(remove_tree(AT_FDCWD, dir), 0);
}

static void file_make(const char *name, const void *data, size_t len, mode_t mode)
{
	autoclose int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write_all(fd, data, len), 0);
	ck_assert_int_eq(fchmod(fd, mode), 0);
}

static void script_make(const char *name, const char *text)
{
	file_make(name, text, strlen(text), 0755);
}

static int fds_open(void)
{
	int n = 0;

	for (int fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

/* ---- a view that is the host ---- */

static int file_open(const char *path, struct loader_file *out)
{
	struct stat st;

	memset(out, 0, sizeof(*out));
	out->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (out->fd < 0)
		return -errno;
	ck_assert_int_eq(fstat(out->fd, &st), 0);
	snprintf(out->view, sizeof(out->view), "%s", path);
	ck_assert_ptr_nonnull(realpath(path, out->host));
	out->dev = st.st_dev;
	out->ino = st.st_ino;
	return 0;
}

static int open_exec(void *arg, const char *path, struct loader_file *out)
{
	struct stat st;

	/* the kernel finds the cwd by an empty interpreter name, and that is no file */
	if (!*path)
		path = ".";
	if (stat(path, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) < 0)
		return -EACCES;
	return file_open(path, out);
}

static bool same_as_host(void *arg, const char *path, dev_t dev, ino_t ino)
{
	return same;
}

static const struct loader_ops ops = { .open_exec = open_exec, .same_as_host = same_as_host };

static int plan(const char *path, struct exec_plan *p)
{
	struct loader_file file;

	ck_assert_int_eq(file_open(path, &file), 0);
	return loader_plan(&ops, NULL, &file, p);
}

/* ---- running things ---- */

/* Run @path, or @fd when it is not -1. @text: stdout and stderr. Return the wait status. */
static int run(const char *path, int fd, char *const argv[], char *const envp[], char *text)
{
	int fds[2], status;
	size_t len = 0;
	ssize_t n;
	pid_t pid;

	ck_assert_int_eq(pipe2(fds, O_CLOEXEC), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		dup2(fds[1], STDOUT_FILENO);
		dup2(fds[1], STDERR_FILENO);
		alarm(20);
		/* whoever runs the tests may have left us descriptors */
		close_range(3, FD_PROG - 1, CLOSE_RANGE_CLOEXEC);
		close_range(FD_INTERP + 1, ~0U, CLOSE_RANGE_CLOEXEC);
		if (fd >= 0)
			fexecve(fd, argv, envp);
		else
			execve(path, argv, envp);
		dprintf(STDOUT_FILENO, "errno %d\n", errno);
		_exit(STATUS_NO_EXEC);
	}
	close(fds[1]);
	while (len < TEXT_BYTES - 1 && (n = read(fds[0], text + len, TEXT_BYTES - 1 - len)) > 0)
		len += n;
	text[len] = '\0';
	close(fds[0]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return status;
}

static void text_add_arg(char *text, const char *arg)
{
	size_t len = strlen(text);

	snprintf(text + len, TEXT_BYTES - len, "<%s>\n", arg);
}

/* What "i" says when it is called so. */
static int tell_arguments(int argc, char **argv)
{
	static char text[TEXT_BYTES];

	for (int i = 0; i < argc; i++)
		text_add_arg(text, argv[i]);
	return write_all(STDOUT_FILENO, text, strlen(text)) < 0;
}

/* ---- scripts: the kernel is the reference ---- */

static char *const script_argv[] = { "zero", "one", "two words", NULL };

/* What a run by our plan would say. */
static void say_plan(const char *path, char *text)
{
	struct exec_plan p;
	int before = fds_open(), ret = plan(path, &p);

	text[0] = '\0';
	if (ret < 0) {
		snprintf(text, TEXT_BYTES, "errno %d\n", -ret);
	} else {
		ck_assert_int_eq(p.kind, PLAN_ELF);
		ck_assert_int_lt(p.interp.fd, 0);
		ck_assert_str_eq(p.execfn, path);
		for (size_t i = 0; i < p.nprefix; i++)
			text_add_arg(text, p.prefix[i]);
		ck_assert(!p.prefix || !p.prefix[p.nprefix]);
		for (size_t i = p.nprefix ? 1 : 0; script_argv[i]; i++)
			text_add_arg(text, script_argv[i]);
	}
	exec_plan_finish(&p);
	ck_assert_int_eq(fds_open(), before);
}

static void as_the_kernel(const char *path, const char *what)
{
	static char native[TEXT_BYTES], ours[TEXT_BYTES];
	char *const envp[] = { NULL };

	run(path, -1, script_argv, envp, native);
	say_plan(path, ours);
	ck_assert_msg(strcmp(native, ours) == 0, "%s\nkernel: %s\nplan: %s", what, native, ours);
}

static void script_as_the_kernel(const char *data, size_t len)
{
	autofree char *what = calloc(1, 4 * len + 1);

	for (size_t i = 0; i < len; i++)
		sprintf(what + strlen(what), data[i] > ' ' && data[i] != '\\' ? "%c" : "\\%03o",
			(unsigned char)data[i]);
	file_make("script", data, len, 0755);
	as_the_kernel("./script", what);
}

START_TEST(script_lines_as_the_kernel)
{
/* clang-format off */
#define S(s) { s, sizeof(s) - 1 }
	static const struct {
		const char *data;
		size_t len;
	} scripts[] = {
		S(""), S("#"), S("#!"), S("#!\n"), S("#! \n"), S("#! \t "), S("#!\t\t\n./i\n"), S("\0"),
		S("#!./i"), S("#!./i\n"), S("#! ./i\n"), S("#!\t ./i \t\n"), S("#!./i a"), S("#!./i a\n"),
		S("#!./i  a  b  \t \n"), S("#!./i\ta\tb\n"), S("#!./i \n x"), S("#!./i\r\n"),
		S("#!./i a\r\n"), S("#!\0./i\n"), S("#!./i\0a\n"), S("#!./i a\0b\n"), S("#!./i \0b\n"),
		S("#!./i\0"), S("#!./i a \0"), S("#!i\n"), S("#!.//././i\n"), S("#!/\n"), S("#!.\n"),
		S("#!./missing\n"), S("#!./i/x\n"), S("#!/missing/i a\n"), S("#!./script\n"), S(" #!./i\n"),
		S("#!./i #!./i\n"), S("#!./i \xff\xfe\n"), S("echo hello\n"), S("\177ELF"),
		S("\177ELF and so on, but not a header that would be a header of any sort......"),
		S("#!./noexec\n"), S("#!./dir\n"), S("#!./dangling\n"), S("#!./empty\n"), S("#!./plain\n"),
	};
	/* clang-format on */

	file_make("noexec", "#!./i\n", 6, 0644);
	file_make("empty", "", 0, 0755);
	file_make("plain", "text\n", 5, 0755);
	ck_assert_int_eq(mkdir("dir", 0755), 0);
	ck_assert_int_eq(symlink("nowhere", "dangling"), 0);
	for (size_t i = 0; i < ARRAY_SIZE(scripts); i++)
		script_as_the_kernel(scripts[i].data, scripts[i].len);
}
END_TEST

/* The buffer has 256 bytes: names and arguments that end before, at and behind its end. */
START_TEST(script_lines_of_all_lengths_as_the_kernel)
{
	char line[300];

	for (int len = 250; len <= 260; len++) {
		static const char *const tails[] = { "", "\n", " ", " \n", " a\n", "\tab" };

		for (size_t t = 0; t < ARRAY_SIZE(tails); t++) {
			int n = snprintf(line, sizeof(line), "#!%*s%s", len - 2, "i", tails[t]);

			/* blanks in front of the name, then a name that fills the line */
			script_as_the_kernel(line, n);
			for (char *p = line + 2; p + 3 < line + len; p += 2)
				memcpy(p, "./", 2);
			for (char *p = line + len - 2; *p == ' '; p--)
				*p = '/';
			script_as_the_kernel(line, n);
			n = snprintf(line, sizeof(line), "#!./i %*s%s", len - 6, "x", tails[t]);
			script_as_the_kernel(line, n);
			memset(line + 6, 'y', len - 6);
			script_as_the_kernel(line, n);
		}
	}
}
END_TEST

START_TEST(script_random_lines_as_the_kernel)
{
	static const char alphabet[] = "./ii  \t\n\0#!";
	unsigned seed = 1;

	for (int round = 0; round < 1000; round++) {
		char line[300] = "#!./i";
		size_t at = rand_r(&seed) % 2 ? 5 : 2, len = at + rand_r(&seed) % 12;

		if (rand_r(&seed) % 4 == 0)
			len = 256 - rand_r(&seed) % 3;
		for (; at < len; at++)
			line[at] = alphabet[rand_r(&seed) % (sizeof(alphabet) - 1)];
		script_as_the_kernel(line, len);
	}
}
END_TEST

START_TEST(scripts_that_nest_as_the_kernel)
{
	char name[16], text[64];

	script_make("s0", "#!./i arg0\n");
	for (int n = 1; n < 8; n++) {
		snprintf(name, sizeof(name), "s%d", n);
		snprintf(text, sizeof(text), n % 2 ? "#!./s%d\n" : "#! ./s%d arg%d \n", n - 1, n);
		script_make(name, text);
		snprintf(name, sizeof(name), "./s%d", n);
		as_the_kernel(name, name);
	}
	/* the sixth script's interpreter is opened still: a missing one is ENOENT, not ELOOP */
	ck_assert_int_eq(unlink("s0"), 0);
	for (int n = 1; n < 8; n++) {
		snprintf(name, sizeof(name), "./s%d", n);
		as_the_kernel(name, name);
	}
}
END_TEST

START_TEST(script_that_calls_itself_is_eloop)
{
	struct exec_plan p;

	script_make("self", "#!./self\n");
	as_the_kernel("./self", "self");
	ck_assert_int_eq(plan("./self", &p), -ELOOP);
	exec_plan_finish(&p);
}
END_TEST

START_TEST(plan_takes_the_file_over)
{
	struct loader_file file;
	struct exec_plan p;
	int before = fds_open();

	script_make("bad", "nothing\n");
	ck_assert_int_eq(file_open("./bad", &file), 0);
	ck_assert_int_eq(loader_plan(&ops, NULL, &file, &p), -ENOEXEC);
	ck_assert_int_lt(file.fd, 0);
	exec_plan_finish(&p);
	exec_plan_finish(&p); /* harmless */
	ck_assert_int_eq(fds_open(), before);
}
END_TEST

/* ---- foreign ---- */

static int foreign_try(const void *data, size_t len, bool text, struct exec_plan *p)
{
	struct loader_ops with = ops;
	struct loader_file file;

	with.foreign = true;
	with.text = text;
	file_make("f", data, len, 0755);
	ck_assert_int_eq(file_open("./f", &file), 0);
	return loader_plan(&with, NULL, &file, p);
}

START_TEST(foreign_is_what_neither_the_kernel_nor_a_shell_runs)
{
	unsigned char arm[64] = { 0x7f, 'E', 'L', 'F', 2, 1, 1 },
		      m68k[64] = { 0x7f, 'E', 'L', 'F', 1, 2, 1 };
	unsigned char own[64] = { 0x7f, 'E', 'L', 'F', 2, 1, 1 };
	const struct {
		const void *data;
		size_t len;
		bool text;
		int want;
	} table[] = {
		{ arm, 64, false, 0 },
		{ m68k, 64, false, 0 },
		{ arm, 30, false, -ENOEXEC }, /* cut short */
		{ own, 64, false, -ENOEXEC },
		{ "MZ\0\1", 4, false, 0 },
		{ "\x89PNG\r\n\x1a\n", 8, false, 0 },
		{ "%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", 15, false, 0 },
		{ "echo text\n", 10, false, -ENOEXEC },
		{ "echo \xc3\xa4\n", 8, false, -ENOEXEC },
		{ "echo text\n", 10, true, 0 },
		{ "#!\n", 3, true, -ENOEXEC },
		{ "", 0, true, -ENOEXEC },
	};

	arm[16] = own[16] = m68k[17] = ET_EXEC;
	arm[18] = EM_AARCH64;
	m68k[19] = EM_68K;
	own[18] = EM_X86_64;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct exec_plan p;

		ck_assert_msg(foreign_try(table[i].data, table[i].len, table[i].text, &p) ==
				      table[i].want,
			      "row %zu", i);
		if (table[i].want == 0) {
			ck_assert_int_eq(p.kind, PLAN_FOREIGN);
			ck_assert_str_eq(p.prefix[0], "./f");
		}
		exec_plan_finish(&p);
	}
}
END_TEST

START_TEST(foreign_interpreter_of_a_script)
{
	struct loader_ops with = ops;
	struct loader_file file;
	struct exec_plan p;

	with.foreign = true;
	file_make("f", "MZ\0\1", 4, 0755);
	script_make("s", "#!./f arg\n");
	ck_assert_int_eq(file_open("./s", &file), 0);
	ck_assert_int_eq(loader_plan(&with, NULL, &file, &p), 0);
	ck_assert_int_eq(p.kind, PLAN_FOREIGN);
	ck_assert_uint_eq(p.nprefix, 3);
	ck_assert_str_eq(p.prefix[0], "./f");
	ck_assert_str_eq(p.prefix[1], "arg");
	ck_assert_str_eq(p.prefix[2], "./s");
	exec_plan_finish(&p);
}
END_TEST

/* ---- ELF ---- */

struct small_elf {
	Elf64_Ehdr h;
	Elf64_Phdr ph[2];
	char interp[64];
};

/* A dynamic program of one segment, whose interpreter is named @interp; NULL: static. */
static struct small_elf elf_make(const char *interp)
{
	struct small_elf e = {
		.h = { .e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
		       .e_type = ET_DYN,
		       .e_machine = EM_X86_64,
		       .e_version = EV_CURRENT,
		       .e_phoff = offsetof(struct small_elf, ph),
		       .e_ehsize = sizeof(Elf64_Ehdr),
		       .e_phentsize = sizeof(Elf64_Phdr),
		       .e_phnum = 2 },
		.ph = { { .p_type = interp ? PT_INTERP : PT_NULL,
			  .p_offset = offsetof(struct small_elf, interp),
			  .p_filesz = interp ? strlen(interp) + 1 : 0 },
			{ .p_type = PT_LOAD,
			  .p_flags = PF_R | PF_X,
			  .p_filesz = sizeof(struct small_elf),
			  .p_memsz = sizeof(struct small_elf),
			  .p_align = 4096 } },
	};

	if (interp)
		strcpy(e.interp, interp);
	return e;
}

/* Plan @e; @kind and @reason may be NULL. Return loader_plan()'s result. */
static int elf_try(const struct small_elf *e, enum plan_kind *kind, char reason[128])
{
	struct exec_plan p;
	int before = fds_open(), ret;

	file_make("elf", e, sizeof(*e), 0755);
	ret = plan("elf", &p);
	if (kind)
		*kind = p.kind;
	if (reason)
		strcpy(reason, p.reason);
	ck_assert(!strchr(p.reason, '\n'));
	exec_plan_finish(&p);
	ck_assert_int_eq(fds_open(), before);
	return ret;
}

START_TEST(elf_kind_follows_the_interpreter)
{
	struct small_elf with = elf_make("./i"), without = elf_make(NULL);
	enum plan_kind kind;

	ck_assert_int_eq(elf_try(&with, &kind, NULL), 0);
	ck_assert_int_eq(kind, PLAN_ELF);
	ck_assert_int_eq(elf_try(&without, &kind, NULL), 0);
	ck_assert_int_eq(kind, PLAN_ELF);
	same = false;
	ck_assert_int_eq(elf_try(&with, &kind, NULL), 0);
	ck_assert_int_eq(kind, PLAN_ELF_STUB);
	ck_assert_int_eq(elf_try(&without, &kind, NULL), 0);
	ck_assert_int_eq(kind, PLAN_ELF);
}
END_TEST

START_TEST(elf_real_programs_are_planned)
{
	struct exec_plan p;

	ck_assert_int_eq(plan("/bin/sh", &p), 0);
	ck_assert_int_eq(p.kind, PLAN_ELF);
	ck_assert_ptr_null(p.prefix);
	ck_assert_str_eq(p.execfn, "/bin/sh");
	ck_assert_int_lt(p.interp.fd, 0);
	exec_plan_finish(&p);
	same = false;
	ck_assert_int_eq(plan("/bin/sh", &p), 0);
	ck_assert_int_eq(p.kind, PLAN_ELF_STUB);
	ck_assert_int_ge(p.interp.fd, 0);
	ck_assert_ptr_nonnull(strstr(p.interp.view, "/ld-linux"));
	exec_plan_finish(&p);
}
END_TEST

/* The view says that it is executable, the host does not: only the stub can run it. */
START_TEST(elf_without_a_real_x_bit_needs_the_stub)
{
	struct small_elf e = elf_make("./i"), s = elf_make(NULL);
	struct exec_plan p;

	file_make("dynamic", &e, sizeof(e), 0644);
	ck_assert_int_eq(plan("dynamic", &p), 0);
	ck_assert_int_eq(p.kind, PLAN_ELF_STUB);
	ck_assert_int_ge(p.interp.fd, 0);
	exec_plan_finish(&p);
	file_make("static", &s, sizeof(s), 0644);
	ck_assert_int_eq(plan("static", &p), 0);
	ck_assert_int_eq(p.kind, PLAN_ELF_STUB);
	ck_assert_int_lt(p.interp.fd, 0);
	exec_plan_finish(&p);
}
END_TEST

START_TEST(elf_of_others_is_refused_with_a_reason)
{
	struct small_elf e = elf_make(NULL);
	char reason[128];

	e.h.e_ident[EI_CLASS] = ELFCLASS32; /* x32 */
	ck_assert_int_eq(elf_try(&e, NULL, reason), -ENOEXEC);
	ck_assert_str_eq(reason, "32-bit program: needs --trap native");
	e.h.e_machine = EM_386;
	ck_assert_int_eq(elf_try(&e, NULL, reason), -ENOEXEC);
	ck_assert_str_eq(reason, "32-bit program: needs --trap native");
	e.h.e_machine = EM_ARM;
	ck_assert_int_eq(elf_try(&e, NULL, reason), -ENOEXEC);
	ck_assert_ptr_nonnull(strstr(reason, "another machine"));
	e = elf_make(NULL);
	e.h.e_machine = EM_386; /* class 64: no machine at all */
	ck_assert_int_eq(elf_try(&e, NULL, reason), -ENOEXEC);
	e = elf_make("/missing/ld.so");
	ck_assert_int_eq(elf_try(&e, NULL, reason), -ENOENT);
	ck_assert_str_eq(reason, "its ELF interpreter /missing/ld.so is not in the view");
	e = elf_make("/");
	ck_assert_int_eq(elf_try(&e, NULL, reason), -EACCES);
	ck_assert_str_eq(reason, "its ELF interpreter / cannot be opened");
}
END_TEST

START_TEST(elf_broken_headers_are_enoexec)
{
#define BROKEN(change)                                               \
	do {                                                         \
		struct small_elf e = elf_make("./i");                \
                                                                     \
		change;                                              \
		ck_assert_int_eq(elf_try(&e, NULL, NULL), -ENOEXEC); \
	} while (0)
	BROKEN(e.h.e_ident[EI_CLASS] = 0);
	BROKEN(e.h.e_ident[EI_CLASS] = 3);
	BROKEN(e.h.e_ident[EI_DATA] = ELFDATA2MSB);
	BROKEN(e.h.e_type = ET_REL);
	BROKEN(e.h.e_type = ET_CORE);
	BROKEN(e.h.e_phentsize = 32);
	BROKEN(e.h.e_phnum = 0);
	BROKEN(e.h.e_phnum = 1171); /* 65536 / 56 and one */
	BROKEN(e.h.e_phnum = 0xffff);
	BROKEN(e.h.e_phoff = sizeof(e) - 56);
	BROKEN(e.h.e_phoff = UINT64_MAX);
	BROKEN(e.h.e_phoff = INT64_MAX - 50);
	BROKEN(e.ph[0].p_filesz = 1);
	BROKEN(e.ph[0].p_filesz = PATH_MAX + 1);
	BROKEN(e.ph[0].p_filesz = UINT64_MAX);
	BROKEN(e.ph[0].p_filesz = 3); /* no NUL */
	BROKEN(e.ph[0].p_offset = sizeof(e) - 2);
	BROKEN(e.ph[0].p_offset = UINT64_MAX);
	/* what only the stub would trip over; the kernel has its own answers */
	same = false;
	BROKEN(e.ph[1].p_type = PT_NULL);
	BROKEN(e.ph[1].p_memsz = 0; e.ph[1].p_filesz = 0);
	BROKEN(e.ph[1].p_filesz++);
	BROKEN(e.ph[1].p_memsz = UINT64_MAX);
	BROKEN(e.ph[1].p_vaddr = UINT64_MAX - 4095);
	BROKEN(e.ph[1].p_vaddr = 1);
	BROKEN(e.ph[1].p_align = 3);
	BROKEN(e.ph[1].p_align = 1UL << 63);
}
END_TEST

START_TEST(elf_interpreter_that_is_none_is_elibbad)
{
	struct small_elf e = elf_make("./script"), bad = elf_make(NULL);

	same = false;
	script_make("script", "#!./i\n");
	ck_assert_int_eq(elf_try(&e, NULL, NULL), -ELIBBAD);
	file_make("script", "", 0, 0755);
	ck_assert_int_eq(elf_try(&e, NULL, NULL), -ELIBBAD);
	bad.h.e_ident[EI_CLASS] = ELFCLASS32;
	file_make("script", &bad, sizeof(bad), 0755);
	ck_assert_int_eq(elf_try(&e, NULL, NULL), -ELIBBAD);
	bad = elf_make(NULL);
	bad.ph[1].p_vaddr = 1;
	file_make("script", &bad, sizeof(bad), 0755);
	ck_assert_int_eq(elf_try(&e, NULL, NULL), -ELIBBAD);
}
END_TEST

/* ---- the stub ---- */

static int stub_fd(void)
{
	size_t size;
	const void *image = loader_stub(&size);
	int fd = memfd_create("stub", MFD_CLOEXEC), ro;
	char name[64];

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write_all(fd, image, size), 0);
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	ro = open(name, O_RDONLY | O_CLOEXEC);
	close(fd); /* or ETXTBSY */
	ck_assert_int_ge(ro, 0);
	return ro;
}

/* Run what @p has planned by the stub, with @argv and @envp. */
static int run_stub(const struct exec_plan *p, char *const argv[], char *const envp[], char *text)
{
	autoclose int stub = stub_fd();
	char prog[16], interp[16];
	char *v[32] = { "stub", prog, interp, (char *)p->execfn };
	size_t n = LOADER_STUB_ARGS;
	int status;

	snprintf(prog, sizeof(prog), "%d", FD_PROG);
	snprintf(interp, sizeof(interp), "%d", p->interp.fd < 0 ? -1 : FD_INTERP);
	while (*argv)
		v[n++] = *argv++;
	ck_assert_int_eq(dup2(p->file.fd, FD_PROG), FD_PROG);
	if (p->interp.fd >= 0)
		ck_assert_int_eq(dup2(p->interp.fd, FD_INTERP), FD_INTERP);
	status = run(NULL, stub, v, envp, text);
	close(FD_PROG);
	close(FD_INTERP);
	return status;
}

/* Plan @path so that the stub must run it (it is dynamic or has no x bit), and do. */
static int run_by_stub(const char *path, char *const argv[], char *const envp[], char *text)
{
	struct exec_plan p;
	int ret, status;

	same = false;
	ret = plan(path, &p);
	ck_assert_msg(ret == 0, "%s: %d %s", path, ret, p.reason);
	status = run_stub(&p, argv, envp, text);
	exec_plan_finish(&p);
	return status;
}

START_TEST(stub_is_free_of_relocations)
{
	size_t size;
	const char *image = loader_stub(&size);
	const Elf64_Ehdr *h = (const void *)image;
	const Elf64_Phdr *ph = (const void *)(image + h->e_phoff);

	ck_assert_int_eq(h->e_type, ET_DYN);
	for (int i = 0; i < h->e_phnum; i++) {
		ck_assert_int_ne(ph[i].p_type, PT_INTERP);
		if (ph[i].p_type != PT_DYNAMIC)
			continue;
		for (const Elf64_Dyn *d = (const void *)(image + ph[i].p_offset); d->d_tag; d++)
			ck_assert(d->d_tag != DT_RELA && d->d_tag != DT_REL &&
				  d->d_tag != DT_RELR && d->d_tag != DT_NEEDED);
	}
}
END_TEST

START_TEST(stub_runs_a_dynamic_program)
{
	char text[TEXT_BYTES];
	char *const envp[] = { "A=b", NULL };
	char *const sh[] = { "sh", "-c", "echo \"$0\" \"$@\"; echo $A; exit 3", "x", "y z", NULL };
	char *const echo[] = { "echo", "hello", "", "world", NULL };

	ck_assert_int_eq(run_by_stub("/bin/sh", sh, envp, text), 3 << 8);
	ck_assert_str_eq(text, "x y z\nb\n");
	ck_assert_int_eq(run_by_stub("/bin/echo", echo, envp, text), 0);
	ck_assert_str_eq(text, "hello  world\n");
	/* many arguments, no environment; the shell's own children are the kernel's */
	{
		char *const none[] = { NULL };
		char *const ls[] = { "sh", "-c", "/bin/ls -d /; cat /proc/$$/comm", NULL };

		ck_assert_int_eq(run_by_stub("/bin/sh", ls, none, text), 0);
		ck_assert_str_eq(text, "/\nsh\n");
	}
}
END_TEST

START_TEST(stub_runs_a_static_program)
{
	char text[TEXT_BYTES];
	char *const envp[] = { NULL };
	char *const argv[] = { "sh", "-c", "echo $((6 * 7)); exit 4", NULL };
	struct exec_plan p;

	if (access("/bin/busybox", X_OK) < 0)
		return;
	same = false;
	ck_assert_int_eq(plan("/bin/busybox", &p), 0);
	ck_assert_int_eq(run_stub(&p, argv, envp, text), 4 << 8);
	ck_assert_str_eq(text, "42\n");
	exec_plan_finish(&p);
}
END_TEST

static bool compile(const char *source, const char *command)
{
	static const char head[] = "exec 2>cc.log; ";
	autofree char *line = str_printf("%s%s", head, command);

	file_make("source.c", source, strlen(source), 0644);
	unlink("the-probe-with-a-long-name");
	return system(line) == 0;
}

static bool have(const char *program)
{
	autofree char *line = str_printf("command -v %s >/dev/null 2>&1", program);

	return system(line) == 0;
}

static void probe_runs(const char *cc, const char *flags)
{
	static char text[TEXT_BYTES];
	char *const argv[] = { "zero", "one", "", "two words", NULL };
	char *const envp[] = { "A=1", "B=", NULL };
	autofree char *line = str_printf("%s %s -o the-probe-with-a-long-name source.c", cc, flags);
	const char *name = "./the-probe-with-a-long-name";
	int status;

	if (!compile(probe_c, line))
		return; /* this libc or linker cannot */
	/* the kernel first, so that the probe itself is known to be right */
	status = run(name, -1, argv, envp, text);
	ck_assert_msg(status == 0, "kernel, %s: status %x: %s", line, status, text);
	/* without an x bit even a static one goes by the stub */
	ck_assert_int_eq(chmod(name, 0644), 0);
	for (int i = 0; i < 3; i++) { /* addresses differ each time */
		status = run_by_stub(name, argv, envp, text);
		ck_assert_msg(status == 0, "%s: status %x: %s", line, status, text);
	}
}

START_TEST(stub_promises_what_the_kernel_does)
{
	static const char *const flags[] = {
		"",
		"-fpie -pie",
		"-fno-pie -no-pie",
		"-fno-pie -no-pie -static",
		"-fpie -static-pie",
		"-fpie -pie -Wl,-z,max-page-size=0x200000",
		"-fno-pie -no-pie -static -Wl,-z,max-page-size=0x200000",
		"-fpie -static-pie -Wl,-z,max-page-size=0x10000",
		"-fpie -pie -Wl,-z,noseparate-code -Wl,-z,norelro",
	};
	static const char *const compilers[] = { "cc", "musl-gcc" };

	for (size_t c = 0; c < ARRAY_SIZE(compilers); c++) {
		if (!have(compilers[c]))
			continue;
		for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
			probe_runs(compilers[c], flags[i]);
	}
}
END_TEST

START_TEST(stub_clears_the_registers)
{
	static char text[TEXT_BYTES];
	static const char *const flags[] = { "-static -no-pie", "-static-pie" };
	char *const argv[] = { "x", NULL }, *const none[] = { NULL };

	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		autofree char *line = str_printf(
			"cc -nostdlib %s -o the-probe-with-a-long-name source.c", flags[i]);

		if (!compile(regs_c, line))
			continue;
		ck_assert_int_eq(run("./the-probe-with-a-long-name", -1, argv, none, text),
				 42 << 8);
		ck_assert_int_eq(chmod("the-probe-with-a-long-name", 0644), 0);
		ck_assert_int_eq(run_by_stub("the-probe-with-a-long-name", argv, none, text),
				 42 << 8);
		/* and with no argument at all */
		ck_assert_int_eq(run_by_stub("the-probe-with-a-long-name", none, none, text),
				 42 << 8);
	}
}
END_TEST

START_TEST(stub_that_cannot_says_so)
{
	static const char *const calls[][4] = {
		{ "stub" },
		{ "stub", "3", "-1" },
		{ "stub", "77", "-1", "x" },
		{ "stub", "x", "-1", "x" },
		{ "stub", "-1", "-1", "x" },
		{ "stub", "99999999999999", "-1", "x" },
	};
	autoclose int stub = stub_fd();
	char *const envp[] = { NULL };
	char text[TEXT_BYTES];

	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		char *argv[5] = { NULL };

		memcpy(argv, calls[i], sizeof(calls[i]));
		ck_assert_int_eq(run(NULL, stub, argv, envp, text), 127 << 8);
		ck_assert_ptr_eq(strstr(text, "ucrun: "), text);
		ck_assert_ptr_eq(strchr(text, '\n'), text + strlen(text) - 1);
	}
}
END_TEST

/*
 * Every byte of the headers of a real program, changed: the plan must answer, and where the stub is
 * to run it, the child must end, whatever way.
 */
START_TEST(elf_fuzzed_headers_do_no_harm)
{
	static char text[TEXT_BYTES];
	char *const argv[] = { "true", NULL }, *const envp[] = { NULL };
	autofree char *image = NULL;
	ssize_t size = read_file_at(-1, "/bin/true", 1 << 20, &image);
	const Elf64_Ehdr *h = (const void *)image;
	size_t end = sizeof(*h) + 13 * sizeof(Elf64_Phdr);
	int before = fds_open(), ran = 0;

	ck_assert_int_gt(size, end);
	for (size_t at = 0; at < end; at++) {
		static const unsigned char changes[] = { 0xff, 0x01, 0x80 };

		for (size_t c = 0; c < ARRAY_SIZE(changes); c++) {
			struct exec_plan p;
			int ret;

			image[at] ^= changes[c];
			file_make("fuzz", image, size, 0755);
			image[at] ^= changes[c];
			same = at % 2;
			ret = plan("fuzz", &p);
			ck_assert_msg(ret == 0 || ret == -ENOEXEC || ret == -ENOENT ||
					      ret == -EACCES || ret == -ENOTDIR ||
					      ret == -ENAMETOOLONG,
				      "byte %zu: %d", at, ret);
			if (ret == 0 && c == 0) {
				run_stub(&p, argv, envp, text);
				ran++;
			}
			exec_plan_finish(&p);
		}
	}
	ck_assert_int_gt(ran, 100);
	ck_assert_int_eq(fds_open(), before);
}
END_TEST

static Suite *loaders_suite(void)
{
	Suite *s = suite_create("loaders");
	TCase *scripts = tcase_create("scripts"), *elf = tcase_create("elf"),
	      *stub = tcase_create("stub");
	TCase *all[] = { scripts, elf, stub };

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		tcase_add_checked_fixture(all[i], setup, teardown);
		tcase_set_timeout(all[i], TIMEOUT_S);
		suite_add_tcase(s, all[i]);
	}
	tcase_add_test(scripts, script_lines_as_the_kernel);
	tcase_add_test(scripts, script_lines_of_all_lengths_as_the_kernel);
	tcase_add_test(scripts, script_random_lines_as_the_kernel);
	tcase_add_test(scripts, scripts_that_nest_as_the_kernel);
	tcase_add_test(scripts, script_that_calls_itself_is_eloop);
	tcase_add_test(scripts, plan_takes_the_file_over);
	tcase_add_test(scripts, foreign_is_what_neither_the_kernel_nor_a_shell_runs);
	tcase_add_test(scripts, foreign_interpreter_of_a_script);
	tcase_add_test(elf, elf_kind_follows_the_interpreter);
	tcase_add_test(elf, elf_real_programs_are_planned);
	tcase_add_test(elf, elf_without_a_real_x_bit_needs_the_stub);
	tcase_add_test(elf, elf_of_others_is_refused_with_a_reason);
	tcase_add_test(elf, elf_broken_headers_are_enoexec);
	tcase_add_test(elf, elf_interpreter_that_is_none_is_elibbad);
	tcase_add_test(stub, stub_is_free_of_relocations);
	tcase_add_test(stub, stub_runs_a_dynamic_program);
	tcase_add_test(stub, stub_runs_a_static_program);
	tcase_add_test(stub, stub_promises_what_the_kernel_does);
	tcase_add_test(stub, stub_clears_the_registers);
	tcase_add_test(stub, stub_that_cannot_says_so);
	tcase_add_test(stub, elf_fuzzed_headers_do_no_harm);
	return s;
}

int main(int argc, char **argv)
{
	SRunner *sr;
	int failed;

	if (argc > 0 && strcmp(basename(argv[0]), "i") == 0)
		return tell_arguments(argc, argv);
	sr = srunner_create(loaders_suite());
	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
