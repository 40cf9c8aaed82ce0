// SPDX-License-Identifier: GPL-2.0-or-later
/* From a trap to an answer: the row, its arguments, the trace. */
#include "call.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "mem.h"
#include "options.h"
#include "util.h"

#define CALL_ARGS	 6
#define TRACE_TEXT_BYTES 40

static bool tracing;
static uint8_t told[CALL_MAX]; /* an unknown call is named once */

void call_set_trace(bool on)
{
	tracing = on;
}

bool call_tracing(void)
{
	return tracing;
}

/* O_* that differ; all others are the same on both sides. */
static const struct {
	uint32_t guest, host;
} open_flags[] = {
	{ 040000, O_DIRECTORY },
	{ 0100000, O_NOFOLLOW },
	{ 0200000, O_DIRECT },
	{ 0400000, 0100000 /* O_LARGEFILE, which headers for 64 bits call 0 */ },
};
#define OPEN_FLAGS_DIFFERENT 0740000

int call_open_flags(uint32_t guest)
{
	uint32_t host = guest & ~OPEN_FLAGS_DIFFERENT;

	for (size_t i = 0; i < ARRAY_SIZE(open_flags); i++)
		host |= guest & open_flags[i].guest ? open_flags[i].host : 0;
	return (int)host;
}

uint32_t call_guest_open_flags(int host)
{
	uint32_t guest = (uint32_t)host & ~OPEN_FLAGS_DIFFERENT;

	for (size_t i = 0; i < ARRAY_SIZE(open_flags); i++)
		guest |= (uint32_t)host & open_flags[i].host ? open_flags[i].guest : 0;
	return guest;
}

/* ---- paths ---- */

const char *path_map(const char *path, char *buf)
{
	const char *root = m68k_options.sysroot;

	if (!root && (strncmp(path, "/lib/", 5) == 0 || strncmp(path, "/usr/lib/", 9) == 0))
		root = m68k_options.libraries;
	if (!root || path[0] != '/')
		return path;
	/* Its processes are this machine's; procfs.c and the calls know its names, not DIR's. */
	if (strncmp(path, "/proc/", 6) == 0)
		return path;
	if (snprintf(buf, PATH_MAX, "%s%s", root, path) >= PATH_MAX)
		return path;
	return faccessat(AT_FDCWD, buf, F_OK, AT_SYMLINK_NOFOLLOW) == 0 ? buf : path;
}

const char *call_path(uint32_t addr, char *buf, long *rc)
{
	const char *path = mem_string(addr, PATH_MAX);

	if (!path) {
		*rc = mem_span(addr, PATH_MAX, MEM_R) == PATH_MAX ? -ENAMETOOLONG : -EFAULT;
		return NULL;
	}
	return path_map(path, buf);
}

/* ---- a call that is passed on ---- */

/* One argument for the host. Return: 0 or -errno. */
static long host_arg(char kind, const uint32_t *a, char *buf, long *out)
{
	uint32_t n;
	long rc = 0;

	switch (kind) {
	case 'd':
		*out = (int32_t)*a;
		break;
	case 'h':
		*out = (*a & 0xffff) == 0xffff ? -1 : (long)(*a & 0xffff);
		break;
	case 'o':
		*out = call_open_flags(*a);
		break;
	case 'p':
		*out = (long)call_path(*a, buf, &rc);
		return rc;
	case 's':
		*out = (long)mem_string(*a, PATH_MAX);
		return *out ? 0 : -EFAULT;
	case 'b':
	case 'B':
		/* The count follows: 'z' asks for the span again, which costs a look at few pages.
		 */
		n = a[1] ? mem_span(*a, a[1], kind == 'B' ? MEM_W : MEM_R) : 0;
		*out = n || *a ? (long)mem_host(*a) : 0;
		return a[1] && !n ? -EFAULT : 0;
	default:
		*out = *a;
	}
	return 0;
}

static long pass_on(struct m68k_thread *t, const struct m68k_call *row, const uint32_t a[6])
{
	char path[2][PATH_MAX];
	long host[CALL_ARGS] = { 0 }, rc;
	unsigned paths = 0;

	for (int i = 0; row->kinds[i]; i++) {
		char kind = row->kinds[i];

		rc = host_arg(kind, &a[i], path[paths], &host[i]);
		if (rc < 0)
			return rc;
		paths += kind == 'p' && paths < 1;
		if (kind == 'z')
			host[i] = a[i] ? mem_span(a[i - 1], a[i],
						  row->kinds[i - 1] == 'B' ? MEM_W : MEM_R)
				       : 0;
	}
	if (row->flags & CALL_BLOCKS)
		return thread_host_call(t, row->host, host[0], host[1], host[2], host[3], host[4],
					host[5]);
	rc = syscall(row->host, host[0], host[1], host[2], host[3], host[4], host[5]);
	return rc < 0 ? -errno : rc;
}

