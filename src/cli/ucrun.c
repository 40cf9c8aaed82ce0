// SPDX-License-Identifier: GPL-2.0-or-later
/* ucrun: run a file in a user compartment. Options and wiring. */
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "budget_run.h"
#include "build_view.h"
#include "compartment.h"
#include "display.h"
#include "eel_options.h"
#include "native.h"
#include "nested.h"
#include "options.h"
#include "scvm.h"
#include "session.h"
#include "util.h"

#define STATUS_FAILED 125

extern char **environ;

static _Noreturn void fatal(const char *text)
{
	log_err("%s", text);
	exit(STATUS_FAILED);
}

/* In a session the directory of compartments fails first, and is not to blame. */
static _Noreturn void fatal_before_session(const char *text)
{
	fatal(scvm_other_listener() ? SCVM_OTHER_LISTENER : text);
}

static void env_set(char **env, const char *name, size_t len, char *assignment)
{
	size_t i;

	for (i = 0; env[i]; i++)
		if (strncmp(env[i], name, len) == 0 && env[i][len] == '=')
			break;
	if (assignment) {
		env[i] = assignment; /* there is room: see environment() */
		return;
	}
	for (; env[i]; i++)
		env[i] = env[i + 1];
}

/* Does -E say something about it? */
static bool given(const struct options *o, const char *name)
{
	for (unsigned i = 0; i < o->nenv; i++)
		if (strcspn(o->env[i], "=") == strlen(name) &&
		    strncmp(o->env[i], name, strlen(name)) == 0)
			return true;
	return false;
}

/* A display that cannot be reached is not named: programs would try it, and say so. */
static void env_display(char **env, const struct display *d)
{
	env_set(env, "DISPLAY", 7, d->x11 ? str_printf("DISPLAY=%s", d->x11) : NULL);
	env_set(env, "WAYLAND_DISPLAY", 15,
		d->wayland ? "WAYLAND_DISPLAY=" DISPLAY_WAYLAND_SOCKET : NULL);
	env_set(env, "XAUTHORITY", 10, d->cookies ? "XAUTHORITY=" DISPLAY_COOKIES : NULL);
	env_set(env, "WAYLAND_SOCKET", 14, NULL);
}

/* The program's environment: ours, with the compartment's user in it, then -E. */
static char **environment(const struct options *o, const struct compartment *c,
			  const struct display *d, bool was_root)
{
	static char **env; /* until the process ends */
	size_t n = 0, room;

	if (env)
		return env; /* another level was tried first */
	while (environ[n])
		n++;
	room = n + o->nenv + 12;
	env = calloc(room, sizeof(*env));
	if (!env)
		fatal("out of memory");
	memcpy(env, environ, n * sizeof(*env));
	env_set(env, "UC", 2, str_printf("UC=%s", c->name));
	if (was_root && c->home && c->login && strcmp(c->login, "root") != 0)
		env_set(env, "HOME", 4, str_printf("HOME=%s", c->home));
	if (o->open_dir && getenv("PATH") && !given(o, "PATH"))
		env_set(env, "PATH", 4, str_printf("PATH=%s:%s", getenv("PATH"), o->open_dir));
	env_display(env, d);
	for (unsigned i = 0; i < o->nenv; i++) {
		size_t len = strcspn(o->env[i], "=");

		env_set(env, o->env[i], len, o->env[i][len] ? o->env[i] : NULL);
	}
	return env;
}

/* Where the program starts: -C, or where we are, when the compartment's user can be there. */
static const char *start_directory(const struct options *o)
{
	static char cwd[PATH_MAX], start[2 * PATH_MAX];

	if (o->cwd && o->cwd[0] == '/')
		return o->cwd;
	if (!getcwd(cwd, sizeof(cwd)) || cwd[0] != '/' || access(cwd, X_OK) < 0) {
		if (o->root)
			return "/";
		log_warn("%s: the compartment's user cannot be here: starting in /",
			 cwd[0] == '/' ? cwd : "working directory");
		strcpy(cwd, "/");
	}
	snprintf(start, sizeof(start), "%s/%s", o->root ? "" : cwd, o->cwd ? o->cwd : "");
	return o->cwd || o->root ? start : cwd;
}

