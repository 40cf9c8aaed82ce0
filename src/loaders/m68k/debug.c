// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Theory of operation.
 * Whoever holds the engine's lock may talk to gdb, and while it talks no thread runs guest code. A
 * thread that comes to a breakpoint, has made its step or gets a signal talks itself. One host
 * thread watches the socket meanwhile; when something arrives (Ctrl-C, the end) it takes the lock
 * and talks for the thread that stopped last, so that a program all of whose threads sleep in the
 * kernel can be stopped as well. After each talk gdb has said how every thread goes on:
 * there is at most one thread that steps, and perhaps all others must wait.
 */
#include "debug.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "debug_packets.h"
#include "mem.h"
#include "util.h"

#define WAIT_NS 1000000

static struct {
	int fd;
	bool on;
	struct debug_resume resume;
	struct m68k_thread *last; /* who stopped last; checked against the list before use */
	struct rsp_in in;
} dbg = { .fd = -1 };

bool debug_on(void)
{
	return dbg.on;
}

/* ---- the connection ---- */

static int listen_tcp(const char *where)
{
	struct sockaddr_in sin = { .sin_family = AF_INET,
				   .sin_port = htons((uint16_t)atoi(where)),
				   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(sin);
	autoclose int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int one = 1;

	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, (struct sockaddr *)&sin, sizeof(sin)) < 0 || listen(fd, 1) < 0 ||
	    getsockname(fd, (struct sockaddr *)&sin, &len) < 0)
		return -errno;
	log_warn("waiting for gdb: target remote 127.0.0.1:%u", ntohs(sin.sin_port));
	return steal_fd(&fd);
}

static int listen_unix(const char *where)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	autoclose int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	if (strlen(where) >= sizeof(sun.sun_path))
		return -ENAMETOOLONG;
	strcpy(sun.sun_path, where);
	if (bind(fd, (struct sockaddr *)&sun, sizeof(sun)) < 0 || listen(fd, 1) < 0)
		return -errno;
	log_warn("waiting for gdb: target remote %s", where);
	return steal_fd(&fd);
}

int debug_listen(const char *where)
{
	bool tcp = where[0] && strspn(where, "0123456789") == strlen(where);
	autoclose int fd = -1;
	int rc;

	if (tcp && (strlen(where) > 5 || atoi(where) > 65535))
		return -ERANGE;
	rc = tcp ? listen_tcp(where) : listen_unix(where);
	if (rc < 0)
		return rc;
	fd = rc;
	rc = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
	if (!tcp)
		unlink(where);
	if (rc < 0)
		return -errno;
	/* Out of the way of the program's first descriptors. */
	dbg.fd = fcntl(rc, F_DUPFD_CLOEXEC, 900);
	close(rc);
	return dbg.fd < 0 ? -errno : 0;
}

static void disconnect(void)
{
	dbg.on = false;
	memset(&dbg.resume, 0, sizeof(dbg.resume));
	packets_clear();
	if (dbg.fd >= 0)
		close(dbg.fd);
	dbg.fd = -1;
}

static void send_packet(const char *text, size_t len)
{
	static char frame[2 * RSP_PACKET_MAX + 8];
	size_t bytes = rsp_frame(frame, text, len), done = 0;

	while (done < bytes) {
		ssize_t n = send(dbg.fd, frame + done, bytes - done, MSG_NOSIGNAL);

		if (n < 0 && errno != EINTR)
			return; /* its end is seen when we read */
		done += n > 0 ? (size_t)n : 0;
	}
}

static bool alive(const struct m68k_thread *t)
{
	for (const struct m68k_thread *i = thread_first(); i; i = i->next) {
		if (i == t)
			return true;
	}
	return false;
}

/* Serve packets until one of them says how to go on. @t has stopped; the engine's lock is held. */
static void talk(struct m68k_thread *t, const char *stop)
{
	static char out[RSP_PACKET_MAX];
	enum packet_result result = PACKET_ANSWER;
	struct packet_state state = { .current = t, .stop = stop, .resume = &dbg.resume };
	uint8_t byte;
	ssize_t n;

	dbg.last = t;
	memset(&dbg.resume, 0, sizeof(dbg.resume));
	if (stop[0])
		send_packet(stop, strlen(stop));
	while (result == PACKET_ANSWER) {
		size_t len = 0;

		n = recv(dbg.fd, &byte, 1, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			disconnect();
			return;
		}
		switch (rsp_byte(&dbg.in, byte)) {
		case RSP_BAD:
			if (!packets_no_ack())
				(void)!send(dbg.fd, "-", 1, MSG_NOSIGNAL);
			continue;
		case RSP_PACKET:
			break;
		default:
			continue;
		}
		if (!packets_no_ack())
			(void)!send(dbg.fd, "+", 1, MSG_NOSIGNAL);
		result = packet_serve(&state, dbg.in.content, dbg.in.bytes, out, &len);
		if (result == PACKET_ANSWER || result == PACKET_DETACH)
			send_packet(out, len);
	}
	if (result == PACKET_DETACH)
		disconnect();
	if (result == PACKET_KILL)
		signal_die(SIGKILL);
}

