// SPDX-License-Identifier: GPL-2.0-or-later
/* Identity calls: the rules are in views/identity.c, the state is kept per process. */
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/utsname.h>

#include "machine.h"
#include "sys.h"

#define ARG(i) (rq->args[i])

#define CRED (&rq->st->cred)

struct verdict sys_getuid(struct request *rq)
{
	return verdict_return(CRED->ruid);
}

struct verdict sys_geteuid(struct request *rq)
{
	return verdict_return(CRED->euid);
}

struct verdict sys_getgid(struct request *rq)
{
	return verdict_return(CRED->rgid);
}

struct verdict sys_getegid(struct request *rq)
{
	return verdict_return(CRED->egid);
}

static struct verdict three_ids(struct request *rq, uint32_t r, uint32_t e, uint32_t s)
{
	uint32_t ids[3] = { r, e, s };
	int ret = 0;

	for (int i = 0; i < 3 && ret == 0; i++)
		ret = mem_write(rq, ARG(i), &ids[i], sizeof(ids[i]));
	return verdict_return(ret);
}

struct verdict sys_getresuid(struct request *rq)
{
	return three_ids(rq, CRED->ruid, CRED->euid, CRED->suid);
}

struct verdict sys_getresgid(struct request *rq)
{
	return three_ids(rq, CRED->rgid, CRED->egid, CRED->sgid);
}

struct verdict sys_getgroups(struct request *rq)
{
	int size = ARG(0), ret;

	if (size < 0)
		return verdict_return(-EINVAL);
	if (size == 0)
		return verdict_return(CRED->ngroups);
	if ((unsigned)size < CRED->ngroups)
		return verdict_return(-EINVAL);
	ret = mem_write(rq, ARG(1), CRED->groups, CRED->ngroups * sizeof(gid_t));
	return verdict_return(ret < 0 ? ret : (int)CRED->ngroups);
}

/* Apply a change of credentials; @result is what the call returns on success. */
static struct verdict cred_change(struct request *rq, const struct cred *c, int64_t result)
{
	struct state st;
	int ret;

	if (memcmp(c, CRED, sizeof(*c)) == 0)
		return verdict_return(result);
	ret = taskstate_copy(&st, rq->st);
	if (ret < 0)
		return verdict_return(ret);
	st.cred = *c;
	/* commit_creds(): what it knows from before is not for its new equals */
	st.undumpable |= c->euid != CRED->euid || c->egid != CRED->egid ||
			 c->fsuid != CRED->fsuid || c->fsgid != CRED->fsgid ||
			 c->cap_permitted & ~CRED->cap_permitted;
	ret = state_set(rq->tid, &st);
	taskstate_finish(&st);
	return verdict_return(ret < 0 ? ret : result);
}

#define CRED_CALL(name, ...)                                                   \
	struct verdict sys_##name(struct request *rq)                          \
	{                                                                      \
		struct cred c = *CRED;                                         \
		int ret = cred_##name(&c, __VA_ARGS__);                        \
                                                                               \
		return ret < 0 ? verdict_return(ret) : cred_change(rq, &c, 0); \
	}

CRED_CALL(setuid, ARG(0))
CRED_CALL(setgid, ARG(0))
CRED_CALL(setreuid, ARG(0), ARG(1))
CRED_CALL(setregid, ARG(0), ARG(1))
CRED_CALL(setresuid, ARG(0), ARG(1), ARG(2))
CRED_CALL(setresgid, ARG(0), ARG(1), ARG(2))

struct verdict sys_setfsuid(struct request *rq)
{
	struct cred c = *CRED;
	uid_t old = cred_setfsuid(&c, ARG(0));

	cred_change(rq, &c, 0);
	return verdict_return(old);
}

struct verdict sys_setfsgid(struct request *rq)
{
	struct cred c = *CRED;
	gid_t old = cred_setfsgid(&c, ARG(0));

	cred_change(rq, &c, 0);
	return verdict_return(old);
}

struct verdict sys_setgroups(struct request *rq)
{
	gid_t groups[CRED_GROUPS_MAX];
	struct cred c = *CRED;
	int n = ARG(0), ret;

	if (n < 0 || n > CRED_GROUPS_MAX)
		return verdict_return(-EINVAL);
	ret = mem_read(rq, ARG(1), groups, n * sizeof(gid_t));
	if (ret == 0)
		ret = cred_setgroups(&c, groups, n);
	return ret < 0 ? verdict_return(ret) : cred_change(rq, &c, 0);
}

/* ---- capabilities ---- */

static int cap_words(uint32_t version)
{
	switch (version) {
	case _LINUX_CAPABILITY_VERSION_1:
		return _LINUX_CAPABILITY_U32S_1;
	case _LINUX_CAPABILITY_VERSION_2:
	case _LINUX_CAPABILITY_VERSION_3:
		return _LINUX_CAPABILITY_U32S_3;
	}
	return 0;
}

static int cap_header(struct request *rq, struct __user_cap_header_struct *h, int *words)
{
	int ret = mem_read(rq, ARG(0), h, sizeof(*h));

	if (ret < 0)
		return ret;
	*words = cap_words(h->version);
	if (*words)
		return 0;
	h->version = _LINUX_CAPABILITY_VERSION_3;
	ret = mem_write(rq, ARG(0), h, sizeof(*h));
	return ret < 0 ? ret : -EINVAL;
}

