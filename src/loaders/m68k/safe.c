// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A signal that arrives between "is one pending?" and the system call would be seen only after
 * the call, which may block for ever. So the check and the call are one stretch of code that a
 * handler can recognise: when it finds the program counter in it, before the call, it moves
 * it to the exit that answers -EINTR.
 */
#include <errno.h>

#include "thread.h"

#if defined(__x86_64__)
extern char safe_call_begin[], safe_call_syscall[], safe_call_interrupted[];
long safe_call_asm(const _Atomic uint64_t *attention, long nr, const long *args);

/* rdi: attention, rsi: nr, rdx: args */
__asm__(".text\n"
	".globl safe_call_asm\n"
	".type safe_call_asm, @function\n"
	"safe_call_asm:\n"
	"	mov %rdi, %rcx\n"
	"	mov %rsi, %rax\n"
	"	mov %rdx, %r11\n"
	"	mov 0(%r11), %rdi\n"
	"	mov 8(%r11), %rsi\n"
	"	mov 16(%r11), %rdx\n"
	"	mov 24(%r11), %r10\n"
	"	mov 32(%r11), %r8\n"
	"	mov 40(%r11), %r9\n"
	".globl safe_call_begin\n"
	"safe_call_begin:\n"
	"	cmpq $0, (%rcx)\n"
	"	jne safe_call_interrupted\n"
	".globl safe_call_syscall\n"
	"safe_call_syscall:\n"
	"	syscall\n"
	"	ret\n"
	".globl safe_call_interrupted\n"
	"safe_call_interrupted:\n"
	"	mov $-4, %rax\n" /* -EINTR */
	"	ret\n"
	".size safe_call_asm, . - safe_call_asm\n"
	".globl safe_call_restorer\n"
	"safe_call_restorer:\n"
	"	mov $15, %eax\n" /* rt_sigreturn */
	"	syscall\n");
#else
#error "safe_call() is written for x86-64 only"
#endif

_Static_assert(EINTR == 4, "the number in the assembly");

long safe_call(const _Atomic uint64_t *attention, long nr, const long args[6])
{
	return safe_call_asm(attention, nr, args);
}

uintptr_t safe_call_rewind(uintptr_t pc)
{
	/* At the syscall instruction itself nothing has happened yet; behind it, it has. */
	if (pc >= (uintptr_t)safe_call_begin && pc <= (uintptr_t)safe_call_syscall)
		return (uintptr_t)safe_call_interrupted;
	return pc;
}
