// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * An environment with a budget of its own: eel asks for it by an execve(2) of OWN_BUDGET_ASK.
 *
 * Who asks is put into a tighter group than it is in and never into a wider one, so anybody may. It
 * must be that process and no other: it is moved by its number, and numbers are used again. So the
 * task is held by ptrace meanwhile. Killed then, it keeps its number until we have let it go.
 */
#include <sys/pidfd.h>
#include <sys/stat.h>

#include "inject.h"
#include "own_budget.h"
#include "sys.h"

bool environment_asks(const char *path)
{
	return strcmp(path, OWN_BUDGET_ASK) == 0;
}

/* The call's one argument. */
static int words_of(struct request *rq, uint64_t argv, char words[OWN_BUDGET_BYTES])
{
	uint64_t at = 0;
	ssize_t n = mem_read(rq, argv, &at, sizeof(at));

	if (n >= 0)
		n = at ? mem_read_str(rq, at, words, OWN_BUDGET_BYTES) : -EINVAL;
	return n < 0 ? n : 0;
}

/*
 * The nested session that the task is in: what one asks for is not to be another one's limit. At
 * native level a session has a pid namespace, and that is told by its inode, which a later one may
 * get.
 */
static int nest_of(const struct request *rq, unsigned *nest)
{
	struct stat own, its;
	char name[64];

	*nest = rq->st ? rq->st->nest->id : 0;
	if (rq->st)
		return 0;
	snprintf(name, sizeof(name), "/proc/%d/ns/pid", rq->tid);
	if (stat("/proc/self/ns/pid", &own) < 0 || stat(name, &its) < 0)
		return -errno;
	*nest = its.st_ino == own.st_ino ? 0 : its.st_ino;
	return 0;
}

static void enter_and_return(struct request *rq, int pidfd, const char *words)
{
	const struct scvm_config *cfg = machine.cfg;
	unsigned nest;
	int ret = nest_of(rq, &nest);
	struct hold h;

	if (ret == 0)
		ret = cfg->environment(cfg->budget_arg, pidfd, nest, words);
	if (hold_begin(rq, &h))
		hold_return(&h, ret);
}

struct verdict environment_ask(struct request *rq, uint64_t argv)
{
	char words[OWN_BUDGET_BYTES];
	autoclose int pidfd = -1;
	int ret;

	if (!machine.cfg->environment)
		return verdict_return(-EOPNOTSUPP);
	ret = words_of(rq, argv, words);
	if (ret < 0)
		return verdict_return(ret);
	ret = task_seize(rq->tid);
	if (ret < 0)
		return verdict_return(ret);
	pidfd = pidfd_open(task_tgid(rq->tid), 0);
	request_block_begin(rq, false);
	enter_and_return(rq, pidfd, words);
	request_block_end(rq);
	return verdict_done();
}