/* The same at native level, where only the session can tell whether it may be there. */
static const char *native_directory(const struct options *o)
{
	static char cwd[PATH_MAX], start[2 * PATH_MAX];

	if (o->cwd && o->cwd[0] == '/')
		return o->cwd;
	if (o->root || !getcwd(cwd, sizeof(cwd)) || cwd[0] != '/')
		strcpy(cwd, "/");
	snprintf(start, sizeof(start), "%s/%s", strcmp(cwd, "/") ? cwd : "", o->cwd ? o->cwd : "");
	return o->cwd ? start : cwd;
}

static FILE *trace_open(const struct options *o)
{
	FILE *f;
	int fd;

	if (!o->trace)
		return NULL;
	if (!o->trace_file) {
		fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
		f = fd < 0 ? NULL : fdopen(fd, "w");
	} else {
		f = fopen(o->trace_file, "we");
	}
	if (!f) {
		autofree char *text =
			str_printf("%s: %s: the trace cannot be written there",
				   o->trace_file ? o->trace_file : "stderr", strerror(errno));
		fatal(text);
	}
	return f;
}

static int end_as(int status)
{
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	return 128 + WTERMSIG(status);
}

/* 0, 1 and 2 must be something: a descriptor of ours there would be the program's input. */
static void stdio_fill(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd < 3);
	if (fd >= 3)
		close(fd);
}

/* ---- the level ---- */

static enum uc_level live_level(const struct compartment *c, bool *any)
{
	struct session_info *list;
	int n = session_list(c, &list);
	enum uc_level level = n > 0 ? list[0].level : UC_PATH;

	*any = n > 0;
	if (n > 0)
		session_list_free(list, n);
	return level;
}

/* Back to the command line's: a level that was tried has added binds of its own. */
static void options_again(struct options *o, const struct options *given)
{
	free(o->binds);
	*o = *given;
	o->binds = malloc(given->nbinds * sizeof(*given->binds) + 1);
	if (!o->binds)
		fatal("out of memory");
	if (given->nbinds)
		memcpy(o->binds, given->binds, given->nbinds * sizeof(*given->binds));
}

/*
 * The native level where it was asked for, where a live session of the compartment is at it, or
 * where it can read no more than the path level. NULL: the path level.
 */
static struct native *choose_native(struct options *o, const struct options *given,
				    const struct compartment *c, const struct scvm_eel *eel,
				    const struct display *display, struct plan **plan)
{
	char why[NATIVE_ERR_BYTES] = "";
	struct native *n = NULL;
	bool any = false, asked = o->trap == TRAP_LEVEL_NATIVE;
	int ret;

	if (o->trap == TRAP_LEVEL_PATH)
		return NULL;
	if (!asked && live_level(c, &any) == UC_PATH && any) {
		log_info("path level: a session of %s runs at it", c->name);
		return NULL;
	}
	/* Whoever started that session has widened what the compartment can read already. */
	asked |= any;
	eel_binds(eel, o, c);
	if (display_binds(display, o) < 0)
		fatal("out of memory");
	ret = plan_create(plan, c, o->root, o->ephemeral, o->binds, o->nbinds, why, sizeof(why));
	if (ret < 0)
		fatal(why);
	ret = native_prepare(&n, c, *plan, asked, why, sizeof(why));
	if (ret == 0) {
		log_info("native level%s",
			 o->root ? ""
				 : ": the compartment reads all files of the host, as root does");
		return n;
	}
	if (o->trap == TRAP_LEVEL_NATIVE) {
		autofree char *text = str_printf("--trap native: %s", why);

		fatal(text ? text : why);
	}
	log_info("path level: %s", why);
	plan_destroy(*plan);
	*plan = NULL;
	options_again(o, given);
	return NULL;
}

/* ---- one session ---- */