/* ---- the trace ---- */

static int trace_arg(char *out, size_t room, char kind, uint32_t value)
{
	char text[TRACE_TEXT_BYTES + 1];
	const char *s;

	switch (kind) {
	case 'd':
		return snprintf(out, room, "%d", (int32_t)value);
	case 'u':
	case 'z':
		return snprintf(out, room, "%u", value);
	case 'o':
		return snprintf(out, room, "0%o", value);
	case 'p':
	case 's':
		s = mem_string(value, PATH_MAX);
		if (s) {
			autofree char *safe = NULL;

			snprintf(text, sizeof(text), "%s", s);
			safe = str_escape(text);
			return snprintf(out, room, "\"%s\"%s", safe ? safe : "",
					strlen(s) > TRACE_TEXT_BYTES ? "..." : "");
		}
		/* fallthrough */
	default:
		return snprintf(out, room, "%#x", value);
	}
}

void call_trace_line(struct m68k_thread *t, uint32_t nr, const uint32_t a[6], bool done, long ret)
{
	const struct m68k_call *row = nr < CALL_MAX ? &call_table[nr] : NULL;
	char line[512], *p = line, *end = line + sizeof(line) - 1;

	p += snprintf(p, end - p, "%d ", t->tid);
	if (row && row->name)
		p += snprintf(p, end - p, "%s(", row->name);
	else
		p += snprintf(p, end - p, "call_%u(", nr);
	for (int i = 0; row && row->kinds && row->kinds[i]; i++) {
		p += snprintf(p, end - p, "%s", i ? ", " : "");
		p += trace_arg(p, end - p, row->kinds[i], a[i]);
	}
	p += snprintf(p, end - p, ")");
	if (!done)
		p += snprintf(p, end - p, " ...\n");
	else if (ret < 0 && ret > -4096)
		p += snprintf(p, end - p, " = -1 (%s)\n", strerrorname_np((int)-ret) ?: "?");
	else
		p += snprintf(p, end - p, ret > 4096 ? " = %#lx\n" : " = %ld\n", ret & 0xffffffff);
	if (p > end)
		p = end;
	if (write(STDERR_FILENO, line, p - line) < 0)
		return;
}

/* ---- dispatch ---- */

long call_perform(struct m68k_thread *t, uint32_t nr, const uint32_t a[6])
{
	const struct m68k_call *row = nr < CALL_MAX ? &call_table[nr] : NULL;

	if (!row || !row->name) {
		if (nr < CALL_MAX && !told[nr]++)
			log_debug("task: unknown system call %u", nr);
		return -ENOSYS;
	}
	return row->handler ? row->handler(t, a) : pass_on(t, row, a);
}

void call_dispatch(struct m68k_thread *t)
{
	uint32_t regs[7], a[6], nr;
	long ret;

	cpu_read_call(regs);
	nr = regs[0];
	memcpy(a, regs + 1, sizeof(a));
	if (tracing && nr < CALL_MAX && call_table[nr].flags & CALL_LEAVES)
		call_trace_line(t, nr, a, false, 0);
	ret = call_perform(t, nr, a);
	if (tracing)
		call_trace_line(t, nr, a, ret != CALL_NO_ANSWER, ret);
	if (ret == CALL_NO_ANSWER)
		return;
	if (ret == -EINTR && call_table[nr].flags & CALL_RESTARTS) {
		t->restart = true;
		t->restart_d0 = nr;
	}
	cpu_set(UC_M68K_REG_D0, (uint32_t)ret);
}

/*
 * In the engine's hook: what is short, and what is passed on and does not wait. A call may raise a
 * signal for its own thread, which is delivered before the call returns.
 */
enum cpu_hot call_hot(const uint32_t regs[7], uint32_t *d0)
{
	const struct m68k_call *row;
	struct m68k_thread *t = thread_self;

	if (regs[0] >= CALL_MAX)
		return CPU_NOT_HOT;
	row = &call_table[regs[0]];
	if (tracing && !(row->flags & CALL_QUIET))
		return CPU_NOT_HOT;
	if (row->flags & CALL_HOT)
		*d0 = (uint32_t)row->handler(t, regs + 1);
	else if (row->name && !row->handler && !(row->flags & CALL_BLOCKS))
		*d0 = (uint32_t)pass_on(t, row, regs + 1);
	else
		return CPU_NOT_HOT;
	return t->attention ? CPU_HOT_STOP : CPU_HOT_DONE;
}
