// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * uc top: compartments that run and their sessions, refreshed.
 *
 * A compartment's figures are its cgroups', or, where there are none, the sum over the processes of
 * its sessions. Rates are what happened between two looks; the first one has only its own short
 * interval.
 */
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>

#include "cgroup.h"
#include "procs.h"
#include "uc.h"

#define REFRESH_MS    2000
#define FIRST_LOOK_MS 200
#define NAME_BYTES    (COMPARTMENT_NAME_MAX + 1)

struct row {
	char name[NAME_BYTES];
	struct cgroup_usage u;
	struct cgroup_environments own; /* with budgets of their own */
	bool cgroup;
	int sessions, tasks;
	unsigned long long traps;
	struct session_info *list;
	int *session_tasks;
};

struct look {
	struct row *rows;
	int n;
	double when_s;
};

static double now_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static void look_finish(struct look *l)
{
	for (int i = 0; i < l->n; i++) {
		session_list_free(l->rows[i].list, l->rows[i].sessions);
		free(l->rows[i].session_tasks);
		cgroup_environments_finish(&l->rows[i].own);
	}
	free(l->rows);
	*l = (struct look){ 0 };
}

static void row_fill(struct row *r, const struct compartment *c, struct procs *all)
{
	struct procs_sum sum, total = { 0 };

	r->cgroup = cgroup_usage(c, &r->u, &r->own) == 0;
	r->session_tasks = calloc(r->sessions, sizeof(*r->session_tasks));
	for (int i = 0; i < r->sessions; i++) {
		int tasks = procs_of(all, &r->list[i], &sum);
		long long traps = session_read_traps(&r->list[i]);

		r->traps += traps > 0 ? traps : 0;
		r->tasks += tasks > 0 ? tasks : 0;
		if (r->session_tasks)
			r->session_tasks[i] = tasks;
		total.cpu_us += sum.cpu_us;
		total.rss_bytes += sum.rss_bytes;
	}
	if (r->cgroup)
		return;
	r->u.cpu_us = total.cpu_us;
	r->u.memory_bytes = total.rss_bytes;
	for (int i = 0; i < BUDGET_KEY_COUNT; i++)
		r->u.limit[i] = BUDGET_UNSET;
}

/* Compartments in which something runs; @only: one, NULL: all. */
static int look_take(struct look *l, char *only)
{
	char err[COMPARTMENT_ERR_BYTES], *just_one[] = { only, NULL }, **names = NULL;
	struct procs all = procs_read();

	*l = (struct look){ .when_s = now_s() };
	if (!only && compartment_list(&names, err, sizeof(err)) < 0) {
		log_err("%s", err);
		procs_finish(&all);
		return -EIO;
	}
	for (char **name = only ? just_one : names; *name; name++) {
		struct compartment *c = NULL;
		struct session_info *list = NULL;
		struct row *bigger;
		int n;

		if (compartment_open(&c, *name, 0, err, sizeof(err)) < 0) {
			if (only)
				log_err("%s", err);
			if (only)
				l->n = -ENOENT;
			continue;
		}
		n = session_list(c, &list);
		bigger = n > 0 ? realloc(l->rows, (l->n + 1) * sizeof(*l->rows)) : NULL;
		if (bigger) {
			l->rows = bigger;
			bigger[l->n] = (struct row){ .sessions = n, .list = list };
			snprintf(bigger[l->n].name, NAME_BYTES, "%s", c->name);
			row_fill(&bigger[l->n++], c, &all);
		} else if (n >= 0) {
			session_list_free(list, n);
		}
		compartment_destroy(c);
	}
	compartment_list_free(names);
	procs_finish(&all);
	return l->n < 0 ? l->n : 0;
}

struct rates {
	double cpu_percent, held_percent, traps_per_s;
};

static struct rates rates_of(const struct row *r, const struct look *now, const struct look *before)
{
	double s = now->when_s - before->when_s;
	struct rates out = { 0 };

