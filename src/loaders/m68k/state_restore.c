// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A file becomes a program at rest. The file is somebody else's: its sum says that it is whole, the
 * parser that what it describes can be; beyond that it may do what a program may do.
 */
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
#include <unistd.h>

#include "call.h"
#include "conv.h"
#include "futex.h"
#include "load.h"
#include "mem.h"
#include "options.h"
#include "procfs.h"
#include "state.h"
#include "util.h"

#define WHY_BYTES     512
#define US_PER_S      1000000ULL
#define CHUNK_BYTES   (64U << 10)
#define KERNEL_TCSETS 0x5402

enum { EXIT_OURS = 125, EXIT_NOT_RUNNABLE = 126, EXIT_NOT_FOUND = 127 };

int ioctl(int fd, unsigned long request, ...);

static struct state restored; /* until state_restore_end() */

static int read_part(int fd, void *buf, size_t len, off_t at)
{
	int rc = read_at(fd, buf, len, at);

	return rc == -ENODATA ? -EBADMSG : rc;
}

static int check_sum(int fd, uint64_t bytes, const char **why)
{
	uint8_t want[SHA256_DIGEST_SIZE], sum[SHA256_DIGEST_SIZE];
	autofree uint8_t *buf = malloc(CHUNK_BYTES);
	struct sha256_ctx ctx;
	uint64_t at = 0, end = bytes - STATE_SUM_BYTES;
	int rc = buf ? 0 : -ENOMEM;

	sha256_init(&ctx);
	while (rc == 0 && at < end) {
		size_t n = end - at < CHUNK_BYTES ? (size_t)(end - at) : CHUNK_BYTES;

		rc = read_part(fd, buf, n, (off_t)at);
		if (rc == 0)
			sha256_update(&ctx, n, buf);
		at += n;
	}
	if (rc == 0)
		rc = read_part(fd, want, sizeof(want), (off_t)end);
	if (rc < 0)
		return rc;
	sha256_digest(&ctx, sizeof(sum), sum);
	*why = "it is damaged: its checksum differs";
	return memcmp(sum, want, sizeof(sum)) ? -EBADMSG : 0;
}

static int read_head(int fd, struct state *s, off_t *pages_at, const char **why)
{
	uint8_t prefix[STATE_PREFIX_BYTES];
	autofree uint8_t *head = NULL;
	uint32_t head_bytes;
	uint64_t pages;
	struct stat st;
	int rc;

	if (fstat(fd, &st) < 0)
		return -errno;
	*why = "it is not a saved state";
	if (!S_ISREG(st.st_mode) || st.st_size < STATE_PREFIX_BYTES)
		return -EBADMSG;
	rc = read_part(fd, prefix, sizeof(prefix), 0);
	if (rc == 0)
		rc = state_parse_prefix(prefix, (uint64_t)st.st_size, &head_bytes, &pages, why);
	if (rc == 0)
		rc = check_sum(fd, (uint64_t)st.st_size, why);
	if (rc < 0)
		return rc;
	head = malloc(head_bytes + 1);
	if (!head)
		return -ENOMEM;
	rc = read_part(fd, head, head_bytes, STATE_PREFIX_BYTES);
	*pages_at = STATE_PREFIX_BYTES + (off_t)head_bytes;
	return rc < 0 ? rc : state_parse(head, head_bytes, pages, s, why);
}

static int restore_memory(int fd, const struct state *s, off_t at)
{
	const struct mem_break brk = { s->brk_low, s->brk_now, s->search_from };

	for (uint32_t i = 0; i < s->map_count; i++) {
		const struct state_map *m = &s->maps[i];
		uint32_t bytes = m->pages * GUEST_PAGE;
		int64_t rc = mem_map(m->addr, bytes, MEM_R | MEM_W,
				     (m->bits & MEM_SHARED ? MAP_SHARED : MAP_PRIVATE) |
					     MAP_ANONYMOUS | MAP_FIXED,
				     -1, 0);

		if (rc >= 0 && m->bits & STATE_MAP_DATA) {
			rc = read_part(fd, mem_host(m->addr), bytes, at);
			at += bytes;
		}
		if (rc >= 0)
			rc = mem_protect(m->addr, bytes, m->bits & MEM_PROT);
		if (rc < 0)
			return (int)rc;
	}
	/* The newest is first, and stays it. */
	for (uint32_t i = s->name_count; i-- > 0;) {
		const struct state_name *n = &s->names[i];

		mem_add_name(n->addr, (uint64_t)n->pages * GUEST_PAGE, (off_t)n->offset, n->path);
	}
	mem_put_break(&brk);
	return 0;
}

/* The C library keeps each thread's number where set_tid_address() points; the new one goes there.
 */
static void renumber(struct m68k_thread *t, uint32_t old)
{
	uint8_t *p = t->clear_tid ? mem_ptr(t->clear_tid, 4, MEM_R | MEM_W) : NULL;

	if (p && get32(p) == old)
		put32(p, (uint32_t)t->tid);
	futex_renumber(t, old);
}

static struct m68k_thread *make_thread(const struct state_thread *in)
{
	struct m68k_thread *t = thread_create();
	struct cpu_regs regs;

