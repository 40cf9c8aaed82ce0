// SPDX-License-Identifier: GPL-2.0-or-later
#include "procs.h"

#include <dirent.h>
#include <fcntl.h>

#include "util.h"

static bool proc_read(pid_t pid, struct proc *p)
{
	autofree char *text = NULL;
	char name[64], *at;

	snprintf(name, sizeof(name), "/proc/%d/stat", pid);
	/* The name in parentheses may hold anything; what follows the last one is numbers. */
	if (read_file_at(AT_FDCWD, name, 8192, &text) < 0 || !(at = strrchr(text, ')')))
		return false;
	*p = (struct proc){ .pid = pid };
	for (int field = 2; at; at = strchr(at + 1, ' '), field++) {
		if (field == 4)
			p->ppid = atoi(at);
		else if (field == 14 || field == 15)
			p->ticks += strtoull(at, NULL, 10);
		else if (field == 22)
			p->start = strtoull(at, NULL, 10);
		else if (field == 24)
			p->rss_bytes = strtoull(at, NULL, 10) * sysconf(_SC_PAGESIZE);
	}
	return true;
}

struct procs procs_read(void)
{
	DIR *d = opendir("/proc");
	struct procs all = { 0 };
	struct dirent *ent;
	struct proc one;

	while (d && (ent = readdir(d))) {
		struct proc *bigger;

		if (atoi(ent->d_name) <= 0 || !proc_read(atoi(ent->d_name), &one))
			continue;
		bigger = realloc(all.list, (all.n + 1) * sizeof(*all.list));
		if (!bigger)
			break;
		all.list = bigger;
		all.list[all.n++] = one;
	}
	if (d)
		closedir(d);
	return all;
}

void procs_finish(struct procs *all)
{
	free(all->list);
	*all = (struct procs){ 0 };
}

int procs_of(struct procs *all, const struct session_info *s, struct procs_sum *sum)
{
	unsigned long long ticks = 0, rss = 0;
	bool found = false, more = true;
	int n = 0;

	for (size_t i = 0; i < all->n; i++) {
		all->list[i].counted = all->list[i].pid == s->pid && all->list[i].start == s->start;
		found |= all->list[i].counted;
	}
	while (more) {
		more = false;
		for (size_t i = 0; i < all->n; i++)
			for (size_t j = 0; !all->list[i].counted && j < all->n; j++)
				if (all->list[j].counted && all->list[j].pid == all->list[i].ppid) {
					all->list[i].counted = more = true;
					n++;
				}
	}
	for (size_t i = 0; i < all->n; i++) {
		ticks += all->list[i].counted ? all->list[i].ticks : 0;
		rss += all->list[i].counted ? all->list[i].rss_bytes : 0;
	}
	if (sum)
		*sum = (struct procs_sum){ ticks * 1000000 / sysconf(_SC_CLK_TCK), rss };
	return found ? n : -1;
}
