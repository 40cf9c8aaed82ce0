// SPDX-License-Identifier: GPL-2.0-or-later
/* uc set, uc stop, and what uc info says about the budget. */
#include <poll.h>
#include <signal.h>
#include <sys/pidfd.h>

#include "cgroup.h"
#include "session.h"
#include "uc.h"

#define STOP_WAIT_MS 5000
#define KILL_WAIT_MS 10000

/* ---- set ---- */

/* "memory=512M" into @b; "memory=" into @unset. */
static int parse_one(const char *arg, struct budget *b, unsigned *unset)
{
	size_t len = strcspn(arg, "=");
	autofree char *name = strndup(arg, len);
	int key = arg[len] && name ? budget_key_find(name) : -1;
	char why[160];

	if (key >= 0) {
		*unset &= ~(1U << key);
		b->value[key] = BUDGET_UNSET;
	}
	if (key >= 0 && !arg[len + 1]) {
		*unset |= 1U << key;
	} else if (budget_parse_word(arg, b, why, sizeof(why)) < 0) {
		log_err("%s%s", why, key < 0 ? ": see \"uc set --help\"" : "");
		return -EINVAL;
	}
	return 0;
}

static int parse_all(const struct uc_args *a, struct budget *b, unsigned *unset)
{
	bool any = a->argc > 1;

	budget_init(b);
	for (int i = 0; i < BUDGET_KEY_COUNT; i++) {
		autofree char *word =
			a->limit[i] ? str_printf("%s=%s", budget_key_name(i), a->limit[i]) : NULL;

		any |= word != NULL;
		if (word && parse_one(word, b, unset) < 0)
			return -EINVAL;
	}
	for (int i = 1; i < a->argc; i++)
		if (parse_one(a->argv[i], b, unset) < 0)
			return -EINVAL;
	if (!any)
		log_err("set: no limit given: see \"uc set --help\"");
	return any ? 0 : -EINVAL;
}

/* What shall hold now for the keys that are changed: with defaults, and below the ceiling. */
static int effective(const struct compartment *c, const struct budget *change, unsigned unset,
		     struct budget *live)
{
	struct budget conf, ceiling, cut = *change;
	char err[COMPARTMENT_ERR_BYTES], most[32];
	unsigned keys = budget_given(change) | unset, over;

	if (budget_load(c, &conf, &ceiling, err, sizeof(err)) < 0) {
		log_err("%s", err);
		return -EINVAL;
	}
	over = budget_cut(&cut, &ceiling) & budget_given(change);
	for (int i = 0; i < BUDGET_KEY_COUNT; i++) {
		if (!(over & 1U << i))
			continue;
		budget_format(i, ceiling.value[i], most, sizeof(most));
		log_err("%s: more than the machine's owner allows: at most %s", budget_key_name(i),
			most);
		return -EPERM;
	}
	for (int i = 0; i < BUDGET_KEY_COUNT; i++)
		if (keys & 1U << i)
			conf.value[i] = change->value[i];
	budget_cut(&conf, &ceiling);
	budget_defaults(&conf);
	budget_init(live);
	for (int i = 0; i < BUDGET_KEY_COUNT; i++)
		if (keys & 1U << i)
			live->value[i] = conf.value[i] != BUDGET_UNSET ? conf.value[i]
					 : i == BUDGET_IO_WEIGHT       ? 100
								       : BUDGET_NOLIMIT;
	return 0;
}

int uc_set(const struct uc_args *a)
{
	char err[COMPARTMENT_ERR_BYTES];
	struct budget change, live;
	struct session_info *list;
	struct compartment *c;
	unsigned unset = 0;
	int ret = 0, n;

	if (parse_all(a, &change, &unset) < 0)
		return UC_USAGE;
	c = uc_open(a->argv[0]);
	if (!c)
		return UC_FAILED;
	if (effective(c, &change, unset, &live) < 0) {
		compartment_destroy(c);
		return UC_FAILED;
	}
	ret = cgroup_set(c, &live, err, sizeof(err));
	n = session_list(c, &list);
	if (ret == 0 && n > 0)
		log_warn("%s: has no cgroup: the limits hold for sessions that begin later",
			 c->name);
	if (n >= 0)
		session_list_free(list, n);
	if (ret >= 0)
		ret = budget_store(c, &change, unset, err, sizeof(err));
	if (ret < 0)
		log_err("%s", err);
	compartment_destroy(c);
	return ret < 0 ? UC_FAILED : UC_OK;
}