	for (int i = 0; i < before->n; i++) {
		const struct row *b = &before->rows[i];

		if (strcmp(b->name, r->name) != 0 || s <= 0)
			continue;
		if (r->u.cpu_us >= b->u.cpu_us)
			out.cpu_percent = (r->u.cpu_us - b->u.cpu_us) / s / 1e4;
		if (r->u.throttled_us >= b->u.throttled_us)
			out.held_percent = (r->u.throttled_us - b->u.throttled_us) / s / 1e4;
		if (r->traps >= b->traps)
			out.traps_per_s = (r->traps - b->traps) / s;
	}
	return out;
}

static void show_json(const struct look *now, const struct look *before)
{
	char text[32];

	putchar('[');
	for (int i = 0; i < now->n; i++) {
		const struct row *r = &now->rows[i];
		struct rates x = rates_of(r, now, before);

		fputs(i ? ",\n{" : "\n{", stdout);
		json_str(stdout, true, "name", r->name);
		json_num(stdout, false, "sessions", r->sessions);
		json_num(stdout, false, "tasks", r->tasks);
		printf(",\"cpu_percent\":%.1f,\"held_percent\":%.1f,\"traps_per_second\":%.0f",
		       x.cpu_percent, x.held_percent, x.traps_per_s);
		json_num(stdout, false, "memory", r->u.memory_bytes);
		json_num(stdout, false, "oom_kills", r->u.oom_kills);
		json_num(stdout, false, "pids_refused", r->u.pids_refused);
		printf(",\"cgroup\":%s,\"limits\":{", r->cgroup ? "true" : "false");
		for (int k = 0, first = 1; k < BUDGET_KEY_COUNT; k++) {
			if (r->u.limit[k] == BUDGET_UNSET)
				continue;
			budget_format(k, r->u.limit[k], text, sizeof(text));
			json_str(stdout, first, budget_key_name(k), text);
			first = 0;
		}
		printf("},\"running\":[");
		for (int k = 0; k < r->sessions; k++) {
			printf("%s{\"pid\":%d", k ? "," : "", r->list[k].pid);
			json_str(stdout, false, "command", r->list[k].command);
			putchar('}');
		}
		putchar(']');
		own_budgets_json(&r->own);
		putchar('}');
	}
	printf("%s]\n", now->n ? "\n" : "");
}

static void limit_text(const struct cgroup_usage *u, enum budget_key key, char *text, size_t len)
{
	budget_format(key, u->limit[key], text, len);
	if (!*text)
		snprintf(text, len, "-");
}

/* What "show" writes to: lines of a screen. 0: as much as there is */
struct page {
	int rows, columns, line;
};

static void page_line(struct page *p, const char *fmt, ...) UCRUN_PRINTF(2, 3);

static void page_line(struct page *p, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	if (p->rows && p->line >= p->rows)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	printf("%.*s\n", p->columns > 0 ? p->columns : (int)sizeof(text), text);
	p->line++;
}

struct limit_texts {
	char cpus[32], memory[32], pids[32];
};

static struct limit_texts limit_texts(const struct cgroup_usage *u)
{
	struct limit_texts t;

	limit_text(u, BUDGET_CPUS, t.cpus, sizeof(t.cpus));
	limit_text(u, BUDGET_MEMORY, t.memory, sizeof(t.memory));
	limit_text(u, BUDGET_PIDS, t.pids, sizeof(t.pids));
	return t;
}

