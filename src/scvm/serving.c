// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What each worker is at, for the sake of calls whose task was killed meanwhile.
 *
 * A task can be killed while its call is served, and its parent knows of its death at once; the
 * kernel's own calls are over by then. So whoever calls next, and may look, waits until that one
 * is: a file that a killed task was making would appear after "rm -r" has looked. Only elder calls
 * are waited for, so nobody waits in a circle. A call that is not found here yet finds out by
 * itself that its task is dead: request_valid() after its arguments were read.
 */
#include <linux/seccomp.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "machine.h"

#define SETTLE_LOOK_US	  50
#define SETTLE_ROUNDS_MAX 2000 /* 0.1 s and more: somebody copies a big file up */

struct serving {
	struct serving *next; /* lock */
	uint64_t id; /* atomic: a call that is not answered yet; 0: none */
	unsigned turn; /* atomic: of that call */
	bool waits; /* atomic: it may take long, and is woken when its task dies */
	bool late; /* lock: waited for in vain */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct serving *list; /* lock: one for each worker */
static __thread struct serving mine;

void serving_add(void)
{
	pthread_mutex_lock(&lock);
	mine.next = list;
	list = &mine;
	pthread_mutex_unlock(&lock);
}

void serving_remove(void)
{
	pthread_mutex_lock(&lock);
	for (struct serving **at = &list; *at; at = &(*at)->next)
		if (*at == &mine) {
			*at = mine.next;
			break;
		}
	pthread_mutex_unlock(&lock);
}

void serving_begin(uint64_t id, unsigned turn)
{
	__atomic_store_n(&mine.waits, false, __ATOMIC_RELAXED);
	__atomic_store_n(&mine.turn, turn, __ATOMIC_RELAXED);
	__atomic_store_n(&mine.id, id, __ATOMIC_SEQ_CST);
}

void serving_waits(void)
{
	__atomic_store_n(&mine.waits, true, __ATOMIC_RELAXED);
}

void serving_end(void)
{
	__atomic_store_n(&mine.id, 0, __ATOMIC_SEQ_CST);
}

/* An elder call of a dead task, and still worked at? */
static bool lingers(struct serving *s)
{
	uint64_t id = __atomic_load_n(&s->id, __ATOMIC_SEQ_CST);
	unsigned turn = __atomic_load_n(&s->turn, __ATOMIC_RELAXED);

	return s != &mine && id && (int)(turn - mine.turn) < 0 &&
	       !__atomic_load_n(&s->waits, __ATOMIC_RELAXED) &&
	       ioctl(machine.listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &id) < 0 &&
	       id == __atomic_load_n(&s->id, __ATOMIC_SEQ_CST);
}

void serving_settle(void)
{
	bool some = true;

	for (int round = 1; some && round <= SETTLE_ROUNDS_MAX; round++) {
		some = false;
		pthread_mutex_lock(&lock);
		for (struct serving *s = list; s; s = s->next)
			if (!lingers(s))
				s->late = false;
			else if (!s->late) {
				some = true;
				s->late = round == SETTLE_ROUNDS_MAX;
			}
		pthread_mutex_unlock(&lock);
		if (some)
			usleep(SETTLE_LOOK_US);
	}
}
