// SPDX-License-Identifier: GPL-2.0-or-later
/* A program at rest becomes a file. Nothing of the program is changed, and nothing kept. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <nettle/sha2.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "call.h"
#include "conv.h"
#include "mem.h"
#include "options.h"
#include "procfs.h"
#include "state.h"
#include "util.h"

#define WHY_BYTES     512
#define US_PER_S      1000000ULL
#define INSN_BYTES    2
#define OUT_BYTES     (1U << 20)
#define KERNEL_TCGETS 0x5401

int ioctl(int fd, unsigned long request, ...);

/* ---- what is not memory ---- */

/* A child is found by asking for one, alive or not; nobody is waited for. */
static bool has_children(void)
{
	siginfo_t info;

	return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT | __WALL) == 0;
}

static bool has_posix_timers(void)
{
	autofree char *text = NULL;

	return read_file_at(AT_FDCWD, "/proc/self/timers", 1U << 20, &text) > 0;
}

static void save_thread(struct m68k_thread *t, struct state_thread *out)
{
	struct cpu_regs regs;

	thread_load(t);
	cpu_read(&regs);
	memcpy(out->d, regs.d, sizeof(out->d));
	memcpy(out->a, regs.a, sizeof(out->a));
	/* Back in front of the trap: d0 still has the call's number. */
	out->pc = regs.pc - (t->parked_in_call ? INSN_BYTES : 0);
	out->ccr = cpu_ccr();
	cpu_read_fp(out->fp);
	out->tid = (uint32_t)t->tid;
	out->tls = t->tls;
	out->clear_tid = t->clear_tid;
	out->robust = t->robust;
	out->mask = t->mask;
	out->pending = t->pending;
	out->alt_sp = t->alt_sp;
	out->alt_bytes = t->alt_bytes;
	out->alt_on = t->alt_on;
	out->wait_ns = t->parked_in_call ? t->wait_ns : STATE_NO_LIMIT;
}

static int save_threads(struct state *s)
{
	struct m68k_thread *self = thread_self;
	uint64_t pending = 0;
	struct state_thread swap;

	s->threads = calloc(thread_count(), sizeof(*s->threads));
	if (!s->threads)
		return -ENOMEM;
	for (struct m68k_thread *t = thread_first(); t; t = t->next) {
		struct state_thread *out = &s->threads[s->thread_count++];

		save_thread(t, out);
		if (t->tid == getpid()) {
			swap = s->threads[0];
			s->threads[0] = *out;
			*out = swap;
		}
	}
	thread_load(self);
	/* Those that the kernel keeps, for the thread that asks and for the process. */
	syscall(SYS_rt_sigpending, &pending, sizeof(pending));
	s->threads[0].pending |= pending & s->threads[0].mask;
	return 0;
}

static void save_timers(struct state *s)
{
	for (int i = 0; i < STATE_TIMERS; i++) {
		struct itimerval it = { 0 };

		getitimer(i, &it);
		s->timer[i].interval_us = it.it_interval.tv_sec * US_PER_S + it.it_interval.tv_usec;
		s->timer[i].value_us = it.it_value.tv_sec * US_PER_S + it.it_value.tv_usec;
	}
}

static void save_terminal(struct state *s)
{
	uint64_t host[16] = { 0 };

	if (conv_termios.host_bytes > sizeof(host) ||
	    conv_termios.guest_bytes > sizeof(s->termios) ||
	    ioctl(STDIN_FILENO, KERNEL_TCGETS, host) < 0)
		return;
	conv_to_guest(&conv_termios, s->termios, host);
	s->termios_bytes = conv_termios.guest_bytes;
}

static int save_process(struct state *s)
{
	struct mem_break brk;
	char dir[PATH_MAX];
	const void *auxv;
	size_t bytes;

	if (!getcwd(dir, sizeof(dir)))
		return -errno;
	if (dir[0] != '/') /* "(unreachable)" */
		return -ENOENT;
	s->cwd = strdup(dir);
	s->exe = strdup(proc_exe());
	s->sysroot = m68k_options.sysroot ? strdup(m68k_options.sysroot) : NULL;
	if (!s->cwd || !s->exe || (m68k_options.sysroot && !s->sysroot))
		return -ENOMEM;
	s->umask = umask(0);
	umask(s->umask);
	mem_get_break(&brk);
	s->brk_low = brk.low;
	s->brk_now = brk.now;
	s->search_from = brk.search_from;
	auxv = proc_auxv(&bytes);
	memcpy(s->auxv, auxv, bytes);
	s->auxv_bytes = (uint32_t)bytes;
	s->stack = proc_stack();
	for (int i = 0; i < STATE_SIGNALS; i++) {
		const struct m68k_action *a = &signal_actions[i + 1];

		s->action[i] = (struct state_action){ a->handler, a->flags, a->restorer, a->mask };
	}
	save_timers(s);
	save_terminal(s);
	return proc_args(&s->args, &s->arg_count);
}