struct start {
	struct options o, given; /* given: as the command line had it */
	struct compartment *c;
	struct plan *plan;
	struct scvm_config cfg;
	struct budget_run budget;
	struct scvm_eel eel;
	struct display display;
	bool was_root;
	int status;
	char err[COMPARTMENT_ERR_BYTES];
};

/* Where a session in this session begins: with a supervisor around us. */
static void run_nested(const struct start *st)
{
	const struct options *o = &st->o;
	struct compartment c = { .name = (char *)(o->user ? o->user : getenv("UC")) };
	char err[COMPARTMENT_ERR_BYTES] = "out of memory";
	int sock = nested_connect(), native = -1, status = 0, ret;
	char **env;

	if (sock < 0) {
		native = nested_native_connect(err, sizeof(err));
		if (native < -1)
			fatal(err);
		if (native < 0)
			return;
	}
	if (!c.name)
		c.name = (char *)"";
	env = environment(o, &c, &st->display, false);
	ret = sock >= 0 ? nested_run(sock, o, env, &status, err, sizeof(err))
			: nested_native_run(native, o, env, &status, err, sizeof(err));
	if (ret < 0)
		fatal(err);
	exit(end_as(status));
}

static int run_native(struct start *st, struct native *n, struct session *s)
{
	const struct options *o = &st->o;
	struct native_config cfg = {
		.session = s,
		.argv = o->argv,
		.envp = environment(o, st->c, &st->display, st->was_root),
		.cwd = native_directory(o),
		.cwd_asked = o->cwd != NULL,
		.hostname = o->hostname,
		.eel = &st->eel,
		.eel_shown = o->open_dir ? EEL_OPEN : NULL,
		.cookies = st->display.cookies,
		.cookies_len = st->display.cookies_len,
		.cookies_shown = DISPLAY_COOKIES,
		.umask = st->cfg.umask,
		.enter = budget_run_enter,
		.environment = budget_run_environment,
		.look = st->budget.cgroup ? budget_run_look_inside : NULL,
		.budget_arg = &st->budget,
		.allow = o->allow,
		.nofile = budget_run_nofile(&st->budget),
	};

	/* Process 1 begins with what we see now: to ask the keeper takes a while. */
	if (cfg.look)
		budget_run_look(cfg.budget_arg, &(struct scvm_budget){ 0 });
	if (o->trace)
		log_warn("native level: nothing but exec is trapped, and that is not traced");
	return native_run(n, &cfg, &st->status, st->err, sizeof(st->err));
}

static int run_path(struct start *st, struct session *s)
{
	struct compartment *c = st->c;
	struct nested_place place = { c, s, st->o.ephemeral, session_tmp(s) };
	struct build build = { c, s, st->plan, c->host_uid, c->host_gid, session_tmp(s) };
	struct scvm_config *cfg = &st->cfg;
	struct view_error verr;
	int ret;

	if (!native_settled(c)) {
		snprintf(st->err, sizeof(st->err), "%s: a session of it has just ended; try again",
			 c->name);
		return -EAGAIN;
	}
	ret = display_write(&st->display, session_tmp(s));
	if (ret < 0) {
		snprintf(st->err, sizeof(st->err), "--display: %s", strerror(-ret));
		return ret;
	}
	ret = build_view(&build, &cfg->view, &verr);
	if (ret < 0) {
		snprintf(st->err, sizeof(st->err), "%s", verr.text);
		return ret;
	}
	cfg->argv = st->o.argv;
	cfg->envp = environment(&st->o, c, &st->display, st->was_root);
	cfg->cwd = start_directory(&st->o);
	cfg->hostname = st->o.hostname;
	cfg->tmp = session_tmp(s);
	cfg->traps = session_traps(s);
	cfg->trace_classes = st->o.trace_classes;
	cfg->host_uid = c->host_uid;
	cfg->host_gid = c->host_gid;
	cfg->nest_open = nested_open;
	cfg->nest_close = nested_close;
	cfg->nest_handle = &place;
	return scvm_run(cfg, &st->status, st->err, sizeof(st->err));
}

