/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_STUB_H
#define UCRUN_STUB_H

/*
 * The stub's arguments: LOADER_STUB_ARGS strings in front of the program's whole argument vector:
 *
 *	argv[0]	anything
 *	argv[1]	decimal number of a readable descriptor of the program, not CLOEXEC
 *	argv[2]	the same of its ELF interpreter; "-1": it is static
 *	argv[3]	the program's name: AT_EXECFN, and its last component becomes the comm
 *
 * The program sees argc, argv, environment, auxiliary vector, /proc/self/cmdline and free
 * descriptors as if the kernel had run it. When it cannot be mapped: one line on stderr, status
 *127. (This header is apart from loader.h because the stub is compiled without a libc.)
 */
#define LOADER_STUB_ARGS 4

#endif
