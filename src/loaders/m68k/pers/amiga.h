/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UCRUN_M68K_AMIGA_H
#define UCRUN_M68K_AMIGA_H

#include "host.h"
#include "pers.h"

/* Where the system's structures are, in the window; a library's jump table is in front of it. */
#define AMI_EXEC       (PERS_WINDOW + 0x4000)
#define AMI_DOS	       (PERS_WINDOW + 0x8000)
#define AMI_UTILITY    (PERS_WINDOW + 0xa000)
#define AMI_PROCESS    (PERS_WINDOW + 0xb000)
#define AMI_CLI	       (PERS_WINDOW + 0xb200)
#define AMI_LOOP       (PERS_WINDOW + 0xc000) /* RawDoFmt's loop, see amiga_text.c */
#define AMI_TEXT       (PERS_WINDOW + 0xc100)
#define AMI_TEXT_BYTES 4096U

#define AMI_TRUE 0xffffffffU

enum ami_error {
	AMI_NO_MEMORY = 103,
	AMI_BAD_TEMPLATE = 114,
	AMI_BAD_NUMBER = 115,
	AMI_ARG_MISSING = 116,
	AMI_KEY_NEEDS_ARG = 117,
	AMI_TOO_MANY_ARGS = 118,
	AMI_QUOTES = 119,
	AMI_NOT_EXECUTABLE = 121,
	AMI_IN_USE = 202,
	AMI_EXISTS = 203,
	AMI_NOT_FOUND = 205,
	AMI_ACTION = 209,
	AMI_BAD_LOCK = 211,
	AMI_WRONG_TYPE = 212,
	AMI_NOT_EMPTY = 216,
	AMI_NOT_MOUNTED = 218,
	AMI_SEEK = 219,
	AMI_FULL = 221,
	AMI_PROTECTED = 223,
	AMI_NO_MORE = 232,
};

/* amiga.c */
extern const struct pers_table ami_exec, ami_dos, ami_utility;
/** ami_set_error() - IoErr() of the process. Return: 0, for the caller's convenience */
uint32_t ami_set_error(struct machine *m, uint32_t error);
uint32_t ami_error(struct machine *m);
uint32_t ami_errno(int64_t rc);
/** ami_alloc() - cleared memory with its size in front, as AllocVec gives it. 0: none */
uint32_t ami_alloc(struct machine *m, uint32_t bytes);
void ami_free(struct machine *m, uint32_t at);
/** ami_run() - call a program in the running process; its result is the call's */
int ami_run(struct machine *m, uint32_t seglist, uint32_t stack, const char *args, bool unload);
void ami_exit(struct machine *m, uint32_t code);
const char *ami_arguments(void);
pers_fn ami_Exit, ami_LoadSeg, ami_UnLoadSeg, ami_RunCommand, ami_Execute, ami_System;

/* amiga_file.c */
void ami_files_init(struct machine *m);
/** ami_path() - the host's name of an Amiga one. Return: 0 or -errno (-ENODEV: not mounted) */
int ami_path(const char *name, char *out);
/** ami_put() - to a file handle. Return: bytes or -errno */
int64_t ami_put(struct machine *m, uint32_t handle, const void *buf, size_t len);
uint32_t ami_output(void);
int ami_getc(struct machine *m, uint32_t handle);
uint32_t ami_input(void);
pers_fn ami_Open, ami_Close, ami_Read, ami_Write, ami_Input, ami_Output, ami_Seek, ami_DeleteFile,
	ami_Rename, ami_FGetC, ami_FPutC, ami_UnGetC, ami_FRead, ami_FWrite, ami_FGets, ami_FPuts,
	ami_Flush, ami_SetVBuf, ami_SelectInput, ami_SelectOutput, ami_IsInteractive,
	ami_SetFileSize, ami_PutStr, ami_WaitForChar, ami_WriteChars;
/* amiga_lock.c */
pers_fn ami_Lock, ami_UnLock, ami_DupLock, ami_Examine, ami_ExNext, ami_ExamineFH, ami_CreateDir,
	ami_CurrentDir, ami_ParentDir, ami_SameLock, ami_NameFromLock, ami_SetProtection,
	ami_SetComment, ami_Info, ami_SetFileDate, ami_GetProgramDir, ami_GetCurrentDirName;
const char *ami_lock_path(struct machine *m, uint32_t lock);
const char *ami_cwd(void);
const char *ami_handle_path(struct machine *m, uint32_t handle, int *fd);
/* amiga_text.c */
pers_fn ami_RawDoFmt, ami_VPrintf, ami_VFPrintf, ami_Fault, ami_PrintFault, ami_ReadArgs,
	ami_FreeArgs, ami_StrToLong, ami_FilePart, ami_PathPart, ami_AddPart;
void ami_text_init(struct machine *m);

#endif
