// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * System V IPC: the objects of a session.
 *
 * They are real, made without a key by the guard (guard.c), so no key of the host's is ever looked
 * up or taken. Which key means which object inside, whose it is and what its mode allows is kept
 * here, by the rules of ipc/util.c. An object lives until it is removed, or as long as the session.
 */
#include "ipc.h"

#include <linux/capability.h>
#include <stddef.h>

#define TEXT_MAX_BYTES (8 << 20)
#define SLOTS_MORE     64

pthread_mutex_t ipc_lock = PTHREAD_MUTEX_INITIALIZER;
struct ipc_set ipc_sets[GUARD_SYSV_COUNT];

int ipc_real_ctl(enum guard_kind kind, int id, int cmd, void *buf)
{
	int ret = kind == GUARD_SHM   ? shmctl(id, cmd, buf)
		  : kind == GUARD_SEM ? semctl(id, 0, cmd, buf)
				      : msgctl(id, cmd, buf);

	return ret < 0 ? -errno : ret;
}

static void object_drop(struct ipc_object *o)
{
	struct ipc_set *set = &ipc_sets[o->kind];

	HASH_DELETE(hh_id, set->by_id, o);
	if (o->name.key != IPC_PRIVATE)
		HASH_DELETE(hh_key, set->by_key, o);
	set->slots[o->slot] = NULL;
	set->nremoved -= o->removed;
	free(o);
}

/* A key that is looked up must lead to something: root on the host may have removed it. */
struct ipc_object *ipc_by_key(const struct nest *nest, enum guard_kind kind, int key)
{
	struct ipc_name name = { key, nest->id };
	struct ipc_object *o;
	union ipc_data d;

	HASH_FIND(hh_key, ipc_sets[kind].by_key, &name, sizeof(name), o);
	if (o && ipc_real_ctl(kind, o->id, IPC_STAT, &d) < 0) {
		guard_remove(kind, o->id);
		object_drop(o);
		return NULL;
	}
	return o;
}

/* A removed segment has gone when the last process detached it, and nobody told us. */
static bool object_has_gone(const struct ipc_object *o)
{
	union ipc_data d;

	return o->removed &&
	       (ipc_real_ctl(o->kind, o->id, IPC_STAT, &d) < 0 || !(d.perm.mode & SHM_DEST));
}

struct ipc_object *ipc_by_id(const struct nest *nest, enum guard_kind kind, int id)
{
	struct ipc_object *o;

	HASH_FIND(hh_id, ipc_sets[kind].by_id, &id, sizeof(id), o);
	if (o && o->name.nest != nest->id)
		return NULL;
	if (o && object_has_gone(o)) {
		object_drop(o);
		return NULL;
	}
	return o;
}

struct ipc_object *ipc_by_slot(const struct nest *nest, enum guard_kind kind, int slot)
{
	struct ipc_set *set = &ipc_sets[kind];
	struct ipc_object *o = slot >= 0 && (unsigned)slot < set->nslots ? set->slots[slot] : NULL;

	return o ? ipc_by_id(nest, kind, o->id) : NULL;
}

static int slot_take(struct ipc_set *set)
{
	void *p;

	for (unsigned i = 0; i < set->nslots; i++)
		if (!set->slots[i])
			return i;
	p = realloc(set->slots, (set->nslots + SLOTS_MORE) * sizeof(*set->slots));
	if (!p)
		return -ENOMEM;
	set->slots = p;
	memset(set->slots + set->nslots, 0, SLOTS_MORE * sizeof(*set->slots));
	set->nslots += SLOTS_MORE;
	return set->nslots - SLOTS_MORE;
}

void ipc_collect(enum guard_kind kind)
{
	struct ipc_set *set = &ipc_sets[kind];

	for (unsigned i = 0; set->nremoved && i < set->nslots; i++)
		if (set->slots[i] && object_has_gone(set->slots[i]))
			object_drop(set->slots[i]);
}

int ipc_remove(struct ipc_object *o)
{
	struct ipc_set *set = &ipc_sets[o->kind];
	int ret = guard_remove(o->kind, o->id);
	union ipc_data d;

	if (o->kind != GUARD_SHM || ipc_real_ctl(o->kind, o->id, IPC_STAT, &d) < 0) {
		object_drop(o);
	} else if (!o->removed) {
		if (o->name.key != IPC_PRIVATE)
			HASH_DELETE(hh_key, set->by_key, o);
		o->name.key = IPC_PRIVATE;
		o->removed = true;
		set->nremoved++;
	}
	return ret;
}

void ipc_nest_end(const struct nest *nest)
{
	pthread_mutex_lock(&ipc_lock);
	for (int kind = 0; kind < GUARD_SYSV_COUNT; kind++)
		for (unsigned i = 0; i < ipc_sets[kind].nslots; i++) {
			struct ipc_object *o = ipc_by_slot(nest, kind, i);

			if (o && !o->removed)
				ipc_remove(o);
		}
	pthread_mutex_unlock(&ipc_lock);
}