static void *watch(void *arg)
{
	for (;;) {
		struct pollfd p = { .fd = dbg.fd, .events = POLLIN };
		char stop[64];

		if (!dbg.on)
			return NULL;
		if (poll(&p, 1, -1) <= 0)
			continue;
		thread_lock_engine();
		p.fd = dbg.fd;
		/* Perhaps it was for a thread that talked meanwhile. */
		if (dbg.on && poll(&p, 1, 0) > 0) {
			struct m68k_thread *t = alive(dbg.last) ? dbg.last : thread_first();
			uint8_t byte;

			if (recv(dbg.fd, &byte, 1, 0) <= 0) {
				disconnect();
			} else if (rsp_byte(&dbg.in, byte) == RSP_INTERRUPT && t) {
				packet_stop_text(stop, sizeof(stop), t, SIGINT, "");
				talk(t, stop);
			}
		}
		thread_unlock(NULL);
	}
}

void debug_start(struct m68k_thread *t)
{
	sigset_t all, old;
	pthread_t id;

	if (dbg.fd < 0)
		return;
	dbg.on = true;
	cpu_debug();
	cpu_exact_faults();
	thread_start_kicker();
	signal_watch_all();
	talk(t, "");
	thread_load(t);
	if (!dbg.on)
		return;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	if (pthread_create(&id, NULL, watch, NULL) == 0)
		pthread_detach(id);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
}

/* ---- what threads report ---- */

static void report(struct m68k_thread *t, int sig, const char *reason)
{
	char stop[64];

	packet_stop_text(stop, sizeof(stop), t, sig, reason);
	talk(t, stop);
	thread_load(t);
}

/* Not while another one steps or is the only one to go on. */
static bool must_wait(const struct m68k_thread *t)
{
	const struct m68k_thread *only = dbg.resume.only, *step = dbg.resume.step;

	if (!dbg.on || !alive(only ?: step))
		return false;
	return only ? only != t : step != t && !step->in_call;
}

enum cpu_event debug_run(struct m68k_thread *t, struct cpu_exit *exit)
{
	const struct timespec wait = { .tv_nsec = WAIT_NS };

	while (must_wait(t)) {
		thread_unlock(t);
		nanosleep(&wait, NULL);
		thread_lock(t);
		if (t->attention)
			return CPU_STOPPED;
	}
	if (!dbg.on)
		return cpu_run(exit);
	if (dbg.resume.step == t && !t->stepped)
		return cpu_step(exit, &t->stepped);
	if (t->stepped) { /* a signal came that was not for now */
		debug_after(t);
		return CPU_STOPPED;
	}
	if (packets_has_break(cpu_get(UC_M68K_REG_PC))) {
		report(t, SIGTRAP, "swbreak:;");
		return CPU_STOPPED;
	}
	return cpu_run(exit);
}

void debug_after(struct m68k_thread *t)
{
	if (!dbg.on || dbg.resume.step != t || !t->stepped)
		return;
	if (t->attention) /* the step ended in a signal, which is told instead */
		return;
	t->stepped = false;
	report(t, SIGTRAP, "");
}

int debug_signal(struct m68k_thread *t, int sig)
{
	if (!dbg.on)
		return sig;
	t->stepped = false;
	report(t, sig, "");
	return dbg.on ? dbg.resume.signal : sig;
}

void debug_ended(int status, int sig)
{
	char text[8];

	if (!dbg.on)
		return;
	dbg.on = false;
	snprintf(text, sizeof(text), "%c%02x", sig ? 'X' : 'W',
		 sig ? rsp_signal_to_gdb(sig) : status & 0xff);
	send_packet(text, strlen(text));
}

void debug_forget(void)
{
	if (dbg.fd >= 0)
		disconnect();
}

void debug_suspend(bool on)
{
	if (dbg.on)
		packets_hide_breaks(on);
}