struct verdict sys_capget(struct request *rq)
{
	struct __user_cap_header_struct h;
	struct __user_cap_data_struct d[_LINUX_CAPABILITY_U32S_3];
	const struct state *other = NULL;
	const struct cred *c = CRED;
	int words, ret = cap_header(rq, &h, &words);

	if (ret == -EINVAL && !ARG(1))
		return verdict_return(0); /* the documented way to ask for the version */
	if (ret < 0)
		return verdict_return(ret);
	if (h.pid < 0)
		return verdict_return(-EINVAL);
	if (h.pid && h.pid != rq->tid) {
		other = state_of(h.pid);
		if (!other)
			return verdict_return(-ESRCH);
		c = &other->cred;
	}
	for (int i = 0; i < words; i++)
		d[i] = (struct __user_cap_data_struct){ c->cap_effective >> 32 * i,
							c->cap_permitted >> 32 * i,
							c->cap_inheritable >> 32 * i };
	state_put(other);
	ret = mem_write(rq, ARG(1), d, words * sizeof(d[0]));
	return verdict_return(ret);
}

struct verdict sys_capset(struct request *rq)
{
	struct __user_cap_header_struct h;
	struct __user_cap_data_struct d[_LINUX_CAPABILITY_U32S_3] = { 0 };
	struct cred c = *CRED;
	uint64_t set[3] = { 0 };
	int words, ret = cap_header(rq, &h, &words);

	if (ret < 0)
		return verdict_return(ret);
	if (h.pid && h.pid != rq->tid)
		return verdict_return(-EPERM);
	ret = mem_read(rq, ARG(1), d, words * sizeof(d[0]));
	if (ret < 0)
		return verdict_return(ret);
	for (int i = 0; i < words; i++) {
		set[0] |= (uint64_t)d[i].effective << 32 * i;
		set[1] |= (uint64_t)d[i].permitted << 32 * i;
		set[2] |= (uint64_t)d[i].inheritable << 32 * i;
	}
	ret = cred_capset(&c, set[0], set[1], set[2]);
	return ret < 0 ? verdict_return(ret) : cred_change(rq, &c, 0);
}

struct verdict sys_prctl(struct request *rq)
{
	struct cred c = *CRED;
	struct state st;
	int ret, option = ARG(0);

	switch (option) {
	case PR_SET_DUMPABLE:
		/*
		 * Told back but not done: an undumpable process hides its memory and descriptors
		 * from us (proc(5): they become root's), and it could not be served any more.
		 */
		if (ARG(1) > 1)
			return verdict_return(-EINVAL);
		ret = taskstate_copy(&st, rq->st);
		if (ret < 0)
			return verdict_return(ret);
		st.undumpable = ARG(1) == 0;
		ret = state_set(rq->tid, &st);
		taskstate_finish(&st);
		return verdict_return(ret);
	case PR_GET_DUMPABLE:
		return verdict_return(!rq->st->undumpable);
	case PR_SET_NO_NEW_PRIVS:
		if (ARG(1) != 1 || ARG(2) || ARG(3) || ARG(4))
			return verdict_return(-EINVAL);
		ret = taskstate_copy(&st, rq->st);
		if (ret < 0)
			return verdict_return(ret);
		st.no_new_privs = true;
		ret = state_set(rq->tid, &st);
		taskstate_finish(&st);
		return verdict_return(ret);
	case PR_SET_SECCOMP:
		/* A filter can only take away, whatever the memory says by then. */
		return ARG(1) == SECCOMP_MODE_STRICT ? inject_strict(rq) : verdict_continue();
	case PR_GET_NO_NEW_PRIVS:
		return ARG(1) || ARG(2) || ARG(3) || ARG(4) ? verdict_return(-EINVAL)
							    : verdict_return(rq->st->no_new_privs);
	}
	ret = cred_prctl(&c, option, ARG(1), ARG(2));
	return ret < 0 ? verdict_return(ret) : cred_change(rq, &c, ret);
}

/* Only with SECCOMP_SET_MODE_STRICT. */
struct verdict sys_seccomp(struct request *rq)
{
	return ARG(1) || ARG(2) ? verdict_return(-EINVAL) : inject_strict(rq);
}

/* ---- names of the machine ---- */

struct verdict sys_uname(struct request *rq)
{
	struct utsname u;

	uname(&u);
	if (rq->st->nest->hostname[0]) {
		memset(u.nodename, 0, sizeof(u.nodename));
		snprintf(u.nodename, sizeof(u.nodename), "%.64s", rq->st->nest->hostname);
	}
	return verdict_return(mem_write(rq, ARG(0), &u, sizeof(u)));
}

struct verdict sys_sethostname(struct request *rq)
{
	char name[sizeof(rq->st->nest->hostname)] = { 0 };
	int ret;

	if (!cred_has_cap(CRED, CAP_SYS_ADMIN))
		return verdict_return(-EPERM);
	if (ARG(1) >= sizeof(name))
		return verdict_return(-EINVAL);
	ret = mem_read(rq, ARG(0), name, ARG(1));
	if (ret == 0)
		memcpy(rq->st->nest->hostname, name, sizeof(name));
	return verdict_return(ret);
}

struct verdict sys_setdomainname(struct request *rq)
{
	return verdict_return(cred_has_cap(CRED, CAP_SYS_ADMIN) ? 0 : -EPERM);
}