/* ipcperms(): @want has the bits of its class in all three places, or in one */
bool ipc_may(const struct ipc_object *o, const struct cred *c, unsigned want)
{
	unsigned granted = o->mode;

	want = want >> 6 | want >> 3 | want;
	if (c->euid == o->cuid || c->euid == o->uid)
		granted >>= 6;
	else if (cred_in_group(c, o->cgid) || cred_in_group(c, o->gid))
		granted >>= 3;
	return (want & ~granted & 7) == 0 || cred_has_cap(c, CAP_IPC_OWNER);
}

bool ipc_owns(const struct ipc_object *o, const struct cred *c, int cap)
{
	return c->euid == o->cuid || c->euid == o->uid || cred_has_cap(c, cap);
}

int ipc_create(struct request *rq, enum guard_kind kind, int key, uint64_t size, int flags)
{
	struct guard_want want = { .kind = kind, .size = size };
	struct ipc_set *set = &ipc_sets[kind];
	const struct cred *c = &rq->st->cred;
	struct ipc_object *o = calloc(1, sizeof(*o));
	int slot = o ? slot_take(set) : -ENOMEM, id = slot;

	if (slot >= 0) {
		want.flags = flags & ~(IPC_MODE_BITS | IPC_CREAT | IPC_EXCL);
		id = guard_create(&want);
	}
	if (id < 0) {
		free(o);
		return id;
	}
	*o = (struct ipc_object){
		.kind = kind,
		.id = id,
		.name = { key, rq->st->nest->id },
		.slot = slot,
		.uid = c->euid,
		.cuid = c->euid,
		.gid = c->egid,
		.cgid = c->egid,
		.mode = flags & IPC_MODE_BITS,
		.cpid = task_tgid(rq->tid),
		.size = size,
	};
	set->slots[slot] = o;
	HASH_ADD(hh_id, set->by_id, id, sizeof(o->id), o);
	if (key != IPC_PRIVATE)
		HASH_ADD(hh_key, set->by_key, name, sizeof(o->name), o);
	return id;
}

/* What the kernel tells of an object, as it is in the view. */
void ipc_translate(const struct ipc_object *o, union ipc_data *d)
{
	d->perm.__key = o->name.key;
	d->perm.uid = o->uid;
	d->perm.gid = o->gid;
	d->perm.cuid = o->cuid;
	d->perm.cgid = o->cgid;
	d->perm.mode = (d->perm.mode & ~IPC_MODE_BITS) | o->mode;
	if (o->kind == GUARD_SHM)
		d->shm.shm_cpid = o->cpid;
}

/* ---- /proc/sysvipc ---- */

/*
 * One line of /proc/sysvipc/KIND: key, id, mode, what the kernel alone knows, and owners. The
 * columns are as wide as seq_printf() in ipc/ makes them.
 */
static void line_translate(const struct ipc_object *o, const char *rest, unsigned mode, FILE *f)
{
	unsigned long a, b;
	unsigned pids[2];
	int at = 0;

	mode = (mode & ~IPC_MODE_BITS) | o->mode;
	fprintf(f, "%10d %10d  %4o ", o->name.key, o->id, mode);
	switch (o->kind) {
	case GUARD_SHM:
		sscanf(rest, "%lu %u %u %lu %*u %*u %*u %*u%n", &a, &pids[0], &pids[1], &b, &at);
		fprintf(f, "%21lu %5u %5u  %5lu", a, o->cpid, pids[1], b);
		break;
	case GUARD_SEM:
		sscanf(rest, "%lu %*u %*u %*u %*u%n", &a, &at);
		fprintf(f, "%10lu", a);
		break;
	default:
		sscanf(rest, "%lu %lu %u %u %*u %*u %*u %*u%n", &a, &b, &pids[0], &pids[1], &at);
		fprintf(f, " %10lu %10lu %5u %5u", a, b, pids[0], pids[1]);
		break;
	}
	fprintf(f, " %5u %5u %5u %5u%s\n", o->uid, o->gid, o->cuid, o->cgid, at ? rest + at : "");
}

char *ipc_list(const struct nest *nest, enum guard_kind kind)
{
	static const char *const names[] = {
		[GUARD_SHM] = "shm", [GUARD_SEM] = "sem", [GUARD_MSG] = "msg"
	};
	autofree char *in = NULL;
	char name[32], *out = NULL, *line, *next;
	size_t size;
	FILE *f;

	snprintf(name, sizeof(name), "/proc/sysvipc/%s", names[kind]);
	if (read_file_at(AT_FDCWD, name, TEXT_MAX_BYTES, &in) < 0)
		return NULL;
	f = open_memstream(&out, &size);
	if (!f)
		return NULL;
	next = strchr(in, '\n');
	fprintf(f, "%.*s\n", (int)(next ? next - in : 0), in); /* the head line */
	pthread_mutex_lock(&ipc_lock);
	for (line = next ? next + 1 : NULL; line && (next = strchr(line, '\n')); line = next + 1) {
		struct ipc_object *o;
		unsigned mode;
		int id, at;

		*next = '\0';
		if (sscanf(line, "%*d %d %o%n", &id, &mode, &at) == 2 &&
		    (o = ipc_by_id(nest, kind, id)))
			line_translate(o, line + at, mode, f);
	}
	pthread_mutex_unlock(&ipc_lock);
	return fclose(f) == 0 ? out : (free(out), NULL);
}