/* ---- memory ---- */

static const uint8_t zeros[GUEST_PAGE];

/* A page of a file that has become shorter would be a SIGBUS to us: the kernel copies it. */
static bool copy_carefully(int scratch, const void *page, uint8_t *out)
{
	return pwrite(scratch, page, GUEST_PAGE, 0) == GUEST_PAGE &&
	       pread(scratch, out, GUEST_PAGE, 0) == GUEST_PAGE;
}

struct source {
	int scratch; /* a memfd */
	uint8_t page[GUEST_PAGE];
};

static bool is_named(uint32_t addr)
{
	for (const struct mem_name *n = mem_names(); n; n = n->next) {
		if (addr >= n->addr && addr < n->end)
			return true;
	}
	return false;
}

/* The content of a page, valid until the next one is asked for. */
static const uint8_t *page_content(struct source *src, uint32_t addr)
{
	const uint8_t *page = mem_host(addr);

	if (mem_page[addr >> GUEST_PAGE_SHIFT] & MEM_R && !is_named(addr))
		return page;
	if (mem_page[addr >> GUEST_PAGE_SHIFT] & MEM_R)
		return copy_carefully(src->scratch, page, src->page) ? src->page : zeros;
	/* Nobody may read it, but it may have been written before that. */
	if (mprotect(mem_host(addr), GUEST_PAGE, PROT_READ) < 0)
		return zeros;
	if (!copy_carefully(src->scratch, page, src->page))
		page = zeros;
	mprotect(mem_host(addr), GUEST_PAGE, PROT_NONE);
	return page == zeros ? zeros : src->page;
}

/* Runs of pages that are alike: in their rights, and in whether there is anything in them. */
static int save_maps(struct state *s, struct source *src)
{
	const uint32_t pages = GUEST_TASK_END >> GUEST_PAGE_SHIFT;
	struct state_map *last = NULL;
	uint32_t room = 0;

	for (uint32_t p = 0; p < pages; p++) {
		uint32_t bits = mem_page[p] & ~(uint32_t)MEM_CODE, addr = p << GUEST_PAGE_SHIFT;

		if (!bits)
			continue;
		if (memcmp(page_content(src, addr), zeros, GUEST_PAGE) != 0)
			bits |= STATE_MAP_DATA;
		if (last && last->bits == bits && last->addr + last->pages * GUEST_PAGE == addr) {
			last->pages++;
			continue;
		}
		if (s->map_count == room) {
			void *more =
				realloc(s->maps, (room = room ? 2 * room : 64) * sizeof(*last));

			if (!more)
				return -ENOMEM;
			s->maps = more;
		}
		last = &s->maps[s->map_count++];
		*last = (struct state_map){ addr, 1, bits };
	}
	return 0;
}

static int save_names(struct state *s, char *why)
{
	uint32_t n = 0;

	for (const struct mem_name *m = mem_names(); m; m = m->next)
		n++;
	s->names = calloc(n + 1, sizeof(*s->names));
	if (!s->names)
		return -ENOMEM;
	for (const struct mem_name *m = mem_names(); m; m = m->next) {
		struct state_name *out = &s->names[s->name_count];
		unsigned bits = mem_page[m->addr >> GUEST_PAGE_SHIFT];

		if (bits & MEM_SHARED && bits & MEM_W) {
			snprintf(why, WHY_BYTES,
				 "%s is mapped, shared and writable, which cannot be saved",
				 m->path);
			return -ENOTSUP;
		}
		out->addr = m->addr;
		out->pages = (uint32_t)((m->end - m->addr) >> GUEST_PAGE_SHIFT);
		out->offset = (uint64_t)m->offset;
		out->path = strdup(m->path);
		if (!out->path)
			return -ENOMEM;
		s->name_count++;
	}
	return 0;
}

