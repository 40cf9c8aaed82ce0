// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A task of a native session enters the namespaces of a session in it.
 *
 * Descent is what a terminal, a process group and an exit status go by, so the first program of
 * the inner session must come from the ucrun that asked for it. That is a task under the filter,
 * with no CAP_SYS_ADMIN. But the owner of a user namespace may enter it from its parent namespace
 * without one: root of the session owns the one that was made for this (src/native/userns.c).
 *
 * Who enters a user namespace has all capabilities in it. So the task is held (inject.c) over the
 * whole way: it enters, is given a Landlock domain of its own, gives the capabilities up, and only
 * then runs on, with no more than it had, and that in the inner namespace. Nothing here knows
 * sessions: whatever descriptors the task brings, the kernel decides whether it may enter, and it
 * comes out confined. When it could do the first step and not all of them, it is killed.
 */
#include "enter_native.h"

#include <linux/capability.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "inject.h"
#include "util.h"

#define CAPS_MAX		64
#define LANDLOCK_SCOPED_SINCE	6 /* ABI of Linux 6.12 */
#define LANDLOCK_SCOPE_ABSTRACT 1
#define LANDLOCK_ABI		1 /* LANDLOCK_CREATE_RULESET_VERSION */
#define STATUS_BYTES		16384

static uint64_t kept;

void enter_native_keep(uint64_t caps)
{
	kept = caps;
}

/* What /proc/TID/status tells under @key, a set of capabilities. */
static uint64_t caps_of(pid_t tid, const char *key)
{
	autofree char *text = NULL;
	char name[64], *at;

	snprintf(name, sizeof(name), "/proc/%d/status", tid);
	if (read_file_at(AT_FDCWD, name, STATUS_BYTES, &text) < 0 || !(at = strstr(text, key)))
		return 0;
	return strtoull(at + strlen(key), NULL, 16);
}

static int64_t call(struct request *rq, struct hold *h, long nr, uint64_t a, uint64_t b, uint64_t c)
{
	return hold_call(rq, h, nr, (const uint64_t[5]){ a, b, c });
}

/* Abstract sockets have the network's namespace only: as src/native/confine.c has it. */
static int64_t scope_sockets(struct request *rq, struct hold *h)
{
	const struct {
		uint64_t fs, net, scoped;
	} attr = { .scoped = LANDLOCK_SCOPE_ABSTRACT };
	uint64_t at = (hold_scratch(h) - sizeof(attr)) & ~15UL;
	int64_t fd, ret;

	if (syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_ABI) < LANDLOCK_SCOPED_SINCE)
		return 0;
	ret = mem_poke(rq->tid, at, &attr, sizeof(attr));
	if (ret < 0)
		return ret;
	fd = call(rq, h, SYS_landlock_create_ruleset, at, sizeof(attr), 0);
	if (fd < 0)
		return fd;
	ret = call(rq, h, SYS_landlock_restrict_self, fd, 0, 0);
	call(rq, h, SYS_close, fd, 0, 0);
	return ret;
}

static int64_t give_up(struct request *rq, struct hold *h)
{
	struct {
		struct __user_cap_header_struct head;
		struct __user_cap_data_struct data[2];
	} image = { .head.version = _LINUX_CAPABILITY_VERSION_3 };
	uint64_t at = (hold_scratch(h) - sizeof(image)) & ~15UL;
	int64_t ret = 0;

	for (unsigned cap = 0; ret == 0 && cap < CAPS_MAX && prctl(PR_CAPBSET_READ, cap) >= 0;
	     cap++)
		if (!(kept & 1UL << cap))
			ret = call(rq, h, SYS_prctl, PR_CAPBSET_DROP, cap, 0);
	for (unsigned i = 0; i < 2; i++)
		image.data[i].permitted = image.data[i].effective = (uint32_t)(kept >> 32 * i);
	if (ret == 0)
		ret = mem_poke(rq->tid, at, &image, sizeof(image));
	if (ret == 0)
		ret = call(rq, h, SYS_capset, at, at + sizeof(image.head), 0);
	if (ret == 0 &&
	    (caps_of(rq->tid, "\nCapBnd:") != kept || caps_of(rq->tid, "\nCapPrm:") != kept))
		ret = -EPERM;
	return ret;
}

/* The pid namespace is for its children, as always. */
static int64_t enter_rest(struct request *rq, struct hold *h)
{
	static const int types[] = { CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWPID };
	int64_t ret = 0;

	for (unsigned i = 0; ret == 0 && i < ARRAY_SIZE(types); i++)
		ret = call(rq, h, SYS_setns, rq->args[i + 2], types[i], 0);
	return ret;
}

/* Half a way in, with all capabilities there: not one instruction more. */
static void end_held(pid_t tid, int64_t why)
{
	int status;

	log_debug("task %d: could not enter a session whole, ended: %s", tid, strerror(-why));
	kill(tid, SIGKILL);
	/* Its parent hears of it when we have. */
	while (waitpid(tid, &status, __WALL) < 0 ? errno == EINTR : WIFSTOPPED(status))
		;
}

static void enter_held(struct request *rq)
{
	struct hold h;
	int64_t ret;

	if (!hold_begin(rq, &h))
		return;
	ret = call(rq, &h, SYS_setns, rq->args[0], CLONE_NEWUSER, 0);
	if (ret == -ESRCH)
		return;
	if (ret < 0) {
		hold_return(&h, ret);
		return;
	}
	ret = enter_rest(rq, &h);
	if (ret == 0)
		ret = scope_sockets(rq, &h);
	if (ret == 0)
		ret = give_up(rq, &h);
	if (ret == -ESRCH)
		return;
	if (ret < 0)
		end_held(rq->tid, ret);
	else
		hold_return(&h, 0);
}

struct verdict enter_native(struct request *rq)
{
	if (inject_expected(rq->tid))
		return verdict_continue();
	if (rq->args[1] != ENTER_FLAGS || !kept)
		return verdict_return(-EPERM);
	/* What it comes out with is no more than it has: all that root of a session has. */
	if ((caps_of(rq->tid, "\nCapEff:") & kept) != kept ||
	    (caps_of(rq->tid, "\nCapBnd:") & kept) != kept || !request_valid(rq) ||
	    task_seize(rq->tid) < 0)
		return verdict_return(-EPERM);
	request_block_begin(rq, false);
	enter_held(rq);
	request_block_end(rq);
	return verdict_done();
}
