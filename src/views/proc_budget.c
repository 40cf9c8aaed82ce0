// SPDX-License-Identifier: GPL-2.0-or-later
#include "proc_budget.h"

#include <ctype.h>

#include "util.h"

#define KB 1024ULL

static unsigned long long least(unsigned long long a, unsigned long long b)
{
	return a < b ? a : b;
}

/* What @m leaves of a line's value, in kB. */
static unsigned long long told(const char *name, size_t len, unsigned long long kb,
			       const struct proc_memory *m)
{
	static const char *const apart[] = { "Vmalloc", "DirectMap", "Huge", "Commit" };
	unsigned long long total = m->total / KB;
	unsigned long long rest = m->used < m->total ? (m->total - m->used) / KB : 0;
	unsigned long long swap = m->swap / KB;
	unsigned long long swap_rest = m->swap_used < m->swap ? (m->swap - m->swap_used) / KB : 0;

#define IS(text) (len == strlen(text) && strncmp(name, text, len) == 0)
	if (IS("MemFree"))
		return least(kb, rest);
	if (IS("MemAvailable"))
		return least(kb, least(total, rest + m->cache / KB));
	if (IS("Cached"))
		return least(kb, m->cache / KB);
	if (IS("Buffers"))
		return 0;
	if (IS("SwapTotal"))
		return least(kb, swap);
	if (IS("SwapFree"))
		return least(kb, swap_rest);
#undef IS
	for (size_t i = 0; i < ARRAY_SIZE(apart); i++)
		if (strncmp(name, apart[i], strlen(apart[i])) == 0)
			return kb; /* address space, pools: not memory in use */
	return least(kb, total);
}

char *proc_meminfo(const char *in, const struct proc_memory *m)
{
	char *out = NULL;
	size_t size;
	FILE *f;

	if (!m->total)
		return strdup(in);
	f = open_memstream(&out, &size);
	if (!f)
		return NULL;
	for (const char *p = in; *p;) {
		size_t len = strcspn(p, "\n"), name = strcspn(p, ":\n");
		unsigned long long kb = 0;
		int used = 0;

		/* "%-16s%8lu kB", fs/proc/meminfo.c */
		if (p[name] == ':' && sscanf(p + name + 1, "%llu kB%n", &kb, &used) == 1 && used &&
		    name + 1 + used == len)
			fprintf(f, "%.*s:%*s%8llu kB", (int)name, p,
				name + 1 < 16 ? (int)(16 - name - 1) : 0, "", told(p, name, kb, m));
		else
			fprintf(f, "%.*s", (int)len, p);
		p += len;
		if (*p)
			putc(*p++, f);
	}
	if (fclose(f) != 0) {
		free(out);
		return NULL;
	}
	return out;
}

char *proc_cpuinfo(const char *in, unsigned cpus)
{
	const char *p = in;

	/* One paragraph for each processor. */
	for (unsigned n = 0; cpus && n < cpus && p; n++) {
		p = strstr(p, "\n\n");
		p = p ? p + 2 : NULL;
	}
	return cpus && p ? strndup(in, p - in) : strdup(in);
}

char *proc_cpu_list(const char *in, unsigned cpus)
{
	const char *p = in, *comma = "";
	char *out = NULL;
	size_t size;
	FILE *f;

	if (!cpus)
		return strdup(in);
	f = open_memstream(&out, &size);
	if (!f)
		return NULL;
	while (cpus && isdigit((unsigned char)*p)) {
		char *end;
		unsigned long from = strtoul(p, &end, 10), to = from;

		if (*end == '-')
			to = strtoul(end + 1, &end, 10);
		if (to >= from && to - from >= cpus)
			to = from + cpus - 1;
		fprintf(f, "%s%lu", comma, from);
		if (to > from)
			fprintf(f, "-%lu", to);
		cpus -= to >= from ? to - from + 1 : 1;
		comma = ",";
		p = *end == ',' ? end + 1 : end;
	}
	putc('\n', f);
	if (fclose(f) != 0) {
		free(out);
		return NULL;
	}
	return out;
}
