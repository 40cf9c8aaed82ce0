// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One function per structure says what is in the file; it writes or reads, as the codec is made.
 * So there is no second list that could differ.
 */
#include "state_file.h"

#include "mem.h"
#include "util.h"

#define STRING_MAX  (128U << 10)
#define PATH_BYTES  4096
#define ARGS_MAX    (1U << 16)
#define THREADS_MAX (1U << 14)
#define FDS_MAX	    (1U << 16)
#define MAPS_MAX    GUEST_PAGES
#define NO_STRING   UINT32_MAX
#define FIRST_ROOM  4096

_Static_assert(sizeof(STATE_MAGIC) - 1 == 8, "the prefix has 8 bytes for it");

struct codec {
	bool reading;
	int error; /* 0, -ENOMEM, -EBADMSG, -E2BIG; nothing is done after the first */
	const uint8_t *in;
	size_t left;
	uint8_t *out;
	size_t used, room;
};

static bool make_room(struct codec *c, size_t len)
{
	size_t room = c->room ? c->room : FIRST_ROOM;
	uint8_t *out;

	if (len > STATE_HEAD_MAX || c->used + len > STATE_HEAD_MAX) {
		c->error = -E2BIG;
		return false;
	}
	while (room - c->used < len)
		room *= 2;
	if (room == c->room)
		return true;
	out = realloc(c->out, room);
	if (!out) {
		c->error = -ENOMEM;
		return false;
	}
	c->out = out;
	c->room = room;
	return true;
}

static void code_bytes(struct codec *c, void *data, size_t len)
{
	if (c->error || len == 0)
		return;
	if (c->reading) {
		if (len > c->left) {
			c->error = -EBADMSG;
			return;
		}
		memcpy(data, c->in, len);
		c->in += len;
		c->left -= len;
	} else if (make_room(c, len)) {
		memcpy(c->out + c->used, data, len);
		c->used += len;
	}
}

static void code_u32(struct codec *c, uint32_t *v)
{
	uint8_t b[4];

	put32(b, *v);
	code_bytes(c, b, sizeof(b));
	if (c->reading)
		*v = get32(b);
}

static void code_u64(struct codec *c, uint64_t *v)
{
	uint8_t b[8];

	put64(b, *v);
	code_bytes(c, b, sizeof(b));
	if (c->reading)
		*v = get64(b);
}

static void code_words(struct codec *c, uint32_t *v, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		code_u32(c, &v[i]);
}

/* A length, then the bytes; a NUL within is an error. */
static void code_string(struct codec *c, char **s)
{
	uint32_t len = *s ? (uint32_t)strlen(*s) : NO_STRING;

	code_u32(c, &len);
	if (len == NO_STRING || c->error)
		return;
	if (len > STRING_MAX || (c->reading && len > c->left)) {
		c->error = c->reading ? -EBADMSG : -E2BIG;
		return;
	}
	if (c->reading) {
		*s = calloc(1, len + 1);
		if (!*s) {
			c->error = -ENOMEM;
			return;
		}
	}
	code_bytes(c, *s, len);
	if (!c->error && strlen(*s) != len)
		c->error = -EBADMSG;
}

/*
 * How many elements follow. When reading, *list gets room for them: for no more than can be there,
 * as each takes at least @least bytes.
 */
static void code_list(struct codec *c, uint32_t *n, void **list, size_t element, size_t least,
		      uint32_t max)
{
	code_u32(c, n);
	if (!c->reading)
		return;
	if (c->error || *n > max || *n > c->left / least) {
		*n = 0;
		c->error = c->error ?: -EBADMSG;
		return;
	}
	*list = calloc(*n + 1, element);
	if (!*list) {
		*n = 0;
		c->error = -ENOMEM;
	}
}

/* Bytes that have room in the structure itself. */
static void code_block(struct codec *c, uint32_t *n, uint8_t *data, uint32_t max)
{
	code_u32(c, n);
	if (*n > max) {
		*n = 0;
		c->error = c->error ?: -EBADMSG;
	}
	code_bytes(c, data, *n);
}

static void code_thread(struct codec *c, struct state_thread *t)
{
	code_u32(c, &t->tid);
	code_words(c, t->d, 8);
	code_words(c, t->a, 8);
	code_u32(c, &t->pc);
	code_u32(c, &t->ccr);
	code_bytes(c, t->fp, sizeof(t->fp));
	code_u32(c, &t->tls);
	code_u32(c, &t->clear_tid);
	code_u32(c, &t->robust);
	code_u64(c, &t->mask);
	code_u64(c, &t->pending);
	code_u32(c, &t->alt_sp);
	code_u32(c, &t->alt_bytes);
	code_u32(c, &t->alt_on);
	code_u64(c, &t->wait_ns);
}

static void code_fd(struct codec *c, struct state_fd *f)
{
	code_u32(c, &f->fd);
	code_u32(c, &f->kind);
	code_u32(c, &f->flags);
	code_u32(c, &f->same_as);
	code_u64(c, &f->offset);
	code_string(c, &f->path);
}