	if (!t)
		return NULL;
	memcpy(regs.d, in->d, sizeof(regs.d));
	memcpy(regs.a, in->a, sizeof(regs.a));
	regs.pc = in->pc;
	cpu_write_fp(in->fp);
	cpu_set_ccr(in->ccr);
	cpu_write(&regs);
	cpu_save(t->ctx);
	t->tls = in->tls;
	t->clear_tid = in->clear_tid;
	t->robust = in->robust;
	t->mask = in->mask;
	t->alt_sp = in->alt_sp;
	t->alt_bytes = in->alt_bytes;
	t->alt_on = in->alt_on;
	t->wait_ns = in->wait_ns;
	return t;
}

static int restore_process(const struct state *s, char *why)
{
	int rc;

	if (s->sysroot && !m68k_options.sysroot)
		m68k_options.sysroot = strdup(s->sysroot);
	/* For what the program may still load. */
	if (access("/lib/ld.so.1", F_OK) < 0)
		m68k_options.libraries = LOAD_LIBRARIES;
	proc_set_program(s->exe, s->args);
	proc_set_stack(s->stack, s->auxv, s->auxv_bytes);
	snprintf(why, WHY_BYTES, "its directory %s", s->cwd);
	if (chdir(s->cwd) < 0)
		return -errno;
	umask(s->umask);
	rc = state_reopen_fds(s, why, WHY_BYTES);
	return rc;
}

static int complain(const char *path, const char *why, int rc)
{
	if (rc == -EBADMSG)
		log_err("%s: %s", path, why);
	else
		log_err("%s: %s: %s", path, why, strerror(-rc));
	return rc == -EBADMSG ? EXIT_NOT_RUNNABLE : EXIT_OURS;
}

int state_restore(const char *path, struct m68k_thread **out)
{
	const char *why = "it cannot be read";
	struct state *s = &restored;
	char text[WHY_BYTES] = "";
	off_t pages_at = 0;
	int fd, rc;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0) {
		log_err("%s: %s", path, strerror(errno));
		return errno == ENOENT || errno == ENOTDIR ? EXIT_NOT_FOUND : EXIT_NOT_RUNNABLE;
	}
	rc = read_head(fd, s, &pages_at, &why);
	if (rc == 0) {
		why = "its memory";
		rc = restore_memory(fd, s, pages_at);
	}
	close(fd);
	if (rc < 0)
		return complain(path, why, rc);
	rc = restore_process(s, text);
	if (rc < 0)
		return complain(path, text, rc == -EBADMSG ? -EINVAL : rc);
	*out = make_thread(&s->threads[0]);
	return *out ? 0 : complain(path, "its threads", -ENOMEM);
}

/* Each is blocked by the program, so it waits in the kernel as it did. */
static void raise_pending(pid_t tid, uint64_t pending)
{
	for (int sig = 1; sig <= SIGNALS; sig++) {
		if (sig != SIGKILL && sig != SIGSTOP && pending & 1ULL << (sig - 1))
			syscall(SYS_tgkill, getpid(), tid, sig);
	}
}

static void restore_signals(const struct state *s)
{
	for (int sig = 1; sig <= SIGNALS; sig++) {
		const struct state_action *a = &s->action[sig - 1];
		struct m68k_action act = { a->handler, a->flags, a->restorer, a->mask };

		if (sig != SIGKILL && sig != SIGSTOP)
			signal_set_action(sig, &act);
	}
}

/* As the program had it; its size may be another one here, which a program on screen wants to know.
 */
static void restore_terminal(const struct state *s)
{
	uint64_t host[16] = { 0 };

	if (s->termios_bytes != conv_termios.guest_bytes || !state_has_terminal() ||
	    conv_termios.host_bytes > sizeof(host))
		return;
	conv_from_guest(&conv_termios, host, s->termios);
	ioctl(STDIN_FILENO, KERNEL_TCSETS, host);
	if (signal_actions[SIGWINCH].handler > GUEST_SIG_IGN)
		syscall(SYS_kill, getpid(), SIGWINCH);
}

static void restore_timers(const struct state *s)
{
	for (int i = 0; i < STATE_TIMERS; i++) {
		const struct state_timer *in = &s->timer[i];
		struct itimerval it = {
			.it_interval = { (time_t)(in->interval_us / US_PER_S),
					 (suseconds_t)(in->interval_us % US_PER_S) },
			.it_value = { (time_t)(in->value_us / US_PER_S),
				      (suseconds_t)(in->value_us % US_PER_S) },
		};

		if (in->value_us)
			setitimer(i, &it, NULL);
	}
}

int state_restore_end(struct m68k_thread *t)
{
	struct state *s = &restored;
	int rc = 0;

	restore_signals(s);
	signal_set_mask(t, s->threads[0].mask);
	raise_pending(t->tid, s->threads[0].pending);
	renumber(t, s->threads[0].tid);
	for (uint32_t i = 1; i < s->thread_count && rc == 0; i++) {
		struct m68k_thread *other;

		/* The engine shows the first thread's registers: they are put aside. */
		cpu_save(t->ctx);
		other = make_thread(&s->threads[i]);
		rc = other ? thread_adopt(other) : -ENOMEM;
		cpu_restore(t->ctx);
		if (rc == 0) {
			raise_pending(other->tid, s->threads[i].pending);
			renumber(other, s->threads[i].tid);
		}
	}
	if (rc < 0) {
		complain("--restore", "its threads", rc);
		return EXIT_OURS;
	}
	restore_terminal(s);
	restore_timers(s);
	state_finish(s);
	return 0;
}
