/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_TEST_LOADERS_PROBE_H
#define UCRUN_TEST_LOADERS_PROBE_H

/* Programs that test_loaders_stub.c compiles, in as many ways as the compilers know, to run them.
 */
/* clang-format off */

/* A program that looks at everything that execve(2) promises it; says nothing when all is well. */
static const char probe_c[] =
	"#define _GNU_SOURCE\n"
	"#include <elf.h>\n#include <fcntl.h>\n#include <stdint.h>\n#include <stdio.h>\n"
	"#include <stdlib.h>\n#include <string.h>\n#include <sys/auxv.h>\n#include <sys/prctl.h>\n"
	"#include <sys/syscall.h>\n#include <unistd.h>\n"
	"extern const Elf64_Ehdr __ehdr_start __attribute__((visibility(\"hidden\")));\n"
	"extern void _start(void);\n"
	"extern char **environ;\n"
	"static char big[3 << 20], data[] = \"data\";\n"
	"static __thread int tls = 5;\n"
	"static int built;\n"
	"__attribute__((constructor)) static void build(void) { built = 1; }\n"
	"#define IS(x) do { if (!(x)) { printf(\"line %d: %s\\n\", __LINE__, #x); bad = 1; } } while (0)\n"
	"static size_t get(const char *name, char *buf) {\n"
	"	int fd = open(name, O_RDONLY); size_t n = 0; ssize_t r;\n"
	"	while ((r = read(fd, buf + n, 65536 - n)) > 0) n += r;\n"
	"	close(fd); buf[n] = 0; return n; }\n"
	"int main(int argc, char **argv) {\n"
	"	static char buf[65537]; int bad = 0; unsigned size = 0;\n"
	"	const uint64_t *aux; size_t n;\n"
	"	const char *base = (const char *)getauxval(AT_BASE);\n"
	"	const Elf64_Phdr *ph = (const void *)getauxval(AT_PHDR); int dynamic = 0;\n"
	"	for (n = 0; n < getauxval(AT_PHNUM); n++) dynamic |= ph[n].p_type == PT_INTERP;\n"
	"	IS(argc == 4 && !strcmp(argv[0], \"zero\") && !strcmp(argv[1], \"one\") && !*argv[2] &&\n"
	"	   !strcmp(argv[3], \"two words\") && !argv[4]);\n"
	"	IS(!strcmp(environ[0], \"A=1\") && !strcmp(environ[1], \"B=\") && !environ[2]);\n"
	"	IS(environ == argv + argc + 1);\n"
	"	IS(((uintptr_t)argv - 8) % 16 == 0);\n"
	"	IS(getauxval(AT_ENTRY) == (unsigned long)_start);\n"
	"	IS(getauxval(AT_PHDR) == (unsigned long)&__ehdr_start + __ehdr_start.e_phoff);\n"
	"	IS(getauxval(AT_PHNUM) == __ehdr_start.e_phnum && getauxval(AT_PHENT) == 56);\n"
	"	IS(getauxval(AT_PAGESZ) == 4096 && getauxval(AT_RANDOM) && !getauxval(AT_SECURE));\n"
	"	IS(dynamic ? base && !memcmp(base, \"\\177ELF\", 4) : !base);\n"
	"	IS(!strcmp((char *)getauxval(AT_EXECFN), \"./the-probe-with-a-long-name\"));\n"
	"	for (size_t i = 0; i < sizeof(big); i++) if (big[i]) { IS(!\"bss\"); break; }\n"
	"	IS(!strcmp(data, \"data\") && tls == 5 && built);\n"
	"	for (int fd = 3; fd < 100; fd++) IS(fcntl(fd, F_GETFD) < 0);\n"
	"	char *brk0 = (char *)syscall(SYS_brk, 0);\n"
	"	IS((char *)syscall(SYS_brk, brk0 + 8192) == brk0 + 8192 && memset(brk0, 1, 8192));\n"
	"	IS(memset(malloc(5 << 20), 1, 5 << 20));\n"
	"	get(\"/proc/self/comm\", buf); IS(!strcmp(buf, \"the-probe-with-\\n\"));\n"
	"	if (prctl(35, 15, &size, 0, 0) < 0) return bad; /* no CONFIG_CHECKPOINT_RESTORE */\n"
	"	n = get(\"/proc/self/cmdline\", buf); IS(n == 20 && !memcmp(buf, \"zero\\0one\\0\\0two words\", 20));\n"
	"	n = get(\"/proc/self/environ\", buf); IS(n == 7 && !memcmp(buf, \"A=1\\0B=\", 7));\n"
	"	n = get(\"/proc/self/auxv\", buf); IS(n >= 16 * 16);\n"
	"	for (aux = (uint64_t *)buf; *aux; aux += 2)\n"
	"		IS(*aux == AT_HWCAP || *aux == AT_HWCAP2 || aux[1] == getauxval(*aux));\n"
	"	return bad; }\n";

/* Registers are what an assembler alone can see. */
static const char regs_c[] =
	"__asm__(\".globl _start\\n_start:\\n\"\n"
	"\" or %rbx, %rax\\n or %rcx, %rax\\n or %rdx, %rax\\n or %rsi, %rax\\n or %rdi, %rax\\n\"\n"
	"\" or %rbp, %rax\\n or %r8, %rax\\n or %r9, %rax\\n or %r10, %rax\\n or %r11, %rax\\n\"\n"
	"\" or %r12, %rax\\n or %r13, %rax\\n or %r14, %rax\\n or %r15, %rax\\n\"\n"
	"\" mov %rsp, %rcx\\n and $15, %ecx\\n or %rcx, %rax\\n mov $42, %edi\\n test %rax, %rax\\n\"\n"
	"\" jz 1f\\n mov $1, %edi\\n1: mov $231, %eax\\n syscall\\n\");\n";

#endif
