// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Owners and modes of the session's pseudo-terminals. devpts makes the slave of whoever opened the
 * master its owner, and to it that is our host user always, whose files are root's inside. So who
 * it is inside is noted here, by number: numbers are the host's, one table serves all views.
 *
 * A row lasts until another master with its number is opened; a terminal that no task has is not
 * shown, so an old one tells nobody anything.
 */
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "layers_priv.h"

#define PTYS_MAX	4096 /* kernel.pty.max by default; those above are root's */
#define PTS_MAJOR_FIRST 136 /* to 143, Documentation/admin-guide/devices.txt */
#define PTS_MAJOR_LAST	143

struct pty {
	uid_t uid;
	gid_t gid;
	mode_t mode; /* when changed */
	bool born, changed; /* the owner is known; group and mode too */
};

static struct pty ptys[PTYS_MAX];
static pthread_mutex_t ptys_lock = PTHREAD_MUTEX_INITIALIZER;

long pty_number(unsigned major, unsigned minor)
{
	if (major < PTS_MAJOR_FIRST || major > PTS_MAJOR_LAST)
		return -ENXIO;
	return (major - PTS_MAJOR_FIRST) * 256 + minor;
}

/* The row of a slave; NULL: it has none */
static struct pty *pty_of(const struct layers *l, const struct statx *stx)
{
	long number = pty_number(stx->stx_rdev_major, stx->stx_rdev_minor);

	return l->flags & LAYERS_PTYS && S_ISCHR(stx->stx_mode) && number >= 0 && number < PTYS_MAX
		       ? &ptys[number]
		       : NULL;
}

void layers_pty_born(int master, const struct cred *who)
{
	unsigned number;

	if (ioctl(master, TIOCGPTN, &number) < 0 || number >= PTYS_MAX)
		return;
	pthread_mutex_lock(&ptys_lock);
	ptys[number] = (struct pty){ .uid = who->fsuid, .born = true };
	pthread_mutex_unlock(&ptys_lock);
}

void pty_virtual(const struct layers *l, struct statx *stx)
{
	struct pty *p = pty_of(l, stx);

	if (!p)
		return;
	pthread_mutex_lock(&ptys_lock);
	if (p->born || p->changed)
		stx->stx_uid = p->uid;
	if (p->changed) {
		stx->stx_gid = p->gid;
		stx->stx_mode = (stx->stx_mode & S_IFMT) | p->mode;
	}
	pthread_mutex_unlock(&ptys_lock);
}

bool pty_record(const struct layers *l, const struct statx *stx, uid_t uid, gid_t gid, mode_t mode)
{
	struct pty *p = pty_of(l, stx);

	if (!p)
		return false;
	pthread_mutex_lock(&ptys_lock);
	*p = (struct pty){ uid, gid, mode & 07777, p->born, true };
	pthread_mutex_unlock(&ptys_lock);
	return true;
}
