/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_M68K_HUMAN_H
#define UCRUN_M68K_HUMAN_H

#include "host.h"
#include "pers.h"

enum human_error {
	HU_FUNCTION = -1,
	HU_NO_FILE = -2,
	HU_NO_DIR = -3,
	HU_FILES = -4,
	HU_IS_DIR = -5,
	HU_HANDLE = -6,
	HU_BLOCK = -9,
	HU_FORMAT = -11,
	HU_NAME = -13,
	HU_PARAMETER = -14,
	HU_DRIVE = -15,
	HU_NO_MORE = -18,
	HU_READ_ONLY = -19,
	HU_DIR_EXISTS = -20,
	HU_NOT_EMPTY = -21,
	HU_RENAME = -22,
	HU_FULL = -23,
	HU_MODE = -26,
	HU_EXISTS = -80,
};

#define HU_HANDLES   96
#define HU_FIRST     5 /* 0-4: input, output, error, serial line, printer */
#define X_HEAD_BYTES 64 /* of a .X file */
#define HU_COMMAND   256
#define HU_ENV_BYTES (64U << 10)
#define HU_BASE_NAME 18 /* names are 18 + 3 here */

uint32_t human_errno(int64_t rc);
/** human_put() - to a handle; the console's is buffered */
int64_t human_put(int handle, const void *buf, size_t len);
void human_files_init(void);
void human_close_owner(uint32_t owner);
/** human_owner() - the running program's block */
uint32_t human_owner(void);

/* human_proc.c */
/** human_start() - load a program and run it; the running one waits. Return: 0, -errno, *why */
int human_start(struct machine *m, const char *path, const char *command, uint32_t env,
		const char **why);
pers_fn human_malloc, human_malloc2, human_mfree, human_setblock, human_exit, human_exit2,
	human_keeppr, human_exec, human_getpdb, human_getenv;
/* human_file.c */
pers_fn human_fgetc, human_fgets, human_fputc, human_fputs, human_allclose, human_mkdir,
	human_rmdir, human_chdir, human_create, human_newfile, human_open, human_close, human_read,
	human_write, human_delete, human_seek, human_chmod, human_ioctrl, human_dup, human_dup2,
	human_curdir, human_files, human_nfiles, human_rename, human_filedate, human_chgdrv,
	human_curdrv, human_dskfre;

#endif
