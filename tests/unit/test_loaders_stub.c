// SPDX-License-Identifier: GPL-2.0-or-later
/* The stub runs for real, what the kernel would have run. */
#include <elf.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "loaders_fixture.h"
#include "test_loaders_probe.h"
#include "util.h"

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

static void add_stub(TCase *t)
{
	tcase_add_test(t, stub_is_free_of_relocations);
	tcase_add_test(t, stub_runs_a_dynamic_program);
	tcase_add_test(t, stub_runs_a_static_program);
	tcase_add_test(t, stub_promises_what_the_kernel_does);
	tcase_add_test(t, stub_clears_the_registers);
	tcase_add_test(t, stub_that_cannot_says_so);
	tcase_add_test(t, elf_fuzzed_headers_do_no_harm);
}

int main(int argc, char **argv)
{
	static struct loaders_case cases[] = { { "stub", add_stub }, { 0 } };

	return loaders_main("loaders_stub", cases, argc, argv);
}