/* ---- stop ---- */

/* Wait for all; those that are still there after @ms stay in the list. */
static int wait_for(struct pollfd *p, int n, int ms)
{
	int left = n;

	for (int i = 0; i < n; i++)
		left -= p[i].fd < 0;
	while (left > 0) {
		int ready = poll(p, n, ms);

		if (ready < 0 && errno == EINTR)
			continue;
		if (ready <= 0)
			break;
		for (int i = 0; i < n; i++) {
			if (p[i].fd < 0 || !p[i].revents)
				continue;
			close(p[i].fd);
			p[i].fd = -1;
			left--;
		}
	}
	return left;
}

static void signal_all(const struct pollfd *p, int n, int sig)
{
	for (int i = 0; i < n; i++)
		if (p[i].fd >= 0)
			pidfd_send_signal(p[i].fd, sig, NULL, 0);
}

/* Return: how many did not end; -ENOMEM */
static int stop_all(const struct session_info *list, int n)
{
	autofree struct pollfd *p = calloc(n + 1, sizeof(*p));
	int left;

	if (!p)
		return -ENOMEM;
	for (int i = 0; i < n; i++)
		p[i] = (struct pollfd){ .fd = session_pidfd(&list[i]), .events = POLLIN };
	signal_all(p, n, SIGTERM);
	signal_all(p, n, SIGCONT); /* a stopped one would not hear it */
	left = wait_for(p, n, STOP_WAIT_MS);
	signal_all(p, n, SIGKILL);
	left = left ? wait_for(p, n, KILL_WAIT_MS) : 0;
	for (int i = 0; i < n; i++)
		util_close_fd(&p[i].fd);
	return left;
}

int uc_stop(const struct uc_args *a)
{
	struct compartment *c = uc_open_as_owner(a->argv[0]);
	struct session_info *list = NULL;
	int n, left = UC_FAILED;

	if (!c)
		return UC_FAILED;
	n = session_list(c, &list);
	/* At path level one supervisor serves both. */
	if (n > 0 && strchr(a->argv[0], '/') && list[0].level == UC_PATH)
		log_err("%s: is served by the session around it: uc stop %s ends both", a->argv[0],
			c->name);
	else if (n < 0 || (left = stop_all(list, n)) < 0)
		log_err("%s: %s", c->path, strerror(n < 0 ? -n : -left));
	else if (left)
		log_err("%s: %d session%s did not end", a->argv[0], left, left == 1 ? "" : "s");
	if (n >= 0)
		session_list_free(list, n);
	compartment_destroy(c);
	return left ? UC_FAILED : UC_OK;
}

/* ---- info ---- */

struct budget_view {
	struct budget b; /* what a session that begins now would get */
	struct cgroup_usage u;
	struct cgroup_environments own;
	bool live;
	char err[COMPARTMENT_ERR_BYTES]; /* a mistake in a configuration file */
};

struct budget_view *budget_view_take(const struct compartment *c)
{
	struct budget_view *v = calloc(1, sizeof(*v));
	struct budget ceiling;

	if (!v)
		return NULL;
	if (budget_load(c, &v->b, &ceiling, v->err, sizeof(v->err)) == 0) {
		v->err[0] = '\0';
		budget_cut(&v->b, &ceiling);
		budget_defaults(&v->b);
	}
	v->live = cgroup_usage(c, &v->u, &v->own) == 0;
	return v;
}

void budget_view_destroy(struct budget_view *v)
{
	if (v)
		cgroup_environments_finish(&v->own);
	free(v);
}

