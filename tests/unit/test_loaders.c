// SPDX-License-Identifier: GPL-2.0-or-later
/* Planning an exec: for scripts the kernel itself is asked what is right. */
#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "loaders_fixture.h"
#include "util.h"

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
	ck_assert_int_eq(loader_plan(&host_ops, NULL, &file, &p), -ENOEXEC);
	ck_assert_int_lt(file.fd, 0);
	exec_plan_finish(&p);
	exec_plan_finish(&p); /* harmless */
	ck_assert_int_eq(fds_open(), before);
}
END_TEST

/* ---- foreign ---- */

static int foreign_try(const void *data, size_t len, bool text, struct exec_plan *p)
{
	struct loader_ops with = host_ops;
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
	struct loader_ops with = host_ops;
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

static void add_scripts(TCase *t)
{
	tcase_add_test(t, script_lines_as_the_kernel);
	tcase_add_test(t, script_lines_of_all_lengths_as_the_kernel);
	tcase_add_test(t, script_random_lines_as_the_kernel);
	tcase_add_test(t, scripts_that_nest_as_the_kernel);
	tcase_add_test(t, script_that_calls_itself_is_eloop);
	tcase_add_test(t, plan_takes_the_file_over);
	tcase_add_test(t, foreign_is_what_neither_the_kernel_nor_a_shell_runs);
	tcase_add_test(t, foreign_interpreter_of_a_script);
}

static void add_elf(TCase *t)
{
	tcase_add_test(t, elf_kind_follows_the_interpreter);
	tcase_add_test(t, elf_real_programs_are_planned);
	tcase_add_test(t, elf_without_a_real_x_bit_needs_the_stub);
	tcase_add_test(t, elf_of_others_is_refused_with_a_reason);
	tcase_add_test(t, elf_broken_headers_are_enoexec);
	tcase_add_test(t, elf_interpreter_that_is_none_is_elibbad);
}

int main(int argc, char **argv)
{
	static struct loaders_case cases[] = { { "scripts", add_scripts },
					       { "elf", add_elf },
					       { 0 } };

	return loaders_main("loaders", cases, argc, argv);
}
