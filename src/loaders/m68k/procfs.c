// SPDX-License-Identifier: GPL-2.0-or-later
#include "procfs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "call.h"
#include "mem.h"
#include "util.h"

#define AUXV_MAX_BYTES 512

static char *exe_path, *cmdline;
static size_t cmdline_bytes, auxv_bytes;
static uint8_t auxv_copy[AUXV_MAX_BYTES];
static uint32_t stack_pointer;

void proc_set_program(const char *path, char *const argv[])
{
	FILE *f = open_memstream(&cmdline, &cmdline_bytes);

	exe_path = strdup(path);
	if (!f)
		return;
	for (int i = 0; argv[i]; i++)
		fwrite(argv[i], 1, strlen(argv[i]) + 1, f);
	fclose(f);
}

void proc_set_stack(uint32_t sp, const void *auxv, size_t bytes)
{
	stack_pointer = sp;
	auxv_bytes = bytes < AUXV_MAX_BYTES ? bytes : AUXV_MAX_BYTES;
	memcpy(auxv_copy, auxv, auxv_bytes);
}

const void *proc_auxv(size_t *bytes)
{
	*bytes = auxv_bytes;
	return auxv_copy;
}

uint32_t proc_stack(void)
{
	return stack_pointer;
}

int proc_args(char ***out, uint32_t *count)
{
	uint32_t n = 0;

	for (size_t at = 0; at < cmdline_bytes; at += strlen(cmdline + at) + 1)
		n++;
	*count = 0;
	*out = calloc(n + 1, sizeof(**out));
	if (!*out)
		return -ENOMEM;
	for (size_t at = 0; at < cmdline_bytes; at += strlen(cmdline + at) + 1) {
		(*out)[*count] = strdup(cmdline + at);
		if (!(*out)[*count])
			return -ENOMEM;
		++*count;
	}
	return 0;
}

const char *proc_exe(void)
{
	return exe_path ? exe_path : "";
}

/* "/proc/self/NAME" or the same with our own pid; NULL for all else. */
static const char *own_name(const char *path)
{
	char own[32];
	size_t len;

	if (strncmp(path, "/proc/self/", 11) == 0)
		return path + 11;
	if (strncmp(path, "/proc/thread-self/", 18) == 0)
		return path + 18;
	len = (size_t)snprintf(own, sizeof(own), "/proc/%d/", getpid());
	return strncmp(path, own, len) == 0 ? path + len : NULL;
}

bool proc_is_exe(const char *path)
{
	const char *name = own_name(path);

	return name && strcmp(name, "exe") == 0;
}

static void write_text(FILE *f, const char *name)
{
	if (strcmp(name, "maps") == 0)
		mem_write_maps(f, stack_pointer);
	else if (strcmp(name, "auxv") == 0)
		fwrite(auxv_copy, 1, auxv_bytes, f);
	else
		fwrite(cmdline, 1, cmdline ? cmdline_bytes : 0, f);
}

int proc_open(const char *path, int flags)
{
	const char *name = strncmp(path, "/proc/", 6) == 0 ? own_name(path) : NULL;
	autoclose int fd = -1;
	FILE *f;
	int out;

	if (!name)
		return -ENOSYS;
	if (strcmp(name, "exe") == 0) {
		out = open(proc_exe(), flags);
		return out < 0 ? -errno : out;
	}
	if (strcmp(name, "maps") && strcmp(name, "auxv") && strcmp(name, "cmdline"))
		return -ENOSYS;
	if ((flags & O_ACCMODE) != O_RDONLY)
		return -EACCES;
	fd = memfd_create("proc", flags & O_CLOEXEC ? MFD_CLOEXEC : 0);
	if (fd < 0)
		return -errno;
	f = fdopen(dup(fd), "w");
	if (!f)
		return -ENOMEM;
	write_text(f, name);
	fclose(f);
	lseek(fd, 0, SEEK_SET);
	return steal_fd(&fd);
}