/* Environments are told with what they have used up to now: their rates are in the rest. */
static void show_sessions(struct page *p, const struct row *r)
{
	for (int k = 0; k < r->sessions; k++) {
		page_line(p, "  %-10d %6d tasks  %s", r->list[k].pid,
			  r->session_tasks ? r->session_tasks[k] : 0, r->list[k].command);
		for (unsigned i = 0; i < r->own.n; i++) {
			const struct cgroup_environment *e = &r->own.v[i];
			struct limit_texts of = limit_texts(&e->u);

			if (atoi(e->session + 1) == r->list[k].pid)
				page_line(p,
					  "    %-16s %6s %6s %6s %7lluM %8s %6llu %6s %8s %llu "
					  "oom, %llu pids",
					  e->name, "", of.cpus, "", e->u.memory_bytes >> 20,
					  of.memory, e->u.pids, of.pids, "", e->u.oom_kills,
					  e->u.pids_refused);
		}
	}
}

static void show(const struct look *now, const struct look *before, int rows, int columns)
{
	struct page p = { rows, columns, 0 };

	page_line(&p, "%-20s %7s %6s %6s %8s %8s %6s %6s %8s %s", "COMPARTMENT", "CPU%", "OF",
		  "HELD%", "MEMORY", "OF", "TASKS", "OF", "TRAPS/S", "REFUSED");
	for (int i = 0; i < now->n; i++) {
		const struct row *r = &now->rows[i];
		struct rates x = rates_of(r, now, before);
		struct limit_texts of = limit_texts(&r->u);

		page_line(&p, "%-20s %7.1f %6s %6.1f %7lluM %8s %6d %6s %8.0f %llu oom, %llu pids",
			  r->name, x.cpu_percent, of.cpus, x.held_percent, r->u.memory_bytes >> 20,
			  of.memory, r->tasks, of.pids, x.traps_per_s, r->u.oom_kills,
			  r->u.pids_refused);
		show_sessions(&p, r);
	}
}

/* ---- the screen ---- */

static volatile sig_atomic_t ended;

static void on_end(int sig)
{
	ended = 1;
}

static bool key_ends(int ms)
{
	struct pollfd p = { .fd = STDIN_FILENO, .events = POLLIN };
	char c;

	if (poll(&p, 1, ms) <= 0)
		return ended;
	return read(STDIN_FILENO, &c, 1) != 1 || c == 'q' || c == 'Q' || c == 3;
}

static int full_screen(char *only, struct look *before)
{
	struct sigaction sa = { .sa_handler = on_end };
	struct termios old, raw;
	struct winsize w;
	struct look now;
	int ret = 0;

	if (tcgetattr(STDIN_FILENO, &old) < 0)
		return -errno;
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGHUP, &sa, NULL);
	raw = old;
	raw.c_lflag &= ~(ICANON | ECHO);
	tcsetattr(STDIN_FILENO, TCSANOW, &raw);
	printf("\033[?1049h\033[?25l"); /* the other screen, no cursor */
	for (int ms = FIRST_LOOK_MS; ret == 0 && !key_ends(ms); ms = REFRESH_MS) {
		ret = look_take(&now, only);
		if (ret < 0)
			break;
		if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) < 0)
			w = (struct winsize){ .ws_row = 24, .ws_col = 80 };
		printf("\033[H\033[2J");
		show(&now, before, w.ws_row - 1, w.ws_col);
		if (fflush(stdout) != 0)
			ret = -EIO;
		look_finish(before);
		*before = now;
	}
	printf("\033[?25h\033[?1049l");
	fflush(stdout);
	tcsetattr(STDIN_FILENO, TCSANOW, &old);
	return ret;
}

int uc_top(const struct uc_args *a)
{
	struct look before, now;
	int ret = look_take(&before, a->argv[0]);

	if (ret < 0)
		return UC_FAILED;
	if (!a->once && !a->json && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)) {
		ret = full_screen(a->argv[0], &before);
	} else {
		usleep(FIRST_LOOK_MS * 1000);
		ret = look_take(&now, a->argv[0]);
		if (ret == 0 && a->json)
			show_json(&now, &before);
		else if (ret == 0)
			show(&now, &before, 0, 0);
		if (ret == 0)
			look_finish(&now);
	}
	look_finish(&before);
	return ret < 0 ? UC_FAILED : UC_OK;
}
