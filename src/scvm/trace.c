// SPDX-License-Identifier: GPL-2.0-or-later
/* -t: one line a trapped call, like strace's, with the verdict. */
#include <fcntl.h>
#include <string.h>

#include "machine.h"

unsigned scvm_trace_classes(const char *list)
{
	unsigned mask = 0;

	while (*list) {
		size_t n = strcspn(list, ",");
		int c;

		for (c = 0; c < CL_COUNT; c++)
			if (strlen(call_class_names[c]) == n &&
			    strncmp(call_class_names[c], list, n) == 0)
				break;
		if (c == CL_COUNT)
			return 0;
		mask |= 1U << c;
		list += n;
		list += *list == ',';
	}
	return mask;
}

void trace_call(struct request *rq, struct verdict v)
{
	unsigned mask = machine.cfg->trace_classes;
	char line[1024];
	size_t n = 0;

	if (mask && !(mask & 1U << rq->call->class))
		return;
	n += snprintf(line, sizeof(line), "%d %s(", rq->tid, rq->call->name);
	for (unsigned i = 0; i < rq->call->nargs && n < sizeof(line) - 400; i++) {
		int64_t a = rq->args[i];
		const char *sep = i ? ", " : "";

		if ((int)a == AT_FDCWD && i == 0)
			n += snprintf(line + n, sizeof(line) - n, "%sAT_FDCWD", sep);
		else if (a > -4096 && a < 4096)
			n += snprintf(line + n, sizeof(line) - n, "%s%ld", sep, (long)a);
		else
			n += snprintf(line + n, sizeof(line) - n, "%s0x%lx", sep, (unsigned long)a);
	}
	n += snprintf(line + n, sizeof(line) - n, ")");
	if (rq->traced_path[0]) {
		autofree char *name = str_escape(rq->traced_path);

		n += snprintf(line + n, sizeof(line) - n, " \"%.300s\"", name ? name : "");
		if (n >= sizeof(line))
			n = sizeof(line) - 1;
	}
	switch (v.kind) {
	case VERDICT_RETURN:
		if (v.value < 0 && v.value > -4096)
			snprintf(line + n, sizeof(line) - n, " = -1 %s (%s)",
				 v.value == -512 ? "ERESTARTSYS" : strerrorname_np(-v.value),
				 v.value == -512 ? "interrupted" : strerror(-v.value));
		else
			snprintf(line + n, sizeof(line) - n, " = %ld", (long)v.value);
		break;
	case VERDICT_CONTINUE:
		snprintf(line + n, sizeof(line) - n, " : continued");
		break;
	case VERDICT_FD: {
		char name[64], real[300];
		ssize_t len;

		snprintf(name, sizeof(name), "/proc/self/fd/%d", (int)v.value);
		len = readlink(name, real, sizeof(real) - 1);
		real[len < 0 ? 0 : len] = '\0';
		snprintf(line + n, sizeof(line) - n, " = descriptor%s%s",
			 strcmp(real, rq->traced_path) ? " on " : "",
			 strcmp(real, rq->traced_path) ? real : "");
		break;
	}
	case VERDICT_DONE:
		snprintf(line + n, sizeof(line) - n, " : performed by injection");
		break;
	}
	fprintf(machine.cfg->trace, "%s\n", line);
	fflush(machine.cfg->trace);
}