static void code_map(struct codec *c, struct state_map *m)
{
	code_u32(c, &m->addr);
	code_u32(c, &m->pages);
	code_u32(c, &m->bits);
}

static void code_name(struct codec *c, struct state_name *n)
{
	code_u32(c, &n->addr);
	code_u32(c, &n->pages);
	code_u64(c, &n->offset);
	code_string(c, &n->path);
}

/* The least that an element takes; a string may be absent. */
enum { STRING_LEAST = 4, THREAD_LEAST = 232, FD_LEAST = 28, MAP_LEAST = 12, NAME_LEAST = 20 };

static void code_lists(struct codec *c, struct state *s)
{
	code_list(c, &s->arg_count, (void **)&s->args, sizeof(*s->args), STRING_LEAST, ARGS_MAX);
	for (uint32_t i = 0; i < s->arg_count && !c->error; i++)
		code_string(c, &s->args[i]);
	code_list(c, &s->thread_count, (void **)&s->threads, sizeof(*s->threads), THREAD_LEAST,
		  THREADS_MAX);
	for (uint32_t i = 0; i < s->thread_count && !c->error; i++)
		code_thread(c, &s->threads[i]);
	code_list(c, &s->fd_count, (void **)&s->fds, sizeof(*s->fds), FD_LEAST, FDS_MAX);
	for (uint32_t i = 0; i < s->fd_count && !c->error; i++)
		code_fd(c, &s->fds[i]);
	code_list(c, &s->map_count, (void **)&s->maps, sizeof(*s->maps), MAP_LEAST, MAPS_MAX);
	for (uint32_t i = 0; i < s->map_count && !c->error; i++)
		code_map(c, &s->maps[i]);
	code_list(c, &s->name_count, (void **)&s->names, sizeof(*s->names), NAME_LEAST, MAPS_MAX);
	for (uint32_t i = 0; i < s->name_count && !c->error; i++)
		code_name(c, &s->names[i]);
}

static void code_state(struct codec *c, struct state *s)
{
	code_string(c, &s->exe);
	code_string(c, &s->cwd);
	code_string(c, &s->sysroot);
	code_u32(c, &s->umask);
	code_u32(c, &s->brk_low);
	code_u32(c, &s->brk_now);
	code_u32(c, &s->search_from);
	code_u32(c, &s->stack);
	code_block(c, &s->auxv_bytes, s->auxv, sizeof(s->auxv));
	code_block(c, &s->termios_bytes, s->termios, sizeof(s->termios));
	for (int i = 0; i < STATE_TIMERS; i++) {
		code_u64(c, &s->timer[i].interval_us);
		code_u64(c, &s->timer[i].value_us);
	}
	for (int i = 0; i < STATE_SIGNALS; i++) {
		code_u32(c, &s->action[i].handler);
		code_u32(c, &s->action[i].flags);
		code_u32(c, &s->action[i].restorer);
		code_u64(c, &s->action[i].mask);
	}
	code_lists(c, s);
}

void state_finish(struct state *s)
{
	for (uint32_t i = 0; s->args && i < s->arg_count; i++)
		free(s->args[i]);
	for (uint32_t i = 0; s->fds && i < s->fd_count; i++)
		free(s->fds[i].path);
	for (uint32_t i = 0; s->names && i < s->name_count; i++)
		free(s->names[i].path);
	free(s->args);
	free(s->threads);
	free(s->fds);
	free(s->maps);
	free(s->names);
	free(s->exe);
	free(s->cwd);
	free(s->sysroot);
	memset(s, 0, sizeof(*s));
}

uint64_t state_pages(const struct state *s)
{
	uint64_t pages = 0;

	for (uint32_t i = 0; i < s->map_count; i++) {
		if (s->maps[i].bits & STATE_MAP_DATA)
			pages += s->maps[i].pages;
	}
	return pages;
}

int state_encode(const struct state *s, uint8_t **out, size_t *len)
{
	struct codec c = { 0 };
	uint8_t prefix[STATE_PREFIX_BYTES] = STATE_MAGIC;

	put32(prefix + 8, STATE_VERSION);
	put64(prefix + 16, state_pages(s));
	code_bytes(&c, prefix, sizeof(prefix));
	/* Only read from: the other half of the codec is why it is not const. */
	code_state(&c, (struct state *)s);
	if (c.error) {
		free(c.out);
		return c.error;
	}
	put32(c.out + 12, (uint32_t)(c.used - STATE_PREFIX_BYTES));
	*out = c.out;
	*len = c.used;
	return 0;
}

/* ---- reading: what a field may be ---- */