static int gather(struct state *s, struct source *src, char *why)
{
	int rc;

	snprintf(why, WHY_BYTES, "it has child processes, which cannot be saved");
	if (has_children())
		return -ENOTSUP;
	snprintf(why, WHY_BYTES, "it has a timer of timer_create(), which cannot be saved");
	if (has_posix_timers())
		return -ENOTSUP;
	why[0] = '\0';
	rc = state_describe_fds(s, why, WHY_BYTES);
	if (rc == 0)
		rc = save_threads(s);
	if (rc == 0)
		rc = save_process(s);
	if (rc == 0)
		rc = save_names(s, why);
	src->scratch = memfd_create("state", MFD_CLOEXEC);
	if (rc == 0 && src->scratch < 0)
		rc = -errno;
	return rc < 0 ? rc : save_maps(s, src);
}

/* ---- the file ---- */

struct out {
	int fd, error;
	struct sha256_ctx sum;
	uint8_t *buf;
	size_t used;
};

static void flush_out(struct out *o)
{
	if (!o->error)
		o->error = write_all(o->fd, o->buf, o->used);
	o->used = 0;
}

static void put(struct out *o, const void *data, size_t len)
{
	const uint8_t *p = data;

	sha256_update(&o->sum, len, p);
	while (len && !o->error) {
		size_t n = len < OUT_BYTES - o->used ? len : OUT_BYTES - o->used;

		memcpy(o->buf + o->used, p, n);
		o->used += n;
		p += n;
		len -= n;
		if (o->used == OUT_BYTES)
			flush_out(o);
	}
}

static int write_state(int fd, const struct state *s, struct source *src)
{
	struct out o = { .fd = fd };
	uint8_t sum[SHA256_DIGEST_SIZE];
	autofree uint8_t *head = NULL;
	autofree uint8_t *buf = malloc(OUT_BYTES);
	struct state check;
	const char *why;
	size_t len;
	int rc = state_encode(s, &head, &len);

	if (rc < 0 || !buf)
		return rc < 0 ? rc : -ENOMEM;
	/* A file that nobody can read must not take the place of one that can be read. */
	rc = state_parse(head + STATE_PREFIX_BYTES, len - STATE_PREFIX_BYTES, state_pages(s),
			 &check, &why);
	if (rc < 0)
		return rc;
	state_finish(&check);
	o.buf = buf;
	sha256_init(&o.sum);
	put(&o, head, len);
	for (uint32_t i = 0; i < s->map_count && !o.error; i++) {
		const struct state_map *m = &s->maps[i];

		for (uint32_t p = 0; m->bits & STATE_MAP_DATA && p < m->pages; p++)
			put(&o, page_content(src, m->addr + p * GUEST_PAGE), GUEST_PAGE);
	}
	sha256_digest(&o.sum, sizeof(sum), sum);
	put(&o, sum, sizeof(sum));
	flush_out(&o);
	if (!o.error && fsync(fd) < 0 && errno != EINVAL)
		o.error = -errno;
	return o.error;
}

/* Whole or not at all: under another name first. */
static int write_file(const char *path, const struct state *s, struct source *src)
{
	autofree char *temp = str_printf("%s.XXXXXX", path);
	int fd, rc;

	if (!temp)
		return -ENOMEM;
	fd = mkostemp(temp, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	rc = write_state(fd, s, src);
	close(fd);
	if (rc == 0 && rename(temp, path) < 0)
		rc = -errno;
	if (rc < 0)
		unlink(temp);
	return rc;
}

/* The limit on a file's size is an error for us, and no signal for the program. */
static void take_size_signal(void)
{
	const struct timespec now = { 0 };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGXFSZ);
	sigtimedwait(&set, NULL, &now);
}

bool state_save(const char *path)
{
	struct state s = { 0 };
	struct source src = { .scratch = -1 };
	char why[WHY_BYTES] = "";
	uint64_t all = ~0ULL, old;
	int rc;

	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, &old, sizeof(old));
	rc = gather(&s, &src, why);
	if (rc == 0) {
		rc = write_file(path, &s, &src);
		if (rc == -EFBIG)
			take_size_signal();
	}
	if (src.scratch >= 0)
		close(src.scratch);
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &old, NULL, sizeof(old));
	if (rc == -ENOTSUP && why[0])
		log_err("%s: not saved, the program goes on: %s", path, why);
	else if (rc < 0)
		log_err("%s: not saved, the program goes on: %s", path, strerror(-rc));
	else
		log_debug("task: state of %u threads saved in %s", s.thread_count, path);
	state_finish(&s);
	return rc == 0;
}
