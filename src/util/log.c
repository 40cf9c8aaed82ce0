// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Log lines. Several processes write to one stderr (the supervisor, its guard, modules, the tasks
 * themselves), so a line is always one write(2): never torn and never mixed with another's.
 */
#include "util.h"

#include <stdarg.h>

#define LOG_LINE_BYTES 4096 /* longer text is cut: PIPE_BUF, up to which a pipe is atomic */

static enum log_level max_level = LOG_WARN;
static const char *prog_name = "ucrun";

void log_set_level(enum log_level level)
{
	__atomic_store_n(&max_level, level, __ATOMIC_RELAXED);
}

bool log_enabled(enum log_level level)
{
	return level <= __atomic_load_n(&max_level, __ATOMIC_RELAXED);
}

void log_name(const char *name)
{
	__atomic_store_n(&prog_name, name, __ATOMIC_RELEASE);
}

void log_msg(enum log_level level, const char *fmt, ...)
{
	char line[LOG_LINE_BYTES];
	const size_t room = sizeof(line) - 1; /* the newline always fits */
	int saved = errno;
	size_t len;
	va_list ap;
	int n;

	if (!log_enabled(level))
		return;
	n = snprintf(line, room, "%s: ", __atomic_load_n(&prog_name, __ATOMIC_ACQUIRE));
	len = n < 0 ? 0 : (size_t)n < room ? (size_t)n : room - 1;
	errno = saved; /* for %m */
	va_start(ap, fmt);
	n = vsnprintf(line + len, room - len, fmt, ap);
	va_end(ap);
	if (n > 0)
		len += (size_t)n < room - len ? (size_t)n : room - len - 1;
	line[len++] = '\n';
	while (write(STDERR_FILENO, line, len) < 0 && errno == EINTR)
		;
	errno = saved;
}
