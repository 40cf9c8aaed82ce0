// SPDX-License-Identifier: GPL-2.0-or-later
/* uc ps: sessions that run. */
#include <time.h>

#include "procs.h"
#include "session.h"
#include "uc.h"

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

struct listing {
	bool json;
	int *shown;
};

/* Their tasks are counted with the outer session's. */
static void ps_nested(const struct compartment *c, void *arg)
{
	struct listing *l = arg;
	struct session_info *list;
	int n = session_list(c, &list);

	for (int i = 0; i < n; i++)
		show(c, &list[i], -1, l->json, (*l->shown)++ == 0);
	if (n > 0)
		session_list_free(list, n);
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
		show(c, &list[i], procs_of(all, &list[i], NULL), json, (*shown)++ == 0);
	session_list_free(list, n);
	uc_nested_each(c, ps_nested, &(struct listing){ json, shown });
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
	procs_finish(&all);
	compartment_list_free(names);
	return status;
}