int state_parse_prefix(const uint8_t prefix[STATE_PREFIX_BYTES], uint64_t file_bytes,
		       uint32_t *head_bytes, uint64_t *pages, const char **why)
{
	*why = "it is not a saved state";
	if (memcmp(prefix, STATE_MAGIC, 8) != 0)
		return -EBADMSG;
	*why = "it was saved by another version of ucrun-m68k";
	if (get32(prefix + 8) != STATE_VERSION)
		return -EBADMSG;
	*head_bytes = get32(prefix + 12);
	*pages = get64(prefix + 16);
	*why = "it is damaged: it is not as long as it says";
	if (*head_bytes > STATE_HEAD_MAX || *pages > GUEST_PAGES ||
	    file_bytes != STATE_PREFIX_BYTES + *head_bytes + *pages * GUEST_PAGE + STATE_SUM_BYTES)
		return -EBADMSG;
	return 0;
}

static bool good_path(const char *path)
{
	return path && path[0] == '/' && strlen(path) < PATH_BYTES;
}

static bool good_range(uint32_t addr, uint32_t pages)
{
	return !(addr & (GUEST_PAGE - 1)) && pages > 0 && pages <= GUEST_PAGES &&
	       addr + (uint64_t)pages * GUEST_PAGE <= GUEST_TASK_END;
}

static bool good_maps(const struct state *s)
{
	const uint32_t bits = MEM_PROT | MEM_MAPPED | MEM_SHARED | STATE_MAP_DATA;
	uint64_t end = 0;

	for (uint32_t i = 0; i < s->map_count; i++) {
		const struct state_map *m = &s->maps[i];

		if (!good_range(m->addr, m->pages) || m->addr < end || m->bits & ~bits ||
		    !(m->bits & MEM_MAPPED))
			return false;
		end = m->addr + (uint64_t)m->pages * GUEST_PAGE;
	}
	for (uint32_t i = 0; i < s->name_count; i++) {
		if (!good_range(s->names[i].addr, s->names[i].pages) || !s->names[i].path ||
		    s->names[i].offset > INT64_MAX)
			return false;
	}
	return true;
}

/* Is there one of this number among the first ones, which are sorted, open in its own right? */
static bool listed(const struct state *s, uint32_t before, uint32_t fd)
{
	uint32_t low = 0, high = before;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (s->fds[mid].fd < fd)
			low = mid + 1;
		else
			high = mid;
	}
	return low < before && s->fds[low].fd == fd && s->fds[low].kind != STATE_FD_SAME;
}

static bool good_fds(const struct state *s)
{
	for (uint32_t i = 0; i < s->fd_count; i++) {
		const struct state_fd *f = &s->fds[i];
		bool ok;

		if (f->fd > INT32_MAX || (i && f->fd <= s->fds[i - 1].fd) ||
		    f->flags & ~(uint32_t)STATE_OPEN_ALL || f->offset > INT64_MAX)
			return false;
		switch (f->kind) {
		case STATE_FD_STD:
			ok = f->fd <= STDERR_FILENO && !f->path;
			break;
		case STATE_FD_SAME:
			ok = !f->path && listed(s, i, f->same_as);
			break;
		default:
			ok = f->kind < STATE_FD_KINDS && good_path(f->path);
		}
		if (!ok)
			return false;
	}
	return true;
}

static bool good_threads(const struct state *s)
{
	for (uint32_t i = 0; i < s->thread_count; i++) {
		const struct state_thread *t = &s->threads[i];

		if (t->ccr > 0x1f || t->alt_on > 1 || t->tid > INT32_MAX ||
		    (t->wait_ns > INT64_MAX && t->wait_ns != STATE_NO_LIMIT))
			return false;
	}
	return s->thread_count > 0;
}

static bool good_rest(const struct state *s)
{
	if (!good_path(s->exe) || !good_path(s->cwd) || (s->sysroot && !s->sysroot[0]) ||
	    s->umask > 0777)
		return false;
	if (s->brk_low > s->brk_now || s->brk_now > GUEST_TASK_END ||
	    s->search_from > GUEST_TASK_END || s->search_from & (GUEST_PAGE - 1))
		return false;
	for (int i = 0; i < STATE_TIMERS; i++) {
		if (s->timer[i].interval_us > INT64_MAX || s->timer[i].value_us > INT64_MAX)
			return false;
	}
	for (uint32_t i = 0; i < s->arg_count; i++) {
		if (!s->args[i])
			return false;
	}
	return true;
}

int state_parse(const uint8_t *head, size_t len, uint64_t pages, struct state *out,
		const char **why)
{
	struct codec c = { .reading = true, .in = head, .left = len };

	memset(out, 0, sizeof(*out));
	code_state(&c, out);
	*why = "it is damaged: what it describes is no program";
	if (!c.error && (c.left || !good_maps(out) || state_pages(out) != pages || !good_fds(out) ||
			 !good_threads(out) || !good_rest(out)))
		c.error = -EBADMSG;
	if (c.error == -ENOMEM)
		*why = "no memory for it";
	if (c.error)
		state_finish(out);
	return c.error;
}
