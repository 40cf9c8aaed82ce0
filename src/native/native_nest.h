/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_NATIVE_NEST_H
#define UCRUN_NATIVE_NEST_H

/*
 * What ucrun in a session at native level and the supervisor around it say to each other, on a
 * SOCK_SEQPACKET connection: see nest.c.
 *
 *	NAME ROOT HOSTNAME FLAGS COMMAND BIND...	with a descriptor of the asker's root
 *	"" or why not		with NATIVE_NEST_FDS of namespaces when it is ""
 *	NATIVE_NEST_LAST		the first program has ended; when the last one has, it hangs
 *up
 *
 * The words are as in src/cli/nested.h; FLAGS is "e" for --ephemeral, then for each of 0, 1, 2 that
 * is a terminal /dev/pts/N " N". The asker enters with what it was given by ENTER_FLAGS, see
 * enter_native.h.
 */
#define NATIVE_NEST_DOOR  "/dev/.uc"
#define NATIVE_NEST_LAST  "last"
#define NATIVE_NEST_BYTES 65536

/** In the order in which setns(2) takes them. */
enum {
	NATIVE_NEST_USER,
	NATIVE_NEST_MNT,
	NATIVE_NEST_UTS,
	NATIVE_NEST_IPC,
	NATIVE_NEST_PID,
	NATIVE_NEST_FDS
};

#endif
