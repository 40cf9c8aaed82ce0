/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_UTIL_H
#define UCRUN_UTIL_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINUX_NEEDED "5.14" /* SECCOMP_ADDFD_FLAG_SEND; for whoever is told that it is missing */

/*
 * Cleanup by attribute. A variable marked autofree or autoclose gives its resource back when it
 * leaves scope; steal() and steal_fd() are the one visible place where ownership moves on.
 */
static inline void util_free_ptr(void *p)
{
	free(*(void **)p);
}

static inline void util_close_fd(int *fd)
{
	if (*fd >= 0) {
		int saved = errno;

		close(*fd);
		errno = saved;
	}
}

#define autofree  __attribute__((cleanup(util_free_ptr)))
#define autoclose __attribute__((cleanup(util_close_fd)))

#define steal(pp)                                  \
	({                                         \
		__typeof__(*(pp)) stolen_ = *(pp); \
		*(pp) = NULL;                      \
		stolen_;                           \
	})

static inline int steal_fd(int *fd)
{
	int stolen = *fd;

	*fd = -1;
	return stolen;
}

#define ARRAY_SIZE(a)	   (sizeof(a) / sizeof((a)[0]))
#define UCRUN_PRINTF(f, a) __attribute__((format(printf, f, a)))

/* ---- log.c ---- */

enum log_level { LOG_ERR, LOG_WARN, LOG_INFO, LOG_DEBUG };

/** log_set_level() - print messages up to @level on stderr; starts at LOG_WARN */
void log_set_level(enum log_level level);
bool log_enabled(enum log_level level);

/**
 * log_msg() - one line on stderr, "ucrun: ..."
 * The text says whose fault it is (task, kernel, config, ucrun) and carries no newline.
 */
void log_msg(enum log_level level, const char *fmt, ...) UCRUN_PRINTF(2, 3);
/** log_name() - the program's name in front of every line; @name is borrowed for ever */
void log_name(const char *name);

#define log_err(...)  log_msg(LOG_ERR, __VA_ARGS__)
#define log_warn(...) log_msg(LOG_WARN, __VA_ARGS__)
#define log_info(...) log_msg(LOG_INFO, __VA_ARGS__)
#define log_debug(...)                                   \
	do {                                             \
		if (log_enabled(LOG_DEBUG))              \
			log_msg(LOG_DEBUG, __VA_ARGS__); \
	} while (0)

/* ---- io.c: small files and descriptors ---- */

/**
 * read_file_at() - the whole of a small file, NUL-terminated
 * @dirfd: or AT_FDCWD; @max_bytes bounds the read
 * @out:   the caller's, free() it
 * Return: length in bytes without the NUL; -EFBIG when longer than @max_bytes; -errno.
 */
ssize_t read_file_at(int dirfd, const char *path, size_t max_bytes, char **out);
/** write_file_at() - replace a file atomically (temporary name, fsync, rename). Return 0 or -errno.
 */
int write_file_at(int dirfd, const char *path, const void *data, size_t len, unsigned mode);
/** write_note_at() - the same without fsync: for what means nothing after a crash of the machine */
int write_note_at(int dirfd, const char *path, const void *data, size_t len, unsigned mode);
/** read_at() - read @len bytes from @at on. Return 0; -ENODATA: the file ends before; -errno */
int read_at(int fd, void *buf, size_t len, off_t at);
/** write_all() - write every byte or fail. Return 0 or -errno. */
int write_all(int fd, const void *data, size_t len);
/** mkdir_p() - make @path and its missing parents below @dirfd. Return 0 or -errno. */
int mkdir_p(int dirfd, const char *path, unsigned mode);
/**
 * remove_tree() - remove a file or a whole directory, never following a symlink or leaving the
 * file system that @name is on. Directories that deny us entry are made enterable first.
 * Return: 0 (also when nothing was there) or the first -errno; what can go goes.
 */
int remove_tree(int dirfd, const char *name);

/* ---- str.c ---- */

/** str_printf() - a formatted string, the caller's; NULL when out of memory */
char *str_printf(const char *fmt, ...) UCRUN_PRINTF(1, 2);
/** str_escape() - a name made safe for one line of terminal output: \n, \e, non-UTF-8 as \xNN */
char *str_escape(const char *s);
/** str_json() - write @s as a JSON string with quotes; bytes that are not UTF-8 become \u00NN */
void str_json(FILE *f, const char *s);
/**
 * path_under() - is @path @prefix itself or below it?
 * Return: what follows @prefix in @path, without the slash ("" when equal); NULL when it is not.
 */
const char *path_under(const char *path, const char *prefix);

#endif
