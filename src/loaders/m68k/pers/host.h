/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_M68K_HOST_H
#define UCRUN_M68K_HOST_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <time.h>

/*
 * Names of systems with drives, on a host that has none. A drive is a directory: the first one
 * (personality's choice) is where ucrun-m68k was started, U: is the host's root, --drive adds
 * others. A name is looked up as it is spelled, then in lower case, then in any case; a name that
 * does not fit into 8.3 has an alias, which is made from the name alone, so that it is the same
 * tomorrow. A name that begins with a forward slash is the host's own: no drive, no mapping.
 */
#define HOST_DRIVES	26
#define HOST_ROOT	('U' - 'A')
#define HOST_NAME_BYTES 256
#define FCB_NAME_BYTES	11 /* 8 + 3, padded with blanks */

/** host_set_drive() - --drive: @spec is "X=DIR". Return: 0 or -EINVAL, -ENOTDIR */
int host_set_drive(const char *spec);
/** host_init_drives() - the drive of the current directory; it is the current one */
void host_init_drives(unsigned first);
unsigned host_drive(void);
/** host_select_drive() - Return: 0 or -ENODEV */
int host_select_drive(unsigned drive);
/** host_drive_mask() - bit 0 is A: */
uint32_t host_drive_mask(void);
/** host_drive_dir() - NULL: there is no such drive */
const char *host_drive_dir(unsigned drive);
/** host_cwd() - of a drive: "sub/dir", "" at its root */
const char *host_cwd(unsigned drive);
int host_chdir(const char *guest);
/** host_chdir_back() - set a drive's directory as host_cwd() said it */
void host_set_cwd(unsigned drive, const char *cwd);

/**
 * host_path() - the host's name of a DOS name "X:\DIR\NAME.EXT"
 * @out: PATH_MAX; the last part need not exist, then it is as it was spelled
 * Return: 0, -ENODEV (drive), -ENOENT (a directory on the way), -ENAMETOOLONG
 */
int host_path(const char *guest, char *out);
/** host_find() - @name in @dir whatever its case. @out: HOST_NAME_BYTES. Return: 0 or -ENOENT */
int host_find(const char *dir, const char *name, char *out);
/** host_short_name() - "NAME.EXT" in at most @base + 1 + 3 bytes; an alias when it must */
void host_short_name(const char *name, unsigned base, char *out);
/** host_fcb_name() - "a*.c" to "A??????? C  "; not terminated */
void host_fcb_name(const char *name, char fcb[FCB_NAME_BYTES]);
/** host_fcb_match() - '?' in @pattern matches anything */
bool host_fcb_match(const char pattern[FCB_NAME_BYTES], const char name[FCB_NAME_BYTES]);

/** struct host_dir - a directory's names at one moment, sorted */
struct host_dir {
	char path[PATH_MAX];
	char **names;
	unsigned count, next;
};
struct host_dir *host_dir_create(const char *path, bool dots);
void host_dir_destroy(struct host_dir *d);

/** host_dos_time() - local time as DOS has it: time in the low word, date in the high one */
uint32_t host_dos_time(time_t t);
time_t host_unix_time(uint16_t date, uint16_t time);
/** host_read(), host_write() - all of it, whatever signals come. Return: count or -errno */
int64_t host_read(int fd, void *buf, size_t len);
int64_t host_write(int fd, const void *buf, size_t len);
/** host_command_line() - arguments joined by blanks; the caller's */
char *host_command_line(char *const argv[]);

/* ---- con.c: the console ---- */

enum { CON_EOF = 0x1a };

void con_put(int c);
void con_write(const char *s, size_t len);
/** con_flush() - what was put is to be seen now */
void con_flush(void);
/** con_get() - one key, not echoed; a newline is a carriage return; CON_EOF at the end */
int con_get(void);
bool con_ready(void);
/** con_line() - an edited line without its end, at most @max bytes. Return: length, -1: at the end
 */
int con_line(char *buf, unsigned max);
/** con_at_end() - asked again and again after the end? Then the program never stops by itself. */
bool con_at_end(void);
/** con_vt52() - the guest's terminal is a VT52: on a terminal of ours, its codes are translated */
void con_vt52(void);

#endif
