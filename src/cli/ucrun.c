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
#include "eel_options.h"
#include "native.h"
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

/* The program's environment: ours, with the compartment's user in it, then -E. */
static char **environment(const struct options *o, const struct compartment *c, bool was_root)
{
	static char **env; /* until the process ends */
	size_t n = 0, room;

	while (environ[n])
		n++;
	room = n + o->nenv + 8;
	env = calloc(room, sizeof(*env));
	if (!env)
		fatal("out of memory");
	memcpy(env, environ, n * sizeof(*env));
	env_set(env, "UC", 2, str_printf("UC=%s", c->name));
	if (was_root && c->home && c->login && strcmp(c->login, "root") != 0)
		env_set(env, "HOME", 4, str_printf("HOME=%s", c->home));
	if (o->open_dir && getenv("PATH") && !given(o, "PATH"))
		env_set(env, "PATH", 4, str_printf("PATH=%s:%s", getenv("PATH"), o->open_dir));
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

/*
 * The native level where it was asked for, where a live session of the compartment is at it, or
 * where it can read no more than the path level. NULL: the path level.
 */
static struct native *choose_native(struct options *o, const struct compartment *c,
				    const struct scvm_eel *eel, struct plan **plan)
{
	const struct options before = *o;
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
	*o = before;
	return NULL;
}

static int run_native(struct native *n, struct session *s, const struct options *o,
		      const struct compartment *c, bool was_root, mode_t mask,
		      struct budget_run *budget, const struct scvm_eel *eel, int *status, char *err,
		      size_t errlen)
{
	struct native_config cfg = {
		.session = s,
		.argv = o->argv,
		.envp = environment(o, c, was_root),
		.cwd = native_directory(o),
		.cwd_asked = o->cwd != NULL,
		.hostname = o->hostname,
		.eel = eel,
		.eel_shown = o->open_dir ? EEL_OPEN : NULL,
		.umask = mask,
		.enter = budget_run_enter,
		.budget_arg = budget,
		.nofile = budget_run_nofile(budget),
	};

	if (o->trace)
		log_warn("native level: nothing is trapped, so there is nothing to trace");
	return native_run(n, &cfg, status, err, errlen);
}

static int run_path(struct session *s, const struct options *o, const struct compartment *c,
		    const struct plan *plan, bool was_root, struct scvm_config *cfg, int *status,
		    char *err, size_t errlen)
{
	struct build build = { c, s, plan, c->host_uid, c->host_gid };
	struct view_error verr;
	struct view *view;
	int ret;

	if (!native_settled(c)) {
		snprintf(err, errlen, "%s: a session of it has just ended; try again", c->name);
		return -EAGAIN;
	}
	ret = build_view(&build, &view, &verr);
	if (ret < 0) {
		snprintf(err, errlen, "%s", verr.text);
		return ret;
	}
	cfg->view = view;
	cfg->argv = o->argv;
	cfg->envp = environment(o, c, was_root);
	cfg->cwd = start_directory(o);
	cfg->hostname = o->hostname;
	cfg->tmp = session_tmp(s);
	cfg->traps = session_traps(s);
	cfg->trace_classes = o->trace_classes;
	cfg->host_uid = c->host_uid;
	cfg->host_gid = c->host_gid;
	return scvm_run(cfg, status, err, errlen);
}

int main(int argc, char **argv)
{
	char err[COMPARTMENT_ERR_BYTES] = "";
	struct plan *plan = NULL;
	struct compartment *c;
	struct native *native;
	struct session *s;
	/* The process's own, as what they point to. */
	static struct scvm_config cfg;
	static struct budget_run budget;
	static struct scvm_eel eel;
	static struct options o;
	bool was_root = geteuid() == 0;
	int status = 0, ret;

	stdio_fill();
	log_name("ucrun");
	options_parse(argc, argv, &o);
	cfg.trace = trace_open(&o);
	eel_find(&eel);
	if (eel.fd < 0 && (o.explain || o.ee))
		fatal("eel: not found next to ucrun: is the installation complete?");
	cfg.umask = umask(0); /* the program's; every mode that we use is meant as it stands */
	if (compartment_open(&c, o.user, COMPARTMENT_CREATE, err, sizeof(err)) < 0)
		fatal_before_session(err);
	if (budget_run_begin(&budget, c, &o, err, sizeof(err)) < 0)
		fatal_before_session(err);
	native = choose_native(&o, c, &eel, &plan);
	if (!native && native_settle(c, err, sizeof(err)) < 0)
		fatal_before_session(err);
	if (compartment_become(c, err, sizeof(err)) < 0)
		fatal_before_session(err);
	eel_options(&eel, &o, c->name, c->state);
	/* The path level opens sources as the compartment's user: so it resolves them. */
	if (!native) {
		eel_binds(&eel, &o, c);
		if (plan_create(&plan, c, o.root, o.ephemeral, o.binds, o.nbinds, err,
				sizeof(err)) < 0)
			fatal_before_session(err);
		cfg.eel = &eel;
	}
	cfg.enter = budget_run_enter;
	cfg.look = budget_run_look;
	cfg.budget_arg = &budget;
	cfg.nofile = budget_run_nofile(&budget);
	if (session_begin(&s, c, native ? UC_NATIVE : UC_PATH, o.argv, err, sizeof(err)) < 0)
		fatal_before_session(err);
	if (native)
		ret = run_native(native, s, &o, c, was_root, cfg.umask, &budget, &eel, &status,
				 err, sizeof(err));
	else
		ret = run_path(s, &o, c, plan, was_root, &cfg, &status, err, sizeof(err));
	session_end(s);
	native_destroy(native);
	plan_destroy(plan);
	compartment_destroy(c);
	budget_run_end(&budget);
	if (ret < 0)
		fatal(err);
	return end_as(status);
}
