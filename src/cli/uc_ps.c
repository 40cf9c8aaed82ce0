// SPDX-License-Identifier: GPL-2.0-or-later
/* uc ps: sessions that run. */
#include <dirent.h>
#include <fcntl.h>
#include <time.h>

#include "session.h"
#include "uc.h"

struct proc {
	pid_t pid, ppid;
	unsigned long long start;
	bool counted;
};

struct procs {
	struct proc *list;
	size_t n;
};

static bool proc_read(pid_t pid, struct proc *p)
{
	autofree char *text = NULL;
	char name[64], *at;

	snprintf(name, sizeof(name), "/proc/%d/stat", pid);
	/* The name in parentheses may hold anything; what follows the last one is numbers. */
	if (read_file_at(AT_FDCWD, name, 8192, &text) < 0 || !(at = strrchr(text, ')')))
		return false;
	*p = (struct proc){ .pid = pid };
	for (int field = 2; at && field < 22; at = strchr(at + 1, ' '), field++)
		if (field == 4)
			p->ppid = atoi(at);
	p->start = at ? strtoull(at, NULL, 10) : 0;
	return true;
}

static struct procs procs_read(void)
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

/* Descendants of the supervisor; -1: that pid is not the session's here (another pid namespace). */
static int tasks_of(struct procs *all, const struct session_info *s)
{
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
	return found ? n : -1;
}

static void show(const struct compartment *c, const struct session_info *s, int tasks, bool json,
		 bool first)
{
	time_t started = s->started;
	char when[64] = "?", number[16] = "?";
	struct tm tm;

	if (json) {
		fputs(first ? "\n{" : ",\n{", stdout);
		json_num(stdout, true, "pid", s->pid);
		json_str(stdout, false, "compartment", c->name);
		json_num(stdout, false, "started", s->started);
		json_str(stdout, false, "level", uc_level_names[s->level]);
		if (tasks >= 0)
			json_num(stdout, false, "tasks", tasks);
		else
			json_str(stdout, false, "tasks", NULL);
		json_str(stdout, false, "command", s->command);
		fputc('}', stdout);
		return;
	}
	if (first)
		printf("%10s %-20s %-19s %5s %s\n", "PID", "COMPARTMENT", "STARTED", "TASKS",
		       "COMMAND");
	if (localtime_r(&started, &tm))
		strftime(when, sizeof(when), "%Y-%m-%d %H:%M:%S", &tm);
	if (tasks >= 0)
		snprintf(number, sizeof(number), "%d", tasks);
	printf("%10d %-20s %-19s %5s %s\n", s->pid, c->name, when, number, s->command);
}

static int ps_one(struct compartment *c, struct procs *all, bool json, int *shown)
{
	struct session_info *list;
	int n = session_list(c, &list);

	if (n < 0) {
		log_err("%s: %s", c->path, strerror(-n));
		return UC_FAILED;
	}
	for (int i = 0; i < n; i++)
		show(c, &list[i], tasks_of(all, &list[i]), json, (*shown)++ == 0);
	session_list_free(list, n);
	return UC_OK;
}

int uc_ps(const struct uc_args *a)
{
	char err[COMPARTMENT_ERR_BYTES];
	char **names = NULL, *just_one[] = { a->argv[0], NULL };
	struct procs all;
	int status = UC_OK, shown = 0;

	if (!a->argc && compartment_list(&names, err, sizeof(err)) < 0) {
		log_err("%s", err);
		return UC_FAILED;
	}
	all = procs_read();
	if (a->json)
		putchar('[');
	for (char **name = a->argc ? just_one : names; *name; name++) {
		struct compartment *c = uc_open(*name);

		if (!c || ps_one(c, &all, a->json, &shown) != UC_OK)
			status = UC_FAILED;
		compartment_destroy(c);
	}
	if (a->json)
		printf("%s]\n", shown ? "\n" : "");
	free(all.list);
	compartment_list_free(names);
	return status;
}