static struct session *begin(struct start *st, enum uc_level level)
{
	struct session *s;

	if (session_begin(&s, st->c, level, st->o.argv, st->err, sizeof(st->err)) < 0)
		fatal_before_session(st->err);
	return s;
}

static int at_path_level(struct start *st)
{
	const struct options *o = &st->o;
	struct session *s;
	int ret;

	/* It opens sources as the compartment's user: so it resolves them. */
	eel_binds(&st->eel, &st->o, st->c);
	if (display_binds(&st->display, &st->o) < 0)
		fatal("out of memory");
	if (plan_create(&st->plan, st->c, o->root, o->ephemeral, o->binds, o->nbinds, st->err,
			sizeof(st->err)) < 0)
		fatal_before_session(st->err);
	st->cfg.eel = &st->eel;
	st->cfg.enter = budget_run_enter;
	st->cfg.guard = budget_run_guard;
	st->cfg.environment = budget_run_environment;
	st->cfg.look = budget_run_look;
	st->cfg.budget_arg = &st->budget;
	st->cfg.nofile = budget_run_nofile(&st->budget);
	s = begin(st, UC_PATH);
	ret = run_path(st, s);
	session_end(s);
	return ret;
}

/* What was chosen by auto and then cannot be mounted is tried once more, at path level as a whole.
 */
static int at_native_level(struct start *st, struct native *n)
{
	char why[COMPARTMENT_ERR_BYTES];
	struct session *s = begin(st, UC_NATIVE);
	int ret = run_native(st, n, s);
	bool again = ret < 0 && st->o.trap == TRAP_LEVEL_AUTO && !st->o.allow;

	session_end(s);
	if (again)
		again = native_retreat(n, why, sizeof(why)) == 0;
	native_destroy(n);
	if (!again)
		return ret;
	log_info("path level: %s", st->err);
	plan_destroy(st->plan);
	st->plan = NULL;
	options_again(&st->o, &st->given);
	return at_path_level(st);
}

int main(int argc, char **argv)
{
	static struct start st; /* the process's own, as what it points to */
	struct native *native;
	int ret;

	st.was_root = geteuid() == 0;
	stdio_fill();
	log_name("ucrun");
	options_parse(argc, argv, &st.given);
	options_again(&st.o, &st.given);
	display_init(&st.display);
	run_nested(&st);
	st.cfg.trace = trace_open(&st.o);
	eel_find(&st.eel);
	if (st.eel.fd < 0 && (st.o.explain || st.o.ee))
		fatal("eel: not found next to ucrun: is the installation complete?");
	/* the program's; every mode that we use is meant as it stands */
	st.cfg.umask = umask(0);
	if (compartment_open(&st.c, st.o.user, COMPARTMENT_CREATE, st.err, sizeof(st.err)) < 0 ||
	    budget_run_begin(&st.budget, st.c, &st.o, st.err, sizeof(st.err)) < 0)
		fatal_before_session(st.err);
	if (display_choose(&st.display, &st.o, st.c, st.err, sizeof(st.err)) < 0 ||
	    display_begin(&st.display, st.c, st.err, sizeof(st.err)) < 0)
		fatal_before_session(st.err);
	native = choose_native(&st.o, &st.given, st.c, &st.eel, &st.display, &st.plan);
	if (!native && st.o.allow)
		fatal("--allow: the path level cannot: take --trap native, or --root DIR "
		      "(-v says why it was not chosen)");
	if ((!native && native_settle(st.c, st.err, sizeof(st.err)) < 0) ||
	    compartment_become(st.c, st.err, sizeof(st.err)) < 0)
		fatal_before_session(st.err);
	eel_options(&st.eel, &st.o, st.c, st.display.documents_only);
	ret = native ? at_native_level(&st, native) : at_path_level(&st);
	display_end(&st.display);
	plan_destroy(st.plan);
	compartment_destroy(st.c);
	budget_run_end(&st.budget);
	if (ret < 0)
		fatal(st.err);
	return end_as(st.status);
}
