/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_PROC_TEXT_H
#define UCRUN_PROC_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "identity.h"

/*
 * Files of /proc rewritten for the view: text in, text out. Every text that is returned as a char *
 * is the caller's, free() it; NULL means that there is no memory. What a line of the input is not
 * known to be is copied as it is, so that a newer kernel's files come through.
 */

enum proc_kind {
	PROC_PASS, /* as the host tells it; what is not in the table too */
	PROC_STATUS,
	PROC_STAT,
	PROC_MAPS, /* and smaps, numa_maps */
	PROC_MOUNTS,
	PROC_MOUNTINFO,
	PROC_MOUNTSTATS,
	PROC_UIDMAP, /* and gid_map, projid_map: proc_fixed() */
	PROC_LOGINUID, /* and sessionid: proc_fixed() */
	PROC_LINK_CWD,
	PROC_LINK_EXE,
	PROC_LINK_ROOT,
	PROC_LINK_FD, /* fd/N */
	PROC_LINK_NS, /* ns/NAME */
	PROC_LINK_MAPFILE, /* map_files/FROM-TO */
	PROC_DIR_FD,
	PROC_DIR_FDINFO,
	PROC_DIR_TASK,
	PROC_DIR_NS,
	PROC_DIR_MAPFILES,
	PROC_MEM, /* the memory of the task: who opens it may write it */
	PROC_DENY,
	PROC_KIND_COUNT,
};

/**
 * proc_kind() - what a file of a task's directory is
 * @rel: relative to /proc/PID, without a slash at either end ("status", "fd/3", "task/7/maps").
 *       What lies behind a link ("cwd/x") is PROC_PASS: the link is to be resolved first.
 */
enum proc_kind proc_kind(const char *rel);

/** proc_fixed() - the text of a file that tells every task the same; NULL: not such a file */
const char *proc_fixed(enum proc_kind kind);

/**
 * proc_status() - /proc/PID/status: ids, groups, capabilities of @c, @mask as Umask, no seccomp, no
 * no_new_privs, PPid and TracerPid 0 for one that is @outside
 */
char *proc_status(const char *in, const struct cred *c, mode_t mask,
		  bool (*outside)(void *arg, long pid), void *arg);
/** proc_stat_line() - /proc/PID/stat with a parent @outside told as 0 */
char *proc_stat_line(const char *in, bool (*outside)(void *arg, long pid), void *arg);
/**
 * proc_maps() - maps, smaps and numa_maps with view paths
 * @map: @host is an absolute path without escapes and without " (deleted)"; @view has PATH_MAX
 *       bytes; false leaves the host's path
 */
char *proc_maps(const char *in, bool (*map)(void *arg, const char *host, char *view), void *arg);

/** path_is_deleted() - does @path end as proc(5) tells what has no name any more, or never had one?
 */
bool path_is_deleted(const char *path);

/** One line of mounts(5). Texts are not escaped yet; a NULL source is told as "none". */
struct proc_mount {
	const char *target, *source, *fstype, *options; /* options begin with "ro" or "rw" */
	int id, parent, major, minor;
	const char *root; /* what of the file system is shown; NULL: all of it */
};

/** proc_mounts() - PROC_MOUNTS, PROC_MOUNTINFO or PROC_MOUNTSTATS, in the order given */
char *proc_mounts(enum proc_kind kind, const struct proc_mount *m, size_t n);

#endif
