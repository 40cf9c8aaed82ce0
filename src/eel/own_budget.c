// SPDX-License-Identifier: GPL-2.0-or-later
#include "own_budget.h"

#include <sys/resource.h>
#include <sys/syscall.h>

#include "util.h"

const char *own_budget_of(const struct registry *r, const struct chain *c, struct budget *b)
{
	const char *id = NULL;

	budget_init(b);
	for (unsigned i = 0; i < c->n; i++) {
		const struct record *rec = &r->v[c->v[i].record];

		if (!rec->budget)
			continue;
		budget_cut(b, rec->budget);
		id = id ? id : rec->id;
	}
	return id;
}

/* What is to be enforced: "max" holds where nothing is done. */
static unsigned wanted(const struct budget *b)
{
	unsigned mask = budget_given(b);

	for (int i = 0; i < BUDGET_KEY_COUNT; i++)
		if (b->value[i] == BUDGET_NOLIMIT)
			mask &= ~(1U << i);
	return mask;
}

static int ask(const char *id, const struct budget *b)
{
	char text[OWN_BUDGET_BYTES], words[OWN_BUDGET_BYTES - 64];
	char *argv[] = { text, NULL }, *envp[] = { NULL };
	long ret;

	budget_words(b, words, sizeof(words));
	snprintf(text, sizeof(text), "%s %s", id, words);
	ret = syscall(SYS_execve, OWN_BUDGET_ASK, argv, envp);
	return ret < 0 ? -errno : (int)ret;
}

static void lower(int resource, rlim_t value)
{
	struct rlimit rl;

	if (getrlimit(resource, &rl) < 0 || rl.rlim_max <= value)
		return;
	rl.rlim_max = value;
	if (rl.rlim_cur > value)
		rl.rlim_cur = value;
	setrlimit(resource, &rl);
}

static const char *reason(int ret)
{
	switch (ret) {
	case -ENOENT:
	case -EACCES:
		return "no supervisor of a session hears eel";
	case -EBUSY:
		return "a debugger holds the task";
	case -ENOSPC:
		return "too many environments of this session have one";
	case -EPIPE:
		return "the session's keeper was killed";
	case -EOPNOTSUPP:
		return "there is no cgroup for it";
	default:
		return ret < 0 ? strerror(-ret) : "there is no such controller";
	}
}

int own_budget_enter(const char *id, const struct budget *b, bool required, char why[WHY_BYTES])
{
	unsigned keys = wanted(b), missing = keys & ~(1U << BUDGET_NOFILE);
	int ret = missing ? ask(id, b) : 0;
	char list[128];

	missing &= ret > 0 ? ~(unsigned)ret : ~0U;
	budget_names(missing, list, sizeof(list));
	if (missing)
		snprintf(why, WHY_BYTES, "%s: budget: %s: cannot be enforced here%s: %s", id, list,
			 missing & 1U << BUDGET_MEMORY && !required
				 ? " (memory: for each process alone)"
				 : "",
			 reason(ret));
	if (missing && required)
		return -EOPNOTSUPP;
	if (keys & 1U << BUDGET_NOFILE)
		lower(RLIMIT_NOFILE, b->value[BUDGET_NOFILE]);
	if (missing & 1U << BUDGET_MEMORY)
		lower(RLIMIT_DATA, b->value[BUDGET_MEMORY]);
	return missing ? -EOPNOTSUPP : 0;
}