void own_budgets_json(const struct cgroup_environments *l)
{
	char text[32];

	printf(",\"environments\":[");
	for (unsigned i = 0; i < l->n; i++) {
		const struct cgroup_environment *e = &l->v[i];
		bool first = true;

		fputs(i ? ",{" : "{", stdout);
		json_str(stdout, true, "name", e->name);
		json_num(stdout, false, "session", atoi(e->session + 1));
		printf(",\"budget\":{");
		for (int k = 0; k < BUDGET_KEY_COUNT; k++) {
			budget_format(k, e->u.limit[k], text, sizeof(text));
			if (!*text)
				continue;
			json_str(stdout, first, budget_key_name(k), text);
			first = false;
		}
		putchar('}');
		if (e->u.cpu_us) /* v1 may count it where the environment has no limit */
			json_num(stdout, false, "cpu_us", e->u.cpu_us);
		json_num(stdout, false, "throttled_us", e->u.throttled_us);
		json_num(stdout, false, "memory", e->u.memory_bytes);
		json_num(stdout, false, "pids", e->u.pids);
		json_num(stdout, false, "oom_kills", e->u.oom_kills);
		json_num(stdout, false, "pids_refused", e->u.pids_refused);
		putchar('}');
	}
	putchar(']');
}

static void own_budgets_text(const struct cgroup_environments *l)
{
	char text[32];

	for (unsigned i = 0; i < l->n; i++) {
		const struct cgroup_environment *e = &l->v[i];

		printf("%-10s %s in session %s:", i ? "" : "own budget", e->name, e->session + 1);
		for (int k = 0; k < BUDGET_KEY_COUNT; k++) {
			budget_format(k, e->u.limit[k], text, sizeof(text));
			if (*text && e->u.limit[k] != BUDGET_NOLIMIT &&
			    (k != BUDGET_CPU_WEIGHT || e->u.limit[k] != 100))
				printf(" %s %s", budget_key_name(k), text);
		}
		if (e->u.throttled || e->u.oom_kills || e->u.pids_refused)
			printf("; held back %llu times, %llu killed for memory, %llu pids refused",
			       e->u.throttled, e->u.oom_kills, e->u.pids_refused);
		putchar('\n');
	}
}

static void show_json(const struct budget_view *v)
{
	char text[32];
	bool first = true;

	printf(",\"budget\":{");
	for (int i = 0; i < BUDGET_KEY_COUNT; i++) {
		int64_t value =
			v->live && v->u.limit[i] != BUDGET_UNSET ? v->u.limit[i] : v->b.value[i];

		if (v->err[0] || value == BUDGET_UNSET)
			continue;
		budget_format(i, value, text, sizeof(text));
		json_str(stdout, first, budget_key_name(i), text);
		first = false;
	}
	putchar('}');
	if (v->err[0])
		json_str(stdout, false, "budget_error", v->err);
	if (!v->live)
		return;
	json_num(stdout, false, "cpu_us", v->u.cpu_us);
	json_num(stdout, false, "throttled_us", v->u.throttled_us);
	json_num(stdout, false, "memory", v->u.memory_bytes);
	json_num(stdout, false, "pids", v->u.pids);
	json_num(stdout, false, "oom_kills", v->u.oom_kills);
	json_num(stdout, false, "pids_refused", v->u.pids_refused);
	own_budgets_json(&v->own);
}

void budget_view_show(struct budget_view *v, bool json)
{
	const char *label = "budget";
	char text[32];

	if (!v)
		return;
	if (json) {
		show_json(v);
		return;
	}
	if (v->err[0])
		printf("budget     %s\n", v->err);
	for (int i = 0; i < BUDGET_KEY_COUNT && !v->err[0]; i++) {
		int64_t value =
			v->live && v->u.limit[i] != BUDGET_UNSET ? v->u.limit[i] : v->b.value[i];

		if (value == BUDGET_UNSET)
			continue;
		budget_format(i, value, text, sizeof(text));
		printf("%-10s %s %s\n", label, budget_key_name(i), text);
		label = "";
	}
	if (!v->live)
		return;
	printf("in use     cpu %llu.%03llu s, memory %lluM, pids %llu\n", v->u.cpu_us / 1000000,
	       v->u.cpu_us / 1000 % 1000, v->u.memory_bytes >> 20, v->u.pids);
	if (v->u.throttled || v->u.oom_kills || v->u.pids_refused)
		printf("refused    cpu held back %llu times (%llu.%03llu s), %llu killed for "
		       "memory, "
		       "%llu pids\n",
		       v->u.throttled, v->u.throttled_us / 1000000, v->u.throttled_us / 1000 % 1000,
		       v->u.oom_kills, v->u.pids_refused);
	own_budgets_text(&v->own);
}
